"""Newton's method, BFGS, L-BFGS and the Hessian's product: against formulas, SciPy and PyTorch."""

import numpy as np
import pytest
import scipy.optimize

import nnlearn as nn
from nnlearn.algebra import absolute, solve
from nnlearn.line_search import ENOUGH, FLATTER
from nnlearn.networks import BatchNorm, Conv2D, Dense, Flatten, LeakyReLU, Network, ReLU, Sigmoid, Tanh, mlp
from nnlearn.networks.losses import MSE, BinaryCrossEntropy, SoftmaxCrossEntropy
from nnlearn.objectives import Beale, Himmelblau, LogisticRegression, Quadratic, Rosenbrock, Saddle, SoftmaxRegression
from tests.problems import small_data

CANCER = nn.data.breast_cancer()
WORK = {
    "rosenbrock": (Rosenbrock(), np.array([-1.2, 1.0])),
    "beale": (Beale(), np.array([1.0, 1.0])),
    "breast cancer": (LogisticRegression(CANCER.X_train, CANCER.y_train, l2=0.001), np.zeros(31)),
    "softmax": (SoftmaxRegression(*small_data(3), l2=0.01), np.zeros(18)),
    "a ravine": (Quadratic(curvatures=np.geomspace(1, 100, 10)), np.ones(10)),
}

# --- Newton's method ---


def test_absolute_has_the_sizes_of_the_eigenvalues():
    random = np.random.default_rng(0)
    matrices = random.normal(size=(3, 2, 4, 4))
    matrices = matrices + np.swapaxes(matrices, -1, -2)
    found, vectors = np.linalg.eigh(absolute(matrices))
    np.testing.assert_allclose(found, np.sort(np.abs(np.linalg.eigvalsh(matrices))), rtol=1e-12)
    np.testing.assert_allclose(absolute(matrices) @ absolute(matrices), matrices @ matrices, rtol=0, atol=1e-12)
    assert np.isnan(absolute(np.full((2, 2), np.nan))).all()


def test_two_coordinates_have_the_same_root_and_solution_as_many():
    random = np.random.default_rng(1)
    small = random.normal(size=(50, 2, 2)) * 10.0 ** random.integers(-30, 30, (50, 1, 1))
    small = small + np.swapaxes(small, -1, -2)
    large = np.zeros((50, 3, 3))
    large[:, :2, :2], large[:, 2, 2] = small, np.abs(small).max(axis=(-2, -1))
    scale = large[:, 2:, 2:]
    np.testing.assert_allclose(absolute(small) / scale, absolute(large)[:, :2, :2] / scale, rtol=0, atol=1e-12)
    np.testing.assert_allclose(solve(small, small[:, 0]), [[1, 0]] * 50, rtol=0, atol=1e-8)
    assert np.isnan(solve(np.array([[1.0, 2.0], [2.0, 4.0]]), np.array([1.0, 1.0]))).all()
    assert absolute(np.zeros((2, 2))).tolist() == [[0, 0], [0, 0]]
    for broken in (np.diag([np.inf, 1.0]), np.full((2, 2), np.nan)):
        assert np.isnan(absolute(broken)).all()


@pytest.mark.parametrize("size", [1e-300, 1e-170, 1.0, 1e170, 1e300])
def test_a_saddle_of_any_size_has_its_absolute_step(size):
    saddle = nn.Objective(lambda p: size * (p[0] ** 2 - p[1] ** 2 / 2), lambda p: [2 * size * p[0], -size * p[1]],
                          lambda p: size * np.diag([2.0, -1.0]))  # fmt: skip
    np.testing.assert_allclose(nn.run(nn.Newton(absolute=True), saddle, [1.0, 1.0], 1).theta[1], [0, 2], atol=1e-12)
    turned = size * np.array([[1.0, 2.0], [2.0, 1.0]])  # its eigenvalues are 3 and -1
    np.testing.assert_allclose(absolute(turned) / size, [[2, 1], [1, 2]], rtol=1e-12)


def test_newton_from_far_away_arrives_with_a_line_search():
    J, far = WORK["breast cancer"][0], np.random.default_rng(0).normal(size=31)
    plain = nn.run(nn.Newton(), J, far, 60)
    searched = nn.run(nn.Newton(line_search=True), J, far, 60)
    assert plain.stopped is not None or np.linalg.norm(plain.gradient[-1]) > 1e-3
    assert np.linalg.norm(searched.gradient[-1]) < 1e-10


def test_absolute_newton_leads_downhill_where_newton_climbs():
    J, start = Himmelblau(), np.array([0.0, 0.0])  # beside the top
    climbs, falls = nn.run(nn.Newton(), J, start, 20), nn.run(nn.Newton(absolute=True), J, start, 40)
    assert nn.kind_of_point(J, climbs.theta[-1]) == "maximum" and climbs.loss[-1] > climbs.loss[0]
    assert nn.kind_of_point(J, falls.theta[-1]) == "minimum"
    slopes = np.sum(falls.gradient[1:6] * falls.direction[1:6], axis=-1)
    assert (slopes > 0).all()


def test_the_absolute_form_is_newton_s_where_all_curvatures_are_positive():
    J, start = WORK["breast cancer"]
    plain, other = nn.run(nn.Newton(), J, start, 6), nn.run(nn.Newton(absolute=True), J, start, 6)
    np.testing.assert_allclose(other.theta, plain.theta, rtol=1e-9, atol=1e-9)


def test_damping_is_added_to_each_curvature():
    J = Saddle()
    step = nn.run(nn.Newton(damping=3.0), J, [0.5, 0.1], 1)
    curvature = np.array([1.0, 3 * 0.1**2 - 1])
    np.testing.assert_allclose(step.direction[1], J.gradient([0.5, 0.1]) / (curvature + 3), rtol=1e-12)


def test_a_singular_hessian_is_reported_and_only_there():
    bent = nn.Objective(lambda p: p[0] ** 2 + p[1] ** 4, lambda p: [2 * p[0], 4 * p[1] ** 3],
                        lambda p: [[2, 0], [0, 12 * p[1] ** 2]])  # fmt: skip
    sweep = nn.run(nn.Newton(), bent, [[1.0, 0.0], [1.0, 1.0]], 3)
    assert str(sweep.stopped[0]).startswith("At step 1 the Hessian is singular") and sweep.stopped[1] is None
    assert nn.run(nn.Newton(damping=0.1), bent, [1.0, 0.0], 3).stopped is None


def test_two_equal_columns_leave_no_step_but_with_a_penalty():
    X, y = small_data(2)
    twin = np.column_stack([X, X[:, 0]])
    ended = nn.run(nn.Newton(), LogisticRegression(twin, y), np.zeros(7), 12)
    ridge = nn.run(nn.Newton(), LogisticRegression(twin, y, l2=0.01), np.zeros(7), 12)
    assert ridge.stopped is None and np.linalg.norm(ridge.gradient[-1]) < 1e-12
    assert np.isfinite(ended.theta[ended.t[-1]]).all() or "singular" in str(ended.stopped)  # never NaN without a word


def test_what_is_lost_in_rounding_is_singular():
    matrix = np.array([[1.0, 1.0], [1.0, 1.0 + 2**-52]])
    assert np.isnan(solve(matrix, np.array([1.0, 0.0]))).all()  # only its last digit says that it has an inverse
    np.testing.assert_allclose(matrix @ solve(matrix, np.array([1.0, 1.0])), [1, 1])
    np.testing.assert_array_equal(solve(np.eye(2), np.zeros(2)), 0)
    tiny = 1e-200 * np.diag([1.0, 2.0])
    np.testing.assert_allclose(solve(tiny, np.array([1e-200, 1e-200])), [1, 0.5])  # small is not singular


def test_a_run_that_overflows_is_not_called_singular():
    escape = nn.Objective(lambda p: np.sqrt(1 + p[0] ** 2), lambda p: [p[0] / np.sqrt(1 + p[0] ** 2)],
                          lambda p: [[(1 + p[0] ** 2) ** -1.5]])  # fmt: skip
    ended = nn.run(nn.Newton(), escape, [1.1], 20)
    assert ended.stopped is not None and abs(ended.theta[6, 0]) > 1e29


@pytest.mark.parametrize("problem", ["breast cancer", "softmax", "rosenbrock"])
def test_newton_ends_where_scipy_s_newton_cg_ends(problem):
    J, start = WORK[problem]
    ours = nn.run(nn.Newton(damping=1e-10), J, start, 60, stop=nn.stop.GradientBelow(1e-9))
    theirs = scipy.optimize.minimize(J.loss, start, jac=J.gradient, hess=J.hessian, method="Newton-CG", tol=1e-10)
    assert ours.loss[-1] <= theirs.fun + 1e-9
    assert ours.t[-1] <= theirs.nit + 1  # it solves for the step exactly


# --- What kind of point ---


def test_kinds_of_points():
    J = Himmelblau()
    assert (nn.kind_of_point(J, J.minima, tolerance=1e-4) == "minimum").all()
    assert nn.kind_of_point(J, [0.0, 0.0]) == "not level"
    bent = nn.Objective(lambda p: p[0] ** 2 + p[1] ** 4, lambda p: [2 * p[0], 4 * p[1] ** 3],
                        lambda p: [[2, 0], [0, 12 * p[1] ** 2]])  # fmt: skip
    assert nn.kind_of_point(bent, [0.0, 0.0]) == "flat"
    mixed = nn.Objective(lambda p: p[0] ** 2 - p[1] ** 2 + p[2] ** 4, lambda p: [2 * p[0], -2 * p[1], 4 * p[2] ** 3],
                         lambda p: np.diag([2, -2, 12 * p[2] ** 2]))  # fmt: skip
    assert nn.kind_of_point(mixed, [0.0, 0.0, 0.0]) == "saddle"  # the third can't change that
    assert nn.kind_of_point(J, [np.nan, 0.0]) == "not level"
    with pytest.raises(ValueError, match="tolerance = -1"):
        nn.kind_of_point(J, [0.0, 0.0], tolerance=-1)
    with pytest.raises(ValueError, match="theta has shape"):
        nn.kind_of_point(J, [0.0, 0.0, 0.0])


# --- Searches along a line ---

SEARCHING = {"L-BFGS": nn.LBFGS(line_search=True), "BFGS": nn.BFGS(), "a short memory": nn.LBFGS(0.3, 2, True)}


@pytest.mark.parametrize("problem", WORK)
@pytest.mark.parametrize("method", SEARCHING)
def test_each_step_satisfies_the_strong_wolfe_conditions(method, problem):
    J, start = WORK[problem]
    trace = nn.run(SEARCHING[method], J, start, 25)
    for t in range(1, len(trace)):
        if trace.rate[t, 0] == 0 or trace.loss[t - 1] - trace.loss[t] < 1e-12 * abs(trace.loss[t]):
            break  # its digits are used up
        slope = -trace.gradient[t] @ trace.direction[t]
        after = -J.gradient(trace.theta[t]) @ trace.direction[t]
        assert slope < 0
        assert trace.loss[t] <= trace.loss[t - 1] + ENOUGH * trace.rate[t, 0] * slope
        assert abs(after) <= -FLATTER * slope
    assert t > 5


@pytest.mark.parametrize("problem", WORK)
@pytest.mark.parametrize(("rule", "theirs"), [(nn.LBFGS(line_search=True), "L-BFGS-B"), (nn.BFGS(), "BFGS")])
def test_as_many_steps_as_scipy_to_the_same_loss(problem, rule, theirs):
    J, start = WORK[problem]
    best = nn.run(nn.LBFGS(line_search=True), J, start, 80, keep=["theta"]).loss[-1]

    def until(losses):
        return int(np.argmax(np.array(losses) <= best + 1e-8 * (1 + abs(best))))

    path = [start]
    scipy.optimize.minimize(J.loss, start, jac=J.gradient, method=theirs, callback=lambda x: path.append(x.copy()),
                            options={"maxiter": 200, "gtol": 1e-9})  # fmt: skip
    ours, others = until(nn.run(rule, J, start, 200, keep=["theta"]).loss), until(J.loss(np.array(path)))
    assert 0 < ours <= 1.5 * others + 5


def test_a_search_from_the_minimum_finds_nothing_lower_and_says_so():
    J = Rosenbrock()
    trace = nn.run(nn.BFGS(), J, [1.0, 1.0], 5, stop=nn.stop.NoLowerPoint())
    assert trace.stopped.step == 1 and trace.rate[1] == 0
    assert "no lower point" in str(trace.stopped)


def test_uphill_is_not_called_the_end_of_the_digits():
    ended = nn.run(nn.Newton(line_search=True), Saddle(), [0.5, 0.1], 20, stop=nn.stop.NoLowerPoint())
    assert ended.gradient[-1] @ ended.direction[-1] < 0 and np.linalg.norm(ended.gradient[-1]) > 1e-3
    assert "doesn't lead downhill" in str(ended.stopped)


@pytest.mark.parametrize("size", [1.0, 1e6, 1e12, 1e15])
@pytest.mark.parametrize("rule", [nn.BFGS(), nn.LBFGS(line_search=True)])
def test_a_first_rate_that_is_far_too_long_is_shortened_until_it_fits(rule, size):
    """The identity, with which BFGS begins, is then as many times too long."""
    J = Quadratic(curvatures=[size, 2 * size, 3 * size])
    trace = nn.run(rule, J, [1.0, 1.0, 1.0], 30)
    assert trace.loss[-1] < 1e-12 * trace.loss[0]


def test_a_search_that_can_win_nothing_ends_where_theta_no_longer_changes():
    asked = []

    def loss(p):
        asked.append(p[0])
        return p[0]

    wrong = nn.Objective(loss, lambda p: [-1.0])  # it calls uphill what leads downhill
    trace = nn.run(nn.LBFGS(line_search=True), wrong, [1e8], 1, keep=["theta", "rate"])
    assert trace.rate[-1] == 0 and trace.theta[-1] == 1e8
    assert asked.count(1e8) < 4 and len(asked) < 40  # halved 27 times, a step is smaller than theta's last digit


def test_a_loss_that_is_infinite_ahead_is_not_stepped_into():
    wall = nn.Objective(lambda p: np.inf if p[0] >= 1 else (p[0] - 0.99) ** 2, lambda p: [2 * (p[0] - 0.99)])
    trace = nn.run(nn.LBFGS(8.0, line_search=True), wall, [0.0], 8)
    assert np.isfinite(trace.loss).all() and trace.loss[-1] < 1e-6


def test_bfgs_learns_the_inverse_hessian_of_a_bowl():
    J = Quadratic(curvatures=[1.0, 4.0, 9.0])
    trace = nn.run(nn.BFGS(), J, [1.0, -1.0, 1.0], 12)
    inverse = trace.inverse[np.flatnonzero(np.linalg.norm(trace.gradient, axis=-1) > 1e-9)[-1]]
    np.testing.assert_allclose(inverse, np.diag([1, 1 / 4, 1 / 9]), atol=0.05)
    s, y = trace.move[2], trace.change[3]
    np.testing.assert_allclose(trace.inverse[3] @ y, s, rtol=1e-10)  # the secant equation


def test_a_sweep_is_searched_run_by_run():
    J = Rosenbrock()
    starts = np.array([[-1.2, 1.0], [2.0, 2.0], [0.5, -0.5]])
    for rule in SEARCHING.values():
        sweep = nn.run(rule, J, starts, 12)
        for i, start in enumerate(starts):
            np.testing.assert_array_equal(sweep.theta[:, i], nn.run(rule, J, start, 12).theta)


# --- The Hessian's product ---


def digits_network(*layers):
    data = nn.data.digits()
    return Network((64,), [*layers, Dense(10)]).on(data.X_train[:40], data.y_train[:40], l2=0.01)


IMAGES = np.random.default_rng(1).normal(size=(12, 6, 6, 2))
PRODUCTS = {
    "tanh": lambda: digits_network(Dense(7), Tanh(), Dense(5), Tanh()),
    "sigmoid": lambda: digits_network(Dense(7), Sigmoid(), Dense(5, bias=False), Sigmoid()),
    "rectified": lambda: digits_network(Dense(9), ReLU(), Dense(6), LeakyReLU()),
    "images": lambda: Network((6, 6, 2), [Conv2D(3, 3), Tanh(), Flatten(), Dense(4)]).on(IMAGES, np.arange(12) % 4),
    "numbers": lambda: mlp(3, 5, 2).on(IMAGES[:, 0, 0, :1] * [1, 2, 3], IMAGES[:, 1, 1], MSE()),
    "two classes": lambda: mlp(72, 5, 1).on(IMAGES.reshape(12, 72), np.arange(12) % 2, BinaryCrossEntropy()),
    "logistic": lambda: WORK["breast cancer"][0],
}


@pytest.mark.parametrize("case", PRODUCTS)
def test_the_product_is_how_the_gradient_changes(case):
    J = PRODUCTS[case]()
    random = np.random.default_rng(0)
    theta, vector = 0.3 * random.normal(size=J.dimension), random.normal(size=J.dimension)
    h = 1e-5
    change = (J.gradient(theta + h * vector) - J.gradient(theta - h * vector)) / (2 * h)
    exact = J.hessian_product(theta, vector)
    np.testing.assert_allclose(exact, change, rtol=0, atol=1e-7 * np.abs(change).max())
    other = random.normal(size=J.dimension)
    assert other @ exact == pytest.approx(vector @ J.hessian_product(theta, other), rel=1e-10)  # it is symmetric


def test_the_product_is_pytorch_s():
    torch = pytest.importorskip("torch")
    J = PRODUCTS["tanh"]()
    theta = J.initial(3)
    vector = np.random.default_rng(2).normal(size=J.dimension)

    def loss(flat):
        parts = torch.split(flat, [64 * 7, 7, 35, 5, 50, 10])
        x = torch.tensor(J.inputs)
        for i, shape in enumerate([(64, 7), (7, 5), (5, 10)]):
            x = x @ parts[2 * i].reshape(shape) + parts[2 * i + 1]
            x = torch.tanh(x) if i < 2 else x
        kernels = sum((parts[i] ** 2).sum() for i in (0, 2, 4))
        return torch.nn.functional.cross_entropy(x, torch.tensor(J.targets.argmax(axis=1))) + 0.005 * kernels

    _, theirs = torch.autograd.functional.hvp(loss, torch.tensor(theta), torch.tensor(vector))
    np.testing.assert_allclose(J.hessian_product(theta, vector), theirs.numpy(), rtol=0, atol=1e-12)


def test_what_the_product_refuses():
    J = Network((64,), [Dense(4), BatchNorm(), Dense(10)]).on(np.eye(64), np.arange(64) % 10)
    with pytest.raises(TypeError, match="known for the layers Dense"):
        J.hessian_product(J.initial(0), J.initial(0))
    J = mlp(64, 4, 10).on(np.eye(64), np.arange(64) % 10, SoftmaxCrossEntropy())
    with pytest.raises(ValueError, match=r"theta and vector must have one shape"):
        J.hessian_product(J.initial(0), np.ones(3))


# --- One gradient is remembered ---


def test_what_is_remembered_is_not_mixed_up():
    J, random = mlp(64, 4, 10).on(np.eye(64), np.arange(64) % 10), np.random.default_rng(0)
    theta = J.initial(0)
    loss, gradient = J.loss_and_gradient(theta)
    assert loss == J.loss(theta)
    np.testing.assert_array_equal(gradient, mlp(64, 4, 10).on(np.eye(64), np.arange(64) % 10).gradient(theta))
    gradient[:] = 0  # it is a copy
    assert J.gradient(theta).any()
    part = J.take(np.arange(5))
    assert not np.array_equal(part.gradient(theta), J.gradient(theta))
    theta += random.normal(size=theta.shape)  # in place
    np.testing.assert_array_equal(J.gradient(theta), mlp(64, 4, 10).on(np.eye(64), np.arange(64) % 10).gradient(theta))
