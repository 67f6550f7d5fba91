"""Update rules in two dimensions: a thousand steps down Rosenbrock's valley."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

import nnlearn as nn
from benchmarks.harness import Result, cost, interleaved, speed_up
from benchmarks.peers import load
from nnlearn.checks import Array

STEPS = 1000
RATE = 0.01
RATES = np.geomspace(1e-4, 0.1, 64)
START = (-1.5, 2.0)
VALLEY = nn.objectives.Rosenbrock()
SCALED = nn.NormScaled(0.001, beta=0.01)  # a tenth of the others' rate, beyond which it goes to and fro


@dataclass(frozen=True)
class Rule:
    """An optimiser, and what makes the same steps: ``torch(torch, weights)``, ``keras(keras)``."""

    ours: nn.optimizers.Optimizer
    torch: Callable[[Any, list], Any]
    keras: Callable[[Any], Any]


class ScaledInTorch:
    """PyTorch has no such rule: in its operations, as one writes it there."""

    def __init__(self, torch: Any, weights: list):
        self.torch, self.weights = torch, weights

    def zero_grad(self) -> None:
        for weight in self.weights:
            weight.grad = None

    def step(self) -> None:
        with self.torch.no_grad():
            for weight in self.weights:
                weight -= SCALED.learning_rate / (1 + SCALED.beta * weight.grad.square().sum()) * weight.grad


def scaled_in_keras(keras: Any) -> Any:
    """Nor has Keras: as one adds a rule to it."""

    class NormScaled(keras.optimizers.Optimizer):  # type: ignore[misc]
        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            rate = keras.ops.cast(learning_rate, variable.dtype) / (1 + SCALED.beta * keras.ops.sum(gradient**2))
            self.assign_sub(variable, rate * gradient)

    return NormScaled(SCALED.learning_rate)


RULES = {
    "Adam": Rule(
        nn.Adam(RATE),
        lambda torch, weights: torch.optim.Adam(weights, lr=RATE),
        lambda keras: keras.optimizers.Adam(RATE, epsilon=1e-8),
    ),
    "AdamW": Rule(
        nn.AdamW(RATE),
        lambda torch, weights: torch.optim.AdamW(weights, lr=RATE),
        lambda keras: keras.optimizers.AdamW(RATE, weight_decay=0.01, epsilon=1e-8),
    ),
    "AMSGrad": Rule(
        nn.AMSGrad(RATE),
        lambda torch, weights: torch.optim.Adam(weights, lr=RATE, amsgrad=True),
        lambda keras: keras.optimizers.Adam(RATE, epsilon=1e-8, amsgrad=True),
    ),
    "RMSprop": Rule(
        nn.RMSprop(RATE),
        lambda torch, weights: torch.optim.RMSprop(weights, lr=RATE, alpha=0.9),
        lambda keras: keras.optimizers.RMSprop(RATE),
    ),
    "RMSprop, centred": Rule(
        nn.RMSprop(RATE, centered=True),
        lambda torch, weights: torch.optim.RMSprop(weights, lr=RATE, alpha=0.9, centered=True),
        lambda keras: keras.optimizers.RMSprop(RATE, centered=True),
    ),
    "norm-scaled": Rule(SCALED, ScaledInTorch, scaled_in_keras),
}
OTHERS = [name for name in RULES if name != "Adam"]


def adam_torch(rounds: int) -> Iterator[Result]:
    """1,000 steps of Adam on Rosenbrock's function in float64: nnlearn.run, which records every quantity of
    every step, against PyTorch's autograd and torch.optim.Adam, which record nothing."""
    sides = interleaved([recorded(STEPS), with_torch(STEPS)], rounds)
    yield speed_up("Adam, 2-D: torch", sides, at_least=8)


def adam_keras(rounds: int) -> Iterator[Result]:
    """The same against TensorFlow's GradientTape and keras.optimizers.Adam, run eagerly, as one does to look
    at the steps."""
    sides = interleaved([recorded(STEPS), with_keras(STEPS)], rounds)
    yield speed_up("Adam, 2-D: Keras, eager", sides, at_least=150)


def rules_torch(rounds: int) -> Iterator[Result]:
    """As adam_torch, for the other adaptive rules; PyTorch has the one scaled by the gradient's norm written out."""
    for name in OTHERS:
        sides = interleaved([recorded(STEPS, name), with_torch(STEPS, name)], rounds)
        yield speed_up(f"{name}: torch", sides, at_least=8)


def rules_keras(rounds: int) -> Iterator[Result]:
    """As adam_keras, for the other adaptive rules."""
    for name in OTHERS:
        sides = interleaved([recorded(STEPS, name), with_keras(STEPS, name)], rounds)
        yield speed_up(f"{name}: Keras", sides, at_least=150)


def sweep(rounds: int) -> Iterator[Result]:
    """Adam with 64 learning rates, 1,000 recorded steps each: one run of a batch against 64 runs."""
    sides = interleaved([at_once(RATES, STEPS), one_by_one(RATES, STEPS)], rounds)
    yield speed_up("64 rates: one by one", sides, at_least=25)


def recording(rounds: int) -> Iterator[Result]:
    """The 1,000 steps of Adam: nnlearn.run, which records them and watches for divergence, against iterating
    nnlearn.rows and keeping nothing."""
    trace = recorded(STEPS)()
    size = sum(column.nbytes for column in trace.columns.values())
    note = f"recorded are {len(trace):,} rows of {', '.join(trace.columns)}: {size / 1000:.0f} kB"
    sides = interleaved([recorded(STEPS), iterated(STEPS)], rounds)
    yield cost("recording: not recording", sides, at_most=1.3, note=note)


def recorded(steps: int, rule: str = "Adam") -> Callable[[], nn.Trace]:
    """nnlearn's side of most comparisons."""
    return lambda: nn.run(RULES[rule].ours, VALLEY, START, steps)


def iterated(steps: int) -> Callable[[], nn.Row]:
    """The same steps without a record; it gives the last row."""

    def descend() -> nn.Row:
        adam = nn.Adam(RATE)
        first = adam.start(VALLEY.check(START))
        with np.errstate(all="ignore"):
            return deque(islice(nn.rows(adam, VALLEY, first), steps), maxlen=1)[0]

    return descend


def at_once(rates: Array, steps: int) -> Callable[[], nn.Trace]:
    """All rates, shape (n,), as one sweep."""
    return lambda: nn.run(nn.Adam(rates[:, np.newaxis]), VALLEY, START, steps)


def one_by_one(rates: Array, steps: int) -> Callable[[], list[nn.Trace]]:
    """A run for each rate."""
    return lambda: [nn.run(nn.Adam(rate), VALLEY, START, steps) for rate in rates]


def with_torch(steps: int, rule: str = "Adam") -> Callable[[], Array]:
    """The same in PyTorch; it gives the last theta."""
    torch = load("torch")

    def descend() -> Array:
        theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
        optimizer = RULES[rule].torch(torch, [theta])
        for _ in range(steps):
            optimizer.zero_grad()
            x, y = theta[0], theta[1]
            loss = (1 - x) ** 2 + 100 * (y - x**2) ** 2
            loss.backward()
            optimizer.step()
        return theta.detach().numpy()

    return descend


def with_keras(steps: int, rule: str = "Adam") -> Callable[[], Array]:
    """The same in TensorFlow and Keras; it gives the last theta."""
    quiet = load("nnlearn.interop.quiet")
    keras, tf = quiet.keras, quiet.tf

    def descend() -> Array:
        theta = tf.Variable(START, dtype=tf.float64)
        optimizer = RULES[rule].keras(keras)
        for _ in range(steps):
            with tf.GradientTape() as tape:
                x, y = tf.unstack(theta)
                loss = (1 - x) ** 2 + 100 * (y - x**2) ** 2
            optimizer.apply_gradients([(tape.gradient(loss, theta), theta)])
        return theta.numpy()

    return descend
