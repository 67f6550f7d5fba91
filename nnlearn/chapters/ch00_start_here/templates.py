"""A picture of chapter 00: what one step from zero makes of the ten rows of weights."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlearn.checks import Array
from nnlearn.language import say
from nnlearn.lettering import in_one_line, meaning
from nnlearn.plots import Figure, new_figure

DIGITS, SIDE = 10, 8  # each picture has SIDE by SIDE pixels


def ten_pictures(rows: Mapping[str, Array], alt: str = "") -> Figure:
    """Each row is ten digits' 64 numbers, (10, 64), as pictures: orange below 0, white at 0, violet above.

    rows: by the words that stand beside them. Each row has a scale of its own, so that rows of any size compare.
    """
    words = ", ".join(in_one_line(meaning(name)) for name in rows)
    alt = alt or say("{rows}: ten pictures each, one for each digit.", rows=words)
    grid = {"nrows": len(rows), "ncols": DIGITS, "squeeze": False}
    figure, axes = new_figure(alt, width=9, height=0.95 * len(rows) + 0.3, **grid)
    for name, numbers, line in zip(rows, rows.values(), axes, strict=True):
        largest = np.abs(numbers).max()
        for picture, cell in zip(numbers, line, strict=True):
            cell.imshow(picture.reshape(SIDE, SIDE), cmap="PuOr", vmin=-largest, vmax=largest)
            cell.set(xticks=[], yticks=[])
            cell.spines[:].set_visible(False)
        line[0].set_ylabel(name, rotation=0, ha="right", va="center")
    for digit, cell in enumerate(axes[0]):
        cell.set_title(str(digit), loc="center")
    return figure


def differences(data: Any) -> Array:
    """The mean picture of each digit minus the mean of all training pictures, shape (10, 64)."""
    means = np.array([data.X_train[data.y_train == digit].mean(axis=0) for digit in range(DIGITS)])
    return np.asarray(means - data.X_train.mean(axis=0))
