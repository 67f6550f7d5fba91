"""What is stored of chapter 07's race is what its script says and measures."""

import json

import numpy as np
import pytest

from nnlearn.chapters.ch07_adam import experiment, figures, tables
from nnlearn.chapters.ch07_adam.experiment import FILE, FRESH_SEEDS, RATES, RULES, TUNING_SEEDS, Problem, cells, grid

TABLE = json.loads(FILE.read_text(encoding="utf-8"))
ROWS = TABLE["rows"]


def number(loss):
    return np.inf if loss is None else loss


def name(row):
    return f"{row['problem']} {row['rule']}"


def test_the_file_is_the_script_s():
    stored = FILE.read_text(encoding="utf-8")
    versions = json.loads(stored)["settings"]["numpy"]
    assert stored == experiment.text(ROWS).replace(f'"numpy": "{np.__version__}"', f'"numpy": "{versions}"')
    assert [(row["problem"], row["rule"]) for row in ROWS] == [(problem, rule.name) for problem, rule in cells()]


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_rate_is_the_best_of_its_grid_and_at_neither_end(row):
    (rule,) = [rule for rule in RULES if rule.name == row["rule"]]
    assert row["rates"] == grid(rule.lowest[row["problem"]]).tolist() and len(row["rates"]) == RATES
    worst = [max(map(number, losses)) for losses in row["tuning"]]
    best = row["rates"].index(row["rate"])
    assert 0 < best < RATES - 1 and worst[best] == min(worst)
    assert all(len(losses) == len(TUNING_SEEDS) for losses in row["tuning"])
    assert row["good"] == sum(loss <= 2 * min(worst) for loss in worst)
    assert not set(TUNING_SEEDS) & set(FRESH_SEEDS)


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_summary_is_of_the_fresh_runs(row):
    losses = list(map(number, row["loss"]))
    assert len(losses) == len(row["test"]) == len(FRESH_SEEDS)
    assert [row["min"], row["max"]] == [min(losses), max(losses)]
    assert row["median"] == pytest.approx(np.median(losses), rel=1e-3)


@pytest.mark.parametrize("row", [row for row in ROWS if row["problem"] == "tumours"], ids=name)
def test_measured_again_it_is_the_same(row):
    """Logistic regression is smooth and its runs short: other processors round otherwise, and end alike."""
    (rule,) = [rule for rule in RULES if rule.name == row["rule"]]
    problem = Problem("tumours", FRESH_SEEDS[0])
    assert problem.loss(problem.run(rule.make(row["rate"]))) == pytest.approx(row["loss"][0], rel=1e-3)


def test_a_sweep_over_rates_is_the_single_runs():
    problem, rates = Problem("digits", 0), np.array([0.001, 0.01])
    (adam,) = [rule for rule in RULES if rule.name == "Adam"]
    swept = problem.run(adam.make(rates[:, np.newaxis]), epochs=1)
    for theta, rate in zip(swept, rates, strict=True):
        np.testing.assert_allclose(theta, problem.run(adam.make(rate), epochs=1), atol=1e-8)


def test_the_tables_count_pairs_and_show_what_is_stored():
    shown = str(tables.race(TABLE, "digits"))
    assert "0.056 (0.045–0.063)" in shown and "0.66 (0.001)" in shown
    one, other = {"loss": [0.1, 0.2, None]}, {"loss": [0.2, 0.1, 0.3]}
    assert tables.wins(one, other) == 1 and tables.wins(other, one) == 2
    assert "**10**" in str(tables.pairs(TABLE, "digits"))


def test_the_figure_draws_each_of_the_six():
    left, right = figures.rates(TABLE).axes
    assert len(left.get_lines()) == len(right.get_lines()) == 6
