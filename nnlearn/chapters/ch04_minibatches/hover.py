"""An explorer of chapter 04: how near a constant rate comes to the bottom, and what lets it come nearer."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch04_minibatches.patients import batch_sums, run_all
from nnlearn.checks import Array
from nnlearn.data import datasets
from nnlearn.explorers.controls import Choice, Linear, Log, Whole
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together
from nnlearn.objectives import LinearRegression
from nnlearn.plots import contours

FEATURES = ("bmi", "s5")  # body mass index and the logarithm of triglycerides: the two that tell most
STEPS, TAIL = 2000, 500  # of a run; and of its end, over which the gap is averaged
SLOW = 4  # a plan's factor after half of the steps
NOTHING = 1e-20  # a gap below it is rounding
FLOOR, CEILING = 1e-10, 3.0  # of the gaps that are drawn
VIEW = (15.0, 55.0, 12.0, 52.0)  # of the two weights


@cache
def two_weights(share: float) -> LinearRegression:
    """The line in two measurements, of targets that lie ``share`` times as far from the best line as measured.

    Targets and measurements have mean 0. At 0 a line fits all; the best line is the same for every share.
    """
    data = datasets.diabetes()
    X = data.X_train[:, [data.feature_names.index(name) for name in FEATURES]]
    J = LinearRegression(X, data.y_train - data.y_train.mean(), intercept=False)
    fitted = X @ J.solution()
    return LinearRegression(X, fitted + share * (J.targets - fitted), intercept=False)


@cache
def bottom() -> tuple[Array, float]:
    """The best weights, and the loss there of the targets as measured: the unit of all gaps."""
    J = two_weights(1.0)
    return J.solution(), float(J.loss(J.solution()))


def gap_above(theta: Array) -> Array:
    """How far the loss lies above its least, in least losses of the targets as measured: (..., 2) -> (...,)."""
    solution, least = bottom()
    half = two_weights(1.0).hessian(solution) / 2
    with np.errstate(all="ignore"):
        away = theta - solution
        return np.asarray(np.nan_to_num(np.sum(away @ half * away, axis=-1) / least, nan=np.inf, posinf=np.inf))


def hovering(rate: float, batch: int, share: float) -> float:
    """Where theory expects the gap to end: rate x weights / batch x share^2, for small rates.

    A step adds rate^2 times the variance of the batch's gradient, which near the bottom is 4 share^2 least E[x x'] /
    batch = 2 share^2 least H / batch; the slope takes rate (H T + T H) of T, the mean of the squares. They balance at
    T = rate share^2 least / batch times I: a gap of trace(H T) / 2, and the trace of H is 2 a weight.
    """
    return rate * len(FEATURES) / batch * share**2


def path(rate: float, batch: int, share: float, plan: str, seed: int) -> Array:
    """The weights after each step, drawn patients a step: (STEPS + 1, 2)."""
    J, half = two_weights(share), STEPS // 2
    later = SLOW * batch if plan == "batch" else batch
    slower = rate / SLOW if plan == "rate" else rate
    first = run_all(batch_sums(J, "drawn", seed, batch, half), np.array([rate]))[:, 0]
    # From a place theta a run goes as from zeros with the targets lowered by theta's predictions.
    if not np.isfinite(first[-1]).all():
        return np.concatenate([first, np.full_like(first[1:], np.nan)])
    moved = LinearRegression(J.design, J.targets - J.design @ first[-1], intercept=False)
    second = run_all(batch_sums(moved, "drawn", seed + 1000, later, half), np.array([slower]))[1:, 0]
    return np.concatenate([first, first[-1] + second])


def settled(rate: float, share: float, batch: int = 1, plan: str = "", seed: int = 0) -> float:
    """The mean gap of the last steps."""
    return float(np.mean(gap_above(path(rate, batch, share, plan, seed))[-TAIL:]))


def measured() -> str:
    """The truth of the prediction."""
    return say("Measured, the last 500 of 2,000 steps: with the targets as they are {noisy:.1%} above the bottom. With "
               "targets that a line fits exactly less than {exact:.0e} of that loss.",
               noisy=settled(0.02, 1.0), exact=max(settled(0.02, 0.0), NOTHING))  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    thoughts = {
        "always": mark("With these targets it does. The noise comes from what is left of each patient's error at the "
                       "bottom: where no error is left, every patient's gradient is 0 there."),
        "small": mark("A smaller constant rate hovers nearer, but hovers: the gap falls with the rate, not with time."),
        "fit": mark("So it is: at the bottom of an exact fit every single gradient is 0, and nothing pulls away."),
    }  # fmt: skip
    return say(thoughts[answer])


class Hover(Explorer):
    """Two weights, a few patients a step: the path, and how far above the bottom it stays."""

    title = mark("Round the bottom")
    chapter = "04"
    prediction = Prediction(
        mark("One patient a step, a constant rate: the weights come near the bottom, and hover there. For ever?"),
        Choice({"always": mark("always"), "small": mark("not if the constant rate is small enough"),
                "fit": mark("not if a line fits every patient")}, start="always", label=mark("it hovers")),
        truth=measured,
        thought=thought_behind,
        opens_at={"learning_rate": 0.02, "batch": 1, "share": 1.0, "plan": ""},
    )  # fmt: skip
    learning_rate = Log(0.004, 0.5, start=0.01, label=mark("learning rate"))
    batch = Whole(1, 32, start=1, label=mark("batch size"))
    share = Linear(0, 1, start=1, step=0.01, label=mark("errors (1: as measured)"))
    plan = Choice({"": mark("nothing"), "rate": mark("rate / 4"), "batch": mark("batch x 4")}, start="",
                  label=mark("after half of the steps"))  # fmt: skip
    seed = Whole(0, 9, start=0, label=mark("seed"))
    goals = (
        Goal(mark("errors 1, batch 16: a rate with the gap that batch 1 has at 0.005, within a fifth"),
             lambda result: result.batch == 16 and result.share == 1 and result.plan == ""
             and abs(result.expected / hovering(0.005, 1, 1.0) - 1) < 0.2),
        Goal(mark("errors 1, rate 0.02 from the start, batch 4 from the start: a gap below 0.4%"),
             lambda result: result.share == 1 and result.learning_rate == 0.02 and result.batch == 4
             and result.end < 0.004),
        Goal(mark("one patient a step, rate 0.02 throughout: a gap below 1e-12"),
             lambda result: result.batch == 1 and result.learning_rate == 0.02 and result.plan == ""
             and result.end < 1e-12),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (plane, side) = self.panels(400, 2)
        contours(plane, two_weights(1.0), VIEW)
        plane.set(xlabel=mark("weight of the body mass index"), ylabel=mark("weight of s5 (triglycerides)"))
        blue: dict[str, Any] = {"color": self.colours.blue, "linestyle": "-", "animated": True}
        (self.path,) = plane.plot([], [], linewidth=0.5, alpha=0.5, zorder=2, label=mark("the path before"), **blue)
        (self.tail,) = plane.plot([], [], ".", markersize=4, zorder=3, color=self.colours.orange, animated=True,
                                  label=mark("the last 500 steps"))  # fmt: skip
        (self.best,) = plane.plot(*bottom()[0], "+", color=self.colours.ink, markersize=12, markeredgewidth=1.5,
                                  zorder=4, animated=True, label=mark("the best line"))  # fmt: skip
        (self.gap,) = side.plot([], [], linewidth=0.8, **blue)
        (self.level,) = side.plot([], [], "--", color=self.colours.orange, animated=True, label=mark("theory"))
        side.set(xlabel=mark("step"), ylabel=mark("gap"), yscale="log", ylim=(FLOOR, CEILING), xlim=(0, STEPS))
        figure.legend(handles=[self.tail, self.path, self.best, self.level], loc="outside lower center", ncols=2,
                      fontsize="small", frameon=False)  # fmt: skip
        self.ghosts(self.gap)
        return figure

    def compute(self) -> Any:
        theta = path(self.learning_rate, self.batch, self.share, self.plan, self.seed)
        gap = gap_above(theta)
        later = (self.learning_rate / SLOW if self.plan == "rate" else self.learning_rate,
                 self.batch * SLOW if self.plan == "batch" else self.batch)  # fmt: skip
        return Result(
            theta=theta, gap=gap, end=float(np.mean(gap[-TAIL:])), expected=hovering(*later, self.share),
            first=hovering(self.learning_rate, self.batch, self.share),
        )  # fmt: skip

    def draw(self, result: Any) -> None:
        near = np.where(np.abs(result.theta) < 1e4, result.theta, np.nan)
        self.path.set_data(*near[: STEPS + 1 - TAIL].T)
        self.tail.set_data(*near[-TAIL:].T)
        self.gap.set_data(np.arange(STEPS + 1), np.where((result.gap > 0) & (result.gap < 1e9), result.gap, np.nan))
        half = STEPS // 2
        levels = [result.first, result.first, result.expected, result.expected]
        self.level.set_data([half - TAIL, half, half, STEPS], np.where(np.array(levels) > 0, levels, np.nan))

    def says(self, result: Any) -> str:
        if not result.end < 100:
            return say("The run leaves: this rate is too large for this batch.")
        told = f"{result.end:.2%}" if result.end > 1e-4 else f"{result.end:.0e}"
        if result.end < NOTHING:
            told = say("below {least:.0e}", least=NOTHING)
        end = say("In the last 500 steps the gap is {gap} on average.", gap=told)
        if result.expected == 0:
            return together(end, say("Theory, at small rates: it falls for ever."))
        return together(end, say("Theory, at small rates: {gap:.2%}.", gap=result.expected))
