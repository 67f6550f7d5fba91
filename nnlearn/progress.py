"""What the learner has done, in a small file of their own.

Each line of the file is one thing done for the first time, as JSON: a prediction made, a goal reached, a task solved,
a hint met. It holds no name and is sent nowhere. It lies in the learner's home (``.nnlearn/progress.jsonl``);
NNLEARN_PROGRESS names another file, and the word "off" keeps none. Deleting the file starts afresh.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nnlearn.language import listed, mark, say, together

KINDS = {
    "prediction": mark("predictions made"),
    "goal": mark("goals reached"),
    "check": mark("tasks solved"),
    "hint": mark("hints met"),
}


@dataclass(frozen=True)
class Note:
    """One thing done: its kind, its name ("03.Bowl.2", a goal; "05.1", a task), a value if there is one, and when."""

    kind: str
    name: str
    value: Any
    when: str

    @property
    def chapter(self) -> str:
        return self.name.split(".")[0]


def file() -> Path | None:
    """Where the notes are kept; None if they are not."""
    named = os.environ.get("NNLEARN_PROGRESS", "")
    if named == "off":
        return None
    try:
        return Path(named).expanduser() if named else Path.home() / ".nnlearn" / "progress.jsonl"
    except RuntimeError:  # there is no home
        return None


def note(kind: str, name: str, value: Any = None) -> None:
    """Writes down something done, unless the latest note of it says the same; of hints, unless any does.

    value: whatever JSON can hold. Where the file can't be written, learning goes on; ``report`` says so.
    """
    place = file()
    known = [each.value for each in notes() if (each.kind, each.name) == (kind, name)]
    if place is None or json.loads(json.dumps(value)) in (known if kind == "hint" else known[-1:]):
        return
    when = datetime.now().astimezone().isoformat(timespec="seconds")
    line = json.dumps({"kind": kind, "name": name, "value": value, "when": when}, ensure_ascii=False)
    before = contents()
    start = "\n" if before and not before.endswith("\n") else ""  # what was torn off or edited stays a line of its own
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as lines:
            lines.write(start + line + "\n")  # at once, so that two kernels don't mix their lines
    except OSError:
        pass


def notes() -> list[Note]:
    """All notes, the oldest first; a damaged line is left out."""
    return [found for found in map(read, contents().split("\n")) if found]


def contents() -> str:
    """The text of the file; empty if there is none that can be read."""
    place = file()
    try:
        return place.read_text(encoding="utf-8", errors="replace") if place else ""
    except OSError:
        return ""


def read(line: str) -> Note | None:
    """The note in a line, or None if there is none."""
    try:
        found = Note(**json.loads(line))
    except (ValueError, TypeError):
        return None
    texts = all(isinstance(text, str) for text in (found.kind, found.name, found.when))
    return found if texts and found.kind in KINDS else None


def latest(kind: str, name: str) -> Note | None:
    """The newest note of this kind and name."""
    return next((each for each in reversed(notes()) if (each.kind, each.name) == (kind, name)), None)


@dataclass(frozen=True)
class Report:
    """How far the learner has come: a table of the chapters in a notebook, sentences as text."""

    notes: tuple[Note, ...]
    trouble: str = ""

    def counts(self) -> dict[str, dict[str, int]]:
        """How many different things of each kind were done, by chapter."""
        done = {(each.chapter, each.kind, each.name, str(each.value) * (each.kind == "hint")) for each in self.notes}
        chapters = sorted({each.chapter for each in self.notes})
        return {
            chapter: {kind: sum(thing[:2] == (chapter, kind) for thing in done) for kind in KINDS}
            for chapter in chapters
        }

    @property
    def last(self) -> str:
        """Where the learner stopped, and what keeps further progress from being kept."""
        if not self.notes:
            return self.trouble or say("Nothing done yet: chapter 00 is the place to start.")
        newest = self.notes[-1]
        text = say("You stopped in chapter {chapter} on {day}.", chapter=newest.chapter, day=newest.when[:10])
        return together(text, self.trouble)

    def __repr__(self) -> str:
        lines = [
            say("Chapter {chapter}: {done}.", chapter=chapter,
                done=listed(f"{say(KINDS[kind])} {number}" for kind, number in counts.items()))
            for chapter, counts in self.counts().items()
        ]  # fmt: skip
        return "\n".join([self.last, *lines])

    def _repr_markdown_(self) -> str:
        if not self.notes:
            return self.last
        head = [say("chapter"), *map(say, KINDS.values())]
        body = [[chapter, *map(str, counts.values())] for chapter, counts in self.counts().items()]
        table = [f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *body]]
        return "\n".join([self.last, "", *table])


def report() -> Report:
    """How far you have come, by chapter, and where you stopped."""
    place, trouble = file(), ""
    if place is None:
        trouble = say("No progress is kept: NNLEARN_PROGRESS is off, or there is no home folder.")
    elif not writable(place):
        trouble = say(
            "Progress can't be kept in {place}; set NNLEARN_PROGRESS to a file that can be written.", place=place
        )
    return Report(tuple(notes()), trouble)


def writable(place: Path) -> bool:
    """Whether lines can be added to this file, which may have to be made, with its folder."""
    try:
        there = next(each for each in (place, *place.parents) if each.exists())
    except OSError:  # a folder that can't be looked into
        return False
    return (there.is_file() if there == place else there.is_dir()) and os.access(there, os.W_OK)
