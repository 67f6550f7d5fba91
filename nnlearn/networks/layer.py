"""What a layer is: leaves, the shape of its output, a way forward and a way back."""

from collections.abc import Sequence
from dataclasses import MISSING, field, fields
from types import SimpleNamespace
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnlearn.hyperparameters import Hyperparameters, function_name
from nnlearn.language import say
from nnlearn.networks.initial import Initial, zeros

Floats = NDArray[Any]  # float32 or float64
Shape = tuple[int, ...]


class Leaf(NamedTuple):
    """An array of a layer: its shape and its first values.

    trained: whether training moves it, as part of theta; else it is measured on examples, and is None in training.
    """

    shape: Shape
    initial: Initial = zeros
    trained: bool = True


class Parameters(SimpleNamespace):
    """What a layer computes with, beside its input: its leaves by name, ``p.kernel``, and how it is run.

    In a sweep of networks a leaf has the axes of the sweep before its own. A leaf with one axis (a number for each
    channel) has axes of length 1 before that, so that it meets every example and place: ``x + p.bias``.

    shape, output: of one example that comes in and goes out, without the axis of examples.
    axes: those of examples and places, all but the channels: ``dy.sum(p.axes)`` has the shape of a bias.
    training: whether the network learns from these examples, or only runs.
    seed: of what is drawn by chance.
    """

    shape: Shape
    output: Shape
    axes: tuple[int, ...]
    training: bool
    seed: Sequence[int]

    def chance(self) -> np.random.Generator:
        """Random numbers, which on the way back are the same as forward."""
        return np.random.default_rng(self.seed)

    def __getattr__(self, name: str) -> Any:  # for mypy: leaves have any name
        raise AttributeError(name)


INPUT = "input"  # what a network opened calls the examples that come in


def usable_name(name: str, value: Any) -> None:
    """TypeError if a layer's name is no word, ValueError if it is empty or taken."""
    if not isinstance(value, str | None):
        raise TypeError(say("{name} must be a word; it is {value!r}.", name=name, value=value))
    if value in ("", INPUT):
        raise ValueError(say("A layer can't be called {value!r}: give it another name.", value=value))


class Layer(Hyperparameters):
    """A function of examples. A subclass declares its numbers as fields and defines what differs of the below.

    name: what its leaves are called by: "hidden" of "hidden/kernel". A network names the unnamed, by their class.
    """

    takes: ClassVar[tuple[str, ...] | None] = None
    """The axes of one example, in words: ("height", "width", "channels"). None: any."""

    name: Annotated[str | None, usable_name] = field(default=None, kw_only=True)

    @property
    def draws(self) -> bool:
        """Whether something is drawn by chance in training, anew at each step."""
        return False

    def leaves(self, shape: Shape) -> dict[str, Leaf]:
        """Its arrays by name, for examples of this shape. A "kernel" multiplies what comes in."""
        return {}

    def output(self, shape: Shape) -> Shape:
        """The shape of one example after the layer."""
        return shape

    def forward(self, x: Floats, p: Parameters) -> Floats:
        """y: examples (..., n, *shape) -> (..., n, *output)."""
        raise NotImplementedError

    def backward(self, dy: Floats, x: Floats, y: Floats, p: Parameters) -> Floats:
        """The loss's slope in x, from its slope dy in y = forward(x, p). The slope has the shape of its array."""
        raise NotImplementedError

    def slopes(self, dy: Floats, x: Floats, y: Floats, p: Parameters) -> dict[str, Floats]:
        """The loss's slope in each trained leaf."""
        return {}

    def measured(self, x: Floats, p: Parameters) -> dict[str, Floats]:
        """The leaves that aren't trained, as these examples have them."""
        return {}

    def operations(self, shape: Shape) -> int:
        """Floating-point operations for one example: 2 for each weight of the kernel at each place of the output."""
        kernels = (leaf.shape for name, leaf in self.leaves(shape).items() if is_kernel(name))
        places = int(np.prod(self.output(shape)[:-1], dtype=int))
        return 2 * places * sum(int(np.prod(kernel, dtype=int)) for kernel in kernels)

    def described(self) -> dict[str, Any]:
        """Its class and fields, ready for JSON."""
        values = {name: texts(value) for name, value in self.hyperparameters.items()}
        return {"class": type(self).__name__, **values}

    def __repr__(self) -> str:
        """The fields that aren't as they are by default."""
        given = []
        for each in sorted(fields(self), key=lambda each: bool(each.kw_only)):
            value = getattr(self, each.name)
            if value != each.default:
                name = "" if each.default is MISSING else f"{each.name}="
                given.append(f"{name}{function_name(value) or repr(value)}")
        return f"{type(self).__name__}({', '.join(given)})"


def texts(value: Any) -> Any:
    """A field as JSON has it: numbers, words and None as they are; layers described; a function by its name."""
    if isinstance(value, tuple):
        return [each.described() for each in value]
    return value if isinstance(value, int | float | str | None) else function_name(value) or repr(value)


def is_kernel(name: str) -> bool:
    """Whether a leaf of this name ("kernel" or "hidden/kernel") multiplies inputs; all others are added or measured."""
    return name.endswith("kernel")


def transposed(matrices: Floats) -> Floats:
    """Each matrix of a batch: (..., a, b) -> (..., b, a)."""
    return np.swapaxes(matrices, -1, -2)
