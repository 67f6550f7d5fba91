"""The tables of chapter 13: bytes of the digits, and readers of halves."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlearn.chapters.ch13_compression.kept import BITS, kept
from nnlearn.data import datasets
from nnlearn.data.compress import sizes
from nnlearn.language import mark, say
from nnlearn.tables import Table

HALVES = {"whole": mark("all 64 pixels"), "upper": mark("upper half alone"), "lower": mark("lower half alone"),
          "upper and lower": mark("upper and lower, log probabilities added"), "even": mark("even columns alone"),
          "odd": mark("odd columns alone"), "even and odd": mark("even and odd, log probabilities added")}  # fmt: skip


def every_digit() -> Any:
    """All 1,797, (1797, 64), 0 to 16."""
    data = datasets.digits(scaled=False)
    return np.concatenate([data.X_train, data.X_test])


def size_table() -> Table:
    """The digits in 5 to 1 bits: bytes in memory, through zlib, and what Shannon's bound allows."""
    X, rows = every_digit(), []
    for bits in reversed(BITS):
        found = sizes(kept(X, "64", bits))
        rows.append([say("bits: {bits}", bits=bits), *(f"{n:,}" for n in found[1:])])
    return Table([say("a pixel"), say("a byte each"), say("packed"), say("entropy"), say("a byte each, zipped"),
                  say("packed, zipped")], rows)  # fmt: skip


def halves(stored: Mapping[str, Any]) -> Table:
    """Digits read from halves."""
    found = {row["features"]: row for row in stored["halves"]}
    rows = [[say(HALVES[name]), f"{100 * row['median']:.1f} [{100 * row['min']:.1f}–{100 * row['max']:.1f}]"]
            for name, row in found.items()]  # fmt: skip
    return Table([say("columns"), say("digits read (%)")], rows)
