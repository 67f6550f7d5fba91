"""The tables of chapter 15: which score to cut by, what training gives back, what a zero saves."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlearn.compression import break_even, stored_bytes
from nnlearn.language import mark, say
from nnlearn.tables import Table

Stored = Mapping[str, Any]
SCORES = {"network": mark("size"), "squares": mark("squares"), "mean": mark("mean"), "slope": mark("slope"),
          "strength": mark("share of the layer's squares"), "random": mark("chance")}  # fmt: skip
WAYS = {"network": mark("by size, 3 epochs"), "random": mark("by chance, 3 epochs"),
        "network, long": mark("by size, 10 epochs"), "gradual": mark("little by little, 10 epochs")}  # fmt: skip
NORMS = {"l2": mark("by length"), "l1": mark("by sum of sizes"), "random": mark("by chance")}
FORMS = {"csr": mark("sparse rows"), "places": mark("places of 2 bytes"), "bits": mark("bit mask")}
DENSE = (512, 32)


def spread(row: Mapping[str, Any]) -> str:
    """Median, smallest and largest."""
    return f"{row['median']:.1%} [{row['min']:.1%}, {row['max']:.1%}]"


def scores(stored: Stored, *shares: float) -> Table:
    """One cut for the network, by each score, without training."""
    found = {(row["rule"], row["share"]): row for row in stored["cuts"]}
    rows = [[say(name), *(spread(found[rule, share]) for share in shares)] for rule, name in SCORES.items()]
    return Table([say("score"), *(f"{share:.0%}" for share in shares)], rows)


def tuned(stored: Stored) -> Table:
    """Trained on with the mask."""
    found = {(row["share"], row["way"]): row for row in stored["tuned"]}
    shares = list(dict.fromkeys(row["share"] for row in stored["tuned"]))
    before = [f"{np.median(found[share, 'network']['before']):.1%}" for share in shares]
    rows = [[say(name), *(spread(found[share, way]) for share in shares)] for way, name in WAYS.items()]
    return Table(["", *(f"{share:.0%}" for share in shares)], [[say("by size, not trained"), *before], *rows])


def units(stored: Stored) -> Table:
    """Units that go, before and after three epochs."""
    rows = [
        [say("{units} stay, {rule}", units=row["units"], rule=say(NORMS[row["by"]])), f"{row['parameters']:,}",
         f"{row['flops']:,}", spread(row["before"]), spread(row)]
        for row in stored["units"] if row["by"] != "l1"
    ]  # fmt: skip
    heads = [say("parameters"), say("operations"), say("cut"), say("trained 3 epochs")]
    return Table(["", *heads], rows)


def penalties(stored: Stored) -> Table:
    """How many weights are exactly 0."""
    found = {(row["rule"], row["lambda"]): row for row in stored["proximal"]}
    strengths = list(dict.fromkeys(row["lambda"] for row in stored["proximal"]))
    rows = [
        [say(name), *(say("{zeros} zeros, {accuracy:.1%}", zeros=found[rule, strength]["zeros"],
                          accuracy=found[rule, strength]["accuracy"]) for strength in strengths)]
        for rule, name in (("L2", "L2"), ("plain L1", mark("plain L1")), ("proximal L1", mark("proximal L1")))
    ]  # fmt: skip
    return Table(["", *(f"λ = {strength:g}" for strength in strengths)], rows)


def bytes_of_the_dense_layer(*shares: float) -> Table:
    """In each form, with float32 values; and with how many zeros each becomes smaller than the whole matrix."""
    size = DENSE[0] * DENSE[1]
    rows = [
        [say(name), *(f"{stored_bytes(DENSE, size - round(share * size), form):,}" for share in shares),  # type: ignore[arg-type]
         f"{1 - break_even(DENSE, form) / size:.1%}"]  # type: ignore[arg-type]
        for form, name in FORMS.items()
    ]  # fmt: skip
    whole = [say("as it is"), *(f"{stored_bytes(DENSE, size, 'dense'):,}" for _ in shares), ""]
    return Table(["", *(say("{share:.0%} gone", share=share) for share in shares), say("smaller from")], [whole, *rows])
