"""Slots: each wrong choice of a reference, and every two, are recognised; what inputs cannot tell apart is listed."""

import random
from dataclasses import replace

import numpy as np
import pytest
from test_exercises import QUESTIONS

from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge
from nnlearn.exercises.slots import ROUNDING, half_up, of_slots, pairs, undistinguished
from nnlearn.exercises.task import Question

RANGE, DOWN = "The range leaves out negative numbers.", "You round down."
FEW_PAIRS = 12  # of a question, unless --thorough is given: there may be hundreds
SLOTTED = {name: question for name, question in QUESTIONS.items() if question.slots}


def codes(x, bits, *, range=np.ptp, rounding=np.round):
    return rounding(x / range(x) * 2**bits)


def question(**options):
    slots = {"range": {np.max: RANGE}, "rounding": {np.floor: DOWN, np.trunc: "You cut off."}}
    example = (np.array([-1.3, 0.6, 2.9]), 3)
    return Question(**{"reference": codes, "example": example, "slots": slots} | options)


def test_choices_are_no_arguments_of_the_learner():
    assert question().names == ["x", "bits"]
    assert judge(question(), direct(lambda x, bits: np.round(x / np.ptp(x) * 2**bits))).right


def test_one_wrong_choice_gets_its_hint_and_two_are_both_named():
    assert judge(question(), direct(lambda x, bits: np.round(x / x.max() * 2**bits))).hints == (RANGE,)
    both = judge(question(), direct(lambda x, bits: np.floor(x / x.max() * 2**bits)))
    assert both.hints == (f"Two things. {RANGE} {DOWN}",)


def test_what_fits_no_two_choices_gets_no_hint_from_slots():
    assert of_slots(question(), [question().example], [np.array([1.0, 2.0, 3.0])], pairs) == ""


def test_a_slot_that_the_reference_does_not_have_is_refused():
    with pytest.raises(ValueError, match="no keyword-only argument 'bits'; it has range, rounding"):
        question(slots={"bits": {3: "Three."}})


def test_copies_of_a_question_hold_each_mistake_once():
    assert len(replace(question(), points=2).misconceptions) == 3


def test_the_author_hears_of_faults_that_the_inputs_do_not_tell_apart():
    positive = question(example=(np.array([0.0, 0.6, 2.9]), 3))  # floor and trunc agree, and the range is the largest
    assert ((), (RANGE,)) in undistinguished(positive) and ((DOWN,), ("You cut off.",)) in undistinguished(positive)
    told = question(example=(np.array([0.0, 0.6, 2.9]), 3), witnesses=(question().example,))
    assert undistinguished(told) == []
    wrong = {
        lambda x: 0.0: "Zero.",
        lambda x: -0.0: "Minus zero.",
        lambda x: x.missing: "One.",
        lambda x: 1 / []: "Two.",
    }
    with np.errstate(divide="ignore", invalid="ignore"):  # two that give infinities, and two that fail, are alike
        alike = undistinguished(question(slots={"range": wrong}))
    assert (("One.",), ("Two.",)) in alike and (("Zero.",), ("One.",)) not in alike
    assert told.witness(told.misconceptions[0]) is told.witnesses[0]


def test_halves_go_up():
    assert half_up(np.array([0.5, 1.5, -0.5, 2.4])).tolist() == [1, 2, 0, 2]
    assert half_up in ROUNDING and np.floor in ROUNDING


@pytest.mark.parametrize("name", SLOTTED)
def test_the_fixed_inputs_of_the_course_tell_all_faults_apart(name):
    assert undistinguished(SLOTTED[name]) == []


@pytest.mark.parametrize("name", SLOTTED)
def test_every_two_faults_of_the_course_are_named(name, thorough):
    each = SLOTTED[name]
    every = list(pairs(each))
    for hints, wrong in every if thorough else random.Random(name).sample(every, min(FEW_PAIRS, len(every))):
        verdict = judge(each, direct(wrong))
        assert not verdict.right
        assert len(verdict.hints) == 1 and any(hint in verdict.hints[0] for hint in hints), hints


def test_what_one_sees_at_once_is_said_before_three_faults():
    asks = question(
        made_of=lambda x, bits: {"x": x},
        slots={
            "range": {lambda x: 1: RANGE},
            "rounding": {np.asarray: "No rounding."},
            "levels": {lambda bits: 1: "No levels."},
        },
        reference=lambda x, bits, *, range=np.ptp, levels=lambda bits: 2**bits, rounding=np.round: rounding(
            x / range(x) * levels(bits)
        ),
        witnesses=((np.array([0.2, 5.1, 1.7]), 4),),
    )
    assert judge(asks, direct(lambda x, bits: x)).hints == ("Your answer is x itself.",)


def test_numbers_that_are_nearly_nothing_are_no_two_faults():
    lost = question(slots={"range": {np.max: RANGE}, "rounding": {lambda x: 0 * x: DOWN}})
    cases, zeros = [lost.example, lost.example], [np.zeros(3)] * 2
    assert of_slots(lost, cases, zeros, pairs) == f"Two things. {RANGE} {DOWN}"
    assert of_slots(lost, cases, [each + 1e-14 for each in zeros], pairs) == ""
