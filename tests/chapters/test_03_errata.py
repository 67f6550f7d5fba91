"""The errata of chapter 03: each fault, made again, shows what the table says; mended, it is right."""

import re
import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import make_regression
from sklearn.linear_model import LinearRegression, SGDRegressor
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

import nnlearn as nn
from nnlearn.syllabus import errata

X = np.array([[1.0], [2.0], [3.0], [4.0]])
y = np.array([1.0, 2.0, 3.0, 4.0])
LINE = nn.objectives.LinearRegression(X, y, intercept=False)


def descend(gradient, theta, rate, steps):
    """The bare loop of the sources, theta changed in place."""
    for _ in range(steps):
        theta -= rate * gradient(theta)
    return theta


def half_gradient(theta):
    return X.T @ (X @ theta - y) / len(y)


def shows(name):
    """What running the fault shows, by the table."""
    return next(row["shows"] for row in errata("03").rows if row["id"] == name)


def slope(loss, theta):
    """Central differences, shape (d,)."""
    steps = 1e-6 * np.eye(len(theta))
    return np.array([(loss(theta + step) - loss(theta - step)) / 2e-6 for step in steps])


def random_line(seed):
    """The regression task of source 003, with a seed."""
    data = make_regression(n_samples=1000, n_features=1, noise=0.1, random_state=seed)
    return train_test_split(*data, test_size=0.2, random_state=42)


def test_c01():
    with pytest.raises(ValueError, match=re.escape("shapes (4,1) and (4,) not aligned")):
        np.dot(X, np.zeros(4))
    assert "shapes (4,1) and (4,) not aligned" in shows("C01")

    with pytest.raises(ValueError, match=r"theta has shape \(4,\); .* needs shape \(1,\)"):
        nn.run(nn.GradientDescent(0.01), LINE, np.zeros(4), steps=1)
    assert LINE.gradient(np.zeros(1)).shape == (1,)


def test_c02():
    with pytest.raises(TypeError, match="Cannot cast .* from .*float64.* to .*int") as error:
        descend(half_gradient, np.array([0]), 0.01, steps=1)
    assert error.typename == "UFuncTypeError" and error.typename in shows("C02")

    mended = descend(half_gradient, np.array([0.0]), 0.01, steps=1000)
    ours = nn.run(nn.GradientDescent(0.01), LINE, [0], steps=1000).last.theta
    for theta in (mended, ours):
        np.testing.assert_allclose(theta, [1.0], rtol=1e-12)
        np.testing.assert_allclose(LINE.predict(theta, [[5.0]]), [5.0], rtol=1e-12)


def test_c03():
    start = np.zeros(1)
    descend(half_gradient, start, 0.01, steps=5)
    assert start[0] > 0.2
    column = y[:, np.newaxis]
    with pytest.raises(ValueError, match="broadcast"):
        descend(lambda theta: X.T @ (X @ theta - column), np.zeros(1), 0.01, steps=1)

    start = np.zeros(1)
    trace = nn.run(nn.GradientDescent(0.01), LINE, start, steps=5)
    assert start[0] == 0 and trace.theta[-1, 0] > 0.2
    with pytest.raises(ValueError, match=re.escape("y must have one axis, shape (4,); it has shape (4, 1)")):
        nn.objectives.LinearRegression(X, column)


def test_c04():
    theta = np.array([-0.7])
    np.testing.assert_allclose(half_gradient(theta), slope(LINE.loss, theta) / 2, rtol=1e-6)

    limit = 2 / LINE.largest_curvature
    assert f"a rate of {2 * limit:.4f}, where {limit:.4f} is the limit" in shows("C04")
    half = nn.Objective(LINE.loss, half_gradient, name="half")
    for J, border in ((half, 2 * limit), (LINE, limit)):
        rates = border * np.array([[0.99], [1.01]])
        below, above = nn.run(nn.GradientDescent(rates), J, [0.0], steps=500).loss[-1] / J.loss([0.0])
        assert below < 1e-3 and above > 1e3

    np.testing.assert_allclose(LINE.gradient(theta), slope(LINE.loss, theta), rtol=1e-6)


def test_c05():
    code = """
import sys
sys.modules["tensorflow"] = None  # now importing it fails
import nnlearn as nn
J = nn.objectives.LinearRegression([[1], [2], [3], [4]], [1, 2, 3, 4], intercept=False)
print(*nn.run(nn.GradientDescent(0.01), J, [0], steps=1000).last.theta.round(12))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("1.0\n", "")
    assert "theta 1.0" in shows("C05")


def test_c20():
    x, labels = np.arange(1.0, 11.0)[:, np.newaxis], np.repeat([0, 1], 5)
    losses, gradients = [], []

    def without_bias(theta):
        p = 1 / (1 + np.exp(-x @ theta))
        losses.append(np.mean((labels - p) ** 2))
        gradients.append(x.T @ (p - labels) / len(x))
        return gradients[-1]

    theta = descend(without_bias, np.zeros(1), 0.1, steps=3000)
    accuracy = np.mean((x @ theta > 0) == labels)
    assert f"{len(losses)} losses computed, none read, {len(gradients)} steps whatever" in shows("C20")
    assert f"labels that change at x = 5.5 are predicted with accuracy {accuracy:.1f}" in shows("C20")

    J = nn.objectives.LogisticRegression(x, labels)
    trace = nn.run(nn.GradientDescent(0.1), J, J.start, steps=3000, stop=nn.stop.LossBelow(0.1))
    assert trace.stopped.step == len(trace) - 1 < 3000
    assert len(trace.loss) == len(trace) and trace.loss[-1] <= 0.1 < trace.loss[-2]
    assert J.accuracy(trace.theta[-1], x, labels) == 1


def test_c22():
    X_train, _, y_train, _ = random_line(seed=0)
    model, descending = LinearRegression().fit(X_train, y_train), SGDRegressor().fit(X_train, y_train)
    for name in ("learning_rate", "max_iter", "n_iter_"):
        assert hasattr(descending, name) and not hasattr(model, name)
    exact = np.append(model.coef_, model.intercept_)
    design = np.hstack([X_train, np.ones_like(X_train)])
    np.testing.assert_allclose(exact, np.linalg.lstsq(design, y_train)[0], rtol=1e-9)

    J = nn.objectives.LinearRegression(X_train, y_train)
    np.testing.assert_allclose(J.solution(), exact, rtol=1e-9)
    ours = nn.run(nn.GradientDescent(0.1), J, J.start, steps=300).last.theta
    np.testing.assert_allclose(ours, exact, rtol=1e-9)


def test_c23():
    def fitted(seed):
        X_train, _, y_train, _ = random_line(seed)
        return LinearRegression().fit(X_train, y_train).coef_[0]

    assert fitted(None) != fitted(None)
    assert fitted(0) == fitted(0)
    assert f"{fitted(0):.1f} with seed 0, {fitted(1):.1f} with seed 1" in shows("C23")

    one, same, other = (nn.data.diabetes(seed=seed).X_train for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_c26():
    X_train, X_test, y_train, y_test = random_line(seed=0)
    column = LinearRegression().fit(X_train, y_train[:, np.newaxis]).predict(X_test)
    assert (column.shape, y_test.shape) == ((200, 1), (200,))
    naive, right = np.mean((y_test - column) ** 2), np.mean((y_test - column.ravel()) ** 2)
    assert f"{naive:.1f} against {right:.4f} (least squares, seed 0)" in shows("C26")

    J = nn.objectives.LinearRegression(X_train, y_train)
    for error in (mean_squared_error(y_test, column), J.error(J.solution(), X_test, y_test)):
        assert error == pytest.approx(right, rel=1e-9)
    for refusing in (lambda: nn.objectives.LinearRegression(X_train, y_train[:, np.newaxis]),
                     lambda: J.error(J.solution(), X_test, y_test[:, np.newaxis])):  # fmt: skip
        with pytest.raises(ValueError, match=re.escape("y must have one axis")):
            refusing()


def test_c29():
    calls = []

    def loss(theta):
        calls.append(theta)
        return theta @ theta

    squared = nn.Objective(loss, lambda theta: 2 * theta)
    starts = np.random.default_rng(0).normal(size=5)
    ends = np.array([descend(squared.gradient, np.array([start]), 0.01, steps=1000)[0] for start in starts])
    np.testing.assert_allclose(ends / starts, (ends / starts)[0], rtol=1e-9)
    assert f"called {len(calls)} times; the end is {(ends / starts)[0]:.1e} times the start" in shows("C29")
    assert len(set(ends)) == 5 and np.all(ends != 0)
    np.testing.assert_allclose(ends, 0, atol=1e-8)

    within = nn.stop.GradientBelow(1e-6)
    trace = nn.run(nn.GradientDescent(0.01), squared, starts[:1], steps=1000, stop=within)
    assert len(trace.loss) == len(trace) == len(calls)
    assert str(trace.stopped) == f"The gradient's norm fell to 1e-06 or less at step {len(trace) - 1}."


def test_m19():
    theta = np.array([1.0])
    squared = nn.Objective(lambda theta: theta @ theta, lambda theta: 2 * theta)
    its_square = nn.Objective(lambda theta: (theta @ theta) ** 2, lambda theta: 4 * theta**3)
    one, other = (J.gradient(theta)[0] for J in (squared, its_square))
    assert f"the gradient is {one:g} for the loss theta squared, {other:g} for its square" in shows("M19")

    for J in (squared, its_square):
        np.testing.assert_allclose(J.gradient(theta), slope(J.loss, theta), rtol=1e-6)


def test_k18():
    bowl = nn.Objective(lambda theta: theta @ theta / 2, lambda theta: theta)
    endless = nn.run(nn.GradientDescent(0.1), bowl, [1.0], steps=5000)
    assert endless.stopped is None and np.all(endless.theta > 0)
    assert f"theta is {endless.theta[-1, 0]:.1e} after {endless.t[-1]} steps: not 0" in shows("K18")

    within = nn.stop.GradientBelow(1e-3)
    assert nn.run(nn.GradientDescent(0.1), bowl, [1.0], steps=5000, stop=within).stopped.step == 67
    assert nn.run(nn.GradientDescent(0.1), bowl, [1.0], steps=50, stop=within).stopped is None


def test_k20():
    rates = np.array([1e-5, 1e-3, 0.1, 1.0])
    assert f"rates from {rates[0]:g} to {rates[-1]:g} are parallel" in shows("K20")
    J, start = nn.objectives.Rosenbrock(), np.array([-1.5, 2.0])
    first = nn.run(nn.GradientDescent(rates[:, np.newaxis]), J, start, steps=1).update[1]
    lengths = np.linalg.norm(first, axis=-1)
    downhill = -J.gradient(start) / np.linalg.norm(J.gradient(start))
    np.testing.assert_allclose(first / lengths[:, np.newaxis], np.tile(downhill, (4, 1)), rtol=1e-9)
    np.testing.assert_allclose(lengths / lengths[-1], rates, rtol=1e-9)
