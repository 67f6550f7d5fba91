"""The tables of chapter 06: AdaGrad at 45 degrees beside plain descent, and who wins on sparse features."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlearn.chapters.ch06_adaptive.ravine import Ravine, arrivals, turned_start
from nnlearn.chapters.ch06_adaptive.turn import method, rates_of_each
from nnlearn.language import mark, say
from nnlearn.tables import Table
from nnlearn.trace import run

AT_45 = Ravine(100, 45)
LONG = 800  # steps

DATA = {
    "yes or no": mark("digits, yes or no (sparse)"),
    "grey": mark("digits, grey"),
    "uneven": mark("digits, pixels times 0.01 to 1"),
    "presence": mark("texts: which words (sparse)"),
    "counts": mark("texts: how often (sparse)"),
}
METHODS = {"descent": mark("plain descent"), "norm-scaled": mark("norm-scaled"), "AdaGrad": "AdaGrad",
           "RMSprop": "RMSprop"}  # fmt: skip


def steps_at_45(name: str, rate: float) -> float:
    """How many steps a rule needs in the ravine turned by 45 degrees."""
    return float(arrivals(run(method(name, rate), AT_45, turned_start(45), LONG, keep=["theta"]).loss))


def last_rate(rate: float) -> float:
    """Where AdaGrad's two rates end in the ravine turned by 45 degrees: they are nearly one, this is their mean."""
    return float(np.mean(rates_of_each("adagrad", run(method("adagrad", rate), AT_45, turned_start(45), LONG))[-1]))


def last_rates() -> Table:
    """AdaGrad at 45 degrees, beside plain descent with the rate that it ends with."""
    rows = []
    for rate in (0.8, 1.23, 2.0, 5.0, 40.0):
        last = last_rate(rate)
        steps = steps_at_45("adagrad", rate), steps_at_45("descent", last)
        rows.append([f"{rate:g}", f"{last:.4f}", *(f"{each:.0f}" for each in steps)])
    heads = [
        say("AdaGrad's η"),
        say("its rates end at"),
        say("AdaGrad's steps"),
        say("plain descent's, with that rate"),
    ]
    return Table(heads, rows)


def winners(stored: Mapping[str, Any]) -> Table:
    """Test accuracy of each method: the median of five fresh seeds, and from where to where they went.

    The last column holds AdaGrad against plain descent, pair by pair: better is what is better from all five seeds.
    """
    lines = []
    for data, name in DATA.items():
        found = {row["method"]: row for row in stored["rows"] if row["data"] == data}
        cells = [f"{found[method]['median']:.1%} ({found[method]['min']:.0%}–{found[method]['max']:.0%})"
                 for method in METHODS]  # fmt: skip
        lines.append([say(name), *cells, verdict(found["AdaGrad"]["fresh"], found["descent"]["fresh"])])
    heads = [say(name) for name in METHODS.values()]
    return Table(["", *heads, say("AdaGrad against plain descent")], lines)


def verdict(one: list[float], other: list[float]) -> str:
    """What five pairs of accuracies say."""
    pairs = list(zip(one, other, strict=True))
    if all(a > b for a, b in pairs):
        return say("better")
    if all(a < b for a, b in pairs):
        return say("worse")
    return say("open: better in {count} of {all}", count=sum(a > b for a, b in pairs), all=len(pairs))
