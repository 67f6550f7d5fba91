"""What theory says of bowls, held against runs. Borders and swings of momentum: tests/chapters/test_05_explorers.py."""

import numpy as np
import pytest

import nnlearn as nn
from nnlearn import theory

L, MU = 8.0, 0.5
BOWL = nn.objectives.Quadratic(curvatures=[MU, L])


def left(optimizer, steps):
    """The share of the distance that is left after so many steps, in the worse direction."""
    theta = nn.run(optimizer, BOWL, [1.0, 1.0], steps).theta
    return np.abs(theta[-1]).max()


def test_the_limit_is_where_plain_descent_begins_to_diverge():
    assert left(nn.GradientDescent(0.999 * theory.limit(L)), 2000) < 0.1
    assert left(nn.GradientDescent(1.001 * theory.limit(L)), 2000) > 10


def test_no_rate_of_plain_descent_is_better_than_the_best():
    best = theory.best_rate(L, MU)
    assert left(nn.GradientDescent(best), 40) == pytest.approx(((L - MU) / (L + MU)) ** 40)
    assert left(nn.GradientDescent(best), 40) < min(
        left(nn.GradientDescent(share * best), 40) for share in (0.99, 1.01)
    )


def test_no_pair_of_the_classical_form_is_faster_than_the_best():
    """The largest root of the two directions' recursions."""

    def slowest(rate, beta):
        return max(np.abs(np.roots([1, -(1 + beta - rate * each), beta])).max() for each in (MU, L))

    rate, beta = theory.best_pair(L, MU)
    assert slowest(rate, beta) == pytest.approx(np.sqrt(beta), rel=1e-6)
    for a in (0.98, 1, 1.02):
        for b in (0.98, 1, 1.02):
            assert slowest(a * rate, b * beta) >= slowest(rate, beta) * (1 - 1e-6)


@pytest.mark.parametrize("form", theory.BORDERS)
def test_without_momentum_each_border_is_the_limit(form):
    np.testing.assert_allclose(theory.border(form, np.array([1.0, L]), 0.0), theory.limit(np.array([1.0, L])))
