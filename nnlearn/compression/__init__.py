"""Smaller models: numbers in fewer bits, weights, units and layers taken out, merged or shared, students taught."""

from importlib import import_module
from typing import Any

from nnlearn.compression.activations import Grid, observed
from nnlearn.compression.distil import Distillation, Lesson, distil, soft_loss, soft_slope, soften
from nnlearn.compression.entropy import decode, encode, least_bits
from nnlearn.compression.files import load, save
from nnlearn.compression.floats import FloatFormat, float_formats
from nnlearn.compression.fold import fold, fuse
from nnlearn.compression.integer import integer_matmul
from nnlearn.compression.merge import merge_costs, merge_nearest, merge_units, remove_units, unit_sizes
from nnlearn.compression.packing import pack, packed_size, unpack
from nnlearn.compression.prune import at_random, importance, magnitude, masks, pruned, sparsity
from nnlearn.compression.prune_schedule import GradualSparsity
from nnlearn.compression.prune_units import keep_units, shrink, unit_norms, without_units
from nnlearn.compression.quantization import quantize
from nnlearn.compression.quantized import Quantized
from nnlearn.compression.remove import layer_importance, remove
from nnlearn.compression.requantization import rounded_once, rounded_twice
from nnlearn.compression.share import Shared, share, shared_gradient
from nnlearn.compression.sparse import CSR, BitMask, Places, break_even, stored_bytes
from nnlearn.compression.split import crossing, run_parts, split

# These load TensorFlow, so on first use.
LATER = {
    "distil_model": "distil_keras",
    "fine_tune": "prune_keras",
    "prune_gradually": "prune_keras",
    "prune_model": "prune_keras",
    "shrink_model": "prune_keras",
}

__all__ = [
    "CSR", "BitMask", "Distillation", "FloatFormat", "GradualSparsity", "Grid", "Lesson", "Places", "Quantized",
    "Shared", "at_random", "break_even", "crossing", "decode", "distil", "encode", "float_formats", "fold", "fuse",
    "importance", "integer_matmul", "keep_units", "layer_importance", "least_bits", "load", "magnitude", "masks",
    "merge_costs", "merge_nearest", "merge_units", "observed", "pack", "packed_size", "pruned", "quantize", "remove",
    "remove_units", "rounded_once", "rounded_twice", "run_parts", "save", "share", "shared_gradient", "shrink",
    "soft_loss", "soft_slope", "soften", "sparsity", "split", "stored_bytes", "unit_norms", "unit_sizes", "unpack",
    "without_units",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"nnlearn.compression.{LATER[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, *LATER]
