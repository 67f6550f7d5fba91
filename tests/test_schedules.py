"""Schedules: in every rule, exact when a run goes on, as the libraries', shown; the rule that waits; the range test."""

import keras
import numpy as np
import pytest

import nnlearn as nn
from experiments import schedules as beside
from nnlearn.interop.keras import as_keras
from nnlearn.objectives import LogisticRegression, Quadratic, Rosenbrock
from nnlearn.range_test import RateRange
from nnlearn.schedules import Constant, Schedule
from tests.problems import DATA, OPTIMIZERS, START, small_data, start_for

RATE = 0.01
SCHEDULES = {
    "exponential": nn.ExponentialDecay(RATE, 10, 0.5),
    "steps": nn.StepDecay(RATE, 4, 0.5),
    "linear": nn.LinearDecay(RATE, 8, begin=4),
    "cosine": nn.CosineDecay(RATE, 12, 0.001),
    "warm-up": nn.WarmUp(5, then=RATE),
    "warm-up, then cosine": nn.WarmUp(5, then=nn.CosineDecay(RATE, 8), start_learning_rate=0.001),
    "warm-up of a warm-up": nn.WarmUp(3, then=nn.WarmUp(4, then=nn.StepDecay(RATE, 2, 0.5)), start_learning_rate=0.001),
    "one cycle": nn.OneCycle(RATE, 14),
}
RULES = {name: rule for name, rule in OPTIMIZERS.items() if not rule.scheduled}


def with_rate(rule, rate):
    return rule.with_values({"learning_rate": rate})


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", SCHEDULES)
def test_every_rule_takes_every_schedule_and_goes_on_from_any_row(rule, name):
    method = with_rate(OPTIMIZERS[rule], SCHEDULES[name])
    whole = nn.run(method, Quadratic(10.0), START, 16)
    by_hand = [SCHEDULES[name](step) for step in range(16)]
    np.testing.assert_array_equal(whole.learning_rate[1:, 0], by_hand)
    listed = nn.run(with_rate(OPTIMIZERS[rule], lambda step: by_hand[step]), Quadratic(10.0), START, 16)
    np.testing.assert_array_equal(whole.theta, listed.theta)
    for k in (3, 9):
        np.testing.assert_array_equal(nn.run(method, Quadratic(10.0), whole[k], 16 - k).theta, whole.theta[k:])
        np.testing.assert_array_equal(whole.branch(k).theta, whole.theta[k:])


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_sweep_over_a_schedule_is_its_runs(name):
    schedule = SCHEDULES[name]
    field = next(iter(schedule.hyperparameters))
    values = np.array([0.5, 1.0, 2.0]) * getattr(schedule, field)
    sweep = nn.run(nn.Adam(schedule.with_values({field: values[:, np.newaxis]})), Quadratic(10.0), START, 12)
    assert sweep.learning_rate.shape == (13, 3, 1) and sweep.theta.shape == (13, 3, 2)
    for i, value in enumerate(values):
        alone = nn.run(nn.Adam(schedule.with_values({field: float(value)})), Quadratic(10.0), START, 12)
        np.testing.assert_allclose(sweep.theta[:, i], alone.theta, rtol=1e-10)
        np.testing.assert_allclose(sweep.member(i).learning_rate, alone.learning_rate, rtol=1e-12)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_saved_with_its_run(name, tmp_path):
    trace = nn.run(nn.Momentum(SCHEDULES[name], 0.9), Quadratic(10.0), START, 9)
    trace.save(tmp_path / "run")
    found = nn.Trace.load(tmp_path / "run")
    np.testing.assert_array_equal(found.learning_rate, trace.learning_rate)
    np.testing.assert_array_equal(found.branch(4).theta, trace.theta[4:])


@pytest.mark.parametrize("name", SCHEDULES)
def test_keras_asks_for_the_same_rates(name):
    optimizer = as_keras(nn.GradientDescent(SCHEDULES[name]))
    weight = keras.Variable(np.array([1.0, 2.0]), dtype="float64")
    optimizer.build([weight])
    for step in range(16):
        assert float(optimizer.learning_rate) == pytest.approx(float(SCHEDULES[name](step)), rel=1e-6, abs=1e-12)
        optimizer.apply([keras.ops.ones(2, "float64")])
    config = keras.saving.serialize_keras_object(optimizer)
    again = keras.saving.deserialize_keras_object(config)
    assert repr(again.rule) == repr(optimizer.rule)


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_equations_are_what_runs(name):
    trace = nn.run(nn.GradientDescent(SCHEDULES[name]), Quadratic(10.0), START, 14)
    for k in (1, 5, 14):
        shown = trace.explain(k)  # it compares its values with the row's
        (rate,) = [line.value for line in shown.lines if line.equation.name == "learning_rate"]
        assert rate == trace.learning_rate[k, 0]
        assert "\\eta_{t} = " in shown._repr_markdown_()


def test_one_schedule_asked_by_another_stands_written_out():
    rule = nn.GradientDescent(nn.WarmUp(5, then=nn.ExponentialDecay(0.1, 10, 0.5)))
    assert (
        "(initial_learning_rate * decay_rate**(maximum(step - warmup_steps, 0) / decay_steps) - start_learning_rate)"
        in str(rule.equations)
    )
    assert r"\gamma^{\frac{\max\left((t-1) - W, 0\right)}{T}}" in rule.equations._repr_markdown_()


def test_pi_and_half_a_wave_on_the_page():
    shown = nn.GradientDescent(nn.CosineDecay(0.1, 10)).equations._repr_markdown_()
    assert r"\cos\left(\pi \, \min\left(" in shown and r"\eta_{\mathrm{end}}" in shown
    assert r"\left\lfloor \frac{(t-1)}{T} \right\rfloor" in nn.Adam(nn.StepDecay(1, 2, 0.5)).equations._repr_markdown_()


def test_a_schedule_that_asks_a_plain_function_can_not_be_shown():
    with pytest.raises(ValueError, match="The equations can't show self.then"):
        str(nn.GradientDescent(nn.WarmUp(3, then=lambda step: 0.1)).equations)


@pytest.mark.parametrize("pair", beside.PAIRS, ids=lambda pair: f"{pair.schedule}-{pair.library}")
def test_rates_are_the_library_s(pair):
    if pair.library == beside.TORCH:
        pytest.importorskip("torch")
    for seed in range(20, 25):
        ours, theirs = pair.sides(seed)
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=pair.at_most)
        assert len(set(theirs.tolist())) > 2


# --- The values that tell the shapes apart ---


def test_shapes_at_their_corners():
    linear = nn.LinearDecay(1.0, 10, 0.5, begin=20)
    assert [float(linear(step)) for step in (0, 20, 25, 30, 31)] == [1, 1, 0.75, 0.5, 0.5]
    cosine = nn.CosineDecay(1.0, 4, begin=2)
    np.testing.assert_allclose([cosine(step) for step in (2, 3, 4, 5, 6)],
                               [1, 0.5 + 0.5**1.5, 0.5, 0.5 - 0.5**1.5, 0], atol=1e-15)  # fmt: skip
    warm = nn.WarmUp(4, nn.LinearDecay(1.0, 4))
    assert [float(warm(step)) for step in (0, 2, 4, 6, 8)] == [0, 0.5, 1, 0.5, 0]
    assert isinstance(nn.WarmUp(4, 1.0).then, Constant)
    cycle = [float(nn.OneCycle(2.0, 10, 0.4)(step)) for step in range(10)]
    assert cycle[0] == pytest.approx(2 / 25) and cycle[3] == 2 and cycle[9] == pytest.approx(2 / 250_000)
    assert np.argmax(cycle) == 3


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: nn.LinearDecay(-0.1, 10), ValueError, "initial_learning_rate = -0.1 is not in"),
        (lambda: nn.LinearDecay(0.1, 0), ValueError, "decay_steps = 0 is not in"),
        (lambda: nn.CosineDecay(0.1, 10, np.nan), ValueError, "end_learning_rate = nan is not in"),
        (lambda: nn.StepDecay(0.1, 10, 0), ValueError, "decay_rate = 0 is not in"),
        (lambda: nn.WarmUp(0, 0.1), ValueError, "warmup_steps = 0 is not in"),
        (lambda: nn.WarmUp(5, -0.1), ValueError, "then = -0.1 is not in"),
        (lambda: nn.WarmUp(5, "cosine"), TypeError, "then must hold real numbers"),
        (lambda: nn.OneCycle(0.1, 3), ValueError, "must be above 1; here it is 0.9"),
        (lambda: nn.OneCycle(0.1, 100, 1.0), ValueError, "warmup_share = 1 is not in"),
        (lambda: nn.LinearDecay(np.ma.array([0.1], mask=[1]), 9), TypeError, "masked"),
    ],
)
def test_bad_numbers_are_named(make, error, match):
    with pytest.raises(error, match=match):
        make()


# --- The rate in force ---


def test_the_rate_in_force_is_a_column():
    trace = nn.run(nn.Adam(0.1), Rosenbrock(), START, 6, every=2)
    assert trace.learning_rate.shape == (4, 1) and np.isnan(trace.learning_rate[0])
    assert (trace.learning_rate[1:] == 0.1).all()
    later = nn.run(nn.Adam(nn.StepDecay(0.1, 3, 0.5)), Rosenbrock(), trace[4], 2)
    assert later.learning_rate[:, 0].tolist() == [0.05, 0.05, 0.05]  # its first row is that of step 4
    each = nn.run(nn.GradientDescent(np.array([0.1, 0.2])), Rosenbrock(), START, 2)
    assert each.learning_rate[1].tolist() == [0.1, 0.2]  # one rate for each coordinate
    assert nn.run(nn.Adam(0.1), Rosenbrock(), START, 3, keep=["m"]).learning_rate.shape == (4, 1)


def test_a_rule_without_a_rate_says_so():
    class Halving(nn.optimizers.Optimizer):
        def step(self, row, J):
            return nn.Row(theta=row.theta / 2)

    with pytest.raises(AttributeError, match="has no learning_rate"):
        _ = nn.run(Halving(), Rosenbrock(), START, 2).learning_rate


# --- The rule that waits ---


def waiting(**options):
    return nn.ReduceOnPlateau(nn.Momentum(0.3, 0.5), **{"factor": 0.5, "patience": 2, **options})


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("library", ["keras", "torch"])
def test_it_cuts_when_the_libraries_cut(library, seed):
    pytest.importorskip(library)
    ours, theirs = getattr(beside, f"waiting_in_{library}")(seed)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    assert ours[0] == 1 and ours[-1] < 1


def test_it_is_the_rule_until_it_cuts():
    J = Quadratic(curvatures=[1.0, 6.5])
    trace, plain = nn.run(waiting(), J, START, 40), nn.run(nn.Momentum(0.3, 0.5), J, START, 40)
    cut = int(np.argmax(trace.scale[:, 0] < 1))
    assert 2 < cut < 40
    np.testing.assert_array_equal(trace.theta[:cut], plain.theta[:cut])
    assert trace.learning_rate[cut - 1 : cut + 1, 0].tolist() == [0.3, 0.15]
    assert (trace.best[3:, 0] <= trace.best[2:-1, 0]).all()


@pytest.mark.parametrize("options", [{}, {"every": 3}, {"min_delta": 0.5}])
def test_it_goes_on_from_any_row(options, tmp_path):
    J = Quadratic(curvatures=[1.0, 6.5])
    whole = nn.run(waiting(**options), J, START, 40)
    assert len(set(whole.scale[:, 0])) > 1
    whole.save(tmp_path / "run")
    for trace in (whole, nn.Trace.load(tmp_path / "run")):
        for k in (1, 7, 20, 33):
            following = trace.branch(k)
            for name in ("theta", "velocity", "best", "waited", "scale"):
                np.testing.assert_array_equal(getattr(following, name), getattr(whole, name)[k:])
            np.testing.assert_array_equal(following.learning_rate[1:], whole.learning_rate[k + 1 :])


def test_each_run_of_a_sweep_waits_for_itself():
    J, rates = Quadratic(curvatures=[1.0, 6.5]), np.array([0.05, 0.28, 0.4])
    sweep = nn.run(nn.ReduceOnPlateau(nn.GradientDescent(rates[:, None]), 0.5, 2), J, START, 30)
    assert sweep.learning_rate.shape == (31, 3, 1)
    assert len({tuple(column) for column in sweep.scale[..., 0].T}) > 1
    for i, rate in enumerate(rates):
        alone = nn.run(nn.ReduceOnPlateau(nn.GradientDescent(rate), 0.5, 2), J, START, 30)
        np.testing.assert_allclose(sweep.theta[:, i], alone.theta, rtol=1e-11)
        np.testing.assert_array_equal(sweep.member(i).scale, alone.scale)


def test_it_may_follow_a_schedule_and_watch_all_data():
    J = DATA["logistic batches"]
    whole = J.objective
    rule = nn.ReduceOnPlateau(nn.GradientDescent(nn.WarmUp(4, 6.0)), 0.5, 1, min_delta=0.0, every=3, watch=whole)
    trace = nn.run(rule, J, start_for(J), 30)
    assert trace.learning_rate[1:5, 0].tolist() == [0, 1.5, 3, 4.5]
    seen = whole.loss(trace.theta[3:-1:3])
    np.testing.assert_allclose(trace.best[4::3, 0], np.minimum.accumulate(seen), rtol=1e-12)
    batchwise = nn.run(nn.ReduceOnPlateau(nn.GradientDescent(6.0), 0.5, 1, min_delta=0.0), J, start_for(J), 6)
    first = min(J.at(t + 1).loss(batchwise.theta[t]) for t in (1, 2, 3))
    assert batchwise.best[4, 0] == pytest.approx(first, rel=1e-12)


def test_a_loss_that_is_no_number_is_waited_out():
    J = nn.Objective(lambda theta: np.full(theta.shape[:-1], np.nan), lambda theta: np.zeros_like(theta))
    trace = nn.run(nn.ReduceOnPlateau(nn.GradientDescent(0.1), 0.5, 3), J, [1.0], 8)
    assert trace.learning_rate[1:, 0].tolist() == [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025]


def test_its_equations_are_the_rule_s():
    rule = waiting()
    assert str(rule.equations) == str(rule.rule.equations) and "factor=0.5" in repr(rule)


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: nn.ReduceOnPlateau(0.1), TypeError, "must be an update rule with a learning_rate"),
        (lambda: nn.ReduceOnPlateau(nn.Adam), TypeError, "must be an update rule"),
        (lambda: nn.ReduceOnPlateau(waiting()), TypeError, "must be an update rule with a learning_rate"),
        (lambda: waiting(factor=1.0), ValueError, "factor = 1 is not in"),
        (lambda: waiting(patience=0), ValueError, "patience = 0 is too small"),
        (lambda: waiting(every=2.5), TypeError, "every must be a whole number"),
        (lambda: as_keras(waiting()), ValueError, "has no learning_rate"),
    ],
)
def test_a_bad_rule_that_waits_is_named(make, error, match):
    with pytest.raises(error, match=match):
        make()


# --- The range test ---


def test_the_range_test_finds_the_limit_of_a_quadratic():
    """Plain descent on curvature 4: the loss falls up to the rate 2/4; half a window is a fifth of a decade."""
    found = nn.rate_range_test(nn.GradientDescent(1), Quadratic(curvatures=[4.0]), np.array([[1.0], [3.0], [-2.0]]),
                               0.001, 10, steps=400)  # fmt: skip
    assert ((0.5 / 10**0.2 < found.best) & (found.best < 0.55)).all()
    assert (found.limit > 1).all() and found.suggested == pytest.approx(np.median(found.best) / 2)
    assert "in 3 runs" in str(found) and "It stays above its start from rate" in str(found)


def test_the_range_test_says_how_sure_it_is():
    J = nn.MiniBatches(16, seed=1).of(LogisticRegression(*small_data(2)))
    starts = np.random.default_rng(0).normal(size=(6, J.objective.dimension))
    several = nn.rate_range_test(nn.GradientDescent(1), J, starts, 0.01, 1000, 60)
    assert several.losses.shape == (60, 6) and "in 6 runs" in str(several)
    alone = nn.rate_range_test(nn.GradientDescent(1), J, starts[2], 0.01, 1000, 60)
    np.testing.assert_allclose(alone.losses[:, 0], several.losses[:, 2], rtol=1e-10)
    assert "One run tells no spread" in str(alone)


def test_a_range_test_without_an_end_or_a_beginning():
    low = nn.rate_range_test(nn.GradientDescent(1), Quadratic(curvatures=[4.0]), [1.0], 1e-4, 0.1)
    assert np.isinf(low.limit).all() and "does not stay above its start in 1 of 1 runs" in str(low)
    high = nn.rate_range_test(nn.GradientDescent(1), Quadratic(curvatures=[4.0]), [1.0], 1, 10)
    assert np.isnan(high.best).all() and "never fell: begin at a lower rate" in str(high)
    assert np.isnan(high.suggested)
    for found in (low, high):
        assert found.plot().alt.endswith(str(found))


def test_the_picture_of_a_range_test():
    found = nn.rate_range_test(nn.GradientDescent(1), Quadratic(curvatures=[4.0]), np.array([[1.0], [3.0]]), 0.001, 10)
    (axes,) = found.plot().axes
    assert axes.get_xscale() == "log" and len(axes.lines) == 4
    median = next(line for line in axes.lines if line.get_label() == "median of the runs")
    np.testing.assert_allclose(median.get_ydata()[:50], np.median(found.losses[:50], axis=1))
    assert any(list(line.get_xdata()) == [found.suggested] * 2 for line in axes.lines)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"rule": 0.1}, TypeError, "rule must be an update rule"),
        ({"lowest": 0}, ValueError, "lowest = 0 is not in"),
        ({"highest": 1e-5}, ValueError, "highest = 1e-05 must be above lowest"),
        ({"steps": 5}, ValueError, "steps = 5 is too small"),
        ({"theta": [[1.0, 2.0]]}, ValueError, "theta has shape"),
    ],
)
def test_a_bad_range_test_is_named(arguments, error, match):
    with pytest.raises(error, match=match):
        nn.rate_range_test(
            **{"rule": nn.GradientDescent(1), "J": Quadratic(curvatures=[4.0]), "theta": [1.0], **arguments}
        )


def test_what_the_package_offers():
    assert {"LinearDecay", "rate_range_test", "ReduceOnPlateau"} <= set(dir(nn))
    assert issubclass(nn.StepDecay, Schedule) and isinstance(RateRange, type)


# --- What is asked at the edges ---


@pytest.mark.parametrize(
    "make",
    [
        lambda inner: nn.LinearDecay(inner, 10),
        lambda inner: nn.CosineDecay(0.1, 10, begin=inner),
        lambda inner: nn.ExponentialDecay(0.1, 10, inner),
        lambda inner: nn.StepDecay(0.1, inner, 0.5),
        lambda inner: nn.WarmUp(inner, 0.1),
        lambda inner: nn.OneCycle(0.1, inner),
        lambda inner: nn.OneCycle(0.1, 10, inner),
        lambda inner: nn.OneCycle(0.1, 10, start_share=inner),
        lambda inner: Constant(inner),
    ],
)
def test_a_schedule_in_a_field_that_is_a_number_is_named(make):
    with pytest.raises(TypeError, match="is one number for all steps; it can't be a schedule"):
        make(nn.LinearDecay(0.1, 10))


@pytest.mark.parametrize(
    "rate", [nn.ExponentialDecay(0.1, 1, 10.0), nn.StepDecay(0.1, 1, 10.0), lambda step: 10.0**step]
)
def test_a_rate_beyond_all_numbers_is_named(rate):
    method = nn.GradientDescent(rate)
    with pytest.raises(ValueError, match="learning_rate = inf is not in"):
        method.at(401)


def test_the_rate_of_no_step_at_all():
    for rate, shape in ((0.1, (1, 1)), (nn.WarmUp(3, 0.1), (1, 1)), (np.array([[0.1], [0.2]]), (1, 2, 1))):
        found = nn.run(nn.GradientDescent(rate), Quadratic(10.0), START, 0).learning_rate
        assert found.shape == shape and np.isnan(found).all()


@pytest.mark.parametrize("name", RULES)
def test_the_rule_that_waits_waits_for_every_rule_on_a_schedule(name, tmp_path):
    J, rates = Quadratic(10.0), np.array([0.01, 0.02])

    def method(rate):
        followed = with_rate(OPTIMIZERS[name], nn.WarmUp(3, nn.LinearDecay(rate, 8)))
        return nn.ReduceOnPlateau(followed, 0.5, 1, min_delta=1e6)

    trace = nn.run(method(0.02), J, START, 14)
    trace.save(tmp_path / "run")
    for again in (trace, nn.Trace.load(tmp_path / "run")):
        np.testing.assert_array_equal(again.branch(5).theta, trace.theta[5:])
    sweep = nn.run(method(rates[:, np.newaxis]), J, START, 14)
    np.testing.assert_allclose(sweep.theta[:, 1], trace.theta, rtol=1e-9)
    np.testing.assert_array_equal(sweep.member(1).scale, trace.scale)
    shown = trace.explain(7)  # it compares its values with the row's
    (theta,) = [line.value for line in shown.lines if line.equation.name == "theta"]
    np.testing.assert_array_equal(theta, trace.theta[7])
    assert trace.scale[7, 0] < 1 and "theta" in shown._repr_markdown_()


def test_the_rule_that_waits_ends_where_its_rule_ends():
    J = nn.Objective(lambda theta: theta[..., 0], np.ones_like, hessian=lambda theta: np.zeros((*theta.shape, 1)))
    plain, waits = (nn.run(rule, J, [1.0], 5) for rule in (nn.Newton(), nn.ReduceOnPlateau(nn.Newton())))
    assert "singular" in str(plain.stopped) and str(waits.stopped) == str(plain.stopped)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"factor": np.array([0.5, 0.2])}, ValueError, "factor has shape .2,.; it is one number for a run"),
        ({"watch": 3}, TypeError, "watch must be an objective, whose loss is looked at, or None; it is 3"),
        ({"watch": Quadratic}, TypeError, "watch must be an objective"),
        ({"watch": lambda theta: 0.0}, TypeError, "watch must be an objective"),
    ],
)
def test_what_can_t_be_waited_with_is_named(options, error, match):
    with pytest.raises(error, match=match):
        waiting(**options)


@pytest.mark.parametrize("steps", [10, 20, 40, 85, 200, 1000])
def test_a_range_test_of_any_length_looks_at_the_same_part_of_the_rates(steps):
    """On curvature 1 the loss falls up to the rate 2. A median of 21 losses in 40 steps would say 7."""
    found = nn.rate_range_test(nn.GradientDescent(1), Quadratic(curvatures=[1.0]), [1.0], 0.01, 10, steps=steps)
    assert 0.8 < found.best[0] < 2.1
    shown = found.plot()
    assert f"median of {2 * max(1, steps // 20) + 1} steps" in shown.axes[0].get_ylabel()
    assert shown.axes[0].get_legend().get_texts()[0].get_text() == "each run"
