"""Wrong answers to task 12.6 by somebody who had not seen its lists, and what its four pairs tell apart."""

import math
from functools import partial

import numpy as np
import pytest

from nnlearn.chapters.ch12_augmentation.deciding import DECIDE, chance, four_pairs
from nnlearn.exercises import check
from nnlearn.exercises.calls import direct
from nnlearn.exercises.derived import mutants
from nnlearn.exercises.judge import judge

ASKS = DECIDE.questions


def upper(wins, losses, tosses=None):
    """Both tails of so many tosses, by default of all pairs that differ."""
    n = wins + losses if tosses is None else tosses
    return 2 * sum(math.comb(n, k) for k in range(max(wins, losses), n + 1))


GAINS = [
    (lambda before, after: np.median((after - before)[after != before]), "You leave out the pairs that are equal."),
    (lambda before, after: sorted(after - before)[(len(before) - 1) // 2], "half way between them"),
    (lambda before, after: np.sum(after > before), "This is in how many pairs after is higher."),
]
CHANCES = [
    (lambda wins, losses: min(1, upper(wins, losses, 10) / 2**10), "Ten are tossed here, always."),
    (
        lambda wins, losses: min(1, (upper(wins, losses) - 2) / 2 ** (wins + losses)),
        "All on one side are left out.",
    ),
    (lambda wins, losses: chance(wins, losses) if wins + losses else 0.0, "Where no pair differs"),
    (lambda wins, losses: 1.0, "the same on every input"),
    (upper, "In your answer min is left out."),
    (lambda wins, losses: wins / (wins + losses) if wins + losses else 1.0,
     "Where it fails: This is the share of the wins."),
]  # fmt: skip


@pytest.mark.parametrize(
    "name, answer, sentence",
    [*(("gain", *pair) for pair in GAINS), *(("chance", *pair) for pair in CHANCES)],
)
def test_an_answer_of_somebody_who_saw_no_list_is_explained(name, answer, sentence):
    for seed in (0, "ada"):
        verdict = judge(ASKS[name], direct(answer), seed)
        assert not verdict.right and len(verdict.hints) == 1 and sentence in verdict.hints[0], verdict.hints


def test_no_hint_names_what_only_the_right_answer_calls_so():
    said = " ".join(mutation.said() for mutation, _ in mutants(ASKS["chance"]))
    assert "wins" in said and not {"ways", "n", "k"} & set(said.replace(".", " ").split())


def verdict(before, after, *, ask=chance, limit=0.05, equal_lost=False):
    wins, losses = int(np.sum(after > before)), int(np.sum(after <= before if equal_lost else after < before))
    if ask(wins, losses) > limit:
        return ASKS["a"].reference()
    return "after" if wins > losses else "before"


def letters(**choices):
    return {letter: verdict(*pair, **choices) for letter, pair in four_pairs().items()}


def test_the_right_verdicts_are_those_of_the_chance():
    assert letters() == {letter: ASKS[letter].reference() for letter in "abcd"}


@pytest.mark.parametrize(
    "choices, letter",
    [
        ({"ask": lambda wins, losses: chance(wins, losses) / 2}, "a"),  # one side alone
        ({"limit": 0.1}, "a"),
        ({"limit": 0.03}, "d"),
        ({"equal_lost": True}, "d"),
    ],
)
def test_another_criterion_gives_another_verdict(choices, letter):
    wrong = [name for name, given in letters(**choices).items() if given != ASKS[name].reference()]
    assert wrong == [letter]


def test_what_is_said_of_the_pair_with_an_equal_one_is_true_of_all_who_miss_it():
    (hint,) = judge(ASKS["d"], direct(lambda: ASKS["a"].reference())).hints
    assert "Did you" not in hint and "leave the equal pair out" in hint and "0.05" in hint
    before, after = four_pairs()["d"]
    assert np.sum(before == after) == 1


def test_answers_that_come_back_without_return_are_no_missing_ones():
    for task_id in ("05.6", "12.5", "17.8"):
        with pytest.raises(Exception, match="It returned nothing"):
            check(task_id, lambda: None)


def test_a_pair_whose_answer_is_none_still_waits():
    result = check("12.6", {letter: partial(str, ASKS[letter].reference()) for letter in "abcd"} | {"gain": None})
    assert result.verdicts["gain"].unwritten and result.verdicts["a"].right
