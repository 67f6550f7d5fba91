"""The tasks of chapter 05: momentum.

Each task stands on its own: the right answer, an input in general position, random inputs, and the mistakes that need a
why. All others (a sign, a factor, an exchange, the old value for the new) are derived from the right answer's source.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark
from nnlearn.theory import best_pair, border_averaged, border_classical, border_nesterov

# --- 05.1 ------------------------------------------------------------------------------------------------------------


def momentum_step(theta, velocity, gradient, rate, beta):
    """The right answer: as Momentum makes the step."""
    velocity = beta * velocity - rate * gradient
    theta = theta + velocity
    return theta, velocity


THETA, VELOCITY, SLOPE = np.array([1.0, -2.0]), np.array([0.3, 0.5]), np.array([2.0, -1.0])
WHOLE = (np.array([3, -2]), np.array([1, 2]), np.array([4, -3]), 0.1, 0.7)


def states(random):
    """The first step, from rest, is among them: there many formulas agree."""
    for d in (1, 2, 3, 4, 4, 4, 4, 5, 5, 5):
        theta, velocity, gradient = random.normal(size=(3, d)).round(1)
        yield theta, velocity, gradient, round(random.uniform(0.01, 0.5), 2), round(random.uniform(0.1, 0.95), 2)
    yield THETA, np.zeros(2), SLOPE, 0.1, 0.9
    yield np.array([2, 5]), np.array([-3, 2]), np.array([1, 4]), 0.3, 0.45  # one of a kind tells no property


def numbers(rate, beta):
    """What the weights in a step are made of."""
    return {"rate": rate, "beta": beta, "(1 - beta)": 1 - beta, "(1 + beta)": 1 + beta}


def parts_of_step(theta, velocity, gradient, rate, beta):
    """The vectors that a step is a sum of."""
    return {"theta": theta, "velocity": velocity, "gradient": gradient, **numbers(rate, beta)}


def in_place(theta, velocity, gradient, rate, beta):
    """Right, but for arrays of whole numbers, which *= refuses to change."""
    velocity *= beta
    velocity -= rate * gradient
    theta += velocity
    return theta, velocity


def restarted(theta, velocity, gradient, rate, beta):
    """The velocity is dropped where it points uphill."""
    return momentum_step(theta, velocity if velocity @ gradient <= 0 else 0 * velocity, gradient, rate, beta)


MOMENTUM_STEP_MISTAKES = (
    Misconception(
        mark(
            "It goes wrong where theta and velocity hold whole numbers: an array of integers, also one made by "
            "np.empty_like or copy(), can't take a fraction. Make a new array instead of changing the old one."
        ),
        in_place,
        witness=WHOLE,
    ),
    Misconception(
        mark("You drop the velocity where it points uphill. That is a restart, another method."),
        restarted,
        witness=(THETA, np.array([0.5, -0.3]), SLOPE, 0.1, 0.7),
    ),
    Misconception(
        mark("You multiply the gradient by theta. It is the one at theta already: that is all theta has to say."),
        lambda theta, v, g, rate, beta: momentum_step(theta, v, g * theta, rate, beta),
    ),
    Misconception(
        mark("The velocity is right, but theta moves as in Nesterov's method: by one more gradient step."),
        lambda theta, v, g, rate, beta: (theta + beta * (beta * v - rate * g) - rate * g, beta * v - rate * g),
    ),
    Misconception(
        mark("This is the averaged form: the gradient is weighted with 1 - beta. In the classical form it is not."),
        lambda theta, v, g, rate, beta: (theta - rate * (beta * v + (1 - beta) * g), beta * v + (1 - beta) * g),
    ),
    Misconception(
        mark("This is PyTorch's form: its velocity is a sum of gradients. Here it is the step itself, rate included."),
        lambda theta, v, g, rate, beta: (theta - rate * (beta * v + g), beta * v + g),
    ),
    Misconception(
        mark("You multiply the gradient by the velocity. theta moves by the velocity; the gradient is already in it."),
        lambda theta, v, g, rate, beta: (theta + (beta * v - rate * g) * g, beta * v - rate * g),
    ),
)

MOMENTUM_STEP = Task(
    id="05.1",
    title=mark("One step of momentum"),
    text=mark(
        "Write momentum_step(theta, velocity, gradient, rate, beta): one step in the classical form, where the "
        "velocity is the step itself: beta times the last one minus rate times the gradient. gradient is an array, the "
        "gradient at theta. Return the new theta and the new velocity."
    ),
    asks=Question(
        points=2,
        reference=momentum_step,
        example=(THETA, VELOCITY, SLOPE, 0.1, 0.7),
        inputs=states,
        advice=mark(
            "From theta 1, velocity 0.5, gradient 2 with rate 0.1 and beta 0.9 the velocity becomes 0.25, theta 1.25."
        ),
        returns=("theta", "velocity"),
        made_of=parts_of_step,
        misconceptions=MOMENTUM_STEP_MISTAKES,
    ),
)

# --- 05.2 ------------------------------------------------------------------------------------------------------------


def to_classical(rate, beta):
    """The right answer; the tests hold two runs against each other."""
    return (1 - beta) * rate


def rates(random):
    """Rates and betas of everyday use."""
    for _ in range(10):
        yield round(random.uniform(0.01, 0.5), 3), round(random.uniform(0.05, 0.95), 2)


TO_CLASSICAL = Task(
    id="05.2",
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

# --- 05.3 ------------------------------------------------------------------------------------------------------------


def nesterov_step(theta, velocity, gradient, rate, beta):
    """The right answer: as Nesterov makes the step."""
    ahead = theta + beta * velocity
    velocity = beta * velocity - rate * gradient(ahead)
    theta = theta + velocity
    return theta, velocity


def bend(theta):
    """A gradient that is no straight line: where it is taken makes more than a difference of size."""
    return theta * theta * theta + np.arange(1, len(theta) + 1) * theta - 1


bend.__name__ = "theta**3 + [1, 2, ...] * theta - 1"  # as it is shown


def moving_states(random):
    """In motion, but for the last, which begins at rest."""
    for d in (1, 2, 2, 3, 5, 5, 5, 6, 6, 6):
        theta, velocity = random.normal(size=(2, d)).round(1)
        yield theta, velocity, bend, round(random.uniform(0.01, 0.3), 2), round(random.uniform(0.1, 0.95), 2)
    yield THETA, np.zeros(2), bend, 0.05, 0.9


def parts_of_look_ahead(theta, velocity, gradient, rate, beta):
    """The vectors that a step is a sum of, and the gradient that is mistaken for the right one."""
    slopes = {"gradient(theta)": gradient(theta), "gradient(ahead)": gradient(theta + beta * velocity)}
    return {"theta": theta, "velocity": velocity, **slopes, **numbers(rate, beta)}


TWO_GRADIENTS = mark("You put two gradients together. That is the slope ahead only where it is a line through 0.")

NESTEROV_STEP_MISTAKES = (
    Misconception(
        mark("There is no look-ahead: the gradient is taken at theta. This is plain momentum."),
        lambda theta, v, g, rate, beta: momentum_step(theta, v, g(theta), rate, beta),
    ),
    Misconception(
        mark("You look where the whole momentum step would end. The look-ahead point knows no gradient yet."),
        lambda theta, v, g, rate, beta: momentum_step(theta, v, g(theta + beta * v - rate * g(theta)), rate, beta),
    ),
    Misconception(
        TWO_GRADIENTS,
        lambda theta, v, g, rate, beta: momentum_step(theta, v, g(theta) + g(beta * v), rate, beta),
    ),
    Misconception(
        TWO_GRADIENTS,
        lambda theta, v, g, rate, beta: momentum_step(theta, v, g(theta) + beta * g(v), rate, beta),
    ),
    Misconception(
        mark("You multiply two gradients. Each is a slope at its own place, and the step follows one of them alone."),
        lambda theta, v, g, rate, beta: momentum_step(theta, v, g(theta) * g(theta + beta * v), rate, beta),
    ),
    Misconception(
        mark("You took the mean of theta and the velocity. One is a place, the other a way that leads on from it."),
        lambda theta, v, g, rate, beta: momentum_step(theta, v, g((theta + v) / 2), rate, beta),
    ),
    Misconception(
        mark("You update the velocity twice. Only the gradient at the look-ahead point counts."),
        lambda theta, v, g, rate, beta: nesterov_step(theta, beta * v - rate * g(theta), g, rate, beta),
    ),
    Misconception(
        mark("This velocity is a sum of gradients, as in PyTorch. Here it is the step itself, rate included."),
        lambda theta, v, g, rate, beta: (
            theta - rate * (beta * v + g(theta - rate * beta * v)),
            beta * v + g(theta - rate * beta * v),
        ),
    ),
    Misconception(
        mark("theta makes one more gradient step. Was velocity overwritten before its old value was used?"),
        lambda theta, v, g, rate, beta: (
            theta + beta**2 * v - (1 + beta) * rate * g(theta + beta * v),
            nesterov_step(theta, v, g, rate, beta)[1],
        ),
    ),
    Misconception(
        mark("So Keras and PyTorch write it: their theta is the look-ahead point. Here it is where the run stands."),
        lambda theta, v, g, rate, beta: (
            theta + beta * (beta * v - rate * g(theta)) - rate * g(theta),
            beta * v - rate * g(theta),
        ),
    ),
    Misconception(
        mark("Your velocity points against the step, so that you subtract it. Here theta moves by plus the velocity."),
        lambda theta, v, g, rate, beta: (
            theta - beta * v - rate * g(theta - beta * v),
            beta * v + rate * g(theta - beta * v),
        ),
    ),
)

NESTEROV_STEP = Task(
    id="05.3",
    title=mark("One step of Nesterov's method"),
    text=mark(
        "Write nesterov_step(theta, velocity, gradient, rate, beta): as momentum_step, but gradient is a function of "
        "theta, and its value is taken at the look-ahead point, where beta times the velocity alone would lead. Return "
        "the new theta and the new velocity."
    ),
    asks=Question(
        points=2,
        reference=nesterov_step,
        example=(THETA, VELOCITY, bend, 0.1, 0.7),
        inputs=moving_states,
        advice=mark(
            "With gradient = lambda theta: theta, from theta 1 with velocity 0.5, rate 0.1 and beta 0.8, the "
            "look-ahead point is 1.4, and theta becomes 1.26."
        ),
        returns=("theta", "velocity"),
        made_of=parts_of_look_ahead,
        misconceptions=NESTEROV_STEP_MISTAKES,
    ),
)

# --- 05.4 ------------------------------------------------------------------------------------------------------------


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
CUT = mark("You cut the condition number to a whole number: // drops what is behind the point, / keeps it.")
NEARLY = mark("This is nearly the best beta for large condition numbers only. Solve for it exactly.")

BEST_PAIR_MISTAKES = (
    *other_beta(ROOTS, lambda L, mu: ((L - mu) / (L + mu)) ** 2),
    *other_beta(ROOTS, lambda L, mu: (L - mu) / (L + mu)),
    *other_beta(CUT, lambda L, mu: ((np.sqrt(L // mu) - 1) / (np.sqrt(L // mu) + 1)) ** 2),
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
    id="05.4",
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

# --- 05.5 ------------------------------------------------------------------------------------------------------------


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
    id="05.5",
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

TASKS = (MOMENTUM_STEP, TO_CLASSICAL, NESTEROV_STEP, BEST_PAIR, BORDER)
