"""Colour jitter: brightness, contrast and saturation, each a mixture of the image with a duller one."""

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array, Range
from nnlearn.data.augment.images import Images, image_batch, per_image, rounded, with_channels
from nnlearn.language import say

FACTOR = Range("[0, 100]")
# How bright red, green and blue look: the weights of television, ITU-R BT.601, as in Pillow.
LUMA = np.array([0.299, 0.587, 0.114])


def colour_jitter(
    images: ArrayLike, brightness: ArrayLike = 1.0, contrast: ArrayLike = 1.0, saturation: ArrayLike = 1.0
) -> Images:
    """Each image in another light; a factor of 1 changes nothing, 0 leaves the duller image, 2 doubles the difference.

    brightness: against black. contrast: against an image of its mean grey. saturation: against itself in grey; a grey
    image stays as it is. They are done in this order. Factors from 0, one for all images or one for each, shape (n,).

    Pixels go from 0, black, to white: 1 for real numbers and booleans, else the largest number of their type; what
    comes out beyond is cut off there after each of the three. The fourth channel, if there is one, says how opaque a
    pixel is, and stays. ``PIL.ImageEnhance`` does the same; Howard (2013), arXiv 1312.5402, trained so.

    Raises ValueError for pixels that are not from black to white, or for a factor below 0 or above 100.
    """
    images = image_batch(images)
    white = white_of(images.dtype)
    check_light(images, white)
    given = {"brightness": brightness, "contrast": contrast, "saturation": saturation}
    factors = {name: per_image(name, value, len(images), FACTOR) for name, value in given.items()}
    pixels = with_channels(images).astype(np.float64)
    colours = pixels[..., :3]
    for name, dull in (("brightness", black), ("contrast", mean_grey), ("saturation", grey)):
        colours = np.clip(mixture(colours, dull(colours), factors[name]), 0, white)
    pixels[..., :3] = colours
    return rounded(pixels, images.dtype).reshape(images.shape)


def mixture(colours: Array, dull: Array, factor: Array) -> Array:
    """Away from the duller image, by a factor for each image: factor * colours + (1 - factor) * dull."""
    factor = factor[:, np.newaxis, np.newaxis, np.newaxis]
    return factor * colours + (1 - factor) * dull


def grey(colours: Array) -> Array:
    """How bright each pixel looks, shape (n, height, width, 1)."""
    return colours @ LUMA[:, np.newaxis] if colours.shape[-1] == 3 else colours


def mean_grey(colours: Array) -> Array:
    """How bright each image looks on average, shape (n, 1, 1, 1)."""
    return grey(colours).mean(axis=(1, 2), keepdims=True)


def black(colours: Array) -> Array:
    """No light."""
    return np.zeros_like(colours)


def white_of(dtype: np.dtype) -> float:
    """The brightest value of a pixel."""
    return float(np.iinfo(dtype).max) if dtype.kind in "iu" else 1.0


def check_light(images: Images, white: float) -> None:
    """ValueError unless all pixels lie between black and white: a clipped image would be wrong without a word."""
    if not images.size:
        return
    low, high = float(images.min()), float(images.max())
    if not (low >= 0 and high <= white):  # NaN is neither
        message = say("images of {kind} must go from 0 (black) to {white:g} (white); they go from {low:g} to {high:g}.",
                      kind=images.dtype, white=white, low=low, high=high)  # fmt: skip
        raise ValueError(message)
