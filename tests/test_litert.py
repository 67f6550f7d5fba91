"""Keras models converted for LiteRT, and run there."""

import io
import logging
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest

from nnlearn import models
from nnlearn.chapters.ch17_quantisation import experiment
from nnlearn.data import digits, measured
from nnlearn.interop.quiet import keras
from nnlearn.models.litert import silence
from nnlearn.processor import processor

DATA = digits()
KINDS = ("float32", "float16", "dynamic", "int8")
ROWS = {row["kind"]: row for row in measured("17")["litert"]}


@pytest.fixture(scope="module")
def model():
    model = models.convolutional()
    model.set_weights([*models.trained().values()])
    return model


@pytest.fixture(scope="module")
def contents(model):
    return {kind: models.to_litert(model, kind, DATA.X_train) for kind in KINDS}


@pytest.fixture
def litert():
    """Conversion is tested without it too."""
    pytest.importorskip("ai_edge_litert.interpreter")
    from nnlearn.models.litert import LiteRT

    return LiteRT


# --- Conversion ---


@pytest.mark.parametrize(
    "kind, least, most",
    [("float32", 86_184, 92_000), ("float16", 43_092, 50_000), ("dynamic", 22_500, 30_000), ("int8", 21_546, 30_000)],
)
def test_a_model_has_its_kinds_size(kind, least, most, contents):
    assert contents[kind][4:8] == b"TFL3"
    assert least < len(contents[kind]) < most
    assert len(contents[kind]) == pytest.approx(ROWS[kind]["bytes"], abs=64)  # which names, is left to TensorFlow


@pytest.mark.parametrize(
    "kind, examples, message",
    [
        ("int4", None, "kind = 'int4' is not one of 'float32', 'float16', 'dynamic', 'int8'"),
        ("int8", None, "int8 needs examples"),
        ("int8", np.zeros((3, 63)), r"takes \(n, 8, 8, 1\)"),
        ("int8", np.zeros((0, 64)), "with n at least 1"),
    ],
)
def test_conversion_refuses(kind, examples, message, model):
    with pytest.raises(ValueError, match=message):
        models.to_litert(model, kind, examples)


@pytest.mark.parametrize("given", [3, models.trained(), models.digits_cnn()], ids=["number", "weights", "network"])
def test_only_keras_models_are_converted(given):
    with pytest.raises(TypeError, match="to_litert needs a Keras model; this is of type (int|dict|Network)"):
        models.to_litert(given)


SILENT = """
from nnlearn import models
from nnlearn.data import digits
model, data = models.dense(), digits()
contents = [models.to_litert(model, kind, data.X_train) for kind in ("float32", "int8")]
try:
    models.run_litert(contents[1], data.X_test)
except ModuleNotFoundError:
    pass
"""


def test_nothing_is_printed():
    told = subprocess.run([sys.executable, "-W", "always", "-c", SILENT], capture_output=True, text=True)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_silence_is_complete_and_ends(capfd, monkeypatch):
    before = list(warnings.filters)
    notebook, log = io.StringIO(), io.StringIO()  # a notebook's streams are no file descriptors
    monkeypatch.setattr(sys, "stderr", notebook)
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    with silence():
        print("unheard", flush=True)
        print("unheard", file=sys.stderr, flush=True)
        os.write(2, b"unheard")
        warnings.warn("unheard", stacklevel=1)
        logging.getLogger().critical("unheard")
    logging.getLogger().critical("logged")
    logging.getLogger().removeHandler(handler)
    print("printed", flush=True)
    os.write(2, b"written")
    assert capfd.readouterr() == ("printed\n", "written")
    assert (notebook.getvalue(), log.getvalue()) == ("", "logged\n")
    assert warnings.filters == before


# --- Running ---


def test_without_litert_there_is_advice(contents, monkeypatch):
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    monkeypatch.delitem(sys.modules, "ai_edge_litert.interpreter", raising=False)
    with pytest.raises(
        ModuleNotFoundError, match=r'needs LiteRT, which is not installed: pip install "ai-edge-litert>=2.0"'
    ):
        models.run_litert(contents["float32"], DATA.X_test)


# The largest difference of a score, in the largest of all scores.
@pytest.mark.parametrize("kind, tolerance", [("float32", 1e-5), ("float16", 2e-3), ("dynamic", 0.03), ("int8", 0.05)])
def test_litert_gives_nearly_what_keras_gives(kind, tolerance, model, contents, litert):
    expected = model(DATA.X_test.reshape(-1, 8, 8, 1).astype(np.float32)).numpy()
    scores = models.run_litert(contents[kind], DATA.X_test)
    assert scores.dtype == np.float32 and scores.shape == (450, 10)
    assert np.abs(scores - expected).max() <= tolerance * np.abs(expected).max()
    stored = ROWS[kind]["accuracies"][0]
    assert models.accuracy(contents[kind], DATA.X_test, DATA.y_test) == pytest.approx(stored, abs=0.005)


def test_int8_computes_in_whole_numbers(contents, litert):
    def kinds(kind):
        details = litert(contents[kind]).interpreter.get_tensor_details()
        return [each["dtype"] for each in details if len(each["shape"]) > 1]

    assert sorted({kind.__name__ for kind in kinds("int8")}) == ["float32", "int8"]
    assert kinds("int8").count(np.float32) == 2  # the images and the scores
    assert np.int8 not in kinds("float16")


def test_the_number_of_inputs_may_change(contents, litert):
    ready = litert(contents["int8"])
    whole = ready(DATA.X_test)
    for rows in (slice(0, 1), slice(3, 10), slice(0, 450)):
        np.testing.assert_array_equal(ready(DATA.X_test[rows]), whole[rows])
    np.testing.assert_array_equal(ready(DATA.X_test.reshape(-1, 8, 8, 1)), whole)


@pytest.mark.parametrize("content", [b"", b"no model at all", bytes(1000), "TFL3 as text", None])
def test_what_is_no_model_is_refused(content, litert):
    with pytest.raises(ValueError, match="no model of LiteRT"):
        models.run_litert(content, DATA.X_test)


def test_inputs_of_any_length_may_have_any(litert):
    model = keras.Sequential([keras.Input((None, 3)), keras.layers.GlobalAveragePooling1D(), keras.layers.Dense(4)])
    ready = litert(models.to_litert(model))
    for shape in ((2, 7, 3), (2, 1, 3), (5, 7, 3)):
        X = np.random.default_rng(0).normal(size=shape)
        np.testing.assert_allclose(ready(X), model(X.astype(np.float32)), atol=1e-5)
    with pytest.raises(ValueError, match=r"X has shape \(2, 3\); the network takes \(n, any, 3\)"):
        ready(np.zeros((2, 3)))


def two_inputs():
    entries = keras.Input((4,)), keras.Input((4,))
    return keras.Model(entries, keras.layers.Dense(3)(keras.layers.Add()(entries)))


def of_whole_numbers():
    return keras.Sequential([keras.Input((6,), dtype="int32"), keras.layers.Embedding(4, 3), keras.layers.Flatten()])


@pytest.mark.parametrize(
    "build, message",
    [
        (two_inputs, r"takes float32 \(1, 4\), float32 \(1, 4\) and gives float32 \(1, 3\)"),
        (of_whole_numbers, r"takes int32 \(1, 6\) and gives float32 \(1, 18\)"),
    ],
)
def test_models_of_other_inputs_are_refused(build, message, litert):
    with pytest.raises(ValueError, match=f"one input and one output, both float32; this one {message}"):
        models.run_litert(models.to_litert(build()), np.zeros((2, 4)))
    with pytest.raises(ValueError, match="one input and one output"):
        models.to_litert(two_inputs(), "int8", np.zeros((2, 4)))


@pytest.mark.parametrize("shape", [(2, 63), (0, 64), (64,)])
def test_other_inputs_are_refused(shape, contents, litert):
    with pytest.raises(ValueError, match=r"the network takes \(n, 8, 8, 1\), with n at least 1"):
        models.run_litert(contents["float32"], np.zeros(shape))


def test_it_is_compared_with_the_others(model, contents, litert):
    compared = models.compare_models({"Keras": model, **contents}, DATA.X_test, DATA.y_test, rounds=2)
    assert [row.bytes for row in compared.rows[1:]] == [len(content) for content in contents.values()]
    assert compared["float32"].accuracy == compared["Keras"].accuracy
    assert all(row.median < compared["Keras"].median for row in compared.rows[1:])


# --- What is stored ---


def test_what_the_chapter_says_of_litert():
    (whole,) = measured("17")["float32"]
    for row in ROWS.values():
        assert whole["median"] - row["median"] <= 0.01
    assert 3 < ROWS["float32"]["bytes"] / ROWS["int8"]["bytes"] < 4


def test_what_the_chapter_says_of_wider_networks():
    """How much faster int8 is hangs on the processor: what was measured on one is no law."""
    stored = measured("17")
    machines = [row["processor"] for row in stored["machines"]]
    gains = {name: [row["times_faster"] for row in stored["wider"] if row["processor"] == name] for name in machines}
    assert all(len(each) == len(experiment.FILTERS) and each[0] <= 1.1 and sorted(each) == each
               for each in gains.values())  # fmt: skip
    largest = sorted(each[-1] for each in gains.values())
    assert largest[0] < 2 and largest[-1] > 10
    for row in stored["wider"]:
        assert row["times_faster"] == round(row["float32_us"] / row["int8_us"], 1)
        assert models.convolutional(0, row["filters"]).count_params() == row["parameters"]
    recorded = [row for row in stored["machines"] if row["versions"]]
    assert recorded and all(row["versions"]["ai-edge-litert"] and "(" in row["processor"] for row in recorded)


def test_times_are_stored_beside_those_of_other_processors(monkeypatch):
    monkeypatch.setattr(experiment, "FILTERS", (2,))
    monkeypatch.setattr(experiment, "ROUNDS", 1)
    elsewhere = {"processor": "another", "filters": 2}
    before = {"machines": [{"processor": "another"}, {"processor": str(processor()), "load": -1}], "wider": [elsewhere]}
    after = experiment.times(DATA, before)
    assert [row["processor"] for row in after["machines"]] == ["another", str(processor())]
    assert after["machines"][1]["load"] != -1 and after["machines"][1]["versions"]["numpy"] == np.__version__
    assert after["wider"][0] == elsewhere and after["wider"][1]["float32_us"] > 0
