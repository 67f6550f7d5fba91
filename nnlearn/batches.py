"""Batches: which examples a step sees is a function of (seed, t) alone, so a run resumes exactly."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import OneOf, Whole, check_fields, whole_number
from nnlearn.language import say
from nnlearn.objectives.base import BaseObjective
from nnlearn.objectives.wrapped import Wrapped

Indices = NDArray[np.int64]
Seed = Annotated[int, Whole(0)]
Order = Annotated[str, OneOf("shuffled", "drawn", "kept")]


class Batches:
    """Base of all: in each epoch the n examples stand in an ``order``, and one batch after the other is taken of them.

    order: "shuffled", a new permutation in each epoch, so that it sees each example once; "drawn", n draws with
    replacement; "kept", as the examples were given. The last batch of an epoch holds what is left, as in Keras.
    ``of(J)`` is the objective whose step t sees one batch of J's examples. Raises TypeError or ValueError, naming the
    argument, if one can't be used.
    """

    seed: int
    order: str

    def __post_init__(self) -> None:
        check_fields(self)
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            object.__setattr__(self, field.name, int(value) if isinstance(value, np.integer) else value)

    def of(self, J: BaseObjective) -> "Sampled":
        """J in batches. TypeError if it has no examples, or is seen in batches already."""
        return Sampled(J, self)

    def indices(self, t: int, n: int) -> Indices:
        """Which of n examples step t (1, 2, ...) sees, in their order; read-only."""
        epoch, first, size = self.place(t, n)
        return ordering(self.order, self.seed, epoch, n)[first : first + size]

    def place(self, t: int, n: int) -> tuple[int, int, int]:
        """Of the batch of step t: its epoch, where it begins there, and its size; an epoch's last may be shorter."""
        raise NotImplementedError

    def size_in(self, epoch: int) -> int:
        """The size of a batch in an epoch (0, 1, ...)."""
        raise NotImplementedError

    def steps(self, epochs: int, n: int) -> int:
        """How many steps the first so many epochs of n examples have."""
        whole_number("epochs", epochs, at_least=0)
        return sum(batches_of(n, self.size_in(epoch)) for epoch in range(epochs))

    def described(self) -> dict[str, Any]:
        """What they were made with, ready for JSON."""
        values = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}
        return {name: value for name, value in values.items() if (name, value) != ("order", "shuffled")}


@dataclass(frozen=True)
class MiniBatches(Batches):
    """Batches of ``size`` examples (sources 000§3.2, 002§3.2).

    One example a step is ``MiniBatches(1)``, all of them ``MiniBatches(n)``, or J as it is.

    >>> MiniBatches(4, seed=1).indices(t=1, n=10), MiniBatches(4, order="kept").indices(t=3, n=10)
    (array([8, 4, 7, 0]), array([8, 9]))
    """

    size: Annotated[int, Whole(1)]
    seed: Seed = 0
    order: Order = "shuffled"

    def place(self, t: int, n: int) -> tuple[int, int, int]:
        epoch, batch = divmod(t - 1, batches_of(n, self.size))
        return epoch, batch * self.size, self.size

    def size_in(self, epoch: int) -> int:
        return self.size


def whole_sizes(name: str, value: Any) -> None:
    """TypeError or ValueError if these are not sizes of batches, one or more."""
    listed = isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim == 1)
    if not listed or not len(value):
        message = say("{name} must be the sizes of the batches one after the other, such as (16, 64, 256); it is "
                      "{value!r}.", name=name, value=value)  # fmt: skip
        raise TypeError(message)
    for i, size in enumerate(value):
        whole_number(f"{name}[{i}]", size, at_least=1)


@dataclass(frozen=True)
class GrowingBatches(Batches):
    """Batches whose size changes on the way: ``sizes[0]`` for so many ``epochs``, then ``sizes[1]`` for as many, ...

    The last size stays. What a falling rate does to the noise of the gradient, a growing batch does in fewer steps:
    Smith, Kindermans, Ying and Le (2018), arXiv 1711.00489; source 001§3.3.2. Sizes may fall, too.

    >>> batches = GrowingBatches((16, 64), epochs=2)
    >>> [len(batches.indices(t, n=100)) for t in (1, 7, 14, 15, 16, 17)], batches.steps(epochs=3, n=100)
    ([16, 4, 4, 64, 36, 64], 16)
    """

    sizes: Annotated[Sequence[int], whole_sizes]
    epochs: Annotated[int, Whole(1)]
    seed: Seed = 0
    order: Order = "shuffled"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "sizes", tuple(int(size) for size in self.sizes))

    def place(self, t: int, n: int) -> tuple[int, int, int]:
        left, epoch, size = t - 1, 0, self.sizes[0]
        for following in self.sizes[1:]:
            steps = self.epochs * batches_of(n, size)
            if left < steps:
                break
            left, epoch, size = left - steps, epoch + self.epochs, following
        more, batch = divmod(left, batches_of(n, size))
        return epoch + more, batch * size, size

    def size_in(self, epoch: int) -> int:
        return self.sizes[min(epoch // self.epochs, len(self.sizes) - 1)]


def batches_of(n: int, size: int) -> int:
    """How many batches n examples make."""
    return -(-n // size)


@lru_cache(maxsize=8)
def ordering(order: str, seed: int, epoch: int, n: int) -> Indices:
    """The numbers of the examples that an epoch sees, one after the other; shared by its steps, so read-only."""
    generator = np.random.default_rng([seed, epoch])
    match order:
        case "shuffled":
            numbers = generator.permutation(n)
        case "drawn":
            numbers = generator.integers(n, size=n)
        case _:
            numbers = np.arange(n)
    numbers.flags.writeable = False
    return numbers


class Sampled(Wrapped):
    """An objective seen one batch a step; asked without a step, it answers on all data."""

    batches: Batches

    def __post_init__(self) -> None:
        super().__post_init__()
        if not hasattr(self.objective, "examples"):
            raise TypeError(say("{objective} has no examples to draw batches from.", objective=self.objective))
        inside = self.objective
        while isinstance(inside, Wrapped):
            if isinstance(inside, Sampled):
                message = say("{objective} is seen in batches already: draw them once.", objective=self.objective)
                raise TypeError(message)
            inside = inside.objective

    def samples(self, t: int) -> Indices:
        return self.batches.indices(t, self.objective.examples)

    def at(self, t: int) -> BaseObjective:
        return self.objective.at(t).take(self.samples(t))

    def describe(self) -> dict[str, Any]:
        return {"class": "Sampled", "objective": self.objective.describe(), "batches": self.batches.described()}

    def __repr__(self) -> str:
        return f"{self.batches}.of({self.objective})"
