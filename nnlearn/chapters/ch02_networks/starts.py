"""An explorer of chapter 02: from which weights does a neuron learn, with which loss?"""

from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from nnlearn.chapters.ch02_networks.neuron import BINS, CROSS_ENTROPY, MSE, NAMES, Neuron, worst_radius
from nnlearn.checks import Array
from nnlearn.explorers.controls import Choice, Log, Point, Whole
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.result import Result
from nnlearn.explorers.training_map import TrainingMap, near
from nnlearn.language import mark, say, together
from nnlearn.optimizers import GradientDescent
from nnlearn.row import Row

FAR = 15.0
GOOD = 0.85
COLOURS = matplotlib.colormaps["viridis"]


def neuron(loss: str) -> Neuron:
    """The neuron that tells malignant from benign tumours by their worst radius."""
    return Neuron(loss, *worst_radius())


class Starts(TrainingMap):
    """Each pixel is a pair of first weight and bias, its colour the accuracy after so many steps from there."""

    title = mark("Every pixel is a training run: where learning begins")
    chapter = "02"
    loss = Choice(NAMES, start=MSE, label=mark("loss"))
    learning_rate = Log(0.1, 100, start=1, label=mark("learning rate"))
    steps = Whole(10, 200, start=50, label=mark("steps"))
    pixel = Point((-FAR, FAR), (-FAR, FAR), start=(8.0, -3.0), label=mark("weight and bias at the start"), axes="map")
    step = Whole(1, 200, start=1, label=mark("step of the chosen run"), plays=True)
    goals = (
        Goal(mark("squared error: more than half of the starts above 85% right"),
             lambda result: result.loss == MSE and result.map.good > 0.5),
        Goal(mark("squared error, rate 1, 200 steps: a start of negative weight, the right sign, that stays below 85%"),
             lambda result: result.loss == MSE and result.learning_rate == 1 and result.steps == 200
             and result.pixel[0] < 0 and result.accuracy[-1] < GOOD),
        Goal(mark("cross-entropy, rate 1: all starts above 85% after 45 steps or fewer"),
             lambda result: result.loss == CROSS_ENTROPY and result.learning_rate == 1 and result.steps <= 45
             and result.map.good == 1),
    )  # fmt: skip
    coarser, numbers_per_run = 3, BINS

    @property
    def map_steps(self) -> int:  # type: ignore[override]
        return self.steps

    def extent(self) -> tuple[float, float, float, float]:
        return -FAR, FAR, -FAR, FAR

    def runs(self, x: Array, y: Array) -> Any:
        return GradientDescent(self.learning_rate), neuron(self.loss), np.concatenate([x, y], axis=-1)

    def key(self) -> Any:
        return self.loss, self.learning_rate, self.steps

    def summary(self, ends: Row, J: Any) -> Any:
        accuracy = J.accuracy(ends.theta)
        return Result(image=COLOURS(accuracy)[..., :3], good=float(np.mean(accuracy > GOOD)))

    def figure(self) -> Figure:
        figure, (plane, side) = self.panels(440, 2)
        self.draw_map(plane)
        plane.set(xlabel=mark("weight at the start"), ylabel=mark("bias at the start"))
        scale = matplotlib.cm.ScalarMappable(matplotlib.colors.Normalize(0, 1), COLOURS)
        figure.colorbar(scale, ax=plane, location="top", label=mark("share right after the last step"), aspect=40)
        (self.path,) = plane.plot([], [], color="black", linewidth=1.2, animated=True)
        self.path.set_path_effects([withStroke(linewidth=3, foreground="white")])
        orange: dict[str, Any] = {"color": self.colours.orange, "markersize": 9, "animated": True}
        (self.here,) = plane.plot([], [], "o", markeredgecolor=self.colours.paper, **orange)
        (self.accuracy,) = side.plot([], [], color=self.colours.blue, animated=True)
        (self.here_accuracy,) = side.plot([], [], "o", **orange)
        side.axhline(GOOD, color=self.colours.muted, linestyle=":", linewidth=1.4)
        side.text(1, GOOD - 0.01, mark("85% right"), va="top", color=self.colours.muted, fontsize="small")
        side.set(xlabel=mark("step"), ylabel=mark("share right, the chosen run"), ylim=(0, 1))
        self.side = side
        self.ghosts(self.accuracy)
        return figure

    def compute(self) -> Any:
        for result in super().compute():
            yield result.also(accuracy=neuron(self.loss).accuracy(result.run.theta))

    def draw(self, result: Any) -> None:
        super().draw(result)
        theta = near(result.run.theta)
        self.path.set_data(*theta.T)
        self.here.set_data(*theta[result.step][:, np.newaxis])
        self.accuracy.set_data(result.run.t, result.accuracy)
        self.here_accuracy.set_data([result.step], [result.accuracy[result.step]])
        if self.side.get_xlim() != (0, result.steps):  # a changed limit redraws the whole figure
            self.side.set_xlim(0, result.steps)

    def says(self, result: Any) -> str:
        share = say("{share:.0%} of all starts are more than 85% right after {steps} steps.",
                    share=result.map.good, steps=result.steps)  # fmt: skip
        chosen = say("The chosen run begins with {first:.0%} right and ends with {last:.0%}.",
                     first=result.accuracy[0], last=result.accuracy[-1])  # fmt: skip
        return together(share, chosen, self.told_step(result))
