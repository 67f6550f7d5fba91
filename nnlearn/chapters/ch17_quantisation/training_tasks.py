"""The task of chapter 17 about training with quantised weights; it stands on its own, as those in tasks.py."""
# mypy: allow-untyped-defs

from functools import partial

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


def sized(size, signs=lambda w: np.where(w < 0, -1, 1)):
    """The signs times another size."""
    return lambda w: signs(w) * size(w)


def magnitude(w, axis=None):
    """The mean magnitude, of all weights or along an axis."""
    return np.mean(np.abs(w), axis=axis, keepdims=axis == -1)


def through(slope, w):
    """The gradient at the rounded weights, as it is, for the float ones."""
    return slope


def kept_small(w):
    """The weights cut off at -1 and 1, as BinaryConnect does."""
    return np.clip(w, -1, 1)


def straight_through(
    gradient, w, rate, steps, *, seen=binary, behind=as_it_is, passed=through, moved=as_it_is, given=as_it_is
):  # fmt: skip
    """The right answer: the gradient at the rounded weights, the step from the float ones."""
    for _ in range(steps):
        w = moved(behind(w) - rate * passed(gradient(seen(w)), w))
    return given(w)


def one_scale(gradient, w, rate, steps):
    """The scale of the start, kept."""
    scale = np.mean(np.abs(w))
    return straight_through(gradient, w, rate, steps, seen=lambda w: np.where(w < 0, -scale, scale))


def seen_last(gradient, w, rate, steps):
    """What the loss saw in the last step."""
    return binary(straight_through(gradient, w, rate, max(steps - 1, 0)))


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
CHAINED = mark("You multiply the gradient by what rounding did to the weights. Straight through it goes as it is.")
CUT_OFF = mark("You keep the weights between -1 and 1. Some do so; here nothing stops them.")
SHARED_OUT = mark("You divide the gradient by the number of weights. Only the scale is a mean.")
ONE_FOR_ALL = mark("Your scales are those of rows or columns. Here all of w shares one.")
LAST_SEEN = mark("These are the weights that the loss saw last. Return the float ones behind them, after the step.")
MOVED = mark("This is how far the weights have moved. Return the weights themselves.")
MEAN_OF_W = mark("In the mean of w signs cancel. Take that of abs(w).")
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
                sized(lambda w: 1.0): NO_SCALE,
                sized(magnitude, np.sign): ZERO_SIGN,
                sized(magnitude, lambda w: np.where(w <= 0, -1, 1)): mark(
                    "A weight that is 0 gets the sign -1. Here it is +1."
                ),
                sized(magnitude, lambda w: np.where(w < 0, 1, -1)): mark("The signs are exchanged."),
                sized(lambda w: np.max(np.abs(w))): mark("You take the largest magnitude."),
                sized(lambda w: np.sum(np.abs(w))): mark("You take the sum of the magnitudes."),
                sized(lambda w: np.median(np.abs(w))): mark("You take the median of the magnitudes."),
                sized(lambda w: np.sqrt(np.mean(w**2))): mark("You take the root of the mean square."),
                sized(np.mean): MEAN_OF_W,
                sized(lambda w: np.abs(np.mean(w))): MEAN_OF_W,
                sized(partial(magnitude, axis=0)): ONE_FOR_ALL,
                sized(partial(magnitude, axis=-1)): ONE_FOR_ALL,
            },
            "behind": {binary: FROM_ROUNDED},
            "passed": {
                lambda slope, w: slope * (np.abs(w) <= 1): STOPPED,
                lambda slope, w: slope * np.where(w < 0, -1, 1): CHAINED,
                lambda slope, w: slope * magnitude(w): CHAINED,
                lambda slope, w: slope * binary(w): CHAINED,
                lambda slope, w: slope / np.size(w): SHARED_OUT,
            },
            "moved": {kept_small: CUT_OFF},
            "given": {
                binary: mark("These are the rounded weights. Return the float ones behind them."),
                np.sign: mark("These are the signs. Return the float weights behind them."),
            },
        },
        misconceptions=(
            Misconception(SLOPE_0, lambda gradient, w, rate, steps: w),
            Misconception(LAST_SEEN, seen_last),
            Misconception(SCALE_ONCE, one_scale),
            Misconception(ROUNDED_ONCE, signs_of_the_start),
            Misconception(MOVED, lambda gradient, w, rate, steps: straight_through(gradient, w, rate, steps) - w),
        ),
    ),
)
