"""The explorer of chapter 07: every pair of rate and memory is a training run with Adam, of which it makes a film."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import matplotlib
import numpy as np
from matplotlib.colors import ListedColormap, TwoSlopeNorm
from matplotlib.figure import Figure

from nnlearn.chapters.ch07_adam.film import Film
from nnlearn.chapters.ch07_adam.walks import ADAM, NAMES, RULES, START, STEPS, L, falling, ravine, walk
from nnlearn.checks import Array
from nnlearn.explorers import training_map
from nnlearn.explorers.controls import Choice, Linear, Log, Point, Switch, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.panels import INCH, NARROWEST
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.explorers.training_map import SMALLEST, TrainingMap
from nnlearn.language import mark, say, together
from nnlearn.row import Row
from nnlearn.theory import SMALL, border_averaged, small_from
from nnlearn.trace import Trace, run

RATES, MEMORIES = (0.003, 1.0), (10.0, 10_000.0)
ASKED_AT, BURST = 3040, 3356  # the steps that the prediction speaks of
FIRST, SLICE = 0.006, 0.05  # seconds of a film's work before a hand's move is answered, and at a time afterwards
LEVELS = TwoSlopeNorm(vmin=-60, vcenter=np.log10(SMALL), vmax=4)  # log10 of the loss
TICKS = {-60: r"$\leq 10^{-60}$", -40: "$10^{-40}$", -20: "$10^{-20}$", -6: "$10^{-6}$", 0: "1", 4: "$10^4$"}
COLOURS = ListedColormap(
    [  # bright is good; a leap in lightness where "small" begins: above it, the colours of chapters 05 and 06
        np.array(colour[:3]) * (1.0 if share < 0.5 else 0.6)
        for share, colour in zip(
            np.linspace(0, 1, 256), matplotlib.colormaps["viridis_r"](np.linspace(0, 1, 256)), strict=True
        )
    ]
)


def beta_of(memory: Any) -> Any:
    """The beta_2 that remembers about so many steps."""
    return 1 - 1 / np.maximum(memory, 1.0)


@cache
def asked_run() -> Array:
    """The losses of the run that the prediction is about."""
    return np.asarray(ravine().loss(walk(ADAM, 0.5, 0.9, 0.999, 1e-8)[0]))


def loss_after_the_burst() -> str:
    """The truth of the prediction."""
    loss = asked_run()
    return say("Measured: {loss:.2g}, as large as near the start. The least loss was {least:.1g}, at step {step:,}.",
               loss=loss[BURST], least=loss.min(), step=loss.argmin())  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to a loss at the later step."""
    thoughts = {
        "zero": mark("What has fallen for 3,000 steps seems to fall for ever. But Adam divides by a memory of "
                     "gradients, and by now it remembers gradients that are nearly 0."),
        "same": mark("At the bottom the gradients vanish, so nothing should move. But the step is the gradient over "
                     "the root of v, and v vanishes too."),
        "little": mark("It grows, as you said, but not by a little: once the true rate is past its border, each swing "
                       "is longer than the last, until the gradients are large enough to be remembered."),
        "large": mark("So it is: the true rate grows as the old gradients fade, and passes chapter 05's border."),
    }  # fmt: skip
    return say(thoughts[answer])


def small_by_200(result: Any) -> bool:
    """Whether the chosen run is below 1e-6 from step 200 or earlier on, to the last."""
    return result.small_from is not None and bool(result.small_from <= 200)


def plain_adam(result: Any) -> bool:
    """Whether nothing but the rate and the memory differs from Adam's defaults."""
    usual = result.epsilon == 1e-8 and result.beta_1 == 0.9
    return result.rule == ADAM and usual and not result.falls


class Forgetting(TrainingMap):
    """Each pixel is a pair of rate and memory, its colour the loss of that run after so many steps."""

    title = mark("Every pixel is a training run: rate and memory")
    chapter = "07"
    prediction = Prediction(
        mark("The ravine has curvatures 1 and 100, the gradients are exact. Adam, rate 0.5, beta2 0.999, starts at "
             "(-2, 1). At step 3,040 the loss is 4e-139. What is it at step 3,356?"),
        Choice({"zero": mark("smaller still, or 0"), "same": mark("about the same"),
                "little": mark("larger, but below 1e-100"), "large": mark("larger than 1")},
               start="zero", label=mark("loss at step 3,356")),
        truth=loss_after_the_burst,
        thought=thought_behind,
        opens_at={"pixel": (0.5, 1000.0), "last": BURST, "rule": ADAM, "beta_1": 0.9, "epsilon": 1e-8, "falls": False},
    )  # fmt: skip
    last = Whole(100, STEPS, start=ASKED_AT, label=mark("last step"))
    pixel = Point(RATES, MEMORIES, start=(0.5, 1000.0), label=mark("rate and memory"), axes="map")
    rule = Choice(NAMES, start=ADAM, label=mark("rule"))
    beta_1 = Linear(0, 0.99, start=0.9, step=0.01, label=mark("beta1"))
    epsilon = Log(1e-8, 10, start=1e-8, label=mark("epsilon"))
    falls = Switch(start=False, label=mark("rate falls evenly, to 0 at step 6,000"))
    claim = Choice(
        {"": mark("nothing yet"), "possible": mark("possible"), "impossible": mark("impossible")},
        start="",
        label=mark("the third goal: you say"),
    )
    goals = (
        Goal(mark("memory 1,000, nothing else changed: a rate with which the loss is below 1e-6 from step 200 at the "
                  "latest to step 6,000"),
             lambda result: plain_adam(result) and abs(result.pixel[1] - 1000) < 25 and small_by_200(result)),
        Goal(mark("rate 0.5 (within 2%): reach the same by changing anything else"),
             lambda result: abs(result.pixel[0] / 0.5 - 1) < 0.02 and small_by_200(result)),
        Goal(mark("the first with memory 100 instead; or see why there is no such rate, and claim that"),
             lambda result: result.claim == "impossible"),
    )  # fmt: skip
    map_steps, coarser = STEPS, 4
    _films: tuple[Any, tuple[Film, ...]] = (None, ())
    _hurries = False

    def extent(self) -> tuple[float, float, float, float]:
        return *RATES, *MEMORIES

    def runs(self, x: Array, y: Array) -> Any:
        rate = falling(x) if self.falls else x
        kind: Any = RULES[self.rule]
        optimizer = kind(rate, self.beta_1, beta_of(y), self.epsilon)
        return optimizer, ravine(), np.broadcast_to(START, (*x.shape[:-1], 2))

    def key(self) -> Any:
        return self.rule, self.beta_1, self.epsilon, self.falls

    def summary(self, ends: Row, J: Any) -> Any:
        raise NotImplementedError  # a film has frames

    def trace(self) -> Trace:
        rate, memory = self.pixel
        optimizer, J, start = self.runs(np.array([rate]), np.array([memory]))
        return run(optimizer, J, start, STEPS)

    def films(self) -> tuple[Film, ...]:
        """The films of the map that is shown, as far as they have been made."""
        key = self.key(), self.shown()
        if self._films[0] != key:
            left, right, bottom, top = self.shown()
            sides = [max(2, pixels // self.coarser) for pixels in training_map.RESOLUTIONS]
            grids = [np.meshgrid(np.geomspace(left, right, side), np.geomspace(bottom, top, side)) for side in sides]
            self._films = key, tuple(Film(*self.runs(x[..., np.newaxis], y[..., np.newaxis])) for x, y in grids)
        return self._films[1]

    def finish(self) -> None:
        """Makes the film to the last step shown without a pause: nobody waits for an answer in between."""
        self._hurries = True
        try:
            super().finish()
        finally:
            self._hurries = False

    def developed(self) -> Iterator[tuple[Film, Film]]:
        """The films, each time one has gone on: the quick one to the last step shown, then the fine one to its end."""
        films = self.films()
        quick, fine = films[0], films[-1]
        seconds = FIRST
        while not (self._hurries or quick.covers(self.last) or fine.covers(self.last)):
            quick.advance(self.last, seconds)
            yield quick, fine
            seconds = SLICE
        while not fine.covers(self.last if self._hurries else STEPS):
            fine.advance(self.last if self._hurries else STEPS, np.inf if self._hurries else seconds)
            yield quick, fine
            seconds = SLICE
        yield quick, fine

    def compute(self) -> Any:
        rate, memory = self.pixel
        theta, true_rate = walk(self.rule, rate, self.beta_1, float(beta_of(memory)), self.epsilon, self.falls)
        loss = ravine().loss(theta)
        edge = float(border_averaged(L, self.beta_1))
        passed = np.flatnonzero(true_rate[1:] > edge) + 1
        late = passed[passed > 100]  # in the first steps v is still small
        chosen = Result(loss=loss, true_rate=true_rate, border=edge, passed=int(late[0]) if len(late) else None,
                        small_from=small_from(loss), extent=self.shown())  # fmt: skip
        for quick, fine in self.developed():
            step, frame = (fine if fine.covers(self.last) else quick).frame(self.last)
            share = float(np.mean(frame < np.log10(SMALL)))
            yield chosen.also(map=Result(image=COLOURS(LEVELS(frame))[..., :3], step=step, small=share))

    def _zoom(self, factor: float) -> None:
        """Half or twice of what the map shows in each direction, on its logarithmic axes."""
        whole, now = (np.log(np.reshape(ends, (2, 2))) for ends in (self.extent(), self.shown()))
        size, most = factor * np.ptp(now, axis=1), np.ptp(whole, axis=1)
        if (size > 0.999 * most).any():  # the ends of what is shown are rounded
            self.view = ()
        elif (size >= SMALLEST * most).all():
            low = np.clip(np.log(self.pixel) - size / 2, whole[:, 0], whole[:, 1] - size)
            self.view = tuple(float(f"{end:.6g}") for end in np.exp(np.stack([low, low + size], axis=1)).ravel())

    def draw_map(self, axes: Any) -> None:
        """The image fills the axes: its runs are as evenly spaced in the logarithm as the axes are."""
        super().draw_map(axes)
        self.image.set_transform(axes.transAxes)
        self.image.set_extent((0, 1, 0, 1))

    def figure(self) -> Figure:
        wide = self.page_width >= 2 * NARROWEST
        figure = Figure(figsize=(self.page_width / INCH, 4.8 if wide else 7.5), layout="constrained")
        panels = figure.subplot_mosaic([["plane", "loss"], ["plane", "rate"]], width_ratios=(1.2, 1)) if wide else (
            figure.subplot_mosaic([["plane"], ["loss"], ["rate"]], height_ratios=(2, 1, 1)))  # fmt: skip
        plane, loss, rate = panels["plane"], panels["loss"], panels["rate"]
        self.draw_map(plane)
        plane.set(xscale="log", yscale="log", xlim=RATES, ylim=MEMORIES, xlabel=mark("learning rate"),
                  ylabel=mark("memory, steps: 1 / (1 - β₂)"))  # fmt: skip
        scale = matplotlib.cm.ScalarMappable(LEVELS, COLOURS)
        bar = figure.colorbar(scale, ax=plane, location="top", label=mark("loss at the last step"), aspect=40)
        bar.set_ticks(list(TICKS), labels=list(TICKS.values()))
        blue: dict[str, Any] = {"color": self.colours.blue, "animated": True, "linewidth": 1.2}
        orange: dict[str, Any] = {"color": self.colours.orange, "markersize": 9, "animated": True, "clip_on": False}
        (self.chosen,) = plane.plot([], [], "o", markeredgecolor=self.colours.paper, **orange)
        ticks = range(0, STEPS + 1, 2000)
        loss.set(ylabel=mark("loss, chosen run"), yscale="log", xlim=(0, STEPS), ylim=(1e-280, 1e20), xticks=ticks,
                 yticks=[1e-200, 1e-100, 1])  # fmt: skip
        loss.axhline(SMALL, color=self.colours.muted, linestyle=":", linewidth=1.2, label="$10^{-6}$")
        loss.legend(loc="lower left", frameon=False, fontsize="small")
        rate.set(xlabel=mark("step"), ylabel=mark("steep axis: true rate"), yscale="log", xlim=(0, STEPS),
                 ylim=(1e-4, 10), xticks=ticks)  # fmt: skip
        (self.loss,) = loss.plot([], [], **blue)
        (self.rate,) = rate.plot([], [], **blue)
        (self.border,) = rate.plot([], [], "--", color=self.colours.ink, linewidth=1.2, animated=True,
                                   label=mark("its border"))  # fmt: skip
        rate.legend(loc="lower right", frameon=False, fontsize="small")
        (self.here_loss,) = loss.plot([], [], "o", **orange)
        (self.here_rate,) = rate.plot([], [], "o", **orange)
        self.rate_cover = Cover(rate, self.colours)
        self.ghosts(self.loss, self.rate)
        return figure

    def draw(self, result: Any) -> None:
        self.image.set_data(np.zeros_like(result.map.image) if result.asking else result.map.image)
        self.cover.show(result.asking)
        left, right, bottom, top = result.extent
        if (*self.map_axes.get_xlim(), *self.map_axes.get_ylim()) != result.extent:  # redraws the whole figure
            self.map_axes.set(xlim=(left, right), ylim=(bottom, top))
        self.chosen.set_data(*np.reshape(result.pixel, (2, 1)))
        shown = slice(0, result.last + 1 if result.asking else None)  # the answer lies beyond
        steps = np.arange(STEPS + 1)
        self.loss.set_data(steps[shown], result.loss[shown])
        self.rate.set_data(steps[shown], result.true_rate[shown])
        self.border.set_data([0, STEPS], [result.border] * 2)
        self.here_loss.set_data([result.last], [result.loss[result.last]])
        self.here_rate.set_data([result.last], [result.true_rate[result.last]])
        self.rate_cover.show(result.asking)

    def says(self, result: Any) -> str:
        rate, memory = result.pixel
        setting = say("Rate {rate:.3g}, memory {memory:,.0f} steps (beta2 {beta:.5g}).",
                      rate=rate, memory=memory, beta=float(beta_of(memory)))  # fmt: skip
        now = say("The loss at step {step:,} is {loss:.2g}.", step=result.last, loss=result.loss[result.last])
        if result.asking:
            return together(setting, now)
        so_far = result.loss[: result.last + 1]
        least = "" if so_far.argmin() == result.last else say(
            "The least was {loss:.1g} at step {step:,}.", loss=so_far.min(), step=so_far.argmin())  # fmt: skip
        if result.small_from is None:
            end = say("It does not stay below 1e-6 to step 6,000.")
        else:
            end = say("It stays below 1e-6 from step {step:,} to 6,000.", step=result.small_from)
        passed = "" if result.passed is None else say(
            "The steep axis's true rate passes its border {border:.2g} at step {step:,}.",
            border=result.border, step=result.passed)  # fmt: skip
        share = say("On the map, whose last frame is step {step:,}, {share:.0%} is below 1e-6.",
                    step=result.map.step, share=result.map.small)  # fmt: skip
        return together(setting, now, least, end, passed, share)

    def shows(self, result: Any) -> str:
        return ""
