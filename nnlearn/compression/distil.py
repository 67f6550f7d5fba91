"""Distillation: a student network learns what a teacher says of each class, and not the labels alone.

Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network" (2015), arXiv:1503.02531, section 2; for logits
alone Ba and Caruana, "Do deep nets really need to be deep?" (2014), arXiv:1312.6184.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.batches import MiniBatches
from nnlearn.checks import Array, Range, number, whole_number
from nnlearn.data_checks import label_vector
from nnlearn.language import say
from nnlearn.networks.inputs import plain_array
from nnlearn.networks.layer import Floats, Shape
from nnlearn.networks.losses import SoftmaxCrossEntropy
from nnlearn.networks.network import Network
from nnlearn.objectives.softmax import softmax
from nnlearn.optimizers import Adam
from nnlearn.optimizers.optimizer import Optimizer
from nnlearn.trace import Trace, run

TEMPERATURE = Range("[0.001, 10000]")  # beyond it all answers are 0 and 1, or differ by rounding alone
SHARE = Range("[0, 1]")
UNKNOWN = -1  # the label of an example that has none
LIKE_ONE = 0.05  # so near to 1 do probabilities sum up, also rounded to two digits or from a network in int8
ADAM = Adam(0.003)


def soften(logits: ArrayLike, temperature: float = 1.0) -> Floats:
    """exp(z_k / T) / sum over j of exp(z_j / T), of K logits z (scores before any softmax), shape (..., K), K >= 2.

    With T = 1 it is the softmax. A larger T makes the answers more alike, and never changes their order. Raises
    TypeError or ValueError for logits that aren't finite numbers, are masked, of half precision, or look like
    probabilities; and for a temperature that isn't a number from 0.001 to 10,000.

    >>> soften([5.0, 1.0, 0.0], temperature=4).round(2)
    array([0.6 , 0.22, 0.17])
    """
    z, T = checked_logits("logits", logits), number("temperature", temperature, TEMPERATURE)
    return softened(z, T)


def soft_loss(student: ArrayLike, teacher: ArrayLike, temperature: float = 1.0) -> Floats:
    """How far the student's softened answers q are from the teacher's p: T^2 * sum over k of p_k log(p_k / q_k).

    student, teacher: logits, shape (..., K), of shapes that are equal but for a sweep of students. It is 0 where the
    two answer alike, else above; computed in float64. T^2, because the slope in a logit, T (q - p), would shrink with
    1 / T^2 without it. Raises as ``soften``, and ValueError if the shapes don't fit.
    """
    return soft_losses(*fitting(student, teacher), number("temperature", temperature, TEMPERATURE))


def soft_slope(student: ArrayLike, teacher: ArrayLike, temperature: float = 1.0) -> Floats:
    """The slope of ``soft_loss`` in each of the student's logits, T (q - p), in float64. Raises what that raises."""
    return soft_slopes(*fitting(student, teacher), number("temperature", temperature, TEMPERATURE))


# --- What a student learns from ---


@dataclass(frozen=True, eq=False, init=False)
class Lesson:
    """What a teacher says of n examples, and the labels of those that have one: the y of ``Distillation``.

    logits: the teacher's, shape (n, K), n at least 1. labels: shape (n,), 0 to K - 1, or -1 where none is known; none
    at all if not given, as of a transfer set that nobody has labelled. Raises as ``soften`` for the logits, TypeError
    or ValueError for the labels.

    >>> Lesson([[4.0, 1.0, -2.0], [0.5, 3.0, 1.0]], labels=[0, -1])
    Lesson(2 examples, 3 classes, 1 labelled)
    """

    logits: Floats
    labels: NDArray[Any]

    def __init__(self, logits: ArrayLike, labels: ArrayLike | None = None):
        z = checked_logits("logits", logits)
        if z.ndim != 2 or len(z) == 0:
            message = say("logits must have shape (n, classes), with n at least 1; their shape is {shape}.",
                          shape=z.shape)  # fmt: skip
            raise ValueError(message)
        known = np.full(len(z), UNKNOWN, np.intp) if labels is None else some_labels(labels, *z.shape)
        for name, array in (("logits", z.copy()), ("labels", known)):
            array.flags.writeable = False  # what a teacher said stays as it was checked
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.logits)

    def __repr__(self) -> str:
        n, K = self.logits.shape
        return f"Lesson({n} examples, {K} classes, {np.sum(self.labels != UNKNOWN)} labelled)"


def some_labels(labels: ArrayLike, n: int, classes: int) -> NDArray[Any]:
    """Labels from 0, and -1 where none is known; TypeError or ValueError, as of ``label_vector``, for others."""
    try:
        unknown = np.asarray(labels) == UNKNOWN
    except ValueError:  # ragged lists: the check below says so
        unknown = np.asarray(False)
    if not np.any(unknown) or np.ma.isMaskedArray(labels):
        return label_vector(labels, n, classes)
    filled = label_vector(np.where(unknown, 0, labels), n, classes)
    filled[unknown] = UNKNOWN
    return filled


# --- The loss, and the loop ---


class Distillation(SoftmaxCrossEntropy):
    """share * T^2 * KL(teacher, student), both at temperature T, + (1 - share) * cross-entropy of the label at 1.

    y: a ``Lesson``. An example without a label has the teacher's part alone. temperature: from 0.001 to 10,000; share:
    of the teacher, from 0 to 1. With share 0 it is ``SoftmaxCrossEntropy``; with share 1, unless another is given,
    labels count for nothing. Raises TypeError or ValueError for other numbers, for a y that is no lesson, and where
    students have another number of classes than the teacher.

    Hinton, Vinyals and Dean 2015, section 2. They take the cross-entropy with soft targets: it is larger by the entropy
    of the teacher's answers, which no student can change; the slopes are the same.
    """

    def __init__(self, temperature: float = 4.0, share: float = 1.0):
        self.temperature = number("temperature", temperature, TEMPERATURE)
        self.share = number("share", share, SHARE)

    def targets(self, y: Any, n: int, output: Shape) -> Array:
        """The teacher's logits and the label, one-hot (all 0 where it isn't known): (n, 2, K)."""
        if not isinstance(y, Lesson):
            message = say("y must be a Lesson, what the teacher says: Lesson(logits, labels); it is of type {kind}.",
                          kind=type(y).__name__)  # fmt: skip
            raise TypeError(message)
        if y.logits.shape != (n, *output):
            message = say("The teacher's logits have shape {found}; the student needs {needed}.",
                          found=y.logits.shape, needed=(n, *output))  # fmt: skip
            raise ValueError(message)
        return np.stack([y.logits, one_hot(y.labels, *output)], axis=1, dtype=np.float64)

    def refuse_silence(self, y: Any) -> None:
        """ValueError for a lesson that teaches nothing: the labels' share is all, and no example has one."""
        if self.share == 0 and isinstance(y, Lesson) and not np.any(y.labels != UNKNOWN):
            message = say("share = 0 leaves the labels alone, and the lesson has none: nothing would be learned. Give "
                          "labels, or a share above 0.")  # fmt: skip
            raise ValueError(message)

    def losses(self, z: Floats, t: Array) -> Array:
        teacher, label = t[..., 0, :], t[..., 1, :]
        soft = self.share * soft_losses(z, teacher, self.temperature)
        return soft + (1 - self.share) * label.sum(axis=-1) * super().losses(z, label)

    def slope(self, z: Floats, t: Array) -> Array:
        teacher, label = t[..., 0, :], t[..., 1, :]
        soft = self.share * soft_slopes(z, teacher, self.temperature)
        return soft + (1 - self.share) * label.sum(axis=-1, keepdims=True) * super().slope(z, label)

    def __repr__(self) -> str:
        return f"Distillation({self.temperature:g}, share={self.share:g})"


def distil(
    student: Network,
    X: ArrayLike,
    lesson: Lesson,
    temperature: float = 4.0,
    share: float = 1.0,
    epochs: int = 40,
    batch: int = 64,
    optimizer: Optimizer = ADAM,
    seed: int = 0,
    keep: Sequence[str] | None = None,
    every: int = 1,
) -> Trace:
    """Trains a student on what the teacher says of X, and returns the run, as ``nnlearn.run`` does.

    X: shape (n, *student.shape); lesson: of these n examples; its labels count where share is below 1. seed: of the
    first weights and of the order of the batches. keep, every: as of ``run``, less to remember: of all steps a trace
    holds every quantity. ``trace.objective`` is the loss on all examples; ``trace.objective.weights(trace.last.theta)``
    gives the student's weights, ``trace.explain(k)`` a step with its numbers, ``trace.branch(k, ...)``
    another one from there. Raises TypeError or ValueError, naming the argument, if one can't be used.

    >>> from nnlearn.networks import mlp
    >>> teacher, student, X = mlp(2, 8, 3), mlp(2, 4, 3), np.random.default_rng(0).normal(size=(50, 2))
    >>> lesson = Lesson(teacher.forward(teacher.initial(0), X))
    >>> trace = distil(student, X, lesson, epochs=200, optimizer=Adam(0.02))
    >>> bool(trace.loss[-1] < 0.1 * trace.loss[0])
    True
    """
    if not isinstance(student, Network):
        message = say("The student must be a Network; it is of type {kind}. A Keras model learns by distil_model.",
                      kind=type(student).__name__)  # fmt: skip
        raise TypeError(message)
    whole_number("epochs", epochs, at_least=0)
    batches = MiniBatches(batch, seed)
    loss = Distillation(temperature, share)
    loss.refuse_silence(lesson)
    J = student.on(X, lesson, loss)  # type: ignore[arg-type]
    return run(optimizer, batches.of(J), J.initial(seed), batches.steps(epochs, J.examples), keep=keep, every=every)


# --- Unchecked ---


def softened(z: Floats, T: float) -> Floats:
    """Probabilities at a temperature."""
    return softmax((z - z.max(axis=-1, keepdims=True)) / T)


def log_softened(z: Floats, T: float) -> Floats:
    """Their logarithms: no probability is computed first, which could have become 0."""
    below = (z - z.max(axis=-1, keepdims=True)) / T
    return below - np.log(np.exp(below).sum(axis=-1, keepdims=True))


def soft_losses(z: Floats, teacher: Floats, T: float) -> Floats:
    """T^2 KL(p, q) of each example: the sum of p (d + exp(-d) - 1), d = log(p / q), of which no term is below 0.

    In float64: T^2 enlarges what rounding leaves of answers that are nearly alike.
    """
    log_p, log_q = (log_softened(each.astype(np.float64, copy=False), T) for each in (teacher, z))
    p, d = np.exp(log_p), log_p - log_q
    near = np.clip(d, -1, 1)
    terms = np.where(d == near, p * (near + np.expm1(-near)), p * (d - 1) + np.exp(log_q))
    return T**2 * np.sum(terms, axis=-1)


def soft_slopes(z: Floats, teacher: Floats, T: float) -> Floats:
    """T (q - p), in float64."""
    q, p = (softened(each.astype(np.float64, copy=False), T) for each in (z, teacher))
    return T * (q - p)


def one_hot(labels: NDArray[Any], classes: int) -> Array:
    """A row for each label, all 0 where it isn't known."""
    return np.eye(classes + 1, classes)[np.where(labels == UNKNOWN, classes, labels)]


# --- Checks ---


def checked_logits(name: str, value: ArrayLike) -> Floats:
    """Scores before any softmax, shape (..., K), as they are in float32 or float64; else TypeError or ValueError."""
    z = plain_array(name, value)
    if z.ndim == 0 or z.shape[-1] < 2:
        message = say("{name} must have a score for each of 2 classes or more along the last axis; its shape is "
                      "{shape}.", name=name, shape=z.shape)  # fmt: skip
        raise ValueError(message)
    if z.size and z.min() >= 0 and np.all(np.abs(z.sum(axis=-1) - 1) < LIKE_ONE):
        message = say("{name} look like probabilities: each row lies between 0 and 1 and sums to 1. Give the scores "
                      "before the softmax, or np.log of probabilities that are above 0.", name=name)  # fmt: skip
        raise ValueError(message)
    return z


def fitting(student: ArrayLike, teacher: ArrayLike) -> tuple[Floats, Floats]:
    """Both, checked; ValueError if the teacher's aren't the student's shape, its sweep aside."""
    z, taught = checked_logits("student", student), checked_logits("teacher", teacher)
    if z.shape[z.ndim - taught.ndim :] != taught.shape or z.ndim < taught.ndim:
        message = say("The teacher's logits have shape {found}; the student needs {needed}.",
                      found=taught.shape, needed=z.shape)  # fmt: skip
        raise ValueError(message)
    return z, taught
