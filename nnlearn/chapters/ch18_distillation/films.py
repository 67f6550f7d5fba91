"""What every student of the first explorer answered on its way: makes films.npz, beside this.

``python -m nnlearn.chapters.ch18_distillation.films`` (about four minutes of processor time with OMP_NUM_THREADS=1).
"""

from functools import lru_cache
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nnlearn.chapters.ch18_distillation.teaching import SEEDS, SHOWN, STEPS, film

FILE = Path(__file__).with_name("films.npz")
TEMPERATURES = (0, 1, 2, 4, 8, 16)  # 0: the teacher says its digit alone
HIDDEN = (8, 16, 32)
MARKS = (0, 20, 50, 100, 200, 400, 800, STEPS)


@lru_cache(maxsize=1)
def films() -> NDArray[np.uint8]:
    """Test images by (shown, temperature, hidden, seed, mark, what they are, what they are taken for)."""
    with np.load(FILE) as stored:
        found: NDArray[np.uint8] = stored["counts"]
    return found


def of(shown: str, temperature: int, hidden: int) -> NDArray[np.uint8]:
    """The tables of one setting, shape (seeds, marks, 10, 10)."""
    tables: NDArray[np.uint8] = films()[
        SHOWN.index(shown), TEMPERATURES.index(temperature), HIDDEN.index(hidden)
    ]  # fmt: skip
    return tables


def read(tables: NDArray[np.uint8], digit: int | None = None) -> NDArray[np.float64]:
    """The share of test images, or of those of one digit, that is read: (..., 10, 10) -> (...)."""
    right = np.diagonal(tables, axis1=-2, axis2=-1).astype(float)
    whole = tables.sum(axis=-1, dtype=float)
    shares = right.sum(axis=-1) / whole.sum(axis=-1) if digit is None else right[..., digit] / whole[..., digit]
    return np.asarray(shares)


def main() -> None:
    """Trains all students and writes the file."""
    settings = [*product(SHOWN, TEMPERATURES, HIDDEN)]
    counts = []
    for number, (shown, temperature, hidden) in enumerate(settings, start=1):
        counts.append(film(shown, temperature, hidden, MARKS))
        shares = read(counts[-1][:, -1], 3)
        print(f"{number} of {len(settings)}: {shown}, T {temperature}, {hidden} units: "
              f"{np.median(shares):.1%} of the threes", flush=True)  # fmt: skip
    shape = (len(SHOWN), len(TEMPERATURES), len(HIDDEN), len(SEEDS), len(MARKS), 10, 10)
    np.savez_compressed(FILE, counts=np.array(counts).reshape(shape))


if __name__ == "__main__":
    main()
