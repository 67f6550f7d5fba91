"""Tasks 18.5 and 18.6: a last layer that learns without training, and whether a teacher has helped."""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 18.5 ------------------------------------------------------------------------------------------------------------


def centred(logits):
    """Each row less its own mean."""
    return logits - logits.mean(axis=1, keepdims=True)


def with_ones(features):
    """A column of ones beside the features."""
    return np.hstack([features, np.ones((len(features), 1))])


def both(kernel, bias, features, wanted):
    """Nothing else is done to them."""
    return kernel, bias


def last_layer(features, teacher, *, target=centred, parts=both):
    """The right answer: least squares of the centred logits, the bias as the weight of a column of ones."""
    design = with_ones(features)
    wanted = target(teacher)
    solved = np.linalg.solve(design.T @ design, design.T @ wanted)
    kernel = solved[:-1]
    bias = solved[-1]
    return parts(kernel, bias, features, wanted)


def without_bias(kernel, bias, features, wanted):
    """The kernel of a fit through the origin."""
    return np.linalg.pinv(features) @ wanted, np.zeros(len(bias))


def bias_afterwards(kernel, bias, features, wanted):
    """What a fit through the origin leaves, on average."""
    alone = np.linalg.pinv(features) @ wanted
    return alone, (wanted - features @ alone).mean(axis=0)


def ones_first(kernel, bias, features, wanted):
    """The first row and the last taken for each other."""
    solved = np.vstack([bias, kernel])
    return solved[:-1], solved[-1]


def probabilities(logits):
    """Of each row, at temperature 1."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


ONE_CENTRED = mark("You centre one of kernel and bias afterwards. Both must be: or centre the teacher's logits before.")
MEANS = mark(
    "The bias is the mean of what is wanted. That is right for features less their mean alone: the kernel "
    "applied to the features' mean is to be taken off it."
)
PROBABILITIES = mark("You fit the teacher's probabilities. At a high temperature the student learns the logits.")


def fitted(features, wanted):
    """Kernel and bias of another fit: of what is wanted as it is."""
    solved = np.linalg.pinv(with_ones(features)) @ wanted
    return solved[:-1], solved[-1]


def hidden_units(random):
    """More images than units; logits whose rows don't sum to 0, nor their columns."""
    for n, units, classes in [(12, 3, 4), (9, 2, 3), (20, 5, 10), (7, 4, 2)]:
        yield (
            np.maximum(random.normal(size=(n, units)), 0) + random.random((n, units)),
            (random.normal(size=(n, classes)) * 3 + random.normal(size=(n, 1)) + np.arange(classes)),
        )


LAST_LAYER = Task(
    id="18.5", title=mark("Ten regressions"),
    text=mark("At a high temperature the slope in each logit tends to the difference of the centred logits over K. "
              "Write last_layer(features, teacher): what a student's hidden units give, shape (n, units), and the "
              "teacher's logits, shape (n, K). Return the kernel, shape (units, K), and the bias, shape (K,), of the "
              "student's last layer for which the sum of the squares of all these differences is least. Of all that do "
              "it, take the one whose K scores sum to 0 for every image."),
    asks=Question(
        points=2, reference=last_layer, returns=("kernel", "bias"), inputs=hidden_units,
        example=(np.array([[1.0, 0.2], [0.3, 2.0], [1.5, 1.1], [0.0, 0.7], [2.2, 0.4]]),
                 np.array([[3.0, 1.0, 0.0], [-1.0, 4.0, 2.0], [2.0, 2.5, -1.0], [0.5, 1.0, 1.8], [6.0, -2.0, 1.0]])),
        witnesses=(
            (np.array([[1.0], [2.0], [4.0]]), np.array([[2.0, 1.0], [3.0, 0.0], [1.0, 5.0]])),
            (np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0], [3.0, 0.5]]), np.arange(12.0).reshape(4, 3) ** 1.5),
        ),
        made_of=lambda features, teacher: {"features": features, "teacher": teacher},
        advice=mark("One unit, features [[0], [1]], teacher [[2, 0], [5, 1]]: centred [[1, -1], [2, -2]]. Kernel "
                    "[[1, -1]], bias [1, -1] hit all four. With a column of ones beside the features it is least "
                    "squares (np.linalg.lstsq), for all K columns at once."),
        slots={
            "target": {
                np.asarray: mark("You leave out the centring: your scores don't sum to 0 for every image. Take each "
                                 "row's mean off the teacher's logits."),
                lambda V: V - V.mean(axis=0): mark("You take the mean off each class. Of each image's own logits it "
                                                   "must be taken off: softmax doesn't see what is added to a whole "
                                                   "row."),
                lambda V: V - V.mean(): mark("You take one mean off all logits. Each image's own is to be taken off "
                                             "its row."),
                lambda V: V - V.max(axis=1, keepdims=True): mark("You take each row's largest number off. Its mean "
                                                                 "is to be taken off."),
                lambda V: centred(V) / V.shape[1]: mark("The K only scales the slope: where the sum of squares is "
                                                        "least, it plays no part."),
                probabilities: PROBABILITIES, lambda V: centred(probabilities(V)): PROBABILITIES,
                lambda V: np.log(probabilities(V)): mark("You fit logarithms of probabilities: logits less another "
                                                         "number in each row. Take each row's mean off them."),
            },
            "parts": {
                without_bias: mark("There is no bias: a column of ones beside the features gives it its weight."),
                lambda kernel, bias, features, wanted: (kernel, wanted.mean(axis=0)): MEANS,
                bias_afterwards: mark("You fit the kernel alone, and the bias to what it leaves. Fit both at once: a "
                                      "column of ones beside the features."),
                ones_first: mark("The column of ones stands first in your fit: then the bias is the first row of the "
                                 "solution, not the last."),
                lambda kernel, bias, features, wanted: (kernel.T, bias): mark(
                    "Your kernel is transposed, as PyTorch keeps it. Asked is the shape (units, K)."),
            },
        },
        misconceptions=(
            Misconception(mark("The kernel is fitted beside a bias that you don't return."),
                          lambda X, V: (fitted(X, centred(V))[0], np.zeros(V.shape[1]))),
            Misconception(ONE_CENTRED, lambda X, V: (centred(fitted(X, V)[0]), fitted(X, V)[1])),
            Misconception(ONE_CENTRED, lambda X, V: (fitted(X, V)[0], fitted(X, centred(V))[1])),
        ),
    ),
)  # fmt: skip

# --- 18.6 ------------------------------------------------------------------------------------------------------------


def under_five(differ, n):
    """Too few seeds in which the two differ."""
    return differ < 5


def median_gain(gains, taught, alone):
    """The median of the differences of all seeds."""
    return np.median(gains)


def four_in_five(wins, differ, n):
    """At least 80% of those that differ."""
    return wins >= 0.8 * differ


def half_a_point(gain):
    """What a gain has to be."""
    return gain >= 0.5


def the_other_way(large, middle):
    """A harm is a gain downwards."""
    return large(-middle)


def as_given(taught, alone):
    """Pair by pair."""
    return taught, alone


def verdict(
    taught,
    alone,
    *,
    pairs=as_given,
    few=under_five,
    typical=median_gain,
    most=four_in_five,
    large=half_a_point,
    down=the_other_way,
    join=all,
    rest="cannot tell",
):
    """The right answer: five seeds or more that differ, four of five of these on one side, and the median there too."""
    taught, alone = pairs(taught, alone)
    gains = taught - alone
    better = np.sum(gains > 0)
    worse = np.sum(gains < 0)
    differ = better + worse
    if few(differ, len(gains)):
        return "cannot tell"
    middle = typical(gains, taught, alone)
    if join([most(better, differ, len(gains)), large(middle)]):
        return "helps"
    if join([most(worse, differ, len(gains)), down(large, middle)]):
        return "harms"
    return rest


BASE = 90.0
GAINS = (
    (1, 2, 1.5, 0.5, 3, 1, -1, 2, 0.6, 1), (-1, -2, -1.5, -0.5, -3, -1, 1, -2, -0.6, -1),
    (0.1, 0.2, 0.3, 0.1, 0.2, 0.4, 0.1, 0.2, 0.1, 0.3), (9, -1, -1, 8, -1, 9, -1, 9, -1, 7),
    (1, 2, 1, 2), (-3, -1, -2, -2), (2, 2, 2, 2, 2), (1, 1, 1, 1, -1), (1, 1, 1, -1, -1),
    (0, 0, 0, 1, 2, 1, 2, 1, 3, 1), (0, 0, 0, 0, 0, 0, 1, 2, 1, 2), (0.5,) * 6, (-0.5,) * 6, (0.4,) * 6,
    (0, 0, 0, 0, 0, 0, 3, 3, 3, 3, 3), (-1, -1, -1, -1, 1), (30, -1, -1, -1, -1, -1), (-30, 1, 1, 1, 1, 1),
    (0, 0, -1, -1, -1, -1, -1, 0, 0), (2,), (1, 1, 1, 1, 1, 1, 1, 1, -9, -9), (0.5, 0.5, 0.5, 0.5, 0.5, -8),
    (-1, 1, 1, 1, 1), (1, -1, -1, -1, -1), (0.25, 0.25, 1, 0.5, 0.5), (-0.25, -0.25, -1, -0.5, -0.5),
    (1, 1, 1, 1, 1, 1, -1, -1, 0, 0, 0), (-1, -1, -1, -1, -1, -1, 1, 1, 0, 0, 0),
    (-1, -1, -1, -1, -1, -1, -1, -1, 1, 1), (-0.4,) * 7, (1, 1, 1, 1, 1, 1, 1, -1, -1, -1), (0,) * 6,
    (1, 2, 1, 2, 0), (-1, -2, -1, -2, 0, 0, 0), (0.002,) * 6, (-0.002,) * 6, (0.2, 0.3, 0.2, -1, -1),
    (1, 1, 1, -1, -1, 0, 0, 0, 0), (1, 1, -1, -1, -1, 0, 0, 0, 0), (0.002, 0.002, 0.002, -1, -1),
)  # fmt: skip


def compared(gains):
    """Two arrays of accuracies, in points, that differ so."""
    alone = BASE + np.arange(len(gains)) / 4
    return alone + np.array(gains, float), alone


def trials(random):
    """Gains round several means, some seeds alike."""
    for n, mean, spread in [(10, 1.5, 1.5), (10, -1.5, 1.5), (8, 0.0, 1.0), (6, 1.0, 0.5), (12, 0.3, 0.4), (7, -1, 1)]:
        gains = (random.normal(mean, spread, n) * 4).round() / 4
        yield compared(gains)


FIXED = tuple(compared(gains) for gains in GAINS)


def ties_are_wins(taught, alone):
    """Equal accuracies as wins for both sides."""
    gains = taught - alone
    if len(gains) >= 5 and np.sum(gains >= 0) >= 0.8 * len(gains) and np.median(gains) >= 0.5:
        return "helps"
    harmed = len(gains) >= 5 and np.sum(gains <= 0) >= 0.8 * len(gains) and np.median(gains) <= -0.5
    return "harms" if harmed else "cannot tell"


MEDIANS = mark("You compare the two medians. Pairs by seed say more: take the differences first.")
ANY_HARM = mark(
    "For 'harms' you let the median be what it is where most are worse. It must be -0.5 or less: is a minus missing?"
)
SIZE = mark(
    "You don't ask how large the gain is: a tenth of a point in all seeds is a win, but under half a point "
    "the answer is 'cannot tell'."
)


VERDICT = Task(
    id="18.6", title=mark("Has the teacher helped?"),
    text=mark("Write verdict(taught, alone): accuracies in points of students with a teacher and without, one of each "
              "from every seed, in the same order. Look at the seeds in which the two differ. If these are fewer than "
              "five, return 'cannot tell'. 'helps': in at least 80% of them the taught student is better, and the "
              "median gain of all seeds is at least 0.5. 'harms': the same the other way round. Else 'cannot tell'."),
    asks=Question(
        points=1, reference=verdict, example=FIXED[0], inputs=trials, witnesses=FIXED,
        advice=mark("Gains 0, 0, 3, 3, 3, 3, -3: five differ, four of five are better, that is 80%; the median of all "
                    "seven is 3: 'helps'. And with one of the threes equal instead?"),
        slots={
            "pairs": {
                lambda taught, alone: (alone, taught): mark("You take the difference the other way round: a gain is "
                                                            "taught less alone."),
                lambda taught, alone: (np.sort(taught), np.sort(alone)): mark(
                    "You sort the accuracies: then students of different seeds are compared."),
            },
            "few": {
                lambda differ, n: n < 5: mark("You count all seeds. At least five must be there in which the two "
                                              "differ."),
                lambda differ, n: differ == 0: mark("Fewer than five seeds that differ are too few, whatever they "
                                                    "say."),
                lambda differ, n: differ <= 5: mark("Five seeds that differ are enough. Too few are fewer than five."),
                lambda differ, n: differ < 4: mark("Four seeds that differ are enough for you. At least five are asked "
                                                   "for."),
            },
            "typical": {
                lambda gains, taught, alone: np.mean(gains): mark("You take the mean: one seed with a huge gain "
                                                                  "outweighs all others. The median is asked for."),
                lambda gains, taught, alone: np.median(gains[gains != 0]): mark(
                    "Your median is of the seeds that differ. It is of the gains of all seeds, those of 0 too."),
                lambda gains, taught, alone: np.median(taught) - np.median(alone): MEDIANS,
            },
            "most": {
                lambda wins, differ, n: wins >= 0.8 * n: mark("You take 80% of all seeds. Of those that differ it is "
                                                              "asked for."),
                lambda wins, differ, n: True: mark("You don't ask for the seeds: a median above 0.5 can come with "
                                                   "three losses of ten."),
                lambda wins, differ, n: wins > 0.5 * differ: mark("A bare majority is enough for you. At least 80% are "
                                                                  "asked for."),
                lambda wins, differ, n: wins > 0.8 * differ: mark("Just 80% are too few for you. At least 80% are "
                                                                  "asked for: >=."),
            },
            "large": {
                lambda gain: gain >= 0: SIZE, lambda gain: gain > 0: SIZE,
                lambda gain: gain > 0.5: mark("A median of just 0.5 is too little for you. At least 0.5 is asked for: "
                                              ">=."),
                lambda gain: gain >= 0.005: mark("Accuracies are in points: half a point is 0.5, not 0.005."),
            },
            "down": {
                lambda large, middle: False: mark("You never say 'harms'."),
                lambda large, middle: True: ANY_HARM,
            },
            "join": {any: mark("One of the two conditions is enough for you. Both must hold: `and`.")},
            "rest": {"harms": mark("What doesn't help needn't harm: 'harms' has conditions of its own, and what is "
                                   "left is 'cannot tell'.")},
        },
        misconceptions=(
            Misconception(mark("Equal accuracies count as wins for you. Seeds in which nothing differs say nothing: "
                               "leave them out."), ties_are_wins),
            Misconception(MEDIANS, lambda t, a: "helps" if np.median(t) - np.median(a) >= 0.5
                          else "harms" if np.median(t) - np.median(a) <= -0.5 else "cannot tell"),
        ),
    ),
)  # fmt: skip
