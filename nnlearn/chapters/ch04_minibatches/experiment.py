"""What the size of the batch does to a network of digits: makes measured.json, beside this file.

``python -m nnlearn.chapters.ch04_minibatches.experiment`` (a quarter of an hour of processor time; with
OMP_NUM_THREADS=1, as the matrices are small).

Three tables. ``noise``: how far the gradient of a batch lies from that of all data, before training and after.
``epochs``: how long plain descent takes to the target with each batch. Its rate is tuned as in chapter 05: each rate of
a grid is run from a few seeds and is as good as the slowest of these runs, the best is run again from fresh seeds, and
no grid may end at its winner. ``plans``: 30 epochs with one batch and rate, with a batch that grows, with a rate that
falls.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import nnlearn as nn
from nnlearn.checks import Array
from nnlearn.data import datasets, storing
from nnlearn.networks import NetworkObjective, mlp

COMMAND = "python -m nnlearn.chapters.ch04_minibatches.experiment"
COLUMNS = {
    "noise": "the mean squared distance of a drawn batch's gradient from that of all data, of each seed",
    "predicted": "the same by theory: the variance of one example's gradient over the batch size",
    "signal": "the squared length of the gradient of all data, of each seed",
    "scale": "the batch at which noise and signal are equal: variance / signal, of each seed",
    "when": "before training, or after so many epochs with batches of 32 at their rate",
    "batch": "examples a step; null for all",
    "rate": "the learning rate whose slowest run from the tuning seeds is the quickest (then by the mean)",
    "fresh": "epochs to the target from each fresh seed; null if not reached",
    "steps": "the median in steps; of a plan, how many steps its epochs have",
    "rates, tuning": "the grid, and the slowest run at each of its rates; null if one was given up",
    "loss": "on all training data after the last epoch, from each fresh seed",
}
FILE = Path(__file__).with_name("measured.json")

HIDDEN, TARGET = 64, 0.05
LOWEST_RATES = {1: 0.025, 2: 0.042, 4: 0.08, 8: 0.15, 16: 0.22, 32: 0.3, 64: 0.4, 128: 0.4, 256: 0.4, None: 0.4}
RATES, SPAN = 19, 8  # of each grid: how many rates, and the largest over the smallest
TUNING_SEEDS, FRESH_SEEDS = (0, 1, 2, 3, 4), (5, 6, 7, 8, 9)
PATIENCE = 2  # a sweep over rates ends at so many times the steps of its quickest run
LONGEST = 20_000  # steps of any run
LOOKS = 10  # at the loss in an epoch of mini-batches; without, one each step
NOISE_BATCHES, DRAWS = (1, 4, 16, 64, 256), 200
TRAINED = 20  # epochs before the noise is measured again
PLAN_BATCH, PLAN_EPOCHS, FACTOR = 16, 10, 4  # a plan has three parts of so many epochs


def network() -> NetworkObjective:
    """The mean cross-entropy on the training digits of a network with 64 hidden units."""
    digits = datasets.digits()
    return mlp(digits.X_train.shape[1], HIDDEN, 10).on(digits.X_train, digits.y_train)


# --- Noise ---


def gradients(J: Any, theta: Array) -> Array:
    """The gradient of each example, shape (n, d)."""
    return np.array([J.take([i]).gradient(theta) for i in range(J.examples)])


def noise(J: Any, theta: Array, batch: int, seed: int) -> float:
    """The mean squared distance of a batch's gradient from that of all data, over many draws."""
    whole, batches = J.gradient(theta), nn.MiniBatches(batch, seed, order="drawn")
    per_epoch = batches.steps(1, J.examples)
    first = [1 + epoch * per_epoch for epoch in range(DRAWS)]  # one batch an epoch, so that none is a short one
    return float(np.mean([np.sum((batches.of(J).at(t).gradient(theta) - whole) ** 2) for t in first]))


def noise_rows(J: Any, when: str, places: dict[int, Array]) -> list[dict[str, Any]]:
    """One row for each batch, at one place of each seed."""
    signal, variance = {}, {}
    for seed, theta in places.items():
        each = gradients(J, theta)
        signal[seed] = float(np.sum(np.mean(each, axis=0) ** 2))
        variance[seed] = float(np.sum(np.var(each, axis=0)))
    rows = []
    for batch in NOISE_BATCHES:
        found = [noise(J, theta, batch, seed) for seed, theta in places.items()]
        predicted = [variance[seed] / batch for seed in places]
        rows.append({
            "when": when, "batch": batch, "noise": digits(found), "predicted": digits(predicted),
            "signal": digits(signal.values()), "scale": digits(variance[seed] / signal[seed] for seed in places),
        })  # fmt: skip
    return rows


# --- Epochs to the target ---


def grid(lowest: float) -> Array:
    """The learning rates to try, evenly spaced in their logarithm, to three digits."""
    return np.array([float(f"{rate:.3g}") for rate in np.geomspace(lowest, SPAN * lowest, RATES)])


def seen(J: Any, batch: int | None, seed: int) -> Any:
    """What the optimiser sees: the objective, or its mini-batches."""
    return nn.MiniBatches(batch, seed).of(J) if batch else J


def steps_of_epoch(J: Any, batch: int | None) -> int:
    """The steps of an epoch."""
    return -(-J.examples // batch) if batch else 1


def needed(J: Any, batch: int | None, rates: Any, seed: int) -> Array:
    """Epochs until the target, for each rate of shape (k, 1); infinite where the sweep ended before."""
    epoch = steps_of_epoch(J, batch)
    every, method = max(1, round(epoch / LOOKS)), nn.GradientDescent(rates)
    first = method.start(np.broadcast_to(J.initial(seed), (len(rates), J.dimension)))
    steps = np.full(len(rates), np.inf)
    with np.errstate(all="ignore"):  # divergence is a result, not a warning
        for row in nn.rows(method, seen(J, batch, seed), first):
            if row.t % every == 0:
                reached = J.loss(row.theta) <= TARGET
                steps = np.where(reached & np.isinf(steps), row.t, steps)
            if np.isfinite(steps).all() or row.t >= min(LONGEST, PATIENCE * steps.min()):
                break
    return steps / epoch


def tune(J: Any, batch: int | None) -> tuple[Array, Array, int]:
    """The grid, the slowest run from the tuning seeds at each of its rates, and which rate is the best.

    Between equals the mean decides. RuntimeError if the best rate is an end of the grid.
    """
    rates = grid(LOWEST_RATES[batch])
    runs = np.array([needed(J, batch, rates[:, np.newaxis], seed) for seed in TUNING_SEEDS])
    slowest = runs.max(axis=0)
    best = int(np.lexsort((runs.mean(axis=0), slowest))[0])
    if best in (0, RATES - 1):
        raise RuntimeError(f"batch {batch}: the grid ends at its winner {rates[best]:g}; widen it")
    return rates, slowest, best


def epochs_row(J: Any, batch: int | None) -> dict[str, Any]:
    """How long one batch takes with its best rate."""
    rates, slowest, best = tune(J, batch)
    rate = float(rates[best])
    fresh = np.concatenate([needed(J, batch, np.array([[rate]]), seed) for seed in FRESH_SEEDS])
    return {
        "batch": batch, "rate": rate, "median": stored(np.median(fresh)), "min": stored(fresh.min()),
        "max": stored(fresh.max()), "steps": stored(np.median(fresh) * steps_of_epoch(J, batch)),
        "fresh": list(map(stored, fresh)), "rates": rates.tolist(), "tuning": list(map(stored, slowest)),
    }  # fmt: skip


# --- A batch that grows, a rate that falls ---


def plans(rate: float) -> dict[str, tuple[tuple[int, ...], tuple[float, ...]]]:
    """The batches and the rates of the three parts of each plan."""
    falling = (rate, rate / FACTOR, rate / FACTOR**2)
    growing = (PLAN_BATCH, FACTOR * PLAN_BATCH, FACTOR**2 * PLAN_BATCH)
    return {
        "constant": ((PLAN_BATCH,) * 3, (rate,) * 3),
        "batch grows": (growing, (rate,) * 3),
        "rate falls": ((PLAN_BATCH,) * 3, falling),
    }


@dataclass(frozen=True)
class InParts:
    """A rate for each part of a run, as a schedule; ``ends``: the step after which each part ends."""

    ends: tuple[int, ...]
    rates: tuple[float, ...]

    def __call__(self, step: int) -> float:
        return self.rates[min(int(np.searchsorted(self.ends, step, side="right")), len(self.rates) - 1)]


def plan_row(J: Any, name: str, batches: tuple[int, ...], rates: tuple[float, ...]) -> dict[str, Any]:
    """The losses in which a plan ends, from each fresh seed."""
    losses = []
    for seed in FRESH_SEEDS:
        seen_batches = nn.GrowingBatches(batches, epochs=PLAN_EPOCHS, seed=seed)
        ends = [seen_batches.steps(PLAN_EPOCHS * part, J.examples) for part in (1, 2, 3)]
        method = nn.GradientDescent(InParts(tuple(ends), rates))
        trace = nn.run(method, seen_batches.of(J), J.initial(seed), ends[-1], keep=["theta"], every=ends[-1])
        losses.append(float(J.loss(trace.theta[-1])))
    return {"plan": name, "batches": list(batches), "rates": digits(rates), "steps": ends[-1],
            "median": digits([np.median(losses)])[0], "loss": digits(losses)}  # fmt: skip


# --- The file ---


def digits(values: Any) -> list[float]:
    """To four digits."""
    return [float(f"{value:.4g}") for value in values]


def stored(epochs: float) -> float | None:
    """With two decimals; None for what was not reached."""
    return round(float(epochs), 2) if np.isfinite(epochs) else None


def main() -> None:
    """Measures every row, prints it when it is there, and writes the file."""
    J, began = network(), time.perf_counter()
    epochs = []
    for batch in LOWEST_RATES:
        epochs.append(epochs_row(J, batch))
        print("batch {batch!s:>5}  rate {rate:g}  epochs {median} [{min} - {max}]  steps {steps}".format(**epochs[-1]),
              f"({time.perf_counter() - began:.0f} s)", flush=True)  # fmt: skip
    found = {row["batch"]: row["rate"] for row in epochs}

    first = {seed: J.initial(seed) for seed in FRESH_SEEDS}
    last = {}
    for seed in FRESH_SEEDS:
        batches = nn.MiniBatches(32, seed)
        steps = batches.steps(TRAINED, J.examples)
        last[seed] = nn.run(nn.GradientDescent(found[32]), batches.of(J), first[seed], steps, keep=["theta"],
                            every=steps).theta[-1]  # fmt: skip
    noises = [*noise_rows(J, "before training", first), *noise_rows(J, f"after {TRAINED} epochs", last)]
    for row in noises:
        print(row, flush=True)

    planned = [plan_row(J, name, *plan) for name, plan in plans(found[PLAN_BATCH]).items()]
    for row in planned:
        print(row, f"({time.perf_counter() - began:.0f} s)", flush=True)
    settings = {
        "target": TARGET, "hidden": HIDDEN, "tuning_seeds": TUNING_SEEDS, "fresh_seeds": FRESH_SEEDS,
        "patience": PATIENCE, "longest": LONGEST, "looks_per_epoch": LOOKS, "draws": DRAWS, "trained": TRAINED,
        "plan_epochs": PLAN_EPOCHS,
    }  # fmt: skip
    FILE.write_text(
        storing.text(COMMAND, COLUMNS, settings, epochs=epochs, noise=noises, plans=planned), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
