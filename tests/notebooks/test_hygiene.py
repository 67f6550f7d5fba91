"""Every stored chapter keeps to the rules; each rule finds what it is there to find."""

import base64
import io

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from tools.environment import ROOT
from tools.hygiene import WIDGET_VIEW, Limits, complaints
from tools.notebooks import of_course


@pytest.mark.parametrize("path", of_course("notebooks"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_chapter(path):
    assert complaints(nbformat.read(path, as_version=4)) == []


def png(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, format="png")
    return base64.b64encode(buffer.getvalue()).decode()


WHITE = np.full((48, 64, 3), 255)
LINE = WHITE.copy()
LINE[24, 8:56] = 0
SPECK = WHITE.copy()
SPECK[0, 0] = 0
HAZE = WHITE.copy()
HAZE[:24] = 252


def good():
    """A small chapter without fault."""
    picture = {"image/png": png(LINE), "text/plain": "A line that falls from left to right."}
    cells = [
        new_markdown_cell("# 00 Start here 开始\n\nOne sentence.", id="title"),
        new_code_cell(
            "show()",
            id="first-figure",
            execution_count=1,
            outputs=[new_output("display_data", picture)],
        ),
        new_code_cell(
            "1 / 0",
            id="a-bug",
            execution_count=2,
            metadata={"tags": ["raises-exception"]},
            outputs=[new_output("error", ename="ZeroDivisionError", evalue="", traceback=["in cell"])],
        ),
    ]
    return new_notebook(cells=cells)


def test_a_good_chapter_has_no_complaints():
    assert complaints(good()) == []


def test_one_cell_of_code_may_stand_above_the_title():
    notebook = good()
    title, figure, bug = notebook.cells
    notebook.cells = [figure, title, bug]
    assert complaints(notebook) == []
    bug.execution_count, figure.execution_count = 1, 2
    notebook.cells = [bug, figure, title]
    assert any("must have one title" in complaint for complaint in complaints(notebook))


def change(cell, name, value):
    return lambda notebook: notebook.cells[cell].__setitem__(name, value)


def output(kind, **fields):
    return change(1, "outputs", [new_output(kind, **fields)])


def picture(pixels, text="A line that falls from left to right."):
    return output("display_data", data={"image/png": png(pixels), "text/plain": text})


def add_cells(*kinds):
    return lambda notebook: notebook.cells.extend(
        new_markdown_cell("text", id=f"more-{index}")
        if kind == "text"
        else new_code_cell("1", id=f"more-{index}", execution_count=3 + index // 2)
        for index, kind in enumerate(kinds)
    )


BAD = {
    "not run": (change(1, "execution_count", None), "was not run from 1 to 2"),
    "run out of order": (change(1, "execution_count", 3), "was not run from 1 to 2"),
    "error": (change(2, "metadata", nbformat.from_dict({"tags": []})), "a-bug: error ZeroDivisionError"),
    "stderr": (output("stream", name="stderr", text="a warning"), "first-figure: stderr: a warning"),
    "widget state": (lambda notebook: notebook.metadata.update(widgets={}), "holds widget state"),
    "widget": (output("display_data", data={WIDGET_VIEW: {}}), "first-figure: a widget's view is stored"),
    "damaged": (
        output("display_data", data={"image/png": png(LINE)[:-80], "text/plain": "x" * 20}),
        "first-figure: a picture can't be decoded",
    ),
    "no picture": (
        output("display_data", data={"image/png": "aGVsbG8=", "text/plain": "x" * 20}),
        "first-figure: a picture can't be decoded",
    ),
    "white": (picture(WHITE), "first-figure: a picture is blank"),
    "speck": (picture(SPECK), "first-figure: a picture is blank"),
    "haze": (picture(HAZE), "first-figure: a picture is blank"),
    "no text": (output("display_data", data={"image/png": png(LINE)}), "no alternative text: ''"),
    "short text": (picture(LINE, "A line."), "no alternative text: 'A line.'"),
    "repr": (picture(LINE, "<Figure size 640x480 with 1 Axes>"), "no alternative text: '<Figure"),
    "image": (change(0, "source", "# A 一\n![ ](a.png)"), "title: an image without alternative text"),
    "html image": (change(0, "source", '# A 一\n<img src="a.png">'), "title: an image without alternative"),
    "long code": (change(1, "source", "a = 1\n" * 21), "first-figure: 21 lines of code"),
    "a peer": (change(1, "source", "import torch\n"), "first-figure: imports torch, which the course doesn't install"),
    "a part of a peer": (change(1, "source", "if True:\n    from skimage import data"), "imports skimage"),
    "many cells": (add_cells(*["text", "code"] * 19), "41 cells, 40 are the limit"),
    "many words": (change(0, "source", "# A 一\n" + "word " * 2000), "2001 words, 2000 are the limit"),
    "many characters": (change(0, "source", "# A 一\n" + "字" * 4000), "2001 words, 2000 are the limit"),
    "words and characters": (change(0, "source", "# A 一\n" + "word字" * 1500), "2251 words, 2000 are the limit"),
    "random id": (change(1, "id", "1a2b3c4d"), "'1a2b3c4d' is no slug"),
    "random id from JupyterLab": (change(1, "id", "4f3e1a2b-9c1d-4a5b"), "'4f3e1a2b-9c1d-4a5b' is no slug"),
    "random letters": (change(1, "id", "deadbeef"), "'deadbeef' is no slug"),
    "no words": (change(1, "id", "First_Figure"), "'First_Figure' is no slug"),
    "same id": (change(1, "id", "title"), "'title' stands more than once"),
    "no id": (lambda notebook: notebook.cells[1].pop("id"), "'' is no slug"),
    "no title": (change(0, "source", "## Start here 开始"), "it has 0"),
    "title in code": (change(0, "source", "```\n# Start here 开始\n```"), "it has 0"),
    "two titles": (change(0, "source", "# One 一\n# Two 二"), "it has 2"),
    "English title": (change(0, "source", "# Start here"), "title: the title must be in English and Chinese"),
    "Chinese title": (change(0, "source", "# 开始"), "title: the title must be in English and Chinese"),
    "path in code": (change(1, "source", "open('/home/ann/x.csv')"), "first-figure: names a place on one"),
    "path in text": (
        change(0, "source", "# A 一\nSee C:\\Users\\ann."),
        "title: names a place on one machine",
    ),
    "path in output": (output("stream", name="stdout", text="in /tmp/x1"), "one machine: /tmp/x1"),
    "path in traceback": (
        change(2, "outputs", [new_output("error", ename="E", evalue="", traceback=["File ~/a/b.py:1"])]),
        "a-bug: names a place on one machine: ~/a",
    ),
    "the checkout": (output("stream", name="stdout", text=str(ROOT / "x")), "first-figure: names a place"),
}


@pytest.mark.parametrize("damage, sentence", BAD.values(), ids=BAD.keys())
def test_a_bad_chapter_has_just_the_complaint(damage, sentence):
    notebook = good()
    damage(notebook)
    found = complaints(notebook)
    assert len(found) == 1
    assert sentence in found[0]


@pytest.mark.parametrize(
    "text",
    ["loss/step", "https://example.org/home/page", "and/or", "1/2 ~ 3", r"$\tmp$", "a = b//tmp", "~/"],
)
def test_what_is_no_path_on_a_machine(text):
    notebook = good()
    notebook.cells[1].source = text
    assert complaints(notebook) == []


def test_texts_that_follow_each_other_count_as_one_cell():
    notebook = good()
    add_cells(*["text"] * 38)(notebook)
    assert complaints(notebook) == []


@pytest.mark.parametrize(
    "markup", ["<details><summary><b>{}</b></summary>", "[{}](../exercises/some_other_words.ipynb)"]
)
def test_markup_is_no_word(markup):
    notebook = good()
    notebook.cells[0].source = "# A 一\n" + markup.format("word ") * 1998
    assert complaints(notebook) == []
    notebook.cells[0].source = "# A 一\n" + markup.format("word ") * 2000
    assert complaints(notebook) == ["2001 words, 2000 are the limit"]


def test_limits_can_be_set():
    notebook = good()
    notebook.cells[0].source = "# Exercise"
    assert complaints(notebook, Limits(bilingual_title=False)) == []
    assert complaints(notebook, Limits(bilingual_title=False, cells=2)) == ["3 cells, 2 are the limit"]
