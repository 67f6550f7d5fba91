"""Three small tasks that are no chapter's, on which the tests of ``check`` try what it says: ids 98.1 to 98.3.

A formula in two numbers, a pair of numbers, and a task of three questions. Tests that import this file can load them.
"""

import numpy as np

from nnlearn.exercises import loader
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark
from nnlearn.rooms import module
from nnlearn.theory import best_pair, border_averaged, border_classical, border_nesterov


def numbers(rate, beta):
    """What the answers to 98.1 are made of."""
    return {"rate": rate, "beta": beta, "(1 - beta)": 1 - beta, "(1 + beta)": 1 + beta}


# --- 98.1 ------------------------------------------------------------------------------------------------------------


def to_classical(rate, beta):
    """The right answer; the tests hold two runs against each other."""
    return (1 - beta) * rate


def rates(random):
    """Rates and betas of everyday use."""
    for _ in range(10):
        yield round(random.uniform(0.01, 0.5), 3), round(random.uniform(0.05, 0.95), 2)


TO_CLASSICAL = Task(
    id="98.1",
    title=mark("From the averaged form to the classical"),
    text=mark(
        "Write to_classical(rate, beta): a run in the averaged form has this rate; which rate makes the same steps in "
        "the classical form, with the same beta? Both begin at rest."
    ),
    asks=Question(
        points=1,
        reference=to_classical,
        example=(0.3, 0.8),
        inputs=rates,
        advice=mark("Let both forms make their first step from rest, with gradient 1. How far does each go?"),
        made_of=numbers,
        misconceptions=(
            Misconception(
                mark("That is the way back, from the classical form to the averaged one, whose rate is the larger."),
                lambda rate, beta: rate / (1 - beta),
            ),
            Misconception(
                mark("beta is the share of the velocity that is kept. Which share does a new gradient have?"),
                lambda rate, beta: rate * beta,
            ),
            Misconception(
                mark("The ratio of 1 - beta to 1 + beta belongs to the noise of an average, not to its steps."),
                lambda rate, beta: rate * (1 - beta) / (1 + beta),
            ),
            Misconception(
                mark(
                    "The same rate makes other steps: with beta = 0.9 the averaged form takes a tenth of each "
                    "gradient, the classical form all of it. Compare the first step of both."
                ),
                lambda rate, beta: rate,
            ),
        ),
    ),
)

# --- 98.2 ------------------------------------------------------------------------------------------------------------


def bowls(random):
    """Condition numbers from 2 to 200."""
    yield 100.0, 1.0
    for _ in range(8):
        mu = round(random.uniform(0.1, 2), 2)
        yield round(mu * random.uniform(2, 200), 2), mu


def tip(beta):
    """The pair of a beta that is not the best one, with the rate on the right curve, (1 + sqrt(beta))**2 / L."""
    return lambda L, mu: ((1 + np.sqrt(beta(L, mu))) ** 2 / L, beta(L, mu))


def other_beta(hint, beta):
    """A beta that is not the best one, with the rate that belongs to it and with the best rate."""
    yield Misconception(hint, tip(beta))
    yield Misconception(hint, lambda L, mu: (best_pair(L, mu)[0], beta(L, mu)))


def other_rate(hint, rate):
    """A rate that is not the best one, with the best beta, its root, and the same without roots of the curvatures."""
    yield Misconception(hint, lambda L, mu: (rate(L, mu), best_pair(L, mu)[1]))
    yield Misconception(hint, lambda L, mu: (rate(L, mu), np.sqrt(best_pair(L, mu)[1])))
    yield Misconception(hint, lambda L, mu: (rate(L, mu), ((L - mu) / (L + mu)) ** 2))
    yield Misconception(hint, lambda L, mu: (rate(L, mu), (L - mu) / (L + mu)))


ROOTS = mark("You took the condition number where its root belongs: momentum's gain is just that root.")
NEARLY = mark("This is nearly the best beta for large condition numbers only. Solve for it exactly.")

BEST_PAIR_MISTAKES = (
    *other_beta(ROOTS, lambda L, mu: ((L - mu) / (L + mu)) ** 2),
    *other_beta(ROOTS, lambda L, mu: (L - mu) / (L + mu)),
    *other_beta(mark("0.9 is a habit. The best beta depends on the condition number."), lambda L, mu: 0.9),
    *other_beta(mark("0.67 is the best beta for the condition number 100, that of the map. Here L and mu are given."),
                lambda L, mu: 0.67),
    *other_beta(NEARLY, lambda L, mu: (1 - np.sqrt(mu / L)) ** 2),
    *other_beta(NEARLY, lambda L, mu: 1 - np.sqrt(mu / L)),
    *other_beta(NEARLY, lambda L, mu: max(1 - 4 / np.sqrt(L / mu), 0)),
    *other_rate(mark("2 / (L + mu) is the best rate of plain descent. With momentum a larger one is safe, and best."),
                lambda L, mu: 2 / (L + mu)),
    *other_rate(mark("1 / L is too careful a rate, that of Nesterov's method. Start from the two curves of the V."),
                lambda L, mu: 1 / L),
)  # fmt: skip

BEST_PAIR = Task(
    id="98.2",
    title=mark("Tune both: the tip of the V"),
    text=mark(
        "Write best_pair(L, mu): the rate and the beta with which momentum in the classical form is fastest, in the "
        "long run, on a bowl of largest curvature L and smallest mu. In the map it is the tip of the V. Return rate, "
        "beta."
    ),
    asks=Question(
        points=2,
        reference=best_pair,
        example=(25.0, 2.0),
        inputs=bowls,
        advice=mark("Set the two curves of the V equal, take the root of both sides, and solve for sqrt(beta)."),
        returns=("rate", "beta"),
        made_of=lambda L, mu: {
            "L": L,
            "mu": mu,
            "(L + mu)": L + mu,
            "(sqrt(L) + sqrt(mu))": np.sqrt(L) + np.sqrt(mu),
            "(sqrt(L) - sqrt(mu))": np.sqrt(L) - np.sqrt(mu),
        },  # fmt: skip
        misconceptions=BEST_PAIR_MISTAKES,
    ),
)

# --- 98.3 ------------------------------------------------------------------------------------------------------------


def borders(random):
    """Bowls of any steepness. Small betas tell formulas apart that nearly agree; beyond 0.95 measuring takes long."""
    for beta in (0.1, 0.3, 0.5, 0.9, *random.uniform(0.05, 0.95, 8).round(2)):
        yield round(random.uniform(0.5, 50), 1), float(beta)


def parts_of_border(L, beta):
    """What such formulas are made of."""
    return {"L": L, "beta": beta, "(1 - beta)": 1 - beta, "(1 + beta)": 1 + beta}


PLAIN = mark("This is the border of plain descent, 2/L. Momentum moves it: try beta = 0.9 in the map.")
FRAGILE = mark("You expect momentum to make the run more fragile. Try the border of plain descent in the map.")
OF_CLASSICAL = mark("This is the border of the classical form, a different one.")
OF_AVERAGED = mark("This is the border of the averaged form, a different one.")
OF_NESTEROV = mark("This is the border of Nesterov's method, a different one.")
SPEED = mark("You count the last speed of a steady slope. At the border the slope flips its sign at every step.")
BEST = mark("From this rate on the steepest direction flips sides at every step. The border lies above it.")
LOWER = mark("Right, it is lower than that of plain descent, but by another factor: how long is the last step?")
LENGTH = mark("You took the last step for as long as theta. It led from -theta to theta.")
OTHER_WAY = mark("A sign is turned round: at the border the last step led from -theta to theta, away from 0.")


def border(reference, *others, fragile=FRAGILE):
    """The question for one form, with the mistakes that belong to it and those that all share."""
    shared = (
        Misconception(PLAIN, lambda L, beta: 2 / L),
        Misconception(fragile, lambda L, beta: 2 * (1 - beta) / L),
        Misconception(BEST, lambda L, beta: (1 + np.sqrt(beta)) ** 2 / L),
        Misconception(SPEED, lambda L, beta: 2 / ((1 - beta) * L)),
    )
    return Question(
        reference=reference,
        example=(4.0, 0.7),
        inputs=borders,
        tolerance=0.005,  # it may be measured
        seconds=30,
        advice=mark(
            "Measure it: run a sweep of rates on a bowl, and see from which one on the loss grows. Near the border it "
            "takes hundreds of steps to tell; halve the interval until it is narrow enough. Half a per cent is allowed."
        ),
        made_of=parts_of_border,
        misconceptions=(*shared, *others),
    )


BORDER = Task(
    id="98.3",
    title=mark("The border of divergence, three times"),
    text=mark(
        "Write three functions of (L, beta): the rate above which momentum diverges on a bowl of largest curvature L, "
        "in the classical form, in the averaged form, and for Nesterov's method. A border that you measured counts if "
        "it is within half a per cent."
    ),
    asks={
        "classical": border(
            border_classical,
            Misconception(OF_AVERAGED, border_averaged),
            Misconception(OF_NESTEROV, border_nesterov),
            Misconception(LENGTH, lambda L, beta: (2 + beta) / L),
            Misconception(OTHER_WAY, lambda L, beta: (2 - beta) / L),
        ),
        "averaged": border(
            border_averaged,
            Misconception(OF_CLASSICAL, border_classical),
            Misconception(OF_NESTEROV, border_nesterov),
            Misconception(LENGTH, lambda L, beta: (2 + beta) / ((1 - beta) * L)),
        ),
        "nesterov": border(
            border_nesterov,
            Misconception(OF_CLASSICAL, border_classical),
            Misconception(OF_AVERAGED, border_averaged),
            Misconception(LOWER, lambda L, beta: 2 * (1 + beta) / ((1 + beta) ** 2 * L)),
            Misconception(LENGTH, lambda L, beta: (2 + beta) / ((1 + beta) * L)),
            Misconception(OTHER_WAY, lambda L, beta: 2 * (1 + beta) / ((1 - 2 * beta) * L)),
            fragile=LOWER,
        ),
    },
)

TASKS = (TO_CLASSICAL, BEST_PAIR, BORDER)

loader.module = lambda chapter, name: __name__ if chapter == "98" else module(chapter, name)
