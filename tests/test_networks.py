"""Networks out of layers: derivatives, Keras as a second opinion, sweeps, batches, normalisation, what is refused."""

import json

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.interop.layers import from_keras, to_keras
from nnlearn.interop.quiet import keras, tf
from nnlearn.networks import (
    MSE,
    BatchNorm,
    BinaryCrossEntropy,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPool2D,
    Network,
    Normal,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    he,
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
}  # fmt: skip
RNG = np.random.default_rng(0)
LOSSES = {
    "mse, 1 output": (1, MSE(), RNG.normal(size=N)),
    "mse, 3 outputs": (3, MSE(), RNG.normal(size=(N, 3))),
    "binary, 1 output": (1, BinaryCrossEntropy(), np.array([0, 1, 1, 0, 1, 0, 1])),
    "binary, 3 outputs": (3, BinaryCrossEntropy(), RNG.integers(0, 2, (N, 3))),
    "softmax": (3, SoftmaxCrossEntropy(), np.array([0, 1, 2, 2, 1, 0, 0])),
}
TENSORFLOW = {
    MSE: lambda y, z: tf.math.squared_difference(y.reshape(z.shape), z),
    BinaryCrossEntropy: lambda y, z: tf.nn.sigmoid_cross_entropy_with_logits(y.reshape(z.shape).astype(float), z),
    SoftmaxCrossEntropy: lambda y, z: tf.nn.sparse_softmax_cross_entropy_with_logits(y, z),
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
