"""A race of optimisers with equal budgets on two sets of real data: makes measured.json, beside this file.

``python -m nnlearn.chapters.ch07_adam.experiment`` (two minutes of processor time; with OMP_NUM_THREADS=1, as the
matrices are small).

A cell of the table is a problem and a rule. The rule's learning rate is tuned first: each of 21 rates is run from the
five tuning seeds, all rates of a seed in one batched sweep, and is as good as the worst of these runs: the largest loss
on all training data after the last epoch. (The median would choose rates at the edge of divergence, which fail from the
next start.) The least wins, and none may be an end of its grid. With it the rule is run from ten fresh seeds. A seed
gives the split of the data, the first weights and the order of the batches, the same for all rules: runs are paired.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

import nnlearn as nn
from nnlearn.chapters.ch07_adam.walks import Uncorrected
from nnlearn.checks import Array
from nnlearn.data import datasets, storing
from nnlearn.networks import mlp
from nnlearn.objectives import LogisticRegression
from nnlearn.optimizers import Optimizer
from nnlearn.trace import last_row, rows

COMMAND = "python -m nnlearn.chapters.ch07_adam.experiment"
COLUMNS = {
    "rate": "the learning rate whose worst run from the tuning seeds is the best",
    "loss": "on all training data after the last epoch, with this rate, from each fresh seed",
    "median, min, max": "of loss",
    "test": "share of the test data that is right, from each fresh seed",
    "good": "how many rates of the grid have a worst run of at most twice the best one's loss",
    "half": "median, least and largest loss with half the rate (two steps of the grid less) from the fresh seeds",
    "usual_rate": "Keras's default rate for this rule; null where Keras has no such rule",
    "usual": "median, least and largest loss with this rate from the fresh seeds",
    "rates": "the grid",
    "tuning": "the losses at each rate of the grid, from each tuning seed; null where theta is no number any more",
}
FILE = Path(__file__).with_name("measured.json")

RATES, FACTOR = 21, 2**0.5  # of each grid: how many rates, and each over the one before
TUNING_SEEDS = (0, 1, 2, 3, 4)
FRESH_SEEDS = (5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
EPOCHS, SIZE, HIDDEN = 6, 32, 32


@dataclass(frozen=True)
class Rule:
    """A method of the race. lowest: where its grid of rates begins, by problem. usual: Keras's default rate."""

    name: str
    make: Callable[[Any], Optimizer]
    lowest: dict[str, float]
    usual: float | None


RULES = (
    Rule("SGD", nn.GradientDescent, {"digits": 0.004, "tumours": 0.03}, 0.01),
    Rule("momentum", nn.Momentum, {"digits": 0.0005, "tumours": 0.003}, 0.01),
    Rule("RMSprop", nn.RMSprop, {"digits": 0.0005, "tumours": 0.001}, 0.001),
    Rule("Adam", nn.Adam, {"digits": 0.0005, "tumours": 0.002}, 0.001),
    Rule("AdamW", nn.AdamW, {"digits": 0.0005, "tumours": 0.002}, 0.001),
    Rule("Nadam", nn.Nadam, {"digits": 0.0005, "tumours": 0.002}, 0.001),
    Rule("Adam without correction", Uncorrected, {"digits": 0.0005, "tumours": 0.0005}, None),
)
RACERS = [rule.name for rule in RULES[:6]]  # the last is run beside, for what the correction does


@dataclass(frozen=True)
class Problem:
    """A model and its data, split by a seed."""

    name: str
    seed: int

    @cached_property
    def data(self) -> Any:
        load = datasets.digits if self.name == "digits" else datasets.breast_cancer
        return load(seed=self.seed)

    @cached_property
    def objective(self) -> Any:
        """The mean loss on all training data."""
        X, y = self.data.X_train, self.data.y_train
        return mlp(X.shape[1], HIDDEN, 10).on(X, y) if self.name == "digits" else LogisticRegression(X, y)

    @property
    def start(self) -> Array:
        """The network's random weights, or zeros."""
        return self.objective.initial(self.seed) if self.name == "digits" else self.objective.start

    def run(self, optimizer: Optimizer, epochs: int = EPOCHS) -> Array:
        """theta after the epochs: shape (d,), or (rates, d) for a sweep over rates. Overflow is a result."""
        J = nn.MiniBatches(SIZE, self.seed).of(self.objective)
        row = optimizer.start(self.start)
        steps = J.batches.steps(epochs, self.objective.examples)
        return np.asarray(last_row(rows(optimizer, J, row), row, steps).theta)

    def loss(self, theta: Array) -> Array:
        """On all training data; infinite where theta is no number any more."""
        with np.errstate(all="ignore"):
            return np.nan_to_num(self.objective.loss(theta), nan=np.inf, posinf=np.inf)

    def right(self, theta: Array) -> Array:
        """The share of the test data that is right."""
        return np.asarray(self.objective.accuracy(theta, self.data.X_test, self.data.y_test))


PROBLEMS = ("digits", "tumours")


def grid(lowest: float) -> Array:
    """The learning rates to try, each FACTOR times the one before, to three digits."""
    return np.array([float(f"{lowest * FACTOR**k:.3g}") for k in range(RATES)])


def tuned(problem: str, rule: Rule) -> tuple[Array, Array]:
    """The grid, and the loss at each of its rates from each tuning seed, shape (rates, seeds)."""
    rates = grid(rule.lowest[problem])
    sweep = rule.make(rates[:, np.newaxis])
    each = [(runs := Problem(problem, seed)).loss(runs.run(sweep)) for seed in TUNING_SEEDS]
    return rates, np.transpose(each)


def fresh(problem: str, rule: Rule, rate: float) -> tuple[Array, Array]:
    """Loss and share of test data right, from each fresh seed."""
    losses, right = [], []
    for seed in FRESH_SEEDS:
        runs = Problem(problem, seed)
        theta = runs.run(rule.make(rate))
        losses.append(runs.loss(theta))
        right.append(runs.right(theta))
    return np.array(losses), np.array(right)


def measure(problem: str, rule: Rule) -> dict[str, Any]:
    """One row of the file; COLUMNS says what its entries are. RuntimeError if the best rate is an end of the grid."""
    rates, tuning = tuned(problem, rule)
    worst = tuning.max(axis=1)
    best = int(worst.argmin())
    if best in (0, RATES - 1):
        raise RuntimeError(f"{problem}, {rule.name}: the grid ends at its winner {rates[best]:g}; move it")
    loss, right = fresh(problem, rule, rates[best])
    half = fresh(problem, rule, rates[max(best - 2, 0)])[0]
    usual = None if rule.usual is None else fresh(problem, rule, rule.usual)[0]
    return {
        "problem": problem,
        "rule": rule.name,
        "rate": float(rates[best]),
        "median": stored(np.median(loss)),
        "min": stored(loss.min()),
        "max": stored(loss.max()),
        "loss": list(map(stored, loss)),
        "test": [round(float(each), 4) for each in right],
        "good": int(np.sum(worst <= 2 * worst[best])),
        "half": spread(half),
        "usual_rate": rule.usual,
        "usual": None if usual is None else spread(usual),
        "rates": rates.tolist(),
        "tuning": [list(map(stored, line)) for line in tuning],
    }


def spread(losses: Array) -> list[float | None]:
    """Median, least and largest."""
    return [stored(each) for each in (np.median(losses), losses.min(), losses.max())]


def stored(loss: float) -> float | None:
    """With four digits; None for what is no number any more."""
    return float(f"{loss:.4g}") if np.isfinite(loss) else None


def cells() -> Iterator[tuple[str, Rule]]:
    """What is measured, in the order of the file."""
    for problem in PROBLEMS:
        for rule in RULES:
            yield problem, rule


def text(rows: list[dict[str, Any]]) -> str:
    """The file."""
    settings = {
        "tuning_seeds": TUNING_SEEDS, "fresh_seeds": FRESH_SEEDS, "epochs": EPOCHS, "batch": SIZE, "hidden": HIDDEN,
        "numpy": np.__version__,
    }  # fmt: skip
    return storing.text(COMMAND, COLUMNS, settings, rows=rows)


def main() -> None:
    """Measures every row, prints it when it is there, and writes the file."""
    found, began = [], time.perf_counter()
    for problem, rule in cells():
        row = measure(problem, rule)
        found.append(row)
        print(
            "{problem:8} {rule:24} rate {rate:<8g} {median} [{min} - {max}]".format(**row),
            f"half {row['half']}  usual {row['usual']}  good {row['good']}  test {np.median(row['test']):.3f}",
            f"({time.perf_counter() - began:.0f} s)",
            flush=True,
        )
    FILE.write_text(text(found), encoding="utf-8")


if __name__ == "__main__":
    main()
