"""Matrix products on one thread."""

import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache, partial
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """While it lasts, the libraries of linear algebra use one thread; where they can't be told, nothing changes.

    An explorer's products are small. With several threads they end when the last thread does, and on a computer
    that has other work to do one of them always waits.
    """
    return limit()()


@cache
def limit() -> Callable[[], AbstractContextManager[Any]]:
    """What ``one_thread`` does to the libraries that are loaded, NumPy's among them."""
    try:
        from threadpoolctl import ThreadpoolController
    except ModuleNotFoundError:
        return nullcontext
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # in a browser's Python it says that it sees no libraries
        libraries = ThreadpoolController().select(user_api="blas")
    return partial(libraries.limit, limits=1)
