"""The tasks of chapter 06: AdaGrad's next step, the scale of a loss, where RMSprop rests, and a rare feature.

The two others, about whole runs, are beside this file. Each stands on its own: the right answer, for its choices
the wrong ones that learners make (``slots``), and the mistakes that need a why. All others are derived from its source.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.chapters.ch06_adaptive.run_tasks import MEND, NO_ROOT, UNDER_ROOT, WHICH_METHOD
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 06.1 ------------------------------------------------------------------------------------------------------------


def next_step(gradients, rate, epsilon, *, last=-1, seen=lambda g: g, added=np.sum, axis=0, begun=0.0,
              sign=-1, root=lambda total, epsilon: np.sqrt(total) + epsilon):  # fmt: skip
    """The right answer: as AdaGrad makes the step, its sum begun at 0."""
    latest = gradients[last]
    total = begun + added(seen(gradients) ** 2, axis)
    return sign * rate * latest / root(total, epsilon)


FIXED_GRADIENTS = (
    (np.array([[0.7, -2.5, 0.1]]), 0.1, 1e-8),  # one alone: the latest is the first
    (np.array([[3e-6, -1e-6], [1e-6, 2e-6]]), 0.1, 1e-6),  # as small as epsilon
    (np.array([[3.0, -1.0], [2.0, 4.0]]), 0.5, 0.25), (np.array([[2.0], [-1.0], [5.0], [1.0]]), 0.5, 0.1),
    (np.array([[1.5], [-0.5]]), 0.2, 1e-8),
)  # fmt: skip


def records_of_gradients(random):
    """One gradient and many, one coordinate and more, as many gradients as coordinates; large and tiny ones."""
    for t, d, size in [(1, 1, 1.0), (1, 4, 1.0), (2, 2, 1.0), (3, 3, 0.1), (5, 2, 10.0), (4, 4, 1e-6), (7, 3, 1.0)]:
        gradients = random.normal(scale=size, size=(t, d))
        yield gradients, round(random.uniform(0.01, 1), 2), float(10 ** random.uniform(-8, -0.5))


STEP_SLOTS: dict[str, dict[object, str]] = {
    "last": {0: mark("You take the first gradient for the latest. The latest stands last.")},
    "seen": {lambda g: g[:-1]: mark("You sum up before the latest gradient is in it. So the first step is divided by "
                                    "epsilon alone, and theta is thrown far away.")},
    "added": {lambda squares, axis: np.sum(squares, axis) / max(len(squares), 1):
              mark("You take the mean of the squares. AdaGrad adds them up, so that its rates only fall.")},
    "axis": {None: mark("You take one sum for all coordinates. In AdaGrad each has a sum of its own.")},
    "begun": {0.1: mark("Your sum begins at 0.1, as in Keras. Here it begins at 0.")},
    "root": {lambda total, epsilon: np.sqrt(total + epsilon): UNDER_ROOT, np.add: NO_ROOT},
    "sign": {1: mark("Your step leads uphill, or is meant to be taken off. Return what is added to theta.")},
}  # fmt: skip
STEP_MISTAKES = (
    Misconception(mark("You add up the sizes of the gradients. AdaGrad adds up squares: the root comes last."),
                  lambda g, rate, epsilon: -rate * g[-1] / (np.sum(np.abs(g), axis=0) + epsilon)),
    Misconception(mark("You square the sum of the gradients, in which 3 and -3 cancel. AdaGrad adds up squares."),
                  lambda g, rate, epsilon: -rate * g[-1] / (np.abs(np.sum(g, axis=0)) + epsilon)),
    Misconception(mark("You add up over the coordinates of the latest gradient. The sum runs down each column."),
                  lambda g, rate, epsilon: -rate * g[-1] / (np.linalg.norm(g[-1]) + epsilon)),
    Misconception(mark("Your rate falls with the number of steps. AdaGrad's falls with the squares of the gradients."),
                  lambda g, rate, epsilon: -rate / np.sqrt(len(g)) * g[-1] / (np.abs(g[-1]) + epsilon)),
    Misconception(mark("Your rate falls with the number of steps. AdaGrad's falls with the squares of the gradients."),
                  lambda g, rate, epsilon: -rate / np.sqrt(len(g)) * g[-1]),
    Misconception(mark("These are the steps of all times, a row for each. Only the latest is asked for."),
                  lambda g, rate, epsilon: [next_step(g[:t], rate, epsilon) for t in range(1, len(g) + 1)]),
)  # fmt: skip

NEXT_STEP = Task(
    id="06.1", title=mark("AdaGrad's next step"),
    text=mark("Write next_step(gradients, rate, epsilon): gradients has shape (t, d), a row for each step so far, "
              "the latest last. Return the step that AdaGrad makes now, shape (d,): what is added to theta. Its sum "
              "began at 0, and epsilon stands outside the root."),
    asks=Question(
        points=2, reference=next_step, example=(np.array([[2.0, -0.3], [0.5, 0.4], [-1.2, 0.1]]), 0.1, 0.05),
        inputs=records_of_gradients, witnesses=FIXED_GRADIENTS,
        advice={
            mark("With one coordinate, gradients 3 and 4, rate 0.5 and epsilon 0 the step is -0.4."):
            (np.array([[3.0], [4.0]]), 0.5, 0.0),
            mark("With gradients [3, 9] and [4, 12], rate 0.5 and epsilon 5 the step is [-0.2, -0.3]."):
            (np.array([[3.0, 9.0], [4.0, 12.0]]), 0.5, 5.0),
        },
        slots=STEP_SLOTS, misconceptions=STEP_MISTAKES,
    ),
)  # fmt: skip

# --- 06.2 ------------------------------------------------------------------------------------------------------------


def same_path(method, rate, other, c, *, momentum=(-1, 0), norm=(-1, -2), adaptive=0, epsilon=(1, 2)):
    """The right answer, in powers of c: what the gradient is multiplied by must stay as it was, divided by c."""
    powers = {"momentum": momentum, "norm-scaled": norm, "rmsprop, keras": (adaptive, epsilon[1])}
    first, second = powers.get(method, (adaptive, epsilon[0]))
    return rate * c**first, other * c**second


RULES = ("momentum", "norm-scaled", "adagrad", "rmsprop", "rmsprop, keras")


def settings(random):
    """Each rule with a loss made larger, and made smaller."""
    for rule in RULES:
        for c in (random.uniform(2, 50), random.uniform(0.01, 0.5)):
            yield rule, round(random.uniform(0.01, 1), 3), round(random.uniform(0.1, 0.9), 3), round(c, 3)


MOMENTUM = mark("Momentum adds up steps, each its rate times a gradient: with the same rate they are c times as long.")
NORM = mark("In the norm-scaled step the gradient stands twice, once squared in the rate. Both settings must follow.")
SMALLER = mark("Of larger gradients the norm-scaled rule makes the same steps with a smaller rate and a smaller beta.")
NO_RATE = mark("In AdaGrad and RMSprop a gradient is divided by a root of squares of them: c cancels, the rate stays.")
SAME_PATH_SLOTS: dict[str, dict[object, str]] = {
    "momentum": {
        (0, 0): MOMENTUM, (1, 0): MOMENTUM,
        (-1, -1): mark("beta is the share of the last step that is kept, however long it is: it stays."),
    },
    "norm": {
        **dict.fromkeys([(0, 0), (-1, 0), (0, -2), (0, -1), (-2, -2)], NORM),
        **dict.fromkeys([(1, 2), (1, -2), (-1, 2), (1, 0), (-1, 1)], SMALLER),
        (-1, -1): mark("beta is multiplied by the square of the gradient: dividing it by c is not enough."),
    },
    "adaptive": dict.fromkeys([-1, 1], NO_RATE),
    "epsilon": {
        (0, 0): mark("You leave epsilon as it is. It is added to gradients that are c times as large now."),
        (1, 1): mark("Under the root epsilon is added to a square, which grows with the square of c."),
        (1, 0.5): mark("Under the root epsilon is added to a square: it grows faster than c, not more slowly."),
        (2, 2): mark("Outside the root epsilon is added to a root of squares: it grows as c does, not as its square."),
        (-1, -2): mark("Among gradients that are c times as large only a larger epsilon weighs as much."),
    },
}  # fmt: skip
SAME_PATH_MISTAKES = (
    Misconception(mark("You divide all rates by c. AdaGrad and RMSprop see the scale of the loss in epsilon alone."),
                  lambda method, rate, other, c: (rate / c, other)),
    Misconception(mark("You change nothing. Momentum and the norm-scaled rate see the scale of the loss, and epsilon "
                       "does."), lambda method, rate, other, c: (rate, other)),
)  # fmt: skip

SAME_PATH = Task(
    id="06.2", title=mark("The same path on a loss times c"),
    text=mark("The loss is multiplied by c, and so are all gradients. Write same_path(method, rate, other, c): it "
              "returns the new rate and the new other setting, with which the path stays the same. method is "
              "'momentum' (classical; other is beta), 'norm-scaled' (rate / (1 + other * |g|**2)), 'adagrad', "
              "'rmsprop' (other is epsilon, outside the root) or 'rmsprop, keras' (epsilon under the root). "
              "AdaGrad's sum begins at 0."),
    asks=Question(
        points=2, reference=same_path, returns=("rate", "other"), example=("rmsprop, keras", 0.3, 0.7, 5.0),
        inputs=settings, witnesses=tuple((rule, 0.2, 0.6, c) for rule in RULES for c in (4.0, 0.5)),
        advice=mark("Write one step of the rule with c * g in place of g. What has to change, so that c cancels?"),
        made_of=lambda method, rate, other, c: {"c": c},
        slots=SAME_PATH_SLOTS, misconceptions=SAME_PATH_MISTAKES,
    ),
)  # fmt: skip

# --- 06.3 ------------------------------------------------------------------------------------------------------------


def rest(rate, curvature, epsilon, *, across=2, taken=np.divide, cut=max):
    """The right answer: the distance that a step turns into its opposite, 2 d = rate * l * d / (l * d + epsilon)."""
    distance = rate / across - taken(epsilon, curvature)
    return cut(distance, 0)


def valleys(random):
    """Epsilon beyond the border, near it on both sides, and far below it."""
    for share in (0.0, 0.3, 0.45, 0.55, 0.9, 2.0, *random.uniform(0, 1, 4)):
        rate, curvature = round(random.uniform(0.01, 0.5), 3), round(10 ** random.uniform(-1.5, 2), 3)
        yield rate, curvature, share * rate * curvature


REST_SLOTS: dict[str, dict[object, str]] = {
    "across": {1: mark("A step is about a rate long. But the bottom lies in its middle: it leads to the other side.")},
    "taken": {
        lambda e, curvature: 0: mark("Right without epsilon. It shortens steps, the more the smaller the gradient."),
        lambda e, curvature: e: mark("epsilon is added to a gradient, which is the curvature times a distance."),
        np.multiply: mark("The larger the curvature, the larger are the gradients, and the less epsilon weighs."),
        lambda e, curvature: e / curvature / 2: mark("epsilon weighs half of what it should. Has your slope of "
                                                     "curvature * theta**2 / 2 a 2, or do you halve too much?"),
    },
    "cut": {
        lambda distance, zero: distance: mark("A distance can't be negative. What happens when epsilon is so large?"),
        lambda distance, zero: abs(distance): mark("A distance below 0 becomes none by losing its sign. With so "
                                                   "large an epsilon each jump is shorter than the one before."),
    },
}  # fmt: skip
REST_MISTAKES = (
    Misconception(mark("You say that it always arrives. Or is it the mean of two places, one on either side?"),
                  lambda rate, curvature, epsilon: 0.0),
    Misconception(mark("So long is the jump, from side to side. How far from the bottom does it end?"),
                  lambda rate, curvature, epsilon: 2 * rest(rate, curvature, epsilon)),
    Misconception(mark("In your answer epsilon is under the root, beside a square. Here it stands outside."),
                  lambda rate, curvature, epsilon: max(rate**2 / 4 - epsilon / curvature**2, 0) ** 0.5),
    Misconception(mark("You take the curvature for the gradient, which is smaller the nearer the bottom is."),
                  lambda rate, curvature, epsilon: rate * curvature / (curvature + epsilon) / 2),
    *(Misconception(mark("Where it jumps your distance is right. Your condition for arriving isn't: there, too, the "
                         "curvature says how much epsilon weighs."),
                    lambda rate, curvature, epsilon, least=least: 0.0 if epsilon >= rate / 2 else
                    max(rate / 2 - epsilon / curvature, least)) for least in (-np.inf, 0)),
)  # fmt: skip

REST = Task(
    id="06.3", title=mark("Where RMSprop comes to rest"),
    text=mark("RMSprop with a constant rate, epsilon outside the root, on curvature * theta**2 / 2. In the end it "
              "jumps from one side of the bottom to the other, for ever; or it arrives. Write rest(rate, curvature, "
              "epsilon): how far from the bottom it is then, on either side; 0 if it arrives."),
    asks=Question(
        points=2, reference=rest, example=(0.1, 2.0, 0.03), inputs=valleys,
        witnesses=((0.1, 2.0, 0.0), (0.1, 0.5, 0.03), (0.1, 0.5, 0.01), (6.0, 0.5, 0.6), (0.3, 4.0, 0.65),
                   (1e-4, 2.0, 0.0), (2e-5, 5.0, 2e-5),  # so slow that a run from 1 ends before it rests
                   (1e-7, 2.0, 0.0), (3e-7, 2.0, 1e-7)),
        advice=mark("On such a jump all gradients have the same size, so v is its square. How long is the step, and "
                    "how long must it be?"),
        made_of=lambda rate, curvature, epsilon: {"rate": rate, "curvature": curvature, "epsilon": epsilon},
        slots=REST_SLOTS, misconceptions=REST_MISTAKES,
    ),
)  # fmt: skip

# --- 06.4 ------------------------------------------------------------------------------------------------------------


def rare_step(rho, gap, *, steps=lambda gap: gap, seen=lambda shrunk, rho, gap: shrunk, root=np.sqrt):
    """The right answer: the mean square just after a gradient of size 1 comes again, a geometric series."""
    shrunk = (1 - rho ** steps(gap)) / (1 - rho)
    return root(seen(shrunk, rho, gap))


def gaps(random):
    """Every step, every other, and rarely."""
    for gap in (1, 2, 3, 5, 10, 40, 300):
        yield round(random.uniform(0.3, 0.99), 3), gap


OLD = mark("You take v before the new gradient is in it. It comes in first.")
RARE_SLOTS: dict[str, dict[object, str]] = {
    "steps": {
        lambda gap: gap - 1: mark("You count a step too few between gradients: v shrinks also when the feature comes."),
        lambda gap: gap + 1: mark("You count a step too many: from one gradient to the next v shrinks gap times."),
    },
    "seen": dict.fromkeys([lambda v, rho, gap: v / rho**gap, lambda v, rho, gap: v / rho ** (gap - 1)], OLD),
    "root": {np.asarray: NO_ROOT},
}
RARE_MISTAKES = (
    Misconception(mark("That is so where it always comes. In the steps without it v shrinks."), lambda rho, gap: 1.0),
    Misconception(mark("That is where it comes for the first time, or after so long that all is forgotten. What is "
                       "left of the times before?"), lambda rho, gap: 1 / np.sqrt(1 - rho)),
    Misconception(mark("That would be so if v were the plain mean of the squares. It forgets: after 1 / (1 - rho) "
                       "steps most of one is gone."), lambda rho, gap: np.sqrt(gap)),
)  # fmt: skip

RARE = Task(
    id="06.4", title=mark("How far a rare feature moves its weight"),
    text=mark("A feature stands in one example of gap: every gap steps the gradient of its weight is 1 or -1, in all "
              "other steps 0. RMSprop without epsilon has run for a long time. Write rare_step(rho, gap): how many "
              "rates long is the step when the feature comes?"),
    asks=Question(
        points=2, reference=rare_step, example=(0.9, 5), inputs=gaps,
        witnesses=((0.9, 1), (0.9, 100), (0.5, 3), (0.99, 20)),
        advice={
            mark("With rho 0.5 and gap 2, v is 2/3 just after a gradient has come: 0.5 + 0.5 / 4 + 0.5 / 16 + ... "
                 "How long is the step then?"): (0.5, 2),
            mark("With gap 1 the gradient is always there: the step is 1, whatever rho is."): (0.9, 1),
        },
        made_of=lambda rho, gap: {"rho": rho, "gap": gap, "(1 - rho)": 1 - rho},
        slots=RARE_SLOTS, misconceptions=RARE_MISTAKES,
    ),
)  # fmt: skip

TASKS = (NEXT_STEP, SAME_PATH, REST, RARE, WHICH_METHOD, MEND)
