"""A network of several tasks as a Keras model with an output for each."""

from collections.abc import Mapping
from typing import Any

from nnlearn.interop.layers import to_keras
from nnlearn.interop.quiet import keras
from nnlearn.language import say
from nnlearn.models.multitask import MultiTask
from nnlearn.networks import Dense, Network
from nnlearn.networks.layer import Floats
from nnlearn.networks.leaves import Weights


def headed(network: Network, weights: Weights | Floats, tasks: Mapping[str, int]) -> Any:
    """A Keras model that computes the same scores, cut into an output for each task, a dense layer of its own.

    network: ends in a dense layer, all heads side by side. weights: as ``Network.forward`` takes them. tasks: the
    number of classes by the name of the task, in the order of the scores: the model gives a dict by these names, and
    its losses and metrics are given by them, too.

    Raises TypeError or ValueError for tasks or a network that can't be, and what ``to_keras`` raises.
    """
    if not isinstance(tasks, Mapping):
        message = say("tasks are given by name, {{name: classes}}; this is of type {kind}.", kind=type(tasks).__name__)
        raise TypeError(message)
    if not isinstance(network, Network):
        message = say("A Network of the course is needed; this is of type {kind}.", kind=type(network).__name__)
        raise TypeError(message)
    loss, last = MultiTask([*tasks.values()]), network.layers[-1]
    loss.check(last, network.output)
    if not isinstance(last, Dense):
        raise ValueError(
            say("The heads are cut out of a last dense layer; this network ends in {layer!r}.", layer=last)
        )
    whole = to_keras(network, weights)
    trunk = whole.layers[-2].output if len(whole.layers) > 1 else whole.inputs[0]
    arrays = whole.layers[-1].get_weights()
    heads = {name: keras.layers.Dense(k, use_bias=last.bias, name=name) for name, k in tasks.items()}
    model = keras.Model(whole.inputs[0], {name: head(trunk) for name, head in heads.items()})
    for head, scores in zip(heads.values(), loss.heads, strict=True):
        head.set_weights([array[..., scores] for array in arrays])
        head.trainable = last.name not in network.frozen
    return model
