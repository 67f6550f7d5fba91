"""A function of a notebook as bytes: by cloudpickle, which sends the learner's own functions whole, not by name."""

import os
import pickle
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

INSTALLED = tuple({sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")})
BY_NAME = ("nnlearn", "__main__")  # the course's own; what cloudpickle itself sends whole


class Unsendable(Exception):
    """It can't be sent to another process: it holds an open file, a lock, a model."""


def dumps(value: Any) -> bytes:
    """The value as bytes that ``pickle.loads`` reads in a process with the same packages.

    What stands in the learner's own files goes whole, as a notebook's functions do: the other process then has what
    this one has, even if the file was changed since, and need not find it.
    """
    import cloudpickle

    with own_modules_whole():
        try:
            return cloudpickle.dumps(value)
        except Exception as error:  # whatever the value's own methods raise
            raise Unsendable(str(error)) from error


def dumps_arguments(arguments: tuple[Any, ...]) -> bytes:
    """The arguments of a call as bytes. Where none is a function, the standard library does it ten times as fast."""
    return dumps(arguments) if any(map(callable, arguments)) else pickle.dumps(arguments)


@contextmanager
def own_modules_whole() -> Iterator[None]:
    """While it lasts, cloudpickle sends whole what stands in modules that were not installed."""
    import cloudpickle

    known = cloudpickle.list_registry_pickle_by_value()
    own = [module for name, module in list(sys.modules.items()) if name not in known and is_own(name, module)]
    for module in own:
        cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        for module in own:
            cloudpickle.unregister_pickle_by_value(module)


def is_own(name: str, module: object) -> bool:
    """Whether a module, listed by this name, is a file of Python that belongs to no installed package."""
    return isinstance(module, ModuleType) and name.partition(".")[0] not in BY_NAME and is_own_file(name, module)


@cache
def is_own_file(name: str, module: ModuleType) -> bool:
    """The same of a module that is neither the course's nor the notebook itself."""
    names = object.__getattribute__(module, "__dict__")  # a lazy module would load if it were asked itself
    file = names.get("__file__")
    return names.get("__name__") == name and isinstance(file, str) and file.endswith(".py") and not is_installed(file)


@cache
def is_installed(file: str) -> bool:
    """Whether a file lies where packages are installed."""
    return file.startswith(INSTALLED) or str(Path(file).resolve()).startswith(INSTALLED)
