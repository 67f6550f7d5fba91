"""What the changes of images refuse: values that can't be, and arguments of another type, each with its sentence."""

import re

import numpy as np
import pytest

from nnlearn.data.augment import (
    Pipeline,
    RandomColour,
    RandomCrop,
    RandomCutOut,
    RandomFlip,
    RandomResizedCrop,
    RandomRotation,
    RandomScale,
    RandomShift,
    colour_jitter,
    crop,
    crop_and_resize,
    cut_out,
    flip_horizontal,
    mixup,
    random_crop,
    rotate,
    scale,
    shift,
)

GREY, BATCH, RNG = np.zeros((3, 4, 5)), np.zeros((2, 8, 9, 3)), np.random.default_rng(0)

# --- Places: flips, turns, shifts, crops -------------------------------------------------------------------

PLACES = {
    "top = 2 and height = 3 make 5; the images have only 4": lambda: crop(GREY, 2, 0, 3, 1),
    "left = 5 and width = 1 make 6; the images have only 5": lambda: crop(GREY, 0, 5, 1, 1),
    "top = -1 is too small: it must be at least 0": lambda: crop(GREY, -1, 0, 1, 1),
    "width = 0 is too small: it must be at least 1": lambda: crop(GREY, 0, 0, 1, 0),
    "dx has shape (2,); it must be one number, or one for each of the 3 images": lambda: shift(GREY, 0, [1, 2]),
    "fill = 'edge' is not one of 'constant', 'grid-constant'": lambda: shift(GREY, 0, 0, "edge"),
    "fill = 0.0 is not one of 'constant'": lambda: rotate(GREY, 1, 0.0),
    "value = nan is not in [": lambda: rotate(GREY, 1, value=np.nan),
    "value = 256 is not in [0, 255]": lambda: scale(GREY.astype("u1"), 2, value=256),
    "value = -1 is not in [0, 1]": lambda: shift(GREY.astype(bool), 0, 0, value=-1),
    "value = 1e+39 is not in [-3.4028": lambda: shift(GREY.astype("f4"), 0, 0, value=1e39),
    "not in [-4503599627370496, 450": lambda: shift(GREY.astype("i8"), 0, 0, value=2**60),
    "degrees must be finite; 1 of its 1 entries are NaN or inf": lambda: rotate(GREY, np.nan),
    "degrees has shape (4,); it must be one number, or one": lambda: rotate(GREY, np.ones(4)),
    "degrees has shape (3, 1); it must be one": lambda: rotate(GREY, np.ones((3, 1))),
    "factor = 0 is not in [0.01, 100]": lambda: scale(GREY, 0),
    "factor = 101 is not in [0.01, 100]": lambda: scale(GREY, [1, 2, 101]),
    "images must be finite to be interpolated; 4 of the 4": lambda: rotate(np.full((1, 2, 2), np.nan), 90),
    "images must be finite to be interpolated; 4 of": lambda: scale(np.full((1, 2, 2), -np.inf), 1),
    "it goes from 4503599627370497 to 450359962": lambda: rotate(np.full((1, 2, 2), 2**52 + 1), 1),
    "images must lie within -2**52 and 2**52 to be": lambda: rotate(np.full((1, 2, 2), -(2**63)), 1),
    "A crop of (4, 8) does not fit into images of (4, 5) with 1": lambda: random_crop(GREY, (4, 8), 1, RNG),
    "padding = -1 is too small: it must be at least 0": lambda: random_crop(GREY, (1, 1), -1, RNG),
    "size = 0 is too small: it must be at least 1": lambda: RandomCrop((0, 4)),
    "axis = 'diagonal' is not one of 'horizontal', 'vertical'": lambda: RandomFlip("diagonal"),
    "probability = 2 is not in [0, 1]": lambda: RandomFlip(probability=2),
    "degrees = -15 is not in [0, 180]": lambda: RandomRotation(-15),
    "fill = 'black' is not one of": lambda: RandomRotation(fill="black"),
    "pixels = -1 is too small: it must be at least 0": lambda: RandomShift(-1),
    "smallest = 2 is larger than largest = 1": lambda: RandomScale(2, 1),
    "largest = inf is not in [0.01, 100]": lambda: RandomScale(1, np.inf),
    "seed = -1 is too small": lambda: Pipeline(seed=-1),
    "indices has shape (2,); it must be (3,)": lambda: Pipeline()(GREY, 0, [1, 2]),
    "indices = -1 is too small: it must be at least 0": lambda: Pipeline()(GREY, 0, [0, -1, 2]),
}
PLACES_OF_ANOTHER_TYPE = {
    "left must be a whole number; it is 0.5": lambda: crop(GREY, 0, 0.5, 1, 1),
    "dy must hold whole numbers; it holds float64": lambda: shift(GREY, 0.5, 0),
    "dx must hold real numbers; it holds bool": lambda: shift(GREY, 0, True),
    "dy must be an array of numbers with rows of equal": lambda: shift(GREY, [[1], [1, 2]], 0),
    "value must be one number; it has shape (2,)": lambda: shift(GREY, 0, 0, value=[1, 2]),
    "degrees must hold real numbers; it holds <U2": lambda: rotate(GREY, "90"),
    "rng must be a generator such as np.random.default_rng": lambda: random_crop(GREY, (1, 1), 0, 0),
    "size must be a pair (height, width); it is 4": lambda: random_crop(GREY, 4, 1, RNG),
    "size must be a pair (height, width); it is (2, 2, 3)": lambda: RandomCrop((2, 2, 3)),
    "padding must be a whole number; it is 0.5": lambda: RandomCrop((2, 2), 0.5),
    "probability must be one number; it has shape (2,)": lambda: RandomFlip(probability=[0, 1]),
    "A pipeline consists of steps such as RandomFlip();": lambda: Pipeline(flip_horizontal),
    "steps such as RandomFlip(); <class": lambda: Pipeline(RandomFlip),
    "epoch must be a whole number; it is 0.5": lambda: Pipeline()(GREY, 0.5),
    "indices must hold whole numbers; it holds float64": lambda: Pipeline()(GREY, 0, [0, 0.5, 2]),
}

# --- Photographs: crop and resize, colour jitter, cut-out, mixup -------------------------------------------

PHOTOGRAPHS = {
    "top = 5 and height = 4 make 9; the images have only 8": lambda: crop_and_resize(BATCH, [0, 5], 0, 4, 4, (4, 4)),
    "left = -1 is too small: it must be at least 0": lambda: crop_and_resize(BATCH, 0, [0, -1], 4, 4, (4, 4)),
    "width = 0 is too small: it must be at least 1": lambda: crop_and_resize(BATCH, 0, 0, 4, 0, (4, 4)),
    "top has shape (3,); it must be one number, or one": lambda: crop_and_resize(BATCH, [0, 0, 0], 0, 4, 4, (4, 4)),
    "images must be finite to be interpolated": lambda: crop_and_resize(np.full((1, 2, 2), np.nan), 0, 0, 1, 1, (1, 1)),
    "images of float64 must go from 0 (black) to 1 (white); they go from 0 to 255": lambda: colour_jitter(
        255 * np.eye(9)[np.newaxis]
    ),
    "they go from nan to nan": lambda: colour_jitter(np.full((1, 2, 2), np.nan)),
    "must go from 0 (black) to 127 (white); they go from -1": lambda: colour_jitter(np.full((1, 2, 2), -1, np.int8)),
    "brightness = -0.1 is not in [0, 100]": lambda: colour_jitter(BATCH, -0.1),
    "contrast has shape (3,); it must be one number, or one": lambda: colour_jitter(BATCH, contrast=np.ones(3)),
    "side = -1 is too small": lambda: cut_out(BATCH, 0, 0, -1),
    "value = 256 is not in [0, 255]": lambda: cut_out(BATCH.astype("u1"), 0, 0, 3, 256),
    "alpha = 0 is not in (0, 1000]": lambda: mixup(BATCH, np.eye(2), 0, RNG),
    "labels has shape (2,); it must be one-hot, (2, classes)": lambda: mixup(BATCH, [0, 1], 1, RNG),
    "labels has shape (3, 3); it must be one-hot, (2, cl": lambda: mixup(BATCH, np.eye(3), 1, RNG),
    "smallest = 0 is not in (0, 1]": lambda: RandomResizedCrop(0),
    "saturation = 2 is not in [0, 1]": lambda: RandomColour(saturation=2),
}
PHOTOGRAPHS_OF_ANOTHER_TYPE = {
    "row must hold whole numbers; it holds float64": lambda: cut_out(BATCH, 0.5, 0, 3),
    "side must be a whole number; it is 2.5": lambda: cut_out(BATCH, 0, 0, 2.5),
    "size must be a pair (height, width); it is 4": lambda: crop_and_resize(BATCH, 0, 0, 1, 1, 4),
    "rng must be a generator such as np.random.default_rng": lambda: mixup(BATCH, np.eye(2), 1, 0),
    "side must be a whole number; it is 0.5": lambda: RandomCutOut(0.5),
}


@pytest.mark.parametrize("message, call", [*PLACES.items(), *PHOTOGRAPHS.items()])
def test_values_that_cannot_be_are_refused(message, call):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


@pytest.mark.parametrize("message, call", [*PLACES_OF_ANOTHER_TYPE.items(), *PHOTOGRAPHS_OF_ANOTHER_TYPE.items()])
def test_arguments_of_another_type_are_refused(message, call):
    with pytest.raises(TypeError, match=re.escape(message)):
        call()
