"""What parts of an opened function give, on each input: which values are the same, which can stand for others."""

from collections.abc import Mapping, Sequence
from itertools import chain, permutations
from typing import Any

import numpy as np

from nnlearn.exercises.answers import Answer, same
from nnlearn.exercises.opened import MOST_ROUNDS, Opened, copies, is_numbers
from nnlearn.exercises.task import Arguments

MOST_JOINED = 4  # arguments in one list

Values = Sequence[Any]  # of a part in one run, one after the other
Others = Sequence[Values]  # what a part of the right answer gives on each input


def values_of(reference: Opened, cases: Sequence[Arguments], right: Sequence[Answer]) -> list[Others]:
    """What the parts of the right answer give, on every input: all that differ from each other and from the answer."""
    runs = [by_place(reference(None, *copies(case))[1]) for case in cases]
    found: dict[str, Others] = {}
    for place in runs[0]:
        others = [run.get(place, []) for run in runs]
        if not is_truth(others[0][0]) and not all(map(is_answer, others, right)):
            found.setdefault(repr([[rounded(value) for value in values] for values in others]), others)
    return list(found.values())


def truths_of(reference: Opened, cases: Sequence[Arguments]) -> list[Others]:
    """What the conditions of the right answer are, on every input."""
    runs = [by_place(reference(None, *copies(case))[1]) for case in cases]
    conditions = {place for run in runs for place, values in run.items() if is_truth(values[0])}
    return [each for place in sorted(conditions) for each in one_by_one([run.get(place, []) for run in runs])]


def one_by_one(others: Others) -> Sequence[Others]:
    """Of a condition that is asked equally often on every input, as of each of three, what it is each time."""
    (times, *differ) = {len(values) for values in others}
    return [others] if differ else [[values[n : n + 1] for values in others] for n in range(times)]


def argument_of(names: Sequence[str], cases: Sequence[Arguments], others: Others) -> str:
    """The argument that these values are, on every input; "" if they are none."""
    return same_in([dict(zip(names, case, strict=True)) for case in cases], others)


def same_in(columns: Sequence[Mapping[str, Any]], others: Others) -> str:
    """The name under which these values stand on every input; "" if under none."""
    for name in columns[0]:
        if all(alike(value, each[name]) for each, values in zip(columns, others, strict=True) for value in values):
            return name
    return ""


def is_answer(values: Values, answer: Answer) -> bool:
    """Whether a part gives the right answer itself: that belongs nowhere but where the learner's own is returned."""
    return len(values) == 1 and same(as_answer(values[0]), answer)


def by_place(kept: Sequence[tuple[int, Any]]) -> dict[int, list[Any]]:
    """The values of each part, in the order in which the parts first came; without those that came too often."""
    found: dict[int, list[Any]] = {}
    for place, value in kept:
        found.setdefault(place, []).append(value)
    return {place: values for place, values in found.items() if len(values) < MOST_ROUNDS}


def in_a_row(value: Any, case: Arguments) -> bool:
    """Whether a list holds just the numbers of some arrays among the arguments, in their order."""
    arrays = [np.ravel(each) for each in case if is_numbers(each) and np.ndim(each) > 0]
    rows = chain.from_iterable(permutations(arrays, n) for n in range(1, min(len(arrays), MOST_JOINED) + 1))
    return np.ndim(value) == 1 and any(alike(value, np.concatenate(row)) for row in rows)


def in_other_orders(needed: Sequence[Others], cases: Sequence[Arguments]) -> Sequence[Others]:
    """Values of a loop over a list, for one that goes through it from its least number on, or from its largest."""
    found = []
    for lists in zip(*cases, strict=True):
        if not all(is_numbers(each) and np.ndim(each) == 1 for each in lists):
            continue
        for sign in (1, -1):
            orders = [np.argsort(sign * np.asarray(each), kind="stable") for each in lists]
            found += [
                [[values[k] for k in order] for values, order in zip(others, orders, strict=True)]
                for others in needed
                if all(len(values) == len(order) for values, order in zip(others, orders, strict=True))
            ]
    return found


def same_values(values: Values, others: Values) -> bool:
    """Whether two runs gave a part the same value, or the second none."""
    return not others or (len(values) == len(others) == 1 and alike(values[0], others[0]))


def fit(values: Values, others: Values) -> bool:
    """Whether others can stand for these values, and differ from them. Places in a list may be more, or fewer."""
    if len(others) not in (1, len(values)):
        return False
    pairs = [(value, nth(others, n)) for n, value in enumerate(values)]
    shapes = all(np.shape(a) == np.shape(b) or (are_places(a) and are_places(b)) for a, b in pairs)
    return shapes and not all(alike(a, b) for a, b in pairs)


def is_length(values: Values, case: Arguments) -> bool:
    """Whether all are one whole number that says how long an argument is, along one of its axes."""
    lengths = {length for each in case if is_numbers(each) for length in np.shape(each)}
    return all(type(value) is int and value in lengths for value in values) and len({*values}) == 1


def changing(values: Values) -> Values:
    """The values without those that repeat the one before."""
    return [value for n, value in enumerate(values) if n == 0 or not alike(value, values[n - 1])]


def are_places(value: Any) -> bool:
    """Whether it is a list of whole numbers, which may be places in another."""
    return np.ndim(value) == 1 and np.asarray(value).dtype.kind in "iu"


def nth(others: Values, n: int) -> Any:
    """One of the values, or the only one."""
    return others[0] if len(others) == 1 else others[n]


def alike(a: Any, b: Any) -> bool:
    """Whether two values are the same numbers."""
    return is_numbers(a) and is_numbers(b) and same(as_answer(a), as_answer(b))


def as_answer(value: Any) -> Answer:
    """The value of a part as answers are compared."""
    return np.asarray(value, np.float64)


def rounded(value: Any) -> Any:
    """A value to nine digits, as a key: rounding alone makes no new value."""
    return [f"{number:.9g}" for number in np.ravel(as_answer(value))], np.shape(value)


def is_truth(value: Any) -> bool:
    """Whether it is True or False."""
    return np.asarray(value).dtype.kind == "b" and np.ndim(value) == 0
