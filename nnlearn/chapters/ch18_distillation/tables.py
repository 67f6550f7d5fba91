"""The tables of chapter 18, made of what its experiment measured."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import numpy as np

from nnlearn.language import mark, say
from nnlearn.tables import Table

SHOWN = {
    "all": mark("all training images"),
    "no 3": mark("all but the threes"),
    "0 and 1": mark("zeros and ones alone"),
    "noise": mark("noise"),
    "shuffled": mark("shuffled pixels"),
}
NAMES = {
    "whole": mark("the teacher, whole"),
    "pruned": mark("pruned, 80% zeros"),
    "shared": mark("16 values a kernel, coded"),
    "quantised": mark("4 bits a weight"),
    "pruned, shared": mark("80% zeros, 15 other values, coded"),
    "fresh": mark("small, taught by labels"),
    "distilled": mark("small, distilled"),
    "fresh, quantised": mark("small, by labels, 4 bits"),
    "distilled, quantised": mark("small, distilled, 4 bits"),
    "distilled, pruned, shared": mark("small, distilled, 80% zeros, 15 values, coded"),
}
WAYS = {
    "teacher": mark("the teacher"),
    "alone": mark("a student of the 50 labels"),
    "student": mark("a student of the teacher's answers"),
    "labels": mark("student of the labels"),
    "answers": mark("student of the teacher's answers"),
}


def spread(row: Mapping[str, Any]) -> str:
    """Median and range."""
    return f"{row['median']:.1%} [{row['min']:.1%}, {row['max']:.1%}]"


def row_of(stored: Mapping[str, Any], table: str, **values: Any) -> dict[str, Any]:
    """The row of a table that has these values."""
    (row,) = [row for row in stored[table] if all(row[name] == value for name, value in values.items())]
    return dict(row)


def never_seen(stored: Mapping[str, Any], *shown: str) -> Table:
    """Test images read by students of 16 units, by what they were shown and the temperature."""
    temperatures = (0, 1, 8)
    head = [say("shown"), *(say("T {T}", T=T) if T else say("its digit alone") for T in temperatures)]
    rows = [
        [say(SHOWN[each]), *(spread(row_of(stored, "recall", shown=each, hidden=16, temperature=T))
                             for T in temperatures)]
        for each in shown
    ]  # fmt: skip
    return Table(head, rows)


def abound(stored: Mapping[str, Any]) -> Table:
    """All labels there: what the teacher adds at temperature 4."""
    head = [say("hidden units, epochs"), say("labels alone"), say("the teacher's answers"), say("median gain"),
            say("better, worse")]  # fmt: skip
    rows = [
        [f"{row['hidden']}, {row['epochs']}", spread(row["alone"]), spread(row),
         say("{points:+.1f} points", points=100 * row["gain"]), "{}, {}".format(*row["wins"])]
        for row in stored["abound"] if (row["temperature"], row["share"]) == (4.0, 1.0)
    ]  # fmt: skip
    return Table(head, rows)


def gains(stored: Mapping[str, Any]) -> Table:
    """Few labels, no labels, wrong labels: with and without the teacher's answers."""
    head = [say("case"), say("labels"), say("the teacher's answers"), say("median gain"), say("better, worse")]
    cases = [(say("{count} images a class, a teacher that saw all", count=count),
              row_of(stored, "few", images=count, way="labels"), row_of(stored, "few", images=count, way="answers"))
             for count in (2, 5, 10)]  # fmt: skip
    alone, taught = (row_of(stored, "unlabelled", way=way) for way in ("alone", "student"))
    cases.append((say("50 labels, 1,347 images without"), alone, {**taught, "wins": alone["wins"]}))
    for hidden in (128, 16):
        labels, answers = (row_of(stored, "noisy", hidden=hidden, way=way) for way in ("labels", "answers"))
        name = say("37% wrong labels, {hidden} units", hidden=hidden)
        cases.append((name, labels, {**answers, "wins": labels["wins"]}))
    rows = [[name, spread(one), spread(other), say("{points:+.1f} points", points=100 * gain(one, other)),
             "{}, {}".format(*other["wins"])] for name, one, other in cases]  # fmt: skip
    return Table(head, rows)


def gain(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """The median, over the seeds, of what the other reads more."""
    return float(np.median(np.subtract(other["accuracies"], one["accuracies"])))


def together(stored: Mapping[str, Any]) -> Table:
    """Every way to a small network: bytes of its file, what it reads, its time."""
    head = [say("network"), say("parameters"), say("bytes of the file"), say("times smaller"), say("test images read")]
    whole = np.median(stored["together"][0]["bytes"])
    rows = []
    for row in stored["together"]:
        size = np.median(row["bytes"])
        rows.append(
            [say(NAMES[row["name"]]), f"{row['parameters']:,}", f"{size:,.0f}", f"{whole / size:.1f}", spread(row)]
        )
    return Table(head, rows)


def recorded() -> dict[str, Any]:
    """The record: what experiments/record.py stored."""
    found: dict[str, Any] = json.loads((files(__package__) / "record" / "record.json").read_text(encoding="utf-8"))
    return found


def record(stored: Mapping[str, Any]) -> Table:
    """Bytes of the file and test images read, of each network, five splits; the last column without all images by
    which settings were chosen."""
    head = [
        say("network"),
        say("weights"),
        say("of them not 0"),
        say("bytes of the file"),
        say("test images read"),
        say("of those that chose nothing"),
    ]
    rows = []
    for row in sorted(stored["points"], key=lambda row: float(np.median(row["bytes"]))):
        shares = [spread({"median": np.median(each), "min": min(each), "max": max(each)})
                  for each in (row["accuracies"], row["apart"])]  # fmt: skip
        rows.append([row["what"], f"{row['weights']:,}", f"{np.median(row['not_zero']):,.0f}",
                     f"{np.median(row['bytes']):,.0f}", *shares])  # fmt: skip
    return Table(head, rows)
