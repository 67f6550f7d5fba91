"""Slips with names and with whole numbers, undone; what a part lacks; two faults of which one is a choice."""

import ast
from dataclasses import replace

import numpy as np
import pytest

from nnlearn.exercises import trying, tuned
from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge
from nnlearn.exercises.loader import load
from nnlearn.exercises.slots import by_hand_with_choices
from nnlearn.exercises.task import Question
from nnlearn.exercises.trying import Trying
from nnlearn.exercises.variants import written


def said_of(question, answer):
    """The one hint that an answer gets, and how it was found."""
    verdict = judge(question, direct(answer), function=answer)
    (hint,) = verdict.hints
    return verdict.way, hint


def rows_of_filter(number, height, width, filters, pool):
    rows, columns = height // pool, width // pool
    return [(y * rows + x) * filters + number for y in range(rows) for x in range(columns)]


def test_another_name_in_an_operation_is_told_by_the_operation_alone():
    assert said_of(load("15.2").asks, rows_of_filter) == (
        "repaired",
        "All is right but a name: in y * rows it isn't rows that is needed, but another of yours.",
    )


def lost(start, share, times):
    """What is left after a share has been lost some times, a tenth of the start with it."""
    value = start
    for n in range(times):
        value = value - share * np.sqrt(n + 1)
    return value / (1 + share)


LOST = Question(
    lost, (2.4, 0.3, 3), lambda random: [(random.uniform(1, 3), random.uniform(0.1, 0.5), n) for n in (1, 2, 4, 1, 6)]
)


def anew(start, share, times):
    value = start
    for n in range(times):
        value = start - share * np.sqrt(n + 1)
    return value / (1 + share)


def test_a_loop_that_begins_anew_in_each_round_is_told():
    way, hint = said_of(LOST, anew)
    assert way == "repaired"
    assert hint.startswith("Each round begins anew with start, so that only the last one counts.")


def shared_gradient(gradient, codes, count):
    totals = np.zeros(count, dtype=codes.dtype)
    for slope, code in zip(gradient.flatten(), codes.flatten(), strict=True):
        totals[code] += slope
    return totals


def test_an_array_that_holds_no_fractions_is_told():
    assert said_of(load("16.2").asks, shared_gradient) == (
        "repaired",
        "All is right where this array holds fractions: np.zeros(count, dtype=codes.dtype). One of whole numbers cuts "
        "them off, without a word.",
    )


def bits_of(counts):
    return sum(n * np.log2(sum(counts) / n) for n in counts if n > 0)


def by_division(counts):
    return bits_of(counts) // 8 + 1


def by_int(counts):
    return int(bits_of(counts) / 8) + 1


def by_both(counts):
    return int(bits_of(counts) // 8) + 1


@pytest.mark.parametrize("answer, part", [
    (by_division, "bits_of(counts) // 8 + 1"), (by_int, "int(bits_of(counts) / 8) + 1"),
    (by_both, "int(bits_of(counts) // 8) + 1"),
])  # fmt: skip
def test_one_more_than_a_number_rounded_down_is_told(answer, part):
    assert said_of(load("16.5").asks, answer)[1].startswith(f"{part} rounds up only what isn't whole.")


def test_a_part_that_lacks_a_factor_says_which():
    def fold(K, b, gamma, beta, mean, variance, epsilon):
        root = np.sqrt(variance + epsilon)
        return K * gamma / root, (b - mean) / root + beta

    way, hint = said_of(load("16.1").asks, fold)
    assert way == "replaced"
    assert "is needed. The factor gamma is missing there.\n" in hint


def test_a_derived_mistake_beside_a_wrong_choice_is_named_with_it():
    def shrink_both(weights, gradient, rate, l1, l2):
        found = []
        for weight, slope in zip(weights, gradient, strict=True):
            z = weight + rate * slope
            found.append(0.0 if abs(z) <= l1 else (z - l1 if z > 0 else z + l1) / (1 + rate * l2))
        return found

    way, hint = said_of(load("15.3").asks, shrink_both)
    assert way == "derived beside"
    assert hint.startswith("Two things. The pull towards 0 is as long as the penalty")
    assert hint.endswith("In your answer the part with rate, gradient has the wrong sign.")


def test_a_mistake_by_hand_that_hands_choices_on_is_recognised_with_each():
    def by_itself(kernel, share):
        goes = np.argsort(abs(kernel), axis=None)[: round((1 - share) * kernel.size)]
        return np.where(np.isin(np.arange(kernel.size), goes).reshape(kernel.shape), 0, kernel)

    question = load("15.1").asks
    verdict = judge(question, direct(lambda *case: tuple(by_itself(kernel, case[2]) for kernel in case[:2])))
    (hint,) = verdict.hints
    assert hint.startswith("Two things. You cut each kernel by itself.")
    assert hint.endswith("You keep the share that should go.")
    by_hand = [hints for hints, _ in by_hand_with_choices(question)]
    assert {hints[0] for hints in by_hand} == {question.misconceptions[0].hint}


def test_what_explains_failures_alone_and_would_spoil_much_else_is_no_explanation():
    def best_cut(shapes):
        k = 1
        while k + 1 < len(shapes) - 1 and np.prod(shapes[k + 1]) < np.prod(shapes[k]):
            k += 1
        return k, int(np.prod(shapes[k]))

    question = load("16.4").asks
    unlisted = [each for each in question.misconceptions if each.slot or not each.hint.startswith("You stop where")]
    verdict = judge(replace(question, misconceptions=tuple(unlisted)), direct(best_cut), function=best_cut)
    assert "channels" not in "".join(verdict.hints)
    assert judge(question, direct(best_cut)).hints[0].startswith("You stop where the numbers no longer fall.")


def test_no_number_is_tried_to_a_power_with_too_many_digits():
    def answer(kernel, rate):
        return kernel**2 * rate * 30

    tried = [ast.unparse(new) for exchange in tuned.other_numbers(written(answer)) for new in exchange.values()]
    assert "20" in tried and "30000000000" in tried and "2000000000" not in tried


def test_a_call_of_the_search_may_take_no_longer_than_the_search(monkeypatch):
    allowed = []
    monkeypatch.setattr(trying, "SECONDS", 2.5)
    monkeypatch.setattr(trying, "limited", lambda function, seconds: allowed.append(seconds))
    for seconds in (5, 1):
        Trying(replace(LOST, seconds=seconds), [LOST.example], [np.array(3)], [np.array(4)], lost)
    assert allowed == [2.5, 1]


def test_of_an_infinite_logarithm_it_is_told_what_went_in():
    def two_heads(scores, labels, first):
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        total = 0.0
        for row, (one, other) in zip(shares, labels, strict=True):
            total -= np.log(row[one] / row[:first].sum()) if one >= 0 else 0
            total -= np.log(row[first + other] / row[first:].sum()) if other >= 0 else 0
        return total / len(scores)

    way, hint = said_of(load("14.6").asks, two_heads)
    assert way == "origin"
    assert "row[:first].sum()" in hint and "row[:first].sum() is 0 there." in hint
