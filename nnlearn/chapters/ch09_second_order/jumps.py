"""An explorer of chapter 09: Newton's jumps from parabola to parabola, on a bowl of one coordinate."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch09_second_order.surfaces import LogCosh, Root
from nnlearn.checks import Array
from nnlearn.explorers.controls import Choice, Linear, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together
from nnlearn.optimizers import Newton
from nnlearn.trace import run

BOWLS = {"root": Root(), "log cosh": LogCosh()}
STEPS = 10
THERE = 1e-6  # from the minimum
VIEW = np.linspace(-4, 4, 241)
ROOM = 330  # CSS pixels that a panel needs
LEAST, MOST = 1e-17, 1e300  # distances that are drawn: 0 as the least, what has left the numbers as the most
SHOWN = 1e-18, 1e32


def distances(bowl: str, start: float, damping: float) -> Array:
    """theta at each step, shape (steps + 1,); what follows a step that leaves the numbers is infinite."""
    path = np.full(STEPS + 1, np.inf)
    found = run(Newton(damping=damping), BOWLS[bowl], [start], STEPS, keep=["theta"]).theta[:, 0]
    path[: len(found)] = np.nan_to_num(found, nan=np.inf)
    return path


def first_within(path: Array) -> int | None:
    """From which step on it stays within 1e-6 of the minimum; None if it doesn't."""
    away = np.flatnonzero(~(np.abs(path) < THERE))
    after = int(away[-1]) + 1 if away.size else 0
    return after if after < len(path) else None


def from_a_little_further() -> str:
    """The truth of the prediction."""
    path = distances("root", 1.1, 0.0)
    return say("Measured: never. After 6 steps theta is {theta:.1e}.", theta=path[6])


def thought_behind(answer: str) -> str:
    """Which thought leads to a number of steps."""
    thoughts = {
        "6": mark("A little further, one step more: so it would be if every step brought it nearer. From 1.1 the first "
                  "step already leads to -1.33."),
        "8": mark("It needs to come back first, you may think. But each jump leads further out than the one before."),
        "swings": mark("That is what happens from exactly 1. From 1.1 each jump is longer than the one before."),
        "never": mark("So it is, on a convex bowl with a single minimum."),
    }  # fmt: skip
    return say(thoughts[answer])


class Jumps(Explorer):
    """A bowl, the parabola that fits it where the run stands, and the parabola's bottom: there the next step leads."""

    title = mark("From parabola to parabola")
    chapter = "09"
    prediction = Prediction(
        mark("The bowl is the root of 1 + theta^2: convex, one minimum, at 0. From 0.9 Newton's method is within 1e-6 "
             "of it after 5 steps. And from 1.1?"),
        Choice({"6": mark("after 6 steps"), "8": mark("after about 8"), "swings": mark("it swings from 1.1 to -1.1"),
                "never": mark("never: it leaves")}, start="6", label=mark("from 1.1")),
        truth=from_a_little_further,
        thought=thought_behind,
        opens_at={"bowl": "root", "start": 1.1, "damping": 0.0},
    )  # fmt: skip
    start = Linear(0.05, 3, start=0.9, step=0.01, label=mark("start"))
    bowl = Choice({"root": mark("root of 1 + theta^2"), "log cosh": "log cosh theta"}, start="root", label=mark("bowl"))
    damping = Linear(0, 2, start=0, step=0.01, label=mark("damping d"))
    step = Whole(1, STEPS, start=1, label=mark("step"), plays=True)
    goals = (
        Goal(mark("root, no damping: a start from which it swings for ever (10 steps)"),
             lambda result: result.bowl == "root" and result.damping == 0
             and np.allclose(np.abs(result.path), result.start, rtol=0.05)),
        Goal(mark("log cosh, no damping: a start of at least 1.08 from which it arrives"),
             lambda result: result.bowl == "log cosh" and result.damping == 0 and result.start >= 1.08
             and result.within is not None),
        Goal(mark("root, start 3: a damping of at most 0.15 with which it is within 0.01 of 0 after 10 steps"),
             lambda result: result.bowl == "root" and result.start == 3 and result.damping <= 0.15
             and abs(result.path[-1]) < 0.01),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (bowl, steps) = self.panels(340, 2, narrowest=ROOM)
        bowl.set(xlabel="θ", ylabel=mark("loss"), xlim=(-4, 4), ylim=(-1, 4.5))
        (self.loss,) = bowl.plot([], [], color=self.colours.blue, animated=True, label=mark("the loss"))
        (self.parabola,) = bowl.plot([], [], "--", color=self.colours.purple, animated=True,
                                     label=mark("its parabola"))  # fmt: skip
        (self.here,) = bowl.plot([], [], "s", color=self.colours.ink, markersize=7, animated=True,
                                 label=mark("before"))  # fmt: skip
        (self.bottom,) = bowl.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True,
                                   label=mark("after"))  # fmt: skip
        bowl.legend(loc="lower left", bbox_to_anchor=(-0.02, 1), ncols=2, fontsize="small", frameon=False)
        steps.set(xlabel=mark("step"), ylabel=mark("distance from the minimum"), yscale="log", xlim=(-0.3, STEPS + 0.3),
                  ylim=SHOWN, yticks=10.0 ** np.arange(-18, 31, 6))  # fmt: skip
        steps.minorticks_off()
        steps.axhline(THERE, color=self.colours.muted, linestyle=":", linewidth=1.2)
        (self.path,) = steps.plot([], [], "o-", color=self.colours.blue, markersize=4, animated=True)
        (self.now,) = steps.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True)
        self.cover = Cover(steps, self.colours)
        self.ghosts(self.path)
        return figure

    def compute(self) -> Any:
        path, J = distances(self.bowl, self.start, self.damping), BOWLS[self.bowl]
        here, there = path[self.step - 1], path[self.step]
        with np.errstate(all="ignore"):
            at = np.array([here])
            slope, bend = float(J.gradient(at)[0]), float(J.hessian(at)[0, 0]) + self.damping
            parabola = J.loss(at) + slope * (VIEW - here) + bend * (VIEW - here) ** 2 / 2
            bottom = J.loss(at) + slope * (there - here) + bend * (there - here) ** 2 / 2
        return Result(path=path, loss=J.loss(VIEW[:, np.newaxis]), parabola=parabola, here=[here, float(J.loss(at))],
                      there=[there, float(bottom)], within=first_within(path))  # fmt: skip

    def draw(self, result: Any) -> None:
        self.loss.set_data(VIEW, result.loss)
        self.parabola.set_data(VIEW, np.clip(result.parabola, -50, 50))
        self.here.set_data(*[[number] for number in result.here])
        self.bottom.set_data(*[[number] for number in result.there])
        steps = np.arange(STEPS + 1)
        drawn = np.clip(np.abs(result.path), LEAST, MOST)
        self.path.set_data(steps, drawn)
        self.now.set_data([result.step], [drawn[result.step]])
        self.now.set_visible(not result.asking)
        self.cover.show(result.asking)

    def says(self, result: Any) -> str:
        if result.asking:
            return ""
        moved = say("Step {step} leads from {before:.4g} to {after:.4g}.", step=result.step, before=result.here[0],
                    after=result.there[0]) if np.isfinite(result.there[0]) else ""  # fmt: skip
        if result.within is not None:
            end = say("From step {step} on it stays within 1e-6 of the minimum.", step=result.within)
        elif np.isfinite(result.path[-1]):
            end = say("In {steps} steps it doesn't come to stay within 1e-6: at last theta is {theta:.3g}.",
                      steps=STEPS, theta=result.path[-1])  # fmt: skip
        else:
            end = say("Within {steps} steps it has left the finite numbers.", steps=STEPS)
        return together(moved, end)
