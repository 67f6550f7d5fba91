"""Pruning: which weights go by which score, units that really go, schedules; beside PyTorch's and plain definitions."""

import re

import numpy as np
import pytest

import nnlearn as nn
from nnlearn import models
from nnlearn.compression import (
    GradualSparsity,
    at_random,
    importance,
    keep_units,
    magnitude,
    masks,
    pruned,
    shrink,
    sparsity,
    unit_norms,
    without_units,
)
from nnlearn.data import digits
from nnlearn.networks import (
    MSE,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPool2D,
    Network,
    ReLU,
    Sigmoid,
    Tanh,
    mlp,
)
from nnlearn.networks.layer import Layer
from nnlearn.networks.layers.activations import Activation

STORED, CNN, DATA = models.trained(), models.digits_cnn(), digits()
IMAGES = DATA.X_train.reshape(-1, 8, 8, 1)
SHARES = (0.0, 0.1, 0.5, 0.77, 1.0)
PLANE = nn.objectives.Quadratic(curvatures=[1, 1])


def weights_of(network, seed=0):
    """Random ones, with biases that aren't 0 and variances above it."""
    generator = np.random.default_rng(seed)
    return {name: np.abs(generator.normal(size=leaf.shape)).astype(np.float32) + 0.1 if "variance" in name
            else generator.normal(size=leaf.shape).astype(np.float32)
            for name, leaf in network.leaves.declared.items()}  # fmt: skip


# --- Masks ---


@pytest.mark.parametrize("share", SHARES)
def test_one_cut_for_all_is_a_threshold(share):
    scores = magnitude(STORED)
    found = masks(scores, share)
    everything = np.concatenate([array.ravel() for array in scores.values()])
    gone = np.concatenate([~mask.ravel() for mask in found.values()])
    assert gone.sum() == round(share * everything.size)
    if 0 < share < 1:
        assert everything[gone].max() <= everything[~gone].min()


@pytest.mark.parametrize("share", SHARES)
def test_a_cut_for_each_layer_takes_as_much_of_each(share):
    for name, mask in masks(magnitude(STORED), share, each="layer").items():
        sizes = np.abs(STORED[name])
        assert np.sum(~mask) == round(share * mask.size)
        assert sizes[~mask].max(initial=0) <= sizes[mask].min(initial=np.inf)


def test_shares_by_layer():
    found = masks(magnitude(STORED), {"conv2": 0.6, "dense": 0.75})
    assert {name: round(1 - mask.mean(), 3) for name, mask in found.items()} == {
        "conv1/kernel": 0, "conv2/kernel": 0.6, "dense/kernel": 0.75, "output/kernel": 0,
    }  # fmt: skip


def test_equal_scores_go_in_their_order():
    (mask,) = masks({"a/kernel": np.array([[2.0, 1.0], [1.0, 1.0]])}, 0.5).values()
    np.testing.assert_array_equal(mask, [[True, False], [False, True]])


def test_a_layer_of_two_kernels_has_a_cut_for_each():
    scores = {"g/depthwise_kernel": np.arange(4.0), "g/pointwise_kernel": np.arange(2.0), "b/kernel": np.ones(3)}
    found = masks(scores, {"g": 0.5})
    assert {name: int(mask.sum()) for name, mask in found.items()} == {
        "g/depthwise_kernel": 2, "g/pointwise_kernel": 1, "b/kernel": 3,
    }  # fmt: skip


def test_sizes_of_whole_and_half_numbers():
    found = magnitude({"a/kernel": np.array([-128, 3], np.int8), "b/kernel": np.array([-2, 1], np.float16)})
    np.testing.assert_array_equal(found["a/kernel"], [128, 3])
    assert found["b/kernel"].dtype == np.float16 and (found["b/kernel"] > 0).all()


@pytest.mark.parametrize("each", ["network", "layer"])
def test_layers_of_zeros_and_layers_of_nothing(each):
    found = masks({"a/kernel": np.zeros((2, 2)), "b/kernel": np.ones((0, 3)), "c/kernel": np.ones(4)}, 0.5, each)
    assert [int((~mask).sum()) for mask in found.values()] == ([4, 0, 0] if each == "network" else [2, 0, 2])
    assert sparsity({"a/kernel": np.zeros((2, 2)), "b/kernel": np.ones((0, 3))}) == 1


def test_pytorch_makes_the_same_cuts():
    torch = pytest.importorskip("torch")
    prune = pytest.importorskip("torch.nn.utils.prune")
    layers = {name: torch.nn.Linear(1, 1) for name in magnitude(STORED)}
    for name, layer in layers.items():
        layer.weight = torch.nn.Parameter(torch.tensor(STORED[name]))
    parameters = [(layer, "weight") for layer in layers.values()]
    prune.global_unstructured(parameters, prune.L1Unstructured, amount=0.7)
    for name, mask in masks(magnitude(STORED), 0.7).items():
        np.testing.assert_array_equal(layers[name].weight_mask.numpy() == 1, mask)
    layer = torch.nn.Linear(1, 1)
    layer.weight = torch.nn.Parameter(torch.tensor(STORED["dense/kernel"]))
    prune.l1_unstructured(layer, "weight", amount=0.3)
    np.testing.assert_array_equal(
        layer.weight_mask.numpy() == 1, masks(magnitude(STORED), 0.3, each="layer")["dense/kernel"]
    )


def test_pruned_keeps_the_rest_and_leaves_what_was_given():
    before = {name: array.copy() for name, array in STORED.items()}
    found = masks(magnitude(STORED), 0.6)
    after = pruned(STORED, found)
    assert sparsity(after) == pytest.approx(0.6, abs=1e-4)
    for name, array in STORED.items():
        np.testing.assert_array_equal(array, before[name])
        assert after[name].dtype == np.float32
        np.testing.assert_array_equal(after[name], array * found[name] if name in found else array)


def test_at_random_is_a_function_of_the_seed():
    one, again, other = (masks(at_random(STORED, seed), 0.3)["dense/kernel"] for seed in (1, 1, 2))
    assert (one == again).all() and not (one == other).all() and (~one).mean() == pytest.approx(0.3, abs=0.02)


# --- Importance ---


SMALL = Network((6, 6, 1), [Conv2D(3, 3), BatchNorm(), Tanh(), MaxPool2D(), Flatten(), Dropout(0.5), Dense(4)])


@pytest.mark.parametrize("by", ["squares", "mean", "slope"])
def test_importance_is_its_definition_on_each_example_alone(by):
    weights = weights_of(SMALL)
    generator = np.random.default_rng(1)
    X, y = generator.normal(size=(37, 6, 6, 1)), generator.integers(0, 4, 37)
    statistics = {name: weights[name] for name in SMALL.leaves.measured}
    plain = Network(SMALL.shape, [layer for layer in SMALL.layers if not isinstance(layer, Dropout)])  # it runs
    theta = plain.pack(weights)
    each = [plain.on(X[[i]], y[[i]], statistics=statistics).gradient(theta) for i in range(len(X))]
    gradients = [plain.unpack(gradient) for gradient in each]
    for name, score in importance(SMALL, weights, X, y, by=by).items():
        w, slopes = weights[name].astype(np.float64), np.array([gradient[name] for gradient in gradients])
        expected = {
            "squares": np.mean((w * slopes) ** 2, axis=0),
            "mean": np.abs(w * slopes.mean(axis=0)),
            "slope": np.abs(slopes.mean(axis=0)),
        }[by]
        np.testing.assert_allclose(score, expected, rtol=2e-3, atol=2e-6 * expected.max())


def test_importance_foretells_what_a_weight_s_removal_costs():
    """To first order: of small weights the loss changes by -w times its slope."""
    network, weights = mlp(5, 4, 3), weights_of(mlp(5, 4, 3))
    weights["hidden/kernel"] = weights["hidden/kernel"] * 1e-3
    generator = np.random.default_rng(2)
    X, y = generator.normal(size=(50, 5)), generator.integers(0, 3, 50)
    J = network.on(X, y)
    score = importance(network, weights, X, y, by="mean")["hidden/kernel"]
    for place in np.ndindex(score.shape):
        without = {name: array.astype(np.float64) for name, array in weights.items()}
        without["hidden/kernel"][place] = 0
        change = J.loss(network.pack(without)) - J.loss(network.pack(weights))
        assert abs(abs(change) - score[place]) < 0.02 * score.max()


def test_importance_of_other_losses():
    network = mlp(3, 2, 1)
    weights, X, y = weights_of(network), np.eye(3), [1.0, 2.0, 3.0]
    gradient = network.unpack(network.on(X, y, MSE()).gradient(network.pack(weights)))["hidden/kernel"]
    found = importance(network, weights, X, y, by="slope", loss=MSE())["hidden/kernel"]
    np.testing.assert_allclose(found, np.abs(gradient), rtol=1e-5)


def test_on_a_trained_network_the_mean_slope_says_little():
    """The stored network, half gone: what the chapter shows."""
    scores = {by: importance(CNN, STORED, IMAGES, DATA.y_train, by=by) for by in ("slope", "mean", "squares")}
    scores["size"] = magnitude(STORED)
    found = {by: models.accuracy(pruned(STORED, masks(score, 0.5)), DATA.X_test, DATA.y_test)
             for by, score in scores.items()}  # fmt: skip
    assert found["slope"] < 0.6 < found["mean"] < 0.95 < min(found["squares"], found["size"])


# --- Units ---


NETWORKS = {  # and which units stay
    "the digits": (CNN, {"conv1": 9, "conv2": 20, "dense": 11}),
    "one layer": (CNN, {"dense": 1}),
    "filters before flattening": (CNN, {"conv2": 5}),
    "dense": (mlp(7, 6, 5, 3), {"hidden_1": 2, "hidden_2": 4}),
    "normalised": (Network((8, 8, 2), [Conv2D(6, 3), BatchNorm(), ReLU(), Conv2D(5, 3, bias=False), BatchNorm(),
                                       MaxPool2D(), Dropout(0.3), Flatten(), Dense(7), Sigmoid(), Dense(3)]),
                   {"conv2d": 4, "conv2d_1": 2, "dense": 3}),
    "not zero at zero": (mlp(4, 5, 3, activation=Sigmoid), {"hidden": 2}),
}  # fmt: skip


def some_units(network, counts, seed=3):
    """Masks of so many units, drawn."""
    sizes = {str(each.layer.name): each.output[-1] for each in network.placed}
    generator = np.random.default_rng(seed)
    return {layer: keep_units(generator.random(sizes[layer]), count) for layer, count in counts.items()}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_small_network_computes_what_the_masked_one_does(name):
    network, counts = NETWORKS[name]
    weights, keep = weights_of(network), some_units(network, counts)
    X = np.random.default_rng(4).normal(size=(9, *network.shape))
    small, smaller = shrink(network, weights, keep)
    expected = network.forward(without_units(network, weights, keep), X)
    np.testing.assert_allclose(small.forward(smaller, X), expected, rtol=0, atol=1e-5 * np.abs(expected).max())
    assert small.count().parameters == sum(array.size for array in smaller.values()) < network.count().parameters
    assert not np.allclose(network.forward(weights, X), expected, atol=1e-3)  # something was taken


def test_the_digits_network_shrinks_within_1e_5():
    keep = {"conv2": keep_units(unit_norms(STORED, "conv2"), 16), "dense": keep_units(unit_norms(STORED, "dense"), 24)}
    small, smaller = shrink(CNN, STORED, keep)
    masked = CNN.forward(without_units(CNN, STORED, keep), IMAGES[:200])
    assert np.abs(small.forward(smaller, IMAGES[:200]) - masked).max() <= 1e-5
    assert smaller["dense/kernel"].shape == (256, 24) and small.count().parameters == 160 + 2320 + 6168 + 250


class Own(Dense):
    """A dense layer of a learner's own."""


@pytest.mark.parametrize(("layers", "pruned_one"), [
    ([Own(4), Tanh(), Dense(2)], "own"), ([Dense(4), Own(5), Dense(2)], "dense"), ([Dense(4), Own(2)], "dense"),
])  # fmt: skip
def test_kinds_of_dense_layers_shrink_too(layers, pruned_one):
    network = Network((3,), layers)
    weights, keep, X = weights_of(network), {pruned_one: np.array([True, False, True, False])}, np.ones((2, 3))
    small, smaller = shrink(network, weights, keep)
    assert [type(layer) for layer in small.layers] == [type(layer) for layer in layers]
    expected = network.forward(without_units(network, weights, keep), X)
    np.testing.assert_allclose(small.forward(smaller, X), expected, atol=1e-5)
    with pytest.raises(ValueError, match="the answers"):
        shrink(network, weights, {str(network.layers[-1].name): np.ones(2, bool)})


def test_a_unit_s_rows_in_the_next_layer():
    """Of an image that is flattened: every 32nd row, since the channels of a pixel stand side by side."""
    keep = {"conv2": np.arange(32) != 5}
    zero = (without_units(CNN, STORED, keep)["dense/kernel"] == 0).all(axis=1)
    np.testing.assert_array_equal(np.flatnonzero(zero), 32 * np.arange(16) + 5)


def test_norms():
    weights = {"a/kernel": np.array([[3.0, 0.0], [-4.0, 2.0]]), "a/bias": np.zeros(2)}
    np.testing.assert_array_equal(unit_norms(weights, "a"), [5, 2])
    np.testing.assert_array_equal(unit_norms(weights, "a", "l1"), [7, 2])
    np.testing.assert_array_equal(keep_units(np.array([5.0, 2.0, 3.0]), 2), [True, False, True])
    kernel = STORED["conv2/kernel"].astype(np.float64)
    np.testing.assert_allclose(unit_norms(STORED, "conv2", "l1"), np.abs(kernel).sum(axis=(0, 1, 2)))


# --- Trained on with what is left ---


def test_a_masked_objective_trains_the_rest_alone():
    network = mlp(64, 10, 10)
    weights = network.begin(0)
    found = masks(magnitude(weights), 0.6)
    theta = network.pack(pruned(weights, found))
    mask = network.pack({name: found.get(name, np.ones_like(array)) * 1.0 for name, array in weights.items()})
    J = nn.objectives.Masked(network.on(DATA.X_train, DATA.y_train), mask=mask)
    run = nn.run(nn.Adam(0.01), J, theta, 60, keep=["theta"])
    assert run.loss[-1] < 0.5 * run.loss[0]
    assert (run.theta[-1][mask == 0] == 0).all() and (run.theta[-1][mask == 1] != theta[mask == 1]).mean() > 0.9


@pytest.mark.parametrize("mask", [[True, False], np.array([True, False]), [1, 0], (1.0, 0.0)])
def test_a_mask_of_truths_is_one_of_numbers(mask):
    J = nn.objectives.Masked(PLANE, mask=mask)
    np.testing.assert_array_equal(J.gradient([3.0, 4.0]), [3, 0])


def test_the_cubic_schedule():
    share = GradualSparsity(0.9, steps=10, initial=0.2, begin=5)
    assert [share(0), share(5)] == pytest.approx([0.2, 0.2]) and share(15) == share(100) == 0.9
    assert share(10) == pytest.approx(0.9 - 0.7 * 0.5**3)  # equation 1 half way
    rises = np.diff([share(step) for step in range(5, 16)])
    assert (rises > 0).all() and (np.diff(rises) < 0).all()


# --- Refusals ---


class Softened(Activation):
    """An activation that a learner adds."""

    def value(self, x):
        return x / (1 + np.abs(x))

    def slope(self, x, y):
        return 1 / (1 + np.abs(x)) ** 2


def test_activations_of_one_s_own_are_known():
    network = Network((3,), [Dense(4), Softened(), Dense(2)])
    weights, keep = weights_of(network), {"dense": np.array([True, False, True, False])}
    X = np.ones((2, 3))
    small, smaller = shrink(network, weights, keep)
    np.testing.assert_allclose(small.forward(smaller, X),
                               network.forward(without_units(network, weights, keep), X), atol=1e-6)  # fmt: skip


SCORES = magnitude(STORED)
NAN = {**STORED, "dense/kernel": np.full((512, 32), np.nan, np.float32)}
MASKED = {**STORED, "dense/kernel": np.ma.masked_less(STORED["dense/kernel"], 0)}
UNITS = np.arange(32) < 5
REFUSED = {
    "a share above 1": (lambda: masks(SCORES, 1.5), ValueError, "share = 1.5 is not in"),
    "a share below 0": (lambda: masks(SCORES, -0.1, "layer"), ValueError, "share = -0.1 is not in"),
    "no share": (lambda: masks(SCORES, np.nan), ValueError, "share = nan is not in"),
    "two shares": (lambda: masks(SCORES, [0.1, 0.2]), TypeError, "share must be one number"),
    "a layer's share": (lambda: masks(SCORES, {"dense": 2}), ValueError, "share['dense'] = 2 is not in"),
    "no such layer": (lambda: masks(SCORES, {"pool": 0.5}), ValueError, "share names 'pool'; the layers"),
    "no such cut": (lambda: masks(SCORES, 0.5, each="weight"), ValueError, "each = 'weight' is not one of"),
    "no scores": (lambda: masks({}, 0.5), ValueError, "There are no scores"),
    "scores NaN": (lambda: masks({"a/kernel": [np.nan]}, 0.5), ValueError, "a/kernel must be finite"),
    "weights NaN": (lambda: magnitude(NAN), ValueError, "dense/kernel must be finite"),
    "masked weights": (lambda: magnitude(MASKED), TypeError, "masked array"),
    "no kernel": (lambda: magnitude({"a/bias": np.ones(2)}), ValueError, "There is no kernel among the weights"),
    "no dict": (lambda: magnitude(np.ones(3)), TypeError, "weights must be a dict of arrays by name"),
    "names that are numbers": (lambda: sparsity({1: np.ones(2)}), TypeError, "weights must be a dict"),
    "scores without names": (lambda: masks([1.0, 2.0], 0.5), TypeError, "scores must be a dict"),
    "scores by number": (lambda: masks({1: np.ones(2)}, {"a": 0.5}), TypeError, "scores must be a dict"),
    "weights without names": (lambda: pruned(np.ones(2), {}), TypeError, "weights must be a dict"),
    "masks without names": (lambda: pruned(STORED, [True]), TypeError, "masks must be a dict"),
    "no masks": (lambda: pruned(STORED, None), TypeError, "masks must be a dict"),
    "nothing to weigh": (lambda: sparsity({"a/kernel": np.ones((0, 3))}), ValueError, "The kernels hold no weights"),
    "gaps in what is pruned": (lambda: pruned(MASKED, {}), TypeError, "dense/kernel is a masked array"),
    "words pruned": (lambda: pruned({"a/kernel": np.array(["a"])}, {}), TypeError, "must hold real numbers"),
    "a mask with gaps": (
        lambda: pruned({"a/bias": np.ones(2)}, {"a/bias": np.ma.array([True, False], mask=[0, 1])}), TypeError,
        "it is MaskedArray"),
    "a sweep": (
        lambda: importance(mlp(2, 3), {"output/kernel": np.ones((2, 2, 3)), "output/bias": np.ones((2, 3))},
                           np.eye(2), [0, 1]), ValueError, "The weights must be those of one network"),
    "words": (lambda: magnitude({"a/kernel": np.array(["a"])}), TypeError, "must hold real numbers"),
    "seed": (lambda: at_random(STORED, -1), ValueError, "seed = -1 is too small"),
    "by": (lambda: importance(CNN, STORED, IMAGES[:2], [0, 1], by="size"), ValueError, "by = 'size' is not one of"),
    "labels": (lambda: importance(CNN, STORED, IMAGES[:2], [0, 10]), ValueError, "y"),
    "examples": (lambda: importance(CNN, STORED, DATA.X_train[:2], [0, 1]), ValueError, "X has shape"),
    "another's weights": (lambda: importance(mlp(2, 2), SCORES, np.eye(2), [0, 1]), ValueError, "The weights lack"),
    "a mask's name": (lambda: pruned(STORED, {"pool/kernel": np.ones(2, bool)}), ValueError, "mask for 'pool/kernel'"),
    "a mask's shape": (lambda: pruned(STORED, {"dense/kernel": np.ones(2, bool)}), ValueError, "has shape (2,)"),
    "a mask of numbers": (
        lambda: pruned(STORED, {"dense/kernel": np.ones((512, 32))}), TypeError, "must be an array of True and False"),
    "a list": (lambda: pruned(STORED, {"dense/bias": [True] * 32}), TypeError, "it is list"),
    "no such units": (lambda: shrink(CNN, STORED, {"pool": UNITS}), ValueError, "'pool' has no units that can go"),
    "no layer": (lambda: without_units(CNN, STORED, {"hidden": UNITS}), ValueError, "'hidden' has no units"),
    "the answers": (lambda: shrink(CNN, STORED, {"output": UNITS[:10]}), ValueError, "the answers"),
    "too few": (lambda: shrink(CNN, STORED, {"dense": UNITS[:31]}), ValueError, "has shape (31,); it needs (32,)"),
    "none": (lambda: shrink(CNN, STORED, {"dense": UNITS & False}), ValueError, "No unit of dense would stay"),
    "indices": (lambda: shrink(CNN, STORED, {"dense": np.arange(32)}), TypeError, "must be an array of True and False"),
    "no mapping": (lambda: shrink(CNN, STORED, UNITS), TypeError, "keep is a mask for each layer by name"),
    "lacking": (lambda: shrink(CNN, SCORES, {"dense": UNITS}), ValueError, "The weights lack conv1/bias"),
    "norms": (lambda: unit_norms(STORED, "pool"), ValueError, "'pool' has no kernel"),
    "norms of no dict": (lambda: unit_norms(np.ones(3), "dense"), TypeError, "weights must be a dict"),
    "norms with gaps": (lambda: unit_norms(MASKED, "dense"), TypeError, "dense/kernel is a masked array"),
    "norms of NaN": (lambda: unit_norms(NAN, "dense"), ValueError, "dense/kernel must be finite"),
    "norms of complex": (lambda: unit_norms({"a/kernel": np.eye(2) * 1j}, "a"), TypeError, "must hold real numbers"),
    "norms of a row": (lambda: unit_norms({"a/kernel": np.ones(3)}, "a"), ValueError, "a/kernel has shape (3,)"),
    "norms of a number": (lambda: unit_norms({"a/kernel": np.array(3.0)}, "a"), ValueError, "a/kernel has shape ()"),
    "units NaN": (lambda: keep_units(np.array([np.nan, 1]), 1), ValueError, "scores must be finite"),
    "units with gaps": (lambda: keep_units(np.ma.array([1.0, 2], mask=[0, 1]), 1), TypeError, "masked array"),
    "units in rows": (lambda: keep_units(np.ones((2, 3)), 1), ValueError, "scores must have shape (units,)"),
    "a unit": (lambda: keep_units(np.array(3.0), 1), ValueError, "scores must have shape (units,)"),
    "norm": (lambda: unit_norms(STORED, "dense", "l3"), ValueError, "norm = 'l3' is not one of"),
    "no units left": (lambda: keep_units(np.ones(3), 0), ValueError, "count = 0 is too small"),
    "too many": (lambda: keep_units(np.ones(3), 4), ValueError, "count = 4 units can't stay: the layer has 3"),
    "schedule": (lambda: GradualSparsity(1.5, 4), ValueError, "final = 1.5 is not in"),
    "objective's mask": (lambda: nn.objectives.Masked(nn.objectives.Rosenbrock(), mask=[0.5, 1]), ValueError, "zeros"),
    "one mask for all": (lambda: nn.objectives.Masked(PLANE, mask=[0]), ValueError, "has 2 coordinates"),
    "three for two": (lambda: nn.objectives.Masked(PLANE, mask=[1, 0, 1]), ValueError, "has 2 coordinates"),
    "a run for a mask": (lambda: nn.objectives.Masked(PLANE, mask=[[1], [0]]), ValueError, "2 coordinates"),
    "True for all": (lambda: nn.objectives.Masked(PLANE, mask=True), TypeError, "an entry for each"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name):
    call, kind, message = REFUSED[name]
    with pytest.raises(kind, match=re.escape(message)):
        call()


def test_a_layer_that_is_not_known_is_refused():
    class Mixed(Layer):
        def forward(self, x, p):
            return x[..., ::-1]

    network = Network((3,), [Dense(4), Mixed(), Dense(2)])
    with pytest.raises(TypeError, match="Layer mixed, a Mixed, comes after a layer without some of its units"):
        shrink(network, weights_of(network), {"dense": np.array([True, False, True, True])})
