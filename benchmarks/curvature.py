"""L-BFGS on a network for the digits: our steps, and SciPy's."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np
import scipy.optimize

import nnlearn as nn
from benchmarks.digits import HIDDEN, training_data
from benchmarks.harness import Result, cost, interleaved
from nnlearn.checks import Array
from nnlearn.networks import mlp
from nnlearn.networks.objective import NetworkObjective

STEPS, MEMORY, L2 = 30, 10, 1e-3
SEARCHES = "Each searches along its line in its own way: evaluations differ by a few."


def lbfgs_scipy(rounds: int) -> Iterator[Result]:
    """Thirty steps of L-BFGS, memory 10, on 1,347 digits, all of them in each step: 64 hidden units, tanh, from the
    same weights. nnlearn: nnlearn.rows with the strong Wolfe search, which names every quantity of every step. SciPy:
    minimize(method="L-BFGS-B") on the same loss and gradient, its tolerances 0. Both are Python around compiled code:
    what differs is the rule and its search."""
    J = problem()
    sides = interleaved([stepped(J), with_scipy(J)], rounds)
    yield cost("L-BFGS, 30 steps: SciPy", sides, at_most=2, note=SEARCHES)


def problem() -> NetworkObjective:
    """The network's loss on the digits."""
    X, y = training_data()
    return mlp(X.shape[1], HIDDEN, int(y.max()) + 1).on(X, y, l2=L2)


def stepped(J: NetworkObjective, steps: int = STEPS) -> Callable[[], Array]:
    """nnlearn's side: theta after the last step."""
    rule, start = nn.LBFGS(memory=MEMORY, line_search=True), J.start

    def train() -> Array:
        (row,) = deque(islice(nn.rows(rule, J, rule.start(start)), steps), maxlen=1)
        return row.theta

    return train


def with_scipy(J: NetworkObjective, steps: int = STEPS) -> Callable[[], Array]:
    """The same in SciPy."""
    start, free = J.start, {"maxiter": steps, "maxcor": MEMORY, "ftol": 0, "gtol": 0}

    def both(theta: Array) -> tuple[Array, Array]:
        J.last = None  # nothing is remembered for SciPy
        return J.loss_and_gradient(theta)

    return lambda: np.asarray(scipy.optimize.minimize(both, start, jac=True, method="L-BFGS-B", options=free).x)
