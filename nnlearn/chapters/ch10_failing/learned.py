"""An explorer of chapter 10: what a network learns of 200 images, where it could stop, and what holds it back."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.checks import Array
from nnlearn.data.measured import measured
from nnlearn.explorers.controls import Choice, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together

EVERY, LAST = 5, 80  # steps between two looks, and looks
ROOM = 330  # CSS pixels that a panel needs
LABELS = {"true": mark("true"), "wrong": mark("a fifth are wrong"), "shuffled": mark("shuffled")}
WAYS = {"none": mark("nothing"), "l2 0.01": mark("L2 0.01"), "l2 0.03": mark("L2 0.03"), "l2 0.1": mark("L2 0.1"),
        "dropout 0.5": mark("dropout 0.5"), "dropout 0.8": mark("dropout 0.8")}  # fmt: skip
CURVES = ("seen", "test", "loss", "validation_loss")


@cache
def curves(labels: str, way: str) -> dict[str, Array]:
    """The medians of five seeds, every fifth step."""
    row = next(row for row in measured("10")["overfit"] if (row["labels"], row["way"]) == (labels, way))
    return {name: np.array(row[name]) for name in CURVES}


def by_heart() -> str:
    """The truth of the prediction."""
    found = curves("shuffled", "none")
    whole = int(EVERY * np.argmax(found["seen"] == 1))
    return say("Measured: {share:.0%}, from step {step} on. Of 300 other images, with true labels, it then reads "
               "{test:.0%}.", share=found["seen"][-1], step=whole, test=found["test"][-1])  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    thoughts = {
        "tenth": mark("There is nothing to be understood, so it should only guess, you may think. But it needn't "
                      "understand: 7,510 weights suffice to tell 200 images apart one by one."),
        "third": mark("A few coincidences can be found in any labels, you may think. 7,510 weights find them all."),
        "most": mark("Nearly: with 7,510 weights for 200 images not one is left."),
        "all": mark("So it is: 7,510 weights can bring the loss of 200 images near 0, whether there is anything to "
                    "be understood or not."),
    }  # fmt: skip
    return say(thoughts[answer])


class ByHeart(Explorer):
    """Curves of a network that learns 200 digits: what it says of them, and what of others, until it is stopped."""

    title = mark("Understood, or learned by heart?")
    chapter = "10"
    prediction = Prediction(
        mark("200 digits, their labels shuffled: nothing connects image and label any more. A network of 100 hidden "
             "units trains for 400 steps. For what share of these 200 images does it then say the shuffled label?"),
        Choice({"tenth": mark("about a tenth: it guesses"), "third": mark("about a third"),
                "most": mark("about 80%"), "all": mark("all")}, start="tenth",
               label=mark("share of the shuffled labels")),
        truth=by_heart,
        thought=thought_behind,
        opens_at={"labels": "shuffled", "way": "none", "stop": LAST},
    )  # fmt: skip
    labels = Choice(LABELS, start="wrong", label=mark("the labels"))
    way = Choice(WAYS, start="none", label=mark("held back by"))
    stop = Whole(0, LAST, start=LAST, label=mark("stop after so many times 5 steps"), plays=True)
    claim = Choice({"possible": mark("it can be done"), "impossible": mark("it is impossible")}, start="possible",
                   label=mark("the third goal"))  # fmt: skip
    goals = (
        Goal(mark("a fifth wrong, nothing holds it back: stop where other images are read best"),
             lambda result: (result.labels, result.way) == ("wrong", "none")
             and result.test[result.stop] >= result.test.max() - 0.005),
        Goal(mark("a fifth wrong, all 400 steps: at least 88% of other images"),
             lambda result: result.labels == "wrong" and result.stop == LAST and result.test[LAST] >= 0.88),
        Goal(mark("shuffled: at least 20% of other images, or the claim that nothing here brings it"),
             lambda result: result.claim == "impossible" or (
                 result.labels == "shuffled" and result.test[result.stop] >= 0.2)),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (share, loss) = self.panels(370, 2, narrowest=ROOM)
        share.set(xlabel=mark("step"), ylabel=mark("share right (%)"), ylim=(-2, 102), xlim=(-5, EVERY * LAST + 5))
        loss.set(xlabel=mark("step"), ylabel=mark("loss"), yscale="log", ylim=(1e-3, 20), xlim=(-5, EVERY * LAST + 5))
        blue: dict[str, Any] = {"color": self.colours.blue, "linestyle": "--", "animated": True}
        orange: dict[str, Any] = {"color": self.colours.orange, "animated": True}
        (self.seen,) = share.plot([], [], label=mark("labels it was given"), **blue)
        (self.test,) = share.plot([], [], label=mark("true labels, 300 other images"), **orange)
        (self.loss,) = loss.plot([], [], label=mark("on the 200 images"), **blue)
        (self.validation_loss,) = loss.plot([], [], label=mark("150 others, labelled as these are"), **orange)
        self.stops = [axes.plot([], [], ":", color=self.colours.ink, linewidth=1.4, animated=True)[0]
                      for axes in (share, loss)]  # fmt: skip
        (self.here,) = share.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True)
        self.covers = []
        for axes in (share, loss):
            axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1), fontsize="small", frameon=False)
            self.covers.append(Cover(axes, self.colours))
        self.ghosts(self.seen, self.test, self.loss, self.validation_loss)
        return figure

    def compute(self) -> Any:
        found = curves(self.labels, self.way)
        return Result(least=int(EVERY * np.argmin(found["validation_loss"])), **found)

    def draw(self, result: Any) -> None:
        steps, upto = EVERY * np.arange(LAST + 1), result.stop + 1
        for line, curve in ((self.seen, 100 * result.seen), (self.test, 100 * result.test), (self.loss, result.loss),
                            (self.validation_loss, result.validation_loss)):  # fmt: skip
            line.set_data(steps[:upto], np.maximum(curve[:upto], 2e-3))
        for line, ends in zip(self.stops, ((-2, 102), (1e-3, 20)), strict=True):
            line.set_data([EVERY * result.stop] * 2, ends)
        self.here.set_data([EVERY * result.stop], [100 * result.test[result.stop]])
        self.here.set_visible(not result.asking)
        for cover in self.covers:
            cover.show(result.asking)

    def says(self, result: Any) -> str:
        if result.asking:
            return ""
        here = say("Step {step}: {seen:.0%} of the labels it was given, {test:.1%} of 300 other images.",
                   step=EVERY * result.stop, seen=result.seen[result.stop], test=result.test[result.stop])  # fmt: skip
        least = say("The median loss on the 150 images held back is least at step {step}.", step=result.least)
        return together(here, least)
