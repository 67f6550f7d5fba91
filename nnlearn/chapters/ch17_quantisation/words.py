"""The words in the notebook's figures, for the catalogue: the code of a notebook is the same in every language."""

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
