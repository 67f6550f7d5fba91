"""Lines that stand in or out of a loop, or before their neighbour, where they shouldn't, are named."""

import numpy as np
import pytest

from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge
from nnlearn.exercises.task import Question


def grown(starts, rate, rounds):
    """Of each start, on a run of its own, the length of the way that it goes, and in the end the largest of all."""
    ways = []
    for start in starts:
        place, way = start, 0.0
        for _ in range(rounds):
            step = rate * (place - 1)
            place = place + step
            way = way + abs(step)
        ways.append(way)
    return max(ways)


GROWN = Question(
    grown, (np.array([1.5, 0.3, 2.0]), 0.4, 3),
    lambda random: [(random.uniform(-2, 4, n).round(2), round(random.uniform(0.1, 0.5), 2), n + 1) for n in (2, 3, 4)],
)  # fmt: skip


def carried(starts, rate, rounds):
    way = 0.0
    ways = []
    for start in starts:
        place = start
        for _ in range(rounds):
            step = rate * (place - 1)
            place = place + step
            way = way + abs(step)
        ways.append(way)
    return max(ways)


def anew(starts, rate, rounds):
    ways = []
    for start in starts:
        place = start
        for _ in range(rounds):
            way = 0.0
            step = rate * (place - 1)
            place = place + step
            way = way + abs(step)
        ways.append(way)
    return max(ways)


def too_late(starts, rate, rounds):
    ways = []
    for start in starts:
        place = start
        way = 0.0
        for _ in range(rounds):
            step = rate * (place - 1)
            place = place + step
            way = way + abs(step)
    ways.append(way)
    return max(ways)


def too_soon(starts, rate, rounds):
    ways = []
    for start in starts:
        place = start
        way = 0.0
        for _ in range(rounds):
            step = rate * (place - 1)
            place = place + step
            way = way + abs(step)
            ways.append(way)
    return sorted(ways)[-1]


def in_the_wrong_order(starts, rate, rounds):
    ways = []
    for start in starts:
        place = start
        way = 0.0
        step = 0.0
        for _ in range(rounds):
            place = place + step
            step = rate * (place - 1)
            way = way + abs(step)
        ways.append(way)
    return max(ways) * (1 + rate)


def least(numbers):
    """Of some numbers the least sum of one and its distance from the one before, the first from 0."""
    before, found = 0.0, []
    for number in numbers:
        found.append(number + abs(number - before))
        before = number
    return min(found)


LEAST = Question(least, (np.array([1.5, 2.8, 1.6]),), lambda random: [(random.uniform(1, 9, n),) for n in (2, 3, 4, 5)])


def order(numbers):
    before, found = 0.0, []
    for number in numbers:
        before = number
        found.append(number + abs(number - before))
    return min(found)


def below(numbers, top):
    """What is left of the top after each number is taken off, and added up."""
    left, total = top, 0.0
    for number in numbers:
        left = left - number
        total = total + left
    return total


BELOW = Question(
    below, (np.array([1.5, 2.8, 1.6]), 3.0), lambda random: [(random.uniform(1, 9, n), 3.0 + n) for n in (2, 3, 4, 5)]
)


def once(numbers, top):
    left, total = top, 0.0
    for number in numbers:
        left = left - number
    total = total + left
    return total


@pytest.fixture(autouse=True)
def nothing_is_derived(monkeypatch):
    monkeypatch.setattr("nnlearn.exercises.judge.derived", lambda *options, **more: [])


@pytest.mark.parametrize(
    ("question", "answer", "sentence"),
    [
        (GROWN, carried, "way = 0.0 is done once, before the loop for start in starts: each round goes on with"),
        (GROWN, anew, "way = 0.0 is done anew in each round of the loop for _ in range(rounds): what the rounds"),
        (GROWN, too_late, "ways.append(way) comes after the loop for start in starts. All is right where"),
        (LEAST, order, "Two lines stand in the wrong order. All is right where found.append(number + "
                       "abs(number - before)) comes before before = number."),
        (BELOW, once, "total = total + left comes after the loop for number in numbers. All is right where"),
    ],
)  # fmt: skip
def test_a_line_in_a_wrong_place_is_named(question, answer, sentence):
    (hint,) = judge(question, direct(answer), function=answer).hints
    assert hint.startswith(sentence)


def test_where_no_other_place_makes_all_right_none_is_named():
    assert "All is right where" not in " ".join(
        judge(GROWN, direct(in_the_wrong_order), function=in_the_wrong_order).hints
    )
    assert judge(GROWN, direct(too_soon)).right  # the way grows: its largest is the last
