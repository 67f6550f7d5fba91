"""Task 02.6: what the lengths of a network's gradients say.

It stands on its own, as those in tasks.py.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark


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
ONE_EXTREME = mark("You ask the smallest or the largest length of all. It is norms[0] that counts beside norms[-1].")
NEIGHBOURS = mark(
    "You look at two neighbouring layers. What counts is the whole way, from the last layer to the first."
)
ALONE = mark("You look at one length alone. Whether it is small or large shows only beside the last layer's.")
ZERO = mark("A length of 0 is 'broken': nothing at all arrives there, which no small factor explains.")
NO_NUMBER = mark("NaN is neither smaller nor larger than anything, so that every comparison with it is false. Ask "
                 "np.isfinite of each layer.")  # fmt: skip
INFINITE = mark("An infinite length is 'broken', not exploding: it can't be computed with any more.")
NEARLY_0 = mark("You take small lengths, or their product, for 0. Only a length that is 0 itself is 'broken'.")
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


def by_steps(norms, fades, grows):
    """Each layer is compared with the one behind it, to see whether the gradient fades, whether it grows, or both."""
    shares, whole = np.divide(norms[:-1], norms[1:]), norms[0] / norms[-1]
    if np.any((shares if fades else whole) <= 0.01):
        return "vanishing"
    return "exploding" if np.any((shares if grows else whole) >= 100) else "healthy"


def by_extremes(norms):
    """The first length is held against the largest, and then against the smallest."""
    if unusable(norms):
        return "broken"
    return "vanishing" if faded(norms[0], max(norms)) else "exploding" if grown(norms[0], min(norms)) else "healthy"


def first_of(norms):
    """The length at the first layer."""
    return norms[0]


def by_one_extreme(norms, fading, growing):
    """The last length is held against one in which it fades, and one in which it grows."""
    if unusable(norms):
        return "broken"
    return (
        "vanishing"
        if faded(fading(norms), norms[-1])
        else "exploding"
        if grown(growing(norms), norms[-1])
        else "healthy"
    )


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
                lambda norms: unusable([norms[0], norms[-1]]): mark(
                    "You ask only the first and the last layer whether they are broken. One between them is enough."
                ),
                lambda norms: all(unusable([norm]) for norm in norms): ALL_LAYERS,
                lambda norms: unusable(norms) or bool(np.any(np.isclose(norms, 0))): NEARLY_0,
                lambda norms: unusable(norms) or np.prod(norms) == 0: NEARLY_0,
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
            *(
                Misconception(
                    NEIGHBOURS,
                    lambda norms, fades=fades, grows=grows: (
                        "broken" if unusable(norms) else by_steps(norms, fades, grows)
                    ),
                )
                for fades, grows in ((True, True), (True, False), (False, True))
            ),
            Misconception(
                mark(
                    "You hold the first layer against the largest and the smallest of all. Hold it against "
                    "the last: norms[-1]."
                ),
                by_extremes,
            ),
            *(
                Misconception(
                    ONE_EXTREME, lambda norms, fading=fading, growing=growing: by_one_extreme(norms, fading, growing)
                )
                for fading, growing in ((min, first_of), (first_of, max), (min, max))
            ),
            Misconception(
                mark("You subtract. How many times as long it is, a quotient says."),
                lambda norms: (
                    "broken"
                    if unusable(norms)
                    else "vanishing"
                    if norms[-1] - norms[0] >= 100
                    else "exploding"
                    if norms[0] - norms[-1] >= 100
                    else "healthy"
                ),
            ),
            Misconception(ORDER, broken_last),
        ),
        advice=mark("Go through the three definitions, in their order, with the smallest list that fails."),
    ),
)
