"""The learner's progress: what is written down, what is read back, and what must not get in the way of learning."""

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import specimens  # noqa: F401  # tasks 98.1 to 98.3

from nnlearn import progress
from nnlearn.exercises import check
from nnlearn.exercises.loader import load
from nnlearn.exercises.result import NotRightYet
from tools.environment import ROOT


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Where the notes of this test are kept; neither the file nor its folder is there yet."""
    place = tmp_path / "我的 进度" / "progress.jsonl"
    monkeypatch.setenv("NNLEARN_PROGRESS", str(place))
    return place


def lines(place):
    return place.read_text(encoding="utf-8").split("\n")


def written(place):
    """The lines of the file but for empty ones: who reads while another writes may see half of a line, and ends it."""
    return [line for line in lines(place) if line]


# --- The file ---


def test_the_file_lies_in_the_home_unless_another_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("NNLEARN_PROGRESS", "")
    assert progress.file() == tmp_path / ".nnlearn" / "progress.jsonl"
    monkeypatch.delenv("NNLEARN_PROGRESS")
    assert progress.file() == tmp_path / ".nnlearn" / "progress.jsonl"
    monkeypatch.setenv("NNLEARN_PROGRESS", "here.jsonl")
    assert progress.file() == Path("here.jsonl")
    monkeypatch.setenv("NNLEARN_PROGRESS", str(Path("~", "there.jsonl")))
    assert progress.file() == Path("~").expanduser() / "there.jsonl"
    monkeypatch.setenv("NNLEARN_PROGRESS", "off")
    assert progress.file() is None


def no_home():
    raise RuntimeError("Could not determine home directory.")


def test_without_a_home_nothing_is_kept(monkeypatch):
    monkeypatch.delenv("NNLEARN_PROGRESS", raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    assert progress.file() is None
    progress.note("goal", "03.Bowl.1")
    assert progress.notes() == [] and "No progress is kept" in repr(progress.report())


def test_off_keeps_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("NNLEARN_PROGRESS", "off")
    progress.note("goal", "03.Bowl.1")
    assert progress.notes() == [] and progress.latest("goal", "03.Bowl.1") is None
    assert list(tmp_path.iterdir()) == []
    text = "No progress is kept: NNLEARN_PROGRESS is off, or there is no home folder."
    assert repr(progress.report()) == progress.report()._repr_markdown_() == text


# --- Notes ---


def test_a_note_is_a_line_of_json(place):
    progress.note("prediction", "03.Parabola", "66")
    progress.note("hint", "05.1", "这一步用了旧的速度。")
    raw = place.read_bytes()
    assert raw.endswith(b"}\n") and b"\r" not in raw
    first, second, rest = lines(place)
    assert rest == ""
    assert {key: value for key, value in json.loads(first).items() if key != "when"} == {
        "kind": "prediction", "name": "03.Parabola", "value": "66",
    }  # fmt: skip
    assert "这一步用了旧的速度。" in second  # as it can be read, not as escapes
    age = datetime.now(UTC) - datetime.fromisoformat(json.loads(first)["when"])
    assert timedelta(0) <= age + timedelta(seconds=1) < timedelta(seconds=60)


LINES = 'a "quote"\nand \u2028 \x85 lines'
VALUES = [None, "66", 50.0, 3, True, [-1.09, -0.58], {"a": [1, None]}, "学生", LINES, "\ud800"]


@pytest.mark.parametrize("value", VALUES, ids=ascii)
def test_what_is_noted_is_read_back(place, value):
    progress.note("goal", "00.Other.1")
    progress.note("prediction", "00.FirstDescent", value)
    found = progress.latest("prediction", "00.FirstDescent")
    assert found.value == value and (found.kind, found.name, found.chapter) == ("prediction", "00.FirstDescent", "00")
    assert [each.name for each in progress.notes()] == ["00.Other.1", "00.FirstDescent"]
    progress.note("prediction", "00.FirstDescent", value)
    assert len(progress.notes()) == 2


def test_a_tuple_comes_back_as_a_list_and_is_the_same_thing(place):
    progress.note("prediction", "00.FirstDescent", (-1.0, -0.58))
    progress.note("prediction", "00.FirstDescent", (-1.0, -0.58))
    (only,) = progress.notes()
    assert only.value == [-1.0, -0.58]


def test_a_changed_value_is_a_new_line_and_the_latest_counts(place):
    for value in ("66", "66", "never", None, None, "66"):
        progress.note("prediction", "03.Parabola", value)
        assert progress.latest("prediction", "03.Parabola").value == value
    assert [each.value for each in progress.notes()] == ["66", "never", None, "66"]


def test_kinds_and_names_are_told_apart(place):
    progress.note("check", "05.1", 2)
    progress.note("hint", "05.1", 2)
    progress.note("check", "05.10", 2)
    progress.note("check", "05.1", 2)
    assert len(progress.notes()) == 3
    assert progress.latest("goal", "05.1") is None and progress.latest("check", "05") is None


def test_hints_pile_up_each_once(place):
    for hint in ("sign", "old velocity", "sign", "old velocity"):  # a run of two questions, twice
        progress.note("hint", "05.1", hint)
    assert [each.value for each in progress.notes()] == ["sign", "old velocity"]


def test_what_json_can_not_hold_is_the_caller_s_mistake(place):
    with pytest.raises(TypeError):
        progress.note("goal", "03.Bowl.1", {1, 2})
    assert not place.exists()


GOOD = '{"kind": "goal", "name": "03.Bowl.1", "value": null, "when": "2026-01-02T03:04:05+00:00"}'
DAMAGED = [
    "",
    "   ",
    "no json",
    GOOD[:-9],
    GOOD + GOOD,
    "3",
    "null",
    "[]",
    '["goal", "03.Bowl.1", null, "2026"]',
    "{}",
    GOOD.replace('"value": null, ', ""),
    GOOD.replace("}", ', "more": 1}'),
    GOOD.replace('"goal"', '"gaol"'),
    GOOD.replace('"goal"', '["goal"]'),
    GOOD.replace('"goal"', "null"),
    GOOD.replace('"03.Bowl.1"', "3"),
    GOOD.replace('"2026-01-02T03:04:05+00:00"', "2026"),
    "\x00\x00\x00",
    "�",
]


@pytest.mark.parametrize("line", DAMAGED, ids=ascii)
def test_a_damaged_line_is_left_out(place, line):
    assert progress.read(line) is None
    place.parent.mkdir()
    place.write_text(f"{line}\n{GOOD}\n{line}\n", encoding="utf-8")
    (only,) = progress.notes()
    assert (only.kind, only.name, only.value) == ("goal", "03.Bowl.1", None)
    progress.note("goal", "03.Bowl.2")
    assert [each.name for each in progress.notes()] == ["03.Bowl.1", "03.Bowl.2"]
    assert "You stopped in chapter 03" in repr(progress.report())


def test_bytes_that_are_no_text_are_left_out(place):
    place.parent.mkdir()
    place.write_bytes(b"\xff\xfe\x80\n" + GOOD.encode() + b"\r\n" + b"\xc3")
    assert len(progress.notes()) == 1
    progress.note("goal", "03.Bowl.2")
    assert len(progress.notes()) == 2


@pytest.mark.parametrize("torn", [GOOD, GOOD[:-9]], ids=["whole", "half"])
def test_a_last_line_without_its_end_spoils_no_other(place, torn):
    place.parent.mkdir()
    place.write_text(torn, encoding="utf-8")
    progress.note("goal", "03.Bowl.2")
    assert progress.latest("goal", "03.Bowl.2")
    assert bool(progress.latest("goal", "03.Bowl.1")) == (torn == GOOD)
    assert lines(place)[-1] == "" and len(lines(place)) == 3


def test_a_deleted_file_starts_afresh(place):
    progress.note("goal", "03.Bowl.1")
    place.unlink()
    assert progress.notes() == []
    progress.note("goal", "03.Bowl.1")
    assert len(progress.notes()) == 1


# --- Places that can't be written ---


def a_file_in_the_way(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    return tmp_path / "file" / "progress.jsonl"


def a_folder_of_that_name(tmp_path):
    (tmp_path / "progress.jsonl").mkdir()
    return tmp_path / "progress.jsonl"


@pytest.mark.parametrize("make", [a_file_in_the_way, a_folder_of_that_name])
def test_where_nothing_can_be_written_learning_goes_on(monkeypatch, tmp_path, make):
    place = make(tmp_path)
    monkeypatch.setenv("NNLEARN_PROGRESS", str(place))
    progress.note("goal", "03.Bowl.1")
    assert progress.notes() == []
    assert not progress.writable(place)
    assert repr(progress.report()) == (
        f"Progress can't be kept in {place}; set NNLEARN_PROGRESS to a file that can be written."
    )


def refuse(*arguments, **options):
    raise PermissionError(13, "Permission denied")


def test_a_refused_write_is_no_error(place, monkeypatch):
    progress.note("goal", "03.Bowl.1")
    monkeypatch.setattr(Path, "open", refuse)
    progress.note("goal", "03.Bowl.2")
    monkeypatch.undo()
    assert lines(place)[1:] == [""]


@pytest.mark.parametrize("part", ["os.access", "pathlib.Path.exists"])
def test_the_report_says_that_nothing_more_can_be_kept(place, monkeypatch, part):
    progress.note("goal", "03.Bowl.1")
    monkeypatch.setattr(part, lambda *_: False if part == "os.access" else refuse())
    report = progress.report()
    assert repr(report).startswith("You stopped in chapter 03")
    assert f"Progress can't be kept in {place}" in repr(report)
    assert f"Progress can't be kept in {place}" in report._repr_markdown_()


def test_a_place_that_is_not_there_yet_can_be_written(place, tmp_path, monkeypatch):
    assert progress.writable(place) and progress.writable(place.parent / "deeper" / "notes.jsonl")
    monkeypatch.chdir(tmp_path)
    assert progress.writable(Path("notes.jsonl"))
    assert not place.parent.exists()


# --- Several kernels at once ---

EACH = 60


def test_threads_do_not_mix_their_lines(place):
    def write(number):
        for k in range(EACH):
            progress.note("goal", f"03.Bowl.{number}.{k}", "学" * (k * number))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = [each.name for each in progress.notes()]
    assert sorted(names) == sorted({f"03.Bowl.{number}.{k}" for number in range(1, 5) for k in range(EACH)})
    assert len(written(place)) == 4 * EACH


WRITER = """
import sys
from nnlearn import progress
print("ready", flush=True)
sys.stdin.readline()
for k in range({each}):
    progress.note("goal", "03.Bowl." + sys.argv[1] + "." + str(k), "x" * 300)
"""


def test_kernels_do_not_mix_their_lines(place):
    command = [sys.executable, "-c", WRITER.format(each=EACH)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    writers = [subprocess.Popen([*command, str(number)], **pipes) for number in (1, 2)]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=300)
        assert writer.returncode == 0
    assert len(progress.notes()) == 2 * EACH
    assert len(written(place)) == 2 * EACH


# --- The report ---


def write_some():
    progress.note("prediction", "00.FirstDescent", [0.9, -0.58])
    progress.note("prediction", "00.FirstDescent", None)
    progress.note("prediction", "00.FirstDescent", [-1.1, -0.58])
    progress.note("goal", "00.FirstDescent.1")
    progress.note("goal", "00.FirstDescent.2")
    progress.note("check", "05.1", 2)
    progress.note("check", "05.1", 1)
    progress.note("hint", "05.1", "sign")
    progress.note("hint", "05.1", "old velocity")
    progress.note("hint", "05.4", "sign")


def test_the_report_counts_different_things(place):
    write_some()
    assert progress.report().counts() == {
        "00": {"prediction": 1, "goal": 2, "check": 0, "hint": 0},
        "05": {"prediction": 0, "goal": 0, "check": 1, "hint": 3},
    }


def test_the_report_in_words(place):
    write_some()
    day = datetime.now(UTC).date().isoformat()
    assert repr(progress.report()) == (
        f"You stopped in chapter 05 on {day}.\n"
        "Chapter 00: predictions made 1; goals reached 2; tasks solved 0; hints met 0.\n"
        "Chapter 05: predictions made 0; goals reached 0; tasks solved 1; hints met 3."
    )
    assert progress.report()._repr_markdown_() == (
        f"You stopped in chapter 05 on {day}.\n\n"
        "| chapter | predictions made | goals reached | tasks solved | hints met |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| 00 | 1 | 2 | 0 | 0 |\n"
        "| 05 | 0 | 0 | 1 | 3 |"
    )


def test_the_report_of_an_empty_file(place):
    text = "Nothing done yet: chapter 00 is the place to start."
    assert repr(progress.report()) == progress.report()._repr_markdown_() == text
    assert progress.report().counts() == {} and progress.report().trouble == ""
    assert not place.exists()  # asking writes nothing


# --- check ---

TASK = "98.1"


def outcome(answer):
    try:
        return check(TASK, answer)
    except NotRightYet as error:
        return error.result


def answers():
    question = load(TASK).asks
    return question.reference, question.misconceptions[0]


def test_check_notes_hints_and_passes(place):
    right, misconception = answers()
    outcome(misconception.wrong)
    outcome(misconception.wrong)
    assert [(each.kind, each.name, each.value) for each in progress.notes()] == [("hint", TASK, misconception.hint)]
    outcome(right)
    outcome(right)
    outcome(misconception.wrong)
    kinds = [(each.kind, each.name) for each in progress.notes()]
    assert kinds == [("hint", TASK), ("check", TASK)]
    assert progress.latest("check", TASK).value == load(TASK).points


@pytest.mark.parametrize("answer", [None, ...])
def test_check_notes_nothing_of_an_answer_that_is_not_there(place, answer):
    check(TASK, answer)
    assert progress.notes() == [] and not place.exists()


def test_check_notes_nothing_in_a_graded_run(place, monkeypatch):
    right, misconception = answers()
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert outcome(right).right and not outcome(misconception.wrong).right
    assert progress.notes() == [] and not place.exists()


def test_check_works_where_nothing_can_be_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("NNLEARN_PROGRESS", str(a_file_in_the_way(tmp_path)))
    right, misconception = answers()
    assert check(TASK, right).right and not outcome(misconception.wrong).right


def test_the_test_run_itself_keeps_nothing():
    assert os.environ.get("NNLEARN_PROGRESS") == "off"
