"""The results as a table, and as JSON."""

import json
import platform
import textwrap
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.harness import Result

PACKAGES = ("numpy", "scipy", "scikit-learn", "matplotlib", "ipywidgets", "torch", "keras", "tensorflow")
HEAD = ("", "ours", "peer", "measured", "[min - max]", "by wall", "goal", "")
WIDTHS = (28, 10, 10, 9, 17, 9, 10, 6)
WIDTH = sum(WIDTHS) + len(WIDTHS) - 1
UNITS = {"x": "x", "ms": " ms"}
CLOCKS = (
    "All sides run in one thread and take turns; shown is the median of the rounds, by processor time, and "
    "beside it the median by the wall clock."
)


def line(cells: Sequence[str]) -> str:
    """One line of the table: the name on the left, numbers to the right."""
    name, *numbers = cells
    right = [f"{cell:>{width}}" for cell, width in zip(numbers, WIDTHS[1:], strict=True)]
    return " ".join([f"{name:{WIDTHS[0]}}", *right]).rstrip()


def cells(result: Result) -> tuple[str, ...]:
    """What the table says of a result."""
    unit = UNITS[result.unit]
    sides = [f"{digits(1e3 * seconds)} ms" for seconds in (result.ours, result.peer) if seconds is not None]
    times = sides if len(sides) == 2 else ["", ""]
    measured, wall = (f"{digits(median)}{unit}" for median in (result.median, result.wall_median))
    spread = "[{} - {}]".format(*map(digits, result.spread))
    goal = "{} {:g}".format(*result.goal) + unit if result.goal else ""
    verdict = {True: "met", False: "MISSED", None: ""}[result.met]
    return result.name, *times, measured, spread, wall, goal, verdict


def digits(number: float) -> str:
    """A positive number to three digits."""
    return f"{number:,.0f}" if number >= 100 else f"{number:#.3g}"


def paragraph(name: str, text: str) -> str:
    """A text with its name in front, wrapped to the width of the table."""
    return textwrap.fill(f"{name}: {' '.join(text.split())}", WIDTH, subsequent_indent="  ")


def surroundings() -> dict[str, str]:
    """The computer and the versions of what is compared."""
    found = {"python": platform.python_version(), "system": platform.platform()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def write_json(path: Path, results: Sequence[Result]) -> None:
    """Every number of every round, with the surroundings."""
    document = {"surroundings": surroundings(), "results": [result.as_dict() for result in results]}
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
