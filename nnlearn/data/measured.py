"""Results of the experiments that take minutes: a chapter's experiment.py makes them, the chapter shows them."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from nnlearn.language import language, say, translated
from nnlearn.rooms import rooms
from nnlearn.tables import Table


class Measured(dict[str, Any]):
    """What an experiment stored: ``["made_by"]`` is its command, ``["columns"]`` says what its entries are.

    Its tables are lists of rows, a row a dict of named entries.
    """

    def table(self, name: str, rows: str, columns: str, show: str, **only: Collection[Any]) -> Table:
        """One of the tables, laid out in two directions::

            stored.table("bits", rows="{bits} bits", columns="{method}", show="{median:.1%}", bits=[4, 3, 2])

        rows, columns, show: what heads a line, what heads a column, and what stands where they meet: templates that
            the entries of a stored row fill. Lines and columns come in the order in which they are stored. Templates
            and entries are shown in the learner's language where the catalogue has them.
        only: the values that an entry may have; rows with others are left out.

        Raises ValueError, with what there is, for a table or entry that is not there, or if no row is left.
        """
        if not isinstance(self.get(name), list):
            names = ", ".join(key for key, value in self.items() if isinstance(value, list))
            raise ValueError(say("There is no table {name!r}; there are {names}.", name=name, names=names))
        try:
            chosen = [row for row in self[name] if all(row[entry] in values for entry, values in only.items())]
            cells = {(filled(rows, row), filled(columns, row)): filled(show, row) for row in chosen}
        except KeyError as error:
            message = say("Table {name!r} has no entry {error}; it has {entries}.",
                          name=name, error=error, entries=", ".join(self[name][0]))  # fmt: skip
            raise ValueError(message) from error
        if not cells:
            raise ValueError(say("No row of table {name!r} has these values.", name=name))
        lines, heads = (list(dict.fromkeys(each)) for each in zip(*cells, strict=True))
        return Table(["", *heads], [[line, *(cells.get((line, head), "") for head in heads)] for line in lines])


def filled(template: str, row: Mapping[str, Any]) -> str:
    """The template with the entries of a row, both in the learner's language where the catalogue has them."""
    said = {name: translated(value, language()) if isinstance(value, str) else value for name, value in row.items()}
    return translated(template, language()).format_map(said)


def measured(chapter: str) -> Measured:
    """What the experiment of a chapter such as "05" stored. Raises ValueError if nothing of this chapter is stored."""
    stored = {number: room / "measured.json" for number, room in rooms().items() if (room / "measured.json").is_file()}
    if chapter not in stored:
        names = ", ".join(stored)
        raise ValueError(say("Nothing is stored of {name!r}; there are {names}.", name=chapter, names=names))
    return Measured(json.loads(stored[chapter].read_text(encoding="utf-8")))
