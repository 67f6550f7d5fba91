"""The tasks of chapter 17: codes. Those of whole numbers and bytes, and of training, are beside this file.

Each task stands on its own: the right answer, whose keyword-only arguments are its choices; for each choice the wrong
ones that learners make (``slots``), and the mistakes that need a why. The rest is derived from the right answer.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.chapters.ch17_quantisation import inputs
from nnlearn.chapters.ch17_quantisation.calibration_tasks import CALIBRATIONS
from nnlearn.chapters.ch17_quantisation.integer_tasks import INTEGER_LAYER, PACKED_BYTES
from nnlearn.chapters.ch17_quantisation.training_tasks import STRAIGHT_THROUGH
from nnlearn.exercises.slots import half_up
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

UP = mark("You round up. Take the nearest code, above or below, which is never more than half a step away.")
DOWN = mark("You round down, so that -0.2 steps become -1. Take the nearest code.")
CUT = mark("You cut the fraction off, as int and astype do, so that 2.9 steps become 2. Take the nearest code.")
HALVES = mark("In the middle between two codes take the even one, as np.round does: 2.5 steps become 2.")
PLUS_HALF = mark("Negative numbers are cut off upwards: -1.2 + 0.5 becomes 0.")
FRACTIONS = mark("These are fractions. A code is a whole number: round to the nearest.")
LEVELS = mark("With 4 bits the codes run from -7 to 7. How many steps is it from 0 to the largest number?")
NO_ABS = mark("You take the largest number. The largest magnitude counts: -4.5 lies farther from 0 than 2.")
ABS_OUTSIDE = mark("abs stands outside: the largest number comes first, and its size then. -4.5 is farther from 0 than "
                   "2.")  # fmt: skip
MEAN_SIZE = mark("You take the mean magnitude, the scale of the binary scheme. Here the farthest number counts.")
WHOLE_RANGE = mark("You spread the codes over the range, as in the affine scheme. Here they lie around 0, which is "
                   "code 0.")  # fmt: skip
STAND_FOR = mark("These are the numbers that the codes stand for, codes * scale: return the codes.")

# --- 17.1 ------------------------------------------------------------------------------------------------------------


def largest_magnitude(x, axis=None):
    """How far from 0 the farthest number lies."""
    return np.max(np.abs(x), axis)


def largest_code(bits):
    """The last code; the first one is its opposite."""
    return 2 ** (bits - 1) - 1


def as_they_are(codes, bits):
    """All codes."""
    return codes


def symmetric(x, bits, *, largest=largest_magnitude, levels=largest_code, rounding=np.round, kept=as_they_are):
    """The right answer: as many codes on either side of 0."""
    scale = largest(x) / levels(bits)
    return kept(rounding(x / scale), bits), scale


ROUNDED_FIRST = mark("You round x before you divide, so that everything below half of 1 is lost. Divide first, then "
                     "round.")  # fmt: skip

SYMMETRIC = Task(
    id="17.1",
    title=mark("Symmetric codes"),
    text=mark(
        "Write symmetric(x, bits), which returns codes and scale. The codes are whole numbers from -(2**(bits - 1) - "
        "1) to 2**(bits - 1) - 1, in the shape of x. The scale is the distance of two codes, so that codes * scale is "
        "about x; the number of largest magnitude gets the first or the last code. Each code is the nearest one, in "
        "the middle the even one. bits is from 2 to 16, and x is not all 0."
    ),
    asks=Question(
        points=2,
        reference=symmetric,
        advice=mark("With 3 bits the codes are -3 to 3. [-6, 0.8, 3.2] has the scale 2 and the codes -3, 0, 2."),
        returns=("codes", "scale"),
        example=(np.array([-1.6, 0.3, 1.0, 2.9, -0.8, 0.0]), 4),
        inputs=inputs.around_zero,
        made_of=lambda x, bits: {"max(abs(x))": largest_magnitude(x), "largest code": largest_code(bits)},
        witnesses=inputs.SYMMETRIC,
        slots={
            "largest": {
                np.max: NO_ABS,
                lambda x: abs(np.max(x)): ABS_OUTSIDE,
                lambda x: np.mean(np.abs(x)): MEAN_SIZE,
                np.ptp: WHOLE_RANGE,
                lambda x: x.flat[np.abs(x).argmax()]: mark("The sign of the farthest number got into the scale."),
            },
            "levels": {
                lambda bits: 2 ** (bits - 1): LEVELS,
                lambda bits: 2 ** (bits - 1) - 0.5: LEVELS,
                lambda bits: 2**bits - 2: LEVELS,
                lambda bits: 2**bits - 1: LEVELS,
                lambda bits: 2**bits: LEVELS,
            },
            "rounding": {
                np.floor: DOWN,
                np.ceil: UP,
                np.trunc: CUT,
                half_up: HALVES,
                lambda steps: np.copysign(half_up(np.abs(steps)), steps): HALVES,
                lambda steps: np.trunc(steps + 0.5): PLUS_HALF,
                np.asarray: FRACTIONS,
            },
            "kept": {
                lambda codes, bits: np.clip(codes, -largest_code(bits), largest_code(bits)): "",
                lambda codes, bits: np.clip(codes, -largest_code(bits) - 1, largest_code(bits)): "",
                lambda codes, bits: codes + 2 ** (bits - 1): mark("You moved the codes. Here the code of 0 is 0."),
            },
        },
        misconceptions=(
            Misconception(ROUNDED_FIRST, lambda x, bits: (np.round(x) / symmetric(x, bits)[1], symmetric(x, bits)[1])),
            Misconception(STAND_FOR, lambda x, bits: (np.multiply(*symmetric(x, bits)), symmetric(x, bits)[1])),
        ),
    ),
)

# --- 17.2 ------------------------------------------------------------------------------------------------------------


def with_zero(x):
    """The ends of the range."""
    return min(np.min(x), 0), max(np.max(x), 0)


def steps_between(bits):
    """The last code: as many steps lie between all codes."""
    return 2**bits - 1


def zero_code(low, high, scale):
    """The code of 0."""
    return np.round(-low / scale)


def nearest(steps, zero, low):
    """The nearest codes; low: the lower end of the range in steps."""
    return np.round(steps) + zero


def cut_off(codes, bits):
    """Those beyond the first or the last code."""
    return np.clip(codes, 0, 2**bits - 1)


def affine(x, bits, *, ends=with_zero, levels=steps_between, zero=zero_code, codes=nearest, kept=cut_off):
    """The right answer: the codes are spread over all numbers and 0."""
    low, high = ends(x)
    scale = (high - low) / levels(bits)
    zero_point = zero(low, high, scale)
    return kept(codes(x / scale, zero_point, low / scale), bits), scale, zero_point


def draft(x, bits):
    """The draft of the exercise, with its three faults and no code cut off."""
    scale = np.ptp(x) / 2**bits
    return np.round((x - np.min(x)) / scale), scale, -np.min(x) / scale


NO_ZERO = mark("For numbers that all lie on one side of 0, 0 itself has no code. Where the range does not hold 0, "
               "widen it.")  # fmt: skip
GAPS = mark("2**bits counts the codes. How many steps lie between the first and the last, if there are 2, if there are "
            "4?")  # fmt: skip
WHOLE_ZERO = mark("Your zero point is a fraction. It is the code of 0, a whole number: then 0 comes back as 0, "
                  "exactly.")  # fmt: skip
ONE_SIDED = mark("You round the zero point to one side, always down or always up. Take the nearest whole number.")
ZERO_IN_X = mark("Your zero point is a number of x. It should be a code, the one that 0 gets.")
ONE_ROUNDING = mark("You shift by a fraction and round once: 0 does not come back as 0. Round the zero point before "
                    "you add it.")  # fmt: skip
BEYOND = mark("A code may lie beyond the last one, where the zero point and the largest number are both rounded up.")

AFFINE = Task(
    id="17.2",
    title=mark("Affine codes"),
    text=mark(
        "Write affine(x, bits), which returns codes, scale and zero_point. The codes are whole numbers from 0 to "
        "2**bits - 1, in the shape of x, so that (codes - zero_point) * scale is about x. The range goes from the "
        "smallest number to the largest, widened to hold 0 where it does not. The zero point is the code of 0, a whole "
        "number. Every number gets the nearest code, rounded as np.round does; none lies beyond the first or the last. "
        "bits is from 1 to 16, and x is not all 0."
    ),
    asks=Question(
        points=2,
        reference=affine,
        advice=mark(
            "With 2 bits the codes are 0 to 3. [-1, 0.2, 2] has the scale 1, the zero point 1 and the codes 0, 1, 3; "
            "[2.2, 6] has the scale 2, the zero point 0 and the codes 1, 3."
        ),
        returns=("codes", "scale", "zero_point"),
        made_of=lambda x, bits: {"(max(x) - min(x))": np.ptp(x), "2**bits": 2.0**bits, "(2**bits - 1)": 2.0**bits - 1},
        example=(np.array([-1.1, 0.4, 2.3, 0.0, 1.6]), 4),
        inputs=inputs.around_and_beside_zero,
        witnesses=inputs.AFFINE,
        slots={
            "ends": {
                lambda x: (np.min(x), np.max(x)): NO_ZERO,
                lambda x: (min(np.min(x), 0), np.max(x)): mark("0 has no code if all numbers are negative."),
                lambda x: (np.min(x), max(np.max(x), 0)): mark("0 has no code if all numbers are positive."),
                lambda x: (-largest_magnitude(x), largest_magnitude(x)): mark("Your range reaches as far up as down."),
                lambda x: (0, np.max(x)): mark("Your range begins at 0, and the negative numbers lie outside."),
            },
            "levels": {
                lambda bits: 2**bits: GAPS,
                lambda bits: 255: mark("You count the steps of 8 bits. How many there are is in bits."),
            },
            "zero": {
                lambda low, high, scale: -low / scale: WHOLE_ZERO,
                lambda low, high, scale: np.floor(-low / scale): ONE_SIDED,
                lambda low, high, scale: np.ceil(-low / scale): ONE_SIDED,
                lambda low, high, scale: np.round(high / scale): mark("You count the zero point from the upper end."),
                lambda low, high, scale: low: ZERO_IN_X,
                lambda low, high, scale: -low: ZERO_IN_X,
            },
            "codes": {
                lambda steps, zero, low: np.round(steps + zero): "",
                lambda steps, zero, low: np.round(steps - low): ONE_ROUNDING,
                lambda steps, zero, low: np.round(steps - zero): mark("You take the zero point off the codes."),
                lambda steps, zero, low: np.round(steps): mark("The zero point is not used in the codes."),
                lambda steps, zero, low: np.floor(steps) + zero: DOWN,
                lambda steps, zero, low: np.ceil(steps) + zero: UP,
                lambda steps, zero, low: np.trunc(steps) + zero: CUT,
                lambda steps, zero, low: half_up(steps + zero): HALVES,
                lambda steps, zero, low: steps + zero: FRACTIONS,
            },
            "kept": {
                as_they_are: BEYOND,
                lambda codes, bits: np.clip(codes, 0, 2**bits - 2): mark("You cut the codes off one too early."),
            },
        },
        misconceptions=(
            Misconception(
                mark(
                    "All three faults of the draft are still there: the number of steps, the range, which must hold 0, "
                    "and the zero point, which must be a whole number."
                ),
                draft,
            ),
            Misconception(mark("This is the symmetric scheme."), lambda x, bits: (*symmetric(x, bits), 0)),
        ),
    ),
)

# --- 17.3 ------------------------------------------------------------------------------------------------------------


def all_but_the_last(weights):
    """The axes of a channel."""
    return tuple(range(weights.ndim - 1))


def all_zero(weights, axes, scales):
    """Whether a channel holds nothing but zeros."""
    return np.all(weights == 0, axes)


def channel_scales(
    weights, bits, *, largest=largest_magnitude, axes=all_but_the_last, levels=largest_code, empty=all_zero
):
    """The right answer: a channel of zeros gets the scale 1."""
    within = axes(weights)
    scales = largest(weights, within) / levels(bits)
    return np.where(empty(weights, within, scales), 1, scales)


PIECES = mark("reshape moves no axis: it cuts the row of all weights into pieces, and a piece is not a channel.")
CODES = mark("These are the codes. Only the scales are asked for, one for each channel.")
DENSE_ONLY = mark("It is right for dense layers. A convolution has more axes: take the maximum over all of them but "
                  "the last.")  # fmt: skip
INPUT_AXIS = mark("You have a scale for each input of a dense layer. The channels are the outputs, on the last axis.")
FIRST_AXIS = mark("You keep the first axis. There PyTorch has the outputs; in this course, as in Keras, they are the "
                  "last.")  # fmt: skip
ONE_FOR_ALL = mark("This is one scale for the whole layer. A channel of small weights needs small steps.")
NO_ONE = mark("A channel of zeros gets the scale 0, or next to it. Then x / scale is 0 / 0.")
ZERO_TEST = mark("A single 0 in a channel, or numbers that add up to 0, don't make it a channel of zeros.")
SMALL = mark("Small weights are not zeros.")

CHANNEL_SCALES = Task(
    id="17.3",
    title=mark("A scale for each channel"),
    text=mark(
        "Write channel_scales(weights, bits): the scales of the symmetric scheme, one for each channel, shape "
        "(outputs,). weights are those of a dense layer, (inputs, outputs), or of a convolution, (height, width, "
        "inputs, outputs); the channels are the outputs. A channel of zeros gets the scale 1, so that nobody divides "
        "by 0."
    ),
    asks=Question(
        points=2,
        reference=channel_scales,
        advice=mark("With 3 bits [[6, -1], [0, 0.3]], two inputs and two outputs, has the scales 2 and 0.333333."),
        example=inputs.DENSE,
        made_of=lambda weights, bits: {"largest code": largest_code(bits)},
        inputs=inputs.layers,
        witnesses=inputs.CHANNELS,
        slots={
            "largest": {
                np.max: NO_ABS,
                lambda weights, axes: abs(np.max(weights, axes)): ABS_OUTSIDE,
                lambda weights, axes: np.mean(np.abs(weights), axes): MEAN_SIZE,
                np.ptp: WHOLE_RANGE,
            },
            "axes": {
                lambda weights: 0: DENSE_ONLY,
                lambda weights: -2: DENSE_ONLY,
                lambda weights: (0, 1, 2): mark("It is right for convolutions. A dense layer has two axes."),
                lambda weights: (0, 1): mark("Two axes are too many of a dense layer, too few of a convolution."),
                lambda weights: -1: INPUT_AXIS,
                lambda weights: 1: INPUT_AXIS,
                lambda weights: (*range(weights.ndim - 2), weights.ndim - 1): INPUT_AXIS,
                lambda weights: tuple(range(1, weights.ndim)): FIRST_AXIS,
                lambda weights: None: ONE_FOR_ALL,
            },
            "levels": {
                lambda bits: 2 ** (bits - 1): LEVELS,
                lambda bits: 2**bits - 1: LEVELS,
                lambda bits: 2**bits: LEVELS,
                lambda bits: 1: mark("These are the largest magnitudes. A scale is the distance of two codes."),
            },
            "empty": {
                lambda weights, axes, scales: scales == 0: "",
                lambda weights, axes, scales: scales <= 0: "",
                lambda weights, axes, scales: False: NO_ONE,
                lambda weights, axes, scales: np.any(weights == 0, axes): ZERO_TEST,
                lambda weights, axes, scales: np.sum(weights, axes) == 0: ZERO_TEST,
                lambda weights, axes, scales: np.max(np.abs(weights), axes) < 1e-5: SMALL,
            },
        },
        misconceptions=(
            Misconception(
                mark("You put the 1 before you divide, so that the scale of a channel of zeros is no longer 1."),
                lambda weights, bits: channel_scales(weights, bits, levels=lambda bits: 1) / largest_code(bits),
            ),
            Misconception(PIECES, lambda weights, bits: channel_scales(weights.reshape(weights.shape[-1], -1).T, bits)),
            Misconception(CODES, lambda weights, bits: np.round(weights / channel_scales(weights, bits))),
            Misconception(ONE_FOR_ALL, lambda weights, bits: np.full(weights.shape[-1], symmetric(weights, bits)[1])),
        ),
    ),
)

# --- 17.5 ------------------------------------------------------------------------------------------------------------


def signs(x):
    """+1 or -1; that of 0 is +1."""
    return np.where(x < 0, -1, 1)


def mean_magnitude(x):
    """The scale of least squared error."""
    return np.mean(np.abs(x))


def binarize(x, *, codes=signs, scale=mean_magnitude):
    """The right answer."""
    return codes(x), scale(x)


def best_of_grid(step):
    """The best of the scales 0, step, 2 step and so on below 10."""
    grid = np.arange(0, 10, step)
    return lambda x: grid[np.square(np.abs(x).reshape(-1, 1) - grid).mean(axis=0).argmin()]


TOO_LARGE = mark("Every number comes back as large as the largest. Draw the error of two numbers, 1 and 3, against the "
                 "scale.")  # fmt: skip
CANCEL = mark("In the mean of the numbers the positive and the negative ones cancel. Only their sizes count.")
SQUARES = mark("This scale keeps the sum of the squares, not their error small.")
GRID = mark("This is the best of a grid, or a rounded one. What have those for [1, -3] and [1, -1, 1, -9] in common?")

BINARIZE = Task(
    id="17.5",
    title=mark("One bit"),
    text=mark(
        "Write binarize(x), which returns codes and scale. The codes are the signs of x, +1 or -1, in its shape; that "
        "of 0 is +1. The scale is the one number for which the mean of (x - codes * scale)**2 is smallest."
    ),
    asks=Question(
        points=1,
        reference=binarize,
        advice=mark(
            "For x = [1, -3] the error is ((1 - s)**2 + (3 - s)**2) / 2. Try s = 1, 2 and 3: where is it smallest?"
        ),
        returns=("codes", "scale"),
        example=(np.array([0.9, -0.3, 0.0, 1.6, -0.9]),),
        inputs=inputs.signed_numbers,
        made_of=lambda x: {"len(x)": len(x), "max(abs(x))": largest_magnitude(x)},
        witnesses=inputs.SIGNED,
        slots={
            "codes": {
                np.sign: mark("A 0 gets a code of its own: one bit is too small for three. Here the sign of 0 is +1."),
                np.round: mark("You round x itself, which gives more codes than two."),
                lambda x: np.where(x > 0, 1, -1): mark("A 0 has the sign +1 here. Is it > or >= ?"),
                lambda x: np.sign(x + 1e-6): mark("What you add makes small negative numbers positive."),
                lambda x: (x >= 0).astype(int): mark("These codes, 0 and 1, are as they are stored. Return -1 and +1."),
                lambda x: np.where(x < np.mean(x), -1, 1): mark("You compare with the mean. The border is 0."),
            },
            "scale": {
                largest_magnitude: TOO_LARGE,
                lambda x: 1: mark("The scale is missing: with 1 every number comes back as 1 or -1."),
                lambda x: np.mean(x**2): mark("The mean of the squares is a square. The scale is a size."),
                lambda x: np.ptp(x) / 2: mark("Half of the range looks at two numbers only."),
                np.std: mark("The standard deviation measures from the mean. The sizes are measured from 0."),
                np.linalg.norm: mark("The length of x grows with the number of entries. The scale should not."),
                np.mean: CANCEL,
                lambda x: abs(np.mean(x)): CANCEL,
                lambda x: np.sqrt(np.mean(x**2)): SQUARES,
                lambda x: np.median(np.abs(x)): mark("The median makes the sum of the absolute errors smallest."),
                lambda x: np.mean(np.abs(x[x != 0])): mark("You leave out the zeros. They count too."),
                lambda x: np.sum(np.abs(x)) / len(x): mark("len(x) counts the rows. The mean is over all numbers."),
                lambda x: np.linalg.norm(x, 1) / x.size: mark("Of a matrix this is the largest sum of a column."),
                best_of_grid(1.0): GRID,
                best_of_grid(0.5): GRID,
                best_of_grid(0.1): GRID,
                best_of_grid(0.01): GRID,
                best_of_grid(0.001): GRID,
            },
        },
        misconceptions=(Misconception(STAND_FOR, lambda x: (signs(x) * mean_magnitude(x), mean_magnitude(x))),),
    ),
)

TASKS = (
    SYMMETRIC, AFFINE, CHANNEL_SCALES, INTEGER_LAYER, BINARIZE, PACKED_BYTES, STRAIGHT_THROUGH, CALIBRATIONS,
)  # fmt: skip
