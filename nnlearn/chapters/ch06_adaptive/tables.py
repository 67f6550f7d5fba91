"""The table of chapter 06: who wins on sparse features, and on uneven ones."""

from collections.abc import Mapping
from typing import Any

from nnlearn.language import mark, say
from nnlearn.tables import Table

DATA = {
    "yes or no": mark("digits, yes or no (sparse)"),
    "grey": mark("digits, grey"),
    "uneven": mark("digits, pixels times 0.01 to 1"),
    "presence": mark("texts: which words (sparse)"),
    "counts": mark("texts: how often (sparse)"),
}
METHODS = {"descent": mark("plain descent"), "norm-scaled": mark("norm-scaled"), "AdaGrad": "AdaGrad",
           "RMSprop": "RMSprop"}  # fmt: skip


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
