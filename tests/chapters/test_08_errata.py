"""The error of the sources on the ground of chapter 08; and the numbers that the chapter's text tells."""

import re

import nbformat
import numpy as np
import pytest

import nnlearn as nn
from nnlearn.chapters.ch08_schedules import experiment, figures
from nnlearn.chapters.ch08_schedules.bowl import floor, followed
from nnlearn.chapters.ch08_schedules.experiment import Problem, cooled
from nnlearn.syllabus import errata
from tools.environment import ROOT

PROSE = {cell.id: cell.source for cell in nbformat.read(ROOT / "notebooks/08_schedules.ipynb", as_version=4).cells}
STORED = nn.data.measured("08")
TEN = figures.rows_of(STORED, "10 epochs")
WRONG = figures.rows_of(STORED, "wrong labels")


def test_k10():
    """One taxonomy: what a rate is set by is what its rule keeps, or is asked with."""
    assert errata("08").rows[0]["shows"].startswith("decay is asked with the step alone")
    decay = nn.LinearDecay(0.1, 10)
    assert decay(3) == decay(3) and not hasattr(decay, "state")
    waiting = nn.ReduceOnPlateau(nn.GradientDescent(0.1), factor=0.5, patience=1, min_delta=0.0)
    assert waiting.state == ("best", "waited", "scale")
    rising = nn.Objective(lambda theta: -theta[..., 0], lambda theta: -np.ones_like(theta))
    falling = nn.Objective(lambda theta: theta[..., 0], lambda theta: np.ones_like(theta))
    assert nn.run(waiting, falling, [0.0], 9).learning_rate[-1] > 0.05  # the loss goes down all the way
    standing = nn.Objective(lambda theta: 0 * theta[..., 0], lambda theta: np.ones_like(theta))
    assert nn.run(waiting, standing, [0.0], 9).learning_rate[-1] < 0.01
    assert nn.AdaGrad(0.1).state == ("accumulator",) and rising.loss(np.ones(1)) == -1


def test_the_floor_is_where_the_mean_stays_also_with_dice():
    rate, curvature, variance = 0.5, 1.0, 0.04
    random, theta = np.random.default_rng(0), np.zeros(100_000)
    for _ in range(40):
        theta = theta - rate * (curvature * theta + variance**0.5 * random.normal(size=theta.shape))
    assert curvature / 2 * np.mean(theta**2) == pytest.approx(floor(rate, variance, curvature), rel=0.02)


def test_the_numbers_beside_the_figure_of_settling():
    cut = sum(followed(np.where(np.arange(500) < 400, 0.5, 0.1), 0.04, 0.02))
    low = sum(followed(np.full(500, 0.1), 0.04, 0.02))
    told = PROSE["settled-read"]
    for value in (cut[400], cut[405], cut[500], floor(0.1, 0.04, 1) + floor(0.1, 0.04, 0.02), low[500]):
        assert f"{value:.4f}" in told
    assert round(0.9**2, 2) == 0.81 and round(0.998**2, 3) == 0.996


def test_what_is_told_of_ten_epochs():
    late, even, constant = (np.array(TEN[name]["loss"]) for name in ("last 30%", "linear", "constant"))
    assert (late < even).all() and np.median(late) < 0.5 * np.median(even)
    assert "0.0125 against 0.0270" in PROSE["real-finding"]
    assert (f"{np.median(late):.4f}", f"{np.median(even):.4f}") == ("0.0125", "0.0270")
    assert np.sum(constant < even) == 6 and constant.max() > 1
    assert [TEN[name]["rate"] for name in ("constant", "last 30%", "linear", "one cycle")] == [0.707, 1.0, 1.0, 1.41]
    at = TEN["linear"]["rates"].index(1.41)
    assert min(TEN[name]["tuning"][at] for name in ("last 30%", "linear")) > 0.1 > TEN["one cycle"]["tuning"][at]


def test_what_is_told_of_the_other_settings():
    three = figures.rows_of(STORED, "3 epochs")
    gain = three["constant"]["median"] - three["last 30%"]["median"]
    assert three["constant"]["median"] - three["last tenth"]["median"] > 0.9 * gain
    thirty = figures.rows_of(STORED, "30 epochs")
    assert min(thirty, key=lambda name: thirty[name]["median"]) == "constant"
    assert round(WRONG["constant"]["rate"], 2) == 0.06
    assert 0.75 < WRONG["last 30%"]["median"] / WRONG["constant"]["median"] < 0.82
    best = np.median(WRONG["constant"]["test"])
    lost = [100 * (np.median(row["test"]) - best) for name, row in WRONG.items() if name != "constant"]
    assert 2 < min(lost) and max(lost) < 3
    for setting in ("3 epochs", "10 epochs", "30 epochs"):
        rows = figures.rows_of(STORED, setting)
        test = [np.median(row["test"]) for name, row in rows.items() if name not in ("constant", "exponential")]
        assert np.ptp(test) < 0.005


def test_the_wall_moves():
    walls = {row["step"]: row for row in STORED["walls"]}
    assert round(np.median(walls[0]["walls"]), 1) == 0.6 and max(walls[0]["walls"]) < 1.41
    peak = max(STORED["walls"], key=lambda row: row["rate"])
    assert peak["rate"] == 1.41 and round(np.median(peak["walls"]), 1) == 1.6
    assert np.median(STORED["walls"][-1]["walls"]) > 7
    J = nn.objectives.Quadratic(curvatures=[3.0, 0.5])
    assert experiment.largest_curvature(J, np.ones(2)) == pytest.approx(3, rel=1e-6)


def test_warm_up_on_the_deeper_network():
    rows = {(row["rule"], row["warm_up"]): row for row in STORED["warm_up"]}
    assert rows["Adam", 0.0]["learns"] == rows["Adam", 0.1]["learns"] == [7] * 6 + [0] * 2
    assert rows["Adam", 0.0]["rates"][5:7] == [2**-5, 2**-4]


def test_the_rule_that_waits():
    batches, *epochs = STORED["plateau"]
    assert batches["looks_at"] == "batches" and max(batches["first_cut"]) < 85 and f"{batches['median']:.2f}" == "1.28"
    assert 78 <= min(batches["cuts"]) and max(batches["cuts"]) <= 81
    assert min(step for row in epochs for step in row["first_cut"] if step) >= 170
    assert f"{WRONG['last 30%']['median']:.2f}" == "0.86" and min(row["median"] for row in epochs) > 0.99


def test_the_range_test_agrees_across_seeds_and_lengths():
    found = [np.median(row["lowest"]) for row in STORED["range_tests"]]
    assert max(found) < 1.25 * min(found) and abs(np.median(found) - np.median(STORED["walls"][0]["walls"])) < 0.1
    for row in STORED["range_tests"]:
        assert max(row["lowest"]) < 2.01 * min(row["lowest"])
        assert 0.24 < row["suggested"] < 0.3
    peaks = [row["rate"] for row in TEN.values()]
    assert (
        round(min(peaks) / 0.29, 1) == 2.4
        and round(max(peaks) / 0.29, 1) == 4.9
        and "two to five" in PROSE["range-read"]
    )


def test_a_stored_range_test_runs_again():
    row, problem = STORED["range_tests"][0], Problem(experiment.FRESH_SEEDS[0])
    start = problem.objective.initial(problem.seed)
    found = nn.rate_range_test(nn.GradientDescent(0.1), problem.batches, start, steps=row["steps"])
    assert found.best[0] == pytest.approx(row["lowest"][0], rel=0.2)


def test_the_run_whose_rates_are_printed_goes_to_its_end():
    (cell,) = (c for c in nbformat.read(ROOT / "notebooks/08_schedules.ipynb", as_version=4).cells
               if c.id == "rate-column")  # fmt: skip
    assert len(cell.outputs[0].text.splitlines()[0].split()) == 12
    names = {"nn": nn, "np": np}
    exec(cell.source, names)
    assert names["trace"].stopped is None and np.isfinite(names["again"].theta).all()


def test_what_is_told_beside_the_peaks():
    at = TEN["linear"]["rates"].index(1.41)
    assert [f"{TEN[name]['tuning'][at]:.2f}" for name in ("last 30%", "linear")] == ["0.16", "0.19"]
    assert "0.16 (A) and 0.19" in PROSE["real-finding"]
    peak = max(range(len(STORED["walls"])), key=lambda k: STORED["walls"][k]["rate"])
    beyond = [sum(wall < row["rate"] for wall in row["walls"]) for row in STORED["walls"][peak : peak + 2]]
    assert beyond == [4, 0] and "four of the ten runs" in PROSE["wall-read"]
    same = WRONG["last 30%"]["tuning"][WRONG["last 30%"]["rates"].index(0.5)]
    assert f"{same:.2f}" == "0.92" and WRONG["last 30%"]["rate"] == 1 and "at 0.92" in PROSE["plateau-read"]


def test_a_rate_beyond_the_wall_needs_a_warm_up():
    digits = Problem(seed=5)
    start = digits.objective.initial(5)
    ends = {}
    for name, rate in {"at once": 1.41, "warm": nn.WarmUp(255, then=1.41)}.items():
        path = nn.run(nn.GradientDescent(rate), digits.batches, start, 100, keep=["theta"], every=50)
        ends[name] = path.loss
    assert ends["at once"][1] > 2 * ends["at once"][0] and ends["warm"][2] < 0.5 * ends["warm"][0]


def test_a_schedule_that_is_cut_off():
    assert cooled(1.0, 1020, 0.3)(849) == pytest.approx(0.56, abs=0.005)
    assert "still 0.56" in PROSE["bug-clock"]


@pytest.mark.parametrize("row", STORED["schedules"], ids=lambda row: f"{row['setting']}-{row['schedule']}")
def test_the_winner_is_the_best_of_its_grid_and_at_neither_end(row):
    best = row["rates"].index(row["rate"])
    assert row["tuning"][best] == min(row["tuning"]) and 0 < best < len(row["rates"]) - 1
    assert row["rates"] == experiment.grid(experiment.SETTINGS[row["setting"]][2]).tolist()
    assert row["median"] == pytest.approx(np.median(row["loss"]), rel=1e-3)


def test_the_file_is_the_script_s():
    tables = {name: STORED[name] for name in ("schedules", "warm_up", "plateau", "range_tests", "walls")}
    made_on = {name: STORED["settings"][name] for name in ("processor", "versions")}
    assert experiment.FILE.read_text(encoding="utf-8") == experiment.text(tables, made_on)


def test_a_stored_run_runs_again():
    row = figures.rows_of(STORED, "3 epochs")["last 30%"]
    problem = Problem(experiment.FRESH_SEEDS[0])
    steps = problem.steps(3)
    rule = nn.GradientDescent(experiment.SCHEDULES["last 30%"](row["rate"], steps))
    assert problem.loss(problem.run(rule, steps)) == pytest.approx(row["loss"][0], rel=0.02)


def test_links_lead_to_what_they_say():
    assert re.search(r"\[from 0.66\]\(#Cooling\?pixel=-0.18,1\)", PROSE["first-answer"])
