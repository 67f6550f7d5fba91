"""The figure of chapter 06 that is no explorer: the two rates of AdaGrad at three angles."""

from matplotlib.ticker import NullFormatter

from nnlearn import plots
from nnlearn.chapters.ch06_adaptive.ravine import Ravine, turned_start
from nnlearn.chapters.ch06_adaptive.turn import method, rates_of_each
from nnlearn.language import mark, say
from nnlearn.lettering import word
from nnlearn.plots import Figure
from nnlearn.trace import run

ANGLES, RATE, STEPS = (0, 5, 45), 1.5, 60


def two_rates() -> Figure:
    """What AdaGrad multiplies each coordinate's gradient by, step by step, in the ravine turned by three angles."""
    alt = say("Three panels, the rates of both coordinates against the step, logarithmic. At 0 degrees one is about "
              "fifty times the other, at 5 degrees about ten times, at 45 degrees both lines are one. All fall "
              "in the first steps and then stay.")  # fmt: skip
    figure, panels = plots.new_figure(alt, width=8, height=2.8, ncols=len(ANGLES), sharey=True)
    for axes, angle in zip(panels, ANGLES, strict=True):
        trace = run(method("adagrad", RATE), Ravine(100, angle), turned_start(angle), STEPS)
        rates = rates_of_each("adagrad", trace)
        axes.semilogy(trace.t[1:], rates[:, 0], "-", label="θ[0]")
        axes.semilogy(trace.t[1:], rates[:, 1], "--", label="θ[1]")
        axes.set(title=word("{angle} degrees", angle=angle), xlabel=mark("step"))
    panels[0].set(
        ylabel=word("rate of the coordinate, η = {rate:g}", rate=RATE),
        ylim=(0.01, 1),
        yticks=[0.01, 0.1, 1],
        yticklabels=[0.01, 0.1, 1],
    )
    panels[0].yaxis.set_minor_formatter(NullFormatter())
    panels[-1].legend(loc="upper right")  # where no line is
    return figure
