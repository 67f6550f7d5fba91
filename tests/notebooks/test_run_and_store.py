"""tools.notebooks: what is stored, and that it is stored the same way again."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import notebooks
from tools.hygiene import WIDGET_VIEW

EXPLORER = """
import base64, io, ipywidgets, matplotlib.figure

class Explorer(ipywidgets.IntSlider):
    def _repr_mimebundle_(self, **kwargs):
        figure = matplotlib.figure.Figure(figsize=(2, 1))
        figure.add_subplot().plot([2, 1])
        file = io.BytesIO()
        figure.savefig(file, format="png")
        png = base64.b64encode(file.getvalue()).decode()
        own = {"image/png": png, "text/plain": "A line that falls from 2 to 1.", "text/html": "<img>"}
        return super()._repr_mimebundle_(**kwargs) | own

Explorer()
"""
PRINTING = """
import time
for number in range(5):
    print(number)
    time.sleep(0.05)
"""
FAILS_HERE = "from nnlearn.checks import real_array; real_array('x', 'text')"
FAILS_IN_PYTHON = "import json; json.loads('{')"
FAILS_IN_A_PACKAGE = "import nbformat; nbformat.reads('{}', as_version=4)"


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """The bytes of a notebook that was run and stored twice."""
    path = tmp_path_factory.mktemp("notebooks") / "数 1.ipynb"
    volatile = {"tags": ["raises-exception"], "execution": {"iopub.status.busy": "2026-01-01"}}
    cells = [
        new_markdown_cell("# One 一", id="title"),
        new_code_cell(EXPLORER, id="explorer"),
        new_code_cell(PRINTING, id="printing"),
        new_code_cell(FAILS_HERE, id="fails-here", metadata=volatile),
        new_code_cell(FAILS_IN_PYTHON, id="fails-in-python", metadata=volatile),
        new_code_cell(FAILS_IN_A_PACKAGE, id="fails-in-a-package", metadata=volatile),
    ]
    metadata = {"widgets": {}, "language_info": {"name": "python", "version": "0"}}
    nbformat.write(new_notebook(cells=cells, metadata=metadata), path)
    both = []
    for _ in range(2):
        assert notebooks.main([str(path)]) == 0
        both.append(path.read_bytes())
    return both


@pytest.fixture
def cells(stored):
    return {cell.id: cell for cell in nbformat.reads(stored[0].decode(), as_version=4).cells}


def test_a_second_run_changes_nothing(stored):
    assert stored[0] == stored[1]
    assert stored[0].endswith(b"}\n")
    assert b"\r" not in stored[0]


def test_a_picture_is_stored_instead_of_a_widget(cells):
    (output,) = cells["explorer"].outputs
    assert output.data.keys() == {"image/png", "text/plain"}
    assert WIDGET_VIEW not in str(cells)


def test_printed_text_is_one_output(cells):
    (output,) = cells["printing"].outputs
    assert output.text == "0\n1\n2\n3\n4\n"


def test_metadata_is_the_same_everywhere(stored, cells):
    metadata = nbformat.reads(stored[0].decode(), as_version=4).metadata
    assert metadata.keys() == {"kernelspec", "language_info"}
    assert metadata.language_info == {"name": "python"}
    assert cells["fails-here"].metadata == {"tags": ["raises-exception"]}
    assert [cells[name].get("execution_count") for name in cells] == [None, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "name, place",
    [
        ("fails-here", "nnlearn/checks.py"),
        ("fails-in-python", "python/json/decoder.py"),
        ("fails-in-a-package", "site-packages/nbformat/"),
    ],
)
def test_a_traceback_names_no_place_on_this_machine(cells, name, place):
    (output,) = cells[name].outputs
    text = "\n".join(output.traceback).replace("\\", "/")
    assert place in text
    assert f"/{place}" not in text


def test_what_fails_is_not_stored(tmp_path, capsys):
    path = tmp_path / "fails.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1 / 0", id="fails")]), path)
    before = path.read_bytes()
    assert notebooks.main([str(path)]) == 1
    assert path.read_bytes() == before
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_what_is_not_clean_is_said(tmp_path, capsys):
    path = tmp_path / "untidy.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("2 + 2", id="sum")]), path)
    assert notebooks.main([str(path)]) == 1
    assert "must have one title" in capsys.readouterr().out


def test_an_unknown_name_is_said():
    with pytest.raises(SystemExit, match="No notebook is called no-such-chapter"):
        notebooks.main(["no-such-chapter"])


# --- What a cell may take ---


def test_a_cell_that_keeps_a_processor_busy_too_long_is_named_and_one_that_waits_is_not(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(notebooks, "CELL_SECONDS", 0.5)
    busy = "import time\nwhile time.process_time() < start + 1: pass"
    cells = [
        new_markdown_cell("# Slow 慢", id="title"),
        new_code_cell("import time; start = time.process_time(); time.sleep(1)", id="waits"),
        new_code_cell(busy, id="busy"),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "slow.ipynb")
    assert notebooks.main([str(tmp_path / "slow.ipynb")]) == 1
    told = capsys.readouterr().out
    assert "busy: 1 s of a processor, 0.5 are the limit" in told and "waits:" not in told
