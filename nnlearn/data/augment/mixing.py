"""Mixup: two images, and their labels, mixed by the same share."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import Array, Range, finite_array, number
from nnlearn.data.augment.images import Images, check_interpolable, image_batch, rounded
from nnlearn.language import say

ALPHA = Range("(0, 1000]")


def mixup(images: ArrayLike, labels: ArrayLike, alpha: float, rng: np.random.Generator) -> tuple[Images, Array]:
    """Each image of a batch mixed with another of it, and its label with the other's by the same share.

    labels: one-hot, or other shares of the classes, shape (n, classes). alpha: above 0; the share lambda that an image
    keeps is drawn from Beta(alpha, alpha), for each image by itself. For a small alpha it is nearly always near 0 or 1:
    hardly mixed; for 1 any share is equally likely; for a large alpha it is near 1/2. The partners are the batch in
    random order, so an image may meet itself.

    Zhang et al. (2017), "mixup: Beyond Empirical Risk Minimization", arXiv 1710.09412, section 1. Returns the images,
    in their type, and the labels, float64, shape (n, classes). Raises TypeError or ValueError for labels of another
    shape.
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(say("rng must be a generator such as np.random.default_rng(0); it is {rng!r}.", rng=rng))
    images = image_batch(images)
    check_interpolable(images)
    alpha = number("alpha", alpha, ALPHA)
    shares = class_shares(labels, len(images))
    share = rng.beta(alpha, alpha, len(images))
    partner = rng.permutation(len(images))
    return rounded(mixed(images, partner, share), images.dtype), mixed(shares, partner, share)


def mixed(x: Array, partner: NDArray[np.int64], share: Array) -> Array:
    """share * x + (1 - share) * x[partner], a share for each row."""
    share = share.reshape(-1, *[1] * (x.ndim - 1))
    both: Array = share * x + (1 - share) * x[partner]
    return both


def class_shares(labels: ArrayLike, n: int) -> Array:
    """The labels as an array (n, classes); TypeError or ValueError if they are none: class numbers can't be mixed."""
    array = finite_array("labels", labels)
    if array.ndim != 2 or len(array) != n:
        message = say("labels has shape {shape}; it must be one-hot, ({n}, classes): class numbers can't be mixed. "
                      "np.eye(classes)[labels] makes them so.", shape=array.shape, n=n)  # fmt: skip
        raise ValueError(message)
    return array
