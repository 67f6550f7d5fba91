"""Explorers: move a control, see at once what it does.

A chapter's explorer is a class: controls as class attributes, and four methods that compute, draw and say.
See ``Explorer``.
"""

from nnlearn.explorers.controls import Choice, Linear, Log, Point, Switch, Whole
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction

__all__ = ["Choice", "Explorer", "Goal", "Linear", "Log", "Point", "Prediction", "Switch", "Whole"]
