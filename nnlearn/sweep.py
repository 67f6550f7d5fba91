"""A batch axis is a sweep: hyper-parameters of shape (n, 1) are n runs. Here one of them is picked out."""

from typing import Any

import numpy as np


def members(values: dict[str, Any], index: tuple[int, ...], batch: tuple[int, ...]) -> dict[str, Any]:
    """Of each array among the values, the entry that belongs to one member of a sweep of shape ``batch``."""
    picked = {}
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            entry = np.broadcast_to(value, (*batch, value.shape[-1]))[index]
            value = float(entry[0]) if entry.size == 1 else entry
        elif hasattr(value, "member"):  # a schedule
            value = value.member(index, batch)
        picked[name] = value
    return picked
