"""Runs notebooks from a fresh kernel and stores their outputs: ``python course.py notebooks [NAME ...]``.

A name is a path, or part of the name of a file in notebooks/ or notebooks/zh/. What is stored depends on the notebook
and the code alone, so that a second run without changes gives no diff.
"""

import os
import sys
import sysconfig
import time
from pathlib import Path
from typing import Any

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError

from nnlearn.language import notebook_language
from tools.catalogue import LANGUAGES
from tools.environment import ROOT
from tools.hygiene import WIDGET_VIEW, complaints

HANG_SECONDS = 600  # by the clock: a cell that takes longer hangs
CELL_SECONDS = 60  # of one processor, 30 of two: the clock would depend on what else the machine does
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}  # without the version, which is the machine's affair
PLACES = {
    sysconfig.get_path("purelib"): "site-packages/",  # the first two may lie below the third
    sysconfig.get_path("stdlib"): "python/",
    str(ROOT): "",
}
KEPT_OF_CELLS = ("deletable", "editable", "jupyter", "jp-MarkdownHeadingCollapsed", "nbgrader", "tags")


def main(names: list[str]) -> int:
    """Runs and stores the notebooks named, or all; 1 if one failed or has something to mend."""
    troubles = 0
    for path in chosen(names):
        troubles += store(nbformat.read(path, as_version=4), path)
    return int(troubles > 0)


def store(notebook: Any, path: Path) -> int:
    """Runs a notebook and writes it to its place, unless it fails; says what there is to mend: how many things."""
    shown = f"{path.parent.name}/{path.name}"
    path.parent.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    try:
        used = run(notebook, path)
    except (CellControlSignal, DeadKernelError) as error:
        print(f"{shown}: failed, nothing was stored.\n{error}")
        return 1
    write(notebook, path)
    print(f"{shown}: {time.perf_counter() - began:.1f} s", flush=True)
    found = [*complaints(notebook), *slow_cells(used)]
    for complaint in found:
        print(f"  {complaint}")
    return len(found)


def chosen(names: list[str]) -> list[Path]:
    """The files meant by these names; all chapters if there are none."""
    chapters = of_course("notebooks")
    if not names:
        return chapters
    paths = []
    for name in names:
        found = [Path(name)] if Path(name).is_file() else [path for path in chapters if name in path.stem]
        if not found:
            sys.exit(f"No notebook is called {name}.")
        paths += found
    return paths


def of_course(kind: str) -> list[Path]:
    """The files in notebooks/, solutions/ or exercises/: the English ones, then those of each language."""
    return [path for folder in ("", *LANGUAGES) for path in sorted((ROOT / kind / folder).glob("*.ipynb"))]


def run(notebook: Any, path: Path) -> dict[str, float]:
    """Runs it in place, in the folder and the language of its path; an exception of nbclient if a cell fails.

    Returns the seconds that each cell kept processors busy, by the cell's id.
    """
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL})
    client = NotebookClient(
        notebook,
        timeout=HANG_SECONDS,
        resources={"metadata": {"path": str(path.resolve().parent)}},
        coalesce_streams=True,  # else the cuts between the pieces of a printed text depend on time
    )
    used: dict[str, float] = {}

    def begins(cell: Any, **_: Any) -> None:
        used[cell.id] = -processor_seconds(client)

    def ends(cell: Any, **_: Any) -> None:
        used[cell.id] += processor_seconds(client)

    client.set_trait("on_cell_execute", begins)
    client.set_trait("on_cell_executed", ends)
    own = {"NNLEARN_LANG": notebook_language(str(path.resolve())), "NNLEARN_PROGRESS": "off", "NNLEARN_FONT": "none"}
    client.execute(env=os.environ | own)
    tidy(notebook)
    return used


def processor_seconds(client: Any) -> float:
    """What the kernel's process, all its threads and the processes that it has ended took of the processors."""
    times = psutil.Process(client.km.provisioner.pid).cpu_times()
    return float(times.user + times.system + getattr(times, "children_user", 0) + getattr(times, "children_system", 0))


def slow_cells(used: dict[str, float]) -> list[str]:
    """A sentence about each cell that takes too long."""
    slow = {name: seconds for name, seconds in used.items() if seconds > CELL_SECONDS}
    return [f"{name}: {seconds:.0f} s of a processor, {CELL_SECONDS} are the limit" for name, seconds in slow.items()]


def tidy(notebook: Any) -> None:
    """Leaves out, in place, what changes from run to run and what a reader without a kernel can't see."""
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE})
    for cell in notebook.cells:
        kept = {key: cell.metadata[key] for key in KEPT_OF_CELLS if key in cell.metadata}
        cell.metadata = nbformat.from_dict(kept)
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data.pop(WIDGET_VIEW, None)  # else "Error displaying widget" hides the picture
                output.data.pop("text/html", None)  # the same picture once more
            if "traceback" in output:
                output.traceback = [without_machine_paths(line) for line in output.traceback]


def written(notebook: Any) -> str:
    """The text of a notebook's file."""
    return str(nbformat.writes(notebook)) + "\n"


def write(notebook: Any, path: Path) -> bool:
    """Writes a notebook where the file is not yet the same; whether it did."""
    text = written(notebook)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return True


def without_machine_paths(text: str) -> str:
    """A traceback that names files from the project's root, from site-packages and from Python's library."""
    for place, name in PLACES.items():
        for written in (place, place.replace(str(Path.home()), "~", 1)):  # IPython shortens the home folder
            text = text.replace(written + os.sep, name)
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
