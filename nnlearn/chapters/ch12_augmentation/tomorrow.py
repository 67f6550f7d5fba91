"""What chapter 12 gives along for tomorrow: random shifts by up to a whole pixel of 8 x 8 images, in two libraries."""

from importlib import import_module
from typing import Any, NamedTuple

from nnlearn.interop.quiet import keras
from nnlearn.needs import needs

# How far, as a share of height and width: up to a pixel; or, rounded to whole pixels, -1, 0 and 1 equally often.
FACTORS = {"1/8": 1 / 8, "1.5/8": 1.5 / 8}


class Way(NamedTuple):
    """What Keras's layer is told. By itself it mirrors what lies beyond the border, and mixes neighbouring pixels."""

    factor: str = "1/8"
    fill_mode: str = "reflect"
    interpolation: str = "bilinear"


AS_IT_COMES = Way()
CARD = Way("1.5/8", "constant", "nearest")
WAYS = [AS_IT_COMES, *(AS_IT_COMES._replace(**{name: value}) for name, value in CARD._asdict().items()), CARD]


def keras_layer(way: Way, seed: int) -> Any:
    """Keras's layer for (n, height, width, channels), told one of these."""
    factor = FACTORS[way.factor]
    return keras.layers.RandomTranslation(factor, factor, way.fill_mode, way.interpolation, seed=seed)


def pytorch_shifts(images: Any) -> Any:
    """Each image of a tensor, (n, channels, height, width), moved by up to a pixel; 0 comes in."""
    with needs("PyTorch", "torch"):
        torch = import_module("torch")
    n, _, height, width = images.shape
    padded = torch.nn.functional.pad(images, (1, 1, 1, 1))
    down, right = torch.randint(0, 3, (2, n, 1, 1))
    image, row, column = torch.arange(n)[:, None, None], torch.arange(height)[:, None], torch.arange(width)
    return padded[image, :, row + down, column + right].permute(0, 3, 1, 2)
