"""The ravine of chapter 05, turned: a bowl whose steep direction stands at an angle to the axes."""

from typing import Any

import numpy as np

from nnlearn.checks import Array
from nnlearn.objectives.base import BaseObjective
from nnlearn.theory import PROOF, SMALL

L = 100.0  # the curvature of the steep direction, the same for every kappa
START = (-2.0, 1.0)  # along the flat direction, and along the steep one


def turned(angle: Any) -> tuple[Any, Any]:
    """Cosine and sine of an angle in degrees."""
    radians = np.deg2rad(angle)
    return np.cos(radians), np.sin(radians)


def turned_start(angle: Any) -> Array:
    """The start, turned by the angle in degrees, a number or an array (...,): shape (..., 2)."""
    c, s = turned(angle)
    flat, steep = START
    return np.stack([c * flat - s * steep, s * flat + c * steep], axis=-1)


class Ravine(BaseObjective):
    r"""A bowl of curvatures L / kappa and L = 100, turned by an angle.

    .. math:: f(\theta) = \tfrac12 \left(\tfrac{L}{\kappa} a^2 + L b^2\right), \qquad
              a = c\,\theta_0 + s\,\theta_1, \quad b = c\,\theta_1 - s\,\theta_0

    with c and s the angle's cosine and sine. angle: in degrees, a number, or of each run of a sweep, shape (...,).
    """

    dimension = 2

    def __init__(self, condition_number: float, angle: Any = 0.0):
        self.condition_number, self.angle = condition_number, angle
        c, s = turned(angle)
        flat = L / condition_number
        self.xx, self.xy, self.yy = flat * c * c + L * s * s, (flat - L) * c * s, flat * s * s + L * c * c

    def loss(self, theta: Array) -> Array:
        x, y = self.check(theta)[..., 0], theta[..., 1]
        return 0.5 * (self.xx * x * x + 2 * self.xy * x * y + self.yy * y * y)

    def gradient(self, theta: Array) -> Array:
        x, y = self.check(theta)[..., 0], theta[..., 1]
        gradient = np.empty_like(theta)  # in theta's own memory order, which is the fastest
        gradient[..., 0] = self.xx * x + self.xy * y
        gradient[..., 1] = self.xy * x + self.yy * y
        return gradient

    def member(self, index: tuple[int, ...], batch: tuple[int, ...]) -> "Ravine":
        return Ravine(self.condition_number, float(np.broadcast_to(self.angle, batch)[index]))

    def parameters(self) -> dict[str, Any]:
        return {"condition_number": self.condition_number, "angle": np.asarray(self.angle).tolist()}

    def __repr__(self) -> str:
        return f"Ravine({self.condition_number:g}, angle={self.angle})" if np.ndim(self.angle) == 0 else "Ravine"


def level(condition_number: float, angle: float, loss: float) -> Array:
    """The ellipse on which the ravine has this loss: shape (2, points)."""
    around = np.linspace(0, 2 * np.pi, 181)
    a = np.sqrt(2 * loss * condition_number / L) * np.cos(around)
    b = np.sqrt(2 * loss / L) * np.sin(around)
    c, s = turned(angle)
    return np.stack([c * a - s * b, s * a + c * b])


def arrivals(loss: Array) -> Array:
    """For each run the step from which on its loss stays small, as ``theory.small_from``; infinite if it doesn't.

    loss: (steps + 1, ...) -> (...,).
    """
    steps = np.arange(len(loss)).reshape(-1, *[1] * (loss.ndim - 1))
    first = np.where(loss < SMALL, 0, steps + 1).max(axis=0)
    return np.where(len(loss) - first >= PROOF, first, np.inf)
