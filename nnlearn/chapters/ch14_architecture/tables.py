"""The tables of chapter 14, made of what its experiment measured."""

from collections.abc import Mapping
from typing import Any

from nnlearn.language import mark, say
from nnlearn.tables import Table

NAMES = {
    "the course's CNN": mark("the course's CNN"),
    "pooled early": mark("pooled early"),
    "11 dense units": mark("11 dense units"),
    "8 filters": mark("8 filters"),
    "4 filters": mark("4 filters"),
    "windows of 1": mark("windows of 1"),
    "32 filters, pooled early": mark("32 filters, pooled early"),
    "8 filters, pooled early": mark("8 filters, pooled early"),
    "4 filters, pooled early": mark("4 filters, pooled early"),
    "4 filters, pooled early, no dense layer": mark("4 filters, pooled early, no dense layer"),
    "3 convolutions, pooled early": mark("3 convolutions, pooled early"),
    "3 convolutions, pooled early, a shortcut": mark("3 convolutions, pooled early, a shortcut"),
    "1 hidden layer of 64": mark("1 hidden layer of 64"),
    "2 of 41": mark("2 of 41"),
    "3 of 33": mark("3 of 33"),
    "4 of 29": mark("4 of 29"),
}
WAYS = {
    "scratch": mark("a new network"),
    "tuned": mark("fine-tuned: all but the last layer handed over"),
    "slow start": mark("fine-tuned, old layers at a tenth of the rate"),
    "frozen": mark("convolutions kept, dense layer and head new"),
    "conv": mark("a last layer on its convolutions"),
    "random conv": mark("a last layer on convolutions never trained"),
    "dense": mark("a last layer on its dense layer"),
    "random dense": mark("a last layer on a dense layer never trained"),
    "pixels": mark("a last layer on the pixels"),
}


def named(row: Mapping[str, Any]) -> str:
    """The network's name in the learner's language."""
    name = NAMES[row["name"]]
    return say(name)


def spread(row: Mapping[str, Any]) -> str:
    """Median and range."""
    return f"{row['median']:.1%} ({row['min']:.1%}–{row['max']:.1%})"


def shapes(stored: Mapping[str, Any]) -> Table:
    """What each convolutional network costs and reads, the cheapest first."""
    times = {row["name"]: row["us"] for row in stored["times"]}
    head = [say("network"), say("parameters"), say("operations"), say("LiteRT, µs"), say("test images right")]
    rows = [
        [
            named(row),
            f"{row['parameters']:,}",
            f"{row['flops']:,}",
            f"{times[row['name']]:.1f}",
            spread(row),
        ]
        for row in sorted(stored["shapes"], key=lambda row: row["flops"])
    ]
    return Table(head, rows)


def deep(stored: Mapping[str, Any]) -> Table:
    """The same parameters in one to four hidden layers."""
    head = [say("hidden layers"), say("parameters"), say("training images right"), say("test images right")]
    rows = [[named(row), f"{row['parameters']:,}", f"{row['train']:.1%}", spread(row)]
            for row in stored["deep"]]  # fmt: skip
    return Table(head, rows)


def row_of(stored: Mapping[str, Any], old: str, way: str, images: int) -> dict[str, Any]:
    """One row of the transfer table."""
    (row,) = [
        row for row in stored["transfer"] if (row["old"], row["way"], row["images"]) == (old, way, images)
    ]  # fmt: skip
    return dict(row)


def transfer(stored: Mapping[str, Any], old: str) -> Table:
    """Median share of test images right, 5 to 9, by way and images a class."""
    counts = sorted({row["images"] for row in stored["transfer"]})
    ways = dict.fromkeys(row["way"] for row in stored["transfer"] if row["old"] == old)
    head = [say("5 to 9, images a class:"), *map(str, counts)]
    rows = [[say(WAYS[way]), *(f"{row_of(stored, old, way, count)['median']:.0%}" for count in counts)] for way in ways]
    return Table(head, rows)


def wins(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """From how many seeds the one reads more, equal, and less."""
    pairs = [*zip(one["accuracies"], other["accuracies"], strict=True)]
    more, less = sum(a > b for a, b in pairs), sum(a < b for a, b in pairs)
    return say("{more} more, {less} less", more=more, less=less)


def tasks(stored: Mapping[str, Any]) -> Table:
    """One trunk with two heads against two networks."""
    head = [say("images a class"), say("one trunk, two heads"), say("two networks"), say("heads, by seed")]
    rows = [
        [str(row["images"] or say("all")), spread(row["heads"]), spread(row["apart"]), wins(row["heads"], row["apart"])]
        for row in stored["tasks"]
    ]
    return Table(head, rows)
