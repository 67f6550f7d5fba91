"""Why a pixel is too much for a network with places: its features move along, what reads them does not."""

import numpy as np
import pytest

from nnlearn import models
from nnlearn.chapters.ch12_augmentation import figures, halves
from nnlearn.data import augment, datasets

DIGITS = datasets.digits()
HERE = DIGITS.X_test.reshape(-1, 8, 8, 1)
THERE = augment.shift(HERE, 0, 1)
CONVOLUTIONS, DENSE = halves(models.digits_cnn(), models.trained(), at=4)


def read(features):
    return np.mean(DENSE(features).argmax(axis=1) == DIGITS.y_test)


def test_both_halves_one_after_the_other_are_the_network():
    whole = models.forward(models.trained(), HERE)
    np.testing.assert_allclose(DENSE(CONVOLUTIONS(HERE)), whole, atol=1e-4)


def test_features_move_with_the_image():
    before, after = CONVOLUTIONS(HERE), CONVOLUTIONS(THERE)
    np.testing.assert_allclose(after[:, 3:-3, 4:-2], before[:, 3:-3, 3:-3], atol=1e-4)  # away from the border
    assert read(before) == pytest.approx(0.98, abs=0.005)
    assert read(after) < 0.75
    assert read(np.roll(after, -1, axis=2)) > 0.97


@pytest.mark.parametrize("at, message", [(0, "at = 0 is too small"), (9, "at = 9 leaves nothing: the network has 9")])
def test_each_half_has_a_layer(at, message):
    with pytest.raises(ValueError, match=message):
        halves(models.digits_cnn(), models.trained(), at)


def test_the_figure_shows_what_its_text_says():
    before, after = CONVOLUTIONS(HERE[:1]), CONVOLUTIONS(THERE[:1])
    figure = figures.moved([HERE[0, ..., 0], THERE[0, ..., 0]], [before[0, ..., 0], after[0, ..., 0]],
                           [DENSE(before)[0], DENSE(after)[0]])  # fmt: skip
    first, second = (max(axes.patches, key=lambda bar: bar.get_height()).get_x() for axes in figure.axes[2::3])
    assert "another class" in figure.alt and first != second
