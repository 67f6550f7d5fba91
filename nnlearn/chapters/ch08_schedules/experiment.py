"""Schedules with an equal budget, tuned equally; warm-up; plateaus; range tests: makes measured.json, beside this file.

``python -m nnlearn.chapters.ch08_schedules.experiment`` (five minutes of processor time; with OMP_NUM_THREADS=1, as
the matrices are small).

Digits, plain descent on mini-batches. A cell of ``schedules`` is a setting (3, 10, 30 epochs; or 10 with a fifth of the
training labels drawn anew) and a schedule. Its rate is tuned as in chapter 07: each rate of a grid is run from five
tuning seeds and is as good as the worst of these runs, by the loss on all training data after the last step; none may
be an end of its grid. With it the schedule is run from ten fresh seeds. A seed gives the split of the data, the first
weights, the order of the batches and the wrong labels, the same for all schedules: runs are paired.

``warm_up``: a deeper network, with and without. ``plateau``: what the rule that waits does. ``range_tests``: what the
test finds on the same problem, beside the tuned rate. ``walls``: how large a rate the loss bears along a run.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

import nnlearn as nn
from nnlearn.checks import Array
from nnlearn.data import datasets, storing
from nnlearn.networks import mlp
from nnlearn.optimizers import Optimizer
from nnlearn.processor import processor, versions
from nnlearn.schedules import Schedule
from nnlearn.trace import last_row, rows

COMMAND = "python -m nnlearn.chapters.ch08_schedules.experiment"
COLUMNS = {
    "rate": "the peak rate whose worst run from the tuning seeds is the best",
    "loss": "on all training data after the last step, with this rate, from each fresh seed",
    "median, min, max": "of loss",
    "test": "share of the test data that is right, from each fresh seed",
    "rates": "the grid",
    "tuning": "the worst loss from the tuning seeds at each rate of the grid; null where theta is no number any more",
    "curve": "the median loss of the fresh seeds at the steps of curve_steps",
    "worst": "warm_up: the largest loss of its seeds at each rate; null where theta is no number any more",
    "learns": "warm_up: in how many seeds the loss ends below a quarter of ln 10, at each rate",
    "first_cut": "plateau: the step after which the rate was first cut, from each seed; null if never",
    "cuts": "plateau: how often it was cut, from each seed",
    "lowest, limit": "range_tests: the rate at which the loss was lowest, and that from which on it stayed above its "
    "start, from each seed",
    "walls": "2 / L of the loss on all training data where a run of one cycle (peak 1.41) is after the step, from each "
    "seed; L is the largest curvature",
}
FILE = Path(__file__).with_name("measured.json")

SIZE, HIDDEN, WRONG = 16, 32, 0.2
TUNING_SEEDS = (0, 1, 2, 3, 4)
FRESH_SEEDS = (5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
FACTOR, LARGEST = 2**0.5, 2.83  # of each grid: a rate over the one before, and the last
SETTINGS = {  # epochs, whether labels are wrong, how many rates a grid has
    "3 epochs": (3, False, 11),
    "10 epochs": (10, False, 11),
    "30 epochs": (30, False, 11),
    "wrong labels": (10, True, 17),
}
LOOKS = 50  # at the loss, evenly over a run

SCHEDULES: dict[str, Callable[[Any, int], Any]] = {  # from the peak rate and the number of steps
    "constant": lambda peak, steps: peak,
    "last tenth": lambda peak, steps: cooled(peak, steps, 0.1),
    "last 30%": lambda peak, steps: cooled(peak, steps, 0.3),
    "linear": lambda peak, steps: nn.LinearDecay(peak, steps),
    "cosine": lambda peak, steps: nn.CosineDecay(peak, steps),
    "exponential": lambda peak, steps: nn.ExponentialDecay(peak, steps, 0.01),
    "one cycle": lambda peak, steps: nn.OneCycle(peak, steps),
}

DEEP, DEEP_SEEDS, DEEP_EPOCHS = (64, 32, 32, 32, 32, 10), (0, 1, 2, 3, 4, 5, 6), 10
DEEP_RULES: dict[str, tuple[Callable[[Any], Optimizer], Any]] = {
    "Adam": (nn.Adam, 2.0 ** np.arange(-10, -2)),
    "momentum": (nn.Momentum, 2.0 ** np.arange(-8, 0)),
}
LEARNED = np.log(10) / 4

PLATEAU_RATE = 0.5
WALL_PEAK, POWER_STEPS, NEAR = 1.41, 40, 1e-4


def cooled(peak: Any, steps: int, share: float) -> Schedule:
    """The peak rate, and in the last share of the steps evenly to zero."""
    cooling = round(share * steps)
    return nn.LinearDecay(peak, cooling, begin=steps - cooling)


@dataclass(frozen=True)
class Problem:
    """The network on the digits, all of it drawn from one seed."""

    seed: int
    wrong: bool = False
    widths: tuple[int, ...] = (64, HIDDEN, 10)

    @cached_property
    def data(self) -> Any:
        return datasets.digits(seed=self.seed)

    @cached_property
    def objective(self) -> Any:
        """The mean cross-entropy on all training data."""
        y = self.data.y_train
        if self.wrong:
            random = np.random.default_rng(self.seed)
            y = np.where(random.random(len(y)) < WRONG, (y + random.integers(1, 10, len(y))) % 10, y)
        return mlp(*self.widths).on(self.data.X_train, y)

    def steps(self, epochs: int) -> int:
        return nn.MiniBatches(SIZE).steps(epochs, self.objective.examples)

    @property
    def batches(self) -> Any:
        return nn.MiniBatches(SIZE, self.seed).of(self.objective)

    def run(self, optimizer: Optimizer, steps: int) -> Array:
        """theta after the steps: shape (d,), or (rates, d) for a sweep over rates. Overflow is a result."""
        row = optimizer.start(self.objective.initial(self.seed))
        return np.asarray(last_row(rows(optimizer, self.batches, row), row, steps).theta)

    def loss(self, theta: Array) -> Array:
        """On all training data; infinite where theta is no number any more."""
        with np.errstate(all="ignore"):
            return np.nan_to_num(self.objective.loss(theta), nan=np.inf, posinf=np.inf)


def grid(count: int) -> Array:
    """The peak rates to try, each FACTOR times the one before, to three digits."""
    return np.array([float(f"{LARGEST / FACTOR**k:.3g}") for k in reversed(range(count))])


def tuned(name: str, epochs: int, wrong: bool, count: int) -> tuple[Array, Array, int]:
    """The grid, the worst loss at each of its rates, and which is the best. RuntimeError if that is an end."""
    rates, found = grid(count), []
    for seed in TUNING_SEEDS:
        problem = Problem(seed, wrong)
        steps = problem.steps(epochs)
        found.append(problem.loss(problem.run(nn.GradientDescent(SCHEDULES[name](rates[:, np.newaxis], steps)), steps)))
    worst = np.max(found, axis=0)
    best = int(worst.argmin())
    if best in (0, count - 1):
        raise RuntimeError(f"{name}, {epochs} epochs: the grid ends at its winner {rates[best]:g}; widen it")
    return rates, worst, best


def schedule_row(setting: str, name: str) -> dict[str, Any]:
    """One schedule in one setting: tuned, and run from the fresh seeds."""
    epochs, wrong, count = SETTINGS[setting]
    rates, worst, best = tuned(name, epochs, wrong, count)
    curves, right = [], []
    for seed in FRESH_SEEDS:
        problem = Problem(seed, wrong)
        steps = problem.steps(epochs)
        method = nn.GradientDescent(SCHEDULES[name](float(rates[best]), steps))
        every = max(1, steps // LOOKS)
        trace = nn.run(method, problem.batches, problem.objective.initial(seed), steps, keep=["theta"], every=every)
        curves.append(trace.loss)
        right.append(float(problem.objective.accuracy(trace.theta[-1], problem.data.X_test, problem.data.y_test)))
    loss = np.array(curves)[:, -1]
    return {
        "setting": setting, "schedule": name, "rate": float(rates[best]), "median": digit(np.median(loss)),
        "min": digit(loss.min()), "max": digit(loss.max()), "loss": digits(loss), "test": digits(right),
        "rates": rates.tolist(), "tuning": digits(worst), "curve_steps": trace.t.tolist(),
        "curve": digits(np.median(curves, axis=0)),
    }  # fmt: skip


def warm_up_row(name: str, share: float) -> dict[str, Any]:
    """A rule on the deeper network, its rate rising over the first share of the steps, falling over the last 30%."""
    make, rates = DEEP_RULES[name]
    found = []
    for seed in DEEP_SEEDS:
        problem = Problem(seed, widths=DEEP)
        steps = problem.steps(DEEP_EPOCHS)
        warm = round(share * steps)
        cooling = round(0.3 * steps)
        rate: Any = nn.LinearDecay(rates[:, np.newaxis], cooling, begin=steps - cooling - warm)
        if warm:
            rate = nn.WarmUp(warm, then=rate)
        found.append(problem.loss(problem.run(make(rate), steps)))
    return {
        "rule": name, "warm_up": share, "rates": rates.tolist(), "learns": (np.array(found) < LEARNED).sum(0).tolist(),
        "worst": digits(np.max(found, axis=0)), "median": digits(np.median(found, axis=0)),
    }  # fmt: skip


def plateau_row(looks_at: str, patience: int) -> dict[str, Any]:
    """The rule that waits, on wrong labels: looking at each batch, or at all training data after each epoch."""
    first, cuts, loss = [], [], []
    for seed in FRESH_SEEDS:
        problem = Problem(seed, wrong=True)
        steps, epoch = problem.steps(10), problem.steps(1)
        epochs = {"every": epoch, "watch": problem.objective} if looks_at == "epochs" else {}
        rule = nn.ReduceOnPlateau(nn.GradientDescent(PLATEAU_RATE), patience=patience, **epochs)
        start = problem.objective.initial(seed)
        trace = nn.run(rule, problem.batches, start, steps, keep=["scale", "theta"])
        after = np.flatnonzero(np.diff(trace.scale[:, 0]) < 0)
        first.append(int(after[0]) if len(after) else None)
        cuts.append(len(after))
        loss.append(float(problem.objective.loss(trace.theta[-1])))
    return {"looks_at": looks_at, "patience": patience, "first_cut": first, "cuts": cuts, "steps": steps,
            "median": digit(np.median(loss)), "min": digit(min(loss)), "max": digit(max(loss)),
            "loss": digits(loss)}  # fmt: skip


def range_row(steps: int) -> dict[str, Any]:
    """What the range test finds from each fresh seed, and what it suggests from all."""
    found = []
    for seed in FRESH_SEEDS:
        problem = Problem(seed)
        found.append(nn.rate_range_test(nn.GradientDescent(0.1), problem.batches, problem.objective.initial(seed),
                                        steps=steps))  # fmt: skip
    lowest, limit = (np.concatenate([getattr(each, name) for each in found]) for name in ("best", "limit"))
    return {"steps": steps, "lowest": digits(lowest), "limit": digits(limit),
            "suggested": digit(np.median([each.suggested for each in found]))}  # fmt: skip


def largest_curvature(J: Any, theta: Array) -> float:
    """Of the loss on all training data at theta: the Hessian's largest eigenvalue (in size), by power iteration.

    A product of the Hessian with a vector is the difference of two gradients along it.
    """
    vector = np.random.default_rng(0).normal(size=theta.shape)
    size = 1.0
    for _ in range(POWER_STEPS):
        vector = vector / np.linalg.norm(vector)
        vector = (J.gradient(theta + NEAR * vector) - J.gradient(theta - NEAR * vector)) / (2 * NEAR)
        size = float(np.linalg.norm(vector))
    return size


def wall_rows() -> list[dict[str, Any]]:
    """Along runs of one cycle at its peak: the rate in force, and 2 / L, from each fresh seed."""
    walls = []
    for seed in FRESH_SEEDS:
        problem = Problem(seed)
        steps = problem.steps(10)
        rule = nn.GradientDescent(nn.OneCycle(WALL_PEAK, steps))
        trace = nn.run(rule, problem.batches, problem.objective.initial(seed), steps, keep=["theta"], every=steps // 20)
        walls.append([2 / largest_curvature(problem.objective, theta) for theta in trace.theta])
    rates = [rule.learning_rate(int(step)) for step in trace.t]
    return [{"step": int(step), "rate": digit(rate), "walls": digits(each)}
            for step, rate, each in zip(trace.t, rates, np.transpose(walls), strict=True)]  # fmt: skip


def digit(value: Any) -> float | None:
    """To four digits; None for what is no number any more."""
    return float(f"{value:.4g}") if np.isfinite(value) else None


def digits(values: Any) -> list[float | None]:
    """Each to four digits."""
    return list(map(digit, values))


def main() -> None:
    """Measures every row, prints it when it is there, and writes the file."""
    began = time.process_time()

    def told(row: dict[str, Any]) -> dict[str, Any]:
        shown = {key: value for key, value in row.items() if key not in ("curve", "curve_steps", "rates")}
        print(f"{time.process_time() - began:4.0f} s", shown, flush=True)
        return row

    schedules = [told(schedule_row(setting, name)) for setting in SETTINGS for name in SCHEDULES]
    warm = [told(warm_up_row(name, share)) for name in DEEP_RULES for share in (0.0, 0.1)]
    plateaus = [("batches", 10), ("epochs", 1), ("epochs", 2), ("epochs", 3)]
    plateau = [told(plateau_row(*each)) for each in plateaus]
    tests = [told(range_row(steps)) for steps in (85, 200, 400)]
    walls = [told(row) for row in wall_rows()]
    tables = {"schedules": schedules, "warm_up": warm, "plateau": plateau, "range_tests": tests, "walls": walls}
    FILE.write_text(text(tables, {"processor": str(processor()), "versions": versions("numpy")}), encoding="utf-8")


def text(tables: dict[str, list[dict[str, Any]]], made_on: dict[str, Any]) -> str:
    """What is stored."""
    settings = {
        "batch": SIZE, "hidden": HIDDEN, "wrong": WRONG, "tuning_seeds": TUNING_SEEDS, "fresh_seeds": FRESH_SEEDS,
        "deep": DEEP, "deep_seeds": DEEP_SEEDS, "deep_epochs": DEEP_EPOCHS, "plateau_rate": PLATEAU_RATE, **made_on,
    }  # fmt: skip
    return storing.text(COMMAND, COLUMNS, settings, **tables)


if __name__ == "__main__":
    main()
