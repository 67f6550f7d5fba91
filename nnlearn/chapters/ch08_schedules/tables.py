"""The tables of chapter 08."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlearn.chapters.ch08_schedules.figures import NAMES, rows_of
from nnlearn.language import mark, say
from nnlearn.tables import Table

SETTINGS = {
    "3 epochs": mark("3 epochs"),
    "10 epochs": mark("10 epochs"),
    "30 epochs": mark("30 epochs"),
    "wrong labels": mark("10 epochs, a fifth of the labels wrong"),
}


def schedules(stored: Mapping[str, Any], setting: str) -> Table:
    """Of each schedule in a setting: its tuned peak, the loss (median, least and largest), and test accuracy.

    The last column: in how many of the paired runs its loss is below that of the even fall.
    """
    found = rows_of(stored, setting)
    even = np.array(found["linear"]["loss"])
    below = {name: int(np.sum(np.array(row["loss"]) < even)) for name, row in found.items()}
    rows = [
        [say(NAMES[name]), f"{row['rate']:.2g}", f"{row['median']:.3g} ({row['min']:.2g}–{row['max']:.2g})",
         f"{np.median(row['test']):.1%}", "–" if name == "linear" else f"{below[name]}/{len(even)}"]
        for name, row in found.items()
    ]  # fmt: skip
    head = [say(SETTINGS[setting]), say("peak"), say("training loss"), say("test"), say("below even fall")]
    return Table(head, rows)


def medians(stored: Mapping[str, Any]) -> Table:
    """The median losses of all schedules in all settings."""
    found = {setting: rows_of(stored, setting) for setting in SETTINGS}
    rows = [[say(NAMES[name]), *(f"{rows[name]['median']:.3g}" for rows in found.values())] for name in NAMES]
    return Table([say("training loss, median of 10"), *map(say, SETTINGS.values())], rows)


def plateau(stored: Mapping[str, Any]) -> Table:
    """What the rule that waits did on wrong labels: when it first cut, how often, and the loss."""
    rows = []
    for row in stored["plateau"]:
        first = [step for step in row["first_cut"] if step is not None]
        looks = say("each batch") if row["looks_at"] == "batches" else say("all data, each epoch")
        shown = f"{min(first)}–{max(first)}" if first else "–"
        cuts = f"{min(row['cuts'])}–{max(row['cuts'])}"
        rows.append(
            [looks, str(row["patience"]), shown, cuts, f"{row['median']:.3g} ({row['min']:.2g}–{row['max']:.2g})"]
        )
    return Table(
        [say("it looks at"), say("patience"), say("first cut after step"), say("cuts"), say("training loss")], rows
    )


def ranges(stored: Mapping[str, Any]) -> Table:
    """What range tests of several lengths found on the digits, from ten seeds."""
    rows = [[str(row["steps"]), *(f"{np.median(row[name]):.2g} ({min(row[name]):.2g}–{max(row[name]):.2g})"
                                  for name in ("lowest", "limit"))] for row in stored["range_tests"]]  # fmt: skip
    return Table([say("steps of the test"), say("loss lowest at"), say("above its start from")], rows)
