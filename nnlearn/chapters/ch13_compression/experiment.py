"""How well digits are read of which few bytes are kept, whole and in halves: makes measured.json, beside this file.

``python -m nnlearn.chapters.ch13_compression.experiment`` (half a minute of processor time, on one thread), or with
the names of tables behind it. The seeds are those of five splits into three quarters to train on and one to test. A
reader is trained on what is kept and tested on what is kept.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nnlearn.chapters.ch13_compression.kept import BITS, BLOCKS, WHITEST, bytes_each, digits, kept
from nnlearn.checks import Array
from nnlearn.data import storing
from nnlearn.data.compress import split_features
from nnlearn.processor import processor, versions

COMMAND = "python -m nnlearn.chapters.ch13_compression.experiment"
FILE = Path(__file__).with_name("measured.json")
SEEDS = range(5)
COLUMNS = {
    "pixels": "64: all; rows, columns: 32, means of two neighbours below or beside each other; 16: of 2 x 2",
    "bits": "of each pixel; 5: in steps of one level",
    "bytes": "of one digit's codes",
    "accuracies": "share of the test digits that are read, of each split: a support vector machine (RBF, C 10), "
    "trained on what is kept",
    "features": "of the logistic regression: all 64 pixels, the halves alone, or the log probabilities of both added",
}
Row = dict[str, Any]
HALVES = {"upper and lower": [[*range(32)], [*range(32, 64)]], "even and odd": [[*range(0, 64, 2)], [*range(1, 64, 2)]]}


def spread(accuracies: list[float]) -> Row:
    """The accuracies, their median and their ends."""
    return {"accuracies": [round(each, 4) for each in accuracies], "median": round(float(np.median(accuracies)), 4),
            "min": round(min(accuracies), 4), "max": round(max(accuracies), 4)}  # fmt: skip


def budget() -> list[Row]:
    """Pixels by bits."""
    return [{"pixels": pixels, "bits": bits, "bytes": bytes_each(pixels, bits),
             **spread([read(pixels, bits, seed) for seed in SEEDS])} for pixels in BLOCKS for bits in BITS]  # fmt: skip


def read(pixels: str, bits: int, seed: int) -> float:
    """The share of test digits that a support vector machine reads."""
    from sklearn.svm import SVC

    data = digits(seed)
    train, test = (kept(X, pixels, bits).restored().reshape(len(X), -1) / WHITEST for X in (data.X_train, data.X_test))
    return float(SVC(C=10).fit(train, data.y_train).score(test, data.y_test))


def halves() -> list[Row]:
    """Logistic regression on all pixels, on each half, and both halves' opinions added."""
    found: dict[str, list[float]] = {}
    for seed in SEEDS:
        data = digits(seed)
        X, X_test = data.X_train / WHITEST, data.X_test / WHITEST
        found.setdefault("whole", []).append(right(log_probabilities(X, data.y_train, X_test), data.y_test))
        for name, parts in HALVES.items():
            pairs = zip(split_features(X, parts), split_features(X_test, parts), strict=True)
            told = [log_probabilities(train, data.y_train, test) for train, test in pairs]
            for half, each in zip(name.split(" and "), told, strict=True):
                found.setdefault(half, []).append(right(each, data.y_test))
            found.setdefault(name, []).append(right(sum(told), data.y_test))
    return [{"features": name, **spread(accuracies)} for name, accuracies in found.items()]


def log_probabilities(X: Array, y: Any, X_test: Array) -> Any:
    """Of each class, by logistic regression."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=1000).fit(X, y).predict_log_proba(X_test)


def right(scores: Any, y: Any) -> float:
    """The share of rows whose largest score is the label's."""
    return float(np.mean(scores.argmax(axis=1) == y))


MEASURES: dict[str, Callable[[], list[Row]]] = {"budget": budget, "halves": halves}


def text(found: dict[str, list[Any]]) -> str:
    """The file."""
    settings = {"seeds": [*SEEDS], "reader": "sklearn.svm.SVC(C=10)", "processor": str(processor()),
                "versions": versions("numpy", "scikit-learn")}  # fmt: skip
    return storing.text(COMMAND, COLUMNS, settings, **found)


if __name__ == "__main__":
    storing.measure(FILE, MEASURES, text, sys.argv[1:])
