"""Objectives around objectives: they change what a rule is told, so that the rule stays as it is on the page."""

from dataclasses import field
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray

from nnlearn.algebra import norm, sign
from nnlearn.checks import Array, Range, constant, is_masked, one_a_run, real_array
from nnlearn.hyperparameters import Hyperparameters, spread
from nnlearn.language import say
from nnlearn.objectives.base import BaseObjective

NotNegative = Annotated[Any, constant, Range("[0, inf)")]
SEEDS = f"[0, {2**53}]"  # a float, as which an array holds them, counts no further


class Wrapped(Hyperparameters, BaseObjective):
    """An objective that asks another one and passes everything on; a subclass changes some of it.

    Its numbers are declared as an optimiser's hyper-parameters are; one that is an array of shape (n, 1) makes a sweep.
    Step t sees the wrapper around what the inner objective shows to step t, so that wrappers nest in any order, with
    mini-batches too. Raises TypeError if what is inside is no objective.
    """

    objective: Any

    def __post_init__(self) -> None:
        if not isinstance(self.objective, BaseObjective):
            message = say("{kind} goes around an objective, such as nn.objectives.Rosenbrock(); it was given "
                          "{value!r}.", kind=type(self).__name__, value=self.objective)  # fmt: skip
            raise TypeError(message)
        super().__post_init__()

    @property
    def dimension(self) -> int | None:  # type: ignore[override]
        return self.objective.dimension

    @property
    def penalised(self) -> Any:
        return self.objective.penalised

    def around(self, objective: BaseObjective) -> Self:
        """This wrapper around another objective: itself, if it is around that one already."""
        return self if objective is self.objective else self.with_values({"objective": objective})

    def at(self, t: int) -> BaseObjective:
        return self.around(self.objective.at(t))

    def member(self, index: tuple[int, ...], batch: tuple[int, ...]) -> Self:
        return super().member(index, batch).around(self.objective.member(index, batch))

    def take(self, index: Any) -> "Wrapped":
        """The wrapper around some of the objective's examples."""
        return self.around(self.objective.take(index))

    def samples(self, t: int) -> NDArray[np.int64]:
        return self.objective.samples(t)

    def swept(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return spread(self.objective.swept(shape), self.numbers)

    def loss(self, theta: Array) -> Array:
        return self.objective.loss(theta)

    def gradient(self, theta: Array) -> Array:
        return self.objective.gradient(theta)

    def hessian(self, theta: Array) -> Array:
        return self.objective.hessian(theta)

    def check(self, theta: Any) -> Array:
        return self.objective.check(theta)

    @property
    def numbers(self) -> dict[str, Any]:
        """What the wrapper was made with besides the objective, by name."""
        return {name: value for name, value in self.hyperparameters.items() if name != "objective"}

    def describe(self) -> dict[str, Any]:
        numbers = {name: np.asarray(value).tolist() for name, value in self.numbers.items()}
        return {"class": type(self).__name__, "objective": self.objective.describe(), "parameters": numbers}

    def __repr__(self) -> str:
        numbers = (f"{name}={value!r}" for name, value in self.numbers.items())
        return f"{type(self).__name__}({', '.join([repr(self.objective), *numbers])})"

    def __getattr__(self, name: str) -> Any:  # what else the objective offers: accuracy, unpack, view, ...
        if name.startswith("__") or "objective" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self.objective, name)


class Clipped(Wrapped):
    """An objective whose gradients are shortened to a length of at most ``norm``; the loss stays as it is.

    Pascanu, Mikolov and Bengio (2013), arXiv:1211.5063, algorithm 1. In Keras: ``global_clipnorm``.

    >>> from nnlearn.objectives import Quadratic
    >>> Clipped(Quadratic(curvatures=[1, 1]), norm=1).gradient([3.0, 4.0])
    array([0.6, 0.8])
    """

    norm: Annotated[Any, constant, one_a_run, Range("(0, inf)")] = 1.0

    def gradient(self, theta: Array) -> Array:
        gradient = self.objective.gradient(theta)
        return gradient * (self.norm / np.maximum(norm(gradient), self.norm))


class Penalised(Wrapped):
    r"""An objective with a price on the size of its weights: ``l1 * sum(|w|) + l2 / 2 * sum(w**2)``.

    The intercepts of a model, which ``objective.penalised`` marks with 0, are spared. At w = 0 the slope of \|w\| is
    taken as 0. Weight decay that does not pass through the rule is another thing: Loshchilov and Hutter (2019),
    arXiv:1711.05101.

    >>> from nnlearn.objectives import Quadratic
    >>> Penalised(Quadratic(curvatures=[1, 1]), l1=0.5, l2=0.1).gradient([1.0, -2.0])
    array([ 1.6, -2.7])
    """

    l1: NotNegative = 0.0
    l2: NotNegative = 0.0

    def loss(self, theta: Array) -> Array:
        w = self.objective.penalised * self.check(theta)
        return self.objective.loss(theta) + np.sum(self.l1 * np.abs(w) + self.l2 / 2 * w * w, axis=-1)

    def gradient(self, theta: Array) -> Array:
        w = self.objective.penalised * self.check(theta)
        return self.objective.gradient(theta) + self.l1 * sign(w) + self.l2 * w

    def hessian(self, theta: Array) -> Array:
        d = np.shape(theta)[-1]
        diagonal = self.objective.penalised * np.ones(d) * self.l2
        return self.objective.hessian(theta) + diagonal[..., np.newaxis] * np.eye(d)


def zeros_and_ones(name: str, value: Any) -> None:
    """TypeError if the value is one number for all; ValueError if an entry is neither 0 nor 1."""
    if isinstance(value, bool | np.bool):
        raise TypeError(say("{name} must have an entry for each coordinate; it is {value!r}.", name=name, value=value))
    numbers = real_array(name, value)
    if not numbers.ndim:
        raise TypeError(say("{name} must have an entry for each coordinate; it is {value!r}.", name=name, value=value))
    if not np.isin(numbers, (0, 1)).all():
        raise ValueError(say("{name} must hold zeros and ones: 0 where a weight is gone.", name=name))


class Masked(Wrapped):
    """An objective whose weights are 0 where ``mask`` is 0, whatever theta says there: J(mask * theta).

    The gradient there is 0, so what began at 0 stays there and the other weights are trained as a smaller network: how
    a pruned network is trained on (Han et al. 2015, arXiv:1506.02626). mask: shape (d,), zeros and ones, or True and
    False. Raises ValueError if the objective has another number of coordinates.

    >>> from nnlearn.objectives import Quadratic
    >>> J = Masked(Quadratic(curvatures=[1, 1]), mask=[1, 0])
    >>> J.loss([3.0, 4.0]), J.gradient([3.0, 4.0])
    (np.float64(4.5), array([3., 0.]))
    """

    mask: Annotated[Any, constant, zeros_and_ones] = field(kw_only=True)

    def __post_init__(self) -> None:
        if np.ndim(self.mask) and not is_masked(self.mask) and np.asarray(self.mask).dtype.kind == "b":
            object.__setattr__(self, "mask", np.asarray(self.mask) * 1.0)
        super().__post_init__()
        if self.dimension not in (None, np.shape(self.mask)[-1]):
            message = say("mask has shape {shape}; the objective has {d} coordinates, and each needs an entry.",
                          shape=np.shape(self.mask), d=self.dimension)  # fmt: skip
            raise ValueError(message)

    def loss(self, theta: Array) -> Array:
        return self.objective.loss(self.mask * self.check(theta))

    def gradient(self, theta: Array) -> Array:
        return self.mask * self.objective.gradient(self.mask * self.check(theta))

    def hessian(self, theta: Array) -> Array:
        hessian = self.objective.hessian(self.mask * self.check(theta))
        return self.mask[..., np.newaxis] * hessian * self.mask[..., np.newaxis, :]


def whole_numbers(name: str, value: Any) -> None:
    """ValueError if an entry has a fraction."""
    numbers = real_array(name, value)
    if (numbers != np.floor(numbers)).any():
        raise ValueError(say("{name} must hold whole numbers; it is {value!r}.", name=name, value=value))


class Noisy(Wrapped):
    """An objective whose gradient is disturbed, in each step anew: normal noise of standard deviation ``scale``.

    The noise of step t is a function of (seed, t) alone, so a run resumes exactly. All runs of a sweep feel the same
    noise, which makes them comparable; ``seed=np.arange(n)[:, None]`` gives each its own. Asked without a step, the
    objective answers without noise; the loss never has any.
    """

    scale: NotNegative = 0.1
    seed: Annotated[Any, constant, one_a_run, Range(SEEDS), whole_numbers] = 0

    def member(self, index: tuple[int, ...], batch: tuple[int, ...]) -> Self:
        one = super().member(index, batch)
        return one.with_values({"seed": int(one.numbers["seed"])})

    def at(self, t: int) -> BaseObjective:
        step = object.__new__(NoisyStep)  # its numbers were checked with the objective's
        vars(step).update(self.hyperparameters, objective=self.objective.at(t), t=t)
        return step


class NoisyStep(Noisy):
    """What step t sees of a noisy objective."""

    t: int = 1

    def gradient(self, theta: Array) -> Array:
        gradient = self.objective.gradient(theta)
        return gradient + self.scale * noise(self.seed, self.t, gradient.shape[-1])


def noise(seed: Any, t: int, d: int) -> Array:
    """d standard normal numbers for step t; for seeds of shape (n, 1), n rows of them."""
    seeds: NDArray[np.int64] = np.asarray(seed, np.int64)
    drawn = [np.random.default_rng([int(each), t]).normal(size=d) for each in seeds.flat]
    return np.reshape(drawn, (*seeds.shape[:-1], d))
