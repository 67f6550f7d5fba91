"""A package that offers names of its modules, and loads a module when one of its names is first asked for."""

from collections.abc import Callable, Collection
from importlib import import_module
from typing import Any


def attach(package: str, **modules: Collection[str]) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """What a package's ``__init__`` needs to offer these names, module by module::

    __getattr__, __dir__, __all__ = attach(__name__, explorers=["Bowl", "Parabola"])
    """
    home = {name: module for module, names in modules.items() for name in names}

    def __getattr__(name: str) -> Any:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{home[name]}"), name)

    return __getattr__, lambda: sorted(home), sorted(home)
