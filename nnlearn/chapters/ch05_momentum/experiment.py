"""What momentum is worth on real data, and where: makes measured.json, beside this file.

``python -m nnlearn.chapters.ch05_momentum.experiment`` (six minutes of processor time; with OMP_NUM_THREADS=1, as the
matrices are small).

A cell of the table is a problem and a method. Its learning rate is tuned first: each rate of a grid is run from a
few seeds, and is as good as the slowest of these runs: the median would choose rates at the edge of divergence, which
fail from the next start. With the best rate the method is then run from other, fresh seeds. All grids have the same
size and span, and none may end at its winner. What is counted: steps, or epochs with mini-batches, until the loss
on all training data is for the first time at or below the problem's target.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import nnlearn as nn
from nnlearn.checks import Array
from nnlearn.data import datasets, storing
from nnlearn.networks import NetworkObjective, mlp
from nnlearn.objectives import Beale, LogisticRegression, Rosenbrock, SoftmaxRegression
from nnlearn.objectives.base import BaseObjective
from nnlearn.optimizers import Optimizer

COMMAND = "python -m nnlearn.chapters.ch05_momentum.experiment"
COLUMNS = {
    "target": "the loss on all training data to be reached",
    "batch": "the size of the mini-batches; null for all examples",
    "rate": "the learning rate whose slowest run from the tuning seeds is the quickest (then by the mean)",
    "effective_rate": "rate / (1 - momentum); null for Adam",
    "median, min, max": "of fresh",
    "fresh": "epochs to the target from each fresh seed (without mini-batches an epoch is a step); null if not reached",
    "averaged": "the same for the averaged form of momentum with the effective rate",
    "rates": "the grid",
    "tuning": "the slowest run from the tuning seeds at each rate of the grid; null if one was given up",
}
FILE = Path(__file__).with_name("measured.json")

RATES, SPAN = 19, 8  # of each grid: how many rates, and the largest over the smallest
TUNING_SEEDS = (0, 1, 2, 3, 4)
FRESH_SEEDS = (5, 6, 7, 8, 9)
PATIENCE = 2  # a sweep over rates ends at so many times the steps of its quickest run
LONGEST = 20_000  # steps of any run
LOOKS = 10  # at the loss in an epoch of mini-batches; without, one each step
HIDDEN = 64
NOISE = 0.01  # standard deviation of the start around ``J.start``, where the problem has no initialisation of its own


@dataclass(frozen=True)
class Problem:
    """An objective, when it counts as solved, and the methods to try.

    lowest_rates: for each method, which is a momentum (0 is plain descent) or None (Adam), where its grid of
    learning rates begins. batch: the size of the mini-batches; None for all examples.
    """

    name: str
    convex: bool
    objective: Any
    target: float
    lowest_rates: dict[float | None, float]
    batch: int | None = None

    @property
    def epoch(self) -> int:
        """The steps of an epoch; 1 without mini-batches."""
        return -(-self.objective.examples // self.batch) if self.batch else 1

    def start(self, seed: int) -> Array:
        """Where a run begins: a network's random parameters, or a point near the objective's own start."""
        if isinstance(self.objective, NetworkObjective):
            return self.objective.initial(seed)
        start = self.objective.start
        return start + NOISE * np.random.default_rng(seed).normal(size=start.shape)

    def seen(self, seed: int) -> BaseObjective:
        """What the optimiser sees: the objective, or its mini-batches."""
        return nn.MiniBatches(self.batch, seed).of(self.objective) if self.batch else self.objective


def problems() -> Iterator[Problem]:
    """Networks with batches of three sizes, and two convex problems beside two that are not."""
    digits, tumours = datasets.digits(), datasets.breast_cancer()
    network = mlp(64, HIDDEN, 10).on(digits.X_train, digits.y_train)
    softmax = SoftmaxRegression(digits.X_train, digits.y_train)
    logistic = LogisticRegression(tumours.X_train, tumours.y_train)
    on_network = partial(Problem, "network", False, network, 0.05)
    yield on_network({0: 0.4, 0.5: 0.4, 0.9: 0.4, 0.95: 0.4, None: 0.015})
    yield on_network({0: 0.3, 0.5: 0.2, 0.9: 0.05, 0.95: 0.03}, batch=32)
    yield on_network({0: 0.08, 0.5: 0.04, 0.9: 0.01, 0.95: 0.004}, batch=4)
    yield Problem("softmax regression", True, softmax, 0.1, {0: 3, 0.9: 0.8, None: 0.08})
    yield Problem("logistic regression", True, logistic, 0.05, {0: 1.2, 0.9: 0.09, None: 0.04})
    yield Problem("Rosenbrock", False, Rosenbrock(), 1e-6, {0: 0.0006, 0.9: 0.0009, None: 0.4})
    yield Problem("Beale", False, Beale(), 1e-6, {0: 0.012, 0.9: 0.005, None: 0.1})


def optimizer(momentum: float | None, rate: Any) -> Optimizer:
    """Momentum of this strength, which at 0 is plain descent; Adam for None."""
    return nn.Adam(rate) if momentum is None else nn.Momentum(rate, momentum)


def grid(lowest: float) -> Array:
    """The learning rates to try, evenly spaced in their logarithm, to three digits."""
    return np.array([float(f"{rate:.3g}") for rate in np.geomspace(lowest, SPAN * lowest, RATES)])


def needed(problem: Problem, method: Optimizer, seed: int) -> Array:
    """Epochs until the target, for each member of a sweep over rates; infinite where the sweep ended before."""
    J, every = problem.seen(seed), max(1, round(problem.epoch / LOOKS))
    first = method.start(problem.start(seed))
    steps = np.full(first.theta.shape[:-1], np.inf)
    with np.errstate(all="ignore"):  # divergence is a result, not a warning
        for row in nn.rows(method, J, first):
            if row.t % every == 0:
                reached = J.loss(row.theta) <= problem.target
                steps = np.where(reached & np.isinf(steps), row.t, steps)
            if np.isfinite(steps).all() or row.t >= min(LONGEST, PATIENCE * steps.min()):
                break
    return steps / problem.epoch


def tune(problem: Problem, momentum: float | None) -> tuple[Array, Array, int]:
    """The grid, the slowest run from the tuning seeds at each of its rates, and which rate is the best.

    Between equals the mean decides. RuntimeError if the best rate is an end of the grid.
    """
    rates = grid(problem.lowest_rates[momentum])
    sweep = optimizer(momentum, rates[:, np.newaxis])
    runs = np.array([needed(problem, sweep, seed) for seed in TUNING_SEEDS])
    slowest = runs.max(axis=0)
    best = int(np.lexsort((runs.mean(axis=0), slowest))[0])
    if best in (0, RATES - 1):
        raise RuntimeError(f"{problem.name}, {name(momentum)}: the grid ends at its winner {rates[best]:g}; widen it")
    return rates, slowest, best


def fresh(problem: Problem, method: Optimizer) -> Array:
    """Epochs until the target from each of the fresh seeds."""
    return np.array([needed(problem, method, seed) for seed in FRESH_SEEDS])


def measure(problem: Problem, momentum: float | None) -> dict[str, Any]:
    """One row of the file; COLUMNS says what its entries are."""
    rates, tuning, best = tune(problem, momentum)
    rate = float(rates[best])
    epochs = fresh(problem, optimizer(momentum, rate))
    row = {
        "problem": problem.name,
        "convex": problem.convex,
        "target": problem.target,
        "batch": problem.batch,
        "method": name(momentum),
        "rate": rate,
        "effective_rate": None,
        "median": stored(np.median(epochs)),
        "min": stored(epochs.min()),
        "max": stored(epochs.max()),
        "fresh": list(map(stored, epochs)),
        "averaged": None,
        "rates": rates.tolist(),
        "tuning": list(map(stored, tuning)),
    }
    if momentum is not None:
        effective = rate / (1 - momentum)
        averaged = fresh(problem, nn.AveragedMomentum(effective, momentum))
        row |= {"effective_rate": float(f"{effective:.3g}"), "averaged": list(map(stored, averaged))}
    return row


def name(momentum: float | None) -> str:
    """The method's name in the file."""
    return "Adam" if momentum is None else f"momentum {momentum:g}" if momentum else "descent"


def stored(epochs: float) -> float | None:
    """With two decimals; None for what was not reached."""
    return round(float(epochs), 2) if np.isfinite(epochs) else None


def text(rows: list[dict[str, Any]]) -> str:
    """The file."""
    settings = {
        "tuning_seeds": TUNING_SEEDS, "fresh_seeds": FRESH_SEEDS, "patience": PATIENCE, "longest": LONGEST,
        "looks_per_epoch": LOOKS, "noise": NOISE, "hidden": HIDDEN,
    }  # fmt: skip
    return storing.text(COMMAND, COLUMNS, settings, rows=rows)


def main() -> None:
    """Measures every row, prints it when it is there, and writes the file."""
    rows, began = [], time.perf_counter()
    for problem in problems():
        for momentum in problem.lowest_rates:
            row = measure(problem, momentum)
            rows.append(row)
            print(
                "{problem:20} {batch!s:>5} {method:14} {median!s:>7} [{min} - {max}]  rate {rate:g}".format(**row),
                f"effective {row['effective_rate']}  averaged {row['averaged'] == row['fresh']}",
                f"({time.perf_counter() - began:.0f} s)",
                flush=True,
            )
    FILE.write_text(text(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
