"""Two readings of moved pixels, the right one and the learner's, and every difference between them in a sentence."""

from collections.abc import Iterator, Mapping, Sequence

from nnlearn.exercises.index_maps import Reading
from nnlearn.exercises.probes import NO_PART
from nnlearn.language import mark, say

AXES = (mark("images"), mark("rows"), mark("columns"), mark("channels"))
# How each image stands: are rows and columns exchanged, are the rows in reverse order, are the columns?
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
PLANES: Mapping[str, tuple[int, int]] = {
    "images and rows": (0, 1),
    "images and columns": (0, 2),
    "columns and channels": (2, 3),
    "rows and channels": (1, 3),
}
REORDERED: Mapping[str, str] = {
    "all reversed": mark("You reversed the order of the axes, as .T does: the first axis no longer counts the images."),
    "images stay, others reversed": mark("The axes of each image are reversed, as .T does: the channels come first."),
    "channels first": mark("The channels have moved before the rows and columns; they belong on the last axis."),
}
REVERSED: Mapping[int, str] = {
    0: mark("The images are in reverse order."),
    3: mark("The channels are in reverse order: blue comes before red."),
}
# What became of a step, written _, and what to say of it; where both steps share it, the second.
FORMS: Mapping[str, tuple[str, str]] = {
    "-_": (mark("{name} moves the wrong way."), mark("The images move the wrong way, in both directions.")),
    "abs(_)": (
        mark("The sign of {name} gets lost: negative numbers move as positive ones do."),
        mark("The signs get lost: negative numbers move the images as positive ones do."),
    ),
    "0": (NO_PART, mark("Nothing moves.")),
}
HALF = mark("One half is the mirror of the other ({axes}). Does a loop overwrite what it still has to read?")
BORDERS: Mapping[str, str] = {
    "nothing": mark("Where nothing of an image is, you put 0 ({axes})."),
    "wrap": mark("What leaves on one side comes back on the other, as with np.roll ({axes})."),
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
    "blanked by [:step]": mark(
        "Where the step is negative you blank the wrong part: [:step] is then all but the last, since negative places "
        "are counted from the end ({axes})."
    ),
    "blanked where 0": mark("Where the step is 0 everything is blanked: [0:] is the whole ({axes})."),
    "first half twice": HALF,
    "last half twice": HALF,
}
STEPLESS = ("nothing", "wrap", "nearest", "reflect", "mirror")  # where nothing moves these are one and the same


def differences(right: Reading, got: Reading, gaps: Mapping[int, set[int]]) -> list[str]:
    """Every way in which the learner's reading differs.

    gaps: by how much the learner's answers are shorter along each axis.
    """
    sentences = list(of_order(right, got))
    if any(gap not in ({0}, {1}) for gap in gaps.values()):
        axes = ", ".join(say(AXES[axis]) for axis, gap in gaps.items() if gap != {0})
        return [*sentences, say("Your answer has another size along some axes ({axes}).", axes=axes)]
    short = [axis for axis, gap in gaps.items() if gap == {1}]
    for axis in short:
        if got.laws[axis].step == "-1":
            sentences.append(say("The first of the {axes} is missing.", axes=say(AXES[axis])))
        else:
            sentences.append(say("The last of the {axes} is missing.", axes=say(AXES[axis])))
    return [*sentences, *of_steps(right, got, short), *of_borders(right, got)]


def turn(reading: Reading) -> tuple[bool, bool, bool]:
    """How each image stands."""
    return reading.order != "straight", reading.laws[1].backwards, reading.laws[2].backwards


def of_order(right: Reading, got: Reading) -> Iterator[str]:
    """Axes that changed places, and axes that run backwards."""
    if got.order in REORDERED:
        yield say(REORDERED[got.order])
        return
    plane = PLANES.get(got.order, ())
    if plane:
        a, b = plane
        yield say("The {a} and the {b} change places: these are the axes {i} and {j}. Count the axes from the front.",
                  a=say(AXES[a]), b=say(AXES[b]), i=a, j=b)  # fmt: skip
        if (got.laws[b].backwards, got.laws[a].backwards) == turn(right)[1:] and right.order == "rows and columns":
            yield say("And they turn the other way round.")
    elif turn(got) != turn(right):
        yield say(TURNS[turn(got)])
    for axis, sentence in REVERSED.items():
        if axis < len(got.laws) and axis not in plane and got.laws[axis].backwards and not right.laws[axis].backwards:
            yield say(sentence)


def of_steps(right: Reading, got: Reading, short: Sequence[int]) -> Iterator[str]:
    """How far each axis moves, by the names of the arguments; not along axes that are too short."""
    steps = [law.step for law in got.laws]
    homes = {argument(law.step): axis for axis, law in enumerate(right.laws) if argument(law.step)}
    names = list(homes)
    if len(names) == 2 and [argument(steps[homes[name]]) for name in names] == names[::-1]:
        yield say("{a} and {b} are exchanged.", a=names[0], b=names[1])
        homes = dict(zip(names, reversed(homes.values()), strict=True))
    forms = {name: in_terms(name, steps[axis], right) for name, axis in homes.items()}
    shared = next(iter(forms.values()), "")
    moved_along = {argument(step): axis for axis, step in enumerate(steps)}
    at_home = all(moved_along.get(name, axis) == axis for name, axis in homes.items())
    if len(names) == 2 and set(forms.values()) == {shared} <= FORMS.keys() and at_home:
        yield say(FORMS[shared][1])
        forms = {}
    for name, form in forms.items():
        axis = moved_along.get(name, homes[name])
        if axis != homes[name]:
            yield say("{name} moves along the {axes} (axis {k}).", name=name, axes=say(AXES[axis]), k=axis)
        elif form in FORMS:
            yield say(FORMS[form][0], name=name)
        elif form != "_":
            yield say("Along the {axes} all moves by {formula}.", axes=say(AXES[axis]), formula=steps[axis])
    for axis, step in enumerate(steps):
        if axis in homes.values() or axis in short or step == right.laws[axis].step or argument(step) in names:
            continue
        if step == "1":
            yield say("You are off by one ({axes}): everything stands one place too late.", axes=say(AXES[axis]))
        elif step == "-1":
            yield say("You are off by one ({axes}): everything stands one place too early.", axes=say(AXES[axis]))
        else:
            yield say("Along the {axes} all moves by {formula}.", axes=say(AXES[axis]), formula=step)


def in_terms(name: str, step: str, right: Reading) -> str:
    """A step with its argument written _, and _ alone where it is right: in a crop that is -_."""
    written = step.replace(name, "_")
    if all(law.step != f"-{name}" for law in right.laws):
        return written
    return {"_": "-_", "-_": "_"}.get(written, written)


def argument(step: str) -> str:
    """The argument that a formula for a step is made of; "" for a number."""
    words = step.translate(str.maketrans("()-+*", "     ")).split()
    return next((word for word in words if word.isidentifier() and word != "abs"), "")


def of_borders(right: Reading, got: Reading) -> Iterator[str]:
    """What stands at the border, along which axes."""
    axes: dict[str, list[str]] = {}
    for axis, (needed, law) in enumerate(zip(right.laws, got.laws, strict=True)):
        if law.border != needed.border and not (law.step == "0" and law.border in STEPLESS):
            axes.setdefault(law.border, []).append(say(AXES[axis]))
    for border, its_axes in axes.items():
        yield say(BORDERS[border], axes=", ".join(its_axes))
