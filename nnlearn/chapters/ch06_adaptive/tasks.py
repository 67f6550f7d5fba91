"""The tasks of chapter 06: AdaGrad's next step, the scale of a loss, where RMSprop rests, and a rare feature.

The two others, about whole runs, are beside this file. Each task stands on its own: the right answer, fixed and random
inputs, and the mistakes that need a why. All others are derived from the right answer's source.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.chapters.ch06_adaptive.run_tasks import MEND, WHICH_METHOD
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 06.1 ------------------------------------------------------------------------------------------------------------


def next_step(gradients, rate, epsilon):
    """The right answer: as AdaGrad makes the step, its sum begun at 0."""
    latest = gradients[-1]
    total = np.sum(gradients**2, axis=0)
    step = -rate * latest / (np.sqrt(total) + epsilon)
    return step


FEW = np.array([[2.0, -0.3], [0.5, 0.4], [-1.2, 0.1]])
TINY = np.array([[3e-6, -1e-6], [1e-6, 2e-6]])
FIXED_GRADIENTS = (
    (np.array([[0.7, -2.5, 0.1]]), 0.1, 1e-8),  # one alone: the latest is the first
    (TINY, 0.1, 1e-6),  # as small as epsilon
    (np.array([[3, -1], [2, 4]]), 0.5, 0.25),
    (np.array([[2], [-1], [5], [1]]), 0.5, 0.1),
    (np.array([[1.5], [-0.5]]), 0.2, 1e-8),
)


def records_of_gradients(random):
    """One gradient and many, one coordinate and more, as many gradients as coordinates; large and tiny ones."""
    for t, d, size in [(1, 1, 1.0), (1, 4, 1.0), (2, 2, 1.0), (3, 3, 0.1), (5, 2, 10.0), (4, 4, 1e-6), (7, 3, 1.0)]:
        gradients = random.normal(scale=size, size=(t, d))
        yield gradients, round(random.uniform(0.01, 1), 2), float(10 ** random.uniform(-8, -0.5))


def with_sum(total):
    """The latest gradient over the root of another sum."""
    return lambda g, rate, epsilon: -rate * g[-1] / (np.sqrt(total(g)) + epsilon)


NEXT_STEP = Task(
    id="06.1",
    title=mark("AdaGrad's next step"),
    text=mark(
        "Write next_step(gradients, rate, epsilon): gradients has shape (t, d), a row for each step so far, the latest "
        "last. Return the step that AdaGrad makes now, shape (d,): what is added to theta. Its sum began at 0, and "
        "epsilon stands outside the root."
    ),
    asks=Question(
        points=2,
        reference=next_step,
        example=(FEW, 0.1, 0.05),
        inputs=records_of_gradients,
        witnesses=FIXED_GRADIENTS,
        advice=mark("With one coordinate, gradients 3 and 4, rate 0.5 and epsilon 0 the step is -0.4."),
        misconceptions=(
            Misconception(mark("You sum up before the latest gradient is in it. So the first step is divided by "
                               "epsilon alone, and theta is thrown far away."),
                          with_sum(lambda g: np.sum(g[:-1] ** 2, axis=0))),
            Misconception(mark("You add up the sizes of the gradients. AdaGrad adds up their squares, and takes the "
                               "root at the end."),
                          lambda g, rate, epsilon: -rate * g[-1] / (np.sum(np.abs(g), axis=0) + epsilon)),
            Misconception(mark("You take one length for all coordinates. In AdaGrad each has a sum of its own."),
                          with_sum(lambda g: np.sum(g**2))),
            Misconception(mark("epsilon is under the root, where it is added to squares. Here it stands outside."),
                          lambda g, rate, epsilon: -rate * g[-1] / np.sqrt(np.sum(g**2, axis=0) + epsilon)),
            Misconception(mark("Your sum begins at 0.1, as in Keras. Here it begins at 0."),
                          with_sum(lambda g: 0.1 + np.sum(g**2, axis=0))),
        ),
    ),
)  # fmt: skip

# --- 06.2 ------------------------------------------------------------------------------------------------------------


def same_path(method, rate, other, c):
    """The right answer: what the gradient is multiplied by must stay as it was, divided by c."""
    if method == "momentum":
        return rate / c, other
    if method == "norm-scaled":
        return rate / c, other / c**2
    if method == "rmsprop, keras":
        return rate, other * c**2
    return rate, other * c


RULES = ("momentum", "norm-scaled", "adagrad", "rmsprop", "rmsprop, keras")


def settings(random):
    """Each rule with a loss made larger, and made smaller."""
    for rule in RULES:
        for c in (random.uniform(2, 50), random.uniform(0.01, 0.5)):
            yield rule, round(random.uniform(0.01, 1), 3), round(random.uniform(0.1, 0.9), 3), round(c, 3)


def answered(**answers):
    """The right answer, but for some rules, by their first word: each a function of rate, other and c."""

    def answer(method, rate, other, c):
        first = {"norm-scaled": "norm", "rmsprop, keras": "keras"}.get(method, method)
        return answers.get(first, lambda *given: same_path(method, *given))(rate, other, c)

    return answer


def both(rate, epsilon, c):
    """The rate is changed as if c did not cancel."""
    return rate / c, epsilon * c


def squared(rate, epsilon, c):
    """Outside the root as if it stood under it."""
    return rate, epsilon * c**2


KEPT = mark("You leave epsilon as it is. It is added to gradients that are c times as large now.")
ONE_SETTING = mark("For the norm-scaled rate only one of the two settings changes in your answer: its gradient "
                   "stands in the step, and its square in the rate.")  # fmt: skip
UNDER_ROOT = mark("Under the root epsilon is added to a square, which grows with the square of c.")
NOT_SQUARED = mark("Outside the root epsilon is added to a root of squares, which grows as c does, not as its square.")
NO_RATE = mark("In AdaGrad and RMSprop the gradient is divided by a root of squares of gradients: c cancels, and "
               "the rate stays.")  # fmt: skip

SAME_PATH = Task(
    id="06.2",
    title=mark("The same path on a loss times c"),
    text=mark(
        "The loss is multiplied by c, and so are all gradients. Write same_path(method, rate, other, c): it returns "
        "the new rate and the new other setting, with which the path stays the same. method is 'momentum' (classical; "
        "other is beta), 'norm-scaled' (rate / (1 + other * |g|**2)), 'adagrad', 'rmsprop' (other is epsilon, outside "
        "the root) or 'rmsprop, keras' (epsilon under the root). AdaGrad's sum begins at 0."
    ),
    asks=Question(
        points=2,
        reference=same_path,
        returns=("rate", "other"),
        example=("rmsprop, keras", 0.3, 0.7, 5.0),
        inputs=settings,
        witnesses=tuple((rule, 0.2, 0.6, c) for rule in RULES for c in (4.0, 0.5)),
        advice=mark("Write one step of the rule with c * g in place of g, and see what has to change so that c "
                    "cancels."),
        misconceptions=(
            Misconception(mark("You divide all rates by c. AdaGrad and RMSprop don't see the scale of the loss, but "
                               "for epsilon."),
                          lambda method, rate, other, c: (rate / c, other)),
            Misconception(mark("You change nothing. Momentum and the norm-scaled rate see the scale of the loss, "
                               "and epsilon does."),
                          lambda method, rate, other, c: (rate, other)),
            Misconception(KEPT, answered(**dict.fromkeys(("adagrad", "rmsprop", "keras"), lambda r, e, c: (r, e)))),
            Misconception(NO_RATE, answered(adagrad=both, rmsprop=both, keras=lambda r, e, c: (r / c, e * c**2))),
            Misconception(ONE_SETTING, answered(norm=lambda r, b, c: (r / c, b))),
            Misconception(ONE_SETTING, answered(norm=lambda r, b, c: (r, b / c**2))),
            Misconception(mark("beta is multiplied by the square of the gradient: dividing it by c is not enough."),
                          answered(norm=lambda r, b, c: (r / c, b / c))),
            Misconception(UNDER_ROOT, answered(keras=lambda r, e, c: (r, e * c))),
            Misconception(NOT_SQUARED, answered(adagrad=squared, rmsprop=squared)),
        ),
    ),
)  # fmt: skip

# --- 06.3 ------------------------------------------------------------------------------------------------------------


def rest(rate, curvature, epsilon):
    """The right answer: the distance that a step turns into its opposite, 2 d = rate * l * d / (l * d + epsilon)."""
    distance = rate / 2 - epsilon / curvature
    return max(distance, 0)


def valleys(random):
    """Epsilon beyond the border, near it on both sides, and far below it."""
    for share in (0.0, 0.3, 0.45, 0.55, 0.9, 2.0, *random.uniform(0, 1, 4)):
        rate, curvature = round(random.uniform(0.01, 0.5), 3), round(10 ** random.uniform(-1.5, 2), 3)
        yield rate, curvature, share * rate * curvature


REST = Task(
    id="06.3",
    title=mark("Where RMSprop comes to rest"),
    text=mark(
        "RMSprop with a constant rate, epsilon outside the root, on curvature * theta**2 / 2. In the end it jumps from "
        "one side of the bottom to the other, for ever; or it arrives. Write rest(rate, curvature, epsilon): how far "
        "from the bottom it jumps; 0 if it arrives."
    ),
    asks=Question(
        points=2,
        reference=rest,
        example=(0.1, 2.0, 0.03),
        inputs=valleys,
        witnesses=((0.1, 2.0, 0.0), (0.1, 0.5, 0.03), (0.1, 0.5, 0.01), (0.3, 4.0, 0.5), (0.3, 4.0, 0.65)),
        advice=mark("On such a jump all gradients have the same size, so v is its square. How long is the step, and "
                    "how long must it be?"),
        made_of=lambda rate, curvature, epsilon: {"rate": rate, "curvature": curvature, "epsilon": epsilon},
        misconceptions=(
            Misconception(mark("A step is about the rate long, as you say. But it leads from one side to the other: "
                               "the bottom lies in its middle."),
                          lambda rate, curvature, epsilon: max(rate - epsilon / curvature, 0)),
            Misconception(mark("A step is the rate long only without epsilon; and it leads from one side to the "
                               "other."),
                          lambda rate, curvature, epsilon: rate),
            Misconception(mark("That is right without epsilon. It shortens each step, the more the smaller the "
                               "gradient."),
                          lambda rate, curvature, epsilon: rate / 2),
            Misconception(mark("epsilon is added to a gradient, and a gradient is the curvature times a distance."),
                          lambda rate, curvature, epsilon: max(rate / 2 - epsilon, 0)),
            Misconception(mark("A distance can't be negative. What happens when epsilon is so large?"),
                          lambda rate, curvature, epsilon: rate / 2 - epsilon / curvature),
        ),
    ),
)  # fmt: skip

# --- 06.4 ------------------------------------------------------------------------------------------------------------


def rare_step(rho, gap):
    """The right answer: the mean square just after a gradient of size 1 comes again, a geometric series."""
    v = (1 - rho) / (1 - rho**gap)
    return 1 / np.sqrt(v)


def gaps(random):
    """Every step, every other, and rarely."""
    for gap in (1, 2, 3, 5, 10, 40, 300):
        yield round(random.uniform(0.3, 0.99), 3), gap


RARE = Task(
    id="06.4",
    title=mark("How far a rare feature moves its weight"),
    text=mark(
        "A feature stands in one example of gap: every gap steps the gradient of its weight is 1 or -1, in all other "
        "steps 0. RMSprop without epsilon has run for a long time. Write rare_step(rho, gap): how many rates long is "
        "the step when the feature comes?"
    ),
    asks=Question(
        points=2,
        reference=rare_step,
        example=(0.9, 5),
        inputs=gaps,
        witnesses=((0.9, 1), (0.9, 100), (0.5, 3), (0.99, 20)),
        advice=mark("With rho 0.5 and gap 2, v is 2/3 just after a gradient has come: 0.5 + 0.5 / 4 + 0.5 / 16 + "
                    "... How long is the step then?"),
        made_of=lambda rho, gap: {"rho": rho, "gap": gap, "(1 - rho)": 1 - rho},
        misconceptions=(
            Misconception(mark("That is so where the feature always comes. In the steps without it v shrinks."),
                          lambda rho, gap: 1.0),
            Misconception(mark("That is where it comes for the first time, or after so long that all is forgotten. "
                               "What is left of the times before?"),
                          lambda rho, gap: 1 / np.sqrt(1 - rho)),
            Misconception(mark("You take v before the new gradient is in it. It comes in first."),
                          lambda rho, gap: np.sqrt((1 - rho**gap) / ((1 - rho) * rho**gap))),
            Misconception(mark("You count a step too few between two gradients: v shrinks in each step, also in "
                               "that in which the feature comes."),
                          lambda rho, gap: np.sqrt((1 - rho ** (gap - 1)) / (1 - rho)) if gap > 1 else 1.0),
            Misconception(mark("That would be so if v were the plain mean of the squares. It forgets: after 1 / (1 "
                               "- rho) steps most of one is gone."),
                          lambda rho, gap: np.sqrt(gap)),
        ),
    ),
)  # fmt: skip

TASKS = (NEXT_STEP, SAME_PATH, REST, RARE, WHICH_METHOD, MEND)
