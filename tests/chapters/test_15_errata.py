"""The errors of the sources on the ground of chapter 15, each run; and the numbers that the chapter's text tells."""

import nbformat
import numpy as np
import pytest

import nnlearn as nn
from nnlearn import models
from nnlearn.chapters.ch15_pruning import figures, layers, tables, units
from nnlearn.chapters.ch15_pruning.cuts import read
from nnlearn.chapters.ch15_pruning.digits import squares
from nnlearn.compression import break_even, importance, keep_units, magnitude, masks, pruned, shrink, unit_norms
from nnlearn.compression.prune_gradients import example_gradients
from nnlearn.data import digits
from nnlearn.networks import ReLU, mlp
from nnlearn.networks.losses import SoftmaxCrossEntropy
from nnlearn.syllabus import errata
from tools.environment import ROOT

STORED, DATA = nn.data.measured("15"), digits()
PROSE = {cell.id: cell.source for cell in nbformat.read(ROOT / "notebooks/15_pruning.ipynb", as_version=4).cells}
CUTS = {(row["rule"], row["share"]): row for row in STORED["cuts"]}
TUNED = {(row["share"], row["way"]): row for row in STORED["tuned"]}


def shows(name):
    """What running the fault shows, by the table."""
    return next(row["shows"] for row in errata("15").rows if row["id"] == name)


# --- The sources' errors ---


def test_c11():
    """The source's two networks: the smaller one is a new one, and agrees with the first as chance does."""
    assert shows("C11") == "6922 to 1386 parameters, agreement with the original at chance"
    original, small = (mlp(*widths, activation=ReLU) for widths in ((32, 64, 64, 10), (32, 32, 10)))
    assert [network.count().parameters for network in (original, small)] == [6922, 1386]
    X = np.random.default_rng(0).normal(size=(2000, 32))
    said = original.forward(original.begin(0), X).argmax(axis=1)
    agreement = [np.mean(small.forward(small.begin(seed), X).argmax(axis=1) == said) for seed in range(1, 21)]
    assert np.median(agreement) == pytest.approx(0.1, abs=0.03)


def test_c11_mended():
    """Units taken out of the trained network, whose others keep their weights: it says nearly the same."""
    network, weights, images = models.digits_cnn(), models.trained(), DATA.X_test.reshape(-1, 8, 8, 1)
    said = network.forward(weights, images).argmax(axis=1)
    keep = {layer: keep_units(unit_norms(weights, layer), count) for layer, count in (("conv2", 20), ("dense", 26))}
    small, smaller = shrink(network, weights, keep)
    assert np.mean(small.forward(smaller, images).argmax(axis=1) == said) > 0.95
    new = models.digits_cnn(8)
    assert np.mean(new.forward(new.begin(0), images).argmax(axis=1) == said) < 0.2


def test_k03():
    assert shows("K03") == "0 of 20 exact zeros; proximal L1 16 of 20; plain L1 subgradient 0"
    random = np.random.default_rng(0)
    X = random.normal(size=(100, 20))
    J = nn.objectives.LinearRegression(X, X[:, :4] @ [3.0, -2.0, 1.5, 1.0] + 0.1 * random.normal(size=100))
    zeros = {}
    for name, rule, objective in (
        ("L2", nn.GradientDescent(0.05), nn.objectives.Penalised(J, l2=0.4)),
        ("plain L1", nn.GradientDescent(0.05), nn.objectives.Penalised(J, l1=0.4)),
        ("proximal L1", nn.ProximalL1(0.05, l1=0.4 * J.penalised), J),
    ):
        w, _ = J.unpack(nn.run(rule, objective, J.start, 2000, keep=["theta"], every=2000).theta[-1])
        zeros[name] = int(np.sum(w == 0))
    assert zeros == {"L2": 0, "plain L1": 0, "proximal L1": 16}


def test_k08():
    """Three words, three entries of the glossary."""
    rows = (ROOT / "nnlearn/locale/GLOSSARY.md").read_text(encoding="utf-8").splitlines()
    words = dict(row.strip("|").split("|")[:2] for row in rows if row.count("|") >= 3)
    found = {english.strip().split(" ")[0].rstrip(","): chinese.strip() for english, chinese in words.items()}
    assert (found["pruning"], found["trimming"], found["crop"]) == ("剪枝", "剪裁", "裁剪")
    assert all(word in PROSE["core-ideas"] for word in ("剪枝", "剪裁", "裁剪"))


# --- What the text tells ---


def better(one, other):
    """From how many seeds the one is better."""
    return sum(a > b for a, b in zip(one["accuracies"], other["accuracies"], strict=True))


def test_the_strength_lost_of_a_random_tenth_and_of_the_smallest_half_of_each_layer():
    tenth, half = CUTS["random", 0.1], CUTS["layer", 0.5]
    assert tenth["lost"] == pytest.approx(half["lost"], abs=0.005) and round(half["lost"], 1) == 0.4
    assert f"{tenth['median']:.0%}" == "88%" and f"{half['median']:.0%}" == "90%"
    assert "end at 88 and 90%" in PROSE["strength-finding"]


def test_against_strength_the_three_rules_lie_closer_together_than_against_the_count():
    """The largest gap between two of the lines, where both are, by interpolation."""

    def gap(column):
        lines = {rule: sorted((CUTS[rule, share][column], CUTS[rule, share]["median"]) for rule_, share in CUTS
                              if rule_ == rule) for rule in figures.SHOWN}  # fmt: skip
        top = min(line[-1][0] for line in lines.values())
        x = np.linspace(0.1, top, 50)
        found = [np.interp(x, *zip(*line, strict=True)) for line in lines.values()]
        return float(np.max(np.ptp(found, axis=0))), float(np.mean(np.ptp(found, axis=0)))

    assert gap("lost")[0] < 0.25 < 0.8 < gap("share")[0] and gap("lost")[1] < 0.1 < 0.5 < gap("share")[1]


def test_random_tenths_and_where_it_hurts():
    tenths = [read("random", 0.1, draw) for draw in range(10)]
    assert f"{np.median(tenths):.1%}" == "89.8%"
    lost = 100 * (read("network", 0.0, 0) - np.array(tenths))
    assert (round(lost.min()), round(lost.max())) == (3, 35) and "cost 3 to 35 points" in PROSE["prune-answer"]
    assert (
        f"{CUTS['layer', 0.7]['median']:.1%} and {CUTS['network', 0.7]['median']:.1%}" in PROSE["layer-shares-answer"]
    )
    sizes = magnitude(models.trained())
    assert [f"{sizes[name].mean():.2f}" for name in ("dense/kernel", "output/kernel")] == ["0.07", "0.23"]


def test_which_score():
    medians = {rule: CUTS[rule, 0.5]["median"] for rule in ("slope", "mean", "squares", "network")}
    assert medians["slope"] < 0.5 < medians["mean"] < 0.9 < min(medians["squares"], medians["network"])
    assert [better(CUTS["network", share], CUTS["squares", share]) for share in (0.8, 0.9)] == [4, 5]
    assert better(CUTS["squares", 0.5], CUTS["network", 0.5]) == 4
    assert [better(CUTS["strength", share], CUTS["network", share]) for share in (0.8, 0.9)] == [3, 1]
    anew = {row["share"]: row for row in STORED["rounds"]}
    assert (
        better(anew[0.8], CUTS["squares", 0.8]) == 5
        and abs(anew[0.8]["median"] - CUTS["network", 0.8]["median"]) < 0.02
    )
    assert all(row["train"] == 1.0 and row["top"] > 0.5 for row in STORED["hardest"])


def test_the_squares_without_the_ten_hardest_images():
    """Of the stored network, with 80% gone."""
    network, images = models.digits_cnn(), DATA.X_train.reshape(-1, 8, 8, 1)
    kernels = {name: models.trained()[name] for name in magnitude(models.trained())}
    each = np.concatenate([
        sum(np.sum((kernel * slopes[name]) ** 2, axis=tuple(range(1, slopes[name].ndim)))
            for name, kernel in kernels.items())
        for slopes in example_gradients(network, models.trained(), images, DATA.y_train, SoftmaxCrossEntropy())
    ])  # fmt: skip
    found = []
    for those in (np.argsort(each)[:-10], slice(None)):
        scores = importance(network, models.trained(), images[those], DATA.y_train[those])
        found.append(models.accuracy(pruned(models.trained(), masks(scores, 0.8)), DATA.X_test, DATA.y_test))
    assert "first network {:.1%} instead of {:.1%}".format(*found) in PROSE["importance-finding"]


def test_the_nine_neurons_that_answer_0():
    """The shortest nine, of which the squares know: nothing changes without what they say, on no image."""
    network, weights, shape = models.digits_cnn(), models.trained(), (-1, 8, 8, 1)
    dead = np.argsort(unit_norms(weights, "dense"))[:9]
    silent = {**weights, "output/kernel": weights["output/kernel"].copy()}
    silent["output/kernel"][dead] = 0
    for images in (DATA.X_train.reshape(shape), DATA.X_test.reshape(shape)):
        np.testing.assert_array_equal(network.forward(silent, images), network.forward(weights, images))
    assert (weights["output/kernel"][dead] != 0).all()
    columns = (squares()["dense/kernel"] == 0).all(axis=0)
    np.testing.assert_array_equal(np.flatnonzero(columns), np.sort(dead))
    grey = ~masks(squares(), 0.51)["dense/kernel"].any(axis=0)
    np.testing.assert_array_equal(grey, columns)
    assert "nine shortest say 0 to every image" in PROSE["units-answer"]
    assert "nine of the first network's 32" in PROSE["importance-finding"]


def test_what_the_units_answer_tells():
    length = units.read("l2", 0, (16, 16, 32))[0]
    assert sum(units.read("random", draw, (16, 16, 32))[0] > length for draw in range(10)) == 8
    assert "8 draws of 10" in PROSE["units-answer"]


def test_how_few_weights_hurt():
    """Of either small layer."""
    for shares, text in (((0, 0, 0, 0.62), "198 weights"), ((0.98, 0, 0, 0), "141 of conv1's 144: 66.0%")):
        assert layers.wrong(*shares) > 0.15 * 450 and text in PROSE["layer-shares-answer"]
    assert round(0.62 * 320) == 198 and round(0.98 * 144) == 141
    assert f"{layers.accuracy(layers.wrong(0.98, 0, 0, 0)):.1%}" == "66.0%"
    lost = layers.accuracy(layers.wrong(0, 0, 0, 0)) - layers.accuracy(layers.wrong(0, 0, 0, 0.62))
    assert f"cost {100 * lost:.0f} points" in PROSE["layer-shares-answer"]


def test_most_of_the_output_layer_s_error_is_the_same_for_every_image():
    """Its mean over the training images, taken off by the biases, gives back nearly all."""
    network, shape = models.digits_cnn(), (-1, 8, 8, 1)
    left = pruned(models.trained(), masks(magnitude(models.trained()), {"output": 0.62}))
    images = DATA.X_train.reshape(shape)
    error = network.forward(left, images) - network.forward(models.trained(), images)
    mean = error.mean(axis=0)
    assert f"{np.mean(mean**2) / np.mean(error**2):.0%} of the scores" in PROSE["strength-finding"]
    mended = {**left, "output/bias": left["output/bias"] - mean}
    before, after = (models.accuracy((network, w), DATA.X_test, DATA.y_test) for w in (left, mended))
    assert f"reads {after:.1%} instead of {before:.1%}" in PROSE["strength-finding"]


def test_the_squares_of_a_unit_add_up_to_much_the_same():
    kernels = [models.trained()[f"{layer}/kernel"] for layer in ("conv2", "dense", "output", "conv1")]
    sums = [f"{np.sum(np.square(kernel)) / kernel.shape[-1]:.1f}" for kernel in kernels]
    assert "({}, {}, {}; conv1 {})".format(*sums) in PROSE["strength-finding"]


def test_the_pruned_network_as_small_as_the_new_one():
    network, images = models.digits_cnn(), DATA.X_test.reshape(-1, 8, 8, 1)
    widths = {"conv1": 8, "conv2": 16, "dense": 16}
    keep = {layer: keep_units(unit_norms(models.trained(), layer), width) for layer, width in widths.items()}
    small, smaller = shrink(network, models.trained(), keep)
    answers = [net.forward(w, images).argmax(axis=1) for net, w in ((network, models.trained()), (small, smaller))]
    same = f"says the same of {np.mean(answers[0] == answers[1]):.0%}"
    assert f"to {small.count().parameters:,} parameters, too, it {same}" in PROSE["bug-l2"]


def test_where_the_bit_mask_pays():
    assert round(100 * (1 - break_even((512, 32), "bits") / (512 * 32)), 1) == 3.1
    assert "from 3.1% on" in PROSE["bytes-answer"]


def test_what_training_gives_back():
    assert TUNED[0.9, "network, long"]["median"] > 0.97 and TUNED[0.9, "random"]["max"] < 0.5
    assert better(TUNED[0.98, "gradual"], TUNED[0.98, "network, long"]) == 4
    assert all(better(TUNED[share, "gradual"], TUNED[share, "network, long"]) < 4 for share in (0.8, 0.9, 0.95))
    assert better(TUNED[0.9, "network, long"], STORED["fresh"][-1]) == 5
    assert STORED["fresh"][-1]["parameters"] == 2230 and STORED["fresh"][-1]["epochs"] == 40


def test_units_after_training():
    rows = {(row["units"], row["by"]): row for row in STORED["units"]}
    for each in dict.fromkeys(row["units"] for row in STORED["units"]):
        assert abs(rows[each, "l2"]["median"] - rows[each, "random"]["median"]) < 0.0055
    assert better(rows["dense 16", "l2"], rows["dense 16", "random"]) == 5
    assert "*dense 16*: length wins all five" in PROSE["units-finding"]
    assert rows["conv2 16", "random"]["before"]["median"] > rows["conv2 16", "l2"]["before"]["median"]


def test_the_penalties():
    rows = {(row["rule"], row["lambda"]): row for row in STORED["proximal"]}
    for strength in (1e-4, 1e-3, 1e-2):
        assert rows["L2", strength]["zeros"] == rows["plain L1", strength]["zeros"] == 0
        assert rows["proximal L1", strength]["zeros"] > 100
        assert rows["proximal L1", strength]["accuracy"] == rows["plain L1", strength]["accuracy"]


def test_times_are_stored_with_their_processor():
    machines = {row["processor"] for row in STORED["machines"]}
    assert {row["processor"] for row in STORED["times"]} == machines
    for row in STORED["times"]:
        if "csr_us" in row:
            assert row["csr_us"] > row["dense_us"]
        elif row["what"] == "256 images":
            assert row["units_us"] < 0.75 * row["whole_us"]


@pytest.mark.parametrize("rule", ["network", "layer"])
def test_a_stored_row_is_what_the_stored_network_gives(rule):
    """The network of the first seed was trained again; another one by a hair: within a few points."""
    for share in (0.3, 0.5):
        cut = masks(magnitude(models.trained()), share, rule)
        found = models.accuracy(pruned(models.trained(), cut), DATA.X_test, DATA.y_test)
        assert found == pytest.approx(CUTS[rule, share]["accuracies"][0], abs=0.03)


# --- The figure and the tables ---


def test_the_figure_shows_the_file_s_numbers():
    left, right = figures.count_or_strength(STORED).axes
    for axes, column in ((left, "share"), (right, "lost")):
        for line, rule in zip(axes.lines, figures.SHOWN, strict=True):
            rows = [row for row in STORED["cuts"] if row["rule"] == rule]
            np.testing.assert_allclose(line.get_xydata(), [(row[column], 100 * row["median"]) for row in rows])
        assert len({line.get_linestyle() for line in axes.lines}) == 3


def test_the_tables():
    scores = tables.scores(STORED, 0.5, 0.8)
    assert scores.rows[0][1] == "98.0% [96.0%, 98.4%]" and len(scores.rows) == 6
    assert tables.tuned(STORED).rows[2][1].startswith(f"{TUNED[0.8, 'random']['median']:.1%}")
    assert tables.bytes_of_the_dense_layer(0.5).rows[1][1:] == ["67,588", "51.6%"]
    assert tables.penalties(STORED).rows[2][2] == "367 zeros, 96.9%"
    untrained = np.median(TUNED[0.8, "network"]["before"])
    assert tables.tuned(STORED).rows[0][1] == f"{untrained:.1%}"
    assert len(tables.units(STORED).rows) == 8
    first = STORED["units"][0]
    assert [row.split(" ")[0] for row in tables.units(STORED).rows[0][3:]] == [
        f"{first['before']['median']:.1%}", f"{first['median']:.1%}",
    ]  # fmt: skip
