"""An objective from a learner's own functions."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlearn.checks import Array, real_array
from nnlearn.language import mark, say
from nnlearn.objectives.base import BaseObjective

ONE_POINT = {
    "loss": mark("{name} returned shape {shape} for theta of shape {theta}; return one number, shape {needed}."),
    "gradient": mark(
        "{name} returned shape {shape} for theta of shape {theta}; return one number per coordinate, shape {needed}."
    ),
    "hessian": mark(
        "{name} returned shape {shape} for theta of shape {theta}; "
        "return one row and one column per coordinate, shape {needed}."
    ),
}
BATCH = mark("{name} returned shape {shape} for a batch theta of shape {theta}; return shape {needed}.")


class Objective(BaseObjective):
    """A function of your own: its loss, its gradient and, if a method needs it, its Hessian.

    Each function takes one point ``theta`` of shape (d,); they return a number, shape (d,) and shape (d, d).
    For a batch of points they are called once per point. If ``batched`` is true they take shape (..., d) at
    once and return (...,), (..., d) and (..., d, d); that is faster, but ``theta[0]`` is then not the first
    coordinate.

    What the functions return is checked at every call: TypeError if it holds anything but numbers, ValueError
    if its shape is wrong or if the function changed theta in place.

    >>> bowl = Objective(
    ...     loss=lambda theta: theta[0] ** 2 + 3 * theta[1] ** 2,
    ...     gradient=lambda theta: [2 * theta[0], 6 * theta[1]],
    ... )
    >>> bowl.gradient([1.0, 1.0])
    array([2., 6.])
    >>> bowl.loss([[1.0, 1.0], [2.0, 0.0]])
    array([4., 4.])
    """

    def __init__(
        self,
        loss: Callable[[Array], Any],
        gradient: Callable[[Array], Any],
        hessian: Callable[[Array], Any] | None = None,
        batched: bool = False,
        name: str | None = None,
    ):
        self.functions = {"loss": loss, "gradient": gradient}
        if hessian is not None:
            self.functions["hessian"] = hessian
        for argument, function in self.functions.items():
            if not callable(function):
                message = say("{name} must be a function of theta; it is {value!r}.", name=argument, value=function)
                raise TypeError(message)
        self.batched = batched
        self.name = name or getattr(loss, "__name__", type(loss).__name__)

    def loss(self, theta: Array) -> Array:
        return self.evaluate("loss", theta)

    def gradient(self, theta: Array) -> Array:
        return self.evaluate("gradient", theta)

    def hessian(self, theta: Array) -> Array:
        return self.evaluate("hessian", theta) if "hessian" in self.functions else super().hessian(theta)

    def evaluate(self, name: str, theta: Array) -> Array:
        theta = self.check(theta)
        entry = {"loss": (), "gradient": theta.shape[-1:], "hessian": theta.shape[-1:] * 2}[name]
        if self.batched or (theta.ndim == 1 and np.isfinite(theta).all()):
            return self.call(name, theta, theta.shape[:-1] + entry)
        values = np.full(theta.shape[:-1] + entry, np.nan)
        for run in map(tuple, np.argwhere(np.isfinite(theta).all(axis=-1))):  # a run that has left for infinity: NaN
            values[run] = self.call(name, theta[run], entry)
        return values if values.ndim else values[()]

    def call(self, name: str, theta: Array, needed: tuple[int, ...]) -> Array:
        """What the function returns for a copy of theta, checked."""
        given = theta.copy()  # so that no function can change, or keep, the run's own array
        value = self.functions[name](given)
        if given.tobytes() != theta.tobytes():  # bytes: NaN equals itself
            message = say(
                "{name} changed theta in place; leave theta as it is and return a new array "
                "(theta = theta - 1 makes a new one, theta -= 1 does not).",
                name=name,
            )
            raise ValueError(message)
        if value is None:
            raise TypeError(say("{name} returned None; its last line must return the value.", name=name))
        array = real_array(f"{name}(theta)", value)
        if array.shape != needed:
            template = ONE_POINT[name] if theta.ndim == 1 else BATCH
            raise ValueError(say(template, name=name, shape=array.shape, theta=theta.shape, needed=needed))
        return array if needed else array[()]

    def parameters(self) -> dict[str, Any]:
        return {"name": self.name, "batched": self.batched}

    def __repr__(self) -> str:
        return f"Objective({self.name})"
