"""A network opened layer by layer, at one theta and on one set of examples."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nnlearn.checks import Array
from nnlearn.language import say
from nnlearn.networks.counting import Counts
from nnlearn.networks.layer import INPUT, Floats, Shape
from nnlearn.tables import Shown

Named = Mapping[str, Floats]


@dataclass(frozen=True, eq=False, repr=False)
class Opened(Shown):
    """What ``NetworkObjective.open`` gives: named arrays, and a table of their sizes. Axes of a sweep stand first.

    activations: what each layer gives, by its name, (..., n, *output); "input" is what comes in.
    slopes: the loss's slope in each of these, of the same shape.
    weights, gradients: each trained leaf, and the loss's slope in it, by its name "layer/leaf", (..., *leaf).
    counts: what each layer costs. sweep: the shape of the sweep, () for one network.
    """

    activations: Named
    slopes: Named
    weights: Named
    gradients: Named
    counts: Counts
    sweep: Shape = ()

    def sizes(self, arrays: Named) -> dict[str, Array]:
        """The root mean square of each array of one of the mappings, for each network of the sweep, shape (...,)."""
        swept = len(self.sweep)
        return {name: np.sqrt(np.mean(np.square(array), axis=tuple(range(swept, array.ndim))))
                for name, array in arrays.items()}  # fmt: skip

    def cells(self) -> tuple[list[str], list[list[str]]]:
        """The head and the rows of the table: root mean squares, of a sweep over all its networks."""
        head = [say("layer"), say("output"), say("parameters"), say("activation"), say("slope"), say("weight"),
                say("gradient")]  # fmt: skip
        rows = [[INPUT, "", "", *map(size, (self.activations[INPUT], self.slopes[INPUT])), "", ""]]
        for layer in self.counts.layers:
            own = [[array for name, array in named.items() if name.startswith(f"{layer.name}/")]
                   for named in (self.weights, self.gradients)]  # fmt: skip
            arrays = self.activations[layer.name], self.slopes[layer.name]
            sizes = [*map(size, arrays), *(size(*each) if each else "" for each in own)]
            rows.append([layer.name, " x ".join(map(str, layer.shape)), f"{layer.parameters:,}", *sizes])
        return head, rows


def size(*arrays: Floats) -> str:
    """The root mean square of all their numbers, with two digits."""
    numbers = np.concatenate([array.ravel() for array in arrays])
    return f"{np.sqrt(np.mean(numbers * numbers)):.2g}"
