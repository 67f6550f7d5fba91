"""The deep networks of chapter 10: equal hidden layers, whose first weights are a number times the usual ones."""

from functools import cache
from typing import Any

import numpy as np

from nnlearn.checks import Array
from nnlearn.language import mark
from nnlearn.networks import Network, ReLU, Tanh, mlp
from nnlearn.networks.initial import glorot, he
from nnlearn.objectives import Clipped
from nnlearn.objectives.base import BaseObjective
from nnlearn.optimizers import Adam, Momentum, Optimizer

WIDTH, DEEPEST = 32, 50
KINDS = {"relu": (ReLU, he), "tanh": (Tanh, glorot)}
ACTIVATIONS = {"relu": mark("ReLU"), "tanh": mark("tanh")}
RULES = {"momentum": mark("momentum 0.9"), "clipped": mark("momentum, clipped at 1"), "adam": "Adam"}
RATE, ADAM_RATE, CLIP = 0.015, 0.003, 1.0
SCALES = 2.0 ** (np.arange(-6, 7) / 4)  # 1 is the usual initialisation: He's for relus, Glorot's for tanh
DEPTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 50)  # hidden layers that were trained


@cache
def network(depth: int, activation: str = "relu") -> Network:
    """64 pixels, so many hidden layers of 32 units, 10 scores."""
    kind, initial = KINDS[activation]
    return mlp(64, *[WIDTH] * depth, 10, activation=kind, initial=initial)


def starts(layers: Network, seed: int, scales: Any) -> Array:
    """First weights: the hidden kernels times each scale, shape (scales, d)."""
    usual = layers.begin(seed)
    swept = np.asarray(scales, float)
    rows = np.tile(layers.pack(usual), (len(swept), 1))
    for name, place in layers.leaves.places.items():
        if name.startswith("hidden") and name.endswith("kernel"):
            rows[:, place] *= swept[:, np.newaxis]
    return rows


def trained_by(rule: str, J: BaseObjective) -> tuple[Optimizer, BaseObjective]:
    """The optimiser, and the loss that it is told."""
    if rule == "adam":
        return Adam(ADAM_RATE), J
    return Momentum(RATE, 0.9), Clipped(J, norm=CLIP) if rule == "clipped" else J
