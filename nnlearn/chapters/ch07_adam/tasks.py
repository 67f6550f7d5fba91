"""The tasks of chapter 07: Adam's step, its length without correction, its burst, AdamW's decay.

Each task stands on its own: the right answer, fixed and random inputs, and the mistakes that need a why. All others (a
sign, a factor, an old value for a new) are derived from the right answer's source. Two tasks are in verdict_tasks.py.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.chapters.ch07_adam.verdict_tasks import WHODUNIT, WINNER
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 07.1 ------------------------------------------------------------------------------------------------------------


def adam_step(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
    """The right answer: as Adam makes the step."""
    t = made + 1
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return theta, m, v


def draft(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
    """The code of the task: m never forgets and isn't used, t counts from 0, epsilon is in the root."""
    m = m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    v_hat = v / (1 - beta2**made)
    return theta - rate * gradient / np.sqrt(v_hat + epsilon), m, v


STATE = np.array([1.3, -0.7]), np.array([0.4, 0.9]), np.array([0.8, 0.35])
FIXED_STEPS = (
    (np.array([0.5, 1.5]), np.zeros(2), np.zeros(2), np.array([2.0, -3.0]), 0, 0.1, 0.9, 0.999, 1e-8),
    (np.array([0.5, 1.5]), np.zeros(2), np.zeros(2), np.array([1e-6, -2e-6]), 0, 0.1, 0.9, 0.999, 1e-8),
    (*STATE, np.array([0.6, -1.1]), 4, 0.3, 0.7, 0.95, 0.5),
    (*STATE, np.array([0.6, -1.1]), 1, 0.3, 0.0, 0.9, 0.05),
    (np.array([3, -2]), np.array([1, 2]), np.array([4, 3]), np.array([2, -1]), 2, 0.5, 0.6, 0.85, 0.1),
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


def but(**changes):
    """The step of Adam with some of its lines replaced; each gets a dictionary of all that is known by then."""

    def answer(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
        k = {"theta": theta, "g": gradient, "t": made + 1, "b1": beta1, "b2": beta2, "e": epsilon, "rate": rate}
        k["t"] = changes.get("t", lambda k: k["t"])(k)
        k["m"] = changes.get("m", lambda k: beta1 * m + (1 - beta1) * gradient)(k | {"m": m})
        k["v"] = beta2 * v + (1 - beta2) * gradient**2
        k["m_hat"] = changes.get("m_hat", lambda k: k["m"] / (1 - beta1 ** k["t"]))(k)
        k["v_hat"] = changes.get("v_hat", lambda k: k["v"] / (1 - beta2 ** k["t"]))(k)
        step = changes.get("step", lambda k: k["m_hat"] / (np.sqrt(k["v_hat"]) + epsilon))(k)
        return theta - rate * step, k["m"], k["v"]

    return answer


def hats_kept(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
    """The corrected means are handed on."""
    theta, m, v = adam_step(theta, m, v, gradient, made, rate, beta1, beta2, epsilon)
    return theta, m / (1 - beta1 ** (made + 1)), v / (1 - beta2 ** (made + 1))


NO_M = mark("m is right, but theta doesn't move along it: with the gradient in its place this is RMSprop with a "
            "correction.")  # fmt: skip
NEVER_FORGETS = mark("Your m never forgets: with a constant gradient it grows without end. Its past needs a share, as "
                     "that of v has.")  # fmt: skip
FROM_0 = mark("The correction counts from 0: made is the number of steps before this one, and this is one more. In the "
              "first step you divide by 0.")  # fmt: skip
IN_THE_ROOT = mark("epsilon is inside the root. At a gradient of 1e-6 it is far larger than the square there, and the "
                   "step much shorter.")  # fmt: skip
AS_KERAS = mark(
    "This is Keras's form: epsilon meets the root before v is corrected. Asked is the paper's and PyTorch's."
)
NONE = mark(
    "Neither mean is corrected for its start at 0: the first step is (1 - beta1) / sqrt(1 - beta2) times as long."
)
ALL_FOUR = mark("Four things. m keeps all of its past. theta moves along the gradient, not along m. made counts the "
                "steps before this one. And epsilon is inside the root.")  # fmt: skip
HATS_KEPT = mark("theta is right. Returned are m and v as they are kept, not the corrected ones.")

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
            Misconception(ALL_FOUR, draft),
            Misconception(NO_M, but(m_hat=lambda k: k["g"])),
            Misconception(NEVER_FORGETS, but(m=lambda k: k["m"] + (1 - k["b1"]) * k["g"])),
            Misconception(FROM_0, but(t=lambda k: k["t"] - 1)),
            Misconception(IN_THE_ROOT, but(step=lambda k: k["m_hat"] / np.sqrt(k["v_hat"] + k["e"]))),
            Misconception(AS_KERAS, but(step=lambda k: k["m_hat"] * np.sqrt(1 - k["b2"] ** k["t"])
                                        / (np.sqrt(k["v"]) + k["e"]))),
            Misconception(NONE, but(m_hat=lambda k: k["m"], v_hat=lambda k: k["v"])),
            Misconception(HATS_KEPT, hats_kept),
        ),
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
            Misconception(FIRST_ALONE, lambda b1, b2, t: times_longer(b1, b2, 1)),
            Misconception(mark("This is what is left of the start at 0. Collected is the rest of it."),
                          lambda b1, b2, t: b1**t / np.sqrt(b2**t)),
            Misconception(mark("Only m: that step would be shorter. The root of v is too small as well."),
                          lambda b1, b2, t: 1 - b1**t),
        ),
    ),
)  # fmt: skip

# --- 07.3 ------------------------------------------------------------------------------------------------------------


def burst_step(v, rate, L, beta1, beta2):
    """The right answer: how often beta2 must shrink v until the true rate is past its border."""
    border = 2 * (1 + beta1) / ((1 - beta1) * L)
    v_there = (rate / border) ** 2
    steps = np.log(v_there / v) / np.log(beta2)
    return max(0, int(np.ceil(steps)))


def fading(random):
    """Runs far from the border, near it, and past it already."""
    for far in (300, 40, 3.0, 1.5, 0.6, 0.02):
        rate, L = round(random.uniform(0.01, 1), 3), round(random.uniform(2, 200), 1)
        beta1, beta2 = round(random.uniform(0.1, 0.95), 2), round(random.uniform(0.9, 0.9995), 4)
        at_border = (rate * (1 - beta1) * L / (2 * (1 + beta1))) ** 2
        yield float(f"{far * at_border * random.uniform(0.8, 1.2):.4g}"), rate, L, beta1, beta2


def with_border(border):
    """The step at which the true rate passes another border."""

    def answer(v, rate, L, beta1, beta2):
        return max(0, int(np.ceil(np.log((rate / border(L, beta1)) ** 2 / v) / np.log(beta2))))

    return answer


def right_border(L, beta1):
    """Of the averaged form of momentum."""
    return 2 * (1 + beta1) / ((1 - beta1) * L)


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
        witnesses=((1.0, 0.5, 100.0, 0.9, 0.999), (4.0, 0.3, 20.0, 0.5, 0.99), (2.5, 0.7, 9.0, 0.0, 0.95),
                   (900.0, 0.2, 100.0, 0.8, 0.9995), (1.9, 0.5, 100.0, 0.9, 0.98), (1e-6, 0.1, 50.0, 0.7, 0.97)),
        advice=mark("With v = 35, rate 0.5, L = 100, beta1 0.9 and beta2 0.999 it is 3,005 steps."),
        misconceptions=(
            Misconception(mark("It is v that shrinks by beta2 a step; its root, which you divide by, by less: the root "
                               "of beta2."), lambda v, rate, L, b1, b2: max(0, int(np.ceil(
                                   np.log(rate / right_border(L, b1) / np.sqrt(v)) / np.log(b2))))),
            Misconception(mark("2 / L is the border of plain descent. Adam moves along a mean of gradients, which "
                               "moves it: chapter 05, averaged form."), with_border(lambda L, b1: 2 / L)),
            Misconception(mark("This is the border of the classical form of momentum. m is a mean: the averaged form, "
                               "chapter 05."), with_border(lambda L, b1: 2 * (1 + b1) / L)),
            Misconception(mark("This is Nesterov's border. Adam doesn't look ahead."),
                          with_border(lambda L, b1: 2 * (1 + b1) / ((1 + 2 * b1) * L))),
            Misconception(mark("One too few: after so many steps it is still below its border."),
                          lambda *case: max(0, burst_step(*case) - 1)),
            Misconception(mark("You don't start from v: it may be anything now."),
                          lambda v, *rest: burst_step(1.0, *rest)),
        ),
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
        witnesses=((1.0, np.full(20_000, 0.001), 0.1), (-2.0, np.array([0.5]), 0.8), (0.7, np.array([]), 0.3),
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
            Misconception(mark("Nearly: an exponential is what very small steps come to. These are not small."),
                          lambda w, rates, decay: w * np.exp(-decay * np.sum(rates))),
        ),
    ),
)  # fmt: skip

TASKS = (ADAM_STEP, TIMES_LONGER, BURST_STEP, WEIGHT_LEFT, WHODUNIT, WINNER)
