"""The tasks of chapter 02: their inputs are what the texts promise, and the answers to the predictions are true."""

from itertools import combinations
from operator import itemgetter

import numpy as np
import pytest
from test_exercises import drafts

from nnlearn.chapters.ch02_networks.cost_tasks import conv, dense, pool
from nnlearn.chapters.ch02_networks.loss_tasks import gradients
from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge
from nnlearn.exercises.loader import load

SEEDS = (*range(5), "ada")


def answer(task_id, *arguments):
    return load(task_id).asks.reference(*arguments)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_two_of_the_four_gradients_are_close(seed):
    for X, y, theta, g in load("02.2").asks.cases(seed):
        four = gradients(X, y, theta)
        for one, other in combinations(four.values(), 2):
            assert np.linalg.norm(one - other) > 0.01 * max(np.linalg.norm(one), np.linalg.norm(other))
        given = four[answer("02.2", X, y, theta, g)]
        assert np.allclose(given, g, rtol=1e-5, atol=0) and {0.0, 1.0} >= set(y)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_claimed_gradient_is_right_or_wrong_by_a_hundredth(seed):
    for f, g, theta in load("02.4").asks.cases(seed):
        slope = f.gradient(theta)
        length = np.linalg.norm(slope)
        share = np.linalg.norm(g(theta) - slope) / length
        assert 1e-9 <= length <= 1e8
        assert share >= 0.01 if answer("02.4", f, g, theta) == "no" else share < 1e-12


def test_the_functions_have_the_gradients_that_they_say():
    for f, _, theta in load("02.4").asks.cases(0):
        theta = theta.astype(float)
        lifted = [(f(theta + step) - f(theta - step)) / 2e-6 for step in 1e-6 * np.eye(len(theta))]
        assert np.allclose(lifted, f.gradient(theta), rtol=1e-5, atol=1e-5 * np.linalg.norm(f.gradient(theta)))


def test_the_answers_to_the_predictions_are_true():
    draft = drafts("02_networks.ipynb")
    with np.errstate(all="ignore"):
        sigmoids = {z: draft["stable_sigmoid"](np.float64(z)) for z in (-40, 1000, -1000)}
    assert sigmoids[-40] == pytest.approx((4.2e-18, -40), rel=0.02)
    assert np.isnan(sigmoids[1000]).all() and sigmoids[-1000] == (0, -np.inf)
    for n, lengths in ((3, 4), (2, 3)):
        random = np.random.default_rng(0)
        four = np.array(list(gradients(random.normal(size=(n, 2)), np.arange(n) % 2, np.zeros(2)).values()))
        sizes = np.linalg.norm(four, axis=1, keepdims=True)
        assert np.allclose(four / sizes, four[0] / sizes[0]) and len(set(sizes.round(9).ravel())) == lengths
    layer = np.array([[0.3, -2.0]]), np.array([[1.0, 2.0]]), np.array([[1.0, -1.0], [0.5, 3.0]]), np.ones(2), "tanh"
    right = [np.array_equal(*both) for both in zip(draft["backward"](*layer), answer("02.3", *layer), strict=True)]
    assert right == [True, True, False]
    for h, share in ((1e-5, 1e-12), (1e-12, 3.3e-5)):
        assert abs(((1 + h) ** 2 - (1 - h) ** 2) / (2 * h) / 2 - 1) == pytest.approx(share, rel=0.02)
    layers = [conv(3, 16), pool(2), conv(3, 32), pool(2), dense(128), dense(10)]
    assert answer("02.5", (28, 28, 1), layers) == (206_922, 1_218_048)
    assert answer("02.5", (7, 7, 32), [dense(128)])[0] == 200_832
    assert answer("02.5", (14, 14, 16), [conv(3, 32)])[1] == 903_168
    assert answer("02.6", [0.3, 40.0, 0.002, 0.1]) == "healthy"


def slopes_one_by_one(f, g, theta):
    slopes = [(f(theta + step) - f(theta - step)) / 2e-5 for step in 1e-5 * np.eye(len(theta))]
    return "yes" if np.allclose(slopes, g(theta), rtol=1e-3, atol=0) else "no"


def by_product(norms):
    if np.prod(norms) == 0 or not np.isfinite(np.sum(norms)):
        return "broken"
    share = norms[0] / norms[-1]
    return "vanishing" if share <= 0.01 else "exploding" if share >= 100 else "healthy"


@pytest.mark.parametrize(
    ("task_id", "wrong", "said"),
    [
        ("02.4", slopes_one_by_one, "You ask the same share of each coordinate."),
        ("02.6", by_product, "You take small lengths, or their product, for 0."),
        ("02.3", lambda *case: itemgetter(2, 0, 1)(answer("02.3", *case)), "another order: dx, dW, db."),
    ],
)
def test_an_answer_that_nearly_passes_is_told_why_it_does_not(task_id, wrong, said):
    verdict = judge(load(task_id).asks, direct(wrong))
    assert not verdict.right and said in verdict.hints[0]
