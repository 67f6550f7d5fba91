"""No English word is left in what a Chinese learner sees of the course's explorers and figures."""

import importlib
import inspect
import re
from pathlib import Path

import numpy as np
import pytest
from explorer_moves import of_the_course, positions
from matplotlib.text import Text

import nnlearn as nn
from nnlearn import lettering, plots
from nnlearn.chapters.ch05_momentum import ravine
from nnlearn.chapters.ch17_quantisation import Signs
from nnlearn.explorers import training_map
from nnlearn.explorers.step_view import step_view
from nnlearn.models import flipped, quantize_weights, trained

FONT = "DejaVu Sans Mono"  # of this machine's, taken as if it had every character
NAMES = {  # what is the same in every language: networks, methods, kinds of numbers, Greek letters, names of code
    "CNN", "MLP", "Adam", "float32", "int8", "dB", "theta", "kappa", "beta", "conv1", "conv2", "velocity", "gradient",
    "constant", "nearest", "reflect", "wrap", "grid", "px",
}  # fmt: skip
pytestmark = pytest.mark.filterwarnings("ignore:Glyph .* missing from font")


def english(text: str) -> set[str]:
    """The English words in a text, without mathematics, calls in code, and names."""
    rest = re.sub(r"\$.*?\$|[A-Z]\w*\([a-z_]+=.*?\)", "", text)
    return set(re.findall(r"[A-Za-z][A-Za-z0-9]+", rest)) - NAMES


def texts(figure) -> list[str]:
    """Every text in a figure that was drawn, also at its ticks."""
    return [text.get_text() for text in figure.findobj(Text) if text.get_gid() != lettering.CODE]


@pytest.fixture(autouse=True)
def chinese(monkeypatch):
    """A Chinese learner on a machine with a font; small maps."""
    monkeypatch.setenv("NNLEARN_LANG", "zh")
    monkeypatch.setattr(lettering, "font", lambda: FONT)
    monkeypatch.setattr(lettering, "characters", lambda name: range(0x20, 0x10000))
    monkeypatch.setattr(training_map, "RESOLUTIONS", (6,))
    monkeypatch.setattr(plots, "small_png", lambda pixels: b"drawn")  # photographs take long


# --- Explorers ---


def momentum_run(steps=20):
    return nn.run(nn.Momentum(0.0328, 0.67), ravine(100), [-2.0, 1.0], steps)


def signs():
    one_bit = quantize_weights(trained(), 1)
    return Signs([flipped(one_bit, percent, draw=99) for percent in range(16)])


EXPLORERS = {cls.__name__: {"Signs": signs}.get(cls.__name__, cls) for cls in of_the_course()} | {
    "a step view": lambda: step_view(momentum_run(), nn.run(nn.GradientDescent(0.01), ravine(100), [-2.0, 1.0], 20)),
    "a step view in one dimension": lambda: step_view(
        nn.run(nn.GradientDescent(0.1), nn.objectives.TwoValleys(), [1.8], 20)
    ),
}


@pytest.mark.parametrize("name", EXPLORERS)
def test_an_explorer_speaks_chinese(name):
    explorer = EXPLORERS[name]()
    answers = [positions(explorer.prediction.answer)[1]] if explorer.prediction else []
    for answer in (None, *answers):
        if answer is not None:
            explorer.predict(answer)
        assert explorer.error is None
        for text in (*texts(explorer._picture.figure), explorer.alternative_text()):
            assert not english(text), (text, english(text))
        assert not explorer._meant  # no legend: all of it could be translated


# --- Figures ---


def made_in(package=Path(nn.__file__).parent):
    """Every function of nnlearn that makes a figure, by the end of its full name."""
    found = {}
    for file in sorted(package.rglob("*.py")):
        if "-> Figure" not in file.read_text(encoding="utf-8"):
            continue
        module = importlib.import_module(".".join(file.relative_to(package.parent).with_suffix("").parts))
        for name, function in vars(module).items():
            if inspect.isfunction(function) and function.__module__ == module.__name__:
                if inspect.get_annotations(function, eval_str=True).get("return") is plots.Figure:
                    found[f"{module.__name__.removeprefix('nnlearn.').removeprefix('chapters.')}.{name}"] = function
    return found


IMAGE = np.linspace(0, 1, 64).reshape(8, 8)
COLOURS = np.linspace(0, 1, 192).reshape(8, 8, 3)
WHAT_IT_TAKES = {  # of each function that makes a figure, its arguments; names are the caller's, so in Chinese here
    "plots.loss_curves": lambda: [{"一": momentum_run(), "二": momentum_run()}],
    "plots.paths": lambda: [{"一": momentum_run(), "二": momentum_run()}],
    "plots.columns": lambda: [momentum_run(), ["theta", "velocity", "gradient"]],
    "ch00_start_here.templates.ten_pictures": lambda: [{"一": np.tile(IMAGE.ravel(), (10, 1))}],
    "ch05_momentum.figures.two_paths": lambda: [momentum_run(), momentum_run()],
    "ch05_momentum.figures.creep_swing_flip": list,
    "ch05_momentum.figures.knife_edge": list,
    "ch05_momentum.figures.noisy_bowl": list,
    "ch05_momentum.figures.tuning": lambda: [nn.data.measured("05")],
    "ch12_augmentation.figures.moved": lambda: [[IMAGE] * 2, [IMAGE] * 2, np.eye(2, 10)],
    "ch12_augmentation.figures.strengths": lambda: [nn.data.measured("12")["photographs"]],
    "ch12_augmentation.figures.parts": list,
    "ch12_augmentation.figures.side_by_side": lambda: [{"一": COLOURS, "二": COLOURS}, "两幅图像。"],
}


def test_every_function_that_makes_a_figure_is_tried():
    assert sorted(made_in()) == sorted(WHAT_IT_TAKES)


@pytest.mark.parametrize("name", WHAT_IT_TAKES)
def test_a_figure_speaks_chinese(name):
    figure = made_in()[name](*WHAT_IT_TAKES[name]())
    assert figure._repr_png_()
    for text in (*texts(figure), figure.alt):
        assert not english(text), (text, english(text))
    assert not lettering.legend(figure)


def test_nothing_to_draw_is_said_in_chinese():
    nowhere = nn.run(nn.GradientDescent(1e300), ravine(100), [1e300, 1e300], 2)
    figure = plots.columns(nowhere, ["gradient"])
    figure._repr_png_()
    assert not set().union(*map(english, texts(figure)))


@pytest.mark.parametrize("text", ["learning rate", "rate 0.1", "loss  $J(\\theta)$", "损失 loss", "dense"])
def test_an_english_word_is_noticed(text):
    assert english(text)


@pytest.mark.parametrize(
    "text", ["$\\theta[0]$", "1/L", "2/(L+μ)", "CNN", "损失，float32", "1e-6", "θ", "|z|", "6 → 9"]
)
def test_symbols_numbers_and_names_are_no_english(text):
    assert not english(text)
