"""The course's schedules beside those of Keras and PyTorch, with random numbers: every rate of a run.

``PAIRS`` declares them. The libraries count in float32 (Keras) or step by step from the rate before (PyTorch); in the
course each rate is worked out from the number of steps already made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np

import nnlearn as nn
from nnlearn.checks import Array
from nnlearn.interop.quiet import keras

KERAS, TORCH = "Keras", "PyTorch"
STEPS = 60  # steps of a run


def numbers(seed: int) -> SimpleNamespace:
    """Random rates, factors and whole numbers of steps."""
    random = np.random.default_rng(seed)
    return SimpleNamespace(
        rate=float(10 ** random.uniform(-4, 0)),
        end=float(10 ** random.uniform(-6, -4)),
        factor=float(random.uniform(0.1, 0.9)),
        steps=int(random.integers(5, 40)),
        warm=int(random.integers(2, 15)),
        patience=int(random.integers(1, 5)),
        losses=np.round(2 * np.exp(-np.arange(STEPS) / 10) + random.uniform(0, 0.3, STEPS), 2),
    )


@dataclass(frozen=True)
class Pair:
    """A schedule and its counterpart: of drawn numbers, both give the rate of every step."""

    schedule: str
    library: str
    call: str
    at_most: float
    ours: Callable[[SimpleNamespace], Callable[[int], Any]]
    theirs: Callable[[SimpleNamespace], Array]

    def sides(self, seed: int) -> tuple[Array, Array]:
        """The rates of both, over the largest."""
        drawn = numbers(seed)
        ours, theirs = self.ours(drawn), self.theirs(drawn)
        return np.array([ours(step) for step in range(len(theirs))]) / drawn.rate, theirs / drawn.rate


def in_keras(make: Callable[[Any, SimpleNamespace], Any]) -> Callable[[SimpleNamespace], Array]:
    """The rates of a schedule of Keras."""

    def rates(drawn: SimpleNamespace) -> Array:
        schedule = make(keras.optimizers.schedules, drawn)
        return np.array([float(schedule(step)) for step in range(STEPS)])

    return rates


def in_torch(make: Callable[[Any, Any, SimpleNamespace], Any], steps: int = STEPS) -> Callable[..., Array]:
    """The rates of a scheduler of PyTorch."""

    def rates(drawn: SimpleNamespace) -> Array:
        torch = import_module("torch")
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], drawn.rate)
        scheduler, found = make(torch.optim.lr_scheduler, optimizer, drawn), []
        for _ in range(steps):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        return np.array(found)

    return rates


def warmed_in_torch(schedulers: Any, optimizer: Any, drawn: SimpleNamespace) -> Any:
    """PyTorch's two schedulers one after the other. Its linear one can't begin at 0."""
    warm = schedulers.LinearLR(optimizer, 0.1, total_iters=drawn.warm)
    return schedulers.SequentialLR(optimizer, [warm, schedulers.StepLR(optimizer, drawn.steps, drawn.factor)],
                                   [drawn.warm])  # fmt: skip


PAIRS = [
    Pair("ExponentialDecay", KERAS, "`schedules.ExponentialDecay`", 1e-6,
         lambda n: nn.ExponentialDecay(n.rate, n.steps, n.factor),
         in_keras(lambda schedules, n: schedules.ExponentialDecay(n.rate, n.steps, n.factor))),
    Pair("ExponentialDecay", TORCH, "`ExponentialLR`", 1e-12, lambda n: nn.ExponentialDecay(n.rate, 1, n.factor),
         in_torch(lambda schedulers, optimizer, n: schedulers.ExponentialLR(optimizer, n.factor))),
    Pair("StepDecay", KERAS, "`schedules.ExponentialDecay(staircase=True)`", 1e-6,
         lambda n: nn.StepDecay(n.rate, n.steps, n.factor),
         in_keras(lambda schedules, n: schedules.ExponentialDecay(n.rate, n.steps, n.factor, staircase=True))),
    Pair("StepDecay", TORCH, "`StepLR`", 1e-12, lambda n: nn.StepDecay(n.rate, n.steps, n.factor),
         in_torch(lambda schedulers, optimizer, n: schedulers.StepLR(optimizer, n.steps, n.factor))),
    Pair("LinearDecay", KERAS, "`schedules.PolynomialDecay(power=1)`", 1e-6,
         lambda n: nn.LinearDecay(n.rate, n.steps, n.end),
         in_keras(lambda schedules, n: schedules.PolynomialDecay(n.rate, n.steps, n.end))),
    Pair("LinearDecay", TORCH, "`LinearLR(start_factor=1)`", 1e-12,
         lambda n: nn.LinearDecay(n.rate, n.steps, n.factor * n.rate),
         in_torch(lambda schedulers, optimizer, n: schedulers.LinearLR(optimizer, 1, n.factor, n.steps))),
    Pair("CosineDecay", KERAS, "`schedules.CosineDecay`", 1e-6,
         lambda n: nn.CosineDecay(n.rate, n.steps, n.factor * n.rate),
         in_keras(lambda schedules, n: schedules.CosineDecay(n.rate, n.steps, n.factor))),
    Pair("CosineDecay", TORCH, "`CosineAnnealingLR`", 1e-12, lambda n: nn.CosineDecay(n.rate, STEPS, n.end),
         in_torch(lambda schedulers, optimizer, n: schedulers.CosineAnnealingLR(optimizer, STEPS, n.end))),
    Pair("WarmUp", KERAS, "`schedules.CosineDecay(warmup_target=..., warmup_steps=...)`", 1e-6,
         lambda n: nn.WarmUp(n.warm, nn.CosineDecay(n.rate, n.steps), n.end),
         in_keras(lambda schedules, n: schedules.CosineDecay(n.end, n.steps, warmup_target=n.rate,
                                                             warmup_steps=n.warm))),
    Pair("WarmUp", TORCH, "`SequentialLR` of `LinearLR` and `StepLR`", 1e-12,
         lambda n: nn.WarmUp(n.warm, nn.StepDecay(n.rate, n.steps, n.factor), 0.1 * n.rate), in_torch(warmed_in_torch)),
    Pair("OneCycle", TORCH, "`OneCycleLR`", 1e-12, lambda n: nn.OneCycle(n.rate, STEPS, n.factor),
         in_torch(lambda schedulers, optimizer, n: schedulers.OneCycleLR(optimizer, n.rate, STEPS,
                                                                         pct_start=n.factor),
                  STEPS - 1)),
]  # fmt: skip


# --- The rule that waits: given the same losses ---


class Losses(nn.objectives.base.BaseObjective):
    """What tells each step its loss, wherever theta is; the gradient is 1."""

    dimension = 1

    def __init__(self, losses: Array, t: int = 1):
        self.losses, self.t = losses, t

    def at(self, t: int) -> "Losses":
        return Losses(self.losses, t)

    def loss(self, theta: Array) -> Array:
        return np.broadcast_to(self.losses[self.t - 2], np.shape(theta)[:-1])  # of the look after step t - 1

    def gradient(self, theta: Array) -> Array:
        return np.ones_like(theta)


def rates_while_waiting(drawn: SimpleNamespace) -> Array:
    """The rates of ``ReduceOnPlateau``: of every step after the first."""
    rule = nn.ReduceOnPlateau(nn.GradientDescent(drawn.rate), drawn.factor, drawn.patience, min_delta=0.01)
    return np.asarray(nn.run(rule, Losses(drawn.losses), [0.0], len(drawn.losses) + 1).learning_rate[2:, 0])


def waiting_in_keras(seed: int) -> tuple[Array, Array]:
    """Keras's callback, told the losses of epochs."""
    drawn = numbers(seed)
    callback = keras.callbacks.ReduceLROnPlateau("loss", drawn.factor, drawn.patience, min_delta=0.01)
    callback.set_model(SimpleNamespace(optimizer=SimpleNamespace(learning_rate=np.float64(drawn.rate))))
    callback.on_train_begin()
    found = []
    for epoch, loss in enumerate(drawn.losses):
        callback.on_epoch_end(epoch, {"loss": loss})
        found.append(float(callback.model.optimizer.learning_rate))
    return rates_while_waiting(drawn) / drawn.rate, np.array(found) / drawn.rate


def waiting_in_torch(seed: int) -> tuple[Array, Array]:
    """PyTorch's scheduler, whose patience is one less, told the losses."""
    drawn, torch = numbers(seed), import_module("torch")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], drawn.rate)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, "min", drawn.factor, drawn.patience - 1, threshold=0.01, threshold_mode="abs", eps=0
    )
    found = []
    for loss in drawn.losses:
        scheduler.step(loss)
        found.append(optimizer.param_groups[0]["lr"])
    return rates_while_waiting(drawn) / drawn.rate, np.array(found) / drawn.rate
