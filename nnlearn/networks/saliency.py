"""Which numbers of an example a score depends on, by the network's own slopes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import Array, OneOf, finite_array, real_array, true_or_false, whole_number
from nnlearn.language import say
from nnlearn.networks.inputs import plain_array
from nnlearn.networks.layer import Floats, Parameters
from nnlearn.networks.leaves import Weights
from nnlearn.networks.objective import NetworkObjective
from nnlearn.objectives.wrapped import Wrapped
from nnlearn.tables import Shown

if TYPE_CHECKING:
    from nnlearn.networks.network import Network

GRADIENT, PRODUCT, INTEGRATED = "gradient", "gradient x input", "integrated"
METHODS = OneOf(GRADIENT, PRODUCT, INTEGRATED)
ROWS = 10  # examples in a table
BLOCK = 64  # examples at a time: what a layer gives then stays in the processor's cache


@dataclass(frozen=True, eq=False, repr=False)
class Saliency(Shown):
    """What ``saliency`` gives: a map for each example. Axes of a sweep of networks stand first.

    maps: shape (..., n, *shape), what each number of an example counts for. classes: whose score it is, (..., n).
    scores: of that class, (..., n); baseline_scores: at the baseline. method: as it was asked for. steps: of the
    integral; 0 of the other methods.
    """

    maps: Floats
    classes: NDArray[np.intp]
    scores: Floats
    baseline_scores: Floats
    method: str
    steps: int

    @property
    def sums(self) -> Floats:
        """All that a map hands out, shape (..., n)."""
        return self.flat.sum(axis=-1)

    @property
    def gaps(self) -> Floats:
        """What the map leaves out of the score's rise from the baseline, shape (..., n).

        0 for the exact integral ("completeness": Sundararajan, Taly and Yan 2017, proposition 1); by it one sees
        whether the steps were enough. The other methods promise nothing.
        """
        return self.scores - self.baseline_scores - self.sums

    @property
    def flat(self) -> Floats:
        """The maps with the numbers of an example in one axis, (..., n, numbers)."""
        return self.maps.reshape(*self.scores.shape, -1)

    def agreement(self, other: "Saliency", signed: bool = True, where: ArrayLike | None = None) -> Array:
        """Spearman's rank correlation of each map with the other's of the same example, shape (..., n).

        signed: whether the sign of a number counts, or its size alone, as in most pictures of such maps; by size, all
        that is 0 in both maps, such as an image's empty margin, agrees. where: the numbers that count, True or False,
        shape (n, *shape); all if not given.

        With a network that never learned as the other it is the sanity check of Adebayo et al. (2018),
        arXiv:1810.03292: a map that stays the same does not show what was learned. Raises ValueError for maps of other
        examples.
        """
        true_or_false("signed", signed)
        if self.maps.shape[self.scores.ndim - 1 :] != other.maps.shape[other.scores.ndim - 1 :]:
            message = say("The maps have the shapes {one} and {other}; they must be of the same examples.",
                          one=self.maps.shape, other=other.maps.shape)  # fmt: skip
            raise ValueError(message)
        one, another = (each.flat if signed else np.abs(each.flat) for each in (self, other))
        return rank_correlation(one, another, None if where is None else self.counted(where))

    def counted(self, where: ArrayLike) -> NDArray[np.bool_]:
        """True and False for each number of an example, (n, numbers); ValueError if the shape is another."""
        flags, needed = np.asarray(where), self.maps.shape[self.scores.ndim - 1 :]
        if flags.shape != needed:
            message = say("where has shape {found}; it needs True or False for each number of the examples, {needed}.",
                          found=flags.shape, needed=needed)  # fmt: skip
            raise ValueError(message)
        return flags.reshape(needed[0], -1)

    def cells(self) -> tuple[list[str], list[list[str]]]:
        """The head and the rows of the table; of a sweep, of its first network."""
        head = [say("example"), say("class"), say("score"), say("at the baseline"), say("sum of the map"), say("gap")]
        first = (0,) * (self.scores.ndim - 1)
        columns = [each[first][:ROWS] for each in (self.scores, self.baseline_scores, self.sums, self.gaps)]
        rows = [[str(i), str(self.classes[first][i]), *(f"{column[i]:.3g}" for column in columns)]
                for i in range(len(columns[0]))]  # fmt: skip
        return head, rows


def saliency(
    J: "NetworkObjective | Network",
    theta: Weights | ArrayLike,
    X: ArrayLike,
    of: ArrayLike | None = None,
    method: str = GRADIENT,
    steps: int = 64,
    baseline: ArrayLike = 0.0,
) -> Saliency:
    r"""What each number of the examples does to the score of a class, by the network as it is used.

    "gradient": the score's slope in each number (Simonyan, Vedaldi and Zisserman 2013, arXiv:1312.6034).
    "gradient x input": that times the number's distance from the baseline. "integrated": the same with the mean slope
    on the straight way from the baseline b to the example, at the middles of ``steps`` equal parts
    (Sundararajan, Taly and Yan 2017, arXiv:1703.01365, sections 3 and 5):

    .. math:: (x_i - b_i) \int_0^1 \frac{\partial z}{\partial x_i}\bigl(b + \alpha (x - b)\bigr)\, d\alpha

    J: an objective of a network, or the network itself. theta: shape (..., d), or all leaves by name; axes before the
    last are a sweep. X: shape (n, *shape). of: the class, one for all or one for each example, shape (n,); if not
    given, the one that the network itself predicts. A network of one score has the class 0. baseline: where nothing is
    to be seen, one number, or of the shape of an example, or of X; "gradient" has no use for it.

    Scores are those before any softmax. The maps come in the precision of the weights.

    Raises TypeError or ValueError, naming the argument, if it can't be used; ValueError for weights that are not
    finite, and for a network whose scores are not one row for each example.

    >>> from nnlearn.networks import Dense, Network
    >>> network = Network((2,), [Dense(1, bias=False)])
    >>> saliency(network, [3.0, -1.0], [[2.0, 5.0]], method="gradient x input").maps
    array([[ 6., -5.]])
    """
    METHODS("method", method)
    whole_number("steps", steps, at_least=1)
    network, weights = network_and_weights(J, theta)
    arrays, x = network.ready(weights, X, network.leaves.declared)
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ValueError(say("{name} holds numbers that are not finite.", name=name))
    if len(network.output) != 1:
        message = say("A score for each class is needed; the network gives shape {shape} for an example.",
                      shape=network.output)  # fmt: skip
        raise ValueError(message)
    low = as_baseline(baseline, x)
    slopes = Slopes(network, network.parameters(arrays))
    scores, low_scores = slopes.scores(x), slopes.scores(low)
    classes = chosen(of, scores)
    if method == INTEGRATED:
        slope = slopes.mean(low, x, classes, steps)
    else:
        slope = slopes.at(x, classes)
    maps = slope if method == GRADIENT else slope * (x - low)
    score, low_score = (np.take_along_axis(each, classes[..., np.newaxis], axis=-1)[..., 0]
                        for each in (scores, low_scores))  # fmt: skip
    return Saliency(maps, classes, score, low_score, method, steps if method == INTEGRATED else 0)


class Slopes:
    """A network with its weights, as it is used: its scores, and their slopes in the examples."""

    def __init__(self, network: "Network", parameters: Sequence[Parameters]):
        self.network, self.parameters = network, parameters

    def scores(self, x: Floats) -> Floats:
        """(n, *shape) -> (..., n, K)."""
        blocks = [self.network.scores(x[i : i + BLOCK], self.parameters) for i in range(0, len(x), BLOCK)]
        return np.concatenate(blocks, axis=-2)

    def at(self, x: Floats, classes: NDArray[np.intp]) -> Floats:
        """The slope of the score of each example's class in the example: (n, *shape) -> (..., n, *shape)."""
        blocks = [self.of_block(x[i : i + BLOCK], classes[..., i : i + BLOCK]) for i in range(0, len(x), BLOCK)]
        return np.concatenate(blocks, axis=-1 - len(self.network.shape))

    def mean(self, low: Floats, x: Floats, classes: NDArray[np.intp], steps: int) -> Floats:
        """The mean of ``at`` on the straight way from low to x, at the middles of so many equal parts."""
        total = np.zeros_like(self.at(x, classes))
        for k in range(steps):
            total += self.at(low + x.dtype.type((k + 0.5) / steps) * (x - low), classes)
        return total / x.dtype.type(steps)

    def of_block(self, x: Floats, classes: NDArray[np.intp]) -> Floats:
        values = self.network.values(x, self.parameters)
        slope = (classes[..., np.newaxis] == np.arange(values[-1].shape[-1])).astype(x.dtype)
        for i in reversed(range(len(self.network.layers))):
            slope = self.network.layers[i].backward(slope, values[i], values[i + 1], self.parameters[i])
        return slope


def network_and_weights(J: Any, theta: Any) -> tuple["Network", Any]:
    """The network, and its weights with those that an objective knows beside theta. TypeError if J is neither."""
    from nnlearn.networks.network import Network

    while isinstance(J, Wrapped):
        J = J.objective
    if isinstance(J, Network):
        return J, theta
    if not isinstance(J, NetworkObjective):
        message = say("J must be a network, or its objective, as network.on(X, y) makes it; it is {value!r}.", value=J)
        raise TypeError(message)
    return J.network, theta if isinstance(theta, Mapping) else J.weights(theta)


def chosen(of: Any, scores: Floats) -> NDArray[np.intp]:
    """The class of each example, (..., n): what was asked for, or what the network predicts."""
    *sweep, n, count = scores.shape
    if of is None:
        return scores.argmax(axis=-1)
    numbers = real_array("of", of)
    if numbers.shape not in ((), (n,)):
        message = say("of has shape {found}; it needs one class, or one for each example, shape ({n},).",
                      found=numbers.shape, n=n)  # fmt: skip
        raise ValueError(message)
    wrong = ~np.isin(numbers, np.arange(count))
    if wrong.any():
        message = say("of must hold classes, whole numbers from 0 to {largest}; it holds {value:g}.",
                      largest=count - 1, value=numbers[wrong].flat[0])  # fmt: skip
        raise ValueError(message)
    return np.broadcast_to(numbers.astype(np.intp), (*sweep, n)).copy()


def as_baseline(baseline: Any, x: Floats) -> Floats:
    """The baseline of each example, of the shape and the precision of x."""
    array = plain_array("baseline", baseline)
    if array.shape not in ((), x.shape[1:], x.shape):
        message = say("baseline has shape {found}; it needs one number, or the shape of an example, {needed}, or of X.",
                      found=array.shape, needed=x.shape[1:])  # fmt: skip
        raise ValueError(message)
    return np.broadcast_to(array.astype(x.dtype), x.shape)


def rank_correlation(one: ArrayLike, other: ArrayLike, where: ArrayLike | None = None) -> Array:
    """Spearman's rank correlation along the last axis, (..., d) -> (...,); equal numbers share the mean of their ranks.

    where: which of the numbers count, True or False, of a shape that spreads to (..., d); all if not given. NaN where
    all numbers that count are equal: such a row has no order. Raises TypeError or ValueError if the arrays hold
    anything but finite numbers, or their shapes don't fit.

    >>> rank_correlation([1.0, 2.0, 3.0, 4.0], [1.0, 4.0, 9.0, -1.0])
    np.float64(-0.2)
    """
    a, b = finite_array("one", one), finite_array("other", other)
    counted = np.asarray(True if where is None else where)
    if counted.dtype.kind != "b":
        raise TypeError(say("where must hold True and False; it holds {kind}.", kind=counted.dtype))
    try:
        a, b, counted = np.broadcast_arrays(a, b, counted)
        if not a.ndim or not a.shape[-1]:
            raise ValueError
    except ValueError as error:
        message = say("one has shape {one}, other {other} and where {where}: they need one shape, (..., d), with d at "
                      "least 1.", one=a.shape, other=b.shape, where=counted.shape)  # fmt: skip
        raise ValueError(message) from error
    found = np.empty(a.shape[:-1])
    for row in np.ndindex(found.shape):
        found[row] = correlation(ranks(a[row][counted[row]]), ranks(b[row][counted[row]]))
    return found[()]


def ranks(numbers: Array) -> Array:
    """The place of each number in their order, from 0: (d,) -> (d,)."""
    _, group, sizes = np.unique(numbers, return_inverse=True, return_counts=True)
    return (np.cumsum(sizes) - (sizes + 1) / 2)[group]


def correlation(a: Array, b: Array) -> float:
    """Pearson's, of two rows; NaN if one of them is constant."""
    if not a.size:
        return np.nan
    a, b = a - a.mean(), b - b.mean()
    lengths = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / lengths) if lengths else np.nan
