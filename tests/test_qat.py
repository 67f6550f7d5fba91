"""Training with quantised weights: the rounding in TensorFlow, the gradient past it, and what it gives back."""

import numpy as np
import pytest

from nnlearn import models
from nnlearn.compression import Quantized, quantize
from nnlearn.data import Dataset, digits, measured
from nnlearn.interop.quiet import keras, tf
from nnlearn.models.straight_through import rounded, straight_through
from nnlearn.models.weights import is_kernel

DATA = digits()
STORED = models.trained()
ROWS = {(row["axis"], row["bits"]): row for row in measured("17")["trained"]}
(FLOAT,) = measured("17")["float32"]

SCHEMES = [(scheme, bits) for scheme, each in {"symmetric": range(2, 17), "affine": range(1, 17), "binary": [1]}.items()
           for bits in each]  # fmt: skip
NORMAL = np.random.default_rng(0).normal(size=(3, 3, 5, 8)) * np.geomspace(0.01, 3, 8)
WEIGHTS = {
    "normal": NORMAL,
    "positive": np.abs(NORMAL) + 1,
    "negative": -np.abs(NORMAL) - 1,
    "zeros": np.zeros((4, 3)),
    "a column of zeros": np.outer(np.arange(-4.0, 5), [1, 0, 2]),
    "ties": np.arange(-7, 7.5, 0.5).reshape(29, 1),
    "one": np.full((1, 1), -0.3),
    "far apart": np.array([[1e30, 1.0], [-1e-30, 1e-40]]),
}


def stored_model():
    model = models.convolutional()
    model.set_weights([*STORED.values()])
    return model


def part(n):
    """The first n training images."""
    return Dataset(
        "part", DATA.X_train[:n], DATA.y_train[:n], DATA.X_test, DATA.y_test, (), (), DATA.centre, DATA.scale
    )


# --- Rounding and its gradient ---


@pytest.mark.parametrize("axis", [None, -1, 0])
@pytest.mark.parametrize("scheme, bits", SCHEMES)
def test_tensorflow_rounds_as_numpy_does(scheme, bits, axis):
    for name, weights in WEIGHTS.items():
        x = weights.astype(np.float32)
        ours = quantize(x, bits, scheme, axis).dequantize()
        np.testing.assert_array_equal(rounded(tf.constant(x), bits, scheme, axis), ours, err_msg=name)


@pytest.mark.parametrize("axes", [(2, 3), (0, -1)])
@pytest.mark.parametrize("scheme, bits", [("symmetric", 4), ("affine", 3), ("binary", 1)])
def test_channels_may_lie_along_several_axes(scheme, bits, axes):
    x = NORMAL.astype(np.float32)
    ours = quantize(x, bits, scheme, axes).dequantize()
    np.testing.assert_allclose(rounded(tf.constant(x), bits, scheme, axes), ours, rtol=1e-6)


@pytest.mark.parametrize("axis", [None, -1])
@pytest.mark.parametrize("scheme, bits", [("symmetric", 2), ("symmetric", 4), ("affine", 3), ("binary", 1)])
def test_the_gradient_goes_straight_through(scheme, bits, axis):
    x = tf.Variable(NORMAL.astype(np.float32))
    upstream = np.random.default_rng(1).normal(size=NORMAL.shape).astype(np.float32)
    with tf.GradientTape() as tape:
        y = straight_through(x, bits, scheme, axis)
        loss = tf.reduce_sum(upstream * y)
    np.testing.assert_array_equal(y, rounded(x.value(), bits, scheme, axis))
    assert (y.numpy() != NORMAL.astype(np.float32)).mean() > 0.8
    np.testing.assert_array_equal(tape.gradient(loss, x), upstream)


@pytest.mark.parametrize(
    "bits, scheme, axis, error, message",
    [
        (17, "symmetric", None, ValueError, "bits = 17"),
        (0, "symmetric", None, ValueError, "bits = 0"),
        (2.5, "symmetric", None, TypeError, "bits must be a whole number"),
        (2, "binary", None, ValueError, "bits = 2"),
        (2, "ternary", None, ValueError, "scheme = 'ternary'"),
        (2, "symmetric", 5, ValueError, "axis = 5"),
        (32, "symmetric", None, ValueError, "bits = 32"),
    ],
)
def test_what_can_not_be_quantised_is_refused(bits, scheme, axis, error, message):
    with pytest.raises(error, match=message):
        rounded(tf.zeros((3, 4)), bits, scheme, axis)
    with pytest.raises(error, match=f"^{message}"):
        models.train_quantized(models.dense(), DATA, bits, scheme, axis, epochs=1)


# --- Training ---


@pytest.mark.parametrize("axis", [None, -1])
def test_a_step_follows_the_gradient_at_the_quantised_weights(axis):
    """Adam's first step is the learning rate against the gradient's sign."""
    data, model = part(64), stored_model()
    quantized = models.quantize_weights(STORED, 2, axis=axis)
    models.train_quantized(model, data, 2, axis=axis, epochs=1, batch=64)
    steps = [after - before for after, before in zip(model.get_weights(), STORED.values(), strict=True)]

    def gradients(weights):
        model.set_weights([*weights.values()])
        with tf.GradientTape() as tape:
            scores = model(data.X_train.reshape(-1, 8, 8, 1).astype(np.float32))
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(data.y_train, scores, from_logits=True))
        return [gradient.numpy() for gradient in tape.gradient(loss, [each.value for each in model.weights])]

    def agreement(weights):
        each = gradients(weights)
        return [np.mean(np.sign(step) == -np.sign(gradient)) for step, gradient in zip(steps, each, strict=True)]

    assert min(agreement(quantized.weights)) > 0.99
    assert agreement(STORED)[0] < 0.9


def test_two_bits_are_healed_in_two_epochs():
    before = models.accuracy(models.quantize_weights(STORED, 2, axis=-1), DATA.X_test, DATA.y_test)
    model = stored_model()
    trained = models.train_quantized(model, DATA, 2, axis=-1, epochs=2)
    assert before < 0.6
    assert models.accuracy(trained, DATA.X_test, DATA.y_test) > 0.9

    # What comes back are codes of the float32 weights that stay behind, biases as they are.
    for (name, array), weight in zip(trained.arrays.items(), model.get_weights(), strict=True):
        if is_kernel(name):
            assert isinstance(array, Quantized) and (array.bits, array.axis) == (2, array.codes.ndim - 1)
            np.testing.assert_array_equal(array.codes, quantize(weight, 2, axis=-1).codes)
            assert len(np.unique(weight)) > 100
        else:
            np.testing.assert_array_equal(array, weight)


@pytest.mark.parametrize("scheme, expected", [("symmetric", "binary"), ("binary", "binary"), ("affine", "affine")])
def test_one_bit_is_binary_unless_affine(scheme, expected):
    model = models.dense(16)
    trained = models.train_quantized(model, part(100), 1, scheme, epochs=1)
    assert trained.arrays["hidden/kernel"].scheme == expected


def test_every_epoch_can_be_watched():
    seen = []
    trained = models.train_quantized(stored_model(), part(100), 1, epochs=3, watch=seen.append)
    once = models.train_quantized(stored_model(), part(100), 1, epochs=1)
    assert len(seen) == 3
    for one, other in ((seen[0], once), (seen[2], trained)):
        for a, b in zip(one.weights.values(), other.weights.values(), strict=True):
            assert np.mean(np.abs(a - b) < 1e-4) > 0.99  # a sum rounded otherwise may turn a sign
    assert any(np.any(a != b) for a, b in zip(seen[0].weights.values(), seen[2].weights.values(), strict=True))


def test_it_comes_out_the_same():
    one, same = (models.train_quantized(stored_model(), part(320), 1, axis=-1, epochs=1, seed=3) for _ in range(2))
    for a, b in zip(one.weights.values(), same.weights.values(), strict=True):
        assert np.mean(np.abs(a - b) < 1e-4) > 0.99  # a sum rounded otherwise may turn a sign


def part_frozen(*names):
    """The stored network with some layers frozen."""
    model = stored_model()
    for name in names:
        model.get_layer(name).trainable = False
    return model


@pytest.mark.parametrize("axis", [None, -1])
def test_frozen_layers_are_trained_as_they_are_returned(axis):
    """A step follows the gradient at the weights that come back, those of frozen layers too."""
    data, model = part(64), part_frozen("conv1", "dense")
    quantized = models.quantize_weights(STORED, 2, axis=axis)
    trained = models.train_quantized(model, data, 2, axis=axis, epochs=1, batch=64)
    after = models.weights_of(model)
    for name in STORED:
        if name.startswith(("conv1", "dense")):
            np.testing.assert_array_equal(after[name], STORED[name])
            np.testing.assert_array_equal(trained.weights[name], quantized.weights[name])
    seen = stored_model()
    seen.set_weights([*quantized.weights.values()])
    with tf.GradientTape() as tape:
        scores = seen(data.X_train.reshape(-1, 8, 8, 1).astype(np.float32))
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(data.y_train, scores, from_logits=True))
    gradients = dict(zip(STORED, tape.gradient(loss, [each.value for each in seen.weights]), strict=True))
    for name in ("conv2/kernel", "conv2/bias", "output/kernel", "output/bias"):
        assert np.mean(np.sign(after[name] - STORED[name]) == -np.sign(gradients[name])) > 0.99, name


def test_what_layers_keep_is_kept_beside_frozen_kernels():
    norm, first = keras.layers.BatchNormalization(), keras.layers.Dense(16, name="first", trainable=False)
    model = keras.Sequential([keras.Input((64,)), first, norm, keras.layers.Dense(10)])
    kernel = first.kernel.numpy()
    models.train_quantized(model, part(100), 2, epochs=2)
    np.testing.assert_array_equal(first.kernel.numpy(), kernel)
    assert np.abs(norm.moving_mean.numpy()).max() > 0


def ending(*layers):
    return keras.Sequential([keras.Input((64,)), *layers])


@pytest.mark.parametrize(
    "build, message",
    [
        (lambda: part_frozen("conv1", "conv2", "dense", "output"), "convolutional has nothing to learn"),
        (lambda: ending(keras.layers.Dense(10, "softmax", name="last")), "leave it out of the last layer, last"),
        (lambda: ending(keras.layers.Dense(10), keras.layers.Softmax(name="last")), "leave it out .* last"),
        (lambda: ending(keras.layers.Dense(1)), r"a score for each of 2 classes or more; .* shape \(n, 1\)"),
        (lambda: ending(keras.layers.Reshape((8, 8)), keras.layers.Dense(10)), r"gives shape \(n, 8, 10\)"),
        (lambda: ending(keras.layers.Dense(5)), "y must hold labels from 0 to 4; it holds 9"),
        (lambda: keras.Sequential([keras.layers.Dense(10)]), "A built Keras model"),
    ],
)
def test_a_model_that_can_not_learn_digits_is_refused(build, message):
    for train in (models.train, lambda model, data: models.train_quantized(model, data, 8)):
        with pytest.raises(ValueError, match=message):
            train(build(), part(100))


# --- What is stored ---


def test_what_the_chapter_says_of_training_with_few_bits():
    lost = {bits: FLOAT["median"] - ROWS["channel", bits]["median"] for bits in (1, 2, 3, 4)}
    assert lost[2] <= 0.03
    assert lost[3] <= 0.02
    assert lost[4] <= 0.01
    assert lost[1] <= 0.03
    assert ROWS["channel", 1]["bytes"] == 3402
    for row in ROWS.values():
        if row["bits"] <= 2:
            assert min(np.subtract(row["accuracies"], row["before"])) > 0.05


@pytest.mark.parametrize("axis", ["tensor", "channel"])
def test_training_starts_from_the_rows_without(axis):
    rows = {(row["method"], row["bits"]): row["accuracies"] for row in measured("17")["bits"]}
    for bits in (1, 2, 3, 4):
        assert ROWS[axis, bits]["before"] == rows[f"{'binary' if bits == 1 else 'symmetric'} {axis}", bits]
