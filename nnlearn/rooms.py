"""Where the chapters' rooms are: that of chapter 05 is ``nnlearn/chapters/ch05_momentum``. None is imported here."""

import sys
from functools import cache
from pathlib import Path

CHAPTERS = Path(__file__).parent / "chapters"


@cache
def rooms() -> dict[str, Path]:
    """The folder of each chapter that has one, by its number: "05"."""
    return {folder.name[2:4]: folder for folder in sorted(CHAPTERS.glob("ch[0-9][0-9]_*"))}


@cache
def packages() -> dict[str, Path]:
    """The same by the name of the package."""
    return {f"nnlearn.chapters.{room.name}": room for room in rooms().values()}


def entered() -> list[Path]:
    """The rooms of which something has been imported."""
    return [room for package, room in packages().items() if package in sys.modules]


def module(chapter: str, name: str) -> str | None:
    """The full name of a module in a chapter's room, such as its "tasks"; None if there is no such file."""
    room = rooms().get(chapter)
    return f"nnlearn.chapters.{room.name}.{name}" if room and (room / f"{name}.py").is_file() else None
