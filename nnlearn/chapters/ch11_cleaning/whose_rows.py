"""Whose mean and deviation: what rows cost that are standardised by their own, and what leaks: of the experiment."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from nnlearn.chapters.ch11_cleaning.gaps import SPLITS as GAP_SPLITS
from nnlearn.chapters.ch11_cleaning.gaps import TABLES, score, with_gaps
from nnlearn.checks import Array
from nnlearn.data import datasets
from nnlearn.data.clean import Imputer, Standardizer

SPLITS = range(20)
SENT = (1, 2, 5, 10, 50, 143)  # rows that are standardised together; the last is all
COLUMNS, KEPT, ROWS = 1000, 20, 100  # of noise


def by_own(rows: Array) -> Array:
    """Batches, (..., n, features): each column less its mean over the n rows, over its deviation; 0 where that is 0."""
    centred = rows - rows.mean(axis=-2, keepdims=True)
    deviation = rows.std(axis=-2, keepdims=True)
    return np.asarray(np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 1e-12))


def model(seed: int) -> tuple[Any, Any, Any]:
    """A split of the tumours in their own units, the training rows' scale, and a logistic regression."""
    from sklearn.linear_model import LogisticRegression

    data = datasets.breast_cancer(seed=seed, scaled=False)
    scale = Standardizer().fit(data.X_train)
    return data, scale, LogisticRegression(max_iter=5000).fit(scale.transform(data.X_train), data.y_train)


def own() -> list[dict[str, Any]]:
    """What is found of the malignant (label 0), of malignant rows alone and of all, by whose statistics."""
    found: dict[str, dict[str, list[float]]] = {
        name: {"found": [], "cleared": [], "right": []} for name in ("training", *map(str, SENT))
    }
    alone: dict[str, list[float]] = {"training": [], "own": []}
    for seed in SPLITS:
        data, scale, fitted = model(seed)
        order = np.random.default_rng(seed).permutation(len(data.y_test))
        rows, y = data.X_test[order], data.y_test[order]
        for name in found:
            seen = scale.transform(rows) if name == "training" else np.concatenate([*map(by_own, parts(rows, name))])
            said = fitted.predict(seen)
            for column, those in (("found", y == 0), ("cleared", y == 1), ("right", y >= 0)):
                found[name][column].append(round(float(np.mean(said[those] == y[those])), 4))
        malignant = rows[y == 0]
        for name, seen in (("training", scale.transform(malignant)), ("own", by_own(malignant))):
            alone[name].append(round(float(np.mean(fitted.predict(seen) == 0)), 4))
    return [*({"rows": "all", "by": name, **lists} for name, lists in found.items()),
            *({"rows": "malignant", "by": name, "found": lists} for name, lists in alone.items())]  # fmt: skip


def parts(rows: Array, count: str) -> Iterator[Array]:
    """So many rows at a time."""
    return (rows[first : first + int(count)] for first in range(0, len(rows), int(count)))


def leaks() -> list[dict[str, Any]]:
    """What a test gains that its rows were seen before: three leaks, each beside the same without."""
    cancer: dict[str, list[float]] = {"training rows": [], "all rows": []}
    for seed in SPLITS:
        data = datasets.breast_cancer(seed=seed, scaled=False)
        for name, rows in (("training rows", data.X_train), ("all rows", np.concatenate([data.X_train, data.X_test]))):
            scale = Standardizer().fit(rows)
            train, test = map(scale.transform, (data.X_train, data.X_test))
            cancer[name].append(score("breast cancer", train, data.y_train, test, data.y_test))
    found = [{"leak": "scale", "looked": name, "accuracy": each} for name, each in cancer.items()]
    for strategy, neighbours in (("mean", 5), ("nearest", 5)):
        scores: dict[str, list[float]] = {"training rows": [], "all rows": []}
        for seed in GAP_SPLITS:
            data, random = TABLES["diabetes"](seed=seed), np.random.default_rng(seed)
            train, test = (with_gaps(rows, 0.3, random) for rows in (data.X_train, data.X_test))
            for name, rows in (("training rows", train), ("all rows", np.concatenate([train, test]))):
                imputer = Imputer(strategy, neighbours).fit(rows)
                filled = map(imputer.transform, (train, test))
                scores[name].append(score("diabetes", next(filled), data.y_train, next(filled), data.y_test))
        found += [{"leak": f"impute {strategy}", "looked": name, "accuracy": each} for name, each in scores.items()]
    chosen = {name: [noise_read(seed, name == "all rows") for seed in SPLITS] for name in ("training rows", "all rows")}
    return found + [{"leak": "choice", "looked": name, "accuracy": each} for name, each in chosen.items()]


def noise_read(seed: int, all_rows: bool) -> float:
    """Labels by chance, 1,000 columns of noise, of which the 20 most like the labels are kept: by all rows or by the
    training rows alone."""
    random = np.random.default_rng(seed)
    X, y = random.normal(size=(ROWS, COLUMNS)), random.permutation(np.arange(ROWS) % 2)
    train, test = slice(0, 3 * ROWS // 4), slice(3 * ROWS // 4, ROWS)
    seen = slice(None) if all_rows else train
    alike = np.abs((y[seen] - y[seen].mean()) @ (X[seen] - X[seen].mean(axis=0))) / X[seen].std(axis=0)
    kept = np.argsort(alike)[-KEPT:]
    return score("noise", X[train][:, kept], y[train], X[test][:, kept], y[test])
