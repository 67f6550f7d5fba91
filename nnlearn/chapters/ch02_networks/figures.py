"""The figures of chapter 02 that are no explorers."""

from collections.abc import Mapping

import numpy as np

from nnlearn import plots
from nnlearn.checks import Array
from nnlearn.language import mark, say
from nnlearn.networks import ReLU, Sigmoid, Tanh
from nnlearn.palette import palette
from nnlearn.plots import Figure


def activations() -> Figure:
    """Sigmoid, tanh and ReLU, and their slopes."""
    alt = say("Two panels over the score from -6 to 6. Values: the sigmoid rises from 0 to 1, tanh from -1 to 1, ReLU "
              "is 0 and then the score itself. Slopes: the sigmoid's is at most 1/4, that of tanh at most 1, both "
              "vanish far from 0; that of ReLU is 0, then 1.")  # fmt: skip
    figure, (values, slopes) = plots.new_figure(alt, width=8, height=2.8, ncols=2)
    z = np.linspace(-6, 6, 601)
    for name, layer in {"sigmoid": Sigmoid(), "tanh": Tanh(), "ReLU": ReLU()}.items():
        y = layer.value(z)
        values.plot(z, y, label=name)
        slopes.plot(z, layer.slope(z, y), label=name)
    values.set(xlabel=mark("score z"), ylabel=mark("activation"), ylim=(-1.2, 2.2))
    slopes.set(xlabel=mark("score z"), ylabel=mark("its slope"), ylim=(-0.05, 1.1), yticks=[0, 0.25, 0.5, 1])
    slopes.legend(loc="center right")
    return figure


def check_errors(errors: Mapping[str, Array], steps: Array) -> Figure:
    """The relative error of a gradient by central differences, against the step h; one line for each precision."""
    alt = say("Relative error of central differences against the step h, a V for each precision: falling with the "
              "square of h from the right, rising to the left, where rounding rules. In float64 the lowest point lies "
              "near 1e-5, in float32 near 1e-2, and far higher.")  # fmt: skip
    figure, axes = plots.new_figure(alt, height=3)
    for name, line in errors.items():
        axes.loglog(steps, line, ".-", label=name)
    axes.set(xlabel=mark("step h"), ylabel=mark("relative error of the gradient"))
    axes.axhline(1, color=palette().muted, linewidth=1)
    axes.legend()
    return figure
