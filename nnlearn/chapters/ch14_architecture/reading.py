"""An explorer of chapter 14: a new question, asked to what the layers of an old network give."""

from functools import cache, lru_cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch14_architecture.runs import images, with_head
from nnlearn.checks import Array
from nnlearn.compression import load
from nnlearn.data import datasets
from nnlearn.explorers.controls import Choice, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together
from nnlearn.models import digits_cnn, trained
from nnlearn.networks.leaves import Weights
from nnlearn.objectives import SoftmaxRegression
from nnlearn.optimizers import Adam
from nnlearn.trace import last_row, rows

QUESTIONS = {"5-9": mark("Which of 5 to 9 is it?"), "0-4": mark("Which of 0 to 4 is it?")}
NETWORKS = {"0-4": mark("trained to tell 0 to 4"), "0-9": mark("trained to tell all ten"),
            "never": mark("never trained")}  # fmt: skip
LAYERS = {"pixels": mark("the pixels"), "convolutions": mark("the second convolution, halved"),
          "dense": mark("the dense layer")}  # fmt: skip
GIVES = {"convolutions": "flatten", "dense": "relu_2"}
BARS = [("pixels", "never"), *[(layer, network) for layer in ("convolutions", "dense") for network in NETWORKS]]
NAMES = {("pixels", "never"): mark("pixels"), ("convolutions", "0-4"): mark("conv., 0 to 4"),
         ("convolutions", "0-9"): mark("conv., all ten"), ("convolutions", "never"): mark("conv., never"),
         ("dense", "0-4"): mark("dense, 0 to 4"), ("dense", "0-9"): mark("dense, all ten"),
         ("dense", "never"): mark("dense, never")}  # fmt: skip
MARKERS = "osv^D"
FITTED = Adam(0.01)
STEPS, DRAWS, POOL = 100, 10, 300
NEVER = 100  # the seed of the network that was never trained


@cache
def weights(network: str) -> Weights:
    """Of the old network."""
    if network == "0-9":
        return trained()
    if network == "never":
        return digits_cnn().begin(NEVER)
    with as_file(files(__package__) / "old.weights") as path:
        return {name: np.asarray(array) for name, array in load(path).items()}


@cache
def data(question: str) -> tuple[Array, Array, Array, Array]:
    """Training images to draw from and their answers, test images and answers."""
    digits = datasets.digits()

    first = int(question[0])

    def asked(X: Array, y: Array) -> tuple[Array, Array]:
        kept = (first <= y) & (y < first + 5)
        return images(X[kept]), y[kept] - first

    X, y = asked(digits.X_train, digits.y_train)
    return X[:POOL], y[:POOL], *asked(digits.X_test, digits.y_test)


@cache
def given(question: str, layer: str, network: str) -> tuple[Array, Array, Array]:
    """What the layer gives of training and test images, in units of its mean size; and the test images in its plane.

    The plane: along its two axes what the layer gives of the test images differs most.
    """
    X, _, X_test, _ = data(question)
    if layer == "pixels":
        features = [each.reshape(len(each), -1) for each in (X, X_test)]
    else:
        old = weights(network)
        whole = with_head(digits_cnn(), len(old["output/bias"]))
        features = [np.asarray(whole.activations(old, each)[GIVES[layer]], float) for each in (X, X_test)]
    size = np.abs(features[0]).mean()
    train, test = (each / size for each in features)
    centred = test - test.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    return train, test, centred @ axes[:, :-3:-1]


@lru_cache(maxsize=4096)  # numbers
def right(question: str, layer: str, network: str, count: int, draw: int) -> float:
    """The share of test images that a new last layer reads, taught by so many images a class."""
    train, test, _ = given(question, layer, network)
    _, y, _, y_test = data(question)
    generator = np.random.default_rng(draw)
    chosen = np.concatenate([generator.permutation(np.flatnonzero(y == k))[:count] for k in np.unique(y)])
    J = SoftmaxRegression(train[chosen], y[chosen])
    row = FITTED.start(J.start)
    return float(J.accuracy(last_row(rows(FITTED, J, row), row, STEPS).theta, test, y_test))


def median_right(layer: str, network: str) -> float:
    """Of ten draws of ten images a class, 5 to 9."""
    return float(np.median([right("5-9", layer, network, 10, draw) for draw in range(DRAWS)]))


def trained_or_not() -> str:
    """The truth of the prediction."""
    return say("Measured, medians of ten draws: trained {old:.1%}, never trained {never:.1%}, the bare pixels "
               "{pixels:.1%}.", old=median_right("convolutions", "0-4"), never=median_right("convolutions", "never"),
               pixels=median_right("pixels", "never"))  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to a gain."""
    thoughts = {
        "far": mark("You think of what training taught them. But 512 numbers mixed at random hold the image still, "
                    "and a last layer can read it from them."),
        "better": mark("Training taught them something, but here the last layer hardly needs it: 512 numbers mixed at "
                       "random hold the image still."),
        "same": mark("So it is, with small images that a last layer reads from the bare pixels nearly as well."),
        "worse": mark("Features trained for other digits may indeed throw away what is needed. The convolutions here "
                      "don't: wait for the dense layer."),
    }  # fmt: skip
    return say(thoughts[answer])


class Reading(Explorer):
    """A new last layer on what a layer of an old network gives: what is left there for another question?"""

    title = mark("What an old network still knows")
    chapter = "14"
    prediction = Prediction(
        mark("A network has learned to tell the digits 0 to 4. Its convolutions are kept as they are, and ten images "
             "each of 5 to 9 teach a new last layer what to make of them. How much better does that read 5 to 9 than "
             "the same on convolutions that were never trained?"),
        Choice({"far": mark("by more than 20 points"), "better": mark("by 5 to 20 points"),
                "same": mark("within 2 points of it"), "worse": mark("it reads worse by more than 2 points")},
               start="far", label=mark("trained against never trained")),
        truth=trained_or_not,
        thought=thought_behind,
        opens_at={"question": "5-9", "network": "0-4", "layer": "convolutions", "count": 10},
    )  # fmt: skip
    question = Choice(QUESTIONS, start="5-9", label=mark("the new question"))
    network = Choice(NETWORKS, start="0-4", label=mark("the old network"))
    layer = Choice(LAYERS, start="convolutions", label=mark("a new last layer reads"))
    count = Whole(1, 20, start=10, label=mark("images a class"))
    draw_of_images = Whole(0, 9, start=0, label=mark("draw of images"), plays=True)
    claim = Choice(
        {"": mark("nothing yet"), "possible": mark("possible"), "impossible": mark("impossible")},
        start="",
        label=mark("the third goal: you say"),
    )
    goals = (
        Goal(mark("which of 5 to 9, ten images a class or more: below 85% with a trained network"),
             lambda result: result.question == "5-9" and result.network != "never" and result.layer != "pixels"
             and result.count >= 10 and result.right < 0.85),
        Goal(mark("which of 5 to 9, two images a class or fewer: above 95%"),
             lambda result: result.question == "5-9" and result.count <= 2 and result.right > 0.95),
        Goal(mark("which of 5 to 9, the network that tells 0 to 4: a draw of 20 images a class from which the dense "
                  "layer is read better than the convolutions; or claim that there is none"),
             lambda result: result.claim == "impossible"),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (plane, bars) = self.panels(380, 2, narrowest=330)
        colours = self.colours.blue, self.colours.orange, self.colours.green, self.colours.purple, self.colours.ink
        self.clouds = [
            plane.plot([], [], marker, color=colour, markersize=4, alpha=0.7, linestyle="", animated=True)[0]
            for marker, colour in zip(MARKERS, colours, strict=True)
        ]
        self.digits = [plane.text(0, 0, "", fontsize="large", fontweight="bold", ha="center", va="center",
                                  animated=True, bbox={"facecolor": self.colours.paper, "edgecolor": colour, "pad": 2})
                       for colour in colours]  # fmt: skip
        plane.set(xlabel=mark("what the layer gives: first direction"), xlim=(-1.05, 1.05), xticks=[],
                  ylabel=mark("second direction"), ylim=(-1.05, 1.05), yticks=[])  # fmt: skip
        names = [NAMES[bar] for bar in BARS]
        self.bars = bars.barh(names, [0] * len(BARS), color=self.colours.blue, height=0.6, animated=True)
        self.numbers = [bars.text(0, row, "", va="center", fontsize="small", animated=True)
                        for row in range(len(BARS))]  # fmt: skip
        bars.set(xlim=(0, 118), xticks=(0, 25, 50, 75, 100), xlabel=mark("test images right (%)"))
        bars.invert_yaxis()
        self.cover = Cover(bars, self.colours)
        return figure

    def compute(self) -> Any:
        asked = self.question, self.count, self.draw_of_images
        chosen = BARS.index((self.layer, "never" if self.layer == "pixels" else self.network))
        found = np.full(len(BARS), np.nan)

        def read(place: int) -> float:
            question, count, draw = asked
            return right(question, *BARS[place], count, draw)

        found[chosen] = read(chosen)
        plane = given(self.question, *BARS[chosen])[2]
        result = Result(right=found[chosen], found=found.copy(), chosen=chosen, plane=plane / np.abs(plane).max(axis=0),
                        answers=data(self.question)[3])  # fmt: skip
        yield result
        for place in range(len(BARS)):
            found[place] = read(place)
            yield result.also(found=found.copy())

    def draw(self, result: Any) -> None:
        for k, (cloud, text) in enumerate(zip(self.clouds, self.digits, strict=True)):
            points = result.plane[result.answers == k]
            cloud.set_data(*points.T)
            text.set_position(tuple(np.median(points, axis=0)))
            text.set_text(str(k + int(result.question[0])))
        for place, (bar, number, share) in enumerate(zip(self.bars, self.numbers, result.found, strict=True)):
            known = bool(np.isfinite(share)) and not result.asking
            bar.set_width(100 * share if known else 0)
            bar.set_color(self.colours.orange if place == result.chosen else self.colours.blue)
            number.set_position((100 * share + 1 if known else 0, place))
            number.set_text(f"{share:.1%}" if known else "")
        self.cover.show(result.asking)

    def says(self, result: Any) -> str:
        asked = say("{question} A new last layer reads {layer}; images a class: {count}.",
                    question=say(QUESTIONS[result.question]), layer=say(LAYERS[result.layer]),
                    count=result.count)  # fmt: skip
        if result.asking:
            return asked
        old = "" if result.layer == "pixels" else say("The old network: {network}.",
                                                      network=say(NETWORKS[result.network]))  # fmt: skip
        return together(asked, old, say("It reads {right:.1%} of the test images.", right=result.right))
