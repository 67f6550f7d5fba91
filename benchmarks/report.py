"""The results as a table, and as JSON."""

import json
import platform
import textwrap
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.harness import Result, as_dict

PACKAGES = ("numpy", "matplotlib", "ipywidgets", "torch", "keras", "tensorflow")
HEAD = ("", "ours", "peer", "measured", "[min - max]", "wall", "goal", "")
WIDTHS = (28, 10, 10, 9, 19, 9, 10, 6)
WIDTH = sum(WIDTHS) + len(WIDTHS) - 1


def line(cells: Sequence[str]) -> str:
    """One line of the table: the name on the left, numbers to the right."""
    name, *numbers = cells
    right = [f"{cell:>{width}}" for cell, width in zip(numbers, WIDTHS[1:], strict=True)]
    return " ".join([f"{name:{WIDTHS[0]}}", *right]).rstrip()


def cells(result: Result) -> tuple[str, ...]:
    """What the table says of a result."""
    low, high = result.spread
    unit = " ms" if result.unit == "ms" else "x"
    goal = f"{result.goal[0]} {result.goal[1]:g}{unit}" if result.goal else ""
    verdict = {True: "met", False: "MISSED", None: ""}[result.met]
    times = [f"{1e3 * t:.3g} ms" if t is not None and unit == "x" else "" for t in (result.ours, result.peer)]
    spread = f"[{low:.3g} - {high:.3g}]"
    return result.name, *times, f"{result.median:.3g}{unit}", spread, f"{result.wall_median:.3g}{unit}", goal, verdict


def paragraph(name: str, text: str | None) -> str:
    """What a benchmark compares, with its name in front."""
    words = " ".join((text or "").split())
    return textwrap.fill(f"{name}: {words}", WIDTH, subsequent_indent="  ")


def surroundings() -> dict[str, str]:
    """The computer and the versions of what is compared."""
    found = {"python": platform.python_version(), "system": platform.platform(), "machine": platform.machine()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def write_json(path: Path, results: Sequence[Result]) -> None:
    """Every number of every round, with the surroundings."""
    document: dict[str, Any] = {"surroundings": surroundings(), "results": [as_dict(result) for result in results]}
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
