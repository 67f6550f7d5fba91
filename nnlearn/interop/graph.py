"""In which order a Keras model uses its layers: one after the other, or some of them several times.

Keras tells it in nodes, one for each use of a layer. Their names are private; ``get_config`` has them, too, but not of
a model with a layer that can't be saved.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from nnlearn.interop.quiet import keras
from nnlearn.language import say


def nodes_of(model: Any) -> list[Any]:
    """Each use of a layer, from the input to the output.

    Raises ValueError for a model that isn't built, and for one made of code, whose layers can't be followed.
    """
    if not model.built:
        message = say("{model} is not built, so its layers can't be followed: begin it with keras.Input.",
                      model=model.name)  # fmt: skip
        raise ValueError(message)
    function = model._functional if isinstance(model, keras.Sequential) else model
    if not hasattr(function, "_nodes_by_depth"):
        message = say("{model}, of type {kind}, is made of code, so its layers can't be followed: a sequential or "
                      "functional model is needed.", model=model.name, kind=type(model).__name__)  # fmt: skip
        raise ValueError(message)
    depths = function._nodes_by_depth  # 0 is the output
    return [node for depth in sorted(depths, reverse=True) for node in depths[depth]]


def uses(model: Any, before: str = "") -> Iterator[tuple[str, Any, tuple[int | None, ...]]]:
    """The path, the layer and the shape that it makes of one example, at each use; those in models within it, too."""
    for node in nodes_of(model):
        layer = node.operation
        path = f"{before}{layer.name}"
        if isinstance(layer, keras.Model):
            yield from uses(layer, f"{path}/")
        elif isinstance(layer, keras.layers.Layer) and not node.is_input:
            yield path, layer, tuple(node.output_tensors[0].shape[1:])


def one_after_the_other(model: Any) -> bool:
    """Whether each layer is used once, and takes what the one before gives. Raises as ``nodes_of``.

    A model within it may add to its input what its layers make of it.
    """
    return in_a_row(model, nodes_of(model))


def is_residual(model: Any) -> bool:
    """Whether a model adds to its input what its layers, one after the other, make of it. Raises as ``nodes_of``."""
    first, *within, last = nodes_of(model)
    adds = bool(within) and isinstance(last.operation, keras.layers.Add) and len(last.parent_nodes) == 2
    return adds and {*last.parent_nodes} == {first, within[-1]} and in_a_row(model, [first, *within])


def in_a_row(model: Any, nodes: list[Any]) -> bool:
    """Whether these nodes of a model follow each other, and the model uses each layer once."""
    if any(node.parent_nodes != [before] for before, node in pairwise(nodes)):
        return False
    layers = [layer for _, layer, _ in uses(model)]
    within = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    return len(set(map(id, layers))) == len(layers) and all(one_after_the_other(m) or is_residual(m) for m in within)
