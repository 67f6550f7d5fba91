"""Index maps: where each entry of an answer came from, and the law behind it, axis by axis.

An answer that only moves entries (a flip, a turn, a shift, a crop) can be read without knowing the code that made it,
if no two entries of what was given are equal. What is read is a ``Reading``: which axis each axis of the answer
follows, and for each of them whether it runs backwards, by how much it is moved, and what stands at its border.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Array
from nnlearn.data.augment.borders import mirror, nearest, reflect
from nnlearn.exercises.answers import TOLERANCE

Places = NDArray[np.intp]
NOTHING = -1  # the place of an entry that isn't among those given


@dataclass(frozen=True, eq=False)
class Moved:
    """What was given, what came, and the whole numbers that say how far: one input and one answer to it."""

    given: Array
    answer: Array
    steps: Mapping[str, int]

    @property
    def places(self) -> Places:
        """For each entry of the answer its place in what was given, raveled; NOTHING for one that isn't there."""
        return origins(self.given, self.answer)


def unique(given: Array) -> bool:
    """Whether no two entries are equal, so that each tells where it came from."""
    return given.size > 0 and np.unique(given).size == given.size


def origins(given: Array, answer: Array) -> Places:
    """For each entry of ``answer`` its place in ``given`` raveled (no two are equal); NOTHING if it isn't there."""
    order = np.argsort(given, axis=None)
    entries = given.ravel()[order]
    after = np.clip(np.searchsorted(entries, answer), 1, max(len(entries) - 1, 1))
    nearer = np.where(2 * answer < entries[after - 1] + entries[after % len(entries)], after - 1, after)
    nearer = np.minimum(nearer, len(entries) - 1)
    found = np.abs(entries[nearer] - answer) <= TOLERANCE * np.abs(entries).max()
    return np.where(found, order[nearer], NOTHING)


# --- Laws ------------------------------------------------------------------------------------------------------------

Border = Callable[[Places, Places, int, int], Places]


def only(inside: NDArray[np.bool], source: Places) -> Places:
    """The places that are inside; elsewhere there is nothing."""
    return np.where(inside, source, NOTHING)


def within(source: Places, size: int) -> NDArray[np.bool]:
    """Whether places lie in an image."""
    return (0 <= source) & (source < size)


def whole(source: Places, size: int) -> NDArray[np.bool]:
    """Whether the places are all of an image."""
    return np.full(len(source), len(source) == size and bool(within(source, size).all()))


def beside(target: Places, step: int, extra: int) -> NDArray[np.bool]:
    """What is left if a slice blanks as many places as come in, and so many more; as in Python [-0:] is everything."""
    blanked = np.zeros(len(target), bool)
    if step > 0:
        blanked[: step + extra] = True
    if step < 0:
        blanked[step - extra :] = True
    return ~blanked


def beyond(fill: Callable[[Array, int], Array], source: Places, size: int) -> Places:
    """The places that continue an image beyond its border."""
    return fill(source.astype(float), size).astype(int)


# What stands at each place of an axis: from the source of each place, the place, the size of the image, the step.
BORDERS: Mapping[str, Border] = {
    "nothing": lambda source, target, size, step: only(within(source, size), source),
    "wrap": lambda source, target, size, step: source % size,
    "nearest": lambda source, target, size, step: beyond(nearest, source, size),
    "reflect": lambda source, target, size, step: beyond(reflect, source, size),
    "mirror": lambda source, target, size, step: beyond(mirror, source, size),
    "one too many": lambda source, target, size, step: only(within(source, size) & beside(target, step, 1), source),
    "one too few": lambda source, target, size, step: only(beside(target, step, -1), source % size),
    "first not filled": lambda source, target, size, step: only(within(source, size) & (target > 0), source),
    "last not filled": lambda source, target, size, step: only(
        within(source, size) & (target < len(target) - 1), source
    ),
    "first left out": lambda source, target, size, step: only((source > 0) & (source < size), source),
    "last left out": lambda source, target, size, step: only((source >= 0) & (source < size - 1), source),
    "first alone": lambda source, target, size, step: only(within(source, size) & (target == 0), source),
    "blanked by [:step]": lambda source, target, size, step: only(~np.isin(target, target[:step]), source % size),
    "blanked where 0": lambda source, target, size, step: only(within(source, size) & (step != 0), source),
    "first half twice": lambda source, target, size, step: only(
        whole(source, size), np.minimum(source, size - 1 - source)
    ),
    "last half twice": lambda source, target, size, step: only(
        whole(source, size), np.maximum(source, size - 1 - source)
    ),
}


@dataclass(frozen=True)
class Law:
    """How one axis of an answer is filled: backwards or not, moved by a named step, and what stands at the border."""

    backwards: bool = False
    step: str = "0"
    border: str = "nothing"

    def places(self, length: int, size: int, steps: Mapping[str, int]) -> Places:
        """For each of ``length`` places of the answer the place it shows of an axis of ``size``, or NOTHING."""
        return line(self.backwards, self.border, length, size, steps[self.step])

    def differs(self, other: "Law") -> int:
        """In how many of the three it is another."""
        return (self.backwards != other.backwards) + (self.step != other.step) + (self.border != other.border)


@lru_cache(maxsize=10_000)  # the same few lines are asked for again and again
def line(backwards: bool, border: str, length: int, size: int, step: int) -> Places:
    """The places that an axis of an answer shows."""
    target = np.arange(length)
    source = size - 1 - target + step if backwards else target - step
    return BORDERS[border](source, target, size, step)


# Which axis of what was given each axis of the answer follows, by the number of axes: the straight order first.
ORDERS: Mapping[str, Callable[[int], tuple[int, ...]]] = {
    "straight": lambda ndim: tuple(range(ndim)),
    "rows and columns": lambda ndim: exchanged(ndim, 1, 2),
    "images and rows": lambda ndim: exchanged(ndim, 0, 1),
    "images and columns": lambda ndim: exchanged(ndim, 0, 2),
    "columns and channels": lambda ndim: exchanged(ndim, 2, 3),
    "rows and channels": lambda ndim: exchanged(ndim, 1, 3),
    "all reversed": lambda ndim: tuple(reversed(range(ndim))),
    "images stay, others reversed": lambda ndim: (0, *reversed(range(1, ndim))),
    "channels first": lambda ndim: (0, 3, 1, 2)[:ndim] if ndim > 3 else (),
}


def exchanged(ndim: int, a: int, b: int) -> tuple[int, ...]:
    """The axes in order, but for two that have changed places; () where there are not so many."""
    axes = list(range(ndim))
    if b >= ndim:
        return ()
    axes[a], axes[b] = b, a
    return tuple(axes)


@dataclass(frozen=True)
class Reading:
    """How answers are made: the order of the axes, and a law for each axis of the answer."""

    order: str
    laws: tuple[Law, ...]

    def natural(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of an answer that holds all of an array of this shape."""
        return tuple(shape[axis] for axis in ORDERS[self.order](len(shape)))

    def places(self, moved: Moved, shape: tuple[int, ...]) -> Places:
        """The index map that follows from it, for an answer of this shape."""
        follows = ORDERS[self.order](moved.given.ndim)
        steps = named(moved.steps)
        pairs = zip(self.laws, shape, self.natural(moved.given.shape), strict=False)  # there may be no channels
        lines = [law.places(length, size, steps) for law, length, size in pairs]
        grid = np.meshgrid(*lines, indexing="ij")
        straight = [np.maximum(grid[follows.index(axis)], 0) for axis in range(len(follows))]
        places = np.ravel_multi_index(straight, moved.given.shape)
        return np.where(np.all([line != NOTHING for line in grid], axis=0), places, NOTHING)


def named(steps: Mapping[str, int]) -> dict[str, int]:
    """How far something may have moved, by the formula for it."""
    found = {"0": 0, "1": 1, "-1": -1}
    for name, n in steps.items():
        found |= {name: n, f"-{name}": -n, f"abs({name})": abs(n), f"-abs({name})": -abs(n)}
        found |= {f"2 * {name}": 2 * n, f"{name} + 1": n + 1, f"{name} - 1": n - 1}
    return found


# --- Reading ---------------------------------------------------------------------------------------------------------


def read_map(cases: Sequence[Moved], expected: Reading | None = None) -> Reading | None:
    """The reading that holds for all these answers, as near to the expected one as can be; None if there is none.

    Each axis is read for itself; that all of them together give the whole map is checked at the end.
    """
    maps = [case.places for case in cases]
    ndim = max(case.given.ndim for case in cases)
    wished = expected or Reading("straight", (Law(),) * ndim)
    for order in sorted(ORDERS, key=lambda name: name != wished.order):
        seen = [observed(case, places, order) for case, places in zip(cases, maps, strict=True)]
        if None in seen:
            continue
        fitting = [axis_laws(cases, seen, order, axis, wished.laws[axis]) for axis in range(ndim)]
        for laws in choices(fitting):
            reading = Reading(order, laws)
            pairs = zip(cases, maps, strict=True)
            if all(np.array_equal(reading.places(case, places.shape), places) for case, places in pairs):
                return reading
    return None


def observed(case: Moved, places: Places, order: str) -> list[Places] | None:
    """What each axis of an answer shows of the axis it follows; None if that hangs on another axis too.

    Where an answer holds nothing of what was given nothing is seen: [].
    """
    follows = ORDERS[order](case.given.ndim)
    if places.ndim != case.given.ndim or not follows:
        return None
    known = places != NOTHING
    if not known.any():
        return []
    coordinates = np.unravel_index(np.maximum(places, 0), case.given.shape)
    lines = []
    for axis, source in enumerate(follows):
        others = tuple(other for other in range(places.ndim) if other != axis)
        shown = np.where(known, coordinates[source], NOTHING)
        line = shown.max(axis=others, keepdims=True)
        if not np.array_equal(np.where(known, line, NOTHING), shown):
            return None
        lines.append(line.ravel())
    return lines


def axis_laws(
    cases: Sequence[Moved], seen: Sequence[list[Places] | None], order: str, axis: int, wished: Law
) -> Iterator[Law]:
    """The laws of one axis that fit all cases that have it and show something, those first that differ least."""
    lines = []
    for case, shown in zip(cases, seen, strict=True):
        if shown and axis < case.given.ndim:
            lines.append((shown[axis], case.given.shape[ORDERS[order](case.given.ndim)[axis]], named(case.steps)))
    every = (Law(*parts) for parts in product((False, True), named(cases[0].steps), BORDERS))
    for law in sorted(every, key=wished.differs):
        if all(np.array_equal(law.places(len(line), size, steps), line) for line, size, steps in lines):
            yield law


def choices(fitting: Sequence[Iterator[Law]]) -> Iterator[tuple[Law, ...]]:
    """The first law for each axis; then those that share what stands at the border."""
    firsts = tuple(law for laws in fitting for law in islice(laws, 1))
    if len(firsts) < len(fitting):
        return
    yield firsts
    others = [[law for law in laws if law.step == first.step] for laws, first in zip(fitting, firsts, strict=True)]
    for border in BORDERS:
        yield tuple(
            next((law for law in laws if law.border == border), first)
            for laws, first in zip(others, firsts, strict=True)
        )
