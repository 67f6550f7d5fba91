"""The ravine of chapter 07, what moves in it, and one run of it that is quick enough for a moving hand."""

import math
from collections.abc import Callable
from typing import Annotated, Any

import numpy as np

from nnlearn.checks import Array, Range
from nnlearn.language import mark
from nnlearn.objectives import Quadratic
from nnlearn.optimizers import Adam, AMSGrad, Optimizer
from nnlearn.optimizers.optimizer import Fraction, Rate
from nnlearn.row import Row

CURVATURES = (1.0, 100.0)
L = CURVATURES[1]
START = (-2.0, 1.0)
STEPS = 6000  # of every run

ADAM, UNCORRECTED, AMSGRAD = "adam", "uncorrected", "amsgrad"
NAMES = {ADAM: mark("Adam"), UNCORRECTED: mark("Adam without correction"), AMSGRAD: mark("AMSGrad")}


class Uncorrected(Optimizer):
    """Adam whose means are used as they are, though they begin at 0. Source 004§3.5."""

    learning_rate: Rate = 0.001
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999
    epsilon: Annotated[Any, Range("[0, inf)")] = 1e-8
    state = ("m", "v")

    def step(self, row: Row, J: Any) -> Row:
        gradient = J.gradient(row.theta)
        m = self.beta_1 * row.m + (1 - self.beta_1) * gradient
        v = self.beta_2 * row.v + (1 - self.beta_2) * gradient**2
        theta = row.theta - self.learning_rate * m / (v**0.5 + self.epsilon)
        return Row(theta=theta, gradient=gradient, m=m, v=v)


RULES: dict[str, type[Optimizer]] = {ADAM: Adam, UNCORRECTED: Uncorrected, AMSGRAD: AMSGrad}


def ravine() -> Quadratic:
    """A bowl of curvature 1 along theta[0] and 100 along theta[1]."""
    return Quadratic(curvatures=CURVATURES)


def falling(rate: Any) -> Callable[[int], Any]:
    """A rate that falls evenly, to 0 at the last step."""
    return lambda step: rate * (1 - step / STEPS)


def walk(
    rule: str, rate: float, beta_1: float, beta_2: float, epsilon: float, falls: bool = False
) -> tuple[Array, Array]:
    """A run of the rule in the ravine: theta, shape (STEPS + 1, 2), and the steep axis's true rate, (STEPS + 1,).

    The true rate is what stands before m_hat: rate / (sqrt(v_hat) + epsilon); NaN before the first step. The axes of
    the bowl don't mix, so each is stepped alone, in Python's own numbers: these make 12,000 steps while a hand moves.
    """
    columns, true_rates = [], [math.nan]
    for curvature, start in zip(CURVATURES, START, strict=True):
        theta, m, v, v_max, true_rates = start, 0.0, 0.0, 0.0, [math.nan]
        column = [theta]
        for t in range(1, STEPS + 1):
            gradient = curvature * theta
            m = beta_1 * m + (1 - beta_1) * gradient
            v = beta_2 * v + (1 - beta_2) * gradient * gradient
            if rule == UNCORRECTED:
                m_hat, v_hat = m, v
            else:
                v_max = max(v_max, v) if rule == AMSGRAD else v
                m_hat, v_hat = m / (1 - beta_1**t), v_max / (1 - beta_2**t)
            true_rate = (rate * (1 - (t - 1) / STEPS) if falls else rate) / (math.sqrt(v_hat) + epsilon)
            theta -= true_rate * m_hat
            column.append(theta)
            true_rates.append(true_rate)
        columns.append(column)
    return np.transpose(columns), np.array(true_rates)
