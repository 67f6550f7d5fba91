"""The tables of chapter 07, made of what its race measured."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnlearn.language import mark, say
from nnlearn.tables import Table

RULES = (
    "SGD", mark("momentum"), "RMSprop", "Adam", "AdamW", "Nadam", mark("Adam without correction")
)  # fmt: skip
PROBLEMS = {"digits": mark("digits, network"), "tumours": mark("tumours, logistic regression")}


def of(stored: Mapping[str, Any], problem: str) -> list[dict[str, Any]]:
    """The rows of one problem."""
    return [row for row in stored["rows"] if row["problem"] == problem]


def number(loss: float | None) -> str:
    """A loss with three digits; what is no number any more is said so."""
    return say("diverged") if loss is None else f"{loss:.3f}"


def spread(three: Sequence[float | None]) -> str:
    """Median and range."""
    median, low, high = map(number, three)
    return f"{median} ({low}–{high})"


def race(stored: Mapping[str, Any], problem: str) -> Table:
    """Each rule with its tuned rate and with Keras's default, ten fresh seeds: median and range."""
    rows = []
    for row in of(stored, problem):
        test = np.array(row["test"])
        usual = "" if row["usual"] is None else f"{row['usual'][0]:.2f} ({row['usual_rate']:g})"
        rows.append([say(row["rule"]), f"{row['rate']:g}", spread([row["median"], row["min"], row["max"]]),
                     f"{np.median(test):.1%} ({test.min():.1%}–{test.max():.1%})", usual,
                     say("{good} of {count}", good=row["good"], count=len(row["rates"]))])  # fmt: skip
    head = [say("rule"), say("tuned rate"), say("training loss"), say("test data right"), say("loss, default rate"),
            say("good rates")]  # fmt: skip
    return Table(head, rows)


def losses(row: Mapping[str, Any]) -> Any:
    """The losses from the fresh seeds; infinite where a run diverged."""
    return np.array([np.inf if loss is None else loss for loss in row["loss"]])


def wins(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    """From how many of the fresh seeds the one has the smaller loss."""
    return int(np.sum(losses(one) < losses(other)))


def pairs(stored: Mapping[str, Any], problem: str) -> Table:
    """From how many of ten seeds the rule of the line has a smaller loss than that of the column; a mark at all ten."""
    found = of(stored, problem)
    count = len(found[0]["loss"])
    rows = [
        [say(one["rule"]),
         *("" if one is other else f"**{won}**" if (won := wins(one, other)) == count else f"{won}" for other in found)]
        for one in found
    ]  # fmt: skip
    return Table(["", *(say(row["rule"]) for row in found)], rows)
