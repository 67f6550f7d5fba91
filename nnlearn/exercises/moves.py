"""What became of images whose pixels an answer moves: turned, mirrored, rolled, cut, filled up, in a sentence.

The right answers and the learner's are read as index maps. Where they have a law, as all flips, turns and shifts do,
the two laws are compared; where they don't, what stands at the border, in which order, or in which piece, is looked at.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from nnlearn.exercises.answers import TOLERANCE, Answer, close
from nnlearn.exercises.index_maps import NOTHING, Moved, Places, Reading, named, read_map, unique
from nnlearn.exercises.probes import NO_PART
from nnlearn.exercises.readings import AXES, BORDERS, differences
from nnlearn.exercises.task import Arguments, Question
from nnlearn.language import mark, say, together

Kind = tuple[str, ...]  # what inputs have in common: the flags that are set, and the kind of images
Mask = NDArray[np.bool]
GREY, COLOUR = mark("grey images"), mark("colour images")
SIDES = (mark("at the top"), mark("at the bottom"), mark("on the left"), mark("on the right"))


@dataclass(frozen=True, eq=False)
class Case:
    """An input, its right answer, the learner's, and the flags that are set."""

    right: Moved
    got: Moved
    flags: Kind

    @property
    def passed(self) -> bool:
        right, got = self.right.answer, self.got.answer
        return right.shape == got.shape and close(right, got, TOLERANCE)

    @property
    def kind(self) -> str:
        return say(GREY if self.got.given.ndim == 3 else COLOUR)


def of_moves(question: Question, inputs: Sequence[Arguments], right: Sequence[Answer], got: Sequence[Answer]) -> str:
    """What the answers did to the pixels, on all inputs or on all that fail; "" if they did not only move them."""
    if not question.moves:
        return ""
    cases = list(collected(question.names, question.names.index(question.moves), inputs, right, got))
    if all(np.all(case.got.places == NOTHING) for case in cases):
        return ""  # no pixel is left
    failed = [case for case in cases if not case.passed]
    sentence = of_first(failed) or told(cases, cases)
    if not sentence and len(failed) < len(cases):
        sentence = told(failed, cases)
        return say("Where it fails: {sentence}", sentence=sentence) if sentence else ""
    return sentence


def collected(
    names: Sequence[str], images: int, inputs: Sequence[Arguments], right: Sequence[Answer], got: Sequence[Answer]
) -> Iterator[Case]:
    """The cases that can be read: no two pixels are equal, and both answers are arrays.

    images: the place of the images among the arguments.
    """
    for arguments, needed, answer in zip(inputs, right, got, strict=True):
        given = np.asarray(arguments[images], float)
        if not unique(given) or not isinstance(answer, np.ndarray):
            continue
        others = [pair for place, pair in enumerate(zip(names, arguments, strict=True)) if place != images]
        flags = tuple(f"{name}={value}" for name, value in others if isinstance(value, bool | np.bool))
        steps = {
            name: int(value) for name, value in others if isinstance(value, Integral) and not isinstance(value, bool)
        }
        yield Case(Moved(given, np.asarray(needed, float), steps), Moved(given, answer, steps), flags)


def told(cases: Sequence[Case], every: Sequence[Case]) -> str:
    """What can be said of these cases; the right answers are read from every case."""
    if len(cases) < 2:
        return ""
    by_flags = of_kinds(cases, every, lambda case: case.flags)
    by_both = by_flags or of_kinds(cases, every, lambda case: (*case.flags, case.kind))
    return by_both or of_borders(cases, every) or of_rows(cases) or of_pieces(cases)


# --- Laws, for all inputs of a kind ----------------------------------------------------------------------------------


def of_kinds(cases: Sequence[Case], every: Sequence[Case], key: Callable[[Case], Kind]) -> str:
    """What differs, if the answers of each kind have a law of their own."""
    rights: dict[Kind, Reading] = {}
    gots: dict[Kind, Reading] = {}
    sentences: dict[Kind, str] = {}
    for kind in dict.fromkeys(map(key, cases)):
        chosen = [case for case in cases if key(case) == kind]
        right = read_map([case.right for case in every if key(case) == kind])
        got = read_map([case.got for case in chosen], right)
        filling = fillings(chosen)
        if len(chosen) < 2 or right is None or got is None or len(filling) > 1:
            return ""
        rights[kind], gots[kind] = right, got
        sentences[kind] = several([*differences(right, got, gaps(right, got, chosen)), *of_filling(filling)])
    kinds = list(rights)
    if len(kinds) == 2 and [gots[kind] for kind in kinds] == [rights[kind] for kind in reversed(kinds)]:
        one, other = (", ".join(kind) for kind in kinds)
        return say("What you do for {one} belongs to {other}, and the other way round.", one=one, other=other)
    ignored = [say(NO_PART, name=name) for name in without_effect(rights, gots)]
    return together(*by_kind(simplest(sentences)), *ignored)


def gaps(right: Reading, got: Reading, cases: Sequence[Case]) -> dict[int, set[int]]:
    """By how much the learner's answers are too short along each axis, the order of the axes allowed for."""
    found: dict[int, set[int]] = {}
    for case in cases:
        needed = case.right.answer.shape if got.order == right.order else got.natural(case.got.given.shape)
        for axis, (length, size) in enumerate(zip(needed, case.got.answer.shape, strict=True)):
            found.setdefault(axis, set()).add(length - size)
    return found


def fillings(cases: Sequence[Case]) -> set[float]:
    """The numbers that stand where nothing of the images is."""
    values = np.concatenate([case.got.answer[case.got.places == NOTHING] for case in cases])
    return set(np.round(values, 9).tolist())


def of_filling(filling: set[float]) -> Iterator[str]:
    """A number other than 0 where nothing of the images is."""
    for value in filling - {0.0}:
        yield say("What comes in is {value:g}.", value=value)


def several(sentences: Sequence[str]) -> str:
    """Sentences together, with a word ahead if there are two."""
    return together(say("Two things.") if len(sentences) == 2 else "", *sentences)


def simplest(sentences: Mapping[Kind, str]) -> Mapping[Kind, str]:
    """The sentences by kind, without the parts of the kinds that make no difference to what is said."""
    for place in range(len(next(iter(sentences)))):
        shorter: dict[Kind, set[str]] = {}
        for kind, sentence in sentences.items():
            shorter.setdefault((*kind[:place], *kind[place + 1 :]), set()).add(sentence)
        if all(len(each) == 1 for each in shorter.values()):
            return simplest({kind: each.pop() for kind, each in shorter.items()})
    return sentences


def by_kind(sentences: Mapping[Kind, str]) -> Iterator[str]:
    """For which kinds it is right, and what is said of the others; no kind is named where there is but one."""
    if () in sentences:
        yield sentences[()]
        return
    for kind, sentence in sorted(sentences.items(), key=lambda item: bool(item[1])):
        if sentence:
            yield say("Not right for {which}. {sentence}", which=", ".join(kind), sentence=sentence)
        else:
            yield say("Right for {which}.", which=", ".join(kind))


def without_effect(rights: Mapping[Kind, Reading], gots: Mapping[Kind, Reading]) -> Iterator[str]:
    """The flags that change the right answer, but not the learner's."""
    flags = [part.partition("=")[0] for part in next(iter(rights)) if "=" in part]
    for place, flag in enumerate(flags):
        others = {(*kind[:place], *kind[place + 1 :]) for kind in rights}
        counts = [{len({of[kind] for kind in of if (*kind[:place], *kind[place + 1 :]) == other}) for other in others}
                  for of in (rights, gots)]  # fmt: skip
        if counts[0] != {1} == counts[1]:
            yield flag


# --- Answers that are right but for the border -----------------------------------------------------------------------


def of_borders(cases: Sequence[Case], every: Sequence[Case]) -> str:
    """What stands where nothing of the images should be, if all else is right; and on which sides."""
    reading = read_map([case.right for case in every])
    if reading is None or any(case.right.answer.shape != case.got.answer.shape for case in cases):
        return ""
    outside = [case.right.places == NOTHING for case in cases]
    wrong = [case.right.answer != case.got.answer for case in cases]
    if any(np.any(here & ~there) for here, there in zip(wrong, outside, strict=True)):
        return ""
    for border in ("old", "wrap", "nearest", "reflect", "mirror"):
        expected = [continued(reading, border, case.right) for case in cases]
        found = [case.got.places for case in cases]
        if all(np.array_equal(a[here], b[here]) for a, b, here in zip(expected, found, wrong, strict=True)):
            return at_border(border, reading, cases, wrong, outside)
    return ""


def continued(reading: Reading, border: str, moved: Moved) -> Places:
    """The index map of the right answer with another border; "old" is what was given, as it stands."""
    shape = moved.answer.shape
    if border == "old":
        fits = moved.given.shape == shape
        return np.arange(moved.given.size).reshape(shape) if fits else np.full(shape, NOTHING)
    laws = tuple(replace(law, border=border) if law.step != "0" else law for law in reading.laws)
    return Reading(reading.order, laws).places(moved, shape)


def at_border(
    border: str, reading: Reading, cases: Sequence[Case], wrong: Sequence[Mask], outside: Sequence[Mask]
) -> str:
    """The sentence for a border, and how far it is true: everywhere, on some sides, where nothing is left, at times."""
    sides = states(reading, cases, wrong, outside)
    if all(state == {True} for state in sides.values()) and sides:
        true_for = ""
    elif all(state == {False} for state in sides.values()):
        true_for = say("That is so where nothing of the image is left, since it moves by its whole size or more.")
    elif all(state in ({True}, {False}) for state in sides.values()):
        named_sides = [say(SIDES[side]) for side, state in sorted(sides.items()) if state == {True}]
        true_for = say("That is so {sides} alone; elsewhere it is right.", sides=", ".join(named_sides))
    else:
        true_for = say("That is so on some inputs, not on all.")
    axes = sorted({side // 2 + 1 for side, state in sides.items() if state != {False}})
    if border == "old":
        return together(say("Where nothing of an image is, the pixels are as they were before."), true_for)
    moving = axes or [axis for axis, law in enumerate(reading.laws) if law.step != "0"]
    one_way = {side % 2 for side, state in sides.items() if state == {True}}  # at the top and left, or opposite
    if border == "wrap" and len(one_way) == 1:
        true_for = together(true_for, say("Do you read or write single places? -1 is no error in Python but the last "
                                          "one: test both ends."))  # fmt: skip
    return together(say(BORDERS[border], axes=", ".join(say(AXES[axis]) for axis in moving)), true_for)


def states(
    reading: Reading, cases: Sequence[Case], wrong: Sequence[Mask], outside: Sequence[Mask]
) -> dict[int, set[bool | None]]:
    """For each side of the images at which something comes in: was it all wrong, all right, or partly (None)?

    Corners belong to two sides and tell nothing of either; nor do images of which nothing is left.
    """
    found: dict[int, set[bool | None]] = {}
    for case, here, there in zip(cases, wrong, outside, strict=True):
        for axis in (1, 2):
            step = named(case.right.steps)[reading.laws[axis].step]
            if not step or there.all():
                continue
            border = (slice(None),) * axis + (slice(0, step) if step > 0 else slice(step, None),)
            inside = np.broadcast_to(~np.all(there, axis=axis, keepdims=True), there.shape)[border]
            values = here[border][inside]
            state = True if values.all() else None if values.any() else False
            found.setdefault(2 * axis - 2 + (step < 0), set()).add(state)
    return found


# --- The first image alone, pixels in one long row, and pieces -------------------------------------------------------


def of_first(cases: Sequence[Case]) -> str:
    """The first image is as it should be, the others are as they came."""
    for case in cases:
        right, answer, given = case.right.answer, case.got.answer, case.got.given
        if not answer.shape == right.shape == given.shape or len(answer) < 2:
            return ""
        if not close(right[0], answer[0], TOLERANCE) or not close(given[1:], answer[1:], TOLERANCE):
            return ""
    return say("Only the first image is right; the others are as they came. Do it to every one.") if cases else ""


def of_rows(cases: Sequence[Case]) -> str:
    """Pixels that keep their order in memory while rows break elsewhere, or that move along one long row."""
    steps = []
    for case in cases:
        places, size = case.got.places.ravel(), case.got.given.size
        if len(places) != size or not np.array_equal(places, (np.arange(size) + places[0]) % size):
            return ""
        steps.append(places[0])
    if not any(steps):
        return say("All pixels are still in the order in which they were: a reshape breaks the rows at other places, "
                   "and moves nothing.")  # fmt: skip
    return say("The pixels move along one long row, from line to line and from image to image, as np.roll moves them "
               "if you name no axis.")  # fmt: skip


def of_pieces(cases: Sequence[Case]) -> str:
    """Pieces that are cut out of the images, of a size that isn't right."""
    sizes = [case.got.answer.shape != case.right.answer.shape for case in cases]
    return (
        say("A piece of each image comes back; its size isn't right.") if any(sizes) and all(map(piece, cases)) else ""
    )


def piece(case: Case) -> bool:
    """Whether an answer is a rectangle of pixels that stand as they stood."""
    places, given = case.got.places, case.got.given
    if places.ndim != given.ndim or not places.size:
        return places.ndim == given.ndim
    if NOTHING in places:
        return False
    first = np.unravel_index(places.flat[0], given.shape)
    window = tuple(slice(start, start + length) for start, length in zip(first, places.shape, strict=True))
    return np.array_equal(np.arange(given.size).reshape(given.shape)[window], places)
