"""What the course needs from a computer, and how to mend what is missing; standard library only."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import webbrowser
from collections.abc import Iterator
from pathlib import Path

from tools.browsers import GET_CHROMIUM, chromium
from tools.environment import ROOT, VENV, installed, interpreter, unsuited_python, works

OK, NOTE, MEND = "ok", "note", "MEND"


def examination(prefix: Path) -> Iterator[tuple[str, str]]:
    """(verdict, sentence) of each thing that the course needs."""
    python = interpreter(prefix)
    ready = installed(prefix) is not None and works(python, "-c", "")
    problem = None if ready else unsuited_python()
    yield (MEND, problem) if problem else (OK, f"Python {platform.python_version()} at {sys.executable}")
    yield computer(platform.system(), platform.machine())
    yield folder(ROOT)
    yield room(shutil.disk_usage(ROOT).free / 1e9, needed=0.2 if ready else 4)
    yield versions(python) if ready else (NOTE, "Not installed yet: python course.py lab does it.")
    if ready:
        yield progress(python)
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


def folder(path: Path) -> tuple[str, str]:
    """Whether files can be made in the course's folder."""
    try:
        with tempfile.TemporaryFile(dir=str(path)):
            return OK, f"{path} can be written to"
    except OSError as error:
        return MEND, f"{path} can't be written to ({error.strerror}): copy the course to a folder of yours."


def room(free: float, needed: float) -> tuple[str, str]:
    """Whether the disk has room (both in GB)."""
    if free < needed:
        return MEND, f"{free:.1f} GB of disk are free and {needed} are needed: make room."
    return OK, f"{free:.0f} GB of disk are free"


def versions(python: Path) -> tuple[str, str]:
    """The installed packages against constraints.txt."""
    listing = (
        "import importlib.metadata as metadata, json;"
        "print(json.dumps([(each.name, each.version) for each in metadata.distributions()]))"
    )
    listed = json.loads(subprocess.check_output([str(python), "-c", listing]))
    here = {canonical(name): version.split("+")[0] for name, version in listed}
    tested = {name: version for name, version in tested_versions().items() if name in here}
    other = [f"{name} {here[name]} ({tested[name]})" for name in sorted(tested) if here[name] != tested[name]]
    if other:
        advice = f"To go back to them, delete {VENV.name} and start again."
        return NOTE, f"Other versions than the tested ones (in brackets): {', '.join(other)}. {advice}"
    return OK, f"{len(tested)} packages in the versions tested"


def progress(python: Path) -> tuple[str, str]:
    """Where the learner stopped."""
    asking = "from nnlearn.progress import report; print(report().last)"
    spoken = {**os.environ, "PYTHONUTF8": "1"}  # sentences may be Chinese
    return OK, subprocess.check_output([str(python), "-c", asking], cwd=ROOT, env=spoken, encoding="utf-8").strip()


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
