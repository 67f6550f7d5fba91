"""The explorers of chapter 06: each control over its whole range, each told number true."""

import numpy as np
import pytest
from explorer_moves import answering, move_everything, verdicts

import nnlearn as nn
from nnlearn.chapters.ch06_adaptive import Epsilon, EpsilonInside, Ravine, Turn, turned_start
from nnlearn.chapters.ch06_adaptive.epsilon import COLOURS as SHADES
from nnlearn.chapters.ch06_adaptive.epsilon import INSIDE, OUTSIDE, SHARES, Scaled, left
from nnlearn.chapters.ch06_adaptive.ravine import START, arrivals, level
from nnlearn.chapters.ch06_adaptive.turn import COLOURS, LOSSES, RATES, best, method, rates_of_each
from nnlearn.theory import small_from

ANSWERS = {Turn: "5", Epsilon: "same"}
answered = answering(ANSWERS)


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_control_moves_over_its_whole_range(kind, monkeypatch):
    monkeypatch.setattr("nnlearn.explorers.training_map.RESOLUTIONS", (6, 12))
    move_everything(answered(kind))


@pytest.mark.parametrize("kind", ANSWERS)
def test_before_the_prediction_nothing_gives_the_answer_away(kind):
    explorer = kind()
    assert explorer.asking and explorer.cover.hides
    for told in ("535", "1.23", "0.998", "% of the map"):
        assert told not in explorer.status + explorer.alternative_text()
    explorer.predict(ANSWERS[kind])
    assert not explorer.cover.hides


# --- The turned ravine ---


@pytest.mark.parametrize("angle", [0, 5, 45, 90])
def test_the_turned_ravine_is_the_ravine_turned(angle):
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    R, H = np.array([[c, -s], [s, c]]), np.diag([1.0, 100.0])
    theta = np.random.default_rng(0).normal(size=(7, 2))
    J = Ravine(100, angle)
    np.testing.assert_allclose(J.loss(theta), 0.5 * np.einsum("ni,ij,nj->n", theta, R @ H @ R.T, theta))
    np.testing.assert_allclose(J.gradient(theta), theta @ (R @ H @ R.T), atol=1e-12)
    np.testing.assert_allclose(turned_start(angle), R @ START, atol=1e-15)
    np.testing.assert_allclose(J.loss(level(100, angle, 8.0).T), 8.0)


def test_a_sweep_over_angles_is_each_of_its_runs():
    angles = np.array([0.0, 20.0, 70.0])
    starts = turned_start(angles)
    sweep = nn.run(nn.AdaGrad(1.5, initial_accumulator=0.0), Ravine(30, angles), starts, 20)
    for i, angle in enumerate(angles):
        alone = nn.run(nn.AdaGrad(1.5, initial_accumulator=0.0), Ravine(30, angle), starts[i], 20)
        np.testing.assert_allclose(sweep.theta[:, i], alone.theta, rtol=1e-12)
        assert sweep.member(i).objective.angle == angle


def test_arrivals_are_those_of_theory():
    loss = np.array([[1, 1, 1e-9], [1e-9, 1, 1], *[[1e-9, 1, 1e-9]] * 10])
    assert arrivals(loss).tolist() == [1, np.inf, 2]
    assert [small_from(column) for column in loss.T] == [1, None, 2]


# --- What is told of the turned ravine ---


@pytest.mark.parametrize(
    ("angle", "steps"), [(0, 5), (1, 12), (5, 55), (8, 92), (9, 106), (10, 120), (25, 355), (82, 103), (90, 5)]
)
def test_what_adagrad_needs_at_an_angle(angle, steps):
    assert best("adagrad", 100, angle)[0] == steps


def test_at_45_degrees_adagrad_is_slower_than_plain_descent():
    steps, rate = best("adagrad", 100, 45)
    assert steps == 535 and 1.2 < rate < 1.35
    for angle in (0, 45):  # plain descent doesn't see the axes
        rates = np.arange(0.0190, 0.0200, 0.0001)[:, np.newaxis]
        loss = nn.run(nn.GradientDescent(rates), Ravine(100, angle), turned_start(angle), 500, keep=["theta"]).loss
        assert arrivals(loss).min() == 365


def test_a_narrower_valley_and_a_wider_one():
    assert [best("adagrad", 1000, angle)[0] for angle in (0, 1)] == [5, 76]
    assert best("adagrad", 10, 45)[0] == 62


def test_along_the_axes_adagrad_does_not_see_kappa():
    """The scale of a coordinate's gradient cancels: the paths are the same."""
    paths = [nn.run(method("adagrad", 1.5, 0.0), Ravine(kappa, 0), START, 50).theta for kappa in (1, 100, 1000)]
    for path in paths[1:]:
        np.testing.assert_allclose(path, paths[0], atol=1e-12)


def test_the_goals_of_the_turned_ravine_are_reached():
    explorer = answered(Turn)

    def met(**values):
        explorer.set(**values)
        explorer.finish()
        return [goal.met(explorer.result) for goal in explorer.goals]

    assert met(pixel=(0.0, np.log10(1.2))) == [True, False, False, False]
    assert met(pixel=(0.0, np.log10(1.0))) == [False, False, False, False]
    assert met(pixel=(8.5, 0.2)) == [False, True, False, False]
    assert met(method="rmsprop", claim="impossible") == [False, False, True, False]
    assert met(claim="possible", epsilon=1.0, pixel=(0.0, -1.68)) == [False, False, False, True]
    assert met(epsilon=1e-8) == [False, False, False, False]
    assert met(epsilon=1.0, pixel=(45.0, -1.7)) == [False, False, False, False]  # 509 steps
    assert met(epsilon=1.2) == [False, False, False, True]  # 489


@pytest.mark.parametrize("angle", [0, 20, 27, 45, 70, 90])
def test_rmsprop_does_not_come_to_rest_within_600_steps(angle):
    assert best("rmsprop", 100, angle)[0] == np.inf


def test_rmsprop_is_at_the_bottom_for_a_while_only():
    """Told: from step 84 to 112. The map after 100 steps is bright there, and the status says what comes."""
    explorer = answered(Turn, method="rmsprop", pixel=(0.0, -1.45))
    loss = nn.run(nn.RMSprop(10**-1.45), Ravine(100), START, 610, keep=["theta"]).loss
    assert np.flatnonzero(loss < 1e-6).tolist() == [*range(84, 113)]
    assert "rate 0.0355. The loss is below 1e-6 from step 84 to 112 only." in explorer.status
    assert explorer.result.small_from is None and not any(goal.met(explorer.result) for goal in explorer.goals)
    assert "of the map is below 1e-6 from step 100 to 110." in explorer.status
    explorer.set(method="adagrad", pixel=(0.0, 0.11))
    explorer.finish()
    assert "The loss stays below 1e-6 from step 8 on." in explorer.status


def test_why_rmsprop_does_not():
    """The answer's two lines: the cycle is half the rate high, and a rate so small is 7,000 steps away."""
    cycle = nn.run(nn.RMSprop(0.01), Ravine(100), START, 3000, keep=["theta"]).theta[-10:, 1]
    np.testing.assert_allclose(np.abs(cycle), 0.005, rtol=0.02)
    rate = 2 * np.sqrt(2 * 1e-6 / 100)  # 100 (rate / 2)^2 / 2 = 1e-6
    assert rate == pytest.approx(2.8e-4, rel=0.02) and 2 / rate == pytest.approx(7000, rel=0.02)
    loss = nn.run(nn.RMSprop(0.9 * rate), Ravine(100), START, 9000, keep=["theta"]).loss
    assert 7000 < small_from(loss) < 9000


def test_with_a_large_epsilon_rmsprop_is_plain_descent():
    for epsilon, power, steps in ((1.0, -1.7, 467), (10.0, -0.7, 371)):  # told beside plain descent's 365
        assert best("rmsprop", 100, 0, epsilon) == (steps, pytest.approx(10**power))
        assert 0.0199 < 10**power / epsilon < 2 / 100
        loss = nn.run(nn.RMSprop(10**power, epsilon=epsilon), Ravine(100), START, 10_000, keep=["theta"]).loss
        assert small_from(loss) == steps


def test_above_two_over_l_rmsprop_leaves_the_bottom_again():
    """Told: at rate 0.0214, epsilon 1, small from step 436 and not by 770; across theta grows by 14% a step."""
    (rate,) = RATES[np.isclose(RATES, 0.0214, rtol=0.01)]
    run = nn.run(nn.RMSprop(rate, epsilon=1.0), Ravine(100), START, 3000, keep=["theta"])
    small = run.loss < 1e-6
    assert np.argmax(small) == 436 and 436 + np.argmin(small[436:]) == 766
    across = np.abs(run.theta[:, 1])
    assert across[:400].min() < 1e-36 and across[601] / across[600] == pytest.approx(1.14, abs=0.005)
    explorer = answered(Turn, method="rmsprop", condition_number=10, epsilon=10.0, pixel=(0.0, -0.68))
    assert explorer.result.small_from is None and explorer.result.small_until[1] > 610  # looked for as long as needed
    explorer.set(pixel=(0.0, -0.7))
    explorer.finish()
    assert explorer.result.small_from is not None and explorer.result.best[1] == pytest.approx(10**-0.7)


def test_norm_scaled_is_slower_still():
    assert best("norm", 100, 0)[0] == np.inf


def test_the_share_of_the_map_that_adagrad_solves():
    explorer = answered(Turn)
    assert explorer.result.map.small == pytest.approx(0.068, abs=0.003)
    columns = np.any(np.ptp(explorer.result.map.image, axis=0) > 0, axis=-1)
    assert columns.all()
    assert "takes 535." in explorer.status and "45 degrees, rate 1.29" in explorer.status


def test_the_map_shows_the_loss_at_each_angle_of_each_block():
    explorer = answered(Turn, pixel=(90.0, 1.6))
    image = explorer.image.get_array()
    for x, y, angle, power in ((-1, -1, 90.0, 1.6), (0, 0, 0.0, -3.0), (-1, 0, 90.0, -3.0), (0, -1, 0.0, 1.6)):
        J = Ravine(100, angle)
        loss = nn.run(method("adagrad", 10**power), J, turned_start(angle), 100, keep=["theta"]).loss[-1]
        np.testing.assert_allclose(image[y, x], COLOURS(LOSSES(loss))[:3], atol=0.02)


@pytest.mark.parametrize("name", ["descent", "norm", "adagrad", "rmsprop"])
def test_the_arms_of_the_cross_are_the_rates(name):
    trace = nn.run(method(name, 0.01), Ravine(100, 30), turned_start(30), 5)
    steps = trace.theta[:-1] - trace.theta[1:]
    np.testing.assert_allclose(rates_of_each(name, trace) * trace.gradient[1:], steps, rtol=1e-10)


def test_the_cross_is_square_at_45_degrees_and_long_along_the_axes():
    explorer = answered(Turn, pixel=(45.0, 0.1), step=50)
    assert explorer.result.rates[0] == pytest.approx(explorer.result.rates[1], rel=0.1)
    explorer.set(pixel=(0.0, 0.1))
    assert explorer.result.rates[0] > 20 * explorer.result.rates[1]
    explorer._redraw()
    assert np.ptp(explorer.arms[0].get_xdata()) == pytest.approx(1)


def test_a_run_that_leaves_is_told():
    assert "Diverges" in answered(Turn, method="descent", pixel=(10.0, 1.0)).status
    assert len(RATES) == 461


@pytest.mark.parametrize("name", ["norm", "adagrad", "rmsprop"])
def test_what_can_not_leave_is_not_said_to_diverge(name):
    """The largest rates jump far above the start, but they go on jumping."""
    explorer = answered(Turn, method=name, pixel=(0.0, 1.6), epsilon=10.0)
    assert "Diverges" not in explorer.status and "The loss" in explorer.status


def test_each_thought_is_its_answer_s():
    """Of each answer the words that no other's thought has."""
    explorer = Turn()
    for answer, words in {"5": "The same picture, turned", "50": "Slower, as you said", "365": "But its rate also",
                          "500": "worse than plain descent"}.items():  # fmt: skip
        explorer.predict(answer)
        assert words in explorer._guess.verdict()


def test_it_opens_with_path_and_cross_inside_the_picture():
    explorer = Turn()
    for line in (explorer.path, explorer.here, *explorer.arms):
        assert np.abs(line.get_xydata()).max() < 3
    low, high = explorer.loss_axes.get_ylim()
    assert low < explorer.here_loss.get_ydata()[0] < high


# --- Epsilon ---


@pytest.mark.parametrize(
    ("place", "epsilon", "shares"),
    [(OUTSIDE, 1e-8, [0.459, 0.459, 0.467, 0.756]), (INSIDE, 1e-7, [0.459, 0.511, 0.998, 1.0])],
)
def test_what_a_scale_leaves(place, epsilon, shares):
    found = left(place, 10.0 ** np.array([[0], [-3], [-6], [-8]]), epsilon)
    np.testing.assert_allclose(found, shares, atol=5e-4)


def test_the_same_epsilon_in_both_places():
    """Told beside Keras's 1e-7 under the root, and PyTorch's 1e-8 outside."""
    assert left(OUTSIDE, 1e-6, 1e-7) == pytest.approx(0.525, abs=5e-4)


def test_both_places_agree_without_epsilon():
    assert left(INSIDE, 1e-3, 0.0) == pytest.approx(left(OUTSIDE, 1.0, 0.0), rel=1e-12)


def test_epsilon_inside_is_rmsprop_of_keras():
    keras = pytest.importorskip("keras")
    weight = keras.Variable(np.array([1.0, -2.0]), dtype="float64")
    optimizer = keras.optimizers.RMSprop(0.0625, 0.875, epsilon=0.125)
    optimizer.build([weight])
    J = nn.objectives.Quadratic(curvatures=[1.0, 4.0])
    ours = nn.run(EpsilonInside(0.0625, 0.875, epsilon=0.125), J, [1.0, -2.0], 20)
    for _ in range(20):
        optimizer.apply([keras.ops.convert_to_tensor(J.gradient(weight.numpy()))])
    np.testing.assert_allclose(ours.theta[-1], weight.numpy(), rtol=1e-12)


def test_the_goals_of_epsilon_are_reached():
    explorer = answered(Epsilon)

    def met(**values):
        explorer.set(**values)
        explorer.finish()
        return [goal.met(explorer.result) for goal in explorer.goals]

    assert met(place=OUTSIDE, pixel=(-8.0, -8.0)) == [True, False, False]
    assert met(pixel=(-6.0, -8.0)) == [False, False, False]
    assert met(place=INSIDE, pixel=(-4.2, -8.0)) == [False, True, False]
    assert met(pixel=(-8.0, -8.0)) == [False, False, False]
    assert met(pixel=(-6.0, -14.0)) == [False, False, True]
    assert met(pixel=(-6.0, -13.0)) == [False, False, False]


def test_the_line_lies_where_epsilon_equals_what_it_is_added_to():
    """There the first step is half as long as without epsilon, or its root of two: sqrt(0.1) is of the mean's start."""
    for place, power in ((OUTSIDE, -5.0), (INSIDE, -10.0)):
        explorer = answered(Epsilon, place=place, pixel=(-5.0, power))
        scales, epsilons = explorer.result.border
        assert np.interp(-5.0, scales, epsilons) == power
        assert 0.6 < explorer.result.run.theta[-1, 0] < 0.9


def test_the_scaled_loss_has_its_gradient():
    J = Scaled(np.array([[1e-3], [2.0]]))
    theta = np.array([[3.0], [-1.0]])
    np.testing.assert_allclose(J.loss(theta), [4.5e-3, 1.0])
    np.testing.assert_allclose(J.gradient(theta), [[3e-3], [-2.0]])
    assert J.member((1,), (2,)).scale == 2.0


# --- The pictures ---


def test_the_picture_of_the_turned_ravine_is_its_run():
    explorer = answered(Turn, pixel=(30.0, 0.2), step=3)
    trace = nn.run(method("adagrad", 10**0.2), Ravine(100, 30), turned_start(30), 110)
    np.testing.assert_allclose(explorer.path.get_xydata(), trace.theta, rtol=1e-9)
    np.testing.assert_allclose(explorer.loss.get_ydata(), trace.loss, rtol=1e-9)
    np.testing.assert_allclose(explorer.here.get_xydata(), trace.theta[3:4], rtol=1e-9)
    assert explorer.here_loss.get_xdata() == [3] and explorer.loss_axes.get_xlim() == (0, 100)
    np.testing.assert_allclose(explorer.chosen.get_xydata(), [[30.0, 0.2]])
    for line, loss in zip(explorer.levels, (0.02, 0.5, 8.0, 50.0), strict=True):
        np.testing.assert_allclose(Ravine(100, 30).loss(line.get_xydata()), loss)
    horizontal, vertical = (np.ptp(arm.get_xydata(), axis=0) for arm in explorer.arms)
    rates = rates_of_each("adagrad", trace)[2]
    np.testing.assert_allclose([horizontal[0], vertical[1]], rates / rates.max())
    assert horizontal[1] == vertical[0] == 0


def test_bright_is_small():
    shades = COLOURS(LOSSES([1e-15, 0.9e-6, 1.1e-6, 1e3]))[:, :3].sum(axis=1)
    assert (np.diff(shades) < 0).all() and shades[1] > 1.3 * shades[2]  # a leap where "small" begins
    shares = SHADES(SHARES([0.45, 0.6, 0.8, 1.0]))[:, :3].sum(axis=1)
    assert (np.diff(shares) < 0).all()  # in the other map: little of theta left


def test_the_picture_of_epsilon_is_its_run():
    explorer = Epsilon(pixel=(-9.0, 0.0))  # a corner of the map
    assert len(explorer.line.get_xdata()) == 0  # it would give the answer away
    explorer.predict("all")
    for place, power in ((OUTSIDE, -8.0), (INSIDE, -10.0)):
        explorer.set(place=place, pixel=(-9.0, power))
        explorer.finish()
        assert explorer.theta.get_ydata()[-1] == pytest.approx(left(place, 1e-9, 10**power))
        image = explorer.image.get_array()
        for x, y, scale, epsilon in ((0, 0, -9, -16), (-1, -1, 3, 0), (0, -1, -9, 0), (-1, 0, 3, -16)):
            shade = SHADES(SHARES(float(left(place, 10.0**scale, 10.0**epsilon))))[:3]
            np.testing.assert_allclose(image[y, x], shade, atol=0.02)
        assert list(explorer.line.get_ydata()) == list(np.array([-9.0, 3.0]) * (1 if place == OUTSIDE else 2))
    assert "At its step" in explorer.status and "% of the map" in explorer.status


@pytest.mark.parametrize(("kind", "answers"), [(Turn, ["5", "50", "365", "500"]), (Epsilon, ["same", "half", "all"])])
def test_each_answer_has_its_thought(kind, answers):
    told = verdicts(kind, answers)
    assert len(told) == len(answers) and all("Measured: " in verdict for verdict in told)
