"""The tasks of chapter 17: quantisation.

Each task stands on its own: the right answer, an input in general position, random inputs, and below them the known
mistakes, each a hint and the formula that it belongs to.
"""
# mypy: allow-untyped-defs

import itertools
import math

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

TIE = 0.02  # of a step: nearer to the middle between two codes than this, rounding of floats decides


def drawn(random, shape, step, dtype=float, change=np.asarray):
    """Numbers of two decimals, changed, not all 0, none near the middle between two codes.

    step: from the numbers the distance of the codes.
    """
    while True:
        x = change(random.normal(size=shape).round(2) + 0.0).astype(dtype)  # + 0.0: without a -0.0
        if x.any() and np.all(np.abs(x / step(x) % 1 - 0.5) > TIE):
            return x


def clipped(answer, low, high):
    """An answer that begins with the codes, these cut off at the first and the last one, functions of the bits."""

    def answer_in_range(x, bits):
        codes, *rest = answer(x, bits)
        return np.clip(codes, low(bits), high(bits)), *rest

    return answer_in_range


CODES_ALONE = mark("Only the codes come back. Without the scale nobody knows what they stand for: return codes, scale.")
UNSIGNED = mark("uint8 holds no negative numbers: -1 becomes 255 there, without a word. The codes here have signs.")

# --- 17.1 ------------------------------------------------------------------------------------------------------------


def symmetric(x, bits):
    """The right answer: as many codes on either side of 0."""
    last = 2 ** (bits - 1) - 1
    scale = np.max(np.abs(x)) / last
    return np.round(x / scale), scale


def largest_code(bits):
    """The last code; the first one is its opposite."""
    return 2 ** (bits - 1) - 1


def first_code(bits):
    """The first code."""
    return -largest_code(bits)


def symmetric_inputs(random):
    """Any shape and sign; whole numbers, float32, more than 8 bits."""
    for shape, bits, dtype in [
        ((1,), 3, float),
        ((2,), 2, float),
        ((3,), 4, np.float32),
        ((2, 2), 3, float),
        ((2, 3), 5, float),
        ((3, 1, 2), 8, float),
        ((9,), 6, np.float32),
    ]:
        yield drawn(random, shape, lambda x, bits=bits: np.abs(x).max() / largest_code(bits), dtype), bits
    yield drawn(random, (4,), lambda x: np.abs(x).max() / 7, change=lambda x: -np.abs(x)), 4
    yield np.array([[3, -12], [5, 9]]), 4


SIX = (np.array([-1.6, 0.3, 1.0, 2.9, -0.8, 0.0]), 4)
LOW_PEAK = (np.array([2.0, -4.5, 1.2, 0.4]), 4)
ALL_BELOW = (np.array([-0.7, -1.9, -1.2]), 3)
TIES = (np.array([7.0, 2.5, -3.5, 0.5, -0.5, -1.5]), 4)
LONG = (np.array([1.0, -0.26, 0.11, -0.87]), 16)
LOWER_END = (np.array([-8.7, 3.0, -3.0]), 4)  # x / scale is -7 and a last digit less
UPPER_END = (np.array([8.7, 3.0, -3.0]), 4)  # 7 and a last digit more


def by_scale(scale, rounding=np.round):
    """Codes and scale, with another scale or another rounding."""
    return lambda x, bits: (rounding(x / scale(x, bits)), scale(x, bits))


def right_scale(x, bits):
    """The scale of the symmetric scheme."""
    return np.abs(x).max() / largest_code(bits)


def half_up(x):
    """Rounded, halves always up."""
    return np.floor(x + 0.5)


def half_away(x):
    """Rounded, halves away from 0."""
    return np.copysign(np.floor(np.abs(x) + 0.5), x)


def codes_changed(change):
    """The right scale, and something else made of the codes."""

    def answer(x, bits):
        codes, scale = symmetric(x, bits)
        return change(codes.astype(int), scale, bits), scale

    return answer


def in_range_or_not(answer):
    """As it is, and with the codes cut off at the first and the last."""
    return answer, clipped(answer, first_code, largest_code)


def draft_mistakes():
    """The draft with any of its three faults; where the codes run over, also cut off, in two ways."""
    for parts, hint in DRAFTED.items():
        answer = drafted(*parts)
        yield Misconception(hint, answer, witness=LOW_PEAK)
        if parts[:2] != (farthest, largest_code):
            yield Misconception(hint, clipped(answer, first_code, largest_code), witness=LOW_PEAK)
            yield Misconception(hint, clipped(answer, lambda bits: -largest_code(bits) - 1, largest_code), LOW_PEAK)


def scale_changed(change):
    """The right codes, and something else made of the scale."""

    def answer(x, bits):
        codes, scale = symmetric(x, bits)
        return codes, change(scale, x, bits)

    return answer


MEAN_SIZE = mark(
    "You take the mean magnitude, the scale of the binary scheme. Here the farthest number gets the last code."
)
HALF_OF_ALL = mark(
    "You divide by half of all steps between 2**bits codes, 3.5 with 3 bits. Here the codes end as far below 0 as "
    "above it: how many steps is it from 0 to the last?"
)
LEVELS = mark(
    "Your scale is made for one code more. With 4 bits the codes run from -7 to 7, as many on either side of 0: how "
    "many steps is it from 0 to the largest number?"
)
BOTH_SIDES = mark(
    "You divide by the number of all codes, or of all steps between them. The largest magnitude is the way from 0 to "
    "one end: only the codes on that side count."
)
RANGE_OF_X = mark(
    "You spread the codes from the smallest to the largest number. That is the affine scheme; here 0 has the code 0, "
    "and the largest magnitude the largest code, on whichever side it lies."
)
NO_ABS = mark(
    "You take the largest number, not the largest magnitude: -4.5 lies farther from 0 than 2. Where the codes end is "
    "for the farthest number to say."
)
ABS_OUTSIDE = mark(
    "abs stands outside: this is the magnitude of the largest number, not the largest magnitude. -4.5 lies farther "
    "from 0 than 2, though it is smaller."
)
TRUNCATED = mark(
    "You cut the fraction off, as int and astype do, so that 2.9 steps become 2. Take the nearest code, which is never "
    "more than half a step away."
)
ROUND_UP = mark("You round up. Take the nearest code, above or below, which is never more than half a step away.")
ROUND_DOWN = mark(
    "You round down, so that -0.2 steps become -1. Take the nearest code, which is never more than half a step away."
)
TWO_OF_THREE = mark(
    "Half done: two of the three faults of the draft are still there. Look at one number of its answer at a time: "
    "which is the farthest from 0, how many steps lie on its side, and is every code the nearest one?"
)
ALL_THREE = mark(
    "All three faults of the draft are still there: the sign of the farthest number, the count of the codes on one "
    "side, and the rounding."
)


def drafted(largest, levels, rounding):
    """The draft of the exercise, each of its three faults there or mended."""
    return by_scale(lambda x, bits: largest(x) / levels(bits), rounding)


def farthest(x):
    """The largest magnitude."""
    return np.abs(x).max()


DRAFTED = {
    (np.max, largest_code, np.round): NO_ABS,
    (farthest, lambda bits: 2 ** (bits - 1), np.round): LEVELS,
    (farthest, largest_code, np.trunc): TRUNCATED,
    (np.max, lambda bits: 2 ** (bits - 1), np.round): TWO_OF_THREE,
    (np.max, largest_code, np.trunc): TWO_OF_THREE,
    (farthest, lambda bits: 2 ** (bits - 1), np.trunc): TWO_OF_THREE,
    (np.max, lambda bits: 2 ** (bits - 1), np.trunc): ALL_THREE,
}

SYMMETRIC_MISTAKES = (
    *draft_mistakes(),
    Misconception(BOTH_SIDES, by_scale(lambda x, bits: farthest(x) / (2**bits - 1))),
    Misconception(BOTH_SIDES, by_scale(lambda x, bits: farthest(x) / (2**bits - 2))),
    Misconception(BOTH_SIDES, by_scale(lambda x, bits: farthest(x) / 2**bits)),
    *(
        Misconception(RANGE_OF_X, answer)
        for steps in (lambda bits: 2**bits - 1, lambda bits: 2**bits - 2)
        for answer in in_range_or_not(by_scale(lambda x, bits, steps=steps: np.ptp(x) / steps(bits)))
    ),
    *(
        Misconception(HALF_OF_ALL, answer)
        for answer in in_range_or_not(by_scale(lambda x, bits: farthest(x) / (2 ** (bits - 1) - 0.5)))
    ),
    Misconception(
        mark("A power is written ** in Python: 2**3 is 8, but 2 * 3 is 6."),
        by_scale(lambda x, bits: farthest(x) / (2 * (bits - 1) - 1)),
    ),
    Misconception(
        mark(
            "The sign of the farthest number got into the scale, and turns all signs round if it is negative. Take its "
            "magnitude."
        ),
        by_scale(lambda x, bits: x.flat[np.abs(x).argmax()] / largest_code(bits)),
        witness=LOW_PEAK,
    ),
    *(
        Misconception(MEAN_SIZE, answer)
        for answer in in_range_or_not(by_scale(lambda x, bits: np.abs(x).mean() / largest_code(bits)))
    ),
    *(
        Misconception(ABS_OUTSIDE, answer, witness=ALL_BELOW)
        for answer in in_range_or_not(by_scale(lambda x, bits: abs(x.max()) / largest_code(bits)))
    ),
    Misconception(
        mark("You always divide by 127, the largest code of 8 bits. How many bits there are is in bits."),
        by_scale(lambda x, bits: farthest(x) / 127),
    ),
    Misconception(
        mark("A power is written ** in Python, as in 2**3; ^ is something else."),
        by_scale(lambda x, bits: farthest(x) / (2 ^ (bits - 1) - 1)),
    ),
    *(
        Misconception(ROUND_DOWN, answer, witness=LOWER_END)
        for answer in in_range_or_not(by_scale(right_scale, np.floor))
    ),
    Misconception(
        ROUND_DOWN,
        lambda x, bits: (x // right_scale(x, bits), right_scale(x, bits)),
        witness=(np.array([0.1, -0.5, 0.4]), 3),  # x / scale is rounded up to -3 before np.floor sees it
    ),
    Misconception(
        mark(
            "To add 0.5 and cut the fraction off rounds positive numbers only: -1.2 + 0.5 is cut off to 0, where -1 is "
            "nearer. np.round knows both."
        ),
        by_scale(right_scale, lambda steps: np.trunc(steps + 0.5)),
        witness=LOW_PEAK,
    ),
    *(Misconception(ROUND_UP, answer, witness=UPPER_END) for answer in in_range_or_not(by_scale(right_scale, np.ceil))),
    Misconception(
        mark(
            "All is right but in the middle between two codes: 2.5 steps become 2 here, not 3, and -0.5 become 0. Take "
            "the even code there, as np.round does; always to go up would make the mean too large."
        ),
        by_scale(right_scale, half_up),
        witness=TIES,
    ),
    Misconception(
        mark(
            "All is right but in the middle between two codes: 2.5 steps become 2 here, not 3, and -2.5 become -2. "
            "Take the even code there, as np.round does."
        ),
        by_scale(right_scale, half_away),
        witness=TIES,
    ),
    Misconception(
        mark("These are x in steps, with fractions. A code is a whole number: round to the nearest."),
        by_scale(right_scale, lambda steps: steps),
    ),
    Misconception(
        mark("You round x before you divide, so that everything below half of 1 is lost. Divide first, then round."),
        lambda x, bits: (np.round(x) / right_scale(x, bits), right_scale(x, bits)),
    ),
    Misconception(
        mark("You multiply by the scale. The scale is the distance of two codes: x holds x / scale of them."),
        lambda x, bits: (np.round(x * right_scale(x, bits)), right_scale(x, bits)),
    ),
    Misconception(
        mark("The codes are right. These are the numbers that they stand for, codes * scale: return the codes."),
        codes_changed(lambda codes, scale, bits: codes * scale),
    ),
    Misconception(CODES_ALONE, lambda x, bits: symmetric(x, bits)[0]),
    Misconception(
        mark("The codes lost their signs: those of negative numbers are negative."),
        codes_changed(lambda codes, scale, bits: abs(codes)),
    ),
    Misconception(
        mark("You moved the codes so that none is negative. In the symmetric scheme the code of 0 is 0."),
        codes_changed(lambda codes, scale, bits: codes + largest_code(bits)),
    ),
    Misconception(
        mark("You moved the codes so that none is negative. In the symmetric scheme the code of 0 is 0."),
        codes_changed(lambda codes, scale, bits: codes + 2 ** (bits - 1)),
    ),
    Misconception(
        mark("It is right up to 8 bits. With more the codes don't fit into int8, and wrap around without a word."),
        codes_changed(lambda codes, scale, bits: codes.astype(np.int8)),
        witness=LONG,
    ),
    Misconception(UNSIGNED, codes_changed(lambda codes, scale, bits: codes.astype(np.uint8))),
    Misconception(
        mark("The codes are right, the scale is upside down: from it and the codes, codes * scale, x must come back."),
        scale_changed(lambda scale, x, bits: 1 / scale),
    ),
    Misconception(
        mark("The codes are right. The scale is the distance of two neighbouring codes, not the whole range."),
        scale_changed(lambda scale, x, bits: farthest(x)),
    ),
)

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
        example=SIX,
        inputs=symmetric_inputs,
        advice=mark("With 3 bits the codes are -3 to 3. [-6, 0.8, 3.2] has the scale 2 and the codes -3, 0, 2."),
        returns=("codes", "scale"),
        made_of=lambda x, bits: {"max(abs(x))": farthest(x), "2**bits": 2.0**bits, "largest code": largest_code(bits)},
        misconceptions=SYMMETRIC_MISTAKES,
    ),
)

# --- 17.2 ------------------------------------------------------------------------------------------------------------


def affine(x, bits):
    """The right answer: the codes are spread over all numbers and 0."""
    last = 2**bits - 1
    low = min(np.min(x), 0)
    high = max(np.max(x), 0)
    scale = (high - low) / last
    zero_point = np.round(-low / scale)
    return np.clip(np.round(x / scale) + zero_point, 0, last), scale, zero_point


def with_zero(x):
    """The ends of the range."""
    return min(x.min(), 0), max(x.max(), 0)


def without_zero(x):
    """The smallest and the largest number, on whichever side of 0."""
    return x.min(), x.max()


def affine_step(x, bits):
    """The scale of the affine scheme."""
    low, high = with_zero(x)
    return (high - low) / (2**bits - 1)


def affine_inputs(random):
    """On both sides of 0 and on one; neither a number nor the zero point lies in the middle between two codes."""
    for shape, bits, dtype in [
        ((1,), 3, float),
        ((2,), 1, float),
        ((3,), 4, np.float32),
        ((2, 2), 2, float),
        ((2, 3), 5, float),
        ((3, 1, 2), 8, float),
        ((8,), 6, np.float32),
    ]:
        yield drawn(random, shape, lambda x, bits=bits: affine_step(x, bits), dtype), bits
    yield drawn(random, (4,), lambda x: affine_step(x, 4), change=lambda x: 3 + np.abs(x)), 4
    yield drawn(random, (2, 2), lambda x: affine_step(x, 3), change=lambda x: -1 - np.abs(x)), 3
    yield np.array([[3, -12], [5, 8]]), 4


MIXED = (np.array([-1.1, 0.4, 2.3, 0.0, 1.6]), 4)
ABOVE = (np.array([4.1, 5.3, 6.2, 5.9]), 4)
BELOW = (np.array([-5.2, -4.3, -6.1]), 3)
UNEVEN = (np.array([-1.0, 0.43, 1.6, 0.2, 1.1, -0.45]), 3)  # the zero point is 2.69 before it is rounded
UNEVEN_BELOW = (np.array([-1.0, 0.43, 1.9, 0.1, 1.1, -0.45]), 3)  # here 2.41
UNEVEN_BOTH = (np.array([0.2, 0.4, -0.7, -0.1]), 3)  # and here the codes differ, with 7 steps and with 8
LONG_MIXED = (np.array([1.3, -0.26, 0.11, -0.87]), 16)
BALANCED = (np.array([-1.5, 0.4, 1.5]), 2)  # the zero point is 1.5 before it is rounded, the largest number gets 3.5


def nearest_codes(x, scale, zero_point, low):
    """Codes as they should be."""
    return np.round(x / scale + zero_point)


def affine_by(ends=with_zero, gaps=lambda bits: 2**bits - 1, zero_rounding=np.round, codes=nearest_codes):
    """Codes, scale and zero point, with another range, number of steps, rounding of the zero point, or codes."""

    def answer(x, bits):
        low, high = ends(x)
        scale = (high - low) / gaps(bits)
        zero_point = zero_rounding(-low / scale)
        return codes(x, scale, zero_point, low), scale, zero_point

    return answer


def affine_changed(change):
    """Something else made of the right codes, scale, zero point and bits."""

    def answer(x, bits):
        codes, scale, zero_point = affine(x, bits)
        return change(codes.astype(int), scale, int(zero_point), bits)

    return answer


def as_it_is(value):
    """A zero point that is not rounded."""
    return value


def all_codes(bits):
    """How many codes there are."""
    return 2**bits


def all_steps(bits):
    """How many steps lie between them; the last code."""
    return 2**bits - 1


def code_zero(bits):
    """The first code."""
    return 0


GAPS = mark(
    "Your steps are too small by a little: 2**bits counts the codes. How many steps lie between the first and the "
    "last, if there are 2 codes, 4 codes?"
)
HOLDS_ZERO = mark(
    "For numbers that all lie on one side of 0, 0 itself has no code in your answer. The range must hold 0: where it "
    "does not, widen it."
)
WHOLE_ZERO = mark(
    "Your zero point is a fraction. It is a code, that of 0, and must be a whole number: then 0 comes back as 0, "
    "exactly."
)
TWO_FAULTS = mark(
    "Half done: two of the three faults of the draft are still there. Is there a code for 0, on whichever side the "
    "numbers lie? Is it a whole number? And how many steps lie between 2**bits codes?"
)
THREE_FAULTS = mark(
    "All three faults of the draft are still there: the number of steps, the range, which must hold 0, and the zero "
    "point, which must be a whole number."
)
AFFINE_DRAFT = {"ends": without_zero, "gaps": all_codes, "zero_rounding": as_it_is}
AFFINE_HINTS = {"ends": HOLDS_ZERO, "gaps": GAPS, "zero_rounding": WHOLE_ZERO}


def from_the_lowest(x, scale, zero_point, low):
    """Codes by their distance from the smallest number, shifted by a zero point that is not rounded."""
    return np.round((x - low) / scale)


def rounded_apart(x, scale, zero_point, low):
    """Codes to which the zero point is added after rounding."""
    return np.round(x / scale) + zero_point


def affine_drafts():
    """The draft of the exercise with any of its three faults; where the codes run over, also with them cut off."""
    for n in (1, 2, 3):
        for names in itertools.combinations(AFFINE_DRAFT, n):
            hint = (AFFINE_HINTS[names[0]], TWO_FAULTS, THREE_FAULTS)[n - 1]
            faults = {name: AFFINE_DRAFT[name] for name in names}
            zero_rounded = "zero_rounding" not in names
            for codes in (nearest_codes, from_the_lowest if zero_rounded else rounded_apart):
                answer = affine_by(**faults, codes=codes)
                yield Misconception(hint, answer, witness=ABOVE if "ends" in names else UNEVEN)
                if "gaps" in names or codes is rounded_apart or (zero_rounded and codes is nearest_codes):
                    witness = ABOVE if names == ("ends",) else UNEVEN_BOTH
                    yield Misconception(hint, clipped(answer, code_zero, all_steps), witness=witness)


def affine_in_range_or_not(answer):
    """As it is, and with the codes cut off at the first and the last."""
    return answer, clipped(answer, code_zero, all_steps)


NOT_CUT_OFF = mark(
    "All is right but where the range reaches as far up as down: there the zero point and the largest number are both "
    "rounded up, so that its code lies beyond the last one. Cut the codes off, with np.clip."
)
HALVES = mark(
    "All is right but in the middle between two codes. Round as np.round does, which takes the even number there."
)
SYMMETRIC_RANGE = mark(
    "Your range reaches as far up as down, as in the symmetric scheme. Here it goes from the smallest number to the "
    "largest, so that no code is left unused."
)
ZERO_TAKEN_OFF = mark(
    "You take the zero point off. It is added: the smallest number, if it lies below 0, gets the code 0."
)
ZERO_UNUSED = mark(
    "The zero point is right, but the codes don't use it: they must be moved by it, so that the first is 0."
)
ZERO_ALWAYS_0 = mark(
    "Your zero point is always 0, as in the symmetric scheme. Here it is the code of 0, wherever that lies."
)
ZERO_IN_THE_MIDDLE = mark(
    "Your zero point is always 2**(bits - 1), in the middle of the codes. It is the code of 0, wherever that lies."
)
FROM_ABOVE = mark(
    "You count the zero point from the upper end of the range. The codes begin at the lower end: how many steps is 0 "
    "above it?"
)
NONE_BELOW = mark(
    "Half done: 0 has a code if all numbers are positive, but not if all are negative. The range must hold 0 then too."
)
NONE_ABOVE = mark(
    "Half done: 0 has a code if all numbers are negative, but not if all are positive. The range must hold 0 then too."
)
NO_NEGATIVES = mark(
    "Your range begins at 0, and the negative numbers lie outside. It goes from the smallest number to the largest, "
    "and is widened only to hold 0."
)
ZERO_SIGN = mark(
    "The sign of the zero point is turned round: it counts the steps from the lower end of the range up to 0, and is "
    "never negative."
)
ZERO_IN_X = mark(
    "Your zero point is a number of x. It should be a code, the one that 0 gets: how many steps is 0 above the lower "
    "end of the range?"
)
ONE_SIDED_ZERO = mark("You round the zero point to one side, always down or always up. Take the nearest whole number.")
SIGNED = mark(
    "These are signed codes, as for int8, half of them negative. They would be right there; here the first code is 0."
)
ALWAYS_255 = mark(
    "You always divide by 255, the steps between the codes of 8 bits. How many bits there are is in bits."
)
TO_UINT8 = mark("It is right up to 8 bits. With more the codes don't fit into uint8, and wrap around without a word.")
OTHER_ORDER = mark("All is right, but in another order: return codes, scale, zero_point.")


def with_zero_point(zero_point):
    """Codes that are made with another zero point."""

    def answer(x, bits):
        scale, zero = affine_step(x, bits), zero_point(x, bits)
        return np.round(x / scale + zero), scale, zero

    return answer


def with_zero_point_alone(zero_point):
    """The right codes, and another zero point beside them."""
    return lambda x, bits: (*affine(x, bits)[:2], zero_point(x, bits))


def affine_in_x(zero):
    """Codes by their distance from the smallest number, and this, or its opposite, for the zero point."""
    return lambda x, bits: (
        from_the_lowest(x, affine_step(x, bits), None, with_zero(x)[0]),
        affine_step(x, bits),
        zero(with_zero(x)[0]),
    )


AFFINE_MISTAKES = (
    *affine_drafts(),
    Misconception(NOT_CUT_OFF, affine_by(), witness=BALANCED),
    *(
        Misconception(HALVES, answer, witness=BALANCED)
        for answer in affine_in_range_or_not(
            affine_by(codes=lambda x, scale, zero_point, low: half_up(x / scale + zero_point))
        )
    ),
    *(
        Misconception(hint, answer, witness=witness)
        for hint, ends, witness in (
            (NONE_BELOW, lambda x: (min(x.min(), 0), x.max()), BELOW),
            (NONE_ABOVE, lambda x: (x.min(), max(x.max(), 0)), ABOVE),
        )
        for answer in (
            *affine_in_range_or_not(affine_by(ends=ends)),
            affine_by(ends=ends, codes=from_the_lowest),
        )
    ),
    *(
        Misconception(SYMMETRIC_RANGE, answer)
        for answer in affine_in_range_or_not(affine_by(ends=lambda x: (-farthest(x), farthest(x))))
    ),
    Misconception(
        mark(
            "You cut off a zero point that lay outside the codes. That doesn't help: the range itself must hold 0, so "
            "that 0 has a code."
        ),
        lambda x, bits: (
            np.clip(np.round(x / (np.ptp(x) / (2**bits - 1))) + cut_zero_point(x, bits), 0, 2**bits - 1),
            np.ptp(x) / (2**bits - 1),
            cut_zero_point(x, bits),
        ),
        witness=ABOVE,
    ),
    *(Misconception(NO_NEGATIVES, answer) for answer in affine_in_range_or_not(affine_by(ends=lambda x: (0, x.max())))),
    *(
        Misconception(ONE_SIDED_ZERO, answer, witness=witness)
        for rounding, witness in ((np.floor, UNEVEN), (np.ceil, UNEVEN_BELOW))
        for answer in (
            *affine_in_range_or_not(affine_by(zero_rounding=rounding)),
            affine_by(zero_rounding=rounding, codes=from_the_lowest),
        )
    ),
    Misconception(
        mark(
            "You shift by a fraction and round once, so that 0 does not come back as 0, or other numbers move by a "
            "code. Round the zero point first, then add it."
        ),
        affine_by(codes=from_the_lowest),
        witness=UNEVEN,
    ),
    Misconception(ZERO_SIGN, affine_changed(lambda codes, scale, zero, bits: (codes, scale, -zero))),
    *(
        Misconception(ZERO_SIGN, answer)
        for answer in affine_in_range_or_not(
            with_zero_point(lambda x, bits: np.round(with_zero(x)[0] / affine_step(x, bits)))
        )
    ),
    Misconception(ZERO_IN_X, lambda x, bits: (*affine(x, bits)[:2], with_zero(x)[0])),
    Misconception(ZERO_IN_X, lambda x, bits: (*affine(x, bits)[:2], -with_zero(x)[0])),
    Misconception(ZERO_IN_X, affine_in_x(lambda low: low), witness=UNEVEN),
    Misconception(ZERO_IN_X, affine_in_x(lambda low: -low), witness=UNEVEN),
    *(
        Misconception(ZERO_TAKEN_OFF, answer)
        for answer in affine_in_range_or_not(
            affine_by(codes=lambda x, scale, zero_point, low: np.round(x / scale - zero_point))
        )
    ),
    *(Misconception(ALWAYS_255, answer) for answer in affine_in_range_or_not(affine_by(gaps=lambda bits: 255))),
    Misconception(
        mark(
            "You divide by 2**(bits - 1) - 1: so many steps lie on one side of 0 in the symmetric scheme. Here the "
            "codes run from 0 to 2**bits - 1."
        ),
        affine_by(gaps=lambda bits: 2 ** (bits - 1) - 1),
    ),
    Misconception(ZERO_UNUSED, affine_changed(lambda codes, scale, zero, bits: (codes - zero, scale, zero))),
    *(
        Misconception(ZERO_UNUSED, answer)
        for answer in affine_in_range_or_not(affine_by(codes=lambda x, scale, zero_point, low: np.round(x / scale)))
    ),
    *(Misconception(ZERO_ALWAYS_0, answer) for answer in affine_in_range_or_not(with_zero_point(lambda x, bits: 0))),
    *(
        Misconception(hint, answer)
        for hint, zero_point in (
            (ZERO_IN_THE_MIDDLE, lambda x, bits: 2 ** (bits - 1)),
            (FROM_ABOVE, lambda x, bits: np.round(with_zero(x)[1] / affine_step(x, bits))),
        )
        for answer in (*affine_in_range_or_not(with_zero_point(zero_point)), with_zero_point_alone(zero_point))
    ),
    Misconception(WHOLE_ZERO, with_zero_point_alone(lambda x, bits: -with_zero(x)[0] / affine_step(x, bits))),
    Misconception(
        mark("You round the codes down. Take the nearest one, which is never more than half a step away."),
        affine_by(codes=lambda x, scale, zero_point, low: np.floor(x / scale) + zero_point),
    ),
    Misconception(
        mark("You cut the fraction off, as int and astype do. The nearest code is never more than half a step away."),
        affine_by(codes=lambda x, scale, zero_point, low: np.trunc(x / scale + zero_point)),
    ),
    *(
        Misconception(ROUND_UP, answer)
        for answer in affine_in_range_or_not(
            affine_by(codes=lambda x, scale, zero_point, low: np.ceil(x / scale + zero_point))
        )
    ),
    Misconception(
        mark("You cut the fraction of x / scale off, as int and astype do. Take the nearest code."),
        affine_by(codes=lambda x, scale, zero_point, low: np.trunc(x / scale) + zero_point),
    ),
    *(
        Misconception(mark("These are fractions. A code is a whole number: round to the nearest."), answer)
        for answer in affine_in_range_or_not(affine_by(codes=lambda x, scale, zero_point, low: x / scale + zero_point))
    ),
    Misconception(
        mark("You cut the codes off one too early: the last one is 2**bits - 1, and the largest number gets it."),
        affine_changed(lambda codes, scale, zero, bits: (np.minimum(codes, 2**bits - 2), scale, zero)),
    ),
    Misconception(
        SIGNED,
        affine_changed(lambda codes, scale, zero, bits: (codes - 2 ** (bits - 1), scale, zero - 2 ** (bits - 1))),
    ),
    Misconception(
        mark(
            "This is the symmetric scheme. Here the codes run from 0 up, and reach from the smallest number to the "
            "largest."
        ),
        lambda x, bits: (*by_scale(right_scale)(x, bits), 0),
    ),
    Misconception(
        mark("These are the numbers that the codes stand for, (codes - zero_point) * scale: return the codes."),
        affine_changed(lambda codes, scale, zero, bits: ((codes - zero) * scale, scale, zero)),
    ),
    Misconception(
        TO_UINT8, affine_changed(lambda codes, scale, zero, bits: (codes.astype(np.uint8), scale, zero)), LONG_MIXED
    ),
    Misconception(TO_UINT8, affine_by(codes=lambda *steps: nearest_codes(*steps).astype(np.uint8)), witness=LONG_MIXED),
    Misconception(
        mark("It is right up to 7 bits. With more the codes don't fit into int8, which ends at 127, and wrap around."),
        affine_changed(lambda codes, scale, zero, bits: (codes.astype(np.int8), scale, zero)),
        witness=LONG_MIXED,
    ),
    Misconception(
        mark(
            "It is right up to 15 bits. With 16 the codes don't fit into int16, which ends at 32767, and wrap around."
        ),
        affine_changed(lambda codes, scale, zero, bits: (codes.astype(np.int16), scale, zero)),
        witness=LONG_MIXED,
    ),
    Misconception(
        mark("The scale is upside down: it is the distance of two neighbouring codes."),
        affine_changed(lambda codes, scale, zero, bits: (codes, 1 / scale, zero)),
    ),
    Misconception(
        mark(
            "Only the codes come back. Without scale and zero point nobody knows what they stand for: return all three."
        ),
        lambda x, bits: affine(x, bits)[0],
    ),
    Misconception(OTHER_ORDER, affine_changed(lambda codes, scale, zero, bits: (codes, zero, scale))),
    Misconception(OTHER_ORDER, affine_changed(lambda codes, scale, zero, bits: (scale, zero, codes))),
    Misconception(OTHER_ORDER, affine_changed(lambda codes, scale, zero, bits: (scale, codes, zero))),
)


def cut_zero_point(x, bits):
    """That of a range without 0, brought into the range of the codes."""
    return np.clip(np.round(-x.min() / (np.ptp(x) / (2**bits - 1))), 0, 2**bits - 1)


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
        example=MIXED,
        inputs=affine_inputs,
        advice=mark(
            "With 2 bits the codes are 0 to 3. [-1, 0.2, 2] has the scale 1, the zero point 1 and the codes 0, 1, 3; "
            "[2.2, 6] has the scale 2, the zero point 0 and the codes 1, 3."
        ),
        returns=("codes", "scale", "zero_point"),
        made_of=lambda x, bits: {"max(x) - min(x)": np.ptp(x), "2**bits": 2.0**bits, "(2**bits - 1)": 2.0**bits - 1},
        misconceptions=AFFINE_MISTAKES,
    ),
)

# --- 17.3 ------------------------------------------------------------------------------------------------------------


def channel_scales(weights, bits):
    """The right answer: a channel of zeros gets the scale 1."""
    largest = np.max(np.abs(weights), axis=tuple(range(weights.ndim - 1)))
    return np.where(largest > 0, largest / (2 ** (bits - 1) - 1), 1)


def within(weights):
    """The axes of a channel."""
    return tuple(range(weights.ndim - 1))


def layers(random):
    """Dense layers and convolutions, as Keras keeps them, the outputs last; channels below 0, tiny, and of zeros."""
    for shape in [(1, 1), (2, 1), (1, 3), (3, 2), (2, 2), (1, 1, 2, 3), (2, 1, 1, 2), (2, 3, 2, 4), (3, 3, 3, 3)]:
        yield without_zeros(random.normal(size=shape).round(2)), int(random.integers(2, 9))
    weights = -np.abs(random.normal(size=(3, 4)).round(2)) - 0.1
    weights[:, random.integers(4)] = 0
    yield weights.astype(np.float32), 4
    weights = without_zeros(random.normal(size=(2, 1, 2, 3)).round(2))
    weights[..., random.integers(3)] = 0
    yield weights, 8
    yield without_zeros(random.normal(size=(3, 2)).round(2)) * [1, 1e-6], 4


def without_zeros(weights):
    """So that only a channel is all 0 that is meant to be."""
    return np.where(weights == 0, 0.01, weights)


DENSE = (np.array([[0.5, -2.0, 0.9], [-1.1, 1.3, -0.4], [0.7, 0.6, -1.6], [0.2, -0.3, 1.2]]), 4)
CONVOLUTION = (np.random.default_rng(3).normal(size=(3, 2, 2, 4)).round(2), 5)
CONVOLUTION_WITH_ZEROS = (CONVOLUTION[0] * [1, 0, 1, 1], 5)
WITH_ZEROS = (np.array([[0.5, 0.0, -0.9], [-1.1, 0.0, -0.4]]), 4)
SOME_ZEROS = (np.array([[0.0, 0.5, 0.6], [-0.8, -0.75, 0.0], [0.3, 0.25, -0.9]]), 4)  # channel 1 adds up to 0
TINY_WEIGHTS = (np.array([[0.5, 3e-6], [-0.9, -7e-6]]), 4)
BELOW_WITH_ZEROS = (np.array([[0.5, 0.0, -0.9, 1.7], [-1.1, 0.0, -0.4, 0.3], [0.8, 0.0, -0.2, 0.1]]), 4)


def scales(largest, levels=largest_code):
    """The largest number of each channel over the number of levels, as it comes, and with 1 for a channel of zeros."""

    def plain(weights, bits):
        return largest(weights) / levels(bits)

    def guarded(weights, bits):
        found = plain(weights, bits)
        return np.where(found == 0, 1, found)

    return plain, guarded


def largest_along(axes):
    """The largest magnitudes over some axes, a function of the weights."""
    return lambda weights: np.abs(weights).max(axis=axes(weights))


DENSE_ONLY = mark(
    "It is right for dense layers, (inputs, outputs). A convolution has more axes, (height, width, inputs, outputs): "
    "take the maximum over all of them but the last."
)
CONVOLUTIONS_ONLY = mark(
    "It is right for convolutions. A dense layer has two axes only, (inputs, outputs): write which axis is kept, "
    "rather than which are not."
)
INPUT_AXIS = mark(
    "Of a dense layer you have a scale for each input. The channels are the outputs, on the last axis: one scale for "
    "all the weights that belong to one output."
)
FIRST_AXIS = mark(
    "You keep the first axis. There PyTorch has the outputs; in this course, as in Keras, they are on the last one."
)
SCALES_NO_ABS = mark(
    "You take the largest number of a channel. The largest magnitude counts: in a channel of negative numbers the "
    "largest is the one nearest to 0."
)
SCALES_ABS_OUTSIDE = mark(
    "abs stands outside: this is the magnitude of the largest number of each channel. Take the magnitudes first, then "
    "the largest of them."
)
SCALES_LEVELS = mark(
    "Your scales are made for another number of codes. With 4 bits the codes run from -7 to 7: how many steps is it "
    "from 0 to the largest?"
)
ONE_FOR_ALL = mark(
    "This is the scale of the whole layer, the same for each channel. A channel of small weights needs small steps: "
    "take the largest magnitude of each channel for itself."
)
NO_ABS_DENSE_ONLY = mark(
    "Two things: the largest magnitude counts, not the largest number; and a convolution has more axes than a dense "
    "layer, all of which but the last must go."
)
KINDS = (  # what is wrong, for both ways to treat a channel of zeros; and the witness
    (DENSE_ONLY, *scales(largest_along(lambda weights: 0)), CONVOLUTION),
    (DENSE_ONLY, *scales(largest_along(lambda weights: -2)), CONVOLUTION),
    (CONVOLUTIONS_ONLY, *scales(largest_along(lambda weights: (0, 1, 2))), DENSE),
    (
        mark(
            "You take the maximum over the first two axes: more than a dense layer can spare, too few of a convolution."
        ),
        *scales(largest_along(lambda weights: (0, 1))),
        CONVOLUTION,
    ),
    (SCALES_NO_ABS, *scales(lambda weights: weights.max(axis=within(weights))), DENSE),
    (SCALES_ABS_OUTSIDE, *scales(lambda weights: abs(weights.max(axis=within(weights)))), DENSE),
    (
        mark("You always divide by 127, the largest code of 8 bits. How many bits there are is in bits."),
        *scales(largest_along(within), lambda bits: 127),
        DENSE,
    ),
    (SCALES_LEVELS, *scales(largest_along(within), lambda bits: 2 ** (bits - 1)), DENSE),
    (SCALES_LEVELS, *scales(largest_along(within), lambda bits: 2**bits - 1), DENSE),
    (SCALES_LEVELS, *scales(largest_along(within), lambda bits: 2**bits), DENSE),
    (
        mark("A power is written ** in Python, as in 2**3; ^ is something else."),
        *scales(largest_along(within), lambda bits: 2 ^ (bits - 1) - 1),
        DENSE,
    ),
    (
        mark("These are the largest magnitudes. A scale is the distance of two codes: how many steps lie between?"),
        *scales(largest_along(within), lambda bits: 1),
        DENSE,
    ),
    (
        mark(
            "You take the mean magnitude, the scale of the binary scheme. Here the largest weight gets the largest "
            "code."
        ),
        *scales(lambda weights: np.abs(weights).mean(axis=within(weights))),
        DENSE,
    ),
    (
        mark("You divide the whole range of a channel, as in the affine scheme. Here the codes lie around 0."),
        *scales(lambda weights: np.ptp(weights, axis=within(weights)), lambda bits: 2**bits - 1),
        DENSE,
    ),
)

ZERO_TEST = mark(
    "Only a channel that holds nothing but zeros gets the scale 1. A single 0 in it, or numbers that add up to 0, do "
    "not make it one."
)


def one_for(zero_channel):
    """The right scales, but 1 for other channels too."""
    return lambda weights, bits: np.where(zero_channel(weights), 1, channel_scales(weights, bits))


CHANNEL_SCALES_MISTAKES = (
    *(
        Misconception(ZERO_TEST, one_for(zero_channel), witness=SOME_ZEROS)
        for zero_channel in (
            lambda weights: (weights == 0).any(axis=within(weights)),
            lambda weights: weights.sum(axis=within(weights)) == 0,
            lambda weights: weights[(0,) * (weights.ndim - 1)] == 0,
        )
    ),
    Misconception(
        mark("Small weights are not zeros: you give them the scale 1, where steps as small as they are needed."),
        one_for(lambda weights: abs(weights).max(axis=within(weights)) < 1e-5),
        witness=TINY_WEIGHTS,
    ),
    Misconception(
        mark(
            "A channel of zeros gets the scale 0 from you, or next to it. Then x / scale is 0 / 0, not a number: its "
            "scale should be 1."
        ),
        scales(largest_along(within))[0],
        witness=WITH_ZEROS,
    ),
    *(Misconception(hint, guarded, witness=witness) for hint, plain, guarded, witness in KINDS),
    *(
        Misconception(hint, plain, witness=BELOW_WITH_ZEROS if witness is DENSE else CONVOLUTION_WITH_ZEROS)
        for hint, plain, guarded, witness in KINDS
    ),
    Misconception(NO_ABS_DENSE_ONLY, scales(lambda weights: weights.max(axis=0))[1], witness=CONVOLUTION),
    Misconception(
        mark(
            "All three faults of the draft are still there: the largest magnitude counts, not the largest number; a "
            "convolution has more axes than a dense layer, all of which but the last must go; and a channel of zeros "
            "gets the scale 1."
        ),
        scales(lambda weights: weights.max(axis=0))[0],
        witness=CONVOLUTION_WITH_ZEROS,
    ),
    Misconception(
        mark("For a channel of zeros you put the 1 before you divide, so that its scale is no longer 1. Divide first."),
        lambda weights, bits: (
            channel_scales(weights, bits) / np.where(weights.any(axis=within(weights)), 1, largest_code(bits))
        ),
        witness=WITH_ZEROS,
    ),
    Misconception(
        mark(
            "reshape moves no axis: it cuts the row of all weights into pieces, and a piece is not a channel. The last "
            "axis must stay the last."
        ),
        scales(lambda weights: np.abs(weights).reshape(weights.shape[-1], -1).max(axis=1))[0],
    ),
    Misconception(INPUT_AXIS, scales(largest_along(lambda weights: -1))[0]),
    Misconception(INPUT_AXIS, scales(largest_along(lambda weights: 1))[0], witness=CONVOLUTION),
    Misconception(
        INPUT_AXIS,
        scales(largest_along(lambda weights: (*range(weights.ndim - 2), weights.ndim - 1)))[0],
        witness=CONVOLUTION,
    ),
    Misconception(
        FIRST_AXIS, scales(largest_along(lambda weights: tuple(range(1, weights.ndim))))[0], witness=CONVOLUTION
    ),
    Misconception(
        SCALES_NO_ABS,
        lambda weights, bits: np.where(
            weights.max(axis=within(weights)) > 0, weights.max(axis=within(weights)) / largest_code(bits), 1
        ),
        witness=BELOW_WITH_ZEROS,
    ),
    Misconception(ONE_FOR_ALL, lambda weights, bits: right_scale(weights, bits)),
    Misconception(ONE_FOR_ALL, lambda weights, bits: np.full(weights.shape[-1], right_scale(weights, bits))),
    Misconception(
        mark("You found the scales and put one for each weight. One for each channel is enough: shape (outputs,)."),
        lambda weights, bits: np.broadcast_to(channel_scales(weights, bits), weights.shape),
        witness=CONVOLUTION,
    ),
    Misconception(
        mark("These are the codes. Only the scales are asked for, one for each channel."),
        lambda weights, bits: np.round(weights / channel_scales(weights, bits)),
    ),
)

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
        example=DENSE,
        inputs=layers,
        advice=mark("With 3 bits [[6, -1], [0, 0.3]], two inputs and two outputs, has the scales 2 and 0.333333."),
        made_of=lambda weights, bits: {"2**bits": 2.0**bits, "largest code": largest_code(bits)},
        misconceptions=CHANNEL_SCALES_MISTAKES,
    ),
)

# --- 17.4 ------------------------------------------------------------------------------------------------------------


def int_matmul(a, a_zero, a_scale, b, b_scale):
    """The right answer: in integers that hold the sums, then times both scales."""
    sums = (a.astype(int) - a_zero) @ b.astype(int)
    return sums * (a_scale * b_scale)


def operands(random):
    """Products of all shapes, square ones too; the codes fill their 8 bits, and may be of one sign."""
    for m, k, n in [(1, 1, 1), (1, 2, 1), (2, 2, 2), (1, 3, 2), (3, 1, 2), (2, 3, 4), (3, 3, 3), (4, 9, 2)]:
        yield operand(random, m, k, n)
    a, a_zero, a_scale, b, b_scale = operand(random, 2, 4, 3)
    yield a, 0, a_scale, np.abs(b), b_scale  # after a relu; weights of one sign


def operand(random, m, k, n):
    """Activations in affine codes, weights in symmetric ones, a scale for each column."""
    a = random.integers(0, 256, (m, k)).astype(np.uint8)
    b = random.integers(-127, 128, (k, n)).astype(np.int8)
    return (
        a,
        int(random.integers(1, 256)),
        round(random.uniform(0.01, 0.1), 3),
        b,
        random.uniform(0.01, 0.1, n).round(3),
    )


EXAMPLE = (
    np.array([[250, 7], [240, 255], [3, 90]], np.uint8),
    20,
    0.02,
    np.array([[120, -127, 30, -5], [110, 90, -60, -100]], np.int8),
    np.array([0.01, 0.03, 0.002, 0.05]),
)
SQUARE = (EXAMPLE[0][:2], 20, 0.02, EXAMPLE[3][:, :2], EXAMPLE[4][:2])


def product_by(left, right=lambda b: b.astype(np.int32), scale=lambda a_scale, b_scale: a_scale * b_scale):
    """A product with other codes or another scale."""
    return lambda a, a_zero, a_scale, b, b_scale: (left(a, a_zero) @ right(b)) * scale(a_scale, b_scale)


def wide(a, a_zero):
    """As it should be."""
    return a.astype(np.int32) - a_zero


def difference_wraps(a, a_zero):
    """Converted after the subtraction."""
    return (a - a_zero).astype(np.int32)


def as_it_comes(a, a_zero):
    """What NumPy makes of codes that nobody converted: uint8."""
    return a - a_zero


def too_narrow(a, a_zero):
    """Wide enough for the difference, not for the sum."""
    return a.astype(np.int16) - np.int16(a_zero)


def only_a(a_scale, b_scale):
    """The scale of a alone."""
    return a_scale


def only_b(a_scale, b_scale):
    """The scales of b alone."""
    return b_scale


def no_scale(a_scale, b_scale):
    """Neither."""
    return 1


DIFFERENCE = mark(
    "The subtraction wraps around: in uint8, 7 - 100 is 163. Convert the codes before the first operation, not after "
    "it."
)
SUM = mark(
    "The sum wraps around: NumPy keeps the small type of the codes, and in 16 bits everything ends at 32767, which two "
    "products can pass. Sum in 32 bits: convert both codes before you multiply."
)
BOTH_WRAP = mark(
    "Difference and sum wrap around: NumPy computes in the small types that it is given, without a word. Convert both "
    "codes before the first operation."
)
ONE_SCALE = mark(
    "One scale is missing. A number is its code times its scale, and a product of two numbers holds both scales."
)
NO_SCALE = mark("These are the sums of the codes, in units of both scales. The real numbers are asked for.")
WIDTH_AND_SCALE = mark(
    "Two things. NumPy computes in the small types of the codes and wraps around without a word: convert both before "
    "the first operation. And the scales: a product of two numbers holds both."
)
WIDTHS = {  # how the two factors are computed, and what is to be said of it
    (wide, "int32"): "",
    (difference_wraps, "int32"): DIFFERENCE,
    (too_narrow, "int8"): SUM,
    (as_it_comes, "int8"): BOTH_WRAP,
}
SCALED = {only_a: ONE_SCALE, only_b: ONE_SCALE, no_scale: NO_SCALE, np.multiply: ""}


def width_mistakes():
    """Each way to compute the sums with each way to scale them."""
    for (left, kind), width_hint in WIDTHS.items():
        for scale, scale_hint in SCALED.items():
            if width_hint or scale_hint:
                hint = WIDTH_AND_SCALE if width_hint and scale_hint else width_hint or scale_hint
                yield Misconception(hint, product_by(left, lambda b, kind=kind: b.astype(kind), scale))


NO_ZERO_POINT = mark(
    "The zero point is forgotten: a code of a_zero stands for 0, so that it must be taken off every code of a before "
    "the product."
)
ZERO_AFTERWARDS = mark(
    "You take the zero point off the sums. It belongs to each code of a, before the product: there it is multiplied by "
    "b, and counts once for every term."
)
ROWS_SCALED = mark("Each column of b has its scale, and so has each column of the result. You gave them to the rows.")
SHARED_SCALE = mark("The columns of b share one scale in your answer. Each has its own.")
WHOLE_TOO_LATE = mark(
    "You make whole numbers of what is already multiplied by its scale, so that fractions get lost. The codes are "
    "whole: multiply and add them, and the scales come last."
)
UNSIGNED_DIFFERENCE = mark(
    "uint16 and uint32 hold no negative numbers either: 7 - 100 wraps around there too. Convert to int32, which has "
    "signs."
)
TO_INT8 = mark(
    "The sums end in 8 bits, where nothing goes beyond 127. Convert both codes before the first operation, and keep "
    "the sums in 32 bits until they are multiplied by the scales."
)

INT_MATMUL_MISTAKES = (
    *width_mistakes(),
    Misconception(NO_ZERO_POINT, product_by(lambda a, a_zero: a.astype(np.int32))),
    Misconception(
        mark("Two things: the zero point of a is forgotten, and the sum wraps around in the small type of the codes."),
        product_by(lambda a, a_zero: a, lambda b: b),
    ),
    Misconception(
        mark("The zero point is added. A code of a_zero stands for 0: take it off."),
        product_by(lambda a, a_zero: a.astype(np.int32) + a_zero),
    ),
    Misconception(
        ZERO_AFTERWARDS,
        lambda a, a_zero, a_scale, b, b_scale: (a.astype(int) @ b.astype(int) - a_zero) * (a_scale * b_scale),
    ),
    Misconception(
        ZERO_AFTERWARDS,
        lambda a, a_zero, a_scale, b, b_scale: (a.astype(int) @ b.astype(int)) * (a_scale * b_scale) - a_zero,
    ),
    Misconception(
        mark("The zero point belongs to a: you take it off the codes of b, whose 0 is the code 0."),
        lambda a, a_zero, a_scale, b, b_scale: (a.astype(int) @ (b.astype(int) - a_zero)) * (a_scale * b_scale),
    ),
    Misconception(
        mark("You take the zero point off both. It belongs to a; b is symmetric, its code for 0 is 0."),
        lambda a, a_zero, a_scale, b, b_scale: (wide(a, a_zero) @ (b.astype(int) - a_zero)) * (a_scale * b_scale),
    ),
    Misconception(
        mark(
            "You multiply a by its scale first and then take off a_zero. The zero point is a code: take it off the "
            "codes, then multiply by the scale."
        ),
        lambda a, a_zero, a_scale, b, b_scale: (a * a_scale - a_zero) @ (b * b_scale),
    ),
    Misconception(
        ROWS_SCALED,
        lambda a, a_zero, a_scale, b, b_scale: (wide(a, a_zero) @ b.astype(int)) * (a_scale * b_scale[:, None]),
        witness=SQUARE,
    ),
    Misconception(
        ROWS_SCALED,
        lambda a, a_zero, a_scale, b, b_scale: wide(a, a_zero) @ (b * b_scale[:, None]) * a_scale,
        witness=SQUARE,
    ),
    *(
        Misconception(SHARED_SCALE, product_by(wide, scale=lambda a_scale, b_scale, one=one: a_scale * one(b_scale)))
        for one in (lambda b_scale: b_scale[0], np.mean, np.max)
    ),
    Misconception(
        mark(
            "Once for every term is right, but a_zero was multiplied by b there: what must be taken off is a_zero "
            "times the sum of each column of b."
        ),
        lambda a, a_zero, a_scale, b, b_scale: (a.astype(int) @ b.astype(int) - a_zero * len(b)) * (a_scale * b_scale),
    ),
    Misconception(
        mark(
            "You take off a_zero times the sum of all of b. Each column of the result needs the sum of its own column."
        ),
        lambda a, a_zero, a_scale, b, b_scale: (
            (a.astype(int) @ b.astype(int) - a_zero * b.astype(int).sum()) * (a_scale * b_scale)
        ),
    ),
    *(
        Misconception(
            UNSIGNED_DIFFERENCE,
            product_by(
                lambda a, a_zero, kind=kind: a.astype(kind) - kind(a_zero), lambda b, other=other: b.astype(other)
            ),
        )
        for kind, other in ((np.uint16, np.int32), (np.uint32, np.int32), (np.uint32, np.uint32))
    ),
    Misconception(
        mark("b holds negative codes, which uint8 does not know: -1 becomes 255 there. Convert it to int32."),
        product_by(wide, lambda b: b.astype(np.uint8).astype(int)),
    ),
    Misconception(
        WHOLE_TOO_LATE,
        lambda a, a_zero, a_scale, b, b_scale: (wide(a, a_zero) @ (b * b_scale).astype(int)) * a_scale,
    ),
    Misconception(
        WHOLE_TOO_LATE,
        lambda a, a_zero, a_scale, b, b_scale: ((wide(a, a_zero) * a_scale).astype(int) @ b.astype(int)) * b_scale,
    ),
    Misconception(
        WHOLE_TOO_LATE,
        lambda a, a_zero, a_scale, b, b_scale: (wide(a, a_zero) * a_scale).astype(int) @ (b * b_scale).astype(int),
    ),
    Misconception(
        mark("You divide by the scales. A number is its code times its scale."),
        product_by(wide, scale=lambda a_scale, b_scale: 1 / (a_scale * b_scale)),
    ),
    Misconception(
        mark("You add the scales. In a product of two numbers the scales are multiplied, as the codes are."),
        product_by(wide, scale=lambda a_scale, b_scale: a_scale + b_scale),
    ),
    Misconception(
        mark("You take b transposed; it is right as it is: (m, k) @ (k, n)."),
        product_by(wide, lambda b: b.T.astype(int)),
        witness=SQUARE,
    ),
    Misconception(
        mark(
            "You multiply number by number. Each entry of a matrix product, @, is a sum: a row of the first matrix "
            "times a column of the second, added up."
        ),
        lambda a, a_zero, a_scale, b, b_scale: wide(a, a_zero) * b.astype(int) * (a_scale * b_scale),
        witness=SQUARE,
    ),
    Misconception(
        mark(
            "The result is cut off to whole numbers. Only the codes are whole; times the scales they are real numbers."
        ),
        lambda *case: np.trunc(int_matmul(*case)),
    ),
    Misconception(
        mark(
            "The result is rounded to whole numbers. Only the codes are whole; times the scales they are real numbers."
        ),
        lambda *case: np.round(int_matmul(*case)),
    ),
    Misconception(
        TO_INT8,
        lambda a, a_zero, a_scale, b, b_scale: (
            np.clip(wide(a, a_zero) @ b.astype(int), -128, 127) * (a_scale * b_scale)
        ),
    ),
    Misconception(
        TO_INT8,
        lambda a, a_zero, a_scale, b, b_scale: (wide(a, a_zero) @ b.astype(int)).astype(np.int8) * (a_scale * b_scale),
    ),
)

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
        example=EXAMPLE,
        inputs=operands,
        advice=mark(
            "Take a = [[3]], a_zero = 5, a_scale = 0.5, b = [[10]], b_scale = [0.1]: the numbers are -1 and 1, their "
            "product is -1. What does your function make of it? And of a = [[255]], b = [[127]]?"
        ),
        misconceptions=INT_MATMUL_MISTAKES,
    ),
)

# --- 17.5 ------------------------------------------------------------------------------------------------------------


def binarize(x):
    """The right answer: the scale of least squared error is the mean magnitude."""
    return np.where(x < 0, -1, 1), np.mean(np.abs(x))


def signed_numbers(random):
    """With zeros among them, of one sign, tiny, whole numbers, several axes."""
    for shape in [(1,), (2,), (3,), (2, 3), (3, 1, 2), (7,), (4, 2)]:
        yield (random.normal(size=shape).round(2) + 0.0,)
    yield (np.append(random.normal(size=3).round(2) + 0.0, 0.0).astype(np.float32),)
    yield (-np.abs(random.normal(size=(2, 2)).round(2)) - 0.1,)
    yield (np.array([4, 0, -1, 2]),)
    yield (random.normal(size=3).round(2) * [1, 1e-7, -1e-7],)


FIVE = (np.array([0.9, -0.3, 0.0, 1.6, -0.9]),)
MOSTLY_BELOW = (np.array([-2.0, 0.3, -0.4]),)
TINY = (np.array([0.83, -5e-8, 3e-8]),)
ROWS = (np.array([[0.4, -1.2, 0.0], [0.1, 2.0, -0.6]]),)


def signs(x):
    """+1 or -1; that of 0 is +1."""
    return np.where(x < 0, -1, 1)


def three_signs(x):
    """+1, -1 or 0."""
    return np.sign(x)


def mean_size(x):
    """The scale of least squared error."""
    return np.abs(x).mean()


def best_of_grid(step):
    """The best of the scales 0, step, 2 step and so on below 10."""

    def scale(x):
        grid = np.arange(0, 10, step)
        errors = np.square(np.abs(x).reshape(-1, 1) - grid).mean(axis=0)
        return grid[errors.argmin()]

    return scale


def binary_by(codes=signs, scale=mean_size):
    """Codes and scale, either of them another."""
    return lambda x: (codes(x), scale(x))


THREE_VALUES = mark(
    "np.sign has three values: a 0 gets the code 0, and for three codes one bit is too small. Here the sign of 0 is +1."
)
ZERO_NEGATIVE = mark("The codes are right, but for 0: its sign is +1 here, as agreed. Is it > or >= ?")
TOO_LARGE = mark(
    "Every number comes back as large as the largest one. Which scale makes the squared error smallest? Draw the error "
    "of two numbers, 1 and 3, against the scale."
)
ON_A_GRID = mark(
    "This is the best scale of a grid, or a rounded one, and only as exact as the steps are small. What have the best "
    "ones for [1, -3] and [1, -1, 1, -9] to do with the sizes of the numbers? That is a formula."
)
SIGN_AND_SCALE = mark(
    "Both faults of the draft are still there: a 0 gets a code of its own, so that there are three; and every number "
    "comes back as large as the largest one."
)

BINARIZE_MISTAKES = (
    Misconception(THREE_VALUES, binary_by(codes=three_signs)),
    Misconception(TOO_LARGE, binary_by(scale=farthest)),
    Misconception(SIGN_AND_SCALE, binary_by(three_signs, farthest)),
    Misconception(ZERO_NEGATIVE, binary_by(codes=lambda x: np.where(x > 0, 1, -1))),
    Misconception(
        mark("The scale is missing: with 1 every number comes back as 1 or -1, however small it was."),
        binary_by(scale=lambda x: 1),
    ),
    Misconception(
        mark("Two things: a 0 gets a code of its own, so that there are three; and the scale is missing."),
        binary_by(three_signs, lambda x: 1),
    ),
    Misconception(
        mark(
            "In the mean of the numbers themselves the positive and the negative ones cancel. Only their sizes count."
        ),
        binary_by(scale=np.mean),
        witness=MOSTLY_BELOW,
    ),
    Misconception(
        mark("You took abs too late: in the mean the positive and the negative numbers have cancelled already."),
        binary_by(scale=lambda x: abs(np.mean(x))),
    ),
    Misconception(
        mark("You add the sizes. The scale is the size that fits all of them best, so it lies among them."),
        binary_by(scale=lambda x: np.abs(x).sum()),
    ),
    Misconception(
        mark(
            "This scale keeps the sum of the squares. The squared error is smallest for another one: set its "
            "derivative by the scale to 0."
        ),
        binary_by(scale=lambda x: np.sqrt(np.mean(x**2))),
    ),
    Misconception(
        mark("The length of x grows with the number of entries. The scale should not."),
        binary_by(scale=lambda x: np.linalg.norm(x)),
    ),
    *(
        Misconception(ON_A_GRID, binary_by(scale=best_of_grid(step)), witness=ROWS)
        for step in (1.0, 0.5, 0.1, 0.01, 0.001)
    ),
    Misconception(
        mark("The median makes the sum of the absolute errors smallest. For the squared error it is something else."),
        binary_by(scale=lambda x: np.median(np.abs(x))),
    ),
    Misconception(
        mark("The standard deviation measures from the mean. The sizes are measured from 0."),
        binary_by(scale=np.std),
    ),
    Misconception(
        mark(
            "The middle between the smallest and the largest number is no size. How large are the numbers on average?"
        ),
        binary_by(scale=lambda x: (x.max() + x.min()) / 2),
    ),
    Misconception(
        mark("Half of the range looks at two numbers only. Which scale fits all of them?"),
        binary_by(scale=lambda x: (x.max() - x.min()) / 2),
        witness=ROWS,
    ),
    Misconception(
        mark(
            "The middle between the smallest and the largest size looks at two numbers only. Which scale fits all of "
            "them?"
        ),
        binary_by(scale=lambda x: (np.abs(x).max() + np.abs(x).min()) / 2),
        witness=ROWS,
    ),
    Misconception(
        mark(
            "You leave out the zeros. They count too: a 0 comes back as plus or minus the scale, which is an error of "
            "its own."
        ),
        binary_by(scale=lambda x: np.abs(x[x != 0]).mean()),
    ),
    Misconception(
        mark(
            "np.linalg.norm(x, 1) adds up all sizes only if x is one row; of a matrix it is the largest sum of a "
            "column. x has any shape."
        ),
        binary_by(scale=lambda x: np.linalg.norm(x, 1) / x.size),
        witness=ROWS,
    ),
    Misconception(
        mark("You add something to x before you take the sign: small negative numbers become positive by it."),
        binary_by(codes=lambda x: np.sign(x + 1e-6)),
        witness=TINY,
    ),
    Misconception(UNSIGNED, binary_by(codes=lambda x: signs(x).astype(np.uint8))),
    Misconception(
        mark("len(x) counts the rows. The mean is over all numbers: how many are there in all?"),
        binary_by(scale=lambda x: np.abs(x).sum() / len(x)),
        witness=ROWS,
    ),
    Misconception(
        mark("The mean of the squares is a square, of large numbers above all. The scale is a size."),
        binary_by(scale=lambda x: np.mean(x**2)),
    ),
    Misconception(
        mark("You have a scale for each column. One is asked for."),
        binary_by(scale=lambda x: np.abs(x).mean(axis=0)),
        witness=ROWS,
    ),
    Misconception(
        mark("These codes are 0 and 1. That is how they are stored; they stand for -1 and +1: return these."),
        binary_by(codes=lambda x: (x >= 0).astype(int)),
    ),
    Misconception(
        mark("You compare with the mean of the numbers. The border between -1 and +1 is 0."),
        binary_by(codes=lambda x: np.where(x < x.mean(), -1, 1)),
    ),
    Misconception(
        mark("These are the numbers that the codes stand for, codes * scale: return the codes."),
        binary_by(codes=lambda x: signs(x) * mean_size(x)),
    ),
    Misconception(CODES_ALONE, signs),
    Misconception(
        mark("The signs are turned round: a negative number gets -1."),
        binary_by(codes=lambda x: -signs(x)),
    ),
    Misconception(
        mark("You round x itself, which gives more codes than two. One bit holds the sign alone."),
        binary_by(codes=np.round),
    ),
)

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
        example=FIVE,
        inputs=signed_numbers,
        advice=mark(
            "For x = [1, -3] the error is ((1 - s)**2 + (3 - s)**2) / 2. Try s = 1, 2 and 3: where is it smallest?"
        ),
        returns=("codes", "scale"),
        made_of=lambda x: {"len(x)": len(x), "max(abs(x))": farthest(x)},
        misconceptions=BINARIZE_MISTAKES,
    ),
)

# --- 17.6 ------------------------------------------------------------------------------------------------------------


def packed_bytes(shape, bits, axis):
    """The right answer: the codes side by side, and 4 bytes for each scale."""
    codes = np.ceil(np.prod(shape) * bits / 8)
    scales = 1 if axis is None else shape[axis]
    return codes + 4 * scales


def sizes(random):
    """Layers of all kinds and bits, a large one too; where all fits into whole bytes, and where it does not."""
    for shape, bits, axis in [
        ((1,), 1, None),
        ((4,), 4, None),
        ((3, 5), 3, 1),
        ((5, 3), 2, 0),
        ((3, 3, 1, 16), 8, -1),
        ((3, 3, 2, 5), 5, 3),
        ((6, 1), 1, 1),
        ((8, 8), 8, None),
        ((10, 3), 12, 1),
        ((2, 7), 16, 0),
        ((200, 250), 8, 0),
    ]:
        yield shape, bits, axis
    for _ in range(4):
        shape = tuple(int(side) for side in random.integers(2, 12, 2))
        yield shape, int(random.integers(2, 8)), [None, 0, 1][random.integers(3)]


THREE_BITS = ((3, 7), 3, 1)
FITS = ((4, 6), 3, 1)
ONE_SCALE_ALONE = ((3, 7), 3, None)


def whole_bytes(count, bits):
    """Bytes for so many codes of so many bits."""
    return -(-count * bits // 8)


def bytes_by(codes, of_scales=lambda n: 4 * n, channels=None):
    """Bytes for the codes and bytes for the scales, either of them counted otherwise."""
    return lambda shape, bits, axis: codes(math.prod(shape), bits) + of_scales((channels or channel_count)(shape, axis))


def channel_count(shape, axis):
    """How many scales there are."""
    return 1 if axis is None else shape[axis]


def single_scale(shape, axis):
    """One scale, whatever the axis."""
    return 1


def none_at_all(n):
    """No bytes for the scales."""
    return 0


IN_BITS = mark("You count the codes in bits. A byte has 8 of them.")
FLOORED = mark("You round down: the last bits need a byte too, even if they do not fill it.")
FRACTION = mark("This is a fraction. There are no parts of a byte: the last one is there, even if it is not full.")
NO_SCALES = mark("The scales are forgotten. Without them nobody can make numbers of the codes again.")
ONE_SCALE_ONLY = mark("You count one scale. With an axis there is one for each channel: how many are there?")
FLOOR_AND_SCALE = mark(
    "Both faults of the draft are still there: the last bits need a byte too, and with an axis there is a scale for "
    "each channel."
)
IN_BITS_ALONE = mark("You count the codes in bits, 8 to a byte; and the scales are forgotten.")
BYTE_EACH = mark(
    "You give every code whole bytes of its own. Packed, the bits of one code follow those of the one before, and 3 "
    "bits stay 3 bits."
)
NEAREST_BYTE = mark("You round to the nearest byte. The last bits need a byte too, however few they are.")
DIVIDED_FIRST = mark(
    "You divide by 8 before you multiply by bits. It is the bits that fill bytes: count all of them first, then divide."
)
AXIS_FOR_COUNT = mark(
    "axis says which axis it is, not how many channels are on it. There is a scale for each entry of that axis: the "
    "shape tells how many."
)
SCALE_BYTES = mark("A scale is a float32 number: 32 bits. How many bytes are these?")


def in_bits(count, bits):
    """Bits taken for bytes."""
    return count * bits


def rounded_down(count, bits):
    """Only bytes that are full."""
    return count * bits // 8


def fraction(count, bits):
    """Bytes with fractions."""
    return count * bits / 8


PACKED_BYTES_MISTAKES = (
    Misconception(IN_BITS, bytes_by(in_bits), witness=THREE_BITS),
    Misconception(
        mark("You count everything in bits. A byte has 8 of them."),
        bytes_by(in_bits, lambda n: 32 * n),
    ),
    Misconception(IN_BITS_ALONE, bytes_by(in_bits, none_at_all)),
    Misconception(FLOORED, bytes_by(rounded_down)),
    Misconception(FLOOR_AND_SCALE, bytes_by(rounded_down, channels=single_scale)),
    Misconception(ONE_SCALE_ONLY, bytes_by(whole_bytes, channels=single_scale)),
    Misconception(NEAREST_BYTE, bytes_by(lambda count, bits: round(count * bits / 8)), witness=((4,), 1, None)),
    Misconception(NEAREST_BYTE, bytes_by(lambda count, bits: (count * bits + 4) // 8), witness=((1, 3), 3, 0)),
    Misconception(DIVIDED_FIRST, bytes_by(lambda count, bits: math.ceil(count / 8) * bits)),
    Misconception(DIVIDED_FIRST, bytes_by(lambda count, bits: count // 8 * bits)),
    Misconception(
        mark("You always add a byte. Where the bits fill their bytes, there is nothing left to need one."),
        bytes_by(lambda count, bits: count * bits // 8 + 1),
        witness=FITS,
    ),
    Misconception(FRACTION, bytes_by(fraction)),
    Misconception(
        mark(
            "Two things: this is a fraction, and there are no parts of a byte; and with an axis there are more scales."
        ),
        bytes_by(fraction, channels=single_scale),
    ),
    Misconception(NO_SCALES, bytes_by(whole_bytes, none_at_all)),
    Misconception(
        mark("Two things: the scales are forgotten; and the last bits need a byte too, even if they do not fill it."),
        bytes_by(rounded_down, none_at_all),
    ),
    Misconception(
        mark("Two things: the scales are forgotten; and there are no parts of a byte."),
        bytes_by(fraction, none_at_all),
    ),
    Misconception(BYTE_EACH, bytes_by(lambda count, bits: count)),
    Misconception(BYTE_EACH, bytes_by(lambda count, bits: count * math.ceil(bits / 8)), witness=((2, 3), 12, 0)),
    Misconception(
        mark(
            "You let no code cross the border of a byte, so that two codes of 3 bits fill one. Packed tight, the third "
            "begins in the same byte and ends in the next."
        ),
        bytes_by(lambda count, bits: math.ceil(count / (8 // bits))),
        witness=FITS,
    ),
    Misconception(
        mark("Every channel begins with a new byte in your count. The codes of the whole array are packed in one row."),
        lambda shape, bits, axis: (
            channel_count(shape, axis) * (whole_bytes(math.prod(shape) // channel_count(shape, axis), bits) + 4)
        ),
    ),
    Misconception(
        mark("This is what the weights take as float32 numbers. The codes have fewer bits."),
        bytes_by(lambda count, bits: 4 * count, none_at_all),
    ),
    Misconception(SCALE_BYTES, bytes_by(whole_bytes, lambda n: n)),
    Misconception(SCALE_BYTES, bytes_by(whole_bytes, lambda n: 2 * n)),
    Misconception(SCALE_BYTES, bytes_by(whole_bytes, lambda n: 8 * n)),
    Misconception(SCALE_BYTES, bytes_by(whole_bytes, lambda n: 32 * n)),
    Misconception(
        mark("The scales have as few bits as the codes in your count. They are float32 numbers: 4 bytes each."),
        lambda shape, bits, axis: whole_bytes(math.prod(shape) + channel_count(shape, axis), bits),
    ),
    Misconception(
        mark("You add the sides of the array. The number of weights is their product."),
        lambda shape, bits, axis: whole_bytes(sum(shape), bits) + 4 * channel_count(shape, axis),
    ),
    Misconception(
        mark("You count the scales along the last axis, whatever axis is. The channels are on the one that is named."),
        bytes_by(whole_bytes, channels=lambda shape, axis: 1 if axis is None else shape[-1]),
        witness=((5, 3), 2, 0),
    ),
    Misconception(
        mark("You count the scales along the first axis, whatever axis is. The channels are on the one that is named."),
        bytes_by(whole_bytes, channels=lambda shape, axis: 1 if axis is None else shape[0]),
    ),
    *(
        Misconception(AXIS_FOR_COUNT, bytes_by(whole_bytes, channels=count))
        for count in (
            lambda shape, axis: 1 if axis is None else axis,
            lambda shape, axis: 1 if axis is None else axis + 1,
        )
    ),
    Misconception(
        mark("You count a scale for each axis. There is one for each entry of the axis that is named."),
        bytes_by(whole_bytes, channels=lambda shape, axis: 1 if axis is None else len(shape)),
    ),
    Misconception(
        mark("With an axis there are the scales of its channels and no other. You count one for all besides."),
        bytes_by(whole_bytes, channels=lambda shape, axis: 1 if axis is None else 1 + shape[axis]),
    ),
    Misconception(
        mark("Without an axis there is one scale, for all: 4 bytes. You count none there."),
        bytes_by(whole_bytes, channels=lambda shape, axis: 0 if axis is None else shape[axis]),
        witness=ONE_SCALE_ALONE,
    ),
    Misconception(
        mark("Every row begins with a new byte in your count. The codes of the whole array are packed in one row."),
        lambda shape, bits, axis: math.prod(shape[:-1]) * whole_bytes(shape[-1], bits) + 4 * channel_count(shape, axis),
    ),
    Misconception(
        mark("Without an axis there is one scale, for all. You count one for each entry of the last axis there too."),
        bytes_by(whole_bytes, channels=lambda shape, axis: shape[-1 if axis is None else axis]),
        witness=ONE_SCALE_ALONE,
    ),
    Misconception(
        mark("Axis 0 is an axis too, but 0 counts as False: ask whether axis is None."),
        bytes_by(whole_bytes, channels=lambda shape, axis: shape[axis] if axis else 1),
        witness=((5, 3), 2, 0),
    ),
    *(
        Misconception(mark("You count a scale for each weight. There is one for each channel."), answer)
        for answer in (
            bytes_by(lambda count, bits: whole_bytes(count, bits) + 4 * count, none_at_all),
            bytes_by(whole_bytes, channels=lambda shape, axis: 1 if axis is None else math.prod(shape)),
        )
    ),
    Misconception(
        mark("You count what lies on the other axes. There is a scale for each entry of the axis that is named."),
        bytes_by(whole_bytes, channels=lambda shape, axis: 1 if axis is None else math.prod(shape) // shape[axis]),
    ),
)

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
        example=THREE_BITS,
        inputs=sizes,
        advice=mark(
            "9 codes of 1 bit need 2 bytes. With one scale that makes 6, with a scale for each of 3 channels 14."
        ),
        made_of=lambda shape, bits, axis: {"weights": math.prod(shape), "bits": bits},
        misconceptions=PACKED_BYTES_MISTAKES,
    ),
)

TASKS = (SYMMETRIC, AFFINE, CHANNEL_SCALES, INT_MATMUL, BINARIZE, PACKED_BYTES)
