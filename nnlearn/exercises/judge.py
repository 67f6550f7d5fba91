"""Holds an answer against the right one and the known mistakes, on all inputs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlearn.exercises.answers import Answer, read, same
from nnlearn.exercises.calls import Caller, Outcome, TooSlow, direct
from nnlearn.exercises.resemblance import resemblance
from nnlearn.exercises.task import Arguments, Question
from nnlearn.language import say


@dataclass(frozen=True)
class Trial:
    """One input, the right answer, and what the learner's function gave: an answer or a problem, never both."""

    arguments: Arguments
    right: Answer
    outcome: Outcome
    answer: Answer | None = None
    problem: str = ""

    @property
    def passed(self) -> bool:
        return self.answer is not None and same(self.answer, self.right) and not self.outcome.changed


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
        trials.append(trial(arguments, read(right, like=right), call))
        error = trials[-1].outcome.error
        if isinstance(error, TooSlow):
            break
        if isinstance(error, NotImplementedError) or trials[-1].outcome.value is Ellipsis:
            return Verdict(unwritten=True)
    failed = [each for each in trials if not each.passed]
    if not failed:
        return Verdict(len(cases), len(cases), question.points)
    smallest = min(failed, key=lambda each: size(each.arguments))
    return Verdict(len(trials) - len(failed), len(cases), 0, tuple(question.names), smallest, hints(question, trials),
                   notes(question, trials))  # fmt: skip


def trial(arguments: Arguments, right: Answer, call: Caller) -> Trial:
    """One input tried."""
    outcome = call(arguments)
    if outcome.error is not None:
        return Trial(arguments, right, outcome, problem=described(outcome.error))
    try:
        return Trial(arguments, right, outcome, answer=read(outcome.value, like=right))
    except TypeError as error:
        return Trial(arguments, right, outcome, problem=str(error))


def described(error: BaseException) -> str:
    """An error of the learner's function in a sentence."""
    if isinstance(error, TooSlow) and error.stopped:
        return say("It was stopped after {seconds:g} seconds. Does a loop never end?", seconds=error.seconds)
    if isinstance(error, TooSlow):
        return say("It took more than {seconds:g} seconds and can't be stopped: restart the kernel (Kernel > Restart).",
                   seconds=error.seconds)  # fmt: skip
    kind = type(error).__name__
    return say("It raised {kind}: {message}", kind=kind, message=error) if str(error) else say("It raised {kind}.", kind=kind)


def hints(question: Question, trials: Sequence[Trial]) -> tuple[str, ...]:
    """The hints of the misconceptions that fit; if none does, how the answer resembles the right one."""
    found = recognised(question, trials)
    answered = [each for each in trials if each.answer is not None]
    if found or 2 * len(answered) <= len(trials):
        return tuple(found)
    found = recognised(question, answered)  # where it fails, it may fail for another reason
    if not found:
        columns = zip(*[(each.arguments, each.right, each.answer) for each in answered], strict=True)
        found = [resemblance(question, *columns)]
    return tuple(filter(None, found))


def notes(question: Question, trials: Sequence[Trial]) -> tuple[str, ...]:
    """A sentence for each argument that the function changes."""
    changed = sorted({place for each in trials for place in each.outcome.changed})
    return tuple(
        say("Your function changes {name}, which belongs to its caller. Work on a copy.", name=question.names[place])
        for place in changed
    )


def recognised(question: Question, trials: Sequence[Trial]) -> list[str]:
    """The hints of the misconceptions that give just this on all these inputs."""
    if all(each.answer is not None and same(each.answer, each.right) for each in trials):
        return []
    fitting = [
        say(misconception.hint)
        for misconception in question.misconceptions
        if all(alike(each, trial(each.arguments, each.right, direct(misconception.wrong))) for each in trials)
    ]
    return list(dict.fromkeys(fitting))


def alike(one: Trial, other: Trial) -> bool:
    """Whether two functions gave the same on an input: equal answers, or the same kind of error."""
    if one.answer is not None and other.answer is not None:
        return same(one.answer, other.answer)
    errors = one.outcome.error, other.outcome.error
    return None not in errors and type(errors[0]) is type(errors[1])


def size(arguments: Arguments) -> int:
    """How many numbers the learner would have to read."""
    return sum(np.size(argument) for argument in arguments if not callable(argument))
