"""Answers of another shape, and answers that are products of what a question knows, are explained by what they are."""

import numpy as np
import pytest

from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge
from nnlearn.exercises.resemblance import of_ends
from nnlearn.exercises.residuals import of_residuals
from nnlearn.exercises.shapes import of_shape
from nnlearn.exercises.task import Question


@pytest.mark.parametrize(
    ("rights", "low", "high", "sentence"),
    [
        ((3.0, -2.0, 0.5), -1, 1, "Your numbers are cut off at -1 and 1."),
        ((3.0, 0.2, 0.5), 0, 1, "Your numbers are cut off at 1."),
        ((-3.0, 0.2, 0.5), -1, 9, "Your numbers are cut off at -1."),
        ((3.0, 0.2, 0.5), 0, 2, ""),
    ],
)
def test_only_ends_at_which_numbers_are_cut_off_are_named(rights, low, high, sentence):
    right = [np.array([each]) for each in rights]
    assert of_ends(right, [np.clip(each, low, high) for each in right]) == sentence


def data(random):
    for n, d in [(4, 2), (6, 3), (5, 2), (9, 4), (7, 3)]:
        yield random.normal(size=(n, d)), random.normal(size=n), random.normal(size=d)


GRADIENT = Question(
    reference=lambda X, y, theta: X.T @ (X @ theta - y) / len(y),
    example=next(iter(data(np.random.default_rng(7)))),
    inputs=data,
    made_of=lambda X, y, theta: {"X": X, "y": y, "theta": theta, "error": X @ theta - y, "n": len(y)},
)


@pytest.mark.parametrize("answer, formula", [
    (lambda X, y, theta: X.T @ y / len(y), "your answer is 1 / n * X.T @ y."),
    (lambda X, y, theta: -X.T @ y, "your answer is -X.T @ y."),
    (lambda X, y, theta: X @ theta - y, "your answer is error."),
    (lambda X, y, theta: X @ theta, "your answer is X @ theta."),
    (lambda X, y, theta: X.T @ (X @ theta - y) / len(y) + 3 * theta, "the right one + 3 * theta."),
    (lambda X, y, theta: X.T @ (X @ theta - 3 * y) / len(y), "the right one - 2 / n * X.T @ y."),
    (lambda X, y, theta: theta - X.T @ y / len(y), "your answer is theta - 1 / n * X.T @ y."),
    (lambda X, y, theta: X.T @ (X @ theta - y), "your answer is n times the right one."),
    (lambda X, y, theta: X * (X @ theta - y)[:, None], "whose mean over axis 0 is asked"),
    (lambda X, y, theta: np.mean(X.T @ (X @ theta - y) / len(y)), "is the mean of the right numbers over all"),
    (lambda X, y, theta: (X.T @ (X @ theta - y) / len(y))[:-1], "The last number is missing."),
])  # fmt: skip
def test_a_formula_task_is_explained_without_a_list(answer, formula):
    (hint,) = judge(GRADIENT, direct(answer)).hints
    assert formula in hint


def numbers(random):
    for _ in range(8):
        yield tuple(random.uniform(0.5, 3, size=2))


AREA = Question(
    reference=lambda a, b: a * b + a**2,
    example=(1.5, 2.5),
    inputs=numbers,
    made_of=lambda a, b: {"a": a, "b": b},
)


@pytest.mark.parametrize("answer, formula", [
    (lambda a, b: a * b + a**2 + 2 * b / a, "On every input your answer is the right one + 2 * b / a."),
    (lambda a, b: a * b + a**2 - b**2, "On every input your answer is the right one - b**2."),
    (lambda a, b: a * b, "On every input your answer is a * b."),
    (lambda a, b: a + 3 * a * b, "On every input your answer is a + 3 * a * b."),
    (lambda a, b: a * b + a**2 + 0.7, "the right one plus 0.7"),
])  # fmt: skip
def test_numbers_are_taken_off_as_well(answer, formula):
    (hint,) = judge(AREA, direct(answer)).hints
    assert formula in hint


def test_a_formula_that_would_read_as_the_right_one_is_not_shown():
    for factor in (1.0002, 0.9999):
        assert "a * b" not in "".join(judge(AREA, direct(lambda a, b, by=factor: (a * b + a**2) * by)).hints)


def test_no_formula_is_read_from_one_input_or_without_parts():
    pair = (np.array([1.0, 2.0]), np.array([2.0, 1.0]))
    assert of_residuals([pair], [{"a": pair[1]}]) == ""
    assert of_residuals([pair, pair], [{}, {}]) == ""


RIGHT = [np.random.default_rng(seed).normal(size=shape) for seed, shape in enumerate([(3, 4, 2), (2, 5, 3), (4, 2, 2)])]


@pytest.mark.parametrize("change, sentence", [
    (lambda right: right.mean(axis=1), "the mean of the right numbers over axis 1"),
    (lambda right: right.sum(axis=0, keepdims=True), "the sum of the right numbers over axis 0"),
    (lambda right: right.max(), "the largest of the right numbers over all"),
    (lambda right: right.min(axis=2), "the smallest of the right numbers over axis 2"),
    (lambda right: right[0], "Only the first of all comes back"),
    (lambda right: right[-1], "Only the last of all comes back"),
    (lambda right: np.stack([right, 2 * right]), "Your answer holds 2 things: the right one, and others"),
    (lambda right: right.transpose(1, 2, 0), "the axes stand in another order, (1, 2, 0) of the right one"),
    (lambda right: right[1:], "The first along axis 0 is missing."),
    (lambda right: right[:, :-1], "The last along axis 1 is missing."),
    (lambda right: np.concatenate([right[:1], right]), "One too many along axis 0: the first."),
    (lambda right: np.concatenate([right, right], axis=1), "something else stands before it, along axis 1."),
    (lambda right: right[:, :, :0], ""),
    (lambda right: np.zeros((7, 7)), ""),
])  # fmt: skip
def test_the_way_from_one_shape_to_another_is_named(change, sentence):
    said = of_shape([(right, np.asarray(change(right))) for right in RIGHT])
    assert sentence in said if sentence else said == ""


def test_where_nothing_leads_there_the_shapes_are_told():
    pairs = [(right, np.zeros((7, 7))) for right in RIGHT]
    assert of_shape(pairs) == "" and "Your answer has shape (7, 7)" in of_shape(pairs, rough=True)


def test_numbers_that_should_be_reduced_are_told_so():
    assert "whose sum over axis 1 is asked" in of_shape([(right.sum(axis=1), right) for right in RIGHT])
    assert of_shape([(np.zeros(2), np.zeros(3))] * 2) == ""  # zeros are the mean of anything


def test_an_answer_of_nearly_nothing_is_no_difference_of_a_part_and_itself():
    parts = [{"a": a} for a in (0.3, 1.7, 2.2)]
    for right in (0.5, 0.0):  # times a
        pairs = [(np.array([right * a]), np.array([1e-7 * np.sin(9 * a)])) for a in (0.3, 1.7, 2.2)]
        assert of_residuals(pairs, parts) == ""
    question = Question(lambda a: 0.5 * a, (0.3,), lambda random: [(1.7,), (2.2,)], made_of=lambda a: {"a": a})
    assert (
        judge(question, direct(lambda a: 1e-7 * np.sin(9 * a))).hints[0].startswith("Your answer is nearly 0 on every")
    )
