"""An explorer of chapter 03: why a run on the diabetes data takes 14 steps where kappa lets one expect 1,500."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch03_gradient_descent.gap import Gap
from nnlearn.data import datasets
from nnlearn.explorers.controls import Linear, Whole
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together
from nnlearn.objectives import LinearRegression
from nnlearn.theory import best_rate

SPLITS, STEPS = 10, 1000
NEAR = 0.01  # "within 1%": the loss above its minimum, as a share of it
FLOOR, CEILING = 1e-3, 3e3  # of the pictures, in percent of the lowest loss


@cache
def diabetes(split: int) -> Gap:
    """The gap of linear regression on one split's training data, standardised."""
    data = datasets.diabetes(seed=split)
    return Gap.of(LinearRegression(data.X_train, data.y_train))


def intercept_of(gap: Gap) -> int:
    """The number of the direction that is the intercept's alone: the columns are centred, so nothing else moves it."""
    return int(np.abs(gap.directions[-1]).argmax())


class Directions(Explorer):
    """The loss above the minimum in each of eleven directions: at one step, and over all steps."""

    title = mark("Where the gap lies")
    chapter = "03"
    times = Linear(0.05, 2, start=1, step=0.005, label=mark("learning rate times L"))
    step = Whole(0, STEPS, start=14, label=mark("step"))
    split = Whole(0, SPLITS - 1, start=0, label=mark("split into training and test data"))
    goals = (
        Goal(mark("split 0: within 1% after 8 steps"),
             lambda result: result.split == 0 and result.arrives == 8),
        Goal(mark("split 0: a rate below 2/L that needs more than 400 steps"),
             lambda result: result.split == 0 and result.times > 1 and result.arrives is not None
             and result.arrives > 400),
        Goal(mark("at rate 1/L: a split that needs more than 80 steps"),
             lambda result: result.times == 1 and result.arrives is not None and result.arrives > 80),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure = Figure(figsize=(9.4, 4), layout="constrained")
        bars, curves = figure.subplots(1, 2, sharey=True)
        d = len(diabetes(0).start)
        muted = self.colours.muted
        for axes in (bars, curves):
            axes.axhline(100 * NEAR, color=self.colours.ink, linestyle=":", linewidth=1.4)
        bars.set(xlabel="\ndirection, by its curvature", ylabel="loss above the minimum (% of the minimum)", yscale="log",
                 ylim=(FLOOR, CEILING), xlim=(-0.6, d - 0.4), xticks=[])  # fmt: skip
        bars.grid(visible=False, axis="x")
        curves.set_xscale("symlog", linthresh=1)
        curves.set(xlabel="step", xlim=(0, STEPS), xticks=[0, 1, 10, 100, 1000], xticklabels=[0, 1, 10, 100, "1,000"])
        curves.text(STEPS * 0.9, 100 * NEAR * 1.15, "1%", ha="right", va="bottom")
        looks = {"steepest": (self.colours.orange, "--"), "intercept": (self.colours.purple, "-."),
                 "flattest": (self.colours.green, "-"), "others": (muted, (0, (1, 1.5)))}  # fmt: skip
        self.looks = looks
        self.before = [bars.bar(k, 0, 0.8, bottom=FLOOR, facecolor="none", edgecolor=muted, animated=True)[0]
                       for k in range(d)]  # fmt: skip
        self.now = [bars.bar(k, 0, 0.8, bottom=FLOOR, linewidth=0, animated=True)[0] for k in range(d)]
        self.names = [bars.text(k, FLOOR * 0.75, "", ha="center", va="top", fontsize=9, color=muted, animated=True)
                      for k in range(d)]  # fmt: skip
        self.lines = [curves.plot([], [], linewidth=1.6, animated=True)[0] for _ in range(d)]
        (self.total,) = curves.plot([], [], "-", color=self.colours.ink, linewidth=2.6, animated=True)
        (self.here,) = curves.plot([], [], "o", color=self.colours.ink, markersize=8, animated=True)
        for name, (colour, line) in looks.items():
            curves.plot([], [], color=colour, linestyle=line, label=name)
        curves.plot([], [], "-", color=self.colours.ink, linewidth=2.6, label="all together")
        curves.legend(loc="upper right", fontsize=9)
        return figure

    def compute(self) -> Any:
        gap = diabetes(self.split)
        L, mu = gap.curvatures[[0, -1]]
        rate = self.times / L
        percent = 100 * gap.after(rate, np.arange(STEPS + 1)) / gap.lowest
        d = len(gap.start)
        kinds = ["others"] * d
        kinds[0], kinds[intercept_of(gap)], kinds[-1] = "steepest", "intercept", "flattest"
        return Result(
            percent=percent, now=percent[self.step], curvatures=gap.curvatures, kinds=kinds,
            arrives=gap.steps_to(NEAR, rate), balanced=float(L * best_rate(L, mu)),
        )  # fmt: skip

    def draw(self, result: Any) -> None:
        steps = np.arange(len(result.percent))
        for k, kind in enumerate(result.kinds):
            colour, line = self.looks[kind]
            self.before[k].set_height(max(result.percent[0, k] - FLOOR, 0))
            self.now[k].set_height(max(result.now[k] - FLOOR, 0))
            self.now[k].set_facecolor(colour)
            self.names[k].set_text(f"{result.curvatures[k]:.2g}")
            self.lines[k].set(color=colour, linestyle=line)
            self.lines[k].set_data(steps, result.percent[:, k])
        self.total.set_data(steps, result.percent.sum(axis=1))
        self.here.set_data([result.step], [result.now.sum()])

    def says(self, result: Any) -> str:
        total = result.now.sum()
        shares = dict(zip(result.kinds, result.now / total, strict=True))
        here = say("At step {step} the loss is {gap:.3g}% above its minimum; of this {intercept:.1%} lie in the "
                   "intercept's direction, {steepest:.1%} in the steepest, {flattest:.2%} in the flattest.",
                   step=result.step, gap=total, **{name: shares[name] for name in ("intercept", "steepest", "flattest")})  # fmt: skip
        if result.arrives is None:
            return together(here, say("It never comes within 1%."))
        return together(here, say("Within 1% from step {step} on.", step=result.arrives))

    def marks(self, result: Any) -> dict[str, list[tuple[float, str]]]:
        return {"times": [(1, "1/L"), (result.balanced, "2/(L+μ)")]}
