"""A map of chapter 15: every pair of a loss's minimum and a penalty's strength is a training run of one weight."""

from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from nnlearn.checks import Array
from nnlearn.explorers.controls import Choice, Point, Whole
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.explorers.training_map import TrainingMap
from nnlearn.language import mark, say, together
from nnlearn.objectives import Penalised
from nnlearn.objectives.base import BaseObjective
from nnlearn.optimizers import GradientDescent, ProximalL1
from nnlearn.palette import palette
from nnlearn.row import Row
from nnlearn.trace import run

WANTED, STRENGTHS = (-2.0, 2.0), (0.0, 2.0)
RATE, STEPS, START = 0.3, 60, 1.5
LAST = 10  # steps, in which a weight that doesn't come to rest is seen
ASKED, LAMBDAS = 0.5, (0.5, 10.0, 1000.0)
LIGHT = palette("light")
ZERO = np.array(matplotlib.colors.to_rgb(LIGHT.orange))
SIZES = matplotlib.colors.Normalize(0, 2)
COLOURS = matplotlib.colormaps["Blues"]
RULES = {"l2": mark("L2"), "l1": mark("plain L1"), "proximal": mark("proximal L1")}


class Wanted(BaseObjective):
    """The loss (theta - place)^2 / 2 of one weight; place: a number, or of each run of a sweep, shape (..., 1)."""

    dimension = 1

    def __init__(self, place: Any):
        self.place = place

    def loss(self, theta: Array) -> Array:
        return ((self.check(theta) - self.place) ** 2 / 2)[..., 0]

    def gradient(self, theta: Array) -> Array:
        return np.asarray(self.check(theta) - self.place)

    def member(self, index: tuple[int, ...], batch: tuple[int, ...]) -> "Wanted":
        return Wanted(float(np.broadcast_to(self.place, (*batch, 1))[index][0]))

    def parameters(self) -> dict[str, Any]:
        return {"place": np.asarray(self.place).tolist()}


def rule(name: str, place: Any, strength: Any, rate: float = RATE) -> tuple[Any, Any]:
    """The optimiser and its objective: where the penalty stands is the difference."""
    if name == "proximal":
        return ProximalL1(rate, l1=strength), Wanted(place)
    return GradientDescent(rate), Penalised(Wanted(place), **{name: strength})


def jumps(theta: Array) -> bool:
    """Whether a weight is now on one side of 0, now on the other, in the last steps."""
    return bool(theta[-LAST:].min() < 0 < theta[-LAST:].max())


def no_strength_is_enough() -> str:
    """The truth of the prediction: where descent on the loss with L2 comes to rest."""
    ends = []
    for strength in LAMBDAS:
        optimizer, J = rule("l2", ASKED, strength, rate=1 / (2 + strength))
        ends.append(float(run(optimizer, J, [START], 3000, keep=["theta"]).theta[-1, 0]))
    return say("None. The weight comes to rest at {first:.3f} with lambda 0.5, {second:.4f} with 10, {third:.6f} with "
               "1,000.", first=ends[0], second=ends[1], third=ends[2])  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    if answer == "none":
        return ""
    if answer == "0.5":
        return say("That would be enough for proximal L1, whose pull is as strong everywhere. L2 pulls with lambda "
                   "times the weight: at 0 it doesn't pull at all, while the loss still does.")  # fmt: skip
    return say("Small, but not 0: the weight rests where lambda times it is as strong as the loss's slope. At 0 only "
               "the loss pulls, so there it never rests.")  # fmt: skip


class Shrink(TrainingMap):
    """Each pixel is a training run of one weight: where its loss is least, and how strong the penalty is."""

    title = mark("Every pixel is a training run: which penalty makes zeros")
    chapter = "15"
    prediction = Prediction(
        mark("One weight, its loss least at 0.5. An L2 penalty, lambda / 2 times its square, pulls it towards 0. With "
             "which lambda does it come to exactly 0?"),
        Choice({"0.5": mark("0.5 is enough"), "10": mark("10 is enough"), "1000": mark("1,000 is enough"),
                "none": mark("with none")}, start="10", label=mark("exactly 0 with lambda")),
        truth=no_strength_is_enough,
        thought=thought_behind,
        opens_at={"rule": "l2", "pixel": (0.5, 1.0)},
    )  # fmt: skip
    rule = Choice(RULES, start="l2", label=mark("penalty"))
    pixel = Point(WANTED, STRENGTHS, start=(1.0, 0.5), label=mark("loss least at, and lambda"), axes="map")
    step = Whole(1, STEPS, start=1, label=mark("step of the chosen run"), plays=True)
    claim = Choice(
        {"": mark("nothing yet"), "possible": mark("possible"), "impossible": mark("impossible")},
        start="", label=mark("an exact zero by L2: you say"),
    )  # fmt: skip
    goals = (
        Goal(mark("proximal L1, the loss least at 1 (to 0.05): exactly 0 in the end"),
             lambda result: result.rule == "proximal" and abs(result.pixel[0] - 1) <= 0.05
             and result.run.theta[-1, 0] == 0),
        Goal(mark("plain L1: in the end the weight jumps from one side of 0 to the other"),
             lambda result: result.rule == "l1" and jumps(result.run.theta[:, 0])),
        Goal(mark("an exact zero by L2 of a weight whose loss is least elsewhere; or see why there is none, and claim "
                  "that"), lambda result: result.claim == "impossible"),
    )  # fmt: skip
    coarser, map_steps = 1, STEPS

    def extent(self) -> tuple[float, float, float, float]:
        return *WANTED, *STRENGTHS

    def runs(self, x: Array, y: Array) -> Any:
        optimizer, J = rule(self.rule, x, y)
        return optimizer, J, np.full(x.shape, START)

    def key(self) -> Any:
        return self.rule

    def summary(self, ends: Row, J: Any) -> Any:
        theta = ends.theta[..., 0]
        image = np.where((theta == 0)[..., np.newaxis], ZERO, COLOURS(SIZES(np.abs(theta)))[..., :3])
        return Result(image=image, zeros=float(np.mean(theta == 0)))

    def figure(self) -> Figure:
        figure, (plane, side) = self.panels(430, 2)
        self.draw_map(plane)
        plane.set(xlabel=mark("where the loss is least"), ylabel=mark("lambda, the penalty's strength"))
        self.map_key([Patch(facecolor=LIGHT.orange, label=mark("exactly 0")),
                      Patch(facecolor=COLOURS(0.15), label=mark("small, not 0")),
                      Patch(facecolor=COLOURS(0.95), label=mark("large"))])  # fmt: skip
        orange: dict[str, Any] = {"color": self.colours.orange, "markersize": 9, "animated": True}
        (self.chosen,) = plane.plot([], [], "o", markeredgecolor="black", color="white", markersize=9, animated=True)
        side.axhline(0, color=self.colours.muted, linestyle=":", linewidth=1.2)
        (self.theta,) = side.plot([], [], ".-", color=self.colours.blue, linewidth=1, animated=True)
        (self.here,) = side.plot([], [], "o", **orange)
        side.set(xlabel=mark("step"), ylabel=mark("the weight, the chosen run"), xlim=(0, STEPS), ylim=(-2.1, 2.1))
        self.ghosts(self.theta)
        return figure

    def draw(self, result: Any) -> None:
        super().draw(result)
        self.chosen.set_data(*np.reshape(result.pixel, (2, 1)))
        theta = result.run.theta[:, 0]
        self.theta.set_data(result.run.t, theta)
        self.here.set_data([result.step], [theta[result.step]])

    def says(self, result: Any) -> str:
        place, strength = result.pixel
        theta = result.run.theta[:, 0]
        text = say("Loss least at {place:.3g}, lambda {strength:.3g}.", place=place, strength=strength)
        if theta[-1] == 0:
            end = say("After {steps} steps the weight is exactly 0.", steps=STEPS)
        elif jumps(theta):
            low, high = theta[-LAST:].min(), theta[-LAST:].max()
            end = say("In its last {count} steps the weight jumps between {low:.3g} and {high:.3g}.",
                      count=LAST, low=low, high=high)  # fmt: skip
        else:
            end = say("After {steps} steps the weight is {last:.3g}.", steps=STEPS, last=theta[-1])
        share = say("On {share:.0%} of the map it is exactly 0.", share=result.map.zeros)
        return together(text, end, "" if result.asking else share, self.told_step(result))
