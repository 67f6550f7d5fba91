"""Figures of traces: everything given is drawn, said in the alternative text, and shown once."""

import numpy as np
import pytest
from problems import DATA, START, start_for

import nnlearn as nn
from nnlearn import plots
from nnlearn.objectives import Quadratic, Rosenbrock, TwoValleys

J = Rosenbrock()
ADAM = nn.run(nn.Adam(0.05), J, START, 40)
DESCENT = nn.run(nn.GradientDescent(1e-3), J, START, 40)
SWEEP = nn.run(nn.GradientDescent(np.array([[1e-3], [0.5], [2e-3]])), J, START, 40)
LOST = nn.run(nn.GradientDescent(0.5), J, START, 40)
FLAT = nn.Objective(lambda theta: 0.0, lambda theta: 0 * theta)
SEVEN = {
    f"rate {rate}": nn.run(nn.GradientDescent(rate), J, START, 9) for rate in (1e-5, 2e-5, 3e-5, 4e-5, 5e-5, 6e-5, 7e-5)
}

FIGURES = {
    "one loss": lambda: plots.loss_curves(ADAM),
    "two losses": lambda: plots.loss_curves({"Adam": ADAM, "descent": DESCENT}),
    "seven losses": lambda: plots.loss_curves(SEVEN),
    "a sweep": lambda: plots.loss_curves(SWEEP),
    "a diverged run": lambda: plots.loss_curves(LOST),
    "negative losses": lambda: plots.loss_curves(nn.run(nn.GradientDescent(0.1), TwoValleys(), [1.8], 20)),
    "on data": lambda: plots.loss_curves(nn.run(nn.Adam(), DATA["softmax"], start_for(DATA["softmax"]), 5)),
    "paths": lambda: plots.paths({"Adam": ADAM, "descent": DESCENT}),
    "a diverged path": lambda: plots.paths(LOST),
    "a path without a view": lambda: plots.paths(nn.run(nn.GradientDescent(0.1), Quadratic(10), START, 5)),
    "a flat function": lambda: plots.paths(nn.run(nn.GradientDescent(0.1), FLAT, [1.0, 1.0], 5)),
    "columns": lambda: plots.columns(ADAM, ["gradient", "m_hat", "update", "loss"]),
    "one coordinate": lambda: plots.columns(nn.run(nn.GradientDescent(0.1), TwoValleys(), [1.8], 20), "gradient"),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_shows_itself_once_with_alternative_text(name):
    bundle, metadata = FIGURES[name]()._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "image/png"} and bundle["image/png"].startswith(b"\x89PNG")
    assert len(bundle["text/plain"]) > 30 and "<" not in bundle["text/plain"]
    assert metadata["image/png"]["width"] > 400


def test_every_trace_is_drawn_and_told_apart():
    (axes,) = plots.loss_curves(SEVEN).axes
    looks = {(line.get_color(), str(line.get_linestyle())) for line in axes.lines}
    assert len(axes.lines) == len(looks) == 7
    assert [text.get_text() for text in axes.get_legend().get_texts()] == list(SEVEN)


def test_a_sweep_is_one_line_a_member_with_its_numbers():
    (axes,) = plots.loss_curves(SWEEP).axes
    assert len(axes.lines) == 3
    np.testing.assert_array_equal(axes.lines[2].get_ydata(), SWEEP.loss[:, 2])


def test_a_path_goes_where_the_run_went():
    (axes,) = plots.paths(ADAM).axes
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), ADAM.theta)


def test_the_text_says_what_the_curves_show():
    alt = plots.loss_curves({"Adam": ADAM}).alt
    assert f"loss {ADAM.loss[0]:.3g} at step 0, {ADAM.loss[-1]:.3g} at step 40" in alt


BAD = {
    "a path of a sweep": (lambda: plots.paths(SWEEP), ValueError, "trace.member"),
    "a path in 1-D": (lambda: plots.paths(nn.run(nn.Adam(), TwoValleys(), [1.0], 2)), ValueError, "theta has 1"),
    "a list": (lambda: plots.loss_curves([ADAM]), TypeError, "several by name"),
    "nothing": (lambda: plots.loss_curves({}), TypeError, "several by name"),
    "no such column": (lambda: plots.columns(ADAM, ["velocity"]), AttributeError, "no column velocity"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_can_t_be_drawn_is_refused(name):
    make, error, words = BAD[name]
    with pytest.raises(error, match=words):
        make()
