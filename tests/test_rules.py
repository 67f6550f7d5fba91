"""Each rule beside the libraries' on 300 random gradients from 1e-9 to 10, with random numbers: one path, in float64.

One draw is tried always; with ``--thorough`` five more, which nobody has tried before.
"""

import secrets

import numpy as np
import pytest

from experiments.rules import OTHERWISE, PAIRS, gradients, numbers
from nnlearn import optimizers

ALONE = {"BFGS", "LBFGS", "Newton", "NormScaled", "Optimizer"}  # tests/test_peers.py and test_second_order.py have them
ALONE |= {"ProximalL1"}  # tests/test_proximal.py has it


def name(pair):
    return f"{pair.rule}, {pair.library} {pair.call}"


def apart(pair, draw):
    """The largest difference; the test is skipped without the library."""
    try:
        ours, theirs = pair.sides(draw)
    except ModuleNotFoundError as error:
        pytest.skip(f"{error.name} is not installed")
    np.testing.assert_allclose(np.abs(theirs).max(axis=0), 1)  # it goes somewhere, in every coordinate
    return np.abs(ours - theirs).max()


@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_a_rule_makes_the_library_s_steps(pair, thorough):
    draws = [0, *(secrets.randbits(32) for _ in range(5 * thorough))]
    found = {draw: apart(pair, draw) for draw in draws}
    assert max(found.values()) <= pair.at_most, found


@pytest.mark.parametrize("pair", OTHERWISE, ids=name)
def test_given_the_same_numbers_it_does_not(pair):
    reconciled = [each.at_most for each in PAIRS if (each.rule, each.library) == (pair.rule, pair.library)]
    assert apart(pair, 0) > 1e3 * max(reconciled)


def test_every_rule_is_held_against_a_library():
    assert {pair.rule for pair in PAIRS} | ALONE == set(optimizers.__all__)


def test_what_they_are_given():
    given = np.abs([gradients(draw) for draw in range(5)])
    assert given.shape == (5, 300, 10) and 1e-9 <= given.min() < 1.1e-9 and 9 < given.max() <= 10
    for draw in range(5):
        values = vars(numbers(draw))
        assert values != vars(numbers(draw + 1))
        assert all(value == np.float32(value) and 0 < value < 1 for value in values.values())
