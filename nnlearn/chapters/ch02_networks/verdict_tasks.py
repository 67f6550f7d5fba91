"""The tasks of chapter 02 whose answers are words: which loss made a gradient, what its lengths say.

Each task stands on its own, as in tasks.py.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 02.2 ------------------------------------------------------------------------------------------------------------

MEAN_ENTROPY, SUMMED_ENTROPY = "mean cross-entropy", "summed cross-entropy"
MEAN_SQUARES, SUMMED_SQUARES = "mean squared error", "summed squared error"


NAMES = (MEAN_ENTROPY, SUMMED_ENTROPY, MEAN_SQUARES, SUMMED_SQUARES)


def near(one, other):
    """Whether two vectors are the same but for the digits that are not shown."""
    return np.allclose(one, other, rtol=0.001, atol=0)


def which_loss(X, y, theta, g):
    """The right answer: all four gradients, held against the one that is given."""
    p = 1 / (1 + np.exp(-(X @ theta)))
    entropy = X.T @ (p - y)
    squares = X.T @ (2 * (p - y) * p * (1 - p))
    n = len(y)
    if near(entropy / n, g):
        return "mean cross-entropy"
    if near(entropy, g):
        return "summed cross-entropy"
    if near(squares / n, g):
        return "mean squared error"
    return "summed squared error"


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


def without_factor_2(X, y, theta):
    """The four gradients, those of the squared error without the 2 of the square."""
    return {name: slope / 2 if "squared" in name else slope for name, slope in gradients(X, y, theta).items()}


def without_slope(X, y, theta):
    """The four gradients, those of the squared error without the sigmoid's slope."""
    found = gradients(X, y, theta)
    return {name: 2 * found[name.replace("squared error", "cross-entropy")] if "squared" in name else slope
            for name, slope in found.items()}  # fmt: skip


def uphill(X, y, theta):
    """The four gradients with the other sign."""
    return {name: -slope for name, slope in gradients(X, y, theta).items()}


def of_ones(X, y, theta):
    """The four gradients, those of the cross-entropy from the examples with label 1 alone."""
    ones = gradients(X * y[:, None], y, theta)
    return gradients(X, y, theta) | {name: ones[name] for name in (MEAN_ENTROPY, SUMMED_ENTROPY)}


def clipped(X, y, theta):
    """The four gradients by differences, where p is kept so far from 0 and 1: beyond it nothing has a slope."""
    inside = np.abs(X @ theta) < 16
    return gradients(X * inside[:, None], y, theta)


def over_parameters(X, y, theta):
    """The four gradients, where the mean is taken over the parameters."""
    found = gradients(X, y, theta)
    return {name: slope * len(y) / len(theta) if "mean" in name else slope for name, slope in found.items()}


def renamed(old, new):
    """The right answer with two words exchanged."""

    def answer(X, y, theta, g):
        word = which_loss(X, y, theta, g)
        return word.replace(old, new) if old in word else word.replace(new, old)

    return answer


DIRECTION = mark("You decide the loss by the direction. Where theta is 0, every p is 1/2, the sigmoid's slope is the "
                 "same for all, and both losses point the same way: compare the lengths too.")  # fmt: skip
NEVER_SUMMED = mark("You never say that it was summed. Mean and sum point the same way: only the length tells them "
                    "apart.")  # fmt: skip
LENGTH = mark("You compare lengths alone. Gradients of different losses may be equally long, and point elsewhere.")
SLOPE = mark("Your gradient of the squared error lacks the sigmoid's slope: theta moves the score, the score moves p.")
FACTOR = mark("Your gradient of the squared error is only half as long as it should be: a square brings a factor.")
NEVER_MEAN = mark("You never say 'mean squared error': none of your gradients fits there. Has yours all its factors, "
                  "those of the square and of the sigmoid?")  # fmt: skip
ABSOLUTE = mark("Where a neuron is sure of itself the squared error's gradients are tiny, and np.allclose takes all "
                "numbers below 1e-8 for equal: say atol=0, or compare with the length of g.")  # fmt: skip
UPHILL = mark("Your gradients have the wrong sign: a higher score makes p larger, and the loss's slope there is p - y.")
ONES = mark("Your cross-entropy counts the examples with label 1 alone. With label 0 the label's probability is 1 - p.")
CLIPPED = mark("You clip p. Where a neuron is sure, that makes the loss flat, and its slope 0.")
ONE_NUMBER = mark("You compare one number of the gradients. Others may differ where that one agrees: compare all.")
ADDED_UP = mark("You add up the numbers of a gradient before you compare: those of different signs cancel.")
NEVER_FITS = mark("You always say the same: none of your gradients ever fits. g comes with six digits, so == is never "
                  "true; and look at sign and size of yours beside g.")  # fmt: skip
PARAMETERS = mark("The mean is over the examples. You divide by the number of parameters.")
MEAN_FOR_SUM = mark("Mean and sum are exchanged: the sum is the longer one.")
LOSSES = mark("The losses are exchanged. Which of the two has the sigmoid's slope in its gradient?")

GRADIENTS_MADE_WRONGLY = (
    (FACTOR, without_factor_2), (SLOPE, without_slope), (PARAMETERS, over_parameters), (UPHILL, uphill),
    (ONES, of_ones), (CLIPPED, clipped),
)  # fmt: skip

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
            *(Misconception(hint, nearest(apart, made)) for hint, made in GRADIENTS_MADE_WRONGLY),
            *(Misconception(ONE_NUMBER, nearest(lambda one, g, i=i: abs(one[i] - g[i]))) for i in (0, -1)),
            Misconception(ONE_NUMBER, first_that(lambda one, g: np.any(np.isclose(one, g, rtol=0.001, atol=0)))),
            Misconception(ADDED_UP, nearest(lambda one, g: abs(np.sum(one - g)))),
            Misconception(ONES, first_that(near, of_ones)),
            Misconception(NEVER_MEAN, first_that(near, without_factor_2)),
            Misconception(ABSOLUTE, first_that(np.allclose)),
            Misconception(NEVER_FITS, first_that(np.array_equal)),
            Misconception(PARAMETERS, first_that(near, over_parameters)),
            Misconception(MEAN_FOR_SUM, renamed("mean", "summed")),
            Misconception(LOSSES, renamed("cross-entropy", "squared error")),
        ),
    ),
)

# --- 02.6 ------------------------------------------------------------------------------------------------------------


def unusable(norms):
    """Whether a layer has no gradient, or none that is a number."""
    return not np.all(np.isfinite(norms)) or np.min(norms) == 0


def faded(first, last):
    """Whether little is left of the gradient at the first layer."""
    return 100 * first <= last


def grown(first, last):
    """Whether the gradient has become large at the first layer."""
    return first >= 100 * last


def ends(norms):
    """The lengths at the first and at the last layer."""
    return norms[0], norms[-1]


def diagnose(norms, *, unusable=unusable, taken=ends, faded=faded, grown=grown):
    """The right answer: the gradient comes from the last layer, and is held against its length there."""
    if unusable(norms):
        return "broken"
    first, last = taken(norms)
    if faded(first, last):
        return "vanishing"
    if grown(first, last):
        return "exploding"
    return "healthy"


def chains(random):
    """Lengths that fade, grow or stay, layer by layer; some with a layer that has none."""
    for rate in (0.2, 0.6, 0.95, 1.1, 2.0, 6.0):
        for depth in (3, 6, 9):
            steps = rate * random.uniform(0.8, 1.25, depth)
            yield ([float(f"{length:.3g}") for length in random.uniform(0.01, 5) * np.cumprod(steps)[::-1]],)
    for odd in (0.0, np.nan, np.inf):
        lengths = random.uniform(0.5, 2, 5).round(2)
        lengths[random.integers(5)] = odd
        yield (lengths.tolist(),)


CHAINS = tuple(
    (chain,)
    for chain in (
        [0.5, 0.7, 0.6], [2.0, 1.5, 1.0], [0.7], [3.0, 0.001, 2.0], [3.0, 900.0, 2.0], [1.0, 40.0, 3.0],
        [0.002, 0.04, 0.7], [0.001, 0.0005, 0.9, 0.3], [90.0, 5.0, 0.2], [800.0, 9000.0, 3.0], [0.3, 0.5, 0.0004],
        [5e-9, 3e-8, 6e-8], [7e-7, 2e-8, 6e-9], [4e5, 3e6, 7e6], [3e3, 8e2, 7e5], [9e7, 5e6, 4e4],
        [1.0, 7.0, 100.0], [100.0, 7.0, 1.0], [3.0, 300.0], [300.0, 3.0], [1.0, 99.0], [99.0, 1.0], [1.0, 101.0],
        [101.0, 1.0], [1.0, 12.0], [12.0, 1.0], [1.0, 900.0], [900.0, 1.0], [1.0, 5000.0], [5000.0, 1.0],
        [2.0, 3.0, 150.0, 180.0], [3e-160, 5e-170, 2e-160],
        [0.0, 0.2, 0.5], [0.5, 0.0, 0.4], [0.5, 0.4, 0.0],
        [np.nan, 0.2, 0.5], [0.5, np.nan, 0.4], [0.5, 0.4, np.nan], [np.nan, np.nan],
        [np.inf, 30.0, 0.5], [0.5, np.inf, 0.4], [0.5, 0.4, np.inf], [np.inf, np.nan, 0.3], [np.nan, 0.0, np.inf],
    )
)  # fmt: skip

REVERSED = mark("The order is reversed. The gradient comes from the last layer: small at the first is vanishing.")
EXTREMES = mark("You compare the largest with the smallest. What counts is what is left of the last layer's gradient "
                "at the first: norms[0] beside norms[-1].")  # fmt: skip
NEIGHBOURS = mark(
    "You look at two neighbouring layers. What counts is the whole way, from the last layer to the first."
)
ALONE = mark("You look at one length alone. Whether it is small or large shows only beside the last layer's.")
ZERO = mark("A length of 0 is 'broken': nothing at all arrives there, which no small factor explains.")
NO_NUMBER = mark("NaN is neither smaller nor larger than anything, so that every comparison with it is false. Ask "
                 "np.isfinite of each layer.")  # fmt: skip
INFINITE = mark("An infinite length is 'broken', not exploding: it can't be computed with any more.")
NEARLY_0 = mark(
    "Only a length of 0 is 'broken'. np.isclose takes all below 1e-8 for 0, and a small one can be healthy."
)
PRODUCT = mark("You multiply the lengths. A product of small ones rounds to 0, though none of them is: ask each.")
SECOND = mark("norms[1] is the second layer: counting begins at 0.")
LAST_BUT_ONE = mark("norms[-2] is the last layer but one: the last is norms[-1].")
ONE_LAYER = mark("You ask one layer alone whether it is broken. 0, NaN or infinity in any of them is enough.")
ALL_LAYERS = mark("You ask that all layers are broken. One of them is enough.")
AT_A_HUNDREDTH = mark("Exactly a hundredth is 'vanishing' too.")
AT_100 = mark("Exactly 100 times is 'exploding' too.")
OTHER_HUNDREDTH = mark("Your limit of 'vanishing' is another one: a hundredth is asked for.")
OTHER_100 = mark("Your limit of 'exploding' is another one: 100 times is asked for.")
SIZES = mark("You look at the lengths as they are. A loss ten times as large makes all of them ten times as long: "
             "compare the ends with each other.")  # fmt: skip
ORDER = mark("You ask for 'broken' last. Then 0 and infinity have got another word already.")


def by_sizes(norms):
    """The smallest and the largest length decide, as they are."""
    return "vanishing" if min(norms) < 0.01 else "exploding" if max(norms) > 100 else "healthy"


def by_steps(norms):
    """Each layer is compared with the one behind it."""
    shares = np.divide(norms[:-1], norms[1:])
    return "vanishing" if np.any(shares <= 0.01) else "exploding" if np.any(shares >= 100) else "healthy"


def by_extremes(norms):
    """The first length is held against the largest, and then against the smallest."""
    if unusable(norms):
        return "broken"
    return "vanishing" if faded(norms[0], max(norms)) else "exploding" if grown(norms[0], min(norms)) else "healthy"


def broken_last(norms):
    """The lengths are compared before anybody asks whether they are numbers."""
    first, last = ends(norms)
    word = "vanishing" if faded(first, last) else "exploding" if grown(first, last) else "healthy"
    return "broken" if word == "healthy" and unusable(norms) else word


DIAGNOSE = Task(
    id="02.6",
    title=mark("Diagnose a network by its gradients"),
    text=mark(
        "Write diagnose(norms): a list holds the length of the gradient at each layer, that of the first layer first. "
        "Return a word. 'broken': at some layer it is 0, infinite or NaN. Otherwise 'vanishing': at the first layer it "
        "is a hundredth of that at the last, or less. 'exploding': at the first it is 100 times that at the last, or "
        "more. 'healthy': none of these."
    ),
    asks=Question(
        points=2,
        reference=diagnose,
        example=([0.003, 0.02, 0.11, 0.45],),
        inputs=chains,
        witnesses=CHAINS,
        slots={
            "unusable": {
                lambda norms: not np.all(np.isfinite(norms)): ZERO,
                lambda norms: bool(np.any(np.isinf(norms))) or min(norms) == 0: NO_NUMBER,
                lambda norms: bool(np.any(np.isnan(norms))) or min(norms) == 0: INFINITE,
                lambda norms: unusable(norms[:1]): ONE_LAYER,
                lambda norms: unusable(norms[-1:]): ONE_LAYER,
                lambda norms: unusable([norms[0], norms[-1]]): ONE_LAYER,
                lambda norms: all(unusable([norm]) for norm in norms): ALL_LAYERS,
                lambda norms: unusable(norms) or bool(np.any(np.isclose(norms, 0))): NEARLY_0,
                lambda norms: unusable(norms) or np.prod(norms) == 0: PRODUCT,
                lambda norms: 0 in norms: mark("Lengths of infinity and NaN are forgotten: they are 'broken' too."),
                lambda norms: False: mark("Your function never says 'broken'. Is a length 0, infinite or NaN?"),
            },
            "taken": {
                lambda norms: (norms[-1], norms[0]): REVERSED,
                lambda norms: (min(norms), max(norms)): EXTREMES,
                lambda norms: (norms[0], max(norms)): EXTREMES,
                lambda norms: (min(norms), norms[-1]): EXTREMES,
                lambda norms: sorted([min(norms), max(norms)], key=norms.index): EXTREMES,
                lambda norms: (norms[0], np.mean(norms)): mark(
                    "You compare with the mean. It is the last layer's length that counts."
                ),
                lambda norms: (norms[min(1, len(norms) - 1)], norms[-1]): SECOND,
                lambda norms: (norms[0], norms[max(-2, -len(norms))]): LAST_BUT_ONE,
                lambda norms: (norms[0], norms[min(1, len(norms) - 1)]): NEIGHBOURS,
                lambda norms: (norms[0], 1.0): ALONE,
            },
            "faded": {
                lambda first, last: 100 * first < last: AT_A_HUNDREDTH,
                lambda first, last: 10 * first <= last: OTHER_HUNDREDTH,
                lambda first, last: 1000 * first <= last: OTHER_HUNDREDTH,
                lambda first, last: first < last: OTHER_HUNDREDTH,
                lambda first, last: False: mark("Your function never says 'vanishing'."),
            },
            "grown": {
                lambda first, last: first > 100 * last: AT_100,
                lambda first, last: first >= 10 * last: OTHER_100,
                lambda first, last: first >= 1000 * last: OTHER_100,
                lambda first, last: first > last: OTHER_100,
                lambda first, last: False: mark("Your function never says 'exploding'."),
            },
        },
        misconceptions=(
            Misconception(SIZES, lambda norms: "broken" if unusable(norms) else by_sizes(norms)),
            Misconception(NEIGHBOURS, lambda norms: "broken" if unusable(norms) else by_steps(norms)),
            Misconception(EXTREMES, by_extremes),
            Misconception(ORDER, broken_last),
        ),
        advice=mark("Go through the three definitions, in their order, with the smallest list that fails."),
    ),
)
