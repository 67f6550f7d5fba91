"""What became of images whose pixels an answer moves: turned, mirrored, rolled, moved too far, in a sentence.

The right answer and the learner's are both read as index maps; where the two readings differ, the difference is said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Integral

import numpy as np

from nnlearn.exercises.answers import TOLERANCE, Answer, close
from nnlearn.exercises.index_maps import NOTHING, Moved, Places, Reading, named, read_map, unique
from nnlearn.exercises.task import Arguments, Question
from nnlearn.language import mark, say, together

AXES = (mark("images"), mark("rows"), mark("columns"), mark("channels"))
# How the pixels of each image stand: are rows and columns exchanged, are the rows in reverse order, are the columns?
TURNS: Mapping[tuple[bool, bool, bool], str] = {
    (False, False, False): mark("The pixels of each image stay where they are: nothing is turned or mirrored."),
    (False, False, True): mark("Left and right are exchanged in each image, as in a mirror on the wall."),
    (False, True, False): mark("Top and bottom are exchanged: each image stands on its head."),
    (False, True, True): mark("Each image makes half a turn: left and right change places, and top and bottom too."),
    (True, False, False): mark("Rows and columns are exchanged: each image is mirrored along its diagonal."),
    (True, True, True): mark("Each image is mirrored along its other diagonal, from bottom left to top right."),
    (True, False, True): mark("Each image turns by a quarter, clockwise."),
    (True, True, False): mark("Each image turns by a quarter, counter-clockwise."),
}
PLANES = {"images and rows": (0, 1), "images and columns": (0, 2), "columns and channels": (2, 3),
          "rows and channels": (1, 3)}  # fmt: skip
REORDERED = {
    "all reversed": mark("You reversed the order of the axes, as .T does: the first axis no longer counts the images."),
    "images stay, others reversed": mark("The axes of each image are reversed, as .T does: the channels come first."),
    "channels first": mark("The channels have moved before the rows and columns; they belong on the last axis."),
}
REVERSED = {
    0: mark("The images are in reverse order."),
    3: mark("The channels are in reverse order: blue comes before red."),
}
BORDERS = {
    "wrap": mark("What leaves on one side comes back on the other ({axes})."),
    "nothing": mark("Where nothing of an image is, you put 0 ({axes})."),
    "nearest": mark("What comes in repeats the outermost pixels ({axes})."),
    "reflect": mark("What comes in is the image again, mirrored at its border ({axes})."),
    "mirror": mark("What comes in is the image again, mirrored at its outermost pixels ({axes})."),
    "one too many": mark("You blank one too many where something comes in ({axes})."),
    "one too few": mark("You blank one too few where something comes in ({axes})."),
    "first left out": mark("What stands at the first place, 0, never arrives ({axes})."),
    "last left out": mark("What stands at the last place never arrives ({axes})."),
    "first not filled": mark("The first place, 0, stays empty ({axes})."),
    "last not filled": mark("The last place stays empty ({axes})."),
    "first alone": mark("Only the first is filled, the others are empty ({axes})."),
}
SIDES = (mark("at the top"), mark("at the bottom"), mark("on the left"), mark("on the right"))
GREY, COLOUR = mark("grey images"), mark("colour images")


@dataclass(frozen=True, eq=False)
class Case:
    """An input, its right answer, the learner's, and what it is besides: grey or not, which flags are set."""

    right: Moved
    got: Moved
    flags: tuple[str, ...]

    @property
    def passed(self) -> bool:
        right, got = self.right.answer, self.got.answer
        return right.shape == got.shape and close(right, got, TOLERANCE)


def of_moves(question: Question, inputs: Sequence[Arguments], right: Sequence[Answer], got: Sequence[Answer]) -> str:
    """What the answers did to the pixels, on all inputs; "" if they did not only move them."""
    if not question.moves:
        return ""
    cases = list(collected(question.names, question.names.index(question.moves), inputs, right, got))
    for chosen in (cases, [case for case in cases if not case.passed]):
        sentence = of_groups(chosen) or of_borders(chosen) or of_rows(chosen) if len(chosen) > 1 else ""
        if sentence:
            return sentence if len(chosen) == len(cases) else say("Where it fails: {sentence}", sentence=sentence)
    return ""


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


# --- Laws that hold for all inputs of a kind -------------------------------------------------------------------------


def of_groups(cases: Sequence[Case]) -> str:
    """The readings by the flags that are set and, where one isn't enough, by grey and colour."""
    told = of_kinds(grouped(cases, [case.flags for case in cases]))
    if told or any(case.flags for case in cases):
        return told
    return of_kinds(grouped(cases, [(say(GREY if case.got.given.ndim == 3 else COLOUR),) for case in cases]))


def of_kinds(kinds: Mapping[tuple[str, ...], Sequence[Case]]) -> str:
    """What is said if the answers of each kind have a reading of their own."""
    rights, gots = {}, {}
    for kind, cases in kinds.items():
        right = read_map([case.right for case in cases])
        got = read_map([case.got for case in cases], right)
        if right is None or got is None or filling(cases) is None:
            return ""
        rights[kind], gots[kind] = right, got
    return of_readings(rights, gots, kinds)


def grouped(cases: Sequence[Case], keys: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], list[Case]]:
    """The cases by key."""
    found: dict[tuple[str, ...], list[Case]] = {}
    for key, case in zip(keys, cases, strict=True):
        found.setdefault(key, []).append(case)
    return found


def filling(cases: Sequence[Case]) -> float | None:
    """The one number that stands where nothing of the images is, 0 if there is no such place; None if they differ."""
    values = np.concatenate([case.got.answer[case.got.places == NOTHING] for case in cases])
    if values.size == 0:
        return 0.0
    return float(values[0]) if np.all(values == values[0]) else None


def of_readings(
    rights: Mapping[tuple[str, ...], Reading],
    gots: Mapping[tuple[str, ...], Reading],
    kinds: Mapping[tuple[str, ...], Sequence[Case]],
) -> str:
    """What is said to each kind of inputs; once, if it is the same for all."""
    told = {key: several(differences(rights[key], gots[key], cases)) for key, cases in kinds.items()}
    if len(told) == 1 or len(set(told.values())) == 1 and len(set(rights.values())) == 1:
        return next(iter(told.values()))
    keys = list(told)
    if len(keys) == 2 and [gots[key] for key in keys] == [rights[key] for key in reversed(keys)]:
        return say(
            "What you do for {one} belongs to {other}, and the other way round.", one=keys[0][0], other=keys[1][0]
        )
    sentences = [say("Right for {which}.", which=", ".join(key)) for key, sentence in told.items() if not sentence]
    sentences += [
        say("Not right for {which}. {sentence}", which=", ".join(key), sentence=sentence)
        for key, sentence in told.items()
        if sentence
    ]
    if len(set(gots.values())) == 1 and len(set(rights.values())) > 1:
        name = keys[0][0].partition("=")[0]
        sentences.append(say("{name} makes no difference in your answer.", name=name))
    return together(*sentences)


def several(sentences: Sequence[str]) -> str:
    """Sentences together, with a word ahead if there are two."""
    return together(say("Two things.") if len(sentences) == 2 else "", *sentences)


def differences(right: Reading, got: Reading, cases: Sequence[Case]) -> list[str]:
    """Every way in which one reading differs from the other, in a sentence each."""
    return [
        *of_order(right, got),
        *of_steps(right, got),
        *of_ends(right, got, cases),
        *of_sizes(got, cases),
        *of_filling(cases),
    ]


def turn(reading: Reading) -> tuple[bool, bool, bool] | None:
    """How each image stands; None if its axes are mixed with others."""
    if reading.order not in ("straight", "rows and columns"):
        return None
    return reading.order != "straight", reading.laws[1].backwards, reading.laws[2].backwards


def of_order(right: Reading, got: Reading) -> Iterator[str]:
    """Axes that changed places, and axes that run backwards."""
    if got.order in REORDERED:
        yield say(REORDERED[got.order])
    elif got.order in PLANES:
        a, b = PLANES[got.order]
        yield say("The {a} and the {b} change places: these are the axes {i} and {j}. Count the axes from the front.",
                  a=say(AXES[a]), b=say(AXES[b]), i=a, j=b)  # fmt: skip
        flags = got.laws[a].backwards, got.laws[b].backwards
        if right.order == "rows and columns" and flags == (right.laws[2].backwards, right.laws[1].backwards):
            yield say("And it turns the other way round.")
    elif turn(got) != turn(right):
        yield say(TURNS[turn(got)])  # type: ignore[index]
    for axis, sentence in REVERSED.items():
        if axis < len(got.laws) and got.order not in REORDERED and axis not in PLANES.get(got.order, ()):
            if got.laws[axis].backwards and not right.laws[axis].backwards:
                yield say(sentence)


def of_steps(right: Reading, got: Reading) -> Iterator[str]:
    """How far each axis moves, by the names of the arguments."""
    moves = {law.step: axis for axis, law in enumerate(right.laws) if law.step.isidentifier()}
    steps = [law.step for law in got.laws]
    if len(moves) == 2 and [argument(steps[axis]) for axis in moves.values()] == list(reversed(moves)):
        yield say("{a} and {b} are exchanged.", a=list(moves)[0], b=list(moves)[1])
        moves = dict(zip(moves, reversed(moves.values()), strict=True))
    if len(moves) == 2 and all(steps[axis] == f"-{name}" for name, axis in moves.items()):
        yield say("The images move the wrong way, in both directions.")
        return
    if len(moves) == 2 and all(steps[axis] == f"abs({name})" for name, axis in moves.items()):
        yield say("The signs get lost: negative numbers move the images as positive ones do.")
        return
    for axis, step in enumerate(steps):
        name = next((name for name, place in moves.items() if place == axis), "")
        if step == (name or right.laws[axis].step):
            continue
        elsewhere = [other for other, moved in enumerate(steps) if name and argument(moved) == name and other != axis]
        if elsewhere:
            yield say(
                "{name} moves along the {axes} (axis {k}).", name=name, axes=say(AXES[elsewhere[0]]), k=elsewhere[0]
            )
        elif name and step == f"-{name}":
            yield say("{name} moves the wrong way.", name=name)
        elif name and step == f"abs({name})":
            yield say("The sign of {name} gets lost.", name=name)
        elif name and step == "0":
            yield say("{name} plays no part in your answer.", name=name)
        elif step in ("1", "-1") and right.laws[axis].step == "0":
            yield off_by_one(axis, int(step))
        elif argument(step) not in moves:
            yield say("Along the {axes} everything moves by {formula}.", axes=say(AXES[axis]), formula=step)
        elif name:
            yield say("Along the {axes} everything moves by {formula}.", axes=say(AXES[axis]), formula=step)


def argument(step: str) -> str:
    """The argument that a formula for a step is made of; "" for a number."""
    return next((word for word in step.replace("(", " ").replace(")", " ").replace("-", " ").split()
                 if word.isidentifier() and word != "abs"), "")  # fmt: skip


def off_by_one(axis: int, step: int) -> str:
    """Everything stands one place before or behind its own."""
    if step > 0:
        return say("You are off by one along the {axes}: everything stands one place too late.", axes=say(AXES[axis]))
    return say("You are off by one along the {axes}: everything stands one place too early.", axes=say(AXES[axis]))


def of_ends(right: Reading, got: Reading, cases: Sequence[Case]) -> Iterator[str]:
    """What stands at the border, along which axes."""
    by_border: dict[str, list[str]] = {}
    for axis, (needed, law) in enumerate(zip(right.laws, got.laws, strict=True)):
        moved = law.step != "0" or law.border not in ("nothing", "wrap", "nearest", "reflect", "mirror")
        if law.border != needed.border and moved:
            by_border.setdefault(law.border, []).append(say(AXES[axis]))
    for border, axes in by_border.items():
        yield say(BORDERS[border], axes=", ".join(axes))


def of_sizes(got: Reading, cases: Sequence[Case]) -> Iterator[str]:
    """Axes of the answer that are too short or too long."""
    for axis, law in enumerate(got.laws):
        gaps = {case.right.answer.shape[axis] - case.got.answer.shape[axis]
                for case in cases if axis < min(case.right.answer.ndim, case.got.answer.ndim)}  # fmt: skip
        if gaps == {1} and law.step == "-1":
            yield say("The first of the {axes} is missing.", axes=say(AXES[axis]))
        elif gaps == {1}:
            yield say("The last of the {axes} is missing.", axes=say(AXES[axis]))


def of_filling(cases: Sequence[Case]) -> Iterator[str]:
    """A number other than the right one where nothing of the images is."""
    value = filling(cases)
    if value:
        yield say("What comes in is {value:g}.", value=value)


# --- Answers that are right but for the border -----------------------------------------------------------------------


def of_borders(cases: Sequence[Case]) -> str:
    """What stands where nothing of the images should be, if all else is right; and on which sides."""
    reading = read_map([case.right for case in cases])
    if reading is None or any(case.right.answer.shape != case.got.answer.shape for case in cases):
        return ""
    wrong = [case.right.answer != case.got.answer for case in cases]
    outside = [case.right.places == NOTHING for case in cases]
    if any(np.any(here & ~there) for here, there in zip(wrong, outside, strict=True)) or not any(map(np.any, wrong)):
        return ""
    found = [np.where(here, case.got.places, NOTHING) for here, case in zip(wrong, cases, strict=True)]
    for border in ("old", "wrap", "nearest", "reflect", "mirror"):
        expected = [shown(reading, border, case.right, case.right.answer.shape) for case in cases]
        if all(np.array_equal(a[here], b[here]) for a, b, here in zip(found, expected, wrong, strict=True)):
            sides = wrong_sides(reading, cases, wrong, outside)
            if border == "old":
                sentence = say("Where nothing of an image is, the pixels are as they were before.")
            else:
                axes = [say(AXES[axis]) for axis, law in enumerate(reading.laws) if law.step.isidentifier()]
                sentence = say(BORDERS[border], axes=", ".join(axes))
            return together(sentence, say("That is so {sides} alone.", sides=", ".join(sides)) if sides else "")
    return ""


def shown(reading: Reading, border: str, moved: Moved, shape: tuple[int, ...]) -> Places:
    """The index map of the right answer with another border; "old" is what was given, as it stands."""
    if border == "old":
        return (
            np.arange(moved.given.size).reshape(moved.given.shape) if moved.given.shape == shape else np.full(shape, -2)
        )
    laws = tuple(replace(law, border=border) if law.step != "0" else law for law in reading.laws)
    return Reading(reading.order, laws).places(moved, shape)


def wrong_sides(
    reading: Reading, cases: Sequence[Case], wrong: Sequence[Places], outside: Sequence[Places]
) -> list[str]:
    """The sides of the images that are wrong, if others are right; [] if that can't be said."""
    states: dict[int, set[bool]] = {}
    for case, here, there in zip(cases, wrong, outside, strict=True):
        for axis in (1, 2):
            step = named(case.right.steps)[reading.laws[axis].step]
            size = there.shape[axis]
            if not 0 < abs(step) < size:
                continue
            line = slice(0, step) if step > 0 else slice(step, None)
            others = (slice(None),) * axis
            inside = ~np.all(there, axis=axis, keepdims=True)  # not in a corner
            corner = np.broadcast_to(inside, there.shape)[(*others, line)]
            if corner.any():
                states.setdefault(2 * axis - 2 + (step < 0), set()).add(bool(np.all(here[(*others, line)][corner])))
    if all(len(state) == 1 for state in states.values()) and len({True in state for state in states.values()}) == 2:
        return [say(SIDES[side]) for side, state in sorted(states.items()) if True in state]
    return []


# --- Pixels in one long row ------------------------------------------------------------------------------------------


def of_rows(cases: Sequence[Case]) -> str:
    """Pixels that keep their order in memory while rows break elsewhere, or that move along one long row."""
    maps = [case.got.places.ravel() for case in cases]
    sizes = [case.got.given.size for case in cases]
    if any(len(places) != size or NOTHING in places for places, size in zip(maps, sizes, strict=True)):
        return ""
    moved = [(places - np.arange(size)) % size for places, size in zip(maps, sizes, strict=True)]
    if any(np.any(each != each[0]) for each in moved):
        return ""
    if not any(each[0] for each in moved):
        return say("All pixels are still in the order in which they were: a reshape breaks the rows at other places, "
                   "and moves nothing.")  # fmt: skip
    return say("The pixels move along one long row, from line to line and from image to image, as np.roll moves them "
               "if you name no axis.")  # fmt: skip
