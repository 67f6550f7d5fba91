"""The explorers of chapter 03 and the step view: each control over its whole range, each status true."""

import numpy as np
import pytest
from explorer_moves import move_everything, reused
from matplotlib.colors import to_rgb
from test_explain import WithoutMomentum
from thorough import mostly_thorough

import nnlearn as nn
from nnlearn.chapters.ch03_gradient_descent.explorers import (
    LOST,
    NEGATIVE,
    POSITIVE,
    UNSETTLED,
    Bowl,
    Parabola,
    StartPlane,
)
from nnlearn.explorers.step_view import loss_axis, step_view, widened
from nnlearn.explorers.training_map import RESOLUTIONS
from nnlearn.objectives import Quadratic, Rosenbrock, TwoWeights
from nnlearn.theory import small_from
from nnlearn.trace import rows

START = np.array([-1.5, 2.0])


def adam_steps():
    return step_view(nn.run(nn.Adam(0.1), Rosenbrock(), START, 30))


def answered(prediction, **values):
    explorer = Parabola()
    explorer.predict(prediction)
    explorer.set(**values)
    return explorer


parabola = reused(lambda: answered("fewer"))
bowl_without_goals, plane = reused(Bowl), reused(StartPlane)

EXPLORERS = {
    "parabola": lambda: answered("66"),
    "parabola before the prediction": Parabola,
    "bowl": Bowl,
    "start plane": StartPlane,
    "step view": adam_steps,
    "step view of two rules": lambda: step_view(
        nn.run(nn.Adam(0.1), Rosenbrock(), START, 30), nn.run(WithoutMomentum(0.1), Rosenbrock(), START, 30)
    ),
    "step view of a diverged run": lambda: step_view(nn.run(nn.GradientDescent(0.5), Rosenbrock(), START, 30)),
    "step view in ten dimensions": lambda: step_view(
        nn.run(nn.AveragedMomentum(0.01), Quadratic(curvatures=np.arange(1.0, 11)), np.ones(10), 20)
    ),
}


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_control_moves_over_its_whole_range(name):
    move_everything(EXPLORERS[name]())


@pytest.mark.parametrize(
    "rate, words",
    [(0.1, "step 66:"), (1.9, "step 66:"), (0.5, "step 10:"), (1.5, "step 10:"), (1.0, "step 1:"),
     (2.0, "Bounces for ever"), (2.01, "Away from the minimum"), (2.1, "|theta| is 2.6e+12"),
     (0.02, "Not there yet after 300 steps: |theta| is 0.0023")],  # it arrives at step 342, beyond the budget
)  # fmt: skip
def test_the_parabola_says_what_happens(rate, words):
    explorer = parabola(learning_rate=rate)
    assert words in explorer.status
    theta = 1.0
    for _ in range(300):
        theta -= rate * theta
    assert explorer.result.theta[-1] == pytest.approx(theta, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("prediction, words", [("never", "none will do: it explodes"), ("66", "66: the same")])
def test_the_parabola_opens_at_the_rate_of_its_question(prediction, words):
    explorer = Parabola()
    assert explorer.asking and explorer.learning_rate == 0.1 and "step 66" in explorer.status
    explorer.predict(prediction)
    assert explorer.learning_rate == 1.9 and "step 66" in explorer.status
    assert f"You predicted: {words}. Measured: 66 steps." in explorer.alternative_text()


def goal_texts(explorer):
    return [goal.text.split(":")[0] for goal in explorer.reached]


GOALS = {
    "kappa 1, start (-2, 1)": [{"condition_number": 1, "learning_rate": 1.0}],
    "kappa 10, start (-2, 1)": [
        {"condition_number": 10, "learning_rate": rate, "steps": steps}
        for rate in (0.137, 0.176, 0.1845)
        for steps in (50, 100)
    ],
    "kappa 100, start (-2, 1)": [
        {"condition_number": 100, "learning_rate": 0.0197, "steps": 500, "claim": "impossible"}
    ],
}
NOT_REACHED = [
    {"condition_number": 1, "learning_rate": 0.99},
    {"condition_number": 10, "learning_rate": 0.135},
    {"condition_number": 10, "learning_rate": 0.186},
    {"condition_number": 10, "learning_rate": 0.176, "steps": 37},
    {"condition_number": 10, "learning_rate": 0.1, "start": (0, 1)},
    {"condition_number": 100, "learning_rate": 0.01, "start": (0, 1), "steps": 500, "claim": "impossible"},
    {"condition_number": 100, "claim": "impossible"},
    {"condition_number": 100, "learning_rate": 0.0197, "steps": 500},
    {"condition_number": 100, "claim": "possible"},
    {"condition_number": 10, "claim": "impossible"},
]


@pytest.mark.parametrize("goal", GOALS)
def test_goals_tick_when_reached(goal):
    for settings in GOALS[goal]:
        explorer = Bowl()
        explorer.set(**settings)
        assert goal_texts(explorer) == [goal], settings


@pytest.mark.parametrize("settings", NOT_REACHED, ids=str)
def test_goals_do_not_tick_before(settings):
    assert not bowl_without_goals(**settings).reached


def test_the_third_goal_is_indeed_impossible():
    rates = np.linspace(0.0005, 0.0205, 400)
    loss = nn.run(nn.GradientDescent(rates[:, None]), Quadratic(100), [-2.0, 1.0], steps=100).loss
    assert not np.any(np.all(loss[-10:] < 1e-6, axis=0))
    assert np.nanmin(loss[-1]) > 1e-3


def test_a_start_on_an_axis_is_told_from_a_good_rate():
    explorer = Bowl(condition_number=100, learning_rate=0.01, start=(0, 1))
    assert "on an axis" in explorer.status
    assert "on an axis" not in Bowl(condition_number=10, learning_rate=0.18).status


def test_the_bowl_draws_theory_beside_the_measured_loss():
    result = Bowl(learning_rate=0.15).result
    np.testing.assert_allclose(result.theory.sum(axis=1), result.loss, rtol=1e-9)


@pytest.mark.parametrize("rate, lost", [(0.1, 0.0), (0.5, 0.41), (0.95, 0.72)])
def test_the_start_plane_is_90_000_runs(rate, lost):
    explorer = plane(learning_rate=rate)
    assert explorer.result.map.finite.shape == (300, 300)
    assert 1 - explorer.result.map.finite.mean() == pytest.approx(lost, abs=0.006)
    x = np.linspace(-3.2, 3.2, 300)
    for i, j in ((0, 0), (17, 250), (150, 149), (299, 3)):
        alone = nn.run(nn.GradientDescent(rate), TwoWeights(), [x[j], x[i]], 120)
        assert explorer.result.map.finite[i, j] == (alone.stopped is None)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.95])
@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_every_pixel_is_its_run(resolution, rate):
    explorer = plane(learning_rate=rate)
    summary = explorer.summary(*explorer.sweep(resolution))
    w, v = np.meshgrid(np.linspace(-3.2, 3.2, resolution), np.linspace(-3.2, 3.2, resolution))
    with np.errstate(all="ignore"):
        for _ in range(120):
            error = w * v - 1
            w, v = w - rate * (error * v), v - rate * (error * w)
        arrived, finite = np.abs(w * v - 1) < 1e-3, np.isfinite(w) & np.isfinite(v)
        pale = np.clip((w * w + v * v - 2) / 16, 0, 0.75)[..., np.newaxis]
        branch = np.where(w[..., np.newaxis] > 0, to_rgb(POSITIVE), to_rgb(NEGATIVE))
        lost = np.where(finite[..., np.newaxis], to_rgb(UNSETTLED), to_rgb(LOST))
    np.testing.assert_array_equal(summary.settled, arrived)
    np.testing.assert_array_equal(summary.finite, finite)
    image = np.where(arrived[..., np.newaxis], branch + (1 - branch) * pale, lost)
    np.testing.assert_allclose(summary.image, image, atol=1e-9)
    assert summary.image.shape == (resolution, resolution, 3)


@pytest.mark.parametrize("rate, lost", [(0.1, "0%"), (0.5, "41%"), (0.95, "72%")])
def test_the_start_plane_says_what_it_shows(rate, lost):
    explorer = plane(learning_rate=rate)
    assert f"{lost} left the finite numbers" in explorer.status
    assert f"Of 90,000 runs {explorer.result.map.settled.mean():.0%} settled in a minimum" in explorer.status
    np.testing.assert_array_equal(explorer.image.get_array(), explorer.result.map.image)
    assert explorer.map_axes.get_xlim() == explorer.map_axes.get_ylim() == (-3.2, 3.2)  # nothing but the map


@pytest.mark.pixels
@pytest.mark.parametrize("pixel", [(2.6822, 2.0917), (1.0263, -1.6285), (-3.2, 3.2), (0.0, 0.0), (1.0, 1.0)])
@pytest.mark.parametrize("rate", mostly_thorough([0.9, 0.9756, 1.05], [1.05]))
def test_runs_that_go_far_can_be_opened(pixel, rate):
    view = step_view(nn.run(nn.GradientDescent(rate), TwoWeights(), pixel, 120))
    assert view.error is None
    view.step = int(view.trace.t[-1])
    assert view.error is None and len(view.stored_picture()) > 5_000


def test_a_pixel_opens_its_run():
    explorer = StartPlane(learning_rate=0.3, pixel=(1.0, 2.0))
    np.testing.assert_array_equal(explorer.opened().trace.theta[0], [1.0, 2.0])
    alone = nn.run(nn.GradientDescent(0.3), TwoWeights(), [1.0, 2.0], 120)
    np.testing.assert_array_equal(explorer.opened().trace.theta, alone.theta)
    computed = explorer._map
    explorer.set(pixel=(2.0, 2.0), step=7)
    assert explorer._map is computed  # the map depends on the rate alone
    assert "Step 7 of GradientDescent(learning_rate=0.3) on TwoWeights()" in explorer.shows(explorer.result)


def test_the_step_view_shows_the_step_of_the_record():
    trace = nn.run(nn.Adam(0.1), Rosenbrock(), START, 30)
    view = step_view(trace)
    view.step = 12
    assert f"({trace.theta[12][0]:.4g}, {trace.theta[12][1]:.4g})" in view.status
    assert view.shows(view.result).count("<math") == 20 and f"Step 12 of {trace.optimizer}" in view.shows(view.result)
    np.testing.assert_array_equal(view.here.get_xydata()[0], trace.theta[12])


@pytest.mark.parametrize(
    ("losses", "scale", "ends"),
    [([8.0, 2.0, 1e-6], "log", (1e-6 / 3, 24)), ([1.5, 0.5, -0.5], "linear", (-0.7, 1.7)),
     ([1.0, 0.5, 0.0], "linear", (-0.1, 1.1)), ([0.0, 0.0], "linear", (-1, 1)),
     ([-0.5, 1e9], "symlog", (-1.5, 1e9 + 1)), ([-0.5, np.nan, 1e300], "linear", (-1.5, 0.5))],
)  # fmt: skip
def test_the_losses_of_a_step_view_can_be_read(losses, scale, ends):
    found = loss_axis(np.array(losses))
    assert found[0] == scale
    np.testing.assert_allclose(found[1], ends)


def test_the_valleys_in_a_step_view_lie_on_a_linear_axis():
    view = step_view(nn.run(nn.GradientDescent(0.5), nn.objectives.TwoValleys(), [1.8], 10))
    assert "loss" in view.status
    axes = view.here_loss.axes
    low, high = axes.get_ylim()
    inside = [tick for tick in axes.get_yticks() if low <= tick <= high]
    assert axes.get_yscale() == "linear" and len(inside) > 3 and min(inside) < 0


def test_the_step_view_opens_a_branch():
    J = Rosenbrock()
    trace = nn.run(nn.Adam(0.1), J, START, 30)
    view = step_view(trace)
    view.set(step=12, change="m[1]", by=0.5)
    branch = view.branch()
    np.testing.assert_array_equal(branch.m[0], trace.m[12] + [0, 0.5])
    np.testing.assert_array_equal(view.branch_path.get_xydata(), branch.theta)
    assert branch.t[-1] == 30 and "instead of" in view.status
    row = nn.Row(**{**vars(trace[12]), "m": trace.m[12] + [0, 0.5]})
    np.testing.assert_array_equal(branch[13].theta, next(rows(trace.optimizer, J, row)).theta)


def test_the_step_view_of_two_rules_starts_where_they_part():
    view = EXPLORERS["step view of two rules"]()
    assert view.step == 2 and "The two runs part at step 2, in theta[0]." in view.shows(view.result)
    assert view.shows(view.result).count("#d55e00") == 2
    view.step = 9
    view.reset()
    assert view.step == 2


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([(0, 1), (2, 3)], (-1, 3, 0, 4)),  # it lies within the view
        ([(3, 4)], (-1.1, 3.1, -0.1, 4.1)),  # a margin of a twentieth
        ([(1, 2), (5, 2)], (-3.2, 5.2, 0, 4)),  # each direction by itself, to both sides alike
        ([(1, -1)], (-1, 3, -1.15, 5.15)),
        ([(1e6, 2)], (-5, 7, 0, 4)),  # three times at most
        ([(np.nan, np.nan), (1, 5)], (-1, 3, -1.15, 5.15)),
        ([(np.nan, 1e300), (-1e300, np.nan), (1, 2)], (-5, 7, -4, 8)),
    ],
)
def test_a_view_is_widened_to_hold_the_path(path, expected):
    assert widened((-1, 3, 0, 4), np.array(path, float)) == pytest.approx(expected)


def test_the_step_view_shows_a_path_that_leaves_the_view_of_its_objective():
    view = step_view(nn.run(nn.GradientDescent(0.1), Quadratic(10), (5.0, -3.0), 20))
    (x_low, x_high), (y_low, y_high) = (getattr(view.here.axes, f"get_{axis}lim")() for axis in "xy")
    theta = view.trace.theta
    assert np.all((x_low < theta[:, 0]) & (theta[:, 0] < x_high) & (y_low < theta[:, 1]) & (theta[:, 1] < y_high))


def test_a_step_view_of_a_sweep_says_to_take_a_member():
    with pytest.raises(ValueError, match=r"trace.member\(i\)"):
        step_view(nn.run(nn.Adam(0.1), Rosenbrock(), np.ones((3, 2)), 3))


def test_the_earliest_arrivals_that_the_prose_tells_of():
    rates = np.round(np.arange(0.13, 0.19, 0.001), 3)
    loss = nn.run(nn.GradientDescent(rates[:, None]), Quadratic(10), [-2.0, 1.0], 200).loss
    steps = np.array([small_from(each) for each in loss.T])
    assert steps.min() == 38 and rates[steps == 38].tolist() == [0.174, 0.175, 0.176, 0.177, 0.178, 0.179, 0.18]
    assert rates[steps <= 50][[0, -1]].tolist() == [0.136, 0.185]


def test_where_runs_beside_a_steep_minimum_end():
    ends = {v: nn.run(nn.GradientDescent(0.5), TwoWeights(), (2.5, v), 120).theta[-1] for v in (0.4, 0.41, 0.40001)}
    assert ends[0.4].tolist() == [2.5, 0.4]
    assert ends[0.41] == pytest.approx([-1, -1], abs=0.01) and ends[0.40001] == pytest.approx([0.78, 1.29], abs=0.005)


def test_the_measured_loss_turns_left_of_the_best_guarantee():
    rates = np.linspace(0.17, 0.2, 301)
    loss = nn.run(nn.GradientDescent(rates[:, None]), Quadratic(10), [-2.0, 1.0], 50).loss[-1]
    best = rates[loss.argmin()]
    assert f"{best:.2f}" == "0.18" and best < 2 / 11


def test_on_the_grid_of_the_figure_theory_and_measurement_are_lowest_at_the_same_rate():
    rates, curvatures = np.geomspace(0.005, 0.25, 300), np.array([1.0, 10.0])
    loss = nn.run(nn.GradientDescent(rates[:, None]), Quadratic(10), [-2.0, 1.0], 50).loss[-1]
    factors = np.abs(1 - rates[:, None] * curvatures)
    left = curvatures * np.square([-2.0, 1.0]) / 2 * factors**100
    slowest = left[np.arange(300), factors.argmax(axis=1)]
    assert loss.argmin() == slowest.argmin() and f"{rates[loss.argmin()]:.2f}" == "0.18"


def test_a_bowl_without_a_claim_says_so():
    assert "kappa 100 within 100 steps: you say nothing yet" in Bowl().alternative_text()
