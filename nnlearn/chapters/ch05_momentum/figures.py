"""The figures of chapter 05: each is one picture of one mechanism."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlearn.chapters.ch05_momentum.explorers import L, ravine
from nnlearn.checks import Array
from nnlearn.language import mark, say
from nnlearn.lettering import word, written
from nnlearn.objectives import Quadratic
from nnlearn.optimizers import Momentum
from nnlearn.palette import palette
from nnlearn.plots import Figure, new_figure, paths
from nnlearn.theory import border_classical, root_sizes, small_from, swings
from nnlearn.trace import Trace, run

START = [-2.0, 1.0]
COLOURS = palette()


def two_paths(plain: Trace, momentum: Trace) -> Figure:
    """Plain descent and momentum in the ravine."""
    traces = {mark("plain, rate 0.0197"): plain, mark("momentum 0.67, rate 0.0328"): momentum}
    return paths(traces, view=(-2.6, 1, -4, 4), alt=say(
        "Paths in the ravine: plain descent swings across and creeps; momentum swings wider at first and is at the "
        "bottom after 50 steps."))  # fmt: skip


def creep_swing_flip(beta: float = 0.2, rates: tuple[float, ...] = (0.2, 1.2, 2.3)) -> Figure:
    """Left the sizes of the two roots against rate * curvature, right a run of each kind (curvature 1)."""
    figure, (roots, walks) = new_figure(
        say("Left: the sizes of the two roots against rate times curvature, for momentum 0.2. They are apart where it "
            "creeps, both the root of 0.2 where it swings, apart again where it flips; the larger passes 1 at 2.4. "
            "Right: three runs, one that creeps, one that swings and one that flips."),
        width=9, height=3.5, ncols=2)  # fmt: skip
    product, (slow, fast) = np.linspace(0, 2.7, 1001), swings("classical", 1.0, beta)
    title = word("momentum {beta}", beta=f"{beta:g}")
    larger, smaller = root_sizes("classical", product, beta)
    roots.plot(product, larger, color=COLOURS.blue, label=mark("larger root"))
    roots.plot(product, smaller, "--", color=COLOURS.muted, label=mark("smaller root: β / larger"))
    roots.axhline(1, color=COLOURS.ink, linewidth=1, linestyle=":")
    kinds, places = (mark("creeps"), mark("swings"), mark("flips")), (slow / 2, (slow + fast) / 2, (fast + 2.4) / 2)
    for edge in (slow, fast, border_classical(1.0, beta)):
        roots.axvline(edge, color=COLOURS.muted, linewidth=0.8)
    for kind, place, rate, line in zip(kinds, places, rates, ("-", "--", ":"), strict=True):
        roots.text(place, 1.22, kind, ha="center", va="top", rotation=0 if kind == kinds[1] else 90)
        trace = run(Momentum(rate, beta), Quadratic(curvatures=[1]), [1.0], 15)
        (drawn,) = walks.plot(trace.t, trace.theta[:, 0], line, marker=".", label=f"{rate:g} {written(kind)}")
        roots.plot(rate, root_sizes("classical", rate, beta)[0], "o", color=drawn.get_color(), markersize=8)
    roots.text(2.55, 0.6, mark("grows"), ha="center", rotation=90)
    roots.set(xlabel=mark("rate × curvature"), ylabel=mark("size of the roots |z|"), xlim=(0, 2.7), ylim=(0, 1.25),
              title=title)  # fmt: skip
    roots.legend(loc="lower left", fontsize="small")
    walks.set(xlabel=mark("step"), ylabel="θ", ylim=(-1.5, 1.5), xticks=range(0, 16, 3), title=title)
    walks.legend(title=mark("rate × curvature"), loc="upper right", fontsize="small")
    return figure


def knife_edge(beta: float = 0.67, rates: tuple[float, ...] = (0.0328, 0.033, 0.0331, 0.0332)) -> Figure:
    """What a step leaves of either direction of the ravine against the rate, near the tip of the V."""
    figure, axes = new_figure(
        say("The larger root of either direction against the rate, momentum 0.67: the flat direction's falls steeply "
            "until 0.0330, the steep direction's rises like a wall from 0.0331 on; between them is a floor as narrow "
            "as a blade."),
        height=3.4)  # fmt: skip
    rate = np.linspace(0.0323, 0.0334, 2001)
    axes.plot(rate, root_sizes("classical", rate, beta)[0], color=COLOURS.blue, label=mark("flat direction"))
    axes.plot(
        rate, root_sizes("classical", L * rate, beta)[0], "--", color=COLOURS.orange, label=mark("steep direction")
    )
    for here in rates:
        size = max(root_sizes("classical", here * curvature, beta)[0] for curvature in (1, L))
        steps = small_from(run(Momentum(here, beta), ravine(100), START, 400).loss)
        axes.plot(here, size, "o", color=COLOURS.ink, markersize=6)
        below = size < 1.001 * np.sqrt(beta)  # on the floor, where there is no room above
        axes.annotate(word("{steps} steps", steps=steps), (here, size), xytext=(0, -16) if below else (-8, 6),
                      textcoords="offset points", ha="center" if below else "right")  # fmt: skip
    axes.set(xlabel=mark("learning rate"), ylabel=mark("larger root |z|"), xlim=(0.0323, 0.0334), ylim=(0.79, 1.0))
    axes.legend(loc="upper left", fontsize="small")
    return figure


def expected_loss(rate: float, beta: float, noise: float, steps: int) -> Array:
    """The mean loss of all noisy runs in the ravine, exactly: shape (steps + 1,).

    noise: the standard deviation of what each coordinate's gradient is off. The second moments of place and velocity
    follow a linear recursion of their own, M' = A M A^T + noise.
    """
    loss = np.zeros(steps + 1)
    for curvature, start in zip((1.0, L), START, strict=True):
        A = np.array([[1 - rate * curvature, beta], [-rate * curvature, beta]])
        M = np.array([[start**2, 0.0], [0.0, 0.0]])
        for t in range(steps + 1):
            loss[t] += curvature * M[0, 0] / 2
            M = A @ M @ A.T + (rate * noise) ** 2
    return loss


def noisy_bowl(target: float = 0.02, steps: int = 400) -> Figure:
    """Without noise momentum takes what plain descent can't; with noise both must take small steps, the same."""
    figure, (quiet, noisy) = new_figure(
        say("Mean loss against step in the ravine. Left, without noise, momentum falls far more steeply than plain "
            "descent. Right, with noise, both fast settings stay above the target line; with a smaller rate, plain "
            "descent and momentum reach it on almost the same curve."),
        width=9, height=3.6, ncols=2, sharey=True)  # fmt: skip
    fast = ((0.0197, 0.0, "-", COLOURS.blue), (0.0328, 0.67, "--", COLOURS.orange))
    slow = ((0.01, 0.0, "-", COLOURS.blue), (0.0033, 0.67, "--", COLOURS.orange))
    for axes, noise, title in ((quiet, 0.0, mark("no noise")), (noisy, 1.0, mark("noise 1 in every gradient"))):
        for rate, beta, line, colour in fast:
            kind = word("momentum {beta:g}, rate {rate:g}", beta=beta, rate=rate)
            loss = expected_loss(rate, beta, noise, steps)
            axes.plot(loss, line, color=colour, label=kind, alpha=0.5 if noise else 1)
        axes.axhline(target, color=COLOURS.ink, linewidth=1, linestyle=":")
        axes.set(title=title, xlabel=mark("step"), yscale="log", ylim=(1e-3, 1e3), xlim=(0, steps))
    for rate, beta, line, colour in slow:
        kind = word("momentum {beta:g}, rate {rate:g}", beta=beta, rate=rate)
        noisy.plot(expected_loss(rate, beta, 1.0, steps), line, color=colour, linewidth=2.6, label=kind)
    quiet.set_ylabel(mark("loss, mean over all noise"))
    for axes in (quiet, noisy):
        axes.legend(loc="upper right", fontsize="small")
    return figure


def tuning(stored: Mapping[str, Any]) -> Figure:
    """The slowest of five runs of each method at each rate, for three sizes of batch."""
    figure, panels = new_figure(
        say("Steps or epochs to loss 0.05 against rate / (1 - beta): with all data the curves of momentum 0.9 and "
            "0.95 lie far below plain descent's and reach much larger rates; with batches of 4 all four lie close "
            "together."),
        width=9, height=3.6, ncols=3)  # fmt: skip
    ticks = [[1, 3, 10, 20], [0.5, 1, 2, 3], [0.1, 0.2, 0.4]]
    for axes, batch, marked in zip(panels, [None, 32, 4], ticks, strict=True):
        rows = [row for row in of_network(stored) if row["batch"] == batch]
        for row, line in zip(rows, ["-", "--", "-.", ":"], strict=True):
            effective = np.array(row["rates"]) * row["effective_rate"] / row["rate"]
            needed = [np.nan if epochs is None else epochs for epochs in row["tuning"]]
            axes.semilogx(effective, needed, line, marker=".", label=method(row["method"]))
        axes.set(title=word("batches of {batch}", batch=batch) if batch else mark("all data"),
                 xlabel=mark("rate / (1 - β)"),
                 ylabel=mark("epochs to loss 0.05") if batch else mark("steps to loss "
                                                                       "0.05"), ylim=(0, None))  # fmt: skip
        axes.set_xticks(marked, marked)
        axes.minorticks_off()
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


def of_network(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows about momentum on the network."""
    return [row for row in stored["rows"] if row["problem"] == "network" and row["method"] != "Adam"]


def method(name: str) -> str:
    """What a figure calls a method of the stored table."""
    return mark("plain descent") if name == "descent" else word("momentum {beta}", beta=name.partition(" ")[2])
