"""Crop and resize: a part of each image, brought to one size by bilinear interpolation."""

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array
from nnlearn.data.augment.images import (
    Images,
    check_interpolable,
    image_batch,
    rounded,
    whole_per_image,
    with_channels,
)
from nnlearn.data.augment.windows import Size, check_size
from nnlearn.language import say


def crop_and_resize(
    images: ArrayLike, top: ArrayLike, left: ArrayLike, height: ArrayLike, width: ArrayLike, size: Size
) -> Images:
    """The part of each image from row ``top`` and column ``left`` on, made as large as ``size``, (height, width).

    top, left, height, width: whole numbers, one for all images or one for each, shape (n,). Returns shape
    (n, *size[, channels]). As in ``tf.image.resize`` the edges of the part become the edges of the result, and
    nothing beyond the part is looked up. What is made smaller leaves pixels out; they are not averaged.

    With random parts it is the augmentation of Szegedy et al., "Going deeper with convolutions" (2015), section 6.
    Raises ValueError if a part does not lie in the image, or for pixels that can't be interpolated, TypeError for
    anything but whole numbers.
    """
    images = image_batch(images)
    check_interpolable(images)
    check_size(size)
    n = len(images)
    part = {"top": top, "left": left, "height": height, "width": width}
    whole = {name: np.broadcast_to(whole_per_image(name, value, n), n) for name, value in part.items()}
    check_part(whole, images)
    rows = places(whole["top"], whole["height"], size[0])
    columns = places(whole["left"], whole["width"], size[1])
    shown = between(with_channels(images).astype(np.float64), rows)
    shown = between(shown.swapaxes(1, 2), columns).swapaxes(1, 2)
    return rounded(shown, images.dtype).reshape(n, *size, *images.shape[3:])


def places(start: Array, length: Array, count: int) -> Array:
    """Where ``count`` pixels look that share ``length`` pixels from ``start`` on among them, shape (n, count).

    Pixel i covers the i-th of ``count`` equal pieces, and looks up the middle of its piece. The outer pixels of the
    part are continued up to its edge.
    """
    middle = (np.arange(count) + 0.5) / count
    offset = np.clip(middle * length[:, np.newaxis] - 0.5, 0, length[:, np.newaxis] - 1)
    return start[:, np.newaxis] + offset


def between(images: Array, positions: Array) -> Array:
    """What images, (n, rows, ...), show at positions between their rows, (n, m): the two nearest, by how near."""
    image = np.arange(len(images))[:, np.newaxis]
    above = np.floor(positions).astype(np.intp)
    below = np.minimum(above + 1, images.shape[1] - 1)
    share = (positions - above)[..., np.newaxis, np.newaxis]
    mixed: Array = (1 - share) * images[image, above] + share * images[image, below]
    return mixed


def check_part(part: dict[str, Array], images: Images) -> None:
    """ValueError unless the part of each image has a pixel at least and lies in the image."""
    for start, length, size in (("top", "height", images.shape[1]), ("left", "width", images.shape[2])):
        for name, least in ((start, 0), (length, 1)):
            smallest = part[name].min(initial=least)
            if smallest < least:
                raise ValueError(say("{name} = {value} is too small: it must be at least {least}.",
                                     name=name, value=int(smallest), least=least))  # fmt: skip
        end = part[start] + part[length]
        if end.max(initial=0) > size:
            farthest = int(end.argmax())
            message = say("{start_name} = {start} and {length_name} = {length} make {end}; the images have only "
                          "{size}.", start_name=start, start=int(part[start][farthest]), length_name=length,
                          length=int(part[length][farthest]), end=int(end[farthest]), size=size)  # fmt: skip
            raise ValueError(message)
