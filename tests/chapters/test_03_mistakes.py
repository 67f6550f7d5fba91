"""Wrong answers to the tasks of chapter 03 that are on no list: they are derived, and each gets its own sentence."""

import math

import numpy as np
import pytest

from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge
from nnlearn.exercises.loader import load


def of_errors(wrong):
    """A gradient that is made of X, the errors and the weights."""
    return lambda X, y, theta, weights: wrong(X, X @ theta - y, weights)


def walk(step):
    """A run with another step, from the rows so far and the slope at the last."""

    def answer(gradient, theta, rate, steps):
        rows = [np.array(theta, float)]
        for t in range(steps):
            rows.append(step(rows[-1], gradient, rate, t))
        return np.array(rows)

    return answer


def frozen(gradient, theta, rate, steps):
    slope = gradient(theta)
    return walk(lambda row, gradient, rate, t: row - rate * slope)(gradient, theta, rate, steps)


def in_place(gradient, theta, rate, steps):
    rows = [theta.copy()]
    for _ in range(steps):
        theta -= rate * gradient(theta)
        rows.append(theta.copy())
    return rows


def whole_steps(gradient, theta, rate, steps):
    rows = [theta]
    for _ in range(steps):
        rows.append(rows[-1] - (rate * gradient(rows[-1])).astype(theta.dtype))
    return rows


def limit(X, largest=np.max, n=len):
    """The limit with another choice among the eigenvalues, or another number for that of the examples."""
    return n(X) / largest(np.linalg.eigvalsh(X.T @ X))


def steps(rate, curvature, factor, log=math.log):
    return math.ceil(log(factor) / math.log(abs(1 - rate * curvature)))


RIGHT_ROWS = walk(lambda row, g, rate, t: row - rate * g(row))
GRADIENTS = [
    (of_errors(lambda X, e, w: X.T @ (w * e) / np.sum(w)), "is 0.5 times the right one"),
    (of_errors(lambda X, e, w: X.T @ (w * e)), "is 0.5 * sum(weights) times the right one"),
    (of_errors(lambda X, e, w: X.T @ (w * e) / len(e)), "is 0.5 * sum(weights) / len(X) times the right one"),
    (of_errors(lambda X, e, w: 2 * X.T @ (w * e)), "The sum of the weights is missing"),
    (of_errors(lambda X, e, w: -2 / np.sum(w) * X.T @ (w * e)), "Every number has the wrong sign"),
    (of_errors(lambda X, e, w: -X.T @ (w * e) / np.sum(w)), "is -0.5 times the right one"),
    (of_errors(lambda X, e, w: 2 / X.shape[1] * X.T @ (w * e)), "is sum(weights) / len(theta) times the right one"),
    (of_errors(lambda X, e, w: 2 / np.sum(w) * X.T @ (w * e**2)), "comes in twice, as a square"),
    (of_errors(lambda X, e, w: X.T @ (w * e**2) / np.sum(w)), "comes in twice, as a square"),
    (of_errors(lambda X, e, w: 2 * X.T @ (w * (w * e)) / np.sum(w)), "The weights come in twice"),
    (of_errors(lambda X, e, w: 2 * X.T @ (np.sqrt(w) * e) / np.sum(np.sqrt(w))), "the root of weights is taken"),
    (of_errors(lambda X, e, w: 2 * X.T @ (e / w) / np.sum(1 / w)), "weights"),
    (of_errors(lambda X, e, w: 2 / len(e) * X.T @ e), "every example counts alike in your answer"),
    (of_errors(lambda X, e, w: 2 * X.T @ e / np.sum(w)), "weights"),
    (of_errors(lambda X, e, w: 2 * (w * e)[:, None] * X / np.sum(w)), "the numbers whose sum over axis 0 is asked"),
    (of_errors(lambda X, e, w: np.clip(2 / np.sum(w) * X.T @ (w * e), -1, 1)), "Your numbers are cut off at -1 and 1."),
    (of_errors(lambda X, e, w: X.T @ (w * e) / np.linalg.norm(X.T @ (w * e))), "The direction is right on every input"),
    (lambda X, y, theta, w: 2 / np.sum(w) * X.T @ (w * (X @ theta)), "y is left out"),
    (lambda X, y, theta, w: np.linalg.lstsq(X * w[:, None], w * y)[0], "theta plays no part in your answer"),
]  # fmt: skip
DESCENTS = [
    (walk(lambda row, g, rate, t: row + rate * g(row)), "the part with rate, gradient, theta has the wrong sign"),
    (walk(lambda row, g, rate, t: row - g(row) / rate), "rate is upside down"),
    (walk(lambda row, g, rate, t: row - g(row)), "rate is left out"),
    (walk(lambda row, g, rate, t: row), "the part with rate, gradient, theta is left out"),
    (
        walk(lambda row, g, rate, t: row - rate / (t + 1) * g(row)),
        "Row 2 is the first that is wrong: the step to it is",
    ),
    (walk(lambda row, g, rate, t: row - rate * np.clip(g(row), -1, 1)), "is clipped to what lies between -1 and 1"),
    (walk(lambda row, g, rate, t: row - rate * g(row) / np.linalg.norm(g(row))), "is divided by its length"),
    (frozen, "is computed once, before the loop"),
    (lambda *case: RIGHT_ROWS(*case)[1:], "The start is missing: it is row 0."),
    (lambda *case: RIGHT_ROWS(*case)[:-1], "The last row is missing: append after the step"),
    (lambda g, theta, rate, steps: RIGHT_ROWS(g, theta, rate, steps + 1), "One too many along axis 0: the last."),
    (
        lambda g, theta, rate, steps: RIGHT_ROWS(g, theta, rate, min(steps, 1)),
        "end of axis 0 are missing. Does a loop end before",
    ),
    (in_place, "and raises UFuncTypeError where theta holds whole numbers"),
    (whole_steps, "wrong where theta holds whole numbers"),
]
LIMITS = [
    (lambda X: 2 / np.max(np.linalg.eigvalsh(X.T @ X)), "n plays no part in it"),
    (lambda X: 2 * limit(X), "is 2 times the right one"),
    (lambda X: limit(X) / len(X), "the division by the part with X is left out"),
    (lambda X: limit(X, np.min), "min stands where max belongs"),
    (lambda X: limit(X, np.sum), "sum stands where max belongs"),
    (lambda X: limit(X, np.mean), "mean stands where max belongs"),
    (lambda X: limit(X, np.median), "median stands where max belongs"),
    (lambda X: limit(X, np.asarray), "of which the smallest over all is asked"),
    (lambda X: limit(X, lambda eigenvalues: np.sqrt(np.max(eigenvalues))), "sqrt(max(eigenvalues)) times the right"),
    (lambda X: limit(X, n=lambda X: X.shape[1]), "d / max(eigenvalues) on every input: n plays no part in it"),
    (lambda X: limit(X - X.mean(axis=0)), "the mean of X is subtracted first"),
    (lambda X: len(X) / (X.T @ X).max(), "eigvalsh is left out"),
    (lambda X: len(X) / np.linalg.norm(X.T @ X), "norm stands where eigvalsh belongs"),
    (lambda X: 2 / np.linalg.cond(2 * X.T @ X / len(X)), "cond stands where eigvalsh belongs"),
    (lambda X: 2 / len(X) * X.T @ X, "One number is needed; your answer holds 9"),
]
WAITS = [
    (lambda rate, curvature, factor: steps(rate, curvature, factor**2), "factor comes in squared"),
    (lambda rate, curvature, factor: steps(rate, curvature, factor**0.5), "the root of factor is taken"),
    (lambda rate, curvature, factor: steps(rate, curvature, 1 - factor), "1 - factor stands where factor belongs"),
    (lambda rate, curvature, factor: steps(rate, 1, factor), "curvature is left out"),
    (lambda rate, curvature, factor: steps(rate, curvature / 2, factor), "comes in by half"),
    (
        lambda rate, curvature, factor: steps(2 * rate, curvature, factor),
        "the part with rate, curvature comes in twice",
    ),
    (lambda rate, curvature, factor: steps(rate, 1 / curvature, factor), "curvature is upside down"),
    (lambda rate, curvature, factor: steps(1 - rate * curvature, 1, factor), "1 is left out"),
    (lambda *case: steps(*case, log=math.log10), "log10 stands where log belongs"),
    (lambda *case: steps(*case, log=lambda factor: factor), "log is left out"),
    (lambda *case: min(steps(*case), 100), "wrong where rate is at most 0.002"),
    (lambda r, c, f: math.ceil(-c * math.log(f)), "rate plays no part in your answer"),
]
HELD_OUT = [
    (task_id, *pair)
    for task_id, pairs in (("03.1", GRADIENTS), ("03.2", DESCENTS), ("03.3", LIMITS), ("03.4", WAITS))
    for pair in pairs
]


@pytest.mark.parametrize("task_id, answer, sentence", HELD_OUT)
def test_a_mistake_on_no_list_is_derived(task_id, answer, sentence):
    verdict = judge(load(task_id).asks, direct(answer))
    assert not verdict.right and any(sentence in hint for hint in verdict.hints), verdict.hints


# --- A run that ends where it should not ---

STOPS = {
    "a small slope": lambda rows, new, slope: np.linalg.norm(slope) < 1e-8,
    "a small slope along the first axis": lambda rows, new, slope: abs(slope[0]) < 1e-8,
    "a small slope along the last axis": lambda rows, new, slope: abs(slope[-1]) < 1e-8,
    "a small step": lambda rows, new, slope: np.allclose(new, rows[-1]),
    "a small theta": lambda rows, new, slope: np.abs(new).max() < 1e-8,
    "a step that is small beside theta": lambda rows, new, slope: np.allclose(new, rows[-1], rtol=1e-3, atol=0),
    "a step that is tiny beside theta": lambda rows, new, slope: np.allclose(new, rows[-1], rtol=1e-5, atol=0),
    "after a hundred": lambda rows, new, slope: len(rows) > 100,
    "far away": lambda rows, new, slope: np.abs(new).max() > 1e15,
    "farther away": lambda rows, new, slope: np.abs(new).max() > 1e30,
    "farther than the start": lambda rows, new, slope: np.linalg.norm(new) > np.linalg.norm(rows[0]),
    "on the other side": lambda rows, new, slope: (new * rows[-1] < 0).any(),
}
SHORT, STILL = "Does a loop end before its time?", "From some row on nothing changes any more"


@pytest.mark.parametrize("filled, sentence", [(False, SHORT), (True, STILL)])
@pytest.mark.parametrize("reason", STOPS)
def test_a_run_that_stops_early_is_found_out(reason, filled, sentence):
    def descend(gradient, theta, rate, steps):
        rows = [np.array(theta, float)]
        for _ in range(steps):
            slope = gradient(rows[-1])
            new = rows[-1] - rate * slope
            if STOPS[reason](rows, new, slope):
                break
            rows.append(new)
        return [*rows, *[rows[-1]] * (steps + 1 - len(rows))] if filled else rows

    verdict = judge(load("03.2").asks, direct(descend))
    assert not verdict.right and sentence in verdict.hints[0]


def at_least_one(gradient, theta, rate, steps):
    rows = [np.array(theta, float)]
    while True:
        rows.append(rows[-1] - rate * gradient(rows[-1]))
        if len(rows) > steps:
            return rows


def first_ahead(gradient, theta, rate, steps):
    theta = np.array(theta, float)
    return [theta, *RIGHT_ROWS(gradient, theta - rate * gradient(theta), rate, steps - 1)]


@pytest.mark.parametrize("answer, sentence", [
    (at_least_one, "With steps = 0 there is one row, the start"),
    (first_ahead, "With steps = 0 there is one row, the start"),
    (lambda g, theta, rate, steps: RIGHT_ROWS(g, theta, rate, steps or 1), "With steps = 0 there is one row"),
    (lambda *case: RIGHT_ROWS(*case) if case[3] else [], "With steps = 0 there is a row, too"),
    (lambda *case: list(RIGHT_ROWS(*case))[1:], "The start is missing: it is row 0."),
    (lambda *case: list(RIGHT_ROWS(*case))[:-1], "The last row is missing: append after the step"),
    (lambda g, theta, rate, steps: RIGHT_ROWS(g, theta, rate, steps - 1), "The last step is missing. range(steps)"),
    (lambda *case: [*(rows := RIGHT_ROWS(*case)), rows[-1]], "One too many along axis 0: the last."),
    (lambda *case: [*[case[1]] * case[3], RIGHT_ROWS(*case)[-1]], "Row 1 is the first that is wrong"),
    (lambda *case: np.linspace(case[1], RIGHT_ROWS(*case)[-1], case[3] + 1), "Row 1 is the first that is wrong"),
    (walk(lambda row, g, rate, t: row - 0.99**t * rate * g(row)), "the step to it is 0.99 times the right one"),
])  # fmt: skip
def test_a_loop_with_a_wrong_start_or_end_is_named(answer, sentence):
    for seed in (0, "ada"):
        verdict = judge(load("03.2").asks, direct(answer), seed)
        assert not verdict.right and sentence in verdict.hints[0], verdict.hints
