"""Moves of an explorer without a page."""

import re

import numpy as np

from nnlearn.explorers import Choice, Point, Switch
from nnlearn.explorers.controls import Slider


def positions(control):
    """Values from one end of a control's range to the other."""
    match control:
        case Slider(low=low, high=high):
            return [control.nearest(x) for x in np.linspace(low, high, 9)]
        case Choice(options=options):
            return list(options)
        case Switch():
            return [True, False]
        case Point(ends=(x, y)):
            return [(a, b) for a in x for b in y]
    raise AssertionError(control)


def move_everything(explorer, never="nan"):
    """Moves each control over its whole range: no error, a sentence without ``never``, and in the end a picture."""
    for name, control in explorer.controls().items():
        for value in positions(control):
            explorer.set(**{name: value})
            assert explorer.error is None, (name, value, explorer.error)
            told = explorer.status
            assert told.endswith(".") and not re.search(rf"\b({never})\b", told), (name, value, told)
        explorer.set(**{name: control.start})
    assert len(explorer.stored_picture()) > 5_000
