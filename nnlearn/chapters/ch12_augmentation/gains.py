"""An explorer of chapter 12: what its experiment measured, to be asked in every direction."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.checks import Array
from nnlearn.data.measured import measured
from nnlearn.explorers.controls import Choice
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import listed, mark, say

COUNTS = (10, 30, 100)  # training images of each class
TESTED = 450  # test images
NETWORKS = {"CNN": mark("CNN, convolutional"), "MLP 64": mark("MLP, 64 hidden units")}
SHIFT = "shift 1"
AUGMENTATIONS = {
    SHIFT: mark("shift by up to a pixel"),
    "rotate 15, grid-constant": mark("rotate by up to 15 degrees, grid-constant"),
    "rotate 15, constant": mark("rotate by up to 15 degrees, constant"),
    "horizontal flip": mark("flip half of them left and right"),
    "vertical flip": mark("flip half of them top and bottom"),
    "half turn": mark("turn half of them by 180 degrees"),
    "rotate 180, grid-constant": mark("rotate by up to 180 degrees, grid-constant"),
}
TESTS = {"centred": mark("as they are"), "shifted": mark("shifted by up to a pixel")}
TABLES = {"centred": ("gain", "accuracies"), "shifted": ("robustness", "shifted")}  # and the column in each
LIMITS = {"centred": (-21, 9), "shifted": (-21, 57)}  # of the gains, in points


@cache
def accuracies(network: str, augmentation: str, test: str) -> Array:
    """Percent of the test digits that are right, (counts, seeds)."""
    table, column = TABLES[test]
    rows = {(row["network"], row["augmentation"], row["per_class"]): row for row in measured("12")[table]}
    shares = np.array([rows[network, augmentation, count][column] for count in COUNTS])
    return 100 * np.rint(TESTED * shares) / TESTED  # they are stored with four digits


def gains(network: str, augmentation: str, test: str) -> Array:
    """Points that a network gains by the augmentation, seed by seed; (counts, seeds)."""
    return accuracies(network, augmentation, test) - accuracies(network, "none", test)


def who_gains() -> str:
    """The truth of the prediction: 10 images a class, shifts, the test digits as they are."""
    few = {network: gains(network, SHIFT, "centred")[0] for network in NETWORKS}
    parts = [say("{network} {gain:+.1f} points, a gain in {wins} of {all} seeds", network=network,
                 gain=np.median(gain), wins=int(np.sum(gain > 0)), all=len(gain))
             for network, gain in few.items()]  # fmt: skip
    return say("Measured: {each}.", each=listed(parts))


def thought_behind(answer: str) -> str:
    """Which thought leads to a prediction of who gains, and the number that speaks against it."""
    cnn, mlp = (float(np.median(gains(network, SHIFT, "centred")[0])) for network in NETWORKS)
    if answer == "both":
        return say("More pictures seem to help whoever learns. But 64 units must now know each digit in nine places, "
                   "and on the digits as they are that costs {lost:.1f} points.", lost=-mlp)  # fmt: skip
    if answer == "MLP":
        return say("It knows nothing of neighbours, so it seems to need the shifts most. It does need them, but not on "
                   "digits that stand in their place: there it loses {lost:.1f} points.", lost=-mlp)  # fmt: skip
    if answer == "neither":
        return say("The test digits stand in their place, so shifts seem to teach nothing that is asked. They brought "
                   "the CNN {gained:.1f} points.", gained=cnn)  # fmt: skip
    return ""


class Gains(Explorer):
    """Accuracy with and without an augmentation, for few and for more images: a learning curve, and gains by seed."""

    title = mark("Who gains?")
    chapter = "12"
    prediction = Prediction(
        mark("10 training images of each class. In every epoch each is shifted by up to a pixel, anew. A convolutional "
             "network (CNN) and a network with one hidden layer of 64 units (MLP) learn from them. Which of the two "
             "then reads more test digits than it does without the shifts?"),
        Choice({"both": mark("both"), "CNN": mark("only the CNN"), "MLP": mark("only the MLP"),
                "neither": mark("neither")}, start="both", label=mark("who gains")),
        truth=who_gains,
        thought=thought_behind,
    )  # fmt: skip
    network = Choice(NETWORKS, start="CNN", label=mark("network"))
    augmentation = Choice(AUGMENTATIONS, start=SHIFT, label=mark("training images"))
    test = Choice(TESTS, start="centred", label=mark("test digits"))
    goals = (
        Goal(mark("with 10 images a class, above 85% on shifted test digits"),
             lambda result: result.test == "shifted" and np.median(result.with_it[0]) > 85),
        Goal(mark("an augmentation that costs the MLP no more than half a point anywhere, on digits as they are"),
             lambda result: result.network == "MLP 64" and result.test == "centred"
             and np.median(result.gains, axis=1).min() >= -0.5),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (curves, points) = self.panels(330, 2, narrowest=340)
        places = np.arange(len(COUNTS))
        for axes in (curves, points):
            axes.set(xlabel=mark("training images a class"), xticks=places, xticklabels=COUNTS, xlim=(-0.4, 2.4))
        curves.set(ylabel=mark("accuracy (%)"), ylim=(20, 101))
        points.set(ylabel=mark("gain (points),\none dot a seed"), ylim=LIMITS["centred"])
        points.axhline(0, color=self.colours.muted, linewidth=1)
        self.without, self.with_it = (
            curves.plot(places, np.zeros(len(COUNTS)), line, color=colour, marker=marker, label=label, animated=True)[0]
            for line, colour, marker, label in (("--", self.colours.muted, "s", mark("without")),
                                                ("-", self.colours.orange, "o", mark("with augmentation")))
        )  # fmt: skip
        curves.legend(loc="center right", bbox_to_anchor=(1, 0.55))  # no line goes there
        seeds = len(accuracies("CNN", "none", "centred")[0])
        spread = np.linspace(-0.18, 0.18, seeds)
        self.places = (places[:, np.newaxis] + spread).ravel()
        (self.dots,) = points.plot([], [], "o", color=self.colours.blue, markersize=4, animated=True)
        (self.medians,) = points.plot(places, np.zeros(len(COUNTS)), "_", color=self.colours.orange, markersize=40,
                                      markeredgewidth=2, animated=True)  # fmt: skip
        self.points, self.cover = points, Cover(points, self.colours)
        self.ghosts(self.with_it, self.medians)
        return figure

    def compute(self) -> Any:
        without = accuracies(self.network, "none", self.test)
        with_it = accuracies(self.network, self.augmentation, self.test)
        return Result(without=without, with_it=with_it, gains=with_it - without, limits=LIMITS[self.test])

    def draw(self, result: Any) -> None:
        self.without.set_ydata(np.median(result.without, axis=1))
        self.with_it.set_ydata(np.median(result.with_it, axis=1))
        self.medians.set_ydata(np.median(result.gains, axis=1))
        self.dots.set_data(self.places, result.gains.ravel())
        self.cover.show(result.asking)
        for artist in (self.with_it, self.medians, self.dots):
            artist.set_visible(not result.asking)
        if self.points.get_ylim() != result.limits:  # a changed limit redraws the whole figure
            self.points.set_ylim(result.limits)

    def says(self, result: Any) -> str:
        if result.asking:
            return say("Without augmentation the CNN reads {few:.1f}% of the test digits after 10 images a class, "
                       "{most:.1f}% after 100.", few=np.median(result.without[0]),
                       most=np.median(result.without[-1]))  # fmt: skip
        parts = [say("{count} images a class: {before:.1f}% without, {after:.1f}% with, gain {gain:+.1f} (above 0 in "
                     "{wins} of {all})", count=count, before=np.median(before), after=np.median(after),
                     gain=np.median(gain), wins=int(np.sum(gain > 0)), all=len(gain))
                 for count, before, after, gain in zip(COUNTS, result.without, result.with_it, result.gains,
                                                       strict=True)]  # fmt: skip
        return say("{network}, medians. {each}.", network=say(NETWORKS[result.network]), each=listed(parts))
