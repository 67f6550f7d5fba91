"""The tasks of chapter 09."""
# mypy: allow-untyped-defs

import math
from functools import partial

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 09.1 ------------------------------------------------------------------------------------------------------------


def curving(entries, last):
    """A diagonal matrix with these entries, and 0 for the intercept, which stands at ``last``."""
    return np.diag(np.insert(entries, last, 0))


def hessian(X, theta, l2, *, place=lambda d: d, felt=lambda t, d: t, weigh=lambda p: p * (1 - p), mean=np.divide,
            size=lambda l2, n: l2, penalised=lambda w, last: curving(np.ones(len(w)), last)):  # fmt: skip
    """The right answer: each example weighs p (1 - p)."""
    n, features = X.shape
    last = place(features)
    design = np.insert(X, last, 1, axis=1)
    scores = design @ felt(theta, features)
    p = 1 / (1 + np.exp(-scores))
    weights = weigh(p)
    curvature = mean(design.T @ (weights[:, None] * design), n)
    return curvature + size(l2, n) * penalised(theta[:features], last)


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
        advice={
            mark("The gradient's part of one example is (p - y) x. Only p depends on theta: its slope in the score is "
                 "p (1 - p), and the score's slope in theta is "
                 "x."): (np.array([[0.5], [-2.0]]), np.array([1.5, 0.5]), 0.0),
            mark("The penalty's gradient is l2 w, one weight in each entry, and 0 for the intercept. Derive each entry "
                 "by "
                 "each weight."): (np.zeros((1, 2)), np.array([3.0, -2.0, 0.5]), 0.4),
        },
        made_of=lambda X, theta, l2: {"X.T @ X": X.T @ X, "n": len(X), "l2": l2},
        misconceptions=(
            Misconception(FIRST, lambda X, theta, l2: np.roll(hessian(X, theta, l2), 1, axis=(0, 1))),
        ),
        slots={
            "weigh": {
                lambda p: p: mark("You weigh each example with p. The slope of p in the score falls where p is sure."),
                np.ones_like: mark("You weigh all examples alike: that is the Hessian of squared errors."),
                lambda p: p**2: mark("You weigh with the square of p: of p (1 - p) one part is for the other class."),
                lambda p: 1 - p: mark("You weigh each example with 1 - p. The slope of p in the score falls at both "
                                      "ends."),
                lambda p: (p * (1 - p)) ** 2: mark("The weight comes in twice, once on each side: scale one side only, "
                                                   "or "
                                                   "both with its root."),
                lambda p: np.sqrt(p * (1 - p)): mark("You weigh with the root of the slope. That would do if it stood "
                                                     "on "
                                                     "both sides."),
                lambda p: np.full_like(p, p.mean() * (1 - p.mean())): mark(
                    "You take one p for all examples, their mean. Each has a weight of its own."),
                lambda p: np.full_like(p, 0.25): mark("You weigh all with 1/4: that much is reached at p = 0.5 alone."),
            },
            "mean": {lambda total, n: total: mark("You add up the examples. The loss is their mean."),
                     lambda total, n: total / (2 * n): mark("You halve the mean of the examples. No half stands before "
                                                            "the cross-entropy.")},
            "penalised": {
                lambda w, last: np.eye(len(w) + 1): mark("You penalise the intercept, too."),
                lambda w, last: np.diag(np.append(0, np.ones(len(w)))): mark(
                    "You leave the first weight without a penalty, and penalise the intercept, which comes last."),
                lambda w, last: np.outer(*[np.insert(np.ones(len(w)), last, 0)] * 2): mark(
                    "You add l2 to the whole block of the weights. Two different weights have no term together in the "
                    "penalty."),
                lambda w, last: np.ones((len(w) + 1, len(w) + 1)): mark(
                    "You add l2 to every entry. Two different weights have no term together in the penalty."),
                lambda w, last: curving(w, last): mark("l2 w is the penalty's gradient. Derive it once more."),
                lambda w, last: np.zeros((len(w) + 1, len(w) + 1)): mark("You leave the penalty out."),
            },
            "place": {lambda d: 0: FIRST},
            "felt": {lambda t, d: np.append(t[:d], 0): mark("Your scores leave the intercept out."),
                     lambda t, d: np.append(t[1:], t[0]): mark("Your scores take the first number of theta for the "
                                                               "intercept. It is the last.")},
            "size": {
                lambda l2, n: l2 / 2: mark("You halve the penalty once more: a square has the second derivative 2."),
                lambda l2, n: -l2: mark("You take the penalty off. It adds curvature."),
                lambda l2, n: l2 / n: mark("You divide the penalty by n, too. It stands beside the mean."),
                lambda l2, n: 2 * l2: mark("You count the penalty twice: l2 / 2 times a square has the second "
                                           "derivative l2."),
            },
        },
    ),
)  # fmt: skip

# --- 09.2 ------------------------------------------------------------------------------------------------------------


def newton_steps(gradients, hessians, damping, *, sign=-1, taken=lambda H: H,
                 damped=lambda H, d: H + d * np.eye(H.shape[-1]),
                 solved=lambda H, g: np.linalg.solve(H, g[..., None])[..., 0]):  # fmt: skip
    """The right answer: each run's gradient, solved for with its own matrix."""
    matrices = damped(taken(hessians), damping)
    directions = solved(matrices, gradients)
    return sign * directions


def with_values(H, change):
    """Symmetric matrices with other eigenvalues: what ``change`` makes of them."""
    values, vectors = np.linalg.eigh(H)
    return (vectors * change(values)[:, None, :]) @ np.swapaxes(vectors, 1, 2)


def by_vectors(H, g, there, back):
    """A gradient turned by the matrix of eigenvectors, divided by the eigenvalues, and turned back; or not."""
    values, vectors = np.linalg.eigh(H)
    turn = {"V": lambda x: np.einsum("bij,bj->bi", vectors, x), "V.T": lambda x: np.einsum("bji,bj->bi", vectors, x)}
    turn[""] = lambda x: x
    return turn[back](turn[there](g) / values)


def stacks(random):
    """As many runs as coordinates, fewer and more; damping and none; saddles, too."""
    for runs, d, damping in [(3, 3, 0.0), (2, 2, 0.7), (1, 4, 0.3), (5, 2, 0.0), (4, 1, 2.0)]:
        H = random.normal(size=(runs, d, d))
        yield random.normal(size=(runs, d)).round(2), (H + np.swapaxes(H, 1, 2)).round(2) + 3 * np.eye(d), damping


ONE = np.array([[[2.0, 1.0], [1.0, 3.0]]])
SIZES = mark("You take the eigenvalues' sizes, as nn.Newton(absolute=True) does. Newton's method keeps their signs.")
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
            (np.array([[1.0, -2.0, 0.5], [0.3, 1.0, 2.0]]), np.array([[[4, 1, -2], [1, 3, 0.5], [-2, 0.5, 6]],
                                                                      [[5, 2, 1], [2, 7, -1], [1, -1, 3]]]), 0.4),
        ),
        made_of=lambda gradients, hessians, damping: {"gradients": gradients, "damping": damping},
        advice={
            mark("Of one run with gradient [4, 6], Hessian [[2, 0], [0, 3]] and no damping the step is [-2, -2]."):
                (np.array([[4.0, 6.0]]), np.array([[[2.0, 0.0], [0.0, 3.0]]]), 0.0),
            mark("Of one run with gradient [4, 6], Hessian [[2, 0], [0, 3]] and damping 2 the step is [-1, -1.2]."):
                (np.array([[4.0, 6.0]]), np.array([[[2.0, 0.0], [0.0, 3.0]]]), 2.0),
            mark("Of one run with gradient [1, 2], Hessian [[2, 1], [1, 3]] and no damping the step is [-0.2, -0.6]."):
                (np.array([[1.0, 2.0]]), ONE, 0.0),
        },
        slots={
            "sign": {1: mark("You step up the gradient. What is added to theta is minus the direction.")},
            "taken": {
                lambda H: with_values(H, np.abs): SIZES,
                np.abs: mark("You take the sizes of the Hessian's entries. That makes another matrix."),
                lambda H: np.broadcast_to(H.mean(axis=0), H.shape): mark("You take the mean of all Hessians. Each run "
                                                                         "has its own."),
            },
            "damped": {
                lambda H, d: H + d: mark("You add damping to all entries. Added to the diagonal alone it raises each "
                                         "eigenvalue by as much."),
                lambda H, d: H: mark("You leave damping out."),
                lambda H, d: with_values(H + d * np.eye(H.shape[-1]), np.abs): SIZES,
                lambda H, d: H - d * np.eye(H.shape[-1]): mark("You take damping off: eigenvalues fall."),
                lambda H, d: H * (1 + d * np.eye(H.shape[-1])): mark("You multiply the diagonal with 1 + damping. It "
                                                                     "is added to it."),
                lambda H, d: H * (1 + d): mark("Your damping makes all steps shorter alike, 1 + damping times. Added "
                                               "to "
                                               "an eigenvalue it shortens the flat directions most."),
                lambda H, d: np.linalg.inv(np.linalg.inv(H) + d * np.eye(H.shape[-1])): mark(
                    "You add damping to the inverse. It belongs to the Hessian, before that is inverted."),
                lambda H, d: H + d * np.linalg.inv(H): mark(
                    "You multiply with the Hessian once more: damping is then added to the squares of the "
                    "eigenvalues."),
                lambda H, d: H + d * np.eye(len(H)): mark(
                    "Your unit matrix has a row for each run. It needs one for each coordinate."),
                **dict.fromkeys((lambda H, d: H + d * np.diag(np.arange(H.shape[-1]) == 0),
                                 lambda H, d: H + d * np.diag(np.arange(H.shape[-1]) == H.shape[-1] - 1)), mark(
                    "You add damping to one entry of the diagonal. Each gets it.")),
                lambda H, d: with_values(H, lambda values: np.maximum(values, d)): mark(
                    "You lift to damping the eigenvalues that are below it. It is added to each."),
                lambda H, d: with_values(H, lambda v: v + d - np.minimum(v.min(-1, keepdims=True), 0)): mark(
                    "Where an eigenvalue is below 0 you lift them all until none is. Only damping is added."),
            },
            "solved": {
                lambda H, g: np.einsum("bij,bj->bi", H, g): mark("You multiply with the Hessian, as the source does. "
                                                                 "A steep direction then gets a longer step."),
                lambda H, g: np.einsum("bij,bj->bi", 1 / H, g): mark("1 / H divides entry by entry. The inverse of a "
                                                                     "matrix is another thing: solve for the step."),
                lambda H, g: g / np.diagonal(H, axis1=1, axis2=2): mark("You divide by the diagonal alone: curvature "
                                                                        "between coordinates is lost."),
                lambda H, g: g / np.linalg.eigvalsh(H): mark(
                    "You divide the gradient's entries by eigenvalues. An eigenvalue belongs to its eigenvector, not "
                    "to a "
                    "coordinate."),
                partial(by_vectors, there="V.T", back=""): mark("You don't turn back: what you return are steps along "
                                                                "the eigenvectors, not along the coordinates."),
                partial(by_vectors, there="V", back="V.T"): mark("You take the rows of eigh's matrix for eigenvectors. "
                                                                 "They are its columns."),
                **dict.fromkeys((partial(by_vectors, there=way, back=way) for way in ("V", "V.T")),
                                mark("You turn with eigh's matrix twice the same way. One turn has to undo the "
                                     "other.")),
            },
        },
    ),
)  # fmt: skip

# --- 09.3 ------------------------------------------------------------------------------------------------------------


def kind(hessian, *, spectrum=np.linalg.eigvalsh, limit=lambda H, values: 1e-9 * np.max(np.abs(values)),
         beyond=np.greater, said=lambda word, values, signs: word):  # fmt: skip
    """The right answer: the signs of the eigenvalues."""
    values = spectrum(hessian)
    zero = limit(hessian, values)
    up, down = beyond(values, zero), beyond(-values, zero)
    return said(of_signs(up, down), values, up.astype(int) - down.astype(int))


def of_signs(up, down):
    """What the signs of all eigenvalues say."""
    flat = ~(up | down)
    if up.any() and down.any():
        return "saddle"
    if flat.any():
        return "open"
    return "minimum" if up.all() else "maximum"


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


def by_product(word, values, signs, up):
    """The same with signs: their product; then up(values), which is above 0 or below, or the larger number of signs."""
    if not signs.all():
        return word
    rises = (signs if up is None else up(values)).sum() > 0
    return "saddle" if signs.prod() < 0 and len(signs) > 1 else "minimum" if rises else "maximum"


def half_definite(word, values, signs, *, above=True, below=True, none="open"):
    """A minimum, or a maximum, where no eigenvalue has the other sign; none: what is said where all are 0."""
    if not signs.any():
        return none
    if word == "open" and (above if signs.sum() > 0 else below):
        return "minimum" if signs.sum() > 0 else "maximum"
    return word


def as_many(word, values, signs):
    """A saddle only where as many rise as fall."""
    return word if abs(signs.sum()) == len(signs) else "open" if signs.sum() else "saddle"


def open_first(word, values, signs):
    """Without a look at the others where one is 0."""
    return word if signs.all() else "open"


def by_minors(hessian, zero):
    """The determinants of the upper left corners: above 0 in turn, or from below 0 on in turns."""
    minors = np.array([np.linalg.det(hessian[:k, :k]) for k in range(1, len(hessian) + 1)])
    if zero and np.any(np.abs(minors) <= zero * np.max(np.abs(minors))):
        return "open"
    falling = (minors * (-1.0) ** np.arange(1, len(minors) + 1) > 0).all()
    return "minimum" if (minors > 0).all() else "maximum" if falling else "saddle"


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
                           [-4.0, -1.0, -5e-9], [5e-13, 3e-12], [5e-11, 3e-10],
                           [1e-7, 3e-7], [100.0, 1e-6], [1e-4, 1e-12], [1.0, 1.0, 1.0, 9e-10],
                           [1.0, 1.0, 1.0, 1.5e-9], [1.0, 1e-3, 2e-10], [-1.0, -1.0, -1.5e-9],
                           [3.0, 0.5, -1.0, -1.0], [1.0, 1.0, -0.5, -3.0], [1.0, 1.0, 1.0, -1.0, -1.0])),
            [[0.0, 0.0], [0.0, 0.0]], np.array([[1 + 7.5e-10, 1 - 7.5e-10], [1 - 7.5e-10, 1 + 7.5e-10]]),
        )),
        advice={
            mark("diag(1, -1, -1) has a positive determinant, and is a saddle. np.linalg.eigvalsh gives all "
                 "eigenvalues "
                 "of a symmetric matrix."): (np.diag([1.0, -1.0, -1.0]),),
            mark("diag(5, 0, -4) curves up one way and down another: a saddle."): (np.diag([5.0, 0.0, -4.0]),),
            mark("[[1, 3], [3, 1]] has the eigenvalues 4 and -2: a saddle."): (np.array([[1.0, 3.0], [3.0, 1.0]]),),
            mark("diag(2, 0) has no eigenvalue below 0, and one that is 0: 'open'."): (np.diag([2.0, 0.0]),),
            mark("diag(-2, 0) has no eigenvalue above 0, and one that is 0: 'open'."): (np.diag([-2.0, 0.0]),),
            mark("diag(1e-12, 3e-12) is a minimum: 1e-12 is a third of the largest size."): (np.diag([1e-12, 3e-12]),),
            mark("diag(1, 1e-9) is 'open': 1e-9 is just 1e-9 of the largest size."): (np.diag([1.0, 1e-9]),),
            mark("diag(-1, -1e-10) is 'open': the largest size is 1."): (np.diag([-1.0, -1e-10]),),
            mark("Where all eigenvalues are 0 it is 'open'."): (np.zeros((2, 2)),),
        },
        slots={
            "spectrum": {
                np.diagonal: mark("You look at the diagonal, the curvatures along the axes. [[1, 3], [3, 1]] curves "
                                  "down "
                                  "between them."),
                lambda H: np.abs(np.linalg.eigvalsh(H)): mark("You look at sizes alone, such as singular values. The "
                                                              "signs decide."),
            },
            "limit": {
                lambda H, values: 1e-9: mark("1e-9 itself is your limit. It is 1e-9 of the largest eigenvalue's size."),
                **dict.fromkeys((lambda H, values, limit=limit: limit for limit in (1e-6, 1e-8, 1e-10, 1e-12)), mark(
                    "Your limit is one number for all Hessians. It is 1e-9 of the largest eigenvalue's size.")),
                lambda H, values: 0.0: mark("Only 0 itself counts as 0 with you. Rounding leaves a little: at most "
                                            "1e-9 of "
                                            "the largest size counts."),
                lambda H, values: 1e-9 * np.max(values): mark(
                    "Your limit is a share of the largest eigenvalue. Where all are below 0 that isn't the largest "
                    "size."),
                lambda H, values: 1e-9 * np.abs(values).sum(): mark(
                    "Your limit is a share of all sizes together. It is 1e-9 of the largest alone."),
                lambda H, values: 1e-9 * np.abs(values).mean(): mark(
                    "Your limit is a share of the mean size. It is 1e-9 of the largest."),
                lambda H, values: 1e-9 * np.linalg.norm(values): mark(
                    "Your limit is a share of the norm. It is 1e-9 of the largest size alone."),
                lambda H, values: 1e-9 * np.max(np.abs(H)): mark(
                    "Your limit is a share of the Hessian's largest entry. It is 1e-9 of the largest eigenvalue's "
                    "size."),
            },
            "beyond": dict.fromkeys((lambda v, zero: (v >= zero) & (v > 0), np.greater_equal),
                                    mark("What has just 1e-9 of the largest size counts as 0, too.")),
            "said": {
                open_first: mark("You say 'open' as soon as one eigenvalue is 0. Look first whether there are both "
                                 "signs."),
                **dict.fromkeys((partial(by_product, up=way) for way in (np.sum, np.min, np.max, None)), mark(
                    "You go by the product of the signs. Two negative eigenvalues make it positive.")),
                **dict.fromkeys(
                    (half_definite, *(partial(half_definite, none=none) for none in ("minimum", "maximum", "saddle")),
                     partial(half_definite, below=False), partial(half_definite, above=False)),
                    mark("You call it a minimum, or a maximum, where some eigenvalues are 0. Along those the Hessian "
                         "doesn't tell: 'open'.")),
                lambda word, values, signs: "saddle" if word == "open" else word: mark(
                    "What is no minimum and no maximum is a saddle with you. Without both signs it is 'open'."),
                lambda word, values, signs: ("maximum", "saddle", "minimum")[np.sign(signs.sum()) + 1]: mark(
                    "You let the larger number of signs win. One of each is a saddle."),
                **dict.fromkeys((lambda word, values, signs: word if signs.any() else "minimum",
                                 lambda word, values, signs: word if signs.any() else "maximum",
                                 lambda word, values, signs: word if signs.any() else "saddle"),
                                mark("Where all eigenvalues are 0 it is 'open', too.")),
                lambda word, values, signs: word if signs.all() else "saddle" if word == "open" else "open": mark(
                    "Where some eigenvalues are 0 you exchange 'open' and 'saddle'."),
                as_many: mark(
                    "You ask for as many signs up as down. One of each is a saddle, whatever the others are."),
                lambda word, values, signs: "minimum" if values.sum() > 0 else "maximum": mark(
                    "You look at the trace, the sum of the eigenvalues. A large one hides another's sign."),
            },
        },
        misconceptions=(
            *(Misconception(mark("You look at the determinant, the product of the eigenvalues. Two negative ones make "
                                 "it positive."), partial(by_determinant, zero=zero, corner=corner))
              for corner in (False, True)
              for zero in (lambda H: 0.0, lambda H: 1e-9, lambda H: 1e-12, lambda H: 1e-9 * np.abs(H).max() ** len(H))),
            *(Misconception(mark("You look at the determinants of the upper left corners. Where one is 0 they don't "
                                 "tell "
                                 "the signs."), partial(by_minors, zero=zero)) for zero in (0, 1e-9)),
        ),
    ),
)  # fmt: skip

# --- 09.4 ------------------------------------------------------------------------------------------------------------


def least_damping(hessian, least, *, spectrum=np.linalg.eigvalsh, lowest=np.min,
                  lacking=lambda low, least: least - low, cut=max):  # fmt: skip
    """The right answer: what lifts the lowest eigenvalue to where it has to be."""
    values = spectrum(hessian)
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
            (np.array([[-0.1, 0.0], [0.0, 2.0]]), 0.5), (np.array([[0.5, 0.0], [0.0, -0.3]]), 0.6),
            (np.diag([-0.9, -0.7]), 0.5), (np.diag([0.0, 2.0]), 0.4),
            (np.array([[4.0, 1.0, 0.5], [1.0, -2.0, 0.3], [0.5, 0.3, 6.0]]), 0.8),
        ),
        advice={
            mark("diag(5, -3) with least 0.1 needs 3.1."): (np.diag([5.0, -3.0]), 0.1),
            mark("diag(2, 3) with least 0.1 needs none."): (np.diag([2.0, 3.0]), 0.1),
            mark("diag(2, 3) with least 3.7 needs 1.7."): (np.diag([2.0, 3.0]), 3.7),
            mark("[[1, 3], [3, 1]] has the eigenvalues 4 and -2. With least 0.5 it needs 2.5."): (
                np.array([[1.0, 3.0], [3.0, 1.0]]), 0.5),
        },
        slots={
            "spectrum": {
                np.diagonal: mark("You look at the diagonal. With entries beside it the lowest eigenvalue lies lower."),
                lambda H: np.diagonal(H) - (np.abs(H) * (1 - np.eye(len(H)))).sum(axis=1): mark(
                    "You take the diagonal less the sizes beside it, which no eigenvalue lies below. The lowest may "
                    "lie "
                    "above: that is enough, and not the least."),
                lambda H: np.abs(np.linalg.eigvalsh(H)): mark("You take the eigenvalues' sizes. Those below 0 are the "
                                                              "ones "
                                                              "that need damping."),
            },
            "lowest": {
                np.max: mark("You go by the largest eigenvalue. The lowest decides."),
                lambda v: -abs(np.min(v)): mark("You add the lowest eigenvalue's size. Where it is above 0 less is "
                                                "missing, "
                                                "not more."),
                lambda v: -np.max(np.abs(v)): mark("You go by the largest size. diag(5, -3) needs 3 and a little: an "
                                                   "eigenvalue of 5 is fine as it is."),
                lambda v: v[np.argmin(np.abs(v))]: mark("You go by the eigenvalue nearest to 0. The lowest decides."),
                np.sum: mark("You go by the trace. The eigenvalues are raised one by one, not their sum."),
                np.mean: mark("You go by the mean eigenvalue: the lowest one is then still too low."),
                lambda v: min(v.min(), 0): mark("Where no eigenvalue is below 0 you add all of `least`. diag(2, 3) "
                                                "has 2 already."),
            },
            "lacking": {
                **dict.fromkeys((lambda low, least: 0 if low > 0 else least - low,
                                 lambda low, least: 0 if low >= 0 else least - low), mark(
                    "Where the lowest eigenvalue is above 0 you add nothing. It may still be below `least`.")),
                lambda low, least: -low if low < 0 else least - low: mark(
                    "Where the lowest eigenvalue is below 0 you lift it to 0. It has to reach `least`."),
                lambda low, least: -low: mark("You lift the lowest eigenvalue to 0. It has to reach `least`."),
                lambda low, least: max(-low, least): mark(
                    "You take the larger of `least` and what lifts to 0. From 0 it is still `least` to go."),
                lambda low, least: least / low - 1 if 0 < low < least else least - low: mark(
                    "Where the lowest eigenvalue is above 0 you reckon how many times too small it is. Damping is "
                    "added."),
            },
            "cut": {lambda missing, zero: missing: mark("Damping can't be below 0: where nothing is missing it is 0.")},
        },
        misconceptions=(
            Misconception(mark("You take the size of what is missing. Where it is below 0 nothing is."),
                          lambda hessian, least: abs(least - np.linalg.eigvalsh(hessian)[0])),
            Misconception(mark("You return what the lowest eigenvalue becomes. Asked is what is added to it."),
                          lambda hessian, least: max(np.linalg.eigvalsh(hessian)[0], least)),
            Misconception(mark("You add up what each eigenvalue lacks. The same damping lifts them all."),
                          lambda hessian, least: np.maximum(least - np.linalg.eigvalsh(hessian), 0).sum()),
            *(Misconception(mark("Your damping grows until it is enough, and goes beyond. The smallest follows from "
                                 "the "
                               "lowest eigenvalue at once."), partial(by_growing, first=first, factor=factor))
              for first, factor in ((1.0, 2), (0.1, 2), (0.01, 2), (1e-3, 2), (1e-4, 2), (1e-6, 2), (1e-3, 10))),
        ),
    ),
)  # fmt: skip

# --- 09.5 ------------------------------------------------------------------------------------------------------------


def edge(slope, curvature, farthest, *, stays=lambda x, s, c: s / c <= 2 * x, none=lambda slope, curvature, far: far,
         half=lambda ok, low, middle, high: (middle, high) if ok else (low, middle), start=0.0, halvings=60,
         given=lambda x: x):  # fmt: skip
    """The right answer: where a jump leads to the mirror image, found by halving."""
    if stays(farthest, slope(farthest), curvature(farthest)):
        return none(slope, curvature, farthest)
    low, high = start, farthest
    for _ in range(halvings):
        middle = (low + high) / 2
        nearer = stays(middle, slope(middle), curvature(middle))
        low, high = half(nearer, low, middle, high)
    return given(low)


def beyond(slope, curvature, farthest, *, reach, where_none):
    """The edge beyond farthest; reach(farthest): how far it is looked for."""
    found = edge(slope, curvature, reach(farthest))
    return found if found < 0.99 * reach(farthest) else where_none(farthest)


def with_curvature_of(slope, curvature, farthest, *, place):
    """The curvature of one place for all; place(farthest): where it is."""
    return edge(slope, lambda x: curvature(place(farthest)), farthest)


def up_to(slope, curvature, farthest, *, most):
    """The edge, looked for between 0 and a number of one's own, if there is one."""
    found = edge(slope, curvature, farthest)
    return min(found, most) if found < farthest else farthest


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
WIDE = (
    named("100 * tanh(x / 100)", lambda x: 100 * np.tanh(x / 100)),
    named("1 / cosh(x / 100)**2", lambda x: 1 / np.cosh(x / 100) ** 2),
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
        witnesses=((*ROOT, 4.0), (*ARCTAN, 2.0), (*QUARTIC, 2.0), (*STEEP, 2.0), (*WIDE, 300.0),
                   (*ROOT, 0.3)),
        advice=mark("A jump leads from x to x - slope(x) / curvature(x). For which x is that -x? Halve an interval "
                    "that holds it, until six digits are sure: a grid, or counting some steps of each start, gives "
                    "fewer. For x / sqrt(1 + x**2) the edge is 1."),
        made_of=lambda slope, curvature, farthest: {"farthest": farthest},
        slots={
            "stays": {
                lambda x, s, c: s / c <= x: mark("You look for where a jump ends at 0 or beyond. It may cross the "
                                                 "minimum, "
                                                 "as long as it ends nearer to it than it began."),
                lambda x, s, c: s / c <= 3 * x: mark("You let a jump end twice as far out as it began. The next is "
                                                     "longer "
                                                     "still."),
                lambda x, s, c: s / c <= 4 * x: mark("Your jump is half as long. The rate is 1."),
                lambda x, s, c: s / c <= 2: mark("You hold the jump against 2. From x to -x it is as long as x twice."),
                lambda x, s, c: s * c <= 2 * x: mark("You multiply the slope with the curvature. The jump is their "
                                                     "quotient."),
                lambda x, s, c: c / s <= 2 * x: mark("Your jump is upside down: it is the slope divided by the "
                                                     "curvature."),
                lambda x, s, c: s <= 2 * x: mark("You leave the curvature out, as plain descent with rate 1 does."),
            },
            "none": {
                **dict.fromkeys((lambda slope, curvature, far: np.inf, lambda slope, curvature, far: 0.0,
                                 lambda slope, curvature, far: -1.0),
                                mark("Where a jump from farthest leads nearer there is no edge in reach: return "
                                     "farthest.")),
                **dict.fromkeys(
                    (partial(beyond, reach=lambda far: 8 * far, where_none=lambda far: far),
                     *(partial(beyond, reach=lambda far, most=most: most, where_none=lambda far, most=most: most)
                       for most in (10.0, 100.0))),
                    mark("You look beyond farthest. Where from there it still doesn't leave, farthest is the answer.")),
            },
            "start": dict.fromkeys((1e-3, 1e-6, 1e-8, 1e-9, 1e-10, 1e-12), ""),
            "halvings": {5: mark("You stop too early: six digits are asked for. How wide is your interval at last?")},
        },
        misconceptions=(
            Misconception(mark("1 is the edge of the root of 1 + x**2 alone. Each bowl has its own."),
                          lambda slope, curvature, farthest: min(1.0, farthest)),
            Misconception(mark("You return farthest always. A jump from there may cross 0 and end farther out on the "
                               "other side: compare sizes, without the sign."),
                          lambda slope, curvature, farthest: farthest),
            *(Misconception(mark("You keep the wrong half. Where a jump from the middle leads nearer, the edge lies "
                                 "farther out."), partial(edge, start=start, half=lambda ok, low, middle, high: (
                                     (low, middle) if ok else (middle, high)))) for start in (0.0, 1e-6, 1e-9)),
            Misconception(mark("You return the length of the jump. Asked is the start."),
                          partial(edge, given=lambda x: 2 * x)),
            Misconception(mark("You return where the jump ends. Asked is the "
                               "start."), partial(edge, given=lambda x: -x)),
            *(Misconception(mark("You take the curvature at one place for all jumps. It belongs to where a jump "
                                 "begins."),
                            partial(with_curvature_of, place=place)) for place in (lambda far: 0.0, lambda far: far)),
            *(Misconception(mark("You look up to a number of your own alone. farthest says how far out the edge may "
                                 "lie."),
                            partial(up_to, most=most)) for most in (1.0, 10.0, 100.0)),
            Misconception(mark("You let a start leave where its jump ends beyond farthest. Nearer jumps may grow, "
                               "too."),
                          lambda slope, curvature, farthest: edge(
                              slope, curvature, farthest, stays=lambda x, s, c: abs(x - s / c) <= farthest)),
        ),
    ),
)  # fmt: skip

# --- 09.6 ------------------------------------------------------------------------------------------------------------


def choose(n, d, memory, room, steps, *, solve=lambda d, steps: d**3 / 3, built=lambda n, d, steps: n * d**2,
           paired=lambda memory, d, steps: 4 * memory * d, swept=lambda n, d, name: 2 * n * d, total=np.multiply,
           number=8, matrix=lambda n, d: d**2, rows=lambda memory: 2 * memory, fits=np.less_equal,
           taken=lambda operations, possible: min(possible, key=operations.get)):  # fmt: skip
    """The right answer: of what fits, the least arithmetic in all steps together."""
    a_step = {
        "newton": built(n, d, steps["newton"]) + solve(d, steps["newton"]),
        "lbfgs": swept(n, d, "lbfgs") + paired(memory, d, steps["lbfgs"]),
        "descent": swept(n, d, "descent"),
    }
    needed = {"newton": number * matrix(n, d), "lbfgs": number * rows(memory) * d, "descent": 0}
    operations = {name: total(a_step[name], steps[name]) for name in a_step}
    possible = [name for name in operations if name == "descent" or fits(needed[name], room)]
    return taken(operations, possible)


def or_else(operations, possible, *, others):
    """The cheapest, or where that doesn't fit the first of the others that does."""
    best = min(operations, key=operations.get)
    return next(name for name in (best, *others, "descent") if name in possible)


def or_lbfgs(operations, possible):
    """Newton's method if it fits and is the cheapest; else L-BFGS if it fits."""
    wins = "newton" in possible and operations["newton"] == min(operations.values())
    return "newton" if wins else "lbfgs" if "lbfgs" in possible else "descent"


def in_turn(operations, possible, *, against=lambda operations, name: math.inf):
    """The first that fits and is no dearer than something else."""
    return next(name for name in operations if name in possible and operations[name] <= against(operations, name)
                or name == "descent")  # fmt: skip


def next_one(operations, name):
    """The operations of the method that comes next in the list."""
    names = list(operations)
    return operations[names[names.index(name) + 1]] if name != "descent" else math.inf


def jobs(random):
    """Each answer, for want of room and for want of speed."""
    for n, d, memory, part, slow in [(1000, 20, 3, 1.4, 9), (1000, 90, 5, 0.7, 40), (500, 300, 10, 1.2, 90),
                                     (200, 500, 20, 0.6, 60), (40, 300, 5, 3.0, 200), (100, 60, 3, 0.9, 30),
                                     (300, 40, 8, 1.1, 15), (50, 200, 6, 1.6, 90)]:  # fmt: skip
        newton = int(random.integers(6, 10))
        steps = {"newton": newton, "lbfgs": slow * newton + int(random.integers(9)), "descent": 150 * slow}
        yield n, d, memory, int(part * 8 * d**2), steps
        yield n, d, memory, int(part * 16 * memory * d), {**steps, "newton": 90 * newton}
    for n, d, memory in random.integers(1, (20, 7, 7), (60, 3)).tolist():  # small, and close to each other
        spread = random.choice([0.07, 0.5])
        costs = n * d**2 + d**3 / 3, 2 * n * d + 4 * memory * d, 2 * n * d
        counts = (round(9000 / cost * random.uniform(1 - spread, 1 + spread)) for cost in costs)
        room = int(random.choice([10**4, 8 * d**2, 8 * d**2 - 1, 16 * memory * d, 16 * memory * d - 1, 8 * d]))
        yield n, d, memory, room, dict(zip(("newton", "lbfgs", "descent"), counts, strict=True))


QUICK = {"newton": 8, "lbfgs": 40, "descent": 5000}
SLOW = {"newton": 8, "lbfgs": 900, "descent": 50_000}  # where few steps are worth their price
CLOSE = (  # n, d, memory, room; steps: small, and such that two mistakes seldom choose alike
    ((1, 1, 5, 5), (196, 21, 150)), ((1, 1, 7, 9), (267, 7, 172)), ((2, 1, 8, 128), (1385, 119, 465)),
    ((2, 2, 1, 31), (267, 237, 419)), ((2, 6, 4, 9), (3, 2, 14)), ((3, 2, 6, 33), (953, 95, 889)),
    ((4, 7, 1, 112), (1, 5, 5)), ((4, 7, 8, 23), (23, 32, 167)),
    ((6, 1, 3, 8), (71, 14, 38)), ((6, 5, 4, 320), (2, 1, 4)),
    ((6, 6, 7, 10000), (1, 1, 3)), ((7, 2, 5, 159), (156, 34, 155)), ((7, 5, 8, 596), (1, 1, 3)),
    ((7, 6, 1, 96), (39, 127, 162)), ((8, 1, 4, 64), (488, 134, 230)), ((8, 7, 7, 10000), (1, 1, 2)),
    ((13, 4, 2, 129), (45, 56, 116)), ((15, 6, 3, 289), (4, 13, 24)), ((17, 4, 1, 129), (37, 91, 105)),
    ((19, 2, 4, 10000), (4, 3, 2)), ((300, 500, 20, 5 * 10**6), (1, 900, 700)),
)  # fmt: skip
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
            (100, 700, 10, 10**8, QUICK), (100, 700, 10, 112_000, QUICK), (100, 700, 10, 100, QUICK),
            *((100, 700, 10, room, {"newton": 1, "lbfgs": 2000, "descent": 99_000}) for room in (3, 3000, 500_000)),
            (100, 700, 10, 10**8, {"newton": 6, "lbfgs": 1500, "descent": 1400}),
            (20, 45, 10, 10**8, {"newton": 9, "lbfgs": 150, "descent": 9000}),
            (20, 120, 5, 10**8, {"newton": 8, "lbfgs": 900, "descent": 1000}),
            (10, 100, 20, 10**8, {"newton": 8, "lbfgs": 360, "descent": 3600}),
            (100, 400, 10, 10**8, {"newton": 8, "lbfgs": 3000, "descent": 99_000}),
            *((*sizes, dict(zip(QUICK, counts, strict=True))) for sizes, counts in CLOSE),
        ),
        advice={
            mark("n 500, d 50, memory 10: a step of newton costs 1.29 million, of lbfgs 52,000. With 8 and 40 steps "
                 "that "
                 "is 10.3 million against 2.1 million."): (500, 50, 10, 10**6, QUICK),
            mark("d 50, memory 10: newton keeps 20,000 bytes, lbfgs 8,000. With room 20,000 both fit."): (
                500, 50, 10, 20_000, SLOW),
            mark("d 50, memory 10: newton keeps 20,000 bytes, lbfgs 8,000. With room 10,000 newton doesn't fit."): (
                500, 50, 10, 10_000, SLOW),
            mark("d 50, memory 10: newton keeps 20,000 bytes, lbfgs 8,000. With room 3,000 descent alone fits."): (
                500, 50, 10, 3_000, QUICK),
            mark("n 100, d 700, memory 10: a step of lbfgs costs 168,000, of descent 140,000. With 1500 and 1400 steps "
                 "descent is cheaper."): (100, 700, 10, 10**8, {"newton": 6, "lbfgs": 1500, "descent": 1400}),
            mark("n 20, d 45: a step of newton costs 40,500 + 30,375, of lbfgs with memory 10 3,600. With 9 and 150 "
                 "steps "
                 "lbfgs is cheaper."): (20, 45, 10, 10**8, {"newton": 9, "lbfgs": 150, "descent": 9000}),
        },
        slots={
            "solve": {
                lambda d, steps: d**3: mark("You count the whole cube of d for solving. It is a third of that."),
                lambda d, steps: 0: mark("You leave out solving: d^3 / 3, which rules where d is above 3 n."),
                lambda d, steps: d**3 / 3 / steps: mark("You count solving once. Each of Newton's steps has another "
                                                        "Hessian, and solves anew."),
                lambda d, steps: d**2 / 3: mark("You take the square of d for solving. It is a third of the cube."),
            },
            "built": {
                lambda n, d, steps: 0: mark("You leave out making Newton's matrix: n d^2."),
                lambda n, d, steps: n * d**2 / steps: mark("You count making Newton's matrix once. Each step has "
                                                           "another."),
                lambda n, d, steps: n * d: mark("You count n d for making Newton's matrix. It has d^2 entries."),
            },
            "paired": {
                lambda memory, d, steps: 0: mark("You leave out what the remembered pairs cost."),
                lambda memory, d, steps: 4 * d: mark("You count one remembered pair a step. There are as many as "
                                                     "`memory` "
                                                     "says."),
                lambda memory, d, steps: 4 * memory: mark("You count 4 for each remembered pair. Each is as long as "
                                                          "theta: d."),
                lambda memory, d, steps: 2 * memory * d: mark("You count half of what the remembered pairs cost."),
                lambda memory, d, steps: 4 * memory * d / steps: mark("You count the remembered pairs once. They are "
                                                                      "used "
                                                                      "in every step."),
            },
            "swept": {
                lambda n, d, name: n * d: mark("You count n d where it is 2 n d: the examples are gone through there "
                                               "and "
                                               "back."),
                lambda n, d, name: n * d * (1 + (name == "lbfgs")): mark("You count n d for a step of descent: half."),
                lambda n, d, name: n * d * (1 + (name == "descent")): mark("You count n d, not 2 n d, for the gradient "
                                                                           "in a "
                                                                           "step of L-BFGS."),
                lambda n, d, name: 2 * n * d * (name == "descent"): mark("You leave the gradient out of a step of "
                                                                         "L-BFGS: "
                                                                         "2 n d."),
            },
            "total": {lambda a, steps: a: mark("You compare single steps. A rule whose steps are dear may need few of "
                                               "them."),
                      np.add: mark("You add the steps to what one costs. Each costs that much."),
                      lambda a, steps: steps: mark("You compare numbers of steps. A step costs something, too.")},
            "number": {
                4: mark("You count 4 bytes a number. Here all are float64: 8 bytes."),
                1: mark("You hold how many numbers are kept against the room, which is in bytes."),
                64: mark("You count 64 for a number. That many bits are 8 bytes."),
                8 / 1024: mark("You count kilobytes. The room is in bytes."),
            },
            "matrix": {
                lambda n, d: d: mark("You let Newton's method keep one row. It keeps the matrix: d^2 numbers."),
                lambda n, d: n * d: mark("You let Newton's method keep the examples. It keeps a matrix of d by d."),
                lambda n, d: 0: mark("You don't look whether Newton's matrix fits."),
                lambda n, d: d * (d + 1) / 2: mark("You keep half of Newton's matrix. It might do, but all is "
                                                   "counted."),
            },
            "rows": {
                lambda memory: memory: mark("A remembered pair is two rows: the move, and the change of the gradient."),
                lambda memory: 2: mark("You let L-BFGS keep one pair. It keeps as many as `memory` says."),
                lambda memory: 2 * memory + 1: mark("You let L-BFGS keep a row more than its pairs. Here the pairs "
                                                    "alone are "
                                     "counted."),
            },
            "fits": {lambda needed, room: True: mark("You don't look at the room."),
                     np.less: mark("You leave out what fills the room exactly."),
                     np.greater_equal: mark("You ask for what is at least as large as the room.")},
            "taken": {
                **dict.fromkeys((partial(or_else, others=each) for each in (("newton", "lbfgs"), ("lbfgs",), ())), mark(
                    "Where the cheapest doesn't fit you fall back on another without comparing. Compare those that "
                    "fit.")),
                or_lbfgs: mark("Where Newton's method is out you take L-BFGS if it fits. Descent may be cheaper."),
                in_turn: mark("You take the first that fits. What it costs decides, of all that fit."),
                partial(in_turn, against=next_one): mark("You compare each with the next alone. The cheapest of all "
                                                         "that "
                                                         "fit may be another."),
                partial(in_turn, against=lambda operations, name: operations["descent"]): mark(
                    "You take the first that fits and costs less than descent. Another that fits may cost less still."),
                lambda operations, possible: min(possible[:-1] or possible, key=operations.get): mark(
                    "You take descent only where nothing else fits. It may be the cheapest of them."),
                lambda operations, possible: max(possible, key=operations.get): mark("You take the dearest."),
            },
        },
        misconceptions=(
            Misconception(mark("You count twice what a step of Newton's method costs. All costs are multiply-adds."),
                          partial(choose, built=lambda n, d, steps: 2 * n * d**2, solve=lambda d, steps: 2 * d**3 / 3)),
            Misconception(mark("You keep the examples in the room first. What a method keeps is held against all of "
                               "it."),
                          lambda n, d, memory, room, steps: choose(n, d, memory, room - 8 * n * d, steps)),
            Misconception(mark("You don't look whether the pairs of L-BFGS fit."),
                          partial(choose, rows=lambda memory: 0)),
            Misconception(mark("You exchange what newton and lbfgs keep."),
                          lambda n, d, memory, room, steps: choose(
                              n, d, memory, room, steps, matrix=lambda n, d: 2 * memory * d, rows=lambda memory: d)),
        ),
    ),
)  # fmt: skip

TASKS = (HESSIAN, NEWTON_STEPS, KIND, LEAST_DAMPING, EDGE, CHOOSE)
