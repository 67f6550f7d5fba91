"""Adam in two dimensions: a thousand steps down Rosenbrock's valley."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice

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


def recorded(steps: int) -> Callable[[], nn.Trace]:
    """nnlearn's side of most comparisons."""
    return lambda: nn.run(nn.Adam(RATE), VALLEY, START, steps)


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


def with_torch(steps: int) -> Callable[[], Array]:
    """The same in PyTorch; it gives the last theta."""
    torch = load("torch")

    def descend() -> Array:
        theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.Adam([theta], lr=RATE)
        for _ in range(steps):
            optimizer.zero_grad()
            x, y = theta[0], theta[1]
            loss = (1 - x) ** 2 + 100 * (y - x**2) ** 2
            loss.backward()
            optimizer.step()
        return theta.detach().numpy()

    return descend


def with_keras(steps: int) -> Callable[[], Array]:
    """The same in TensorFlow and Keras; it gives the last theta."""
    quiet = load("nnlearn.interop.quiet")
    keras, tf = quiet.keras, quiet.tf

    def descend() -> Array:
        theta = tf.Variable(START, dtype=tf.float64)
        optimizer = keras.optimizers.Adam(RATE, epsilon=1e-8)
        for _ in range(steps):
            with tf.GradientTape() as tape:
                x, y = tf.unstack(theta)
                loss = (1 - x) ** 2 + 100 * (y - x**2) ** 2
            optimizer.apply_gradients([(tape.gradient(loss, theta), theta)])
        return theta.numpy()

    return descend
