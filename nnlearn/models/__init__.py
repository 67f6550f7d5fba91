"""Small networks for the digits: built, trained, counted, measured, quantised, and run without Keras.

What works on weights needs NumPy alone and is loaded at once. What builds, trains or converts Keras models loads
TensorFlow, on its first use.
"""

from importlib import import_module
from typing import Any

from nnlearn.models.architectures import digits_cnn, digits_mlp, forward
from nnlearn.models.integer_network import IntegerNetwork, integer_network
from nnlearn.models.measurement import Comparison, Measurement, accuracy, compare_models, measure
from nnlearn.models.multitask import MultiTask
from nnlearn.models.quantized_weights import QuantizedWeights, quantize_weights
from nnlearn.models.shared_weights import SharedWeights, share_weights
from nnlearn.models.signs import all_signs, flipped, signed
from nnlearn.models.stored import load_network, save_network
from nnlearn.models.transfer import hand_over, layer_rates
from nnlearn.models.weights import Weights, trained, weights_of

LATER = {
    "convolutional": "untrained",
    "count": "counting",
    "dense": "untrained",
    "rebuilt": "rebuilding",
    "freeze": "transfer_keras",
    "headed": "multitask_keras",
    "run_litert": "litert",
    "to_litert": "litert",
    "train": "training",
    "train_quantized": "training",
}

__all__ = [
    "Comparison", "IntegerNetwork", "Measurement", "MultiTask", "QuantizedWeights", "SharedWeights", "Weights",
    "accuracy", "all_signs", "compare_models", "digits_cnn", "digits_mlp", "flipped", "forward", "hand_over",
    "integer_network", "layer_rates", "load_network", "measure", "quantize_weights", "save_network",
    "share_weights", "signed", "trained", "weights_of",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"nnlearn.models.{LATER[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, *LATER]
