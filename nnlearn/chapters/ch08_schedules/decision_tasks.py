"""Tasks 08.4 to 08.6: how long noise takes to settle, which rate made a floor, how much of a run should cool."""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 08.4 ------------------------------------------------------------------------------------------------------------


def floor_of(rate, curvature):
    """The loss at which noise of variance 1 holds one direction."""
    return rate / (2 * (2 - rate * curvature))


def settling(hot, cold, curvature, margin):
    """The right answer: what lies above the new floor is multiplied by (1 - cold * curvature)**2 in each step."""
    above = floor_of(hot, curvature) - floor_of(cold, curvature)
    kept = (1 - cold * curvature) ** 2
    steps = 0
    while above > margin * floor_of(cold, curvature):
        above = above * kept
        steps = steps + 1
    return steps


def settling_with(kept, floor=floor_of):
    """The answer with another share kept, or another floor."""

    def answer(hot, cold, curvature, margin):
        above, bound = floor(hot, curvature) - floor(cold, curvature), margin * floor(cold, curvature)
        steps = 0
        while above > bound and steps < 10_000:
            above, steps = above * kept(hot, cold, curvature), steps + 1
        return steps

    return answer


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
                   (1.05, 0.03, 1.8, 0.01), (1.13, 1.1, 1.75, 0.05), (0.02, 0.001, 40.0, 0.05)),
        advice=mark("hot 1, cold 0.5, curvature 1: the floors are 1/2 and 1/6 (times the variance), 1/3 apart. Each "
                    "step keeps a quarter: 1/12, 1/48. With margin 0.2 (1/30) that is 2 steps."),
        misconceptions=(
            Misconception(mark("theta keeps 1 - cold * curvature of itself, but the loss is made of its square."),
                          settling_with(lambda hot, cold, curvature: abs(1 - cold * curvature))),
            Misconception(mark("After the cut it is the cold rate that makes the steps."),
                          settling_with(lambda hot, cold, curvature: (1 - hot * curvature) ** 2)),
            Misconception(mark("Your floors leave out rate * curvature under the line, which a large rate feels."),
                          settling_with(lambda hot, cold, curvature: (1 - cold * curvature) ** 2,
                                        lambda rate, curvature: rate / 4)),
        ),
    ),
)  # fmt: skip

# --- 08.5 ------------------------------------------------------------------------------------------------------------


def rate_of(loss, curvature, variance):
    """The right answer: loss = rate * variance / (2 * (2 - rate * curvature)), solved for the rate."""
    over = 4 * loss
    under = variance + 2 * loss * curvature
    return over / under


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
        witnesses=((0.5, 1.0, 1.0), (1.5, 1.0, 1.0), (0.0025, 0.02, 0.04), (3.0, 1.0, 1.0)),
        advice=mark("With curvature 1 and variance 1 a rate of 1 hovers at 1/2."),
        made_of=lambda loss, curvature, variance: {"loss": loss, "curvature": curvature, "variance": variance},
        misconceptions=(
            Misconception(mark("That is right for small rates alone, where 2 - rate * curvature is nearly 2."),
                          lambda loss, curvature, variance: 4 * loss / variance),
            Misconception(mark("You take the loss for the mean square of theta: it is half of that, times curvature."),
                          lambda loss, curvature, variance: 2 * loss * curvature / (variance + loss * curvature**2)),
        ),
    ),
)  # fmt: skip

# --- 08.6 ------------------------------------------------------------------------------------------------------------


def rate_at(step, peak, share, T):
    """The rate of the step after so many: at the peak, and evenly to 0 in the last share."""
    return peak * min(1, (T - step) / (share * T))


def last_loss(peak, share, T, curvatures, starts, variance):
    """The mean loss after T steps."""
    squares = starts**2
    for step in range(T):
        rate = rate_at(step, peak, share, T)
        squares = (1 - rate * curvatures) ** 2 * squares + rate**2 * variance
    return np.sum(curvatures * squares) / 2


def best_share(peak, shares, T, curvatures, starts, variance):
    """The right answer."""
    losses = [last_loss(peak, share, T, curvatures, starts, variance) for share in shares]
    best = int(np.argmin(losses))
    return shares[best], losses[best]


def choosing(loss):
    """The answer with another loss of a run."""

    def answer(peak, shares, T, curvatures, starts, variance):
        losses = [loss(peak, share, T, curvatures, starts, variance) for share in shares]
        return shares[int(np.argmin(losses))], min(losses)

    return answer


def without_noise(peak, share, T, curvatures, starts, variance):
    """What is left of the start alone."""
    return last_loss(peak, share, T, curvatures, starts, 0.0)


def noise_unscaled(peak, share, T, curvatures, starts, variance):
    """Noise that isn't multiplied by the rate."""
    squares = starts**2
    for step in range(T):
        squares = (1 - rate_at(step, peak, share, T) * curvatures) ** 2 * squares + variance
    return np.sum(curvatures * squares) / 2


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
                   (0.6, [0.2, 0.7], 30, np.array([0.5]), np.array([3]), 0.2)),
        returns=("share", "loss"),
        advice=mark("One coordinate of curvature 1 from 2, peak 1, T = 2, share 1, variance 1: rates are 1 and 0.5, "
                    "the mean square 4, 1, then 0.25 + 0.25: a loss of 1/4."),
        misconceptions=(
            Misconception(mark("You leave out the noise. Without it the hottest run is always the best."),
                          choosing(without_noise)),
            Misconception(mark("Noise comes with the gradient: a step adds it times the rate, so to the square its "
                               "variance times the rate's square."), choosing(noise_unscaled)),
            Misconception(mark("You keep the rate in the last share and cool before it: the other way round."),
                          choosing(lambda peak, share, *rest: last_loss(peak, max(1 - share, 0.01), *rest))),
        ),
    ),
)  # fmt: skip
