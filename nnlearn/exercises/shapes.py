"""Answers of another shape: which reduction, selection or order of the axes leads from one to the other."""

from collections.abc import Callable, Mapping, Sequence
from itertools import permutations

import numpy as np

from nnlearn.checks import Array
from nnlearn.exercises.answers import same
from nnlearn.language import mark, say

Pairs = Sequence[tuple[Array, Array]]  # the right answer and the learner's, for each input

# What takes an axis away: its name, the function, and what to say of an answer that lacks it, or has it too much.
REDUCTIONS: Mapping[str, tuple[Callable[..., Array], str, str]] = {
    "mean": (
        np.mean,
        mark("Your answer holds all the numbers whose mean over {axes} is asked."),
        mark("Your answer is the mean of the right numbers over {axes}; they are asked one by one."),
    ),
    "sum": (
        np.sum,
        mark("Your answer holds all the numbers whose sum over {axes} is asked."),
        mark("Your answer is the sum of the right numbers over {axes}; they are asked one by one."),
    ),
    "max": (
        np.max,
        mark("Your answer holds all the numbers of which the largest over {axes} is asked."),
        mark("Your answer is the largest of the right numbers over {axes}; they are asked one by one."),
    ),
    "min": (
        np.min,
        mark("Your answer holds all the numbers of which the smallest over {axes} is asked."),
        mark("Your answer is the smallest of the right numbers over {axes}; they are asked one by one."),
    ),
}
# A part along axis 0, and what to say where the learner gives it instead of the whole.
PARTS: tuple[tuple[Callable[[Array], Array], str], ...] = (
    (
        lambda right: right[0],
        mark("Only the first of all comes back (along axis 0). Does return stand inside a loop, or did you take [0]?"),
    ),
    (
        lambda right: right[-1],
        mark("Only the last of all comes back (along axis 0). Does a loop overwrite what it should collect?"),
    ),
)
# What stands at the end of an axis: whether it is missing or too much, and whether at the start; one, or more of them.
ENDS: Mapping[tuple[bool, bool], tuple[str, str]] = {
    (True, True): (
        mark("The first along axis {k} is missing."),
        mark("Those at the start of axis {k} are missing."),
    ),
    (True, False): (
        mark("The last along axis {k} is missing."),
        mark("Those at the end of axis {k} are missing."),
    ),
    (False, True): (
        mark("One too many along axis {k}: the first."),
        mark("Your answer holds the right one; something else stands before it, along axis {k}."),
    ),
    (False, False): (
        mark("One too many along axis {k}: the last."),
        mark("Your answer holds the right one; something else stands behind it, along axis {k}."),
    ),
}

# The same of a plain list of numbers, whose reader may know no axes.
ENDS_OF_LISTS: Mapping[tuple[bool, bool], tuple[str, str]] = {
    (True, True): (mark("The first number is missing."), mark("The first numbers are missing.")),
    (True, False): (mark("The last number is missing."), mark("The last numbers are missing.")),
    (False, True): (
        mark("One number too many: the first."),
        mark("The right numbers are there; others stand before them."),
    ),
    (False, False): (
        mark("One number too many: the last."),
        mark("The right numbers are there; others stand behind them."),
    ),
}


def of_shape(pairs: Pairs, rough: bool = False) -> str:
    """The first of these that leads from one to the other on every input.

    If none does, "", or, in rough words, what shape came and what is needed.
    """
    if rough:
        return of_sizes(pairs)
    if any(right.size == 0 or got.size == 0 for right, got in pairs) or all(not right.any() for right, _ in pairs):
        return ""
    rules = (of_repeats, of_parts, of_reductions, of_orders, of_ends)
    return next(filter(None, (say_it(pairs) for say_it in rules)), "")


def of_sizes(pairs: Pairs) -> str:
    """Answers whose shape is wrong; where a number or a plain list is needed, in words for those who know no shapes."""
    unequal = [pair for pair in pairs if pair[0].shape != pair[1].shape]
    # another number of numbers, if there is one, and as few as in the input that is shown
    needed, shown = min(unequal, key=lambda pair: (pair[0].size == pair[1].size, pair[0].size))
    if all(right.size == got.size and same(right.ravel(), got.ravel()) for right, got in pairs):
        if needed.ndim == 1 < shown.ndim:
            return say("The numbers are right, but in brackets within brackets (shape {shape}); a plain row is needed.",
                       shape=shown.shape)  # fmt: skip
        return say("The numbers are right, but they come in shape {shape}; shape {needed} is needed.",
                   shape=shown.shape, needed=needed.shape)  # fmt: skip
    if all(same(right, got.T) for right, got in pairs):
        return say("The numbers are right, but rows and columns are exchanged.")
    if needed.ndim == 0:
        return say("One number is needed; your answer holds {n}.", n=shown.size)
    if needed.ndim == 1 == needed.size != shown.size:
        return say("A list of one number is needed; your answer holds {n}.", n=shown.size)
    if needed.ndim == 1 and needed.size != shown.size:
        if len({right.size for right, _ in unequal}) > 1:
            return say("Your answer holds another number of numbers than is needed: {n} in place of {needed}, for one.",
                       needed=needed.size, n=shown.size)  # fmt: skip
        return say("{needed} numbers are needed; your answer holds {n}.", needed=needed.size, n=shown.size)
    return say("Your answer has shape {shape}; shape {needed} is needed.", shape=shown.shape, needed=needed.shape)


def of_repeats(pairs: Pairs) -> str:
    """The right answer, more than once."""
    if all(repeats(right, got) for right, got in pairs) and any(right.size < got.size for right, got in pairs):
        return say("Your answer holds the right one several times; it is asked for once.")
    return ""


def repeats(right: Array, got: Array) -> bool:
    """Whether an answer is the right one, once or more along further axes."""
    further = got.ndim - right.ndim
    return further >= 0 and got.shape[further:] == right.shape and same(np.broadcast_to(right, got.shape), got)


def of_parts(pairs: Pairs) -> str:
    """One of many, or many of which one is right."""
    if any(right.ndim == 0 for right, _ in pairs) or all(len(right) == 1 for right, _ in pairs):
        return ""
    for part, sentence in PARTS:
        if all(same(part(right), got) for right, got in pairs):
            return say(sentence)
    if all(got.ndim > right.ndim and len(got) > 1 for right, got in pairs):
        for k in (0, -1):
            if all(same(right, got[k]) for right, got in pairs):
                return say("Your answer holds {n} things: the right one, and others besides.", n=len(pairs[0][1]))
    return ""


def of_reductions(pairs: Pairs) -> str:
    """A mean, a sum, a largest or smallest over one axis or all, which is missing or too much; also with axes kept."""
    for reduce, missing, too_much in REDUCTIONS.values():
        for sentence, sides in ((missing, [(got, right) for right, got in pairs]), (too_much, pairs)):
            for axis in (None, *range(max(whole.ndim for whole, _ in sides))):
                if all(reduces(reduce, whole, axis, part) for whole, part in sides):
                    if any(whole.size > part.size for whole, part in sides):
                        return say(sentence, axes=say("all") if axis is None else say("axis {k}", k=axis))
    return ""


def reduces(reduce: Callable[..., Array], whole: Array, axis: int | None, part: Array) -> bool:
    """Whether a part is what reducing an axis of the whole leaves, with this axis kept or not."""
    if axis is not None and axis >= whole.ndim:
        return False
    return any(same(np.asarray(reduce(whole, axis=axis, keepdims=kept)), part) for kept in (False, True))


def of_orders(pairs: Pairs) -> str:
    """The same numbers with the axes in another order."""
    dimensions = {right.ndim for right, _ in pairs} | {got.ndim for _, got in pairs}
    if len(dimensions) > 1 or max(dimensions) < 3:
        return ""
    for order in permutations(range(max(dimensions))):
        if all(same(right, got.transpose(order)) for right, got in pairs):
            return say("The numbers are right, but the axes stand in another order, {order} of the right one.",
                       order=tuple(int(place) for place in np.argsort(order)))  # fmt: skip
    return ""


def of_ends(pairs: Pairs) -> str:
    """Some too many, or some missing, at the start or the end of an axis."""
    swapped = [(got, right) for right, got in pairs]
    ends = ENDS_OF_LISTS if all(right.ndim == 1 for right, _ in pairs) else ENDS
    for axis in range(max(right.ndim for right, _ in pairs)):
        for missing, sides in ((False, pairs), (True, swapped)):
            gaps = [gap(axis, *side) for side in sides]
            if min(gaps) > 0:
                for start, piece in ((True, rest), (False, front)):
                    cut = [piece(longer, n, axis) for (_, longer), n in zip(sides, gaps, strict=True)]
                    if all(same(each, shorter) for each, (shorter, _) in zip(cut, sides, strict=True)):
                        return say(ends[missing, start][max(gaps) > 1], k=axis)
    if all(right.ndim == got.ndim > 0 and same(right[: len(got)], got) for right, got in pairs):
        if ends is ENDS_OF_LISTS:
            return say("On some inputs the last numbers are missing. Does a loop end before its time?")
        return say("On some inputs those at the end of axis 0 are missing. Does a loop end before its time?")
    return ""


def gap(axis: int, shorter: Array, longer: Array) -> int:
    """By how much one is longer along an axis, if that is the only difference in shape; else 0."""
    if shorter.ndim != longer.ndim or axis >= shorter.ndim:
        return 0
    differences = np.subtract(longer.shape, shorter.shape)
    return int(differences[axis]) if np.count_nonzero(differences) == 1 else 0


def rest(longer: Array, n: int, axis: int) -> Array:
    """Without the first n."""
    return longer.take(range(n, longer.shape[axis]), axis)


def front(longer: Array, n: int, axis: int) -> Array:
    """Without the last n."""
    return longer.take(range(longer.shape[axis] - n), axis)
