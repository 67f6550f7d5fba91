"""Explorer of chapter 16: layers taken out of trained networks, with and without shortcuts round them."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch16_trimming.measures import removed_rows
from nnlearn.checks import Array
from nnlearn.explorers.controls import Choice, Switch
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import listed, mark, say, together

NUMBERS = range(1, 7)
KINDS = {"chain": mark("one after the other: y = f(x)"), "shortcuts": mark("with a shortcut round each: y = x + f(x)"),
         "normalised": mark("with a shortcut, and f is normalised")}  # fmt: skip
CHANCE = 10  # per cent


def left(kind: str, *gone: int) -> float:
    """The accuracy without these layers: the median of five networks."""
    return float(np.median(removed_rows()[kind, gone]))


@cache
def subsets(kind: str) -> Array:
    """Of each set of layers how many are removed, and the accuracy in per cent: (64, 2)."""
    return np.array([[len(gone), 100 * np.median(found)] for (each, gone), found in removed_rows().items()
                     if each == kind])  # fmt: skip


@cache
def one_by_one(kind: str) -> Array:
    """Median, minimum and maximum without each layer alone, in per cent: (6, 3)."""
    each = [removed_rows()[kind, (number,)] for number in NUMBERS]
    return 100 * np.array([[np.median(found), found.min(), found.max()] for found in each])


def what_is_left() -> str:
    """The truth of the prediction."""
    parts = []
    for kind in ("chain", "shortcuts"):
        medians = one_by_one(kind)[:, 0]
        parts.append(say("from {before:.1%} to {low:.0f} - {high:.0f}%, by the layer", before=left(kind),
                         low=medians.min(), high=medians.max()))  # fmt: skip
    return say("Measured, medians of five networks each: the chain falls {chain}; the one with shortcuts {shortcuts}.",
               chain=parts[0], shortcuts=parts[1])  # fmt: skip


def thought_behind_removing(answer: str) -> str:
    """Which thought leads to an answer."""
    thoughts = {
        "chance": mark("With a shortcut, what the layers before made still arrives: the sum has lost one of its "
                       "terms."),
        "sixth": mark("That would hold if the layers did a sixth of the work each, side by side. In a chain the next "
                      "layer gets numbers that mean something else."),
        "shortcut": "",
        "chain": mark("A chain's next layer gets what it has never seen: the numbers before the layer, not after it."),
    }  # fmt: skip
    return say(thoughts[answer]) if thoughts[answer] else ""


class Shortcuts(Explorer):
    """Six equal layers: which may go, and what is left without training?"""

    title = mark("Take a layer out")
    chapter = "16"
    prediction = Prediction(
        mark("Two networks read about 97% of the test digits. Six equal layers stand in each: in one they follow each "
             "other, y = f(x); in the other a shortcut leads round each, y = x + f(x). One of the six is taken out of "
             "each network, and nothing is trained again. What is left?"),
        Choice({"chance": mark("about chance (10%) in both"), "sixth": mark("about a sixth less in both"),
                "shortcut": mark("much with shortcuts, little in the chain"),
                "chain": mark("much in the chain, little with shortcuts")}, start="sixth", label=mark("what is left")),
        truth=what_is_left,
        thought=thought_behind_removing,
        opens_at={"kind": "shortcuts", "out2": True},
    )  # fmt: skip
    kind = Choice(KINDS, start="chain", label=mark("network"))
    out1 = Switch(start=False, label=mark("layer 1 out"))
    out2 = Switch(start=False, label=mark("layer 2 out"))
    out3 = Switch(start=False, label=mark("layer 3 out"))
    out4 = Switch(start=False, label=mark("layer 4 out"))
    out5 = Switch(start=False, label=mark("layer 5 out"))
    out6 = Switch(start=False, label=mark("layer 6 out"))
    goals = (
        Goal(mark("with shortcuts: the layer that costs least"),
             lambda result: result.kind == "shortcuts" and result.gone == (cheapest("shortcuts"),)),
        Goal(mark("with shortcuts: the layer that costs most"),
             lambda result: result.kind == "shortcuts" and result.gone == (dearest("shortcuts"),)),
        Goal(mark("two layers out, and more than 90%"),
             lambda result: len(result.gone) == 2 and result.accuracy > 0.9),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (alone, sets) = self.panels(350, 2, narrowest=300)
        alone.axhline(CHANCE, color=self.colours.muted, linestyle=":", linewidth=1.2)
        self.bars = alone.bar([*NUMBERS], [1] * 6, color=self.colours.blue, width=0.6, animated=True)
        self.spread = alone.vlines([0], 0, 1, color=self.colours.ink, linewidth=1.2, animated=True)
        alone.set(xlabel=mark("the one layer that is out"), ylabel=mark("accuracy (%)"), ylim=(0, 102), xlim=(0.4, 6.6),
                  xticks=[*NUMBERS])  # fmt: skip
        sets.axhline(CHANCE, color=self.colours.muted, linestyle=":", linewidth=1.2)
        (self.sets,) = sets.plot([], [], "o", color=self.colours.blue, markersize=4, alpha=0.6, animated=True,
                                 label=mark("each set of layers"))  # fmt: skip
        (self.here,) = sets.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True,
                                 label=mark("this one"))  # fmt: skip
        sets.set(xlabel=mark("layers out"), ylabel=mark("accuracy (%)"), ylim=(0, 118), yticks=range(0, 101, 20),
                 xlim=(-0.5, 6.5))  # fmt: skip
        sets.legend(loc="upper right", frameon=False, ncols=2, columnspacing=1)  # above all dots
        self.cover, self.other = Cover(alone, self.colours), Cover(sets, self.colours)
        self.ghosts(self.sets)
        return figure

    def compute(self) -> Any:
        gone = tuple(number for number in NUMBERS if getattr(self, f"out{number}"))
        found = removed_rows()[self.kind, gone]
        return Result(
            gone=gone, accuracy=float(np.median(found)), low=found.min(), high=found.max(), sets=subsets(self.kind),
            alone=one_by_one(self.kind),
        )  # fmt: skip

    def draw(self, result: Any) -> None:
        self.cover.show(result.asking)
        self.other.show(result.asking)
        for number, bar, (middle, _, _) in zip(NUMBERS, self.bars, result.alone, strict=True):
            bar.set_height(middle)
            bar.set_color(self.colours.orange if number in result.gone else self.colours.blue)
        self.spread.set_segments([np.array([[number, low], [number, high]])
                                  for number, (_, low, high) in zip(NUMBERS, result.alone, strict=True)])  # fmt: skip
        self.sets.set_data(*result.sets.T)
        self.here.set_data([len(result.gone)], [100 * result.accuracy])

    def says(self, result: Any) -> str:
        if result.asking:
            return say("Six equal layers between the first convolution and the output.")
        out = listed([str(number) for number in result.gone])
        what = say("Out: {layers}.", layers=out) if result.gone else say("All six layers are in.")
        read = say("Accuracy {accuracy:.1%} ({low:.1%} to {high:.1%}, five networks).",
                   accuracy=result.accuracy, low=result.low, high=result.high)  # fmt: skip
        return together(what, read)


def cheapest(kind: str) -> int:
    """The layer without which most is left."""
    return int(one_by_one(kind)[:, 0].argmax()) + 1


def dearest(kind: str) -> int:
    """The layer without which least is left."""
    return int(one_by_one(kind)[:, 0].argmin()) + 1
