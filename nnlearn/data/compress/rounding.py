"""Whole numbers from real ones: five rules, which differ in where their errors go."""

from typing import Any

import numpy as np

from nnlearn.checks import Array
from nnlearn.data.compress.diffusing import diffused

RULES = ("half up", "half to even", "truncate", "random", "diffusion")


def whole(values: Array, rule: str, last: int, rng: np.random.Generator) -> Array:
    """Codes from 0 to ``last`` for values from 0 to ``last``, by one of ``RULES``; shape and type stay.

    - "half up": the nearest, and of two equally near ones the larger, floor(v + 1/2).
    - "half to even": the nearest, and of two equally near ones the even, as IEEE 754 (2019), section 4.3.1, and
      ``np.rint`` have it.
    - "truncate": the fraction is cut off, floor(v).
    - "random": up as often as the fraction says, floor(v + u) with u from 0 to 1 at random, so that the mean of many is
      v (stochastic rounding; Forsythe 1950, "Round-off errors in numerical integration on automatic machinery").
    - "diffusion": the nearest, and what it is off by goes to the neighbours not rounded yet, see ``diffused``.
    """
    match rule:
        case "half up":
            return half_up(values)
        case "half to even":
            return np.rint(values)
        case "truncate":
            return np.floor(values)
        case "random":
            return np.minimum(np.floor(values + rng.random(values.shape)), last)
        case _:
            return diffused(values, last)


def half_up(values: Any) -> Any:
    """floor(v + 1/2), also where v + 1/2 itself would be rounded up."""
    below = np.floor(values)
    return below + (values - below >= 0.5)
