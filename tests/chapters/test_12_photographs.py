"""The photographs of chapter 12: no pixel on both sides, and what is stored is what the chapter says."""

import itertools
import json
import math

import numpy as np
import pytest

from nnlearn.chapters.ch12_augmentation import experiment, figures, photographs, squares
from nnlearn.chapters.ch12_augmentation.squares import SIDE, THINGS
from nnlearn.data import datasets
from nnlearn.exercises.loader import load

ROWS = json.loads(experiment.FILE.read_text(encoding="utf-8"))["photographs"]


def only(augmentation, test, steps=squares.STEPS):
    keys = {"augmentation": augmentation, "test": test, "steps": steps}
    (row,) = (row for row in ROWS if all(row[name] == value for name, value in keys.items()))
    return row


def told(row):
    """Whether luck would be as one-sided in 5% of all cases at most; the gains are taken again from the accuracies."""
    gains = np.subtract(row["accuracies"], only("none", row["test"], row["steps"])["accuracies"])
    wins, losses = int(np.sum(gains > 1e-9)), int(np.sum(gains < -1e-9))
    return load("12.6").asks["chance"].reference(wins, losses) <= 0.05


# --- the squares ---


def test_no_two_parts_overlap_and_all_lie_in_their_photographs():
    parts = [part for both in THINGS.values() for part in both]
    for part in parts:
        height, width, _ = datasets.photographs()[part.photograph].shape
        assert 0 <= part.top and part.top + part.height <= height and part.height >= SIDE
        assert 0 <= part.left and part.left + part.width <= width and part.width >= SIDE
    for one, other in itertools.combinations(parts, 2):
        apart = (
            one.photograph != other.photograph
            or one.top + one.height <= other.top or other.top + other.height <= one.top
            or one.left + one.width <= other.left or other.left + other.width <= one.left
        )  # fmt: skip
        assert apart, (one, other)


@pytest.mark.parametrize("testing", [False, True])
def test_squares_come_from_their_part(testing):
    images, labels = squares.squares(testing, 20, seed=3)
    assert images.shape == (120, SIDE, SIDE, 3) and images.dtype == np.float32
    assert labels.tolist() == [number for number in range(6) for _ in range(20)]
    for number, parts in enumerate(THINGS.values()):
        part = parts[testing]
        whole = squares.photographs()[part.photograph]
        inside = whole[part.top : part.top + part.height, part.left : part.left + part.width]
        windows = np.lib.stride_tricks.sliding_window_view(inside[..., 0], (SIDE, SIDE))
        for image in images[labels == number][:3]:
            assert (windows == image[..., 0]).all(axis=(2, 3)).any()
    others, _ = squares.squares(testing, 20, seed=4)
    assert not np.array_equal(images, others)


def test_a_count_that_is_none_is_refused():
    with pytest.raises(ValueError, match="per_class = 0 is too small"):
        squares.squares(False, 0, seed=0)


# --- how it is measured ---


def test_batches_hold_every_square_once_an_epoch_and_mixup_mixes_both():
    training = squares.squares(False, 10, seed=1)
    plain, shares = photographs.seen(training, photographs.AUGMENTATIONS["none"], 4, seed=1)
    assert plain.shape == (4, photographs.BATCH, SIDE, SIDE, 3) and plain.dtype == shares.dtype == np.float32
    for epoch in (plain[:2], plain[2:]):
        assert {image.tobytes() for image in epoch.reshape(-1, SIDE, SIDE, 3)} == {i.tobytes() for i in training.images}
    mixed, mixed_shares = photographs.seen(training, photographs.AUGMENTATIONS["mixup 1"], 4, seed=1)
    np.testing.assert_allclose(mixed_shares.sum(axis=-1), 1, rtol=1e-6)
    assert np.mean(np.count_nonzero(mixed_shares, axis=-1) == 2) > 0.6
    assert not np.allclose(mixed, plain)


def test_a_run_comes_out_the_same():
    result = photographs.run(photographs.Case("colour 0.4"), seed=0)
    for kind, test in (("test", "as they are"), ("light", "in another light")):
        assert getattr(result, kind) == pytest.approx(only("colour 0.4", test)["accuracies"][0], abs=0.05)


# --- what is stored, and said ---


def test_every_cell_is_there_and_its_summary_is_of_its_accuracies():
    cells = [(row["augmentation"], row["steps"], row["test"]) for row in ROWS]
    wanted = [(name, squares.STEPS) for name in photographs.AUGMENTATIONS]
    wanted += [(name, photographs.LONGER) for name in photographs.PATIENT]
    assert cells == [(*each, test) for each in wanted for test in ("as they are", "in another light")]
    for row in ROWS:
        accuracies = np.array(row["accuracies"])
        assert len(accuracies) == 10
        assert (row["min"], row["max"]) == (accuracies.min(), accuracies.max())
        if row["augmentation"] != "none":
            gains = 100 * (accuracies - only("none", row["test"], row["steps"])["accuracies"])
            assert row["gain"]["median"] == pytest.approx(np.median(gains), abs=0.06)
            assert row["gained"] == np.sum(gains > 0.005)


def test_what_is_told():
    found = {(row["augmentation"], row["test"]) for row in ROWS
             if row["steps"] == squares.STEPS and row["augmentation"] != "none" and told(row)}  # fmt: skip
    assert found == {
        ("crop, area from 0.1", "as they are"),
        ("cut-out 8", "as they are"),
        ("flip", "in another light"),
        ("colour 0.4", "in another light"),
    }
    assert told(only("colour 0.4", "in another light", photographs.LONGER))
    assert not told(only("mixup 1", "as they are", photographs.LONGER))
    assert only("colour 0.8", "in another light")["gain"]["median"] > 5


def test_nine_of_ten_is_what_luck_does_in_two_percent():
    assert 2 * sum(math.comb(10, k) for k in (0, 1)) == 22 and 2**10 == 1024
    assert 2 * sum(math.comb(10, k) for k in (0, 1, 2)) / 2**10 == pytest.approx(0.11, abs=0.005)


@pytest.mark.parametrize("figure", [figures.parts, lambda: figures.strengths(ROWS)])
def test_figures_say_what_they_show(figure):
    drawn = figure()
    assert len(drawn.alt) > 60
    assert drawn._repr_png_().startswith(b"\x89PNG")
