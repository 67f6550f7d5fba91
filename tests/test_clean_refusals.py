"""What the cleaners refuse, each with its sentence."""

import re

import numpy as np
import pytest

from nnlearn.data.clean import (
    Imputer,
    Standardizer,
    find_outliers,
    gaussian_filter,
    gaussian_noise,
    impulse_noise,
    mean_filter,
    median_filter,
    psnr,
    ssim,
    uniform_noise,
)

GREY, SIGNAL, ROWS = np.zeros((4, 5)), np.zeros(6), np.arange(6.0).reshape(3, 2)
MASKED = np.ma.masked_array(GREY, mask=GREY == 0)

VALUES = {
    "x has shape (); it must be a signal (length,), an image": lambda: mean_filter(1.0, 3),
    "x has shape (2, 3, 4, 2); it must be a signal": lambda: median_filter(np.zeros((2, 3, 4, 2)), 3),
    "x has shape (1, 1, 1, 1, 1); it must": lambda: gaussian_filter(np.zeros((1, 1, 1, 1, 1)), 1),
    "x has shape (9, 8, 3). If that is one colour image, give x[np.newaxis]": lambda: mean_filter(
        np.zeros((9, 8, 3)), 3
    ),
    "x has shape (0,): there is nothing in it to filter": lambda: median_filter([], 3),
    "x has shape (2, 0, 3): there is nothing": lambda: mean_filter(np.zeros((2, 0, 3)), 3),
    "size = 0 is too small: it must be at least 1": lambda: mean_filter(GREY, 0),
    "size = -1 is too small": lambda: median_filter(GREY, (3, -1)),
    "sigma = -1 is not in [0, 1000]": lambda: gaussian_filter(GREY, (1, -1)),
    "sigma = nan is not in [0, 1000]": lambda: gaussian_filter(GREY, np.nan),
    "truncate = -1 is not in [0, 100]": lambda: gaussian_filter(GREY, 1, truncate=-1),
    "mode = 'edge' is not one of 'reflect', 'constant', 'nearest', 'mirror', 'wrap'": lambda: mean_filter(
        GREY, 3, "edge"
    ),
    "mode = 'symmetric' is not one of": lambda: median_filter(GREY, 3, mode="symmetric"),
    "value = 256 is not in [0, 255]": lambda: mean_filter(GREY.astype("u1"), 3, "constant", 256),
    "value = inf is not in [": lambda: median_filter(GREY, 3, mode="constant", value=np.inf),
    "x must lie within -2**52 and 2**52 to be averaged; it goes from 0 to 9007199254740992": lambda: mean_filter(
        [0, 2**53], 2
    ),
    "to be averaged; it goes from -9223372036854775808": lambda: gaussian_filter([-(2**63), 0], 2),
    "footprint has shape (2,) and counts 2 places; it needs 2 axes": lambda: median_filter(GREY, footprint=[1, 1]),
    "footprint has shape (2, 2) and counts 0 places; it needs 2 axes and": lambda: median_filter(
        GREY, footprint=np.zeros((2, 2), int)
    ),
    "it needs 1 axes and at least one": lambda: median_filter(SIGNAL, footprint=[[1, 1]]),
    "sigma = -1 is not in [0": lambda: gaussian_noise(GREY, -1),
    "width = nan is not in [0": lambda: uniform_noise(GREY, np.nan),
    "share = 1.1 is not in [0, 1]": lambda: impulse_noise(GREY, 1.1, 0, 1),
    "high = 256 is not in [0, 255]": lambda: impulse_noise(GREY.astype("u1"), 0.1, 0, 256),
    "seed = -1 is too small": lambda: gaussian_noise(GREY, 1, -1),
    "to be averaged; it goes from 9007199254740992 to 9": lambda: uniform_noise([2**53], 1),
    "a and b must have one shape; they have (4, 5) and (6,)": lambda: psnr(GREY, SIGNAL, 1),
    "they have (4, 5) and (1, 5)": lambda: psnr(GREY, GREY[:1], 1),
    "a and b are empty: there is nothing to compare": lambda: psnr([], [], 1),
    "a and b hold numbers that are too large beside peak": lambda: psnr([1e200], [0], 1),
    "numbers that are too large beside peak.": lambda: ssim(np.full((11, 11), 1e200), np.zeros((11, 11)), 1),
    "peak = 0 is not in (0, 1e150]": lambda: psnr(GREY, GREY, 0),
    "b must be finite; 1 of its 1 entries are NaN": lambda: psnr([1], [np.nan], 1),
    "a has shape (4, 5); its images need at least 11 rows and columns": lambda: ssim(GREY, GREY, 1),
    "strategy = 'mode' is not one of 'mean', 'median', 'nearest'": lambda: Imputer("mode"),
    "neighbours = 0 is too small": lambda: Imputer("nearest", 0),
    "strategy = 'most' is not one of": lambda: Imputer().set_params(strategy="most"),
    "X must be a matrix of examples by features; it has shape (6,). One feature is X.reshape(-1, 1)": lambda: (
        Imputer().fit(SIGNAL)
    ),
    "X must be a matrix of examples by features; it has shape (1, 3, 2)": lambda: Standardizer().fit(ROWS[np.newaxis]),
    "X must hold at least one example and one feature; it has shape (0, 3)": lambda: Standardizer().fit(
        np.zeros((0, 3))
    ),
    "X must hold numbers, or NaN where one is missing; 2 of its 4 entries are infinite": lambda: Imputer().fit(
        [[1, np.inf], [-np.inf, np.nan]]
    ),
    "1 of its 2 entries are infinite": lambda: Standardizer().fit(ROWS).transform([[np.inf, 1]]),
    "X has 3 features; Standardizer(with_mean=True, with_std=True) has 2": lambda: (
        Standardizer().fit(ROWS).transform(np.zeros((1, 3)))
    ),
    "X has 1 features; Imputer(strategy='mean', neighbours=5) has 2": lambda: Imputer().fit(ROWS).transform([[1.0]]),
    "Imputer(strategy='mean', neighbours=5) has learned nothing yet: call fit": lambda: Imputer().transform(ROWS),
    "has learned nothing yet": lambda: Standardizer().inverse_transform(ROWS),
    "X holds numbers that are too large to be squared": lambda: Standardizer().fit([[1e200], [-1e200]]),
    "rule = 'iqr' is not one of 'z-score', 'quartiles'": lambda: find_outliers(SIGNAL, "iqr"),
    "limit = -1 is not in [0, ": lambda: find_outliers(SIGNAL, limit=-1),
    "x must be a matrix of examples by features; it has shape ()": lambda: find_outliers(1.0),
    "x must hold numbers, or NaN where one is missing; 1 of": lambda: find_outliers([1, np.inf]),
}
OF_ANOTHER_TYPE = {
    "x is a masked array, whose mask would be lost": lambda: mean_filter(MASKED, 3),
    "x must hold booleans, whole or real numbers of at most 64 bits; it holds <U1": lambda: median_filter(["a"], 3),
    "it holds complex128": lambda: gaussian_filter([1j], 1),
    "x must be an array of numbers with rows of equal length": lambda: mean_filter([[1], [1, 2]], 3),
    "size must be a whole number; it is 2.5": lambda: mean_filter(GREY, 2.5),
    "size must be a whole number; it is True": lambda: mean_filter(GREY, True),
    "size must be one number for a signal; it is (1, 3)": lambda: median_filter(SIGNAL, (1, 3)),
    "sigma must be one number or a pair for (height, width); it is (1, 2, 3)": lambda: gaussian_filter(GREY, (1, 2, 3)),
    "sigma must hold real numbers; it holds <U1": lambda: gaussian_filter(GREY, "1"),
    "value must be one number; it has shape (2,)": lambda: mean_filter(GREY, 3, "constant", [1, 2]),
    "Give either size or footprint": lambda: median_filter(GREY),
    "Give either size or footprint.": lambda: median_filter(GREY, 3, [[1]]),
    "footprint must hold True and False, or 1 and 0; it holds float64": lambda: median_filter(GREY, footprint=GREY),
    "x must hold numbers: nothing can be added to True and False": lambda: gaussian_noise(GREY == 0, 1),
    "seed must be a whole number; it is 0.5": lambda: impulse_noise(GREY, 0.1, 0, 1, 0.5),
    "x is a masked array": lambda: uniform_noise(MASKED, 1),
    "a is a masked array": lambda: psnr(MASKED, GREY, 1),
    "b must hold real numbers; it holds bool": lambda: ssim(GREY, GREY == 0, 1),
    "with_mean must be True or False; it is 1": lambda: Standardizer(1),
    "neighbours must be a whole number; it is 2.5": lambda: Imputer("nearest", 2.5),
    "X is a masked array": lambda: Imputer().fit(np.ma.masked_array(ROWS)),
    "X must hold booleans, whole or real numbers of at most 64 bits; it holds object": lambda: Imputer().fit(
        [[None, 1]]
    ),
    "unexpected keyword argument 'center'": lambda: Standardizer().set_params(center=True),
    "x is a masked array, whose": lambda: find_outliers(MASKED),
}


@pytest.mark.parametrize("message", VALUES)
def test_values_that_cannot_be_are_refused(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        VALUES[message]()


@pytest.mark.parametrize("message", OF_ANOTHER_TYPE)
def test_arguments_of_another_type_are_refused(message):
    with pytest.raises(TypeError, match=re.escape(message)):
        OF_ANOTHER_TYPE[message]()
