"""Smaller models: numbers in fewer bits, layers with fewer units, fewer layers; stored in their real size."""

from nnlearn.compression.activations import Grid, observed
from nnlearn.compression.entropy import decode, encode, least_bits
from nnlearn.compression.files import load, save
from nnlearn.compression.floats import FloatFormat, float_formats
from nnlearn.compression.fold import fold, fuse
from nnlearn.compression.integer import integer_matmul
from nnlearn.compression.merge import merge_costs, merge_nearest, merge_units, remove_units, unit_sizes
from nnlearn.compression.packing import pack, packed_size, unpack
from nnlearn.compression.quantization import quantize
from nnlearn.compression.quantized import Quantized
from nnlearn.compression.remove import importance, remove
from nnlearn.compression.requantization import rounded_once, rounded_twice
from nnlearn.compression.share import Shared, share, shared_gradient
from nnlearn.compression.split import crossing, run_parts, split

__all__ = [
    "FloatFormat", "Grid", "Quantized", "Shared", "crossing", "decode", "encode", "float_formats", "fold", "fuse",
    "importance", "integer_matmul", "least_bits", "load", "merge_costs", "merge_nearest", "merge_units", "observed",
    "pack", "packed_size", "quantize", "remove", "remove_units", "rounded_once", "rounded_twice", "run_parts", "save",
    "share", "shared_gradient", "split", "unit_sizes", "unpack",
]  # fmt: skip
