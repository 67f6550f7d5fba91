"""Input checks: each error names what was given, what came, and what is needed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

import numpy as np
from numpy.typing import NDArray

from nnlearn.language import say

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Range:
    """The values a number may take, written as in mathematics: ``Range("[0, 1)")``.

    It stands in an annotation (``Annotated[float, Range("[0, 1)")]``) and is called with the name and the value.
    An array (a sweep) is accepted if all its entries are. Infinity and NaN lie in no range.
    """

    text: str

    def __call__(self, name: str, value: Any) -> None:
        numbers = real_array(name, value)
        low, high = (float(end) for end in self.text.strip("[]()").split(","))
        above = numbers >= low if self.text.startswith("[") else numbers > low
        below = numbers <= high if self.text.endswith("]") else numbers < high
        inside = above & below & np.isfinite(numbers)
        if not inside.all():
            wrong = numbers[~inside].flat[0]
            message = say("{name} = {value:g} is not in {range}.", name=name, value=wrong, range=self.text)
            raise ValueError(message)


@dataclass(frozen=True)
class OneOf:
    """The words an option may be: ``OneOf("averaged", "classical")``."""

    words: tuple[str, ...]

    def __init__(self, *words: str):
        object.__setattr__(self, "words", words)

    def __call__(self, name: str, value: Any) -> None:
        if not (isinstance(value, str) and value in self.words):
            words = ", ".join(repr(word) for word in self.words)
            raise ValueError(say("{name} = {value!r} is not one of {words}.", name=name, value=value, words=words))


@dataclass(frozen=True)
class Whole:
    """A whole number from a least one: ``Annotated[int, Whole(1)]``. It can't be a sweep."""

    at_least: int

    def __call__(self, name: str, value: Any) -> None:
        whole_number(name, value, self.at_least)


Check = Callable[[str, Any], None]


def constant(name: str, value: Any) -> None:
    """TypeError if the value is a schedule, or any other function, where the number stays the same in all steps."""
    if callable(value):
        message = say("{name} is one number for all steps; it can't be a schedule, {value!r}.", name=name, value=value)
        raise TypeError(message)


def one_number(name: str, value: Any) -> None:
    """TypeError if the value is anything but one number: a sweep or a schedule."""
    constant(name, value)
    if np.ndim(value):
        raise TypeError(say("{name} must be one number; it has shape {shape}.", name=name, shape=np.shape(value)))


def one_a_run(name: str, value: Any) -> None:
    """ValueError if the value has an entry for each coordinate, where a run has one number."""
    shape = np.shape(value)
    if shape[-1:] not in ((), (1,)):
        message = say("{name} has shape {shape}; it is one number for a run: for a sweep of n values give it the shape "
                      "(n, 1).", name=name, shape=shape)  # fmt: skip
        raise ValueError(message)


def true_or_false(name: str, value: Any) -> None:
    """TypeError if the value is not True or False: any word would count as True."""
    if not isinstance(value, bool | np.bool):
        raise TypeError(say("{name} must be True or False; it is {value!r}.", name=name, value=value))


def unmasked(name: str, value: Any) -> None:
    """TypeError for a masked array, or a list with one in it: the mask would be lost without a word."""
    if is_masked(value):
        message = say("{name} is a masked array, whose mask would be lost: fill the gaps, {name}.filled(…), or leave "
                      "those entries out.", name=name)  # fmt: skip
        raise TypeError(message)


def is_masked(value: Any) -> bool:
    """Whether it is a masked array, or a list that holds one."""
    return any(map(is_masked, value)) if isinstance(value, list | tuple) else np.ma.isMaskedArray(value)


def real_array(name: str, value: Any) -> Array:
    """The value as a float64 array (a copy); TypeError if it holds anything but real numbers, or has a mask."""
    unmasked(name, value)
    try:
        array = np.array(value)
    except ValueError as error:  # ragged lists
        message = say("{name} must be an array of numbers with rows of equal length.", name=name)
        raise TypeError(message) from error
    if array.dtype.kind not in "fiu":
        message = say("{name} must hold real numbers; it holds {kind}.", name=name, kind=array.dtype)
        raise TypeError(message)
    return array.astype(np.float64)


def finite_array(name: str, value: Any) -> Array:
    """As ``real_array``; ValueError if an entry is NaN or infinite."""
    array = real_array(name, value)
    bad = int(np.count_nonzero(~np.isfinite(array)))
    if bad:
        message = say(
            "{name} must be finite; {bad} of its {size} entries are NaN or infinite.",
            name=name,
            bad=bad,
            size=array.size,
        )
        raise ValueError(message)
    return array


def whole_number(name: str, value: Any, at_least: int) -> None:
    """TypeError if the value is no whole number, ValueError if it is too small."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(say("{name} must be a whole number; it is {value!r}.", name=name, value=value))
    if value < at_least:
        message = say("{name} = {value} is too small: it must be at least {least}.",
                      name=name, value=value, least=at_least)  # fmt: skip
        raise ValueError(message)


def number(name: str, value: Any, allowed: Range) -> float:
    """The value as a float; TypeError if it is an array of several, ValueError if it is not in the range."""
    array = real_array(name, value)
    allowed(name, array)
    if array.size != 1:
        raise TypeError(say("{name} must be one number; it has shape {shape}.", name=name, shape=array.shape))
    return float(array.item())


@cache
def declared_checks(cls: type) -> dict[str, tuple[Check, ...]]:
    """The checks in the ``Annotated`` annotations of a class, by field."""
    hints = get_type_hints(cls, include_extras=True)
    annotated = {name: getattr(hint, "__metadata__", ()) for name, hint in hints.items()}
    return {name: tuple(c for c in checks if callable(c)) for name, checks in annotated.items()}


def check_field(kind: Any, name: str, value: Any) -> None:
    """Applies the checks declared in the annotation of a class's field."""
    for check in declared_checks(kind).get(name, ()):
        check(name, value)


def check_fields(instance: object) -> None:
    """Applies the declared checks to each field; the numbers of a schedule are checked step by step."""
    for name, checks in declared_checks(type(instance)).items():  # type: ignore[arg-type]
        for check in checks:
            value = getattr(instance, name)
            if not (callable(value) and isinstance(check, Range)):
                check(name, value)
