"""In which order a Keras model uses its layers: one after the other, or some of them several times."""

from collections.abc import Iterator
from typing import Any

from nnlearn.interop.quiet import keras
from nnlearn.language import say

Tensor = dict[
    str, Any
]  # as a model's configuration has it: shape, dtype, keras_history (layer, which use, which output)


def calls(model: Any) -> Iterator[tuple[Any, Any]]:
    """Each layer with the shape that comes in, or a list of them, each time it is used, in the order of ``layers``.

    Raises ValueError for a model that isn't built, and for one made of code, whose layers can't be followed.
    """
    if not model.built:
        message = say("{model} is not built, so its layers can't be followed: begin it with keras.Input.",
                      model=model.name)  # fmt: skip
        raise ValueError(message)
    if isinstance(model, keras.Sequential):
        shape = model.input_shape
        for layer in model.layers:
            yield layer, shape
            shape = layer.compute_output_shape(shape)
        return
    nodes = nodes_of(model)
    for layer in model.layers:
        if layer.name not in nodes:
            message = say("{model}, of type {kind}, is made of code, so its layers can't be followed: a sequential or "
                          "functional model is needed.", model=model.name, kind=type(model).__name__)  # fmt: skip
            raise ValueError(message)
        for node in nodes[layer.name]:
            shapes = [tuple(tensor["shape"]) for tensor in node]
            yield layer, shapes[0] if len(shapes) == 1 else shapes


def one_after_the_other(model: Any) -> bool:
    """Whether each layer is used once, and takes what the one before gives; models within the model are looked into.

    Of a model made of code, which can't be known, it is true.
    """
    if not all(one_after_the_other(layer) for layer in model.layers if isinstance(layer, keras.Model)):
        return False
    nodes = {} if isinstance(model, keras.Sequential) else nodes_of(model)
    before = None
    for layer in model.layers:
        sources = [[tensor["keras_history"][0] for tensor in node] for node in nodes.get(layer.name, ())]
        if nodes and sources != ([[before]] if before else []):
            return False
        before = layer.name
    return True


def nodes_of(model: Any) -> dict[str, list[list[Tensor]]]:
    """Of each layer of a functional model, by its name, the tensors that it takes each time; {} of one made of code."""
    layers = model.get_config().get("layers", ())
    return {each["name"]: [list(tensors(node)) for node in each["inbound_nodes"]]
            for each in layers if "inbound_nodes" in each}  # fmt: skip


def tensors(part: Any) -> Iterator[Tensor]:
    """Those in a part of a configuration."""
    if isinstance(part, dict) and part.get("class_name") == "__keras_tensor__":
        yield part["config"]
    elif isinstance(part, dict | list | tuple):
        for each in part.values() if isinstance(part, dict) else part:
            yield from tensors(each)
