"""Schedules that begin small."""

from math import pi
from typing import Annotated, Any

import numpy as np

from nnlearn.algebra import cos, maximum, minimum
from nnlearn.checks import Array, Range, constant
from nnlearn.language import say
from nnlearn.schedules.schedule import Constant, Number, Schedule, Steps

Share = Annotated[float | Array, constant, Range("[0, 1]")]


class WarmUp(Schedule):
    """Even rise from ``start_learning_rate`` within ``warmup_steps`` steps to where ``then`` begins; then that.

    then: a rate, or a schedule, which counts its steps from the end of the warm-up. Goyal and others (2017), "Accurate,
    Large Minibatch SGD", arXiv:1706.02677, section 2.2. Before a ``CosineDecay`` as Keras does it (``warmup_target``).

    >>> rate = WarmUp(4, then=0.1)
    >>> [float(rate(step)) for step in (0, 1, 2, 4, 100)]
    [0.0, 0.025, 0.05, 0.1, 0.1]
    """

    warmup_steps: Steps
    then: Annotated[Any, Range("[0, inf)")]
    start_learning_rate: Number = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not callable(self.then):
            object.__setattr__(self, "then", Constant(self.then))

    def __call__(self, step: int) -> Any:
        return self.start_learning_rate + (
            self.then(maximum(step - self.warmup_steps, 0)) - self.start_learning_rate
        ) * minimum(step / self.warmup_steps, 1)


class OneCycle(Schedule):
    """Half a wave up to ``peak_learning_rate``, and a longer one down: PyTorch's ``OneCycleLR``.

    The peak stands ``warmup_share`` of the ``total_steps`` after the start; the first and the last rate are shares of
    it. Smith and Topin (2019), "Super-Convergence", arXiv:1708.07120, has straight lines; both libraries' users have
    taken to the wave. Raises ValueError if the peak comes before the second step.

    >>> rate = OneCycle(1.0, total_steps=11, warmup_share=6 / 11)
    >>> [round(float(rate(step)), 3) for step in (0, 5, 10)]
    [0.04, 1.0, 0.0]
    """

    peak_learning_rate: Number
    total_steps: Steps
    warmup_share: Annotated[float | Array, constant, Range("(0, 1)")] = 0.3
    start_share: Share = 1 / 25
    end_share: Share = 1 / 250_000

    def __post_init__(self) -> None:
        super().__post_init__()
        if np.min(np.multiply(self.warmup_share, self.total_steps)) <= 1:
            message = say("OneCycle reaches its peak in the step warmup_share * total_steps, which must be above 1; "
                          "here it is {step:g}.",
                          step=np.min(np.multiply(self.warmup_share, self.total_steps)))  # fmt: skip
            raise ValueError(message)

    def __call__(self, step: int) -> Any:
        return self.peak_learning_rate * (
            self.start_share
            + (1 - self.start_share) * (1 - cos(pi * minimum(step / (self.warmup_share * self.total_steps - 1), 1))) / 2
            - (1 - self.end_share) * (1 - cos(pi * minimum(maximum(
                (step + 1 - self.warmup_share * self.total_steps)
                / ((1 - self.warmup_share) * self.total_steps), 0), 1))) / 2
        )  # fmt: skip
