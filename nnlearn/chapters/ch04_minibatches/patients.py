"""Least squares on the diabetes patients, in batches, thousands of runs at a time.

A map asks for a thousand runs a move. On the squared error a batch acts through its means of x x' and x y alone, so
each batch is summed once for all rates. ``tests/chapters/test_04_explorers.py`` holds this against ``nnlearn.run``.
"""

from functools import cache
from typing import Any

import numpy as np

from nnlearn.batches import ordering
from nnlearn.checks import Array
from nnlearn.data import datasets
from nnlearn.objectives import LinearRegression


@cache
def patients() -> LinearRegression:
    """The mean squared error on the 331 training patients: ten standardised measurements and an intercept."""
    data = datasets.diabetes()
    return LinearRegression(data.X_train, data.y_train)


@cache
def lowest() -> tuple[Array, Array, float]:
    """The best line, half its Hessian, and the loss there."""
    J = patients()
    solution = J.solution()
    return solution, J.hessian(solution) / 2, float(J.loss(solution))


def gaps(theta: Array) -> Array:
    """How far the loss lies above the least, as a share of it: (..., d) -> (...,); infinite where theta left."""
    solution, half, least = lowest()
    with np.errstate(all="ignore"):
        away = theta - solution
        found = np.sum(away @ half * away, axis=-1) / least
    return np.asarray(np.nan_to_num(found, nan=np.inf, posinf=np.inf))


def batch_sums(J: LinearRegression, order: str, seed: int, size: int, steps: int) -> Array:
    """Of each batch of the first so many steps, 2 / size times the sum of (x, -y) x': shape (steps, d + 1, d).

    Theta with a 1 behind it, times this, is the batch's gradient. ``size`` examples or more than there are: all.
    """
    beside = np.hstack([J.design, -J.targets[:, np.newaxis]])
    if size >= J.examples:
        whole = 2 / J.examples * (beside.T @ J.design)
        return np.broadcast_to(whole, (steps, *whole.shape))
    full, rest = divmod(J.examples, size)
    epochs = -(-steps // (full + bool(rest)))
    numbers = np.array([ordering(order, seed, epoch, J.examples) for epoch in range(epochs)])
    parts = [numbers[:, : full * size].reshape(epochs, full, size)]
    if rest:  # the last batch of an epoch is short
        parts.append(numbers[:, np.newaxis, full * size :])
    sums = [2 / part.shape[-1] * (np.swapaxes(beside[part], -1, -2) @ J.design[part]) for part in parts]
    return np.concatenate(sums, axis=1).reshape(-1, *sums[0].shape[2:])[:steps]


def run_all(sums: Array, rates: Array, every: int = 1) -> Array:
    """Theta of runs of descent from zeros after 0, ``every``, 2 ``every``, ... steps and after the last one.

    sums: of ``batch_sums``, (steps, ..., d + 1, d). rates: (..., k), of k runs that see the same batches.
    The result has shape (records, ..., k, d).
    """
    steps, (rows, d) = len(sums), sums.shape[-2:]
    theta = np.zeros((*np.shape(rates), rows))
    theta[..., -1] = 1
    weights, rates = theta[..., :d], np.asarray(rates)[..., np.newaxis]
    kept, gradient = [weights.copy()], np.empty_like(weights)
    with np.errstate(all="ignore"):  # divergence is a result, not a warning
        for t in range(1, steps + 1):
            np.matmul(theta, sums[t - 1], out=gradient)
            gradient *= rates
            weights -= gradient
            if t % every == 0 or t == steps:
                kept.append(weights.copy())
    return np.array(kept)


# --- The largest safe rate ---


@cache
def moments() -> tuple[Array, Array, Array]:
    """Of a patient's curvature h = 2 x x' with mean H, as linear maps of symmetric matrices T, each (d*d, d*d), in the
    directions in which H is diagonal: T -> H T + T H (its diagonal alone), T -> H T H, and T -> the mean of h T h."""
    J = patients()
    curvatures, directions = np.linalg.eigh(J.hessian(J.start))
    X = J.design @ directions
    h = 2 * (X[:, :, np.newaxis] * X[:, np.newaxis, :])
    single = np.einsum("nij,nkl->ikjl", h, h, optimize=True) / len(X)
    d = len(curvatures)
    return (
        np.add.outer(curvatures, curvatures).ravel(),
        np.diag(np.multiply.outer(curvatures, curvatures).ravel()),
        single.reshape(d * d, d * d),
    )


@cache
def largest_safe_rate(size: Any) -> float:
    """From this rate on the mean over draws of (theta - solution)(theta - solution)' grows, if a line fits the targets.

    Batches are drawn with replacement; ``size`` inf, or all examples, is plain descent, whose limit is 2 / L. A step
    multiplies theta - solution by I - rate h, h the batch's curvature, so T, the mean of the squares, becomes
    T - rate (H T + T H) + rate^2 mean(h T h). Of a batch mean(h T h) is H T H + (that of one example - H T H) / size.
    T just keeps its size where 1 / rate is the largest eigenvalue of mean(h T h) against H T + T H.
    """
    both, whole, single = moments()
    share = 0 if size >= patients().examples else 1 / size
    scale = 1 / np.sqrt(both)
    squares = scale[:, np.newaxis] * (whole + share * (single - whole)) * scale
    return float(1 / np.linalg.eigvalsh(squares)[-1])
