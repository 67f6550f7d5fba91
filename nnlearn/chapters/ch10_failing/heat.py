"""An explorer of chapter 10: which pixels of a digit a network looks at, beside a network that never learned."""

from functools import cache, lru_cache
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch10_failing.reader import READER, stored_readers
from nnlearn.checks import Array
from nnlearn.data import datasets
from nnlearn.data.measured import measured
from nnlearn.explorers.controls import Choice, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together
from nnlearn.networks.saliency import GRADIENT, INTEGRATED, PRODUCT, rank_correlation, saliency

IMAGES = 40
SIZES, SIGNED = matplotlib.colormaps["gray_r"], matplotlib.colormaps["PuOr_r"]
METHODS = {PRODUCT: mark("gradient times input"), GRADIENT: mark("gradient"),
           INTEGRATED: mark("integrated gradients")}  # fmt: skip
OTHERS = {"never": mark("one that never learned"), "other": mark("another that learned")}


@cache
def images() -> tuple[Array, Array]:
    """The first 40 test images, and their digits."""
    data = datasets.digits()
    return data.X_test[:IMAGES], data.y_test[:IMAGES]


@lru_cache(maxsize=12)
def maps(who: str, method: str) -> Array:
    """A map for each of the first 40 test images, of the score of its own class: (40, 64)."""
    X, y = images()
    return np.asarray(saliency(READER, stored_readers()[who], X, of=y, method=method).maps)


def alike(one: Array, other: Array, X: Array, counted: str) -> Array:
    """The rank correlation of each pair of maps: by size, by signed numbers, or signed on inked pixels alone."""
    if counted == "size":
        return np.asarray(rank_correlation(np.abs(one), np.abs(other)))
    return np.asarray(rank_correlation(one, other, X > 0 if counted == "inked" else None))


@lru_cache(maxsize=24)
def likeness(method: str, other: str, counted: str) -> Array:
    """Of each image: how alike its maps by the trained network and by another are, shape (40,)."""
    return alike(maps("trained", method), maps(other, method), images()[0], counted)


def never_and_trained() -> str:
    """The truth of the prediction."""
    rows = {row["other"]: np.array(row["size"]) for row in measured("10")["maps"]
            if row["method"] == PRODUCT}  # fmt: skip
    return say("Measured on 40 digits, five seeds: {never:.2f} ({least:.2f} to {most:.2f}). With another network that "
               "learned it is {other:.2f}.", never=np.median(rows["never"]), least=rows["never"].min(),
               most=rows["never"].max(), other=np.median(rows["trained"]))  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    thoughts = {
        "0": mark("What never learned knows nothing, so its map should be chance. But the map is a product, and one "
                  "factor is the image itself."),
        "0.3": mark("A little of the image shines through, you thought. It is most of what one sees."),
        "0.6": mark("Much of it is the image, you thought. It is still more."),
        "0.9": mark("So it is: what one sees in such a map is, for the most part, the digit itself."),
    }  # fmt: skip
    return say(thoughts[answer])


class Heat(Explorer):
    """A digit, the map of a network that reads it, and beside it the map of another."""

    title = mark("What does the network look at?")
    chapter = "10"
    prediction = Prediction(
        mark("A map says of each pixel how much it counts for the score: gradient times pixel, by size. One network "
             "reads 97% of the digits, another never learned: random first weights. How alike are their maps? "
             "(Rank correlation: 1 is the same order of pixels, 0 is chance.)"),
        Choice({"0": mark("about 0"), "0.3": mark("about 0.3"), "0.6": mark("about 0.6"), "0.9": mark("about 0.9")},
               start="0", label=mark("rank correlation")),
        truth=never_and_trained,
        thought=thought_behind,
        opens_at={"method": PRODUCT, "other": "never", "counted": "size"},
    )  # fmt: skip
    image = Whole(0, IMAGES - 1, start=0, label=mark("test image"), plays=True)
    method = Choice(METHODS, start=PRODUCT, label=mark("map"))
    other = Choice(OTHERS, start="never", label=mark("beside it"))
    counted = Choice({"size": mark("size alone"), "signed": mark("with its sign"),
                      "inked": mark("with its sign, inked pixels alone")}, start="size",
                     label=mark("what counts of a pixel"))  # fmt: skip
    goals = (
        Goal(mark("gradient times input, by size: an image whose map is more like that of the network that never "
                  "learned than that of the other trained one"),
             lambda result: (result.method, result.counted) == (PRODUCT, "size")
             and result.here_never > result.here_other),
        Goal(mark("gradient times input: what counts so that maps of two trained networks agree above 0.65, and the "
                  "one that never learned is within 0.1 of 0 (means)"),
             lambda result: result.method == PRODUCT and abs(result.never) < 0.1
             and result.trained > 0.65),
        Goal(mark("by size alone: a kind of map for which the one that never learned is within 0.1 of 0 (mean)"),
             lambda result: result.counted == "size" and abs(result.never) < 0.1),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, axes = self.panels(330, 3, narrowest=230)
        self.pictures = []
        for each, title in zip(axes, (mark("the digit"), mark("a network that learned"), ""), strict=True):
            each.grid(visible=False)
            each.spines[:].set_visible(True)  # the margin of a digit is white, as the page may be
            each.set(xticks=[], yticks=[])
            self.pictures.append(each.imshow(np.zeros((8, 8, 3)), interpolation="nearest", animated=True))
            self.second = each.set_title(title, fontsize="small", animated=not title)
        self.cover = Cover(axes[2], self.colours)
        return figure

    def compute(self) -> Any:
        found = {who: likeness(self.method, who, self.counted) for who in OTHERS}
        one, (X, y) = maps("trained", self.method), images()
        return Result(
            digit=int(y[self.image]), pixels=X[self.image].reshape(8, 8),
            map=one[self.image].reshape(8, 8), beside=maps(self.other, self.method)[self.image].reshape(8, 8),
            here=float(found[self.other][self.image]), mean=float(found[self.other].mean()),
            here_never=float(found["never"][self.image]), here_other=float(found["other"][self.image]),
            never=float(found["never"].mean()), trained=float(found["other"].mean()),
        )  # fmt: skip

    def draw(self, result: Any) -> None:
        blank = np.zeros((8, 8), bool)
        self.pictures[0].set_data(painted(result.pixels, True, blank))
        left_out = result.pixels == 0 if result.counted == "inked" else blank
        for picture, numbers in zip(self.pictures[1:], (result.map, result.beside), strict=True):
            picture.set_data(painted(numbers, result.counted == "size", left_out))
        if result.asking:
            self.pictures[2].set_data(np.zeros((8, 8, 3)))
        self.second.set_text(say(OTHERS[result.other]))
        self.cover.show(result.asking)

    def says(self, result: Any) -> str:
        read = say("Test image {image}, a {digit}.", image=result.image, digit=result.digit)
        if result.asking:
            return read
        return together(read, say("Rank correlation of its two maps: {here:.2f}; mean of {count} images: {mean:.2f}.",
                                  here=result.here, count=IMAGES, mean=result.mean))  # fmt: skip


def painted(numbers: Array, by_size: bool, left_out: Array) -> Array:
    """A map as red, green, blue: dark is large; with signs, orange speaks against and purple for the class.

    left_out: pixels that don't count, in grey.
    """
    largest = max(float(np.abs(numbers).max()), 1e-12)
    shares = numbers / largest
    image = SIZES(np.abs(shares))[..., :3] if by_size else SIGNED((1 - shares) / 2)[..., :3]
    return np.asarray(np.where(left_out[..., np.newaxis], 0.8, image))
