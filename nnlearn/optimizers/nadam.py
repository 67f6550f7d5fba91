"""Nadam."""

from typing import Annotated, Any

import numpy as np

from nnlearn.checks import Range
from nnlearn.optimizers.optimizer import Fraction, Optimizer, Rate
from nnlearn.row import Row


class Nadam(Optimizer):
    """Adam with Nesterov's look-ahead: the mean of the gradients as it will be, not as it is.

    Dozat (2016), ICLR workshop, algorithm 2. The first moment's share, mu, grows with the step towards beta_1:
    beta_1 (1 - 0.96^(t momentum_decay) / 2). momentum_decay is 0.004 in the paper and in PyTorch, 1 in Keras, where mu
    is near beta_1 after a hundred steps; optax keeps beta_1. ``mu_product`` is the product of all mu so far: what
    corrects m for its start at zero.
    """

    learning_rate: Rate = 0.001
    beta_1: Fraction = 0.9
    beta_2: Fraction = 0.999
    epsilon: Annotated[Any, Range("[0, inf)")] = 1e-8
    momentum_decay: Annotated[Any, Range("[0, inf)")] = 0.004
    state = ("m", "v", "mu_product")

    def initial(self, theta):
        return {"mu_product": np.ones((*theta.shape[:-1], 1))}

    def step(self, row, J):
        t = row.t + 1
        gradient = J.gradient(row.theta)
        m = self.beta_1 * row.m + (1 - self.beta_1) * gradient
        v = self.beta_2 * row.v + (1 - self.beta_2) * gradient**2
        mu = self.beta_1 * (1 - 0.96 ** (t * self.momentum_decay) / 2)
        next_mu = self.beta_1 * (1 - 0.96 ** ((t + 1) * self.momentum_decay) / 2)
        mu_product = row.mu_product * mu
        m_hat = next_mu * m / (1 - mu_product * next_mu) + (1 - mu) * gradient / (1 - mu_product)
        v_hat = v / (1 - self.beta_2**t)
        theta = row.theta - self.learning_rate * m_hat / (v_hat**0.5 + self.epsilon)
        return Row(theta=theta, gradient=gradient, m=m, v=v, m_hat=m_hat, v_hat=v_hat, mu_product=mu_product)
