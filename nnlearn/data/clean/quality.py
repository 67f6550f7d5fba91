"""How much like the clean data the cleaned are: the peak signal-to-noise ratio and structural similarity."""

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array, Range, finite_array, number
from nnlearn.data.clean.gaussians import gaussian_filter
from nnlearn.data.clean.grids import as_batch, grid
from nnlearn.language import say

PEAK = Range("(0, 1e150]")
WINDOW = 11  # places of SSIM's window, with weights of a Gaussian of SIGMA
SIGMA, TRUNCATE = 1.5, 3.5  # 3.5 * 1.5 reaches 5 places to each side
K1, K2 = 0.01, 0.03


def psnr(a: ArrayLike, b: ArrayLike, peak: float) -> float:
    """The peak signal-to-noise ratio of two arrays of one shape, in decibels: 10 log10(peak**2 / mean((a - b)**2)).

    peak: how far apart two numbers can be, 255 for bytes, 1 for numbers from 0 to 1. Infinity if a and b are equal; 10
    decibels more are a tenth of the squared error. Computed in float64, so bytes don't wrap (10 - 250 is not 16).

    >>> round(psnr(np.array([10, 250], np.uint8), np.array([250, 250], np.uint8), peak=255), 2)
    3.54

    Raises TypeError for what are no numbers, ValueError for two shapes, nothing to compare, NaN and infinity.
    """
    first, second = compared(a, b)
    peak = number("peak", peak, PEAK)
    with np.errstate(over="ignore"):
        error = float(np.mean(np.square(first / peak - second / peak)))
    check_size(error)
    return -10 * float(np.log10(error)) if error > 0 else float("inf")


def ssim(a: ArrayLike, b: ArrayLike, peak: float) -> float:
    """The mean structural similarity of two images, or batches of images; 1 if they are equal, at most.

    At each place, means, variances and covariance of both in a Gaussian window (sigma 1.5, 11 x 11 pixels) give
    (2 mean_a mean_b + C1) (2 cov + C2) / ((mean_a**2 + mean_b**2 + C1) (var_a + var_b + C2)), with C1 = (0.01 peak)**2
    and C2 = (0.03 peak)**2; windows that leave the image don't count. Wang, Bovik, Sheikh and Simoncelli (2004), "Image
    Quality Assessment: From Error Visibility to Structural Similarity". It is scikit-image's
    ``structural_similarity(gaussian_weights=True, use_sample_covariance=False)``.

    a, b: shape (height, width), (n, height, width) or (n, height, width, channels), from 11 x 11 pixels on. Errors are
    those of ``psnr``, and ValueError for smaller images.
    """
    first, second = compared(a, b)
    shape = grid("a", first).shape
    if min(as_batch(first).shape[1:3]) < WINDOW:
        message = say("a has shape {shape}; its images need at least {least} rows and columns.",
                      shape=shape, least=WINDOW)  # fmt: skip
        raise ValueError(message)
    peak = number("peak", peak, PEAK)
    with np.errstate(over="ignore", invalid="ignore"):
        similarity = float(np.mean(similarities(first / peak, second / peak)))
    check_size(similarity)
    return similarity


def similarities(first: Array, second: Array) -> Array:
    """The structural similarity of each window that doesn't leave the image; numbers from 0 to 1."""
    mean_a, mean_b = local_mean(first), local_mean(second)
    var_a, var_b = local_mean(first**2) - mean_a**2, local_mean(second**2) - mean_b**2
    cov = local_mean(first * second) - mean_a * mean_b
    alike = (2 * mean_a * mean_b + K1**2) * (2 * cov + K2**2)
    total = (mean_a**2 + mean_b**2 + K1**2) * (var_a + var_b + K2**2)
    inner = slice(WINDOW // 2, -(WINDOW // 2))
    return as_batch(alike / total)[:, inner, inner]


def check_size(found: float) -> None:
    """ValueError if squares were too large to be computed."""
    if not np.isfinite(found):
        raise ValueError(say("a and b hold numbers that are too large beside peak."))


def local_mean(x: Array) -> Array:
    """Of the windows of SSIM."""
    return gaussian_filter(x, SIGMA, truncate=TRUNCATE)


def compared(a: ArrayLike, b: ArrayLike) -> tuple[Array, Array]:
    """Both as float64; TypeError or ValueError unless they can be compared number by number."""
    first, second = finite_array("a", a), finite_array("b", b)
    if first.shape != second.shape:
        message = say("a and b must have one shape; they have {first} and {second}.",
                      first=first.shape, second=second.shape)  # fmt: skip
        raise ValueError(message)
    if first.size == 0:
        raise ValueError(say("a and b are empty: there is nothing to compare."))
    return first, second
