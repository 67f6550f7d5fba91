"""Why a loop of the learner's own function never ends: the two sides of its condition, after many rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlearn.exercises.answers import shown
from nnlearn.exercises.calls import limited
from nnlearn.exercises.opened import Opened, Part, copies, opened
from nnlearn.exercises.source import Endless
from nnlearn.exercises.task import Arguments, Function, Question
from nnlearn.language import mark, say

FEWEST_ROUNDS = 50
SECONDS = 1  # of the processor: the learner has already waited for the function to end
STAYS = mark(
    "The loop {loop} does not end. After {n} rounds on the input below {values}. Can its condition ever change?"
)
IS = mark("{part} is {value}")


@dataclass(frozen=True)
class Unending:
    """A function whose parts are watched until it has gone on for long. It can be sent to another process."""

    opened: Opened

    def __call__(self, *arguments: Any) -> list[tuple[int, Any]]:
        """What its parts gave; nothing if it ends."""
        self.opened.watch.start({}, keep=True)
        try:
            self.opened.function(*copies(arguments))
        except Endless:
            return self.opened.watch.kept
        return []


def of_unending(question: Question, case: Arguments, function: Function) -> str:
    """What stands in the condition of the loop that goes on, after many rounds; "" if that can't be seen."""
    own = opened(function)
    outcome = limited(Unending(own), min(SECONDS, question.seconds))(case) if own is not None else None
    if own is None or outcome is None or outcome.error is not None:
        return ""
    found: dict[int, list[Any]] = {}
    for place, value in outcome.value:
        found.setdefault(place, []).append(value)
    for place, part in enumerate(own.parts):
        if part.before == "while " and part.after == ":" and place in found:
            sides = sides_of(place, own.parts, found)
            n = len(found[place])
            if n >= FEWEST_ROUNDS and sides:
                values = ", ".join(say(IS, part=own.parts[k].text, value=" ".join(shown(found[k][-1]).split()))
                                   for k in sides)  # fmt: skip
                return say(STAYS, loop=f"while {part.text}", n=n, values=values)
    return ""


def sides_of(place: int, parts: Sequence[Part], found: dict[int, list[Any]]) -> list[int]:
    """The parts of a condition that are held against each other: the outermost below it that are computed."""
    sides: list[int] = []
    below = place - 1
    while below >= parts[place].first:
        if below in found and not parts[below].is_number and np.ndim(found[below][-1]) == 0:
            sides.insert(0, below)
        below = parts[below].first - 1
    return sides
