"""Makes the exercises from the solutions: ``python course.py exercises``.

A notebook in solutions/ is written in nbgrader's format: answers between ### BEGIN SOLUTION and ### END SOLUTION, in
cells whose metadata say what they are. nbgrader's own steps leave the answers out; only the entry in a gradebook, which
``nbgrader generate_assignment`` makes besides, is left away.
"""

import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat

from tools.catalogue import LANGUAGES
from tools.environment import ROOT
from tools.notebooks import write


def main() -> int:
    """Renews every exercise, in each language."""
    for language in ("", *LANGUAGES):
        renew(ROOT, language)
    return 0


def renew(root: Path, language: str) -> None:
    """Makes every exercise of a language ("": English); one whose solution is gone is removed."""
    solutions = sorted((root / "solutions" / language).glob("*.ipynb"))
    exercises = root / "exercises" / language
    for old in sorted({path.name for path in exercises.glob("*.ipynb")} - {path.name for path in solutions}):
        (exercises / old).unlink()
        print(f"{(exercises / old).relative_to(root).as_posix()}: removed")
    for path in solutions:
        target = exercises / path.name
        changed = write(exercise(nbformat.read(path, as_version=4)), target)
        print(f"{target.relative_to(root).as_posix()}: {'renewed' if changed else 'up to date'}")


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


if __name__ == "__main__":
    sys.exit(main())
