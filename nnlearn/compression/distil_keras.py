"""Keras students taught by what a teacher says."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.compression.distil import Distillation, Lesson, log_softened, one_hot
from nnlearn.interop.quiet import tf
from nnlearn.language import say
from nnlearn.models.inputs import input_shape, inputs
from nnlearn.models.measurement import predictor
from nnlearn.models.training import check_trainable, descend_on


def distil_model(
    teacher: Any,
    student: Any,
    X: ArrayLike,
    labels: ArrayLike | None = None,
    temperature: float = 4.0,
    share: float = 1.0,
    epochs: int = 40,
    seed: int = 0,
    batch: int = 64,
    learning_rate: float = 3e-3,
) -> Any:
    """Trains the Keras student in place, by Adam on ``Distillation``'s loss, and returns it.

    teacher: any model that ``models.accuracy`` takes (Keras, LiteRT, weights, a network and its weights), which gives
    scores; it is asked once for each example, runs and doesn't learn. X: n examples in both models' shape, labelled or
    not. labels: shape (n,), -1 where none is known; they count where share is below 1. temperature, share: as in
    ``Distillation``. The batches depend on the seed alone, and are those of ``distil``.

    Raises TypeError or ValueError, naming the argument, if one can't be used: so for a teacher that ends in a softmax,
    and for a student that has another number of classes.
    """
    classes = check_trainable(student)
    loss = Distillation(temperature, share)
    if teacher is student:
        raise ValueError(say("Teacher and student are the same model: it would be taught by what it says already."))
    lesson = Lesson(predictor(teacher)(X), labels)
    loss.refuse_silence(lesson)
    loss.targets(lesson, len(lesson), (classes,))  # what doesn't fit is refused here
    losses = losses_of(loss, lesson)
    return descend_on(student, inputs(X, input_shape(student)), losses, epochs, seed, batch, learning_rate)


def losses_of(loss: Distillation, lesson: Lesson) -> Callable[[Any, Any], Any]:
    """The loss of each example in TensorFlow: of the student's scores and the examples' places in the lesson."""
    T, share = loss.temperature, loss.share
    log_p = log_softened(lesson.logits.astype(np.float64), T)
    taught, known = tf.constant(log_p), tf.constant(one_hot(lesson.labels, log_p.shape[-1]))

    def losses(scores: Any, rows: Any) -> Any:
        scores = tf.cast(scores, tf.float64)  # T^2 times a small difference: float32 would leave few digits of it
        log_p = tf.gather(taught, rows)
        soft = tf.reduce_sum(tf.exp(log_p) * (log_p - tf.nn.log_softmax(scores / T)), axis=-1)
        hard = -tf.reduce_sum(tf.gather(known, rows) * tf.nn.log_softmax(scores), axis=-1)  # 0 without a label
        return share * T**2 * soft + (1 - share) * hard

    return losses
