"""What an architecture costs and reads, and what one network can take from another: makes measured.json, beside this.

``python -m nnlearn.chapters.ch14_architecture.experiment`` (about twelve minutes of processor time; with
OMP_NUM_THREADS=1, as the matrices are small). Names of tables behind it measure these alone, the others stay as they
are: ``... experiment times``.

A seed gives the split of the digits, the first weights and the order of the batches: what has the same seed is paired.
All networks are trained by Adam on batches of 32, in NumPy. In ``transfer`` each way has its learning rate tuned on two
networks of its own, by the worse one's accuracy; then it is run on five fresh ones.
"""

import argparse
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from nnlearn import models
from nnlearn.chapters.ch14_architecture.runs import SIZE, images, right, trained, with_head
from nnlearn.checks import Array
from nnlearn.compression import save
from nnlearn.data import datasets, storing
from nnlearn.models import MultiTask
from nnlearn.networks import Dense, Network
from nnlearn.networks.leaves import Weights
from nnlearn.processor import processor, versions

COMMAND = "python -m nnlearn.chapters.ch14_architecture.experiment"
FILE = Path(__file__).with_name("measured.json")
OLD = Path(__file__).with_name("old.weights")  # of the first network trained on 0 to 4

SEEDS = (0, 1, 2, 3, 4)
EPOCHS, OLD_STEPS, NEW_STEPS = 20, 200, 150
ROUNDS = 100  # of timing
PLAIN: dict[str, Any] = {"filters": 16, "kernel": 3, "units": 32, "depth": 2, "pool": 2, "residual": False}
CNNS: dict[str, dict[str, Any]] = {
    "the course's CNN": {},
    "pooled early": {"pool": 1},
    "11 dense units": {"units": 11},
    "8 filters": {"filters": 8, "units": 16},
    "4 filters": {"filters": 4, "units": 8},
    "windows of 1": {"kernel": 1},
    "32 filters, pooled early": {"filters": 32, "units": 64, "pool": 1},
    "8 filters, pooled early": {"filters": 8, "units": 16, "pool": 1},
    "4 filters, pooled early": {"filters": 4, "units": 8, "pool": 1},
    "4 filters, pooled early, no dense layer": {"filters": 4, "units": 0, "pool": 1},
    "3 convolutions, pooled early": {"depth": 3, "pool": 1},
    "3 convolutions, pooled early, a shortcut": {"depth": 3, "pool": 1, "residual": True},
}
MLPS = {"1 hidden layer of 64": (64, 1), "2 of 41": (41, 2), "3 of 33": (33, 3), "4 of 29": (29, 4)}
MLP_SEEDS = (*SEEDS, 5, 6, 7, 8, 9)

FEW = (2, 5, 20, 60)  # images a class
TUNING_SEEDS = (5, 6)
RATES = (0.001, 0.003, 0.01)
HEAD_RATES = (0.003, 0.01, 0.03, 0.1)  # where a last layer alone is trained, a convex problem

COLUMNS = {
    "accuracies": "on the 450 test images (of the new question, those that it is about), from each seed",
    "median, min, max": "of accuracies",
    "train": "median share of the training images that is right",
    "arguments": "of models.digits_cnn, or of models.digits_mlp",
    "flops": "operations for one image; a multiply-add counts as 2",
    "us": "microseconds for one image in LiteRT, float32, the median, on this processor",
    "old": "which digits the old network has learned to tell; the new question is always which of 5 to 9 it is",
    "way": "scratch: a new network. tuned: all layers but the last begin as the old network's. slow start: the same, "
    "the old layers at a tenth of the rate. frozen: convolutions of the old network, kept, under new dense layers. "
    "conv, dense: a new last layer on what this layer of the old network gives. random conv, random dense: on what "
    "that of one never trained gives. pixels: a last layer alone",
    "images": "a class",
    "rate": "of Adam, the best on the worse of the tuning networks",
    "old_before, old_after": "0-4, tuned: the share of 0-4 that the old head reads, on its own trunk and on the tuned "
    "one, medians",
    "heads": "one trunk with two heads, one for 0-4 and one for 5-9: parameters, and of each seed the share of test "
    "images that its own head reads",
    "apart": "the same of two networks, each trained on its own half",
}

Row = dict[str, Any]


def summary(accuracies: Iterable[float]) -> Row:
    """The accuracies, and their median, minimum and maximum."""
    each = [round(accuracy, 4) for accuracy in accuracies]
    return {"median": round(float(np.median(each)), 4), "min": min(each), "max": max(each), "accuracies": each}


# --- Shapes ---


def cnn(name: str) -> Network:
    """One of the convolutional networks."""
    return models.digits_cnn(**PLAIN | CNNS[name])


def of_epochs(network: Network, seed: int) -> tuple[float, float]:
    """The shares of test and training images that are right after all epochs."""
    data = datasets.digits(seed=seed)
    X, X_test = (images(X) if len(network.shape) == 3 else X for X in (data.X_train, data.X_test))
    weights = trained(network, X, data.y_train, network.begin(seed), EPOCHS * -(-len(X) // SIZE), seed)
    return right(network, weights, X_test, data.y_test), right(network, weights, X, data.y_train)


def shape_rows(name: str, arguments: Any, network: Network, seeds: Iterable[int]) -> Row:
    """What a network costs and reads."""
    test, train = zip(*(of_epochs(network, seed) for seed in seeds), strict=True)
    costs = {"parameters": network.count().parameters, "flops": network.count().flops}
    return {"name": name, "arguments": arguments, **costs, **summary(test), "train": round(float(np.median(train)), 4)}


def shapes() -> list[Row]:
    """The convolutional networks."""
    return [shape_rows(name, PLAIN | CNNS[name], cnn(name), SEEDS) for name in CNNS]


def deep() -> list[Row]:
    """About 4,800 parameters in one to four hidden layers."""
    return [shape_rows(name, each, models.digits_mlp(*each), MLP_SEEDS) for name, each in MLPS.items()]


def times() -> list[Row]:
    """One image through each network, untrained, in LiteRT."""
    from nnlearn.models.untrained import untrained

    data = datasets.digits()
    networks = {**{name: cnn(name) for name in CNNS}, **{name: models.digits_mlp(*MLPS[name]) for name in MLPS}}
    ready = {name: models.to_litert(untrained(network, 0, "network")) for name, network in networks.items()}
    timed = models.compare_models(ready, data.X_test, data.y_test, rounds=ROUNDS)
    ran = {"processor": str(processor()), **versions("ai-edge-litert", "tensorflow")}
    return [{"name": row.name, "us": round(1e6 * (row.median or 0), 2), **ran} for row in timed.rows]


# --- Transfer ---


NEW = range(5, 10)  # what is asked now: which of these digits is it?
OLD_DIGITS = {"0-4": range(5), "0-9": range(10)}
TRUNK = ("conv1", "conv2", "dense")
READ = {"conv": "flatten", "dense": "relu_2"}  # what a layer gives, by the name of what stands behind it


@cache
def old_weights(digits: range, seed: int) -> Weights:
    """The old network, which has learned some digits."""
    data = datasets.digits(seed=seed)
    X, y = among(data.X_train, data.y_train, digits)
    network = with_head(models.digits_cnn(), len(digits))
    return trained(network, X, y, network.begin(seed), OLD_STEPS, seed)


def among(X: Array, y: Array, digits: range) -> tuple[Array, Array]:
    """The images of these digits, and which they are."""
    kept = np.isin(y, digits)
    return images(X[kept]), y[kept]


WHOLE = ("scratch", "tuned", "slow start", "frozen")  # the ways that train more than a last layer


def few(count: int, seed: int) -> tuple[Array, Array]:
    """So many training images a class, drawn by the seed, and the answers, 0 to 4."""
    data = datasets.digits(seed=seed)
    X, y = among(data.X_train, data.y_train, NEW)
    generator = np.random.default_rng([seed, count])
    rows = np.concatenate([generator.permutation(np.flatnonzero(y == digit))[:count] for digit in NEW])
    return X[rows], y[rows] - NEW.start


def slow(network: Network, rate: float) -> Array:
    """A tenth of the rate in the layers that come from the old network."""
    return models.layer_rates(network, dict.fromkeys(TRUNK, rate / 10), rest=rate)


def learned(way: str, old_digits: str, count: int, seed: int, rate: float) -> tuple[float, Weights]:
    """The share of test images that are right, and the weights, after learning the new question in one of the ways."""
    data = datasets.digits(seed=seed)
    X, y = few(count, seed)
    X_test, y_test = among(data.X_test, data.y_test, NEW)
    network = with_head(models.digits_cnn(), len(NEW))
    fresh, old = network.begin(100 + seed), of_trunk(old_weights(OLD_DIGITS[old_digits], seed))
    if way in WHOLE:
        handed = {"scratch": (), "frozen": TRUNK[:2]}.get(way, TRUNK)
        begin = {**fresh, **{name: array for name, array in old.items() if name.split("/")[0] in handed}}
        network = network.freeze(*TRUNK[:2]) if way == "frozen" else network
        rates = slow(network, rate) if way == "slow start" else rate
    else:
        if way == "pixels":
            X, X_test = (each.reshape(len(each), -1) for each in (X, X_test))
        else:
            source = fresh if way.startswith("random") else {**fresh, **old}
            layer = READ[way.removeprefix("random ")]
            X, X_test = (network.activations(source, each)[layer] for each in (X, X_test))
        size = np.abs(X).mean()
        X, X_test = X / size, X_test / size
        network, rates = Network(X.shape[1:], [Dense(len(NEW), name="output")]), rate
        begin = network.begin(seed)
    weights = trained(network, X, y, begin, NEW_STEPS, seed, rates)
    return right(network, weights, X_test, y_test - NEW.start), weights


def of_trunk(weights: Weights) -> Weights:
    """Those of all layers but the last."""
    return {name: array for name, array in weights.items() if name.split("/")[0] in TRUNK}


WAYS = {
    "0-4": ("scratch", "tuned", "slow start", "frozen", "conv", "random conv", "dense", "random dense", "pixels"),
    "0-9": ("tuned", "dense"),
}


def transfer() -> list[Row]:
    """The new question learned in each way, with the help of each old network, from few images."""
    return [transfer_row(way, old, count) for old, ways in WAYS.items() for way in ways for count in FEW]


def transfer_row(way: str, old: str, count: int) -> Row:
    """One way with so many images a class, its rate tuned."""
    rates = RATES if way in WHOLE else HEAD_RATES
    tuning = {rate: min(learned(way, old, count, seed, rate)[0] for seed in TUNING_SEEDS) for rate in rates}
    rate = max(tuning, key=lambda rate: tuning[rate])
    ends = [learned(way, old, count, seed, rate) for seed in SEEDS]
    row = {"old": old, "way": way, "images": count, "rate": rate, **summary(end for end, _ in ends)}
    if (old, way) != ("0-4", "tuned"):
        return row
    before, after = zip(*(old_head(seed, weights) for seed, (_, weights) in zip(SEEDS, ends, strict=True)), strict=True)
    return {**row, "old_before": round(float(np.median(before)), 4), "old_after": round(float(np.median(after)), 4)}


def old_head(seed: int, tuned: Weights) -> tuple[float, float]:
    """What the old head reads of its own digits, 0 to 4: on its own trunk, and on the tuned one."""
    digits, data = OLD_DIGITS["0-4"], datasets.digits(seed=seed)
    X, y = among(data.X_test, data.y_test, digits)
    old, network = old_weights(digits, seed), with_head(models.digits_cnn(), len(digits))
    return right(network, old, X, y), right(network, {**old, **of_trunk(tuned)}, X, y)


# --- Several tasks ---

HALVES = (range(5), range(5, 10))


def tasks() -> list[Row]:
    """One trunk with two heads against two networks, with many images and with few."""
    rows = []
    for count in (None, 20, 5):
        heads, apart = zip(*(both(count, seed) for seed in SEEDS), strict=True)
        rows.append({"images": count, "heads": summary(heads), "apart": summary(apart)})
    two, one = with_head(models.digits_cnn(), 5).count().parameters, models.digits_cnn().count().parameters
    return [{**row, "parameters_heads": one, "parameters_apart": 2 * two} for row in rows]


def both(count: int | None, seed: int) -> tuple[float, float]:
    """The share of test images that their own head reads: of one trunk, and of two networks."""
    data = datasets.digits(seed=seed)
    X, y = images(data.X_train), data.y_train
    if count is not None:
        generator = np.random.default_rng([seed, count])
        rows = np.concatenate([generator.permutation(np.flatnonzero(y == k))[:count] for k in range(10)])
        X, y = X[rows], y[rows]
    steps = NEW_STEPS if count is not None else EPOCHS * -(-len(X) // (2 * SIZE))  # of each half's network
    shared, five = models.digits_cnn(), with_head(models.digits_cnn(), 5)
    known = np.array([np.where(np.isin(y, half), y - half.start, -1) for half in HALVES]).T
    weights = trained(shared, X, known, shared.begin(seed), 2 * steps, seed, loss=MultiTask((5, 5)))
    found: list[list[bool]] = [[], []]
    for task, half in enumerate(HALVES):
        X_test, y_test = among(data.X_test, data.y_test, half)
        scores = shared.forward(weights, X_test)[:, 5 * task : 5 * task + 5]
        found[0] += (scores.argmax(axis=1) == y_test - half.start).tolist()
        rows = np.isin(y, half)
        alone = trained(five, X[rows], y[rows] - half.start, five.begin(10 * task + seed), steps, seed)
        found[1] += (five.forward(alone, X_test).argmax(axis=1) == y_test - half.start).tolist()
    return float(np.mean(found[0])), float(np.mean(found[1]))


# --- The file ---

TABLES: dict[str, Callable[[], list[Row]]] = {
    "deep": deep, "tasks": tasks, "transfer": transfer, "shapes": shapes, "times": times,
}  # fmt: skip


def text(tables: Mapping[str, list[Row]]) -> str:
    """The file."""
    settings = {
        "seeds": SEEDS, "mlp_seeds": MLP_SEEDS, "tuning_seeds": TUNING_SEEDS, "epochs": EPOCHS, "old_steps": OLD_STEPS,
        "new_steps": NEW_STEPS, "rates": RATES, "head_rates": HEAD_RATES, "batch": SIZE,
    }  # fmt: skip
    return storing.text(COMMAND, COLUMNS, settings, **tables)


def main(names: list[str]) -> None:
    """Measures the tables named, or all, prints each when it is there, and writes the files."""
    storing.measure(FILE, TABLES, text, names)
    if not names or "transfer" in names:
        save(OLD, models.weights_of(old_weights(OLD_DIGITS["0-4"], SEEDS[0])))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog=COMMAND, description=main.__doc__)
    parser.add_argument("tables", nargs="*", choices=[*TABLES, []], help="all if none is given")
    main(parser.parse_args().tables)
