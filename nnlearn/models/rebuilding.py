"""A Keras model in, a smaller one out: what is done to a network of the course, done to a Keras model."""

from collections.abc import Callable
from typing import Any

from nnlearn.interop.layers import from_keras, to_keras
from nnlearn.networks.edits import Model


def rebuilt(model: Any, change: Callable[..., Model], *arguments: Any) -> Any:
    """The Keras model of ``change(network, weights, *arguments)``, where the first two are the model's.

    change: such as ``nnlearn.compression.fold``, ``remove`` or ``merge_units``. The new model has float32 weights and
    isn't compiled; the old one stays as it is. Raises what ``nnlearn.interop.layers.from_keras`` raises for a model
    that isn't layers one after the other, and what ``change`` raises.

    >>> from nnlearn.compression import remove_units
    >>> from nnlearn.models import convolutional
    >>> rebuilt(convolutional(), remove_units, "dense", [0, 1]).count_params()
    20500
    """
    network, weights = change(*from_keras(model), *arguments)
    return to_keras(network, weights, name=model.name)
