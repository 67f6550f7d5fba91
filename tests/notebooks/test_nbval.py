"""How nbval compares a stored notebook with a fresh run, in the way that ``course.py test`` calls it."""

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
    "too slow": ("import time; time.sleep(20)", [], [], False),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What nbval says of each case: one notebook each, in one run."""
    folder = tmp_path_factory.mktemp("nbval")
    for number, (source, outputs, tags, _) in enumerate(CASES.values()):
        cell = new_code_cell(source, execution_count=1, outputs=outputs, metadata={"tags": tags}, id="cell")
        nbformat.write(new_notebook(cells=[cell]), folder / f"case{number}.ipynb")
    flags = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=6", "--rootdir", str(folder)]
    command = [sys.executable, "-m", "pytest", "-rA", "-c", str(ROOT / "pyproject.toml"), *flags, str(folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    return run.stdout


@pytest.mark.parametrize("name", CASES)
def test_case(outcomes, name):
    number = list(CASES).index(name)
    expected = "PASSED" if CASES[name][-1] else "FAILED"
    lines = [line for line in outcomes.splitlines() if f"case{number}.ipynb" in line and line[0] in "PF"]
    assert [line.split()[0] for line in lines] == [expected], outcomes
