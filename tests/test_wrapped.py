"""Objectives around objectives: what they change, what they pass on, and that they nest, sweep and resume."""

import numpy as np
import pytest
from problems import START, WRAPPED, small_data, start_for
from scipy.optimize import approx_fprime

import nnlearn as nn
from nnlearn.objectives import Clipped, LinearRegression, LogisticRegression, Noisy, Penalised, Quadratic, Rosenbrock
from nnlearn.trace import Trace

BOWL = Quadratic(curvatures=[1.0, 10.0])
X, Y = small_data(2)


def test_numbers_are_checked_when_given_and_not_at_each_step(monkeypatch):
    J, checked = Noisy(LinearRegression(X, Y), scale=0.1, seed=1), []
    monkeypatch.setattr("nnlearn.hyperparameters.check_fields", lambda instance: checked.append(instance))
    expected = nn.run(nn.GradientDescent(0.01), J, np.zeros(6), 5)
    assert [type(each) for each in checked] == [nn.GradientDescent]
    step = J.at(3)
    assert (step.t, step.scale, step.seed) == (3, 0.1, 1) and step.at(4).t == 4
    assert not np.array_equal(step.gradient(np.zeros(6)), J.gradient(np.zeros(6))) and len(expected) == 6


@pytest.mark.parametrize("length", [0.5, 3.0, 100.0])
def test_clipping_shortens_long_gradients_and_leaves_short_ones(length):
    plain = BOWL.gradient([3.0, 0.4])  # 5 long
    clipped = Clipped(BOWL, norm=length).gradient([3.0, 0.4])
    np.testing.assert_allclose(clipped, plain * min(1, length / 5), rtol=1e-15)
    np.testing.assert_array_equal(Clipped(BOWL, norm=length).gradient([0.0, 0.0]), [0, 0])


@pytest.mark.parametrize("l1, l2", [(0.3, 0.0), (0.0, 0.7), (0.2, 0.5)])
@pytest.mark.parametrize("inner", [BOWL, LogisticRegression(X, Y), LinearRegression(X, Y)], ids=repr)
def test_the_derivatives_of_a_penalised_loss_are_those_of_its_loss(inner, l1, l2):
    J = Penalised(inner, l1=l1, l2=l2)
    theta = np.linspace(-0.7, 0.9, start_for(inner).size)
    np.testing.assert_allclose(J.gradient(theta), approx_fprime(theta, J.loss, 1e-7), atol=2e-6)
    rows = [approx_fprime(theta, lambda at, i=i: J.gradient(at)[i], 1e-7) for i in range(theta.size)]
    np.testing.assert_allclose(J.hessian(theta), rows, atol=2e-5)


def test_a_penalty_is_the_model_s_own_and_spares_the_intercept():
    theta = np.linspace(-1, 1, 6)
    own, around = LogisticRegression(X, Y, l2=0.3), Penalised(LogisticRegression(X, Y), l2=0.3)
    for ask in ("loss", "gradient", "hessian"):
        np.testing.assert_allclose(getattr(own, ask)(theta), getattr(around, ask)(theta), rtol=1e-14)
    assert around.gradient(theta)[-1] == LogisticRegression(X, Y).gradient(theta)[-1]
    assert Penalised(LinearRegression(X, Y), l1=1).gradient(theta)[-1] == LinearRegression(X, Y).gradient(theta)[-1]


def test_noise_is_normal_and_belongs_to_the_step_and_the_seed():
    J = Noisy(BOWL, scale=0.5, seed=3)
    noise = np.array([J.at(t).gradient([1.0, 1.0]) - BOWL.gradient([1.0, 1.0]) for t in range(1, 4001)])
    np.testing.assert_allclose(noise.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(noise.std(axis=0), 0.5, rtol=0.04)
    np.testing.assert_array_equal(J.at(7).gradient([1.0, 1.0]), Noisy(BOWL, 0.5, 3).at(7).gradient([1.0, 1.0]))
    assert (Noisy(BOWL, 0.5, 4).at(7).gradient([1.0, 1.0]) != J.at(7).gradient([1.0, 1.0])).all()
    assert J.at(7).loss([1.0, 1.0]) == J.loss([1.0, 1.0]) == BOWL.loss([1.0, 1.0])
    np.testing.assert_array_equal(J.gradient([1.0, 1.0]), BOWL.gradient([1.0, 1.0]))  # no step, no noise


SWEPT = {  # a sweep of the objective, and its members one by one
    "clipped": (
        lambda number: Clipped(Rosenbrock(), norm=number),
        [0.5, 2.0, 30.0],
    ),
    "penalised": (lambda number: Penalised(LogisticRegression(X, Y), l1=0.01, l2=number), [0.0, 0.1, 2.0]),
    "noisy": (lambda number: Noisy(BOWL, scale=number), [0.0, 0.1, 1.0]),
    "seeds": (lambda number: Noisy(BOWL, seed=number), [0, 5, 6]),
    "clipped batches of noisy": (
        lambda number: Clipped(nn.MiniBatches(20).of(Noisy(LogisticRegression(X, Y), scale=number)), norm=0.2),
        [0.1, 0.2, 0.3],
    ),
}


@pytest.mark.parametrize("name", SWEPT)
def test_a_sweep_of_the_objective_equals_the_loop(name):
    make, numbers = SWEPT[name]
    start = start_for(make(numbers[0]))
    sweep = nn.run(nn.Adam(0.1), make(np.array(numbers)[:, None]), start, steps=15)
    assert sweep.batch == (3,)
    for i, number in enumerate(numbers):
        alone = nn.run(nn.Adam(0.1), make(number), start, steps=15)
        member = sweep.member(i)
        assert repr(member.objective) == repr(alone.objective)
        np.testing.assert_allclose(member.theta, alone.theta, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(member.loss, alone.loss, rtol=1e-12)
        assert str(member.explain(9).lines[0].value) == str(member[9].gradient)


def test_rule_and_objective_are_swept_against_each_other():
    rates, norms = np.array([[0.01], [0.02]]), np.array([1.0, 2.0, 3.0])[:, None, None]
    sweep = nn.run(nn.GradientDescent(rates), Clipped(BOWL, norm=norms), START, steps=5)
    assert sweep.batch == (3, 2)
    member = sweep.member((2, 1))
    assert (member.optimizer.learning_rate, member.objective.norm) == (0.02, 3.0)
    np.testing.assert_array_equal(
        member.theta, nn.run(nn.GradientDescent(0.02), Clipped(BOWL, norm=3.0), START, 5).theta
    )


@pytest.mark.parametrize("name", WRAPPED)
def test_what_is_inside_is_passed_on(name):
    J = WRAPPED[name]
    inner = J
    while hasattr(inner, "objective"):
        inner = inner.objective
    theta = start_for(J)
    assert J.dimension == inner.dimension
    np.testing.assert_array_equal(J.start, inner.start)
    if hasattr(inner, "predict"):
        np.testing.assert_array_equal(J.predict(theta, X), inner.predict(theta, X))
        assert J.examples == inner.examples
    with pytest.raises(AttributeError):
        _ = J.no_such_thing
    with pytest.raises(ValueError, match="theta has shape"):
        J.check(np.ones(theta.size + 1))
    assert repr(inner) in repr(J)


@pytest.mark.parametrize("name", WRAPPED)
def test_a_trace_comes_back_with_its_wrapper(name, tmp_path):
    J = WRAPPED[name]
    trace = nn.run(nn.Momentum(0.01), J, start_for(J), steps=5)
    trace.save(tmp_path / "a.trace")
    given = None if name == "clipped" else J
    back = Trace.load(tmp_path / "a.trace", objective=given)
    assert repr(back.objective) == repr(J)
    np.testing.assert_array_equal(nn.run(back.optimizer, back.objective, back.last, 3).theta,
                                  nn.run(trace.optimizer, J, trace.last, 3).theta)  # fmt: skip
    if name != "clipped":
        with pytest.raises(ValueError, match="loaded without its objective"):
            _ = Trace.load(tmp_path / "a.trace").loss
        with pytest.raises(ValueError, match="another objective"):
            Trace.load(tmp_path / "a.trace", objective=Clipped(J, norm=9.0))


def test_a_batch_marks_the_objective_on_the_page_and_a_wrapper_alone_does_not():
    plain = nn.run(nn.GradientDescent(0.001), WRAPPED["clipped"], START, 2)
    assert r"\nabla J(\theta_{t-1})" in plain.explain(1)._repr_markdown_()
    noisy = nn.run(nn.GradientDescent(0.001), Noisy(Rosenbrock()), START, 2)
    assert r"\nabla J_t(\theta_{t-1})" in noisy.explain(1)._repr_markdown_()


def test_batches_of_an_objective_without_examples_are_refused_around_it_too():
    with pytest.raises(TypeError, match="has no examples to draw batches from"):
        nn.MiniBatches(3).of(Clipped(BOWL))


def test_clipping_is_keras_s_global_clipnorm():
    from nnlearn.interop.quiet import keras, tf

    weight = keras.Variable(np.array(START), dtype="float64")
    optimizer = keras.optimizers.SGD(0.125, global_clipnorm=2.0)
    trace = nn.run(nn.GradientDescent(0.125), Clipped(Rosenbrock(), norm=2.0), START, steps=20)
    for row in trace:
        np.testing.assert_allclose(weight.numpy(), row.theta, rtol=1e-12)
        optimizer.apply([tf.constant(Rosenbrock().gradient(weight.numpy()))], [weight])


@pytest.mark.parametrize("number", [np.array([1.0, 2.0]), np.ones((3, 2))], ids=["(2,)", "(3, 2)"])
@pytest.mark.parametrize("field", ["norm", "seed"])
def test_what_a_run_has_one_of_is_no_list_of_coordinates(field, number):
    kind = {"norm": Clipped, "seed": Noisy}[field]
    with pytest.raises(ValueError, match=rf"{field} has shape \(.*2,?\); it is one number for a run.*\(n, 1\)"):
        kind(BOWL, **{field: number})


@pytest.mark.parametrize("kind, field", [(Clipped, "norm"), (Penalised, "l1"), (Penalised, "l2"), (Noisy, "scale")])
def test_a_wrapper_takes_no_schedule(kind, field):
    with pytest.raises(TypeError, match=rf"{field} is one number for all steps; it can't be a schedule, Exponential"):
        kind(BOWL, **{field: nn.ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)})


@pytest.mark.parametrize("seed", [1e300, 2**53 + 2])
def test_a_seed_is_one_that_a_float_holds(seed):
    with pytest.raises(ValueError, match=r"seed = .* is not in \[0, 9007199254740992\]"):
        Noisy(BOWL, seed=seed)
    assert np.isfinite(Noisy(BOWL, seed=2**53).at(1).gradient([1.0, 1.0])).all()


@pytest.mark.parametrize("around", [lambda J: J, Penalised, lambda J: Clipped(Noisy(J))])
def test_batches_are_drawn_once(around):
    J = LogisticRegression(X, Y)
    with pytest.raises(TypeError, match="is seen in batches already: draw them once"):
        nn.MiniBatches(5).of(around(nn.MiniBatches(7).of(J)))


class Tilted(Quadratic):
    """A bowl of a learner's own with a tilt, which may be a sweep."""

    def __init__(self, tilt):
        super().__init__(curvatures=[1.0, 10.0])
        self.tilt = tilt

    def gradient(self, theta):
        return super().gradient(theta) + self.tilt

    def swept(self, shape):
        return np.broadcast_shapes(shape, np.shape(self.tilt))

    def member(self, index, batch):
        return Tilted(np.broadcast_to(self.tilt, (*batch, 1))[index])


def test_the_objective_inside_picks_its_own_member():
    sweep = nn.run(nn.Adam(0.1), Clipped(Tilted(np.array([[1.0], [2.0]])), norm=1.5), START, 4)
    alone = nn.run(nn.Adam(0.1), Clipped(Tilted(2.0), norm=1.5), START, 4)
    member = sweep.member(1)
    np.testing.assert_array_equal(member.theta, alone.theta)
    np.testing.assert_array_equal(member.branch(1).theta, alone.theta[1:])
