"""The stored measurements of chapter 06 are what their script says and measures."""

import json

import numpy as np
import pytest

from nnlearn.chapters.ch06_adaptive import experiment, tables

TABLE = json.loads(experiment.FILE.read_text(encoding="utf-8"))
ROWS = TABLE["rows"]


def cell(row):
    return f"{row['data']} {row['method']}"


def found(data, method):
    (row,) = [row for row in ROWS if (row["data"], row["method"]) == (data, method)]
    return row


def test_the_file_is_the_scripts():
    made_on = {name: TABLE["settings"][name] for name in ("processor", "versions")}
    assert experiment.FILE.read_text(encoding="utf-8") == experiment.text(ROWS, made_on)
    assert {"median", "min", "max"} | set(TABLE["columns"]) - {"median, min, max"} == set(ROWS[0])
    assert [(row["data"], row["method"]) for row in ROWS] == [
        (d, m) for d in experiment.DATA for m in experiment.METHODS
    ]


@pytest.mark.parametrize("row", ROWS, ids=cell)
def test_the_winner_is_the_best_of_its_grid_and_at_neither_end(row):
    assert row["rates"] == experiment.grid(experiment.DATA[row["data"]][1][row["method"]]).tolist()
    best = row["rates"].index(row["rate"])
    assert 0 < best < len(row["tuning"]) - 1 == experiment.RATES - 1
    assert row["tuning"][best] == max(row["tuning"])


@pytest.mark.parametrize("row", ROWS, ids=cell)
def test_the_summary_is_of_the_fresh_runs(row):
    assert (row["min"], row["median"], row["max"]) == (min(row["fresh"]), np.median(row["fresh"]), max(row["fresh"]))
    assert len(row["fresh"]) == 5


@pytest.mark.parametrize(("data", "method"), [("grey", "AdaGrad"), ("uneven", "RMSprop")])
def test_measuring_again_gives_the_same(data, method):
    row = found(data, method)
    np.testing.assert_allclose(experiment.fresh(data, method, row["rate"]), row["fresh"], atol=0.02)


def test_a_grid_that_ends_at_its_winner_is_refused(monkeypatch):
    monkeypatch.setitem(experiment.DATA, "grey", (experiment.grey, {"AdaGrad": 1e-6}))
    monkeypatch.setattr(experiment, "TUNING_SEEDS", (0,))
    with pytest.raises(RuntimeError, match="grey, AdaGrad: the grid ends at its winner"):
        experiment.tune("grey", "AdaGrad")


# --- The data ---


def test_the_digits_are_the_same_three_times():
    grey, coded, faint = (draw(3) for draw in (experiment.grey, experiment.yes_or_no, experiment.uneven))
    np.testing.assert_array_equal(coded.X_train.sum(axis=1), 64)  # each pixel has one of its values
    factors = np.unique((faint.X_train / np.where(grey.X_train > 0, grey.X_train, np.inf)).max(axis=0))
    factors = factors[factors > 0]
    assert len(factors) > 50 and factors.min() >= 0.01 - 1e-12 and factors.max() <= 1 + 1e-12
    assert (grey.y_train == coded.y_train).all() and (grey.y_train == faint.y_train).all()


def test_the_texts_are_the_same_twice_and_one_word_decides():
    counts, presence = experiment.counts(3), experiment.presence(3)
    np.testing.assert_array_equal(counts.X_train > 0, presence.X_train > 0)
    assert counts.X_train[:, 0].max() > 5 and presence.X_train.max() == 1
    rare = counts.X_train[:, experiment.COMMON :]
    np.testing.assert_array_equal(rare.argmax(axis=1) % experiment.CLASSES, counts.y_train)
    assert 5 < np.median(rare.sum(axis=0)) < 15  # about ten texts each
    assert (counts.X_train[:, : experiment.COMMON].sum(axis=1) == experiment.WORDS_A_TEXT).all()


# --- What the chapter tells ---


def test_sparsity_wins_nothing_and_unevenness_does():
    for data in ("yes or no", "presence", "grey"):
        assert abs(found(data, "AdaGrad")["median"] - found(data, "descent")["median"]) < 0.02
    for data, gain in (("uneven", 0.1), ("counts", 0.5)):
        one, other = (found(data, method)["fresh"] for method in ("AdaGrad", "descent"))
        assert all(a > b for a, b in zip(one, other, strict=True))
        assert np.median(one) - np.median(other) > gain
    gains = np.subtract(found("grey", "AdaGrad")["fresh"], found("grey", "descent")["fresh"])
    np.testing.assert_allclose([gains.min(), gains.max()], [0.004, 0.036], atol=5e-4)  # told
    brightness = np.sqrt(np.mean(experiment.grey(5).X_train ** 2, axis=0)).reshape(8, 8)
    assert brightness[:, [0, 7]].max() < 0.15 < 0.5 < brightness[:, 3:5].min()  # told: the sides are faint
    for data in ("yes or no", "presence", "counts"):
        assert found(data, "AdaGrad")["present"] < 0.1
    verdicts = [line[-1] for line in tables.winners(TABLE).rows]
    assert verdicts == ["open: better in 1 of 5", "better", "better", "open: better in 4 of 5", "better"]
    assert tables.verdict([1, 2], [2, 3]) == "worse"
