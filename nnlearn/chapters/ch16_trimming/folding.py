"""A normalisation folded into its convolution, rightly and in four wrong ways."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlearn.compression.fold import fold
from nnlearn.networks import Network
from nnlearn.networks.layer import Floats

Rule = Callable[..., tuple[Floats, Floats]]


def right(gamma: Any, beta: Any, mean: Any, variance: Any, epsilon: float) -> tuple[Floats, Floats]:
    """g and h of g x + h."""
    g = gamma / np.sqrt(variance + epsilon)
    return g, beta - g * mean


def mean_forgotten(gamma: Any, beta: Any, mean: Any, variance: Any, epsilon: float) -> tuple[Floats, Floats]:
    """As if the mean were 0."""
    return gamma / np.sqrt(variance + epsilon), beta


def mean_unscaled(gamma: Any, beta: Any, mean: Any, variance: Any, epsilon: float) -> tuple[Floats, Floats]:
    """The mean is subtracted as it is, though what it is subtracted from was scaled."""
    return gamma / np.sqrt(variance + epsilon), beta - mean


def variance_for_its_root(gamma: Any, beta: Any, mean: Any, variance: Any, epsilon: float) -> tuple[Floats, Floats]:
    """Divided by the variance."""
    g = gamma / (variance + epsilon)
    return g, beta - g * mean


def epsilon_forgotten(gamma: Any, beta: Any, mean: Any, variance: Any, epsilon: float) -> tuple[Floats, Floats]:
    """As if epsilon were 0."""
    g = gamma / np.sqrt(variance)
    return g, beta - g * mean


RULES: dict[str, Rule] = {
    "right": right,
    "mean forgotten": mean_forgotten,
    "mean unscaled": mean_unscaled,
    "variance for its root": variance_for_its_root,
    "epsilon forgotten": epsilon_forgotten,
}


def folded(network: Network, weights: dict[str, Floats], rule: str) -> tuple[Network, dict[str, Floats]]:
    """The network with each ``layer/norm`` folded into ``layer/conv`` by a rule, right or wrong."""
    smaller, found = fold(network, weights)  # the layers and names; the numbers of wrong rules are put in below
    for name in found:
        layer, _, leaf = name.rpartition("/")
        norm = layer.replace("/conv", "/norm")
        if f"{norm}/gamma" in weights:
            own = [weights[f"{norm}/{part}"] for part in ("gamma", "beta", "moving_mean", "moving_variance")]
            g, h = RULES[rule](*own, 1e-3)
            found[name] = (weights[name] * g if leaf == "kernel" else h).astype(np.float32)
    return smaller, found
