"""The tables of chapter 11, of what its experiment measured."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnlearn.language import mark, say
from nnlearn.tables import Table

WAYS = {
    "nothing": mark("no filter"), "mean 3": mark("mean 3"), "median 3": mark("median 3"), "median 5": mark("median 5"),
    "plus 3": mark("median of a plus 3"), "Gaussian 0.6": mark("Gaussian, deviation 0.6"),
    "Gaussian 1": mark("Gaussian, deviation 1"),
}  # fmt: skip
LESSONS = {"clean": mark("clean"), "noisy": mark("noisy"), "noisy and cleaned": mark("noisy, then median 3")}
STRATEGIES = {"no gaps": mark("(no gaps)"), "mean": mark("mean"), "median": mark("median"),
              "one neighbour": mark("nearest neighbour"), "five neighbours": mark("five nearest"),
              "zero": mark("0, as np.nan_to_num")}  # fmt: skip
LEAKS = {"scale": mark("mean and deviation (tumours, % right)"), "impute mean": mark("means for gaps (diabetes, R2)"),
         "impute nearest": mark("five nearest for gaps (diabetes, R2)"),
         "choice": mark("which 20 of 1,000 columns of noise (% right)")}  # fmt: skip


def row(rows: Sequence[Mapping[str, Any]], /, **values: Any) -> Mapping[str, Any]:
    """The one row that has these values."""
    (found,) = (each for each in rows if all(each[name] == value for name, value in values.items()))
    return found


def spread(numbers: Any, form: str = ".1f", times: float = 100) -> str:
    """Median and range."""
    middle, low, high = (format(times * float(f(numbers)), form) for f in (np.median, np.min, np.max))
    return f"{middle} [{low}–{high}]"


def of_networks(accuracy: Any) -> str:
    """Per cent that networks read, each the median of its draws."""
    return spread(np.median(accuracy, axis=1))


def cleaned(stored: Mapping[str, Any], noise: str = "impulses 0.05") -> Table:
    """What each filter makes of a photograph and of digits under one noise, in decibels, and how many are read."""
    rows = []
    for way, name in WAYS.items():
        flower = row(stored["filters"], picture="flower", noise=noise, filter=way)
        digits = row(stored["digits"], noise=noise, filter=way)
        rows.append([say(name), f"{np.median(flower['cleaned']):.1f}", f"{digits['decibels']:.1f}",
                     of_networks(digits["accuracy"])])  # fmt: skip
    return Table([say("filter"), say("flower (dB)"), say("digits (dB)"), say("digits read (%)")], rows)


def taught(stored: Mapping[str, Any]) -> Table:
    """What networks read, by what they learned and what they are shown."""
    shown = [say(name) for name in LESSONS.values()]
    rows = [[say(name), *(of_networks(row(stored["taught"], lesson=lesson, test=test)["accuracy"]) for test in LESSONS)]
            for lesson, name in LESSONS.items()]  # fmt: skip
    return Table([say("learned; and read, in % of digits that are"), *shown], rows)


def filled(stored: Mapping[str, Any], missing: float = 0.3) -> Table:
    """Errors and scores of each way to fill in, on both tables."""
    rows = []
    for strategy, name in STRATEGIES.items():
        share = 0.0 if strategy == "no gaps" else missing
        cells = [say(name)]
        for table, form, times in (("diabetes", ".2f", 1), ("breast cancer", ".1f", 100)):
            found = row(stored["gaps"], table=table, missing=share, strategy=strategy)
            cells += [f"{np.median(found['error']):.2f}", spread(found["score"], form, times)]
        rows.append(cells)
    head = [say("filled with"), say("error, diabetes"), "R2", say("error, tumours"), say("right (%)")]
    return Table(head, rows)


def leaks(stored: Mapping[str, Any]) -> Table:
    """Scores with and without each leak."""
    rows = []
    for leak, name in LEAKS.items():
        form, times = (".3f", 1) if leak.startswith("impute") else (".1f", 100)
        found = (row(stored["leaks"], leak=leak, looked=those)["accuracy"] for those in ("training rows", "all rows"))
        rows.append([say(name), *(spread(each, form, times) for each in found)])
    return Table([say("learned by looking"), say("at the training rows"), say("at all rows")], rows)
