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
    """Whether each layer is used once, and takes what the one before gives. Raises as ``nodes_of``."""
    if any(node.parent_nodes != [before] for before, node in pairwise(nodes_of(model))):
        return False
    layers = [layer for _, layer, _ in uses(model)]
    within = [layer for layer in model.layers if isinstance(layer, keras.Model)]
    return len(set(map(id, layers))) == len(layers) and all(map(one_after_the_other, within))
