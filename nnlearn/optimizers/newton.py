"""Newton's method."""

from typing import Annotated, Any

from nnlearn.algebra import absolute, add_diagonal, solve
from nnlearn.checks import Range, true_or_false
from nnlearn.line_search import wolfe
from nnlearn.optimizers.optimizer import Optimizer, Rate
from nnlearn.row import Row
from nnlearn.stop import NoStep


class Newton(Optimizer):
    """The step to the level point of the local parabola; damping shortens it where the parabola can't be trusted.

    Nocedal and Wright, Numerical Optimization (2nd ed., 2006), chapter 3; source 002§3.6. Undamped it also goes to
    saddles and maxima: ``nnlearn.kind_of_point`` says where a run ended. damping is added to each eigenvalue of the
    Hessian (Levenberg 1944, Marquardt 1963). ``absolute`` takes each eigenvalue's size, so that every step leads
    downhill: the saddle-free Newton method of Dauphin et al. (2014), arXiv 1406.2572. With ``line_search`` the strong
    Wolfe conditions choose each ``rate``, of which ``learning_rate`` is tried first; where the direction leads uphill
    the rate is 0.

    Where the matrix is singular there is no step: direction and theta are NaN, and the run ends and says so.
    """

    learning_rate: Rate = 1.0
    damping: Annotated[Any, Range("[0, inf)")] = 0.0
    absolute: Annotated[bool, true_or_false] = False
    line_search: Annotated[bool, true_or_false] = False
    ends = (NoStep(),)

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        hessian = J.hessian(row.theta)
        if self.absolute:
            direction = solve(add_diagonal(absolute(hessian), self.damping), gradient)
        else:
            direction = solve(add_diagonal(hessian, self.damping), gradient)
        if self.line_search:
            rate = wolfe(J, row.theta, direction, self.learning_rate)
            theta = row.theta - rate * direction
            return Row(theta=theta, gradient=gradient, hessian=hessian, direction=direction, rate=rate)
        theta = row.theta - self.learning_rate * direction
        return Row(theta=theta, gradient=gradient, hessian=hessian, direction=direction)
