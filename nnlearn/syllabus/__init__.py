"""What each chapter covers, and which faults of the course's sources it mends.

Two files beside this one hold a row for each, named by its id: coverage.tsv and errata.tsv. They are plain
text: tabs between the columns, no quoting, no dollars (a notebook would show mathematics). A section of a
source is written 002§3.3; "-" is nothing to show. As soon as a chapter has a notebook, the last two columns of
its rows hold, separated by spaces,

taught: the cells that teach it, ``notebooks/03_gradient_descent.ipynb#stop-rules``
runs: what proves it, names of nnlearn and tests: ``nnlearn.stop.GradientBelow``, ``tests/test_x.py::test_y``
"""

import csv
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from nnlearn.language import mark, say
from nnlearn.tables import markdown

Record = Mapping[str, str]

# The columns that are shown, with their headings.
COVERAGE = {
    "id": mark("Id"),
    "sources": mark("Sources"),
    "topic": mark("Topic"),
    "must_work": mark("What works here"),
}
ERRATA = {
    "id": mark("Id"),
    "where": mark("Where"),
    "fault": mark("Fault"),
    "shows": mark("What running it shows"),
    "right": mark("Right"),
}


@dataclass(frozen=True)
class Records:
    """Rows of one chapter: a table in a notebook, labelled lines for a screen reader (and ``print``)."""

    headings: Mapping[str, str]
    rows: tuple[Record, ...]

    def _repr_markdown_(self) -> str:
        head = [say(heading) for heading in self.headings.values()]
        body = [[escaped(row[column]) for column in self.headings] for row in self.rows]
        table = markdown(head, body, ["---"] * len(head))
        summary = say("Show the {n} rows", n=len(body))
        return f"<details><summary>{summary}</summary>\n\n{table}\n\n</details>"

    def __repr__(self) -> str:
        return "\n\n".join(
            "\n".join(
                say("{heading}: {text}", heading=say(heading), text=row[column])
                for column, heading in self.headings.items()
            )
            for row in self.rows
        )


def errata(chapter: str, without: Collection[str] = ()) -> Records:
    """The faults of the sources on the ground of a chapter, such as "03", and what is right.

    without: ids to leave out, such as those that the chapter has shown already.
    Raises ValueError for a chapter that has none, or an id that is not one of the chapter's.

    >>> print(errata("09", without=["C17", "C18", "M06", "M07"]))
    Id: K14
    Where: 002 Q4
    Fault: second-order methods said to suit high dimension
    What running it shows: memory d^2, solve d^3: a million weights need 8 million megabytes
    Right: Hessian-free, L-BFGS
    """
    rows = of_chapter("errata", chapter)
    ids = [row["id"] for row in rows]
    strange = [name for name in without if name not in ids]
    if strange:
        message = say("without holds {strange}; the errata of chapter {chapter} are {ids}.",
                      strange=", ".join(strange), chapter=chapter, ids=", ".join(ids))  # fmt: skip
        raise ValueError(message)
    return Records(ERRATA, tuple(row for row in rows if row["id"] not in without))


def coverage(chapter: str) -> Records:
    """The topics of a chapter, such as "03", with the sections of the sources that it mirrors.

    Raises ValueError for a chapter that has none.
    """
    return Records(COVERAGE, of_chapter("coverage", chapter))


def of_chapter(name: str, chapter: str) -> tuple[Record, ...]:
    """The rows of one chapter; ValueError if there are none."""
    rows = tuple(row for row in table(name) if row["chapter"] == chapter)
    if not rows:
        chapters = ", ".join(sorted({row["chapter"] for row in table(name)}))
        message = say("The table of {name} has no chapter {chapter!r}; its chapters are {chapters}.",
                      name=name, chapter=chapter, chapters=chapters)  # fmt: skip
        raise ValueError(message)
    return rows


@cache
def table(name: str) -> tuple[Record, ...]:
    """All rows of a file, in its order; each maps the file's columns to texts and can't be changed."""
    text = files(__name__).joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple(MappingProxyType(row) for row in rows)


def escaped(text: str) -> str:
    """A text that Markdown shows as it is, also in a table's cell."""
    return re.sub(r"([\\`*_\[<|~&])", r"\\\1", text)
