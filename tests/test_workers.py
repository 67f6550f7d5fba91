"""How workers share the tests: a file is one piece, what is loose is handed out singly, and long pieces come first.

A test that hangs ends its worker and nothing else.
"""

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


HANGS = """
import time


def test_before():
    pass


def test_wrong():
    assert 1 == 2


def test_that_hangs():
    time.sleep(1e6)


def test_after():
    pass
"""


def pytest_of(folder, *flags):
    """What pytest prints of the tests in a folder, with the course's settings and two workers."""
    shutil.copy(ROOT / "conftest.py", folder)
    plugins = ["-p", "no:cacheprovider", "-p", "no:nbval"]  # there are no notebooks here, and each worker would load it
    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), "-n", "2", "--dist", "loadfile"]
    command = [sys.executable, "-m", "pytest", *settings, *plugins, *flags, str(folder)]
    variables = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    return subprocess.run(
        command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    ).stdout


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """Who ran what: a line "gw0 name" for each test, in time's order."""
    folder, log = tmp_path_factory.mktemp("shared"), tmp_path_factory.mktemp("log") / "log"
    for name, count in {"test_exercises": 12, "test_a": 6, "test_b": 3, "browser/test_c": 2}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(TELLS.format(count=count, log=str(log), name=name), encoding="utf-8")
    printed = pytest_of(folder)
    assert "23 passed" in printed, printed
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


def test_a_test_that_hangs_says_where_and_ends_its_worker_alone(tmp_path):
    for name in ("test_a", "test_b"):
        (tmp_path / f"{name}.py").write_text(HANGS, encoding="utf-8")
    printed = pytest_of(tmp_path, "-o", "faulthandler_timeout=5")
    assert "4 failed, 4 passed" in printed, printed
    for name in ("test_a", "test_b"):
        assert re.search(rf'{name}.py", line \d+ in test_that_hangs', printed)
        at_once = printed.index(f"call of {name}.py::test_wrong failed")
        assert at_once < printed.index(f"{name}.py::test_that_hangs failed") < printed.index("= FAILURES =")
