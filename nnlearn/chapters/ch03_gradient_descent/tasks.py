"""The tasks of chapter 03: gradient descent and the learning rate.

Each task stands on its own: the right answer, an input in general position, random inputs, and below them the known
mistakes, each a hint and the formula or loop that it belongs to.
"""
# mypy: allow-untyped-defs

import math
from functools import partial

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark
from nnlearn.objectives import Quadratic, Rosenbrock, TwoValleys

# --- 03.1 ------------------------------------------------------------------------------------------------------------


def gradient_mse(X, y, theta):
    """The right answer."""
    error = X @ theta - y
    return 2 / len(X) * (X.T @ error)


FIVE_ROWS = np.array([[1.0, 2.0, 0.5], [0.0, 1.0, -1.0], [3.0, -1.0, 2.0], [-2.0, 0.5, 1.0], [1.0, 1.5, -2.0]])
FIVE_TARGETS = np.array([1.0, -2.0, 3.0, 0.5, 2.0])
THREE_WEIGHTS = np.array([0.5, -1.0, 2.0])
WHOLE_REGRESSION = (np.array([[1, 2], [0, 1], [3, -1]]), np.array([1, -2, 4]), np.array([1, -1]))


def regressions(random):
    """Small ones first: a hint is easiest to follow on few numbers. One has as many examples as features."""
    for n, d in [(1, 1), (2, 1), (3, 2), (3, 3), (4, 2), (7, 4), (12, 5), (9, 6)]:
        yield random.normal(size=(n, d)).round(1), random.normal(size=n).round(1), random.normal(size=d).round(1)


def parts_of_gradient(X, y, theta):
    """The right answer is 2/n times the second vector minus the first."""
    return {
        "len(X)": len(X),
        "len(theta)": len(theta),
        "X.T @ y": X.T @ y,
        "X.T @ X @ theta": X.T @ X @ theta,
        "theta": theta,
    }


def errors(X, y, theta):
    """Prediction minus target, one for each example."""
    return X @ theta - y


def without_last(X, y, theta):
    """The sum over all examples but the last, divided by their number."""
    return 2 / len(y) * X[:-1].T @ errors(X, y, theta)[:-1]


ERRORS_SQUARED = mark(
    "The error comes in squared. The derivative of e**2 holds e itself: 2 e times the derivative of e."
)
NO_INNER = mark(
    "The inner derivative is missing: how the error changes with theta, which is X. So far you have one number, not "
    "one for each parameter."
)
OVER_PARAMETERS = mark(
    "You average over the parameters too. Take the mean over the examples alone: axis=0, or X.T @ e / n."
)
TABLE = mark(
    "A column minus a row made an n x n table of all differences. Give the prediction and the target the same shape "
    "(n,) before you subtract."
)
ONE_LESS = mark("You divide by n - 1, which belongs to a sample's variance. The loss is a mean over the n examples.")
MEANS_MULTIPLIED = mark(
    "You take two means and multiply them. Each error belongs to its own row of X: multiply first, then take the mean."
)

GRADIENT_MISTAKES = (
    Misconception(
        mark("This is half the gradient. The loss is mean(e**2), and the derivative of e**2 is 2 e."),
        lambda X, y, theta: X.T @ errors(X, y, theta) / len(y),
    ),
    Misconception(
        mark("This is the gradient of the sum of the squared errors. The loss is their mean: a factor 1/n."),
        lambda X, y, theta: 2 * X.T @ errors(X, y, theta),
    ),
    Misconception(
        mark("Two factors are missing: 2, from the square, and 1/n, from the mean."),
        lambda X, y, theta: X.T @ errors(X, y, theta),
    ),
    Misconception(
        mark(
            "The sign is turned round: this points downhill. The error is prediction minus target; the minus "
            "of gradient descent belongs to the step, not to the gradient."
        ),
        lambda X, y, theta: -gradient_mse(X, y, theta),
    ),
    Misconception(
        mark(
            "The sign is turned round (the error is prediction minus target), and the factor 2 of the square "
            "is missing."
        ),
        lambda X, y, theta: -gradient_mse(X, y, theta) / 2,
    ),
    Misconception(
        mark("You divide by the number of features. The mean is over the examples: n is len(y)."),
        lambda X, y, theta: 2 * X.T @ errors(X, y, theta) / len(theta),
    ),
    Misconception(
        mark("You divide by the number of entries of X. The mean is over the n examples alone: n is len(y)."),
        lambda X, y, theta: 2 * X.T @ errors(X, y, theta) / X.size,
    ),
    Misconception(
        mark(
            "You multiply the errors by X, not by X.T. Each parameter needs its own column of X; it goes "
            "unnoticed only where X is square."
        ),
        lambda X, y, theta: 2 / len(y) * X @ errors(X, y, theta),
        witness=(FIVE_ROWS[:3], FIVE_TARGETS[:3], THREE_WEIGHTS),
    ),
    Misconception(
        mark("The target is missing: the error is X @ theta minus y."),
        lambda X, y, theta: 2 / len(y) * X.T @ (X @ theta),
    ),
    Misconception(
        ERRORS_SQUARED,
        lambda X, y, theta: 2 / len(y) * X.T @ errors(X, y, theta) ** 2,
    ),
    Misconception(
        ERRORS_SQUARED,
        lambda X, y, theta: X.T @ errors(X, y, theta) ** 2 / len(y),
    ),
    Misconception(
        mark("abs(e) forgets whether the prediction is too high or too low: the sign of the error belongs to it."),
        lambda X, y, theta: 2 / len(y) * X.T @ abs(errors(X, y, theta)),
    ),
    Misconception(
        mark("This is the loss itself, one number. The gradient has one number for each parameter."),
        lambda X, y, theta: np.mean(errors(X, y, theta) ** 2),
    ),
    Misconception(
        NO_INNER,
        lambda X, y, theta: 2 * np.mean(errors(X, y, theta)),
    ),
    Misconception(
        NO_INNER,
        lambda X, y, theta: np.full(len(theta), 2 * np.mean(errors(X, y, theta))),
    ),
    Misconception(
        mark(
            "The inner derivative is missing: how the error changes with theta, which is X. So far you have "
            "one number for each example, not one for each parameter."
        ),
        lambda X, y, theta: 2 / len(y) * errors(X, y, theta),
    ),
    Misconception(
        OVER_PARAMETERS,
        lambda X, y, theta: np.mean(2 * X * errors(X, y, theta)[:, None]),
    ),
    Misconception(
        OVER_PARAMETERS,
        lambda X, y, theta: np.full(len(theta), np.mean(2 * X * errors(X, y, theta)[:, None])),
    ),
    Misconception(
        mark("axis=1 averages over the parameters. The mean is over the examples, the rows: axis=0."),
        lambda X, y, theta: np.mean(2 * X * errors(X, y, theta)[:, None], axis=1),
    ),
    Misconception(
        mark("This is one gradient for each example. Their mean is still to be taken: over the rows, axis=0."),
        lambda X, y, theta: 2 * X * errors(X, y, theta)[:, None],
    ),
    Misconception(TABLE, lambda X, y, theta: 2 / len(y) * X.T @ ((X @ theta)[:, None] - y)),
    Misconception(TABLE, lambda X, y, theta: 2 / len(y) * (X.T @ ((X @ theta)[:, None] - y)).mean(axis=1)),
    Misconception(ONE_LESS, lambda X, y, theta: 2 * X.T @ errors(X, y, theta) / (len(y) - 1)),
    Misconception(
        ONE_LESS,
        lambda X, y, theta: 2 / (len(y) - 1) * X.T @ errors(X, y, theta),
        witness=(np.array([[1.5]]), np.array([0.5]), np.array([-2.0])),
    ),
    Misconception(MEANS_MULTIPLIED, lambda X, y, theta: 2 * errors(X, y, theta).mean() * X.mean(axis=0)),
    Misconception(MEANS_MULTIPLIED, lambda X, y, theta: 2 * np.mean(errors(X, y, theta) ** 2) * X.mean(axis=0)),
    Misconception(
        mark("The last example is left out: range(len(y)) counts all of them."),
        without_last,
    ),
    Misconception(
        mark("You subtracted the mean of each column first. This X is used as it is."),
        lambda X, y, theta: gradient_mse(X - X.mean(axis=0), y, theta),
    ),
    Misconception(
        mark("You clip the gradient to what lies between -1 and 1. The gradient as it is was asked for."),
        lambda X, y, theta: np.clip(gradient_mse(X, y, theta), -1, 1),
    ),
    Misconception(
        mark(
            "It goes wrong where theta holds whole numbers: np.zeros_like(theta) is then an array of integers, which "
            "can't take a fraction. Begin with np.zeros(len(theta))."
        ),
        lambda X, y, theta: gradient_mse(X, y, theta).astype(theta.dtype),
        witness=WHOLE_REGRESSION,
    ),
    Misconception(
        mark("Only the first example counts. Does return stand inside the loop?"),
        lambda X, y, theta: 2 / len(y) * X[0] * errors(X, y, theta)[0],
    ),
    Misconception(
        mark("Only the last example counts. Does the loop overwrite the sum, = where += is needed?"),
        lambda X, y, theta: 2 / len(y) * X[-1] * errors(X, y, theta)[-1],
    ),
    Misconception(
        mark("This is the gradient of the mean absolute error. The derivative of e**2 is 2 e, not the sign of e."),
        lambda X, y, theta: X.T @ np.sign(errors(X, y, theta)) / len(y),
    ),
    Misconception(
        mark("This is the gradient of the root of the loss. No root is taken here."),
        lambda X, y, theta: gradient_mse(X, y, theta) / (2 * np.sqrt(np.mean(errors(X, y, theta) ** 2))),
    ),
    Misconception(
        mark("This is the theta of least loss, by formula. The gradient at the theta that was given is asked for."),
        lambda X, y, theta: np.linalg.lstsq(X, y)[0],
    ),
    Misconception(
        mark("You divided the gradient by its length. The length says how steep it is: keep it."),
        lambda X, y, theta: gradient_mse(X, y, theta) / np.linalg.norm(gradient_mse(X, y, theta)),
    ),
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
        example=(FIVE_ROWS, FIVE_TARGETS, THREE_WEIGHTS),
        inputs=regressions,
        advice=mark(
            "With one example and one feature the loss is (x * theta - y)**2, its derivative 2 * x * (x * theta - y)."
        ),
        made_of=parts_of_gradient,
        misconceptions=GRADIENT_MISTAKES,
    ),
)

# --- 03.2 ------------------------------------------------------------------------------------------------------------


def descend(gradient, theta, rate, steps):
    """The right answer."""
    rows = [theta]
    for _ in range(steps):
        theta = theta - rate * gradient(theta)
        rows.append(theta)
    return np.array(rows)


def named(name, gradient):
    """The gradient under a name that shows what it computes."""
    gradient.__name__ = name
    return gradient


BOWL = Quadratic(curvatures=[1.0, 4.0])
WHOLE_START = (BOWL.gradient, np.array([3, -2]), 0.1, 3)
TURNING = (Rosenbrock().gradient, np.array([-1.2, 1.0]), 0.001, 2)  # each slope hangs on both coordinates
HANDED_OUT = (named("lambda theta: theta", lambda theta: theta), np.array([2.0, -1.0]), 0.5, 2)
ARRIVING = (named("lambda theta: theta - 3", lambda theta: theta - 3), np.array([5.0]), 1.0, 3)
DIVERGING = (BOWL.gradient, np.array([2.0, -1.5]), 0.6, 3)


def descents(random):
    """Short runs on bowls of one to three coordinates, and one that is no bowl."""
    yield TwoValleys().gradient, np.array([1.8]), 0.1, 1
    for curvatures, steps in [((1.0,), 2), ((1.0, 10.0), 5), ((0.5, 2.0, 3.0), 8)]:
        start = random.uniform(1, 3, len(curvatures)).round(1) * random.choice([-1, 1], len(curvatures))
        yield Quadratic(curvatures=curvatures).gradient, start, round(random.uniform(0.02, 0.15), 3), steps


def path(start, step, steps):
    """The start, and where so many steps lead, one row each."""
    rows = [start]
    for _ in range(steps):
        rows.append(step(rows[-1]))
    return np.array(rows)


def same_array(gradient, theta, rate, steps):
    """The rows share one array of fractions."""
    return np.tile(descend(gradient, theta, rate, steps)[-1], (steps + 1, 1))


def same_array_in_place(gradient, theta, rate, steps):
    """The rows share the array that was given."""
    rows = [theta]
    for _ in range(steps):
        theta -= rate * gradient(theta)
        rows.append(theta)
    return np.array(rows)


def in_place(gradient, theta, rate, steps):
    """Right, but for an array of whole numbers, which -= refuses to change."""
    rows = [theta.copy()]
    for _ in range(steps):
        theta -= rate * gradient(theta)
        rows.append(theta.copy())
    return np.array(rows)


def whole_rows(gradient, theta, rate, steps):
    """Right, but for an array of whole numbers, which cuts off what is behind the point."""
    rows = np.array([theta] * (steps + 1))
    for t in range(steps):
        rows[t + 1] = rows[t] - rate * gradient(rows[t])
    return rows


def frozen_slope(gradient, theta, rate, steps):
    """All steps use the slope at the start."""
    slope = gradient(theta)
    return path(np.array(theta, float), lambda row: row - rate * slope, steps)


def with_row(place, value):
    """The right rows with one replaced, as a loop leaves it that ends early or begins late."""

    def answer(gradient, theta, rate, steps):
        rows = descend(gradient, theta, rate, steps).copy()
        rows[place] = value
        return rows

    return answer


def late_slope(gradient, theta, rate, steps):
    """Each step uses the slope of the row before."""
    rows = [np.array(theta, float)]
    slope = gradient(rows[0])
    for _ in range(steps):
        rows.append(rows[-1] - rate * slope)
        slope = gradient(rows[-2])
    return np.array(rows)


def whole_steps(gradient, theta, rate, steps):
    """Right, but for an array of whole numbers, whose steps are cut to whole numbers."""
    return path(theta, lambda row: row - (rate * gradient(row)).astype(theta.dtype), steps)


def one_by_one(gradient, theta, rate, steps):
    """Each coordinate moves before the next one asks for its slope."""

    def step(row):
        row = row.copy()
        for i in range(len(row)):
            row[i] -= rate * gradient(row)[i]
        return row

    return path(np.array(theta, float), step, steps)


def slope_changed(gradient, theta, rate, steps):
    """What the gradient hands out is multiplied in place: it may be theta itself."""
    rows = [np.array(theta, float)]
    for _ in range(steps):
        slope = gradient(rows[-1])
        slope *= rate
        rows.append(rows[-1] - slope)
    return np.array(rows)


def until_arrived(gradient, theta, rate, steps):
    """The loop ends where the slope is nearly 0."""
    rows = [np.array(theta, float)]
    for _ in range(steps):
        if np.linalg.norm(gradient(rows[-1])) < 1e-3:
            break
        rows.append(rows[-1] - rate * gradient(rows[-1]))
    return np.array(rows)


def only_better(gradient, theta, rate, steps):
    """A step to where it is steeper is not made."""

    def step(row):
        new = row - rate * gradient(row)
        return new if np.linalg.norm(gradient(new)) < np.linalg.norm(gradient(row)) else row

    return path(np.array(theta, float), step, steps)


def slopes(gradient, theta, rate, steps):
    """The start, then the gradient of each step."""
    return np.array([theta, *gradient(descend(gradient, theta, rate, steps)[:-1])])


def shrinking(gradient, theta, rate, steps):
    """The rate divided by the number of the step."""
    rows = [np.array(theta, float)]
    for t in range(steps):
        rows.append(rows[-1] - rate / (t + 1) * gradient(rows[-1]))
    return np.array(rows)


SAME_ARRAY = mark(
    "All rows are one and the same array, so each shows what was written last: theta -= … and row[:] = … change an "
    "array, they make no new one. Write theta = theta - …, and store that, or store theta.copy()."
)
NOT_PLACES = mark("These are the gradients, not the places: row t is theta after step t.")
CLIPPED = mark("You clip the step. It is rate times the gradient as it is, however long that may be.")
WHOLE_NUMBERS = mark(
    "It goes wrong where theta holds whole numbers: an array of integers can't take a fraction. "
    "Begin with theta = np.array(theta, dtype=float)."
)

DESCEND_MISTAKES = (
    Misconception(SAME_ARRAY, same_array),
    Misconception(SAME_ARRAY, same_array_in_place, witness=WHOLE_START),
    Misconception(WHOLE_NUMBERS, in_place, witness=WHOLE_START),
    Misconception(WHOLE_NUMBERS, whole_rows, witness=WHOLE_START),
    Misconception(WHOLE_NUMBERS, whole_steps, witness=WHOLE_START),
    Misconception(
        mark(
            "theta[1] already uses the slope at the new theta[0]. All coordinates step from the same place: ask "
            "gradient(theta) once a step, before theta changes."
        ),
        one_by_one,
        witness=TURNING,
    ),
    Misconception(
        mark(
            "g *= rate changes the array that gradient(theta) handed out, and that may be theta itself. Make a new "
            "one: theta - rate * g."
        ),
        slope_changed,
        witness=HANDED_OUT,
    ),
    Misconception(
        mark(
            "Your loop ends before its time, where the slope is nearly 0. The run makes all its steps: steps + 1 rows."
        ),
        until_arrived,
        witness=ARRIVING,
    ),
    Misconception(
        mark(
            "Your loop refuses a step that makes things worse. The run is recorded as it is, also where the rate is "
            "too large."
        ),
        only_better,
        witness=DIVERGING,
    ),
    Misconception(mark("Your rate shrinks from step to step. In this task it is the same for all steps."), shrinking),
    Misconception(
        CLIPPED,
        lambda gradient, theta, rate, steps: path(theta, lambda row: row - np.clip(rate * gradient(row), -1, 1), steps),
        witness=DIVERGING,
    ),
    Misconception(
        CLIPPED,
        lambda gradient, theta, rate, steps: path(theta, lambda row: row - rate * np.clip(gradient(row), -1, 1), steps),
    ),
    Misconception(
        mark("The slope is computed once, at the start. Ask gradient(theta) again in every step."),
        frozen_slope,
    ),
    Misconception(
        mark(
            "The slope is one step late: each step uses the gradient of the place before. Compute the gradient "
            "where the step begins."
        ),
        late_slope,
    ),
    Misconception(
        mark("The start is missing: row 0 is theta as it was given."),
        lambda gradient, theta, rate, steps: descend(gradient, theta, rate, steps)[1:],
    ),
    Misconception(
        mark("The last row is missing: after all steps theta must be stored once more."),
        lambda gradient, theta, rate, steps: descend(gradient, theta, rate, steps)[:-1],
    ),
    Misconception(
        mark("One step too many: the start and one row for each step make steps + 1 rows."),
        lambda gradient, theta, rate, steps: descend(gradient, theta, rate, steps + 1),
    ),
    Misconception(
        mark("Only one step was made. Does return stand inside the loop?"),
        lambda gradient, theta, rate, steps: descend(gradient, theta, rate, 1),
    ),
    Misconception(
        mark("There are two steps from each row to the next. Is the step made twice in the loop?"),
        lambda gradient, theta, rate, steps: descend(gradient, theta, rate, 2 * steps)[::2],
    ),
    Misconception(mark("The last row was never filled: the loop ends one step early."), with_row(-1, 0.0)),
    Misconception(mark("Row 0 was never filled: it is the start."), with_row(0, 0.0)),
    Misconception(
        mark("This walks uphill: the step goes against the gradient, with a minus."),
        lambda gradient, theta, rate, steps: descend(lambda row: -gradient(row), theta, rate, steps),
    ),
    Misconception(
        mark("The rate is missing: the step is rate times the gradient."),
        lambda gradient, theta, rate, steps: descend(gradient, theta, 1.0, steps),
    ),
    Misconception(
        mark("You divide by the rate; the step is rate times the gradient."),
        lambda gradient, theta, rate, steps: descend(gradient, theta, 1 / rate, steps),
    ),
    Misconception(
        mark(
            "Every step begins at the start again. The next step begins where the last one ended: "
            "give theta its new value."
        ),
        lambda gradient, theta, rate, steps: np.array([theta, *[theta - rate * gradient(theta)] * steps], dtype=float),
    ),
    Misconception(
        mark("theta never moves: is the result of the step assigned to theta?"),
        lambda gradient, theta, rate, steps: np.array([theta] * (steps + 1), dtype=float),
    ),
    Misconception(
        mark("This is the last place alone. All of them are asked for, one row each, the start first."),
        lambda gradient, theta, rate, steps: descend(gradient, theta, rate, steps)[-1],
    ),
    Misconception(
        mark("These are the steps, not the places: row t is theta after step t."),
        lambda gradient, theta, rate, steps: np.diff(descend(gradient, theta, rate, steps), axis=0),
    ),
    Misconception(
        NOT_PLACES,
        lambda gradient, theta, rate, steps: gradient(descend(gradient, theta, rate, steps)[:-1]),
    ),
    Misconception(NOT_PLACES, slopes),
    Misconception(
        mark(
            "You divide the gradient by its length, so every step is equally long. The step is rate times the "
            "gradient as it is."
        ),
        lambda gradient, theta, rate, steps: descend(
            lambda row: gradient(row) / np.linalg.norm(gradient(row)), theta, rate, steps
        ),
    ),
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
        advice=mark("With gradient = lambda theta: theta, the start [1.0] and rate 0.5 the rows are 1, 0.5, 0.25, ..."),
        made_of=lambda gradient, theta, rate, steps: {"rate": rate},
        misconceptions=DESCEND_MISTAKES,
    ),
)

# --- 03.3 ------------------------------------------------------------------------------------------------------------


def largest_rate(X):
    """The right answer: 2 divided by the largest eigenvalue of the Hessian."""
    hessian = 2 * (X.T @ X) / len(X)
    return 2 / np.max(np.linalg.eigvalsh(hessian))


def designs(random):
    """Tall tables, so that no curvature is 0."""
    for n, d in [(2, 1), (3, 2), (5, 2), (6, 3), (10, 4), (4, 2), (8, 3), (7, 2), (9, 5)]:
        yield (random.normal(size=(n, d)).round(1),)


def parts_of_limit(X):
    """The right answer is n divided by the first of the eigenvalues of X.T @ X."""
    singular = np.linalg.svd(X, compute_uv=False)
    return {"n": len(X), "d": X.shape[1], "max(eigenvalues)": singular[0] ** 2, "min(eigenvalues)": singular[-1] ** 2,
            "sum(eigenvalues)": np.sum(singular**2)}  # fmt: skip


def eigenvalues(X):
    """Of X.T @ X, the smallest first. The curvatures of the loss are 2/n times these."""
    return np.linalg.eigvalsh(X.T @ X)


IN_NO_ORDER = (np.diag([2.0, 1.0, 4.0, 3.0]),)  # its eigenvalues too, as numpy.linalg.eigvals lists them
REPEATED = (np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, -1.0]]),)
NEVER_ON = (np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]]),)  # a feature that is always 0: its curvature is, too
ACROSS = (np.array([[2.0, -2.0], [1.0, 1.0]]),)  # the steepest direction is at a right angle to (1, 1)


def power_method(X, steps):
    """The limit for the curvature in the direction where repeated multiplication leads from (1, ..., 1)."""
    direction = np.ones(X.shape[1])
    for _ in range(steps):
        direction = X.T @ (X @ direction)
        direction /= np.linalg.norm(direction)
    return len(X) / np.linalg.norm(X @ direction) ** 2


STEEPEST_EXAMPLE = mark(
    "You took the steepest single example. The examples share the mean, and each is steep in a direction of its own: "
    "take the largest eigenvalue of X.T @ X / n."
)
UNSORTED = mark(
    "You took the first or the last eigenvalue in the list. They come in no agreed order: take the largest."
)

LARGEST_RATE_MISTAKES = (
    Misconception(
        mark(
            "This is 1/L, the rate at which the steepest direction arrives in one step. The limit is where "
            "that step lands as far away on the other side."
        ),
        lambda X: largest_rate(X) / 2,
    ),
    Misconception(
        mark("The curvature of a mean squared error is 2/n times that of X.T @ X: you left out the 2/n."),
        lambda X: 2 / eigenvalues(X)[-1],
    ),
    Misconception(
        mark(
            "The curvature of a mean squared error is 2/n times that of X.T @ X: you left out the 2. The limit "
            "you found is twice too large."
        ),
        lambda X: 2 * len(X) / eigenvalues(X)[-1],
    ),
    Misconception(
        mark("The curvature of a mean squared error is 2/n times that of X.T @ X: you left out the 1/n."),
        lambda X: 1 / eigenvalues(X)[-1],
    ),
    Misconception(
        mark("You took the smallest curvature. The flattest direction makes you wait; the steepest sets the limit."),
        lambda X: len(X) / eigenvalues(X)[0],
    ),
    Misconception(
        mark("You took the sum of the curvatures (the trace). That is safe, but too careful: only the largest counts."),
        lambda X: len(X) / eigenvalues(X).sum(),
    ),
    Misconception(
        mark("You took the mean of the curvatures. The steepest direction breaks first: the largest counts."),
        lambda X: len(X) / eigenvalues(X).mean(),
    ),
    Misconception(
        mark("You took the median of the curvatures. The steepest direction breaks first: the largest counts."),
        lambda X: len(X) / np.median(eigenvalues(X)),
    ),
    Misconception(
        mark(
            "You took the largest entry of the Hessian, which stands on its diagonal. The steepest direction may "
            "lie between the coordinates: take the largest eigenvalue."
        ),
        lambda X: len(X) / (X.T @ X).max(),
    ),
    Misconception(
        mark("These are the singular values of X. Its curvatures are made of their squares."),
        lambda X: len(X) / np.sqrt(eigenvalues(X)[-1]),
    ),
    Misconception(
        mark("This is the largest curvature L itself. The limit is 2/L."),
        lambda X: 2 / len(X) * eigenvalues(X)[-1],
    ),
    Misconception(
        mark(
            "This is 2/(L + mu), the rate with the best guarantee. The limit lies above it, and mu plays no part in it."
        ),
        lambda X: len(X) / (eigenvalues(X)[0] + eigenvalues(X)[-1]),
    ),
    Misconception(
        mark("You divide by the number of features. The mean is over the examples, the rows of X: n is len(X)."),
        lambda X: X.shape[1] / eigenvalues(X)[-1],
    ),
    Misconception(
        mark("This is a limit for each direction. The run must be safe in all of them: take the smallest."),
        lambda X: len(X) / eigenvalues(X),
    ),
    Misconception(
        mark("This is the Hessian itself. The limit is 2 divided by its largest eigenvalue."),
        lambda X: 2 / len(X) * X.T @ X,
    ),
    Misconception(
        mark("np.cov subtracts the mean of each column and divides by n - 1. This X is used as it is: X.T @ X / n."),
        lambda X: 1 / np.linalg.eigvalsh(np.atleast_2d(np.cov(X.T)))[-1],
    ),
    Misconception(
        mark("This norm, the root of the sum of all squared entries, is above the largest eigenvalue: too careful."),
        lambda X: len(X) / np.linalg.norm(X.T @ X),
    ),
    Misconception(
        mark("The largest row sum is above the largest eigenvalue: safe, but too careful."),
        lambda X: len(X) / np.linalg.norm(X.T @ X, np.inf),
    ),
    Misconception(
        mark("You subtracted the mean of each column first. This X is used as it is."),
        lambda X: largest_rate(X - X.mean(axis=0)),
    ),
    Misconception(
        mark("You divide by n - 1, which belongs to a sample's variance. The loss is a mean over the n examples."),
        lambda X: (len(X) - 1) / eigenvalues(X)[-1],
    ),
    Misconception(
        mark("You standardised the columns first. This X is used as it is; other data have another limit."),
        lambda X: 1 / np.linalg.norm((X - X.mean(axis=0)) / X.std(axis=0) / np.sqrt(len(X)), 2) ** 2,
    ),
    Misconception(
        mark("You added a column of ones. This model has no intercept: X is used as it is."),
        lambda X: largest_rate(np.column_stack([X, np.ones(len(X))])),
    ),
    Misconception(STEEPEST_EXAMPLE, lambda X: 1 / np.max(np.sum(X**2, axis=1))),
    Misconception(STEEPEST_EXAMPLE, lambda X: 2 / np.max(np.sum(X**2, axis=1))),
    Misconception(
        mark("The condition number tells how slow the best rate is. The limit hangs on the largest curvature alone."),
        lambda X: 2 / np.linalg.cond(X.T @ X),
    ),
    Misconception(
        mark("You divide by each entry of the Hessian. One number is needed: 2 divided by its largest eigenvalue."),
        lambda X: len(X) / (X.T @ X),
    ),
    Misconception(
        mark("You leave out rows that repeat others. Each example counts in the mean as often as it is there."),
        lambda X: largest_rate(np.unique(X, axis=0)),
        witness=REPEATED,
    ),
    Misconception(
        mark(
            "It goes wrong where a curvature is 0, because a feature is always 0 or two say the same: the Hessian has "
            "no inverse then. You don't need one; take its largest eigenvalue."
        ),
        lambda X: np.min(np.linalg.eigvalsh(len(X) * np.linalg.inv(X.T @ X))),
        witness=NEVER_ON,
    ),
    Misconception(
        mark(
            "Repeated multiplication that begins with (1, ..., 1) misses a steepest direction at a right angle to it. "
            "Begin with random numbers, or take np.linalg.eigvalsh."
        ),
        lambda X: power_method(X, 1000),
        witness=ACROSS,
    ),
    Misconception(
        mark("Three multiplications are too few: the direction is not yet the steepest one, and the limit too large."),
        lambda X: power_method(X, 3),
    ),
    Misconception(UNSORTED, lambda X: len(X) / np.linalg.eigvals(X.T @ X)[0], witness=IN_NO_ORDER),
    Misconception(UNSORTED, lambda X: len(X) / np.linalg.eigvals(X.T @ X)[-1], witness=IN_NO_ORDER),
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
        advice=mark("For X = np.array([[1.0], [1.0]]) the loss is (theta - y)**2, its curvature 2, and the limit 1."),
        made_of=parts_of_limit,
        misconceptions=LARGEST_RATE_MISTAKES,
    ),
)

# --- 03.4 ------------------------------------------------------------------------------------------------------------


def steps_needed(rate, curvature, factor):
    """The right answer, counted: math.log may miss by one where the goal is met exactly."""
    distance = 1.0
    steps = 0
    while abs(distance) > factor:
        distance = distance - rate * curvature * distance
        steps = steps + 1
    return steps


LEAPING = (1.7, 1.0, 0.01)
EXACT = (1.5, 1.0, 0.25)  # two halvings, without any rounding
SLOW = (0.001, 2.0, 0.02)  # 1955 steps


def waits(random):
    """Rates that creep and rates that leap; where the goal is met exactly, no rounding has a say in it."""
    yield 0.5, 1.0, 0.25
    yield 0.25, 2.0, 0.125
    for product in (0.3, 0.6, 0.9, 1.2, 1.6, 1.9, *random.uniform(0.05, 1.95, 6)):
        curvature = random.choice([0.5, 1.0, 2.0, 10.0])
        share = abs(1 - product)
        factor = share ** (random.integers(1, 30) - random.uniform(0.2, 0.8))
        yield float(product / curvature), float(curvature), float(factor)


def logarithms(rate, curvature, factor):
    """The number of steps as a fraction."""
    return math.log(factor) / math.log(abs(1 - rate * curvature))


def without_abs(library, rate, curvature, factor):
    """Fails where a step leaps: there is no logarithm of a negative number."""
    return math.ceil(library.log(factor) / library.log(1 - rate * curvature))


def counted(reached):
    """A loop that counts the steps from theta = 1 until something is reached."""

    def answer(rate, curvature, factor):
        theta, steps = 1.0, 0
        while not reached(theta, rate, curvature, factor):
            theta, steps = theta - rate * curvature * theta, steps + 1
        return steps

    return answer


def mirrored(rate, curvature, factor):
    """A leap taken for a small step, the curvature forgotten."""
    return math.ceil(logarithms(2 - rate if rate * curvature > 1 else rate, curvature, factor))


def at_most(cap):
    """A loop that gives up."""
    return lambda *case: min(math.ceil(logarithms(*case)), cap)


TOO_FEW = mark(
    "One step too few: the goal is not reached yet. Round up, not down; a loop that begins behind the first step has "
    "made 1 already."
)
GIVES_UP = mark(
    "Your loop gives up after a fixed number of steps. A small rate needs more: use a while loop, or the logarithms."
)
NO_ABS = mark(
    "1 - rate * curvature is negative when a step leaps across the minimum, and has no logarithm. "
    "Only the distance counts: take its absolute value."
)

STEPS_NEEDED_MISTAKES = (
    Misconception(NO_ABS, partial(without_abs, math), witness=LEAPING),
    Misconception(NO_ABS, lambda *case: np.ceil(np.log(case[2]) / np.log(1 - case[0] * case[1])), witness=LEAPING),
    Misconception(
        mark(
            "You took the shrinking for exponential, exp(-rate * curvature * k). That is the limit of small "
            "rates; a step multiplies by 1 - rate * curvature."
        ),
        lambda rate, curvature, factor: math.ceil(-math.log(factor) / (rate * curvature)),
    ),
    Misconception(TOO_FEW, lambda *case: math.floor(logarithms(*case))),
    Misconception(TOO_FEW, lambda *case: math.ceil(logarithms(*case)) - 1, witness=EXACT),
    Misconception(
        mark("You round to the nearest whole number, which is sometimes one step too early. Round up."),
        lambda *case: round(logarithms(*case)),
        witness=(0.05, 4.0, 0.0036),
    ),
    Misconception(
        mark("This is a fraction. A step is made or not: round up."),
        logarithms,
    ),
    Misconception(
        mark("One step too many. Rounding up is enough; a loop begins to count at 0, where no step is made yet."),
        lambda *case: math.ceil(logarithms(*case)) + 1,
    ),
    Misconception(
        mark(
            "These are the steps until the loss has shrunk to factor times the first one. It shrinks with the "
            "square of the distance, which is asked for."
        ),
        lambda *case: math.ceil(logarithms(*case) / 2),
    ),
    Misconception(
        mark(
            "You waited for factor squared, as if the loss had to shrink to the square. The distance has to "
            "shrink to factor."
        ),
        lambda *case: math.ceil(2 * logarithms(*case)),
    ),
    Misconception(
        mark("The curvature is missing: a step multiplies the distance by 1 - rate * curvature."),
        lambda rate, curvature, factor: math.ceil(logarithms(rate, 1.0, factor)),
    ),
    Misconception(
        mark("You took 1 + rate * curvature. The step goes downhill: a step multiplies by 1 - rate * curvature."),
        lambda rate, curvature, factor: math.ceil(abs(math.log(factor) / math.log(1 + rate * curvature))),
    ),
    Misconception(
        mark(
            "You took rate * curvature for what is left after a step. It is what the step takes away: what is "
            "left is 1 - rate * curvature."
        ),
        lambda rate, curvature, factor: math.ceil(math.log(factor) / math.log(rate * curvature)),
    ),
    Misconception(
        mark(
            "You took equal steps towards the minimum. Each step takes away a share of what is left, so the "
            "steps get shorter."
        ),
        lambda rate, curvature, factor: math.ceil((1 - factor) / (rate * curvature)),
    ),
    Misconception(
        mark("The sign is turned round: both logarithms are negative, so their ratio is positive."),
        lambda *case: math.ceil(-logarithms(*case)),
    ),
    Misconception(
        mark(
            "This ratio comes out below 1 almost everywhere. It is log(factor) that belongs in the numerator, the log "
            "of one step's share in the denominator."
        ),
        lambda *case: math.ceil(1 / logarithms(*case)),
    ),
    Misconception(
        mark("One logarithm is missing, that of the share a step leaves: log(factor) / log(share)."),
        lambda rate, curvature, factor: math.ceil(math.log(factor) / (1 - rate * curvature)),
    ),
    Misconception(
        mark("One logarithm is missing, that of factor: log(factor) / log(share)."),
        lambda rate, curvature, factor: math.ceil(factor / math.log(abs(1 - rate * curvature))),
    ),
    Misconception(
        mark(
            "The slope of curvature * theta**2 / 2 is curvature * theta, without a half: the 2 of the square takes "
            "it away."
        ),
        lambda rate, curvature, factor: math.ceil(logarithms(rate, curvature / 2, factor)),
    ),
    Misconception(
        mark("The slope of curvature * theta**2 / 2 is curvature * theta, without a 2: the half takes it away."),
        lambda rate, curvature, factor: math.ceil(logarithms(2 * rate, curvature, factor)),
    ),
    Misconception(
        mark(
            "You divide the curvature by the rate, or the other way round. A step multiplies the distance by "
            "1 - rate * curvature."
        ),
        lambda rate, curvature, factor: math.ceil(logarithms(rate, 1 / curvature, factor)),
    ),
    Misconception(
        mark("You mix two logarithms. Take the same one in numerator and denominator, whichever you like."),
        lambda *case: math.ceil(logarithms(*case) / math.log(10)),
    ),
    Misconception(
        mark("factor is the share that is left, not the share that is gone."),
        lambda rate, curvature, factor: math.ceil(logarithms(rate, curvature, 1 - factor)),
        witness=(0.05, 4.0, 0.7),
    ),
    Misconception(
        mark(
            "Where a step leaps across the minimum, you take it for arrived. It is on the other side: compare "
            "abs(theta), or take abs(1 - rate * curvature)."
        ),
        counted(lambda theta, rate, curvature, factor: theta <= factor),
        witness=LEAPING,
    ),
    Misconception(
        mark("Your loop waits until the gradient is small. The distance abs(theta) is asked for."),
        counted(lambda theta, rate, curvature, factor: abs(curvature * theta) <= factor),
    ),
    Misconception(
        mark("Your loop waits until the step is small. The distance abs(theta) is asked for."),
        counted(lambda theta, rate, curvature, factor: abs(rate * curvature * theta) <= factor),
    ),
    Misconception(
        mark("Your loop waits until the loss is factor. The distance abs(theta) is asked for."),
        counted(lambda theta, rate, curvature, factor: curvature * theta**2 / 2 <= factor),
    ),
    Misconception(
        mark(
            "One step too many where the goal is met exactly: factor times the first distance is enough. Round up, not "
            "down and plus 1; a loop goes on while the distance is greater, not greater or equal."
        ),
        lambda *case: math.floor(logarithms(*case)) + 1,
        witness=EXACT,
    ),
    Misconception(GIVES_UP, at_most(1000), witness=SLOW),
    Misconception(GIVES_UP, at_most(100), witness=SLOW),
    Misconception(
        mark(
            "For a step that leaps you take the rate's mirror image. The middle is where rate * curvature is 1, so it "
            "is 2 / curvature - rate; abs(1 - rate * curvature) does without it."
        ),
        mirrored,
        witness=(0.85, 2.0, 0.01),
    ),
    Misconception(
        mark(
            "You took the steps for inversely proportional to the rate, from the 13 at rate 0.3. A step leaves the "
            "share abs(1 - rate * curvature): count with that."
        ),
        lambda rate, curvature, factor: math.ceil(13 * 0.3 / (rate * curvature) * math.log(factor) / math.log(0.01)),
    ),
    Misconception(
        mark(
            "curvature * log(1 / factor) is a rule of thumb for a condition number. Here each step leaves the share "
            "abs(1 - rate * curvature): count with that."
        ),
        lambda rate, curvature, factor: math.ceil(-curvature * math.log(factor)),
    ),
    Misconception(
        mark("factor is a share of the first distance. Your run begins at 10: compare with factor times 10."),
        lambda rate, curvature, factor: math.ceil(logarithms(rate, curvature, factor / 10)),
    ),
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
        advice=mark(
            "Follow a run by hand: at rate 0.5 and curvature 1 the distances are 1, 0.5, 0.25, 0.125: 3 steps to 0.2."
        ),
        made_of=lambda rate, curvature, factor: {
            "rate": rate,
            "curvature": curvature,
            "factor": factor,
            "rate * curvature": rate * curvature,
        },
        misconceptions=STEPS_NEEDED_MISTAKES,
    ),
)

# --- 03.5 ------------------------------------------------------------------------------------------------------------

SLOPES = Quadratic(curvatures=[1.0, 10.0])
LOWEST = np.array([3.0, -1.0])


def valley_gradient(theta):
    """The slope of the bowl on which the six runs were made."""
    return SLOPES.gradient(theta - LOWEST)


def six_runs():
    """What each run recorded, theta of shape (61, 2): six loops on one bowl from one start, most of them broken."""
    start, steps = np.array([-5.0, 0.0]), 60
    walk = partial(path, start, steps=steps)
    return {
        "a": walk(lambda row: row - 0.15 * valley_gradient(row)),
        "b": walk(lambda row: row + 0.02 * valley_gradient(row)),
        "c": walk(lambda row: np.trunc(row - 0.05 * valley_gradient(row))),
        "d": walk(lambda row: row - 0.205 * valley_gradient(row)),
        "e": walk(lambda row: row - 0.03 * valley_gradient(start)),
        "f": walk(lambda row: row - 0.0005 * valley_gradient(row)),
    }


# What each cause would show: said to the learner who names it where it is not.
CAUSES = {
    "fine": mark("A fine run ends at the minimum (3, -1). Look where this one ends."),
    "uphill": mark(
        "A run that walks uphill gets farther away with every step, in both coordinates, and never changes sides. "
        "Look at the first rows of this one."
    ),
    "whole numbers": mark(
        "If theta held whole numbers, every place would be one, and the run would stand still away from the minimum. "
        "Look at the numbers behind the point."
    ),
    "rate too large": mark(
        "A rate that is too large throws the steep coordinate, theta[1], from one side of the minimum to the other, "
        "each time farther out. Look at the signs of theta[1] + 1."
    ),
    "slope computed once": mark(
        "If the slope were computed once, all steps would be equally long, in one direction, past the minimum and on. "
        "Look at the differences of the rows."
    ),
    "rate too small": mark(
        "With a rate that is too small all is right, but after 60 steps theta has hardly moved and still moves. "
        "Look at the last steps."
    ),
}


def diagnosis(cause):
    """The question what is wrong with a run, and what is said to each wrong answer."""
    wrong = [Misconception(hint, partial(str, other)) for other, hint in CAUSES.items() if other != cause]
    return Question(reference=lambda: cause, misconceptions=tuple(wrong), points=0.5)


DIAGNOSE = Task(
    id="03.5",
    title=mark("Diagnose six runs"),
    text=mark(
        "Write diagnosis(): a dict that names the cause for each of the runs a to f. The causes are 'fine', 'uphill', "
        "'whole numbers', 'rate too large', 'slope computed once' and 'rate too small'."
    ),
    asks={
        "a": diagnosis("fine"),
        "b": diagnosis("uphill"),
        "c": diagnosis("whole numbers"),
        "d": diagnosis("rate too large"),
        "e": diagnosis("slope computed once"),
        "f": diagnosis("rate too small"),
    },
    material=six_runs,
)

TASKS = (GRADIENT, DESCEND, LARGEST_RATE, STEPS_NEEDED, DIAGNOSE)
