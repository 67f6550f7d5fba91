"""Where an answer is right and where it is not, told by a property of the inputs: axes, kind, sign, zero, size."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from nnlearn.exercises.task import Arguments
from nnlearn.language import say

FEWEST = 2  # inputs on each side: one input has too many properties

Feature = Callable[[str, Any], str]  # what is so of an argument, in words; "" where it has no such property


def where(
    names: Sequence[str], cases: Sequence[Arguments], passed: Sequence[bool], errors: Sequence[str] = (),
    measures: Sequence[Mapping[str, float]] = (),
) -> str:  # fmt: skip
    """The first property that tells the inputs that pass from those that fail; "" if none does.

    errors: for each input the kind of error that it raised, or "". measures: numbers that may have a limit, by name.
    """
    if min(sum(passed), len(passed) - sum(passed)) < FEWEST:
        return ""
    failures = {error for error, good in zip(errors, passed, strict=True) if not good} if errors else {""}
    for values in properties(names, cases):
        right = {value for value, good in zip(values, passed, strict=True) if good}
        wrong = {value for value, good in zip(values, passed, strict=True) if not good}
        if right & wrong or "" in right | wrong or max(len(right), len(wrong)) > 2:
            continue
        return said(either(right), either(wrong), failures)
    return limit(measures, passed, failures)


def said(right: str, wrong: str, failures: set[str]) -> str:
    """The sentence for a property that splits the inputs."""
    if failures == {""}:
        return say("It is right where {right}, and wrong where {wrong}.", right=right, wrong=wrong)
    if "" not in failures and len(failures) == 1:
        (error,) = failures
        return say("It is right where {right}, and raises {error} where {wrong}.",
                   right=right, wrong=wrong, error=error)  # fmt: skip
    return say("It is right where {right}, and fails where {wrong}.", right=right, wrong=wrong)


def either(values: set[str]) -> str:
    """One property, or one of two."""
    first, *second = sorted(values)
    return say("{one} or {other}", one=first, other=second[0]) if second else first


def properties(names: Sequence[str], cases: Sequence[Arguments]) -> Iterator[list[str]]:
    """For each property its words on each input, those that explain most first."""
    columns = list(zip(names, zip(*cases, strict=True), strict=True))
    for feature in FEATURES:
        for name, values in columns:
            yield [feature(name, value) for value in values]
    for (name, values), (other, others) in combinations(columns, 2):
        yield [compared(name, value, other, another) for value, another in zip(values, others, strict=True)]


def given(name: str, value: Any) -> str:
    """Whether there is an argument at all."""
    if value is None:
        return say("{name} is None", name=name)
    return say("{name} is given", name=name)


def truth(name: str, value: Any) -> str:
    """A truth value, or a word."""
    if isinstance(value, bool | np.bool_):
        return say("{name} is {value}", name=name, value=bool(value))
    return say("{name} is {value}", name=name, value=repr(value)) if isinstance(value, str) else ""


def axes(name: str, value: Any) -> str:
    """How many axes an array has."""
    array = numbers(value)
    if array is None:
        return ""
    if array.ndim == 0:
        return say("{name} is a number", name=name)
    if array.ndim == 1:
        return say("{name} has one axis", name=name)
    return say("{name} has {n} axes", name=name, n=array.ndim)


def kind(name: str, value: Any) -> str:
    """Floats or whole numbers."""
    array = numbers(value)
    if array is None or array.dtype.kind not in "iuf":
        return ""
    if array.dtype.kind == "f":
        return say("{name} holds floats", name=name) if array.ndim else say("{name} is a float", name=name)
    if array.ndim == 0:
        return say("{name} is a whole number", name=name)
    if array.dtype.kind == "u":
        return say("{name} holds whole numbers without a sign", name=name)
    return say("{name} holds whole numbers", name=name)


def emptiness(name: str, value: Any) -> str:
    """Whether an array holds anything."""
    array = numbers(value)
    if array is None or array.ndim == 0:
        return ""
    if array.size == 0:
        return say("{name} is empty", name=name)
    return say("{name} has entries", name=name)


def single(name: str, value: Any) -> str:
    """Whether an array has one entry along its first axis."""
    array = numbers(value)
    if array is None or array.ndim == 0:
        return ""
    if len(array) == 1:
        return say("{name} has length 1", name=name)
    return say("{name} has another length than 1", name=name)


def square(name: str, value: Any) -> str:
    """Whether there are as many rows as columns."""
    array = numbers(value)
    if array is None or array.ndim < 2:
        return ""
    rows, columns = array.shape[-2:] if array.ndim == 2 else array.shape[1:3]
    if rows == columns:
        return say("{name} has as many rows as columns", name=name)
    return say("{name} has more or fewer rows than columns", name=name)


def sign(name: str, value: Any) -> str:
    """Whether a negative number occurs."""
    array = numbers(value)
    if array is None or array.dtype.kind not in "iuf":
        return ""
    if array.ndim:
        if (array < 0).any():
            return say("{name} holds a negative number", name=name)
        return say("{name} holds no negative number", name=name)
    if array < 0:
        return say("{name} is negative", name=name)
    return say("{name} is not negative", name=name)


def zero(name: str, value: Any) -> str:
    """Whether a 0 occurs."""
    array = numbers(value)
    if array is None or array.dtype.kind not in "iuf":
        return ""
    if array.ndim == 0:
        return say("{name} is 0", name=name) if array == 0 else say("{name} is not 0", name=name)
    if (array == 0).all():
        return say("{name} is 0 everywhere", name=name)
    if (array == 0).any():
        return say("{name} holds a 0", name=name)
    return say("{name} holds no 0", name=name)


def endless(name: str, value: Any) -> str:
    """Whether NaN or an infinity occurs."""
    array = numbers(value)
    if array is None or array.dtype.kind != "f":
        return ""
    if np.isfinite(array).all():
        return say("{name} is finite", name=name)
    return say("{name} is infinite or NaN", name=name)


def parity(name: str, value: Any) -> str:
    """Odd or even, a number or a length."""
    array = numbers(value)
    if array is None:
        return ""
    if array.ndim == 0:
        if array.dtype.kind not in "iu":
            return ""
        return say("{name} is odd", name=name) if array % 2 else say("{name} is even", name=name)
    if len(array) % 2:
        return say("{name} has an odd length", name=name)
    return say("{name} has an even length", name=name)


def compared(name: str, value: Any, other: str, another: Any) -> str:
    """Which of two numbers is larger, or whether two arrays are equally long."""
    one, two = numbers(value), numbers(another)
    if one is None or two is None or one.dtype.kind not in "iuf" or two.dtype.kind not in "iuf":
        return ""
    if one.ndim == two.ndim == 0:
        if one == two:
            return say("{name} equals {other}", name=name, other=other)
        if one > two:
            return say("{name} is larger than {other}", name=name, other=other)
        return say("{name} is smaller than {other}", name=name, other=other)
    if one.ndim and two.ndim:
        if len(one) == len(two):
            return say("{name} is as long as {other}", name=name, other=other)
        return say("{name} and {other} differ in length", name=name, other=other)
    return ""


def numbers(value: Any) -> np.ndarray[Any, Any] | None:
    """The value as an array of numbers; None if it is none."""
    if value is None or callable(value) or isinstance(value, str):
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return None
    return array if array.dtype.kind in "biuf" else None


FEATURES: tuple[Feature, ...] = (
    given, truth, axes, kind, emptiness, single, square, endless, zero, sign, parity,
)  # fmt: skip


def limit(measures: Sequence[Mapping[str, float]], passed: Sequence[bool], failures: set[str]) -> str:
    """A number below which all is right, or wrong, and above which it is the other way round."""
    good = np.array(passed)
    for name in measures[0] if measures else ():
        values = np.array([each[name] for each in measures], float)
        for here, there, right_is_low in ((values[good], values[~good], True), (values[~good], values[good], False)):
            if here.max() < there.min():
                below = say("{name} is at most {limit}", name=name, limit=f"{here.max():.3g}")
                above = say("{name} is at least {limit}", name=name, limit=f"{there.min():.3g}")
                return said(below, above, failures) if right_is_low else said(above, below, failures)
    return ""
