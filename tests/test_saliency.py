"""Saliency maps: TensorFlow's slopes, the integral's completeness, ranks, a network that never learned, bad input."""

import numpy as np
import pytest
from scipy import stats

import nnlearn as nn
from nnlearn.interop.layers import to_keras
from nnlearn.interop.quiet import tf
from nnlearn.networks import (
    MSE,
    BatchNorm,
    BinaryCrossEntropy,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    MaxPool2D,
    Network,
    ReLU,
    Residual,
    Sigmoid,
    Tanh,
    mlp,
    rank_correlation,
    saliency,
)

ROW, IMAGE = (5,), (6, 7, 2)
NETWORKS = {
    "tanh": Network(ROW, [Dense(4), Tanh(), Dense(3)]),
    "relu": Network(ROW, [Dense(8), ReLU(), Dense(8), LeakyReLU(1 / 8), Dense(3)]),
    "one score": Network(ROW, [Dense(4), Sigmoid(), Dense(1)]),
    "activation first": Network(ROW, [Tanh(), Dense(3)]),
    "dropout": Network(ROW, [Dropout(0.5), Dense(4), Tanh(), Dropout(0.5), Dense(3)]),
    "norm": Network(ROW, [Dense(4), BatchNorm(), Tanh(), Dense(3)]),
    "images": Network(IMAGE, [
        Conv2D(3, 3), BatchNorm(), ReLU(), Residual([Conv2D(3, 3), Tanh()]), MaxPool2D(), Flatten(), Dense(3)]),
}  # fmt: skip
METHODS = ("gradient", "gradient x input", "integrated")


def case(name, n=9):
    """An objective, theta in general position, and other examples."""
    network, rng = NETWORKS[name], np.random.default_rng(1)
    X, other = rng.normal(size=(2, n, *network.shape))
    loss = BinaryCrossEntropy() if network.output == (1,) else nn.networks.SoftmaxCrossEntropy()
    J = network.on(X, np.arange(n) % max(2, network.output[0]), loss)
    theta = J.initial(3)
    return J, theta + 0.1 * rng.normal(size=theta.shape), other


def keras_slopes(model, X, classes):
    """The slope of each example's score in the example."""
    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        score = tf.gather(model(x, training=False), classes, batch_dims=1)
    return score.numpy(), tape.gradient(score, x).numpy()


@pytest.mark.parametrize("precision, room", [("float64", 1e-12), ("float32", 1e-5)])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", NETWORKS)
def test_the_maps_are_those_of_tensorflow(name, method, precision, room):
    J, theta, X = case(name)
    weights = {key: array.astype(precision) for key, array in J.weights(theta).items()}
    X, classes = X.astype(precision), np.arange(len(X)) % J.network.output[0]
    low, steps = np.full(X.shape, 0.25, precision), 5
    found = saliency(J.network, weights, X, of=classes, method=method, steps=steps, baseline=0.25)
    model = to_keras(J.network, weights, dtype=precision)
    scores, slope = keras_slopes(model, X, classes)
    if method == "integrated":
        along = [low + np.array((k + 0.5) / steps, precision) * (X - low) for k in range(steps)]
        slope = np.mean([keras_slopes(model, points, classes)[1] for points in along], axis=0)
    expected = slope if method == "gradient" else slope * (X - low)
    assert found.maps.shape == X.shape and found.maps.dtype == precision
    np.testing.assert_allclose(found.maps, expected, rtol=0, atol=room * np.abs(expected).max())
    np.testing.assert_allclose(found.scores, scores, rtol=room, atol=room)
    np.testing.assert_allclose(found.baseline_scores, keras_slopes(model, low, classes)[0], rtol=room, atol=room)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_map_is_complete_if_the_steps_are_enough(name):
    J, theta, X = case(name)
    gaps = [np.abs(saliency(J, theta, X, method="integrated", steps=steps).gaps).max() for steps in (2, 2000)]
    assert gaps[1] < 2e-3 and (gaps[0] > 5 * gaps[1] or gaps[0] < 1e-12)
    plain = saliency(J, theta, X, method="gradient x input")
    np.testing.assert_allclose(plain.gaps, plain.scores - plain.baseline_scores - plain.maps.reshape(len(X), -1).sum(1))


def test_the_middles_of_smooth_steps_are_off_by_their_square():
    J, theta, X = case("tanh")
    gaps = [np.abs(saliency(J, theta, X, method="integrated", steps=steps).gaps).max() for steps in (20, 40)]
    assert gaps[0] / gaps[1] == pytest.approx(4, rel=0.05)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["tanh", "norm", "images", "activation first"])
def test_a_sweep_is_its_networks(name, method):
    J, theta, X = case(name, n=70)  # more than one block
    rng = np.random.default_rng(0)
    thetas = theta + 0.1 * rng.normal(size=(2, 3, len(theta)))
    swept = saliency(J, thetas, X, method=method, steps=3)
    assert swept.maps.shape == (2, 3, *X.shape) and swept.gaps.shape == (2, 3, 70)
    for i, j in np.ndindex(2, 3):
        alone = saliency(J, thetas[i, j], X, method=method, steps=3)
        np.testing.assert_array_equal(swept.classes[i, j], alone.classes)
        np.testing.assert_allclose(swept.maps[i, j], alone.maps, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(swept.agreement(alone)[i, j], 1)
    for start in range(0, 70, 7):  # examples don't see each other
        part = saliency(J, thetas[1, 2], X[start : start + 7], method=method, steps=3)
        np.testing.assert_allclose(part.maps, swept.maps[1, 2, start : start + 7], rtol=1e-10, atol=1e-13)


def test_of_says_whose_score_it_is():
    J, theta, X = case("tanh")
    scores = J.scores(theta, X)
    assert (saliency(J, theta, X).classes == scores.argmax(axis=1)).all()
    assert len(set(scores.argmax(axis=1))) > 1
    one = saliency(J, theta, X, of=2)
    np.testing.assert_array_equal(one.scores, scores[:, 2])
    np.testing.assert_array_equal(one.maps, saliency(J, theta, X, of=np.full(len(X), 2)).maps)
    np.testing.assert_array_equal(saliency(J, theta, X, of=[2.0] * len(X)).maps, one.maps)
    assert (saliency(J, theta, X, of=1).maps != one.maps).any()


def test_theta_comes_in_any_form():
    J, theta, X = case("tanh")
    expected = saliency(J, theta, X).maps
    around = nn.objectives.Clipped(nn.MiniBatches(2).of(J))
    for inside, given in ((J.network, theta), (J.network, J.unpack(theta)), (J, J.unpack(theta)), (around, theta)):
        np.testing.assert_array_equal(saliency(inside, given, X.tolist()).maps, expected)


def test_a_baseline_may_be_a_number_an_example_or_one_for_each():
    J, theta, X = case("images")
    found = [saliency(J, theta, X, method="integrated", steps=4, baseline=each)
             for each in (0.5, np.full(IMAGE, 0.5), np.full(X.shape, 0.5))]  # fmt: skip
    for each in found[1:]:
        np.testing.assert_array_equal(each.maps, found[0].maps)
    assert (saliency(J, theta, X, baseline=0.5).maps == saliency(J, theta, X).maps).all()
    assert not saliency(J, theta, X, method="integrated", baseline=X).maps.any()


def test_the_picture_of_a_network_that_never_learned():
    """Adebayo et al.: by size, gradient x input shows the ink more than the network; the slopes alone do not."""
    data = nn.data.digits(seed=0)
    J = mlp(64, 32, 32, 10, activation=ReLU, initial=nn.networks.he).on(data.X_train, data.y_train)
    X, y = data.X_test[:40], data.y_test[:40]
    learned = nn.run(nn.Adam(0.01), J, J.initial(0), 150, keep=()).last.theta
    same = {}
    for method in ("gradient", "gradient x input"):
        maps = [saliency(J, theta, X, of=y, method=method) for theta in (learned, J.initial(1), J.initial(0))]
        same[method] = [np.median(maps[0].agreement(each, signed=False)) for each in maps[1:]]
    assert same["gradient x input"][0] > 0.5 > 0.3 > abs(same["gradient"][0])


# --- Ranks ---


@pytest.mark.parametrize("seed", range(5))
def test_rank_correlation_is_scipys(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, 4, 30)), rng.integers(-2, 3, size=(2, 4, 30)).astype(float)  # many are equal
    found = rank_correlation(a, b)
    for place in np.ndindex(2, 4):
        assert found[place] == pytest.approx(stats.spearmanr(a[place], b[place]).statistic, abs=1e-14)
    where = rng.random((4, 30)) < 0.5
    some = rank_correlation(a, b, where)
    assert some[1, 2] == pytest.approx(stats.spearmanr(a[1, 2][where[2]], b[1, 2][where[2]]).statistic, abs=1e-14)
    np.testing.assert_allclose(rank_correlation(a, np.exp(a)), 1)
    np.testing.assert_allclose(rank_correlation(a[0], -a[0]), -1)


def test_what_has_no_order_has_no_rank_correlation():
    assert np.isnan(rank_correlation([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]))
    assert np.isnan(rank_correlation([1.0, 2.0], [1.0, 2.0], [False, False]))
    assert np.isnan(rank_correlation([1.0, 2.0], [1.0, 2.0], [False, True]))


def test_agreement_counts_what_it_is_told_to():
    J, theta, X = case("images")
    one, other = saliency(J, theta, X, of=0), saliency(J, -theta, X, of=0)
    a, b = one.maps.reshape(len(X), -1), other.maps.reshape(len(X), -1)
    np.testing.assert_array_equal(one.agreement(other), rank_correlation(a, b))
    np.testing.assert_array_equal(one.agreement(other, signed=False), rank_correlation(np.abs(a), np.abs(b)))
    where = X > 0
    np.testing.assert_array_equal(one.agreement(other, where=where), rank_correlation(a, b, where.reshape(len(X), -1)))


def test_it_shows_its_sums():
    J, theta, X = case("tanh", n=12)
    found = saliency(J, theta, X, method="integrated")
    head, *rows = repr(found).splitlines()
    assert head.split() == "example class score at the baseline sum of the map gap".split() and len(rows) == 10
    assert rows[3].split()[2:4] == [f"{found.scores[3]:.3g}", f"{found.baseline_scores[3]:.3g}"]
    assert rows[3].split()[4:] == [f"{found.sums[3]:.3g}", f"{found.gaps[3]:.3g}"]
    assert found.steps == 64 and saliency(J, theta, X).steps == 0
    assert "|" in found._repr_markdown_()
    assert repr(saliency(J, theta[np.newaxis], X, method="integrated")) == repr(found)


# --- Bad input ---

J, THETA, X = case("tanh")
IMAGES = Network((6, 6, 1), [Conv2D(2, 3)])


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: saliency(3, THETA, X), TypeError, "J must be a network, or its objective, .*; it is 3"),
        (lambda: saliency(Network, THETA, X), TypeError, "J must be a network"),
        (lambda: saliency(nn.objectives.Rosenbrock(), [0.0, 0.0], X), TypeError, "J must be a network"),
        (lambda: saliency(J, THETA[:-1], X), ValueError, "theta has shape"),
        (lambda: saliency(J.network, THETA[:-1], X), ValueError, "theta has shape"),
        (lambda: saliency(J, THETA * np.nan, X), ValueError, "dense/kernel holds numbers that are not finite"),
        (lambda: saliency(J, np.ma.masked_less(THETA, 0), X), TypeError, "masked array"),
        (lambda: saliency(J.network, {"dense/kernel": np.zeros((5, 4))}, X), ValueError, "The weights lack dense/bias"),
        (lambda: saliency(NETWORKS["norm"], NETWORKS["norm"].initial(0), X), ValueError, "weights lack .*moving_mean"),
        (lambda: saliency(J, THETA, X[:0]), ValueError, "X has shape .0, 5.*n at least 1"),
        (lambda: saliency(J, THETA, X[0]), ValueError, "One example needs an axis of its own"),
        (lambda: saliency(J, THETA, X.astype(np.float16)), TypeError, "X holds float16"),
        (lambda: saliency(J, THETA, np.ma.masked_less(X, 0)), TypeError, "X is a masked array"),
        (lambda: saliency(J, THETA, X * np.inf), ValueError, "X must be finite"),
        (lambda: saliency(J, THETA, X, of=3), ValueError, "of must hold classes, .* from 0 to 2; it holds 3"),
        (lambda: saliency(J, THETA, X, of=-1), ValueError, "it holds -1"),
        (lambda: saliency(J, THETA, X, of=0.5), ValueError, "it holds 0.5"),
        (lambda: saliency(J, THETA, X, of=np.zeros((9, 1))), ValueError, "of has shape .9, 1.; .*shape .9,."),
        (lambda: saliency(J, THETA, X, of=[0, 1]), ValueError, "of has shape .2,."),
        (lambda: saliency(J, THETA, X, of="cat"), TypeError, "of must hold real numbers"),
        (lambda: saliency(J, THETA, X, of=True), TypeError, "of must hold real numbers; it holds bool"),
        (lambda: saliency(J, THETA, X, of=np.ma.masked_less(np.arange(9), 2)), TypeError, "of is a masked array"),
        (lambda: saliency(J, THETA, X, method="lime"), ValueError, "method = 'lime' is not one of 'gradient'"),
        (lambda: saliency(J, THETA, X, steps=0), ValueError, "steps = 0 is too small"),
        (lambda: saliency(J, THETA, X, steps=2.0), TypeError, "steps must be a whole number"),
        (lambda: saliency(J, THETA, X, baseline=[0.0, 1.0]), ValueError, "baseline has shape .2,."),
        (lambda: saliency(J, THETA, X, baseline=np.nan), ValueError, "baseline must be finite"),
        (lambda: saliency(J, THETA, X, baseline=np.float16(1)), TypeError, "baseline holds float16"),
        (lambda: saliency(IMAGES, IMAGES.initial(0), np.zeros((1, 6, 6, 1))), ValueError, "gives shape .6, 6, 2."),
        (lambda: saliency(J, THETA, X).agreement(saliency(J, THETA, X[:3])), ValueError, "be of the same examples"),
        (lambda: saliency(J, THETA, X).agreement(saliency(J, THETA, X), signed="no"), TypeError, "signed must be True"),
        (lambda: saliency(J, THETA, X).agreement(saliency(J, THETA, X), where=[True]), ValueError, "where has shape"),
        (lambda: saliency(J, THETA, X).agreement(saliency(J, THETA, X), where=X), TypeError, "where must hold True"),
        (lambda: rank_correlation([1.0, 2.0], [1.0, 2.0, 3.0]), ValueError, "one has shape .2,., other .3,."),
        (lambda: rank_correlation(1.0, 2.0), ValueError, "need one shape"),
        (lambda: rank_correlation([], []), ValueError, "need one shape"),
        (lambda: rank_correlation([1.0, np.nan], [1.0, 2.0]), ValueError, "one must be finite"),
        (lambda: rank_correlation([1.0, 2.0], ["a", "b"]), TypeError, "other must hold real numbers"),
        (lambda: rank_correlation([1.0, 2.0], [1.0, 2.0], [1, 0]), TypeError, "where must hold True and False"),
    ],
)  # fmt: skip
def test_what_can_t_be_used_is_named(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_numbers_have_scores_too():
    network = mlp(3, 4, 2)
    J = network.on(np.eye(3), np.zeros((3, 2)), MSE())
    assert saliency(J, J.initial(0), np.eye(3), of=1).maps.shape == (3, 3)
