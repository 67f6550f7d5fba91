"""Networks of exchanges: numbers are put in order by nothing but the smaller and the larger of two.

An exchange works on whole arrays, so a network orders the numbers of all windows of an image at once. It is only drawn
at first; ``needed`` then leaves out every exchange on which the median doesn't hang.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlearn.data.clean.grids import Batch


@dataclass(frozen=True, eq=False)
class Wire:
    """An array to come: what ``make`` gives for the arrays ``of`` other wires, or for the batch itself."""

    make: Callable[..., Batch]
    of: tuple["Wire", ...] = ()


Steps = list[tuple[Wire, list[Wire]]]


def exchange(a: Wire, b: Wire) -> tuple[Wire, Wire]:
    """The smaller and the larger of two; NaN if one is NaN."""
    return Wire(np.minimum, (a, b)), Wire(np.maximum, (a, b))


def merged(a: list[Wire], b: list[Wire]) -> list[Wire]:
    """Two rows in order become one: Batcher's odd-even merge, Knuth, The Art of Computer Programming, vol. 3, 5.3.4.

    The 1st, 3rd, ... of both are merged, and the 2nd, 4th, ...; put alternately, these two rows are nearly in order:
    of numbers 0 and 1 the first row has none, one or two zeros more. So each of the second is only exchanged with the
    first row's next. What is right for all zeros and ones is right for all numbers (the 0-1 principle).
    """
    if not a or not b:
        return a or b
    if len(a) == len(b) == 1:
        return [*exchange(a[0], b[0])]
    first, *odd = merged(a[::2], b[::2])
    even = merged(a[1::2], b[1::2])
    pairs = [wire for pair in zip(even, odd, strict=False) for wire in exchange(*pair)]
    return [first, *pairs, *odd[len(even) :], *even[len(odd) :]]


@dataclass(frozen=True)
class Candidates:
    """Of a part of a window the numbers, in order, that may be the window's median; how many are left out on each side.

    It hides nothing: with more than half of a window on one side of it, a number can't be the one in the middle, and
    only on which side of it the others lie counts, not where.
    """

    wires: list[Wire]
    below: int = 0
    above: int = 0

    def join(self, other: "Candidates", window: int) -> "Candidates":
        """Of both parts together. window: how many numbers the whole window has; of an even number the median is the
        larger of the two in the middle, as in SciPy."""
        wires = merged(self.wires, other.wires)
        below, above = self.below + other.below, self.above + other.above
        low = max(0, len(wires) + above - (window - window // 2))
        high = max(0, len(wires) + below - (window // 2 + 1))
        return Candidates(wires[low : len(wires) - high], below + low, above + high)


def needed(last: Wire) -> Steps:
    """The wires on which the last one hangs, each after those it is made of; with those that nobody needs after it."""
    order: dict[Wire, None] = {}

    def visit(wire: Wire) -> None:
        if wire not in order:
            for each in wire.of:
                visit(each)
            order[wire] = None

    visit(last)
    steps: Steps = []
    later = {last}
    for wire in reversed(order):
        steps.append((wire, [each for each in dict.fromkeys(wire.of) if each not in later]))
        later.update(wire.of)
    return steps[::-1]


def run(steps: Steps, batch: Batch) -> Batch:
    """What the last wire gives. Arrays that are no longer needed make room for others in the processor's cache."""
    arrays: dict[Wire, Batch] = {}
    for wire, done in steps:
        arrays[wire] = wire.make(*[arrays[each] for each in wire.of] or [batch])
        for each in done:
            del arrays[each]
    return arrays[steps[-1][0]]
