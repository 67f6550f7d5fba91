"""The explorer of chapter 06: every pair of an angle and a rate is a training run in a turned ravine."""

from typing import Any

import matplotlib
import numpy as np
from matplotlib.colors import ListedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from nnlearn.chapters.ch06_adaptive.ravine import L, Ravine, arrivals, level, turned_start
from nnlearn.checks import Array
from nnlearn.explorers.controls import Choice, Log, Point, Whole
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.panels import INCH, NARROWEST
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.explorers.training_map import TrainingMap, near
from nnlearn.language import mark, say, together
from nnlearn.optimizers import AdaGrad, GradientDescent, NormScaled, RMSprop
from nnlearn.row import Row
from nnlearn.theory import PROOF, SMALL
from nnlearn.trace import Trace, run

LOWEST, HIGHEST = 0.001, 40.0  # rates
POWERS = (-3.0, 1.6)  # of ten: the same rates on the map
RIGHT_ANGLE = 90.0
PATIENCE = 600  # steps in which the best rate is looked for
FOR_GOOD = 4000  # steps in which a loss that is small has to stay so: RMSprop's rates grow where gradients are small
RATES = 10 ** np.linspace(*POWERS, 461)  # among which the best is looked for: one is 2.3% above the next
LOSSES = LogNorm(1e-16, 1e4, clip=True)
LEVELS = (0.02, 0.5, 8.0, 50.0)  # losses whose ellipses are drawn
COLOURS = ListedColormap(
    [  # bright is good; a leap in lightness where "small" begins
        np.array(colour[:3]) * (1.0 if LOSSES.inverse(share) < SMALL else 0.6)
        for share, colour in zip(
            np.linspace(0, 1, 256), matplotlib.colormaps["viridis_r"](np.linspace(0, 1, 256)), strict=True
        )
    ]
)
NAMES = {"descent": mark("plain descent"), "norm": mark("norm-scaled"), "adagrad": "AdaGrad", "rmsprop": "RMSprop"}


def method(name: str, rate: Any, epsilon: float = 1e-8) -> Any:
    """The optimiser of this name; AdaGrad's sum begins at 0, as in its paper."""
    match name:
        case "adagrad":
            return AdaGrad(rate, initial_accumulator=0.0, epsilon=epsilon)
        case "rmsprop":
            return RMSprop(rate, epsilon=epsilon)
        case "norm":
            return NormScaled(rate)
    return GradientDescent(rate)


def rates_of_each(name: str, trace: Trace) -> Array:
    """What each coordinate's gradient is multiplied by in each step but the 0th: shape (steps, 2)."""
    optimizer: Any = trace.optimizer
    match name:
        case "adagrad":
            each = optimizer.learning_rate / (np.sqrt(trace.accumulator[1:]) + optimizer.epsilon)
        case "rmsprop":
            each = optimizer.learning_rate / (np.sqrt(trace.v[1:]) + optimizer.epsilon)
        case "norm":
            each = trace.rate[1:]
        case _:
            each = optimizer.learning_rate
    return np.broadcast_to(each, (len(trace.t) - 1, 2))


def best(name: str, condition_number: float, angle: float, epsilon: float = 1e-8) -> tuple[float, float]:
    """The fewest steps, of 600 at most, that any of ``RATES`` needs in the turned ravine to stay, and that rate.

    Infinite if none arrives. RMSprop's that arrive are followed further: some leave again.
    """
    rates = RATES
    needed = arrivals_of(name, rates, PATIENCE + PROOF, condition_number, angle, epsilon)
    if name == "rmsprop" and np.isfinite(needed).any():
        rates = rates[np.isfinite(needed)]
        needed = arrivals_of(name, rates, FOR_GOOD, condition_number, angle, epsilon)
        needed[needed > PATIENCE] = np.inf  # there, away, and there again
    return float(needed.min()), float(rates[needed.argmin()])


def arrivals_of(name: str, rates: Array, steps: int, condition_number: float, angle: float, epsilon: float) -> Array:
    """For each rate the step from which on the loss of its run, so many steps long, stays small."""
    J = Ravine(condition_number, angle)
    with np.errstate(all="ignore"):
        loss = run(method(name, rates[:, np.newaxis], epsilon), J, turned_start(angle), steps, keep=["theta"]).loss
    return arrivals(np.where(np.isnan(loss), np.inf, loss))


def steps_at_45() -> str:
    """The truth of the prediction."""
    steps, rate = best("adagrad", 100, 45)
    return say("Measured: {steps:.0f} steps, at rate {rate:.3g}.", steps=steps, rate=rate)


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    thoughts = {
        "5": mark("The same picture, turned: for plain descent the same steps. But AdaGrad's two rates belong to the "
                  "axes, and the valley has left them."),
        "50": mark("Slower, as you said. Five degrees are enough for that."),
        "365": mark("At 45 degrees both axes see the same steep slope, so AdaGrad has one rate for both, as plain "
                    "descent. But its rate also shrinks on the way."),
        "500": mark("At 45 degrees both axes see the same steep slope, so AdaGrad has one rate for both, and one that "
                    "shrinks on the way: worse than plain descent."),
    }  # fmt: skip
    return say(thoughts[answer])


def within(steps: int, name: str, angle: float | None = None) -> Any:
    """The test of a goal: kappa 100, this method, and the loss stays small from this step or an earlier one on."""

    def test(result: Any) -> bool:
        ready = result.condition_number == 100 and result.method == name and angle in (None, result.pixel[0])
        return ready and result.small_from is not None and result.small_from <= steps

    return test


class Turn(TrainingMap):
    """Each pixel is a pair of an angle and a rate, its colour the loss of that run after so many steps."""

    title = mark("Every pixel is a training run: the angle of the valley, and the rate")
    chapter = "06"
    prediction = Prediction(
        mark("A ravine along the axes, curvatures 1 and 100. Until the loss stays below 1e-6 plain descent takes 365 "
             "steps with its best rate, AdaGrad 5. Now turn the ravine by 45 degrees, start and all. AdaGrad, with "
             "its best rate?"),
        Choice({"5": mark("5 steps"), "50": mark("about 50"), "365": mark("365, like plain descent"),
                "500": mark("more than 500")}, start="5", label=mark("AdaGrad's steps at 45 degrees")),
        truth=steps_at_45,
        thought=thought_behind,
        opens_at={"pixel": (45.0, 0.11)},
    )  # fmt: skip
    pixel = Point((0.0, RIGHT_ANGLE), POWERS, start=(0.0, 0.11), label=mark("angle, and the rate's power of ten"),
                  axes="map")  # fmt: skip
    method = Choice(NAMES, start="adagrad", label=mark("method"))
    condition_number = Log(1, 1000, start=100, label=mark("condition number kappa"))
    epsilon = Log(1e-10, 10, start=1e-8, label=mark("epsilon (AdaGrad, RMSprop)"))
    steps = Whole(10, 300, start=100, label=mark("steps"))
    step = Whole(1, 300, start=1, label=mark("step of the chosen run"), plays=True)
    claim = Choice({"": mark("nothing yet"), "possible": mark("possible"), "impossible": mark("impossible")},
                   start="", label=mark("RMSprop, epsilon 1e-8: you say"))  # fmt: skip
    goals = (
        Goal(mark("kappa 100, AdaGrad, 0 degrees: the loss stays below 1e-6 after 10 steps"),
             within(10, "adagrad", angle=0.0)),
        Goal(mark("kappa 100, AdaGrad: up to which whole angle, from 0 upwards, does the best rate take at most 100 "
                  "steps? Put the mark between that angle and the next"),
             lambda result: result.condition_number == 100 and result.method == "adagrad" and 8 < result.pixel[0] < 9),
        Goal(mark("kappa 100, RMSprop, epsilon 1e-8: an angle at which some rate does it within 600 steps, and not for "
                  "a while only; or see why there is none, and claim that"),
             lambda result: result.claim == "impossible"),
        Goal(mark("kappa 100, RMSprop: an epsilon and an angle with which the best rate takes at most 500"),
             lambda result: result.condition_number == 100 and result.method == "rmsprop" and result.best is not None
             and result.best[0] <= 500),
    )  # fmt: skip

    last_rows = PROOF + 1  # small from the last step on is what has stayed small so long

    @property
    def map_steps(self) -> int:  # type: ignore[override]
        return self.steps + PROOF

    @property
    def coarser(self) -> int:  # type: ignore[override]
        """Longer runs, fewer of them: a move is answered in the same time."""
        return 1 if self.steps <= 120 else 2

    def extent(self) -> tuple[float, float, float, float]:
        return 0.0, RIGHT_ANGLE, *POWERS

    def runs(self, x: Array, y: Array) -> Any:
        angle = x[..., 0]
        return method(self.method, 10**y, self.epsilon), Ravine(self.condition_number, angle), turned_start(angle)

    def key(self) -> Any:
        return self.method, self.condition_number, self.epsilon, self.steps

    def trace(self) -> Trace:
        optimizer, J, starts = self.runs(*np.reshape(self.pixel, (2, 1, 1)))
        return run(optimizer, J, starts, self.map_steps).member(0)

    def summary(self, ends: Row, J: Any) -> Any:
        left, right, _, _ = self.shown()  # J has the angles of one block of the map
        whole = Ravine(self.condition_number, np.linspace(left, right, ends.theta.shape[-2]))
        loss = np.nan_to_num(whole.loss(ends.theta), nan=np.inf, posinf=np.inf)
        return Result(image=COLOURS(LOSSES(loss[0]))[..., :3], small=np.mean(np.all(loss < SMALL, axis=0)))

    def figure(self) -> Figure:
        wide = self.page_width >= 2 * NARROWEST
        height = 1.2 + 0.55 * self.page_width / INCH if wide else 10  # the path is a square of less than half the width
        figure = Figure(figsize=(self.page_width / INCH, height), layout="constrained")
        panels = figure.subplot_mosaic([["path", "plane"], ["loss", "plane"]], width_ratios=(1, 1.25),
                                       height_ratios=(2.4, 1)) if wide else (
            figure.subplot_mosaic([["plane"], ["path"], ["loss"]], height_ratios=(1.6, 2, 1)))  # fmt: skip
        plane, path, loss = panels["plane"], panels["path"], panels["loss"]
        self.draw_map(plane)
        plane.set(xlabel=mark("angle in degrees"), ylabel=mark("learning rate"))
        plane.yaxis.set_major_formatter(FuncFormatter(lambda power, _: f"{10**power:.3g}"))
        scale = matplotlib.cm.ScalarMappable(LOSSES, COLOURS)
        figure.colorbar(scale, ax=plane, location="top", label=mark("loss at the last step"), aspect=40)
        (self.chosen,) = plane.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True,
                                    markeredgecolor=self.colours.paper)  # fmt: skip
        path.set(xlabel="θ[0]", ylabel="θ[1]", xlim=(-3, 3), ylim=(-3, 3), aspect="equal")
        self.levels = [path.plot([], [], "-", color=self.colours.muted, linewidth=1, animated=True)[0] for _ in LEVELS]
        path.plot(0, 0, "+", color=self.colours.ink, markersize=10)
        loss.set(xlabel=mark("step"), ylabel=mark("loss"), yscale="log", ylim=(1e-16, 1e4))
        loss.axhline(SMALL, color=self.colours.muted, linestyle=":", linewidth=1.2)
        blue: dict[str, Any] = {"color": self.colours.blue, "animated": True}
        orange: dict[str, Any] = {"color": self.colours.orange, "animated": True}
        (self.path,) = path.plot([], [], "o-", markersize=3, linewidth=1, **blue)
        (self.loss,) = loss.plot([], [], **blue)
        self.arms = [
            path.plot([], [], "-", linewidth=4, alpha=0.8, solid_capstyle="butt", **orange)[0] for _ in range(2)
        ]
        (self.here,) = path.plot([], [], "o", markersize=6, **orange)
        (self.here_loss,) = loss.plot([], [], "o", markersize=8, **orange)
        self.loss_axes = loss
        self.ghosts(self.path, self.loss)
        return figure

    def large_again(self, arrived: int) -> int | None:
        """The step in which the chosen run's loss, small from a step on, is small no more; None if there is none.

        Looked for in as many steps as for the best rate, but RMSprop's rates are at most rate / epsilon: if that is at
        most 2 / L, no step makes the loss larger.
        """
        optimizer, J, starts = self.runs(*np.reshape(self.pixel, (2, 1, 1)))
        later = self.method == "rmsprop" and 10 ** self.pixel[1] > 2 / L * self.epsilon
        for steps in (PATIENCE + PROOF, FOR_GOOD)[: 1 + later]:
            loss = run(optimizer, J, starts, steps, keep=["theta"]).loss[:, 0]
            large = np.flatnonzero(~(loss[arrived:] < SMALL))
            if len(large):
                return arrived + int(large[0])
        return None

    def compute(self) -> Any:
        chosen = self.trace()
        needed = float(arrivals(np.nan_to_num(chosen.loss, nan=np.inf)))
        whole = len(chosen.t) == self.map_steps + 1  # it has not left for infinity
        arrived = int(needed) if whole and needed <= self.steps else None
        again = None if arrived is None else self.large_again(arrived)
        step = min(self.step, len(chosen.t) - 1)
        angle = self.pixel[0]
        about = Result(
            small_from=arrived if again is None else None,
            small_until=None if again is None else (arrived, again - 1),
            rates=rates_of_each(self.method, chosen)[step - 1],
            levels=[level(self.condition_number, angle, loss) for loss in LEVELS],
            best=None,
        )
        for result in super().compute():
            yield result.also(**vars(about))
        found = best(self.method, self.condition_number, angle, self.epsilon)
        yield result.also(**vars(about) | {"best": found})

    def draw(self, result: Any) -> None:
        super().draw(result)
        self.chosen.set_data(*np.reshape(result.pixel, (2, 1)))
        for line, points in zip(self.levels, result.levels, strict=True):
            line.set_data(*points)
        theta = near(result.run.theta)
        here = theta[result.step]
        self.path.set_data(*theta.T)
        self.here.set_data(*here[:, np.newaxis])
        first, second = result.rates / max(*result.rates, 1e-300) / 2  # the longer arm is 1 long
        self.arms[0].set_data(here[0] + np.array([-first, first]), [here[1]] * 2)
        self.arms[1].set_data([here[0]] * 2, here[1] + np.array([-second, second]))
        self.loss.set_data(result.run.t, result.run.loss)
        self.here_loss.set_data([result.step], [result.run.loss[result.step]])
        if self.loss_axes.get_xlim() != (0, result.steps):  # a changed limit redraws the whole figure
            self.loss_axes.set_xlim(0, result.steps)

    def says(self, result: Any) -> str:
        angle, rate = result.pixel[0], 10 ** result.pixel[1]
        place = say("{angle:.3g} degrees, rate {rate:.3g}.", angle=angle, rate=rate)
        loss = result.run.loss
        if result.small_from is not None:
            end = say("The loss stays below 1e-6 from step {step} on.", step=result.small_from)
        elif result.small_until is not None:
            end = say("The loss is below 1e-6 from step {first} to {last} only.",
                      first=result.small_until[0], last=result.small_until[1])  # fmt: skip
        elif loss[-1] > loss[0] and result.method == "descent":
            end = say("Diverges: the loss at step {step} is {loss:.3g}.", step=result.run.t[-1], loss=loss[-1])
        else:
            end = result.run.stopped or say("The loss at step {step} is {loss:.3g}.",
                                            step=result.steps, loss=loss[min(result.steps, len(loss) - 1)])  # fmt: skip
        arms = say("In its step {step} the rates of the coordinates are {first:.2g} and {second:.2g}.",
                   step=result.step, first=result.rates[0], second=result.rates[1])  # fmt: skip
        if result.asking:
            return together(place, end, arms)
        share = say("{share:.1%} of the map is below 1e-6 from step {first} to {last}.",
                    share=result.map.small, first=result.steps, last=result.steps + PROOF)  # fmt: skip
        return together(place, end, told_best(result), arms, share)


def told_best(result: Any) -> str:
    """One sentence about the best rate at the chosen angle, once it is known."""
    if result.best is None:
        return ""
    steps, rate = result.best
    if steps > PATIENCE:
        return say("At this angle none of {count} rates does it within {steps} steps.",
                   count=len(RATES), steps=PATIENCE)  # fmt: skip
    return say("At this angle the best of {count} rates, {rate:.3g}, takes {steps:.0f}.",
               count=len(RATES), rate=rate, steps=steps)  # fmt: skip
