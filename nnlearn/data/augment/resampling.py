"""Rotation and zoom: every pixel of the result looks up what the image shows at a place between its pixels."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import Array, Range
from nnlearn.data.augment.borders import continued, is_outside
from nnlearn.data.augment.images import (
    Images,
    check_interpolable,
    fill_value,
    image_batch,
    per_image,
    rounded,
    with_channels,
)

BLOCK = 2**14  # pixels worked on at a time: their positions and shares stay in the processor's cache
FACTORS = Range("[0.01, 100]")


def rotate(images: ArrayLike, degrees: ArrayLike, fill: str = "constant", value: float = 0.0) -> Images:
    """Each image turned about its centre, counter-clockwise as seen on the screen for positive angles.

    degrees: one angle, or one for each image, shape (n,). One angle that is a multiple of 90 moves the pixels
    as they are, and height and width are exchanged if it is an odd one, as by ``np.rot90(image, k)``. Otherwise
    the size is kept, whatever the angles are: what turns out of the frame is lost, and ``fill`` comes in from
    beyond the border (the modes stand in ``nnlearn.data.augment.borders``); in between, interpolation is
    bilinear, in float64.

    It is ``scipy.ndimage.rotate(image, degrees, reshape=False, order=1, mode=fill, cval=value)``, to the last bit
    for "constant". In the other modes the last bits may differ beyond the border, and with them, by 1, a whole
    number that is rounded from halfway between two.

    Raises ValueError for pixels or angles that are not finite, and for whole numbers beyond 2**52.
    """
    images = image_batch(images)
    value = fill_value(fill, value, images.dtype)
    check_interpolable(images)
    angle = per_image("degrees", degrees, len(images))
    if np.ndim(degrees) == 0 and angle[0] % 90 == 0:
        quarter_turns = int(angle[0] // 90 % 4)
        return np.rot90(images, quarter_turns, axes=(1, 2)).copy()
    return resampled(images, rotations(angle), fill, value)


def scale(images: ArrayLike, factor: ArrayLike, fill: str = "constant", value: float = 0.0) -> Images:
    """Each image enlarged (factor > 1) or made smaller (factor < 1) about its centre; the size is kept.

    factor: from 0.01 to 100, one for all images or one for each, shape (n,). fill, value, interpolation and
    errors as in ``rotate``. Pixels between those that are looked up are skipped, not averaged.
    """
    images = image_batch(images)
    value = fill_value(fill, value, images.dtype)
    check_interpolable(images)
    factor = per_image("factor", factor, len(images), FACTORS)
    return resampled(images, np.eye(2) / factor[:, np.newaxis, np.newaxis], fill, value)


def rotations(degrees: Array) -> Array:
    """The matrices, shape (n, 2, 2), that turn (row, column) back by the angles, shape (n,).

    Rows run downwards on the screen: counter-clockwise there is clockwise in the textbook's plane.
    """
    from scipy.special import cosdg, sindg

    degrees = np.fmod(degrees, 360)
    cos, sin = cosdg(degrees), sindg(degrees)  # unlike np.cos, exact at 60 and 90 degrees
    return np.stack([cos, sin, -sin, cos], axis=-1).reshape(-1, 2, 2)


def resampled(images: Images, matrices: Array, fill: str, value: float) -> Images:
    """The images under affine maps about their centres c: at p the result shows the image at c + A (p - c).

    matrices: A for all images, shape (1, 2, 2), or for each, shape (n, 2, 2).
    """
    n, height, width = images.shape[:3]
    result = np.empty(images.shape, images.dtype)
    source, target = with_channels(images), with_channels(result)
    for some in slices(n, BLOCK // (height * width)):
        planes = framed(source[some], fill, value)
        matrix = matrices if len(matrices) == 1 else matrices[some]
        for rows in slices(height, BLOCK // width):
            y, x = places(matrix, rows, height, width)
            outside = is_outside(y, height) | is_outside(x, width)
            pixels = corners(continued(y, height, fill), continued(x, width, fill), planes.shape[1:])
            for channel, plane in enumerate(planes):
                with np.errstate(over="ignore"):  # next to the largest float64, a mean may round to infinity
                    shown = sum(plane.take(index) * y_share * x_share for index, y_share, x_share in pixels)
                if fill == "constant":
                    np.copyto(shown, value, where=outside)
                target[some, rows, :, channel] = rounded(shown, images.dtype)
    return result


def slices(n: int, size: int) -> Iterator[slice]:
    """Slices of about ``size`` from 0 to n, of at least one."""
    for start in range(0, n, max(1, size)):
        yield slice(start, min(start + max(1, size), n))


def framed(images: Images, fill: str, value: float) -> Array:
    """Images (n, height, width, channels) as float64 (channels, n, height + 2, width + 2).

    The frame is what lies beyond the border: the constant, or the other end; the other modes don't look there.
    """
    n, height, width, channels = images.shape
    planes = np.full((channels, n, height + 2, width + 2), value, dtype=np.float64)
    planes[..., 1:-1, 1:-1] = np.moveaxis(images, -1, 0)
    if fill == "grid-wrap":
        planes[..., [0, -1], :] = planes[..., [-2, 1], :]
        planes[..., [0, -1]] = planes[..., [-2, 1]]
    return planes


def places(matrices: Array, rows: slice, height: int, width: int) -> tuple[Array, Array]:
    """Where in the image the pixels in some rows of the result look: y and x, each (len(matrices), rows, width).

    The order of the sum is SciPy's, so that every bit is the same.
    """
    centre = (np.array([height, width]) - 1) / 2
    A = matrices[..., np.newaxis, np.newaxis]
    offset = (centre - matrices @ centre)[..., np.newaxis, np.newaxis]
    y, x = np.ogrid[rows, :width]
    return offset[:, 0] + A[:, 0, 0] * y + A[:, 0, 1] * x, offset[:, 1] + A[:, 1, 0] * y + A[:, 1, 1] * x


def corners(y: Array, x: Array, shape: tuple[int, ...]) -> list[tuple[NDArray[np.intp], Array, Array]]:
    """The four pixels around each position: where they stand in a framed plane, and their shares by y and by x.

    shape: that of the framed plane, (n, height + 2, width + 2).
    """
    n, height, width = shape
    top, left = np.minimum(np.floor(y), height - 3), np.minimum(np.floor(x), width - 3)
    top_share, left_share = 1 - (y - top), 1 - (x - left)
    bottom_share, right_share = 1 - top_share, 1 - left_share
    images = np.arange(n)[:, np.newaxis, np.newaxis] * (height * width)
    first = images + ((top + 1) * width + (left + 1)).astype(np.intp)
    return [
        (first, top_share, left_share),
        (first + 1, top_share, right_share),
        (first + width, bottom_share, left_share),
        (first + width + 1, bottom_share, right_share),
    ]
