"""A pixel in one direction, taken apart: what is lost at one border, and what comes in at the other.

And the network that reads digits of any height and width, so that each can be had alone: its convolutions, and the
largest value of each feature, wherever it stood.
"""

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Array
from nnlearn.data.augment.images import Images
from nnlearn.networks import Conv2D, Dense, Flatten, MaxPool2D, Network, ReLU
from nnlearn.networks.leaves import Weights

SIDE = 8  # of a digit, in pixels
# Empty pixels around a digit. A feature sees two pixels far; at the border the second convolution takes zeros where it
# else takes features of nothing. With four a digit may move by one, and no feature sees both it and the border.
FRAME = 4
MOVES = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}  # (down, right)

CONVOLUTIONS = (Conv2D(16, 3), ReLU(), Conv2D(32, 3), ReLU())
READING = (Flatten(), Dense(32), ReLU(), Dense(10))


def globally_pooled(frame: int = 0) -> Network:
    """The CNN, but of each feature only the largest value is left, wherever it stood; for framed digits."""
    side = SIDE + 2 * frame
    return Network((side, side, 1), [*CONVOLUTIONS, MaxPool2D(side), *READING])


def scores_of_any_size(weights: Weights, images: Images) -> Array:
    """What a globally pooled network makes of images, (n, height, width): shape (n, 10).

    weights: of ``globally_pooled``, by name; none of them knows a size.
    """
    features = Network((*images.shape[1:], 1), CONVOLUTIONS)
    largest = features.forward(own(features, weights), images[..., np.newaxis]).max(axis=(1, 2), keepdims=True)
    reading = Network(largest.shape[1:], READING)
    return reading.forward(own(reading, weights), largest)


def own(network: Network, weights: Weights) -> Weights:
    """Those of the weights that are this network's."""
    return {name: weights[name] for name in network.leaves.declared}


def framed(images: NDArray[np.float32], frame: int) -> NDArray[np.float32]:
    """Images, shape (..., height, width), with so many empty pixels around each."""
    return np.pad(images, [(0, 0)] * (images.ndim - 2) + [(frame, frame)] * 2)


def lost(images: Images, down: int, right: int) -> Images:
    """Images, (n, height, width), without the rows and columns that leave when all moves so far."""
    _, height, width = images.shape
    return images[:, max(-down, 0) : height - max(down, 0), max(-right, 0) : width - max(right, 0)]


def gained(images: Images, down: int, right: int) -> Images:
    """Images, (n, height, width), and the empty rows and columns that come in when all moves so far."""
    return np.pad(images, [(0, 0), (max(down, 0), max(-down, 0)), (max(right, 0), max(-right, 0))])


def both(images: Images, down: int, right: int) -> Images:
    """Images moved: rows and columns leave, and empty ones come in."""
    return gained(lost(images, down, right), down, right)


PARTS = {"a line lost": lost, "an empty line gained": gained, "both: moved": both}
