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


def share(beta):
    """What a mean keeps of its past."""
    return beta


def added(beta, other):
    """The share of what is new."""
    return 1 - beta


def corrected(m_hat, m, gradient):
    """What theta moves along."""
    return m_hat


def root(v_hat, v, epsilon):
    """What it is divided by."""
    return np.sqrt(v_hat) + epsilon


def with_this(made):
    """How many steps there are with this one."""
    return made + 1


def adam_step(theta, m, v, gradient, made, rate, beta1, beta2, epsilon,
              *, count=with_this, share=share, v_share=share, added=added, v_added=added, along=corrected,
              root=root):  # fmt: skip
    """The right answer: as Adam makes the step."""
    t = count(made)
    m = share(beta1) * m + added(beta1, beta2) * gradient
    v = v_share(beta2) * v + v_added(beta2, beta1) * gradient**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - rate * along(m_hat, m, gradient) / root(v_hat, v, epsilon)
    return theta, m, v


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


def kept_whole(beta):
    """All of the past."""
    return 1.0


def along_gradient(m_hat, m, gradient):
    """The gradient, m unused."""
    return gradient


def along_m(m_hat, m, gradient):
    """m as it is kept."""
    return m


def epsilon_inside(v_hat, v, epsilon):
    """The root of a sum."""
    return np.sqrt(v_hat + epsilon)


def from_hats(m_hat, v_hat):
    """Both means corrected in another way, from what is kept, the two betas and t."""

    def answer(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
        _, m, v = adam_step(theta, m, v, gradient, made, rate, beta1, beta2, epsilon)
        b = beta1, beta2, made + 1
        return theta - rate * m_hat(m, *b) / (np.sqrt(v_hat(v, *b)) + epsilon), m, v

    return answer


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


def hats_kept(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
    """The corrected means are handed on."""
    theta, m, v = adam_step(theta, m, v, gradient, made, rate, beta1, beta2, epsilon)
    return theta, m / (1 - beta1 ** (made + 1)), v / (1 - beta2 ** (made + 1))


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
HATS_KEPT = mark("theta is right. Returned are m and v as they are kept, not the corrected ones.")
OTHER_BETA = mark("The corrections are exchanged: m has collected by beta1, v by beta2.")
ADDED_OTHER = mark("A mean keeps one share and adds the rest of 1: m by beta1, v by beta2. You add by the other beta.")
ADDED_WHOLE = mark("What is new comes in whole. A mean adds only the rest of 1 that its kept share leaves.")
POWER_OUTSIDE = mark("You take a power of what one step adds. What is multiplied, step by step, is what a mean keeps.")

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
        advice=mark("From theta 1, m and v 0, gradient 2, made 0, rate 0.1: theta 0.9, whatever the betas."),
        misconceptions=(
            Misconception(ALL_FOUR, partial(adam_step, count=before, share=kept_whole, along=along_gradient,
                                            root=epsilon_inside)),
            Misconception(STILL_FOUR, partial(adam_step, count=before, share=kept_whole, along=along_m,
                                              root=epsilon_inside)),
            Misconception(NONE, from_hats(lambda m, *b: m, lambda v, *b: v)),
            Misconception(HATS_KEPT, hats_kept),
            Misconception(mark("This is AMSGrad's v, which never falls. Adam's does."), amsgrad),
            Misconception(mark("This is Nadam's step, which looks ahead along the gradient. Adam doesn't."), nadam),
            Misconception(mark("theta moves along the old m and v: bring the gradient in first."), from_old),
            Misconception(mark("You multiply by what the means have collected. They are too small: what makes them "
                               "larger?"),
                          from_hats(lambda m, b1, b2, t: m * (1 - b1**t), lambda v, b1, b2, t: v * (1 - b2**t))),
            Misconception(OTHER_BETA, from_hats(lambda m, b1, b2, t: m / (1 - b2**t),
                                                lambda v, b1, b2, t: v / (1 - b1**t))),
            Misconception(POWER_OUTSIDE, from_hats(lambda m, b1, b2, t: m / (1 - b1) ** t,
                                                   lambda v, b1, b2, t: v / (1 - b2) ** t)),
        ),
        slots={
            "count": {
                before: FROM_0,
                lambda made: made + 2: FROM_2,
                lambda made: max(made, 1): GUARDED,
                lambda made: made or np.inf: NOT_THE_FIRST,
            },
            "share": {kept_whole: NEVER_FORGETS},
            "v_share": {kept_whole: mark("Your v never forgets: it is a sum, as AdaGrad's. Old squares need a share.")},
            "added": {lambda beta, other: 1 - other: ADDED_OTHER, lambda beta, other: 1: ADDED_WHOLE},
            "v_added": {lambda beta, other: 1 - other: ADDED_OTHER, lambda beta, other: 1: ADDED_WHOLE},
            "along": {along_gradient: NO_M, along_m: M_BARE},
            "root": {
                epsilon_inside: IN_THE_ROOT,
                lambda v_hat, v, epsilon: np.sqrt(v) + epsilon: V_BARE,
                lambda v_hat, v, epsilon: v_hat + epsilon: NO_ROOT,
                lambda v_hat, v, epsilon: np.sqrt(v_hat): mark("epsilon is left out: where no gradient has come yet "
                                                               "you divide by 0."),
                lambda v_hat, v, epsilon: np.sqrt(v_hat) + epsilon * np.sqrt(v_hat / v): AS_KERAS,
            },
        },
    ),
)  # fmt: skip

# --- 07.2 ------------------------------------------------------------------------------------------------------------


def times_longer(beta1, beta2, t):
    """The right answer: what both corrections together take off."""
    m_share = 1 - beta1**t
    v_share = 1 - beta2**t
    return m_share / np.sqrt(v_share)


def betas(random):
    """First steps and late ones, memories of equal length and of others."""
    for t in (1, 1, 2, 3, 12, 40, 300):
        yield round(random.uniform(0.2, 0.98), 2), round(random.uniform(0.9, 0.9995), 4), t


UPSIDE_DOWN = mark("This is how much shorter the corrected step is. Asked is how many times as long the other one is.")
FIRST_ALONE = mark("So long is the first step. Asked is step t: the means have collected more by then.")
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
            Misconception(UPSIDE_DOWN, lambda b1, b2, t: 1 / times_longer(b1, b2, t)),
            Misconception(mark("Adam divides by the root of v: its correction comes in under a root."),
                          lambda b1, b2, t: (1 - b1**t) / (1 - b2**t)),
            Misconception(mark("Only v comes in under a root. m has none."),
                          lambda b1, b2, t: np.sqrt((1 - b1**t) / (1 - b2**t))),
            Misconception(mark("The root stands over the wrong one of the two: it is v whose root Adam takes."),
                          lambda b1, b2, t: np.sqrt(1 - b1**t) / (1 - b2**t)),
            *(Misconception(mark("You add up what the steps bring in. In the meantime the means forget some of it."),
                            lambda b1, b2, t, most=most: min(most, t * (1 - b1)) / np.sqrt(min(most, t * (1 - b2))))
              for most in (1, np.inf)),
            Misconception(FIRST_ALONE, lambda b1, b2, t: times_longer(b1, b2, 1)),
            Misconception(mark("You take a power of the first step. What is multiplied, step by step, is what a mean "
                               "keeps, not what it collects."), lambda b1, b2, t: times_longer(b1, b2, 1) ** t),
            *(Misconception(mark("You take all steps up to t together. Asked is step t alone."), lambda *case, of=of:
                            of([times_longer(case[0], case[1], k) for k in range(1, case[2] + 1)]))
              for of in (np.sum, np.mean)),
            Misconception(mark("This is what is left of the start at 0. Collected is the rest of it."),
                          lambda b1, b2, t: b1**t / np.sqrt(b2**t)),
            Misconception(mark("Only m: that step would be shorter. The root of v is too small as well."),
                          lambda b1, b2, t: 1 - b1**t),
        ),
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
                1: mark("You let v shrink first and ask then. Where the rate is past its border already it is 0 steps: "
                        "ask before the first."),
            },
            "whole": {
                np.trunc: mark("One too few: after so many steps it is still below its border."),
                lambda steps: np.trunc(steps) + 1: mark("int rounds towards 0. Where the rate has passed its border "
                                                        "not long ago, -0.5 becomes 0, and with 1 more a step."),
                lambda steps: np.ceil(abs(steps)): mark("Where the rate is past its border already 0 is asked, not how "
                                                        "long ago it passed."),
                np.round: mark("You round to the nearest: where that is down, it is still below its border."),
                lambda steps: np.ceil(steps) + 1: mark("One too many: it is past its border a step before."),
                lambda steps: steps: A_FRACTION,
            },
        },
    ),
)  # fmt: skip

# --- 07.4 ------------------------------------------------------------------------------------------------------------


def weight_left(weight, rates, decay):
    """The right answer: each step leaves a share of what was left before."""
    shares = 1 - rates * decay
    return weight * np.prod(shares)


def schedules(random):
    """A constant rate, rates that fall and rise, none at all."""
    for count in (1, 2, 3, 6, 12):
        rates = random.uniform(0.01, 0.5, count).round(2)
        yield round(random.normal(scale=3), 2), rates, round(random.uniform(0.05, 1.2), 2)
    yield round(random.normal(), 2) + 0.003, np.full(30, 0.05), 0.4


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
        advice=mark("Weight 1, 20,000 steps of rate 0.001, decay 0.1: 0.135, and never 0 or below."),
        misconceptions=(
            Misconception(mark("You take the same piece off in every step. It is a share of what is left: the weight "
                               "gets small, and never passes 0."),
                          lambda w, rates, decay: w * (1 - decay * np.sum(rates))),
            Misconception(mark("That is decay in the loss: Adam makes a step of about the rate of any gradient, "
                               "however small. AdamW keeps it out of the gradient."),
                          lambda w, rates, decay: np.sign(w) * max(0, abs(w) - np.sum(rates))),
            Misconception(mark("The decay is multiplied by the rate of its step."),
                          lambda w, rates, decay: w * (1 - decay) ** len(rates)),
            *(Misconception(mark("One rate stands for all: each step has its own."),
                            lambda w, rates, decay, of=of: w * (1 - decay * of(rates)) ** len(rates))
              for of in (lambda rates: rates[0], lambda rates: rates[-1], np.mean, np.max)),
            *(Misconception(mark("You divide the rates by one of them: some papers give schedules as shares. Here the "
                                 "decay is multiplied by the rate itself."),
                            lambda w, rates, decay, of=of: w * np.prod(1 - decay * rates / of(rates)))
              for of in (np.max, lambda rates: rates[0])),
            Misconception(mark("Nearly: you divide by more than 1 in each step. A share of what is left is taken off."),
                          lambda w, rates, decay: w / np.prod(1 + decay * rates)),
            Misconception(mark("Nearly: an exponential is what very small steps come to. These are not small."),
                          lambda w, rates, decay: w * np.exp(-decay * np.sum(rates))),
        ),
    ),
)  # fmt: skip

TASKS = (ADAM_STEP, TIMES_LONGER, BURST_STEP, WEIGHT_LEFT, WHODUNIT, WINNER)
