"""Schedules that fall: evenly in the logarithm, evenly, as half a wave, in steps."""

from math import pi
from typing import Any

from nnlearn.algebra import cos, floor, maximum, minimum
from nnlearn.schedules.schedule import Factor, Number, Schedule, Steps


class ExponentialDecay(Schedule):
    """The rate times ``decay_rate`` every ``decay_steps`` steps, evenly in between. Sources: 001§3.3.1; Keras.

    >>> rate = ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)
    >>> rate(0), rate(10), rate(20)
    (0.1, 0.05, 0.025)
    """

    initial_learning_rate: Number
    decay_steps: Steps
    decay_rate: Factor

    def __call__(self, step: int) -> Any:
        return self.initial_learning_rate * self.decay_rate ** (step / self.decay_steps)


class StepDecay(Schedule):
    """The rate times ``decay_rate`` at once, after each ``decay_steps`` steps: ``ExponentialDecay(staircase=True)`` in
    Keras, ``StepLR`` in PyTorch.

    >>> rate = StepDecay(1.0, decay_steps=10, decay_rate=0.5)
    >>> [float(rate(step)) for step in (9, 10, 20)]
    [1.0, 0.5, 0.25]
    """

    initial_learning_rate: Number
    decay_steps: Steps
    decay_rate: Factor

    def __call__(self, step: int) -> Any:
        return self.initial_learning_rate * self.decay_rate ** floor(step / self.decay_steps)


class LinearDecay(Schedule):
    """Even fall to ``end_learning_rate`` within ``decay_steps`` steps, after ``begin`` steps at the first rate.

    Source 001§3.3.1. Without ``begin`` Keras's ``PolynomialDecay`` of power 1, PyTorch's ``LinearLR``.

    >>> rate = LinearDecay(1.0, decay_steps=4, begin=10)
    >>> [float(rate(step)) for step in (0, 10, 11, 13, 14, 20)]
    [1.0, 1.0, 0.75, 0.25, 0.0, 0.0]
    """

    initial_learning_rate: Number
    decay_steps: Steps
    end_learning_rate: Number = 0.0
    begin: Number = 0.0

    def __call__(self, step: int) -> Any:
        return self.end_learning_rate + (self.initial_learning_rate - self.end_learning_rate) * (
            1 - minimum(maximum((step - self.begin) / self.decay_steps, 0), 1)
        )


class CosineDecay(Schedule):
    """Half a cosine wave down to ``end_learning_rate`` within ``decay_steps`` steps, after ``begin`` at the first rate.

    Loshchilov and Hutter (2017), "SGDR", arXiv:1608.03983, equation 5, without restarts. Without ``begin`` Keras's
    ``CosineDecay`` (whose alpha is the last rate over the first) and PyTorch's ``CosineAnnealingLR``, until it ends.

    >>> rate = CosineDecay(1.0, decay_steps=4)
    >>> [round(float(rate(step)), 3) for step in range(6)]
    [1.0, 0.854, 0.5, 0.146, 0.0, 0.0]
    """

    initial_learning_rate: Number
    decay_steps: Steps
    end_learning_rate: Number = 0.0
    begin: Number = 0.0

    def __call__(self, step: int) -> Any:
        return (
            self.end_learning_rate
            + (self.initial_learning_rate - self.end_learning_rate)
            * (1 + cos(pi * minimum(maximum((step - self.begin) / self.decay_steps, 0), 1)))
            / 2
        )
