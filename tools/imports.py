"""Imports what the course needs, one after the other; the doctor runs it in the course's own Python.

It prints two lines of JSON for each module: its name before, what the import led to after. So a crash is told by the
last name; what the modules print themselves is no JSON. Standard library only.
"""

from __future__ import annotations

import importlib
import json

MODULES = {  # by the name that pip knows
    "numpy": "numpy",
    "scipy": "scipy.linalg",
    "scikit-learn": "sklearn.datasets",
    "matplotlib": "matplotlib.figure",
    "psutil": "psutil",
    "polib": "polib",
    "cloudpickle": "cloudpickle",
    "latex2mathml": "latex2mathml.converter",
    "threadpoolctl": "threadpoolctl",
    "nbval": "nbval",
    "jupyterlab": "jupyterlab.labapp",
    "ipykernel": "ipykernel.kernelapp",
    "ipywidgets": "ipywidgets",
    "anywidget": "anywidget",
    "tensorflow": "tensorflow",
    "keras": "keras",
    "ai-edge-litert": "ai_edge_litert.interpreter",
    "nnlearn": "nnlearn",
}
MISSING = "missing"


def outcome(module: str) -> str:
    """Nothing if the module can be imported; ``MISSING``, or the error in one line."""
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name == module.partition(".")[0]:
            return MISSING
        return str(error)
    except BaseException as error:  # whatever a broken package raises, SystemExit too
        lines = str(error).strip().splitlines()
        return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    return ""


if __name__ == "__main__":
    for package, module in MODULES.items():
        print(json.dumps({"package": package}), flush=True)
        print(json.dumps({"package": package, "outcome": outcome(module)}), flush=True)
