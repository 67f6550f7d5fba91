"""The texts of some chapters can be read in their time, and use no word of a later chapter without a gloss."""

import re

import nbformat
import pytest

from tools.environment import ROOT
from tools.hygiene import number_of_words, without_code

CHAPTERS = [
    "00_start_here",
    "02_networks",
    "03_gradient_descent",
    "04_minibatches",
    "06_adaptive",
    "07_adam",
    "08_schedules",
    "09_second_order",
    "10_failing",
    "11_cleaning",
    "13_compression",
    "14_architecture",
    "15_pruning",
    "16_trimming",
    "18_distillation",
]
WORDS, PASSAGE = 1800, 160  # in a chapter; in one cell, tables aside
HERE_AND_BEFORE = {
    "00": {"00"},
    "02": {"00", "02"},
    "03": {"00", "03"},
    "04": {"00", "02", "03", "04"},
    "06": {"00", "02", "03", "04", "05", "06"},
    "07": {"00", "02", "03", "04", "05", "06", "07"},
    "08": {"00", "02", "03", "04", "05", "06", "07", "08"},
    "09": {"00", "02", "03", "04", "05", "06", "07", "09"},
    "10": {"00", "02", "03", "04", "05", "06", "07", "08", "09", "10"},
    "11": {"00", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11"},
    "13": {"00", "02", "03", "04", "05", "06", "07", "08", "12", "13"},
    "14": {"00", "02", "03", "04", "05", "06", "07", "12", "14"},
    "15": {"00", "02", "03", "04", "05", "06", "07", "15"},
    "16": {"00", "02", "03", "04", "05", "06", "07", "12", "14", "15", "16"},
    "18": {"00", "02", "03", "04", "05", "06", "07", "12", "14", "15", "16", "17", "18"},
}  # the chapters that a reader of each has had


def texts(name):
    """The Markdown cells of a chapter, by id."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    return {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "markdown"}


def without_tables(source):
    return re.sub(r"^\|.*$", "", source, flags=re.MULTILINE)


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_is_short_enough_to_be_read(name):
    cells = texts(name)
    assert sum(map(number_of_words, cells.values())) <= WORDS
    long = {where: number_of_words(without_tables(source)) for where, source in cells.items()}
    assert {where: words for where, words in long.items() if words > PASSAGE} == {}


@pytest.mark.parametrize("name", CHAPTERS[1:])
def test_there_is_a_place_to_stop_at_about_half(name):
    cells = texts(name)
    places = list(cells)
    before = places[: places.index("half-way")]
    share = sum(number_of_words(cells[where]) for where in before) / sum(map(number_of_words, cells.values()))
    assert "a good place to stop" in cells["half-way"] and 0.4 < share < 0.6


def glossary():
    """Words, each with the chapters that teach it: from the table of chapter 00."""
    words = {}
    for line in texts("00_start_here")["words"].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and re.fullmatch(r"\d\d(, \d\d)*", cells[-1]):
            words |= dict.fromkeys(cells[0].split(", "), set(cells[-1].split(", ")))
    return words


def test_the_glossary_says_where_each_word_is_taught():
    words = glossary()
    assert {"mini-batch", "epoch", "hidden unit", "saddle", "momentum"} <= words.keys() and len(words) > 15


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_word_of_a_later_chapter_is_glossed_where_it_first_stands(name):
    cells = [source for where, source in texts(name).items() if where not in ("words", "map")]
    prose = " ".join(re.sub(r"^#.*$", "", without_code(without_tables(source)), flags=re.MULTILINE) for source in cells)
    for word, chapters in glossary().items():
        if chapters & HERE_AND_BEFORE[name[:2]]:
            continue
        first = re.search(rf"\b{re.escape(word)}(?:s|es)?\b", prose, re.IGNORECASE)
        if first is None:
            continue
        around = prose[max(0, first.start() - 100) : first.end() + 60]
        assert glossed(word, around), f"{word}: {around}"


def glossed(word, around):
    """Whether a bracket with words or Chinese follows, or the word stands in one that explains another."""
    return bool(re.search(rf"{re.escape(word)}(?:s|es)?\W{{0,3}}[^.()]{{0,20}}\(", around, re.IGNORECASE)) or bool(
        re.search(rf"\([^()]*\b{re.escape(word)}", around, re.IGNORECASE)
    )
