"""What the benchmarks compare is the same work. Nothing is said here about times."""

import json
import math
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from thorough import mostly_thorough

from benchmarks import browser, curvature, digits, explorers, maps, race, report, surface
from benchmarks.harness import Times, cost, interleaved, milliseconds, speed_up
from benchmarks.peers import NotInstalled, load
from nnlearn.batches import ordering
from nnlearn.chapters.ch03_gradient_descent.explorers import Bowl, StartPlane
from nnlearn.chapters.ch07_adam.experiment import Problem


def installed(side, *arguments, **options):
    """The side of a comparison; the test is skipped if what it needs is not installed."""
    try:
        return side(*arguments, **options)
    except NotInstalled as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("peer", [surface.with_torch, surface.with_keras])
@pytest.mark.parametrize("rule", surface.RULES)
def test_a_rule_takes_the_same_steps(rule, peer):
    theta = installed(peer, steps=30, rule=rule)()
    ours = surface.recorded(30, rule)().theta[-1]
    assert np.abs(ours - surface.START).max() > 0.01
    np.testing.assert_allclose(ours, theta, rtol=1e-5)


def test_iterating_takes_the_same_steps():
    trace, row = surface.recorded(30)(), surface.iterated(30)()
    assert row.t == trace.t[-1] == 30
    np.testing.assert_array_equal(trace.theta[-1], row.theta)


def test_a_sweep_is_the_single_runs():
    rates = np.array([1e-4, 1e-2, 0.1])
    trace, traces = surface.at_once(rates, 30)(), surface.one_by_one(rates, 30)()
    for name, column in trace.columns.items():
        np.testing.assert_allclose(column, np.stack([t.columns[name] for t in traces], axis=1), rtol=1e-12)


@pytest.mark.parametrize("peer", [digits.with_torch, digits.with_keras])
def test_digits_are_learned_alike(peer):
    X, y = (array[:75] for array in digits.training_data())  # the last batch is not full
    order = ordering("shuffled", 0, 0, len(X))  # in which nnlearn sees the examples in the first epoch
    train = installed(peer, X[order], y[order], epochs=1, shuffle=False)
    trace, loss = digits.recorded(X, y, epochs=1)()
    for _ in range(2):  # every call starts anew
        weights, losses = train()
        np.testing.assert_allclose(trace.theta[-1].reshape(weights.shape), weights, atol=1e-4)
    assert len(trace) == 1 + math.ceil(75 / 32)
    assert len(losses) == len(loss) == 1


def test_a_network_takes_the_same_steps():
    X, y = (array[:75] for array in digits.training_data())
    order = ordering("shuffled", 0, 0, len(X))
    train = installed(digits.network_with_torch, X[order], y[order], epochs=1, shuffle=False)
    theta = digits.stepped_network(X, y, epochs=1)()
    for _ in range(2):  # every call starts anew
        np.testing.assert_allclose(theta, train(), atol=1e-4)


def test_a_race_ends_alike_in_keras():
    problem, shuffled = Problem("digits", 0), Problem("digits", 0)
    order, rates = ordering("shuffled", 0, 0, problem.objective.examples), np.array([0.001, 0.01, 0.02])
    data = problem.data
    vars(shuffled)["data"] = replace(data, X_train=data.X_train[order], y_train=data.y_train[order])
    train = installed(race.rate_by_rate, shuffled, rates, epochs=1, shuffle=False)
    ours = race.swept(problem, race.ADAM, rates, epochs=1)()
    for _ in range(2):  # every call starts anew
        np.testing.assert_allclose(ours, train(), rtol=0.01)


def test_l_bfgs_ends_as_low_as_scipy_s():
    J = curvature.problem()
    ours, theirs = J.loss(curvature.stepped(J, 12)()), J.loss(curvature.with_scipy(J, 12)())
    assert ours == pytest.approx(theirs, rel=0.2) and ours < 0.3 * J.loss(J.start)


def test_integrated_gradients_are_the_same_in_tensorflow():
    given = maps.problem()
    ours, theirs = maps.with_nnlearn(*given)(), maps.with_tape(*given)()
    np.testing.assert_allclose(ours, theirs, atol=1e-5 * np.abs(theirs).max())


def test_a_map_runs_all_its_steps():
    row, J = StartPlane().sweep(10)
    assert row.t == 120
    assert row.theta.shape == (10, 10, 2)


def test_a_drag_moves_the_explorer_at_every_call():
    bowl = Bowl(steps=20)
    move = explorers.mover(bowl)
    thetas = []
    for rate in explorers.DRAG[:3]:
        move()
        assert bowl.learning_rate == rate
        thetas.append(bowl.result.theta[-1, 0])
    assert len(set(thetas)) == 3


def test_a_drag_does_not_hide_an_error(monkeypatch):
    monkeypatch.setattr(Bowl, "says", lambda self, result: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        explorers.mover(Bowl(steps=20))()


def test_interact_draws_the_same_curves():
    bowl = Bowl(steps=20)
    axes = bowl.figure().axes
    bowl.draw(bowl.result)
    drawn = explorers.plot(bowl.values)
    try:
        for ours, theirs in zip(axes, drawn.axes, strict=True):
            for name in ("xlabel", "ylabel", "xlim", "ylim", "yscale"):
                assert getattr(ours, f"get_{name}")() == getattr(theirs, f"get_{name}")()
            pinned = {ghost for _, ghost in bowl._ghosts._pairs}  # interact has none
            for line, other in zip([each for each in ours.lines if each not in pinned], theirs.lines, strict=True):
                np.testing.assert_array_equal(line.get_xydata(), other.get_xydata())
                assert line.get_marker() == other.get_marker()
    finally:
        plt.close(drawn)


@pytest.mark.parametrize("number", mostly_thorough(range(len(browser.EXPLORERS)), [1, 4]))
def test_interact_in_the_browser_draws_what_the_explorer_draws(monkeypatch, number):
    ipywidgets, display = load("ipywidgets"), load("IPython.display")
    shown, moved = [], browser.EXPLORERS[number]
    monkeypatch.setattr(display, "display", shown.append)
    monkeypatch.setattr(ipywidgets, "interact", lambda show, position: [show(position.min), show(position.max)])
    browser.interact(number)
    made = browser.explorer(number)
    for figure, position in zip(shown, moved.positions, strict=True):
        made.set(**{moved.control: browser.value_at(made.controls()[moved.control], position)})
        made.finish()
        ours = made.figure()
        made.draw(made.result)
        for axes, theirs in zip(ours.axes, figure.axes, strict=True):
            for line, other in zip(axes.lines, theirs.lines, strict=True):
                np.testing.assert_array_equal(line.get_xydata(), other.get_xydata())
            for image, other in zip(axes.images, theirs.images, strict=True):
                np.testing.assert_array_equal(image.get_array(), other.get_array())


def test_the_stages_make_the_picture():
    bowl = Bowl(steps=20)
    bowl.look("light", 1.0)
    stages = explorers.stages(bowl, 1.0)
    np.testing.assert_array_equal(stages["compute"]().theta, bowl.result.theta)
    assert stages["draw"]().shape == (400, 900, 4)
    assert stages["encode the PNG"]().startswith(b"\x89PNG")


def test_sides_take_turns():
    calls = []
    first, second = interleaved([lambda: calls.append("A"), lambda: calls.append("B")], 3, at_least=0)
    assert "".join(calls) == "AABB" + "ABABAB"
    assert first.processor.shape == second.wall.shape == (3,)


def times(*seconds):
    return Times(np.array(seconds), 2 * np.array(seconds))


@pytest.mark.parametrize(
    ("result", "median", "met"),
    [
        (speed_up("fast", [times(1, 1, 1), times(7, 8, 20)], at_least=8), 8, True),
        (speed_up("slow", [times(1, 1, 1), times(7, 7.9, 20)], at_least=8), 7.9, False),
        (cost("cheap", [times(1.2, 1.3, 2), times(1, 1, 1)], at_most=1.3, note=""), 1.3, True),
        (cost("dear", [times(1.2, 1.4, 2), times(1, 1, 1)], at_most=1.3, note=""), 1.4, False),
        (milliseconds("short", times(0.01, 0.02, 0.5), at_most=20), 20, True),
        (milliseconds("long", times(0.01, 0.03, 0.5), at_most=20), 30, False),
        (milliseconds("told", times(0.01, 0.03, 0.5)), 30, None),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_verdicts_rest_on_the_median(result, median, met):
    assert result.median == pytest.approx(median)
    assert result.met is met
    assert report.cells(result)[-1] == {True: "met", False: "MISSED", None: ""}[met]


def test_json_holds_every_round(tmp_path):
    result = speed_up("fast", [times(1, 1, 1), times(7, 8, 20)], at_least=8)
    report.write_json(tmp_path / "results.json", [result])
    document = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert document["surroundings"]["numpy"] == np.__version__
    assert document["results"][0]["values"] == [7, 8, 20]
    assert document["results"][0]["goal"] == [">=", 8]


def test_what_is_missing_is_named():
    with pytest.raises(NotInstalled, match="no_such_package is not installed"):
        load("no_such_package")
