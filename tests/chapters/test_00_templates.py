"""The templates of chapter 00: what the first step from zero does is what the chapter says."""

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.chapters.ch00_start_here import differences, ten_pictures


def after_one_step(data, rate):
    J = nn.objectives.SoftmaxRegression(data.X_train, data.y_train)
    theta = nn.run(nn.GradientDescent(rate), J, J.start, steps=1).theta[1]
    return J, theta, J.unpack(theta)[0].T


@pytest.mark.parametrize("seed", range(5))
def test_each_picture_adds_nine_tenths_of_itself_to_its_own_digit(seed):
    data = nn.data.datasets.digits(seed=seed)
    J, theta, weights = after_one_step(data, 0.5)
    assert J.dimension == 650 and weights.shape == (10, 64)
    expected = np.zeros((10, 64))
    for picture, digit in zip(data.X_train, data.y_train, strict=True):
        expected -= picture / 10
        expected[digit] += picture
    np.testing.assert_allclose(weights, 0.5 * expected / len(data.X_train), atol=1e-12)

    right = J.probabilities(theta, data.X_test).argmax(axis=1) == data.y_test
    assert right.mean() > 0.84  # most
    alike = np.corrcoef(weights.ravel(), differences(data).ravel())[0, 1]
    assert alike > 0.999  # not 1: not every digit is there equally often


def test_the_first_step_names_the_same_digits_at_every_rate():
    data = nn.data.datasets.digits(seed=0)
    named = []
    for rate in (0.001, 1, 5):
        J, theta, _ = after_one_step(data, rate)
        named.append(J.probabilities(theta, data.X_test).argmax(axis=1))
    assert np.array_equal(named[0], named[1]) and np.array_equal(named[0], named[2])


def test_the_picture_has_a_scale_for_each_row():
    rows = {"one": np.random.default_rng(0).normal(size=(10, 64)), "a\nhundred": 100 * np.eye(10, 64)}
    figure = ten_pictures(rows)
    assert figure.alt == "one, a hundred: ten pictures each, one for each digit."
    images = [axes.images[0] for axes in figure.axes]
    assert len(images) == 20 and len({image.get_clim() for image in images}) == 2
    for image, numbers in zip(images, np.concatenate(list(rows.values())), strict=True):
        np.testing.assert_array_equal(image.get_array(), numbers.reshape(8, 8))
        low, high = image.get_clim()
        assert low == -high and high >= np.abs(numbers).max()
    assert [axes.get_title(loc="center") for axes in figure.axes[:10]] == list("0123456789")
