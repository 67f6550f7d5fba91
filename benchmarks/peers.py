"""What the course is compared with, if it is installed; in one thread each, as the course itself runs."""

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
    """Limits NumPy, TensorFlow and PyTorch to one thread each; to be called before they are imported."""
    os.environ |= dict.fromkeys(LIMITS, "1")


def load(module: str) -> Any:
    """The module; NotInstalled, with the missing package's name, if it can't be imported."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise NotInstalled(f"{error.name} is not installed") from error
