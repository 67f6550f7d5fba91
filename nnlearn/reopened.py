"""Explorers in a notebook that is opened again: where their kernel is gone, their stored pictures are shown.

JupyterLab shows "Error displaying widget: model not found" for the view of a widget that no kernel holds any more, in
the place of the picture that is stored beside it. The course's server asks this module what to send to the page.
"""

import os
from collections.abc import Collection
from typing import Any

from nnlearn.language import language, mark, notebook_language, translated

VIEW = "application/vnd.jupyter.widget-view+json"
PROCESSES = "nnlearn_processes"  # in an explorer's view: of its kernel, and of what started it
WORDS = mark("This is a stored picture. Run the cell (Shift+Enter) to move it.")


def own_processes() -> list[int]:
    """The numbers of this process and of the one that started it: on Windows the server knows only the latter."""
    return [os.getpid(), os.getppid()]


def opened(notebook: dict[str, Any], path: str, running: Collection[int]) -> None:
    """Takes from a notebook (of ``path``, changed in place) the views of explorers whose kernel is none of
    ``running``, process numbers; where a stored picture then shows, words below it say what to do, until the cell
    runs again.
    """
    for cell in notebook.get("cells", []):
        if cell.get("outputs"):
            cell["outputs"] = [each for output in cell["outputs"] for each in shown(output, path, running)]


def shown(output: dict[str, Any], path: str, running: Collection[int]) -> list[dict[str, Any]]:
    """The output, and the words about it if its view was taken away."""
    data = output.get("data", {})
    processes = data.get(VIEW, {}).get(PROCESSES)
    if processes is None or set(processes) & set(running) or "image/png" not in data:
        return [output]
    del data[VIEW]
    return [output, {"output_type": "display_data", "metadata": {}, "data": {"text/plain": words(path)}}]


def words(path: str) -> str:
    """What to do with a stored picture, in the language of the notebook at this path."""
    return translated(WORDS, language() if os.environ.get("NNLEARN_LANG") else notebook_language(path))
