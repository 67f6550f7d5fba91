"""Which weights of a network can go: a score for each, and masks that keep those of the highest score.

Weights, scores and masks are arrays by name, "layer/kernel". Only kernels are pruned: biases are few, and stay.
"""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import OneOf, Range, finite_array, is_masked, number, real_array, whole_number
from nnlearn.compression.prune_gradients import example_gradients
from nnlearn.language import say
from nnlearn.networks.layer import is_kernel
from nnlearn.networks.losses import Loss, SoftmaxCrossEntropy
from nnlearn.networks.network import Network

Arrays = Mapping[str, NDArray[Any]]
Masks = Mapping[str, NDArray[np.bool_]]
Cut = Literal["network", "layer"]
SHARE = Range("[0, 1]")


# --- Scores: the lower, the sooner a weight goes ---


def magnitude(weights: Arrays) -> dict[str, NDArray[Any]]:
    """The size of each weight, \\|w\\|: Han, Pool, Tran and Dally (2015), arXiv:1506.02626.

    Of whole numbers as floats: of int8 the size of -128 would be -128. Raises what ``kernels_of`` raises.
    """
    return {name: np.abs(kernel.astype(np.result_type(kernel, np.float16)))
            for name, kernel in kernels_of(weights).items()}  # fmt: skip


def at_random(weights: Arrays, seed: int = 0) -> dict[str, NDArray[Any]]:
    """A number between 0 and 1 for each weight, whatever it is: what every other score has to beat.

    Raises what ``kernels_of`` raises, and TypeError or ValueError for a seed that is no whole number from 0.
    """
    whole_number("seed", seed, at_least=0)
    generator = np.random.default_rng(seed)
    return {name: generator.random(kernel.shape) for name, kernel in kernels_of(weights).items()}


def importance(
    network: Network,
    weights: Arrays,
    X: ArrayLike,
    y: ArrayLike,
    by: Literal["squares", "mean", "slope"] = "squares",
    loss: Loss | None = None,
) -> dict[str, NDArray[Any]]:
    """What the loss says of each weight, to first order in its removal: the loss of example i changes by about -w g_i.

    g_i is the slope of example i's loss in the weight, at the network that runs (nothing is drawn by chance).

    by: "squares", the mean over examples of (w g_i)**2, where a rise for one example and a fall for another don't
    cancel; "mean", the size of w times the mean slope, in which they do: at a minimum it is 0 for every weight;
    "slope", the size of the mean slope alone, which says how fast the loss changes and not how far w is from 0.

    X, y: examples as ``Network.on`` takes them. loss: cross-entropy of scores, if not given. Raises what ``forward``
    and the loss raise, and ValueError for the weights of a sweep of networks.

    Molchanov, Tyree, Karras, Aila and Kautz (2017), arXiv:1611.06440 (the mean, for feature maps); Molchanov, Mallya,
    Tyree, Frosio and Kautz (2019), arXiv:1906.10771 (the square).
    """
    OneOf("squares", "mean", "slope")("by", by)
    kernels = kernels_of(weights)
    count, sums = 0, {name: np.zeros(kernel.shape) for name, kernel in kernels.items()}
    for gradients in example_gradients(network, weights, X, y, loss or SoftmaxCrossEntropy()):
        for name, kernel in kernels.items():
            each = gradients[name].astype(np.float64)
            sums[name] += ((kernel * each) ** 2).sum(axis=0) if by == "squares" else each.sum(axis=0)
        count += len(each)
    means = {name: total / count for name, total in sums.items()}
    if by == "squares":
        return means
    return {name: np.abs(mean if by == "slope" else kernels[name] * mean) for name, mean in means.items()}


# --- Masks: True where a weight stays ---


def masks(scores: Arrays, share: float | Mapping[str, float], each: Cut = "network") -> dict[str, NDArray[np.bool_]]:
    """Masks of the scores' shapes, False for the ``share`` of lowest score: round(share * n) of n weights.

    each: "network", one cut for all weights together; "layer", a cut for each layer. A share for each layer,
    {"conv2": 0.6, "dense": 0.75}, is cut layer by layer; the other layers stay whole. A layer of two kernels has a cut
    for each. Of equal scores the first goes first. Raises TypeError for scores that aren't by name, ValueError for a
    share outside 0 to 1, a layer that isn't there, and scores that aren't finite.

    >>> scores = {"hidden/kernel": np.array([[1.0, 2.0]]), "output/kernel": np.array([[3.0], [4.0]])}
    >>> masks(scores, share=0.5)
    {'hidden/kernel': array([[False, False]]), 'output/kernel': array([[ True],
           [ True]])}
    """
    OneOf("network", "layer")("each", each)
    check_names("scores", scores)
    ranked = {name: finite_array(name, array) for name, array in scores.items()}
    if not ranked:
        raise ValueError(say("There are no scores: masks needs those of one kernel or more."))
    if isinstance(share, Mapping):
        shares = share_of_each(ranked, share)
    else:
        fraction = number("share", share, SHARE)
        if each == "network":
            return cut_together(ranked, fraction)
        shares = dict.fromkeys(ranked, fraction)
    return {name: kept(array, shares[name]) for name, array in ranked.items()}


def share_of_each(scores: Arrays, shares: Mapping[str, float]) -> dict[str, float]:
    """The share of each kernel, of shares by layer; ValueError for a layer that has none, or a share outside 0 to 1."""
    layers = {name: name.rpartition("/")[0] for name in scores}
    for layer in shares:
        if layer not in layers.values():
            message = say("share names {layer!r}; the layers with a kernel are {layers}.",
                          layer=layer, layers=", ".join(dict.fromkeys(layers.values())))  # fmt: skip
            raise ValueError(message)
    return {name: number(f"share[{layer!r}]", shares.get(layer, 0.0), SHARE) for name, layer in layers.items()}


def cut_together(scores: Arrays, share: float) -> dict[str, NDArray[np.bool_]]:
    """Masks of one cut for all."""
    everything = kept(np.concatenate([array.ravel() for array in scores.values()]), share)
    ends = np.cumsum([array.size for array in scores.values()])[:-1]
    parts = np.split(everything, ends)
    return {name: part.reshape(array.shape) for (name, array), part in zip(scores.items(), parts, strict=True)}


def kept(scores: NDArray[Any], share: float) -> NDArray[np.bool_]:
    """The mask of one array."""
    gone = round(share * scores.size)
    mask = np.ones(scores.size, bool)
    mask[np.argsort(scores, axis=None, kind="stable")[:gone]] = False
    return mask.reshape(scores.shape)


def pruned(weights: Arrays, masks: Masks) -> dict[str, NDArray[Any]]:
    """The weights, 0 where a mask says False; what has no mask stays as it is.

    Raises ValueError if a mask has no weight of its name and shape, TypeError if it isn't of True and False, and if
    the weights have masks of their own or aren't numbers by name.

    >>> pruned({"dense/kernel": np.array([3.0, -1.0])}, {"dense/kernel": np.array([True, False])})
    {'dense/kernel': array([3., 0.])}
    """
    check_names("weights", weights)
    check_names("masks", masks)
    for name, array in weights.items():
        real_array(name, array)
    for name, mask in masks.items():
        if name not in weights:
            message = say("There is a mask for {name!r}; the weights are {names}.",
                          name=name, names=", ".join(weights))  # fmt: skip
            raise ValueError(message)
        check_mask(name, mask, np.shape(weights[name]))
    return {name: np.where(masks[name], array, np.zeros_like(array)) if name in masks else array
            for name, array in weights.items()}  # fmt: skip


def check_mask(name: str, mask: Any, shape: tuple[int, ...]) -> None:
    """TypeError if it isn't of True and False, or is masked itself; ValueError if it has another shape."""
    if not isinstance(mask, np.ndarray) or mask.dtype != bool or is_masked(mask):
        kind = mask.dtype if isinstance(mask, np.ndarray) and not is_masked(mask) else type(mask).__name__
        message = say("The mask of {name} must be an array of True and False; it is {kind}.", name=name, kind=kind)
        raise TypeError(message)
    if mask.shape != shape:
        message = say("The mask of {name} has shape {found}; it needs {needed}.",
                      name=name, found=mask.shape, needed=shape)  # fmt: skip
        raise ValueError(message)


def sparsity(weights: Arrays) -> float:
    """The share of weights in kernels that are exactly 0. Raises what ``kernels_of`` raises."""
    kernels = kernels_of(weights).values()
    return sum(int(np.sum(kernel == 0)) for kernel in kernels) / sum(kernel.size for kernel in kernels)


def kernels_of(weights: Arrays) -> dict[str, NDArray[Any]]:
    """The kernels among the weights. TypeError for no dict, and for an array with a mask or no real numbers.

    ValueError if there is none, all are empty, or one isn't finite.
    """
    check_names("weights", weights)
    kernels = {name: array for name, array in weights.items() if is_kernel(name)}
    if not kernels:
        raise ValueError(say("There is no kernel among the weights: {names}.", names=", ".join(weights)))
    if not any(np.size(array) for array in kernels.values()):
        raise ValueError(say("The kernels hold no weights: {names}.", names=", ".join(kernels)))
    for name, array in kernels.items():
        finite_array(name, array)
    return {name: np.asarray(array) for name, array in kernels.items()}


def check_names(name: str, value: Any) -> None:
    """TypeError unless the value is a dict by words."""
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value):
        message = say("{name} must be a dict of arrays by name, {{\"dense/kernel\": array}}; this is of type {kind}.",
                      name=name, kind=type(value).__name__)  # fmt: skip
        raise TypeError(message)
