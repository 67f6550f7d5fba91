"""The tasks of chapter 03: gradient descent and the learning rate. Those on linear models are beside this file.

Each task stands on its own: the right answer, fixed and random inputs, and the mistakes that need a why. All others (a
sign, a factor, min for max, the last example left out) are derived from the right answer's source.
"""
# mypy: allow-untyped-defs

import math

import numpy as np

from nnlearn.chapters.ch03_gradient_descent.regression_tasks import GRADIENT, LARGEST_RATE
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark
from nnlearn.objectives import Quadratic, Rosenbrock, TwoValleys

# --- 03.2 ------------------------------------------------------------------------------------------------------------


def descend(gradient, theta, rate, steps):
    """The right answer."""
    rows = [theta]
    for _ in range(steps):
        slope = gradient(theta)
        theta = theta - rate * slope
        rows.append(theta)
    return np.array(rows)


def identity(theta):
    """The gradient of theta**2 / 2, which hands out the array that it was given."""
    return theta


BOWL = Quadratic(curvatures=[1.0, 4.0])
FIXED_DESCENTS = (
    (Rosenbrock().gradient, np.array([-1.2, 1.0]), 0.001, 2),  # each slope hangs on both coordinates
    (identity, np.array([2.0, -1.0]), 0.5, 2),
    (BOWL.gradient, np.array([3, -2]), 0.1, 3),  # whole numbers, and below once more, over the chapter's 60 steps
    (BOWL.gradient, np.array([-2, 1]), 0.05, 60),
    (Quadratic(curvatures=[4.0]).gradient, np.array([5.0]), 0.25, 3),  # arrives in one step
    (BOWL.gradient, np.array([3e-30, -2e-30]), 1.5, 60),  # a small slope is no reason to stop,
    (BOWL.gradient, np.array([2.0, -1.5]), 1.5, 48),  # nor is a large theta,
    (Quadratic(curvatures=[1.0, 4.0, 2.0]).gradient, np.array([0.0, -1.5, 0.0]), 0.45, 3),  # nor some of it at rest,
    (TwoValleys().gradient, np.array([0.3]), 0.3, 4),  # nor a slope that grows,
    (BOWL.gradient, np.array([-1.0, 2.0]), 1e-6, 100),  # nor a small step,
    (Quadratic(curvatures=[2.0, 0.5]).gradient, np.array([1.5, -2.0]), 0.005, 150),  # nor many of them
    (BOWL.gradient, np.array([1.5, -0.5]), 0.1, 0),  # no step at all
    (TwoValleys().gradient, np.array([0.7]), 0.2, 0),
)


def descents(random):
    """Short runs on bowls of one to three coordinates, and one that is no bowl."""
    yield TwoValleys().gradient, np.array([1.8]), 0.1, 1
    for curvatures, steps in [((1.0,), 2), ((1.0, 10.0), 5), ((0.5, 2.0, 3.0), 8)]:
        start = random.uniform(1, 3, len(curvatures)).round(1) * random.choice([-1, 1], len(curvatures))
        yield Quadratic(curvatures=curvatures).gradient, start, round(random.uniform(0.02, 0.15), 3), steps


def walk(step):
    """A run with another step: from the rows so far, the gradient, the rate and the step's number to a new row."""

    def answer(gradient, theta, rate, steps):
        rows = [np.array(theta, float)]
        for t in range(steps):
            rows.append(step(rows, gradient, rate, t))
        return np.array(rows)

    return answer


def one_by_one(rows, gradient, rate, t):
    """Each coordinate moves before the next one asks for its slope."""
    row = rows[-1].copy()
    for i in range(len(row)):
        row[i] -= rate * gradient(row)[i]
    return row


def slope_changed(rows, gradient, rate, t):
    """What the gradient hands out is multiplied in place: it may be theta itself."""
    slope = gradient(rows[-1])
    slope *= rate
    return rows[-1] - slope


def unfilled(k):
    """A run whose row k was forgotten in an array of zeros; a run of no steps has none to forget."""

    def answer(gradient, theta, rate, steps):
        rows = np.array(descend(gradient, theta, rate, steps), float)
        if steps:
            rows[k] = 0
        return rows

    return answer


SAME_ARRAY = mark("All rows are one and the same array, as theta -= … leaves them. Store theta.copy() in each row.")
UNFILLED = mark("A row was never filled: it still holds zeros. Row 0 is the start, the last one where the run ends.")
LAST_ALONE = mark("This is the last place alone. All of them are asked for, one row each, the start first.")
DIFFERENCES = mark("These are the steps, not the places: row t is theta after step t.")
NOT_PLACES = mark("These are the gradients, not the places: row t is theta after step t.")
AGAIN = mark("Every step begins at the start again. The next one begins where the last one ended: change theta.")
TWICE = mark("There are two steps from each row to the next. Is the step made twice in the loop?")
LATE = mark("The slope is one step late: it is that of the place before. Compute it where the step begins.")
CLIPPED = mark("You clip the step. It is rate times the gradient as it is, however long that may be.")
ONE_BY_ONE = mark("theta[1] already uses the slope at the new theta[0]. Ask gradient(theta) before theta changes.")
HANDED = mark("g *= rate changes the array that gradient(theta) gave, and that may be theta itself. Make a new one.")

NO_STEP = mark("With steps = 0 there is one row, the start. A step ahead of the loop, or a loop that counts after its "
               "step, makes one too many there.")  # fmt: skip
NO_ROW = mark("With steps = 0 there is a row, too: the start.")
FIRST_ROW = mark("The start is missing: it is row 0.")
LAST_ROW = mark("The last row is missing: append after the step, and put the start into the list before the loop.")
LAST_STEP = mark("The last step is missing. range(steps) makes as many rounds as there are steps; range(1, steps) and "
                 "range(steps - 1) make one less.")  # fmt: skip

DESCEND_MISTAKES = (
    Misconception(NO_STEP, lambda g, theta, rate, steps: descend(g, theta, rate, max(steps, 1))),
    Misconception(NO_ROW, lambda *case: descend(*case) if case[3] else []),
    Misconception(FIRST_ROW, lambda *case: descend(*case)[1:]),
    Misconception(LAST_ROW, lambda *case: descend(*case)[:-1]),
    Misconception(LAST_STEP, lambda g, theta, rate, steps: descend(g, theta, rate, max(steps - 1, 0))),
    Misconception(ONE_BY_ONE, walk(one_by_one)),
    Misconception(HANDED, walk(slope_changed)),
    Misconception(CLIPPED, walk(lambda rows, g, rate, t: rows[-1] - np.clip(rate * g(rows[-1]), -1, 1))),
    Misconception(LATE, walk(lambda rows, g, rate, t: rows[-1] - rate * g(rows[max(t - 1, 0)]))),
    Misconception(AGAIN, walk(lambda rows, g, rate, t: rows[0] - rate * g(rows[0]))),
    Misconception(TWICE, lambda g, theta, rate, steps: descend(g, theta, rate, 2 * steps)[::2]),
    Misconception(SAME_ARRAY, lambda *case: [descend(*case)[-1]] * (case[3] + 1)),
    Misconception(UNFILLED, unfilled(-1)),
    Misconception(UNFILLED, unfilled(0)),
    Misconception(LAST_ALONE, lambda *case: descend(*case)[-1]),
    Misconception(DIFFERENCES, lambda *case: np.diff(descend(*case), axis=0)),
    Misconception(NOT_PLACES, lambda g, *case: g(descend(g, *case)[:-1])),
    Misconception(NOT_PLACES, lambda g, start, *case: np.vstack([start, g(descend(g, start, *case)[:-1])])),
)

DESCEND = Task(
    id="03.2",
    title=mark("The loop of gradient descent"),
    text=mark(
        "Write descend(gradient, theta, rate, steps): all places of a run, one row each. Row 0 is the start, row t "
        "where step t ended; the answer has shape (steps + 1, d). gradient is a function of theta. theta belongs to "
        "the caller, who finds it unchanged afterwards."
    ),
    asks=Question(
        points=2,
        reference=descend,
        example=(BOWL.gradient, np.array([2.0, -1.5]), 0.15, 4),
        inputs=descents,
        witnesses=FIXED_DESCENTS,
        advice=mark("With gradient = lambda theta: theta, the start [1.0] and rate 0.5 the rows are 1, 0.5, 0.25, ..."),
        made_of=lambda gradient, theta, rate, steps: {"rate": rate},
        misconceptions=DESCEND_MISTAKES,
    ),
)

# --- 03.4 ------------------------------------------------------------------------------------------------------------


def steps_needed(rate, curvature, factor):
    """The right answer: after k steps the share abs(1 - rate * curvature)**k of the distance is left."""
    share = abs(1 - rate * curvature)
    return math.ceil(math.log(factor) / math.log(share))


FIXED_WAITS = (
    (1.7, 1.0, 0.01),  # leaping across the minimum
    (1.5, 1.0, 0.25),  # two halvings, without any rounding
    (0.001, 2.0, 0.02),  # 1955 steps,
    (0.002, 0.5, 0.05),  # and 2995
    (0.05, 4.0, 0.7),  # nearer to one step than to two
)


def waits(random):
    """Rates that creep and rates that leap; where the goal is met exactly, no rounding has a say in it."""
    yield from ((0.5, 1.0, 0.25), (0.25, 2.0, 0.125))
    for product in (0.3, 0.6, 0.9, 1.2, 1.6, 1.9, *random.uniform(0.05, 1.95, 6)):
        curvature = random.choice([0.5, 1.0, 2.0, 10.0])
        share = abs(1 - product)
        factor = share ** (random.integers(1, 30) - random.uniform(0.2, 0.8))
        yield float(product / curvature), float(curvature), float(factor)


def counted(reached):
    """A loop that counts the steps from theta = 1 until something is reached."""

    def answer(rate, curvature, factor):
        theta, steps = 1.0, 0
        while not reached(theta, rate, curvature, factor):
            theta, steps = theta - rate * curvature * theta, steps + 1
        return steps

    return answer


def ratio(rate, curvature, factor):
    """The number of steps as a fraction."""
    return math.log(factor) / math.log(abs(1 - rate * curvature))


NO_ABS = mark("A leap across the minimum makes 1 - rate * curvature negative, without a logarithm. Only abs counts.")
TOO_FEW = mark("One step too few: the goal is not reached yet. A loop that begins behind the first step has made 1.")
TOO_MANY = mark("One step too many. Rounding up is enough; a loop begins to count at 0, where no step is made yet.")
EXACTLY = mark("One step too many where the goal is met exactly: factor times the first distance is enough.")
NEAREST = mark("You round to the nearest whole number, which is sometimes one step too early. Round up.")
UPHILL = mark("You took 1 + rate * curvature for what a step multiplies by. The step goes downhill.")
SMOOTH = mark("exp(-rate * curvature * k) is the limit of small rates. A step multiplies by 1 - rate * curvature.")
EQUAL = mark("You took equal steps. Each takes away a share of what is left, so the steps get shorter.")
MIRROR = mark("Where a step leaps you mirror the rate, but not at 1 / curvature. abs(1 - rate * curvature) is enough.")
HYPERBOLA = mark("Half the rate does not take just twice the steps. A step leaves the share abs(1 - rate * curvature).")
ARRIVED = mark("Where a step leaps across the minimum, you take it for arrived. It is beyond: use abs(theta).")
SLOPE = mark("Your loop waits until the gradient is small. The distance abs(theta) is asked for.")
STEP = mark("Your loop waits until the step is small. The distance abs(theta) is asked for.")
LOW = mark("Your loop waits until the loss is factor. The distance abs(theta) is asked for.")
GIVES_UP = mark("Your loop gives up after a fixed number of steps. A small rate needs more: use a while loop.")

STEPS_NEEDED_MISTAKES = (
    Misconception(NO_ABS, lambda r, c, f: math.ceil(math.log(f) / math.log(1 - r * c))),
    Misconception(NO_ABS, lambda r, c, f: np.ceil(np.log(f) / np.log(1 - r * c))),
    Misconception(TOO_FEW, lambda *case: math.ceil(ratio(*case)) - 1),
    Misconception(TOO_FEW, lambda *case: math.floor(ratio(*case))),
    Misconception(NEAREST, lambda *case: round(ratio(*case))),
    Misconception(mark("This is a fraction. Only whole steps can be made: how many are enough?"), ratio),
    Misconception(UPHILL, lambda r, c, f: math.ceil(-math.log(f) / math.log(1 + r * c))),
    Misconception(TOO_MANY, lambda *case: math.ceil(ratio(*case)) + 1),
    Misconception(EXACTLY, lambda *case: math.floor(ratio(*case)) + 1),
    Misconception(SMOOTH, lambda r, c, f: math.ceil(-math.log(f) / (r * c))),
    Misconception(EQUAL, lambda r, c, f: math.ceil((1 - f) / (r * c))),
    Misconception(MIRROR, lambda r, c, f: math.ceil(ratio(2 - r if r * c > 1 else r, c, f)), (0.85, 2.0, 0.01)),
    Misconception(HYPERBOLA, lambda r, c, f: math.ceil(3.9 / (r * c) * math.log(f) / math.log(0.01))),
    Misconception(ARRIVED, counted(lambda theta, r, c, f: theta <= f)),
    Misconception(SLOPE, counted(lambda theta, r, c, f: abs(c * theta) <= f)),
    Misconception(STEP, counted(lambda theta, r, c, f: abs(r * c * theta) <= f)),
    Misconception(LOW, counted(lambda theta, r, c, f: c * theta**2 / 2 <= f)),
    Misconception(GIVES_UP, lambda *case: min(math.ceil(ratio(*case)), 1000)),
)

STEPS_NEEDED = Task(
    id="03.4",
    title=mark("How many steps"),
    text=mark(
        "Write steps_needed(rate, curvature, factor): after how many steps of gradient descent on curvature * theta**2 "
        "/ 2 the distance to the minimum has shrunk to factor times the first one, or less. The rate is safe: "
        "0 < rate * curvature < 2 (and not 1, where one step is enough). The answer is a whole number."
    ),
    asks=Question(
        points=2,
        reference=steps_needed,
        example=(0.05, 4.0, 0.0033),
        inputs=waits,
        witnesses=FIXED_WAITS,
        advice=mark("By hand: at rate 0.5 and curvature 1 the distances are 1, 0.5, 0.25, 0.125: 3 steps to 0.2."),
        made_of=lambda rate, curvature, factor: {"rate": rate, "factor": factor, "rate * curvature": rate * curvature},
        misconceptions=STEPS_NEEDED_MISTAKES,
    ),
)

# --- 03.5 ------------------------------------------------------------------------------------------------------------


def six_runs():
    """What each run recorded, theta of shape (61, 2): six loops on one bowl from one start, most of them broken."""
    J, lowest = Quadratic(curvatures=[1.0, 10.0]), np.array([3.0, -1.0])
    bowl = (lambda theta: J.gradient(theta - lowest), np.array([-5.0, 0.0]))
    return {
        "a": descend(*bowl, 0.15, 60),
        "b": descend(*bowl, -0.02, 60),
        "c": walk(lambda rows, g, rate, t: np.trunc(rows[-1] - rate * g(rows[-1])))(*bowl, 0.05, 60),
        "d": descend(*bowl, 0.205, 60),
        "e": walk(lambda rows, g, rate, t: rows[-1] - rate * g(rows[0]))(*bowl, 0.03, 60),
        "f": descend(*bowl, 0.0005, 60),
    }


CAUSES = {  # of the runs a to f, and what each would show: said to the learner who names it where it is not
    "fine": mark("A fine run ends at the minimum (3, -1). Look where this one ends."),
    "uphill": mark("Uphill, a run gets farther away with every step, in both coordinates. Look at the first rows."),
    "whole numbers": mark("Whole numbers would stand still away from the minimum. Look at what is behind the point."),
    "rate too large": mark("Too large a rate throws theta[1] across -1 and back, ever farther. Look at theta[1] + 1."),
    "slope computed once": mark("With one slope all steps are equal, past the minimum and on. Look at the steps."),
    "rate too small": mark("With too small a rate theta still moves after 60 steps, near its start. Look at the end."),
}


def diagnosis(cause):
    """The question what is wrong with a run, and what is said to each wrong answer."""
    wrong = [Misconception(hint, lambda other=other: other) for other, hint in CAUSES.items() if other != cause]
    return Question(reference=lambda: cause, misconceptions=tuple(wrong), points=0.5)


DIAGNOSE = Task(
    id="03.5",
    title=mark("Diagnose six runs"),
    text=mark(
        "Write diagnosis(): a dict that names the cause for each of the runs a to f. The causes are 'fine', 'uphill', "
        "'whole numbers', 'rate too large', 'slope computed once' and 'rate too small'."
    ),
    asks={run: diagnosis(cause) for run, cause in zip("abcdef", CAUSES, strict=True)},
    material=six_runs,
)

TASKS = (GRADIENT, DESCEND, LARGEST_RATE, STEPS_NEEDED, DIAGNOSE)
