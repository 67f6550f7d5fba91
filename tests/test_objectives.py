"""Objectives: derivatives, known minima, batches, data, and every message a wrong argument gets."""

import json
import subprocess
import sys

import numpy as np
import pytest
from sklearn import linear_model

from nnlearn import objectives
from nnlearn.objectives import (
    Beale,
    Himmelblau,
    LinearRegression,
    LogisticRegression,
    Objective,
    Plateau,
    Quadratic,
    Rosenbrock,
    Saddle,
    SoftmaxRegression,
    TwoValleys,
    data,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 4))
NUMBERS = X @ [1.0, -2.0, 0.5, 3.0] + 4 + 0.1 * RNG.normal(size=30)
TWO_CLASSES = (X[:, 0] + RNG.normal(size=30) > 0).astype(int)
THREE_CLASSES = np.digitize(X[:, 0] + 0.5 * RNG.normal(size=30), [-0.5, 0.5])

SURFACES = [
    TwoValleys(),
    Quadratic(),
    Quadratic(100.0),
    Quadratic(curvatures=[2.0]),
    Quadratic(curvatures=RNG.uniform(0.1, 10, size=50)),
    Rosenbrock(),
    Rosenbrock(a=-0.7, b=3.0),
    Beale(),
    Himmelblau(),
    Saddle(),
    Plateau(),
]
ON_DATA = [
    LinearRegression(X, NUMBERS),
    LinearRegression(X, NUMBERS, intercept=False),
    LogisticRegression(X, TWO_CLASSES),
    LogisticRegression(X, TWO_CLASSES, l2=0.3),
    SoftmaxRegression(X, THREE_CLASSES),
    SoftmaxRegression(X, THREE_CLASSES, l2=0.3),
]


def valley(theta):
    return theta[0] ** 2 * theta[1] + np.sin(theta[1])


def valley_gradient(theta):
    return [2 * theta[0] * theta[1], theta[0] ** 2 + np.cos(theta[1])]


def valley_hessian(theta):
    return [[2 * theta[1], 2 * theta[0]], [2 * theta[0], -np.sin(theta[1])]]


OWN = Objective(valley, valley_gradient, valley_hessian)
OWN_BATCHED = Objective(
    lambda theta: np.sum(theta**3, axis=-1),
    lambda theta: 3 * theta**2,
    lambda theta: 6 * theta[..., np.newaxis] * np.eye(2),
    batched=True,
    name="cubes",
)
ALL = [*SURFACES, *ON_DATA, OWN, OWN_BATCHED]


def short(value):
    return repr(value)[:50]


def points(J, *batch, seed=1):
    return np.random.default_rng(seed).uniform(-2, 2, size=(*batch, J.dimension or 2))


def central_differences(function, theta, h=1e-5):
    """The derivative of function along each coordinate, as a new last axis."""
    steps = h * np.eye(theta.shape[-1])
    return np.stack([(function(theta + e) - function(theta - e)) / (2 * h) for e in steps], axis=-1)


# --- derivatives ----------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", [(), (3,), (2, 2)], ids=str)
@pytest.mark.parametrize("J", ALL, ids=short)
def test_gradient_and_hessian_match_central_differences(J, batch):
    theta = points(J, *batch)
    gradient, hessian = J.gradient(theta), J.hessian(theta)
    assert np.shape(J.loss(theta)) == batch
    assert batch or isinstance(J.loss(theta), float)
    assert gradient.shape == theta.shape
    assert hessian.shape == (*theta.shape, theta.shape[-1])
    scale = 1 + np.abs(hessian).max()
    np.testing.assert_allclose(gradient, central_differences(J.loss, theta), rtol=1e-6, atol=1e-7 * scale)
    np.testing.assert_allclose(hessian, central_differences(J.gradient, theta), rtol=1e-6, atol=1e-7 * scale)
    np.testing.assert_allclose(hessian, np.swapaxes(hessian, -1, -2), rtol=1e-12, atol=1e-13 * scale)


@pytest.mark.parametrize("J", ALL, ids=short)
def test_results_are_float64_and_own_their_memory(J):
    theta = points(J, 3)
    before = theta.tobytes()
    for method in (J.loss, J.gradient, J.hessian):
        value = method(theta)
        assert value.dtype == np.float64
        value[...] = np.nan  # changing a result must change neither theta nor the objective
        assert theta.tobytes() == before
        assert np.isfinite(method(theta)).all()


@pytest.mark.parametrize("J", ALL, ids=short)
def test_lists_and_integers_are_converted(J):
    theta = [1] * (J.dimension or 2)
    np.testing.assert_array_equal(J.gradient(theta), J.gradient(np.ones(len(theta))))
    assert J.check(theta).dtype == np.float64


# --- surfaces -------------------------------------------------------------------------------------


@pytest.mark.parametrize("J", SURFACES, ids=short)
def test_minima_have_no_slope_and_curve_upwards(J):
    assert J.minima.shape[1:] == J.start.shape == (J.dimension,)
    hessians = J.hessian(J.minima)
    assert np.abs(J.gradient(J.minima)).max() <= 1e-13 * (1 + np.abs(hessians).max())
    assert (np.linalg.eigvalsh(hessians) > 0).all()


@pytest.mark.parametrize("J", [TwoValleys(), Quadratic(), Himmelblau(), Saddle()], ids=short)
def test_every_descent_ends_in_a_listed_minimum(J):
    theta = points(J, 40)
    for _ in range(3000):
        theta = theta - 0.01 * J.gradient(theta)
    distance = np.linalg.norm(theta[:, np.newaxis] - J.minima, axis=-1).min(axis=1)
    assert distance.max() < 1e-6


@pytest.mark.parametrize("J", SURFACES, ids=short)
def test_start_and_minima_lie_in_the_view(J):
    low, high = np.reshape(J.view, (2, 2)).T
    for point in (J.start, *J.minima):
        shown = np.append(point, J.loss(point)) if J.dimension == 1 else point
        assert J.dimension > 2 or ((low <= shown) & (shown <= high)).all()


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("J", SURFACES, ids=short)
def test_a_sweep_equals_the_loop_bit_for_bit_on_surfaces(J, order):
    spread = 10.0 ** np.random.default_rng(2).uniform(-8, 60, size=(500, 1))
    theta = np.asarray(np.concatenate([points(J, 500), points(J, 500, seed=3) * spread]), order=order)
    with np.errstate(all="ignore"):
        for method in (J.loss, J.gradient, J.hessian):
            loop = np.array([method(point.copy()) for point in theta])
            assert method(theta).tobytes() == loop.tobytes()
            grid = theta.reshape(20, 50, -1)
            assert method(grid).tobytes() == loop.tobytes()


@pytest.mark.parametrize(
    ("J", "theta", "loss"),
    [
        (TwoValleys(), [1.8], 1.8**4 / 4 - 1.8**2 / 2 + 0.36),
        (Quadratic(10), [-2.0, 1.0], 7.0),
        (Quadratic(curvatures=[1, 4, 9]), [1, 2, 3], 49.0),
        (Rosenbrock(), [-1.2, 1.0], 24.2),
        (Rosenbrock(a=2, b=5), [1.0, 3.0], 21.0),
        (Beale(), [0.0, 0.0], 14.203125),
        (Himmelblau(), [0.0, 0.0], 170.0),
        (Saddle(), [1.0, 2.0], 2.5),
        (Plateau(), [0.6, 0.8], 0.5),
    ],
    ids=short,
)
def test_losses_of_surfaces(J, theta, loss):
    assert J.loss(theta) == pytest.approx(loss, rel=1e-14)


def test_the_saddle_and_the_plateau_are_what_they_are_called():
    assert not Saddle().gradient([0.0, 0.0]).any()
    assert np.linalg.eigvalsh(Saddle().hessian([0.0, 0.0])).tolist() == [-1, 1]
    lengths = np.linalg.norm(Plateau().gradient([[0.58, 0.0], [3.0, 4.0], [10.0, 0.0]]), axis=-1)
    np.testing.assert_allclose(lengths, [0.65, 0.0148, 0.00196], rtol=1e-2)


def test_curvatures_of_a_quadratic():
    J = Quadratic(curvatures=[3, 0.5, 8])
    assert (J.largest_curvature, J.smallest_curvature, J.condition_number) == (8, 0.5, 16)
    assert Quadratic(25).condition_number == 25


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Quadratic(0.5), ValueError, r"condition_number = 0.5 is not in \[1, inf\)"),
        (lambda: Quadratic(np.nan), ValueError, "condition_number = nan"),
        (lambda: Quadratic([1, 10]), TypeError, r"condition_number must be one number; .* \(2,\)"),
        (lambda: Quadratic(curvatures=[1, 0]), ValueError, r"curvatures = 0 is not in \(0, inf\)"),
        (lambda: Quadratic(curvatures=[[1, 2]]), ValueError, r"one number per coordinate.* \(1, 2\)"),
        (lambda: Quadratic(curvatures=[]), ValueError, r"one number per coordinate.* \(0,\)"),
        (lambda: Quadratic(curvatures=3.0), ValueError, r"one number per coordinate.* \(\)"),
        (lambda: Rosenbrock(b=0), ValueError, r"b = 0 is not in \(0, inf\)"),
        (lambda: Rosenbrock(a=np.inf), ValueError, "a = inf"),
        (lambda: Rosenbrock(a="1"), TypeError, "a must hold real numbers"),
    ],
)
def test_parameters_of_surfaces_are_checked(make, error, message):
    with pytest.raises(error, match=message):
        make()


# --- theta ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("J", "theta", "error", "message"),
    [
        (Rosenbrock(), [1.0, 2.0, 3.0], ValueError, r"theta has shape \(3,\); Rosenbrock.* shape \(2,\)"),
        (Rosenbrock(), 1.0, ValueError, r"theta has shape \(\)"),
        (TwoValleys(), [[1.0, 2.0]], ValueError, r"theta has shape \(1, 2\); TwoValleys.* \(1,\)"),
        (OWN, 1.0, ValueError, r"theta has shape \(\); Objective\(valley\) needs shape \(d,\)"),
        (OWN, [], ValueError, r"theta has shape \(0,\)"),
        (ON_DATA[4], np.zeros(5), ValueError, r"theta has shape \(5,\); Softmax.* needs shape \(15,\)"),
        (Beale(), ["a", "b"], TypeError, "theta must hold real numbers"),
        (Beale(), [1j, 0], TypeError, "theta must hold real numbers; it holds complex128"),
        (Beale(), [None, 0], TypeError, "theta must hold real numbers"),
        (Beale(), [[1.0, 2.0], [1.0]], TypeError, "theta must be an array of numbers"),
    ],
)
def test_theta_is_checked(J, theta, error, message):
    for method in (J.check, J.loss, J.gradient, J.hessian):
        with pytest.raises(error, match=message):
            method(theta)


def test_infinite_and_missing_coordinates_pass_the_check():
    theta = np.array([[np.inf, np.nan], [1.0, 1.0]])
    with np.errstate(all="ignore"):
        assert Rosenbrock().loss(theta)[1] == 0
        assert not np.isfinite(Rosenbrock().loss(theta)[0])


@pytest.mark.parametrize("J", ALL, ids=short)
def test_overflow_is_silent_where_the_caller_says_so(J):
    theta = np.full((2, J.dimension or 2), 1e200)
    with np.errstate(all="ignore"):
        for method in (J.loss, J.gradient, J.hessian):
            method(theta)


@pytest.mark.parametrize("J", ALL, ids=short)
def test_on_full_data_every_step_sees_the_same_objective(J):
    assert J.at(1) is J.at(17) is J


# --- data: what is computed -----------------------------------------------------------------------


@pytest.mark.parametrize("J", ON_DATA, ids=short)
def test_a_batch_equals_the_loop_on_data(J):
    theta = points(J, 6, 2)
    for method in (J.loss, J.gradient, J.hessian, J.losses, lambda t: J.predict(t, X)):
        loop = np.array([[method(point) for point in row] for row in theta])
        np.testing.assert_allclose(method(theta), loop, rtol=1e-12, atol=1e-13)


def test_losses_are_the_documented_formulas():
    w, b = np.array([0.3, -1.0, 2.0, 0.1]), 0.7
    z = X @ w + b
    theta = np.append(w, b)
    assert LinearRegression(X, NUMBERS).loss(theta) == pytest.approx(np.mean((z - NUMBERS) ** 2), rel=1e-13)
    without = LinearRegression(X, NUMBERS, intercept=False)
    assert without.loss(w) == pytest.approx(np.mean((z - b - NUMBERS) ** 2), rel=1e-13)

    cross_entropy = np.mean(np.log(1 + np.exp(z)) - TWO_CLASSES * z)
    assert LogisticRegression(X, TWO_CLASSES).loss(theta) == pytest.approx(cross_entropy, rel=1e-13)
    penalised = cross_entropy + 0.3 / 2 * np.sum(w**2)
    assert LogisticRegression(X, TWO_CLASSES, l2=0.3).loss(theta) == pytest.approx(penalised, rel=1e-13)

    W, c = RNG.normal(size=(4, 3)), RNG.normal(size=3)
    Z = X @ W + c
    likelihoods = np.exp(Z[np.arange(30), THREE_CLASSES]) / np.exp(Z).sum(axis=1)
    cross_entropy = -np.mean(np.log(likelihoods))
    theta = np.concatenate([W.ravel(), c])
    assert SoftmaxRegression(X, THREE_CLASSES).loss(theta) == pytest.approx(cross_entropy, rel=1e-13)
    penalised = cross_entropy + 0.3 / 2 * np.sum(W**2)
    assert SoftmaxRegression(X, THREE_CLASSES, l2=0.3).loss(theta) == pytest.approx(penalised, rel=1e-13)


def test_two_classes_of_softmax_are_logistic_regression():
    logistic, softmax = LogisticRegression(X, TWO_CLASSES), SoftmaxRegression(X, TWO_CLASSES)
    theta = points(logistic)
    both = np.stack([np.zeros_like(theta), theta], axis=1).ravel()
    assert softmax.loss(both) == pytest.approx(logistic.loss(theta), rel=1e-13)
    np.testing.assert_allclose(softmax.gradient(both)[1::2], logistic.gradient(theta), rtol=1e-12)
    np.testing.assert_allclose(softmax.probabilities(both, X)[:, 1], logistic.probabilities(theta, X), rtol=1e-12)


@pytest.mark.parametrize("size", [1e3, 1e8])
def test_large_scores_neither_overflow_nor_warn(size):
    far = np.array([[-size], [size]])
    for J in (LogisticRegression(far, [0, 1]), LogisticRegression(far, [1, 0])):
        wrong = J.targets[0]
        assert J.loss([1.0, 0.0]) == wrong * size
        np.testing.assert_array_equal(J.gradient([1.0, 0.0]), [wrong * size, 0.0])
    J = SoftmaxRegression(far, [1, 0])
    assert J.loss([0.0, 1.0, 0.0, 0.0]) == size
    np.testing.assert_array_equal(J.gradient([0.0, 1.0, 0.0, 0.0]), [-size, size, 0.0, 0.0])
    np.testing.assert_array_equal(J.probabilities([0.0, 1.0, 0.0, 0.0], far), [[1, 0], [0, 1]])


def test_a_sure_and_right_prediction_has_a_small_loss_not_none():
    J = LogisticRegression([[40.0], [-40.0]], [1, 0])
    assert J.loss([1.0, 0.0]) == pytest.approx(np.exp(-40), rel=1e-12, abs=0)


def test_unpack_gives_weights_and_intercepts():
    theta = np.arange(15.0)
    weights, intercepts = ON_DATA[4].unpack(theta)
    np.testing.assert_array_equal(weights, np.arange(12).reshape(4, 3))
    np.testing.assert_array_equal(intercepts, [12, 13, 14])
    assert [part.shape for part in ON_DATA[4].unpack(np.zeros((7, 2, 15)))] == [(7, 2, 4, 3), (7, 2, 3)]
    for J in (ON_DATA[0], ON_DATA[2]):
        weights, intercept = J.unpack([[1, 2, 3, 4, 5]])
        assert (weights.tolist(), intercept.tolist()) == ([[1, 2, 3, 4]], [5])
    weights, intercept = ON_DATA[1].unpack([[1, 2, 3, 4]])
    assert (weights.tolist(), intercept.tolist()) == ([[1, 2, 3, 4]], [0])


@pytest.mark.parametrize("J", ON_DATA, ids=short)
def test_start_is_a_fresh_zero_of_the_right_length(J):
    J.start[:] = 1
    assert J.start.shape == (J.dimension,)
    assert not J.start.any()


def test_predictions_and_scores():
    theta = np.array([1.0, 0.0, 0.0, 0.0, 0.0])
    linear, logistic = ON_DATA[0], ON_DATA[2]
    np.testing.assert_array_equal(linear.predict(theta, X), X[:, 0])
    assert linear.error(theta, X, NUMBERS) == pytest.approx(linear.loss(theta), rel=1e-13)
    np.testing.assert_array_equal(logistic.predict(theta, X), X[:, 0] > 0)
    accuracy = logistic.accuracy(theta, X, TWO_CLASSES)
    assert isinstance(accuracy, float)
    assert accuracy == np.mean((X[:, 0] > 0) == TWO_CLASSES)
    np.testing.assert_allclose(logistic.probabilities(theta, X), 1 / (1 + np.exp(-X[:, 0])), rtol=1e-14)

    softmax, batch = ON_DATA[4], points(ON_DATA[4], 3, 2)
    p = softmax.probabilities(batch, X)
    assert p.shape == (3, 2, 30, 3)
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-14)
    labels = softmax.predict(batch, X)
    np.testing.assert_array_equal(labels, p.argmax(axis=-1))
    assert labels.dtype.kind == "i"
    share = softmax.accuracy(batch, X, THREE_CLASSES)
    np.testing.assert_array_equal(share, (labels == THREE_CLASSES).mean(axis=-1))


@pytest.mark.parametrize("J", ON_DATA[2:], ids=short)
def test_accuracy_of_a_diverged_run_is_nan(J):
    theta = points(J, 3)
    theta[1, 0], theta[2, :] = np.inf, np.nan
    y = TWO_CLASSES if J.classes == 2 else THREE_CLASSES
    np.testing.assert_array_equal(np.isnan(J.accuracy(theta, X, y)), [False, True, True])


def test_error_of_a_diverged_run_is_silent():
    assert ON_DATA[0].error(np.full(5, 1e200), X, NUMBERS) == np.inf


def test_many_runs_are_evaluated_in_blocks(monkeypatch):
    theta = points(ON_DATA[4], 50)
    whole = ON_DATA[4].loss(theta), ON_DATA[4].accuracy(theta, X, THREE_CLASSES)
    asked = []
    losses = SoftmaxRegression.losses
    monkeypatch.setattr(SoftmaxRegression, "losses", lambda J, runs: asked.append(len(runs)) or losses(J, runs))
    monkeypatch.setattr(data, "BLOCK", 7 * 90)  # 30 examples of 3 classes, 7 runs
    blocks = ON_DATA[4].loss(theta), ON_DATA[4].accuracy(theta, X, THREE_CLASSES)
    np.testing.assert_allclose(blocks, whole, rtol=1e-14)
    assert asked == [7] * 7 + [1]
    assert ON_DATA[4].loss(theta[:0]).shape == (0,)


# --- data: the best theta -------------------------------------------------------------------------


def newton(J):
    theta = J.start
    for _ in range(30):
        theta = theta - np.linalg.lstsq(J.hessian(theta), J.gradient(theta), rcond=1e-12)[0]
    return theta


@pytest.mark.parametrize("intercept", [True, False])
def test_linear_regression_agrees_with_scikit_learn(intercept):
    J = LinearRegression(X, NUMBERS, intercept)
    theirs = linear_model.LinearRegression(fit_intercept=intercept).fit(X, NUMBERS)
    weights, b = J.unpack(J.solution())
    np.testing.assert_allclose(weights, theirs.coef_, rtol=1e-11)
    assert b == pytest.approx(theirs.intercept_, rel=1e-11)
    np.testing.assert_allclose(J.predict(J.solution(), X), theirs.predict(X), rtol=1e-10)
    np.testing.assert_allclose(J.gradient(J.solution()), 0, atol=1e-12)


def test_logistic_regression_agrees_with_scikit_learn():
    J = LogisticRegression(X, TWO_CLASSES, l2=0.02)
    theirs = linear_model.LogisticRegression(C=1 / (30 * 0.02), tol=1e-12, solver="newton-cholesky")
    theirs.fit(X, TWO_CLASSES)
    theta = newton(J)
    np.testing.assert_allclose(theta, [*theirs.coef_[0], *theirs.intercept_], rtol=1e-7)
    assert J.accuracy(theta, X, TWO_CLASSES) == theirs.score(X, TWO_CLASSES)


def test_softmax_regression_agrees_with_scikit_learn():
    J = SoftmaxRegression(X, THREE_CLASSES, l2=0.02)
    theirs = linear_model.LogisticRegression(C=1 / (30 * 0.02), tol=1e-12, solver="newton-cholesky")
    theirs.fit(X, THREE_CLASSES)
    theta = newton(J)
    np.testing.assert_allclose(J.unpack(theta)[0], theirs.coef_.T, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(J.probabilities(theta, X), theirs.predict_proba(X), rtol=1e-6)
    assert J.accuracy(theta, X, THREE_CLASSES) == theirs.score(X, THREE_CLASSES)


@pytest.mark.parametrize("J", ON_DATA[:2], ids=short)
def test_curvatures_of_linear_regression_are_the_hessians_eigenvalues(J):
    eigenvalues = np.linalg.eigvalsh(J.hessian(J.start))[::-1]
    np.testing.assert_allclose(J.curvatures, eigenvalues, rtol=1e-12)
    assert J.largest_curvature == pytest.approx(eigenvalues[0], rel=1e-12)
    assert J.smallest_curvature == pytest.approx(eigenvalues[-1], rel=1e-12)
    assert J.condition_number == pytest.approx(eigenvalues[0] / eigenvalues[-1], rel=1e-12)


def test_two_over_the_largest_curvature_is_the_limit_of_the_rate():
    J = ON_DATA[0]
    for factor, converges in ((0.999, True), (1.001, False)):
        theta = J.start
        for _ in range(3000):
            theta = theta - factor * 2 / J.largest_curvature * J.gradient(theta)
        assert (J.loss(theta) <= J.loss(J.start)) == converges


def test_with_fewer_examples_than_coordinates_a_direction_is_flat():
    J = ON_DATA[0].take(slice(3))
    assert (J.curvatures.shape, J.smallest_curvature, J.condition_number) == ((5,), 0, np.inf)
    assert J.loss(J.solution()) == pytest.approx(0, abs=1e-20)


# --- data: subsets of examples --------------------------------------------------------------------


@pytest.mark.parametrize("J", ON_DATA, ids=short)
def test_taking_all_examples_changes_nothing(J):
    theta, whole = points(J, 2), J.take(np.arange(J.examples))
    for name in ("loss", "gradient", "hessian"):
        np.testing.assert_array_equal(getattr(whole, name)(theta), getattr(J, name)(theta))
    assert whole.describe() == J.describe()
    assert (type(whole), whole.examples) == (type(J), 30)


@pytest.mark.parametrize("J", ON_DATA, ids=short)
def test_the_mean_over_equal_mini_batches_is_the_full_gradient(J):
    theta = points(J)
    parts = [J.take(index) for index in np.random.default_rng(0).permutation(30).reshape(6, 5)]
    assert {part.examples for part in parts} == {5}
    for name in ("loss", "gradient", "hessian"):
        mean = np.mean([getattr(part, name)(theta) for part in parts], axis=0)
        np.testing.assert_allclose(mean, getattr(J, name)(theta), rtol=1e-11, atol=1e-13)


def test_a_subset_is_the_objective_of_those_rows():
    rows = [3, 1, 7]
    theta = points(ON_DATA[0])
    expected = LinearRegression(X[rows], NUMBERS[rows]).gradient(theta)
    mask = np.isin(np.arange(30), rows)
    for index in (np.array(rows), rows, mask):
        np.testing.assert_allclose(ON_DATA[0].take(index).gradient(theta), expected, rtol=1e-13)
    assert ON_DATA[0].take(slice(4, 9)).examples == 5


def test_a_subset_keeps_the_classes_it_does_not_hold():
    part = ON_DATA[5].take(np.flatnonzero(THREE_CLASSES == 0))
    assert (part.classes, part.dimension, part.l2) == (3, 15, 0.3)
    assert part.gradient(part.start).shape == (15,)


# --- data: what is refused ------------------------------------------------------------------------

GOOD = [0, 1, 1, 2]
ROWS = np.arange(8.0).reshape(4, 2)


def with_entry(array, value):
    array = np.array(array, dtype=float)
    array.flat[1] = value
    return array


WRONG_X = [
    (ROWS.ravel(), ValueError, r"X must be a matrix.* shape \(8,\)\. .*X.reshape\(-1, 1\)"),
    (ROWS.reshape(2, 2, 2), ValueError, r"X must be a matrix.* \(2, 2, 2\)"),
    (3.0, ValueError, r"X must be a matrix.* \(\)"),
    (ROWS[:0], ValueError, r"X must hold at least one example.* \(0, 2\)"),
    (ROWS[:, :0], ValueError, r"X must hold at least one example and one feature.* \(4, 0\)"),
    (with_entry(ROWS, np.nan), ValueError, "X must be finite; 1 of its 8 entries"),
    (with_entry(ROWS, np.inf), ValueError, "X must be finite"),
    (ROWS.astype(str), TypeError, "X must hold real numbers"),
    (ROWS.astype(complex), TypeError, "X must hold real numbers; it holds complex128"),
    (ROWS.astype(object), TypeError, "X must hold real numbers; it holds object"),
    ([[1.0, 2.0], [3.0]], TypeError, "X must be an array of numbers with rows of equal length"),
    (ROWS[:3], ValueError, "y must have one entry per row of X; it has 4 entries and X has 3 rows"),
]
WRONG_Y = [
    (
        np.reshape(GOOD, (4, 1)),
        ValueError,
        r"y must have one axis, shape \(4,\); .* \(4, 1\)\. Use y.ravel\(\)",
    ),
    (np.reshape(GOOD, (1, 4)), ValueError, r"\(1, 4\)\. Use y.ravel\(\)"),
    (np.eye(4), ValueError, r"y must have one axis, shape \(4,\); it has shape \(4, 4\)\."),
    (1, ValueError, r"y must have one axis.* shape \(\)"),
    (GOOD[:3], ValueError, "y must have one entry per row of X; it has 3 entries and X has 4 rows"),
    (with_entry(GOOD, np.nan), ValueError, "y must be finite; 1 of its 4 entries"),
    (["a", "b", "b", "a"], TypeError, "y must hold (real numbers|labels)"),
]
WRONG_LABELS = [
    ([0, 1, -1, 2], ValueError, "y must hold labels, the whole numbers from 0; it holds -1"),
    ([0, 1, 0.5, 2], ValueError, "y must hold labels, the whole numbers from 0; it holds 0.5"),
]


@pytest.mark.parametrize("model", [LinearRegression, LogisticRegression, SoftmaxRegression])
@pytest.mark.parametrize(("wrong", "error", "message"), WRONG_X)
def test_wrong_X_is_refused(model, wrong, error, message):
    with pytest.raises(error, match=message):
        model(wrong, [0, 1, 1, 0])


@pytest.mark.parametrize("model", [LinearRegression, LogisticRegression, SoftmaxRegression])
@pytest.mark.parametrize(("wrong", "error", "message"), WRONG_Y)
def test_wrong_y_is_refused(model, wrong, error, message):
    with pytest.raises(error, match=message):
        model(ROWS, wrong)


@pytest.mark.parametrize(("wrong", "error", "message"), WRONG_LABELS)
@pytest.mark.parametrize("model", [LogisticRegression, SoftmaxRegression])
def test_wrong_labels_are_refused(model, wrong, error, message):
    with pytest.raises(error, match=message):
        model(ROWS, wrong)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LogisticRegression(ROWS, GOOD), "y must hold labels from 0 to 1; it holds 2"),
        (lambda: SoftmaxRegression(ROWS, [1, 2, 2, 3]), "every label from 0 to 3; 0 is missing"),
        (lambda: SoftmaxRegression(ROWS, [0, 1, 3, 3]), "every label from 0 to 3; 2 is missing"),
        (lambda: SoftmaxRegression(ROWS, [0, 1, 1, 1e300]), r"every label from 0 to 1e\+300; 2 is missing"),
        (lambda: SoftmaxRegression(ROWS, [0, 0, 0, 0]), "y must hold at least two different labels"),
        (lambda: SoftmaxRegression(ROWS, GOOD, l2=-0.1), r"l2 = -0.1 is not in \[0, inf\)"),
        (lambda: LogisticRegression(ROWS, [0, 1, 1, 0], l2=np.nan), "l2 = nan"),
    ],
)
def test_labels_and_penalties_out_of_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_penalty_is_one_number():
    with pytest.raises(TypeError, match=r"l2 must be one number; it has shape \(2,\)"):
        LogisticRegression(ROWS, [0, 1, 1, 0], l2=[0.1, 0.2])


def test_labels_may_be_whole_floats():
    theta = np.zeros(9)
    floats = SoftmaxRegression(ROWS, np.array(GOOD, dtype=float))
    np.testing.assert_array_equal(floats.gradient(theta), SoftmaxRegression(ROWS, GOOD).gradient(theta))


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: ON_DATA[0].predict(np.zeros(5), X[:, :3]), "X has 3 features; the model needs 4"),
        (lambda: ON_DATA[0].error(np.zeros(5), X, NUMBERS[:, np.newaxis]), r"Use y.ravel\(\)"),
        (lambda: ON_DATA[2].accuracy(np.zeros(5), X, THREE_CLASSES), "labels from 0 to 1; it holds 2"),
        (lambda: ON_DATA[4].accuracy(np.zeros(15), X, TWO_CLASSES[:9]), "9 entries and X has 30 rows"),
        (lambda: ON_DATA[4].probabilities(np.zeros(15), X[0]), r"X must be a matrix.* \(4,\)"),
        (lambda: ON_DATA[4].predict(np.zeros(14), X), r"theta has shape \(14,\)"),
    ],
)
def test_other_data_are_checked_too(ask, message):
    with pytest.raises(ValueError, match=message):
        ask()


@pytest.mark.parametrize("model", [LinearRegression, LogisticRegression, SoftmaxRegression])
def test_the_given_arrays_are_neither_changed_nor_shared(model):
    rows, y = ROWS.copy(), np.array([0.0, 1.0, 1.0, 0.0])
    J = model(rows, y)
    before = J.describe()
    J.gradient(np.ones(J.dimension))
    np.testing.assert_array_equal(rows, ROWS)
    rows[:], y[:] = 9, 1
    assert J.describe() == before


# --- describe -------------------------------------------------------------------------------------


@pytest.mark.parametrize("J", ALL, ids=short)
def test_descriptions_survive_json(J):
    assert json.loads(json.dumps(J.describe())) == J.describe()
    assert J.describe()["class"] == type(J).__name__


@pytest.mark.parametrize("J", SURFACES, ids=short)
def test_a_surface_can_be_rebuilt_from_its_description(J):
    description = json.loads(json.dumps(J.describe()))
    again = getattr(objectives, description["class"])(**description["parameters"])
    theta = points(J, 4)
    np.testing.assert_array_equal(again.loss(theta), J.loss(theta))
    assert again.describe() == J.describe()


def test_descriptions_tell_objectives_apart():
    changed = X.copy()
    changed[3, 2] += 1e-15
    relabelled = THREE_CLASSES.copy()
    relabelled[0] = (relabelled[0] + 1) % 3
    different = [
        *ALL,
        SoftmaxRegression(changed, THREE_CLASSES),
        SoftmaxRegression(X, relabelled),
        SoftmaxRegression(X[::-1], THREE_CLASSES),
        SoftmaxRegression(X, THREE_CLASSES, l2=0.2),
        ON_DATA[4].take(slice(20)),
        Objective(valley, valley_gradient, name="another"),
    ]
    assert len({json.dumps(J.describe(), sort_keys=True) for J in different}) == len(different)


def test_how_the_data_lie_in_memory_makes_no_difference():
    same = SoftmaxRegression(np.asfortranarray(X), list(THREE_CLASSES))
    assert same.describe() == ON_DATA[4].describe()


# --- a learner's own functions --------------------------------------------------------------------


def test_functions_of_one_point_are_called_once_per_point():
    theta = points(OWN, 3, 4)
    seen = []
    J = Objective(lambda point: seen.append(point.shape) or valley(point), valley_gradient, valley_hessian)
    np.testing.assert_array_equal(J.loss(theta), [[valley(point) for point in row] for row in theta])
    assert seen == [(2,)] * 12
    assert J.loss(theta[0, 0]) == valley(theta[0, 0])
    assert J.loss(theta[:0]).shape == (0, 4)
    assert J.gradient(theta[:0]).shape == (0, 4, 2)


def test_batched_functions_are_called_once():
    seen = []
    J = Objective(lambda theta: seen.append(theta.shape) or theta.sum(axis=-1), np.ones_like, batched=True)
    assert J.loss(np.ones((3, 4, 2))).tolist() == [[2.0] * 4] * 3
    assert seen == [(3, 4, 2)]


def test_integer_results_become_float64():
    J = Objective(lambda theta: 1, lambda theta: np.array([1, 2]))
    assert J.loss([0.0, 0.0]).dtype == J.gradient([0.0, 0.0]).dtype == np.float64


def test_a_gradient_that_is_theta_itself_is_not_shared():
    theta = np.ones(2)
    gradient = Objective(lambda theta: 0.0, lambda theta: theta).gradient(theta)
    gradient[0] = 5
    assert theta.tolist() == [1, 1]


def in_place(theta):
    theta -= 0.1
    return theta


def nothing(theta):
    theta.sum()


@pytest.mark.parametrize(
    ("asked", "function", "error", "message"),
    [
        (
            "loss",
            lambda t: t**2,
            ValueError,
            r"loss returned shape \(2,\) .* \(2,\); return one number, shape \(\)",
        ),
        ("loss", lambda t: [t.sum()], ValueError, r"loss returned shape \(1,\)"),
        ("loss", nothing, TypeError, "loss returned None; its last line must return the value"),
        ("loss", lambda t: "small", TypeError, r"loss\(theta\) must hold real numbers; it holds <U5"),
        ("loss", lambda t: t[0] > 0, TypeError, r"loss\(theta\) must hold real numbers; it holds bool"),
        (
            "gradient",
            lambda t: t.reshape(2, 1),
            ValueError,
            r"^gradient returned shape \(2, 1\) for theta of shape \(2,\); "
            r"return one number per coordinate, shape \(2,\)\.$",
        ),
        ("gradient", lambda t: t.sum(), ValueError, r"gradient returned shape \(\)"),
        (
            "gradient",
            lambda t: t * 1j,
            TypeError,
            r"gradient\(theta\) must hold real numbers; it holds complex128",
        ),
        ("gradient", lambda t: [1, [2, 3]], TypeError, r"gradient\(theta\) must be an array of numbers"),
        ("gradient", nothing, TypeError, "gradient returned None"),
        ("gradient", in_place, ValueError, "gradient changed theta in place"),
        ("hessian", lambda t: t, ValueError, r"hessian returned shape \(2,\).* one column .*shape \(2, 2\)"),
    ],
)
@pytest.mark.parametrize("batch", [(), (3,)], ids=str)
def test_what_functions_return_is_checked(asked, function, error, message, batch):
    functions = {"loss": valley, "gradient": valley_gradient, asked: function}
    theta = np.ones((*batch, 2))
    with pytest.raises(error, match=message):
        getattr(Objective(**functions), asked)(theta)
    assert (theta == 1).all()


def test_what_batched_functions_return_is_checked():
    J = Objective(lambda theta: theta[0] ** 2, np.ones_like, batched=True)  # the first point, not coordinate
    with pytest.raises(ValueError, match=r"shape \(2,\) for a batch theta of shape \(3, 2\); return shape \(3,\)"):
        J.loss(np.ones((3, 2)))


def test_nan_is_not_taken_for_a_change_in_place():
    assert np.isnan(OWN.gradient([np.nan, 1.0])[0])


def test_an_objective_without_hessian_says_so():
    J = Objective(valley, valley_gradient, name="my valley")
    with pytest.raises(NotImplementedError, match=r"Objective\(my valley\) has no Hessian: give Objective\(…, hes"):
        J.hessian([1.0, 1.0])


@pytest.mark.parametrize("argument", ["loss", "gradient", "hessian"])
def test_arguments_must_be_functions(argument):
    functions = {"loss": valley, "gradient": valley_gradient, argument: 3.0}
    with pytest.raises(TypeError, match=f"{argument} must be a function of theta; it is 3.0"):
        Objective(**functions)


# --- the package ----------------------------------------------------------------------------------


def test_importing_the_objectives_loads_numpy_alone():
    code = "import sys, nnlearn.objectives; print({m.split('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "'numpy'" in loaded
    for package in ("scipy", "sklearn", "matplotlib", "keras", "tensorflow", "ipywidgets"):
        assert f"'{package}'" not in loaded
