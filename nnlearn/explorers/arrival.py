"""When a run has arrived: its loss falls below a bound and stays there."""

import numpy as np

from nnlearn.checks import Array

SMALL, PROOF = 1e-6, 10  # "stays small": so many losses in a row below 1e-6, to the end of the record


def small_from(loss: Array) -> int | None:
    """The step from which on the loss stays small, if it does."""
    first = 1 + int(np.flatnonzero(~(loss < SMALL))[-1]) if np.any(~(loss < SMALL)) else 0
    return first if len(loss) - first >= PROOF else None
