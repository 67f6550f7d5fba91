"""The explorer of chapter 11's filters: a picture, noise on it, what a filter leaves of both."""

from functools import lru_cache
from typing import Any

import matplotlib
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap
from matplotlib.figure import Figure

from nnlearn.chapters.ch11_cleaning.pictures import (
    MOSAIC,
    clean,
    digits,
    filtered,
    read,
    spoiled,
)
from nnlearn.checks import Array
from nnlearn.data.clean import psnr
from nnlearn.data.measured import measured
from nnlearn.explorers.controls import Choice, Linear
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together

PICTURES = {"digits": mark("digits"), "china": mark("china"), "flower": mark("flower")}
NAMES = {"none": mark("none"), "mean": mark("mean"), "median": mark("median"),
         "plus": mark("median of a plus"), "gaussian": mark("Gaussian")}  # fmt: skip
SIZES = {"3": "3", "5": "5", "7": "7"}
ERRORS = 0.5  # of black to white: an error of this size is drawn in full colour
GREY = 0.4  # between the digits
GREYS, SIGNED = matplotlib.colormaps["gray"], matplotlib.colormaps["PuOr"]
SHOWN = 96  # pixels of a photograph's square, from its middle: large enough to be seen one by one
ASKED = "impulses 0.05"  # of the prediction


@lru_cache(maxsize=4)
def noisy(picture: str, impulses: float, sigma: float) -> Array:
    """The first draw of the noise on a picture."""
    return spoiled(clean(picture), impulses, sigma, seed=0)


@lru_cache(maxsize=4)
def named(impulses: float, sigma: float) -> Array:
    """What the network reads in the noisy digits."""
    return read(noisy("digits", impulses, sigma))


def mosaic(images: Array, between: float) -> Array:
    """The middle of a photograph, (96, 96); the first 9 digits, each with a frame of one pixel, (30, 30)."""
    if images.ndim == 2:
        first = (len(images) - SHOWN) // 2
        return images[first : first + SHOWN, first : first + SHOWN]
    framed = np.pad(images[: MOSAIC * MOSAIC], ((0, 0), (1, 1), (1, 1)), constant_values=between)
    rows = framed.reshape(MOSAIC, MOSAIC, *framed.shape[1:])
    return rows.swapaxes(1, 2).reshape(MOSAIC * framed.shape[1], -1)


def painted(numbers: Array, colours: Colormap, low: float, high: float) -> Array:
    """Numbers as red, green, blue and opaqueness, bytes: quicker to draw than numbers."""
    return np.asarray(colours(np.clip((numbers - low) / (high - low), 0, 1), bytes=True))


def frames(wrong: Array) -> list[Array]:
    """Squares round those of the first digits that are read wrongly, as corners, in shares of the mosaic."""
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    inner = 0.05 + 0.9 * corners
    return [(inner + divmod(place, MOSAIC)[::-1]) / MOSAIC for place in np.flatnonzero(wrong[: MOSAIC * MOSAIC])]


def stored(filter_: str) -> Array:
    """Per cent of the noisy digits that the four networks read, after a filter: (networks, draws)."""
    row = next(row for row in measured("11")["digits"] if (row["noise"], row["filter"]) == (ASKED, filter_))
    return 100 * np.array(row["accuracy"])


def cleaned_digits() -> str:
    """The truth of the prediction."""
    after = np.median(stored("median 3"), axis=1)
    return say("Measured on four networks: {median:.1f}% ({least:.1f} to {most:.1f}). The picture shows one of them.",
               median=np.median(after), least=after.min(), most=after.max())  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    thoughts = {
        "98": mark("The specks are gone, so all should be as before. But the filter doesn't know specks from ink: it "
                   "takes whatever is smaller than half its window."),
        "97": mark("Most of the specks go, you thought, and little else. Of a stroke one pixel wide all goes."),
        "95": mark("It gains on the specks what it loses on the digits, you thought. A speck costs a pixel, the filter "
                   "the stroke."),
        "78": mark("So it is: the filter takes whatever is smaller than half its window, and so are strokes."),
    }  # fmt: skip
    return say(thoughts[answer])


class Sieve(Explorer):
    """A picture as it was, with noise, after a filter, and what is left wrong; the digits are read by a network."""

    title = mark("What does a filter take away?")
    chapter = "11"
    prediction = Prediction(
        mark("In pictures of digits one pixel in 20 turns black or white. Networks that learned clean digits read 98% "
             "of them before, and 95% now. A median filter of 3 x 3 pixels, the textbook's remedy for such specks, "
             "cleans the digits. What is read then?"),
        Choice({"98": mark("98%, as before"), "97": mark("about 97%"), "95": mark("95%, as without"),
                "78": mark("about 78%")}, start="98", label=mark("digits read")),
        truth=cleaned_digits,
        thought=thought_behind,
        opens_at={"picture": "digits", "impulses": 0.05, "sigma": 0.0, "way": "median", "size": "3"},
    )  # fmt: skip
    picture = Choice(PICTURES, start="digits", label=mark("picture"))
    impulses = Linear(0, 0.5, start=0.05, step=0.01, label=mark("share of pixels black or white"))
    sigma = Linear(0, 60, start=0, step=0.5, label=mark("Gaussian noise, deviation in grey levels"))
    way = Choice(NAMES, start="none", label=mark("filter"))
    size = Choice(SIZES, start="3", label=mark("its window (mean, medians)"))
    width = Linear(0.3, 2, start=0.6, step=0.05, label=mark("its deviation (Gaussian)"), unit="px")
    claim = Choice({"possible": mark("it can be done"), "impossible": mark("it is impossible")}, start="possible",
                   label=mark("the third goal"))  # fmt: skip
    goals = (
        Goal(mark("flower, 5% black or white, no other noise: above 30 dB"),
             lambda result: (result.picture, result.impulses, result.sigma) == ("flower", 0.05, 0)
             and result.after > 30),
        Goal(mark("flower, Gaussian noise alone: at most one grey level above the least with which a mean of 3 brings "
                  "a gain"),
             lambda result: (result.picture, result.impulses, result.way, result.size) == ("flower", 0, "mean", "3")
             and 0 < result.sigma <= 12 and result.after > result.before),
        Goal(mark("digits, 5 to 20% black or white, no other noise: a filter by which two points more are read, or the "
                  "claim that none here does"),
             lambda result: result.claim == "impossible" or (
                 result.picture == "digits" and 0.05 <= result.impulses <= 0.2 and result.sigma == 0
                 and result.way != "none" and result.read_after >= result.read_before + 0.02)),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, axes = self.panels(270, 4, narrowest=200)
        titles = mark("as it was"), mark("with noise"), mark("after the filter"), mark("what is wrong now")
        self.pictures, self.wrong = [], []
        for each, title in zip(axes, titles, strict=True):
            each.grid(visible=False)
            each.spines[:].set_visible(True)
            each.set(xticks=[], yticks=[], xlim=(0, 1), ylim=(1, 0), aspect="equal")
            each.set_title(title, fontsize="small")
            self.pictures.append(each.imshow(np.zeros((2, 2, 4), np.uint8), extent=(0, 1, 1, 0), animated=True,
                                             interpolation="nearest"))  # fmt: skip
            lines = LineCollection([], colors=self.colours.orange, linewidths=2, animated=True)
            self.wrong.append(each.add_collection(lines))
        self.covers = [Cover(each, self.colours) for each in axes[2:]]
        return figure

    def compute(self) -> Any:
        impulses, sigma = self.impulses, self.sigma / 255
        before = noisy(self.picture, impulses, sigma)
        after = filtered(before, self.way, int(self.size), self.width)
        original = clean(self.picture)
        images = [painted(mosaic(each, GREY), GREYS, 0, 1) for each in (original, before, after)]
        result = Result(
            images=[*images, painted(mosaic(after - original, 0), SIGNED, -ERRORS, ERRORS)],
            before=psnr(original, before, peak=1), after=psnr(original, after, peak=1),
            read_before=None, read_after=None, frames=[(), ()],
        )  # fmt: skip
        if self.picture != "digits":
            yield result
            return
        yield result  # reading takes longer
        labels = digits()[1]
        said = [named(impulses, sigma), read(after)] if self.way != "none" else [named(impulses, sigma)] * 2
        shares = [float(np.mean(each == labels)) for each in said]
        yield result.also(read_before=shares[0], read_after=shares[1],
                          frames=[frames(each != labels) for each in said])  # fmt: skip

    def draw(self, result: Any) -> None:
        for picture, image in zip(self.pictures, result.images, strict=True):
            picture.set_data(image)
        for lines, squares in zip(self.wrong[1:3], result.frames, strict=True):
            lines.set_segments(squares)
        for cover in self.covers:
            cover.show(result.asking)

    def says(self, result: Any) -> str:
        if result.asking:
            return say("One pixel in 20 is black or white.")
        if np.isinf(result.before):
            told = say("No noise. The filter leaves {after:.1f} dB.", after=result.after) if np.isfinite(
                result.after) else say("No noise, and nothing is changed.")  # fmt: skip
        else:
            told = say("PSNR with noise {before:.1f} dB, after the filter {after:.1f} dB.", before=result.before,
                       after=result.after)  # fmt: skip
        if result.read_before is None:
            return told
        return together(told, say("The network reads {before:.1%} of the noisy digits, {after:.1%} of the filtered "
                                  "ones.", before=result.read_before, after=result.read_after))  # fmt: skip
