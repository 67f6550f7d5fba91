"""Keras models pruned: the mask stays in training, the gradual schedule arrives, small models score alike."""

import numpy as np
import pytest

from nnlearn import models
from nnlearn.compression import (
    fine_tune,
    keep_units,
    magnitude,
    masks,
    prune_gradually,
    prune_model,
    shrink_model,
    sparsity,
    unit_norms,
    without_units,
)
from nnlearn.compression.prune_schedule import GradualSparsity
from nnlearn.data import Dataset, digits
from nnlearn.interop.quiet import keras

DATA = digits()
FEW = Dataset(
    "few digits", DATA.X_train[:96], DATA.y_train[:96], DATA.X_test, DATA.y_test, DATA.feature_names,
    DATA.target_names, DATA.centre, DATA.scale,
)  # fmt: skip


def dense(seed=0):
    return models.dense(8, seed)


def test_a_model_is_pruned_in_place():
    model = dense()
    before = models.weights_of(model)
    found = masks(magnitude(before), 0.7)
    assert prune_model(model, found) is model
    for name, array in models.weights_of(model).items():
        np.testing.assert_array_equal(array, before[name] * found[name] if name in found else before[name])


def test_fine_tuning_keeps_the_mask_exactly():
    model = dense()
    before = models.weights_of(model)
    found = masks(magnitude(before), 0.8)
    assert fine_tune(model, FEW, found, epochs=3) is model
    after = models.weights_of(model)
    for name, mask in found.items():
        assert (after[name][~mask] == 0).all()
        assert (after[name][mask] != before[name][mask]).mean() > 0.7  # pixels at the border are always 0
    assert sparsity(after) == pytest.approx(0.8, abs=0.01)


def test_fine_tuning_is_training_where_nothing_is_pruned():
    one, other = dense(), dense()
    fine_tune(one, FEW, masks(magnitude(models.weights_of(one)), 0.0), epochs=2, seed=3)
    models.train(other, FEW, epochs=2, seed=3)
    for ours, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_gradual_pruning_follows_the_schedule_and_nothing_comes_back(monkeypatch):
    model, seen = dense(), []

    def watched(weights):
        seen.append({name: array == 0 for name, array in weights.items()})
        return magnitude(weights)

    found = prune_gradually(model, FEW, 0.9, epochs=4, then=2, score=watched)
    size = sum(mask.size for mask in found.values())
    assert sum(mask.sum() for mask in found.values()) == size - round(0.9 * size)
    kernels = [name for name in models.weights_of(model) if "kernel" in name]
    gone = [sum(state[name].sum() for name in kernels) / size for state in seen]
    schedule = GradualSparsity(0.9, 4)
    np.testing.assert_allclose(gone[1:5], [schedule(epoch) for epoch in range(4)], atol=1 / size)  # before each cut
    for before, after in zip(seen[1:], seen[2:], strict=False):
        assert all((after[name] | ~before[name]).all() for name in kernels)
    for name, array in models.weights_of(model).items():
        if name in found:
            np.testing.assert_array_equal(array == 0, ~found[name])


def test_nothing_comes_back_where_scores_are_large():
    """One less than a billion is the same number in float32."""
    model, before = dense(), []

    def reversed_each_time(weights):
        sizes = {name: np.float32(1e9) + size for name, size in magnitude(weights).items()}
        before.append({name: array == 0 for name, array in weights.items()})
        return dict(reversed(sizes.items())) if len(before) % 2 else sizes

    found = prune_gradually(model, FEW, 0.9, epochs=4, then=0, score=reversed_each_time)
    for state in before[1:]:
        assert all(not (state[name] & mask).any() for name, mask in found.items())


def test_the_small_model_gives_the_masked_one_s_scores():
    model = models.convolutional()
    model.set_weights([*models.trained().values()])
    weights = models.trained()
    keep = {layer: keep_units(unit_norms(weights, layer), count) for layer, count in (("conv2", 12), ("dense", 20))}
    small = shrink_model(model, keep)
    network = models.digits_cnn()
    expected = network.forward(without_units(network, weights, keep), DATA.X_test.reshape(-1, 8, 8, 1))
    found = small.predict(DATA.X_test.reshape(-1, 8, 8, 1), verbose=0)
    assert np.abs(found - expected).max() <= 2e-5
    assert small.count_params() == 160 + 1740 + 16 * 12 * 20 + 20 + 210 < model.count_params() == 21_546
    assert [layer.name for layer in small.layers] == [layer.name for layer in model.layers]


def test_units_of_normalised_layers_go_from_keras_too():
    layers = [keras.layers.Conv2D(6, 3, use_bias=False), keras.layers.BatchNormalization(), keras.layers.ReLU(),
              keras.layers.Flatten(), keras.layers.Dense(5, "tanh"), keras.layers.Dense(3)]  # fmt: skip
    model = keras.Sequential([keras.Input((6, 6, 1)), *layers])
    generator = np.random.default_rng(0)
    model.set_weights([np.abs(generator.normal(size=array.shape)) for array in model.get_weights()])
    names = [layer.name for layer in layers]
    keep = {names[0]: np.array([True, False, True, True, False, True]), names[4]: np.array([1, 1, 0, 1, 0]) == 1}
    small = shrink_model(model, keep)
    assert [array.shape for array in small.get_weights()] == [
        (3, 3, 1, 4), (4,), (4,), (4,), (4,), (64, 3), (3,), (3, 3), (3,),
    ]  # fmt: skip


SHARED = keras.layers.Dense(4, name="shared")


def shared():
    entry = keras.Input((4,))
    return keras.Model(entry, keras.layers.Dense(2, name="end")(SHARED(SHARED(entry))))


REFUSED = {
    "a layer used by two": (lambda: shrink_model(shared(), {"shared": np.ones(4, bool)}), ValueError, "each used once"),
    "no model": (lambda: fine_tune(None, FEW, {}), TypeError, "Training needs a Keras model"),
    "a mask's name": (
        lambda: fine_tune(dense(), FEW, {"conv/kernel": np.ones(2, bool)}), ValueError, "mask for 'conv/kernel'"),
    "a share": (lambda: prune_gradually(dense(), FEW, 1.2), ValueError, "share = 1.2 is not in"),
    "no epochs": (lambda: prune_gradually(dense(), FEW, 0.5, epochs=0), ValueError, "epochs = 0 is too small"),
    "no model to prune": (lambda: prune_model(None, {}), TypeError, "model"),
    "no masks": (lambda: fine_tune(dense(), FEW, None), TypeError, "masks must be a dict"),
    "no score": (lambda: prune_gradually(dense(), FEW, 0.5, score=lambda w: None), TypeError, "scores must be a dict"),
    "no data": (lambda: fine_tune(dense(), DATA.X_train, {}), TypeError, "data must be a Dataset"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name):
    call, kind, message = REFUSED[name]
    with pytest.raises(kind, match=message):
        call()
