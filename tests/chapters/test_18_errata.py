"""The errors of the sources on the ground of chapter 18, each run; and the numbers that the chapter's text tells."""

import re

import nbformat
import numpy as np
import pytest

import nnlearn as nn
from nnlearn.chapters.ch18_distillation import films, stored, tables
from nnlearn.chapters.ch18_distillation.student import least_temperature, threes_read
from nnlearn.chapters.ch18_distillation.teaching import SIZE, STEPS
from nnlearn.compression import Lesson, distil, soften
from nnlearn.networks import ReLU, mlp
from nnlearn.syllabus import errata
from tools.environment import ROOT

STORED = nn.data.measured("18")
PROSE = {cell.id: cell.source for cell in nbformat.read(ROOT / "notebooks/18_distillation.ipynb", as_version=4).cells}


def shows(name):
    """What running the fault shows, by the table."""
    return next(row["shows"] for row in errata("18").rows if row["id"] == name)


def row(table, **values):
    return tables.row_of(STORED, table, **values)


# --- The sources' errors ---


def test_k06():
    """As inference, temperature does nothing; as training, a student that never saw a 3 learns to read it."""
    assert shows("K06") == "at inference temperature changes no answer"
    teacher, _, y = stored.training()
    for T in (0.5, 4, 100):
        np.testing.assert_array_equal(soften(teacher, T).argmax(axis=1), teacher.argmax(axis=1))
    shown, digits = y != 3, nn.data.digits()
    network = mlp(64, 16, 10, activation=ReLU)
    lesson = Lesson(teacher[shown])
    trace = distil(network, digits.X_train[shown], lesson, temperature=8, epochs=60, keep=["theta"], every=10_000)
    threes = digits.y_test == 3
    reads = [float(np.mean(trace.objective.predict(theta, digits.X_test[threes]) == 3)) for theta in trace.theta]
    assert reads[0] < 0.3 and reads[-1] > 0.8


def test_k28():
    """The student's weights are its own, before and after."""
    assert shows("K28") == "0 of 1184 kernel weights are the teacher's"
    teacher, network = stored.theta_of("teacher"), mlp(64, 16, 10, activation=ReLU)
    start = network.initial(0)
    assert (start != 0).sum() == 1184 and teacher.size == 9610
    logits = stored.training()[0]
    end = distil(network, nn.data.digits().X_train, Lesson(logits), epochs=1, keep=["theta"], every=1000).theta[-1]
    for theta in (start[start != 0], end):  # biases begin at 0
        assert not np.isin(theta, teacher).any()


# --- What the text tells ---


def test_what_the_first_answers_tell():
    told = PROSE["student-answer"]
    assert f"reads {np.median(threes_read('no 3', 8)):.1%} of the threes" in told
    assert not threes_read("no 3", 0).any() and "the ten read not one" in told
    assert least_temperature() == 2 and "[temperature 2]" in told
    assert f"with temperature 1 they read {np.median(threes_read('no 3', 1)):.1%}" in told
    assert np.median(films.read(films.of("shuffled", 8, 16)[:, -1])) > 0.85


def test_what_the_tables_say():
    """The verdicts of the text are those of its rule."""
    verdicts = {}
    for each in STORED["abound"]:
        if (each["temperature"], each["share"]) == (4.0, 1.0):
            better, worse = each["wins"]
            verdicts[each["hidden"], each["epochs"]] = (
                "helps" if better >= 8 and each["gain"] >= 0.005 else "harms" if worse >= 8 and each["gain"] <= -0.005
                else "cannot tell"
            )  # fmt: skip
    assert [key for key, verdict in verdicts.items() if verdict == "harms"] == [(8, 40)]
    assert "helps" not in verdicts.values()
    harmed, longer = (row("abound", hidden=8, epochs=epochs, temperature=4.0, share=1.0) for epochs in (40, 80))
    told = PROSE["abound-finding"]
    assert harmed["wins"] == [0, 10] and f"{-100 * harmed['gain']:.1f} points, worse in all ten" in told
    assert longer["wins"][1] == 7 and f"{-100 * longer['gain']:.1f} points, worse in seven" in told


def test_what_is_told_of_few_missing_and_wrong_labels():
    told = PROSE["gains-finding"]
    gains = []
    for images in (2, 5, 10):
        labels, answers = (row("few", images=images, way=way) for way in ("labels", "answers"))
        assert answers["wins"] == [10, 0]
        gains.append(100 * tables.gain(labels, answers))
    assert "helps in ten of ten, by 13, 10 and 5 points" in told and [round(gain) for gain in gains] == [13, 10, 5]
    teacher, alone, learner = (row("unlabelled", way=way) for way in ("teacher", "alone", "student"))
    assert f"{100 * tables.gain(alone, learner):.1f} points more" in told and alone["wins"][0] == 9
    assert f"{teacher['median']:.1%}" in told and f"({learner['median']:.1%})" in told
    stopped = row("noisy", way="teacher", hidden=128)
    learnt, kept = (row("noisy", way=way, hidden=128) for way in ("labels", "answers"))
    for number in (learnt, stopped, kept):
        assert f"{number['median']:.1%}" in told
    labels, answers = (row("noisy", way=way, hidden=16) for way in ("labels", "answers"))
    assert labels["wins"][1] == 8 and f"({-100 * tables.gain(labels, answers):.1f} points, worse in 8)" in told
    epochs = STEPS / nn.MiniBatches(SIZE, 0).steps(1, 1347)
    assert f"learned for {epochs:.0f} epochs" in told


def test_no_temperature_and_no_share_helps_where_labels_abound():
    for each in STORED["abound"]:
        assert each["wins"][0] < 8 or each["gain"] < 0.005
    assert {(each["temperature"], each["share"]) for each in STORED["abound"]} == {(1, 1), (4, 1), (8, 1), (4, 0.5)}
    small = {(each["temperature"], each["share"]): each["wins"][1] >= 8 and each["gain"] <= -0.005
             for each in STORED["abound"] if (each["hidden"], each["epochs"]) == (8, 40)}  # fmt: skip
    assert small == {(1, 1): False, (4, 1): True, (8, 1): True, (4, 0.5): True}
    assert "at T 8 and with half labels, too, not at T 1" in PROSE["abound-finding"]


def test_what_is_told_of_whispers_and_of_temperatures():
    teacher, _, y = stored.training()
    loud = np.mean(soften(teacher)[y != 3, 3] > 0.01)
    assert f"({100 * loud:.0f} images in 100 say more than 1%)" in PROSE["whispers-finding"]
    reads = {shown: [100 * np.median(films.read(films.of(shown, T, 16)[:, -1])) for T in films.TEMPERATURES[1:]]
             for shown in ("all", "0 and 1")}  # fmt: skip
    assert np.ptp(reads["all"]) < 0.5
    assert (
        "zeros and ones alone, {:.0f}, {:.0f} and {:.0f}% at 4, 8 and 16".format(*reads["0 and 1"][2:])
        in (PROSE["questions"])
    )


def test_what_is_told_of_noise():
    noise = np.random.default_rng(0).random((1347, 64))
    said = np.bincount(stored.TEACHER.forward(stored.theta_of("teacher"), noise).argmax(axis=1), minlength=10)
    assert said.argmax() == 4 and f"(here {said[4] / 1347:.0%} a 4)" in PROSE["no-digits-finding"]
    assert np.sort(said)[-2:].sum() > 0.9 * 1347


def test_what_is_told_of_the_bias_and_the_bug():
    biases = {each["temperature"]: each for each in STORED["biases"]}
    assert np.median(biases[1]["bias"]) == pytest.approx(3, abs=0.3)
    assert biases[1]["before"]["median"] < 0.3 and biases[1]["after"]["median"] > 0.9
    assert all(abs(biases[T]["after"]["median"] - biases[T]["before"]["median"]) < 0.02 for T in (4, 8))
    mended, bug = (row("bugs", shown="no 3", way=way)["threes"]["median"] for way in ("mended", "no T^2"))
    assert f"costs {100 * (mended - bug):.0f} points" in PROSE["bug-factor-why"]
    seen = [row("bugs", shown="all", way=way)["median"] for way in ("mended", "no T^2")]
    assert "{:.1%} and {:.1%}".format(*seen).replace("%", "", 1) in PROSE["bug-factor-why"]


def test_what_is_told_of_the_combination():
    told = PROSE["together-finding"]
    rows = {each["name"]: each for each in STORED["together"]}
    whole = np.median(rows["whole"]["bytes"])
    times = {name: whole / np.median(each["bytes"]) for name, each in rows.items()}
    assert times["pruned"] == 1 and f"{times['pruned, shared']:.0f} times smaller" in told
    lost = 100 * (rows["whole"]["median"] - rows["pruned, shared"]["median"])
    assert f"{lost:.1f} points" in told
    fresh, taught = (rows[f"{name}, quantised"] for name in ("fresh", "distilled"))
    assert f"{times['distilled, quantised']:.0f} times smaller" in told
    assert f"{100 * fresh['median']:.1f} or {taught['median']:.1%}" in told and fresh["max"] > taught["min"]
    assert f"({rows['distilled, pruned, shared']['median']:.1%})" in told
    found = re.search(r"\((\d+) and (\d+) microseconds", told)
    assert [int(each) for each in found.groups()] == [round(rows[name]["us"]) for name in ("whole", "distilled")]
