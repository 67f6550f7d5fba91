"""The loss of a network on examples that it doesn't learn from."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array
from nnlearn.language import say
from nnlearn.networks.inputs import examples
from nnlearn.objectives.base import BaseObjective
from nnlearn.objectives.data import fingerprint, in_blocks

if TYPE_CHECKING:
    from nnlearn.networks.objective import NetworkObjective


class HeldOut(BaseObjective):
    """The mean loss, without any penalty, of the network as it is used: ``NetworkObjective.held_out`` makes one.

    Nothing is drawn by chance, and normalisations have the mean and variance of the examples that J was made of. X, y:
    as ``Network.on`` takes them. It has a loss and no gradient: what one trains on isn't held out.
    """

    def __init__(self, J: "NetworkObjective", X: ArrayLike, y: ArrayLike):
        self.J, self.dimension = J, J.dimension
        self.inputs = np.array(examples(X, J.network.shape), np.float64)
        self.targets = np.array(J.criterion.targets(y, len(self.inputs), J.network.output))

    @property
    def examples(self) -> int:
        """The number of examples n."""
        return len(self.targets)

    def losses(self, theta: Array) -> Array:
        """The loss of each example: (..., d) -> (..., n)."""
        return self.J.criterion.losses(self.J.scores(self.check(theta), self.inputs), self.targets)

    def loss(self, theta: Array) -> Array:
        numbers = self.examples * self.J.network.width
        return in_blocks(lambda runs: np.mean(self.losses(runs), axis=-1), self.check(theta), numbers)

    def gradient(self, theta: Array) -> Array:
        """There is none: TypeError."""
        raise TypeError(say("{objective} is to be watched, not trained on: it has no gradient.", objective=self))

    def describe(self) -> dict[str, Any]:
        """What it was made of, ready for JSON."""
        return {"class": "HeldOut", "J": self.J.describe(), "sha256": fingerprint(self.inputs, self.targets)}

    def __repr__(self) -> str:
        return f"HeldOut({self.examples} examples, {self.J.network})"
