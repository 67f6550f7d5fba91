"""How nbval compares a stored notebook with a fresh run, in the way that ``course.py test`` calls it."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools.environment import ROOT


def result(**data):
    return [new_output("execute_result", data, execution_count=1)]


def error(kind):
    return [new_output("error", ename=kind, evalue="division by zero", traceback=[])]


TEXT = "text/plain"
CASES = {
    "same": ("0.1 + 0.2", result(**{TEXT: "0.30000000000000004"}), [], True),
    "other number": ("0.1 + 0.2", result(**{TEXT: "0.3"}), [], False),
    "other picture": (
        "from IPython.display import Image; Image(b'\\x89PNG new', format='png', embed=True)",
        result(**{TEXT: "<IPython.core.display.Image object>", "image/png": "c3RvcmVk"}),
        [],
        True,  # by design: test_hygiene.py looks at the pictures
    ),
    "picture stored for a widget": (
        "import ipywidgets\n"
        "class Explorer(ipywidgets.IntSlider):\n"
        "    def _repr_mimebundle_(self, **words):\n"
        "        own = {'text/plain': 'A line.', 'image/png': 'bmV3'}\n"
        "        return super()._repr_mimebundle_(**words) | own\n"
        "Explorer()",
        result(**{TEXT: "A line.", "image/png": "c3RvcmVk"}),
        [],
        True,
    ),
    "planned error": ("1 / 0", error("ZeroDivisionError"), ["raises-exception"], True),
    "other error": ("1 / 0", error("ValueError"), ["raises-exception"], False),
    "unplanned error": ("1 / 0", error("ZeroDivisionError"), [], False),
    "warning": ("import warnings; warnings.warn('new')", [], [], False),
    "too slow": ("import time; time.sleep(60)", [], [], False),
}


def pytest_of(folder, *arguments, **variables):
    """What pytest says of a folder, run as for the course."""
    flags = ["-rA", "--nbval", "--nbval-current-env", "--nbval-cell-timeout=20", "--rootdir", str(folder), *arguments]
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), *flags, str(folder)]
    surroundings = {**os.environ, **variables}
    return subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, encoding="utf-8").stdout


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What nbval says of each case: a cell of one notebook."""
    folder = tmp_path_factory.mktemp("nbval")
    cells = [
        new_code_cell(source, execution_count=1, outputs=outputs, metadata={"tags": tags}, id=f"cell-{number}")
        for number, (source, outputs, tags, _) in enumerate(CASES.values())
    ]
    nbformat.write(new_notebook(cells=cells), folder / "cases.ipynb")
    return pytest_of(folder)


@pytest.mark.parametrize("name", CASES)
def test_case(outcomes, name):
    number = list(CASES).index(name)
    expected = "PASSED" if CASES[name][-1] else "FAILED"
    assert re.findall(rf"^([A-Z]+) \S+::Cell {number}\b", outcomes, re.MULTILINE) == [expected], outcomes


def test_a_notebook_is_run_in_the_language_of_its_folder(tmp_path):
    source = "from nnlearn.language import language; language()"
    for folder, spoken in (("a", "en"), ("zh", "zh"), ("zz", "en")):  # in this order, in one process
        cell = new_code_cell(source, execution_count=1, outputs=result(**{TEXT: repr(spoken)}), id="cell")
        (tmp_path / folder).mkdir()
        nbformat.write(new_notebook(cells=[cell]), tmp_path / folder / "speaks.ipynb")
    between = "import os\n\ndef test_restored():\n    assert os.environ['NNLEARN_LANG'] == 'tlh'\n"
    (tmp_path / "zh" / "test_restored.py").write_text(between, encoding="utf-8")
    shutil.copy(ROOT / "conftest.py", tmp_path)
    told = pytest_of(tmp_path, NNLEARN_LANG="tlh")
    assert "4 passed" in told, told
