"""What the course is compared with, if it is there; and one thread for each, so that like is compared with like."""

import os
from importlib import import_module
from typing import Any

LIMITS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
)  # fmt: skip


class NotInstalled(Exception):
    """A benchmark can't run, for the reason in its text."""


def one_thread() -> None:
    """Limits NumPy, TensorFlow and PyTorch to one thread each; they look at this when they are first imported."""
    os.environ |= dict.fromkeys(LIMITS, "1")


def load(module: str) -> Any:
    """The module; NotInstalled, with the missing package's name, if it can't be imported."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise NotInstalled(f"{error.name} is not installed") from error
