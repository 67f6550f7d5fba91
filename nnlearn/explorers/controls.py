"""The controls of an explorer: settings that are traits in Python and native inputs on the page.

A control is a class attribute of an explorer. Reading gives its value, setting moves it; a value outside its
range is refused with a TraitError that names the control, the value and the range.
"""

import math
from typing import Any

import numpy as np
from traitlets import TraitError, TraitType

from nnlearn.checks import OneOf, Range
from nnlearn.language import say


class Control(TraitType[Any, Any]):
    """What all controls share. A kind of control says what is a value, and how the page draws it."""

    def __init__(self, start: Any, label: str) -> None:
        self.label = label
        self.start = self.checked(label, start)
        super().__init__(default_value=self.start)
        self.tag(sync=True)

    def checked(self, name: str, value: Any) -> Any:
        """The value in its standard type; ValueError or TypeError if it is none of this control."""
        raise NotImplementedError

    def validate(self, obj: Any, value: Any) -> Any:
        try:
            return self.checked(self.name or self.label, value)
        except (TypeError, ValueError) as error:
            raise TraitError(str(error)) from None

    def nearest(self, value: Any) -> Any:
        """The value of this control that is nearest to what was typed on the page."""
        return value

    def text(self, value: Any) -> str:
        """The value in words, for alternative text."""
        return str(value)

    def page(self) -> dict[str, Any]:
        """What the page needs to draw the control."""
        return {"kind": type(self).__name__, "label": say(self.label)}


class Slider(Control):
    """A number between two ends: a slider of ``count`` steps and a number field beside it."""

    plays = False  # whether a button lets it run on by itself, step by step
    needs = ""  # the control that must hold something before this one does anything

    def __init__(self, low: float, high: float, *, start: float, label: str, count: int, unit: str = "") -> None:
        if not low < high:
            raise ValueError(say("{label} needs a range from low to high; it is {range}.",
                                 label=label, range=_interval(low, high)))  # fmt: skip
        self.low, self.high, self.count, self.unit = low, high, count, unit
        super().__init__(start, label)

    def checked(self, name: str, value: Any) -> float:
        return _number(name, value, self.low, self.high)

    def nearest(self, value: float) -> float:
        return min(max(value, self.low), self.high)

    def text(self, value: float) -> str:
        return f"{value:.4g} {self.unit}".strip()

    def page(self) -> dict[str, Any]:
        ends = {"low": self.low, "high": self.high, "count": self.count, "unit": self.unit}
        ends |= {"plays": self.plays, "needs": self.needs}
        return super().page() | ends | {"field": say("{label}: number", label=say(self.label))}


class Linear(Slider):
    """A number on an even scale, in steps of ``step``.

    needs: the name of the control that must hold something before this one does anything; till then the page
    disables it.
    """

    def __init__(
        self, low: float, high: float, *, start: float, step: float, label: str, unit: str = "", needs: str = ""
    ) -> None:
        self.needs = needs
        count = round((high - low) / step)
        super().__init__(low, high, start=start, label=label, count=count, unit=unit)


class Log(Slider):
    """A positive number on a logarithmic scale, in a hundred steps to a factor of ten."""

    def __init__(self, low: float, high: float, *, start: float, label: str, unit: str = "") -> None:
        if not 0 < low < high:
            raise ValueError(say("{label} is logarithmic and needs a range above 0; it is {range}.",
                                 label=label, range=_interval(low, high)))  # fmt: skip
        count = math.ceil(100 * math.log10(high / low))
        super().__init__(low, high, start=start, label=label, count=count, unit=unit)


class Whole(Slider):
    """A whole number. plays: whether a button lets it run from one end to the other by itself."""

    def __init__(self, low: int, high: int, *, start: int, label: str, unit: str = "", plays: bool = False) -> None:
        self.plays = plays
        super().__init__(low, high, start=start, label=label, count=high - low, unit=unit)

    def checked(self, name: str, value: Any) -> int:
        number = super().checked(name, value)
        if number != round(number):
            raise ValueError(say("{name} = {value:g} is not a whole number.", name=name, value=number))
        return round(number)

    def nearest(self, value: float) -> int:
        return round(super().nearest(value))


class Choice(Control):
    """One word of several: ``Choice({"averaged": mark("averaged"), ...}, start="averaged", label=...)``."""

    def __init__(self, options: dict[str, str], *, start: str, label: str) -> None:
        self.options = options
        super().__init__(start, label)

    def checked(self, name: str, value: Any) -> str:
        OneOf(*self.options)(name, value)
        return str(value)

    def text(self, value: str) -> str:
        return say(self.options[value])

    def page(self) -> dict[str, Any]:
        return super().page() | {"options": [[word, say(label)] for word, label in self.options.items()]}


class Switch(Control):
    """On or off."""

    def __init__(self, *, start: bool, label: str) -> None:
        super().__init__(start, label)

    def checked(self, name: str, value: Any) -> bool:
        if not isinstance(value, bool | np.bool_):
            raise TypeError(say("{name} must be True or False; it is {value!r}.", name=name, value=value))
        return bool(value)

    def text(self, value: bool) -> str:
        return say("on") if value else say("off")


class Point(Control):
    """A point (x, y), set by a press in the picture or in two number fields.

    ``axes`` is the label of the axes in which it lies; a figure with one pair of axes needs none. Where both ends of
    one coordinate are the same, the point moves along a line.
    """

    def __init__(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        *,
        start: tuple[float, float],
        label: str,
        axes: str = "",
    ) -> None:
        self.ends, self.axes = (x, y), axes
        super().__init__(start, label)

    def checked(self, name: str, value: Any) -> tuple[float, float]:
        if np.shape(value) != (2,):
            message = say("{name} must be two numbers (x, y); it is {value!r}.", name=name, value=value)
            raise TypeError(message)
        (x, y), (x_ends, y_ends) = value, self.ends
        return _number(f"{name}[0]", x, *x_ends), _number(f"{name}[1]", y, *y_ends)

    def nearest(self, value: tuple[float, float]) -> tuple[float, float]:
        x, y = np.clip(value, *np.transpose(self.ends)).tolist()
        return x, y

    def text(self, value: tuple[float, float]) -> str:
        free = [f"{x:.4g}" for x, (low, high) in zip(value, self.ends, strict=True) if low < high]
        return f"({', '.join(free)})" if len(free) == 2 else "".join(free)

    def page(self) -> dict[str, Any]:
        label = say(self.label)
        fields = [say("{label}: horizontal", label=label), say("{label}: vertical", label=label)]
        return super().page() | {"ends": self.ends, "fields": fields, "axes": self.axes}


def _number(name: str, value: Any, low: float, high: float) -> float:
    if np.ndim(value) != 0:
        raise TypeError(say("{name} must be one number; it is {value!r}.", name=name, value=value))
    Range(_interval(low, high))(name, value)
    return float(value)


def _interval(low: float, high: float) -> str:
    low_text, high_text = (repr(float(end)).removesuffix(".0") for end in (low, high))
    return f"[{low_text}, {high_text}]"
