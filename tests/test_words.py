"""No English word is left in what a Chinese learner sees of the course's explorers and figures."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from explorer_moves import of_the_course, positions
from matplotlib.text import Text

import nnlearn as nn
from nnlearn import lettering, plots
from nnlearn.chapters.ch05_momentum import ravine
from nnlearn.chapters.ch17_quantisation import Signs
from nnlearn.chapters.ch18_distillation.tables import recorded
from nnlearn.data.measured import filled
from nnlearn.explorers import training_map
from nnlearn.explorers.step_view import step_view
from nnlearn.language import translated
from nnlearn.models import flipped, quantize_weights, trained
from tools.environment import ROOT

FONT = "DejaVu Sans Mono"  # of this machine's, taken as if it had every character
NAMES = {  # what is the same in every language: networks, methods, kinds of numbers, Greek letters, names of code
    "CNN", "MLP", "Adam", "Keras", "mixup", "float32", "int8", "dB", "px", "theta", "kappa", "beta", "mu", "velocity",
    "gradient", "conv1", "conv2", "constant", "nearest", "reflect", "CSR", "L1", "L2", "wrap", "grid", "bilinear",
    "AMD", "EPYC", "AVX2", "x86", "sigmoid", "tanh", "ReLU", "float64", "AdaGrad", "RMSprop",
    "PyTorch", "s5", "SGD", "AdamW", "AMSGrad", "Nadam", "beta1", "beta2", "epsilon", "log10",
    "dense", "output", "LiteRT", "BFGS", "cosh", "log", "logit",
}  # fmt: skip
pytestmark = pytest.mark.filterwarnings("ignore:Glyph .* missing from font")


def english(text: str) -> set[str]:
    """The English words in a text, without mathematics, calls in code, powers of ten, and names."""
    rest = re.sub(r"\$.*?\$|[A-Z]\w*\([a-z_]+=.*?\)|\d+e\d+", "", text)
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
def test_an_explorer_speaks_chinese(name, no_pixels):
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
WIDE = nn.networks.mlp(4, 9, 9, 2).on(np.eye(4), [0, 1, 0, 1])  # healthy, so that no layer is named
WHAT_IT_TAKES = {  # of each function that makes a figure, its arguments; names are the caller's, so in Chinese here
    "plots.loss_curves": lambda: [{"一": momentum_run(), "二": momentum_run()}],
    "plots.paths": lambda: [{"一": momentum_run(), "二": momentum_run()}],
    "plots.columns": lambda: [momentum_run(), ["theta", "velocity", "gradient"]],
    "ch00_start_here.templates.ten_pictures": lambda: [{"一": np.tile(IMAGE.ravel(), (10, 1))}],
    "ch02_networks.figures.activations": list,
    "ch02_networks.figures.check_errors": lambda: [{"float64": np.geomspace(1e-9, 1, 5)}, np.geomspace(1e-9, 1, 5)],
    "ch04_minibatches.figures.limits": list,
    "ch04_minibatches.figures.noise": lambda: [nn.data.measured("04")],
    "ch04_minibatches.figures.clocks": lambda: [nn.data.measured("04")],
    "ch16_trimming.figures.changed": lambda: [nn.data.measured("16")],
    "ch16_trimming.figures.units": lambda: [nn.data.measured("16")],
    "ch16_trimming.figures.sizes": lambda: [nn.data.measured("16")],
    "ch05_momentum.figures.two_paths": lambda: [momentum_run(), momentum_run()],
    "ch05_momentum.figures.creep_swing_flip": list,
    "ch05_momentum.figures.knife_edge": list,
    "ch05_momentum.figures.noisy_bowl": list,
    "ch05_momentum.figures.tuning": lambda: [nn.data.measured("05")],
    "ch06_adaptive.figures.two_rates": list,
    "ch07_adam.figures.ravine_turned": list,
    "ch08_schedules.figures.settled": list,
    "ch08_schedules.figures.curves": lambda: [nn.data.measured("08")],
    "ch08_schedules.figures.walls": lambda: [nn.data.measured("08")],
    "ch08_schedules.figures.wall": lambda: [nn.data.measured("08")],
    "range_plot.range_plot": lambda: [
        nn.rate_range_test(nn.GradientDescent(1), ravine(100), np.array([[-2.0, 1.0], [1.0, 1.0]]))
    ],
    "networks.diagnosis_plot.diagnosis_plot": lambda: [nn.networks.diagnose(WIDE, WIDE.initial(0))],
    "landscape_plot.side_by_side": lambda: [{"一": nn.loss_surface(ravine(100), [0.0, 0.0])}],
    "ch07_adam.figures.rates": lambda: [nn.data.measured("07")],
    "ch09_second_order.figures.costs": lambda: [nn.data.measured("09")],
    "ch10_failing.figures.two_ways": list,
    "ch10_failing.figures.plateaus": lambda: [nn.data.measured("10")],
    "ch10_failing.figures.three_places": lambda: [nn.loss_surface(ravine(100), [0.0, 0.0])] * 3,
    "ch14_architecture.figures.frontier": lambda: [nn.data.measured("14")],
    "ch14_architecture.figures.transfer": lambda: [nn.data.measured("14")],
    "ch12_augmentation.figures.moved": lambda: [[IMAGE] * 2, [IMAGE] * 2, np.eye(2, 10)],
    "ch12_augmentation.figures.strengths": lambda: [nn.data.measured("12")["photographs"]],
    "ch12_augmentation.figures.parts": list,
    "ch15_pruning.figures.count_or_strength": lambda: [nn.data.measured("15")],
    "ch18_distillation.figures.threes": lambda: [nn.data.measured("18")],
    "ch18_distillation.figures.record": lambda: [recorded()],
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


@pytest.mark.parametrize("text", ["learning rate", "rate 0.1", "loss  $J(\\theta)$", "损失 loss", "sparse"])
def test_an_english_word_is_noticed(text):
    assert english(text)


@pytest.mark.parametrize(
    "text", ["$\\theta[0]$", "1/L", "2/(L+μ)", "CNN", "损失，float32", "1e-6", "θ", "|z|", "6 → 9"]
)
def test_symbols_numbers_and_names_are_no_english(text):
    assert not english(text)


# --- Notebooks: their code is the same in every language, what it shows is not ---

SHOWN_AS = {"label", "title", "xlabel", "ylabel", "alt"}


def words_of(path: Path) -> list[str]:
    """Plain texts in a notebook's code that a figure shows, and the alternative texts of figures."""
    calls = [node for node in ast.walk(ast.parse(code_of(path))) if isinstance(node, ast.Call)]
    made = [call.args[:1] for call in calls if getattr(call.func, "attr", "") == "new_figure"]
    given = [[keyword.value for keyword in call.keywords if keyword.arg in SHOWN_AS] for call in calls]
    return [node.value for node in sum(made + given, []) if isinstance(node, ast.Constant)]


def code_of(path: Path) -> str:
    notebook = nbformat.read(path, as_version=4)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


def heads_of(path: Path) -> list[str]:
    """What heads the lines and columns of the tables of stored numbers that a notebook shows, and words in them."""
    found = []
    for call in ast.walk(ast.parse(code_of(path))):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "stored.table":
            templates = {key.arg: key.value.value for key in call.keywords if key.arg in ("rows", "columns", "show")}
            stored = nn.data.measured(path.name[:2])[call.args[0].value]
            found += [filled(templates[each], row) for each in ("rows", "columns") for row in stored]
            found.append(re.sub(r"\{.*?\}", "", translated(templates["show"], "zh")))
    return found


NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_a_notebook_writes_into_its_figures_and_tables_is_chinese(path):
    shown = [lettering.written(text) for text in words_of(path)] + heads_of(path)
    left = {text: english(text) for text in shown if english(text)}
    assert not left


def test_a_notebook_has_such_words():
    found = words_of(ROOT / "notebooks/03_gradient_descent.ipynb")
    assert "loss after 50 steps" in found and any(text.startswith("Loss after 50 steps") for text in found)
    assert "每个通道一个缩放因子" in heads_of(ROOT / "notebooks/17_quantisation.ipynb")
