"""Networks folded, fused, merged, without some units or layers, and in parts: what has to stay the same does."""

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.compression import (
    crossing,
    fold,
    fuse,
    layer_importance,
    merge_costs,
    merge_nearest,
    merge_units,
    remove,
    remove_units,
    run_parts,
    split,
    unit_sizes,
)
from nnlearn.interop.layers import to_keras
from nnlearn.models import accuracy, compare_models, digits_cnn, rebuilt, trained
from nnlearn.networks import (
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    MaxPool2D,
    Network,
    ReLU,
    Residual,
    Tanh,
)

IMAGE, ROW = (6, 7, 2), (5,)
RNG = np.random.default_rng(0)


def model(shape, layers, kind=np.float64, seed=0):
    """A network and weights all of which matter: no bias is 0, no variance 1."""
    network = Network(shape, layers)
    generator = np.random.default_rng(seed)
    weights = {name: array + generator.uniform(0.1, 0.5, array.shape) for name, array in network.begin(seed).items()}
    return network, {name: array.astype(kind) for name, array in weights.items()}


def examples(shape, n=70):
    return RNG.normal(size=(n, *shape))


FOLDED = {  # the layers, and how many normalisations are left
    "dense": (ROW, lambda: [Dense(4), BatchNorm(), Tanh(), Dense(3)], 0),
    "dense without bias": (ROW, lambda: [Dense(4, bias=False), BatchNorm(epsilon=0.3), Dense(3, bias=False)], 0),
    "before a dense layer": (ROW, lambda: [BatchNorm(), Dense(4, bias=False), Tanh(), BatchNorm(), Dense(3)], 0),
    "conv": (IMAGE, lambda: [Conv2D(3, 3), BatchNorm(), ReLU(), Conv2D(4, 2, stride=2), BatchNorm(), Flatten()], 0),
    "before a valid conv": (IMAGE, lambda: [BatchNorm(), Conv2D(3, 3, "valid"), Flatten()], 0),
    "before a conv of one pixel": (IMAGE, lambda: [BatchNorm(), Conv2D(3, 1, bias=False), Flatten()], 0),
    "before a padded conv": (IMAGE, lambda: [BatchNorm(), Conv2D(3, 3), Flatten()], 1),
    "alone": (IMAGE, lambda: [Conv2D(3, 3), ReLU(), BatchNorm(), MaxPool2D(), Flatten(), Dense(2)], 1),
    "twice": (ROW, lambda: [Dense(4), BatchNorm(), BatchNorm(), Tanh()], 0),
    "within": (IMAGE, lambda: [Conv2D(3, 3), Residual([Conv2D(3, 3, bias=False), BatchNorm(), ReLU()]),
                               Residual([Residual([Conv2D(3, 3), BatchNorm()], name="in"), BatchNorm()], name="out")],
               1),
}  # fmt: skip


def normalisations(layers):
    return sum(normalisations(layer.layers) if isinstance(layer, Residual) else isinstance(layer, BatchNorm)
               for layer in layers)  # fmt: skip


@pytest.mark.parametrize("kind, near", [(np.float32, 1e-5), (np.float64, 1e-13)])
@pytest.mark.parametrize("name", FOLDED)
def test_a_folded_network_gives_the_same(name, kind, near):
    shape, layers, left = FOLDED[name]
    network, weights = model(shape, layers(), kind)
    X = examples(shape)
    smaller, own = fold(network, weights)
    expected = network.forward(weights, X)
    assert np.abs(smaller.forward(own, X) - expected).max() <= near * max(1, np.abs(expected).max())
    assert normalisations(smaller.layers) == left and all(array.dtype == kind for array in own.values())
    assert smaller.count().parameters <= network.count().parameters
    assert [*own] == [*smaller.leaves.declared]


@pytest.mark.parametrize("name", ["dense", "conv", "before a valid conv", "within"])
def test_keras_with_its_own_moving_statistics_gives_the_same_folded(name):
    shape, layers, _ = FOLDED[name]
    network, weights = model(shape, layers(), np.float32)
    theirs = to_keras(network, weights)
    smaller = rebuilt(theirs, fold)
    X = examples(shape, 9).astype(np.float32)
    expected = np.asarray(theirs(X, training=False))
    np.testing.assert_allclose(smaller(X, training=False), expected, atol=1e-5 * max(1, np.abs(expected).max()))
    assert smaller.count_params() < theirs.count_params() and smaller.name == theirs.name


FUSED = {
    "dense": (ROW, lambda: [Dense(4), Dense(3)], 1),
    "three": (ROW, lambda: [Dense(4, bias=False), Dense(6), Dense(2, bias=False), Tanh()], 2),
    "no bias": (ROW, lambda: [Dense(4, bias=False), Dense(3, bias=False)], 1),
    "apart": (ROW, lambda: [Dense(4), Tanh(), Dense(3)], 3),
    "conv": (IMAGE, lambda: [Conv2D(3, 3, stride=2), Conv2D(5, 1), ReLU()], 2),
    "conv without bias": (IMAGE, lambda: [Conv2D(3, 2, "valid", bias=False), Conv2D(5, 1)], 1),
    "larger windows": (IMAGE, lambda: [Conv2D(3, 1), Conv2D(5, 3)], 2),
    "strides": (IMAGE, lambda: [Conv2D(3, 3), Conv2D(5, 1, stride=2)], 2),
}


@pytest.mark.parametrize("name", FUSED)
def test_a_fused_network_gives_the_same(name):
    shape, layers, count = FUSED[name]
    network, weights = model(shape, layers())
    smaller, own = fuse(network, weights)
    X = examples(shape)
    np.testing.assert_allclose(smaller.forward(own, X), network.forward(weights, X), rtol=1e-12, atol=1e-13)
    assert len(smaller.layers) == count and smaller.layers[-1].name == network.layers[-1].name
    has_bias = any(getattr(layer, "bias", False) for layer in network.layers)
    assert any(name.endswith("bias") for name in own) == has_bias


# --- Units ---

FOLLOWED = {
    "dense": (ROW, lambda: [Dense(4, name="it"), Tanh(), Dense(3)]),
    "dense without bias": (ROW, lambda: [Dense(4, bias=False, name="it"), Dense(3)]),
    "conv": (IMAGE, lambda: [Conv2D(4, 3, name="it"), LeakyReLU(), MaxPool2D(), Conv2D(2, 3)]),
    "flattened": (IMAGE, lambda: [Tanh(), Conv2D(4, 3, name="it"), ReLU(), MaxPool2D(), Flatten(), Dropout(0.5),
                                  Dense(3), Tanh(), Dense(2)]),
    "normalised": (IMAGE, lambda: [Conv2D(4, 3, name="it"), BatchNorm(), ReLU(), Flatten(), Dense(3)]),
}  # fmt: skip


def followed(name):
    shape, layers = FOLLOWED[name]
    return model(shape, layers())


def with_twins(name, i, j):
    """A model in which unit j of "it" does what i does, with other weights out."""
    network, weights = followed(name)
    return network, {leaf: twin(array, i, j) if leaf.startswith(("it/", "batchnorm/")) else array
                     for leaf, array in weights.items()}  # fmt: skip


def twin(array, i, j):
    array = array.copy()
    array[..., j] = array[..., i]
    return array


@pytest.mark.parametrize("keep, gone", [(0, 2), (3, 1)])
@pytest.mark.parametrize("name", FOLLOWED)
def test_merging_twins_changes_nothing(name, keep, gone):
    network, weights = with_twins(name, keep, gone)
    smaller, own = merge_units(network, weights, "it", keep, gone)
    X = examples(network.shape)
    np.testing.assert_allclose(smaller.forward(own, X), network.forward(weights, X), rtol=1e-12, atol=1e-13)
    assert own["it/kernel"].shape[-1] == 3 and smaller.count().parameters < network.count().parameters
    costs = merge_costs(network, weights, "it")
    assert costs[keep, gone] == costs[gone, keep] == costs.min() == 0 and np.isinf(costs.diagonal()).all()
    again, others = merge_nearest(network, weights, "it", 1)
    np.testing.assert_allclose(again.forward(others, X), network.forward(weights, X), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", FOLLOWED)
def test_a_unit_removed_is_a_unit_whose_weights_out_are_0(name):
    network, weights = followed(name)
    smaller, own = remove_units(network, weights, "it", [2, 0])
    following = next(each for each in [*weights][1:] if each.endswith("kernel") and not each.startswith("it/"))
    kernel = weights[following].reshape(-1, 4, weights[following].shape[-1]).copy()
    kernel[:, [0, 2]] = 0
    masked = {**weights, following: kernel.reshape(weights[following].shape)}
    X = examples(network.shape)
    np.testing.assert_allclose(smaller.forward(own, X), network.forward(masked, X), rtol=1e-12, atol=1e-13)
    assert remove_units(network, weights, "it", [])[0].count().parameters == network.count().parameters


def test_costs_and_sizes_are_their_formulas():
    network, weights = followed("flattened")
    kernel, bias = weights["it/kernel"], weights["it/bias"]
    ins = [np.append(kernel[..., unit].ravel(), bias[unit]) for unit in range(4)]
    outs = [weights["dense/kernel"][unit::4] for unit in range(4)]  # row by row, channels side by side
    for i in range(4):
        assert unit_sizes(network, weights, "it")[i] == pytest.approx(np.linalg.norm(ins[i]) * np.linalg.norm(outs[i]))
        for j in range(4):
            cost = merge_costs(network, weights, "it")[i, j]
            assert cost == pytest.approx(np.sum((ins[i] - ins[j]) ** 2) * np.mean(outs[j] ** 2)) or i == j


# --- Layers ---


def chain(*blocks):
    """Images through equal layers, to scores."""
    return model((8, 8, 1), [Conv2D(4, 3, name="conv"), MaxPool2D(), *blocks, Flatten(), Dense(10, name="out")])


def test_a_removed_residual_layer_leaves_its_input():
    network, weights = chain(Residual([Conv2D(4, 3), ReLU()], name="a"), Residual([Conv2D(4, 3)], name="b"))
    smaller, own = remove(network, weights, "a")
    silent = {name: array * (not name.startswith("a/")) for name, array in weights.items()}
    X = examples((8, 8, 1))
    np.testing.assert_array_equal(smaller.forward(own, X), network.forward(silent, X))


def test_with_a_layer_of_a_chain_goes_its_activation():
    network, weights = chain(Conv2D(4, 3, name="a"), Tanh(), Conv2D(4, 3, name="b"), Tanh(), ReLU(name="last"))
    assert [layer.name for layer in remove(network, weights, "b")[0].layers] == \
        ["conv", "maxpool2d", "a", "tanh", "last", "flatten", "out"]  # fmt: skip
    assert [layer.name for layer in remove(network, weights, "tanh")[0].layers][:4] == ["conv", "maxpool2d", "a", "b"]
    expected, own = remove(network, weights, "a")
    assert own.keys() == {name for name in weights if not name.startswith("a/")}
    assert [type(layer) for layer in expected.layers[2:4]] == [Conv2D, Tanh]


def test_importance_is_the_accuracy_without_each_layer():
    data = nn.data.digits()
    network, weights = chain(Residual([Conv2D(4, 3), ReLU()], name="a"), Conv2D(4, 3, name="b"), ReLU())
    found = layer_importance(network, weights, data.X_test.reshape(-1, 8, 8, 1), data.y_test)
    assert [*found] == ["a", "b"]
    for layer, share in found.items():
        assert share == accuracy(remove(network, weights, layer), data.X_test, data.y_test)


# --- Parts ---


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_parts_together_give_what_the_whole_gives_bit_for_bit(kind):
    network, weights = chain(Residual([Conv2D(4, 3), BatchNorm(), ReLU()], name="a"), Conv2D(4, 3, name="b"), ReLU())
    weights = {name: array.astype(kind) for name, array in weights.items()}
    X = examples((8, 8, 1), 100).astype(kind)
    expected = network.forward(weights, X)
    names = [str(layer.name) for layer in network.layers]
    for cuts in [*names[:-1], names[:-1], ["maxpool2d", "b"]]:
        parts = split(network, weights, cuts)
        np.testing.assert_array_equal(run_parts(parts, X), expected, strict=True)
        assert {name for _, own in parts for name in own} == weights.keys()
        assert sum(len(part.layers) for part, _ in parts) == len(network.layers)


def test_what_crosses_a_cut_is_what_the_next_part_takes():
    weights = trained()
    network = digits_cnn()
    crossed = crossing(network)
    assert crossed == {"conv1": 1024, "relu": 1024, "conv2": 2048, "relu_1": 2048, "pool": 512, "flatten": 512,
                       "dense": 32, "relu_2": 32}  # fmt: skip
    for layer, count in crossed.items():
        assert np.prod(split(network, weights, layer)[1][0].shape) == count


# --- The stored network, and Keras ---


@pytest.mark.parametrize(
    "change, arguments",
    [(merge_nearest, ("dense", 4)), (remove_units, ("conv2", [0, 5])), (merge_units, ("conv1", 1, 3))],
)
def test_a_smaller_keras_model_computes_what_the_smaller_network_does(change, arguments):
    data = nn.data.digits()
    network, weights = change(digits_cnn(), trained(), *arguments)
    theirs = rebuilt(to_keras(digits_cnn(), trained()), change, *arguments)
    X = data.X_test.reshape(-1, 8, 8, 1).astype(np.float32)
    np.testing.assert_allclose(theirs(X), network.forward(weights, X), rtol=1e-4, atol=1e-4)
    assert theirs.count_params() == network.count().parameters < 21_546
    table = compare_models({"ours": (network, weights), "theirs": theirs}, data.X_test, data.y_test, rounds=0)
    assert table["ours"] == table["theirs"] or table["ours"].accuracy == table["theirs"].accuracy


# --- What is refused ---

CNN, STORED = digits_cnn(), trained()
SIX = chain(Residual([Conv2D(4, 3)], name="a"))
NORM, NORMS = model(ROW, [Dense(4), BatchNorm(), Dense(4), Dense(4)], np.float32)
LARGE = {name: np.full(array.shape, 1e30, np.float32) for name, array in NORMS.items()}
LARGE["batchnorm/moving_variance"] = np.zeros(4, np.float32)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: fold(STORED, CNN), TypeError, "A Network is needed, and its weights; this is of type dict"),
        (lambda: fold(CNN, {}), ValueError, "The weights lack conv1/kernel"),
        (lambda: fuse(CNN, {**STORED, "more": np.zeros(3)}), ValueError, "The network has no more"),
        (lambda: split(CNN, {**STORED, "conv1/bias": np.full(16, np.nan)}, "pool"), ValueError,
         "conv1/bias holds numbers that are not finite"),
        (lambda: remove(CNN, {**STORED, "conv1/bias": np.ma.zeros(16)}, "relu"), TypeError, "is a masked array"),
        (lambda: fold(CNN, {**STORED, "conv1/bias": np.zeros((2, 16))}), ValueError, "a sweep of networks"),
        (lambda: merge_units(CNN, STORED, "conv3", 0, 1), ValueError, "has no layer 'conv3'; its layers are conv1,"),
        (lambda: merge_units(CNN, STORED, "pool", 0, 1), ValueError, "pool is MaxPool2D: units can be merged"),
        (lambda: merge_units(CNN, STORED, "output", 0, 1), ValueError, "Nothing multiplies what output gives"),
        (lambda: merge_units(CNN, STORED, "dense", 0, 32), ValueError, "dense has units 0 to 31; 32 is none of them"),
        (lambda: merge_units(CNN, STORED, "dense", -1, 3), ValueError, "unit = -1 is too small"),
        (lambda: merge_units(CNN, STORED, "dense", 0.0, 3), TypeError, "unit must be a whole number"),
        (lambda: merge_units(CNN, STORED, "dense", 3, 3), ValueError, "keep and gone are the same unit, 3"),
        (lambda: merge_units(*SIX, "conv", 0, 1), ValueError, "Between conv and what multiplies its units stands"),
        (lambda: remove_units(CNN, STORED, "dense", range(32)), ValueError, "dense would be left without a unit"),
        (lambda: remove_units(CNN, STORED, "dense", [True]), TypeError, "unit must be a whole number"),
        (lambda: merge_nearest(CNN, STORED, "dense", 32), ValueError, "dense has one unit left"),
        (lambda: remove_units(*model(ROW, [Dense(1, name="it"), Dense(2)]), "it", [0]), ValueError, "without a unit"),
        (lambda: merge_nearest(CNN, STORED, "dense", -1), ValueError, "count = -1"),
        (lambda: unit_sizes(CNN, STORED, "relu"), ValueError, "relu is ReLU"),
        (lambda: merge_costs(CNN, STORED, "relu"), ValueError, "relu is ReLU"),
        (lambda: remove(CNN, STORED, "conv1"), ValueError, r"conv1 makes \(8, 8, 16\) of \(8, 8, 1\): only a layer"),
        (lambda: remove(CNN, STORED, "conv9"), ValueError, "has no layer 'conv9'"),
        (lambda: layer_importance(CNN, STORED, np.zeros((2, 64)), [0, 1]), ValueError, r"X has shape \(2, 64\)"),
        (lambda: layer_importance(CNN, STORED, np.zeros((2, 8, 8, 1)), [0, 10]), ValueError, "10"),
        (lambda: split(CNN, STORED, "output"), ValueError, "After the last layer, output, nothing is left"),
        (lambda: split(CNN, STORED, []), ValueError, "after must name layers in the network's order"),
        (lambda: split(CNN, STORED, ["pool", "conv1"]), ValueError, "each once; it is \\['pool', 'conv1'\\]"),
        (lambda: split(CNN, STORED, "block"), ValueError, "has no layer 'block'"),
        (lambda: crossing(STORED), TypeError, "A Network is needed; this is of type dict"),
        (lambda: run_parts([], np.zeros((1, 8, 8, 1))), ValueError, "There are no parts"),
        (lambda: remove(CNN, STORED, "output"), ValueError, "output is the last layer: what it gives are the scores"),
        (lambda: remove(*model(ROW, [Dense(ROW[0])]), "dense"), ValueError, "dense is the last layer"),
        (lambda: remove(CNN, STORED, np.array(["relu", "pool"])), ValueError, "has no layer array"),
        (lambda: split(CNN, STORED, None), TypeError, "after must be the name of a layer, or several; it is None"),
        (lambda: remove_units(CNN, STORED, "dense", 3), TypeError, r"units must be a list, if of one unit too: \[3\]"),
        (lambda: fold(NORM, {**NORMS, "batchnorm/moving_variance": -NORMS["batchnorm/moving_variance"]}), ValueError,
         "batchnorm/moving_variance holds -.*: a variance is at least 0"),
        (lambda: fold(NORM, LARGE), ValueError, "dense/kernel would be too large for float32"),
        (lambda: fuse(NORM, LARGE), ValueError, "dense_2/kernel would be too large for float32"),
        (lambda: rebuilt(STORED, fold), TypeError, "from_keras needs a built Keras model"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
