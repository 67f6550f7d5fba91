"""The tasks of chapter 07: Adam's step, its length without correction, its burst, AdamW's decay.

Each task stands on its own: the right answer, fixed and random inputs, and the mistakes that need a why. All others (a
sign, a factor, an old value for a new) are derived from the right answer's source. Two tasks are in verdict_tasks.py.
"""
# mypy: allow-untyped-defs

from functools import partial

import numpy as np

from nnlearn.chapters.ch07_adam.verdict_tasks import WHODUNIT, WINNER
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 07.1 ------------------------------------------------------------------------------------------------------------


def mended(right, *parts):
    """A mean, or one without its start at 0, as it should be. A wrong one is made of the parts."""
    return right


def along_m_hat(m_hat, gradient):
    """What theta moves along."""
    return m_hat


def root(v_hat, v, epsilon):
    """What it is divided by."""
    return np.sqrt(v_hat) + epsilon


def with_this(made):
    """How many steps there are with this one."""
    return made + 1


def adam_step(theta, m, v, gradient, made, rate, beta1, beta2, epsilon,
              *, count=with_this, m_mean=mended, v_mean=mended, m_corrected=mended, v_corrected=mended,
              along=along_m_hat, root=root, m_kept=mended, v_kept=mended):  # fmt: skip
    """The right answer: as Adam makes the step."""
    t = count(made)
    m = m_mean(beta1 * m + (1 - beta1) * gradient, m, gradient, beta1, beta2)
    v = v_mean(beta2 * v + (1 - beta2) * gradient**2, v, gradient**2, beta2, beta1)
    m_hat = m_corrected(m / (1 - beta1**t), m, beta1, beta2, t)
    v_hat = v_corrected(v / (1 - beta2**t), v, beta2, beta1, t)
    theta = theta - rate * along(m_hat, gradient) / root(v_hat, v, epsilon)
    return theta, m_kept(m, m_hat), v_kept(v, v_hat)


STATE = np.array([1.3, -0.7]), np.array([0.4, 0.9]), np.array([0.8, 0.35])
FIXED_STEPS = (
    (np.array([0.5, 1.5]), np.zeros(2), np.zeros(2), np.array([2.0, -3.0]), 0, 0.1, 0.9, 0.999, 1e-8),
    (np.array([0.5, 1.5]), np.zeros(2), np.zeros(2), np.array([1e-6, -2e-6]), 0, 0.1, 0.9, 0.999, 1e-8),
    (*STATE, np.array([0.6, -1.1]), 4, 0.3, 0.7, 0.95, 0.5),
    (*STATE, np.array([0.6, -1.1]), 1, 0.3, 0.0, 0.9, 0.05),
    (np.array([3.0, -2.0]), np.array([1.0, 2.0]), np.array([4.0, 3.0]), np.array([2.0, -1.0]), 2, 0.5, 0.6, 0.85, 0.1),
)  # fmt: skip


def steps_of_adam(random):
    """The first step is among them, and a small gradient."""
    for made in (0, 0, 1, 2, 5, 9, 30, 200):
        d = int(random.integers(1, 5))
        theta, m, gradient = random.normal(size=(3, d)).round(2) + 0.005
        v = random.uniform(0.1, 2, d).round(2)
        if made == 0:
            m, v = 0 * m, 0 * v
        betas = round(random.uniform(0.3, 0.95), 2), round(random.uniform(0.9, 0.995), 3)
        yield theta, m, v, gradient, made, round(random.uniform(0.01, 0.5), 2), *betas, random.choice([1e-8, 0.01, 0.2])


def before(made):
    """This step isn't counted."""
    return made


def kept_whole(right, kept, new, beta, other):
    """All of the past."""
    return kept + (1 - beta) * new


def bare(right, kept, *betas):
    """Not corrected."""
    return kept


def along_gradient(m_hat, gradient):
    """The gradient, m unused."""
    return gradient


def epsilon_inside(v_hat, v, epsilon):
    """The root of a sum."""
    return np.sqrt(v_hat + epsilon)


def amsgrad(theta, m, v, *rest):
    """v never falls."""
    _, new_m, new_v = adam_step(theta, m, v, *rest)
    gradient, made, rate, beta1, beta2, epsilon = rest
    v = np.maximum(v, new_v)
    hats = new_m / (1 - beta1 ** (made + 1)), v / (1 - beta2 ** (made + 1))
    return theta - rate * hats[0] / (np.sqrt(hats[1]) + epsilon), new_m, v


def nadam(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
    """The step goes on along the gradient."""
    _, m, v = adam_step(theta, m, v, gradient, made, rate, beta1, beta2, epsilon)
    m_hat, v_hat = m / (1 - beta1 ** (made + 1)), v / (1 - beta2 ** (made + 1))
    ahead = beta1 * m_hat + (1 - beta1) * gradient / (1 - beta1 ** (made + 1))
    return theta - rate * ahead / (np.sqrt(v_hat) + epsilon), m, v


def from_old(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
    """theta moves before the new gradient comes in."""
    hats = m / (1 - beta1 ** (made + 1)), v / (1 - beta2 ** (made + 1))
    _, m, v = adam_step(theta, m, v, gradient, made, rate, beta1, beta2, epsilon)
    return theta - rate * hats[0] / (np.sqrt(hats[1]) + epsilon), m, v


def by_times(right, kept, beta, other, t):
    """No power."""
    return kept / (1 - beta * t)


def hat(right, corrected):
    """The corrected mean is handed on."""
    return corrected


NO_M = mark("theta doesn't move along m: with the gradient in its place this is RMSprop with a correction.")
M_BARE = mark("theta moves along m as it is kept. It began at 0, as v did, and is too small at first: correct it too.")
V_BARE = mark("The root is taken of v as it is kept. It began at 0 and is too small at first: correct it too.")
NEVER_FORGETS = mark("Your m never forgets: with a constant gradient it grows without end. Its past needs a share, as "
                     "that of v has.")  # fmt: skip
FROM_0 = mark("The correction counts from 0: made is the number of steps before this one, and this is one more. "
              "Without a guard you divide by 0 in the first step.")  # fmt: skip
FROM_2 = mark("The correction counts a step too many: made doesn't hold this step yet, and it is one.")
GUARDED = mark("made counts the steps before this one, and this is one more. A guard against dividing by 0 leaves all "
               "others one short.")  # fmt: skip
NOT_THE_FIRST = mark("In the first step you correct nothing. It is the one that needs it most: made is 0 there, and "
                     "this step is one more.")  # fmt: skip
IN_THE_ROOT = mark("epsilon is inside the root. At a gradient of 1e-6 it is far larger than the square there, and the "
                   "step much shorter.")  # fmt: skip
SUM_OF_SQUARES = mark("Your v never forgets: it is a sum, as AdaGrad's. Old squares need a share.")
NO_ROOT = mark("You divide by a square: v is a mean of squares, and its root has the size of a gradient.")
AS_KERAS = mark(
    "This is Keras's form: epsilon meets the root before v is corrected. Asked is the paper's and PyTorch's."
)
NONE = mark(
    "Neither mean is corrected for its start at 0: the first step is (1 - beta1) / sqrt(1 - beta2) times as long."
)
ALL_FOUR = mark("Four things. m keeps all of its past. theta moves along the gradient, not along m. made counts the "
                "steps before this one. And epsilon is inside the root.")  # fmt: skip
STILL_FOUR = mark("Four things. m keeps all of its past, and isn't corrected. made counts the steps before this one. "
                  "And epsilon is inside the root.")  # fmt: skip
HAT_KEPT = mark("You return a corrected mean. The next step goes on from the mean as it is kept.")
ADDED_OTHER = mark("A mean keeps one share and adds the rest of 1: m by beta1, v by beta2. You add by the other beta.")
ADDED_WHOLE = mark("What is new comes in whole. A mean adds only the rest of 1 that its kept share leaves.")
SHARES_EXCHANGED = mark("beta is what a mean keeps, the rest of 1 what it adds: you exchange the two.")
BY_THE_OTHER = mark("m is a mean by beta1, v by beta2: you take the other's beta.")
WRONG_MEANS = {
    lambda right, kept, new, beta, other: beta * kept + (1 - other) * new: ADDED_OTHER,
    lambda right, kept, new, beta, other: beta * kept + new: ADDED_WHOLE,
    lambda right, kept, new, beta, other: (1 - beta) * kept + beta * new: SHARES_EXCHANGED,
    lambda right, kept, new, beta, other: other * kept + (1 - other) * new: BY_THE_OTHER,
}
MULTIPLIED = mark("You multiply by what a mean has collected. It is too small: what makes it larger?")
CORRECTED_BY_OTHER = mark("m has collected by beta1, v by beta2: you correct by the other's beta.")
POWER_OUTSIDE = mark("You take a power of what one step adds. What is multiplied, step by step, is what a mean keeps.")
NO_POWER = mark("What a mean keeps is multiplied step by step: a power, not beta times the number of steps.")
AS_AT_FIRST = mark("You correct as in the first step. Later a mean has collected more.")
NO_BRACKETS = mark("Brackets are missing: a power comes before +, so that 1 is added to it.")
BY_WHAT_IS_LEFT = mark("You divide by what is left of the start at 0. Collected is the rest of it.")
WRONG_CORRECTIONS = {
    lambda right, kept, beta, other, t: kept * (1 - beta**t): MULTIPLIED,
    lambda right, kept, beta, other, t: kept / (1 - other**t): CORRECTED_BY_OTHER,
    lambda right, kept, beta, other, t: kept / (1 - beta) ** t: POWER_OUTSIDE,
    lambda right, kept, beta, other, t: kept / (1 - beta): AS_AT_FIRST,
    lambda right, kept, beta, other, t: kept / (2 - beta ** (t - 1)): NO_BRACKETS,
    lambda right, kept, beta, other, t: kept / beta**t if beta else kept: BY_WHAT_IS_LEFT,
}

ADAM_STEP = Task(
    id="07.1",
    title=mark("Mend Adam's step"),
    text=mark(
        "Write adam_step(theta, m, v, gradient, made, rate, beta1, beta2, epsilon): one step of Adam as in the paper, "
        "both means corrected, epsilon outside the root. made is how many steps have been made before, 0 for the "
        "first. Return the new theta, m and v."
    ),
    asks=Question(
        points=2,
        reference=adam_step,
        returns=("theta", "m", "v"),
        example=(*STATE, np.array([0.6, -1.1]), 2, 0.1, 0.8, 0.9, 0.01),
        inputs=steps_of_adam,
        witnesses=FIXED_STEPS,
        advice=mark("From theta 1, m and v 0, gradient 2, made 0, rate 0.1: theta 0.9, whatever the betas; with 0.9 "
                    "and 0.999 m is 0.2 and v 0.004."),
        misconceptions=(
            Misconception(ALL_FOUR, partial(adam_step, count=before, m_mean=kept_whole, along=along_gradient,
                                            root=epsilon_inside)),
            Misconception(STILL_FOUR, partial(adam_step, count=before, m_mean=kept_whole, m_corrected=bare,
                                              root=epsilon_inside)),
            Misconception(NO_POWER, partial(adam_step, m_corrected=by_times, v_corrected=by_times)),
            Misconception(NONE, partial(adam_step, m_corrected=bare, v_corrected=bare)),
            Misconception(mark("This is AMSGrad's v, which never falls. Adam's does."), amsgrad),
            Misconception(mark("This is Nadam's step, which looks ahead along the gradient. Adam doesn't."), nadam),
            Misconception(mark("theta moves along the old m and v: bring the gradient in first."), from_old),
        ),
        slots={
            "count": {
                before: FROM_0,
                lambda made: made + 2: FROM_2,
                lambda made: max(made, 1): GUARDED,
                lambda made: made or np.inf: NOT_THE_FIRST,
            },
            "m_mean": {kept_whole: NEVER_FORGETS, **WRONG_MEANS},
            "v_mean": {
                kept_whole: SUM_OF_SQUARES,
                lambda right, kept, new, *betas: kept + new: SUM_OF_SQUARES,
                lambda right, kept, new, beta, other: beta * kept + (1 - beta) * np.sqrt(new): mark(
                    "v is a mean of squares, and yours one of lengths."
                ),
                **{lambda right, kept, new, beta, other, of=of: beta * kept + (1 - beta) * of(new): mark(
                    "v holds a mean for each coordinate. You put the squares of all coordinates together."
                ) for of in (np.sum, np.mean)},
                **WRONG_MEANS,
            },
            "m_corrected": {bare: M_BARE, **WRONG_CORRECTIONS},
            "v_corrected": {bare: V_BARE, **WRONG_CORRECTIONS},
            "along": {
                along_gradient: NO_M,
                lambda m_hat, gradient: -m_hat: mark("theta goes uphill: the step is taken off."),
            },
            "m_kept": {hat: HAT_KEPT},
            "v_kept": {hat: HAT_KEPT},
            "root": {
                epsilon_inside: IN_THE_ROOT,
                lambda v_hat, v, epsilon: v_hat + epsilon: NO_ROOT,
                lambda v_hat, v, epsilon: np.sqrt(v_hat): mark("epsilon is left out: where no gradient has come yet "
                                                               "you divide by 0."),
                lambda v_hat, v, epsilon: np.sqrt(v_hat) + epsilon * np.sqrt(v_hat / v): AS_KERAS,
            },
        },
    ),
)  # fmt: skip

# --- 07.2 ------------------------------------------------------------------------------------------------------------


def collected(share, beta, t):
    """What a mean that began at 0 has collected."""
    return share


def along_over_root(right, m_share, v_share):
    """The step is along m, divided by the root of v."""
    return right


def times_longer(beta1, beta2, t, *, collected=collected, step=along_over_root):
    """The right answer: what both corrections together take off."""
    m_share = collected(1 - beta1**t, beta1, t)
    v_share = collected(1 - beta2**t, beta2, t)
    root = np.sqrt(v_share)
    return step(m_share / root, m_share, v_share)


def betas(random):
    """First steps and late ones, memories of equal length and of others."""
    for t in (1, 1, 2, 3, 12, 40, 300):
        yield round(random.uniform(0.2, 0.98), 2), round(random.uniform(0.9, 0.9995), 4), t


FIRST_ALONE = mark("So long is the first step. Asked is step t: the means have collected more by then.")
UPSIDE_DOWN = mark("This is how much shorter the corrected step is. Asked is how many times as long the other one is.")
OTHER_ROOT = mark("The root stands over the wrong one of the two: it is v whose root Adam takes.")
EXCHANGED = mark("m's part and v's are exchanged: the step is along m, divided by the root of v.")
A_STEP_LATER = mark("So much the means have collected a step later. Step t is asked.")
A_STEP_BEFORE = mark("So much the means have collected a step before. Step t is asked.")
ADDED_UP = mark("You add up what the steps bring in. In the meantime the means forget some of it.")
TIMES_LONGER = Task(
    id="07.2",
    title=mark("How long without the correction"),
    text=mark(
        "Write times_longer(beta1, beta2, t): step t (1 is the first) of Adam without correction is how many times as "
        "long as with it? The gradients and so m and v are the same in both, and epsilon is 0."
    ),
    asks=Question(
        reference=times_longer,
        example=(0.9, 0.999, 12),
        inputs=betas,
        witnesses=((0.9, 0.999, 1), (0.5, 0.95, 7), (0.0, 0.99, 3), (0.8, 0.9, 2), (0.9, 0.999, 5000)),
        made_of=lambda beta1, beta2, t: {"beta1": beta1, "beta2": beta2, "t": t},
        advice=mark("With beta1 0.9 and beta2 0.999 it is 3.162 at t = 1, and nearly 1 at t = 5000."),
        misconceptions=(
            *(Misconception(mark("You take all steps up to t together. Asked is step t alone."), lambda *case, of=of:
                            of([times_longer(case[0], case[1], k) for k in range(1, case[2] + 1)]))
              for of in (np.sum, np.mean)),
            Misconception(mark("Only m: that step would be shorter. The root of v is too small as well."),
                          lambda b1, b2, t: 1 - b1**t),
            Misconception(mark("Only v: that step would be longer still. m is too small as well."),
                          lambda b1, b2, t: 1 / np.sqrt(1 - b2**t)),
        ),
        slots={
            "collected": {
                lambda share, b, t: b**t: mark("This is what is left of the start at 0. Collected is the rest of it."),
                lambda share, b, t: 1 - b: FIRST_ALONE,
                lambda share, b, t: (1 - b) ** t: mark(
                    "You take a power of the first step. What is multiplied, step by step, is what a mean keeps, not "
                    "what it collects."
                ),
                lambda share, b, t: b * share: mark(
                    "Each power of beta is one too high: the newest gradient comes in with 1 - beta, and has faded "
                    "no step yet."
                ),
                lambda share, b, t: share / (1 - b): mark(
                    "You add the powers of beta alone: each gradient comes in with 1 - beta."
                ),
                **{lambda share, b, t, first=first: 1 - b ** (t - 1) if t > 1 else first: A_STEP_BEFORE
                   for first in (0, 1, 1e-40)},
                lambda share, b, t: 1 - b ** (t + 1): A_STEP_LATER,
                lambda share, b, t: 1 - np.exp(-t * (1 - b)): mark("Nearly: an exponential is what long memories come "
                                                                   "to. What is kept is a power of beta."),
                **{lambda share, b, t, most=most: min(most, t * (1 - b)): ADDED_UP for most in (1, np.inf)},
            },
            "step": {
                lambda right, m, v: np.sqrt(v) / m: UPSIDE_DOWN,
                lambda right, m, v: m / v: mark("Adam divides by the root of v: its correction comes in under a root."),
                lambda right, m, v: v / m: mark("It is upside down, and without the root under which v comes in."),
                lambda right, m, v: np.sqrt(m / v): mark("Only v comes in under a root. m has none."),
                lambda right, m, v: np.sqrt(v / m): mark("It is upside down, and only v comes in under a root."),
                lambda right, m, v: np.sqrt(m) / v: OTHER_ROOT,
                lambda right, m, v: v / np.sqrt(m): EXCHANGED,
                lambda right, m, v: m * np.sqrt(v): mark("You multiply by v's part. The step is divided by its root."),
                lambda right, m, v: max(1, right): mark("You cut off at 1. The step can be shorter as well."),
                lambda right, m, v: right - 1: mark("How many times as long is asked, not by how much longer."),
            },
        },
    ),
)  # fmt: skip

# --- 07.3 ------------------------------------------------------------------------------------------------------------


def of_m(border, beta1):
    """The border of momentum's averaged form: m is a mean."""
    return border


def burst_step(v, rate, L, beta1, beta2, *, form=of_m, there=np.square, pace=np.log, whole=np.ceil, least=0):
    """The right answer: how often beta2 must shrink v until the true rate is past its border."""
    border = form(2 * (1 + beta1) / ((1 - beta1) * L), beta1)
    v_there = there(rate / border)
    steps = np.log(v_there / v) / pace(beta2)
    return max(least, whole(steps))


def steps_there(v, rate, L, beta1, beta2):
    """To the border, a fraction; below 0 where it is past."""
    return np.log((rate * (1 - beta1) * L / (2 * (1 + beta1))) ** 2 / v) / np.log(beta2)


def fading(random):
    """Runs far from the border, near it, and past it already."""
    for far in (300, 40, 3.0, 1.5, 0.6, 0.02):
        rate, L = round(random.uniform(0.01, 1), 3), round(random.uniform(2, 200), 1)
        beta1, beta2 = round(random.uniform(0.1, 0.95), 2), round(random.uniform(0.9, 0.9995), 4)
        at_border = (rate * (1 - beta1) * L / (2 * (1 + beta1))) ** 2
        yield float(f"{far * at_border * random.uniform(0.8, 1.2):.4g}"), rate, L, beta1, beta2


A_FRACTION = mark("Steps are counted: the answer is a whole number, the first at which it is past its border.")
JUST_PASSED = mark("Where the rate has passed its border less than a step ago, 0 is asked, not 1.")
BURST_STEP = Task(
    id="07.3",
    title=mark("When does it burst"),
    text=mark(
        "Write burst_step(v, rate, L, beta1, beta2): Adam has arrived, and the gradients are practically 0. v is its "
        "mean of squares now (the correction has faded, epsilon is 0), L the curvature of the axis. After how many "
        "more steps is the true rate, rate / sqrt(v), past its border for the first time? 0 if it is already. The "
        "border is never hit exactly."
    ),
    asks=Question(
        points=2,
        reference=burst_step,
        example=(35.0, 0.5, 100.0, 0.9, 0.999),
        inputs=fading,
        witnesses=((1.0, 0.5, 100.0, 0.9, 0.999), (4.2, 0.3, 20.0, 0.5, 0.99), (2.5, 0.7, 9.0, 0.2, 0.95),
                   (900.0, 0.2, 100.0, 0.8, 0.9995), (5e6, 0.5, 20.0, 0.4, 0.99),
                   (2.635, 0.5, 20.0, 0.5, 0.9), (1.9, 0.5, 100.0, 0.9, 0.98), (1e-6, 0.1, 50.0, 0.7, 0.97)),
        advice=mark("With v = 35, rate 0.5, L = 100, beta1 0.9 and beta2 0.999 it is 3,005 steps."),
        misconceptions=(
            Misconception(A_FRACTION, steps_there),
            Misconception(mark("You don't start from v: it may be anything now."),
                          lambda v, *rest: burst_step(1.0, *rest)),
            Misconception(mark("Where steps are needed you say one too many: it is past its border a step before."),
                          partial(burst_step, whole=lambda steps: np.ceil(steps) + 1)),
        ),
        slots={
            "form": {
                lambda border, b1: border * (1 - b1) / (1 + b1): mark(
                    "2 / L is the border of plain descent. Adam moves along a mean of gradients, which moves it: "
                    "chapter 05, averaged form."
                ),
                lambda border, b1: border * (1 - b1): mark(
                    "This is the border of the classical form of momentum. m is a mean: the averaged form, chapter 05."
                ),
                lambda border, b1: border * (1 - b1) / (1 + 2 * b1): mark(
                    "This is Nesterov's border. Adam doesn't look ahead."
                ),
                lambda border, b1: border * ((1 - b1) / (1 + b1)) ** 2: mark(
                    "Your border falls where beta1 grows. Along a mean of gradients it rises: the averaged form, "
                    "chapter 05."
                ),
            },
            "there": {
                lambda root: root: mark("You hold v against what its root is at the border: the rate is divided by "
                                        "the root of v."),
            },
            "pace": {
                lambda b2: 2 * np.log(b2): mark("It is v that shrinks by beta2 a step; its root, which you divide by, "
                                                "by less: the root of beta2."),
                lambda b2: np.log(b2) / 2: mark("It is the root that shrinks by the root of beta2 a step. v itself "
                                                "shrinks by more."),
                lambda b2: b2 - 1: mark("Nearly: 1 - beta2 is a rule of thumb for long memories. What a step leaves "
                                        "of v is multiplied, and its logarithm added."),
            },
            "least": {
                -np.inf: mark("Where the rate is past its border already, 0 is asked. You count backwards."),
                1: mark("Where the rate is past its border already 0 is asked, not 1. Do you ask before v shrinks?"),
            },
            "whole": {
                np.trunc: mark("One too few: after so many steps it is still below its border."),
                lambda steps: np.trunc(steps) + 1: JUST_PASSED,
                lambda steps: np.ceil(abs(steps)): mark("Where the rate is past its border already 0 is asked, not how "
                                                        "long ago it passed."),
                np.round: mark("You round to the nearest: where that is down, it is still below its border."),
                lambda steps: np.ceil(max(steps, 0)) + 1: mark("Each of your answers is one too many: before the first "
                                                               "step no step has been made."),
                lambda steps: steps: A_FRACTION,
            },
        },
    ),
)  # fmt: skip

# --- 07.4 ------------------------------------------------------------------------------------------------------------


def of_each(shares, rates, decay):
    """What each step leaves."""
    return shares


def all_steps(shares):
    """None is left out."""
    return shares


def left_of(right, weight, shares):
    """One step after the other."""
    return right


def by_signs(right, weight, shares):
    """The same piece towards 0, whatever the size is."""
    for piece in 1 - shares:
        weight = weight - piece * np.sign(weight)
    return weight


def weight_left(weight, rates, decay, *, times=1, of_each=of_each, all_steps=all_steps, left_of=left_of):
    """The right answer: each step leaves a share of what was left before."""
    shares = all_steps(of_each(1 - rates * (times * decay), rates, times * decay))
    share = np.prod(shares)
    return left_of(weight * share, weight, shares)


def schedules(random):
    """A constant rate, rates that fall and rise, none at all."""
    for count in (1, 2, 3, 6, 12):
        rates = random.uniform(0.01, 0.5, count).round(2)
        yield round(random.normal(scale=3), 2), rates, round(random.uniform(0.05, 1.2), 2)
    yield round(random.normal(), 2) + 0.003, np.full(30, 0.05), 0.4


ADDED_RATES = mark("You add up the rates over the steps. Each step has its own alone.")
ONE_RATE = mark("One rate stands for all: each step has its own.")
A_SHARE = mark("This is the share that is left. Asked is the weight itself.")
GROWS = mark("A negative weight moves away from 0 in your answer.")
PIECES = mark("You take off rate times decay, whatever the weight is. Decay takes a share of what is left.")
CUT_OFF = mark("You cut off at 0. A negative weight shrinks towards 0 from below, and stays negative.")
CUT_PIECES = mark("You take off a piece that doesn't depend on what is left, and cut off at 0. A share of what is "
                  "left is taken off, of a negative weight too: it never gets to 0.")  # fmt: skip
WEIGHT_LEFT = Task(
    id="07.4",
    title=mark("What decay leaves"),
    text=mark(
        "Write weight_left(weight, rates, decay): a weight whose gradient is always 0, under AdamW. rates is an array "
        "with the learning rate of each step, decay the weight decay as Keras, PyTorch and nnlearn mean it (times the "
        "rate). What is left of the weight after the last step?"
    ),
    asks=Question(
        reference=weight_left,
        example=(1.5, np.array([0.3, 0.2, 0.05]), 0.4),
        inputs=schedules,
        witnesses=((1.0, np.full(800, 0.025), 0.1), (-2.0, np.array([0.5]), 0.8), (0.7, np.array([]), 0.3),
                   (3, np.array([0.25, 0.5]), 1)),
        made_of=lambda weight, rates, decay: {"weight": weight, "decay": decay},
        advice=mark("From weight 1, 20,000 steps of rate 0.001 with decay 0.1 leave 0.135; from -1 they leave -0.135."),
        misconceptions=(
            Misconception(mark("That is decay in the loss: Adam makes a step of about the rate of any gradient, "
                               "however small. AdamW keeps it out of the gradient."),
                          lambda w, rates, decay: np.sign(w) * max(0, abs(w) - np.sum(rates))),
        ),
        slots={
            "of_each": {
                lambda shares, rates, decay: 0 * rates + 1 - decay: mark("The decay is multiplied by the rate of its "
                                                                         "step."),
                lambda shares, rates, decay: rates * decay: mark("rate times decay is what a step takes off. It leaves "
                                                                 "the rest of 1."),
                lambda shares, rates, decay: 1 - decay * np.cumsum(rates): ADDED_RATES,
                **{lambda shares, rates, decay, of=of: 0 * rates + 1 - decay * of(rates): ONE_RATE
                   for of in (lambda rates: rates[0], lambda rates: rates[-1], np.mean, np.max)},
                **{lambda shares, rates, decay, of=of: 1 - decay * rates / of(rates): mark(
                    "You divide the rates by one of them: some papers give schedules as shares. Here the decay is "
                    "multiplied by the rate itself."
                ) for of in (np.max, lambda rates: rates[0])},
                lambda shares, rates, decay: 1 / (1 + decay * rates): mark(
                    "Nearly: you divide by more than 1 in each step. A share of what is left is taken off."
                ),
                lambda shares, rates, decay: np.exp(-decay * rates): mark(
                    "Nearly: an exponential is what very small steps come to. These are not small."
                ),
            },
            "times": {2: mark("You take off twice as much: here the decay is no penalty with a slope of 2.")},
            "all_steps": {
                lambda shares: shares[1:]: mark("The first rate is left out: the step with it decays as well."),
                lambda shares: shares[:-1]: mark("The last rate is left out: the step with it decays as well."),
            },
            "left_of": {
                lambda right, w, shares: w * (1 - np.sum(1 - shares)): mark(
                    "You take the same piece off in every step. It is a share of what is left: the weight gets small, "
                    "and never passes 0."
                ),
                lambda right, w, shares: w - np.sum(1 - shares): PIECES,
                by_signs: PIECES,
                lambda right, w, shares: right if w > 0 else w * np.prod(2 - shares): GROWS,
                lambda right, w, shares: w - right: mark("This is what was taken off. Asked is what is left."),
                lambda right, w, shares: np.prod(shares): A_SHARE,
                lambda right, w, shares: max(0, right): CUT_OFF,
                lambda right, w, shares: max(0, w * (1 - np.sum(1 - shares))): CUT_PIECES,
                lambda right, w, shares: max(0, w - np.sum(1 - shares)): CUT_PIECES,
                lambda right, w, shares: abs(right): mark("The sign is lost: a negative weight stays negative."),
            },
        },
    ),
)  # fmt: skip

TASKS = (ADAM_STEP, TIMES_LONGER, BURST_STEP, WEIGHT_LEFT, WHODUNIT, WINNER)
