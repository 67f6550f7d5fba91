"""The errors of the sources on the ground of chapter 02, each run; and the numbers that the chapter's text tells."""

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.chapters.ch02_networks.checking import central, relative_error
from nnlearn.networks import MSE, BinaryCrossEntropy, Dense, Network, ReLU, Sigmoid, Tanh
from nnlearn.objectives.logistic import sigmoid
from nnlearn.syllabus import errata


def shows(name):
    """What running the fault shows, by the table."""
    return next(row["shows"] for row in errata("02").rows if row["id"] == name)


@pytest.fixture(scope="module")
def data():
    return nn.data.datasets.breast_cancer()


@pytest.fixture(scope="module")
def squared(data):
    return Network((30,), [Dense(1, bias=False), Sigmoid()]).on(data.X_train, data.y_train.astype(float), MSE())


def cosine(a, b):
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


def test_c13(data, squared):
    """The declared loss is the mean squared error; the gradient of the code is X'(p - y)."""

    def wrong(theta):
        return data.X_train.T @ (sigmoid(data.X_train @ theta) - data.y_train)

    assert (
        shows("C13")
        == "at zeros the cosine is 1, at weights of size 3 it is 0.69 to 0.97; at zeros it is 852 times as long"
    )
    places = np.random.default_rng(0).normal(scale=3, size=(20, 30))
    right, zeros = squared.gradient, np.zeros(30)
    assert cosine(wrong(zeros), right(zeros)) == pytest.approx(1, abs=1e-12)
    cosines = [cosine(wrong(place), right(place)) for place in places]
    assert [min(cosines), max(cosines)] == pytest.approx([0.69, 0.97], abs=0.005)
    assert np.linalg.norm(wrong(zeros)) / np.linalg.norm(right(zeros)) == pytest.approx(2 * len(data.y_train))

    entropy = Network((30,), [Dense(1, bias=False)]).on(data.X_train, data.y_train, BinaryCrossEntropy())
    for place in places:  # it is the gradient of the summed cross-entropy
        np.testing.assert_allclose(wrong(place), len(data.y_train) * entropy.gradient(place), rtol=1e-9, atol=1e-12)
    assert relative_error(central(squared, places[0], 1e-5), right(places[0])) < 1e-6  # mended


def test_c21():
    assert (
        shows("C21")
        == "RuntimeWarning at -1000; at 1000 the cross-entropy is inf for label 0, nan for label 1, so the mean is nan"
    )
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert 1 / (1 + np.exp(-np.array([-1000.0]))) == 0
    p = 1 / (1 + np.exp(-np.array([1000.0])))
    y = np.array([0.0, 1.0])
    with pytest.warns(RuntimeWarning):
        losses = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    assert losses[0] == np.inf and np.isnan(losses[1]) and np.isnan(losses.mean())

    z = np.array([-1000.0, 0.0, 1000.0])
    layer = Sigmoid()
    np.testing.assert_array_equal(layer.value(z), [0, 0.5, 1])
    J = Network((1,), [Dense(1)]).on([[1000.0], [-1000.0]], [0, 1], BinaryCrossEntropy())
    assert J.loss(np.array([1.0, 0.0])) == pytest.approx(1000)


def test_c25(data):
    """``Dense(1)`` is linear regression, and so is any chain of dense layers."""
    assert shows("C25") == "its gradient is that of linear regression, to the last digits; two layers are one matrix"
    network = Network((30,), [Dense(1)]).on(data.X_train, data.y_train.astype(float), MSE())
    regression = nn.objectives.LinearRegression(data.X_train, data.y_train.astype(float))
    theta = np.random.default_rng(0).normal(size=(5, 31))
    np.testing.assert_allclose(network.gradient(theta), regression.gradient(theta), rtol=1e-10, atol=1e-12)

    for bend, differs in (([], False), ([Tanh()], True)):
        chain = Network((30,), [Dense(8), *bend, Dense(1)])
        weights = chain.unpack(chain.initial(seed=0))
        one = data.X_test @ (weights["dense/kernel"] @ weights["dense_1/kernel"])
        assert np.allclose(one, chain.forward(chain.initial(seed=0), data.X_test), rtol=1e-10) != differs


def test_k25():
    assert shows("K25") == "ReLU, tanh and sigmoid have 0 numbers to learn"
    counts = Network((4,), [Dense(3), ReLU(), Dense(3), Tanh(), Dense(3), Sigmoid()]).count()
    assert [each.parameters for each in counts.layers] == [15, 0, 12, 0, 12, 0]


# --- What the text tells ---


def test_from_zeros_the_losses_do_not_differ_and_from_the_wrong_side_tenfold():
    for seed in range(2):
        data = nn.data.datasets.breast_cancer(seed=seed)
        entropy = Network((30,), [Dense(1)]).on(data.X_train, data.y_train, BinaryCrossEntropy())
        squared = Network((30,), [Dense(1), Sigmoid()]).on(data.X_train, data.y_train.astype(float), MSE())
        found = nn.run(nn.GradientDescent(1.0), entropy, np.zeros(31), 1000, keep=["theta"]).theta[-1]
        starts, first = np.array([[0], [-1], [-5]]) * found, {}
        for name, J in {"entropy": entropy, "squared": squared}.items():
            theta = nn.run(nn.GradientDescent(1.0), J, starts, 400, keep=["theta"]).theta
            right = entropy.accuracy(theta, data.X_train, data.y_train) >= 0.9
            first[name] = np.where(right.any(axis=0), right.argmax(axis=0), 1000)
        assert first["entropy"][0] == first["squared"][0] == 1
        assert first["squared"][1] > 10 * first["entropy"][1] and first["entropy"][2] < 100
        assert first["squared"][2] == 1000


def test_the_best_step_of_a_check():
    digits = nn.data.datasets.digits()
    J = nn.networks.mlp(64, 16, 10).on(digits.X_train[:64], digits.y_train[:64])
    theta = J.initial(seed=0)
    gradient = J.gradient(theta)
    assert relative_error(central(J, theta, 1e-5), gradient) < 5e-9
    assert 1e-8 < relative_error(central(J, theta, 1e-8), gradient) < 1e-5
    assert relative_error(central(J, theta, 1e-12), gradient) > 1e-4
    best = min(relative_error(central(J, theta, h, "float32"), gradient) for h in (1e-3, 1e-2, 1e-1))
    assert 1e-5 < best < 1e-2  # told: a few digits


def test_a_convolution_works_more_with_fewer_weights():
    from nnlearn.networks import Conv2D, Flatten, MaxPool2D

    counts = Network((8, 8, 1), [Conv2D(8, 3), ReLU(), MaxPool2D(), Flatten(), Dense(10)]).count()
    convolution, dense = counts.layers[0], counts.layers[-1]
    assert dense.parameters / convolution.parameters == pytest.approx(16, abs=0.2)  # told: a sixteenth
    assert 3 < convolution.flops / dense.flops < 4  # told: more than three times


def test_what_keras_and_pytorch_do_to_a_sure_probability():
    from nnlearn.interop.quiet import keras, tf

    score = tf.Variable([-20.0])
    ways = {
        "from the score": (lambda: score, True, 20, -1),
        "behind Keras's own sigmoid": (lambda: keras.activations.sigmoid(score), False, 20, -1),
        "of a probability alone": (lambda: tf.sigmoid(score), False, 16.1, 0),
    }
    for name, (given, from_logits, loss, slope) in ways.items():
        with tf.GradientTape() as tape:
            value = keras.losses.BinaryCrossentropy(from_logits=from_logits)(tf.constant([1.0]), given())
        assert float(value) == pytest.approx(loss, abs=0.05), name
        assert float(tape.gradient(value, score)[0]) == pytest.approx(slope, abs=1e-6), name

    torch = pytest.importorskip("torch")
    z = torch.tensor([-120.0], dtype=torch.float64)
    assert float(torch.nn.BCELoss()(torch.sigmoid(z), torch.ones(1, dtype=torch.float64))) == 100
    assert float(torch.nn.BCEWithLogitsLoss()(z, torch.ones(1, dtype=torch.float64))) == 120
