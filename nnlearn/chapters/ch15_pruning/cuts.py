"""The first explorer of chapter 15: a share of the weights goes, by one rule or another."""

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch15_pruning.digits import LAYERS, share_read, sizes, squares, weights
from nnlearn.chapters.ch15_pruning.strength import lost_strength
from nnlearn.compression import at_random, masks, pruned, stored_bytes
from nnlearn.explorers.controls import Choice, Linear, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together

CURVE = np.append(np.arange(0, 0.96, 0.05), 0.98)  # shares of the accuracy curve
RANKS = 200  # points of a layer's curve of sizes
DRAWS = 10
RULES = {
    "network": mark("the smallest of the network"), "layer": mark("the smallest of each layer"),
    "random": mark("by chance"), "squares": mark("the least important (squares)"),
}  # fmt: skip


def scores(rule: str, draw: int) -> Any:
    """What a rule cuts by."""
    if rule == "random":
        return at_random(weights(), draw)
    return squares() if rule == "squares" else sizes()


@lru_cache(maxsize=64)
def cut(rule: str, share: float, draw: int) -> Any:
    """The masks of one setting."""
    return masks(scores(rule, draw), share, "layer" if rule == "layer" else "network")


@lru_cache(maxsize=512)
def read(rule: str, share: float, draw: int) -> float:
    """The accuracy with what is left."""
    return share_read(pruned(weights(), cut(rule, share, draw)))


def random_tenth_or_smallest_half() -> str:
    """The truth of the prediction."""
    tenth = float(np.median([read("random", 0.1, draw) for draw in range(DRAWS)]))
    return say("Measured: the random tenth. Without it the network reads {tenth:.1%} (the median of {draws} draws), "
               "without the smallest half {half:.1%}, whole {whole:.1%}.", tenth=tenth, draws=DRAWS,
               half=read("network", 0.5, 0), whole=read("network", 0.0, 0))  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    if answer == "tenth":
        return ""
    lost = [strength_lost(rule, share) for rule, share in (("random", 0.1), ("network", 0.5))]
    held = say("Of the sum of all squared weights the smallest half holds {half:.0%}, a random tenth {tenth:.0%}.",
               tenth=lost[0], half=lost[1])  # fmt: skip
    if answer == "half":
        return together(say("Five times as many weights, but what counts is not how many."), held)
    return together(say("Size is no accident: a large weight carries more of each sum."), held)


def strength_lost(rule: str, share: float) -> float:
    """The share of the whole sum of squares that goes."""
    gone, all_squares = 0.0, 0.0
    for name, mask in cut(rule, share, 0).items():
        square = np.square(weights()[name], dtype=np.float64)
        gone, all_squares = gone + float(square[~mask].sum()), all_squares + float(square.sum())
    return gone / all_squares


def kernel_bytes(found: Any, form: Any) -> int:
    """The bytes of all kernels in a form, each as a matrix with a row for each input."""
    return sum(stored_bytes((mask.size // mask.shape[-1], mask.shape[-1]), int(mask.sum()), form)
               for mask in found.values())  # fmt: skip


class Prune(Explorer):
    """A trained network with a share of its weights taken out: which go, where, and how well it still reads."""

    title = mark("What can go?")
    chapter = "15"
    prediction = Prediction(
        mark("A trained network reads 98.0% of the test digits. Nothing is trained any more: delete a tenth of its "
             "weights at random, or the half of its weights that are smallest. Which costs more?"),
        Choice({"tenth": mark("the random tenth"), "half": mark("the smallest half"), "same": mark("about the same")},
               start="half", label=mark("costs more")),
        truth=random_tenth_or_smallest_half,
        thought=thought_behind,
        opens_at={"share": 0.5},
    )  # fmt: skip
    share = Linear(0, 0.98, start=0, step=0.01, label=mark("share that goes"))
    rule = Choice(RULES, start="network", label=mark("what goes"))
    draw_number = Whole(0, DRAWS - 1, start=0, label=mark("another draw (by chance)"))
    layer = Choice(LAYERS, start="dense", label=mark("layer shown"))
    goals = (
        Goal(mark("more than half gone, and no more digits misread than before"),
             lambda result: result.share > 0.5 and result.accuracy >= result.whole),
        Goal(mark("80% gone, and still above 90%"), lambda result: result.share >= 0.8 and result.accuracy > 0.9),
        Goal(mark("by chance: at least 4% gone, and at most one point lost"),
             lambda result: result.rule == "random" and result.share >= 0.04
             and result.accuracy >= result.whole - 0.01),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (ranks, kernel, curve) = self.panels(350, 3, narrowest=260)
        self.dots = []
        for (name, size), line, colour in zip(sizes().items(), ("-", "--", "-.", ":"), self.colours.colours,
                                              strict=False):  # fmt: skip
            x = np.linspace(0, 1, RANKS)
            ranks.plot(x, np.quantile(size, x), line, color=colour, linewidth=1.3, label=name.removesuffix("/kernel"))
            self.dots += ranks.plot([], [], "o", color=colour, markersize=7, animated=True)
        ranks.set(xlabel=mark("share of the layer, from the smallest"), ylabel=mark("size of the weight"),
                  yscale="log", ylim=(1e-4, 2), xlim=(-0.02, 1.02))  # fmt: skip
        ranks.legend(fontsize="small", loc="lower right")
        (self.level,) = ranks.plot([], [], color=self.colours.ink, linewidth=1, animated=True)
        self.kernel = kernel.imshow(np.zeros((1, 1, 3)), aspect="auto", interpolation="nearest", animated=True,
                                    extent=(0, 1, 1, 0))  # fmt: skip
        kernel.set(xlabel=mark("units: what a weight leads to"), ylabel=mark("inputs: where it comes from"), xticks=[],
                   yticks=[])  # fmt: skip
        kernel.grid(visible=False)
        self.shown = kernel.set_title("", fontsize="small", animated=True)
        curve.set(xlabel=mark("share that goes"), ylabel=mark("accuracy (%)"), xlim=(-0.02, 1.02), ylim=(0, 102))
        curve.axhline(100 * share_read(weights()), color=self.colours.muted, linestyle=":", linewidth=1.2)
        (self.curve,) = curve.plot([], [], ".-", color=self.colours.blue, linewidth=1, animated=True)
        (self.here,) = curve.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True)
        self.cover = Cover(curve, self.colours)
        self.ghosts(self.curve)
        self.inks = np.array([rgb(self.colours.orange), rgb(self.colours.paper), rgb(self.colours.blue)])
        self.hole = np.array(rgb(self.colours.grid))
        return figure

    def compute(self) -> Any:
        found = cut(self.rule, self.share, self.draw_number)
        kernel = weights()[f"{self.layer}/kernel"]
        matrix, mask = (array.reshape(-1, kernel.shape[-1]) for array in (kernel, found[f"{self.layer}/kernel"]))
        gone = [float(1 - each.mean()) for each in found.values()]
        left = [size[~each] for size, each in zip(sizes().values(), found.values(), strict=True)]
        tops = [float(np.quantile(size, each)) for size, each in zip(sizes().values(), gone, strict=True)]
        one_cut = self.rule == "network" and self.share > 0
        level = max(float(part.max(initial=0)) for part in left) if one_cut else None
        result = Result(
            accuracy=read(self.rule, self.share, self.draw_number), whole=read("network", 0.0, 0), gone=gone,
            level=level, tops=tops, kernel=matrix / np.abs(matrix).max(), mask=mask,
            lost=sum(lost_strength(weights(), found).values()),
            nbytes=[kernel_bytes(found, form) for form in ("dense", "csr", "bits")], curve=np.empty((0, 2)),
        )  # fmt: skip
        yield result
        curve = []
        for number, share in enumerate(() if self.asking else CURVE):
            curve.append((share, 100 * read(self.rule, float(share), self.draw_number)))
            if number % 2 == 0:
                yield result.also(curve=np.array(curve))

    def draw(self, result: Any) -> None:
        self.cover.show(result.asking)
        for dot, gone, top in zip(self.dots, result.gone, result.tops, strict=True):
            dot.set_data([gone], [max(top, 1e-4)])
        self.level.set_data(*(((), ()) if result.level is None else ((-0.02, 1.02), (result.level,) * 2)))
        depth = np.abs(result.kernel)[..., np.newaxis] ** 0.5  # small ones must be seen
        ends = np.where(result.kernel[..., np.newaxis] < 0, self.inks[0], self.inks[2])
        image = self.inks[1] + depth * (ends - self.inks[1])
        self.kernel.set_data(np.where(result.mask[..., np.newaxis], image, self.hole))
        self.shown.set_text(say("{layer}: {gone:.0%} gone (grey)", layer=say(LAYERS[result.layer]),
                                gone=1 - result.mask.mean()))  # fmt: skip
        self.curve.set_data(*result.curve.T)
        self.here.set_data([result.share], [100 * result.accuracy])
        self.here.set_visible(not result.asking)

    def says(self, result: Any) -> str:
        text = say("{share:.0%} gone, accuracy {accuracy:.1%}.", share=result.share, accuracy=result.accuracy)
        each = dict(zip(LAYERS, result.gone, strict=True))
        where = say(
            "Gone are of conv1 {conv1:.0%}, of conv2 {conv2:.0%}, of dense {dense:.0%}, of output {output:.0%}.", **each
        )  # fmt: skip
        dense, csr, bits = result.nbytes
        size = say("With its zeros the network's kernels take {dense:,} bytes, in sparse rows {csr:,}, with a bit mask "
                   "{bits:,}.", dense=dense, csr=csr, bits=bits)  # fmt: skip
        return together(text if not result.asking else "", where, size)


def rgb(colour: str) -> tuple[float, ...]:
    """A colour of the palette in shares of red, green and blue."""
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
