"""An explorer of chapter 09: every start on Himmelblau's surface is a run of Newton's method."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from nnlearn.chapters.ch09_second_order.surfaces import LEVEL_POINTS, SURFACE
from nnlearn.checks import Array
from nnlearn.explorers.controls import Choice, Linear, Point, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.explorers.training_map import TrainingMap
from nnlearn.language import mark, say, together
from nnlearn.optimizers import GradientDescent, Newton
from nnlearn.row import Row
from nnlearn.trace import last_row, rows

ENDS = (-6.0, 6.0)
MOST = 30  # steps
ROOM = 330  # CSS pixels that a panel needs
CLOSE = 1e-3  # from a level point: there a run has ended
MINIMA, SADDLES, TOP, NOWHERE = range(4), range(4, 8), 8, 9
PLAIN, ABSOLUTE = "plain", "absolute"
DESCENT = 0.01  # the rate of plain descent that the prediction is told about
HUES = ("#B7D3F2", "#F7C9A9", "#B5E3CD", "#E3C2DC")  # of the minima, pale: what is dark is a failure
SADDLE, PEAK, LOST = "#4A4A4A", "#000000", "#C0392B"
REACH = np.linspace(-0.6, 1.6, 111)  # in steps, along the line of the step that is opened


def ended_at(theta: Array) -> Any:
    """The number of the level point at which each run has ended, 0 to 8; 9 if at none. theta: (..., 2)."""
    with np.errstate(all="ignore"):
        distance = np.linalg.norm(theta[..., np.newaxis, :] - LEVEL_POINTS, axis=-1)
        nearest = np.argmin(np.where(np.isnan(distance), np.inf, distance), axis=-1)
        return np.where(np.min(distance, axis=-1, initial=np.inf, where=np.isfinite(distance)) < CLOSE, nearest,
                        NOWHERE)  # fmt: skip


def method(mode: str, damping: Any) -> Newton:
    """Newton's method, with the eigenvalues as they are or their sizes."""
    return Newton(damping=damping, absolute=mode == ABSOLUTE)


def shares(rule: Any, steps: int, resolution: int = 300) -> Array:
    """Of starts in a grid the share that ends in each level point, and nowhere: shape (10,)."""
    x, y = np.meshgrid(*[np.linspace(*ENDS, resolution)] * 2)
    row = rule.start(np.stack([x, y], axis=-1))
    ends = ended_at(last_row(rows(rule, SURFACE, row), row, steps).theta)
    return np.bincount(ends.ravel(), minlength=NOWHERE + 1) / ends.size


@cache
def newton_and_descent() -> tuple[Array, Array]:
    """The shares of Newton's method after 30 steps, and of plain descent after 200."""
    return shares(Newton(), MOST), shares(GradientDescent(DESCENT), 200)


def share_in_a_minimum() -> str:
    """The truth of the prediction."""
    newton, descent = newton_and_descent()
    return say("Measured after 30 steps: {minimum:.0%} in a minimum, {saddle:.0%} on a saddle, {top:.0%} on the top. "
               "200 steps of plain descent, rate 0.01: {descent:.0%} in a minimum.",
               minimum=newton[MINIMA].sum(), saddle=newton[SADDLES].sum(), top=newton[TOP],
               descent=descent[MINIMA].sum())  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to a share."""
    thoughts = {
        "all": mark("It knows the curvature, so it should see where a valley is. But it goes to where the local "
                    "parabola is level, and never asks whether that is low or high."),
        "most": mark("A few starts beside the top, you may think. But on half of the plane some curvature is negative, "
                     "and of those starts only 27% end in a minimum."),
        "two thirds": mark("So it is. From where all curvatures are positive, half of the plane, 99% end in a minimum, "
                           "from the rest 27%."),
        "ninths": mark("Four of nine level points are minima. But where all curvatures are positive, on half of the "
                       "plane, 99% find a minimum."),
    }  # fmt: skip
    return say(thoughts[answer])


class Basins(TrainingMap):
    """Each pixel is a start, its colour the level point at which the run from there has ended after so many steps."""

    title = mark("Every pixel is a training run: where Newton's method ends")
    chapter = "09"
    prediction = Prediction(
        mark("This surface has 4 minima, 4 saddles and 1 maximum. Newton's method knows the slope and the curvature. "
             "Started at each of 90,000 places, what share ends in a minimum?"),
        Choice({"all": mark("all, or nearly"), "most": mark("about 85%"), "two thirds": mark("about 65%"),
                "ninths": mark("about 45%, four of nine")}, start="all", label=mark("share in a minimum")),
        truth=share_in_a_minimum,
        thought=thought_behind,
        opens_at={"mode": PLAIN, "damping": 0.0, "steps": MOST},
    )  # fmt: skip
    pixel = Point(ENDS, ENDS, start=(1.0, 2.5), label=mark("start"), axes="map")
    mode = Choice({PLAIN: mark("curvature as it is, H"), ABSOLUTE: mark("its size, |H|")}, start=PLAIN,
                  label=mark("curvature"))  # fmt: skip
    damping = Linear(0, 200, start=0, step=1, label=mark("damping d"))
    steps = Whole(1, MOST, start=20, label=mark("steps"))
    step = Whole(1, MOST, start=1, label=mark("step of the chosen run"), plays=True)
    claim = Choice({"possible": mark("it can be done"), "impossible": mark("it is impossible")}, start="possible",
                   label=mark("the third goal"))  # fmt: skip
    goals = (
        Goal(mark("no damping, H: a start from which it ends on the top, loss 181.6"),
             lambda result: result.mode == PLAIN and result.damping == 0 and result.end == TOP),
        Goal(mark("H, 30 steps: a damping of at most 35 with which at least 99.8% of the starts end in a minimum"),
             lambda result: result.mode == PLAIN and result.steps == MOST and result.damping <= 35
             and result.map.shares[MINIMA].sum() >= 0.998),
        Goal(mark("H, 10 steps: 90% in a minimum, or the claim that no damping can"),
             lambda result: result.claim == "impossible" or (
                 result.mode == PLAIN and result.steps <= 10 and result.map.shares[MINIMA].sum() >= 0.9)),
    )  # fmt: skip

    @property
    def map_steps(self) -> int:  # type: ignore[override]
        return self.steps

    def extent(self) -> tuple[float, float, float, float]:
        return *ENDS, *ENDS

    def runs(self, x: Array, y: Array) -> Any:
        return method(self.mode, self.damping), SURFACE, np.concatenate([x, y], axis=-1)

    def key(self) -> Any:
        return self.mode, self.damping, self.steps

    def summary(self, ends: Row, J: Any) -> Any:
        numbers = ended_at(ends.theta)
        share = np.bincount(numbers.ravel(), minlength=NOWHERE + 1) / numbers.size
        return Result(image=painted(numbers), shares=share)

    def figure(self) -> Figure:
        figure, (plane, side) = self.panels(460, 2, narrowest=ROOM)
        self.draw_map(plane)
        plane.set(xlabel="θ[0]", ylabel="θ[1]")
        self.map_key([
            tuple(Patch(facecolor=hue, edgecolor="none", label=mark("a minimum")) for hue in HUES),
            Patch(facecolor=SADDLE, edgecolor="white", hatch="///", label=mark("a saddle")),
            Patch(facecolor=PEAK, edgecolor=self.colours.muted, label=mark("the top")),
            Patch(facecolor=LOST, edgecolor="white", label=mark("on its way")),
        ])  # fmt: skip
        self.level: list[Line2D] = []
        for numbers, marker in ((MINIMA, "v"), (SADDLES, "X"), ([TOP], "^")):
            self.level += plane.plot(*LEVEL_POINTS[[*numbers]].T, marker, color="black", markeredgecolor="white",
                                     markersize=8, animated=True)  # fmt: skip
        (self.path,) = plane.plot([], [], "o-", color=self.colours.orange, markersize=5, linewidth=1.6, animated=True,
                                  markeredgecolor="white")  # fmt: skip
        orange: dict[str, Any] = {"color": self.colours.orange, "markersize": 9, "animated": True}
        (self.chosen,) = plane.plot([], [], "o", markeredgecolor=self.colours.paper, **orange)
        side.set(
            xlabel=mark("along the step: 0 before it, 1 after it"),
            ylabel=mark("change of the loss, scaled to fit"),
            xlim=REACH[[0, -1]],
            ylim=(-1.3, 1.3),
            yticks=[0],
        )
        (self.loss,) = side.plot([], [], color=self.colours.blue, animated=True, label=mark("the loss"))
        (self.parabola,) = side.plot([], [], "--", color=self.colours.purple, animated=True,
                                     label=mark("its parabola"))  # fmt: skip
        (self.before,) = side.plot([], [], "s", color=self.colours.ink, markersize=7, animated=True)
        (self.after,) = side.plot([], [], "o", **orange)
        dot: dict[str, Any] = {"marker": "o", "linestyle": "", "color": self.colours.orange}
        handles = [*side.get_legend_handles_labels()[0],
                   Line2D([], [], marker="s", linestyle="", color=self.colours.ink, label=mark("before")),
                   Line2D([], [], **dot, label=mark("after"))]  # fmt: skip
        side.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.02, 1), ncols=2, fontsize="small",
                    frameon=False)  # fmt: skip
        self.side_cover = Cover(side, self.colours)
        self.ghosts(self.loss)
        return figure

    def compute(self) -> Any:
        step: dict[str, Any] = {}
        for result in super().compute():
            step = step or along_the_step(result.run.theta, result.step)
            yield result.also(end=int(ended_at(result.run.theta[-1])), **step)

    def draw(self, result: Any) -> None:
        super().draw(result)
        path = np.where(np.abs(result.run.theta) < 40, result.run.theta, np.nan)
        self.path.set_data(*path.T)
        self.chosen.set_data(*np.reshape(result.pixel, (2, 1)))
        self.loss.set_data(REACH, result.line)
        self.parabola.set_data(REACH, result.parabola)
        self.before.set_data([0], [0])
        self.after.set_data([1], [result.after])
        self.side_cover.show(result.asking)
        for line in (self.path, self.after, *self.level):
            line.set_visible(not result.asking)

    def says(self, result: Any) -> str:
        if result.asking:
            return ""
        place = LEVEL_POINTS[min(result.end, TOP)]
        named = {"x": f"{place[0]:.2f}", "y": f"{place[1]:.2f}", "loss": float(SURFACE.loss(place))}
        if result.end in MINIMA:
            end = say("From here it ends in a minimum, ({x}, {y}).", **named)
        elif result.end in SADDLES:
            end = say("From here it ends on a saddle, ({x}, {y}), loss {loss:.1f}.", **named)
        elif result.end == TOP:
            end = say("From here it ends on the top, ({x}, {y}), loss {loss:.1f}.", **named)
        else:
            end = say("From here it is still on its way at step {steps}.", steps=result.steps)
        found = result.map.shares
        share = say("At step {steps} {minimum:.1%} of all starts are in a minimum, {saddle:.1%} on a saddle, "
                    "{top:.1%} on the top, {lost:.1%} on their way.", minimum=found[MINIMA].sum(), steps=result.steps,
                    saddle=found[SADDLES].sum(), top=found[TOP], lost=found[NOWHERE])  # fmt: skip
        bend = say("Along step {step} the parabola opens downwards.", step=result.step) if result.bend < 0 else ""
        return together(end, share, self.told_step(result), bend)


def painted(numbers: Any) -> Array:
    """The picture of a map: pale colours for minima, stripes for saddles, black for the top: (..., 3)."""
    colours = np.array([*map(to_rgb, HUES), *[to_rgb(SADDLE)] * 4, to_rgb(PEAK), to_rgb(LOST)])
    image = colours[numbers]
    y, x = np.indices(numbers.shape)
    period = max(3, len(numbers) // 25)
    stripes = np.isin(numbers, SADDLES) & ((x + y) % period < max(1, period // 3))
    image[stripes] = to_rgb("white")
    return image


def along_the_step(theta: Array, k: int) -> dict[str, Any]:
    """The loss along step k of a run, its parabola where the step begins, and the loss where it ends.

    All count from the loss before the step, in parts of the parabola's largest change: steps of any length fit one
    picture. ``bend`` is the parabola's curvature along the step.
    """
    here, move = theta[k - 1], theta[k] - theta[k - 1]
    with np.errstate(all="ignore"):
        slope, bend = SURFACE.gradient(here) @ move, move @ SURFACE.hessian(here) @ move
        parabola = slope * REACH + bend * REACH**2 / 2
        scale = np.nanmax(np.abs(parabola)) or 1.0
        line = SURFACE.loss(here + REACH[:, np.newaxis] * move) - SURFACE.loss(here)
        after = SURFACE.loss(theta[k]) - SURFACE.loss(here)
        return {"line": line / scale, "parabola": parabola / scale, "after": float(after / scale), "bend": float(bend)}
