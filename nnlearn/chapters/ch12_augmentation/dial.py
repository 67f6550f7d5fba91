"""An explorer of chapter 12: a digit and a photograph to be turned, and what a network sees in them."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnlearn.checks import Array
from nnlearn.data import augment, datasets
from nnlearn.explorers.controls import Choice, Linear, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together
from nnlearn.models import forward, trained
from nnlearn.objectives.softmax import softmax

SIDE = 8  # of a digit, in pixels
FILLS = ("constant", "grid-constant", "nearest", "reflect", "wrap")  # SciPy's names: code, not words
PHOTOGRAPH = 160  # the side of the square that is shown of the photograph


@cache
def digits() -> Any:
    """The test digits, (n, 8, 8), by class."""
    data = datasets.digits()
    return {digit: data.X_test[data.y_test == digit].reshape(-1, SIDE, SIDE) for digit in range(10)}


@cache
def photograph() -> Any:
    """A square of the temple, (1, side, side, 3), every second pixel: it has a top, a left and a right."""
    temple = datasets.photographs()["china"][60 : 60 + 2 * PHOTOGRAPH : 2, 150 : 150 + 2 * PHOTOGRAPH : 2]
    return np.ascontiguousarray(temple)[np.newaxis]


def probabilities(images: Array) -> Array:
    """What the trained network makes of images, (n, 8, 8) -> (n, 10)."""
    return softmax(forward(trained_weights(), images).astype(np.float64))


trained_weights = cache(trained)


def changed(images: Any, flip: str, angle: float, factor: float, across: int, down: int, fill: str) -> Any:
    """The images flipped, turned, zoomed and shifted, in this order."""
    if flip != "none":
        images = {"horizontal": augment.flip_horizontal, "vertical": augment.flip_vertical}[flip](images)
    images = augment.rotate(images, np.full(len(images), angle), fill)
    images = augment.scale(images, factor, fill)
    return augment.shift(images, down, across, fill)


def share_called(digit: int, as_digit: int, **settings: Any) -> float:
    """The share of the test images of a digit that the network names as another, after the change."""
    still: dict[str, Any] = {"flip": "none", "angle": 0, "factor": 1, "across": 0, "down": 0, "fill": "constant"}
    named = probabilities(changed(digits()[digit], **still | settings)).argmax(axis=1)
    return float(np.mean(named == as_digit))


STEP = 5  # degrees
HALF_WAY = 90


@cache
def turning_point() -> int:
    """The smallest angle, in steps of the slider, at which most test sixes are named 9."""
    return next(angle for angle in range(0, 181, STEP) if share_called(6, 9, angle=float(angle)) > 0.5)


def sixes() -> str:
    """The truth of the prediction."""
    angle = turning_point()
    return say("Measured: {angle} degrees. They are lost long before that: at 45 degrees {six:.0%} are read as 6, "
               "at 90 degrees {four:.0%} as 4.",
               angle=angle, six=share_called(6, 6, angle=45.0), four=share_called(6, 4, angle=90.0))  # fmt: skip


def thought_behind(degrees: float) -> str:
    """How far a prediction of the angle is off, and which thought leads there."""
    off = degrees - turning_point()
    if off == 0:
        return ""
    far = (
        say("That is {many:g} degrees too many.", many=off)
        if off > 0
        else say("That is {few:g} degrees too few.", few=-off)
    )
    if off > 0:
        why = say("For us a 9 needs the whole half turn. Most are nines to the network a little before.")
    elif degrees > HALF_WAY + 30:
        why = say("Near: the first nines come at about 140 degrees, but there they are few.")
    elif degrees >= HALF_WAY - 30:
        why = say("Half way looks like the place where one digit becomes the other. There it is neither: the network "
                  "names a third one.")  # fmt: skip
    else:
        why = say("The sixes are lost early, by 45 degrees, but not to the nines: a network that no longer knows still "
                  "names something.")  # fmt: skip
    return together(far, why)


class Dial(Explorer):
    """A digit is turned, flipped, zoomed and shifted, a photograph with it; a network says what it sees."""

    title = mark("The dial: what does a turn do to a label?")
    chapter = "12"
    prediction = Prediction(
        mark("A network reads 98% of upright digits. Turn the sixes slowly to the left, until most are read as nines. "
             "At how many degrees is that?"),
        Linear(0, 180, start=90, step=STEP, label=mark("degrees"), unit="°"),
        truth=sixes,
        thought=thought_behind,
        opens_at={"angle": 90},
    )  # fmt: skip
    angle = Linear(-180, 180, start=0, step=STEP, label=mark("angle"), unit="°")
    flip = Choice({"none": mark("none"), "horizontal": mark("left and right"), "vertical": mark("top and bottom")},
                  start="none", label=mark("flip"))  # fmt: skip
    factor = Linear(0.5, 1.5, start=1, step=0.05, label=mark("scale"))
    across = Whole(-3, 3, start=0, label=mark("shift across"), unit="px")
    down = Whole(-3, 3, start=0, label=mark("shift down"), unit="px")
    fill = Choice({fill: fill for fill in FILLS}, start="constant", label=mark("fill"))
    digit = Whole(0, 9, start=6, label=mark("digit"))
    example = Whole(0, 39, start=0, label=mark("which image"))
    goals = (
        Goal(mark("turned to the left: the smallest angle at which most sixes are read as nines"),
             lambda result: result.digit == 6 and result.turned_only and result.angle == turning_point()),
        Goal(mark("a flip after which most threes are still read as threes"),
             lambda result: result.digit == 3 and result.flip != "none" and result.angle == 0
             and result.named[3] > 0.5),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (source, digit, bars, photo) = self.panels(280, 4, narrowest=170)
        gray = {"cmap": "gray_r", "vmin": 0, "vmax": 1, "interpolation": "nearest", "animated": True}
        extent = (-SIDE / 2, SIDE / 2, SIDE / 2, -SIDE / 2)
        self.source = source.imshow(np.zeros((SIDE, SIDE)), extent=extent, **gray)
        self.grid = LineCollection([], colors=self.colours.orange, linewidths=0.8, animated=True)
        source.add_collection(self.grid)
        self.digit_image = digit.imshow(np.zeros((SIDE, SIDE)), extent=extent, **gray)
        corner = {"marker": "o", "color": self.colours.orange, "markersize": 6, "clip_on": False, "animated": True}
        digit.plot(*CORNER, **corner)
        (self.corner,) = source.plot(*CORNER, **corner)
        self.photo = photo.imshow(np.zeros((2, 2, 3), np.uint8), extent=(0, 1, 1, 0), animated=True)
        source.set(xlim=(-REACH, REACH), ylim=(REACH, -REACH))
        source.add_patch(Rectangle((-SIDE / 2, -SIDE / 2), SIDE, SIDE, fill=False, color=self.colours.muted))
        for axes, name in (
            (source, mark("where pixels\ncome from")),
            (digit, mark("result")),
            (photo, mark("a photograph, alike")),
        ):
            axes.set(xticks=[], yticks=[], xlabel=name)
        self.bars = bars.barh(range(10), np.zeros(10), color=self.colours.blue, animated=True)
        bars.set(xlim=(0, 1), ylim=(9.6, -0.6), yticks=range(10), xlabel=mark("probability,\nthis image"))
        self.cover = Cover(bars, self.colours)
        return figure

    def compute(self) -> Any:
        settings = self.flip, self.angle, self.factor, self.across, self.down
        images = digits()[self.digit]
        example = self.example % len(images)
        results = changed(images, *settings, self.fill)
        chances = probabilities(results)
        across, down = (round(PHOTOGRAPH / SIDE * pixels) for pixels in settings[3:])
        return Result(
            source=images[example], result=results[example], chances=chances[example],
            named=np.bincount(chances.argmax(axis=1), minlength=10) / len(images), count=len(images),
            lines=[came_from(line, *settings) for line in GRID], corner=came_from(CORNER, *settings),
            photo=changed(photograph(), *settings[:3], across, down, self.fill)[0],
            turned_only=(self.flip, self.factor, self.across, self.down) == ("none", 1, 0, 0),
        )  # fmt: skip

    def draw(self, result: Any) -> None:
        self.source.set_data(result.source)
        self.digit_image.set_data(result.result)
        self.grid.set_segments(result.lines)
        self.corner.set_data(*result.corner[:, np.newaxis])
        self.photo.set_data(result.photo)
        self.cover.show(result.asking)
        for bar, chance in zip(self.bars, result.chances, strict=True):
            bar.set_width(0 if result.asking else chance)

    def says(self, result: Any) -> str:
        if result.asking:
            return say("{count} test images of the digit {digit}.", count=result.count, digit=result.digit)
        wrong = np.where(np.arange(10) == result.digit, 0, result.named)
        if not wrong.any():
            return say("All {count} test images of the digit {digit} are read as {digit}.",
                       count=result.count, digit=result.digit)  # fmt: skip
        return say("Of {count} test images of the digit {digit}, {right:.0%} are read as {digit}, {wrong:.0%} as "
                   "{other}.",
                   count=result.count, digit=result.digit, right=result.named[result.digit], wrong=wrong.max(),
                   other=wrong.argmax())  # fmt: skip


ENDS = np.linspace(-SIDE / 2, SIDE / 2, SIDE + 1)
FAR = np.array([-SIDE / 2, SIDE / 2])
REACH = 6  # of the view of the source, in pixels from its centre: room for a grid that is turned or shifted
# The borders between the pixels of the result, and the centre of its first pixel: (across, down) from its centre.
GRID = [np.stack([FAR, np.full(2, y)], axis=1) for y in ENDS] + [np.stack([np.full(2, x), FAR], axis=1) for x in ENDS]
CORNER = np.full(2, (1 - SIDE) / 2)


def came_from(places: Array, flip: str, angle: float, factor: float, across: int, down: int) -> Array:
    """Where in the source, from its centre, places of the result, (..., 2), come from: changes undone, last first."""
    turn = np.deg2rad(angle)
    back = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])  # clockwise on the screen, y down
    mirror = np.array([-1 if flip == "horizontal" else 1, -1 if flip == "vertical" else 1])
    return ((places - (across, down)) / factor) @ back.T * mirror
