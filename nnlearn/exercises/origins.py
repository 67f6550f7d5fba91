"""Where an infinity, or what is no number, comes from in the learner's own function."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlearn.exercises.answers import Answer, finite, read, shown
from nnlearn.exercises.calls import Caller, limited
from nnlearn.exercises.opened import Opened, Watch, opened
from nnlearn.exercises.task import Arguments, Function, Question
from nnlearn.language import mark, say, together

LONGEST = 80  # letters of a part in a sentence
GIVES = mark("It begins with {part}, which gives {value} on the input below.")
COMES_IN = mark("{name} is {value} there.")


def of_origin(question: Question, case: Arguments, right: Answer, function: Function) -> str:
    """The first part of the function that isn't finite on this input, if the answer would be with another number in its
    place; else ""."""
    own = opened(function)
    if own is None:
        return ""
    call = limited(own, question.seconds)
    outcome = call((None, *case))
    if outcome.error is not None:
        return ""
    kept = outcome.value[1]
    first = next((k for k, (_, value) in enumerate(kept) if not np.all(np.isfinite(np.asarray(value, float)))), None)
    if first is None:
        return ""
    place, value = kept[first]
    part = own.parts[place]
    if part.text in question.names or len(part.text) > LONGEST or not mends(call, place, value, case, right):
        return ""
    return together(say(GIVES, part=part.text, value=one_line(value)), *inputs(own, place, kept[:first]))


def mends(call: Caller, place: int, value: Any, case: Arguments, right: Answer) -> bool:
    """Whether the answer is finite with ones in place of what a part gives."""
    outcome = call(([{place: {Watch.every: np.ones_like(value)}}], *case))
    if outcome.error is not None or outcome.value[0] is None:
        return False
    try:
        return finite(read(outcome.value[0], like=right))
    except TypeError:
        return False


def inputs(own: Opened, place: int, before: Sequence[tuple[int, Any]]) -> list[str]:
    """The names in a part, and what else went into it last, with their values, if they are few."""
    within = range(own.parts[place].first, place)
    inner = [(own.parts[p].text, value) for p, value in before if p in within]
    named = {text: value for text, value in inner if text.isidentifier()}
    named.update((text, value) for text, value in inner[-1:] if len(text) <= LONGEST)
    return [say(COMES_IN, name=name, value=one_line(value)) for name, value in named.items() if np.size(value) <= 6]


def one_line(value: Any) -> str:
    """A value within a sentence."""
    return " ".join(shown(value).split())
