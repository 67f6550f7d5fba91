"""Digits of fewer pixels and fewer bits: what is kept of them, and the bytes that it takes."""

from typing import Any

import numpy as np

from nnlearn.checks import Array
from nnlearn.data import datasets
from nnlearn.data.compress import QuantizedData, quantize_data
from nnlearn.language import mark

SIDE, WHITEST = 8, 16  # a digit's rows, and the largest of its 17 levels
# How many neighbouring pixels, down and to the right, become their mean.
BLOCKS = {"64": (1, 1), "rows": (2, 1), "columns": (1, 2), "16": (2, 2)}
PIXELS = {"64": mark("all 64"), "rows": mark("32, rows in pairs"), "columns": mark("32, columns in pairs"),
          "16": mark("16")}  # fmt: skip
BITS = (1, 2, 3, 4, 5)  # 5: each of the 17 levels has a code of its own


def digits(seed: int = 0) -> Any:
    """The digits as they are stored, 0 to 16."""
    return datasets.digits(seed=seed, scaled=False)


def pooled(X: Array, pixels: str) -> Array:
    """The means of blocks of pixels: (n, 64) -> (n, rows, columns)."""
    down, right = BLOCKS[pixels]
    means: Array = X.reshape(len(X), SIDE // down, down, SIDE // right, right).mean(axis=(2, 4))
    return means


def kept(X: Array, pixels: str, bits: int) -> QuantizedData:
    """What is stored of digits, (n, 64): codes, shape (n, rows, columns). With 5 bits a step is one level."""
    high = WHITEST if bits < BITS[-1] else 2**bits - 1
    return quantize_data(pooled(X, pixels), bits, "half up", 0, high)


def bytes_each(pixels: str, bits: int) -> float:
    """Of one digit, its codes alone."""
    down, right = BLOCKS[pixels]
    return SIDE * SIDE / (down * right) * bits / 8


def spread_out(images: Array, pixels: str) -> Array:
    """Blocks of pixels drawn as 8 x 8: (n, rows, columns) -> (n, 8, 8)."""
    down, right = BLOCKS[pixels]
    return np.repeat(np.repeat(images, down, axis=1), right, axis=2)
