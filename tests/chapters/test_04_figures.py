"""The figures of chapter 04: each line holds what its label says."""

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.chapters.ch04_minibatches import figures
from nnlearn.chapters.ch04_minibatches.map import SIZES
from nnlearn.chapters.ch04_minibatches.patients import largest_safe_rate


@pytest.fixture(scope="module")
def stored():
    return nn.data.measured("04")


def lines(axes):
    """The points of each line, by its label."""
    return {line.get_label(): (np.asarray(line.get_xdata()), np.asarray(line.get_ydata())) for line in axes.lines}


def test_the_largest_safe_rates_and_their_two_parts():
    (axes,) = figures.limits().axes
    drawn = lines(axes)
    np.testing.assert_allclose(drawn["exact"][1], [largest_safe_rate(size) for size in SIZES])
    sizes, rule = drawn["1 / (L/2 + m/B)"]
    alone, wall = drawn["the noise alone: B/m"][1], drawn["the wall alone: 2/L"][1][0]
    np.testing.assert_allclose(1 / rule, 1 / alone + 1 / wall)
    np.testing.assert_allclose([alone[0], wall], [1 / 11, largest_safe_rate(np.inf)])
    assert sizes[0] == 1


def test_noise_and_signal(stored):
    (axes,) = figures.noise(stored).axes
    drawn, bands = lines(axes), iter(axes.collections)
    for when in ("before training", "after 20 epochs"):
        rows = [row for row in stored["noise"] if row["when"] == when]
        batches, noise = drawn[f"noise, {when}"]
        np.testing.assert_array_equal(batches, [row["batch"] for row in rows])
        np.testing.assert_allclose(noise, [np.median(row["noise"]) for row in rows])
        assert set(drawn[f"signal, {when}"][1]) == {np.median(rows[0]["signal"])}
        corners = next(bands).get_paths()[0].vertices[:, 1]
        every = [value for row in rows for value in row["noise"]]
        assert (corners.min(), corners.max()) == (min(every), max(every))
        scale = np.median(rows[0]["scale"])  # where the text says that the lines cross
        assert np.interp(np.log(scale), np.log(batches), np.log(noise)) == pytest.approx(
            np.log(np.median(rows[0]["signal"])), abs=0.15)  # fmt: skip
    assert "five seeds" in [text.get_text() for text in axes.get_legend().get_texts()]


def test_the_two_clocks(stored):
    epochs, steps = figures.clocks(stored).axes
    rows = stored["epochs"]
    for axes, key, name in ((epochs, "median", "epochs to the target"), (steps, "steps", "steps to the target")):
        (bars,) = axes.containers
        batches, middle = bars.lines[0].get_data()
        np.testing.assert_array_equal(batches, [row["batch"] or 1347 for row in rows])
        np.testing.assert_allclose(middle, [row[key] for row in rows], rtol=5e-3)
        assert axes.get_ylabel() == name


def test_the_noise_grows_beside_the_signal_with_every_seed(stored):
    scales = [next(row["scale"] for row in stored["noise"] if row["when"].startswith(when)) for when in ("bef", "aft")]
    assert (np.array(scales[0]) < np.array(scales[1])).all()
