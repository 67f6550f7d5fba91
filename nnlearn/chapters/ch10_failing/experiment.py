"""How deep networks fail and what mends them; overfitting; what a saliency map shows. Makes measured.json, beside this.

``python -m nnlearn.chapters.ch10_failing.experiment`` (20 minutes of one core; with OMP_NUM_THREADS=1, as the matrices
are small). With names of tables behind it, only these are measured anew.

All data are real: digits, and tumours. A seed gives the split of the data, the first weights, the order of the batches
and what is drawn by chance, the same for all ways that are compared: runs are paired.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import nnlearn as nn
from nnlearn.chapters.ch10_failing.deep import (
    ADAM_RATE,
    CLIP,
    DEEPEST,
    DEPTHS,
    KINDS,
    RATE,
    RULES,
    SCALES,
    WIDTH,
    network,
    starts,
    trained_by,
)
from nnlearn.chapters.ch10_failing.reader import METHODS, READER, readers
from nnlearn.checks import Array
from nnlearn.data import datasets, storing
from nnlearn.networks import Dense, Dropout, Network, ReLU, Sigmoid, mlp
from nnlearn.networks.initial import he
from nnlearn.networks.saliency import saliency
from nnlearn.objectives import Clipped, LogisticRegression
from nnlearn.processor import processor, versions
from nnlearn.trace import last_row, rows

COMMAND = "python -m nnlearn.chapters.ch10_failing.experiment"
FILE = Path(__file__).with_name("measured.json")
COLUMNS = {
    "accuracy": "share of the test digits that is right, from each seed; of wedge a row for each scale; null where "
    "theta is no number any more",
    "smaller, larger": "how many times the first layer's gradient is, with hidden weights times 0.9 and 1.1, from each "
    "of 20 seeds",
    "leaves": "plateau: the step from which the loss is below 2.2, from each seed; null if it isn't after 400",
    "curve": "plateau: the median loss on all training data, every 10th step",
    "loss": "clipping: on all training data after 150 steps, for each rate from each of seven seeds. overfit: median",
    "seen, test": "overfit: share right of the training labels as given, and of 300 test images with true labels, "
    "every 5th step, median of the seeds",
    "validation_loss": "overfit: on 150 other images, labelled as the training images are",
    "end, stop, stopped": "overfit: test after the last step; the step of the least validation loss; test there",
    "noise_zero, real_zero": "noise: how many weights of 200 and of 30 are 0 with L1",
    "size, signed, inked": "maps: mean rank correlation of 40 images' maps, by size, with sign, with sign on inked "
    "pixels alone, from each seed",
}
SEEDS, FIRST_SEEDS, CLIP_SEEDS = range(5), range(20), range(7)
STEPS, SIZE = 150, 64
PLATEAU_DEPTHS, PLATEAU_RATE, PLATEAU_STEPS, LOOK, LEFT = (1, 2, 3, 4), 0.2, 400, 10, 2.2
CLIP_DEPTH, CLIP_RATES = 4, 2.0 ** (np.arange(-14, 2) / 2)
IMAGES, HELD, OVERFIT_RATE, OVERFIT_STEPS, LOOK_OFTEN = 200, 150, 0.005, 400, 5
LABELS = ("true", "wrong", "shuffled")
WAYS = {"none": (0.0, 0.0), "l2 0.01": (0.01, 0.0), "l2 0.03": (0.03, 0.0), "l2 0.1": (0.1, 0.0),
        "dropout 0.5": (0.0, 0.5), "dropout 0.8": (0.0, 0.8)}  # fmt: skip
STRENGTH = 0.033  # of the penalty on 230 columns


def share(accuracy: Any) -> float | None:
    """To three digits; None where theta is no number any more."""
    return round(float(accuracy), 3) if np.isfinite(accuracy) else None


def shares(accuracies: Any) -> list[float | None]:
    """Each to three digits."""
    return [share(each) for each in accuracies]


# --- The first layer's gradient, before any step ---


def first() -> list[dict[str, Any]]:
    """How many times smaller, and larger, the first layer's gradient is with hidden weights 10% smaller, and larger."""
    found = {activation: [lengths(activation, seed) for seed in FIRST_SEEDS] for activation in KINDS}
    return [
        {
            "activation": activation,
            "depth": DEEPEST,
            "smaller": [round(usual / small, 1) for small, usual, _ in sizes],
            "larger": [round(large / usual, 1) for _, usual, large in sizes],
        }
        for activation, sizes in found.items()
    ]


def lengths(activation: str, seed: int) -> list[float]:
    """The lengths of the first hidden kernel's gradient at 0.9, 1 and 1.1 of the usual weights."""
    data = datasets.digits(seed=seed)
    J = network(DEEPEST, activation).on(data.X_train[:256], data.y_train[:256])
    slopes = J.unpack(J.gradient(starts(J.network, seed, [0.9, 1, 1.1])))["hidden_1/kernel"]
    return [float(np.linalg.norm(each)) for each in slopes]


# --- After 150 steps ---


def wedge() -> list[dict[str, Any]]:
    """Accuracy after 150 steps, of each depth a sweep over the scales."""
    return [trained(activation, rule, depth) for activation in KINDS for rule in RULES for depth in DEPTHS]


def trained(activation: str, rule: str, depth: int) -> dict[str, Any]:
    """One depth: the share of test digits that each scale's network reads, from each seed."""
    found = []
    for seed in SEEDS:
        data = datasets.digits(seed=seed)
        J = network(depth, activation).on(data.X_train, data.y_train)
        optimizer, told = trained_by(rule, nn.MiniBatches(SIZE, seed).of(J))
        row = optimizer.start(starts(J.network, seed, SCALES))
        theta = last_row(rows(optimizer, told, row), row, STEPS).theta
        found.append(shares(J.accuracy(theta, data.X_test, data.y_test)))
    return {"activation": activation, "rule": rule, "depth": depth, "accuracy": [*map(list, zip(*found, strict=True))]}


# --- Plateaus of sigmoids; clipping ---


def plateau() -> list[dict[str, Any]]:
    """The loss of networks of sigmoids, step by step, and when it leaves ln 10 for good."""
    found = []
    for depth in PLATEAU_DEPTHS:
        curves = []
        for seed in SEEDS:
            data = datasets.digits(seed=seed)
            J = mlp(64, *[WIDTH] * depth, 10, activation=Sigmoid).on(data.X_train, data.y_train)
            path = nn.run(nn.Momentum(PLATEAU_RATE, 0.9), nn.MiniBatches(SIZE, seed).of(J), J.initial(seed),
                          PLATEAU_STEPS, keep=["theta"], every=LOOK)  # fmt: skip
            curves.append(J.loss(path.theta))
        leaves = [int(LOOK * np.argmax(curve < LEFT)) if curve[-1] < LEFT else None for curve in curves]
        found.append({"depth": depth, "leaves": leaves, "curve": np.median(curves, axis=0).round(3).tolist()})
    return found


def clipping() -> list[dict[str, Any]]:
    """The loss on all training data after 150 steps, at each rate, not clipped and clipped."""
    found = []
    for norm in (None, 1.0, 0.3):
        losses = []
        for seed in CLIP_SEEDS:
            data = datasets.digits(seed=seed)
            J = network(CLIP_DEPTH).on(data.X_train, data.y_train)
            batches = nn.MiniBatches(SIZE, seed).of(J)
            rule = nn.Momentum(CLIP_RATES[:, np.newaxis], 0.9)
            row = rule.start(np.tile(J.initial(seed), (len(CLIP_RATES), 1)))
            told = Clipped(batches, norm=norm) if norm else batches
            with np.errstate(all="ignore"):
                losses.append(J.loss(last_row(rows(rule, told, row), row, STEPS).theta))
        by_rate = [
            [float(f"{loss:.3g}") if np.isfinite(loss) else None for loss in each] for each in np.transpose(losses)
        ]
        found.append({"clip": norm, "loss": by_rate})
    return found


# --- Overfitting ---


def overfit() -> list[dict[str, Any]]:
    """Curves of accuracy and loss while a network learns few images, in each way to hold it back."""
    return [held_back(labels, way) for labels in LABELS for way in WAYS]


def held_back(labels: str, way: str) -> dict[str, Any]:
    """One way: medians over the seeds, and from each seed the end, and where the least validation loss stops it."""
    curves = [learning(labels, way, seed) for seed in SEEDS]
    seen, validation, test, loss, validation_loss = np.moveaxis(np.array(curves), 1, 0)
    stops = np.argmin(validation_loss, axis=1)
    return {
        "labels": labels, "way": way,
        **{name: np.median(curve, axis=0).round(3).tolist() for name, curve in
           (("seen", seen), ("test", test), ("loss", loss), ("validation_loss", validation_loss))},
        "end": shares(test[:, -1]), "stop": [int(LOOK_OFTEN * each) for each in stops],
        "stopped": shares(test[np.arange(len(SEEDS)), stops]),
    }  # fmt: skip


def relabelled(labels: str, y: Array, random: np.random.Generator) -> Array:
    """The labels as they are, a fifth of them wrong, or shuffled."""
    if labels == "wrong":
        return np.where(random.random(len(y)) < 0.2, (y + random.integers(1, 10, len(y))) % 10, y)
    return random.permutation(y) if labels == "shuffled" else y


def learning(labels: str, way: str, seed: int) -> list[Array]:
    """Shares right (seen, validation, test), losses (seen, validation) every fifth step. The test labels are true."""
    data, random = datasets.digits(seed=seed), np.random.default_rng(seed)
    X, y = data.X_train[:IMAGES], relabelled(labels, data.y_train[:IMAGES], random)
    X_validation, y_validation = data.X_test[:HELD], relabelled(labels, data.y_test[:HELD], random)
    l2, dropout = WAYS[way]
    J = one_hidden(dropout).on(X, y, l2=l2, seed=seed)
    path = nn.run(nn.Adam(OVERFIT_RATE), J, J.initial(seed), OVERFIT_STEPS, keep=["theta"], every=LOOK_OFTEN).theta
    used, held = one_hidden(0.0).on(X, y), one_hidden(0.0).on(X_validation, y_validation)
    return [J.accuracy(path, X, y), J.accuracy(path, X_validation, y_validation),
            J.accuracy(path, data.X_test[HELD:], data.y_test[HELD:]), used.loss(path), held.loss(path)]  # fmt: skip


def one_hidden(dropout: float) -> Network:
    """100 hidden relus; with dropout some are silent in each step."""
    silent = [Dropout(dropout)] if dropout else []
    return Network((64,), [Dense(100, initial=he, name="hidden"), ReLU(), *silent, Dense(10, name="output")])


def noise() -> list[dict[str, Any]]:
    """Tumours, 100 of them, beside 30 real features 200 columns of noise: how many weights a penalty makes 0."""
    found: dict[str, list[Any]] = {"noise_zero": [], "real_zero": [], "l1": [], "l2": [], "none": [], "l2_zero": []}
    for seed in SEEDS:
        data, random = datasets.breast_cancer(seed=seed), np.random.default_rng(seed)
        X, T = (np.column_stack([X, random.normal(size=(len(X), 200))]) for X in (data.X_train[:100], data.X_test))
        for name in ("l1", "l2", "none"):
            J = LogisticRegression(X, data.y_train[:100], l2=STRENGTH if name == "l2" else 0.0)
            rule = nn.ProximalL1(0.3, l1=STRENGTH) if name == "l1" else nn.GradientDescent(0.3)
            theta = nn.run(rule, J, np.zeros(J.dimension), 1500, keep=["theta"], every=1500).theta[-1]
            found[name].append(share(J.accuracy(theta, T, data.y_test)))
            if name == "l1":
                found["real_zero"].append(int((theta[:30] == 0).sum()))
                found["noise_zero"].append(int((theta[30:230] == 0).sum()))
            if name == "l2":
                found["l2_zero"].append(int((theta == 0).sum()))
    return [{"strength": STRENGTH, **found}]


# --- Saliency ---


def maps() -> list[dict[str, Any]]:
    """How alike maps of a trained network are to another's, and to those of one that never learned."""
    found: dict[tuple[str, str], list[Any]] = {
        (method, other): [] for method in METHODS for other in ("trained", "never")
    }
    for seed in SEEDS:
        data = datasets.digits(seed=seed)
        X, y = data.X_test[:40], data.y_test[:40]
        for method in METHODS:
            one, trained, never = (saliency(READER, theta, X, of=y, method=method) for theta in readers(seed))
            for name, other in (("trained", trained), ("never", never)):
                found[method, name].append([one.agreement(other, signed=False).mean(), one.agreement(other).mean(),
                                            one.agreement(other, where=X > 0).mean()])  # fmt: skip
    return [{"method": method, "other": other, **{kind: np.round(numbers, 3).tolist() for kind, numbers in
             zip(("size", "signed", "inked"), np.transpose(rows), strict=True)}}
            for (method, other), rows in found.items()]  # fmt: skip


def blanked() -> list[dict[str, Any]]:
    """The share of test digits still read when the 8 pixels that speak most for the true class are blank."""
    found: dict[str, list[Any]] = {"whole": [], "trained": [], "never": [], "chance": []}
    for seed in SEEDS:
        data, random = datasets.digits(seed=seed), np.random.default_rng(seed)
        X, y = data.X_test, data.y_test
        one, _, never = readers(seed)
        J = READER.on(X, y)
        found["whole"].append(share(J.accuracy(one, X, y)))
        for name, theta in (("trained", one), ("never", never), ("chance", None)):
            said = (random.random(X.shape) * (X > 0) if theta is None else
                    saliency(READER, theta, X, of=y, method="gradient x input").maps)  # fmt: skip
            gone = X.copy()
            np.put_along_axis(gone, np.argsort(said, axis=1)[:, -8:], 0, axis=1)
            found[name].append(share(J.accuracy(one, gone, y)))
    return [{"what": name, "accuracy": found[name]} for name in found]


MEASURES: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "first": first, "wedge": wedge, "plateau": plateau, "clipping": clipping, "overfit": overfit, "noise": noise,
    "maps": maps, "blanked": blanked,
}  # fmt: skip


def text(found: dict[str, list[Any]]) -> str:
    """The file."""
    settings = {
        "width": WIDTH, "scales": [round(float(scale), 3) for scale in SCALES], "rate": RATE, "adam_rate": ADAM_RATE,
        "clip": CLIP, "steps": STEPS, "batch": SIZE, "seeds": [*SEEDS], "plateau_rate": PLATEAU_RATE,
        "clip_depth": CLIP_DEPTH, "clip_rates": [round(float(rate), 3) for rate in CLIP_RATES], "images": IMAGES,
        "overfit_rate": OVERFIT_RATE, "processor": str(processor()), "versions": versions("numpy", "scikit-learn"),
    }  # fmt: skip
    return storing.text(COMMAND, COLUMNS, settings, **found)


if __name__ == "__main__":
    storing.measure(FILE, MEASURES, text, sys.argv[1:])
