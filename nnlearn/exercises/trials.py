"""One input tried: what came of it, and when two functions did the same there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nnlearn.exercises.answers import TOLERANCE, Answer, finite, in_whole_numbers, part_of, read, same
from nnlearn.exercises.calls import Caller, Outcome, Raised, Stopped
from nnlearn.exercises.task import Arguments, Question
from nnlearn.language import mark, say
from nnlearn.sandbox.plain import plain

POWER = mark("A power is written ** in Python, as in x**3; ^ is something else.")
INFINITE = mark(
    "It is infinite, or not a number (NaN). Does something overflow on the way, as np.exp(1000), or is 0 divided by 0?"
)
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
    """One input, the right answer, and what the learner's function gave: an answer, or a problem that says why not.

    floats: of several things those, by name, that are right but for being floats, not of a type of whole numbers.
    """

    arguments: Arguments
    right: Answer
    outcome: Outcome
    answer: Answer | None = None
    problem: str = ""
    tolerance: float = TOLERANCE
    floats: tuple[str, ...] = ()

    @property
    def right_value(self) -> bool:
        return self.answer is not None and same(self.answer, self.right, self.tolerance)

    @property
    def passed(self) -> bool:
        return self.right_value and not self.outcome.changed and not self.floats


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
        return Trial(arguments, right, outcome, answer, say(INFINITE))
    return Trial(arguments, right, outcome, answer, tolerance=tolerance)


def floats(question: Question, tried: Trial) -> tuple[str, ...]:
    """Of several things those, by name, that must be whole numbers and are right but for being floats."""
    if not question.whole or not isinstance(tried.answer, tuple) or len(tried.answer) != len(question.returns):
        return ()
    values = plain(tried.outcome.value)
    places = [place for place, name in enumerate(question.returns) if name in question.whole]
    right = [place for place in places if part_alike(place, tried, tried.right, tried.tolerance)]
    return tuple(question.returns[place] for place in right if not in_whole_numbers(values[place]))


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


def troubled(one: Trial) -> tuple[bool, bool, int, int, float]:
    """The order in which inputs that fail are shown: first where an error came, then where no answer did, by size."""
    return one.outcome.error is None, not one.problem, *telling(one)


def telling(one: Trial) -> tuple[int, int, float]:
    """The order in which inputs are looked at: of answers that are several things, where most are wrong; by size."""
    right = sum(part_right(place, one) for place in range(len(one.right))) if isinstance(one.right, tuple) else 0
    return right, *size(one)


def size(one: Trial) -> tuple[int, float]:
    """How many numbers the learner would have to read; then, where the input is one number, how large it is."""
    read = [argument for argument in one.arguments if not callable(argument)]
    right = one.right if isinstance(one.right, tuple) else (one.right,)
    alone = abs(float(read[0])) if len(read) == 1 and np.ndim(read[0]) == 0 else 0.0
    return sum(map(np.size, (*read, *right))), alone


def columns(trials: Sequence[Trial], place: int | None = None) -> list[tuple[Arguments, Answer, Answer]]:
    """Of each input the arguments, the right answer and the learner's; of answers that are several things, one."""
    return [(each.arguments, part_of(each.right, place), part_of(each.answer, place)) for each in trials
            if each.answer is not None]  # fmt: skip


def alike(one: Trial, other: Trial, place: int | None = None) -> bool:
    """Whether two functions gave the same on an input: equal answers (or one thing of several), or the same error."""
    if one.answer is not None and other.answer is not None:
        if place is None:
            return same(one.answer, other.answer, one.tolerance)
        return part_alike(place, one, other.answer, one.tolerance)
    errors = one.outcome.error, other.outcome.error
    return isinstance(errors[0], Raised) and isinstance(errors[1], Raised) and errors[0].kind == errors[1].kind


def part_alike(place: int, one: Trial, other: Answer, tolerance: float) -> bool:
    """Whether one thing of several is the same in two answers."""
    a, b = one.answer, other
    return isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b) and same(a[place], b[place], tolerance)


def part_right(place: int, one: Trial) -> bool:
    """Whether one thing of several is right."""
    return part_alike(place, one, one.right, one.tolerance)


def right_places(trials: Sequence[Trial]) -> list[int]:
    """Of answers that are several things those that are right on every input, by place."""
    n = min(len(each.right) if isinstance(each.right, tuple) else 0 for each in trials)
    return [place for place in range(n) if all(part_right(place, each) for each in trials)]


def fit(trials: Sequence[Trial], gives: Callable[[int], Trial], place: int | None) -> bool:
    """Whether what a function gives on each input is what the learner's gave; of several things, the one there."""
    try:
        return all(alike(each, gives(k), place) for k, each in enumerate(trials))
    except ValueError:  # a number too long to be shown
        return False
