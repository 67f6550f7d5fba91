"""The explorers of chapter 04: each control over its whole range, each status and each told number true."""

import re
from urllib.parse import parse_qsl

import nbformat
import numpy as np
import pytest
from explorer_moves import answering, move_everything

import nnlearn as nn
from nnlearn.chapters.ch04_minibatches import BatchMap, Hover, figures
from nnlearn.chapters.ch04_minibatches import map as batch_map
from nnlearn.chapters.ch04_minibatches.hover import STEPS, TAIL, bottom, gap_above, hovering, path, settled, two_weights
from nnlearn.chapters.ch04_minibatches.map import RATES, SIZES, column, fan, nearest_size, painted, steps_within
from nnlearn.chapters.ch04_minibatches.patients import (
    batch_sums,
    gaps,
    largest_safe_rate,
    lowest,
    moments,
    patients,
    run_all,
)
from tools.environment import ROOT

ANSWERS = {BatchMap: "linear", Hover: "always"}
answered = answering(ANSWERS)


@pytest.fixture
def few(monkeypatch):
    """A map of three sizes and four rates."""
    monkeypatch.setattr(batch_map, "SIZES", (6, 34, 331))
    monkeypatch.setattr(batch_map, "RATES", np.geomspace(1e-4, 0.4, 4))
    column.cache_clear()
    yield
    column.cache_clear()


def test_every_control_of_the_map_moves_over_its_whole_range(few):
    move_everything(answered(BatchMap))


def test_every_control_of_the_path_moves_over_its_whole_range():
    move_everything(answered(Hover))


def test_before_the_prediction_nothing_gives_the_answer_away():
    for kind, told in {BatchMap: ("0.236", "3.6 times 0", "0.242"), Hover: ("e-3", "falls for ever")}.items():
        explorer = kind()
        assert explorer.asking
        assert not any(word in explorer.status + explorer.alternative_text() for word in told)


# --- The quick runs against the library's ---


@pytest.mark.parametrize("order", ["shuffled", "drawn"])
@pytest.mark.parametrize(("size", "rate", "steps"), [(1, 0.002, 700), (7, 0.01, 120), (67, 0.06, 13), (64, 0.03, 14)])
def test_a_quick_run_is_gradient_descent_in_batches(size, rate, steps, order):
    J = patients()
    quick = run_all(batch_sums(J, order, 3, size, steps), np.array([rate, 2 * rate]), every=5)
    trace = nn.run(nn.GradientDescent(rate), nn.MiniBatches(size, 3, order).of(J), J.start, steps, keep=["theta"])
    np.testing.assert_allclose(quick[-1, 0], trace.theta[-1], rtol=1e-9)
    np.testing.assert_allclose(quick[2, 0], trace.theta[10], rtol=1e-9)


def test_of_all_patients_a_step_is_plain_descent():
    J = patients()
    trace = nn.run(nn.GradientDescent(0.1), J, J.start, 12, keep=["theta"])
    np.testing.assert_allclose(run_all(batch_sums(J, "drawn", 0, 331, 12), np.array([0.1]))[:, 0], trace.theta)


def test_the_gap_is_the_loss_above_the_least():
    J, theta = patients(), np.random.default_rng(0).normal(size=(4, 11)) * 30
    solution, _, least = lowest()
    np.testing.assert_allclose(gaps(theta), J.loss(theta) / least - 1, rtol=1e-10)
    assert gaps(solution) < 1e-20 and gaps(np.full(11, np.nan)) == np.inf


def test_a_column_of_the_map_holds_the_ends_of_its_runs():
    ends = column("drawn", 2, 17, 40)
    J = patients()
    for place in (0, 20, 45):
        trace = nn.run(nn.GradientDescent(RATES[place]), nn.MiniBatches(17, 2, "drawn").of(J), J.start, 40)
        assert ends[place] == pytest.approx(trace.loss[-1] / lowest()[2] - 1, rel=1e-8)


# --- The largest safe rate ---


@pytest.mark.parametrize(("size", "rate"), [(1, 0.066), (2, 0.111), (4, 0.160), (67, 0.236), (np.inf, 0.2415)])
def test_the_largest_safe_rates(size, rate):
    assert largest_safe_rate(size) == pytest.approx(rate, abs=6e-4)


def test_all_patients_meet_the_wall_of_chapter_03():
    assert largest_safe_rate(np.inf) == largest_safe_rate(331) == pytest.approx(2 / patients().curvatures[0], rel=1e-9)
    limits = [largest_safe_rate(size) for size in SIZES]
    assert (np.diff(limits) > 0).all()
    assert limits[-1] < 1.05 * largest_safe_rate(34)  # told: twice as much is impossible


@pytest.mark.parametrize("size", [1, 4, 67])
def test_at_the_largest_safe_rate_the_mean_of_the_squares_keeps_its_size(size):
    """Its growth, by the definition: T -> mean of (I - rate h) T (I - rate h)'."""
    both, whole, single = moments()
    squares = whole + (single - whole) / size
    for share, above in ((0.99, False), (1.01, True)):
        rate = share * largest_safe_rate(size)
        growth = np.abs(np.linalg.eigvals(np.eye(len(both)) - rate * np.diag(both) + rate**2 * squares)).max()
        assert (growth > 1) == above


def test_the_moments_are_those_of_the_patients():
    J = patients()
    H, directions = np.linalg.eigh(J.hessian(J.start))
    h = np.array([2 * np.outer(x, x) for x in J.design @ directions])
    T = np.random.default_rng(0).normal(size=(11, 11))
    T += T.T
    np.testing.assert_allclose(h.mean(axis=0), np.diag(H), atol=1e-9)
    both, whole, single = moments()
    np.testing.assert_allclose(single @ T.ravel(), np.mean(h @ T @ h, axis=0).ravel(), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(both * T.ravel(), (np.diag(H) @ T + T @ np.diag(H)).ravel())
    np.testing.assert_allclose(whole @ T.ravel(), (np.diag(H) @ T @ np.diag(H)).ravel())


def test_above_it_runs_burst():
    """One patient a step, targets that a line fits: 25% above the limit the worst of the runs leaves."""
    J = patients()
    exact = nn.objectives.LinearRegression(J.design[:, :-1], J.design @ J.solution())

    def worst(times):
        rate = times * largest_safe_rate(1)
        ends = [run_all(batch_sums(exact, "drawn", seed, 1, 3000), np.array([rate]), 3000)[-1] for seed in range(5)]
        return max(np.abs(end - J.solution()).max() for end in ends)

    assert worst(0.5) < 10 and worst(1.25) > 1e6  # the start lies 152 away


# --- The map ---


def test_the_budgets():
    assert steps_within("epochs", 1, 100) == 3310 and steps_within("epochs", 67, 0) == 50
    assert steps_within("steps", 1, 0) == steps_within("steps", 331, 300) == 300
    assert steps_within("time", 331, 0) == 10 and steps_within("time", 1, 0) == 3310
    assert steps_within("time", 34, 100) == pytest.approx(100, abs=2)  # told: as long as ten epochs of it


def test_a_point_means_the_nearest_size():
    assert [nearest_size(batch) for batch in (1.0, 1.3, 60.0, 67.0, 331.0)] == [1, 1, 56, 67, 331]


def test_bright_is_good_and_the_axes_are_those_of_the_runs():
    found = np.full((len(RATES), len(SIZES)), 3.0)
    found[0, -1], found[-1, 0] = 1e-4, 5e-3  # the smallest rate of the largest batch; the other corner
    brightness = painted(found).mean(axis=2)
    assert brightness[0, -1] > brightness[-1, 0] > 1.5 * brightness[0, 0]
    explorer = BatchMap()
    assert explorer.image.origin == "lower" and (np.diff(SIZES) > 0).all() and (np.diff(RATES) > 0).all()


def test_the_map_is_covered_until_the_answer(few):
    explorer = BatchMap()
    explorer.look("light", 1.0)
    explorer.finish()
    covered = explorer.limit.get_visible(), explorer.image.get_array().max(), explorer.cover.hides
    explorer.predict("few")
    explorer.finish()
    assert covered == (False, 0, True)
    assert explorer.limit.get_visible() and explorer.image.get_array().max() > 0 and not explorer.cover.hides


def test_the_told_spread_is_that_of_the_chosen_seed_and_the_next_four():
    explorer = answered(BatchMap, pixel=(67.0, 0.06), seed=3)
    ends = np.sort(fan("shuffled", range(3, 8), 67, 0.06, 50)[1][-1])
    told = [batch_map.percent(ends[place]) for place in (0, 4, 2)]
    assert "Five seeds: {} to {}, median {}.".format(*told) in explorer.status


def test_batches_that_leave_one_patient_over():
    """Told: 5, 6 and 11 do, and end farther from the bottom than their neighbours."""
    assert [size for size in SIZES if size > 4 and 331 % size == 1] == [5, 6, 11]
    ends = {size: min(np.median([column("shuffled", seed, size, steps_within("epochs", size, 0)) for seed in range(7)],
                                axis=0)) for size in (4, 5, 6, 9, 11, 14)}  # fmt: skip
    assert min(ends[5], ends[6], ends[11]) > 1.2 * max(ends[4], ends[9], ends[14])


def test_what_is_not_there_yet_is_white():
    found = np.full((len(RATES), len(SIZES)), 0.001)
    found[:, 0] = np.nan
    image = painted(found)
    assert (image[:, 0] == 1).all() and (image[:, -1] != 1).any()


def test_the_numbers_that_are_told_of_ten_epochs_and_300_steps():
    """Each size with its best rate comes about as far in ten epochs; in 300 steps the larger batch comes farther."""
    best = {}
    for budget in ("epochs", "steps"):
        for size in (1, 4, 67, 331):
            ends = np.array([column("shuffled", seed, size, steps_within(budget, size, 0)) for seed in range(5)])
            place = np.median(ends, axis=0).argmin()
            best[budget, size] = RATES[place], np.median(ends[:, place])
    assert all(0.0044 < best["epochs", size][1] < 0.0053 for size in (1, 4, 67, 331))
    rates = [best["epochs", size][0] for size in (1, 4, 67, 331)]
    assert rates == pytest.approx([0.00095, 0.0039, 0.064, 0.198], rel=0.02)
    steps = [best["steps", size][1] for size in (1, 4, 67, 331)]
    assert steps == pytest.approx([0.041, 0.0098, 0.0028, 0.0003], rel=0.1)


def test_the_goals_of_the_map_are_reached(few):
    def met(**values):
        explorer = answered(BatchMap, **values)
        return [goal.met(explorer.result) for goal in explorer.goals]

    assert met(pixel=(67.0, 0.001)) == [False, False, False]
    assert met(pixel=(331.0, 0.228), budget="steps", claim="possible") == [False, True, False]
    assert met(pixel=(331.0, 0.228), claim="impossible") == [False, False, True]


def test_the_first_goal_of_the_map():
    explorer = answered(BatchMap, pixel=(67.0, 0.06))
    assert explorer.goals[0].met(explorer.result)
    assert "Batch 67, rate 0.06: a gap of 0.45% after 50 steps." in explorer.status


def test_an_answer_reaches_no_goal():
    for kind in (BatchMap, Hover):
        explorer = answered(kind)
        assert not explorer.reached and not any(goal.met(explorer.result) for goal in explorer.goals)
    assert min(column("shuffled", seed, 67, 50)[np.abs(RATES - 0.2).argmin()] for seed in range(10)) > 0.01


ASTRAY = {
    BatchMap: {"budget": "time", "price": 7, "order": "drawn", "seed": 9, "pixel": (2.0, 0.3)},
    Hover: {"learning_rate": 0.3, "batch": 7, "share": 0.4, "plan": "rate", "seed": 9},
}


def links(kind):
    """The settings of each link of the notebook that moves an explorer."""
    cells = nbformat.read(ROOT / "notebooks" / "04_minibatches.ipynb", 4).cells
    text = "".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for link in re.findall(rf"\(#{kind.__name__}\?([^)]*)\)", text):
        read = {"pixel": lambda text: tuple(map(float, text.split(","))), "budget": str, "order": str, "plan": str}
        pairs = parse_qsl(link, keep_blank_values=True)
        yield {name: read.get(name, float if "." in text else int)(text) for name, text in pairs}


@pytest.mark.parametrize(("kind", "goals"), [(BatchMap, [0, 1]), (Hover, [0, 1, 1, 2, 2])])
def test_a_link_reaches_its_goal_from_everywhere(kind, goals):
    reached = []
    for link in links(kind):
        astray = ASTRAY[kind]
        assert not set(astray) - set(link) - {"price"}, link  # what it leaves as it stands
        explorer = answered(kind, **astray | link)
        reached += [number for number, goal in enumerate(explorer.goals) if goal.met(explorer.result)]
    assert sorted(reached) == goals


def test_what_is_told_of_safe_rates_and_of_a_step_s_price():
    safe = [largest_safe_rate(size) / largest_safe_rate(1) for size in (2, 4, 67)]
    assert safe == pytest.approx([1.7, 2.4, 3.6], abs=0.05)
    assert column("shuffled", 0, 1, 3310)[np.abs(RATES - 0.03).argmin()] > 0.5
    assert fan("shuffled", range(1), 1, 0.03, 3310)[1][-1, 0] == pytest.approx(0.62, abs=0.005)
    alone = [column("shuffled", seed, 1, steps_within("time", 1, 100)).min() for seed in range(10)]
    assert min(alone) == pytest.approx(0.042, abs=0.002)
    steps = steps_within("time", 331, 100)
    assert fan("shuffled", range(1), 331, 0.2, steps)[1][-1, 0] == pytest.approx(0.0034, abs=5e-5)
    ratios = [np.median(fan("drawn", range(10), size, rate, steps)[1][-1])
              / np.median(fan("shuffled", range(10), size, rate, steps)[1][-1])
              for size, rate, steps in ((4, 0.0039, 830), (67, 0.06, 50))]  # fmt: skip
    assert all(2.5 < ratio < 3.7 for ratio in ratios)


def test_the_rule_of_the_limit():
    """L and m as told, the rule within a tenth, and which way its two simplifications err."""
    J = patients()
    X, L = J.design, J.curvatures[0]
    assert pytest.approx(8.28, abs=0.005) == L and np.mean(np.sum(X**2, axis=1)) == pytest.approx(11)
    for size in SIZES:
        assert figures.parts_of_the_limit(size) == pytest.approx(largest_safe_rate(size), rel=0.1)
    along = X @ np.linalg.eigh(J.hessian(J.start))[1][:, -1]
    assert np.mean(4 * along**2 * np.sum(X**2, axis=1)) > 2 * 11 * L


def test_the_answer_of_the_map():
    told = answered(BatchMap)._guess.verdict()
    assert "0.236, that is 3.6 times 0.066" in told and "2/L" in told


# --- Round the bottom ---


def test_the_path_is_the_library_s():
    J, theta = two_weights(1.0), path(0.02, 3, 1.0, "", 4)
    trace = nn.run(nn.GradientDescent(0.02), nn.MiniBatches(3, 4, "drawn").of(J), [0.0, 0.0], 1000, keep=["theta"])
    np.testing.assert_allclose(theta[:1001], trace.theta, rtol=1e-9, atol=1e-9)
    later = nn.MiniBatches(12, 1004, "drawn").of(J)
    second = nn.run(nn.GradientDescent(0.02), later, theta[1000], 1000, keep=["theta"])
    np.testing.assert_allclose(path(0.02, 3, 1.0, "batch", 4)[1000:], second.theta, rtol=1e-8)
    slower = nn.run(nn.GradientDescent(0.005), nn.MiniBatches(3, 1004, "drawn").of(J), theta[1000], 1000)
    np.testing.assert_allclose(path(0.02, 3, 1.0, "rate", 4)[1000:], slower.theta, rtol=1e-8)


def test_the_best_line_is_one_for_all_shares():
    for share in (0.0, 0.3, 1.0):
        np.testing.assert_allclose(two_weights(share).solution(), bottom()[0])
    J = two_weights(1.0)
    theta = np.array([[30.0, 20.0], [36.0, 30.0]])
    np.testing.assert_allclose(gap_above(theta), J.loss(theta) / bottom()[1] - 1, rtol=1e-9)


@pytest.mark.parametrize(("rate", "batch", "share"), [(0.01, 1, 1.0), (0.02, 4, 1.0), (0.02, 1, 0.5), (0.1, 16, 1.0)])
def test_theory_says_where_a_run_hovers(rate, batch, share):
    found = np.mean([settled(rate, share, batch, seed=seed) for seed in range(12)])
    assert found == pytest.approx(hovering(rate, batch, share), rel=0.3)


def test_a_batch_four_times_as_large_does_what_a_quarter_of_the_rate_does():
    plans = {plan: np.mean([settled(0.02, 1.0, 4, plan, seed) for seed in range(12)]) for plan in ("", "rate", "batch")}
    assert plans["rate"] == pytest.approx(plans["batch"], rel=0.35)
    assert 3 < plans[""] / plans["batch"] < 6


def test_with_an_exact_fit_nothing_hovers():
    assert settled(0.02, 0.0) < 1e-30 and settled(0.02, 1.0) > 0.01 and settled(0.02, 0.01) > 1e-6
    explorer = answered(Hover)
    explorer.set(share=0.0)
    assert "the gap is below 1e-20 on average. Theory, at small rates: it falls for ever." in explorer.status
    assert "leaves" in answered(Hover, learning_rate=0.5, share=1.0).status


def test_the_goals_of_the_path_are_reached():
    def met(**values):
        explorer = answered(Hover, **values)
        return [goal.met(explorer.result) for goal in explorer.goals]

    assert met(batch=16, learning_rate=0.08) == [True, False, False]
    assert met(batch=16, learning_rate=0.02) == [False, False, False]
    assert met(batch=4, plan="rate") == [False, True, False]
    assert met(batch=4, plan="batch") == [False, True, False]
    assert met(batch=4) == [False, False, False]
    assert met(share=0.0) == [False, False, True]
    assert met(share=0.1) == [False, False, False]


def test_what_is_drawn_of_a_path():
    explorer = answered(Hover, share=1.0)
    assert len(explorer.path.get_xdata()) == STEPS + 1 - TAIL and len(explorer.tail.get_xdata()) == TAIL
    np.testing.assert_array_equal(explorer.tail.get_xdata(), explorer.result.theta[-TAIL:, 0])
    assert explorer.tail.get_zorder() > explorer.path.get_zorder()  # what the text speaks of is hidden by nothing
    assert explorer.best.get_zorder() > explorer.tail.get_zorder()
    grown = answered(Hover, batch=4, plan="batch")
    assert grown.level.axes is grown.gap.axes is not grown.tail.axes
    np.testing.assert_allclose(grown.level.get_ydata(), [0.01, 0.01, 0.0025, 0.0025])
    assert np.isnan(answered(Hover, share=0.0).level.get_ydata()).all()  # of an exact fit there is no level
