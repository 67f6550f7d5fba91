"""Error diffusion: what rounding a pixel is off by is made up for by its neighbours.

Floyd and Steinberg (1976), "An adaptive algorithm for spatial greyscale", Proceedings of the Society for Information
Display 17. Row by row from the left, the error of a pixel goes to those not rounded yet:

            pixel   7/16
    3/16    5/16    1/16

A pixel waits for the one to its left and for the one above to its right. So all pixels with the same column + 2 * row
can be rounded at once: they lie on a slanted line, which a flat view of the image meets in equal strides.
"""

import numpy as np

from nnlearn.checks import Array

# To which pixel, in rows down and columns to the right, and how much. In this order every pixel gets its parts as
# in the plain loop, so the sums are the same to the last bit.
SHARES = ((1, 1, 1 / 16), (1, 0, 5 / 16), (1, -1, 3 / 16), (0, 1, 7 / 16))


def diffused(values: Array, last: int) -> Array:
    """Codes from 0 to ``last`` for a batch of images, shape (n, height, width, channels); errors beyond a border are
    lost, and each channel is by itself."""
    n, height, width, channels = values.shape
    padded = np.zeros((height + 1, width + 2, n * channels))  # a column on each side and a row below take what is lost
    padded[:-1, 1:-1] = np.moveaxis(values, 0, 2).reshape(height, width, -1)
    wanted = padded.reshape(-1, n * channels)
    codes = np.zeros_like(wanted)
    row = width + 2
    for line in range(width + 2 * (height - 1)):
        top, bottom = max(0, (line - width + 2) // 2), min(height - 1, line // 2)
        start, stride = top * row + 1 + line - 2 * top, row - 2
        stop = start + (bottom - top) * stride + 1
        here = wanted[start:stop:stride]
        found = np.minimum(np.maximum(np.floor(here + 0.5), 0), last)
        codes[start:stop:stride] = found
        error = here - found
        for down, right, share in SHARES:
            step = down * row + right
            wanted[start + step : stop + step : stride] += share * error
    images = codes.reshape(padded.shape)[:-1, 1:-1].reshape(height, width, n, channels)
    return np.moveaxis(images, 2, 0)
