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

A mistake by hand whose ``wrong`` takes further choices, ``**choices``, and hands them on to the reference, is
recognised together with each of them.

A choice that is right as well has no hint, "": codes may be cut off to the range that they keep anyway. It is tried
beside the wrong ones, whose answers it changes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from inspect import Parameter, signature
from itertools import combinations, product
from typing import Any
from zlib import crc32

import numpy as np

from nnlearn.exercises.answers import FLOOR, Answer, read, same
from nnlearn.exercises.calls import direct
from nnlearn.exercises.task import Arguments, Function, Question
from nnlearn.language import mark, say, together

NEAR = 0.01  # of their size: answers that differ more can't be equal


def half_up(x: Any) -> Any:
    """Rounds as taught at school: the middle between two whole numbers goes up."""
    return np.floor(np.asarray(x) + 0.5)


ROUNDING: Mapping[Any, str] = {
    np.floor: mark("You round down. The nearest whole number is needed."),
    np.ceil: mark("You round up. The nearest whole number is needed."),
    np.trunc: mark("You cut the fraction off, as int does. The nearest whole number is needed."),
    half_up: mark("Only the middle between two whole numbers is wrong: np.round takes the even one there."),
}

NOTHING = 1e-12  # numbers up to this size are as good as 0
OTHER_ORDER = mark("You return two things in each other's place: see in which order they are asked.")
COUNTED = ("", "", mark("Two things."), mark("Three things."))  # by the number of faults

Choice = tuple[str, Any, str]  # the slot, what fills it, and the hint
Fault = tuple[tuple[str, ...], Function]  # the hints, and the reference with these choices


def pairs(question: Question) -> Iterator[Fault]:
    """Every two wrong choices of different slots; then one or two beside a choice that is right as well; then each
    with a mistake by hand that takes choices; last, every known mistake with two of the things exchanged that are
    returned."""
    yield from twos(question)
    yield from by_hand_with_choices(question)
    yield from exchanges(question)


def twos(question: Question) -> Iterator[Fault]:
    """Every two wrong choices of different slots; then one or two beside a choice that is right as well."""
    yield from choices_of(question, 2)
    yield from choices_of(question, 1, beside=True)
    yield from choices_of(question, 2, beside=True)


def by_hand_with_choices(question: Question) -> Iterator[Fault]:
    """Every mistake by hand that takes choices of the reference's, with each wrong one."""
    for each in question.misconceptions:
        if not each.slot and takes_choices(each.wrong):
            for slot, choice, hint in wrong_choices(question):
                yield (each.hint, hint), partial(each.wrong, **{slot: choice})


def takes_choices(function: Function) -> bool:
    """Whether a function takes keyword arguments of any name."""
    try:
        parameters = signature(function).parameters.values()
    except ValueError:  # of a type such as str
        return False
    return any(parameter.kind is Parameter.VAR_KEYWORD for parameter in parameters)


def exchanges(question: Question) -> Iterator[Fault]:
    """Every known mistake, of which two of several things come in each other's place."""
    for two in combinations(range(len(question.returns)), 2):
        for each in question.misconceptions:
            yield (OTHER_ORDER, each.hint), partial(exchanged, each.wrong, two)


def exchanged(function: Function, two: tuple[int, int], *case: Any) -> Any:
    """What a function gives, two of the things exchanged."""
    things = list(function(*case))
    i, j = two
    things[i], things[j] = things[j], things[i]
    return tuple(things)


def triples(question: Question) -> Iterator[Fault]:
    """Every three wrong choices of different slots; then beside a choice that is right as well."""
    yield from choices_of(question, 3)
    yield from choices_of(question, 3, beside=True)


def choices_of(question: Question, n: int, *, beside: bool = False) -> Iterator[Fault]:
    """Every n wrong choices of different slots; beside: each with a choice that is right as well."""
    also = [(choice,) for choice in every_choice(question) if not choice[2]] if beside else [()]
    for more, chosen in product(also, combinations(wrong_choices(question), n)):
        if apart((*chosen, *more)):
            yield fault(question, (*chosen, *more))


def every_choice(question: Question) -> list[Choice]:
    """What a question lists for its slots."""
    return [(slot, choice, hint) for slot, its in question.slots.items() for choice, hint in its.items()]


def wrong_choices(question: Question) -> list[Choice]:
    """Of these the wrong ones."""
    return [choice for choice in every_choice(question) if choice[2]]


def apart(choices: Sequence[Choice]) -> bool:
    """Whether all choices are of different slots."""
    return len({slot for slot, _, _ in choices}) == len(choices)


def fault(question: Question, choices: Sequence[Choice]) -> Fault:
    """The hints of some choices, and the reference with them."""
    filled = {slot: choice for slot, choice, _ in choices}
    return tuple(hint for _, _, hint in choices if hint), partial(question.reference, **filled)


def of_slots(
    question: Question, cases: Sequence[Arguments], got: Sequence[Answer], faults: Callable[[Question], Iterator[Fault]]
) -> str:
    """The slots that are filled wrongly, if the answers to all inputs come from one of these faults; all are named.

    Of three faults nothing is said where others give the same: where none of them is needed, many do. Nor of answers
    that are nearly 0 everywhere: they would pass for those of all faults that give 0.
    """
    if all(isinstance(answer, np.ndarray) and answer.any() and np.abs(answer).max() <= NOTHING for answer in got):
        return ""
    answers = list(zip(cases, got, strict=True))
    fitting = (
        tuple(dict.fromkeys(hints))
        for hints, wrong in faults(question)
        if all(gives(wrong, case, answer, question.tolerance) for case, answer in answers)
    )
    first = next(fitting, None)
    if first is None or (len(first) > 2 and any({*other} != {*first} for other in fitting)):
        return ""
    return together(say(COUNTED[len(first)]), *map(say, first))


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
    faults: list[Fault] = [((), question.reference), *single, *twos(question)]
    cases = [(case, question.reference(*case)) for case in question.fixed()]
    answers = [[answered(wrong, *each) for each in cases] for _, wrong in faults]
    sizes = np.array([[*map(size, each)] for each in answers])
    found = []
    for i, (a, _) in enumerate(faults):
        with np.errstate(invalid="ignore"):  # two that are infinite are not far
            far = np.abs(sizes[i + 1 :] - sizes[i]) > NEAR * np.abs(sizes[i]) + FLOOR
        for j in np.flatnonzero(~far.any(axis=1)) + i + 1:  # a closer look costs more
            b = faults[j][0]
            if not set(a) & set(b) and all(map(equal, answers[i], answers[j])):
                found.append((a, b))
    return found


def size(answer: Answer | None) -> float:
    """A number that is nearly the same for equal answers; NaN, which is far from none, where there is none."""
    if answer is None:
        return np.nan
    if isinstance(answer, str):
        return float(crc32(answer.lower().encode()))
    with np.errstate(over="ignore"):
        return float(sum(np.abs(part).sum() for part in (answer if isinstance(answer, tuple) else (answer,))))


def answered(wrong: Function, case: Arguments, right: Any) -> Answer | None:
    """What a function gives, as answers are read, like the right one; None if it fails."""
    outcome = direct(wrong)(case)
    try:
        return None if outcome.error is not None else read(outcome.value, like=right)
    except TypeError:
        return None


def equal(a: Answer | None, b: Answer | None) -> bool:
    """Whether two functions did the same: failed both, or gave equal answers."""
    return a is b if a is None or b is None else same(a, b)
