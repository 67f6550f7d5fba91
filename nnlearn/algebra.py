"""The few matrix functions that update rules need, for one run or a sweep; the equation renderer knows them."""

import numpy as np

from nnlearn.checks import Array


def add_diagonal(matrix: Array, number: float | Array) -> Array:
    """matrix + number * identity. matrix: (..., d, d); number: one, or (..., 1) for a sweep."""
    return matrix + np.asarray(number)[..., np.newaxis] * np.eye(matrix.shape[-1])


def solve(matrix: Array, vector: Array) -> Array:
    """The x with ``matrix @ x = vector``; NaN for a singular matrix. matrix: (..., d, d); vector: (..., d)."""
    column = vector[..., np.newaxis]  # NumPy 2 takes a 2-D right-hand side for one matrix, not for a batch of vectors
    try:
        return np.asarray(np.linalg.solve(matrix, column)[..., 0], np.float64)
    except np.linalg.LinAlgError:
        return np.vectorize(solve_one, signature="(d,d),(d)->(d)")(matrix, vector)


def solve_one(matrix: Array, vector: Array) -> Array:
    """As ``solve``, for one matrix of shape (d, d)."""
    try:
        return np.asarray(np.linalg.solve(matrix, vector), np.float64)
    except np.linalg.LinAlgError:
        return np.full_like(vector, np.nan)
