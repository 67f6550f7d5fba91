"""Data larger than the memory: what is read in pieces is what is read at once, and little of it is held."""

import tracemalloc
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlearn as nn
from nnlearn.data import diabetes
from nnlearn.data.clean import Finding, Standardizer
from nnlearn.data.compress import InPieces, Moments, Rows, fit_in_pieces
from nnlearn.objectives import LinearRegression, LogisticRegression


def some_rows(n=100, features=3, missing=0.0, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, features)) * np.geomspace(0.01, 100, features) + np.linspace(-1e4, 1e4, features)
    return np.where(rng.random(X.shape) < missing, np.nan, X)


@pytest.mark.parametrize("at_once", [1, 7, 100, 1000])
def test_pieces_of_a_file_are_its_rows(tmp_path, at_once):
    X = some_rows()
    np.save(tmp_path / "x.npy", X)
    np.savetxt(tmp_path / "x.csv", X, delimiter=",", fmt="%.17g", header="a,b,c", comments="")
    for rows in (Rows(tmp_path / "x.npy", at_once), Rows(str(tmp_path / "x.csv"), at_once, skip=1)):
        for _ in range(2):  # as often as needed
            pieces = list(rows)
            assert [len(piece) for piece in pieces[:-1]] == [at_once] * (len(pieces) - 1)
            np.testing.assert_array_equal(np.concatenate(pieces), X)


@pytest.mark.parametrize("dtype", ["uint8", "float16", ">f4", "<i8", "bool"])
@pytest.mark.parametrize("shape", [(5,), (5, 2), (4, 3, 2, 1), (0, 3)])
def test_types_and_shapes_of_npy_files(tmp_path, dtype, shape):
    x = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    np.save(tmp_path / "x.npy", x)
    pieces = list(Rows(tmp_path / "x.npy", 2))
    assert all(piece.dtype == np.dtype(dtype).newbyteorder("=") for piece in pieces)
    np.testing.assert_array_equal(np.concatenate([x[:0], *pieces]), x)


def test_empty_cells_are_nan_and_empty_lines_nothing(tmp_path):
    (tmp_path / "x.csv").write_text("1, 2\n\n,4\n5,\n", encoding="utf-8")
    np.testing.assert_array_equal(np.concatenate(list(Rows(tmp_path / "x.csv", 2))), [[1, 2], [np.nan, 4], [5, np.nan]])


def test_a_large_file_takes_little_memory(tmp_path):
    path, features, count = tmp_path / "x.npy", 50, 40_000
    file = np.lib.format.open_memmap(path, "w+", np.float64, (count, features))
    file[:] = np.random.default_rng(0).normal(size=features)
    del file
    np.savetxt(tmp_path / "x.csv", np.ones((40_000, 5)), delimiter=",", fmt="%g")
    whole = path.stat().st_size
    for rows, size in ((Rows(path, 500), whole), (Rows(tmp_path / "x.csv", 200), 40_000 * 5 * 8)):
        tracemalloc.start()
        standardizer = fit_in_pieces(rows, with_std=False)
        for piece in rows:
            standardizer.transform(piece)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < size / 6, rows


@pytest.mark.parametrize("missing", [0, 0.3])
@pytest.mark.parametrize("at_once", [1, 3, 10, 1000])
def test_moments_in_pieces_are_those_of_the_whole(at_once, missing):
    X = some_rows(missing=missing)
    moments = Moments()
    for start in range(0, len(X), at_once):
        moments.add(X[start : start + at_once])
    np.testing.assert_array_equal(moments.count, np.count_nonzero(~np.isnan(X), axis=0))
    np.testing.assert_allclose(moments.mean, np.nanmean(X, axis=0), rtol=1e-13)
    np.testing.assert_allclose(moments.var, np.nanvar(X, axis=0), rtol=1e-9)
    np.testing.assert_array_equal(moments.low, np.nanmin(X, axis=0))
    np.testing.assert_array_equal(moments.high, np.nanmax(X, axis=0))


def test_a_large_mean_leaves_the_variance_its_digits():
    X = 1e9 + np.array([[0.0], [1], [2], [3]])
    moments = Moments(X[:1]).add(X[1:3]).add(X[3:])
    assert moments.mean == 1e9 + 1.5 and moments.var == 1.25
    assert np.mean(X**2) - np.mean(X) ** 2 != 1.25


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6), st.integers(0, 100))
def test_any_cuts_give_the_same(cuts, seed):
    X = some_rows(sum(cuts), 2, missing=0.4, seed=seed)
    moments, start = Moments(X[:0]), 0
    for cut in cuts:
        moments.add(X[start : start + cut])
        start += cut
    for column, mean, var in zip(X.T, moments.mean, moments.var, strict=True):
        there = column[~np.isnan(column)]
        if len(there):
            assert mean == pytest.approx(there.mean(), rel=1e-12)
            assert var == pytest.approx(there.var(), rel=1e-6, abs=1e-9)
        else:
            assert np.isnan(mean) and np.isnan(var)


def test_standardising_in_pieces_is_that_of_the_whole(tmp_path):
    X = some_rows(250, missing=0.1)
    np.save(tmp_path / "x.npy", X)
    rows = Rows(tmp_path / "x.npy", 64)
    whole, pieces = Standardizer().fit(X), fit_in_pieces(rows)
    np.testing.assert_allclose(pieces.mean_, whole.mean_, rtol=1e-13)
    np.testing.assert_allclose(pieces.scale_, whole.scale_, rtol=1e-9)
    changed = np.concatenate([pieces.transform(piece) for piece in rows])
    np.testing.assert_allclose(changed, whole.transform(X), rtol=1e-6, atol=1e-6)
    assert fit_in_pieces(rows, with_mean=False, with_std=False).scale_ is None


def test_findings_are_the_same_in_pieces():
    X = np.column_stack([np.full(9, 0.1), np.full(9, np.nan), np.arange(9.0)])
    with warnings.catch_warnings(record=True) as whole:
        warnings.simplefilter("always")
        Standardizer().fit(X)
    with pytest.warns(Finding) as found:
        pieces = fit_in_pieces([X[:2], X[2:]])
    assert [str(each.message) for each in found] == [str(each.message) for each in whole] == list(pieces.findings_)
    assert pieces.scale_[0] == 1


def training_rows():
    data = diabetes()
    return np.column_stack([data.X_train, data.y_train])


def regression(rows):
    return LinearRegression(rows[:, :-1], rows[:, -1])


def test_training_in_pieces_is_that_of_the_whole(tmp_path):
    rows = training_rows()
    np.save(tmp_path / "x.npy", rows)
    whole, pieces = regression(rows), InPieces(regression, Rows(tmp_path / "x.npy", 77))
    rate = 1 / whole.largest_curvature
    runs = [nn.run(nn.GradientDescent(rate), J, whole.start, 50) for J in (whole, pieces)]
    np.testing.assert_allclose(runs[1].theta, runs[0].theta, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(runs[1].loss, runs[0].loss, rtol=1e-9)
    np.testing.assert_allclose(pieces.hessian(whole.start), whole.hessian(whole.start), rtol=1e-9, atol=1e-9)
    assert pieces.examples == len(rows) and pieces.dimension == whole.dimension
    assert pieces.gradient(np.zeros((4, whole.dimension))).shape == (4, whole.dimension)


def test_a_penalty_counts_once():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(31, 3)), np.arange(31) % 2
    whole = LogisticRegression(X, y, l2=0.3)
    parts = [(X[k : k + 10], y[k : k + 10]) for k in (0, 10, 20)] + [(X[30:], y[30:])]
    pieces = InPieces(lambda part: LogisticRegression(*part, l2=0.3), parts)
    theta = rng.normal(size=4)
    assert pieces.loss(theta) == pytest.approx(whole.loss(theta), rel=1e-13)
    np.testing.assert_allclose(pieces.gradient(theta), whole.gradient(theta), rtol=1e-12)
