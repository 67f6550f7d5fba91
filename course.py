#!/usr/bin/env python3
"""Starts, tests and looks after the course; ``python course.py`` lists the commands.

It needs nothing but Python: this file, and what it imports from tools, use the standard library alone, in
a form that Python 3.7 can read, so that an old Python gets a sentence and not a SyntaxError. The course is
installed into ``.venv`` beside this file; with ``--here``, into the environment of the Python that runs it.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

from tools.changed import touched
from tools.doctor import NOT_INSTALLED, examination
from tools.environment import ROOT, VENV, Trouble, apart, environment, interpreter
from tools.findings import MEND, TO_INSTALL, TO_WORK, folder, require, room
from tools.surroundings import surroundings


def lab(prefix: Path, options: argparse.Namespace) -> None:
    """start JupyterLab on the course; further arguments go to JupyterLab"""
    require(folder(ROOT), room(ROOT, TO_WORK if interpreter(prefix).exists() else TO_INSTALL))
    python = environment(prefix)
    first = next(iter(sorted(ROOT.glob("notebooks/*.ipynb"))), ROOT / "README.md")
    page = "/lab/tree/" + quote(first.relative_to(ROOT).as_posix())
    places = [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url={page}"]
    hand_over([str(python), "-m", "jupyterlab", *places, *options.rest], surroundings(prefix))


def test(prefix: Path, options: argparse.Namespace) -> None:
    """run every test: units, doctests, notebooks, browser; arguments after -- go to pytest"""
    python = environment(prefix, "dev", *options.extras)
    workers = ["-n", "4", "--dist", "loadfile"]  # conftest.py says how they share the tests
    notebooks = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=600", "--nbval-kernel-startup-timeout=600"]
    files: list[str] = []
    if options.changed:
        files, reason = touched()
        print(reason or "Nothing has changed.")
        if not reason:
            return
    hand_over([str(python), "-m", "pytest", *workers, *notebooks, *options.flags, *options.rest, *files], apart(prefix))


def check(prefix: Path, options: argparse.Namespace) -> int:
    """check format, style and types: ruff and mypy"""
    python, variables = str(environment(prefix, "dev")), apart(prefix)
    tools = (["ruff", "format", "--check"], ["ruff", "check"], ["mypy"])
    codes = [subprocess.call([python, "-m", *tool], cwd=ROOT, env=variables) for tool in tools]
    return int(any(codes))


def notebooks(prefix: Path, options: argparse.Namespace) -> None:
    """run notebooks from a fresh kernel and store their outputs: all, or those named"""
    hand_over([str(environment(prefix, "dev")), "-m", "tools.notebooks", *options.rest], apart(prefix))


def exercises(prefix: Path, options: argparse.Namespace) -> None:
    """make the exercises from the solutions"""
    hand_over([str(environment(prefix, "dev")), "-m", "tools.exercises"], apart(prefix))


def zh(prefix: Path, options: argparse.Namespace) -> None:
    """make the Chinese notebooks from the English ones and translations/: all begun, or those named"""
    hand_over([str(environment(prefix, "dev")), "-m", "tools.translations", *options.rest], apart(prefix))


def bench(prefix: Path, options: argparse.Namespace) -> None:
    """measure speed: python -m benchmarks"""
    hand_over([str(environment(prefix, *options.extras)), "-m", "benchmarks", *options.rest], apart(prefix))


def catalogue(prefix: Path, options: argparse.Namespace) -> None:
    """bring the catalogues of translations up to date with the sentences in the code"""
    hand_over([str(environment(prefix, "dev")), "-m", "tools.catalogue"], apart(prefix))


def doctor(prefix: Path, options: argparse.Namespace) -> int:
    """say what is missing on this computer, and how to mend it"""
    findings = []
    for finding in examination(prefix):
        print("{:5} {}".format(*finding), flush=True)  # some take a while
        findings.append(finding)
    troubles = any(verdict == MEND for verdict, _ in findings)
    if troubles:
        print(f"The course can't run yet: see the lines marked {MEND}.")
    elif NOT_INSTALLED in findings:
        print("Nothing stands in its way.")
    else:
        print("The course can run.")
    return int(troubles)


COMMANDS = {act.__name__: act for act in (lab, test, check, notebooks, exercises, zh, bench, catalogue, doctor)}
TEST_FLAGS = (  # and what pytest is given for them
    ("--thorough", "--thorough", "try all that is tried, not a part: before a release"),
    ("--longest", "--durations=20", "list the 20 tests that took longest"),
)
PASS_ON = (lab, test, notebooks, zh, bench)  # what they don't know themselves


def hand_over(command: list[str], variables: dict[str, str]) -> NoReturn:
    """Goes on as this command, with these environment variables: its signals and its exit status are ours."""
    sys.stdout.flush()
    os.chdir(ROOT)
    if os.name == "posix":
        os.execve(command[0], command, variables)
    child = subprocess.Popen(command, env=variables)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the child, which ends in its own time
    sys.exit(child.wait())


class Parser(argparse.ArgumentParser):
    """The standard one with wider help; it doesn't guess at options, which may be meant for others."""

    def __init__(self, **words: Any) -> None:
        layout = partial(argparse.HelpFormatter, max_help_position=20, width=100)
        super().__init__(allow_abbrev=False, formatter_class=layout, **words)


def command_line() -> Parser:
    """The commands and their options."""
    parser = Parser(prog="python course.py")
    commands = parser.add_subparsers(metavar="COMMAND", dest="command")
    for name, act in COMMANDS.items():
        command = commands.add_parser(name, help=act.__doc__, description=act.__doc__)
        use = "use the environment of the Python that runs this, not .venv"
        command.add_argument("--here", action="store_const", const=Path(sys.prefix), default=VENV, help=use)
        if act in (test, bench):
            use = "install PyTorch, optax and scikit-image too (large), to compare with"
            command.add_argument("--peers", dest="extras", action="store_const", const=["peers"], default=[], help=use)
        if act is test:
            for option, flag, use in TEST_FLAGS:
                command.add_argument(option, dest="flags", action="append_const", const=flag, default=[], help=use)
            use = "run what the work since the main branch touches; all where that can't be told"
            command.add_argument("--changed", action="store_true", help=use)
    return parser


def main(arguments: list[str]) -> int | None:
    """Runs the command; lists the commands if there is none."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a path in another script
    parser = command_line()
    split = arguments.index("--") if "--" in arguments else len(arguments)
    options, rest = parser.parse_known_args(arguments[:split])
    options.rest = rest + arguments[split + 1 :]
    if options.command is None:
        parser.print_help()
        return 0
    act = COMMANDS[options.command]
    if options.rest and act not in PASS_ON:
        parser.error(f"{options.command} takes no further arguments: {' '.join(options.rest)}")
    try:
        return act(options.here, options)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
