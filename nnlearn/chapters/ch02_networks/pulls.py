"""Explorers of chapter 02: what one mistake of one neuron pulls with, and how long it takes to mend it."""

import math
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch02_networks.neuron import CROSS_ENTROPY, FAR, MSE, NAMES, looks, losses, slopes
from nnlearn.checks import Array
from nnlearn.explorers.controls import Choice, Linear, Log, Point
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together

PATIENCE = 20_000  # steps
DOTS = 100  # steps whose places are drawn
KNOWN = 30  # steps that are shown while the prediction is open: more would hint at the answer
LOW, HIGH = -15.0, 15.0  # scores
ROOM = 330  # CSS pixels that a panel with a legend needs


def descent(kind: str, learning_rate: float, start: float) -> Array:
    """The scores of plain gradient descent on one example of label 1, shape (PATIENCE + 1,).

    Each step is ``z - learning_rate * slopes(kind, z, 1)``, in Python's own numbers: these make 20,000 steps while a
    hand moves.
    """
    z, scores = start, [start]
    for _ in range(PATIENCE):
        miss = 1 / (1 + math.exp(min(z, FAR)))  # 1 - p
        z += learning_rate * (2 * miss * miss * (1 - miss) if kind == MSE else miss)
        scores.append(z)
    return np.array(scores)


def right_from(scores: Array) -> int | None:
    """The first step at which the score is above 0, the probability above 1/2."""
    right = np.flatnonzero(scores > 0)
    return int(right[0]) if len(right) else None


def steps_with_mse() -> str:
    """The truth of the prediction."""
    return say("Measured: {steps:,} steps.", steps=right_from(descent(MSE, 1.0, -10.0)))


def thought_behind_steps(answer: str) -> str:
    """Which thought leads to an answer of the first prediction."""
    thoughts = {
        "20": mark(
            "Twice as many would be right if the squared error pulled half as hard. At p = 0.00005 it pulls 11,000 "
            "times less."
        ),
        "50": mark(
            "The squared error's factor p(1 - p) is at most 1/4, so four times as many seems right. Here it is 0.00005."
        ),
        "1000": mark(
            "Eleven times too few: near -10 the pull is about 2e^z, and e^10 / 2 = 11,013 steps pass before it "
            "has grown."
        ),
        "10000": mark("The pull is 2(1 - p)^2 p, about 2p = 2e^z: the lower the score, the weaker."),
    }
    return say(thoughts[answer])


class OneMistake(Explorer):
    """A sigmoid neuron should say 1 and says 0: how many steps until it is right, with which loss?"""

    title = mark("One neuron, one mistake")
    chapter = "02"
    prediction = Prediction(
        mark("A sigmoid neuron should say 1, but its score is -10, so it says 0.00005. Each step of rate 1 changes the "
             "score. With cross-entropy as the loss the score passes 0 after 11 steps. With the squared error?"),
        Choice({"20": mark("about 20"), "50": mark("about 50"), "1000": mark("about 1,000"),
                "10000": mark("about 10,000")}, start="20", label=mark("steps with the squared error")),
        truth=steps_with_mse,
        thought=thought_behind_steps,
        opens_at={"loss": MSE, "score": -10.0, "learning_rate": 1.0},
    )  # fmt: skip
    loss = Choice(NAMES, start=CROSS_ENTROPY, label=mark("loss"))
    score = Linear(LOW, HIGH, start=-10, step=0.1, label=mark("score at the start"))
    learning_rate = Log(0.1, 100, start=1, label=mark("learning rate"))
    claim = Choice(
        {"": mark("nothing yet"), "possible": mark("possible"), "impossible": mark("impossible")},
        start="",
        label=mark("squared error faster somewhere: you say"),
    )
    goals = (
        Goal(mark("cross-entropy, score -10: right after 1 step"),
             lambda result: result.loss == CROSS_ENTROPY and result.score == -10 and result.right == 1),
        Goal(mark("squared error, score -8: right within 100 steps"),
             lambda result: result.loss == MSE and result.score == -8 and result.right is not None
             and result.right <= 100),
        Goal(mark("find a wrong start (a score below 0) and a rate at which the squared error takes fewer steps than "
                  "cross-entropy; or see why there is none, and claim that"),
             lambda result: result.claim == "impossible"),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (curve, scores) = self.panels(380, 2, narrowest=ROOM)
        z = np.linspace(LOW, HIGH, 300)
        for kind, look in looks(self.colours).items():
            curve.plot(z, losses(kind, z, 1), linewidth=1.4, **look)
        curve.set(xlabel=mark("score z"), ylabel=mark("loss, label 1"), xlim=(LOW, HIGH), ylim=(-0.5, 15.5))
        scores.set(xlabel=mark("step"), ylabel=mark("score z"), ylim=(LOW, HIGH))
        scores.set_xscale("symlog", linthresh=1)
        scores.axhline(0, color=self.colours.muted, linestyle=":", linewidth=1.4)
        dots: dict[str, Any] = {"linestyle": "", "marker": "o", "animated": True}
        (self.dots,) = curve.plot(
            [], [], color=self.colours.ink, markersize=4, label=mark("the first 100 steps"), **dots
        )
        (self.first,) = curve.plot([], [], color=self.colours.purple, markersize=9, label=mark("start"), **dots)
        (self.scores,) = scores.plot([], [], color=self.colours.ink, animated=True)
        (self.right,) = scores.plot([], [], color=self.colours.green, markersize=9, label=mark("first above 0: right"),
                                    **dots)  # fmt: skip
        curve.legend(loc="upper right", frameon=False)
        scores.legend(loc="upper left", frameon=False)
        self.axes_scores = scores
        self.ghosts(self.scores)
        return figure

    def compute(self) -> Any:
        scores = descent(self.loss, self.learning_rate, self.score)
        path = scores[: DOTS + 1]
        return Result(
            scores=scores, path=path, heights=losses(self.loss, path, 1), right=right_from(scores),
            pull=abs(float(slopes(self.loss, scores[0], 1))),
        )  # fmt: skip

    def draw(self, result: Any) -> None:
        self.dots.set_data(result.path, result.heights)
        self.first.set_data(result.path[:1], result.heights[:1])
        self.scores.set_data(np.arange(len(result.scores)), result.scores)
        here = [] if result.right is None else [result.right]
        self.right.set_data(here, result.scores[here])
        end, ticks = (KNOWN, [0, 1, 10]) if result.asking else (PATIENCE, [0, 1, 100, 10_000])
        if self.axes_scores.get_xlim() != (0, end):  # a changed limit redraws the whole figure
            self.axes_scores.set(xlim=(0, end), xticks=ticks, xticklabels=[f"{tick:,}" for tick in ticks])

    def says(self, result: Any) -> str:
        pull = say("At the start the pull is {pull:.2g}.", pull=result.pull)
        if result.right is None:
            return together(pull, say("Not right after {steps:,} steps: the score is {score:.2f}.",
                                      steps=PATIENCE, score=result.scores[-1]))  # fmt: skip
        if result.right == 0:
            return together(pull, say("Right from the start."))
        return together(pull, say("Right after {steps:,} steps.", steps=result.right))


BOTTOM = 0.0  # of the panel: there lies the mark of the prediction


def strongest() -> str:
    """The truth of the prediction."""
    p = np.linspace(0, 1, 10_001)[1:-1]
    pull = np.abs(slopes(MSE, np.log(p / (1 - p)), 1))
    weak, strong = (abs(float(slopes(kind, np.log(0.001 / 0.999), 1))) for kind in (MSE, CROSS_ENTROPY))
    return say("Measured: at p = {p:.3f}, with {pull:.3f}. At p = 0.001 it pulls with {weak:.3f}, cross-entropy with "
               "{strong:.3f}.", p=p[pull.argmax()], pull=pull.max(), weak=weak, strong=strong)  # fmt: skip


def thought_behind_place(answer: tuple[float, float]) -> str:
    """Which thought leads to a place of the strongest pull."""
    p = answer[0]
    if p < 0.2:
        return say("The largest mistake should pull hardest. But there the sigmoid is flat: a move of the score hardly "
                   "moves p.")  # fmt: skip
    if p < 0.45:
        return say("So it is: between the largest mistake (p near 0) and the steepest sigmoid (p = 1/2).")
    if p < 0.55:
        return say("There the sigmoid is steepest; but the mistake is larger to the left of it.")
    return say("There little is left to mend: both the mistake and the pull go to 0.")


class Pulls(Explorer):
    """The slope of both losses in the score, for label 1, against the probability."""

    title = mark("Where a mistake pulls hardest")
    chapter = "02"
    prediction = Prediction(
        mark("The label is 1, the neuron says p. At which p does the squared error pull hardest at the score? Put the "
             "mark there."),
        Point((0.001, 0.999), (BOTTOM, BOTTOM), start=(0.5, BOTTOM), label=mark("p of the strongest pull"), axes="p"),
        truth=strongest,
        thought=thought_behind_place,
        opens_at={"p": 0.333},
    )  # fmt: skip
    p = Linear(0.001, 0.999, start=0.001, step=0.001, label=mark("probability p"))

    def figure(self) -> Figure:
        figure, (pulls, shares) = self.panels(360, 2, narrowest=ROOM)
        pulls.set_label("p")
        p = np.linspace(0.001, 0.999, 400)
        z = np.log(p / (1 - p))
        for kind, look in looks(self.colours).items():
            pulls.plot(p, np.abs(slopes(kind, z, 1)), **look)
        pulls.set(
            xlabel=mark("probability p, label 1"),
            ylabel=mark("pull: slope in the score"),
            xlim=(0, 1),
            ylim=(-0.04, 1.02),
        )
        pulls.legend(loc="upper right", frameon=False)
        shares.plot(p, 2 * (1 - p), "-.", color=self.colours.green, label=mark("2(1 - p): the mistake"))
        shares.plot(p, p * (1 - p), ":", color=self.colours.purple, label=mark("p(1 - p): the sigmoid's slope"))
        shares.set(xlabel=mark("probability p, label 1"), ylabel=mark("its two factors"),
                   xlim=(0, 1), ylim=(0, 2.04))  # fmt: skip
        shares.legend(loc="upper right", frameon=False)
        marks: dict[str, Any] = {"color": self.colours.ink, "markersize": 7, "animated": True}
        (self.here,) = pulls.plot([], [], "o", **marks)
        (self.factors,) = shares.plot([], [], "o", **marks)
        (self.guess,) = pulls.plot([], [], "v", color=self.colours.purple, markersize=10, animated=True)
        self.covers = [Cover(axes, self.colours) for axes in (pulls, shares)]
        return figure

    def compute(self) -> Any:
        z = np.log(self.p / (1 - self.p))
        squared, entropy = (abs(float(slopes(kind, z, 1))) for kind in (MSE, CROSS_ENTROPY))
        return Result(squared=squared, entropy=entropy, factors=[2 * (1 - self.p), self.p * (1 - self.p)])

    def draw(self, result: Any) -> None:
        self.here.set_data([result.p] * 2, [result.squared, result.entropy])
        self.factors.set_data([result.p] * 2, result.factors)
        self.guess.set_data(*([[], []] if result.predicted is None else np.reshape(result.predicted, (2, 1))))
        for cover in self.covers:
            cover.show(result.asking)

    def says(self, result: Any) -> str:
        if result.asking:
            return ""
        return say("At p = {p:.3g} the squared error pulls with {mse:.2g}, cross-entropy with {entropy:.2g}.",
                   p=result.p, mse=result.squared, entropy=result.entropy)  # fmt: skip
