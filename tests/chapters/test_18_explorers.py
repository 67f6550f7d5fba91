"""The explorers of chapter 18: each control over its whole range, each told number true."""

import numpy as np
import pytest
from explorer_moves import answering, goals_met, move_everything, verdicts

from nnlearn.chapters.ch18_distillation import Student, Temperature, films, stored
from nnlearn.chapters.ch18_distillation.student import least_temperature, threes_read
from nnlearn.chapters.ch18_distillation.teaching import STEPS, accuracies, counted, data
from nnlearn.chapters.ch18_distillation.temperature import CURVE, of_labels, sizes, with_factor
from nnlearn.compression import soft_slope, soften

ANSWERS = {Student: "none", Temperature: "eighth"}
answered = answering(ANSWERS)


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_control_moves_over_its_whole_range(kind):
    move_everything(answered(kind))


@pytest.mark.parametrize("kind", ANSWERS)
def test_before_the_prediction_nothing_gives_the_answer_away(kind):
    explorer = kind()
    assert explorer.asking and explorer.cover.hides
    for told in ("96.7", "97%", "5.2%", "median", "mean slope is"):
        assert told not in explorer.status + explorer.alternative_text().replace(explorer.prediction.question, "")
    explorer.predict(ANSWERS[kind])
    assert not explorer.cover.hides


@pytest.mark.parametrize("kind", ANSWERS)
def test_each_wrong_answer_has_its_thought(kind):
    assert len(verdicts(kind, kind.prediction.answer.options)) == 4


# --- Student ---


def test_a_film_holds_every_test_image_at_every_moment():
    tables = films.films()
    assert tables.shape == (5, 6, 3, 10, 8, 10, 10) and tables.dtype == np.uint8
    whole = tables.sum(axis=-1, dtype=int)
    expected = np.stack([np.bincount(data(seed).y_test, minlength=10) for seed in range(10)])
    np.testing.assert_array_equal(whole, np.broadcast_to(expected[:, np.newaxis], whole.shape))
    assert films.MARKS[-1] == STEPS and films.FILE.stat().st_size < 300_000


def test_what_is_told_of_the_student_is_what_the_film_holds():
    explorer = answered(Student)
    threes = films.read(films.of("no 3", 8, 16), 3)[:, -1]
    assert np.median(threes) == pytest.approx(np.median(threes_read("no 3", 8)))
    said = f"the median student reads {np.median(threes):.1%} of the threes ({threes.min():.1%} to {threes.max():.1%}"
    assert said in explorer.status and f"Step {STEPS:,}" in explorer.status
    heights = [bar.get_height() for bar in explorer.bars]
    assert heights[3] == pytest.approx(100 * np.median(threes))
    explorer.set(answers="hard")
    assert "0.0% of the threes (0.0% to 0.0%" in explorer.status
    assert [bar.get_height() for bar in explorer.says_bars].count(100) == 1
    explorer.set(answers="soft", temperature="2", image=4)
    shares = soften(stored.logits("no 3")[4], 2)
    assert [bar.get_height() for bar in explorer.says_bars] == pytest.approx((100 * shares).tolist())


def test_the_film_begins_with_students_that_know_nothing():
    explorer = answered(Student)
    explorer.set(moment=0)
    assert "Step 0" in explorer.status and np.median(explorer.result.read) < 0.25
    shares = []
    for moment in range(8):
        explorer.set(moment=moment)
        shares.append(float(np.median(explorer.result.threes[:, 3])))
    assert shares[-1] > 0.9 and shares[2] < 0.2


def test_the_goals_of_the_student_are_reached_there_alone():
    explorer = answered(Student)
    for T in (1, 2, 4, 8, 16):
        assert goals_met(explorer, temperature=str(T))[0] == (T == least_temperature())
    assert goals_met(explorer, temperature=str(least_temperature()), moment=3) == [False] * 3
    assert goals_met(explorer, shown="shuffled", temperature="8", moment=7)[1]
    assert not goals_met(explorer, shown="all")[1]
    assert goals_met(explorer, claim="impossible")[2]


def test_the_third_goal_is_impossible():
    hard, *soft = (np.median(films.read(films.of("all", T, 16)[:, -1])) for T in films.TEMPERATURES)
    assert max(soft) < hard + 0.01


# --- Temperature ---


def test_the_stored_teacher_reads_and_the_student_is_half_way():
    teacher, student, y = stored.training()
    assert (teacher.argmax(axis=1) == y).mean() > 0.99 and 0.6 < (student.argmax(axis=1) == y).mean() < 0.9
    assert accuracies(stored.TEACHER, [stored.theta_of("teacher")] * 10)[0] == pytest.approx(0.98)
    table = counted(stored.TEACHER.forward(stored.theta_of("teacher"), data(0).X_test).argmax(axis=1), 0)
    assert films.read(table) == pytest.approx(0.98)


def test_the_slopes_shown_are_those_of_the_loss():
    explorer = answered(Temperature)
    teacher, student, y = (each[6] for each in stored.training())
    explorer.set(temperature=3.5, factor=True)
    expected = soft_slope(student, teacher, 3.5)
    np.testing.assert_allclose(explorer.result.slopes, expected, rtol=1e-6)
    np.testing.assert_allclose([bar.get_height() for bar in explorer.slopes], expected, rtol=1e-6)
    explorer.set(factor=False)
    np.testing.assert_allclose(explorer.result.slopes, expected / 3.5**2, rtol=1e-6)
    np.testing.assert_allclose(explorer.result.label, soften(student) - np.eye(10)[y], rtol=1e-6)
    assert explorer.result.says.argmax() == teacher.argmax()


def test_the_mean_slope_at_eight_is_a_twentieth_without_the_factor():
    teacher, student, _ = stored.training()
    by_hand = np.abs(soft_slope(student, teacher, 8)).mean() / 64 / np.abs(soft_slope(student, teacher, 1)).mean()
    assert with_factor(8, False) / with_factor(1, False) == pytest.approx(by_hand) == pytest.approx(0.052, abs=5e-4)
    assert sizes()[list(CURVE).index(8)] / sizes()[0] == pytest.approx(3.3, abs=0.05)  # told
    assert of_labels() / sizes()[0] == pytest.approx(1, abs=0.05)


def test_the_goals_of_temperature_are_reached():
    explorer = answered(Temperature)
    assert goals_met(explorer, image=0, temperature=9.0)[0] and not goals_met(explorer, temperature=1.0)[0]
    assert [T for T in (5.0, 5.5, 6.0, 6.5) if goals_met(explorer, temperature=T, factor=False)[1]] == [6.0]
    assert not goals_met(explorer, temperature=6.0, factor=True)[1]
    assert goals_met(explorer, claim="impossible")[2]


def test_no_slope_lies_beyond_the_picture():
    teacher, student, _ = (each[: stored.IMAGES] for each in stored.training())
    low, high = answered(Temperature).slopes[0].axes.get_ylim()
    for T in CURVE:
        slopes = soft_slope(student, teacher, T)
        assert low < slopes.min() and slopes.max() < high
