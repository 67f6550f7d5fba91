"""What augmenting the digits is worth, for two kinds of network: makes measured.json, beside this file.

``python -m nnlearn.chapters.ch12_augmentation.experiment`` (forty minutes of processor time, on one thread), or with
the names of tables behind it, such as ``photographs``, these alone.

A run trains a network of chapter 12 on a few images of each class and tests it on images that it has not seen. The
seed chooses the split, the images to train on, the first weights, the order of the batches and what the augmentation
draws. So runs with and without augmentation differ, for one seed, by the augmentation alone, and gains are taken
between such pairs. All runs take the same number of steps, fixed beforehand as rate and batch are, and see each image
changed anew in every epoch.
"""

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnlearn import models
from nnlearn.batches import MiniBatches
from nnlearn.chapters.ch12_augmentation import directions, photographs, tomorrow
from nnlearn.chapters.ch12_augmentation.directions import FRAME, MOVES, PARTS, framed, globally_pooled
from nnlearn.chapters.ch12_augmentation.runs import RATE, Row, Trainer, paired, single_thread, spread
from nnlearn.checks import Array
from nnlearn.data import Dataset, datasets, measured, storing
from nnlearn.data.augment import (
    Pipeline,
    RandomFlip,
    RandomRotation,
    RandomShift,
    Step,
    flip_horizontal,
    flip_vertical,
    rotate,
    shift,
)
from nnlearn.data.augment.images import Images
from nnlearn.models.untrained import untrained
from nnlearn.networks import Network
from nnlearn.networks.leaves import Weights

COMMAND = "python -m nnlearn.chapters.ch12_augmentation.experiment"
FILE = Path(__file__).with_name("measured.json")

SEEDS = tuple(range(10))
STEPS, LONGER = 1500, 6000
BATCH = 50  # it divides the number of training images, so that every step sees as many
CLASSES = 10
PER_CLASS = (10, 30, 100)
ANGLES = range(0, 181, 15)
# What lies beyond the border of what is rotated. With "constant" every pixel that looks a little beyond the centres
# of the outer pixels is black: the least angle takes half of the outer rows, and the digits reach into these.
FILL = "grid-constant"


@dataclass(frozen=True)
class RandomHalfTurn(Step):
    """Turns every second image, as it is drawn, by 180 degrees."""

    def apply(self, images: Images, drawn: Array) -> Images:
        turned = drawn[:, 0] < 0.5
        images = images.copy()
        images[turned] = rotate(images[turned], 180)
        return images


AUGMENTATIONS: dict[str, tuple[Step, ...]] = {
    "none": (),
    "shift 1": (RandomShift(1),),
    "rotate 15, grid-constant": (RandomRotation(15, FILL),),
    "rotate 15, constant": (RandomRotation(15, "constant"),),
    "horizontal flip": (RandomFlip("horizontal"),),
    "vertical flip": (RandomFlip("vertical"),),
    "half turn": (RandomHalfTurn(),),
    "rotate 180, grid-constant": (RandomRotation(180, FILL),),
}
SHIFT = ("none", "shift 1")


NETWORKS: dict[str, Callable[[int], Any]] = {
    "CNN": models.convolutional,
    "MLP 64": partial(models.dense, 64),
    "MLP 256": partial(models.dense, 256),
    "MLP 1024": partial(models.dense, 1024),
    "CNN, global pooling": lambda seed: untrained(globally_pooled(), seed, "globally_pooled"),
    "CNN, global pooling, framed": lambda seed: untrained(globally_pooled(FRAME), seed, "globally_pooled"),
}
CHANGES: dict[str, Callable[[Images], Images]] = {
    "half turn": lambda images: rotate(images, 180),
    "horizontal flip": flip_horizontal,
    "vertical flip": flip_vertical,
}

COLUMNS = {
    "network": "CNN: nnlearn.models.convolutional; MLP 64: nnlearn.models.dense(64), and so on",
    "per_class": "training images of each class",
    "accuracies": "share of the test images that are right, for each seed; median, min and max of them",
    "training": "share of the training images, as they are, that are right: median over the seeds",
    "gain": "points of test accuracy more than without augmentation, seed by seed: median, min and max; null without",
    "gained": "in how many seeds the gain is above 0",
    "shifted": "as accuracies, each test image moved at random by up to a pixel; gain and gained are on these images",
    "direction, part": "what of a move by a pixel was done to the test images: nnlearn/chapters/ch12_augmentation/"
    "directions.py",
    "factor, fill_mode, interpolation": "of keras.layers.RandomTranslation; factor is of height and of width",
    "share": "of the test images of the digit, changed, that the stored network calls so: six and nine; kept: by "
    "their own label; label: what it says most often of them; nnlearn.models.trained() on nnlearn.data.digits()",
    "degrees": "counter-clockwise",
}


@dataclass(frozen=True)
class Case:
    """What is trained on what, for one row; a run is a case and a seed."""

    network: str
    per_class: int
    augmentation: str = "none"
    split: str = "random"
    steps: int = STEPS


class Result(NamedTuple):
    """A run's accuracies: on the test images, on its training images, and on the test images shifted."""

    test: float
    training: float
    shifted: float


@cache
def trainer(network: str) -> Trainer:
    """The one trainer of the networks of this name."""
    return Trainer(NETWORKS[network])


@cache
def digits(split: str, seed: int) -> Dataset:
    """The course's digits, read once."""
    return datasets.digits(split, seed)


def pictures(X: Array) -> NDArray[np.float32]:
    """Rows of 64 pixels as images, shape (n, 8, 8)."""
    return X.reshape(-1, 8, 8).astype(np.float32)


def examples(data: Dataset, per_class: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """So many training images of each class, shape (n, 8, 8), and their labels; fewer are the first of more."""
    rng = np.random.default_rng(seed)
    each = [rng.permutation(np.flatnonzero(data.y_train == label))[:per_class] for label in range(CLASSES)]
    rows = np.concatenate(each)
    return pictures(data.X_train[rows]), data.y_train[rows]


def seen(
    images: NDArray[np.float32], labels: NDArray[np.int64], steps: tuple[Step, ...], count: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The batches of a run of ``count`` gradient steps: images changed by ``steps`` (count, BATCH, 8, 8), labels."""
    pipeline, batches, n = Pipeline(*steps, seed=seed), MiniBatches(BATCH, seed), len(images)
    rows = np.array([batches.indices(t, n) for t in range(1, count + 1)])
    epochs = np.arange(count) // (n // BATCH)
    changed = [pipeline(images[row], int(epoch), row) for epoch, row in zip(epochs, rows, strict=True)]
    return np.array(changed), labels[rows]


@cache
def run(case: Case, seed: int) -> Result:
    """Trains a network and measures it; what several tables show is run once."""
    data = digits(case.split, seed)
    images, labels = examples(data, case.per_class, seed)
    batches = seen(images, labels, AUGMENTATIONS[case.augmentation], case.steps, seed)
    return tested(trainer(case.network).train(*batches, seed), data, images, labels, seed)


def tested(model: Any, data: Dataset, images: NDArray[np.float32], labels: NDArray[np.int64], seed: int) -> Result:
    """What a trained model makes of the test images, of its training images, and of the test images shifted."""
    test = pictures(data.X_test)
    shifted = Pipeline(RandomShift(1), seed=seed)(test)

    def accuracy(X: NDArray[np.float32], y: NDArray[np.int64]) -> float:
        return models.accuracy(model, X.reshape(-1, *model.input_shape[1:]), y)

    return Result(accuracy(test, data.y_test), accuracy(images, labels), accuracy(shifted, data.y_test))


def results(case: Case, kind: str) -> Array:
    """The accuracies of one kind, of every seed."""
    return np.array([getattr(run(case, seed), kind) for seed in SEEDS])


def row(case: Case, kind: str = "test") -> Row:
    """Accuracies of one kind, and the gain on the same without augmentation; COLUMNS says what the entries are."""
    accuracies = results(case, kind)
    gain: Row = {"gain": None, "gained": None}
    if case.augmentation != "none":
        gain = paired(accuracies, results(replace(case, augmentation="none"), kind))
    return {**spread(accuracies, 4), "accuracies": accuracies.round(4).tolist(), **gain}


def training(case: Case) -> float:
    """The median accuracy on the training images."""
    return round(float(np.median(results(case, "training"))), 4)


def gain_rows() -> Iterable[Row]:
    """Both kinds of network, with few and with more images, and every augmentation."""
    for network in ("CNN", "MLP 64"):
        for per_class in PER_CLASS:
            for augmentation in AUGMENTATIONS:
                case = Case(network, per_class, augmentation)
                yield {"network": network, "per_class": per_class, "augmentation": augmentation,
                       "training": training(case), **row(case)}  # fmt: skip


def capacity_rows() -> Iterable[Row]:
    """Whether it is room or time that dense networks lack: shifts, more hidden units, four times as many steps."""
    for network in ("MLP 64", "MLP 256", "MLP 1024"):
        for per_class in (PER_CLASS[0], PER_CLASS[-1]):
            for steps in (STEPS, LONGER):
                for augmentation in SHIFT:
                    case = Case(network, per_class, augmentation, steps=steps)
                    yield {"network": network, "per_class": per_class, "steps": steps, "augmentation": augmentation,
                           "training": training(case), **row(case)}  # fmt: skip


def robustness_rows() -> Iterable[Row]:
    """Test images that are not as well centred as those of the data set."""
    for network in ("CNN", "MLP 64"):
        for per_class in PER_CLASS:
            for augmentation in AUGMENTATIONS:
                shifted = row(Case(network, per_class, augmentation), "shifted")
                shifted["shifted"] = shifted.pop("accuracies")
                yield {"network": network, "per_class": per_class, "augmentation": augmentation, **shifted}


def writer_rows() -> Iterable[Row]:
    """The CNN with most images, tested on images of the writers it has seen, and of others."""
    for split in ("random", "writer"):
        for augmentation in (*SHIFT, "rotate 15, grid-constant"):
            case = Case("CNN", PER_CLASS[-1], augmentation, split)
            yield {"split": split, "augmentation": augmentation, "training": training(case), **row(case)}


def pooling_rows() -> Iterable[Row]:
    """Whether it is the dense layer's places that a shift upsets: a network with places, and two without."""
    for network in PLACES:
        runs = [moved(network, seed) for seed in SEEDS]
        accuracies = {name: np.array([run[name] for run in runs]) for name in runs[0]}
        known = round(float(np.median(accuracies.pop("training"))), 4)
        for test, each in accuracies.items():
            yield {"network": network, "test": test, "training": known, **spread(each, 4)}


class Places(NamedTuple):
    """A network, and how many empty pixels lie around its digits, in training and in the test."""

    network: Network
    frame: int


PLACES = {
    "CNN": Places(models.digits_cnn(), 0),
    "CNN, global pooling": Places(globally_pooled(), 0),
    "CNN, global pooling, framed": Places(globally_pooled(FRAME), FRAME),
}


def moved(name: str, seed: int) -> dict[str, float]:
    """Accuracies on test images as they are, moved at random and in each direction; and on the training images."""
    (network, frame), data = PLACES[name], digits("random", seed)
    test = framed(pictures(data.X_test), frame)
    tests = {"as they are": test, "shifted": Pipeline(RandomShift(1), seed=seed)(test)}
    tests |= {direction: shift(test, *move) for direction, move in MOVES.items()}
    examined = {test: (X, data.y_test) for test, X in tests.items()}
    images, labels = examples(data, PER_CLASS[0], seed)
    examined["training"] = framed(images, frame), labels
    model = network, weights(name, seed)
    return {test: models.accuracy(model, X[..., np.newaxis], y) for test, (X, y) in examined.items()}


@cache
def weights(name: str, seed: int) -> Weights:
    """Of one of these networks, trained on few images."""
    network, frame = PLACES[name]
    model, *_ = fit(trainer(name), lambda images, _: framed(images, frame), seed)
    return dict(zip(network.leaves.declared, model.get_weights(), strict=True))


def border_rows() -> Iterable[Row]:
    """What a pixel costs the network without places: the line that leaves, the one that comes in, and both."""
    for direction, move in MOVES.items():
        for part, change in PARTS.items():
            accuracies = np.array([taken_apart(partial(change, down=move[0], right=move[1]), seed) for seed in SEEDS])
            yield {"direction": direction, "part": part, **spread(accuracies, 4)}


def taken_apart(change: Callable[[Images], Images], seed: int) -> float:
    """The accuracy of the network without places on changed test images, of whatever size."""
    data = digits("random", seed)
    scores = directions.scores_of_any_size(weights("CNN, global pooling", seed), change(pictures(data.X_test)))
    return float(np.mean(scores.argmax(axis=1) == data.y_test))


def tomorrow_rows() -> Iterable[Row]:
    """The CNN with few images, shifted by Keras's layer: as it comes, each setting alone, as the chapter advises."""
    for way in tomorrow.WAYS:
        runs = [run_with(partial(shifted_by_keras, way), seed) for seed in SEEDS]
        for test, kind in (("as they are", "test"), ("shifted", "shifted")):
            accuracies = np.array([getattr(each, kind) for each in runs])
            yield {**way._asdict(), "test": test, **spread(accuracies, 4), "accuracies": accuracies.round(4).tolist()}


Changer = Callable[[NDArray[np.float32], int], NDArray[np.float32]]


def shifted_by_keras(way: tomorrow.Way, images: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """By Keras's layer."""
    return np.asarray(tomorrow.keras_layer(way, seed)(images[..., np.newaxis], training=True))[..., 0]


def run_with(change: Changer, seed: int) -> Result:
    """As ``run`` for the CNN with few images; ``change`` takes all images of the run, one after the other."""
    return tested(*fit(trainer("CNN"), change, seed), seed)


def fit(own: Trainer, change: Changer, seed: int) -> tuple[Any, Dataset, NDArray[np.float32], NDArray[np.int64]]:
    """A model trained on few images, each changed as often as it is seen; and data, images and labels of the run."""
    data = digits("random", seed)
    images, labels = examples(data, PER_CLASS[0], seed)
    plain, plain_labels = seen(images, labels, (), STEPS, seed)
    changed = change(plain.reshape(-1, *plain.shape[2:]), seed)
    changed = changed.reshape(*plain.shape[:2], *changed.shape[1:])
    return own.train(changed, plain_labels, seed), data, images, labels


def shares(digit: int, change: Callable[[Images], Images]) -> Array:
    """How much of the test images of a digit, changed, the stored network calls each of the ten; shape (10,)."""
    data = datasets.digits()
    images = change(pictures(data.X_test[data.y_test == digit]))
    called = models.forward(models.trained(), images).argmax(axis=1)
    return np.bincount(called, minlength=CLASSES) / len(called)


def turned_rows() -> Iterable[Row]:
    """What the stored network says of sixes, from upright to upside down."""
    for fill in (FILL, "constant"):
        for degrees in ANGLES:
            share = shares(6, partial(rotate, degrees=degrees, fill=fill)).round(2)
            yield {"fill": fill, "degrees": degrees, "six": float(share[6]), "nine": float(share[9])}


def changed_rows() -> Iterable[Row]:
    """What the stored network says of digits that are turned upside down or mirrored."""
    for change, function in CHANGES.items():
        for digit in range(CLASSES):
            share = shares(digit, function).round(2)
            label = int(share.argmax())
            yield {"change": change, "digit": digit, "kept": float(share[digit]),
                   "label": label, "share": float(share[label])}  # fmt: skip


TABLES: dict[str, Callable[[], Iterable[Row]]] = {
    "gain": gain_rows,
    "capacity": capacity_rows,
    "robustness": robustness_rows,
    "writers": writer_rows,
    "pooling": pooling_rows,
    "borders": border_rows,
    "tomorrow": tomorrow_rows,
    "photographs": photographs.rows,
    "turned": turned_rows,
    "changed": changed_rows,
}


def text(tables: dict[str, list[Row]]) -> str:
    """The file."""
    settings = {
        "seeds": SEEDS, "steps": STEPS, "batch": BATCH, "optimizer": "Adam", "learning_rate": RATE,
        "augmentations": {name: str(Pipeline(*steps).steps) for name, steps in AUGMENTATIONS.items()},
        "photographs": photographs.settings(),
    }  # fmt: skip
    return storing.text(COMMAND, COLUMNS, settings, **tables)


def main(names: Sequence[str]) -> None:
    """Measures these tables, or all of them, prints each row when it is there, and writes the file.

    Tables that are not named stay as they are stored. Raises ValueError for a name of none.
    """
    if unknown := [name for name in names if name not in TABLES]:
        raise ValueError(f"There is no table {', '.join(unknown)}; there are {', '.join(TABLES)}.")
    single_thread()
    tables: dict[str, list[Row]] = {}
    for name, measure in TABLES.items():
        if names and name not in names:
            tables[name] = measured("12")[name]
            continue
        tables[name] = []
        for each in measure():
            tables[name].append(each)
            print(f"{name} ({time.process_time():.0f} s)", each, flush=True)
    FILE.write_text(text(tables), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
