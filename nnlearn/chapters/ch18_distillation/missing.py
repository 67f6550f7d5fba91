"""The score of a digit that the student never saw, raised until it is said often enough."""

from typing import Any

import numpy as np


def missing_bias(logits: Any, k: int, share: float) -> float:
    """The least number that, added to logit k, makes it the largest in at least ``share`` of the rows.

    logits: shape (n, K). A row says k once the number reaches its gap, the largest other logit less that of k. So it is
    the gap at place ceil(share * n) of all gaps in order, counted from 1; no label is needed for it. share: above 0.
    """
    others = np.delete(logits, k, axis=1)
    gaps = others.max(axis=1) - logits[:, k]
    needed = int(np.ceil(share * len(gaps)))
    return float(np.sort(gaps)[needed - 1])
