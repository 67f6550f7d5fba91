"""Rows of cells as a table: in Markdown for a notebook, in columns as text."""

from collections.abc import Sequence
from dataclasses import dataclass

Row = Sequence[str]


class Shown:
    """What shows itself as a table: the first column to the left, the others, which are numbers, to the right."""

    def cells(self) -> tuple[Row, Sequence[Row]]:
        """The head and the rows."""
        raise NotImplementedError

    def _repr_markdown_(self) -> str:
        head, rows = self.cells()
        return markdown(head, rows, ["---", *["---:"] * (len(head) - 1)])

    def __repr__(self) -> str:
        head, rows = self.cells()
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        return "\n".join(
            "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                      for i, (cell, width) in enumerate(zip(line, widths, strict=True)))
            for line in [head, *rows]
        )  # fmt: skip


@dataclass(frozen=True, repr=False)
class Table(Shown):
    """A table that is nothing but its cells."""

    head: Row
    rows: Sequence[Row]

    def cells(self) -> tuple[Row, Sequence[Row]]:
        return self.head, self.rows


def markdown(head: Row, rows: Sequence[Row], ruled: Row) -> str:
    """A table in Markdown. ruled: below each heading, "---" for a column to the left, "---:" for one to the right."""
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ruled, *rows])
