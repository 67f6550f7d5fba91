"""Tasks 03.1 and 03.3, on linear models: a gradient with weights for the examples, and the largest safe rate.

Each stands on its own, as in tasks.py.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 03.1 ------------------------------------------------------------------------------------------------------------


def gradient_weighted(X, y, theta, weights):
    """The right answer."""
    error = X @ theta - y
    each = (weights * error)[:, None] * X  # by row: an example's weight times its error times its features
    return 2 * sum(each) / sum(weights)


FIVE_ROWS = np.array([[1.0, 2.0, 0.5], [0.0, 1.0, -1.0], [3.0, -1.0, 2.0], [-2.0, 0.5, 1.0], [1.0, 1.5, -2.0]])
WEIGHTS = np.array([1.0, 2.5, 0.5, 3.0, 1.5])
FIVE = (FIVE_ROWS, np.array([1.0, -2.0, 3.0, 0.5, 2.0]), np.array([0.5, -1.0, 2.0]), WEIGHTS)
SQUARE = (FIVE_ROWS[:3], FIVE[1][:3], FIVE[2], WEIGHTS[:3])  # as many examples as features
WHOLE_REGRESSION = (
    np.array([[1, 2], [0, 1], [3, -1]]), np.array([1, -2, 4]), np.array([1, -1]), np.array([2, 1, 4])
)  # fmt: skip


def regressions(random):
    """Small ones first: a hint is easiest to follow on few numbers. One has as many examples as features."""
    for n, d in [(1, 1), (2, 1), (3, 2), (3, 3), (4, 2), (7, 4), (12, 5), (9, 6)]:
        X, y, theta = random.normal(size=(n, d)), random.normal(size=n), random.normal(size=d)
        yield X.round(1), y.round(1), theta.round(1), random.uniform(0.3, 4, n).round(1)
    yield FIVE_ROWS, FIVE[1], random.normal(size=3).round(1), np.ones(5)  # all count alike


def of_errors(wrong):
    """A wrong answer that is made of X, the errors and the share of each example in the mean."""
    return lambda X, y, theta, weights: wrong(X, X @ theta - y, weights / np.sum(weights))


ALIKE = mark("The weights play no part: every example counts alike in your answer, as in the chapter. Derive it again, "
             "from sum(weights * e**2) / sum(weights).")  # fmt: skip
BY_N = mark("You divide by the number of examples. A mean with weights divides by their sum: weights three times as "
            "large make no difference.")  # fmt: skip
NO_SUM = mark("The sum of the weights is missing: weights three times as large must make no difference.")
TWICE = mark("The weights come in twice. Each belongs to a squared error, and is no part of the square.")
ON_X = mark("You weigh X before you predict. The weight belongs to the squared error; the errors stay as they are.")
COLUMNS = mark("You multiply the errors by X, not by X.T: each parameter needs its own column. A square X hides it.")
WHOLE = mark("Where theta holds whole numbers, np.zeros_like(theta) is then an array of integers: no fractions.")
INNER = mark("The inner derivative is missing, how an error changes with theta: X. A gradient holds d numbers.")
ALL = mark("You average over the parameters too. Take the mean over the examples alone, along axis 0.")
ROWS = mark("axis=1 adds up over the parameters. The mean is over the examples, the rows: axis=0.")
TABLE = mark("A column minus a row made an n x n table of all differences. Bring both into shape (n,), then subtract.")
MEANS = mark("You take two means and multiply them. Each error belongs to its row of X: multiply first, then average.")
SIZES = mark("abs(e) forgets whether the prediction is too high or too low: the sign of the error belongs to it.")
ABSOLUTE = mark("This is the gradient of the mean absolute error. Here the size of an error counts too.")
NOT_LAST = mark("The last example is left out: range(len(y)) counts all of them.")
LOSS = mark("This is the loss itself, one number. The gradient has one number for each parameter.")

GRADIENT_MISTAKES = (
    Misconception(ALIKE, lambda X, y, theta, weights: 2 / len(y) * X.T @ (X @ theta - y)),
    Misconception(BY_N, lambda X, y, theta, weights: 2 / len(y) * X.T @ (weights * (X @ theta - y))),
    Misconception(NO_SUM, lambda X, y, theta, weights: 2 * X.T @ (weights * (X @ theta - y))),
    Misconception(TWICE, lambda X, y, theta, weights: 2 * X.T @ (weights**2 * (X @ theta - y)) / np.sum(weights)),
    Misconception(TWICE, lambda X, y, theta, weights: 2 * X.T @ (weights**2 * (X @ theta - y)) / np.sum(weights**2)),
    Misconception(ON_X, lambda X, y, theta, w: 2 * (w[:, None] * X).T @ (w[:, None] * X @ theta - y) / np.sum(w)),
    Misconception(COLUMNS, of_errors(lambda X, e, share: 2 * X @ (share * e)), SQUARE),
    Misconception(
        WHOLE, lambda X, y, theta, w: gradient_weighted(X, y, theta, w).astype(theta.dtype), WHOLE_REGRESSION
    ),
    Misconception(SIZES, of_errors(lambda X, e, share: 2 * X.T @ (share * abs(e)))),
    Misconception(ABSOLUTE, of_errors(lambda X, e, share: X.T @ (share * np.sign(e)))),
    Misconception(NOT_LAST, of_errors(lambda X, e, share: 2 * X[:-1].T @ (share * e)[:-1])),
    Misconception(LOSS, of_errors(lambda X, e, share: np.sum(share * e**2))),
    Misconception(INNER, of_errors(lambda X, e, share: 2 * np.sum(share * e))),
    Misconception(INNER, of_errors(lambda X, e, share: np.full(X.shape[1], 2 * np.sum(share * e)))),
    Misconception(INNER, of_errors(lambda X, e, share: 2 * share * e)),
    Misconception(ALL, of_errors(lambda X, e, share: np.full(X.shape[1], np.mean(2 * X.T @ (share * e))))),
    Misconception(ROWS, of_errors(lambda X, e, share: np.sum(2 * X * (share * e)[:, None], axis=1))),
    Misconception(TABLE, lambda X, y, theta, w: 2 / np.sum(w) * X.T @ (w * ((X @ theta)[:, None] - y))),
    Misconception(TABLE, lambda X, y, theta, w: 2 / np.sum(w) * (X.T @ (w * ((X @ theta)[:, None] - y))).mean(axis=1)),
    Misconception(MEANS, of_errors(lambda X, e, share: 2 * np.sum(share * e) * (share @ X))),
    Misconception(MEANS, of_errors(lambda X, e, share: 2 * np.sum(share * e) * X.mean(axis=0))),
)

GRADIENT = Task(
    id="03.1",
    title=mark("The gradient of a mean with weights"),
    text=mark(
        "Write gradient_weighted(X, y, theta, weights): the gradient, with respect to theta, of the loss "
        "sum(weights * e**2) / sum(weights), where e = X @ theta - y. X has shape (n, d), y and weights (n,), theta "
        "(d,); the answer has shape (d,)."
    ),
    asks=Question(
        points=2,
        reference=gradient_weighted,
        example=FIVE,
        inputs=regressions,
        advice=mark(
            "With one feature and two examples, X = [[1], [1]], y = [0, 4], theta = [0], weights = [1, 3], the loss is "
            "(theta**2 + 3 * (theta - 4)**2) / 4. What is its slope at 0?"
        ),
        made_of=lambda X, y, theta, weights: {
            "len(X)": len(X),
            "len(theta)": len(theta),
            "sum(weights)": np.sum(weights),
            "theta": theta,
            "X.T @ (weights * y)": X.T @ (weights * y),
            "X.T @ (weights * (X @ theta))": X.T @ (weights * (X @ theta)),
        },
        misconceptions=GRADIENT_MISTAKES,
    ),  # fmt: skip
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
SAMPLE = mark("You divide by n - 1, which belongs to a sample's variance. The loss is a mean over the n examples.")
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
