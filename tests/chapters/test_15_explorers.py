"""The explorers of chapter 15: each control over its whole range, each told number true, each goal within reach."""

import numpy as np
import pytest
from explorer_moves import answered, goals_met, move_everything

import nnlearn as nn
from nnlearn import models
from nnlearn.chapters.ch15_pruning import LayerShares, Prune, Shrink, Units, cuts, layers
from nnlearn.chapters.ch15_pruning.digits import NETWORK, sizes, squares, weights
from nnlearn.chapters.ch15_pruning.shrink import COLOURS, LAMBDAS, RATE, SIZES, START, STEPS, ZERO, Wanted, jumps, rule
from nnlearn.chapters.ch15_pruning.strength import lost_strength, strength
from nnlearn.compression import importance, keep_units, masks, pruned, sparsity, unit_norms
from nnlearn.data import digits

KINDS = (Prune, LayerShares, Units, Shrink)
DATA = digits()


@pytest.fixture(autouse=True)
def coarse(monkeypatch):
    monkeypatch.setattr("nnlearn.explorers.training_map.RESOLUTIONS", (6, 12))


def share_right(arrays, network=NETWORK):
    return models.accuracy((network, arrays), DATA.X_test, DATA.y_test)


@pytest.mark.parametrize("kind", KINDS)
def test_every_control_moves_over_its_whole_range(kind, monkeypatch):
    monkeypatch.setattr(cuts, "CURVE", np.array([0.0, 0.5]))
    monkeypatch.setattr(layers, "SHARES", np.array([0.0, 0.4]))
    move_everything(answered(kind))


@pytest.mark.parametrize("kind", [Prune, LayerShares, Shrink])
def test_before_the_prediction_nothing_gives_the_answer_away(kind):
    explorer = kind()
    assert explorer.asking and explorer.cover.hides
    told = explorer.status + explorer.alternative_text().replace("98.0% of the test digits", "")
    for number in ("98.0", "89.8", "57.1", "93.8", "% of the map", "accuracy", "Accuracy"):
        assert number not in told
    explorer.predict(explorer.prediction.answer.start)
    assert not explorer.cover.hides


# --- What can go ---


@pytest.mark.parametrize("name", ["network", "layer", "random", "squares"])
def test_what_the_first_explorer_tells(name):
    explorer = answered(Prune, rule=name, share=0.6, draw_number=3)
    scores = {"random": nn.compression.at_random(models.trained(), 3), "squares": squares()}.get(name, sizes())
    left = pruned(models.trained(), masks(scores, 0.6, "layer" if name == "layer" else "network"))
    assert explorer.result.accuracy == pytest.approx(share_right(left))
    assert f"60% gone, accuracy {share_right(left):.1%}." in explorer.status
    assert sparsity(left) == pytest.approx(0.6, abs=1e-4)
    gone = [np.mean(left[f"{layer}/kernel"] == 0) for layer in ("conv1", "conv2", "dense", "output")]
    np.testing.assert_allclose(explorer.result.gone, gone)
    place = np.argmin(np.abs(cuts.CURVE - 0.6))
    assert explorer.result.curve[place, 1] == pytest.approx(100 * share_right(left))
    assert (explorer.result.level is None) == (name != "network")


def test_one_level_cuts_all_layers_where_it_meets_their_curves():
    result = answered(Prune, rule="network", share=0.7).result
    for size, gone in zip(sizes().values(), result.gone, strict=True):
        assert np.mean(size <= result.level) == pytest.approx(gone)
    assert result.gone[3] < 0.2 < 0.7 < result.gone[2]  # small is small for the network, not for its layer


def test_bytes_are_those_of_the_kernels():
    explorer = answered(Prune, share=0.5)
    dense, csr, bits = explorer.result.nbytes
    left = pruned(weights(), masks(sizes(), 0.5))
    kernels = [array.reshape(-1, array.shape[-1]) for name, array in left.items() if "kernel" in name]
    assert dense == sum(kernel.nbytes for kernel in kernels) == 85_824
    assert csr == sum(nn.compression.CSR.of(kernel).nbytes for kernel in kernels) > dense
    assert bits == sum(nn.compression.BitMask.of(kernel).nbytes for kernel in kernels) < dense


def test_the_goals_of_the_first(monkeypatch):
    monkeypatch.setattr(cuts, "CURVE", np.array([0.0, 0.5]))
    explorer = answered(Prune)
    assert goals_met(explorer, rule="network", share=0.5) == [False, False, False]
    assert goals_met(explorer, rule="squares", share=0.51) == [True, False, False]
    assert goals_met(explorer, rule="network", share=0.8) == [False, True, False]
    assert goals_met(explorer, rule="layer", share=0.8) == [False, False, False]
    found = [goals_met(explorer, rule="random", share=0.04, draw_number=draw)[2] for draw in range(10)]
    assert any(found) and not all(found)


def test_the_first_prediction_s_truth():
    assert cuts.random_tenth_or_smallest_half() == (
        "Measured: the random tenth. Without it the network reads 89.8% (the median of 10 draws), without the smallest "
        "half 98.0%, whole 98.0%."
    )
    assert "the smallest half holds 7%, a random tenth 10%" in cuts.thought_behind("half")
    assert cuts.thought_behind("tenth") == "" and "Size is no accident" in cuts.thought_behind("same")


# --- Where it hurts ---


def test_what_the_second_tells():
    shares = {"conv1": 0.1, "conv2": 0.5, "dense": 0.8, "output": 0.2}
    explorer = answered(LayerShares, **shares)
    left = pruned(weights(), masks(sizes(), shares))
    gone = round(21_456 * sparsity(left))
    assert explorer.result.weights_gone == gone
    assert f"{gone:,} of 21,456 weights. Accuracy {share_right(left):.1%}" in explorer.status


def test_the_map_is_each_layer_alone():
    explorer = answered(LayerShares)
    for row, layer in enumerate(("conv1", "conv2", "dense", "output")):
        column = 15
        alone = pruned(weights(), masks(sizes(), {layer: float(layers.SHARES[column])}))
        assert explorer.result.map[row, column] == pytest.approx(share_right(alone))
    assert explorer.result.map.shape == (4, 25) and not np.isnan(explorer.result.map).any()


def test_the_goals_of_the_second():
    explorer = answered(LayerShares)
    nothing = dict.fromkeys(("conv1", "conv2", "dense", "output"), 0.0)
    assert goals_met(explorer, **nothing | {"conv2": 0.6, "dense": 0.75}) == [True, False]
    assert goals_met(explorer, **nothing | {"output": 0.62}) == [False, True]
    assert goals_met(explorer, **dict.fromkeys(nothing, 0.7)) == [False, False]


def test_the_second_prediction_s_truth():
    truth = layers.each_layer_or_the_network()
    assert truth.startswith("Measured: 57.1% with the smallest of each layer gone, 93.8%")
    assert "224 weights" in layers.thought_behind("each") and round(0.7 * 320) == 224 and round(0.7 * 16_384) == 11_469


# --- Whole units ---


def test_what_the_third_tells():
    explorer = answered(Units, conv2=20, dense=11)
    keep = {"conv2": keep_units(unit_norms(weights(), "conv2"), 20),
            "dense": keep_units(unit_norms(weights(), "dense"), 11)}  # fmt: skip
    small, smaller = nn.compression.shrink(NETWORK, weights(), keep)
    count = small.count()
    assert explorer.status == (
        f"Accuracy {share_right(smaller, small):.1%}; {count.parameters:,} parameters of 21,546, "
        f"{count.flops:,} operations of 641,664."
    )
    assert explorer.result.stay.sum() == 16 + 20 + 11


def test_the_goals_of_the_third():
    explorer = answered(Units)
    assert goals_met(explorer, dense=24) == [True, False, False]
    assert goals_met(explorer, dense=32, conv2=16, by="random", draw_number=0) == [False, True, False]
    assert goals_met(explorer, draw_number=1) == [False, False, False]
    assert goals_met(explorer, by="l2", conv1=9, conv2=27) == [False, False, True]


# --- Which penalty makes zeros ---


@pytest.mark.parametrize("name", ["l2", "l1", "proximal"])
def test_the_map_s_runs_are_the_course_s(name):
    explorer = answered(Shrink, rule=name, pixel=(0.5, 1.0))
    optimizer, J = rule(name, 0.5, 1.0)
    alone = nn.run(optimizer, J, [START], STEPS)
    np.testing.assert_allclose(explorer.result.run.theta, alone.theta)
    image, (left, right, bottom, top) = explorer.result.map.image, explorer.extent()
    for row, column in ((0, 3), (5, 8), (11, 6)):
        place, pull = np.linspace(left, right, 12)[column], np.linspace(bottom, top, 12)[row]
        optimizer, J = rule(name, place, pull)
        end = nn.run(optimizer, J, [START], STEPS).theta[-1, 0]
        expected = ZERO if end == 0 else COLOURS(SIZES(abs(end)))[:3]
        np.testing.assert_allclose(image[row, column], expected, atol=0.02)


def test_where_each_rule_rests():
    """L2 at place / (1 + lambda); proximal L1 at place -+ lambda, or at exactly 0; plain L1 around 0, never there."""
    for place, pull in ((1.0, 0.5), (-1.5, 1.0), (0.4, 1.2)):
        ends = {}
        for name in ("l2", "l1", "proximal"):
            optimizer, J = rule(name, place, pull)
            ends[name] = nn.run(optimizer, J, [START], 400, keep=["theta"]).theta[-20:, 0]
        assert ends["l2"][-1] == pytest.approx(place / (1 + pull)) and (ends["l2"] != 0).all()
        assert ends["proximal"][-1] == pytest.approx(np.sign(place) * max(abs(place) - pull, 0), abs=1e-12)
        assert (ends["proximal"][-1] == 0) == (abs(place) <= pull)
        assert (ends["l1"] != 0).all() and jumps(ends["l1"]) == (abs(place) < pull)
        if abs(place) < pull:
            assert np.abs(ends["l1"]).max() <= RATE * (pull + abs(place) + 0.3)


def test_the_goals_of_the_map():
    explorer = answered(Shrink)
    assert goals_met(explorer, rule="l2", pixel=(1.0, 2.0)) == [False, False, False]
    assert goals_met(explorer, rule="proximal", pixel=(1.0, 1.2)) == [True, False, False]
    assert goals_met(explorer, rule="proximal", pixel=(1.0, 0.9)) == [False, False, False]
    assert goals_met(explorer, rule="l1", pixel=(0.5, 1.0)) == [False, True, False]
    assert "jumps between" in explorer.status
    assert goals_met(explorer, claim="possible") == [False, True, False]
    assert goals_met(explorer, rule="l2", claim="impossible") == [False, False, True]


def test_the_third_prediction_s_truth():
    J = [nn.objectives.Penalised(Wanted(0.5), l2=strength) for strength in LAMBDAS]
    ends = [nn.run(nn.GradientDescent(1 / (2 + s)), each, [START], 3000).theta[-1, 0]
            for s, each in zip(LAMBDAS, J, strict=True)]  # fmt: skip
    np.testing.assert_allclose(ends, [0.5 / (1 + s) for s in LAMBDAS])


# --- What explains them ---


def test_strength_is_each_layer_s_share_of_squares():
    found = masks(sizes(), 0.5)
    lost = lost_strength(weights(), found)
    kernel = weights()["dense/kernel"].astype(np.float64)
    assert lost["dense/kernel"] == pytest.approx((kernel[~found["dense/kernel"]] ** 2).sum() / (kernel**2).sum())
    for name, score in strength(weights()).items():
        assert (
            score.sum() == pytest.approx(1) and (np.argsort(score.ravel()) == np.argsort(sizes()[name].ravel())).all()
        )
    chance = masks(nn.compression.at_random(weights()), 0.1)
    assert sum(lost_strength(weights(), chance).values()) == pytest.approx(0.4, abs=0.08)


def test_a_layer_of_zeros_has_no_strength_to_lose():
    zeros = {"a/kernel": np.zeros((2, 2)), "b/kernel": np.eye(2)}
    assert lost_strength(zeros, masks(zeros, 0.5)) == {"a/kernel": 0, "b/kernel": 0}
    assert [score.sum() for score in strength(zeros).values()] == [0, 1]


def test_the_squares_are_those_of_the_training_images():
    expected = importance(NETWORK, weights(), DATA.X_train.reshape(-1, 8, 8, 1), DATA.y_train)
    np.testing.assert_allclose(squares()["output/kernel"], expected["output/kernel"], rtol=1e-4)


# --- What the pictures show ---


def test_the_picture_of_what_can_go(monkeypatch):
    monkeypatch.setattr(cuts, "CURVE", np.array([0.0, 0.5]))
    assert not Prune().here.get_visible() and not LayerShares().here.get_visible()
    explorer = answered(Prune, rule="network", share=0.7, layer="output")
    result, kernel = explorer.result, weights()["output/kernel"]
    assert explorer.here.get_visible() and explorer.here.get_xydata().tolist() == [[0.7, 100 * result.accuracy]]
    for dot, size, gone in zip(explorer.dots, sizes().values(), result.gone, strict=True):
        assert dot.get_xydata()[0] == pytest.approx([gone, max(float(np.quantile(size, gone)), 1e-4)])
    image = np.asarray(explorer.kernel.get_array())
    assert (image[~result.mask] == explorer.hole).all()
    for sign, ink in ((-1, explorer.inks[0]), (1, explorer.inks[2])):
        place = np.unravel_index(np.argmax(sign * kernel), kernel.shape)
        depth = np.sqrt(abs(kernel[place]) / np.abs(kernel).max())
        np.testing.assert_allclose(image[place], explorer.inks[1] + depth * (ink - explorer.inks[1]), atol=1e-6)


def test_the_picture_of_where_it_hurts():
    explorer = answered(LayerShares, conv1=0.1, conv2=0.2, dense=0.3, output=0.4)
    np.testing.assert_allclose(explorer.here.get_xydata(), [[0.1, 0], [0.2, 1], [0.3, 2], [0.4, 3]])
    left, right, bottom, top = explorer.image.get_extent()
    assert left < 0 < right and (bottom, top) == (3.5, -0.5)
    assert [bar.get_width() for bar in explorer.left] == [130, 3686, 11_469, 192]


def test_the_picture_of_units():
    explorer = answered(Units, dense=11)
    heights = np.array([bar.get_height() for bar in explorer.bars])
    np.testing.assert_allclose(heights, np.where(explorer.result.stay, explorer.norms, 0))
    result = explorer.result
    shares = [result.parameters / 21_546, result.flops / 641_664, result.accuracy]
    np.testing.assert_allclose([bar.get_width() for bar in explorer.costs], 100 * np.array(shares))


def test_the_picture_of_the_map():
    explorer = answered(Shrink, rule="l1", pixel=(0.5, 1.0), step=3)
    theta = explorer.result.run.theta[:, 0]
    assert explorer.here.get_xydata().tolist() == [[3, theta[3]]]
    assert explorer.chosen.get_xydata().tolist() == [[0.5, 1.0]]
