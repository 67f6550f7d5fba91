"""The explorers of chapter 02: each control over its whole range, each status and each told number true."""

import numpy as np
import pytest
from explorer_moves import answering, move_everything

import nnlearn as nn
from nnlearn.chapters.ch02_networks import Backward, OneMistake, Pulls, Starts
from nnlearn.chapters.ch02_networks.backward import network, ratio, way_back
from nnlearn.chapters.ch02_networks.neuron import BINS, CROSS_ENTROPY, MSE, Neuron, slopes, worst_radius
from nnlearn.chapters.ch02_networks.pulls import descent, right_from
from nnlearn.chapters.ch02_networks.starts import COLOURS
from nnlearn.networks import MSE as MeanSquaredError
from nnlearn.networks import BinaryCrossEntropy, Dense, Network, Sigmoid

ANSWERS = {OneMistake: "20", Pulls: (0.01, 0.0), Backward: "ten"}
answered = answering(ANSWERS)


@pytest.mark.parametrize("kind", [OneMistake, Pulls, Starts, Backward])
def test_every_control_moves_over_its_whole_range(kind, monkeypatch):
    monkeypatch.setattr("nnlearn.explorers.training_map.RESOLUTIONS", (6, 12))
    move_everything(answered(kind))


@pytest.mark.parametrize("kind", ANSWERS)
def test_before_the_prediction_nothing_gives_the_answer_away(kind):
    explorer = kind()
    assert explorer.asking
    for told in ("11,034", "0.33", "0.296", "e+05"):
        assert told not in explorer.status + explorer.alternative_text()


# --- The neuron: its own few lines against the library's layers ---


@pytest.mark.parametrize(("kind", "layers", "loss"), [
    (CROSS_ENTROPY, [Dense(1)], BinaryCrossEntropy()), (MSE, [Dense(1), Sigmoid()], MeanSquaredError()),
])  # fmt: skip
def test_the_neuron_is_the_network_of_the_library(kind, layers, loss):
    x, shares, weights = worst_radius()
    ones, counts = (shares * weights * 426).round().astype(int), (weights * 426).round().astype(int)
    X = np.repeat(x, counts)[:, np.newaxis]
    y = np.concatenate([np.arange(n) < k for k, n in zip(ones, counts, strict=True)])
    network = Network((1,), layers).on(X, y.astype(float if kind == MSE else int), loss)
    neuron, theta = Neuron(kind, x, shares, weights), np.random.default_rng(0).normal(scale=4, size=(7, 2))
    np.testing.assert_allclose(neuron.loss(theta), network.loss(theta), rtol=1e-12)
    np.testing.assert_allclose(neuron.gradient(theta), network.gradient(theta), rtol=1e-9, atol=1e-15)
    if kind == CROSS_ENTROPY:
        np.testing.assert_allclose(neuron.accuracy(theta), network.accuracy(theta, X, y.astype(int)), rtol=1e-12)


@pytest.mark.parametrize("kind", [MSE, CROSS_ENTROPY])
@pytest.mark.parametrize(("start", "rate"), [(-10.0, 1.0), (-8.0, 16.0), (3.0, 100.0), (-15.0, 100.0)])
def test_the_quick_loop_is_gradient_descent(kind, start, rate):
    score = nn.Objective(lambda z: np.sum(z), lambda z: slopes(kind, z, 1))
    trace = nn.run(nn.GradientDescent(rate), score, [start], 150, keep=["theta"])
    np.testing.assert_allclose(descent(kind, rate, start)[:151], trace.theta[:, 0], rtol=1e-9)


def test_the_bins_hold_equal_parts():
    x, shares, weights = worst_radius()
    assert len(x) == BINS and (np.diff(x) > 0).all() and weights.sum() == pytest.approx(1)
    assert np.ptp(np.round(weights * 426)) <= 1 and shares[0] == 1 and shares[-1] == 0


# --- One mistake ---


@pytest.mark.parametrize(("start", "entropy", "squared"), [(-5, 6, 85), (-8, 9, 1507), (-10, 11, 11_034)])
def test_how_many_steps_one_mistake_takes(start, entropy, squared):
    assert right_from(descent(CROSS_ENTROPY, 1.0, start)) == entropy
    assert right_from(descent(MSE, 1.0, start)) == squared
    assert squared == pytest.approx(np.exp(-start) / 2, rel=0.15)  # told: e^-z falls by 2 a step
    status = answered(OneMistake, score=float(start), loss=MSE).status
    assert f"Right after {squared:,} steps." in status


def test_what_the_answer_of_one_mistake_says():
    assert answered(OneMistake).status.startswith("At the start the pull is 9.1e-05.")  # told: 0.00009
    assert [right_from(descent(MSE, rate, -8.0)) for rate in (15.0, 16.0)] == [104, 97]
    assert "Right from the start." in answered(OneMistake, score=2.0).status
    assert "Not right after 20,000 steps" in answered(OneMistake, score=-15.0, learning_rate=0.1).status


def test_while_wrong_each_step_of_cross_entropy_is_the_longer():
    """The proof in the text: above rate / 2 beside at most 0.296 of the rate, wherever the neuron is wrong."""
    z = np.linspace(-40, -1e-9, 4001)[:, np.newaxis]
    entropy, squared = (-slopes(kind, z, 1) for kind in (CROSS_ENTROPY, MSE))
    assert entropy.min() >= 0.5 and squared.max() < 0.2963


def test_the_goals_of_one_mistake_are_reached():
    def met(**values):
        explorer = answered(OneMistake, **values)
        return [goal.met(explorer.result) for goal in explorer.goals]

    assert met(loss=MSE, score=-8.0, learning_rate=16.0, claim="impossible") == [False, True, True]
    assert met(loss=MSE, score=-8.0, learning_rate=15.0, claim="possible") == [False, False, False]
    assert met(loss=CROSS_ENTROPY, score=-8.0, learning_rate=16.0) == [False, False, False]
    assert met(loss=CROSS_ENTROPY, score=-10.0, learning_rate=10.1) == [True, False, False]
    assert met(loss=CROSS_ENTROPY, score=-10.0, learning_rate=9.9) == [False, False, False]


def test_the_picture_of_one_mistake_is_its_run():
    explorer = OneMistake()
    assert explorer.axes_scores.get_xlim()[1] <= 30  # more would hint at the answer
    explorer.predict("20")
    assert explorer.axes_scores.get_xlim()[1] == 20_000
    z = explorer.result.path
    np.testing.assert_array_equal(explorer.dots.get_xdata(), z)
    np.testing.assert_allclose(explorer.dots.get_ydata(), (1 / (1 + np.exp(-z)) - 1) ** 2)
    assert explorer.right.get_xdata() == [11_034]


# --- Where it pulls hardest ---


def test_the_strongest_pull():
    explorer = answered(Pulls)
    told = explorer._guess.verdict()
    assert "at p = 0.333, with 0.296" in told and "0.002, cross-entropy with 0.999" in told
    assert "flat" in told
    assert explorer.p == 0.333 and "the squared error pulls with 0.3, cross-entropy with 0.67" in explorer.status
    assert 2 * (2 / 3) ** 2 / 3 == pytest.approx(8 / 27)


@pytest.mark.parametrize(("p", "words"), [(0.1, "flat"), (0.3, "So it is"), (0.5, "steepest"), (0.9, "little is left")])
def test_the_thought_behind_a_place(p, words):
    explorer = Pulls()
    explorer.predict((p, 0.0))
    assert words in explorer._guess.verdict()


# --- All starts ---


@pytest.fixture(scope="module")
def share_of_good_starts():
    def share(loss, steps, rate=1.0):
        explorer = Starts(loss=loss, steps=steps, learning_rate=rate)
        explorer.finish()
        return explorer.result.map.good

    return share


def test_the_shares_that_are_told(share_of_good_starts):
    assert share_of_good_starts(CROSS_ENTROPY, 50) == 1
    assert share_of_good_starts(MSE, 50) == pytest.approx(0.24, abs=0.01)
    assert share_of_good_starts(MSE, 200) == pytest.approx(0.40, abs=0.01)
    assert share_of_good_starts(MSE, 200, 10.0) > 0.5


def accuracies(steps):
    """After so many steps of the squared error from 30 x 30 starts, rate 1; and the weights that they began with."""
    side = np.linspace(-15, 15, 30)
    starts = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    J = Neuron(MSE, *worst_radius())
    trace = nn.run(nn.GradientDescent(1.0), J, starts, steps, keep=["theta"], every=steps)
    return J.accuracy(trace.theta[-1]), starts[:, 0]


def test_after_a_thousand_steps_about_half_are_good():
    assert np.mean(accuracies(1000)[0] > 0.85) == pytest.approx(0.52, abs=0.03)


def test_with_the_wrong_sign_of_the_weight_nothing_is_learned():
    accuracy, weight = accuracies(200)
    assert np.mean(accuracy[weight > 5] > 0.85) < 0.05 and np.median(accuracy[weight > 5]) < 0.65
    assert np.mean(accuracy[weight < -5] > 0.85) > 0.5


def test_the_goals_of_the_map_are_reached():
    explorer = Starts()
    for values, met in (
        ({"steps": 200}, [False, False, False]),
        ({"pixel": (-2.0, 12.0)}, [False, True, False]),
        ({"learning_rate": 10.0}, [True, False, False]),
        ({"learning_rate": 1.0, "loss": CROSS_ENTROPY, "steps": 30}, [False, False, False]),
        ({"steps": 44}, [False, False, True]),
        ({"steps": 50}, [False, False, False]),
    ):
        explorer.set(**values)
        explorer.finish()
        assert [goal.met(explorer.result) for goal in explorer.goals] == met, values


def test_the_map_is_coarser_and_its_blocks_change_nothing(monkeypatch):
    fine = answered(Starts).result.map
    assert fine.image.shape == (100, 100, 3)  # a third of the other maps' side
    monkeypatch.setattr(Starts, "numbers_per_run", 1)
    np.testing.assert_array_equal(answered(Starts).result.map.image, fine.image)


def test_the_map_and_the_curve_show_accuracies():
    explorer = answered(Starts, pixel=(15.0, 15.0))  # a corner of the map
    J, last = Neuron(MSE, *worst_radius()), explorer.result.run.theta[-1]
    np.testing.assert_allclose(explorer.image.get_array()[-1, -1], COLOURS(J.accuracy(last))[:3])
    np.testing.assert_allclose(explorer.accuracy.get_ydata(), J.accuracy(explorer.result.run.theta))


# --- The way back ---


@pytest.mark.parametrize(
    ("activation", "gain", "low", "high"),
    [("sigmoid", 1.0, 4.1e5, 5.5e5), ("sigmoid", 6.0, 12, 26), ("sigmoid", 8.0, 6.5, 10.5), ("tanh", 1.0, 0.9, 1.3),
     ("tanh", 5.0, 1 / 80, 1 / 60), ("relu", 1.0, 0.5, 2)],
)  # fmt: skip
def test_what_ten_layers_leave_of_the_gradient(activation, gain, low, high):
    ratios = [ratio(way_back(10, activation, gain, seed).gradients) for seed in range(5)]
    assert low < min(ratios) and max(ratios) < high


def test_relus_keep_the_ratio_at_any_gain_but_their_factor_near_one_at_he_s_alone():
    small, he, large = (way_back(10, "relu", gain, 0) for gain in (0.5, 1.0, 10.0))
    assert all(0.5 < ratio(found.gradients) < 2 for found in (small, he, large))
    assert he.factors.mean() == pytest.approx(1, abs=0.15) and np.abs(he.slopes - 0.5).max() < 0.2
    np.testing.assert_allclose([small.factors.mean(), large.factors.mean()], [0.5, 10], rtol=0.2)


def test_a_layer_of_sigmoids_keeps_less_than_a_quarter():
    found = way_back(10, "sigmoid", 1.0, 0)
    assert (found.slopes <= 0.25).all() and (found.slopes > 0.22).all()
    np.testing.assert_allclose(found.factors, found.slopes[:-1], rtol=0.15)  # told: the two lines are one
    assert ratio(found.gradients) ** (1 / 9) == pytest.approx(4.3, abs=0.15)
    assert way_back(10, "sigmoid", 8.0, 0).slopes.mean() < 0.15  # told: into the flat ends


def test_large_weights_make_tanh_explode():
    assert 1 / ratio(way_back(10, "tanh", 5.0, 0).gradients) == pytest.approx(63, rel=0.05)
    explorer = answered(Backward, activation="tanh", gain=5.0)
    assert "hidden layer 1 is 63" in explorer.status and explorer.goals[1].met(explorer.result)


def test_the_ratio_of_nothing_is_infinite():
    assert ratio(np.array([0.0, 1.0])) == np.inf and ratio(np.array([0.0, 0.0])) == np.inf


def test_the_way_back_is_shown_from_the_last_layer_on():
    explorer = answered(Backward, passed=3)
    explorer._redraw()
    heights = [bar.get_height() for bar in explorer.bars]
    assert [k for k, height in enumerate(heights, 1) if height] == [8, 9, 10] and heights[-1] == pytest.approx(1)
    assert "hidden layer 8" in explorer.status
    assert list(explorer.factors.get_xdata()) == [8, 9]


@pytest.mark.parametrize("kind", [Pulls, Backward])
def test_what_gives_the_answer_away_is_covered_until_then(kind):
    explorer = kind()
    assert all(cover.hides for cover in explorer.covers)
    if kind is Backward:
        assert not explorer.quarter.get_visible() and explorer.axes_bars.get_ylim()[0] >= 1e-2
    explorer.predict(ANSWERS[kind])
    assert not any(cover.hides for cover in explorer.covers)


def test_the_marks_stand_on_the_curves():
    explorer = answered(Pulls, p=0.2)
    assert list(explorer.here.get_xdata()) == [0.2, 0.2]
    assert list(explorer.here.get_ydata()) == pytest.approx([2 * 0.8 * 0.8 * 0.2, 0.8])
    assert list(explorer.factors.get_ydata()) == pytest.approx([1.6, 0.16])


def test_the_gradients_are_those_of_the_library():
    found = way_back(3, "tanh", 2.0, 1)
    J = network(3, "tanh")
    weights = J.network.unpack(J.initial(1))
    doubled = J.network.pack({n: 2 * w if n.endswith("kernel") else w for n, w in weights.items()})
    gradient = J.network.unpack(J.gradient(doubled))
    lengths = [np.linalg.norm(gradient[f"hidden_{k}/kernel"]) for k in (1, 2, 3)]
    np.testing.assert_allclose(found.gradients, lengths, rtol=1e-12)
