"""What is stored of chapter 14 is what its script says, and what the chapter tells of it is so."""

import json

import numpy as np
import pytest

from nnlearn import models
from nnlearn.chapters.ch14_architecture import experiment, figures, tables
from nnlearn.chapters.ch14_architecture.experiment import CNNS, FEW, FILE, HEAD_RATES, MLPS, PLAIN, RATES, SEEDS, WAYS

TABLE = json.loads(FILE.read_text(encoding="utf-8"))


def pairs(one, other):
    """From how many seeds the one reads more, and less."""
    each = [*zip(one["accuracies"], other["accuracies"], strict=True)]
    return sum(a > b for a, b in each), sum(a < b for a, b in each)


def of(way, images, old="0-4"):
    return tables.row_of(TABLE, old, way, images)


def shape(name):
    (row,) = [row for row in TABLE["shapes"] + TABLE["deep"] if row["name"] == name]
    return row


def test_the_file_is_the_script_s():
    stored = {name: TABLE[name] for name in experiment.TABLES}
    assert FILE.read_text(encoding="utf-8") == experiment.text(stored)
    assert [row["name"] for row in TABLE["shapes"]] == [*CNNS] and [row["name"] for row in TABLE["deep"]] == [*MLPS]
    assert [row["name"] for row in TABLE["times"]] == [*CNNS, *MLPS]
    asked = [(old, way, count) for old, ways in WAYS.items() for way in ways for count in FEW]
    assert [(row["old"], row["way"], row["images"]) for row in TABLE["transfer"]] == asked
    assert {row["rate"] for row in TABLE["transfer"]} <= {*RATES, *HEAD_RATES}


def test_the_summaries_are_of_the_seeds():
    rows = (
        TABLE["shapes"]
        + TABLE["deep"]
        + TABLE["transfer"]
        + [row[k] for row in TABLE["tasks"] for k in ("heads", "apart")]
    )
    for row in rows:
        each = row["accuracies"]
        assert [row["min"], row["max"]] == [min(each), max(each)] and len(each) in (len(SEEDS), 10)
        assert row["median"] == pytest.approx(np.median(each), abs=1e-4)


@pytest.mark.parametrize("name", CNNS)
def test_the_costs_are_counted(name):
    counted = models.digits_cnn(**PLAIN | CNNS[name]).count()
    assert (shape(name)["parameters"], shape(name)["flops"]) == (counted.parameters, counted.flops)


def test_measured_again_it_is_the_same():
    test, _ = experiment.of_epochs(models.digits_mlp(*MLPS["2 of 41"]), 0)
    assert test == pytest.approx(shape("2 of 41")["accuracies"][0], abs=0.01)
    right, _ = experiment.learned("pixels", "0-4", 5, 0, of("pixels", 5)["rate"])
    assert right == pytest.approx(of("pixels", 5)["accuracies"][0], abs=0.02)


def test_what_is_told_of_shapes():
    plain, early = shape("the course's CNN"), shape("pooled early")
    assert plain["median"] - early["median"] == pytest.approx(0.005, abs=1e-3)
    assert max(pairs(plain, early)) < 5 and plain["flops"] / early["flops"] == pytest.approx(3.2, abs=0.05)
    assert shape("windows of 1")["median"] == pytest.approx(0.87, abs=5e-3)
    narrow, straight = shape("4 filters, pooled early"), shape("4 filters, pooled early, no dense layer")
    assert straight["parameters"] - narrow["parameters"] == 168
    assert (round(narrow["median"], 2), round(straight["median"], 2)) == (0.89, 0.94)
    times = {row["name"]: row["us"] for row in TABLE["times"]}
    assert times["the course's CNN"] / times["4 filters, pooled early"] == pytest.approx(1.5, abs=0.05)
    assert plain["flops"] / narrow["flops"] == pytest.approx(40, abs=0.5)
    assert round(min(times.values())) == 29


def test_what_is_told_of_depth():
    one, two, four = shape("1 hidden layer of 64"), shape("2 of 41"), shape("4 of 29")
    assert pairs(two, one) == (10, 0) and max(pairs(one, four)) < 10
    assert four["median"] < one["median"] < two["median"]
    assert one["median"] - four["median"] == pytest.approx(0.01, abs=2e-3)
    assert np.mean(np.subtract(two["accuracies"], one["accuracies"])) == pytest.approx(0.005, abs=1e-3)
    assert min(shape(name)["train"] for name in MLPS) == one["train"]
    assert max(pairs(shape("3 convolutions, pooled early, a shortcut"), shape("3 convolutions, pooled early"))) < 5


@pytest.mark.parametrize("images", FEW)
def test_what_is_told_of_transfer(images):
    assert 5 not in pairs(of("tuned", images), of("scratch", images))
    assert 5 not in pairs(of("tuned", images, "0-9"), of("scratch", images))
    assert pairs(of("dense", images), of("pixels", images)) == (0, 5)
    expected = {2: (5, 0), 5: (5, 0), 60: (0, 5)}
    if images in expected:
        assert pairs(of("dense", images, "0-9"), of("scratch", images)) == expected[images]
    row = of("tuned", images)
    assert row["old_after"] < 0.8 < 0.98 < row["old_before"]
    assert 5 not in pairs(of("dense", images), of("random dense", images))
    slowly = of("slow start", images)
    assert slowly["median"] < row["median"]


def test_what_is_told_of_a_trunk_that_is_trained_on():
    assert pairs(of("tuned", 2, "0-9"), of("dense", 2, "0-9")) == (0, 5)
    rows = {images: of("tuned", images) for images in FEW}
    assert min(rows, key=lambda images: rows[images]["old_after"]) == 20
    assert [images for images in FEW if rows[images]["rate"] == max(row["rate"] for row in rows.values())] == [20]


def test_what_is_told_of_two_heads():
    for row in TABLE["tasks"]:
        assert row["heads"]["median"] < row["apart"]["median"] and 5 not in pairs(row["heads"], row["apart"])
        assert (row["parameters_heads"], row["parameters_apart"]) == (21_546, 42_762)


def test_the_line_of_the_best_is_beaten_by_none():
    points = np.array([[1, 5], [2, 4], [3, 6], [3, 7], [9, 7]])
    np.testing.assert_array_equal(figures.best(points), [[1, 5], [3, 7]])
    left, middle, right = figures.frontier(TABLE).axes
    assert len(left.containers) == len(middle.containers) == len(right.containers) == 2


def test_the_tables_tell_what_is_stored():
    assert "97.8% (96.9%–98.0%)" in str(tables.shapes(TABLE)) and "1 more, 4 less" in str(tables.tasks(TABLE))
    assert "96.8% (96.0%–97.6%)" in str(tables.deep(TABLE)) and "86%" in str(tables.transfer(TABLE, "0-4"))
    rows = str(tables.shapes(TABLE)).splitlines()[1:]
    assert "16,032" in rows[0] and "759,040" in rows[-1]
    both = TABLE["tasks"][0]
    row = str(tables.tasks(TABLE)).splitlines()[1]
    assert row.index(tables.spread(both["heads"])) < row.index(tables.spread(both["apart"]))
    assert row.endswith("1 more, 3 less")  # and one as many


def test_the_figures_show_what_is_stored():
    times = {row["name"]: row["us"] for row in TABLE["times"]}
    for axes, cost in zip(figures.frontier(TABLE).axes, ("parameters", "flops", "us"), strict=True):
        for shown, table in zip(axes.containers, ("shapes", "deep"), strict=True):
            rows = [{**row, "us": times[row["name"]]} for row in TABLE[table]]
            points = [[row[cost], 100 * row["median"]] for row in rows]
            np.testing.assert_allclose(shown.lines[0].get_xydata(), points)
            ends = [segment[:, 1] for segment in shown.lines[2][0].get_segments()]
            np.testing.assert_allclose(ends, [[100 * row["min"], 100 * row["max"]] for row in rows])
    (axes,) = figures.transfer(TABLE).axes
    for shown, (old, way, *_) in zip(axes.containers, figures.LINES, strict=True):
        points = [[images, 100 * of(way, images, old)["median"]] for images in FEW]
        np.testing.assert_allclose(shown.lines[0].get_xydata(), points)
