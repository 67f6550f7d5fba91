"""The tables of coverage and errata: well formed, true about what is there, and shown as they are written."""

import ast
import html
import json
import pkgutil
import re
from functools import cache
from pathlib import Path

import mistune
import pytest

from nnlearn import language, syllabus

ROOT = Path(__file__).parents[1]
COLUMNS = {
    "coverage": ["id", "chapter", "sources", "topic", "must_work", "taught", "runs"],
    "errata": ["id", "chapter", "where", "fault", "shows", "right", "taught", "runs"],
}
CHAPTERS = [f"{number:02}" for number in range(24)]
# The chapters that have a notebook.
WRITTEN = {path.name[:2] for path in ROOT.glob("notebooks/[0-9][0-9]_*.ipynb")}
ROWS = [(name, row) for name in COLUMNS for row in syllabus.table(name)]


def is_cell(place):
    """Whether a place such as ``notebooks/03_gradient_descent.ipynb#stop-rules`` is a cell that exists."""
    notebook, _, cell = place.partition("#")
    return cell in cell_ids(notebook)


@cache
def cell_ids(notebook):
    path = ROOT / notebook
    if path.suffix != ".ipynb" or not path.is_file():
        return frozenset()
    return frozenset(cell["id"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"])


def is_proof(name):
    """Whether ``nnlearn.stop.GradientBelow`` or ``tests/test_x.py::test_y`` exists."""
    file, _, test = name.partition("::")
    return test in functions_in(file) if test else is_public(name)


@cache
def functions_in(file):
    path = ROOT / file
    if not re.fullmatch(r"test_\w+\.py", path.name) or not path.is_file():
        return frozenset()
    module = ast.parse(path.read_text(encoding="utf-8"))
    names = [node.name for node in module.body if isinstance(node, ast.FunctionDef)]
    return frozenset(name for name in names if name.startswith("test_"))


def is_public(name):
    if not re.fullmatch(r"nnlearn(\.[A-Za-z]\w*)+", name):
        return False
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


@pytest.mark.parametrize("name", COLUMNS)
def test_each_file_is_plain_tab_separated_text(name):
    data = (ROOT / "nnlearn" / "syllabus" / f"{name}.tsv").read_bytes()
    lines = data.decode("utf-8").replace("\r\n", "\n").split("\n")
    assert lines.pop() == ""  # it ends with a line's end
    head, *rows = (line.split("\t") for line in lines)
    assert head == COLUMNS[name]
    assert rows == [list(row.values()) for row in syllabus.table(name)]
    for cells in rows:
        assert len(cells) == len(head) and all(cells[:-2])
        assert all(cell == " ".join(cell.split()) for cell in cells)
        assert "$" not in "".join(cells)  # JupyterLab takes even an escaped one for mathematics


@pytest.mark.parametrize("name", COLUMNS)
def test_ids_are_unique_and_chapters_exist(name):
    ids = [row["id"] for row in syllabus.table(name)]
    assert sorted(set(ids)) == sorted(ids)
    assert {row["chapter"] for row in syllabus.table(name)} <= set(CHAPTERS)


def test_the_topics_take_in_every_chapter_but_the_first_and_every_source():
    assert {row["chapter"] for row in syllabus.table("coverage")} == set(CHAPTERS[1:])
    sources = " ".join(row["sources"] for row in syllabus.table("coverage"))
    assert set(re.findall(r"(00\d)§", sources)) == {"000", "001", "002", "003", "004"}


@pytest.mark.parametrize("name, row", ROWS, ids=[row["id"] for _, row in ROWS])
def test_each_row_of_a_written_chapter_is_taught_and_runs(name, row):
    taught, runs = row["taught"].split(), row["runs"].split()
    if row["chapter"] not in WRITTEN:
        assert taught == runs == []
        return
    assert any(place.startswith(f"notebooks/{row['chapter']}_") for place in taught)
    assert runs
    assert [place for place in taught if not is_cell(place)] == []
    assert [proof for proof in runs if not is_proof(proof)] == []


NOTEBOOK = "notebooks/03_gradient_descent.ipynb"
PLACES = {
    f"{NOTEBOOK}#errata": True,
    f"{NOTEBOOK}#no-such-cell": False,
    f"{NOTEBOOK}#": False,
    NOTEBOOK: False,
    "notebooks/03_no_such_notebook.ipynb#errata": False,
    "notebooks#errata": False,
    "pyproject.toml#errata": False,
    "#errata": False,
    "": False,
}
PROOFS = {
    "nnlearn.stop": True,
    "nnlearn.stop.GradientBelow": True,
    "nnlearn.Trace.explain": True,
    "nnlearn.stop.NoSuchRule": False,
    "nnlearn.no_such_module": False,
    "nnlearn.": False,
    "nnlearn.stop:GradientBelow": False,
    "numpy.array": False,
    "GradientBelow": False,
    "": False,
    "tests/test_syllabus.py::test_the_resolvers_know_right_from_wrong": True,
    "tests/test_syllabus.py::test_no_such_test": False,
    "tests/test_syllabus.py::is_public": False,
    "tests/test_syllabus.py::PROOFS": False,
    "tests/test_no_such_file.py::test_c04": False,
    "tests/problems.py::small_data": False,
    "tests::test_c04": False,
    "tests/test_syllabus.py::": False,
    "tests/test_syllabus.py": False,
}


@pytest.mark.parametrize("right, entry, expected", [
    *((is_cell, *item) for item in PLACES.items()), *((is_proof, *item) for item in PROOFS.items()),
])  # fmt: skip
def test_the_resolvers_know_right_from_wrong(right, entry, expected):
    assert right(entry) == expected


to_html = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "url"])


TABLES = {f"{name} {chapter}": getattr(syllabus, name)(chapter)
          for name, chapter in sorted({(name, row["chapter"]) for name, row in ROWS})}  # fmt: skip
MARKS = ["*a*", "_b_", "`c`", "<d>", "[e](f)", "~~g~~", "&lt;", "i | j", "k\\!", "![l](m)", "<!--n-->"]
TABLES["marks"] = syllabus.Records({"text": "Text"}, tuple({"text": text} for text in MARKS))


@pytest.mark.parametrize("name", TABLES)
def test_a_table_shows_each_text_as_it_is_written(name):
    table = TABLES[name]
    headings = list(table.headings.values())
    texts = [[row[column] for column in table.headings] for row in table.rows]

    lines = to_html(table._repr_markdown_()).split("<tr>")[1:]
    cells = [re.findall(r"<t[hd]>([^<]*)</t[hd]>", line) for line in lines]
    assert [[html.unescape(cell) for cell in line] for line in cells] == [headings, *texts]

    labelled = [[f"{heading}: {text}" for heading, text in zip(headings, row, strict=True)] for row in texts]
    assert [block.split("\n") for block in repr(table).split("\n\n")] == labelled


def test_the_tables_take_the_rows_of_their_chapter_in_order():
    assert [row["id"] for row in syllabus.coverage("03").rows] == ["gd", "gd-linear", "lr"]
    whole = [row["id"] for row in syllabus.table("errata") if row["chapter"] == "03"]
    assert [row["id"] for row in syllabus.errata("03").rows] == whole
    part = [row["id"] for row in syllabus.errata("03", without=["C02", "C26"]).rows]
    assert part == [name for name in whole if name not in ("C02", "C26")]


def test_headings_are_in_the_learner_s_language(monkeypatch):
    words = {"Id": "Nr.", "Right": "Richtig", "{heading}: {text}": "{heading} = {text}"}
    monkeypatch.setattr(language, "translated", lambda template, name: words.get(template, template))
    table = syllabus.errata("09", without=["C17", "C18", "M06", "M07"])
    assert "\n| Nr. | Where | Fault | What running it shows | Richtig |\n" in table._repr_markdown_()
    assert repr(table).startswith("Nr. = K14\nWhere = 002 Q4\n")


def test_the_rows_are_read_once_and_cannot_be_changed():
    row = syllabus.errata("03").rows[0]
    assert row is syllabus.errata("03").rows[0]
    with pytest.raises(TypeError):
        row["fault"] = "none"


WRONG = {
    "no such chapter": (lambda: syllabus.errata("99"), "no chapter '99'; its chapters are 01, 02, .*, 23"),
    "a number": (lambda: syllabus.coverage(3), "no chapter 3; its chapters are 01, 02, .*, 23"),
    "an id of another chapter": (
        lambda: syllabus.errata("02", without=["C13", "M01", "X"]),
        "without holds M01, X; the errata of chapter 02 are C13, C21, C25, K25",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_request_is_refused_with_what_there_is(case):
    ask, words = WRONG[case]
    with pytest.raises(ValueError, match=words):
        ask()
