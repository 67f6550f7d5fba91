"""Predictions: a question, a draft, an answer that is kept, and no word of the truth before it."""

import asyncio
import base64
import importlib
import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure
from test_explorer import decoded, in_no_time, shown, tell

from nnlearn import language, progress
from nnlearn.chapters.ch00_start_here import explorers as chapter_00
from nnlearn.chapters.ch00_start_here.explorers import FLOOR, FirstDescent, TwoClocks, ValleyMap
from nnlearn.chapters.ch02_networks import Backward, OneMistake, Pulls
from nnlearn.chapters.ch03_gradient_descent.explorers import Parabola
from nnlearn.chapters.ch04_minibatches import BatchMap, Hover
from nnlearn.chapters.ch05_momentum import explorers as chapter_05
from nnlearn.chapters.ch05_momentum.explorers import MomentumMap
from nnlearn.chapters.ch06_adaptive import Epsilon, Turn
from nnlearn.chapters.ch07_adam import FirstSteps, Forgetting
from nnlearn.chapters.ch08_schedules import Cooling
from nnlearn.chapters.ch09_second_order import Basins, Jumps
from nnlearn.chapters.ch10_failing import ByHeart, Heat, Wedge
from nnlearn.chapters.ch11_cleaning import Clinic, Sieve
from nnlearn.chapters.ch12_augmentation.dial import Dial
from nnlearn.chapters.ch12_augmentation.gains import Gains
from nnlearn.chapters.ch13_compression import EightBytes, FromAfar
from nnlearn.chapters.ch14_architecture import Costs, Reading
from nnlearn.chapters.ch15_pruning import LayerShares, Prune, Shrink
from nnlearn.chapters.ch16_trimming import SharedValues, Shortcuts
from nnlearn.chapters.ch17_quantisation import bits as chapter_17
from nnlearn.chapters.ch17_quantisation.bits import Bits
from nnlearn.chapters.ch18_distillation import Student, Temperature
from nnlearn.explorers import Choice, Explorer, Goal, Linear, Log, Point, Prediction, Result, Switch, Whole
from nnlearn.explorers.explorer import STAY
from nnlearn.explorers.training_map import RESOLUTIONS
from nnlearn.objectives import TwoValleys
from nnlearn.optimizers import GradientDescent
from nnlearn.rooms import rooms
from nnlearn.trace import run
from tools.environment import ROOT


class Base(Explorer):
    """x squared, and a mark for the prediction."""

    title = "Squares"
    chapter = "99"
    x = Linear(0, 10, start=1, step=1, label="x")
    spot = Point((0, 10), (0, 10), start=(2, 2), label="spot", axes="plane")
    goals = (Goal("49", lambda result: result.square == 49), Goal("1", lambda result: result.square == 1))

    def figure(self):
        figure = Figure(figsize=(4, 3))
        axes = figure.subplots()
        axes.set_label("plane")
        axes.set(xlim=(0, 10), ylim=(0, 10))
        (self.dot,) = axes.plot([], [], "o", animated=True)
        return figure

    def compute(self):
        return Result(square=self.x**2)

    def draw(self, result):
        self.dot.set_data([] if result.asking else [result.x], [] if result.asking else [1.0])

    def says(self, result):
        return "Covered." if result.asking else f"The square is {result.square:g}."


def asked(answer, **members):
    """A class of explorer that asks for this answer."""
    members.setdefault("prediction", Prediction("How large?", answer, lambda: "It is 49.", {"x": 7}))
    return type("Asked", (Base,), members)


ANSWERS = {
    "choice": Choice({"less": "less than 40", "more": "more than 40"}, start="less", label="size"),
    "linear": Linear(0, 100, start=50, step=1, label="size", unit="m"),
    "whole": Whole(0, 100, start=50, label="size"),
    "log": Log(0.1, 100, start=1, label="size"),
    "point": Point((0, 10), (0, 10), start=(5, 5), label="size", axes="plane"),
    "along a line": Point((0, 10), (3, 3), start=(5, 3), label="size", axes="plane"),
    "up a line": Point((4, 4), (0, 10), start=(4, 5), label="size", axes="plane"),
}
TAKEN = [  # the answer, as it is kept, and in words
    ("choice", "more", "more", "more than 40"),
    ("linear", 49, 49.0, "49 m"),
    ("linear", np.float64(0), 0.0, "0 m"),
    ("linear", 50, 50.0, "50 m"),  # where the control stands anyway
    ("whole", 49.0, 49, "49"),
    ("whole", np.int64(100), 100, "100"),
    ("log", 0.1, 0.1, "0.1"),
    ("point", (7, 1), (7.0, 1.0), "(7, 1)"),
    ("point", np.array([0, 10]), (0.0, 10.0), "(0, 10)"),
    ("along a line", [7.5, 3], (7.5, 3.0), "7.5"),
    ("up a line", (4, 0), (4.0, 0.0), "0"),
]
REFUSED = [
    ("choice", "most", ValueError, "prediction = 'most' is not one of 'less', 'more'."),
    ("choice", 0, ValueError, "prediction = 0 is not one of"),
    ("choice", "", ValueError, "prediction = '' is not one of"),
    ("linear", 101, ValueError, "prediction = 101 is not in [0, 100]."),
    ("linear", np.nan, ValueError, "prediction = nan is not in"),
    ("linear", "49", TypeError, "prediction must hold real numbers"),
    ("linear", [49], TypeError, "prediction must be one number"),
    ("whole", 48.5, ValueError, "prediction = 48.5 is not a whole number."),
    ("log", 0, ValueError, "prediction = 0 is not in [0.1, 100]."),
    ("point", (7, 11), ValueError, "prediction[1] = 11 is not in [0, 10]."),
    ("point", 7, TypeError, "prediction must be two numbers"),
    ("along a line", (7, 2), ValueError, "prediction[1] = 2 is not in [3, 3]."),
    ("up a line", (3, 5), ValueError, "prediction[0] = 3 is not in [4, 4]."),
]
KIND = pytest.mark.parametrize("kind", ANSWERS)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Where the notes of this test are kept."""
    place = tmp_path / "notes.jsonl"
    monkeypatch.setenv("NNLEARN_PROGRESS", str(place))
    return place


def kept(explorer):
    found = progress.latest("prediction", f"{explorer.chapter}.{type(explorer).__name__}")
    return found and found.value


def good(kind):
    return next(value for name, value, *_ in TAKEN if name == kind)


# --- Asking ---


@KIND
def test_the_question_comes_first(kind):
    explorer = asked(ANSWERS[kind])()
    start = None if kind == "choice" else ANSWERS[kind].start
    assert explorer.asking and explorer.predicted is None and explorer.error is None
    assert shown(explorer, "prediction") == {"open": False, "ready": False, "value": start, "verdict": ""}
    assert explorer.alternative_text() == "Squares. Predict first: How large?"
    page = explorer.get_state()["_page"]["prediction"]
    assert page["question"] == "How large?"
    assert page["answer"] == {"name": "prediction"} | ANSWERS[kind].page()
    assert page["words"] == {
        "predict": "Predict first", "commit": "Commit, and open the explorer", "again": "Predict again",
    }  # fmt: skip


@KIND
def test_before_the_answer_nothing_moves_in_the_picture_but_the_mark(kind):
    explorer = asked(ANSWERS[kind])()
    is_point = isinstance(ANSWERS[kind], Point)
    assert list(shown(explorer, "points")) == (["prediction"] if is_point else [])
    if is_point:
        (mark,) = shown(explorer, "points").values()
        across, down = explorer._picture.place(explorer._picture.axes("plane"), ANSWERS[kind].start)
        assert mark["place"] == pytest.approx((across, down)) and mark["text"] == ANSWERS[kind].text(mark_at(explorer))
    explorer.predict(good(kind))
    assert list(shown(explorer, "points")) == ["spot"]


def mark_at(explorer):
    return shown(explorer, "prediction")["value"]


def test_the_truth_is_not_even_measured_before_the_answer():
    calls = []
    question = Prediction("How large?", ANSWERS["choice"], lambda: calls.append(1) or "It is 49.", {"x": 7})
    explorer = asked(None, prediction=question)()
    tell(explorer, values={"prediction": "less"})
    explorer._repr_mimebundle_()
    assert calls == []
    explorer.predict("less")
    explorer.x = 3
    explorer._repr_mimebundle_()
    assert calls == [1]  # and afterwards only once
    explorer.predict("more")
    assert calls == [1, 1]


@pytest.mark.parametrize("in_a_loop", [False, True])
def test_run_all_is_not_held_up(in_a_loop):
    async def cell():
        explorer = asked(ANSWERS["point"])()
        data, metadata = explorer._repr_mimebundle_()
        assert data["text/plain"] == "Squares. Predict first: How large?"
        assert decoded(base64.b64decode(data["image/png"])).shape == (450, 600, 3)
        assert metadata["image/png"] == {"width": 400, "height": 300}
        assert "application/vnd.jupyter.widget-view+json" in data
        explorer.look("dark", 2)
        explorer.set(x=4)  # a later cell
        assert explorer.asking and explorer.error is None

    if in_a_loop:
        asyncio.run(cell())
    else:
        with pytest.raises(StopIteration):  # it ran to its end
            cell().send(None)


# --- The answer ---


@pytest.mark.parametrize(("kind", "value", "taken", "words"), TAKEN)
def test_the_answer_opens_the_explorer(place, kind, value, taken, words):
    explorer = asked(ANSWERS[kind])()
    explorer.predict(value)
    assert not explorer.asking
    assert explorer.predicted == taken and type(explorer.predicted) is type(taken)
    assert explorer.x == 7 and explorer.result.square == 49 and explorer.status == "The square is 49."
    assert explorer.dot.get_xydata().tolist() == [[7, 1]]
    verdict = f"You predicted: {words}. It is 49."
    assert shown(explorer, "prediction")["open"] and shown(explorer, "prediction")["verdict"] == verdict
    assert explorer.alternative_text() == f"Squares: {verdict} The square is 49. (Settings: x 7; spot (2, 2).)"


@pytest.mark.parametrize(("kind", "value", "taken", "words"), TAKEN)
def test_the_answer_is_there_in_another_session(place, kind, value, taken, words):
    asked(ANSWERS[kind])().predict(value)
    explorer = asked(ANSWERS[kind])()
    assert not explorer.asking
    assert explorer.predicted == taken and type(explorer.predicted) is type(taken)
    assert explorer.x == 1  # it opens where explorers start
    assert shown(explorer, "prediction")["verdict"] == f"You predicted: {words}. It is 49."
    assert list(shown(explorer, "points")) == ["spot"]
    assert [goal.text for goal in explorer.reached] == ["49", "1"]


@pytest.mark.parametrize(("kind", "value", "error", "message"), REFUSED)
def test_what_is_no_answer_is_refused(place, kind, value, error, message):
    explorer = asked(ANSWERS[kind])()
    with pytest.raises(error, match="^" + re.escape(message)):
        explorer.predict(value)
    assert explorer.asking and explorer.x == 1 and not place.exists()
    assert shown(explorer, "prediction")["open"] is False
    explorer.predict(good(kind))
    before = explorer.predicted
    with pytest.raises(error):
        explorer.predict(value)
    assert explorer.predicted == before


def test_the_answer_can_be_changed(place):
    explorer = asked(ANSWERS["choice"])()
    explorer.predict("less")
    explorer.x = 3
    explorer.predict("more")
    assert explorer.x == 7 and kept(explorer) == "more"
    assert shown(explorer, "prediction")["verdict"] == "You predicted: more than 40. It is 49."


@KIND
def test_predict_again(place, kind):
    explorer = asked(ANSWERS[kind])()
    before = shown(explorer, "picture"), shown(explorer, "prediction"), explorer.alternative_text()
    explorer.predict(good(kind))
    explorer.spot = (3, 3)
    assert shown(explorer, "picture") != before[0]
    explorer.predict(None)
    assert explorer.asking and explorer.predicted is None
    assert explorer.values == {"x": 1, "spot": (2, 2)}
    assert (shown(explorer, "picture"), shown(explorer, "prediction"), explorer.alternative_text()) == before
    assert asked(ANSWERS[kind])().asking
    explorer.predict(good(kind))
    assert not asked(ANSWERS[kind])().asking


def test_it_opens_where_the_question_is():
    several = Prediction("How large?", ANSWERS["choice"], lambda: "It is 49.", {"x": 7, "spot": (7, 7)})
    explorer = asked(None, prediction=several)(x=5, spot=(1, 1))
    assert explorer.values == {"x": 5, "spot": (1, 1)}
    explorer.predict("less")
    assert explorer.values == {"x": 7, "spot": (7, 7)}
    nowhere = Prediction("How large?", ANSWERS["choice"], lambda: "It is 49.")
    explorer = asked(None, prediction=nowhere)(x=5)
    explorer.predict("less")
    assert explorer.values == {"x": 5, "spot": (2, 2)} and explorer.status == "The square is 25."


def test_opening_is_one_message_to_the_page():
    explorer = asked(ANSWERS["choice"])()
    sent = []
    explorer.send_state = lambda keys=None: sent.append(set(keys))
    explorer.predict("less")
    assert sent == [{"x", "_shown"}]


def test_without_a_question_there_is_nothing_to_predict():
    explorer = Base()
    assert explorer.predicted is None and not explorer.asking
    assert shown(explorer, "prediction") is None and explorer.get_state()["_page"]["prediction"] is None
    for value in ("less", None):
        with pytest.raises(TypeError, match="Squares asks for no prediction."):
            explorer.predict(value)
    tell(explorer, commit=True, again=True)
    assert explorer.x == 1


@pytest.mark.parametrize("name", ["prediction", "predict", "predicted", "asking", "chapter", "goals"])
def test_no_control_may_take_their_names(name):
    with pytest.raises(TypeError, match=f"'{name}' is taken by Explorer"):
        type("Bad", (Base,), {name: Switch(start=False, label="bad")})


# --- What is kept ---


@pytest.mark.parametrize(
    ("kind", "value"),
    [("choice", "formerly"), ("choice", 3), ("choice", ["less"]), ("linear", 101), ("linear", "fifty"),
     ("linear", True), ("linear", [3, 4]), ("linear", float("nan")), ("linear", float("inf")), ("linear", 10**400),
     ("whole", 3.5), ("log", 0), ("point", 3), ("point", [3]), ("point", [3, [4]]), ("point", ["a", "b"]),
     ("point", {"x": 3}), ("point", [3, 11]), ("along a line", [7, 2]), ("up a line", [None, 5])],
)  # fmt: skip
def test_an_outdated_answer_is_asked_for_again(place, kind, value):
    progress.note("prediction", "99.Asked", value)
    explorer = asked(ANSWERS[kind])()
    assert explorer.asking and explorer.error is None
    explorer.predict(good(kind))
    assert not asked(ANSWERS[kind])().asking


@pytest.mark.parametrize("text", ["", "damaged\n", '{"kind": "prediction"}\n', "\x00" * 100])
def test_a_damaged_file_is_asked_for_again(place, text):
    place.write_text(text, encoding="utf-8")
    explorer = asked(ANSWERS["choice"])()
    assert explorer.asking
    explorer.predict("more")
    assert asked(ANSWERS["choice"])().predicted == "more"


def test_each_explorer_keeps_its_own(place):
    asked(ANSWERS["choice"])().predict("more")
    assert asked(ANSWERS["choice"], chapter="98")().asking
    assert type("Other", (asked(ANSWERS["choice"]),), {})().asking


def test_nothing_is_kept_without_a_chapter(place):
    explorer = asked(ANSWERS["choice"], chapter="")()
    explorer.predict("more")
    assert explorer.predicted == "more" and len(explorer.reached) == 1
    assert not place.exists()
    progress.note("prediction", "", "more")
    progress.note("prediction", ".Asked", "more")
    assert asked(ANSWERS["choice"], chapter="")().asking


def test_nothing_is_kept_where_it_is_off(place, monkeypatch):
    monkeypatch.setenv("NNLEARN_PROGRESS", "off")
    explorer = asked(ANSWERS["choice"])()
    explorer.predict("more")
    assert not explorer.asking and asked(ANSWERS["choice"])().asking
    assert not place.exists()


def test_where_nothing_can_be_written_it_opens_all_the_same(place):
    place.mkdir()
    explorer = asked(ANSWERS["choice"])()
    explorer.predict("more")
    assert not explorer.asking and shown(explorer, "prediction")["verdict"]


ANOTHER_SESSION = """
from nnlearn.chapters.ch00_start_here.explorers import FirstDescent
explorer = FirstDescent()
print(explorer.predicted, [goal.text for goal in explorer.reached])
"""


def test_a_new_kernel_knows_the_answer(place):
    explorer = FirstDescent()
    explorer.predict((-1.1, FLOOR))
    explorer.learning_rate = 0.55
    told = subprocess.run(
        [sys.executable, "-c", ANOTHER_SESSION], cwd=ROOT, env=os.environ, capture_output=True, encoding="utf-8"
    )
    assert told.stdout == f"(-1.1, {FLOOR}) ['from 1.8 into the deep valley in at most 3 steps']\n", told.stderr


# --- Goals ---


def test_goals_do_not_tick_before_the_answer(place):
    explorer = asked(ANSWERS["choice"])()
    explorer.x = 7
    assert explorer.reached == () and shown(explorer, "goals") == []
    explorer.predict("more")
    assert [goal.text for goal in explorer.reached] == ["49"]
    explorer.predict(None)  # back where the other goal is reached
    assert [goal.text for goal in explorer.reached] == ["49"]


def test_goals_do_not_tick_before_the_answer_in_a_loop():
    async def cell():
        explorer = asked(ANSWERS["choice"])()
        await asyncio.sleep(2 * STAY)
        assert explorer.reached == ()
        explorer.predict("more")
        explorer.predict(None)  # within the time
        await asyncio.sleep(2 * STAY)
        assert explorer.reached == ()
        explorer.predict("more")
        await asyncio.sleep(2 * STAY)
        assert [goal.text for goal in explorer.reached] == ["49"]

    in_no_time(cell())


# --- Messages of the page ---

TYPED = [  # what the page sends as a value, what becomes the draft, and the note
    ("choice", "more", "more", ""),
    ("linear", 12.5, 12.5, ""),
    ("linear", 50, 50, ""),
    ("linear", 120, 100, "size: 120 m is not possible; the nearest value, 100 m, is set."),
    ("whole", 12.4, 12, "size: 12.4 is not possible; the nearest value, 12, is set."),
    ("log", 0.01, 0.1, "size: 0.01 is not possible; the nearest value, 0.1, is set."),
    ("point", [3, 12], (3, 10), "size: (3, 12) is not possible; the nearest value, (3, 10), is set."),
    ("along a line", [3, 3], (3, 3), ""),
    ("up a line", [4, -1], (4, 0), "size: -1 is not possible; the nearest value, 0, is set."),
]


@pytest.mark.parametrize(("kind", "typed", "draft", "note"), TYPED)
def test_a_draft_is_no_answer_yet(place, kind, typed, draft, note):
    explorer = asked(ANSWERS[kind])()
    before = shown(explorer, "picture"), explorer.alternative_text()
    tell(explorer, values={"prediction": typed})
    assert shown(explorer, "prediction") == {"open": False, "ready": True, "value": draft, "verdict": ""}
    assert shown(explorer, "note") == note
    assert explorer.asking and explorer.predicted is None and explorer.x == 1 and not place.exists()
    assert (shown(explorer, "picture"), explorer.alternative_text()) == before
    tell(explorer, commit=True)
    assert explorer.predicted == draft and explorer.x == 7 and kept(explorer) is not None
    assert shown(explorer, "prediction")["open"]


@pytest.mark.parametrize(
    ("kind", "pressed", "draft"),
    [("point", (7.5, 2.5), (7.5, 2.5)), ("point", (30, -5), (10, 0)),
     ("along a line", (7.5, 9), (7.5, 3)), ("along a line", (-4, 3), (0, 3)), ("up a line", (9, 7.5), (4, 7.5))],
)  # fmt: skip
def test_a_press_in_the_picture_moves_the_mark(kind, pressed, draft):
    explorer = asked(ANSWERS[kind])()
    picture = explorer._picture
    tell(explorer, places={"prediction": list(picture.place(picture.axes("plane"), pressed))})
    assert shown(explorer, "prediction")["ready"]
    assert shown(explorer, "prediction")["value"] == pytest.approx(draft, abs=0.03)
    mark = shown(explorer, "points")["prediction"]
    assert mark["place"] == pytest.approx(picture.place(picture.axes("plane"), draft), abs=0.004)
    assert mark["text"] == ANSWERS[kind].text(shown(explorer, "prediction")["value"])
    assert explorer.spot == (2, 2)
    explorer.look("dark", 1)  # another picture, the same mark
    assert shown(explorer, "points")["prediction"]["text"] == mark["text"]
    tell(explorer, commit=True)
    assert explorer.predicted == pytest.approx(draft, abs=0.03)


def test_value_and_commit_may_come_together():
    explorer = asked(ANSWERS["linear"])()
    tell(explorer, values={"prediction": 12}, commit=True)
    assert explorer.predicted == 12 and explorer.x == 7


def test_a_commit_without_a_draft_does_nothing(place):
    for kind in ANSWERS:
        explorer = asked(ANSWERS[kind])()
        tell(explorer, commit=True)
        assert explorer.asking and not shown(explorer, "prediction")["ready"] and not place.exists()


def test_again_from_the_page(place):
    explorer = asked(ANSWERS["linear"])()
    tell(explorer, values={"prediction": 12}, commit=True)
    tell(explorer, values={"x": 9})
    tell(explorer, again=True)
    assert shown(explorer, "prediction") == {"open": False, "ready": False, "value": 50, "verdict": ""}
    assert explorer.x == 1 and kept(explorer) is None
    tell(explorer, commit=True)  # the draft of last time is gone
    assert explorer.asking


def test_a_draft_that_is_no_answer_opens_nothing():
    explorer = asked(ANSWERS["choice"])()
    tell(explorer, values={"prediction": "most"}, commit=True)  # ipywidgets logs the error
    assert explorer.asking and explorer.x == 1


# --- Languages ---


# A few entries of a catalogue.
CHINESE = {
    "How large?": "多大？", "Predict first": "先预测", "less than 40": "小于 40", "size": "大小",
    "You predicted: {yours}. {truth}": "你的预测：{yours}。{truth}",
    "{title}. Predict first: {question}": "{title}。先预测：{question}",
}  # fmt: skip


def test_the_question_follows_the_language(monkeypatch):
    monkeypatch.setattr(language, "catalogue", lambda place, name: CHINESE if name == "zh" else {})
    monkeypatch.setenv("NNLEARN_LANG", "zh")
    explorer = asked(ANSWERS["choice"])()
    page = explorer.get_state()["_page"]["prediction"]
    assert (page["question"], page["words"]["predict"], page["answer"]["label"]) == ("多大？", "先预测", "大小")
    assert page["answer"]["options"][0] == ["less", "小于 40"]
    assert explorer.alternative_text() == "Squares。先预测：多大？"
    explorer.predict("less")
    assert shown(explorer, "prediction")["verdict"] == "你的预测：小于 40。It is 49."


# --- The predictions of the course: nothing of the truth before the answer ---


def of_the_course():
    chapters = [importlib.import_module(f"nnlearn.chapters.{room.name}") for room in rooms().values()]
    offered = [getattr(chapter, name) for chapter in chapters for name in chapter.__all__]
    classes = [each for each in offered if isinstance(each, type) and issubclass(each, Explorer)]
    return {cls for cls in classes if cls.prediction}


# Of each: an answer, the truth's sentence, words that only the truth has.
COURSE = {
    Parabola: ("66", "Measured: 66 steps.", ["Measured", "1.9"]),
    FirstDescent: (
        (0.88, FLOOR),
        "Measured: -1.088, the deep valley, after 5 steps. The first step leaps over the hill.",
        ["Measured", "deep", "1.088", "leaps"],
    ),
    ValleyMap: (
        2,
        "Measured: 3, beginning at -2.20, -1.83, 1.62.",
        ["Measured", "beginning", "of the runs", "Of the runs", "1.83", "1.62"],
    ),
    TwoClocks: (10, "Measured: 88.4%.", ["Measured", "88", "the accuracy"]),
    MomentumMap: (
        (0.002, 0.9),
        "Measured: 0.0380, that is 1.9 times the limit without momentum.",
        ["Measured", "1.9 times", "0.038", "of the map"],
    ),
    OneMistake: ("50", "Measured: 11,034 steps.", ["Measured", "11,034", "9.1e-05"]),
    Pulls: (
        (0.9, 0.0),
        "Measured: at p = 0.333, with 0.296. At p = 0.001 it pulls with 0.002, cross-entropy with 0.999.",
        ["Measured", "0.333", "0.296", "pulls with"],
    ),
    Backward: (
        "thousand",
        "Measured on five networks: 510,677 times (416,705 to 542,450).",
        ["Measured", "times as long", "e+05", "510,677"],
    ),
    BatchMap: (
        "linear",
        "By theory: 0.236, that is 3.6 times 0.066. All patients allow 0.242.",
        ["By theory", "0.236", "0.242", "largest safe rate is"],
    ),
    Hover: (
        "small",
        "Measured, the last 500 of 2,000 steps: with the targets as they are 3.5% above the bottom. With targets that "
        "a line fits exactly less than 1e-20 of that loss.",
        ["Measured", "1e-20", "for ever"],
    ),
    Turn: ("365", "Measured: 535 steps, at rate 1.23.", ["Measured", "535", "of the map", "of 461 rates"]),
    Epsilon: (
        "half",
        "Measured: 0.998. With epsilon 1e-8 outside the root it is 0.467.",
        ["Measured", "0.998", "0.467", "of the map"],
    ),
    Cooling: (
        "less",
        "Computed: 0.0095, 1.5 times as much. Cooling in the last 30% from the same peak ends at 0.0036.",
        ["Computed", "0.0095", "0.0036", "is best"],
    ),
    Forgetting: (
        "same",
        "Measured: 5.1, as large as near the start. The least loss was 4e-139, at step 3,040.",
        ["Measured", "5.1", "border", "On the map"],
    ),
    FirstSteps: (
        "third",
        "Measured: 3.16 times the rate, and 6.57 times at step 12.",
        ["Measured", "3.16", "6.57", "collected"],
    ),
    Costs: (
        "half",
        "Counted: 5.1%. The second convolution, 22% of the parameters, has 91.9%.",
        ["Counted", "5.1", "91.9", "operations for an image"],
    ),
    Reading: (
        "better",
        "Measured, medians of ten draws: trained 94.6%, never trained 95.1%, the bare pixels 92.9%.",
        ["Measured", "94.6", "95.1", "It reads"],
    ),
    Prune: (
        "half",
        "Measured: the random tenth. Without it the network reads 89.8% (the median of 10 draws), without the smallest "
        "half 98.0%, whole 98.0%.",
        ["Measured", "89.8", "accuracy"],
    ),
    Basins: (
        "all",
        "Measured after 30 steps: 64% in a minimum, 31% on a saddle, 4% on the top. "
        "200 steps of plain descent, rate 0.01: 100% in a minimum.",
        ["Measured", "64", "31%", "on a saddle", "of all starts are in a minimum"],
    ),
    Jumps: ("6", "Measured: never. After 6 steps theta is 1.5e+30.", ["Measured", "never", "e+30", "leads from"]),
    Wedge: (
        "tenth",
        "Measured on 20 networks: 176 times (108 to 366).",
        ["Measured", "176", "168", "times smaller", "reads"],
    ),
    ByHeart: (
        "tenth",
        "Measured: 100%, from step 120 on. Of 300 other images, with true labels, it then reads 8%.",
        ["Measured", "100%", "Step"],
    ),
    Heat: (
        "0",
        "Measured on 40 digits, five seeds: 0.89 (0.89 to 0.91). With another network that learned it is 0.95.",
        ["Measured", "0.89", "0.9", "correlation of its"],
    ),
    Sieve: (
        "98",
        "Measured on four networks: 78.2% (75.8 to 81.6). The picture shows one of them.",
        ["Measured", "78", "81.", "dB", "network reads"],
    ),
    Clinic: (
        "98",
        "Measured on 20 splits: 43% (40 to 47). By the training rows' mean and deviation it is 98%.",
        ["Measured", "43", "45", "are found"],
    ),
    FromAfar: (
        10.0,
        "Measured: 20.1 dB, 5.5 more than without. Pixel by pixel it is worse, 8.1 dB instead of 12.6.",
        ["Measured", "20.1", "8.1 dB", "Pixel by pixel"],
    ),
    EightBytes: (
        "16",
        "Measured, five splits: 32 of 2 bits 97.1% [96.4%, 97.6%], 64 of 1 bit 96.2% [95.6%, 97.1%]: in one split "
        "the 64 are ahead. 16 of 4 bits 94.4% [93.8%, 96.9%]: in every split behind the 32. All of it "
        "reads 99.1% [98.4%, 99.1%].",
        ["Measured", "97.1", "94.4", "Read"],
    ),
    LayerShares: (
        "each",
        "Measured: 57.1% with the smallest of each layer gone, 93.8% with the smallest of the network.",
        ["Measured", "57.1", "93.8", "Accuracy"],
    ),
    Shrink: (
        "10",
        "None. The weight comes to rest at 0.333 with lambda 0.5, 0.0455 with 10, 0.000500 with 1,000.",
        ["None", "0.0455", "of the map"],
    ),
    Shortcuts: (
        "sixth",
        "Measured, medians of five networks each: the chain falls from 96.7% to 9 - 13%, by the layer; the one with "
        "shortcuts from 96.7% to 91 - 95%, by the layer.",
        ["Measured", "by the layer", "95.3", "Accuracy"],
    ),
    SharedValues: (
        "64",
        "Measured, medians of five networks: 8 values 97.3%; 4 values 91.8%; 2 values 54.9%; untouched 98.0%.",
        ["Measured", "97.3", "54.9", "Accuracy"],
    ),
    Student: (
        "none",
        "Measured: 97% (the median of ten students, 87% to 100%). Of the teacher's digit alone, without probabilities: "
        "0%.",
        ["Measured", "97%", "96.7", "median student"],
    ),
    Temperature: (
        "eighth",
        "Measured on 1,347 images: 5.2%, one 19th of what it is at temperature 1.",
        ["Measured", "5.2%", "mean slope is", "0.052"],
    ),
    Bits: (
        "6",
        "Measured: 4 bits are enough. float32 98.0%; 4 bits 98.0%; 3 bits 93.1%; 2 bits 14.9%; 1 bit 64.4%. "
        "Other levels need fewer: affine, a scale a channel and the range of least error keep 98.2% in 3 bits.",
        ["Measured", "float32", "93.1", "14.9"],
    ),
    Dial: (
        120,
        "Measured: 160 degrees. They are lost long before that: at 45 degrees 0% are read as 6, at 90 degrees 100% "
        "as 4.",
        ["Measured", "160", "lost", "100%"],
    ),
    Gains: (
        "both",
        "Measured: CNN +3.7 points, a gain in 10 of 10 seeds; MLP 64 -1.9 points, a gain in 0 of 10 seeds.",
        ["Measured", "gain in", "3.7", "94.3"],
    ),
}  # fmt: skip
EACH = pytest.mark.parametrize("cls", COURSE)


def texts(explorer):
    """All that is said, apart from the question and what the controls are called."""
    seen = explorer.get_state()["_shown"]
    told = [seen["status"], seen["note"], re.sub("<[^>]*>", " ", seen["panel"]), explorer.alternative_text(),
            json.dumps(seen["marks"]), json.dumps(seen["points"])]  # fmt: skip
    return " ".join(told).replace(explorer.prediction.question, "")


def test_all_predictions_of_the_course_are_tested():
    assert set(COURSE) == of_the_course()


@EACH
def test_the_question_and_the_truth(cls):
    answer, truth, words = COURSE[cls]
    explorer = cls()
    assert explorer.prediction.truth() == truth
    assert explorer.error is None and not [word for word in words if word in texts(explorer)]
    assert explorer.set(**explorer.prediction.opens_at) is None  # settings that there are
    explorer.reset()
    before = shown(explorer, "picture"), shown(explorer, "status"), shown(explorer, "panel")
    explorer.predict(answer)
    assert explorer.values == explorer.values | dict(explorer.prediction.opens_at) and explorer.error is None
    assert truth in explorer.alternative_text() and truth in shown(explorer, "prediction")["verdict"]
    assert shown(explorer, "picture") != before[0]
    explorer.predict(None)
    assert (shown(explorer, "picture"), shown(explorer, "status"), shown(explorer, "panel")) == before


@EACH
def test_the_answer_of_the_course_is_kept(place, no_pixels, cls):
    cls().predict(COURSE[cls][0])
    again = cls()
    assert again.predicted == COURSE[cls][0] and kept(again) is not None


def walk(rate, start, steps):
    theta = [start]
    for _ in range(steps):
        theta.append(theta[-1] - rate * (theta[-1] ** 3 - theta[-1] + 0.2))
    return theta


def test_the_first_descent_shows_the_slow_run_alone():
    explorer = FirstDescent()
    np.testing.assert_allclose(explorer.hops.get_xdata(), walk(0.1, 1.8, 30), rtol=1e-12)
    np.testing.assert_allclose(explorer.places.get_ydata(), walk(0.1, 1.8, 30), rtol=1e-12)
    assert explorer.here.get_xdata() > 0.8 and len(explorer.guess.get_xdata()) == 0
    assert all(text.get_position()[0] >= 0 for text in explorer.numbers)
    explorer.predict((0.3, FLOOR))
    np.testing.assert_allclose(explorer.hops.get_xdata(), walk(0.5, 1.8, 30), rtol=1e-9)
    assert explorer.guess.get_xydata().tolist() == [[0.3, FLOOR]]


def test_the_parabola_shows_the_slow_run_alone():
    explorer = Parabola()
    np.testing.assert_allclose(explorer.hops.get_xdata(), 0.9 ** np.arange(81), rtol=1e-9)
    explorer.predict("never")
    np.testing.assert_allclose(explorer.hops.get_xdata(), (-0.9) ** np.arange(81), rtol=1e-9)


def test_the_clocks_show_no_accuracy(monkeypatch):
    explorer = TwoClocks()
    assert len(explorer.accuracy.get_xdata()) == len(explorer.guess.get_xdata()) == 0
    covered = shown(explorer, "picture"), texts(explorer)
    explorer.predict(30)
    assert explorer.accuracy.get_ydata()[-1] == pytest.approx(88.4, abs=0.1)
    assert explorer.guess.get_xydata().tolist() == [[99, 30]]
    measured = chapter_00.clocks(0.001)
    measured.accuracy = np.linspace(0.3, 0.2, 101)
    monkeypatch.setattr(chapter_00, "clocks", lambda rate: measured)
    other = TwoClocks()  # had the truth been another
    assert (shown(other, "picture"), texts(other)) == covered
    other.predict(30)
    assert shown(other, "picture") != shown(explorer, "picture")


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_the_valley_map_shows_small_rates_alone(monkeypatch, resolution):
    monkeypatch.setattr("nnlearn.explorers.training_map.RESOLUTIONS", (resolution,))
    explorer = ValleyMap()
    image, band = np.asarray(explorer.image.get_array()), resolution // 10
    assert (image[band:] == 0).all() and explorer.cover.hides
    assert (image[:band] == explorer.result.map.image[:band]).all()
    explorer.predict(2)
    np.testing.assert_array_equal(explorer.image.get_array(), explorer.result.map.image)


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_the_momentum_map_is_covered(monkeypatch, resolution):
    monkeypatch.setattr("nnlearn.explorers.training_map.RESOLUTIONS", (resolution,))
    explorer = MomentumMap()
    image, band = np.asarray(explorer.image.get_array()), resolution // 33
    assert image.shape == (resolution, resolution, 3) and (image[band:] == 0).all() and explorer.cover.hides
    assert (image[:band] == explorer.result.map.image[0]).all()  # without momentum, as in chapter 03
    assert all(len(line.get_xdata()) == 0 for line in explorer.theory) and len(explorer.guess.get_xdata()) == 0
    assert explorer.line.get_visible()
    explorer.predict((0.03, 0.9))
    np.testing.assert_array_equal(explorer.image.get_array(), explorer.result.map.image)
    assert all(len(line.get_xdata()) == 200 for line in explorer.theory)
    assert explorer.guess.get_xydata().tolist() == [[0.03, 0.9]]
    assert not explorer.line.get_visible()


def test_the_momentum_map_depends_on_no_run_with_momentum(monkeypatch):
    explorer = MomentumMap()
    covered = shown(explorer, "picture"), texts(explorer)
    explorer.predict((0.03, 0.9))
    summary = MomentumMap.summary

    def other(self, ends, J):
        kept = summary(self, ends, J)
        image = kept.image.copy()
        image[1:] = 0.5
        return kept.also(image=image, small=0.5)

    monkeypatch.setattr(MomentumMap, "summary", other)
    monkeypatch.setattr(chapter_05, "border", lambda form, L, beta: 0.01 + 0 * beta)
    monkeypatch.setattr(chapter_05, "swings", lambda form, curvature, beta: (0.01 + 0 * beta, 0.02 + 0 * beta))
    changed = MomentumMap()
    assert (shown(changed, "picture"), texts(changed)) == covered
    changed.predict((0.03, 0.9))
    assert shown(changed, "picture") != shown(explorer, "picture")


def test_the_bits_show_no_accuracy_but_that_of_16(monkeypatch):
    explorer = Bits()
    covered = shown(explorer, "picture"), texts(explorer)
    explorer.predict("6")
    measured = chapter_17.in_bits

    def half(bits, *setting):
        weights, accuracy = measured(bits, *setting)
        return weights, accuracy if bits == 16 else 0.5

    monkeypatch.setattr(chapter_17, "in_bits", half)
    other = Bits()  # had the network read half of the digits with fewer bits
    assert (shown(other, "picture"), texts(other)) == covered
    other.predict("6")
    assert shown(other, "picture") != shown(explorer, "picture")


def test_the_truth_of_the_first_descent_is_true():
    theta = run(GradientDescent(0.5), TwoValleys(), [1.8], 60).theta[:, 0]
    np.testing.assert_allclose(theta, walk(0.5, 1.8, 60), rtol=1e-9)
    assert theta[1] == pytest.approx(-0.316)  # over the hill
    far = np.abs(theta + 1.088) >= 0.01
    assert far[:5].all() and not far[5:].any()
