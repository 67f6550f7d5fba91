"""Rows of a file, some at a time: data larger than the memory."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import whole_number
from nnlearn.language import say


@dataclass(frozen=True)
class Rows:
    """The rows of a file, ``at_once`` of them at a time: ``for rows in Rows("data.npy"): ...``, as often as needed.

    path: an .npy file, whose pieces have shape (at_once, ...) and its dtype, or a .csv file of numbers, which gives
    float64 of shape (at_once, columns), with NaN where a cell is empty. The last piece is shorter where the number
    doesn't go in. skip: lines at the beginning of a .csv file that are no numbers, such as names.

    At no time is more than a piece in memory: the file is read, not mapped. Raises TypeError or ValueError for another
    kind of file or one that is damaged, with the line where there are lines; OSError if there is no such file.
    """

    path: str | Path
    at_once: int = 1024
    skip: int = 0

    def __post_init__(self) -> None:
        whole_number("at_once", self.at_once, at_least=1)
        whole_number("skip", self.skip, at_least=0)
        object.__setattr__(self, "path", Path(self.path))
        if self.file.suffix not in READERS:
            message = say("{path} is neither an .npy nor a .csv file.", path=self.path)
            raise ValueError(message)
        if self.file.suffix == ".npy" and self.skip:
            raise ValueError(say("skip is for the lines of a .csv file."))

    @property
    def file(self) -> Path:
        """The path, as a Path."""
        return Path(self.path)

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return READERS[self.file.suffix](self)


def rows_of_npy(rows: Rows) -> Iterator[NDArray[Any]]:
    """The file is only looked at to find where its numbers begin; then it is read."""
    try:
        mapped = np.load(rows.file, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ValueError(say("{path} can't be read: {error}", path=rows.path, error=error)) from error
    shape, dtype, offset = mapped.shape, mapped.dtype, mapped.offset
    by_columns = not mapped.flags.c_contiguous
    del mapped
    if not shape or by_columns:
        message = say("{path} has no rows one after the other (shape {shape}): save np.ascontiguousarray(x) of an "
                      "array with at least one axis.", path=rows.path, shape=shape)  # fmt: skip
        raise ValueError(message)
    numbers = int(np.prod(shape[1:]))
    with rows.file.open("rb") as file:
        file.seek(offset)
        for start in range(0, shape[0], rows.at_once):
            count = min(rows.at_once, shape[0] - start)
            piece = np.fromfile(file, dtype, count * numbers).reshape(count, *shape[1:])
            yield piece.astype(dtype.newbyteorder("="), copy=False)


def rows_of_csv(rows: Rows) -> Iterator[NDArray[Any]]:
    """Empty lines don't count."""
    with rows.file.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(islice(file, rows.skip, None))
        numbered = ((rows.skip + lines.line_num, cells) for cells in lines if cells)
        columns = 0
        while some := list(islice(numbered, rows.at_once)):
            columns = columns or len(some[0][1])
            yield np.array([numbers_of(rows, line, cells, columns) for line, cells in some])


def numbers_of(rows: Rows, line: int, cells: list[str], columns: int) -> list[float]:
    """The numbers of a line; ValueError with its number, from 1."""
    if len(cells) != columns:
        message = say("{path}, line {line}: {found} cells, where the first row has {columns}.",
                      path=rows.path, line=line, found=len(cells), columns=columns)  # fmt: skip
        raise ValueError(message)
    try:
        return [float(cell) if cell.strip() else np.nan for cell in cells]
    except ValueError as error:
        message = say("{path}, line {line}: {error}.", path=rows.path, line=line, error=error)
        raise ValueError(message) from error


READERS = {".npy": rows_of_npy, ".csv": rows_of_csv}
