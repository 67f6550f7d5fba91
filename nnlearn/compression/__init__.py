"""Smaller models: numbers in fewer bits, computed with as integers, and stored in their real size."""

from nnlearn.compression.activations import Grid, observed
from nnlearn.compression.files import load, save
from nnlearn.compression.floats import FloatFormat, float_formats
from nnlearn.compression.integer import integer_matmul
from nnlearn.compression.packing import pack, packed_size, unpack
from nnlearn.compression.quantization import quantize
from nnlearn.compression.quantized import Quantized
from nnlearn.compression.requantization import rounded_once, rounded_twice

__all__ = [
    "FloatFormat", "Grid", "Quantized", "float_formats", "integer_matmul", "load", "observed", "pack", "packed_size",
    "quantize", "rounded_once", "rounded_twice", "save", "unpack",
]  # fmt: skip
