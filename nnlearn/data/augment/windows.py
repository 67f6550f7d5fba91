"""What moves whole pixels: flips, shifts and crops. Nothing is computed, so NaN and infinity may be among them."""

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array, whole_number
from nnlearn.data.augment.borders import continued, is_outside
from nnlearn.data.augment.images import (
    Images,
    fill_value,
    image_batch,
    rounded,
    whole_per_image,
)
from nnlearn.language import say

Size = tuple[int, int]


def flip_horizontal(images: ArrayLike) -> Images:
    """Each image as a mirror on the wall shows it: left and right exchanged."""
    return image_batch(images)[:, :, ::-1].copy()


def flip_vertical(images: ArrayLike) -> Images:
    """Each image as a pond shows it: top and bottom exchanged."""
    return image_batch(images)[:, ::-1].copy()


def crop(images: ArrayLike, top: int, left: int, height: int, width: int) -> Images:
    """The part of each image from row ``top`` and column ``left`` on, shape (n, height, width[, channels]).

    Raises ValueError if it doesn't lie in the image, TypeError for anything but whole numbers.
    """
    images = image_batch(images)
    check_inside(("top", "height"), (top, height), images.shape[1])
    check_inside(("left", "width"), (left, width), images.shape[2])
    return images[:, top : top + height, left : left + width].copy()


def shift(images: ArrayLike, dy: ArrayLike, dx: ArrayLike, fill: str = "constant", value: float = 0.0) -> Images:
    """Each image moved by whole pixels: dy down, dx to the right (negative: up, to the left).

    dy, dx: whole numbers, one for all images or one for each, shape (n,). fill, value: what comes in from
    beyond the border; the modes stand in ``nnlearn.data.augment.borders``.
    """
    images = image_batch(images)
    value = fill_value(fill, value, images.dtype)
    n, height, width = images.shape[:3]
    top, left = -whole_per_image("dy", dy, n), -whole_per_image("dx", dx, n)
    return window(images, top, left, (height, width), fill, value)


def random_crop(
    images: ArrayLike,
    size: Size,
    padding: int,
    rng: np.random.Generator,
    fill: str = "constant",
    value: float = 0.0,
) -> Images:
    """Pads each image by ``padding`` pixels on all sides and takes a part of size (height, width) from anywhere.

    Every place is equally likely, for each image anew. With the images' own size this shifts them by up to
    ``padding`` pixels: the recipe of He et al., "Deep Residual Learning" (2015), section 4.2. fill, value: what
    the padding shows. Raises ValueError if the part is larger than the padded image.
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(say("rng must be a generator such as np.random.default_rng(0); it is {rng!r}.", rng=rng))
    images = image_batch(images)
    return placed_crop(images, size, padding, rng.random((len(images), 2)), fill, value)


def placed_crop(images: Images, size: Size, padding: int, place: Array, fill: str, value: float) -> Images:
    """As ``random_crop``; place: numbers in [0, 1), shape (n, 2), 0 for the topmost and leftmost place."""
    check_size(size)
    whole_number("padding", padding, at_least=0)
    value = fill_value(fill, value, images.dtype)
    room = [side + 2 * padding - wanted for side, wanted in zip(images.shape[1:3], size, strict=True)]
    if min(room) < 0:
        message = say("A crop of {size} does not fit into images of {shape} with {padding} pixels of padding.",
                      size=tuple(size), shape=images.shape[1:3], padding=padding)  # fmt: skip
        raise ValueError(message)
    top, left = np.floor(place * (np.array(room, dtype=np.float64) + 1)).T - padding
    return window(images, top, left, size, fill, value)


def window(images: Images, top: Array, left: Array, size: Size, fill: str, value: float) -> Images:
    """What each image shows in a window whose top left pixel is (top, left), even beyond the border.

    top, left: whole numbers, shape (1,) or (n,). Returns shape (n, *size[, channels]).
    """
    n, height, width = images.shape[:3]
    y = top[:, np.newaxis, np.newaxis] + np.arange(size[0])[:, np.newaxis]
    x = left[:, np.newaxis, np.newaxis] + np.arange(size[1])
    if fill == "grid-constant":
        fill = "constant"  # they differ between the pixels only
    row, column = continued(y, height, fill).astype(np.intp), continued(x, width, fill).astype(np.intp)
    image = np.arange(n)[:, np.newaxis, np.newaxis]
    pixels = images.reshape(n * height * width, *images.shape[3:])
    seen = pixels.take((image * height + row) * width + column, axis=0)
    if fill == "constant":
        outside = np.broadcast_to(is_outside(y, height) | is_outside(x, width), seen.shape[:3])
        seen[outside] = rounded(np.array(value), images.dtype)
    return seen


def check_inside(names: tuple[str, str], span: tuple[int, int], size: int) -> None:
    """TypeError or ValueError unless (start, length) lies in an axis of ``size`` pixels."""
    (start_name, length_name), (start, length) = names, span
    whole_number(start_name, start, at_least=0)
    whole_number(length_name, length, at_least=1)
    if start + length > size:
        message = say("{start_name} = {start} and {length_name} = {length} make {end}; the images have only {size}.",
                      start_name=start_name, start=start, length_name=length_name, length=length,
                      end=start + length, size=size)  # fmt: skip
        raise ValueError(message)


def check_size(size: Size) -> None:
    """TypeError or ValueError unless it is a pair (height, width) of whole numbers from 1."""
    if not isinstance(size, tuple | list) or len(size) != 2:
        raise TypeError(say("size must be a pair (height, width); it is {size!r}.", size=size))
    for length in size:
        whole_number("size", length, at_least=1)
