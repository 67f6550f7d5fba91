"""Newton's method."""

from typing import Annotated, Any

from nnlearn.algebra import add_diagonal, solve
from nnlearn.checks import Range
from nnlearn.optimizers.optimizer import Optimizer, Rate
from nnlearn.row import Row


class Newton(Optimizer):
    """The step to the minimum of the local parabola; damping shortens it where the parabola can't be trusted.

    Nocedal and Wright, Numerical Optimization (2nd ed., 2006), chapter 3; source 002§3.6. Undamped it also goes to
    saddles and maxima. Where the matrix is singular the step is NaN and the run stops.
    """

    learning_rate: Rate = 1.0
    damping: Annotated[Any, Range("[0, inf)")] = 0.0

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        hessian = J.hessian(row.theta)
        direction = solve(add_diagonal(hessian, self.damping), gradient)
        theta = row.theta - self.learning_rate * direction
        return Row(theta=theta, gradient=gradient, hessian=hessian, direction=direction)
