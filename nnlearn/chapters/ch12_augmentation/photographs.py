"""What augmenting small colour photographs is worth: the table "photographs" of measured.json; see squares.py."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnlearn import models
from nnlearn.batches import MiniBatches
from nnlearn.chapters.ch12_augmentation.runs import Row, Trainer, paired, spread
from nnlearn.chapters.ch12_augmentation.squares import SIDE, STEPS, STRENGTHS, THINGS, Squares, squares
from nnlearn.checks import Array
from nnlearn.data.augment import (
    Pipeline,
    RandomColour,
    RandomCutOut,
    RandomFlip,
    RandomResizedCrop,
    Step,
    mixup,
)
from nnlearn.interop.quiet import tf
from nnlearn.models.untrained import untrained
from nnlearn.networks import Conv2D, Dense, Flatten, MaxPool2D, Network, ReLU

SEEDS = tuple(range(10))
PER_CLASS, TESTED = 10, 100  # squares of each thing
BATCH = 30
LONGER = 900
GREY = 0.5  # what covers


LIGHT = RandomColour(0.4, 0.4, 0.4)  # of the second test: every test square once, in another light


def colour(strength: float) -> tuple[Step, ...]:
    """Jitter of one strength for brightness, contrast and saturation."""
    return (RandomColour(strength, strength, strength),)


@dataclass(frozen=True)
class Augmentation:
    """What is done to training squares: random steps, and mixup with alpha; 0 mixes nothing."""

    steps: tuple[Step, ...] = ()
    alpha: float = 0.0


AUGMENTATIONS = {
    "none": Augmentation(),
    "flip": Augmentation((RandomFlip(),)),
    "crop, area from 0.5": Augmentation((RandomResizedCrop(0.5),)),
    "crop, area from 0.1": Augmentation((RandomResizedCrop(0.1),)),
    **{f"colour {strength}": Augmentation(colour(strength)) for strength in STRENGTHS},
    "cut-out 4": Augmentation((RandomCutOut(4, GREY),)),
    "cut-out 8": Augmentation((RandomCutOut(8, GREY),)),
    "mixup 0.2": Augmentation(alpha=0.2),
    "mixup 1": Augmentation(alpha=1.0),
}
PATIENT = ("none", "colour 0.4", "mixup 1")  # what is tried with more steps, too


@dataclass(frozen=True)
class Case:
    """How a network is trained; a run is a case and a seed."""

    augmentation: str
    steps: int = STEPS


class Result(NamedTuple):
    """A run's accuracies: on the test squares, on these in another light, and on the training squares."""

    test: float
    light: float
    training: float


def network(seed: int) -> object:
    """Two convolutions, each halved, and a dense layer; a Keras model."""
    layers = [
        Conv2D(8, 3), ReLU(), MaxPool2D(), Conv2D(16, 3), ReLU(), MaxPool2D(), Flatten(), Dense(32), ReLU(),
        Dense(len(THINGS)),
    ]  # fmt: skip
    return untrained(Network((SIDE, SIDE, 3), layers), seed, "photographs")


@cache
def trainer() -> Trainer:
    """The one trainer."""
    return Trainer(network, tf.nn.softmax_cross_entropy_with_logits)


def seen(
    training: Squares, augmentation: Augmentation, count: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The batches of a run of ``count`` steps: images (count, BATCH, SIDE, SIDE, 3), shares of things, float32."""
    images, labels = training
    pipeline, batches = Pipeline(*augmentation.steps, seed=seed), MiniBatches(BATCH, seed)
    rows = np.array([batches.indices(t, len(images)) for t in range(1, count + 1)])
    epochs = np.arange(count) // (len(images) // BATCH)
    changed = [pipeline(images[row], int(epoch), row) for epoch, row in zip(epochs, rows, strict=True)]
    pairs: Iterable[tuple[Array, Array]] = zip(changed, np.eye(len(THINGS))[labels[rows]], strict=True)
    if augmentation.alpha:
        rng = np.random.default_rng(seed)
        pairs = (mixup(*pair, augmentation.alpha, rng) for pair in pairs)
    images_seen, shares = zip(*pairs, strict=True)
    return np.array(images_seen, np.float32), np.array(shares, np.float32)


@cache
def run(case: Case, seed: int) -> Result:
    """Trains a network and measures it."""
    training, test = squares(False, PER_CLASS, seed), squares(True, TESTED, seed)
    batches = seen(training, AUGMENTATIONS[case.augmentation], case.steps, seed)
    model = trainer().train(*batches, seed)
    light = Pipeline(LIGHT, seed=seed)(test.images)
    return Result(
        models.accuracy(model, test.images, test.labels),
        models.accuracy(model, light, test.labels),
        models.accuracy(model, training.images, training.labels),
    )


def rows_of(case: Case) -> Iterable[Row]:
    """Of both tests: the accuracies, and the gains."""
    plain = replace(case, augmentation="none")
    training = round(float(np.median([run(case, seed).training for seed in SEEDS])), 4)
    for kind, test in (("test", "as they are"), ("light", "in another light")):
        accuracies, without = (np.array([getattr(run(each, seed), kind) for seed in SEEDS]) for each in (case, plain))
        gain = {"gain": None, "gained": None} if case == plain else paired(accuracies, without)
        yield {"augmentation": case.augmentation, "steps": case.steps, "test": test, "training": training,
               **spread(accuracies, 4), "accuracies": accuracies.round(4).tolist(), **gain}  # fmt: skip


def rows() -> Iterable[Row]:
    """Every augmentation; and some with more steps."""
    for augmentation in AUGMENTATIONS:
        yield from rows_of(Case(augmentation))
    for augmentation in PATIENT:
        yield from rows_of(Case(augmentation, LONGER))


def settings() -> Row:
    """What was fixed beforehand."""
    return {
        "seeds": SEEDS, "steps": [STEPS, LONGER], "batch": BATCH, "side": SIDE, "per_class": PER_CLASS,
        "tested": TESTED, "another light": str(LIGHT), "things": THINGS,
        "augmentations": {name: f"{each.steps}, mixup {each.alpha:g}" for name, each in AUGMENTATIONS.items()},
    }  # fmt: skip
