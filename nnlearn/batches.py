"""Mini-batches: the batch of step t is a function of (seed, t) alone, so a run resumes exactly."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import whole_number
from nnlearn.language import say
from nnlearn.objectives.base import BaseObjective
from nnlearn.objectives.wrapped import Wrapped


@dataclass(frozen=True)
class MiniBatches:
    """Batches of ``size`` examples, drawn without replacement, a new permutation each epoch (sources 000§3.2, 002§3.2).

    ``MiniBatches(32, seed=0).of(J)`` is the objective whose step t sees one batch of J's examples. The last batch of
    an epoch holds what is left, as in Keras.
    """

    size: int
    seed: int = 0

    def __post_init__(self) -> None:
        whole_number("size", self.size, at_least=1)
        whole_number("seed", self.seed, at_least=0)
        object.__setattr__(self, "size", int(self.size))
        object.__setattr__(self, "seed", int(self.seed))

    def of(self, J: BaseObjective) -> "Sampled":
        return Sampled(J, self)

    def indices(self, t: int, n: int) -> NDArray[np.int64]:
        """Which of n examples step t (1, 2, ...) sees."""
        epoch, batch = divmod(t - 1, -(-n // self.size))
        return permutation(self.seed, epoch, n)[batch * self.size : (batch + 1) * self.size]


@lru_cache(maxsize=8)
def permutation(seed: int, epoch: int, n: int) -> NDArray[np.int64]:
    """The order of the n examples in an epoch, read-only."""
    order = np.random.default_rng([seed, epoch]).permutation(n)
    order.flags.writeable = False  # it is shared by all steps of the epoch
    return order


class Sampled(Wrapped):
    """An objective seen one mini-batch a step; asked without a step, it answers on all data."""

    batches: MiniBatches

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

    def at(self, t: int) -> BaseObjective:
        return self.objective.at(t).take(self.batches.indices(t, self.objective.examples))

    def describe(self) -> dict[str, Any]:
        return {"class": "Sampled", "objective": self.objective.describe(), "batches": vars(self.batches)}

    def __repr__(self) -> str:
        return f"{self.batches}.of({self.objective})"
