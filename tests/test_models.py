"""The small networks: what they are, cost and give; in NumPy, quantised, and as the course stored them."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest

from nnlearn import models
from nnlearn.chapters.ch17_quantisation import experiment
from nnlearn.compression import Quantized, quantize
from nnlearn.data import Dataset, digits, measured
from nnlearn.interop.quiet import keras, tf
from nnlearn.models.measurement import latencies
from nnlearn.models.rescaling import rescaled, with_outlier
from nnlearn.models.weights import is_kernel
from nnlearn.networks import Dense, Network, Tanh

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


def test_a_layer_of_other_rules_is_not_counted():
    with pytest.raises(ValueError, match="layer 'norm' is of type BatchNormalization"):
        models.count(sequential((4,), keras.layers.BatchNormalization(name="norm")))


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
        (lambda: models.weights_of([1]), TypeError, "this is of type list"),
        (lambda: models.no_such_thing, AttributeError, "no_such_thing"),
    ],
)
def test_networks_refuse(call, error, message):
    with pytest.raises(error, match=message):
        call()


# --- Training ---


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


# --- NumPy's forward pass ---


@pytest.mark.parametrize("shape", [(64,), (8, 8), (8, 8, 1)])
@pytest.mark.parametrize("weights", [STORED, random_weights()], ids=["stored", "random"])
def test_numpy_gives_what_keras_gives(weights, shape, stored_model):
    stored_model.set_weights([*weights.values()])
    images = DATA.X_test.astype(np.float32)
    expected = stored_model(images.reshape(-1, 8, 8, 1)).numpy()
    stored_model.set_weights([*STORED.values()])
    scores = models.forward(weights, images.reshape(-1, *shape))
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("shape", [(0, 64), (3, 63), (64,), (2, 8, 7), (2, 1, 8, 8), (8, 8, 1), ()])
def test_other_images_are_refused(shape):
    with pytest.raises(ValueError, match=rf"X has shape {re.escape(str(shape))}; the network takes \(n, 8, 8, 1\)"):
        models.forward(STORED, np.zeros(shape))


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
        ({"bits": 4, "axis": 3}, ValueError, "axis = 3"),
        ({"bits": 4, "range": "all"}, ValueError, "range = 'all'"),
    ],
)
def test_quantising_refuses(asked, error, message):
    with pytest.raises(error, match=message):
        models.quantize_weights(STORED, **asked)


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
    labels = np.where(np.arange(450) < 90, models.forward(STORED, DATA.X_test).argmax(axis=1), -1)
    assert models.accuracy(STORED, DATA.X_test, labels) == 0.2
    assert models.accuracy(STORED, DATA.X_test, wrong) < 0.02


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
        (lambda: models.compare_models({}, DATA.X_test, DATA.y_test), ValueError, "no model to compare"),
        (lambda: models.measure(STORED, DATA.X_test, DATA.y_train), ValueError, "they have 450 and 1347"),
        (lambda: models.measure(STORED, DATA.X_test[:0], []), ValueError, "they have 0 and 0"),
        (lambda: models.measure(3, DATA.X_test, DATA.y_test), TypeError, "this is of type int"),
        (lambda: models.measure(STORED, DATA.X_test, DATA.y_test, rounds=-1), ValueError, "rounds = -1"),
        (lambda: models.accuracy(models.dense(), np.zeros((2, 3)), [0, 1]), ValueError, r"takes \(n, 64\)"),
        (
            lambda: models.accuracy(STORED, DATA.X_test, DATA.y_test[:, np.newaxis]),
            ValueError,
            r"y has shape \(450, 1\); it needs shape \(450,\)",
        ),
    ],
)
def test_measuring_refuses(call, error, message):
    with pytest.raises(error, match=message):
        call()


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


@pytest.mark.parametrize("method, bits", REPEATED)
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
