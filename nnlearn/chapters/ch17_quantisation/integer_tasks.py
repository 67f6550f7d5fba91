"""The tasks of chapter 17 about whole numbers: a layer in integer arithmetic, and how many bytes are left.

Each task stands on its own, as in tasks.py.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.chapters.ch17_quantisation import inputs
from nnlearn.exercises.slots import half_up
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 17.4 ------------------------------------------------------------------------------------------------------------


def whole(x, x_zero, w, w_zero):
    """Both factors in integers that hold the sums."""
    return x.astype(int) - x_zero, w.astype(int) - w_zero


def product(left, right):
    """Of two matrices."""
    with np.errstate(over="ignore"):  # half precision, one of the mistakes, ends at 65,504
        return left @ right


def in_next_steps(products, bias, multiplier):
    """The sums, which hold the bias; and in steps of the next layer."""
    sums = products + bias
    return sums, sums * multiplier


def codes_of(steps, y_zero):
    """Those beyond the first or the last code are cut off."""
    return np.clip(steps + y_zero, 0, 255)


def integer_layer(
    x, x_zero, w, w_zero, bias, multiplier, y_zero, *,
    factors=whole, times=product, scaled=in_next_steps, rounding=np.round, kept=codes_of,
):  # fmt: skip
    """The right answer: sums in whole numbers; times the multiplier, rounded, moved, cut off."""
    left, right = factors(x, x_zero, w, w_zero)
    sums, steps = scaled(times(left, right), bias, multiplier)
    return sums, kept(rounding(steps), y_zero)


def corrected(taken_off):
    """The layer from the product of the codes as they are: w_zero is taken off rightly, x_zero as is said."""

    def answer(x, x_zero, w, w_zero, bias, multiplier, y_zero):
        x, w = whole(x, 0, w, 0)
        sums = x @ w - w_zero * x.sum(axis=1, keepdims=True) - taken_off(x_zero, w, w_zero) + bias
        return sums, codes_of(np.round(sums * multiplier), y_zero)

    return answer


DIFFERENCE = mark("A subtraction wraps around: in uint8, 7 - 100 is 163. Convert before the first operation, not after "
                  "it.")  # fmt: skip
SUM = mark("The sum wraps around: in 16 bits everything ends at 32767, which a single product can pass. Convert both "
           "codes to 32 bits.")  # fmt: skip
BOTH_WRAP = mark("NumPy computes in the small types that it is given: differences and sum wrap around. Convert both "
                 "codes.")  # fmt: skip
UNSIGNED = mark("uint16 and uint32 hold no negative numbers either: 7 - 100 wraps around there too. Take a type with "
                "signs.")  # fmt: skip
SIGNED = mark("Codes go up to 255, and int8 ends at 127: 200 becomes -56 there.")
HALF = mark("Half precision holds whole numbers up to 2,048 and ends at 65,504. Take whole numbers of 32 bits.")
SINGLE = mark("float32 holds every whole number up to 2**24 = 16,777,216, above that only the even ones, and soon "
              "fewer. A layer with a thousand inputs gets there. Take whole numbers of 32 bits.")  # fmt: skip
FLOATS = mark("Your sums are floats. A unit for 8-bit codes multiplies whole numbers and adds them up in a register of "
              "32 bits, without exponents and without rounding: that makes it small, and gives the same sums in "
              "whatever order they are added. Convert the codes to whole numbers before the product, as with "
              "astype(np.int32), and give np.zeros dtype=int.")  # fmt: skip
EXCHANGED = mark("The zero points are exchanged: x_zero is the code of 0 in x, w_zero the one in w.")
W_FORGOTTEN = mark("w_zero is forgotten. These weights are affine: their 0 has a code of its own, as that of x has.")
ONE_FOR_BOTH = mark("You take one zero point off both. x has x_zero, w has w_zero.")
AFTERWARDS = mark("You take x_zero off the sums. It belongs to each code of x, and counts once for every term.")
EACH_TERM = mark("Once for every term is right, but x_zero was multiplied by a code of w there.")
ALL_OF_W = mark("Each column of the result needs the sum of its own column of w, not of all of w.")
LAST_PART = mark("Multiplied out, each term has four parts: x_zero * w_zero comes back once for every term.")
TO_INT8 = mark("The sums end in 8 bits, where nothing goes beyond 127. Keep them in 32 bits.")
BIAS_LATE = mark("The bias is in the scale of the sums, as bias = b / (s_x * s_w) says. Add it before you multiply.")
ROWS_SCALED = mark("Each column of w has its multiplier, and so has each column of the result. You gave them to the "
                   "rows.")  # fmt: skip
SHARED = mark("The columns of w share one multiplier in your answer. Each has its own.")
NEAREST = mark("You cut the fraction off or round to one side. Take the nearest code, above or below.")
HALVES = mark("In the middle between two codes take the even one, as np.round does: 2.5 steps become 2.")
MOVED_FIRST = mark("You round after y_zero is added. In the middle between two codes np.round then takes the even sum, "
                   "and with an odd y_zero that is the other code. Round the steps alone.")  # fmt: skip
WRAPPED = mark("Beyond 255 your codes begin again at 0: uint8 wraps around. Cut them off first.")
CUT_EARLY = mark("You cut off before y_zero is added. The ends 0 and 255 are those of the codes.")

INTEGER_LAYER = Task(
    id="17.4",
    title=mark("A layer in whole numbers"),
    text=mark(
        "Write integer_layer(x, x_zero, w, w_zero, bias, multiplier, y_zero), which returns sums, codes, both of shape "
        "(m, n). x and w hold codes, uint8 of shapes (m, k) and (k, n); x_zero and w_zero stand for 0 in them. bias, "
        "whole numbers of shape (n,), is in the scale of the sums, and part of them. The sums are of a type of whole "
        "numbers, such as int32. multiplier, shape (n,), turns sums into steps of what comes out. Its codes run from 0 "
        "to 255, and y_zero stands for 0. Round as np.round does."
    ),
    asks=Question(
        points=2,
        reference=integer_layer,
        returns=("sums", "codes"),
        whole={"sums": FLOATS},
        advice=mark(
            "Take x = [[3]], x_zero = 5, w = [[10]], w_zero = 2, bias = [4], multiplier = [0.5], y_zero = 30: the "
            "product is -16, with the bias the sum is -12, in steps -6, and the code 24. What does your function make "
            "of it? And of x = [[255]]?"
        ),
        example=inputs.LAYER,
        inputs=inputs.integer_layers,
        witnesses=inputs.INTEGER_LAYERS,
        slots={
            "factors": {
                lambda x, z, w, v: ((x - z).astype(int), (w - v).astype(int)): DIFFERENCE,
                lambda x, z, w, v: ((x - z).astype(int), w.astype(int) - v): DIFFERENCE,
                lambda x, z, w, v: (x.astype(int) - z, (w - v).astype(int)): DIFFERENCE,
                lambda x, z, w, v: (x.astype(np.int16) - np.int16(z), w.astype(np.int16) - np.int16(v)): SUM,
                lambda x, z, w, v: (x - z, w - v): BOTH_WRAP,
                lambda x, z, w, v: (x.astype(np.uint16) - np.uint16(z), w.astype(int) - v): UNSIGNED,
                lambda x, z, w, v: (x.astype(int) - z, w.astype(np.int8).astype(int) - v): SIGNED,
                lambda x, z, w, v: (x.astype(np.int8).astype(int) - z, w.astype(int) - v): SIGNED,
                lambda x, z, w, v: (x.astype(np.int8).astype(int) - z, w.astype(np.int8).astype(int) - v): SIGNED,
                lambda x, z, w, v: (x.astype(np.float16) - z, w.astype(np.float16) - v): HALF,
                lambda x, z, w, v: (x.astype(np.float32) - z, w.astype(np.float32) - v): SINGLE,
                lambda x, z, w, v: whole(x, -z, w, v): mark("x_zero is added. Take it off."),
                lambda x, z, w, v: whole(x, z, w, -v): mark("w_zero is added. Take it off."),
                lambda x, z, w, v: whole(x, 0, w, v): mark("x_zero is forgotten."),
                lambda x, z, w, v: whole(x, z, w, 0): W_FORGOTTEN,
                lambda x, z, w, v: whole(x, v, w, z): EXCHANGED,
                lambda x, z, w, v: whole(x, z, w, z): ONE_FOR_BOTH,
                lambda x, z, w, v: whole(x, v, w, v): ONE_FOR_BOTH,
            },
            "times": {
                lambda left, right: (left @ right).astype(np.int8): TO_INT8,
                lambda left, right: np.clip(left @ right, -128, 127): TO_INT8,
            },
            "scaled": {
                lambda products, bias, m: (products, products * m + bias): BIAS_LATE,
                lambda products, bias, m: (products + bias, products * m + bias): BIAS_LATE,
                lambda products, bias, m: in_next_steps(products, 0, m): mark("The bias is forgotten."),
                lambda products, bias, m: (products, (products + bias) * m): mark(
                    "The codes are right. The sums that you return lack the bias."
                ),
                lambda products, bias, m: in_next_steps(products, -bias, m): mark("The bias is taken off. Add it."),
                lambda products, bias, m: (products + bias, products + bias): mark(
                    "Your codes are made of the sums. The multiplier makes steps of them."
                ),
                lambda products, bias, m: in_next_steps(products, bias, 1 / m): mark("You divide by the multiplier."),
                lambda products, bias, m: in_next_steps(products, bias, m[0]): SHARED,
                lambda products, bias, m: in_next_steps(products, bias, np.mean(m)): SHARED,
            },
            "rounding": {
                np.floor: NEAREST,
                np.ceil: NEAREST,
                np.trunc: NEAREST,
                half_up: HALVES,
                np.asarray: mark("These are fractions. A code is a whole number: round to the nearest."),
            },
            "kept": {
                lambda steps, zero: steps + zero: mark("Codes end at 0 and at 255: cut off what lies beyond."),
                lambda steps, zero: (steps + zero).astype(int).astype(np.uint8): WRAPPED,
                lambda steps, zero: np.clip(steps, 0, 255) + zero: CUT_EARLY,
                lambda steps, zero: np.clip(steps, 0, 255): mark("y_zero is forgotten: it is the code of 0."),
                lambda steps, zero: np.clip(steps - zero, 0, 255): mark("y_zero is taken off. Add it."),
                lambda steps, zero: np.clip(steps + zero, 0, 256): mark("The last code is 255, the 256th from 0 on."),
                lambda steps, zero: np.clip(steps + zero, -128, 127): mark(
                    "These are the ends of int8. Here 0 to 255."
                ),
                lambda steps, zero: np.clip(steps + zero, zero, 255): mark(
                    "This is a layer with a relu. Here is none."
                ),
            },
        },
        misconceptions=(
            Misconception(
                ROWS_SCALED,
                lambda x, z, w, v, b, m, y: (
                    sums := product(*whole(x, z, w, v)) + b,
                    codes_of(np.round(sums * m[:, None]), y),
                ),
            ),
            Misconception(
                MOVED_FIRST,
                lambda x, z, w, v, b, m, y: (
                    sums := product(*whole(x, z, w, v)) + b,
                    np.clip(np.round(sums * m + y), 0, 255),
                ),
            ),
            Misconception(AFTERWARDS, corrected(lambda x_zero, w, w_zero: x_zero)),
            Misconception(EACH_TERM, corrected(lambda x_zero, w, w_zero: x_zero * len(w))),
            Misconception(ALL_OF_W, corrected(lambda x_zero, w, w_zero: x_zero * np.sum(w - w_zero))),
            Misconception(LAST_PART, corrected(lambda x_zero, w, w_zero: x_zero * w.sum(axis=0))),
            Misconception(LAST_PART, corrected(lambda x_zero, w, w_zero: x_zero * (w.sum(axis=0) - w_zero))),
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
        ),
    ),
)
