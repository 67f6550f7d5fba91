"""The two tasks of chapter 05 whose answers are words: what paired runs decide, and what made a run."""
# mypy: allow-untyped-defs

import math
from functools import partial

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark
from nnlearn.objectives import Quadratic

# --- 05.4 ------------------------------------------------------------------------------------------------------------


def decide(plain, momentum):
    """The right answer: pair by pair, nine of ten."""
    quicker = np.sum(momentum < plain)
    slower = np.sum(momentum > plain)
    if 10 * quicker >= 9 * len(plain):
        return "momentum"
    if 10 * slower >= 9 * len(plain):
        return "plain"
    return "open"


def by(summary):
    """Decides by one number of each method, seed or no seed."""

    def decided(plain, momentum):
        a, b = summary(plain), summary(momentum)
        return "momentum" if b < a else "plain" if a < b else "open"

    return decided


def counted(enough, wins=np.less):
    """Decides pair by pair, with another count that is enough, or another notion of winning."""

    def decided(plain, momentum):
        quicker, slower = np.sum(wins(momentum, plain)), np.sum(wins(plain, momentum))
        return "momentum" if enough(quicker, slower, len(plain)) else (
            "plain" if enough(slower, quicker, len(plain)) else "open")  # fmt: skip

    return decided


def by_chance(won, lost, n):
    """Whether tosses of a coin fall as one-sidedly in at most one case of twenty."""
    ways = sum(math.comb(won + lost, k) for k in range(min(won, lost) + 1))
    return won > lost and 2 * ways / 2 ** (won + lost) <= 0.05


def equal_for(favoured, plain, momentum):
    """Decides pair by pair; equal pairs are won by one method, which is asked last."""
    wins = {"plain": np.mean(plain < momentum), "momentum": np.mean(momentum < plain)}
    other = "plain" if favoured == "momentum" else "momentum"
    return other if wins[other] >= 0.9 else favoured if 1 - wins[other] >= 0.9 else "open"


def apart(plain, momentum):
    """Decides where the two ranges do not overlap."""
    return "momentum" if max(momentum) < min(plain) else "plain" if max(plain) < min(momentum) else "open"


def in_standard_errors(plain, momentum):
    """Decides by the mean gain and its error, over the seeds from which both arrived."""
    gains = (plain - momentum)[np.isfinite(plain) & np.isfinite(momentum)]
    error = gains.std(ddof=1) / np.sqrt(len(gains))
    return "momentum" if gains.mean() > 2 * error else "plain" if gains.mean() < -2 * error else "open"


def by_median_gain(plain, momentum):
    """Decides by what the seed in the middle gains."""
    gain = np.median(np.nan_to_num(plain - momentum))
    return "momentum" if gain > 0 else "plain" if gain < 0 else "open"


def arrived(plain, momentum):
    """Decides without the seeds from which one of them never arrived."""
    both = np.isfinite(plain) & np.isfinite(momentum)
    return decide(plain[both], momentum[both])


PAIRS = (  # seeds; wins among them; equal pairs; runs of the slower method that never arrive
    (5, 5, 0, 0), (5, 4, 0, 0), (10, 9, 0, 0), (10, 9, 1, 0), (10, 8, 2, 0), (10, 8, 0, 0), (10, 10, 0, 2),
    (20, 18, 0, 1), (20, 17, 3, 0), (30, 27, 2, 3), (10, 5, 0, 1),
)  # fmt: skip


def pairs(random):
    """Seeds that differ more than the methods do."""
    for n, wins, equal, lost in PAIRS:
        plain = random.integers(100, 900, n).astype(float)
        gain = random.integers(1, 40, n) * np.where(np.arange(n) < wins, 1, -1) * (np.arange(n) < n - equal)
        momentum = plain - gain
        plain[:lost] = np.inf
        order = random.permutation(n)
        plain, momentum = plain[order], momentum[order]
        yield (plain, momentum) if random.random() < 0.5 else (momentum, plain)


def case(plain, momentum):
    """A fixed input."""
    return np.array(plain, float), np.array(momentum, float)


DECIDE_CASES = (
    case([300, 500, 700, 200, 900], [310, 380, 520, 140, 600]),  # four of five: every summary says momentum
    case([300, 500, 700, 200, 900], [290, 480, 690, 190, 880]),  # all five, and the ranges overlap
    case([300, 500, 700, 200, 900], [280, np.inf, 690, 190, 880]),
    case([300, np.inf, 700, 200, 900], [290, 480, 690, 190, 880]),
    case([300, np.inf, 700, 200, 900], [290, 480, 690, 190, 910]),
    case([300, 500, 700, 200, 900], [290, 480, 690, 200, 880]),
    case([300, 500, 700, 200, 900, 300, 500, 700, 200, 900], [290, 480, 690, 190, 880, 290, 480, 690, 190, 950]),
    case([*range(200, 220)], [*range(190, 207), 230, 240, 250]),
    case([310, 380, 520, 140, 600], [310, 380, 520, 140, 600]),
    case([100, 100, 100, 100, 500], [300, 300, 300, 300, 400]),  # one summary against another
    case([100, 200, 300, 400, 900], [150, 250, 310, 410, 420]),
    case([*range(200, 220)], [*range(190, 209), 250]),  # 19 of 20
    case([310, 380, 520, 140, 600], [300, 360, 530, 140, 600]),  # more wins than losses, and not half of all
    case([300, 310, 305, 320, 290], [120, 100, 130, 110, 90]),  # five of five, far apart
    case([300, 310, 305, 320], [290, 290, 306, 322]),  # two of four, and a median gain
    case([*range(200, 220)], [*range(190, 208), 218, 219]),  # 18 of 20, and two equal
    case([*range(200, 220)], [*range(190, 201), *range(230, 239)]),  # 11 of 20
    case([290, 480, 690, 200, 880], [300, 500, 700, 200, 900]),  # plain wins four of five, and one is equal
)

EQUAL = mark("You count equal steps as a win. They are a win for neither.")

DECIDE = Task(
    id="05.4",
    title=mark("Decide between 0 and 0.9"),
    text=mark(
        "Write decide(plain, momentum): plain[i] and momentum[i] are the steps that the two methods needed from seed "
        "i, np.inf for a run that never arrived. The criterion, agreed on before the runs: a method is better if it "
        "was the quicker one from at least nine of ten seeds; equal steps are a win for neither. Return 'plain', "
        "'momentum' or 'open'."
    ),
    asks=Question(
        points=2,
        reference=decide,
        example=DECIDE_CASES[0],
        inputs=pairs,
        witnesses=DECIDE_CASES[1:],
        advice=mark("Count by hand: plain 5, 7, 9 and momentum 4, 7, 8 are two wins of three for momentum: 'open'."),
        misconceptions=(
            *(Misconception(mark("You compare one number of each method. Seeds differ more than methods do: compare "
                                 "the two runs of each seed."), by(summary))
              for summary in (np.median, np.mean, np.min, np.max)),
            Misconception(mark("You ask that the two ranges do not overlap. In pairs, seed by seed, less is "
                               "enough."), apart),
            Misconception(mark("You take the majority. With few seeds chance alone gives that: nine of ten are asked "
                               "for."),
                          counted(lambda won, lost, n: won > lost)),
            Misconception(mark("You take more than half. With few seeds chance alone gives that: nine of ten are "
                               "asked for."),
                          counted(lambda won, lost, n: won > n / 2)),
            Misconception(mark("You ask for every seed. Nine of ten are "
                               "enough."), counted(lambda won, lost, n: won == n)),
            Misconception(mark("You ask for more than nine of ten. Nine of ten are enough."),
                          counted(lambda won, lost, n: 10 * won > 9 * n)),
            Misconception(mark("You round nine tenths of the seeds down: of five seeds four are enough for you, less "
                               "than nine of ten."), counted(lambda won, lost, n: won >= int(0.9 * n))),
            Misconception(mark("You let one seed fail, whatever their number. Nine of ten is a share of all seeds."),
                          counted(lambda won, lost, n: won >= n - 1)),
            Misconception(mark("You ask for nine wins, whatever the number of seeds. Nine of ten is a share of them."),
                          counted(lambda won, lost, n: won >= 9)),
            Misconception(mark("You take the losses off the wins. The criterion counts the wins alone."),
                          counted(lambda won, lost, n: 10 * (won - lost) >= 9 * n)),
            Misconception(mark("You ask how often chance would do it. That is a good criterion, but another one was "
                               "agreed on."), counted(by_chance)),
            Misconception(mark("You decide by the median gain: half of the seeds are enough for that. Nine of ten are "
                               "asked for."), by_median_gain),
            Misconception(EQUAL, counted(lambda won, lost, n: 10 * won >= 9 * n, np.less_equal)),
            Misconception(EQUAL, partial(equal_for, "momentum")),
            Misconception(EQUAL, partial(equal_for, "plain")),
            Misconception(mark("You leave equal pairs out. They stay among the seeds of which nine in ten must be "
                               "won."),
                          counted(lambda won, lost, n: won > 0 and 10 * won >= 9 * (won + lost))),
            Misconception(mark("You leave out runs that never arrived. Such a run has lost against one that "
                               "did."), arrived),
            Misconception(mark("You sort the steps first. Then runs of different seeds stand beside each other."),
                          lambda plain, momentum: decide(np.sort(plain), np.sort(momentum))),
            Misconception(mark("You compare the mean gain with its error. That is a good criterion, but another one "
                               "was agreed on."), in_standard_errors),
            Misconception(mark("The answers are exchanged: fewer steps are better."), lambda p, m: decide(m, p)),
        ),
    ),
)  # fmt: skip

# --- 05.6 ------------------------------------------------------------------------------------------------------------

FORMS = {  # of the runs a to e, and what each would show: said to the learner who names it where it is not
    "nesterov": mark("Nesterov's step 1 is rate times the gradient, and step 2 takes its gradient where beta times "
                     "step 1 would lead. Compare both steps."),
    "dampened": mark("PyTorch's dampening leaves step 1 whole; step 2 is beta times step 1 and only 1 - beta of a "
                     "gradient step. Compare both steps."),
    "plain": mark("Without momentum every step is rate times the gradient where it begins. Compare steps 1 and 2."),
    "averaged": mark("In the averaged form already step 1 is only 1 - beta of rate times the gradient. Compare it."),
    "classical": mark("In the classical form step 1 is rate times the gradient; step 2 is beta times step 1 and a "
                      "whole gradient step from where it begins. Compare both steps."),
}  # fmt: skip


def five_runs():
    """What each run recorded, theta of shape (31, 2): rate 0.05 and beta 0.8 on one bowl, from one start at rest."""
    rate, beta, J = 0.05, 0.8, Quadratic(curvatures=[1.0, 10.0])
    steps = {
        "plain": lambda theta, last: -rate * J.gradient(theta),
        "classical": lambda theta, last: beta * last - rate * J.gradient(theta),
        "averaged": lambda theta, last: beta * last - (1 - beta) * rate * J.gradient(theta),
        "nesterov": lambda theta, last: beta * last - rate * J.gradient(theta + beta * last),
        "dampened": lambda theta, last: beta * last - (1 - beta if last.any() else 1) * rate * J.gradient(theta),
    }
    runs = {}
    for letter, form in zip("abcde", FORMS, strict=True):
        theta, last, places = np.array([-3.0, 1.0]), np.zeros(2), [np.array([-3.0, 1.0])]
        for _ in range(30):
            last = steps[form](theta, last)
            theta = theta + last
            places.append(theta)
        runs[letter] = np.array(places)
    return runs


def told(form):
    """The question which form made a run, and what is said to each wrong answer."""
    wrong = [Misconception(hint, lambda other=other: other) for other, hint in FORMS.items() if other != form]
    return Question(reference=lambda: form, misconceptions=tuple(wrong), points=0.5)


TELL = Task(
    id="05.6",
    title=mark("Tell the form from a trace"),
    text=mark(
        "Write forms(): a dict that names what made each of the runs a to e: 'plain', 'classical', 'averaged', "
        "'nesterov' or 'dampened' (as PyTorch does it)."
    ),
    asks={run: told(form) for run, form in zip("abcde", FORMS, strict=True)},
    material=five_runs,
)
