"""The map of chapter 08: every pixel is a run's expected end, of a peak rate and the share of steps that cool."""

from typing import Any

import matplotlib
import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter

from nnlearn.chapters.ch08_schedules.bowl import cooling, expected, followed
from nnlearn.checks import Array
from nnlearn.explorers.controls import Choice, Linear, Log, Point, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.panels import INCH, NARROWEST
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together

POWERS = (-2.0, 0.29)  # of ten: peak rates from 0.01 to 1.95, below the limit 2 of the steep direction
STEPS, VARIANCE, FLAT, CAP = 500, 0.04, 0.02, 0.3
COARSE, FINE = (24, 36), (81, 120)  # shares and peaks of a map
WORK = 9000  # shares times steps of the fine map that are computed at once: a move must not wait for all
LOSSES = LogNorm(0.0025, 0.25, clip=True)
COLOURS = matplotlib.colormaps["viridis_r"]


def capped(shape: str, share: float) -> float:
    """The expected last loss at the cap's peak."""
    return float(expected(shape, np.array([CAP]), np.array([share]), STEPS, VARIANCE, FLAT)[0, 0])


def least_constant() -> float:
    """The least expected last loss of a constant rate."""
    return float(expected("linear", np.geomspace(0.1, 0.5, 200), np.zeros(1), STEPS, VARIANCE, FLAT).min())


def all_the_way() -> str:
    """The truth of the prediction."""
    return say("Computed: {all:.4f}, {times:.1f} times as much. Cooling in the last 30% from the same peak ends at "
               "{late:.4f}.",
               all=capped("linear", 1.0), times=capped("linear", 1.0) / least_constant(),
               late=capped("linear", 0.3))  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    thoughts = {
        "half": mark("Its noise does vanish. But the mean of its rates is 0.15: half of the travel along the flat "
                     "direction is missing."),
        "less": mark("The noise vanishes, and you took off something for the shorter travel. It costs more than that."),
        "same": mark("Noise gained, travel lost: they don't cancel. At this peak the travel weighs more."),
        "more": mark("The rates add up to half of those of a constant 0.3: too little travel where it is flat."),
    }  # fmt: skip
    return say(thoughts[answer])


class Cooling(Explorer):
    """Each pixel is a peak rate and a share of steps that cool, its colour the expected loss after the last step."""

    title = mark("Every pixel is a training run: how hot, and how long to cool")
    chapter = "08"
    prediction = Prediction(
        mark("500 steps in a bowl with noisy gradients, curvatures 1 and 0.02. The best constant rate, 0.24, ends at "
             "an expected loss of 0.0064. Now a rate that falls evenly, from 0.3 in the first step to 0 after the "
             "last. It ends at"),
        Choice({"half": mark("less than half of 0.0064"), "less": mark("about two thirds"),
                "same": mark("about the same"), "more": mark("one and a half times as much")},
               start="half", label=mark("expected last loss")),
        truth=all_the_way,
        thought=thought_behind,
        opens_at={"pixel": (float(np.log10(CAP)), 1.0)},
    )  # fmt: skip
    pixel = Point(POWERS, (0.0, 1.0), start=(float(np.log10(0.24)), 0.0), axes="map",
                  label=mark("peak rate (power of ten) and share of steps that cool"))  # fmt: skip
    shape = Choice({"linear": mark("evenly to 0"), "cosine": mark("half a wave to 0"), "cut": mark("cut to a tenth")},
                   start="linear", label=mark("how it cools"))  # fmt: skip
    variance = Linear(0.0, 0.2, start=VARIANCE, step=0.01, label=mark("variance of the noise"))
    flat = Log(0.005, 1.0, start=FLAT, label=mark("flat curvature"))
    steps = Whole(50, 2000, start=STEPS, label=mark("steps"))
    claim = Choice(
        {"": mark("nothing yet"), "possible": mark("possible"), "impossible": mark("impossible")},
        start="", label=mark("third goal: you say"),
    )  # fmt: skip
    goals = (
        Goal(mark("as the explorer begins (evenly, 500 steps, variance 0.04, flat 0.02): below 0.0045, cooling in at "
                  "most 5% of the steps"),
             lambda result: result.as_begun and result.loss < 0.0045 and result.pixel[1] <= 0.05),
        Goal(mark("the same: below 0.0030"), lambda result: result.as_begun and result.loss < 0.0030),
        Goal(mark("the same: below 0.0050 with a peak of at most 0.3, cooling from the first step on; or see why there "
                  "is none, and claim that"),
             lambda result: result.claim == "impossible"),
    )  # fmt: skip
    _map: tuple[Any, Any] = (None, None)

    def figure(self) -> Figure:
        wide = self.page_width >= 2 * NARROWEST
        figure = Figure(figsize=(self.page_width / INCH, 5.0 if wide else 8.4), layout="constrained")
        panels = figure.subplot_mosaic(
            [["map", "rate"], ["map", "loss"]] if wide else [["map"], ["rate"], ["loss"]],
            width_ratios=(1.2, 1) if wide else None, height_ratios=(1, 2.2) if wide else (3.2, 1, 2.2),
        )  # fmt: skip
        plane, rate, loss = panels["map"], panels["rate"], panels["loss"]
        plane.set_label("map")
        plane.grid(visible=False)
        self.image = plane.imshow(np.zeros((1, 1, 3)), origin="lower", aspect="auto", animated=True,
                                  extent=(*POWERS, 0, 1))  # fmt: skip
        plane.set(xlim=POWERS, ylim=(0, 1), xlabel=mark("peak rate"), ylabel=mark("share of the steps that cool"))
        plane.set_xticks(np.log10([0.01, 0.03, 0.1, 0.3, 1]))
        plane.xaxis.set_major_formatter(FuncFormatter(lambda power, _: f"{10**power:.2g}"))
        plane.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.0%}"))
        bar = figure.colorbar(matplotlib.cm.ScalarMappable(LOSSES, COLOURS), ax=plane, location="top", aspect=40,
                              label=mark("expected loss after the last step"))  # fmt: skip
        bar.ax.set_xticks([0.003, 0.01, 0.03, 0.1], ["0.003", "0.01", "0.03", "0.1"])
        bar.ax.minorticks_off()
        (self.ridge,) = plane.plot([], [], "--", color="black", linewidth=1.4, animated=True)
        self.ridge.set_path_effects([withStroke(linewidth=3, foreground="white")])
        line = Line2D([], [], color=self.colours.ink, linestyle="--", label=mark("best share at each peak"))
        figure.legend(handles=[line], loc="outside lower left", fontsize="small", frameon=False)
        (self.chosen,) = plane.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True, clip_on=False,
                                    markeredgecolor=self.colours.paper)  # fmt: skip
        self.cover = Cover(plane, self.colours)

        rate.set(ylabel=mark("rate"), ylim=(0, 1.04), yticks=[0, 1])
        rate.yaxis.set_major_formatter(FuncFormatter(lambda share, _: mark("peak") if share else "0"))
        (self.rate,) = rate.plot([], [], color=self.colours.blue, animated=True)
        loss.set(xlabel=mark("step"), ylabel=mark("expected loss"), yscale="log", ylim=(1e-4, 20))
        thick: dict[str, Any] = {"animated": True}
        (self.whole,) = loss.plot([], [], color=self.colours.blue, label=mark("loss"), **thick)
        (self.way,) = loss.plot([], [], "--", color=self.colours.orange, label=mark("left of the start"), **thick)
        (self.noise,) = loss.plot([], [], ":", color=self.colours.ink, label=mark("added by the noise"), **thick)
        loss.legend(loc="upper right", fontsize="small", frameon=False, handlelength=1.4, borderaxespad=0)
        self.time_axes = rate, loss
        self.ghosts(self.rate, self.whole)
        return figure

    def compute(self) -> Any:
        peak, share = 10 ** self.pixel[0], self.pixel[1]
        settings = self.steps, self.variance, self.flat
        schedule: Any = cooling(self.shape, peak, share, self.steps)
        rates = np.asarray(schedule(np.arange(self.steps)))
        way, noise = followed(rates, self.variance, self.flat)
        chosen = Result(peak=peak, rates=rates, way=way, noise=noise, loss=float(way[-1] + noise[-1]),
                        as_begun=(self.shape, *settings) == ("linear", STEPS, VARIANCE, FLAT))  # fmt: skip
        key = self.shape, *settings
        if self._map[0] != key:
            for found in maps(self.shape, *settings):
                yield chosen.also(map=painted(found), ridge=ridge(found))
            self._map = key, found
        found = self._map[1]
        yield chosen.also(map=painted(found), ridge=ridge(found))

    def draw(self, result: Any) -> None:
        self.image.set_data(np.zeros_like(result.map) if result.asking else result.map)
        self.cover.show(result.asking)
        self.ridge.set_data(*(((), ()) if result.asking else result.ridge))
        self.chosen.set_data(*np.reshape(result.pixel, (2, 1)))
        steps = np.arange(1, len(result.rates) + 1)
        self.rate.set_data(steps, result.rates / result.peak)
        self.whole.set_data([0, *steps], result.way + result.noise)
        self.way.set_data([0, *steps], np.maximum(result.way, 1e-12))
        self.noise.set_data(steps, np.maximum(result.noise[1:], 1e-12))
        for axes in self.time_axes:
            if axes.get_xlim() != (0, len(steps)):  # a changed limit redraws the whole figure
                axes.set_xlim(0, len(steps))

    def says(self, result: Any) -> str:
        if not result.pixel[1]:
            chosen = say("A constant rate of {peak:.2f}: {loss:.4f}, of it {noise:.4f} from the noise.",
                         peak=result.peak, loss=result.loss, noise=result.noise[-1])  # fmt: skip
        else:
            chosen = say("Peak rate {peak:.2f}, the last {share:.0%} cool: {loss:.4f}, of it "
                         "{noise:.4f} from the noise.",
                         peak=result.peak, share=result.pixel[1], loss=result.loss, noise=result.noise[-1])  # fmt: skip
        if result.asking:
            return chosen
        best = float(np.interp(result.pixel[0], *result.ridge))
        return together(chosen, say("With this peak about {best:.0%} is best.", best=best))


def maps(shape: str, steps: int, variance: float, flat: float) -> Any:
    """The map: first a coarse one, then as a fine one so much as is done, NaN for the rest; at last the whole."""
    settings = steps, variance, flat
    yield expected(shape, 10 ** np.linspace(*POWERS, COARSE[1]), np.linspace(0, 1, COARSE[0]), *settings)
    peaks, shares = 10 ** np.linspace(*POWERS, FINE[1]), np.linspace(0, 1, FINE[0])
    parts: list[Array] = []
    for rows in np.array_split(shares, -(-FINE[0] * steps // WORK)):
        parts.append(expected(shape, peaks, rows, *settings))
        yield np.concatenate([*parts, np.full((FINE[0] - sum(map(len, parts)), FINE[1]), np.nan)])


def ridge(found: Array) -> tuple[Array, Array]:
    """Of each peak, as a power of ten, the share with the least loss; empty while the map is not whole."""
    if np.isnan(found).any():
        return np.array(POWERS), np.full(2, np.nan)
    return np.linspace(*POWERS, found.shape[1]), np.linspace(0, 1, len(found))[np.argmin(found, axis=0)]


def painted(found: Array) -> Array:
    """The image of a map: red, green, blue in 0 to 1; white where nothing is yet."""
    image = COLOURS(LOSSES(np.nan_to_num(found, nan=1.0)))[..., :3]
    return np.asarray(np.where(np.isnan(found)[..., np.newaxis], 1.0, image))
