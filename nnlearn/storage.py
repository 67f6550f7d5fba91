"""Traces on disk: one .npz file of plain arrays and a JSON header, never pickle, so a file can do no harm."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from nnlearn import objectives, optimizers, schedules, stop
from nnlearn.checks import Array
from nnlearn.language import say
from nnlearn.objectives.base import BaseObjective
from nnlearn.optimizers.optimizer import Optimizer
from nnlearn.trace import Row, Trace

FORMAT, VERSION = "nnlearn trace", 1
CLASSES = {name: kind for module in (optimizers, schedules, stop) for name, kind in vars(module).items()
           if isinstance(kind, type)}  # fmt: skip


def save(trace: Trace, path: str | Path) -> None:
    """Writes the columns, the last row, why it stopped, and what identifies optimiser and objective."""
    header = {
        "format": FORMAT,
        "version": VERSION,
        "optimizer": describe(trace.optimizer),
        "objective": trace.objective.describe(),
        "rules": [describe(rule) for rule in trace.rules],
    }
    arrays: dict[str, Any] = {f"column/{name}": column for name, column in trace.columns.items()}
    arrays |= {f"last/{name}": value for name, value in vars(trace.last).items()}
    arrays |= {"t": trace.t, "stop_step": trace.stop_step, "stop_rule": trace.stop_rule}
    with Path(path).open("wb") as file:  # an open file: given a name, NumPy would add .npz to it
        np.savez(file, header=np.array(json.dumps(header)), **arrays)


def load(path: str | Path, optimizer: Optimizer | None = None, objective: BaseObjective | None = None) -> Trace:
    """Reads a trace. Optimisers and surfaces of nnlearn are rebuilt from the file; others are to be given.

    Without its objective (one on data, say) a trace shows what it recorded and can't compute more.
    Raises ValueError if the file is damaged or no trace, if its format is newer than this nnlearn, or if what is
    given is not what made the run.
    """
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        header = json.loads(str(arrays.pop("header")))
        if header["format"] != FORMAT:
            raise KeyError(FORMAT)
    except (BadZipFile, KeyError, ValueError, EOFError, TypeError) as error:
        raise ValueError(say("{path} is damaged or not a saved trace ({error}).", path=path, error=error)) from error
    if header["version"] > VERSION:
        message = say("{path} has format version {version}; this nnlearn reads up to {known}. Update nnlearn.",
                      path=path, version=header["version"], known=VERSION)  # fmt: skip
        raise ValueError(message)
    columns = {name.removeprefix("column/"): a for name, a in arrays.items() if name.startswith("column/")}
    last = {name.removeprefix("last/"): a for name, a in arrays.items() if name.startswith("last/")}
    return Trace(
        the_same(header["optimizer"], optimizer, describe) if optimizer else rebuild(header["optimizer"]),
        the_same(header["objective"], objective, type(objective).describe) if objective else find(header["objective"]),
        arrays["t"],
        columns,
        Row(**{**last, "t": int(last["t"])}),
        tuple(rebuild(rule) for rule in header["rules"]),
        arrays["stop_step"],
        arrays["stop_rule"],
    )


def describe(value: Any) -> Any:
    """A hyper-parameter, optimiser, schedule or rule as JSON; of a function only the name."""
    if dataclasses.is_dataclass(value):
        fields = {field.name: describe(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"class": type(value).__name__, "fields": fields}
    if isinstance(value, np.ndarray):
        return {"array": value.tolist()}
    return value if isinstance(value, str | int | float) else {"class": getattr(value, "__name__", repr(value))}


def rebuild(value: Any) -> Any:
    """The reverse of ``describe``; ValueError for a class or function that is not nnlearn's."""
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return np.array(value["array"], dtype=np.float64)
    if value["class"] not in CLASSES:
        message = say("The trace was made with {name}, which nnlearn does not have: give Trace.load(..., optimizer=...).",
                      name=value["class"])  # fmt: skip
        raise ValueError(message)
    return CLASSES[value["class"]](**{name: rebuild(field) for name, field in value["fields"].items()})


def the_same(stored: Any, given: Any, describe: Callable[[Any], Any]) -> Any:
    """What was given, if it is what made the trace."""
    if describe(given) != stored:
        message = say("The trace was made with {stored}, not with {given}.", stored=stored, given=describe(given))
        raise ValueError(message)
    return given


def find(description: dict[str, Any]) -> BaseObjective:
    """The objective that a description names, if its parameters are all it needs."""
    kind = getattr(objectives, description["class"], None)
    return kind(**description["parameters"]) if kind and "parameters" in description else Absent(description)


class Absent(BaseObjective):
    """In place of an objective that a loaded trace was not given."""

    def __init__(self, description: dict[str, Any]):
        self.description = description

    def loss(self, theta: Array) -> Array:
        message = say("The trace was loaded without its objective ({name}): give Trace.load(path, objective=...).",
                      name=self.description["class"])  # fmt: skip
        raise ValueError(message)

    gradient = hessian = loss

    def describe(self) -> dict[str, Any]:
        return self.description
