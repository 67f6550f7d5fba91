"""Explorers: move a control, see at once what it does.

A chapter's explorer is a class: controls as class attributes, and four methods that compute, draw and say.
``compute`` gives a ``Result``, plain named values; all else is made from it alone.
See ``Explorer``.
"""

from nnlearn.explorers.controls import Choice, Linear, Log, Point, Switch, Whole
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result

__all__ = ["Choice", "Explorer", "Goal", "Linear", "Log", "Point", "Prediction", "Result", "Switch", "Whole"]
