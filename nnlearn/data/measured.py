"""Results of the experiments that take minutes: the scripts in experiments/ make them, chapters show them."""

import json
from importlib.resources import files
from typing import Any

from nnlearn.language import say


def measured(name: str) -> Any:
    """The stored results of ``python -m experiments.NAME``; ``["made_by"]`` is the command.

    Raises ValueError for a name of which nothing is stored.
    """
    place = files(__name__.rpartition(".")[0]).joinpath("measured")
    stored = {file.name.removesuffix(".json"): file for file in place.iterdir() if file.name.endswith(".json")}
    if name not in stored:
        names = ", ".join(sorted(stored))
        raise ValueError(say("Nothing is stored of {name!r}; there are {names}.", name=name, names=names))
    return json.loads(stored[name].read_text(encoding="utf-8"))
