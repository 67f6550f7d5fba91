"""Transfer: weights handed over, frozen layers that stay bit for bit, rates by layer; in NumPy and in Keras."""

import numpy as np
import pytest

import nnlearn as nn
from nnlearn import models
from nnlearn.data import Dataset, digits
from nnlearn.interop.layers import from_keras, to_keras
from nnlearn.interop.quiet import keras
from nnlearn.networks import BatchNorm, Conv2D, Dense, Flatten, MaxPool2D, Network, ReLU, Residual, Tanh

N = 12
X = np.random.default_rng(0).normal(size=(N, 6, 6, 1))
Y = np.arange(N) % 3


def network(*frozen):
    layers = [Conv2D(3, 3, name="conv"), ReLU(), MaxPool2D(), Flatten(), Dense(4, name="dense"), Tanh()]
    return Network((6, 6, 1), [*layers, Dense(3, name="output")], frozen)


def every_layer_frozen():
    return network("conv", "dense", "output")


WEIGHTS = network().begin(0)


def normalised(*frozen):
    return Network((6, 6, 1), [Conv2D(3, 3, name="conv"), BatchNorm(name="norm"), ReLU(), Flatten(), Dense(3)], frozen)


def with_shortcut(*frozen):
    within = Residual([Conv2D(2, 3, name="conv"), Tanh()], name="block")
    return Network((6, 6, 1), [Conv2D(2, 3, name="first"), within, Flatten(), Dense(3, name="output")], frozen)


# --- Frozen layers of a Network ---

FROZEN = {
    "the first": (network, ["conv"]),
    "one between": (network, ["dense"]),
    "the last": (network, ["output"]),
    "all but the last": (network, ["conv", "dense"]),
    "a layer without weights too": (network, ["relu", "conv"]),
    "a normalisation": (normalised, ["conv", "norm"]),
    "a shortcut": (with_shortcut, ["block"]),
}
OPTIMIZERS = {
    "momentum": nn.Momentum(0.05),
    "Adam": nn.Adam(0.01),
    "AdamW, whose decay moves what has no gradient": nn.AdamW(0.01, weight_decay=0.1),
    "Lion": nn.Lion(0.01),
}


@pytest.mark.parametrize("case", FROZEN)
def test_what_is_left_has_the_gradient_that_it_had(case):
    make, layers = FROZEN[case]
    whole, part = make(), make().freeze(*layers)
    weights = whole.begin(1)
    statistics = {**weights, **whole.statistics(weights, X)}
    J, K = part.on(X, Y, statistics=statistics), whole.on(X, Y, statistics=statistics)
    theta = part.pack(weights)
    assert J.loss(theta) == pytest.approx(K.loss(whole.pack(weights)), rel=1e-12)
    found, expected = part.unpack(J.gradient(theta)), whole.unpack(K.gradient(whole.pack(weights)))
    assert set(found) == {name for name in expected if name.split("/")[0] not in layers}
    for name, slope in found.items():
        np.testing.assert_allclose(slope, expected[name], rtol=1e-12, atol=1e-15)
    h = 1e-6 * np.eye(J.dimension)
    differences = (J.loss(theta + h) - J.loss(theta - h)) / 2e-6
    np.testing.assert_allclose(J.gradient(theta), differences, atol=1e-7)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("case", FROZEN)
def test_frozen_layers_stay_bit_for_bit(case, optimizer):
    make, layers = FROZEN[case]
    part = make().freeze(*layers)
    weights = {name: array.astype(np.float32) for name, array in part.begin(2).items()}
    J = part.on(X, Y, statistics=weights)
    trace = nn.run(OPTIMIZERS[optimizer], nn.MiniBatches(5, 0).of(J), part.pack(weights), 6)
    after = J.weights(trace.theta[-1])
    assert list(after) == list(weights)
    for name, array in after.items():
        same = name.split("/")[0] in layers or not part.leaves.declared[name].trained
        assert np.array_equal(array, weights[name]) == same, name
    np.testing.assert_array_equal(part.forward(after, X), J.scores(trace.theta[-1], X))


def test_a_frozen_layer_without_weights_needs_none():
    theta = network().pack(WEIGHTS)
    assert network("relu", "flatten").on(X, Y).loss(theta) == network().on(X, Y).loss(theta)


def test_with_every_layer_frozen_theta_is_empty():
    whole = every_layer_frozen()
    assert whole.pack(WEIGHTS).shape == (0,) and whole.leaves.dimension == 0
    assert np.array_equal(whole.forward(WEIGHTS, X), network().forward(WEIGHTS, X))


def test_a_frozen_normalisation_uses_the_mean_that_is_stored():
    weights = {**normalised().begin(0), "norm/moving_mean": np.array([3.0, -1.0, 0.5])}
    J = normalised("conv", "norm").on(X, Y, statistics=weights)
    theta = J.network.pack(weights)
    np.testing.assert_allclose(J.losses(theta)[:2], J.take(slice(0, 2)).losses(theta), rtol=1e-12)
    np.testing.assert_allclose(J.criterion.losses(J.network.forward(weights, X), J.targets), J.losses(theta))
    assert normalised("norm").statistics(weights, X) == {} != normalised("conv").statistics(weights, X)


def test_the_way_back_ends_at_the_lowest_free_layer(monkeypatch):
    def never(*arguments):
        raise AssertionError

    J = network("conv").on(X, Y, statistics=network().begin(0))
    monkeypatch.setattr(Conv2D, "slopes", never)
    monkeypatch.setattr(MaxPool2D, "backward", never)
    assert J.gradient(J.start).shape == (27 * 4 + 4 + 15,)


def test_a_sweep_of_heads_on_one_frozen_trunk_is_the_single_ones():
    part = network("conv")
    J = part.on(X, Y, statistics=part.begin(3))
    starts = np.array([J.initial(seed) for seed in (0, 1)])
    swept = nn.run(nn.Adam(0.01), J, starts, 5).theta[-1]
    for start, end in zip(starts, swept, strict=True):
        np.testing.assert_allclose(end, nn.run(nn.Adam(0.01), J, start, 5).theta[-1], atol=1e-12)


def test_a_network_tells_what_is_frozen():
    part = network("conv")
    assert repr(part).endswith(", frozen=('conv',))") and "frozen" not in repr(network())
    assert part.freeze().frozen == () and part.freeze("dense").frozen == ("dense",)
    assert part.count().parameters == network().count().parameters
    assert part.on(X, Y, statistics=part.begin(0)).describe()["frozen"] == ["conv"]


# --- Weights handed over, rates by layer ---


def test_the_layers_named_are_handed_over_as_copies():
    old, fresh = (models.weights_of(network().begin(seed)) for seed in (0, 1))
    new = models.hand_over(old, fresh, ["conv", "dense"])
    assert list(new) == list(fresh)
    for name, array in new.items():
        source = fresh if name.startswith("output") else old
        assert np.array_equal(array, source[name]) and not np.shares_memory(array, source[name])
    assert models.hand_over(old, fresh, [])["conv/kernel"] is not fresh["conv/kernel"]


def test_to_a_network_with_other_classes_goes_all_but_the_head():
    old = models.weights_of(network().begin(0))
    wider = Network((6, 6, 1), [*network().layers[:-1], Dense(5, name="output")])
    new = models.hand_over(old, wider.begin(1), ["conv", "dense"])
    assert wider.forward(new, X).shape == (N, 5)
    with pytest.raises(ValueError, match=r"output/kernel has shape \(4, 3\) in the old .* needs \(4, 5\)"):
        models.hand_over(old, wider.begin(1), ["output"])


def test_layers_within_a_shortcut_are_handed_over_together():
    old, fresh = (models.weights_of(with_shortcut().begin(seed)) for seed in (0, 1))
    new = models.hand_over(old, fresh, ["block"])
    assert np.array_equal(new["block/conv/kernel"], old["block/conv/kernel"])
    assert np.array_equal(new["first/kernel"], fresh["first/kernel"])


@pytest.mark.parametrize("optimizer", [nn.GradientDescent, nn.Momentum, nn.Nesterov, nn.RMSprop, nn.Adam, nn.AdamW,
                                       nn.Nadam, nn.Lion])  # fmt: skip
def test_a_rate_by_layer_is_that_rate_in_each_layer(optimizer):
    whole = network()
    J = whole.on(X, Y)
    rates = models.layer_rates(whole, {"conv": 0.001, "output": 0.1})
    assert rates.shape == (J.dimension,) and set(rates) == {0, 0.001, 0.1}
    start = J.initial(0)
    after = whole.unpack(nn.run(optimizer(rates), J, start, 1).theta[-1])
    before = whole.unpack(start)
    for layer, rate in (("conv", 0.001), ("output", 0.1)):
        alone = whole.unpack(nn.run(optimizer(rate), J, start, 1).theta[-1])
        np.testing.assert_array_equal(after[f"{layer}/kernel"], alone[f"{layer}/kernel"])
    np.testing.assert_array_equal(after["dense/kernel"], before["dense/kernel"])
    assert set(models.layer_rates(whole, {"conv": 0.0}, rest=0.2)) == {0, 0.2}


# --- Keras ---

DIGITS = digits()
FEW = Dataset("few", DIGITS.X_train[:64], DIGITS.y_train[:64], DIGITS.X_test, DIGITS.y_test, (), (), DIGITS.centre,
              DIGITS.scale)  # fmt: skip


def moved(model, before):
    """Which layers' weights changed."""
    after = models.weights_of(model)
    return {name.rpartition("/")[0] for name in after if not np.array_equal(after[name], before[name])}


def kept(model):
    return {name: array.copy() for name, array in models.weights_of(model).items()}


def built(norm=True):
    layers = [keras.layers.Conv2D(2, 3, name="conv"), *([keras.layers.BatchNormalization(name="norm")] * norm),
              keras.layers.Flatten(), keras.layers.Dense(5, name="dense"),
              keras.layers.Dense(10, name="output")]  # fmt: skip
    return keras.Sequential([keras.Input((8, 8, 1)), *layers])


def fit(model):
    images = FEW.X_train.reshape(-1, 8, 8, 1).astype(np.float32)
    model.fit(images, FEW.y_train, epochs=1, verbose=0)


def compiled(model):
    model.compile(keras.optimizers.AdamW(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@pytest.mark.parametrize("layers", [["conv"], ["conv", "norm"], ["dense"], []])
def test_frozen_layers_of_a_keras_model_stay_bit_for_bit(layers):
    model = built()
    assert models.freeze(model, layers) is model
    before = kept(model)
    models.train(model, FEW, epochs=1)
    assert moved(model, before) == {"conv", "norm", "dense", "output"} - {*layers}
    before = kept(model)
    fit(compiled(model))
    assert moved(model, before) == {"conv", "norm", "dense", "output"} - {*layers}


def test_a_model_that_was_fitted_can_be_frozen_and_freed():
    """Keras alone goes on moving what was frozen after the first fit: bug clinic of chapter 14."""
    model = compiled(built(norm=False))
    fit(model)
    model.get_layer("conv").trainable = False
    before = kept(model)
    fit(model)
    assert "conv" in moved(model, before)
    models.freeze(model, ["conv"])
    before = kept(model)
    fit(model)
    assert moved(model, before) == {"dense", "output"}
    models.freeze(model, [])
    before = kept(model)
    fit(model)
    assert moved(model, before) == {"conv", "dense", "output"}


def test_layers_within_a_model_are_frozen_by_its_name_or_theirs():
    inner = keras.Sequential([keras.Input((64,)), keras.layers.Dense(3, name="a"), keras.layers.Dense(3, name="b")],
                             name="inner")  # fmt: skip
    model = keras.Sequential([keras.Input((64,)), inner, keras.layers.Dense(10, name="output")])
    for layers, moving in ((["inner/a"], {"inner/b", "output"}), (["inner"], {"output"})):
        models.freeze(model, layers)
        before = kept(model)
        models.train(model, FEW, epochs=1)
        assert moved(model, before) == moving


def test_each_layer_learns_at_its_own_rate_and_the_others_stay():
    model = built()
    before = kept(model)
    models.train(model, FEW, epochs=1, batch=64, learning_rate={"dense": 1e-4, "output": 1e-2})  # one step of Adam
    assert moved(model, before) == {"dense", "output"}
    after = models.weights_of(model)
    for layer, rate in (("dense", 1e-4), ("output", 1e-2)):
        steps = np.abs(after[f"{layer}/kernel"] - before[f"{layer}/kernel"])
        assert np.median(steps) == pytest.approx(rate, rel=0.02) and steps.max() < 1.01 * rate
    assert all(layer.trainable for layer in model.layers)
    before = kept(models.freeze(model, ["dense"]))
    models.train(model, FEW, epochs=1, learning_rate={"dense": 1e-2, "output": 1e-2})
    assert moved(model, before) == {"output"}


def test_one_rate_for_all_layers_by_name_is_that_rate():
    one, other = built(norm=False), built(norm=False)
    other.set_weights(one.get_weights())
    models.train(one, FEW, epochs=1, learning_rate=0.01)
    models.train(other, FEW, epochs=1, learning_rate={"conv": 0.01, "dense": 0.01, "output": 0.01})
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_a_frozen_network_is_a_frozen_keras_model():
    part = with_shortcut("block")
    model = to_keras(part, part.begin(0))
    assert {layer.name: layer.trainable for layer in model.layers}["block"] is False
    assert len(model.trainable_weights) == 4
    back, weights = from_keras(model)
    np.testing.assert_allclose(back.forward(weights, X), part.forward(part.begin(0), X), rtol=1e-4, atol=1e-5)


# --- What is refused ---

MASKED = np.ma.masked_invalid(np.ones((4, 3)))
OLD = models.weights_of(network().begin(0))


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: network("con"), ValueError, "There is no layer 'con'; the layers are conv, relu, maxpool2d, "),
        (lambda: network().freeze(3), TypeError, "names of layers; 3 is none"),
        (lambda: Network((2,), [Dense(1)], "dense"), TypeError, r"\['dense'\]"),
        (lambda: network("conv").on(X, Y), ValueError, "conv won't be trained: give the weights .* as statistics"),
        (lambda: network("conv").on(X, Y, statistics={}), ValueError, "lack conv/kernel"),
        (lambda: network("conv").on(X, Y, statistics=OLD | {"conv/bias": [np.nan] * 3}), ValueError, "conv/bias"),
        (lambda: network("conv", "dense", "output").on(X, Y, statistics=OLD), ValueError, "nothing to learn"),
        (lambda: models.hand_over(OLD, OLD, "conv"), TypeError, r"\['conv'\]"),
        (lambda: models.hand_over(OLD, OLD, ["con"]), ValueError, "no layer 'con' with weights here; .* conv, dense"),
        (lambda: models.hand_over(OLD, OLD, ["relu"]), ValueError, "no layer 'relu' with weights"),
        (lambda: models.hand_over({}, OLD, ["conv"]), ValueError, "no layer 'conv'"),
        (lambda: models.hand_over(OLD | {"output/kernel": MASKED}, OLD, ["conv"]), TypeError, "output/kernel"),
        (lambda: models.hand_over({**OLD, "conv/extra": np.ones(1)}, OLD, ["conv"]), ValueError,
         "holds conv/kernel, conv/bias in the fresh network and .*conv/extra in the old"),
        (lambda: models.hand_over(network(), OLD, ["conv"]), TypeError, "this is of type Network"),
        (lambda: models.layer_rates(network(), {"con": 1}), ValueError, "no layer 'con'"),
        (lambda: models.layer_rates(network("conv"), {"conv": 1}), ValueError, "conv is frozen"),
        (lambda: models.layer_rates(network(), {"conv": -1}), ValueError, "conv = -1"),
        (lambda: models.layer_rates(network(), {"conv": np.nan}), ValueError, "conv"),
        (lambda: models.layer_rates(network(), {}, rest=-0.1), ValueError, "rest = -0.1"),
        (lambda: models.layer_rates(network(), [0.1]), TypeError, "by layer, {name: rate}; this is of type list"),
        (lambda: models.freeze(network(), ["conv"]), TypeError, r"type Network. A Network freezes by network.freeze"),
        (lambda: models.freeze(built(), "conv"), TypeError, r"\['conv'\]"),
        (lambda: models.freeze(built(), None), TypeError, "names of layers; None is none"),
        (lambda: models.freeze(built(), [0]), TypeError, "names of layers; 0 is none"),
        (lambda: models.hand_over(WEIGHTS, WEIGHTS, None), TypeError, "layers must .* names of layers; None is none"),
        (lambda: models.hand_over(WEIGHTS, WEIGHTS, [0]), TypeError, "layers must .* names of layers; 0 is none"),
        (lambda: models.hand_over({1: X}, {1: X}, ["conv"]), ValueError, "There is no layer 'conv'"),
        (lambda: network().freeze(["conv"]), TypeError, r"frozen must .* names of layers; \['conv'\] is none"),
        (lambda: network(3), TypeError, "names of layers; 3 is none"),
        (lambda: Network((6, 6, 1), network().layers, None), TypeError, "names of layers; None is none"),
        (lambda: models.layer_rates(WEIGHTS, {"conv": 0.1}), TypeError, r"A Network is needed; .* type dict"),
        (lambda: every_layer_frozen().on(X, Y, statistics=WEIGHTS), ValueError, "has nothing to learn"),
        (lambda: models.freeze(built(), ["con"]), ValueError, "There is no layer 'con'; the layers are conv, norm"),
        (lambda: models.train(built(), FEW, learning_rate={"con": 1}), ValueError, "There is no layer 'con'"),
        (lambda: models.train(built(), FEW, learning_rate={"conv": 0}), ValueError, "conv = 0"),
        (lambda: models.train(built(), FEW, learning_rate={}), ValueError, "nothing to learn"),
    ],
)  # fmt: skip
def test_transfer_refuses(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_refusal_leaves_the_model_as_it_was():
    model = models.freeze(built(), ["conv"])
    for layers in (["dense", "con"], "dense"):
        with pytest.raises((TypeError, ValueError)):
            models.freeze(model, layers)
    with pytest.raises(ValueError, match="output = -1"):
        models.train(model, FEW, learning_rate={"dense": 0.1, "output": -1})
    assert [layer.name for layer in model.layers if not layer.trainable] == ["conv"]


def test_a_layer_that_is_used_under_two_names_has_one_rate():
    shared = keras.layers.Dense(64, name="shared")
    inner = keras.Sequential([keras.Input((64,)), shared], name="inner")
    entry = keras.Input((64,))
    model = keras.Model(entry, keras.layers.Dense(10, name="output")(inner(shared(entry))))
    with pytest.raises(ValueError, match="belongs to two of the layers named"):
        models.train(model, FEW, learning_rate={"shared": 0.1, "inner": 0.2})
    before = kept(model)
    models.train(model, FEW, epochs=1, learning_rate={"shared": 0.1, "inner": 0.1})
    assert moved(model, before) == {"shared"}
