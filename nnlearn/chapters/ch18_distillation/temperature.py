"""The second explorer of chapter 18: a teacher's answer at every temperature, and the slopes that it leaves."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch18_distillation.stored import IMAGES, SMALL, images, theta_of, training
from nnlearn.checks import Array
from nnlearn.compression import soft_slope, soften
from nnlearn.explorers.controls import Choice, Linear, Switch, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together

LAST = 20
CURVE = np.arange(1, LAST + 0.25, 0.5)
SURE, FLAT, LOST = 0.99, 0.3, 0.1  # of the goals


def size(slopes: Array) -> float:
    """The mean size of a slope in a logit."""
    return float(np.abs(slopes).mean())


@cache
def sizes() -> Array:
    """On all training images, at each temperature of the curve, with T^2; shape (temperatures,)."""
    teacher, student, _ = training()
    return np.array([size(soft_slope(student, teacher, T)) for T in CURVE])


@cache
def of_labels() -> float:
    """The same of the labels' cross-entropy."""
    _, student, y = training()
    return size(soften(student) - np.eye(10)[y])


def with_factor(T: float, factor: bool) -> Any:
    """The mean size, with T^2 or without."""
    return np.interp(T, CURVE, sizes()) / (1 if factor else T**2)


def student_logits() -> Array:
    """The half-taught student's, of the images to look at."""
    return np.asarray(SMALL.forward(theta_of("student"), images("all")))


def a_twentieth() -> str:
    """The truth of the prediction."""
    return say("Measured on 1,347 images: {share:.1%}, one {part:.0f}th of what it is at temperature 1.",
               share=with_factor(8, False) / with_factor(1, False),
               part=with_factor(1, False) / with_factor(8, False))  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    grown = with_factor(8, True) / with_factor(1, True)
    thoughts = {
        "same": say("That is what T² is for; with it, it would be {grown:.1f} times as large. It is left off here: at "
                    "temperature 8 all answers are nearer to a tenth, and logit / 8 moves them less.", grown=grown),
        "eighth": say("One factor 1/8 comes from the derivative of logit / 8. The softened answers differ less, "
                      "too."),
        "twentieth": "",
        "64th": say("Two factors of 1/8: right for small logits. But at temperature 1 the sure teacher's answers can't "
                    "pass 0 and 1: no difference is large there. That makes up for a factor {grown:.1f}.",
                    grown=grown),
    }  # fmt: skip
    return thoughts[answer]


class Temperature(Explorer):
    """A teacher's ten probabilities at a temperature, a student's, and the slope of the loss in each of its logits."""

    title = mark("What temperature does")
    chapter = "18"
    prediction = Prediction(
        mark("The loss, here without T², compares the student's ten probabilities with the teacher's, both at "
             "temperature T. From T 1 to T 8: how large is the mean size of its slopes in the logits then, compared "
             "with before?"),
        Choice({"same": mark("as large as before"), "eighth": mark("about an eighth"),
                "twentieth": mark("about a twentieth"), "64th": mark("about a sixty-fourth")},
               start="eighth", label=mark("at temperature 8")),
        truth=a_twentieth,
        thought=thought_behind,
        opens_at={"temperature": 8.0, "factor": False},
    )  # fmt: skip
    temperature = Linear(1, LAST, start=1, step=0.5, label=mark("temperature"))
    image = Whole(0, IMAGES - 1, start=6, label=mark("image"))
    factor = Switch(start=False, label=mark("times T²"))
    claim = Choice(
        {"": mark("nothing yet"), "possible": mark("possible"), "impossible": mark("impossible")},
        start="",
        label=mark("the third goal: you say"),
    )
    goals = (
        Goal(mark("an image of which the teacher is at least 99% sure at temperature 1, its largest answer now below "
                  "30%"), lambda result: result.sure >= SURE and result.says.max() < FLAT),
        Goal(mark("without T²: the lowest temperature (in half steps) with which the mean slope is less than a tenth "
                  "of that at temperature 1"),
             lambda result: not result.factor and result.temperature == CURVE[np.argmax(result.plain < LOST)]),
        Goal(mark("a temperature with which another digit has the teacher's largest answer; or see why there is none, "
                  "and claim that"), lambda result: result.claim == "impossible"),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (says, slopes, curve) = self.panels(350, 3, narrowest=260)
        digits = np.arange(10)
        self.says_bars = says.bar(digits, [0] * 10, color=self.colours.blue, animated=True, label=mark("teacher"))
        (self.student,) = says.plot([], [], "D", color=self.colours.orange, markersize=5, animated=True,
                                    label=mark("student"))  # fmt: skip
        says.set(xticks=digits, ylim=(0, 145), yticks=(0, 25, 50, 75, 100), xlabel=mark("digit"),
                 ylabel=mark("softened answer (%)"))  # fmt: skip
        says.legend(fontsize="small", loc="upper left", frameon=False)
        inset = says.inset_axes((0.74, 0.74, 0.25, 0.25))
        self.picture = inset.imshow(np.zeros((8, 8)), cmap="gray_r", vmin=0, vmax=1, animated=True)
        inset.set(xticks=[], yticks=[])
        inset.grid(visible=False)
        self.slopes = slopes.bar(digits, [0] * 10, color=self.colours.blue, animated=True,
                                 label=mark("from the teacher"))  # fmt: skip
        (self.label,) = slopes.plot([], [], "_", color=self.colours.ink, markersize=11, markeredgewidth=2,
                                    animated=True, label=mark("from the label"))  # fmt: skip
        (self.limit,) = slopes.plot([], [], "x", color=self.colours.orange, markersize=6, animated=True,
                                    label=mark("its limit for large T"))  # fmt: skip
        slopes.set(xticks=digits, ylim=(-3.4, 4.2), xlabel=mark("digit"), ylabel=mark("slope in the student's logit"))
        slopes.legend(fontsize="small", loc="upper left", frameon=False)
        curve.plot(CURVE, sizes() / sizes()[0], "--", color=self.colours.green, linewidth=1.3, label=mark("times T²"))
        curve.plot(CURVE, sizes() / CURVE**2 / sizes()[0], color=self.colours.blue, label=mark("without"))
        (self.here,) = curve.plot([], [], "o", color=self.colours.orange, markersize=9, animated=True)
        curve.set(
            xlabel=mark("temperature"), ylabel=mark("mean slope (temperature 1: 1)"), ylim=(0, 4), xlim=(0.5, 20.5)
        )
        curve.legend(fontsize="small", loc="center right", frameon=False)
        self.cover = Cover(curve, self.colours)
        return figure

    def compute(self) -> Any:
        teacher, student, y = (each[self.image] for each in (training()[0], student_logits(), training()[2]))
        T, times = self.temperature, 1 if self.factor else 1 / self.temperature**2
        centred = (student - student.mean()) - (teacher - teacher.mean())
        return Result(
            pixels=images("all")[self.image].reshape(8, 8), says=soften(teacher, T), student=soften(student, T),
            sure=soften(teacher).max(), slopes=times * soft_slope(student, teacher, T), limit=times * centred / 10,
            label=soften(student) - np.eye(10)[y], plain=sizes() / CURVE**2 / sizes()[0],
            mean=with_factor(T, self.factor) / sizes()[0],
        )  # fmt: skip

    def draw(self, result: Any) -> None:
        digits = np.arange(10)
        self.picture.set_data(result.pixels)
        for bar, share in zip(self.says_bars, result.says, strict=True):
            bar.set_height(100 * share)
        self.student.set_data(digits, 100 * result.student)
        for bar, slope in zip(self.slopes, result.slopes, strict=True):
            bar.set_height(slope)
        self.label.set_data(digits, result.label)
        self.limit.set_data(digits, result.limit)
        self.here.set_data([result.temperature], [result.mean])
        self.here.set_visible(not result.asking)
        self.cover.show(result.asking)

    def says(self, result: Any) -> str:
        order = np.argsort(-result.says, kind="stable")
        answer = say("Temperature {T:g}: the teacher says {first} with {most:.1%}, {second} with {next:.2g}.",
                     T=result.temperature, first=int(order[0]), most=result.says[order[0]], second=int(order[1]),
                     next=result.says[order[1]])  # fmt: skip
        if result.asking:
            return answer
        steep = int(np.abs(result.slopes).argmax())
        slope = say("The steepest of the teacher's slopes is {slope:.2g}, of logit {digit}; the label's there is "
                    "{label:.2g}.", slope=result.slopes[steep], digit=steep, label=result.label[steep])  # fmt: skip
        mean = say("On all images the mean slope is {mean:.2g} times that at temperature 1.", mean=result.mean)
        return together(answer, slope, mean)
