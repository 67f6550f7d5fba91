"""Matrices that are wrong in one region alone, rows of which only the length is, and infinity that is meant."""

import ast

import numpy as np
import pytest

from nnlearn.exercises.calls import direct
from nnlearn.exercises.derived import stands_in
from nnlearn.exercises.judge import judge
from nnlearn.exercises.task import Misconception, Question


def drawn(random):
    for n, d in [(2, 3), (5, 2), (7, 4), (4, 5), (9, 3)]:
        yield random.normal(size=(n, d)), float(random.uniform(0.1, 2))


MOMENTS = Question(
    reference=lambda X, c: X.T @ X / len(X) + c * np.eye(X.shape[1]),
    example=(np.array([[1.0, -0.5], [0.3, 2.0], [-1.2, 0.4]]), 0.3),
    inputs=drawn,
    made_of=lambda X, c: {"n": len(X), "c": c},
)


def right(X, c):
    return X.T @ X / len(X) + c * np.eye(X.shape[1])


def with_corner(X, c):
    found = right(X, c)
    found[-1, -1] *= len(X)
    return found


def shorter_loop(X, c):
    found = right(X, c)
    found[:-1, :-1] += 2 * c
    return found


@pytest.mark.parametrize("answer, hint", [
    (with_corner, "Only the last entry is wrong, at the bottom right. There your numbers are n times the right ones."),
    (lambda X, c: np.triu(right(X, c)), "Only what stands below the diagonal is wrong. There your numbers are 0."),
    (lambda X, c: right(X, c) + c * (1 - np.eye(X.shape[1])),
     "The diagonal is right. Only what stands beside it is wrong. There your numbers are the right ones plus c."),
    (lambda X, c: right(X, c) - np.diag(np.diag(right(X, c))), "Only the diagonal is wrong. There your numbers are 0."),
    (shorter_loop, "The last row and column are right. Only the rest is wrong. There your numbers are the right ones "
                   "plus 2 * c."),
])  # fmt: skip
def test_where_a_matrix_is_wrong_is_told_and_what_stands_there(answer, hint):
    assert judge(MOMENTS, direct(answer)).hints == (hint,)


@pytest.mark.parametrize(
    "wrong, hint", [(slice(2, None), "Some rows are 0 where they shouldn't be"), (slice(None), "")]
)
def test_rows_that_are_left_out_are_told(wrong, hint):
    def answer(X, c):
        found = np.sinh(X) + c
        found[wrong] = 0
        return found

    hints = " ".join(judge(Question(lambda X, c: np.sinh(X) + c, MOMENTS.example, drawn), direct(answer)).hints)
    assert hint in hints if hint else "Some rows" not in hints


def test_where_an_array_is_made_that_is_filled_later_nothing_is_to_blame():
    def answer(X, c):
        found = np.zeros((X.shape[1], X.shape[1]))
        for k in range(X.shape[1] - 1):
            found[k, :-1] = right(X, c)[k, :-1]
        found[-1, -1] = right(X, c)[-1, -1]
        return found

    (hint,) = judge(MOMENTS, direct(answer), function=answer).hints
    assert hint.startswith("Only the last row and column are wrong, but for the corner, which is right.")


def test_a_matrix_that_is_wrong_everywhere_has_no_region():
    assert "Only" not in " ".join(judge(MOMENTS, direct(lambda X, c: np.sin(9 * right(X, c)))).hints)


@pytest.mark.parametrize("change, hint", [
    (lambda rows: rows / np.linalg.norm(rows, axis=1, keepdims=True), "right direction, and the length 1."),
    (lambda rows: rows * (1 + np.arange(len(rows)))[:, None], "some lengths are wrong."),
    (lambda rows: rows[:, ::-1] * 1.5, ""),
])  # fmt: skip
def test_rows_of_the_right_direction_are_told(change, hint):
    question = Question(lambda X, c: np.sinh(X) + c, MOMENTS.example, drawn)
    hints = judge(question, direct(lambda X, c: change(np.sinh(X) + c))).hints
    assert any(hint in each for each in hints) if hint else not any("direction" in each for each in hints)


def least_above(values, limit):
    """The least value above a limit, or the limit."""
    above = [value for value in values if value > limit]
    return min(above) if above else limit


def or_infinity(values, limit):
    return min([value for value in values if value > limit], default=float("inf"))


def too_large(values, limit):
    above = [value for value in values if value > limit]
    return min(above) if above else np.exp(1000.0 * limit)


def test_infinity_that_a_function_writes_down_is_an_answer_and_no_overflow():
    lists = [(np.array([1.0, 2.0]), 1.5), (np.array([3.0, 4.0]), 5.0), (np.array([2.0]), 7.0), (np.array([9.0]), 8.0)]
    known = Misconception(
        "There is none.", lambda values, limit: np.inf if max(values) <= limit else min(values), lists[1]
    )
    question = Question(least_above, (np.array([1.0, 3.0]), 2.0), lambda random: lists, misconceptions=(known,))
    meant = judge(question, direct(or_infinity), function=or_infinity)
    assert "overflow" not in f"{meant.hints} {meant.notes}" and not meant.failure.problem
    grown = judge(question, direct(too_large), function=too_large)
    assert "overflow" in f"{grown.hints} {grown.notes} {grown.failure.problem}"


def test_of_words_no_mistake_is_told_that_puts_in_what_does_not_stand_there():
    old, new = (ast.parse(text, mode="eval").body for text in ("up.all()", "up.any()"))
    assert stands_in("if np.any(up): return 'minimum'", new, old)
    assert not stands_in("if low > 0: return 'minimum'", new, old)


def size_of(a, room):
    """How a stands to the room."""
    return "small" if a < 2 else "fits" if a <= room else "large"


@pytest.mark.parametrize("unit, piece", [(1000, ""), (np.inf, "room plays no part")])
def test_a_limit_that_no_input_meets_is_no_argument_without_a_part(unit, piece):
    def answer(a, room):
        return "small" if a < 2 else "large" if a > room * unit or a > 90 else "fits"

    others = [(5, 3), (1, 7), (8, 9), (95, 6), (9, 2), (3, 4), (99, 120), (7, 5)]
    hints = " ".join(judge(Question(size_of, (4, 2), lambda random: others), direct(answer)).hints)
    assert piece in hints if piece else "plays no part" not in hints
