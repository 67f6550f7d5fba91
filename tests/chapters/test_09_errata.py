"""The errors of the sources on the ground of chapter 09, each run; and the numbers that the chapter's text tells."""

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.chapters.ch09_second_order import Root, figures, tables
from nnlearn.chapters.ch09_second_order.basins import MINIMA, SADDLES, SURFACE, TOP, ended_at, newton_and_descent
from nnlearn.chapters.ch09_second_order.experiment import cancer, cost, even_or_odd, settle, text
from nnlearn.syllabus import errata

STORED = nn.data.measured("09")
DATA = nn.data.breast_cancer(seed=0)
J = nn.objectives.LogisticRegression(DATA.X_train, DATA.y_train, l2=0.001)
X = np.column_stack([DATA.X_train, np.ones(len(DATA.y_train))])


def shows(name):
    """What running the fault shows, by the table."""
    return next(row["shows"] for row in errata("09").rows if row["id"] == name)


def rows(kind, **values):
    """What the experiment stored of a kind."""
    return [row for row in tables.of(STORED, kind) if all(row[name] == value for name, value in values.items())]


def test_c17_and_c18():
    """The source's loop, one step of it."""
    theta = np.zeros(31)
    p = 1 / (1 + np.exp(-X @ theta))
    gradient, H = (X.T @ (p - DATA.y_train)).T, X.T @ (p - DATA.y_train)
    assert H.shape == (31,) and np.array_equal(H, gradient)
    assert shows("C17") == "the gradient again, shape (31,)"
    theta -= H @ np.linalg.inv(H @ theta + 0.01 * np.eye(31)) @ gradient
    assert np.ptp(theta) == 0 and f"{theta[0]:,.0f}" == "-37,486,615" and "-37,486,615" in shows("C18")


def test_c18_mended():
    lowest = J.loss(nn.run(nn.Newton(), J, np.zeros(31), 15).theta[-1])
    loss = nn.run(nn.Newton(), J, np.zeros(31), 10).loss
    assert np.argmax(loss < lowest + 1e-6) == 8


def test_m06():
    path = nn.run(nn.Newton(), J, np.zeros(31), 12)
    norms = np.linalg.norm(path.gradient[1:], axis=1)  # at the start, after 1 step, 2, ...
    assert norms[1] == pytest.approx(0.4, abs=0.05) and norms[10] < 1e-8
    assert shows("M06").startswith("one step of Newton's method on the tumours leaves a gradient of 0.4")
    assert norms[9] < 100 * norms[8] ** 2 and norms[10] < 100 * norms[9] ** 2 + 1e-15  # right digits double


def test_m07():
    newton, descent = newton_and_descent()
    assert f"{newton[SADDLES].sum():.0%}, {newton[TOP]:.0%}" == "31%, 4%" and descent[MINIMA].sum() == pytest.approx(1)
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.inv(np.zeros((2, 2)))
    assert shows("M07") == "of 90,000 starts 31% end on a saddle, 4% on the top; a singular Hessian raises"


def test_k14():
    assert 8 * (10**6) ** 2 / 10**6 == 8e6 and "8 million megabytes" in shows("K14")


# --- What the text tells ---


def test_why_the_step_is_a_share_of_the_slope_in_each_direction():
    theta, surface = np.array([1.0, 2.5]), nn.objectives.Himmelblau()
    values, vectors = np.linalg.eigh(surface.hessian(theta))
    step = nn.run(nn.Newton(), surface, theta, 1).update[1]
    np.testing.assert_allclose(vectors.T @ step, -(vectors.T @ surface.gradient(theta)) / values)
    table = tables.directions(theta)
    assert [row[-1] for row in table.rows] == ["uphill", "downhill"] and table.rows[0][1] == "-22.6"


def test_curvature_decides_where_it_ends():
    """Told: where all curvatures are positive, on half of the plane, 99% end in a minimum, of the rest 27%."""
    starts = np.stack(np.meshgrid(*[np.linspace(-6, 6, 300)] * 2), axis=-1)
    ends = ended_at(nn.run(nn.Newton(), SURFACE, starts, 30, keep=["theta"], every=30).theta[-1])
    bowl = (np.linalg.eigvalsh(SURFACE.hessian(starts)) > 0).all(axis=-1)
    minimum = np.isin(ends, MINIMA)
    assert bowl.mean() == pytest.approx(0.52, abs=0.01)
    assert (round(100 * minimum[bowl].mean()), round(100 * minimum[~bowl].mean())) == (99, 27)


def test_errors_are_squared_or_shrink_by_a_share():
    plain, damped = tables.errors(0.0), tables.errors(30.0, steps=20)
    assert (plain[2:5] < 2 * plain[1:4] ** 2).all()
    assert damped[-1] / damped[-2] == pytest.approx(30 / (25.7 + 30), abs=0.001)
    assert 30 / (25.7 + 30) == pytest.approx(0.54, abs=0.002)


def test_the_table_of_errors_has_its_columns_in_order():
    last = tables.shrinking().rows[-1]
    assert last == ["6", "0", "6e-03"]


def test_the_figure_of_costs_shows_what_is_stored():
    whole, step = figures.costs(STORED).axes
    newton = rows("cost", method="newton")
    d, median = [row["d"] for row in newton], [np.median(row["seconds"]) for row in newton]
    np.testing.assert_allclose(whole.lines[0].get_xydata(), np.column_stack([d, median]))
    a_step = [1000 * seconds / row["steps"] for seconds, row in zip(median, newton, strict=True)]
    np.testing.assert_allclose(step.lines[0].get_xydata(), np.column_stack([d, a_step]))


def test_a_jump_on_the_root_leads_to_minus_its_cube():
    theta = np.array([[0.3], [1.7]])
    bowl = Root()
    np.testing.assert_allclose(theta - bowl.gradient(theta) / bowl.hessian(theta)[..., 0], -(theta**3))


def test_steps_on_the_tumours():
    assert [row["steps"] for row in rows("settle")] == [[6] * 5, [8] * 5, [10] * 5]
    near = {row["method"]: row["steps"] for row in rows("arrive")}
    assert near["newton"] == [8] * 5 and (min(near["lbfgs"]), max(near["lbfgs"])) == (24, 27)
    assert (min(near["descent"]), max(near["descent"])) == (8697, 10_265)
    far = {row["method"]: row["steps"] for row in rows("far")}
    assert sum(steps is not None for steps in far["newton"]) == 1
    assert max(far["searched"]) == 10 and max(far["lbfgs"]) == 31


def test_without_a_penalty():
    (row,) = rows("apart")
    assert max(row["loss"]) < 1e-9 and set(row["train"]) == {1.0}
    assert (round(min(row["size"])), round(max(row["size"]))) == (1247, 3374)
    assert (round(100 * min(row["test"]), 1), round(100 * max(row["test"]), 1)) == (92.3, 94.4)
    assert (round(100 * min(row["test_penalised"]), 1), round(100 * max(row["test_penalised"]), 1)) == (95.1, 97.9)


def test_where_l_bfgs_overtakes():
    seconds = {(row["method"], row["d"]): np.median(row["seconds"]) for row in rows("cost") if row["steps"]}
    assert all(seconds["newton", d] < seconds["lbfgs", d] for d in (26, 51, 101, 201))
    assert all(seconds["newton", d] > 2 * seconds["lbfgs", d] for d in (801, 1601))
    for method in ("newton", "lbfgs"):
        assert seconds[method, 401] == pytest.approx(0.15, abs=0.005)
    assert 4.5 < seconds["newton", 1601] / seconds["lbfgs", 1601] < 5.5
    steps = {row["method"]: row["steps"] for row in rows("cost", d=1601)}
    assert steps == {"newton": 9, "lbfgs": 61, "descent": None}
    assert 28 < seconds["newton", 1601] / 9 / (seconds["lbfgs", 1601] / 61) < 35
    assert [row["d"] for row in rows("cost", method="descent") if row["steps"] is None] == [401, 801, 1601]


def test_the_change_of_the_slope_is_the_curvature_along_the_move():
    run = nn.run(nn.LBFGS(line_search=True), J, np.zeros(31), 20)
    off = [np.linalg.norm(run.change[t] - (Hs := J.hessian(run.theta[t - 1]) @ run.move[t - 1])) / np.linalg.norm(Hs)
           for t in (3, 10, 20)]  # fmt: skip
    assert off[0] > off[1] > off[2] and off[2] < 0.05


# --- The experiment ---


def test_the_experiment_measures_what_is_stored():
    assert settle(0.1) == rows("settle", l2=0.1)[0]
    assert cost("newton", 25)["steps"] == rows("cost", method="newton", d=26)[0]["steps"]
    assert even_or_odd(25).dimension == 26 and cancer(0, 0.1).dimension == 31
    assert text([], {}).startswith('{\n "made_by": "python -m nnlearn.chapters.ch09_second_order.experiment"')


def test_the_tables():
    assert tables.arriving(STORED).rows[0] == ["Newton", "8", "1 of 10 arrive"]
    assert tables.settling(STORED).rows[-1] == ["0.001", "10"]
    for row in tables.of(STORED, "scipy"):
        assert row["steps"] <= 1.15 * row["peer_steps"] + 2 and row["loss"] <= row["peer_loss"] + 1e-3
