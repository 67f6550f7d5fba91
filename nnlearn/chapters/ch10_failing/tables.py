"""The tables of chapter 10, of what its experiment measured."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnlearn.chapters.ch10_failing.learned import WAYS
from nnlearn.language import mark, say
from nnlearn.tables import Table

RULES = {"momentum": mark("momentum"), "clipped": mark("momentum, clipped at 1"), "adam": "Adam"}
BLANKED = {"whole": mark("none"), "chance": mark("8 inked pixels by chance"),
           "never": mark("the 8 of a network that never learned"), "trained": mark("its own 8")}  # fmt: skip
SHOWN = (0.5, 0.707, 1.0, 1.414, 2.0)
LEARNED = float(np.log(10) / 4)  # a loss below a quarter of that of a guess
GUESS = 0.1


def share(numbers: Sequence[float | None]) -> str:
    """Median and range in per cent; a guess's where theta left the numbers."""
    known = 100 * np.array([GUESS if number is None else number for number in numbers])
    return f"{np.median(known):.0f} [{known.min():.0f}–{known.max():.0f}]"


def finer(numbers: Sequence[float]) -> str:
    """The same to a tenth."""
    known = 100 * np.array(numbers)
    return f"{np.median(known):.1f} [{known.min():.1f}–{known.max():.1f}]"


def rescued(stored: Mapping[str, Any], depth: int = 8) -> Table:
    """Digits read after 150 steps, of ReLU networks of one depth: each rule at several scales."""
    places = [int(np.argmin(np.abs(np.array(stored["settings"]["scales"]) - scale))) for scale in SHOWN]
    rows = [[say(RULES[row["rule"]]), *(share(row["accuracy"][place]) for place in places)]
            for row in stored["wedge"] if (row["activation"], row["depth"]) == ("relu", depth)]  # fmt: skip
    return Table([say("% read; hidden weights, times"), *(f"{scale:.2f}" for scale in SHOWN)], rows)


def clipping(stored: Mapping[str, Any]) -> Table:
    """The largest rate at which all seeds learn, and the lowest median loss, for each length."""
    rates, rows = np.array(stored["settings"]["clip_rates"]), []
    for row in stored["clipping"]:
        losses = np.array(row["loss"], float)
        learns = (losses < LEARNED).all(axis=1)
        medians = np.median(losses, axis=1)
        best = int(np.nanargmin(medians))
        rows.append([say("not clipped") if row["clip"] is None else f"{row['clip']:g}",
                     f"{rates[learns].max():.2g}",
                     f"{medians[best]:.3f}", f"{rates[best]:.2g}"])  # fmt: skip
    return Table([say("clipped at"), say("largest rate at which all learn"), say("lowest median loss"),
                  say("at rate")], rows)  # fmt: skip


def held_back(stored: Mapping[str, Any], labels: str = "wrong") -> Table:
    """True labels of other images read, at the end and where the validation loss was least."""
    rows = [[say(WAYS[row["way"]]), finer(row["end"]), finer(row["stopped"]), f"{np.median(row['stop']):.0f}"]
            for row in stored["overfit"] if row["labels"] == labels]  # fmt: skip
    return Table([say("held back by"), say("after 400 steps (%)"), say("stopped (%)"), say("at step")], rows)


def blanked(stored: Mapping[str, Any]) -> Table:
    """Digits still read when pixels are blank."""
    found = {row["what"]: row["accuracy"] for row in stored["blanked"]}
    return Table([say("blank"), say("still read (%)")], [[say(BLANKED[what]), share(found[what])] for what in BLANKED])
