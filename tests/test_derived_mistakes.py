"""Mistakes that are derived from the source of a right answer: what they say, and that no input lets them pass."""

import ast
import warnings
from functools import partial
from itertools import islice
from types import SimpleNamespace

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.chapters.ch07_adam.first_steps import uncorrected
from nnlearn.chapters.ch18_distillation import missing
from nnlearn.compression import (
    CSR,
    Distillation,
    Quantized,
    integer_matmul,
    magnitude,
    masks,
    pruned,
    quantize,
    shrink,
    soften,
    without_units,
)
from nnlearn.data import augment
from nnlearn.exercises.calls import Outcome, direct, limited
from nnlearn.exercises.conditions import where
from nnlearn.exercises.derived import MOST_PAIRS, derived, derived_pairs, mutants, pairs
from nnlearn.exercises.judge import judge
from nnlearn.exercises.loader import of_chapter
from nnlearn.exercises.mutations import mutations
from nnlearn.exercises.opened import text_of
from nnlearn.exercises.source import Endless, source
from nnlearn.exercises.task import Question
from nnlearn.networks import Conv2D, Dense, Flatten, MaxPool2D, Network, ReLU, Sigmoid, Tanh
from nnlearn.objectives import LinearRegression, Quadratic, TwoValleys
from nnlearn.objectives.logistic import sigmoid
from tools.survivors import survivors

CHAPTERS = (
    "00", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17", "18"
)  # fmt: skip
QUESTIONS = {
    f"{task.id} {name}".strip(): question
    for chapter in CHAPTERS
    for task in of_chapter(chapter)
    for name, question in task.questions.items()
    if question.names
}


# --- Inputs: no mistake passes but those that are none ---

COMMUTES = "a product is the same in either order"
SYMMETRIC = "only its size is used"
LAST_ALONE = "only the last places are used, or how far they lie apart"
BESIDE_EACH_OTHER = "a mean asks only how large its weights are beside each other"
IS_NOT_ZERO = "only whether it is 0 is used there"
IS_A_TRUTH = "only whether it is true is used"
IS_NEGATIVE = "only whether it is negative is used there"
IS_FINITE = "only whether it is finite is asked there, or whether it is true"
IS_MORE = "only whether it is more than 1 is used"
IS_A_NUMBER = "a single number has one entry"
NOT_NEEDED = "a list of numbers is an answer too; or the other side is of that type already"
THE_SAME_ENTRY = "its first entries are where they were"
EQUAL_THERE = "both sides give the same at the limit"
ONE = "a factor of 1 changes nothing"
ARE_0_OR_1 = "labels are 0 or 1"
SORTED = "eigenvalues come in rising order"
BOTH_CLASSES = "p (1 - p) is the same for p and 1 - p"
FAR_APART = "right and wrong lie far apart: any limit between rounding and a hundredth tells them"
NO_MATTER_WHICH = "differences are as good with any h of this size"
A_RATIO = "the answer is a ratio of squares"
WHICH_IS_LESS = "which of two is less stays"
ALL_ALIKE = "all rates change by the same factor: which are equal stays"
DIFFERENCES = "a softmax asks only for differences of scores"
ANY_TWO = "any two classes do, whose probabilities differ"
LOOK_AT_NOTHING = "the right choices of refused and let look at neither layer"
LEAVES_THEM = "the right choice leaves the sides as they are, or adds 0"
ORDER = "only which is the smallest is asked there"
NO_STEP = "step T + 1 has the rate 0"
THE_TRAINING_ROWS = "the right choice of known gives the training rows"
A_DEVIATION = "a deviation asks only for differences, whatever their sign"
STAYS_A_GAP = "only whether it is missing is asked there"
EQUIVALENT = {  # a piece of what is said of the survivors of a question, and why they are right
    "00.1": {"slope and rate are exchanged": COMMUTES},
    "00.3": {"exchanged": COMMUTES, "entr": IS_A_NUMBER, "only the last of the part with start": LAST_ALONE},
    "00.4": {"only the last of path": LAST_ALONE,
             "the first of path is left out": LAST_ALONE, "the mean of path is subtracted": LAST_ALONE},
    "02.1": {"two arguments of minimum": COMMUTES, "limit itself": EQUAL_THERE, "z has the wrong sign": SYMMETRIC,
             "z comes in without its sign": SYMMETRIC, "only the sign of z": IS_NEGATIVE,
             "z is divided by its length": IS_NEGATIVE, "z is clipped": IS_NEGATIVE,
             "the old value of the part with z": "what slots say of p is nothing in the right answer"},
    "02.2": {"g has the wrong sign": SYMMETRIC, "1 is left out": ONE, "y comes in squared": ARE_0_OR_1,
             "the root of y": ARE_0_OR_1, "only the sign of y": ARE_0_OR_1, "1 - the part with X, theta": SYMMETRIC,
             "the mean of the part with g": WHICH_IS_LESS},
    "02.3": {"a minus at the part": "both slopes are even: as large at -z as at z", "1 is left out": ONE,
             "the part with x, W, b has the wrong sign": "both slopes are even"},
    "02.4": {"the part with g, theta, slopes has the wrong sign": SYMMETRIC, "limit itself": FAR_APART,
             "as a square": "its numbers are 0 and 1", "the root of the part with theta": "its numbers are 0 and 1",
             "5e-06": NO_MATTER_WHICH, "2e-05": NO_MATTER_WHICH,
             "0.0015": FAR_APART, "0.006": FAR_APART, "of the part with f, theta": IS_A_NUMBER,
             "of slopes counts": FAR_APART},
    "02.5": {"the part with layers, shape": LEAVES_THEM, "the part with shape, layers": LEAVES_THEM,
             "the part with layers is taken whole": "it is a whole number"},
    "02.6": {"norms is divided by its length": "only shares of the lengths are used, and whether one is 0"},
    "03.1": {"weights has the wrong sign": BESIDE_EACH_OTHER, "weights is divided by its": BESIDE_EACH_OTHER},
    "03.2": {"array is left out": NOT_NEEDED},
    "03.3": {"two sides of @": "both products have the same largest eigenvalue", "X has the wrong sign": SYMMETRIC,
             "only the last of the part with X": "eigvalsh lists the largest last"},
    "03.4": {"rate and curvature are exchanged": COMMUTES, "wrong sign": SYMMETRIC},
    "04.2": {"exchanged": COMMUTES, "1 is left out": ONE},
    "04.3": {"X has the wrong sign": SYMMETRIC, "X comes in without its sign": SYMMETRIC,
             "divided by its length": A_RATIO, "two sides of @": "both products have the same largest eigenvalue"},
    "04.4": {"wrong sign": SYMMETRIC, "divided by its length": A_RATIO},
    "04.5": {"epochs": "only whether numbers are equal is asked there"},
    "04.6": {"two arguments of zip": COMMUTES},
    "05.1": {"velocity and beta are exchanged": COMMUTES, "gradient and rate are exchanged": COMMUTES},
    "05.2": {"theta has the wrong sign": SYMMETRIC, "theta is divided by its length": "beta is a ratio of steps",
             "the last of theta is left out": THE_SAME_ENTRY, "only the first of theta": THE_SAME_ENTRY},
    "05.3": {"velocity and beta are exchanged": COMMUTES},
    "06.1": {"gradients has the wrong sign": SYMMETRIC, "gradients comes in without its sign": SYMMETRIC,
             "only the last of gradients": "the last row of the last row is itself"},
    "06.5": {"a minus at steps": ALL_ALIKE, "wrong sign": ALL_ALIKE, "divided by its length": ALL_ALIKE,
             "without its sign": "all rates are above 0",
             "1 stands where another": "any coordinate is as good to compare with",
             "of the part with": "rates that agree in the other steps agree in all"},
    "06.6": {"rho stands where the part with rho belongs": "that is the share that is kept",
             "of the part with theta": "wrong choices alone look at the means before the last",
             "the part with gradient, theta has the wrong sign": SYMMETRIC},
    "07.1": {"gradient has the wrong sign": SYMMETRIC, "gradient comes in without its sign": SYMMETRIC,
             "the old value of": "the right choices of along and root don't look at m and v"},
    "07.4": {"rates and decay are exchanged": COMMUTES},
    "07.3": {"rate and L are exchanged": COMMUTES, "arguments of max": COMMUTES, "wrong sign": SYMMETRIC,
             "1 / beta1": "it turns the sign of the border alone, which is squared"},
    "07.5": {"limit itself": FAR_APART, "ten stands where one": "both grow alike",
             "squared": IS_MORE, "the root": IS_MORE,
             "of ten": "the steps of one list are of one size", "of one is left out": THE_SAME_ENTRY,
             "only the first of one": THE_SAME_ENTRY, "one is divided by its length": BESIDE_EACH_OTHER,
             "wrong sign": "lengths alone are held against each other"},
    "07.6": {"other stands where one": "both have as many seeds",
             "the part with one": "the right choice of asked doesn't look at the word"},
    "08.1": {"arguments of max": COMMUTES, "arguments of min": COMMUTES},
    "08.2": {"has the wrong sign": SYMMETRIC},
    "08.3": {"the old value of": "a cut comes after a loss that is not better",
             "comes before that": "neither needs the other",
             "1 stands where": "the first loss is better than none before it",
             "divided by its length": ORDER, "the mean of losses": ORDER},
    "08.6": {"int is left out": "a NumPy number is an answer too", "has the wrong sign": SYMMETRIC,
             "is subtracted first": ORDER, "arguments of min": COMMUTES, "T is one too large": NO_STEP,
             "1 + T": NO_STEP, "one round too many": NO_STEP},
    "09.1": {"stands where": BOTH_CLASSES, "a minus at": BOTH_CLASSES, "wrong sign": BOTH_CLASSES, "1 is left out": ONE,
             "as a square": ONE, "root": ONE},
    "09.3": {"wrong sign": IS_A_TRUTH, "divided by its length": A_RATIO, "the first of": SORTED, "the last of": SORTED,
             "mean of": IS_A_TRUTH, "squared": IS_A_TRUTH, "root": IS_A_TRUTH, "down": IS_A_TRUTH, "up": IS_A_TRUTH,
             "any stands": "where there is one sign and no 0, what is so of one is so of all"},
    "09.4": {"only the first": SORTED, "the last": SORTED},
    "09.5": {"entr": IS_A_NUMBER, "without its sign": "slope and curvature are above 0", "one round": FAR_APART,
             "stands where": "the ends of the interval meet",
             "farthest": "where the first look at farthest errs, halving comes to the same end"},
    "09.6": {"1 stands where another": "nothing is kept, and there is room for a byte", "d has": SYMMETRIC,
             "the part with n": "each table has the same names", "'descent' is left out": "it keeps nothing"},
    "10.2": {"wrong sign": SYMMETRIC, "without its sign": SYMMETRIC},
    "10.3": {"wrong sign": SYMMETRIC, "without its sign": SYMMETRIC, "1 is left out": ONE},
    "10.4": {"one too": ORDER, "1 + losses": ORDER, "divided by its length": ORDER, "the mean of losses": ORDER,
             "the last of losses": "the best look lies before the last"},
    "10.5": {"stands where": IS_FINITE, "one too": IS_FINITE, "the root": IS_FINITE, "squared": IS_FINITE,
             "rounded": IS_FINITE, "cut to a whole number": IS_FINITE, "subtracted first": IS_FINITE,
             "wrong sign": "losses and lengths are above 0", "without its sign": "losses and lengths are above 0",
             "divided by its length": "beside each other they are as before", "of test": THE_SAME_ENTRY},
    "11.1": {"train stands where the part with train, rows": THE_TRAINING_ROWS,
             "the part with train, rows": A_DEVIATION},
    "11.2": {"array is left out": "check says by itself that rows was changed",
             "the part with rows": STAYS_A_GAP, "the part with train, rows": STAYS_A_GAP},
    "11.3": {"ones stands where zeros": "every place is written"},
    "11.4": {"weights has the wrong sign": SYMMETRIC, "weights comes in without its sign": SYMMETRIC},
    "11.5": {"strict is left out": "there are three of both", "the part with train, rows": A_DEVIATION},
    "11.6": {"mean is taken of each part alone": "a mean of sums is the sum of the means",
             "the part with image has the wrong sign": SYMMETRIC},
    "12.2": {"clockwise": IS_A_TRUTH},
    "12.6 chance": {"exchanged": "wins and losses count alike"},
    "13.3": {"cuts to a whole number": "after holds multiples of step"},
    "13.5": {"ones stands where zeros": "every place is filled", "arguments of min": COMMUTES,
             "computed once": "rows are as many in a row of tiles",
             "one round too many": "a tile without pixels holds no number", "size stands": "a slice ends at the border",
             "part with shape": "a slice ends at the border", "wrong sign": "reshape finds a negative length itself"},
    "13.6": {"int is left out": "a NumPy number is an answer too", "as a square": "bits are 0 or 1",
             "the root of": "bits are 0 or 1"},
    "14.1": {"kernel has the wrong sign": SYMMETRIC, "height and width are exchanged": COMMUTES},
    "14.3": {"the line for the part with layers": "neither needs the other", "squared": IS_MORE, "the root": IS_MORE,
             "the part with layers stands where": "both have the same names"},
    "14.4": {"the part with fresh, layers": IS_A_TRUTH, "the last of the part with fresh": THE_SAME_ENTRY},
    "14.5": {"the part with b, a": IS_NOT_ZERO, "the part with a, b": IS_NOT_ZERO},
    "14.6": {"the line for the part with scores, labels, first": "a sum is the same in either order",
             "scores is one too": DIFFERENCES, "1 + scores": DIFFERENCES, "1 + the part with scores": DIFFERENCES,
             "the part with scores, labels is one too": DIFFERENCES, "mean of the part with": DIFFERENCES,
             "1 / the part with": IS_NEGATIVE, "the root of the part with scores": IS_NEGATIVE,
             "the last of the part with scores": THE_SAME_ENTRY},
    "15.1": {"append is left out": "fewer than all go", "has the wrong sign": SYMMETRIC, "without its sign": SYMMETRIC},
    "15.2": {"height and width are exchanged": COMMUTES},
    "15.3": {"arguments of maximum": COMMUTES, "has the wrong sign": SYMMETRIC,
             "upside down": "1 / 1 is 1, 1 / -1 is -1", "1 / the part with": "only its sign is used there"},
    "15.4": {"of kernel": IS_NOT_ZERO, "kernel has": IS_NOT_ZERO, "kernel comes in": IS_NOT_ZERO,
             "kernel is": IS_NOT_ZERO, "following comes in squared": IS_NOT_ZERO},
    "15.6": {"before has the wrong sign": IS_NOT_ZERO, "after has the wrong sign": IS_NOT_ZERO,
             "squared": IS_NOT_ZERO, "the root of": IS_NOT_ZERO, "1 / before": "only its sign is used there",
             "without its sign": IS_NOT_ZERO, "only the sign of": IS_NOT_ZERO, "divided by its length": IS_NOT_ZERO,
             "is clipped": IS_NOT_ZERO},
    "16.1": {"variance and epsilon are exchanged": "a sum is the same in either order"},
    "16.3": {" b ": "the right choice of bias_of looks at i's bias alone", "j stands where i": "equal biases",
             "copy is left out": "what it gives is the same", "the line for the part": "what it gives is the same"},
    "16.4": {"int is left out": "a NumPy number is an answer too", "squared": WHICH_IS_LESS, "the root": WHICH_IS_LESS,
             "divided by its length": WHICH_IS_LESS, "the last of shapes": "after the last there is no cut"},
    "16.5": {"counts comes in squared": IS_NOT_ZERO, "the root of counts": IS_NOT_ZERO,
             "only the sign of counts": IS_NOT_ZERO, "counts is divided by its length": IS_NOT_ZERO,
             "counts is clipped": IS_NOT_ZERO, "the part with counts has the wrong sign": "shares are ratios"},
    "16.6": {"the part with a, b": IS_A_TRUTH, "of a ": LOOK_AT_NOTHING, "of b ": LOOK_AT_NOTHING,
             "stands where": LOOK_AT_NOTHING, "condition on the part with a, b": LOOK_AT_NOTHING,
             "condition on the part with a is": "all others that may come before it are refused anyway"},
    "17.1": {"x has the wrong sign": SYMMETRIC, "x comes in without its sign": SYMMETRIC},
    "17.3": {"weights has the wrong sign": SYMMETRIC, "weights comes in without its sign": SYMMETRIC,
             "weights comes in squared": IS_NOT_ZERO, "the root of weights": IS_NOT_ZERO,
             "only the sign of weights": IS_NOT_ZERO, "weights is divided by its length": IS_NOT_ZERO,
             "weights is clipped": IS_NOT_ZERO},
    "17.5": {"x has the wrong sign": SYMMETRIC, "x comes in without its sign": SYMMETRIC, "1 / x": IS_NEGATIVE,
             "only the sign of x": IS_NEGATIVE, "x is divided by its length": IS_NEGATIVE,
             "x is clipped": IS_NEGATIVE},
    "18.1": {"1 + ": DIFFERENCES, "one too": DIFFERENCES},
    "18.2": {" p ": ANY_TWO, "q is divided by its length": "a difference of two logarithms forgets a common factor"},
    "18.3": {"1 + ": DIFFERENCES, "one too": DIFFERENCES, "mean of": DIFFERENCES, "squared": ARE_0_OR_1,
             "the root": ARE_0_OR_1, "share stands where the part": LEAVES_THEM},
    "18.4": {"logits": DIFFERENCES, "share is one too small": "counted from behind it is the same row"},
    "18.5": {"1 + ": "the mean is taken off", "one too": "the mean is taken off", "mean of": "it is 0 already",
             "only the last": LAST_ALONE, "is left out": LAST_ALONE},
    "18.6": {"1 / ": IS_NEGATIVE, "the root": IS_NEGATIVE, "the line for": LEAVES_THEM},
}  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_mistake_that_all_inputs_let_pass_is_none(name):
    assert mutants(QUESTIONS[name])
    known = EQUIVALENT.get(name, {})
    said = {mutation.said() for mutation in survivors(QUESTIONS[name])}
    assert {sentence for sentence in said if not any(piece in sentence for piece in known)} == set()
    assert {piece for piece in known if not any(piece in sentence for sentence in said)} == set()


# --- The right answers read like the mathematics, and give what the course computes ---


def as_run(gradient, theta, rate, steps):
    return nn.run(nn.GradientDescent(rate), nn.Objective(lambda theta: 0.0, gradient), theta, steps).theta


def layer_in_whole_numbers(x, x_zero, w, w_zero, bias, multiplier, y_zero):
    left, right = (
        Quantized(codes, np.array(1.0), np.array(zero, np.int32), 8, "affine", None, 0.0, 0.0)
        for codes, zero in ((x, x_zero), (w, w_zero))
    )
    sums = integer_matmul(left, right) + bias
    return sums, np.clip(np.rint(sums * multiplier) + y_zero, 0, 255)


def weighted_regression(X, y, theta, weights):
    """Plain descent on rows that are stretched: squares take the roots of the weights for factors."""
    roots = np.sqrt(weights / np.mean(weights))
    return LinearRegression(roots[:, None] * X, roots * y, intercept=False).gradient(theta)


def trained_through(gradient, w, rate, steps):
    for _ in range(steps):
        w = w - rate * gradient(quantize(w, 1, "binary").dequantize())
    return w


def arrived(rate, curvature, factor):
    bowl = Quadratic(curvatures=[curvature])
    stop = nn.stop.LossBelow(float(bowl.loss(np.array([factor]))))
    return nn.run(nn.GradientDescent(rate), bowl, [1.0], steps=10_000, stop=stop).last.t


def codes_and_scale(x, bits, scheme):
    quantized = quantize(x, bits, scheme)
    return quantized.codes, quantized.scale, quantized.zero_point


def layer_backwards(dy, x, W, b, activation):
    """By the layers of the course."""
    dense, bent = Dense(len(b)), Tanh() if activation == "tanh" else Sigmoid()
    p = SimpleNamespace(kernel=W.astype(float), bias=b, axes=(0,))
    z = dense.forward(x.astype(float), p)
    dz = bent.backward(dy, z, bent.forward(z, p), p)
    slopes = dense.slopes(dz, x, z, p)
    return slopes["kernel"], slopes["bias"], dense.backward(dz, x, z, p)


def counted(shape, layers):
    """By the course's own count; a multiplication with its addition is two operations there."""
    found = []
    for layer in layers:
        if layer["kind"] == "conv":
            found.append(Conv2D(layer["outputs"], layer["size"]))
        elif layer["kind"] == "pool":
            found.append(MaxPool2D(layer["size"]))
        else:
            found += [Flatten(), Dense(layer["outputs"])]
    if not found:
        return 0, 0
    count = Network(shape, found).count()
    return count.parameters, count.flops / 2


def in_batches(X, y, orders, B, rate):
    J, theta = LinearRegression(X, y, intercept=False), np.zeros(X.shape[1])
    for order in orders:
        for batch in np.split(order, range(B, len(y), B)):
            theta = theta - rate * J.take(batch).gradient(theta)
    return theta


def takes_over(X):
    """Where 2 / L equals B over the mean of the squared lengths."""
    J = LinearRegression(X, np.zeros(len(X)), intercept=False)
    return 2 * np.mean(J.design**2) * J.dimension / J.largest_curvature


def steps_of(optimizer, gradients):
    """What an optimiser adds to theta where it is given these gradients."""
    row, found = optimizer.start(np.zeros(gradients.shape[1])), []
    for gradient in gradients:
        following = optimizer.step(row, nn.Objective(lambda theta: 0.0, lambda theta, g=gradient: g))
        found.append(following.theta - row.theta)
        row = following
    return np.array(found)


def adam_from(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
    """A step of the course's Adam from a row."""
    row = nn.Row(t=made, theta=theta, m=m, v=v)
    new = nn.Adam(rate, beta1, beta2, epsilon).step(row, nn.Objective(lambda theta: 0.0, lambda theta: gradient))
    return new.theta, new.m, new.v


def decayed(weight, rates, decay):
    """AdamW without gradients."""
    if not len(rates):
        return weight
    flat = nn.Objective(lambda theta: 0.0, lambda theta: 0.0 * theta)
    rule = nn.AdamW(lambda step: rates[step], weight_decay=decay)
    return nn.run(rule, flat, np.array([float(weight)]), len(rates)).theta[-1, 0]


def csr_bytes(rows, survivors, value_bytes, index_bytes):
    """Of the course's own sparse rows: one survivor in each of the first places."""
    matrix = CSR((rows, 0), np.zeros(survivors), np.zeros(survivors, np.int32), np.zeros(rows + 1, np.int32))
    return matrix.values.size * value_bytes + (matrix.columns.size + matrix.starts.size) * index_bytes


def rows_of(number, height, width, filters, pool):
    """The rows that are 0 where the course takes the filter out."""
    network = Network((height, width, 1), [Conv2D(filters, 1), MaxPool2D(pool), Flatten(), Dense(1)])
    weights = {name: np.ones(leaf.shape) for name, leaf in network.leaves.declared.items()}
    keep = np.arange(filters) != number
    if not keep.any():
        return np.arange(len(weights["dense/kernel"]))
    return np.flatnonzero(without_units(network, weights, {"conv2d": keep})["dense/kernel"] == 0)


def without_units_that_died(kernel, bias, following, next_bias):
    """By the course's shrinking; what the dead ones said is the difference to the whole network's outputs."""
    network = Network(kernel.shape[:1], [Dense(len(bias), name="a"), ReLU(), Dense(len(next_bias), name="b")])
    weights = {"a/kernel": kernel, "a/bias": bias, "b/kernel": following, "b/bias": next_bias}
    small, left = shrink(network, weights, {"a": (kernel != 0).any(axis=0)})
    x = np.zeros((1, len(kernel)))
    said = network.forward(weights, x) - small.forward(left, x)
    return left["a/kernel"], left["a/bias"], left["b/kernel"], left["b/bias"] + said[0]


def standardised(train, rows):
    with warnings.catch_warnings():  # of columns that hold one number alone
        warnings.simplefilter("ignore")
        return nn.data.clean.Standardizer().fit(train).transform(rows)


COURSE = {
    "00.2": lambda theta: TwoValleys().gradient(np.array([theta]))[0],
    "00.3": lambda start, rate, steps: as_run(TwoValleys().gradient, np.array([start]), rate, steps)[:, 0],
    "02.1": lambda z: (sigmoid(z), -np.logaddexp(0, -np.asarray(z))),
    "02.3": layer_backwards,
    "02.5": counted,
    "03.1": weighted_regression,
    "03.2": as_run,
    "03.3": lambda X: 2 / LinearRegression(X, np.zeros(len(X)), intercept=False).largest_curvature,
    "03.4": arrived,
    "04.1": in_batches,
    "04.3": takes_over,
    "06.1": lambda gradients, rate, epsilon: steps_of(nn.AdaGrad(rate, 0.0, epsilon), gradients)[-1],
    "06.6": lambda gradient, theta, rate, rho, epsilon, steps: (
        nn.run(nn.RMSprop(rate, rho, epsilon), nn.Objective(lambda theta: 0.0, gradient), theta, steps).theta
    ),
    "07.1": adam_from,
    "07.2": lambda beta1, beta2, t: uncorrected(beta1, beta2, t)[-1],
    "07.4": decayed,
    "11.1": standardised,
    "11.2": lambda train, rows: nn.data.clean.Imputer("median").fit(train).transform(rows),
    "11.3": lambda image: nn.data.clean.median_filter(image, 3, mode="nearest"),
    "12.1": augment.flip_horizontal,
    "12.3": augment.shift,
    "15.1": lambda first, second, share: tuple(
        pruned(both := {"first/kernel": first, "second/kernel": second}, masks(magnitude(both), share)).values()
    ),
    "15.2": rows_of,
    "15.4": without_units_that_died,
    "15.5": lambda rows, columns, value_bytes, index_bytes: (
        rows * columns
        - max(
            k
            for k in range(rows * columns)
            if csr_bytes(rows, k, value_bytes, index_bytes) < rows * columns * value_bytes
        )
    ),
    "17.1": lambda x, bits: codes_and_scale(x, bits, "symmetric")[:2],
    "17.2": lambda x, bits: codes_and_scale(x, bits, "affine"),
    "17.3": lambda weights, bits: np.where(
        weights.any(axis=tuple(range(weights.ndim - 1))), quantize(weights, bits, axis=-1).scale, 1
    ),
    "17.4": layer_in_whole_numbers,
    "17.5": lambda x: codes_and_scale(x, 1, "binary")[:2],
    "17.6": lambda shape, bits, axis: (
        quantize(np.ones(shape, np.float32), bits, "binary" if bits == 1 else "symmetric", axis).nbytes
    ),
    "17.7": trained_through,
    "18.1": soften,
    "18.3": lambda student, teacher, label, T, share: Distillation(T, share).slope(
        student[np.newaxis], np.stack([teacher, np.eye(len(teacher))[label]])[np.newaxis]
    )[0],
    "18.4": missing.missing_bias,
}


@pytest.mark.parametrize("name", COURSE)
def test_a_reference_gives_what_the_course_computes(name):
    for seed in (0, 1, "ada"):
        assert judge(QUESTIONS[name], direct(COURSE[name]), seed).right


@pytest.mark.parametrize("name, rule", [("05.1", nn.Momentum(0.1, 0.7)), ("05.3", nn.Nesterov(0.1, 0.7))])
def test_the_steps_of_chapter_05_are_those_of_the_optimizers(name, rule):
    theta, velocity, gradient, rate, beta = QUESTIONS[name].example
    J = nn.Objective(lambda theta: 0.0, gradient if callable(gradient) else lambda theta: gradient)
    row = rule.step(nn.Row(theta=theta, velocity=velocity), J)
    expected = QUESTIONS[name].reference(theta, velocity, gradient, rate, beta)
    np.testing.assert_allclose([row.theta, row.velocity], expected, rtol=1e-12)


# --- What is said ---


def step(theta, velocity, gradient, rate, beta):
    velocity = beta * velocity - rate * gradient
    theta = theta + velocity
    return theta, velocity


def scaled(x, low, high):
    return (x - low) / (high - low)


def mean_of_large(x, limit):
    total = 0.0
    count = 0
    for value in x:
        if abs(value) >= limit:
            total = total + value
            count = count + 1
    return total / max(count, 1)


def draw(random):
    for d in (2, 3, 3, 4, 5):
        yield (*random.normal(size=(3, d)), random.uniform(0.01, 0.5), random.uniform(0.1, 0.9))


STEP = Question(step, inputs=draw, example=(*np.array([[1.0, -2.0], [0.3, 0.5], [2.0, -1.0]]), 0.1, 0.7),
                returns=("theta", "velocity"))  # fmt: skip
SCALED = Question(scaled, example=(2.0, 0.5, 4.0), inputs=lambda random: [
    (float(random.normal()), -float(random.uniform(1, 2)), float(random.uniform(1, 2))) for _ in range(8)
])  # fmt: skip
LARGE = Question(mean_of_large, example=([1.0, -3.0, 2.0], 2.0), inputs=lambda random: [
    (list(random.normal(size=n).round(1)), limit) for n in (3, 4, 5, 6) for limit in (0.5, 1.0)
])  # fmt: skip


def old_velocity(theta, velocity, gradient, rate, beta):
    return theta + velocity, beta * velocity - rate * gradient


def always_counted(x, limit):
    return sum(value for value in x if abs(value) >= limit) / len(x)


@pytest.mark.parametrize("question, wrong, sentence", [
    (STEP, lambda t, v, g, r, b: (t + b * v + r * g, b * v + r * g), "part with rate, gradient has the wrong sign."),
    (STEP, lambda t, v, g, r, b: (t + r * v - b * g, r * v - b * g), "rate and beta are exchanged."),
    (STEP, lambda t, v, g, r, b: (t + b * v - g, b * v - g), "rate is left out"),
    (STEP, old_velocity, "the line for theta comes before that for velocity."),
    (STEP, lambda t, v, g, r, b: (t + b * (v - r * g), b * (v - r * g)), "beta multiplies everything"),
    (STEP, lambda t, v, g, r, b: (t + (1 - b) * v - r * g, (1 - b) * v - r * g), "1 - beta stands where beta belongs."),
    (STEP, lambda t, v, g, r, b: (t + b * v - r * abs(g), b * v - r * abs(g)), "gradient comes in without its sign."),
    (STEP, lambda t, v, g, r, b: (t - b * v + r * g, v), "Not right: velocity."),
    (SCALED, lambda x, low, high: x - low / (high - low), "divides only low"),
    (SCALED, lambda x, low, high: (x - low) / high - low, "the brackets around the part with high, low are missing."),
    (SCALED, lambda x, low, high: x - low / high - low, "the brackets around the part with x, low, high are missing."),
    (SCALED, lambda x, low, high: (x - low) / (high + low), "low has the wrong sign."),
    (SCALED, lambda x, low, high: (high - low) / (x - low), "1 divided by the right one"),
    (SCALED, lambda x, low, high: (x + low) / (high + low), "Two things|low has the wrong sign."),
    (LARGE, lambda x, limit: mean_of_large([v for v in x if abs(v) < limit], 0), "condition"),
    (LARGE, lambda x, limit: sum(v for v in x if v >= limit) / max(1, sum(v >= limit for v in x)), "abs is left out."),
])  # fmt: skip
def test_a_derived_mistake_is_named(question, wrong, sentence):
    hint = "".join(judge(question, direct(wrong)).hints[:1])
    assert any(piece in hint for piece in sentence.split("|")), hint


def corrected(v, rate, beta):
    return rate * (2 - v) / (1 - beta) ** 2 * v


def test_forgotten_brackets_leave_the_formula_as_it_reads():
    without = {ast.unparse(each.new) for each in mutations(source(corrected)) if "brackets" in each.sentence}
    assert without >= {"rate * 2 - v / (1 - beta) ** 2 * v", "rate * (2 - v) / 1 - beta ** 2 * v", "1 - beta ** 2",
                       "rate * 2 - v / 1 - beta ** 2 * v"}  # fmt: skip


def test_no_hint_shows_a_part_of_the_right_formula():
    for question in QUESTIONS.values():
        for mutation, _ in mutants(question):
            shown = mutation.said()
            assert not any(sign in shown for sign in (" * ", "**", "np.", "(")), shown


def test_two_readings_are_both_named():
    def answer(theta, velocity, gradient, rate, beta):
        return old_velocity(theta, velocity, gradient, rate, beta)

    hints = judge(STEP, direct(answer)).hints
    assert len(hints) == 2 and "comes before" in hints[0] and "old value" in hints[1]


def test_what_has_no_source_has_no_mutants():
    for reference in (lambda x: x, max, limited(scaled, 1), partial(max), partial(scaled, 2.0)):
        assert source(reference) is None and mutants(Question(reference)) == ()
    assert list(pairs(Question(max))) == [] and derived(Question(max), lambda wrong: True) == []


def rounded(x, step, *, rounding=np.round, offset=0):
    return step * (rounding(x / step) + offset)


@pytest.mark.parametrize("reference", [rounded, partial(rounded, rounding=np.floor), partial(rounded, offset=2)])
def test_choices_are_neither_changed_nor_named(reference):
    right = source(reference)
    for mutation in mutations(right):
        assert not {"rounding", "offset", "floor"} & set(mutation.said().replace(".", " ").split())
        assert "kw_defaults" not in mutation.path
    assert right.function()(7.3, 2.0) == reference(7.3, 2.0)
    assert any(wrong(7.3, 2.0) != reference(7.3, 2.0) for _, wrong in mutants(Question(reference)))


def test_a_changed_loop_ends():
    def until(x):
        while x > 1:
            x = x / 2
        return x

    right = source(until)
    changed = [right.changed(each.path, each.new).function() for each in mutations(right)]
    outcomes = [direct(each)((8.0,)) for each in changed]
    assert Endless.__name__ in {each.error.kind for each in outcomes if each.error is not None}


def test_the_number_of_pairs_is_limited():
    tried = []
    assert derived_pairs(STEP, lambda wrong: tried.append(wrong)) == [] and 0 < len(tried) <= MOST_PAIRS


def test_a_pair_quotes_only_what_the_learner_wrote():
    question = Question(scaled)
    _, second, quoting = next(each for each in pairs(question) if each[1].claimed and not each[0].claimed)
    for text, said in (("", True), (f"def step(): return {second.claimed}", True), ("def step(): return 2", False)):
        found = derived_pairs(question, lambda wrong: wrong is quoting, text)
        assert (found != []) == said and all(second.said() in each for each in found)
    assert text_of(test_pairs_are_made_once).startswith("def test_pairs_are_made_once():") and text_of(np.sin) == ""


def test_pairs_are_made_once():
    question = Question(scaled)
    some, again, every = (list(islice(pairs(question), most)) for most in (3, 3, None))
    assert 3 < len(every) and every[:3] == some == again  # a function equals itself alone
    assert len({id(wrong) for *_, wrong in every}) == len(every)


# --- One argument at a time ---


def remembered(rows=[]):  # noqa: B006  (what a learner may write)
    def answer(x, low, high):
        rows.append(x)
        return len(rows) * scaled(x, low, high)

    return answer


def test_what_is_kept_between_calls_is_noticed():
    (hint,) = judge(SCALED, direct(remembered())).hints
    assert "Called twice with the same input" in hint


@pytest.mark.parametrize("wrong, name", [
    (lambda x, low, high: x / high, "low"),
    (lambda x, low, high: (x - low) / (2.0 - low), "high"),
])  # fmt: skip
def test_an_argument_that_plays_no_part_is_named(wrong, name):
    assert judge(SCALED, direct(wrong)).hints == (f"{name} plays no part in your answer.",)


def test_arguments_that_play_no_part_are_named_together():
    assert judge(SCALED, direct(lambda x, low, high: np.cos(x))).hints == (
        "These play no part in your answer: low, high.",
    )


def halvings(start, share, goal):
    count = 0
    while start > goal:
        start = start * share
        count = count + 1
    return count


def test_arguments_that_are_mixed_may_be_such_that_the_right_answer_never_arrives():
    question = Question(halvings, example=(8.0, 0.5, 1.0), inputs=lambda random: [
        (0.5, 1.5, 1.0), (0.25, 2.0, 0.5), (6.0, 0.3, 1.0), (9.0, 0.7, 2.0),
    ])  # fmt: skip
    assert not judge(question, direct(lambda start, share, goal: start / share)).right


def test_a_probe_that_fails_tells_nothing():
    calls = []

    def once(arguments):
        calls.append(arguments)
        return Outcome(value=3.0) if len(calls) <= 9 else Outcome(error=ValueError("no more"))

    assert "plays no part" not in " ".join(judge(SCALED, once).hints)


# --- Where it is right and where it is not ---

A, B, WHOLE = np.ones(3), np.ones((2, 3)), np.arange(3)


@pytest.mark.parametrize("good, bad, sentence", [
    ([(A,), (2 * A,)], [(B,), (2 * B,)], "It is right where x has one axis, and wrong where x has 2 axes."),
    ([(A,), (2 * A,)], [(WHOLE,), (2 * WHOLE,)], "right where x holds floats, and wrong where x holds whole numbers."),
    ([(A,), (2 * A,)], [(-A,), (-2 * A,)], "wrong where x holds a negative number."),
    ([(None,), (None,)], [(1.0,), (2.0,)], "right where x is None, and wrong where x is given."),
    ([(True,), (True,)], [(False,), (False,)], "right where x is True, and wrong where x is False."),
    ([(2,), (4,)], [(1,), (3,)], "right where x is even, and wrong where x is odd."),
    ([(np.ones((2, 2)),), (np.ones((3, 3)),)], [(B,), (2 * B,)], "right where x has as many rows as columns"),
    ([([1.0],), ([2.0],)], [([1.0, 2.0],), ([1.0, 2.0, 3.0],)], "right where x has length 1"),
    ([(1.0,), (2.0,)], [(B,), (A,)], "right where x is a number, and wrong where x has 2 axes or x has one axis."),
    ([(A,), (B,)], [(2 * A,), (2 * B,)], ""),  # no property
    ([(A,)], [(B,), (2 * B,)], ""),  # one input has too many properties
])  # fmt: skip
def test_a_property_tells_inputs_apart(good, bad, sentence):
    passed = [True] * len(good) + [False] * len(bad)
    told = where(["x"], [*good, *bad], passed)
    assert sentence in told and bool(sentence) == bool(told)


def test_two_arguments_are_compared_and_limits_found():
    cases = [(1.0, 2.0), (3.0, 4.0), (2.0, 1.0), (4.0, 3.0)]
    assert where(["a", "b"], cases, [True, True, False, False]) == (
        "It is right where a is smaller than b, and wrong where a is larger than b."
    )
    measures = [{"a": a} for a, _ in cases]
    assert where(["f"], [(max,)] * 4, [True, False, True, False], measures=measures) == (
        "It is right where a is at most 2, and wrong where a is at least 3."
    )


def test_an_error_is_told_by_its_inputs():
    def picky(x, low, high):
        if x < 0:
            raise KeyError("no such x")
        return scaled(x, low, high)

    assert judge(SCALED, direct(picky)).hints == (
        "It is right where x is not negative, and raises KeyError where x is negative.",
    )
