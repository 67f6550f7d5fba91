"""The tasks of chapter 09."""
# mypy: allow-untyped-defs

from functools import partial

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 09.1 ------------------------------------------------------------------------------------------------------------


def hessian(X, theta, l2, *, place=lambda d: d, felt=lambda t, d: t, weigh=lambda p: p * (1 - p), mean=np.divide,
            size=lambda l2, n: l2, penalised=lambda d, last: np.insert(np.ones(d), last, 0)):  # fmt: skip
    """The right answer: each example weighs p (1 - p)."""
    n, features = X.shape
    last = place(features)
    design = np.insert(X, last, 1, axis=1)
    scores = design @ felt(theta, features)
    p = 1 / (1 + np.exp(-scores))
    weights = weigh(p)
    curvature = mean(design.T @ (weights[:, None] * design), n)
    return curvature + size(l2, n) * np.diag(penalised(features, last))


def logistic(random):
    """Fewer examples than features, and more; a penalty and none; sure and unsure predictions."""
    for n, features, l2, scale in [(4, 2, 0.0, 1.0), (3, 5, 0.2, 1.0), (9, 3, 0.7, 3.0), (1, 2, 0.05, 0.3)]:
        X = random.normal(size=(n, features)).round(2)
        yield X, (scale * random.normal(size=features + 1)).round(2), l2


FIRST = mark("You put the intercept first. Here it comes last, in theta and in the Hessian.")
HESSIAN = Task(
    id="09.1", title=mark("The Hessian of logistic regression"),
    text=mark("Write hessian(X, theta, l2): X has shape (n, d), theta (d + 1,): the weights, then the intercept. The "
              "loss is the mean cross-entropy plus l2 / 2 times the sum of the squared weights; the intercept is not "
              "penalised. Return the Hessian, shape (d + 1, d + 1)."),
    asks=Question(
        points=2, reference=hessian, inputs=logistic,
        example=(np.array([[1.0, -0.5], [0.3, 2.0], [-1.2, 0.4]]), np.array([0.4, -0.7, 0.2]), 0.3),
        witnesses=(
            (np.array([[1, 2], [0, -1], [3, 1], [-2, 0]]), np.array([1, 0, -1]), 0.5),
            (np.array([[0.5], [-2.0]]), np.array([1.5, 0.5]), 0.0),
            (np.array([[800.0, 1.0], [0.5, -1.0]]), np.array([1.0, 0.5, -0.2]), 0.1),  # exp(800) overflows
        ),
        advice=mark("The gradient's part of one example is (p - y) x. Only p depends on theta: its slope in the score "
                    "is p (1 - p), and the score's slope in theta is x."),
        made_of=lambda X, theta, l2: {"X.T @ X": X.T @ X, "n": len(X), "l2": l2},
        misconceptions=(
            Misconception(FIRST, lambda X, theta, l2: np.roll(hessian(X, theta, l2), 1, axis=(0, 1))),
        ),
        slots={
            "weigh": {
                lambda p: p: mark("You weigh each example with p. The slope of p in the score falls where p is sure."),
                np.ones_like: mark("You weigh all examples alike: that is the Hessian of squared errors."),
                lambda p: p**2: mark("You weigh with the square of p: of p (1 - p) one part is for the other class."),
            },
            "mean": {lambda total, n: total: mark("You add up the examples. The loss is their mean.")},
            "penalised": {lambda d, last: np.ones(d + 1): mark("You penalise the intercept, too.")},
            "place": {lambda d: 0: FIRST},
            "felt": {lambda t, d: np.append(t[:d], 0): mark("Your scores leave the intercept out.")},
            "size": {
                lambda l2, n: l2 / n: mark("You divide the penalty by n, too. It stands beside the mean."),
                lambda l2, n: 2 * l2: mark("You count the penalty twice: l2 / 2 times a square has the second "
                                           "derivative l2."),
            },
        },
    ),
)  # fmt: skip

# --- 09.2 ------------------------------------------------------------------------------------------------------------


def newton_steps(gradients, hessians, damping, *, sign=-1, damped=lambda H, d: H + d * np.eye(H.shape[-1]),
                 solved=lambda H, g: np.linalg.solve(H, g[..., None])[..., 0]):  # fmt: skip
    """The right answer: each run's gradient, solved for with its own matrix."""
    matrices = damped(hessians, damping)
    directions = solved(matrices, gradients)
    return sign * directions


def with_sizes(H):
    """Symmetric matrices with the sizes of their eigenvalues."""
    values, vectors = np.linalg.eigh(H)
    return (vectors * np.abs(values)[:, None, :]) @ np.swapaxes(vectors, 1, 2)


def stacks(random):
    """As many runs as coordinates, fewer and more; damping and none; saddles, too."""
    for runs, d, damping in [(3, 3, 0.0), (2, 2, 0.7), (1, 4, 0.3), (5, 2, 0.0), (4, 1, 2.0)]:
        H = random.normal(size=(runs, d, d))
        yield random.normal(size=(runs, d)).round(2), (H + np.swapaxes(H, 1, 2)).round(2) + 3 * np.eye(d), damping


ONE = np.array([[[2.0, 1.0], [1.0, 3.0]]])
NEWTON_STEPS = Task(
    id="09.2", title=mark("Mend a step for many runs"),
    text=mark("Write newton_steps(gradients, hessians, damping): gradients has shape (B, d), hessians (B, d, d): B "
              "runs at once. Return what Newton's method adds to each theta, shape (B, d): damping is added to each "
              "eigenvalue, the rate is 1."),
    asks=Question(
        points=2, reference=newton_steps, inputs=stacks,
        example=(np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([[[2.0, 1.0], [1.0, 3.0]], [[4.0, -1.0], [-1.0, 1.0]]]),
                 0.5),
        witnesses=(
            (np.array([[1.0, 2.0]]), ONE, 0.0),
            (np.array([[1, 2], [3, 4], [5, 6]]), np.array([[[2, 1], [1, 3]], [[1, 0], [0, 4]], [[-1, 2], [2, 5]]]), 1),
        ),
        advice=mark("Of one run with gradient [4, 6], Hessian [[2, 0], [0, 3]] and no damping the step is [-2, -2]."),
        slots={
            "sign": {1: mark("You step up the gradient. What is added to theta is minus the direction.")},
            "damped": {
                lambda H, d: H + d: mark("You add damping to all entries. Added to the diagonal alone it raises each "
                                         "eigenvalue by as much."),
                lambda H, d: H: mark("You leave damping out."),
                **dict.fromkeys(
                    (lambda H, d: with_sizes(H) + d * np.eye(H.shape[-1]),
                     lambda H, d: with_sizes(H + d * np.eye(H.shape[-1]))),
                    mark("You take the eigenvalues' sizes, as nn.Newton(absolute=True) does. Newton's method keeps "
                         "their signs.")),
                lambda H, d: H - d * np.eye(H.shape[-1]): mark("You take damping off: eigenvalues fall."),
                lambda H, d: H * (1 + d * np.eye(H.shape[-1])): mark("You multiply the diagonal with 1 + damping. It "
                                                                     "is added to it."),
            },
            "solved": {
                lambda H, g: np.einsum("bij,bj->bi", H, g): mark("You multiply with the Hessian, as the source does. "
                                                                 "A steep direction then gets a longer step."),
                lambda H, g: np.einsum("bij,bj->bi", 1 / H, g): mark("1 / H divides entry by entry. The inverse of a "
                                                                     "matrix is another thing: solve for the step."),
                lambda H, g: g / np.diagonal(H, axis1=1, axis2=2): mark("You divide by the diagonal alone: curvature "
                                                                        "between coordinates is lost."),
            },
        },
    ),
)  # fmt: skip

# --- 09.3 ------------------------------------------------------------------------------------------------------------


def kind(hessian, *, signs=np.linalg.eigvalsh, limit=lambda values: 1e-9 * np.max(np.abs(values))):
    """The right answer: the signs of the eigenvalues."""
    values = signs(hessian)
    zero = limit(values)
    up, down = values > zero, values < -zero
    if up.any() and down.any():
        return "saddle"
    return "minimum" if up.all() else "maximum" if down.all() else "open"


def turned(random, values):
    """A symmetric matrix with these eigenvalues."""
    q, _ = np.linalg.qr(random.normal(size=(len(values), len(values))))
    return (q * values) @ q.T


KINDS = ([3.0, 0.5], [-2.0, -0.1], [4.0, -1.0, -1.0], [1.0, 2.0, -0.3], [0.0, 2.0, 1.0], [0.0, -1.0], [5.0, 0.0, -5.0],
         [2.0, 1.0, -1.0, -2.0], [1e-5, 2e-5], [-1e-6, 3e-6], [7.0])  # fmt: skip


def matrices(random):
    """Every kind, turned at random."""
    for values in KINDS:
        matrix = turned(random, np.array(values))
        yield ((matrix + matrix.T) / 2,)


def by_determinant(hessian, zero, corner):
    """What is taught for two coordinates: as a whole, with the corner, or in part; zero(H): what counts as 0."""
    found = np.linalg.det(hessian)
    if abs(found) <= zero(hessian):
        return "open"
    return "saddle" if found < 0 else "minimum" if hessian[0, 0] > 0 or not corner else "maximum"


def half_definite(hessian, flat):
    """A minimum, or a maximum, where no eigenvalue has the other sign; flat: what is said where all are 0."""
    values = np.linalg.eigvalsh(hessian)
    zero = 1e-9 * np.max(np.abs(values))
    if zero == 0:
        return flat
    return "minimum" if np.all(values >= -zero) else "maximum" if np.all(values <= zero) else "saddle"


KIND = Task(
    id="09.3", title=mark("What kind of point is this?"),
    text=mark("A gradient is 0. Write kind(hessian), hessian of shape (d, d), symmetric: 'minimum', 'maximum' or "
              "'saddle' where the eigenvalues say so; 'open' if some are 0 and the others don't have both signs. An "
              "eigenvalue counts as 0 if its size is at most 1e-9 of the largest size."),
    asks=Question(
        points=2, reference=kind, inputs=matrices, example=(np.array([[1.0, 3.0], [3.0, 1.0]]),),
        witnesses=tuple((np.array(case),) for case in (
            [[-1.0, 0.0], [0.0, -1.0]], [[2, 1], [1, 2]], [[2.0, 0.0], [0.0, 0.0]], [[-3.0, 1.0], [1.0, 2.0]],
            [[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]], [[0.0, 2.0], [2.0, 0.0]], [[-2.0, 0.0], [0.0, 0.0]],
            [[5.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, -4.0]],
            *map(np.diag, ([1.0, 1e-9], [1.0, 1.6e-9], [-4.0, -1.0, -1.0, -3e-9], [4.0, 1.0, 1.0, 5e-9], [-1.0, -1e-9],
                           [-4.0, -1.0, -5e-9], [1e-12, 3e-12], [100.0, 1e-6], [1e-4, 1e-12], [1.0, 1.0, 1.0, 9e-10])),
            [[0.0, 0.0], [0.0, 0.0]], np.array([[1 + 7.5e-10, 1 - 7.5e-10], [1 - 7.5e-10, 1 + 7.5e-10]]),
        )),
        advice=mark("diag(1, -1, -1) has a positive determinant, and is a saddle. np.linalg.eigvalsh gives all "
                    "eigenvalues of a symmetric matrix."),
        slots={
            "signs": {np.diagonal: mark("You look at the diagonal, the curvatures along the axes. [[1, 3], [3, 1]] "
                                        "curves down between them.")},
            "limit": {
                lambda values: 1e-9: mark("1e-9 itself is your limit. It is 1e-9 of the largest eigenvalue's size."),
                lambda values: 0.0: mark("You ask for 0 itself. Rounding leaves a little: at most 1e-9 of the largest "
                                         "size counts as 0."),
            },
        },
        misconceptions=(
            *(Misconception(mark("You look at the determinant, the product of the eigenvalues. Two negative ones make "
                                 "it positive."), partial(by_determinant, zero=zero, corner=corner))
              for corner in (False, True)
              for zero in (lambda H: 0.0, lambda H: 1e-9, lambda H: 1e-12, lambda H: 1e-9 * np.abs(H).max() ** len(H))),
            *(Misconception(mark("You call it a minimum, or a maximum, where some eigenvalues are 0. Along those the "
                                 "Hessian doesn't tell: 'open'."), partial(half_definite, flat=flat))
              for flat in ("minimum", "open")),
            Misconception(mark("You look at the trace, the sum of the eigenvalues. A large one hides another's sign."),
                          lambda hessian: "minimum" if np.trace(hessian) > 0 else "maximum"),
        ),
    ),
)  # fmt: skip

# --- 09.4 ------------------------------------------------------------------------------------------------------------


def least_damping(hessian, least, *, lowest=np.min, lacking=lambda low, least: least - low, cut=max):
    """The right answer: what lifts the lowest eigenvalue to where it has to be."""
    values = np.linalg.eigvalsh(hessian)
    missing = lacking(lowest(values), least)
    return cut(missing, 0)


def by_growing(hessian, least, first, factor):
    """Damping that grows by a factor until it is enough."""
    damping = 0.0
    while np.linalg.eigvalsh(hessian)[0] + damping < least:
        damping = max(factor * damping, first)
    return damping


def curved(random):
    """Matrices that need damping, much or little, and that need none."""
    for values in ([5.0, -3.0], [1.0, 2.0, 3.0], [-1.0, -8.0, -2.0], [0.3, 4.0], [10.0, -0.2, 0.0, 6.0], [0.0, 0.0]):
        for least in (0.5, 0.01):
            matrix = turned(random, np.array(values))
            yield (matrix + matrix.T) / 2, least


LEAST_DAMPING = Task(
    id="09.4", title=mark("The least damping"),
    text=mark("Write least_damping(hessian, least): the smallest damping d, at least 0, with which every eigenvalue of "
              "hessian + d I is at least `least`, a number above 0."),
    asks=Question(
        points=2, reference=least_damping, inputs=curved, example=(np.array([[5.0, 1.0], [1.0, -3.0]]), 0.2),
        witnesses=(
            (np.array([[5.0, 0.0], [0.0, -3.0]]), 0.1), (np.array([[2.0, 0.0], [0.0, 3.0]]), 1.0),
            (np.array([[2.0, 0.0], [0.0, 3.0]]), 3.7), (np.array([[1, 3], [3, 1]]), 0.5),
            (np.array([[-7.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 0.5]]), 0.3),
        ),
        advice=mark("diag(5, -3) with least 0.1 needs 3.1; diag(2, 3) needs none."),
        slots={
            "lowest": {
                lambda v: -np.max(np.abs(v)): mark("You go by the largest size. diag(5, -3) needs 3 and a little: an "
                                                   "eigenvalue of 5 is fine as it is."),
                lambda v: v[np.argmin(np.abs(v))]: mark("You go by the eigenvalue nearest to 0. The lowest decides."),
                np.sum: mark("You go by the trace. The eigenvalues are raised one by one, not their sum."),
                np.mean: mark("You go by the mean eigenvalue: the lowest one is then still too low."),
                lambda v: min(v.min(), 0): mark("Where no eigenvalue is below 0 you start from 0. diag(2, 3) has 2 "
                                                "already."),
            },
            "lacking": {
                lambda low, least: 0 if low > 0 else least - low: mark(
                    "Where the lowest eigenvalue is above 0 you add nothing. It may still be below `least`."),
                lambda low, least: -low if low < 0 else least - low: mark(
                    "Where the lowest eigenvalue is below 0 you lift it to 0. It has to reach `least`."),
            },
            "cut": {lambda missing, zero: missing: mark("Damping can't be below 0: where nothing is missing it is 0.")},
        },
        misconceptions=tuple(
            Misconception(mark("Your damping grows until it is enough, and goes beyond. The smallest follows from the "
                               "lowest eigenvalue at once."), partial(by_growing, first=first, factor=factor))
            for first, factor in ((1.0, 2), (0.1, 2), (0.01, 2), (1e-3, 2), (1e-4, 2), (1e-6, 2), (1e-3, 10))
        ),
    ),
)  # fmt: skip

# --- 09.5 ------------------------------------------------------------------------------------------------------------


def edge(slope, curvature, farthest, *, jump=2.0, start=0.0, inside=lambda low, high: low, halvings=60):
    """The right answer: where a jump leads to the mirror image, found by halving."""
    low, high = start, farthest
    length = lambda x: slope(x) / curvature(x)  # noqa: E731
    for _ in range(halvings):
        middle = (low + high) / 2
        low, high = (middle, high) if length(middle) <= jump * middle else (low, middle)
    return inside(low, high)


def or_another(slope, curvature, farthest, *, where_none):
    """Something else in place of farthest."""
    found = edge(slope, curvature, farthest)
    return found if found < farthest - 1e-9 else where_none


def named(name, function):
    """The function, with the name that a learner is shown."""
    function.__name__ = name
    return function


ROOT = (
    named("x / sqrt(1 + x**2)", lambda x: x / np.sqrt(1 + x**2)),
    named("(1 + x**2)**-1.5", lambda x: (1 + x**2) ** -1.5),
)
LOG_COSH = named("tanh(x)", lambda x: np.tanh(x)), named("1 / cosh(x)**2", lambda x: 1 / np.cosh(x) ** 2)
STEEP = (
    named("5 * tanh(2 * x)", lambda x: 5 * np.tanh(2 * x)),
    named("10 / cosh(2 * x)**2", lambda x: 10 / np.cosh(2 * x) ** 2),
)
ARCTAN = named("arctan(x)", lambda x: np.arctan(x)), named("1 / (1 + x**2)", lambda x: 1 / (1 + x**2))
QUARTIC = named("x**3 + x", lambda x: x**3 + x), named("3 * x**2 + 1", lambda x: 3 * x**2 + 1)


def bowls(random):
    """Where the edge lies between, and where there is none."""
    for pair in (ROOT, LOG_COSH, ARCTAN, STEEP):
        yield *pair, round(random.uniform(1.6, 5), 2)
    yield *QUARTIC, round(random.uniform(1, 5), 2)
    yield *LOG_COSH, 0.6


EDGE = Task(
    id="09.5", title=mark("From how far it still arrives"),
    text=mark("A bowl of one coordinate: even, its minimum at 0, its slope and curvature are functions of a number. "
              "From small starts Newton's method (rate 1, no damping) arrives, from large ones it may leave; between "
              "them lies the start from which it swings for ever, from x to -x. Write edge(slope, curvature, "
              "farthest): that start, to six digits; farthest, if from there it still doesn't leave. There is one "
              "edge at most, and curvature(0) is not 0."),
    asks=Question(
        points=2, reference=edge, inputs=bowls, example=(*LOG_COSH, 3.0),
        witnesses=((*ROOT, 4.0), (*ARCTAN, 2.0), (*QUARTIC, 2.0),
                   (*ROOT, 0.7)),
        advice=mark("A jump leads from x to x - slope(x) / curvature(x). For which x is that -x? Halve an interval "
                    "that holds it, until six digits are sure: a grid, or counting some steps of each start, gives "
                    "fewer. For x / sqrt(1 + x**2) the edge is 1."),
        made_of=lambda slope, curvature, farthest: {"farthest": farthest},
        slots={
            "jump": {1.0: mark("You look for where a jump ends at 0 or beyond. It may cross the minimum, as long as it "
                               "ends nearer to it than it began."),
                     3.0: mark("You let a jump end twice as far out as it began. The next is longer still.")},
            "start": dict.fromkeys((1e-3, 1e-6, 1e-8, 1e-9, 1e-10, 1e-12), ""),
            "halvings": {5: mark("You stop too early: six digits are asked for. How wide is your interval at last?")},
        },
        misconceptions=(
            *(Misconception(mark("Where a jump from farthest leads nearer there is no edge in reach: return "
                                 "farthest."), partial(or_another, where_none=none)) for none in (np.inf, 0.0, -1.0)),
            Misconception(mark("1 is the edge of the root of 1 + x**2 alone. Each bowl has its own."),
                          lambda slope, curvature, farthest: min(1.0, farthest)),
            Misconception(mark("You return farthest always. A jump from there may cross 0 and end farther out on the "
                               "other side: compare sizes, without the sign."),
                          lambda slope, curvature, farthest: farthest),
        ),
    ),
)  # fmt: skip

# --- 09.6 ------------------------------------------------------------------------------------------------------------


def choose(n, d, memory, room, steps, *, solve=lambda d: d**3 / 3, number=8, rows=2, total=np.multiply,
           fits=np.less_equal):  # fmt: skip
    """The right answer: of what fits, the least arithmetic in all steps together."""
    a_step = {"newton": n * d**2 + solve(d), "lbfgs": 2 * n * d + 4 * memory * d, "descent": 2 * n * d}
    needed = {"newton": number * d**2, "lbfgs": number * rows * memory * d, "descent": 0}
    operations = {name: total(a_step[name], steps[name]) for name in a_step}
    possible = [name for name in operations if fits(needed[name], room)]
    return min(possible, key=lambda name: operations[name])


def or_descent(n, d, memory, room, steps):
    """The cheapest, or descent where that doesn't fit."""
    best = choose(n, d, memory, np.inf, steps)
    return best if best == choose(n, d, memory, room, steps) else "descent"


def jobs(random):
    """Each answer, for want of room and for want of speed."""
    for n, d, memory, part, slow in [(1000, 20, 3, 1.4, 9), (1000, 90, 5, 0.7, 40), (500, 300, 10, 1.2, 90),
                                     (200, 500, 20, 0.6, 60), (40, 300, 5, 3.0, 200), (100, 60, 3, 0.9, 30),
                                     (300, 40, 8, 1.1, 15), (50, 200, 6, 1.6, 90)]:  # fmt: skip
        newton = int(random.integers(6, 10))
        steps = {"newton": newton, "lbfgs": slow * newton + int(random.integers(9)), "descent": 150 * slow}
        yield n, d, memory, int(part * 8 * d**2), steps
        yield n, d, memory, int(part * 16 * memory * d), {**steps, "newton": 90 * newton}
    for n, d, memory in random.integers(1, 7, (16, 3)).tolist():  # small, and close to each other
        costs = n * d**2 + d**3 / 3, 2 * n * d + 4 * memory * d, 2 * n * d
        counts = (round(9000 / cost * random.uniform(0.93, 1.07)) for cost in costs)
        yield n, d, memory, 10**4, dict(zip(("newton", "lbfgs", "descent"), counts, strict=True))


QUICK = {"newton": 8, "lbfgs": 40, "descent": 5000}
SLOW = {"newton": 8, "lbfgs": 900, "descent": 50_000}  # where few steps are worth their price
CHOOSE = Task(
    id="09.6", title=mark("Newton, L-BFGS or plain descent?"),
    text=mark("n examples, d parameters, `room` bytes. Write choose(n, d, memory, room, steps): 'newton', 'lbfgs' or "
              "'descent'. steps says by name how many steps each needs. A step costs n d^2 + d^3 / 3 multiply-adds "
              "(newton), 2 n d + 4 memory d (lbfgs), 2 n d (descent). It keeps 8 d^2, 16 memory d, "
              "and no bytes worth counting. Of those that fit into the room (exactly full is fine) take the one with "
              "the least multiply-adds in all steps together."),
    asks=Question(
        points=2, reference=choose, inputs=jobs, example=(500, 50, 10, 10**6, QUICK),
        witnesses=(
            (500, 50, 10, 19_999, SLOW), (500, 50, 10, 20_000, SLOW),  # Newton's matrix: just not, and just
            (500, 50, 10, 7_999, QUICK), (500, 50, 10, 8_000, QUICK),  # the pairs
            (500, 50, 10, 10_001, SLOW), (500, 50, 10, 9_000, SLOW), (500, 50, 10, 3_000, QUICK),
            (500, 50, 3, 2_400, QUICK), (500, 50, 20, 16_000, QUICK),
            (100, 700, 10, 10**8, QUICK), (100, 700, 10, 112_000, QUICK),
            (100, 700, 10, 10**8, {"newton": 6, "lbfgs": 1500, "descent": 1400}),
            (20, 45, 10, 10**8, {"newton": 9, "lbfgs": 150, "descent": 9000}),
            (20, 120, 5, 10**8, {"newton": 8, "lbfgs": 900, "descent": 1000}),
            (10, 100, 20, 10**8, {"newton": 8, "lbfgs": 360, "descent": 3600}),
            (100, 400, 10, 10**8, {"newton": 8, "lbfgs": 3000, "descent": 99_000}),
        ),
        advice=mark("n 500, d 50, memory 10: a step of newton costs 1.29 million, of lbfgs 52,000. With 8 and 40 steps "
                    "that is 10.3 million against 2.1 million."),
        slots={
            "solve": {
                lambda d: d**3: mark("You count the whole cube of d for solving. It is a third of that."),
                lambda d: 0: mark("You leave out solving: d^3 / 3, which rules where d is above 3 n."),
            },
            "total": {lambda a, steps: a: mark("You compare single steps. A rule whose steps are dear may need few of "
                                               "them."),
                      lambda a, steps: steps: mark("You compare numbers of steps. A step costs something, too.")},
            "number": {4: mark("You count 4 bytes a number. Here all are float64: 8 bytes.")},
            "rows": {1: mark("A remembered pair is two rows: the move, and the change of the gradient.")},
            "fits": {lambda needed, room: True: mark("You don't look at the room."),
                     np.less: mark("You leave out what fills the room exactly.")},
        },
        misconceptions=(
            Misconception(mark("Where the cheapest doesn't fit you fall back on descent. The next cheapest may fit."),
                          or_descent),
        ),
    ),
)  # fmt: skip

TASKS = (HESSIAN, NEWTON_STEPS, KIND, LEAST_DAMPING, EDGE, CHOOSE)
