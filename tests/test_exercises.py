"""Exercises: right answers of any style pass, known mistakes get their own hint, and nothing brings check down."""

import ast
import itertools
import math
import re
import statistics
import sys
import warnings
from functools import reduce
from pathlib import Path

import nbformat
import numpy as np
import pytest
import scipy.special
import specimens  # noqa: F401  # tasks 98.1 to 98.3
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view
from scipy.optimize import brentq
from scipy.special import expit, log_expit, xlogy
from scipy.stats import binomtest, entropy
from sklearn import linear_model
from wrong_answers import UNNOTICED, WRONG, edge_of, logistic_hessian, newton_of, right_kind, rule_for, whose_of

import nnlearn as nn
from nnlearn.chapters.ch17_quantisation.inputs import beyond_floats
from nnlearn.compression import pack, quantize, unpack
from nnlearn.data.augment import rotate
from nnlearn.data.compress import quantize_data, split_space
from nnlearn.exercises import check, material
from nnlearn.exercises.answers import read, same, shown_apart
from nnlearn.exercises.calls import direct
from nnlearn.exercises.formulas import product
from nnlearn.exercises.judge import judge
from nnlearn.exercises.loader import load, of_chapter
from nnlearn.exercises.result import NotRightYet, aligned
from nnlearn.exercises.task import Misconception, Question, generator
from nnlearn.exercises.trials import alike, trial
from nnlearn.language import say
from nnlearn.models import MultiTask, digits_mlp
from nnlearn.networks import Dense, Network
from nnlearn.objectives import LinearRegression, Quadratic, TwoValleys
from nnlearn.rooms import module, rooms
from tools.catalogue import sentences
from tools.environment import ROOT

PACKAGE = Path(nn.__file__).parent
CHAPTERS = [number for number in rooms() if module(number, "tasks")]
TASKS = [task for chapter in CHAPTERS for task in of_chapter(chapter)]
QUESTIONS = {f"{task.id} {name}".strip(): question for task in TASKS for name, question in task.questions.items()}
FUNCTIONS = {name: question for name, question in QUESTIONS.items() if question.names}
SEEDS = (*range(10), "ada", "学生")
FEW_SEEDS = (0,)  # unless --thorough is given


def outcome(answer, task_id="98.1", **options):
    """The result of a check, whether it is raised or returned."""
    try:
        return check(task_id, answer, **options)
    except NotRightYet as error:
        return error.result


def report(answer, task_id="98.1", **options):
    return str(outcome(answer, task_id, **options))


# --- The tasks themselves ---


def test_there_are_tasks():
    assert {chapter: len(of_chapter(chapter)) for chapter in CHAPTERS} == {
        "00": 4, "02": 6, "03": 5, "04": 6, "05": 6, "06": 6, "07": 6, "08": 6, "09": 6, "10": 6, "11": 6,
        "12": 6, "13": 6, "14": 6, "15": 6, "16": 6, "17": 8, "18": 6,
    }  # fmt: skip
    for chapter in CHAPTERS:
        tasks = of_chapter(chapter)
        assert [task.id for task in tasks] == [f"{chapter}.{n}" for n in range(1, len(tasks) + 1)]


def at_witness(question, misconception, arguments):
    right = direct(question.reference)(arguments).value
    return trial(arguments, read(right, like=right), direct(misconception.wrong), question.tolerance)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_witness_tells_its_misconception_from_the_right_answer(name):
    question = QUESTIONS[name]
    assert question.misconceptions or question.moves, "write down the mistakes that need a why (CONTRIBUTING.md)"
    for misconception in question.misconceptions:
        assert not at_witness(question, misconception, question.witness(misconception)).right_value, misconception.hint


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_fixed_inputs_tell_each_two_misconceptions_apart(name):
    question = QUESTIONS[name]
    witnesses = question.fixed()
    tried = [(each.hint, [at_witness(question, each, case) for case in witnesses]) for each in question.misconceptions]
    for (hint, trials), (other_hint, others) in itertools.combinations(tried, 2):
        assert not all(map(alike, trials, others)), f"{hint} / {other_hint}"


@pytest.mark.parametrize("name", QUESTIONS)
def test_for_every_seed_each_misconception_gets_its_own_hint_and_the_right_answer_passes(name, thorough):
    question = QUESTIONS[name]
    for seed in SEEDS if thorough else FEW_SEEDS:
        verdict = judge(question, direct(question.reference), seed)
        assert verdict.right and verdict.points == question.points
        for misconception in question.misconceptions:
            verdict = judge(question, direct(misconception.wrong), seed)
            assert verdict.hints == (misconception.hint,) and verdict.points == 0, (seed, misconception.hint)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_seeds_draw_inputs(name):
    question = FUNCTIONS[name]
    texts = [str(question.cases(seed)) for seed in (0, 0, 1, "ada", "ada", "eve")]
    assert texts[0] == texts[1] and texts[3] == texts[4]
    assert len(set(texts)) == 4


@pytest.mark.parametrize("seed", [-1, 1.5, None, True])
def test_a_seed_is_a_whole_number_or_a_name(seed):
    with pytest.raises((ValueError, TypeError), match="seed"):
        generator(seed)


def test_only_the_loader_knows_the_tasks():
    def imports(path):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        return [
            node for node in nodes if isinstance(node, ast.ImportFrom) and re.search(r"\btasks\b", ast.unparse(node))
        ]

    assert not any(imports(path) for path in PACKAGE.rglob("*.py"))
    users = [path.name for path in PACKAGE.rglob("*.py") if "import_module(name)" in path.read_text(encoding="utf-8")]
    assert users == ["loader.py"]


@pytest.mark.parametrize("task_id", ["03.9", "3.1", "99.1", "", None, 3.1, "../03.1", "gradient"])
def test_an_unknown_task_is_refused_with_what_there_is(task_id):
    with pytest.raises(ValueError, match=r"03\.1"):
        check(task_id, None)


def test_every_sentence_is_in_the_catalogue():
    known = {sentence for domain in sentences(PACKAGE).values() for sentence in domain}
    for task in TASKS:
        assert {task.title, task.text} <= known
        for question in task.questions.values():
            assert {each.hint for each in question.misconceptions} <= known
            advice = question.advice
            assert ({advice} if isinstance(advice, str) else {*advice}) <= known | {""}


# --- The right answers hold what the tasks promise ---


@pytest.mark.parametrize("rate, beta", [(0.1, 0.9), (0.3, 0.5), (0.02, 0.99)])
def test_the_converted_rate_makes_the_same_steps(rate, beta):
    J, start = Quadratic(10), [-2.0, 1.0]
    rates = rate, (1 - beta) * rate
    forms = [method(each, beta) for each, method in zip(rates, (nn.AveragedMomentum, nn.Momentum), strict=True)]
    averaged, classical = (nn.run(form, J, start, 50).theta for form in forms)
    np.testing.assert_allclose(averaged, classical, rtol=1e-12)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.95])
@pytest.mark.parametrize("name", ["classical", "averaged", "nesterov"])
def test_half_a_percent_beyond_the_border_a_run_diverges(name, beta):
    L = 4.0
    border = load("98.3").asks[name].reference(L, beta)
    rates = np.array([0.995, 1.005])[:, None] * border
    methods = {"classical": nn.Momentum, "averaged": nn.AveragedMomentum, "nesterov": nn.Nesterov}
    method = methods[name](rates, beta)
    theta = np.abs(nn.run(method, Quadratic(curvatures=[L]), [1.0], 20_000, keep=["theta"], every=100).theta[..., 0])
    inside, beyond = theta.T
    assert inside[-1] < 1e-12
    assert not np.all(beyond < 1e6)


def contraction(L, mu, rate, beta):
    """The share of the distance that a step leaves in the long run, in the worse direction."""
    matrices = [[[1 + beta - rate * curvature, -beta], [1, 0]] for curvature in (L, mu)]
    return max(np.abs(np.linalg.eigvals(matrix)).max() for matrix in matrices)


@pytest.mark.parametrize("L, mu", [(100.0, 1.0), (25.0, 2.0), (1.0, 0.4)])
def test_no_other_pair_is_faster(L, mu):
    rate, beta = load("98.2").asks.reference(L, mu)
    best = contraction(L, mu, rate, beta)
    assert best == pytest.approx(np.sqrt(beta), rel=1e-6)
    for factor, shift in itertools.product([0.9, 0.99, 1, 1.01, 1.1], [-0.05, -0.01, 0, 0.01, 0.05]):
        if (factor, shift) != (1, 0):
            assert contraction(L, mu, rate * factor, beta + shift) > best


def test_the_six_runs_show_what_their_names_say():
    runs = material("03.5")
    answers = {name: question.reference() for name, question in load("03.5").asks.items()}
    by_cause = {answers[letter]: theta for letter, theta in runs.items()}
    lowest = np.array([3.0, -1.0])
    away = {cause: np.abs(theta - lowest) for cause, theta in by_cause.items()}
    assert len(by_cause) == 6 and all(theta.shape == (61, 2) for theta in by_cause.values())
    np.testing.assert_allclose(by_cause["fine"][-1], lowest, atol=1e-3)
    assert (np.diff(away["uphill"], axis=0) > 0).all()
    assert (by_cause["whole numbers"] == np.round(by_cause["whole numbers"])).all()
    assert (away["whole numbers"][-1] > 0.5).any()
    steep = by_cause["rate too large"][:, 1] + 1
    assert (np.sign(steep[1:]) == -np.sign(steep[:-1])).all() and (np.diff(np.abs(steep)) > 0).all()
    assert np.ptp(np.diff(by_cause["slope computed once"], axis=0), axis=0) == pytest.approx([0, 0], abs=1e-12)
    assert (away["rate too small"][-1] > [7, 0.5]).all()


@pytest.mark.parametrize("rate, word", [
    (0.1, "settled"),
    (0.5, "settled"),
    (0.79, "cycling"),
    (0.9, "diverged"),
    (1.2, "diverged"),
])  # fmt: skip
def test_runs_from_the_start_of_chapter_00_get_their_word(rate, word):
    theta = nn.run(nn.GradientDescent(rate), TwoValleys(), [1.8], 200).theta[:, 0]
    assert load("00.4").asks.reference(theta.tolist()) == word


@pytest.mark.parametrize("seed", SEEDS)
def test_the_paths_to_judge_show_all_three_words_and_none_hangs_on_the_last_digit(seed):
    question = load("00.4").asks
    paths = [path for (path,) in question.cases(seed)]
    assert {question.reference(path) for path in paths} == {"settled", "cycling", "diverged"}
    for path in paths:
        assert not abs(abs(path[-1] - path[-2]) - 1e-3) <= 1e-5 and not 999.9 < abs(path[-1]) < 1000.1


def drafts(name):
    """The functions in the text of a solution, by name."""
    cells = nbformat.read(ROOT / "solutions" / name, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    own = {"one_step": load("00.1").asks.reference, "slope": load("00.2").asks.reference}
    names = {"np": np, **own}
    found = {}
    for block in re.findall(r"```python\n(def .*?)```", text, re.S):
        exec(block, names, found)
    return found


@pytest.mark.parametrize("task_id, name, hint", [
    ("00.1", "one_step", "This walks uphill"),
    ("00.2", "slope", "Two things. The exponents have not become one less"),
    ("00.3", "path", "Two things. The slope is measured once"),
    ("00.4", "verdict", "Two things. path[-1] > 1000 overlooks"),
    ("02.1", "stable_sigmoid", "Two things. For a large score infinity"),
    ("02.3", "backward", "Two things. db is averaged"),
    ("04.1", "descend", "All three faults of the draft"),
    ("06.1", "next_step", "Three things. You sum up before"),
    ("06.6", "rmsprop", "Your answer has shape (1,)"),
    ("07.1", "adam_step", "Four things. m keeps all of its past"),
    ("08.1", "linear_rate", "Two things. Your last step, T, has the rate 0"),
    ("08.3", "waited_rates", "All faults of the draft"),
    ("12.1", "flip_horizontal", "The images stand on their heads"),
    ("12.2", "rotate90", "Two things. You turned the stack"),
    ("12.3", "shift", "Two things. dy and dx are exchanged"),
    ("14.4", "handed_over", "Two things. You go by the place in the dictionary"),
    ("16.3", "merge", "Three things. You take the mean"),
    ("17.1", "symmetric", "Three things. You take the largest number"),
    ("17.2", "affine", "All three faults of the draft"),
    ("17.3", "channel_scales", "Three things. You take the largest number"),
    ("17.4", "integer_layer", "Two things. NumPy computes in the small types"),
    ("17.5", "binarize", "Two things. A 0 gets a code of its own"),
    ("17.6", "packed_bytes", "Two things. You round down"),
    ("17.7", "straight_through", "Each step begins at the rounded weights"),
])  # fmt: skip
def test_a_draft_that_is_handed_in_as_it_is_gets_its_own_hint(task_id, name, hint):
    (notebook,) = ROOT.glob(f"solutions/{task_id[:2]}_*.ipynb")
    assert f"Hint: {hint}" in report(drafts(notebook.name)[name], task_id)


def test_the_answers_to_the_predictions_of_chapters_12_and_17_are_what_the_drafts_do():
    draft = drafts("12_augmentation.ipynb") | drafts("17_quantisation.ipynb")
    two = np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])
    assert draft["flip_horizontal"](two).tolist() == [[[3, 4], [1, 2]], [[7, 8], [5, 6]]]
    assert draft["rotate90"](np.zeros((5, 8, 6)), True).shape == (8, 5, 6)
    draft["copied_image_by_image"].__globals__["change"] = lambda image: image
    labels = np.array([7, 2, 5])
    assert draft["copied_image_by_image"](labels, 2).tolist() == [7, 7, 2, 2, 5, 5]
    assert draft["copied_round_by_round"](labels, 2).tolist() == [7, 2, 5, 7, 2, 5]
    assert draft["symmetric"](np.array([2.0, -4.5, 1.2]), 3)[0].tolist() == [4, -9, 2]
    codes, scale, zero_point = draft["affine"](np.array([4.0, 5.0, 6.0]), 2)
    assert (codes.tolist(), scale, zero_point) == ([0, 2, 4], 0.5, -8)
    assert draft["channel_scales"](np.zeros((3, 3, 16, 32)), 8).shape == (3, 16, 32)
    assert (np.array([7], np.uint8) - 100)[0] == 163
    assert np.array([200, 200], np.uint8) @ np.array([127, 127], np.uint8) == 112
    assert load("17.5").asks.reference(np.array([1.0, -1.0, 1.0, -9.0]))[1] == 3
    slope = (lambda w: np.array([0, 1]), np.array([0.5, 0.1]), 0.03)
    behind = [load("17.7").asks.reference(*slope, steps)[1] for steps in range(5)]
    np.testing.assert_allclose(behind, [0.1, 0.07, 0.04, 0.01, -0.02])
    rounded = np.array([draft["straight_through"](*slope, steps) for steps in range(1, 9)])
    np.testing.assert_allclose(rounded[:2], [[0.3, 0.27], [0.285, 0.255]])
    assert np.all(rounded > 0)
    bytes_of = load("17.6").asks.reference
    assert (bytes_of((3, 3, 16, 32), 1, None), bytes_of((3, 3, 16, 32), 1, 3), bytes_of((5,), 3, None)) == (580, 704, 6)


def test_the_answers_to_the_predictions_are_what_the_drafts_do():
    draft = drafts("00_start_here.ipynb")
    path = draft["path"]
    path.__globals__.update(slope=load("00.2").asks.reference, one_step=load("00.1").asks.reference)
    ends = [[0.8784, 0.8787, 0.8789], [63.3325, -220884.8268], [-1.1365, -1.0327] * 2, [1.0, np.inf, np.nan]]
    assert draft["one_step"](1.8, 4.232, 0.1) == pytest.approx(2.2232)
    assert draft["one_step"](-1.8, -3.832, 0.1) == pytest.approx(-2.1832)
    assert [draft["slope"](theta) for theta in (-1, 0, 1)] == [0, 0, 0]
    assert np.diff([1.8, *path(1.8, 0.1, 3)]) == pytest.approx([-0.4232] * 3) and len(path(1.8, 0.1, 3)) == 3
    assert [load("00.4").asks.reference(end) for end in ends] == ["settled", "diverged", "cycling", "diverged"]
    assert [draft["verdict"](end) for end in ends] == ["cycling"] * 4


@pytest.mark.parametrize("clockwise, degrees", [(True, -90), (False, 90)])
@pytest.mark.parametrize("shape", [(3, 5, 5), (2, 4, 4, 3)])
def test_a_quarter_turn_is_the_rotation_of_the_course(shape, clockwise, degrees):
    images = np.random.default_rng(0).normal(size=shape)
    turned = load("12.2").asks.reference(images, clockwise)
    np.testing.assert_allclose(turned, rotate(images, degrees), atol=1e-12)


def test_the_six_preparations_show_what_their_names_say():
    sets = material("12.5")
    causes = {name: question.reference() for name, question in load("12.5").asks.items()}
    by_cause = {causes[letter]: each for letter, each in sets.items()}
    assert len(by_cause) == 6
    fine = by_cause.pop("fine")
    X, y = nn.data.digits().X_train[:40].reshape(-1, 8, 8), nn.data.digits().y_train[:40]
    for each in (fine, *by_cause.values()):
        assert each.train.shape == (90, 8, 8) and each.train_labels.shape == (90,)
        assert each.test.shape == (10, 8, 8) and each.test_labels.shape == (10,)

    def shown(images):
        """Which of the 40 digits each image shows, moved by up to a pixel; -1 if none."""
        middles = sliding_window_view(X, (6, 6), axis=(1, 2)).reshape(40, 9, 36)
        same_middle = (middles[:, :, None] == images[:, 1:7, 1:7].reshape(-1, 36)).all(axis=-1).any(axis=1)
        return np.where(same_middle.any(axis=0), same_middle.argmax(axis=0), -1)

    def different(images):
        return len(np.unique(images, axis=0))

    assert (y[shown(fine.train)] == fine.train_labels).all() and different(fine.train) > 60
    assert (fine.test == X[30:]).all() and (fine.test_labels == y[30:]).all()
    assert not set(shown(fine.train)) & set(shown(fine.test))
    for cause in ("label lost", "labels out of step", "copies alike"):
        assert (by_cause[cause].test == fine.test).all()
    assert (shown(by_cause["label lost"].train) == -1).mean() > 0.9
    assert (by_cause["label lost"].train_labels == fine.train_labels).all()
    out_of_step = by_cause["labels out of step"]
    assert (out_of_step.train == fine.train).all() and (y[shown(fine.train)] == out_of_step.train_labels).mean() < 0.3
    assert different(by_cause["copies alike"].train) == 30
    leaked = by_cause["test leaked"]
    assert len(set(shown(leaked.test)) & set(shown(leaked.train))) >= 5
    assert (y[shown(leaked.train)] == leaked.train_labels).all() and (y[shown(leaked.test)] == leaked.test_labels).all()
    changed = by_cause["test changed"]
    assert (changed.train == fine.train).all() and not (changed.test == fine.test).all(axis=(1, 2)).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_no_code_hangs_on_the_last_digit(seed):
    def to_a_tie(question):
        """How near a number comes to the middle between two codes, in steps, for each input."""
        steps = [x / question.reference(x, bits)[1] for x, bits in question.cases(seed)]
        return [np.abs(each % 1 - 0.5).min() for each in steps]

    for task_id in ("17.1", "17.2"):
        exact, *others = sorted(to_a_tie(load(task_id).asks))
        assert exact == 0 and others[0] > 0.01


@pytest.mark.parametrize("seed", SEEDS)
def test_the_layer_in_whole_numbers_is_that_of_the_course(seed):
    for x, x_zero, w, w_zero, bias, multiplier, y_zero in load("17.4").asks.cases(seed):
        sums = (x.astype(np.int32) - x_zero) @ (w.astype(np.int32) - w_zero) + bias
        codes = np.clip(np.rint(sums * multiplier) + y_zero, 0, 255)
        right = load("17.4").asks.reference(x, x_zero, w, w_zero, bias, multiplier, y_zero)
        np.testing.assert_array_equal(right[0], sums)
        np.testing.assert_array_equal(right[1], codes)
        if (x.shape, w.shape) != ((2, 2), (2, 2)):  # there some steps lie in the middle between two codes
            assert np.abs(sums * multiplier % 1 - 0.5).min() > 1e-3


def test_a_layer_of_a_thousand_inputs_is_beyond_float32_and_within_float64():
    x, x_zero, w, w_zero, bias, *_ = beyond_floats()
    exact = (x.astype(int) - x_zero) @ (w.astype(int) - w_zero)
    for kind, same_sums in ((np.float32, False), (np.float64, True)):  # so only its type gives a float64 away
        sums = (x.astype(kind) - kind(x_zero)) @ (w.astype(kind) - kind(w_zero))
        assert sums.dtype == kind and np.array_equal(sums, exact) == same_sums
    assert abs(exact) < 2**31 and abs(exact + bias) < 100


def test_training_straight_through_is_that_of_the_course():
    for gradient, w, rate, steps in load("17.7").asks.cases(0):
        trained = w
        for _ in range(steps):
            trained = trained - rate * gradient(quantize(trained, 1, "binary").dequantize())
        np.testing.assert_allclose(load("17.7").asks.reference(gradient, w, rate, steps), trained, rtol=1e-9)


def test_the_five_ranges_show_what_their_names_say():
    layers = load("17.8").material()
    codes = {name: layer["codes"] for name, layer in layers.items()}
    assert all(each.shape == (2000,) and each.min() >= 0 and each.max() <= 255 for each in codes.values())
    assert codes["a"].max() < 20
    assert (codes["b"].min(), codes["b"].max()) == (0, 255) and 0 < layers["b"]["zero_point"] < 255
    assert np.mean((codes["b"] == 0) | (codes["b"] == 255)) < 0.01
    assert codes["c"].min() == layers["c"]["zero_point"] == 128
    assert np.mean(codes["d"] == 255) > 0.3
    assert layers["e"]["zero_point"] < 0 and (codes["e"].min(), codes["e"].max()) == (0, 255)


def test_no_other_scale_of_one_bit_has_a_smaller_error():
    for (x,) in load("17.5").asks.cases(0):
        codes, scale = load("17.5").asks.reference(x)
        errors = [np.mean((x - codes * float(scale) * factor) ** 2) for factor in (0.9, 0.99, 1, 1.01, 1.1)]
        assert np.argmin(errors) == 2


def test_the_bytes_are_those_of_a_file():
    for shape, bits, axis in load("17.6").asks.cases(0):
        weights = np.random.default_rng(0).normal(size=shape).astype(np.float32)
        quantized = quantize(weights, bits, "binary" if bits == 1 else "symmetric", axis)
        assert load("17.6").asks.reference(shape, bits, axis) == len(quantized.packed) + quantized.scale.nbytes


def test_only_a_task_with_material_shows_it():
    with pytest.raises(ValueError, match=r"03\.1 shows nothing"):
        material("03.1")


# --- Right answers of another style ---


def loop_gradient(X, y, theta, weights):
    total = [0.0] * len(theta)
    for row, target, weight in zip(X, y, weights, strict=True):
        error = sum(a * b for a, b in zip(row, theta, strict=True)) - target
        for j, x in enumerate(row):
            total[j] += 2 * weight * error * x / sum(weights)
    return total


def difference_gradient(X, y, theta, weights):
    def loss(t):
        return np.average((X @ t - y) ** 2, weights=weights)

    return [(loss(theta + h) - loss(theta - h)) / 2e-5 for h in 1e-5 * np.eye(len(theta))]


def list_descend(gradient, theta, rate, steps):
    rows = [list(map(float, theta))]
    while len(rows) <= steps:
        rows.append([t - rate * g for t, g in zip(rows[-1], gradient(np.array(rows[-1])), strict=True)])
    return rows


def recursive_descend(gradient, theta, rate, steps):
    theta = np.asarray(theta, np.float64)
    if steps == 0:
        return theta[None]
    return np.vstack([theta, recursive_descend(gradient, theta - rate * gradient(theta), rate, steps - 1)])


def single_descend(gradient, theta, rate, steps):
    rows = np.empty((steps + 1, len(theta)), np.float32)
    rows[0] = theta
    for t in range(steps):
        rows[t + 1] = rows[t] - rate * np.asarray(gradient(rows[t].astype(float)))
    return rows


def power_rate(X):
    v = np.arange(1.0, X.shape[1] + 1)
    for _ in range(4000):
        v = X.T @ (X @ v)
        v /= np.linalg.norm(v)
    return 1 / (np.linalg.norm(X @ v) ** 2 / len(X))


def counted_steps(rate, curvature, factor):
    theta, steps = 1.0, 0
    while abs(theta) > factor:
        theta, steps = theta - rate * curvature * theta, steps + 1
    return steps


CAUSES = {"a": "fine", "b": "uphill", "c": "whole numbers"}
CAUSES |= {"d": "rate too large", "e": "slope computed once", "f": "rate too small"}


def momentum_in_lists(theta, velocity, gradient, rate, beta):
    new = [beta * v - rate * g for v, g in zip(velocity, gradient, strict=True)]
    return [[t + v for t, v in zip(theta, new, strict=True)], new]


def single(function):
    """The function in 32 bits."""

    def answer(*arguments):
        lowered = [each.astype(np.float32) if isinstance(each, np.ndarray) else each for each in arguments]
        return tuple(np.asarray(each, np.float32) for each in function(*lowered))

    return answer


def momentum(theta, velocity, gradient, rate, beta):
    velocity = beta * velocity - rate * gradient
    return theta + velocity, velocity


def nesterov(theta, velocity, gradient, rate, beta):
    return momentum(theta, velocity, gradient(theta + beta * velocity), rate, beta)


def nesterov_from_ahead(theta, velocity, gradient, rate, beta):
    ahead = theta + beta * velocity
    after = ahead - rate * gradient(ahead)
    return np.array([after, after - theta])


def roots(L, mu):
    kappa = math.sqrt(L / mu)
    return [4 / (math.sqrt(L) + math.sqrt(mu)) ** 2, ((kappa - 1) / (kappa + 1)) ** 2]


def solved(L, mu):
    beta = ((np.sqrt(L / mu) - 1) / (np.sqrt(L / mu) + 1)) ** 2
    return np.float32((1 - np.sqrt(beta)) ** 2 / mu), np.float32(beta)


def borders(kind):
    return {
        "classical": lambda L, beta: kind(2 * (1 + beta) / L),
        "averaged": lambda L, beta: kind((2 + 2 * beta) / L / (1 - beta)),
        "nesterov": lambda L, beta: kind((1 + beta) / (0.5 + beta) / L),
    }


def measured(form):
    """The border by halving, from runs of a few hundred steps."""

    def grows(rate, L, beta):
        theta, velocity = 1.0, 0.0
        for _ in range(300):
            slope = L * (theta + beta * velocity) if form == "nesterov" else L * theta
            velocity = beta * velocity - rate * (1 - beta if form == "averaged" else 1) * slope
            theta += velocity
            if abs(theta) > 1e6:
                break
        return abs(theta) > 1

    def border(L, beta):
        low, high = 0.0, 4.2 / L / (1 - beta)
        for _ in range(16):
            rate = (low + high) / 2
            low, high = (low, rate) if grows(rate, L, beta) else (rate, high)
        return low

    return border


def place_by_place(start, rate, steps):
    theta, places = start, [start]
    for _ in range(steps):
        theta -= rate * (theta**3 - theta + 0.2)
        places.append(theta)
    return places


def recursive_path(start, rate, steps):
    if steps == 0:
        return (start,)
    return (start, *recursive_path(start - rate * (start * (start * start - 1) + 0.2), rate, steps - 1))


def single_path(start, rate, steps):
    places = np.full(steps + 1, start, np.float32)
    for t in range(steps):
        places[t + 1] = places[t] - np.float32(rate) * np.polyval([1, 0, -1, 0.2], places[t])
    return places


def measured_slope(theta, h=1e-4):
    up, down = (x**4 / 4 - x**2 / 2 + 0.2 * x for x in (theta + h, theta - h))
    return (up - down) / (2 * h)


def first_of_three(path):
    if np.isfinite(path[-1]) and abs(path[-1]) <= 1000:
        return "settled" if abs(np.diff(path)[-1]) < 0.001 else "cycling"
    return "diverged"


def still_first(path):
    *_, before, last = path
    if max(last, before) - min(last, before) < 1e-3:
        return " Settled"
    return "CYCLING" if -1000 < last < 1000 else "diverged"


def by_arrays(path):
    before, last = np.asarray(path, float)[-2:]
    tests = [np.isnan(last) or np.abs(last) > 1000, np.ptp([before, last]) < 0.001]
    return str(np.select(tests, ["diverged", "settled"], "cycling"))


def codes_by_numbers(x, bits, low, high):
    """Number after number, with round's even halves undone."""
    last = 2**bits - 1
    steps = [(float(each) - low) * last / (high - low) for each in x]
    return [min(max(math.floor(each) + (each - math.floor(each) >= 0.5), 0), last) for each in steps]


def codes_by_library(x, bits, low, high):
    """The course's own."""
    return quantize_data(np.asarray(x, float), bits, "half up", low, high).codes


def codes_by_borders(x, bits, low, high):
    """By the borders between the codes."""
    step = (high - low) / (2**bits - 1)
    return np.searchsorted(low + step * (np.arange(2**bits - 1) + 0.5), x, side="right")


def packed_bytes(count, levels):
    """Packed by the course."""
    return len(pack(np.zeros(count, int), (levels - 1).bit_length()))


def rule_by_pairs(before, after, step):
    """Each pair by itself, in whole numbers."""
    words = {"truncate", "half up", "half to even"}
    for x, found in zip(before.tolist(), after.tolist(), strict=True):
        below, rest = divmod(x, step)
        up = below + (2 * rest >= step)
        even = below + (2 * rest > step or (2 * rest == step and below % 2 == 1))
        fits = {"truncate": below, "half up": up, "half to even": even}
        words -= {word for word, code in fits.items() if code * step != found}
    return next((word for word in ("truncate", "half up", "half to even") if word in words), "random")


def rule_by_library(before, after, step):
    """By the course's own rules."""
    last = int(before.max() // step) + 1
    for rule in ("truncate", "half up", "half to even"):
        bits = max(last.bit_length(), 1)
        codes = quantize_data(before.astype(float), bits, rule, 0.0, float(step * (2**bits - 1)))
        if (codes.codes.astype(int) * step == after).all():
            return rule
    return "random"


def tiles_of(numbers, size, shape):
    """The tiles, a list of rows of them."""
    left, rows = list(numbers), []
    for top in range(0, shape[0], size):
        heights = min(size, shape[0] - top)
        row = []
        for start in range(0, shape[1], size):
            width = min(size, shape[1] - start)
            row.append(np.reshape(left[: heights * width], (heights, width)))
            left = left[heights * width :]
        rows.append(row)
    return rows


def joined_by_rows(numbers, size, shape):
    """Rows of tiles, then the rows."""
    return np.vstack([np.hstack(row) for row in tiles_of(numbers, size, shape)])


def joined_by_block(numbers, size, shape):
    """As one nested list."""
    return np.block(tiles_of(numbers, size, shape)).tolist()


def joined_by_places(numbers, size, shape):
    """Where each number goes is cut into tiles as the image was."""
    places = split_space(np.arange(shape[0] * shape[1]).reshape(shape), size)
    whole = np.empty(shape[0] * shape[1])
    whole[np.concatenate([tile.ravel() for tile in places])] = numbers
    return whole.reshape(shape)


def unpacked_as_one_number(data, bits, count):
    """All bytes as one large number."""
    number = int.from_bytes(bytes(int(byte) for byte in data), "little")
    return [number >> (bits * k) & (2**bits - 1) for k in range(count)]


def unpacked_by_text(data, bits, count):
    """By the digits of the bytes."""
    row = "".join(f"{int(byte):08b}"[::-1] for byte in data)
    return [int(row[bits * k : bits * (k + 1)][::-1], 2) for k in range(count)]


def flip_rows(images):
    return [[list(row)[::-1] for row in image] for image in images.tolist()]


def turned_by_flips(images, clockwise):
    exchanged = np.swapaxes(images, 1, 2)
    return exchanged[:, :, ::-1] if clockwise else np.flip(exchanged, axis=1)


def turned_rows(images, clockwise):
    turned = [list(zip(*(image[::-1] if clockwise else image), strict=True)) for image in images.tolist()]
    return [image if clockwise else image[::-1] for image in turned]


def shifted_pixels(images, dy, dx):
    height, width = images.shape[1:3]
    result = np.zeros(images.shape)
    for y in range(max(dy, 0), min(height + dy, height)):
        for x in range(max(dx, 0), min(width + dx, width)):
            result[:, y, x] = images[:, y - dy, x - dx]
    return result


def rolled_and_blanked(images, dy, dx):
    result = np.roll(images, (dy, dx), axis=(1, 2))
    result[:, slice(0, dy) if dy >= 0 else slice(dy, None)] = 0
    result[:, :, slice(0, dx) if dx >= 0 else slice(dx, None)] = 0
    return result


def padded_and_cropped(images, dy, dx):
    height, width = images.shape[1:3]
    up, left = max(-dy, 0), max(-dx, 0)
    rest = [(0, 0)] * (images.ndim - 3)
    padded = np.pad(images, [(0, 0), (max(dy, 0), up), (max(dx, 0), left), *rest])
    return padded[:, up : up + height, left : left + width]


FAULTS = {"a": "label lost", "b": "copies alike", "c": "test leaked"}
FAULTS |= {"d": "fine", "e": "labels out of step", "f": "test changed"}


def number_by_number(x, bits):
    scale = max(abs(float(value)) for value in x.ravel()) / (2 ** (bits - 1) - 1)
    return np.array([round(float(value) / scale) for value in x.ravel()]).reshape(x.shape), scale


def in_int16(x, bits):
    largest = max(x.max(), -x.min())
    most = 2 ** (bits - 1) - 1
    return np.rint(x * (most / largest)).astype(np.int16), np.float32(largest / most)


def spread(x, bits, round=np.round):
    ends = np.append(x.astype(float), 0.0)
    scale = np.ptp(ends) / (2**bits - 1)
    zero_point = int(round(-ends.min() / scale))
    return np.clip(round(x / scale) + zero_point, 0, 2**bits - 1), scale, zero_point


def spread_in_lists(x, bits):
    low, high = min(float(x.min()), 0.0), max(float(x.max()), 0.0)
    zero_point = np.rint(low * (2**bits - 1) / (low - high))
    codes = np.clip(np.rint(x / (high - low) * (2**bits - 1) + zero_point), 0, 2**bits - 1)
    return [codes.tolist(), (high - low) / (2**bits - 1), zero_point]


def scale_by_scale(weights, bits):
    most = 2 ** (bits - 1) - 1
    return [float(np.abs(weights[..., j]).max()) / most or 1 for j in range(weights.shape[-1])]


def scales_at_once(weights, bits):
    largest = np.maximum(weights.max(axis=(*range(weights.ndim - 1),)), -weights.min(axis=(*range(weights.ndim - 1),)))
    largest[largest == 0] = 2 ** (bits - 1) - 1
    return (largest / (2 ** (bits - 1) - 1)).astype(np.float32)


def scales_of_columns(weights, bits):
    columns = np.abs(weights.reshape(-1, weights.shape[-1]).T)
    return [max(column) / (2 ** (bits - 1) - 1) if max(column) > 0 else 1.0 for column in columns]


def sum_by_sum(x, x_zero, w, w_zero, bias, multiplier, y_zero):
    sums = [[int(b) for b in bias] for _ in x]  # Python's own whole numbers, in lists
    for i, j, k in np.ndindex(len(x), *w.T.shape):
        sums[i][j] += (int(x[i, k]) - x_zero) * (int(w[k, j]) - w_zero)
    steps = [[round(total * float(m)) for total, m in zip(row, multiplier, strict=True)] for row in sums]
    return sums, [[min(max(step + y_zero, 0), 255) for step in row] for row in steps]


def zeros_taken_off_the_sums(x, x_zero, w, w_zero, bias, multiplier, y_zero):
    x, w = x.astype(np.int64), w.astype(np.int64)
    sums = np.einsum("ik,kj->ij", x, w) - x_zero * w.sum(axis=0) - w_zero * x.sum(axis=1)[:, None]
    sums = sums + len(w) * x_zero * w_zero + bias
    return [sums, np.minimum(np.maximum(np.rint(sums * multiplier) + y_zero, 0), 255).tolist()]


def in_a_register(x, x_zero, w, w_zero, bias, multiplier, y_zero):
    sums = np.zeros((len(x), w.shape[1]), np.int32)
    for k in range(len(w)):
        sums += np.outer(np.subtract(x[:, k], x_zero, dtype=np.int32), np.subtract(w[k], w_zero, dtype=np.int32))
    sums = np.array(sums + bias, np.int32)
    return sums, np.clip(np.round(sums * multiplier) + y_zero, 0, 255).astype(np.uint8)


def by_dot(x, x_zero, w, w_zero, bias, multiplier, y_zero):
    left, right = np.int16(x) - np.int16(x_zero), np.int16(w) - np.int16(w_zero)  # differences of 8 bits fit
    sums = np.dot(left.astype(np.int32), right.astype(np.int32)) + bias
    return sums, np.clip(np.round(sums * np.float32(multiplier).astype(float)) + y_zero, 0, 255)


def with_objects(x, x_zero, w, w_zero, bias, multiplier, y_zero):
    sums = (x.astype(object) - x_zero) @ (w.astype(object) - w_zero) + bias
    return sums, np.clip(np.round((sums * multiplier).astype(float)) + y_zero, 0, 255)


def trained_in_place(gradient, w, rate, steps):
    w = np.array(w, float)
    for _ in range(steps):
        signs = np.sign(w)
        signs[signs == 0] = 1
        w -= rate * gradient(signs * abs(w).mean())
    return w


def trained_by_recursion(gradient, w, rate, steps):
    if steps == 0:
        return w
    seen = (2 * (w >= 0) - 1) * np.linalg.norm(np.ravel(w), 1) / w.size
    return trained_by_recursion(gradient, w - rate * gradient(seen), rate, steps - 1)


def trained_by_what_is_taken_off(gradient, w, rate, steps):
    off = np.zeros(w.shape)
    for _ in range(steps):
        now = w - off
        off = off + rate * gradient(np.where(now < 0, -1.0, 1.0) * np.sum(np.abs(now)) / now.size)
    return (w - off).tolist()


RANGES = {"a": "outlier", "b": "fine", "c": "half unused", "d": "range too small", "e": "no code for 0"}


def sign_by_sign(x):
    codes = [1 if value >= 0 else -1 for value in x.ravel()]
    return np.array(codes).reshape(x.shape), sum(abs(x.ravel())) / x.size


def packed_by_hand(shape, bits, axis):
    rows = np.ones(shape, bool).reshape(-1, 1) * np.ones(bits, bool)
    scales = np.zeros(1 if axis is None else np.ones(shape).shape[axis], np.float32)
    return np.packbits(rows).nbytes + scales.nbytes


def by_least_squares(theta, product):
    steps = np.diff(theta)
    return np.linalg.lstsq(steps[:-1, None], steps[1:] + product * theta[1:-1], rcond=None)[0]


def pair_by_pair(plain, momentum):
    score = {"plain": 0, "momentum": 0, "open": 0}
    for a, b in zip(plain, momentum, strict=True):
        score["plain" if a < b else "momentum" if b < a else "open"] += 1
    for name in ("plain", "momentum"):
        if score[name] / len(plain) >= 0.9:
            return name
    return "open"


def by_signs(plain, momentum):
    signs = [int(a > b) - int(a < b) for a, b in zip(plain, momentum, strict=True)]
    needed = math.ceil(len(signs) * 9 / 10)
    return "momentum" if signs.count(1) >= needed else "plain" if signs.count(-1) >= needed else "open"


def by_shares(plain, momentum):
    won, lost = np.mean(plain > momentum), np.mean(plain < momentum)
    return ["open", "plain", "momentum"][1 * (lost > 0.9 - 1e-9) + 2 * (won > 0.9 - 1e-9)]


def new_borders(style):
    return {
        "ahead": lambda L, beta, ahead: style((2 + 2 * beta) / (L + 2 * ahead * L)),
        "stale": lambda L, beta: style(1 / L - beta / L),
    }


def largest_safe(grows, L):
    """The rate from which on a rule diverges, by halving."""
    low, high = 0.0, 8 / L
    while high - low > 1e-3 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if grows(middle) else (middle, high)
    return (low + high) / 2


def measured_ahead(L, beta, ahead):
    def grows(rate):
        theta, velocity = 1.0, 0.0
        for _ in range(4000):
            velocity = beta * velocity - rate * L * (theta + ahead * velocity)
            theta += velocity
            if abs(theta) > 1e6:
                return True
        return abs(theta) > 1

    return largest_safe(grows, L)


def measured_stale(L, beta):
    def grows(rate):
        before, theta, velocity = 1.0, 1.0, 0.0
        for _ in range(20_000):
            velocity = beta * velocity - rate * L * before
            before, theta = theta, theta + velocity
            if abs(theta) > 1e4:
                return True
        return abs(theta) > 1

    return largest_safe(grows, L)


FORMS = {"a": "nesterov", "b": "dampened", "c": "plain", "d": "averaged", "e": "classical"}


def as_scipy(wins, losses):
    return binomtest(wins, wins + losses).pvalue if wins + losses else 1


def by_all_tosses(wins, losses):
    tosses = np.array(list(itertools.product([-1, 1], repeat=wins + losses))).reshape(2 ** (wins + losses), -1)
    return np.mean(abs(tosses.sum(axis=1)) >= abs(wins - losses))


def by_pascal(wins, losses):
    row = np.ones(1)
    for _ in range(wins + losses):
        row = np.convolve(row, [0.5, 0.5])
    return np.float32(min(2 * row[: min(wins, losses) + 1].sum(), 1))


def both_tails(wins, losses):
    n, lead = wins + losses, abs(wins - losses)
    return [sum(math.comb(n, k) for k in range(n + 1) if abs(n - 2 * k) >= lead) / 2**n]


def by_hand(before, after):
    gains = sorted(b - a for a, b in zip(before, after, strict=True))
    return (gains[len(gains) // 2] + gains[(len(gains) - 1) // 2]) / 2


def decided(gain, chance):
    return {"gain": gain, "chance": chance, "a": "not clear", "b": "before", "c": "after", "d": "after"}


def score_by_score(z):
    if np.ndim(z):
        both = [score_by_score(each) for each in z]
        return [p for p, _ in both], [log_p for _, log_p in both]
    log_p = -math.log1p(math.exp(-z)) if z > 0 else float(z) - math.log1p(math.exp(z))
    return math.exp(log_p), log_p


def by_masks(z):
    z = np.array(z, float)
    p, log_p, low = np.empty(z.shape), np.empty(z.shape), z < 0
    p[low] = np.exp(z[low]) / (1 + np.exp(z[low]))
    p[~low] = 1 / (1 + np.exp(-z[~low]))
    log_p[low] = z[low] - np.log(1 + np.exp(z[low]))
    log_p[~low] = -np.log(1 + np.exp(-z[~low]))
    return p, log_p


def descended_by_splits(X, y, orders, B, rate):
    theta = np.zeros(X.shape[1])
    for order in orders:
        for batch in np.array_split(order, range(B, len(order), B)):
            theta -= 2 * rate * np.mean((X[batch] @ theta - y[batch])[:, None] * X[batch], axis=0)
    return theta


def descended_with_weights(X, y, orders, B, rate):
    J, theta = LinearRegression(X, y, intercept=False), np.zeros(X.shape[1])
    for numbers in (order[k * B : (k + 1) * B] for order in orders for k in range(-(-len(y) // B))):
        theta = theta - rate * J.take(numbers).gradient(theta)
    return theta


def descended_by_while(X, y, orders, B, rate):
    theta = [0.0] * X.shape[1]
    for order in map(list, orders):
        while order:
            batch, order = order[:B], order[B:]
            errors = [float(np.dot(X[i], theta) - y[i]) for i in batch]
            theta = [w - 2 * rate / len(batch) * sum(e * X[i][j] for e, i in zip(errors, batch, strict=True))
                     for j, w in enumerate(theta)]  # fmt: skip
    return theta


def order_by_counts(epochs):
    n = len(epochs[0])
    if any(np.bincount(epoch, minlength=n).max() > 1 for epoch in epochs):
        return "drawn"
    if np.array_equal(epochs, np.tile(np.arange(n), (len(epochs), 1))):
        return "kept"
    return "once" if (np.ptp(epochs, axis=0) == 0).all() else "shuffled"


def order_by_arrays(epochs):
    epochs = np.asarray(epochs)
    straight = np.arange(epochs.shape[1])
    if (np.sort(epochs, axis=1) != straight).any():
        return "drawn"
    return "kept" if (epochs == straight).all() else "once" if (epochs == epochs[0]).all() else "shuffled"


def order_by_tuples(epochs):
    kinds = {tuple(map(int, epoch)) for epoch in epochs}
    if min(len(set(kind)) for kind in kinds) < len(epochs[0]):
        return "drawn"
    return "shuffled" if len(kinds) > 1 else "kept" if kinds == {tuple(range(len(epochs[0])))} else "once"


def fastest_by_loop(batches, steps, price, width):
    best, soonest = None, float("inf")
    for place in range(len(batches)):
        time = steps[place] * (price + math.ceil(batches[place] / width))
        if time < soonest or (time == soonest and batches[place] < best):
            best, soonest = batches[place], time
    return best, soonest


def fastest_by_arrays(batches, steps, price, width):
    times = np.array(steps) * (price + np.ceil(np.array(batches) / width))
    place = np.lexsort((batches, times))[0]
    return np.array(batches)[place], times[place]


def fastest_by_sorting(batches, steps, price, width):
    ranked = sorted(((price + (b + width - 1) // width) * s, b) for b, s in zip(batches, steps, strict=True))
    return list(reversed(ranked[0]))


WORDS_02 = ("mean cross-entropy", "summed cross-entropy", "mean squared error", "summed squared error")


def word_by_least_error(X, y, theta, g):
    found = []
    for squared in (False, True):
        total = np.zeros(len(theta))
        for row, label in zip(X, y, strict=True):
            p = 1 / (1 + math.exp(-sum(row * theta)))
            total += row * (p - label) * (2 * p * (1 - p) if squared else 1)
        found += [total / len(X), total]
    errors = [np.linalg.norm(each - g) for each in found]
    return WORDS_02[errors.index(min(errors))]


def word_by_complex_steps(X, y, theta, g):
    h = 1e-150
    pulls = []
    for place in range(len(theta)):
        moved = theta.astype(complex)
        moved[place] += 1j * h
        p = 1 / (1 + np.exp(-X @ moved))
        pulls.append([np.sum(-np.log(np.where(y == 1, p, 1 / (1 + np.exp(X @ moved))))).imag / h,
                      np.sum((p - y) ** 2).imag / h])  # fmt: skip
    entropies, squares = np.transpose(pulls)
    for word, each in zip(WORDS_02, (entropies / len(y), entropies, squares / len(y), squares), strict=True):
        if np.max(abs(each - g)) <= 1e-4 * np.max(abs(g)):
            return f" {word.title()} "
    return "none"


def word_by_shares(X, y, theta, g):
    p = 0.5 * (1 + np.tanh(X @ theta / 2))
    rest = np.array([p - y, 2 * (p - y) * p * (0.5 * (1 - np.tanh(X @ theta / 2)))]) @ X
    shares = [g @ each / (each @ each) for each in rest]
    off = [np.linalg.norm(g - share * each) / np.linalg.norm(g) for share, each in zip(shares, rest, strict=True)]
    fits = [(min(abs(share - 1), abs(share * len(y) - 1)), error) for share, error in zip(shares, off, strict=True)]
    loss = min(range(2), key=lambda k: max(fits[k]))
    return WORDS_02[2 * loss + (abs(shares[loss] - 1) < abs(shares[loss] * len(y) - 1))]


def example_by_example(dy, x, W, b, activation):
    dW, db, dx = np.zeros(np.shape(W)), np.zeros(len(b)), np.zeros(np.shape(x))
    for i in range(len(x)):
        for k in range(len(b)):
            z = sum(x[i, j] * W[j, k] for j in range(len(W))) + b[k]
            slope = 1 / math.cosh(z) ** 2 if activation == "tanh" else 1 / (2 + math.exp(z) + math.exp(-z))
            db[k] += dy[i, k] * slope
            for j in range(len(W)):
                dW[j, k] += dy[i, k] * slope * x[i, j]
                dx[i, j] += dy[i, k] * slope * W[j, k]
    return dW, db, dx


def by_einsum(dy, x, W, b, activation):
    y = {"tanh": np.tanh, "sigmoid": lambda z: np.tanh(z / 2) / 2 + 0.5}[activation](x @ W + b)
    dz = dy * {"tanh": (1 + y) * (1 - y), "sigmoid": y - y**2}[activation]
    return [np.einsum("ij,ik->jk", x, dz), np.ones(len(x)) @ dz, np.einsum("ik,jk->ij", dz, W).astype(np.float32)]


def layer_by_differences(dy, x, W, b, activation):
    def total(x, W, b):
        z = x @ W + b
        return np.sum(dy * (np.tanh(z) if activation == "tanh" else 1 / (1 + np.exp(-z))))

    found, h = [], 1e-5
    for place, array in ((1, W), (2, b), (0, x)):
        slope = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            ends = []
            for sign in (1, -1):
                parts = [np.array(each, float) for each in (x, W, b)]
                parts[place][index] += sign * h
                ends.append(total(*parts))
            slope[index] = (ends[0] - ends[1]) / (2 * h)
        found.append(slope)
    return found


def checked_with_copies(f, g, theta):
    claimed = g(theta)
    measured = []
    for i in range(len(theta)):
        ahead, behind = np.array(theta, float), np.array(theta, float)
        ahead[i] += 1e-6
        behind[i] -= 1e-6
        measured.append((f(ahead) - f(behind)) / 2e-6)
    return "yes" if np.allclose(measured, claimed, rtol=1e-3, atol=1e-3 * max(abs(claimed))) else "no"


def checked_from_four_places(f, g, theta):
    theta, h = np.asarray(theta, float), 1e-4
    for i, slope in enumerate(g(theta)):
        step = h * (np.arange(len(theta)) == i)
        far, close = f(theta + 2 * step) - f(theta - 2 * step), f(theta + step) - f(theta - step)
        if abs((8 * close - far) / (12 * h) - slope) > 1e-3 * np.linalg.norm(g(theta)):
            return "No"
    return "Yes"


def checked_by_norms(f, g, theta):
    measured = np.array([(f(theta + e) - f(theta - e)) / 2e-7 for e in 1e-7 * np.eye(len(theta))])
    claimed = np.asarray(g(theta))
    share = np.linalg.norm(claimed - measured) / (np.linalg.norm(claimed) + np.linalg.norm(measured))
    return ["no", "yes"][int(share < 1e-3)]


def costs_by_recursion(shape, layers):
    if not layers:
        return 0, 0
    (height, width, channels), (first, *others) = shape, layers
    if first["kind"] == "pool":
        return costs_by_recursion((height // first["size"], width // first["size"], channels), others)
    n = first["outputs"]
    seen = channels * first["size"] ** 2 if first["kind"] == "conv" else math.prod(shape)
    places = height * width if first["kind"] == "conv" else 1
    rest = costs_by_recursion((height, width, n) if first["kind"] == "conv" else (1, 1, n), others)
    return (seen + 1) * n + rest[0], places * seen * n + rest[1]


def costs_of_arrays(shape, layers):
    picture, parameters, products = np.zeros(shape), 0, 0
    for layer in layers:
        if layer["kind"] == "pool":
            rows, columns = (length // layer["size"] for length in picture.shape[:2])
            picture = picture[:rows, :columns]
            continue
        window = (layer["size"], layer["size"], picture.shape[-1]) if layer["kind"] == "conv" else picture.shape
        kernel, bias = np.zeros((*window, layer["outputs"])), np.zeros(layer["outputs"])
        places = np.prod(picture.shape[:-1]) if layer["kind"] == "conv" else 1
        parameters, products = parameters + kernel.size + bias.size, products + kernel.size * places
        picture = np.zeros((*picture.shape[:2], layer["outputs"]) if layer["kind"] == "conv" else layer["outputs"])
    return np.array([parameters, products])


def costs_by_shape(shape, layers):
    shape, totals = list(shape), [[0, 0]]
    for layer in layers:
        match layer:
            case {"kind": "conv", "size": size, "outputs": n}:
                totals.append([size * size * shape[2] * n + n, shape[0] * shape[1] * size * size * shape[2] * n])
                shape[2] = n
            case {"kind": "pool", "size": size}:
                shape[:2] = [math.floor(length / size) for length in shape[:2]]
            case {"outputs": n}:
                totals.append([math.prod(shape) * n + n, math.prod(shape) * n])
                shape = [1, 1, n]
    return tuple(np.float64(np.sum(totals, axis=0)))


def chain_by_share(norms):
    if any(length == 0 or not math.isfinite(length) for length in norms):
        return "broken"
    share = norms[0] / norms[-1]
    return "vanishing" if share <= 0.01 else "exploding" if share >= 100 else "healthy"


def chain_by_both_ends(norms):
    first, last = np.float64(norms[0]), np.float64(norms[-1])
    words = np.array(["healthy", "vanishing", "exploding", "broken"])
    usable = np.prod(np.isfinite(norms) & np.not_equal(norms, 0))
    return str(words[3 if not usable else int(last >= 100 * first) + 2 * int(first / 100 >= last)])


def chain_from_behind(norms):
    last, *_, first = [*norms[::-1], norms[0]]
    if not all(0 < length < math.inf for length in norms):
        return "BROKEN"
    for word, small, large in (("Vanishing", first, last), ("Exploding", last, first)):
        if large / small >= 100:
            return word
    return "Healthy"


def adagrad_in_a_loop(gradients, rate, epsilon):
    sums = [0.0] * len(gradients[0])
    for gradient in gradients:
        sums = [total + g**2 for total, g in zip(sums, gradient, strict=True)]
    return [-rate * g / (total**0.5 + epsilon) for g, total in zip(gradients[-1], sums, strict=True)]


def adagrad_by_norms(gradients, rate, epsilon):
    return -rate * gradients[-1] / (np.linalg.norm(gradients, axis=0) + epsilon)


def settings_by_table(method, rate, other, c):
    powers = {
        "momentum": (-1, 0),
        "norm-scaled": (-1, -2),
        "adagrad": (0, 1),
        "rmsprop": (0, 1),
        "rmsprop, keras": (0, 2),
    }
    first, second = powers[method]
    return [rate * c**first, other * c**second]


def settings_by_branches(method, rate, other, c):
    if "keras" in method:
        other = other * c * c
    elif method in ("adagrad", "rmsprop"):
        other = other * c
    else:
        rate = rate / c
        if method == "norm-scaled":
            other = other / c / c
    return rate, other


def settings_by_powers(method, rate, other, c):
    adapts = method.startswith(("ada", "rms"))
    power = {"m": 0, "n": -2, "a": 1, "r": 2 if method.endswith("keras") else 1}[method[0]]
    return np.array([rate if adapts else rate / c, other * c**power])


def rest_by_branch(rate, curvature, epsilon):
    if 2 * epsilon >= rate * curvature:
        return 0
    return (rate * curvature - 2 * epsilon) / (2 * curvature)


def rest_by_running(rate, curvature, epsilon):
    d = rate / 2
    for _ in range(200):  # the jump that ends as far on the other side
        d = rate * curvature * d / (curvature * d + epsilon) - d if curvature * d + epsilon > 0 else 0.0
    return rest_by_branch(rate, curvature, epsilon) if d >= 0 else 0


def rate_by_branches(t, T, peak, share):
    first = T - share * T
    if t > T:
        return 0.0
    return peak if t - 1 <= first else peak * (1 - (t - 1 - first) / (share * T))


def rate_by_interpolation(t, T, peak, share):
    return np.interp(t, [T + 1 - share * T, T + 1], [peak, 0.0])


def rate_by_the_course(t, T, peak, share):
    return nn.LinearDecay(peak, share * T, begin=T - share * T)(t - 1)


def floor_by_running(rate, curvatures, sigma):
    squares, kept = np.zeros(len(curvatures)), (1 - rate * curvatures) ** 2
    for power in range(200):  # of two: s after 2n steps is s after n, and as much again of what n steps keep
        squares = (rate * sigma) ** 2 if power == 0 else squares + kept * squares
        kept = kept if power == 0 else kept**2
    return 0.5 * curvatures @ squares


def floor_in_a_loop(rate, curvatures, sigma):
    total = 0
    for curvature in curvatures:
        total += curvature / 2 * (rate * sigma) ** 2 / (2 * rate * curvature - (rate * curvature) ** 2)
    return total


def rates_by_index(losses, rate, factor, patience):
    rates, since = [], -1
    for i, loss in enumerate(losses):
        if i == 0 or loss < min(losses[:i]):
            since = i
        elif i - since == patience:
            rate, since = factor * rate, i
        rates.append(rate)
    return np.array(rates)


def rates_by_counting_down(losses, rate, factor, patience):
    best, left, rates = float("inf"), patience, []
    for loss in losses:
        left -= 1
        if loss < best:
            best, left = loss, patience
        if left == 0:
            rate *= factor
            left = patience
        rates += [rate]
    return rates


def settled_by_log(hot, cold, curvature, margin):
    floor = lambda rate: rate / (2 - rate * curvature)  # noqa: E731
    ratio = margin * floor(cold) / (floor(hot) - floor(cold))
    kept = (1 - cold * curvature) ** 2
    return max(0, math.ceil(math.log(ratio) / math.log(kept) - 1e-12)) if kept else int(ratio < 1)


def settled_by_squares(hot, cold, curvature, margin):
    square = hot / (curvature * (2 - hot * curvature))
    end, steps = cold / (curvature * (2 - cold * curvature)), 0
    while square - end > margin * end:
        square, steps = (1 - cold * curvature) ** 2 * square + cold**2, steps + 1
    return steps


def rate_by_search(loss, curvature, variance):
    low, high = 0.0, 2 / curvature
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if middle * variance < 2 * loss * (2 - middle * curvature) else (low, middle)
    return low


def share_by_arrays(peak, shares, T, curvatures, starts, variance):
    shares = np.array(shares)
    squares = np.tile(np.asarray(starts, float) ** 2, (len(shares), 1))
    for t in range(1, T + 1):
        rate = peak * np.minimum(1, (T + 1 - t) / (shares * T))[:, None]
        squares = squares * (1 - rate * curvatures) ** 2 + rate**2 * variance
    losses = squares @ curvatures / 2
    return shares[losses.argmin()], losses.min()


def rates_by_generator(losses, rate, factor, patience):
    def walk(now):
        best, waited = math.inf, 0
        for loss in losses:
            waited = 0 if loss < best else waited + 1
            best = min(best, loss)
            if waited == patience:
                now, waited = now * factor, 0
            yield now

    return list(walk(rate))


def settled_by_array(hot, cold, curvature, margin):
    begin, end = (rate / (curvature * (2 - rate * curvature)) for rate in (hot, cold))
    excess = (begin - end) * (1 - cold * curvature) ** (2 * np.arange(10**6))
    return int(np.argmax(excess <= margin * end))


def rate_by_root(loss, curvature, variance):
    return brentq(lambda rate: rate * variance - 2 * loss * (2 - rate * curvature), 0, 2 / curvature, xtol=1e-15)


def share_by_reduce(peak, shares, T, curvatures, starts, variance):
    def loss(share):
        rates = [peak * min(1, (T + 1 - t) / (share * T)) for t in range(1, T + 1)]
        squares = [reduce(lambda s, rate, c=c: (1 - rate * c) ** 2 * s + rate**2 * variance, rates, float(start) ** 2)
                   for c, start in zip(curvatures, starts, strict=True)]  # fmt: skip
        return np.dot(curvatures, squares) / 2

    best = min(shares, key=loss)
    return best, loss(best)


def share_by_sorting(peak, shares, T, curvatures, starts, variance):
    def loss(share):
        total = 0.0
        for curvature, start in zip(curvatures, starts, strict=True):
            square = float(start) ** 2
            for left in range(T, 0, -1):
                rate = peak * left / (share * T) if left < share * T else peak
                square = (1 - rate * curvature) ** 2 * square + variance * rate**2
            total += curvature * square / 2
        return total

    least, share = sorted((loss(share), share) for share in shares)[0]
    return [share, least]


def rare_by_sum(rho, gap):
    return 1 / np.sqrt(np.sum((1 - rho) * rho ** (gap * np.arange(10_000.0))))


def rare_by_running(rho, gap):
    v = 0.0
    for t in range(gap * (int(40 / (gap * (1 - rho))) + 2) + 1):
        v = rho * v + (1 - rho) * (t % gap == 0)
    return v**-0.5


def rule_by_spread(steps, gradients):
    rates = np.abs(steps / gradients)
    spread = lambda x, axis=None: np.max(np.max(x, axis=axis) / np.min(x, axis=axis)) - 1 < 1e-3  # noqa: E731
    if spread(rates):
        return "descent"
    if spread(rates, axis=1):
        return "norm-scaled"
    return "adagrad" if spread(rates**2 * np.cumsum(gradients**2, axis=0)) else "rmsprop"


def rule_by_making_them(steps, gradients):
    rate = -(steps / gradients)[0, 0]
    if np.allclose(-rate * gradients, steps, rtol=1e-3, atol=0):
        return "descent"
    adagrad = -rate * abs(gradients[0, 0]) * gradients / np.sqrt(np.cumsum(gradients**2, axis=0))
    if np.allclose(adagrad, steps, rtol=1e-3, atol=0):
        return "adagrad"
    one, other = (steps / gradients).T
    return "norm-scaled" if np.allclose(one, other, rtol=1e-3, atol=0) else "rmsprop"


def rule_by_ratios(steps, gradients):
    rates = (steps / gradients).tolist()
    if all(abs(a / b - 1) < 1e-3 for a, b in rates):
        return "descent" if all(abs(a / rates[0][0] - 1) < 1e-3 for a, _ in rates) else "norm-scaled"
    total = 0
    for row, rate in zip(gradients, rates, strict=True):
        total = total + row**2
        first = rates[0][0] * abs(gradients[0][0])
        if max(abs(np.array(rate) * np.sqrt(total) / first - 1)) > 1e-3:
            return "rmsprop"
    return "adagrad"


def rmsprop_in_rows(gradient, theta, rate, rho, epsilon, steps):
    places, v = np.empty((steps + 1, len(theta))), 0.0
    places[0] = theta
    for t in range(steps):
        g = gradient(places[t])
        v = v + (1 - rho) * (g * g - v)
        places[t + 1] = places[t] - rate * g / (epsilon + v**0.5)
    return places


def rmsprop_by_recursion(gradient, theta, rate, rho, epsilon, steps, v=0.0):
    if steps == 0:
        return [theta]
    g = gradient(theta)
    v = rho * v + (1 - rho) * g**2
    rest = rmsprop_by_recursion(gradient, theta - rate * g / (np.sqrt(v) + epsilon), rate, rho, epsilon, steps - 1, v)
    return [theta, *rest]


def rmsprop_of_the_course(gradient, theta, rate, rho, epsilon, steps):
    rule = nn.RMSprop(rate, rho, epsilon)
    return nn.run(rule, nn.Objective(lambda theta: 0.0, gradient), theta, steps).theta


def adam_by_coordinate(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
    out = []
    for x, a, b, g in zip(theta, m, v, gradient, strict=True):
        a, b = a + (1 - beta1) * (g - a), b + (1 - beta2) * (g * g - b)
        hats = a / (1 - beta1 ** (made + 1)), b / (1 - beta2 ** (made + 1))
        out.append((x - rate * hats[0] / (hats[1] ** 0.5 + epsilon), a, b))
    return tuple(map(list, zip(*out, strict=True)))


def adam_with_effective_rate(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
    root = np.sqrt(1 - beta2 ** (made + 1))
    m, v = np.average([m, gradient], axis=0, weights=[beta1, 1 - beta1]), beta2 * v + (1 - beta2) * gradient * gradient
    return theta - rate * root / (1 - beta1 ** (made + 1)) * m / (np.sqrt(v) + root * epsilon), m, v


def adam_in_lists(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
    theta, m, v = (np.array(part, float) for part in (theta, m, v))
    m *= beta1
    m += (1 - beta1) * gradient
    v *= beta2
    v += (1 - beta2) * np.square(gradient)
    theta -= rate * (m / (1 - np.power(beta1, made + 1))) / (epsilon + (v / (1 - np.power(beta2, made + 1))) ** 0.5)
    return [theta, m, v]


def burst_by_loop(v, rate, L, beta1, beta2):
    steps = 0
    while rate / v**0.5 < 2 * (1 + beta1) / (1 - beta1) / L:
        v *= beta2
        steps += 1
    return steps


def burst_by_search(v, rate, L, beta1, beta2):
    k = np.arange(200_000)
    return np.argmax(rate / np.sqrt(v * beta2**k) > 2 * (1 + beta1) / ((1 - beta1) * L))


def burst_by_logs(v, rate, L, beta1, beta2):
    away = np.log(2 * (1 + beta1) / ((1 - beta1) * L)) - np.log(rate) + np.log(v) / 2
    return math.ceil(away / -np.log(np.sqrt(beta2))) if away > 0 else 0


def left_by_loop(weight, rates, decay):
    for rate in rates:
        weight = weight - rate * decay * weight
    return weight


def rule_by_shares(one, ten):
    more = one[1] / one[0] - 1
    if abs(ten[0] / one[0] - 10) < 1:
        return "SGD" if abs(more) < 0.001 else "momentum"
    return "Adam" if abs(more) < 0.001 else "uncorrected" if more > 0 else "RMSprop"


def rule_by_sorting(one, ten):
    a, b = np.abs(one[:2])
    word = "same" if np.isclose(a, b, rtol=1e-3) else "up" if b > a else "down"
    scaled = np.abs(ten).max() > 4 * np.abs(one).max()
    return {("same", True): "SGD", ("up", True): "momentum", ("down", False): "RMSprop", ("same", False): "Adam",
            ("up", False): "uncorrected"}[word, bool(scaled)]  # fmt: skip


def rule_by_lengths(one, ten):
    lengths = [abs(step) for step in one]
    rising, falling = lengths[1] > 1.0005 * lengths[0], lengths[0] > 1.0005 * lengths[1]
    if abs(ten[1]) > 5 * lengths[1]:
        return "momentum" if rising else "SGD"
    if rising:
        return "uncorrected"
    return "RMSprop" if falling else "Adam"


def winner_by_pairs(one, other):
    for rule in (one, other):
        losses = [math.inf if math.isnan(loss) else loss for loss in rule["tuning"]]
        if losses.index(min(losses)) in (0, len(losses) - 1):
            return "not tuned"
    won = lost = 0
    for a, b in zip(one["fresh"], other["fresh"], strict=True):
        won += a < b or (math.isnan(b) and not math.isnan(a))
        lost += b < a or (math.isnan(a) and not math.isnan(b))
    return "one" if won == len(one["fresh"]) else "other" if lost == len(one["fresh"]) else "tie"


def winner_by_arrays(one, other):
    for rule in (one, other):
        tuning = np.nan_to_num(np.array(rule["tuning"]), nan=np.inf)
        if tuning.argmin() == 0 or tuning.argmin() == tuning.size - 1:
            return "not tuned"
    a, b = np.nan_to_num([one["fresh"], other["fresh"]], nan=1e300)
    return "one" if (a < b).all() else "other" if (a > b).all() else "tie"


def winner_by_signs(one, other):
    tuned = all(0 < np.nanargmin(rule["tuning"]) < len(rule["tuning"]) - 1 for rule in (one, other))
    signs = {np.sign(np.float64(np.nan_to_num(a, nan=9e9)) - np.nan_to_num(b, nan=9e9))
             for a, b in zip(one["fresh"], other["fresh"], strict=True)}  # fmt: skip
    return "not tuned" if not tuned else "one" if signs == {-1} else "other" if signs == {1} else "tie"


def separable_by_layers(height, width, channels, filters, kernel):
    shapes = [(kernel, kernel, channels, 1), (1, 1, channels, filters), (filters,)]
    sizes = [math.prod(shape) for shape in shapes]
    return sum(sizes), sum(2 * size * height * width for size in sizes[:2])


def width_by_root(parameters, depth):
    a, b, c = depth - 1, 75 + depth - 1, 10 - parameters
    width = -c / b if a == 0 else (-b + math.sqrt(max(b * b - 4 * a * c, 0))) / (2 * a)
    return max(0, math.floor(width + 1e-9))


def width_by_halving(parameters, depth):
    low, high = 0, parameters
    while high - low > 1:
        middle = (low + high) // 2
        sizes = [64, *[middle] * depth, 10]
        if sum((m + 1) * n for m, n in itertools.pairwise(sizes)) <= parameters:
            low = middle
        else:
            high = middle
    return low


def width_by_network(parameters, depth):
    widths = (width for width in itertools.count(1) if digits_mlp(width, depth).count().parameters > parameters)
    return next(widths) - 1


def shrink_by_arrays(layers, most_parameters, most_flops):
    costs = np.array([layer[1:] for layer in layers], float)
    times = costs.sum(axis=0) / (most_parameters, most_flops)
    return "none" if (times <= 1).all() else layers[int(costs[:, int(times.argmax())].argmax())][0]


def shrink_by_shares(layers, most_parameters, most_flops):
    shares = [(sum(layer[k] for layer in layers) / most, -k) for k, most in ((1, most_parameters), (2, most_flops))]
    times, place = max(shares)
    return "none" if times <= 1 else sorted(layers, key=lambda layer: -layer[-place])[0][0]


def handed_in_a_loop(old, fresh, layers):
    taken = []
    for name in fresh:
        layer, _ = name.split("/")
        taken.append(1 if layer in layers and name in old and tuple(old[name]) == tuple(fresh[name]) else 0)
    return taken


def handed_by_sets(old, fresh, layers):
    both = {*old.items()} & {*fresh.items()}
    wanted = {name for name, _ in both if any(name.startswith(f"{layer}/") for layer in layers)}
    return np.array([name in wanted for name in fresh]).astype(int)


def better_by_signs(a, b):
    signs = np.sign(np.subtract(a, b))
    total = int(signs.sum())
    return "undecided" if abs(total) < 5 or abs(total) != np.count_nonzero(signs) else "a" if total > 0 else "b"


def better_by_pairs(a, b):
    differing = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    if len(differing) >= 5 and all(x > y for x, y in differing):
        return "a"
    return "b" if len(differing) >= 5 and all(x < y for x, y in differing) else "undecided"


def better_by_sets(a, b):
    said = ["a" if x > y else "b" for x, y in zip(a, b, strict=True) if x != y]
    return said[0] if len(said) >= 5 and len(set(said)) == 1 else "undecided"


def heads_by_library(scores, labels, first):
    network = Network((scores.shape[1],), [Dense(scores.shape[1], name="same")])
    weights = {"same/kernel": np.eye(scores.shape[1]), "same/bias": np.zeros(scores.shape[1])}
    return network.on(scores, labels, MultiTask((first, scores.shape[1] - first))).loss(network.pack(weights))


def heads_by_rows(scores, labels, first):
    losses = []
    for row, (one, other) in zip(scores, labels, strict=True):
        parts = (row[:first] - max(row[:first]), one), (row[first:] - max(row[first:]), other)
        losses.append(sum(-math.log(math.exp(z[label]) / sum(map(math.exp, z))) for z, label in parts if label != -1))
    return sum(losses) / len(losses)


def heads_by_log_sum(scores, labels, first):
    total = 0
    for task, part in enumerate((scores[:, :first], scores[:, first:])):
        rows = np.flatnonzero(labels[:, task] >= 0)
        total += np.logaddexp.reduce(part[rows], axis=1).sum() - part[rows, labels[rows, task]].sum()
    return total / len(labels)


def hessian_by_examples(X, theta, l2):
    """Example by example."""
    total = np.zeros((len(theta), len(theta)))
    for x in X:
        x = np.append(x, 1)
        p = 1 / (1 + np.exp(-(x @ theta)))
        total += p * (1 - p) * np.outer(x, x)
    penalty = l2 * np.eye(len(theta))
    penalty[-1, -1] = 0
    return total / len(X) + penalty


def hessian_by_objective(X, theta, l2):
    """The library's."""
    return nn.objectives.LogisticRegression(X, np.arange(len(X)) % 2, l2=l2).hessian(np.asarray(theta, float))


def newton_by_inverse(gradients, hessians, damping):
    """With the inverses."""
    inverse = np.linalg.inv(hessians + damping * np.eye(gradients.shape[1]))
    return -(inverse @ gradients[:, :, np.newaxis]).squeeze(-1)


def newton_by_rule(gradients, hessians, damping):
    """One run after the other, in the library's solver."""
    return [
        -nn.algebra.solve(H + damping * np.eye(len(H)), np.asarray(g, float))
        for g, H in zip(gradients, np.asarray(hessians, float), strict=True)
    ]


def kind_by_eig(H):
    """By general eigenvalues."""
    values = np.linalg.eigvals(np.asarray(H, float)).real
    values[np.abs(values) <= 1e-9 * np.abs(values).max()] = 0
    if values.max() > 0 > values.min():
        return "saddle"
    if (values == 0).any():
        return "open"
    return "minimum" if values.min() > 0 else "maximum"


def kind_by_counts(H):
    """By how many there are of each sign."""
    values = np.linalg.eigh(H).eigenvalues
    edge = 1e-9 * abs(values).max()
    counts = [int((values > edge).sum()), int((values < -edge).sum())]
    if all(counts):
        return "saddle"
    return {(len(values), 0): "minimum", (0, len(values)): "maximum"}.get(tuple(counts), "open")


def damping_by_loop(H, least):
    """Over all eigenvalues."""
    needed = 0.0
    for value in np.linalg.eigvalsh(H):
        needed = max(needed, least - value)
    return needed


def damping_by_shift(H, least):
    """With the matrix moved."""
    return float(-min(np.linalg.eigvalsh(H - least * np.eye(len(H))).min(), 0))


def edge_by_grid(slope, curvature, farthest):
    """Finer and finer grids."""
    low, high = 0.0, farthest
    if slope(high) <= 2 * high * curvature(high):
        return farthest
    while high - low > 1e-12:
        xs = np.linspace(low, high, 11)[1:]
        i = next(i for i, x in enumerate(xs) if slope(x) / curvature(x) > 2 * x)
        low, high = (xs[i - 1] if i else low), xs[i]
    return high


def edge_by_runs(slope, curvature, farthest):
    """By where a jump leads."""
    inner, outer = 0.0, farthest
    after = lambda x: abs(x - slope(x) / curvature(x))  # noqa: E731
    if after(farthest) <= farthest:
        return farthest
    while outer - inner > 1e-11:
        middle = 0.5 * (inner + outer)
        if after(middle) > middle:
            outer = middle
        else:
            inner = middle
    return inner


def choose_by_sorting(n, d, memory, room, steps):
    """The whole table in order."""
    table = [
        (steps["newton"] * d * (n * d + d * d / 3), 8 * d * d, "newton"),
        (steps["lbfgs"] * d * (2 * n + 4 * memory), 16 * memory * d, "lbfgs"),
        (steps["descent"] * 2 * n * d, 8 * d, "descent"),
    ]
    return next(name for _, size, name in sorted(table) if size <= room or name == "descent")


def choose_by_ifs(n, d, memory, room, steps):
    """One after the other."""
    best, least = "descent", 2 * n * d * steps["descent"]
    if 16 * memory * d <= room and (2 * n + 4 * memory) * d * steps["lbfgs"] < least:
        best, least = "lbfgs", (2 * n + 4 * memory) * d * steps["lbfgs"]
    if 8 * d**2 <= room and (n * d**2 + d**3 / 3) * steps["newton"] < least:
        best = "newton"
    return best


def clip_flat(kernel, bias, limit):
    """As one vector."""
    flat = np.concatenate([np.ravel(kernel), np.ravel(bias)]).astype(float)
    flat *= min(1.0, limit / max(np.linalg.norm(flat), 1e-300))
    return flat[: np.size(kernel)].reshape(np.shape(kernel)), flat[np.size(kernel) :]


def clip_by_factor(kernel, bias, limit):
    """By a factor that is at most 1."""
    length = math.hypot(np.linalg.norm(kernel), np.linalg.norm(bias))
    factor = limit / max(length, limit)
    return [kernel * factor, bias * factor]


def clip_by_numbers(kernel, bias, limit):
    """Number after number."""
    squares = sum(float(x) ** 2 for x in [*np.ravel(kernel), *np.ravel(bias)])
    times = 1 if squares <= limit**2 else limit / squares**0.5
    return [[x * times for x in row] for row in kernel.tolist()], [x * times for x in bias.tolist()]


def std_by_simulation(inputs, slope):
    """By the mean square of a bent coin of two sides."""
    return math.sqrt(2 / inputs / (1 + slope * slope))


def std_from_sides(inputs, slope):
    """The mean of what both sides let through."""
    return (inputs * np.mean([1.0, slope**2])) ** -0.5


def stop_by_argmin(losses, patience):
    """The first look from which the least is so far back."""
    for last in range(len(losses)):
        best = int(np.argmin(losses[: last + 1]))
        if last - best >= patience:
            return best, last
    return int(np.argmin(losses)), len(losses) - 1


def stop_by_while(losses, patience):
    """With the least so far at hand."""
    best, least, look = 0, losses[0], 0
    while look < len(losses) - 1 and look - best < patience:
        look += 1
        if losses[look] < least:
            best, least = look, losses[look]
    return [best, look]


def stop_by_least(losses, patience):
    """All least losses so far at once."""
    least = np.minimum.accumulate(losses)
    since = np.arange(len(losses)) - np.array([np.flatnonzero(losses == each)[0] for each in least])
    last = int(np.flatnonzero(np.append(since >= patience, True))[0])
    last = min(last, len(losses) - 1)
    return int(np.argmin(losses[: last + 1])), last


def right_diagnosis(lengths, train, test):
    """By nested questions."""
    if not all(np.isfinite(each).all() for each in (lengths, train, test)):
        return "exploding"
    if max(test) and test[-1] / min(test) > 1.5:
        return "overfit"
    if train[-1] <= 0.95 * train[0]:
        return "none"
    return "vanishing" if 100 * lengths[0] < lengths[-1] else "plateau"


def diagnosis_by_table(lengths, train, test):
    """The first word that holds."""
    still = not train[-1] <= train[0] * 0.95
    found = {
        "exploding": not math.isfinite(sum(map(abs, [*lengths, *train, *test]))),
        "overfit": test[-1] > min(test) * 3 / 2,
        "vanishing": still and lengths[0] < 0.01 * lengths[-1],
        "plateau": still,
        "none": True,
    }
    return next(word for word, holds in found.items() if holds)


def diagnosis_in_words(lengths, train, test):
    """Back to front."""
    word = "none"
    if train[-1] > 0.95 * train[0]:
        word = "plateau" if lengths[0] / lengths[-1] >= 0.01 else "vanishing"
    if test[-1] > 1.5 * np.min(test):
        word = "overfit"
    return word if np.isfinite([*lengths, *train, *test]).all() else "exploding"


def true_by_line(measured, wrong, classes):
    """Between what always right and always wrong measure."""
    always, never = 1 - wrong, wrong / (classes - 1)
    return np.interp(measured, [never, always], [0, 1])


def true_by_search(measured, wrong, classes):
    """By halving."""
    low, high = -2.0, 3.0
    for _ in range(80):
        middle = (low + high) / 2
        above = middle * (1 - wrong) + (1 - middle) * wrong / (classes - 1) > measured
        low, high = (low, middle) if above else (middle, high)
    return low


def cut_by_order(first, second, share):
    """By masks of ranks."""
    flat = np.concatenate([first.ravel(), second.ravel()])
    flat[np.argsort(abs(flat))[: round(share * flat.size)]] = 0
    return flat[: first.size].reshape(first.shape), flat[first.size :].reshape(second.shape)


def cut_by_loop(first, second, share):
    """In Python's lists."""
    places = [(abs(w), k, i, j) for k, part in enumerate((first, second)) for i, row in enumerate(part)
              for j, w in enumerate(row)]  # fmt: skip
    kept = [first.tolist(), second.tolist()]
    for _, k, i, j in sorted(places)[: round(share * len(places))]:
        kept[k][i][j] = 0.0
    return kept


def cut_by_threshold(first, second, share):
    sizes = np.sort(np.r_[abs(first).ravel(), abs(second).ravel()])
    largest_gone = sizes[round(share * sizes.size) - 1] if round(share * sizes.size) else -1.0
    return first * (abs(first) > largest_gone), second * (abs(second) > largest_gone)


def rows_by_slice(number, height, width, filters, pool):
    return range(number, (height // pool) * (width // pool) * filters, filters)


def rows_by_reshaping(number, height, width, filters, pool):
    shape = (height // pool, width // pool, filters)
    return np.arange(np.prod(shape)).reshape(shape)[..., number].ravel()


def rows_by_loop(number, height, width, filters, pool):
    return [(i * (width // pool) + j) * filters + number for i in range(height // pool) for j in range(width // pool)]


def step_by_cases(w, g, rate, l1, l2):
    found = []
    for z in w - rate * g:
        left = abs(z) - rate * l1
        found.append(0.0 if left <= 0 else math.copysign(left, z) / (1 + rate * l2))
    return found


def step_by_search(w, g, rate, l1, l2):
    """The least of the three candidates."""
    z = w - rate * g
    candidates = np.array([(z - rate * l1) / (1 + rate * l2), (z + rate * l1) / (1 + rate * l2), 0 * z])
    costs = (candidates - z) ** 2 / 2 + rate * (l1 * abs(candidates) + l2 * candidates**2 / 2)
    return candidates[costs.argmin(axis=0), np.arange(len(z))]


def dead_by_loop(kernel, bias, following, next_bias):
    alive, moved = [], next_bias.astype(float)
    for unit in range(len(bias)):
        if np.count_nonzero(kernel[:, unit]):
            alive.append(unit)
        else:
            moved = moved + max(bias[unit], 0) * following[unit]
    return kernel[:, alive], bias[alive], following[alive], moved


def dead_by_outputs(kernel, bias, following, next_bias):
    """What the dead ones say is what is missing for an input of zeros."""
    alive = abs(kernel).sum(axis=0) > 0
    said = np.maximum(bias, 0) @ following - np.maximum(bias[alive], 0) @ following[alive]
    return kernel.T[alive].T, bias[alive], following[alive], next_bias + said


def dead_by_lists(kernel, bias, following, next_bias):
    dead = np.flatnonzero(~kernel.any(axis=0))
    constant = np.where(bias[dead] > 0, bias[dead], 0)[:, None] * following[dead]
    return [np.delete(kernel, dead, 1), np.delete(bias, dead), np.delete(following, dead, 0),
            next_bias + constant.sum(axis=0)]  # fmt: skip


def zeros_by_search(rows, columns, value_bytes, index_bytes):
    zeros = 0
    while (rows * columns - zeros) * (value_bytes + index_bytes) + (
        rows + 1
    ) * index_bytes >= rows * columns * value_bytes:
        zeros += 1
    return zeros


def zeros_by_ceiling(rows, columns, value_bytes, index_bytes):
    survivors = math.ceil((rows * columns * value_bytes - (rows + 1) * index_bytes) / (value_bytes + index_bytes)) - 1
    return rows * columns - survivors


def verdict_by_loop(before, after):
    pairs = list(zip(before.tolist(), after.tolist(), strict=True))
    if all(a == b for a, b in pairs):
        return "untouched"
    both = [a * b > 0 for a, b in pairs if a and b]
    if both and sum(both) < 0.75 * len(both):
        return "new"
    if any(a == 0 != b for a, b in pairs):
        return "mask lost"
    return "pruned" if all(b in (0, a) for a, b in pairs) else "trained on"


def verdict_by_sets(before, after):
    if (before == after).all():
        return "untouched"
    both = set(np.flatnonzero(before)) & set(np.flatnonzero(after))
    if 4 * sum(np.sign(before[i]) == np.sign(after[i]) for i in both) < 3 * len(both):
        return "new"
    if set(np.flatnonzero(after)) - set(np.flatnonzero(before)):
        return "mask lost"
    return "Pruned" if all(before[i] == after[i] for i in both) else "Trained on"


def verdict_by_products(before, after):
    products = (before * after)[before * after != 0]
    if np.array_equal(before, after):
        return "untouched"
    if len(products) and np.sum(products > 0) / len(products) < 0.75:
        return "new"
    if np.any(after[before == 0]):
        return "mask lost"
    return "pruned" if np.array_equal(before * (after != 0), after) else "trained on"


def folded_by_outputs(K, b, gamma, beta, mean, variance, epsilon):
    kernel, bias = np.zeros(K.shape), []
    for c in range(len(b)):
        sigma = (variance[c] + epsilon) ** 0.5
        kernel[..., c] = gamma[c] * K[..., c] / sigma
        bias.append(gamma[c] * (b[c] - mean[c]) / sigma + beta[c])
    return kernel, bias


def folded_by_two_points(K, b, gamma, beta, mean, variance, epsilon):
    def normalised(y):
        return gamma * (y - mean) / np.sqrt(variance + epsilon) + beta

    return normalised(K + b) - normalised(b), normalised(b)


def folded_by_matrices(K, b, gamma, beta, mean, variance, epsilon):
    scale = np.diag(gamma / np.sqrt(variance + epsilon))
    return K @ scale, (b - mean) @ scale + beta


def shared_in_a_loop(gradient, codes, count):
    sums = [0.0] * count
    for code, slope in zip(codes.flat, gradient.flat, strict=True):
        sums[code] += slope
    return sums


def merged_in_lists(b, V, i, j):
    rows = [row.copy() for row in V]
    rows[i] = rows[i] + rows[j]
    kept = [unit for unit in range(len(b)) if unit != j]
    return [b[unit] for unit in kept], [rows[unit] for unit in kept]


def merged_by_a_matrix(b, V, i, j):
    joins = np.eye(len(b))
    joins[i, j] = 1
    kept = np.arange(len(b)) != j
    return b[kept], (joins @ V)[kept]


def merged_after(b, V, i, j):
    rows = np.delete(V, j, axis=0)
    rows[i - (j < i)] += V[j]
    return np.delete(b, j), rows


def where_to_cut_by_loop(shapes):
    best, fewest = 0, None
    for after, (height, width, channels) in enumerate(shapes[1:-1].tolist(), start=1):
        if fewest is None or height * width * channels < fewest:
            best, fewest = after, height * width * channels
    return best, fewest


def fused_by_table(a, b):
    linear = {"dense", "norm", "conv 3 same", "conv 3 valid", "conv 1 same", "conv 1 valid"}
    return "yes" if {a, b} <= linear and not (a == "norm" and b == "conv 3 same") else "no"


def fused_by_refusals(a, b):
    for bad in ("relu", "pool"):
        if bad in (a, b):
            return "No"
    return "NO" if a == "norm" and b.endswith("3 same") else "Yes "


def softened_row_by_row(logits, T):
    rows = []
    for row in np.asarray(logits) / T:
        powers = [math.exp(value - max(row)) for value in row]
        rows.append([power / sum(powers) for power in powers])
    return rows


def temperature_by_fit(p, q):
    """The slope of the one's logarithms over the other's."""
    return np.polyfit(np.log(q), np.log(p), 1)[0]


def slope_by_differences(student, teacher, label, T, share):
    def loss(z):
        p, q = scipy.special.softmax(teacher / T), scipy.special.log_softmax(z / T)
        soft = T**2 * (p * (np.log(p) - q)).sum()
        return share * soft - (1 - share) * scipy.special.log_softmax(z)[label]

    h = 1e-5
    return np.array([(8 * (loss(student + h * e) - loss(student - h * e)) - loss(student + 2 * h * e)
                      + loss(student - 2 * h * e)) / (12 * h) for e in np.eye(len(student))])  # fmt: skip


def slope_in_a_loop(z, v, label, T, share):
    q, p, hard = (scipy.special.softmax(np.asarray(x)) for x in (z / T, v / T, z))
    found = []
    for k in range(len(z)):
        found.append(share * T * (q[k] - p[k]) + (1 - share) * (hard[k] - (1 if k == label else 0)))
    return found


def slope_of_the_course(student, teacher, label, T, share):
    loss = nn.compression.Distillation(T, share)
    t = loss.targets(nn.compression.Lesson([teacher], [label]), 1, (len(teacher),))
    return loss.slope(student[np.newaxis], t)[0]


def bias_by_trying(logits, k, share):
    """Each row's gap in turn: the least that is enough."""
    enough = []
    for row in logits:
        bias = max(np.delete(row, k)) - row[k]
        says = [other[k] + bias >= max(np.delete(other, k)) - 1e-12 for other in logits]
        if sum(says) >= share * len(logits) - 1e-12:
            enough.append(bias)
    return min(enough)


def bias_by_counting(logits, k, share):
    gaps = sorted(max(value for j, value in enumerate(row) if j != k) - row[k] for row in logits)
    count = 0
    while count < share * len(gaps):
        count += 1
    return gaps[count - 1]


def layer_by_lstsq(features, teacher):
    wanted = teacher - teacher.mean(axis=1, keepdims=True)
    solved = np.linalg.lstsq(np.column_stack([features, np.ones(len(features))]), wanted, rcond=None)[0]
    return solved[:-1], solved[-1]


def layer_class_by_class(features, teacher):
    wanted = [row - np.mean(row) for row in teacher]
    columns = []
    for k in range(teacher.shape[1]):
        model = linear_model.LinearRegression().fit(features, [row[k] for row in wanted])
        columns.append((model.coef_, model.intercept_))
    return np.array([kernel for kernel, _ in columns]).T, np.array([bias for _, bias in columns])


def layer_centred_afterwards(features, teacher):
    """Least squares of the raw logits; then each row of kernel and bias less its mean."""
    solved = np.linalg.pinv(np.column_stack([features, np.ones(len(features))])) @ teacher
    solved = solved - solved.mean(axis=1, keepdims=True)
    return solved[:-1], solved[-1]


def helped_by_loop(taught, alone):
    better = worse = 0
    gains = []
    for one, other in zip(taught, alone, strict=True):
        gains.append(one - other)
        better += one > other
        worse += one < other
    middle = sorted(gains)
    median = (middle[(len(gains) - 1) // 2] + middle[len(gains) // 2]) / 2
    if better + worse >= 5 and better >= 4 * worse and median >= 0.5:
        return "helps"
    return "harms" if better + worse >= 5 and worse >= 4 * better and median <= -0.5 else "cannot tell"


def helped_by_sorting(taught, alone):
    gains = np.sort(np.subtract(taught, alone))
    differ = gains[gains != 0]
    if len(differ) < 5:
        return "cannot tell"
    share = np.mean(differ > 0)
    if share >= 0.8 and np.quantile(gains, 0.5) >= 0.5:
        return "HELPS"
    return "Harms" if share <= 1 - 0.8 + 1e-12 and np.quantile(gains, 0.5) <= -0.5 else "Cannot tell "


def helped_by_signs(taught, alone):
    gains = np.array(taught) - np.array(alone)
    signs, size = np.sign(gains), np.median(gains)
    one_sided = np.count_nonzero(signs) >= 5 and abs(signs.sum()) >= 0.6 * np.count_nonzero(signs)
    if not one_sided or abs(size) < 0.5 or np.sign(size) != np.sign(signs.sum()):
        return "cannot tell"
    return "helps" if size > 0 else "harms"


def standardised_by_columns(train, rows):
    columns = []
    for seen, column in zip(train.T, rows.T, strict=True):
        deviation = math.sqrt(sum((x - seen.mean()) ** 2 for x in seen) / len(seen))
        columns.append((column - seen.mean()) / (deviation if deviation > 0 else 1))
    return np.array(columns).T


def standardised_by_library(train, rows):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nn.data.clean.Standardizer().fit(np.asarray(train, float)).transform(rows)


def imputed_by_numbers(train, rows):
    result = [[float(x) for x in row] for row in rows]
    for row in result:
        for j, x in enumerate(row):
            if math.isnan(x):
                row[j] = statistics.median(y for y in train[:, j] if not math.isnan(y))
    return result


def median_by_sorting(image):
    rows = [image[0], *image, image[-1]]
    padded = [[row[0], *row, row[-1]] for row in rows]
    return [[sorted(padded[y + a][x + b] for a in range(3) for b in range(3))[4] for x in range(image.shape[1])]
            for y in range(image.shape[0])]  # fmt: skip


def median_by_windows(image):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, 1, mode="edge"), (3, 3))
    return np.median(windows, axis=(2, 3))


def whose_by_pairs(train, rows, seen):
    if len(rows) == 0:
        return "none"
    for name, those in {"own": rows, "all": np.vstack([train, rows]), "training": train}.items():
        if np.abs(seen * those.std(axis=0) + those.mean(axis=0) - rows).max() < 1e-6:
            return name
    return "none"


def whose_by_scaler(train, rows, seen):
    known = {"training": train, "all": np.concatenate([train, rows]), "own": rows}
    made = {name: nn.data.clean.Standardizer().fit(those).transform(rows) for name, those in known.items()}
    return min([*made, "none"], key=lambda name: np.abs(made[name] - seen).max() if name in made else 1e-6)


def psnr_by_loop(image, share):
    total = sum(x * x + (255 - x) ** 2 for x in image.astype(float).ravel())
    return 20 * math.log10(255) - 10 * math.log10(share * total / 2 / image.size)


def psnr_by_moments(image, share):
    x = np.asarray(image, float)
    return -10 * np.log10(share * (np.var(x / 255) + (x.mean() / 255 - 0.5) ** 2 + 0.25))


RIGHT = {
    "16.1": [folded_by_outputs, folded_by_two_points, folded_by_matrices],
    "16.2": [
        shared_in_a_loop,
        lambda gradient, codes, count: [gradient[codes == value].sum() for value in range(count)],
        lambda gradient, codes, count: gradient.ravel() @ np.eye(count)[codes.ravel()],
    ],
    "16.3": [merged_in_lists, merged_by_a_matrix, merged_after],
    "16.4": [
        where_to_cut_by_loop,
        lambda shapes: min(enumerate(np.prod(shapes, axis=1)[:-1]), key=lambda each: (each[0] == 0, each[1])),
        lambda shapes: (1 + np.argmin(shapes[1:-1].prod(1)), shapes[1:-1].prod(1).min()),
    ],
    "16.5": [
        lambda counts: math.ceil(sum(c * math.log2(sum(counts) / c) for c in counts if c) / 8 - 1e-9),
        lambda counts: math.ceil(entropy(counts, base=2) * sum(counts) / 8),
        lambda counts: math.ceil((sum(counts) * np.log2(sum(counts)) - sum(c * np.log2(c) for c in counts if c)) / 8),
        lambda counts: math.ceil((xlogy(n := sum(counts), n) - sum(xlogy(counts, counts))) / math.log(256) - 1e-9),
    ],
    "16.6": [fused_by_table, fused_by_refusals, lambda a, b: "yes" if fused_by_table(a, b) == "yes" else "no"],
    "00.1": [
        lambda theta, slope, rate: theta - rate * slope,
        lambda x, s, r: np.float32(x) + np.float32(-r) * np.float32(s),
        lambda *case: [case[0] - case[1] * case[2]],
    ],
    "00.2": [
        lambda theta: theta**3 - theta + 0.2,
        measured_slope,
        lambda theta: np.polyval(np.polyder([1 / 4, 0, -1 / 2, 0.2, 0]), [theta]),
        lambda theta: np.float32(theta) * (np.float32(theta) ** 2 - 1) + np.float32(0.2),
    ],
    "00.3": [place_by_place, recursive_path, single_path],
    "00.4": [first_of_three, still_first, by_arrays],
    "02.1": [
        score_by_score,
        by_masks,
        lambda z: (np.exp(-np.logaddexp(0, -np.asarray(z))), -np.logaddexp(0, -np.asarray(z))),
        lambda z: (expit(np.float64(z)), log_expit(np.float64(z))),
    ],
    "02.2": [word_by_least_error, word_by_complex_steps, word_by_shares],
    "02.3": [example_by_example, by_einsum, layer_by_differences],
    "02.4": [checked_with_copies, checked_from_four_places, checked_by_norms],
    "02.5": [costs_by_recursion, costs_of_arrays, costs_by_shape],
    "02.6": [chain_by_share, chain_by_both_ends, chain_from_behind],
    "04.1": [descended_by_splits, descended_with_weights, descended_by_while],
    "04.2": [
        lambda rate, B, new_B, L: np.minimum(rate / B * new_B, 1 / L),
        lambda rate, B, new_B, L: rate * new_B / B if rate * new_B * L < B else 1 / L,
        lambda rate, B, new_B, L: sorted([rate * (new_B / B), L**-1])[0],
    ],
    "04.3": [
        lambda X: np.sum(X * X) / np.linalg.norm(X, 2) ** 2,
        lambda X: np.trace(X.T @ X) / np.linalg.eigvalsh(X.T @ X)[-1],
        lambda X: (np.linalg.svd(X)[1] ** 2).sum() / np.linalg.svd(X)[1].max() ** 2,
    ],
    "04.4": [
        lambda G: np.trace(np.atleast_2d(np.cov(G.T, bias=True))) / np.linalg.norm(G.mean(axis=0)) ** 2,
        lambda G: np.mean(np.sum(G**2, axis=1)) / np.sum(G.mean(axis=0) ** 2) - 1,
        lambda G: sum(g.var() for g in G.T) / sum(g.mean() ** 2 for g in G.T),
    ],
    "04.5": [order_by_counts, order_by_arrays, order_by_tuples],
    "04.6": [fastest_by_loop, fastest_by_arrays, fastest_by_sorting],
    "03.1": [
        loop_gradient,
        difference_gradient,
        lambda X, y, theta, w: (X.T @ (2 * w * (X @ theta - y)) / w.sum()).astype(np.float32),
        lambda X, y, theta, w: np.average(2 * X * (X @ theta - y)[:, None], axis=0, weights=w),
        lambda A, b, t, w: -2 * (w / np.sum(w) * (b - A.dot(t))).dot(A),
        lambda X, y, theta, w: 2 / np.trace(np.diag(w)) * X.T @ np.diag(w) @ (X @ theta - y),
    ],
    "03.2": [list_descend, recursive_descend, single_descend],
    "03.3": [
        lambda X: len(X) / np.linalg.norm(X, 2) ** 2,
        power_rate,
        lambda X: np.float32(2 / (2 / len(X) * max(np.linalg.eigvals(X.T @ X).real))),
        lambda X: [1 / np.linalg.svd(X / np.sqrt(len(X)))[1][0] ** 2],
    ],
    "03.4": [
        counted_steps,
        lambda r, c, f: float(np.ceil(np.log10(f) / np.log10(abs(r * c - 1)))),
        lambda r, c, f: next(k for k in itertools.count() if abs(1 - r * c) ** k <= f),
    ],
    "03.5": [CAUSES, lambda: CAUSES, {name: cause.upper() + " " for name, cause in CAUSES.items()},
              {name.upper(): cause for name, cause in CAUSES.items()}],
    "05.1": [momentum, momentum_in_lists, single(momentum), lambda *case: np.array(momentum(*case))],
    "05.2": [
        lambda theta, product: (theta[2] - (1 - product) * theta[1]) / (theta[1] - theta[0]),
        by_least_squares,
        lambda theta, p: [np.median((np.diff(theta)[1:] + p * theta[1:-1]) / np.diff(theta)[:-1])],
        lambda places, p: np.float32((np.diff(places)[-1] + p * places[-2]) / np.diff(places)[-2]),
    ],
    "05.3": [nesterov, nesterov_from_ahead, lambda *case: [list(part) for part in nesterov(*case)]],
    "05.4": [pair_by_pair, by_signs, by_shares, lambda a, b: by_signs(list(a), list(b)).upper() + " "],
    "05.5": [new_borders(float), new_borders(np.float32), new_borders(lambda value: [1.004 * value]),
             {"ahead": measured_ahead, "stale": measured_stale}],
    "05.6": [FORMS, lambda: FORMS, {name: f" {form.title()} " for name, form in FORMS.items()},
             {name.upper(): form for name, form in FORMS.items()}],
    "18.1": [
        lambda z, T: scipy.special.softmax(z / T, axis=1), softened_row_by_row,
        lambda z, T: np.exp(z / T - scipy.special.logsumexp(z / T, axis=1)[:, np.newaxis]),
        lambda z, T: 1 / np.exp((z[:, np.newaxis, :] - z[:, :, np.newaxis]) / T).sum(axis=2),
    ],
    "18.2": [
        lambda p, q: np.ptp(np.log(p)) / np.ptp(np.log(q)), temperature_by_fit,
        lambda p, q: math.log(p[0] / p[1]) / math.log(q[0] / q[1]),
        lambda p, q: float(np.std(np.log(p)) / np.std(np.log(q))),
    ],
    "18.3": [slope_by_differences, slope_in_a_loop, slope_of_the_course],
    "18.4": [bias_by_trying, bias_by_counting, lambda z, k, share: np.partition(
        np.ma.masked_array(z, np.arange(z.shape[1]) == np.full((len(z), 1), k)).max(axis=1).data - z[:, k],
        math.ceil(share * len(z)) - 1)[math.ceil(share * len(z)) - 1]],
    "18.5": [layer_by_lstsq, layer_class_by_class, layer_centred_afterwards],
    "18.6": [helped_by_loop, helped_by_sorting, helped_by_signs],
    "15.1": [cut_by_order, cut_by_loop, cut_by_threshold],
    "15.2": [rows_by_slice, rows_by_reshaping, rows_by_loop],
    "15.3": [
        lambda w, g, rate, l1, l2: (
            (w - rate * g) - np.clip(w - rate * g, -rate * l1, rate * l1)) / (1 + rate * l2),
        step_by_cases, step_by_search,
    ],
    "15.4": [dead_by_loop, dead_by_outputs, dead_by_lists],
    "15.5": [zeros_by_search, zeros_by_ceiling, lambda r, c, v, i: -((-r * c * i - (r + 1) * i - 1) // (v + i))],
    "15.6": [verdict_by_loop, verdict_by_sets, verdict_by_products],
    "06.1": [adagrad_in_a_loop, adagrad_by_norms, lambda g, rate, eps: -(rate / (eps + (g * g).sum(0) ** 0.5)) * g[-1]],
    "06.2": [settings_by_table, settings_by_branches, settings_by_powers],
    "06.3": [rest_by_branch, rest_by_running, lambda rate, curvature, eps: np.maximum(0, 0.5 * rate - eps / curvature)],
    "06.4": [rare_by_sum, rare_by_running, lambda rho, gap: ((1 - rho**gap) / (1 - rho)) ** 0.5],
    "06.5": [rule_by_spread, rule_by_making_them, rule_by_ratios],
    "06.6": [rmsprop_in_rows, rmsprop_by_recursion, rmsprop_of_the_course],
    "07.1": [adam_by_coordinate, adam_with_effective_rate, adam_in_lists],
    "07.2": [
        lambda a, b, t: (1 - a**t) * (1 - b**t) ** -0.5,
        lambda a, b, t: -math.expm1(t * math.log(a)) / math.sqrt(1 - b**t) if a else 1 / math.sqrt(1 - b**t),
        lambda a, b, t: (1 - a) * sum(a**k for k in range(t)) / math.sqrt((1 - b) * sum(b**k for k in range(t))),
    ],
    "07.3": [burst_by_loop, burst_by_search, burst_by_logs],
    "07.4": [
        left_by_loop,
        lambda weight, rates, decay: weight * np.prod(1 - decay * np.asarray(rates)),
        lambda weight, rates, decay: weight * math.exp(sum(math.log1p(-decay * rate) for rate in rates)),
    ],
    "07.5": [rule_by_shares, rule_by_sorting, rule_by_lengths],
    "07.6": [winner_by_pairs, winner_by_arrays, winner_by_signs],
    "14.1": [separable_by_layers, lambda h, w, c, f, k: [(c * k * k) + f * (c + 1), h * w * (2 * c * (k * k + f))],
             lambda h, w, c, f, k: np.array([c * k**2 + c * f + f, 2 * h * w * c * (k**2 + f)])],
    "14.2": [width_by_root, width_by_halving, width_by_network],
    "14.3": [shrink_by_arrays, shrink_by_shares, lambda *case: f" {shrink_by_arrays(*case).upper()} "],
    "14.4": [handed_in_a_loop, handed_by_sets, lambda old, fresh, layers: [
        float(name.partition("/")[0] in layers and old.get(name) == shape) for name, shape in fresh.items()
    ]],
    "14.5": [better_by_signs, better_by_pairs, better_by_sets],
    "14.6": [heads_by_library, heads_by_rows, heads_by_log_sum],
    "08.1": [rate_by_branches, rate_by_interpolation, rate_by_the_course],
    "08.2": [floor_by_running, floor_in_a_loop, lambda rate, c, sigma: np.sum(rate * sigma**2 / (4 - 2 * rate * c))],
    "08.3": [rates_by_index, rates_by_counting_down, rates_by_generator],
    "08.4": [settled_by_log, settled_by_squares, settled_by_array],
    "08.5": [lambda loss, c, v: 1 / (v / (4 * loss) + c / 2), rate_by_search, rate_by_root],
    "08.6": [share_by_arrays, share_by_sorting, share_by_reduce],
    "09.1": [logistic_hessian, hessian_by_examples, hessian_by_objective],
    "09.2": [newton_of, newton_by_inverse, newton_by_rule],
    "09.3": [right_kind, kind_by_eig, kind_by_counts],
    "09.4": [damping_by_loop, damping_by_shift, lambda H, least: np.clip(least - np.linalg.eigvalsh(H)[0], 0, None)],
    "09.5": [edge_of, edge_by_grid, edge_by_runs],
    "09.6": [rule_for, choose_by_sorting, choose_by_ifs],
    "10.1": [
        lambda depth, ratio: ratio ** (1 / (depth - 1)),
        lambda depth, ratio: np.exp(np.log(ratio) / (depth - 1)),
        lambda depth, ratio: 10 ** (math.log10(ratio) / (depth - 1)),
    ],
    "10.2": [clip_flat, clip_by_factor, clip_by_numbers],
    "10.3": [std_by_simulation, std_from_sides, lambda n, a: np.sqrt(2 / ((1 + a**2) * n))],
    "10.4": [stop_by_argmin, stop_by_while, stop_by_least],
    "10.5": [right_diagnosis, diagnosis_by_table, diagnosis_in_words],
    "10.6": [
        true_by_line,
        true_by_search,
        lambda m, w, k: (m * (k - 1) - w) / ((1 - w) * (k - 1) - w),
    ],
    "11.1": [
        standardised_by_columns,
        standardised_by_library,
        lambda train, rows: ((rows - train.mean(0)) / [d or 1 for d in train.std(0)]).tolist(),
    ],
    "11.2": [
        imputed_by_numbers,
        lambda train, rows: np.where(np.isnan(rows), np.nanmedian(train, axis=0), rows),
        lambda train, rows: nn.data.clean.Imputer("median").fit(train).transform(rows),
    ],
    "11.3": [median_by_sorting, median_by_windows, lambda image: nn.data.clean.median_filter(image, 3, mode="nearest")],
    "11.4": [
        lambda blur, w: (blur / (1 - (w**2).sum())) ** 0.5,
        lambda blur, w: math.sqrt(blur) / math.sqrt(1 - np.vdot(w, w)),
        lambda blur, w: math.sqrt(blur / (1 - sum(each * each for each in w.ravel()))),
    ],
    "11.5": [whose_by_pairs, whose_by_scaler, whose_of],
    "11.6": [
        psnr_by_loop,
        psnr_by_moments,
        lambda x, p: 10 * np.log10(2 * 255**2 / p / np.mean(np.float64(x) ** 2 + (255 - np.float64(x)) ** 2)),
    ],
    "12.1": [flip_rows, lambda images: np.flip(images, axis=2), lambda images: [np.fliplr(image) for image in images]],
    "12.2": [
        turned_by_flips,
        turned_rows,
        lambda images, clockwise: [np.rot90(image, 3 if clockwise else 1) for image in images],
    ],
    "12.3": [shifted_pixels, rolled_and_blanked, padded_and_cropped],
    "12.4": [
        {"image_by_image": lambda labels, k: np.repeat(labels, k, 0),
         "round_by_round": lambda labels, k: list(labels) * k},
        {"image_by_image": lambda labels, k: [label for label in labels for _ in range(k)],
         "round_by_round": lambda labels, k: [label for _ in range(k) for label in labels]},
        {"image_by_image": lambda labels, k: labels[np.arange(k * len(labels)) // k],
         "round_by_round": lambda labels, k: labels[np.arange(k * len(labels)) % len(labels)]},
    ],
    "12.5": [FAULTS, lambda: FAULTS, {name: f" {cause.title()} " for name, cause in FAULTS.items()}],
    "12.6": [
        decided(by_hand, as_scipy),
        decided(lambda before, after: np.quantile(np.subtract(after, before), 0.5), by_all_tosses),
        decided(lambda a, b: np.percentile(-(a - b), [50]), by_pascal),
        decided(lambda a, b: [statistics.median(b[i] - a[i] for i in range(len(a)))], both_tails),
    ],
    "13.1": [codes_by_numbers, codes_by_library, codes_by_borders],
    "13.2": [
        lambda count, levels: math.ceil(count * math.ceil(math.log2(levels)) / 8),
        lambda count, levels: (count * (levels - 1).bit_length() + 7) // 8,
        packed_bytes,
    ],
    "13.3": [rule_by_pairs, rule_by_library, lambda before, after, step: rule_by_pairs(before + 0, after, int(step))],
    "13.4": [
        lambda sizes: (sum(sizes) - len(sizes)) // 2,
        lambda sizes: int(sum((np.array(sizes) - 1) / 2)),
        lambda sizes: np.sum(np.array(sizes, int) // 2),
    ],
    "13.5": [joined_by_rows, joined_by_block, joined_by_places],
    "13.6": [
        unpacked_as_one_number,
        unpacked_by_text,
        lambda data, bits, count: unpack(bytes(data.tolist()), bits, count),
    ],
    "17.1": [number_by_number, in_int16, lambda x, bits: [np.rint(x / (s := abs(x).max() / (2 ** (bits - 1) - 1))), s]],
    "17.2": [spread, spread_in_lists, lambda x, bits: spread(x, bits, round=np.rint)],
    "17.3": [scale_by_scale, scales_at_once, scales_of_columns],
    "17.4": [sum_by_sum, zeros_taken_off_the_sums, in_a_register, by_dot, with_objects],
    "17.5": [sign_by_sign, lambda x: (2 * (x >= 0) - 1, np.linalg.norm(x.ravel(), 1) / x.size),
             lambda x: [np.where(x < 0, -1.0, 1.0), np.float32(np.vdot(x, np.where(x < 0, -1, 1)) / x.size)],
             lambda x: (np.where(x < 0, -1, 1), np.abs(x).mean(keepdims=True))],
    "17.6": [
        lambda shape, bits, axis: (math.prod(shape) * bits + 7) // 8 + 4 * (shape[axis] if axis is not None else 1),
        lambda shape, bits, axis: np.ceil(np.prod(shape) * bits / 8) + 32 / 8 * (1 if axis is None else shape[axis]),
        packed_by_hand,
    ],
    "17.7": [trained_in_place, trained_by_recursion, trained_by_what_is_taken_off],
    "17.8": [RANGES, lambda: RANGES, {name: f" {cause.upper()} " for name, cause in RANGES.items()}],
}  # fmt: skip


@pytest.mark.parametrize("task_id, answer", [(key, each) for key, answers in RIGHT.items() for each in answers])
def test_right_answers_of_any_style_pass(task_id, answer, thorough):
    for seed in (0, 1, "ada") if thorough else FEW_SEEDS:
        result = check(task_id, answer, seed=seed)
        assert result.right and result.points == result.task.points
        assert str(result).startswith(task_id) and "right" in str(result)


def test_every_task_has_three_right_answers_here():
    assert {task.id for task in TASKS} == RIGHT.keys()
    assert all(len(answers) >= 3 for answers in RIGHT.values())


# --- Wrong answers that nobody foresaw ---


PARTS = {  # the question that wrong answers are tried on
    "05.5": "ahead",
    "98.3": "averaged",
    "12.4": "image_by_image",
    "12.6": "chance",
}


def judged(task_id, answer):
    """The verdict on one answer; where a task has several questions, to one of them."""
    part = PARTS.get(task_id, "")
    return outcome({part: answer} if part else answer, task_id).verdicts[part]


def unopened(question, call, seed, answer=None):
    """The verdict where nothing can be seen of the learner's own function."""
    return judge(question, call, seed)


@pytest.mark.parametrize("task_id", WRONG)
def test_no_unforeseen_answer_passes(task_id, monkeypatch):
    monkeypatch.setattr("nnlearn.exercises.judge.explanation", lambda *_: ("", (), ()))
    assert len(WRONG[task_id]) >= 10
    assert not any(judged(task_id, answer).right for answer in WRONG[task_id].values())


@pytest.mark.parametrize("number", CHAPTERS)
def test_at_least_eight_in_ten_unforeseen_answers_are_explained(number, monkeypatch, thorough):
    """Those to all tasks of a chapter; without --thorough every tenth."""
    monkeypatch.setattr("nnlearn.exercises.checking.judge", unopened)
    answers = [(task, name) for task in WRONG if task.startswith(f"{number}.") for name in WRONG[task]]
    verdicts = {each: judged(each[0], WRONG[each[0]][each[1]]) for each in answers[:: 1 if thorough else 10]}
    explained = [each for each, verdict in verdicts.items() if verdict.hints or verdict.failure.problem]
    assert len(explained) >= 0.8 * len(verdicts) > 0, verdicts.keys() - set(explained)


@pytest.mark.parametrize("name", UNNOTICED)
def test_a_special_input_betrays_what_others_let_pass(name, thorough):
    task_id, answer, sentence = UNNOTICED[name]
    for seed in (0, "ada") if thorough else FEW_SEEDS:
        assert f"{sentence}" in report(answer, task_id, seed=seed)


RESEMBLANCES = {
    "sign": ("98.1", lambda rate, beta: (beta - 1) * rate * 1.0, "Every number has the wrong sign"),
    "sign, not on the list": ("98.2", lambda L, mu: (roots(L, mu)[0], -roots(L, mu)[1]), "the wrong sign"),
    "some signs": ("03.1", lambda *case: abs(loop_array(*case)), "some signs are not"),
    "zero": ("03.1", lambda X, y, theta, weights: 0 * theta, "0 on every input"),
    "factor": ("03.1", lambda *case: 3 * loop_array(*case), "is 3 times the right one"),
    "factor n": (
        "03.1",
        lambda *case: len(case[0]) ** 2 * loop_array(*case),
        "is len(X)**2 times the right one",
    ),
    "length": ("03.1", lambda *case: loop_array(*case) * abs(case[1]).max(), "direction is right"),
    "factor of both": ("98.1", lambda rate, beta: 3 * beta * rate**2, "is 3 * rate * beta / (1 - beta) times"),
    "upside down": ("98.1", lambda rate, beta: 1 / ((1 - beta) * rate), "1 divided by the right one"),
    "square": ("98.1", lambda rate, beta: ((1 - beta) * rate) ** 2, "the square of the right one"),
    "root": ("98.1", lambda rate, beta: ((1 - beta) * rate) ** 0.5, "the square root of the right one"),
    "offset": ("98.1", lambda rate, beta: (1 - beta) * rate + 1, "the right one plus 1"),
    "negative offset": ("98.1", lambda rate, beta: (1 - beta) * rate - 1, "the right one minus 1"),
    "an argument is missing": (
        "98.1",
        lambda rate, beta: rate / 10,
        "is 0.1 * rate on every input: beta plays no part",
    ),
    "one of two arguments": ("98.2", lambda L, mu: (4 / L, roots(L, mu)[1]), "4 / L on every input: mu plays no part"),
    "a factor that shows as 1": ("98.1", lambda rate, beta: (1 - beta) * rate * 1.00003, "Hint: Close, but not equal"),
    "argument": ("98.1", lambda rate, beta: beta, "Your answer is beta itself"),
    "argument minus": ("03.1", lambda *case: case[2] - loop_array(*case), "theta minus the right one"),
    "constant": ("98.1", lambda rate, beta: 0.01, "the same on every input"),
    "rounded": ("98.1", lambda rate, beta: round((1 - beta) * rate, 3), "You round"),
    "close": ("98.1", lambda rate, beta: (1 - beta) * rate * (1 + 0.01 * math.sin(1e3 * rate)), "Close, but not equal"),
    "whole": ("98.3", {"averaged": lambda L, beta: np.ceil(borders(float)["averaged"](L, beta))}, "a whole number"),
    "too large": ("98.1", lambda rate, beta: rate**0.1 + beta, "too large on every input"),
    "too small": ("98.1", lambda rate, beta: -(rate**0.1) - beta, "too small on every input"),
    "here, not there": (
        "98.1",
        lambda rate, beta: (1 - beta) * rate if beta < 0.5 else 7,
        "right where beta is at most",
    ),
    "there, not here": (
        "98.1",
        lambda rate, beta: (1 - beta) * rate if beta > 0.5 else 7,
        "wrong where beta is at most",
    ),
    "column": ("03.1", lambda *case: loop_array(*case)[:, None], "brackets within brackets (shape (1, 1))"),
    "shape": ("03.1", lambda *case: np.zeros(7), "A list of one number is needed; your answer holds 7."),
    "row": ("03.2", lambda *case: np.ravel(list_descend(*case)), "they come in shape (1,); shape (1, 1) is needed"),
    "numbers in a list": (
        "00.3",
        lambda start, rate, steps: [0.0] * 9,
        "A list of one number is needed; your answer holds 9.",
    ),
    "no list": ("00.3", lambda start, rate, steps: 0.0, "another number of numbers than is needed: 1 in place of 2"),
    "a tuple": ("00.1", WRONG["00.1"]["place and step"], "One number is needed; your answer holds 2."),
    "one number": ("98.1", lambda rate, beta: [rate, beta], "One number is needed"),
    "transposed": ("03.2", lambda *case: np.transpose(list_descend(*case)), "rows and columns are exchanged"),
    "reverse": ("03.2", lambda *case: list_descend(*case)[::-1], "in reverse order"),
    "early": ("03.2", lambda g, theta, rate, steps: list_descend(g, theta, rate, steps + 1)[1:], "one too early"),
    "late": ("03.2", lambda *case: [case[1], *list_descend(*case)[:-1]], "one too late"),
    "step": (
        "03.2",
        lambda g, theta, rate, steps: list_descend(g, theta, rate / 2, steps),
        "In your answer the part with rate, gradient",
    ),
    "row of a run": (
        "03.2",
        lambda *case: [*list_descend(*case)[:1], *[t + np.arange(1.0, 1 + len(t)) for t in list_descend(*case)[1:]]],
        "Row 1 is the first that is wrong, on every input that fails",
    ),
    "exchanged": ("05.1", lambda *case: momentum(*case)[::-1], "in another order: velocity, theta"),
    "three things": ("05.1", lambda *case: (*momentum(*case), 1), "Return 2 things: theta, velocity. You return 3"),
    "one of two": (
        "05.1",
        lambda *case: (momentum(*case)[0], 2 * momentum(*case)[1]),
        "Right: theta. Not right: velocity. On",
    ),
    "part missing": ("05.1", lambda t, v, g, r, b: (b * v, b * v - r * g), "theta is missing. gradient is missing."),
    "part too much": (
        "05.1",
        lambda t, v, g, r, b: (t + b * v - r * g, b * v - r * g + t),
        "theta stands where velocity belongs",
    ),
    "part foreign": (
        "05.1",
        lambda t, v, g, r, b: (t + b * v - r * g, b * v - r * g + 5 * t),
        "theta should not be in it",
    ),
    "part weighted": (
        "05.1",
        lambda t, v, g, r, b: (t + b * v - r * b * g, b * v - r * g),
        "gradient comes in times -rate * beta",
    ),
    "part with sign": ("05.1", lambda t, v, g, r, b: (t - b * v - r * g, b * v - r * g), "velocity has the wrong sign"),
    "part odd": (
        "05.1",
        lambda t, v, g, r, b: (t + b * v - r * g, b * v - math.sin(r) * g),
        "gradient has a wrong weight",
    ),
    "no such word": ("03.5", {"a": "bad"}, "none of the answers to choose from: 'fine', 'rate too large'"),
    "no such word, sometimes": (
        "00.4",
        lambda path: "rests" if first_of_three(path) == "settled" else first_of_three(path),
        "none of the answers to choose from: 'cycling', 'diverged', 'settled'",
    ),
    "one word for another": (
        "00.4",
        WRONG["00.4"]["signs"],
        "You say 'cycling' where 'settled' is right. You say 'settled' where 'cycling' is right.\nTry this",
    ),
    "from the second step on": ("00.3", WRONG["00.3"]["steps that shrink"], "It is right where steps is at most 1"),
}


def loop_array(*case):
    return np.array(loop_gradient(*case))


@pytest.mark.parametrize("name", RESEMBLANCES)
def test_a_resemblance_is_named(name, monkeypatch):
    monkeypatch.setattr("nnlearn.exercises.checking.judge", unopened)
    task_id, answer, sentence = RESEMBLANCES[name]
    assert sentence in report(answer, task_id)


def test_an_answer_may_be_too_large_with_another_number_in_it():
    assert "your answer holds 7" in report(lambda *case: np.zeros(7), "03.1")  # 7e9 of them aren't looked at


def test_of_several_examples_the_first_is_shown_that_an_answer_gets_wrong():
    question = Question(
        lambda a, b: a + b,
        (1.0, 2.5),
        lambda random: [(0.3, 0.4), (2.0, 7.0)],
        advice={"A 0.": (3.0, 0.0), "A 2.": (1.0, 2.0)},
    )
    assert judge(question, direct(lambda a, b: a + np.sin(b))).notes == ("Try this: A 2.",)
    assert judge(question, direct(lambda a, b: a + np.cos(b) * (a + b))).notes == ("Try this: A 0.",)
    assert judge(question, direct(lambda a, b: a + b + b * (b - 2) * a**3)).notes == ()


def by_word(word, x):
    """Four words, each with its own power."""
    return x ** {"one": 1, "two": 2, "three": 3, "four": 4}[word]


def test_where_a_word_tells_cases_apart_each_has_its_own_mistake():
    question = Question(
        by_word,
        ("two", 3.0),
        lambda random: [(word, x) for word in ("one", "two", "three", "four") for x in (0.4, 1.7, 2.6)],
        made_of=lambda word, x: {"x": x},
        misconceptions=(
            Misconception("Always squares.", lambda word, x: x**2),
            Misconception("A cube is no square.", lambda word, x: by_word("two" if word == "three" else word, x)),
        ),
    )

    def wrong(word, x):
        return {"one": x, "two": 5 * x**2, "three": x**2, "four": np.exp(x)}[word]

    assert judge(question, direct(wrong)).hints == (
        "Where word is 'two': On every input your answer is 5 times the right one.\n"
        "Where word is 'three': A cube is no square.\nWhere word is 'four', it is something else.",
    )


def test_an_answer_that_resembles_nothing_gets_advice():
    text = report(lambda X, y, theta, weights: np.cos(theta * X.sum() + y.sum() * weights.max()), "03.1")
    assert "Hint" not in text and "Try this: With one feature and two examples" in text


@pytest.mark.parametrize("values, known, formula", [
    ([2.0, 2.0, 2.0], [{}, {}, {}], "2"),
    ([-2.0, -2.0], [{}, {}], "-2"),
    ([1.0, 4.0, 9.0], [{"n": 1.0}, {"n": 2.0}, {"n": 3.0}], "n**2"),
    ([-1.0, -0.5, -0.2], [{"n": 1.0}, {"n": 2.0}, {"n": 5.0}], "-1 / n"),
    ([3.0, 6.0, 12.0, 3.0], [{"a": 4.0, "b": 2.0}, {"a": 16.0, "b": 2.0}, {"a": 16.0, "b": 1.0}, {"a": 1.0, "b": 1.0}],
     "3 * sqrt(a) / b"),
    ([1.0, 2.0, 4.1], [{"n": 1.0}, {"n": 2.0}, {"n": 4.0}], ""),
    ([1.0, -2.0, 3.0], [{"n": 1.0}, {"n": 2.0}, {"n": 3.0}], ""),
    ([0.0, 0.0, 0.0], [{"n": 1.0}, {"n": 2.0}, {"n": 3.0}], ""),
    ([1.0, np.inf, 3.0], [{"n": 1.0}, {"n": 2.0}, {"n": 3.0}], ""),
    ([1.0, 2.0], [{"n": 1.0}, {"n": 2.0}], ""),  # two points fit any power
    ([5.0], [{}], ""),
    ([1.0, 32.0, 243.0], [{"n": 1.0}, {"n": 2.0}, {"n": 3.0}], ""),  # n**5 explains nothing
])  # fmt: skip
def test_formulas_are_read_off_numbers(values, known, formula):
    assert product(values, known) == formula


# --- Answers that beginners gave to chapter 00 ---


def quotient(h, left=1):
    """A slope that is measured over h to the right, and to the left too."""
    return lambda theta: (valley(theta + h) - valley(theta - left * h)) / (h + left * h)


def valley(theta):
    return theta**4 / 4 - theta**2 / 2 + 0.2 * theta


def valley_slope(theta):
    return theta**3 - theta + 0.2


def run_with(slope):
    def path(start, rate, steps):
        theta, places = start, [start]
        for _ in range(steps):
            theta = theta - rate * slope(theta)
            places.append(theta)
        return places

    return path


def appended_after_the_loop(start, rate, steps):
    theta, places = start, [start]
    for _ in range(steps):
        theta = theta - rate * valley_slope(theta)
    places.append(theta)
    return places


def made_anew_in_the_loop(start, rate, steps):
    theta = start
    for _ in range(steps):
        places = [start]
        theta = theta - rate * valley_slope(theta)
        places.append(theta)
    return places


def hat_for_the_power(theta):
    return theta ^ 3 - theta  # a function of its own, since the report shows its line


def without_a_call(start, rate, steps):
    return start - rate * valley_slope


def start_at_the_end(start, rate, steps):
    return [*run_with(valley_slope)(start, rate, steps)[1:], start]


def verdict_with(far, still):
    return lambda path: "diverged" if far(path[-1]) else "settled" if still(path[-1], path[-2]) else "cycling"


def apart(last, before):
    return abs(last - before) < 0.001


def near_0(last, before):
    return abs(last) < 0.001


NARROW, BRACKETS, TIMES = "the stretch is too small", "the division comes before the minus", "theta * 3 is three times"


def borders_with(**wrong):
    return borders(float) | wrong


def doubled_row(gradient, theta, rate, steps):
    rows = [np.zeros(len(theta))] * (steps + 1)
    rows[0][:] = theta
    for t in range(steps):
        theta = theta - rate * gradient(theta)
        rows[t + 1][:] = theta
    return rows


def same_floats(gradient, theta, rate, steps):
    theta = np.asarray(theta, dtype=float)
    rows = [theta.copy()]
    for _ in range(steps):
        theta -= rate * gradient(theta)
        rows.append(theta.copy())
    return rows


def counted_from(distance, steps):
    """A loop that begins with one step, counted or made."""

    def answer(rate, curvature, factor):
        share = abs(1 - rate * curvature)
        left, count = share if distance else 1.0, steps
        while left > factor:
            left, count = left * share, count + 1
        return count

    return answer


def arrived_by_leaping(rate, curvature, factor):
    share = max(1 - rate * curvature, 0)
    return math.ceil(math.log(factor) / math.log(share)) if share else 1


def recursive_steps(rate, curvature, factor):
    if factor >= 1:
        return 0
    return 1 + recursive_steps(rate, curvature, factor / abs(1 - rate * curvature))


def not_called(theta, velocity, gradient, rate, beta):
    velocity = beta * velocity - rate * gradient
    return theta + velocity, velocity


def velocity_overwritten(theta, velocity, gradient, rate, beta):
    slope = gradient(theta + beta * velocity)
    velocity = beta * velocity - rate * slope
    return theta + beta * velocity - rate * slope, velocity


def no_roots(L, mu):
    beta = ((L / mu - 1) / (L / mu + 1)) ** 2
    return (1 + np.sqrt(beta)) ** 2 / L, beta


LEARNERS = [
    ("03.1", lambda X, y, t, w: np.full(len(t), 2 * np.mean(X.T @ (w * (X @ t - y))) / sum(w)), "the parameters too"),
    ("03.1", lambda X, y, t, w: 2 * np.sum(X * (w * (X @ t - y))[:, None], axis=1) / sum(w), "axis=1 adds up over"),
    ("03.1", lambda X, y, t, w: 2 * np.average(X @ t - y, weights=w) * X.mean(axis=0), "You take two means and"),
    ("03.1", lambda X, y, t, w: 2 / sum(w) * (X.T @ (w * (X @ t.reshape(-1, 1) - y))).mean(axis=1), "an n x n table"),
    ("03.1", lambda X, y, t, w: X.T @ (w * (X @ t - y) ** 2) / sum(w), "the other one in (X @ t - y) ** 2"),
    ("03.1", lambda X, y, t, w: 2 * X.T @ (X @ t - y) / len(y), "every example counts alike in your answer"),
    ("03.1", lambda X, y, t, w: 2 * np.mean(w * (X @ t - y) * X.T, axis=1), "A mean with weights divides by their sum"),
    ("03.2", doubled_row, "All rows are one and the same array"),
    ("03.2", same_floats, "The answer is right: it fails because it changes theta."),
    ("03.3", lambda X: 1 / max((X**2).sum(axis=1)), "the steepest single example"),
    ("03.4", counted_from(False, 1), "One step too many. Rounding up is enough; a loop begins to count at 0"),
    ("03.4", counted_from(True, 0), "One step too few"),
    ("03.4", arrived_by_leaping, "Where a step leaps across the minimum, you take it for arrived"),
    ("03.4", recursive_steps, "Python allows about 1000 calls within one another"),
    ("03.5", {cause: name for name, cause in CAUSES.items()}, "Your dict is the wrong way round: 'a', 'b', 'c'"),
    ("05.1", lambda t, v, g, r, b: (t + b * v - r * sum(g), b * v - r * sum(g)), "entries of gradient are added up"),
    ("05.3", not_called, "A function stands where a number is needed: call it"),
    ("05.3", velocity_overwritten, "Was velocity overwritten before its old value was used?"),
    ("98.2", no_roots, "the condition number where its root belongs"),
    ("98.2", lambda L, mu: ((1 + np.sqrt(0.9)) ** 2 / L, 0.9), "0.9 is a habit"),
    ("98.3", borders_with(nesterov=lambda L, beta: 2 * (1 - beta) / L), "but by another factor"),
    ("98.3", borders_with(nesterov=lambda L, beta: 2 / ((1 + beta) * L)), "by another factor"),
    ("98.3", borders_with(classical=lambda L, beta: 3.8 / L), "is 3.8 / L on every input: beta plays no part"),
    ("98.3", borders_with(classical=lambda L, beta: (2 + beta) / L), "the last step for as long as theta"),
    ("98.3", borders_with(classical=lambda L, beta: (1 + np.sqrt(beta)) ** 2 / L), "flips sides at every step"),
    ("98.3", borders_with(classical=lambda L, beta: 2.02 * (1 + beta) / L), "On every input your answer is 1.01 times"),
    ("12.2", lambda clockwise, images: np.rot90(images, 1 if clockwise else 3, (1, 2)), "np.where looks at each"),
]  # fmt: skip


@pytest.mark.parametrize("task_id, answer, sentence", LEARNERS)
def test_a_learners_answer_gets_its_own_sentence(task_id, answer, sentence):
    text = report(answer, task_id)
    assert sentence in text and text.count("Hint: ") <= 1, text


def test_no_hint_tells_the_whole_border():
    for question in load("98.3").asks.values():
        assert not any("1 + 2 beta" in each.hint or "1 + 2 * beta" in each.hint for each in question.misconceptions)


def test_a_question_may_allow_more_time_and_check_may_be_told_otherwise():
    assert load("98.3").asks["nesterov"].seconds == 30 and load("98.2").asks.seconds == 5
    assert "It took more than 0.2 seconds" in report(borders_with(nesterov=forever), "98.3", seconds=0.2)


BEGINNERS = [
    ("00.2", quotient(1), ["By the rule: the middle part is forgotten", "if you measured 1 to each side"]),
    ("00.2", quotient(1e-12), [NARROW]),
    ("00.2", quotient(1e-13, left=0), [NARROW]),
    ("00.2", lambda theta: theta * 3 - theta + 0.2, [TIMES]),
    ("00.2", lambda theta: theta * 3 - theta, [TIMES]),
    ("00.2", hat_for_the_power, ["A power is written ** in Python", "The line: "]),
    ("00.2", lambda theta: valley(theta + 0.001) - valley(theta - 0.001) / 0.002, [BRACKETS]),
    ("00.2", lambda theta: valley(theta + 0.0001) - valley(theta) / 0.0001, [BRACKETS]),
    ("00.2", lambda theta: (valley(theta + 0.01) - valley(theta - 0.01)) / 2 * 0.01, [BRACKETS]),
    ("00.2", lambda theta: valley(theta + 1e-5) - valley(theta - 1e-5), ["You have the rise"]),
    ("03.1", lambda X, y, theta, weights: hat_for_the_power(X @ theta), ["A power is written ** in Python"]),
    ("00.3", appended_after_the_loop, ["the start and the last place alone. Does append stand below the loop"]),
    ("00.3", made_anew_in_the_loop, ["the start and the last place alone", "made anew in every step"]),
    ("00.3", lambda *case: appended_after_the_loop(*case)[1:], ["holds the last place alone. Does append stand"]),
    ("00.3", lambda start, rate, steps: [start], ["holds the start alone"]),
    ("00.3", start_at_the_end, ["The start stands at the end"]),
    ("00.3", run_with(lambda theta: theta**4 - theta**2), ["Bring 00.2 in order"]),
    ("00.3", run_with(lambda theta: 4 * theta**3 - 2 * theta + 0.2), ["Bring 00.2 in order"]),
    ("00.3", run_with(lambda theta: abs(valley_slope(theta))), ["Bring 00.2 in order"]),
    ("00.3", run_with(lambda theta: None), ["None is what a function gives back", "is one that you call unfinished?"]),
    ("00.3", without_a_call, ["A function stands where a number is needed"]),
    ("00.3", WRONG["00.3"]["the list lost"], ["append changes the list and gives back nothing"]),
    ("00.4", verdict_with(lambda x: abs(x) > 1000, near_0), ["After infinity", "no longer moves"]),
    ("00.4", verdict_with(lambda x: not np.isfinite(x) or x > 1000, near_0), ["to the other side", "no longer moves"]),
    ("00.4", verdict_with(lambda x: not np.isfinite(x), near_0), ["can be finite and still far", "no longer moves"]),
    ("00.4", verdict_with(lambda x: x > 1000, lambda a, b: a - b < 0.001), ["the left side, and NaN", "Take its size"]),
    ("00.4", verdict_with(lambda x: abs(x) > 1000, lambda a, b: a - b < 0.001), ["After infinity", "Take its size"]),
    ("00.4", verdict_with(lambda x: np.isfinite(x) or abs(x) > 1000, apart), ["needs the opposite"]),
    ("00.4", verdict_with(lambda x: not np.isfinite(x) and abs(x) > 1000, apart), ["join the two with or"]),
    ("00.4", verdict_with(lambda x: not abs(x) <= 1000, lambda a, b: abs(a) - abs(b) < 0.001), ["around the diff"]),
]  # fmt: skip


@pytest.mark.parametrize("task_id, answer, sentences", BEGINNERS)
def test_a_beginners_answer_gets_its_own_sentence(task_id, answer, sentences):
    text = report(answer, task_id)
    assert [sentence for sentence in sentences if sentence not in text] == [], text
    assert text.count("Hint: ") <= 1 and "Or: " not in text and ("Try this" not in text or "Two things. " in text), text


# --- Two mistakes at once, and mistakes that the inputs can't tell apart ---


def test_ties_name_both():
    twins = (Misconception("You added.", lambda x: x + x), Misconception("You doubled.", lambda x: 2 * x))
    question = Question(reference=lambda x: x * x, example=(3.0,), misconceptions=twins)
    assert judge(question, direct(lambda x: x + x)).hints == ("You added.", "You doubled.")
    same_words = Question(reference=lambda x: x * x, example=(3.0,), misconceptions=(twins[0], twins[0]))
    assert judge(same_words, direct(lambda x: x + x)).hints == ("You added.",)


def test_a_tie_is_reported_as_one(monkeypatch):
    task = load("98.1")
    hint = task.asks.misconceptions[0].hint
    twin = Misconception("Another reading.", task.asks.misconceptions[0].wrong)
    question = Question(task.asks.reference, task.asks.example, misconceptions=(task.asks.misconceptions[0], twin))
    monkeypatch.setattr("nnlearn.exercises.checking.load", lambda task_id: type(task)("98.1", "t", "t", question))
    text = report(lambda rate, beta: rate / (1 - beta))
    assert f"Hint: {hint}\nOr: Another reading." in text


def test_changed_arguments_are_told_apart():
    def right_but_rude(theta, velocity, gradient, rate, beta):
        velocity *= beta
        velocity -= rate * gradient
        theta += velocity
        return theta, velocity

    text = report(right_but_rude, "05.1")
    assert "changes theta, which belongs to its caller" in text and "changes velocity" in text
    assert "Hint: It goes wrong where theta and velocity hold whole numbers" in text and "0 of" in text

    def wrong_and_rude(theta, velocity, gradient, rate, beta):
        gradient *= rate
        return theta + velocity, beta * velocity - gradient

    text = report(wrong_and_rude, "05.1")
    assert "the line for theta comes before that for velocity" in text and "changes gradient" in text


def test_the_loop_of_the_exercise_gets_all_it_deserves():
    def descend(gradient, theta, rate, steps):
        rows = [theta]
        for _ in range(steps):
            theta -= rate * gradient(theta)
            rows.append(theta)
        return np.array(rows)

    text = report(descend, "03.2")
    assert "All rows are one and the same array" in text and "changes theta" in text
    assert "Cannot cast ufunc" in text and "The line: theta -= rate * gradient(theta)" in text


def test_one_mistake_is_recognised_where_another_fails():
    def frozen_and_in_place(gradient, theta, rate, steps):
        slope = gradient(theta)
        rows = [theta.copy()]
        for _ in range(steps):
            theta = theta.copy()
            theta -= rate * slope
            rows.append(theta)
        return np.array(rows)

    text = report(frozen_and_in_place, "03.2")
    assert "is computed once, before the loop" in text and "Cannot cast ufunc" in text


def test_of_an_answer_that_fails_on_some_inputs_and_is_right_elsewhere_it_is_said_on_which():
    def picky(rate, beta):
        if beta > 0.7:
            raise KeyError("no such beta")
        return (1 - beta) * rate

    text = report(picky)
    assert re.search(
        r"Hint: It is right where beta is at most 0\.\d+, and raises KeyError where beta is at least", text
    )
    assert "It raised KeyError" in text and "raise KeyError" in text


# --- Answers that are none, or bad ---


def forever(rate, beta):
    while True:
        pass


def endless_recursion(rate, beta):
    return endless_recursion(rate, beta)


BAD = {
    "nothing": (lambda rate, beta: None, "It returned nothing (None). Is return missing"),
    "a text": (lambda rate, beta: "0.1", "Numbers are needed; this is '0.1'"),
    "complex": (lambda rate, beta: 1j, "Numbers are needed; this is 1j"),
    "a truth value": (lambda rate, beta: True, "Numbers are needed; this is True"),
    "an object": (lambda rate, beta: object(), "Numbers are needed; this is <object"),
    "a function": (lambda rate, beta: print, "It returned a function"),
    "ragged lists": (lambda rate, beta: [[1], [2, 3]], "Numbers are needed; this is [[1], [2, 3]]"),
    "a tuple of unequal things": (lambda rate, beta: (1, [2, 3]), "One thing is needed; these are 2"),
    "a generator": (lambda rate, beta: (x for x in [1]), "Numbers are needed; this is <generator"),
    "a set": (lambda rate, beta: {rate}, "Numbers are needed"),
    "nothing at all": (lambda rate, beta: [], "One number is needed; your answer holds 0."),
    "infinity": (lambda rate, beta: math.inf, "It is infinite, or not a number (NaN)"),
    "not a number": (lambda rate, beta: np.float64(0) / 0, "It is infinite, or not a number (NaN)"),
    "too large for a float": (lambda rate, beta: 10**400, "Numbers are needed"),
    "an error": (lambda rate, beta: 1 / 0, "It raised ZeroDivisionError: division by zero. The line: "),
    "an error without words": (lambda rate, beta: next(iter([])), "It raised StopIteration"),
    "a way out": (lambda rate, beta: sys.exit(), "It raised SystemExit"),
    "endless recursion": (endless_recursion, "It raised RecursionError"),
    "an endless loop": (forever, "It took more than 0.8 seconds. Does a loop never end?"),
    "too few arguments": (lambda rate: rate, "Your function must take (rate, beta), in this order; it takes (rate)"),
    "too many arguments": (lambda rate, beta, extra: rate, "must take (rate, beta)"),
    "a number": (0.1, "check needs your function itself, its name without brackets; this is 0.1"),
    "a text for a function": ("to_classical", "check needs your function itself"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_is_explained(name):
    answer, sentence = BAD[name]
    with pytest.raises(NotRightYet) as caught:
        check("98.1", answer, seconds=0.8)
    assert sentence in str(caught.value)


def test_what_a_function_prints_and_warns_is_not_shown(capsys):
    def loud(rate, beta):
        print("here")
        print("there", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        np.log(-np.ones(1))
        return (1 - beta) * rate

    assert check("98.1", loud).right
    assert capsys.readouterr() == ("", "")
    print("again")
    assert capsys.readouterr().out == "again\n"


def test_one_bad_part_leaves_the_others_their_points():
    parts = borders(float)
    result = outcome(parts | {"averaged": forever, "nesterov": 3}, "98.3", seconds=0.2)
    assert (result.points, result.task.points) == (1, 3)
    assert "averaged: not right yet." in str(result) and "nesterov: not right yet." in str(result)


@pytest.mark.parametrize("answer, sentence", [
    ([1, 2, 3], "check needs a dict with an answer to each of 'classical', 'averaged', 'nesterov'; this is [1, 2, 3]"),
    (lambda: 3, "check needs a dict"),
    (max, "It raised TypeError"),  # a compiled function that does not tell what it takes
    (lambda: 1 / 0, "It raised ZeroDivisionError"),
    (lambda L, beta: 2 / L, "check needs a dict with an answer to each of 'classical', 'averaged', 'nesterov', or a "
                            "function without arguments that returns one; your function takes (L, beta)."),
    ({"Classical": 3}, "check needs your function itself"),
    ({"classic": 3}, "check needs a dict with the keys 'classical', 'averaged', 'nesterov'; yours has 'classic'."),
    (borders(float) | {"classic": 3, "clasical": 4}, "Points: 3 of 3"),  # keys too many do no harm
    ({"averaged": 3, "classic": 3, "nestrov": 3, "Nesterow": 4},
     "classical: not right yet.\nHint: Your dict has no key 'classical'; it has 'classic', which no question is "
     "called. Is 'classical' meant?"),
    ({"averaged": 3, "nestrov": 3, "Nesterow": 4}, "it has 'nestrov', 'nesterow', which no question is called."),
    ({"averaged": 3, 7: 4}, "it has '7', which no question is called"),
    ({3: "classical", 4: "nesterov"}, "the wrong way round: 'classical', 'averaged', 'nesterov' are its keys"),
])  # fmt: skip
def test_several_answers_come_in_a_dict(answer, sentence):
    assert sentence in report(answer, "98.3")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.complex_numbers() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=6,
)


@given(value=anything, task_id=st.sampled_from(sorted(RIGHT)))
def test_nothing_that_a_function_returns_brings_check_down(value, task_id):
    result = outcome(lambda *arguments: value, task_id)
    assert result.points == 0 and str(result)


@given(value=anything, task_id=st.sampled_from(sorted(RIGHT)))
def test_nothing_that_is_given_for_a_function_brings_check_down(value, task_id):
    result = outcome(value, task_id)
    assert result.points == 0 and str(result)


@given(numbers=st.lists(st.floats(), min_size=0, max_size=12), task_id=st.sampled_from(sorted(FUNCTIONS)))
def test_no_numbers_of_the_right_shape_bring_the_judge_down(numbers, task_id):
    question = FUNCTIONS[task_id]
    stream = itertools.cycle(numbers or [0.0])

    def filled(part):
        return np.array([next(stream) for _ in range(np.size(part))]).reshape(np.shape(part))

    def answer(*arguments):
        right = question.reference(*arguments)
        return tuple(map(filled, right)) if isinstance(right, tuple) else filled(right)

    verdict = judge(question, direct(answer))
    assert not verdict.right and verdict.failure is not None


# --- Not written yet ---


def not_written(*arguments):
    raise NotImplementedError()


UNWRITTEN = {"stub": not_written, "ellipsis returned": lambda *arguments: ..., "ellipsis": ..., "none": None}


@pytest.mark.parametrize("answer", UNWRITTEN.values(), ids=UNWRITTEN.keys())
@pytest.mark.parametrize("task_id", RIGHT)
def test_an_answer_that_is_not_written_is_told_kindly_and_earns_nothing(task_id, answer, monkeypatch):
    result = check(task_id, answer)  # so "Run All" goes on
    task = load(task_id)
    assert str(result) == f"{task_id} {task.title}: waiting for your answer.\n{task.text}"
    assert (result.points, result.right) == (0, False)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(NotRightYet):
        check(task_id, answer)


def test_an_answer_that_calls_one_not_written_is_itself_written():
    text = report(run_with(not_written), "00.3")
    assert "It calls not_written, which is not written yet. Write not_written first." in text
    assert "Hint: A function that you call is not written yet. Do 00.1 (one_step) and 00.2 (slope) first." in text


# --- What is shown ---


def test_a_notebook_shows_the_report_alone():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shown = []
    shell._showtraceback = lambda kind, value, lines: shown.extend(lines)
    shell.run_cell("from nnlearn.exercises import check; check('98.1', lambda rate, beta: rate)")
    InteractiveShell.clear_instance()
    assert shown == [report(lambda rate, beta: rate)]


def test_a_report_holds_the_hint_and_the_smallest_input():
    assert report(lambda rate, beta: rate).splitlines() == [
        "98.1 From the averaged form to the classical: not right yet. Points: 0 of 1.",
        "Hint: " + load("98.1").asks.misconceptions[3].hint,
        "0 of 11 inputs pass. The smallest that fails:",
        "    rate      0.3",
        "    beta      0.8",
        "    right     0.06",
        "    yours     0.3",
    ]


@pytest.mark.parametrize("task_id, answer, shown", [
    ("00.2", lambda theta: theta**3 - theta, "theta     0"),
    ("00.2", lambda theta: theta * 3 - theta + 0.2, "theta     0.5"),  # 0 passes
    ("00.3", lambda start, rate, steps: [start] * (steps + 1), "steps     1"),
    ("00.4", lambda path: "cycling", "path      [0.8788 , 0.87885]"),
])  # fmt: skip
def test_the_smallest_input_has_the_fewest_numbers_and_a_number_is_near_0(task_id, answer, shown):
    assert f"\n    {shown}\n" in report(answer, task_id)


def test_the_smallest_input_is_shown_and_arrays_are_aligned():
    def after_the_start(*case):  # with no step there is nothing to be wrong
        return [row if k == 0 else 10 * np.cos(row) for k, row in enumerate(list_descend(*case))]

    assert report(after_the_start, "03.2").splitlines()[-9:] == [
        "2 of 18 inputs pass. The smallest that fails:",
        "    gradient  TwoValleys().gradient",
        "    theta     [1.8]",
        "    rate      0.1",
        "    steps     1",
        "    right     [[1.8   ],",
        "               [1.3768]]",
        "    yours     [[1.8     ],",
        "               [1.927818]]",
    ]


def test_true_and_false_are_shown_as_such():
    text = report(lambda images, clockwise: np.rot90(images, 1 if clockwise else -1, (1, 2)), "12.2")
    assert "\n    clockwise True\n" in text


def test_numbers_that_differ_late_are_shown_to_the_digit_that_differs():
    assert shown_apart(np.array([0.01]), np.array([0.0100002])) == ("[0.01]", "[0.0100002]")
    assert shown_apart(0.5, 0.25) == ("0.5", "0.25")
    assert shown_apart(np.array([0.01]), np.array([0.01])) == ("[0.01]", "[0.01]")


@pytest.mark.parametrize("answer, points", [
    ({"classical": borders(float)["classical"]}, "1"),
    (borders(float) | {"nesterov": not_written}, "2"),
    (borders(float), "3"),
])  # fmt: skip
def test_in_an_nbgrader_run_the_value_is_the_points_beside_the_report(answer, points, monkeypatch):
    plain = check("98.3", answer)
    assert repr(plain) == str(plain) and plain._repr_markdown_() is None
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    graded = check("98.3", answer)
    assert repr(graded) == points
    assert str(plain) in graded._repr_markdown_()


def test_half_points_are_written_as_numbers(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert repr(check("03.5", {"a": "fine"})) == "0.5"


def test_reports_follow_the_language(monkeypatch):
    monkeypatch.setattr("nnlearn.language.translated", from_behind)
    text = report(lambda rate, beta: rate)
    assert say("Compare") == "erapmoC"
    assert load("98.1").asks.misconceptions[3].hint[::-1] in text


def test_values_are_aligned_below_chinese_names_too():
    wide, narrow = (aligned(name, "[1,\n 2]").splitlines() for name in ("正确", "right"))
    assert wide == ["    正确      [1,", "               2]"]
    assert narrow == ["    right     [1,", "               2]"]


def from_behind(template, language):
    """A language in which sentences without fields are read from behind."""
    return template if "{" in template else template[::-1]


# --- Comparing ---


@pytest.mark.parametrize("a, b, equal", [
    (1.0, 1.0 + 1e-7, True),
    (1.0, 1.0 + 1e-4, False),
    ([1.0, 1e-9], [1.0, 0.0], True),
    ([[1.0, 1.0], [1e-9, 1e-9]], [[1.0, 1.0], [1e-9, 2e-9]], False),  # row by row
    ([np.inf, 1.0], [np.inf, 1.0], True),
    ([np.inf, 1.0], [-np.inf, 1.0], False),
    ([np.nan], [np.nan], True),
    ([np.nan], [0.0], False),
    ([0.0, 1.0], [0.0, np.inf], False),
    ([1.0], [[1.0]], False),
    (np.zeros((0, 2)), [], True),  # an empty list has no width
    ([], [0.0], False),
    ((1.0, [2.0]), (1.0, [2.0]), True),
    ((1.0, [2.0]), (1.0, [2.0], 3.0), False),
    ("fine", " Fine ", True),
    ("fine", "uphill", False),
])  # fmt: skip
def test_same(a, b, equal):
    a = tuple(map(np.array, a)) if isinstance(a, tuple) else a if isinstance(a, str) else np.array(a)
    assert same(read(a, like=a), read(b, like=a)) == equal
