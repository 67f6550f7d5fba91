"""Augmenting images: flips, crops, shifts, rotations, zooms, light, cut-outs and mixtures of batches, and pipelines.

A batch has shape (n, height, width), or (n, height, width, channels) with 1, 3 or 4 channels. Every function
returns a new array of the same dtype and leaves what it is given as it is. Pixel (0, 0) is at the top left;
positions are those of pixel centres, row first.
"""

from nnlearn.data.augment.borders import FILLS
from nnlearn.data.augment.colour import colour_jitter
from nnlearn.data.augment.mixing import mixup
from nnlearn.data.augment.patches import cut_out
from nnlearn.data.augment.photograph_steps import RandomColour, RandomCutOut, RandomResizedCrop
from nnlearn.data.augment.pipeline import Pipeline
from nnlearn.data.augment.resampling import rotate, scale
from nnlearn.data.augment.resizing import crop_and_resize
from nnlearn.data.augment.steps import (
    Judgement,
    RandomCrop,
    RandomFlip,
    RandomRotation,
    RandomScale,
    RandomShift,
    Step,
)
from nnlearn.data.augment.windows import crop, flip_horizontal, flip_vertical, random_crop, shift

__all__ = [
    "FILLS",
    "Judgement",
    "Pipeline",
    "RandomColour",
    "RandomCrop",
    "RandomCutOut",
    "RandomFlip",
    "RandomResizedCrop",
    "RandomRotation",
    "RandomScale",
    "RandomShift",
    "Step",
    "colour_jitter",
    "crop",
    "crop_and_resize",
    "cut_out",
    "flip_horizontal",
    "flip_vertical",
    "mixup",
    "random_crop",
    "rotate",
    "scale",
    "shift",
]
