"""The filters against their definition, SciPy and scikit-image; noise; the quality of what is left."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from nnlearn.data import clean
from nnlearn.data.clean import (
    MODES,
    gaussian_filter,
    gaussian_noise,
    impulse_noise,
    mean_filter,
    median_filter,
    psnr,
    ssim,
    uniform_noise,
)
from nnlearn.data.clean.exchanges import Candidates, Wire, exchange, merged, needed, run
from nnlearn.data.clean.gaussians import band_of, banded_sum, gaussian_weights, symmetric_sum

SHAPES = [(9,), (1,), (8, 8), (5, 13), (1, 4), (3, 1), (2, 6, 7), (3, 5, 4, 3), (2, 90, 200), (40, 7, 5, 1)]
DTYPES = ["uint8", "int8", "uint16", "int32", "int64", "float32", "float64"]
SIZES = [1, 2, 3, 4, 5, 7, (1, 3), (4, 2), (5, 1)]
PLUS = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]
FOOTPRINTS = [[1, 0, 1, 1], PLUS, [[1, 0], [1, 1]], [[0, 0, 1, 0]], [[1], [1], [0]], np.eye(5, dtype=bool)]


def some_numbers(shape, dtype="float64", seed=0):
    """Whole numbers over a byte's range, or normal ones."""
    rng = np.random.default_rng(seed)
    kind = np.dtype(dtype).kind
    if kind == "f":
        return rng.normal(size=shape).astype(dtype)
    return rng.integers(0, 2, shape).astype(dtype) if kind == "b" else rng.integers(-100, 100, shape).astype(dtype)


def scipys(function, x, size, **options):
    """Each image of a batch by itself, each channel by itself; a signal as an image of one row.

    (Of signals, the median filter of SciPy 1.17 overlooks the gaps of a footprint, and of a single number with "mirror"
    it gives what happens to stand in memory.)
    """
    if x.ndim == 1:
        row = size[np.newaxis] if isinstance(size, np.ndarray) else (0 if isinstance(size, float) else 1, size)
        return function(x[np.newaxis], row, **options)[0]
    if x.ndim == 2:
        return function(x, size, **options)
    if x.ndim == 3:
        return np.stack([function(image, size, **options) for image in x])
    return np.stack([scipys(function, x[..., channel], size, **options) for channel in range(x.shape[-1])], axis=-1)


def for_signals(sizes, shape):
    """Pairs are for images."""
    return [size for size in sizes if len(shape) > 1 or not isinstance(size, tuple)]


def whole(exact):
    """Rounded, halves away from 0."""
    return np.sign(exact) * np.floor(np.abs(exact) + 0.5)


# --- SciPy --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", SHAPES)
def test_medians_are_scipys_to_the_last_bit(shape, mode):
    for dtype, size in itertools.product(DTYPES, for_signals(SIZES, shape)):
        x = some_numbers(shape, dtype)
        theirs = scipys(ndimage.median_filter, x, size, mode=mode, cval=7)
        ours = median_filter(x, size, mode=mode, value=7)
        assert ours.dtype == x.dtype
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("footprint", FOOTPRINTS, ids=str)
def test_medians_of_a_footprint_are_scipys(footprint, mode):
    counts = np.array(footprint, bool)
    for shape, dtype in itertools.product([(5, 13), (2, 6, 7), (3, 5, 4, 3)], ["uint8", "float64"]):
        x = some_numbers((20,) if counts.ndim == 1 else shape, dtype)
        theirs = scipys(lambda x, f: ndimage.median_filter(x, footprint=f, mode=mode, cval=7), x, counts)
        np.testing.assert_array_equal(median_filter(x, footprint=footprint, mode=mode, value=7), theirs)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", SHAPES)
def test_means_are_scipys(shape, mode):
    for size in for_signals(SIZES, shape):
        x = some_numbers(shape)
        theirs = scipys(ndimage.uniform_filter, x, size, mode=mode, cval=7)
        np.testing.assert_allclose(mean_filter(x, size, mode, 7), theirs, rtol=0, atol=1e-13)
        single = x.astype("float32")
        theirs = scipys(ndimage.uniform_filter, single, size, mode=mode, cval=7)
        np.testing.assert_allclose(mean_filter(single, size, mode, 7), theirs, rtol=0, atol=2e-6)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", SHAPES)
def test_gaussians_are_scipys(shape, mode):
    for sigma, truncate in itertools.product(for_signals([0, 0.1, 0.5, 1.3, 4, (0, 1), (2, 0.3)], shape), [4.0, 1.2]):
        x = some_numbers(shape)
        theirs = scipys(
            ndimage.gaussian_filter,
            x,
            sigma if isinstance(sigma, tuple) else float(sigma),
            mode=mode,
            cval=7,
            truncate=truncate,
        )
        np.testing.assert_allclose(gaussian_filter(x, sigma, mode, 7, truncate), theirs, rtol=0, atol=1e-13)


@pytest.mark.parametrize("ours, theirs, setting", [(mean_filter, ndimage.uniform_filter, 3),
                                                   (mean_filter, ndimage.uniform_filter, (2, 4)),
                                                   (gaussian_filter, ndimage.gaussian_filter, 0.8)])  # fmt: skip
@pytest.mark.parametrize("dtype", [*DTYPES[:5], "uint32"])
def test_whole_numbers_are_rounded_once_where_scipy_cuts_off_twice(ours, theirs, setting, dtype):
    x = np.abs(some_numbers((40, 50), dtype))
    exact = theirs(x.astype(float), setting)
    clear = np.abs(exact % 1 - 0.5) > (1e-4 if x.itemsize == 1 else 1e-9)  # bytes are computed in float32
    result = ours(x, setting)
    assert result.dtype == x.dtype
    np.testing.assert_array_equal(result[clear], whole(exact)[clear])
    assert theirs(x, setting).mean() < exact.mean() - 0.5
    assert abs(result.mean() - exact.mean()) < 0.1


def test_halves_are_rounded_away_from_0():
    np.testing.assert_array_equal(mean_filter(np.array([1, 2, 4, -1, -2]), 2), [1, 2, 3, 2, -2])


# --- definitions --------------------------------------------------------------------------------------------

FILTERS = {
    "mean 3": lambda x: mean_filter(x, 3),
    "mean 4": lambda x: mean_filter(x, 4, "mirror"),
    "median 3": lambda x: median_filter(x, 3),
    "median 4": lambda x: median_filter(x, 4, mode="wrap"),
    "footprint": lambda x: median_filter(x, footprint=[1, 0, 1] if x.ndim == 1 else PLUS),
    "Gaussian": lambda x: gaussian_filter(x, 0.7, "nearest"),
}
shapes = st.one_of(
    st.tuples(st.integers(1, 9)),
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    st.tuples(st.integers(0, 3), st.integers(1, 7), st.integers(1, 7)),
    st.tuples(st.integers(0, 3), st.integers(1, 5), st.integers(1, 5), st.sampled_from([1, 3, 4])),
)
grids = st.builds(some_numbers, shapes, st.sampled_from([*DTYPES, ">f4", ">i2", "float16", "bool"]), st.integers(0, 9))


@pytest.mark.parametrize("name", FILTERS)
@given(x=grids)
def test_the_result_is_new_of_the_same_dtype_and_the_input_stays(name, x):
    before = x.copy()
    x.flags.writeable = False
    result = FILTERS[name](x)
    assert (result.dtype, result.shape) == (x.dtype, x.shape)
    assert result.flags.writeable and not np.shares_memory(result, x)
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(FILTERS[name](np.asfortranarray(x)), result)
    if x.ndim == 4:
        np.testing.assert_array_equal(FILTERS[name](np.repeat(x, 2, axis=2)[:, :, ::2]), result)


@pytest.mark.parametrize("name", FILTERS)
@given(x=grids, value=st.integers(0, 1))
def test_a_plain_input_stays_plain(name, x, value):
    plain = np.full(x.shape, value, x.dtype)
    np.testing.assert_allclose(FILTERS[name](plain).astype(float), value, rtol=1e-14)


@given(x=grids, size=st.integers(1, 6))
def test_an_image_of_one_row_is_filtered_as_a_signal(x, size):
    rows = x.reshape(-1, x.shape[-1])
    for each in (lambda x, size: mean_filter(x, size), lambda x, size: median_filter(x, size)):
        for row, ours in zip(rows, each(rows, (1, size)) if len(rows) else [], strict=True):
            np.testing.assert_array_equal(ours, each(row, size))


@pytest.mark.parametrize("shape", [(30,), (6, 40), (2, 6, 40)])
def test_nan_and_infinity_stay_in_their_windows(shape):
    x = some_numbers(shape)
    clean_x = {name: each(x) for name, each in FILTERS.items()}
    for bad in (np.nan, np.inf):
        spoilt = x.copy()
        spoilt[..., 3] = bad
        for name, each in FILTERS.items():
            result = each(spoilt)
            np.testing.assert_allclose(result[..., 8:-3], clean_x[name][..., 8:-3], atol=1e-13)
            if name == "footprint" and x.ndim == 1:
                continue  # it leaves its middle out
            if np.isnan(bad) or "median" not in name and name != "footprint":
                assert (np.isnan(result[..., 3]) if np.isnan(bad) else np.isinf(result[..., 3])).all()
    np.testing.assert_array_equal(mean_filter([np.inf, -np.inf, 1, 1, 1], 3), [np.nan, np.nan, -np.inf, 1, 1])
    assert np.isnan(ndimage.uniform_filter(np.array([np.nan, 1, 1, 1, 1.0]), 3)).all()  # SciPy's running sums


def test_half_precision_and_truth_values_are_computed_in_double():
    halves = some_numbers((6, 7), "float16")
    for name, each in FILTERS.items():
        np.testing.assert_array_equal(each(halves), each(halves.astype(float)).astype("float16"), err_msg=name)
    np.testing.assert_array_equal(mean_filter([True, False, False, True], 2), [True, True, False, True])
    np.testing.assert_array_equal(median_filter([True, False, True, True], 3), [True, True, True, True])


def test_the_largest_numbers_do_not_warn():
    assert np.isinf(mean_filter(np.full(5, np.finfo(float).max), 3)).all()
    np.testing.assert_array_equal(median_filter(np.array([2**63 - 1, 2**63 - 2, 0]), 3)[1], 2**63 - 2)


# --- networks -----------------------------------------------------------------------------------------------


def inputs(count):
    """Wires that give the columns of a matrix."""
    return [Wire(lambda batch, i=i: batch[i]) for i in range(count)]


@pytest.mark.parametrize("m, n", [*itertools.product(range(1, 9), repeat=2)])
def test_merging_orders_all_zeros_and_ones(m, n):
    """By the 0-1 principle it then orders all numbers."""
    rows = [[0] * (m - i) + [1] * i + [0] * (n - j) + [1] * j for i in range(m + 1) for j in range(n + 1)]
    wires, batch = inputs(m + n), np.array(rows).T
    order = [run(needed(wire), batch) for wire in merged(wires[:m], wires[m:])]
    np.testing.assert_array_equal(order, np.sort(batch, axis=0))


@pytest.mark.parametrize("count", range(1, 13))
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_candidates_find_the_median_of_all_zeros_and_ones(count, seed):
    batch = np.array([*itertools.product([0, 1], repeat=count)]).T
    rng, known = np.random.default_rng(seed), [Candidates([wire]) for wire in inputs(count)]
    while len(known) > 1:  # joined in any order
        a, b = (known.pop(rng.integers(len(known))) for _ in range(2))
        known.append(a.join(b, count))
    (median,) = known[0].wires
    np.testing.assert_array_equal(run(needed(median), batch), np.sort(batch, axis=0)[count // 2])


def test_a_median_needs_few_exchanges():
    from nnlearn.data.clean.medians import window_network

    counted = {size: sum(len(wire.of) == 2 for wire, _ in window_network((size, size))) for size in (3, 5, 7)}
    assert counted == {3: 22, 5: 88, 7: 236}  # minima and maxima


def test_what_nobody_asks_for_is_not_computed():
    first, second = inputs(2)
    smaller, larger = exchange(first, second)
    steps = needed(smaller)
    assert [wire for wire, _ in steps] == [first, second, smaller]
    assert steps[-1][1] == [first, second] and larger not in dict(steps)


# --- Gaussian weights ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("sigma", [0, 0.4, 1, 2.5, 40])
def test_weights_are_a_mean(sigma):
    weights = gaussian_weights(sigma)
    assert len(weights) == int(4 * sigma + 0.5) + 1
    assert weights[0] + 2 * weights[1:].sum() == pytest.approx(1, abs=1e-14)
    if sigma:
        np.testing.assert_allclose(weights / weights[0], np.exp(-0.5 * (np.arange(len(weights)) / sigma) ** 2))


@pytest.mark.parametrize("sigma", [0, 0.4, 1, 9])
@pytest.mark.parametrize("axis", [2, 3])
def test_the_band_is_the_sum(axis, sigma):
    x, weights = some_numbers((2, 3, 77, 80)), gaussian_weights(sigma)
    ours, theirs = banded_sum(x, band_of(weights), axis), symmetric_sum(x, weights, axis)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-14)


# --- noise --------------------------------------------------------------------------------------------------

GREY = np.full((300, 400), 100, np.uint8)


def test_noise_has_the_size_that_was_asked_for():
    for noise, sigma in ((gaussian_noise, 10), (uniform_noise, 10 / np.sqrt(3))):
        difference = noise(GREY.astype(float), 10) - 100
        assert difference.std() == pytest.approx(sigma, rel=0.02)
        assert difference.mean() == pytest.approx(0, abs=0.2)
    assert np.abs(uniform_noise(GREY.astype(float), 10) - 100).max() <= 10
    spoilt = impulse_noise(GREY, 0.1, 0, 255)
    assert set(np.unique(spoilt)) == {0, 100, 255}
    assert np.mean(spoilt == 0) == pytest.approx(0.05, rel=0.1) == np.mean(spoilt == 255)
    np.testing.assert_array_equal(impulse_noise(GREY, 0, 0, 255), GREY)
    assert np.all(impulse_noise(GREY, 1, 0, 255) != 100)


NOISE = {
    "Gaussian": lambda x, seed: gaussian_noise(x, 1, seed),
    "uniform": lambda x, seed: uniform_noise(x, 1, seed),
    "impulse": lambda x, seed: impulse_noise(x, 0.5, 0, 1, seed),
}


@pytest.mark.parametrize("name", NOISE)
@pytest.mark.parametrize("dtype", [*DTYPES, "float16", ">f4"])
def test_noise_hangs_on_its_seed_and_keeps_the_dtype(name, dtype):
    x = np.full((4, 5, 6, 3), 50, dtype)
    result = NOISE[name](x, 3)
    assert (result.dtype, result.shape) == (x.dtype, x.shape) and np.all(x == 50)
    np.testing.assert_array_equal(NOISE[name](x, 3), result)
    assert np.any(NOISE[name](x, 4) != result)
    assert NOISE[name](x[:0], 0).shape == (0, 5, 6, 3)


def test_whole_numbers_are_cut_off_at_their_ends_and_real_ones_are_not():
    x = np.array([0, 255] * 50, np.uint8)
    for noise in (gaussian_noise, uniform_noise):
        spoilt = noise(x, 1e6)
        assert set(np.unique(spoilt)) == {0, 255}
    assert gaussian_noise(x / 255, 1).max() > 1
    assert np.abs(gaussian_noise(np.array([2**52, -(2**52)] * 9), 1e300)).max() == 2**52


def test_noise_keeps_nan_where_it_was():
    x = np.array([np.nan, np.inf, 1.0])
    for each in NOISE.values():
        assert np.isnan(gaussian_noise(x, 1)[0]) and each(x, 0).shape == (3,)


# --- quality ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype, peak", [("uint8", 255), ("int64", 200), ("float64", 1), ("float32", 3)])
@pytest.mark.parametrize("shape", [(12, 15), (2, 30, 20), (2, 13, 11, 3)])
def test_quality_is_that_of_scikit_image(shape, dtype, peak):
    metrics = pytest.importorskip("skimage.metrics")
    a, b = np.abs(some_numbers(shape, dtype)), np.abs(some_numbers(shape, dtype, seed=1))
    theirs = metrics.peak_signal_noise_ratio(a, b, data_range=peak)
    assert psnr(a, b, peak) == pytest.approx(theirs, abs=1e-6)
    options = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "data_range": peak}
    pairs = [(a, b)] if a.ndim == 2 else zip(a, b, strict=True)
    channels = {"channel_axis": -1} if a.ndim == 4 else {}
    theirs = np.mean([metrics.structural_similarity(*pair, **options, **channels) for pair in pairs])
    assert ssim(a, b, peak) == pytest.approx(theirs, abs=2e-6)


def test_psnr_by_hand():
    assert psnr([0.0, 0], [0.1, 0.1], 1) == pytest.approx(20)
    assert psnr([0.0, 0], [0, 0], 1) == np.inf
    assert psnr(np.array([10], np.uint8), np.array([250], np.uint8), 255) == pytest.approx(20 * np.log10(255 / 240))
    assert psnr([1e150], [-1e150], 1e150) == pytest.approx(-20 * np.log10(2))


def test_ssim_by_hand():
    """Window by window."""
    a, b = some_numbers((13, 12)), some_numbers((13, 12), seed=1)
    side = gaussian_weights(1.5, 3.5)
    line = np.concatenate([side[:0:-1], side])
    weights = np.outer(line, line)
    alike = []
    for y, x in itertools.product(range(3), range(2)):
        p, q = a[y : y + 11, x : x + 11], b[y : y + 11, x : x + 11]
        mean_p, mean_q = np.sum(weights * p), np.sum(weights * q)
        var_p, var_q = np.sum(weights * (p - mean_p) ** 2), np.sum(weights * (q - mean_q) ** 2)
        cov = np.sum(weights * (p - mean_p) * (q - mean_q))
        c1, c2 = 0.02**2, 0.06**2
        alike.append(
            (2 * mean_p * mean_q + c1) * (2 * cov + c2) / ((mean_p**2 + mean_q**2 + c1) * (var_p + var_q + c2))
        )
    assert ssim(a, b, 2) == pytest.approx(np.mean(alike), abs=1e-12)
    assert ssim(a, a, 2) == pytest.approx(1)


def test_a_median_takes_away_impulses_and_a_mean_does_not():
    ramp = np.add.outer(np.arange(64.0), np.arange(64)) / 126
    spoilt = impulse_noise(ramp, 0.05, 0, 1)
    assert (
        psnr(ramp, median_filter(spoilt, 3), 1) > psnr(ramp, mean_filter(spoilt, 3), 1) + 5 > psnr(ramp, spoilt, 1) + 5
    )


# --- the package --------------------------------------------------------------------------------------------


def test_importing_it_loads_numpy_only():
    code = "import sys, nnlearn.data.clean; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"tensorflow", "keras", "scipy", "sklearn", "skimage"} & set(loaded)


def test_the_package_offers_what_its_readers_need():
    assert all(getattr(clean, name).__doc__ for name in clean.__all__ if name != "MODES")
