"""TensorFlow and Keras, loaded without the log lines that TensorFlow writes to stderr as it starts.

    from nnlearn.interop.quiet import keras, tf

TensorFlow's C++ part writes to file descriptor 2 whatever TF_CPP_MIN_LOG_LEVEL and ``sys.stderr`` are.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["keras", "tf"]


@contextmanager
def stderr_muted() -> Iterator[None]:
    """Nothing written to file descriptor 2 inside comes out; exceptions are raised as ever."""
    stderr = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)


with stderr_muted():
    import keras
    import tensorflow as tf

    tf.constant(0.0)  # the devices are set up, and described, when the first tensor is made
