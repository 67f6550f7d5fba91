"""The map of chapter 08: its expectation is that of dice, its goals, its pictures."""

import numpy as np
import pytest
from explorer_moves import answering, goals_met, move_everything, verdicts

from nnlearn.chapters.ch08_schedules import Cooling, bowl, figures, tables
from nnlearn.chapters.ch08_schedules.bowl import cooling, expected, followed
from nnlearn.chapters.ch08_schedules.cooling import COLOURS, FINE, FLAT, LOSSES, POWERS, STEPS, VARIANCE, maps, ridge
from nnlearn.data import measured

answered = answering({Cooling: "half"})


@pytest.mark.parametrize("shape", ["linear", "cosine", "cut"])
def test_what_is_expected_is_the_mean_of_runs(shape):
    random = np.random.default_rng(1)
    schedule = cooling(shape, 0.5, 0.4, 60)
    theta, curvatures = np.tile(bowl.START, (40_000, 1)), np.array([1.0, 0.1])
    for step in range(60):
        theta -= schedule(step) * (curvatures * theta + 0.5 * random.normal(size=theta.shape))
    mean = np.mean(theta**2 @ curvatures / 2)
    found = expected(shape, np.array([0.5]), np.array([0.4]), 60, 0.25, 0.1)
    assert found.shape == (1, 1) and found[0, 0] == pytest.approx(mean, rel=0.03)
    way, noise = followed(np.array([float(schedule(step)) for step in range(60)]), 0.25, 0.1)
    assert way[-1] + noise[-1] == pytest.approx(found[0, 0], rel=1e-12)
    assert way[0] == pytest.approx((4 + 0.1 * 16) / 2) and noise[0] == 0


def test_schedules_of_the_map_at_their_ends():
    assert [float(cooling("linear", 0.3, share, 10)(9)) for share in (0, 0.1, 1)] == pytest.approx([0.3, 0.3, 0.03])
    assert [float(cooling("cut", 0.3, 0.2, 10)(step)) for step in (7, 8, 9)] == pytest.approx([0.3, 0.3, 0.03])
    assert float(cooling("cosine", 0.3, 1, 10)(5)) == pytest.approx(0.15)


def test_the_map_is_the_runs():
    *_, found = maps("linear", STEPS, VARIANCE, FLAT)
    assert found.shape == FINE
    for row, column in ((0, 3), (40, 60), (80, 119), (17, 90)):
        peak, share = 10 ** np.linspace(*POWERS, FINE[1])[column], np.linspace(0, 1, FINE[0])[row]
        rates = cooling("linear", peak, share, STEPS)(np.arange(STEPS))
        assert sum(each[-1] for each in followed(rates, VARIANCE, FLAT)) == pytest.approx(found[row, column], rel=1e-9)
    powers, best = ridge(found)
    assert np.interp(np.log10(0.3), powers, best) == pytest.approx(0.28, abs=0.03)
    assert best[-1] == 1 and best[0] == 0 and (np.diff(best) > -0.03).all()


def test_the_goals_are_reached():
    explorer = answered(Cooling)
    assert goals_met(explorer, pixel=(-0.54, 0.05)) == [True, False, False]
    assert goals_met(explorer, pixel=(-0.54, 0.06)) == [False, False, False]
    assert goals_met(explorer, pixel=(-0.56, 0.02)) == [False, False, False]
    assert goals_met(explorer, pixel=(-0.28, 0.75)) == [False, True, False]
    assert goals_met(explorer, pixel=(-0.28, 0.75), shape="cosine") == [False, False, False]
    assert goals_met(explorer, shape="linear", steps=2000) == [False, False, False]
    assert goals_met(explorer, claim="impossible")[2] and not goals_met(explorer, claim="possible")[2]


def test_the_third_goal_is_impossible():
    peaks = np.geomspace(0.01, 0.3, 60)
    assert expected("linear", peaks, np.ones(1), STEPS, VARIANCE, FLAT).min() > 0.009


def test_the_numbers_of_the_answer():
    """Told in the notebook: the best of the map, and the constant rate's best."""
    peaks = np.geomspace(0.01, 1.95, 400)
    constant = expected("linear", peaks, np.zeros(1), STEPS, VARIANCE, FLAT)[0]
    even = expected("linear", peaks, np.ones(1), STEPS, VARIANCE, FLAT)[0]
    assert (f"{constant.min():.4f}", f"{even.min():.4f}") == ("0.0064", "0.0028")
    assert peaks[constant.argmin()] == pytest.approx(0.24, abs=0.01) and peaks[even.argmin()] == pytest.approx(
        0.66, abs=0.01
    )
    assert peaks[even.argmin()] / peaks[constant.argmin()] == pytest.approx(2.7, abs=0.05)


def test_each_answer_has_its_thought():
    told = verdicts(Cooling, ["half", "less", "same", "more"])
    assert len(told) == 4 and all("Computed: 0.0095" in verdict for verdict in told)


def test_everything_moves():
    explorer = answered(Cooling)
    move_everything(explorer, never="nan|inf")


def test_the_picture_is_its_run():
    explorer = answered(Cooling, pixel=(-0.5, 0.4), steps=300)
    rates = cooling("linear", 10**-0.5, 0.4, 300)(np.arange(300))
    way, noise = followed(rates, VARIANCE, FLAT)
    np.testing.assert_allclose(explorer.rate.get_ydata(), rates * 10**0.5)
    np.testing.assert_allclose(explorer.whole.get_ydata(), way + noise)
    np.testing.assert_allclose(explorer.way.get_ydata(), np.maximum(way, 1e-12))
    np.testing.assert_allclose(explorer.noise.get_ydata(), noise[1:])
    assert explorer.time_axes[0].get_xlim() == explorer.time_axes[1].get_xlim() == (0, 300)
    np.testing.assert_allclose(explorer.chosen.get_xydata(), [[-0.5, 0.4]])
    image = explorer.image.get_array()
    for (x, y), (peak, share) in {(0, 0): (0.01, 0), (-1, -1): (10**0.29, 1), (-1, 0): (10**0.29, 0)}.items():
        loss = expected("linear", np.array([peak]), np.array([share]), 300, VARIANCE, FLAT)[0, 0]
        np.testing.assert_allclose(image[y, x], COLOURS(float(LOSSES(loss)))[:3], atol=0.02)
    assert "is best" in explorer.status and f"{way[-1] + noise[-1]:.4f}" in explorer.status


def test_nothing_is_told_before_the_answer():
    explorer = Cooling()
    assert len(explorer.ridge.get_xdata()) == 0 and not np.any(explorer.image.get_array())
    assert "best" not in explorer.status


def test_the_figures_are_what_was_stored():
    stored = measured("08")
    (axes,) = figures.curves(stored).axes
    rows = figures.rows_of(stored, "10 epochs")
    for line, name in zip(axes.lines, figures.SHOWN, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), rows[name]["curve"])
    (axes,) = figures.walls(stored).axes
    for line, name in zip(axes.lines, figures.SHOWN, strict=True):
        np.testing.assert_array_equal(line.get_xydata(), np.transpose([rows[name]["rates"], rows[name]["tuning"]]))
    (axes,) = figures.wall(stored).axes
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [np.median(row["walls"]) for row in stored["walls"]])
    np.testing.assert_allclose(axes.lines[1].get_ydata(), [row["rate"] for row in stored["walls"]])
    (axes,) = figures.settled().axes
    assert axes.lines[0].get_ydata()[405] == pytest.approx(0.0080, abs=5e-5)
    assert len({line.get_linestyle() for line in axes.lines}) == 3


def test_the_tables_are_what_was_stored():
    stored = measured("08")
    table = tables.schedules(stored, "10 epochs")
    rows = figures.rows_of(stored, "10 epochs")
    assert [line[0] for line in table.rows][2] == "cooled in the last 30%"
    assert table.rows[2][2].startswith(f"{rows['last 30%']['median']:.3g} (") and table.rows[2][4] == "10/10"
    assert [line[1:] for line in tables.medians(stored).rows][2][1] == "0.0125"
    assert tables.plateau(stored).rows[0][2] == "27–52"
    assert tables.ranges(stored).rows[0][0] == "85"
