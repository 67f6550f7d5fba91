"""Traces on disk, in the format of ``nnlearn.container``: plain arrays, and a header that says what made the run."""

import dataclasses
import json
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from nnlearn import container, objectives, optimizers, schedules, stop
from nnlearn.checks import Array
from nnlearn.early_stopping import EarlyStopping
from nnlearn.language import say
from nnlearn.objectives.base import BaseObjective
from nnlearn.objectives.surfaces import Surface
from nnlearn.objectives.wrapped import Wrapped
from nnlearn.optimizers.optimizer import Optimizer
from nnlearn.row import Row
from nnlearn.trace import Trace

FORMAT, VERSION = "nnlearn trace", 2
ZIP = b"PK"  # how a trace of the first format begins


def classes(module: Any, base: type) -> dict[str, Any]:
    """The classes of a module that a file may name: those below ``base``."""
    kinds = {name: kind for name, kind in vars(module).items() if isinstance(kind, type)}
    return {name: kind for name, kind in kinds.items() if issubclass(kind, base) and kind is not base}


RULES = classes(stop, stop.StopRule)
UPDATES = (
    classes(optimizers, optimizers.Optimizer)
    | classes(schedules, schedules.Schedule)
    | classes(schedules, optimizers.Optimizer)
    | {"EarlyStopping": EarlyStopping}
)
SURFACES = classes(objectives, Surface)
WRAPPERS = classes(objectives, Wrapped)


def save(trace: Trace, path: str | Path) -> None:
    """Writes the columns, the last row, why it stopped, and what identifies optimiser and objective.

    A file of that name is replaced only when all is written.
    """
    arrays: dict[str, Any] = {f"column/{name}": column for name, column in trace.columns.items()}
    arrays |= {f"last/{name}": value for name, value in vars(trace.last).items()}
    arrays |= {"t": trace.t, "stop_step": trace.stop_step, "stop_rule": trace.stop_rule}
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    header = {
        "format": FORMAT,
        "version": VERSION,
        "optimizer": describe(trace.optimizer, UPDATES),
        "objective": identity(trace.objective),
        "rules": [describe(rule, RULES) for rule in trace.rules],
        "arrays": [container.entry(name, array) for name, array in arrays.items()],
    }
    container.write(path, header, map(container.little_endian, arrays.values()))


def load(path: str | Path, optimizer: Optimizer | None = None, objective: BaseObjective | None = None) -> Trace:
    """Reads a trace. Optimisers and surfaces of nnlearn are rebuilt from the file; others are to be given.

    Without its objective (one on data, say) a trace shows what it recorded and can't compute more.
    Raises ValueError if the file is damaged or no trace, if its format is newer than this nnlearn, or if what is
    given is not what made the run; OSError if there is no such file.
    """
    header, arrays = contents(path)
    try:
        return rebuilt(header, arrays, optimizer, objective)
    except ValueError:
        raise
    except container.DAMAGE as error:
        raise container.misdescribed(path, error) from error


def rebuilt(
    header: dict[str, Any], arrays: dict[str, Any], optimizer: Optimizer | None, objective: BaseObjective | None
) -> Trace:
    """The trace of a file's header and arrays; an error of ``DAMAGE`` if the header is not as ``save`` writes it."""
    columns = {name.removeprefix("column/"): a for name, a in arrays.items() if name.startswith("column/")}
    last = {name.removeprefix("last/"): a for name, a in arrays.items() if name.startswith("last/")}
    return Trace(
        the_optimizer(header["optimizer"], optimizer),
        the_objective(header["objective"], objective),
        arrays["t"],
        columns,
        Row(**{**last, "t": int(last["t"])}),
        tuple(rebuild(rule, RULES) if rule["class"] in RULES else stop.StopRule() for rule in header["rules"]),
        arrays["stop_step"],
        arrays["stop_rule"],
    )


def contents(path: str | Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the arrays of a file, looked over; ValueError if they are not those of a trace."""
    with Path(path).open("rb") as file:
        begins = file.read(len(ZIP))
    try:
        header, arrays = first_format(path) if begins == ZIP else second_format(path)
        rows = {len(array) for name, array in arrays.items() if name.startswith("column/")} | {len(arrays["t"])}
        if header["format"] != FORMAT or len(rows) != 1:
            raise ValueError(FORMAT)
        for name in ("optimizer", "objective"):
            header[name]["class"]
        for name in ("last/t", "last/theta", "stop_step"):
            arrays[name]
        if (arrays["stop_rule"] >= len(header["rules"])).any():
            raise ValueError(FORMAT)
    except container.Foreign:
        raise
    except (*container.DAMAGE, OSError, EOFError, BadZipFile, MemoryError) as error:
        raise container.misdescribed(path, error) from error
    return header, arrays


def second_format(path: str | Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and arrays of a trace as ``save`` writes it."""
    header, data = container.read(path, FORMAT, VERSION)
    return header, dict(container.arrays(header["arrays"], data))


def first_format(path: str | Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and arrays of a trace saved by nnlearn 0.1: an .npz file with the header in an array of its own."""
    with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    return json.loads(str(arrays.pop("header"))), arrays


def describe(value: Any, known: dict[str, Any]) -> Any:
    """A hyper-parameter, optimiser, schedule or rule as JSON; of a function only the name.

    A class that is not one of the known ones is named with its module, so that it is never taken for one of them.
    """
    if dataclasses.is_dataclass(value):
        kind = type(value)
        name = kind.__name__ if known.get(kind.__name__) is kind else f"{kind.__module__}.{kind.__qualname__}"
        fields = {field.name: describe(getattr(value, field.name), known) for field in dataclasses.fields(value)}
        return {"class": name, "fields": fields}
    if isinstance(value, np.ndarray | np.generic):
        return {"array": value.tolist()}
    return value if isinstance(value, str | int | float | None) else {"class": getattr(value, "__name__", repr(value))}


def rebuild(value: Any, known: dict[str, Any]) -> Any:
    """The reverse of ``describe``; ValueError for a class or function that is not one of the known ones."""
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return np.array(value["array"], dtype=np.float64)
    value = translated(value)
    if value["class"] not in known:
        message = say("The trace was made with {name}, which nnlearn does not have: "
                      "give Trace.load(..., optimizer=...).", name=value["class"])  # fmt: skip
        raise ValueError(message)
    return known[value["class"]](**{name: rebuild(field, known) for name, field in value["fields"].items()})


def translated(value: dict[str, Any]) -> dict[str, Any]:
    """A description as it is written today: ``Momentum`` was once both forms, told apart by a field."""
    if value["class"] != "Momentum" or "form" not in value.get("fields", {}):
        return value
    fields = dict(value["fields"])
    return {"class": {"averaged": "AveragedMomentum", "classical": "Momentum"}[fields.pop("form")], "fields": fields}


def the_optimizer(stored: dict[str, Any], given: Optimizer | None) -> Optimizer:
    """The optimiser of the trace: rebuilt, or the one given, if it is the same."""
    stored = translated(stored)
    if given is None:
        return rebuild(stored, UPDATES)
    if describe(given, UPDATES) != stored:
        message = say("The trace was made with another optimiser than {given}: with {stored}.",
                      given=given, stored=stored)  # fmt: skip
        raise ValueError(message)
    return given


def identity(objective: BaseObjective) -> dict[str, Any]:
    """What identifies an objective; of a learner's own subclass with its module, as in ``describe``."""
    description, kind = objective.describe(), type(objective)
    own = not kind.__module__.startswith("nnlearn.")
    inside = {"objective": identity(objective.objective)} if isinstance(objective, Wrapped) else {}
    return {**description, **inside, **({"class": f"{kind.__module__}.{kind.__qualname__}"} if own else {})}


def the_objective(stored: dict[str, Any], given: BaseObjective | None) -> BaseObjective:
    """The objective of the trace: the one given, if it is the same; a surface rebuilt; else ``Absent``."""
    if given is None:
        return surface(stored) or Absent(stored)
    if identity(given) != stored:
        message = say("The trace was made on another objective than {given}: on {name}, or on other data.",
                      given=given, name=stored["class"])  # fmt: skip
        raise ValueError(message)
    return given


def surface(stored: dict[str, Any]) -> BaseObjective | None:
    """The surface that is described, with what was around it; None for an objective on data or of the learner's own."""
    if stored["class"] in SURFACES:
        return SURFACES[stored["class"]](**stored["parameters"])
    inside = surface(stored["objective"]) if stored["class"] in WRAPPERS else None
    return inside and WRAPPERS[stored["class"]](inside, **stored["parameters"])


class Absent(BaseObjective):
    """In place of an objective that a loaded trace was not given."""

    def __init__(self, description: dict[str, Any]):
        self.description = description

    def loss(self, theta: Array) -> Array:
        message = say("The trace was loaded without its objective ({name}): give Trace.load(path, objective=...).",
                      name=self.description["class"])  # fmt: skip
        raise ValueError(message)

    gradient = hessian = samples = loss  # type: ignore[assignment]

    def describe(self) -> dict[str, Any]:
        return self.description

    def __repr__(self) -> str:
        return str(self.description["class"])
