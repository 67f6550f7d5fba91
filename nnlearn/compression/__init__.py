"""Smaller models: numbers in fewer bits, computed with as integers; weights and units taken out; real sizes."""

from importlib import import_module
from typing import Any

from nnlearn.compression.activations import Grid, observed
from nnlearn.compression.files import load, save
from nnlearn.compression.floats import FloatFormat, float_formats
from nnlearn.compression.integer import integer_matmul
from nnlearn.compression.packing import pack, packed_size, unpack
from nnlearn.compression.prune import at_random, importance, magnitude, masks, pruned, sparsity
from nnlearn.compression.prune_schedule import GradualSparsity
from nnlearn.compression.prune_units import keep_units, shrink, unit_norms, without_units
from nnlearn.compression.quantization import quantize
from nnlearn.compression.quantized import Quantized
from nnlearn.compression.requantization import rounded_once, rounded_twice
from nnlearn.compression.sparse import CSR, BitMask, Places, break_even, stored_bytes

# These load TensorFlow, so on first use.
LATER = {
    "fine_tune": "prune_keras",
    "prune_gradually": "prune_keras",
    "prune_model": "prune_keras",
    "shrink_model": "prune_keras",
}

__all__ = [
    "CSR", "BitMask", "FloatFormat", "GradualSparsity", "Grid", "Places", "Quantized", "at_random", "break_even",
    "float_formats", "importance", "integer_matmul", "keep_units", "load", "magnitude", "masks", "observed", "pack",
    "packed_size", "pruned", "quantize", "rounded_once", "rounded_twice", "save", "shrink", "sparsity", "stored_bytes",
    "unit_norms", "unpack", "without_units",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"nnlearn.compression.{LATER[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, *LATER]
