"""A network: layers one after the other."""

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array, unmasked, whole_number
from nnlearn.language import say
from nnlearn.networks.chain import chained, named, names_in
from nnlearn.networks.counting import Counts
from nnlearn.networks.inputs import examples
from nnlearn.networks.layer import Floats, Layer, Leaf, Parameters, Shape
from nnlearn.networks.leaves import Leaves, Weights
from nnlearn.networks.losses import Loss, SoftmaxCrossEntropy
from nnlearn.networks.objective import NetworkObjective

SOFTMAX = SoftmaxCrossEntropy()
BLOCK = 64  # examples at a time when it only runs: what a layer gives then stays in the processor's cache


class Network:
    """Layers, each of which takes what the one before gives.

    shape: of one example, such as (64,) or (8, 8, 1). layers: at least one; an unnamed one gets the name of its
    class. frozen: names of layers that training leaves alone (``freeze`` says more). Raises TypeError or ValueError,
    naming the layer and both shapes, if one can't take what comes in; ValueError if there is no layer to freeze.

    A network holds no numbers. Its arrays, the ``leaves``, are called "layer/leaf" and stand in Keras's order. Where
    weights are asked for, give all leaves by name, or theta, shape (..., d), the trained ones in one row. In either
    form axes before those of a leaf are a sweep of networks.

    >>> from nnlearn.networks import Conv2D, Dense, Flatten, MaxPool2D, ReLU
    >>> network = Network((8, 8, 1), [Conv2D(4, 3), ReLU(), MaxPool2D(), Flatten(), Dense(10)])
    >>> {name: leaf.shape for name, leaf in network.leaves.declared.items()}
    {'conv2d/kernel': (3, 3, 1, 4), 'conv2d/bias': (4,), 'dense/kernel': (64, 10), 'dense/bias': (10,)}
    >>> theta = network.initial(seed=0)
    >>> theta.shape, network.forward(theta, np.zeros((5, 8, 8, 1))).shape
    ((690,), (5, 10))
    """

    def __init__(self, shape: Sequence[int], layers: Sequence[Layer], frozen: Sequence[str] = ()):
        if np.ndim(shape) != 1 or not len(shape):
            message = say(
                "shape must be that of one example, such as (64,) or (8, 8, 1); it is {shape!r}.", shape=shape
            )
            raise TypeError(message)
        for length in shape:
            whole_number("shape", length, at_least=1)
        self.shape: Shape = tuple(map(int, shape))
        self.layers = named(layers)
        self.frozen = checked_names(self.layers, frozen)
        self.placed = chained(self.shape, self.layers, self.frozen)
        self.leaves = Leaves({name: leaf for each in self.placed for name, leaf in each.leaves.items()})
        taught = [i for i, each in enumerate(self.placed) if any(leaf.trained for leaf in each.own.values())]
        self.width = sum(prod(each.output) for each in self.placed)  # numbers that an example needs on its way
        self.lowest = taught[0] if taught else len(self.placed)  # the first layer that has something to learn

    @property
    def output(self) -> Shape:
        """The shape of one example's scores."""
        return self.placed[-1].output

    def freeze(self, *layers: str) -> "Network":
        """The same network, in which these layers alone are frozen: training leaves them as they are.

        Their leaves are no part of theta, so that no optimiser, with momentum or decay, can move them; what is trained
        is what is left, and theta is as much shorter. Their numbers are given with the data:
        ``network.freeze("conv1").on(X, y, statistics=weights)``, as those of a normalisation are; a frozen
        normalisation uses the stored mean and variance, as in Keras. Raises ValueError if there is no such layer.
        """
        return Network(self.shape, self.layers, layers)

    # --- Weights: by name, and flat ---

    def begin(self, seed: int) -> dict[str, Array]:
        """All leaves before training, by name, as the layers say. Raises TypeError or ValueError for the seed."""
        return self.leaves.begin(seed)

    def initial(self, seed: int) -> Array:
        """theta before training, shape (d,): ``begin``, flat."""
        return self.pack(self.begin(seed))

    def unpack(self, theta: ArrayLike) -> dict[str, Floats]:
        """The trained leaves by name, views of theta; ValueError if theta has another length."""
        unmasked("theta", theta)
        return self.leaves.unpack(np.asarray(theta))

    def pack(self, weights: Weights) -> Array:
        """theta of leaves by name, in float64; those that aren't trained are left out. Raises as ``forward``."""
        return self.leaves.flat(self.leaves.checked(weights, self.leaves.trained)).astype(np.float64)

    # --- Examples through the network ---

    def forward(self, weights: Weights | Floats, X: ArrayLike) -> Floats:
        """The scores, shape (..., n, *output), of a network that runs and doesn't train.

        X: shape (n, *shape). It computes in the precision of the weights, float32 or float64. Raises TypeError or
        ValueError if X has another shape or holds anything but finite numbers, if a leaf is missing, is none of the
        network's or has another shape.
        """
        arrays, x = self.ready(weights, X, self.leaves.declared)
        parameters = self.parameters(arrays)
        blocks = [self.scores(x[i : i + BLOCK], parameters) for i in range(0, len(x), BLOCK)]
        return blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=-1 - len(self.output))

    def activations(self, weights: Weights | Floats, X: ArrayLike) -> dict[str, Floats]:
        """What each layer gives, by its name, shape (..., n, *its output). Raises as ``forward``."""
        arrays, x = self.ready(weights, X, self.leaves.declared)
        values = self.values(x, self.parameters(arrays))[1:]
        return {str(layer.name): value for layer, value in zip(self.layers, values, strict=True)}

    def statistics(self, weights: Weights | Floats, X: ArrayLike) -> dict[str, Floats]:
        """The leaves that aren't trained, of these examples: mean and variance of what each normalisation gets.

        They are those of all of X together, where Keras keeps a moving mean over the batches it trained on. With them
        the network runs: ``network.forward({**network.unpack(theta), **network.statistics(theta, X)}, X)``. Raises as
        ``forward``.
        """
        given = {
            name: leaf for each in self.placed for name, leaf in each.leaves.items() if leaf.trained or each.frozen
        }
        arrays, x = self.ready(weights, X, given)
        parameters = self.parameters({name: arrays[name] for name in given})
        return {
            f"{each.layer.name}/{name}": value
            for each, x, p in zip(self.placed, self.values(x, parameters), parameters, strict=False)
            for name, value in each.layer.measured(x, p).items()
            if not each.frozen
        }

    def ready(
        self, weights: Weights | Floats, X: ArrayLike, needed: Mapping[str, Leaf]
    ) -> tuple[dict[str, Floats], Floats]:
        """Weights and examples, checked, of one precision."""
        arrays, x = self.leaves.checked(weights, needed), examples(X, self.shape)
        precision = np.result_type(np.float32, *({array.dtype for array in arrays.values()} or {x.dtype}))
        return arrays, x.astype(precision, copy=False)

    # --- Forward and back, unchecked ---

    def parameters(self, weights: Weights, training: bool = False, seed: Sequence[int] = ()) -> list[Parameters]:
        """What each layer computes with. seed: of what is drawn by chance."""
        return [each.parameters(weights, training, (*seed, i)) for i, each in enumerate(self.placed)]

    def scores(self, x: Floats, parameters: Sequence[Parameters]) -> Floats:
        """What the last layer gives; what those before it gave is not kept."""
        for layer, p in zip(self.layers, parameters, strict=True):
            x = layer.forward(x, p)
        return x

    def values(self, x: Floats, parameters: Sequence[Parameters]) -> list[Floats]:
        """x, and what each layer gives."""
        values = [x]
        for layer, p in zip(self.layers, parameters, strict=True):
            values.append(layer.forward(values[-1], p))
        return values

    def back(
        self, dy: Floats, values: Sequence[Floats], parameters: Sequence[Parameters], to: int
    ) -> tuple[list[Floats], dict[str, Floats]]:
        """Back-propagation, from dy, the loss's slope in the scores: its slopes in the values and the trained leaves.

        to: the first of the values whose slope is wanted; at the layer before it the way back ends.

        Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors" (1986).
        """
        slopes = [dy]
        gradients: dict[str, Floats] = {}
        for i in reversed(range(len(self.layers))):
            x, y, p = values[i], values[i + 1], parameters[i]
            gradients |= self.placed[i].gradients(dy, x, y, p)
            if i < to:
                break
            dy = self.layers[i].backward(dy, x, y, p)
            slopes.append(dy)
        return slopes[::-1], gradients

    # --- What it costs, and what is asked of it ---

    def count(self) -> Counts:
        """Parameters, floating-point operations for one example, and bytes in float32, of each layer and in all.

        A multiply-add counts as 2 operations. Activations and pooling count as 0.
        """
        return Counts(tuple(each.count() for each in self.placed))

    def on(
        self,
        X: ArrayLike,
        y: ArrayLike,
        loss: Loss = SOFTMAX,
        l2: float = 0.0,
        statistics: Weights | None = None,
        seed: int = 0,
    ) -> NetworkObjective:
        """The mean loss on data as a function of theta, to be minimised: ``NetworkObjective`` says more."""
        return NetworkObjective(self, X, y, loss, l2, statistics, seed)

    def __repr__(self) -> str:
        frozen = f", frozen={self.frozen}" if self.frozen else ""
        return f"Network({self.shape}, [{', '.join(map(repr, self.layers))}]{frozen})"


def checked_names(layers: Sequence[Layer], names: Sequence[str]) -> tuple[str, ...]:
    """The names, if each is a layer's; TypeError for what is no list of names, ValueError if there is no such layer."""
    known, found = [layer.name for layer in layers], names_in("frozen", names)
    for name in found:
        if name not in known:
            message = say("There is no layer {layer!r}; the layers are {layers}.",
                          layer=name, layers=", ".join(map(str, known)))  # fmt: skip
            raise ValueError(message)
    return tuple(found)
