"""Slots: a reference that names its choices, so that every wrong choice, and every two of them, are known mistakes.

The choices are keyword-only arguments whose defaults are right::

    def symmetric(x, bits, *, largest=magnitude, rounding=np.round):
        scale = largest(x) / (2 ** (bits - 1) - 1)
        return rounding(x / scale), scale

    Question(
        reference=symmetric,
        slots={
            "largest": {np.max: mark("You take the largest number, not the largest magnitude."), np.ptp: mark("...")},
            "rounding": ROUNDING,
        },
        ...
    )
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations, product
from typing import Any

import numpy as np

from nnlearn.exercises.answers import Answer, read, same
from nnlearn.exercises.calls import direct
from nnlearn.exercises.task import Arguments, Function, Question
from nnlearn.language import mark, say, together


def half_up(x: Any) -> Any:
    """Rounds as taught at school: the middle between two whole numbers goes up."""
    return np.floor(np.asarray(x) + 0.5)


ROUNDING: Mapping[Any, str] = {
    np.floor: mark("You round down. The nearest whole number is needed."),
    np.ceil: mark("You round up. The nearest whole number is needed."),
    np.trunc: mark("You cut the fraction off, as int does. The nearest whole number is needed."),
    half_up: mark("Only the middle between two whole numbers is wrong: np.round takes the even one there."),
}

Fault = tuple[tuple[str, ...], Function]  # the hints, and the reference with these choices


def pairs(question: Question) -> Iterator[Fault]:
    """Every two wrong choices of different slots."""
    for (one, its), (other, others) in combinations(question.slots.items(), 2):
        for (choice, hint), (second, its_hint) in product(its.items(), others.items()):
            yield (hint, its_hint), partial(question.reference, **{one: choice, other: second})


def of_slots(question: Question, cases: Sequence[Arguments], got: Sequence[Answer]) -> str:
    """Two slots that are filled wrongly, if the answers to all inputs come from that; both are named."""
    for hints, wrong in pairs(question):
        if all(gives(wrong, case, answer, question.tolerance) for case, answer in zip(cases, got, strict=True)):
            return together(say("Two things."), *map(say, hints))
    return ""


def gives(wrong: Function, case: Arguments, answer: Answer, tolerance: float) -> bool:
    """Whether a function gives this answer."""
    outcome = direct(wrong)(case)
    if outcome.error is not None:
        return False
    try:
        return same(read(outcome.value, like=answer), answer, tolerance)
    except TypeError:
        return False


def undistinguished(question: Question) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """For the author: the faults, one or two slots each, that the fixed inputs don't tell apart, by their hints.

    The right answer stands for itself with no hint: (). Two pairs that share a wrong choice are not held against each
    other, nor a pair against one of its own two: where one fault hides the other, naming the first is enough.
    """
    single = [((each.hint,), each.wrong) for each in question.misconceptions if each.slot]
    faults: list[Fault] = [((), question.reference), *single, *pairs(question)]
    answers = [[answered(wrong, case, question) for case in question.fixed()] for _, wrong in faults]
    found = []
    for (a, mine), (b, others) in combinations(zip((hints for hints, _ in faults), answers, strict=True), 2):
        if not set(a) & set(b) and all(map(equal, mine, others)):
            found.append((a, b))
    return found


def answered(wrong: Function, case: Arguments, question: Question) -> Answer | None:
    """What a function gives, as answers are read; None if it fails."""
    outcome = direct(wrong)(case)
    try:
        return None if outcome.error is not None else read(outcome.value, like=question.reference(*case))
    except TypeError:
        return None


def equal(a: Answer | None, b: Answer | None) -> bool:
    """Whether two functions did the same: failed both, or gave equal answers."""
    return a is b if a is None or b is None else same(a, b)
