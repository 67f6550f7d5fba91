"""Proximal L1: TensorFlow's own operation, scikit-learn's lasso, exact zeros that a penalty in the loss never gives."""

import numpy as np
import pytest
from sklearn.linear_model import Lasso

import nnlearn as nn
from nnlearn.interop.quiet import tf
from nnlearn.objectives import LinearRegression, Penalised, Quadratic

GENERATOR = np.random.default_rng(0)


def regression(d=12, needed=4, n=80):
    """Targets made of the first few features alone, and noise."""
    X = GENERATOR.normal(size=(n, d))
    y = X[:, :needed] @ np.arange(1.0, needed + 1) + 0.1 * GENERATOR.normal(size=n)
    return X, y


@pytest.mark.parametrize(("rate", "l1"), [(0.25, 0.5), (0.03125, 0.0), (0.5, 2.0)])
def test_a_step_is_tensorflow_s(rate, l1):
    theta, gradient = GENERATOR.normal(size=(2, 200))
    J = nn.Objective(lambda theta: 0 * theta.sum(axis=-1), lambda theta: gradient)
    ours = nn.run(nn.ProximalL1(rate, l1), J, theta, 1).theta[-1]
    weight = tf.Variable(theta)
    tf.raw_ops.ResourceApplyProximalGradientDescent(
        var=weight.handle, alpha=tf.constant(rate, tf.float64), l1=tf.constant(l1, tf.float64),
        l2=tf.constant(0.0, tf.float64), delta=tf.constant(gradient),
    )  # fmt: skip
    np.testing.assert_allclose(ours, weight.numpy(), rtol=0, atol=1e-15)
    assert (ours == 0).any() == (l1 > 0)


@pytest.mark.parametrize("l1", [0.05, 0.3])
def test_it_ends_where_scikit_learn_s_lasso_does(l1):
    X, y = regression()
    J = LinearRegression(X, y)  # the mean of squares, twice scikit-learn's half of it
    rate = 1 / J.largest_curvature
    ends = nn.run(nn.ProximalL1(rate, l1=2 * l1 * J.penalised), J, J.start, 4000, keep=["theta"]).theta[-1]
    lasso = Lasso(alpha=l1, tol=1e-12, max_iter=100_000).fit(X, y)
    np.testing.assert_allclose(J.unpack(ends)[0], lasso.coef_, atol=1e-9)
    np.testing.assert_allclose(J.unpack(ends)[1], lasso.intercept_, atol=1e-9)
    assert ((J.unpack(ends)[0] == 0) == (lasso.coef_ == 0)).all() and (lasso.coef_ == 0).any()


def test_zeros_are_exact_by_the_proximal_step_alone():
    X, y = regression()
    J = LinearRegression(X, y)
    rules = {
        "proximal": (nn.ProximalL1(0.05, l1=0.4 * J.penalised), J),
        "plain L1": (nn.GradientDescent(0.05), Penalised(J, l1=0.4)),
        "L2": (nn.GradientDescent(0.05), Penalised(J, l2=0.4)),
    }
    zeros = {name: np.sum(nn.run(rule, J, J.start + 0.1, 2000, keep=["theta"]).theta[-1] == 0)
             for name, (rule, J) in rules.items()}  # fmt: skip
    assert zeros["proximal"] >= 6 and zeros["plain L1"] == zeros["L2"] == 0


def test_what_would_cross_zero_stops_there_and_can_leave_again():
    J = Quadratic(curvatures=[1.0])
    path = nn.run(nn.ProximalL1(0.5, l1=1.0), J, [2.0], 3).theta[:, 0]
    np.testing.assert_array_equal(path, [2.0, 0.5, 0.0, 0.0])
    pulled = nn.Objective(lambda theta: -3 * theta[..., 0], lambda theta: np.full_like(theta, -3.0))
    assert nn.run(nn.ProximalL1(0.5, l1=1.0), pulled, [0.0], 1).theta[-1, 0] == 1.0  # 0.5 * 3 - 0.5 * 1


def test_the_minimum_is_that_of_the_half_step():
    """The second half is the least (w - z)^2 / 2 + rate * l1 * |w|, looked for on a fine grid."""
    grid = np.linspace(-3, 3, 600_001)
    for z in (-2.0, -0.3, 0.0, 0.45, 0.55, 1.7):
        J = nn.Objective(lambda theta: 0 * theta[..., 0], lambda theta: 0 * theta)
        ours = nn.run(nn.ProximalL1(0.5, l1=1.0), J, [z], 1).theta[-1, 0]
        assert ours == pytest.approx(grid[np.argmin((grid - z) ** 2 / 2 + 0.5 * np.abs(grid))], abs=2e-5)


def test_refusals():
    with pytest.raises(ValueError, match="l1 = -1 is not in"):
        nn.ProximalL1(0.1, l1=-1)
    with pytest.raises(ValueError, match="l1 of shape"):
        nn.run(nn.ProximalL1(0.1, l1=[1.0, 2.0, 3.0]), Quadratic(10.0), [1.0, 1.0], 1)
