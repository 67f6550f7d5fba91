"""The optimisers and problems that the tests' tables are made of."""

import numpy as np

import nnlearn as nn
from nnlearn.objectives import (
    Beale,
    Clipped,
    LogisticRegression,
    Masked,
    Noisy,
    Penalised,
    Quadratic,
    Rosenbrock,
    SoftmaxRegression,
)

DECAY = nn.ExponentialDecay(0.001, decay_steps=10, decay_rate=0.5)
OPTIMIZERS = {
    "gradient descent": nn.GradientDescent(0.001),
    "scheduled": nn.GradientDescent(DECAY),
    "averaged momentum": nn.AveragedMomentum(0.01, 0.9),
    "classical momentum": nn.Momentum(0.001, 0.9),
    "nesterov": nn.Nesterov(0.001, 0.9),
    "adam": nn.Adam(0.1),
    "scheduled adam": nn.Adam(DECAY),
    "adagrad": nn.AdaGrad(0.1),
    "norm-scaled": nn.NormScaled(0.1, beta=0.01),
    "rmsprop": nn.RMSprop(0.01),
    "centred rmsprop": nn.RMSprop(0.01, rho=0.95, centered=True),
    "scheduled rmsprop": nn.RMSprop(DECAY, centered=True),
    "adamw": nn.AdamW(0.1, weight_decay=0.1),
    "amsgrad": nn.AMSGrad(0.1, beta_2=0.5),
    "nadam": nn.Nadam(0.01),
    "scheduled nadam": nn.Nadam(DECAY, momentum_decay=1.0),
    "lion": nn.Lion(0.01),
    "lbfgs": nn.LBFGS(0.5, memory=3),
    "searching lbfgs": nn.LBFGS(memory=3, line_search=True),
    "bfgs": nn.BFGS(0.5),
    "newton": nn.Newton(0.5, damping=0.1),
    "absolute newton": nn.Newton(0.5, damping=0.1, absolute=True),
    "proximal l1": nn.ProximalL1(0.001, l1=0.5),
}
SURFACES = {"quadratic": Quadratic(10.0), "rosenbrock": Rosenbrock(), "beale": Beale()}
START = np.array([-1.5, 2.0])


def small_data(classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    X = generator.normal(size=(90, 5))
    y = np.argmax(X[:, :classes] + 0.5 * generator.normal(size=(90, classes)), axis=1)
    return X, y


DATA = {
    "logistic": LogisticRegression(*small_data(2), l2=0.01),
    "softmax": SoftmaxRegression(*small_data(3), l2=0.01),
    "logistic batches": nn.MiniBatches(32, seed=1).of(LogisticRegression(*small_data(2))),
    "growing batches": nn.GrowingBatches((40, 90), epochs=2, order="drawn").of(LogisticRegression(*small_data(2))),
}
WRAPPED = {
    "clipped": Clipped(Rosenbrock(), norm=2.0),
    "penalised": Penalised(LogisticRegression(*small_data(2)), l1=0.02, l2=0.1),
    "masked": Masked(LogisticRegression(*small_data(2)), mask=[1, 0, 1, 1, 0, 1]),
    "noisy batches": Noisy(nn.MiniBatches(32, seed=1).of(SoftmaxRegression(*small_data(3))), scale=0.05, seed=3),
    "all around all": Clipped(
        nn.MiniBatches(32).of(Penalised(Noisy(LogisticRegression(*small_data(2)), scale=0.3), l2=0.1)), norm=0.5
    ),
}
PROBLEMS = SURFACES | DATA | WRAPPED


def start_for(J) -> np.ndarray:
    return START if J.dimension in (None, 2) else np.linspace(-0.3, 0.3, J.dimension)
