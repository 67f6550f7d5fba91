"""Sparse features: who wins, and is it sparsity? Makes measured.json, beside this file.

``python -m nnlearn.chapters.ch06_adaptive.experiment`` (about two minutes of processor time; with OMP_NUM_THREADS=1,
as the matrices are small).

Softmax regression from zeros, mini-batches of 16, five epochs, on the same digits written in three ways, and on made
texts written in two. Each method's learning rate is tuned first: every rate of a grid is run from the tuning seeds on
three quarters of the training data, and is as good as the worst of these runs on the last quarter (then by their
mean): the mean alone would choose rates at the edge, which fail from the next seed. No grid may end at its winner. With
the winner the method is then run from fresh seeds, each of which draws data, split and batches anew, on all training
data; what is told is the accuracy on the test data.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import nnlearn as nn
from nnlearn.checks import Array
from nnlearn.data import datasets, storing
from nnlearn.objectives import SoftmaxRegression
from nnlearn.optimizers import Optimizer
from nnlearn.processor import processor, versions
from nnlearn.trace import last_row, rows

COMMAND = "python -m nnlearn.chapters.ch06_adaptive.experiment"
COLUMNS = {
    "data": "what was learned",
    "features": "how many there are for the first fresh seed",
    "present": "the share of features that an example has (that are not 0), first fresh seed",
    "method": "descent is plain; norm-scaled has beta 1, AdaGrad a sum that begins at 0, RMSprop rho 0.9",
    "rate": "the learning rate whose worst run from the tuning seeds is the best (then by the mean)",
    "median, min, max": "of fresh",
    "fresh": "accuracy on the test data from each fresh seed",
    "rates": "the grid",
    "tuning": "the accuracy of the worst run on the held-out part of the training data, at each rate of the grid",
}
FILE = Path(__file__).with_name("measured.json")

BATCH, EPOCHS = 16, 5
RATES = 17  # of each grid
TUNING_SEEDS = (0, 1, 2, 3, 4)
FRESH_SEEDS = (5, 6, 7, 8, 9)
LEAST = 0.01  # the factor of the faintest pixel

CLASSES, WORDS_A_TEXT, COMMON, RARE, TEXTS = 10, 20, 100, 300, 3000  # of the made texts


@dataclass(frozen=True)
class Examples:
    """Features and labels to train and to test with."""

    X_train: Array
    y_train: NDArray[np.int64]
    X_test: Array
    y_test: NDArray[np.int64]


def grey(seed: int) -> Examples:
    """The digits as they are: 64 grey values from 0 to 1."""
    data = datasets.digits(seed=seed)
    return Examples(data.X_train, data.y_train, data.X_test, data.y_test)


def yes_or_no(seed: int) -> Examples:
    """The same digits, sparse: for each pixel and each of its grey values a feature that is 1 or 0.

    Values that never occur in the training data have none.
    """
    data = grey(seed)
    codes = [(np.round(16 * X)[..., np.newaxis] == np.arange(17)).reshape(len(X), -1).astype(float)
             for X in (data.X_train, data.X_test)]  # fmt: skip
    seen = codes[0].any(axis=0)
    return Examples(codes[0][:, seen], data.y_train, codes[1][:, seen], data.y_test)


def uneven(seed: int) -> Examples:
    """The same digits, dense, each pixel multiplied by a factor of its own from 0.01 to 1, spread at random."""
    data = grey(seed)
    factors = np.random.default_rng(seed).permutation(np.geomspace(LEAST, 1, data.X_train.shape[1]))
    return Examples(data.X_train * factors, data.y_train, data.X_test * factors, data.y_test)


def counts(seed: int) -> Examples:
    """How often each word stands in made texts: twenty frequent words, which say nothing, and one rare word.

    Word k of the frequent ones is drawn in proportion to 1 / k. The rare word's class is the label; each rare word
    occurs in about ten texts to train with.
    """
    random = np.random.default_rng(seed)
    often = 1 / np.arange(1, COMMON + 1)
    frequent = random.multinomial(WORDS_A_TEXT, often / often.sum(), size=2 * TEXTS)
    rare = random.integers(RARE, size=2 * TEXTS)
    X = np.hstack([frequent, np.eye(RARE)[rare]]).astype(float)
    y = (rare % CLASSES).astype(np.int64)
    return Examples(X[:TEXTS], y[:TEXTS], X[TEXTS:], y[TEXTS:])


def presence(seed: int) -> Examples:
    """The same texts: whether each word stands in them, 1 or 0."""
    data = counts(seed)
    return Examples(data.X_train.clip(max=1), data.y_train, data.X_test.clip(max=1), data.y_test)


METHODS: dict[str, Callable[[Any], Optimizer]] = {
    "descent": nn.GradientDescent,
    "norm-scaled": nn.NormScaled,
    "AdaGrad": lambda rate: nn.AdaGrad(rate, initial_accumulator=0.0),
    "RMSprop": nn.RMSprop,
}
DATA: dict[str, tuple[Callable[[int], Examples], dict[str, float]]] = {  # and where each grid of rates begins
    "yes or no": (yes_or_no, {"descent": 0.02, "norm-scaled": 0.02, "AdaGrad": 0.01, "RMSprop": 0.0005}),
    "grey": (grey, {"descent": 0.05, "norm-scaled": 0.05, "AdaGrad": 0.02, "RMSprop": 0.001}),
    "uneven": (uneven, {"descent": 0.1, "norm-scaled": 0.1, "AdaGrad": 0.05, "RMSprop": 0.005}),
    "presence": (presence, {"descent": 0.2, "norm-scaled": 0.2, "AdaGrad": 0.05, "RMSprop": 0.005}),
    "counts": (counts, {"descent": 0.01, "norm-scaled": 0.05, "AdaGrad": 0.05, "RMSprop": 0.005}),
}
SPAN = 300  # the largest rate of a grid over the smallest


def grid(lowest: float) -> Array:
    """The learning rates to try, evenly spaced in their logarithm, to two digits."""
    return np.array([float(f"{rate:.2g}") for rate in np.geomspace(lowest, SPAN * lowest, RATES)])


def trained(method: Optimizer, X: Array, y: NDArray[np.int64], seed: int) -> tuple[SoftmaxRegression, Array]:
    """The model, and where each member of a sweep over rates ends after the epochs."""
    J = SoftmaxRegression(X, y)
    batches = nn.MiniBatches(BATCH, seed)
    row = method.start(J.start)
    return J, last_row(rows(method, batches.of(J), row), row, batches.steps(EPOCHS, len(y))).theta


def tune(name: str, method: str) -> tuple[Array, Array, int]:
    """The grid, the worst accuracy at each of its rates, and which is the best. RuntimeError if that is an end."""
    draw, lowest = DATA[name]
    rates, found = grid(lowest[method]), []
    for seed in TUNING_SEEDS:
        data = draw(seed)
        held = len(data.y_train) // 4
        J, theta = trained(METHODS[method](rates[:, np.newaxis]), data.X_train[held:], data.y_train[held:], seed)
        found.append(np.nan_to_num(J.accuracy(theta, data.X_train[:held], data.y_train[:held])))
    worst = np.min(found, axis=0)
    best = int(np.lexsort((np.mean(found, axis=0), worst))[-1])
    if best in (0, RATES - 1):
        raise RuntimeError(f"{name}, {method}: the grid ends at its winner {rates[best]:g}; widen it")
    return rates, worst, best


def fresh(name: str, method: str, rate: float) -> list[float]:
    """The accuracy on the test data from each fresh seed."""
    found = []
    for seed in FRESH_SEEDS:
        data = DATA[name][0](seed)
        J, theta = trained(METHODS[method](rate), data.X_train, data.y_train, seed)
        found.append(round(float(J.accuracy(theta, data.X_test, data.y_test)), 4))
    return found


def measure(name: str, method: str) -> dict[str, Any]:
    """One row of the file; COLUMNS says what its entries are."""
    rates, tuning, best = tune(name, method)
    accuracy = fresh(name, method, float(rates[best]))
    X = DATA[name][0](FRESH_SEEDS[0]).X_train
    return {
        "data": name,
        "features": X.shape[1],
        "present": round(float(np.mean(X != 0)), 3),
        "method": method,
        "rate": float(rates[best]),
        "median": float(np.median(accuracy)),
        "min": min(accuracy),
        "max": max(accuracy),
        "fresh": accuracy,
        "rates": rates.tolist(),
        "tuning": np.round(tuning, 4).tolist(),
    }


def text(found: list[dict[str, Any]], made_on: dict[str, Any]) -> str:
    """The file. made_on: the processor and the versions."""
    settings = {
        "batch": BATCH, "epochs": EPOCHS, "tuning_seeds": TUNING_SEEDS, "fresh_seeds": FRESH_SEEDS,
        "faintest_pixel": LEAST, "texts": TEXTS, "frequent_words": COMMON, "rare_words": RARE,
        "words_a_text": WORDS_A_TEXT, **made_on,
    }  # fmt: skip
    return storing.text(COMMAND, COLUMNS, settings, rows=found)


def main() -> None:
    """Measures every row, prints it when it is there, and writes the file."""
    found, began = [], time.perf_counter()
    for name in DATA:
        for method in METHODS:
            row = measure(name, method)
            found.append(row)
            print("{data:10} {method:12} {median:.1%} [{min:.1%} - {max:.1%}]  rate {rate:g}".format(**row),
                  f"({time.perf_counter() - began:.0f} s)", flush=True)  # fmt: skip
    made_on = {"processor": str(processor()), "versions": versions("numpy", "scikit-learn")}
    FILE.write_text(text(found, made_on), encoding="utf-8")


if __name__ == "__main__":
    main()
