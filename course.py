#!/usr/bin/env python3
"""Starts, tests and looks after the course; ``python course.py`` lists the commands.

It needs nothing but Python: this file, and what it imports from tools, use the standard library alone, in a form
that Python 3.7 can read, so that an old Python gets a sentence and not a SyntaxError. The course is installed
into ``.venv`` beside this file or, with ``--here``, into the environment of the Python that runs it (conda, say).
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from tools.doctor import MEND, examination
from tools.environment import ROOT, VENV, Trouble, environment

CELL_SECONDS = 30  # that a cell of a notebook may take


def lab(prefix: Path, options: argparse.Namespace, rest: list[str]) -> None:
    """start JupyterLab on the course; further arguments go to JupyterLab"""
    python = environment(prefix)
    variables = {
        "JUPYTER_CONFIG_PATH": str(ROOT / "jupyter"),
        "JUPYTER_CONFIG_DIR": str(ROOT / ".jupyter"),  # yours stays as it is
    }
    first = next(iter(sorted(ROOT.glob("notebooks/*.ipynb"))), ROOT / "README.md")
    page = "/lab/tree/" + quote(first.relative_to(ROOT).as_posix())
    places = [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url={page}"]
    hand_over([str(python), "-m", "jupyterlab", *places, *rest], variables)


def test(prefix: Path, options: argparse.Namespace, rest: list[str]) -> None:
    """run every test: units, doctests, notebooks, browser; arguments after -- go to pytest"""
    python = environment(prefix, "dev", *(["peers"] if options.peers else []))
    workers = ["-n", "2", "--dist", "loadfile"]
    notebooks = ["--nbval", "--nbval-current-env", f"--nbval-cell-timeout={CELL_SECONDS}"]
    hand_over([str(python), "-m", "pytest", *workers, *notebooks, *rest], {"MPLBACKEND": "agg"})


def check(prefix: Path, options: argparse.Namespace, rest: list[str]) -> int:
    """check format, style and types: ruff and mypy"""
    python = str(environment(prefix, "dev"))
    tools = (["ruff", "format", "--check"], ["ruff", "check"], ["mypy"])
    return max([subprocess.call([python, "-m", *tool], cwd=ROOT) for tool in tools])


def notebooks(prefix: Path, options: argparse.Namespace, rest: list[str]) -> None:
    """run notebooks from a fresh kernel and store their outputs: all, or those named"""
    hand_over([str(environment(prefix, "dev")), "-m", "tools.notebooks", *rest])


def bench(prefix: Path, options: argparse.Namespace, rest: list[str]) -> None:
    """measure speed: python -m benchmarks"""
    python = environment(prefix, *(["peers"] if options.peers else []))
    hand_over([str(python), "-m", "benchmarks", *rest])


def catalogue(prefix: Path, options: argparse.Namespace, rest: list[str]) -> None:
    """bring the catalogues of translations up to date with the sentences in the code"""
    hand_over([str(environment(prefix, "dev")), "-m", "tools.catalogue", *rest])


def doctor(prefix: Path, options: argparse.Namespace, rest: list[str]) -> int:
    """say what is missing on this computer, and how to mend it"""
    troubles = 0
    for verdict, sentence in examination(prefix):
        print(f"{verdict:5} {sentence}")
        troubles += verdict == MEND
    print(f"The course can't run yet: see the lines marked {MEND}." if troubles else "The course can run.")
    return int(troubles > 0)


def hand_over(command: list[str], variables: dict[str, str] | None = None) -> NoReturn:
    """Goes on as this command: its signals and its exit status are ours."""
    sys.stdout.flush()
    surroundings = {**os.environ, **(variables or {})}
    os.chdir(ROOT)
    if os.name == "posix":
        os.execve(command[0], command, surroundings)
    child = subprocess.Popen(command, env=surroundings)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the child, which ends in its own time
    sys.exit(child.wait())


COMMANDS = {act.__name__: act for act in (lab, test, check, notebooks, bench, catalogue, doctor)}


def main(arguments: list[str]) -> int | None:
    """Runs the command; lists the commands if there is none."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a path in another script
    layout = partial(argparse.HelpFormatter, max_help_position=20, width=100)
    words = {"allow_abbrev": False, "formatter_class": layout}
    parser = argparse.ArgumentParser(prog="python course.py", **words)
    commands = parser.add_subparsers(metavar="COMMAND", dest="command")
    for name, act in COMMANDS.items():
        command = commands.add_parser(name, help=act.__doc__, description=act.__doc__, **words)
        command.add_argument(
            "--here", action="store_true", help="use the environment of this Python, not .venv"
        )
        if act in (test, bench):
            command.add_argument(
                "--peers", action="store_true", help="compare with PyTorch and optax too (large)"
            )
    split = arguments.index("--") if "--" in arguments else len(arguments)
    options, rest = parser.parse_known_args(arguments[:split])
    if options.command is None:
        parser.print_help()
        return 0
    prefix = Path(sys.prefix) if options.here else VENV
    try:
        return COMMANDS[options.command](prefix, options, rest + arguments[split + 1 :])
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
