"""An explorer of chapter 06: every pair of a loss's scale and an epsilon is a training run of RMSprop."""

from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter

from nnlearn.chapters.ch06_adaptive.rules import EpsilonInside
from nnlearn.checks import Array
from nnlearn.explorers.controls import Choice, Point, Whole
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.explorers.training_map import TrainingMap
from nnlearn.language import mark, say, together
from nnlearn.objectives.base import BaseObjective
from nnlearn.optimizers import RMSprop
from nnlearn.row import Row
from nnlearn.trace import run

SCALES, EPSILONS = (-9.0, 3.0), (-16.0, 0.0)  # powers of ten
RATE, STEPS, START = 0.01, 50, 1.0
OUTSIDE, INSIDE = "outside", "inside"
RULES = {OUTSIDE: RMSprop, INSIDE: EpsilonInside}
SHARES = matplotlib.colors.Normalize(0.4, 1)
COLOURS = matplotlib.colormaps["viridis_r"]


class Scaled(BaseObjective):
    """The loss theta^2 / 2 of one coordinate, times ``scale``: a number, or of each run of a sweep, shape (..., 1)."""

    dimension = 1

    def __init__(self, scale: Any):
        self.scale = scale

    def loss(self, theta: Array) -> Array:
        return (self.scale * self.check(theta) ** 2 / 2)[..., 0]

    def gradient(self, theta: Array) -> Array:
        return np.asarray(self.scale * self.check(theta))

    def member(self, index: tuple[int, ...], batch: tuple[int, ...]) -> "Scaled":
        return Scaled(float(np.broadcast_to(self.scale, (*batch, 1))[index][0]))

    def parameters(self) -> dict[str, Any]:
        return {"scale": np.asarray(self.scale).tolist()}


def left(place: str, scale: Any, epsilon: Any) -> Array:
    """The share of theta that 50 steps of RMSprop leave; scale and epsilon are numbers or arrays (n, 1)."""
    start = np.broadcast_to(START, np.broadcast_shapes(np.shape(scale), np.shape(epsilon), (1,)))
    return run(RULES[place](RATE, epsilon=epsilon), Scaled(scale), start, STEPS, keep=["theta"]).theta[-1, ..., 0]


def left_at_a_millionth() -> str:
    """The truth of the prediction."""
    return say("Measured: {left:.3f}. With epsilon 1e-8 outside the root it is {outside:.3f}.",
               left=left(INSIDE, 1e-6, 1e-7), outside=left(OUTSIDE, 1e-6, 1e-8))  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    thoughts = {
        "same": mark("Gradient over root mean square: the scale cancels, but for epsilon. Under the root it is added "
                     "to a square, here to about 1e-12."),
        "half": mark("There is no half way: the root of 1e-7 is 0.0003, and the gradient 0.000001. The step is 300 "
                     "times too short."),
        "all": mark("Under the root epsilon is added to a square, here to about 1e-12: it rules alone."),
    }  # fmt: skip
    return say(thoughts[answer])


class Epsilon(TrainingMap):
    """Each pixel is a pair of a loss's scale and an epsilon, its colour what 50 steps of rate 0.01 leave of theta."""

    title = mark("Every pixel is a training run: where epsilon bites")
    chapter = "06"
    prediction = Prediction(
        mark("50 steps of RMSprop, rate 0.01, on theta^2 / 2 from 1 leave 0.459 of theta. Now the loss is multiplied "
             "by a millionth (0.000001), with Keras's epsilon: 1e-7, under the root. How much is left?"),
        Choice({"same": mark("0.459: only the sign and the shape count"), "half": mark("about 0.7"),
                "all": mark("more than 0.99")}, start="same", label=mark("left of theta")),
        truth=left_at_a_millionth,
        thought=thought_behind,
        opens_at={"place": INSIDE, "pixel": (-6.0, -7.0)},
    )  # fmt: skip
    place = Choice({OUTSIDE: mark("outside the root (PyTorch)"), INSIDE: mark("under the root (Keras)")}, start=OUTSIDE,
                   label=mark("epsilon"))  # fmt: skip
    pixel = Point(SCALES, EPSILONS, start=(0.0, -8.0), label=mark("powers of ten: the loss's scale and epsilon"),
                  axes="map")  # fmt: skip
    step = Whole(1, STEPS, start=1, label=mark("step of the chosen run"), plays=True)
    goals = (
        Goal(mark("outside, epsilon 1e-8 (to 0.1 of a power): a scale at which 0.7 to 0.8 is left"),
             lambda result: result.place == OUTSIDE and abs(result.pixel[1] + 8) <= 0.1
             and 0.7 <= result.run.theta[-1, 0] <= 0.8),
        Goal(mark("inside, epsilon 1e-8: the scale at which as much is left"),
             lambda result: result.place == INSIDE and abs(result.pixel[1] + 8) <= 0.1
             and 0.7 <= result.run.theta[-1, 0] <= 0.8),
        Goal(mark("inside, scale 1e-6 (to 0.1 of a power): an epsilon with which less than 0.47 is left"),
             lambda result: result.place == INSIDE and abs(result.pixel[0] + 6) <= 0.1
             and result.run.theta[-1, 0] < 0.47),
    )  # fmt: skip
    coarser, map_steps = 1, STEPS

    def extent(self) -> tuple[float, float, float, float]:
        return *SCALES, *EPSILONS

    def runs(self, x: Array, y: Array) -> Any:
        return RULES[self.place](RATE, epsilon=10**y), Scaled(10**x), np.full(x.shape, START)

    def key(self) -> Any:
        return self.place

    def summary(self, ends: Row, J: Any) -> Any:
        share = ends.theta[..., 0]
        return Result(image=COLOURS(SHARES(share))[..., :3], unmoved=float(np.mean(share > 0.9)))

    def figure(self) -> Figure:
        figure, (plane, side) = self.panels(440, 2)
        self.draw_map(plane)
        plane.set(xlabel=mark("scale of the loss"), ylabel=mark("epsilon"))
        for axis in (plane.xaxis, plane.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda power, _: f"1e{power:g}"))
        scale = matplotlib.cm.ScalarMappable(SHARES, COLOURS)
        figure.colorbar(scale, ax=plane, location="top", label=mark("left of theta after 50 steps"), aspect=40)
        (self.line,) = plane.plot([], [], "--", color="black", linewidth=1.3, animated=True)
        self.line.set_path_effects([withStroke(linewidth=2.6, foreground="white")])
        orange: dict[str, Any] = {"color": self.colours.orange, "markersize": 9, "animated": True}
        (self.chosen,) = plane.plot([], [], "o", markeredgecolor=self.colours.paper, **orange)
        (self.theta,) = side.plot([], [], color=self.colours.blue, animated=True)
        (self.here,) = side.plot([], [], "o", **orange)
        side.set(xlabel=mark("step"), ylabel=mark("theta, the chosen run"), xlim=(0, STEPS), ylim=(0.4, 1.03))
        self.ghosts(self.theta)
        return figure

    def compute(self) -> Any:
        scales = np.array(SCALES)
        border = scales, scales if self.place == OUTSIDE else 2 * scales  # epsilon is as large as what it is added to
        for result in super().compute():
            yield result.also(border=border)

    def draw(self, result: Any) -> None:
        super().draw(result)
        self.line.set_data(*(((), ()) if result.asking else result.border))
        self.chosen.set_data(*np.reshape(result.pixel, (2, 1)))
        theta = result.run.theta[:, 0]
        self.theta.set_data(result.run.t, theta)
        self.here.set_data([result.step], [theta[result.step]])

    def says(self, result: Any) -> str:
        scale, epsilon = (10**power for power in result.pixel)
        chosen = say("Loss times {scale:.2g}, epsilon {epsilon:.2g}: {left:.3f} of theta is left after 50 steps.",
                     scale=scale, epsilon=epsilon, left=result.run.theta[-1, 0])  # fmt: skip
        share = say("On {share:.0%} of the map more than 0.9 is left.", share=result.map.unmoved)
        return together(chosen, "" if result.asking else share, self.told_step(result))
