"""What explorers show: plain named values that nothing changes any more, from which alone they draw and speak."""

import matplotlib
import numpy as np
import pytest
from explorer_moves import of_the_course, positions
from test_explain import WithoutMomentum

import nnlearn as nn
from nnlearn.explorers import training_map
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.picture import Picture, png
from nnlearn.explorers.signs import Signs, flipped
from nnlearn.explorers.step_view import step_view
from nnlearn.models import quantize_weights, trained
from nnlearn.objectives import Quadratic, Rosenbrock
from nnlearn.palette import style

# --- Every explorer of the course draws from its results alone ---


def signs():
    one_bit = quantize_weights(trained(), 1)
    return Signs([flipped(one_bit, percent, draw=99) for percent in range(16)])


def answered(make):
    """The explorer after an answer to its question."""
    explorer = make()
    explorer.predict(positions(explorer.prediction.answer)[1])
    return explorer


def rosenbrock(optimizer):
    return nn.run(optimizer, Rosenbrock(), [-1.5, 2.0], 30)


MAKERS = {Signs: signs}  # of those that need more than their name
CLASSES = {cls.__name__: MAKERS.get(cls, cls) for cls in of_the_course()}
EXPLORERS = {
    **CLASSES,
    **{f"{name}, answered": lambda make=make: answered(make)
       for name, make in CLASSES.items() if getattr(make, "prediction", None)},
    "step view": lambda: step_view(rosenbrock(nn.Adam(0.1))),
    "step view of two rules": lambda: step_view(rosenbrock(nn.Adam(0.1)), rosenbrock(WithoutMomentum(0.1))),
    "step view of a diverged run": lambda: step_view(rosenbrock(nn.GradientDescent(0.5))),
    "step view in ten dimensions": lambda: step_view(
        nn.run(nn.Momentum(0.01), Quadratic(curvatures=np.arange(1.0, 11)), np.ones(10), 20)
    ),
}  # fmt: skip
MIXED = 6  # moves of all controls at once


@pytest.fixture
def shots(monkeypatch):
    """Every result that an explorer shows from here on, with what it showed."""
    taken, redraw = [], Explorer._redraw

    def watched(explorer):
        redraw(explorer)
        taken.append((explorer.result, explorer._frame))

    monkeypatch.setattr(Explorer, "_redraw", watched)
    monkeypatch.setattr(training_map, "RESOLUTIONS", (6, 12))
    return taken


def move_all(explorer):
    """Each control to both ends and the middle or to each of its words, then several times all at once."""
    controls, rng = explorer.controls(), np.random.default_rng(0)
    moves = [{name: value} for name, control in controls.items() for value in positions(control, 3)]
    several = [{name: each[rng.integers(len(each))] for name, control in controls.items()
                for each in [positions(control, 3)]} for _ in range(MIXED)]  # fmt: skip
    for move in [*moves, *several]:
        explorer.set(**move)
        assert explorer.error is None, (move, explorer.error)


def bare(explorer):
    """One of its class that has no controls, no answer and no result of its own: to read one is an error."""

    def unreadable(name):
        def read(self):
            raise AssertionError(f"{type(explorer).__name__} reads {name} where it may read its result alone")

        return property(read)

    names = [*explorer.controls(), "asking", "predicted", "values", "result"]
    kind = type(type(explorer).__name__, (type(explorer),), {name: unreadable(name) for name in names})
    other = kind.__new__(kind)  # without __init__
    other.theme = explorer.theme
    return other


@pytest.mark.parametrize("name", EXPLORERS)
def test_a_result_can_be_drawn_twice_elsewhere_and_later(shots, name):
    explorer = EXPLORERS[name]()
    explorer.look("light", 1.0)
    explorer.refresh()
    shots.clear()
    explorer.refresh()
    move_all(explorer)
    others = bare(explorer), bare(explorer)
    with matplotlib.rc_context(style("light")):
        pictures = [Picture(other.figure()) for other in others]
        for other, picture in zip(others, pictures, strict=True):
            other.draw(shots[0][0])  # the first lays the figure out
            picture.pixels()
        for order, other, picture in zip((1, -1), others, pictures, strict=True):
            for result, frame in shots[::order]:
                other.draw(result)
                assert png(picture.pixels()) == frame.picture, result
                assert other.says(result) == frame.status
                assert other.shows(result) == frame.panel
                assert other.marks(result) == frame.marks
