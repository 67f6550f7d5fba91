"""The tasks of chapter 10; that which diagnoses a run is beside this file."""
# mypy: allow-untyped-defs

from functools import partial

import numpy as np

from nnlearn.chapters.ch10_failing.diagnosis_task import DIAGNOSE
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 10.1 ------------------------------------------------------------------------------------------------------------


def scale_for(depth, ratio, *, layers=lambda depth: depth - 1, root=lambda ratio, n: ratio ** (1 / n)):
    """The right answer: of depth hidden kernels the gradient of one passes through all the others."""
    others = layers(depth)
    return root(ratio, others)


def ratios(random):
    """Smaller, larger, the same; two layers, where one factor is all."""
    for depth in (2, 3, 7, 20, 64):
        for power in (-6, -1.5, 0.5, 4):
            yield depth, float(f"{10 ** (power + random.uniform(-0.3, 0.3)):.3g}")


SCALE_FOR = Task(
    id="10.1", title=mark("From the gradient back to the weights"),
    text=mark("A network of ReLUs has `depth` hidden layers, at least 2, and no biases yet. All hidden weights are s "
              "times the usual ones; the output's error is the same. Write scale_for(depth, ratio): the s with which "
              "the first hidden layer's gradient is `ratio` times, a number above 0, that of the usual weights."),
    asks=Question(
        points=1, reference=scale_for, inputs=ratios, example=(6, 0.02),
        witnesses=((2, 0.3), (50, 176.0), (3, 4.0), (9, 1.0)),
        advice=mark("With 2 hidden layers the first one's gradient passes through one further hidden kernel: twice the "
                    "weights, twice the gradient. With 3, four times."),
        made_of=lambda depth, ratio: {"depth": depth, "ratio": ratio},
        slots={
            "layers": {
                lambda depth: depth: mark("You count one factor too many. The output's weights are as they were, and "
                                          "a kernel is no factor of its own gradient."),
                lambda depth: depth + 1: mark("You count two factors too many. The output's weights are as they were, "
                                              "and a kernel is no factor of its own gradient."),
                lambda depth: 2 * (depth - 1): mark("You count each factor twice, as on a way in and a way back. The "
                                                    "first layer's input is the image: no weights come before it."),
                lambda depth: depth - 2: mark("You count one factor too few: of 2 hidden layers the second is one."),
            },
            "root": {
                lambda ratio, n: ratio**n: mark("You go the other way: this is the ratio that a scale leads to."),
                lambda ratio, n: ratio / n: mark("You divide. Each layer multiplies: what is asked for is a root."),
                lambda ratio, n: 1 + (ratio - 1) / n: mark("You share the change out evenly, as if it were added. Each "
                                                           "layer multiplies."),
                lambda ratio, n: np.log(ratio) / n: mark("This is the logarithm of the scale."),
            },
        },
    ),
)  # fmt: skip

# --- 10.2 ------------------------------------------------------------------------------------------------------------


def clip(kernel, bias, limit, *, length=lambda k, b: np.sqrt(np.sum(k**2) + np.sum(b**2)), within=np.less_equal):
    """The right answer: one factor for both, and none where they are short enough."""
    size = length(kernel, bias)
    if within(size, limit):
        return kernel, bias
    factor = limit / size
    return factor * kernel, factor * bias


def by_array(kernel, bias, limit, **choices):
    """Each array for itself."""
    return clip(kernel, 0 * bias, limit, **choices)[0], clip(0 * kernel, bias, limit, **choices)[1]


def takes_off(kernel, bias, limit):
    """The excess from every entry."""
    excess = max(np.sqrt(np.sum(kernel**2) + np.sum(bias**2)) - limit, 0)
    return kernel - excess, bias - excess


def gradients(random):
    """Above the limit and below it; one array short, the other long; one entry; zeros."""
    sizes = [(2, 3, 1.0, 1.0, 1.0), (3, 2, 0.1, 5.0, 2.0), (1, 1, 4.0, 0.2, 0.5), (4, 2, 0.05, 0.05, 1.0),
             (2, 2, 7.0, 7.0, 3.0), (2, 4, 3.0, 0.1, 4.0)]  # fmt: skip
    for rows, columns, scale, other, limit in sizes:
        kernel, bias = scale * random.normal(size=(rows, columns)), other * random.normal(size=columns)
        yield kernel.round(3), bias.round(3), limit


CLIP = Task(
    id="10.2", title=mark("Mend the clipping"),
    text=mark("A gradient comes as two arrays, kernel, shape (n, m), and bias, shape (m,). Together they are one "
              "vector. Write clip(kernel, bias, limit): both arrays, shortened so that the vector is no longer than "
              "`limit` and points where it pointed; as they are if it is no longer."),
    asks=Question(
        points=2, reference=clip, returns=("kernel", "bias"), inputs=gradients,
        example=(np.array([[3.0, -1.0], [0.5, 2.0]]), np.array([4.0, -0.7]), 2.0),
        witnesses=(
            (np.array([[0.3, -0.1], [0.2, 0.1]]), np.array([0.1, -0.2]), 2.0),  # short enough
            (np.array([[0.0, 0.0]]), np.array([0.0, 0.0]), 1.0),
            (np.array([[3.0]]), np.array([4.0]), 5.0),  # just as long as the limit
            (np.array([[0.6, 0.3]]), np.array([0.5, -0.6]), 0.9),  # each alone is short enough
            (np.array([[30.0, 1.0]]), np.array([0.1, 0.2]), 1.0),
            (np.array([[1, 2], [2, 0]]), np.array([0, 4]), 1),
            (np.array([[1.0, 0.5]]), np.array([0.6]), 1.5), (np.array([[1.2, 0.9]]), np.array([0.8]), 1.5),
            (np.array([[1.2, 0.9]]), np.array([0.8]), 2.0),
        ),
        advice={
            mark("Of kernel [[3]] and bias [4] the length is 5. With limit 1 they become [[0.6]] and [0.8]."):
                (np.array([[3.0]]), np.array([4.0]), 1.0),
            mark("Of kernel [[3]] and bias [4] the length is 5. With limit 6 both stay as they are."):
                (np.array([[3.0]]), np.array([4.0]), 6.0),
            mark("Of kernel [[3, 0], [0, 4]] and bias [0, 12] the length is 13. With limit 1 all is divided by 13."):
                (np.diag([3.0, 4.0]), np.array([0.0, 12.0]), 1.0),
        },
        made_of=lambda kernel, bias, limit: {"kernel": kernel, "bias": bias, "limit": limit},
        slots={
            "length": {
                lambda k, b: np.sum(k**2) + np.sum(b**2): mark("You compare the square of the length. The root is "
                                                               "missing."),
                lambda k, b: np.linalg.norm(k) + np.linalg.norm(b): mark(
                    "You add two lengths. The square of the whole is the sum of the squares."),
                lambda k, b: np.linalg.norm(k): mark("You measure the kernel alone. The bias belongs to the vector."),
                lambda k, b: np.abs(k).sum() + np.abs(b).sum(): mark("You add the sizes of all numbers. The length is "
                                                                    "the root of the sum of their squares."),
                lambda k, b: max(np.linalg.norm(k), np.linalg.norm(b)): mark(
                    "You take the longer of the two arrays. Together they are longer than each."),
                lambda k, b: max(np.abs(k).max(), np.abs(b).max()): mark("You go by the largest number. The length is "
                                                                        "that of the whole vector."),
            },
            "within": {
                lambda size, limit: size == 0: mark("You always rescale: a short gradient gets longer. Clipping only "
                                                    "shortens."),
                lambda size, limit: size >= limit: mark("You shorten what is short enough, and leave what is too "
                                                        "long."),
            },
        },
        misconceptions=(
            Misconception(mark("You clip each array for itself, as Keras's clipnorm does: the direction of the whole "
                               "changes."), by_array),
            Misconception(mark("You take the same number off every entry: the direction changes. One factor keeps it."),
                          takes_off),
            Misconception(mark("You cut each number, as Keras's clipvalue does: the direction changes."),
                          lambda kernel, bias, limit: (np.clip(kernel, -limit, limit), np.clip(bias, -limit, limit))),
            Misconception(mark("You shorten the kernel, and leave the bias. Together they are one vector."),
                          lambda kernel, bias, limit: (clip(kernel, bias, limit)[0], bias)),
        ),
    ),
)  # fmt: skip

# --- 10.3 ------------------------------------------------------------------------------------------------------------


def init_std(inputs, slope, *, kept=lambda a: (1 + a**2) / 2, root=np.sqrt):
    """The right answer: half of the squares pass as they are, half times slope squared."""
    share = kept(slope)
    variance = 1 / (inputs * share)
    return root(variance)


def leaky(random):
    """Slopes of both signs, 0 and 1; few and many inputs."""
    for inputs in (1, 3, 32, 784):
        for slope in (0.0, 1.0, round(random.uniform(0.05, 0.6), 3), round(random.uniform(-0.9, -0.1), 3)):
            yield inputs, slope


INIT_STD = Task(
    id="10.3", title=mark("First weights for another bend"),
    text=mark("A leaky ReLU gives x where x is above 0, and slope * x below. Write init_std(inputs, slope): the "
              "standard deviation that the weights of a layer of `inputs` inputs need, so that the mean square of what "
              "the layers give neither grows nor shrinks. Weights are drawn independently with mean 0; a sum is as "
              "often below 0 as above."),
    asks=Question(
        points=2, reference=init_std, inputs=leaky, example=(12, 0.3),
        witnesses=((32, 0.0), (8, 1.0), (50, -0.5), (3, 0.01)),
        advice=mark("slope 0 is a ReLU: with 8 inputs 0.5. slope 1 is no bend at all: with 4 inputs 0.5, too."),
        made_of=lambda inputs, slope: {"inputs": inputs, "slope": slope},
        slots={
            "kept": {
                lambda a: 0.5: mark("You leave the slope out: this is He's, for ReLUs. What is below 0 is passed on, "
                                    "too, times the slope."),
                lambda a: 1.0: mark("You leave the bend out: half of the sums are below 0 and become smaller."),
                lambda a: (1 + a) / 2: mark("The mean *square* is to be kept: below 0 a square becomes slope squared "
                                            "times as large."),
                lambda a: ((1 + a) / 2) ** 2: mark("You square the mean slope. Square first, then take the mean."),
                lambda a: (1 - a**2) / 2: mark("You take off what is passed on below 0. It comes on top."),
                lambda a: 1 + a**2: mark("Each of the two sides is met half of the time."),
                lambda a: 1 / 2 + a**2: mark("Each of the two sides is met half of the time, the one below, too."),
                lambda a: (1 + a**2) ** 2 / 2: mark("What you divide the standard deviation by is a mean square. It "
                                                    "belongs under the root."),
                lambda a: (1 + abs(a)) / np.sqrt(2 * np.pi): mark("You take the mean of the sizes. That of the squares "
                                                                  "is to be kept."),
                lambda a: 1 / (2 * (1 + a) ** 2): mark("You draw larger weights where more is passed on. The more is "
                                                       "kept, the smaller they must be."),
                lambda a: a**2: mark("This is the part below 0 alone."),
            },
            "root": {lambda v: v: mark("This is the variance. The standard deviation is its root.")},
        },
        misconceptions=(
            Misconception(mark("This is the limit of evenly drawn numbers: the root of 3 times the standard "
                               "deviation."),
                          lambda inputs, slope: np.sqrt(3) * init_std(inputs, slope)),
        ),
    ),
)  # fmt: skip

# --- 10.4 ------------------------------------------------------------------------------------------------------------


def stop(losses, patience, *, better=np.less, enough=np.greater_equal, fewest=lambda waited: waited):
    """The right answer: whoever has waited that often without a new least loss stops."""
    best, waited = 0, 0
    for step in range(1, len(losses)):
        if better(losses[step], losses[best]):
            best = step
            waited = 0
        else:
            waited = waited + 1
        if enough(fewest(waited), patience):
            return best, step
    return best, len(losses) - 1


def compares_with_the_last(losses, patience, rises=np.greater_equal):
    """Waits for rises."""
    waited = 0
    for step in range(1, len(losses)):
        waited = waited + 1 if rises(losses[step], losses[step - 1]) else 0
        if waited == patience:
            return int(np.argmin(losses[: step + 1])), step
    return int(np.argmin(losses)), len(losses) - 1


def never_forgets(losses, patience):
    """What was waited for stays."""
    best, waited = 0, 0
    for step in range(1, len(losses)):
        if losses[step] < losses[best]:
            best = step
        else:
            waited += 1
        if waited == patience:
            return best, step
    return best, len(losses) - 1


def waits_one_more(losses, patience):
    """One look later."""
    return stop(losses, patience + 1)


def curves(random):
    """Curves that fall and rise, with noise; that never stop; with equal losses; of one loss."""
    for length, patience, rise in [(12, 2, 0.3), (15, 3, 0.2), (20, 1, 0.1), (9, 4, 0.0), (25, 5, 0.15), (6, 1, 0.4)]:
        steps = np.arange(length)
        clean = np.exp(-steps / 3) + rise * steps / length
        yield (clean + 0.15 * random.normal(size=length)).round(2), patience


LOSSES = np.array([2.0, 1.5, 1.7, 1.6, 1.2, 1.3, 1.25, 1.4, 1.1, 1.0])
STOP = Task(
    id="10.4", title=mark("When does it stop?"),
    text=mark("losses are validation losses, one a look, the first at look 0. Training stops at the first look at "
              "which the last `patience` looks in a row, this one included, have brought no loss below the least so "
              "far; else at the last look. Write stop(losses, patience), patience at least 1: the look whose weights "
              "are given back, that of the least loss seen, and the look at which training stops. Of equal losses the "
              "first counts."),
    asks=Question(
        points=2, reference=stop, returns=("best", "last"), inputs=curves, example=(LOSSES, 3),
        witnesses=(
            (LOSSES, 2), (LOSSES, 1), (LOSSES, 9), (np.array([1.0, 0.8, 0.8, 0.8, 0.7, 0.9]), 2), (np.array([3.0]), 1),
            (np.array([1.0, 1.2, 1.1, 1.05, 0.9, 0.95]), 3), (np.array([5.0, 4.0, 3.0, 2.0]), 1),
            (np.array([1.0, 0.5, 0.6, 0.55, 0.4, 0.45, 0.44, 0.43, 0.2]), 3),
        ),
        advice=mark("Of [2, 1, 1.5, 1.2, 0.5] with patience 2: look 1 is the least, looks 2 and 3 bring none below it. "
                    "It stops at 3, and gives back look 1; 0.5 is never seen."),
        slots={
            "better": {
                np.less_equal: mark("You count an equal loss as better. Only a loss below the least so far is."),
                np.greater: mark("You wait for losses to rise. The least is the best."),
            },
            "enough": {
                np.greater: mark("You wait for one look too many."),
                lambda waited, patience: waited >= patience - 1 and waited > 0: mark("You stop one look too early."),
            },
        },
        misconceptions=(
            Misconception(mark("You compare with the loss before. A loss that falls from a peak is still no better "
                               "than the least."), compares_with_the_last),
            Misconception(mark("You wait for losses that rise look by look. One that rises no more is still no better "
                               "than the least."), partial(compares_with_the_last, rises=np.greater)),
            Misconception(mark("You never stop before the last look."),
                          lambda losses, patience: (int(np.argmin(losses)), len(losses) - 1)),
            Misconception(mark("You count look 0 as one in vain. There is nothing before it that could be better."),
                          lambda losses, patience: tuple(max(look - 1, 0) for look in
                                                         stop(np.array([losses[0], *losses]), patience))),
            Misconception(mark("You never forget: a new least loss begins the waiting anew."), never_forgets),
            Misconception(mark("You give back the look at which it stops. The weights of the least loss are wanted."),
                          lambda losses, patience: (stop(losses, patience)[1],) * 2),
            Misconception(mark("You look at losses that are never computed: training has stopped before."),
                          lambda losses, patience: (int(np.argmin(losses)), stop(losses, patience)[1])),
            Misconception(mark("These are the two exchanged: first the look whose weights are given back."),
                          lambda losses, patience: stop(losses, patience)[::-1]),
            Misconception(mark("You return losses. Looks are asked for, counted from 0."),
                          lambda losses, patience: tuple(float(losses[look]) for look in stop(losses, patience))),
        ),
    ),
)  # fmt: skip

# --- 10.6 ------------------------------------------------------------------------------------------------------------


def true_share(measured, wrong, classes, *, chance=lambda wrong, classes: wrong / (classes - 1)):
    """The right answer: measured = true * (1 - wrong) + (1 - true) * luck, solved for true."""
    luck = chance(wrong, classes)
    return (measured - luck) / (1 - wrong - luck)


def measurements(random):
    """Few wrong labels and many; two classes and ten; none wrong."""
    for wrong, classes in [(0.2, 10), (0.1, 2), (0.4, 5), (0.0, 3), (0.35, 2), (0.6, 10)]:
        true = random.uniform(0.3, 1)
        luck = wrong / (classes - 1)
        yield float(round(true * (1 - wrong) + (1 - true) * luck, 4)), wrong, classes


TRUE_SHARE = Task(
    id="10.6", title=mark("Measured with wrong labels"),
    text=mark("A share `wrong` of the validation labels is wrong: each of these is one of the other classes - 1, drawn "
              "evenly, whatever the image. A network's answer agrees with the share `measured` of the labels. Where it "
              "errs, its answer is each of the wrong classes equally often. Write true_share(measured, wrong, "
              "classes): the share of the images that it really reads right."),
    asks=Question(
        points=2, reference=true_share, inputs=measurements, example=(0.7, 0.2, 10),
        witnesses=((0.8, 0.2, 2), (0.63, 0.3, 4), (0.9, 0.0, 10), (0.75, 0.25, 3)),
        advice=mark("Two classes, 20% wrong, and a network that is always right: it agrees with 80%. One that is "
                    "always wrong agrees with 20%."),
        made_of=lambda measured, wrong, classes: {"measured": measured, "wrong": wrong, "classes": classes},
        slots={
            "chance": {
                lambda wrong, classes: 0.0: mark("You leave out luck: where answer and label are both wrong they agree "
                                                 "now and then."),
                lambda wrong, classes: wrong / classes: mark("A wrong label is one of the *other* classes: one fewer "
                                                             "than there are."),
                lambda wrong, classes: -wrong / (classes - 1): mark("You add what luck brings. What is measured holds "
                                                                    "it already."),
                lambda wrong, classes: wrong: mark("You let each wrong label agree with each wrong answer. With ten "
                                                   "classes they do so in one case of nine."),
                lambda wrong, classes: 1 / (classes - 1): mark("You give luck to all labels. Only the wrong ones can "
                                                               "agree with a wrong answer."),
            },
        },
        misconceptions=(
            Misconception(mark("You let the network err on 1 - measured of the images. It errs on all that it doesn't "
                               "really read right: that share is the unknown, on both sides."),
                          lambda measured, wrong, classes: (measured - (1 - measured) * wrong / (classes - 1))
                          / (1 - wrong)),
            Misconception(mark("You add the wrong labels. Of those it could have been right about, too, only the "
                               "share that it reads is missing."),
                          lambda measured, wrong, classes: measured + wrong),
            Misconception(mark("You go the other way: this is what would be measured if `measured` were the truth."),
                          lambda measured, wrong, classes: measured * (1 - wrong) + (1 - measured) * wrong
                          / (classes - 1)),
            Misconception(mark("You give luck to the images that are read right: where the network errs, it may agree "
                               "with a wrong label."),
                          lambda measured, wrong, classes: measured / (1 - wrong + wrong / (classes - 1))),
            Misconception(mark("You take the luck off, but divide by the right labels alone: where the network is "
                               "right there is no luck to count."),
                          lambda measured, wrong, classes: (measured - wrong / (classes - 1)) / (1 - wrong)),
        ),
    ),
)  # fmt: skip

TASKS = (SCALE_FOR, CLIP, INIT_STD, STOP, DIAGNOSE, TRUE_SHARE)
