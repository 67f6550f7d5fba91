"""``check``: what an exercise calls."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from inspect import signature
from typing import Any

from nnlearn import progress
from nnlearn.exercises.answers import NOTHING, shown
from nnlearn.exercises.calls import Caller, Outcome, Raised, in_thread, limited, warm
from nnlearn.exercises.judge import Verdict, judge
from nnlearn.exercises.loader import load
from nnlearn.exercises.result import NotRightYet, Result, graded
from nnlearn.exercises.task import Function, Question, Task
from nnlearn.exercises.trials import described
from nnlearn.language import say

warm()


def check(task_id: str, answer: Any, seed: int | str = 0, seconds: float | None = None) -> Result:
    """Compares an answer with the right one on many inputs and says what came of it.

    task_id: "03.2". answer: the learner's function itself; where a task has several questions, a dict with an answer
        to each, or a function that returns one. What the function prints is not shown.
    seed: of the random inputs, a whole number or a name: each student can have their own.
    seconds: of processor time, how long one call of the answer to a question may take; if not given, as long as the
        question allows. All inputs together may take twice as long.

    Returns the result if everything, or at least one of several questions, is right; also if there is no answer yet,
    so that a fresh notebook can be run from end to end. Raises NotRightYet, which shows its report instead of a
    traceback, if nothing is right; in an nbgrader run also if there is no answer yet. Raises ValueError for a task that
    is not there.
    """
    task = load(task_id)
    result = Result(task, verdicts(task, answer, seed, seconds))
    if not graded():
        keep(result)
    if result.points == 0 and (graded() or not result.unwritten):
        raise NotRightYet(result)
    return result


def keep(result: Result) -> None:
    """Writes the learner's progress down: the task, once it is right, and every hint that was given."""
    if result.right:
        progress.note("check", result.task.id, result.points)
    for verdict in result.verdicts.values():
        for hint in verdict.hints:
            progress.note("hint", result.task.id, hint)


def verdicts(task: Task, answer: Any, seed: int | str, seconds: float | None) -> dict[str, Verdict]:
    """A verdict on each question; one for all if the answer is not what check needs."""
    if isinstance(task.asks, Question):
        return {"": verdict(task.asks, answer, seed, seconds)}
    names = ", ".join(repr(name) for name in task.asks)
    if callable(answer):
        if not takes(answer):
            return {"": refused(say("check needs a dict with an answer to each of {names}, or a function without "
                                    "arguments that returns one; your function takes {taken}.",
                                    names=names, taken=signature(answer)))}  # fmt: skip
        outcome = caller(answer, task.asks, allowed(seconds, *task.asks.values()))(())
        error = outcome.error
        if error is not None and not (isinstance(error, Raised) and error.kind == "NotImplementedError"):
            return {"": refused(described(error))}
        if error is None and outcome.value is None:
            return {"": refused(say(NOTHING))}
        answer = outcome.value
    if answer is None or answer is ...:
        answer = {}
    if not isinstance(answer, Mapping):
        return {"": refused(say("check needs a dict with an answer to each of {names}; this is {value}.",
                                names=names, value=shown(answer)))}  # fmt: skip
    answers = {(key if isinstance(key, str) else shown(key)).strip().lower(): each for key, each in answer.items()}
    if answers and not answers.keys() & task.asks.keys():
        return {"": refused(misnamed(task.asks, answers))}
    strays = mistyped(task.asks, answers)
    return {
        name: refused(strays[name]) if name in strays else verdict(question, answers.get(name), seed, seconds)
        for name, question in task.asks.items()
    }


def caller(answers: Function, asks: Mapping[str, Question], seconds: float) -> Caller:
    """How a function is called that returns a dict of answers: in another process, if no answer is a function."""
    return (in_thread if any(question.names for question in asks.values()) else limited)(answers, seconds)


def mistyped(asks: Iterable[str], answers: Iterable[str]) -> dict[str, str]:
    """For each question without an answer what to say, if a key that names no question comes nearest to its name."""
    open_ = [name for name in asks if name not in answers]
    strays: dict[str, list[str]] = {}
    for key in answers:
        if key not in asks:
            for name in get_close_matches(key, open_, n=1, cutoff=0):
                strays.setdefault(name, []).append(repr(key))
    return {
        name: say("Your dict has no key {name!r}; it has {keys}, which no question is called. Is {name!r} meant?",
                  name=name, keys=", ".join(keys))
        for name, keys in strays.items()
    }  # fmt: skip


def misnamed(asks: Mapping[str, Question], answers: Mapping[str, Any]) -> str:
    """What to say to a dict none of whose keys is the name of a question."""
    names = ", ".join(repr(name) for name in asks)
    if all(isinstance(value, str) and value.strip().lower() in asks for value in answers.values()):
        return say("Your dict is the wrong way round: {names} are its keys, and the answers are its values.",
                   names=names)  # fmt: skip
    return say("check needs a dict with the keys {names}; yours has {keys}.",
               names=names, keys=", ".join(map(repr, answers)))  # fmt: skip


def verdict(question: Question, answer: Any, seed: int | str, seconds: float | None) -> Verdict:
    """The verdict on the answer to one question."""
    if answer is None or answer is ...:
        return Verdict(unwritten=True)
    if not callable(answer):
        if question.names:
            return refused(say("check needs your function itself, its name without brackets; this is {value}.",
                               value=shown(answer)))  # fmt: skip
        return judge(question, lambda arguments: Outcome(value=answer), seed)
    if not takes(answer, *question.names):
        return refused(say("Your function must take {needed}, in this order; it takes {taken}.",
                           needed=f"({', '.join(question.names)})", taken=signature(answer)))  # fmt: skip
    return judge(question, limited(answer, allowed(seconds, question)), seed, answer)


def takes(function: Function, *arguments: Any) -> bool:
    """Whether a function can be called with so many arguments; True for one that does not tell."""
    try:
        signature(function).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # a function of a compiled library may not tell
        return True
    return True


def allowed(seconds: float | None, *questions: Question) -> float:
    """The time that was given, or the most that one of the questions allows."""
    return max(question.seconds for question in questions) if seconds is None else seconds


def refused(problem: str) -> Verdict:
    """The verdict on something that can't be tried."""
    return Verdict(hints=(problem,))


def material(task_id: str) -> Any:
    """What a task shows to the learner, such as records of runs; ValueError for a task that shows nothing."""
    task = load(task_id)
    if task.material is None:
        raise ValueError(say("Task {id} shows nothing.", id=task_id))
    return task.material()
