"""Smaller models: numbers in fewer bits, computed with as integers, and stored in their real size."""

from nnlearn.compression.files import load, save
from nnlearn.compression.floats import FloatFormat, float_formats
from nnlearn.compression.integer import integer_matmul
from nnlearn.compression.packing import pack, packed_size, unpack
from nnlearn.compression.quantization import quantize
from nnlearn.compression.quantized import Quantized

__all__ = [
    "FloatFormat", "Quantized", "float_formats", "integer_matmul", "load", "pack", "packed_size", "quantize",
    "save", "unpack",
]  # fmt: skip
