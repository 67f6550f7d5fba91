"""Tasks of chapter 16 about choices: where to cut a network, how few bytes suffice, what can become one layer.

Each task stands on its own, as in tasks.py.
"""
# mypy: allow-untyped-defs

import math
from itertools import pairwise, product

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 16.4 ------------------------------------------------------------------------------------------------------------


def best_cut(shapes, *, numbers=np.prod, compared=None, first=1, last=-1, found=min, named=lambda after: after):
    """The right answer: what each layer but the last gives, and the smallest of it; the layers count from 1."""
    compared = compared or numbers
    crossing = [compared(shape) for shape in shapes][first:last]
    after = crossing.index(found(crossing)) + first
    return named(after), int(numbers(shapes[after]))


def networks_to_cut(random):
    """The narrowest place in the middle, at the input, at the scores; twice the same."""
    for layers in (3, 4, 5, 7):
        images = random.integers(2, 9, (layers - 2, 3))
        rows = [[1, 1, n] for n in random.integers(8, 300, 2)]
        yield np.array([*images, *rows, [1, 1, random.integers(2, 11)]])
        yield np.array([[2, 2, 1], *images, *rows, rows[-1], [1, 1, 9]])


def last_of(shapes):
    """The last of the smallest."""
    crossing = np.prod(shapes, axis=1).tolist()[1:-1]
    return len(crossing) - crossing[::-1].index(min(crossing)), min(crossing)


def what_comes_in(shapes):
    """The smallest input of a layer but the last."""
    entering = np.prod(shapes, axis=1).tolist()[:-2]
    return entering.index(min(entering)) + 1, min(entering)


def first_dip(step):
    """The first layer, or the last, after which, or before which, the numbers don't fall."""

    def answer(shapes):
        crossing = np.prod(shapes, axis=1).tolist()[1:-1]
        places = range(len(crossing))[::step]
        rises = (k for k, beyond in pairwise(places) if crossing[beyond] >= crossing[k] + (step < 0))
        place = next(rises, places[-1])
        return place + 1, crossing[place]

    return answer


AXES = mark("You add up the lengths of the axes. An image of 8 x 8 x 16 holds their product.")
CHANNELS = mark("You count the channels alone: each of them holds a number for every place.")
PLACES = mark("You count the places alone: each of them holds a number for every channel.")
CUT_SLOTS: dict[str, dict[object, str]] = {
    "numbers": {sum: AXES, lambda shape: shape[-1]: CHANNELS, lambda shape: np.prod(shape[:-1]): PLACES},
    "compared": {sum: AXES, lambda shape: shape[-1]: CHANNELS, lambda shape: np.prod(shape[:-1]): PLACES},
    "first": {0: mark("The input is not a layer's: with that cut the second machine has the whole network.")},
    "last": {
        None: mark("After the last layer nothing is left for the second machine."),
        -2: mark("The cut before the last layer isn't looked at. One layer is enough for the second machine."),
    },
    "found": {max: mark("You find the place where most numbers cross.")},
    "named": {lambda after: after - 1: mark("You count the layers from 0. shapes[0] is what comes in, so the first "
                                            "layer gives shapes[1].")},
}  # fmt: skip
CUT_MISTAKES = (
    Misconception(mark("Of several places that are as good you take the last. Asked is the first."),
                  last_of),
    Misconception(mark("You look for that number from the input on. An input that has as many is found first."),
                  lambda shapes: ([math.prod(row) for row in shapes].index(best_cut(shapes)[1]), best_cut(shapes)[1])),
    Misconception(mark("You count what comes into each layer. A cut after a layer sends what that layer gives."),
                  what_comes_in),
    *(Misconception(mark("You stop where the numbers no longer fall. They may rise and fall again: look at every "
                         "layer."), first_dip(step)) for step in (1, -1)),
    Misconception(mark("You always cut as late as possible. An earlier layer may give fewer numbers."),
                  lambda shapes: (len(shapes) - 2, int(np.prod(shapes[-2])))),
    Misconception(mark("You always cut after the first layer. A later one may give fewer numbers."),
                  lambda shapes: (1, int(np.prod(shapes[1])))),
)  # fmt: skip


DIGITS_CNN = [[8, 8, 1], [8, 8, 16], [8, 8, 32], [4, 4, 32], [1, 1, 32], [1, 1, 10]]
CUTS = (DIGITS_CNN, [[2, 2, 1], [3, 3, 5], [3, 5, 3], [1, 1, 50], [1, 1, 3]],
        [[1, 1, 4], [1, 1, 70], [1, 1, 30], [1, 1, 30], [1, 1, 2]],
        [[2, 4, 5], [4, 4, 3], [1, 1, 40], [1, 1, 9]])  # fmt: skip

BEST_CUT = Task(
    id="16.4", title=mark("Decide where to cut"),
    text=mark("shapes has a row (height, width, channels) for one example as it comes in, then one for what each layer "
              "gives, the scores last; a row of n numbers is (1, 1, n). The first layers run on one machine, the "
              "others on a second: at least one on each. Write best_cut(shapes): after which layer (the first is 1) do "
              "the fewest numbers cross, and how many? Of several such places take the first."),
    asks=Question(
        points=2, reference=best_cut, returns=("after", "numbers"),
        example=(np.array([[9, 2, 3], [5, 4, 2], [3, 3, 7], [1, 1, 60], [1, 1, 11]]),),
        inputs=lambda random: ((shapes,) for shapes in networks_to_cut(random)),
        witnesses=tuple((np.array(shapes),) for shapes in CUTS),
        advice=mark("Of rows (4, 4, 1), (4, 4, 3), (1, 1, 20), (1, 1, 10) the answer is 2 and 20: 48 numbers cross "
                    "after the first layer."),
        slots=CUT_SLOTS, misconceptions=CUT_MISTAKES,
    ),
)  # fmt: skip

# --- 16.5 ------------------------------------------------------------------------------------------------------------


def least_bytes(counts, *, log=np.log2, told=lambda c, log: log(c.sum() / c), each=lambda c: c, per=8, whole=math.ceil):
    """The right answer: each code tells log2(n / count) bits; codes that don't come tell none."""
    found = counts[counts > 0]
    bits_each = told(found, log)
    bits = np.sum(each(found) * bits_each)
    return whole(bits / per)


def books(random):
    """Even and skewed; some values never taken; one value alone. Whole bytes where no way of computing rounds alone."""
    for counts in ([4, 4, 4, 4], [100, 1, 1], [7, 0, 3], [64], [0, 9, 0, 0], random.integers(0, 900, 8),
                   random.integers(1, 60, 16), random.integers(0, 3, 5) + 1):  # fmt: skip
        yield (np.array(counts),)


NATURAL = mark("You take the natural logarithm. A bit is a choice between two: logarithms to the base 2.")
ONE_LENGTH = mark("These are codes of one length for the values that come. Frequent ones tell less.")
LEAST_SLOTS: dict[str, dict[object, str]] = {
    "log": {np.log: NATURAL, np.log10: NATURAL},
    "told": {
        lambda c, log: log(c): mark("log2 of a count grows with the count: a frequent code tells less, not more."),
        lambda c, log: np.ceil(log(c.sum() / c)): mark("You give each code whole bits. All codes in one large number "
                                                       "need not: only the sum is rounded."),
        lambda c, log: np.ceil(np.sum(c / c.sum() * log(c.sum() / c))): mark("You round up what one code tells on "
                                                                             "average. Only the sum is rounded."),
        lambda c, log: log(c / c.sum()): mark("A share is below 1, so its logarithm is negative. 1 / p isn't below 1."),
        lambda c, log: log(len(c)): ONE_LENGTH, lambda c, log: np.ceil(log(len(c))): ONE_LENGTH,
    },
    "each": {lambda c: c / c.sum(): mark("This is what one code tells on average. Asked is what all of them tell.")},
    "per": {1: mark("These are bits. A byte has 8.")},
    "whole": {
        math.floor: mark("You cut the last bits off. A byte that is begun counts."),
        round: mark("You round to the nearest whole number. A byte that is begun counts."),
        float: mark("A file has whole bytes: a byte that is begun counts."),
    },
}  # fmt: skip


def one_more_of_each(counts):
    """The bytes with shares of which none is 0."""
    shares = (counts + 1) / np.sum(counts + 1)
    return math.ceil(-counts.sum() * np.sum(shares * np.log2(shares)) / 8)


LEAST_MISTAKES = (
    Misconception(mark("These are codes of one length, packed. Frequent ones may be shorter than rare ones."),
                  lambda counts: math.ceil(counts.sum() * math.ceil(math.log2(len(counts))) / 8)),
    Misconception(mark("You add 1 to each count, so that none is 0: all shares become others. A value that is never "
                       "taken tells nothing: leave it out."), one_more_of_each),
    Misconception(mark("You count each value once. What it tells comes as often as weights have it."),
                  lambda counts: math.ceil(np.sum(np.log2(counts.sum() / counts[counts > 0])) / 8)),
    Misconception(mark("A value that is never taken has count 0, and 0 times its logarithm is not a number. It tells "
                       "nothing: leave it out."),
                  lambda counts: np.nan if (counts == 0).any() else least_bytes(counts)),
    Misconception(mark("You compare with the most frequent value. A share is a part of all weights."),
                  lambda counts: math.ceil(np.sum(counts * np.log2(counts.max() / np.maximum(counts, 1))) / 8)),
    Misconception(mark("You average over the values of the book as if each came as often."),
                  lambda counts: math.ceil(counts.sum() * np.mean(np.log2(counts.sum() / np.maximum(counts, 1))) / 8)),
)  # fmt: skip


LEAST_BYTES = Task(
    id="16.5", title=mark("The fewest bytes of a layer's codes"),
    text=mark("counts[i] weights of a layer have value i of the book; some values may have none. Write "
              "least_bytes(counts): the fewest whole bytes (a begun byte counts) that these codes can take on average, "
              "coded one by one: what a code of share p tells is log2(1 / p) bits."),
    asks=Question(
        points=2, reference=least_bytes, example=(np.array([90, 25, 310, 75]),), inputs=books,
        witnesses=((np.array([50, 0, 14]),), (np.array([33, 33, 34]),), (np.array([1, 3, 48]),), (np.array([200]),)),
        advice=mark("Of counts 8, 4 and 4 the codes tell 1, 2 and 2 bits each: 24 bits, 3 bytes."),
        slots=LEAST_SLOTS, misconceptions=LEAST_MISTAKES,
    ),
)  # fmt: skip

# --- 16.6 ------------------------------------------------------------------------------------------------------------


BENDS = ("relu", "pool")


def can_fuse(a, b, *, bends=BENDS, meets_zeros=("conv 3 same",), refused=lambda a, b: False, let=lambda a, b: False):
    """The right answer: both linear; and a normalisation must not come before zeros put around an image."""
    bent = (a in bends or b in bends) and not let(a, b)
    before_zeros = a == "norm" and b in meets_zeros
    return "no" if bent or before_zeros or refused(a, b) else "yes"


def both(a, b, kind):
    """Whether both layers are of a kind."""
    return a[:4] == b[:4] == kind


FLAT = ("dense", "relu", "norm")
SEEN = ("conv 3 same", "conv 3 valid", "conv 1 same", "conv 1 valid", "relu", "norm", "pool")
PAIRS = [
    (a, b)
    for layers in (FLAT, SEEN)
    for a, b in product(layers, layers)
    if not (a == b and a in ("relu", "norm", "pool")) and not (a.startswith("conv") and b.startswith("conv 3"))
]


def drawn_pairs(random):
    """Most of the pairs, in any order."""
    yield from (PAIRS[place] for place in random.permutation(len(PAIRS))[:24])


VALID = mark("'valid' is the padding that puts nothing around. It is the other that puts zeros there.")
FUSE_SLOTS: dict[str, dict[object, str]] = {
    "bends": {
        (): mark("You fuse through everything. A relu cuts off what is negative, and pooling picks the largest: "
                 "neither is a sum of its inputs times weights."),
        ("relu",): mark("Pooling takes the largest of four numbers: which of them, depends on the image. No weights do "
                        "that."),
        ("pool",): mark("A relu between two layers bends: max(x, 0) is not x times a weight."),
        ("relu", "pool", "norm"): mark("A trained normalisation is a factor and a summand for each channel: linear."),
    },
    "meets_zeros": {
        (): mark("Look at the border: the zeros put around come after the normalisation, and stay 0. In the one layer "
                 "they would come before it, and only what equals the mean becomes 0 there."),
        ("conv 3 same", "conv 1 same"): mark("A convolution whose window is one pixel sees no zeros put around, "
                                             "whatever its padding is called."),
        ("conv 3 same", "conv 3 valid"): mark("With 'valid' nothing is put around: all that the window sees went "
                                              "through the normalisation."),
        SEEN[:4]: mark("A normalisation before a convolution can be folded forward: it scales and moves what the "
                       "kernel multiplies. What matters is whether the window sees zeros that were put around."),
        ("conv 3 valid", "conv 1 valid"): VALID, ("conv 3 valid",): VALID,
    },
    "refused": {
        lambda a, b: (a, b) == ("conv 3 same", "norm"): mark(
            "After a padded convolution the zeros are already in the sums: a normalisation behind it scales and moves "
            "those, at the border too."),
        lambda a, b: a == "norm": mark("A normalisation before a layer can be folded forward, too: the layer "
                                       "multiplies what it gives."),
        lambda a, b: both(a, b, "conv"): mark("Two convolutions in a row are sums of sums: one kernel does both, if "
                                              "the second looks at one place."),
        lambda a, b: both(a, b, "conv") and a[7:] != b[7:]: mark(
            "A window of one pixel has no border, so what its padding is called changes nothing: the zeros around the "
            "image are those of the first convolution."),
        lambda a, b: both(a, b, "dens"): mark("Two dense layers with nothing between them are sums of sums: one table "
                                              "of weights does both."),
    },
    "let": {
        lambda a, b: b == "relu" and a not in BENDS: mark(
            "Libraries compute a relu along with the layer before it, yet no kernel and bias can cut off what is "
            "negative."),
        lambda a, b: b == "norm": mark("A normalisation is folded into the weights before it, and a relu or a pooling "
                                       "has none."),
        lambda a, b: a not in BENDS: mark("You look at the first of the two alone. The second must be weights times "
                                          "numbers and a summand, too."),
    },
}  # fmt: skip
CAN_FUSE = Task(
    id="16.6", title=mark("Decide what can become one layer"),
    text=mark("Two trained layers in a row, a and then b, each one of 'dense', 'norm', 'relu', 'pool' (the largest of "
              "each window), and 'conv 3 same', 'conv 3 valid', 'conv 1 same', 'conv 1 valid': the size of the window, "
              "and whether zeros are put around so that the image keeps its size. Of two convolutions the second has "
              "size 1. Write can_fuse(a, b): 'yes' if one dense layer, or one convolution with the larger window and "
              "its padding, gives exactly the same, else 'no'."),
    asks=Question(
        points=2, reference=can_fuse, example=("norm", "conv 3 same"), inputs=drawn_pairs,
        witnesses=(("norm", "conv 1 same"), ("conv 3 same", "norm"), ("dense", "relu"), ("pool", "conv 1 valid"),
                   ("norm", "dense"), ("norm", "conv 3 valid"), ("conv 3 same", "conv 1 valid"), ("dense", "dense"),
                   ("conv 3 valid", "conv 1 valid"), ("conv 1 same", "pool"), ("relu", "dense"),
                   ("relu", "norm"), ("norm", "conv 1 valid")),
        advice=mark("Write down what each of the two makes of x. Is one of them anything else than weights times "
                    "numbers and a summand? And where do zeros come in?"),
        slots=FUSE_SLOTS,
    ),
)  # fmt: skip
