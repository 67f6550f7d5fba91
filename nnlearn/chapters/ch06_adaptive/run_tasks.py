"""The two tasks of chapter 06 about whole runs: which rule made the steps, and a loop to mend."""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 06.5 ------------------------------------------------------------------------------------------------------------


def same(rates, others):
    """Whether they are equal but for the digits that are not shown."""
    return np.allclose(rates, others, rtol=0.001, atol=0)


def which_method(steps, gradients, *, same=same):
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
FALLING = np.array([[4.0, -4.0], [1.5, 2.5], [-0.4, 0.7], [0.1, 0.3]])
TURNING = np.array([[3.0, 1.0], [1.0, 3.0], [-3.0, 1.0], [0.5, 2.0]])  # two are equally long
LATE = np.array([[2.0, 1.0], [2.0, -1.0], [-2.0, 1.0], [1.0, 0.2]])  # the norm changes in the last step alone
ROUND = np.array([[2.0, 1.0], [4.0, -1.0], [-0.5, 1.5], [1.0, 2.0]])  # the norm ends as it began
RUNS = tuple(
    record(word, gradients, rho=rho)
    for gradients, rho in ((GROWING, 0.9), (FALLING, 0.5), (TURNING, 0.99), (LATE, 0.8), (ROUND, 0.9))
    for word in WORDS
) + tuple(record(word, 1e-4 * GROWING, rate=2.5) for word in WORDS if word != "norm-scaled")  # that would be descent
RUNS += tuple(record(word, 1e4 * TURNING, rate=1e-3, beta=1e-7) for word in WORDS)  # rates near 0


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


def with_usual_rho(steps, gradients):
    """RMSprop where its steps are those of rho 0.9, and AdaGrad else."""
    word, made = which_method(steps, gradients), record("rmsprop", gradients)[0]
    return word if word in ("descent", "norm-scaled") else ("adagrad", "rmsprop")[same(made / made[0], steps / steps[0])]


def never(word, instead):
    """The right answer, but for one word."""
    return lambda *case: which_method(*case).replace(word, instead)


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
        slots={
            "same": {
                lambda a, b: np.all(a == b): mark("You ask for equality to the last digit, but steps come with six."),
                **{lambda a, b, limit=10.0**-k: np.allclose(a, b, rtol=0, atol=limit): mark(
                    "You allow the same difference whatever the size: where all rates are tiny they count as equal, "
                    "where they are large rounding parts them. Allow a share of their size.") for k in (1, 2, 3, 4, 5, 6)},
            },
        },
        misconceptions=(
            Misconception(mark("Rates that only fall don't make it AdaGrad: where gradients grow, RMSprop's fall as "
                               "well."), by_trend),
            Misconception(mark("You say 'rmsprop' only where rho is 0.9. Here it isn't known: which of the rules needs "
                               "no such number to be tested?"), with_usual_rho),
            Misconception(mark("You look at the first and the last step alone. AdaGrad's sum holds all gradients "
                               "between."),
                          lambda steps, gradients: which_method(steps[[0, -1]], gradients[[0, -1]])),
            Misconception(mark("You never say 'descent'. Its rates agree in each step, too: ask first whether all do."),
                          never("descent", "norm-scaled")),
            Misconception(mark("You never say 'norm-scaled'. It has one rate for both coordinates, and another in "
                               "each step."), never("norm-scaled", "rmsprop")),
            Misconception(mark("You never say 'adagrad', so that its test fails. Does it hold rates against a sum, not a "
                               "mean; of squares, and its root; each coordinate's own; the newest gradient in it?"),
                          never("adagrad", "rmsprop")),
            Misconception(mark("You never say 'rmsprop'. Its first step is as long in both coordinates, as AdaGrad's "
                               "is: look on."), never("rmsprop", "adagrad")),
        ),
    ),
)  # fmt: skip

# --- 06.6 ------------------------------------------------------------------------------------------------------------


def halves(rho):
    """The shares of the old mean and of the new square."""
    return rho, 1 - rho


def newest(before, v, forgotten):
    """The mean that a step uses."""
    return v


def outside(v, epsilon, rho):
    """What the gradient is divided by."""
    return np.sqrt(v) + epsilon


def rmsprop(gradient, theta, rate, rho, epsilon, steps, *,
            shares=halves, squares=np.square, leak=0, used=newest, root=outside, places=np.array):  # fmt: skip
    """The right answer: the mean first, then the step; epsilon outside the root."""
    path = [theta]
    v = np.zeros(len(theta))
    kept, new = shares(rho)
    for _ in range(steps):
        g = gradient(theta)
        before = v
        v = kept * v + new * squares(g) + leak * epsilon
        theta = theta - rate * g / root(used(before, v, rho ** len(path)), epsilon, rho)
        path.append(theta)
    return places(path)


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


ONE_MEAN = mark("You keep one mean for all coordinates. Each has its own, as each has its own gradient.")

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
        slots={
            "shares": {
                lambda rho: (1, 1): mark("You add up all squares: this is AdaGrad, which never forgets."),
                lambda rho: (1 - rho, rho): mark("rho and 1 - rho are exchanged: rho is the share that is kept."),
                lambda rho: (rho, 1): mark("The new square comes in whole: what is kept and what is new must be shares "
                                           "of one."),
            },
            "squares": {
                np.abs: mark("You take the mean of sizes. RMSprop's is one of squares."),
                lambda g: np.mean(g**2): ONE_MEAN,
                lambda g: np.sum(g**2): ONE_MEAN,
            },
            "leak": {1: mark("epsilon is added to the mean in every step, and the mean remembers: it adds up to epsilon "
                             "/ (1 - rho), and stands under the root.")},
            "used": {
                lambda before, v, forgotten: before: mark("The step uses the old mean: the first one is divided by "
                                                          "epsilon alone."),
                lambda before, v, forgotten: v / (1 - forgotten): mark(
                    "You correct the mean for its start at 0, as Adam does (chapter 07). RMSprop leaves it as it is."),
            },
            "root": {
                lambda v, epsilon, rho: np.sqrt(v + epsilon): mark("epsilon is under the root, where it is added to "
                                                                   "squares."),
                lambda v, epsilon, rho: np.sqrt(v + rho): mark("rho stands where epsilon belongs, as in the source: the "
                                                               "step is nearly plain descent's."),
                lambda v, epsilon, rho: np.sqrt(v): mark("Outside the root epsilon is missing."),
                lambda v, epsilon, rho: v + epsilon: mark("You divide by the mean of squares itself. Its root is as "
                                                          "large as a gradient."),
            },
            "places": {
                lambda path: np.array(path)[1:]: mark("The start is missing: it is the first row."),
                lambda path: path[-1]: mark("You return the last place alone. All are asked for, the start first."),
            },
        },
    ),
)  # fmt: skip
