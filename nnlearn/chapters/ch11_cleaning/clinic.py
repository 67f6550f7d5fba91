"""An explorer of chapter 11: tumours that are standardised by the training rows' statistics, or by their own."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlearn.chapters.ch11_cleaning.whose_rows import by_own, model
from nnlearn.checks import Array
from nnlearn.data.measured import measured
from nnlearn.explorers.controls import Choice, Linear, Whole
from nnlearn.explorers.cover import Cover
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.goals import Goal
from nnlearn.explorers.prediction import Prediction
from nnlearn.explorers.result import Result
from nnlearn.language import mark, say

LARGEST, TUMOURS = 50, 1000  # rows sent together at most; rows in all, as many times as are needed
MOST = 200  # rows of a bar that are drawn
SIZES = (1, 2, 3, 5, 8, 12, 20, 30, LARGEST)  # of the curve
TICKS = (1, 2, 5, 10, 20, 50)
EDGES = np.linspace(-20, 20, 41)  # of the histogram: scores beyond stand in the last bars
BY = {"training": mark("of the training rows"), "own": mark("of the rows sent together")}


@cache
def rows_and_model() -> tuple[Array, Array, Any, Any]:
    """The malignant and the benign test rows of the first split, the training rows' scale, and the model."""
    data, scale, fitted = model(0)
    return data.X_test[data.y_test == 0], data.X_test[data.y_test == 1], scale, fitted


def sent(count: int, share: float) -> tuple[Array, Any]:
    """Rows in parcels, (parcels, count, features), and which are malignant: drawn one by one from the test rows."""
    malignant, benign, *_ = rows_and_model()
    random = np.random.default_rng(count)
    ill = random.random((max(1, TUMOURS // count), count)) < share
    rows = np.where(ill[..., np.newaxis], malignant[random.integers(len(malignant), size=ill.shape)],
                    benign[random.integers(len(benign), size=ill.shape)])  # fmt: skip
    return rows, ill


def scores(rows: Array, by: str) -> Array:
    """The model's score of each row, above 0 where it says malignant; standardised by whose statistics."""
    *_, scale, fitted = rows_and_model()
    seen = by_own(rows) if by == "own" else (rows - scale.mean_) / scale.scale_
    return np.asarray(-(seen @ fitted.coef_[0] + fitted.intercept_[0]))


def shares(count: int, share: float, by: str) -> tuple[float | None, float | None]:
    """Of the malignant rows those that are found, of the benign those that are called benign; None where none is."""
    rows, ill = sent(count, share)
    malignant = scores(rows, by) > 0
    return (float(malignant[ill].mean()) if ill.any() else None, float(1 - malignant[~ill].mean())
            if not ill.all() else None)  # fmt: skip


def found_alone(by: str) -> Array:
    """Per cent of the malignant test rows that are found where only these are sent, of each split."""
    row = next(row for row in measured("11")["own"] if (row["rows"], row["by"]) == ("malignant", by))
    return 100 * np.array(row["found"])


def own_statistics() -> str:
    """The truth of the prediction."""
    own, training = found_alone("own"), found_alone("training")
    return say("Measured on 20 splits: {own:.0f}% ({least:.0f} to {most:.0f}). By the training rows' mean and "
               "deviation it is {training:.0f}%.", own=np.median(own), least=own.min(), most=own.max(),
               training=np.median(training))  # fmt: skip


def thought_behind(answer: str) -> str:
    """Which thought leads to an answer of the prediction."""
    thoughts = {
        "98": mark("The same model, the same recipe, you thought. But the recipe takes the mean of these rows away, "
                   "and what they have in common is the illness."),
        "90": mark("A little is lost, you thought. But the mean that is taken away is what tells these rows from the "
                   "others."),
        "40": mark("So it is: their mean becomes 0, so about half of them stand on either side."),
        "0": mark("If nothing were left of the illness, all would be called benign. So it is with one row at a time; "
                  "of many about half stay above their own mean."),
    }  # fmt: skip
    return say(thoughts[answer])


class Clinic(Explorer):
    """Scores of malignant and benign tumours, and what is found, by how many rows are sent together."""

    title = mark("Whose mean?")
    chapter = "11"
    prediction = Prediction(
        mark("A model was trained on standardised measurements of tumours. It finds 98% of the malignant ones. A "
             "clinic sends 50 rows, all of them malignant, and you standardise these by their own mean and deviation. "
             "What share of them is found?"),
        Choice({"98": mark("98%, as before"), "90": mark("about 90%"), "40": mark("about 40%"), "0": mark("none")},
               start="98", label=mark("share found")),
        truth=own_statistics,
        thought=thought_behind,
        opens_at={"by": "own", "malignant": 100.0, "rows": LARGEST},
    )  # fmt: skip
    by = Choice(BY, start="training", label=mark("mean and deviation"))
    malignant = Linear(0, 100, start=40, step=5, label=mark("malignant among those sent"), unit="%")
    rows = Whole(1, LARGEST, start=LARGEST, label=mark("rows sent together"))
    claim = Choice({"possible": mark("it can be done"), "impossible": mark("it is impossible")}, start="possible",
                   label=mark("the third goal"))  # fmt: skip
    goals = (
        Goal(mark("own statistics: at least 90% of the malignant found and 95% of the benign called benign"),
             lambda result: result.by == "own" and None not in (result.found, result.cleared)
             and result.found >= 0.9 and result.cleared >= 0.95),
        Goal(mark("own statistics: more than a third of the benign called malignant"),
             lambda result: result.by == "own" and result.cleared is not None and result.cleared < 2 / 3),
        Goal(mark("own statistics, one row at a time: a malignant one is found, or the claim that none can be"),
             lambda result: result.claim == "impossible" or (
                 result.by == "own" and result.rows == 1 and bool(result.found))),
    )  # fmt: skip

    def figure(self) -> Figure:
        figure, (left, right) = self.panels(330, 2, narrowest=320)
        left.set(xlabel=mark("score (above 0: said to be malignant)"), ylabel=mark("rows"), xlim=(EDGES[0], EDGES[-1]),
                 ylim=(0, MOST))  # fmt: skip
        left.axvline(0, color=self.colours.muted, linewidth=1)
        looks = {
            "benign": {"color": self.colours.blue, "alpha": 0.45},
            "malignant": {"edgecolor": self.colours.orange, "fill": False, "linewidth": 2},
        }
        words = {"benign": mark("benign"), "malignant": mark("malignant")}
        self.bars = {kind: left.stairs(np.zeros(len(EDGES) - 1), EDGES, label=words[kind], animated=True,
                                       **({"fill": True} | look)) for kind, look in looks.items()}  # fmt: skip
        right.set(xscale="log", xlabel=mark("rows sent together"), ylabel=mark("share right (%)"), ylim=(-4, 104),
                  xlim=(0.9, 56))  # fmt: skip
        right.set_xticks(TICKS, [str(count) for count in TICKS])
        right.tick_params(which="minor", bottom=False)
        (self.found,) = right.plot([], [], "o-", color=self.colours.orange, markersize=4, animated=True,
                                   label=mark("of the malignant, found"))  # fmt: skip
        (self.cleared,) = right.plot([], [], "s--", color=self.colours.blue, markersize=4, animated=True,
                                     label=mark("of the benign, called benign"))  # fmt: skip
        (self.here,) = right.plot([], [], ":", color=self.colours.ink, linewidth=1.4, animated=True)
        self.covers = []
        for axes in (left, right):
            axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1), fontsize="small", frameon=False)
            self.covers.append(Cover(axes, self.colours))
        self.ghosts(self.found, self.cleared)
        return figure

    def compute(self) -> Any:
        share = self.malignant / 100
        rows, ill = sent(self.rows, share)
        score = np.clip(scores(rows, self.by), EDGES[0], EDGES[-1])
        found, cleared = shares(self.rows, share, self.by)
        curve = [shares(count, share, self.by) for count in SIZES]
        return Result(
            counts=[np.histogram(score[those], EDGES)[0] for those in (~ill, ill)], found=found, cleared=cleared,
            curves=100 * np.array(curve, float).T, sent=ill.size, ill=int(ill.sum()),
        )  # fmt: skip

    def draw(self, result: Any) -> None:
        for bars, count in zip(self.bars.values(), result.counts, strict=True):
            bars.set_data(np.minimum(count, MOST))
        for line, numbers in zip((self.found, self.cleared), result.curves, strict=True):
            line.set_data(SIZES, numbers)
        self.here.set_data([result.rows] * 2, [-4, 104])
        for cover in self.covers:
            cover.show(result.asking)

    def says(self, result: Any) -> str:
        if result.asking:
            return ""
        if result.found is None:
            return say("{sent} benign rows: {cleared:.1%} are called benign.", sent=result.sent, cleared=result.cleared)
        if result.cleared is None:
            return say("{sent} malignant rows: {found:.1%} are found.", sent=result.sent, found=result.found)
        return say("Of {ill} malignant rows {found:.1%} are found, of {well} benign ones {cleared:.1%} are called "
                   "benign.", ill=result.ill, found=result.found, well=result.sent - result.ill,
                   cleared=result.cleared)  # fmt: skip
