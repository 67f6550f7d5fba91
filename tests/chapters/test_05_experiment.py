"""The stored measurements are what their scripts say and measure."""

import json

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.chapters.ch05_momentum import experiment as momentum

TABLE = json.loads(momentum.FILE.read_text(encoding="utf-8"))
ROWS = TABLE["rows"]
PROBLEMS = {(problem.name, problem.batch): problem for problem in momentum.problems()}
CELLS = [(key, method) for key, problem in PROBLEMS.items() for method in problem.lowest_rates]
QUADRATIC = nn.objectives.Quadratic(curvatures=[1.0])


def row_of(problem, batch, method):
    (row,) = [row for row in ROWS if (row["problem"], row["batch"], row["method"]) == (problem, batch, method)]
    return row


def number(stored):
    return np.inf if stored is None else stored


def cell(row):
    return f"{row['problem']} {row['batch'] or ''} {row['method']}"


# --- momentum.json --------------------------------------------------------------------------------


def test_the_file_is_the_scripts():
    assert momentum.FILE.read_text(encoding="utf-8") == momentum.text(ROWS)
    assert {"median", "min", "max"} | set(TABLE["columns"]) - {"median, min, max"} < set(ROWS[0])
    expected = [(*key, momentum.name(method)) for key, method in CELLS]
    assert [(row["problem"], row["batch"], row["method"]) for row in ROWS] == expected


@pytest.mark.parametrize(("row", "key", "method"), [(row, *c) for row, c in zip(ROWS, CELLS, strict=True)],
                         ids=map(cell, ROWS))  # fmt: skip
def test_the_winner_is_the_best_of_its_grid_and_at_neither_end(row, key, method):
    assert row["rates"] == momentum.grid(PROBLEMS[key].lowest_rates[method]).tolist()
    tuning = list(map(number, row["tuning"]))
    best = row["rates"].index(row["rate"])
    assert 19 <= len(tuning) == len(row["rates"]) <= 25
    assert 0 < best < len(tuning) - 1
    assert tuning[best] == min(tuning) < min(tuning[0], tuning[-1])


@pytest.mark.parametrize("row", ROWS, ids=cell)
def test_the_summary_is_of_the_fresh_runs(row):
    fresh = list(map(number, row["fresh"]))
    assert len(fresh) == 5
    assert number(row["min"]) == min(fresh)
    assert number(row["median"]) == np.median(fresh)
    assert number(row["max"]) == max(fresh)


@pytest.mark.parametrize("row", [row for row in ROWS if row["method"] != "Adam"], ids=cell)
def test_the_averaged_form_needs_the_same(row):
    assert row["averaged"] == row["fresh"]
    beta = float(row["method"].partition(" ")[2] or 0)
    assert row["effective_rate"] == pytest.approx(row["rate"] / (1 - beta), rel=5e-3)


@pytest.mark.parametrize(
    ("problem", "batch", "momenta", "tolerance"),
    [
        ("network", None, 0.9, 0.1),
        ("network", 32, 0.5, 0.3),  # noise carries the last digits, which are another computer's own, further
        ("softmax regression", None, None, 0.1),
        ("logistic regression", None, 0, 0.1),
        ("Beale", None, 0, 0.1),
    ],
)
def test_measuring_again_gives_the_same(problem, batch, momenta, tolerance):
    row = row_of(problem, batch, momentum.name(momenta))
    fresh = momentum.fresh(PROBLEMS[problem, batch], momentum.optimizer(momenta, row["rate"]))
    np.testing.assert_allclose(fresh, row["fresh"], rtol=tolerance)


# --- how it is measured ---------------------------------------------------------------------------


def bowl(lowest=0.1, target=1e-6):
    return momentum.Problem("bowl", True, QUADRATIC, target, {0: lowest})


def test_the_steps_to_the_target_are_counted():
    start = bowl().start(0)
    rates = np.array([0.3, 0.9, 0.99, 2.5])
    steps = momentum.needed(bowl(), nn.GradientDescent(rates[:, np.newaxis]), 0)
    expected = np.ceil(np.log(np.sqrt(2e-6) / np.abs(start)) / np.log(1 - rates[:3]))  # the loss is theta^2 / 2
    assert steps[2] == expected[2]
    assert (steps[1], steps[0]) == (expected[1], np.inf)  # 0.3 needs more than twice the quickest
    assert steps[3] == np.inf
    alone = momentum.needed(bowl(), nn.GradientDescent(0.3), 0)
    assert alone == expected[0] > 2 * expected[1]


def test_a_run_that_never_arrives_ends(monkeypatch):
    monkeypatch.setattr(momentum, "LONGEST", 50)
    assert momentum.needed(bowl(), nn.GradientDescent(0.001), 0) == np.inf


@pytest.mark.parametrize("lowest", [0.03, 1.0])
def test_a_grid_that_ends_at_its_winner_is_refused(lowest):
    with pytest.raises(RuntimeError, match=r"bowl, descent: the grid ends at its winner [\d.]+; widen it"):
        momentum.tune(bowl(lowest), 0)


def test_a_rate_is_as_good_as_its_slowest_run(monkeypatch):
    counts = np.full((len(momentum.TUNING_SEEDS), momentum.RATES), 20.0)
    counts[:, 5] = [1, 1, 1, 1, np.inf]  # the best median
    counts[:, 9], counts[:, 12] = 10, [10, 10, 10, 10, 9]
    monkeypatch.setattr(momentum, "needed", lambda problem, method, seed: counts[seed])
    _, slowest, best = momentum.tune(bowl(), 0)
    assert (slowest[5], slowest[9], slowest[12]) == (np.inf, 10, 10)
    assert best == 12


def test_a_row_is_measured_and_survives_json():
    steep = momentum.Problem("bowl", True, QUADRATIC, 1e-6, {0.9: 0.01})
    row = momentum.measure(steep, 0.9)
    assert json.loads(json.dumps(row)) == row
    assert row["averaged"] == row["fresh"] != [None] * 5
    assert row["effective_rate"] == pytest.approx(10 * row["rate"], rel=5e-3)
    assert row.keys() == ROWS[0].keys()
