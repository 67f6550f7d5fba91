"""The explorers of chapter 16: each control over its whole range, each told number true."""

import numpy as np
import pytest
from explorer_moves import move_everything
from matplotlib.colors import to_hex

import nnlearn as nn
from nnlearn.chapters.ch16_trimming import Cut, SharedValues, Shortcuts
from nnlearn.chapters.ch16_trimming.cut import CUTS
from nnlearn.chapters.ch16_trimming.experiment import STARTS, pruned
from nnlearn.chapters.ch16_trimming.measures import removed_rows
from nnlearn.chapters.ch16_trimming.shortcuts import NUMBERS, cheapest, dearest, left, subsets
from nnlearn.chapters.ch16_trimming.values import GONE, row_of
from nnlearn.compression import Shared
from nnlearn.models import accuracy, digits_cnn, share_weights, trained

ANSWERS = {Shortcuts: "sixth", SharedValues: "64", Cut: None}


def answered(cls, **values):
    explorer = cls()
    if cls.prediction:
        explorer.predict(ANSWERS[cls])
    explorer.set(**values)
    explorer.finish()
    return explorer


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_control_moves_over_its_whole_range(kind):
    move_everything(answered(kind))


@pytest.mark.parametrize("kind", [Shortcuts, SharedValues])
def test_before_the_prediction_nothing_gives_the_answer_away(kind):
    explorer = kind()
    covers = [cover for cover in (explorer.cover, getattr(explorer, "other", None)) if cover]
    assert explorer.asking and all(cover.hides for cover in covers) and len(covers) == 1 + (kind is Shortcuts)
    for told in ("Accuracy", "95.", "97.3"):
        assert told not in explorer.status + explorer.alternative_text().replace(explorer.prediction.question, "")
    explorer.predict(ANSWERS[kind])
    assert not any(cover.hides for cover in covers)


def goals(explorer, **values):
    explorer.reset()
    explorer.set(**values)
    explorer.finish()
    return [goal.met(explorer.result) for goal in explorer.goals]


# --- Shortcuts ---


def test_the_goals_of_the_shortcuts_are_reached():
    explorer = answered(Shortcuts)
    assert goals(explorer, kind="shortcuts", **{f"out{cheapest('shortcuts')}": True}) == [True, False, False]
    assert goals(explorer, kind="shortcuts", **{f"out{dearest('shortcuts')}": True}) == [False, True, False]
    assert goals(explorer, kind="shortcuts", out2=True, out4=True) == [False, False, True]
    assert goals(explorer, kind="chain", out2=True, out4=True) == [False, False, False]
    assert goals(explorer, kind="shortcuts", out4=True, out6=True) == [False, False, False]


def test_what_is_told_of_the_shortcuts():
    """A chain falls to about chance whichever goes; with shortcuts each alone costs little more than ten points."""
    assert all(left("chain", number) < 0.2 for number in NUMBERS)
    assert all(left("shortcuts", number) > 0.85 for number in NUMBERS)
    assert left("normalised", 1) < 0.2 and left("normalised", 6) > 0.95
    assert len(subsets("chain")) == 64
    assert left("shortcuts", *NUMBERS) > 0.2
    explorer = answered(Shortcuts, kind="shortcuts", out1=True, out2=False)
    found = removed_rows()["shortcuts", (1,)]
    said = f"Out: 1. Accuracy {left('shortcuts', 1):.1%} ({found.min():.1%} to {found.max():.1%}, five networks)"
    assert explorer.status.startswith(said)
    assert marked(explorer, explorer.bars) == [0]
    for bar, number in zip(explorer.bars, NUMBERS, strict=True):
        assert bar.get_height() == pytest.approx(100 * left("shortcuts", number))


def marked(explorer, bars):
    """The places of the bars in orange."""
    return [place for place, bar in enumerate(bars) if to_hex(bar.get_facecolor()) == explorer.colours.orange.lower()]


# --- Shared values ---


@pytest.mark.parametrize("gone", GONE)
@pytest.mark.parametrize(("start", "values"), [("even", 3), ("quantile", 8), ("random", 16), ("left alone", 5)])
def test_the_stored_books_are_those_of_the_stored_network(start, values, gone):
    weights = share_weights(pruned(trained(), float(gone)), values, holes=gone != "0", **STARTS[start])
    row = row_of(values, start, gone)
    assert (weights.nbytes, weights.smallest, round(weights.bound)) == (row["bytes"], row["smallest"], row["bound"])
    for name, array in weights.arrays.items():
        if isinstance(array, Shared):
            layer = name.partition("/")[0]
            explorer = answered(SharedValues, distinct=values, start=start, gone=gone, layer=layer)
            np.testing.assert_array_equal(explorer.result.book, array.book)
            drawn = array.dequantize().reshape(-1, array.shape[-1])
            np.testing.assert_array_equal(explorer.result.shown, drawn[: len(explorer.result.shown)])
    data = nn.data.digits()
    assert accuracy(weights, data.X_test, data.y_test) == pytest.approx(row["accuracies"][0], abs=0.005)


def test_the_goals_of_shared_values_are_reached():
    explorer = answered(SharedValues)
    assert goals(explorer, distinct=8)[0] and not goals(explorer, distinct=9)[0] and not goals(explorer, distinct=4)[0]
    assert goals(explorer, distinct=2, gone="0.5")[1] and not goals(explorer, distinct=2)[1]
    assert goals(explorer, distinct=16, start="left alone")[2]
    assert not goals(explorer, distinct=4, start="left alone")[2]


def test_what_is_told_of_shared_values():
    plain = 0.98
    enough = [values for values in (2, 4, 8) if row_of(values)["median"] > plain - 0.01]
    assert enough == [8]
    explorer = answered(SharedValues, distinct=8)
    assert "8 values a layer: 8,534 of 86,184 bytes packed" in explorer.status
    assert f"Accuracy {row_of(8)['median']:.1%}" in explorer.status


# --- The cut ---


def test_a_cut_changes_nothing_and_what_crosses_is_counted():
    explorer = answered(Cut)
    counts = dict(zip(CUTS, explorer.result.numbers, strict=True))
    assert counts == {"conv1": 1024, "conv2": 2048, "pool": 512, "dense": 32}
    for cut in CUTS:
        explorer.set(cut=cut)
        assert explorer.result.apart == 0
        assert marked(explorer, explorer.bars) == [[*CUTS].index(cut)]
        assert [bar.get_width() for bar in explorer.parts] == [explorer.result.before, explorer.result.behind]
        assert explorer.result.before + explorer.result.behind == digits_cnn().count().parameters
    assert explorer.result.behind == 330 and "21,216 weights before, 330 behind" in explorer.status


def test_the_goals_of_the_cut_are_reached():
    explorer = answered(Cut)
    assert goals(explorer, cut="dense") == [True, False]
    assert goals(explorer, claim="impossible") == [False, True]
    assert goals(explorer, claim="possible") == [False, False]
    assert min(number for cut, number in zip(CUTS, explorer.result.numbers, strict=True) if cut != "dense") > 64
