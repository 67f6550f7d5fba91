"""Rows of cells as a table: in Markdown for a notebook, in columns as text."""

from collections.abc import Sequence

Rows = Sequence[Sequence[str]]


def markdown(head: Sequence[str], rows: Rows) -> str:
    """The first column to the left, the others, which are numbers, to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def text(head: Sequence[str], rows: Rows) -> str:
    """The same in columns of equal width."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                  for i, (cell, width) in enumerate(zip(line, widths, strict=True)))
        for line in [head, *rows]
    )  # fmt: skip
