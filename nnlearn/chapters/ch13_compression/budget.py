"""An explorer of chapter 13: eight bytes for a digit, spent on pixels or on bits."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch13_compression.kept import (
    BITS,
    BLOCKS,
    PIXELS,
    SIDE,
    WHITEST,
    bytes_each,
    digits,
    kept,
    spread_out,
)
from nnlearn.data.measured import measured
from nnlearn.explorers.controls import Choice, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together

IMAGES = 40
LEVELS = WHITEST + 1
STYLES = {"64": "o-", "rows": "s--", "columns": "^:", "16": "d-."}


@cache
def images() -> Any:
    """The first 40 test digits, (40, 64), and their labels."""
    data = digits()
    return data.X_test[:IMAGES], data.y_test[:IMAGES]


@cache
def rows() -> dict[tuple[str, int], dict[str, Any]]:
    """What was measured, by pixels and bits."""
    return {(row["pixels"], row["bits"]): row for row in measured("13")["budget"]}


def told(pixels: str, bits: int) -> str:
    """Median and range of the digits read."""
    row = rows()[pixels, bits]
    return say("{median:.1%} [{least:.1%}, {most:.1%}]", median=row["median"], least=row["min"], most=row["max"])


def eight_bytes() -> str:
    """The truth of the prediction."""
    return say("Measured, five splits: 32 of 2 bits {two}, 64 of 1 bit {one}: in one split the 64 are ahead. 16 of 4 "
               "bits {four}: in every split behind the 32. All of it reads {all}.",
               one=told("64", 1), two=told("rows", 2), four=told("16", 4), all=told("64", 5))  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    thoughts = {
        "64": mark("Place counts, greys hardly: that is most of it. Where neighbours above each other are alike, a "
                   "pair can share its pixel and have greys besides."),
        "rows": mark("Something of both. It depends on the pairs: columns in pairs read less."),
        "16": mark("A pixel needs its greys, you thought. A stroke is one or two pixels wide: what tells an 8 from "
                   "a 3 is where there is ink more than how much."),
    }  # fmt: skip
    return say(thoughts[answer])


def levels_kept(bits: int) -> int:
    """Of a pixel's 17 levels, how many get a code of their own."""
    return min(LEVELS, 2**bits)


class EightBytes(Explorer):
    """Digits of fewer pixels and fewer bits, and how many of them are still read."""

    title = mark("Eight bytes for a digit")
    chapter = "13"
    prediction = Prediction(
        mark("A digit of 64 pixels, each one of 17 levels, shall take 8 bytes. A reader (a support vector machine) is "
             "trained on what is left. Which 8 bytes does it read best?"),
        Choice({"64": mark("64 pixels of 1 bit"), "rows": mark("32 pixels of 2 bits (rows in pairs)"),
                "16": mark("16 pixels of 4 bits (2 x 2 together)")}, start="16", label=mark("8 bytes")),
        truth=eight_bytes,
        thought=thought_behind,
        opens_at={"pixels": "16", "bits": 4},
    )  # fmt: skip
    pixels = Choice(PIXELS, start="64", label=mark("pixels"))
    bits = Whole(BITS[0], BITS[-1], start=BITS[-1], label=mark("bits"))
    image = Whole(0, IMAGES - 1, start=0, label=mark("test image"), plays=True)
    claim = Choice({"possible": mark("it can be done"), "impossible": mark("it is impossible")}, start="possible",
                   label=mark("the third goal"))  # fmt: skip
    goals = (
        Goal(mark("at most 6 bytes, and more than 93% read (median)"),
             lambda result: result.bytes <= 6 and result.median > 0.93),
        Goal(mark("at most 16 bytes, and more than 98.5% read (median)"),
             lambda result: result.bytes <= 16 and result.median > 0.985),
        Goal(mark("4 bits a pixel, all 64 pixels, and each of the 17 levels with a code of its own (or: impossible)"),
             lambda result: result.claim == "impossible" or (
                 (result.pixels, result.bits) == ("64", 4) and result.levels == LEVELS)),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (whole, left, chart) = self.panels(300, 3, narrowest=210)
        self.pictures = []
        for axes, name in ((whole, mark("the digit")), (left, mark("what is kept"))):
            axes.grid(visible=False)
            axes.spines[:].set_visible(True)
            axes.set(xticks=[], yticks=[], xlabel=name)
            shown = axes.imshow(np.zeros((SIDE, SIDE)), cmap="gray_r", vmin=0, vmax=WHITEST, animated=True)
            self.pictures.append(shown)
        for pixels in BLOCKS:
            found = [rows()[pixels, bits] for bits in BITS]
            chart.plot([row["bytes"] for row in found], [100 * row["median"] for row in found], STYLES[pixels],
                       markersize=4, linewidth=1, label=PIXELS[pixels])  # fmt: skip
        chart.set(xscale="log", xlabel=mark("bytes a digit"), ylabel=mark("digits read (%)"), ylim=(50, 101),
                  xlim=(1.8, 45), xticks=(2, 4, 8, 16, 32), xticklabels=("2", "4", "8", "16", "32"))  # fmt: skip
        chart.minorticks_off()
        chart.legend(fontsize="x-small", loc="lower right")
        (self.here,) = chart.plot([], [], "o", color=self.colours.orange, markersize=10, fillstyle="none",
                                  markeredgewidth=2, animated=True)  # fmt: skip
        self.cover = Cover(chart, self.colours)
        return figure

    def compute(self) -> Any:
        X, y = images()
        left = kept(X, self.pixels, self.bits).restored()
        row = rows()[self.pixels, self.bits]
        return Result(
            digit=int(y[self.image]), whole=X[self.image].reshape(SIDE, SIDE),
            left=spread_out(left, self.pixels)[self.image], bytes=bytes_each(self.pixels, self.bits),
            levels=levels_kept(self.bits), median=row["median"], least=row["min"], most=row["max"],
        )  # fmt: skip

    def draw(self, result: Any) -> None:
        for picture, pixels in zip(self.pictures, (result.whole, result.left), strict=True):
            picture.set_data(pixels)
        self.here.set_data([result.bytes], [100 * result.median])
        self.here.set_visible(not result.asking)
        self.cover.show(result.asking)

    def says(self, result: Any) -> str:
        stored = say("Test image {image}, a {digit}: {pixels}, {bits} bits each, {bytes:g} bytes.",
                     image=result.image, digit=result.digit, pixels=say(PIXELS[result.pixels]), bits=result.bits,
                     bytes=result.bytes)  # fmt: skip
        if result.asking:
            return stored
        return together(stored, say("Read: {median:.1%} [{least:.1%}, {most:.1%}].", median=result.median,
                                    least=result.least, most=result.most))  # fmt: skip
