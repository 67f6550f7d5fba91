"""What a cut takes from a network, layer by layer: the squares of its weights."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlearn.compression import magnitude
from nnlearn.compression.prune import Arrays, Masks
from nnlearn.networks.layer import is_kernel


def lost_strength(weights: Arrays, masks: Masks) -> dict[str, float]:
    """Of each kernel the share of its sum of squares that goes: sum of w^2 over what is gone, over all.

    A kernel of zeros loses nothing.
    """
    squares = {name: np.square(weights[name], dtype=np.float64) for name in masks}
    return {name: float(squares[name][~masks[name]].sum() / (squares[name].sum() or 1)) for name in masks}


def strength(weights: Arrays) -> dict[str, Any]:
    """A score for each weight: its share of its kernel's sum of squares."""
    squares = {name: size.astype(np.float64) ** 2 for name, size in magnitude(weights).items()}
    return {name: square / (square.sum() or 1) for name, square in squares.items()}


def kernels(weights: Mapping[str, Any]) -> list[str]:
    """The names of the kernels, in the order of the layers."""
    return [name for name in weights if is_kernel(name)]
