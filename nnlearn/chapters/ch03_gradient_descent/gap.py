"""The loss of a linear regression above its minimum, direction by direction.

It is a bowl. The directions are the eigenvectors of the Hessian H. Along the one with curvature lambda a step of plain
descent multiplies the distance to the minimum by 1 - rate lambda, and the loss above the minimum by its square; no
direction knows of the others.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from nnlearn.checks import Array
from nnlearn.objectives import LinearRegression

PATIENCE = 40  # a run that is not there after 2**PATIENCE steps will never be


@dataclass(frozen=True)
class Gap:
    """J(start) - J(minimum) as a sum over the d directions of a bowl, the steepest first.

    curvatures: shape (d,). directions: one a column, (d, d). start: the gap in each at the start of a run, (d,).
    lowest: J(minimum).
    """

    curvatures: Array
    directions: Array
    start: Array
    lowest: float

    @classmethod
    def of(cls, J: LinearRegression) -> Self:
        """That of a run from ``J.start``."""
        curvatures, directions = np.linalg.eigh(J.hessian(J.start))
        curvatures, directions = curvatures[::-1], directions[:, ::-1]
        distance = directions.T @ (J.start - J.solution())
        return cls(curvatures, directions, curvatures * distance**2 / 2, float(J.loss(J.solution())))

    def after(self, rate: float, steps: Any) -> Array:
        """What is left of it in each direction after so many steps: (...,) -> (..., d)."""
        steps = np.asarray(steps)[..., np.newaxis]
        return self.start * (1 - rate * self.curvatures) ** (2 * steps)

    def steps_to(self, share: float, rate: float) -> int | None:
        """The first step at which the loss is at most 1 + ``share`` times the lowest; None if it never is.

        rate: from 0 to 2/L, where the gap only shrinks: so the step is found by halving, however far away.
        """

        def there(steps: int) -> bool:
            return bool(self.after(rate, steps).sum() <= share * self.lowest)

        late = next((2**k for k in range(PATIENCE) if there(2**k)), None)
        if late is None or there(0):
            return None if late is None else 0
        early = 0  # not there yet
        while late - early > 1:
            middle = (early + late) // 2
            early, late = (early, middle) if there(middle) else (middle, late)
        return late
