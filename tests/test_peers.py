"""One table: each rule and the same method of Keras, PyTorch and optax make the same path on each problem.

The gradients are our objective's, so that the rules alone are compared. All is float64. Rates and betas are
numbers that float32 holds exactly, since Keras takes them through float32 at some places and not at others.
Where conventions differ, METHODS lets them meet:

classical momentum   Keras as ours. PyTorch and optax have v = beta v + g, theta -= rate v: the same while the
                     rate is constant.
averaged momentum    Keras has none: classical at rate * (1 - beta). PyTorch: dampening = beta, and a buffer
                     of zeros, without which the first step is not dampened. optax: ema(debias=False).
Nesterov             In all three, theta is what is our look-ahead point, theta + beta velocity.
Adam's epsilon       PyTorch and optax (with eps_root = 0) as ours, outside the root and after the correction;
                     Keras before the correction ("epsilon hat"), so ours changes with the step.
AdaGrad's epsilon    PyTorch as ours, outside the root. Keras and optax inside: a beginning that is larger by it.
RMSprop's epsilon    PyTorch, and optax with eps_in_sqrt=False, as ours, outside the root. Keras and optax inside it.
AdamW's decay        All as ours: the rate times the decay times theta before the step.
AMSGrad's largest v  PyTorch and Keras as ours, corrected after it was chosen; optax corrects each v, then chooses.
Nadam's first share  PyTorch as ours, 0.96^(t psi) with psi = 0.004. Keras: psi = 1; it keeps the product of the shares
                     in floatx. optax: beta_1 from the first step on, as for an infinite psi.
L-BFGS               PyTorch without a line search as ours; SciPy searches along each direction and ends where we end.
"""

import inspect
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import scipy

import nnlearn as nn
from experiments import rules
from nnlearn.data import breast_cancer
from nnlearn.interop.quiet import keras
from nnlearn.objectives import LogisticRegression, Quadratic, Rosenbrock

ADAM_RATE, BETA_1, BETA_2, EPSILON = 1 / 16, 7 / 8, 1 - 2**-10, 1e-8
RMS_RATE = 2**-8  # at larger ones RMSprop goes to and fro on the cancer data, where roundings grow
STEPS = 100


def cancer():
    data = breast_cancer()
    return LogisticRegression(data.X_train, data.y_train, l2=0.01)


PROBLEMS = {  # the objective, and a learning rate at which descent and momentum converge
    "quadratic": (Quadratic(10.0), 2**-4),
    "rosenbrock": (Rosenbrock(), 2**-11),
    "breast cancer": (cancer(), 2**-3),
}


@dataclass(frozen=True)
class Method:
    """Our rule and each library's, made from a learning rate; None where there is no counterpart."""

    rule: Callable[[float], Any]
    keras: Callable[[float], Any] | None = None
    torch: Callable[[Any, list, float], Any] | None = None
    optax: Callable[[Any, float], Any] | None = None
    place: Callable[[Any], Any] = lambda trace: trace.theta
    tolerance: float = 1e-12


def averaged_in_torch(torch, weights, rate):
    return rules.dampened(torch, weights, SimpleNamespace(rate=rate, beta_1=BETA_1))


def scheduled_in_torch(torch, weights, rate):
    optimizer = torch.optim.SGD(weights, rate)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5 ** (1 / 30))
    optimizer.register_step_post_hook(lambda *_: schedule.step())
    return optimizer


def epsilon_hat(step):
    return 1e-7 / (1 - BETA_2 ** (step + 1)) ** 0.5


METHODS = {
    "descent": Method(
        rule=nn.GradientDescent,
        keras=lambda rate: keras.optimizers.SGD(rate),
        torch=lambda torch, weights, rate: torch.optim.SGD(weights, rate),
        optax=lambda optax, rate: optax.sgd(rate),
    ),
    "scheduled descent": Method(
        rule=lambda rate: nn.GradientDescent(nn.ExponentialDecay(rate, decay_steps=30, decay_rate=0.5)),
        torch=scheduled_in_torch,
    ),
    "classical momentum": Method(
        rule=lambda rate: nn.Momentum(rate, BETA_1),
        keras=lambda rate: keras.optimizers.SGD(rate, BETA_1),
        torch=lambda torch, weights, rate: torch.optim.SGD(weights, rate, momentum=BETA_1),
        optax=lambda optax, rate: optax.sgd(rate, BETA_1),
    ),
    "averaged momentum": Method(
        rule=lambda rate: nn.AveragedMomentum(rate, BETA_1),
        keras=lambda rate: keras.optimizers.SGD(rate * (1 - BETA_1), BETA_1),
        torch=averaged_in_torch,
        optax=lambda optax, rate: optax.chain(optax.ema(BETA_1, debias=False), optax.scale(-rate)),
    ),
    "nesterov": Method(
        rule=lambda rate: nn.Nesterov(rate, BETA_1),
        place=lambda trace: trace.theta + BETA_1 * trace.velocity,
        keras=lambda rate: keras.optimizers.SGD(rate, BETA_1, nesterov=True),
        torch=lambda torch, weights, rate: torch.optim.SGD(weights, rate, momentum=BETA_1, nesterov=True),
        optax=lambda optax, rate: optax.sgd(rate, BETA_1, nesterov=True),
    ),
    "adam": Method(
        rule=lambda _: nn.Adam(ADAM_RATE, BETA_1, BETA_2, EPSILON),
        torch=lambda torch, weights, _: torch.optim.Adam(weights, ADAM_RATE, (BETA_1, BETA_2), EPSILON),
        optax=lambda optax, _: optax.adam(ADAM_RATE, BETA_1, BETA_2, EPSILON),
    ),
    "adagrad": Method(
        rule=lambda _: nn.AdaGrad(ADAM_RATE, initial_accumulator=0.25, epsilon=EPSILON),
        torch=lambda torch, weights, _: torch.optim.Adagrad(
            weights, ADAM_RATE, initial_accumulator_value=0.25, eps=EPSILON
        ),
    ),
    "adagrad, epsilon inside": Method(
        rule=lambda _: nn.AdaGrad(ADAM_RATE, initial_accumulator=0.25 + 1e-7, epsilon=0),
        keras=lambda _: keras.optimizers.Adagrad(ADAM_RATE, initial_accumulator_value=0.25, epsilon=1e-7),
        optax=lambda optax, _: optax.adagrad(ADAM_RATE, initial_accumulator_value=0.25, eps=1e-7),
    ),
    "rmsprop": Method(
        rule=lambda _: nn.RMSprop(RMS_RATE, BETA_1, 2**-10),
        torch=lambda torch, weights, _: torch.optim.RMSprop(weights, RMS_RATE, BETA_1, 2**-10),
        optax=lambda optax, _: optax.rmsprop(RMS_RATE, BETA_1, 2**-10, eps_in_sqrt=False),
    ),
    "rmsprop, epsilon inside": Method(
        rule=lambda _: rules.EpsilonInside(RMS_RATE, BETA_1, 2**-20),
        keras=lambda _: keras.optimizers.RMSprop(RMS_RATE, BETA_1, epsilon=2**-20),
        optax=lambda optax, _: optax.rmsprop(RMS_RATE, BETA_1, 2**-20),
    ),
    "adamw": Method(
        rule=lambda _: nn.AdamW(ADAM_RATE, BETA_1, BETA_2, EPSILON, weight_decay=0.25),
        torch=lambda torch, weights, _: torch.optim.AdamW(weights, ADAM_RATE, (BETA_1, BETA_2), EPSILON, 0.25),
        optax=lambda optax, _: optax.adamw(ADAM_RATE, BETA_1, BETA_2, EPSILON, weight_decay=0.25),
    ),
    "adamw, epsilon hat": Method(
        rule=lambda _: nn.AdamW(ADAM_RATE, BETA_1, BETA_2, epsilon_hat, weight_decay=0.25),
        keras=lambda _: keras.optimizers.AdamW(ADAM_RATE, 0.25, BETA_1, BETA_2, 1e-7),
    ),
    "amsgrad": Method(
        rule=lambda _: nn.AMSGrad(ADAM_RATE, BETA_1, BETA_2, EPSILON),
        torch=lambda torch, weights, _: torch.optim.Adam(weights, ADAM_RATE, (BETA_1, BETA_2), EPSILON, amsgrad=True),
    ),
    "amsgrad, epsilon hat": Method(
        rule=lambda _: nn.AMSGrad(ADAM_RATE, BETA_1, BETA_2, epsilon_hat),
        keras=lambda _: keras.optimizers.Adam(ADAM_RATE, BETA_1, BETA_2, 1e-7, amsgrad=True),
    ),
    "amsgrad, corrected first": Method(
        rule=lambda _: rules.LargestCorrected(ADAM_RATE, BETA_1, BETA_2, EPSILON),
        optax=lambda optax, _: optax.amsgrad(ADAM_RATE, BETA_1, BETA_2, EPSILON),
    ),
    "nadam": Method(
        rule=lambda _: nn.Nadam(ADAM_RATE, BETA_1, BETA_2, EPSILON),
        torch=lambda torch, weights, _: torch.optim.NAdam(weights, ADAM_RATE, (BETA_1, BETA_2), EPSILON),
    ),
    "nadam, beta_1 soon": Method(
        rule=lambda _: nn.Nadam(ADAM_RATE, BETA_1, BETA_2, EPSILON, momentum_decay=1),
        keras=lambda _: keras.optimizers.Nadam(ADAM_RATE, BETA_1, BETA_2, EPSILON),
        tolerance=1e-5,  # Keras's 0.96 passes through float32, and the product of the shares is one
    ),
    "nadam, beta_1 at once": Method(
        rule=lambda _: nn.Nadam(ADAM_RATE, BETA_1, BETA_2, EPSILON, momentum_decay=1e6),
        optax=lambda optax, _: optax.nadam(ADAM_RATE, BETA_1, BETA_2, EPSILON),
    ),
    "lion": Method(
        rule=lambda _: nn.Lion(ADAM_RATE, BETA_1, BETA_2),
        keras=lambda _: keras.optimizers.Lion(ADAM_RATE, BETA_1, BETA_2),
        optax=lambda optax, _: optax.lion(ADAM_RATE, BETA_1, BETA_2, weight_decay=0),
    ),
    "adam, epsilon hat": Method(
        rule=lambda _: nn.Adam(ADAM_RATE, BETA_1, BETA_2, epsilon_hat),
        keras=lambda _: keras.optimizers.Adam(ADAM_RATE, BETA_1, BETA_2, 1e-7),
    ),
}


def path_of(library):
    """The path of a library's optimiser, which is made with a rate; the test is skipped without the library."""

    def path(make, gradient, theta, rate):
        try:
            yield from rules.PATHS[library](lambda *given: make(*given, rate), gradient, theta, STEPS)
        except ModuleNotFoundError as error:
            pytest.skip(f"{error.name} is not installed")

    return path


LIBRARIES = {"keras": path_of("Keras"), "torch": path_of("PyTorch"), "optax": path_of("optax")}
torch_path = LIBRARIES["torch"]
PAIRS = [(name, library) for name in METHODS for library in LIBRARIES if getattr(METHODS[name], library)]


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize(("name", "library"), PAIRS)
def test_same_path(name, library, problem):
    J, rate = PROBLEMS[problem]
    method = METHODS[name]
    start = np.array(J.start)
    ours = method.place(nn.run(method.rule(rate), J, start, STEPS))
    theirs = np.stack(list(LIBRARIES[library](getattr(method, library), J.gradient, start, rate)))
    assert np.abs(theirs[-1] - start).max() > 0.1  # it went somewhere
    # The same operations in another order: a rounding a step, made larger or smaller by the later ones.
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=method.tolerance * np.abs(theirs).max())


def test_pytorch_does_not_dampen_the_first_step():
    def dampened(torch, weights, rate):
        return torch.optim.SGD(weights, rate, momentum=BETA_1, dampening=BETA_1)

    J, rate = PROBLEMS["quadratic"]
    theirs = list(torch_path(dampened, J.gradient, np.array(J.start), rate))
    ours = nn.run(nn.AveragedMomentum(rate, BETA_1), J, J.start, 1)
    np.testing.assert_allclose(theirs[1] - theirs[0], ours.update[1] / (1 - BETA_1), rtol=1e-13)


AFTER_CORRECTION = 1 / (1 + 1e-8 / 1e-6)  # Adam's first step over the rate: |g| / (|g| + epsilon)
BEFORE_CORRECTION = 1 / (1 + 1e-7 / (1e-6 * 0.001**0.5))  # |m| and |v|**0.5 are not yet corrected
FIRST_STEPS = {
    "keras": (lambda rate: keras.optimizers.Adam(rate), BEFORE_CORRECTION),
    "torch": (lambda torch, weights, rate: torch.optim.Adam(weights, rate), AFTER_CORRECTION),
    "optax": (lambda optax, rate: optax.adam(rate), AFTER_CORRECTION),
}


def slope(theta):
    return np.full(1, 1e-6)


@pytest.mark.parametrize("library", FIRST_STEPS)
def test_where_adam_s_default_epsilon_bites(library):
    make, expected = FIRST_STEPS[library]
    path = list(LIBRARIES[library](make, slope, np.zeros(1), 0.5))
    assert path[1] / -0.5 == pytest.approx(expected, rel=1e-4)  # Keras has 0.999 as a float32


def test_adam_s_default_epsilon_stands_after_the_correction():
    line = nn.Objective(lambda theta: 1e-6 * theta[0], slope)
    assert nn.run(nn.Adam(0.5), line, [0.0], 1).theta[1] / -0.5 == pytest.approx(AFTER_CORRECTION, rel=1e-13)


def test_lion_s_defaults():
    theirs = keras.optimizers.Lion()
    assert (theirs.beta_1, theirs.beta_2, theirs.weight_decay) == (nn.Lion().beta_1, nn.Lion().beta_2, None)
    assert float(theirs.learning_rate) == pytest.approx(1e-3)
    optax = pytest.importorskip("optax")
    assert inspect.signature(optax.lion).parameters["weight_decay"].default == 1e-3


# Which numbers pass through float32 on weights in float64 (docs/names.md)

HEAVY_BALLS = {
    "keras": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "torch": lambda torch, weights, rate: torch.optim.SGD(weights, rate, momentum=0.9),
    "optax": lambda optax, rate: optax.sgd(rate, momentum=0.9),
}


def moves(library, make, rate):
    """The first two moves where the gradient is 1."""
    path = LIBRARIES[library](make, np.ones_like, np.zeros(1), rate)
    return np.diff(list(itertools.islice(path, 3)), axis=0)[:, 0]


@pytest.fixture
def floatx(request):
    before = keras.config.floatx()
    keras.config.set_floatx(request.param)
    yield request.param
    keras.config.set_floatx(before)


@pytest.mark.parametrize("floatx", ["float32", "float64"], indirect=True)
def test_keras_keeps_its_rate_in_floatx_and_its_momentum_in_float32(floatx):
    kept = float(np.array(0.1, floatx))
    assert -moves("keras", METHODS["descent"].keras, 0.1)[0] == kept
    assert (kept == 0.1) == (floatx == "float64")
    first, second = moves("keras", HEAVY_BALLS["keras"], 0.5)
    assert second / first - 1 == pytest.approx(float(np.float32(0.9)), rel=1e-14)


@pytest.mark.parametrize("library", ["torch", "optax"])
def test_the_others_keep_rate_and_momentum_in_float64(library):
    assert -moves(library, getattr(METHODS["descent"], library), 0.1)[0] == 0.1
    first, second = moves(library, HEAVY_BALLS[library], 0.5)
    assert second / first - 1 == pytest.approx(0.9, rel=1e-14)


# L-BFGS


def lbfgs_in_torch(J, theta, rate, memory):
    torch = pytest.importorskip("torch")
    weight = torch.tensor(theta)
    optimizer = torch.optim.LBFGS([weight], rate, max_iter=1, history_size=memory, tolerance_grad=0, tolerance_change=0)

    def closure():
        weight.grad = torch.tensor(J.gradient(weight.numpy()))
        return torch.tensor(float(J.loss(weight.numpy())))

    for _ in range(STEPS):
        yield weight.numpy().copy()
        optimizer.step(closure)
    yield weight.numpy()


@pytest.mark.parametrize("memory", [1, 3, 10])
@pytest.mark.parametrize(("problem", "rate"), [("quadratic", 1.0), ("rosenbrock", 0.25), ("breast cancer", 0.5)])
def test_lbfgs_makes_pytorch_s_steps(problem, rate, memory):
    J = PROBLEMS[problem][0]
    theirs = np.stack(list(lbfgs_in_torch(J, np.array(J.start), rate, memory)))
    ours = nn.run(nn.LBFGS(rate, memory), J, J.start, STEPS)
    assert np.abs(theirs[-1] - J.start).max() > 0.1
    # Roundings grow where it is not yet settled: as long as both have moved, they are to agree.
    far = np.linalg.norm(ours.gradient[1:], axis=-1) > 1e-7
    agree = np.abs(ours.theta[1:] - theirs[1:]).max(axis=-1) <= 1e-6 * np.abs(theirs).max()
    assert agree[: max(5, int(np.argmin(far)))].all()
    np.testing.assert_allclose(ours.theta[1:6], theirs[1:6], rtol=0, atol=1e-12 * np.abs(theirs).max())


@pytest.mark.parametrize(("problem", "rate"), [("quadratic", 1.0), ("rosenbrock", 0.5), ("breast cancer", 1.0)])
def test_lbfgs_finds_scipy_s_minimum(problem, rate):
    J = PROBLEMS[problem][0]
    theirs = scipy.optimize.minimize(J.loss, J.start, jac=J.gradient, method="L-BFGS-B", tol=1e-14)
    ours = nn.run(nn.LBFGS(rate), J, J.start, 300, stop=nn.stop.GradientBelow(1e-9))
    assert ours.stopped is not None
    np.testing.assert_allclose(ours.theta[-1], theirs.x, atol=1e-4)
    assert ours.loss[-1] <= theirs.fun + 1e-10


# Scaling by the norm has none, either: its recursion, written out


@pytest.mark.parametrize("beta", [0.0, 0.01, 2.0])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_norm_scaled(problem, beta):
    J, rate = PROBLEMS[problem]
    theta = np.array(J.start)
    path = [theta]
    for _ in range(STEPS):
        g = J.gradient(theta)
        theta = theta - rate / (1 + beta * sum(each**2 for each in g)) * g
        path.append(theta)
    ours = nn.run(nn.NormScaled(rate, beta), J, J.start, STEPS)
    np.testing.assert_allclose(ours.theta, path, rtol=0, atol=1e-12 * np.abs(path).max())
    if beta:
        assert (np.linalg.norm(ours.update[1:], axis=-1) <= rate / (2 * beta**0.5) * (1 + 1e-12)).all()
    else:
        np.testing.assert_array_equal(ours.theta, nn.run(nn.GradientDescent(rate), J, J.start, STEPS).theta)


def test_norm_scaled_has_the_norm_of_each_run():
    J = PROBLEMS["rosenbrock"][0]
    starts = np.array([[[-1.2, 1.0], [0.3, 0.1]], [[1.0, 1.0], [50.0, -7.0]]])
    sweep = nn.run(nn.NormScaled(0.1), J, starts, 5)
    assert sweep.rate.shape == (6, 2, 2, 1)
    np.testing.assert_array_equal(sweep.theta[:, 1, 1], nn.run(nn.NormScaled(0.1), J, starts[1, 1], 5).theta)
    np.testing.assert_array_equal(sweep.rate[1:, 1, 0], 0.1)  # at the minimum


# Newton's method has no counterpart in the three: NumPy solves for its step, SciPy finds the same minimum


@pytest.mark.parametrize("damping", [0.0, 0.5])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_newton(problem, damping):
    J, _ = PROBLEMS[problem]
    theta = np.array(J.start)
    path = [theta]
    for _ in range(10):
        theta = theta - np.linalg.solve(J.hessian(theta) + damping * np.eye(len(theta)), J.gradient(theta))
        path.append(theta)
    ours = nn.run(nn.Newton(damping=damping), J, J.start, 10).theta
    np.testing.assert_allclose(ours, path, rtol=0, atol=1e-12 * np.abs(path).max())


@pytest.mark.parametrize("problem", PROBLEMS)
def test_newton_finds_scipy_s_minimum(problem):
    J, _ = PROBLEMS[problem]
    known = {"jac": J.gradient, "hess": J.hessian}
    theirs = scipy.optimize.minimize(J.loss, J.start, **known, method="trust-exact", tol=1e-10)
    assert theirs.success
    np.testing.assert_allclose(nn.run(nn.Newton(), J, J.start, 12).theta[-1], theirs.x, atol=1e-9)


SCHEDULES = {
    "keras": lambda: keras.optimizers.schedules.ExponentialDecay(0.1, 30, 0.7),
    "optax": lambda: pytest.importorskip("optax").exponential_decay(0.1, 30, 0.7),
}


@pytest.mark.parametrize("library", SCHEDULES)
def test_exponential_decay(library):
    ours, theirs = nn.ExponentialDecay(0.1, decay_steps=30, decay_rate=0.7), SCHEDULES[library]()
    for step in range(0, 200, 7):
        assert ours(step) == pytest.approx(float(theirs(step)), rel=1e-6)  # theirs is a float32
