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
    rows = {(row["method"], row["bits"]): row["median"] for row in measured("17")["bits"]}
    sentence = r"harms affine codes with that range \((\d+) to (\d+)%\), and helps without it \((\d+) to (\d+)%\)"
    told = re.search(sentence, cells()["rescaled-intro"].source)
    methods = ("affine least error tensor", "affine least error channel", "affine tensor", "affine channel")
    assert [int(each) for each in told.groups()] == [round(100 * rows[method, 2]) for method in methods]


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
