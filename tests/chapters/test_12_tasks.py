"""What a learner sees of a wrong answer in chapter 12 is what the hint speaks of, in the chapter's own words."""

import re

import nbformat
import numpy as np
import pytest

from nnlearn.chapters.ch12_augmentation.tasks import DECIDE, FLIP
from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge
from tools.environment import ROOT


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("axis, ndim, word", [(1, 3, "heads"), (-1, 4, "blue before red"), (None, 3, "All axes")])
def test_the_smallest_batch_that_fails_shows_which_axis_was_reversed(axis, ndim, word, seed):
    verdict = judge(FLIP.asks, direct(lambda images: np.flip(images, axis)), seed)
    (hint,) = verdict.hints
    (images,) = verdict.failure.arguments
    assert word in hint and images.ndim == ndim
    assert not np.array_equal(np.flip(images, axis), images)  # it shows
    if ndim == 3:
        assert images.shape[1] > 1


def sources(kind):
    """What a learner reads in a notebook of chapter 12, by the id of the cell."""
    (path,) = ROOT.glob(f"{kind}/12_*.ipynb")
    return {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}


def test_verdicts_are_in_the_words_of_the_chapter():
    words = {question.reference() for name, question in DECIDE.questions.items() if not question.names}
    assert words == {"before", "after", "not clear"}
    chapter, exercise = sources("notebooks"), sources("exercises")
    assert "We say *clear*" in chapter["real"] and "else it is not clear" in chapter["real"]
    for text in (DECIDE.text, exercise["task-decide"], exercise["verdict"]):
        assert all(re.search(f"['\"]{word}['\"]", text) for word in words)
    for text in (DECIDE.text, chapter["title"], chapter["real"], exercise["task-decide"], exercise["verdict"]):
        assert not re.search(r"\b(tell|told)\b", text)


def test_another_word_earns_nothing_and_each_wrong_word_is_answered():
    for name, question in DECIDE.questions.items():
        if not question.names:
            assert not judge(question, direct(lambda: "cannot be told")).right
            for word in {"before", "after", "not clear"} - {question.reference()}:
                assert judge(question, direct(lambda word=word: word)).hints, (name, word)
