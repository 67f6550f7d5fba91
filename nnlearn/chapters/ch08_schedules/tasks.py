"""The tasks of chapter 08: a schedule to mend, what noise leaves, a rule that waits. The others: decision_tasks.py.

Each stands on its own: the right answer as named steps, inputs, and the mistakes that need a why. All others are
derived from the right answer's source.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.chapters.ch08_schedules.decision_tasks import (
    BEST_SHARE,
    LONGER,
    MEAN,
    RATE_OF,
    SCALED,
    SETTLING,
    UNWEIGHED,
    WHOLE,
)
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 08.1 ------------------------------------------------------------------------------------------------------------


def linear_rate(t, T, peak, share, *, remaining=lambda t, T: T + 1 - t, span=lambda T, share: share * T,
                low=lambda cooling: 0, high=lambda left, cooling: 1, shape=lambda part: part):  # fmt: skip
    """The right answer."""
    left = remaining(t, T)
    cooling = span(T, share)
    part = min(max(left / cooling, low(cooling)), high(left, cooling))
    return peak * shape(part)


def peak_again(t, T, peak, share):
    """Only within the fall the rate is another than the peak."""
    return linear_rate(t, T, peak, share) if t <= T else peak


RATES = Task(
    id="08.1",
    title=mark("Mend a schedule"),
    text=mark(
        "Write linear_rate(t, T, peak, share): the rate of step t (1, 2, ..., T). It is peak, and falls evenly in the "
        "last share of the T steps, such that it would reach 0 in step T + 1. From there on it stays 0."
    ),
    asks=Question(
        points=2,
        reference=linear_rate,
        example=(8, 10, 0.5, 0.4),
        inputs=lambda random: (
            (int(t), T, round(random.uniform(0.01, 1), 2), share)
            for T, share in ((10, 0.5), (20, 0.1), (840, 0.3), (7, 1.0), (12, 0.25), (11, 0.3))
            for t in (1, T // 2, T - 1, T, T + 1, T + 3)
        ),
        witnesses=((10, 10, 0.5, 0.4), (11, 10, 0.5, 0.4), (13, 10, 0.5, 0.4), (7, 10, 0.5, 0.4), (1, 10, 0.3, 1.0),
                   (5, 10, 0.5, 0.4), (9, 10, 0.5, 0.15), (10, 10, 0.5, 0.15)),
        advice=mark("T = 10, peak 1, share 0.4: the rates of the steps 6 to 11 are 1, 1, 0.75, 0.5, 0.25, 0."),
        made_of=lambda t, T, peak, share: {"t": t, "T": T, "peak": peak, "share": share, "share * T": share * T},
        misconceptions=(
            Misconception(mark("Beyond T your rate is at the peak again. There it is 0."), peak_again),
        ),
        slots={
            "remaining": {
                lambda t, T: T - t: mark("Your last step, T, has the rate 0: it does nothing. Steps are counted from "
                                         "1."),
                lambda t, T: T + 2 - t: mark("Your rate falls a step late: it would reach 0 in step T + 2."),
            },
            "span": {
                lambda T, share: T: mark("You cool from the first step on. The rate stays at the peak until the last "
                                         "share."),
                lambda T, share: share * T + 1: LONGER,
                **dict.fromkeys((lambda T, share: max(int(share * T), 1), lambda T, share: np.ceil(share * T)),
                                WHOLE),
                lambda T, share: max(share * T - 1, 1e-9): mark("Your fall takes share * T - 1 steps, one step too "
                                                                "short."),
                **dict.fromkeys((lambda T, share: max((1 - share) * T, 1e-9), lambda T, share: (1 - share) * T + 1),
                                mark("You keep the rate for the share and cool in the rest. It is the other way "
                                     "round.")),
            },
            "low": {
                lambda cooling: -np.inf: mark("Beyond T your rate is below 0: it walks uphill. There it stays 0."),
                lambda cooling: 1 / cooling: mark("Beyond T you keep the rate of the last step. There it is 0."),
            },
            "high": {
                lambda left, cooling: np.inf: mark("Before the fall your rate is above the peak: nothing holds it."),
                lambda left, cooling: 1 if left >= cooling + 1 else np.inf: mark(
                    "In the first step of the fall your rate can be above the peak: share * T need not be whole."),
            },
            "shape": {lambda part: (1 - np.cos(np.pi * part)) / 2: mark("You cool along half a wave, as CosineDecay "
                                                                        "does. Here the rate falls evenly.")},
        },
    ),
)  # fmt: skip

# --- 08.2 ------------------------------------------------------------------------------------------------------------


def noise_floor(rate, curvatures, sigma, *, variance=np.square, added=lambda rate, variance: rate**2 * variance,
                lost=lambda kept, left: 1 - left, loss=lambda curvatures, squares: curvatures * squares / 2,
                total=np.sum):  # fmt: skip
    """The right answer: squares stay when (1 - rate * curvature)**2 * square + (rate * sigma)**2 is square."""
    noise = added(rate, variance(sigma))
    kept = 1 - rate * curvatures
    left = kept**2
    squares = noise / lost(kept, left)
    return total(loss(curvatures, squares))


def bowls(random):
    """Few and many directions, rates from tiny ones to near the limit of the steepest."""
    for d, share in ((1, 0.75), (2, 0.05), (3, 0.5), (5, 0.95), (2, 0.001)):
        curvatures = random.uniform(0.02, 3, d).round(2)
        yield round(2 * share / curvatures.max(), 5), curvatures, round(random.uniform(0.1, 2), 1)


FLOOR = Task(
    id="08.2",
    title=mark("Derive the floor of the noise"),
    text=mark(
        "Write noise_floor(rate, curvatures, sigma): a bowl with the loss sum(curvatures * theta**2) / 2; each "
        "coordinate's gradient has noise of standard deviation sigma. At a constant rate, what is the mean loss in the "
        "end? curvatures is an array of shape (d,); each rate * curvature is above 0 and below 2. Return one number."
    ),
    asks=Question(
        points=2,
        reference=noise_floor,
        example=(0.5, np.array([3.0, 0.5]), 0.2),
        inputs=bowls,
        witnesses=((0.5, np.array([3.0]), 2.0), (0.1, np.array([1, 2]), 0.5), (1.5, np.array([1.0]), 0.3),
                   (0.001, np.array([1.0, 0.02]), 0.2), (0.5, np.array([2.0, 0.5, 1.0]), 0.5)),
        advice=mark("With rate 1, one curvature of 1 and sigma 1 each step forgets theta and leaves the noise alone: "
                    "the mean square is 1, the loss 1/2."),
        made_of=lambda rate, curvatures, sigma: {"rate": rate, "curvatures": curvatures, "sigma": sigma},
        misconceptions=(
            Misconception(mark("The square of theta keeps for you what theta keeps, 1 - rate * curvature; it keeps the "
                               "square of that. Or you take the floor for small rates, and forget the half of the "
                               "loss."), lambda *case: noise_floor(*case, lost=lambda kept, left: 1 - kept)),
        ),
        slots={
            "added": dict.fromkeys((lambda rate, variance: variance, lambda rate, variance: rate * variance),
                                   SCALED),
            "variance": {lambda sigma: sigma: mark("sigma is a standard deviation: the noise adds its square.")},
            "lost": {
                lambda kept, left: 2 * (1 - kept): mark("That is right for small rates alone: (1 - a)**2 is "
                                                        "1 - 2 a + a**2, and near the limit the square counts."),
                lambda kept, left: (1 - kept) * (3 - kept): mark("You add the square of rate * curvature where it is "
                                                                 "taken off: (1 - a)**2 is 1 - 2 a + a**2."),
            },
            "loss": {
                lambda curvatures, squares: squares: mark("That is the mean square of theta. The loss takes half of "
                                                          "it, times the curvature."),
                lambda curvatures, squares: squares / 2: UNWEIGHED,
                lambda curvatures, squares: curvatures * squares: mark("You forgot the half of the loss, "
                                                                       "curvature * theta**2 / 2."),
            },
            "total": {np.mean: MEAN},
        },
    ),
)  # fmt: skip

# --- 08.3 ------------------------------------------------------------------------------------------------------------


def waited_rates(losses, rate, factor, patience, *, better=lambda loss, best: loss < best, keep=min,
                 calm=lambda waited: 0, late=0, anew=lambda waited: 0, kept=lambda best, loss: best,
                 noted=lambda rates: rates):  # fmt: skip
    """The right answer."""
    best = np.inf
    waited = 0
    rates = []
    for loss in losses:
        waited = calm(waited) if better(loss, best) else waited + 1
        best = keep(best, loss)
        if waited >= patience + late:
            rate, waited, best = rate * factor, anew(waited), kept(best, loss)
        rates.append(rate)
    return noted(rates)


def unchanged(waited):
    """Of the draft and others: the losses that were counted still count."""
    return waited


def latest(best, loss):
    """What the draft keeps."""
    return loss


def earliest(best, loss):
    """The first loss of all."""
    return best if np.isfinite(best) else loss


def from_the_first(rates):
    """Each cut is one of the first rate: a second one changes nothing."""
    cut = next((rate for rate in rates if rate != rates[0]), rates[0])
    return [rate if rate == rates[0] else cut for rate in rates]


def since_the_cut(losses, rate, factor, patience):
    """Every loss counts, a better one as well."""
    best, waited, rates = np.inf, 0, []
    for loss in losses:
        waited += 1
        if loss >= best and waited >= patience:
            rate, waited = rate * factor, 0
        best = min(best, loss)
        rates.append(rate)
    return rates


def at_multiples(losses, rate, factor, patience):
    """0 waits are a multiple of patience."""
    best, waited, rates = np.inf, 0, []
    for loss in losses:
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        rate = rate if waited % patience else rate * factor
        rates.append(rate)
    return rates


def within_window(losses, rate, factor, patience):
    """Better is what is below the last losses alone."""
    waited, rates = 0, []
    for k, loss in enumerate(losses):
        waited = 0 if loss < min(losses[max(k - patience, 0) : k], default=np.inf) else waited + 1
        if waited >= patience:
            rate, waited = rate * factor, 0
        rates.append(rate)
    return rates


def losses_of_epochs(random):
    """Falling and noisy, standing still, rising; patience 1 and more."""
    for patience, noise in ((1, 0.3), (2, 0.3), (3, 0.5), (4, 0.1), (2, 0.0)):
        losses = (np.exp(-np.arange(14) / 4) + noise * random.random(14)).round(2)
        yield losses.tolist(), round(random.uniform(0.01, 1), 2), random.choice([0.1, 0.5]).item(), patience


UP_AND_DOWN = ([1.0, 0.6, 0.8, 0.7, 0.9, 0.75, 0.85, 0.5, 0.7, 0.6, 0.65], 0.4, 0.5, 2)
TIES = ([1.0, 0.5, 0.5, 0.5, 0.5, 0.4, 0.4], 1.0, 0.1, 2)
WAITING = Task(
    id="08.3",
    title=mark("Mend a rule that waits"),
    text=mark(
        "Write waited_rates(losses, rate, factor, patience): after each loss the rate in force, as a list. A loss is "
        "better if it is below all before it. After so many losses in a row that are not better as patience says, the "
        "rate is multiplied by factor at once, and the waiting begins anew (the best loss stays)."
    ),
    asks=Question(
        points=2,
        reference=waited_rates,
        example=UP_AND_DOWN,
        inputs=losses_of_epochs,
        witnesses=(TIES, ([0.9, 0.8, 0.7], 0.1, 0.5, 1), ([0.2, 0.3, 0.1], 1.0, 0.5, 1),
                   ([0.3, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4], 1.0, 0.5, 3),
                   ([0.5, 0.7, 0.6, 0.9, 0.8, 0.4], 0.8, 0.5, 1), ([0.6, 0.9, 0.8, 0.7, 0.75], 0.4, 0.1, 2),
                   ([0.5, 0.7, 0.9, 0.8, 0.85, 0.4], 1.0, 0.5, 2)),
        advice=mark("losses [5, 4, 6, 5, 3], rate 1, factor 0.5 and patience 2: the second loss that is not below 4 is "
                    "the fourth, so the rates are [1, 1, 1, 0.5, 0.5]."),
        misconceptions=(
            Misconception(mark("All faults of the draft: it compares with the loss before, cuts one late, and goes on "
                               "cutting."), lambda *case: waited_rates(*case, keep=latest, late=1, anew=unchanged)),
            Misconception(mark("You compare with the last losses alone, as many as patience says. A loss is better if "
                               "it is below all before."), within_window),
            Misconception(mark("You count all losses since the last cut, better ones, too. Only losses in a row that "
                               "are not better count."), since_the_cut),
            Misconception(mark("Your rate is never cut: is what you ask for before a cut ever so? Follow the best loss "
                               "and the count by hand, loss by loss."),
                          lambda losses, rate, *rest: [rate] * len(losses)),
            Misconception(mark("You cut at each multiple of patience. 0 is one as well: you cut after every better "
                               "loss."), at_multiples),
        ),
        slots={
            "better": {
                lambda loss, best: loss <= best: mark("An equal loss counts as better for you. Better means below."),
                lambda loss, best: np.isfinite(best) and loss < best: mark(
                    "Your best loss begins as the first one, which then isn't below itself and counts as a wait."),
            },
            "keep": {
                latest: mark("You compare with the loss before. A curve that swings is never worse twice in a row: "
                             "keep the best so far."),
                earliest: mark("You compare with the first loss alone. A better one becomes the best."),
            },
            "calm": {unchanged: mark("A better loss doesn't end your count. Only losses in a row are counted.")},
            "late": {
                1: mark("You cut one loss late: patience 2 means after the second loss that is not better."),
                -1: mark("You cut one loss early: patience 2 means after the second loss that is not better."),
            },
            "anew": {
                unchanged: mark("After a cut you don't begin to wait anew: every further loss then cuts again."),
                lambda waited: 1: mark("After a cut you begin to count at 1: the loss of the cut counts twice."),
            },
            "kept": {
                lambda best, loss: np.inf: mark("After a cut you forget the best loss. It stays: the next loss is "
                                                "compared with it, too."),
                lambda best, loss: loss: mark("After a cut you take the loss of that moment for the best. The best of "
                                              "all before stays."),
            },
            "noted": {
                lambda rates: [*rates[:1], *rates[:-1]]: mark("You note the rate before you look at the loss. A cut "
                                                              "holds at once."),
                from_the_first: mark("Each cut begins at the first rate for you. The rate in force is multiplied."),
                lambda rates: [rates[-1]] * len(rates): mark("All your rates are the last one: note the rate after "
                                                             "each loss."),
            },
        },
    ),
)  # fmt: skip

TASKS = (RATES, FLOOR, WAITING, SETTLING, RATE_OF, BEST_SHARE)
