"""A gradient beside central differences, in 64 and in 32 bits."""

import numpy as np

from nnlearn.checks import Array
from nnlearn.networks import NetworkObjective

AT_ONCE = 64  # coordinates whose losses are computed together


def central(J: NetworkObjective, theta: Array, h: float, precision: str = "float64") -> Array:
    """(J(theta + h e_j) - J(theta - h e_j)) / 2h for each coordinate j, shape (d,).

    precision: in which the network and its losses are computed, "float64" or "float32".
    """
    inputs, targets = J.inputs.astype(precision), J.targets.astype(precision)

    def loss(places: Array) -> Array:
        scores = J.network.forward(places.astype(precision), inputs)
        return np.mean(J.criterion.losses(scores, targets), axis=-1).astype(np.float64)

    moves = h * np.eye(len(theta))
    parts = [moves[i : i + AT_ONCE] for i in range(0, len(theta), AT_ONCE)]
    return np.concatenate([(loss(theta + part) - loss(theta - part)) / (2 * h) for part in parts])


def relative_error(found: Array, gradient: Array) -> float:
    """The length of the difference over that of the longer vector, as ``nnlearn.check_gradient`` has it."""
    return float(np.linalg.norm(found - gradient) / max(np.linalg.norm(found), np.linalg.norm(gradient)))
