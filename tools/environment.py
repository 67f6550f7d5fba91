"""The environment that the course is installed into, made with nothing but the standard library."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
ALL_THERE = (  # what JupyterLab and a kernel can't start without, looked for and not loaded
    "import sys; from importlib.util import find_spec;"
    "sys.exit(not all(map(find_spec, ('jupyterlab', 'ipykernel', 'numpy', 'matplotlib', 'tensorflow'))))"
)
OLDEST, NEWEST = (3, 11), (3, 13)  # Python, as in pyproject.toml
PACKAGES = ("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE")  # they say where packages are


class Trouble(Exception):
    """What stands in the way, and how to mend it."""


def interpreter(prefix: Path) -> Path:
    """The Python of the environment at prefix, whether or not it is there."""
    if prefix == Path(sys.prefix):
        return Path(sys.executable)
    return prefix / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def apart(prefix: Path) -> dict[str, str]:
    """The environment variables for the Python at prefix: no PYTHONPATH or PYTHONSTARTUP of the user's leads it astray.

    An environment that isn't the course's own (``--here``) may have its packages where PYTHONPATH says.
    """
    kept = () if prefix == VENV else PACKAGES
    inherited = {name: value for name, value in os.environ.items() if name in kept or not name.startswith("PYTHON")}
    own = {"PIP_USER": "0"} if prefix == VENV else {}  # a pip.conf may ask for installations into the home
    return {**inherited, **own, "PYTHONUTF8": "1"}


def works(python: Path, *arguments: str, env: dict[str, str] | None = None) -> bool:
    """Whether this Python can be run with these arguments."""
    try:
        return subprocess.run([str(python), *arguments], capture_output=True, env=env).returncode == 0
    except OSError:
        return False


def fingerprint() -> str:
    """Changes when what is to be installed changes, or when the checkout was moved."""
    parts = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    return hashlib.sha256(b"\0".join([*parts, str(ROOT).encode()])).hexdigest()


def installed(prefix: Path) -> set[str] | None:
    """The extras of the last installation that was finished; None if there is none or it is out of date."""
    try:
        stamp = json.loads(stamp_file(prefix).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return set(stamp["extras"]) if stamp["fingerprint"] == fingerprint() else None


def stamp_file(prefix: Path) -> Path:
    """What was installed, written when pip has finished."""
    return prefix / "nnlearn-installed.json"


def environment(prefix: Path, *extras: str) -> Path:
    """The Python of an environment that holds the course with these extras; installs what is missing.

    An installation that was interrupted is completed by the next call; one that failed (no network, say)
    leaves the last finished one in force.
    """
    python = interpreter(prefix)
    present = installed(prefix)
    if present is not None and present.issuperset(extras) and works(python, "-c", ALL_THERE, env=apart(prefix)):
        return python
    if prefix == VENV:
        prepare(prefix)
    wanted = sorted({*(present or ()), *extras})
    print(f"Installing the course into {prefix} (a few minutes the first time) ...", flush=True)
    course = f".[{','.join(wanted)}]" if wanted else "."
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    if subprocess.call(
        [*pip, "install", "--editable", course, "--constraint", "constraints.txt"], cwd=ROOT, env=apart(prefix)
    ):
        raise Trouble("The installation failed: pip says why above, python course.py doctor may help. Start again.")
    stamp = {"fingerprint": fingerprint(), "extras": wanted}
    stamp_file(prefix).write_text(json.dumps(stamp), encoding="utf-8")
    return python


def prepare(prefix: Path) -> None:
    """Makes the virtual environment, or makes one that was interrupted fit for pip."""
    halves = list(half_installed(prefix))
    if works(interpreter(prefix), "-m", "pip", "--version", env=apart(prefix)) and not any(map(is_pip, halves)):
        for half in halves:
            shutil.rmtree(half)
        return
    problem = unsuited_python()
    if problem:
        raise Trouble(problem)
    print(f"Making {prefix} ...", flush=True)
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(prefix)], env=apart(prefix)):
        raise Trouble("The virtual environment could not be made: Python says why above.")


def half_installed(prefix: Path) -> Iterator[Path]:
    """The metadata of packages whose installation was interrupted: pip writes INSTALLER after all their files.

    Without metadata pip takes the package for absent and installs it again.
    """
    for pattern in ("lib/python*/site-packages/*.dist-info", "Lib/site-packages/*.dist-info"):
        for metadata in prefix.glob(pattern):
            if not (metadata / "INSTALLER").exists():
                yield metadata


def is_pip(metadata: Path) -> bool:
    """Whether this is pip itself, which can't mend itself."""
    return metadata.name.startswith("pip-")


def unsuited_python() -> str | None:
    """Why the running Python can't make the course's environment, and what to do."""
    version = sys.version_info[:2]
    if not OLDEST <= version <= NEWEST:
        minors = range(NEWEST[1], OLDEST[1] - 1, -1)
        other = next(filter(shutil.which, [f"python3.{minor}" for minor in minors]), None)
        advice = f"Run it with {other}." if other else "Install one of those from python.org, run this with it."
        span = "{}.{} to {}.{}".format(*OLDEST, *NEWEST)
        return "The course needs Python {}; this is {}.{}. {}".format(span, *version, advice)
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        return (
            f"This Python lacks {' and '.join(missing)}. On Debian and Ubuntu: sudo apt install python3-venv "
            "(or python3.11-venv, as your Python is called). Elsewhere: install Python from python.org."
        )
    return None
