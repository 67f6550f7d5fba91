"""The tasks of chapter 03: gradient descent and the learning rate.

Each task stands on its own: the right answer, fixed and random inputs, and the mistakes that need a why. All others (a
sign, a factor, min for max, the last example left out) are derived from the right answer's source.
"""
# mypy: allow-untyped-defs

import math

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark
from nnlearn.objectives import Quadratic, Rosenbrock, TwoValleys

# --- 03.1 ------------------------------------------------------------------------------------------------------------


def gradient_mse(X, y, theta):
    """The right answer."""
    n = len(X)
    error = X @ theta - y
    each = error[:, None] * X  # by row: an example's error times its features
    return 2 * sum(each) / n


FIVE_ROWS = np.array([[1.0, 2.0, 0.5], [0.0, 1.0, -1.0], [3.0, -1.0, 2.0], [-2.0, 0.5, 1.0], [1.0, 1.5, -2.0]])
FIVE = (FIVE_ROWS, np.array([1.0, -2.0, 3.0, 0.5, 2.0]), np.array([0.5, -1.0, 2.0]))
SQUARE = (FIVE_ROWS[:3], FIVE[1][:3], FIVE[2])  # as many examples as features
WHOLE_REGRESSION = (np.array([[1, 2], [0, 1], [3, -1]]), np.array([1, -2, 4]), np.array([1, -1]))


def regressions(random):
    """Small ones first: a hint is easiest to follow on few numbers. One has as many examples as features."""
    for n, d in [(1, 1), (2, 1), (3, 2), (3, 3), (4, 2), (7, 4), (12, 5), (9, 6)]:
        yield random.normal(size=(n, d)).round(1), random.normal(size=n).round(1), random.normal(size=d).round(1)


def of_errors(wrong):
    """A wrong answer that is made of X and the errors."""
    return lambda X, y, theta: wrong(X, X @ theta - y)


COLUMNS = mark("You multiply the errors by X, not by X.T: each parameter needs its own column. A square X hides it.")
WHOLE = mark("Where theta holds whole numbers, np.zeros_like(theta) is then an array of integers: no fractions.")
INNER = mark("The inner derivative is missing, how an error changes with theta: X. A gradient holds d numbers.")
ALL = mark("You average over the parameters too. Take the mean over the examples alone: axis=0, or X.T @ e / n.")
ROWS = mark("axis=1 averages over the parameters. The mean is over the examples, the rows: axis=0.")
TABLE = mark("A column minus a row made an n x n table of all differences. Bring both into shape (n,), then subtract.")
MEANS = mark("You take two means and multiply them. Each error belongs to its row of X: multiply first, then average.")
SIZES = mark("abs(e) forgets whether the prediction is too high or too low: the sign of the error belongs to it.")
ABSOLUTE = mark("This is the gradient of the mean absolute error. Here the size of an error counts too.")
SAMPLE = mark("You divide by n - 1, which belongs to a sample's variance. The loss is a mean over the n examples.")
NOT_LAST = mark("The last example is left out: range(len(y)) counts all of them.")
LOSS = mark("This is the loss itself, one number. The gradient has one number for each parameter.")

GRADIENT_MISTAKES = (
    Misconception(COLUMNS, of_errors(lambda X, e: 2 / len(e) * X @ e), SQUARE),
    Misconception(WHOLE, lambda X, y, theta: gradient_mse(X, y, theta).astype(theta.dtype), WHOLE_REGRESSION),
    Misconception(SAMPLE, of_errors(lambda X, e: 2 * X.T @ e / (len(e) - 1))),
    Misconception(SIZES, of_errors(lambda X, e: 2 / len(e) * X.T @ abs(e))),
    Misconception(ABSOLUTE, of_errors(lambda X, e: X.T @ np.sign(e) / len(e))),
    Misconception(NOT_LAST, of_errors(lambda X, e: 2 / len(e) * X[:-1].T @ e[:-1])),
    Misconception(LOSS, of_errors(lambda X, e: np.mean(e**2))),
    Misconception(INNER, of_errors(lambda X, e: 2 * np.mean(e))),
    Misconception(INNER, of_errors(lambda X, e: np.full(X.shape[1], 2 * np.mean(e)))),
    Misconception(INNER, of_errors(lambda X, e: 2 / len(e) * e)),
    Misconception(ALL, of_errors(lambda X, e: np.full(X.shape[1], np.mean(2 * X * e[:, None])))),
    Misconception(ROWS, of_errors(lambda X, e: np.mean(2 * X * e[:, None], axis=1))),
    Misconception(TABLE, lambda X, y, theta: 2 / len(y) * X.T @ ((X @ theta)[:, None] - y)),
    Misconception(TABLE, lambda X, y, theta: 2 / len(y) * (X.T @ ((X @ theta)[:, None] - y)).mean(axis=1)),
    Misconception(MEANS, of_errors(lambda X, e: 2 * e.mean() * X.mean(axis=0))),
    Misconception(MEANS, of_errors(lambda X, e: 2 * np.mean(e**2) * X.mean(axis=0))),
)

GRADIENT = Task(
    id="03.1",
    title=mark("The gradient of the mean squared error"),
    text=mark(
        "Write gradient_mse(X, y, theta): the gradient of the loss mean((X @ theta - y)**2) with respect to theta. "
        "X has shape (n, d), y (n,), theta (d,); the answer has shape (d,)."
    ),
    asks=Question(
        points=2,
        reference=gradient_mse,
        example=FIVE,
        inputs=regressions,
        advice=mark("With one example and feature the loss is (x * theta - y)**2, its slope 2 * x * (x * theta - y)."),
        made_of=lambda X, y, theta: {
            "len(X)": len(X),
            "len(theta)": len(theta),
            "theta": theta,
            "X.T @ y": X.T @ y,
            "X.T @ X @ theta": X.T @ X @ theta,
        },
        misconceptions=GRADIENT_MISTAKES,
    ),  # fmt: skip
)

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
    (BOWL.gradient, np.array([2.0, -1.5]), 1.5, 30),  # nor is a large theta,
    (Quadratic(curvatures=[1.0, 4.0, 2.0]).gradient, np.array([0.0, -1.5, 0.0]), 0.45, 3),  # nor some of it at rest,
    (TwoValleys().gradient, np.array([0.3]), 0.3, 4),  # nor a slope that grows
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

DESCEND_MISTAKES = (
    Misconception(ONE_BY_ONE, walk(one_by_one)),
    Misconception(HANDED, walk(slope_changed)),
    Misconception(CLIPPED, walk(lambda rows, g, rate, t: rows[-1] - np.clip(rate * g(rows[-1]), -1, 1))),
    Misconception(LATE, walk(lambda rows, g, rate, t: rows[-1] - rate * g(rows[max(t - 1, 0)]))),
    Misconception(AGAIN, walk(lambda rows, g, rate, t: rows[0] - rate * g(rows[0]))),
    Misconception(TWICE, lambda g, theta, rate, steps: descend(g, theta, rate, 2 * steps)[::2]),
    Misconception(SAME_ARRAY, lambda *case: [descend(*case)[-1]] * (case[3] + 1)),
    Misconception(UNFILLED, lambda *case: np.vstack([descend(*case)[:-1], 0 * case[1]])),
    Misconception(UNFILLED, lambda *case: np.vstack([0 * case[1], descend(*case)[1:]])),
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

# --- 03.3 ------------------------------------------------------------------------------------------------------------


def largest_rate(X):
    """The right answer: 2 divided by the largest eigenvalue of the Hessian."""
    n = len(X)
    hessian = 2 * X.T @ X / n
    curvatures = np.linalg.eigvalsh(hessian)
    return 2 / np.max(curvatures)


def designs(random):
    """Tall tables, so that no curvature is 0."""
    for n, d in [(2, 1), (3, 2), (5, 2), (6, 3), (10, 4), (4, 2), (8, 3), (7, 2), (9, 5)]:
        yield (random.normal(size=(n, d)).round(1),)


NO_ORDER = (np.diag([2.0, 1.0, 4.0, 3.0]),)  # its eigenvalues too, as numpy.linalg.eigvals lists them
REPEATED = (np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, -1.0]]),)
NEVER_ON = (np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]]),)  # a feature that is always 0: its curvature is, too
ACROSS = (np.array([[2.0, -2.0], [1.0, 1.0]]),)  # the steepest direction is at a right angle to (1, 1)

CAREFUL = mark("This is 1/L, where the steepest direction arrives in one step. At the limit it lands as far beyond.")
CURVATURE = mark("This is the largest curvature L itself. The limit is 2/L.")
BEST = mark("This is 2/(L + mu), the rate with the best guarantee. The limit lies above it; mu plays no part.")
COVARIANCE = mark("np.cov subtracts each column's mean and divides by n - 1. This X is used as it is: X.T @ X / n.")
STANDARDISED = mark("You standardised the columns first. This X is used as it is; other data have another limit.")
ONES = mark("You added a column of ones. This model has no intercept: X is used as it is.")
REPEATS = mark("You leave out rows that repeat others. Each example counts in the mean as often as it is there.")
EXAMPLE = mark("You took the steepest single example. The examples share the mean; each is steep in its own direction.")
ROW_SUM = mark("The largest row sum is above the largest eigenvalue: safe, but too careful.")
INVERSE = mark("It goes wrong where a curvature is 0, as of a feature that is always 0: there is no inverse there.")
UNSORTED = mark("You took the first or the last eigenvalue of the list. They come in no order: take the largest.")
UNFINISHED, FEW = mark("A few multiplications do not suffice: go on until the result changes no more."), (1, 2, 3, 5)
FROM_ONES = mark("Multiplying from (1, ..., 1) on misses a steepest direction at a right angle to it. Begin at random.")


def multiplied(X, times):
    """The direction where repeated multiplication leads from (1, ..., 1)."""
    direction = np.ones(X.shape[1])
    for _ in range(times):
        direction = X.T @ (X @ direction)
        direction /= np.linalg.norm(direction)
    return direction


LIMIT_MISTAKES = (
    Misconception(CAREFUL, lambda X: largest_rate(X) / 2),
    Misconception(CURVATURE, lambda X: 2 / largest_rate(X)),
    Misconception(SAMPLE, lambda X: largest_rate(X) * (len(X) - 1) / len(X)),
    Misconception(BEST, lambda X: len(X) / np.sum(np.linalg.eigvalsh(X.T @ X)[[0, -1]])),
    Misconception(COVARIANCE, lambda X: 1 / np.linalg.eigvalsh(np.atleast_2d(np.cov(X.T)))[-1]),
    Misconception(STANDARDISED, lambda X: largest_rate((X - X.mean(axis=0)) / X.std(axis=0))),
    Misconception(ONES, lambda X: largest_rate(np.column_stack([X, np.ones(len(X))]))),
    Misconception(REPEATS, lambda X: largest_rate(np.unique(X, axis=0))),
    *(Misconception(EXAMPLE, lambda X, k=k: k / np.max(np.sum(X**2, axis=1))) for k in (1, 2)),
    Misconception(ROW_SUM, lambda X: len(X) / np.linalg.norm(X.T @ X, np.inf)),
    Misconception(INVERSE, lambda X: len(X) * np.min(np.linalg.eigvalsh(np.linalg.inv(X.T @ X))), NEVER_ON),
    *(Misconception(UNSORTED, lambda X, i=i: len(X) / np.linalg.eigvals(X.T @ X)[i]) for i in (0, -1)),
    Misconception(FROM_ONES, lambda X: len(X) / np.linalg.norm(X @ multiplied(X, 1000)) ** 2),
    *(Misconception(UNFINISHED, lambda X, k=k: len(X) / np.linalg.norm(X @ multiplied(X, k)) ** 2) for k in FEW),
    *(Misconception(UNFINISHED, lambda X, k=k: len(X) / np.linalg.norm(X.T @ X @ multiplied(X, k))) for k in FEW),
)

LARGEST_RATE = Task(
    id="03.3",
    title=mark("The largest safe rate"),
    text=mark(
        "Write largest_rate(X): the limit below which gradient descent on the loss mean((X @ theta - y)**2) "
        "converges from everywhere. X has shape (n, d); the answer is one number. y plays no part in it."
    ),
    asks=Question(
        points=2,
        reference=largest_rate,
        example=(FIVE_ROWS,),
        inputs=designs,
        witnesses=(REPEATED, NO_ORDER, ACROSS),
        advice=mark("For X = np.array([[1.0], [1.0]]) the loss is (theta - y)**2, its curvature 2, and the limit 1."),
        made_of=lambda X: {
            "n": len(X),
            "d": X.shape[1],
            "sum(eigenvalues)": np.sum(X**2),
            "max(eigenvalues)": np.linalg.norm(X, 2) ** 2,
            "min(eigenvalues)": np.linalg.norm(X, -2) ** 2,
        },
        misconceptions=LIMIT_MISTAKES,
    ),  # fmt: skip
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
