"""What the filters work on: a signal, an image or a batch, all seen as a batch; and what lies beyond its border."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import OneOf, number, whole_number
from nnlearn.data.augment.borders import continued, is_outside
from nnlearn.data.augment.images import CHANNELS, LARGEST_WHOLE, number_array, rounded, values_of
from nnlearn.data.augment.resampling import slices
from nnlearn.language import say

Grid = NDArray[Any]  # as it was given: (length,), (height, width), (n, height, width) or (n, height, width, channels)
Batch = NDArray[Any]  # the same as (n, height, width, channels)
Sizes = tuple[int, int]

# SciPy has two lists of names: what its filters call wrap is grid-wrap where images are turned or shifted.
CONTINUED = {"reflect": "reflect", "constant": "constant", "nearest": "nearest", "mirror": "mirror",
             "wrap": "grid-wrap"}  # fmt: skip
MODES = tuple(CONTINUED)
# Numbers worked on at a time, so that they stay in the processor's cache; bytes take less room there.
BLOCK, BYTES_BLOCK = 2**15, 2**17


def grid(name: str, x: ArrayLike) -> Grid:
    """x as an array, not copied; TypeError or ValueError unless it is a signal, an image or a batch of images."""
    array = number_array(name, x)
    if array.ndim == 3 and array.shape[2] in CHANNELS and min(array.shape[:2]) >= 8:
        message = say("{name} has shape {shape}. If that is one colour image, give {name}[np.newaxis]; if it is a "
                      "batch of very narrow grey ones, give {name}[..., np.newaxis].",
                      name=name, shape=array.shape)  # fmt: skip
        raise ValueError(message)
    if array.ndim not in (1, 2, 3, 4) or (array.ndim == 4 and array.shape[3] not in CHANNELS):
        message = say("{name} has shape {shape}; it must be a signal (length,), an image (height, width), or a batch "
                      "(n, height, width) or (n, height, width, channels) with 1, 3 or 4 channels.",
                      name=name, shape=array.shape)  # fmt: skip
        raise ValueError(message)
    if 0 in as_batch(array).shape[1:]:
        message = say("{name} has shape {shape}: there is nothing in it to filter.", name=name, shape=array.shape)
        raise ValueError(message)
    return array


def as_batch(x: Grid) -> Batch:
    """x seen as (n, height, width, channels); a signal is an image of one row."""
    match x.ndim:
        case 1:
            return x[np.newaxis, np.newaxis, :, np.newaxis]
        case 2:
            return x[np.newaxis, :, :, np.newaxis]
        case 3:
            return x[..., np.newaxis]
        case _:
            return x


def check_averageable(name: str, x: Grid) -> None:
    """ValueError for whole numbers beyond 2**52, which float64 doesn't hold exactly."""
    if x.dtype.kind in "iu" and x.dtype.itemsize == 8 and x.size:
        low, high = int(x.min()), int(x.max())
        if max(-low, high) > LARGEST_WHOLE:
            message = say("{name} must lie within -2**52 and 2**52 to be averaged; it goes from {low} to {high}.",
                          name=name, low=low, high=high)  # fmt: skip
            raise ValueError(message)


def for_each_axis(name: str, value: Any, x: Grid) -> tuple[Any, Any]:
    """One setting for height and width; of a signal the width is its length. TypeError for anything else."""
    pair = isinstance(value, tuple | list)
    if x.ndim == 1:
        if pair:
            raise TypeError(say("{name} must be one number for a signal; it is {value!r}.", name=name, value=value))
        return None, value
    if not pair:
        return value, value
    if len(value) != 2:
        message = say("{name} must be one number or a pair for (height, width); it is {value!r}.",
                      name=name, value=value)  # fmt: skip
        raise TypeError(message)
    return value[0], value[1]


def window_sizes(size: Any, x: Grid) -> Sizes:
    """Height and width of a window; TypeError or ValueError unless they are whole numbers from 1."""
    height, width = for_each_axis("size", size, x)
    height = 1 if x.ndim == 1 else height
    for length in (height, width):
        whole_number("size", length, at_least=1)
    return int(height), int(width)


def filtered(
    x: Grid, sizes: Sizes, mode: str, value: Any, of_windows: Callable[[Batch], Batch], block: int | None = None
) -> Grid:
    """What ``of_windows`` makes of all windows of x, in x's shape and dtype.

    of_windows: gets (n, rows + sizes[0] - 1, width + sizes[1] - 1, channels), gives (n, rows, width, channels).
    block: how many numbers it gets at a time, about. Raises ValueError for a mode that is none, or a value that the
    dtype can't hold.
    """
    OneOf(*MODES)("mode", mode)
    constant = rounded(np.array(number("value", value, values_of(x.dtype))), x.dtype)
    images = as_batch(x)
    result = np.empty(images.shape, x.dtype)
    n, height, width, channels = images.shape
    down, right = Sight(height, sizes[0], mode), Sight(width, sizes[1], mode)
    block = block or (BYTES_BLOCK if x.itemsize == 1 else BLOCK)
    at_once = max(1, block // (width * channels))
    for some in slices(n, at_once // height):
        for rows in slices(height, at_once):
            seen = shown(images[some], down, rows, right, constant)
            with np.errstate(over="ignore", invalid="ignore"):  # infinity - infinity in a window is NaN, and no news
                found = of_windows(seen)
            result[some, rows] = found if x.dtype.kind in ("f", found.dtype.kind) else rounded(found, x.dtype)
    return result.reshape(x.shape)


class Sight:
    """What the windows of a size see along an axis: places from size // 2 before its first on, as in SciPy.

    (So an even window sees one more of what comes before.) place: where the axis shows it; constant: whether that is
    to be the constant.
    """

    def __init__(self, length: int, size: int, mode: str):
        self.before, self.length = size // 2, length
        seen = np.arange(-self.before, length + (size - 1) // 2, dtype=np.float64)
        self.beyond = np.flatnonzero(is_outside(seen, length))
        self.place = continued(seen, length, CONTINUED[mode]).astype(np.intp)
        self.constant = is_outside(seen, length) & (mode == "constant")


def shown(images: Batch, down: Sight, rows: slice, right: Sight, constant: Any) -> Batch:
    """What the windows of some rows see."""
    seen = slice(rows.start, rows.stop + len(down.place) - down.length)
    inside = images.take(down.place[seen], axis=1)
    n, height, width, channels = inside.shape
    block = np.empty((n, height, len(right.place), channels), images.dtype)
    block[:, :, right.before : right.before + width] = inside
    block[:, :, right.beyond] = inside.take(right.place[right.beyond], axis=2)
    block[:, down.constant[seen]] = constant
    block[:, :, right.constant] = constant
    return block
