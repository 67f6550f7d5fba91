"""The cards for tomorrow are what was run, and shift by whole pixels into which 0 comes."""

import inspect
import re

import nbformat
import numpy as np
import pytest

from nnlearn.chapters.ch12_augmentation import tomorrow
from nnlearn.data import augment
from tools.environment import ROOT

CELLS = {cell.id: cell.source for cell in nbformat.read(ROOT / "notebooks/12_augmentation.ipynb", 4).cells}
(CARD,) = re.findall(r"```python\n(def shifted.*?)```", CELLS["tomorrow"], re.DOTALL)
IMAGE = np.random.default_rng(0).random((8, 8)).astype(np.float32)
NINE = np.array([augment.shift(IMAGE[np.newaxis], dy, dx)[0] for dy in (-1, 0, 1) for dx in (-1, 0, 1)])


def which(shifted):
    """How often each of the nine shifts is among images, (n, 8, 8); all must be one of them."""
    found = (shifted[:, np.newaxis] == NINE).all(axis=(2, 3))
    assert (found.sum(axis=1) == 1).all()
    return found.sum(axis=0)


def test_the_card_for_keras_is_the_layer_that_was_measured():
    told = tomorrow.keras_layer(tomorrow.CARD, seed=0).get_config()
    assert told["height_factor"] == told["width_factor"] == 1.5 / 8
    assert (told["fill_mode"], told["interpolation"], told["fill_value"]) == ("constant", "nearest", 0)
    line = 'RandomTranslation(1.5 / 8, 1.5 / 8, fill_mode="constant", interpolation="nearest", seed=0)'
    assert line in CELLS["tomorrow-card"]
    layer = tomorrow.keras_layer(tomorrow.CARD, seed=1)
    counts = which(np.asarray(layer(np.tile(IMAGE[:, :, np.newaxis], (900, 1, 1, 1)), training=True))[..., 0])
    assert counts.min() > 65 and counts.max() < 135


def test_keras_s_own_settings_are_those_that_the_chapter_names():
    from nnlearn.interop.quiet import keras

    for name in ("RandomTranslation", "RandomRotation", "RandomZoom"):
        assert inspect.signature(getattr(keras.layers, name)).parameters["fill_mode"].default == "reflect"
    bare = keras.layers.RandomTranslation(1 / 8, 1 / 8, seed=1).get_config()
    assert bare | {"name": ""} == tomorrow.keras_layer(tomorrow.AS_IT_COMES, seed=1).get_config() | {"name": ""}
    shifted = tomorrow.keras_layer(tomorrow.AS_IT_COMES, seed=1)(
        np.tile(IMAGE[:, :, None], (50, 1, 1, 1)), training=True
    )
    assert not (np.asarray(shifted)[:, None, ..., 0] == NINE).all(axis=(2, 3)).any()
    patches = np.tile(np.arange(64.0).reshape(8, 8, 1), (20, 1, 1, 1))
    assert len(np.unique(keras.layers.RandomCrop(4, 4, seed=0)(patches, training=True), axis=0)) == 1


def test_the_card_for_pytorch_is_the_function_and_shifts_as_the_course_does():
    torch = pytest.importorskip("torch")
    assert len(CARD.splitlines()) <= 10
    names = {"torch": torch}
    exec(CARD, names)
    images = torch.tensor(np.tile(IMAGE, (900, 3, 1, 1)))
    torch.manual_seed(0)
    card = names["shifted"](images)
    torch.manual_seed(0)
    assert torch.equal(card, tomorrow.pytorch_shifts(images)) and card.shape == images.shape
    counts = which(card[:, 2].numpy())
    assert counts.min() > 65 and counts.max() < 135
