"""What the course needs from a computer, and how to mend what is missing; standard library only."""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path

from tools.browsers import GET_CHROMIUM, chromium
from tools.environment import ROOT, VENV, Trouble, apart, installed, interpreter, unsuited_python, works
from tools.findings import MEND, NOTE, OK, TO_INSTALL, TO_WORK, folder, room
from tools.imports import MISSING
from tools.surroundings import surroundings

NOT_INSTALLED = (NOTE, "Not installed yet: python course.py lab does it.")


def examination(prefix: Path) -> Iterator[tuple[str, str]]:
    """(verdict, sentence) of each thing that the course needs."""
    python = interpreter(prefix)
    finished = installed(prefix) is not None and works(python, "-c", "", env=apart(prefix))
    problem = None if finished else unsuited_python()
    yield (MEND, problem) if problem else (OK, f"Python {platform.python_version()} at {sys.executable}")
    yield computer(platform.system(), platform.machine())
    yield folder(ROOT)
    yield room(ROOT, TO_WORK if finished else TO_INSTALL)
    broken = list(packages(prefix))
    if not finished and any(MISSING in sentence for _, sentence in broken):
        yield NOT_INSTALLED
    else:
        yield from broken or (versions(prefix), progress(prefix))
    yield browser()
    yield test_browser(chromium())


def computer(system: str, machine: str) -> tuple[str, str]:
    """Whether TensorFlow is made for this computer."""
    if (system, machine) == ("Darwin", "x86_64") or sys.maxsize < 2**32:
        return (
            MEND,
            f"{system} {machine}: TensorFlow is not made for Intel Macs and 32 bits; use another computer.",
        )
    return OK, f"{system} {machine}"


def packages(prefix: Path) -> Iterator[tuple[str, str]]:
    """The packages that JupyterLab and the lessons need and can't load, each with its remedy: it tries them all."""
    python = interpreter(prefix)
    again = f"delete {VENV.name} and start again: python course.py lab"
    try:
        trial = subprocess.run(
            [str(python), "-m", "tools.imports"], cwd=ROOT, env=surroundings(prefix), capture_output=True
        )
    except OSError as error:
        yield MEND, f"{python} is {MISSING} or can't be run ({error.strerror}): {again}."
        return
    package, ended = "Python", trial.returncode == 0
    for line in trial.stdout.decode(errors="replace").splitlines():
        try:
            told = json.loads(line)
            package, outcome = told["package"], told.get("outcome")
        except (ValueError, TypeError, KeyError):  # printed by a package
            continue
        remedy = again if prefix == VENV else f"{python} -m pip install --force-reinstall {package}"
        if outcome == MISSING:
            yield (
                MEND,
                f"{package} is {MISSING}: python course.py lab{'' if prefix == VENV else ' --here'} installs it.",
            )
        elif outcome:
            yield MEND, f"{package} can't be loaded ({outcome}): {remedy}."
    if not ended:
        yield MEND, f"{package} ends Python when it is loaded (exit status {trial.returncode}): {again}."


def versions(prefix: Path) -> tuple[str, str]:
    """The installed packages against constraints.txt."""
    listing = (
        "import importlib.metadata as metadata, json;"
        "print(json.dumps([(each.name, each.version) for each in metadata.distributions() if each.name]))"
    )
    listed = json.loads(asked(prefix, listing))
    here = {canonical(name): version.split("+")[0] for name, version in listed}
    tested = {name: version for name, version in tested_versions().items() if name in here}
    other = [f"{name} {here[name]} ({tested[name]})" for name in sorted(tested) if here[name] != tested[name]]
    if other:
        advice = f"To go back to them, delete {VENV.name} and start again."
        return NOTE, f"Other versions than the tested ones (in brackets): {', '.join(other)}. {advice}"
    return OK, f"{len(tested)} packages in the versions tested"


def progress(prefix: Path) -> tuple[str, str]:
    """Where the learner stopped."""
    return OK, asked(prefix, "from nnlearn.progress import report; print(report().last)")


def asked(prefix: Path, code: str) -> str:
    """What the course's Python prints when it runs this code; it speaks UTF-8, as sentences may be Chinese."""
    command = [str(interpreter(prefix)), "-c", code]
    answer = subprocess.run(command, cwd=ROOT, env=apart(prefix), capture_output=True, encoding="utf-8")
    if answer.returncode:
        raise Trouble(f"The course is damaged ({answer.stderr.strip().splitlines()[-1:]}): copy it again.")
    return answer.stdout.strip()


def tested_versions() -> dict[str, str]:
    """The versions in constraints.txt by name, without those for some Pythons only."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if "==" in line and ";" not in line)
    return {canonical(name): version for name, version in pairs}


def canonical(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def browser() -> tuple[str, str]:
    """Whether JupyterLab can open its page by itself."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        return NOTE, "No browser here: python course.py lab prints the address to open in one."
    return OK, "a browser"


def test_browser(path: str | None) -> tuple[str, str]:
    """Whether the browser tests can run."""
    if path is None:
        return NOTE, "No browser for the browser tests, which will be skipped. " + GET_CHROMIUM
    return OK, f"a browser for the browser tests: {path}"
