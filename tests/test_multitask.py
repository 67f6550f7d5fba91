"""One trunk, several heads: the loss that sums their losses, and the Keras model with an output for each."""

import numpy as np
import pytest

import nnlearn as nn
from nnlearn import models
from nnlearn.interop.quiet import keras
from nnlearn.models import MultiTask
from nnlearn.networks import Dense, Network, ReLU, SoftmaxCrossEntropy, mlp

N = 9
X = np.random.default_rng(0).normal(size=(N, 6))
Y = np.array([[0, 1, 1, 0, 1, 0, 0, 1, 1], [2, 0, 1, 1, 2, 0, 2, 1, 0]]).T
KNOWN = np.where(np.random.default_rng(1).random((N, 2)) < 0.5, Y, -1)
TASKS = {"parity": 2, "size": 3}


def network():
    return Network((6,), [Dense(8, name="trunk"), ReLU(), Dense(5, name="heads")])


def test_one_task_is_plain_cross_entropy():
    whole = mlp(6, 4, 3)
    theta = whole.initial(0)
    one, plain = whole.on(X, Y[:, 1:], MultiTask([3])), whole.on(X, Y[:, 1])
    np.testing.assert_allclose(one.losses(theta), plain.losses(theta), rtol=1e-12)
    np.testing.assert_allclose(one.gradient(theta), plain.gradient(theta), rtol=1e-12, atol=1e-15)
    assert one.accuracy(theta, X, Y[:, 1:]) == plain.accuracy(theta, X, Y[:, 1])


def test_the_losses_of_the_heads_are_summed_and_an_unknown_label_tells_nothing():
    whole, theta = network(), network().initial(0)
    z = whole.forward(theta, X)
    heads = [SoftmaxCrossEntropy().losses(z[:, head], np.eye(head.stop - head.start)[Y[:, task]])
             for task, head in enumerate((slice(0, 2), slice(2, 5)))]  # fmt: skip
    J = whole.on(X, KNOWN, MultiTask((2, 3), (1, 0.5)))
    expected = heads[0] * (KNOWN[:, 0] >= 0) + 0.5 * heads[1] * (KNOWN[:, 1] >= 0)
    np.testing.assert_allclose(J.losses(theta), expected, rtol=1e-12)
    none = whole.on(X, np.full((N, 2), -1), MultiTask((2, 3)))
    assert none.loss(theta) == 0 and not none.gradient(theta).any()


def test_a_head_learns_from_its_own_task_alone_and_the_trunk_from_both():
    def slopes(known):
        return network().unpack(network().on(X, known, MultiTask((2, 3))).gradient(network().initial(0)))

    first, second, both = (slopes(known) for known in (Y * [1, 0] - [0, 1], Y * [0, 1] - [1, 0], Y))
    assert not first["heads/kernel"][:, 2:].any() and not second["heads/kernel"][:, :2].any()
    for name, slope in both.items():
        np.testing.assert_allclose(slope, first[name] + second[name], rtol=1e-10, atol=1e-14)


def test_what_it_predicts():
    whole, theta = network(), network().initial(0)
    J, z = whole.on(X, Y, MultiTask((2, 3))), whole.forward(theta, X)
    np.testing.assert_array_equal(J.predict(theta, X), np.stack([z[:, :2].argmax(1), z[:, 2:].argmax(1)], axis=1))
    probabilities = J.probabilities(theta, X)
    np.testing.assert_allclose(probabilities[:, :2].sum(axis=1), 1)
    np.testing.assert_allclose(probabilities[:, 2:].sum(axis=1), 1)
    assert J.accuracy(theta, X, Y) == np.mean(J.predict(theta, X) == Y)
    assert nn.run(nn.Adam(0.05), J, theta, 60).loss[-1] < 0.5 * J.loss(theta)
    assert (
        repr(J.criterion) == "MultiTask((2, 3))" and repr(MultiTask((2, 3), (1, 2))) == "MultiTask((2, 3), (1.0, 2.0))"
    )


@pytest.mark.parametrize("bias", [True, False])
def test_the_keras_model_has_a_head_for_each_task_and_the_same_scores(bias):
    whole = Network((6,), [Dense(8, name="trunk"), ReLU(), Dense(5, bias=bias, name="heads")])
    weights = whole.begin(0)
    model = models.headed(whole, weights, TASKS)
    found = model(X.astype(np.float32))
    scores = whole.forward(weights, X)
    assert list(found) == list(TASKS)
    np.testing.assert_allclose(np.concatenate([*found.values()], axis=1), scores, atol=1e-5)
    assert model.count_params() == whole.count().parameters == models.count(model).parameters


def test_keras_sums_the_same_losses_and_learns():
    whole, weights = network(), network().begin(0)
    model = models.headed(whole, weights, TASKS)
    loss = {name: keras.losses.SparseCategoricalCrossentropy(from_logits=True) for name in TASKS}
    model.compile(keras.optimizers.SGD(0.1), loss)
    y = {"parity": Y[:, 0], "size": Y[:, 1]}
    J = whole.on(X, Y, MultiTask((2, 3)))
    theta = whole.pack(weights)
    evaluated = model.evaluate(X.astype(np.float32), y, verbose=0, return_dict=True)
    assert evaluated["loss"] == pytest.approx(float(J.loss(theta)), rel=1e-5)
    model.fit(X.astype(np.float32), y, batch_size=N, epochs=1, verbose=0)
    after = J.unpack(nn.run(nn.GradientDescent(0.1), J, theta, 1).theta[-1])
    np.testing.assert_allclose(models.weights_of(model)["trunk/kernel"], after["trunk/kernel"], atol=1e-6)


def test_heads_cut_out_of_a_frozen_layer_are_frozen():
    model = models.headed(network().freeze("heads"), network().begin(0), TASKS)
    assert {layer.name for layer in model.layers if not layer.trainable} == {*TASKS}


def test_a_network_of_one_layer_has_heads_too():
    whole = Network((6,), [Dense(5)])
    model = models.headed(whole, whole.begin(0), TASKS)
    assert {name: scores.shape for name, scores in model(X[:2]).items()} == {"parity": (2, 2), "size": (2, 3)}


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: MultiTask(5), TypeError, r"such as \(5, 5\); it is 5"),
        (lambda: MultiTask(()), TypeError, r"such as \(5, 5\)"),
        (lambda: MultiTask((5, 1)), ValueError, "classes = 1 is too small"),
        (lambda: MultiTask((5, 2.5)), TypeError, "classes must be a whole number"),
        (lambda: MultiTask((5, 5), (1,)), ValueError, "2 tasks and 1 weights"),
        (lambda: MultiTask((5, 5), (1, 0)), ValueError, "weights = 0"),
        (lambda: MultiTask((5, 5), (1, np.nan)), ValueError, "weights"),
        (lambda: network().on(X, Y, MultiTask((2, 2))), ValueError, r"needs 4 scores, .* heads gives shape \(5,\)"),
        (lambda: network().on(X, Y[:, 0], MultiTask((2, 3))), ValueError, r"shape \(9,\); it needs shape \(9, 2\)"),
        (lambda: network().on(X, Y + [1, 0], MultiTask((2, 3))), ValueError, r"0 to \[1, 2\] each, .* 0 to 2"),
        (lambda: network().on(X, Y - 2, MultiTask((2, 3))), ValueError, "from -2 to"),
        (lambda: network().on(X, Y + 0.5, MultiTask((2, 3))), ValueError, "Labels of the tasks"),
        (lambda: network().on(X, np.ma.masked_equal(Y, 1), MultiTask((2, 3))), TypeError, "y"),
        (lambda: network().on(X, Y, MultiTask((2, 3))).accuracy(network().initial(0), X, KNOWN), ValueError,
         "Accuracy needs every label"),
        (lambda: models.headed(network(), network().begin(0), {"one": 2, "other": 2}), ValueError, "needs 4 scores"),
        (lambda: models.headed(Network((6,), [Dense(5), ReLU()]), {}, TASKS), ValueError, "ends in ReLU"),
        (lambda: models.headed(network(), {}, TASKS), ValueError, "lack trunk/kernel"),
        (lambda: models.headed(network(), {}, (2, 3)), TypeError, "{name: classes}; this is of type tuple"),
        (lambda: models.headed({}, {}, TASKS), TypeError, "A Network of the course is needed; .* dict"),
        (lambda: MultiTask((5, 5), 3), ValueError, "2 tasks and 1 weights"),
        (lambda: MultiTask((5, 5), np.ma.masked_equal([1, 2], 2)), TypeError, "masked"),
    ],
)  # fmt: skip
def test_several_tasks_refuse(call, error, message):
    with pytest.raises(error, match=message):
        call()
