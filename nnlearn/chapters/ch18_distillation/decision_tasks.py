"""Tasks 18.5 and 18.6: a last layer that learns without training, and whether a teacher has helped."""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 18.5 ------------------------------------------------------------------------------------------------------------


def centred(logits):
    """Each row less its own mean."""
    return logits - logits.mean(axis=1, keepdims=True)


def last_layer(features, teacher):
    """The right answer: least squares of the centred logits, the bias as the weight of a column of ones."""
    design = with_ones(features)
    wanted = centred(teacher)
    solved = np.linalg.solve(design.T @ design, design.T @ wanted)
    kernel = solved[:-1]
    bias = solved[-1]
    return kernel, bias


def with_ones(features):
    """A column of ones beside the features."""
    return np.hstack([features, np.ones((len(features), 1))])


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
        misconceptions=(
            Misconception(mark("You leave out the centring: your scores don't sum to 0 for every image. Take each "
                               "row's mean off the teacher's logits."),
                          lambda X, V: fitted(X, V)),
            Misconception(mark("You take the mean off each class. Of each image's own logits it must be taken off: "
                               "softmax doesn't see what is added to a whole row."),
                          lambda X, V: fitted(X, V - V.mean(axis=0))),
            Misconception(mark("There is no bias: a column of ones beside the features gives it its weight."),
                          lambda X, V: (np.linalg.pinv(X) @ centred(V), np.zeros(V.shape[1]))),
            Misconception(mark("The K only scales the slope: where the sum of squares is least, it plays no part."),
                          lambda X, V: fitted(X, centred(V) / V.shape[1])),
            Misconception(mark("You fit the teacher's probabilities. At a high temperature the student learns the "
                               "logits."),
                          lambda X, V: fitted(X, np.exp(V) / np.exp(V).sum(axis=1, keepdims=True))),
        ),
    ),
)  # fmt: skip

# --- 18.6 ------------------------------------------------------------------------------------------------------------


def verdict(taught, alone):
    """The right answer: five seeds or more that differ, four of five of these on one side, and the median there too."""
    gains = taught - alone
    better = np.sum(gains > 0)
    worse = np.sum(gains < 0)
    differ = better + worse
    if differ < 5:
        return "cannot tell"
    middle = np.median(gains)
    if better >= 0.8 * differ and middle >= 0.5:
        return "helps"
    if worse >= 0.8 * differ and middle <= -0.5:
        return "harms"
    return "cannot tell"


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


def by(middle, share=0.8, ties=False, least=5, points=0.5):
    """The verdict by other rules."""

    def answer(taught, alone):
        gains = taught - alone
        better, worse = np.sum(gains >= 0 if ties else gains > 0), np.sum(gains <= 0 if ties else gains < 0)
        differ = len(gains) if ties else better + worse
        if differ < least:
            return "cannot tell"
        if better >= share * differ and middle(gains) >= points:
            return "helps"
        return "harms" if worse >= share * differ and middle(gains) <= -points else "cannot tell"

    return answer


def of_all_seeds(taught, alone):
    """Wins as a share of all seeds."""
    gains = taught - alone
    found = verdict(taught, alone)
    sided = max(np.sum(gains > 0), np.sum(gains < 0))
    return found if sided >= 0.8 * len(gains) else "cannot tell"


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
        misconceptions=(
            Misconception(mark("You take the mean: one seed with a huge gain outweighs all others. The median is asked "
                               "for."), by(np.mean)),
            Misconception(mark("Equal accuracies count as wins for you. Seeds in which nothing differs say nothing: "
                               "leave them out."), by(np.median, ties=True)),
            Misconception(mark("You take 80% of all seeds. Of those that differ it is asked for."), of_all_seeds),
            Misconception(mark("You don't ask for the seeds: a median above 0.5 can come with three losses of ten."),
                          by(np.median, share=0.0)),
            Misconception(mark("You don't ask how large the gain is: a tenth of a point in all seeds is a win, but "
                               "under half a point the answer is 'cannot tell'."), by(np.median, points=0.0)),
            Misconception(mark("A bare majority is enough for you. At least 80% are asked for."),
                          by(np.median, share=0.5001)),
            Misconception(mark("Fewer than five seeds that differ are too few, whatever they say."),
                          by(np.median, least=1)),
            Misconception(mark("You take the difference the other way round: a gain is taught less alone."),
                          lambda taught, alone: verdict(alone, taught)),
            Misconception(mark("You compare the two medians. Pairs by seed say more: take the differences first."),
                          lambda t, a: "helps" if np.median(t) - np.median(a) >= 0.5
                          else "harms" if np.median(t) - np.median(a) <= -0.5 else "cannot tell"),
            Misconception(mark("You never say 'harms'."),
                          lambda t, a: verdict(t, a).replace("harms", "cannot tell")),
        ),
    ),
)  # fmt: skip
