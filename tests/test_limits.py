"""Numbers that stop the learner's function too early, or compare too strictly or too loosely, are told."""

import math

import numpy as np
import pytest

from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge
from nnlearn.exercises.task import Misconception, Question


def settled(rate, start):
    """Where theta = theta - rate * (theta - 2) ends."""
    return 2.0 + 0 * start


def starts(random):
    """Fast and slow ways to the end, from both sides."""
    for rate in (0.9, 0.5, 0.1, 0.05):
        yield rate, round(random.uniform(-3, 7), 2)


SETTLED = Question(settled, (0.5, 5.0), starts)
SLOWER = Question(settled, (0.5, 5.0), lambda random: [*starts(random), (0.001, 4.0)])


def in_forty_steps(rate, start):
    theta = start
    for _ in range(40):
        theta = theta - rate * (theta - 2)
    return theta


def until_it_changes_little(rate, start):
    theta = start
    limit = 0.01
    while abs(rate * (theta - 2)) > limit:
        theta = theta - rate * (theta - 2)
    return theta


def equality(a, b):
    """Whether they are equal to a thousandth."""
    return "equal" if abs(a - b) <= 1e-3 * abs(b) else "larger" if a > b else "smaller"


def pairs(random):
    """Tiny numbers and large ones, equal to six digits, or not."""
    for size in (1e-9, 1.0, 1e6):
        a = size * random.uniform(1, 2)
        yield from ((a, a * share) for share in (1.0, 1.000002, 1.2, 0.7))


EQUALITY = Question(equality, (1.0, 1.5), pairs)


def by_allclose(a, b):
    return "equal" if np.allclose(a, b) else "larger" if a > b else "smaller"


def by_math(a, b):
    return "equal" if math.isclose(a, b) else "larger" if a > b else "smaller"


def by_one_number(a, b):
    return "equal" if abs(a - b) < 1e-3 else "larger" if a > b else "smaller"


THIRD = Question(lambda x: x / 3, (0.0002,), lambda random: [(0.00031,), (0.0017,), (3.0,), (6.0,)])


def to_five_digits(x):
    """More digits would do, but a number of digits is none of rounds."""
    return np.round(x / 3, 5)


TABLE = [
    (SETTLED, in_forty_steps, "You stop too early: with 400 in place of 40 your answer is right on every input."),
    (SLOWER, in_forty_steps, "You stop too early: with 400 in place of 40 your answer comes nearer"),
    (SETTLED, until_it_changes_little, "0.01 is no good limit for what counts as equal, or as small: "),
    (EQUALITY, by_allclose, "np.allclose takes all numbers below 1e-8 for equal: give it atol=0."),
    (EQUALITY, by_one_number, "With abs(a - b) < 0.001 you hold a difference against one number"),
    (EQUALITY, by_math, "math.isclose takes numbers for different from the ninth digit on."),
]


def hints(question, answer):
    """What is said of a wrong answer."""
    verdict = judge(question, direct(answer), function=answer)
    assert not verdict.right
    return " / ".join(verdict.hints)


@pytest.mark.parametrize(("question", "answer", "piece"), TABLE)
def test_a_number_that_the_learner_has_chosen_is_to_blame(question, answer, piece):
    assert hints(question, answer).startswith(piece)


def test_a_factor_in_a_comparison_counts_no_rounds():
    def near(a, b):
        return "near" if a > b / 100 else "far" if a > 0 else "none"

    def too_near(a, b):
        return "near" if a > b / 10 else "far" if a > 0 else "none"

    question = Question(near, (0.05, 1.0), lambda random: [(0.5, 1.0), (0.002, 1.0), (-1.0, 1.0), (0.03, 2.0)])
    assert "You stop too early" not in hints(question, too_near)


def test_beside_such_a_number_a_known_mistake_is_told():
    def backwards(a, b):
        return {"larger": "smaller", "smaller": "larger"}.get(word := equality(a, b), word)

    def both(a, b):
        return "equal" if np.allclose(a, b) else "smaller" if a > b else "larger"

    question = Question(equality, (1.0, 1.5), pairs, misconceptions=(Misconception("The wrong way round.", backwards),))
    assert hints(question, both).endswith("give it atol=0. The wrong way round.")


def test_digits_are_no_rounds():
    assert "too early" not in hints(THIRD, to_five_digits)


def root(a):
    """What times itself gives a."""
    return a**0.5


def in_steps(a):
    x = 0.0
    while x * x < a:
        x += 0.01
    return x


def on_a_grid(a):
    for x in np.linspace(0, 4, 500):
        if x * x >= a:
            return x
    return 4.0


def by_halving(a):
    low, high = 0.0, 4.0
    for _ in range(9):
        middle = (low + high) / 2
        low, high = (middle, high) if middle * middle <= a else (low, middle)
    return low if a > 1 else -low


ROOT = Question(root, (2.345,), lambda random: [(3.777,), (7.1717,), (0.5151,), (11.234,)],
                misconceptions=(Misconception("Below 1 the sign is wrong.", lambda a: a**0.5 if a > 1 else -(a**0.5)),),
                witnesses=((0.7117,),))  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "told"),
    [(in_steps, "You go in steps, of which 0.01 says how small they are"),
     (on_a_grid, "You try too few numbers: with 5000 in place of 500")],
)  # fmt: skip
def test_steps_of_a_grid_are_told(answer, told):
    assert hints(ROOT, answer).startswith(told)


def test_too_few_rounds_are_told_beside_a_known_mistake():
    told = "Two things. You stop too early: 9 is too few for the digits that are asked for. Below 1 the sign is wrong."
    assert hints(ROOT, by_halving) == told
