"""What the tests of a file made doesn't stay: a worker that runs them all would grow by gigabytes."""

import gc
import weakref

import pytest
from ipywidgets.widgets import widget
from matplotlib.figure import Figure

from nnlearn.explorers import Explorer, Linear, Result


class Line(Explorer):
    slope = Linear(0, 1, start=0.5, step=0.1, label="slope")

    def figure(self):
        figure = Figure(figsize=(2, 2))
        (self.line,) = figure.subplots().plot([0, 1], [0, 1], animated=True)
        return figure

    def compute(self):
        return Result(end=self.slope)

    def draw(self, result):
        self.line.set_data([0, 1], [0, result.end])


MADE = []  # weak references to what the first test left


def test_a_closed_explorer_is_freed_with_its_figure():
    explorer = Line()
    refs = [weakref.ref(each) for each in (explorer, explorer.line.figure)]
    explorer.slope = 0.2
    explorer.close()
    del explorer
    gc.collect()
    assert [ref() for ref in refs] == [None, None]


def test_an_explorer_may_be_left_open():
    MADE.append(weakref.ref(Line()))
    assert MADE[0]() is not None  # ipywidgets keeps it


def test_but_is_closed_after_its_test():
    if not MADE:
        pytest.skip("the test before was not run")
    gc.collect()
    assert MADE[0]() is None and not [each for each in widget._instances.values() if isinstance(each, Line)]
