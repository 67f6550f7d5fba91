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
        "Where it fails: This walks uphill",
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
    "one too few": (run(down, more=-1), "The last step is missing. range(steps) makes as many"),
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


def at_least_one(start, rate, steps):
    places, made = [start], 0
    while True:
        places.append(down(places[-1], rate, start))
        made += 1
        if made >= steps:
            return places


def first_ahead(start, rate, steps):
    places = [start, down(start, rate, start)]
    for _ in range(steps - 1):
        places.append(down(places[-1], rate, start))
    return places


def array_like_start(start, rate, steps):
    places = np.full(steps + 1, start)
    for k in range(steps):
        places[k + 1] = down(places[k], rate, start)
    return places


def in_zeros(rounds):
    def path(start, rate, steps):
        places = np.zeros(steps + 1)
        places[0] = start
        for k in range(rounds(steps)):
            places[k + 1] = down(places[k], rate, start)
        return places

    return path


ZERO = "With 0 steps the list holds the start alone"
PATHS |= {
    "a step at least": (at_least_one, ZERO),
    "a step ahead of the loop": (first_ahead, ZERO),
    "steps or 1": (lambda start, rate, steps: run(down)(start, rate, steps or 1), ZERO),
    "nothing for no steps": (lambda *case: run(down)(*case) if case[2] else [], "With 0 steps there is a list, too"),
    "appended before the step": (run(down, last=-1), "The last place is missing: append after the step"),
    "a step on": (run(down, first=1, more=1), "The start is missing, and there is a step too many"),
    "the array of the start": (array_like_start, "np.full(steps + 1, start) is an array of whole numbers"),
    "zeros, one round too few": (in_zeros(lambda steps: steps - 1), "it still holds the 0 of np.zeros"),
    "the last place twice": (lambda *case: [*(p := run(down)(*case)), p[-1]], "One number too many: the last."),
    "the end alone is new": (lambda *case: [case[0]] * case[2] + run(down)(*case)[-1:], "those between them are not"),
    "evenly": (lambda *case: np.linspace(case[0], run(down)(*case)[-1], case[2] + 1), "those between them are not"),
    "held in bounds": (run(lambda *at: max(-2.0, min(2.0, down(*at)))), "You hold the places between two bounds"),
    "a rate of 0.6 at most": (lambda start, rate, steps: run(down)(start, min(rate, 0.6), steps), "rate is at most"),
}  # fmt: skip


# --- A run that ends where it should not ---

HEIGHT = np.poly1d([1 / 4, 0, -1 / 2, 0.2, 0])
ENDS = {
    "a small slope": lambda places, new: abs(slope(places[-1])) < 1e-6,
    "a step below 0.01": lambda places, new: abs(new - places[-1]) < 1e-2,
    "a step below 0.001": lambda places, new: abs(new - places[-1]) < 1e-3,
    "a step below 0.0001": lambda places, new: abs(new - places[-1]) < 1e-4,
    "a step below 0.000001": lambda places, new: abs(new - places[-1]) < 1e-6,
    "uphill": lambda places, new: HEIGHT(new) > HEIGHT(places[-1]),
    "past the bottom": lambda places, new: slope(new) * slope(places[-1]) < 0,
    "on the other side": lambda places, new: new * places[-1] < 0,
    "near a valley": lambda places, new: min(abs(new - 0.8789), abs(new + 1.0879)) < 1e-3,
    "a slope that grows": lambda places, new: abs(slope(new)) > abs(slope(places[-1])),
    "beyond 2": lambda places, new: abs(new) > 2,
    "beyond 10": lambda places, new: abs(new) > 10,
    "beyond a million": lambda places, new: abs(new) > 1e6,
    "after ten": lambda places, new: len(places) > 10,
    "after a hundred": lambda places, new: len(places) > 100,
}
SHORT, STILL = "the last numbers are missing. Does a loop end before its time?", "your numbers are all the same. Those"


@pytest.mark.parametrize("filled, sentence", [(False, SHORT), (True, STILL)])
@pytest.mark.parametrize("reason", ENDS)
def test_a_path_that_ends_early_is_found_out(reason, filled, sentence):
    def path(start, rate, steps):
        places = [start]
        for _ in range(steps):
            new = down(places[-1], rate, start)
            if ENDS[reason](places, new):
                break
            places.append(new)
        return [*places, *[places[-1]] * (steps + 1 - len(places))] if filled else places

    verdict = judge(load("00.3").asks, direct(path))
    assert not verdict.right and sentence in verdict.hints[0]


def word(lost, still):
    return "diverged" if lost else "settled" if still else "cycling"


def verdict_with(lost=lambda path: not abs(path[-1]) <= 1000, still=lambda path: abs(path[-1] - path[-2]) < 1e-3):
    return lambda path: word(lost(path), still(path))


OTHER_LIMIT = "Your limit for 'diverged' is another one"
WORDS = {
    "990": (verdict_with(lost=lambda path: not abs(path[-1]) <= 990), OTHER_LIMIT),
    "1024": (verdict_with(lost=lambda path: not abs(path[-1]) <= 1024), OTHER_LIMIT),
    "whole places": (verdict_with(lost=lambda path: not np.trunc(abs(path[-1])) <= 1000), OTHER_LIMIT),
    "a long step": (verdict_with(lost=lambda path: not abs(path[-1] - path[-2]) <= 1000), "how long the last step was"),
    "the last two": (verdict_with(lost=lambda path: not (abs(path[-1]) <= 1000 and abs(path[-2]) <= 1000)),
                     "the place before the last as well"),
    "0.00095": (verdict_with(still=lambda path: abs(path[-1] - path[-2]) < 9.5e-4), "You ask for more than was agreed"),
    "0.00105": (verdict_with(still=lambda path: abs(path[-1] - path[-2]) < 1.05e-3), "You let too much pass"),
    "three digits": (verdict_with(still=lambda path: round(path[-1], 3) == round(path[-2], 3)), "more than was agreed"),
    "isclose": (verdict_with(still=lambda path: np.isclose(path[-1], path[-2], atol=1e-3)), "unless you say rtol"),
    "a share": (verdict_with(still=lambda path: abs(path[-1] - path[-2]) < 1e-3 * max(1, abs(path[-1]))),
                "Your distance grows with the place"),
    "the first four places": (verdict_with(still=lambda path: abs(path[:4][-1] - path[:4][-2]) < 1e-3), "'settled'"),
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
