"""The page's side of an explorer, in small files: anywidget takes one script and one style sheet."""

from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = (
    "card.js", "outbox.js", "pulse.js", "speaker.js", "look.js",  # what holds an explorer together
    "inputs.js", "slider.js", "number.js", "choice.js", "point.js",  # controls
    "question.js", "picture.js", "goals.js", "trouble.js",  # what it asks and shows
    "features.js", "player.js", "zoom.js", "readout.js", "clipboard.js", "prose.js",  # what else it can do
    "elements.js",
)  # fmt: skip
STYLES = (  # of two rules of one weight the later one holds
    "card.css", "inputs.css", "slider.css", "question.css", "picture.css", "speaker.css", "panel.css", "goals.css",
    "trouble.css", "pulse.css", "features.css", "layout.css",
)  # fmt: skip


def joined(names: Iterable[str]) -> str:
    """The files, one after the other: they share one scope."""
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)
