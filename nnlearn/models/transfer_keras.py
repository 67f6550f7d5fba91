"""Layers of Keras models that stay as they are, or learn at a rate of their own."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from nnlearn.checks import Range, number
from nnlearn.interop.layers import layers_of
from nnlearn.interop.quiet import keras
from nnlearn.language import say
from nnlearn.networks.chain import names_in


def freeze(model: Any, layers: Sequence[str]) -> Any:
    """Freezes these layers of a Keras model in place, lets all others be trained, and returns the model.

    layers: their names; in a model within the model "model/layer", and "model" for all of them. A frozen layer's
    weights stay bit for bit as they are, whatever trains the model; a frozen normalisation uses its stored mean and
    variance and leaves them alone. An empty list frees all.

    ``fit`` keeps the training step that it once made, and would go on moving what has been frozen since; the step is
    taken away here, so that the next ``fit`` makes another. A training step of your own must be made anew.

    Raises TypeError for anything but a Keras model (a ``Network`` freezes by ``network.freeze``) and if layers is a
    no list of names; ValueError if there is no such layer.
    """
    found, layers = by_path(model), names_in("layers", layers)
    frozen = {id(layer) for name in layers for layer in matching(found, name)}
    for layer in found.values():
        layer.trainable = id(layer) not in frozen
    model.train_function = None
    return model


def by_path(model: Any) -> dict[str, Any]:
    """The layers by their paths; TypeError for anything but a Keras model."""
    if not isinstance(model, keras.Model):
        message = say("A Keras model is needed; this is of type {kind}. A Network freezes by network.freeze(...).",
                      kind=type(model).__name__)  # fmt: skip
        raise TypeError(message)
    return dict(layers_of(model))


def matching(layers: Mapping[str, Any], name: str) -> list[Any]:
    """The layer of this name, or those of the model of this name; ValueError if there is neither."""
    found = [layer for path, layer in layers.items() if path == name or path.startswith(f"{name}/")]
    if not found:
        raise ValueError(say("There is no layer {layer!r}; the layers are {layers}.",
                             layer=name, layers=", ".join(layers)))  # fmt: skip
    return found


@contextmanager
def only(model: Any, layers: Sequence[str]) -> Iterator[None]:
    """Meanwhile these layers alone can be trained; afterwards what could be before."""
    found = by_path(model)
    chosen = {id(layer) for name in layers for layer in matching(found, name)}
    before = [(layer, layer.trainable) for layer in found.values()]
    try:
        for layer, trainable in before:
            layer.trainable = trainable and id(layer) in chosen
        yield
    finally:
        for layer, trainable in before:
            layer.trainable = trainable


class LayerAdam:
    """Adam with a learning rate for each layer, over a model's trainable variables; what isn't named isn't moved.

    rates: by layer. Raises ValueError if there is no such layer, a rate isn't above 0, or a layer that stands under two
    names has two rates; TypeError if a rate is no number.
    """

    def __init__(self, model: Any, rates: Mapping[str, float]):
        layers = by_path(model)
        rate_of: dict[int, float] = {}
        for name, rate in rates.items():
            rate = number(name, rate, Range("(0, inf)"))
            for variable in [each for layer in matching(layers, name) for each in layer.trainable_variables]:
                if rate_of.setdefault(id(variable), rate) != rate:
                    message = say("{weight} belongs to two of the layers named, which have two rates.",
                                  weight=variable.path)  # fmt: skip
                    raise ValueError(message)
        variables = model.trainable_variables
        self.groups = [
            (keras.optimizers.Adam(rate), [i for i, each in enumerate(variables) if rate_of.get(id(each)) == rate])
            for rate in dict.fromkeys(rate_of.values())
        ]
        for optimizer, places in self.groups:
            optimizer.build([variables[i] for i in places])

    def apply(self, gradients: Sequence[Any]) -> None:
        """One step; a gradient for each trainable variable."""
        for optimizer, places in self.groups:
            optimizer.apply([gradients[i] for i in places])
