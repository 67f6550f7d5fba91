"""The explorers of chapter 07: each control over its whole range, each status and each told number true."""

import numpy as np
import pytest
from explorer_moves import answering, move_everything, verdicts

import nnlearn as nn
from nnlearn.chapters.ch05_momentum import explorers as chapter_05
from nnlearn.chapters.ch07_adam import FirstSteps, Forgetting, Uncorrected, ravine
from nnlearn.chapters.ch07_adam.film import EVERY, Film
from nnlearn.chapters.ch07_adam.first_steps import uncorrected
from nnlearn.chapters.ch07_adam.forgetting import COLOURS, LEVELS, beta_of
from nnlearn.chapters.ch07_adam.walks import ADAM, AMSGRAD, RULES, START, STEPS, UNCORRECTED, falling, walk
from nnlearn.theory import border_averaged, small_from

ANSWERS = {Forgetting: "same", FirstSteps: "third"}
answered = answering(ANSWERS)


@pytest.fixture(autouse=True)
def small_maps(monkeypatch):
    monkeypatch.setattr("nnlearn.explorers.training_map.RESOLUTIONS", (16, 32))  # that is 4 and 8 runs a side


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_control_moves_over_its_whole_range(kind, monkeypatch):
    monkeypatch.setattr("nnlearn.explorers.training_map.RESOLUTIONS", (8, 12))
    move_everything(answered(kind))


@pytest.mark.parametrize("kind", ANSWERS)
def test_before_the_prediction_nothing_gives_the_answer_away(kind):
    explorer = kind()
    assert explorer.asking
    for told in ("5.1", "3.16", "6.57", "border", "3,037"):
        assert told not in explorer.status + explorer.alternative_text()


def test_while_it_asks_the_run_ends_where_the_question_does():
    explorer = Forgetting()
    assert explorer.loss.get_xdata()[-1] == 3040 and explorer.rate_cover.hides and explorer.cover.hides
    assert not explorer.image.get_array().any()
    explorer.predict("zero")
    assert explorer.loss.get_xdata()[-1] == STEPS and not (explorer.rate_cover.hides or explorer.cover.hides)


def test_while_it_asks_no_dot_lies_beside_the_cover():
    explorer = FirstSteps()
    assert all(cover.hides for cover in explorer.covers) and not explorer.here.get_visible()
    explorer.predict("third")
    assert explorer.here.get_visible() and not any(cover.hides for cover in explorer.covers)


# --- A run ---


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("rate", "beta_1", "memory", "epsilon", "falls"), [
    (0.5, 0.9, 1000.0, 1e-8, False), (0.05, 0.5, 100.0, 1e-3, True), (1.0, 0.0, 10.0, 2.0, False),
])  # fmt: skip
def test_the_quick_walk_is_the_library_s(rule, rate, beta_1, memory, epsilon, falls):
    theta, true_rate = walk(rule, rate, beta_1, float(beta_of(memory)), epsilon, falls)
    optimizer = RULES[rule](falling(rate) if falls else rate, beta_1, float(beta_of(memory)), epsilon)
    trace = nn.run(optimizer, ravine(), START, 400)
    np.testing.assert_allclose(theta[:401], trace.theta, rtol=1e-6, atol=1e-9)
    v_hat = trace.v if rule == UNCORRECTED else trace.v_hat
    rates = np.array([optimizer.at(t).learning_rate for t in trace.t[1:]])
    np.testing.assert_allclose(true_rate[1:401], rates / (v_hat[1:, 1] ** 0.5 + epsilon), rtol=1e-6)


def test_what_the_prediction_says_is_so():
    trace = nn.run(nn.Adam(0.5), ravine(), START, STEPS)
    assert trace.loss[3040] == trace.loss.min() == pytest.approx(4.4e-139, rel=0.02)
    assert trace.loss[3356] == pytest.approx(5.1, abs=0.02)
    theta, _ = walk(ADAM, 0.5, 0.9, 0.999, 1e-8)
    assert ravine().loss(theta)[3356] == pytest.approx(trace.loss[3356], rel=1e-6)


def test_the_true_rate_passes_the_border_three_steps_before_the_least_loss():
    for rate, beta_2, passed, least in ((0.5, 0.999, 3037, 3040), (0.1, 0.99, 888, 886)):
        trace = nn.run(nn.Adam(rate, beta_2=beta_2), ravine(), START, least + 100)
        true_rate = rate / (trace.v_hat[:, 1] ** 0.5 + 1e-8)
        assert int(np.flatnonzero(true_rate[100:] > border_averaged(100, 0.9))[0]) + 100 == passed
        assert trace.loss.argmin() == least
    assert border_averaged(100, 0.9) == pytest.approx(0.38)
    assert trace.loss[886] == pytest.approx(4.5e-40, rel=0.01) and trace.loss[948] == pytest.approx(0.046, rel=0.01)


def stays_from(rate, **changes):
    return small_from(nn.run(nn.Adam(rate, **changes), ravine(), START, STEPS).loss)


def test_which_rates_reach_the_first_goal():
    assert all(stays_from(rate) <= 200 for rate in (0.025, 0.03, 0.05, 0.1, 0.15))
    assert all((stays_from(rate) or STEPS) > 200 for rate in (0.02, 0.17, 0.2, 0.3))


def test_no_rate_reaches_it_with_memory_100():
    """The whole width of the map, in steps of 1%: what is below 1e-6 at step 200 isn't so later, and else."""
    rates = np.geomspace(0.003, 1, 584)[:, np.newaxis]
    loss = nn.run(nn.Adam(rates, beta_2=0.99), ravine(), START, STEPS, keep=["theta"]).loss
    assert not np.all(loss[200:] < 1e-6, axis=0).any()


@pytest.mark.parametrize(("changes", "heals"), [
    ({"epsilon": 2.0}, True), ({"epsilon": 1.32}, True), ({"beta_2": 0.9999}, True), ({"epsilon": 0.1}, False),
])  # fmt: skip
def test_what_heals_the_rate_of_a_half(changes, heals):
    from_step = stays_from(0.5, **changes)
    assert (from_step is not None and from_step <= 200) == heals


def test_amsgrad_and_a_falling_rate_heal_it_too():
    for optimizer in (nn.AMSGrad(0.5), nn.Adam(falling(0.5))):
        assert small_from(nn.run(optimizer, ravine(), START, STEPS).loss) <= 200
    late = nn.run(nn.Adam(0.5, epsilon=0.1), ravine(), START, STEPS).loss
    assert int(np.flatnonzero(late[1000:] > 1e-6)[0]) + 1000 > 3356  # it only delays


def test_the_goals_of_the_map_are_reached():
    def met(**values):
        explorer = answered(Forgetting, **values)
        return [goal.met(explorer.result) for goal in explorer.goals]

    assert met(pixel=(0.1, 1000.0)) == [True, False, False]
    assert met(pixel=(0.1, 2000.0)) == [False, False, False]
    assert met(pixel=(0.1, 1000.0), rule=AMSGRAD) == [False, False, False]
    assert met(pixel=(0.5, 1000.0)) == [False, False, False]
    assert met(epsilon=2.0) == met(rule=AMSGRAD) == met(falls=True) == [False, True, False]
    assert met(pixel=(0.5, 10_000.0)) == [False, True, False]
    assert met(claim="impossible") == [False, False, True] and met(claim="possible") == [False, False, False]


def test_what_the_map_says():
    status = answered(Forgetting).status
    assert "The loss at step 3,356 is 5.1. The least was 4e-139 at step 3,040." in status
    assert "passes its border 0.38 at step 3,037" in status
    assert "On the map, whose last frame is step 3,340," in status
    assert answered(Forgetting, beta_1=0.5).result.border == pytest.approx(2 * 1.5 / 0.5 / 100)
    healed = answered(Forgetting, rule=AMSGRAD).status
    assert "It stays below 1e-6 from step" in healed and "border" not in healed


# --- The film ---


def brightness(loss):
    return float(np.array(COLOURS(LEVELS(np.log10(loss)))[:3]) @ (0.3, 0.6, 0.1))


def test_the_colours_mean_what_they_mean_in_chapter_05():
    for loss in (1.1e-6, 1e-3, 1.0, 5.1, 1e4, 1e9):
        theirs = chapter_05.COLOURS(chapter_05.LOSSES(loss))
        np.testing.assert_allclose(COLOURS(LEVELS(np.log10(loss))), theirs, atol=0.02)
    assert brightness(1e-70) == brightness(1e-60) > brightness(1e-30) > brightness(0.9e-6)
    assert brightness(0.9e-6) > 1.4 * brightness(1.1e-6)  # the leap, towards bright
    assert brightness(1.1e-6) > brightness(1.0) > brightness(1e4)
    np.testing.assert_array_equal(COLOURS(LEVELS([-np.inf, np.inf]))[:, :3], COLOURS([0, 255])[:, :3])


def test_the_bar_tells_powers_of_ten():
    (bar,) = [axes for axes in answered(Forgetting).map_axes.figure.axes if axes.get_label() == "<colorbar>"]
    told = {round(float(at)): text.get_text() for at, text in zip(bar.get_xticks(), bar.get_xticklabels(), strict=True)}
    assert told[-6] == "$10^{-6}$" and told[-60].endswith("10^{-60}$") and told[4] == "$10^4$"


def test_the_lake_breaks_at_its_fast_forgetful_corner():
    """Of the runs that were small by step 200 most are large again at step 3,000 there, hardly one opposite."""
    rates, memories = np.meshgrid(np.geomspace(0.003, 1, 20), np.geomspace(10, 1e4, 20))
    runs = Film(*answered(Forgetting).runs(rates[..., np.newaxis], memories[..., np.newaxis]))
    runs.advance(3000, seconds=np.inf)
    small = np.array(runs.frames) < -6
    share = {step: small[step // EVERY].mean() for step in (100, 200, 1000, 3000)}
    assert share[100] < 0.01 and 0.5 < share[200] < share[1000] and share[3000] < share[1000]
    lost = small[: 200 // EVERY + 1].any(axis=0) & ~small[-1]
    assert lost[:10, 10:].mean() > 0.6 and lost[10:, 10:].mean() < 0.15


def test_a_frame_shows_the_losses_of_its_step():
    explorer = answered(Forgetting, last=250)
    rates, memories = np.geomspace(0.003, 1, 8), np.geomspace(10, 1e4, 8)
    assert explorer.result.map.step == 240
    for i, j in ((0, 0), (7, 7), (2, 5)):
        loss = nn.run(nn.Adam(rates[j], beta_2=1 - 1 / memories[i]), ravine(), START, 240).loss[-1]
        np.testing.assert_allclose(explorer.image.get_array()[i, j], COLOURS(LEVELS(np.log10(loss)))[:3], atol=1e-6)


def film(side=3):
    rates = np.geomspace(0.01, 1, side * side).reshape(side, side, 1)
    return Film(nn.Adam(rates), ravine(), np.broadcast_to(START, (side, side, 2)))


def test_a_film_goes_on_where_it_stopped():
    in_pieces, at_once = film(), film()
    for until in (100, 101, 500, 1010):
        in_pieces.advance(until, seconds=np.inf)
    at_once.advance(1000, seconds=np.inf)
    assert in_pieces.reached == at_once.reached == 1000 and at_once.covers(1000 + EVERY - 1)
    assert not at_once.covers(1000 + EVERY)
    np.testing.assert_array_equal(in_pieces.frames, at_once.frames)
    in_pieces.advance(3000, seconds=0)
    assert in_pieces.reached == 1000 + EVERY  # a frame at least


def test_a_film_is_kept_while_the_last_step_moves():
    explorer = answered(Forgetting, last=400)
    films = explorer.films()
    explorer.set(last=200)
    explorer.set(pixel=(0.1, 50.0))
    assert explorer.films() is films
    explorer.set(beta_1=0.5)
    assert explorer.films() is not films


def test_the_zoom_halves_the_logarithm_of_both_sides():
    explorer = answered(Forgetting)
    explorer.zoom_in()
    left, right, bottom, top = explorer.result.extent
    assert np.log(right / left) == pytest.approx(np.log(1 / 0.003) / 2, rel=1e-4)
    assert np.log(top / bottom) == pytest.approx(np.log(1000) / 2, rel=1e-4)
    assert left <= 0.5 <= right and bottom <= 1000 <= top
    explorer.zoom_out()
    assert explorer.view == ()


# --- The first steps ---


def test_the_lengths_are_those_of_runs():
    slope = nn.Objective(lambda theta: theta.sum(-1), lambda theta: 0.7 + 0 * theta)
    plain = nn.run(Uncorrected(0.01, 0.8, 0.98, 0.0), slope, [0.0], 300)
    np.testing.assert_allclose(-plain.update[1:, 0] / 0.01, uncorrected(0.8, 0.98, 300), rtol=1e-9)
    corrected = nn.run(nn.Adam(0.01, 0.8, 0.98, 0.0), slope, [0.0], 300)
    np.testing.assert_allclose(-corrected.update[1:, 0] / 0.01, 1, rtol=1e-9)


def test_the_lengths_that_are_told():
    lengths = uncorrected(0.9, 0.999)
    assert lengths[0] == pytest.approx(3.162, abs=1e-3) and lengths.max() == lengths[11] == pytest.approx(
        6.57, abs=0.01
    )
    assert lengths[999] == pytest.approx(1.26, abs=0.01)
    told = answered(FirstSteps)
    assert "3.16 times the rate, and 6.57 times at step 12" in told._guess.verdict()
    assert "The longest is step 12: 6.57 times." in told.status


def test_each_line_of_the_first_steps_is_what_it_is_called():
    explorer = answered(FirstSteps)
    called = {line.get_label(): line.get_ydata()[0] for line in (explorer.length, explorer.m, explorer.v)}
    assert called == pytest.approx(
        {"not corrected": 3.162, "m, of the gradient": 0.1, "root of v, of its size": 0.0316}, abs=1e-3
    )


def test_the_goals_of_the_first_steps_are_reached():
    def met(**values):
        explorer = answered(FirstSteps, **values)
        return [goal.met(explorer.result) for goal in explorer.goals]

    assert met(memory=100.0) == [True, False, False]
    assert met(beta_1=0.99, memory=10.0) == [False, True, False]
    assert met(memory=10_000.0) == [False, False, True]
    assert met() == [False, False, False]


@pytest.mark.parametrize("kind", ANSWERS)
def test_each_wrong_answer_has_its_thought(kind):
    assert len(verdicts(kind, kind.prediction.answer.options)) == 4
