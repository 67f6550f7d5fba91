"""A notebook as text to be read, also where git compares two."""

import ast
import base64
import os
import shutil
import struct
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import text
from tools.environment import ROOT
from tools.notebooks import of_course

PICTURE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480) + bytes(2_000)


def notebook(source="1 + 1", picture=PICTURE, number=3):
    """One of everything."""
    shown = {
        "text/plain": "A curve that falls.",
        "image/png": base64.b64encode(picture).decode(),
        "text/html": "<b>x</b>",
    }
    outputs = [
        new_output("stream", name="stdout", text="printed\n\ntwice\n"),
        new_output("execute_result", shown, execution_count=number),
        new_output("error", ename="ZeroDivisionError", traceback=["\x1b[0;31mno\x1b[0m", "division"]),
        new_output("display_data", {"application/json": {"b": "动量", "a": 1}}),
    ]
    cells = [
        new_markdown_cell("# Title\n\nWords 动量.", id="title"),
        new_code_cell(
            source, id="sum", outputs=outputs, execution_count=number, metadata={"tags": ["raises-exception"]}
        ),
    ]
    return nbformat.writes(
        new_notebook(cells=cells, metadata={"language_info": {"name": "python", "version": f"3.{number}"}})
    )


READ = """\
--- title (markdown)
# Title

Words 动量.

--- sum (code) #raises-exception
1 + 1
    | [stdout]
    | printed
    |
    | twice
    | [text/plain]
    | A curve that falls.
    | [image/png 640 x 480, 2,024 bytes, {digits}]
    | [text/html]
    | <b>x</b>
    | [error ZeroDivisionError]
    | no
    | division
    | [application/json]
    | {{
    |  "a": 1,
    |  "b": "动量"
    | }}
"""


def test_all_that_a_reader_sees_is_there_and_nothing_else():
    found = text.readable(notebook())
    digits = found.partition("2,024 bytes, ")[2][:8]
    assert found == READ.format(digits=digits)


def test_numbers_of_execution_and_versions_make_no_difference_but_another_picture_does():
    assert text.readable(notebook(number=4)) == text.readable(notebook())
    assert text.readable(notebook(picture=PICTURE[:-1] + b"x")) != text.readable(notebook())


def test_text_in_one_piece_reads_as_text_in_lines():
    whole = nbformat.writes(nbformat.reads(notebook(), as_version=4), split_lines=False)
    assert whole != notebook() and text.readable(whole) == text.readable(notebook())


@pytest.mark.parametrize("content", ["", "not JSON", "[]", "3", '{"cells": 3}', '{"a": 1}'])
def test_what_is_no_notebook_stays_as_it_is(content):
    assert text.readable(content) == content


@pytest.mark.parametrize("path", of_course("notebooks"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_source_of_the_course_can_be_read(path):
    found = text.readable(path.read_text(encoding="utf-8"))
    for cell in nbformat.read(path, as_version=4).cells:
        assert f"--- {cell.id} ({cell.cell_type})" in found and cell.source.strip() in found
    assert "image/png" in found and max(map(len, found.split())) < 400  # no picture's bytes


def test_it_needs_python_alone():
    tree = ast.parse((ROOT / "tools/text.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {module.partition(".")[0] for module in imported} <= sys.stdlib_module_names


def test_git_compares_notebooks_by_it(tmp_path, monkeypatch):
    def git(*arguments, folder=tmp_path):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
        surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = ["git", *identity, *arguments]
        return subprocess.run(
            command, cwd=folder, env=surroundings, check=True, capture_output=True, encoding="utf-8"
        ).stdout

    git("init")
    monkeypatch.setattr(text, "ROOT", tmp_path)
    assert text.main(["--set-up"]) == 0
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    path = tmp_path / "folder" / "05.ipynb"
    path.parent.mkdir()
    path.write_text(notebook(), encoding="utf-8")
    git("add", ".")
    git("commit", "-m", "first")
    path.write_text(notebook("1 + 2", PICTURE + b"more", number=5), encoding="utf-8")
    for folder in (tmp_path, path.parent):
        changed = [line for line in git("diff", folder=folder).splitlines()[4:] if line[0] in "+-"]
        assert [line[:17] for line in changed] == ["-1 + 1", "+1 + 2", "-    | [image/png", "+    | [image/png"]


def test_it_is_called_by_the_name_of_a_file(tmp_path, capsys):
    (tmp_path / "动量.ipynb").write_text(notebook(), encoding="utf-8")
    assert text.main([str(tmp_path / "动量.ipynb")]) == 0
    assert capsys.readouterr().out.startswith("--- title (markdown)\n# Title\n")
    assert text.main([]) == 2
