"""The errata of chapter 17: each fault, made again, shows what the table says; mended, it is right."""

import numpy as np
import pytest

from nnlearn.compression import float_formats, quantize
from nnlearn.syllabus import errata

FAULTS = {row["id"]: row["fault"] for row in errata("17").rows}
WEIGHTS = np.random.default_rng(0).normal(size=2000).astype(np.float32)


def test_k04():
    assert FAULTS["K04"] == "single and double precision listed as integers"
    formats = {each.name: each for each in float_formats()}
    for name, size in (("float64", 8), ("float32", 4), ("float16", 2)):
        kind = np.dtype(name)
        assert (kind.kind, kind.itemsize) == ("f", size)
        assert formats[name].epsilon == np.finfo(kind).eps
        with pytest.raises(ValueError, match="Invalid integer data type"):
            np.iinfo(kind)

    # What sets them apart: an integer's step is the same everywhere, a float's grows with the number.
    codes = quantize(WEIGHTS, 8)
    assert codes.codes.dtype.kind == "i"
    large = np.abs(WEIGHTS) > 1
    step = float(codes.scale)
    in_steps = np.abs(codes.dequantize() - WEIGHTS) / step
    assert in_steps[large].mean() == pytest.approx(in_steps[~large].mean(), rel=0.1)
    half = np.abs(WEIGHTS.astype(np.float16) - WEIGHTS.astype(float))
    assert half[large].mean() > 3 * half[~large].mean()
    relative = half / np.abs(WEIGHTS)
    assert relative.max() <= formats["float16"].rounding_error
    assert (np.abs(codes.dequantize() - WEIGHTS) / np.abs(WEIGHTS)).max() > 0.5


def test_k05():
    assert "binary float, random/directed asymmetric" in FAULTS["K05"]
    right = next(row["right"] for row in errata("17").rows if row["id"] == "K05")
    assert right == "affine zero point, stochastic rounding"

    # Affine: the zero point moves the codes to where the numbers are, and 0 stays 0.
    positive = np.append(np.abs(WEIGHTS), np.float32(0))
    symmetric, affine = quantize(positive, 4), quantize(positive, 4, "affine")
    assert affine.error < symmetric.error / 3
    shifted = quantize(WEIGHTS + 1, 4, "affine")
    assert 0 < shifted.zero_point < 15
    assert quantize(np.append(WEIGHTS + 1, 0), 4, "affine").dequantize()[-1] == 0

    # Stochastic rounding: where rounding to nearest always errs the same way, the mean comes out right.
    x = np.append(np.full(20_000, 0.3), 1.0)
    nearest = quantize(x, 2).dequantize()
    random = quantize(x, 2, rounding="stochastic", rng=np.random.default_rng(0)).dequantize()
    assert nearest[:-1].mean() == 0
    assert random[:-1].mean() == pytest.approx(0.3, abs=5 * np.sqrt(0.3 * 0.7 / 20_000))
    assert set(random) == {0, 1}

    # Binary: a sign and one real scale, no float of one bit.
    signs = quantize(WEIGHTS, 1, "binary")
    assert set(signs.codes.tolist()) == {-1, 1}
    assert signs.scale == np.abs(WEIGHTS.astype(float)).mean().astype(np.float32)
    assert signs.nbytes == 2000 / 8 + 4
