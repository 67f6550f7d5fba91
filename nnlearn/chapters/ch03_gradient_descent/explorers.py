"""The explorers of chapter 03: one parabola, one bowl, and the plane of all starts."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from nnlearn.checks import Array
from nnlearn.explorers.controls import Choice, Linear, Log, Point, Whole
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.explorers.training_map import TrainingMap, near
from nnlearn.language import mark, say, together
from nnlearn.objectives import Quadratic, TwoWeights
from nnlearn.optimizers import GradientDescent
from nnlearn.palette import palette
from nnlearn.row import Row
from nnlearn.theory import PROOF, small_from
from nnlearn.trace import run

NEAR = 1e-3  # "arrived": this close to the minimum
BUDGET = 300
LEVELS = np.geomspace(0.02, 100, 9)  # the losses whose level lines are drawn


def parabola(learning_rate: float) -> Array:
    """The places on theta^2 / 2 from theta = 1, of all steps of the budget."""
    return run(GradientDescent(learning_rate), Quadratic(curvatures=[1]), [1.0], BUDGET).theta[:, 0]


def arrival(theta: Array) -> int | None:
    """The first step that is near the minimum."""
    near = np.flatnonzero(np.abs(theta) <= NEAR)
    return int(near[0]) if len(near) else None


class Parabola(Explorer):
    """theta^2 / 2 from theta = 1: how many steps at which rate?"""

    title = mark("One parabola, one rate")
    chapter = "03"
    prediction = Prediction(
        mark("Rate 0.1 needs 66 steps until |theta| is at most 0.001. How many does rate 1.9 need?"),
        Choice({"fewer": mark("about 3: nineteen times as fast"), "30": mark("about 30: fast, but it overshoots"),
                "66": mark("66: the same"), "never": mark("none will do: it explodes")},
               start="fewer", label=mark("steps at rate 1.9")),
        truth=lambda: say("Measured: {steps} steps.", steps=arrival(parabola(1.9))),
        opens_at={"learning_rate": 1.9},
    )  # fmt: skip
    learning_rate = Linear(0.02, 2.12, start=0.1, step=0.01, label=mark("learning rate"))

    def figure(self) -> Figure:
        figure, (curve, distance) = self.panels(360, 2)
        theta = np.linspace(-1.6, 1.6, 200)
        curve.plot(theta, theta**2 / 2, color=self.colours.muted, linewidth=1.2)
        curve.set(xlabel=r"$\theta$", ylabel=mark(r"loss  $\theta^2/2$"), xlim=(-1.6, 1.6), ylim=(-0.08, 1.3))
        distance.axhline(NEAR, color=self.colours.muted, linestyle=":", linewidth=1.2)
        distance.text(0, NEAR * 0.7, mark("arrived: 0.001"), va="top", color=self.colours.muted)
        distance.set(
            xlabel=mark("step"), ylabel=mark(r"distance  $|\theta|$"), yscale="log", xlim=(-1, 80), ylim=(1e-4, 1e2)
        )
        (self.hops,) = curve.plot([], [], "o-", color=self.colours.blue, markersize=4, linewidth=1, animated=True)
        (self.distances,) = distance.plot([], [], ".-", color=self.colours.blue, animated=True)
        (self.arrival,) = distance.plot([], [], "o", color=self.colours.orange, markersize=8, animated=True)
        self.ghosts(self.hops, self.distances)
        return figure

    def compute(self) -> Any:
        theta = parabola(self.learning_rate)
        return Result(theta=theta, loss=theta**2 / 2, arrived=arrival(theta))

    def draw(self, result: Any) -> None:
        distance = np.abs(result.theta)
        self.hops.set_data(result.theta[:81], result.loss[:81])
        self.distances.set_data(np.arange(len(distance)), distance)
        here = [] if result.arrived is None else [result.arrived]
        self.arrival.set_data(here, distance[here])

    def says(self, result: Any) -> str:
        if result.arrived is not None:
            return say("Arrived at step {step}: |theta| is {distance:.2g}.",
                       step=result.arrived, distance=abs(result.theta[result.arrived]))  # fmt: skip
        distance = abs(result.theta[-1])
        if distance > 1:
            return say("Away from the minimum: after {steps} steps |theta| is {distance:.2g} and grows.",
                       steps=BUDGET, distance=distance)  # fmt: skip
        if distance == 1:
            return say("Bounces for ever between 1 and -1.")
        return say("Not there yet after {steps} steps: |theta| is {distance:.2g}.", steps=BUDGET, distance=distance)


STANDARD_START = (-2, 1)  # the steps that a goal asks for depend on the start


def arrives(condition_number: float, steps: int) -> Callable[[Any], bool]:
    """The test of a goal: from the standard start, the loss stays small from this step or an earlier one on."""

    def test(result: Any) -> bool:
        settings = result.condition_number == condition_number and result.start == STANDARD_START
        return settings and result.small_from is not None and result.small_from <= steps

    return test


class Bowl(Explorer):
    """Gradient descent on (x^2 + kappa y^2) / 2: the path, and the loss beside what theory says of each direction."""

    title = mark("Gradient descent in a bowl")
    chapter = "03"
    condition_number = Log(1, 100, start=10, label=mark("condition number kappa"))
    learning_rate = Log(0.0005, 2.2, start=0.05, label=mark("learning rate"))
    steps = Whole(1, 500, start=100, label=mark("steps"), plays=True)
    start = Point((-3, 3), (-2, 2), start=(-2, 1), label=mark("start"), axes="path")
    claim = Choice(
        {"": mark("nothing yet"), "possible": mark("possible"), "impossible": mark("impossible")},
        start="",
        label=mark("kappa 100 within 100 steps: you say"),
    )
    goals = (
        Goal(mark("kappa 1, start (-2, 1): the loss stays below 1e-6 from step 1 on"), arrives(1, 1)),
        Goal(mark("kappa 10, start (-2, 1): from step 50 or earlier on"), arrives(10, 50)),
        Goal(mark("kappa 100, start (-2, 1): from step 100 or earlier on; or find a rate that does it within 500 "
                  "steps, and claim that 100 is impossible"),
             lambda result: result.claim == "impossible" and arrives(100, 500)(result)),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (path, loss) = self.panels(400, 2)
        path.set_label("path")
        path.set(
            xlabel=mark(r"$x = \theta[0]$, flat"), ylabel=mark(r"$y = \theta[1]$, steep"), xlim=(-3, 3), ylim=(-2, 2)
        )
        path.grid(visible=False)
        loss.set(xlabel=mark("step"), ylabel=mark("loss"), yscale="log", ylim=(1e-9, 1e3))
        thin = {"linewidth": 0.8, "color": self.colours.muted, "linestyle": "-", "animated": True}
        self.levels = [path.plot([], [], **thin)[0] for _ in LEVELS]
        (self.path,) = path.plot([], [], "o-", color=self.colours.blue, markersize=3, linewidth=1.2, animated=True)
        (self.first,) = path.plot([], [], "o", color=self.colours.orange, markersize=8, animated=True)
        path.plot(0, 0, "+", color=self.colours.ink, markersize=10)
        (self.loss,) = loss.plot([], [], ".-", markersize=3, color=self.colours.blue, animated=True)
        (self.flat,) = loss.plot([], [], "--", color=self.colours.green, animated=True)
        (self.steep,) = loss.plot([], [], ":", color=self.colours.orange, animated=True)
        names = [mark("measured"), mark("theory, flat"), mark("theory, steep")]
        loss.legend([self.loss, self.flat, self.steep], names, frameon=False)
        self.axes_loss = loss
        self.ghosts(self.path, self.loss)
        return figure

    def compute(self) -> Any:
        J = Quadratic(self.condition_number)
        trace = run(GradientDescent(self.learning_rate), J, self.start, self.steps + PROOF)
        first = small_from(trace.loss)
        angle = np.linspace(0, 2 * np.pi, 120)
        t = np.arange(self.steps + 1)
        with np.errstate(over="ignore", invalid="ignore"):
            shrink = (1 - self.learning_rate * J.curvatures) ** (2 * t[:, np.newaxis])
            theory = 0.5 * J.curvatures * np.square(self.start) * shrink
        radii = np.sqrt(2 * LEVELS)
        stopped = trace.stopped if trace.stopped and trace.stopped.step <= self.steps else ""
        return Result(
            theta=trace.theta[: self.steps + 1], loss=trace.loss[: self.steps + 1], theory=theory, t=t,
            stopped=str(stopped), small_from=first if first is not None and first <= self.steps else None,
            circles=[(r * np.cos(angle), r * np.sin(angle) / np.sqrt(self.condition_number)) for r in radii],
        )  # fmt: skip

    def draw(self, result: Any) -> None:
        for line, circle in zip(self.levels, result.circles, strict=True):
            line.set_data(*circle)
        theta = np.clip(result.theta, -1e6, 1e6)  # far outside the picture; infinity can't be drawn
        self.path.set_data(*theta.T)
        self.first.set_data(*np.reshape(result.start, (2, 1)))
        self.loss.set_data(result.t[: len(result.loss)], result.loss)
        self.flat.set_data(result.t, result.theory[:, 0])
        self.steep.set_data(result.t, result.theory[:, 1])
        if self.axes_loss.get_xlim() != (0, result.steps):  # a changed limit redraws the whole figure
            self.axes_loss.set_xlim(0, result.steps)

    def says(self, result: Any) -> str:
        loss = result.loss
        if result.small_from is not None:
            text = say("The loss stays below 1e-6 from step {step} on.", step=result.small_from)
            if result.condition_number == 1 or 0 not in result.start:
                return text
            return together(text, say("A start on an axis has one curvature only: there kappa does not matter."))
        if result.stopped:
            return str(result.stopped)
        if loss[-1] > loss[0]:
            return say("Diverges: the loss at step {step} is {loss:.3g}.", step=result.steps, loss=loss[-1])
        return say("The loss at step {step} is {loss:.3g}.", step=result.steps, loss=loss[-1])

    def marks(self, result: Any) -> dict[str, list[tuple[float, str]]]:
        L, mu = result.condition_number, 1.0
        ticks = [(1 / L, "1/L"), (2 / (L + mu), "2/(L+μ)"), (2 / L, "2/L")]
        return {"learning_rate": [tick for number, tick in enumerate(ticks) if number != 1 or L > 1.5]}


# A map keeps its colours on dark paper: it is a picture, not ink.
POSITIVE, NEGATIVE = palette("light").blue, palette("light").orange
UNSETTLED, LOST = "#9A9A9A", "#1F2328"


def settled(theta: Array) -> Any:
    """Whether a run ended in a minimum of ``TwoWeights``: (..., 2) -> (...,)."""
    return np.abs(theta[..., 0] * theta[..., 1] - 1) < 1e-3


class StartPlane(TrainingMap):
    """The loss (w v - 1)^2 / 2: each pixel is a start, its colour where gradient descent takes it in 120 steps."""

    title = mark("Every pixel is a training run: which starts survive?")
    chapter = "03"
    learning_rate = Linear(0.05, 1.05, start=0.1, step=0.01, label=mark("learning rate"))
    pixel = Point((-3.2, 3.2), (-3.2, 3.2), start=(2.2, -0.8), label=mark("start of the chosen run"), axes="map")
    step = Whole(1, 120, start=1, label=mark("step of the chosen run"), plays=True)

    map_steps = 120

    def extent(self) -> tuple[float, float, float, float]:
        return -3.2, 3.2, -3.2, 3.2

    def runs(self, x: Array, y: Array) -> Any:
        return GradientDescent(self.learning_rate), TwoWeights(), np.concatenate([x, y], axis=-1)

    def key(self) -> Any:
        return self.learning_rate

    def summary(self, ends: Row, J: Any) -> Any:
        """The branch of the minima reached, lighter farther out; grey where not settled, dark where diverged."""
        w, v = ends.theta[..., :1], ends.theta[..., 1:]
        pale = np.clip((w * w + v * v - 2) / 16, 0, 0.75)
        branch = np.where(w > 0, to_rgb(POSITIVE), to_rgb(NEGATIVE))
        lost = np.where(np.isfinite(w + v), to_rgb(UNSETTLED), to_rgb(LOST))
        arrived = settled(ends.theta)
        image = np.where(arrived[..., np.newaxis], branch + (1 - branch) * pale, lost)
        return Result(image=image, settled=arrived, finite=np.isfinite(ends.theta).all(axis=-1))

    def figure(self) -> Figure:
        figure, (plane, side) = self.panels(440, 2)
        self.draw_map(plane)
        plane.set(xlabel=mark("start, first weight w"), ylabel=mark("start, second weight v"))
        w = np.linspace(0.2, 3.2, 100)
        for sign in (1, -1):
            plane.plot(sign * w, sign / w, color="white", linewidth=1, linestyle="--", animated=True)
        (self.path,) = plane.plot([], [], color="black", linewidth=1, animated=True)
        (self.dots,) = plane.plot([], [], ".", color="black", markersize=3, animated=True)
        self.path.set_path_effects([withStroke(linewidth=3, foreground="white")])  # seen on any colour
        orange = {"color": self.colours.orange, "markersize": 9, "animated": True}
        (self.here,) = plane.plot([], [], "o", markeredgecolor=self.colours.paper, **orange)
        (self.curve,) = side.plot([], [], color=self.colours.blue, animated=True)
        (self.here_loss,) = side.plot([], [], "o", **orange)
        side.set(
            xlabel=mark("step"),
            ylabel=mark("loss of the chosen run"),
            yscale="log",
            xlim=(0, self.map_steps),
            ylim=(1e-9, 1e6),
        )
        key = {POSITIVE: mark("ends at w > 0"), UNSETTLED: mark("not settled"), NEGATIVE: mark("ends at w < 0"),
               LOST: mark("diverged")}  # fmt: skip
        self.map_key([Patch(facecolor=c, edgecolor=self.colours.muted, label=text) for c, text in key.items()])
        self.ghosts(self.curve)
        return figure

    def draw(self, result: Any) -> None:
        super().draw(result)
        theta = near(result.run.theta)
        self.path.set_data(*theta.T)
        self.dots.set_data(*theta.T)  # apart from the line: an outline would be drawn around each by itself
        self.here.set_data(*theta[result.step][:, np.newaxis])
        self.curve.set_data(result.run.t, result.run.loss)
        self.here_loss.set_data([result.step], [result.run.loss[result.step]])

    def says(self, result: Any) -> str:
        lost, arrived = 1 - np.mean(result.map.finite), np.mean(result.map.settled)
        text = say("Of {runs:,} runs {settled:.0%} settled in a minimum, {lost:.0%} left the finite numbers.",
                   runs=result.map.finite.size, settled=arrived, lost=lost)  # fmt: skip
        end = result.run.stopped or say("The chosen run ends with loss {loss:.3g}.", loss=result.run.loss[-1])
        return together(text, end, self.told_step(result))
