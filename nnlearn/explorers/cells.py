"""Which explorers a cell shows: when it runs again and shows another one, the old one is closed and freed."""

from typing import Any
from weakref import ref

from IPython import get_ipython

_shown: dict[str, tuple[str, list[Any]]] = {}  # by the cell's id: its last run, and references to what that showed


def shows(widget: Any) -> None:
    """Notes that the running cell shows the widget, and closes what its run before showed.

    Left alone is a widget that a name still holds, or that another cell shows too. Outside a notebook nothing happens.
    """
    shell = get_ipython()
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    cell, run = parent.get("metadata", {}).get("cellId"), parent.get("header", {}).get("msg_id")
    if not cell:
        return
    last, old = _shown.get(cell, (run, []))
    _shown[cell] = run, [*(old if last == run else []), ref(widget)]
    for each in [reference() for reference in old] if last != run else []:
        if each is not None and not is_used(each, shell):
            forget(each, shell)
            each.close()


def is_used(widget: Any, shell: Any) -> bool:
    """Whether a cell shows the widget, or a name of the learner's holds it; IPython's own begin with _."""
    in_cells = any(reference() is widget for _, references in _shown.values() for reference in references)
    return in_cells or any(value is widget for name, value in shell.user_ns.items() if not name.startswith("_"))


def forget(widget: Any, shell: Any) -> None:
    """Takes the widget out of IPython's memory of values: ``_``, ``__``, ``___``, ``_7``, ``Out[7]``."""
    for last in ("_", "__", "___"):
        if getattr(shell.displayhook, last, None) is widget:
            setattr(shell.displayhook, last, "")
            shell.user_ns[last] = ""
    for values in (shell.user_ns, shell.user_ns_hidden, shell.user_ns.get("_oh", {})):
        for name in [name for name, value in values.items() if value is widget]:
            del values[name]
