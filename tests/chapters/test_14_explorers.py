"""The explorers of chapter 14: each control over its whole range, each status and each told number true."""

import numpy as np
import pytest
from explorer_moves import move_everything
from matplotlib.colors import to_rgba

from nnlearn import models
from nnlearn.chapters.ch14_architecture import Costs, Reading, reading
from nnlearn.chapters.ch14_architecture.costs import costs, stored
from nnlearn.chapters.ch14_architecture.runs import images, with_head
from nnlearn.data import datasets

DIGITS = datasets.digits()
ANSWERS = {Costs: "half", Reading: "better"}


def opened(kind, **values):
    explorer = kind()
    explorer.predict(ANSWERS[kind])
    explorer.set(**values)
    explorer.finish()
    return explorer


def met(kind, **values):
    explorer = opened(kind, **values)
    return [goal.met(explorer.result) for goal in explorer.goals]


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_control_moves_over_its_whole_range(kind):
    move_everything(opened(kind))


@pytest.mark.parametrize("kind", ANSWERS)
def test_before_the_prediction_nothing_gives_the_answer_away(kind):
    explorer = kind()
    assert explorer.asking
    for told in ("5.1%", "91.9", "641,664", "93", "94", "95"):
        assert told not in explorer.status + explorer.alternative_text()


@pytest.mark.parametrize("kind", ANSWERS)
def test_each_wrong_answer_has_its_thought(kind):
    told = set()
    for word in kind.prediction.answer.options:
        explorer = kind()
        explorer.predict(word)
        told.add(explorer._guess.verdict())
    assert len(told) == 4


# --- Costs ---


def test_while_it_asks_what_is_covered_is_hidden_whole():
    explorer = Costs()
    hidden = [*explorer.numbers[1], explorer.here, explorer.others, explorer.cost_line]
    assert all(cover.hides for cover in explorer.covers) and not any(part.get_visible() for part in hidden)
    explorer.predict("same")
    assert not any(cover.hides for cover in explorer.covers) and all(part.get_visible() for part in hidden)


def test_the_shares_are_those_of_the_network():
    explorer = opened(Costs)
    counted = models.digits_cnn().count()
    assert explorer.result.parameters.sum() == counted.parameters == 21_546
    assert explorer.result.flops.sum() == counted.flops == 641_664
    assert "The dense layer has 76% of the parameters and 5.1% of the operations." in explorer.status
    assert "The second convolution has 22% and 91.9%." in explorer.status
    assert "Counted: 5.1%" in explorer._guess.verdict() and "91.9%" in explorer._guess.verdict()
    assert [bar.get_width() for bar in explorer.bars[0]] == pytest.approx([0.743, 21.535, 76.190, 1.532], abs=1e-3)


@pytest.mark.parametrize(("setting", "arguments"), [
    ((5, 2, 7, "early"), {"filters": 5, "kernel": 2, "units": 7, "pool": 1}),
    ((64, 5, 128, "late"), {"filters": 64, "kernel": 5, "units": 128, "pool": 2}),
    ((4, 1, 0, "early"), {"filters": 4, "kernel": 1, "units": 0, "pool": 1}),
])  # fmt: skip
def test_any_shape_is_counted(setting, arguments):
    counted = models.digits_cnn(**arguments).count()
    parameters, flops = costs(*setting)
    assert (parameters.sum(), flops.sum()) == (counted.parameters, counted.flops)


def test_a_trained_shape_tells_what_it_reads():
    for row in stored():
        arguments = row["arguments"]
        pooled = {1: "early", 2: "late"}[arguments["pool"]]
        explorer = opened(Costs, filters=arguments["filters"], kernel=arguments["kernel"], units=arguments["units"],
                          pooled=pooled)  # fmt: skip
        assert f"it reads {row['median']:.1%}" in explorer.status
        np.testing.assert_allclose(explorer.here.get_xydata(), [[row["flops"], 100 * row["median"]]])
    assert "This network was not trained." in opened(Costs, filters=17).status


@pytest.mark.parametrize("cost", ["parameters", "flops"])
@pytest.mark.parametrize("shape", [(4, 1, 0, "early"), (64, 5, 128, "late")])
def test_the_cost_of_the_smallest_and_the_largest_network_lies_in_the_picture(shape, cost):
    explorer = opened(Costs, **dict(zip(("filters", "kernel", "units", "pooled"), shape, strict=True)), cost=cost)
    low, high = explorer.cost_line.axes.get_xlim()
    assert low < explorer.cost_line.get_xdata()[0] == costs(*shape)[cost == "flops"].sum() < high


def test_the_goals_of_costs_are_reached():
    assert met(Costs) == [False, False, False]
    assert met(Costs, pooled="early") == [True, False, False]
    assert met(Costs, units=11) == [False, True, False]
    assert met(Costs, claim="impossible") == [False, False, True] and not any(met(Costs, claim="possible"))


def test_with_windows_of_3_pooled_late_the_dense_layer_never_has_more_operations():
    for filters in range(4, 65):
        _, flops = costs(filters, 3, 128, "late")
        assert flops[2] < flops[1]
    assert costs(4, 3, 128, "early")[1][2] > costs(4, 3, 128, "early")[1][1]  # halved early it may


# --- Reading ---


def test_while_it_asks_the_bars_are_covered():
    explorer = Reading()
    assert explorer.cover.hides and not any(bar.get_width() for bar in explorer.bars)
    explorer.predict("same")
    assert not explorer.cover.hides and all(bar.get_width() > 50 for bar in explorer.bars)


def test_what_a_layer_gives_is_the_network_s():
    train, test, plane = reading.given("5-9", "dense", "0-4")
    X, y, X_test, y_test = reading.data("5-9")
    assert len(X) == len(y) == reading.POOL and set(y) == set(y_test) == set(range(5))
    old = reading.weights("0-4")
    scores = with_head(models.digits_cnn(), 5).forward(old, X_test[:3])
    found = test[:3] * np.abs(train).mean() / np.abs(train).mean()
    ratio = (scores - old["output/bias"]) / (found @ old["output/kernel"])
    np.testing.assert_allclose(ratio, ratio[0, 0], rtol=1e-3)  # one size for all
    np.testing.assert_allclose(plane.mean(axis=0), 0, atol=1e-9)
    assert plane[:, 0].var() >= plane[:, 1].var() and abs(np.corrcoef(plane.T)[0, 1]) < 1e-9


def test_the_old_network_reads_its_own_digits():
    kept = DIGITS.y_test < 5
    network, old = with_head(models.digits_cnn(), 5), reading.weights("0-4")
    labels = network.forward(old, images(DIGITS.X_test[kept])).argmax(axis=1)
    assert (labels == DIGITS.y_test[kept]).mean() > 0.97


def test_the_convolutions_help_hardly_and_the_dense_layer_hinders():
    medians = {bar: reading.median_right(*bar) for bar in reading.BARS}
    assert abs(medians["convolutions", "0-4"] - medians["convolutions", "never"]) < 0.02
    assert medians["pixels", "never"] > 0.9
    assert medians["dense", "0-4"] < medians["dense", "never"] - 0.04 < 0.85
    assert medians["dense", "0-9"] > 0.97
    told = opened(Reading)._guess.verdict()
    for bar in (("convolutions", "0-4"), ("convolutions", "never"), ("pixels", "never")):
        assert f"{medians[bar]:.1%}" in told


def test_the_goals_of_reading_are_reached():
    assert met(Reading) == [False, False, False]
    assert met(Reading, layer="dense") == [True, False, False]
    assert met(Reading, layer="dense", network="never") == [False, False, False]
    assert met(Reading, layer="dense", network="0-9", count=2) == [False, True, False]
    assert met(Reading, claim="impossible") == [False, False, True]


def test_no_draw_of_twenty_reads_the_dense_layer_better():
    for draw in range(10):
        dense, convolutions = (reading.right("5-9", layer, "0-4", 20, draw) for layer in ("dense", "convolutions"))
        assert dense < convolutions - 0.1


def test_what_reading_says_and_draws():
    explorer = opened(Reading, layer="dense", question="0-4")
    assert explorer.status.startswith(
        "Which of 0 to 4 is it? A new last layer reads the dense layer; images a class: 10."
    )
    assert "The old network: trained to tell 0 to 4." in explorer.status
    assert [text.get_text() for text in explorer.digits] == list("01234")
    widths = [bar.get_width() for bar in explorer.bars]
    assert widths[explorer.result.chosen] == pytest.approx(100 * explorer.result.right)
    assert f"It reads {explorer.result.right:.1%} of the test images." in explorer.status
    assert "old network" not in opened(Reading, layer="pixels").status


def test_the_clouds_are_those_of_the_digits_and_the_layer_read_has_another_colour():
    explorer = opened(Reading, layer="dense")
    _, _, _, answers = reading.data("5-9")
    for k, (cloud, text) in enumerate(zip(explorer.clouds, explorer.digits, strict=True)):
        np.testing.assert_array_equal(cloud.get_xydata(), explorer.result.plane[answers == k])
        assert text.get_text() == str(5 + k)
    colours = [bar.get_facecolor() for bar in explorer.bars]
    marked = [place for place, colour in enumerate(colours) if colour == to_rgba(explorer.colours.orange)]
    assert marked == [explorer.result.chosen] == [reading.BARS.index(("dense", "0-4"))]
    for bar, (layer, network) in zip(explorer.bars, reading.BARS, strict=True):
        assert bar.get_width() == pytest.approx(100 * reading.right("5-9", layer, network, 10, 0))


def test_the_directions_that_decide_the_old_answer_hold_two_thirds_of_what_differs_between_new_digits():
    given, *_ = reading.given("5-9", "dense", "0-4")
    output = reading.weights("0-4")["output/kernel"]
    deciding = np.linalg.svd(output - output.mean(axis=1, keepdims=True), full_matrices=False)[0][:, :4]
    centred = given - given.mean(axis=0)
    assert np.sum((centred @ deciding) ** 2) / np.sum(centred**2) == pytest.approx(0.68, abs=0.005)
