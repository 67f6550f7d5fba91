"""A whole network in a file: its layers and its weights, in whatever form these are."""

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from nnlearn import container
from nnlearn.checks import unmasked
from nnlearn.compression import files
from nnlearn.language import say
from nnlearn.models.quantized_weights import QuantizedWeights
from nnlearn.networks import Network
from nnlearn.networks import layers as kinds
from nnlearn.networks.layer import Layer

FORMAT = "nnlearn network"  # its versions are those of ``compression.files``
KINDS = {name: getattr(kinds, name) for name in kinds.__all__ if name != "Activation"}
LEFT_OUT = ("initial",)  # the first values of leaves: these have theirs


def save_network(
    path: str | Path, network: Network, weights: Mapping[str, Any] | QuantizedWeights, smallest: bool = True
) -> None:
    """Writes the layers and all their leaves. A file of that name is replaced only when all is written.

    weights: by name, each float32, ``Quantized`` or ``Shared``. smallest: as in ``nnlearn.compression.save``. A file of
    the short form is 9 bytes larger than what it holds, and 1 to 10 more for each layer and each leaf. Raises TypeError
    or ValueError if the weights aren't the network's, or a layer is none of ``nnlearn.networks``.
    """
    arrays = weights.arrays if isinstance(weights, QuantizedWeights) else weights
    if not isinstance(arrays, Mapping):
        message = say("weights are arrays by name, or QuantizedWeights; this is of type {kind}.",
                      kind=type(weights).__name__)  # fmt: skip
        raise TypeError(message)
    if not isinstance(network, Network):
        raise TypeError(say("A Network is needed, and its weights; this is of type {kind}.",
                            kind=type(network).__name__))  # fmt: skip
    declared = network.leaves.declared
    for name in [*declared, *arrays]:
        unmasked(name, arrays.get(name))
        found, needed = getattr(arrays.get(name), "shape", None), getattr(declared.get(name), "shape", None)
        if found != needed or found is None:
            message = say(
                "{name} has shape {found}; the network needs {needed}.", name=name, found=found, needed=needed
            )
            raise ValueError(message)
        files.check(name, arrays[name])
    described = files.described_arrays([arrays[name] for name in declared], smallest)
    entries = [fields for fields, _ in described]
    layers = [description(layer) for layer in unnamed(network)]
    header = {
        "format": FORMAT,
        "version": files.version(entries),
        "network": {"shape": network.shape, "layers": layers},
        "arrays": entries,
    }
    container.write(path, header, (data for _, data in described), short=smallest)


def load_network(path: str | Path) -> tuple[Network, QuantizedWeights]:
    """The network and its weights, which need NumPy alone: ``forward(weights.weights, X, network)``.

    Raises ValueError, which says what is wrong, if the file is none of ``save_network``'s, cut short or otherwise
    damaged, or of a newer format than this nnlearn; OSError if there is no such file.
    """
    header, data = container.read(path, FORMAT, files.VERSION)
    try:
        described = header["network"]
        network = Network(container.whole_numbers(described["shape"]), [*map(layer_of, described["layers"])])
        leaves = network.leaves.declared.items()
        entries = [
            {"name": name, "shape": list(leaf.shape)} | entry
            for (name, leaf), entry in zip(leaves, header["arrays"], strict=True)
        ]
        return network, QuantizedWeights(dict(files.read(entries, data)))
    except container.DAMAGE as error:
        raise container.misdescribed(path, error) from error


def unnamed(network: Network) -> list[Layer]:
    """The layers without their names, if they get the same ones again by themselves; else as they are."""
    layers = [replace(layer, name=None) for layer in network.layers]
    again = [layer.name for layer in Network(network.shape, layers).layers]
    return layers if again == [layer.name for layer in network.layers] else list(network.layers)


def description(layer: Layer) -> dict[str, Any]:
    """The class of a layer and the fields that aren't as they are by default; TypeError if it is none of the course."""
    kind = type(layer).__name__
    if KINDS.get(kind) is not type(layer):
        message = say(
            "{layer!r} is no layer of nnlearn.networks, so its file could not be read elsewhere.", layer=layer
        )
        raise TypeError(message)
    last = sorted(fields(layer), key=lambda each: each.name == "name")  # short words of the container hold what differs
    values = {each.name: getattr(layer, each.name) for each in last if each.name not in LEFT_OUT}
    usual = {each.name: each.default for each in last}
    return {"class": kind} | {name: within(value) for name, value in values.items() if value != usual[name]}


def within(value: Any) -> Any:
    """A field ready for JSON: layers within a layer are described too."""
    return [description(layer) for layer in value] if isinstance(value, tuple) else value


def layer_of(described: dict[str, Any]) -> Layer:
    """The reverse of ``description``."""
    values = {name: value for name, value in described.items() if name != "class"}
    if isinstance(values.get("layers"), list):
        values["layers"] = [*map(layer_of, values["layers"])]
    layer: Layer = KINDS[described["class"]](**values)
    return layer
