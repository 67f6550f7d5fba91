"""Early stopping: Keras's callback on a table of curves, exact when a run goes on, sweeps, held-out losses."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

import nnlearn as nn
from nnlearn.networks import MSE, BatchNorm, Dense, Dropout, Network, ReLU, mlp
from nnlearn.objectives import Quadratic
from nnlearn.objectives.base import BaseObjective
from tests.problems import OPTIMIZERS, START

BOWL = Quadratic(curvatures=[1.0, 6.5])
PLACE = np.array([-0.5, 0.3])  # on the way from START to the bowl's bottom
BESIDE = nn.Objective(lambda theta: ((theta - PLACE) ** 2).sum(-1), lambda theta: 2 * (theta - PLACE))


class Counting(BaseObjective):
    """A slope of -1: with rate 1 theta counts the steps."""

    dimension = 1

    def loss(self, theta):
        return np.zeros(np.shape(theta)[:-1])

    def gradient(self, theta):
        return -np.ones_like(theta)


class Curve(Counting):
    """The loss after each step, as given; the last one stays."""

    def __init__(self, losses):
        self.losses = np.array(losses, float)

    def loss(self, theta):
        return self.losses[np.clip(np.asarray(theta)[..., 0].astype(int) - 1, 0, len(self.losses) - 1)]


def random_curve(seed):
    rng = np.random.default_rng(seed)
    return np.round(np.linspace(2, 1, 40) + rng.normal(size=40) * 0.3, 1 if seed % 2 else 6)  # some are equal


CURVES = {
    "falls": [5, 4, 3, 2, 1], "rises": [1, 2, 3, 4, 5], "level": [2.0] * 8, "late": [3, 2, 2.5, 2.4, 1.9, 2, 2, 2, 2],
    "small gains": 2 - 0.01 * np.arange(30), "one": [1.0], "just enough": [3, 2.75, 2.5, 2.25, 2],
    "infinite": [3, np.inf, 2, np.inf, np.inf, np.inf, np.inf], **{f"random {i}": random_curve(i) for i in range(6)},
}  # fmt: skip


def by_keras(losses, patience, min_delta):
    """At which epoch it stops, if it does, and the epoch whose weights it gives back."""
    model = SimpleNamespace(stop_training=False)
    model.get_weights = lambda: model.weights
    model.set_weights = lambda weights: setattr(model, "weights", weights)
    callback = keras.callbacks.EarlyStopping(
        "val_loss", patience=patience, min_delta=min_delta, mode="min", restore_best_weights=True
    )
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, loss in enumerate(losses):
        model.weights = epoch + 1
        callback.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            break
    callback.on_train_end()
    return epoch + 1, model.stop_training, model.weights


@pytest.mark.parametrize("min_delta", [0.0, 0.25])
@pytest.mark.parametrize("patience", [1, 2, 5])
@pytest.mark.parametrize("name", CURVES)
def test_it_stops_where_keras_stops_and_gives_back_the_same(name, patience, min_delta):
    losses = CURVES[name]
    rule = nn.EarlyStopping(nn.GradientDescent(1.0), Curve(losses), patience, min_delta)
    trace = nn.run(rule, Counting(), [0.0], len(losses))
    steps, stopped, best = by_keras(losses, patience, min_delta)
    assert (trace.last.t, trace.stopped is not None, trace.last.best_theta[0]) == (steps, stopped, best)
    assert trace.last.best_loss[0] == losses[best - 1] and rule.best(trace)[0] == best


def test_it_says_why_it_stopped_and_is_the_rule_until_then():
    rule = nn.EarlyStopping(nn.Momentum(0.1, 0.5), BESIDE, patience=4)
    trace, plain = nn.run(rule, BOWL, START, 60), nn.run(nn.Momentum(0.1, 0.5), BOWL, START, 60)
    end = trace.last.t
    assert str(trace.stopped) == f"The watched loss was not better in 4 looks: the run stopped at step {end}."
    assert 4 < end < 60 and trace.last.since_best[0] == 4
    np.testing.assert_array_equal(trace.theta, plain.theta[: end + 1])
    watched = BESIDE.loss(trace.theta)
    best = int(watched[1:].argmin()) + 1
    assert end == best + 4 and trace.last.best_loss[0] == watched[best]
    np.testing.assert_array_equal(trace.last.best_theta, trace.theta[best])
    np.testing.assert_array_equal(trace.best_loss[1:, 0], np.minimum.accumulate(watched[1:]))


@pytest.mark.parametrize("every", [1, 3, 5])
def test_it_looks_after_each_so_many_th_step(every):
    rule = nn.EarlyStopping(nn.GradientDescent(0.05), BESIDE, patience=2, every=every)
    trace = nn.run(rule, BOWL, START, 200)
    seen = BESIDE.loss(trace.theta[every::every])
    assert trace.last.t == every * (int(seen.argmin()) + 3)
    np.testing.assert_array_equal(trace.last.best_theta, trace.theta[every * (int(seen.argmin()) + 1)])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_rule_goes_on_from_any_row(name, tmp_path):
    rule = nn.EarlyStopping(OPTIMIZERS[name], Curve([3, 2, 2, 1, 1, 1, 1, 1, 1]), patience=40)
    rule = rule.with_values({"watch": Quadratic(10.0)})
    whole = nn.run(rule, Quadratic(10.0), START, 12)
    whole.save(tmp_path / "run")
    for trace in (whole, nn.Trace.load(tmp_path / "run", rule)):
        for k in (1, 7):
            following = trace.branch(k)
            for column in ("theta", *rule.state):
                np.testing.assert_array_equal(getattr(following, column), getattr(whole, column)[k:])
    shown = whole.explain(7)  # it compares its values with the row's
    assert str(rule.equations) == str(OPTIMIZERS[name].equations) and "theta" in shown._repr_markdown_()


def test_a_run_that_goes_on_waits_no_longer_than_one_in_a_piece():
    rule = nn.EarlyStopping(nn.GradientDescent(1.0), Curve([3, 2, 1, 2, 2, 2, 2, 2, 2]), patience=4)
    whole = nn.run(rule, Counting(), [0.0], 9)
    parts = nn.run(rule, Counting(), [0.0], 5)
    rest = nn.run(rule, Counting(), parts.last, 4)
    assert parts.stopped is None and str(rest.stopped) == str(whole.stopped) and rest.last.t == 7
    np.testing.assert_array_equal(rule.best(rest), [3.0])


@pytest.mark.parametrize("every, keep", [(1, None), (4, None), (1000, None)])
def test_each_run_of_a_sweep_stops_for_itself(every, keep):
    rates = np.array([0.005, 0.02, 0.05, 0.2, 0.4])  # the last diverges, the first has not done
    sweep_rule = nn.EarlyStopping(nn.GradientDescent(rates[:, np.newaxis]), BESIDE, patience=3)
    sweep = nn.run(sweep_rule, BOWL, START, 60, every=every, keep=keep)
    found, ends = sweep_rule.best(sweep), set()
    for i, rate in enumerate(rates):
        rule = nn.EarlyStopping(nn.GradientDescent(rate), BESIDE, patience=3)
        alone = nn.run(rule, BOWL, START, 60)
        ends.add(alone.last.t)
        assert str(sweep.stopped[i]) == str(alone.stopped)
        np.testing.assert_allclose(found[i], alone.last.best_theta, rtol=1e-12)
    assert len(ends) == 5 and 60 in ends


def test_what_is_watched_may_differ_from_run_to_run():
    """A member of the sweep watches its own loss, also in a step that is made again."""
    watch = nn.objectives.Penalised(BESIDE, l2=np.array([[0.0], [1.0]]))
    sweep = nn.run(nn.EarlyStopping(nn.GradientDescent(0.05), watch, patience=3), BOWL, START, 60, every=1000)
    found = sweep.optimizer.best(sweep)
    for i, l2 in enumerate((0.0, 1.0)):
        own = nn.objectives.Penalised(BESIDE, l2=l2)
        alone = nn.run(nn.EarlyStopping(nn.GradientDescent(0.05), own, patience=3), BOWL, START, 60)
        assert sweep.member(i).optimizer.watch.l2 == l2 and str(sweep.stopped[i]) == str(alone.stopped)
        np.testing.assert_allclose(found[i], alone.last.best_theta, rtol=1e-12)
        np.testing.assert_allclose(sweep.member(i).ending().best_loss, alone.last.best_loss, rtol=1e-12)
    assert len({each.step for each in sweep.stopped}) == 2


def test_what_was_not_kept_is_missed():
    rule = nn.EarlyStopping(nn.GradientDescent(np.array([[0.05], [0.1]])), BESIDE, patience=3)
    with pytest.raises(AttributeError, match="best_theta"):
        rule.best(nn.run(rule, BOWL, START, 60, keep=("theta",)))


def test_it_waits_around_the_rule_that_waits_and_on_schedules():
    inside = nn.ReduceOnPlateau(nn.GradientDescent(nn.WarmUp(4, 0.1)), 0.5, 2)
    trace = nn.run(nn.EarlyStopping(inside, BESIDE, 5), BOWL, START, 60)
    plain = nn.run(inside, BOWL, START, trace.last.t)
    for column in ("theta", "best", "waited", "scale", "learning_rate"):
        np.testing.assert_array_equal(getattr(trace, column), getattr(plain, column))
    scheduled = nn.run(nn.EarlyStopping(nn.GradientDescent(nn.WarmUp(4, 0.4)), BESIDE), BOWL, START, 6)
    np.testing.assert_allclose(scheduled.learning_rate[1:, 0], [0, 0.1, 0.2, 0.3, 0.4, 0.4])
    assert trace.explain(7).lines


def test_it_ends_where_its_rule_ends():
    J = nn.Objective(lambda theta: theta[..., 0], np.ones_like, hessian=lambda theta: np.zeros((*theta.shape, 1)))
    plain, early = (nn.run(rule, J, [1.0], 5) for rule in (nn.Newton(), nn.EarlyStopping(nn.Newton(), J)))
    assert "singular" in str(plain.stopped) and str(early.stopped) == str(plain.stopped)


def test_a_loss_that_is_no_number_is_waited_out():
    watch = nn.Objective(lambda theta: np.full(theta.shape[:-1], np.nan), np.zeros_like)
    trace = nn.run(nn.EarlyStopping(nn.GradientDescent(0.1), watch, 3), BOWL, START, 8)
    assert trace.last.t == 3
    np.testing.assert_array_equal(trace.last.best_theta, START)


# --- What is watched ---


def test_a_held_out_loss_is_that_of_the_network_as_it_is_used():
    rng = np.random.default_rng(0)
    X, other = rng.normal(size=(2, 30, 4))
    y, labels = rng.integers(3, size=(2, 30))
    layers = [Dense(8, name="a"), BatchNorm(), ReLU(), Dropout(0.5), Dense(3, name="b")]
    J = Network((4,), layers).on(X, y, l2=0.3)
    theta = J.initial(0)
    held_out = J.held_out(other, labels)
    p = J.probabilities(theta, other)
    assert held_out.loss(theta) == pytest.approx(-np.log(p[np.arange(30), labels]).mean(), rel=1e-12)
    assert held_out.examples == 30 and held_out.loss(np.stack([theta] * 3)).shape == (3,)
    np.testing.assert_array_equal(held_out.loss(np.stack([theta, 2 * theta]))[1], held_out.loss(2 * theta))
    assert nn.objectives.Clipped(nn.MiniBatches(8).of(J)).held_out(other, labels).loss(theta) == held_out.loss(theta)
    numbers = mlp(4, 3, 1).on(X, X[:, 0], MSE())
    start = numbers.initial(0)
    expected = np.mean((numbers.predict(start, other) - other[:, 1]) ** 2)
    assert numbers.held_out(other, other[:, 1]).loss(start) == pytest.approx(expected, rel=1e-12)


def test_a_network_stops_before_it_learns_wrong_labels():
    data = nn.data.digits(seed=0)
    rng = np.random.default_rng(0)
    y = np.where(rng.random(200) < 0.3, rng.integers(10, size=200), data.y_train[:200])
    J = mlp(64, 64, 10, activation=ReLU).on(data.X_train[:200], y)
    held_out = J.held_out(data.X_train[200:500], data.y_train[200:500])
    thetas = np.stack([J.initial(seed) for seed in range(3)])
    rule = nn.EarlyStopping(nn.Adam(0.01), held_out, patience=10)
    early, late = nn.run(rule, J, thetas, 200), nn.run(nn.Adam(0.01), J, thetas, 200, keep=())
    test = data.X_test, data.y_test
    assert (J.accuracy(rule.best(early), *test) > J.accuracy(late.last.theta, *test)).all()
    assert (early.stop_step < 100).all()


def test_a_run_on_data_is_loaded_with_what_it_watches(tmp_path):
    J = mlp(2, 3, 2).on([[0.0, 1.0], [1.0, 0.0]], [0, 1])
    rule = nn.EarlyStopping(nn.Adam(0.01), J.held_out([[1.0, 1.0]], [1]))
    nn.run(rule, J, J.initial(0), 3).save(tmp_path / "run")
    again = nn.Trace.load(tmp_path / "run", rule, J)
    assert again.stopped is None and again.last.t == 3
    with pytest.raises(ValueError, match="give Trace.load.*optimizer="):
        nn.Trace.load(tmp_path / "run", objective=J)
    assert J.held_out([[1.0, 1.0]], [1]).describe() != J.held_out([[1.0, 1.0]], [0]).describe()


NETWORK = mlp(2, 3, 2).on([[0.0, 1.0], [1.0, 0.0]], [0, 1])
HELD_OUT = NETWORK.held_out([[1.0, 2.0]], [1])


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda: nn.EarlyStopping(0.1, BOWL), TypeError, "rule must be an update rule, .*; it is 0.1"),
        (lambda: nn.EarlyStopping(nn.Adam, BOWL), TypeError, "rule must be an update rule"),
        (lambda: nn.EarlyStopping(nn.EarlyStopping(nn.Adam(), BOWL), BOWL), TypeError, "rule must be an update rule"),
        (lambda: nn.ReduceOnPlateau(nn.EarlyStopping(nn.Adam(), BOWL)), TypeError, "rule must be an update rule with"),
        (lambda: nn.EarlyStopping(nn.Adam(), None), TypeError, "watch must be an objective"),
        (lambda: nn.EarlyStopping(nn.Adam(), Quadratic), TypeError, "watch must be an objective"),
        (lambda: nn.EarlyStopping(nn.Adam(), BOWL, 0), ValueError, "patience = 0 is too small"),
        (lambda: nn.EarlyStopping(nn.Adam(), BOWL, 2.0), TypeError, "patience must be a whole number"),
        (lambda: nn.EarlyStopping(nn.Adam(), BOWL, min_delta=-1), ValueError, "min_delta = -1 is not in"),
        (lambda: nn.EarlyStopping(nn.Adam(), BOWL, every=0), ValueError, "every = 0 is too small"),
        (lambda: NETWORK.held_out([[1.0, 2.0]], [[1]]), ValueError, "y must have one axis"),
        (lambda: NETWORK.held_out([[1.0, 2.0]], [2]), ValueError, "labels from 0 to 1"),
        (lambda: NETWORK.held_out(np.zeros((0, 2)), []), ValueError, "n at least 1"),
        (lambda: NETWORK.held_out(np.zeros((1, 2), np.float16), [0]), TypeError, "X holds float16"),
        (lambda: nn.run(nn.Adam(), HELD_OUT, NETWORK.initial(0), 1), TypeError, "watched, not trained on"),
        (lambda: HELD_OUT.loss([1.0]), ValueError, "theta has shape"),
    ],
)  # fmt: skip
def test_what_can_t_be_used_is_named(make, error, match):
    with pytest.raises(error, match=match):
        make()


def test_the_repr_names_what_is_watched():
    assert repr(nn.EarlyStopping(nn.Lion(), BOWL, 3)).startswith("EarlyStopping(rule=Lion(")
