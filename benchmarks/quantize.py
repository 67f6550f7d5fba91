"""Weights in 8 bits, a scale for each channel; and 4 bits in a file."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from benchmarks.harness import Result, Side, cost, interleaved, speed_up
from benchmarks.peers import load
from nnlearn import compression
from nnlearn.compression.quantization import grid, range_of, to_codes
from nnlearn.compression.quantized import code_range

SHAPE = (3, 3, 256, 512)  # a convolution's kernel, output channels last
BITS = 8


def quantize_torch(rounds: int) -> Iterator[Result]:
    """1.2 million float32 weights to int8 with a scale for each of 512 output channels, and back, against
    torch.quantize_per_channel with scales from amax, and its dequantize. Codes alone: scales and codes, as torch
    does."""
    torch = load("torch")
    x = weights()
    theirs = with_torch(torch, x)
    quantized, tensor = compression.quantize(x, BITS, axis=3), theirs()
    whole = partial(compression.quantize, x, BITS, axis=3)
    codes, full, peer = interleaved([codes_alone(x), whole, theirs], rounds)
    note = "quantize checks its input and measures the error"
    yield speed_up("codes alone: torch", [codes, peer], at_least=0.8)
    yield cost("quantize: torch", [full, peer], at_most=3, note=note)
    yield speed_up("dequantize: torch", interleaved([quantized.dequantize, tensor.dequantize], rounds), at_least=1)


def quantized_file(rounds: int) -> Iterator[Result]:
    """The same weights in 4 bits, written to a file and read again: nnlearn.compression.save and load, which pack
    the codes and take a checksum, against np.savez (a byte for each code) and np.savez_compressed of codes and
    scales, and np.load."""
    q = compression.quantize(weights(), 4, axis=3)
    with TemporaryDirectory() as folder:
        ours, plain, compressed = (Path(folder, name) for name in ("ours", "plain.npz", "compressed.npz"))
        sides = [saved(ours, q), saved_npz(np.savez, plain, q), saved_npz(np.savez_compressed, compressed, q)]
        packing, npz, zipped = interleaved(sides, rounds)
        sizes = [path.stat().st_size for path in (ours, plain, compressed)]
    note = "bytes in the file: ours {:,}, np.savez {:,}, np.savez_compressed {:,}".format(*sizes)
    yield cost("4 bits, file: savez", [packing, npz], at_most=12, note=note)
    yield speed_up("4 bits, file: compressed", [packing, zipped], at_least=3)


def weights() -> Any:
    """Normal numbers in float32, of the size of a layer's weights."""
    return np.random.default_rng(0).normal(scale=0.05, size=SHAPE).astype(np.float32)


def codes_alone(x: Any) -> Side:
    """The scales of the last axis and the codes, nothing else."""
    within = tuple(range(x.ndim - 1))
    ends = code_range("symmetric", BITS)

    def codes() -> Any:
        scale, zero_point = grid(*range_of(x, within), BITS, "symmetric", x.dtype)
        return to_codes(x, scale, zero_point, ends).astype(np.int8)

    return codes


def with_torch(torch: Any, x: Any) -> Callable[[], Any]:
    """The same in PyTorch."""
    tensor = torch.from_numpy(x)
    zero_point = torch.zeros(x.shape[-1], dtype=torch.int64)

    def codes() -> Any:
        scale = tensor.abs().amax(dim=tuple(range(x.ndim - 1))) / (2 ** (BITS - 1) - 1)
        return torch.quantize_per_channel(tensor, scale, zero_point, x.ndim - 1, torch.qint8)

    with catch_warnings():
        simplefilter("ignore")  # PyTorch says once that these tensors will go
        codes()
    return codes


def saved(path: Path, q: compression.Quantized) -> Side:
    """Writes and reads a file of the course."""

    def turn() -> Any:
        compression.save(path, {"kernel": q})
        return compression.load(path)["kernel"]

    return turn


def saved_npz(save: Callable[..., None], path: Path, q: compression.Quantized) -> Side:
    """Writes the same by one of NumPy's functions and reads it."""

    def turn() -> Any:
        save(path, codes=q.codes, scale=q.scale)
        with np.load(path) as file:
            return file["codes"], file["scale"]

    return turn
