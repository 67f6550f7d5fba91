"""Quantisation inside TensorFlow's graph, with a gradient to train by."""

from typing import Any

import numpy as np

from nnlearn.compression.quantization import Scheme
from nnlearn.compression.quantized import Axis, check_axis, check_scheme, code_range, several
from nnlearn.interop.quiet import tf

TINY = float(np.finfo(np.float32).tiny)


def straight_through(x: Any, bits: int, scheme: Scheme, axis: Axis) -> Any:
    """``rounded(x)``, and backwards the gradient as it comes, as if nothing had been rounded.

    Rounding has slope 0 almost everywhere, so the true gradient says nothing. Of weights: Courbariaux, Bengio and
    David 2015, BinaryConnect, arXiv:1511.00363, algorithm 1; of neurons that fire or don't, before them: Bengio,
    Leonard and Courville 2013, arXiv:1308.3432, section 4.
    """

    def forward(x: Any) -> Any:
        return rounded(x, bits, scheme, axis), lambda upstream: upstream

    return tf.custom_gradient(forward)(tf.convert_to_tensor(x))


def rounded(x: Any, bits: int, scheme: Scheme, axis: Axis) -> Any:
    """``quantize(x, bits, scheme, axis).dequantize()`` of a float32 tensor, in TensorFlow's operations.

    Raises what ``quantize`` raises for scheme, bits and axis.
    """
    check_scheme(scheme, bits)
    places = several(check_axis(axis, tuple(x.shape)))
    within = [i for i in range(len(x.shape)) if i not in places]
    wide = tf.cast(x, tf.float64)
    if scheme == "binary":
        scale = tf.cast(tf.reduce_mean(tf.abs(wide), within, keepdims=True), x.dtype)
        return tf.where(x < 0, -scale, scale)

    first, last = code_range(scheme, bits)
    low = tf.minimum(tf.reduce_min(wide, within, keepdims=True), 0)
    high = tf.maximum(tf.reduce_max(wide, within, keepdims=True), 0)
    symmetric = scheme == "symmetric"
    step = tf.maximum(-low, high) / last if symmetric else (high - low) / (last - first)
    scale = tf.cast(tf.maximum(step, TINY), x.dtype)
    step = tf.cast(scale, tf.float64)
    zero_point = tf.zeros_like(low) if symmetric else tf.round(first - low / step)
    codes = tf.clip_by_value(tf.round(wide / step) + zero_point, first, last)
    return tf.cast(codes - zero_point, x.dtype) * scale
