"""The first explorer of chapter 18: what a student reads that never saw a digit."""

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch18_distillation import films
from nnlearn.chapters.ch18_distillation.stored import IMAGES, images, logits
from nnlearn.compression import soften
from nnlearn.explorers.controls import Choice, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say, together

NO_THREES = "no 3"
SHOWN = {"all": mark("all training images"), NO_THREES: mark("all but the threes"),
         "0 and 1": mark("zeros and ones alone"), "noise": mark("noise"),
         "shuffled": mark("shuffled pixels")}  # fmt: skip
TEMPERATURES = {str(T): str(T) for T in films.TEMPERATURES if T}
HIDDEN = {str(hidden): str(hidden) for hidden in films.HIDDEN}
ANSWERS = {"soft": mark("ten softened probabilities"), "hard": mark("its digit alone")}
DIGIT = 3
LEAST, MOST_EASY = 0.8, 0.85  # of the goals


@lru_cache(maxsize=256)
def told(shown: str, temperature: int, hidden: int, moment: int) -> Any:
    """Of ten students: the shares of threes taken for each digit, (10, 10), and of all test images read, (10,)."""
    tables = films.of(shown, temperature, hidden)[:, moment]
    threes = tables[:, DIGIT].astype(float)
    return threes / threes.sum(axis=1, keepdims=True), films.read(tables)


def threes_read(shown: str, temperature: int, hidden: int = 16) -> Any:
    """The share of threes that each of the ten students reads in the end."""
    return told(shown, temperature, hidden, len(films.MARKS) - 1)[0][:, DIGIT]


def nearly_all() -> str:
    """The truth of the prediction."""
    soft, hard = threes_read("no 3", 8), threes_read("no 3", 0)
    return say("Measured: {median:.0%} (the median of ten students, {low:.0%} to {high:.0%}). Of the teacher's digit "
               "alone, without probabilities: {hard:.0%}.", median=np.median(soft), low=soft.min(), high=soft.max(),
               hard=np.median(hard))  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    median = np.median(threes_read("no 3", 8))
    thoughts = {
        "none": say("You think of labels: of 1,347 labels 137 are a 3, and it saw none of those. But each answer of "
                    "the teacher holds ten numbers, and one of them is about the 3. You are {points:.0f} points off.",
                    points=100 * median),
        "tenth": say("A tenth is chance, a tenth of the threes by luck. But one of the teacher's ten numbers is about "
                     "the 3, in every answer. You are {points:.0f} points off.", points=100 * median - 10),
        "half": say("You expect that something shines through. More does: one of the ten numbers is about the 3, in "
                    "every answer."),
        "most": "",
    }  # fmt: skip
    return thoughts[answer]


def least_temperature() -> int:
    """The lowest with which the median of the threes reaches the goal."""
    return next(T for T in films.TEMPERATURES if T and np.median(threes_read("no 3", T)) >= LEAST)


class Student(Explorer):
    """A student that learns from a teacher's answers, on images of your choice."""

    title = mark("What a student reads that it never saw")
    chapter = "18"
    prediction = Prediction(
        mark("A student of 16 hidden units is shown all training images but the threes. It never sees a 3 or hears a "
             "label. A teacher tells it ten probabilities for each image, softened with temperature 8. How many of "
             "the test's threes does it read?"),
        Choice({"none": mark("none, it never saw one"), "tenth": mark("about one in ten"),
                "half": mark("about half"), "most": mark("four in five or more")},
               start="none", label=mark("threes read")),
        truth=nearly_all,
        thought=thought_behind,
        opens_at={"shown": "no 3", "hidden": "16", "answers": "soft", "temperature": "8",
                  "moment": len(films.MARKS) - 1},
    )  # fmt: skip
    shown = Choice(SHOWN, start=NO_THREES, label=mark("the student is shown"))
    answers = Choice(ANSWERS, start="soft", label=mark("the teacher says"))
    temperature = Choice(TEMPERATURES, start="1", label=mark("temperature"))
    hidden = Choice(HIDDEN, start="16", label=mark("hidden units of the student"))
    moment = Whole(0, len(films.MARKS) - 1, start=len(films.MARKS) - 1, label=mark("moment of its training"),
                   plays=True)  # fmt: skip
    image = Whole(0, IMAGES - 1, start=0, label=mark("image that is looked at"))
    claim = Choice(
        {"": mark("nothing yet"), "possible": mark("possible"), "impossible": mark("impossible")},
        start="",
        label=mark("the third goal: you say"),
    )
    goals = (
        Goal(mark("all but the threes, 16 units: the lowest temperature with which the median student reads at least "
                  "80% of the threes"),
             lambda result: (result.shown, result.hidden, result.answers) == ("no 3", "16", "soft")
             and result.ended and int(result.temperature) == least_temperature()),
        Goal(mark("no image of a digit at all, and the median student reads more than 85% of all test images"),
             lambda result: result.shown in ("noise", "shuffled") and np.median(result.read) > MOST_EASY),
        Goal(mark("all training images, 16 units: a temperature whose median is a point or more above that of the "
                  "teacher's digit alone, at the end; or claim that there is none"),
             lambda result: result.claim == "impossible"),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (picture, says, threes) = self.panels(340, 3, narrowest=200)
        self.picture = picture.imshow(np.zeros((8, 8)), cmap="gray_r", vmin=0, vmax=1, animated=True)
        picture.set(xticks=[], yticks=[], xlabel=mark("an image it is shown"))
        picture.grid(visible=False)
        digits = [*range(10)]
        self.says_bars = says.bar(digits, [0] * 10, color=self.colours.blue, animated=True)
        says.set(xticks=digits, ylim=(0, 105), xlabel=mark("digit"), ylabel=mark("what the teacher says (%)"))
        self.bars = threes.bar(digits, [0] * 10, color=self.colours.blue, animated=True)
        self.spread = threes.vlines(digits, 0, 0, color=self.colours.ink, linewidth=1.5, animated=True)
        threes.set(xticks=digits, ylim=(0, 105), xlabel=mark("taken for"), ylabel=mark("the test's threes (%)"))
        self.told = threes.text(0.98, 0.97, "", transform=threes.transAxes, ha="right", va="top", fontsize="small",
                                animated=True)  # fmt: skip
        self.cover = Cover(threes, self.colours)
        return figure

    def compute(self) -> Any:
        soft = self.answers == "soft"
        threes, read = told(self.shown, int(self.temperature) if soft else 0, int(self.hidden), self.moment)
        scores = logits(self.shown)[self.image]
        says = soften(scores, float(self.temperature)) if soft else 1.0 * (np.arange(10) == scores.argmax())
        return Result(pixels=images(self.shown)[self.image].reshape(8, 8), says=says, threes=threes, read=read,
                      steps=films.MARKS[self.moment], ended=self.moment == len(films.MARKS) - 1)  # fmt: skip

    def draw(self, result: Any) -> None:
        self.picture.set_data(result.pixels)
        for bar, share in zip(self.says_bars, result.says, strict=True):
            bar.set_height(100 * share)
        low, middle, high = 100 * np.quantile(result.threes, (0, 0.5, 1), axis=0)
        for digit, bar in enumerate(self.bars):
            bar.set_height(middle[digit])
            bar.set_color(self.colours.orange if digit == DIGIT else self.colours.blue)
        self.spread.set_segments([np.array([[k, low[k]], [k, high[k]]]) for k in range(10)])
        self.told.set_text(say("step {steps:,}", steps=result.steps))
        for part in (*self.bars, self.spread, self.told):
            part.set_visible(not result.asking)
        self.cover.show(result.asking)

    def says(self, result: Any) -> str:
        order = np.argsort(-result.says, kind="stable")
        teacher = say("Of this image the teacher says {first} with {most:.1%}, then {second} with {next:.2%}.",
                      first=int(order[0]), most=result.says[order[0]], second=int(order[1]),
                      next=result.says[order[1]])  # fmt: skip
        if result.answers == "hard":
            teacher = say("Of this image the teacher says {first}.", first=int(order[0]))
        if result.asking:
            return teacher
        threes = result.threes[:, DIGIT]
        found = say("Step {steps:,}: the median student reads {median:.1%} of the threes ({low:.1%} to {high:.1%}, ten "
                    "students) and {read:.1%} of all test images.", steps=result.steps, median=np.median(threes),
                    low=threes.min(), high=threes.max(), read=np.median(result.read))  # fmt: skip
        return together(found, teacher)
