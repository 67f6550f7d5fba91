"""Inputs for questions about images: no two pixels are equal, so that each tells where it came from."""

from collections.abc import Iterator

import numpy as np

from nnlearn.checks import Array


def batch(random: np.random.Generator, shape: tuple[int, ...], dtype: type) -> Array:
    """Images without two equal pixels and without a 0; fractions, in tenths, are of both signs."""
    pixels = random.permutation(np.prod(shape)).reshape(shape) + 1
    if dtype is float:
        return np.asarray((2 * pixels - pixels.size - 1.5) / 5)
    return pixels.astype(dtype)


def batches(random: np.random.Generator) -> Iterator[Array]:
    """Eleven batches, small ones first: grey and colour, one image and several, unequal sides and equal ones.

    Among the grey ones some have 3 or 4 columns, as others have channels; one is stored column by column.
    """
    for shape, dtype in [
        ((1, 1, 2), int),
        ((2, 1, 3), np.uint8),
        ((1, 3, 2), float),
        ((3, 2, 4), np.uint8),
        ((2, 3, 3), float),
        ((4, 3, 1), int),
        ((1, 1, 2, 3), np.uint8),
        ((2, 2, 3, 1), float),
        ((1, 3, 2, 4), float),
        ((3, 2, 2, 3), int),
    ]:
        yield batch(random, shape, dtype)
    yield np.asfortranarray(batch(random, (2, 4, 3), np.uint8))
