"""TensorFlow and Keras, loaded without the log lines that TensorFlow's C++ part writes to stderr.

    from nnlearn.interop.quiet import keras, tf

The lines of the import come at any log level, so stderr is muted meanwhile; the level keeps later lines away.
Errors are raised in Python as ever. To see the later lines, set TF_CPP_MIN_LOG_LEVEL=0 before. No device is
set up yet: a notebook can still divide the CPU into logical devices.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["keras", "tf"]


@contextmanager
def stderr_muted() -> Iterator[None]:
    """Nothing that is written to file descriptor 2 meanwhile comes out."""
    stderr = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with stderr_muted():
    import keras
    import tensorflow as tf
