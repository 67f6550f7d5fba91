"""The gap of chapter 03 by direction: held against runs; and its explorer, whose sentences and prose are true."""

import numpy as np
import pytest
from explorer_moves import move_everything

import nnlearn as nn
from nnlearn.chapters.ch03_gradient_descent import Directions, Gap
from nnlearn.chapters.ch03_gradient_descent.directions import SPLITS, diabetes, intercept_of
from nnlearn.data import datasets
from nnlearn.objectives import LinearRegression
from nnlearn.theory import best_rate


def regression(split=0):
    data = datasets.diabetes(seed=split)
    return LinearRegression(data.X_train, data.y_train)


BOWLS = {
    "diabetes": regression,
    "one direction": lambda: LinearRegression([[1.0], [2.0], [4.0]], [1.0, 0.0, 5.0], intercept=False),
    "curvatures alike": lambda: LinearRegression([[1.0, 1.0], [1.0, -1.0]], [2.0, 3.0], intercept=False),
}


@pytest.mark.parametrize("times", [0.3, 1.0, 1.7])
@pytest.mark.parametrize("name", BOWLS)
def test_the_gap_is_the_loss_above_the_minimum(name, times):
    J = BOWLS[name]()
    gap, rate = Gap.of(J), times / J.largest_curvature
    loss = nn.run(nn.GradientDescent(rate), J, J.start, steps=40).loss
    left = gap.after(rate, np.arange(41))
    np.testing.assert_allclose(left.sum(axis=1), loss - J.loss(J.solution()), atol=1e-10 * loss[0])
    np.testing.assert_allclose(gap.curvatures, np.sort(J.curvatures)[::-1], rtol=1e-9)
    assert gap.lowest == pytest.approx(J.loss(J.solution()))


def test_each_direction_goes_its_own_way():
    J = regression()
    gap, rate = Gap.of(J), 1.3 / J.largest_curvature
    theta = nn.run(nn.GradientDescent(rate), J, J.start, steps=5).theta[-1]
    distance = gap.directions.T @ (theta - J.solution())
    np.testing.assert_allclose(gap.after(rate, 5), gap.curvatures * distance**2 / 2, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("split", range(4))
@pytest.mark.parametrize("times", [0.4, 1.0, 1.9])
@pytest.mark.parametrize("share", [0.3, 0.01])
def test_the_step_is_the_one_of_the_run(split, times, share):
    J = regression(split)
    rate = times / J.largest_curvature
    near = nn.stop.LossBelow((1 + share) * J.loss(J.solution()))
    run = nn.run(nn.GradientDescent(rate), J, J.start, steps=500, stop=near)
    assert Gap.of(J).steps_to(share, rate) == run.stopped.step


def test_a_run_that_is_there_or_never_comes():
    gap = Gap.of(regression())
    assert gap.steps_to(10, 0.1) == 0  # it begins at 9.55 times the minimum
    assert gap.steps_to(9.5, 0.002) == 1
    assert gap.steps_to(0.01, 2 / gap.curvatures[0]) is None


def test_every_control_moves_over_its_whole_range():
    move_everything(Directions())


@pytest.mark.parametrize(
    ("values", "reached"),
    [({"times": 1.6}, [0]), ({"times": 1.7}, [0]), ({"times": 1.5}, []), ({"times": 1.6, "split": 1}, [])]
    + [({"times": 1.995}, [1]), ({"times": 1.99}, []), ({"times": 2}, []), ({"times": 0.05}, [])]
    + [({"split": 6}, [2]), ({"split": 9}, [2]), ({"split": 4}, []), ({"split": 6, "times": 0.9}, [])],
)
def test_the_goals_tick_where_they_are_reached(values, reached):
    explorer = Directions()
    assert explorer.reached == ()
    explorer.set(**values)
    assert [number for number, goal in enumerate(Directions.goals) if goal in explorer.reached] == reached


def test_the_picture_shows_what_was_computed():
    explorer = Directions(step=14, split=3)
    result, J = explorer.result, regression(3)
    loss = nn.run(nn.GradientDescent(1 / J.largest_curvature), J, J.start, steps=1000).loss
    np.testing.assert_allclose(
        explorer.total.get_ydata(), 100 * (loss / J.loss(J.solution()) - 1), rtol=1e-6, atol=1e-8
    )
    assert explorer.here.get_xydata().tolist() == [[14, pytest.approx(result.now.sum())]]
    tops = [bar.get_y() + bar.get_height() for bar in explorer.before]
    np.testing.assert_allclose(tops, np.maximum(result.percent[0], 1e-3))
    tops = [bar.get_y() + bar.get_height() for bar in explorer.now]
    np.testing.assert_allclose(tops, np.maximum(result.percent[14], 1e-3))


def test_what_is_said_at_the_start():
    explorer = Directions(step=0)
    assert explorer.status == (
        "At step 0 the loss is 955% above its minimum; of this 86.92% lie in the intercept's direction, 7.59% in the "
        "steepest, 0.04% in the flattest. Within 1% from step 14 on."
    )
    explorer.times = 2
    assert explorer.status.endswith("It never comes within 1%.")


def test_the_prose_of_the_chapter_is_true():
    gap = diabetes(0)
    L, mu = gap.curvatures[[0, -1]]
    rise = 100 * gap.start.sum() / gap.lowest
    assert f"{rise:.0f} {L / mu:.0f} {L:.2f}" == "955 443 8.28"
    assert L / mu / 2 * np.log(rise) == pytest.approx(1500, rel=0.02)  # "about 1,500 steps"
    assert gap.curvatures[intercept_of(gap)] == pytest.approx(2)
    assert (1 - 2 / L) ** 2 == pytest.approx(0.58, abs=0.005)  # what a step keeps of the intercept's gap
    assert np.abs(gap.directions[-1]).max() == pytest.approx(1)  # nothing else is in it
    assert datasets.diabetes(seed=0).y_train.mean() == pytest.approx(150, abs=5)
    parts = {"flattest": -1, "intercept": intercept_of(gap), "steepest": 0}
    told = {name: f"{gap.start[k] / gap.lowest:.2%} {gap.start[k] / gap.start.sum():.2%}" for name, k in parts.items()}
    assert told == {"flattest": "0.42% 0.04%", "intercept": "830.20% 86.92%", "steepest": "72.47% 7.59%"}


def test_kappa_decides_just_where_the_flattest_direction_begins_above_the_line():
    waits = {}
    for split in range(SPLITS):
        gap = diabetes(split)
        above = gap.start[-1] > 0.01 * gap.lowest
        waits.setdefault(bool(above), []).append(gap.steps_to(0.01, 1 / gap.curvatures[0]))
    assert sorted(waits[False]) == [13, 14, 14, 16]
    assert len(waits[True]) == 6 and (min(waits[True]), max(waits[True])) == (34, 91)
    assert diabetes(6).start[-1] / diabetes(6).lowest == pytest.approx(0.015, abs=0.0005)
    assert diabetes(6).steps_to(0.01, 1 / diabetes(6).curvatures[0]) == 91


def test_the_best_guarantee_is_no_forecast():
    gap = diabetes(0)
    L, mu = gap.curvatures[[0, -1]]
    assert gap.steps_to(0.01, best_rate(L, mu)) == 475 and gap.steps_to(0.01, 1 / L) == 14
    quick, balanced = (gap.after(rate, np.arange(3001)).sum(axis=1) for rate in (1 / L, best_rate(L, mu)))
    for rate, median in ((lambda L, mu: 1 / L, 34.5), (best_rate, 474.5)):
        gaps = [diabetes(split) for split in range(SPLITS)]
        assert np.median([each.steps_to(0.01, rate(*each.curvatures[[0, -1]])) for each in gaps]) == median
    J, data = regression(), datasets.diabetes(seed=0)
    theta = nn.run(nn.GradientDescent(1 / L), J, J.start, 475, keep=["theta"]).theta[14:]
    errors = J.error(theta, data.X_test, data.y_test)
    assert errors.max() / errors.min() < 1.02  # "moves within 2%"
    behind = np.flatnonzero(balanced > quick)
    assert (behind[0], behind[-1]) == (5, 1141)
    shares = [np.abs(1 - rate * np.array([mu, L])).max() for rate in best_rate(L, mu) * np.array([0.999, 1, 1.001])]
    assert np.argmin(shares) == 1 and shares[1] == pytest.approx((L / mu - 1) / (L / mu + 1))


def test_gradient_and_hessian_of_the_mean_squared_error():
    J = regression()
    X, y, n = np.column_stack([datasets.diabetes(seed=0).X_train, np.ones(J.examples)]), J.targets, J.examples
    theta = np.random.default_rng(0).normal(size=11)
    np.testing.assert_allclose(J.gradient(theta), 2 / n * X.T @ (X @ theta - y), rtol=1e-9)
    np.testing.assert_allclose(J.hessian(theta), 2 / n * X.T @ X, rtol=1e-9, atol=1e-12)
