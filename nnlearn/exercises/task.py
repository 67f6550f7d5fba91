"""What an exercise consists of: tasks, their questions, and the mistakes that are known."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np

from nnlearn.checks import whole_number
from nnlearn.exercises.answers import TOLERANCE

Arguments = tuple[Any, ...]
Function = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Misconception:
    """A wrong answer that learners give, and what to say to them.

    hint: what they did, why it is something else, and where to look; whole sentences of the catalogue.
    wrong: an implementation of it, called as the right answer is.
    witness: arguments that tell it from the right answer; the question's example, if not given. All witnesses together
        tell each two misconceptions of a question apart.
    """

    hint: str
    wrong: Function
    witness: Arguments | None = None


@dataclass(frozen=True, eq=False)
class Question:
    """Something that has one right answer: a function, or a value (a function without arguments).

    reference: the right answer.
    example: arguments in general position, where the mistakes differ from each other.
    inputs: further arguments, drawn from a random generator.
    returns: what the things are called that the answer consists of, if there are several.
    advice: what to try when no mistake is recognised.
    made_of: from the arguments, the numbers and vectors that answers are made of, by the names that the learner gives
        them; with it a wrong factor, or a wrong part of a sum, can be named.
    points: what a right answer earns.
    tolerance: how far off an answer may be, as a share of the largest number in a row.
    seconds: how long an answer may take, all inputs together, if check is not told otherwise.
    """

    reference: Function
    example: Arguments = ()
    inputs: Callable[[np.random.Generator], Iterable[Arguments]] = lambda random: ()
    misconceptions: tuple[Misconception, ...] = ()
    returns: tuple[str, ...] = ()
    advice: str = ""
    made_of: Callable[..., Mapping[str, Any]] | None = None
    points: float = 1
    tolerance: float = TOLERANCE
    seconds: float = 5

    @property
    def names(self) -> list[str]:
        """What the arguments are called; a value has none."""
        return list(signature(self.reference).parameters)

    def witness(self, misconception: Misconception) -> Arguments:
        """The arguments that tell this misconception from all else."""
        return self.example if misconception.witness is None else misconception.witness

    def cases(self, seed: int | str) -> list[Arguments]:
        """All inputs: the example and every witness, then the random ones of this seed."""
        fixed = {id(case): case for case in (self.example, *map(self.witness, self.misconceptions))}
        return [*fixed.values(), *self.inputs(generator(seed))]


@dataclass(frozen=True, eq=False)
class Task:
    """What stands under one heading of an exercise: one question, or several by name that earn points apart.

    id: chapter and number, "03.2". title, text: sentences of the catalogue; the text says what is asked.
    material: what the learner is shown, if the question is about something that the course made.
    """

    id: str
    title: str
    text: str
    asks: Question | Mapping[str, Question]
    material: Callable[[], Any] | None = None

    @property
    def questions(self) -> Mapping[str, Question]:
        """The questions by name; a single one has none."""
        return {"": self.asks} if isinstance(self.asks, Question) else self.asks

    @property
    def points(self) -> float:
        """What all right answers together earn."""
        return sum(question.points for question in self.questions.values())


def generator(seed: int | str) -> np.random.Generator:
    """Random numbers from a whole number, or from a name: every student can have their own."""
    if isinstance(seed, str):
        return np.random.default_rng(list(seed.encode("utf-8")))
    whole_number("seed", seed, at_least=0)
    return np.random.default_rng(seed)
