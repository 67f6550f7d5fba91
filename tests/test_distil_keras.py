"""Distillation in Keras: its own losses give the same numbers, a student learns, and nonsense is refused."""

import numpy as np
import pytest

from nnlearn import models
from nnlearn.compression import Distillation, Lesson, distil, distil_model, soft_loss, soften
from nnlearn.compression.distil_keras import losses_of
from nnlearn.data import digits
from nnlearn.interop.layers import to_keras
from nnlearn.interop.quiet import keras, tf

DATA = digits()
X, Y = DATA.X_train[:192], DATA.y_train[:192]
RANDOM = np.random.default_rng(1)
TEACHER, STUDENT = (4 * RANDOM.normal(size=(192, 10)).astype(np.float32) for _ in range(2))
SOME = np.where(np.arange(192) % 4, Y, -1)


@pytest.mark.parametrize("T", (1, 2, 8, 20))
@pytest.mark.parametrize("share", (0, 0.6, 1))
@pytest.mark.parametrize("labels", (Y, SOME))
def test_the_loss_in_float32_is_numpys(T, share, labels):
    loss, lesson = Distillation(T, share), Lesson(TEACHER, labels)
    found = losses_of(loss, lesson)(tf.constant(STUDENT), np.arange(192)).numpy()
    expected = loss.losses(STUDENT.astype(np.float64), loss.targets(lesson, 192, (10,)))
    np.testing.assert_allclose(found.mean(), expected.mean(), rtol=1e-5)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("T", (1, 3, 8))
def test_keras_own_losses_are_the_same(T):
    teacher, student = TEACHER / 3, STUDENT / 3  # Keras cuts probabilities off below 1e-7
    p, q = soften(teacher, T), soften(student, T)
    divergence = T**2 * float(keras.losses.KLDivergence()(p, q))
    assert soft_loss(student, teacher, T).mean() == pytest.approx(divergence, rel=1e-5)
    entropy = -np.sum(p * np.log(p), axis=1).mean()
    crossed = float(keras.losses.CategoricalCrossentropy(from_logits=True)(p, student / T))
    assert soft_loss(student, teacher, T).mean() == pytest.approx(T**2 * (crossed - entropy), rel=1e-5)


def test_it_takes_the_steps_of_the_loop_in_numpy():
    network, teacher = models.digits_mlp(8), models.digits_mlp(16)
    weights = teacher.begin(3)
    learner = to_keras(network, network.begin(5))
    before = models.weights_of(to_keras(teacher, weights))
    found = distil_model((teacher, before), learner, X, SOME, temperature=3, share=0.6, epochs=2, seed=5)
    assert found is learner
    lesson = Lesson(teacher.forward(before, X), SOME)
    trace = distil(network, X, lesson, temperature=3, share=0.6, epochs=2, seed=5)
    first, last = (network.forward(trace.theta[k], X) for k in (0, -1))
    assert np.abs(last - first).max() > 0.3
    np.testing.assert_allclose(learner(X).numpy(), last, atol=1e-3)  # Adam's epsilon stands elsewhere in Keras


def test_a_keras_teacher_teaches_a_keras_student_and_stays_as_it_is():
    teacher, learner = models.dense(32, seed=0), models.dense(16, seed=1)
    models.train(teacher, DATA, epochs=4)
    before = teacher.get_weights()
    images = DATA.X_train
    distil_model(teacher, learner, images, temperature=4, epochs=15)
    assert models.accuracy(learner, DATA.X_test, DATA.y_test) > 0.85
    for array, now in zip(before, teacher.get_weights(), strict=True):
        np.testing.assert_array_equal(array, now)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: distil_model(probable(), models.dense(4), X), ValueError, "look like probabilities"),
        (lambda: distil_model(models.dense(4), probable(), X), ValueError, "leave it out of the last layer"),
        (lambda: distil_model(models.dense(4), three(), X), ValueError, r"\(192, 10\); the student needs \(192, 3\)"),
        (lambda: distil_model("teacher", models.dense(4), X), TypeError, "A model is a Keras model"),
        (lambda: distil_model(models.dense(4), models.digits_mlp(4), X), TypeError, "Training needs a Keras model"),
        (lambda: distil_model(models.dense(4), models.dense(4), X, Y[:, None]), ValueError, "ravel"),
        (lambda: distil_model(models.dense(4), models.dense(4), X, temperature=0), ValueError, "temperature = 0"),
        (lambda: distil_model(models.dense(4), models.dense(4), X, temperature=True), TypeError, "temperature"),
        (lambda: distil_model(models.dense(4), models.dense(4), X, share=2), ValueError, "share = 2"),
        (lambda: distil_model(models.dense(4), models.dense(4), X, epochs=-1), ValueError, "epochs = -1"),
        (lambda: distil_model(models.dense(4), models.dense(4), X[:, :9]), ValueError, "X has shape"),
        (lambda: same(), ValueError, "are the same model"),
        (lambda: distil_model(models.dense(4), models.dense(4), X, share=0), ValueError, "nothing would be learned"),
    ],
)
def test_what_cannot_be_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def probable():
    return keras.Sequential([keras.Input((64,)), keras.layers.Dense(10, activation="softmax")])


def three():
    return keras.Sequential([keras.Input((64,)), keras.layers.Dense(3)])


def same():
    model = models.dense(4)
    return distil_model(model, model, X)
