"""The checks that the functions on images share, and the way back to the images' dtype."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import Array, OneOf, Range, finite_array, number, unmasked
from nnlearn.data.augment.borders import FILLS
from nnlearn.language import say

Images = NDArray[Any]

CHANNELS = (1, 3, 4)
LARGEST_WHOLE = 2**52  # up to here float64 holds every whole number and the halves between them


def image_batch(images: ArrayLike) -> Images:
    """The images as an array, not copied: (n, height, width), or (n, height, width, channels).

    Only the last of four axes is taken for channels, and there are 1, 3 or 4. Three axes are a batch of grey
    images; but shapes such as (427, 640, 3) are refused, from (8, 8, ...) on: they are nearly always one colour
    image.

    Raises TypeError for a mask and for anything but booleans, whole and real numbers of at most 64 bits, ValueError for
    another shape.
    """
    array = number_array("images", images)
    if array.ndim == 2:
        message = say("images has shape {shape}. If that is one image, give images[np.newaxis]; if each row is one, "
                      "give images.reshape(-1, height, width).", shape=array.shape)  # fmt: skip
        raise ValueError(message)
    if array.ndim == 3 and array.shape[2] in CHANNELS and min(array.shape[:2]) >= 8:
        message = say("images has shape {shape}. If that is one colour image, give images[np.newaxis]; if it is a "
                      "batch of very narrow grey ones, give images[..., np.newaxis].", shape=array.shape)  # fmt: skip
        raise ValueError(message)
    if array.ndim not in (3, 4) or (array.ndim == 4 and array.shape[3] not in CHANNELS):
        message = say("images has shape {shape}; it must be (n, height, width), or (n, height, width, channels) with "
                      "1, 3 or 4 channels.", shape=array.shape)  # fmt: skip
        raise ValueError(message)
    if 0 in array.shape[1:3]:
        message = say("images has shape {shape}: an image needs at least one row and one column.", shape=array.shape)
        raise ValueError(message)
    return array


def number_array(name: str, value: ArrayLike) -> Images:
    """The value as an array, not copied; TypeError for a mask, and for anything but numbers and booleans."""
    unmasked(name, value)
    try:
        array = np.asarray(value)
    except ValueError as error:  # ragged lists
        raise TypeError(say("{name} must be an array of numbers with rows of equal length.", name=name)) from error
    if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
        message = say("{name} must hold booleans, whole or real numbers of at most 64 bits; it holds {kind}.",
                      name=name, kind=array.dtype)  # fmt: skip
        raise TypeError(message)
    return array


def check_interpolable(images: Images) -> None:
    """ValueError unless all pixels can be interpolated: no NaN, no infinity, no whole number beyond 2**52."""
    if images.dtype.kind == "f" and not np.isfinite(images).all():
        bad = int(np.count_nonzero(~np.isfinite(images)))
        message = say("images must be finite to be interpolated; {bad} of the {size} pixels are NaN or infinite.",
                      bad=bad, size=images.size)  # fmt: skip
        raise ValueError(message)
    if images.dtype.kind in "iu" and images.dtype.itemsize == 8 and images.size:
        low, high = int(images.min()), int(images.max())
        if max(-low, high) > LARGEST_WHOLE:
            message = say("images must lie within -2**52 and 2**52 to be interpolated; it goes from {low} to {high}.",
                          low=low, high=high)  # fmt: skip
            raise ValueError(message)


def fill_value(fill: str, value: float, dtype: np.dtype) -> float:
    """The value as a float; ValueError for a fill mode that is none, or a value that the dtype can't hold."""
    OneOf(*FILLS)("fill", fill)
    return number("value", value, values_of(dtype))


def values_of(dtype: np.dtype) -> Range:
    """The values that a pixel may have."""
    if dtype.kind == "b":
        return Range("[0, 1]")
    if dtype.kind == "f":
        largest = float(np.finfo(dtype).max)
        return Range(f"[{-largest}, {largest}]")
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    return Range(f"[{max(low, -LARGEST_WHOLE)}, {min(high, LARGEST_WHOLE)}]")


def rounded(values: Array, dtype: np.dtype) -> Images:
    """Interpolated values as pixels of a dtype: whole numbers are rounded, halves away from 0, as in SciPy.

    True is 1, so a boolean pixel is True from 0.5 on. (SciPy cuts the fraction off there.)
    """
    if dtype.kind == "b":
        return values >= 0.5
    if dtype.kind in "iu":
        half = 0.5 if dtype.kind == "u" else np.copysign(0.5, values)
        values = values + half  # the cast then cuts the fraction off
    return values.astype(dtype)


def with_channels(images: Images) -> Images:
    """The images with a channel axis, of one channel for grey ones."""
    return images if images.ndim == 4 else images[..., np.newaxis]


def per_image(name: str, value: Any, n: int, allowed: Range | None = None) -> Array:
    """One number for all images, shape (1,), or one for each, shape (n,); ValueError for another shape."""
    array = finite_array(name, value)
    if allowed:
        allowed(name, array)
    if array.shape not in ((), (n,)):
        message = say("{name} has shape {shape}; it must be one number, or one for each of the {n} images.",
                      name=name, shape=array.shape, n=n)  # fmt: skip
        raise ValueError(message)
    return array.reshape(-1)


def whole_per_image(name: str, value: Any, n: int) -> Array:
    """As ``per_image``; TypeError if they are not integers."""
    array, kind = per_image(name, value, n), np.asarray(value).dtype
    if kind.kind not in "iu":
        raise TypeError(say("{name} must hold whole numbers; it holds {kind}.", name=name, kind=kind))
    return array
