"""How the students of chapter 18 learn side by side, and the tables that its experiment stored."""

import json

import numpy as np
import pytest

import nnlearn as nn
from nnlearn import models
from nnlearn.chapters.ch18_distillation import experiment, figures, films, tables
from nnlearn.chapters.ch18_distillation.missing import missing_bias
from nnlearn.chapters.ch18_distillation.teaching import (
    ADAM,
    LABELS,
    SEEDS,
    Classroom,
    data,
    end,
    learned,
    lesson_of,
    shown_images,
    student,
)
from nnlearn.compression import Distillation, Lesson
from nnlearn.data import storing

STORED = nn.data.measured("18")


def lessons(count=40):
    """Three pupils' images, and what somebody says of them."""
    random = np.random.default_rng(0)
    return [(data(seed).X_train[:count], Lesson(random.normal(size=(count, 10)))) for seed in range(3)]


def test_a_pupil_of_the_classroom_learns_as_one_alone():
    network = student(4)
    together = end(network, lessons(), Distillation(3), steps=5)
    for seed, (X, lesson) in enumerate(lessons()):
        J = nn.MiniBatches(40, 0).of(network.on(X, lesson, Distillation(3)))
        np.testing.assert_allclose(together[seed], nn.run(ADAM, J, network.initial(seed), 5).theta[-1], rtol=1e-9)


def test_the_marks_are_on_the_way_and_what_is_masked_stays():
    network, pupils = student(4), lessons()
    path = [*learned(network, pupils, Distillation(3), steps=6, marks=(0, 2, 6))]
    assert len(path) == 3
    np.testing.assert_array_equal(path[0], [network.initial(seed) for seed in range(3)])
    np.testing.assert_array_equal(path[1], end(network, pupils, Distillation(3), steps=2))
    kept = (np.random.default_rng(1).random(path[0].shape) < 0.5) * 1.0
    held = end(network, pupils, Distillation(3), steps=6, begin=path[0] * kept, kept=kept)
    assert not held[kept == 0].any() and (held != path[0])[kept == 1].mean() > 0.5


def test_of_pupils_with_unequal_lessons_all_have_as_many_examples_as_the_least():
    pupils = [(X[: 40 - seed], Lesson(lesson.logits[: 40 - seed])) for seed, (X, lesson) in enumerate(lessons())]
    room = Classroom.of(student(4), pupils, Distillation(2))
    assert room.examples == 38 and room.take(np.arange(5)).examples == 5


def test_shuffled_pixels_keep_each_pixels_values_and_no_image():
    X, shuffled = data(3).X_train, shown_images("shuffled", 3)
    np.testing.assert_array_equal(np.sort(X, axis=0), np.sort(shuffled, axis=0))
    assert not (X == shuffled).all(axis=1).any()
    assert not np.isin(data(3).y_train[data(3).y_train != 3], 3).any() and len(shown_images("no 3", 3)) == 1210


def test_unscaled_is_the_loss_without_its_factor():
    z, t = np.random.default_rng(0).normal(size=(2, 6, 10))
    lesson = Lesson(t, np.arange(6))
    right, bug = Distillation(8, 0.5), experiment.Unscaled(8, 0.5)
    targets = right.targets(lesson, 6, (10,))
    hard = 0.5 * LABELS.slope(z, targets[:, 1])
    np.testing.assert_allclose(bug.slope(z, targets) - hard, (right.slope(z, targets) - hard) / 64)


def test_the_bias_is_the_least_that_is_enough():
    logits = np.random.default_rng(0).normal(size=(50, 4))
    for share in (0.02, 0.5, 1.0):
        bias = missing_bias(logits, 2, share)
        for added, enough in ((bias + 1e-9, True), (bias - 1e-9, False)):
            said = (logits + added * (np.arange(4) == 2)).argmax(axis=1) == 2
            assert (said.mean() >= share) == enough


def test_the_table_of_recall_is_counted_from_the_films():
    assert experiment.recall() == STORED["recall"]


def test_the_masked_training_of_the_experiment_leaves_a_fifth():
    network, theta = student(16), student(16).initial(0)
    assert experiment.mask_of(network, theta).mean() == pytest.approx((0.2 * 1184 + 26) / 1210, abs=0.002)


def test_a_row_of_the_combination_comes_out_again():
    """The smallest to make: the files' size depends on the weights' form alone, and so can be had from others."""
    small = student(16)
    plain = experiment.in_float32(small, small.initial(0))
    row = tables.row_of(STORED, "together", name="fresh")
    path = experiment.FILE.with_name("again.network")
    try:
        models.save_network(path, small, plain)
        assert {path.stat().st_size} == set(row["bytes"])
    finally:
        path.unlink(missing_ok=True)
    assert [row["parameters"] for row in STORED["together"]] == [9610] * 5 + [1210] * 5


def test_the_file_says_how_it_was_made():
    text = experiment.FILE.read_text(encoding="utf-8")
    assert STORED["made_by"] == experiment.COMMAND and STORED["settings"]["seeds"] == list(SEEDS)
    stored = {name: STORED[name] for name in experiment.TABLES}
    assert experiment.text(stored) == text == storing.text(experiment.COMMAND, experiment.COLUMNS,
                                                           json.loads(text)["settings"], **stored)  # fmt: skip
    assert STORED["machine"][0]["processor"] and STORED["machine"][0]["numpy"]


@pytest.mark.parametrize("table", [name for name in experiment.TABLES if name not in ("machine", "recall")])
def test_every_summary_is_that_of_its_seeds(table):
    def summaries(value):
        if isinstance(value, dict):
            if "accuracies" in value:
                each = value["accuracies"]
                assert (value["min"], value["max"]) == (min(each), max(each))
                assert value["median"] == pytest.approx(np.median(each), abs=6e-5)
                yield value
            for part in value.values():
                yield from summaries(part)

    found = [each for row in STORED[table] for each in summaries(row)]
    assert found and {len(each["accuracies"]) for each in found} == {5 if table == "together" else 10}


@pytest.mark.thorough
def test_a_film_comes_out_again():
    from nnlearn.chapters.ch18_distillation.teaching import film

    again = film("0 and 1", 4, 8, films.MARKS[:4])
    np.testing.assert_array_equal(again[:, :4], films.of("0 and 1", 4, 8)[:, :4])


@pytest.mark.pixels
def test_the_figure_shows_the_stored_medians():
    axes = figures.threes(STORED).axes[0]
    for container, hidden in zip(axes.containers, films.HIDDEN, strict=True):
        rows = [
            tables.row_of(STORED, "recall", shown="no 3", hidden=hidden, temperature=T) for T in figures.TEMPERATURES
        ]
        np.testing.assert_allclose(container[0].get_ydata(), [100 * row["threes"]["median"] for row in rows])


def test_a_teacher_says_of_a_lesson_what_it_gives():
    X = data(0).X_train[:3]
    theta = np.zeros(9610)
    assert not lesson_of(theta, X).logits.any() and len(lesson_of(theta, X, [1, -1, 2])) == 3
