"""The tasks of chapter 05: momentum.

Each task stands on its own: the right answer, an input in general position, random inputs, and the mistakes that need a
why. All others (a sign, a factor, an exchange, the old value for the new) are derived from the right answer's source.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.chapters.ch05_momentum.diagnoses import DECIDE, TELL
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

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


def infer_beta(theta, product):
    """The right answer: what is left of a step without its gradient step, as a share of the step before."""
    last = theta[1] - theta[0]
    step = theta[2] - theta[1]
    beta = (step + product * theta[1]) / last
    return beta


def places(theta, velocity, product, beta, steps):
    """What a run with momentum leaves behind of one coordinate."""
    found = [theta]
    for _ in range(steps):
        theta, velocity = momentum_step(theta, velocity, product * theta, 1, beta)
        found.append(theta)
    return np.array(found)


def records(random):
    """Pieces of runs that creep, swing and flip, some of them from rest on; a beta of two decimals could be guessed."""
    for number, steps in enumerate((2, 2, 3, 4, 4, 5, 6, 8)):
        product, beta = round(random.uniform(0.02, 2), 3), round(random.uniform(0.1, 0.95), 4)
        theta, velocity = random.uniform(1, 3, 2).round(2) * random.choice([-1, 1], 2)
        yield places(theta, velocity if number % 3 else 0.0, product, beta, steps), product


INFER_MISTAKES = (
    Misconception(
        mark("This is the whole step over the one before. It holds a gradient step, too: take that away first."),
        lambda theta, product: (theta[2] - theta[1]) / (theta[1] - theta[0]),
    ),
    Misconception(
        mark("You took the gradient where the step ends. It is taken where the step begins."),
        lambda theta, product: (theta[2] - theta[1] + product * theta[2]) / (theta[1] - theta[0]),
    ),
    Misconception(
        mark("You took the gradient of the step before. Each step takes it where it begins."),
        lambda theta, product: (theta[2] - theta[1] + product * theta[0]) / (theta[1] - theta[0]),
    ),
    Misconception(
        mark("You divide one place by another. Momentum keeps a share of the last step, not of theta."),
        lambda theta, product: theta[2] / theta[1],
    ),
    Misconception(
        mark("beta is what two steps leave of theta only on average, in a swing. Look at one step and the one before."),
        lambda theta, product: theta[2] / theta[0],
    ),
    Misconception(
        mark("This would be beta in the averaged form, where the gradient is weighted with 1 - beta."),
        lambda theta, product: (theta[2] - theta[1] + product * theta[1]) / (theta[1] - theta[0] + product * theta[1]),
    ),
    Misconception(
        mark("This would be beta in Nesterov's method, where the gradient is taken at the look-ahead point."),
        lambda theta, product: (theta[2] - theta[1] + product * theta[1]) / ((1 - product) * (theta[1] - theta[0])),
    ),
    Misconception(
        mark(
            "You took the last step for the first one of the run, from rest. It is theta[1] - theta[0], wherever it "
            "was."
        ),
        lambda theta, product: -(theta[2] - theta[1] + product * theta[1]) / (product * theta[0]),
    ),
    Misconception(
        mark("You divide by the step itself. beta is a share of the step before it."),
        lambda theta, product: (theta[2] - theta[1] + product * theta[1]) / (theta[2] - theta[1]),
    ),
)

INFER = Task(
    id="05.2",
    title=mark("Infer beta from a path"),
    text=mark(
        "Write infer_beta(theta, product): theta holds three or more places of one coordinate, one after each step of "
        "a run with momentum in the classical form; it may begin in the middle of the run. product is the rate times "
        "the curvature of this direction. Return beta."
    ),
    asks=Question(
        points=2,
        reference=infer_beta,
        example=(places(2.0, 0.7, 0.3, 0.6, 4), 0.3),
        inputs=records,
        advice=mark("Take three places, write the two steps between them, and ask what the second one is made of."),
        made_of=lambda theta, product: {
            "product": product,
            "theta[0]": theta[0],
            "theta[1]": theta[1],
            "theta[2]": theta[2],
            "(theta[1] - theta[0])": theta[1] - theta[0],
            "(theta[2] - theta[1])": theta[2] - theta[1],
        },  # fmt: skip
        misconceptions=INFER_MISTAKES,
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

# --- 05.5 ------------------------------------------------------------------------------------------------------------


def border_ahead(L, beta, ahead):
    """The right answer: at the border theta goes from -theta to theta, and the velocity with it from -2 to 2."""
    return 2 * (1 + beta) / ((1 + 2 * ahead) * L)


def border_stale(L, beta):
    """The right answer: the product of the roots of z^2 - (1 + beta) z + beta + rate * L is 1."""
    return (1 - beta) / L


def bowls(random):
    """Bowls of any steepness, with betas small and large: small ones tell formulas apart that nearly agree."""
    for beta in (0.1, 0.3, 0.5, 0.9, *random.uniform(0.05, 0.95, 6).round(2)):
        yield round(random.uniform(0.5, 50), 1), float(beta)


def looks_ahead(random):
    """The same, with some way to look ahead."""
    for L, beta in bowls(random):
        yield L, beta, round(random.choice([random.uniform(0.05, 0.45), random.uniform(0.55, 1.2)]), 2)


PLAIN = mark("This is the border of plain descent. Momentum moves it.")
OF_CLASSICAL = mark("This is the border of the classical form, whose gradient is taken at the present theta.")
LENGTH = mark("You took the last step for as long as theta. It led from -theta to theta.")
OTHER_WAY = mark("A sign is turned round: at the border the last step led from -theta to theta, away from 0.")
TWO_SIZES = mark("There the product of the two roots is -1. But the larger of them has passed -1 before.")
HALVES = mark("With a real root, z = -1, there is no border here: these roots are complex, and their product passes 1.")
CREEPS = mark("There the two roots meet and a swing begins. It grows only from a larger rate on.")
OF_NESTEROV = mark("This is the border of Nesterov's method, which looks ahead by beta.")
FALLING = mark(
    "There you set the product of the roots to 1. But here it falls as the rate grows: a real root reaches -1."
)
ONLY_A_SHARE = mark("You look ahead by beta * ahead. The gradient is taken at ahead times the whole old velocity.")
OTHER_STALE = mark("You took the gradient at theta - beta * velocity. The theta before lies a whole velocity back.")


def border(reference, inputs, example, names, *mistakes):
    """The question for one rule. The answer may be measured, so half a per cent is allowed, and time for it."""
    return Question(
        reference=reference,
        example=example,
        inputs=inputs,
        tolerance=0.005,
        seconds=30,
        advice=mark(
            "Measure it: let the rule run on curvature L with a sweep of rates, and see from which one on theta grows. "
            "Near the border it takes thousands of steps to tell. Half a per cent is allowed."
        ),
        made_of=lambda L, beta, *ahead: {
            "L": L,
            "beta": beta,
            "(1 - beta)": 1 - beta,
            "(1 + beta)": 1 + beta,
            **names(*ahead),
        },  # fmt: skip
        misconceptions=mistakes,
    )


BORDER = Task(
    id="05.5",
    title=mark("The border of two new rules"),
    text=mark(
        "Write two functions that give the rate from which on a rule diverges on a bowl of largest curvature L. "
        "border_ahead(L, beta, ahead): classical momentum whose gradient is taken at theta + ahead * velocity, with "
        "the old velocity. border_stale(L, beta): classical momentum whose gradient is one step old, taken at the "
        "theta before the present one. A border that you measured counts if it is within half a per cent."
    ),
    asks={
        "ahead": border(
            border_ahead, looks_ahead, (4.0, 0.7, 0.3), lambda ahead: {"ahead": ahead, "(1 + ahead)": 1 + ahead},
            Misconception(PLAIN, lambda L, beta, ahead: 2 / L),
            Misconception(OF_CLASSICAL, lambda L, beta, ahead: 2 * (1 + beta) / L),
            Misconception(OF_NESTEROV, lambda L, beta, ahead: 2 * (1 + beta) / ((1 + 2 * beta) * L)),
            Misconception(FALLING, lambda L, beta, ahead: (1 - beta) / (ahead * L), witness=(4.0, 0.3, 0.1)),
            Misconception(FALLING,
                          lambda L, beta, ahead: min(2 * (1 + beta) / (1 + 2 * ahead), (1 - beta) / ahead) / L),
            Misconception(ONLY_A_SHARE, lambda L, beta, ahead: 2 * (1 + beta) / ((1 + 2 * beta * ahead) * L)),
            Misconception(LENGTH, lambda L, beta, ahead: 2 * (1 + beta) / ((1 + ahead) * L)),
            Misconception(LENGTH, lambda L, beta, ahead: (2 + beta) / ((1 + ahead) * L)),
            Misconception(OTHER_WAY, lambda L, beta, ahead: 2 * (1 + beta) / ((1 - 2 * ahead) * L)),
            Misconception(OTHER_WAY, lambda L, beta, ahead: 2 * (1 - beta) / ((1 - 2 * ahead) * L)),
            Misconception(mark("You expect momentum to make the run more fragile. At the border it brakes."),
                          lambda L, beta, ahead: 2 * (1 - beta) / ((1 + 2 * ahead) * L)),
            Misconception(TWO_SIZES, lambda L, beta, ahead: (1 + beta) / (ahead * L)),
        ),
        "stale": border(
            border_stale, bowls, (4.0, 0.7), dict,
            Misconception(PLAIN, lambda L, beta: 2 / L),
            Misconception(OF_CLASSICAL, lambda L, beta: 2 * (1 + beta) / L),
            Misconception(mark("That is right without momentum alone. What does beta add to the product of the roots?"),
                          lambda L, beta: 1 / L),
            Misconception(HALVES, lambda L, beta: -2 * (1 + beta) / L),
            Misconception(CREEPS, lambda L, beta: (1 - beta) ** 2 / (4 * L)),
            Misconception(mark("There the ball of the chapter begins to swing. Here the gradient is another."),
                          lambda L, beta: (1 - beta**0.5) ** 2 / L),
            Misconception(OF_NESTEROV, lambda L, beta: 2 * (1 + beta) / ((1 + 2 * beta) * L)),
            Misconception(OTHER_STALE,
                          lambda L, beta: min(2 * (1 + beta) / max(1 - 2 * beta, 1e-9), (1 - beta) / beta) / L),
            Misconception(OTHER_STALE, lambda L, beta: (1 - beta) / (beta * L), witness=(4.0, 0.1)),
            Misconception(mark("beta takes away from the safe rate here: an old gradient brakes too late."),
                          lambda L, beta: (1 + beta) / L),
            Misconception(mark("Each step turns by less than a half here, so the factor 2 of plain descent is not in "
                               "it."),
                          lambda L, beta: 2 * (1 - beta) / L),
        ),
    },
)  # fmt: skip

TASKS = (MOMENTUM_STEP, INFER, NESTEROV_STEP, DECIDE, BORDER, TELL)
