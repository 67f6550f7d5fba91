"""What chapter 12 gives along for tomorrow: random shifts by up to a whole pixel of 8 x 8 images, in two libraries."""

from importlib import import_module
from typing import Any

from nnlearn.interop.quiet import keras
from nnlearn.needs import needs

# What Keras's layer can be told. By itself it mirrors what lies beyond the border, and shifts by fractions of a pixel,
# which blurs. A share of 1.5 / 8 that is rounded to whole pixels is -1, 0 and 1, equally often.
KERAS: dict[str, dict[str, Any]] = {
    "Keras, as it comes": {"height_factor": 1 / 8, "width_factor": 1 / 8},
    "Keras, constant and nearest": {
        "height_factor": 1.5 / 8,
        "width_factor": 1.5 / 8,
        "fill_mode": "constant",
        "interpolation": "nearest",
    },
}


def keras_layer(way: str, seed: int) -> Any:
    """Keras's layer for (n, height, width, channels), told one of these."""
    return keras.layers.RandomTranslation(**KERAS[way], seed=seed)


def pytorch_shifts(images: Any) -> Any:
    """Each image of a tensor, (n, channels, height, width), moved by up to a pixel; 0 comes in."""
    with needs("PyTorch", "torch"):
        torch = import_module("torch")
    n, _, height, width = images.shape
    padded = torch.nn.functional.pad(images, (1, 1, 1, 1))
    down, right = torch.randint(0, 3, (2, n, 1, 1))
    image, row, column = torch.arange(n)[:, None, None], torch.arange(height)[:, None], torch.arange(width)
    return padded[image, :, row + down, column + right].permute(0, 3, 1, 2)
