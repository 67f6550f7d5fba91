"""The goals of an explorer, which tick themselves."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from nnlearn import progress


@dataclass(frozen=True)
class Goal:
    """Something to achieve: a sentence, and the test ``test(result)`` that finds it achieved.

    The result holds the controls' values as well (see ``Explorer``). An IndexError of the test counts as not
    achieved: the run was too short.
    """

    text: str
    test: Callable[[Any], Any]

    def met(self, result: Any) -> bool:
        try:
            return bool(self.test(result))
        except IndexError:
            return False


class Goals:
    """Which goals of an explorer were reached, by their numbers from 0.

    name: under which they are kept from one session to the next; an empty one keeps none.
    """

    def __init__(self, goals: tuple[Goal, ...], name: str) -> None:
        self.goals, self.name = goals, name
        self.reached = {i for i in range(len(goals)) if name and progress.latest("goal", self._kept_as(i))}

    def newly_met(self, result: Any) -> set[int]:
        """The goals that this result achieves and that were not reached yet."""
        return {i for i, goal in enumerate(self.goals) if i not in self.reached and goal.met(result)}

    def tick(self, numbers: Collection[int]) -> None:
        """Takes these goals as reached."""
        self.reached |= set(numbers)
        for i in sorted(numbers) if self.name else ():
            progress.note("goal", self._kept_as(i))

    def _kept_as(self, number: int) -> str:
        return f"{self.name}.{number + 1}"
