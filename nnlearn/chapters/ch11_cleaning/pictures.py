"""The pictures of chapter 11, the noise that is put on them and the filters that are to take it away."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from nnlearn.checks import Array
from nnlearn.data import datasets
from nnlearn.data.clean import gaussian_filter, gaussian_noise, impulse_noise, mean_filter, median_filter
from nnlearn.models import forward, trained

SIDE = 256  # pixels of a photograph's square
GREY = (0.299, 0.587, 0.114)  # of red, green and blue: how bright each seems (ITU-R BT.601)
MOSAIC = 3  # digits in a row, and rows


@cache
def photograph(name: str) -> Array:
    """The square in the middle of "china" or "flower" in grey, (256, 256), from 0, black, to 1, white."""
    image = datasets.photographs()[name]
    top, left = (image.shape[0] - SIDE) // 2, (image.shape[1] - SIDE) // 2
    return np.asarray(image[top : top + SIDE, left : left + SIDE] / 255 @ GREY)


@cache
def digits() -> tuple[Array, Array]:
    """The 450 test digits, (450, 8, 8), from 0 to 1, and what they are."""
    data = datasets.digits()
    return data.X_test.reshape(-1, 8, 8), data.y_test


def clean(picture: str) -> Array:
    """One square of a photograph, or all test digits."""
    return digits()[0] if picture == "digits" else photograph(picture)


def spoiled(images: Array, impulses: float, sigma: float, seed: int) -> Array:
    """Gaussian noise, cut off below black and above white; then a share of the pixels turns black or white."""
    grainy = np.clip(gaussian_noise(images, sigma, seed), 0, 1)
    return np.asarray(impulse_noise(grainy, impulses, 0, 1, seed))


def plus(size: int) -> Array:
    """The middle row and the middle column of a window."""
    footprint = np.zeros((size, size), int)
    footprint[size // 2] = footprint[:, size // 2] = 1
    return footprint


FILTERS: dict[str, Callable[[Array, int, float], Any]] = {
    "none": lambda images, size, sigma: images,
    "mean": lambda images, size, sigma: mean_filter(images, size),
    "median": lambda images, size, sigma: median_filter(images, size),
    "plus": lambda images, size, sigma: median_filter(images, footprint=plus(size)),
    "gaussian": lambda images, size, sigma: gaussian_filter(images, sigma),
}


def filtered(images: Array, kind: str, size: int = 3, sigma: float = 0.6) -> Array:
    """The images after a filter: of a window of ``size``, or for the Gaussian of ``sigma`` pixels."""
    return np.asarray(FILTERS[kind](images, size, sigma))


@cache
def reader() -> Any:
    """The weights of the course's network, which learned clean digits."""
    return trained()


def read(images: Array, weights: Any = None) -> Array:
    """What a network reads in each image, the course's if no other is given: digits, (n,)."""
    scores = forward(reader() if weights is None else weights, images.astype(np.float32))
    return np.asarray(scores.argmax(axis=1))
