"""The map of chapter 10: every pixel is a network, by its depth and the size of its first weights."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import matplotlib
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, NullFormatter

from nnlearn.chapters.ch10_failing.deep import (
    ACTIVATIONS,
    DEEPEST,
    DEPTHS,
    RULES,
    SCALES,
)
from nnlearn.chapters.ch10_failing.passes import gradient_lengths, through, way_back
from nnlearn.checks import Array
from nnlearn.data.measured import measured
from nnlearn.explorers.controls import Choice, Point, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together

ENDS = (float(SCALES[0]), float(SCALES[-1]))
COARSE = (1, 2, 4, 8, 16, 32, 50)  # depths of the first, quick map
ROWS, COLUMNS = 64, (7, 25)  # of the image; scales of the quick map and of the fine one
EXAMPLES = (8, 32, 64)  # digits that the quick map, the fine one and a chosen network are computed on
WORK = 60  # layers of the fine map that are computed at once: a move must not wait for all
POWERS = Normalize(-6, 6)  # of ten: the colours of a gradient's length
SHARES = Normalize(0, 1)
GRADIENTS, READ = matplotlib.colormaps["PuOr_r"], matplotlib.colormaps["viridis"]
ROOM = 330  # CSS pixels that a panel needs
LEAST, MOST = 1e-8, 1e8  # lengths that are drawn
SEEDS = 5


def scales_of(columns: int) -> Array:
    """The scales at the middles of an image's columns."""
    return np.geomspace(*ENDS, 2 * columns + 1)[1::2]


def first_gradients(activation: str, depths: Any, columns: int, seed: int, examples: int) -> Iterator[Array]:
    """log10 of the length of the first layer's gradient, before any step, at each scale: a row for each depth."""
    scales = scales_of(columns)
    with np.errstate(all="ignore"):
        values = through(activation, max(depths), scales, seed, examples)
        for depth in depths:
            first = way_back(activation, values[: depth + 1], scales, seed)[:1]
            yield np.log10(gradient_lengths(values, first)[0])


def maps(activation: str, seed: int) -> Iterator[tuple[Array, tuple[int, ...]]]:
    """A map and its depths: first a quick one; then, as far as it is done, the fine one; at last the whole."""
    quick = np.array([*first_gradients(activation, COARSE, COLUMNS[0], seed, EXAMPLES[0])])
    yield quick, COARSE
    fine: list[Array] = []
    layers, depths = 0, range(1, DEEPEST + 1)
    for depth, row in zip(depths, first_gradients(activation, depths, COLUMNS[1], seed, EXAMPLES[1]), strict=True):
        fine.append(row)
        layers += depth
        if layers > WORK:
            layers = 0
            yield quick, COARSE
    yield np.array(fine), tuple(depths)


def image_of(found: Array, depths: Any) -> Array:
    """Rows of a map stretched to the image's: each shows the depth nearest to its place."""
    places = np.geomspace(1, DEEPEST, ROWS)
    return found[np.argmin(np.abs(np.log(places[:, np.newaxis]) - np.log(np.array(depths))), axis=1)]


@cache
def stored_accuracy(activation: str, rule: str) -> Array:
    """Shares of test digits read after the steps: (depths, scales, seeds); a guess's where theta left the numbers."""
    found = {row["depth"]: row["accuracy"] for row in measured("10")["wedge"]
             if (row["activation"], row["rule"]) == (activation, rule)}  # fmt: skip
    return np.nan_to_num(np.array([found[depth] for depth in DEPTHS], float), nan=0.1)


def nearest(depth: float, scale: float) -> tuple[int, int]:
    """Which of the trained depths and scales is nearest."""
    return int(np.argmin(np.abs(np.log(np.array(DEPTHS) / depth)))), int(np.argmin(np.abs(np.log(SCALES / scale))))


def by_layer(activation: str, depth: int, scale: float, seed: int) -> tuple[Array, Array, float]:
    """The length of each layer's gradient, what each gives (root mean square); the first gradient over the usual one.

    The last is a power of ten.
    """
    scales = np.array([scale, 1.0])
    with np.errstate(all="ignore"):
        values = through(activation, depth, scales, seed, EXAMPLES[2])
        gradients = gradient_lengths(values, way_back(activation, values, scales, seed))
        given = np.array([np.sqrt(np.mean(a[0] * a[0])) for a in values[1:]])
        return gradients[:, 0], given, float(np.log10(gradients[0, 0] / gradients[0, 1]))


def fifty_layers() -> str:
    """The truth of the prediction."""
    found = next(row for row in measured("10")["first"] if row["activation"] == "relu")
    smaller = sorted(found["smaller"])
    return say("Measured on {seeds} networks: {median:.0f} times ({least:.0f} to {most:.0f}).", seeds=len(smaller),
               median=np.median(smaller), least=smaller[0], most=smaller[-1])  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    thoughts = {
        "tenth": mark("So it would be with two layers. But here the gradient passes through 49 other kernels, and each "
                      "takes a tenth of what the others left."),
        "half": mark("Half of the ReLUs are silent, you may think. They are with the usual weights, too: that is the 2 "
                     "in 2/n. Here each layer takes a tenth more."),
        "five": mark("49 layers, a tenth each: that would be adding. Factors are multiplied."),
        "hundred": mark("So it is: 0.9, 49 times in a row."),
    }  # fmt: skip
    return say(thoughts[answer])


class Wedge(Explorer):
    """Each pixel is a network by its depth and its first weights; its colour how it begins, or how well it learned."""

    title = mark("Every pixel is a network")
    chapter = "10"
    prediction = Prediction(
        mark("50 hidden layers of 32 ReLUs, He's usual first weights. Take every hidden weight 10% smaller. How much "
             "smaller is the gradient of the first layer?"),
        Choice({"tenth": mark("10% smaller"), "half": mark("about half as large"), "five": mark("about 5 times"),
                "hundred": mark("more than 100 times")}, start="tenth", label=mark("how much smaller")),
        truth=fifty_layers,
        thought=thought_behind,
        opens_at={"pixel": (0.9, 50.0), "activation": "relu", "colour": "gradient"},
    )  # fmt: skip
    pixel = Point(ENDS, (1.0, float(DEEPEST)), start=(1.0, 8.0), axes="map",
                  label=mark("hidden weights, times; and hidden layers"))  # fmt: skip
    colour = Choice({"gradient": mark("the first layer's gradient"), "read": mark("digits read after 150 steps")},
                    start="gradient", label=mark("colour"))  # fmt: skip
    rule = Choice(RULES, start="momentum", label=mark("trained by"))
    activation = Choice(ACTIVATIONS, start="relu", label=mark("activation"))
    seed = Whole(0, SEEDS - 1, start=0, label=mark("seed of the weights"))
    claim = Choice({"possible": mark("it can be done"), "impossible": mark("it is impossible")}, start="possible",
                   label=mark("the third goal"))  # fmt: skip
    goals = (
        Goal(mark("8 layers of ReLU, momentum, not clipped: above 80% with hidden weights at least 1.15 times"),
             lambda result: result.eight and result.rule == "momentum" and result.pixel[0] >= 1.15
             and result.accuracy > 0.8),
        Goal(mark("8 layers of ReLU: above 80% with hidden weights at least 1.4 times"),
             lambda result: result.eight and result.pixel[0] >= 1.4 and result.accuracy > 0.8),
        Goal(mark("8 layers of ReLU, clipped: above 80% with hidden weights at most 0.6 times, or the claim that "
                  "clipping can't"),
             lambda result: result.claim == "impossible" or (
                 result.eight and result.rule == "clipped" and result.pixel[0] <= 0.6 and result.accuracy > 0.8)),
    )  # fmt: skip
    _map: tuple[Any, Any] = (None, None)

    def figure(self) -> Figure:
        figure, (plane, layers) = self.panels(430, 2, narrowest=ROOM)
        plane.set_label("map")
        plane.grid(visible=False)
        self.image = plane.imshow(np.zeros((1, 1, 3)), origin="lower", aspect="auto", animated=True,
                                  extent=(0, 1, 0, 1), transform=plane.transAxes, interpolation="nearest")  # fmt: skip
        plane.set(xscale="log", yscale="log", xlim=ENDS, ylim=(1, DEEPEST), xticks=[0.5, 1, 2],
                  yticks=[1, 2, 4, 8, 16, 32, 50], xlabel=mark("hidden weights, times the usual"),
                  ylabel=mark("hidden layers"))  # fmt: skip
        for axis in (plane.xaxis, plane.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:g}"))
            axis.set_minor_formatter(NullFormatter())
        for colours, numbers, label, ticks, texts, pad in (
            (READ, SHARES, mark("digits read"), [0, 0.5, 1], ["0%", "50%", "100%"], 0.06),
            (GRADIENTS, POWERS, mark("gradient's length"), [-6, -3, 0, 3, 6], ["1e-6", "0.001", "1", "1,000", "1e6"],
             0.01),
        ):  # fmt: skip
            bar = figure.colorbar(ScalarMappable(numbers, colours), ax=plane, location="top", aspect=60, pad=pad,
                                  fraction=0.05, label=label)  # fmt: skip
            bar.ax.set_xticks(ticks, texts)
        self.theory = []
        outlined = [withStroke(linewidth=3, foreground="white")]
        for power in (-2, 2):
            depth = np.linspace(1.2, DEEPEST, 200)
            (line,) = plane.plot(10 ** (power / (depth - 1)), depth, "--", color="black", linewidth=1.4, animated=True,
                                 path_effects=outlined)  # fmt: skip
            self.theory.append(line)
        (self.chosen,) = plane.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True, clip_on=False,
                                    markeredgecolor=self.colours.paper)  # fmt: skip
        self.cover = Cover(plane, self.colours)
        layers.set(xlabel=mark("hidden layer"), ylabel=mark("size"), yscale="log", xlim=(0, DEEPEST + 1),
                   ylim=(LEAST, MOST))  # fmt: skip
        (self.gradients,) = layers.plot([], [], "o-", color=self.colours.blue, markersize=4, animated=True,
                                        label=mark("gradient's length"))  # fmt: skip
        (self.outputs,) = layers.plot([], [], "s--", color=self.colours.orange, markersize=3, animated=True,
                                      label=mark("what the layer gives (root mean square)"))  # fmt: skip
        layers.legend(loc="lower left", bbox_to_anchor=(-0.02, 1), fontsize="small", frameon=False)
        self.layers_cover = Cover(layers, self.colours)
        self.ghosts(self.gradients, self.outputs)
        return figure

    def compute(self) -> Any:
        scale, depth = self.pixel[0], round(self.pixel[1])
        gradients, outputs, power = by_layer(self.activation, depth, scale, self.seed)
        row, column = nearest(depth, scale)
        read = stored_accuracy(self.activation, self.rule)
        result = Result(
            depth=depth, gradients=gradients, outputs=outputs, power=power, trained_depth=DEPTHS[row],
            trained_scale=float(SCALES[column]), accuracy=float(np.median(read[row, column])),
            range=[float(read[row, column].min()), float(read[row, column].max())],
            eight=self.activation == "relu" and depth == 8,
        )  # fmt: skip
        if self.colour == "read":
            yield result.also(image=painted(np.median(read, axis=-1), DEPTHS, "read"))
            return
        key = self.activation, self.seed
        if self._map[0] != key:
            for found in maps(*key):
                yield result.also(image=painted(found[0], found[1], "gradient"))
            self._map = key, found
        numbers, depths = self._map[1]
        yield result.also(image=painted(numbers, depths, "gradient"))

    def draw(self, result: Any) -> None:
        self.image.set_data(np.zeros_like(result.image) if result.asking else result.image)
        self.cover.show(result.asking)
        self.layers_cover.show(result.asking)
        self.chosen.set_data(*np.reshape(result.pixel, (2, 1)))
        layers = np.arange(1, result.depth + 1)
        for line, sizes in ((self.gradients, result.gradients), (self.outputs, result.outputs)):
            line.set_data(layers, np.clip(np.nan_to_num(sizes, nan=MOST), LEAST, MOST))
        for line in self.theory:
            line.set_visible(not result.asking)

    def says(self, result: Any) -> str:
        if result.asking:
            return ""
        network = say("{depth} hidden layers, their weights {scale:.2f} times the usual.", depth=result.depth,
                      scale=result.pixel[0])  # fmt: skip
        if not np.isfinite(result.power):
            begins = say("The first layer's gradient has left the numbers.")
        elif result.power == 0:
            begins = say("These are the usual weights.")
        elif result.power < 0:
            begins = say("The first layer's gradient is {times:,.3g} times smaller than with the usual weights.",
                         times=10**-result.power)  # fmt: skip
        else:
            begins = say("The first layer's gradient is {times:,.3g} times that of the usual weights.",
                         times=10**result.power)  # fmt: skip
        learned = say("After 150 steps the nearest trained network ({depth} layers, {scale:.2f} times) reads "
                      "{accuracy:.0%} ({least:.0%} to {most:.0%}, five seeds).", depth=result.trained_depth,
                      scale=result.trained_scale, accuracy=result.accuracy, least=result.range[0],
                      most=result.range[1])  # fmt: skip
        return together(network, begins, learned)


def painted(found: Array, depths: Any, colour: str) -> Array:
    """The image of a map: red, green, blue in 0 to 1."""
    colours, numbers = (GRADIENTS, POWERS) if colour == "gradient" else (READ, SHARES)
    known = np.nan_to_num(found, nan=99, posinf=99, neginf=-99)
    return np.asarray(colours(numbers(image_of(known, depths)))[..., :3])
