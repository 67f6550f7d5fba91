"""How workers share the tests: a file is one piece, what is loose is handed out singly, and long pieces come first."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tools.environment import ROOT

TELLS = """
import os
import time

import pytest


@pytest.mark.parametrize("number", range({count}))
def test_it(number):
    assert os.environ["OMP_NUM_THREADS"] == "1"
    time.sleep(0.05)
    with open({log!r}, "a") as log:
        log.write(os.environ["PYTEST_XDIST_WORKER"] + " {name}\\n")
"""


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """Who ran what: a line "gw0 name" for each test, in time's order."""
    folder, log = tmp_path_factory.mktemp("shared"), tmp_path_factory.mktemp("log") / "log"
    shutil.copy(ROOT / "conftest.py", folder)
    for name, count in {"test_exercises": 12, "test_a": 6, "test_b": 3, "browser/test_c": 2}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(TELLS.format(count=count, log=str(log), name=name), encoding="utf-8")
    flags = [
        "-c",
        ROOT / "pyproject.toml",
        "--rootdir",
        folder,
        "-n",
        "2",
        "--dist",
        "loadfile",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:nbval",  # there are no notebooks here, and each worker would load it
    ]
    command = [sys.executable, "-m", "pytest", *map(str, flags), str(folder)]
    variables = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, encoding="utf-8")
    assert "23 passed" in done.stdout, done.stdout
    return log.read_text(encoding="utf-8").splitlines()


def who(lines, name):
    return {re.match(r"gw\d", line).group() for line in lines if line.endswith(name)}


@pytest.mark.parametrize("name", ["test_a", "test_b", "browser/test_c"])
def test_a_file_is_run_by_one_worker(lines, name):
    assert len(who(lines, name)) == 1


def test_loose_tests_are_run_by_both(lines):
    assert len(who(lines, "test_exercises")) == 2


def test_one_worker_begins_with_what_waits_the_other_with_what_computes_and_what_is_loose_comes_last(lines):
    begun = {line.split()[0]: line.split()[1] for line in reversed(lines)}
    assert sorted(begun.values()) == ["browser/test_c", "test_a"]
    assert all(line.endswith("test_exercises") for line in lines[-6:])
