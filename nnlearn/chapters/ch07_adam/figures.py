"""The figures of chapter 07: each is one picture of one mechanism."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlearn.chapters.ch07_adam.tables import PROBLEMS, of
from nnlearn.chapters.ch07_adam.walks import CURVATURES, START, ravine
from nnlearn.language import mark, say
from nnlearn.lettering import word
from nnlearn.objectives import Objective
from nnlearn.optimizers import Adam
from nnlearn.palette import palette
from nnlearn.plots import Figure, new_figure
from nnlearn.theory import SMALL
from nnlearn.trace import run

COLOURS = palette()
LOOKS = {"SGD": ":", "momentum": "-.", "RMSprop": (0, (1, 1)), "Adam": "-", "AdamW": "--", "Nadam": (0, (5, 1, 1, 1))}


def turned(degrees: float) -> tuple[Any, Any]:
    """The ravine turned by so much, as an objective, and the start turned with it."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    hessian = turn @ np.diag(CURVATURES) @ turn.T
    J = Objective(lambda theta: np.sum(theta @ hessian * theta, axis=-1) / 2, lambda theta: theta @ hessian)
    return J, turn @ np.array(START)


def ravine_turned(rate: float = 0.1, larger: float = 0.5, steps: int = 600) -> Figure:
    """Adam in the ravine and in the ravine turned by 45 degrees; there with a larger rate as well."""
    figure, (straight, slanted, losses) = new_figure(
        say("Left: in the ravine Adam goes to the bottom as if both directions were equally steep. Middle: the same "
            "ravine turned by 45 degrees; Adam swings across it and creeps along it. Right: the loss of the turned one "
            "falls far more slowly, but at rate 0.5 as fast as along the axes."),
        width=9, height=3.3, ncols=3)  # fmt: skip
    looks: tuple[Any, ...] = (
        (straight, ravine(), np.array(START), mark("along the axes"), "-", COLOURS.blue),
        (slanted, *turned(45), mark("turned by 45°"), "--", COLOURS.orange),
    )
    for axes, J, start, name, line, colour in looks:
        trace = run(Adam(rate), J, start, steps)
        x, y = np.meshgrid(np.linspace(-2.6, 2.6, 120), np.linspace(-2.6, 2.6, 120))
        levels = np.geomspace(0.1, 300, 9)
        axes.contour(x, y, J.loss(np.stack([x, y], axis=-1)), levels=levels, colors=COLOURS.muted, linewidths=0.6)
        axes.plot(*trace.theta.T, ".-", color=colour, markersize=3, linewidth=1)
        axes.set(title=name, xlabel="θ[0]", ylabel="θ[1]", xlim=(-2.6, 2.6), ylim=(-2.6, 2.6))
        losses.semilogy(trace.t, trace.loss, line, color=colour, linewidth=1, label=name)
    J, start = turned(45)
    trace = run(Adam(larger), J, start, steps)
    losses.semilogy(trace.t, trace.loss, ":", color=COLOURS.green, linewidth=1.4,
                    label=word("turned, rate {rate}", rate=f"{larger:g}"))  # fmt: skip
    losses.axhline(SMALL, color=COLOURS.muted, linestyle=(0, (1, 3)), linewidth=1)
    losses.set(xlabel=mark("step"), ylabel=mark("loss"), title=word("Adam, rate {rate}", rate=f"{rate:g}"),
               ylim=(1e-12, 1e3))  # fmt: skip
    losses.legend(loc="upper right", fontsize="small")
    return figure


def rates(stored: Mapping[str, Any]) -> Figure:
    """The worst of five runs of each rule at each rate, for both problems."""
    figure, panels = new_figure(
        say("Worst training loss of five seeds against the learning rate, a curve for each rule. Digits: V-shaped "
            "valleys, plain descent's and momentum's far to the right of the others; the floors of Adam, AdamW and "
            "momentum are lowest. Tumours: all valleys are wide and equally deep."),
        width=9, height=3.8, ncols=2)  # fmt: skip
    for axes, problem in zip(panels, PROBLEMS, strict=True):
        for row in of(stored, problem):
            if row["rule"] not in LOOKS:
                continue
            worst = [np.nan if None in losses else max(losses) for losses in row["tuning"]]
            colour = {"color": COLOURS.ink} if row["rule"] == "Nadam" else {}  # the sixth: the cycle has five
            axes.loglog(row["rates"], worst, linestyle=LOOKS[row["rule"]], marker=".", markersize=4, label=row["rule"],
                        **colour)  # fmt: skip
        axes.set(title=PROBLEMS[problem], xlabel=mark("learning rate"), ylim=(0.02, 4))
    panels[0].set_ylabel(mark("training loss, worst of five"))
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    return figure
