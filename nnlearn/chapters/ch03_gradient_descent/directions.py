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

SPLITS, STEPS, PARAMETERS = 10, 1000, 11  # ten weights and the intercept
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
    step = Whole(0, STEPS, start=14, label=mark("step"), plays=True)
    split = Whole(0, SPLITS - 1, start=0, label=mark("split of the data"))
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
        figure, (bars, curves) = self.panels(400, 2, narrowest=400)
        curves.sharey(bars)
        bars.set(ylabel=mark("loss above the minimum\n(% of the minimum)"), yscale="log", ylim=(FLOOR, CEILING))
        for axes in (bars, curves):
            axes.axhline(100 * NEAR, color=self.colours.ink, linestyle=":", linewidth=1.4)
        self.looks = {
            mark("steepest"): (self.colours.orange, "--"),
            mark("intercept"): (self.colours.purple, "-."),
            mark("flattest"): (self.colours.green, "-"),
            mark("others"): (self.colours.muted, (0, (1, 1.5))),
        }
        self.prepare_bars(bars)
        self.prepare_curves(curves)
        self.ghosts(self.total)
        return figure

    def prepare_bars(self, axes: Any) -> None:
        """A bar for each direction: its outline at the start, filled with what is left; below it, its curvature."""
        axes.set(xlabel=mark("\n\ndirection, by its curvature"), xlim=(-0.6, PARAMETERS - 0.4), xticks=[])
        axes.grid(visible=False, axis="x")
        places, muted = range(PARAMETERS), self.colours.muted
        outline = {"facecolor": "none", "edgecolor": muted, "animated": True}
        self.before = [axes.bar(k, 0, bottom=FLOOR, **outline)[0] for k in places]
        self.now = [axes.bar(k, 0, bottom=FLOOR, linewidth=0, animated=True)[0] for k in places]
        below = {"ha": "center", "va": "top", "fontsize": 9, "color": muted, "animated": True}
        self.names = [axes.text(k, FLOOR * (0.75, 0.42)[k % 2], "", **below) for k in places]  # side by side they touch

    def prepare_curves(self, axes: Any) -> None:
        """A line for each direction, and one for their sum."""
        axes.set_xscale("symlog", linthresh=1)
        axes.set(
            xlabel=mark("step"), xlim=(0, STEPS), xticks=[0, 1, 10, 100, 1000], xticklabels=[0, 1, 10, 100, "1,000"]
        )
        axes.text(STEPS * 0.9, 115 * NEAR, "1%", ha="right", va="bottom")
        total = {"linestyle": "-", "color": self.colours.ink, "linewidth": 2.6}
        self.lines = [axes.plot([], [], linewidth=1.6, animated=True)[0] for _ in range(PARAMETERS)]
        (self.total,) = axes.plot([], [], **total, animated=True)
        (self.here,) = axes.plot([], [], "o", color=self.colours.ink, markersize=8, animated=True)
        for name, (colour, line) in self.looks.items():
            axes.plot([], [], color=colour, linestyle=line, label=name)
        axes.plot([], [], **total, label=mark("all together"))
        axes.legend(loc="upper right", fontsize=9)

    def compute(self) -> Any:
        gap = diabetes(self.split)
        L, mu = gap.curvatures[[0, -1]]
        rate = self.times / L
        percent = 100 * gap.after(rate, np.arange(STEPS + 1)) / gap.lowest
        kinds = ["others"] * PARAMETERS
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
        here = say("At step {step} the loss is {gap:.3g}% above its minimum; of this {intercept:.2%} lie in the "
                   "intercept's direction, {steepest:.2%} in the steepest, {flattest:.2%} in the flattest.",
                   step=result.step, gap=total, intercept=shares["intercept"], steepest=shares["steepest"],
                   flattest=shares["flattest"])  # fmt: skip
        if result.arrives is None:
            return together(here, say("It never comes within 1%."))
        return together(here, say("Within 1% from step {step} on.", step=result.arrives))

    def marks(self, result: Any) -> dict[str, list[tuple[float, str]]]:
        return {"times": [(1, "1/L"), (result.balanced, "2/(L+μ)")]}
