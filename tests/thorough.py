"""What is tried always, and what with ``--thorough`` alone."""

from collections.abc import Iterable
from typing import Any

import pytest


def mostly_thorough(values: Iterable[Any], always: Iterable[Any]) -> list[Any]:
    """For ``pytest.mark.parametrize``: all values, those not in ``always`` with ``--thorough`` alone.

    A tuple is a value for each of several names.
    """
    chosen = list(always)
    values = list(values)
    unknown = [value for value in chosen if value not in values]
    if unknown:
        raise ValueError(f"no such values: {unknown}")
    names = [value if isinstance(value, tuple) else (value,) for value in values]
    marks = [() if value in chosen else pytest.mark.thorough for value in values]
    return [pytest.param(*name, marks=mark) for name, mark in zip(names, marks, strict=True)]
