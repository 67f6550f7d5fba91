"""Network: derivatives, Keras as a second opinion, batches of runs and of examples, and what is refused."""

import json

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.interop.quiet import keras, tf
from nnlearn.objectives import Network, SoftmaxRegression

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 4))
Y = np.digitize(X[:, 0] * X[:, 1], [-0.3, 0.3])
NETWORKS = [
    Network(X, Y, hidden=5),
    Network(X, Y, hidden=5, activation="relu"),
    Network(X, Y, hidden=1, l2=0.3),
    Network(X, Y, hidden=6, activation="relu", l2=0.3),
]


def short(value):
    return repr(value)[:75]


def points(J, *batch, seed=1):
    return np.random.default_rng(seed).uniform(-1.5, 1.5, size=(*batch, J.dimension))


# --- what is computed -----------------------------------------------------------------------------


@pytest.mark.parametrize("J", NETWORKS, ids=short)
def test_the_gradient_matches_central_differences(J):
    theta, h = points(J), 1e-5
    ahead, behind = (J.loss(theta + step * np.eye(J.dimension)) for step in (h, -h))
    np.testing.assert_allclose(J.gradient(theta), (ahead - behind) / (2 * h), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("J", NETWORKS, ids=short)
def test_the_loss_is_the_documented_formula(J):
    theta = points(J)
    W, b, V, c = J.unpack(theta)
    a = X @ W + b
    z = (np.tanh(a) if J.activation == "tanh" else np.where(a > 0, a, 0)) @ V + c
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(J.probabilities(theta, X), p, rtol=1e-12)
    np.testing.assert_allclose(J.losses(theta), -np.log(p[np.arange(30), Y]), rtol=1e-11)
    penalty = J.l2 / 2 * (np.sum(W**2) + np.sum(V**2))
    assert J.loss(theta) == pytest.approx(-np.mean(np.log(p[np.arange(30), Y])) + penalty, rel=1e-12)
    np.testing.assert_array_equal(J.predict(theta, X), p.argmax(axis=1))
    assert J.accuracy(theta, X, Y) == np.mean(p.argmax(axis=1) == Y)


@pytest.mark.parametrize("J", NETWORKS, ids=short)
def test_keras_finds_the_same_loss_and_gradient(J):
    theta, double = points(J), {"dtype": "float64"}
    hidden = keras.layers.Dense(J.hidden, J.activation, **double)
    model = keras.Sequential([keras.Input((4,), **double), hidden, keras.layers.Dense(3, **double)])
    model.set_weights(J.unpack(theta))
    with tf.GradientTape() as tape:
        penalty = J.l2 * sum(tf.nn.l2_loss(layer.kernel) for layer in model.layers)
        entropies = keras.ops.sparse_categorical_crossentropy(Y, model(X), from_logits=True)
        loss = tf.reduce_mean(entropies) + penalty
    gradients = tape.gradient(loss, [weight.value for weight in model.trainable_weights])
    assert J.loss(theta) == pytest.approx(float(loss), rel=1e-12)
    np.testing.assert_allclose(
        J.gradient(theta), np.concatenate([np.ravel(part) for part in gradients]), rtol=1e-10, atol=1e-14
    )


@pytest.mark.parametrize("J", NETWORKS, ids=short)
def test_a_batch_of_runs_equals_the_loop(J):
    theta = points(J, 3, 2)
    methods = (
        J.loss, J.losses, J.gradient, lambda runs: J.probabilities(runs, X), lambda runs: J.predict(runs, X),
        lambda runs: J.accuracy(runs, X, Y), *(lambda runs, i=i: J.unpack(runs)[i] for i in range(4)),
    )  # fmt: skip
    for method in methods:
        loop = np.array([[method(point) for point in row] for row in theta])
        assert method(theta).shape == loop.shape
        np.testing.assert_allclose(method(theta), loop, rtol=1e-12, atol=1e-14)


def test_shapes():
    J, theta = NETWORKS[0], points(NETWORKS[0], 7, 2)
    assert J.dimension == 4 * 5 + 5 + 5 * 3 + 3 == theta.shape[-1]
    assert [part.shape for part in J.unpack(theta)] == [(7, 2, 4, 5), (7, 2, 5), (7, 2, 5, 3), (7, 2, 3)]
    flat = np.arange(43.0)
    np.testing.assert_array_equal(np.concatenate([part.ravel() for part in J.unpack(flat)]), flat)
    assert J.loss(theta).shape == (7, 2)
    assert isinstance(J.loss(theta[0, 0]), float)


def test_one_unit_that_is_never_off_is_softmax_regression():
    J, theta = Network(X, Y, hidden=4, activation="relu"), points(SoftmaxRegression(X, Y))
    linear = SoftmaxRegression(X, Y)
    V, c = linear.unpack(theta)
    shift = np.full(4, 10.0)  # lifts every input above 0, where relu changes nothing
    same = np.concatenate([np.eye(4).ravel(), shift, V.ravel(), c - shift @ V])
    assert J.loss(same) == pytest.approx(linear.loss(theta), rel=1e-12)
    np.testing.assert_allclose(J.unpack(J.gradient(same))[3], linear.unpack(linear.gradient(theta))[1], atol=1e-13)


@pytest.mark.parametrize("J", NETWORKS, ids=short)
def test_far_away_nothing_warns_under_a_run(J):
    trace = nn.run(nn.GradientDescent(1e200), J, J.start, 5)
    assert trace.stopped or np.isfinite(trace.theta).all()


def test_large_scores_do_not_overflow():
    J = Network([[1.0], [-1.0]], [0, 1], hidden=1)
    assert J.loss([100.0, 0.0, 0.0, 1e4, 0.0, 0.0]) == 1e4
    assert J.accuracy([100.0, 0.0, 1e4, 0.0, 0.0, 0.0], [[1.0], [-1.0]], [0, 1]) == 1


# --- where a run begins ---------------------------------------------------------------------------


def test_the_initial_weights_are_glorot_uniform():
    J = Network(RNG.normal(size=(30, 50)), Y, hidden=80)
    W, b, V, c = J.unpack(J.initial(3))
    for weights, limit in ((W, np.sqrt(6 / 130)), (V, np.sqrt(6 / 83))):
        assert 0.97 * limit < np.abs(weights).max() < limit
        assert weights.std() == pytest.approx(limit / np.sqrt(3), rel=0.1)
        assert abs(weights.mean()) < 0.1 * limit
    assert not b.any() and not c.any()


def test_the_seed_decides_the_start():
    J = NETWORKS[0]
    np.testing.assert_array_equal(J.initial(5), J.initial(5))
    np.testing.assert_array_equal(J.start, J.initial(0))
    assert (J.initial(5) != J.initial(6)).any()
    J.start[:] = 1
    assert (J.start != 1).all()


def test_at_zeros_the_hidden_units_would_stay_alike():
    J = NETWORKS[0]
    trace = nn.run(nn.GradientDescent(0.5), J, np.zeros(J.dimension), 20)
    assert not any(part.any() for part in J.unpack(trace.theta[-1])[:3])


# --- batches of examples --------------------------------------------------------------------------


@pytest.mark.parametrize("J", NETWORKS, ids=short)
def test_a_mini_batch_is_the_network_of_those_rows(J):
    batches, theta = nn.MiniBatches(20, seed=4), points(J, 2)
    rows = batches.indices(1, 30)
    assert set(Y[rows]) == {0, 1, 2}
    alone = Network(X[rows], Y[rows], J.hidden, J.activation, J.l2)
    part = batches.of(J).at(1)
    for name in ("loss", "losses", "gradient"):
        np.testing.assert_allclose(getattr(part, name)(theta), getattr(alone, name)(theta), rtol=1e-12)


@pytest.mark.parametrize("J", NETWORKS, ids=short)
def test_the_mean_over_equal_mini_batches_is_the_full_gradient(J):
    theta = points(J)
    parts = [nn.MiniBatches(5, seed=0).of(J).at(t) for t in range(1, 7)]
    np.testing.assert_allclose(np.mean([part.gradient(theta) for part in parts], axis=0), J.gradient(theta), rtol=1e-10)


@pytest.mark.parametrize(("activation", "rate"), [("tanh", 0.5), ("relu", 0.3)])
def test_it_learns_the_digits(activation, rate):
    digits = nn.data.digits()
    J = Network(digits.X_train, digits.y_train, hidden=64, activation=activation)
    trace = nn.run(
        nn.GradientDescent(rate), nn.MiniBatches(32, seed=0).of(J), J.start, 20 * 43, keep="theta", every=860
    )
    assert trace.loss[-1] < 0.06 < 2 < trace.loss[0]
    accuracy = J.accuracy(trace.theta, digits.X_test, digits.y_test)
    assert accuracy[0] < 0.3
    assert accuracy[-1] > 0.96


# --- descriptions, and what is refused ------------------------------------------------------------


def test_descriptions_tell_networks_apart():
    descriptions = [J.describe() for J in (*NETWORKS, SoftmaxRegression(X, Y), NETWORKS[0].take(slice(20)))]
    assert len({json.dumps(description, sort_keys=True) for description in descriptions}) == 6
    assert repr(NETWORKS[2]) == "Network(30 examples, 4 features, hidden=1, activation=tanh, l2=0.3)"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"hidden": 0}, ValueError, "hidden = 0 is too small: it must be at least 1"),
        ({"hidden": 2.0}, TypeError, "hidden must be a whole number; it is 2.0"),
        ({"activation": "sigmoid"}, ValueError, "activation = 'sigmoid' is not one of 'tanh', 'relu'"),
        ({"activation": np.tanh}, ValueError, "activation = <ufunc 'tanh'> is not one of"),
        ({"l2": -1}, ValueError, r"l2 = -1 is not in \[0, inf\)"),
        ({"X": X[:, 0]}, ValueError, r"X must be a matrix .*X.reshape\(-1, 1\)"),
        ({"y": Y[:9]}, ValueError, "it has 9 entries and X has 30 rows"),
        ({"y": np.zeros(30)}, ValueError, "y must hold at least two different labels"),
    ],
)
def test_wrong_arguments_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        Network(**{"X": X, "y": Y} | options)


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda J: J.loss(np.zeros(42)), ValueError, r"theta has shape \(42,\); Network.* shape \(43,\)"),
        (lambda J: J.gradient(np.zeros((43, 1))), ValueError, r"theta has shape \(43, 1\)"),
        (lambda J: J.predict(J.start, X[:, :3]), ValueError, "X has 3 features; the model needs 4"),
        (lambda J: J.accuracy(J.start, X, Y + 1), ValueError, "y must hold labels from 0 to 2; it holds 3"),
        (lambda J: J.initial(-1), ValueError, "seed = -1 is too small"),
        (lambda J: J.initial(0.5), TypeError, "seed must be a whole number"),
        (lambda J: J.hessian(J.start), NotImplementedError, r"Network\(.*\) has no Hessian"),
    ],
)
def test_wrong_questions_are_refused(ask, error, message):
    with pytest.raises(error, match=message):
        ask(NETWORKS[0])
