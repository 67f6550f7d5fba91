"""The explorers of chapter 13: each control over its whole range, each told number true."""

import numpy as np
import pytest
from explorer_moves import answering, goals_met, move_everything, verdicts
from scipy import ndimage

import nnlearn as nn
from nnlearn.chapters.ch13_compression import EightBytes, FromAfar
from nnlearn.chapters.ch13_compression.afar import thought_behind
from nnlearn.chapters.ch13_compression.budget import rows
from nnlearn.chapters.ch13_compression.kept import BITS, BLOCKS, bytes_each, kept, spread_out
from nnlearn.chapters.ch13_compression.photograph import coded, from_afar, nearness, square, step
from nnlearn.data.compress import RULES
from nnlearn.explorers.cover import Cover

ANSWERS = {FromAfar: 12.0, EightBytes: "16"}
answered = answering(ANSWERS)


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_control_moves_over_its_whole_range(kind):
    move_everything(answered(kind))


@pytest.mark.parametrize("kind", ANSWERS)
def test_before_the_prediction_nothing_gives_the_answer_away(kind):
    explorer = kind()
    covers = [each for each in vars(explorer).values() if isinstance(each, Cover)]
    assert explorer.asking and covers and all(cover.hides for cover in covers)
    for told in ("dB", "Read", "%", "20.1", "97.1"):
        assert told not in explorer.status
    explorer.predict(ANSWERS[kind])
    explorer.finish()
    assert not any(cover.hides for cover in covers)


# --- A photograph in few bits ---


def test_the_steps_are_whole_grey_levels_and_reach_as_far_as_they_can():
    assert [step(bits) for bits in range(1, 9)] == [255, 85, 36, 17, 8, 4, 2, 1]
    for bits in range(1, 9):
        data = coded("china", bits, "half up")
        assert data.scale == step(bits) and data.low == 0 and 0 <= 255 - step(bits) * (2**bits - 1) < 2**bits


def test_what_is_seen_from_afar_is_scipys_blur():
    stored = coded("flower", 1, "diffusion").restored().astype(float)
    np.testing.assert_allclose(from_afar(stored, 2.0), ndimage.gaussian_filter(stored, 2.0), atol=1e-9)
    error = np.mean((from_afar(stored, 2.0) - square("flower")) ** 2)
    assert nearness("flower", 1, "diffusion", 2.0) == pytest.approx(10 * np.log10(255**2 / error))


@pytest.mark.parametrize(
    ("rule", "distance", "decibels"),
    [("half up", 0, "12.6"), ("random", 0, "8.1"), ("half up", 2, "14.6"), ("random", 2, "20.1"),
     ("diffusion", 2, "21.7")],
)  # fmt: skip
def test_the_decibels_that_are_told(rule, distance, decibels):
    assert f"{nearness('china', 1, rule, distance):.1f}" == decibels


def test_other_draws_give_nearly_the_same():
    assert {f"{nearness('china', 1, 'random', 2, seed):.0f}" for seed in range(5)} == {"20"}


def test_the_status_tells_what_is_stored():
    explorer = answered(FromAfar, bits=4, rule="truncate", distance=0.0)
    error = coded("china", 4, "truncate").restored().astype(float) - square("china")
    assert explorer.status.startswith("Bits: 4, a step of 17 grey levels; 32,768 bytes.")
    assert f"mean error {error.mean():+.1f}" in explorer.status and f"{error.mean():+.1f}" == "-8.2"
    explorer.set(bits=8, rule="half up")
    explorer.finish()
    assert "Nothing is lost." in explorer.status
    assert "even code" not in answered(FromAfar, bits=1).status


def test_the_goals_of_the_photograph():
    explorer = answered(FromAfar)
    assert goals_met(explorer, bits=1, rule="half up", distance=2.0) == [False, False, False]
    assert goals_met(explorer, rule="random") == [True, False, False]
    assert goals_met(explorer, bits=7, rule="half up") == [False, False, False]
    assert goals_met(explorer, bits=7, rule="half to even") == [False, True, False]
    assert goals_met(explorer, claim="impossible", rule="half up") == [False, False, True]
    best = max(nearness("china", 1, rule, 0) for rule in RULES)
    assert best == nearness("china", 1, "half up", 0) < 13  # so it is: each pixel goes to the nearer


def test_what_is_drawn():
    explorer = answered(FromAfar, bits=2, rule="half up", distance=1.0)
    data = coded("china", 2, "half up")
    for image, pixels in zip(explorer.images, (square("china"), data.restored(), from_afar(data.restored(), 1.0)),
                             strict=True):  # fmt: skip
        np.testing.assert_allclose(image.get_array(), pixels)
    bars = np.array([segment[1] for segment in explorer.bars.get_segments()])
    counts = np.bincount(data.codes.ravel(), minlength=4)
    np.testing.assert_allclose(bars, np.column_stack([85 * np.arange(4), counts / counts.max()]))


@pytest.mark.parametrize(
    ("decibels", "thought"), [(10.0, "Noise only destroys"), (17.0, "too few"), (20.0, "near"), (30.0, "too many")]
)
def test_a_prediction_is_answered_by_its_thought(decibels, thought):
    assert thought in thought_behind(decibels)


def test_three_answers_have_three_thoughts():
    assert len(verdicts(EightBytes, ["64", "rows", "16"])) == 3


# --- Eight bytes ---


def test_what_is_kept_of_a_digit():
    X = nn.data.digits(scaled=False).X_test[:7]
    np.testing.assert_array_equal(kept(X, "64", 5).restored().reshape(7, 64), X)
    for pixels, (down, right) in BLOCKS.items():
        for bits in BITS:
            data = kept(X, pixels, bits)
            assert (
                data.shape == (7, 8 // down, 8 // right) and bytes_each(pixels, bits) == data.codes[0].size * bits / 8
            )
            means = X.reshape(7, 8 // down, down, 8 // right, right).mean(axis=(2, 4))
            assert np.abs(data.restored() - means).max() <= data.scale / 2 + 1e-9
            assert spread_out(data.restored(), pixels).shape == (7, 8, 8)


def test_the_goals_of_eight_bytes():
    explorer = answered(EightBytes)
    assert goals_met(explorer, pixels="16", bits=3) == [True, False, False]
    assert goals_met(explorer, pixels="64", bits=2) == [False, True, False]
    assert goals_met(explorer, pixels="64", bits=4) == [False, False, False]
    assert goals_met(explorer, claim="impossible") == [False, False, True]
    assert {row["bytes"] for row in rows().values() if row["median"] > 0.93 and row["bytes"] <= 6} == {6.0}


def test_the_place_in_the_chart_is_that_of_the_table():
    explorer = answered(EightBytes, pixels="rows", bits=2)
    np.testing.assert_allclose(explorer.here.get_xydata(), [[8, 97.11]])
    assert "97.1% [96.4%, 97.6%]" in explorer.status and "8 bytes" in explorer.status
