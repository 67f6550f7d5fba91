"""The task of chapter 17 about training with quantised weights; it stands on its own, as those in tasks.py."""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.chapters.ch17_quantisation import inputs
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark


def binary(w):
    """The signs times the mean magnitude; the sign of 0 is +1."""
    return np.where(w < 0, -1, 1) * np.mean(np.abs(w))


def as_it_is(w):
    """The float weights."""
    return w


def straight_through(gradient, w, rate, steps, *, seen=binary, behind=as_it_is, given=as_it_is):
    """The right answer: the gradient at the rounded weights, the step from the float ones."""
    for _ in range(steps):
        w = behind(w) - rate * gradient(seen(w))
    return given(w)


def stopped(gradient, w, rate, steps):
    """The gradient stops where a weight is beyond 1."""
    for _ in range(steps):
        w = w - rate * (np.abs(w) <= 1) * gradient(binary(w))
    return w


def one_scale(gradient, w, rate, steps):
    """The scale of the start, kept."""
    scale = np.mean(np.abs(w))
    return straight_through(gradient, w, rate, steps, seen=lambda w: np.where(w < 0, -scale, scale))


def signs_of_the_start(gradient, w, rate, steps):
    """All steps with the weights that were rounded first."""
    first = binary(w)
    return straight_through(gradient, w, rate, steps, seen=lambda w: first)


AT_FLOATS = mark("The gradient is taken at the float weights, as if they were never rounded. Take it at the rounded "
                 "ones.")  # fmt: skip
FROM_ROUNDED = mark("Each step begins at the rounded weights, so that small steps can't add up. Begin at the float "
                    "ones.")  # fmt: skip
NO_SCALE = mark("The rounded weights are the signs times the mean magnitude. Yours are as large as 1.")
SLOPE_0 = mark("You multiply by the slope of rounding, which is 0: nothing moves. Straight through means as if it were "
               "1.")  # fmt: skip
STOPPED = mark("You stop the gradient where a weight is beyond 1. Some do so; here it goes straight through "
               "everywhere.")  # fmt: skip
SCALE_ONCE = mark("The scale is that of the start. It changes with the weights: take it anew in each step.")
ROUNDED_ONCE = mark("You round once, before the loop. Round the weights anew in each step.")
MOVED = mark("This is how far the weights have moved. Return the weights themselves.")
ZERO_SIGN = mark("np.sign(0) is 0. Here the sign of 0 is +1.")

STRAIGHT_THROUGH = Task(
    id="17.7",
    title=mark("Straight through"),
    text=mark(
        "Write straight_through(gradient, w, rate, steps): the float weights after so many steps of training with 1 "
        "bit. The loss sees the rounded weights: the signs of w, that of 0 is +1, times the mean magnitude of all of "
        "w. gradient is a function of the weights that the loss sees. In each step rate times the gradient at the "
        "rounded weights is taken off the float weights. w belongs to the caller: leave it as it is."
    ),
    asks=Question(
        points=2,
        reference=straight_through,
        advice=mark(
            "With gradient = lambda w: w - 1, w = [0.2, -0.6] and rate 0.5: the loss sees [0.4, -0.4], the gradient is "
            "[-0.6, -1.4], and w becomes [0.5, 0.1]. And after the second step?"
        ),
        example=inputs.TRAINED,
        inputs=inputs.trained,
        witnesses=inputs.TRAININGS,
        made_of=lambda gradient, w, rate, steps: {"rate": rate},
        slots={
            "seen": {
                as_it_is: AT_FLOATS,
                lambda w: np.where(w < 0, -1.0, 1.0): NO_SCALE,
                lambda w: np.sign(w) * np.mean(np.abs(w)): ZERO_SIGN,
                lambda w: np.where(w < 0, -1, 1) * np.max(np.abs(w)): mark("The scale is the mean magnitude."),
                lambda w: np.where(w < 0, -1, 1) * np.sqrt(np.mean(w**2)): mark(
                    "You take the root of the mean square."
                ),
                lambda w: np.where(w < 0, -1, 1) * np.mean(w): mark(
                    "In the mean of w signs cancel. Take that of abs(w)."
                ),
            },
            "behind": {binary: FROM_ROUNDED},
            "given": {
                binary: mark("These are the rounded weights. Return the float ones behind them."),
                np.sign: mark("These are the signs. Return the float weights behind them."),
            },
        },
        misconceptions=(
            Misconception(SLOPE_0, lambda gradient, w, rate, steps: w),
            Misconception(STOPPED, stopped),
            Misconception(SCALE_ONCE, one_scale),
            Misconception(ROUNDED_ONCE, signs_of_the_start),
            Misconception(MOVED, lambda gradient, w, rate, steps: straight_through(gradient, w, rate, steps) - w),
        ),
    ),
)
