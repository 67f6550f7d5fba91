"""The tasks of chapter 16: folding, shared gradients, merging; beside this file those about choices.

Each stands on its own: the right answer, for its choices the wrong ones that learners make (``slots``), and the
mistakes that need a why. All others are derived from its source.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.chapters.ch16_trimming.choice_tasks import BEST_CUT, CAN_FUSE, LEAST_BYTES
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 16.1 ------------------------------------------------------------------------------------------------------------


def fold(K, b, gamma, beta, mean, variance, epsilon, *, spread=lambda v, e: np.sqrt(v + e), along=lambda g, K: g,
         inside=lambda b, mean: b - mean, outside=0):  # fmt: skip
    """The right answer: gamma (K x + b - mean) / sigma + beta, sorted by what stands with x and what doesn't."""
    sigma = spread(variance, epsilon)
    g = gamma / sigma
    kernel = K * along(g, K)
    shifted = inside(b, mean)
    bias = g * shifted + beta + outside
    return kernel, bias


def layers_to_fold(random):
    """Convolutions and dense layers, as many inputs as outputs and others; variances near 0 and far from it."""
    for shape in [(3, 3, 2, 4), (3, 3, 3, 3), (4, 4), (5, 2), (1, 1, 2, 2)]:
        n = shape[-1]
        K = random.normal(size=shape).round(2)
        b, beta, mean = random.normal(size=(3, n)).round(2)
        gamma = random.uniform(0.3, 2, n).round(2) * random.choice([-1, 1], n)
        yield K, b, gamma, beta, mean, (10 ** random.uniform(-4, 1, n)).round(5), float(random.choice([1e-3, 0.1]))


def layer_to_fold(variance, epsilon, shape=(2, 2), mean=(0.7, -1.1)):
    """A small one, the same each time."""
    K = np.arange(1.0, 1 + np.prod(shape)).reshape(shape) / 4
    return K, np.array([0.4, -0.6]), np.array([1.5, -0.8]), np.array([0.3, 0.2]), np.array(mean), variance, epsilon


EXAMPLE = layer_to_fold(np.array([2.25, 0.5]), 0.25)
ROOT = mark("You divide by the variance. The normalisation divides by its root, the standard deviation.")
EPSILON = mark("epsilon is forgotten: a channel that never changed has variance 0, and you divide by 0.")
FOLD_SLOTS: dict[str, dict[object, str]] = {
    "spread": {
        np.add: ROOT, lambda v, e: v: ROOT, lambda v, e: np.sqrt(v): EPSILON,
        lambda v, e: np.sqrt(v) + e: mark("epsilon stands under the root, beside the variance."),
    },
    "along": {
        lambda g, K: g.reshape(-1, 1): mark("You scale the inputs of the kernel. The normalisation comes after the "
                                            "layer, so each output has its scale: the last axis."),
        lambda g, K: g.reshape(-1, *[1] * (K.ndim - 1)): mark("You scale along the first axis of the kernel, where "
                                                              "PyTorch has the outputs. Here they are on the last."),
    },
    "inside": {
        lambda b, mean: b: mark("The mean is forgotten: it was measured on what the layer gives, bias included."),
        lambda b, mean: -mean: mark("The layer's own bias is lost. It comes in before the normalisation."),
        lambda b, mean: b + mean: mark("The mean is subtracted, not added."),
        lambda b, mean: 0 * b: mark("Bias and mean are both lost: beta alone is what is left of a layer that gives 0."),
    },
}  # fmt: skip


def fold_by(bias):
    """A wrong answer that scales the kernel rightly."""

    def answer(K, b, gamma, beta, mean, variance, epsilon):
        g = gamma / np.sqrt(variance + epsilon)
        return K * g, bias(g, b, beta, mean)

    return answer


FOLD_MISTAKES = (
    Misconception(mark("Only the kernel is scaled in your answer. The bias runs through the same normalisation."),
                  fold_by(lambda g, b, beta, mean: b - mean + beta)),
    Misconception(mark("The mean is subtracted before the scaling, so it is scaled as all else is."),
                  fold_by(lambda g, b, beta, mean: g * b - mean + beta)),
    Misconception(mark("The layer's bias is in before the scaling, so it is scaled as all else is."),
                  fold_by(lambda g, b, beta, mean: b - g * mean + beta)),
)  # fmt: skip

FOLD = Task(
    id="16.1", title=mark("Fold a normalisation into its layer"),
    text=mark("A layer gives x K + b, of a dense layer or a convolution: the last axis of K is that of its outputs. A "
              "normalisation makes of it gamma * (y - mean) / sqrt(variance + epsilon) + beta, output by output. "
              "Write fold(K, b, gamma, beta, mean, variance, epsilon): it returns kernel, bias of the one layer that "
              "gives the same."),
    asks=Question(
        points=2, reference=fold, returns=("kernel", "bias"), example=EXAMPLE, inputs=layers_to_fold,
        witnesses=(layer_to_fold(np.array([0.0, 2.0]), 0.01), layer_to_fold(np.array([4.0, 0.04]), 1e-3, (3, 2)),
                   layer_to_fold(np.array([0.25, 1.5]), 1e-3, (2, 1, 2, 2))),
        advice=mark("One weight, K 3, b 1, gamma 2, beta 5, mean 4, variance 16 and no epsilon: x = 1 gives 4, "
                    "normalised 5, and x = 0 gives 1, normalised 3.5. So the kernel is 1.5, the bias 3.5."),
        made_of=lambda K, b, gamma, beta, mean, variance, epsilon: {
            "K": K, "b": b, "gamma": gamma, "beta": beta, "mean": mean, "sqrt(variance + epsilon)":
            np.sqrt(variance + epsilon)},
        slots=FOLD_SLOTS, misconceptions=FOLD_MISTAKES,
    ),
)  # fmt: skip

# --- 16.2 ------------------------------------------------------------------------------------------------------------


def shared_gradient(gradient, codes, count, *, pull=lambda g: g, least=lambda count: count):
    """The right answer: the slopes of all weights that have a value, added up."""
    places = codes.ravel()
    slopes = pull(gradient.ravel())
    sums = np.bincount(places, weights=slopes, minlength=least(count))
    return sums


def shared_layers(random):
    """Rows and matrices; values that nothing has, in the middle and at the end."""
    for shape, count in [((6,), 3), ((2, 3), 4), ((4, 5), 6), ((3, 3), 2), ((5,), 8), ((1,), 1)]:
        codes = random.integers(0, max(1, count - int(random.integers(0, 2))), shape)
        yield random.normal(size=shape).round(2), codes, count


def means(gradient, codes, count):
    """Of each value's weights."""
    return shared_gradient(gradient, codes, count) / np.maximum(np.bincount(codes.ravel(), minlength=count), 1)


def last_ones(gradient, codes, count):
    """Of each value's weights."""
    slopes = np.zeros(count)
    slopes[codes] = gradient
    return slopes


SHARED_SLOTS: dict[str, dict[object, str]] = {
    "pull": {np.abs: mark("You add up sizes. A weight that pulls up and one that pulls down cancel in a shared "
                          "value.")},
    "least": {lambda count: 0: mark("A value that no weight has gets no entry at the end of your answer. Its slope is "
                                    "0: the loss doesn't change with it.")},
}  # fmt: skip
SHARED_MISTAKES = (
    Misconception(mark("You take the mean. If a value moves by h, all weights that have it move by h, and each changes "
                       "the loss: that adds up."), means),
    Misconception(mark("Only the last weight of each value counts in your answer: slopes[codes] += gradient adds once "
                       "for each place, not once for each weight."),
                  lambda g, codes, count: last_ones(g, codes, count)),
    Misconception(mark("Only the values that some weight has get an entry in your answer, so these move up. Each of "
                       "the count values has its place, even if nothing hangs on it."),
                  lambda g, codes, count: shared_gradient(g, codes, count)[np.unique(codes)]),
    Misconception(mark("You divide by the number of all weights. Nothing is averaged: what each weight does adds up."),
                  lambda g, codes, count: shared_gradient(g, codes, count) / codes.size),
    Misconception(mark("Of the weights in a row that have the same value only the last counts: slopes[codes] += "
                       "adds once for each place."),
                  lambda g, codes, count: sum(last_ones(*row, count) for row in zip(g, codes, strict=True))),
    Misconception(mark("This is a slope for each weight. Asked is one for each value of the book."),
                  lambda g, codes, count: shared_gradient(g, codes, count)[codes]),
)  # fmt: skip

SHARED_GRADIENT = Task(
    id="16.2", title=mark("The slope of a shared value"),
    text=mark("The weights of a layer are book[codes]. gradient holds the loss's slope in each weight, of the shape of "
              "codes. Write shared_gradient(gradient, codes, count): the slope in each of the count values, shape "
              "(count,)."),
    asks=Question(
        points=2, reference=shared_gradient,
        example=(np.array([[0.5, -2.0, 1.5], [4.0, 0.25, -1.0]]), np.array([[0, 2, 0], [2, 1, 2]]), 4),
        inputs=shared_layers,
        witnesses=((np.array([1.0, 3.0]), np.array([2, 2]), 3), (np.array([1.0, -2.0, 4.0]), np.array([1, 0, 1]), 3)),
        advice=mark("Slopes 1, 2 and 4, codes 0, 2 and 0, three values: the answer is 5, 0 and 2."),
        slots=SHARED_SLOTS, misconceptions=SHARED_MISTAKES,
    ),
)  # fmt: skip

# --- 16.3 ------------------------------------------------------------------------------------------------------------


def merge(b, V, i, j, *, sum_of=lambda a, b: a + b, bias_of=lambda a, b: a, gone=lambda i, j: j, axis=0):
    """The right answer: unit i speaks for both, so it gets both rows out; its bias stays."""
    b, V = b.copy(), V.copy()
    V[i] = sum_of(V[i], V[j])
    b[i] = bias_of(b[i], b[j])
    bias = np.delete(b, gone(i, j))
    rows = np.delete(V, gone(i, j), axis=axis)
    return bias, rows


def twins(random):
    """The first before the second and behind it; as many units as outputs, and other numbers."""
    for n, m in [(3, 4), (4, 4), (2, 3), (5, 6), (6, 3)]:
        b, V = random.normal(size=n).round(2), random.normal(size=(n, m)).round(2)
        i, j = (int(unit) for unit in random.permutation(n)[:2])
        b[j] = b[i]
        yield b, V, i, j


MERGE_SLOTS: dict[str, dict[object, str]] = {
    "sum_of": {
        lambda a, b: a: mark("What unit j sent on is lost. Unit i gives the same number, so it can send both on."),
        lambda a, b: (a + b) / 2: mark("You take the mean of the weights out. What follows then gets half of what it "
                                       "had: it had i's part and j's part."),
        lambda a, b: a - b: mark("What unit j sent is missing twice in your answer: its part must be added."),
        lambda a, b: a * b: mark("You multiply the weights out. What follows adds up what it gets: 3 * 2 + 3 * 5 is "
                                 "3 * (2 + 5)."),
        lambda a, b: b: mark("You put j's weights in the place of i's. Both parts are needed."),
        lambda a, b: 2 * a: mark("You double i's weights out. Those of j are others: they are what i must send, too."),
    },
    "bias_of": {
        lambda a, b: a + b: mark("You add up the biases. Unit i gives what it gave: its weights in and its bias stay."),
        lambda a, b: (a + b) / 2 + 0.5 * a: "",
    },
    "gone": {lambda i, j: i: mark("You take unit i out. j goes, and i speaks for both.")},
    "axis": {
        None: mark("np.delete without an axis makes one long row of V, and takes one number out of that."),
        1: mark("You take a column out of V: what follows loses one of its units. A unit's weights out are a row."),
    },
}  # fmt: skip
MERGE_MISTAKES = (
    Misconception(mark("You take j out first. The units behind it move up by one place, so i may stand elsewhere."),
                  lambda b, V, i, j: (np.delete(b, j), moved_up(V, i, j, lambda row: row + V[j]))),
    Misconception(mark("You take j out first. The units behind it move up by one place, so i may stand elsewhere."),
                  lambda b, V, i, j: (np.delete(b, j), moved_up(V, i, j, lambda row: V[i] + V[j]))),
    Misconception(mark("Unit i stands at the end of your answer. The units keep their order."),
                  lambda b, V, i, j: (np.append(np.delete(b, [i, j]), b[i]),
                                      np.vstack([np.delete(V, [i, j], axis=0), V[i] + V[j]]))),
)  # fmt: skip


def moved_up(V, i, j, joined):
    """The sum at place i after j has gone: an error if i was the last."""
    rows = np.delete(V, j, axis=0)
    rows[i] = joined(rows[i])
    return rows


MERGE = Task(
    id="16.3", title=mark("Mend the merging of two units"),
    text=mark("Units i and j of a layer have the same weights in and the same bias, so they always give the same "
              "number. b are the layer's biases, shape (n,); V the weights out, shape (n, m), a row for each unit. "
              "Write merge(b, V, i, j): it returns bias and V without unit j, so that what follows gets what it got. "
              "b and V stay as they are."),
    asks=Question(
        points=2, reference=merge, returns=("bias", "V"),
        example=(np.array([0.5, -1.0, 0.5, 2, 3]), np.array([[1.0, -2], [3, 0.5], [0.25, 4], [-1, 1], [2, 6]]), 2, 0),
        inputs=twins,
        witnesses=((np.array([1.0, 1.0]), np.array([[2.0, 5.0], [3.0, -1.0]]), 0, 1),
                   (np.array([1.0, 3.0, 3.0]), np.array([[2.0], [5.0], [-1.5]]), 1, 2)),
        advice=mark("Both give 3. What follows got 3 * 2 from i and 3 * 5 from j. How can i alone send 21?"),
        slots=MERGE_SLOTS, misconceptions=MERGE_MISTAKES,
    ),
)  # fmt: skip

TASKS = (FOLD, SHARED_GRADIENT, MERGE, BEST_CUT, LEAST_BYTES, CAN_FUSE)
