"""Task 02.2: which of four losses made a gradient.

It stands on its own, as those in tasks.py.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

MEAN_ENTROPY, SUMMED_ENTROPY = "mean cross-entropy", "summed cross-entropy"
MEAN_SQUARES, SUMMED_SQUARES = "mean squared error", "summed squared error"
NAMES = (MEAN_ENTROPY, SUMMED_ENTROPY, MEAN_SQUARES, SUMMED_SQUARES)


def near(one, other):
    """Whether two vectors are the same but for the digits that are not shown."""
    return np.allclose(one, other, rtol=0.001, atol=0)


def of_entropy(p, y):
    """The slope of a cross-entropy in the score."""
    return p - y


def bend(p):
    """The slope of the sigmoid, where its value is p."""
    return p * (1 - p)


def which_loss(X, y, theta, g, *, of_entropy=of_entropy, bend=bend, twice=2, shared=len, side=1):
    """The right answer: of all four gradients the one that lies nearest to what is given."""
    p = 1 / (1 + np.exp(-(X @ theta)))
    entropy = X.T @ of_entropy(p, y)
    squares = X.T @ (twice * (p - y) * bend(p))
    n = shared(X)
    away = [np.linalg.norm(side * made - g) for made in (entropy / n, entropy, squares / n, squares)]
    return NAMES[np.argmin(away)]


def gradients(X, y, theta):
    """The four of them by name."""
    p = 1 / (1 + np.exp(-(X @ theta)))
    entropy, squares = X.T @ (p - y), X.T @ (2 * (p - y) * p * (1 - p))
    return {
        MEAN_ENTROPY: entropy / len(y), SUMMED_ENTROPY: entropy,
        MEAN_SQUARES: squares / len(y), SUMMED_SQUARES: squares,
    }  # fmt: skip


def asked(X, y, theta, name):
    """An input: the gradient of that loss, to six digits."""
    g = gradients(X, y, theta)[name]
    return X, y, theta, np.array([float(f"{slope:.6g}") for slope in g])


def examples(random, n, d, spread):
    """Features, labels (both occur), weights so far from 0."""
    y = (np.arange(n) % 2).astype(float)
    return random.normal(size=(n, d)).round(2), random.permutation(y), (spread * random.normal(size=d)).round(3)


def neurons(random):
    """Small weights, where the losses point nearly the same way, and large ones; each loss at each of them."""
    for n, d, spread in [(3, 2, 1.0), (4, 3, 0.3), (6, 2, 2.0), (5, 4, 1.0)]:
        X, y, theta = examples(random, n, d, spread)
        for name in gradients(X, y, theta):
            yield asked(X, y, theta, name)


FOUR = (np.array([[1.2, -0.5], [0.3, 2.1], [-1.4, 0.8], [0.7, 1.6]]), np.array([1.0, 0.0, 0.0, 1.0]))
STEEP = (np.array([[9.0, -4.0], [3.0, 16.0], [-11.0, 6.0], [5.0, 13.0]]), np.array([0.0, 1.0, 1.0, 0.0]))
UNSEEN = np.array([[0.0, 1.3], [0.0, -0.4], [0.0, 2.2]])  # a feature that is always 0
TWO = (np.array([[1.5, -0.4], [0.6, 1.1]]), np.array([1.0, 0.0]))
SURE = (np.array([[20.0, 1.0], [-1.0, 22.0], [3.0, 19.0]]), np.array([0.0, 1.0, 0.0]), np.array([1.25, -1.25]))
EQUALLY_LONG = (  # the mean cross-entropy's gradient and the summed squared error's
    np.array([[1.0, 0.0], [0.0, 1.0], [0.5, -1.5]]), np.array([1.0, 0.0, 1.0]), np.array([-2.503860233503, -1.0])
)  # fmt: skip
CLOSE = (  # the two means' gradients lie within three hundredths of each other
    np.array([[-0.16, 0.19], [-0.4, -1.18], [1.05, 1.12], [-0.31, -0.22]]), np.array([0.0, 0.0, 1.0, 1.0]),
    np.array([1.048, 1.691]),
)  # fmt: skip
ONE_ALIKE = (  # one number of the mean cross-entropy's gradient is that of the summed squared error's, the other isn't
    np.array([[1.0, 0.4], [0.3, 1.0], [0.5, -1.5]]), np.array([1.0, 0.0, 1.0])
)  # fmt: skip
LONG_SQUARES = (np.array([[-3.37, 1.14], [-0.53, 0.38], [-0.31, 0.57]]), np.array([0.0, 1.0, 0.0]),
                np.array([1.109, 0.209]))  # fmt: skip
NEURONS = (
    *(asked(*FOUR, np.zeros(2), name) for name in NAMES),
    *(asked(*FOUR, np.array([1.5, -2.0]), name) for name in NAMES[1:]),
    *(asked(*STEEP, np.array([0.04, 0.09]), name) for name in NAMES),  # long gradients
    *(
        asked(X, np.array([1.0, 0.0, 0.0]), np.array([0.8, -0.6]), name)
        for X in (UNSEEN, UNSEEN[:, ::-1])
        for name in (SUMMED_ENTROPY, MEAN_SQUARES)
    ),
    *(asked(*TWO, np.array([0.5, -0.6]), name) for name in NAMES),
    *(asked(*SURE, name) for name in NAMES),
    *(asked(*EQUALLY_LONG, name) for name in (MEAN_ENTROPY, SUMMED_SQUARES)),
    *(asked(*CLOSE, name) for name in (MEAN_ENTROPY, MEAN_SQUARES)),
    asked(*LONG_SQUARES, SUMMED_SQUARES),
    *(asked(*ONE_ALIKE, np.array([weight, -1.0]), SUMMED_SQUARES) for weight in (-0.9636971166627, 1.06507982983)),
)


def cosine(one, other):
    """1 where two vectors point the same way."""
    return one @ other / np.linalg.norm(one) / np.linalg.norm(other)


def first_that(fits, made=gradients):
    """The first word whose gradient fits; the last one if none does."""

    def answer(X, y, theta, g):
        return next((name for name, gradient in made(X, y, theta).items() if fits(gradient, g)), SUMMED_SQUARES)

    return answer


def nearest(distance, made=gradients):
    """The word whose gradient is the least far away."""

    def answer(X, y, theta, g):
        found = made(X, y, theta)
        return min(NAMES, key=lambda name: distance(found[name], g))

    return answer


def nearest_of_all(distance):
    """As np.argmin finds it, which takes NaN for the least."""
    return lambda X, y, theta, g: NAMES[np.argmin([distance(one, g) for one in gradients(X, y, theta).values()])]


def by_direction_first(losses):
    """The loss by the direction, of equal ones the first; then the mean or the sum by the length."""

    def answer(X, y, theta, g):
        found = gradients(X, y, theta)
        loss = max(losses, key=lambda loss: round(cosine(found[f"mean {loss}"], g), 6))
        return min((f"mean {loss}", f"summed {loss}"), key=lambda name: apart(found[name], g))

    return answer


def apart(one, other):
    """How far two vectors lie from each other."""
    return np.linalg.norm(one - other)


def longer_or_shorter(one, other):
    """By how much two vectors differ in length."""
    return abs(np.linalg.norm(one) - np.linalg.norm(other))


def over_parameters(X, y, theta):
    """The four gradients, where the mean is taken over the parameters."""
    found = gradients(X, y, theta)
    return {name: slope * len(y) / len(theta) if "mean" in name else slope for name, slope in found.items()}


def without_factor_2(X, y, theta):
    """The four gradients, those of the squared error without the 2 of the square."""
    return {name: slope / 2 if "squared" in name else slope for name, slope in gradients(X, y, theta).items()}


def of_ones(X, y, theta):
    """The four gradients, those of the cross-entropy from the examples with label 1 alone."""
    ones = gradients(X * y[:, None], y, theta)
    return gradients(X, y, theta) | {name: ones[name] for name in (MEAN_ENTROPY, SUMMED_ENTROPY)}


def clipped(X, y, theta):
    """The four gradients by differences, where p is kept so far from 0 and 1: beyond it nothing has a slope."""
    inside = np.abs(X @ theta) < 16
    return gradients(X * inside[:, None], y, theta)


def renamed(old, new):
    """The right answer with two words exchanged."""

    def answer(X, y, theta, g):
        word = which_loss(X, y, theta, g)
        return word.replace(old, new) if old in word else word.replace(new, old)

    return answer


DIRECTION = mark("You decide the loss by the direction. Where theta is 0, every p is 1/2 and the sigmoid's slope the "
                 "same for all; where one feature alone isn't 0, there is but one direction. Both losses point the "
                 "same way then: compare the lengths too.")  # fmt: skip
NEVER_SUMMED = mark("You never say that it was summed. Mean and sum point the same way: only the length tells them "
                    "apart.")  # fmt: skip
LENGTH = mark("You compare lengths alone. Gradients of different losses may be equally long, and point elsewhere.")
SLOPE = mark("Your gradient of the squared error lacks the sigmoid's slope: theta moves the score, the score moves p.")
FACTOR = mark("Your gradient of the squared error is only half as long as it should be: a square brings a factor.")
NEVER_MEAN = mark("You never say 'mean squared error': none of your gradients fits there. Has yours all its factors, "
                  "those of the square and of the sigmoid?")  # fmt: skip
ABSOLUTE = mark(
    "Where a neuron is sure of itself the squared error's gradients are tiny. A fixed tolerance (the 1e-8 that "
    "np.allclose adds, a rounding to decimals) then takes all for equal: compare with the length of g."
)
UPHILL = mark("Your gradients have the wrong sign: where the label is 0, a higher score makes the loss larger.")
ONES = mark("Your cross-entropy counts the examples with label 1 alone. With label 0 the label's probability is 1 - p.")
CLIPPED = mark("You clip p. Where a neuron is sure, that makes the loss flat, and its slope 0.")
ONE_NUMBER = mark("You compare one number of the gradients. Others may differ where that one agrees: compare all.")
NO_QUOTIENT = mark("You divide by each number of g. Where a feature is always 0 that is 0 / 0, NaN: compare the "
                   "lengths of whole vectors.")  # fmt: skip
ADDED_UP = mark("You add up the numbers of a gradient before you compare: those of different signs cancel.")
NEVER_FITS = mark("You always say the same: none of your gradients ever fits. g comes with six digits, so == is never "
                  "true; and look at sign and size of yours beside g.")  # fmt: skip
PARAMETERS = mark("The mean is over the examples. You divide by the number of parameters.")
MEAN_FOR_SUM = mark("Mean and sum are exchanged: the sum is the longer one.")
LOSSES = mark("The losses are exchanged. Which of the two has the sigmoid's slope in its gradient?")

WHICH_LOSS = Task(
    id="02.2",
    title=mark("Which loss made this gradient?"),
    text=mark(
        "A sigmoid neuron without a bias says sigmoid(X @ theta). Write which_loss(X, y, theta, g): which loss has the "
        "gradient g at theta? The answer is one of 'mean cross-entropy', 'summed cross-entropy', 'mean squared error' "
        "and 'summed squared error': mean or sum over the examples, of -log of the label's probability or of "
        "(p - y)**2. X has shape (n, d), y holds n labels, 0 or 1; g, shape (d,), is one of the four gradients, "
        "printed with six digits, and no two of the four are within a hundredth of each other."
    ),
    asks=Question(
        points=2,
        reference=which_loss,
        example=asked(*FOUR, np.array([1.5, -2.0]), MEAN_ENTROPY),
        inputs=neurons,
        witnesses=NEURONS,
        advice=mark(
            "With one feature, X = [[1], [1]], y = [1, 1], theta = [0]: the four gradients are -0.5, -1, -0.25 and "
            "-0.5. There two of them are equal; where are all four different, and by what can you tell them?"
        ),
        misconceptions=(
            Misconception(DIRECTION, by_direction_first(("cross-entropy", "squared error"))),
            Misconception(DIRECTION, by_direction_first(("squared error", "cross-entropy"))),
            Misconception(NEVER_SUMMED, first_that(lambda slope, g: cosine(slope, g) > 0.999999)),
            Misconception(NEVER_SUMMED, lambda *case: which_loss(*case).replace("summed", "mean")),
            Misconception(LENGTH, first_that(lambda slope, g: longer_or_shorter(slope, g) < 0.001 * apart(g, 0 * g))),
            Misconception(CLIPPED, nearest(apart, clipped)),
            *(Misconception(ONE_NUMBER, nearest(lambda one, g, i=i: abs(one[i] - g[i]))) for i in (0, -1)),
            Misconception(ONE_NUMBER, first_that(lambda one, g: np.any(np.isclose(one, g, rtol=0.001, atol=0)))),
            Misconception(NO_QUOTIENT, nearest_of_all(lambda one, g: np.max(np.abs(one / g - 1)))),
            Misconception(ADDED_UP, nearest(lambda one, g: abs(np.sum(one - g)))),
            Misconception(ONES, first_that(near, of_ones)),
            Misconception(NEVER_MEAN, first_that(near, without_factor_2)),
            Misconception(ABSOLUTE, first_that(np.allclose)),
            *(
                Misconception(
                    ABSOLUTE, first_that(lambda one, g, k=k: np.array_equal(np.round(one, k), np.round(g, k)))
                )
                for k in (5, 6)
            ),
            Misconception(NEVER_FITS, first_that(np.array_equal)),
            Misconception(PARAMETERS, first_that(near, over_parameters)),
            Misconception(MEAN_FOR_SUM, renamed("mean", "summed")),
            Misconception(LOSSES, renamed("cross-entropy", "squared error")),
        ),
        slots={
            "side": {-1: UPHILL},
            "bend": {
                lambda p: 1: SLOPE,
                lambda p: p: mark("The sigmoid's slope isn't its value: where p is nearly 1, it is nearly 0."),
            },
            "of_entropy": {
                lambda p, y: y * (p - 1): ONES,
                lambda p, y: (p - y) * p * (1 - p): mark(
                    "You bend the cross-entropy's gradient as well. There the "
                    "logarithm has cancelled the sigmoid's slope."
                ),
            },
            "twice": {1: FACTOR},
            "shared": {
                lambda X: X.shape[1]: PARAMETERS,
                np.size: mark("The mean is over the examples, the rows of X. You divide by how many numbers X holds."),
            },
        },
    ),
)
