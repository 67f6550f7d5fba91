"""Properties of runs: resume equals run, sweep equals loop, each run ends as it should."""

import math
import warnings

import numpy as np
import pytest
from problems import DATA, OPTIMIZERS, PROBLEMS, START, SURFACES, start_for

import nnlearn as nn
from nnlearn import stop
from nnlearn.objectives import Clipped, LogisticRegression, Quadratic, Rosenbrock
from nnlearn.row import Row


def assert_same_rows(one, other, steps):
    for k in steps:
        for name, value in vars(one[k]).items():
            np.testing.assert_array_equal(value, getattr(other[k], name), err_msg=f"{name} of step {k}")


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("method", OPTIMIZERS)
def test_resume_equals_run_bit_for_bit(method, problem):
    optimizer, J = OPTIMIZERS[method], PROBLEMS[problem]
    whole = nn.run(optimizer, J, start_for(J), steps=20)
    rest = nn.run(optimizer, J, whole[8], steps=12)
    assert list(rest.t) == list(range(8, 21))
    assert_same_rows(whole, rest, range(9, 21))


@pytest.mark.parametrize("method", OPTIMIZERS)
def test_a_sweep_resumes_too(method):
    J, optimizer = DATA["logistic batches"], OPTIMIZERS[method]
    starts = np.random.default_rng(0).normal(size=(3, 2, 6))
    whole = nn.run(optimizer, J, starts, steps=9)
    assert_same_rows(whole, nn.run(optimizer, J, whole[4], steps=5), range(5, 10))


RATES = np.array([1e-4, 1e-3, 3e-3, 0.01])
SWEEPS = {
    "gradient descent": lambda rate: nn.GradientDescent(rate),
    "scheduled": lambda rate: nn.GradientDescent(nn.ExponentialDecay(rate, 10, 0.5)),
    "averaged momentum": lambda rate: nn.AveragedMomentum(rate, 0.9),
    "classical momentum": lambda rate: nn.Momentum(rate, 0.9),
    "nesterov": lambda rate: nn.Nesterov(rate, 0.9),
    "adam": lambda rate: nn.Adam(rate),
    "adagrad": lambda rate: nn.AdaGrad(rate),
    "norm-scaled": lambda rate: nn.NormScaled(rate, beta=0.01),
    "rmsprop": lambda rate: nn.RMSprop(rate),
    "centred rmsprop": lambda rate: nn.RMSprop(rate, centered=True),
    "adamw": lambda rate: nn.AdamW(rate),
    "amsgrad": lambda rate: nn.AMSGrad(rate),
    "nadam": lambda rate: nn.Nadam(rate),
    "lion": lambda rate: nn.Lion(rate),
    "lbfgs": lambda rate: nn.LBFGS(rate, memory=3),
    "searching lbfgs": lambda rate: nn.LBFGS(rate, memory=3, line_search=True),
    "bfgs": lambda rate: nn.BFGS(rate),
    "newton": lambda rate: nn.Newton(rate, damping=0.1),
    "absolute newton": lambda rate: nn.Newton(rate, damping=0.1, absolute=True),
    "proximal l1": lambda rate: nn.ProximalL1(rate, l1=0.5),
}


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("method", SWEEPS)
def test_sweep_equals_loop_bit_for_bit_on_surfaces(method, surface):
    J, rule = SURFACES[surface], SWEEPS[method]
    sweep = nn.run(rule(RATES[:, None]), J, START, steps=50)
    for i, rate in enumerate(RATES):
        alone = nn.run(rule(float(rate)), J, START, steps=50)
        assert len(sweep.member(i)) == len(alone)
        assert_same_rows(sweep.member(i), alone, alone.t)


@pytest.mark.parametrize("problem", DATA)
@pytest.mark.parametrize("method", SWEEPS)
def test_one_step_of_a_sweep_equals_the_loop_on_data(method, problem):
    J, rule = DATA[problem], SWEEPS[method]
    sweep = nn.run(rule(RATES[:, None]), J, start_for(J), steps=1)
    for i, rate in enumerate(RATES):
        alone = nn.run(rule(float(rate)), J, start_for(J), steps=1)
        for name, column in sweep.member(i).columns.items():
            expected = alone.columns[name][1]
            assert np.linalg.norm(column[1] - expected) <= 1e-12 * np.linalg.norm(expected), name


NUMBERS = [(m, name) for m, rule in OPTIMIZERS.items() for name, x in rule.hyperparameters.items() if type(x) is float]


@pytest.mark.parametrize(("method", "name"), NUMBERS)
def test_any_hyper_parameter_may_be_a_column_of_numbers(method, name):
    rule, J, shares = OPTIMIZERS[method], Rosenbrock(), [0.25, 0.75, 1.0]
    numbers = [share * rule.hyperparameters[name] for share in shares]
    sweep = nn.run(rule.with_values({name: np.array(numbers)[:, None]}), J, START, steps=12)
    assert not any(numbers) or len({sweep.theta[:, i].tobytes() for i in range(3)}) > 1  # it counts
    for i, number in enumerate(numbers):
        alone = nn.run(rule.with_values({name: number}), J, START, steps=12)
        member = sweep.member(i)
        assert getattr(member.optimizer, name) == number and str(member.stopped) == str(alone.stopped)
        np.testing.assert_allclose(member.theta, alone.theta, rtol=1e-11)  # NumPy's powers are not Python's


@pytest.mark.parametrize(("method", "name"), NUMBERS)
def test_any_hyper_parameter_may_follow_a_schedule(method, name):
    rule, J = OPTIMIZERS[method], Rosenbrock()
    if name == "initial_accumulator":
        pytest.skip("it is one number for all steps")
    number = rule.hyperparameters[name]
    still = nn.run(rule.with_values({name: lambda step: number}), J, START, steps=9)
    np.testing.assert_array_equal(still.theta, nn.run(rule, J, START, steps=9).theta)
    halved = rule.with_values({name: lambda step: number / (1 + (step > 3))})
    whole = nn.run(halved, J, START, steps=9)
    assert np.array_equal(whole.theta[4], still.theta[4])
    assert number == 0 or not np.array_equal(whole.theta[5:], still.theta[5:])
    np.testing.assert_array_equal(nn.run(halved, J, whole[4], steps=5).theta, whole.theta[4:])


def test_a_sweep_over_starts_equals_the_loop():
    starts = np.random.default_rng(1).uniform(-2, 2, (4, 3, 2))
    sweep = nn.run(nn.Adam(0.1), Rosenbrock(), starts, steps=30)
    assert sweep.batch == (4, 3)
    assert sweep.loss.shape == (31, 4, 3)
    alone = nn.run(nn.Adam(0.1), Rosenbrock(), starts[2, 1], steps=30)
    np.testing.assert_array_equal(sweep.theta[:, 2, 1], alone.theta)


def test_row_0_holds_theta_and_state_and_the_other_columns_are_nan():
    trace = nn.run(nn.Adam(0.1), Rosenbrock(), START, steps=3)
    np.testing.assert_array_equal(trace.theta[0], START)
    np.testing.assert_array_equal(trace.m[0], [0, 0])
    for name in ("gradient", "m_hat", "v_hat"):
        assert np.isnan(getattr(trace, name)[0]).all()
        assert np.isfinite(getattr(trace, name)[1:]).all()


def test_rows_are_indexed_as_papers_index_them():
    J = Rosenbrock()
    trace = nn.run(nn.GradientDescent(0.001), J, START, steps=5)
    np.testing.assert_array_equal(trace.gradient[3], J.gradient(trace.theta[2]))
    np.testing.assert_array_equal(trace.loss, J.loss(trace.theta))
    np.testing.assert_allclose(trace.update[1:], -0.001 * trace.gradient[1:], rtol=1e-12, atol=1e-15)


def test_the_caller_s_array_is_neither_changed_nor_kept():
    theta = START.copy()
    trace = nn.run(nn.GradientDescent(0.001), Rosenbrock(), theta, steps=5)
    np.testing.assert_array_equal(theta, START)
    theta[:] = 99
    np.testing.assert_array_equal(trace.theta[0], START)


def test_keep_and_every_bound_the_memory():
    full = nn.run(nn.Adam(0.1), Rosenbrock(), START, steps=25)
    thin = nn.run(nn.Adam(0.1), Rosenbrock(), START, steps=25, keep=("theta", "m"), every=10)
    assert list(thin.t) == [0, 10, 20, 25]
    assert set(thin.columns) == {"theta", "m"}
    for k in thin.t:
        np.testing.assert_array_equal(thin[k].theta, full[k].theta)
    with pytest.raises(IndexError, match="Step 15 was not recorded"):
        thin[15]
    with pytest.raises(AttributeError, match="no v; it has t, theta, m"):
        nn.run(nn.Adam(0.1), Rosenbrock(), thin[20], steps=1)
    with pytest.raises(ValueError, match="every=1"):
        _ = thin.update
    assert_same_rows(full, nn.run(nn.Adam(0.1), Rosenbrock(), thin.last, steps=0), [])
    further = nn.run(nn.Adam(0.1), Rosenbrock(), thin.last, steps=5)
    np.testing.assert_array_equal(further[30].theta, nn.run(nn.Adam(0.1), Rosenbrock(), START, 30)[30].theta)


def test_a_run_that_diverges_stops_and_says_when_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = nn.run(nn.GradientDescent(0.5), Rosenbrock(), START, steps=100)
        assert not np.isfinite(trace.loss[-1])
    assert trace.stopped.step == len(trace) - 1 < 100
    assert not np.isfinite(trace.theta[-1]).all() and np.isfinite(trace.theta[:-1]).all()
    assert str(trace.stopped) == f"The run left the finite numbers at step {trace.stopped.step}."


def test_in_a_sweep_each_member_stops_for_itself():
    rates = np.array([1e-3, 0.5, 1e-2, 0.1])
    sweep = nn.run(nn.GradientDescent(rates[:, None]), Rosenbrock(), START, steps=60)
    for i, rate in enumerate(rates):
        alone = nn.run(nn.GradientDescent(rate), Rosenbrock(), START, steps=60)
        assert str(sweep.stopped[i]) == str(alone.stopped)
        member = sweep.member(i)
        np.testing.assert_array_equal(member.theta, alone.theta)
        np.testing.assert_array_equal(member.last.theta, alone.last.theta)
        assert np.isnan(sweep.theta[len(member) :, i]).all()
        assert member.optimizer.learning_rate == rate


BOWL = Quadratic(10.0)
STOPS = {
    "gradient": (
        stop.GradientBelow(1e-3),
        lambda p, r: np.linalg.norm(r.gradient) <= 1e-3,
        "gradient's norm fell",
    ),
    "loss": (stop.LossBelow(1e-3), lambda p, r: BOWL.loss(r.theta) <= 1e-3, "loss fell"),
    "change": (
        stop.LossChangeBelow(1e-3),
        lambda p, r: abs(BOWL.loss(r.theta) - BOWL.loss(p.theta)) <= 1e-3,
        "changed the loss",
    ),
}


@pytest.mark.parametrize("name", STOPS)
def test_a_rule_stops_at_the_first_step_that_meets_it(name):
    rule, met, words = STOPS[name]
    full = nn.run(nn.GradientDescent(0.05), BOWL, START, steps=400)
    first = next(k for k in range(1, 401) if met(full[k - 1], full[k]))
    trace = nn.run(nn.GradientDescent(0.05), BOWL, START, steps=400, stop=rule)
    assert trace.t[-1] == trace.stopped.step == first
    assert words in str(trace.stopped)
    assert nn.run(nn.GradientDescent(0.05), BOWL, START, steps=first - 1, stop=rule).stopped is None


def test_of_several_rules_the_first_met_stops():
    trace = nn.run(
        nn.GradientDescent(0.05),
        BOWL,
        START,
        steps=400,
        stop=[stop.LossBelow(1e-9), stop.GradientBelow(1e-3)],
    )
    assert trace.stopped.rule == stop.GradientBelow(1e-3)


def test_newton_stops_at_a_singular_matrix_only_where_it_is_singular():
    flat = nn.Objective(
        lambda theta: theta[0] ** 2 * theta[1],
        lambda theta: [2 * theta[0] * theta[1], theta[0] ** 2],
        lambda theta: [[2 * theta[1], 2 * theta[0]], [2 * theta[0], 0.0]],
    )
    sweep = nn.run(nn.Newton(), flat, [[0.0, 0.0], [1.0, 1.0]], steps=2)
    assert sweep.stopped[0].step == 1
    assert sweep.stopped[1] is None
    np.testing.assert_array_equal(sweep.theta[:, 1], nn.run(nn.Newton(), flat, [1.0, 1.0], 2).theta)


def test_newton_solves_a_quadratic_in_one_step():
    np.testing.assert_allclose(nn.run(nn.Newton(), Quadratic(50.0), START, 1).theta[1], [0, 0], atol=1e-14)


BATCHES = DATA["logistic batches"]


def test_an_epoch_of_mini_batches_sees_each_example_once_and_the_next_in_another_order():
    batches = nn.MiniBatches(32, seed=1)
    epochs = [np.concatenate([batches.indices(t, 90) for t in steps]) for steps in ([1, 2, 3], [4, 5, 6])]
    for epoch in epochs:
        assert sorted(epoch) == list(range(90))
    assert not np.array_equal(*epochs)
    assert not np.array_equal(epochs[0], np.concatenate([nn.MiniBatches(32, seed=2).indices(t, 90) for t in (1, 2, 3)]))


def test_a_step_uses_its_batch_and_the_loss_all_data():
    trace = nn.run(nn.GradientDescent(0.1), BATCHES, start_for(BATCHES), steps=4)
    batch = BATCHES.objective.take(BATCHES.batches.indices(3, 90))
    np.testing.assert_array_equal(trace.gradient[3], batch.gradient(trace.theta[2]))
    np.testing.assert_array_equal(trace.loss, BATCHES.objective.loss(trace.theta))


def test_a_branch_leaves_the_run_at_the_changed_number():
    trace = nn.run(nn.Adam(0.1), Rosenbrock(), START, steps=20)
    same, other = trace.branch(7), trace.branch(7, m=[0.0, 0.0])
    assert_same_rows(trace, same, range(8, 21))
    assert not np.array_equal(other[8].theta, trace[8].theta)
    np.testing.assert_array_equal(other[7].theta, trace[7].theta)
    with pytest.raises(AttributeError, match="no velocity; it has t, theta"):
        trace.branch(7, velocity=[0, 0])


BAD = {
    "negative rate": (
        lambda: nn.GradientDescent(-0.1),
        ValueError,
        r"learning_rate = -0.1 is not in \[0, inf\)",
    ),
    "nan rate": (lambda: nn.Adam(float("nan")), ValueError, r"learning_rate = nan is not in \[0, inf\)"),
    "infinite rate": (lambda: nn.Adam(float("inf")), ValueError, "learning_rate = inf"),
    "rate as text": (lambda: nn.Adam("fast"), TypeError, "learning_rate must hold real numbers"),
    "one bad rate of a sweep": (
        lambda: nn.Adam(np.array([[0.1], [-2]])),
        ValueError,
        "learning_rate = -2 is not",
    ),
    "momentum of one": (lambda: nn.AveragedMomentum(0.1, 1.0), ValueError, r"momentum = 1 is not in \[0, 1\)"),
    "memory": (lambda: nn.LBFGS(memory=0), ValueError, "memory = 0 is too small: it must be at least 1"),
    "half a memory": (lambda: nn.LBFGS(memory=2.5), TypeError, "memory must be a whole number; it is 2.5"),
    "accumulator": (lambda: nn.AdaGrad(initial_accumulator=-1), ValueError, "initial_accumulator = -1 is not in"),
    "rho of one": (lambda: nn.RMSprop(rho=1), ValueError, r"rho = 1 is not in \[0, 1\)"),
    "a negative epsilon": (lambda: nn.RMSprop(epsilon=-1e-8), ValueError, r"epsilon = -1e-08 is not in \[0, inf\)"),
    "centred by a word": (lambda: nn.RMSprop(centered="no"), TypeError, "centered must be True or False; it is 'no'"),
    "weight decay": (lambda: nn.AdamW(weight_decay=-0.01), ValueError, "weight_decay = -0.01 is not in"),
    "a factor of the norm": (lambda: nn.NormScaled(beta=-1), ValueError, r"beta = -1 is not in \[0, inf\)"),
    "a factor of the norm for each coordinate": (
        lambda: nn.NormScaled(beta=[0.1, 0.2]),
        ValueError,
        r"beta has shape \(2,\); it is one number for a run: for a sweep of n values give it the shape \(n, 1\)",
    ),
    "two answers": (lambda: nn.RMSprop(centered=np.array([True, False])), TypeError, "centered must be True or False"),
    "centred by a schedule": (
        lambda: nn.RMSprop(centered=lambda step: True),
        TypeError,
        "centered must be True or Fal",
    ),
    "going on without a mean": (
        lambda: nn.run(nn.RMSprop(centered=True), BOWL, nn.run(nn.RMSprop(), BOWL, START, 2).last, 1),
        AttributeError,
        "This row has no m; it has t, theta, gradient, v",
    ),
    "a beta of one": (lambda: nn.AMSGrad(beta_2=1), ValueError, "beta_2 = 1 is not in"),
    "a rho for each of three": (
        lambda: nn.run(nn.RMSprop(rho=np.array([0.1, 0.2, 0.3])), BOWL, START, 1),
        ValueError,
        r"rho of shape \(3,\) does not fit theta of shape \(2,\): for a sweep of n values give it the shape \(n, 1\)",
    ),
    "momentum decay": (lambda: nn.Nadam(momentum_decay=-1), ValueError, "momentum_decay = -1 is not in"),
    "averaged momentum of one": (lambda: nn.AveragedMomentum(0.1, 1.0), ValueError, "momentum = 1 is not in"),
    "clipping to nothing": (lambda: nn.objectives.Clipped(BOWL, norm=0), ValueError, "norm = 0 is not in"),
    "a negative penalty": (lambda: nn.objectives.Penalised(BOWL, l1=-1), ValueError, "l1 = -1 is not in"),
    "noise of no scale": (lambda: nn.objectives.Noisy(BOWL, scale="much"), TypeError, "scale must hold real numbers"),
    "half a seed": (lambda: nn.objectives.Noisy(BOWL, seed=0.5), ValueError, "seed must hold whole numbers"),
    "around no objective": (lambda: nn.objectives.Clipped(np.sin), TypeError, "Clipped goes around an objective"),
    "a sweep of the objective that does not fit": (
        lambda: nn.run(nn.Adam(), nn.objectives.Clipped(BOWL, norm=[1.0, 2.0, 3.0]), START, 1),
        ValueError,
        r"norm has shape \(3,\); it is one number for a run: for a sweep of n values give it the shape \(n, 1\)",
    ),
    "beta": (lambda: nn.Adam(beta_2=1.5), ValueError, "beta_2 = 1.5 is not in"),
    "damping": (lambda: nn.Newton(damping=-1), ValueError, "damping = -1 is not in"),
    "decay steps": (
        lambda: nn.ExponentialDecay(0.1, 0, 0.5),
        ValueError,
        r"decay_steps = 0 is not in \(0, inf\)",
    ),
    "tolerance": (lambda: stop.GradientBelow(-1), ValueError, "tolerance = -1 is not in"),
    "batch size": (lambda: nn.MiniBatches(0), ValueError, "size = 0 is too small: it must be at least 1"),
    "batches of a surface": (lambda: nn.MiniBatches(2).of(BOWL), TypeError, "has no examples"),
    "steps": (lambda: nn.run(nn.Adam(), BOWL, START, -1), ValueError, "steps = -1 is too small"),
    "half a step": (lambda: nn.run(nn.Adam(), BOWL, START, 1.5), TypeError, "steps must be a whole number"),
    "every": (lambda: nn.run(nn.Adam(), BOWL, START, 1, every=0), ValueError, "every = 0 is too small"),
    "stop": (
        lambda: nn.run(nn.Adam(), BOWL, START, 1, stop=[1e-3]),
        TypeError,
        "stop must be one or several rules",
    ),
    "keep": (
        lambda: nn.run(nn.Adam(), BOWL, START, 1, keep=["w"]),
        ValueError,
        "keep names 'w', which no row of this run has; a row has t, theta, gradient",
    ),
    "theta": (lambda: nn.run(nn.Adam(), BOWL, [1, 2, 3], 1), ValueError, r"theta has shape \(3,\)"),
    "sweep without its axis": (
        lambda: nn.run(nn.Adam(np.array([0.1, 0.2, 0.3])), BOWL, START, 1),
        ValueError,
        r"learning_rate of shape \(3,\) does not fit theta of shape \(2,\): for a sweep",
    ),
    "column": (
        lambda: nn.run(nn.Adam(), BOWL, START, 1).velocity,
        AttributeError,
        "no column velocity; it has theta",
    ),
    "step": (lambda: nn.run(nn.Adam(), BOWL, START, 1)[5], IndexError, "Step 5 was not recorded"),
    "member": (lambda: nn.run(nn.Adam(), BOWL, START, 1).member(0), IndexError, "needs 0 indices"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_with_what_was_wrong(name):
    make, error, words = BAD[name]
    with pytest.raises(error, match=words):
        make()


def test_newton_on_a_function_without_hessian_says_what_to_give():
    J = nn.Objective(lambda theta: theta[0] ** 2, lambda theta: 2 * theta)
    with pytest.raises(NotImplementedError, match="hessian="):
        nn.run(nn.Newton(), J, [1.0], steps=1)


class Faulty(nn.optimizers.Optimizer):
    """One optimiser with many faults, each of which a learner may write."""

    fault: str = ""
    state = ("m",)

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        theta, m = row.theta - 0.1 * gradient, 0.9 * row.m + gradient
        match self.fault:
            case "no state":
                return Row(theta=theta)
            case "nothing":
                return None
            case "one number":
                return Row(theta=theta.sum(), m=m)
            case "a taken name":
                return Row(theta=theta, m=m, member=theta)
            case "a number of its own":
                return Row(theta=theta, m=m, rate=0.1)
            case "in place":
                theta = row.theta
                theta -= 0.1 * gradient
        return Row(theta=theta, m=m)


FAULTS = {
    "no state": (AttributeError, "This row has no m; it has t, theta"),
    "nothing": (TypeError, r"step must return a Row\(theta=..., ...\); it returned None"),
    "one number": (ValueError, r"step returned theta of shape \(\); its shape must stay \(2,\)"),
    "a taken name": (ValueError, "a quantity called member, which every trace has already"),
    "in place": (ValueError, "read-only"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_step_is_named(fault):
    error, words = FAULTS[fault]
    with pytest.raises(error, match=words):
        nn.run(Faulty(fault), BOWL, START, 3)


def test_a_number_in_a_row_must_be_one_for_each_member():
    assert nn.run(Faulty("a number of its own"), BOWL, START, 3).rate[3] == 0.1
    with pytest.raises(ValueError, match=r"step returned rate of shape \(\); its shape must begin with \(3,\)"):
        nn.run(Faulty("a number of its own"), BOWL, np.ones((3, 2)), 3)


def test_the_record_can_t_be_written():
    trace = nn.run(nn.Adam(0.1), BOWL, START, 5)
    with pytest.raises(ValueError, match="read-only"):
        trace[2].theta[0] = 99


@pytest.mark.parametrize("name", ["loss", "update", "member"])
def test_a_quantity_named_like_one_of_the_trace_s_own_is_refused(name):
    class Named(nn.optimizers.Optimizer):
        def step(self, row, J):
            gradient = J.gradient(row.theta)
            return Row(theta=row.theta - 0.1 * gradient, **{name: gradient})

    with pytest.raises(ValueError, match=f"a quantity called {name}, which every trace has already"):
        nn.run(Named(), BOWL, START, 2)


def test_an_error_inside_a_learner_s_loss_is_that_error():
    J = nn.Objective(lambda theta: np.sume(theta), lambda theta: 2 * theta)
    with pytest.raises(AttributeError, match="sume"):
        _ = nn.run(nn.GradientDescent(0.1), J, [1.0], 2).loss


THINNED = {  # what was kept, and what the next step needs besides
    "theta alone": (["theta"], r"needs velocity, which this trace did not keep: .* keep=\['theta', 'velocity'\]"),
    "no theta": (["velocity"], "needs theta, which this trace did not keep"),
    "neither": (["gradient"], r"needs theta, velocity, .* keep=\['gradient', 'theta', 'velocity'\]"),
}


@pytest.mark.parametrize("case", THINNED)
def test_a_step_that_was_not_kept_whole_says_what_to_keep(case):
    keep, message = THINNED[case]
    trace = nn.run(nn.Momentum(0.01), BOWL, START, steps=5, keep=keep)
    for ask in (lambda: trace.explain(3), lambda: trace.before(3), lambda: trace.branch(2)):
        with pytest.raises(AttributeError, match=message):
            ask()
    whole = nn.run(nn.Momentum(0.01), BOWL, START, steps=5, keep=["theta", "velocity"], every=2)
    assert "Step 4" in repr(whole.explain(4))


def test_members_that_stopped_stay_stopped_when_the_sweep_goes_on():
    rates = np.array([[0.18], [0.001], [0.3]])
    sweep = nn.run(nn.GradientDescent(rates), BOWL, START, steps=60, stop=stop.LossBelow(0.05))
    assert np.isnan(sweep.last.theta[0]).all() and np.isfinite(sweep.last.theta[1]).all()
    assert np.isnan(sweep.theta[sweep.stopped[0].step + 1 :, 0]).all()
    further = nn.run(sweep.optimizer, BOWL, sweep.last, steps=5)
    assert np.isnan(further.theta[1:, 0]).all() and further.stopped[0] is None
    np.testing.assert_array_equal(further.theta[-1, 1], nn.run(nn.GradientDescent(0.001), BOWL, START, 65).theta[-1])


def test_a_thinned_sweep_can_open_the_step_at_which_a_member_ended():
    sweep = nn.run(nn.GradientDescent(np.array([[0.001], [0.5]])), Rosenbrock(), START, steps=60, every=10)
    end = sweep.stopped[1].step
    assert "inf" in str(sweep.explain(end, member=1))


def test_one_member_beyond_the_domain_does_not_end_the_sweep():
    J = nn.Objective(lambda theta: math.cos(theta[0]), lambda theta: [theta[0] ** 3])
    sweep = nn.run(nn.GradientDescent(np.array([[0.1], [10.0]])), J, [2.0], steps=30)
    assert np.isfinite(sweep.loss[-1, 0]) and sweep.stopped[1] is not None


def test_a_generous_budget_costs_no_memory():
    trace = nn.run(nn.GradientDescent(0.1), BOWL, START, steps=10**12, stop=stop.LossBelow(1e-9))
    assert len(trace) < 400 and trace.theta.base is None


def test_a_long_run_is_recorded_whole():
    trace = nn.run(nn.GradientDescent(0.001), BOWL, START, steps=1000)
    alone = START.copy()
    for k in range(1, 1001):
        alone = alone - 0.001 * BOWL.gradient(alone)
        np.testing.assert_array_equal(trace.theta[k], alone)


def test_numpy_numbers_are_numbers():
    assert (
        repr(nn.GradientDescent(np.float32(0.5)))
        == repr(nn.GradientDescent(np.array(0.5)))
        == ("GradientDescent(learning_rate=0.5)")
    )
    assert repr(nn.GradientDescent(lambda step: 0.1)) == "GradientDescent(learning_rate=lambda)"


def test_what_a_schedule_gives_is_checked():
    with pytest.raises(ValueError, match=r"momentum = 1.5 is not in \[0, 1\)"):
        nn.run(nn.AveragedMomentum(0.1, momentum=lambda step: 1.5), BOWL, START, 3)
    with pytest.raises(TypeError, match="learning_rate must hold real numbers"):
        nn.run(nn.GradientDescent(lambda step: None), BOWL, START, 3)
    sweep = nn.run(nn.GradientDescent(lambda step: np.array([[0.1], [0.2]])), BOWL, START, 3)
    with pytest.raises(ValueError, match="learning_rate is a function that gives a whole sweep"):
        sweep.member(1)


def test_a_hyper_parameter_can_t_take_the_name_of_a_method():
    with pytest.raises(TypeError, match="start is a method of every Optimizer"):

        class Late(nn.optimizers.Optimizer):
            start: int = 3


MORE_BAD = {
    "class for optimiser": (lambda: nn.run(nn.Adam, BOWL, START, 1), TypeError, "optimizer must be an object"),
    "function for J": (lambda: nn.run(nn.Adam(), BOWL.loss, START, 1), TypeError, "J must be an object with a method"),
    "trace for theta": (
        lambda: nn.run(nn.Adam(), BOWL, nn.run(nn.Adam(), BOWL, START, 1), 1), TypeError, "trace.last"
    ),
    "rule's class": (lambda: nn.run(nn.Adam(), BOWL, START, 1, stop=stop.LossBelow), TypeError, "stop must be one or"),
    "nan threshold": (lambda: stop.LossBelow(float("nan")), ValueError, "threshold = nan"),
    "branch of a wrong shape": (
        lambda: nn.run(nn.Adam(), BOWL, START, 3).branch(2, m=[0]), ValueError, r"m has shape \(1,\)"
    ),
    "branch of no state": (
        lambda: nn.run(nn.Adam(), BOWL, START, 3).branch(2, gradient=[0, 0]), AttributeError, "no gradient; it has t"
    ),
    "half a step": (lambda: nn.run(nn.Adam(), BOWL, START, 3).explain(1.5), TypeError, "k must be a whole number"),
}  # fmt: skip


@pytest.mark.parametrize("name", MORE_BAD)
def test_more_bad_input_is_refused(name):
    make, error, words = MORE_BAD[name]
    with pytest.raises(error, match=words):
        make()


@pytest.mark.parametrize(
    "optimizer, J",
    [
        (nn.Adam(np.array([[0.1], [0.2]])), Rosenbrock()),
        (nn.Adam(0.1), Clipped(Rosenbrock(), norm=np.array([[1.0], [2.0]]))),
    ],
    ids=["of the rule", "of the objective"],
)
def test_a_row_of_one_run_does_not_go_on_as_a_sweep(optimizer, J):
    row = nn.run(nn.Adam(0.1), Rosenbrock(), START, 3).last
    with pytest.raises(
        ValueError, match=r"The row's theta has shape \(2,\); the sweep needs \(2, 2\): begin it at row"
    ):
        nn.run(optimizer, J, row, 3)


def test_a_mask_is_never_lost():
    with pytest.raises(TypeError, match=r"theta is a masked array, whose mask would be lost: .*theta.filled"):
        nn.run(nn.Adam(0.1), Rosenbrock(), np.ma.masked_array(START, [True, False]), 3)
    with pytest.raises(TypeError, match="X is a masked array"):
        LogisticRegression(np.ma.masked_array(np.eye(2), np.eye(2) > 0), [0, 1])


ADAPTIVE = {
    "rmsprop": nn.RMSprop(epsilon=0),
    "centred rmsprop": nn.RMSprop(epsilon=0, centered=True),
    "adagrad": nn.AdaGrad(initial_accumulator=0, epsilon=0),
    "adam": nn.Adam(epsilon=0),
    "adamw": nn.AdamW(epsilon=0),
    "amsgrad": nn.AMSGrad(epsilon=0),
    "nadam": nn.Nadam(epsilon=0),
}


@pytest.mark.parametrize("name", ADAPTIVE)
def test_without_epsilon_a_coordinate_without_a_slope_ends_the_run(name):
    J = nn.Objective(lambda theta: theta[0], lambda theta: [1.0, 0.0])
    trace = nn.run(ADAPTIVE[name], J, START, 5)
    assert trace.stopped.step == 1 and np.isfinite(trace.theta[1, 0]) and np.isnan(trace.theta[1, 1])
    safe = nn.run(ADAPTIVE[name].with_values({"epsilon": 1e-8, "weight_decay": 0.0}), J, START, 5)
    assert safe.stopped is None and (safe.theta[:, 1] == START[1]).all()


def test_decay_can_spare_coordinates():
    flat = nn.Objective(lambda theta: 0.0, np.zeros_like)
    trace = nn.run(nn.AdamW(0.5, weight_decay=[0.5, 0.0]), flat, START, 3)
    np.testing.assert_allclose(trace.theta, START * np.array([0.75, 1.0]) ** trace.t[:, None], rtol=1e-15)
    J = DATA["logistic"]
    spared = nn.run(nn.AdamW(0.1, weight_decay=0.5 * J.penalised), J, np.ones(6), 3)
    whole = nn.run(nn.AdamW(0.1, weight_decay=0.5), J, np.ones(6), 3)
    assert spared.theta[1, -1] - whole.theta[1, -1] == pytest.approx(0.05)
    np.testing.assert_array_equal(spared.theta[1, :-1], whole.theta[1, :-1])


def test_the_centred_mean_of_squares_is_a_variance_never_below_zero():
    still = np.random.default_rng(0).uniform(0.1, 5, 200)
    trace = nn.run(nn.RMSprop(0.01, 0.5, centered=True), nn.Objective(lambda t: t @ still, lambda t: still), still, 100)
    assert (trace.v[1:] - trace.m[1:] ** 2).min() < 0 == trace.variance[1:].min()
    assert trace.stopped is None
    first = nn.run(nn.RMSprop(1.0, 0.75, 0, centered=True), BOWL, START, 1)
    np.testing.assert_allclose(np.abs(first.update[1]), 1 / (0.25 * 0.75) ** 0.5, rtol=1e-14)


def test_a_long_gradient_makes_a_short_step_of_norm_scaled():
    slope = nn.Objective(lambda t: 1e200 * t[0], lambda t: [1e200, 0.0])
    trace = nn.run(nn.NormScaled(0.1), slope, START, 3)  # the square of its length is infinite
    np.testing.assert_array_equal(trace.theta, np.tile(START, (4, 1)))
    assert trace.stopped is None


def test_amsgrad_never_takes_a_smaller_v():
    trace = nn.run(nn.AMSGrad(0.1, beta_2=0.5), Rosenbrock(), START, 60)
    np.testing.assert_array_equal(trace.v_max[1:], np.maximum.accumulate(trace.v[1:]))
    assert (trace.v_max > trace.v).any()


def test_amsgrad_s_rate_grows_as_its_correction_fades():
    def pulse(theta):  # a slope in the first step alone
        return np.where(theta == START, 1.0, 0.0)

    trace = nn.run(nn.AMSGrad(0.1, beta_2=0.75), nn.Objective(lambda theta: 0.0, pulse), START, 60)
    np.testing.assert_allclose(trace.v_max[1:], 0.25, rtol=1e-15)
    assert (np.diff(trace.v_hat[1:30], axis=0) < 0).all()
    np.testing.assert_allclose((trace.v_hat[1] / trace.v_hat[-1]) ** 0.5, 1 / 0.25**0.5, rtol=1e-6)


def test_an_accumulator_begins_at_no_schedule():
    with pytest.raises(TypeError, match="initial_accumulator is one number for all steps"):
        nn.AdaGrad(0.1, initial_accumulator=lambda step: 0.1)
