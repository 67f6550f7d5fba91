"""The explorer of chapter 05: each control over its whole range, theory against runs, each status and pixel true."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from explorer_moves import move_everything, positions, reused

import nnlearn as nn
from nnlearn.chapters.ch05_momentum.explorers import (
    BETA,
    COLOURS,
    LOSSES,
    LOWEST,
    START,
    WIDTH,
    L,
    MomentumMap,
    largest_safe_rate,
    method,
)
from nnlearn.explorers import training_map
from nnlearn.theory import PROOF, best_pair, border, small_from, swings

FORMS = ["classical", "averaged", "nesterov"]
FORM = pytest.mark.parametrize("form", FORMS)


@np.errstate(all="ignore")
def walk(form, rate, beta, curvatures, start, steps):
    """All places of runs on a bowl, by hand; rate and beta are numbers or arrays (..., 1)."""
    curvatures, theta = np.asarray(curvatures, float), np.asarray(start, float)
    theta = theta + 0 * rate + 0 * beta
    m, places = np.zeros_like(theta), [theta]
    for _ in range(steps):
        if form == "averaged":
            m = beta * m + (1 - beta) * (curvatures * theta)
            theta = theta - rate * m
        else:
            ahead = theta + beta * m if form == "nesterov" else theta
            m = beta * m - rate * (curvatures * ahead)
            theta = theta + m
        places.append(theta)
    return np.array(places)


@np.errstate(all="ignore")
def losses(form, rate, beta, steps, condition_number=100):
    """The losses of runs in the ravine."""
    curvatures = np.array([L / condition_number, L])
    return (curvatures * walk(form, rate, beta, curvatures, START, steps) ** 2).sum(axis=-1) / 2


def first_small(loss):
    """From which step on the loss is below 1e-6, if it is so for ten steps at the least."""
    small = [value < 1e-6 for value in loss]
    return next((step for step in range(len(loss) - 9) if all(small[step:])), None)


@pytest.fixture
def coarse(monkeypatch):
    """A map of a few pixels."""
    monkeypatch.setattr(training_map, "RESOLUTIONS", (40,))


@pytest.fixture
def tiny(monkeypatch):
    """A map that nobody looks at."""
    monkeypatch.setattr(training_map, "RESOLUTIONS", (3,))


def answered(**values):
    explorer = MomentumMap()
    explorer.predict((0.03, 0.9))
    explorer.set(**values)
    return explorer


with_a_tiny_map, with_a_coarse_map, without_goals = reused(answered), reused(answered), reused(answered)


@pytest.mark.parametrize("make", [MomentumMap, answered], ids=["before the prediction", "after"])
def test_every_control_moves_over_its_whole_range(tiny, make):
    move_everything(make())


@pytest.mark.parametrize("form", FORMS[1:])
def test_the_pixel_moves_over_its_whole_range_in_each_form(tiny, form):
    explorer = with_a_tiny_map(form=form, steps=300)
    for pixel in positions(MomentumMap.pixel):
        explorer.pixel = pixel
        assert explorer.error is None and "nan" not in explorer.status


# --- Theory ---


@FORM
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.95, 0.99])
def test_the_border_is_where_runs_begin_to_diverge(form, beta):
    rates = border(form, L, np.array(beta)) * np.array([[0.995], [1.005]])
    theta = walk(form, rates, beta, [L], [1.0], 8000)
    inside, outside = np.abs(theta[[100, -1], :, 0]).T
    assert inside[1] < 1e-3 * max(inside[0], 1e-200) or inside[1] < 1e-12
    assert outside[1] > 1e3 * outside[0] or not np.isfinite(outside[1])


@pytest.mark.parametrize(
    ("form", "times"), [("classical", 1.9), ("averaged", 19), ("nesterov", 1.9 / 2.8)]
)  # of the limit without momentum
def test_the_border_at_nine_tenths(form, times):
    assert border(form, L, np.array(0.9)) == pytest.approx(times * 0.02)


@FORM
def test_without_momentum_the_border_is_that_of_plain_descent(form):
    assert border(form, L, np.array(0.0)) == pytest.approx(2 / L)
    slow, fast = swings(form, 4.0, np.array(0.0))
    assert slow == fast == pytest.approx(0.25)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_the_largest_safe_rate_is_measured(beta):
    assert largest_safe_rate(beta) == pytest.approx(border("classical", L, beta), rel=0.005)


def transition(form, rate, beta, curvature):
    """The matrix of one step of the library's own method, (theta, its state) -> the next."""
    optimizer, J = method(form, rate, beta), nn.objectives.Quadratic(curvatures=[curvature])
    (state,) = optimizer.state
    columns = []
    for unit in ([1.0, 0.0], [0.0, 1.0]):
        row = optimizer.step(nn.Row(t=0, theta=np.array(unit[:1]), **{state: np.array(unit[1:])}), J)
        columns.append([row.theta[0], getattr(row, state)[0]])
    return np.transpose(columns)


@FORM
@pytest.mark.parametrize("curvature", [0.1, 1.0, 100.0])
@pytest.mark.parametrize("beta", [0.04, 0.5, 0.9, 0.99])
def test_a_direction_swings_between_these_rates_alone(form, curvature, beta):
    slow, fast = swings(form, curvature, np.array(beta))
    inside = [slow * 1.0001, np.sqrt(slow * fast), (slow + fast) / 2, fast * 0.9999]
    outside = [slow / 2, slow * 0.9999, fast * 1.0001]
    for rate in inside:
        roots = np.linalg.eigvals(transition(form, rate, beta, curvature))
        assert np.abs(roots.imag).min() > 0
        damping = beta * (1 - rate * curvature) if form == "nesterov" else beta
        np.testing.assert_allclose(np.abs(roots), np.sqrt(damping), rtol=1e-6)
    for rate in outside:
        assert np.isrealobj(np.linalg.eigvals(transition(form, rate, beta, curvature))), rate


@FORM
@pytest.mark.parametrize("beta", [0.2, 0.67, 0.95])
def test_the_border_is_where_a_root_passes_one(form, beta):
    rate = float(border(form, L, np.array(beta)))
    for share, stable in ((0.999, True), (1.001, False)):
        size = np.abs(np.linalg.eigvals(transition(form, share * rate, beta, L))).max()
        assert (size < 1) == stable and size == pytest.approx(1, abs=0.05)


def test_the_curves_meet_in_the_tip_of_the_v():
    beta = np.linspace(*BETA, 100_001)
    rate, steep = swings("classical", 1.0, beta)[0], swings("classical", L, beta)[1]
    tip = np.flatnonzero(np.diff(np.sign(rate - steep)))
    assert len(tip) == 1
    assert (rate[tip[0]], beta[tip[0]]) == pytest.approx((0.0331, 0.669), abs=5e-4)
    assert (rate[tip[0]], beta[tip[0]]) == pytest.approx(best_pair(L, 1.0), abs=1e-5)


@FORM
def test_the_curves_are_drawn(coarse, form):
    explorer = with_a_coarse_map(form=form, condition_number=20)
    drawn = [line.get_xydata() for line in explorer.theory]
    for points in drawn:
        np.testing.assert_array_equal(points[:, 1], np.linspace(0, 0.99, 200))
    beta = drawn[0][:, 1]
    np.testing.assert_allclose(drawn[0][:, 0], border(form, L, beta))
    np.testing.assert_allclose(drawn[1][:, 0], swings(form, 5.0, beta)[0])
    np.testing.assert_allclose(drawn[2][:, 0], swings(form, 100.0, beta)[1])


# --- The map ---


@cache
def ends(form, resolution, condition_number, steps):
    """The losses of all pixels from the last step to PROOF steps later."""
    rate, beta = np.meshgrid(np.linspace(LOWEST, WIDTH[form], resolution), np.linspace(0, 0.99, resolution))
    return losses(form, rate[..., np.newaxis], beta[..., np.newaxis], steps + PROOF, condition_number)[steps:]


@FORM
@pytest.mark.parametrize(("condition_number", "steps"), [(100, 100), (7.0, 33), (1000, 300), (1, 10)])
def test_every_pixel_is_its_run(coarse, form, condition_number, steps):
    explorer = with_a_coarse_map(form=form, condition_number=condition_number, steps=steps)
    later = ends(form, 40, condition_number, steps)
    loss = later[0]
    expected = COLOURS(LOSSES(np.nan_to_num(loss, nan=np.inf, posinf=np.inf)))[..., :3]
    image = explorer.result.map.image
    assert image.shape == (40, 40, 3)
    np.testing.assert_allclose(image, expected, atol=0.02)
    assert explorer.result.map.small == pytest.approx(np.mean(np.all(later < 1e-6, axis=0)), abs=1e-3)
    np.testing.assert_array_equal(explorer.image.get_array(), image)
    assert tuple(explorer.image.get_extent()) == (0.0002, WIDTH[form], 0, 0.99)
    assert explorer.map_axes.get_xlim() == (0.0002, WIDTH[form])


@FORM
def test_a_pixel_of_the_map_is_the_run_that_is_opened_there(coarse, form):
    explorer = with_a_coarse_map(form=form)
    rng = np.random.default_rng(0)
    for row, column in [(0, 0), (39, 39), (0, 39), (39, 0), *rng.integers(0, 40, (12, 2))]:
        explorer.pixel = np.linspace(LOWEST, WIDTH[form], 40)[column], np.linspace(0, 0.99, 40)[row]
        loss = explorer.trace().loss[-1]
        colour = COLOURS(LOSSES(loss if np.isfinite(loss) else np.inf))[:3]
        np.testing.assert_allclose(explorer.result.map.image[row, column], colour, atol=0.02)


def test_the_map_has_90_000_runs_of_which_a_tenth_stays_small():
    explorer = answered()
    assert explorer.result.map.image.shape == (300, 300, 3)
    assert explorer.result.map.small == pytest.approx(0.1016, abs=0.0005)
    later = ends("classical", 300, 100, 100)
    small = np.mean(np.all(later < 1e-6, axis=0))
    assert f"{small:.1%} of the map stays below 1e-6 from step 100 on." in explorer.status
    assert small < np.mean(later[0] < 1e-6)


def test_the_colours_leap_where_small_begins():
    lightness = COLOURS(LOSSES(np.array([0.9e-6, 1.15e-6])))[:, :3].sum(axis=-1)
    assert lightness[0] > 1.5 * lightness[1]
    np.testing.assert_array_equal(COLOURS(LOSSES(1e300)), COLOURS(LOSSES(np.inf)))


def test_a_move_of_the_pixel_computes_no_new_map(tiny):
    explorer = answered()
    computed = explorer._map
    explorer.set(pixel=(0.01, 0.5), step=9)
    assert explorer._map is computed
    explorer.steps = 99
    assert explorer._map is not computed


# --- The chosen run ---


@FORM
@pytest.mark.parametrize("rate, beta", [(0.0328, 0.67), (0.0197, 0.0), (0.013, 0.81), (0.04, 0.99), (0.0002, 0.9)])
def test_the_chosen_run_is_drawn(tiny, form, rate, beta):
    explorer = with_a_tiny_map(form=form, pixel=(rate, beta), steps=60, step=7)
    theta, loss = walk(form, rate, beta, [1, 100], START, 60), losses(form, rate, beta, 60)
    near = np.where(np.abs(theta) < 100, theta, np.nan)
    np.testing.assert_allclose(explorer.path.get_xydata(), near, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(explorer.loss.get_ydata(), loss, rtol=1e-6, atol=1e-30)
    np.testing.assert_allclose(explorer.here.get_xydata(), [near[7]], rtol=1e-6)
    np.testing.assert_allclose(explorer.here_loss.get_xydata(), [[7, loss[7]]], rtol=1e-6)
    assert explorer.chosen.get_xydata().tolist() == [[rate, beta]]
    assert explorer.loss_axes.get_xlim() == (0, 60)


def test_the_step_ends_with_the_run(tiny):
    explorer = answered(step=300, steps=20)
    assert explorer.result.step == 20 and "Step 20 of Momentum" in explorer.shows(explorer.result)
    explorer = answered(pixel=(0.4, 0.5), step=300, steps=300)
    assert explorer.error is None and explorer.result.step == explorer.trace().stopped.step < 300


@pytest.mark.parametrize(
    ("big", "of", "step"),
    [([], 10, 0), ([], 9, None), ([0], 11, 1), ([0], 10, None), ([0, 4], 15, 5), ([0, 4], 14, None), ([14], 15, None)],
)
def test_arrived_means_ten_small_losses_to_the_end(big, of, step):
    loss = np.full(of, 0.99e-6)
    loss[big] = 1e-6
    assert small_from(loss) == first_small(loss) == step
    loss[big] = np.nan
    assert small_from(loss) == step


STEPS = [  # the first step from which on The loss stays below 1e-6
    ("classical", 0.0328, 0.67, 50),
    ("averaged", 0.0328 / 0.33, 0.67, 50),
    ("averaged", 0.0994, 0.67, 51),
    ("nesterov", 0.0129, 0.8125, 55),
    ("nesterov", 0.0130, 0.81, 58),
    ("classical", 0.0331, 0.669, 94),
    ("classical", 4 / 121, (9 / 11) ** 2, 69),  # theory's optimum
    ("classical", 0.0048, 0.9, 166),
    ("classical", 0.0197, 0.0, 365),
]


@pytest.mark.parametrize(("form", "rate", "beta", "step"), STEPS)
def test_the_steps_that_a_pair_takes(tiny, form, rate, beta, step):
    assert first_small(losses(form, rate, beta, 500)) == step
    if step <= 300:
        explorer = with_a_tiny_map(form=form, pixel=(rate, beta), steps=300)
        assert explorer.result.small_from == step
        for steps, arrived in ((step, True), (step - 1, False)):
            explorer.steps = steps
            assert explorer.result.small_from == (step if arrived else None)
            assert (f"The loss stays below 1e-6 from step {step} on." in explorer.status) == arrived


RECORDS = {  # a grid around the record; the record
    "classical": (np.arange(0.0300, 0.0341, 0.0001), np.arange(0.60, 0.75, 0.01), 50, (0.0328, 0.67)),
    "averaged": (np.arange(0.0900, 0.1041, 0.0002), np.arange(0.60, 0.75, 0.0025), 50, (0.0992, 0.6675)),
    "nesterov": (np.arange(0.0100, 0.0151, 0.0001), np.arange(0.75, 0.90, 0.0025), 55, (0.0129, 0.8125)),
}


@FORM
def test_the_records(form):
    rates, betas, record, where = RECORDS[form]
    rate, beta = np.meshgrid(rates, betas)
    small = losses(form, rate[..., np.newaxis], beta[..., np.newaxis], record + PROOF) < 1e-6
    assert not small[record - 1 :].all(axis=0).any()
    best = small[record:].all(axis=0)
    assert np.isclose(rate[best], where[0], atol=1e-6)[np.isclose(beta[best], where[1])].any()


def test_nine_tenths_and_none_can_not_do_it_within_100_steps():
    rates = np.linspace(0.0002, 0.042, 800)[:, np.newaxis]
    for beta, best in ((0.9, 166), (0.0, 367)):
        loss = losses("classical", rates, beta, 400)
        first = [first_small(each) for each in loss.T]
        assert min(step for step in first if step is not None) == pytest.approx(best, abs=2)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"pixel": (0.0328, 0.67)}, "Rate 0.0328, momentum 0.67. The loss stays below 1e-6 from step 50 on."),
        ({"pixel": (0.0379, 0.9)}, "Rate 0.0379, momentum 0.9. The loss at step 100 is 0.186."),
        ({"pixel": (0.0381, 0.9), "steps": 300}, "Diverges: the loss at step 300 is "),
        ({"pixel": (0.4, 0.0), "steps": 300}, "Rate 0.4, momentum 0. Diverges: the loss at step 194 is inf."),
        ({"pixel": (0.0197, 0.0)}, "The loss at step 100 is 0.15."),
        ({"pixel": (0.0994, 0.67), "form": "averaged"}, "The loss stays below 1e-6 from step 51 on."),
        ({"pixel": (0.01, 0.0), "condition_number": 1}, "The loss stays below 1e-6 from step 1 on."),
    ],
)
def test_the_map_says_what_happens(tiny, values, words):
    explorer = with_a_tiny_map(**values)
    assert words in explorer.status
    before = MomentumMap(**values)
    assert words in before.status and "of the map" not in before.status


def test_at_nine_tenths_the_border_is_sharp():
    inside, outside = (losses("classical", rate, 0.9, 2000) for rate in (0.0379, 0.0381))
    assert inside[-1] < 1e-6
    assert np.flatnonzero(outside > 1e6)[0] == 45 and outside[-1] > outside[1000] > 1e6


# --- Goals ---


@pytest.mark.parametrize(
    ("values", "goals"),
    [
        ({"pixel": (0.0328, 0.67)}, [0, 1]),
        ({"pixel": (0.0328, 0.67), "steps": 50}, [0, 1]),
        ({"pixel": (0.0328, 0.67), "steps": 300}, [0, 1]),
        ({"pixel": (0.0210, 0.67)}, [0]),
        ({"pixel": (0.0104, 0.8)}, [0]),
        ({"pixel": (0.0356, 0.8)}, [0]),
        ({"pixel": (0.0202, 0.67)}, [0]),
        ({"pixel": (0.0994, 0.67), "form": "averaged"}, [2]),
    ],
)
def test_goals_tick_when_reached(tiny, values, goals):
    explorer = answered()
    assert explorer.reached == ()
    explorer.set(**values)
    assert [number for number, goal in enumerate(explorer.goals) if goal in explorer.reached] == goals


@pytest.mark.parametrize(
    "values",
    [
        {"pixel": (0.0328, 0.67), "steps": 49},
        {"pixel": (0.0102, 0.8)},
        {"pixel": (0.0198, 0.67)},
        {"pixel": (0.0332, 0.67)},
        {"pixel": (0.0358, 0.8)},
        {"pixel": (0.0048, 0.9), "steps": 300},
        {"pixel": (0.0328, 0.67), "condition_number": 99},
        {"pixel": (0.0328, 0.67), "condition_number": 10},
        {"pixel": (0.06, 0.67), "form": "averaged"},
        {"pixel": (0.0130, 0.81), "form": "nesterov"},
    ],
    ids=str,
)
def test_goals_tick_nowhere_else(tiny, values):
    assert without_goals(**values).reached == ()


def test_the_goals_need_momentum_between_these():
    rate, beta = np.meshgrid(np.linspace(LOWEST, 0.042, 210), np.linspace(0, 0.99, 100))
    loss = losses("classical", rate[..., np.newaxis], beta[..., np.newaxis], 100 + PROOF)
    met = np.zeros((2, *rate.shape), bool)
    for index in np.ndindex(rate.shape):
        arrived = small_from(loss[(slice(None), *index)])
        result = SimpleNamespace(condition_number=100, form="classical", small_from=arrived)
        met[(slice(None), *index)] = [bool(goal.test(result)) for goal in MomentumMap.goals[:2]]
    for goal, share, between in ((0, 0.102, (0.54, 0.84)), (1, 0.013, (0.65, 0.74))):
        assert met[goal].mean() == pytest.approx(share, rel=0.1)
        assert (beta[met[goal]].min(), beta[met[goal]].max()) == pytest.approx(between, abs=0.015)


# --- Opening a run ---


@pytest.mark.parametrize(
    ("form", "words"),
    [("classical", "Momentum(learning_rate=0.03, momentum=0.7)"),
     ("averaged", "AveragedMomentum(learning_rate=0.03, momentum=0.7)"),
     ("nesterov", "Nesterov(learning_rate=0.03, momentum=0.7)")],
)  # fmt: skip
def test_a_pixel_opens_its_run(tiny, form, words):
    view = with_a_tiny_map(form=form, pixel=(0.03, 0.7)).opened()
    assert view.error is None and repr(view.trace.optimizer) == words and len(view.trace) == 101
    np.testing.assert_allclose(view.trace.theta, walk(form, 0.03, 0.7, [1, 100], START, 100), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(
    ("pixel", "condition_number"),
    [((0.2191, 0.3059), 396), ((0.4, 0.0), 1000), ((0.42, 0.99), 1), ((0.0381, 0.9), 100), ((0.0002, 0.99), 1000)],
)
def test_runs_that_go_far_can_be_opened(tiny, pixel, condition_number):
    view = answered(pixel=pixel, condition_number=condition_number, steps=300).opened()
    assert view.error is None
    view.step = int(view.trace.t[-1])
    assert view.error is None and "nan" not in view.status
