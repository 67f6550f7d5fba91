"""Training on data of which one piece at a time is in memory."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from nnlearn.checks import Array
from nnlearn.language import say
from nnlearn.objectives.base import BaseObjective


class InPieces(BaseObjective):
    """The mean loss over all examples, added up piece by piece: its slope is that of the whole, but for rounding.

    objective: makes of a piece the objective on it, such as ``lambda rows: LinearRegression(rows[:, :-1], rows[:,
    -1])``, a mean over its ``examples``. pieces: what can be gone through again and again, ``Rows`` or a list; each
    ``loss``, ``gradient`` and ``hessian`` does it once. A penalty on the weights, the same in each piece, counts once.

    Raises TypeError if the pieces can be gone through only once, or if no objective is made of them; ValueError if
    there is no piece.
    """

    def __init__(self, objective: Callable[[Any], BaseObjective], pieces: Iterable[Any]):
        if iter(pieces) is pieces:
            raise TypeError(say("pieces can be gone through only once; give Rows, or a list of arrays."))
        self.objective, self.pieces = objective, pieces
        self.examples = 0
        for J in self.objectives():
            if not isinstance(J, BaseObjective) or not hasattr(J, "examples"):
                message = say("objective must make an objective on examples of each piece; it made {value!r}.", value=J)
                raise TypeError(message)
            self.examples += J.examples
            self.dimension = J.dimension
            self.penalised = J.penalised
        if not self.examples:
            raise ValueError(say("There are no pieces to learn from."))

    def objectives(self) -> Iterable[Any]:
        """The objective on each piece, one after the other."""
        return map(self.objective, self.pieces)

    def mean(self, of: Callable[[Any], Array]) -> Array:
        """Of all examples, from what ``of`` gives as the mean of those of a piece."""
        total: Array = np.asarray(sum(J.examples / self.examples * of(J) for J in self.objectives()))
        return total[()]

    def loss(self, theta: Array) -> Array:
        return self.mean(lambda J: J.loss(theta))

    def gradient(self, theta: Array) -> Array:
        return self.mean(lambda J: J.gradient(theta))

    def hessian(self, theta: Array) -> Array:
        return self.mean(lambda J: J.hessian(theta))

    def parameters(self) -> dict[str, Any]:
        return {"examples": self.examples}
