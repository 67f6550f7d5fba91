"""The figure and the tables of chapter 06 show what they say; so do the axes of its explorers."""

import nbformat
import numpy as np
import pytest

import nnlearn as nn
from nnlearn.chapters.ch06_adaptive import Epsilon, Ravine, Turn, figures, tables, turned_start
from tools.environment import ROOT

STORED = nn.data.measured("06")
PROSE = {cell.id: cell.source for cell in nbformat.read(ROOT / "notebooks/06_adaptive.ipynb", as_version=4).cells}


def test_the_two_rates_are_each_coordinate_s_own():
    """Each line is the rate by which its coordinate's gradient was multiplied, at the panel's angle."""
    panels = figures.two_rates().axes
    assert [panel.get_title() for panel in panels] == ["0 degrees", "5 degrees", "45 degrees"]
    assert panels[0].get_ylabel() == "rate of the coordinate, η = 1.5"
    for panel, angle in zip(panels, (0, 5, 45), strict=True):
        theta = nn.run(nn.AdaGrad(1.5, 0.0), Ravine(100, angle), turned_start(angle), 60).theta
        rates = (theta[:-1] - theta[1:]) / Ravine(100, angle).gradient(theta[:-1])
        first, second = panel.lines
        assert (first.get_label(), second.get_label()) == ("θ[0]", "θ[1]")
        assert first.get_linestyle() != second.get_linestyle()
        np.testing.assert_allclose(first.get_ydata()[:3], rates[:3, 0], rtol=1e-6)
        np.testing.assert_allclose(second.get_ydata()[:3], rates[:3, 1], rtol=1e-6)
        low, high = panel.get_ylim()
        assert low < second.get_ydata().min() and first.get_ydata().max() < high
    figure = panels[-1].figure
    figure.canvas.draw()
    legend = panels[-1].get_legend().get_window_extent()
    points = panels[-1].transData.transform(np.vstack([line.get_xydata() for line in panels[-1].lines]))
    assert not legend.count_contains(points)


def test_the_table_of_winners_is_the_file_s():
    table = tables.winners(STORED)
    assert table.head[1:5] == ["plain descent", "norm-scaled", "AdaGrad", "RMSprop"]
    fresh = {(row["data"], row["method"]): row["fresh"] for row in STORED["rows"]}
    for line, data in zip(table.rows, ("yes or no", "grey", "uneven", "presence", "counts"), strict=True):
        for cell, name in zip(line[1:5], ("descent", "norm-scaled", "AdaGrad", "RMSprop"), strict=True):
            found = fresh[data, name]
            assert cell == f"{np.median(found):.1%} ({min(found):.0%}–{max(found):.0%})"
        pairs = zip(fresh[data, "AdaGrad"], fresh[data, "descent"], strict=True)
        better = sum(a > b for a, b in pairs)
        assert line[-1] == ("better" if better == 5 else f"open: better in {better} of 5")


def test_the_table_of_last_rates_has_adagrad_before_plain_descent():
    assert [row[2:] for row in tables.last_rates().rows] == [
        ["650", "649"], ["535", "534"], ["562", "560"], ["637", "635"], ["712", "710"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "axes", "ticks"),
    [
        (Turn, ("angle in degrees", "learning rate"), {-1: "0.1", 1: "10"}),
        (Epsilon, ("scale of the loss", "epsilon"), {-8: "1e-8", 0: "1e0"}),
    ],
)
def test_the_axes_of_the_maps_are_named(kind, axes, ticks):
    (plane,) = [each for each in kind().figure().axes if each.get_label() == "map"]
    assert (plane.get_xlabel(), plane.get_ylabel()) == axes
    for power, shown in ticks.items():
        assert plane.yaxis.get_major_formatter()(power, 0) == shown


def test_the_dotted_line_lies_where_small_begins():
    assert list(Turn().loss_axes.lines[0].get_ydata()) == [1e-6, 1e-6]


def test_the_lead_on_grey_and_on_faint_pixels():
    """Told under the card: one point, and 13."""
    median = {(row["data"], row["method"]): row["median"] for row in STORED["rows"]}
    lead = [100 * (median[data, "AdaGrad"] - median[data, "descent"]) for data in ("grey", "uneven")]
    assert np.round(lead).tolist() == [1, 13]
    assert "on grey pixels AdaGrad's lead is one point, on the faint ones 13" in PROSE["tomorrow-defaults"]
