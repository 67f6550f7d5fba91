"""What chapter 12 answers to a prediction: how far off it is, and which thought leads there."""

import pytest

from nnlearn.chapters.ch12_augmentation import dial, gains
from nnlearn.chapters.ch12_augmentation.dial import Dial, share_called, turning_point
from nnlearn.chapters.ch12_augmentation.gains import Gains


@pytest.mark.parametrize(
    "degrees, far, thought",
    [(45, "115 degrees too few", "lost early"), (90, "70 degrees too few", "names a third one"),
     (150, "10 degrees too few", "Near"), (180, "20 degrees too many", "the whole half turn")],
)  # fmt: skip
def test_a_wrong_angle_is_answered_by_how_far_off_it_is(degrees, far, thought):
    said = dial.thought_behind(degrees)
    assert far in said and thought in said
    assert Dial.prediction.thought is dial.thought_behind


def test_the_right_angle_needs_no_thought_and_the_numbers_in_the_thoughts_are_so():
    assert dial.thought_behind(turning_point()) == ""
    assert share_called(6, 6, angle=45.0) < 0.05 and share_called(6, 9, angle=60.0) < 0.05  # lost, but to no nine
    assert share_called(6, 4, angle=90.0) > 0.95  # a third one
    assert 0 < share_called(6, 9, angle=140.0) < 0.1  # few


def test_at_45_degrees_the_fill_decides_whether_a_six_is_left():
    assert share_called(6, 6, angle=45.0, fill="constant") == 0
    assert share_called(6, 6, angle=45.0, fill="grid-constant") == pytest.approx(0.11, abs=0.03)


@pytest.mark.parametrize("answer, number", [("both", "1.9 points"), ("MLP", "1.9 points"), ("neither", "3.7 points")])
def test_a_wrong_guess_of_who_gains_is_answered_by_the_number(answer, number):
    assert number in gains.thought_behind(answer)
    assert Gains.prediction.thought is gains.thought_behind


def test_the_right_guess_of_who_gains_needs_no_thought():
    assert gains.thought_behind("CNN") == ""
