"""What explorers show: plain named values that nothing changes any more, from which alone they draw and speak."""

import inspect
import re

import matplotlib
import numpy as np
import pytest
from explorer_moves import of_the_course, positions
from test_explain import WithoutMomentum
from thorough import mostly_thorough

import nnlearn as nn
from nnlearn.chapters.ch17_quantisation.signs import Signs
from nnlearn.explorers import Explorer, Linear, Result, training_map
from nnlearn.explorers.picture import Picture
from nnlearn.explorers.step_view import step_view
from nnlearn.models import flipped, quantize_weights, trained
from nnlearn.objectives import Quadratic, Rosenbrock
from nnlearn.palette import style
from nnlearn.png import png

# --- A result ---


def test_a_result_holds_plain_values_by_name():
    result = Result(theta=np.arange(3.0), steps=3, rate=np.float32(0.5), told="so", on=True, none=None, run=Result(t=1))
    assert (result.steps, result.rate, result.told, result.on, result.none, result.run.t) == (
        3,
        0.5,
        "so",
        True,
        None,
        1,
    )
    assert result.theta.tolist() == [0, 1, 2] and list(vars(result))[:2] == ["theta", "steps"]
    assert Result(points=[(1, np.ones(2)), [2.5]]).points[1] == (2.5,)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (lambda theta: theta, "run is a function;"),
        (nn.run(nn.Adam(0.1), Rosenbrock(), [1.0, 2.0], 2), "run is a Trace;"),
        ([1, (2, {3})], r"run\[1\]\[1\] is a set;"),
        ({"t": 1}, "run is a dict;"),
        (np.array([None, "x"]), r"run is a ndarray\[object\];"),
    ],
)
def test_a_result_refuses_what_is_not_plain(value, message):
    with pytest.raises(TypeError, match=message):
        Result(run=value)


def test_a_result_stays_as_it_was_made():
    theta, base = np.zeros(3), np.zeros((2, 3))
    result = Result(theta=theta, row=base[1], inner=Result(x=1))
    with pytest.raises(ValueError, match="read-only"):
        theta[0] = 1  # as compute would go on with it
    base[1] = 7
    assert result.row.tolist() == [0, 0, 0]
    for change in (lambda: setattr(result, "theta", 1), lambda: setattr(result.inner, "x", 1),
                   lambda: delattr(result, "row")):  # fmt: skip
        with pytest.raises(AttributeError, match="stays as it was made"):
            change()
    more = result.also(theta=2, told="more")
    assert (more.theta, more.told, more.row) == (2, "more", result.row) and not hasattr(result, "told")


class Square(Explorer):
    """x squared; each test gives it its own compute."""

    x = Linear(0, 9, start=3, step=1, label="x")
    y = Linear(0, 9, start=4, step=1, label="y")

    def figure(self):
        return matplotlib.figure.Figure(figsize=(1, 1))

    def draw(self, result):
        pass


def test_a_result_holds_the_controls_and_the_answer_too():
    explorer = type("Here", (Square,), {"compute": lambda self: Result(square=self.x**2, y=5)})()
    assert vars(explorer.result) == {"x": 3, "y": 5, "predicted": None, "asking": False, "pinned": None, "square": 9}


@pytest.mark.parametrize("gives", [{"x": 1}, None, 9.0])
def test_compute_must_give_a_result(gives):
    explorer = type("Other", (Square,), {"compute": lambda self: gives})()
    assert str(explorer.error) == f"compute must give a Result(...); it gave {gives!r}."


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
ALWAYS = [name for name in EXPLORERS if f"{name}, answered" not in EXPLORERS]  # a question hides most of a picture
SMALL = 0.5  # pixels of the pictures to a CSS pixel: they are many


@pytest.fixture
def shots(monkeypatch):
    """Every result that an explorer shows from here on, with what it showed."""
    taken, redraw = [], Explorer._redraw

    def watched(explorer):
        redraw(explorer)
        taken.append((explorer.result, explorer._frame))

    monkeypatch.setattr(Explorer, "_redraw", watched)
    monkeypatch.setattr("nnlearn.explorers.explorer.STORED_PIXEL_RATIO", SMALL)  # no first picture is drawn in vain
    monkeypatch.setattr(training_map, "RESOLUTIONS", (6, 12))
    return taken


def move_all(explorer):
    """All controls at once, time and again, until each was at both ends and the middle or at each of its words."""
    rng = np.random.default_rng(0)
    places = {name: [*positions(control, 3), control.start] for name, control in explorer.controls().items()}
    for values in places.values():
        rng.shuffle(values)
    for k in range(max(map(len, places.values()))):
        move = {name: values[k % len(values)] for name, values in places.items()}
        explorer.set(**move)
        assert explorer.error is None, (move, explorer.error)


def bare(explorer):
    """One of its class that has no controls, no answer and no result of its own: to read one is an error."""

    def unreadable(name):
        def read(self):
            raise AssertionError(f"{type(explorer).__name__} reads {name} where it may read its result alone")

        return property(read)

    names = [*explorer.controls(), "asking", "predicted", "pinned", "values", "result"]
    kind = type(type(explorer).__name__, (type(explorer),), {name: unreadable(name) for name in names})
    other = kind.__new__(kind)  # without __init__
    other.theme, other.page_width = explorer.theme, explorer.page_width
    return other


@pytest.mark.parametrize("name", mostly_thorough(EXPLORERS, ALWAYS))
def test_a_result_can_be_drawn_twice_elsewhere_and_later(shots, name, thorough):
    explorer = EXPLORERS[name]()
    assert explorer._shown["size"][0] * SMALL == explorer._picture.pixels().shape[1]
    first = shots[0][0]  # of an explorer that asks: before the answer
    del shots[:-1]
    move_all(explorer)
    with matplotlib.rc_context(style("light")):
        for order in (-1, 1) if thorough else (-1,):  # the explorer itself has drawn them forwards
            other = bare(explorer)
            picture = Picture(other.figure(), SMALL)
            other.draw(first)  # it lays the figure out
            picture.pixels()
            for result, frame in shots[::order]:
                other.draw(result)
                assert png(picture.pixels()) == frame.picture, result
                assert other.says(result) == frame.status
                assert other.shows(result) == frame.panel
                assert other.marks(result) == frame.marks


@pytest.mark.parametrize("cls", of_the_course(), ids=lambda cls: cls.__name__)
def test_controls_are_named_in_compute_alone(cls):
    """In the branches, too, that the moves of the other test don't reach."""
    names = "|".join([*cls.controls(), "asking", "predicted", "pinned", "values", "result"])
    for method in (cls.figure, cls.draw, cls.says, cls.shows, cls.marks):
        assert not re.findall(rf"self\.({names})\b(?! *=)", inspect.getsource(method)), method
    assert all(list(inspect.signature(goal.test).parameters) == ["result"] for goal in cls.goals)
