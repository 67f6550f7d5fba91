"""What theory says of descent on a quadratic bowl, and when a run has arrived.

L and mu are the bowl's largest and smallest curvature; beta is the momentum, 0 <= beta < 1. All may be arrays, which
broadcast. The forms of momentum are "classical", "averaged" and "nesterov".

A direction of curvature lambda is a linear recursion of its own. In the classical form the characteristic polynomial of
(theta_t, theta_{t-1}) -> (theta_{t+1}, theta_t) is z^2 - (1 + beta - rate lambda) z + beta: real roots creep or flip
sides, complex ones swing, and beyond the border one of them is larger than 1 (Polyak 1964; Goh 2017, Distill,
doi:10.23915/distill.00006).
"""

from typing import Any

import numpy as np

from nnlearn.checks import Array

SMALL, PROOF = 1e-6, 10  # "stays small": so many losses in a row below 1e-6, to the end of the record


# --- The largest safe rate ---


def limit(L: Any) -> Any:
    """The rate from which on plain descent diverges."""
    return 2 / L


def border_classical(L: Any, beta: Any) -> Any:
    """The rate from which on the classical form diverges: the largest swing just keeps its size."""
    return 2 * (1 + beta) / L


def border_averaged(L: Any, beta: Any) -> Any:
    """That of the averaged form, whose rate is larger by 1 / (1 - beta)."""
    return 2 * (1 + beta) / ((1 - beta) * L)


def border_nesterov(L: Any, beta: Any) -> Any:
    """That of Nesterov's method."""
    return 2 * (1 + beta) / ((1 + 2 * beta) * L)


BORDERS = {"classical": border_classical, "averaged": border_averaged, "nesterov": border_nesterov}


def border(form: str, L: Any, beta: Any) -> Any:
    """The rate from which on this form diverges."""
    return BORDERS[form](L, beta)


# --- The fastest ---


def root_sizes(form: str, product: Any, beta: Any) -> tuple[Any, Any]:
    """The sizes of the two roots z of the recursion of a direction, the larger first; product is rate * curvature.

    The larger is the share of theta that a step leaves in the long run. They solve z^2 - total z + both = 0; both,
    the product of the two, is beta in the classical form.
    """
    match form:
        case "averaged":
            return root_sizes("classical", (1 - beta) * product, beta)
        case "nesterov":
            total, both = (1 + beta) * (1 - product), beta * (1 - product)
        case _:
            total, both = 1 + beta - product, beta
    apart = (total / 2) ** 2 - both  # below 0 the roots are complex and of one size
    reach = np.sqrt(np.maximum(apart, 0))
    larger = np.where(apart > 0, np.abs(total) / 2 + reach, np.sqrt(np.maximum(both, 0)))
    smaller = np.where(apart > 0, np.abs(np.abs(total) / 2 - reach), larger)
    return larger, smaller


def swings(form: str, curvature: Any, beta: Any) -> tuple[Any, Any]:
    """The rates between which a direction swings: there the momentum sets its speed, alone or, in Nesterov's form, with
    the rate."""
    slow, fast = (1 - np.sqrt(beta)) ** 2 / curvature, (1 + np.sqrt(beta)) ** 2 / curvature
    match form:
        case "averaged":
            return slow / (1 - beta), fast / (1 - beta)
        case "nesterov":
            return ((1 - beta) / (1 + beta)) ** 2 / curvature, np.ones_like(beta) / curvature
    return slow, fast


def best_rate(L: Any, mu: Any) -> Any:
    """The rate of plain descent with the best guarantee: each step leaves at most (L - mu) / (L + mu) of theta."""
    return 2 / (L + mu)


def best_pair(L: Any, mu: Any) -> tuple[Any, Any]:
    """Rate and beta with which the classical form is fastest: where its two curves of ``swings`` meet (Polyak 1964).

    There (1 - sqrt(beta))**2 / mu = (1 + sqrt(beta))**2 / L, and a step leaves about sqrt(beta) of theta.
    """
    share = (np.sqrt(L) - np.sqrt(mu)) / (np.sqrt(L) + np.sqrt(mu))
    return (1 + share) ** 2 / L, share**2


# --- Arrival ---


def small_from(loss: Array, target: float = SMALL) -> int | None:
    """The step from which on the loss stays below the target, if it does. loss: shape (steps + 1,)."""
    first = 1 + int(np.flatnonzero(~(loss < target))[-1]) if np.any(~(loss < target)) else 0
    return first if len(loss) - first >= PROOF else None
