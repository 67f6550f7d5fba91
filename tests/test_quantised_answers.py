"""Wrong answers to the tasks of chapter 17 that stand on no list: several choices at once, and derived mistakes."""

import numpy as np
import pytest

from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge
from nnlearn.exercises.loader import load
from nnlearn.exercises.slots import pairs, triples
from nnlearn.exercises.task import Question


def right(task_id, *case):
    return load(task_id).asks.reference(*case)


def symmetric(x, bits):
    return right("17.1", x, bits)


def affine(x, bits):
    return right("17.2", x, bits)


def in_range(largest, levels, rounding):
    """Symmetric codes with other choices, cut off at the ends."""

    def answer(x, bits):
        scale, last = largest(x) / levels(bits), 2 ** (bits - 1) - 1
        return np.clip(rounding(x / scale), -last, last), scale

    return answer


def half(bits):
    return 2 ** (bits - 1)


def columns(weights, bits):
    return weights.max(axis=0) / (2 ** (bits - 1) - 1)


def positive_alone(weights, bits):
    largest = weights.max(axis=tuple(range(weights.ndim - 1)))
    return np.where(largest > 0, largest / (2 ** (bits - 1) - 1), 1)


HELD_OUT = [
    ("17.1", in_range(np.max, half, np.round), "Two things. You take the largest number."),
    ("17.1", in_range(np.max, half, np.trunc), "Three things. You take the largest number."),
    ("17.1", in_range(np.ptp, lambda bits: 2**bits - 1, np.round), "Two things. You spread the codes over"),
    ("17.1", in_range(lambda x: abs(x.max()), lambda bits: half(bits) - 1, np.round), "Hint: abs stands outside"),
    ("17.1", lambda x, bits: (x // symmetric(x, bits)[1], symmetric(x, bits)[1]), "cuts to a whole number"),
    ("17.1", lambda x, bits: (np.round(x / (s := abs(x).max() / 127)), s), "bits plays no part in your answer."),
    ("17.1", lambda x, bits: (abs(symmetric(x, bits)[0]), symmetric(x, bits)[1]), "some signs are not"),
    ("17.1", lambda x, bits: (symmetric(x, bits)[0], 1 / symmetric(x, bits)[1]), "1 divided by the right one"),
    ("17.2", lambda x, bits: (*affine(x, bits)[:2], -affine(x, bits)[2]), "Not right: zero_point. Every number has"),
    ("17.2", lambda x, bits: (affine(x, bits)[0].astype(np.uint8), *affine(x, bits)[1:]), "can't hold them all"),
    ("17.2", lambda x, bits: (affine(x, bits)[0], 1 / affine(x, bits)[1], affine(x, bits)[2]), "1 divided by the"),
    ("17.3", columns, "Three things. You take the largest number."),
    ("17.3", lambda w, bits: np.where(columns(w, bits) == 0, 1, columns(w, bits)), "Two things. You take the largest"),
    ("17.3", positive_alone, "Hint: You take the largest number."),
    ("17.3", lambda w, bits: right("17.3", w, 8), "bits plays no part in your answer."),
    ("17.4", lambda x, z, w, v, b, m, y: (s := (x - z) @ (w - v), np.clip(np.round(s * m) + y, 0, 255)),
     "Two things. NumPy computes in the small types"),
    ("17.4", lambda x, z, w, v, b, m, y: (s := (x.astype(int) - z) @ (w.astype(int) - v),
                                          np.clip(np.floor(s * m) + y, 0, 255)),
     "Two things. The bias is forgotten"),
    ("17.7", lambda gradient, w, rate, steps: right("17.7", gradient, w, rate, 1), "steps plays no part"),
    ("17.5", lambda x: (np.sign(x), abs(x).max()), "Two things. A 0 gets a code of its own"),
    ("17.5", lambda x: (-right("17.5", x)[0], right("17.5", x)[1]),
     "Not right: codes. Every number has the wrong sign"),
    ("17.6", lambda shape, bits, axis: np.prod(shape) * bits + 32 * (shape[axis] if axis is not None else 1),
     "Two things. You count the codes in bits."),
    ("17.6", lambda shape, bits, axis: np.prod(shape) * bits // 8 + 4, "Two things. You round down"),
    ("17.6", lambda shape, bits, axis: np.prod(shape) * bits / 8, "Two things. This is a fraction."),
]  # fmt: skip


@pytest.mark.parametrize("task_id, answer, sentence", HELD_OUT)
def test_an_answer_on_no_list_is_explained(task_id, answer, sentence):
    for seed in (0, "ada"):
        verdict = judge(load(task_id).asks, direct(answer), seed)
        assert not verdict.right and len(verdict.hints) == 1
        assert sentence in f"Hint: {verdict.hints[0]}", verdict.hints


def cut(x, *, most=9, step=1, shift=0, kept=np.asarray):
    return kept(np.minimum(x * step + shift, most))


def test_a_choice_that_is_right_as_well_is_no_mistake_and_is_tried_beside_those_that_are():
    slots = {
        "most": {5: "Most."},
        "step": {3: "Step."},
        "shift": {2: "Shift."},
        "kept": {lambda x: np.clip(x, 0, 9): ""},
    }
    question = Question(reference=cut, example=(np.array([-4, 1, 2, 3, 4.0]),), slots=slots)
    assert [each.hint for each in question.misconceptions] == ["Most.", "Step.", "Shift."]
    assert [hints for hints, _ in pairs(question)] == [
        ("Most.", "Step."), ("Most.", "Shift."), ("Step.", "Shift."), ("Most.",), ("Step.",), ("Shift.",),
        ("Most.", "Step."), ("Most.", "Shift."), ("Step.", "Shift."),
    ]  # fmt: skip
    assert [hints for hints, _ in triples(question)] == 2 * [("Most.", "Step.", "Shift.")]
