"""Where in square matrices the numbers are wrong, if all else is right everywhere, and what stands there instead."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from nnlearn.checks import Array
from nnlearn.exercises.answers import TOLERANCE, same
from nnlearn.exercises.formulas import product
from nnlearn.exercises.residuals import Pairs, Parts
from nnlearn.language import mark, say, together

FEWEST = 2  # inputs on which it must show

Region = Callable[[Any, Any, int], Any]  # from the numbers of rows and columns, and how many: where it is
REGIONS: tuple[tuple[str, Region], ...] = (  # each before those that hold it
    (mark("Only the last entry is wrong, at the bottom right."), lambda i, j, n: (i == n - 1) & (j == n - 1)),
    (mark("Only the first entry is wrong, at the top left."), lambda i, j, n: (i == 0) & (j == 0)),
    (mark("Only the diagonal is wrong, but for its last entry, which is "
          "right."), lambda i, j, n: (i == j) & (i < n - 1)),
    (mark("Only the diagonal is wrong."), lambda i, j, n: i == j),
    (mark("Only the last column is wrong, but for its last entry, which is right."),
     lambda i, j, n: (j == n - 1) & (i < n - 1)),
    (mark("Only the last row is wrong, but for its last entry, which is right."),
     lambda i, j, n: (i == n - 1) & (j < n - 1)),
    (mark("Only the last column is wrong."), lambda i, j, n: j == n - 1),
    (mark("Only the last row is wrong."), lambda i, j, n: i == n - 1),
    (mark("Only the last row and column are wrong, but for the corner, which is right."),
     lambda i, j, n: (i == n - 1) ^ (j == n - 1)),
    (mark("Only the last row and column are wrong."), lambda i, j, n: (i == n - 1) | (j == n - 1)),
    (mark("Only what stands below the diagonal is wrong."), lambda i, j, n: i > j),
    (mark("Only what stands above the diagonal is wrong."), lambda i, j, n: i < j),
    (mark("The diagonal is right, and the last row and column. Only what stands else is wrong."),
     lambda i, j, n: (i != j) & (i < n - 1) & (j < n - 1)),
    (mark("The diagonal is right. Only what stands beside it is wrong."), lambda i, j, n: i != j),
    (mark("The last row and column are right. Only the rest is wrong."), lambda i, j, n: (i < n - 1) & (j < n - 1)),
)  # fmt: skip
ROWS = mark("Some rows are 0 where they shouldn't be, all others are right. Does a loop end early?")
ZERO = mark("There your numbers are 0.")
TIMES = mark("There your numbers are {factor} times the right ones.")
MORE = mark("There your numbers are the right ones plus {term}.")
LESS = mark("There your numbers are the right ones minus {term}.")


def of_regions(pairs: Pairs, parts: Parts) -> str:
    """The smallest region outside of which all is right on every input, and what is so within; "" if there is none."""
    if empty_rows(pairs):
        return say(ROWS)
    if not all(right.shape == got.shape and right.ndim == 2 and len(right) == right.shape[1] for right, got in pairs):
        return ""
    wrong = [np.abs(got - right) > TOLERANCE * np.abs(right).max(initial=0) for right, got in pairs]
    for sentence, region in REGIONS:
        sides: list[Any] = [np.indices(right.shape) for right, _ in pairs]
        places = [region(i, j, len(i)) for i, j in sides]
        shows = sum(bool(bad.any() and len(bad) > 1) for bad in wrong)
        if shows >= FEWEST and not any((bad & ~here).any() for bad, here in zip(wrong, places, strict=True)):
            chosen = [k for k, bad in enumerate(wrong) if bad.any()]
            within = [(pairs[k][0][places[k]], pairs[k][1][places[k]]) for k in chosen]
            return together(say(sentence), what_is_there(within, [numbers(parts[k]) for k in chosen]))
    return ""


def empty_rows(pairs: Pairs) -> bool:
    """Whether every row is right or 0, on every input, and some are right on inputs where others are 0."""
    if not all(right.shape == got.shape and right.ndim == 2 for right, got in pairs):
        return False
    rows = [
        (np.array([same(*both) for both in zip(right, got, strict=True)]), ~got.any(axis=1)) for right, got in pairs
    ]
    mixed = sum(bool(good.any() and not good.all()) for good, _ in rows)
    return mixed >= FEWEST and all((good | empty).all() for good, empty in rows)


def numbers(parts: Mapping[str, object]) -> dict[str, float]:
    """Of what answers are made of, the numbers."""
    return {name: float(part) for name, part in parts.items() if np.ndim(part) == 0}  # type: ignore[arg-type]


def what_is_there(pairs: Sequence[tuple[Array, Array]], known: Sequence[dict[str, float]]) -> str:
    """How numbers relate to the right ones: 0, a factor, or something added; "" if it can't be said."""
    if not any(got.any() for _, got in pairs):
        return say(ZERO)
    if factor := common(pairs, known, np.divide):
        return say(TIMES, factor=factor)
    term = common(pairs, known, lambda got, right: got - right)
    if term.startswith("-"):
        return say(LESS, term=term[1:])
    return say(MORE, term=term) if term else ""


def common(
    pairs: Sequence[tuple[Array, Array]], known: Sequence[dict[str, float]], way: Callable[[Array, Array], Array]
) -> str:
    """What leads from the right numbers to the others, one number for each input, as a formula; "" if there is none."""
    found = []
    for right, got in pairs:
        each = way(got, right)
        if not np.isfinite(each).all() or not np.allclose(each, each[0], rtol=10 * TOLERANCE, atol=0):
            return ""
        found.append(float(each.mean()))
    return product(found, known)
