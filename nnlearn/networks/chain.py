"""Layers one after the other: each with a name, each taking what the one before gives."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from nnlearn.language import say
from nnlearn.networks.layer import Layer, Shape
from nnlearn.networks.placed import Placed


def named(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The layers, each with a name of its own: dense, dense_1, ... if it has none. TypeError, ValueError if not."""
    if isinstance(layers, Layer):
        raise TypeError(say("layers must be a list, if of one layer too: [{layer!r}].", layer=layers))
    if not layers:
        raise ValueError(say("A network needs at least one layer."))
    for layer in layers:
        if not isinstance(layer, Layer):
            raise TypeError(say("A network is made of layers; {layer!r} is none.", layer=layer))
    taken = {layer.name for layer in layers if layer.name is not None}
    if len(taken) < sum(layer.name is not None for layer in layers):
        names = ", ".join(str(layer.name) for layer in layers if layer.name is not None)
        raise ValueError(say("Each layer needs a name of its own; these are {names}.", names=names))
    finished = []
    for layer in layers:
        if layer.name is None:
            kind = type(layer).__name__.lower()
            name = next(name for name in numbered(kind) if name not in taken)
            taken.add(name)
            layer = replace(layer, name=name)
        finished.append(layer)
    return tuple(finished)


def numbered(kind: str) -> Iterator[str]:
    """dense, dense_1, dense_2, ..."""
    yield kind
    for i in count(1):
        yield f"{kind}_{i}"


def names_in(argument: str, names: Any) -> list[str]:
    """The names of layers that a list holds; TypeError for a single word, no list, or one that holds anything else."""
    if isinstance(names, str):
        message = say("{argument} must be a list of names, if of one layer too: [{name!r}].",
                      argument=argument, name=names)  # fmt: skip
        raise TypeError(message)
    try:
        found = list(names)
    except TypeError:
        found = [names]
    for each in found:
        if not isinstance(each, str):
            message = say("{argument} must be a list of names of layers; {value!r} is none.",
                          argument=argument, value=each)  # fmt: skip
            raise TypeError(message)
    return found


def chained(shape: Shape, layers: Sequence[Layer], frozen: Sequence[str] = ()) -> list[Placed]:
    """Each layer in its place, some frozen; ValueError if one doesn't take what the one before gives."""
    placed: list[Placed] = []
    before = say("the input")
    for layer in layers:
        if layer.takes is not None and len(shape) != len(layer.takes):
            message = say("Layer {name} takes examples of shape ({needed}), but {before} gives {shape}.",
                          name=layer.name, needed=", ".join(layer.takes), before=before, shape=shape)  # fmt: skip
            raise ValueError(" ".join([message, *flattened(layer.takes)]))
        output = layer.output(shape)
        if min(output, default=0) < 1:
            message = say("Layer {name} would give shape {output}: {before} gives {shape}, which is too small.",
                          name=layer.name, output=output, before=before, shape=shape)  # fmt: skip
            raise ValueError(message)
        placed.append(Placed(layer, shape, frozen=layer.name in frozen))
        shape, before = output, str(layer.name)
    return placed


def flattened(takes: tuple[str, ...]) -> list[str]:
    """The advice for a layer that takes rows and gets images."""
    return [say("Put Flatten() between.")] if len(takes) == 1 else []
