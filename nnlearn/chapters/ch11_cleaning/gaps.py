"""What filling in gaps gains, on two tables: part of the chapter's experiment."""

from typing import Any

import numpy as np

from nnlearn.checks import Array
from nnlearn.data import datasets
from nnlearn.data.clean import Imputer, Standardizer

SPLITS = range(10)
MISSING = (0.1, 0.3, 0.5)
TABLES = {"diabetes": datasets.diabetes, "breast cancer": datasets.breast_cancer}
STRATEGIES = {"mean": ("mean", 5), "median": ("median", 5), "one neighbour": ("nearest", 1),
              "five neighbours": ("nearest", 5)}  # fmt: skip


def with_gaps(rows: Array, share: float, random: np.random.Generator) -> Array:
    """The rows with a share of the entries taken away, drawn evenly: what is missing says nothing of its value."""
    return np.where(random.random(rows.shape) < share, np.nan, rows)


def score(table: str, train: Array, y_train: Array, test: Array, y_test: Array) -> float:
    """Of a linear model: R2 of a ridge regression, or the share that a logistic regression tells right."""
    from sklearn.linear_model import LogisticRegression, Ridge

    model = Ridge(1.0) if table == "diabetes" else LogisticRegression(max_iter=5000)
    return round(float(model.fit(train, y_train).score(test, y_test)), 4)


def measured(table: str, share: float, strategy: str, seed: int) -> dict[str, Any]:
    """One way to fill in, on one split. The rows are standardised first, with gaps, by the training rows."""
    data, random = TABLES[table](seed=seed, scaled=False), np.random.default_rng(seed)
    train, test = (with_gaps(rows, share, random) for rows in (data.X_train, data.X_test))
    scale = Standardizer().fit(train)
    train, test, whole = map(scale.transform, (train, test, data.X_test))
    complete = ~np.isnan(train).any(axis=1)
    if strategy == "no gaps":
        filled = [train, test]
    elif strategy == "zero":  # in the columns' own units: 0 is a measurement that nobody has
        filled = [scale.transform(np.nan_to_num(scale.inverse_transform(rows))) for rows in (train, test)]
    else:
        imputer = Imputer(*STRATEGIES[strategy]).fit(train)
        filled = [*map(imputer.transform, (train, test))]
    gone = np.isnan(test)
    error = np.sqrt(np.mean((filled[1][gone] - whole[gone]) ** 2)) if gone.any() else 0.0
    return {"error": round(float(error), 4), "complete": round(float(complete.mean()), 4),
            "score": score(table, filled[0], data.y_train, filled[1], data.y_test)}  # fmt: skip


def gaps() -> list[dict[str, Any]]:
    """Each table, share of gaps and way: errors and scores of all splits."""
    found = []
    for table in TABLES:
        ways = [(0.0, "no gaps"), *((share, strategy) for share in MISSING for strategy in (*STRATEGIES, "zero"))]
        for share, strategy in ways:
            rows = [measured(table, share, strategy, seed) for seed in SPLITS]
            lists = {name: [row[name] for row in rows] for name in ("error", "score", "complete")}
            found.append({"table": table, "missing": share, "strategy": strategy, **lists})
    return found
