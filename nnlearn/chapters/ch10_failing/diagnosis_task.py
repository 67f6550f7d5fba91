"""The task of chapter 10 that tells what is wrong with a run."""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark


def diagnose(lengths, train, test, *, least=lambda test, train: np.min(test),
             fell=lambda losses: losses[-1] > 0.95 * losses[0], parts=lambda lengths: lengths[0] / lengths[-1],
             finite=np.isfinite, seen=lambda lengths, train, test: [lengths, train, test],
             first=lambda rose, still, share: rose):  # fmt: skip
    """The right answer: in this order, since each looks only at what the ones before leave."""
    numbers = np.concatenate(seen(lengths, train, test))
    if not finite(numbers).all():
        return "exploding"
    rose = test[-1] > 1.5 * least(test, train)
    still = fell(train)
    share = parts(lengths)
    if first(rose, still, share):
        return "overfit"
    if still and share < 0.01:
        return "vanishing"
    return "plateau" if still else "none"


def runs(random):
    """Runs of every kind, near the limits and far from them, of 1 to 12 layers and 2 to 9 looks."""
    for kind in ("vanishing", "plateau", "none", "overfit", "exploding") * 4:
        looks, layers = int(random.integers(2, 10)), int(random.integers(2, 13))
        falls = kind in ("none", "overfit") or (kind == "exploding" and random.random() < 0.5)
        train = np.linspace(2.3, random.uniform(0.1, 1.9) if falls else random.uniform(2.2, 2.4), looks)
        test = train + random.uniform(0.02, 0.1, looks)
        if kind == "overfit":
            test[-1] = test.min() * random.uniform(1.6, 3)
        share = random.uniform(1e-6, 5e-3) if kind == "vanishing" or random.random() < 0.4 and falls else 0.5
        lengths = np.geomspace(share, 1.0, layers) * random.uniform(0.01, 3)
        if kind == "exploding":
            place = random.integers(3)
            (lengths, train, test)[place][-1] = random.choice([np.inf, np.nan])
        yield lengths.round(9), train.round(4), test.round(4)


SMALL = np.array([1e-5, 1e-3, 0.1])
EVEN = np.array([0.2, 0.3, 0.25])
STILL = np.array([2.31, 2.30, 2.305])
DOWN = np.array([2.3, 1.1, 0.4])


def small_is_ill(lengths, train, test):
    """Small gradients are an illness, though the loss falls."""
    found = diagnose(lengths, train, test)
    return "vanishing" if found == "none" and lengths[0] / lengths[-1] < 0.01 else found


def plateau_first(lengths, train, test):
    """Asks about the gradients where the loss fell."""
    found = small_is_ill(lengths, train, test)
    return "plateau" if found == "vanishing" and train[-1] > 0.95 * train[0] else found


DIAGNOSE = Task(
    id="10.5", title=mark("What is wrong with this run?"),
    text=mark("lengths holds the gradients' lengths layer by layer, the first layer first; train and test hold losses, "
              "at the start, at some looks on the way and at the end. Write diagnose(lengths, train, test): the first "
              "of these words that fits. 'exploding': a number isn't finite. 'overfit': the last test loss is more "
              "than 1.5 times the least. 'vanishing': the last training loss is above 95% of the first one, and the "
              "first layer's gradient is shorter than a hundredth of the last layer's. 'plateau': the training loss "
              "is, the gradient isn't. Else 'none'."),
    asks=Question(
        points=2, reference=diagnose, inputs=runs, example=(SMALL, STILL, STILL + 0.05),
        witnesses=(
            (EVEN, STILL, STILL + 0.05), (EVEN, DOWN, DOWN + 0.1), (SMALL, DOWN, DOWN + 0.1),
            (EVEN, DOWN, np.array([2.4, 0.5, 1.2])), (EVEN, np.array([2.3, 2.4, np.inf]), STILL),
            (np.array([np.nan, 0.1]), DOWN, DOWN), (EVEN, DOWN, np.array([2.3, np.nan])),
            (SMALL, STILL, np.array([2.4, 1.0, 2.3])), (EVEN, STILL, np.array([2.4, 1.0, 2.3])),
            (EVEN, np.array([2.3, 0.5, 2.25]), np.array([2.3, 2.2, 2.4])),
            (np.array([0.1, 1e-3, 1e-5]), STILL, STILL), (np.array([0.1, 1e-4, 0.2]), STILL, STILL),
            (EVEN, DOWN, np.array([0.9, 0.7, 1.2])), (np.array([0.009, 0.3, 1.0]), STILL, STILL),
            (np.array([0.011, 0.3, 1.0]), STILL, STILL), (np.array([0.2, 5.0, 1.5]), np.array([2.3, 2.2]), STILL),
            (np.array([0.2, 5.0, 1.5]), np.array([2.3, 2.18]), STILL), (np.array([0.002, 0.1, 0.15]), STILL, STILL),
            (EVEN, DOWN, np.array([1.0, 2.5, 1.6])), (EVEN, DOWN, np.array([1.0, 1.3, 1.7])),
            (EVEN, DOWN, np.array([np.nan, 1.0, 1.0])), (np.array([0.012, 0.5, 1.5]), STILL, STILL),
            (np.array([np.inf, 0.1, 0.2]), DOWN, DOWN), (EVEN, np.array([np.nan, 2.0, 1.0]), DOWN),
            (EVEN, np.array([2.3, np.inf, 1.0]), DOWN),
            (EVEN, DOWN, np.array([1.0, 0.9, 1.2])), (EVEN, DOWN, np.array([2.0, 1.0, 1.5])),
            (EVEN, np.array([2.3, 1.0, 0.99]), np.array([2.4, 1.1, 1.09])),  # falls, then stands still
            (np.array([0.01, 0.3, 1.0]), STILL, STILL), (np.array([0.02, 5.0, 1.5]), STILL, STILL),
            (EVEN, DOWN, np.array([4.0, 1.0, 3.0])),
        ),
        advice={
            mark("A first layer of 1e-5 beside a last one of 0.1 is no illness while the loss falls: 'none'."):
                (SMALL, DOWN, DOWN + 0.1),
            mark("Test losses of 2.4, 1 and 2.3 say 'overfit', whatever the training losses and gradients are."):
                (SMALL, STILL, np.array([2.4, 1.0, 2.3])),
            mark("Training losses of 2.3, 0.5 and 2.25 end where they began: with gradients of 0.2, 0.3 and 0.25 and "
                 "a level test loss 'plateau'."): (EVEN, np.array([2.3, 0.5, 2.25]), np.array([2.3, 2.2, 2.4])),
            mark("With level losses gradients of 0.1, 0.0001 and 0.2 are a 'plateau', of 1e-5, 0.001 and 0.1 "
                 "'vanishing'."): (np.array([0.1, 1e-4, 0.2]), STILL, STILL),
            mark("One number that is infinite or NaN, in any of the three lists, is enough for 'exploding'."):
                (EVEN, np.array([2.3, np.inf, 1.0]), DOWN),
        },
        slots={
            "least": {
                lambda test, train: test[0]: mark("You compare with the first test loss. An overfit network has "
                                                  "been better on its way."),
                lambda test, train: np.max(test): mark(
                    "You compare with the largest test loss. It is the least from which it rose."),
                lambda test, train: np.min(test) / 1.5 + 1: mark(
                    "You ask for 1.5 more than the least. 1.5 *times* the least is the border."),
                lambda test, train: train[-1]: mark("You compare the test loss with the training loss. Asked is "
                                                    "whether the test loss has been lower on its way."),
            },
            "fell": {
                lambda losses: np.min(losses) > 0.95 * losses[0]: mark(
                    "You go by the least training loss. The last is asked about."),
                lambda losses: losses[-1] > 0.95 * losses[-2]: mark(
                    "You compare with the loss before. The first is the one to compare with."),
                lambda losses: losses[-1] < 0.95 * losses[0]: mark("You take a loss that fell for one that stood "
                                                                   "still."),
            },
            "parts": {
                lambda lengths: lengths[-1] / lengths[0]: mark("You divide the last layer's gradient by the first "
                                                               "one's."),
                lambda lengths: np.min(lengths) / lengths[-1]: mark("You take the shortest of all. The first layer's "
                                                                    "is asked about."),
                lambda lengths: lengths[0] / np.max(lengths): mark("You compare with the longest of all. The last "
                                                                   "layer's is asked about."),
                lambda lengths: np.min(lengths) / np.max(lengths): mark(
                    "You compare the shortest with the longest of all. The first layer's and the last layer's are "
                    "asked about."),
                lambda lengths: lengths[0] / np.mean(lengths): mark("You compare with the mean of all layers. The last "
                                                                    "one's is asked about."),
                lambda lengths: lengths[0]: mark("You look at the length itself. A hundredth of the last layer's is "
                                                 "the border."),
            },
            "finite": {
                lambda numbers: ~np.isnan(numbers): mark("Infinity is not finite, either."),
                lambda numbers: ~np.isinf(numbers): mark("NaN is not finite, either: nothing that is compared with it "
                                                         "is true."),
            },
            "seen": {
                lambda lengths, train, test: [lengths, train]: mark("You leave out the test losses: one of them may be "
                                                                    "infinite or NaN, too."),
                lambda lengths, train, test: [lengths, test]: mark("You leave out the training losses: one of them may "
                                                                   "be infinite or NaN, too."),
                lambda lengths, train, test: [train, test]: mark("You leave out the gradients: a length may be "
                                                                 "infinite or NaN, too."),
                lambda lengths, train, test: [lengths[-1:], train[-1:], test[-1:]]: mark(
                    "You look at the last numbers alone. Each may be infinite or NaN."),
            },
            "first": {
                lambda rose, still, share: rose and not (still and share < 0.01): mark(
                    "You look at the gradients first. Of two words that fit the first counts: 'overfit' stands "
                    "before."),
                lambda rose, still, share: rose and not still: mark(
                    "You ask first whether the training loss stands still. Of two words that fit the first counts: "
                    "'overfit' stands before."),
            },
        },
        misconceptions=(
            Misconception(mark("You call small gradients an illness, even if the loss falls."), small_is_ill),
            Misconception(mark("You say 'plateau' of each loss that stands still, and 'vanishing' where it fell. The "
                               "gradients decide between the two where it stands still."), plateau_first),
        ),
    ),
)  # fmt: skip
