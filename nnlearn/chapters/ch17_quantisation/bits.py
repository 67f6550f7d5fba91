"""Explorers of chapter 17: a trained network in few bits, as a whole and layer by layer."""

from functools import cache, lru_cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.compression import Quantized
from nnlearn.compression.quantized import code_range
from nnlearn.data import datasets
from nnlearn.explorers.controls import Choice, Linear, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import listed, mark, say, together
from nnlearn.models import accuracy, quantize_weights, trained
from nnlearn.models.quantized_weights import scheme_for
from nnlearn.models.rescaling import with_outlier

LAYERS = {"conv1": mark("first convolution"), "conv2": mark("second convolution"),  # the names stand at an axis, too
          mark("dense"): mark("dense layer"), mark("output"): mark("output layer")}  # fmt: skip
BITS = range(1, 17)
BINS = 81
FEW = 33  # more codes than that can't be told apart in the picture
DRAW = 0  # the seed of stochastic rounding


@cache
def digits() -> Any:
    """The data on which the network was trained and is tested."""
    return datasets.digits()


@cache
def network(outlier: float = 1.0) -> dict[str, Any]:
    """The trained network; the largest weight of its dense layer so many times as large."""
    return with_outlier(trained(), "dense", outlier)


def tested(weights: Any) -> float:
    """The accuracy on the 450 test images."""
    return accuracy(weights, digits().X_test, digits().y_test)


@lru_cache(maxsize=128)  # each holds a network
def in_bits(bits: int, scheme: str, axis: str, range: str, rounding: str, outlier: float) -> tuple[Any, float]:
    """The network's quantised weights, and its accuracy with them."""
    rng = np.random.default_rng(DRAW) if rounding == "stochastic" else None
    weights: Any = quantize_weights(network(outlier), bits, scheme, AXES[axis], range, rounding, rng)  # type: ignore[arg-type]
    return weights, tested(weights)


AXES = {"tensor": None, "channel": -1}


def fewest_bits() -> str:
    """The truth of the prediction: symmetric codes, one scale a layer; and what other codes would need."""
    plain = tested(trained())
    fewest = min(bits for bits in CHOICES if in_bits(bits, *DEFAULT)[1] > plain - 0.01)
    parts = [say("{bits} bits {accuracy:.1%}", bits=bits, accuracy=in_bits(bits, *DEFAULT)[1]) for bits in (4, 3, 2)]
    one = say("1 bit {accuracy:.1%}", accuracy=in_bits(1, *DEFAULT)[1])
    measured = say("Measured: {fewest} bits are enough. float32 {plain:.1%}; {each}.",
                   fewest=fewest, plain=plain, each=listed([*parts, one]))  # fmt: skip
    better = say("Other levels need fewer: affine, a scale a channel and the range of least error keep {accuracy:.1%} "
                 "in 3 bits.", accuracy=in_bits(3, *BEST)[1])  # fmt: skip
    return together(measured, better)


CHOICES = (16, 8, 6, 4, 3, 2, 1)
BEST = ("affine", "channel", "least error", "nearest", 1.0)
DEFAULT = ("symmetric", "tensor", "max", "nearest", 1.0)


class Bits(Explorer):
    """A convolutional network with its weights in 16 to 1 bits: the codes, what is lost, how well it still reads."""

    title = mark("How many bits does a weight need?")
    chapter = "17"
    prediction = Prediction(
        mark("This network reads 98.0% of the test digits with weights of 32 bits. Each layer's weights are rounded to "
             "evenly spaced levels around 0, the last at its largest weight, without any training. What is the "
             "smallest number of bits per weight that costs less than one point?"),
        Choice({"16": mark("16 bits"), "8": mark("8 bits"), "6": mark("6 bits"), "4": mark("4 bits"),
                "3": mark("3 bits"), "2": mark("2 bits"), "1": mark("1 bit")}, start="8", label=mark("fewest bits")),
        truth=fewest_bits,
        opens_at={"bits": 4},
    )  # fmt: skip
    bits = Whole(1, 16, start=16, label=mark("bits"))
    scheme = Choice({"symmetric": mark("symmetric"), "affine": mark("affine")}, start="symmetric", label=mark("scheme"))
    axis = Choice({"tensor": mark("one scale a layer"), "channel": mark("one scale a channel")}, start="tensor",
                  label=mark("scales"))  # fmt: skip
    range = Choice(
        {"max": mark("largest weight"), "least error": mark("least error")}, start="max", label=mark("range")
    )
    rounding = Choice({"nearest": mark("nearest"), "stochastic": mark("stochastic")}, start="nearest",
                      label=mark("rounding"))  # fmt: skip
    outlier = Linear(1, 8, start=1, step=0.5, label=mark("outlier"))
    layer = Choice(LAYERS, start="dense", label=mark("layer shown"))
    goals = (
        Goal(mark("2 bits, no outlier: above 80% without training"),
             lambda result: result.bits == 2 and result.outlier == 1 and result.accuracy > 0.8),
        Goal(mark("outlier 8, 4 bits: above 95%"),
             lambda result: result.bits == 4 and result.outlier == 8 and result.accuracy > 0.95),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (counts, stairs, curve) = self.panels(350, 3, narrowest=215)
        (self.weights,) = counts.plot(
            [], [], drawstyle="steps-mid", color=self.colours.muted, linewidth=1, animated=True
        )
        self.codes = counts.vlines([0], 0, 1, color=self.colours.orange, linewidth=1, animated=True)
        counts.set(xlabel=mark("weight"), ylabel=mark("how many"), yscale="log", ylim=(0.5, 2e4), xlim=(-1, 1))
        (self.even,) = stairs.plot([], [], ":", color=self.colours.muted, linewidth=1, animated=True)
        (self.stairs,) = stairs.plot([], [], color=self.colours.orange, linewidth=1.3, animated=True)
        stairs.set(xlabel=mark("weight"), ylabel=mark("what is computed with"), xlim=(-1, 1), ylim=(-1, 1))
        self.shown = stairs.text(0.04, 0.97, "", va="top", transform=stairs.transAxes, animated=True)
        curve.set(
            xlabel=mark("bits"), ylabel=mark("accuracy (%)"), xlim=(0.5, 16.5), ylim=(0, 102), xticks=(1, 4, 8, 12, 16)
        )
        curve.axhline(100 * tested(trained()), color=self.colours.muted, linestyle=":", linewidth=1.2)
        (self.curve,) = curve.plot([], [], ".-", color=self.colours.blue, linewidth=1, animated=True)
        (self.here,) = curve.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True)
        self.axes_of_weights, self.cover = (counts, stairs), Cover(curve, self.colours)
        self.ghosts(self.weights, self.stairs, self.curve)
        return figure

    def compute(self) -> Any:
        setting = self.scheme, self.axis, self.range, self.rounding, self.outlier
        weights, share = in_bits(self.bits, *setting)
        kernel = network(self.outlier)[f"{self.layer}/kernel"]
        stored = weights.arrays[f"{self.layer}/kernel"]
        plain = float(np.abs(network()[f"{self.layer}/kernel"]).max())
        wide = self.layer == "dense" and self.outlier > 1  # one width for all: a changed limit redraws the whole figure
        reach = 1.05 * plain * (8 if wide else 1)
        counts, edges = np.histogram(kernel, BINS, (-reach, reach))
        rounded = stored.dequantize()
        result = Result(
            accuracy=share, nbytes=weights.nbytes, rounded=rounded, zeros=np.mean(rounded == 0), snr=stored.snr,
            reach=reach, counts=counts, middles=(edges[1:] + edges[:-1]) / 2,
            stairs=staircase(stored, reach, self.rounding), curve=np.empty((0, 2)),
        )  # fmt: skip
        yield result
        curve = []
        for bits in [] if self.asking else BITS:
            curve.append((bits, 100 * in_bits(bits, *setting)[1]))
            if bits % 4 == 0:
                yield result.also(curve=np.array(curve))

    def draw(self, result: Any) -> None:
        self.cover.show(result.asking)
        self.weights.set_data(result.middles, np.maximum(result.counts, 0.5))
        x, y = result.stairs
        levels = np.unique(y[np.isfinite(y)])
        shown = levels if len(levels) <= FEW else levels[:0]
        self.codes.set_segments([np.array([[level, 0.5], [level, 2e4]]) for level in shown])
        self.even.set_data([-result.reach, result.reach], [-result.reach, result.reach])
        self.stairs.set_data(x, y)
        self.shown.set_text(say("{layer}\nbits: {bits}", layer=say(LAYERS[result.layer]), bits=result.bits))
        self.curve.set_data(*result.curve.T)
        self.here.set_data([result.bits], [100 * result.accuracy])
        self.here.set_visible(not result.asking)  # at the edge it would stick out from under the cover
        counts, stairs = self.axes_of_weights
        if counts.get_xlim()[1] != result.reach:  # a changed limit redraws the whole figure
            counts.set_xlim(-result.reach, result.reach)
            stairs.set(xlim=(-result.reach, result.reach), ylim=(-result.reach, result.reach))

    def says(self, result: Any) -> str:
        text = say("Bits: {bits}; accuracy {accuracy:.1%}, {nbytes:,} bytes of weights instead of {all:,}.",
                   bits=result.bits, accuracy=result.accuracy, nbytes=result.nbytes, all=all_bytes())  # fmt: skip
        shown = say("In the {layer} the signal is {snr:.1f} dB above the error, and {zeros:.0%} of the weights are 0.",
                    layer=say(LAYERS[result.layer]), snr=result.snr, zeros=result.zeros)  # fmt: skip
        binary = scheme_for(result.scheme, result.bits) == "binary"
        one = say("With 1 bit the scheme is binary: the sign times the mean magnitude.")
        channel = say("Drawn are the codes of one channel, whose scale is in the middle.")
        random = say("Each weight goes to one of its two neighbours at random: the lower or the upper staircase.")
        return together(text, shown, one if binary else "", channel if result.axis == "channel" else "",
                        random if result.rounding == "stochastic" and not binary else "")  # fmt: skip


def staircase(stored: Quantized, reach: float, rounding: str = "nearest") -> tuple[Any, Any]:
    """What each weight between -reach and reach is rounded to; of channels, in one with a middle scale.

    With stochastic rounding there are two staircases, one after the other: to the next code below and above.
    """
    x = np.linspace(-reach, reach, 801)
    scales, zero_points = np.broadcast_arrays(np.ravel(stored.scale), np.ravel(stored.zero_point))
    shown = np.argsort(scales, kind="stable")[len(scales) // 2]
    scale, zero_point = float(scales[shown]), float(zero_points[shown])
    if stored.scheme == "binary":
        return x, np.where(x < 0, -scale, scale)

    def stairs(whole: Any) -> Any:
        codes = np.clip(whole(x / scale) + zero_point, *code_range(stored.scheme, stored.bits))
        return (codes - zero_point) * scale

    if rounding == "nearest":
        return x, stairs(np.rint)
    gap = [np.nan]
    return np.concatenate([x, gap, x]), np.concatenate([stairs(np.floor), gap, stairs(np.ceil)])


@cache
def all_bytes() -> int:
    """The bytes of the float32 weights."""
    return sum(array.nbytes for array in trained().values())


BUDGET = 9_400


def misread(accuracy: float) -> int:
    """How many of the test digits are read wrong."""
    count = len(digits().y_test)
    return count - round(accuracy * count)


class LayerBits(Explorer):
    """Each layer with bits of its own: where can they be saved?"""

    title = mark("Bits where they matter")
    chapter = "17"
    conv1 = Whole(1, 8, start=8, label=LAYERS["conv1"])
    conv2 = Whole(1, 8, start=8, label=LAYERS["conv2"])
    dense = Whole(1, 8, start=8, label=LAYERS["dense"])
    output = Whole(1, 8, start=8, label=LAYERS["output"])
    goals = (
        Goal(mark("at most 9,400 bytes, and no more digits misread than in float32"),
             lambda result: result.nbytes <= BUDGET and result.accuracy >= result.plain),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (sizes, reads) = self.panels(270, 2, ratios=(2, 1), narrowest=330)
        names = list(LAYERS)
        full = [quantize_weights(network(), 8, axis=-1).arrays[f"{name}/kernel"].nbytes for name in names]
        sizes.barh(names, full, color=self.colours.grid)
        sizes.set(xlabel=mark("bytes of weights and scales\n(grey: 8 bits)"), xlim=(0, 19_000))
        sizes.invert_yaxis()
        self.bars = sizes.barh(names, full, color=self.colours.blue, height=0.4, animated=True)
        self.sizes = [sizes.text(0, row, "", va="center", animated=True) for row in range(len(names))]
        reads.set(xlim=(0, 45), ylim=(-0.5, 0.5), yticks=[], xlabel=mark("test digits misread\n(dotted: float32)"))
        reads.axvline(misread(tested(trained())), color=self.colours.muted, linestyle=":")
        (self.bar,) = reads.barh([0], [0], color=self.colours.orange, height=0.5, animated=True)
        return figure

    def compute(self) -> Any:
        per_layer = {name: getattr(self, name) for name in LAYERS}
        weights = quantize_weights(network(), 8, "symmetric", axis=-1, per_layer_bits=per_layer)
        sizes = [weights.arrays[f"{name}/kernel"].nbytes for name in LAYERS]
        accuracy, plain = tested(weights), tested(trained())
        return Result(accuracy=accuracy, wrong=misread(accuracy), plain=plain, nbytes=weights.nbytes, sizes=sizes)

    def draw(self, result: Any) -> None:
        for bar, text, size in zip(self.bars, self.sizes, result.sizes, strict=True):
            bar.set_width(size)
            text.set(text=f"{size:,}", x=size + 200)
        self.bar.set_width(result.wrong)

    def says(self, result: Any) -> str:
        return say("Accuracy {accuracy:.1%}, {wrong} of {count} digits misread, in {nbytes:,} bytes; float32 has "
                   "{plain:.1%} in {all:,}.", accuracy=result.accuracy, wrong=result.wrong,
                   count=len(digits().y_test), nbytes=result.nbytes, plain=result.plain, all=all_bytes())  # fmt: skip
