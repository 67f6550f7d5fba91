"""What can't be compressed, split or read, each with its sentence."""

import re

import numpy as np
import pytest

from nnlearn.data.compress import (
    InPieces,
    Moments,
    QuantizedData,
    Rows,
    binarize,
    fit_in_pieces,
    join,
    load,
    quantize_data,
    save,
    sizes,
    split_features,
    split_space,
)
from nnlearn.objectives import Rosenbrock

GREY = np.arange(12.0).reshape(3, 4)
MASKED = np.ma.masked_array(GREY, mask=GREY == 0)


def data(codes=(0, 1), bits=1, low=0.0, scale=1.0, dtype="float64"):
    return QuantizedData(np.array(codes), bits, low, scale, np.dtype(dtype))


VALUES = {
    "bits = 0 is too small: it must be at least 1": lambda: quantize_data(GREY, 0),
    "bits = 17 is too large: it must be at most 16": lambda: quantize_data(GREY, 17),
    "rounding = 'up' is not one of 'half up', 'half to even', 'truncate', 'random', 'diffusion'": lambda: quantize_data(
        GREY, 1, "up"
    ),
    "x must be finite, since no code stands for NaN or infinity; 2 of its 3 entries are not": lambda: quantize_data(
        [1, np.nan, np.inf], 2
    ),
    "x must be finite, since no code stands for NaN": lambda: binarize(np.array([np.nan], "f2"), 0),
    "x must lie within -2**52 and 2**52": lambda: quantize_data([2**60], 2),
    "low = 3 must not be above high = 2.": lambda: quantize_data(GREY, 2, low=3, high=2),
    "low = 1 must not be above high = 0.": lambda: binarize(GREY, 2, low=1, high=0),
    "high = 256 is not in [0, 255]": lambda: quantize_data(GREY.astype("u1"), 2, high=256),
    "low = nan is not in [": lambda: quantize_data(GREY, 2, low=np.nan),
    "high = 2 is not in [0, 1]": lambda: binarize(GREY > 3, 1, high=2),
    "threshold = inf is not in (-inf, inf)": lambda: binarize(GREY, np.inf),
    "From -1e+308 to 1e+308 is too far for float64": lambda: quantize_data([-1e308, 1e308], 2),
    "seed = -1 is too small": lambda: quantize_data(GREY, 2, "random", seed=-1),
    "Error diffusion needs rows below one another": lambda: quantize_data([1, 2], 1, "diffusion"),
    "x has shape (1, 2, 3, 2); it must be a signal": lambda: quantize_data(np.zeros((1, 2, 3, 2)), 1, "diffusion"),
    "x has shape (8, 9, 3). If that is one colour image": lambda: quantize_data(np.zeros((8, 9, 3)), 1, "diffusion"),
    "x must be finite, since no": lambda: quantize_data([[np.nan]], 1, "diffusion"),
    "The codes go from 0 to 2; 1 bits hold 0 to 1": lambda: data([0, 2]),
    "codes holds -1: a code is at least 0": lambda: data([-1, 0]),
    "scale = 0 is not in (0, inf)": lambda: data(scale=0),
    "low = inf is not in": lambda: data(low=np.inf),
    "size = 0 is too small": lambda: split_space(GREY, 0),
    "overlap = -1 is too small": lambda: split_space(GREY, 2, -1),
    "images has shape (9, 8, 3). If that is one colour image": lambda: split_space(np.zeros((9, 8, 3)), 2),
    "images has shape (0, 3): there is nothing in it": lambda: split_space(np.zeros((0, 3)), 2),
    "A piece of shape (2, 2) became one of shape (4,)": lambda: split_space(GREY, 2).each(np.ravel),
    "X must be a matrix of examples by features; it has shape (4,)": lambda: split_features(GREY[0], 2),
    "X must be a matrix of examples by features; it has shape (3, 0)": lambda: split_features(GREY[:, :0], 1),
    "parts = 5 is more than the 4 features": lambda: split_features(GREY, 5),
    "parts = 0 is too small": lambda: split_features(GREY, 0),
    "Each of the columns 0 to 3 must stand in one of the parts": lambda: split_features(GREY, [[0, 1], [1, 2, 3]]),
    "Each of the columns 0 to 3 must stand in one of the parts, and only once": lambda: split_features(GREY, []),
    "x.txt is neither an .npy nor a .csv file": lambda: Rows("x.txt"),
    "at_once = 0 is too small": lambda: Rows("x.npy", 0),
    "skip is for the lines of a .csv file": lambda: Rows("x.npy", skip=1),
    "X has 3 features; the rows before have 4": lambda: Moments(GREY).add(GREY[:, :3]),
    "X holds numbers that are too large to be squared": lambda: Moments([[1e200], [-1e200]]),
    "X must be a matrix of examples by features; it has shape (3,)": lambda: Moments(GREY[:, 0]),
    "There are no rows to learn from": lambda: fit_in_pieces([]),
    "There are no pieces to learn from": lambda: InPieces(lambda x: Rosenbrock(), []),
}
OF_ANOTHER_TYPE = {
    "bits must be a whole number; it is 2.5": lambda: quantize_data(GREY, 2.5),
    "x is a masked array, whose mask would be lost": lambda: quantize_data(MASKED, 2),
    "x is a masked array, whose": lambda: binarize(MASKED, 2),
    "x is a masked": lambda: quantize_data(MASKED, 2, "diffusion"),
    "x must hold booleans, whole or real numbers of at most 64 bits; it holds complex128": lambda: quantize_data(
        [1j], 2
    ),
    "x must hold booleans, whole or real numbers of at most 64 bits; it holds <U1": lambda: binarize(["a"], 2),
    "x must be an array of numbers with rows of equal length": lambda: quantize_data([[1], [1, 2]], 2),
    "threshold must hold real numbers; it holds <U1": lambda: binarize(GREY, "1"),
    "low must be one number; it has shape (2,)": lambda: quantize_data(GREY, 1, low=[0, 1]),
    "seed must be a whole number; it is 0.5": lambda: quantize_data(GREY, 1, seed=0.5),
    "codes must hold integers; they hold float64": lambda: data([0.0, 1.0]),
    "codes is a masked array": lambda: QuantizedData(np.ma.masked_array([0, 1]), 1, 0.0, 1.0, np.dtype("f8")),
    "The dtype of data must be one of bool, int8": lambda: data(dtype="complex128"),
    "middle must be True or False; it is 1": lambda: data().restored(1),
    "Only QuantizedData, as quantize_data and binarize give it, is saved here; this is of type ndarray": lambda: save(
        "x", GREY
    ),
    "Sizes are of QuantizedData; this is of type list": lambda: sizes([1]),
    "join takes what split_space or split_features gives; this is of type list": lambda: join([GREY]),
    "images is a masked array": lambda: split_space(MASKED, 2),
    "X is a masked array": lambda: split_features(MASKED, 2),
    "X is a masked array, whose": lambda: Moments(MASKED),
    "parts must be a whole number, or for each part a list": lambda: split_features(GREY, [[0.5], [1, 2, 3]]),
    "parts must be a whole number; it is True": lambda: split_features(GREY, True),
    "size must be a whole number; it is 2.5": lambda: split_space(GREY, 2.5),
    "size must be one number for a signal; it is (1, 2)": lambda: split_space([1, 2, 3], (1, 2)),
    "at_once must be a whole number; it is 1.5": lambda: Rows("x.npy", 1.5),
    "pieces can be gone through only once; give Rows": lambda: InPieces(lambda x: x, iter([1])),
    "objective must make an objective on examples of each piece; it made 1": lambda: InPieces(lambda x: x, [1]),
    "objective must make an objective on examples of each piece; it made Rosenbrock": lambda: InPieces(
        lambda x: Rosenbrock(), [1]
    ),
}


@pytest.mark.parametrize("message", VALUES)
def test_values_that_cannot_be_are_refused(message):
    with pytest.raises(ValueError, match=re.escape(message)):
        VALUES[message]()


@pytest.mark.parametrize("message", OF_ANOTHER_TYPE)
def test_arguments_of_another_type_are_refused(message):
    with pytest.raises(TypeError, match=re.escape(message)):
        OF_ANOTHER_TYPE[message]()


def in_a_file(folder, name, content):
    (folder / name).write_bytes(content)
    return Rows(folder / name)


FILES = {
    "x.csv, line 3: 3 cells, where the first row has 2": b"1,2\n3,4\n5,6,7\n",
    "x.csv, line 2: could not convert string to float: 'a'": b"1,2\n3,a\n",
    "x.npy can't be read": b"no numbers",
    "x.npy can't be read: ": b"",
}


@pytest.mark.parametrize("message", FILES)
def test_files_that_are_damaged_are_told(tmp_path, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        list(in_a_file(tmp_path, message[:5], FILES[message]))


def test_a_file_cut_short_or_of_other_things_is_told(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, GREY)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="can't be read"):
        list(Rows(path))
    np.save(path, np.array([{}, 1], object), allow_pickle=True)
    with pytest.raises(ValueError, match="can't be read"):
        list(Rows(path))
    for other in (np.asfortranarray(GREY), np.float64(3)):
        np.save(path, other)
        with pytest.raises(ValueError, match="no rows one after the other"):
            list(Rows(path))
    with pytest.raises(OSError, match="none.npy"):
        list(Rows(tmp_path / "none.npy"))
    with pytest.raises(OSError, match="none"):
        load(tmp_path / "none")
