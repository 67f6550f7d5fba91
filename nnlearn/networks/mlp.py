"""Networks of dense layers."""

from collections.abc import Iterator

from nnlearn.checks import whole_number
from nnlearn.language import say
from nnlearn.networks.initial import Initial, glorot
from nnlearn.networks.layer import Layer
from nnlearn.networks.layers import Dense, Tanh
from nnlearn.networks.network import Network


def mlp(*widths: int, activation: type[Layer] = Tanh, initial: Initial = glorot) -> Network:
    """Dense layers with activations between them: ``mlp(64, 100, 10)`` has 64 inputs, 100 hidden units, 10 scores.

    widths: of the input, of each hidden layer and of the output, at least two. activation: the class of the layer after
    each hidden one. Dense layers are called hidden (several: hidden_1, hidden_2, ...) and output. Raises TypeError or
    ValueError if a width is not at least 1, or there are fewer than two.

    >>> mlp(64, 100, 10)
    Network((64,), [Dense(100, name='hidden'), Tanh(name='tanh'), Dense(10, name='output')])
    """
    if len(widths) < 2:
        raise ValueError(say("mlp needs the widths of input and output; it got {widths}.", widths=widths))
    for width in widths:
        whole_number("width", width, at_least=1)

    def layers() -> Iterator[Layer]:
        for i, width in enumerate(widths[1:-1], start=1):
            yield Dense(width, initial=initial, name="hidden" if len(widths) == 3 else f"hidden_{i}")
            yield activation()
        yield Dense(widths[-1], initial=initial, name="output")

    return Network(widths[:1], [*layers()])
