"""Sparse forms: SciPy's own arrays, bytes counted and real, and where each becomes smaller than the dense array."""

import numpy as np
import pytest
import scipy.sparse

from nnlearn import models
from nnlearn.compression import CSR, BitMask, Places, break_even, magnitude, masks, pruned, stored_bytes
from nnlearn.compression.sparse import FORMS

KERNEL = models.trained()["dense/kernel"]
SHARES = (0.0, 0.3, 0.5, 0.9, 1.0)


def with_holes(share, kernel=KERNEL):
    return pruned({"a/kernel": kernel}, masks(magnitude({"a/kernel": kernel}), share))["a/kernel"]


@pytest.mark.parametrize("share", SHARES)
def test_csr_is_scipy_s(share):
    matrix = with_holes(share)
    ours, theirs = CSR.of(matrix), scipy.sparse.csr_array(matrix)
    np.testing.assert_array_equal(ours.values, theirs.data)
    np.testing.assert_array_equal(ours.columns, theirs.indices)
    np.testing.assert_array_equal(ours.starts, theirs.indptr)
    assert (ours.columns.dtype, ours.starts.dtype) == (theirs.indices.dtype, theirs.indptr.dtype)
    assert ours.nbytes == theirs.data.nbytes + theirs.indices.nbytes + theirs.indptr.nbytes
    x = np.random.default_rng(0).normal(size=32).astype(np.float32)
    np.testing.assert_allclose(ours @ x, theirs @ x, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_comes_back_and_takes_the_bytes_that_were_said(form, share):
    for array in (with_holes(share), with_holes(share)[:7, :5], with_holes(share).astype(np.float64)):
        stored = FORMS[form].of(array)
        np.testing.assert_array_equal(stored.dense(), array)
        assert stored.dense().dtype == array.dtype
        assert stored.nbytes == stored_bytes(array.shape, np.count_nonzero(array), form, array.itemsize)


@pytest.mark.parametrize("form", FORMS)
def test_arrays_of_nothing_of_zeros_and_of_halves(form):
    for array in (np.zeros((0, 3)), np.zeros((3, 0)), np.zeros((2, 3)), np.array([[0, -2, 0.5]], np.float16)):
        stored = FORMS[form].of(array)
        np.testing.assert_array_equal(stored.dense(), array)
        assert stored.dense().dtype == array.dtype and stored.dense().shape == array.shape
        assert stored.nbytes == stored_bytes(array.shape, np.count_nonzero(array), form, array.itemsize)
    assert break_even((0, 3), form) == break_even((3, 0), form) == -1


def test_whole_kernels_of_four_axes():
    kernel = models.trained()["conv2/kernel"] * (models.trained()["conv2/kernel"] > 0)
    for form in (Places, BitMask):
        np.testing.assert_array_equal(form.of(kernel).dense(), kernel)
    assert CSR.of(kernel.reshape(-1, 32)).dense().sum() == pytest.approx(kernel.sum(), rel=1e-5)


@pytest.mark.parametrize("shape", [(512, 32), (3, 5), (1, 1), (300, 400), (4, 1)])
@pytest.mark.parametrize("value_bytes", [1, 2, 4, 8])
@pytest.mark.parametrize("form", FORMS)
def test_the_break_even_is_where_bytes_cross(form, value_bytes, shape):
    dense = stored_bytes(shape, 0, "dense", value_bytes)
    fits = [n for n in range(np.prod(shape) + 1) if stored_bytes(shape, n, form, value_bytes) < dense] \
        if np.prod(shape) < 20 else None  # fmt: skip
    last = break_even(shape, form, value_bytes)
    if fits is not None:
        assert last == max(fits, default=-1)
    elif last >= 0:
        assert stored_bytes(shape, last, form, value_bytes) < dense
        assert last == np.prod(shape) or stored_bytes(shape, last + 1, form, value_bytes) >= dense
    else:
        assert stored_bytes(shape, 0, form, value_bytes) >= dense


def test_the_dense_layer_of_the_chapter():
    bytes_of = {share: [stored_bytes((512, 32), round((1 - share) * 16_384), form) for form in FORMS]
                for share in (0.5, 0.9)}  # fmt: skip
    assert bytes_of == {0.5: [67_588, 49_152, 34_816], 0.9: [15_156, 9_828, 8_600]}
    assert CSR.of(with_holes(0.5)).nbytes == 67_588 > KERNEL.nbytes == 65_536


REFUSED = {
    "three axes": (lambda: CSR.of(np.ones((2, 2, 2))), ValueError, "A matrix has 2 axes"),
    "a mask": (lambda: Places.of(np.ma.array([1.0], mask=[True])), TypeError, "masked array"),
    "words": (lambda: BitMask.of(["a"]), TypeError, "must hold real numbers"),
    "NaN": (lambda: CSR.of([[np.nan]]), ValueError, "holds NaN"),
    "a matrix": (lambda: CSR.of(np.eye(2)) @ np.eye(2), ValueError, "multiplied by a vector"),
    "a long vector": (lambda: CSR.of(np.eye(2)) @ np.ones(3), ValueError, "multiplied by a vector"),
    "too many": (lambda: stored_bytes((2, 2), 5, "csr"), ValueError, "5 of 4 numbers can't survive"),
    "below none": (lambda: stored_bytes((2, 2), -1, "csr"), ValueError, "survivors = -1 is too small"),
    "no matrix": (lambda: stored_bytes((3, 3, 16, 32), 5, "csr"), ValueError, "A matrix has 2 axes"),
    "a number": (lambda: stored_bytes((), 1, "csr"), ValueError, "A matrix has 2 axes"),
    "no even of four axes": (lambda: break_even((3, 3, 16, 32), "csr"), ValueError, "A matrix has 2 axes"),
    "a size": (lambda: stored_bytes(5, 1, "bits"), TypeError, "shape must be that of an array"),
    "half a row": (lambda: stored_bytes((5.5, 2), 1, "bits"), TypeError, "shape must be a whole number"),
    "a row too few": (lambda: stored_bytes((-5, -2), 1, "bits"), ValueError, "shape = -5 is too small"),
    "too large": (lambda: stored_bytes((2**20, 2**20), 1, "places"), ValueError, "tells 4,294,967,296 numbers apart"),
    "even of dense": (lambda: break_even((2, 2), "dense"), ValueError, "form = 'dense' is not one of"),
    "a vector with gaps": (lambda: CSR.of(np.eye(2)) @ np.ma.array([1.0, 2], mask=[0, 1]), TypeError, "masked array"),
    "a vector of words": (lambda: CSR.of(np.eye(2)) @ np.array(["a", "b"]), TypeError, "x must hold real numbers"),
    "form": (lambda: break_even((2, 2), "zip"), ValueError, "form = 'zip' is not one of"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name):
    call, kind, message = REFUSED[name]
    with pytest.raises(kind, match=message):
        call()
