"""Compressing data: few bits against scikit-learn and Pillow, a file against NumPy's."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import nnlearn as nn
from benchmarks.harness import Result, cost, interleaved, speed_up
from benchmarks.peers import load
from nnlearn.data import compress


def bits_of_data(rounds: int) -> Iterator[Result]:
    """The 65,536 pixels of a grey picture in 3 bits: quantize_data, truncated, against KBinsDiscretizer of equal width;
    in 1 bit by error diffusion, against Pillow's, which is compiled. The 1,797 digits of 64 pixels in 1 bit: binarize
    and packed, against sklearn's binarize and np.packbits."""
    X, picture = digits(), photograph()
    column = picture.reshape(-1, 1).astype(float)
    bins = load("sklearn.preprocessing").KBinsDiscretizer(8, encode="ordinal", strategy="uniform", subsample=None)
    sides = interleaved(
        [lambda: compress.quantize_data(column, 3, "truncate"), lambda: bins.fit_transform(column)], rounds
    )
    yield speed_up("3 bits: KBinsDiscretizer", sides, 1)
    sides = interleaved([lambda: compress.binarize(X, 8).packed, with_sklearn(X)], rounds)
    yield cost("1 bit: scikit-learn", sides, at_most=6, note="binarize checks its input, and keeps what the bits mean")
    sides = interleaved([lambda: compress.quantize_data(picture, 1, "diffusion", 0, 255), with_pillow(picture)], rounds)
    yield cost("error diffusion: Pillow", sides, at_most=150, note="ours is NumPy, a slanted line of pixels at a time")


def data_file(rounds: int) -> Iterator[Result]:
    """The digits in 5 bits, written to a file and read again, against np.savez_compressed of a byte for each pixel."""
    data = compress.quantize_data(digits(), 5, low=0, high=31)
    with TemporaryDirectory() as folder:
        ours, theirs = Path(folder, "ours"), Path(folder, "theirs.npz")
        sides = interleaved([saved(ours, data), zipped(theirs, data.codes)], rounds)
        note = f"bytes in the file: ours {ours.stat().st_size:,}, np.savez_compressed {theirs.stat().st_size:,}"
    yield replace(speed_up("5 bits, file: compressed", sides, 3), note=note)


def digits() -> Any:
    """All of them, shape (1797, 64), 0 to 16."""
    data = nn.data.digits(scaled=False)
    return np.concatenate([data.X_train, data.X_test])


def photograph() -> Any:
    """The middle of one, in bytes."""
    return nn.data.photographs()["china"].mean(axis=2).round().astype(np.uint8)[85:341, 192:448]


def with_sklearn(X: Any) -> Callable[[], Any]:
    """Bits of the same pixels."""
    theirs = load("sklearn.preprocessing").binarize
    return lambda: np.packbits(theirs(X, threshold=7.5).astype(np.uint8)).tobytes()


def with_pillow(picture: Any) -> Callable[[], Any]:
    """Pillow's picture in 1 bit."""
    image = load("PIL.Image").fromarray(picture)
    return lambda: image.convert("1")


def saved(path: Path, data: compress.QuantizedData) -> Callable[[], Any]:
    """Writes and reads a file of the course."""

    def turn() -> Any:
        compress.save(path, data)
        return compress.load(path)

    return turn


def zipped(path: Path, codes: Any) -> Callable[[], Any]:
    """Writes and reads one of NumPy."""

    def turn() -> Any:
        np.savez_compressed(path, codes=codes)
        with np.load(path) as file:
            return file["codes"]

    return turn
