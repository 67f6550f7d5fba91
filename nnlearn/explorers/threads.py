"""Matrix products on one thread."""

from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


@cache
def libraries() -> Any:
    """The libraries of linear algebra that are loaded; NumPy's is."""
    return ThreadpoolController().select(user_api="blas")


def one_thread() -> AbstractContextManager[Any]:
    """While it lasts, these libraries use one thread.

    An explorer's products are small. With several threads they end when the last thread does, and on a computer
    that has other work to do one of them always waits.
    """
    return libraries().limit(limits=1)
