"""The words in the figures and tables of the notebook, whose code is the same in every language: for the catalogue."""

from nnlearn.language import mark

NOTEBOOK = (
    mark(
        "Signal over error in decibels against bits: three lines that rise by 6 dB a bit. From 4 bits on, a scale for "
        "each channel is nearly 4 dB higher; the range of least error is ahead at few bits, from 6 on the same line."
    ),
    mark("one scale"),
    mark("a scale a channel"),
    mark("channel, least error"),
    mark("bits"),
    mark("signal over error (dB)"),
    mark(
        "How often each code occurs in what the second convolution gives, its range observed with the spoilt example. "
        "From minimum to maximum, left, all lie in the first few of 256; to the 99th percentile, right, they use all."
    ),
    mark("one in 0 to 255, 100%"),
    mark("one in 0 to 255, 99%"),
    mark("code"),
    mark("how many"),
)

TABLES = (
    mark("bits: {bits}"),
    mark("{layer} rescaled"),
    mark("one scale a {axis}"),
    mark("{filters} filters, {parameters:,} parameters"),
    mark("{float32_us} / {int8_us} µs: {times_faster} times"),
)

STORED = (
    mark("symmetric tensor"),
    mark("symmetric channel"),
    mark("least error tensor"),
    mark("least error channel"),
    mark("affine tensor"),
    mark("affine channel"),
    mark("affine least error tensor"),
    mark("affine least error channel"),
    mark("stochastic tensor"),
    mark("binary tensor"),
    mark("binary channel"),
    mark("tensor"),
    mark("channel"),
    mark("dense"),
    mark("output"),
    mark("x86-64, name not recorded"),
    mark("AMD EPYC (AVX2), 2 cores"),
)
