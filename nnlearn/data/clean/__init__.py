"""Cleaning data: filters against noise, noise to try them on, what they leave; gaps, scales and outliers of tables.

Filters take a signal (length,), an image (height, width), or a batch of images (n, height, width) or (n, height, width,
channels). Tables are rows of examples by features, in which NaN stands for what is missing. What is given stays as it
is, and a result has its dtype.
"""

from nnlearn.data.clean.gaussians import gaussian_filter
from nnlearn.data.clean.grids import MODES
from nnlearn.data.clean.imputing import Imputer
from nnlearn.data.clean.means import mean_filter
from nnlearn.data.clean.medians import median_filter
from nnlearn.data.clean.noise import gaussian_noise, impulse_noise, uniform_noise
from nnlearn.data.clean.outliers import find_outliers
from nnlearn.data.clean.quality import psnr, ssim
from nnlearn.data.clean.standardizing import Standardizer
from nnlearn.data.clean.transformer import Finding, Transformer

__all__ = [
    "MODES",
    "Finding",
    "Imputer",
    "Standardizer",
    "Transformer",
    "find_outliers",
    "gaussian_filter",
    "gaussian_noise",
    "impulse_noise",
    "mean_filter",
    "median_filter",
    "psnr",
    "ssim",
    "uniform_noise",
]
