"""The second explorer of chapter 12: every setting against the stored table, and what it keeps back while it asks."""

import itertools

import numpy as np
import pytest
from explorer_moves import move_everything

from nnlearn.chapters.ch12_augmentation import gains as module
from nnlearn.chapters.ch12_augmentation.gains import AUGMENTATIONS, LIMITS, NETWORKS, TESTS, Gains
from nnlearn.data import measured

SETTINGS = list(itertools.product(NETWORKS, AUGMENTATIONS, TESTS))
ROWS = {
    "centred": {(r["network"], r["augmentation"], r["per_class"]): r for r in measured("12")["gain"]},
    "shifted": {(r["network"], r["augmentation"], r["per_class"]): r for r in measured("12")["robustness"]},
}


def answered(**values):
    explorer = Gains()
    explorer.predict("both")
    explorer.set(**values)
    assert explorer.error is None
    return explorer


@pytest.mark.parametrize("make", [Gains, answered], ids=["before the prediction", "after"])
def test_every_control_moves_over_its_whole_range(make):
    move_everything(make())


@pytest.mark.parametrize("test", TESTS)
def test_each_setting_shows_what_is_stored(test):
    explorer = answered()
    for network, augmentation in itertools.product(NETWORKS, AUGMENTATIONS):
        explorer.set(network=network, augmentation=augmentation, test=test)
        assert explorer.error is None
        rows = [ROWS[test][network, augmentation, count] for count in (10, 30, 100)]
        medians = [row["gain"]["median"] for row in rows]
        without = [ROWS[test][network, "none", count]["median"] for count in (10, 30, 100)]
        np.testing.assert_allclose(explorer.with_it.get_ydata(), [100 * row["median"] for row in rows], atol=0.006)
        np.testing.assert_allclose(explorer.medians.get_ydata(), medians, atol=0.06)
        dots = explorer.dots.get_ydata().reshape(3, 10)
        np.testing.assert_allclose(dots.max(axis=1), [row["gain"]["max"] for row in rows], atol=0.06)
        assert LIMITS[test][0] < dots.min() and dots.max() < LIMITS[test][1] == explorer.points.get_ylim()[1]
        np.testing.assert_allclose(np.rint(explorer.dots.get_xdata()), np.repeat([0, 1, 2], 10))
        for row, before in zip(rows, without, strict=True):
            told = (f"{row['per_class']} images a class: {100 * before:.1f}% without, {100 * row['median']:.1f}% with, "
                    f"gain {row['gain']['median']:+.1f} (above 0 in {row['gained']} of 10)")  # fmt: skip
            assert told in explorer.status
        np.testing.assert_allclose(explorer.without.get_ydata(), np.multiply(100, without), atol=0.006)


@pytest.mark.pixels
def test_no_line_goes_through_the_legend():
    explorer = answered()
    explorer.stored_picture()
    curves = explorer.without.axes
    box = curves.get_legend().get_window_extent().transformed(curves.transData.inverted())
    for setting in SETTINGS:
        explorer.set(**dict(zip(("network", "augmentation", "test"), setting, strict=True)))
        heights = np.concatenate([line.get_ydata() for line in (explorer.without, explorer.with_it)])
        assert curves.get_ylim()[0] < heights.min()
        assert not np.any((box.y0 - 2 < heights) & (heights < box.y1 + 2))


@pytest.mark.pixels
def test_while_asking_no_gain_is_shown(monkeypatch):
    def covered(explorer):
        seen = explorer.get_state()["_shown"]
        return seen["picture"], seen["status"], explorer.alternative_text()

    explorer = Gains()
    assert explorer.asking and "90.8%" in explorer.status
    assert explorer.alternative_text().startswith("Who gains. Predict first: 10 training images")
    real = module.accuracies
    monkeypatch.setattr(module, "accuracies", lambda network, augmentation, test:
                        real(network, augmentation, test) - (augmentation != "none") * 10)  # fmt: skip
    other = Gains()
    assert covered(other) == covered(explorer)
    other.predict("both")
    assert "90.8% without, 84.3% with, gain -6.3" in other.status and other.dots.get_visible()


def test_the_truth_is_measured():
    assert module.who_gains() == (
        "Measured: CNN +3.7 points, a gain in 10 of 10 seeds; MLP 64 -1.9 points, a gain in 0 of 10 seeds."
    )


@pytest.mark.parametrize("setting", SETTINGS, ids=" ".join)
def test_goals_tick_when_reached(setting):
    network, augmentation, test = setting
    explorer = answered(augmentation="rotate 180, grid-constant")
    assert explorer.reached == ()
    explorer.set(network=network, augmentation=augmentation, test=test)
    expected = [setting == ("CNN", "shift 1", "shifted"), setting == ("MLP 64", "rotate 15, grid-constant", "centred")]
    assert [goal in explorer.reached for goal in explorer.goals] == expected
