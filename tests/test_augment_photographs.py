"""Crop and resize, colour jitter, cut-out and mixup: against libraries, against loops, and at their limits."""

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from nnlearn.data import augment, datasets
from nnlearn.data.augment import (
    Pipeline,
    RandomColour,
    RandomCutOut,
    RandomResizedCrop,
    colour_jitter,
    crop,
    crop_and_resize,
    cut_out,
    mixup,
)
from nnlearn.interop.quiet import keras, tf

RNG = np.random.default_rng(0)
PHOTOGRAPH = datasets.photographs()["china"][np.newaxis, 100:160, 120:200]
GREY = RNG.random((3, 8, 9))


def images(shape, dtype="float64", seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, shape).astype(dtype) if dtype == "uint8" else rng.random(shape).astype(dtype)


# --- Crop and resize ---


@pytest.mark.parametrize("part", [(0, 0, 60, 80), (3, 5, 30, 41), (59, 79, 1, 1), (10, 0, 2, 80)])
@pytest.mark.parametrize("size", [(16, 16), (60, 80), (7, 90), (1, 1)])
def test_parts_are_resized_as_by_tensorflow(part, size):
    theirs = tf.image.resize(crop(PHOTOGRAPH, *part).astype("float32"), size).numpy()
    np.testing.assert_allclose(
        crop_and_resize(PHOTOGRAPH.astype("float64"), *part, size), theirs, atol=1e-3
    )  # it computes in float32
    whole = crop_and_resize(PHOTOGRAPH, *part, size)
    assert whole.dtype == np.uint8 and np.abs(whole - theirs).max() < 0.502


def test_every_image_has_its_own_part():
    batch = images((4, 9, 11, 3))
    parts = [(0, 0, 9, 11), (2, 3, 4, 5), (8, 10, 1, 1), (0, 6, 7, 5)]
    together = crop_and_resize(batch, *np.array(parts).T, (6, 6))
    for i, part in enumerate(parts):
        np.testing.assert_array_equal(together[i], crop_and_resize(batch[[i]], *part, (6, 6))[0])


@pytest.mark.parametrize("shape", [(2, 5, 6), (2, 5, 6, 1), (2, 5, 6, 4), (0, 5, 6)])
def test_the_whole_image_in_its_own_size_is_the_image(shape):
    batch = images(shape)
    np.testing.assert_array_equal(crop_and_resize(batch, 0, 0, 5, 6, (5, 6)), batch)


def test_nothing_beyond_the_part_is_looked_up():
    batch = np.zeros((1, 8, 8))
    batch[0, 2:5, 3:6] = 1
    np.testing.assert_array_equal(crop_and_resize(batch, 2, 3, 3, 3, (9, 9)), 1)


# --- Colour jitter ---

PILLOW = {"brightness": ImageEnhance.Brightness, "contrast": ImageEnhance.Contrast, "saturation": ImageEnhance.Color}


@pytest.mark.parametrize("change", PILLOW)
@pytest.mark.parametrize("factor", [0, 0.3, 1, 1.4, 2])
def test_light_is_changed_as_by_pillow(change, factor):
    theirs = np.asarray(PILLOW[change](Image.fromarray(PHOTOGRAPH[0])).enhance(factor)).astype(int)
    ours = colour_jitter(PHOTOGRAPH, **{change: factor})[0].astype(int)
    assert np.abs(ours - theirs).max() <= 1  # Pillow cuts fractions off
    assert factor == 1 or np.any(ours != PHOTOGRAPH[0])


def test_contrast_of_grey_images_is_tensorflows():
    batch = 0.3 + 0.3 * images((3, 8, 9, 1))
    theirs = tf.image.adjust_contrast(batch, 1.3).numpy()
    np.testing.assert_allclose(colour_jitter(batch, contrast=1.3), theirs, atol=1e-6)


def test_one_factor_after_the_other_and_each_image_its_own():
    batch = images((3, 5, 6, 3))
    factors = np.array([0.5, 1.2, 1.9]), np.array([1.5, 0.2, 0.7]), np.array([0.0, 1.0, 3.0])
    together = colour_jitter(batch, *factors)
    for i, (brightness, contrast, saturation) in enumerate(zip(*factors, strict=True)):
        step = colour_jitter(batch[[i]], brightness)
        step = colour_jitter(step, contrast=contrast)
        np.testing.assert_allclose(together[i], colour_jitter(step, saturation=saturation)[0], atol=1e-12)


def test_what_is_grey_stays_grey_and_what_is_opaque_stays_opaque():
    np.testing.assert_array_equal(colour_jitter(GREY, saturation=0), GREY)
    batch = images((2, 5, 6, 4))
    changed = colour_jitter(batch, 0.5, 0.5, 0.5)
    np.testing.assert_array_equal(changed[..., 3], batch[..., 3])
    without = colour_jitter(images((2, 5, 6, 3)), saturation=0)
    np.testing.assert_allclose(without[..., 0], without[..., 2], atol=1e-12)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
def test_light_stays_between_black_and_white(dtype):
    batch = images((4, 6, 7, 3), dtype)
    bright = colour_jitter(batch, 100)
    assert bright.dtype == batch.dtype and bright.max() == (255 if dtype == "uint8" else 1)
    assert colour_jitter(batch, contrast=100).min() == 0


# --- Cut-out ---


def covered_pixel_by_pixel(batch, row, column, side, value):
    result = batch.copy()
    for i, (middle, across) in enumerate(zip(row, column, strict=True)):
        for y in range(middle - side // 2, middle - side // 2 + side):
            for x in range(across - side // 2, across - side // 2 + side):
                if 0 <= y < batch.shape[1] and 0 <= x < batch.shape[2]:
                    result[i, y, x] = value
    return result


@pytest.mark.parametrize("side", [0, 1, 3, 4, 9, 40])
@pytest.mark.parametrize("shape", [(5, 6, 9), (5, 6, 9, 3)])
def test_squares_are_covered(side, shape):
    batch, row, column = images(shape), np.array([0, 5, 2, 3, -3]), np.array([8, 0, 4, 20, 1])
    expected = covered_pixel_by_pixel(batch, row, column, side, 0.25)
    np.testing.assert_array_equal(cut_out(batch, row, column, side, 0.25), expected)


# --- Mixup ---


def test_images_and_labels_are_mixed_as_by_keras():
    batch, labels = images((6, 4, 5, 3), "float32"), np.eye(6, dtype=np.float32)
    rng = np.random.default_rng(3)
    drawn = {"mix_weight": rng.beta(0.4, 0.4, 6).astype(np.float32), "permutation_order": rng.permutation(6)}
    layer = keras.layers.MixUp()
    ours, shares = mixup(batch, labels, 0.4, np.random.default_rng(3))
    np.testing.assert_allclose(ours, layer.transform_images(batch, drawn), atol=1e-6)
    np.testing.assert_allclose(shares, layer.transform_labels(labels, drawn), atol=1e-6)
    assert np.any(np.abs(ours - batch) > 0.05)


def test_labels_are_mixed_by_the_share_of_their_images():
    n = 200
    batch = np.eye(n)[:, np.newaxis, :]  # pixel i is 1 in image i alone: an image shows its shares
    mixed, shares = mixup(batch, np.eye(n), 0.5, np.random.default_rng(0))
    np.testing.assert_allclose(mixed[:, 0], shares, atol=1e-12)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert sorted(np.count_nonzero(shares, axis=1))[10] == 2


@pytest.mark.parametrize("alpha, spread", [(0.2, (1 / (4 * 1.4)) ** 0.5), (1, 12**-0.5), (20, (1 / (4 * 41)) ** 0.5)])
def test_shares_are_beta_distributed(alpha, spread):
    labels = np.tile(np.eye(2), (5000, 1))
    _, shares = mixup(np.zeros((10000, 1, 1)), labels, alpha, np.random.default_rng(1))
    rng = np.random.default_rng(1)
    share = rng.beta(alpha, alpha, 10000)
    partner = rng.permutation(10000)
    np.testing.assert_allclose(shares, share[:, None] * labels + (1 - share)[:, None] * labels[partner])
    assert share.mean() == pytest.approx(0.5, abs=0.02)
    assert share.std() == pytest.approx(spread, rel=0.03)  # the variance of Beta(a, a) is 1 / (4 (2 a + 1))


# --- Random steps ---


def test_parts_have_the_area_that_was_asked_for_and_come_from_everywhere():
    ramp = np.broadcast_to(np.linspace(0, 1, 40)[:, None] * np.ones(40), (500, 40, 40))
    shown = Pipeline(RandomResizedCrop(0.25))(ramp)
    heights = (shown[:, -1, 0] - shown[:, 0, 0]) * 39 + 1
    assert 40 * np.sqrt(0.25 / (4 / 3)) - 1 < heights.min() < 24 and heights.max() > 39
    assert shown[:, 0, 0].min() == 0 and shown[:, -1, 0].max() == 1
    assert len(np.unique(shown[:, 0, 0])) > 15
    np.testing.assert_array_equal(Pipeline(RandomResizedCrop(1.0))(np.ones((3, 8, 8))), 1)


def test_strength_bounds_the_light():
    batch = np.full((2000, 2, 2), 0.5)
    light = Pipeline(RandomColour(0.4, 0, 0))(batch)[:, 0, 0] / 0.5
    assert 0.6 <= light.min() < 0.61 and 1.39 < light.max() <= 1.4
    np.testing.assert_array_equal(Pipeline(RandomColour(0, 0, 0))(GREY), GREY)


def test_squares_lie_about_every_pixel():
    covered = (Pipeline(RandomCutOut(3))(np.ones((900, 6, 7))) == 0).sum(axis=(1, 2))
    assert set(covered) == {4, 6, 9}  # at a corner, at an edge, inside
    assert np.mean(covered == 4) == pytest.approx(4 / 42, abs=0.04)


@pytest.mark.parametrize("step", [RandomResizedCrop(), RandomColour(), RandomCutOut()])
def test_steps_draw_by_image_and_say_what_they_keep(step):
    pipeline, batch = Pipeline(step, seed=2), images((6, 16, 16, 3), "float32")
    np.testing.assert_array_equal(pipeline(batch, 1)[4:], pipeline(batch[4:], 1, [4, 5]))
    assert not np.array_equal(pipeline(batch, 1), pipeline(batch, 2))
    assert [judgement.data for judgement in step.labels] == ["Photographs", "Digits"]
    assert step.labels[0].kept


@pytest.mark.parametrize("call", [
    lambda batch: crop_and_resize(batch, 1, 1, 4, 4, (6, 6)), lambda batch: colour_jitter(batch, 0.5, 0.5, 0.5),
    lambda batch: cut_out(batch, 3, 3, 4, 0.5), lambda batch: mixup(batch, np.eye(2), 1, np.random.default_rng(0))[0],
])  # fmt: skip
def test_what_is_given_is_left_as_it_is(call):
    batch = images((2, 8, 9, 3))
    before = batch.copy()
    changed = call(batch)
    np.testing.assert_array_equal(batch, before)
    assert not np.shares_memory(changed, batch)


def test_they_are_offered():
    assert {"colour_jitter", "crop_and_resize", "cut_out", "mixup", "RandomColour"} <= set(augment.__all__)
