"""The explorer of chapter 05: every pair of rate and momentum is a training run."""

from functools import cache
from typing import Any

import matplotlib
import numpy as np
from matplotlib.colors import ListedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from nnlearn.checks import Array
from nnlearn.explorers.controls import Choice, Log, Point, Whole
from nnlearn.explorers.cover import ABOVE_ALL
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.panels import INCH, NARROWEST
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.explorers.training_map import TrainingMap, near
from nnlearn.language import mark, say, together
from nnlearn.objectives import Quadratic
from nnlearn.optimizers import AveragedMomentum, Momentum, Nesterov
from nnlearn.row import Row
from nnlearn.theory import PROOF, SMALL, border, limit, small_from, swings
from nnlearn.trace import Trace, last_row, rows, run

L = 100.0  # the curvature of the steep direction, the same for every kappa
START = (-2.0, 1.0)
LOWEST = 0.0002  # the smallest rate on the map
BETA = (0.0, 0.99)
WIDTH = {"classical": 0.042, "averaged": 0.42, "nesterov": 0.042}  # the largest rate on the map
ASKED = 0.08  # while the prediction is open: an edge near the truth would give it away
LOSSES = LogNorm(1e-16, 1e4, clip=True)
COLOURS = ListedColormap(
    [  # bright is good; a leap in lightness where "small" begins
        np.array(colour[:3]) * (1.0 if LOSSES.inverse(share) < SMALL else 0.6)
        for share, colour in zip(
            np.linspace(0, 1, 256), matplotlib.colormaps["viridis_r"](np.linspace(0, 1, 256)), strict=True
        )
    ]
)


def ravine(condition_number: float) -> Quadratic:
    """A bowl whose steep direction has curvature L and whose flat one L / kappa."""
    return Quadratic(curvatures=[L / condition_number, L])


METHODS = {"classical": Momentum, "averaged": AveragedMomentum, "nesterov": Nesterov}


def method(form: str, learning_rate: Any, momentum: Any) -> Any:
    """The optimiser of this form."""
    return METHODS[form](learning_rate, momentum)


@cache
def largest_safe_rate(momentum: float) -> float:
    """The largest rate of the classical form that in 2,000 steps lowers the loss of the ravine of kappa 100."""
    J = ravine(100)
    rates = np.linspace(LOWEST, WIDTH["classical"], 2001)[:, np.newaxis]
    optimizer = Momentum(rates, momentum)
    row = optimizer.start(np.tile(START, (len(rates), 1)))
    theta = last_row(rows(optimizer, J, row), row, 2000).theta
    with np.errstate(all="ignore"):  # far outside the loss may overflow
        loss = J.loss(theta)
    return float(rates[loss < J.loss(np.array(START))].max())


def border_at_nine_tenths() -> str:
    """The truth of the prediction."""
    rate = largest_safe_rate(0.9)
    return say("Measured: {rate:.4f}, that is {times:.1f} times the limit without momentum.",
               rate=rate, times=rate / limit(L))  # fmt: skip


def thought_behind(answer: tuple[float, float]) -> str:
    """How far a prediction of the border at 0.9 is off, and which thought leads there."""
    rate, plain, right = answer[0], limit(L), border("classical", L, 0.9)
    if abs(rate / right - 1) < 0.05:
        return say("You are within 5%.")
    off = say("Yours is {times:.2g} times that.", times=rate / right)
    if rate < plain / 4:
        why = say("A steady push grows ten times as long with momentum 0.9, so a tenth of the rate seems right. But "
                  "across the ravine the push changes sides, and nothing adds up.")  # fmt: skip
    elif rate < 0.95 * plain:
        why = say("What keeps rolling seems easier to throw out. But at the border it changes sides at each step, and "
                  "each gradient step brakes it.")  # fmt: skip
    elif rate < 1.05 * plain:
        why = say("That is the limit of plain descent. A velocity that the gradient must first turn round moves it.")
    elif rate < right:
        why = say(
            "Larger, as you said: the gradient step has to turn the velocity round as well, so more of it is safe."
        )
    else:
        why = say("Larger, as you said, but it brakes only until the swing back is longer than the swing before.")
    return together(off, why)


def within(steps: int, form: str) -> Any:
    """The test of a goal: kappa 100, and the loss stays small from this step or an earlier one on."""

    def test(result: Any) -> bool:
        ready = result.condition_number == 100 and result.form == form and result.small_from is not None
        return ready and result.small_from <= steps

    return test


class MomentumMap(TrainingMap):
    """Each pixel is a pair of rate and momentum, its colour the loss of that run after so many steps."""

    title = mark("Every pixel is a training run: rate and momentum")
    chapter = "05"
    prediction = Prediction(
        mark("Without momentum (the bottom edge) the largest safe rate is 2/L = 0.02. Where is it with momentum 0.9? "
             "Put the mark there, on the line of 0.9."),
        Point((LOWEST, ASKED), (0.9, 0.9), start=(0.02, 0.9), label=mark("largest safe rate at 0.9"),
              axes="map"),
        truth=border_at_nine_tenths,
        thought=thought_behind,
        opens_at={"pixel": (0.0379, 0.9)},
    )  # fmt: skip
    pixel = Point((LOWEST, WIDTH["averaged"]), BETA, start=(0.0197, 0.0), label=mark("rate and momentum"), axes="map")
    form = Choice({"classical": mark("classical"), "averaged": mark("averaged"), "nesterov": mark("Nesterov")},
                  start="classical", label=mark("form"))  # fmt: skip
    condition_number = Log(1, 1000, start=100, label=mark("condition number kappa"))
    steps = Whole(10, 300, start=100, label=mark("steps"))
    step = Whole(1, 300, start=1, label=mark("step of the chosen run"), plays=True)
    goals = (
        Goal(mark("kappa 100, classical: the loss is below 1e-6 after 100 steps, and stays there"),
             within(100, "classical")),
        Goal(mark("kappa 100, classical: after 60 steps"), within(60, "classical")),
        Goal(mark("kappa 100, averaged: after 60 steps"), within(60, "averaged")),
    )  # fmt: skip
    known = 0.03  # what chapter 03 has shown: no momentum

    last_rows = PROOF + 1  # small from the last step on is what has stayed small so long

    @property
    def map_steps(self) -> int:  # type: ignore[override]
        return self.steps + PROOF

    def trace(self) -> Trace:
        optimizer, J, starts = self.runs(*np.reshape(self.pixel, (2, 1, 1)))
        return run(optimizer, J, starts, self.steps).member(0)

    def extent(self) -> tuple[float, float, float, float]:
        return LOWEST, ASKED if self.asking else WIDTH[self.form], *BETA

    def runs(self, x: Array, y: Array) -> Any:
        starts = np.broadcast_to(START, (*x.shape[:-1], 2))
        return method(self.form, x, y), ravine(self.condition_number), starts

    def key(self) -> Any:
        return self.form, self.condition_number, self.steps, self.asking

    def summary(self, ends: Row, J: Any) -> Any:
        loss = np.nan_to_num(J.loss(ends.theta), nan=np.inf, posinf=np.inf)
        return Result(image=COLOURS(LOSSES(loss[0]))[..., :3], small=np.mean(np.all(loss < SMALL, axis=0)))

    def figure(self) -> Figure:
        wide = self.page_width >= 2 * NARROWEST
        figure = Figure(figsize=(self.page_width / INCH, 5.2 if wide else 7), layout="constrained")
        panels = figure.subplot_mosaic([["plane", "path"], ["plane", "loss"]], width_ratios=(1.25, 1)) if wide else (
            figure.subplot_mosaic([["plane", "plane"], ["path", "loss"]], height_ratios=(1.8, 1)))  # fmt: skip
        plane, path, loss = panels["plane"], panels["path"], panels["loss"]
        self.draw_map(plane)
        plane.set(xlabel=mark("learning rate"), ylabel=mark("momentum β"))
        scale = matplotlib.cm.ScalarMappable(LOSSES, COLOURS)
        figure.colorbar(scale, ax=plane, location="top", label=mark("loss at the last step"), aspect=40)
        curves: Any = (
            ("--", mark("border")),
            (":", mark("flat: creeps | swings")),
            ("-.", mark("steep: swings | flips")),
        )
        self.theory = [plane.plot([], [], line, color="black", linewidth=1.3, animated=True)[0]
                       for line, text in curves]  # fmt: skip
        for line in self.theory:
            line.set_path_effects([withStroke(linewidth=2.6, foreground="white")])
        names = [Line2D([], [], color=self.colours.ink, linestyle=line, label=text) for line, text in curves]
        roomy = self.page_width * (0.5 if wide else 0.9) > 420
        plane.legend(handles=names, loc="upper left", bbox_to_anchor=(-0.02, -0.13), fontsize="small",
                     ncols=2 if roomy else 1, columnspacing=1)  # fmt: skip
        self.line = plane.axhline(0.9, color=self.colours.ink, linestyle=":", animated=True, zorder=ABOVE_ALL + 1)
        (self.chosen,) = plane.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True,
                                    markeredgecolor=self.colours.paper)  # fmt: skip
        (self.guess,) = plane.plot([], [], "v", color=self.colours.purple, markersize=10, animated=True,
                                   markeredgecolor=self.colours.paper)  # fmt: skip
        path.set(xlabel=mark("θ[0], flat"), ylabel=mark("θ[1], steep"), xlim=(-3, 3), ylim=(-6, 6))
        path.plot(0, 0, "+", color=self.colours.ink, markersize=10)
        loss.set(xlabel=mark("step"), ylabel=mark("loss"), yscale="log", ylim=(1e-16, 1e4))
        loss.axhline(SMALL, color=self.colours.muted, linestyle=":", linewidth=1.2)
        blue: dict[str, Any] = {"color": self.colours.blue, "animated": True}
        orange: dict[str, Any] = {"color": self.colours.orange, "animated": True}
        (self.path,) = path.plot([], [], "o-", markersize=3, linewidth=1, **blue)
        (self.loss,) = loss.plot([], [], **blue)
        (self.here,) = path.plot([], [], "o", markersize=8, **orange)
        (self.here_loss,) = loss.plot([], [], "o", markersize=8, **orange)
        self.loss_axes = loss
        self.ghosts(self.path, self.loss)
        return figure

    def compute(self) -> Any:
        beta = np.linspace(*BETA, 200)
        theory = [(border(self.form, L, beta), beta), (swings(self.form, L / self.condition_number, beta)[0], beta),
                  (swings(self.form, L, beta)[1], beta)]  # fmt: skip
        optimizer, J, start = self.runs(*np.reshape(self.pixel, (2, 1)))
        first = small_from(run(optimizer, J, start, self.steps + PROOF).loss)
        for result in super().compute():
            yield result.also(theory=theory, small_from=first if first is not None and first <= self.steps else None)

    def draw(self, result: Any) -> None:
        super().draw(result)
        self.line.set_visible(result.asking)
        if result.asking:
            image = np.zeros_like(result.map.image)
            image[: round(self.known * len(image))] = result.map.image[:1]  # no momentum
            self.image.set_data(image)
        for line, points in zip(self.theory, result.theory, strict=True):
            line.set_data(*(((), ()) if result.asking else points))
        self.chosen.set_data(*np.reshape(result.pixel, (2, 1)))
        self.guess.set_data(*(((), ()) if result.predicted is None else np.reshape(result.predicted, (2, 1))))
        theta = near(result.run.theta)
        self.path.set_data(*theta.T)
        self.here.set_data(*theta[result.step][:, np.newaxis])
        self.loss.set_data(result.run.t, result.run.loss)
        self.here_loss.set_data([result.step], [result.run.loss[result.step]])
        if self.loss_axes.get_xlim() != (0, result.steps):  # a changed limit redraws the whole figure
            self.loss_axes.set_xlim(0, result.steps)

    def says(self, result: Any) -> str:
        rate, beta = result.pixel
        run = say("Rate {rate:.4g}, momentum {beta:.4g}.", rate=rate, beta=beta)
        loss = result.run.loss
        if result.small_from is not None:
            end = say("The loss stays below 1e-6 from step {step} on.", step=result.small_from)
        elif loss[-1] > loss[0]:
            end = say("Diverges: the loss at step {step} is {loss:.3g}.", step=result.run.t[-1], loss=loss[-1])
        else:
            end = result.run.stopped or say("The loss at step {step} is {loss:.3g}.", step=result.steps, loss=loss[-1])
        share = say("{share:.1%} of the map stays below 1e-6 from step {step} on.",
                    share=result.map.small, step=result.steps)  # fmt: skip
        return together(run, end, "" if result.asking else share, self.told_step(result))
