"""The explorers of chapter 00: a first descent between two valleys, all of its runs at once, and two clocks."""

from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from nnlearn.checks import Array
from nnlearn.data import datasets
from nnlearn.explorers.controls import Linear, Log, Point, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.explorers.training_map import TrainingMap, near
from nnlearn.language import mark, say, together
from nnlearn.objectives import SoftmaxRegression, TwoValleys
from nnlearn.optimizers import GradientDescent
from nnlearn.palette import palette
from nnlearn.row import Row
from nnlearn.theory import PROOF
from nnlearn.trace import run

DEEP, SHALLOW = TwoValleys.minima[:, 0]
HILLTOP = 0.209
LOW, HIGH = -2.2, 2.2
CLOSE = 0.01  # "settled": this close to the bottom of a valley, and so to the end, for PROOF steps or more
PATIENCE = 200  # steps after which a run that has not settled counts as one that never does
FLOOR = -0.58  # the height of the mark, below the curve


def settled_at(theta: Array) -> tuple[float, int] | None:
    """The valley in which a run, (steps + 1,), settles, and the step from which on it stays; None if it doesn't."""
    for valley in (DEEP, SHALLOW):
        away = np.flatnonzero(~(np.abs(theta - valley) < CLOSE))
        first = 1 + int(away[-1]) if len(away) else 0
        if len(theta) - first >= PROOF:
            return float(valley), first
    return None


def descent(learning_rate: float, start: float) -> Any:
    """The run from this start: its places, where it settles, why it stopped."""
    trace = run(GradientDescent(learning_rate), TwoValleys(), [start], PATIENCE)
    theta = trace.theta[:, 0]
    return SimpleNamespace(theta=theta, settled=settled_at(theta), stopped=trace.stopped)


def fate(result: Any, steps: int) -> str:
    """One sentence: how the run goes on."""
    if result.settled and result.settled[1] <= steps:
        valley, step = result.settled
        return say("Settled at {valley:.3f} after {steps} steps.", valley=valley, steps=step)
    if result.stopped:
        return str(result.stopped)
    if result.settled:
        return say("Not settled yet at step {step}: theta is {theta:.3f}.", step=steps, theta=result.theta[steps])
    last = np.diff(result.theta[-10:])
    if (last > 0).all() or (last < 0).all():
        return say("Not settled after {steps} steps: still creeping, theta is {theta:.3f}.",
                   steps=PATIENCE, theta=result.theta[-1])  # fmt: skip
    return say("Never settles: still jumping after {steps} steps.", steps=PATIENCE)


def valley_of_rate_half() -> str:
    """The truth of the prediction."""
    valley, step = descent(0.5, 1.8).settled
    return say("Measured: {valley:.3f}, the deep valley, after {steps} steps. The first step leaps over the hill.",
               valley=valley, steps=step)  # fmt: skip


class FirstDescent(Explorer):
    """theta^4/4 - theta^2/2 + 0.2 theta: which valley does a run end in?"""

    title = mark("A first descent")
    chapter = "00"
    prediction = Prediction(
        mark("A run starts at 1.8 and steps downhill. With rate 0.1 it ends in the nearer, shallow valley at 0.88, as "
             "you see. Where does it end with rate 0.5? Put the mark there."),
        Point((LOW, HIGH), (FLOOR, FLOOR), start=(HILLTOP, FLOOR), label=mark("where rate 0.5 ends"), axes="curve"),
        truth=valley_of_rate_half,
        opens_at={"learning_rate": 0.5},
    )  # fmt: skip
    learning_rate = Linear(0.01, 1.2, start=0.1, step=0.01, label=mark("learning rate"))
    start = Linear(LOW, HIGH, start=1.8, step=0.05, label=mark("start"))
    steps = Whole(0, 60, start=30, label=mark("steps"), plays=True)
    goals = (
        Goal(mark("from 1.8 into the deep valley in at most 3 steps"),
             lambda result: result.start == 1.8 and result.settled
             and result.settled[0] == DEEP and result.settled[1] <= 3),
        Goal(mark("from 1.8, a run that never settles and never leaves the finite numbers"),
             lambda result: result.start == 1.8 and not result.settled and not result.stopped
             and result.theta[-1] < SHALLOW),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (curve, places) = self.panels(380, 2)
        curve.set_label("curve")
        draw_curve(curve, self.colours)
        places.set(xlabel=mark("step"), ylabel=mark(r"place $\theta$"), xlim=(-0.5, 60.5), ylim=(LOW, HIGH))
        for valley in (DEEP, SHALLOW):
            places.axhline(valley, color=self.colours.muted, linestyle=":", linewidth=1.2)
        (self.hops,) = curve.plot([], [], "o-", color=self.colours.blue, markersize=4, linewidth=1, animated=True)
        (self.tangent,) = curve.plot([], [], "--", color=self.colours.orange, animated=True)
        (self.here,) = curve.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True)
        (self.guess,) = curve.plot([], [], "v", color=self.colours.purple, markersize=10, animated=True)
        self.numbers = [curve.text(0, 0, str(k), ha="center", va="bottom", animated=True) for k in range(6)]
        (self.places,) = places.plot([], [], ".-", color=self.colours.blue, linewidth=1, animated=True)
        self.ghosts(self.hops, self.places)
        return figure

    def compute(self) -> Any:
        found, J = descent(self.learning_rate, self.start), TwoValleys()
        path = near(found.theta[: self.steps + 1])
        return Result(
            theta=found.theta, settled=found.settled, stopped=str(found.stopped or ""),
            path=path, height=J.loss(path[:, np.newaxis]), slope=J.gradient(path[-1:])[0],
        )  # fmt: skip

    def draw(self, result: Any) -> None:
        path, height = result.path, result.height
        self.hops.set_data(path, height)
        self.here.set_data(path[-1:], height[-1:])
        reach = np.array([-0.5, 0.5])
        self.tangent.set_data(path[-1] + reach, height[-1] + result.slope * reach)
        drawn: list[float] = []
        for k, text in enumerate(self.numbers):  # up to the first that would stand on another
            free = len(drawn) == k < len(path) and all(abs(path[k] - other) > 0.12 for other in drawn)
            text.set_visible(bool(free) and abs(path[k]) < HIGH)
            if text.get_visible():
                text.set_position((path[k], height[k] + 0.07))
                drawn.append(path[k])
        self.places.set_data(np.arange(len(path)), path)
        self.guess.set_data(*([[], []] if result.predicted is None else np.reshape(result.predicted, (2, 1))))

    def says(self, result: Any) -> str:
        return fate(result, result.steps)


def draw_curve(axes: Any, colours: Any) -> None:
    """The curve with its two valleys."""
    theta = np.linspace(LOW, HIGH, 300)
    axes.plot(theta, TwoValleys().loss(theta[:, np.newaxis]), color=colours.muted, linewidth=1.2)
    axes.set(xlabel=r"$\theta$", ylabel=mark(r"loss  $J(\theta)$"), xlim=(LOW, HIGH), ylim=(-0.68, 3.0))


# A map keeps its colours on dark paper: it is a picture, not ink.
MAP_COLOURS = {
    mark("deep"): palette("light").blue,
    mark("shallow"): palette("light").orange,
    mark("not settled"): "#9A9A9A",
    mark("diverged"): "#1F2328",
}


def deep_intervals() -> str:
    """The truth of the map's prediction, counted on 2,000 starts."""
    starts = np.linspace(LOW, HIGH, 2001)[:, np.newaxis]
    theta = run(GradientDescent(0.5), TwoValleys(), starts, PATIENCE).theta[-PROOF:, :, 0]
    deep = (np.abs(theta - DEEP) < CLOSE).all(axis=0)
    begins = np.flatnonzero(deep & ~np.append(False, deep[:-1]))
    return say("Measured: {intervals}, beginning at {begins}.", intervals=len(begins),
               begins=", ".join(f"{start:.2f}" for start in starts[begins, 0]))  # fmt: skip


class ValleyMap(TrainingMap):
    """Each pixel is a start and a rate; its colour is the valley in which 200 steps of descent settle."""

    title = mark("Every pixel is a training run: which valley?")
    chapter = "00"
    prediction = Prediction(
        mark("Think of all starts from -2.2 to 2.2, and rate 0.5. How many separate intervals of them end in the deep "
             "valley?"),
        Whole(0, 8, start=1, label=mark("intervals")),
        truth=deep_intervals,
        opens_at={"pixel": (1.8, 0.5)},
    )  # fmt: skip
    pixel = Point((LOW, HIGH), (0.01, 1.2), start=(1.8, 0.1), label=mark("start and rate"), axes="map")
    step = Whole(1, 30, start=1, label=mark("step of the chosen run"), plays=True)
    goals = (
        Goal(mark("rate 0.5 (type it): a start left of the deep valley that ends in the shallow one"),
             lambda result: result.pixel[1] == 0.5 and result.pixel[0] < DEEP
             and (settled_at(result.run.theta[:, 0]) or (None,))[0] == SHALLOW),
    )  # fmt: skip
    map_steps, last_rows = PATIENCE, PROOF
    known = 0.1  # the small rates alone

    def extent(self) -> tuple[float, float, float, float]:
        return LOW, HIGH, 0.01, 1.2

    def runs(self, x: Array, y: Array) -> Any:
        return GradientDescent(y), TwoValleys(), x

    def key(self) -> Any:
        return "one map"

    def summary(self, ends: Row, J: Any) -> Any:
        theta = ends.theta[..., 0]
        stays = [(np.abs(theta - valley) < CLOSE).all(axis=0) for valley in (DEEP, SHALLOW)]
        where = [*stays, np.isfinite(theta[-1]), True]
        fates = np.argmax(np.broadcast_arrays(*where), axis=0)
        colours = np.array([to_rgb(colour) for colour in MAP_COLOURS.values()])
        return Result(image=colours[fates], shares=np.bincount(fates.ravel(), minlength=4) / fates.size)

    def figure(self) -> Figure:
        figure, (plane, curve) = self.panels(430, 2)
        self.draw_map(plane)
        plane.set(xlabel=mark("start"), ylabel=mark("learning rate"))
        draw_curve(curve, self.colours)
        (self.hops,) = curve.plot([], [], "o-", color=self.colours.ink, markersize=4, linewidth=1, animated=True)
        (self.here,) = curve.plot([], [], "D", color=self.colours.purple, markersize=8, animated=True)
        (self.chosen,) = plane.plot([], [], "o", markerfacecolor="none", markeredgecolor="white", markersize=9,
                                    markeredgewidth=2, animated=True)  # fmt: skip
        self.chosen.set_path_effects([withStroke(linewidth=4, foreground="black")])  # seen on any colour
        key = [Patch(facecolor=c, edgecolor=self.colours.muted, label=text) for text, c in MAP_COLOURS.items()]
        self.map_key(key)
        self.ghosts(self.hops)
        return figure

    def draw(self, result: Any) -> None:
        super().draw(result)
        theta = near(result.run.theta)
        height = result.run.loss[:, np.newaxis]
        self.hops.set_data(theta, height)
        self.here.set_data(theta[result.step], height[result.step])
        self.chosen.set_data(*np.reshape(result.pixel, (2, 1)))

    def says(self, result: Any) -> str:
        deep, shallow, unsettled, lost = result.map.shares
        text = say("Of the runs {deep:.0%} end in the deep valley, {shallow:.0%} in the shallow one, {unsettled:.0%} "
                   "have not settled, {lost:.0%} left the finite numbers.",
                   deep=deep, shallow=shallow, unsettled=unsettled, lost=lost)  # fmt: skip
        theta = result.run.theta[:, 0]
        chosen = Result(theta=theta, settled=settled_at(theta), stopped=result.run.stopped)
        end = say("The chosen run: {fate}", fate=fate(chosen, PATIENCE))
        return end if result.asking else together(text, end, self.told_step(result))


STEPS = 100


@cache
def digits() -> tuple[Any, Any]:
    """The digits, and a model without hidden layer on them."""
    data = datasets.digits(seed=0)
    return data, SoftmaxRegression(data.X_train, data.y_train)


def clocks(learning_rate: float) -> Any:
    """Loss on the training data and accuracy on the test data after each of 100 steps on all training data."""
    data, J = digits()
    trace = run(GradientDescent(learning_rate), J, J.start, STEPS, keep=["theta"])
    right = J.probabilities(trace.theta, data.X_test).argmax(axis=-1) == data.y_test
    return SimpleNamespace(t=trace.t, loss=trace.loss, accuracy=right.mean(axis=-1))


def slow_rate() -> str:
    """The truth of the prediction."""
    return say("Measured: {accuracy:.1f}%.", accuracy=100 * clocks(0.001).accuracy[-1])


class TwoClocks(Explorer):
    """Handwritten digits, 100 steps: the loss and the accuracy at the same time."""

    title = mark("Two clocks: loss and accuracy")
    chapter = "00"
    prediction = Prediction(
        mark("Rate 0.001 moves the loss only from 2.303 to 2.283 in 100 steps. A model that guesses names 10% of the "
             "digits. What percentage of the test digits does this one get right?"),
        Linear(0, 100, start=50, step=1, label=mark("accuracy"), unit="%"),
        truth=slow_rate,
        opens_at={"learning_rate": 0.001},
    )  # fmt: skip
    learning_rate = Log(0.001, 100, start=0.001, label=mark("learning rate"))
    goals = (Goal(mark("a rate that ends at a loss below 0.08"), lambda result: result.loss[-1] < 0.08),)

    def figure(self) -> Figure:
        figure, (loss, accuracy) = self.panels(360, 2)
        loss.set(
            xlabel=mark("step"), ylabel=mark("loss, training digits"), yscale="log", xlim=(0, STEPS), ylim=(0.03, 300)
        )
        accuracy.set(xlabel=mark("step"), ylabel=mark("accuracy, test digits (%)"), xlim=(0, STEPS), ylim=(0, 100))
        (self.loss,) = loss.plot([], [], color=self.colours.blue, animated=True)
        (self.accuracy,) = accuracy.plot([], [], "--", color=self.colours.green, animated=True)
        (self.guess,) = accuracy.plot([], [], "<", color=self.colours.purple, markersize=10, animated=True)
        self.cover = Cover(accuracy, self.colours)
        self.ghosts(self.loss, self.accuracy)
        return figure

    def compute(self) -> Any:
        return Result(**vars(clocks(self.learning_rate)))

    def draw(self, result: Any) -> None:
        self.cover.show(result.asking)
        self.loss.set_data(result.t, result.loss)
        self.accuracy.set_data(*([[], []] if result.asking else [result.t, 100 * result.accuracy]))
        self.guess.set_data(*([[], []] if result.predicted is None else [[STEPS - 1], [result.predicted]]))

    def says(self, result: Any) -> str:
        first, last = result.loss[[0, -1]]
        if result.asking:
            return say("The loss goes from {first:.3f} to {last:.3f}.", first=first, last=last)
        return say("The loss goes from {first:.3f} to {last:.3f}, the accuracy from {guessed:.1%} to {accuracy:.1%}.",
                   first=first, last=last, guessed=result.accuracy[0], accuracy=result.accuracy[-1])  # fmt: skip
