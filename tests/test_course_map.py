"""The map of the course: the chapters that there are, named as their notebooks are, and links that lead to them."""

import json
import re

import pytest

from nnlearn.syllabus.chapters import CHAPTERS, TRACKS, course
from tools.environment import ROOT

CHINESE = re.compile("[一-鿿]")
WRITTEN = [chapter for chapter in CHAPTERS if chapter.notebook]
EACH = pytest.mark.parametrize("chapter", WRITTEN, ids=lambda chapter: chapter.notebook)


def opening(path):
    """The text of a notebook's first cell of text."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "".join(next(cell["source"] for cell in cells if cell["cell_type"] == "markdown"))


def rows():
    """The rows of the table, without its head, as lists of cells."""
    lines = course()._repr_markdown_().splitlines()
    return [line.removeprefix("| ").removesuffix(" |").split(" | ") for line in lines if line.startswith("|")][2:]


def links(text):
    return re.findall(r"\]\(([^)]+)\)", text)


@pytest.fixture(params=["en", "zh"])
def spoken(request, monkeypatch):
    """The language that is spoken."""
    monkeypatch.setenv("NNLEARN_LANG", request.param)
    return request.param


def test_every_notebook_is_on_the_map_and_vice_versa():
    assert {chapter.notebook for chapter in WRITTEN} == {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    translated = {path.stem for path in (ROOT / "notebooks" / "zh").glob("*.ipynb")}
    assert translated <= {chapter.notebook for chapter in WRITTEN}


def test_the_numbers_are_in_order():
    assert [chapter.number for chapter in CHAPTERS] == [f"{number:02}" for number in range(24)]
    assert all(chapter.notebook.startswith(f"{chapter.number}_") for chapter in WRITTEN)


@EACH
def test_the_titles_are_those_of_the_notebooks(chapter):
    heading = opening(ROOT / "notebooks" / f"{chapter.notebook}.ipynb").splitlines()[0]
    assert heading == f"# {chapter.number} · {chapter.title} {chapter.chinese}"


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks" / "zh").glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_titles_of_the_chinese_notebooks(path):
    (chapter,) = (chapter for chapter in WRITTEN if chapter.notebook == path.stem)
    number, title = re.fullmatch(r"# (\d\d) · (.*)", opening(path).splitlines()[0]).groups()
    assert number == chapter.number and title in (chapter.chinese, f"{chapter.title} {chapter.chinese}")


@EACH
def test_the_minutes_are_those_of_the_notebooks(chapter):
    told = re.search(r"(?:[Aa]bout|in) (\d+) minutes", opening(ROOT / "notebooks" / f"{chapter.notebook}.ipynb"))
    assert int(told[1]) == chapter.minutes


def test_titles_are_in_both_languages():
    for chapter in CHAPTERS:
        assert CHINESE.search(chapter.chinese) and not CHINESE.search(chapter.title)
        assert chapter.about and not CHINESE.search(chapter.about) and not chapter.about.endswith(".")
    for name in ("title", "chinese", "about"):
        assert len({getattr(chapter, name) for chapter in CHAPTERS}) == len(CHAPTERS)


def test_each_chapter_has_its_row(spoken):
    found = rows()
    assert [row[0] for row in found] == [chapter.number for chapter in CHAPTERS]
    for chapter, (_, name, about, minutes, tracks) in zip(CHAPTERS, found, strict=True):
        assert minutes == str(chapter.minutes) and tracks.split() == list(chapter.tracks)
        assert bool(links(name)) == bool(chapter.notebook)
        assert re.sub(r"\[(.*?)\].*", r"\1", name) == (
            chapter.chinese if spoken == "zh" else f"{chapter.title} {chapter.chinese}"
        )
        assert bool(CHINESE.search(about)) == (spoken == "zh")


def test_the_links_lead_to_files(spoken):
    folder = ROOT / "notebooks" if spoken == "en" else ROOT / "notebooks" / "zh"
    there = {path.name for path in folder.glob("*.ipynb")}
    found = [links(name) for _, name, *_ in rows() if links(name)]
    assert len(found) == len(WRITTEN) and all(len(pair) == 2 for pair in found)
    for notebook, exercise in found:
        if notebook in there:  # as long as not every chapter is translated
            assert (folder / exercise).is_file()
            assert (folder / exercise).resolve().parent.relative_to(ROOT).parts == (
                ("exercises",) if spoken == "en" else ("exercises", "zh")
            )
        else:
            assert spoken == "zh"


def test_the_hours_of_the_tracks(spoken):
    end = course()._repr_markdown_().splitlines()[-1]
    told = re.findall(r"\b([EOS])\b.*?([\d.]+) (?:hours|小时)", end)
    hours = {letter: sum(c.minutes for c in CHAPTERS if letter in c.tracks) / 60 for letter in TRACKS}
    assert {letter: float(number) for letter, number in told} == pytest.approx(hours, abs=0.5, rel=0.05)
    assert all(set(chapter.tracks) <= set(TRACKS) for chapter in CHAPTERS)
    if spoken == "en":
        assert "Two evenings, 5.5 hours" in end and "Chapters without a link are still to come." in end


def test_the_map_as_text(spoken):
    lines = repr(course()).splitlines()
    assert len(lines) == len(CHAPTERS)
    for chapter, line in zip(CHAPTERS, lines, strict=True):
        title = chapter.chinese if spoken == "zh" else f"{chapter.title} {chapter.chinese}"
        assert line.startswith(f"{chapter.number} {title}: ") and not links(line)
    if spoken == "en":
        assert lines[17] == "17 Quantisation 量化: from 16 bits to 1"
