"""A pixel in one direction: what is lost and what comes in, one by one, and what that costs which network."""

import json

import numpy as np
import pytest

from nnlearn.chapters.ch12_augmentation import directions, experiment
from nnlearn.chapters.ch12_augmentation.directions import FRAME, MOVES, PARTS, both, framed, gained, lost
from nnlearn.data import augment, datasets

STORED = json.loads(experiment.FILE.read_text(encoding="utf-8"))
DIGITS = datasets.digits()
IMAGES = DIGITS.X_test.reshape(-1, 8, 8).astype(np.float32)
FEW = IMAGES[:20]
POOLED, FRAMED = "CNN, global pooling", "CNN, global pooling, framed"
WEIGHTS = {name: values.astype(np.float32) for name, values in directions.globally_pooled().begin(seed=3).items()}


def reads(network, test, of="median"):
    (row,) = (row for row in STORED["pooling"] if (row["network"], row["test"]) == (network, test))
    return row[of]


def reads_after(direction, part, of="median"):
    (row,) = (row for row in STORED["borders"] if (row["direction"], row["part"]) == (direction, part))
    return row[of]


# --- a move, and its parts ---


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_what_is_lost_and_what_comes_in_are_the_move(move):
    np.testing.assert_array_equal(both(IMAGES, *move), augment.shift(IMAGES, *move))
    down, right = map(abs, move)
    assert lost(IMAGES, *move).shape[1:] == (8 - down, 8 - right)
    wider = gained(IMAGES, *move)
    assert wider.shape[1:] == (8 + down, 8 + right) and wider.sum() == IMAGES.sum()
    assert not np.array_equal(wider[:, :8, :8], IMAGES) or not np.array_equal(wider[:, -8:, -8:], IMAGES)


def test_up_loses_the_row_at_the_top_and_left_the_column_on_the_left():
    np.testing.assert_array_equal(lost(IMAGES, *MOVES["up"]), IMAGES[:, 1:])
    np.testing.assert_array_equal(lost(IMAGES, *MOVES["left"]), IMAGES[:, :, 1:])
    assert not gained(IMAGES, *MOVES["up"])[:, -1].any() and not gained(IMAGES, *MOVES["left"])[:, :, -1].any()


def test_a_frame_is_empty_on_all_sides_of_images_in_batches_too():
    inside = framed(IMAGES.reshape(2, -1, 8, 8), 4)
    assert inside.shape[2:] == (16, 16) and inside.sum() == IMAGES.sum()
    np.testing.assert_array_equal(inside[..., 4:12, 4:12], IMAGES.reshape(2, -1, 8, 8))
    assert framed(IMAGES, 0).shape == IMAGES.shape


# --- the network without places ---


def test_images_of_any_size_are_read_as_the_network_reads_its_own():
    whole = directions.globally_pooled().forward(WEIGHTS, FEW[..., np.newaxis])
    np.testing.assert_allclose(directions.scores_of_any_size(WEIGHTS, FEW), whole, atol=1e-5)
    larger = directions.globally_pooled(4).forward(WEIGHTS, framed(FEW, 4)[..., np.newaxis])
    np.testing.assert_allclose(directions.scores_of_any_size(WEIGHTS, framed(FEW, 4)), larger, atol=1e-5)


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_in_a_frame_of_four_a_pixel_changes_nothing_and_in_a_smaller_one_it_may(move):
    rng = np.random.default_rng(0)
    weights = {name: values + rng.normal(0, 0.3, values.shape) for name, values in WEIGHTS.items()}  # biases, too
    changes = []
    for frame in (0, 2, 4):
        inside = framed(FEW, frame)
        here, there = (directions.scores_of_any_size(weights, each) for each in (inside, augment.shift(inside, *move)))
        changes.append(np.abs(here - there).max())
    assert FRAME == 4 and changes[-1] < 1e-9 < 1e-2 < min(changes[:2])


# --- what is stored, and said ---


def test_every_cell_is_there():
    tests = ("as they are", "shifted", *MOVES)
    assert [(row["network"], row["test"]) for row in STORED["pooling"]] == [
        (network, test) for network in ("CNN", POOLED, FRAMED) for test in tests
    ]
    assert [(row["direction"], row["part"]) for row in STORED["borders"]] == [(d, p) for d in MOVES for p in PARTS]


def test_both_tables_say_the_same_of_a_move():
    for direction in MOVES:
        for of in ("median", "min", "max"):
            assert reads_after(direction, "both: moved", of) == pytest.approx(reads(POOLED, direction, of), abs=3e-3)


@pytest.mark.thorough
def test_a_run_comes_out_the_same():
    for test, found in experiment.moved("CNN", seed=0).items():
        if test != "training":
            assert reads("CNN", test, "min") - 0.03 <= found <= reads("CNN", test, "max") + 0.03


def test_to_the_left_and_right_it_is_places_alone():
    digits = np.concatenate([DIGITS.X_train, DIGITS.X_test]).reshape(-1, 8, 8)
    left, right = (np.mean(digits[:, :, column].any(axis=1)) for column in (0, -1))
    assert left < 0.02 and right < 0.13  # of the digits lose ink there,
    assert digits[:, :, [0, -1]].sum(axis=(1, 2)).mean() / digits.sum(axis=(1, 2)).mean() < 0.004  # and next to none
    for direction in ("left", "right"):
        assert reads("CNN", "as they are") - reads("CNN", direction) > 0.4
        assert round(reads(POOLED, direction), 2) == 0.91
        assert all(reads_after(direction, part) > 0.9 for part in PARTS)


def test_up_and_down_ink_and_border_both_count():
    assert IMAGES[:, 0].any(axis=1).all() and IMAGES[:, -1].any(axis=1).all()
    said = {"up": (0.81, 0.82, 0.69), "down": (0.76, 0.86, 0.67)}
    for direction, numbers in said.items():
        assert tuple(round(reads_after(direction, part), 2) for part in PARTS) == numbers
        assert reads_after(direction, "both: moved", "max") < reads(POOLED, "as they are", "min")


def test_framed_a_pixel_changes_nothing():
    for of in ("median", "min", "max"):
        assert len({reads(FRAMED, test, of) for test in ("as they are", "shifted", *MOVES)}) == 1
    assert reads(FRAMED, "as they are") > 0.9
