"""Explorer of chapter 16: a network cut in two, and what passes between the parts."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.compression import crossing, run_parts, split
from nnlearn.data import datasets
from nnlearn.explorers.controls import Choice
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together
from nnlearn.models import digits_cnn, trained

CUTS = {"conv1": mark("first convolution"), "conv2": mark("second convolution"), "pool": mark("pooling"),
        "dense": mark("dense layer")}  # fmt: skip
SHORT = ("conv1", "conv2", mark("pooling"), mark("dense"))  # they stand at an axis
PIXELS = 64
IMAGES = 5  # on which the parts are run beside the whole


@cache
def after(cut: str) -> dict[str, Any]:
    """What crosses a cut, the weights before and behind, and the largest difference that the cut makes."""
    network, weights = digits_cnn(), trained()
    parts = split(network, weights, cut)
    images = datasets.digits().X_test[:IMAGES].reshape(-1, *network.shape).astype(np.float32)
    apart = np.abs(run_parts(parts, images) - network.forward(weights, images)).max()
    before, behind = (part.count().parameters for part, _ in parts)
    return {"crossing": crossing(network)[cut], "before": before, "behind": behind, "apart": float(apart)}


class Cut(Explorer):
    """The digits network on two machines: after which layer should the numbers travel?"""

    title = mark("Where to cut a network")
    chapter = "16"
    cut = Choice(CUTS, start="conv1", label=mark("cut after"))
    claim = Choice(
        {"": mark("nothing yet"), "possible": mark("possible"), "impossible": mark("impossible")},
        start="",
        label=mark("fewer than 64 numbers, dense layer behind the cut: you say"),
    )
    goals = (
        Goal(mark("the cut that fewest numbers cross"), lambda result: result.cut == "dense"),
        Goal(mark("the dense layer stays behind the cut, and fewer numbers cross than an image has pixels; or see why "
                  "there is no such cut, and claim that"), lambda result: result.claim == "impossible"),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (numbers, weights) = self.panels(270, 2, narrowest=330)
        rows = range(len(CUTS))
        self.bars = numbers.barh([*rows], [1] * len(CUTS), color=self.colours.blue, height=0.5, animated=True)
        numbers.set(yticks=[*rows], xlabel=mark("numbers that cross\n(dotted: 64 pixels)"), xlim=(0, 2700))
        numbers.set_yticklabels([say(name) for name in SHORT])
        numbers.invert_yaxis()
        numbers.axvline(PIXELS, color=self.colours.muted, linestyle=":", linewidth=1.2)
        self.told = [numbers.text(0, row, "", va="center", animated=True) for row in rows]
        self.parts = weights.barh([0, 1], [1, 1], color=self.colours.orange, height=0.5, animated=True)
        weights.set(yticks=[0, 1], xlabel=mark("weights"), xlim=(0, 23_000), xticks=(0, 10_000, 20_000))
        weights.set_yticklabels([say("before"), say("behind")])
        weights.invert_yaxis()
        return figure

    def compute(self) -> Any:
        return Result(numbers=[after(cut)["crossing"] for cut in CUTS], **after(self.cut))

    def draw(self, result: Any) -> None:
        for cut, bar, text, number in zip(CUTS, self.bars, self.told, result.numbers, strict=True):
            bar.set_width(number)
            bar.set_color(self.colours.orange if cut == result.cut else self.colours.blue)
            text.set(text=f"{number:,}", x=number + 40)
        for bar, count in zip(self.parts, (result.before, result.behind), strict=True):
            bar.set_width(count)

    def says(self, result: Any) -> str:
        text = say("Cut after the {layer}: {crossing:,} numbers cross for each image; {before:,} weights before, "
                   "{behind:,} behind.", layer=say(CUTS[result.cut]), crossing=result.crossing, before=result.before,
                   behind=result.behind)  # fmt: skip
        return together(text, say("Largest difference from the whole network: {apart:g}.", apart=result.apart))
