"""The networks of chapter 10 whose maps are compared: two that learned the digits and one that never did.

``python -m nnlearn.chapters.ch10_failing.reader`` (seconds) makes readers.weights, beside this: those of the first
seed, which the explorer shows.
"""

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from nnlearn.batches import MiniBatches
from nnlearn.checks import Array
from nnlearn.compression import load, save
from nnlearn.data import datasets
from nnlearn.networks import ReLU, mlp
from nnlearn.networks.initial import he
from nnlearn.networks.saliency import GRADIENT, INTEGRATED, PRODUCT
from nnlearn.optimizers import Adam
from nnlearn.trace import run

METHODS = (GRADIENT, PRODUCT, INTEGRATED)
READER = mlp(64, 64, 10, activation=ReLU, initial=he)
STEPS, SIZE, RATE = 300, 64, 0.005
NAME = "readers.weights"
WHO = ("trained", "other", "never")


@cache
def readers(seed: int = 0) -> tuple[Array, Array, Array]:
    """theta of two networks that learned, from different first weights, and of one that never learned."""
    data = datasets.digits(seed=seed)
    J = READER.on(data.X_train, data.y_train)

    def learned(first: int) -> Array:
        batches = MiniBatches(SIZE, first).of(J)
        return np.asarray(run(Adam(RATE), batches, J.initial(first), STEPS, keep=["theta"], every=STEPS).theta[-1])

    return learned(seed), learned(seed + 100), J.initial(seed + 200)


@cache
def stored_readers() -> dict[str, Array]:
    """theta of each of the first seed's, by who it is, as stored."""
    with as_file(files(__package__) / NAME) as path:
        return {name: np.asarray(array, float) for name, array in load(path).items()}


if __name__ == "__main__":
    trained = {who: theta.astype(np.float32) for who, theta in zip(WHO, readers(), strict=True)}
    save(Path(__file__).with_name(NAME), trained)
