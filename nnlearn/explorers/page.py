"""What goes between an explorer and its page, as plain data."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlearn.explorers.controls import Control, Point
from nnlearn.explorers.picture import Picture, Place
from nnlearn.language import mark, say

WORDS = {  # the page's own
    "reset": mark("Reset"),
    "goals": mark("Try this"),
    "reached": mark("reached"),
    "open": mark("not yet"),
    "computing": mark("computing …"),
    "waiting": mark("Waiting for Python …"),
    "silent": mark("Python has not answered for a while: another cell may be running. If the kernel was restarted, run "
                   "this cell again."),
    "gone": mark("The kernel was restarted or has ended: run this cell again."),
    "unreadable": mark("“{typed}” is not a number; the value stays."),
    "trouble": mark("This setting raised an error; the picture shows the last one that worked."),
    "details": mark("Where it happened"),
    "handle": mark("point in the picture"),
}  # fmt: skip


@dataclass(frozen=True)
class Frame:
    """What one good move shows."""

    picture: bytes = b""  # a PNG
    size: tuple[int, int] = (0, 0)  # of the picture, in CSS pixels
    status: str = ""
    panel: str = ""  # HTML
    marks: dict[str, list[tuple[float, str]]] = field(default_factory=dict)  # on the sliders' tracks
    points: dict[str, Any] = field(default_factory=dict)  # where the picture's handles are


def standing(title: str, controls: dict[str, Control], goals: Iterable[str]) -> dict[str, Any]:
    """All that doesn't move, in the learner's language."""
    aims = [say(goal) for goal in goals]
    return {
        "title": say(title),
        "controls": [{"name": name} | control.page() for name, control in controls.items()],
        "goals": [{"text": aim, "reached": say("Goal reached: {goal}", goal=aim)} for aim in aims],
        "words": {
            name: say(word, typed="{typed}") for name, word in WORDS.items()
        },  # what is typed only the page knows
    }


def handles(controls: dict[str, Control], values: dict[str, Any], picture: Picture) -> dict[str, Any]:
    """For each point: the box in which it moves, where it is, and its value for the accessibility tree."""
    points = {name: control for name, control in controls.items() if isinstance(control, Point)}
    return {
        name: {
            "box": picture.box(picture.axes(point.axes)),
            "place": inside(
                picture.place(picture.axes(point.axes), values[name]), picture.box(picture.axes(point.axes))
            ),
            "across": values[name][0],
            "text": point.text(values[name]),
        }
        for name, point in points.items()
    }


def inside(place: Place, box: tuple[Place, Place]) -> Place:
    """The place in the box that is nearest: axes may show less than the range of a point."""
    across, down = np.clip(place, *box).tolist()
    return across, down


def moves(message: dict[str, Any], controls: dict[str, Control], picture: Picture | None) -> tuple[dict[str, Any], str]:
    """The new values that a message of the page asks for, and a word where the nearest had to be taken.

    ``message["values"]`` were slid, chosen or typed; ``message["places"]`` are places pressed in the
    picture, in shares of its width and height.
    """
    values, note = {}, ""
    for name, typed in message.get("values", {}).items():
        control = controls[name]
        values[name] = control.nearest(typed)
        before, after = control.text(typed), control.text(values[name])
        if before != after:
            note = say("{label}: {typed} is not possible; the nearest value, {nearest}, is set.",
                       label=say(control.label), typed=before, nearest=after)  # fmt: skip
    for name, place in message.get("places", {}).items():
        point = controls[name]
        assert isinstance(point, Point) and picture is not None  # a press needs both
        values[name] = point.nearest(picture.point(picture.axes(point.axes), place))
    return values, note
