"""One line of code that makes an explorer as it is now."""

from collections.abc import Mapping, Sequence
from typing import Any

from nnlearn.explorers.controls import Control


def code_line(maker: str, given: Sequence[str], controls: Mapping[str, Control], values: Mapping[str, Any]) -> str:
    """``Bowl(learning_rate=0.18)``: the call with what was given to it, and each value that differs from its start.

    maker: the class or the function to be called. given: the arguments before the controls, as the learner wrote or
    would write them.
    """
    changed = [f"{name}={values[name]!r}" for name, control in controls.items() if values[name] != control.start]
    return f"{maker}({', '.join([*given, *changed])})"
