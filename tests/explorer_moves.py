"""Moves of an explorer without a page."""

import importlib
import re
import sys
from functools import cache
from pathlib import Path

import numpy as np

import nnlearn
from nnlearn.explorers import Choice, Explorer, Point, Switch
from nnlearn.explorers.controls import Slider
from nnlearn.explorers.window import Window


def of_the_course():
    """Every class of explorers in nnlearn. Those without controls or a figure are the bases of others."""
    package = Path(nnlearn.__file__).parent
    for file in sorted(package.rglob("*.py")):
        if "nnlearn.explorers" in file.read_text(encoding="utf-8"):
            module = ".".join(file.relative_to(package.parent).with_suffix("").parts)
            importlib.import_module(module.removesuffix(".__init__"))
    return [cls for cls in below(Explorer) if cls.controls() and cls.figure is not Explorer.figure and is_declared(cls)]


def below(cls):
    """The classes made from this one, and those made from them."""
    return [each for child in cls.__subclasses__() for each in (child, *below(child))]


def is_declared(cls):
    """Whether it stands in a module of nnlearn: functions make others, and so do tests."""
    return cls.__module__.startswith("nnlearn.") and vars(sys.modules[cls.__module__]).get(cls.__name__) is cls


def answered(kind, answer=None, **values):
    """An explorer of this kind, its prediction answered (by its start, if no other answer is given), and moved."""
    explorer = kind()
    if explorer.asking:
        explorer.predict(explorer.prediction.answer.start if answer is None else answer)
    explorer.set(**values)
    explorer.finish()
    return explorer


def goals_met(explorer, **values):
    """Which goals are met once it is moved there."""
    explorer.set(**values)
    explorer.finish()
    return [goal.met(explorer.result) for goal in explorer.goals]


def reused(make):
    """A function that moves one and the same explorer: to where ``make`` leaves it, but for the values it is told.

    A figure costs more than all that most tests look at. What was reached stays so: tests of goals make others.
    """

    @cache
    def made():
        explorer = make()
        return explorer, explorer.values

    def moved(**values):
        explorer, start = made()
        explorer.set(**start | values)
        return explorer

    return moved


def answering(answers):
    """A function that makes an explorer of a class, commits to the answer given for it, if any, and moves it."""

    def answered(kind, **values):
        explorer = kind()
        if kind in answers:
            explorer.predict(answers[kind])
        explorer.set(**values)
        explorer.finish()
        return explorer

    return answered


def verdicts(kind, answers):
    """What is said to each answer of an explorer's prediction, in a set."""
    told = set()
    for answer in answers:
        explorer = kind()
        explorer.predict(answer)
        told.add(explorer._guess.verdict())
    return told


def positions(control, count=9):
    """Values from one end of a control's range to the other."""
    match control:
        case Slider(low=low, high=high):
            return [control.nearest(x) for x in np.linspace(low, high, count)]
        case Choice(options=options):
            return list(options)
        case Switch():
            return [True, False]
        case Point(ends=(x, y)):
            return [(a, b) for a in x for b in y]
        case Window():
            return [(), (0.01, 0.02, 0.1, 0.3)]  # on every map of the course
    raise AssertionError(control)


def move_everything(explorer, never="nan"):
    """Moves each control over its whole range: no error, and a sentence without ``never``."""
    for name, control in explorer.controls().items():
        for value in positions(control):
            explorer.set(**{name: value})
            assert explorer.error is None, (name, value, explorer.error)
            told = explorer.status
            assert told.endswith(".") and not re.search(rf"\b({never})\b", told), (name, value, told)
        explorer.set(**{name: control.start})
