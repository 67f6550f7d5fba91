"""One step of a run: what everything else in the package is made of."""

from typing import Any

from nnlearn.language import say


class Row:
    """One step: ``row.t``, ``row.theta`` and every quantity that made it, each an attribute of its own."""

    def __init__(self, **columns: Any):
        self.__dict__.update(columns)

    def __getattr__(self, name: str) -> Any:  # only called when the attribute is missing
        if name.startswith("__"):
            raise AttributeError(name)
        names = ", ".join(vars(self))
        raise AttributeError(say("This row has no {name}; it has {names}.", name=name, names=names))

    def __repr__(self) -> str:
        return "Row(" + ", ".join(f"{name}={value}" for name, value in vars(self).items()) + ")"
