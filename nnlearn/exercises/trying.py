"""Trying the learner's function with changes: which of them make its answers right, within the time that there is."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from nnlearn.exercises.answers import Answer, part_of, read, same
from nnlearn.exercises.calls import limited
from nnlearn.exercises.task import Arguments, Question

SECONDS = 2.5  # on the clock, for all changes, and again for those to things of several: a learner waits for the hint
BATCH = 100  # changes that one call tries


class OutOfTime(Exception):
    """The search has taken as long as it may, or a change has ended the process in which it is tried."""


class Trying:
    """The inputs of a question with the right answers, and what to call with changes: ``function(changes, *arguments)``
    gives a list, of each change the answer with it, None where it fails.

    cases: the first is one that fails, on which most changes are sorted out. place: of answers that are several things
    the one that is looked at, as if it were all.
    """

    def __init__(
        self,
        question: Question,
        cases: Sequence[Arguments],
        right: Sequence[Answer],
        got: Sequence[Answer],
        function: Callable[..., Any],
        place: int | None = None,
    ) -> None:
        self.question, self.cases, self.place, self.whole = question, cases, place, right
        self.right, self.got = ([part_of(answer, place) for answer in answers] for answers in (right, got))
        self.failing = [k for k, both in enumerate(zip(self.right, self.got, strict=True)) if not same(*both)]
        self.watch(function)
        self.end = time.monotonic() + SECONDS / (1 if place is None else len(question.returns))

    def watch(self, function: Callable[..., Any]) -> None:
        """Takes another function to try. A change may make of a breath an hour, so no call has more than all have."""
        self.call = limited(function, min(self.question.seconds, SECONDS))

    def ran(self, changes: Any, k: int) -> Any:
        """What the function gives for input k; OutOfTime if nothing, or if time is up."""
        outcome = self.call((changes, *self.cases[k]))
        if outcome.error is not None or time.monotonic() > self.end:
            raise OutOfTime
        return outcome.value

    def cured(self, changes: Sequence[Any], k: int) -> list[bool]:
        """Of each change whether it makes the answer to input k right."""
        answers: list[Any] = []
        for start in range(0, len(changes), BATCH):
            answers += self.answers(changes[start : start + BATCH], k)
        return [answer is not None and self.is_answer(answer, self.right[k], k) for answer in answers]

    def answers(self, changes: Sequence[Any], k: int) -> list[Any]:
        """Of each change the answer to input k; None where it is too large to be looked at, even alone."""
        given = self.ran(changes, k)
        if isinstance(given, list):
            return given
        middle = len(changes) // 2
        return [*self.answers(changes[:middle], k), *self.answers(changes[middle:], k)] if middle else [None]

    def is_answer(self, value: Any, answer: Answer, k: int) -> bool:
        """Whether a value, read as an answer to input k, is this one."""
        try:
            found = read(value, like=self.whole[k])
        except TypeError:
            return False
        if self.place is not None and len(found) != len(self.whole[k]):
            return False
        return same(part_of(found, self.place), answer, self.question.tolerance)

    def cures(self, change: Callable[[int], Any]) -> bool:
        """Whether a change, which may be another for each input k, makes every answer right but the first, which was
        tried."""
        return all(all(self.cured([change(k)], k)) for k in range(1, len(self.cases)))

    def all_right(self, change: Callable[[int], Any]) -> bool:
        """Whether a change makes every answer right."""
        return all(all(self.cured([change(k)], k)) for k in range(len(self.cases)))
