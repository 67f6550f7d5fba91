"""A square of each of the course's photographs, in grey, in few bits, seen near and from afar."""

from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Array
from nnlearn.data import datasets
from nnlearn.data.clean import gaussian_filter, psnr
from nnlearn.data.compress import QuantizedData, quantize_data

SIDE, WHITE = 256, 255
CORNERS = {"china": (0, 0), "flower": (85, 150)}  # the square's first row and column
Grey = NDArray[np.uint8]


@cache
def square(name: str) -> Grey:
    """Bytes, (256, 256)."""
    top, left = CORNERS[name]
    grey = datasets.photographs()[name].mean(axis=2).round().astype(np.uint8)
    return np.ascontiguousarray(grey[top : top + SIDE, left : left + SIDE])


def step(bits: int) -> int:
    """Between two codes, a whole number of grey levels: the last code stands for 255, or a little less."""
    return WHITE // (2**bits - 1)


@lru_cache(maxsize=64)
def coded(name: str, bits: int, rule: str, seed: int = 0) -> QuantizedData:
    """The square in few bits."""
    return quantize_data(square(name), bits, rule, 0, step(bits) * (2**bits - 1), seed)


def from_afar(image: Any, distance: float) -> Array:
    """What an eye sees that no longer parts the pixels: blurred by a Gaussian of so many pixels."""
    blurred: Array = gaussian_filter(image.astype(np.float64), distance)
    return blurred


def nearness(name: str, bits: int, rule: str, distance: float, seed: int = 0) -> float:
    """The peak signal-to-noise ratio of the blurred codes beside the photograph as it is, in decibels."""
    return psnr(square(name), from_afar(coded(name, bits, rule, seed).restored(), distance), WHITE)
