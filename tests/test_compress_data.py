"""Data in few bits: the rules against their definitions, NumPy, scikit-learn and Pillow; files; tiles and columns."""

import itertools
import math
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nnlearn import container
from nnlearn.compression import least_bits, packed_size
from nnlearn.data import photographs
from nnlearn.data.clean import gaussian_filter, mean_filter, median_filter
from nnlearn.data.compress import (
    RULES,
    QuantizedData,
    binarize,
    join,
    load,
    quantize_data,
    save,
    sizes,
    split_features,
    split_space,
)
from nnlearn.data.compress.diffusing import diffused
from nnlearn.data.compress.rounding import half_up

DTYPES = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64",
          "float16", "float32", "float64"]  # fmt: skip
ANY_SHAPE = [rule for rule in RULES if rule != "diffusion"]
NEAREST = ["half up", "half to even"]


def some_numbers(shape, dtype="float64", seed=0):
    """Whole numbers over a byte's range, or normal ones."""
    rng = np.random.default_rng(seed)
    kind = np.dtype(dtype).kind
    if kind == "f":
        return rng.normal(size=shape).astype(dtype)
    low, high = {"b": (0, 2), "u": (0, 200), "i": (-100, 100)}[kind]
    return rng.integers(low, high, shape).astype(dtype)


def grey(side=64):
    """The middle of the course's first photograph, bytes."""
    image = photographs()["china"].mean(axis=2).round().astype(np.uint8)
    return image[100 : 100 + side, 200 : 200 + side]


# --- Rules --------------------------------------------------------------------------------------------------

HALVES = np.array([0, 0.5, 1.5, 2.5, 3.5, 0.4999999999999999, 0.49999999999999994, 2.2, 6.7, 7])


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("half up", [0, 1, 2, 3, 4, 0, 0, 2, 7, 7]),
        ("half to even", np.rint(HALVES)),
        ("truncate", np.floor(HALVES)),
    ],
)
def test_a_rule_is_what_it_is_called(rule, expected):
    assert quantize_data(HALVES, 3, rule).codes.tolist() == list(expected)


@given(st.floats(-1e15, 1e15))
def test_half_up_is_the_nearest_whole_number(v):
    found = half_up(np.float64(v))
    assert found == math.floor(v) + (v - math.floor(v) >= 0.5)


def test_at_random_the_mean_stays():
    x = np.full(200_000, 1.3)
    codes = quantize_data(x, 2, "random", 0, 3, seed=1).codes
    assert set(codes.tolist()) == {1, 2}
    assert codes.mean() == pytest.approx(1.3, abs=4 * np.sqrt(0.3 * 0.7 / len(x)))


def test_at_random_a_code_is_never_beyond_the_last_and_what_is_a_code_stays():
    x = np.tile([0.0, 1, 2, 3], 1000)
    np.testing.assert_array_equal(quantize_data(x, 2, "random").codes, x)


def test_the_same_seed_gives_the_same_codes():
    x = some_numbers(100)
    one, same, other = (quantize_data(x, 2, "random", seed=seed).codes for seed in (5, 5, 6))
    assert (one == same).all() and (one != other).any()


# Of the paper: rows down, columns to the right, sixteenths.
SIXTEENTHS = ((1, 1, 1), (1, 0, 5), (1, -1, 3), (0, 1, 7))


def plain_diffusion(image, last):
    """Floyd and Steinberg's loop, pixel by pixel."""
    left, codes = image.copy(), np.zeros_like(image)
    height, width = image.shape
    for y, x in np.ndindex(height, width):
        codes[y, x] = min(max(np.floor(left[y, x] + 0.5), 0), last)
        error = left[y, x] - codes[y, x]
        for down, right, share in SIXTEENTHS:
            if y + down < height and 0 <= x + right < width:
                left[y + down, x + right] += share / 16 * error
    return codes


@pytest.mark.parametrize("shape", [(7, 9), (1, 5), (5, 1), (2, 2), (30, 20), (1, 1)])
@pytest.mark.parametrize("last", [1, 3, 255])
def test_diffusion_is_the_loop_pixel_by_pixel(shape, last):
    images = np.random.default_rng(0).random((2, *shape, 3)) * last
    expected = np.empty_like(images)
    for n, channel in np.ndindex(2, 3):
        expected[n, :, :, channel] = plain_diffusion(images[n, :, :, channel], last)
    np.testing.assert_array_equal(diffused(images, last), expected)


def test_diffusion_keeps_the_mean_of_a_grey_surface():
    x = np.full((40, 40), 77.0)
    restored = quantize_data(x, 1, "diffusion", 0, 255).restored()
    assert set(np.unique(restored)) == {0.0, 255.0}
    assert abs(restored.mean() - 77) < 4 < abs(quantize_data(x, 1, "half up", 0, 255).restored().mean() - 77)


def test_diffusion_is_pillows_but_for_its_whole_numbers():
    Image = pytest.importorskip("PIL.Image")
    x = grey(128)
    pillows = np.asarray(Image.fromarray(x).convert("1")).astype(float) * 255
    ours = quantize_data(x, 1, "diffusion", 0, 255).restored().astype(float)
    assert np.mean(ours != pillows) < 0.35  # the patterns drift apart; of two seeds at random it is more
    far = [gaussian_filter(each, 2) for each in (ours, pillows)]
    assert np.sqrt(np.mean((far[0] - far[1]) ** 2)) < 6


def test_truncation_is_half_a_step_low_and_the_middle_mends_it():
    x = np.arange(256.0)
    codes = quantize_data(x, 4, "truncate", 0, 240)
    errors = codes.restored() - x
    s = codes.scale
    assert s == 16 and errors.mean() == -(s - 1) / 2
    assert np.mean(errors**2) == (s - 1) * (2 * s - 1) / 6
    assert np.mean((codes.restored(middle=True) - x) ** 2) == pytest.approx((s**2 - 1) / 12, abs=0.26)
    whole = np.arange(17 * 15, dtype=np.int16)
    codes = quantize_data(whole, 4, "truncate", 0, 255)
    assert codes.restored(middle=True)[:18].tolist() == [8] * 17 + [25]
    assert np.mean((codes.restored(middle=True) - whole) ** 2) == (17**2 - 1) / 12


# --- Libraries ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [1, 2, 3, 5])
def test_bins_of_equal_width_are_scikit_learns(bits):
    KBinsDiscretizer = pytest.importorskip("sklearn.preprocessing").KBinsDiscretizer
    x = some_numbers((500, 1))
    theirs = KBinsDiscretizer(2**bits, encode="ordinal", strategy="uniform", subsample=None).fit_transform(x)
    low, width = x.min(), (x.max() - x.min()) / 2**bits
    ours = quantize_data(x, bits, "truncate", low, low + width * (2**bits - 1))  # a bin's width is the step
    np.testing.assert_array_equal(ours.codes, theirs)


def test_a_threshold_is_scikit_learns_but_for_the_threshold_itself():
    theirs = pytest.importorskip("sklearn.preprocessing").binarize
    x = some_numbers((50, 4), "int64")
    np.testing.assert_array_equal(binarize(x, 8).codes, theirs(x, threshold=7))
    assert binarize([8], 8).codes == 1 and theirs([[8]], threshold=8) == 0


# --- What is kept -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("bits", [1, 2, 5, 8, 11, 16])
def test_what_is_restored_is_near(dtype, bits):
    x = some_numbers((7, 9, 3, 4), dtype)
    for rule in RULES:
        data = quantize_data(x, bits, rule)
        restored = data.restored()
        assert restored.shape == x.shape and restored.dtype == x.dtype and data.codes.max() < 2**bits
        off = np.abs(restored.astype(float) - x.astype(float)).max()
        slack = 0.5 if x.dtype.kind in "iub" else 2 * np.finfo(dtype).eps * np.abs(x).max()
        if rule != "diffusion":
            assert off <= data.scale * (0.5 if rule in NEAREST else 1) + slack


@given(
    arrays.arrays(st.sampled_from(["float16", "float32", "float64"]), arrays.array_shapes(min_dims=0, min_side=0),
                  elements=st.floats(-1000, 1000, width=16)),
    st.integers(1, 16), st.sampled_from(ANY_SHAPE), st.integers(0, 5),
)  # fmt: skip
def test_codes_shape_and_type_come_back_from_the_disk(tmp_path_factory, x, bits, rule, seed):
    data = quantize_data(x, bits, rule, seed=seed)
    path = tmp_path_factory.mktemp("data") / "x.data"
    save(path, data)
    back = load(path)
    np.testing.assert_array_equal(back.codes, data.codes)
    assert back.codes.dtype == data.codes.dtype
    assert (back.bits, back.low, back.scale, back.dtype, back.shape) == (
        data.bits, data.low, data.scale, x.dtype, x.shape)  # fmt: skip
    np.testing.assert_array_equal(back.restored(), data.restored())
    assert len(data.packed) + 16 == data.size_in_bytes == packed_size(x.size, bits) + 16
    header = int.from_bytes(path.read_bytes()[8:12], "little")
    assert path.stat().st_size == data.size_in_bytes + header + 16


@given(arrays.arrays("float64", 12, elements=st.floats(-1e300, 1e300)), st.integers(1, 16), st.sampled_from(NEAREST))
def test_the_error_is_half_a_step_at_most(x, bits, rule):
    data = quantize_data(x, bits, rule)
    assert np.abs(data.restored() - x).max() <= data.scale * (0.5 + 1e-9) + 1e-12 * np.abs(x).max()


@given(arrays.arrays("int16", 20), st.sampled_from(NEAREST))
def test_whole_numbers_come_back_where_the_steps_are_whole(x, rule):
    data = quantize_data(x, 16, rule, -(2**15), 2**15 - 1)
    np.testing.assert_array_equal(data.restored(), x)


def test_what_is_restored_and_quantised_again_is_the_same():
    for bits, rule in itertools.product((1, 3, 8, 12), [*NEAREST, "truncate", "random"]):
        data = quantize_data(some_numbers(300), bits, rule)
        again = quantize_data(data.restored(), bits, rule, data.low, data.low + data.scale * (2**bits - 1))
        np.testing.assert_array_equal(again.codes, data.codes)


@pytest.mark.parametrize(
    ("x", "codes", "restored"),
    [
        ([], [], []),
        (3.5, 0, 3.5),
        ([7], [0], [7]),
        ([2.0, 2.0], [0, 0], [2.0, 2.0]),
        ([True, False], [3, 0], [True, False]),
        ([0.0, 5e-324], [0, 0], [0.0, 0.0]),
        ([[1, 2], [3, 4]], [[0, 1], [2, 3]], [[1, 2], [3, 4]]),
    ],
)
def test_small_cases(x, codes, restored):
    data = quantize_data(x, 2)
    assert data.codes.tolist() == codes and data.restored().tolist() == restored


def test_ends_that_are_given_are_kept_and_what_lies_beyond_goes_there():
    data = quantize_data([-5.0, 0, 3, 9], 2, low=0, high=6)
    assert (data.low, data.scale, data.codes.tolist()) == (0, 2, [0, 0, 2, 3])
    assert quantize_data([2.0, 4.0], 1, low=5).restored().tolist() == [5, 5]
    assert quantize_data([2.0, 4.0], 1, high=1).restored().tolist() == [1, 1]


def test_what_was_given_stays_and_strides_do_not_matter():
    x = some_numbers((20, 30))
    before = x.copy()
    for rule in RULES:
        part = quantize_data(x[::2, ::-3], 3, rule).codes
        np.testing.assert_array_equal(part, quantize_data(x[::2, ::-3].copy(), 3, rule).codes)
    np.testing.assert_array_equal(x, before)
    swapped = quantize_data(x.astype(">f4"), 3)
    assert swapped.restored().dtype == np.dtype("float32")
    np.testing.assert_array_equal(swapped.codes, quantize_data(x.astype("f4"), 3).codes)


def test_codes_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        quantize_data([1, 2], 1).codes[0] = 1


def test_a_middle_beyond_the_type_stays_in_it():
    assert quantize_data(np.array([0, 255], np.uint8), 4, "truncate").restored(middle=True).tolist() == [8, 255]


# --- Sizes --------------------------------------------------------------------------------------------------


def test_sizes_are_those_of_the_bytes():
    data = quantize_data(grey(), 3)
    found = sizes(data)
    counts = np.bincount(data.codes.ravel())
    assert found.original == found.whole_bytes == 64 * 64 and found.packed == 64 * 64 * 3 / 8
    assert found.entropy == int(np.ceil(least_bits(counts) / 8)) <= found.packed
    assert found.zipped == len(zlib.compress(data.codes.tobytes(), 9))
    assert found.zipped_packed == len(zlib.compress(data.packed, 9))
    assert sizes(quantize_data(some_numbers(50, "float32"), 12)).whole_bytes == 100


# --- Files --------------------------------------------------------------------------------------------------


@pytest.fixture
def stored(tmp_path):
    path = tmp_path / "x.data"
    save(path, quantize_data(np.arange(40.0), 5))
    return path


def test_a_damaged_file_is_told(stored):
    content = stored.read_bytes()
    for k in range(len(content)):
        stored.write_bytes(content[:k])
        with pytest.raises(ValueError, match="x.data"):
            load(stored)
        stored.write_bytes(content[:k] + bytes([content[k] ^ 4]) + content[k + 1 :])
        with pytest.raises(ValueError, match="x.data"):
            load(stored)


WRONG = {
    "dtype = 'object' is not one of": {"dtype": "object"},
    "bits = 17 is too large": {"bits": 17},
    "bits must be a whole number; it is '5'": {"bits": "5"},
    "bytes where": {"shape": [41]},
    "bytes are left over": {"shape": [30]},
    "the shape": {"shape": [-40]},
    "the shape [True]": {"shape": [True]},
}


@pytest.mark.parametrize("message", WRONG)
def test_a_header_that_does_not_fit_is_told(stored, message):
    header = {"format": "nnlearn data", "version": 1, "bits": 5, "shape": [40], "dtype": "float64"}
    data = container.read(stored, "nnlearn data", 1)[1]
    container.write(stored, header | WRONG[message], [data])
    with pytest.raises(ValueError, match="does not describe what it holds") as told:
        load(stored)
    assert message in str(told.value)


@pytest.mark.parametrize("ends", [(np.nan, 1), (0, 0), (0, -1), (np.inf, 1)])
def test_a_file_whose_step_cannot_be_is_told(stored, ends):
    header, data = container.read(stored, "nnlearn data", 1)
    container.write(stored, header, [np.array(ends, "<f8").tobytes(), data[16:]])
    with pytest.raises(ValueError, match="does not describe"):
        load(stored)


def test_a_file_of_another_kind_or_a_newer_one_is_told(stored):
    header, data = container.read(stored, "nnlearn data", 1)
    container.write(stored, header | {"version": 2}, [data])
    with pytest.raises(ValueError, match="Update nnlearn"):
        load(stored)
    container.write(stored, header | {"format": "nnlearn arrays"}, [data])
    with pytest.raises(ValueError, match="no file of the kind"):
        load(stored)
    with pytest.raises(OSError, match="nothing"):
        load(Path("nothing"))


# --- Pieces -------------------------------------------------------------------------------------------------

SHAPES = [(9,), (1,), (7, 5), (1, 4), (2, 6, 7), (3, 5, 4, 3), (0, 4, 4)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize("overlap", [0, 1, 50])
def test_tiles_joined_are_the_whole(shape, size, overlap):
    for dtype in ("bool", "uint8", "float16", "float64"):
        x = some_numbers(shape, dtype)
        tiles = split_space(x, size, overlap)
        whole = join(tiles)
        assert whole.dtype == x.dtype
        np.testing.assert_array_equal(whole, x)
        assert all(np.shares_memory(tile, x) for tile in tiles if tile.size)
        assert tiles.nbytes >= x.nbytes and (overlap or tiles.nbytes == x.nbytes)


@given(st.data())
def test_any_tiles_joined_are_the_whole(data):
    shape = data.draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    size = data.draw(st.tuples(st.integers(1, 14), st.integers(1, 14)))
    overlap = data.draw(st.integers(0, 14))
    x = np.arange(np.prod(shape)).reshape(shape)
    tiles = split_space(x, size, overlap)
    np.testing.assert_array_equal(join(tiles), x)
    assert len(tiles) == -(-shape[0] // size[0]) * -(-shape[1] // size[1])


FILTERS = {
    "median 3": (lambda x: median_filter(x, 3), 1),
    "median 4": (lambda x: median_filter(x, 4), 2),
    "mean 5": (lambda x: mean_filter(x, 5), 2),
    "Gaussian 1": (lambda x: gaussian_filter(x, 1.0), 4),
    "median 3, mirror": (lambda x: median_filter(x, 3, mode="mirror"), 1),
    "mean 3, constant": (lambda x: mean_filter(x, 3, "constant", 7), 1),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_by_tiles_is_that_of_the_whole_with_enough_overlap_and_not_with_less(name):
    function, reach = FILTERS[name]
    x = some_numbers((2, 50, 41), "uint8")
    whole = function(x)
    for size in (16, (20, 7)):
        np.testing.assert_array_equal(join(split_space(x, size, reach).each(function)), whole)
        assert (join(split_space(x, size, reach - 1).each(function)) != whole).any()


@pytest.mark.parametrize("parts", [1, 2, 3, 5, [[4, 0], [1, 2, 3]], [range(0, 5, 2), range(1, 5, 2)]])
def test_columns_joined_are_the_table(parts):
    for dtype in ("uint8", "float32"):
        X = some_numbers((6, 5), dtype)
        groups = split_features(X, parts)
        np.testing.assert_array_equal(join(groups), X)
        assert join(groups).dtype == X.dtype and groups.nbytes == X.nbytes
        if isinstance(parts, int):
            for ours, theirs in zip(groups, np.array_split(X, parts, axis=1), strict=True):
                np.testing.assert_array_equal(ours, theirs)
        else:
            np.testing.assert_array_equal(groups[0], X[:, list(parts[0])])


def test_pieces_of_another_type_are_joined_in_theirs():
    assert join(split_space(np.arange(4), 2).each(lambda x: x / 2)).tolist() == [0, 0.5, 1, 1.5]


def test_parts_can_be_put_together_by_hand():
    codes = quantize_data([1.0, 2.0, 4.0], 2)
    assert QuantizedData(codes.codes, 2, codes.low, codes.scale, codes.dtype).restored().tolist() == [1, 2, 4]
