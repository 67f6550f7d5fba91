"""What an exercise consists of: tasks, their questions, and the mistakes that are known."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from inspect import Parameter, signature
from typing import Any

import numpy as np

from nnlearn.checks import whole_number
from nnlearn.exercises.answers import TOLERANCE, read, same
from nnlearn.language import say

Arguments = tuple[Any, ...]
Function = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Misconception:
    """A wrong answer that learners give, and what to say to them.

    hint: what they did, why it is something else, and where to look; whole sentences of the catalogue.
    wrong: an implementation of it, called as the right answer is.
    witness: arguments that tell it from the right answer; if not given, the question's example, or the first of its
        witnesses that does. All witnesses together tell each two misconceptions of a question apart.
    slot: the slot that is filled wrongly, if it comes from one.
    """

    hint: str
    wrong: Function
    witness: Arguments | None = None
    slot: str = ""


@dataclass(frozen=True, eq=False)
class Question:
    """Something that has one right answer: a function, or a value (a function without arguments).

    reference: the right answer. Its keyword-only arguments are choices, not arguments of the learner's function.
    example: arguments in general position, where the mistakes differ from each other.
    inputs: further arguments, drawn from a random generator.
    slots: for each choice of the reference, by name, the wrong ones that learners make, each with its hint. Every wrong
        choice becomes a misconception; every two of different slots are recognised together. "" for a choice that is
        right as well, and changes what wrong ones give.
    witnesses: further fixed inputs, where the example doesn't tell all mistakes from the right answer and each other.
    moves: the argument that is a batch of images, if the answer only moves their pixels. What became of the pixels is
        then read off wrong answers, from the inputs in which no two pixels are equal.
    returns: what the things are called that the answer consists of, if there are several.
    whole: those of them that must be of a type of whole numbers, each with what to say if it is one of floats.
    advice: what to try when no mistake is recognised: a text, or several, each with the arguments of which it speaks.
        Of several the first is shown whose arguments the learner's function gets wrong.
    made_of: from the arguments, the numbers, vectors and matrices that answers are made of, by the names that the
        learner gives them; with it a wrong factor, a wrong part of a sum, or another product can be named.
    points: what a right answer earns.
    tolerance: how far off an answer may be, as a share of the largest number in a row.
    seconds: how long one call of the learner's function may take, if check is not told otherwise; all together may
        take twice as long.
    """

    reference: Function
    example: Arguments = ()
    inputs: Callable[[np.random.Generator], Iterable[Arguments]] = lambda random: ()
    misconceptions: tuple[Misconception, ...] = ()
    slots: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    witnesses: tuple[Arguments, ...] = ()
    moves: str = ""
    returns: tuple[str, ...] = ()
    whole: Mapping[str, str] = field(default_factory=dict)
    advice: str | Mapping[str, Arguments] = ""
    made_of: Callable[..., Mapping[str, Any]] | None = None
    points: float = 1
    tolerance: float = TOLERANCE
    seconds: float = 5

    def __post_init__(self) -> None:
        by_hand = (each for each in self.misconceptions if not each.slot)  # what replace() copies holds the others too
        object.__setattr__(self, "misconceptions", (*by_hand, *self.filled_wrongly()))
        if self.moves and self.moves not in self.names:
            raise ValueError(say("moves = {moves!r} is none of the arguments: {names}.",
                                 moves=self.moves, names=", ".join(self.names)))  # fmt: skip
        for name in self.whole:
            if name not in self.returns:
                raise ValueError(say("whole names {name!r}, which is none of the things that are returned: {names}.",
                                     name=name, names=", ".join(self.returns) or "none"))  # fmt: skip

    def filled_wrongly(self) -> Iterable[Misconception]:
        """A misconception for every wrong choice of a slot; ValueError for a slot that the reference doesn't have."""
        for slot, wrong in self.slots.items():
            parameters = signature(self.reference).parameters
            choices = [name for name, parameter in parameters.items() if parameter.kind is Parameter.KEYWORD_ONLY]
            if slot not in choices:
                raise ValueError(say("The reference has no keyword-only argument {slot!r}; it has {choices}.",
                                     slot=slot, choices=", ".join(choices) or "none"))  # fmt: skip
            for choice, hint in wrong.items():
                if hint:
                    yield Misconception(hint, partial(self.reference, **{slot: choice}), slot=slot)

    @property
    def names(self) -> list[str]:
        """What the arguments are called; a value has none."""
        parameters = signature(self.reference).parameters.items()
        return [name for name, parameter in parameters if parameter.kind is not Parameter.KEYWORD_ONLY]

    def witness(self, misconception: Misconception) -> Arguments:
        """The arguments that tell this misconception from all else."""
        if misconception.witness is not None or not self.witnesses:
            return self.example if misconception.witness is None else misconception.witness
        further = (case for case in self.witnesses if self.tells(misconception, case))
        return self.example if self.tells(misconception, self.example) else next(further, self.example)

    def tells(self, misconception: Misconception, case: Arguments) -> bool:
        """Whether these arguments tell a misconception from the right answer."""
        right = self.reference(*case)
        try:
            return not same(read(misconception.wrong(*case), like=right), read(right, like=right), self.tolerance)
        except Exception:  # it fails, or gives no numbers
            return True

    def fixed(self) -> list[Arguments]:
        """The inputs that are the same for every seed: the example and every witness."""
        given = [each.witness for each in self.misconceptions if each.witness is not None]
        return list({id(case): case for case in (self.example, *self.witnesses, *given)}.values())

    def cases(self, seed: int | str) -> list[Arguments]:
        """All inputs: the fixed ones, then the random ones of this seed."""
        return [*self.fixed(), *self.inputs(generator(seed))]


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
