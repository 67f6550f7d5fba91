"""The explorers of chapter 00: each control over its whole range, each status and each pixel true."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from explorer_moves import move_everything, reused
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from thorough import mostly_thorough

from nnlearn.chapters.ch00_start_here.explorers import (
    DEEP,
    FLOOR,
    HIGH,
    HILLTOP,
    LOW,
    MAP_COLOURS,
    SHALLOW,
    FirstDescent,
    TwoClocks,
    ValleyMap,
    clocks,
    descent,
    digits,
    fate,
    settled_at,
)
from nnlearn.explorers import training_map

RATES = np.round(np.arange(0.01, 1.205, 0.01), 2)


def f(theta):
    return theta**4 / 4 - theta**2 / 2 + 0.2 * theta


def slope(theta):
    return theta * theta * theta - theta + 0.2  # in this order: on the edge of chaos each bit counts


@np.errstate(all="ignore")
def walk(rate, start, steps=200):
    """All places of a run, or of many at once."""
    theta = [np.asarray(start, float)]
    for _ in range(steps):
        theta.append(theta[-1] - rate * slope(theta[-1]))
    return np.array(theta)


def settles(theta):
    """Which of the two valleys, and from which step on; (None, None) if in neither."""
    for name, valley in (("deep", -1.0880339), ("shallow", 0.8788851)):
        for step in range(len(theta) - 9):  # ten places at least
            if all(abs(place - valley) < 0.01 for place in theta[step:]):
                return name, step
    return None, None


def answered(cls, prediction, **values):
    explorer = cls()
    explorer.predict(prediction)
    explorer.set(**values)
    return explorer


before = reused(FirstDescent)
of_the_map = reused(lambda: answered(ValleyMap, 3))
of_the_clocks = reused(lambda: answered(TwoClocks, 50))


EXPLORERS = {
    "first descent": lambda: answered(FirstDescent, (-1, FLOOR)),
    "first descent before the prediction": FirstDescent,
    "valley map": ValleyMap,
    "two clocks": lambda: answered(TwoClocks, 50),
    "two clocks before the prediction": TwoClocks,
}


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_control_moves_over_its_whole_range(name):
    move_everything(EXPLORERS[name]())


# --- The first descent ---


def test_the_valleys_and_the_hill():
    for place, curvature in ((DEEP, 1), (SHALLOW, 1), (HILLTOP, -1)):
        assert abs(slope(place)) < 1e-3 and np.sign(3 * place**2 - 1) == curvature
    assert f(DEEP) < f(SHALLOW) < f(HILLTOP)


def expected(rate):
    """What the specification says of this rate from 1.8, within 200 steps."""
    if rate <= 0.01 or rate in (0.79, 0.8, 0.85):
        return None
    if rate >= 0.87:
        return "diverges"
    return "deep" if 0.38 <= rate <= 0.78 else "shallow"


@pytest.mark.parametrize("rate", RATES)
def test_every_rate_from_the_standard_start(rate):
    result, theta = descent(rate, 1.8), walk(rate, 1.8)
    assert len(result.theta) == len(theta) or result.stopped
    np.testing.assert_allclose(result.theta, theta[: len(result.theta)], rtol=1e-6)
    valley, step = settles(theta)
    if expected(rate) == "diverges":
        assert result.stopped.step == len(result.theta) - 1 == np.flatnonzero(~np.isfinite(theta))[0]
        assert not result.settled and fate(result, 60) == str(result.stopped)
    else:
        assert valley == expected(rate) and not result.stopped
        assert result.settled == (None if valley is None else ({"deep": DEEP, "shallow": SHALLOW}[valley], step))


@pytest.mark.parametrize(
    ("rate", "start", "steps", "status"),
    [
        (0.1, 1.8, 30, "Settled at 0.879 after 23 steps."),
        (0.1, 1.8, 23, "Settled at 0.879 after 23 steps."),
        (0.1, 1.8, 22, "Not settled yet at step 22: theta is 0.890."),
        (0.5, 1.8, 60, "Settled at -1.088 after 5 steps."),
        (0.5, 1.8, 5, "Settled at -1.088 after 5 steps."),
        (0.5, 1.8, 4, "Not settled yet at step 4: theta is -1.068."),
        (0.5, 1.8, 0, "Not settled yet at step 0: theta is 1.800."),
        (0.02, 1.8, 60, "Not settled yet at step 60: theta is 0.946."),
        (0.01, 1.8, 30, "Not settled after 200 steps: still creeping, theta is 0.901."),
        (0.01, 0.2, 30, "Not settled after 200 steps: still creeping, theta is 0.156."),
        (0.8, 1.8, 30, "Never settles: still jumping after 200 steps."),
        (0.85, 1.8, 30, "Never settles: still jumping after 200 steps."),
        (0.87, 1.8, 30, "The run left the finite numbers at step 9."),
        (1.2, 0.9, 30, "Settled at 0.879 after 2 steps."),
    ],
)
def test_the_first_descent_says_what_happens(rate, start, steps, status):
    explorer = before(learning_rate=rate, start=start, steps=steps)
    assert explorer.status == status
    if "theta is" in status:
        place = walk(rate, start)[200 if "after" in status else steps]
        assert status.endswith(f"{place:.3f}.")


@given(st.data())
def test_settled_at_means_there_and_to_the_end(data):
    near = st.floats(-0.0099, 0.0099)
    places = st.one_of(near.map(lambda x: x + DEEP), near.map(lambda x: x + SHALLOW), st.floats(-3, 3), st.just(np.nan))
    theta = np.array(data.draw(st.lists(places, min_size=1, max_size=14)))
    valley, step = settles(theta)
    assert settled_at(theta) == (None if valley is None else ({"deep": DEEP, "shallow": SHALLOW}[valley], step))


def reached(explorer):
    return [number for number, goal in enumerate(explorer.goals) if goal in explorer.reached]


def met(goal, rate, start):
    return bool(FirstDescent.goals[goal].test(SimpleNamespace(start=start, **vars(descent(rate, start)))))


FAST = [0.55, 0.61, 0.68]
RESTLESS = [0.79, 0.8, 0.85]


@pytest.mark.parametrize(("goal", "rates"), [(0, FAST), (1, RESTLESS)])
def test_the_goals_of_the_first_descent_are_met_at_these_rates_alone(goal, rates):
    assert [float(rate) for rate in RATES if met(goal, rate, 1.8)] == rates
    assert not any(met(goal, rate, start) for rate in rates for start in (1.75, 1.85, -1.0))


def test_what_the_goals_of_the_first_descent_say_is_true():
    for rate in FAST:
        valley, step = settles(walk(rate, 1.8))
        assert valley == "deep" and step <= 3
    for rate in RESTLESS:
        theta = walk(rate, 1.8, 5000)
        assert np.isfinite(theta).all() and np.abs(np.diff(theta[-100:])).min() > 0.05


@pytest.mark.parametrize(
    ("values", "goals"),
    [({"learning_rate": 0.55}, [0]), ({"learning_rate": 0.55, "steps": 0}, [0]), ({"learning_rate": 0.8}, [1]),
     ({"learning_rate": 0.55, "start": 1.75}, []), ({"learning_rate": 0.5}, []), ({"learning_rate": 0.01}, []),
     ({"learning_rate": 0.9}, [])],
)  # fmt: skip
def test_goals_tick_when_reached(values, goals):
    explorer = answered(FirstDescent, (0, FLOOR))
    assert reached(explorer) == []
    explorer.set(**values)
    assert reached(explorer) == goals


@pytest.mark.parametrize("rate, start, steps", [(0.1, 1.8, 30), (0.5, -2.0, 3), (0.8, 1.8, 60), (0.3, 0.2, 0)])
def test_the_first_descent_draws_its_steps(rate, start, steps):
    explorer = before(learning_rate=rate, start=start, steps=steps)
    theta = walk(rate, start, steps)
    np.testing.assert_allclose(explorer.hops.get_xydata(), np.stack([theta, f(theta)], axis=1), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(explorer.places.get_ydata(), theta, rtol=1e-9)
    np.testing.assert_allclose(explorer.here.get_xydata(), [[theta[-1], f(theta[-1])]], rtol=1e-9, atol=1e-12)
    (x, y) = explorer.tangent.get_xydata().T
    assert x.mean() == pytest.approx(theta[-1]) and y.mean() == pytest.approx(f(theta[-1]), abs=1e-9)
    assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(slope(theta[-1]), abs=1e-9)
    numbers = [text for text in explorer.numbers if text.get_visible()]
    assert [text.get_text() for text in numbers] == [str(k) for k in range(len(numbers))] and numbers
    assert [text.get_position()[0] for text in numbers] == pytest.approx(theta[: len(numbers)])


def test_a_path_that_leaves_is_not_drawn_far_outside():
    explorer = FirstDescent(learning_rate=1.2, steps=60)
    assert np.nanmax(np.abs(explorer.hops.get_xdata())) < 100
    assert np.isnan(explorer.hops.get_xdata()).any()


# --- The map ---


@pytest.fixture(scope="module")
def valley_map():
    """One map for all that leave it as it is."""
    return answered(ValleyMap, 2, pixel=(1.8, 0.1))


@cache
def fates(resolution):
    """0 deep, 1 shallow, 2 not settled, 3 diverged; start along the last axis, rate along the first."""
    start, rate = np.meshgrid(np.linspace(-2.2, 2.2, resolution), np.linspace(0.01, 1.2, resolution))
    ends = walk(rate, start)[-10:]
    kinds = np.where(np.isfinite(ends[-1]), 2, 3)
    kinds[(np.abs(ends + 1.0880339) < 0.01).all(axis=0)] = 0
    kinds[(np.abs(ends - 0.8788851) < 0.01).all(axis=0)] = 1
    return kinds


def pixels(image):
    """The fates that an image shows."""
    colours = np.array([to_rgb(colour) for colour in MAP_COLOURS.values()])
    return np.argmin(np.abs(image[..., np.newaxis, :] - colours).sum(axis=-1), axis=-1)


@pytest.mark.parametrize("resolution", training_map.RESOLUTIONS)
def test_every_pixel_is_its_run(valley_map, resolution):
    image = valley_map.summary(*valley_map.sweep(resolution)).image
    assert image.shape == (resolution, resolution, 3)
    np.testing.assert_array_equal(pixels(image), fates(resolution))
    rng = np.random.default_rng(0)
    for row, column in [(0, 0), (-1, -1), (0, -1), *rng.integers(0, resolution, (20, 2))]:
        rate, start = np.linspace(0.01, 1.2, resolution)[row], np.linspace(LOW, HIGH, resolution)[column]
        alone = descent(rate, start)
        kind = {DEEP: 0, SHALLOW: 1}.get(alone.settled and alone.settled[0], 3 if alone.stopped else 2)
        assert pixels(image)[row, column] == kind


def test_the_map_shows_what_was_computed(valley_map):
    assert valley_map.result.map.image.shape == (300, 300, 3)
    np.testing.assert_array_equal(valley_map.image.get_array(), valley_map.result.map.image)
    assert tuple(valley_map.image.get_extent()) == (-2.2, 2.2, 0.01, 1.2) and valley_map.image.origin == "lower"
    shares = [f"{np.mean(fates(300) == kind):.0%}" for kind in range(4)]
    assert valley_map.status.startswith(
        f"Of the runs {shares[0]} end in the deep valley, {shares[1]} in the shallow one, {shares[2]} have not "
        f"settled, {shares[3]} left the finite numbers. The chosen run: Settled at 0.879 after 23 steps."
    )
    assert sum(valley_map.result.map.shares) == pytest.approx(1)


def test_at_the_rate_of_a_half_separate_intervals_end_deep():
    starts = np.round(np.arange(-2.2, 2.21, 0.05), 2)
    deep = [float(start) for start in starts if settles(walk(0.5, start))[0] == "deep"]
    assert deep == pytest.approx([-2.2, -2.15, *np.arange(-1.8, 0.21, 0.05), *np.arange(1.65, 2.11, 0.05)])


@pytest.mark.parametrize(
    ("pixel", "ticks"),
    [((-1.9, 0.5), True), ((-1.7, 0.5), False), ((-1.9, 0.51), False), ((0.9, 0.5), False), ((-1.09, 0.5), False)],
)
def test_the_goal_of_the_map(pixel, ticks):
    explorer = answered(ValleyMap, 3, pixel=pixel)
    assert bool(explorer.reached) == ticks
    assert ticks == (pixel[1] == 0.5 and pixel[0] < DEEP and settles(walk(0.5, pixel[0]))[0] == "shallow")


def test_the_chosen_run(valley_map):
    explorer = ValleyMap(pixel=(-2.0, 0.6), step=3)
    theta = walk(0.6, -2.0)
    np.testing.assert_allclose(explorer.hops.get_xdata().ravel(), theta, rtol=1e-6)
    np.testing.assert_allclose(explorer.hops.get_ydata().ravel(), f(theta), rtol=1e-6, atol=1e-9)
    assert explorer.here.get_xdata() == pytest.approx(theta[3])
    assert explorer.chosen.get_xydata().tolist() == [[-2.0, 0.6]]
    assert "Step 3 of GradientDescent(learning_rate=0.6) on TwoValleys()" in explorer.shows(explorer.result)
    assert f"The chosen run: {fate(descent(0.6, -2.0), 200)}" in explorer.status


def test_a_move_computes_no_new_map(valley_map):
    computed = valley_map._map
    for pixel in ((0.5, 0.7), (1.8, 0.1)):
        valley_map.pixel = pixel
        assert valley_map._map is computed
    assert valley_map.error is None


@pytest.mark.parametrize("pixel", [(1.8, 0.1), (-2.2, 1.2), (0.3, 0.01)])
def test_a_pixel_opens_its_run(pixel):
    view = of_the_map(pixel=pixel).opened()
    np.testing.assert_array_equal(view.trace.theta[0], [pixel[0]])
    np.testing.assert_allclose(view.trace.theta[1], [walk(pixel[1], pixel[0], 1)[1]])
    assert view.error is None and f"GradientDescent(learning_rate={pixel[1]})" in view.shows(view.result)


# --- The two clocks ---


def softmax_run(rate, steps=100):
    """Losses on the training digits and accuracies on the test digits, by hand."""
    data, _ = digits()
    X = np.hstack([data.X_train, np.ones((len(data.X_train), 1))])
    X_test = np.hstack([data.X_test, np.ones((len(data.X_test), 1))])
    W, loss, accuracy = np.zeros((X.shape[1], 10)), [], []
    for _ in range(steps + 1):
        z = X @ W
        z = z - z.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        loss.append(-log_p[np.arange(len(X)), data.y_train].mean())
        accuracy.append(np.mean((X_test @ W).argmax(axis=1) == data.y_test))
        W = W - rate * X.T @ (np.exp(log_p) - np.eye(10)[data.y_train]) / len(X)
    return np.array(loss), np.array(accuracy)


@pytest.mark.parametrize("rate", [0.001, 0.1, 5.0])
def test_the_clocks_are_those_of_softmax_regression(rate):
    measured, (loss, accuracy) = clocks(rate), softmax_run(rate)
    np.testing.assert_allclose(measured.loss, loss, rtol=1e-6)
    np.testing.assert_allclose(measured.accuracy, accuracy, atol=0.005)
    np.testing.assert_array_equal(measured.t, np.arange(101))


@pytest.mark.parametrize(
    ("rate", "loss", "accuracy"),
    [(0.001, 2.283, 89.1), (0.1, 1.125, 90.9), (1, 0.274, 94.7), (5, 0.112, 96.4), (100, 0.208, 96.0)],
)  # of five splits on average; the explorer shows one
def test_the_clocks_say_what_happens(rate, loss, accuracy):
    explorer = of_the_clocks(learning_rate=rate)
    result = explorer.result
    assert result.loss[-1] == pytest.approx(loss, rel=0.1) or rate == 100
    assert 100 * result.accuracy[-1] == pytest.approx(accuracy, abs=2.5)
    assert explorer.status == (
        f"The loss goes from 2.303 to {result.loss[-1]:.3f}, the accuracy from {result.accuracy[0]:.1%} to "
        f"{result.accuracy[-1]:.1%}."
    )
    np.testing.assert_array_equal(explorer.loss.get_ydata(), result.loss)
    np.testing.assert_array_equal(explorer.accuracy.get_ydata(), 100 * result.accuracy)


TICKS = [(0.001, False), (5, False), (8, False), (8.3, True), (15, True), (27, True), (31, False)]


@pytest.mark.parametrize(("rate", "ticks"), mostly_thorough(TICKS, [(8, False), (8.3, True), (31, False)]))
def test_the_goal_of_the_clocks(rate, ticks):
    explorer = answered(TwoClocks, 50, learning_rate=rate)
    assert bool(explorer.reached) == ticks == (explorer.result.loss[-1] < 0.08)


def test_the_largest_rate_has_a_peak_and_comes_back():
    loss = clocks(100.0).loss
    assert loss.max() > 100 and loss[-1] < 2.3
