"""Networks out of layers: derivatives, Keras as a second opinion, sweeps, batches, normalisation, what is refused."""

import inspect
import json
import random

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.interop.layers import from_keras, to_keras
from nnlearn.interop.quiet import keras, tf
from nnlearn.models import MultiTask
from nnlearn.networks import (
    MSE,
    Activation,
    BatchNorm,
    BinaryCrossEntropy,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LeakyReLU,
    MaxPool2D,
    Network,
    Normal,
    ReLU,
    Residual,
    Scaled,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    glorot,
    he,
    lecun,
    mlp,
    ones,
    orthogonal,
    small,
    zeros,
)

N = 7  # examples
ROW, IMAGE = (5,), (6, 7, 2)

# The table: of each the layers before the last, which gives the scores, and the shape of an example.
LAYERS = {
    "dense": (ROW, lambda: []),
    "dense without bias": (ROW, lambda: [Dense(4, bias=False)]),
    "tanh": (ROW, lambda: [Dense(4), Tanh()]),
    "sigmoid": (ROW, lambda: [Dense(4), Sigmoid()]),
    "relu": (ROW, lambda: [Dense(6, initial=he), ReLU()]),
    "leaky relu": (ROW, lambda: [Dense(6), LeakyReLU(1 / 8), Dense(4), LeakyReLU(2)]),  # TensorFlow's is a float32
    "deep": (ROW, lambda: [Dense(4), Tanh(), Dense(5), ReLU(), Dense(3), Sigmoid()]),
    "norm first": (ROW, lambda: [BatchNorm(), Dense(4), Tanh()]),
    "norm": (ROW, lambda: [Dense(4), BatchNorm(), ReLU(), Dense(3), BatchNorm(epsilon=0.1)]),
    "activation first": (ROW, lambda: [Tanh(), Dense(4)]),
    "flatten": (IMAGE, lambda: [Flatten()]),
    "conv same": (IMAGE, lambda: [Conv2D(3, 3), Tanh(), Flatten()]),
    "conv valid": (IMAGE, lambda: [Conv2D(3, 3, "valid"), ReLU(), Flatten()]),
    "conv of even size": (IMAGE, lambda: [Conv2D(2, 2), Tanh(), Conv2D(3, 4, "valid"), Flatten()]),
    "conv of one pixel": (IMAGE, lambda: [Conv2D(3, 1, bias=False), Tanh(), Flatten()]),
    "conv with a stride": (IMAGE, lambda: [Conv2D(2, 3, stride=2), Tanh(), Conv2D(3, 2, "valid", 2), Flatten()]),
    "stride beyond the window": (IMAGE, lambda: [Conv2D(3, 1, stride=3), Tanh(), Conv2D(2, 2, stride=3), Flatten()]),
    "pool": (IMAGE, lambda: [Conv2D(3, 3), MaxPool2D(), Flatten()]),
    "pool first": (IMAGE, lambda: [MaxPool2D(3), Conv2D(3, 3), Flatten()]),
    "images, all of it": (IMAGE, lambda: [Conv2D(3, 3), BatchNorm(), ReLU(), MaxPool2D(), Conv2D(2, 2), Flatten(),
                                          Dense(4), Tanh()]),
    "residual": (ROW, lambda: [Dense(4), Residual([Dense(6), Tanh(), Dense(4)]), ReLU()]),
    "residual, images": (IMAGE, lambda: [Conv2D(3, 3), Residual([Conv2D(3, 3, bias=False), BatchNorm(), ReLU()]),
                                         Residual([Tanh(), Residual([Conv2D(3, 3)])]), Flatten()]),
}  # fmt: skip
RNG = np.random.default_rng(0)
LOSSES = {
    "mse, 1 output": (1, MSE(), RNG.normal(size=N)),
    "mse, 3 outputs": (3, MSE(), RNG.normal(size=(N, 3))),
    "binary, 1 output": (1, BinaryCrossEntropy(), np.array([0, 1, 1, 0, 1, 0, 1])),
    "binary, 3 outputs": (3, BinaryCrossEntropy(), RNG.integers(0, 2, (N, 3))),
    "softmax": (3, SoftmaxCrossEntropy(), np.array([0, 1, 2, 2, 1, 0, 0])),
    "two heads": (5, MultiTask((2, 3), (1, 0.25)), np.array([[0, 1, 1, -1, 1, -1, 0], [2, 0, -1, 1, 1, -1, 0]]).T),
}
TENSORFLOW = {
    MSE: lambda y, z: tf.math.squared_difference(y.reshape(z.shape), z),
    BinaryCrossEntropy: lambda y, z: tf.nn.sigmoid_cross_entropy_with_logits(y.reshape(z.shape).astype(float), z),
    SoftmaxCrossEntropy: lambda y, z: tf.nn.sparse_softmax_cross_entropy_with_logits(y, z),
    MultiTask: lambda y, z: sum(
        weight * (y[:, task] >= 0) * tf.nn.sparse_softmax_cross_entropy_with_logits(np.maximum(y[:, task], 0), scores)
        for task, (weight, scores) in enumerate(zip((1, 0.25), (z[:, :2], z[:, 2:]), strict=True))
    ),
}


def objective(layers, loss, l2=0.0):
    shape, build = LAYERS[layers]
    outputs, kind, y = LOSSES[loss]
    X = np.random.default_rng(1).normal(size=(N, *shape))
    return Network(shape, [*build(), Dense(outputs, name="last")]).on(X, y, kind, l2), X, y


def points(J, *batch, seed=2):
    return np.random.default_rng(seed).normal(scale=0.6, size=(*batch, J.dimension))


TABLE = [(layers, loss) for layers in LAYERS for loss in LOSSES]


# --- What is computed ---------------------------------------------------------------------------------


def differences(J, theta, h=2e-5):
    """The gradient by central differences of fourth order."""
    ahead, behind, far_ahead, far_behind = (
        J.loss(theta + step * np.eye(J.dimension)) for step in (h, -h, 2 * h, -2 * h)
    )
    return (8 * (ahead - behind) - (far_ahead - far_behind)) / (12 * h)


@pytest.mark.parametrize("layers, loss", TABLE)
def test_the_gradient_equals_central_differences(layers, loss):
    J, _, _ = objective(layers, loss, l2=0.1)
    theta = points(J)
    gradient = J.gradient(theta)
    np.testing.assert_allclose(differences(J, theta), gradient, rtol=0, atol=1e-9 * np.abs(gradient).max())


@pytest.mark.parametrize("layers, loss", TABLE)
def test_tensorflow_finds_the_same_scores_loss_and_gradient(layers, loss):
    J, X, y = objective(layers, loss)
    theta = points(J)
    weights = {**J.network.begin(0), **J.unpack(theta)}
    model = to_keras(J.network, weights, dtype="float64")
    with tf.GradientTape() as tape:
        found = tf.reduce_mean(TENSORFLOW[type(J.criterion)](y, model(X, training=True)))
    slopes = tape.gradient(found, [weight.value for weight in model.trainable_weights])
    gradient = np.concatenate([np.ravel(slope) for slope in slopes])
    assert J.loss(theta) == pytest.approx(float(found), rel=1e-12)
    np.testing.assert_allclose(J.gradient(theta), gradient, rtol=0, atol=1e-9 * np.abs(gradient).max())


DIGITS = nn.data.digits()
EACH = [(layers, "softmax") for layers in LAYERS] + [("tanh", loss) for loss in LOSSES]


@pytest.mark.parametrize("layers, loss", EACH)
def test_keras_runs_the_same_and_comes_back(layers, loss):
    J, X, _ = objective(layers, loss)
    weights = J.weights(points(J))
    expected = J.network.forward(weights, X)
    model = to_keras(J.network, weights, dtype="float64")
    np.testing.assert_allclose(model(X, training=False), expected, rtol=1e-11, atol=1e-13)
    network, returned = from_keras(model)
    assert list(returned) == list(weights)
    np.testing.assert_array_equal(network.forward(returned, X), expected)
    assert [type(layer) for layer in network.layers] == [type(layer) for layer in J.network.layers]
    np.testing.assert_allclose(network.forward({name: w.astype(np.float32) for name, w in weights.items()}, X),
                               expected, rtol=1e-3, atol=1e-4)  # fmt: skip


def test_a_residual_adds_to_its_input_what_its_layers_give():
    block = [Dense(6, name="wide"), Tanh(), Dense(5, name="back")]
    network = Network(ROW, [Residual(block, name="block")])
    theta = points(network.on(RNG.normal(size=(N, *ROW)), np.zeros(N, int)), 2)
    X = RNG.normal(size=(N, *ROW))
    inside = {name.removeprefix("block/"): array for name, array in network.unpack(theta).items()}
    np.testing.assert_array_equal(network.forward(theta, X), X + Network(ROW, block).forward(inside, X))
    assert [*inside] == ["wide/kernel", "wide/bias", "back/kernel", "back/bias"]
    assert network.count().flops == Network(ROW, block).count().flops


def test_residual_layers_within_each_other_are_placed_once():
    """Each level asks the next for its shape more than once: 25 levels took hours."""
    layer = Dense(ROW[0], initial=zeros)
    for _ in range(25):
        layer = Residual([layer])
    network = Network(ROW, [layer])
    weights = network.begin(0)
    X = np.ones((2, *ROW))
    np.testing.assert_array_equal(network.forward(weights, X), 25 * X)


def test_what_is_drawn_within_a_residual_is_drawn_anew_at_each_step():
    network = Network(ROW, [Residual([Dense(5), Dropout(0.5)]), Dense(3)])
    J = network.on(RNG.normal(size=(N, *ROW)), LOSSES["softmax"][2])
    theta = points(J)
    assert J.at(1).loss(theta) == J.at(1).loss(theta) != J.at(2).loss(theta)
    np.testing.assert_allclose(differences(J.at(3), theta), J.at(3).gradient(theta), atol=1e-9)
    without = Network(ROW, [Residual([Dense(5)]), Dense(3)]).on(J.inputs, J.targets.argmax(axis=1))
    assert without.at(1) is without


@pytest.mark.parametrize("loss", LOSSES)
def test_the_losses_are_their_formulas(loss):
    J, X, y = objective("dense", loss)
    theta = points(J)
    z = X @ J.unpack(theta)["last/kernel"] + J.unpack(theta)["last/bias"]
    p = 1 / (1 + np.exp(-z))
    if isinstance(J.criterion, SoftmaxCrossEntropy):
        expected = -np.log((np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))[np.arange(N), y])
    elif isinstance(J.criterion, MultiTask):
        heads = [np.exp(z[:, head]) / np.exp(z[:, head]).sum(axis=1, keepdims=True) for head in (slice(2), slice(2, 5))]
        expected = np.array([
            -sum(weight * np.log(head[i, label]) for weight, head, label in zip((1, 0.25), heads, y[i], strict=True)
                 if label >= 0)
            for i in range(N)
        ])  # fmt: skip
    elif isinstance(J.criterion, MSE):
        expected = ((z - y.reshape(z.shape)) ** 2).mean(axis=1)
    else:
        expected = -np.log(np.where(y.reshape(z.shape) == 1, p, 1 - p)).mean(axis=1)
    np.testing.assert_allclose(J.losses(theta), expected, rtol=1e-12)
    assert J.loss(theta) == pytest.approx(expected.mean(), rel=1e-12)


def test_one_layer_is_the_regression_of_the_same_data():
    for loss, regression in (
        ("mse, 1 output", nn.objectives.LinearRegression),
        ("binary, 1 output", nn.objectives.LogisticRegression),
        ("softmax", nn.objectives.SoftmaxRegression),
    ):
        J, X, y = objective("dense", loss)
        other, theta = regression(X, y), points(J)  # weights, then intercepts: the same order
        assert J.loss(theta) == pytest.approx(other.loss(theta), rel=1e-12)
        np.testing.assert_allclose(J.gradient(theta), other.gradient(theta), rtol=1e-11)
        np.testing.assert_allclose(J.predict(theta, X), other.predict(theta, X), rtol=1e-12)
        if loss != "mse, 1 output":
            np.testing.assert_allclose(J.probabilities(theta, X), other.probabilities(theta, X), rtol=1e-12)
            assert J.accuracy(theta, X, y) == other.accuracy(theta, X, y)


def test_far_scores_do_not_overflow():
    far = {"softmax": [1e4, -1e4, 0.0], "binary, 1 output": [1e4], "binary, 3 outputs": [1e4, -1e4, 0.0]}
    for loss, bias in far.items():
        J, _, _ = objective("dense", loss)
        theta = np.concatenate([np.zeros(J.dimension - len(bias)), bias])
        assert 10 < J.loss(theta) < 2e4
        assert np.isfinite(J.gradient(theta)).all()


@pytest.mark.parametrize("layers, loss", EACH)
def test_far_away_nothing_warns_under_a_run(layers, loss):
    J, _, _ = objective(layers, loss)
    trace = nn.run(nn.GradientDescent(1e200), J, J.start, 4)
    assert trace.stopped or np.isfinite(trace.theta).all()


@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("stride", [1, 2])
def test_a_convolution_is_its_sum(k, stride):
    generator = np.random.default_rng(k)
    x, kernel = generator.normal(size=(2, 4, 6, 3)), generator.normal(size=(k, k, 3, 2))
    network = Network((4, 6, 3), [Conv2D(2, k, stride=stride, bias=False, name="conv")])
    rows, columns, _ = network.output
    above, left = (max((n - 1) * stride + k - m, 0) // 2 for n, m in ((rows, 4), (columns, 6)))
    expected = np.zeros((2, rows, columns, 2))
    for i, j, p, q in np.ndindex(rows, columns, k, k):
        row, column = stride * i + p - above, stride * j + q - left
        if 0 <= row < 4 and 0 <= column < 6:
            expected[:, i, j] += x[:, row, column] @ kernel[p, q]
    np.testing.assert_allclose(network.forward({"conv/kernel": kernel}, x), expected, rtol=1e-12, atol=1e-12)


def test_the_leaky_relu_is_pytorch_s_in_either_precision():
    torch = pytest.importorskip("torch")
    x = np.array([-3.0, -0.5, 0.0, 2.0])
    for kind, slope in ((np.float64, 0.01), (np.float32, np.float64(0.3))):
        layer, tensor = LeakyReLU(slope), torch.tensor(x.astype(kind), requires_grad=True)
        y = layer.value(x.astype(kind))
        theirs = torch.nn.LeakyReLU(float(slope))(tensor)
        theirs.sum().backward()
        assert y.dtype == layer.slope(x.astype(kind), y).dtype == kind
        np.testing.assert_allclose(y, theirs.detach(), rtol=1e-7)
        np.testing.assert_allclose(layer.slope(x.astype(kind), y), tensor.grad, rtol=1e-7)
    assert LeakyReLU().negative_slope == torch.nn.LeakyReLU().negative_slope == 0.01
    assert keras.layers.LeakyReLU().negative_slope == 0.3


def test_pooling_takes_the_largest_of_four_and_gives_the_slope_to_the_first_of_equals():
    x = np.random.default_rng(0).permutation(2 * 5 * 6 * 3).reshape(2, 5, 6, 3).astype(float)
    network = Network((5, 6, 3), [MaxPool2D(name="pool")])
    y = network.forward({}, x)
    assert y.shape == (2, 2, 3, 3)
    for n, i, j, c in np.ndindex(y.shape):
        assert y[n, i, j, c] == x[n, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, c].max()
    equal = np.ones((2, 5, 6, 3))
    (p,) = network.parameters({})
    dx = network.layers[0].backward(np.ones((2, 2, 3, 3)), equal, np.ones((2, 2, 3, 3)), p)
    with tf.GradientTape() as tape:
        tensor = tf.constant(equal)
        tape.watch(tensor)
        pooled = tf.nn.max_pool2d(tensor, 2, 2, "VALID")
    np.testing.assert_array_equal(dx, tape.gradient(pooled, tensor))


# --- Sweeps, and batches of examples ------------------------------------------------------------------


@pytest.mark.parametrize("layers, loss", EACH)
def test_a_sweep_equals_the_loop(layers, loss):
    J, X, y = objective(layers, loss, l2=0.2)
    theta = points(J, 3, 2)
    asked = [J.loss, J.losses, J.gradient, lambda runs: J.predict(runs, X), lambda runs: J.scores(runs, X)]
    if not isinstance(J.criterion, MSE):
        asked += [lambda runs: J.probabilities(runs, X)]
    if not isinstance(J.criterion, MSE | MultiTask):  # which has labels that nobody knows
        asked += [lambda runs: J.accuracy(runs, X, y)]
    asked += [lambda runs, name=name: J.weights(runs)[name] for name in J.network.leaves.trained]
    for method in asked:
        loop = np.array([[method(point) for point in row] for row in theta])
        assert method(theta).shape == loop.shape
        np.testing.assert_allclose(method(theta), loop, rtol=1e-10, atol=1e-13)
    assert isinstance(J.loss(theta[0, 0]), float)


@pytest.mark.parametrize("layers, loss", EACH)
def test_the_order_of_weights_is_kept_and_names_find_them(layers, loss):
    J, _, _ = objective(layers, loss)
    theta = points(J, 2)
    weights = J.unpack(theta)
    np.testing.assert_array_equal(J.network.pack(weights), theta)
    flat = np.concatenate([weights[name].reshape(2, -1) for name in weights], axis=1)
    np.testing.assert_array_equal(flat, theta)
    weights["last/bias"][:] = 5  # views
    assert (theta[:, -1] == 5).all()


def test_a_mini_batch_is_the_network_of_those_rows_and_a_run_resumes():
    for layers in ("tanh", "norm", "images, all of it"):
        J, X, y = objective(layers, "softmax", l2=0.1)
        batches, theta = nn.MiniBatches(4, seed=4), points(J, 2)
        rows = batches.indices(1, N)
        alone = J.network.on(X[rows], y[rows], l2=0.1)
        part = batches.of(J).at(1)
        for name in ("loss", "losses", "gradient"):
            np.testing.assert_allclose(getattr(part, name)(theta), getattr(alone, name)(theta), rtol=1e-12)
        rule, seen = nn.Adam(0.01), batches.of(J)
        whole = nn.run(rule, seen, J.initial(1), 9)
        half = nn.run(rule, seen, J.initial(1), 4)
        np.testing.assert_array_equal(nn.run(rule, seen, half[-1], 5).theta[-1], whole.theta[-1])


def test_the_mean_over_equal_mini_batches_is_the_full_gradient_without_normalisation():
    J, _, _ = objective("images, all of it", "mse, 1 output")
    other, _, _ = objective("conv same", "mse, 1 output")
    for each, same in ((J, False), (other, True)):
        theta = points(each)
        parts = [each.take(slice(i, i + 1)).gradient(theta) for i in range(N)]
        assert np.allclose(np.mean(parts, axis=0), each.gradient(theta), rtol=1e-9) == same


def test_weighted_alike_a_sweep_over_rates_is_one_run_each():
    J, _, _ = objective("norm", "softmax")
    rates = np.array([0.1, 0.01])
    sweep = nn.run(nn.Adam(rates[:, np.newaxis]), J, np.tile(J.start, (2, 1)), 5)
    for i, rate in enumerate(rates):
        alone = nn.run(nn.Adam(rate), J, J.start, 5)
        np.testing.assert_allclose(sweep.theta[:, i], alone.theta, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize(("activation", "rate"), [(Tanh, 0.5), (ReLU, 0.3)])
def test_it_learns_the_digits(activation, rate):
    J = mlp(64, 64, 10, activation=activation).on(DIGITS.X_train, DIGITS.y_train)
    trace = nn.run(
        nn.GradientDescent(rate), nn.MiniBatches(32, seed=0).of(J), J.start, 20 * 43, keep="theta", every=860
    )
    assert trace.loss[-1] < 0.06 < 2 < trace.loss[0]
    accuracy = J.accuracy(trace.theta, DIGITS.X_test, DIGITS.y_test)
    assert accuracy[0] < 0.3
    assert accuracy[-1] > 0.96


def test_a_convolutional_network_with_normalisation_learns_the_digits():
    layers = [Conv2D(4, 3, initial=he), BatchNorm(), ReLU(), MaxPool2D(), Flatten(), Dense(10)]
    images = [X.reshape(-1, 8, 8, 1) for X in (DIGITS.X_train, DIGITS.X_test)]
    J = Network((8, 8, 1), layers).on(images[0], DIGITS.y_train)
    last = nn.run(nn.Adam(0.01), nn.MiniBatches(32, seed=0).of(J), J.start, 3 * 43, keep="theta", every=129).theta[-1]
    assert J.accuracy(last, images[1], DIGITS.y_test) > 0.93


# --- Where a run begins -------------------------------------------------------------------------------


def test_the_digits_network_begins_as_it_always_did():
    """W, b, V, c: the values that chapter 05 and its stored measurements rest on."""
    theta = mlp(64, 64, 10).initial(5)
    generator = np.random.default_rng(5)
    W = generator.uniform(-np.sqrt(6 / 128), np.sqrt(6 / 128), (64, 64))
    V = generator.uniform(-np.sqrt(6 / 74), np.sqrt(6 / 74), (64, 10))
    np.testing.assert_array_equal(theta, np.concatenate([W.ravel(), np.zeros(64), V.ravel(), np.zeros(10)]))


@pytest.mark.parametrize("shape, inputs, outputs", [((50, 80), 50, 80), ((3, 3, 20, 30), 180, 270)])
def test_initialisations_have_their_spread(shape, inputs, outputs):
    for initial, spread in (
        (glorot, np.sqrt(2 / (inputs + outputs))), (he, np.sqrt(2 / inputs)), (small, 0.01), (Normal(3), 3), (zeros, 0),
        (lecun, np.sqrt(1 / inputs)), (Scaled(he, 0.5), np.sqrt(0.5 / inputs)), (Scaled(Normal(3), 2), 6),
    ):  # fmt: skip
        values = initial(np.random.default_rng(0), shape)
        assert values.shape == shape
        assert values.std() == pytest.approx(spread, rel=0.05)
        assert abs(values.mean()) <= 0.1 * spread
    limit = np.sqrt(6 / (inputs + outputs))
    assert 0.97 * limit < np.abs(glorot(np.random.default_rng(0), shape)).max() < limit


@pytest.mark.parametrize("shape", [(200, 300), (3, 3, 40, 60)])
@pytest.mark.parametrize("ours, theirs", [
    (glorot, "GlorotUniform"), (he, "HeNormal"), (lecun, "LecunNormal"), (orthogonal, "Orthogonal"),
    (zeros, "Zeros"), (ones, "Ones"),
])  # fmt: skip
def test_initialisations_are_spread_as_kerass(ours, theirs, shape):
    """Mean, standard deviation and, where Keras doesn't cut it off, range."""
    one = ours(np.random.default_rng(0), shape)
    kind = getattr(keras.initializers, theirs)
    other = np.float64((kind() if ours in (zeros, ones) else kind(seed=0))(shape))
    assert one.mean() == pytest.approx(other.mean(), abs=0.02 * other.std())
    assert one.std() == pytest.approx(other.std(), rel=0.02)
    if ours not in (he, lecun):
        assert np.abs(one).max() == pytest.approx(np.abs(other).max(), rel=0.2)
    scaled = Scaled(ours, 0.25)(np.random.default_rng(0), shape)
    np.testing.assert_array_equal(scaled, 0.25 * one)


@pytest.mark.parametrize("shape", [(50, 80), (80, 50), (7, 7), (3, 3, 4, 60), (3, 3, 4, 20)])
def test_a_random_turn_stretches_nothing(shape):
    for matrix in (
        orthogonal(np.random.default_rng(1), shape),
        np.asarray(keras.initializers.Orthogonal(seed=1)(shape)),
    ):
        matrix = matrix.reshape(-1, shape[-1])
        square = matrix.T @ matrix if len(matrix) >= len(matrix.T) else matrix @ matrix.T
        np.testing.assert_allclose(square, np.eye(len(square)), atol=1e-12 if matrix.dtype == np.float64 else 1e-5)


def test_all_turns_are_equally_likely():
    """The first entry of a turn of the plane is a cosine of an angle that is uniform: its mean is 0, its square 1/2."""
    entries = np.array([orthogonal(np.random.default_rng(seed), (2, 2)) for seed in range(4000)])
    np.testing.assert_allclose(entries.mean(axis=0), 0, atol=0.05)
    np.testing.assert_allclose((entries**2).mean(axis=0), 0.5, atol=0.03)
    assert abs(np.linalg.det(entries).mean()) < 0.06  # as many mirror as turn


def test_a_scaled_initialisation_goes_wherever_one_goes():
    network = mlp(5, 4, 3, initial=Scaled(he, 0.5))
    np.testing.assert_array_equal(network.initial(3), 0.5 * mlp(5, 4, 3, initial=he).initial(3))
    assert "initial=Scaled(he, 0.5)" in repr(network) and repr(Scaled(Normal(2), 3)) == "Scaled(Normal(scale=2), 3)"
    assert repr(Scaled(Scaled(he, 2), 3)) == "Scaled(Scaled(he, 2), 3)" and Scaled(he, 2) == Scaled(he, 2.0)
    assert (
        json.loads(json.dumps(network.on(np.eye(5), [0] * 5).describe()))["layers"][0]["initial"] == "Scaled(he, 0.5)"
    )
    back, _ = from_keras(to_keras(network, network.begin(0)))
    assert back.leaves.declared.keys() == network.leaves.declared.keys()


def test_penalties_clipping_dropout_and_batches_work_together_in_a_sweep():
    """As in the chapter on training that fails: a sweep of penalties is its runs, and biases are spared."""
    X, y = DIGITS.X_train[:100], DIGITS.y_train[:100]
    layers = [Dense(8, initial=he, name="hidden"), ReLU(), Dropout(0.5), Dense(10, name="output")]
    J, strengths = Network((64,), layers).on(X, y), [0.0, 0.01, 0.1]

    def trained(l2, theta):
        inside = nn.objectives.Penalised(nn.MiniBatches(32).of(J), l1=0.001, l2=l2)
        return nn.run(nn.Momentum(0.1, 0.9), nn.objectives.Clipped(inside, norm=1.0), theta, 30, keep=()).last.theta

    theta = J.initial(0)
    swept = trained(np.array(strengths)[:, np.newaxis], theta)
    for strength, found in zip(strengths, swept, strict=True):
        np.testing.assert_allclose(found, trained(strength, theta), rtol=1e-9, atol=1e-12)
    assert (np.diff(np.sum((J.penalised * swept) ** 2, axis=-1)) < 0).all()
    own = Network((64,), layers).on(X, y, l2=0.1)
    around = nn.objectives.Penalised(J, l2=0.1)
    np.testing.assert_allclose(around.gradient(swept), own.gradient(swept), rtol=1e-12)
    np.testing.assert_allclose(around.loss(swept), own.loss(swept), rtol=1e-12)
    pulled = J.unpack(nn.objectives.Penalised(J, l1=0.5, l2=0.1).gradient(theta + 1) - J.gradient(theta + 1))
    assert {name for name, pull in pulled.items() if np.abs(pull).max() > 1e-12} == {"hidden/kernel", "output/kernel"}


def test_the_seed_decides_the_start_and_layers_have_their_own():
    J, _, _ = objective("norm", "softmax")
    np.testing.assert_array_equal(J.initial(5), J.initial(5))
    np.testing.assert_array_equal(J.start, J.initial(0))
    assert (J.initial(5) != J.initial(6)).any()
    weights = J.unpack(J.start)
    assert (weights["batchnorm/gamma"] == 1).all() and not weights["batchnorm/beta"].any()
    assert not mlp(5, 4, 3, initial=zeros).initial(0).any()


# --- Normalisation and chance: in training, and in use ------------------------------------------------


def test_statistics_are_those_of_all_examples_and_switch_the_layer():
    J, X, _ = objective("norm", "softmax")
    theta = points(J)
    weights = J.unpack(theta)
    statistics = J.network.statistics(theta, X)
    hidden = X @ weights["dense/kernel"] + weights["dense/bias"]
    np.testing.assert_allclose(statistics["batchnorm/moving_mean"], hidden.mean(axis=0))
    np.testing.assert_allclose(statistics["batchnorm/moving_variance"], hidden.var(axis=0))
    assert list(statistics) == [f"{norm}/moving_{name}" for norm in ("batchnorm", "batchnorm_1")
                                for name in ("mean", "variance")]  # fmt: skip
    # with the statistics of these very examples, to run is to train
    scores = J.network.forward({**weights, **statistics}, X)
    np.testing.assert_allclose(J.criterion.losses(scores, J.targets), J.losses(theta), rtol=1e-12)
    # one example alone is what it was among all
    np.testing.assert_allclose(J.scores(theta, X[:1]), scores[:1], rtol=1e-12)
    with pytest.raises(ValueError, match=r"lack batchnorm/moving_mean, of shape \(4,\); they hold dense/kernel, .*"):
        J.network.forward(theta, X)


def test_an_objective_can_keep_its_statistics():
    J, X, y = objective("norm", "softmax")
    theta, near = points(J), points(J, seed=9)
    weights = J.weights(near)
    kept = J.network.on(X, y, statistics=weights)  # of another theta; the trained leaves among them play no part
    scores = J.network.forward({**weights, **J.unpack(theta)}, X)
    np.testing.assert_allclose(kept.losses(theta), J.criterion.losses(scores, J.targets), rtol=1e-12)
    np.testing.assert_allclose(differences(kept, theta), kept.gradient(theta), atol=1e-9)
    np.testing.assert_array_equal(kept.scores(theta, X), scores)
    assert kept.describe()["sha256"] != J.describe()["sha256"]
    with pytest.raises(ValueError, match="lack batchnorm_1/moving_variance"):
        J.network.on(X, y, statistics={name: w for name, w in weights.items() if name != "batchnorm_1/moving_variance"})


def test_what_is_dropped_depends_on_seed_and_step_and_is_the_same_on_the_way_back():
    X, y = np.random.default_rng(0).normal(size=(N, 5)), LOSSES["softmax"][2]
    network = Network((5,), [Dropout(0.3), Dense(20), Tanh(), Dropout(0.5), Dense(3)])
    J = network.on(X, y)
    theta = points(J)
    for t in (0, 1, 2):
        np.testing.assert_allclose(differences(J.at(t), theta), J.at(t).gradient(theta), atol=1e-9)
    assert len({float(each.loss(theta)) for each in (J, J.at(1), J.at(2), network.on(X, y, seed=1))}) == 4
    assert J.at(1).loss(theta) == J.at(1).loss(theta)
    two = points(J, 2)
    np.testing.assert_allclose(J.at(1).gradient(two), [J.at(1).gradient(each) for each in two], rtol=1e-10)
    np.testing.assert_array_equal(J.at(1).scores(theta, X), J.at(2).scores(theta, X))  # in use nothing is dropped
    (p,) = Network((1000,), [Dropout(0.3)]).parameters({}, training=True, seed=(0, 1))
    dropped = Dropout(0.3).forward(np.ones((50, 1000)), p)
    assert set(np.unique(dropped)) == {0, 1 / 0.7}
    assert dropped.mean() == pytest.approx(1, abs=0.01)


# --- Opened, counted ----------------------------------------------------------------------------------


def test_opened_it_shows_what_each_layer_gives_and_the_slopes_there():
    J, X, _ = objective("images, all of it", "softmax")
    theta = points(J)
    opened = J.open(theta)
    assert list(opened.activations) == list(opened.slopes) == ["input", *(layer.name for layer in J.network.layers)]
    for layer, placed in zip(J.network.layers, J.network.placed, strict=True):
        assert opened.activations[layer.name].shape == opened.slopes[layer.name].shape == (N, *placed.output)
    np.testing.assert_array_equal(opened.activations["relu"], np.maximum(opened.activations["batchnorm"], 0))
    flat = np.concatenate([opened.gradients[name].ravel() for name in opened.weights])
    np.testing.assert_array_equal(flat, J.gradient(theta))
    moved, h = X.copy(), 1e-6  # the slope in the input is that of the loss
    moved[2, 3, 4, 1] += h
    ahead = J.network.on(moved, LOSSES["softmax"][2]).loss(theta)
    assert opened.slopes["input"][2, 3, 4, 1] == pytest.approx((ahead - J.loss(theta)) / h, rel=1e-3)
    head, *rows = repr(opened).splitlines()
    assert head.split() == "layer output parameters activation slope weight gradient".split()
    assert len(rows) == 1 + len(J.network.layers)
    assert rows[1].split()[:5] == ["conv2d", "6", "x", "7", "x"]


def test_opened_a_sweep_has_its_axes_first():
    J, _, _ = objective("activation first", "softmax")
    theta = points(J, 2, 3)
    opened = J.open(theta)
    assert opened.activations["tanh"].shape == (2, 3, N, 5)  # before any weights all are alike
    assert opened.slopes["last"].shape == (2, 3, N, 3)
    sizes = opened.sizes(opened.slopes)
    assert {size.shape for size in sizes.values()} == {(2, 3)}
    alone = J.open(theta[1, 2])
    for name, size in alone.sizes(alone.slopes).items():
        assert size == pytest.approx(sizes[name][1, 2])


def test_opened_as_many_networks_as_examples_are_told_apart():
    J, X, _ = objective("activation first", "softmax")
    opened = J.open(points(J, N))
    np.testing.assert_allclose(opened.sizes(opened.activations)["input"], np.full(N, np.sqrt(np.mean(X**2))))


def test_activations_are_those_of_use():
    J, X, _ = objective("norm", "softmax")
    weights = J.weights(points(J))
    activations = J.network.activations(weights, X)
    np.testing.assert_array_equal(activations["last"], J.network.forward(weights, X))
    np.testing.assert_array_equal(activations["relu"], np.maximum(activations["batchnorm"], 0))


def test_the_count_is_keras():
    """``models.count``, of Keras's layers, is the second opinion; a normalisation was counted by hand."""
    J, _, _ = objective("conv with a stride", "softmax")
    counted = J.network.count()
    theirs = nn.models.count(to_keras(J.network, J.start))
    assert (counted.parameters, counted.flops, counted.bytes) == (theirs.parameters, theirs.flops, theirs.bytes)
    (norm,) = Network((4, 5, 3), [BatchNorm()]).count().layers
    assert (norm.parameters, norm.flops) == (12, 2 * 4 * 5 * 3)
    table = Network((5,), [Dense(4), Tanh()]).count()._repr_markdown_()
    assert "| dense | 4 | 24 | 40 | 96 |" in table.splitlines()


# --- A layer of one's own -----------------------------------------------------------------------------


class Softsign(Activation):
    """From -1 to 1 as tanh, but slowly."""

    scale: float = 1.0

    def value(self, x):
        return x / (self.scale + np.abs(x))

    def slope(self, x, y):
        return self.scale / (self.scale + np.abs(x)) ** 2


class Scale(Layer):
    """A number for each channel."""

    def leaves(self, shape):
        return {"factor": nn.networks.Leaf(shape[-1:], nn.networks.ones)}

    def forward(self, x, p):
        return x * p.factor

    def backward(self, dy, x, y, p):
        return dy * p.factor

    def slopes(self, dy, x, y, p):
        return {"factor": (dy * x).sum(p.axes)}


def test_a_layer_of_ones_own_is_one_class():
    X, y = np.random.default_rng(0).normal(size=(N, 4, 4, 2)), LOSSES["softmax"][2]
    layers = [Scale(), Conv2D(3, 3), Softsign(0.2), Scale(name="second"), Flatten(), Dense(3)]
    J = Network((4, 4, 2), layers).on(X, y, l2=0.1)
    theta = points(J, 2)
    for each in theta:
        np.testing.assert_allclose(differences(J, each), J.gradient(each), atol=1e-9)
    np.testing.assert_allclose(J.gradient(theta), [J.gradient(each) for each in theta], rtol=1e-10)
    assert "Softsign(scale=0.2, name='softsign')" in repr(J)
    json.dumps(J.describe())
    with pytest.raises(TypeError, match=r"Scale\(name='scale'\) has no row in"):
        to_keras(J.network, J.start)


# --- Keras's models -----------------------------------------------------------------------------------


def sequential(*layers, shape=(6, 7, 2)):
    keras.utils.set_random_seed(1)
    return keras.Sequential([keras.Input(shape), *layers])


def branched():
    x = keras.Input((4,))
    return keras.Model(x, keras.layers.Dense(4)(x) + keras.layers.Dense(4)(x))


def two_inputs():
    x, y = keras.Input((4,)), keras.Input((4,))
    return keras.Model([x, y], keras.layers.Dense(4)(x))


def filled(number):
    model = sequential(keras.layers.Dense(3), shape=(4,))
    model.set_weights([np.full((4, 3), number), np.zeros(3)])
    return model


def namesake(name):
    """Another layer with the name of one of Keras's."""
    return type(name, (keras.layers.Layer,), {"call": lambda self, x: 3 * x})


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "mixed_float16", "mixed_bfloat16"])
def test_a_model_that_rounds_is_one_after_the_other_too(dtype):
    layers = [keras.layers.Dense(40, "tanh", dtype=dtype) for _ in range(4)]
    if dtype == "bfloat16":
        with pytest.raises(TypeError, match="must hold real numbers; it holds bfloat16"):
            from_keras(sequential(*layers, shape=(40,)))
        return
    network, _ = from_keras(sequential(*layers, shape=(40,)))
    assert len(network.layers) == 8


def test_keras_models_are_taken_as_they_are_written():
    layers = keras.layers
    inner = sequential(layers.Dense(4, "tanh", name="same"), layers.Dense(4, name="other"), shape=(4,))
    model = sequential(
        layers.Conv2D(3, 3, (2, 2), "same"), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.5),
        layers.MaxPooling2D(), layers.Flatten(), layers.LeakyReLU(), layers.Dense(4, use_bias=False),
        layers.Activation("sigmoid"), inner, layers.Dense(2, name="same"),
    )  # fmt: skip
    model.layers[1].set_weights([w + 0.3 for w in model.layers[1].get_weights()])
    network, weights = from_keras(model)
    x = np.random.default_rng(0).normal(size=(5, 6, 7, 2))
    np.testing.assert_allclose(network.forward(weights, x), model(x.astype(np.float32)), rtol=1e-4, atol=1e-6)
    for ours, theirs in zip(weights.values(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert list(weights)[-6:] == [
        f"{path}/{leaf}"
        for path in (f"{inner.name}/same", f"{inner.name}/other", "same")
        for leaf in ("kernel", "bias")
    ]
    assert nn.models.weights_of(model).keys() == weights.keys()


def used_twice(initial):
    """Where a layer's weights are zeros, what comes out is the same as if it were used once."""
    layer, entry = keras.layers.Dense(4, kernel_initializer=initial), keras.Input((4,))
    return keras.Model(entry, layer(layer(entry)))


def used_within_too():
    layer, entry = keras.layers.Dense(4), keras.Input((4,))
    return keras.Model(entry, keras.Sequential([keras.Input((4,)), layer])(layer(entry)))


def with_a_shortcut_of_zeros():
    """What the shortcut brings are zeros, too."""
    entry = keras.Input((4,))
    inner = keras.layers.Dense(4, kernel_initializer="zeros")(entry)
    return keras.Model(entry, keras.layers.Dense(2, kernel_initializer="zeros")(keras.layers.Add()([inner, entry])))


def shortcut_past_the_first():
    """A model within the model adds something else than its input to what its layers make."""
    entry = keras.Input((4,))
    first = keras.layers.Dense(4)(entry)
    return sequential(keras.Model(entry, keras.layers.Add()([first, keras.layers.Dense(4)(first)])), shape=(4,))


def test_scores_in_a_dict_are_the_networks():
    entry = keras.Input((4,))
    model = keras.Model(entry, {"scores": keras.layers.Dense(3)(entry)})
    network, weights = from_keras(model)
    assert network.output == (3,) and len(weights) == 2


def test_a_wrapper_loses_no_weights():
    model = sequential(keras.layers.Bidirectional(keras.layers.LSTM(3)), shape=(5, 4))
    assert len(nn.models.weights_of(model)) == len(model.get_weights()) == 6


def test_building_draws_nothing_from_anybodys_generator():
    random.seed(1)
    state = random.getstate()
    to_keras(mlp(3, 2), mlp(3, 2).begin(0))
    assert random.getstate() == state


@pytest.mark.parametrize(
    "build, error, message",
    [
        (lambda: sequential(keras.layers.Conv2D(3, (3, 5))), TypeError, r"size must be a whole number; it is \(3, 5\)"),
        (lambda: sequential(keras.layers.Conv2D(3, 3, dilation_rate=2)), TypeError, r"dilation_rate = \(2, 2\)"),
        (lambda: sequential(keras.layers.Conv2D(4, 3, groups=2)), TypeError, "groups = 2"),
        (lambda: sequential(keras.layers.MaxPooling2D(2, 1)), TypeError, r"strides = \(1, 1\)"),
        (lambda: sequential(keras.layers.BatchNormalization(axis=1)), TypeError, "axis = 1"),
        (lambda: sequential(keras.layers.BatchNormalization(scale=False)), TypeError, "scale = False"),
        (lambda: sequential(keras.layers.Dense(3, "gelu"), shape=(4,)), TypeError, "has the activation gelu"),
        (lambda: sequential(keras.layers.Dense(3, "softmax"), shape=(4,)), TypeError, "has the activation softmax"),
        (lambda: sequential(keras.layers.ReLU(max_value=6.0)), TypeError, "max_value = 6.0"),
        (lambda: sequential(keras.layers.LayerNormalization()), TypeError, "a LayerNormalization, has no counterpart"),
        (
            lambda: sequential(keras.layers.Dense(3)),
            ValueError,
            r"takes .*\(features\), but the input gives \(6, 7, 2\)",
        ),
        (branched, ValueError, "aren't one after the other"),
        (lambda: used_twice("zeros"), ValueError, "aren't one after the other, each used once"),
        (lambda: used_twice("glorot_uniform"), ValueError, "aren't one after the other, each used once"),
        (used_within_too, ValueError, "aren't one after the other, each used once"),
        (with_a_shortcut_of_zeros, ValueError, "aren't one after the other"),
        (lambda: sequential(namesake("Dense")(), shape=(4,)), TypeError, "a Dense, has no counterpart"),
        (lambda: keras.Sequential([keras.layers.Dense(3)]), TypeError, "needs a built Keras model with one input"),
        (lambda: sequential(keras.layers.Conv2D(3, 3), shape=(None, None, 1)), TypeError, "whose shape is known"),
        (shortcut_past_the_first, ValueError, "aren't one after the other"),
        (two_inputs, TypeError, "with one input"),
        (lambda: mlp(2, 3), TypeError, r"it was given Network\(\(2,\)"),
        (lambda: filled(np.nan), ValueError, "kernel must be finite; 12 of its 12 entries are NaN"),
    ],
)
def test_what_has_no_counterpart_is_refused(build, error, message):
    with pytest.raises(error, match=message):
        from_keras(build())


# --- Descriptions, and what is refused ----------------------------------------------------------------


def test_descriptions_tell_networks_apart():
    X, y = np.random.default_rng(1).normal(size=(N, 5)), LOSSES["softmax"][2]
    several = [
        mlp(5, 4, 3).on(X, y), mlp(5, 6, 3).on(X, y), mlp(5, 4, 3, activation=ReLU).on(X, y), mlp(5, 4, 4).on(X, y),
        mlp(5, 4, 3).on(X, y, l2=0.1), mlp(5, 4, 3).on(X + 1, y), mlp(5, 4, 3).on(X, y).take(slice(4)),
        mlp(5, 4, 3, initial=he).on(X, y), mlp(5, 4, 1).on(X, y % 2, BinaryCrossEntropy()),
        mlp(5, 4, 1).on(X, y % 2, MSE()), mlp(5, 4, 3, initial=Normal(0.3)).on(X, y),
    ]  # fmt: skip
    assert len({json.dumps(J.describe(), sort_keys=True) for J in several}) == len(several)
    assert repr(several[4]) == (
        "NetworkObjective(7 examples, Network((5,), [Dense(4, name='hidden'), Tanh(name='tanh'), "
        "Dense(3, name='output')]), SoftmaxCrossEntropy(), l2=0.1)"
    )


@pytest.mark.parametrize(
    "shape, layers, error, message",
    [
        (IMAGE, [Dense(3, name="first")], ValueError,
         r"Layer first takes .* shape \(features\), but the input gives \(6, 7, 2\)\. Put Flatten\(\) between\."),
        (IMAGE, [Conv2D(3, 3, name="conv"), Dense(3)], ValueError,
         r"Layer dense takes .* shape \(features\), but conv gives \(6, 7, 3\)"),
        (ROW, [Dense(3), Conv2D(3, 3)], ValueError,
         r"Layer conv2d takes .* shape \(height, width, channels\), but dense gives \(3,\)\.$"),
        (IMAGE, [Conv2D(3, 7, "valid")], ValueError,
         r"Layer conv2d would give shape \(0, 1, 3\): the input gives \(6, 7, 2\), which is too small"),
        (IMAGE, [MaxPool2D(name="one"), MaxPool2D(4)], ValueError,
         r"Layer maxpool2d would give shape \(0, 0, 2\): one gives \(3, 3, 2\)"),
        (ROW, [Dense(3, name="a"), Dense(3, name="a")], ValueError, "a name of its own; these are a, a"),
        (ROW, [], ValueError, "at least one layer"),
        (ROW, [Dense], TypeError, "A network is made of layers; <class .*Dense'> is none"),
        (ROW, ["dense"], TypeError, "'dense' is none"),
        ((0,), [Dense(3)], ValueError, "shape = 0 is too small"),
        ((2.5,), [Dense(3)], TypeError, "shape must be a whole number; it is 2.5"),
    ],
)  # fmt: skip
def test_layers_that_do_not_fit_are_refused(shape, layers, error, message):
    with pytest.raises(error, match=message):
        Network(shape, layers)


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: Dense(0), ValueError, "units = 0 is too small: it must be at least 1"),
        (lambda: Dense(2.0), TypeError, "units must be a whole number; it is 2.0"),
        (lambda: Conv2D(3, 3, "full"), ValueError, "padding = 'full' is not one of 'same', 'valid'"),
        (lambda: Conv2D(3, 3, stride=0), ValueError, "stride = 0"),
        (lambda: MaxPool2D(0), ValueError, "size = 0"),
        (lambda: LeakyReLU(-0.1), ValueError, r"negative_slope = -0.1 is not in \[0, inf\)"),
        (lambda: Dropout(1), ValueError, r"rate = 1 is not in \[0, 1\)"),
        (lambda: BatchNorm(0), ValueError, "epsilon = 0"),
        (lambda: Residual([]), ValueError, "needs at least one layer"),
        (lambda: Residual(Dense(3)), TypeError, "layers must be a list"),
        (lambda: Residual([3]), TypeError, "A network is made of layers; 3 is none"),
        (
            lambda: Network((4,), [Residual([Dense(3)], name="block")]),
            ValueError,
            r"layers of block take shape \(4,\) and give \(3,\): what is added to x needs the shape of x",
        ),
        (lambda: Network(IMAGE, [Residual([Dense(3)])]), ValueError, "Layer dense takes examples of shape"),
        (lambda: Normal(-1), ValueError, "scale = -1"),
        (lambda: mlp(5), ValueError, r"it got \(5,\)"),
        (lambda: mlp(5, 0, 3), ValueError, "width = 0"),
        (lambda: mlp(5, 3).initial(-1), ValueError, "seed = -1"),
        (lambda: mlp(5, 3).initial(0.5), TypeError, "seed must be a whole number"),
    ],
)
def test_wrong_layers_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


ROWS, IMAGES, LABELS = RNG.normal(size=(N, 5)), RNG.normal(size=(N, 6, 7, 2)), np.array([0, 1, 2, 2, 1, 0, 0])
TO_ROWS, TO_IMAGES = mlp(5, 3), Network(IMAGE, [Flatten(), Dense(3)])
ONE = mlp(5, 1)
WITH_NAN = ROWS.copy()
WITH_NAN[2, 3] = np.nan


@pytest.mark.parametrize(
    "network, X, y, options, error, message",
    [
        (TO_IMAGES, np.moveaxis(IMAGES, -1, 1), LABELS, {}, ValueError,
         r"X has shape \(7, 2, 6, 7\); the network takes \(n, 6, 7, 2\), .*: np.moveaxis\(X, 1, -1\)"),
        (TO_IMAGES, IMAGES.reshape(N, -1), LABELS, {}, ValueError, r"X has shape \(7, 84\); .*reshape\(-1, 6, 7, 2\)"),
        (TO_IMAGES, IMAGES.swapaxes(1, 2), LABELS, {}, ValueError, r"X has shape \(7, 7, 6, 2\); .* \(n, 6, 7, 2\)"),
        (TO_IMAGES, IMAGES[0], LABELS, {}, ValueError, r"X has shape \(6, 7, 2\); .*X\[np.newaxis\]"),
        (Network((6, 7, 1), [Flatten(), Dense(3)]), IMAGES[..., 0], LABELS, {}, ValueError,
         r"X has shape \(7, 6, 7\); .*X\[..., np.newaxis\]"),
        (TO_ROWS, ROWS.T, LABELS[:5], {}, ValueError, r"X has shape \(5, 7\); the network takes \(n, 5\)"),
        (TO_ROWS, ROWS[:, 0], LABELS, {}, ValueError, r"X has shape \(7,\); the network takes \(n, 5\)"),
        (TO_ROWS, ROWS[:0], LABELS[:0], {}, ValueError, r"X has shape \(0, 5\); .* with n at least 1"),
        (TO_ROWS, 3.0, LABELS, {}, ValueError, r"X has shape \(\);"),
        (TO_ROWS, WITH_NAN, LABELS, {}, ValueError, "X must be finite; 1 of its 35 entries are NaN or infinite"),
        (TO_ROWS, WITH_NAN.astype(np.float32), LABELS, {}, ValueError, "X must be finite; 1 of its 35"),
        (TO_ROWS, ROWS.astype(np.float16), LABELS, {}, TypeError, r"X holds float16.*X.astype\(np.float64\)"),
        (TO_ROWS, np.ma.array(ROWS, mask=ROWS > 1), LABELS, {}, TypeError, r"X is a masked array.*X.filled"),
        (TO_ROWS, ROWS.astype(str), LABELS, {}, TypeError, "X must hold real numbers; it holds <U"),
        (TO_ROWS, ROWS.astype(complex), LABELS, {}, TypeError, "X must hold real numbers; it holds complex128"),
        (TO_ROWS, [[1, 2, 3, 4, 5], [1, 2]], LABELS[:2], {}, TypeError, "rows of equal length"),
        (TO_ROWS, ROWS, LABELS[:, np.newaxis], {}, ValueError, r"shape \(7,\); it has shape \(7, 1\).*y.ravel"),
        (TO_ROWS, ROWS, np.eye(3)[LABELS], {}, ValueError, r"shape \(7,\); it has shape \(7, 3\).*y.argmax\(axis=1\)"),
        (TO_ROWS, ROWS, LABELS[:4], {}, ValueError, "it has 4 entries and X has 7 rows"),
        (TO_ROWS, ROWS, LABELS[:1], {}, ValueError, "it has 1 entries and X has 7 rows"),
        (TO_ROWS, ROWS, 2, {}, ValueError, r"shape \(7,\); it has shape \(\)"),
        (TO_ROWS, ROWS, LABELS.astype(str), {}, TypeError, "y must hold labels, .*; it holds <U"),
        (TO_ROWS, ROWS, LABELS + 1, {}, ValueError, "y must hold labels from 0 to 2; it holds 3"),
        (TO_ROWS, ROWS, LABELS - 1, {}, ValueError, "whole numbers from 0; it holds -1"),
        (TO_ROWS, ROWS, LABELS + 0.5, {}, ValueError, "whole numbers from 0; it holds 0.5"),
        (TO_ROWS, ROWS, np.where(LABELS, LABELS, np.nan), {}, ValueError, "y must be finite; 3 of its 7"),
        (TO_ROWS, ROWS, np.ma.array(LABELS, mask=LABELS > 1), {}, TypeError, "y is a masked array"),
        (TO_ROWS, ROWS, LABELS, {"loss": BinaryCrossEntropy()}, ValueError, r"y has shape \(7,\); .* shape \(7, 3\)"),
        (TO_ROWS, ROWS, LABELS, {"loss": MSE()}, ValueError, r"y has shape \(7,\); it needs shape \(7, 3\)"),
        (ONE, ROWS, LABELS[:, np.newaxis], {"loss": MSE()}, ValueError, r"y has shape \(7, 1\); .*y.ravel"),
        (ONE, ROWS, LABELS, {"loss": BinaryCrossEntropy()}, ValueError, "y must hold labels from 0 to 1; it holds 2"),
        (ONE, ROWS, LABELS, {}, ValueError, r"SoftmaxCrossEntropy\(\) needs a score for .* output gives shape \(1,\)"),
        (Network(ROW, [Dense(1), Sigmoid(name="last")]), ROWS, LABELS % 2, {"loss": BinaryCrossEntropy()}, ValueError,
         "has the sigmoid in itself: leave out the last layer, last"),
        (Network(ROW, [Tanh()]), ROWS, ROWS, {"loss": MSE()}, ValueError, "has nothing to learn"),
        (TO_ROWS, ROWS, LABELS, {"loss": "mse"}, TypeError, r"loss must be a loss, such as MSE\(\); it is 'mse'"),
        (TO_ROWS, ROWS, LABELS, {"loss": MSE}, TypeError, "loss must be a loss"),
        (TO_ROWS, ROWS, LABELS, {"l2": -1}, ValueError, r"l2 = -1 is not in \[0, inf\)"),
        (TO_ROWS, ROWS, LABELS, {"seed": 0.5}, TypeError, "seed must be a whole number"),
    ],
)  # fmt: skip
def test_wrong_data_is_refused(network, X, y, options, error, message):
    with pytest.raises(error, match=message):
        network.on(X, y, **options)


def test_data_are_copied():
    X, y = ROWS.copy(), RNG.normal(size=N)
    J = ONE.on(X, y, MSE())
    before = J.loss(J.start)
    X[:], y[:] = 0, 0
    assert J.loss(J.start) == before


def without(weights, name):
    return {other: array for other, array in weights.items() if other != name}


@pytest.mark.parametrize(
    "ask, error, message",
    [
        (lambda J: J.loss(np.zeros(17)), ValueError, r"theta has shape \(17,\); NetworkObjective.* shape \(18,\)"),
        (lambda J: J.gradient(np.zeros((18, 1))), ValueError, r"theta has shape \(18, 1\)"),
        (lambda J: J.predict(J.start, ROWS[:, :3]), ValueError, r"X has shape \(7, 3\); the network takes \(n, 5\)"),
        (lambda J: J.accuracy(J.start, ROWS, LABELS + 1), ValueError, "y must hold labels from 0 to 2; it holds 3"),
        (lambda J: J.accuracy(J.start, ROWS, LABELS[:, np.newaxis]), ValueError, r"it has shape \(7, 1\)"),
        (lambda J: J.hessian(J.start), NotImplementedError, r"NetworkObjective\(.*\) has no Hessian"),
        (lambda J: J.network.forward(np.zeros(17), ROWS), ValueError, r"theta has shape \(17,\); the .* \(18,\)"),
        (lambda J: J.network.forward(without(J.weights(J.start), "output/bias"), ROWS), ValueError,
         r"lack output/bias, of shape \(3,\)"),
        (lambda J: J.network.forward({**J.weights(J.start), "extra/bias": np.zeros(3)}, ROWS), ValueError,
         "no extra/bias; its leaves are output/kernel, output/bias"),
        (lambda J: J.network.forward({**J.weights(J.start), "output/bias": np.zeros(4)}, ROWS), ValueError,
         r"output/bias has shape \(4,\); the network needs \(3,\)"),
        (lambda J: J.network.forward({**J.weights(J.start), "output/bias": np.array(["a"] * 3)}, ROWS), TypeError,
         "output/bias must hold real numbers"),
        (lambda J: ONE.on(ROWS, LABELS, MSE()).accuracy(np.zeros(6), ROWS, LABELS), TypeError, "MSE.* has no labels"),
        (lambda J: ONE.on(ROWS, LABELS, MSE()).probabilities(np.zeros(6), ROWS), TypeError, "no probabilities"),
    ],
)  # fmt: skip
def test_wrong_questions_are_refused(ask, error, message):
    with pytest.raises(error, match=message):
        ask(TO_ROWS.on(ROWS, LABELS))


def test_a_layer_fits_one_screen():
    for layer in (BatchNorm, Dense, Dropout, Flatten, MaxPool2D, Activation):
        assert len(inspect.getsource(inspect.getmodule(layer)).splitlines()) <= 75


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: Network(5, [Dense(3)]), TypeError, r"shape must be that of one example, such as \(64,\) .*; it is 5"),
        (lambda: Network((), [Flatten(), Dense(3)]), TypeError, r"shape must be that of one example.*; it is \(\)"),
        (lambda: Network((5,), Dense(3)), TypeError, r"layers must be a list, if of one layer too: \[Dense\(3\)\]"),
        (lambda: Dense(3, "relu"), TypeError, "bias must be True or False; it is 'relu'"),
        (lambda: Conv2D(3, 3, bias=0), TypeError, "bias must be True or False; it is 0"),
        (lambda: Dense(3, initial="he"), TypeError, "initial must be a function, such as .*; it is 'he'"),
        (lambda: Dense(3, initial=Normal), TypeError, "initial must be a function, such as .*Normal"),
        (lambda: Scaled("he", 2), TypeError, "initial must be a function, such as .*; it is 'he'"),
        (lambda: Scaled(he, 0), ValueError, "factor = 0 is not in"),
        (lambda: Scaled(he, -1), ValueError, "factor = -1 is not in"),
        (lambda: Scaled(he, np.nan), ValueError, "factor = nan is not in"),
        (lambda: Scaled(he, [1, 2]), TypeError, "factor must be one number"),
        (lambda: Dense(3, name=7), TypeError, "name must be a word; it is 7"),
        (lambda: Dense(3, name=""), ValueError, "A layer can't be called ''"),
        (lambda: Dense(3, name="input"), ValueError, "A layer can't be called 'input'"),
        (lambda: Dropout(np.array([[0.1], [0.2]])), TypeError, r"rate must be one number; it has shape \(2, 1\)"),
        (lambda: Dropout(lambda step: 0.5), TypeError, "rate is one number for all steps; it can't be a schedule"),
        (lambda: BatchNorm(np.array([0.1, 0.2])), TypeError, r"epsilon must be one number; it has shape \(2,\)"),
    ],
)
def test_what_a_network_is_made_of_is_checked(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_shape_may_be_an_array():
    assert Network(np.array(IMAGE), [Flatten()]).shape == IMAGE


SWEPT_IN_PART = Network(IMAGE, [Conv2D(2, 3), BatchNorm(), Flatten(), Dense(3)])


@pytest.mark.parametrize("leaf", SWEPT_IN_PART.leaves.declared)
def test_a_sweep_of_one_leaf_is_a_sweep_of_networks(leaf):
    weights = SWEPT_IN_PART.begin(0)
    swept = weights | {leaf: np.stack([weights[leaf], weights[leaf] + 0.5])}
    scores = SWEPT_IN_PART.forward(swept, IMAGES)
    for i, array in enumerate(swept[leaf]):
        np.testing.assert_allclose(scores[i], SWEPT_IN_PART.forward(weights | {leaf: array}, IMAGES), rtol=1e-12)
    if leaf in SWEPT_IN_PART.leaves.trained:
        packed = SWEPT_IN_PART.pack(swept)
        np.testing.assert_array_equal(packed[1], SWEPT_IN_PART.pack(weights | {leaf: swept[leaf][1]}))


def test_leaves_of_two_sweeps_are_refused():
    weights = TO_ROWS.begin(0)
    swept = {name: np.stack([array] * (2 if "bias" in name else 3)) for name, array in weights.items()}
    with pytest.raises(ValueError, match=r"make no sweep together.* output/kernel \(3,\), output/bias \(2,\)"):
        TO_ROWS.forward(swept, ROWS)


def test_weights_with_a_mask_are_refused():
    weights = {name: np.ma.masked_array(array) for name, array in TO_ROWS.begin(0).items()}
    with pytest.raises(TypeError, match="output/kernel is a masked array"):
        TO_ROWS.forward(weights, ROWS)
    with pytest.raises(TypeError, match="theta is a masked array"):
        TO_ROWS.forward(np.ma.masked_array(TO_ROWS.initial(0)), ROWS)


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda array: np.stack([array, array]), r"batchnorm/moving_mean has shape \(2, 2\); the network needs \(2,\)"),
        (lambda array: array * np.nan, "batchnorm/moving_mean must be finite; 2 of its 2"),
    ],
)
def test_statistics_are_those_of_one_network(change, message):
    measured = SWEPT_IN_PART.statistics(SWEPT_IN_PART.initial(0), IMAGES)
    with pytest.raises(ValueError, match=message):
        SWEPT_IN_PART.on(IMAGES, LABELS, statistics={name: change(array) for name, array in measured.items()})


def test_a_sweep_becomes_no_keras_model():
    weights = {name: np.stack([array, array]) for name, array in TO_ROWS.begin(0).items()}
    with pytest.raises(ValueError, match=r"output/kernel has shape \(2, 5, 3\), a sweep of networks"):
        to_keras(TO_ROWS, weights)
