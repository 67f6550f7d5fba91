"""What an explorer shows, as plain named values that nothing changes any more."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from nnlearn.language import say

PLAIN = str | bool | int | float | np.bool_ | np.number


class Result(SimpleNamespace):
    """Named values: ``Result(theta=theta, arrived=3).theta``. They stay as they are when it is made.

    A value is an array of numbers, a number, a text, True, False, None, a tuple of such values, or another Result;
    a list becomes a tuple. Arrays can't be written to from then on; a view is copied, as others may write to what it
    shows. So a result can be drawn twice, elsewhere and later, and sent anywhere.

    Raises TypeError, which names the entry, for any other value.
    """

    def __init__(self, **entries: Any) -> None:
        super().__init__(**{name: plain(name, value) for name, value in entries.items()})

    def also(self, **entries: Any) -> "Result":
        """This result with more entries, or with others in the place of its own."""
        return Result(**vars(self) | entries)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(say("A result stays as it was made; take result.also({name}=...).", name=name))

    def __delattr__(self, name: str) -> None:
        raise AttributeError(say("A result stays as it was made; {name} can't be deleted.", name=name))


def plain(name: str, value: Any) -> Any:
    """The value as a result holds it; TypeError if it can't."""
    if value is None or isinstance(value, Result | PLAIN):
        return value
    if isinstance(value, list | tuple):
        return tuple(plain(f"{name}[{i}]", item) for i, item in enumerate(value))
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        return locked(value)
    kind = f"{type(value).__name__}[{value.dtype}]" if isinstance(value, np.ndarray) else type(value).__name__
    message = say("{name} is a {kind}; a result holds arrays of numbers, numbers, texts, tuples of these, and results.",
                  name=name, kind=kind)  # fmt: skip
    raise TypeError(message)


def locked(array: Any) -> Any:
    """The array, which nobody can write to any more."""
    if array.flags.writeable:
        array = array if array.base is None else array.copy()
        array.flags.writeable = False
    return array
