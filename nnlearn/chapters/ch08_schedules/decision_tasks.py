"""Tasks 08.4 to 08.6: how long noise takes to settle, which rate made a floor, how much of a run should cool."""
# mypy: allow-untyped-defs

import math
from functools import partial

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

SCALED = mark("Noise comes with the gradient: a step adds it times the rate, so to the square its variance times the "
              "rate's square.")  # fmt: skip
MEAN = mark("You take the mean of the directions, or divide by their number on the way. The loss adds them up.")
UNWEIGHED = mark("You leave out the curvatures in the loss.")
LONGER = mark("Your fall takes share * T + 1 steps, one step too long: in its first step the rate is still the peak.")
WHOLE = mark("You make share * T a whole number of steps. The rate falls with the fraction.")
SQUARE_ALREADY = mark("You square the variance. It is a square already.")

# --- 08.4 ------------------------------------------------------------------------------------------------------------


def floor_of(rate, curvature):
    """The loss at which noise of variance 1 holds one direction."""
    return rate / (2 * (2 - rate * curvature))


def settling(hot, cold, curvature, margin, *, under=lambda a: 2 - a,
             kept=lambda hot, cold, curvature: (1 - cold * curvature)**2,
             of=lambda high, low: low, further=lambda steps: steps):  # fmt: skip
    """The right answer: what lies above the new floor is multiplied by (1 - cold * curvature)**2 in each step."""
    high = hot / under(hot * curvature)
    low = cold / under(cold * curvature)
    above = high - low
    bound = margin * of(high, low)
    steps = 0
    while above > bound:
        above = above * kept(hot, cold, curvature)
        steps = steps + 1
    return further(steps)


def shrinking(hot, cold, curvature, margin):
    """The whole loss is multiplied, not what lies above the new floor."""
    loss, low = floor_of(hot, curvature), floor_of(cold, curvature)
    steps = 0
    while loss > (1 + margin) * low:
        loss, steps = loss * (1 - cold * curvature) ** 2, steps + 1
    return steps


@np.errstate(divide="ignore")  # of the logarithm of 0
def by_logarithm(hot, cold, curvature, margin, *, logarithm=np.log):
    """How often what lies above must be multiplied, by logarithms alone."""
    high, low = floor_of(hot, curvature), floor_of(cold, curvature)
    steps = np.ceil(logarithm(margin * low / (high - low)) / logarithm((1 - cold * curvature) ** 2))
    return int(max(steps, 0))


def one_beyond(hot, cold, curvature, margin):
    """Steps until it lies below the bound, not at it."""
    steps = settling(hot, cold, curvature, margin)
    above, low = floor_of(hot, curvature) - floor_of(cold, curvature), floor_of(cold, curvature)
    return steps + (steps > 0 and above * (1 - cold * curvature) ** (2 * steps) == margin * low)


def below_zero(hot, cold, curvature, margin):
    """How often, and below 0 where it need not be."""
    high, low = floor_of(hot, curvature), floor_of(cold, curvature)
    kept = max((1 - cold * curvature) ** 2, 1e-300)
    return int(np.ceil(np.log(margin * low / (high - low)) / np.log(kept)))


NO_LOGARITHM = mark("Where cold * curvature is 1 one step is enough: nothing is left of what lay above, and 0 has no "
                    "logarithm.")  # fmt: skip
SETTLING = Task(
    id="08.4",
    title=mark("Predict when it is too late to cool"),
    text=mark(
        "Write settling(hot, cold, curvature, margin): one direction whose noise has settled at the rate hot. The rate "
        "is cut to cold at once. After how many steps does the mean loss lie above the new floor by at most margin "
        "times that floor? (0 if it does already.)"
    ),
    asks=Question(
        points=2,
        reference=settling,
        example=(0.5, 0.1, 1.0, 0.1),
        inputs=lambda random: (
            (hot, round(hot * random.uniform(0.02, 0.6), 4), round(random.uniform(0.1, 1.8), 2), margin)
            for hot in (0.9, 0.3, 0.05) for margin in (0.1, 0.5, 0.02)
        ),
        witnesses=((0.5, 0.1, 0.2, 0.1), (0.5, 0.4, 1.0, 1.0), (1.5, 0.1, 1.0, 0.1), (0.2, 0.1, 0.05, 0.05),
                   (1.05, 0.03, 1.8, 0.01), (1.13, 1.1, 1.75, 0.05), (0.02, 0.001, 40.0, 0.05),
                   (1.5, 1.0, 1.0, 0.1), (0.9, 0.5, 2.0, 0.1), (0.3, 0.2, 1.0, 2.0),
                   (0.9375, 0.75, 2.0, 1.0), (0.9375, 0.75, 2.0, 4.0)),
        advice=mark("hot 1, cold 0.5, curvature 1: the floors are 1/2 and 1/6 (times the variance), 1/3 apart. Each "
                    "step keeps a quarter: 1/12, 1/48. With margin 0.2 (1/30) that is 2 steps."),
        misconceptions=(
            Misconception(mark("You let the whole loss shrink. Only what lies above the new floor does: the floor "
                               "itself stays."), shrinking),
            Misconception(NO_LOGARITHM, by_logarithm),
            Misconception(NO_LOGARITHM, partial(by_logarithm, logarithm=math.log)),
            Misconception(mark("Where the loss lies near enough from the start your answer is below 0. It is 0."),
                          below_zero),
            Misconception(mark("At most means that just so much is enough: there you take one step too many, as floor "
                               "+ 1 does where nothing is to be rounded."), one_beyond),
        ),
        slots={
            "kept": {
                **dict.fromkeys(
                    (lambda hot, cold, curvature: abs(1 - cold * curvature),
                     lambda hot, cold, curvature: 1 - cold * curvature),
                    mark("theta keeps 1 - cold * curvature of itself, but the loss is made of its square.")),
                lambda hot, cold, curvature: (1 - hot * curvature) ** 2: mark(
                    "After the cut it is the cold rate that makes the steps."),
                lambda hot, cold, curvature: (1 - cold) ** 2: mark(
                    "You leave out the curvature in what a step keeps: the gradient is curvature times theta."),
                lambda hot, cold, curvature: np.exp(-2 * cold * curvature): mark(
                    "exp(-a) stands for 1 - a where a is small. A step keeps 1 - cold * curvature."),
            },
            "under": {lambda a: 2: mark("Your floors leave out rate * curvature under the line, "
                                                             "which a large rate feels.")},
            "of": {
                **dict.fromkeys((lambda high, low: 1, lambda high, low: 2),
                                mark("You hold margin itself against the loss. It is a share of the new floor.")),
                lambda high, low: high: mark("You take margin of the old floor. It is a share of the new one."),
                lambda high, low: high - low: mark("You take margin of the way between the floors. It is a share of "
                                                   "the new floor."),
            },
            "further": {
                lambda steps: max(steps - 1, 0): mark(
                    "You round down: after so many steps the loss is still too far above. It takes one more."),
                lambda steps: steps + 1: mark("You count one step too many."),
            },
        },
    ),
)  # fmt: skip

# --- 08.5 ------------------------------------------------------------------------------------------------------------


def rate_of(loss, curvature, variance, *, doubled=lambda loss, curvature: 2 * loss, noise=lambda variance: variance,
            under=lambda variance, twice, curvature: variance + twice * curvature):  # fmt: skip
    """The right answer: loss = rate * variance / (2 * (2 - rate * curvature)), solved for the rate."""
    twice = doubled(loss, curvature)
    divisor = under(noise(variance), twice, curvature)
    return 2 * twice / divisor


def searched(loss, curvature, variance, *, most):
    """The rate between 0 and the most, by halves."""
    low, high = 0.0, most
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if floor_of(middle, curvature) * variance < loss else (low, middle)
    return low


UP_TO = mark("You search up to one rate, whatever the curvature. Rates below 2 / curvature settle, those above don't.")
RATE_OF = Task(
    id="08.5",
    title=mark("Infer the rate from the floor"),
    text=mark(
        "Write rate_of(loss, curvature, variance): a run hovers at this mean loss, above a lowest loss of 0, in one "
        "direction of this curvature; the gradient's noise has this variance. Which constant rate does it have?"
    ),
    asks=Question(
        points=1,
        reference=rate_of,
        example=(0.05, 2.0, 0.4),
        inputs=lambda random: (
            (floor_of(rate, curvature) * variance, curvature, variance)
            for rate, curvature, variance in zip(
                (0.001, 0.3, 0.9, 1.9, 0.05), random.uniform(0.1, 1, 5).round(2).tolist(),
                random.uniform(0.01, 9, 5).round(2).tolist(), strict=True)
        ),
        witnesses=((0.5, 1.0, 1.0), (1.5, 1.0, 1.0), (0.0025, 0.02, 0.04), (3.0, 1.0, 1.0), (0.6, 0.1, 0.05),
                   (4.0, 0.25, 1.0), (0.02, 3.0, 0.1)),
        advice=mark("With curvature 1 and variance 1 a rate of 1 hovers at 1/2."),
        made_of=lambda loss, curvature, variance: {"loss": loss, "curvature": curvature, "variance": variance},
        misconceptions=(
            Misconception(mark("Your rate never exceeds 1 / curvature. Rates up to 2 / curvature settle, too."),
                          lambda loss, curvature, variance: min(rate_of(loss, curvature, variance), 1 / curvature)),
            *(Misconception(UP_TO, partial(searched, most=most)) for most in (1.0, 2.0)),
        ),
        slots={
            "doubled": {
                lambda loss, curvature: loss: mark("You forgot the half of the loss, curvature * theta**2 / 2."),
                lambda loss, curvature: 2 * loss * curvature: mark("You multiply by the curvature on the way to the "
                                                                   "mean square of theta. The loss holds it already."),
                lambda loss, curvature: loss * curvature: mark("You take the loss for the mean square of theta: it is "
                                                               "half of that, times curvature."),
            },
            "noise": {np.square: SQUARE_ALREADY},
            "under": {
                lambda variance, twice, curvature: variance: mark("That is right for small rates alone, where "
                                                                  "2 - rate * curvature is nearly 2."),
                lambda variance, twice, curvature: variance - twice * curvature: mark(
                    "A sign is lost as you solve for the rate: what stands under the line grows with the loss."),
                lambda variance, twice, curvature: variance + twice: mark("You take the curvature for 1 under the "
                                                                          "line."),
            },
        },
    ),
)  # fmt: skip

# --- 08.6 ------------------------------------------------------------------------------------------------------------


def best_share(peak, shares, T, curvatures, starts, variance, *, begun=np.square, count=lambda T: T,
               left=lambda T, step: T - step, span=lambda T, share: share * T, kept=lambda a: (1 - a)**2,
               added=lambda rate, variance, peak, curvatures: rate**2 * variance,
               weighed=lambda curvatures, squares: curvatures * squares, total=np.sum, half=2,
               named=lambda shares, best: shares[best]):  # fmt: skip
    """The right answer."""
    losses = []
    for share in shares:
        squares = begun(starts)
        for step in range(count(T)):
            rate = peak * min(1, left(T, step) / span(T, share))
            squares = kept(rate * curvatures) * squares + added(rate, variance, peak, curvatures)
        losses.append(total(weighed(curvatures, squares)) / half)
    best = int(np.argmin(losses))
    return named(shares, best), losses[best]


def run_on(peak, shares, T, curvatures, starts, variance):
    """Each share goes on where the one before has ended."""
    losses, squares = [], starts**2
    for share in shares:
        rates = [peak * min(1, (T - step) / (share * T)) for step in range(T)]
        for rate in rates:
            squares = (1 - rate * curvatures) ** 2 * squares + rate**2 * variance
        losses.append(np.sum(curvatures * squares) / 2)
    best = int(np.argmin(losses))
    return shares[best], losses[best]


def noise_stays(peak, shares, T, curvatures, starts, variance):
    """theta shrinks; the noise that was added does not."""
    losses = []
    for share in shares:
        rates = np.array([peak * min(1, (T - step) / (share * T)) for step in range(T)])
        left = np.prod(1 - rates[:, None] * curvatures, axis=0) ** 2 * starts**2
        losses.append(np.sum(curvatures * (left + variance * np.sum(rates**2))) / 2)
    best = int(np.argmin(losses))
    return shares[best], losses[best]


def least_on_the_way(peak, shares, T, *bowl):
    """The least loss after any step, not after the last."""
    found = []
    for share in shares:
        rates = [peak * min(1, (T - step) / (share * T)) for step in range(T)]
        found += [(loss, share) for loss in losses_with(rates, *bowl)]
    loss, share = min(found, key=lambda pair: pair[0])
    return share, loss


def losses_with(rates, curvatures, starts, variance):
    """The mean loss after each step."""
    squares = starts**2
    for rate in rates:
        squares = (1 - rate * curvatures) ** 2 * squares + rate**2 * variance
        yield np.sum(curvatures * squares) / 2


def cooled_before(peak, shares, *rest):
    """The answer with the rate kept in the last share."""
    others = [max(1 - share, 0.01) for share in shares]
    best, loss = best_share(peak, others, *rest)
    return shares[others.index(best)], loss


SHARES = [0.05, 0.1, 0.3, 0.6, 1.0]
TWO, FAR = np.array([1.0, 0.05]), np.array([2.0, 4.0])
BEST_SHARE = Task(
    id="08.6",
    title=mark("Decide how much of the run cools"),
    text=mark(
        "Write best_share(peak, shares, T, curvatures, starts, variance): which of the shares leads to the least mean "
        "loss after T steps, and to which? The rate of step t (1 to T) is peak, in the last share of the steps "
        "peak * (T + 1 - t) / (share * T). curvatures and starts have shape (d,); the noise of each coordinate's "
        "gradient has this variance; the loss is sum(curvatures * theta**2) / 2. Return (share, loss)."
    ),
    asks=Question(
        points=3,
        reference=best_share,
        example=(0.3, SHARES, 60, np.array([1.0, 0.1]), FAR, 0.4),
        inputs=lambda random: (
            (peak, SHARES, T, np.array([1.0, round(random.uniform(0.02, 0.3), 2)]), random.uniform(1, 4, 2).round(1),
             variance)
            for peak, T, variance in ((0.2, 40, 0.04), (0.9, 40, 0.04), (0.5, 20, 0.0), (0.1, 30, 0.1))
        ),
        witnesses=((1.2, SHARES, 60, TWO, FAR, 0.04), (0.1, SHARES, 50, TWO, FAR, 0.01),
                   (0.6, [0.2, 0.7], 30, np.array([0.5]), np.array([3]), 0.2),
                   (0.05, SHARES, 20, np.array([1.0, 0.3, 0.1]), np.array([0.01, 0.02, 0.03]), 0.5),
                   (0.3, SHARES, 60, np.array([1.0, 0.3, 0.1]), np.array([2.0, 1.0, 4.0]), 0.4),
                   (0.6, [0.2, 0.7], 30, np.array([0.5, 1.0]), np.array([3.0, 2.0]), 0.2)),
        returns=("share", "loss"),
        advice=mark("One coordinate of curvature 1 from 2, peak 1, T = 2, share 1, variance 1: rates are 1 and 0.5, "
                    "the mean square 4, 1, then 0.25 + 0.25: a loss of 1/4."),
        misconceptions=(
            Misconception(mark("You keep the rate in the last share and cool before it: the other way round."),
                          cooled_before),
            Misconception(mark("You take the least loss on the way. Asked is the loss after all T steps: from a near "
                               "start noise may raise it."), least_on_the_way),
            Misconception(mark("Each share goes on from where the one before ended. Every one is a run of its own, "
                               "which begins at starts."), run_on),
            Misconception(mark("You add up the noise of all steps whole. Later steps shrink what is there, the noise "
                               "of earlier ones, too."), noise_stays),
        ),
        slots={
            "begun": {lambda starts: starts: mark("The mean of theta**2 begins at the square of the start.")},
            "count": {lambda T: T - 1: mark("You make T - 1 steps. The last one, T, is a step as well.")},
            "named": {
                lambda shares, best: best: mark("You return the place of the share in the list, not the share."),
                lambda shares, best: shares[-1]: mark("You return the last of the shares, whichever is best."),
            },
            "left": {
                lambda T, step: T + 1 - step: mark("You count steps from 0: each rate of the fall comes a step late."),
                lambda T, step: T - 1 - step: mark("Your last step, T, has the rate 0: it does nothing. Steps are "
                                                   "counted from 1."),
            },
            "span": {lambda T, share: share * T + 1: LONGER,
                     **dict.fromkeys((lambda T, share: max(int(share * T), 1), lambda T, share: np.ceil(share * T)),
                                     WHOLE)},
            "kept": {lambda a: abs(1 - a): mark("theta keeps 1 - rate * curvature of itself, but the loss is made of "
                                                "its square.")},
            "added": {
                lambda rate, variance, peak, curvatures: 0.0: mark("You leave out the noise. Without it the hottest "
                                                                   "run is always the best."),
                lambda rate, variance, peak, curvatures: variance: SCALED,
                lambda rate, variance, peak, curvatures: rate * variance: SCALED,
                lambda rate, variance, peak, curvatures: (rate * variance) ** 2: SQUARE_ALREADY,
                lambda rate, variance, peak, curvatures: (rate * curvatures) ** 2 * variance: mark(
                    "You multiply the noise by the curvature. It comes on top of the gradient as it is."),
                lambda rate, variance, peak, curvatures: peak**2 * variance: mark(
                    "A step's noise comes with the rate of that step, not with the peak."),
            },
            "weighed": {lambda curvatures, squares: squares: UNWEIGHED},
            "total": {np.mean: MEAN},
            "half": {1: mark("You forgot the half of the loss, curvature * theta**2 / 2.")},
        },
    ),
)  # fmt: skip
