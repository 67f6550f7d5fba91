"""An explorer of chapter 15: whole filters and neurons go, and the network really becomes smaller."""

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch15_pruning.digits import NETWORK, share_read, weights
from nnlearn.compression import keep_units, shrink, unit_norms
from nnlearn.explorers.controls import Choice, Whole
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together

UNITS = {"conv1": 16, "conv2": 32, "dense": 32}
RULES = {"l2": mark("shortest first"), "l1": mark("smallest sum of sizes first"), "random": mark("by chance")}


def kept(by: str, draw: int, counts: tuple[int, ...]) -> dict[str, Any]:
    """Which units of each layer stay."""
    masks = {}
    for number, (layer, count) in enumerate(zip(UNITS, counts, strict=True)):
        chance = np.random.default_rng([draw, number]).random(UNITS[layer])
        scores = chance if by == "random" else unit_norms(weights(), layer, by)  # type: ignore[arg-type]
        masks[layer] = keep_units(scores, count)
    return masks


@lru_cache(maxsize=512)
def read(by: str, draw: int, counts: tuple[int, ...]) -> tuple[float, int, int]:
    """Accuracy, parameters and operations of the small network."""
    small, smaller = shrink(NETWORK, weights(), kept(by, draw, counts))
    costs = small.count()
    return share_read(smaller, small), costs.parameters, costs.flops


class Units(Explorer):
    """Filters and neurons taken out: the layers shrink, and with them parameters and operations."""

    title = mark("Whole units go")
    chapter = "15"
    conv1 = Whole(1, 16, start=16, label=mark("conv1: filters that stay"))
    conv2 = Whole(1, 32, start=32, label=mark("conv2: filters that stay"))
    dense = Whole(1, 32, start=32, label=mark("dense: neurons that stay"))
    by = Choice(RULES, start="l2", label=mark("which go"))
    draw_number = Whole(0, 9, start=0, label=mark("another draw (by chance)"))
    goals = (
        Goal(mark("8 of the 32 neurons gone, above 96.5%"),
             lambda result: result.dense <= 24 and result.accuracy > 0.965),
        Goal(mark("half of the second convolution's filters gone by chance: better than by length"),
             lambda result: result.by == "random" and result.conv2 <= 16 and result.accuracy > result.by_length),
        Goal(mark("at most half of the operations, above 95%"),
             lambda result: result.flops <= result.whole[1] / 2 and result.accuracy > 0.95),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (lengths, costs) = self.panels(300, 2, ratios=(1.9, 1), narrowest=330)
        places = np.arange(sum(UNITS.values())) + np.repeat([0, 3, 6], list(UNITS.values()))
        norms = np.concatenate([unit_norms(weights(), layer) for layer in UNITS])
        lengths.bar(places, norms, color=self.colours.grid, width=0.8, snap=False)
        self.bars = lengths.bar(places, norms, color=self.colours.blue, width=0.8, snap=False, animated=True)
        middles = np.cumsum(list(UNITS.values())) - np.array(list(UNITS.values())) / 2 + [0, 3, 6]
        lengths.set_xticks(middles, list(UNITS))
        lengths.tick_params(axis="x", length=0)
        lengths.grid(visible=False, axis="x")
        lengths.set(ylabel=mark("length of what leads into a unit"), xlabel=mark("units (grey: gone)"))
        self.words = [mark("parameters"), mark("operations"), mark("accuracy")]
        costs.barh(self.words, [100] * 3, color=self.colours.grid)
        self.costs = costs.barh(self.words, [100] * 3, color=self.colours.blue, height=0.45, animated=True)
        costs.invert_yaxis()
        costs.set(xlabel=mark("% (grey: the whole network)"), xlim=(0, 105))
        self.norms = norms
        return figure

    def compute(self) -> Any:
        counts = self.conv1, self.conv2, self.dense
        accuracy, parameters, flops = read(self.by, self.draw_number, counts)
        whole = NETWORK.count()
        stay = np.concatenate([*kept(self.by, self.draw_number, counts).values()])
        return Result(accuracy=accuracy, parameters=parameters, flops=flops, whole=(whole.parameters, whole.flops),
                      by_length=read("l2", 0, counts)[0], stay=stay)  # fmt: skip

    def draw(self, result: Any) -> None:
        for bar, norm, stays in zip(self.bars, self.norms, result.stay, strict=True):
            bar.set_height(norm if stays else 0)
        shares = result.parameters / result.whole[0], result.flops / result.whole[1], result.accuracy
        for bar, share in zip(self.costs, shares, strict=True):
            bar.set_width(100 * share)

    def says(self, result: Any) -> str:
        text = say("Accuracy {accuracy:.1%}; {parameters:,} parameters of {all:,}, {flops:,} operations of "
                   "{all_flops:,}.", accuracy=result.accuracy, parameters=result.parameters, all=result.whole[0],
                   flops=result.flops, all_flops=result.whole[1])  # fmt: skip
        other = say("By length it would be {accuracy:.1%}.", accuracy=result.by_length)
        return together(text, other if result.by == "random" else "")
