"""The small networks: what they are, cost and give; in NumPy, quantised, and as the course stored them."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from thorough import mostly_thorough

from nnlearn import models
from nnlearn.chapters.ch17_quantisation import experiment
from nnlearn.compression import Quantized, quantize
from nnlearn.compression.quantized import several
from nnlearn.data import Dataset, digits, measured
from nnlearn.interop.quiet import keras, tf
from nnlearn.models.measurement import latencies
from nnlearn.models.rescaling import rescaled, with_outlier
from nnlearn.models.signs import flipped
from nnlearn.models.weights import is_kernel
from nnlearn.networks import Dense, Flatten, Network, Tanh

DATA = digits()
STORED = models.trained()
LAYERS = ("conv1", "conv2", "dense", "output")
TABLES = measured("17")


@pytest.fixture(scope="module")
def stored_model():
    """The stored network in Keras."""
    model = models.convolutional()
    model.set_weights([*STORED.values()])
    return model


def random_weights(seed=0):
    """Weights of the network's shapes, biases too, that no training has seen."""
    generator = np.random.default_rng(seed)
    return {name: generator.normal(size=array.shape).astype(np.float32) / 4 for name, array in STORED.items()}


def sequential(shape, *layers):
    return keras.Sequential([keras.Input(shape), *layers])


def functional(shape, function):
    """A model of what a function makes of its input."""
    entry = keras.Input(shape)
    return keras.Model(entry, function(entry))


def of_kind(kind):
    return sequential((64,), keras.layers.Dense(10, dtype=kind))


class Custom(keras.layers.Layer):
    """A layer that Keras can't save."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, x):
        return self.function(x)


class Given(keras.Model):
    """A functional model that is a class."""

    def __init__(self, layer):
        entry = keras.Input((4,))
        super().__init__(entry, layer(layer(entry)))


def two_inputs():
    entries = keras.Input((64,)), keras.Input((64,))
    return keras.Model(entries, keras.layers.Dense(10)(keras.layers.Add()(entries)))


class Written(keras.Model):
    """A model made of code, with a weight of its own and two layers of one name."""

    def __init__(self, *names):
        super().__init__()
        self.parts = [keras.layers.Dense(10, name=name) for name in names]
        self.shift = self.add_weight(shape=(64,), name="shift")

    def call(self, x):
        x = x + self.shift
        for part in self.parts:
            x = part(x)
        return x


def written(*names):
    model = Written(*names)
    model(np.zeros((1, 64), np.float32))
    return model


def twice(layer):
    return lambda x: layer(layer(x))


def at_two_sizes(layer):
    return lambda x: keras.layers.Flatten()(layer(keras.layers.MaxPooling2D()(layer(x))))


def pair(layer):
    """A layer, and a model that has it, too."""
    return lambda x: keras.Sequential([keras.Input((4,)), layer], name="inner")(layer(x))


# --- Networks and what they cost ---

# A model; of each layer the parameters, and the multiply-adds for one example: counted by hand.
COUNTED = [
    (lambda: models.dense(64), [64 * 64 + 64, 64 * 10 + 10], [64 * 64, 64 * 10]),
    (lambda: models.dense(3), [64 * 3 + 3, 3 * 10 + 10], [64 * 3, 3 * 10]),
    (
        models.convolutional,
        [9 * 16 + 16, 9 * 16 * 32 + 32, 0, 0, 512 * 32 + 32, 32 * 10 + 10],
        [64 * 9 * 16, 64 * 9 * 16 * 32, 0, 0, 512 * 32, 32 * 10],
    ),
    (lambda: sequential((8, 8, 3), keras.layers.Conv2D(5, 3)), [9 * 3 * 5 + 5], [36 * 9 * 3 * 5]),  # no zeros around
    (lambda: sequential((9, 9, 3), keras.layers.Conv2D(5, 3, strides=2)), [9 * 3 * 5 + 5], [16 * 9 * 3 * 5]),
    (lambda: sequential((7,), keras.layers.Dense(2, use_bias=False)), [14], [14]),
    (lambda: sequential((8, 8, 6), keras.layers.DepthwiseConv2D(3)), [9 * 6 + 6], [36 * 9 * 6]),
    (lambda: sequential((8, 8, 6), keras.layers.SeparableConv2D(4, 3)), [54 + 24 + 4], [36 * (54 + 24)]),
    (lambda: sequential((5, 4), keras.layers.Dense(3)), [15], [5 * 4 * 3]),  # on each of 5 rows
    (lambda: sequential((3, 8, 8), keras.layers.Conv2D(5, 3, data_format="channels_first")), [140], [36 * 135]),
    (lambda: sequential((3, 8, 8), keras.layers.DepthwiseConv2D(3, data_format="channels_first")), [30], [36 * 27]),
    (lambda: functional((4,), twice(keras.layers.Dense(4))), [20], [2 * 16]),  # weights once, operations twice
    (
        lambda: functional((8, 8, 2), at_two_sizes(keras.layers.Conv2D(2, 3, padding="same"))),
        [38, 0, 0],
        [(64 + 16) * 36, 0, 0],
    ),
    (lambda: functional((4,), pair(keras.layers.Dense(4))), [20], [2 * 16]),
    (lambda: functional((64,), lambda x: models.dense(3)(x)), [195, 40], [192, 30]),  # a model within the model
    (lambda: functional((4,), twice(sequential((4,), keras.layers.Dense(4)))), [20], [2 * 16]),
    (two_inputs, [0, 650], [0, 640]),
    (lambda: sequential((4,), Custom(tf.nn.relu), keras.layers.Dense(3)), [0, 15], [0, 12]),
    (lambda: functional((4,), lambda x: keras.layers.Dense(3)(Custom(tf.nn.relu)(x))), [0, 15], [0, 12]),
    (lambda: functional((4,), lambda x: keras.ops.relu(keras.layers.Dense(3)(x)) + 1), [15], [12]),
    (lambda: Given(keras.layers.Dense(4)), [20], [2 * 16]),
]


@pytest.mark.parametrize("build, parameters, multiply_adds", COUNTED)
def test_layers_are_counted_as_by_hand(build, parameters, multiply_adds):
    model = build()
    counted = models.count(model)
    assert [layer.parameters for layer in counted.layers] == parameters
    assert [layer.flops for layer in counted.layers] == [2 * each for each in multiply_adds]
    assert [layer.bytes for layer in counted.layers] == [4 * each for each in parameters]
    assert counted.parameters == model.count_params()
    assert counted.flops == 2 * sum(multiply_adds)
    assert counted.bytes == 4 * counted.parameters


def test_the_count_is_a_table():
    counted = models.count(models.convolutional())
    head, *lines = repr(counted).splitlines()
    assert head.split() == ["layer", "output", "parameters", "FLOPs", "bytes"]
    assert lines[1].split() == "conv2 8 x 8 x 32 4,640 589,824 18,560".split()
    assert lines[-1].split() == "total 21,546 641,664 86,184".split()
    assert len(set(map(len, [head, *lines]))) == 1
    assert "| conv2 | 8 x 8 x 32 | 4,640 | 589,824 | 18,560 |" in counted._repr_markdown_().splitlines()


def test_layers_within_a_model_are_counted_by_their_path():
    inner = sequential((4,), keras.layers.Dense(3, name="hidden"))
    inner.name = "inner"
    counted = models.count(sequential((4,), inner, keras.layers.Dense(2, name="last")))
    assert [layer.name for layer in counted.layers] == ["inner/hidden", "last"]


@pytest.mark.parametrize(
    "build, error, message",
    [
        (
            lambda: sequential((4,), keras.layers.BatchNormalization(name="norm")),
            ValueError,
            "layer 'norm' is of type BatchNormalization",
        ),
        (
            lambda: sequential((None, None, 3), keras.layers.Conv2D(4, 3, name="conv")),
            ValueError,
            r"Layer 'conv' gives shape \(n, any, any, 4\), .* an input whose sizes are all given",
        ),
        (lambda: keras.Sequential([keras.layers.Dense(3)]), ValueError, "is not built, .* begin it with keras.Input"),
        (lambda: written("a"), ValueError, "of type Written, is made of code"),
        (models.digits_mlp, TypeError, "this is of type Network. A Network counts itself"),
        (lambda: STORED, TypeError, "this is of type dict"),
    ],
)
def test_what_can_not_be_counted_is_refused(build, error, message):
    with pytest.raises(error, match=message):
        models.count(build())


@pytest.mark.parametrize("build", [models.dense, models.convolutional])
def test_a_seed_is_a_model_and_leaves_keras_alone(build):
    keras.utils.set_random_seed(1)
    expected = float(keras.random.uniform(()))
    keras.utils.set_random_seed(1)
    one, same, other = (build(seed=seed).get_weights() for seed in (0, 0, 1))
    assert float(keras.random.uniform(())) == expected
    for a, b, c in zip(one, same, other, strict=True):
        np.testing.assert_array_equal(a, b)
        if a.ndim > 1:
            assert 0.7 < (a != c).mean()


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: models.dense(0), ValueError, "hidden = 0"),
        (lambda: models.dense(seed=-1), ValueError, "seed = -1"),
        (lambda: models.convolutional(seed=0.5), TypeError, "seed must be a whole number"),
        (lambda: models.train(models.dense(), DATA, epochs=-1), ValueError, "epochs = -1"),
        (lambda: models.train(models.dense(), DATA, batch=0), ValueError, "batch = 0"),
        (lambda: models.train(models.dense(), DATA, learning_rate=0), ValueError, "learning_rate = 0"),
        (lambda: models.train(models.dense(), DATA, seed="a"), TypeError, "seed must be a whole number"),
        (lambda: models.train(STORED, DATA), TypeError, "Training needs a Keras model; this is of type dict"),
        (lambda: models.train(models.digits_mlp(), DATA), TypeError, "A Network trains by nn.run"),
        (lambda: models.train_quantized(STORED, DATA, 8), TypeError, "Training needs a Keras model"),
        (lambda: models.train(models.dense(), (DATA.X_train, DATA.y_train)), TypeError, "data must be a Dataset"),
        (lambda: models.train(of_kind("float16"), DATA), ValueError, r"kernel is float16, .*dtype=\"mixed_float16\""),
        (lambda: models.train(of_kind("bfloat16"), DATA), ValueError, r"dtype=\"mixed_bfloat16\""),
        (lambda: models.weights_of([1]), TypeError, "this is of type list"),
        (lambda: models.weights_of(keras.layers.Dense(2)), TypeError, "this is of type Dense"),
        (lambda: models.weights_of(models.digits_mlp()), TypeError, "this is of type Network"),
        (
            lambda: models.forward(models.dense(), DATA.X_test),
            TypeError,
            "weights are arrays by name.* type Sequential",
        ),
        (lambda: models.forward({"conv1/kernel": np.float32(1)}, DATA.X_test), ValueError, "not the weights of digits"),
        (lambda: models.no_such_thing, AttributeError, "no_such_thing"),
    ],
)
def test_networks_refuse(call, error, message):
    with pytest.raises(error, match=message):
        call()


# --- Training ---


@pytest.mark.parametrize("kind", ["float64", "mixed_bfloat16"])
def test_weights_of_another_type_learn_too(kind):
    model = models.train(of_kind(kind), DATA, epochs=1, learning_rate=0.03)
    assert models.accuracy(model, DATA.X_test, DATA.y_test) > 0.5
    assert models.train_quantized(model, DATA, 8, epochs=1).nbytes == 640 + 4 + 40


def test_training_learns_and_comes_out_the_same():
    one, again, other = (models.train(models.convolutional(0), DATA, epochs=2, seed=seed) for seed in (0, 0, 1))
    assert models.accuracy(one, DATA.X_test, DATA.y_test) > 0.85
    for a, b in zip(one.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)
    assert np.abs(one.get_weights()[0] - other.get_weights()[0]).max() > 1e-3


def test_training_is_quiet_and_of_nothing_changes_nothing(capfd):
    model = models.dense()
    before = model.get_weights()
    assert models.train(model, DATA, epochs=0) is model
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    models.train(model, DATA, epochs=1)
    assert capfd.readouterr() == ("", "")


def test_training_is_keras_own():
    """Adam on the cross-entropy, in the same batches, by ``fit``."""
    few = Dataset(
        "few", DATA.X_train[:64], DATA.y_train[:64], DATA.X_test, DATA.y_test, (), (), DATA.centre, DATA.scale
    )
    ours, theirs = models.dense(8), models.dense(8)
    models.train(ours, few, epochs=3, batch=64, learning_rate=0.01)
    theirs.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    theirs.fit(few.X_train.astype(np.float32), few.y_train, batch_size=64, epochs=3, verbose=0)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-4)


def test_what_layers_keep_beside_their_weights_is_kept_too():
    norm = keras.layers.BatchNormalization()
    model = sequential((64,), norm, keras.layers.Dropout(0.1, seed=0), keras.layers.Dense(10))
    models.train(model, DATA, epochs=2)
    np.testing.assert_allclose(norm.moving_mean, DATA.X_train.mean(axis=0) * (1 - 0.99**86), atol=0.02)


def test_the_weights_of_a_model_within_a_model_are_all_there():
    inner = models.dense(4, seed=1)
    model = sequential((64,), inner, keras.layers.Dense(3, name="last"))
    weights = models.weights_of(model)
    layers = ("dense/hidden", "dense/output", "last")
    assert list(weights) == [f"{layer}/{kind}" for layer in layers for kind in ("kernel", "bias")]
    for one, other in zip(weights.values(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def many_kinds():
    """Layers whose weights' names repeat."""
    shared = keras.layers.Dense(4, name="shared")
    inner = sequential((4,), keras.layers.Dense(4, name="hidden"), shared)
    return functional((5, 3), lambda x: inner(shared(keras.layers.Bidirectional(keras.layers.LSTM(2))(x))))


@pytest.mark.parametrize(
    "build, n",
    [
        (lambda: sequential((5, 3), keras.layers.Bidirectional(keras.layers.LSTM(4)), keras.layers.Dense(2)), 8),
        (many_kinds, 10),
        (lambda: written("a", "b"), 5),
        (
            lambda: sequential((5, 3), keras.layers.RNN([keras.layers.LSTMCell(3, name=name) for name in "ab"])),
            6,
        ),
        (lambda: functional((5, 3), lambda x: keras.layers.MultiHeadAttention(2, 3)(x, x)), 8),
    ],
)
def test_no_weight_is_lost(build, n):
    model = build()
    weights = models.weights_of(model)
    assert len(weights) == len(model.get_weights()) == n
    for one, other in zip(weights.values(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert list(models.quantize_weights(model, 8).arrays) == list(weights)


def test_a_bidirectional_layer_costs_both_directions():
    model = sequential((5, 3), keras.layers.Bidirectional(keras.layers.LSTM(4, use_bias=False)))
    assert models.quantize_weights(model, 32).nbytes == 4 * model.count_params() == 4 * 2 * (3 + 4) * 16


def int8_model():
    model = models.dense(8)
    model.layers[0].quantize("int8")
    return model


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's, of NumPy 2
@pytest.mark.parametrize(
    "build, error, message",
    [
        (lambda: written("a", "a"), ValueError, "Two weights of the model are called a/kernel"),
        (int8_model, TypeError, "hidden/kernel holds int8, codes of a model that is quantised already"),
        (lambda: {"a/kernel": np.ma.masked_equal([1.0, 2.0], 2)}, TypeError, "a/kernel is a masked array"),
    ],
)
def test_weights_that_have_no_name_or_number_are_refused(build, error, message):
    with pytest.raises(error, match=message):
        models.weights_of(build())


# --- NumPy's forward pass ---


@pytest.mark.parametrize("shape", [(64,), (8, 8), (8, 8, 1), (1, 8, 8), (1, 8, 1, 8)])
@pytest.mark.parametrize("weights", [STORED, random_weights()], ids=["stored", "random"])
def test_numpy_gives_what_keras_gives(weights, shape, stored_model):
    stored_model.set_weights([*weights.values()])
    images = DATA.X_test.astype(np.float32)
    expected = stored_model(images.reshape(-1, 8, 8, 1)).numpy()
    stored_model.set_weights([*STORED.values()])
    scores = models.forward(weights, images.reshape(-1, *shape))
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize(
    "shape", [(0, 64), (3, 63), (64,), (2, 8, 7), (2, 8, 1, 7), (2, 4, 16), (8, 8, 1), (), (0, 8, 8, 1)]
)
def test_other_images_are_refused(shape):
    with pytest.raises(ValueError, match=rf"X has shape {re.escape(str(shape))}; the network takes \(n, 8, 8, 1\)"):
        models.forward(STORED, np.zeros(shape))


# The shape that a model takes, that of X, and what is said: numbers may stand in another order though the count fits.
OTHER_ORDERS = [
    ((8, 8, 3), (5, 3, 8, 8), r"X has shape \(5, 3, 8, 8\); .* \(n, 8, 8, 3\).* np.moveaxis\(X, 1, -1\)"),
    ((3, 8, 8), (5, 8, 8, 3), r"X has shape \(5, 8, 8, 3\); the network takes \(n, 3, 8, 8\)"),
    ((8, 4), (5, 4, 8), r"X has shape \(5, 4, 8\); the network takes \(n, 8, 4\)"),
    ((64,), (5, 8, 8), r"X has shape \(5, 8, 8\); .* \(n, 64\).* right order: X.reshape\(-1, 64\)"),
    ((8, 4), (4, 8), r"X has shape \(4, 8\); the network takes \(n, 8, 4\)"),
]


@pytest.mark.parametrize("shape, given, message", OTHER_ORDERS)
def test_numbers_in_another_order_are_refused(shape, given, message):
    flat = keras.layers.Flatten()
    network = Network(shape, [Flatten(), Dense(10, name="output")])
    model = sequential(shape, flat, keras.layers.Dense(10))
    for each in ((network, network.begin(0)), model):
        with pytest.raises(ValueError, match=message):
            models.accuracy(each, np.zeros(given), np.zeros(given[0]))


def test_a_model_of_any_length_takes_any_length():
    pooled = keras.layers.GlobalAveragePooling1D(), keras.layers.Dense(10)
    model = sequential((None, 3), *pooled)
    for length in (1, 7):
        assert 0 <= models.accuracy(model, np.ones((4, length, 3)), [0, 1, 2, 3]) <= 0.25
    with pytest.raises(ValueError, match=r"X has shape \(4, 3\); the network takes \(n, any, 3\)"):
        models.accuracy(model, np.ones((4, 3)), [0, 1, 2, 3])


def test_the_weights_of_either_digits_network_are_known_by_their_names():
    model = models.dense(12)
    scores = models.forward(models.weights_of(model), DATA.X_test)
    np.testing.assert_allclose(scores, model(DATA.X_test.astype(np.float32)), atol=1e-5)
    narrow = models.convolutional(filters=3)
    scores = models.forward(models.weights_of(narrow), DATA.X_test)
    np.testing.assert_allclose(scores, narrow(DATA.X_test.reshape(-1, 8, 8, 1).astype(np.float32)), atol=1e-5)


def test_another_network_stands_beside_its_weights():
    network = Network((64,), [Dense(5, name="narrow"), Tanh(), Dense(10, name="output")])
    weights = {name: array.astype(np.float32) for name, array in network.begin(0).items()}
    named = network.forward(weights, DATA.X_test).argmax(axis=1)
    assert models.accuracy((network, weights), DATA.X_test, named) == 1
    quantized = models.quantize_weights(weights, 8)
    compared = models.compare_models(
        {"float32": (network, weights), "8 bits": (network, quantized)},
        DATA.X_test, DATA.y_test, rounds=1,
    )  # fmt: skip
    assert compared["8 bits"].bytes == quantized.file_size < compared["float32"].bytes
    with pytest.raises(
        ValueError, match="not the weights of digits_cnn.* or digits_mlp.*, but narrow/kernel, narrow/b"
    ):
        models.accuracy(weights, DATA.X_test, DATA.y_test)


def test_weights_of_another_size_are_refused():
    wrong = {**STORED, "dense/kernel": np.zeros((512, 30), np.float32)}
    with pytest.raises(ValueError, match=r"dense/kernel has shape \(512, 30\); the network needs \(512, 32\)"):
        models.forward(wrong, DATA.X_test)


# --- Quantised weights ---

ASKED = [
    {"bits": 8},
    {"bits": 4, "axis": -1},
    {"bits": 3, "scheme": "affine", "axis": -1},
    {"bits": 2, "axis": -1, "range": "least error"},
    {"bits": 1, "scheme": "binary"},
    {"bits": 16},
]


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_kernels_are_quantised_and_biases_are_not(asked):
    before = {name: array.copy() for name, array in STORED.items()}
    quantized = models.quantize_weights(STORED, **asked)
    assert list(quantized.arrays) == list(quantized.weights) == list(STORED)
    for name, array in quantized.arrays.items():
        np.testing.assert_array_equal(STORED[name], before[name])
        if is_kernel(name):
            expected = quantize(STORED[name], **asked)
            np.testing.assert_array_equal(array.codes, expected.codes)
            np.testing.assert_array_equal(quantized.weights[name], expected.dequantize())
            assert expected.axis in (None, STORED[name].ndim - 1)
        else:
            np.testing.assert_array_equal(array, STORED[name])
        assert quantized.weights[name].dtype == np.float32


def test_weights_given_as_other_numbers_become_float32():
    given = {"a/kernel": [[1, 2], [3, 4]], "a/bias": np.ones(2), "b/kernel": np.ones((2, 2), np.float16)}
    quantized = models.quantize_weights(given, 8)
    assert {array.dtype for array in quantized.weights.values()} == {np.dtype(np.float32)}
    assert quantized.file_size > quantized.nbytes == 8 + 8 + 8
    with pytest.raises(TypeError, match="a/kernel must hold real numbers; it holds <U1"):
        models.quantize_weights({"a/kernel": ["a"]})


# bits, scheme, axis: bytes of 21,456 codes, 90 float32 biases, 4 or 90 float32 scales, zero points of the codes' type
SIZES = [
    (8, "symmetric", None, 21456 + 360 + 4 * 4),
    (4, "symmetric", None, 21456 // 2 + 360 + 4 * 4),
    (4, "symmetric", -1, 21456 // 2 + 360 + 4 * 90),
    (4, "affine", -1, 21456 // 2 + 360 + 5 * 90),
    (16, "affine", -1, 21456 * 2 + 360 + 6 * 90),
    (1, "binary", -1, 21456 // 8 + 360 + 4 * 90),
]


@pytest.mark.parametrize("bits, scheme, axis, size", SIZES)
def test_the_bytes_are_real(bits, scheme, axis, size, tmp_path):
    quantized = models.quantize_weights(STORED, bits, scheme, axis)
    assert quantized.nbytes == size
    quantized.save(tmp_path / "saved")
    assert quantized.file_size == (tmp_path / "saved").stat().st_size
    assert size < quantized.file_size < size + 1000


def test_layers_can_have_bits_of_their_own():
    bits = {"conv1": 32, "dense": 1, "output": 8}
    arrays = models.quantize_weights(STORED, 4, per_layer_bits=bits).arrays
    np.testing.assert_array_equal(arrays["conv1/kernel"], STORED["conv1/kernel"])
    found = {name: (array.bits, array.scheme) for name, array in arrays.items() if isinstance(array, Quantized)}
    assert found == {"conv2/kernel": (4, "symmetric"), "dense/kernel": (1, "binary"), "output/kernel": (8, "symmetric")}
    nothing = models.quantize_weights(STORED, 32)
    assert nothing.nbytes == 86184


def test_symmetric_of_one_bit_is_binary_and_affine_is_not():
    schemes = {"symmetric": "binary", "affine": "affine"}
    for asked, expected in schemes.items():
        arrays = models.quantize_weights(STORED, 1, asked).arrays
        assert {each.scheme for each in arrays.values() if isinstance(each, Quantized)} == {expected}


def test_stochastic_rounding_is_the_generators():
    one, same, other = (
        models.quantize_weights(STORED, 3, rounding="stochastic", rng=np.random.default_rng(seed)).weights
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one["dense/kernel"], same["dense/kernel"])
    assert (one["dense/kernel"] != other["dense/kernel"]).any()
    mixed = models.quantize_weights(STORED, 3, rounding="stochastic", rng=np.random.default_rng(0),
                                    per_layer_bits={"dense": 1})  # fmt: skip
    assert mixed.arrays["dense/kernel"].scheme == "binary"


@pytest.mark.parametrize(
    "asked, error, message",
    [
        ({"bits": 4, "per_layer_bits": {"last": 8}}, ValueError, "'last'; the layers are conv1, conv2, dense, output"),
        ({"bits": 17}, ValueError, "bits = 17"),
        ({"bits": 4, "scheme": "binary"}, ValueError, "bits = 4"),
        ({"bits": 4, "rounding": "stochastic"}, TypeError, "needs rng"),
        ({"bits": 4, "axis": 3}, ValueError, "axis = 3: it is None, .* or -1"),
        ({"bits": 4, "axis": 0}, ValueError, "axis = 0: it is None"),
        ({"bits": 4, "range": "all"}, ValueError, "range = 'all'"),
    ],
)
def test_quantising_refuses(asked, error, message):
    with pytest.raises(error, match=message):
        models.quantize_weights(STORED, **asked)


KERAS = keras.layers
CHANNELS = [  # a layer, the shape it takes, and of each kernel the axes of the outputs
    (lambda: KERAS.Dense(3), (4,), {"kernel": (1,)}),
    (lambda: KERAS.Conv2D(6, 3, groups=2), (8, 8, 4), {"kernel": (3,)}),
    (lambda: KERAS.Conv1DTranspose(5, 3), (8, 4), {"kernel": (1,)}),
    (lambda: KERAS.Conv2DTranspose(5, 3), (8, 8, 4), {"kernel": (2,)}),
    (lambda: KERAS.DepthwiseConv1D(3), (8, 4), {"kernel": (1, 2)}),
    (lambda: KERAS.DepthwiseConv2D(3, depth_multiplier=2), (8, 8, 4), {"kernel": (2, 3)}),
    (lambda: KERAS.SeparableConv2D(5, 3), (8, 8, 4), {"depthwise_kernel": (2, 3), "pointwise_kernel": (3,)}),
    (lambda: KERAS.TimeDistributed(KERAS.DepthwiseConv2D(3)), (2, 8, 8, 4), {"depthwise_conv2d/kernel": (2, 3)}),
    (lambda: KERAS.LSTM(3), (5, 4), {"lstm_cell/kernel": (1,), "lstm_cell/recurrent_kernel": (1,)}),
]


@pytest.mark.parametrize("build, shape, expected", CHANNELS)
def test_the_channels_are_the_outputs_of_the_layer(build, shape, expected):
    keras.utils.clear_session()
    layer = build()
    quantized = models.quantize_weights(sequential(shape, layer), 8, axis=-1)
    found = {name.removeprefix(f"{layer.name}/"): array for name, array in quantized.arrays.items()
             if isinstance(array, Quantized)}  # fmt: skip
    assert {name: several(array.axis) for name, array in found.items()} == expected


def test_an_attentions_channels_are_heads_and_units():
    model = functional((6, 4), lambda x: keras.layers.MultiHeadAttention(2, 3, name="attention")(x, x))
    arrays = models.quantize_weights(model, 8, axis=-1).arrays
    for kind in ("query", "key", "value"):
        assert arrays[f"attention/{kind}/kernel"].axis == (1, 2)
    assert arrays["attention/attention_output/kernel"].axis == 2


def test_quantised_weights_show_themselves(stored_model):
    lines = repr(models.quantize_weights(stored_model, 4, axis=-1)).splitlines()
    assert lines[0].startswith("conv1/kernel   Quantized(symmetric, 4 bits, axis 3")
    assert lines[1] == "conv1/bias     float32, shape (16,): 64 bytes"
    assert lines[-1] == "11,448 bytes in all"


RELOAD = """
import sys
from nnlearn import models
from nnlearn.data import digits
quantized = models.QuantizedWeights.load(sys.argv[1])
print(*models.forward(quantized.weights, digits().X_test).argmax(axis=1), "tensorflow" in sys.modules)
"""


def test_a_file_of_4_bits_predicts_the_same_in_a_fresh_process_without_tensorflow(tmp_path):
    quantized = models.quantize_weights(STORED, 4)
    path = tmp_path / "4 bits.weights"
    quantized.save(path)
    assert path.stat().st_size <= sum(array.nbytes for array in STORED.values()) / 7
    told = subprocess.run([sys.executable, "-c", RELOAD, path], capture_output=True, text=True, check=True).stdout
    *predicted, tensorflow = told.split()
    assert tensorflow == "False"
    assert list(map(int, predicted)) == models.forward(quantized.weights, DATA.X_test).argmax(axis=1).tolist()


ONE_BIT = models.quantize_weights(STORED, 1)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: flipped(ONE_BIT, 101, 0), ValueError, r"percent = 101 is not in \[0, 100\]"),
        (lambda: flipped(ONE_BIT, 10, -1), ValueError, "draw = -1"),
        (lambda: flipped(ONE_BIT, 10, 0, keep=["last"]), ValueError, "no layer 'last'; the layers are conv1"),
        (
            lambda: flipped(models.quantize_weights(STORED, 4), 10, 0),
            ValueError,
            "conv1/kernel is symmetric; only binary",
        ),
    ],
)
def test_flipping_signs_refuses(call, error, message):
    with pytest.raises(error, match=message):
        call()


# --- Weights made harder to quantise ---


@pytest.mark.parametrize("layer", LAYERS)
def test_an_outlier_is_one_weight(layer):
    changed = with_outlier(STORED, layer, 8)
    name = f"{layer}/kernel"
    differ = changed[name] != STORED[name]
    assert differ.sum() == 1
    np.testing.assert_allclose(np.abs(changed[name]).max(), 8 * np.abs(STORED[name]).max(), rtol=1e-6)
    assert all(changed[other] is STORED[other] for other in STORED if other != name)
    np.testing.assert_array_equal(with_outlier(STORED, layer, 1)[name], STORED[name])


@pytest.mark.parametrize("layer, channel", [("conv1", 0), ("conv1", 15), ("conv2", 5), ("conv2", 31), ("dense", 7)])
def test_rescaling_changes_weights_and_not_the_function(layer, channel):
    changed = rescaled(STORED, layer, channel, 16)
    following = LAYERS[LAYERS.index(layer) + 1]
    names = {name for name in STORED if (changed[name] != STORED[name]).any()}
    assert names == {f"{layer}/kernel", f"{layer}/bias", f"{following}/kernel"}
    ratio = changed[f"{layer}/kernel"] / STORED[f"{layer}/kernel"]
    assert set(ratio[..., channel].ravel()) == {16}
    np.testing.assert_allclose(models.forward(changed, DATA.X_test), models.forward(STORED, DATA.X_test), atol=1e-4)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: with_outlier(STORED, "last", 8), "no layer 'last'; the layers are conv1, conv2, dense, output"),
        (lambda: with_outlier(STORED, "dense", 0), "factor = 0"),
        (lambda: rescaled(STORED, "output", 0, 16), "output is the last layer"),
        (lambda: rescaled(STORED, "dense", 32, 16), "layer dense has channels 0 to 31"),
        (lambda: rescaled(STORED, "dense", -1, 16), "channel = -1"),
        (lambda: rescaled(STORED, "dense", 0, -16), "factor = -16"),
    ],
)
def test_changing_weights_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- Measuring ---


def test_models_of_every_form_are_measured_side_by_side(stored_model):
    compared = models.compare_models(
        {"Keras": stored_model, "NumPy": STORED, "4 bits": models.quantize_weights(STORED, 4)},
        DATA.X_test, DATA.y_test, rounds=2,
    )  # fmt: skip
    assert compared["Keras"].accuracy == compared["NumPy"].accuracy
    assert compared["Keras"].bytes == compared["NumPy"].bytes == pytest.approx(86184, abs=600)
    assert compared["4 bits"].bytes == models.quantize_weights(STORED, 4).file_size
    for row in compared.rows:
        assert 1e-6 < row.median <= row.p95 < 10
    head, *lines = repr(compared).splitlines()
    assert head.split() == "model accuracy bytes times smaller time, median time, 95% within".split()
    assert lines[2].split()[:5] == ["4", "bits", "98.0%", f"{compared['4 bits'].bytes:,}", "7.3"]
    assert all(line.endswith(" µs") for line in lines)
    assert compared._repr_markdown_().splitlines()[1] == "| --- | ---: | ---: | ---: | ---: | ---: |"


def test_times_can_be_left_out():
    compared = models.compare_models({"float32": STORED}, DATA.X_test, DATA.y_test, rounds=0)
    assert repr(compared).splitlines()[0].split() == "model accuracy bytes times smaller".split()
    (row,) = compared.rows
    assert (row.median, row.p95) == (None, None)
    assert models.measure(STORED, DATA.X_test, DATA.y_test, rounds=0).accuracy == row.accuracy


def test_accuracy_is_the_share_of_right_answers():
    wrong = (DATA.y_test + 1) % 10
    named = models.forward(STORED, DATA.X_test).argmax(axis=1)
    labels = np.where(np.arange(450) < 90, named, (named + 1) % 10)
    assert models.accuracy(STORED, DATA.X_test, labels) == 0.2
    assert models.accuracy(STORED, DATA.X_test, wrong) < 0.02


def test_scores_may_come_in_a_dict():
    model = models.dense(4)
    named = keras.Model(model.inputs, {"scores": model.outputs[0]})
    assert models.accuracy(named, DATA.X_test, DATA.y_test) == models.accuracy(model, DATA.X_test, DATA.y_test)
    models.train(named, DATA, epochs=1, learning_rate=0.03)
    assert models.accuracy(model, DATA.X_test, DATA.y_test) > 0.3


def test_a_network_that_diverged_names_no_digit():
    lost = {**STORED, "output/bias": np.full(10, np.nan, np.float32)}
    assert models.accuracy(lost, DATA.X_test, np.zeros(450)) == 0


def test_models_take_turns_in_an_order_of_chance(monkeypatch):
    clock = iter(range(10**6))
    monkeypatch.setattr("nnlearn.models.measurement.time.perf_counter", lambda: float(next(clock)))
    called = []
    predictors = [lambda x, name=name: called.append((name, x.shape)) for name in "abc"]
    times = latencies(predictors, np.zeros((4, 64), np.float32), rounds=8)
    assert times == [(1, 1)] * 3
    turns = ["".join(name for name, _ in called[i : i + 33]) for i in range(0, len(called), 33)]
    assert len(turns) == 8 and len(set(turns)) > 2
    for turn in turns:
        assert sorted({turn[:11], turn[11:22], turn[22:]}) == ["a" * 11, "b" * 11, "c" * 11]
    assert {shape for _, shape in called} == {(1, 64)}


def test_the_times_are_median_and_95th_percentile(monkeypatch):
    seconds = iter([each for i in range(1, 101) for each in (0.0, float(i))])
    monkeypatch.setattr("nnlearn.models.measurement.time.perf_counter", lambda: next(seconds))
    ((median, p95),) = latencies([lambda x: x], np.zeros((4, 64), np.float32), rounds=10)
    assert (median, p95) == (50.5, pytest.approx(95.05))


@pytest.mark.parametrize(
    "call, error, message",
    [
        (
            lambda: models.compare_models([STORED], DATA.X_test, DATA.y_test),
            TypeError,
            "{name: model}; .* of type list",
        ),
        (lambda: models.compare_models({}, DATA.X_test, DATA.y_test), ValueError, "no model to compare"),
        (lambda: models.measure(STORED, DATA.X_test[:0], []), ValueError, "with n at least 1"),
        (lambda: models.measure(3, DATA.X_test, DATA.y_test), TypeError, "this is of type int"),
        (lambda: models.measure(STORED, DATA.X_test, DATA.y_test, rounds=-1), ValueError, "rounds = -1"),
        (lambda: models.accuracy(models.dense(), np.zeros((2, 3)), [0, 1]), ValueError, r"takes \(n, 64\)"),
        (lambda: models.accuracy(two_inputs(), DATA.X_test, DATA.y_test), ValueError, "one input and one output"),
        (lambda: models.accuracy(written("a"), DATA.X_test, DATA.y_test), ValueError, "the input_shape of written"),
        (
            lambda: models.accuracy(sequential((64,), keras.layers.Dense(1)), DATA.X_test, DATA.y_test),
            ValueError,
            r"gives shape \(450, 1\); accuracy needs \(n, classes\)",
        ),
        (
            lambda: models.accuracy(functional((64,), lambda x: [x, x]), DATA.X_test, DATA.y_test),
            ValueError,
            "the output_shape of",
        ),
    ],
)
def test_measuring_refuses(call, error, message):
    with pytest.raises(error, match=message):
        call()


# Labels as they come, of n examples, and what is said. All are from 0 to 9.
TEN = np.arange(10)
OTHER_LABELS = [
    (TEN[:, np.newaxis], ValueError, r"y must have one axis, shape \(10,\); it has shape \(10, 1\). Use y.ravel\(\)"),
    (TEN[np.newaxis], ValueError, r"it has shape \(1, 10\). Use y.ravel\(\)"),
    (np.eye(10), ValueError, r"it has shape \(10, 10\). One-hot rows become labels by y.argmax\(axis=1\)"),
    (np.eye(10)[:4], ValueError, "One-hot rows"),
    (TEN[:4], ValueError, "it has 4 entries and X has 10 rows"),
    (TEN[:1], ValueError, "it has 1 entries and X has 10 rows"),
    (7, ValueError, r"it has shape \(\)"),
    (
        TEN.astype(str),
        TypeError,
        r"it holds <U21. Words become labels by names, y = np.unique\(y, return_inverse=True\)",
    ),
    (TEN.astype(object), TypeError, "it holds object"),
    (TEN > 4, TypeError, r"it holds bool. False and True become 0 and 1 by y.astype\(int\)"),
    (TEN + 0.5, ValueError, "y must hold labels, the whole numbers from 0; it holds 0.5"),
    (TEN - 1, ValueError, "it holds -1"),
    (TEN + 1, ValueError, "y must hold labels from 0 to 9; it holds 10"),
    (np.where(TEN == 3, np.nan, TEN), ValueError, "1 of its 10 entries are NaN"),
    (np.ma.masked_equal(TEN, 3), TypeError, "y is a masked array"),
    ([[1, 2], [3]], TypeError, "rows of equal length"),
]
NAMES = "column row one-hot few-rows short one scalar words objects bools halves below above nan masked ragged".split()


@pytest.mark.parametrize("y, error, message", OTHER_LABELS, ids=NAMES)
def test_labels_are_checked_wherever_they_are_taken(y, error, message):
    X = DATA.X_test[:10]
    data = Dataset("ten", X, y, X, y, (), (), DATA.centre, DATA.scale)
    network = models.digits_mlp(4)
    for take in (
        lambda: models.accuracy(STORED, X, y),
        lambda: models.measure(models.dense(4), X, y, rounds=0),
        lambda: models.compare_models({"one": STORED}, X, y, rounds=1),
        lambda: models.train(models.dense(4), data, epochs=1),
        lambda: models.train_quantized(models.dense(4), data, 8, epochs=1),
        lambda: network.on(X, y),
        lambda: network.on(X, TEN).accuracy(network.initial(0), X, y),
    ):
        with pytest.raises(error, match=message):
            take()


@pytest.mark.parametrize("y", [TEN.tolist(), TEN.astype(np.uint8), TEN.astype(np.float16), TEN * 1.0], ids=str)
def test_labels_are_whole_numbers_of_any_type(y):
    assert models.accuracy(STORED, DATA.X_test[:10], y) == models.accuracy(STORED, DATA.X_test[:10], TEN)


# --- What is stored ---


def rows_of(table, **fields):
    return [row for row in TABLES[table] if all(row[name] == value for name, value in fields.items())]


def median(table, **fields):
    (row,) = rows_of(table, **fields)
    return row["median"]


FLOAT = median("float32")


def test_the_file_is_the_scripts():
    tables = {name: TABLES[name] for name in (*experiment.TABLES, *experiment.TIMES)}
    assert experiment.FILE.read_text(encoding="utf-8") == experiment.text(tables)
    assert set(TABLES) == {"made_by", "columns", "settings", *tables}


@pytest.mark.parametrize("table", experiment.TABLES)
def test_the_summaries_are_of_five_networks(table):
    for row in TABLES[table]:
        assert len(row["accuracies"]) == len(experiment.SEEDS) == 5
        assert row["median"] == np.median(row["accuracies"])
        assert (row["min"], row["max"]) == (min(row["accuracies"]), max(row["accuracies"]))


def test_the_stored_network_is_the_first():
    assert [array.shape for array in STORED.values()] == [w.shape for w in models.convolutional().get_weights()]
    assert {array.dtype for array in STORED.values()} == {np.dtype(np.float32)}
    (row,) = TABLES["float32"]
    assert models.accuracy(STORED, DATA.X_test, DATA.y_test) == pytest.approx(row["accuracies"][0], abs=1e-4)


# The rows of the first network that need no training, once more; another computer's sums may turn an image or two.
REPEATED = [(row["method"], row["bits"]) for row in TABLES["bits"]]


@pytest.mark.parametrize("method, bits", mostly_thorough(REPEATED, REPEATED[::5]))
def test_few_bits_give_what_is_stored(method, bits):
    (row,) = rows_of("bits", method=method, bits=bits)
    again = experiment.bits_row(DATA, [STORED], method, bits)
    assert again["accuracies"][0] == pytest.approx(row["accuracies"][0], abs=0.01)
    assert again["bytes"] == row["bytes"]
    assert again["decibels"] == pytest.approx(row["decibels"], abs=0.1)


@pytest.mark.parametrize("table", ["mixed", "outlier", "fragile"])
def test_the_other_tables_give_what_is_stored(table):
    for again, row in zip(experiment.TABLES[table](DATA, [STORED]), TABLES[table], strict=True):
        assert again["accuracies"][0] == pytest.approx(row["accuracies"][0], abs=0.01)


def test_what_the_chapter_says_of_bits():
    assert FLOAT >= 0.97
    for method in ("symmetric tensor", "symmetric channel", "least error channel", "affine channel"):
        assert FLOAT - median("bits", method=method, bits=4) <= 0.01
        assert FLOAT - median("bits", method=method, bits=8) <= 0.005
    tensor, signs = median("bits", method="symmetric tensor", bits=2), median("bits", method="binary tensor", bits=1)
    assert tensor < 0.4 < 0.5 < signs
    assert median("bits", method="least error channel", bits=2) > 0.85
    assert median("bits", method="affine channel", bits=1) < 0.15
    decibels = [rows_of("bits", method="symmetric tensor", bits=bits)[0]["decibels"] for bits in (16, 8)]
    assert (decibels[0] - decibels[1]) / 8 == pytest.approx(6, abs=0.1)


def test_what_the_chapter_says_of_scales():
    assert FLOAT - median("outlier", factor=8, axis="float32") < 0.005
    assert FLOAT - median("outlier", factor=8, axis="tensor") > 0.5
    assert FLOAT - median("outlier", factor=8, axis="channel") < 0.05
    for layer in LAYERS[:-1]:
        assert median("rescaled", layer=layer, axis="float32") == FLOAT
        assert median("rescaled", layer=layer, axis="tensor") < 0.4
        assert FLOAT - median("rescaled", layer=layer, axis="channel") < 0.01


def test_what_the_chapter_says_of_layers():
    fragile = {row["layer"]: row["median"] for row in TABLES["fragile"]}
    assert min(fragile, key=fragile.get) == "output"
    for row in TABLES["mixed"]:
        assert row["bytes"] < 9700
        assert FLOAT - row["median"] <= 0.01


def test_a_table_survives_json():
    row = experiment.float_rows(DATA, [STORED])[0]
    assert json.loads(json.dumps(row)) == row


def test_a_network_of_the_experiment_is_trained(monkeypatch):
    monkeypatch.setattr(experiment, "SEEDS", (0,))
    monkeypatch.setattr(experiment, "EPOCHS", 1)
    ((name, kernel), *_), *others = [list(weights.items()) for weights in experiment.trained_networks(DATA)]
    assert name == "conv1/kernel" and others == []
    assert tf.reduce_any(kernel != models.convolutional(0).get_weights()[0])


# --- Builders whose shape is an argument ---

# The arguments; of each layer with weights the parameters and the multiply-adds for one image, counted by hand.
CNNS = {
    "early pooling": ({"pool": 1}, [160, 4_640, 16_416, 330], [64 * 144, 16 * 4_608, 16_384, 320]),
    "no dense layer": ({"units": 0}, [160, 4_640, 5_130], [64 * 144, 64 * 4_608, 5_120]),
    "11 dense units": ({"units": 11}, [160, 4_640, 5_643, 120], [64 * 144, 64 * 4_608, 5_632, 110]),
    "windows of 5": ({"filters": 4, "kernel": 5}, [104, 808, 1_032, 90], [64 * 100, 64 * 800, 1_024, 80]),
    "three convolutions": ({"filters": 4, "depth": 3, "pool": 1}, [40, 296, 584, 1_032, 90],
                           [64 * 36, 16 * 288, 16 * 576, 1_024, 80]),
    "a shortcut": ({"filters": 4, "depth": 3, "residual": True}, [40, 296, 584, 1_032, 90],
                   [64 * 36, 64 * 288, 64 * 576, 1_024, 80]),
}  # fmt: skip


@pytest.mark.parametrize("case", CNNS)
def test_the_builders_cost_what_is_counted_by_hand(case):
    arguments, parameters, products = CNNS[case]
    network, model = models.digits_cnn(**arguments), models.convolutional(0, **arguments)
    for counted in (network.count(), models.count(model)):
        with_weights = [layer for layer in counted.layers if layer.parameters]
        assert [layer.parameters for layer in with_weights] == parameters
        assert [layer.flops for layer in with_weights] == [2 * each for each in products]


@pytest.mark.parametrize("case", CNNS)
def test_every_shape_is_measured_in_numpy_and_in_keras(case):
    arguments, parameters, _ = CNNS[case]
    network, model = models.digits_cnn(**arguments), models.convolutional(0, **arguments)
    weights = dict(zip(network.leaves.declared, model.get_weights(), strict=True))
    X = DATA.X_test[:40]
    np.testing.assert_allclose(models.forward(weights, X, network), model(X.reshape(-1, 8, 8, 1).astype(np.float32)),
                               atol=1e-5)  # fmt: skip
    both = models.compare_models({"NumPy": (network, weights), "Keras": model}, X, DATA.y_test[:40], rounds=1)
    assert both["NumPy"].accuracy == both["Keras"].accuracy and both["NumPy"].median > 0
    assert 4 * sum(parameters) < both["NumPy"].bytes < 4 * sum(parameters) + 2_000
    assert models.measure((network, weights), X, DATA.y_test[:40], rounds=0).accuracy == both["NumPy"].accuracy


def test_hidden_layers_are_as_many_and_as_wide_as_said():
    network, model = models.digits_mlp(29, 4), models.dense(29, depth=4)
    assert network.count().parameters == model.count_params() == 64 * 29 + 29 + 3 * (29 * 29 + 29) + 290 + 10
    assert models.measure((network, network.begin(0)), DATA.X_test, DATA.y_test, rounds=0).accuracy < 0.3


def test_where_the_pooling_stands_is_not_seen_by_the_weights():
    early, late = models.digits_cnn(pool=1), models.digits_cnn()
    assert early.leaves.declared.keys() == late.leaves.declared.keys()
    assert np.abs(models.forward(STORED, DATA.X_test, early) - models.forward(STORED, DATA.X_test)).max() > 1


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: models.digits_cnn(kernel=0), ValueError, "kernel = 0"),
        (lambda: models.digits_cnn(units=-1), ValueError, "units = -1"),
        (lambda: models.digits_cnn(units=2.5), TypeError, "units must be a whole number"),
        (lambda: models.digits_cnn(depth=0), ValueError, "depth = 0"),
        (lambda: models.digits_cnn(pool=3), ValueError, "pool = 3: .* 1 to 2"),
        (lambda: models.digits_cnn(pool=0), ValueError, "pool = 0"),
        (lambda: models.digits_cnn(residual="no"), TypeError, "residual must be True or False"),
        (lambda: models.digits_mlp(4, depth=0), ValueError, "depth = 0"),
        (lambda: models.convolutional(0, pool=3), ValueError, "pool = 3"),
        (lambda: models.forward(models.weights_of(models.convolutional(units=3)), DATA.X_test), ValueError,
         r"dense/kernel has shape \(512, 3\)"),
    ],
)  # fmt: skip
def test_builders_refuse(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_shortcut_leads_round_each_convolution_after_the_second():
    names = [layer.name for layer in models.digits_cnn(2, depth=4, residual=True).layers]
    assert [name for name in names if name.startswith(("conv", "block"))] == ["conv1", "conv2", "block3", "block4"]
    plain, deep = models.digits_cnn(2, depth=3), models.digits_cnn(2, depth=3, residual=True)
    arrays = [*plain.begin(0).values()]
    X = np.random.default_rng(0).normal(size=(3, 8, 8, 1))
    scores = deep.forward(dict(zip(deep.leaves.declared, arrays, strict=True)), X)
    assert not np.allclose(scores, plain.forward(plain.begin(0), X))
