"""Random steps that are at home on photographs: crop and resize, another light, a covered square."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, ClassVar

import numpy as np

from nnlearn.checks import Array, Range, number
from nnlearn.data.augment.colour import colour_jitter
from nnlearn.data.augment.images import Images
from nnlearn.data.augment.patches import cut_out
from nnlearn.data.augment.resizing import crop_and_resize
from nnlearn.data.augment.steps import DIGITS, PHOTOGRAPHS, Judgement, Pixels, Share, Step
from nnlearn.language import mark

Area = Annotated[float, partial(number, allowed=Range("(0, 1]"))]
WIDEST = 4 / 3  # of a part: how much wider than the image, in proportion, or narrower


@dataclass(frozen=True)
class RandomResizedCrop(Step):
    """Enlarges a part of an image to its whole size: a share of its area, ``smallest`` at least, from anywhere.

    The part is up to a third wider or higher in proportion than the image. Szegedy et al. (2015), section 6, with
    ``smallest`` = 0.08.
    """

    draws: ClassVar[int] = 4
    smallest: Area = 0.5

    def apply(self, images: Images, drawn: Array) -> Images:
        size = np.array(images.shape[1:3])
        area = self.smallest + (1 - self.smallest) * drawn[:, 0]
        ratio = WIDEST ** (2 * drawn[:, 1] - 1)
        sides = np.sqrt(area[:, np.newaxis] * np.stack([1 / ratio, ratio], axis=1)) * size
        sides = np.clip(np.rint(sides), 1, size).astype(np.int64)
        (top, left), (height, width) = np.floor(drawn[:, 2:] * (size - sides + 1)).astype(np.int64).T, sides.T
        return crop_and_resize(images, top, left, height, width, (images.shape[1], images.shape[2]))

    @property
    def labels(self) -> Sequence[Judgement]:
        return (
            Judgement(PHOTOGRAPHS, True, mark("A part shows the same thing, as long as the thing is in it.")),
            Judgement(DIGITS, False, mark("A part of an 8 may be a 3 or a 0.")),
        )


@dataclass(frozen=True)
class RandomColour(Step):
    """Shows an image in another light: its factors lie from 1 - strength to 1 + strength; see ``colour_jitter``."""

    draws: ClassVar[int] = 3
    brightness: Share = 0.4
    contrast: Share = 0.4
    saturation: Share = 0.4

    def apply(self, images: Images, drawn: Array) -> Images:
        strengths = np.array([self.brightness, self.contrast, self.saturation])
        brightness, contrast, saturation = (1 + strengths * (2 * drawn - 1)).T
        return colour_jitter(images, brightness, contrast, saturation)

    @property
    def labels(self) -> Sequence[Judgement]:
        return (
            Judgement(PHOTOGRAPHS, True, mark("A thing in another light is the same, unless its colour is the label.")),
            Judgement(DIGITS, True, mark("Darker ink writes the same digit.")),
        )


@dataclass(frozen=True)
class RandomCutOut(Step):
    """Covers a square about any pixel of an image; near the border a part of it lies outside. See ``cut_out``."""

    draws: ClassVar[int] = 2
    side: Pixels = 8
    value: float = 0.0

    def apply(self, images: Images, drawn: Array) -> Images:
        row, column = np.floor(drawn * images.shape[1:3]).astype(np.int64).T
        return cut_out(images, row, column, self.side, self.value)

    @property
    def labels(self) -> Sequence[Judgement]:
        return (
            Judgement(PHOTOGRAPHS, True, mark("A thing that is partly hidden is the same, as long as enough is seen.")),
            Judgement(DIGITS, False, mark("Without a few pixels an 8 is a 3, and a 7 is a 1.")),
        )
