"""What an optimiser may ask of an objective."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Array, real_array
from nnlearn.language import say


class BaseObjective:
    """A function to be minimised, with its derivatives.

    The last axis of ``theta`` holds the d coordinates; the axes before it are a batch of independent runs::

        J.loss(theta)      (..., d) -> (...,)
        J.gradient(theta)  (..., d) -> (..., d)
        J.hessian(theta)   (..., d) -> (..., d, d)

    All in float64. Each raises what ``check`` raises. Far away they may overflow; ``nnlearn.run`` keeps
    NumPy's warnings about that quiet, since divergence is a result.
    """

    dimension: int | None = None
    """The number of coordinates d; None if any will do."""
    penalised: Any = 1.0
    """Which coordinates a penalty is put on, shape (d,): 1, or 0 for intercepts; one 1 for all."""

    def loss(self, theta: Array) -> Array:
        raise NotImplementedError

    def gradient(self, theta: Array) -> Array:
        raise NotImplementedError

    def hessian(self, theta: Array) -> Array:
        message = say("{objective} has no Hessian: give Objective(…, hessian=…).", objective=self)
        raise NotImplementedError(message)

    def loss_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Both, (...,) and (..., d), for a search along a line."""
        return self.loss(theta), self.gradient(theta)

    def hessian_product(self, theta: Array, vector: Array) -> Array:
        """The Hessian times a vector: (..., d) and (..., d) -> (..., d). Here the Hessian is made; not by networks."""
        return (self.hessian(theta) @ np.asarray(vector)[..., np.newaxis])[..., 0]

    def at(self, t: int) -> "BaseObjective":
        """The objective that step t sees: on full data, always this one."""
        return self

    def samples(self, t: int) -> NDArray[np.int64]:
        """The numbers of the examples that step t sees: on full data, all. AttributeError if there are no examples."""
        if not hasattr(self, "examples"):
            raise AttributeError(say("{objective} has no examples, so no samples make a step.", objective=self))
        return np.arange(self.examples)

    def swept(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of theta once numbers of the objective that are a sweep have been spread over it."""
        return shape

    def member(self, index: tuple[int, ...], batch: tuple[int, ...]) -> "BaseObjective":
        """The objective of one run of a sweep of shape ``batch``."""
        return self

    def check(self, theta: Any) -> Array:
        """theta as a float64 array: itself if it is one already. Infinity and NaN pass.

        Raises TypeError if it holds anything but real numbers, ValueError if its last axis does not fit.
        """
        if not (type(theta) is np.ndarray and theta.dtype == np.float64):
            theta = real_array("theta", theta)
        found = theta.shape[-1] if theta.ndim else 0
        if found == 0 or self.dimension not in (None, found):
            message = say(
                "theta has shape {shape}; {objective} needs shape ({d},), or (..., {d}) for a batch of runs.",
                shape=theta.shape, objective=self, d=self.dimension or "d",
            )  # fmt: skip
            raise ValueError(message)
        return theta

    def parameters(self) -> dict[str, Any]:
        """The arguments it was made with, apart from functions and data, ready for JSON."""
        return {}

    def describe(self) -> dict[str, Any]:
        """What identifies this objective, ready for JSON: its class, parameters and data, if it has any."""
        return {"class": type(self).__name__, **self.parameters()}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in self.parameters().items())})"


class ConstantHessian(BaseObjective):
    """An objective whose Hessian is the same everywhere.

    Plain gradient descent on it converges from everywhere if its rate lies between 0 and 2 /
    ``largest_curvature``.
    """

    @property
    def curvatures(self) -> Array:
        """The Hessian's eigenvalues, shape (d,)."""
        raise NotImplementedError

    @property
    def largest_curvature(self) -> float:
        """L, the curvature of the steepest direction."""
        return float(self.curvatures.max())

    @property
    def smallest_curvature(self) -> float:
        """mu, the curvature of the flattest direction."""
        return float(self.curvatures.min())

    @property
    def condition_number(self) -> float:
        """L / mu; infinite if a direction has no curvature."""
        L, mu = self.largest_curvature, self.smallest_curvature
        return L / mu if mu > 0 else np.inf
