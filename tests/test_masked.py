"""Masked arrays: their mask is never lost without a word, wherever arrays are taken."""

import numpy as np
import pytest

import nnlearn as nn
from nnlearn import models, objectives
from nnlearn.compression import Quantized, pack, quantize, save
from nnlearn.data import Dataset, augment, clean, compress, digits
from nnlearn.models.rescaling import rescaled, with_outlier


def masked(values):
    """The values, the first of them masked."""
    values = np.array(values)
    return np.ma.array(values, mask=np.arange(values.size).reshape(values.shape) == 0)


J, RULE = objectives.Rosenbrock(), nn.GradientDescent(0.1)
POINT, SWEEP = masked([1.0, 2.0]), masked([[0.1], [0.2]])
ROWS, LABELS = np.arange(8.0).reshape(4, 2), [0, 1, 0, 1]
IMAGES, RNG = np.ones((2, 8, 8)), np.random.default_rng(0)
DATA, STORED, NETWORK = digits(), models.trained(), models.digits_mlp(3)
PIXELS, THETA = DATA.X_test[:2], NETWORK.initial(0)
WEIGHTS = {name: masked(array) for name, array in STORED.items()}
PARTS = {"bits": 4, "scheme": "symmetric", "axis": None, "error": 0.0, "signal": 1.0}


def data(**changed):
    fields = {"X_train": PIXELS, "y_train": np.array([0, 1]), "X_test": PIXELS, "y_test": np.array([0, 1])} | changed
    return Dataset("two", **fields, feature_names=(), target_names=(), centre=DATA.centre, scale=DATA.scale)


TAKEN = {  # by what takes it
    "run": lambda: nn.run(RULE, J, POINT, 1),
    "run, in a list": lambda: nn.run(RULE, J, [POINT, POINT], 1),
    "branch": lambda: nn.run(nn.Momentum(), J, [1.0, 1.0], 3).branch(1, velocity=POINT),
    "loss": lambda: J.loss(POINT),
    "rate": lambda: nn.GradientDescent(SWEEP),
    "rate, in a list": lambda: nn.GradientDescent([SWEEP[0], SWEEP[1]]),
    "schedule": lambda: nn.ExponentialDecay(SWEEP, 1, 0.5),
    "curvatures": lambda: objectives.Quadratic(curvatures=POINT),
    "regression": lambda: objectives.LinearRegression(masked(ROWS), LABELS),
    "targets": lambda: objectives.LinearRegression(ROWS, masked([0.0, 1, 0, 1])),
    "labels": lambda: objectives.LogisticRegression(ROWS, masked(LABELS)),
    "classes": lambda: objectives.SoftmaxRegression(ROWS, masked(LABELS)),
    "clipped": lambda: objectives.Clipped(J, norm=SWEEP),
    "noisy": lambda: objectives.Noisy(J, scale=SWEEP),
    "seeds": lambda: objectives.Noisy(J, scale=1.0, seed=masked([[1], [2]])),
    "quantize": lambda: quantize(POINT, 4),
    "pack": lambda: pack(masked([1, 2]), 4),
    "save": lambda: save("never written", {"a": masked(np.float32([1, 2]))}),
    "codes": lambda: Quantized(masked(np.int8([1])), np.array(1.0), np.int32(0), **PARTS),
    "scale": lambda: Quantized(np.int8([1]), masked(1.0), np.int32(0), **PARTS),
    "flip": lambda: augment.flip_horizontal(masked(IMAGES)),
    "flip, in a list": lambda: augment.flip_vertical([masked(IMAGES[0]), IMAGES[1]]),
    "crop": lambda: augment.crop(masked(IMAGES), 0, 0, 1, 1),
    "random crop": lambda: augment.random_crop(masked(IMAGES), (2, 2), 1, RNG),
    "shift": lambda: augment.shift(masked(IMAGES), 1, 1),
    "shifts": lambda: augment.shift(IMAGES, masked([1, 2]), 1),
    "rotate": lambda: augment.rotate(masked(IMAGES), 3),
    "angles": lambda: augment.rotate(IMAGES, masked([1.0, 2.0])),
    "zoom": lambda: augment.scale(masked(IMAGES), 1.1),
    "fill value": lambda: augment.rotate(IMAGES, 3, value=masked(1.0)),
    "pipeline": lambda: augment.Pipeline(augment.RandomFlip())(masked(IMAGES)),
    "indices": lambda: augment.Pipeline(augment.RandomFlip())(IMAGES, indices=masked([0, 1])),
    "step": lambda: augment.RandomRotation(masked(3.0)),
    "filter": lambda: clean.mean_filter(masked(PIXELS), 3),
    "filter's value": lambda: clean.median_filter(PIXELS, 3, mode="constant", value=masked(1.0)),
    "footprint": lambda: clean.median_filter(PIXELS, footprint=masked([[1, 1]])),
    "noise": lambda: clean.gaussian_noise(masked(PIXELS), 1),
    "quality": lambda: clean.psnr(PIXELS, masked(PIXELS), 1),
    "imputer": lambda: clean.Imputer().fit(masked(PIXELS)),
    "standardizer": lambda: clean.Standardizer().fit(ROWS).transform(masked(ROWS)),
    "data in bits": lambda: compress.quantize_data(masked(PIXELS), 2),
    "data in one bit": lambda: compress.binarize(masked(PIXELS), 1),
    "tiles": lambda: compress.split_space(masked(PIXELS), 2),
    "columns": lambda: compress.split_features(masked(PIXELS), 1),
    "moments": lambda: compress.Moments(masked(PIXELS)),
    "outliers": lambda: clean.find_outliers([masked([1.0, 2.0])]),
    "measured": lambda: DATA.measured(masked(PIXELS)),
    "forward": lambda: models.forward(STORED, masked(PIXELS)),
    "weights": lambda: models.forward(WEIGHTS, PIXELS),
    "accuracy": lambda: models.accuracy(STORED, masked(PIXELS), [0, 1]),
    "accuracy, labels": lambda: models.accuracy(STORED, PIXELS, masked([0, 1])),
    "measure": lambda: models.measure(STORED, masked(PIXELS), [0, 1]),
    "quantize_weights": lambda: models.quantize_weights(WEIGHTS, 8),
    "an outlier": lambda: with_outlier(WEIGHTS, "dense", 2),
    "rescaled": lambda: rescaled(WEIGHTS, "dense", 1, 2),
    "train": lambda: models.train(models.dense(3), data(X_train=masked(PIXELS)), epochs=1),
    "train, labels": lambda: models.train(models.dense(3), data(y_train=masked([0, 1])), epochs=1),
    "to_litert": lambda: models.to_litert(models.dense(3), "int8", masked(PIXELS)),
    "network": lambda: NETWORK.forward(THETA, masked(PIXELS)),
    "network, theta": lambda: NETWORK.forward(masked(THETA), PIXELS),
    "network, unpacked": lambda: NETWORK.unpack(masked(THETA)),
    "network, packed": lambda: NETWORK.pack({name: masked(leaf) for name, leaf in NETWORK.begin(0).items()}),
    "network, data": lambda: NETWORK.on(masked(PIXELS), [0, 1]),
    "network, labels": lambda: NETWORK.on(PIXELS, masked([0, 1])),
    "network, loss": lambda: NETWORK.on(PIXELS, [0, 1]).loss(masked(THETA)),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_mask_is_not_lost(name):
    with pytest.raises(TypeError, match="is a masked array, whose mask would be lost"):
        TAKEN[name]()
