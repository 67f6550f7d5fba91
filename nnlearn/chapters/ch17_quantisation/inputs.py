"""The inputs of the tasks of chapter 17: numbers, layers and codes in general position, on both sides of borders."""
# mypy: allow-untyped-defs

from dataclasses import dataclass, replace

import numpy as np

NEAR_ZERO = 1e-3  # of a weight on its way
TIE = 0.02  # of a step: nearer to the middle between two codes than this, rounding of floats decides


def drawn(random, shape, step, dtype=float, change=np.asarray):
    """Numbers of two decimals, changed, not all 0, none near the middle between two codes.

    step: from the numbers the distance of the codes.
    """
    while True:
        x = change(random.normal(size=shape).round(2) + 0.0).astype(dtype)  # + 0.0: without a -0.0
        if x.any() and np.all(np.abs(x / step(x) % 1 - 0.5) > TIE):
            return x


# --- Numbers to quantise ---


def symmetric_step(bits):
    """The distance of the codes, of numbers around 0."""
    return lambda x: np.abs(x).max() / (2 ** (bits - 1) - 1)


def affine_step(bits):
    """The distance of the codes, of numbers on whichever side of 0."""
    return lambda x: (max(x.max(), 0) - min(x.min(), 0)) / (2**bits - 1)


def around_zero(random):
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
        yield drawn(random, shape, symmetric_step(bits), dtype), bits
    yield drawn(random, (4,), symmetric_step(4), change=lambda x: -np.abs(x)), 4
    yield np.array([[3, -12], [5, 9]]), 4


SYMMETRIC = (
    (np.array([2.0, -4.5, 1.2, 0.4]), 4),  # the farthest lies below 0
    (np.array([-0.7, -1.9, -1.2]), 3),  # all do
    (np.array([7.0, 2.5, -3.5, 0.5, -0.5, -1.5]), 4),  # in the middle between two codes
    (np.array([1.0, -0.26, 0.11, -0.87]), 16),
    (np.array([-8.7, 3.0, -3.0]), 4),  # x / scale is -7 and a last digit less
    (np.array([8.7, 3.0, -3.0]), 4),  # 7 and a last digit more
    (np.array([0.1, -0.5, 0.4]), 3),  # x / scale is rounded up to -3 before np.floor sees it
)


def around_and_beside_zero(random):
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
        yield drawn(random, shape, affine_step(bits), dtype), bits
    yield drawn(random, (4,), affine_step(4), change=lambda x: 3 + np.abs(x)), 4
    yield drawn(random, (2, 2), affine_step(3), change=lambda x: -1 - np.abs(x)), 3
    yield np.array([[3, -12], [5, 8]]), 4


AFFINE = (
    (np.array([4.1, 5.3, 6.2, 5.9]), 4),
    (np.array([-5.2, -4.3, -6.1]), 3),
    (np.array([-1.0, 0.43, 1.6, 0.2, 1.1, -0.45]), 3),  # the zero point is 2.69 before it is rounded
    (np.array([-1.0, 0.43, 1.9, 0.1, 1.1, -0.45]), 3),  # here 2.41
    (np.array([0.2, 0.4, -0.7, -0.1]), 3),  # and here the codes differ, with 7 steps and with 8
    (np.array([1.3, -0.26, 0.11, -0.87]), 16),
    (np.array([-1.5, 0.4, 1.5]), 2),  # the zero point is 1.5 before it is rounded, the largest number gets 3.5
)


def signed_numbers(random):
    """With zeros among them, of one sign, tiny, whole numbers, several axes."""
    for shape in [(1,), (2,), (3,), (2, 3), (3, 1, 2), (7,), (4, 2)]:
        yield (random.normal(size=shape).round(2) + 0.0,)
    yield (np.append(random.normal(size=3).round(2) + 0.0, 0.0).astype(np.float32),)
    yield (-np.abs(random.normal(size=(2, 2)).round(2)) - 0.1,)
    yield (np.array([4, 0, -1, 2]),)
    yield (random.normal(size=3).round(2) * [1, 1e-7, -1e-7],)


SIGNED = (
    (np.array([-2.0, 0.3, -0.4]),),
    (np.array([0.83, -5e-8, 3e-8]),),
    (np.array([[0.4, -1.2, 0.0], [0.1, 2.0, -0.6]]),),
)

# --- Layers ---


def layers(random):
    """Dense layers and convolutions, as Keras keeps them, the outputs last; channels below 0, tiny, and of zeros."""
    for shape in [
        *[(1, 1), (2, 1), (1, 3), (3, 2), (2, 2), (1, 1, 2, 3), (2, 1, 1, 2), (2, 3, 2, 4), (3, 3, 3, 3)],
        *[(1, 2, 2, 2), (2, 2, 1, 2), (1, 1, 1, 3), (2, 1, 2, 3), (3, 1, 1, 2), (1, 3, 2, 2)],
    ]:
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
CHANNELS = (
    CONVOLUTION,
    (CONVOLUTION[0] * [1, 0, 1, 1], 5),
    (np.array([[0.5, 0.0, -0.9], [-1.1, 0.0, -0.4]]), 4),
    (np.array([[0.0, 0.5, 0.6], [-0.8, -0.75, -0.9], [0.3, 0.25, 0.0]]), 4),  # channel 1 adds up to 0
    (np.array([[0.5, 3e-6], [-0.9, -7e-6]]), 4),
    (np.array([[0.5, 0.0, -0.9, 1.7], [-1.1, 0.0, -0.4, 0.3], [0.8, 0.0, -0.2, 0.1]]), 4),
)

# --- Layers in whole numbers ---


def integer_layers(random):
    """Layers of all shapes, square ones too, whose codes fill their 8 bits; one whose weights are of one sign."""
    for m, k, n in [(1, 1, 1), (1, 2, 1), (2, 2, 2), (1, 3, 2), (3, 1, 2), (2, 3, 4), (3, 3, 3), (4, 9, 2), (3, 60, 4)]:
        yield integer_layer(random, m, k, n)
    yield integer_layer(random, 2, 4, 3, change=np.maximum)


def beyond_floats(k=1000):
    """A layer of many inputs. Their sum is odd and beyond 2**24, so no float32; the bias takes nearly all back."""
    x, x_zero = np.full((1, k), 250, np.uint8), 49
    w, w_zero = np.full((k, 1), 250, np.uint8), 130
    w[-1] = 251
    products = (x.astype(int) - x_zero) @ (w.astype(int) - w_zero)
    return x, x_zero, w, w_zero, 7 - products[0], np.array([1.0]), 100


def integer_layer(random, m, k, n, change=lambda w, w_zero: w):
    """Codes and weights with their zero points, biases, multipliers, zero point; no step near the middle of two."""
    while True:
        x = random.integers(0, 256, (m, k)).astype(np.uint8)
        x_zero, w_zero, y_zero = int(random.integers(1, 256)), *map(int, random.integers(40, 200, 2))
        w = change(random.integers(0, 256, (k, n)), w_zero).astype(np.uint8)
        bias = random.integers(-3000, 3000, n) * k
        sums = (x.astype(int) - x_zero) @ (w.astype(int) - w_zero) + bias
        multiplier = (random.uniform(30, 90, n) / (np.abs(sums).max(axis=0) + 1000)).round(6)
        if np.all(np.abs(sums * multiplier % 1 - 0.5) > TIE):
            return x, x_zero, w, w_zero, bias, multiplier, y_zero


LAYER = (
    np.array([[250, 7], [240, 255], [3, 90]], np.uint8),
    20,
    np.array([[248, 1, 158, 123], [238, 218, 68, 28]], np.uint8),
    158,
    np.array([2100, -3300, 5000, 900]),
    np.array([0.0076, 0.0031, 0.0071, 0.0043]),
    90,  # some codes lie beyond the last one
)
INTEGER_LAYERS = (
    (LAYER[0][:2], 20, LAYER[2][:, :2], 158, LAYER[4][:2], LAYER[5][:2], 90),  # a square one
    integer_layer(np.random.default_rng(4), 2, 60, 3),  # long sums
    (np.array([[103, 101], [99, 99]], np.uint8), 100, np.array([[113, 108], [111, 112]], np.uint8), 110,
     np.array([-5, 1]), np.array([0.5, 0.75]), 101),  # small sums, some in the middle between two codes
    beyond_floats(),
)  # fmt: skip

# --- Training straight through ---


@dataclass(frozen=True, eq=False)
class Pull:
    """The gradient of half the squared distance from a target, times a strength: what the loss sees is drawn to it."""

    target: np.ndarray
    strength: float = 1.0

    def __call__(self, w):
        return self.strength * (np.asarray(w) - self.target)

    def __repr__(self):
        """As it is shown."""
        pull = f"w - {self.target.tolist()}"
        return f"lambda w: {pull}" if self.strength == 1 else f"lambda w: {self.strength:g} * ({pull})"


@dataclass(frozen=True, eq=False)
class Push:
    """The same gradient everywhere."""

    slope: np.ndarray

    def __call__(self, w):
        return self.slope + np.zeros(np.shape(w))

    def __repr__(self):
        """As it is shown."""
        return f"lambda w: np.array({self.slope.tolist()})"


def near_zero(gradient, w, rate, steps):
    """How near to 0 a weight comes that is not 0 from the first: its sign then hangs on the last digits."""
    nearest = np.inf
    for _ in range(steps):
        w = w - rate * gradient(np.where(w < 0, -1, 1) * np.mean(np.abs(w)))
        nearest = min(nearest, np.min(np.abs(w)))
    return nearest


def training(random, shape, steps):
    """A target, a start and a rate; no weight comes near 0 on the way."""
    while True:
        start = random.normal(scale=1.5, size=shape).round(2) + 0.0
        case = Pull(random.normal(size=shape).round(2)), start, round(random.uniform(0.05, 0.4), 2), steps
        if near_zero(*case) > NEAR_ZERO:
            return case


def trained(random):
    """Few and many steps, one weight and several axes; weights beyond 1; gradients so small that a loop may give up."""
    for shape, steps in [((1,), 1), ((2,), 3), ((3,), 5), ((2, 2), 4), ((2, 3), 2), ((4,), 0), ((5,), 8)]:
        yield training(random, shape, steps)
    for strength in (1e-3, 1e-7):
        pull, start, rate, steps = training(random, (3,), 4)
        yield replace(pull, strength=strength), start, round(rate / strength, 2), steps


TRAINED = (Pull(np.array([0.9, -1.2, 0.4])), np.array([0.35, 0.6, -1.7]), 0.3, 4)
TRAININGS = (
    (Pull(np.array([0.7, -0.2, 0.1])), np.array([0.0, -0.5, 1.5]), 0.2, 3),  # a weight that is 0
    (Pull(np.array([[1.0, -1.0], [0.3, 2.0]])), np.array([[-1.2, 0.41], [2.1, -0.33]]), 0.1, 5),
    (Push(np.array([0.0, 1.0])), np.array([0.5, 0.1]), 0.03, 5),  # of the text
)

# --- Sizes ---


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


SIZES = (((4, 6), 3, 1), ((3, 7), 3, None), ((5, 3), 2, 0), ((4,), 1, None), ((1, 3), 3, 0), ((2, 3), 12, 0))
