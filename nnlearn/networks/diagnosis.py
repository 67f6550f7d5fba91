"""What ails a network that doesn't learn, layer by layer."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import Array, real_array
from nnlearn.language import say
from nnlearn.networks.layer import Floats, is_kernel
from nnlearn.networks.layers import ReLU, Residual, Sigmoid, Tanh
from nnlearn.networks.losses import MSE, BinaryCrossEntropy, SoftmaxCrossEntropy
from nnlearn.networks.objective import NetworkObjective
from nnlearn.networks.opened import Opened
from nnlearn.networks.seen import all_layers, names_of
from nnlearn.objectives.data import BLOCK
from nnlearn.objectives.wrapped import Wrapped
from nnlearn.tables import Shown

if TYPE_CHECKING:
    from nnlearn.plots import Figure

FAR = 20.0  # slopes vanish below 1/FAR of the last hidden layer's, and explode above FAR times it
MANY = 0.5  # from this share of a layer's units on they count as dead, or saturated
FLAT = 0.05  # an activation is saturated where its slope is below this share of its steepest
STILL = 0.01  # a loss stands still if its last half stays within this share of the constant answer's loss
NO_BETTER = 0.95  # and it has learned nothing if it is still above this share of it
FEWEST = 10  # losses that tell a plateau

OF_A_LAYER = ("slope", "gradient", "mean", "spread", "dead", "saturated", "ratio", "reach")
OF_A_NETWORK = (*OF_A_LAYER, "loss")
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class Diagnosis(Shown):
    """What ``diagnose`` saw: a table, arrays, and sentences. Axes of a sweep of networks stand first.

    layers: the names of the network's L layers; those within a ``Residual`` stand before it, "residual/dense", and have
    its weights to themselves. The arrays that follow have shape (..., L), NaN where a layer has no
    such number. slope: root mean square of the loss's slope in what the layer gives. gradient: length of the loss's
    slope in all its trained leaves. mean, spread: of what the layer gives, over examples and units, and its standard
    deviation. dead: of a relu the share of units (of images: of channels) that are 0 for every example. saturated: of a
    sigmoid or tanh the share of numbers where its slope is below a twentieth of its steepest. ratio: of the update to
    the weights, by root mean squares of its kernels; NaN without an update.

    reach: ``slope`` of each hidden layer with a kernel over that of the last one of these; if that is 0, over the
    slope in the scores. loss: at theta, without any penalty, (...,). constant: the loss of the best answer that is the
    same for every example; NaN where it isn't known. losses: those given, shape (steps, ...).
    """

    layers: tuple[str, ...]
    slope: Array
    gradient: Array
    mean: Array
    spread: Array
    dead: Array
    saturated: Array
    ratio: Array
    reach: Array
    loss: Array
    constant: float
    losses: Array

    @property
    def sweep(self) -> tuple[int, ...]:
        """The shape of the sweep, () for one network."""
        return self.loss.shape

    @property
    def findings(self) -> dict[str, Flags]:
        """What was found, by its name: whether each network has it, shape (...,).

        "not finite": theta or a number on the way is no finite number, and the rest can't be told. "vanishing",
        "exploding": ``reach`` is below 1/20 or above 20 in some layer. "dead", "saturated": half of a layer is, or
        more. "plateau": over the last half of the losses, at least 10, the loss changed by 1% or less of the
        constant answer's, and it is no better than 95% of that.

        The borders were measured on networks of digits, relu, tanh and sigmoid, 1 to 30 layers of 32, their initial
        weights times 0.5 to 2, before and after 150 steps: those that learned lie on this side, with few exceptions.
        """
        finite = np.isfinite(self.loss) & np.isfinite(self.slope + self.spread).all(axis=-1)
        return {
            "not finite": ~finite,
            "vanishing": finite & (self.extreme("vanishing") < 1 / FAR),
            "exploding": finite & (self.extreme("exploding") > FAR),
            "dead": finite & (self.extreme("dead") >= MANY),
            "saturated": finite & (self.extreme("saturated") >= MANY),
            "plateau": finite & self.stands_still & (self.loss >= NO_BETTER * self.constant),
        }

    @property
    def healthy(self) -> Flags:
        """Whether nothing was found, shape (...,)."""
        return ~np.any([*self.findings.values()], axis=0)

    @property
    def stands_still(self) -> Flags:
        """Whether the last half of the losses changed little."""
        if len(self.losses) < FEWEST:
            return np.zeros(self.sweep, bool)
        late = self.losses[len(self.losses) // 2 :]
        return late.max(axis=0) - late.min(axis=0) <= STILL * self.constant

    def measures(self, kind: str) -> Array:
        """Of a finding that lies in a layer, what is compared with its border, turned so that the largest is worst."""
        return {"vanishing": -self.reach, "exploding": self.reach, "dead": self.dead, "saturated": self.saturated,
                "not finite": 1.0 - np.isfinite(self.slope) - 2.0 * np.isfinite(self.spread)}[kind]  # fmt: skip

    def extreme(self, kind: str) -> Array:
        """The worst value over the layers, (...,); NaN where no layer has one."""
        worst = np.fmax.reduce(self.measures(kind), axis=-1)
        return -worst if kind == "vanishing" else worst

    def worst(self, kind: str) -> NDArray[np.intp]:
        """Of each network the number of the layer where a finding is worst, shape (...,); of equals the first."""
        measures = self.measures(kind)
        return np.where(np.isnan(measures), -np.inf, measures).argmax(axis=-1)

    def way_in(self, kind: str) -> float:
        """Of one network the size (root mean square) of what its last hidden layer with a kernel gives, over that where
        a finding is worst; NaN where all is 0 there."""
        sizes = np.hypot(self.mean, self.spread)
        before = sizes[self.worst(kind)]
        return float(sizes[np.flatnonzero(np.isfinite(self.reach))[-1]] / before) if before else np.nan

    @property
    def all_are_small(self) -> bool:
        """Of one network whose slopes vanish, whether values shrink on their way in about as much: then no kernel's
        gradient is far smaller than the last one's."""
        return bool(self.extreme("vanishing") / self.way_in("vanishing") >= 1 / FAR)

    def member(self, index: int | tuple[int, ...]) -> Self:
        """One network of the sweep. Raises IndexError if there is none."""
        place = tuple(int(i) for i in np.atleast_1d(index))
        if len(place) != len(self.sweep):
            raise IndexError(say("member needs {n} indices for a sweep of shape {shape}.",
                                 n=len(self.sweep), shape=self.sweep))  # fmt: skip
        arrays: dict[str, Any] = {name: np.asarray(getattr(self, name)[place]) for name in OF_A_NETWORK}
        return replace(self, **arrays, losses=np.array([losses[place] for losses in self.losses]))

    # --- In words, as a table, as a picture ---

    @property
    def sentences(self) -> list[str]:
        """What was found, in words."""
        from nnlearn.networks.diagnosis_words import sentences

        return sentences(self)

    def cells(self) -> tuple[list[str], list[list[str]]]:
        """The head and the rows of the table; of a sweep, medians over its networks."""
        head = [say("layer"), say("slope"), say("gradient's length"), say("mean"), say("spread"), say("dead"),
                say("saturated"), say("update / weights")]  # fmt: skip
        plain = [middle(each) for each in (self.slope, self.gradient, self.mean, self.spread)]
        shares = [middle(each) for each in (self.dead, self.saturated)]
        ratio = middle(self.ratio)
        rows = [[name, *(cell(column[i], ".2g") for column in plain), *(cell(column[i], ".0%") for column in shares),
                 cell(ratio[i], ".1e")] for i, name in enumerate(self.layers)]  # fmt: skip
        return head, rows

    def _repr_markdown_(self) -> str:
        return "\n\n".join([*self.sentences, super()._repr_markdown_()])

    def __repr__(self) -> str:
        return "\n".join([*self.sentences, super().__repr__()])

    def plot(self) -> "Figure":
        """Slopes and values layer by layer, and the share of dead and saturated units."""
        from nnlearn.networks.diagnosis_plot import diagnosis_plot

        return diagnosis_plot(self)


def middle(values: Array) -> Array:
    """The median over the networks of a sweep that have a finite number, shape (L,); NaN where none has."""
    rows = values.reshape(-1, values.shape[-1])
    columns = [column[np.isfinite(column)] for column in rows.T]
    return np.array([np.median(column) if column.size else np.nan for column in columns])


def cell(value: float, form: str) -> str:
    """A number; nothing where there is none."""
    return "" if np.isnan(value) else format(value, form)


def diagnose(
    J: NetworkObjective | Wrapped, theta: ArrayLike, update: ArrayLike | None = None, losses: ArrayLike | None = None
) -> Diagnosis:
    """Looks at a network at theta, on the examples of its objective, and says what keeps it from learning.

    J: a network's objective, as ``network.on(X, y)`` makes it; of one within others (batches, penalties, clipping) the
    network's own loss is looked at, on all data. theta: shape (..., d); axes before the last are a sweep. update: what
    a step added to theta, of its shape. losses: those of the run up to here, shape (steps, ...); without them no
    plateau is told from a start.

    Of a run: ``diagnose(J, trace.theta[-1], trace.update[-1], trace.loss)``. A theta that isn't finite is a finding,
    no error. Layers within a ``Residual`` are told like the others.

    Raises TypeError if J is no network's objective; TypeError or ValueError if theta, update or losses can't be used.

    >>> import numpy as np
    >>> from nnlearn.networks import Sigmoid, mlp
    >>> J = mlp(4, *[8] * 6, 3, activation=Sigmoid).on(np.eye(4), [0, 1, 2, 0])
    >>> print(*diagnose(J, J.initial(seed=0)).sentences)  # doctest: +NORMALIZE_WHITESPACE
    The loss's slope vanishes on its way back: in hidden_1 it is 0.00071 times that in hidden_6. Values don't, on their
    way in (1 times): the first layers' gradients are the smallest.
    """
    while isinstance(J, Wrapped):
        J = J.objective
    if not isinstance(J, NetworkObjective):
        message = say("J must be the objective of a network, as network.on(X, y) makes it; it is {value!r}.", value=J)
        raise TypeError(message)
    theta = J.check(theta)
    if not theta.size:
        raise ValueError(say("theta holds no network: its shape is {shape}.", shape=theta.shape))
    change = np.full_like(theta, np.nan) if update is None else like_theta(update, theta)
    past = np.empty((0, *theta.shape[:-1])) if losses is None else of_the_sweep(losses, theta)
    runs, changes = (each.reshape(-1, theta.shape[-1]) for each in (theta, change))
    size = max(1, BLOCK // (J.examples * J.network.width))
    with np.errstate(all="ignore"):  # what is not finite is a finding
        parts = [looked(J, runs[i : i + size], changes[i : i + size]) for i in range(0, len(runs), size)]
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    arrays = {name: array.reshape(theta.shape[:-1] + array.shape[1:]) for name, array in arrays.items()}
    return Diagnosis(tuple(names_of(J.network.layers)), **arrays, constant=constant_loss(J), losses=past)


def like_theta(update: Any, theta: Array) -> Array:
    """The update; TypeError, ValueError if it is none of theta's."""
    array = real_array("update", update)
    if array.shape != theta.shape:
        message = say("update has shape {found}; it needs the shape of theta, {needed}.",
                      found=array.shape, needed=theta.shape)  # fmt: skip
        raise ValueError(message)
    return array


def of_the_sweep(losses: Any, theta: Array) -> Array:
    """The losses; TypeError, ValueError if they aren't those of these networks."""
    array = real_array("losses", losses)
    if array.ndim != theta.ndim or array.shape[1:] != theta.shape[:-1]:
        message = say("losses have shape {found}; they need a row for each step, (steps, *{sweep}).",
                      found=array.shape, sweep=theta.shape[:-1])  # fmt: skip
        raise ValueError(message)
    return array


def looked(J: NetworkObjective, theta: Array, update: Array) -> dict[str, Array]:
    """The arrays of a diagnosis, for some networks: (runs, d) -> (runs, L) each, and the loss, (runs,)."""
    opened = J.open(theta)
    layers = [*all_layers(J, opened, theta)]
    found = {name: np.full((len(theta), len(layers)), np.nan) for name in OF_A_LAYER}
    updates = J.network.unpack(update)
    for i, (name, placed, y, slope) in enumerate(layers):
        layer, each = placed.layer, tuple(range(1, y.ndim))
        found["slope"][:, i] = size((slope,))
        found["mean"][:, i], found["spread"][:, i] = y.mean(axis=each), y.std(axis=each)
        if isinstance(layer, ReLU):
            found["dead"][:, i] = (y <= 0).all(axis=each[:-1]).mean(axis=-1)
        elif isinstance(layer, Sigmoid | Tanh):
            steepest = 0.25 if isinstance(layer, Sigmoid) else 1.0
            found["saturated"][:, i] = (layer.slope(y, y) < FLAT * steepest).mean(axis=each)
        own = [] if isinstance(layer, Residual) else [leaf for leaf in opened.weights if leaf.startswith(f"{name}/")]
        if own:
            found["gradient"][:, i] = length([opened.gradients[leaf] for leaf in own])
            kernels = [leaf for leaf in own if is_kernel(leaf)] or own
            weights = size([opened.weights[leaf] for leaf in kernels])
            found["ratio"][:, i] = np.where(weights > 0, size([updates[leaf] for leaf in kernels]) / weights, np.nan)
    hidden = [i for i, each in enumerate(layers) if each.has_kernel][:-1]
    if hidden:
        slopes = found["slope"]
        last = np.where(slopes[:, hidden[-1]] > 0, slopes[:, hidden[-1]], slopes[:, -1])[:, np.newaxis]
        found["reach"][:, hidden] = np.where(last > 0, slopes[:, hidden] / last, np.nan)
    found["loss"] = losses_of(J, opened)
    return found


def losses_of(J: NetworkObjective, opened: Opened) -> Array:
    """The mean loss of each network, from the scores that it gave."""
    scores = opened.activations[str(J.network.layers[-1].name)]
    return J.criterion.losses(scores, J.targets).mean(axis=-1)


def squares(arrays: Any) -> tuple[Array, int]:
    """Of each network the sum of the squares of all numbers, (runs,), and how many there are."""
    sums = sum(np.square(array).sum(axis=tuple(range(1, array.ndim))) for array in arrays)
    return sums, sum(array[0].size for array in arrays)


def length(arrays: Any) -> Array:
    """Euclidean, of all numbers of each network, (runs,)."""
    return np.sqrt(squares(arrays)[0])


def size(arrays: Any) -> Array:
    """The root mean square of all numbers of each network, (runs,)."""
    sums, count = squares(arrays)
    return np.sqrt(sums / count)


def constant_loss(J: NetworkObjective) -> float:
    """The loss of the best answer that is the same for all examples: entropy of the labels, variance of numbers."""
    shares: Floats = J.targets.mean(axis=0)
    if isinstance(J.criterion, MSE):
        return float(J.targets.var(axis=0).mean())
    if isinstance(J.criterion, SoftmaxCrossEntropy):
        return float(entropy(shares).sum())
    if isinstance(J.criterion, BinaryCrossEntropy):
        return float((entropy(shares) + entropy(1 - shares)).mean())
    return np.nan


def entropy(shares: Floats) -> Floats:
    """-p log p, number by number; 0 at 0."""
    return -shares * np.log(np.where(shares > 0, shares, 1))
