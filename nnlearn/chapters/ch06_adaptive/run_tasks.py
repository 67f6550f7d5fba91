"""The two tasks of chapter 06 about whole runs: which rule made the steps, and a loop to mend."""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 06.5 ------------------------------------------------------------------------------------------------------------


def same(rates, others):
    """Whether they are equal but for the digits that are not shown."""
    return np.allclose(rates, others, rtol=0.001, atol=0)


def which_method(steps, gradients):
    """The right answer: from what each gradient was multiplied by."""
    rates = -steps / gradients
    roots = np.sqrt(np.cumsum(gradients**2, axis=0))
    if same(rates, rates[0, 0]):
        return "descent"
    if same(rates, rates[:, :1]):
        return "norm-scaled"
    if same(rates * roots, rates[0, 0] * roots[0, 0]):
        return "adagrad"
    return "rmsprop"


WORDS = ("descent", "norm-scaled", "adagrad", "rmsprop")


def record(word, gradients, rate=0.1, beta=0.5, rho=0.9):
    """The steps that a rule makes of these gradients, printed with six digits."""
    squares = gradients**2
    match word:
        case "descent":
            divided = np.ones_like(gradients)
        case "norm-scaled":
            divided = 1 + beta * np.sum(squares, axis=1, keepdims=True) + 0 * gradients
        case "adagrad":
            divided = np.sqrt(np.cumsum(squares, axis=0))
        case _:
            v, means = 0, []
            for each in squares:
                v = rho * v + (1 - rho) * each
                means.append(v)
            divided = np.sqrt(means)
    steps = -rate * gradients / divided
    return np.array([[float(f"{x:.6g}") for x in row] for row in steps]), gradients


GROWING = np.array([[0.2, -0.5], [0.6, 0.9], [-1.5, 2.0], [4.0, -3.5]])  # all rates but plain descent's fall
FALLING = np.array([[5.0, -4.0], [1.5, 2.5], [-0.4, 0.7], [0.1, 0.3]])
TURNING = np.array([[3.0, 1.0], [1.0, 3.0], [-3.0, 1.0], [0.5, 2.0]])  # two are equally long
LATE = np.array([[2.0, 1.0], [2.0, -1.0], [-2.0, 1.0], [1.0, 0.2]])  # the norm changes in the last step alone
ROUND = np.array([[2.0, 1.0], [4.0, -1.0], [-0.5, 1.5], [1.0, 2.0]])  # the norm ends as it began
RUNS = tuple(
    record(word, gradients, rho=rho)
    for gradients, rho in ((GROWING, 0.9), (FALLING, 0.5), (TURNING, 0.99), (LATE, 0.8), (ROUND, 0.9))
    for word in WORDS
) + tuple(record(word, 1e-4 * GROWING, rate=2.5) for word in WORDS if word != "norm-scaled")  # that would be descent


def runs(random):
    """Each rule on gradients that grow, fall, and do neither."""
    for trend in (0.5, 1.0, 2.0):
        for word in WORDS:
            gradients = random.uniform(0.4, 2, (5, 2)) * random.choice([-1, 1], (5, 2)) * trend ** np.arange(5)[:, None]
            beta, rho, rate = random.uniform(0.2, 2), random.uniform(0.5, 0.97), random.uniform(0.02, 0.5)
            yield record(word, gradients.round(3), round(rate, 3), round(beta, 2), round(rho, 2))


def by_trend(steps, gradients):
    """AdaGrad where no rate ever grows."""
    word = which_method(steps, gradients)
    if word in ("adagrad", "rmsprop"):
        return "adagrad" if np.all(np.diff(np.abs(steps / gradients), axis=0) <= 1e-9) else "rmsprop"
    return word


def by_first_step(steps, gradients):
    """From the first step alone: whether it has the same length in both coordinates."""
    sizes = np.abs(steps[0])
    return ("adagrad" if np.abs(steps[-1]).max() < sizes[0] else "rmsprop") if same(sizes[0], sizes[1]) else (
        "descent" if same(-steps / gradients, (-steps / gradients)[0, 0]) else "norm-scaled")  # fmt: skip


def by_length(steps, gradients):
    """By the lengths of the steps instead of the rates."""
    length = np.linalg.norm(steps, axis=1)
    return which_method(steps, gradients) if length[-1] > length[0] else "adagrad"


def first_and_last(steps, gradients):
    """By the rates of the first and the last step alone."""
    return which_method(steps[[0, -1]], gradients[[0, -1]])


WHICH_METHOD = Task(
    id="06.5",
    title=mark("Which rule made these steps?"),
    text=mark(
        "A log holds the steps of a run from its start, what was added to theta, and the gradients they were made of: "
        "both have shape (t, 2), t at least 4, no gradient is 0, and steps come with six digits. Write "
        "which_method(steps, gradients): 'descent', 'norm-scaled', 'adagrad' or 'rmsprop'. Rates, beta and rho are not "
        "known; epsilon was 0, and sums and means began at 0."
    ),
    asks=Question(
        points=2,
        reference=which_method,
        example=record("rmsprop", GROWING, rho=0.6),
        inputs=runs,
        witnesses=RUNS,
        advice=mark("Divide each step by its gradient. Which of these numbers are equal: all, those of one step, or "
                    "none? And by what must AdaGrad's be multiplied to be equal?"),
        misconceptions=(
            Misconception(mark("Rates that only fall don't make it AdaGrad: where gradients grow, RMSprop's fall as "
                               "well."), by_trend),
            Misconception(mark("You look at the first step. There AdaGrad and RMSprop do the same, but for the "
                               "rate: it is as long in each coordinate."), by_first_step),
            Misconception(mark("You compare how long the steps are. Gradients change, too: divide each step by its "
                               "gradient."), by_length),
            Misconception(mark("You look at the first and the last step alone. AdaGrad's sum holds all gradients "
                               "between."),
                          first_and_last),
            Misconception(mark("You never say 'norm-scaled'. It has one rate for both coordinates, and another in "
                               "each step."),
                          lambda *case: which_method(*case).replace("norm-scaled", "rmsprop")),
        ),
    ),
)  # fmt: skip

# --- 06.6 ------------------------------------------------------------------------------------------------------------


def rmsprop(gradient, theta, rate, rho, epsilon, steps):
    """The right answer: the mean first, then the step; epsilon outside the root."""
    path = [theta]
    v = np.zeros(len(theta))
    for _ in range(steps):
        g = gradient(theta)
        v = rho * v + (1 - rho) * g**2
        theta = theta - rate * g / (np.sqrt(v) + epsilon)
        path.append(theta)
    return np.array(path)


def bend(theta):
    """A gradient that is no straight line."""
    return theta**3 + np.arange(1, len(theta) + 1) * theta - 1


bend.__name__ = "theta**3 + [1, 2, ...] * theta - 1"  # as it is shown


def slope(theta):
    """Of the source's loss, theta squared."""
    return 2 * theta


slope.__name__ = "2 * theta"


def beginnings(random):
    """One coordinate and several, one step and many, and none; epsilon small and so large that its place matters."""
    for d, steps, power in [(1, 1, -8), (2, 3, -1), (3, 6, -2), (4, 0, -8), (2, 12, 0), (1, 5, -3), (5, 2, -1)]:
        theta = random.normal(size=d).round(2) + 0.005
        yield bend, theta, round(random.uniform(0.01, 0.2), 3), round(random.uniform(0.3, 0.97), 2), 10.0**power, steps


def mended(v_of, divided, last=False):
    """A run whose mean is made in another way, and its root, and perhaps used one step late."""

    def answer(gradient, theta, rate, rho, epsilon, steps):
        path, v = [theta], np.zeros(len(theta))
        for _ in range(steps):
            g, old = gradient(theta), v
            v = v_of(v, g, rho, epsilon)
            theta = theta - rate * g / divided(old if last else v, epsilon, rho)
            path.append(theta)
        return np.array(path)

    return answer


def mean(v, g, rho, epsilon):
    """As it should be."""
    return rho * v + (1 - rho) * g**2


def outside(v, epsilon, rho):
    """As it should be."""
    return np.sqrt(v) + epsilon


LEAKS = mark("epsilon is added to the mean in every step, and the mean remembers: it adds up to epsilon / (1 - "
             "rho), and stands under the root.")  # fmt: skip

MEND = Task(
    id="06.6",
    title=mark("Mend the loop of RMSprop"),
    text=mark(
        "Write rmsprop(gradient, theta, rate, rho, epsilon, steps): gradient is a function of theta, an array (d,). "
        "Return all places, shape (steps + 1, d), the start first. The mean of squares begins at 0, the new gradient "
        "comes into it before the step, and epsilon stands outside the root."
    ),
    asks=Question(
        points=2,
        reference=rmsprop,
        example=(bend, np.array([1.5, -0.7]), 0.1, 0.8, 0.05, 4),
        inputs=beginnings,
        witnesses=(
            (slope, np.array([1.0]), 0.01, 0.9, 1e-8, 1),
            (slope, np.array([1.0]), 0.01, 0.9, 0.5, 30),
            (bend, np.array([2, -1]), 0.1, 0.7, 0.01, 3),
            (bend, np.array([0.4, -0.9, 1.3]), 0.1, 0.9, 0.3, 0),
        ),
        advice=mark("On 2 * theta from 1, rate 0.01, rho 0.75, epsilon 0: the first step is 0.02, twice the rate."),
        misconceptions=(
            Misconception(LEAKS, mended(lambda v, g, rho, e: mean(v, g, rho, e) + e, lambda v, e, rho: np.sqrt(v))),
            Misconception(LEAKS, mended(lambda v, g, rho, e: mean(v, g, rho, e) + e, outside)),
            Misconception(mark("The step uses the old mean: the first one is divided by epsilon alone."),
                          mended(mean, outside, last=True)),
            Misconception(mark("epsilon is under the root, where it is added to squares."),
                          mended(mean, lambda v, e, rho: np.sqrt(v + e))),
            Misconception(mark("rho stands where epsilon belongs, as in the source: the step is nearly plain "
                               "descent's."),
                          mended(mean, lambda v, e, rho: np.sqrt(v + rho))),
            Misconception(mark("You add up all squares: this is AdaGrad, which never forgets."),
                          mended(lambda v, g, rho, e: v + g**2, outside)),
        ),
    ),
)  # fmt: skip
