"""The stored measurements of chapter 16 are what their script says, and the figures draw them."""

import json

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.chapters.ch16_trimming import experiment, figures, folding
from nnlearn.chapters.ch16_trimming.networks import KINDS, six_layers
from nnlearn.networks import Network

TABLE = json.loads(experiment.FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def stored():
    return nn.data.measured("16")


def test_the_file_is_the_scripts():
    about = {name: TABLE[name] for name in ("made_by", "columns")}
    assert about == {"made_by": experiment.COMMAND, "columns": experiment.COLUMNS}
    tables = {name: table for name, table in TABLE.items() if isinstance(table, list)}
    text = experiment.storing.text(experiment.COMMAND, experiment.COLUMNS, TABLE["settings"], **tables)
    assert experiment.FILE.read_text(encoding="utf-8") == text
    assert len(tables["shared"]) == len(experiment.GONE) * len(experiment.STARTS) * len(experiment.VALUES)
    assert len(tables["removed"]) == 64 * len(KINDS)


def test_every_summary_is_of_five_networks():
    for name, table in TABLE.items():
        for row in table if isinstance(table, list) and name != "changed" else []:
            each = row["accuracies"]
            assert len(each) == 5 and (row["median"], row["min"], row["max"]) == (np.median(each), min(each), max(each))


def test_the_six_layers_are_as_the_text_says():
    assert {kind: six_layers(kind).count().parameters for kind in KINDS} == {
        "chain": 16_650, "shortcuts": 16_650, "normalised": 16_938}  # fmt: skip
    assert six_layers("chain").count().flops == six_layers("shortcuts").count().flops


@pytest.mark.parametrize("rule", folding.RULES)
def test_the_wrong_folds_are_wrong_and_the_right_one_is_right(rule):
    network = six_layers("normalised")
    generator = np.random.default_rng(0)
    weights = {name: (array + generator.uniform(0.1, 0.5, array.shape)).astype(np.float32)
               for name, array in network.begin(0).items()}  # fmt: skip
    smaller, own = folding.folded(network, weights, rule)
    X = generator.normal(size=(9, 8, 8, 1))
    scores = network.forward(weights, X)
    apart = np.abs(smaller.forward(own, X) - scores).max() / np.abs(scores).max()
    assert apart < 1e-5 if rule == "right" else apart > 1e-4


def test_merging_and_removing_are_measured_again(monkeypatch):
    """Of the stored network; the others are trained anew each time."""
    data = nn.data.digits()
    monkeypatch.setattr(experiment, "FEWER", (8,))
    for row in experiment.units_rows(data, [nn.models.trained()]):
        (before,) = [each for each in TABLE["units"] if (each["way"], each["fewer"]) == (row["way"], 8)]
        assert row["accuracies"][0] == pytest.approx(before["accuracies"][0], abs=0.005)
        assert row["silent"][0] == before["silent"][0]


def test_pruning_takes_the_smallest_of_all_kernels_or_of_a_layer():
    weights = nn.models.trained()
    kernels = [name for name in weights if name.endswith("kernel")]
    half = experiment.pruned(weights, 0.5)
    gone = np.concatenate([half[name].ravel() == 0 for name in kernels])
    assert gone.mean() == pytest.approx(0.5, abs=1e-4)
    sizes = np.abs(np.concatenate([weights[name].ravel() for name in kernels]))
    assert sizes[gone].max() < sizes[~gone].min()
    mixed = experiment.pruned(weights, {"dense": 0.8})
    assert np.mean(mixed["dense/kernel"] == 0) == pytest.approx(0.8, abs=1e-3)
    assert mixed["conv2/kernel"] is weights["conv2/kernel"] or (mixed["conv2/kernel"] == weights["conv2/kernel"]).all()


def test_how_far_a_layer_moves_its_input_is_measured_behind_its_relu(monkeypatch):
    """By hand, of networks that aren't trained."""
    data = nn.data.digits()
    six = {kind: [six_layers(kind).begin(0)] for kind in KINDS}
    rows = experiment.changed_rows(data, six)
    X = data.X_test.reshape(-1, 8, 8, 1)
    for kind in KINDS:
        layers = six_layers(kind).layers
        until = [next(i for i, layer in enumerate(layers) if layer.name == f"layer{n}") for n in (2, 3)]
        x, y = (Network((8, 8, 1), layers[:end]).forward(
                    {name: array for name, array in six[kind][0].items()
                     if name.partition("/")[0] in [layer.name for layer in layers[:end]]}, X)
                for end in until)  # fmt: skip
        (row,) = [row for row in rows if (row["kind"], row["layer"]) == (kind, 2)]
        assert row["share"] == pytest.approx(np.linalg.norm(x - y) / np.linalg.norm(y), abs=1e-3)


# --- Figures ---


def test_the_figures_draw_what_is_stored(stored):
    (axes,) = figures.changed(stored).axes
    for line, kind in zip(axes.lines, figures.KINDS, strict=True):
        rows = [row for row in stored["changed"] if row["kind"] == kind]
        np.testing.assert_array_equal(line.get_data(), ([*range(1, 7)], [row["share"] for row in rows]))
    (axes,) = figures.units(stored).axes
    for line, way in zip(axes.lines, figures.WAYS, strict=True):
        rows = [row for row in stored["units"] if row["way"] == way]
        np.testing.assert_allclose(line.get_ydata(), [100 * row["median"] for row in rows])
    (axes,) = figures.sizes(stored).axes
    for line, gone in zip(axes.lines, figures.GONE, strict=False):
        rows = [row for row in stored["shared"] if (row["gone"], row["start"]) == (gone, "quantile")]
        np.testing.assert_allclose(line.get_xdata(), [row["smallest"] / 1000 for row in rows])
