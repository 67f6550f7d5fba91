"""The tasks of chapter 16: the answers to the predictions are true, and what is asked is what the library does."""

import numpy as np
import pytest
from test_exercises import drafts

from nnlearn.chapters.ch16_trimming.choice_tasks import DIGITS_CNN, PAIRS
from nnlearn.compression import crossing, fold, least_bits, shared_gradient
from nnlearn.exercises.loader import load
from nnlearn.models import digits_cnn
from nnlearn.networks import BatchNorm, Conv2D, Dense, MaxPool2D, Network, ReLU


def answer(task_id, *arguments):
    return load(task_id).asks.reference(*arguments)


def test_the_answers_to_the_predictions_are_true():
    one = np.ones(1)
    kernel, bias = answer("16.1", 3 * np.ones((1, 1)), one, 2 * one, 5 * one, 4 * one, 16 * one, 0.0)
    assert (kernel.item(), bias.item()) == (1.5, 3.5)
    draft = drafts("16_trimming.ipynb")
    V, b = np.array([[2.0], [5.0]]), np.array([1.0, 1.0])
    bias, rows = draft["merge"](b, V, 0, 1)
    assert V[0] == 3.5 and bias == [2.0] and rows.shape == (1,)  # it changes V, adds biases up, and flattens
    assert 3 * answer("16.3", np.ones(2), np.array([[2.0], [5.0]]), 0, 1)[1].item() == 21
    assert answer("16.4", np.array(DIGITS_CNN)) == (4, 32)
    counts = np.round(16_384 * np.array([0.8, 0.05, 0.05, 0.05, 0.05])).astype(int)
    assert answer("16.5", counts) == pytest.approx(2300, rel=0.01)
    assert answer("16.6", "norm", "conv 3 same") == "no"


def test_the_log_of_shared_values_is_a_step():
    codes, gradient = np.array([[0, 2, 0], [2, 0, 2]]), np.array([[1.0, -2.0, 4.0], [0.5, 1.0, -1.0]])
    before, after = np.array([0.3, 0.8, -0.5]), np.array([-0.3, 0.8, -0.25])
    np.testing.assert_allclose(after, before - 0.1 * shared_gradient(gradient, codes, 3))


@pytest.mark.parametrize("seed", [0, "ada"])
def test_the_library_gives_the_same(seed):
    for gradient, codes, count in load("16.2").asks.cases(seed):
        np.testing.assert_allclose(answer("16.2", gradient, codes, count), shared_gradient(gradient, codes, count))
    for (counts,) in load("16.5").asks.cases(seed):
        assert answer("16.5", counts) == np.ceil(round(least_bits(counts) / 8, 9))
    network = digits_cnn()
    layers = [(1,) * (3 - len(each.output)) + each.output for each in network.placed]
    after, fewest = answer("16.4", np.array([network.shape, *layers]))
    assert fewest == min(crossing(network).values()) and list(crossing(network).values())[after - 1] == fewest


LAYERS = {
    "dense": lambda: Dense(4), "norm": BatchNorm, "relu": ReLU, "pool": MaxPool2D,
    **{f"conv {size} {padding}": lambda size=size, padding=padding: Conv2D(4, size, padding)
       for size in (1, 3) for padding in ("same", "valid")},
}  # fmt: skip


@pytest.mark.parametrize(("a", "b"), [pair for pair in PAIRS if "norm" in pair and "relu" not in pair])
def test_what_the_library_folds_is_what_can_be_one_layer(a, b):
    shape = (4,) if "dense" in (a, b) else (6, 7, 4)
    network = Network(shape, [LAYERS[a](), LAYERS[b]()])
    smaller, _ = fold(network, network.begin(0))
    assert (len(smaller.layers) == 1) == (answer("16.6", a, b) == "yes")
