"""The teacher of chapter 18, what its students are shown, and how they learn: all seeds side by side."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nnlearn.batches import MiniBatches
from nnlearn.checks import Array
from nnlearn.compression import Distillation, Lesson
from nnlearn.data import Dataset, datasets
from nnlearn.networks import Loss, Network, NetworkObjective, ReLU, SoftmaxCrossEntropy, mlp
from nnlearn.optimizers import Adam
from nnlearn.trace import last_row, rows

SEEDS = tuple(range(10))
ADAM, SIZE = Adam(0.003), 64  # of a batch
TEACHER = mlp(64, 128, 10, activation=ReLU)
EPOCHS = 40  # of the teacher
STEPS = 2000  # of a student
SHOWN = ("all", "no 3", "0 and 1", "noise", "shuffled")
LABELS = SoftmaxCrossEntropy()
Pupil = tuple[Array, Any]  # the images that one is shown, and what it is told of them


class Classroom(NetworkObjective):
    """Networks of one form, each with examples of its own: member i of a sweep learns from the examples of pupil i.

    kept: 0 where a weight has no slope: Adam leaves it as it is.
    """

    kept: Any = 1.0

    @classmethod
    def of(cls, network: Network, pupils: Sequence[Pupil], loss: Loss, kept: Any = 1.0) -> Self:
        """A place for each; of all as many examples as the pupil with fewest has."""
        each = [network.on(X, y, loss) for X, y in pupils]
        least = min(J.examples for J in each)
        room = object.__new__(cls)
        room.__dict__ = {**vars(each[0]), "inputs": np.stack([J.inputs[:least] for J in each]),
                         "targets": np.stack([J.targets[:least] for J in each]), "kept": kept}  # fmt: skip
        return room

    @property
    def examples(self) -> int:
        """How many each pupil has."""
        return self.targets.shape[1]

    def take(self, index: Any) -> Self:
        """The same places of each pupil's examples."""
        return self.with_values(inputs=self.inputs[:, index], targets=self.targets[:, index])

    def gradient(self, theta: Array) -> Array:
        return super().gradient(theta) * self.kept


@cache
def data(seed: int) -> Dataset:
    """The digits, split by the seed."""
    return datasets.digits(seed=seed)


def student(hidden: int) -> Network:
    """A network like the teacher, with fewer hidden units."""
    return mlp(64, hidden, 10, activation=ReLU)


def learned(
    network: Network, pupils: Sequence[Pupil], loss: Loss = LABELS, steps: int | None = None,
    marks: Sequence[int] = (), begin: Array | None = None, kept: Any = 1.0,
) -> Iterator[Array]:  # fmt: skip
    """theta, shape (pupils, d), at each of the marks, steps from 0 on, and after the last; else after 40 epochs.

    The first weights are those of each seed, or given, ``begin``; the order of the batches is the same for all. kept: 0
    where a weight stays as it is.
    """
    room = Classroom.of(network, pupils, loss, kept)
    batches = MiniBatches(min(SIZE, room.examples), seed=0)
    theta = np.stack([network.initial(seed) for seed in SEEDS[: len(pupils)]]) if begin is None else begin
    row, done = ADAM.start(theta), 0
    last = batches.steps(EPOCHS, room.examples) if steps is None else steps
    later = rows(ADAM, batches.of(room), row)
    for mark in dict.fromkeys([*marks, last]):
        row = last_row(later, row, mark - done)
        done = mark
        yield row.theta


def end(
    network: Network, pupils: Sequence[Pupil], loss: Loss = LABELS, steps: int | None = None, **others: Any
) -> Array:
    """theta after the last step, shape (pupils, d)."""
    (theta,) = learned(network, pupils, loss, steps, **others)
    return theta


def of_each(part: Callable[[int], Any]) -> list[Any]:
    """Something for each seed."""
    return [part(seed) for seed in SEEDS]


@cache
def teachers() -> Array:
    """theta of each seed's teacher, who saw every training image and its label: (seeds, d)."""
    return end(TEACHER, of_each(lambda seed: (data(seed).X_train, data(seed).y_train)))


def shown_images(shown: str, seed: int) -> Array:
    """What a student is shown: training images, or what is no image of a digit at all."""
    digits, generator = data(seed), np.random.default_rng(seed)
    X, y = digits.X_train, digits.y_train
    if shown == "noise":
        return generator.random(X.shape)
    if shown == "shuffled":  # each pixel's values are dealt out anew among the images
        return generator.permuted(X, axis=0)
    return {"all": X, "no 3": X[y != 3], "0 and 1": X[y < 2]}[shown]


def lesson_of(theta: Array, X: Array, labels: Any = None) -> Lesson:
    """What a teacher of these weights says of images."""
    return Lesson(TEACHER.forward(theta, X), labels)


def taught(shown: str, seed: int) -> tuple[Array, Lesson]:
    """The images that a student is shown, and what its teacher says of them."""
    X = shown_images(shown, seed)
    return X, lesson_of(teachers()[seed], X)


def answers(network: Network, theta: Array, seed: int) -> NDArray[np.intp]:
    """What the network takes each of the 450 test images for."""
    found: NDArray[np.intp] = network.forward(theta, data(seed).X_test).argmax(axis=-1)
    return found


def counted(found: NDArray[np.intp], seed: int) -> NDArray[np.uint8]:
    """Test images by what they are and what they are taken for, shape (10, 10)."""
    table = np.zeros((10, 10), np.uint8)
    np.add.at(table, (data(seed).y_test, found), 1)
    return table


def accuracies(network: Network, thetas: Array) -> list[float]:
    """The share of test images that each reads."""
    pairs = zip(thetas, SEEDS, strict=True)
    return [float(np.mean(answers(network, theta, seed) == data(seed).y_test)) for theta, seed in pairs]


def film(shown: str, temperature: int, hidden: int, marks: Sequence[int]) -> NDArray[np.uint8]:
    """The tables of the students at each of the marks, shape (seeds, marks, 10, 10).

    Temperature 0: of the teacher they hear the digit alone.
    """
    network, pupils = student(hidden), of_each(lambda seed: taught(shown, seed))
    loss: Loss = Distillation(temperature) if temperature else LABELS
    if not temperature:
        pupils = [(X, lesson.logits.argmax(axis=-1)) for X, lesson in pupils]
    thetas = learned(network, pupils, loss, STEPS, marks)
    tables = [[counted(answers(network, theta[seed], seed), seed) for seed in SEEDS] for theta in thetas]
    return np.array(tables).swapaxes(0, 1)
