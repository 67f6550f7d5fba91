"""How much of a network is gone at each step, when it goes little by little."""

from typing import Annotated, Any

from nnlearn.algebra import maximum, minimum
from nnlearn.checks import Array, Range
from nnlearn.schedules import Schedule


class GradualSparsity(Schedule):
    """A share that rises from ``initial`` to ``final`` in ``steps`` steps: fast at first, slowly at the end.

    Zhu and Gupta (2017), "To prune, or not to prune", arXiv:1710.01878, equation 1: early on many weights are not
    needed, later every one that goes is missed. begin: how many steps are made before the first weight goes.

    >>> share = GradualSparsity(final=0.8, steps=4)
    >>> print(*[f"{share(step):.2f}" for step in range(6)])
    0.00 0.46 0.70 0.79 0.80 0.80
    """

    final: Annotated[float | Array, Range("[0, 1]")]
    steps: Annotated[float | Array, Range("(0, inf)")]
    initial: Annotated[float | Array, Range("[0, 1]")] = 0.0
    begin: Annotated[float | Array, Range("[0, inf)")] = 0.0

    def __call__(self, step: int) -> Any:
        return (
            self.final
            + (self.initial - self.final) * (1 - minimum(maximum((step - self.begin) / self.steps, 0), 1)) ** 3
        )
