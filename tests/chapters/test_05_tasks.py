"""The right answers of chapter 05 hold what its tasks promise, and wrong ones to the second border are explained."""

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.exercises import material
from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge
from nnlearn.exercises.loader import load
from nnlearn.objectives import Quadratic
from nnlearn.theory import border

BETAS = pytest.mark.parametrize("beta", [0.0, 0.3, 0.9])


@pytest.mark.parametrize("curvature, rate", [(1.0, 0.3), (4.0, 0.7), (100.0, 0.001)])
@pytest.mark.parametrize("beta", [0.2, 0.67, 0.95])
def test_beta_is_read_off_any_piece_of_a_run_of_the_library(curvature, rate, beta):
    theta = nn.run(nn.Momentum(rate, beta), Quadratic(curvatures=[curvature]), [1.3], 12).theta[:, 0]
    infer = load("05.2").asks.reference
    for first in range(8):
        assert infer(theta[first : first + 3], rate * curvature) == pytest.approx(beta, rel=1e-6)


def grows(step, rate, L, steps=6000):
    """Whether theta grows under a rule, (theta, theta before, velocity, gradient of) -> velocity."""
    before = theta = 1.0
    velocity = 0.0
    for _ in range(steps):
        velocity = step(theta, before, velocity, lambda place: rate * L * place)
        before, theta = theta, theta + velocity
        if abs(theta) > 1e6:
            return True
    return abs(theta) > 1


@BETAS
@pytest.mark.parametrize("ahead", [0.2, 0.9])
def test_the_border_with_a_look_ahead(beta, ahead):
    edge = load("05.5").asks["ahead"].reference(4.0, beta, ahead)

    def step(theta, before, velocity, slope):
        return beta * velocity - slope(theta + ahead * velocity)

    assert not grows(step, 0.995 * edge, 4.0) and grows(step, 1.005 * edge, 4.0)


@BETAS
def test_the_border_with_a_stale_gradient(beta):
    edge = load("05.5").asks["stale"].reference(4.0, beta)

    def step(theta, before, velocity, slope):
        return beta * velocity - slope(before)

    assert not grows(step, 0.995 * edge, 4.0) and grows(step, 1.005 * edge, 4.0)


def test_looking_ahead_by_beta_is_nesterov_and_by_nothing_the_ball():
    edge = load("05.5").asks["ahead"].reference
    assert edge(7.0, 0.6, 0.0) == pytest.approx(border("classical", 7.0, 0.6))
    assert edge(7.0, 0.6, 0.6) == pytest.approx(border("nesterov", 7.0, 0.6))


def test_the_five_runs_are_made_by_their_forms():
    J = Quadratic(curvatures=[1.0, 10.0])
    made = {question.reference(): material("05.6")[run] for run, question in load("05.6").asks.items()}
    forms = {
        "plain": nn.GradientDescent(0.05),
        "classical": nn.Momentum(0.05, 0.8),
        "averaged": nn.AveragedMomentum(0.05, 0.8),
        "nesterov": nn.Nesterov(0.05, 0.8),
    }
    for form, optimizer in forms.items():
        np.testing.assert_allclose(made[form], nn.run(optimizer, J, made[form][0], 30).theta, rtol=1e-9, atol=1e-12)
    steps = np.diff(made["dampened"], axis=0)
    np.testing.assert_allclose(steps[0], -0.05 * J.gradient(made["dampened"][0]))  # whole, as in PyTorch
    np.testing.assert_allclose(steps[1], 0.8 * steps[0] - 0.2 * 0.05 * J.gradient(made["dampened"][1]))


def test_two_steps_tell_the_five_forms_apart():
    seconds = [tuple(run[2].round(6)) for run in material("05.6").values()]
    assert len(set(seconds)) == 5


STALE = {
    "halved": lambda L, beta: (1 - beta) / (2 * L),
    "without L": lambda L, beta: 1 - beta,
    "1 - beta squared": lambda L, beta: (1 - beta**2) / L,
    "squared": lambda L, beta: (1 - beta) ** 2 / L,
    "upside down": lambda L, beta: L / (1 - beta),
    "beta for 1 - beta": lambda L, beta: beta / L,
    "over 1 + beta": lambda L, beta: 2 / ((1 + beta) * L),
    "a root": lambda L, beta: np.sqrt((1 - beta) / L),
    "averaged": lambda L, beta: 2 * (1 + beta) / ((1 - beta) * L),
    "L squared": lambda L, beta: (1 - beta) / L**2,
}


@pytest.mark.parametrize("name", STALE)
def test_a_wrong_border_of_a_stale_gradient_is_explained(name):
    verdict = judge(load("05.5").asks["stale"], direct(STALE[name]))
    assert not verdict.right and verdict.hints
