"""Figures of traces: everything given is drawn, said in the alternative text, and shown once."""

import base64
from xml.etree import ElementTree

import matplotlib
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
    assert set(bundle) == {"text/plain", "image/png", "text/html"} and bundle["image/png"].startswith(b"\x89PNG")
    assert len(bundle["text/plain"]) > 30 and "<" not in bundle["text/plain"]
    assert metadata["image/png"]["width"] > 400
    image = ElementTree.fromstring(bundle["text/html"].replace(">", "/>"))
    assert image.tag == "img" and image.get("alt").split() == bundle["text/plain"].split()
    assert base64.b64decode(image.get("src").partition("base64,")[2]) == bundle["image/png"]


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


# --- Runs that diverge, and other numbers that matplotlib's arithmetic does not bear ---

INF, NAN, MOST = np.inf, np.nan, np.finfo(float).max
EXTREMES = {
    "nothing but NaN": [NAN, NAN, NAN],
    "nothing but infinity": [INF, INF, -INF],
    "up and away": [1.0, 1e308, INF],
    "to both sides": [-1e308, 1e308, 1.0],
    "the largest number": [MOST, -MOST, 0.0],
    "equal and large": [1e300, 1e300, 1e300],
    "large, and one bit apart": [1e199, 1e199 * (1 + 2**-52), 1e199],
    "the smallest number": [5e-324, 5e-324, 1.0],
    "all of it": [5e-324, 1e-300, 1e308],
    "one bit apart": [1.0, 1 + 2**-52, 1.0],
    "zero": [0.0, 0.0, 0.0],
}
BOWL = nn.Objective(lambda theta: theta @ theta, lambda theta: 2 * theta)  # it has no view of its own


def recorded(numbers, J=BOWL):
    """A trace whose loss, and both coordinates of theta, are these numbers."""
    steps = np.arange(len(numbers))
    theta = np.stack([numbers, numbers], axis=-1)
    last = nn.Row(t=len(numbers) - 1, theta=theta[-1])
    trace = nn.Trace(nn.GradientDescent(), J, steps, {"theta": theta}, last, (), np.array(steps[-1]), np.array(-1))
    trace.__dict__["loss"] = np.array(numbers)
    return trace


@pytest.mark.parametrize("numbers", EXTREMES.values(), ids=EXTREMES)
def test_any_numbers_are_drawn(numbers):
    trace = recorded(numbers)
    shown = [value for value in numbers if abs(value) <= plots.LARGEST]
    pictures = (
        plots.loss_curves(trace),
        plots.loss_curves({"a": trace, "b": ADAM}, log=False),
        plots.paths(trace),
        plots.columns(trace, ["theta", "loss"]),
    )
    for figure in pictures:
        assert figure._repr_png_().startswith(b"\x89PNG")  # a warning is an error here
        line = figure.axes[0].lines[0].get_ydata()
        np.testing.assert_array_equal(line[np.isfinite(line)], shown)
    admitted = "no finite number to draw" in [text.get_text() for text in pictures[0].axes[0].texts]
    assert admitted == (not shown)


@pytest.mark.parametrize("numbers", [[1.0], [NAN], [1e308], [0.0]], ids=str)
def test_a_single_point_is_drawn(numbers):
    for draw in (plots.loss_curves, plots.paths, lambda trace: plots.columns(trace, "theta")):
        assert draw(recorded(numbers))._repr_png_().startswith(b"\x89PNG")


def test_the_text_says_that_a_run_diverged():
    assert "inf at step 2" in plots.loss_curves(recorded([1.0, 2.0, INF])).alt
    assert "nan at step 2" in plots.loss_curves(recorded([1.0, 2.0, NAN])).alt


def test_contours_of_a_loss_that_is_finite_nowhere_or_almost_flat():
    for loss in (lambda theta: NAN, lambda theta: 1e16 + 2 * (theta[0] > 0), lambda theta: 1e308):
        J = nn.Objective(loss, lambda theta: 0 * theta)
        assert plots.paths(recorded([1.0, 2.0], J))._repr_png_().startswith(b"\x89PNG")


def test_columns_of_every_shape():
    """Nadam has a number a run, L-BFGS and Newton's method have matrices: these are refused in one sentence."""
    nadam = nn.run(nn.Nadam(), J, START, 3)
    product, gradient = plots.columns(nadam, ["mu_product", "gradient"]).axes
    assert len(product.lines) == 1 and product.get_legend() is None
    assert [text.get_text() for text in gradient.get_legend().get_texts()] == ["[0]", "[1]"]
    with pytest.raises(ValueError, match=r"hessian has shape \(2, 2\) at each step; lines are drawn of"):
        plots.columns(nn.run(nn.Newton(), J, START, 3), "hessian")


# --- What can't be drawn ---

NOBODY = nn.run(nn.GradientDescent(np.empty((0, 1))), J, START, 2)

BAD = {
    "a sweep of nobody": (lambda: plots.loss_curves(NOBODY), ValueError, "has nothing to draw"),
    "no columns": (lambda: plots.columns(ADAM, []), ValueError, ": 0 columns"),
    "no coordinates": (lambda: plots.columns(ADAM, "gradient", [2, -1]), ValueError, r"\[2, -1\]; theta has 2"),
    "a view with a gap": (lambda: plots.paths(ADAM, view=(0, NAN, 0, 1)), ValueError, "view must be finite"),
    "a view of a line": (lambda: plots.paths(ADAM, view=(0, 0, 0, 1)), ValueError, "x_min < x_max"),
    "half a view": (lambda: plots.paths(ADAM, view=(0, 1)), ValueError, "x_min < x_max"),
    "too large a view": (lambda: plots.paths(ADAM, view=(-1e308, 1e308, 0, 1)), ValueError, "none beyond 1e\\+200"),
    "a view in words": (lambda: plots.paths(ADAM, view="all"), TypeError, "view must hold real numbers"),
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


# --- A reader's own settings of matplotlib ---


def test_a_reader_s_own_settings_change_no_figure():
    def picture():
        figure, axes = plots.new_figure("A line.")
        axes.plot([0, 1], [0, 1])
        axes.set_title("made in a cell")
        return figure._repr_png_(), plots.paths({"Adam": ADAM, "descent": DESCENT})._repr_png_()

    own = {"text.usetex": True, "axes.facecolor": "black", "font.size": 30, "path.sketch": (5, 50, 2)}
    usual = picture()
    with matplotlib.rc_context(own):
        _, paths = picture()  # LaTeX, which is hardly anywhere, would be an error
    assert paths == usual[1]
