"""Small colour photographs: squares of the course's two photographs, and which of six things they show.

Sky, water, temple and trees of the one photograph, petals and leaves of the other. Training squares come from one part
of each, test squares from another part, farther to the right: no pixel is on both sides. The other part is not like the
first: the trees on the right are greyer, and the temple is seen from the other side.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import whole_number
from nnlearn.data import datasets
from nnlearn.language import mark

SIDE = 16  # of a square, in pixels
STEPS = 300  # of a training
STRENGTHS = (0.2, 0.4, 0.8)  # of colour jitter


class Part(NamedTuple):
    """Of a photograph: pixels from row ``top`` and column ``left`` on."""

    photograph: str
    top: int
    left: int
    height: int
    width: int


# For training, and for testing: each a rectangle that shows this thing and little else.
THINGS = {
    mark("sky"): (Part("china", 0, 330, 150, 140), Part("china", 0, 490, 120, 140)),
    mark("water"): (Part("china", 225, 350, 60, 100), Part("china", 225, 460, 45, 70)),
    mark("temple"): (Part("china", 130, 100, 200, 130), Part("china", 130, 240, 200, 90)),
    mark("trees"): (Part("china", 345, 0, 80, 190), Part("china", 345, 350, 80, 280)),
    mark("petals"): (Part("flower", 110, 190, 220, 115), Part("flower", 110, 325, 220, 110)),
    mark("leaves"): (Part("flower", 60, 0, 300, 170), Part("flower", 60, 460, 300, 175)),
}


class Squares(NamedTuple):
    """Images, (n, SIDE, SIDE, 3), from 0 to 1; and the numbers of the things that they show, (n,)."""

    images: NDArray[np.float32]
    labels: NDArray[np.int64]


@cache
def photographs() -> dict[str, NDArray[np.float32]]:
    """Both, from 0 to 1."""
    return {name: (image / 255).astype(np.float32) for name, image in datasets.photographs().items()}


def squares(testing: bool, per_class: int, seed: int) -> Squares:
    """So many squares of each thing, from anywhere in its part for training or in that for testing.

    Raises TypeError or ValueError if per_class is no whole number from 1.
    """
    whole_number("per_class", per_class, at_least=1)
    rng = np.random.default_rng([seed, testing])
    images = []
    for parts in THINGS.values():
        part = parts[testing]
        tops = part.top + rng.integers(0, part.height - SIDE + 1, per_class)
        lefts = part.left + rng.integers(0, part.width - SIDE + 1, per_class)
        whole = photographs()[part.photograph]
        images += [whole[top : top + SIDE, left : left + SIDE] for top, left in zip(tops, lefts, strict=True)]
    return Squares(np.array(images), np.repeat(np.arange(len(THINGS)), per_class))
