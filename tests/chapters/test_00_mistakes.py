"""Wrong answers to chapter 00 that stand on no list: what the engine derives from the right answers says it."""

from itertools import pairwise

import numpy as np
import pytest

from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge
from nnlearn.exercises.loader import load

STEPS = {
    "no rate": (lambda theta, slope, rate: theta - slope, "The rate is missing: the step is"),
    "no slope": (lambda theta, slope, rate: theta - rate, "slope is left out"),
    "the step, downhill": (lambda theta, slope, rate: -rate * slope, "theta is left out"),
    "one length": (lambda theta, slope, rate: theta - rate * np.sign(slope), "only the sign of slope comes in"),
    "always to the right": (
        lambda theta, slope, rate: theta + rate * abs(slope),
        "It is right where slope is negative",
    ),
    "divided by rate": (lambda theta, slope, rate: theta - slope / rate, "rate is upside down"),
    "divided by slope": (lambda theta, slope, rate: theta - rate / slope, "slope is upside down"),
    "exchanged": (lambda theta, slope, rate: slope - rate * theta, "theta and slope are exchanged"),
    "turned round": (lambda theta, slope, rate: rate * slope - theta, "has the wrong sign"),
    "brackets": (lambda theta, slope, rate: (theta - slope) * rate, "rate multiplies everything, theta too"),
    "one after the other": (lambda theta, slope, rate: theta - rate - slope, "rate and slope are added"),
    "an average": (lambda theta, slope, rate: (1 - rate) * theta - rate * slope, "the right one - rate * theta"),
}
SLOPES = {
    "the height": (lambda theta: theta**4 / 4 - theta**2 / 2 + 0.2 * theta, "Your answer is f(theta) itself"),
    "downwards": (lambda theta: theta - theta**3 - 0.2, "Every number has the wrong sign"),
    "no direction": (lambda theta: abs(theta**3 - theta + 0.2), "The sizes are right, some signs are not"),
    "a whole step": (lambda theta: theta - (theta**3 - theta + 0.2), "theta minus the right one"),
    "nothing in front, no tilt": (
        lambda theta: theta**3 / 4 - theta / 2,
        "Two things. The exponents have not come down",
    ),
    "theta kept": (lambda theta: theta**4 - theta**2 + 0.2 * theta, "0.2 * theta has kept its theta"),
}


def run(step, first=0, last=None, more=0):
    """A loop with another step, which knows the place, the rate and the start; of its places, some."""

    def path(start, rate, steps):
        places = [start]
        for _ in range(steps + more):
            places.append(step(places[-1], rate, start))
        return places[first:last]

    return path


def slope(theta):
    return theta**3 - theta + 0.2


def down(theta, rate, start):
    return theta - rate * slope(theta)


def frozen(theta, rate, start):
    return theta - rate * slope(start)


def until(enough):
    """A loop that has an end of its own."""

    def path(start, rate, steps):
        places = [start]
        while len(places) <= steps and not enough(places):
            places.append(down(places[-1], rate, start))
        return places

    return path


PATHS = {
    "frozen, no start": (run(frozen, first=1), "Two things. The slope is measured once"),
    "frozen, the last": (run(frozen, first=-1), "Two things. The slope is measured once"),
    "one too few": (run(down, more=-1), "The last number is missing."),
    "one too many": (run(down, more=1), "One number too many: the last."),
    "begins again": (run(lambda theta, rate, start: frozen(start, rate, start)), "Two things. The slope is measured"),
    "uphill": (run(lambda theta, rate, start: theta + rate * slope(theta)), "rate, slope has the wrong sign"),
    "no rate": (run(lambda theta, rate, start: theta - slope(theta)), "rate is left out"),
    "divided": (run(lambda theta, rate, start: theta - slope(theta) / rate), "rate is upside down"),
    "no slope": (run(lambda theta, rate, start: theta - rate), "slope is left out"),
    "wrong slope": (run(lambda theta, rate, start: theta - rate * (theta**3 + theta + 0.2)), "Bring 00.2 in order"),
    "ends where it is flat": (
        until(lambda places: abs(slope(places[-1])) < 1e-3),
        "the last numbers are missing. Does a loop end before its time?",
    ),
    "ends after twenty": (
        until(lambda places: len(places) > 20),
        "the last numbers are missing. Does a loop end before its time?",
    ),
}


def word(lost, still):
    return "diverged" if lost else "settled" if still else "cycling"


WORDS = {
    "all but the last pair": (
        lambda path: word(not abs(path[-1]) <= 1000, any(abs(a - b) < 1e-3 for a, b in pairwise(path[:-1]))),
        "is right",
    ),
}  # fmt: skip
HELD_OUT = {
    (task_id, name): answer
    for task_id, answers in {"00.1": STEPS, "00.2": SLOPES, "00.3": PATHS, "00.4": WORDS}.items()
    for name, answer in answers.items()
}


@pytest.mark.parametrize("task_id, name", HELD_OUT)
def test_a_mistake_on_no_list_is_named(task_id, name):
    answer, sentence = HELD_OUT[task_id, name]
    for seed in (0, "ada"):
        verdict = judge(load(task_id).asks, direct(answer), seed)
        assert not verdict.right and sentence in " ".join(verdict.hints), verdict.hints


RIGHT = ("theta - rate * slope", "theta**3 - theta + 0.2", "abs(path[-1]) <= 1000")


def test_no_hint_is_the_right_formula():
    for task_id in ("00.1", "00.2", "00.3", "00.4"):
        for each in load(task_id).asks.misconceptions:
            assert not any(formula in each.hint for formula in RIGHT)
