"""All layers of a network at one theta, those within others too: what each gives, and the loss's slope in that."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nnlearn.checks import Array
from nnlearn.networks.layer import INPUT, Floats, Layer, Parameters, is_kernel
from nnlearn.networks.layers import Residual
from nnlearn.networks.objective import NetworkObjective
from nnlearn.networks.opened import Opened
from nnlearn.networks.placed import Placed


class Seen(NamedTuple):
    """A layer in its place, by its name in the network; what it gives, and the loss's slope in that."""

    name: str
    placed: Placed
    y: Floats
    slope: Floats

    @property
    def has_kernel(self) -> bool:
        """Of its own: what layers within it have is theirs."""
        return not isinstance(self.placed.layer, Residual) and any(map(is_kernel, self.placed.own))


def names_of(layers: Sequence[Layer], before: str = "") -> Iterator[str]:
    """The names of all layers, those within another one before it."""
    for layer in layers:
        name = f"{before}{layer.name}"
        if isinstance(layer, Residual):
            yield from names_of(layer.layers, f"{name}/")
        yield name


def all_layers(J: NetworkObjective, opened: Opened, theta: Array) -> Iterator[Seen]:
    """The layers, in the order of their names."""
    x = opened.activations[INPUT]
    for placed, p in zip(J.network.placed, J.parameters_of(theta), strict=True):
        name = str(placed.layer.name)
        y, slope = opened.activations[name], opened.slopes[name]
        yield from layers_within(name, placed.layer, p, x, slope)
        yield Seen(name, placed, y, slope)
        x = y


def layers_within(name: str, layer: Layer, p: Parameters, x: Floats, slope: Floats) -> Iterator[Seen]:
    """Those within a layer, however deep."""
    if isinstance(layer, Residual):
        for each in layer.opened(slope, x, p)[0]:
            inner = f"{name}/{each.placed.layer.name}"
            yield from layers_within(inner, each.placed.layer, each.parameters, each.x, each.dy)
            yield Seen(inner, each.placed, each.y, each.dy)
