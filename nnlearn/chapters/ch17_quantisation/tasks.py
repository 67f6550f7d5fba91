"""The tasks of chapter 17: quantisation.

Each task stands on its own: the right answer, whose keyword-only arguments are its choices; for each choice the wrong
ones that learners make (``slots``), and the mistakes that need a why. The rest is derived from the right answer.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.chapters.ch17_quantisation import inputs
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
ALONE = mark("Only the codes come back. Without the scale nobody knows what they stand for: return codes, scale.")

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
            Misconception(ALONE, lambda x, bits: symmetric(x, bits)[0]),
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

# --- 17.4 ------------------------------------------------------------------------------------------------------------


def whole(a, zero, b):
    """Both factors in integers that hold the sums."""
    return a.astype(int) - zero, b.astype(int)


def product(left, right):
    """Of two matrices."""
    return left @ right


def int_matmul(a, a_zero, a_scale, b, b_scale, *, factors=whole, sums=product, scale=np.multiply):
    """The right answer: the sums in whole numbers, then times both scales."""
    left, right = factors(a, a_zero, b)
    return sums(left, right) * scale(a_scale, b_scale)


DIFFERENCE = mark("The subtraction wraps around: in uint8, 7 - 100 is 163. Convert before the first operation, not "
                  "after it.")  # fmt: skip
SUM = mark("The sum wraps around: in 16 bits everything ends at 32767, which two products can pass. Convert both "
           "codes.")  # fmt: skip
BOTH_WRAP = mark("NumPy computes in the small types that it is given: difference and sum wrap around. Convert both "
                 "codes.")  # fmt: skip
UNSIGNED = mark("uint16 and uint32 hold no negative numbers either: 7 - 100 wraps around there too. Take a type with "
                "signs.")  # fmt: skip
UNSIGNED_B = mark("b holds negative codes, which uint8 does not know: -1 becomes 255 there.")
OF_A = mark("The zero point belongs to a: you take it off the codes of b, whose 0 is the code 0.")
AFTERWARDS = mark("You take the zero point off the sums. It belongs to each code of a, and counts once for every term.")
EACH_TERM = mark("Once for every term is right, but a_zero was multiplied by a code of b there.")
ALL_OF_B = mark("Each column of the result needs the sum of its own column of b, not of all of b.")
TO_INT8 = mark("The sums end in 8 bits, where nothing goes beyond 127. Keep them in 32 bits.")
ONE_SCALE = mark("One scale is missing: a product of two numbers holds both.")
ROWS_SCALED = mark("Each column of b has its scale, and so has each column of the result. You gave them to the rows.")
SHARED = mark("The columns of b share one scale in your answer. Each has its own.")
SCALED_FIRST = mark("The zero point is a code: take it off the codes, then multiply by the scale.")
TOO_LATE = mark("You make whole numbers of what is already scaled, so that fractions get lost. The scales come last.")

INT_MATMUL = Task(
    id="17.4",
    title=mark("A product of codes"),
    text=mark(
        "Write int_matmul(a, a_zero, a_scale, b, b_scale): the matrix product, in real numbers, of what two arrays of "
        "codes stand for. a holds activations, uint8 of shape (m, k), with the zero point a_zero and the scale "
        "a_scale: (a - a_zero) * a_scale. b holds weights, int8 of shape (k, n), symmetric, with a scale for each "
        "column, shape (n,). The answer has shape (m, n)."
    ),
    asks=Question(
        points=2,
        reference=int_matmul,
        advice=mark(
            "Take a = [[3]], a_zero = 5, a_scale = 0.5, b = [[10]], b_scale = [0.1]: the numbers are -1 and 1, their "
            "product is -1. What does your function make of it? And of a = [[255]], b = [[127]]?"
        ),
        example=inputs.PRODUCT,
        inputs=inputs.operands,
        witnesses=(inputs.SQUARE_PRODUCT,),
        slots={
            "factors": {
                lambda a, zero, b: ((a - zero).astype(int), b.astype(int)): DIFFERENCE,
                lambda a, zero, b: (a.astype(np.int16) - np.int16(zero), b): SUM,
                lambda a, zero, b: (a - zero, b): BOTH_WRAP,
                lambda a, zero, b: (a.astype(np.uint16) - np.uint16(zero), b.astype(int)): UNSIGNED,
                lambda a, zero, b: (a.astype(np.uint32) - np.uint32(zero), b.astype(int)): UNSIGNED,
                lambda a, zero, b: (a.astype(int) - zero, b.astype(np.uint8).astype(int)): UNSIGNED_B,
                lambda a, zero, b: (a.astype(np.uint32) - np.uint32(zero), b.astype(np.uint32)): UNSIGNED,
                lambda a, zero, b: (a.astype(int) + zero, b.astype(int)): mark("The zero point is added. Take it off."),
                lambda a, zero, b: (a.astype(int), b.astype(int)): mark("The zero point is forgotten."),
                lambda a, zero, b: (a.astype(int), b.astype(int) - zero): OF_A,
                lambda a, zero, b: (a.astype(int) - zero, b.astype(int) - zero): OF_A,
            },
            "sums": {
                lambda left, right: (left @ right).astype(np.int8): TO_INT8,
                lambda left, right: np.clip(left @ right, -128, 127): TO_INT8,
            },
            "scale": {
                lambda a_scale, b_scale: a_scale: ONE_SCALE,
                lambda a_scale, b_scale: b_scale: ONE_SCALE,
                lambda a_scale, b_scale: 1: mark("These are the sums of the codes. The real numbers are asked for."),
                np.add: mark("You add the scales. In a product of two numbers they are multiplied, as the codes are."),
                lambda a_scale, b_scale: 1 / (a_scale * b_scale): mark("You divide by the scales."),
                lambda a_scale, b_scale: a_scale * b_scale[0]: SHARED,
                lambda a_scale, b_scale: a_scale * np.mean(b_scale): SHARED,
                lambda a_scale, b_scale: a_scale * np.max(b_scale): SHARED,
                lambda a_scale, b_scale: a_scale * b_scale[:, None]: ROWS_SCALED,
            },
        },
        misconceptions=(
            Misconception(AFTERWARDS, lambda a, a_zero, s, b, t: (a.astype(int) @ b.astype(int)) * (s * t) - a_zero),
            Misconception(AFTERWARDS, lambda a, a_zero, s, b, t: (a.astype(int) @ b.astype(int) - a_zero) * (s * t)),
            Misconception(EACH_TERM, lambda a, a_zero, s, b, t: (a.astype(int) @ b - a_zero * len(b)) * (s * t)),
            Misconception(ALL_OF_B, lambda a, z, s, b, t: (a.astype(int) @ b - z * b.sum(dtype=int)) * (s * t)),
            Misconception(SCALED_FIRST, lambda a, a_zero, s, b, t: (a * s - a_zero) @ (b * t)),
            Misconception(TOO_LATE, lambda a, a_zero, s, b, t: ((a.astype(int) - a_zero) * s).astype(int) @ b * t),
            Misconception(TOO_LATE, lambda a, a_zero, s, b, t: ((a.astype(int) - a_zero) @ (b * t).astype(int)) * s),
            Misconception(TOO_LATE, lambda a, z, s, b, t: ((a.astype(int) - z) * s).astype(int) @ (b * t).astype(int)),
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
        misconceptions=(
            Misconception(ALONE, signs),
            Misconception(STAND_FOR, lambda x: (signs(x) * mean_magnitude(x), mean_magnitude(x))),
        ),
    ),
)

# --- 17.6 ------------------------------------------------------------------------------------------------------------


def whole_bytes(count, bits):
    """Bytes for so many codes of so many bits."""
    return np.ceil(count * bits / 8)


def entries(shape, axis):
    """How many scales there are."""
    return 1 if axis is None else shape[axis]


def packed_bytes(shape, bits, axis, *, codes=whole_bytes, scales=entries, each=4):
    """The right answer: the codes side by side, and 4 bytes for each scale."""
    return codes(np.prod(shape), bits) + each * scales(shape, axis)


NEAREST_BYTE = mark("You round to the nearest byte. The last bits need a byte too, however few they are.")
DIVIDED_FIRST = mark("You divide by 8 before you multiply by bits. It is the bits that fill bytes: count all of them "
                     "first.")  # fmt: skip
BYTE_MORE = mark("You always add a byte, also where the bits fill theirs.")
BYTE_EACH = mark("You give every code whole bytes of its own. Packed, the bits of one code follow those of the one "
                 "before.")  # fmt: skip
FALSE_0 = mark("Axis 0 is an axis too, but 0 counts as False: ask whether axis is None.")
NONE_THERE = mark("Without an axis there is one scale, for all.")
OTHER_AXIS = mark("You count the scales along one axis, whatever axis is. The channels are on the one that is named.")
AXIS_COUNT = mark("axis says which axis it is, not how many channels are on it.")
OTHER_AXES = mark("You count what lies on the other axes. There is a scale for each entry of the axis that is named.")
NEW_BYTES = mark("Every row begins with a new byte in your count. The codes of the whole array are packed in one row.")
SIDES_ADDED = mark("You add the sides. The number of weights is their product.")

PACKED_BYTES = Task(
    id="17.6",
    title=mark("How many bytes"),
    text=mark(
        "Write packed_bytes(shape, bits, axis): how many bytes weights of this shape take in the symmetric scheme (1 "
        "bit: in the binary one). The codes are packed tight, one after the other, and fill up their last byte with "
        "zeros. The scales are float32 numbers, one for each entry of the axis; if axis is None, there is one for all."
    ),
    asks=Question(
        points=2,
        reference=packed_bytes,
        advice=mark(
            "9 codes of 1 bit need 2 bytes. With one scale that makes 6, with a scale for each of 3 channels 14."
        ),
        example=((3, 7), 3, 1),
        inputs=inputs.sizes,
        made_of=lambda shape, bits, axis: {"weights": np.prod(shape), "bits": bits},
        witnesses=inputs.SIZES,
        slots={
            "codes": {
                lambda count, bits: count * bits: mark("You count the codes in bits. A byte has 8 of them."),
                lambda count, bits: count * bits // 8: mark("You round down: the last bits need a byte too."),
                lambda count, bits: count * bits / 8: mark("This is a fraction. There are no parts of a byte."),
                lambda count, bits: np.round(count * bits / 8): NEAREST_BYTE,
                lambda count, bits: (count * bits + 4) // 8: NEAREST_BYTE,
                lambda count, bits: np.ceil(count / 8) * bits: DIVIDED_FIRST,
                lambda count, bits: count // 8 * bits: DIVIDED_FIRST,
                lambda count, bits: count * bits // 8 + 1: BYTE_MORE,
                lambda count, bits: count: BYTE_EACH,
                lambda count, bits: count * np.ceil(bits / 8): BYTE_EACH,
                lambda count, bits: np.ceil(count / (8 // bits)): mark("You let no code cross the border of a byte."),
            },
            "scales": {
                lambda shape, axis: 1: mark("You count one scale. With an axis there is one for each channel."),
                lambda shape, axis: 0: mark("The scales are forgotten. Without them the codes mean nothing."),
                lambda shape, axis: shape[axis] if axis else 1: FALSE_0,
                lambda shape, axis: 0 if axis is None else shape[axis]: NONE_THERE,
                lambda shape, axis: 1 if axis is None else shape[-1]: OTHER_AXIS,
                lambda shape, axis: 1 if axis is None else shape[0]: OTHER_AXIS,
                lambda shape, axis: 1 if axis is None else axis: AXIS_COUNT,
                lambda shape, axis: 1 if axis is None else axis + 1: AXIS_COUNT,
                lambda shape, axis: 1 if axis is None else len(shape): AXIS_COUNT,
                lambda shape, axis: 1 if axis is None else np.prod(shape): mark("You count a scale for each weight."),
                lambda shape, axis: shape[-1 if axis is None else axis]: mark("Without an axis all share one scale."),
                lambda shape, axis: 1 if axis is None else 1 + shape[axis]: mark("You count one scale besides."),
                lambda shape, axis: 1 if axis is None else np.prod(shape) // shape[axis]: OTHER_AXES,
            },
            "each": dict.fromkeys((1, 2, 8, 32), mark("A scale is a float32 number: 32 bits. How many bytes?")),
        },
        misconceptions=(
            Misconception(
                NEW_BYTES,
                lambda shape, bits, axis: np.prod(shape[:-1]) * whole_bytes(shape[-1], bits) + 4 * entries(shape, axis),
            ),
            Misconception(
                mark("The scales have as few bits as the codes in your count. They are float32 numbers."),
                lambda shape, bits, axis: whole_bytes(np.prod(shape) + entries(shape, axis), bits),
            ),
            Misconception(
                mark("Every channel begins with a new byte in your count. All codes are packed in one row."),
                lambda shape, bits, axis: (n := entries(shape, axis)) * (whole_bytes(np.prod(shape) // n, bits) + 4),
            ),
            Misconception(
                SIDES_ADDED, lambda shape, bits, axis: whole_bytes(sum(shape), bits) + 4 * entries(shape, axis)
            ),
        ),
    ),
)

TASKS = (SYMMETRIC, AFFINE, CHANNEL_SCALES, INT_MATMUL, BINARIZE, PACKED_BYTES)
