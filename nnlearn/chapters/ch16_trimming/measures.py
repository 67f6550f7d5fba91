"""What the experiment of chapter 16 stored, by what is asked for."""

from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Array
from nnlearn.compression import load
from nnlearn.data import measured
from nnlearn.models.weights import is_kernel

STORED_BOOKS = "shared_books.weights"  # in nnlearn/data/measured


@cache
def stored() -> Any:
    """measured.json."""
    return measured("16")


@cache
def shared_rows() -> dict[tuple[float, str, int], Any]:
    """The rows of shared values, by share pruned, start and number of values."""
    return {(row["gone"], row["start"], row["values"]): row for row in stored()["shared"]}


@cache
def books() -> dict[str, NDArray[np.float32]]:
    """The values of the first network's kernels, "gone/start/values/layer/kernel"."""
    with as_file(files("nnlearn.data") / "measured" / STORED_BOOKS) as path:
        return {name: np.asarray(array) for name, array in load(path).items()}


def smallest_left(weights: Any, gone: float) -> float:
    """The size below which a share of all kernels' weights lie."""
    kernels = [np.abs(array).ravel() for name, array in weights.items() if is_kernel(name)]
    return float(np.quantile(np.concatenate(kernels), gone))


@cache
def removed_rows() -> dict[tuple[str, tuple[int, ...]], Array]:
    """The accuracies of the five networks of a kind without some layers."""
    return {(row["kind"], tuple(row["without"])): np.array(row["accuracies"]) for row in stored()["removed"]}
