"""The two tasks of chapter 06 about whole runs: which rule made the steps, and a loop to mend."""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 06.5 ------------------------------------------------------------------------------------------------------------


def equal(rates, others):
    """Whether they are equal but for the digits that are not shown."""
    return np.allclose(rates, others, rtol=0.001, atol=0)


def which_method(steps, gradients, *, same=equal, plain="descent", scaled="norm-scaled", added="adagrad",
                 leaky="rmsprop"):  # fmt: skip
    """The right answer: from what each gradient was multiplied by."""
    rates = -steps / gradients
    roots = np.sqrt(np.cumsum(gradients**2, axis=0))
    if same(rates, rates[0, 0]):
        return plain
    if same(rates, rates[:, :1]):
        return scaled
    if same(rates * roots, rates[0, 0] * roots[0, 0]):
        return added
    return leaky


WORDS = ("descent", "norm-scaled", "adagrad", "rmsprop")


def record(word, gradients, rate=0.1, beta=0.5, rho=0.9):
    """The steps that a rule makes of these gradients, printed with six digits."""
    squares, times = gradients**2, np.arange(len(gradients))
    weights = (1 - rho) * np.tril(rho ** np.abs(times[:, None] - times))
    divided = {
        "descent": np.ones(1),
        "norm-scaled": 1 + beta * np.sum(squares, axis=1, keepdims=True),
        "adagrad": np.sqrt(np.cumsum(squares, axis=0)),
        "rmsprop": np.sqrt(weights @ squares),
    }[word]
    return np.vectorize(lambda x: float(f"{x:.6g}"))(-rate * gradients / divided), gradients


GROWING = np.array([[0.2, -0.5], [0.6, 0.9], [-1.5, 2.0], [4.0, -3.5]])  # all rates but plain descent's fall
FALLING = np.array([[4.0, -4.0], [1.5, 2.5], [-0.4, 0.7], [0.1, 0.3]])  # all first steps are as long in both
TURNING = np.array([[3.0, 1.0], [1.0, 3.0], [-3.0, 1.0], [0.5, 2.0]])  # two are equally long
LATE = np.array([[2.0, 1.0], [2.0, -1.0], [-2.0, 1.0], [1.0, 0.2]])  # the norm changes in the last step alone
ROUND = np.array([[2.0, 1.0], [4.0, -1.0], [-0.5, 1.5], [1.0, 2.0]])  # the norm ends as it began
RUNS = (
    *(record(word, gradients, rho=rho) for word in WORDS for gradients, rho in
      ((GROWING, 0.9), (FALLING, 0.5), (TURNING, 0.99), (LATE, 0.8), (ROUND, 0.9))),
    *(record(word, 1e-4 * GROWING, rate=40.0, beta=5e7) for word in WORDS),  # large rates
    *(record(word, 1e4 * TURNING, beta=1e-7) for word in WORDS),  # tiny ones
    *(record(word, FALLING, rate=1e-9) for word in WORDS),  # below what np.allclose takes for equal
    record("descent", GROWING / 7),  # equal to six digits, and no further
)  # fmt: skip


def runs(random):
    """Each rule on gradients that grow, fall, and do neither."""
    for trend in (0.5, 1.0, 2.0):
        for word in WORDS:
            gradients = random.uniform(0.4, 2, (5, 2)) * random.choice([-1, 1], (5, 2)) * trend ** np.arange(5)[:, None]
            beta, rho, rate = random.uniform(0.2, 2), random.uniform(0.5, 0.97), random.uniform(0.02, 0.5)
            yield record(word, gradients.round(3), round(rate, 3), round(beta, 2), round(rho, 2))


def with_test(of_adagrad):
    """The right answer, but for how AdaGrad is told from RMSprop."""

    def answer(*case):
        word = which_method(*case)
        return word if word in ("descent", "norm-scaled") else "adagrad" if of_adagrad(*case) else "rmsprop"

    return answer


def unusual(steps, gradients):
    """Whether they are not the steps of RMSprop with rho 0.9."""
    made, _ = record("rmsprop", gradients)
    return not equal(made / made[0], steps / steps[0])


LIMIT = mark(
    "Your limit for what is equal doesn't fit: rates may be tiny or large, and steps come with six digits. Allow "
    "a share of the size, such as a thousandth."
)
WHICH_SLOTS: dict[str, dict[object, str]] = {"same": {
    **{lambda a, b, share=share: np.all(abs(a - b) <= share * abs(b)): LIMIT for share in (0, 1e-9)},
    np.allclose: mark("np.allclose takes all numbers below 1e-8 for equal, but rates may be that small: give it "
                      "atol=0."),
    **{lambda a, b, limit=10.0**-k: np.all(abs(a - b) <= limit): LIMIT for k in (*range(1, 9), 10, 12, 15, 16)},
}, "plain": {
    "norm-scaled": mark("You never say 'descent'. Its rates agree within each step, too: first ask whether all do."),
}, "scaled": dict.fromkeys(["rmsprop", "descent"], mark("You never say 'norm-scaled'. It has one rate for both "
                                                        "coordinates, another in each step.")),
"added": {
    "rmsprop": mark("You never say 'adagrad'. Is what you hold its rates against a sum, not a mean; of squares, and "
                    "then a root; each coordinate's own, the newest in it?"),
}, "leaky": {
    "adagrad": mark("You never say 'rmsprop'. Its first step is as long in both coordinates, but so is AdaGrad's: "
                    "they part later."),
}}  # fmt: skip
WHICH_MISTAKES = (
    Misconception(mark("Rates that only fall don't make it AdaGrad: where gradients grow, RMSprop's fall as well."),
                  with_test(lambda steps, g: np.all(np.diff(np.abs(steps / g), axis=0) <= 0))),
    Misconception(mark("Your rates are below 0, so that one that falls seems to grow. And RMSprop's may fall as well."),
                  with_test(lambda steps, g: np.all(np.diff(steps / g, axis=0) <= 0))),
    Misconception(mark("You say 'rmsprop' only where rho is 0.9, which nobody said. Which rule can be tested without "
                       "such a number?"), with_test(unusual)),
    *(Misconception(mark("You look at two steps alone. All must agree, and AdaGrad's sum holds every gradient."),
                    lambda steps, gradients, two=two: which_method(steps[two], gradients[two]))
      for two in ([0, -1], [0, 1])),
)  # fmt: skip

WHICH_METHOD = Task(
    id="06.5", title=mark("Which rule made these steps?"),
    text=mark("A log holds the steps of a run from its start, what was added to theta, and the gradients they were "
              "made of: both have shape (t, 2), t at least 4, no gradient is 0, and steps come with six digits. "
              "Write which_method(steps, gradients): 'descent', 'norm-scaled', 'adagrad' or 'rmsprop'. Rates, beta "
              "and rho are not known; epsilon was 0, and sums and means began at 0."),
    asks=Question(
        points=2, reference=which_method, example=record("rmsprop", GROWING, rho=0.6), inputs=runs, witnesses=RUNS,
        advice=mark("Divide each step by its gradient. Which of these numbers are equal: all, those of one step, or "
                    "none? And by what must AdaGrad's be multiplied to be equal?"),
        slots=WHICH_SLOTS, misconceptions=WHICH_MISTAKES,
    ),
)  # fmt: skip

# --- 06.6 ------------------------------------------------------------------------------------------------------------


def rmsprop(gradient, theta, rate, rho, epsilon, steps, *, squares=np.square, places=np.array,
            shares=lambda rho: (rho, 1 - rho), used=lambda means, rho: means[-1], leaky=lambda v, epsilon: v,
            root=lambda v, epsilon, rho: np.sqrt(v) + epsilon):  # fmt: skip
    """The right answer: the mean first, then the step; epsilon outside the root."""
    path, means = [theta], [np.zeros(len(theta))]
    kept, new = shares(rho)
    for _ in range(steps):
        g = gradient(theta)
        means.append(leaky(kept * means[-1] + new * squares(g), epsilon))
        theta = theta - rate * g / root(used(means, rho), epsilon, rho)
        path.append(theta)
    return places(path)


def bend(theta):
    """A gradient that is no straight line."""
    return theta**3 + np.arange(1, len(theta) + 1) * theta - 1


def slope(theta):
    """Of the source's loss, theta squared."""
    return 2 * theta


bend.__name__ = "theta**3 + [1, 2, ...] * theta - 1"  # as they are shown
slope.__name__ = "2 * theta"


def beginnings(random):
    """One coordinate and several, one step and many, and none; epsilon small and so large that its place matters."""
    for d, steps, power in [(1, 1, -8), (2, 3, -1), (3, 6, -2), (4, 0, -8), (2, 12, 0), (1, 5, -3), (5, 2, -1)]:
        theta = random.normal(size=d).round(2) + 0.005
        yield bend, theta, round(random.uniform(0.01, 0.2), 3), round(random.uniform(0.3, 0.97), 2), 10.0**power, steps


ONE_MEAN = mark("You keep one mean for all coordinates. Each has its own, as each has its own gradient.")
UNDER_ROOT = mark("epsilon is under the root, where it is added to squares. Here it stands outside.")
NO_ROOT = mark("You divide by squares. It is their root that is as large as a gradient.")
MEND_SLOTS: dict[str, dict[object, str]] = {
    "shares": {
        lambda rho: (1, 1): mark("You add up all squares: this is AdaGrad, which never forgets."),
        lambda rho: (1 - rho, rho): mark("rho is the share of the mean that is kept, not of the new square."),
        lambda rho: (rho, 1): mark("The new square comes in whole. It makes a mean only with its own, smaller share."),
    },
    "squares": {np.abs: mark("You take a mean of sizes. RMSprop's is one of squares."),
                **dict.fromkeys([lambda g: np.mean(g**2), lambda g: np.sum(g**2)], ONE_MEAN)},
    "leaky": {np.add: mark("epsilon is added to the mean in every step, and the mean remembers: it adds up to epsilon "
                           "/ (1 - rho), and stands under the root.")},
    "used": {
        lambda v, rho: v[-2]: mark("The step uses the old mean: the first one is divided by epsilon alone."),
        lambda v, rho: v[-1] / (1 - rho ** (len(v) - 1)): mark("You correct the mean for its start at 0, as Adam does "
                                                               "(chapter 07). RMSprop leaves it as it is."),
    },
    "root": {
        lambda v, epsilon, rho: np.sqrt(v + epsilon): UNDER_ROOT,
        lambda v, epsilon, rho: np.sqrt(v + rho): mark("rho stands where epsilon belongs, as in the source: the step "
                                                       "is nearly plain descent's."),
        lambda v, epsilon, rho: v + epsilon: NO_ROOT,
    },
    "places": {
        lambda path: np.array(path)[1:]: mark("The start is missing: it is the first row."),
        lambda path: path[-1]: mark("You return the last place alone. All are asked for, the start first."),
    },
}  # fmt: skip

MEND = Task(
    id="06.6", title=mark("Mend the loop of RMSprop"),
    text=mark("Write rmsprop(gradient, theta, rate, rho, epsilon, steps): gradient is a function of theta, an array "
              "(d,). Return all places, shape (steps + 1, d), the start first. The mean of squares begins at 0, the "
              "new gradient comes into it before the step, and epsilon stands outside the root."),
    asks=Question(
        points=2, reference=rmsprop, example=(bend, np.array([1.5, -0.7]), 0.1, 0.8, 0.05, 4), inputs=beginnings,
        witnesses=((slope, np.array([1.0]), 0.01, 0.9, 1e-8, 1), (slope, np.array([1.0]), 0.01, 0.9, 0.5, 30),
                   (bend, np.array([2.0, -1.0]), 0.1, 0.7, 0.01, 3),
                   (bend, np.array([0.4, -0.9, 1.3]), 0.1, 0.9, 0.3, 0)),
        advice={
            mark("On 2 * theta from 1, rate 0.01, rho 0.75, epsilon 0: the first step is 0.02, twice the rate."):
            (slope, np.array([1.0]), 0.01, 0.75, 0.0, 1),
            mark("On 2 * theta from 1, rate 0.01, rho 0.75, epsilon 0: after the first step, 0.02, theta is 0.98, and "
                 "the second is 0.014987."): (slope, np.array([1.0]), 0.01, 0.75, 0.0, 2),
        },
        slots=MEND_SLOTS,
    ),
)  # fmt: skip
