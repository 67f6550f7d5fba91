"""What can be learned by calling the learner's function again: what it keeps between calls, what it leaves unused."""

from collections.abc import Sequence

import numpy as np

from nnlearn.exercises.answers import Answer, read, same
from nnlearn.exercises.calls import Caller, direct
from nnlearn.exercises.source import counts, ending
from nnlearn.exercises.task import Arguments, Question
from nnlearn.language import mark, say

NO_PART = mark("{name} plays no part in your answer.")
NO_PARTS = mark("These play no part in your answer: {names}.")
MOST_MORE = 3  # rounds of a loop beyond those asked for
FAR = (0, 1e-3, 1e-2, 0.1, 10, 100, 1e3)  # times a number
FEWEST = 3  # inputs on which a change of the argument must leave the answer as it was


def kept(question: Question, cases: Sequence[Arguments], got: Sequence[Answer], call: Caller) -> str:
    """That the function keeps something between calls, or draws; "" if it doesn't. got: its answers to the cases."""
    again = answered(question, cases[0], call)
    if again is None or same(again, got[0]):
        return ""
    return say("Called twice with the same input, it gives two different answers: it keeps something from call to "
               "call (a list as a default value, a name outside of it), or it draws random numbers.")  # fmt: skip


def unused(question: Question, cases: Sequence[Arguments], got: Sequence[Answer], call: Caller) -> str:
    """The arguments that leave the answer as it is, on every input; "" if there are none."""
    arguments = enumerate(question.names if len(question.names) > 1 else ())
    names = [name for place, name in arguments if plays_no_part(place, question, cases, got, call)]
    if len(names) > 1:
        return say(NO_PARTS, names=", ".join(names))
    return say(NO_PART, name=names[0]) if names else ""


def plays_no_part(
    place: int, question: Question, cases: Sequence[Arguments], got: Sequence[Answer], call: Caller
) -> bool:
    """Whether the answer stays the same on every input when one argument is another's that changes the right answer."""
    reference = direct(ending(question.reference))  # mixed arguments may be such that it never arrives
    shown = 0
    for case, answer in zip(cases, got, strict=True):
        for other in cases:
            changed = (*case[:place], other[place], *case[place + 1 :])
            before, after = (reference(each) for each in (case, changed))
            if after.error is not None or same(read(after.value, before.value), read(before.value, before.value)):
                continue
            now = answered(question, changed, call)
            if now is None or not same(now, answer):
                return False
            shown += 1
            break
    return shown >= FEWEST and not (isinstance(got[0], str) and any_matters(place, question, cases, got, call))


def any_matters(
    place: int, question: Question, cases: Sequence[Arguments], got: Sequence[Answer], call: Caller
) -> bool:
    """Whether far smaller or larger numbers in place of an argument change an answer: words change at limits alone."""
    for case, answer in zip(cases, got, strict=True):
        if not isinstance(case[place], int | float) or isinstance(case[place], bool):
            return False
        for factor in FAR:
            changed = (*case[:place], type(case[place])(factor * case[place]), *case[place + 1 :])
            now = answered(question, changed, call)
            if now is not None and not same(now, answer):
                return True
    return False


def of_counts(question: Question, cases: Sequence[Arguments], right: Sequence[Answer], got: Sequence[Answer]) -> str:
    """That wherever it fails the answer is the right one after fewer rounds of a loop, or after more; else ""."""
    failed = [k for k, (needed, answer) in enumerate(zip(right, got, strict=True)) if not same(answer, needed)]
    for name in counts(question.reference):
        place = question.names.index(name)
        shorter = [cases[k][place] - rounds_of(place, question, cases[k], got[k]) for k in failed]
        if all(n > 0 for n in shorter):
            return say("Where it fails, your answer is what fewer {name} give. Does a loop end early?", name=name)
        if all(n < 0 for n in shorter):
            return say("Where it fails, your answer is what more {name} give. Does a loop end late?", name=name)
    return ""


def rounds_of(place: int, question: Question, case: Arguments, answer: Answer) -> int:
    """With which number of rounds the right answer is this one; the number that was asked for if with none."""
    reference = direct(ending(question.reference))
    for n in range(case[place] + MOST_MORE + 1):
        outcome = reference((*case[:place], n, *case[place + 1 :]))
        if outcome.error is None and same(read(outcome.value, like=answer), answer):
            return n
    return int(case[place])


def of_beginnings(question: Question, cases: Sequence[Arguments], got: Sequence[Answer]) -> str:
    """That every answer is the sum of the right ones to all beginnings of a list, first number to whole; else ""."""
    for place, name in enumerate(question.names):
        if all(isinstance(case[place], np.ndarray) and case[place].ndim and len(case[place]) for case in cases):
            sums = (sum_of_beginnings(place, question, case) for case in cases)
            if all(total is not None and same(total, answer) for total, answer in zip(sums, got, strict=True)):
                return say("You add up what is right for each beginning of {name}, from its first entry to all of it: "
                           "only what comes at the end is asked.", name=name)  # fmt: skip
    return ""


def sum_of_beginnings(place: int, question: Question, case: Arguments) -> Answer | None:
    """The right answers to all beginnings of one argument, added up; None if some have none, or they are no numbers."""
    reference = direct(ending(question.reference))
    beginnings = (case[place][:n] for n in range(1, len(case[place]) + 1))
    outcomes = [reference((*case[:place], beginning, *case[place + 1 :])) for beginning in beginnings]
    if any(outcome.error is not None for outcome in outcomes):
        return None
    answers = [read(outcome.value, like=outcome.value) for outcome in outcomes]
    arrays = [answer for answer in answers if isinstance(answer, np.ndarray)]
    if len({array.shape for array in arrays}) != 1 or len(arrays) < len(answers):
        return None
    total: Answer = np.sum(arrays, axis=0)
    return total


def answered(question: Question, case: Arguments, call: Caller) -> Answer | None:
    """What the function gives for an input, if it can be read."""
    outcome = call(case)
    if outcome.error is not None:
        return None
    try:
        return read(outcome.value, like=direct(ending(question.reference))(case).value)
    except TypeError:
        return None
