"""Cleaning: filters against SciPy's, tables against scikit-learn."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import nnlearn as nn
from benchmarks.harness import Result, interleaved, speed_up
from benchmarks.peers import load
from nnlearn.data import clean

MISSING = 0.3  # of the entries


def filters(rounds: int) -> Iterator[Result]:
    """Filters of a grey picture of 512 x 512 pixels, as bytes and in float64, against scipy.ndimage: the median, bit
    for bit the same, in windows of 3 x 3 and 5 x 5; the mean (uniform_filter) in the same windows; the Gaussian filter
    with sigma 1 and 2. Of bytes, means are rounded to the nearest, where SciPy cuts their fraction off."""
    cases = [(name, setting) for name in ("median", "mean", "gaussian") for setting in SETTINGS[name]]
    for name, setting in cases:
        at_least = 10 if name == "median" else 1 / 0.7
        for kind in ("uint8", "float64") if name != "median" else ("uint8",):
            sides = interleaved([filtered(name, setting, kind), with_scipy(name, setting, kind)], rounds)
            yield speed_up(f"{name} {setting}, {kind}: SciPy", sides, at_least)


def tables(rounds: int) -> Iterator[Result]:
    """Fitting and changing the 426 rows of 30 features of the breast-cancer data to train on: standardised, against
    StandardScaler; with 30% missing, against SimpleImputer (mean, median) and KNNImputer (5 neighbours)."""
    for name in TABLES:
        sides = interleaved([changed(name), with_sklearn(name)], rounds)
        yield speed_up(f"{name}: scikit-learn", sides, 2)


SETTINGS = {"median": (3, 5), "mean": (3, 5), "gaussian": (1, 2)}
OURS: dict[str, Any] = {"median": clean.median_filter, "mean": clean.mean_filter, "gaussian": clean.gaussian_filter}
SCIPY = {"median": "median_filter", "mean": "uniform_filter", "gaussian": "gaussian_filter"}
TABLES: dict[str, Any] = {
    "standardise": (clean.Standardizer(), "sklearn.preprocessing", "StandardScaler", {}),
    "mean": (clean.Imputer("mean"), "sklearn.impute", "SimpleImputer", {"strategy": "mean"}),
    "median": (clean.Imputer("median"), "sklearn.impute", "SimpleImputer", {"strategy": "median"}),
    "5 neighbours": (clean.Imputer("nearest"), "sklearn.impute", "KNNImputer", {"n_neighbors": 5}),
}


def photograph(kind: str) -> Any:
    """One picture in grey, continued by its mirror image, shape (512, 512)."""
    grey = nn.data.photographs()["china"].mean(axis=2)[:, :512]
    return np.pad(grey, ((0, 512 - len(grey)), (0, 0)), mode="symmetric").astype(kind)


def rows(name: str) -> Any:
    """The patients to train on, shape (426, 30); for what fills in, with gaps."""
    X = nn.data.breast_cancer().X_train.copy()
    if name != "standardise":
        X[np.random.default_rng(0).random(X.shape) < MISSING] = np.nan
    return X


def filtered(name: str, setting: int, kind: str) -> Callable[[], Any]:
    """nnlearn's filter."""
    image = photograph(kind)
    return lambda: OURS[name](image, setting)


def with_scipy(name: str, setting: int, kind: str) -> Callable[[], Any]:
    """SciPy's."""
    image, theirs = photograph(kind), getattr(load("scipy.ndimage"), SCIPY[name])
    return lambda: theirs(image, setting)


def changed(name: str) -> Callable[[], Any]:
    """The rows that nnlearn makes of those it was fitted to."""
    X, ours = rows(name), TABLES[name][0]
    return lambda: ours.fit_transform(X)


def with_sklearn(name: str) -> Callable[[], Any]:
    """scikit-learn's."""
    _, module, transformer, options = TABLES[name]
    X, theirs = rows(name), getattr(load(module), transformer)(**options)
    return lambda: theirs.fit_transform(X)
