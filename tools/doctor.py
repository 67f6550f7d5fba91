"""What the course needs from a computer, and how to mend what is missing; standard library only."""

from __future__ import annotations

import json
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

GIGABYTES = 4  # of disk that an installation takes, with room to work
OK, NOTE, MEND = "ok", "note", "MEND"


def examination(prefix: Path) -> Iterator[tuple[str, str]]:
    """(verdict, sentence) of each thing that the course needs."""
    ready = installed(prefix) is not None and works(interpreter(prefix), "-c", "")
    problem = None if ready else unsuited_python()
    yield (MEND, problem) if problem else (OK, f"Python {platform.python_version()} at {sys.executable}")

    machine = f"{platform.system()} {platform.machine()}"
    if machine == "Darwin x86_64" or sys.maxsize < 2**32:
        yield (
            MEND,
            f"{machine}: TensorFlow is no longer made for Intel Macs and 32 bits; use another computer.",
        )
    else:
        yield OK, machine

    yield from folder(ROOT)
    needed = 0.2 if ready else GIGABYTES
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < needed:
        yield MEND, f"{free:.1f} GB of disk are free and {needed} are needed: make room."
    else:
        yield OK, f"{free:.0f} GB of disk are free"

    if ready:
        yield from versions(interpreter(prefix))
    else:
        yield (
            NOTE,
            "The course is not installed yet (or not this version of it): python course.py lab does it.",
        )

    try:
        webbrowser.get()
        yield OK, "a browser"
    except webbrowser.Error:
        yield NOTE, "No browser here: python course.py lab prints the address to open in one."

    browser = chromium()
    if browser:
        yield OK, f"a browser for the browser tests: {browser}"
    else:
        yield NOTE, "No browser for the browser tests, which will be skipped. " + GET_CHROMIUM


def folder(path: Path) -> Iterator[tuple[str, str]]:
    """Whether files can be made in the course's folder."""
    try:
        with tempfile.TemporaryFile(dir=str(path)):
            yield OK, f"{path} can be written to"
    except OSError as error:
        yield MEND, f"{path} can't be written to ({error.strerror}): copy the course to a folder of yours."


def versions(python: Path) -> Iterator[tuple[str, str]]:
    """The installed packages against constraints.txt."""
    tested = tested_versions()
    code = "import importlib.metadata as m, json; print(json.dumps([(d.name, d.version) for d in m.distributions()]))"
    listed = json.loads(subprocess.check_output([str(python), "-c", code]))
    here = {canonical(name): version.split("+")[0] for name, version in listed}
    other = sorted(
        f"{name} {here[name]} (tested: {version})"
        for name, version in tested.items()
        if here.get(name, version) != version
    )
    if other:
        yield (
            NOTE,
            f"Other versions than those tested: {', '.join(other)}. To go back: delete {VENV.name}, start again.",
        )
    else:
        yield OK, f"{len(tested.keys() & here.keys())} packages as tested"


def tested_versions() -> dict[str, str]:
    """The versions in constraints.txt by name, without those for some Pythons only."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if "==" in line and ";" not in line)
    return {canonical(name): version for name, version in pairs}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
