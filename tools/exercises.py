"""Makes the exercises from the solutions: ``python course.py exercises``.

A notebook in solutions/ is written in nbgrader's format: answers between ### BEGIN SOLUTION and ### END SOLUTION, in
cells whose metadata say what they are. nbgrader's own steps leave the answers out; only the entry in a gradebook, which
``nbgrader generate_assignment`` makes besides, is left away.
"""

import sys
from copy import deepcopy
from typing import Any

import nbformat

from tools.environment import ROOT

SOLUTIONS, EXERCISES = ROOT / "solutions", ROOT / "exercises"


def main() -> int:
    """Renews every exercise; one whose solution is gone is removed."""
    EXERCISES.mkdir(exist_ok=True)
    solutions = sorted(SOLUTIONS.glob("*.ipynb"))
    for old in {path.name for path in EXERCISES.glob("*.ipynb")} - {path.name for path in solutions}:
        (EXERCISES / old).unlink()
        print(f"{old}: removed")
    for path in solutions:
        text = written(exercise(nbformat.read(path, as_version=4)))
        target = EXERCISES / path.name
        changed = not target.exists() or target.read_text(encoding="utf-8") != text
        if changed:
            target.write_text(text, encoding="utf-8", newline="\n")
        print(f"{path.name}: {'renewed' if changed else 'up to date'}")
    return 0


def exercise(solution: Any) -> Any:
    """The notebook that learners get, as nbgrader makes it."""
    from nbgrader import preprocessors as nbgrader

    steps = (
        nbgrader.LockCells,
        nbgrader.ClearSolutions,
        nbgrader.ClearOutput,
        nbgrader.ClearHiddenTests,
        nbgrader.ClearMarkScheme,
        nbgrader.ComputeChecksums,
        nbgrader.CheckCellMetadata,
    )
    notebook = deepcopy(solution)
    resources: dict[str, Any] = {}
    for step in steps:
        notebook, resources = step().preprocess(notebook, resources)
    return notebook


def written(notebook: Any) -> str:
    """The text of a notebook's file."""
    return str(nbformat.writes(notebook)) + "\n"


if __name__ == "__main__":
    sys.exit(main())
