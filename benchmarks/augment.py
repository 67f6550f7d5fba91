"""Augmentation: rotations, and crops of padded images."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import nnlearn as nn
from benchmarks.harness import Result, interleaved, speed_up
from benchmarks.peers import load
from nnlearn.data import augment

PADDING = 4
SIZE = (32, 32)


def rotation(rounds: int) -> Iterator[Result]:
    """Bilinear rotation, the same to the last bit, against scipy.ndimage.rotate (order=1, reshape=False): a
    colour photograph of 427 x 640 pixels by one angle; the 1,347 digits to train on, 8 x 8 pixels in float64, by
    an angle each, which SciPy turns one by one."""
    yield from rotations("SciPy", with_scipy, "constant", rounds)


def rotation_skimage(rounds: int) -> Iterator[Result]:
    """The same against skimage.transform.rotate (order=1, preserve_range=True), which gives floats. What it calls
    "constant" is SciPy's and the course's "grid-constant"."""
    yield from rotations("scikit-image", with_skimage, "grid-constant", rounds)


def rotations(peer: str, of: Callable[[Any, Any], Callable[[], Any]], fill: str, rounds: int) -> Iterator[Result]:
    """The photograph and the digits. fill: the course's name for how the peer fills."""
    for name, images, degrees, at_least in (
        ("photo turned", photograph(), np.array([17.0]), 0.8),
        ("digits turned", digits(), np.random.default_rng(0).uniform(-15, 15, len(digits())), 5),
    ):
        sides = interleaved([turned(images, degrees, fill), of(images, degrees)], rounds)
        yield speed_up(f"{name}: {peer}", sides, at_least)


def pad_and_crop(rounds: int) -> Iterator[Result]:
    """A batch of 256 colour images of 32 x 32 pixels in float32, padded by 4 and cropped to their size, each at a
    place of its own. Against Keras's layers, called eagerly: RandomTranslation by up to 4 pixels, which moves
    each image by a part of a pixel too, to the nearest one; and ZeroPadding2D with RandomCrop, which does less:
    it draws one place for the whole batch."""
    images = patches(256)
    ours, *peers = interleaved([cropped(images), *with_keras(images)], rounds)
    for name, at_least, peer in zip(("RandomTranslation", "RandomCrop"), (2, 1), peers, strict=True):
        yield speed_up(f"pad, crop: {name}", [ours, peer], at_least)


def photograph() -> Any:
    """One picture, uint8, shape (1, 427, 640, 3)."""
    return nn.data.photographs()["china"][np.newaxis]


def digits() -> Any:
    """The digits to train on, shape (1347, 8, 8)."""
    return nn.data.digits().X_train.reshape(-1, 8, 8)


def patches(n: int) -> Any:
    """Parts of the photograph, float32, shape (n, 32, 32, 3)."""
    rng = np.random.default_rng(0)
    return augment.random_crop(np.repeat(photograph(), n, axis=0), SIZE, 0, rng).astype(np.float32)


def turned(images: Any, degrees: Any, fill: str) -> Callable[[], Any]:
    """nnlearn's rotation, an angle for each image."""
    return lambda: augment.rotate(images, degrees, fill)


def with_scipy(images: Any, degrees: Any) -> Callable[[], Any]:
    """The same with SciPy."""
    rotate = load("scipy.ndimage").rotate
    pairs = list(zip(images, degrees, strict=True))
    return lambda: np.array([rotate(image, angle, reshape=False, order=1) for image, angle in pairs])


def with_skimage(images: Any, degrees: Any) -> Callable[[], Any]:
    """The same with scikit-image."""
    rotate = load("skimage.transform").rotate
    pairs = list(zip(images, degrees, strict=True))
    return lambda: np.array([rotate(image, angle, order=1, preserve_range=True) for image, angle in pairs])


def cropped(images: Any) -> Callable[[], Any]:
    """nnlearn's crops."""
    rng = np.random.default_rng(0)
    return lambda: augment.random_crop(images, SIZE, PADDING, rng)


def with_keras(images: Any) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Keras's: each image moved by itself; all images padded and cropped at the same place."""
    quiet = load("nnlearn.interop.quiet")
    layers, tensor = quiet.keras.layers, quiet.tf.constant(images)
    share = PADDING / SIZE[0]
    move = layers.RandomTranslation(share, share, fill_mode="constant", interpolation="nearest")
    pad, crop = layers.ZeroPadding2D(PADDING), layers.RandomCrop(*SIZE)
    return lambda: move(tensor, training=True), lambda: crop(pad(tensor), training=True)
