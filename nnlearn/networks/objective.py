"""The loss of a network on data, as a function of theta."""

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array, finite_array, number, real_array, whole_number
from nnlearn.language import say
from nnlearn.networks.inputs import examples
from nnlearn.networks.layer import INPUT, Floats, Parameters, is_kernel
from nnlearn.networks.leaves import Weights
from nnlearn.networks.losses import Loss
from nnlearn.networks.opened import Opened
from nnlearn.objectives.base import BaseObjective
from nnlearn.objectives.data import NOT_NEGATIVE, fingerprint, in_blocks

if TYPE_CHECKING:
    from nnlearn.networks.held_out import HeldOut
    from nnlearn.networks.network import Network


class NetworkObjective(BaseObjective):
    r"""The mean loss of a network on data, plus a penalty on its kernels; ``Network.on`` makes one.

    .. math:: f(\theta) = \frac1n \sum_{i=1}^n \ell\bigl(z_\theta(x_i), y_i\bigr)
                          + \frac{l_2}{2} \sum_{\text{kernels } W} \lVert W \rVert^2

    X: shape (n, *shape), what the network takes. y: as the loss says: labels, shape (n,), or numbers. l2: at least 0.
    The arrays are copied. Raises TypeError or ValueError, naming the argument and both shapes, if one can't be used.

    theta, shape (..., d), holds the trained leaves in Keras's order (``unpack`` gives them by name); axes before the
    last are a sweep of networks. The loss is a function of theta and of the examples it is asked on, nothing else: a
    normalisation takes mean and variance from these examples, with mini-batches from each batch, and what is drawn by
    chance depends on seed and step alone. ``predict``, ``probabilities`` and ``accuracy`` run the network as it is used
    afterwards: nothing is drawn, and mean and variance are those of the examples that the objective was made of.

    statistics: leaves that aren't trained, by name, such as ``network.statistics`` gives. Normalisations then use these
    in the loss, too: so one goes on to train a network on few examples. A network with frozen layers needs them; other
    leaves among them aren't looked at. seed: of what is drawn by chance.

    >>> from nnlearn.networks import Dense, Network, Tanh
    >>> J = Network((1,), [Dense(2), Tanh(), Dense(3)]).on([[0.0], [1.0], [2.0]], [0, 1, 2])
    >>> theta = J.initial(seed=0)
    >>> J.loss(theta).shape, J.gradient(theta).shape, J.accuracy(theta, [[0.0]], [0])
    ((), (13,), np.float64(1.0))
    """

    dimension: int
    last: tuple[Array, Array, Array] | None = None  # theta, its loss and gradient, as a search along a line left them

    def __init__(
        self,
        network: "Network",
        X: ArrayLike,
        y: ArrayLike,
        loss: Loss,
        l2: float = 0.0,
        statistics: Weights | None = None,
        seed: int = 0,
    ):
        if not isinstance(loss, Loss):
            raise TypeError(say("loss must be a loss, such as MSE(); it is {loss!r}.", loss=loss))
        whole_number("seed", seed, at_least=0)
        loss.check(network.layers[-1], network.output)
        if not network.leaves.trained:
            raise ValueError(say("{network} has nothing to learn.", network=network))
        self.network, self.criterion = network, loss
        self.inputs = np.array(examples(X, network.shape), np.float64)
        self.targets = np.array(loss.targets(y, len(self.inputs), network.output))
        self.dimension = network.leaves.dimension
        self.l2 = number("l2", l2, NOT_NEGATIVE)
        self.penalised = np.zeros(self.dimension)
        for name, place in network.leaves.places.items():
            self.penalised[place] = is_kernel(name)
        self.decay = self.l2 * self.penalised  # the penalty is sum(decay * theta^2) / 2
        self.statistics: Weights = {}  # none: those of the examples
        kept = [str(each.layer.name) for each in network.placed if each.frozen and each.own]
        if statistics is None and kept:
            message = say("{layers} won't be trained: give the weights that they have, by name, as statistics.",
                          layers=", ".join(kept))  # fmt: skip
            raise ValueError(message)
        if statistics is not None:
            arrays = network.leaves.checked(statistics, network.leaves.measured)
            for name, leaf in network.leaves.measured.items():
                finite_array(name, arrays[name])
                if arrays[name].shape != leaf.shape:
                    message = say("{name} has shape {found}; the network needs {needed}.",
                                  name=name, found=arrays[name].shape, needed=leaf.shape)  # fmt: skip
                    raise ValueError(message)
            self.statistics = {name: arrays[name].copy() for name in network.leaves.measured}
        self.seed, self.step = int(seed), 0

    @property
    def examples(self) -> int:
        """The number of examples n."""
        return len(self.targets)

    @property
    def start(self) -> Array:
        """A point to start from: ``initial(0)``."""
        return self.initial(0)

    def initial(self, seed: int) -> Array:
        """Random parameters, shape (d,), as the layers say. Raises TypeError or ValueError for the seed."""
        return self.network.initial(seed)

    def unpack(self, theta: Array) -> dict[str, Floats]:
        """theta by the names of its leaves, shape (..., *leaf): views."""
        return self.network.unpack(self.check(theta))

    def at(self, t: int) -> "NetworkObjective":
        """The objective of step t: what is drawn by chance is drawn anew at each step; asked without a step, t is 0."""
        return self.with_values(step=t) if any(layer.draws for layer in self.network.layers) else self

    def take(self, index: Any) -> Self:
        """The same objective on some of its examples: a slice, a boolean mask or an array of indices.

        It is asked for at every step of a mini-batch method, so nothing is checked.
        """
        return self.with_values(inputs=self.inputs[index], targets=self.targets[index])

    def with_values(self, **values: Any) -> Self:
        """A copy with some attributes replaced."""
        other = object.__new__(type(self))
        other.__dict__ = {**self.__dict__, **values, "last": None}
        return other

    # --- Loss and gradient ---

    def parameters_of(self, theta: Array) -> list[Parameters]:
        """What each layer computes with in training."""
        weights = {**self.network.unpack(theta), **self.statistics}
        return self.network.parameters(weights, training=True, seed=(self.seed, self.step))

    def losses(self, theta: Array) -> Array:
        """The loss of each example without any penalty: (..., d) -> (..., n)."""
        scores = self.network.scores(self.inputs, self.parameters_of(self.check(theta)))
        return self.criterion.losses(scores, self.targets)

    def loss(self, theta: Array) -> Array:
        theta = self.check(theta)
        means = in_blocks(lambda runs: np.mean(self.losses(runs), axis=-1), theta, self.examples * self.network.width)
        return means + 0.5 * np.sum(self.decay * theta * theta, axis=-1)

    def gradient(self, theta: Array) -> Array:
        theta = self.check(theta)
        if self.last is not None and np.array_equal(self.last[0], theta):
            return self.last[2].copy()
        parameters = self.parameters_of(theta)
        values = self.network.values(self.inputs, parameters)
        _, gradients = self.network.back(self.slope(values[-1]), values, parameters, to=self.network.lowest + 1)
        gradient = self.network.leaves.flat(gradients)
        return gradient + self.decay * theta if self.l2 else gradient

    def loss_and_gradient(self, theta: Array) -> tuple[Array, Array]:
        """Both, once through the network. A search along a line ends where the next step begins: one is remembered."""
        theta = self.check(theta)
        if self.last is None or not np.array_equal(self.last[0], theta):
            parameters = self.parameters_of(theta)
            values = self.network.values(self.inputs, parameters)
            losses = self.criterion.losses(values[-1], self.targets)
            _, gradients = self.network.back(self.slope(values[-1]), values, parameters, to=self.network.lowest + 1)
            gradient = self.network.leaves.flat(gradients)
            loss = losses.mean(axis=-1)
            if self.l2:
                loss, gradient = loss + 0.5 * np.sum(self.decay * theta * theta, axis=-1), gradient + self.decay * theta
            self.last = theta.copy(), loss, gradient
        _, loss, gradient = self.last
        return loss, gradient.copy()

    def hessian_product(self, theta: Array, vector: Array) -> Array:
        """The Hessian times a vector, (d,) and (d,) -> (d,), exactly, in about three times the time of a gradient.

        ``nnlearn.networks.curvature`` says how. Raises TypeError for a layer other than Dense, Conv2D, Flatten and the
        activations; ValueError for a sweep, or a vector of another shape.
        """
        from nnlearn.networks.curvature import product

        theta, vector = self.check(theta), real_array("vector", vector)
        if theta.ndim != 1 or vector.shape != theta.shape:
            raise ValueError(say("theta and vector must have one shape, ({d},); they have {theta} and {vector}.",
                                 d=self.dimension, theta=theta.shape, vector=vector.shape))  # fmt: skip
        still = {name: np.zeros_like(each) for name, each in self.statistics.items()}
        moved = self.network.parameters({**self.network.unpack(vector), **still}, training=True)
        found = product(self.network, self.inputs, self.parameters_of(theta), moved, self.criterion, self.targets)
        return self.network.leaves.flat(found) + self.decay * vector

    def slope(self, scores: Floats) -> Floats:
        """Of the mean loss in the scores."""
        return self.criterion.slope(scores, self.targets) / self.examples

    def open(self, theta: Array) -> Opened:
        """The network layer by layer, at theta: what each gives, and the loss's slopes there and in the leaves.

        It is the network that learns: a normalisation takes mean and variance from the examples. A penalty has no part.
        """
        theta = self.check(theta)
        parameters = self.parameters_of(theta)
        values = self.network.values(self.inputs, parameters)
        slopes, gradients = self.network.back(self.slope(values[-1]), values, parameters, to=0)
        names = [INPUT, *(str(layer.name) for layer in self.network.layers)]
        return Opened(
            # what comes before the first weights is the same for all networks of a sweep
            activations={name: np.broadcast_to(x, dx.shape) for name, x, dx in zip(names, values, slopes, strict=True)},
            slopes=dict(zip(names, slopes, strict=True)),
            weights=self.network.unpack(theta),
            gradients={name: gradients[name] for name in self.network.leaves.places},
            counts=self.network.count(),
            sweep=theta.shape[:-1],
        )

    # --- The network in use ---

    def weights(self, theta: Array) -> dict[str, Floats]:
        """All leaves by name, to run the network with: theta's, and the statistics of these examples."""
        trained, leaves = self.unpack(theta), self.network.leaves
        if not leaves.measured:
            return trained
        both = {**trained, **(self.statistics or self.network.statistics(trained, self.inputs))}
        return {name: both[name] for name in leaves.declared}

    def scores(self, theta: Array, X: ArrayLike) -> Floats:
        """What the network gives, (..., n, *output), for other examples (n, *shape); raises as ``Network.forward``."""
        return self.network.forward(self.weights(theta), X)

    def predict(self, theta: Array, X: ArrayLike) -> Any:
        """The label of each example, whole numbers, shape (..., n); of MSE the numbers themselves."""
        return self.criterion.predictions(self.scores(theta, X))

    def probabilities(self, theta: Array, X: ArrayLike) -> Array:
        """Of each class, shape (..., n, K); of BinaryCrossEntropy that of class 1, (..., n). TypeError for MSE."""
        return self.criterion.probabilities(self.scores(theta, X))

    def share(self, theta: Array, X: ArrayLike, labels: Array) -> Array:
        """Of examples whose label is predicted."""
        right = self.predict(theta, X) == labels
        return np.mean(right, axis=tuple(range(-labels.ndim, 0)))

    def accuracy(self, theta: Array, X: ArrayLike, y: ArrayLike) -> Array:
        """The share of examples whose label is predicted, shape (...,); NaN where theta is not finite.

        TypeError for MSE, which predicts no labels.
        """
        theta, X = self.check(theta), examples(X, self.network.shape)
        labels = self.criterion.labels(y, len(X), self.network.output)
        with np.errstate(all="ignore"):  # divergence is a result, not a warning
            share = in_blocks(lambda runs: self.share(runs, X, labels), theta, len(X) * self.network.width)
        return np.where(np.isfinite(theta).all(axis=-1), share, np.nan)[()]

    def held_out(self, X: ArrayLike, y: ArrayLike) -> "HeldOut":
        """The loss on examples that it doesn't learn from, of the network as it is used: something to watch, to choose
        by, not to train on. Raises TypeError or ValueError, naming the argument, if they can't be used.
        """
        from nnlearn.networks.held_out import HeldOut

        return HeldOut(self, X, y)

    # --- What it is ---

    def parameters(self) -> dict[str, Any]:
        """The arguments it was made with, apart from data, ready for JSON."""
        return {"loss": repr(self.criterion), "l2": self.l2, "seed": self.seed}

    def describe(self) -> dict[str, Any]:
        """Class, layers, parameters, shapes and the SHA-256 of the data, ready for JSON."""
        data = fingerprint(self.inputs, self.targets, *self.statistics.values())
        layers = [layer.described() for layer in self.network.layers]
        frozen = {"frozen": [*self.network.frozen]} if self.network.frozen else {}
        shapes = {"examples": self.examples, "shape": list(self.network.shape), "dimension": self.dimension}
        return {**super().describe(), "layers": layers, **frozen, **shapes, "sha256": data}

    def __repr__(self) -> str:
        parameters = ", ".join([repr(self.criterion), f"l2={self.l2}"])
        return f"NetworkObjective({self.examples} examples, {self.network}, {parameters})"
