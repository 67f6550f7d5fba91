"""What the course finds on a computer: each finding, on computers that lack one thing or another."""

import importlib.metadata as metadata
import re

import jupyter_core.paths
import pytest

from nnlearn import environment, progress
from nnlearn.environment import MEND, NOTE, OK, Finding, Findings, examine
from nnlearn.language import say

NEEDED = {
    "numpy": "numpy>=2.1",
    "anywidget": "anywidget>=0.9.13",
    "scikit-learn": "scikit-learn>=1.6",
    "onnx": 'onnx>=1.17; extra == "deploy"',
    "winpty": 'winpty>=3; platform_system == "Nowhere"',
}
THERE = {"numpy": "2.1", "anywidget": "0.11.0", "scikit-learn": "1.9.1"}


@pytest.fixture
def installed(monkeypatch):
    """A function that makes these the installed packages, by name with their versions."""

    def installed(versions):
        def version(name):
            if name not in versions:
                raise metadata.PackageNotFoundError(name)
            return versions[name]

        monkeypatch.setattr(metadata, "requires", lambda name: list(NEEDED.values()))
        monkeypatch.setattr(metadata, "version", version)

    return installed


@pytest.fixture
def labextensions(monkeypatch, tmp_path):
    """The folder in which JupyterLab looks for extensions, an empty one."""
    monkeypatch.setattr(jupyter_core.paths, "jupyter_path", lambda *names: [str(tmp_path.joinpath(*names))])
    folder = tmp_path / "labextensions"
    folder.mkdir()
    return folder


# --- Python ---


@pytest.mark.parametrize(
    ("version", "verdict"),
    [("3.11.0", OK), ("3.12.9", OK), ("3.13.0rc2", OK), ("3.13.14", OK),
     ("3.10.14", MEND), ("3.11.0a1", MEND), ("3.14.0", MEND), ("3.14.0rc1", MEND), ("2.7.18", MEND), ("4.0", MEND)],
)  # fmt: skip
def test_python(monkeypatch, version, verdict):
    monkeypatch.setattr(metadata, "metadata", lambda name: {"Requires-Python": ">=3.11,<3.14"})
    finding = environment.python(version)
    assert finding.verdict == verdict
    if verdict == OK:
        assert finding.sentence == f"Python {version}"
    else:
        assert finding.sentence == (
            f"Python {version} does not suit: install one that is >=3.11,<3.14, then start with it: "
            "python course.py lab"
        )


def test_the_python_asked_about_is_the_one_that_runs(monkeypatch):
    monkeypatch.setattr("platform.python_version", lambda: "3.9.1")
    first = examine().findings[0]
    assert first.verdict == MEND and first.sentence.startswith("Python 3.9.1 does not suit")


def test_a_python_between_two_versions(monkeypatch):
    monkeypatch.setattr("platform.python_version", lambda: "3.13.0+")
    assert examine().findings[0] == Finding(OK, "Python 3.13.0")


def test_a_package_that_is_there_but_not_installed(monkeypatch):
    def nothing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "metadata", nothing)
    (finding,) = examine().findings
    assert finding.verdict == MEND and finding.sentence.endswith("not installed: start with python course.py lab")


# --- Packages ---


def test_packages_that_suit_are_one_finding(installed):
    installed(THERE)
    versions = "numpy 2.1, anywidget 0.11.0, scikit-learn 1.9.1"
    assert list(environment.packages()) == [Finding(OK, "Packages that are there: 3.", versions)]


@pytest.mark.parametrize("name", THERE)
def test_a_missing_package(installed, name):
    installed({other: version for other, version in THERE.items() if other != name})
    missing, there = environment.packages()
    advice = f'{name} is missing: pip install "{NEEDED[name]}", or start with python course.py lab'
    assert missing == Finding(MEND, advice)
    assert there.verdict == OK and name not in there.details and there.details.count(",") == 1


@pytest.mark.parametrize(
    ("name", "version", "suits"),
    [("numpy", "1.26.4", False), ("numpy", "2.1rc1", False), ("numpy", "2.1.0", True), ("numpy", "2.10", True),
     ("numpy", "2.2.0rc1", True), ("numpy", "2.1.0+local", True), ("scikit-learn", "1.5.2", False),
     ("anywidget", "0.9.9", False), ("anywidget", "0.9.13", True)],
)  # fmt: skip
def test_an_old_package(installed, name, version, suits):
    installed(THERE | {name: version})
    *old, there = environment.packages()
    assert (f"{name} {version}" in there.details) == suits == (not old)
    if not suits:
        assert old == [Finding(MEND, f'{name} {version} is too old: pip install "{NEEDED[name]}"')]


def test_nothing_installed(installed):
    installed({})
    findings = list(environment.packages())
    assert [finding.verdict for finding in findings] == [MEND] * 3  # and no line of those that are there
    assert not any("onnx" in finding.sentence or "winpty" in finding.sentence for finding in findings)


def test_here_all_packages_are_found():
    (finding,) = environment.packages()
    for name in ("numpy", "tensorflow", "jupyterlab", "anywidget"):
        assert f"{name} {metadata.version(name)}" in finding.details
    assert "pytest" not in finding.details  # those of developers are not asked for


# --- The page's part of the explorers ---


def test_the_explorers_part_of_the_page(labextensions):
    assert environment.explorers().verdict == NOTE
    assert "install anywidget where JupyterLab runs" in environment.explorers().sentence
    (labextensions / "jupyterlab-other").mkdir()
    (labextensions / "anywidget-text").write_text("no folder", encoding="utf-8")
    assert environment.explorers().verdict == NOTE
    (labextensions / "anywidget").mkdir()
    assert environment.explorers() == Finding(OK, "The explorers' part of the page is there.")


def test_here_it_is_there():
    assert environment.explorers().verdict == OK


# --- The progress ---


def test_the_progress_is_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("NNLEARN_PROGRESS", str(tmp_path / "notes.jsonl"))
    assert environment.notes() == Finding(OK, "Your progress is kept, on this computer alone.")
    assert not any(tmp_path.iterdir())  # looking writes nothing


def test_no_progress_is_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("NNLEARN_PROGRESS", "off")
    finding = environment.notes()
    assert finding.verdict == NOTE and finding.sentence == progress.report().trouble
    assert "NNLEARN_PROGRESS is off" in finding.sentence
    monkeypatch.setenv("NNLEARN_PROGRESS", str(tmp_path))  # a folder is no file
    finding = environment.notes()
    assert finding.verdict == NOTE and str(tmp_path) in finding.sentence


# --- All of them ---


def test_examine_looks_at_everything(monkeypatch, tmp_path):
    monkeypatch.setenv("NNLEARN_PROGRESS", str(tmp_path / "notes.jsonl"))
    examined = examine()
    assert [finding.verdict for finding in examined.findings] == [OK] * 4
    starts = ["Python 3.", "Packages that are there: ", "The explorers", "Your progress"]
    for start, finding in zip(starts, examined.findings, strict=True):
        assert re.match(start, finding.sentence)
    assert examined.summary == "The course can run here."


MIXED = Findings((Finding(OK, "Python 3"), Finding(NOTE, "Hm."), Finding(MEND, "a is missing"), Finding(MEND, "b too")))


def test_notes_do_not_stop_the_course():
    assert Findings(MIXED.findings[:2]).summary == "The course can run here."
    assert MIXED.summary == "To be mended: 2; see the lines marked MEND."


def test_findings_as_text_and_as_a_table():
    assert repr(MIXED).splitlines() == [
        "ok    Python 3", "note  Hm.", "MEND  a is missing", "MEND  b too", MIXED.summary,
    ]  # fmt: skip
    assert MIXED._repr_markdown_().splitlines() == [
        "| | |", "|---|---|", "| ok | Python 3 |", "| note | Hm. |", "| MEND | a is missing |", "| MEND | b too |", "",
        f"**{MIXED.summary}**",
    ]  # fmt: skip


def test_details_are_folded_in_a_notebook_and_written_out_as_text():
    findings = Findings((Finding(OK, "Packages that are there: 2.", "a 1, b 2"),))
    assert repr(findings).splitlines()[0] == "ok    Packages that are there: 2. a 1, b 2"
    assert findings._repr_markdown_().splitlines()[2] == (
        "| ok | <details><summary>Packages that are there: 2.</summary>a 1, b 2</details> |"
    )


def test_missing_things_are_counted(installed, labextensions, monkeypatch):
    monkeypatch.setenv("NNLEARN_PROGRESS", "off")
    installed({"numpy": "1.0"})
    monkeypatch.setattr("platform.python_version", lambda: "3.9.1")
    assert examine().summary.startswith("To be mended: 4;")


def test_in_chinese(monkeypatch, installed):
    installed({})
    monkeypatch.setenv("NNLEARN_LANG", "zh")
    examined = examine()
    assert all(re.search("[一-鿿]", finding.sentence) for finding in examined.findings if finding.verdict == MEND)
    assert re.search("[一-鿿]", examined.summary)
    missing = next(line for line in repr(examined).splitlines() if "numpy" in line)
    assert say(MEND) in missing.split()[0] and say(MEND) in examined.summary
