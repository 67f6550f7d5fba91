"""What a learner sees of a wrong answer in chapter 12 is what the hint speaks of."""

import numpy as np
import pytest

from nnlearn.chapters.ch12_augmentation.tasks import FLIP
from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("axis, ndim, word", [(1, 3, "heads"), (-1, 4, "blue before red"), (None, 3, "All axes")])
def test_the_smallest_batch_that_fails_shows_which_axis_was_reversed(axis, ndim, word, seed):
    verdict = judge(FLIP.asks, direct(lambda images: np.flip(images, axis)), seed)
    (hint,) = verdict.hints
    (images,) = verdict.failure.arguments
    assert word in hint and images.ndim == ndim
    assert not np.array_equal(np.flip(images, axis), images)  # it shows
    if ndim == 3:
        assert images.shape[1] > 1
