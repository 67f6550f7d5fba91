"""Augmentation: each function against its definition, SciPy, Keras, TensorFlow, PyTorch and scikit-image;
the random pipelines."""

import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from benchmarks import augment as benchmark
from experiments import agreement
from experiments.agreement import ANGLES, FACTORS, SHAPES, some_images
from experiments.peers import (
    PAD,
    PYTORCH,
    pytorchs_rotation,
    scikit_images_rotation,
    scikit_images_shift,
    scikit_images_zoom,
    scipys_rotation,
    scipys_zoom,
)
from nnlearn.data import augment
from nnlearn.data.augment import (
    FILLS,
    Pipeline,
    RandomCrop,
    RandomFlip,
    RandomRotation,
    RandomScale,
    RandomShift,
    Step,
    crop,
    flip_horizontal,
    flip_vertical,
    random_crop,
    rotate,
    scale,
    shift,
)
from nnlearn.data.augment.pipeline import uniform
from nnlearn.interop.quiet import keras, tf

DTYPES = [*agreement.DTYPES, ">f4"]

# Elsewhere compilers may fuse a multiplication with an addition.
same_arithmetic = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="other roundings")


# --- flips, crops and shifts: every pixel where it belongs ------------------------------------------------

IMAGE = np.array([[[1, 2, 3], [4, 5, 6]]])


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (flip_horizontal(IMAGE), [[3, 2, 1], [6, 5, 4]]),
        (flip_vertical(IMAGE), [[4, 5, 6], [1, 2, 3]]),
        (crop(IMAGE, top=1, left=0, height=1, width=2), [[4, 5]]),
        (crop(IMAGE, top=0, left=1, height=2, width=2), [[2, 3], [5, 6]]),
        (shift(IMAGE, 1, 0), [[0, 0, 0], [1, 2, 3]]),
        (shift(IMAGE, 0, 1), [[0, 1, 2], [0, 4, 5]]),
        (shift(IMAGE, -1, -2, value=9), [[6, 9, 9], [9, 9, 9]]),
        (shift(IMAGE, 5, 0), [[0, 0, 0], [0, 0, 0]]),
        (shift(IMAGE, 0, 10**15, "nearest"), [[1, 1, 1], [4, 4, 4]]),
        (rotate(IMAGE, 90), [[3, 6], [2, 5], [1, 4]]),
        (rotate(IMAGE, -90), [[4, 1], [5, 2], [6, 3]]),
        (rotate(IMAGE, 180), [[6, 5, 4], [3, 2, 1]]),
        (rotate(IMAGE, -360), IMAGE[0]),
    ],
)
def test_pixels_go_where_they_belong(result, expected):
    np.testing.assert_array_equal(result, [expected])


ROWS = {  # positions -3 to 5 of the row 1 2 3 4, with 9 as the constant
    "constant": [9, 9, 9, 1, 2, 3, 4, 9, 9],
    "grid-constant": [9, 9, 9, 1, 2, 3, 4, 9, 9],
    "nearest": [1, 1, 1, 1, 2, 3, 4, 4, 4],
    "reflect": [3, 2, 1, 1, 2, 3, 4, 4, 3],
    "mirror": [4, 3, 2, 1, 2, 3, 4, 3, 2],
    "grid-wrap": [2, 3, 4, 1, 2, 3, 4, 1, 2],
    "wrap": [1, 2, 3, 1, 2, 3, 4, 2, 3],
}


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("turned", [False, True], ids=["row", "column"])
def test_each_fill_mode_continues_the_image_in_its_way(fill, turned):
    row = np.array([[[1, 2, 3, 4]]])
    images, axis = (row.transpose(0, 2, 1), 1) if turned else (row, 2)

    def at(position):
        moved = shift(images, *((-position, 0) if turned else (0, -position)), fill, 9)
        return moved.take(0, axis=axis).item()

    assert [at(position) for position in range(-3, 6)] == ROWS[fill]


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("dtype", ["uint8", "float64"])
@pytest.mark.parametrize("dy, dx", [(1, 0), (-2, 3), (0, -1), (4, -20), (0, 0)])
def test_shift_is_scipys(fill, dtype, dy, dx):
    images = some_images((2, 6, 7, 3), dtype)
    theirs = ndimage.shift(images, (0, dy, dx, 0), order=1, mode=fill, cval=7)
    np.testing.assert_array_equal(shift(images, dy, dx, fill, 7), theirs)


def test_where_copies_overlap_the_first_is_seen():
    row = np.array([[[1.0, 2, 3, 4]]])
    ours, theirs = shift(row, 0, 6, "wrap"), ndimage.shift(row, (0, 0, 6), order=1, mode="wrap")
    np.testing.assert_array_equal(ours, [[[1, 2, 3, 1]]])  # positions -6 to -3
    np.testing.assert_array_equal(theirs, [[[4, 2, 3, 4]]])
    ours, theirs = shift(row, 0, -4, "wrap"), ndimage.shift(row, (0, 0, -4), order=1, mode="wrap")
    np.testing.assert_array_equal(ours, [[[2, 3, 1, 2]]])  # positions 4 to 7
    np.testing.assert_array_equal(theirs, ours)


@pytest.mark.parametrize("mode, fill", [("symmetric", "reflect"), ("reflect", "mirror"), ("wrap", "grid-wrap"),
                                        ("edge", "nearest"), ("constant", "constant")])  # fmt: skip
def test_shift_is_a_crop_of_the_padded_image(mode, fill):
    images = some_images((3, 5, 6, 1), "uint8")
    padded = np.pad(images, ((0, 0), (4, 4), (4, 4), (0, 0)), mode=mode)
    for dy, dx in [(4, -4), (-1, 3), (0, 0)]:
        np.testing.assert_array_equal(shift(images, dy, dx, fill), crop(padded, 4 - dy, 4 - dx, 5, 6))


def test_whole_turns_are_those_of_numpy():
    images = some_images((2, 3, 5, 3), "uint8")
    for k in range(-5, 6):
        np.testing.assert_array_equal(rotate(images, 90 * k), np.rot90(images, k, axes=(1, 2)))


def test_positive_angles_turn_counter_clockwise():
    image = np.zeros((1, 9, 9))
    image[0, 4, 7] = 1  # to the right of the centre
    for degrees, place in {90: (1, 4), 88: (1, 4), 45: (2, 6), 180: (4, 1), -90: (7, 4), -44: (6, 6)}.items():
        turned = rotate(image, degrees)[0]
        assert np.unravel_index(turned.argmax(), turned.shape) == place


def test_zoom_is_about_the_centre():
    row = np.array([[[0.0, 1, 2, 3]]])
    np.testing.assert_allclose(scale(row, 2), [[[0.75, 1.25, 1.75, 2.25]]])
    np.testing.assert_allclose(scale(row, 0.5, "nearest"), [[[0, 0.5, 2.5, 3]]])
    np.testing.assert_allclose(scale(row, 0.5, value=9), [[[9, 0.5, 2.5, 9]]])
    np.testing.assert_array_equal(scale(row, 1), row)


# --- SciPy ----------------------------------------------------------------------------------------------


@same_arithmetic
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_rotation_and_zoom_are_scipys_to_the_last_bit(shape, dtype):
    images = some_images(shape, dtype)
    for degrees in ANGLES:
        theirs = scipys_rotation(images, degrees, "constant", 7)
        np.testing.assert_array_equal(rotate(images, degrees, value=7), theirs)
    for factor in FACTORS:
        theirs = scipys_zoom(images, factor, "constant", 7)
        np.testing.assert_array_equal(scale(images, factor, value=7), theirs)


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("shape", SHAPES)
def test_rotation_and_zoom_are_scipys_in_every_fill_mode(shape, fill):
    """Beyond the border, positions are folded back by other roundings: a pixel may differ in its last bits, a
    whole-numbered one by 1 where it lies halfway between two numbers."""
    bytes_, reals = some_images(shape, "uint8"), some_images(shape)
    generic = [degrees for degrees in ANGLES if degrees % 15]
    for ours, theirs, settings in ((rotate, scipys_rotation, generic), (scale, scipys_zoom, [0.35, 0.9, 2, 3.7])):
        for setting in settings:
            np.testing.assert_allclose(
                ours(reals, setting, fill, 7), theirs(reals, setting, fill, 7), rtol=0, atol=1e-12
            )
            exact = theirs(bytes_.astype(float), setting, fill, 7)
            halfway = np.abs(exact % 1 - 0.5) < 1e-9
            difference = np.abs(ours(bytes_, setting, fill, 7) - theirs(bytes_, setting, fill, 7).astype(float))
            assert np.all(difference[~halfway] == 0) and np.all(difference <= 1)


@pytest.mark.parametrize("change", [rotate, scale])
def test_large_images_and_many_images_are_worked_on_in_parts(change):
    theirs = {rotate: scipys_rotation, scale: scipys_zoom}[change]
    large, small = some_images((2, 150, 301), "uint8"), some_images((700, 6, 5))
    np.testing.assert_allclose(change(large, 20), theirs(large, 20, "constant", 0), atol=1)
    np.testing.assert_allclose(change(small, 20), theirs(small, 20, "constant", 0), atol=1e-12)
    settings = np.linspace(1, 40, 700)
    each = np.concatenate([change(small[i : i + 1], settings[i]) for i in range(700)])
    np.testing.assert_array_equal(change(small, settings), each)


def test_dtypes_that_scipy_does_not_round_are_rounded_to_the_nearest():
    halves, truth = some_images((3, 7, 8), "float16"), some_images((3, 7, 8), "bool")
    exact = scipys_rotation(halves.astype(float), 20, "nearest", 0)
    np.testing.assert_array_equal(rotate(halves, 20, "nearest"), exact.astype("float16"))
    exact = scipys_rotation(truth.astype(float), 20, "nearest", 0)
    np.testing.assert_array_equal(rotate(truth, 20, "nearest"), exact >= 0.5)
    cut_off = scipys_rotation(truth, 20, "nearest", 0)
    assert cut_off.sum() < 0.7 * np.sum(exact >= 0.5)  # SciPy makes True only what is wholly True


# --- Keras, TensorFlow, PyTorch, scikit-image -------------------------------------------------------------

# What Keras calls the fill modes. "wrap" stands for whole pixels alone: between the last and the first pixel,
# TensorFlow doesn't interpolate.
KERAS = {"constant": "grid-constant", "nearest": "nearest", "reflect": "reflect", "wrap": "grid-wrap"}
COLOUR = some_images((3, 9, 13, 3), "float32")


def by_keras(layer):
    return np.asarray(layer(COLOUR, training=True))


@pytest.mark.parametrize("degrees", [30, -77, 123])
@pytest.mark.parametrize("fill", ["constant", "nearest", "reflect"])
def test_rotation_is_that_of_keras(fill, degrees):
    layer = keras.layers.RandomRotation([degrees / 360] * 2, fill_mode=fill, fill_value=0.3)
    np.testing.assert_allclose(rotate(COLOUR, degrees, KERAS[fill], 0.3), by_keras(layer), atol=2e-5)


@pytest.mark.parametrize("change", [-0.3, 0.4])  # a part of the image's height less, or more, is to be seen
@pytest.mark.parametrize("fill", ["constant", "nearest", "reflect"])
def test_zoom_is_that_of_keras(fill, change):
    layer = keras.layers.RandomZoom([change] * 2, fill_mode=fill, fill_value=0.3)
    np.testing.assert_allclose(scale(COLOUR, 1 / (1 + change), KERAS[fill], 0.3), by_keras(layer), atol=2e-5)


@pytest.mark.parametrize("fill", KERAS)
def test_shift_is_that_of_keras(fill):
    layer = keras.layers.RandomTranslation([2 / 9] * 2, [-3 / 13] * 2, fill_mode=fill, fill_value=0.3)
    np.testing.assert_allclose(shift(COLOUR, 2, -3, KERAS[fill], 0.3), by_keras(layer), atol=2e-5)


def test_flips_and_crops_are_those_of_tensorflow_and_keras():
    np.testing.assert_array_equal(flip_horizontal(COLOUR), tf.image.flip_left_right(COLOUR))
    np.testing.assert_array_equal(flip_vertical(COLOUR), tf.image.flip_up_down(COLOUR))
    np.testing.assert_array_equal(crop(COLOUR, 2, 3, 4, 5), tf.image.crop_to_bounding_box(COLOUR, 2, 3, 4, 5))
    np.testing.assert_array_equal(crop(COLOUR, 2, 3, 5, 7), keras.layers.CenterCrop(5, 7)(COLOUR))


@pytest.mark.parametrize("mode", PYTORCH)
def test_rotation_is_that_of_pytorch(mode):
    pytest.importorskip("torch")
    images = some_images((3, 9, 13, 3))
    theirs = pytorchs_rotation(images, 30, mode)
    np.testing.assert_allclose(rotate(images, 30, PYTORCH[mode]), theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("mode", PAD)
def test_rotation_zoom_and_shift_are_those_of_scikit_image(mode):
    pytest.importorskip("skimage")
    images, fill = some_images((3, 9, 13, 3)), PAD[mode]
    theirs = scikit_images_rotation(images, 30, mode, 0.3)
    np.testing.assert_allclose(rotate(images, 30, fill, 0.3), theirs, rtol=0, atol=1e-12)
    for factor in FACTORS:
        theirs = scikit_images_zoom(images, factor, mode, 0.3)
        np.testing.assert_allclose(scale(images, factor, fill, 0.3), theirs, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(shift(images, 2, -3, fill, 0.3), scikit_images_shift(images, (2, -3), mode, 0.3))


# --- laws -------------------------------------------------------------------------------------------------

sides = st.integers(1, 7)  # from 8 x 8 on, three columns look like channels
shapes = st.one_of(
    st.tuples(st.integers(0, 4), sides, sides), st.tuples(st.integers(0, 4), sides, sides, st.sampled_from([1, 3, 4]))
)
dtypes = st.sampled_from([*DTYPES, "bool", "float16"])
batches = st.builds(some_images, shapes, dtypes, st.integers(0, 9))
angles, factors = st.floats(-400, 400), st.floats(0.01, 100)
steps = st.sampled_from(
    [
        RandomFlip(),
        RandomFlip("vertical"),
        RandomRotation(180),
        RandomShift(2),
        RandomScale(0.5, 2),
        RandomCrop((1, 1), 1),
    ]
)

CHANGES = {
    "flip_horizontal": flip_horizontal,
    "flip_vertical": flip_vertical,
    "crop": lambda images: crop(images, 0, 0, *images.shape[1:3]),
    "random_crop": lambda images: random_crop(images, images.shape[1:3], 1, np.random.default_rng(0)),
    "shift": lambda images: shift(images, 0, 0),
    "quarter turn": lambda images: rotate(images, 90),
    "no turn": lambda images: rotate(images, 0),
    "rotate": lambda images: rotate(images, 20, "reflect"),
    "rotate each": lambda images: rotate(images, np.full(len(images), 20), "grid-wrap"),
    "scale": lambda images: scale(images, 1.5),
    "no step": Pipeline(),
    "pipeline": Pipeline(RandomFlip(), RandomRotation(), RandomScale(), RandomShift()),
}


@pytest.mark.parametrize("name", CHANGES)
@given(images=batches)
def test_the_result_is_new_of_the_same_dtype_and_the_input_stays(name, images):
    before = images.copy()
    images.flags.writeable = False
    result = CHANGES[name](images)
    assert result.dtype == images.dtype and result.dtype.byteorder == images.dtype.byteorder
    assert result.ndim == images.ndim and len(result) == len(images)
    assert result.flags.writeable and not np.shares_memory(result, images)
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize("name", CHANGES)
@given(images=batches)
def test_memory_order_does_not_matter(name, images):
    other = np.moveaxis(np.moveaxis(images, 0, -1).copy(), -1, 0)[::-1][::-1]
    np.testing.assert_array_equal(CHANGES[name](other), CHANGES[name](images))


@given(images=batches)
def test_what_is_done_twice_or_four_times_is_undone(images):
    for flip in (flip_horizontal, flip_vertical):
        np.testing.assert_array_equal(flip(flip(images)), images)
    np.testing.assert_array_equal(flip_horizontal(flip_vertical(images)), rotate(images, 180))
    np.testing.assert_array_equal(rotate(rotate(images, 90), -90), images)
    turned = images
    for _ in range(4):
        turned = rotate(turned, 90)
    np.testing.assert_array_equal(turned, images)


@given(images=batches, padding=st.integers(0, 3))
def test_a_crop_undoes_padding(images, padding):
    border = [(0, 0), (padding, padding), (padding, padding), (0, 0)][: images.ndim]
    np.testing.assert_array_equal(crop(np.pad(images, border), padding, padding, *images.shape[1:3]), images)


@given(images=batches, dy=st.integers(-9, 9), dx=st.integers(-9, 9))
def test_a_shift_that_wraps_is_a_roll(images, dy, dx):
    np.testing.assert_array_equal(shift(images, dy, dx, "grid-wrap"), np.roll(images, (dy, dx), axis=(1, 2)))


@given(images=batches, degrees=angles, factor=factors, fill=st.sampled_from(FILLS))
def test_images_and_channels_do_not_mix(images, degrees, factor, fill):
    for change in (lambda images: rotate(images, degrees, fill), lambda images: scale(images, factor, fill),
                   lambda images: shift(images, 1, -1, fill)):  # fmt: skip
        whole = change(images)
        for i in range(len(images)):
            np.testing.assert_array_equal(whole[i : i + 1], change(images[i : i + 1]))
        if images.ndim == 4:
            for channel in range(images.shape[3]):
                np.testing.assert_array_equal(
                    whole[..., channel : channel + 1], change(images[..., channel : channel + 1])
                )


@given(images=batches, data=st.data(), fill=st.sampled_from(FILLS))
def test_a_number_for_each_image(images, data, fill):
    n = len(images)

    def drawn(numbers):
        return data.draw(st.lists(numbers, min_size=n, max_size=n).map(np.array))

    degrees, factor, dy, dx = drawn(angles), drawn(factors), drawn(st.integers(-3, 3)), drawn(st.integers(-3, 3))
    dy, dx = dy.astype(int), dx.astype(int)
    for change, settings in ((rotate, [degrees]), (scale, [factor]), (shift, [dy, dx])):
        whole = change(images, *settings, fill)
        assert whole.shape == images.shape
        for i in range(n):
            alone = change(images[i : i + 1], *(setting[i : i + 1] for setting in settings), fill)
            np.testing.assert_array_equal(whole[i : i + 1], alone)


@given(degrees=angles, factor=factors, fill=st.sampled_from(FILLS), shape=shapes)
def test_a_plain_image_stays_plain(degrees, factor, fill, shape):
    images = np.full(shape, 7.0)
    for result in (rotate(images, degrees, fill, 7), scale(images, factor, fill, 7)):
        np.testing.assert_allclose(result, 7, rtol=1e-14)


@given(images=batches, degrees=angles, fill=st.sampled_from(FILLS))
def test_no_pixel_leaves_the_range_of_the_image(images, degrees, fill):
    result = rotate(images, degrees, fill, float(images.flat[0]) if images.size else 0)
    if images.size:
        slack = 1e-9 if images.dtype.kind == "f" else 0
        assert images.min() - slack <= result.min() and result.max() <= images.max() + slack


@pytest.mark.parametrize("degrees", [5, 30, 45, -110])
def test_turning_back_gives_the_inner_part_again(degrees):
    y, x = np.mgrid[-1:1:41j, -1:1:41j]
    smooth = (np.sin(3 * x) + np.cos(2 * y + x))[np.newaxis]
    back = rotate(rotate(smooth, degrees), -degrees)
    inner = np.hypot(y, x)[np.newaxis] < 0.9
    np.testing.assert_allclose(back[inner], smooth[inner], atol=0.01)
    assert np.abs(rotate(smooth, degrees) - smooth)[inner].max() > 0.1


def test_the_largest_numbers_may_round_to_infinity_but_not_warn():
    largest = np.finfo("float64").max
    turned = np.concatenate([rotate(np.full((1, 5, 5), largest), degrees, "mirror") for degrees in range(1, 90)])
    assert turned.min() > 0.999 * largest and np.isinf(turned).any()


def test_nan_and_infinity_are_moved_as_they_are():
    images = np.array([[[np.nan, np.inf], [1, -np.inf]]])
    np.testing.assert_array_equal(flip_horizontal(images), [[[np.inf, np.nan], [-np.inf, 1]]])
    np.testing.assert_array_equal(shift(images, 0, 1), [[[0, np.nan], [0, 1]]])
    np.testing.assert_array_equal(crop(images, 0, 0, 2, 1), [[[np.nan], [1]]])


# --- random crops -----------------------------------------------------------------------------------------


def test_a_random_crop_is_anywhere_in_the_padded_image():
    one, n = np.arange(1.0, 13).reshape(1, 3, 4), 6000
    padded = np.pad(one, ((0, 0), (1, 1), (1, 1)))
    places = [padded[:, top : top + 3, left : left + 2] for top in range(3) for left in range(5)]
    crops = random_crop(np.repeat(one, n, axis=0), (3, 2), 1, np.random.default_rng(0))
    counts = [np.all(crops == place, axis=(1, 2)).sum() for place in places]
    assert sum(counts) == n
    expected = n / len(places)
    assert np.sum((np.array(counts) - expected) ** 2 / expected) < 36  # chi squared, 14 degrees: p = 0.001


def test_a_random_crop_uses_its_generator_and_fill():
    images = some_images((20, 5, 5), "uint8")
    first, again, other = (random_crop(images, (5, 5), 2, np.random.default_rng(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert np.any(first != other)
    plain = np.full((20, 5, 5), 3, dtype="uint8")
    assert np.all(random_crop(plain, (5, 5), 2, np.random.default_rng(0), "nearest") == 3)
    assert set(np.unique(random_crop(plain, (5, 5), 2, np.random.default_rng(0), value=9))) == {3, 9}


# --- steps and pipelines ----------------------------------------------------------------------------------

BATCH = some_images((4, 6, 7), "uint8")
DRAWN = np.array([0, 0.25, 0.5, 0.75])[:, np.newaxis]
BOTH = np.hstack([DRAWN, DRAWN[::-1]])  # first and second number of each image


@pytest.mark.parametrize(
    ("step", "drawn", "expected"),
    [
        (RandomFlip(), DRAWN, np.concatenate([flip_horizontal(BATCH[:2]), BATCH[2:]])),
        (RandomFlip("vertical", 0.75), DRAWN, np.concatenate([flip_vertical(BATCH[:3]), BATCH[3:]])),
        (RandomFlip(probability=0), DRAWN, BATCH),
        (RandomFlip(probability=1), DRAWN, flip_horizontal(BATCH)),
        (RandomRotation(30, "reflect"), DRAWN, rotate(BATCH, [-30, -15, 0, 15], "reflect")),
        (RandomRotation(180, value=5), DRAWN, rotate(BATCH, [-180, -90, 0, 90], value=5)),
        (RandomShift(2, "mirror"), BOTH, shift(BATCH, [-2, -1, 0, 1], [1, 0, -1, -2], "mirror")),
        (RandomShift(1, value=5), BOTH, shift(BATCH, [-1, -1, 0, 1], [1, 0, -1, -1], value=5)),
        (RandomShift(0), BOTH, BATCH),
        (RandomScale(0.5, 2.5, value=5), DRAWN, scale(BATCH, [0.5, 1, 1.5, 2], value=5)),
        (RandomCrop((6, 7), 2, "nearest"), BOTH, shift(BATCH, [2, 1, 0, -1], [-1, 0, 1, 2], "nearest")),
        (
            RandomCrop((3, 7)),
            BOTH,
            np.stack([image[top : top + 3] for image, top in zip(BATCH, (0, 1, 2, 3), strict=True)]),
        ),
    ],
)
def test_steps_turn_numbers_into_changes(step, drawn, expected):
    assert drawn.shape[1] == step.draws
    np.testing.assert_array_equal(step.apply(BATCH, drawn), expected)


def test_random_crop_is_the_step_with_numbers_of_a_generator():
    drawn = np.random.default_rng(3).random((4, 2))
    ours = random_crop(BATCH, (5, 5), 1, np.random.default_rng(3))
    np.testing.assert_array_equal(RandomCrop((5, 5), 1).apply(BATCH, drawn), ours)


@given(step=steps, images=batches)
def test_every_step_takes_every_batch(step, images):
    result = Pipeline(step)(images)
    size = (1, 1) if isinstance(step, RandomCrop) else images.shape[1:3]
    assert result.shape == (len(images), *size, *images.shape[3:]) and result.dtype == images.dtype


PIPELINE = Pipeline(RandomFlip(), RandomRotation(20), RandomCrop((5, 6), 1), RandomScale(), seed=1)
MANY = some_images((30, 6, 7))


@given(order=st.permutations(range(30)), cuts=st.lists(st.integers(0, 30)), epoch=st.integers(0, 3))
def test_the_draws_belong_to_the_images(order, cuts, epoch):
    whole = PIPELINE(MANY, epoch)
    for part in np.split(np.array(order), sorted(cuts)):
        np.testing.assert_array_equal(PIPELINE(MANY[part], epoch, part), whole[part])


def test_the_seed_the_epoch_the_image_and_the_step_decide_the_draws():
    def shifts(pipeline, **options):
        ramp = np.arange(49.0).reshape(1, 7, 7).repeat(30, axis=0)
        return pipeline(ramp, **options)[:, 3, 3]  # tells how far each was moved

    step = RandomShift(3)
    first = shifts(Pipeline(step))
    np.testing.assert_array_equal(first, shifts(Pipeline(step), epoch=0, indices=np.arange(30)))
    assert len(np.unique(first)) > 10
    others = [
        shifts(Pipeline(step, seed=1)),
        shifts(Pipeline(step), epoch=1),
        shifts(Pipeline(step), indices=range(30, 60)),
        shifts(Pipeline(RandomShift(0), step)),
    ]
    for other in others:
        assert np.mean(other != first) > 0.8


@pytest.mark.parametrize("draws", [1, 2, 5])
def test_uniform_numbers_are_rows_of_one_table(draws):
    table = uniform((0, 1, 2), np.arange(2000), draws)
    assert table.shape == (2000, draws)
    np.testing.assert_array_equal(table[[1999, 5, 5, 700]], uniform((0, 1, 2), np.array([1999, 5, 5, 700]), draws))
    far = uniform((0, 1, 2), np.array([10**15]), draws)  # without drawing what lies before
    assert far.shape == (1, draws)
    assert 0 <= table.min() and table.max() < 1
    assert np.abs(np.sort(table, axis=0) - np.linspace(0, 1, 2000)[:, np.newaxis]).max() < 0.04  # Kolmogorov, Smirnov


@dataclass(frozen=True)
class Noise(Step):
    draws: ClassVar[int] = 42

    def apply(self, images, drawn):
        return images + drawn.reshape(images.shape)


def test_a_step_of_ones_own():
    noisy = Pipeline(Noise(), seed=2)(np.zeros((3, 6, 7)))
    np.testing.assert_array_equal(noisy.reshape(3, 42), uniform((2, 0, 0), np.arange(3), 42))
    assert Noise().labels == ()


def test_a_pipeline_says_what_it_does():
    text = "Pipeline(steps=(RandomFlip(axis='horizontal', probability=0.5),), seed=1)"
    assert repr(Pipeline(RandomFlip(), seed=1)) == text
    assert Pipeline(RandomFlip(), seed=1) == eval(text.replace("steps=(", "").replace(",),", ","))


# --- tf.data ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("shape", [(10, 6, 7), (10, 6, 7, 3)])
def test_a_dataset_is_augmented_as_the_array(dtype, shape):
    images, labels = some_images(shape, dtype), np.arange(10)
    dataset = tf.data.Dataset.from_tensor_slices((images, labels)).repeat(2)
    batches = dataset.enumerate().batch(4).map(PIPELINE.map_batch, num_parallel_calls=2)
    of_images, of_labels = batches.element_spec
    assert of_images == tf.TensorSpec((None, 5, 6, *shape[3:]), dtype) and of_labels.shape == (None,)
    for _ in range(2):
        given, classes = (np.concatenate(parts) for parts in zip(*batches.as_numpy_iterator(), strict=True))
        np.testing.assert_array_equal(classes, np.tile(labels, 2))
        np.testing.assert_array_equal(given, PIPELINE(np.tile(images, (2,) + (1,) * (images.ndim - 1))))
    assert np.any(given[:10] != given[10:])  # the second time round is another epoch


def test_a_shuffled_dataset_keeps_each_image_s_draws():
    dataset = tf.data.Dataset.from_tensor_slices(MANY).enumerate()
    numbers = [int(number) for number, _ in dataset.shuffle(30, seed=0).as_numpy_iterator()]
    assert numbers != sorted(numbers)
    dataset = dataset.shuffle(30, seed=0, reshuffle_each_iteration=False).batch(7)
    order = np.concatenate([numbers for numbers, _ in dataset.as_numpy_iterator()])
    images = np.concatenate(list(dataset.map(PIPELINE.map_batch).as_numpy_iterator()))
    np.testing.assert_array_equal(images, PIPELINE(MANY)[order])


def test_what_comes_with_the_images_goes_through_and_unknown_sizes_stay_unknown():
    specs = (tf.TensorSpec((None, None, 7), tf.float64), tf.TensorSpec((None,)), tf.TensorSpec((None, 2)))

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.int64), specs])
    def mapped(numbers, batch):
        images, *rest = PIPELINE.map_batch(numbers, batch)
        assert images.shape.as_list() == [None, None, None]
        return images, *rest

    images, labels, weights = mapped(tf.range(30, dtype=tf.int64), (MANY, tf.ones(30), tf.zeros((30, 2))))
    np.testing.assert_array_equal(images, PIPELINE(MANY))
    assert labels.shape == (30,) and weights.shape == (30, 2)


def test_a_fixed_batch_size_stays_known():
    dataset = tf.data.Dataset.from_tensor_slices(MANY).enumerate().batch(10, drop_remainder=True)
    assert dataset.map(PIPELINE.map_batch).element_spec.shape == (10, 5, 6)


# --- labels -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "on_digits"),
    [
        (RandomFlip(), False),
        (RandomFlip("vertical"), False),
        (RandomRotation(15), True),
        (RandomRotation(180), False),
        (RandomShift(), True),
        (RandomCrop((8, 8), 1), True),
        (RandomScale(), True),
    ],
)
def test_steps_say_for_which_images_the_label_stays_true(step, on_digits):
    judged = {judgement.data: judgement for judgement in step.labels}
    assert list(judged) == ["Photographs", "Digits"]
    assert judged["Photographs"].kept and judged["Digits"].kept is on_digits
    verdict = "the label is kept" if on_digits else "the label may be lost"
    assert str(judged["Digits"]) == f"Digits: {verdict}. {judged['Digits'].why}"


def test_the_two_flips_of_a_photograph_are_not_the_same():
    mirrored, turned = (str(RandomFlip(axis).labels[0]) for axis in ("horizontal", "vertical"))
    assert "mirror" in mirrored and "upside down" in turned
    askew, all_round = (str(RandomRotation(degrees).labels[0]) for degrees in (45, 46))
    assert "askew" in askew and "upside down" in all_round


# --- arguments --------------------------------------------------------------------------------------------

RNG = np.random.default_rng(0)
CALLS = {
    "flip_horizontal": flip_horizontal,
    "flip_vertical": flip_vertical,
    "crop": lambda images: crop(images, 0, 0, 1, 1),
    "random_crop": lambda images: random_crop(images, (1, 1), 0, RNG),
    "shift": lambda images: shift(images, 0, 0),
    "rotate": lambda images: rotate(images, 20),
    "scale": lambda images: scale(images, 2),
    "pipeline": Pipeline(RandomFlip()),
}
NO_BATCH = {
    "one image": (np.zeros((8, 8)), ValueError, "(8, 8). If that is one image, give images[np.newaxis]; if each row"),
    "one colour image": (
        np.zeros((8, 9, 3)),
        ValueError,
        "(8, 9, 3). If that is one colour image, give images[np.newax",
    ),
    "two channels": (np.zeros((2, 8, 9, 2)), ValueError, "(2, 8, 9, 2); it must be (n, height, width), or (n, height"),
    "a video": (np.zeros((1, 2, 8, 9, 3)), ValueError, "has shape (1, 2, 8, 9, 3); it must be (n, height, width)"),
    "a number": (3.0, ValueError, "images has shape (); it must be (n, height, width)"),
    "no rows": (np.zeros((2, 0, 3)), ValueError, "(2, 0, 3): an image needs at least one row and one column"),
    "complex": (
        np.zeros((2, 3, 3), complex),
        TypeError,
        "whole or real numbers of at most 64 bits; it holds complex128",
    ),
    "text": ([[["a"]]], TypeError, "images must hold booleans, whole or real numbers of at most 64 bits; it holds <U1"),
    "objects": (np.full((1, 2, 2), None), TypeError, "at most 64 bits; it holds object"),
    "ragged": ([[[1, 2], [3]]], TypeError, "images must be an array of numbers with rows of equal length"),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("case", NO_BATCH)
def test_what_is_no_batch_of_images_is_refused(call, case):
    images, error, message = NO_BATCH[case]
    with pytest.raises(error, match=re.escape(message)):
        CALLS[call](images)


@pytest.mark.parametrize("call", CALLS)
def test_lists_and_narrow_grey_images_are_batches(call):
    assert CALLS[call]([[[1, 2], [3, 4]]]).dtype == np.array([1]).dtype
    assert CALLS[call](np.zeros((7, 9, 3))).ndim == 3
    assert CALLS[call](np.zeros((9, 9, 3, 1))).ndim == 4


def test_large_whole_numbers_are_exact():
    images = np.array([[[2**52, 2**52 - 1, 1 - 2**52, -(2**52)]]])
    np.testing.assert_array_equal(scale(images, 1), images)
    np.testing.assert_array_equal(shift(np.array([[[2**63 - 1, 1]]]), 0, 1), [[[0, 2**63 - 1]]])


def test_importing_it_loads_numpy_only():
    code = "import sys, nnlearn.data.augment; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"tensorflow", "keras", "scipy", "sklearn"} & set(loaded)


def test_the_package_offers_what_its_readers_need():
    assert all(getattr(augment, name).__doc__ for name in augment.__all__ if name != "FILLS")


# --- what the benchmarks compare is the same work ---------------------------------------------------------


@pytest.mark.parametrize(
    "module, of, fill", [("scipy", "with_scipy", "constant"), ("skimage", "with_skimage", "grid-constant")]
)
def test_rotations_give_the_same_pictures(module, of, fill):
    pytest.importorskip(module)
    for images, degrees in (
        (benchmark.photograph(), np.array([17.0])),
        (benchmark.digits()[:9], np.linspace(-15, 15, 9)),
    ):
        ours, theirs = benchmark.turned(images, degrees, fill)(), getattr(benchmark, of)(images, degrees)()
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1 if images.dtype == "uint8" else 1e-12)


def test_crops_are_of_the_padded_patches():
    images = benchmark.patches(5)
    border = [(0, 0), (4, 4), (4, 4), (0, 0)]
    padded = np.pad(images, border)
    ours, (move, crop_all) = benchmark.cropped(images)(), benchmark.with_keras(images)

    def places(crops):
        parts = np.lib.stride_tricks.sliding_window_view(padded, (32, 32), axis=(1, 2))
        parts = np.moveaxis(parts, 3, -1)
        same = np.all(parts == crops[:, np.newaxis, np.newaxis], axis=(3, 4, 5))
        assert np.all(same.sum(axis=(1, 2)) == 1)
        return [np.unravel_index(of_one.argmax(), (9, 9)) for of_one in same]

    assert len(set(places(ours))) > 1
    assert len(set(places(np.asarray(move())))) > 1
    assert len(set(places(np.asarray(crop_all())))) == 1
