"""The map of chapter 04: every pair of batch size and rate is a training run on the same patients."""

from functools import lru_cache
from typing import Any

import matplotlib
import numpy as np
from matplotlib.colors import ListedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from nnlearn.batches import MiniBatches
from nnlearn.chapters.ch04_minibatches.patients import batch_sums, gaps, largest_safe_rate, patients, run_all
from nnlearn.checks import Array
from nnlearn.explorers.controls import Choice, Point, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together

# An epoch's last batch should not be much smaller than the others: 331 = 4 x 67 + 63, but 5 x 64 + 11.
SIZES = (1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 17, 21, 26, 34, 42, 56, 67, 83, 111, 166, 331)
RATES = np.geomspace(1e-4, 0.4, 60)
EPOCHS, STEPS = 10, 300  # of the two fixed budgets
USUAL = 34  # the batch whose 10 epochs are the third budget's time
FAN = 5  # seeds of the chosen run
RECORDS = 400  # of a run at most, to be drawn
GOOD = 0.01  # of the gap: where the colours leap
ASKED = 67  # the batch that the prediction is about
GAPS = LogNorm(1e-4, 10, clip=True)
COLOURS = ListedColormap(
    [  # bright is good
        np.array(colour[:3]) * (1.0 if GAPS.inverse(share) < GOOD else 0.6)
        for share, colour in zip(
            np.linspace(0, 1, 256), matplotlib.colormaps["viridis_r"](np.linspace(0, 1, 256)), strict=True
        )
    ]
)
SLICE = 2500  # of the work on a map that is done at once, in steps: an answer must not wait for all of it


def nearest_size(batch: float) -> int:
    """The size of the map that is nearest to this one, as the map's axis shows it."""
    return SIZES[int(np.abs(np.log(SIZES) - np.log(batch)).argmin())]


def steps_within(budget: str, size: int, price: int) -> int:
    """How many steps of this size a budget pays for.

    "epochs": 10 epochs. "steps": 300 steps. "time": a step takes as long as ``price`` + size patients; so long as ten
    epochs with batches of 34 take.
    """
    n = patients().examples
    if budget == "steps":
        return STEPS
    if budget == "epochs":
        return MiniBatches(size).steps(EPOCHS, n)
    return max(1, EPOCHS * (n + price * MiniBatches(USUAL).steps(1, n)) // (price + size))


def work(size: int, steps: int) -> float:
    """About what a column of the map costs, in steps of one patient."""
    return steps * (1 + size / 60)


@lru_cache(maxsize=10 * len(SIZES))
def column(order: str, seed: int, size: int, steps: int) -> Array:
    """The last gaps of the runs of one size, of all rates."""
    found = gaps(run_all(batch_sums(patients(), order, seed, size, steps), RATES, steps)[-1])
    found.flags.writeable = False
    return found


def fan(order: str, seeds: range, size: int, rate: float, steps: int) -> tuple[Array, Array]:
    """Steps, and after them the gaps of runs from several seeds: (records,), (records, seeds)."""
    sums = np.stack([batch_sums(patients(), order, seed, size, steps) for seed in seeds], axis=1)
    every = 1 + steps // RECORDS
    theta = run_all(sums, np.full((len(seeds), 1), rate), every)
    return np.append(np.arange(0, steps, every), steps), gaps(theta)[..., 0]


def percent(gap: float) -> str:
    """A gap as a learner reads it."""
    if not gap < 1e3:
        return say("too large to tell")
    return f"{gap:.2%}" if gap < 0.1 else f"{gap:.0%}"


def safe_rate() -> str:
    """The truth of the prediction."""
    one, many = largest_safe_rate(1), largest_safe_rate(ASKED)
    return say("By theory: {many:.3f}, that is {times:.1f} times {one:.3f}. All patients allow {all:.3f}.",
               many=many, times=many / one, one=one, all=largest_safe_rate(np.inf))  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    thoughts = {
        "same": mark("A rate that is safe for one patient is safe for all, but the batch averages: it spares you the "
                     "longest of the single gradients, and so allows more."),
        "few": mark("So it is: the batch takes away the noise, which left little room; what remains is the wall of "
                    "chapter 03, 2/L."),
        "root": mark("The noise falls with the root of the batch, as you said. But without any noise the rate still "
                     "has a limit, 2/L."),
        "linear": mark("Not even two patients allow twice the rate: it is {two:.3f}. From there it nears 2/L, which no "
                       "batch moves."),
    }  # fmt: skip
    return say(thoughts[answer], two=largest_safe_rate(2))


class BatchMap(Explorer):
    """Each pixel is a batch size and a rate, its colour the gap of that run when the budget is used up."""

    title = mark("Every pixel is a training run: batch and rate")
    chapter = "04"
    prediction = Prediction(
        mark("Least squares on 331 patients. With one patient a step the largest safe rate is 0.066: above it the "
             "runs burst. With 67 a step?"),
        Choice({"same": mark("0.066, the same"), "few": mark("about 0.24, 3.6 times"),
                "root": mark("about 0.54, 8 times"), "linear": mark("about 4.4, 67 times")},
               start="same", label=mark("largest safe rate with 67")),
        truth=safe_rate,
        thought=thought_behind,
        opens_at={"pixel": (67.0, 0.06)},
    )  # fmt: skip
    pixel = Point((1, SIZES[-1]), (RATES[0], RATES[-1]), start=(1.0, 0.001), label=mark("batch and rate"), axes="map")
    budget = Choice({"epochs": mark("10 epochs"), "steps": mark("300 steps"), "time": mark("time")},
                    start="epochs", label=mark("budget"))  # fmt: skip
    price = Whole(0, 300, start=100, label=mark("price of a step (time)"))
    order = Choice({"shuffled": mark("shuffled"), "drawn": mark("drawn")}, start="shuffled", label=mark("order"))
    seed = Whole(0, 9, start=0, label=mark("seed"))
    claim = Choice(
        {"": mark("nothing yet"), "possible": mark("possible"), "impossible": mark("impossible")},
        start="", label=mark("twice the rate of 34: you say"),
    )  # fmt: skip
    goals = (
        Goal(mark("10 epochs, batch 67: a gap below 1%"),
             lambda result: result.budget == "epochs" and result.size == 67 and result.gap[-1] < GOOD),
        Goal(mark("300 steps: a gap below 0.1%"),
             lambda result: result.budget == "steps" and result.gap[-1] < 0.001),
        Goal(mark("a batch larger than 34 whose largest safe rate is twice that of 34; or see why there is none, and "
                  "claim that"),
             lambda result: result.claim == "impossible"),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (plane, side) = self.panels(440, 2, ratios=(1.25, 1))
        plane.set_label("map")
        plane.grid(visible=False)
        self.image = plane.imshow(np.zeros((1, 1, 3)), origin="lower", aspect="auto", animated=True,
                                  extent=(0, 1, 0, 1), transform=plane.transAxes)  # fmt: skip
        plane.set(xlim=(SIZES[0], SIZES[-1]), ylim=(RATES[0], RATES[-1]))  # before the scale: the image set others
        plane.set(xscale="log", yscale="log", xlabel=mark("batch size"), ylabel=mark("learning rate"))
        plane.set_xticks([1, 4, 17, 67, 331], ["1", "4", "17", "67", "331"])
        plane.minorticks_off()
        scale = matplotlib.cm.ScalarMappable(GAPS, COLOURS)
        bar = figure.colorbar(scale, ax=plane, location="top", label=mark("gap when the budget is used up"), aspect=40)
        bar.ax.set_xticks([1e-4, 1e-2, 1], ["0.01%", "1%", "100%"])
        bar.ax.minorticks_off()
        (self.limit,) = plane.plot(SIZES, [largest_safe_rate(size) for size in SIZES], "--", color="black",
                                   linewidth=1.4, animated=True)  # fmt: skip
        self.limit.set_path_effects([withStroke(linewidth=3, foreground="white")])
        line = Line2D([], [], color=self.colours.ink, linestyle="--", label=mark("largest safe rate (theory)"))
        figure.legend(handles=[line], loc="outside lower left", fontsize="small", frameon=False)
        orange: dict[str, Any] = {"color": self.colours.orange, "markeredgecolor": self.colours.paper}
        (self.chosen,) = plane.plot([], [], "o", markersize=9, animated=True, **orange)
        self.cover = Cover(plane, self.colours)

        side.set(xscale="log", yscale="log", xlim=(1, 4000), ylim=(1e-4, 20), xlabel=mark("step"),
                 ylabel=mark("gap"))  # fmt: skip
        side.set_yticks([1e-4, 1e-3, 1e-2, 1e-1, 1, 10], ["0.01%", "0.1%", "1%", "10%", "100%", "1,000%"])
        side.axhline(GOOD, color=self.colours.muted, linestyle=":", linewidth=1.4)
        thin: dict[str, Any] = {"color": self.colours.muted, "linewidth": 0.8, "linestyle": "-", "animated": True}
        self.others = [side.plot([], [], **thin)[0] for _ in range(FAN - 1)]
        (self.run,) = side.plot([], [], "-", color=self.colours.blue, animated=True, label=mark("the chosen run"))
        self.others[0].set_label(mark("four other seeds"))
        side.legend(loc="lower left", frameon=False, fontsize="small")
        self.ghosts(self.run)
        return figure

    def compute(self) -> Any:
        size, rate = nearest_size(self.pixel[0]), self.pixel[1]
        steps = steps_within(self.budget, size, self.price)
        seeds = range(self.seed, self.seed + FAN)
        t, gap = fan(self.order, seeds[:1], size, rate, steps)
        result = Result(size=size, rate=rate, steps=steps, t=t, gap=gap[:, 0], limit=largest_safe_rate(size), fan=(),
                        others=np.full((len(t), FAN - 1), np.nan))  # fmt: skip
        shown, done = np.full((len(RATES), len(SIZES)), np.nan), work(size, steps)
        for place, each in reversed(list(enumerate(SIZES))):
            length = steps_within(self.budget, each, self.price)
            if done + work(each, length) > SLICE:
                yield result.also(map=painted(shown))
                done = 0.0
            before = column.cache_info().misses
            shown[:, place] = column(self.order, self.seed, each, length)
            done += work(each, length) * (column.cache_info().misses - before)
        yield result.also(map=painted(shown))
        _, gap = fan(self.order, seeds, size, rate, steps)
        yield result.also(map=painted(shown), others=gap[:, 1:], fan=tuple(np.sort(gap[-1]).tolist()))

    def draw(self, result: Any) -> None:
        self.image.set_data(np.zeros_like(result.map) if result.asking else result.map)
        self.cover.show(result.asking)
        self.limit.set_visible(not result.asking)
        self.chosen.set_data([result.size], [result.rate])
        drawn = np.where((result.gap < 1e6) & (result.t > 0), result.gap, np.nan)
        self.run.set_data(result.t, drawn)
        for line, gap in zip(self.others, result.others.T, strict=True):
            line.set_data(result.t, np.where(gap < 1e6, gap, np.nan))

    def says(self, result: Any) -> str:
        chosen = say("Batch {size}, rate {rate:.3g}: a gap of {gap} after {steps:,} steps.",
                     size=result.size, rate=result.rate, gap=percent(result.gap[-1]), steps=result.steps)  # fmt: skip
        spread = result.fan and say("Five seeds: {least} to {most}, median {median}.", least=percent(result.fan[0]),
                                    most=percent(result.fan[-1]), median=percent(result.fan[FAN // 2]))  # fmt: skip
        limit = "" if result.asking else say("The largest safe rate is {limit:.3f}.", limit=result.limit)
        return together(chosen, spread or "", limit)


def painted(found: Array) -> Array:
    """The image of a map of gaps, (rates, sizes), on a logarithmic axis: red, green, blue; white where none is yet."""
    across = np.geomspace(SIZES[0], SIZES[-1], 240)
    columns = np.abs(np.log(across)[:, np.newaxis] - np.log(SIZES)).argmin(axis=1)
    image = COLOURS(GAPS(np.nan_to_num(found, nan=1, posinf=np.inf)))[..., :3]
    return np.where(np.isnan(found)[..., np.newaxis], 1.0, image)[:, columns]
