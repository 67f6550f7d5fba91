"""The lines of chapter 17 that stand in its prose: the cards for tomorrow's work run, and numbers are what they say."""

import re
from functools import cache
from math import prod

import nbformat
import numpy as np
import pytest

from nnlearn import models
from nnlearn.compression import quantize
from nnlearn.data import digits, measured
from nnlearn.models.litert import silence
from tools.environment import ROOT
from tools.hygiene import number_of_words

DATA = digits()


@cache
def cells():
    return {cell.id: cell for cell in nbformat.read(ROOT / "notebooks" / "17_quantisation.ipynb", as_version=4).cells}


def cards():
    """The two pieces of code for tomorrow's work."""
    return re.findall(r"```python\n(.*?)```", cells()["wider-finding"].source, re.DOTALL)


def test_the_chapter_is_not_too_long_and_its_middle_is_marked():
    assert sum(number_of_words(cell.source) for cell in cells().values() if cell.cell_type == "markdown") <= 1800
    places = list(cells())
    assert 0.4 < places.index("half-way") / len(places) < 0.6 and "Half-way" in cells()["half-way"].source
    assert [len(card.splitlines()) <= 11 for card in cards()] == [True, True]


def test_the_card_of_litert_runs():
    pytest.importorskip("ai_edge_litert.interpreter")
    model = models.convolutional()
    model.set_weights([*models.trained().values()])
    names = {"model": model, "data": DATA}
    with silence():
        exec(cards()[0], names)
    assert models.accuracy(names["content"], DATA.X_test, DATA.y_test) == pytest.approx(0.98, abs=0.005)
    told = int(re.search(r"in ([\d,]+) bytes", cards()[0])[1].replace(",", ""))
    assert len(names["content"]) == pytest.approx(told, abs=64)
    (scores,) = names["scores"].values()
    np.testing.assert_allclose(scores, models.run_litert(names["content"], DATA.X_train[:1]), rtol=1e-6)


def test_the_card_of_pytorch_rounds_and_lets_the_gradient_through():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    names = {}
    exec(cards()[1], names)
    model = names["model"]
    for layer in (model[0], model[2]):
        plain = layer.parametrizations.weight.original.detach()
        expected = quantize(plain.numpy(), 2, axis=0).dequantize()
        np.testing.assert_allclose(layer.weight.detach().numpy(), expected, rtol=1e-5, atol=1e-7)
    x = torch.tensor(DATA.X_train[:32], dtype=torch.float32)
    model(x).square().sum().backward()
    errors = 2 * model(x).detach()
    hidden = torch.relu(model[0](x)).detach()
    seen = model[2].parametrizations.weight.original.grad
    np.testing.assert_allclose(seen.numpy(), (errors.T @ hidden).numpy(), rtol=1e-3, atol=1e-4)


def test_affine_codes_of_one_bit_make_nearly_all_weights_0():
    assert "stand for -0.81 and 0" in cells()["rescaled-intro"].source
    weights = models.quantize_weights(models.trained(), 1, "affine")
    dense = weights.weights["dense/kernel"]
    assert np.unique(dense).astype(float).round(2).tolist() == [-0.81, 0] and np.mean(dense == 0) > 0.999
    named = models.forward(weights.weights, DATA.X_test).argmax(axis=1)
    assert len(np.unique(named)) == 1  # one digit for all images


def test_what_a_scale_a_channel_does_to_affine_codes():
    rows = {row["method"]: row for row in measured("17")["bits"] if row["bits"] == 2}
    sentence = (
        r"harms affine codes with that range, in all (\w+) \((\d+) to (\d+)%.*without it, it helped (\w+) "
        r"\((\d+) to (\d+)%, ranges overlap\)"
    )
    told = re.search(sentence, cells()["rescaled-intro"].source).groups()
    pairs = [("affine least error tensor", "affine least error channel"), ("affine tensor", "affine channel")]
    medians = [round(100 * rows[method]["median"]) for pair in pairs for method in pair]
    assert [int(told[i]) for i in (1, 2, 4, 5)] == medians
    harmed, helped = (np.subtract(*(rows[method]["accuracies"] for method in pair)) for pair in pairs)
    assert (np.sum(harmed > 0), np.sum(helped < 0)) == (5, 3) and (told[0], told[3]) == ("five", "three")
    assert rows["affine tensor"]["max"] > rows["affine channel"]["min"]


def test_which_layer_suffers_most_of_one_bit():
    accuracies = {row["layer"]: np.array(row["accuracies"]) for row in measured("17")["fragile"]}
    told = re.search(r"in (\w+) of the five below more than the dense one", cells()["layers-answer"].source)
    assert told[1] == "four" and np.sum(accuracies["output"] < accuracies["dense"]) == 4


def test_a_scale_a_channel_loses_the_rescaled_channel_and_saves_the_others():
    lines = "".join(output.get("text", "") for output in cells()["rescaled"].outputs).splitlines()
    shares = [[float(each) for each in re.findall(r"([\d.]+)%", line)] for line in lines]
    assert len(shares) == 3 and min(map(min, shares)) > 95  # a sixteenth of the largest is less than half of a seventh
    plain = models.quantize_weights(models.trained(), 4, axis=-1).weights
    assert max(np.mean(plain[f"{layer}/kernel"] == 0) for layer in ("conv1", "conv2", "dense")) < 0.3  # before it


def test_what_the_prose_says_of_one_network():
    plain = [models.accuracy(models.quantize_weights(models.trained(), bits), DATA.X_test, DATA.y_test)
             for bits in (4, 3, 2, 1)]  # fmt: skip
    told = re.findall(r"([\d.]+)%", cells()["first-answer"].source)
    assert [float(each) for each in told] == [98.0, 93.1, 14.9, 99, 64.4]
    assert [round(100 * each, 1) for each in plain] == [98.0, 93.1, 14.9, 64.4]
    kernel = models.trained()["dense/kernel"]
    assert round(100 * np.mean(quantize(kernel, 2).codes == 0)) == 99 and round(float(kernel.min()), 2) == -0.43
    tensor, channel = (
        models.quantize_weights(models.trained(), 2, "affine", axis, "least error") for axis in (None, -1)
    )
    kernels = [name for name in tensor.arrays if name.endswith("kernel")]
    assert all(
        channel.arrays[name].snr > tensor.arrays[name].snr for name in kernels
    )  # less error, and yet more misread


def test_bytes_are_those_that_are_said():
    assert "86,184 of this network in float32" in cells()["formulas"].source
    assert sum(prod(array.shape) for array in models.trained().values()) * 4 == 86_184


def test_groups_contain_the_outliers_for_bits_that_are_counted():
    lines = "".join(output.text for output in cells()["groups"].outputs).splitlines()
    rows = [re.search(r"(\d+) weights a scale: ([\d.]+) bits .* (\d+)% are 0.* (-?[\d.]+) dB", line) for line in lines]
    for group, bits in ((int(row[1]), float(row[2])) for row in rows):
        assert bits == pytest.approx(4 + 32 / group, abs=0.006)
    zeros, snr = [int(row[3]) for row in rows], [float(row[4]) for row in rows]
    assert zeros == sorted(zeros, reverse=True) and snr == sorted(snr) and zeros[0] > 95 and snr[-1] > 10
