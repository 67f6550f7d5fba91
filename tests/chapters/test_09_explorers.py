"""The explorers of chapter 09: each control over its whole range, each told number true."""

import numpy as np
import pytest
import scipy.optimize
from explorer_moves import answering, goals_met, move_everything, verdicts
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

import nnlearn as nn
from nnlearn.chapters.ch09_second_order import Basins, Jumps, LogCosh, Root
from nnlearn.chapters.ch09_second_order.basins import (
    ABSOLUTE,
    HUES,
    LEVEL_POINTS,
    MINIMA,
    NOWHERE,
    PLAIN,
    REACH,
    SADDLES,
    SURFACE,
    TOP,
    along_the_step,
    ended_at,
    painted,
    shares,
)
from nnlearn.chapters.ch09_second_order.jumps import VIEW, distances, first_within
from nnlearn.explorers.cover import Cover

ANSWERS = {Basins: "all", Jumps: "6"}
answered = answering(ANSWERS)


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_control_moves_over_its_whole_range(kind, monkeypatch):
    monkeypatch.setattr("nnlearn.explorers.training_map.RESOLUTIONS", (6, 12))
    move_everything(answered(kind))


@pytest.mark.parametrize("kind", ANSWERS)
def test_before_the_prediction_nothing_gives_the_answer_away(kind):
    explorer = kind()
    covers = [cover for cover in vars(explorer).values() if isinstance(cover, Cover)]
    assert explorer.asking and explorer.cover.hides and explorer.status == ""
    assert all(cover.hides for cover in covers)
    for told in ("64", "31%", "saddle, (", "e+30", "leads from"):
        assert told not in explorer.status
    explorer.predict(ANSWERS[kind])
    assert not explorer.cover.hides and not any(cover.hides for cover in covers)


# --- The surface ---


def test_the_nine_level_points():
    kinds = nn.kind_of_point(SURFACE, LEVEL_POINTS, tolerance=1e-4)
    assert kinds.tolist() == ["minimum"] * 4 + ["saddle"] * 4 + ["maximum"]
    assert SURFACE.loss(LEVEL_POINTS[TOP]) == pytest.approx(181.6, abs=0.05)
    assert (np.linalg.norm(LEVEL_POINTS[:, None] - LEVEL_POINTS, axis=-1) + 9 * np.eye(9) > 1).all()
    assert ended_at(LEVEL_POINTS + 1e-4).tolist() == list(range(9))
    assert ended_at(np.array([[np.nan, 0.0], [np.inf, 1.0], [0.0, 0.0]])).tolist() == [NOWHERE] * 3


@pytest.mark.parametrize("J", [Root(), LogCosh()])
def test_the_bowls_have_their_slopes_and_curvatures(J):
    theta, h = np.linspace(-3, 3, 13)[:, None], 1e-5
    slope = (J.loss(theta + h) - J.loss(theta - h)) / (2 * h)
    np.testing.assert_allclose(J.gradient(theta)[:, 0], slope, atol=1e-9)
    bend = (J.gradient(theta + h) - J.gradient(theta - h))[:, 0] / (2 * h)
    np.testing.assert_allclose(J.hessian(theta)[:, 0, 0], bend, atol=1e-9)


# --- What is told ---


def test_where_newton_ends_from_90000_starts():
    found = shares(nn.Newton(), 30)
    assert found[MINIMA].sum() == pytest.approx(0.644, abs=0.001)
    assert found[SADDLES].sum() == pytest.approx(0.314, abs=0.001)
    assert found[TOP] == pytest.approx(0.043, abs=0.001)
    assert shares(nn.GradientDescent(0.01), 200, 100)[MINIMA].sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("mode", "damping", "steps", "share"),
    [(PLAIN, 0, 10, 0.62), (ABSOLUTE, 0, 10, 0.94), (PLAIN, 30, 30, 0.999), (PLAIN, 10, 30, 0.774),
     (PLAIN, 100, 30, 0.80), (ABSOLUTE, 0, 30, 1.0), (ABSOLUTE, 0, 6, 0.73), (PLAIN, 30, 10, 0.52)],
)  # fmt: skip
def test_shares_in_a_minimum(mode, damping, steps, share):
    found = shares(nn.Newton(damping=float(damping), absolute=mode == ABSOLUTE), steps, 150)
    assert found[MINIMA].sum() == pytest.approx(share, abs=0.006)


def test_damping_30_as_the_text_tells():
    assert f"{shares(nn.Newton(damping=30.0), 30)[MINIMA].sum():.2%}" == "99.97%"


def test_no_damping_brings_nine_tenths_in_ten_steps():
    best = max(shares(nn.Newton(damping=float(d)), 10, 60)[MINIMA].sum() for d in range(0, 60, 2))
    assert 0.7 < best < 0.8


def test_the_goals_of_the_basins():
    explorer = answered(Basins)

    assert goals_met(explorer, pixel=(0.0, 0.0)) == [True, False, False]
    assert "ends on the top, (-0.27, -0.92), loss 181.6" in explorer.status
    assert goals_met(explorer, damping=5.0) == [False, False, False]
    assert goals_met(explorer, damping=30.0, steps=30) == [False, True, False]
    assert goals_met(explorer, damping=10.0) == [False, False, False]
    assert goals_met(explorer, steps=10, damping=14.0) == [False, False, False]
    assert goals_met(explorer, mode=ABSOLUTE, damping=0.0) == [False, False, False]
    assert goals_met(explorer, claim="impossible") == [False, False, True]


def test_a_saddle_is_told():
    explorer = answered(Basins, pixel=(1.0, 2.5), step=1)
    assert "ends on a saddle, (0.09, 2.88), loss 67.7" in explorer.status
    assert "31.4% on a saddle" in explorer.status and "opens downwards" in explorer.status
    explorer.set(mode=ABSOLUTE)
    explorer.finish()
    assert "ends in a minimum" in explorer.status
    explorer.set(mode=PLAIN, damping=200.0, steps=1)
    explorer.finish()
    assert "still on its way at step 1" in explorer.status


def test_the_parabola_s_level_point_is_where_the_step_ends():
    theta = nn.run(nn.Newton(), SURFACE, [1.0, 2.5], 3).theta
    found = along_the_step(theta, 1)
    at_0, at_1 = (int(np.argmin(np.abs(REACH - place))) for place in (0.0, 1.0))
    assert found["parabola"][at_0] == found["line"][at_0] == 0
    assert np.argmax(found["parabola"]) == at_1 and found["bend"] < 0  # level, and high
    assert found["after"] == pytest.approx(found["line"][at_1])


def test_the_map_s_colours():
    numbers = np.arange(10).repeat(60).reshape(10, 60)
    image = painted(numbers)
    pale, rest = image[:4].mean(axis=(1, 2)), image[8:].mean(axis=(1, 2))
    assert len(HUES) == 4 and (pale > 0.75).all() and (rest < 0.45).all()
    assert (np.ptp(image[4:8], axis=1) > 0.5).all() and (np.ptp(image[[*range(4), 8, 9]], axis=1) == 0).all()


def test_the_key_shows_the_colour_of_each_minimum():
    key = answered(Basins).map_axes.get_legend()
    assert [text.get_text() for text in key.get_texts()] == ["a minimum", "a saddle", "the top", "on its way"]
    shown = {patch.get_facecolor()[:3] for patch in key.findobj(Rectangle)}
    assert {to_rgb(hue) for hue in HUES} < shown


def test_the_picture_of_the_basins_is_its_run():
    explorer = answered(Basins, pixel=(1.0, 2.5), step=2)
    theta = nn.run(nn.Newton(), SURFACE, [1.0, 2.5], 30).theta
    explorer.set(steps=30)
    explorer.finish()
    np.testing.assert_allclose(explorer.path.get_xydata(), theta, rtol=1e-9)
    np.testing.assert_allclose(explorer.chosen.get_xydata(), [[1.0, 2.5]])
    found = along_the_step(theta, 2)
    np.testing.assert_allclose(explorer.parabola.get_ydata(), found["parabola"])
    np.testing.assert_allclose(explorer.after.get_xydata(), [[1, found["after"]]])
    assert explorer.before.get_xydata().tolist() == [[0, 0]]


# --- From parabola to parabola ---


def test_the_edge_of_log_cosh():
    """Told: 1.0887. A jump leads to the mirror image where sinh 2x = 4x."""
    edge = scipy.optimize.brentq(lambda x: np.sinh(2 * x) - 4 * x, 0.5, 2)
    assert f"{edge:.4f}" == "1.0887"
    assert distances("log cosh", edge, 0.0)[1] == pytest.approx(-edge)


def test_no_marker_is_cut_and_what_leaves_is_drawn_leaving():
    explorer = answered(Jumps, start=1.1)
    axes = explorer.path.axes
    x, y = explorer.path.get_xdata(), explorer.path.get_ydata()
    assert axes.get_xlim()[0] < x[0] and x[-1] < axes.get_xlim()[1]
    assert y[6] == pytest.approx(1.1**729) and y[6] < axes.get_ylim()[1] / 3  # after 6 steps, as the text tells
    assert (y[7:] > 1e3 * axes.get_ylim()[1]).all() and (np.diff(y[:8]) > 0).all()
    explorer.set(start=0.5)
    assert (explorer.path.get_ydata() > 3 * axes.get_ylim()[0]).all()


@pytest.mark.parametrize(
    ("bowl", "start", "within"),
    [("root", 0.9, 5), ("root", 1.1, None), ("root", 1.0, None), ("log cosh", 1.08, 7), ("log cosh", 1.09, None)],
)
def test_from_where_a_bowl_is_left(bowl, start, within):
    path = distances(bowl, start, 0.0)
    assert first_within(path) == within
    if bowl == "root":  # each jump leads to -theta^3
        np.testing.assert_allclose(path[1:5], -(path[:4] ** 3), rtol=1e-9)


def test_the_goals_of_the_jumps():
    explorer = answered(Jumps)
    assert goals_met(explorer, start=1.0) == [True, False, False]
    assert goals_met(explorer, start=1.02) == [False, False, False]
    assert goals_met(explorer, bowl="log cosh", start=1.08) == [False, True, False]
    assert goals_met(explorer, start=1.09) == [False, False, False]
    assert goals_met(explorer, bowl="root", start=3.0, damping=0.15) == [False, False, True]
    assert goals_met(explorer, damping=0.13) == [False, False, False]  # nearer at each step, and it swings at 2.8
    assert (np.diff(np.abs(explorer.result.path)) < 0).all() and abs(explorer.result.path[-1]) > 2.8
    assert goals_met(explorer, damping=0.3) == [False, False, False]


def test_the_picture_of_the_jumps_is_its_run():
    explorer = answered(Jumps, start=0.9, step=2)
    assert "Step 2 leads from -0.729 to 0.3874" in explorer.status and "From step 5 on" in explorer.status
    assert explorer.here.get_xdata() == [pytest.approx(-0.729)]
    assert explorer.bottom.get_xdata() == [pytest.approx(0.729**3)]
    lowest = VIEW[np.argmin(explorer.parabola.get_ydata())]
    assert lowest == pytest.approx(0.387, abs=0.04)
    np.testing.assert_allclose(explorer.path.get_ydata()[:3], [0.9, 0.729, 0.729**3])
    np.testing.assert_allclose(explorer.now.get_xydata(), [[2, 0.729**3]])
    assert [1e-6, 1e-6] in [list(line.get_ydata()) for line in explorer.path.axes.lines]
    explorer.set(damping=1.0, step=1)
    assert VIEW[np.argmin(explorer.parabola.get_ydata())] == pytest.approx(explorer.result.path[1], abs=0.04)
    explorer.set(damping=0.0)
    explorer.set(start=1.1)
    assert "Within 10 steps it has left the finite numbers." in explorer.status
    explorer.set(start=1.0)
    assert "at last theta is 1." in explorer.status


@pytest.mark.parametrize(
    ("kind", "answers"),
    [(Basins, ["all", "most", "two thirds", "ninths"]), (Jumps, ["6", "8", "swings", "never"])],
)
def test_each_answer_has_a_thought_of_its_own(kind, answers):
    assert len(verdicts(kind, answers)) == 4
