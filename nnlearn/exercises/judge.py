"""Holds an answer against the right one and the known mistakes, on all inputs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlearn.exercises.answers import TOLERANCE, Answer, finite, read, same
from nnlearn.exercises.calls import Caller, Outcome, Raised, Stopped, direct
from nnlearn.exercises.resemblance import resemblance
from nnlearn.exercises.task import Arguments, Question
from nnlearn.language import mark, say

POWER = mark("A power is written ** in Python, as in x**3; ^ is something else.")
CAUSES = (  # a piece of a message of Python, and what a beginner needs to know then; the first that fits
    ("for ^", POWER),
    ("bitwise_xor", POWER),
    ("has no attribute 'append'", mark("append changes the list and gives back nothing (None): no = before it.")),
    ("NoneType", mark("None is what a function gives back that has no return yet: is one that you call unfinished?")),
    (
        "truth value of an array",
        mark("if, and, or need one True or False; an array has one for each number. np.where looks at each of them."),
    ),
    ("recursion depth", mark("Python allows about 1000 calls within one another, a loop as many rounds as you like.")),
    ("EOF when reading a line", mark("Nobody answers input() here: what the function needs comes in its arguments.")),
    ("'function'", mark("A function stands where a number is needed: call it, with brackets, as in f(x).")),
)


@dataclass(frozen=True)
class Trial:
    """One input, the right answer, and what the learner's function gave: an answer, or a problem that says why not."""

    arguments: Arguments
    right: Answer
    outcome: Outcome
    answer: Answer | None = None
    problem: str = ""
    tolerance: float = TOLERANCE

    @property
    def right_value(self) -> bool:
        return self.answer is not None and same(self.answer, self.right, self.tolerance)

    @property
    def passed(self) -> bool:
        return self.right_value and not self.outcome.changed


@dataclass(frozen=True)
class Verdict:
    """What came of a question: how many inputs passed, the smallest that failed, what there is to say, the points.

    names: of the arguments. hints: each explains the answer; several where the inputs can't tell them apart.
    notes: what is true besides. unwritten: there is no answer yet.
    """

    passed: int = 0
    total: int = 0
    points: float = 0
    names: tuple[str, ...] = ()
    failure: Trial | None = None
    hints: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unwritten: bool = False

    @property
    def right(self) -> bool:
        return 0 < self.passed == self.total


@np.errstate(all="ignore")  # a warning would cost marks in nbgrader
def judge(question: Question, call: Caller, seed: int | str = 0) -> Verdict:
    """The verdict on what ``call`` calls, wherever that runs: in this process or in another."""
    cases = question.cases(seed)
    trials: list[Trial] = []
    for arguments in cases:
        right = direct(question.reference)(arguments).value
        trials.append(trial(arguments, read(right, like=right), call, question.tolerance))
        error = trials[-1].outcome.error
        if isinstance(error, Stopped):
            break
        # itself, and not what it calls
        itself = isinstance(error, Raised) and error.kind == "NotImplementedError" and len(error.frames) <= 1
        if itself or trials[-1].outcome.value is Ellipsis:
            return Verdict(unwritten=True)
    failed = [each for each in trials if not each.passed]
    if not failed:
        return Verdict(len(cases), len(cases), question.points)
    hints, notes = explanation(question, trials)
    smallest = min(failed, key=lambda each: (each.outcome.error is None, not each.problem, *size(each)))
    return Verdict(len(trials) - len(failed), len(cases), 0, tuple(question.names), smallest, hints, notes)


def trial(arguments: Arguments, right: Answer, call: Caller, tolerance: float = TOLERANCE) -> Trial:
    """One input tried."""
    outcome = call(arguments)
    if outcome.error is not None:
        return Trial(arguments, right, outcome, problem=described(outcome.error))
    try:
        answer = read(outcome.value, like=right)
    except TypeError as error:
        return Trial(arguments, right, outcome, problem=str(error))
    if finite(right) and not finite(answer):
        return Trial(arguments, right, outcome, answer, say("It is infinite, or not a number (NaN)."))
    return Trial(arguments, right, outcome, answer, tolerance=tolerance)


def described(error: Raised | Stopped) -> str:
    """An error of the learner's function in a sentence, with the line that raised it."""
    if isinstance(error, Stopped):
        return error.sentence
    frames = error.frames
    if error.kind == "NotImplementedError" and len(frames) > 1:
        return say("It calls {name}, which is not written yet. Write {name} first.", name=frames[-1].name)
    line = next((frame.line for frame in reversed(frames) if frame.filename == frames[0].filename), "")
    fields = {"kind": error.kind, "message": error.message.rstrip(" ."), "line": line}
    cause = next((say(sentence) + " " for piece, sentence in CAUSES if piece in error.message), "")
    if line:
        return cause + say("It raised {kind}: {message}. The line: {line}", **fields)
    return cause + say("It raised {kind}: {message}.", **fields)


def explanation(question: Question, trials: Sequence[Trial]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The hints of the misconceptions that fit; if none does, how the answer resembles the right one. And notes."""
    changed = sorted({place for each in trials for place in each.outcome.changed})
    notes = [
        say("Your function changes {name}, which belongs to its caller. Work on a copy.", name=question.names[place])
        for place in changed
    ]
    if all(each.right_value for each in trials):
        return (), tuple(notes)
    hints = recognised(question, trials)
    answered = [each for each in trials if not each.problem]
    some_wrong = any(not each.right_value for each in answered)
    if not hints and some_wrong and 2 * len(answered) > len(trials):  # where it fails, it may fail for another reason
        hints = recognised(question, answered)
        if not hints:
            columns = zip(*[(each.arguments, each.right, each.answer) for each in answered], strict=True)
            hints = list(filter(None, [resemblance(question, *columns)]))
            notes += [say("Try this: {advice}", advice=say(question.advice))] if question.advice else []
    return tuple(hints), tuple(notes)


def recognised(question: Question, trials: Sequence[Trial]) -> list[str]:
    """The hints of the misconceptions that give just this on all these inputs."""
    fitting = [
        say(misconception.hint)
        for misconception in question.misconceptions
        if all(alike(each, trial(each.arguments, each.right, direct(misconception.wrong))) for each in trials)
    ]
    return list(dict.fromkeys(fitting))


def alike(one: Trial, other: Trial) -> bool:
    """Whether two functions gave the same on an input: equal answers, or the same kind of error."""
    if one.answer is not None and other.answer is not None:
        return same(one.answer, other.answer, one.tolerance)
    errors = one.outcome.error, other.outcome.error
    return isinstance(errors[0], Raised) and isinstance(errors[1], Raised) and errors[0].kind == errors[1].kind


def size(one: Trial) -> tuple[int, float]:
    """How many numbers the learner would have to read; then, where the input is one number, how large it is."""
    read = [argument for argument in one.arguments if not callable(argument)]
    right = one.right if isinstance(one.right, tuple) else (one.right,)
    alone = abs(float(read[0])) if len(read) == 1 and np.ndim(read[0]) == 0 else 0.0
    return sum(map(np.size, (*read, *right))), alone
