"""Imputation, standardisation and outliers against their definition, scikit-learn and SciPy."""

import itertools
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.base import clone
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks import clean as benchmark
from nnlearn.data import breast_cancer, diabetes
from nnlearn.data.clean import Finding, Imputer, Standardizer, find_outliers

NAN = np.nan


def rows(n, features, missing=0.0, dtype="float64", seed=0):
    """Normal numbers in different units, some of them missing; in every column one is there."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, features)) * np.geomspace(0.1, 10, features) + np.linspace(-3, 3, features)
    gone = rng.random(X.shape) < missing
    gone[rng.integers(n, size=features), np.arange(features)] = False
    X[gone] = NAN
    return X.astype(dtype)


def peer(ours):
    """scikit-learn's."""
    if isinstance(ours, Standardizer):
        return StandardScaler(with_mean=ours.with_mean, with_std=ours.with_std)
    if ours.strategy == "nearest":
        return KNNImputer(n_neighbors=ours.neighbours)
    return SimpleImputer(strategy=ours.strategy)


TRANSFORMERS = [
    *(Standardizer(*options) for options in itertools.product([True, False], repeat=2)),
    Imputer("mean"),
    Imputer("median"),
    *(Imputer("nearest", neighbours) for neighbours in (1, 2, 5, 40)),
]
TABLES = {
    "complete": rows(30, 4),
    "some missing": rows(60, 5, 0.2),
    "most missing": rows(80, 6, 0.7),
    "one row": rows(1, 3),
    "one column": rows(20, 1, 0.3),
    "many rows": rows(300, 3, 0.4),
}

# --- scikit-learn -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ours", TRANSFORMERS, ids=str)
@pytest.mark.parametrize("name", TABLES)
def test_they_are_scikit_learns(name, ours):
    train, test = TABLES[name], rows(25, TABLES[name].shape[1], 0.4, seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Finding)  # a row alone makes all columns constant
        ours = clone(ours).fit(train)
    theirs = peer(ours).fit(train)
    for X in (train, test):
        np.testing.assert_allclose(ours.transform(X), theirs.transform(X), rtol=0, atol=1e-12)
    if isinstance(ours, Standardizer):
        np.testing.assert_allclose(ours.inverse_transform(test), theirs.inverse_transform(test), rtol=0, atol=1e-12)
        np.testing.assert_allclose(ours.inverse_transform(ours.transform(test)), test, rtol=0, atol=1e-12)
        if ours.with_std:
            np.testing.assert_allclose(ours.scale_, theirs.scale_, rtol=1e-14)
    elif ours.strategy != "nearest":
        np.testing.assert_allclose(ours.statistics_, theirs.statistics_, rtol=1e-14)


@pytest.mark.parametrize("ours", TRANSFORMERS, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float16", "int64", "uint8"])
def test_the_dtype_is_scikit_learns(ours, dtype):
    X = np.abs(10 * rows(20, 3)).astype(dtype)
    ours, theirs = clone(ours).fit_transform(X), peer(ours).fit_transform(X)
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=0.1 if dtype == "float16" else 1e-3)


@pytest.mark.parametrize("data", [breast_cancer, diabetes])
def test_real_rows_are_filled_in_alike(data):
    X = data().X_train.copy()
    X += 1e-6 * np.random.default_rng(1).normal(size=X.shape)  # of rows equally near nothing is said
    X[np.random.default_rng(0).random(X.shape) < 0.3] = NAN
    for neighbours in (1, 5):
        ours, theirs = (
            Imputer("nearest", neighbours).fit_transform(X),
            KNNImputer(n_neighbors=neighbours).fit_transform(X),
        )
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_they_work_in_pipelines():
    X, y = rows(60, 4, 0.2), np.arange(60.0)
    for imputer, standardizer in itertools.product(TRANSFORMERS[4:], TRANSFORMERS[:4]):
        ours = make_pipeline(clone(imputer), clone(standardizer), Ridge()).fit(X, y)
        theirs = make_pipeline(peer(imputer), peer(standardizer), Ridge()).fit(X, y)
        np.testing.assert_allclose(ours.predict(X), theirs.predict(X), rtol=1e-10)
        ours.set_params(imputer__strategy="median")
        assert ours.get_params()["imputer__strategy"] == ours[0].strategy == "median"


def test_clones_have_the_settings_and_have_learned_nothing():
    fitted = Imputer("nearest", 3).fit(rows(9, 2))
    copy = clone(fitted)
    assert copy.get_params() == {"strategy": "nearest", "neighbours": 3} and repr(copy) == repr(fitted)
    assert not hasattr(copy, "rows_") and not hasattr(copy, "n_features_in_")
    with pytest.raises(ValueError, match="neighbours = 0 is too small"):
        copy.set_params(strategy="mean", neighbours=0)
    assert copy.strategy == "nearest"


# --- definitions --------------------------------------------------------------------------------------------


def neighbours_by_hand(X, known, count):
    """Row by row."""
    result = X.copy()
    for i, j in np.argwhere(np.isnan(X)):
        distance = {}
        for k, row in enumerate(known):
            both = ~np.isnan(X[i]) & ~np.isnan(row)
            if both.any() and not np.isnan(row[j]):
                distance[k] = np.mean((X[i] - row)[both] ** 2)
        nearest = sorted(distance, key=distance.get)[:count]
        result[i, j] = np.mean(known[nearest, j]) if nearest else np.nanmean(known[:, j])
    return result


@given(st.integers(1, 40), st.integers(1, 5), st.sampled_from([0.1, 0.5, 0.9]), st.integers(1, 6), st.integers(0, 99))
def test_neighbours_are_those_of_the_definition(n, features, missing, count, seed):
    known, X = rows(n, features, missing, seed=seed), rows(7, features, missing, seed=seed + 100)
    ours = Imputer("nearest", count).fit(known).transform(X)
    np.testing.assert_allclose(ours, neighbours_by_hand(X, known, count), rtol=0, atol=1e-12)


@given(st.integers(1, 30), st.integers(1, 5), st.sampled_from([0, 0.5, 0.9]), st.integers(0, 99))
def test_statistics_are_numpys(n, features, missing, seed):
    X = rows(n, features, missing, seed=seed)
    np.testing.assert_allclose(Imputer("mean").fit(X).statistics_, np.nanmean(X, axis=0), rtol=1e-13)
    np.testing.assert_array_equal(Imputer("median").fit(X).statistics_, np.nanmedian(X, axis=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Finding)
        fitted = Standardizer().fit(X)
    np.testing.assert_allclose(fitted.mean_, np.nanmean(X, axis=0), rtol=1e-13)
    np.testing.assert_allclose(fitted.var_, np.nanvar(X, axis=0), rtol=1e-12, atol=1e-28)


@pytest.mark.parametrize("ours", TRANSFORMERS, ids=str)
def test_what_is_given_stays_and_memory_order_does_not_matter(ours):
    X = rows(20, 4, 0.3)
    before = X.copy()
    X.flags.writeable = False
    result = clone(ours).fit_transform(X)
    assert result.flags.writeable and not np.shares_memory(result, X)
    np.testing.assert_array_equal(X, before)
    for other in (np.asfortranarray(X), np.repeat(X, 2, axis=1)[:, ::2], X.astype(">f8")):
        again = clone(ours).fit_transform(other)
        assert again.dtype == other.dtype
        np.testing.assert_allclose(again, result, rtol=0, atol=1e-12)
    assert clone(ours).fit(X).transform(X[:0]).shape == (0, 4)
    fitted = clone(ours).fit(X)
    if isinstance(fitted, Imputer):
        there = ~np.isnan(X)
        np.testing.assert_array_equal(fitted.transform(X)[there], X[there])
        assert not np.isnan(fitted.transform(X)).any()


def test_many_rows_are_worked_on_in_parts(monkeypatch):
    X = rows(90, 4, 0.3)
    whole = Imputer("nearest").fit_transform(X)
    monkeypatch.setattr("nnlearn.data.clean.nearest.DISTANCES", 200)
    np.testing.assert_array_equal(Imputer("nearest").fit_transform(X), whole)


def test_the_test_rows_teach_nothing():
    train, test = rows(30, 3, 0.2), 1000 + rows(9, 3, 0.2, seed=1)
    for ours in TRANSFORMERS:
        fitted = clone(ours).fit(train)
        for row in range(len(test)):
            np.testing.assert_array_equal(fitted.transform(test)[row], fitted.transform(test[row : row + 1])[0])


def test_a_fit_forgets_the_one_before():
    X, Y = rows(20, 3, 0.3), rows(30, 2, 0.3, seed=1)
    for ours in TRANSFORMERS:
        np.testing.assert_array_equal(clone(ours).fit(X).fit_transform(Y), clone(ours).fit_transform(Y))


# --- findings -----------------------------------------------------------------------------------------------

ODD = np.array([[1, NAN, 2, 5, 0.1], [2, NAN, 2, NAN, 0.1], [4, NAN, 2, 1, 0.1]])


@pytest.mark.parametrize("ours", [each for each in TRANSFORMERS if isinstance(each, Imputer)], ids=str)
def test_columns_without_any_value_are_left_out_and_told(ours):
    with pytest.warns(Finding, match="Columns without any value can't be filled in and are left out: 1") as told:
        ours = clone(ours).fit(ODD)
    assert ours.findings_ == tuple(str(each.message) for each in told) and told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = peer(ours).fit_transform(ODD)
    np.testing.assert_allclose(ours.transform(ODD), theirs, rtol=1e-14)
    np.testing.assert_array_equal(ours.columns_, [0, 2, 3, 4])


def test_constant_and_empty_columns_are_told():
    with pytest.warns(Finding) as told:
        ours = Standardizer().fit(ODD)
    assert ours.findings_ == tuple(str(each.message) for each in told) == (
        "Columns without any value stay NaN: 1.",
        "Columns that hold one number alone can't be scaled; their scale is 1: 2, 4.",
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = StandardScaler().fit(ODD)
    for name in ("mean_", "var_", "scale_"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-14, atol=1e-30)
    np.testing.assert_allclose(ours.transform(ODD), theirs.transform(ODD), rtol=1e-14)
    np.testing.assert_allclose(ours.transform(ODD)[:, [2, 4]], 0, atol=1e-15)
    assert Standardizer(with_std=False).fit(ODD[:, [0, 2]]).findings_ == ()


def test_a_whole_column_of_rounding_is_constant():
    X = np.full((100, 1), 1e8) + np.random.default_rng(0).integers(0, 2, (100, 1)) * 1e-8
    with pytest.warns(Finding, match="their scale is 1: 0"):
        assert Standardizer().fit(X).scale_ == StandardScaler().fit(X).scale_ == 1


# --- outliers -----------------------------------------------------------------------------------------------


@given(
    st.integers(1, 60), st.integers(1, 4), st.sampled_from([0, 0.5]), st.sampled_from([0.5, 1.5, 3]), st.integers(0, 99)
)
def test_outliers_are_those_of_scipys_numbers(n, features, missing, limit, seed):
    X = rows(n, features, missing, seed=seed)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        z = np.abs(stats.zscore(X, nan_policy="omit"))
    quartiles = np.nanquantile(X, [0.25, 0.75], axis=0)
    reach = limit * stats.iqr(X, axis=0, nan_policy="omit")
    beyond = (X < quartiles[0] - reach) | (X > quartiles[1] + reach)
    far = np.nan_to_num(z) > limit
    for ours, theirs in ((find_outliers(X, "z-score", limit), far), (find_outliers(X, limit=limit), beyond)):
        assert ours.dtype == bool
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(find_outliers(X[:, 0], limit=limit), beyond[:, 0])


def test_an_outlier_hides_behind_the_deviation_that_it_makes():
    for n in range(2, 10):
        assert not find_outliers([0.0] * (n - 1) + [1e9], "z-score").any()
    np.testing.assert_array_equal(find_outliers([0.0] * 11 + [1e9], "z-score"), [False] * 11 + [True])
    np.testing.assert_array_equal(find_outliers([1, 2, 3, 4, 1e9]), [False] * 4 + [True])


@pytest.mark.parametrize("rule", ["z-score", "quartiles"])
@pytest.mark.parametrize(
    "x", [[0.1] * 7, [NAN] * 3, [5], np.zeros((0,)), np.zeros((3, 0)), [[NAN, 1], [NAN, 1]]], ids=str
)
def test_where_nothing_differs_nothing_is_an_outlier(x, rule):
    found = find_outliers(x, rule, 0)
    assert found.shape == np.shape(x) and not found.any()


# --- what the benchmarks compare is the same work -----------------------------------------------------------


@pytest.mark.parametrize("name", benchmark.TABLES)
def test_the_same_rows_come_out(name):
    ours, theirs = benchmark.changed(name)(), benchmark.with_sklearn(name)()
    assert np.isnan(benchmark.rows(name)).any() == (name != "standardise")
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name, kind, most", [("median", "uint8", 0), ("mean", "uint8", 2), ("gaussian", "uint8", 3),
                                              ("mean", "float64", 1e-11), ("gaussian", "float64", 1e-11)])  # fmt: skip
def test_the_same_images_come_out(name, kind, most):
    for setting in benchmark.SETTINGS[name]:
        ours, theirs = (side(name, setting, kind)() for side in (benchmark.filtered, benchmark.with_scipy))
        assert ours.dtype == theirs.dtype == kind
        np.testing.assert_allclose(ours.astype(float), theirs.astype(float), rtol=0, atol=most)
