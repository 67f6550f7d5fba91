"""An explorer of chapter 07: the length of Adam's first steps, with the correction and without."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.checks import Array
from nnlearn.explorers.controls import Choice, Linear, Log, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together

STEPS = 3000
ROOM = 330  # CSS pixels that a panel with a legend needs


def collected(beta: float, steps: int = STEPS) -> Array:
    """The share that a mean of equal numbers, begun at 0, has of them after each step: 1 - beta^t, shape (steps,)."""
    return np.asarray(1 - beta ** np.arange(1, steps + 1))


def uncorrected(beta_1: float, beta_2: float, steps: int = STEPS) -> Array:
    """The length of each step over the rate, without correction, where the gradient stays the same: (steps,)."""
    return np.asarray(collected(beta_1, steps) / np.sqrt(collected(beta_2, steps)))


def first_and_longest() -> str:
    """The truth of the prediction."""
    lengths = uncorrected(0.9, 0.999)
    return say("Measured: {first:.2f} times the rate, and {most:.2f} times at step {step}.",
               first=lengths[0], most=lengths.max(), step=lengths.argmax() + 1)  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to a length of the first step."""
    thoughts = {
        "tenth": mark("m is indeed a tenth of the gradient. But v is a thousandth of its square, and the root of that, "
                      "by which you divide, is 0.032 of it."),
        "third": mark("The factor is about 3, but upwards: v begins at 0 as well, and you divide by its root."),
        "same": mark("So it is with the correction. Without, m has a tenth of the gradient, the root of v "
                     "0.032 of it."),
        "three": mark("So it is: what is divided by is even more too small than what is divided."),
    }  # fmt: skip
    return say(thoughts[answer])


class FirstSteps(Explorer):
    """The gradient stays the same. How long is each step of Adam, in learning rates, if nothing is corrected?"""

    title = mark("Adam's first steps")
    chapter = "07"
    prediction = Prediction(
        mark("m and v begin at 0. Leave out the correction for that: beta1 0.9, beta2 0.999, the same gradient in "
             "every step. How long is the first step?"),
        Choice({"tenth": mark("a tenth of the rate"), "third": mark("a third of the rate"), "same": mark("the rate"),
                "three": mark("three times the rate")}, start="tenth", label=mark("the first step")),
        truth=first_and_longest,
        thought=thought_behind,
        opens_at={"beta_1": 0.9, "memory": 1000.0, "step": 1},
    )  # fmt: skip
    beta_1 = Linear(0, 0.99, start=0.9, step=0.01, label=mark("beta1"))
    memory = Log(10, 10_000, start=1000, label=mark("memory of v, steps: 1 / (1 - beta2)"))
    step = Whole(1, 1000, start=1, label=mark("step"), plays=True)
    goals = (
        Goal(mark("beta1 0.9: a memory with which the first step is the rate, within 2%"),
             lambda result: result.beta_1 == 0.9 and abs(result.lengths[0] - 1) < 0.02),
        Goal(mark("a first step shorter than a tenth of the rate"), lambda result: result.lengths[0] < 0.1),
        Goal(mark("beta1 0.9: some step longer than 20 times the rate"),
             lambda result: result.beta_1 == 0.9 and result.lengths.max() > 20),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (length, parts) = self.panels(340, 2, narrowest=ROOM)
        length.set(xlabel=mark("step"), ylabel=mark("length over the rate"), xscale="log", yscale="log",
                   xlim=(1, STEPS), ylim=(0.02, 50))  # fmt: skip
        length.axhline(1, color=self.colours.blue, linewidth=1.4, label=mark("corrected: the rate"))
        (self.length,) = length.plot([], [], "--", color=self.colours.orange, animated=True,
                                     label=mark("not corrected"))  # fmt: skip
        (self.here,) = length.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True,
                                   clip_on=False)  # fmt: skip
        length.legend(loc="lower right", frameon=False, fontsize="small")
        parts.set(xlabel=mark("step"), ylabel=mark("share that has been collected"), xscale="log", yscale="log",
                  xlim=(1, STEPS), ylim=(0.008, 1.5))  # fmt: skip
        (self.m,) = parts.plot([], [], color=self.colours.green, animated=True, label=mark("m, of the gradient"))
        (self.v,) = parts.plot([], [], "-.", color=self.colours.purple, animated=True,
                               label=mark("root of v, of its size"))  # fmt: skip
        parts.legend(loc="lower right", frameon=False, fontsize="small")
        self.covers = [Cover(axes, self.colours) for axes in (length, parts)]
        self.ghosts(self.length)
        return figure

    def compute(self) -> Any:
        beta_2 = 1 - 1 / self.memory
        return Result(lengths=uncorrected(self.beta_1, beta_2), m=collected(self.beta_1), v=np.sqrt(collected(beta_2)))

    def draw(self, result: Any) -> None:
        steps = np.arange(1, STEPS + 1)
        self.length.set_data(steps, result.lengths)
        self.here.set_data([result.step], [result.lengths[result.step - 1]])
        self.here.set_visible(not result.asking)  # at step 1 half of it would lie beside the cover
        self.m.set_data(steps, result.m)
        self.v.set_data(steps, result.v)
        for cover in self.covers:
            cover.show(result.asking)

    def says(self, result: Any) -> str:
        if result.asking:
            return ""
        k = result.step - 1
        here = say("At step {step:,} m has collected {m:.3g} of the gradient, the root of v {v:.3g} of its size: the "
                   "step is {length:.3g} times the rate.", step=result.step, m=result.m[k], v=result.v[k],
                   length=result.lengths[k])  # fmt: skip
        longest = say("The longest is step {step:,}: {length:.3g} times.",
                      step=result.lengths.argmax() + 1, length=result.lengths.max())  # fmt: skip
        return together(here, longest)
