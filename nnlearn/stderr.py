"""The error stream of the process, to which C++ parts of libraries write past Python."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


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
