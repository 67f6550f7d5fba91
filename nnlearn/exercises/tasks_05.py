"""The tasks of chapter 05: momentum.

Each task stands on its own: the right answer, an input in general position, random inputs, and below them the known
mistakes, each a hint and the formula that it belongs to.
"""
# mypy: allow-untyped-defs

import numpy as np

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


WHOLE_NUMBERS = mark(
    "It goes wrong where theta and velocity hold whole numbers: an array of integers, also one made by np.empty_like "
    "or copy(), can't take a fraction. Write velocity = beta * velocity - …, which makes a new one."
)
GRADIENT_AGAIN = mark(
    "You multiply the gradient by the velocity. theta moves by the velocity; the gradient is already in it."
)

MOMENTUM_STEP_MISTAKES = (
    Misconception(WHOLE_NUMBERS, in_place, witness=WHOLE),
    Misconception(
        WHOLE_NUMBERS,
        lambda theta, v, g, rate, beta: (
            (theta + (beta * v - rate * g).astype(v.dtype)).astype(theta.dtype),
            (beta * v - rate * g).astype(v.dtype),
        ),
        witness=WHOLE,
    ),
    Misconception(
        mark(
            "The velocity is dropped where it points uphill. That is a restart, another method: momentum keeps the "
            "share beta of it always."
        ),
        restarted,
        witness=(THETA, np.array([0.5, -0.3]), SLOPE, 0.1, 0.7),
    ),
    Misconception(
        mark("You add the entries of the gradient up. Each parameter steps by its own slope: keep the array."),
        lambda theta, v, g, rate, beta: momentum_step(theta, v, np.full(len(g), np.sum(g)), rate, beta),
    ),
    Misconception(
        mark("You divide the gradient by its length. It enters as it is, so that steps get short where it is flat."),
        lambda theta, v, g, rate, beta: momentum_step(theta, v, g / np.linalg.norm(g), rate, beta),
    ),
    Misconception(
        mark(
            "The velocity is right, but theta moves as in Nesterov's method: by beta times the new velocity and one "
            "more gradient step. Here it moves by the new velocity alone."
        ),
        lambda theta, v, g, rate, beta: (theta + beta * (beta * v - rate * g) - rate * g, beta * v - rate * g),
    ),
    Misconception(
        mark(
            "You divide the velocity by 1 - beta. That correction belongs to an average; here theta moves by the "
            "velocity itself."
        ),
        lambda theta, v, g, rate, beta: (theta + (beta * v - rate * g) / (1 - beta), beta * v - rate * g),
    ),
    Misconception(
        mark("rate and beta are exchanged: beta belongs to the velocity, the rate to the gradient."),
        lambda theta, v, g, rate, beta: momentum_step(theta, v, g, beta, rate),
    ),
    Misconception(
        GRADIENT_AGAIN,
        lambda theta, v, g, rate, beta: (theta - rate * (beta * v - rate * g) * g, beta * v - rate * g),
    ),
    Misconception(
        mark("Your step uses the velocity from before the update. Compute the new velocity first, then move by it."),
        lambda theta, v, g, rate, beta: (theta + v, beta * v - rate * g),
    ),
    Misconception(
        mark("This is the averaged form: the gradient is weighted with 1 - beta. In the classical form it is not."),
        lambda theta, v, g, rate, beta: (theta - rate * (beta * v + (1 - beta) * g), beta * v + (1 - beta) * g),
    ),
    Misconception(
        mark(
            "You mix the two forms: the factor 1 - beta belongs to the averaged form. The classical velocity is "
            "beta * velocity - rate * gradient."
        ),
        lambda theta, v, g, rate, beta: (theta + beta * v - (1 - beta) * rate * g, beta * v - (1 - beta) * rate * g),
    ),
    Misconception(
        mark(
            "This is the form of PyTorch: the velocity is a sum of gradients, and theta moves by rate times it. "
            "Here the velocity is the step itself and holds the rate already."
        ),
        lambda theta, v, g, rate, beta: (theta - rate * (beta * v + g), beta * v + g),
    ),
    Misconception(
        GRADIENT_AGAIN,
        lambda theta, v, g, rate, beta: (theta - rate * (beta * v + (1 - beta) * g) * g, beta * v + (1 - beta) * g),
    ),
    Misconception(
        GRADIENT_AGAIN,
        lambda theta, v, g, rate, beta: (theta + (beta * v - rate * g) * g, beta * v - rate * g),
    ),
    Misconception(
        mark("The rate comes in twice: it is in the velocity already, so theta moves by the velocity alone."),
        lambda theta, v, g, rate, beta: (theta + rate * (beta * v - rate * g), beta * v - rate * g),
    ),
    Misconception(
        mark("The rate is missing: the gradient enters the velocity times the rate."),
        lambda theta, v, g, rate, beta: (theta + beta * v - g, beta * v - g),
    ),
    Misconception(
        mark("beta stands at the gradient. It belongs to the velocity: the share of it that is kept."),
        lambda theta, v, g, rate, beta: (theta + v - beta * rate * g, v - beta * rate * g),
    ),
    Misconception(
        mark("beta multiplies everything. It belongs to the old velocity alone, not to the gradient."),
        lambda theta, v, g, rate, beta: (theta + beta * (v - rate * g), beta * (v - rate * g)),
    ),
    Misconception(
        mark("The rate multiplies everything. It belongs to the gradient alone; the old velocity holds it already."),
        lambda theta, v, g, rate, beta: (theta + rate * (beta * v - g), rate * (beta * v - g)),
    ),
    Misconception(
        mark("beta is missing: only the share beta of the old velocity is kept. Without that friction it never rests."),
        lambda theta, v, g, rate, beta: (theta + v - rate * g, v - rate * g),
    ),
    Misconception(
        mark("You keep the share 1 - beta of the old velocity. beta is the share that is kept."),
        lambda theta, v, g, rate, beta: (theta + (1 - beta) * v - rate * g, (1 - beta) * v - rate * g),
    ),
    Misconception(
        mark("The old velocity is lost: this is plain gradient descent. The new velocity begins with beta * velocity."),
        lambda theta, v, g, rate, beta: (theta - rate * g, -rate * g),
    ),
    Misconception(
        mark("theta makes a plain step, without the velocity. It moves by the new velocity."),
        lambda theta, v, g, rate, beta: (theta - rate * g, beta * v - rate * g),
    ),
    Misconception(
        mark("The gradient moves theta twice: it is in the new velocity already."),
        lambda theta, v, g, rate, beta: (theta + beta * v - 2 * rate * g, beta * v - rate * g),
    ),
    Misconception(
        mark(
            "The gradient enters with a plus, so the velocity grows uphill. It is beta * velocity minus rate * "
            "gradient."
        ),
        lambda theta, v, g, rate, beta: (theta + beta * v + rate * g, beta * v + rate * g),
    ),
    Misconception(
        mark(
            "Here the velocity points against the step: you add the gradient to it and subtract it from theta. "
            "Turn both signs round; in this task theta moves by plus the velocity."
        ),
        lambda theta, v, g, rate, beta: (theta - (beta * v + rate * g), beta * v + rate * g),
    ),
    Misconception(
        mark("You subtract the velocity from theta. It holds the minus already: theta moves by plus the velocity."),
        lambda theta, v, g, rate, beta: (theta - (beta * v - rate * g), beta * v - rate * g),
    ),
    Misconception(
        mark("theta is right, but the velocity that you return is the old one. The next step needs the new one."),
        lambda theta, v, g, rate, beta: (theta + beta * v - rate * g, v),
    ),
    Misconception(
        mark("The velocity is right, but theta has not moved: is the new theta computed and returned?"),
        lambda theta, v, g, rate, beta: (theta, beta * v - rate * g),
    ),
    Misconception(
        mark("Only theta comes back. The next step needs the velocity too: return theta, velocity."),
        lambda theta, v, g, rate, beta: theta + beta * v - rate * g,
    ),
    Misconception(
        mark("Only the velocity comes back. Move theta by it, and return theta, velocity."),
        lambda theta, v, g, rate, beta: beta * v - rate * g,
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


TO_CLASSICAL_MISTAKES = (
    Misconception(
        mark(
            "You divide by 1 - beta: that is the way back, from the classical form to the averaged one. The "
            "averaged form takes the share 1 - beta of each gradient, so its rate is the larger one."
        ),
        lambda rate, beta: rate / (1 - beta),
    ),
    Misconception(
        mark(
            "You multiply by beta, the share of the velocity that is kept. What the averaged form takes of each "
            "new gradient is 1 - beta."
        ),
        lambda rate, beta: rate * beta,
    ),
    Misconception(
        mark(
            "You divide by beta, the share of the velocity that is kept. What the averaged form takes of each "
            "new gradient is 1 - beta."
        ),
        lambda rate, beta: rate / beta,
    ),
    Misconception(
        mark(
            "The same rate makes other steps: with beta = 0.9 the averaged form takes a tenth of each gradient, "
            "the classical form all of it. Compare the first step of both."
        ),
        lambda rate, beta: rate,
    ),
    Misconception(
        mark("You multiply by 1 + beta. The averaged form takes the share 1 - beta of each gradient."),
        lambda rate, beta: rate * (1 + beta),
    ),
    Misconception(
        mark(
            "You divide by 1 + beta. The averaged form takes the share 1 - beta of each gradient; compare the first "
            "step of both."
        ),
        lambda rate, beta: rate / (1 + beta),
    ),
    Misconception(
        mark("The factor 1 - beta comes in twice. Once is enough: compare the first step of both forms."),
        lambda rate, beta: rate * (1 - beta) ** 2,
    ),
    Misconception(
        mark(
            "You multiply by the ratio (1 - beta) / (1 + beta), which belongs to the noise of an average. The "
            "steps ask for 1 - beta alone."
        ),
        lambda rate, beta: rate * (1 - beta) / (1 + beta),
    ),
    Misconception(
        mark("That is the factor alone: multiply the rate by it."),
        lambda rate, beta: 1 - beta,
    ),
    Misconception(
        mark("You subtract beta from the rate. The two forms differ by a factor: compare the first step of both."),
        lambda rate, beta: rate - beta,
    ),
    Misconception(
        mark("You take beta as a power. The two forms differ by the factor 1 - beta: compare the first step of both."),
        lambda rate, beta: rate**beta,
    ),
    Misconception(
        mark("A root is too much: the factor is 1 - beta itself. Compare the first step of both forms."),
        lambda rate, beta: rate * np.sqrt(1 - beta),
    ),
    Misconception(
        mark("beta squared belongs to an average of squares. Here the factor is 1 - beta."),
        lambda rate, beta: rate * (1 - beta**2),
    ),
    Misconception(
        mark(
            "beta / (1 - beta) compares what is kept with what is new. The two forms differ only by the weight of "
            "the new gradient, 1 - beta."
        ),
        lambda rate, beta: rate * beta / (1 - beta),
    ),
    Misconception(
        mark(
            "(1 - beta) / beta compares what is new with what is kept. The two forms differ only by the weight of "
            "the new gradient, 1 - beta."
        ),
        lambda rate, beta: rate * (1 - beta) / beta,
    ),
    Misconception(
        mark("The sign is turned round: 1 - beta is positive, and so is the rate."),
        lambda rate, beta: rate * (beta - 1),
    ),
)

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
        misconceptions=TO_CLASSICAL_MISTAKES,
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
    return {
        "theta": theta,
        "velocity": velocity,
        "gradient(theta)": gradient(theta),
        "gradient(theta + beta * velocity)": gradient(theta + beta * velocity),
        **numbers(rate, beta),
    }


def shifted(where):
    """A momentum step whose gradient is taken elsewhere."""
    return lambda theta, v, gradient, rate, beta: momentum_step(
        theta, v, gradient(where(theta, v, beta, rate, gradient)), rate, beta
    )


def at_theta(theta, v, gradient, rate, beta):
    """Momentum: the gradient where the run stands."""
    return momentum_step(theta, v, gradient(theta), rate, beta)


def look(theta, v, gradient, rate, beta):
    """The slope at the look-ahead point."""
    return gradient(theta + beta * v)


NESTEROV_STEP_MISTAKES = (
    Misconception(
        mark("There is no look-ahead: the gradient is taken at theta. This is plain momentum."),
        at_theta,
    ),
    Misconception(
        mark(
            "You look back: the gradient is taken at theta - beta * velocity. The velocity leads to theta + beta * "
            "velocity."
        ),
        shifted(lambda theta, v, beta, rate, gradient: theta - beta * v),
    ),
    Misconception(
        mark("You look too far: at theta + velocity. Only the share beta of the velocity is kept."),
        shifted(lambda theta, v, beta, rate, gradient: theta + v),
    ),
    Misconception(
        mark(
            "You look back, by the whole velocity: the gradient is taken at theta - velocity. Look ahead, to theta + "
            "beta * velocity."
        ),
        shifted(lambda theta, v, beta, rate, gradient: theta - v),
    ),
    Misconception(
        mark("You look ahead by rate * velocity. The velocity holds the rate already: theta + beta * velocity."),
        shifted(lambda theta, v, beta, rate, gradient: theta + rate * v),
    ),
    Misconception(
        mark("You look ahead by (1 - beta) * velocity. The share that is kept is beta."),
        shifted(lambda theta, v, beta, rate, gradient: theta + (1 - beta) * v),
    ),
    Misconception(
        mark(
            "You look where the whole momentum step would end. The look-ahead point knows no gradient yet: theta + "
            "beta * velocity."
        ),
        shifted(lambda theta, v, beta, rate, gradient: theta + beta * v - rate * gradient(theta)),
    ),
    Misconception(
        mark("The gradient is taken at the velocity. Take it at a place: theta + beta * velocity."),
        shifted(lambda theta, v, beta, rate, gradient: beta * v),
    ),
    Misconception(
        mark("You look too little ahead, by beta squared: theta + beta * velocity."),
        shifted(lambda theta, v, beta, rate, gradient: theta + beta**2 * v),
    ),
    Misconception(
        mark("beta multiplies theta too. Only the velocity fades: theta + beta * velocity."),
        shifted(lambda theta, v, beta, rate, gradient: beta * (theta + v)),
    ),
    Misconception(
        mark(
            "You add two gradients, one at theta and one at the velocity. Take one, at the sum: gradient(theta + beta "
            "* velocity)."
        ),
        lambda theta, v, gradient, rate, beta: momentum_step(
            theta, v, gradient(theta) + gradient(beta * v), rate, beta
        ),
    ),
    Misconception(
        mark(
            "You update the velocity twice: first with the gradient at theta, then again. Only the gradient at the "
            "look-ahead point counts."
        ),
        lambda theta, v, gradient, rate, beta: nesterov_step(
            theta, beta * v - rate * gradient(theta), gradient, rate, beta
        ),
    ),
    Misconception(
        mark(
            "This velocity is a sum of gradients, as in PyTorch: theta moves by rate times it. Here the velocity is "
            "the step itself and holds the rate already."
        ),
        lambda theta, v, gradient, rate, beta: (
            theta - rate * (beta * v + gradient(theta - rate * beta * v)),
            beta * v + gradient(theta - rate * beta * v),
        ),
    ),
    Misconception(
        mark(
            "You return the next look-ahead point as theta, which is how Keras keeps it. Return where the run stands: "
            "theta plus the new velocity."
        ),
        lambda theta, v, gradient, rate, beta: (
            theta + (1 + beta) * nesterov_step(theta, v, gradient, rate, beta)[1],
            nesterov_step(theta, v, gradient, rate, beta)[1],
        ),
    ),
    Misconception(
        mark("beta comes in once more: theta moves by the whole new velocity, which holds beta already."),
        lambda theta, v, gradient, rate, beta: (
            theta + beta * nesterov_step(theta, v, gradient, rate, beta)[1],
            nesterov_step(theta, v, gradient, rate, beta)[1],
        ),
    ),
    Misconception(
        mark(
            "theta moves by beta times the new velocity and one more gradient step. Was velocity overwritten before "
            "its old value was used? theta moves by the new velocity alone."
        ),
        lambda theta, v, gradient, rate, beta: (
            theta + beta**2 * v - (1 + beta) * rate * look(theta, v, gradient, rate, beta),
            nesterov_step(theta, v, gradient, rate, beta)[1],
        ),
    ),
    Misconception(
        mark(
            "You put gradient(theta) and gradient(velocity) together, which is the slope ahead only where it is a "
            "straight line through 0. Take one, at the sum: gradient(theta + beta * velocity)."
        ),
        lambda theta, v, gradient, rate, beta: momentum_step(
            theta, v, gradient(theta) + beta * gradient(v), rate, beta
        ),
    ),
    Misconception(
        mark(
            "You take velocity for the place before, as in papers where it is kept instead. Here velocity is the last "
            "step itself: the look-ahead point is theta + beta * velocity."
        ),
        lambda theta, v, gradient, rate, beta: (
            theta + beta * (theta - v) - rate * gradient(theta + beta * (theta - v)),
            theta,
        ),
    ),
    Misconception(
        mark(
            "The look-ahead counts twice: the step begins at theta itself. Keep the look-ahead point under another "
            "name."
        ),
        lambda theta, v, gradient, rate, beta: (
            theta + 2 * beta * v - rate * look(theta, v, gradient, rate, beta),
            beta * v - rate * look(theta, v, gradient, rate, beta),
        ),
    ),
    Misconception(
        mark(
            "This is how Keras and PyTorch write it: their theta is the look-ahead point. Here theta is where the "
            "run stands, and the gradient is taken at theta + beta * velocity."
        ),
        lambda theta, v, gradient, rate, beta: (
            theta + beta * (beta * v - rate * gradient(theta)) - rate * gradient(theta),
            beta * v - rate * gradient(theta),
        ),
    ),
    Misconception(
        mark(
            "This is a momentum step that ends with the velocity from before the update. Compute the new velocity "
            "first, then move by it."
        ),
        lambda theta, v, gradient, rate, beta: (theta + v, beta * v - rate * look(theta, v, gradient, rate, beta)),
    ),
    Misconception(
        mark("beta is missing in the new velocity: only that share of the old velocity is kept."),
        lambda theta, v, gradient, rate, beta: (
            theta + v - rate * look(theta, v, gradient, rate, beta),
            v - rate * look(theta, v, gradient, rate, beta),
        ),
    ),
    Misconception(
        mark(
            "The gradient is weighted with 1 - beta, which belongs to the averaged form. Here the velocity is beta * "
            "velocity - rate * gradient."
        ),
        lambda theta, v, gradient, rate, beta: (
            theta + beta * v - rate * (1 - beta) * look(theta, v, gradient, rate, beta),
            beta * v - rate * (1 - beta) * look(theta, v, gradient, rate, beta),
        ),
    ),
    Misconception(
        mark("The gradient enters with a plus, so the velocity grows uphill."),
        lambda theta, v, gradient, rate, beta: (
            theta + beta * v + rate * look(theta, v, gradient, rate, beta),
            beta * v + rate * look(theta, v, gradient, rate, beta),
        ),
    ),
    Misconception(
        mark("You subtract the velocity from theta. It holds the minus already: theta moves by plus the velocity."),
        lambda theta, v, gradient, rate, beta: (
            theta - beta * v + rate * look(theta, v, gradient, rate, beta),
            beta * v - rate * look(theta, v, gradient, rate, beta),
        ),
    ),
    Misconception(
        mark(
            "Here the velocity points against the step: you add the gradient to it and subtract it from theta. In "
            "this task theta moves by plus the velocity, and the look-ahead point is theta + beta * velocity."
        ),
        lambda theta, v, gradient, rate, beta: (
            theta - beta * v - rate * gradient(theta - beta * v),
            beta * v + rate * gradient(theta - beta * v),
        ),
    ),
    Misconception(
        mark("The rate comes in twice: it is in the velocity already, so theta moves by the velocity alone."),
        lambda theta, v, gradient, rate, beta: (
            theta + rate * (beta * v - rate * look(theta, v, gradient, rate, beta)),
            beta * v - rate * look(theta, v, gradient, rate, beta),
        ),
    ),
    Misconception(
        mark("The rate is missing: the gradient enters the velocity times the rate."),
        lambda theta, v, gradient, rate, beta: (
            theta + beta * v - look(theta, v, gradient, rate, beta),
            beta * v - look(theta, v, gradient, rate, beta),
        ),
    ),
    Misconception(
        mark("The old velocity is lost after looking ahead: the new velocity is beta * velocity - rate * gradient."),
        lambda theta, v, gradient, rate, beta: (
            theta - rate * look(theta, v, gradient, rate, beta),
            -rate * look(theta, v, gradient, rate, beta),
        ),
    ),
    Misconception(
        mark("theta makes a plain step from where it stands, without the velocity. It moves by the new velocity."),
        lambda theta, v, gradient, rate, beta: (
            theta - rate * look(theta, v, gradient, rate, beta),
            beta * v - rate * look(theta, v, gradient, rate, beta),
        ),
    ),
    Misconception(
        mark("theta is right, but the velocity that you return is the old one. The next step needs the new one."),
        lambda theta, v, gradient, rate, beta: (nesterov_step(theta, v, gradient, rate, beta)[0], v),
    ),
    Misconception(
        mark("Only theta comes back. The next step needs the velocity too: return theta, velocity."),
        lambda *case: nesterov_step(*case)[0],
    ),
    Misconception(
        mark("You return the look-ahead point as theta. It is only where the gradient is asked for."),
        lambda theta, v, gradient, rate, beta: (theta + beta * v, nesterov_step(theta, v, gradient, rate, beta)[1]),
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


def best_pair(L, mu):
    """The right answer: where the curves (1 - sqrt(beta))**2 / mu and (1 + sqrt(beta))**2 / L meet (Polyak 1964)."""
    share = (np.sqrt(L) - np.sqrt(mu)) / (np.sqrt(L) + np.sqrt(mu))
    return (1 + share) ** 2 / L, share**2


def bowls(random):
    """Condition numbers from 2 to 200."""
    yield 100.0, 1.0
    for _ in range(8):
        mu = round(random.uniform(0.1, 2), 2)
        yield round(mu * random.uniform(2, 200), 2), mu


def share(L, mu):
    """What one step leaves, in the best case."""
    return np.sqrt(best_pair(L, mu)[1])


def tip(beta):
    """The pair of a beta that is not the best one, with the rate on the right curve, (1 + sqrt(beta))**2 / L."""
    return lambda L, mu: ((1 + np.sqrt(beta(L, mu))) ** 2 / L, beta(L, mu))


ROOTS = mark("You took the condition number where its root belongs: momentum's gain is just that root.")
EXCHANGED = mark("You exchanged the curvatures: the curve with the minus has mu in it, the one with the plus has L.")
HABIT = mark("0.9 is a habit, not the best. The best beta depends on the condition number.")
NEARLY = mark(
    "1 - sqrt(mu / L) is nearly the fraction for large condition numbers. Exactly it is the difference over the sum of "
    "the roots, and beta is its square."
)

BEST_PAIR_MISTAKES = (
    Misconception(ROOTS, tip(lambda L, mu: ((L - mu) / (L + mu)) ** 2)),
    Misconception(ROOTS, tip(lambda L, mu: (L - mu) / (L + mu))),
    Misconception(EXCHANGED, lambda L, mu: ((1 - share(L, mu)) ** 2 / L, best_pair(L, mu)[1])),
    Misconception(EXCHANGED, lambda L, mu: ((1 + share(L, mu)) ** 2 / mu, best_pair(L, mu)[1])),
    Misconception(HABIT, tip(lambda L, mu: 0.9)),
    Misconception(NEARLY, tip(lambda L, mu: (1 - np.sqrt(mu / L)) ** 2)),
    Misconception(
        mark(
            "1 - sqrt(mu / L) is a share that one step leaves, of another method. Here the share is the difference "
            "over the sum of the roots, and beta its square."
        ),
        tip(lambda L, mu: 1 - np.sqrt(mu / L)),
    ),
    Misconception(
        mark("1 - 4 / sqrt(kappa) is nearly the best beta for large condition numbers only. Solve for it exactly."),
        tip(lambda L, mu: max(1 - 4 / np.sqrt(L / mu), 0)),
    ),
    Misconception(
        mark("1 - 4 / sqrt(kappa) is nearly the best beta for large condition numbers only. Solve for it exactly."),
        lambda L, mu: (tip(lambda L, mu: max(1 - 4 / np.sqrt(L / mu), 0))(L, mu)[0], 1 - 4 / np.sqrt(L / mu)),
    ),
    Misconception(
        mark("0.67 is the best beta for the condition number 100, that of the map. Here L and mu are given."),
        tip(lambda L, mu: 0.67),
    ),
    Misconception(
        mark("These are the numbers of the map, for L = 100 and mu = 1. Here L and mu are given."),
        lambda L, mu: (0.0328, 0.67),
    ),
    Misconception(
        mark("You took mu for 1. It is given: its root belongs in both fractions."),
        lambda L, mu: best_pair(L, 1.0),
    ),
    Misconception(
        mark("// cuts the condition number to a whole number. Divide with /."),
        tip(lambda L, mu: best_pair(L // mu, 1.0)[1]),
    ),
    Misconception(
        mark("The root of a sum is not the sum of the roots: sqrt(L) + sqrt(mu) is larger than sqrt(L + mu)."),
        lambda L, mu: (4 / (L + mu), best_pair(L, mu)[1]),
    ),
    Misconception(
        mark("The rate is right; beta is the square of that fraction."),
        lambda L, mu: (best_pair(L, mu)[0], share(L, mu)),
    ),
    Misconception(
        mark(
            "beta is the square of this fraction, in the rate too: the two curves of the V have (1 - sqrt(beta))**2 "
            "and (1 + sqrt(beta))**2 in them."
        ),
        lambda L, mu: ((1 + np.sqrt(share(L, mu))) ** 2 / L, share(L, mu)),
    ),
    Misconception(
        ROOTS,
        lambda L, mu: (best_pair(L, mu)[0], ((L - mu) / (L + mu)) ** 2),
    ),
    Misconception(
        ROOTS,
        lambda L, mu: (best_pair(L, mu)[0], (L - mu) / (L + mu)),
    ),
    Misconception(
        mark("You took the curvatures where their roots belong, in rate and beta: momentum's gain is just that root."),
        lambda L, mu: ((2 / (L + mu)) ** 2, ((L - mu) / (L + mu)) ** 2),
    ),
    Misconception(
        mark("2 / (L + mu) is the best rate of plain descent. With momentum a larger one is safe, and best."),
        lambda L, mu: (2 / (L + mu), best_pair(L, mu)[1]),
    ),
    Misconception(
        mark(
            "2 / (L + mu) is the best rate of plain descent, and beta is not squared. Start from the two curves of "
            "the V: where do they meet?"
        ),
        lambda L, mu: (2 / (L + mu), share(L, mu)),
    ),
    Misconception(
        mark(
            "2 / (L + mu) is the best rate of plain descent, and its fraction has no roots. Start from the two "
            "curves of the V: where do they meet?"
        ),
        lambda L, mu: (2 / (L + mu), ((L - mu) / (L + mu)) ** 2),
    ),
    Misconception(
        mark(
            "2 / (L + mu) is the best rate of plain descent, and its fraction has no roots. Start from the two "
            "curves of the V: where do they meet?"
        ),
        lambda L, mu: (2 / (L + mu), (L - mu) / (L + mu)),
    ),
    Misconception(
        mark(
            "This is the usual pair of Nesterov's method: rate 1/L and beta not squared. Plain momentum wants another."
        ),
        lambda L, mu: (1 / L, share(L, mu)),
    ),
    Misconception(
        mark("1/L is too careful a rate: at the tip of the V it is (1 + sqrt(beta))**2 / L."),
        lambda L, mu: (1 / L, best_pair(L, mu)[1]),
    ),
    Misconception(
        mark("beta is right. The rate is the square of 2 / (sqrt(L) + sqrt(mu))."),
        lambda L, mu: (2 / (np.sqrt(L) + np.sqrt(mu)), best_pair(L, mu)[1]),
    ),
    Misconception(
        mark("Neither is squared yet: the rate is the square of 2 / (sqrt(L) + sqrt(mu)), beta that of its fraction."),
        lambda L, mu: (2 / (np.sqrt(L) + np.sqrt(mu)), share(L, mu)),
    ),
    Misconception(
        mark("The rate lacks a factor 4: it is the square of 2 / (sqrt(L) + sqrt(mu))."),
        lambda L, mu: (best_pair(L, mu)[0] / 4, best_pair(L, mu)[1]),
    ),
    Misconception(
        mark("The rate lacks a factor 2: the 2 is squared as well, so there is a 4."),
        lambda L, mu: (best_pair(L, mu)[0] / 2, best_pair(L, mu)[1]),
    ),
    Misconception(
        mark("This rate is the border, where momentum just diverges. The best one lies below it."),
        lambda L, mu: (2 * (1 + best_pair(L, mu)[1]) / L, best_pair(L, mu)[1]),
    ),
    Misconception(
        mark("You left the root out of (1 + sqrt(beta))**2 / L."),
        lambda L, mu: ((1 + best_pair(L, mu)[1]) ** 2 / L, best_pair(L, mu)[1]),
    ),
    Misconception(
        mark("This is the pair of the averaged form: its rate is larger by 1 / (1 - beta)."),
        lambda L, mu: (best_pair(L, mu)[0] / (1 - best_pair(L, mu)[1]), best_pair(L, mu)[1]),
    ),
    Misconception(
        mark(
            "beta is the square of the difference over the sum of the roots. You have the fraction of the roots alone."
        ),
        lambda L, mu: (best_pair(L, mu)[0], np.sqrt(mu / L)),
    ),
    Misconception(
        NEARLY,
        lambda L, mu: (best_pair(L, mu)[0], (1 - np.sqrt(mu / L)) ** 2),
    ),
    Misconception(
        HABIT,
        lambda L, mu: (best_pair(L, mu)[0], 0.9),
    ),
    Misconception(
        mark("This is right in the other order: return rate, beta."),
        lambda L, mu: best_pair(L, mu)[::-1],
    ),
)

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
            "(sqrt(L) + sqrt(mu))": np.sqrt(L) + np.sqrt(mu),
            "(sqrt(L) - sqrt(mu))": np.sqrt(L) - np.sqrt(mu),
            "(L + mu)": L + mu,
        },
        misconceptions=BEST_PAIR_MISTAKES,
    ),
)

# --- 05.5 ------------------------------------------------------------------------------------------------------------


def border_classical(L, beta):
    """The right answer for the classical form: the largest swing just keeps its size."""
    return 2 * (1 + beta) / L


def border_averaged(L, beta):
    """The right answer for the averaged form, whose rate is larger by 1 / (1 - beta)."""
    return 2 * (1 + beta) / ((1 - beta) * L)


def border_nesterov(L, beta):
    """The right answer for Nesterov's method."""
    return 2 * (1 + beta) / ((1 + 2 * beta) * L)


def borders(random):
    """Bowls of any steepness. Small betas tell formulas apart that nearly agree; beyond 0.95 measuring takes long."""
    for beta in (0.1, 0.3, 0.5, 0.9, *random.uniform(0.05, 0.95, 8).round(2)):
        yield round(random.uniform(0.5, 50), 1), float(beta)


def parts_of_border(L, beta):
    """What such formulas are made of."""
    return {"L": L, "beta": beta, "(1 - beta)": 1 - beta, "(1 + beta)": 1 + beta, "(1 + 2 * beta)": 1 + 2 * beta}


PLAIN = mark("This is the border of plain descent, 2/L. Momentum moves it: try beta = 0.9 in the map.")
AFRAID = mark(
    "You expect momentum to make the run more fragile. With beta = 0.9 the classical form bears 1.9 times the "
    "rate of plain descent, the averaged form 19 times."
)
OF_CLASSICAL = mark("This is the border of the classical form, a different one.")
OF_AVERAGED = mark("This is the border of the averaged form, a different one.")
OF_NESTEROV = mark("This is the border of Nesterov's method, a different one.")
NO_TWO = mark("The factor 2 is missing: at beta = 0 the border must be that of plain descent, 2/L.")
SPEED = mark(
    "2 / ((1 - beta) L) counts the last speed of a steady slope. At the border the steepest direction flips sides at "
    "every step, and its slope with it."
)
INVERTED = mark("L is the wrong way up: the steeper the bowl, the smaller the rate that it bears.")
NO_CURVATURE = mark("The curvature L is missing: the steeper the bowl, the smaller the rate that it bears.")
BEST = mark(
    "This is (1 + sqrt(beta))**2 / L, where the steepest direction begins to flip sides at every step. The border of "
    "divergence lies above it."
)
DIVIDED = mark("You divide by 1 + beta. The borders of the classical and the averaged form grow with beta.")
ONE_BETA = mark(
    "Right, it is lower than that of plain descent, but by another factor. At the border theta flips its sign at every "
    "step: how long is the last step, compared with theta, and how far does beta times it lead?"
)
LOW = mark(
    "Right, it is lower than that of plain descent, but not that low: with beta = 0.9 it is 0.68 times as large."
)
LEFT_TOP = mark("In the numerator 1 + beta is missing.")
LENGTH = mark(
    "You took the last step for as long as theta. At the border theta flips its sign at every step: the last step led "
    "from -theta to theta."
)
OTHER_WAY = mark(
    "A sign is turned round: at the border the last step led from -theta to theta, so it points away from 0, as theta "
    "does."
)
SQUARED = mark("beta squared does not come in: a step multiplies the velocity by beta once.")
BRACKETS = mark("The brackets: L multiplies only a part of the denominator. It belongs to all of it.")
TWICE = mark("1 - beta comes in twice. Once it turns the border of the classical form into this one.")
WRONG_WAY = mark(
    "You multiply the border of the classical form by 1 - beta. The averaged form takes only that share of each "
    "gradient, so it bears a larger rate."
)
NOT_AVERAGED = mark("1 - beta does not come in: the velocity of Nesterov's method is that of the classical form.")

MEASURE = mark(
    "Measure it: run a sweep of rates on a bowl, and see from which one on the loss grows. Near the border it takes "
    "hundreds of steps to tell; halve the interval until it is narrow enough. Half a per cent is allowed."
)


def border(reference, *others, fragile=AFRAID):
    """The question for one form, with the mistakes that belong to it and those that all share."""
    shared = (
        Misconception(PLAIN, lambda L, beta: 2 / L),
        Misconception(fragile, lambda L, beta: 2 * (1 - beta) / L),
        Misconception(NO_TWO, lambda L, beta: reference(L, beta) / 2),
        Misconception(INVERTED, lambda L, beta: reference(1 / L, beta)),
        Misconception(NO_CURVATURE, lambda L, beta: reference(1, beta)),
        Misconception(BEST, lambda L, beta: (1 + np.sqrt(beta)) ** 2 / L),
        Misconception(SPEED, lambda L, beta: 2 / ((1 - beta) * L)),
    )
    return Question(
        reference=reference,
        example=(4.0, 0.7),
        inputs=borders,
        tolerance=0.005,  # it may be measured
        seconds=30,
        advice=MEASURE,
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
            Misconception(LENGTH, lambda L, beta: (2 + beta) / L),
            Misconception(OTHER_WAY, lambda L, beta: (2 - beta) / L),
            Misconception(SQUARED, lambda L, beta: 2 * (1 + beta**2) / L),
            Misconception(OF_NESTEROV, border_nesterov),
            Misconception(DIVIDED, lambda L, beta: 2 / ((1 + beta) * L)),
        ),
        "averaged": border(
            border_averaged,
            Misconception(OF_CLASSICAL, border_classical),
            Misconception(LENGTH, lambda L, beta: (2 + beta) / ((1 - beta) * L)),
            Misconception(TWICE, lambda L, beta: 2 * (1 + beta) / ((1 - beta) ** 2 * L)),
            Misconception(WRONG_WAY, lambda L, beta: 2 * (1 + beta) * (1 - beta) / L),
            Misconception(BRACKETS, lambda L, beta: 2 * (1 + beta) / (1 - beta * L)),
            Misconception(OF_NESTEROV, border_nesterov),
            Misconception(DIVIDED, lambda L, beta: 2 / ((1 + beta) * L)),
        ),
        "nesterov": border(
            border_nesterov,
            Misconception(OF_CLASSICAL, border_classical),
            Misconception(OF_AVERAGED, border_averaged),
            Misconception(ONE_BETA, lambda L, beta: 2 * (1 + beta) / ((1 + beta) ** 2 * L)),
            Misconception(LEFT_TOP, lambda L, beta: 2 / ((1 + 2 * beta) * L)),
            Misconception(LENGTH, lambda L, beta: (2 + beta) / ((1 + beta) * L)),
            Misconception(OTHER_WAY, lambda L, beta: 2 * (1 + beta) / ((1 - 2 * beta) * L)),
            Misconception(OTHER_WAY, lambda L, beta: 2 * (1 - beta) / ((1 - 2 * beta) * L)),
            Misconception(SQUARED, lambda L, beta: 2 * (1 + beta) / ((1 + beta + beta**2) * L)),
            Misconception(BRACKETS, lambda L, beta: 2 * (1 + beta) / (1 + 2 * beta * L)),
            Misconception(NOT_AVERAGED, lambda L, beta: 2 * (1 + beta) / ((1 + 2 * beta) * (1 - beta) * L)),
            fragile=LOW,
        ),
    },
)

TASKS = (MOMENTUM_STEP, TO_CLASSICAL, NESTEROV_STEP, BEST_PAIR, BORDER)
