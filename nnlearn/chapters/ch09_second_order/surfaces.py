"""The losses that chapter 09 looks at: two bowls of one coordinate, and where Himmelblau's surface is level."""

import numpy as np

from nnlearn.checks import Array
from nnlearn.objectives import Himmelblau
from nnlearn.objectives.base import BaseObjective
from nnlearn.optimizers import Newton
from nnlearn.trace import run

SURFACE = Himmelblau()
NEAR_LEVEL = [[0.0, 3.0], [3.4, 0.0], [-3.0, 0.0], [-0.1, -2.0], [-0.3, -0.9]]  # four saddles and the top


def level_points() -> Array:
    """The four minima, then four saddles, then the one maximum of Himmelblau's surface, shape (9, 2)."""
    others = run(Newton(), SURFACE, NEAR_LEVEL, 12, keep=["theta"]).theta[-1]
    return np.concatenate([SURFACE.minima, others])


LEVEL_POINTS = level_points()


class Root(BaseObjective):
    """sqrt(1 + theta^2): convex, one minimum at 0, and far away as straight as a line."""

    dimension = 1

    def loss(self, theta: Array) -> Array:
        return np.asarray(np.sqrt(1 + self.check(theta) ** 2)[..., 0])

    def gradient(self, theta: Array) -> Array:
        theta = self.check(theta)
        return np.asarray(theta / np.sqrt(1 + theta**2))

    def hessian(self, theta: Array) -> Array:
        return np.asarray((1 + self.check(theta) ** 2) ** -1.5)[..., np.newaxis]


class LogCosh(BaseObjective):
    """log cosh theta: convex, one minimum at 0, and far away as straight as a line."""

    dimension = 1

    def loss(self, theta: Array) -> Array:
        theta = self.check(theta)[..., 0]
        return np.asarray(np.logaddexp(theta, -theta) - np.log(2))

    def gradient(self, theta: Array) -> Array:
        return np.asarray(np.tanh(self.check(theta)))

    def hessian(self, theta: Array) -> Array:
        with np.errstate(over="ignore"):
            return np.asarray(np.cosh(self.check(theta)) ** -2.0)[..., np.newaxis]
