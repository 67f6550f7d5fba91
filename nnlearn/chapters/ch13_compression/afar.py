"""An explorer of chapter 13: a photograph in few bits, near and from afar, by five rules of rounding."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch13_compression.photograph import WHITE, coded, from_afar, nearness, square, step
from nnlearn.data.clean import psnr
from nnlearn.explorers.controls import Choice, Linear, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together

RULES = {"half up": mark("nearest, half up"), "half to even": mark("nearest, half to even"),
         "truncate": mark("truncate"), "random": mark("at random"), "diffusion": mark("error diffusion")}  # fmt: skip
FIRST_RULE = "half up"
PICTURES = {"china": mark("temple"), "flower": mark("flower")}
AFAR = 2.0  # the distance of the prediction
LIFTED = 18.0  # dB that are asked for from afar


def measured() -> tuple[float, float]:
    """From afar, decibels of the threshold and of noise before it, for the temple."""
    return nearness("china", 1, "half up", AFAR), nearness("china", 1, "random", AFAR)


def noise_before() -> str:
    """The truth of the prediction."""
    near = [nearness("china", 1, rule, 0) for rule in ("half up", "random")]
    return say("Measured: {with_noise:.1f} dB, {more:.1f} more than without. Pixel by pixel it is worse, {near:.1f} dB "
               "instead of {plain:.1f}.", with_noise=measured()[1], more=measured()[1] - measured()[0], near=near[1],
               plain=near[0])  # fmt: skip


def thought_behind(decibels: float) -> str:
    """How far a prediction is off, and which thought leads there."""
    plain, true = measured()
    off = decibels - true
    if abs(off) <= 1.5:
        return say("That is near: what noise does to one pixel, its neighbours make up for.")
    if decibels <= plain + 1:
        return say("Noise only destroys, you thought. Of a single pixel that is right; but where the photograph is "
                   "dark grey, one pixel in four is white now, and from afar that is dark grey.")  # fmt: skip
    if off < 0:
        return say("The right way, and {few:.0f} dB too few.", few=-off)
    return say("The right way, and {many:.0f} dB too many: noise is still noise, even from afar.", many=off)


class FromAfar(Explorer):
    """A photograph in 8 to 1 bits: what is stored, what is seen from some distance, how often each code comes."""

    title = mark("A photograph in few bits")
    chapter = "13"
    prediction = Prediction(
        mark("A photograph in 1 bit a pixel: white from the middle of the scale on, black below. Seen from afar "
             "(blurred) it is 14.6 dB like the photograph; 10 dB more are a tenth of the squared error. Now add to "
             "every pixel, before it is rounded, random noise as wide as the whole scale (evenly from -127.5 to "
             "127.5). How many dB from afar?"),
        Linear(0, 40, start=10, step=0.5, label=mark("from afar"), unit="dB"),
        truth=noise_before,
        thought=thought_behind,
        opens_at={"bits": 1, "rule": "random", "distance": AFAR, "picture": "china"},
    )  # fmt: skip
    bits = Whole(1, 8, start=1, label=mark("bits"))
    rule = Choice(RULES, start=FIRST_RULE, label=mark("rounding"))
    distance = Linear(0, 4, start=0, step=0.25, label=mark("distance"), unit="px")
    picture = Choice(PICTURES, start="china", label=mark("picture"))
    claim = Choice({"possible": mark("it can be done"), "impossible": mark("it is impossible")}, start="possible",
                   label=mark("the third goal"))  # fmt: skip
    goals = (
        Goal(mark("temple, 1 bit, distance 2: above 18 dB"),
             lambda result: (result.picture, result.bits, result.distance) == ("china", 1, AFAR)
             and result.decibels > LIFTED),
        Goal(mark("temple, 7 bits, a step of 2: a rule by which three quarters of the pixels get an even code"),
             lambda result: (result.picture, result.bits) == ("china", 7) and result.even > 0.7),
        Goal(mark("temple, 1 bit, distance 0: above 13 dB (or: impossible)"),
             lambda result: result.claim == "impossible" or (
                 (result.picture, result.bits, result.distance) == ("china", 1, 0) and result.decibels > 13)),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (photo, stored, seen, counts) = self.panels(300, 4, narrowest=175)
        self.images = []
        for axes, name in (
            (photo, mark("the photograph")),
            (stored, mark("what is stored")),
            (seen, mark("from afar")),
        ):
            axes.grid(visible=False)
            axes.spines[:].set_visible(True)
            axes.set(xticks=[], yticks=[], xlabel=name)
            blank = np.zeros((2, 2), np.uint8)
            shown = axes.imshow(
                blank, cmap="gray", interpolation="nearest", vmin=0, vmax=WHITE, extent=(0, 1, 1, 0), animated=True
            )
            self.images.append(shown)
        self.bars = counts.vlines([0], 0, 1, color=self.colours.blue, linewidth=2, animated=True)
        counts.set(xlim=(-6, WHITE + 6), ylim=(0, 1.02), xlabel=mark("grey that a code\nstands for"),
                   ylabel=mark("how often\n(the most frequent: 1)"), xticks=(0, 128, 255))  # fmt: skip
        self.cover = Cover(seen, self.colours)
        return figure

    def compute(self) -> Any:
        photo, data = square(self.picture), coded(self.picture, self.bits, self.rule)
        stored = data.restored()
        seen = from_afar(stored, self.distance)
        error = stored.astype(float) - photo
        return Result(
            photo=photo, stored=stored, seen=seen, size=len(data.packed), step=step(self.bits),
            shares=np.bincount(data.codes.ravel(), minlength=2**self.bits) / data.codes.size,
            even=float(np.mean(data.codes % 2 == 0)), mean=float(error.mean()),
            near=psnr(photo, stored, WHITE), decibels=psnr(photo, seen, WHITE),
        )  # fmt: skip

    def draw(self, result: Any) -> None:
        for image, pixels in zip(self.images, (result.photo, result.stored, result.seen), strict=True):
            image.set_data(pixels)
        if result.asking:
            self.images[2].set_data(np.zeros((2, 2)))
        bars = zip(result.step * np.arange(len(result.shares)), result.shares / result.shares.max(), strict=True)
        self.bars.set_segments([np.array([[grey, 0], [grey, share]]) for grey, share in bars])
        self.cover.show(result.asking)

    def says(self, result: Any) -> str:
        stored = say("Bits: {bits}, a step of {step} grey levels; {size:,} bytes.",
                     bits=result.bits, step=result.step, size=result.size)  # fmt: skip
        if result.asking:
            return stored
        if result.decibels == np.inf:
            return together(stored, say("Nothing is lost."))
        near = say("Pixel by pixel {near:.1f} dB, mean error {mean:+.1f}; from distance {distance:g} {far:.1f} dB.",
                   near=result.near, mean=result.mean, distance=result.distance, far=result.decibels)  # fmt: skip
        even = say("{even:.0%} of the pixels have an even code.", even=result.even)
        return together(stored, near, even if result.bits > 1 else "")
