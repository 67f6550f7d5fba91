"""What a network costs by its layers alone: parameters, operations, bytes."""

from dataclasses import dataclass

from nnlearn.language import say
from nnlearn.tables import Shown


@dataclass(frozen=True)
class LayerCount:
    """One layer. shape: of its output for one example. flops: for one example. bytes: of its parameters."""

    name: str
    shape: tuple[int, ...]
    parameters: int
    flops: int
    bytes: int


@dataclass(frozen=True, repr=False)
class Counts(Shown):
    """All layers, and their sums: a table in a notebook, columns as text."""

    layers: tuple[LayerCount, ...]

    @property
    def parameters(self) -> int:
        return sum(layer.parameters for layer in self.layers)

    @property
    def flops(self) -> int:
        return sum(layer.flops for layer in self.layers)

    @property
    def bytes(self) -> int:
        return sum(layer.bytes for layer in self.layers)

    def cells(self) -> tuple[list[str], list[list[str]]]:
        """The head and the rows of the table."""
        head = [say("layer"), say("output"), say("parameters"), say("FLOPs"), say("bytes")]
        rows = [[each.name, " x ".join(map(str, each.shape)), *numbers(each)] for each in self.layers]
        return head, [*rows, [say("total"), "", *numbers(self)]]


def numbers(each: LayerCount | Counts) -> list[str]:
    """The cells of a layer, or of the sums."""
    return [f"{number:,}" for number in (each.parameters, each.flops, each.bytes)]
