"""The tasks of chapter 04: descent in batches, its rate, and two sizes that matter. Two more are in choice_tasks.py.

Each stands on its own: the right answer, fixed and random inputs, and the mistakes that need a why. All others (a sign,
a factor, a sum along the other axis) are derived from the right answer's source.
"""
# mypy: allow-untyped-defs

from itertools import accumulate

import numpy as np

from nnlearn.chapters.ch04_minibatches.choice_tasks import CHEAPEST, ORDER
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 04.1 ------------------------------------------------------------------------------------------------------------


def descend(
    X, y, orders, B, rate, *,
    starts=lambda n, B: range(0, n, B), seen=lambda order, orders: order, told=lambda y, order, batch: y[batch],
    shared=lambda batch, y, B: len(batch), slope=lambda gradient, rows, error: gradient,
):  # fmt: skip
    """The right answer: the mean over whatever the batch holds."""
    theta = np.zeros(X.shape[1])
    for order in orders:
        for first in starts(len(y), B):
            batch = seen(order, orders)[first : first + B]
            error = X[batch] @ theta - told(y, order, batch)
            gradient = 2 * X[batch].T @ error / shared(batch, y, B)
            theta = theta - rate * slope(gradient, X[batch], error)
    return theta


def with_old_theta(X, y, orders, B, rate, share=1):
    """All batches of an epoch see the theta with which it began; their gradients are added up, or averaged."""
    theta = np.zeros(X.shape[1])
    for order in orders:
        batches = [order[first : first + B] for first in range(0, len(y), B)]
        total = sum(2 * X[b].T @ (X[b] @ theta - y[b]) / len(b) for b in batches)
        theta = theta - rate * total * len(batches) ** (share - 1)
    return theta


def cut(cuts):
    """Descent over batches that are cut from the orders in another way: cuts(orders, B) gives all of them."""

    def wrong(X, y, orders, B, rate):
        theta = np.zeros(X.shape[1])
        for part in cuts(orders, B):
            theta = theta - 2 * rate * X[part].T @ (X[part] @ theta - y[part]) / len(part)
        return theta

    return wrong


def draft(X, y, orders, B, rate):
    """The code of the task."""
    theta = np.zeros(X.shape[1])
    for order in orders:
        rows = X[order]
        for first in range(0, len(y) - B + 1, B):
            error = rows[first : first + B] @ theta - y[first : first + B]
            theta = theta - rate * 2 * rows[first : first + B].T @ error
    return theta


def random_data(random, n, d, B, epochs):
    """Data, an order for each epoch, a batch and a rate."""
    orders, rate = np.array([random.permutation(n) for _ in range(epochs)]), round(random.uniform(0.05, 0.2), 2)
    return random.normal(size=(n, d)).round(1), random.normal(size=n).round(1), orders, B, rate


def data_sets(random):
    """Batches that divide the examples, that leave a short one, of one example, and of all."""
    for n, d, B, epochs in [(4, 2, 2, 2), (10, 2, 4, 2), (5, 3, 2, 3), (6, 2, 3, 1), (3, 1, 1, 2), (4, 2, 4, 2),
                            (4, 2, 9, 2), (7, 3, 7, 1), (7, 2, 3, 2), (9, 2, 3, 2)]:  # fmt: skip
        yield random_data(random, n, d, B, epochs)


TEN = random_data(np.random.default_rng(4), 10, 2, 4, 2)
WHOLE_BATCHES = random_data(np.random.default_rng(5), 6, 3, 2, 3)

DESCEND = Task(
    id="04.1",
    title=mark("Mend a loop of mini-batches"),
    text=mark(
        "Write descend(X, y, orders, B, rate): mini-batch descent on mean((X @ theta - y)**2) from theta = zeros; it "
        "returns the last theta. orders has a row for each epoch: the numbers of the examples in the order in which "
        "the epoch sees them, B a step; what is left at its end makes the last, short batch. Each step follows the "
        "gradient of the batch's mean."
    ),
    asks=Question(
        points=2,
        reference=descend,
        example=TEN,
        inputs=data_sets,
        witnesses=(WHOLE_BATCHES,),
        advice={
            mark("X = [[1], [1], [1]], y = [1, 2, 6], one order [2, 0, 1], B = 2, rate 0.5: the first batch has the "
                 "targets 6 and 1 and leads to 3.5, the second, 2 alone, to 2."):
            (np.ones((3, 1)), np.array([1.0, 2.0, 6.0]), np.array([[2, 0, 1]]), 2, 0.5),
            mark("Five rows [1] in X, y = [1, 2, 3, 9, 10], one order [4, 0, 1, 2, 3], B = 4, rate 0.5: the first "
                 "batch has the targets 10, 1, 2 and 3 and leads to 4, the second, 9 alone, to 9."):
            (np.ones((5, 1)), np.array([1.0, 2.0, 3.0, 9.0, 10.0]), np.array([[4, 0, 1, 2, 3]]), 4, 0.5),
        },
        slots={
            "starts": {
                lambda n, B: range(0, n - B + 1, B): mark(
                    "The last batch is left out where it is short: with n = 10 and B = 4 its two examples count too."),
                lambda n, B: range(0, 1): mark(
                    "One step an epoch: the first batch alone. Go on until the epoch's order is used up."),
                lambda n, B: range(0, n - B, B): mark("Your last batch is missing, even where it is whole."),
                lambda n, B: range(n): mark("Your batches overlap: the next one begins B further on."),
            },
            "seen": {
                lambda order, orders: orders[0]: mark(
                    "Every epoch sees the first order again. Each has its own: orders[0], orders[1], ..."),
                lambda order, orders: orders[-1]: mark("Every epoch sees the last order."),
                lambda order, orders: order[::-1]: mark("You go through the orders from behind."),
                lambda order, orders: np.arange(len(order)): mark(
                    "You go through the examples as they are stored. Each epoch's order says which come first."),
            },
            "told": {
                lambda y, order, batch: y[np.flatnonzero(np.isin(order, batch))]: mark(
                    "You take y in its stored order and X in the shuffled one: the examples get each other's targets."),
            },
            "shared": {
                lambda batch, y, B: B: mark(
                    "You divide the last batch by B, though it holds fewer. The mean is over what it holds."),
                lambda batch, y, B: len(y): mark(
                    "You divide by the number of all examples: small batches then hardly move. Whose mean is it?"),
                lambda batch, y, B: 1: mark(
                    "You add up and don't divide: a rate that is safe for a small batch bursts with a large one."),
            },
            "slope": {
                lambda gradient, rows, error: gradient / 2: mark(
                    "Half a gradient: look again at the derivative of a square."),
                lambda gradient, rows, error: -gradient: mark("You walk uphill."),
                lambda gradient, rows, error: 2 * np.mean(error) * np.mean(rows, axis=0): mark(
                    "You multiply two means. First each error by its row; the mean is of these products."),
            },
        },
        misconceptions=(Misconception(mark(
            "All three faults of the draft: y stays in its stored order, the short last batch is lost, and the "
            "gradient is added up."), draft),
            *(Misconception(mark("All batches of an epoch start at the same theta. Each step begins where the step "
                                 "before it ended."), lambda X, y, orders, B, rate, share=share: with_old_theta(
                                     X, y, orders, B, rate, share))
              for share in (1, 0)),
            Misconception(mark("You shuffle what is shuffled already. Each order counts in X and y as they are given."),
                          lambda X, y, orders, B, rate: descend(
                              X, y, list(accumulate(orders, lambda before, order: before[order])), B, rate)),
            Misconception(mark("Your batches are equal parts of an epoch. Each holds B, the last one what is left."),
                          cut(lambda orders, B: [part for order in orders for part in np.array_split(
                              order, max(1, len(order) // B))])),
            Misconception(mark("What is left of an epoch comes into the next one's first batch. It is a batch itself."),
                          cut(lambda orders, B: np.split(np.ravel(orders), range(B, np.size(orders), B)))),
            Misconception(mark("What is left of an epoch comes into the batch before. It makes a batch of its own."),
                          cut(lambda orders, B: [part for order in orders for part in np.split(
                              order, range(B, max(B, len(order) // B * B), B))])),
            Misconception(mark("Each epoch begins at zeros again. It goes on where the last one ended."),
                          lambda X, y, orders, B, rate: descend(X, y, orders[-1:], B, rate)),
            Misconception(mark("You make a step for each example. A step sees B of them, and follows their mean."),
                          lambda X, y, orders, B, rate: descend(X, y, orders, 1, rate)),
        ),
    ),
)  # fmt: skip

# --- 04.2 ------------------------------------------------------------------------------------------------------------


def carry_over(
    rate, B, new_B, L, *,
    grown=lambda scaled, rate, ratio: scaled, limit=lambda half, L: half,
    chosen=lambda grown, most, rate: min(grown, most),
):  # fmt: skip
    """The right answer: in proportion to the batch, up to half of the wall."""
    scaled = rate * new_B / B
    return chosen(grown(scaled, rate, new_B / B), limit(1 / L, L), rate)


CARRIED = ((0.3, 2, 16, 10.0), (0.9, 2, 16, 0.5), (0.002, 4, 64, 8.0), (0.01, 64, 4, 8.0), (0.02, 2, 10, 10.0),
           (0.3, 16, 8, 5.0), (0.04, 8, 32, 10.0), (1.8, 10, 9, 1.0))  # fmt: skip


def carried(random):
    """On both sides of the limit, to larger batches and to smaller ones."""
    for _ in range(8):
        B, new_B = random.choice([1, 2, 3, 5, 8, 16, 32, 64], 2, replace=False)
        yield round(random.uniform(0.001, 0.05), 4), int(B), int(new_B), round(random.uniform(0.5, 12), 1)


CARRY = Task(
    id="04.2",
    title=mark("Carry a rate over to another batch"),
    text=mark(
        "rate has served batches of B. Write carry_over(rate, B, new_B, L): the rate with which batches of new_B hover "
        "as high, but at most half of the largest safe rate of all examples, where L is the largest curvature."
    ),
    asks=Question(
        points=1,
        reference=carry_over,
        example=(0.003, 5, 20, 8.0),
        inputs=carried,
        witnesses=CARRIED,
        advice={
            mark("rate 0.01, B = 4, L = 10: for batches of 8 it is 0.02."): (0.01, 4, 8, 10.0),
            mark("rate 0.01, B = 4, L = 10: for batches of 80 it is 0.1."): (0.01, 4, 80, 10.0),
        },
        made_of=lambda rate, B, new_B, L: {"rate": rate, "B": B, "new_B": new_B, "L": L},
        slots={
            "grown": {
                lambda scaled, rate, ratio: rate * np.sqrt(ratio): mark(
                    "The root is for the noise's size. What hovers is a loss, which goes with its square."),
                lambda scaled, rate, ratio: rate / ratio: mark(
                    "Upside down: a larger batch is less noisy, and allows a larger rate."),
                lambda scaled, rate, ratio: rate: mark(
                    "The rate stays as it was: a larger batch then hovers lower, and is slower, a smaller one higher."),
                lambda scaled, rate, ratio: max(scaled, rate): mark(
                    "For a smaller batch you keep the rate: it then hovers higher."),
                lambda scaled, rate, ratio: scaled / 2: mark(
                    "You halve the carried rate as well. Half is said of the limit alone."),
                lambda scaled, rate, ratio: rate * (ratio // 1): mark("You cut the ratio to a whole number."),
            },
            "limit": {
                lambda half, L: 1e9 * half: mark(
                    "Nothing stops your rate: averaging takes away noise, but no batch moves the wall."),
                lambda half, L: 2 * half: mark("Your limit is the largest safe rate itself: half of it is asked for."),
                lambda half, L: half / 2: mark("Your limit is a quarter of the largest safe rate: you halve twice."),
                lambda half, L: L / 2: mark("Your limit grows with L. The steeper the bowl, the smaller the rate."),
            },
            "chosen": {
                lambda scaled, most, rate: min(scaled, most) if scaled > rate else scaled: mark(
                    "You hold back only a rate that grows. One carried to a smaller batch may be above the limit, "
                    "too."),
                lambda scaled, most, rate: max(scaled, most): mark(
                    "Of the two you take the larger: then the limit holds nothing back."),
                lambda scaled, most, rate: scaled if scaled <= most else rate: mark(
                    "Beyond the limit you go back to the old rate. The limit itself is the nearest that is allowed."),
                lambda scaled, most, rate: scaled if scaled < 2 * most else most: mark(
                    "You hold back only what isn't safe. The limit is half of that, for every rate beyond it."),
                lambda scaled, most, rate: min(rate, most) * scaled / rate: mark(
                    "You hold back the old rate, before you carry it over. The one that you return has the limit."),
                lambda scaled, most, rate: scaled if scaled <= most else 0: mark(
                    "Beyond the limit you return 0, which never moves. The limit itself is allowed."),
                lambda scaled, most, rate: 1 / (1 / scaled + 1 / most): mark(
                    "You add up what two parts cost. At most means: the smaller of the two."),
            },
        },
        misconceptions=(
            Misconception(mark("You carry the largest safe rate over. The one that hovers as high is asked for."),
                          lambda rate, B, new_B, L: 1 / (L / 2 + B * (1 / rate - L / 2) / new_B)),
        ),
    ),
)  # fmt: skip

# --- 04.3 ------------------------------------------------------------------------------------------------------------


def critical_batch(X, *, directions=np.linalg.eigvalsh, largest=lambda curvatures, n: np.max(curvatures),
                   squares=lambda X: np.sum(X**2, axis=1), usual=np.mean):  # fmt: skip
    """The right answer: where the noise's part of 1 / rate equals that of the wall."""
    n = len(X)
    hessian = 2 * X.T @ X / n
    L = largest(directions(hessian), n)
    lengths = squares(X)
    return 2 * usual(lengths) / L


def tables(random):
    """Means other than 0, columns of different size."""
    for n, d in [(3, 2), (5, 2), (8, 3), (12, 4), (6, 3), (4, 1), (20, 5), (9, 2)]:
        yield ((random.normal(0.5, 1, (n, d)) * random.uniform(0.5, 2, d)).round(1),)


def steepest(X):
    """The largest eigenvalue of X.T @ X / n, half of the largest curvature."""
    return np.linalg.norm(X, 2) ** 2 / len(X)


CRITICAL = Task(
    id="04.3",
    title=mark("The batch at which the wall takes over"),
    text=mark(
        "The loss is mean((X @ theta - y)**2), without an intercept. About the largest safe rate of a batch B the "
        "chapter finds 1 / rate = L / 2 + m / B, with the largest curvature L and the mean m of the squared lengths of "
        "the rows of X. Write critical_batch(X): the B, not rounded, at which the two parts are equal. Below it more "
        "examples a step buy a larger rate; above it they hardly do."
    ),
    asks=Question(
        points=1,
        reference=critical_batch,
        example=(np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 1.0], [2.0, 0.0]]),),
        inputs=tables,
        witnesses=((np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.5]]),),
                   (np.array([[1.0, 2.0, 0.5], [-1.5, 0.5, 2.0], [3.0, 1.0, -1.0], [0.5, 2.5, 1.5]]),)),
        advice={
            mark("For X = [[1, 0], [0, 1]] both curvatures are 1 and both rows have length 1: the answer is 2."):
            (np.eye(2),),
            mark("For X = [[1, 1], [1, 1]] the largest curvature is 4, along [1, 1], and m is 2: the answer is 1."):
            (np.ones((2, 2)),),
        },
        made_of=lambda X: {"n": len(X), "d": X.shape[1], "mean|x|^2": np.mean(np.sum(X**2, axis=1)),
                           "max|x|^2": np.max(np.sum(X**2, axis=1)), "steepest": steepest(X)},
        slots={
            "directions": {np.diag: mark("You look along the axes alone. The steepest may lie between them.")},
            "largest": {
                lambda curvatures, n: np.min(curvatures): mark(
                    "You take the smallest curvature. The wall stands where the steepest direction bursts."),
                lambda curvatures, n: np.sum(curvatures): mark(
                    "You add the curvatures up. The wall stands where the steepest direction bursts."),
                lambda curvatures, n: np.max(curvatures) / 2: mark(
                    "The curvature of a mean of squares is 2 / n X.T @ X: the 2 is missing in your L."),
                lambda curvatures, n: np.max(curvatures) * n: mark("The loss is a mean: your L isn't divided by n."),
                lambda curvatures, n: np.max(curvatures) * n / 2: mark(
                    "Your L is the largest eigenvalue of X.T @ X alone. What has the loss besides?"),
                lambda curvatures, n: np.sqrt(np.max(curvatures) * 2 / n): mark(
                    "You take a singular value of X itself. A curvature goes with its square."),
            },
            "squares": {
                lambda X: np.mean(X**2, axis=1): mark(
                    "Your m is the mean of all numbers squared. A row's squared length is their sum along the row."),
                lambda X: np.sum(X, axis=1) ** 2: mark(
                    "You add up a row before you square: numbers of different signs cancel. First square each."),
                lambda X: np.sum(np.abs(X), axis=1): mark("You add up sizes. Square each number of a row first."),
            },
            "usual": {
                lambda lengths: np.mean(np.sqrt(lengths)): mark("Your m is a mean of lengths. Square each first."),
                lambda lengths: np.mean(np.sqrt(lengths)) ** 2: mark(
                    "Your m is the square of the mean length. First square, then take the mean."),
                np.max: mark("Your m is that of the longest row. A mean is needed."),
                np.median: mark("Your m is the row in the middle. A mean is needed."),
            },
        },
        misconceptions=(  # no slot: with an L that isn't divided by n it would be right
            Misconception(mark("Your m is a sum over the rows. A mean is needed."),
                          lambda X: critical_batch(X, usual=np.sum)),
            Misconception(mark("You add a column of ones to X. The loss has no intercept: X is used as it is."),
                          lambda X: critical_batch(np.column_stack([np.ones(len(X)), X]))),
            Misconception(mark("You multiply m and L / 2. At which B is m / B as large as L / 2?"),
                          lambda X: np.mean(np.sum(X**2, axis=1)) * steepest(X)),
            Misconception(mark("You subtract the columns' means first. X is used as it is."),
                          lambda X: critical_batch(X - X.mean(axis=0))),
            Misconception(mark("np.cov subtracts the columns' means and divides by n - 1. The curvature does neither."),
                          lambda X: np.sum(X**2) / len(X) / np.max(np.linalg.eigvalsh(np.atleast_2d(np.cov(X.T))))),
            Misconception(mark("The parts are L / 2 and m / B. You set L and m / B equal."),
                          lambda X: critical_batch(X) / 2),
            Misconception(mark("You return the rate where the parts are equal. The batch is asked for."),
                          lambda X: 1 / (2 * steepest(X))),
        ),
    ),
)  # fmt: skip

# --- 04.4 ------------------------------------------------------------------------------------------------------------


def noise_scale(
    G, *, noise=lambda variance, G, mean: variance, divided=lambda variance, n: variance,
    signal=lambda square, G: square,
):  # fmt: skip
    """The right answer: the variance, added up over the coordinates, over the squared length of the mean."""
    mean = np.mean(G, axis=0)
    away = np.sum((G - mean) ** 2, axis=1)
    variance = divided(noise(np.mean(away), G, mean), len(G))
    return variance / signal(np.sum(mean**2), G)


def gradient_rows(random):
    """Gradients of a few examples around a mean that isn't 0."""
    for n, d in [(3, 2), (5, 3), (8, 2), (6, 6), (4, 1), (12, 3), (2, 4)]:
        yield ((random.normal(size=d) + random.uniform(0.5, 3) * random.normal(size=(n, d))).round(1) + 0.05,)


EQUAL_ROWS = (np.array([[1.0, -2.0], [1.0, -2.0], [1.0, -2.0]]),)
MANY_ROWS = (np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.5], [-1.0, 1.5], [2.0, 2.5]]),)

NOISE_SCALE = Task(
    id="04.4",
    title=mark("The batch at which noise equals signal"),
    text=mark(
        "Row i of G, shape (n, d), is the gradient of example i. A batch of B drawn examples has a gradient whose mean "
        "squared distance from the gradient of all, the mean of the rows, is a B-th of that of a single row. Write "
        "noise_scale(G): the B, not rounded, at which this equals the squared length of the gradient of all."
    ),
    asks=Question(
        points=2,
        reference=noise_scale,
        example=(np.array([[1.0, 2.0, 0.5], [3.0, -1.0, 1.5], [0.5, 2.5, -2.0], [2.0, 1.0, 4.0]]),),
        inputs=gradient_rows,
        witnesses=(EQUAL_ROWS, MANY_ROWS),
        advice={
            mark("For G = [[3], [1]] the mean is 2, the variance 1: the answer is 0.25."): (np.array([[3.0], [1.0]]),),
            mark("For G = [[3, 0], [1, 2]] the mean is [2, 1], and both rows are 2 away, squared: the answer is 0.4."):
            (np.array([[3.0, 0.0], [1.0, 2.0]]),),
        },
        made_of=lambda G: {"n": len(G), "d": G.shape[1], "mean|g|^2": np.mean(np.sum(G**2, axis=1)),
                           "|mean|^2": np.sum(np.mean(G, axis=0) ** 2)},
        slots={
            "noise": {
                lambda variance, G, mean: variance + np.sum(mean**2): mark(
                    "You take the squared lengths of the gradients, not of their distances from the mean: equal rows "
                    "have no noise, and must give 0."),
                lambda variance, G, mean: variance / G.shape[1]: mark(
                    "Your noise is the mean over the coordinates, your signal their sum: add up both."),
                lambda variance, G, mean: np.var(G): mark(
                    "You take the variance of all numbers of G together. Each coordinate has its own mean."),
                lambda variance, G, mean: np.sum(np.std(G, axis=0)): mark(
                    "You add up standard deviations. Noise is counted in squared distances."),
                lambda variance, G, mean: np.mean(np.linalg.norm(G - mean, axis=1)): mark(
                    "You take the mean distance. First square each distance, then take the mean."),
                lambda variance, G, mean: np.mean(np.linalg.norm(G - mean, axis=1)) ** 2: mark(
                    "You square the mean distance. First square each distance, then take the mean."),
            },
            "divided": {
                lambda variance, n: variance * n / (n - 1): mark(
                    "You divide by n - 1, as for a sample. These are all the examples that there are."),
                lambda variance, n: variance / n: mark("You divide by n once more: that is the noise of a batch of n."),
            },
            "signal": {
                lambda square, G: np.sqrt(square): mark("You divide by the length of the mean, not by its square."),
                lambda square, G: np.mean(np.sum(G**2, axis=1)): mark(
                    "Your signal is the mean of the rows' squared lengths: noise is in it. Take the mean row's."),
                lambda square, G: square * len(G) ** 2: mark(
                    "You add the gradients up. The gradient of all is the mean of the rows."),
            },
        },
        misconceptions=(
            Misconception(mark("You divide lengths. A variance is a squared distance: compare it with a square."),
                          lambda G: np.sqrt(noise_scale(G))),
            *(Misconception(mark("You divide coordinate by coordinate. The whole noise is held against the whole "
                                 "signal."), lambda G, f=f: f(np.var(G, axis=0) / np.mean(G, axis=0) ** 2))
              for f in (np.mean, np.sum)),
            Misconception(mark("Upside down: this is signal over noise. The noisier, the larger the batch."),
                          lambda G: 1 / noise_scale(G)),
            Misconception(mark("You take the variance of all numbers of G together. Each coordinate has its own mean."),
                          lambda G: np.var(G) / np.mean(G) ** 2),
            Misconception(mark("You go along the wrong axis: a row of G is an example, a column a coordinate."),
                          lambda G: noise_scale(G.T)),
        ),
    ),
)  # fmt: skip

TASKS = (DESCEND, CARRY, CRITICAL, NOISE_SCALE, ORDER, CHEAPEST)
