"""What an answer is made of where no weight of a sum explains it: known numbers times a product of known arrays.

From the parts that a question names (``made_of``: numbers, vectors, matrices) every product that has the answer's shape
is made; the answer itself, or what is left of it when the right one or a part is taken off, is held against each.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product as every

import numpy as np

from nnlearn.checks import Array
from nnlearn.exercises.answers import TOLERANCE, close
from nnlearn.exercises.formulas import product
from nnlearn.language import say

Pairs = Sequence[tuple[Array, Array]]  # the right answer and the learner's, for each input
Parts = Sequence[Mapping[str, object]]  # what the answer is made of, for each input
Terms = Mapping[str, Array]
SHOWN = 1e-3  # constants in formulas are shown to four digits
ALONE = ""  # the term of a product of numbers that is multiplied by no array


def of_products(pairs: Pairs, parts: Parts) -> str:
    """The answers as known numbers times known arrays; "" if they are none."""
    if not can_be_read(pairs, parts):
        return ""
    gots = [got for _, got in pairs]
    formula = multiple(gots, *ingredients(gots, parts))
    return say("On every input your answer is {formula}.", formula=formula) if formula else ""


def of_residuals(pairs: Pairs, parts: Parts) -> str:
    """Known numbers times known arrays, added to the right answer or a part; "" if that isn't so."""
    if not can_be_read(pairs, parts) or any(right.shape != got.shape for right, got in pairs):
        return ""
    if all(close(got + right, right, TOLERANCE) for right, got in pairs):  # too small to be told from 0
        return ""
    gots = [got for _, got in pairs]
    terms, numbers = ingredients(gots, parts)
    formula = multiple([got - right for right, got in pairs], terms, numbers)
    if formula:
        return say("On every input your answer is the right one {formula}.", formula=signed(formula))
    for name in (name for name in terms[0] if name != ALONE):
        starts = [each.get(name) for each in terms]
        if all(start is not None and start.shape == got.shape for start, got in zip(starts, gots, strict=True)):
            left = [got - start for start, got in zip(starts, gots, strict=True)]  # type: ignore[operator]
            formula = multiple(left, terms, numbers)
            if formula and formula != f"-{name}":  # a part without itself: all that is left is too small
                return say("On every input your answer is {formula}.", formula=f"{name} {signed(formula)}")
    return ""


def can_be_read(pairs: Pairs, parts: Parts) -> bool:
    """Whether there is enough to read a formula from, and it would not read as the right one."""
    known = len(pairs) > 1 and bool(parts[0])
    return known and not all(right.shape == got.shape and close(right, got, SHOWN) for right, got in pairs)


def ingredients(gots: Sequence[Array], parts: Parts) -> tuple[Sequence[Terms], Sequence[Mapping[str, float]]]:
    """What answers like these can be made of, on each input: terms, and the numbers that multiply them."""
    numbers = [{name: float(part) for name, part in each.items() if np.ndim(part) == 0} for each in parts]  # type: ignore
    if all(got.shape == (1,) for got in gots):  # numbers are terms of a sum as well
        return [{ALONE: np.ones(1), **{name: np.full(1, n) for name, n in each.items()}} for each in numbers], numbers
    return [dict(products(each)) for each in parts], numbers


def signed(formula: str) -> str:
    """A formula as it stands behind another."""
    return f"- {formula[1:]}" if formula.startswith("-") else f"+ {formula}"


def products(parts: Mapping[str, object]) -> Iterator[tuple[str, Array]]:
    """The arrays, and the products and plain means of two of them that can be made, by the code for them."""
    arrays = {name: np.asarray(part, float) for name, part in parts.items()}
    yield from arrays.items()
    sides = {name: array for name, array in arrays.items() if array.ndim > 0}
    sides |= {f"{name}.T": array.T for name, array in arrays.items() if array.ndim == 2}
    for (a, left), (b, right) in every(sides.items(), repeat=2):
        if left.ndim == 2 and left.shape[-1] == right.shape[0] and not a == f"{b}.T" and not b == f"{a}.T":
            yield f"{a} @ {b}", left @ right
        if a < b and left.ndim == right.ndim == 1 and left.shape == right.shape:
            yield f"{a} * {b}", left * right


def multiple(answers: Sequence[Array], terms: Sequence[Terms], numbers: Sequence[Mapping[str, float]]) -> str:
    """The formula, if every answer is the same product of numbers times the same term; "" if none is."""
    for name in terms[0]:
        factors = []
        for answer, known in zip(answers, terms, strict=True):
            factor = times(answer, known[name]) if name in known else None
            if factor is None:
                break
            factors.append(factor)
        else:
            formula = product(factors, numbers)
            if formula and name == ALONE:
                return formula if any(letter.isalpha() for letter in formula.replace("e", "")) else ""
            if formula:
                return f"-{name}" if formula == "-1" else name if formula == "1" else f"{formula} * {bracketed(name)}"
    return ""


def bracketed(name: str) -> str:
    """A term as it stands behind a factor."""
    return f"({name})" if " + " in name or " - " in name else name


def times(answer: Array, term: Array) -> float | None:
    """The number by which a term is multiplied in an answer; None if it is no multiple of it."""
    if answer.shape != term.shape or term.ndim == 0:
        return None
    size = np.vdot(term, term)
    factor = float(np.vdot(term, answer) / size) if size > 0 else 0.0
    return factor if factor and np.isfinite(factor) and close(factor * term, answer, TOLERANCE) else None
