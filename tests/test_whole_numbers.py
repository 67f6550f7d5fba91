"""Where a type of whole numbers is asked for, floats are refused though their values are right, with a reason."""

from dataclasses import replace

import numpy as np
import pytest

from nnlearn.exercises.calls import direct, in_process
from nnlearn.exercises.judge import judge
from nnlearn.exercises.task import Misconception, Question


def counted(x):
    """The right answer."""
    n = len(x)
    return n, np.arange(n) / n


COUNTED = Question(
    reference=counted,
    returns=("count", "shares"),
    whole={"count": "Count in whole numbers."},
    example=(np.array([1.0, 2.0]),),
    witnesses=((np.array([3.0, 1.0, 2.0]),), (np.array([5.0]),)),
    misconceptions=(Misconception("From 1 on.", lambda x: (len(x), (np.arange(len(x)) + 1) / len(x))),),
)


@pytest.mark.parametrize("kept", [int, np.int8, np.uint64, np.array, lambda n: [n], lambda n: np.array([n], object)])
def test_every_type_of_whole_numbers_is_right(kept):
    assert judge(COUNTED, direct(lambda x: (kept(len(x)), counted(x)[1]))).right


@pytest.mark.parametrize("kept", [float, np.float32, np.float64, complex, lambda n: [float(n)]])
def test_floats_are_refused_with_the_reason(kept):
    def answer(x):
        return kept(len(x)), counted(x)[1]

    for call in (direct(answer), in_process(answer, 60)):
        verdict = judge(COUNTED, call)
        assert (verdict.passed, verdict.way, verdict.hints) == (0, "kind", ("Count in whole numbers.",))
        assert verdict.failure.right_value and verdict.failure.floats == ("count",)


def test_a_mistake_comes_first_and_the_reason_is_true_besides():
    verdict = judge(COUNTED, direct(lambda x: (float(len(x)), (np.arange(len(x)) + 1) / len(x))))
    assert verdict.hints == ("From 1 on.",) and verdict.notes == ("Count in whole numbers.",)


@pytest.mark.parametrize(
    "answer",
    [lambda x: x, lambda x: 2.0, lambda x: (x, x), lambda x: counted(x)[::-1], lambda x: (len(x) + 1.0, x)],
)
def test_of_what_is_wrong_the_kind_is_not_yet_spoken(answer):
    verdict = judge(COUNTED, direct(answer))
    assert not verdict.right and "Count in whole numbers." not in (*verdict.hints, *verdict.notes)


def test_whole_names_what_is_returned():
    with pytest.raises(ValueError, match="whole names 'sum', which is none of the things that are returned: count, sh"):
        replace(COUNTED, whole={"sum": "Why."})
