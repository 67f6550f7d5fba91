"""Every sentence that a learner reads, in the learner's language.

Write whole sentences with named fields, so that a translator can move the words around::

    say("The run stopped at step {step}.", step=3)

``NNLEARN_LANG=zh`` chooses Chinese; it is read at every call, so it can be switched while a notebook runs. Without
it, a notebook in a folder called zh speaks Chinese: Jupyter tells the kernel in ``JPY_SESSION_NAME`` which notebook
it was started for.

The translations are in locale/zh.po, here and in each chapter's room: a room's are read when something of the room has
been imported, for only then can its sentences be said. English reads no file.
"""

import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path, PureWindowsPath

from nnlearn.rooms import entered

PACKAGE = Path(__file__).parent


def mark(template: str) -> str:
    """Marks a text for the catalogue where it is declared; ``say`` translates it where it is shown."""
    return template


def say(template: str, /, **fields: object) -> str:
    """The template in the learner's language, its fields filled in."""
    return translated(template, language()).format(**fields)


def together(*sentences: str) -> str:
    """Sentences one after the other, without those that are empty; Chinese has no space between them."""
    return ("" if language() == "zh" else " ").join(filter(None, sentences))


def listed(items: Iterable[str]) -> str:
    """Items one after the other, with the language's own mark between them."""
    return ("；" if language() == "zh" else "; ").join(items)


def language() -> str:
    """The language in force: what NNLEARN_LANG names ("zh", "zh_CN.UTF-8"), else that of the open notebook."""
    named = re.split(r"[._-]", os.environ.get("NNLEARN_LANG", "").lower())[0]
    return named or notebook_language(os.environ.get("JPY_SESSION_NAME", ""))


@cache
def notebook_language(path: str) -> str:
    """The language of a notebook: the name of its folder, if there is a catalogue of that name, else English."""
    folder = PureWindowsPath(path).parent.name.lower()  # of a path with either separator
    return folder if catalogue(PACKAGE, folder) else "en"


def translated(template: str, name: str) -> str:
    """The template in the language of this name; itself, in English, where no catalogue has it."""
    if not catalogue(PACKAGE, name):
        return template
    return next((text for place in (PACKAGE, *entered()) if (text := catalogue(place, name).get(template))), template)


@cache
def catalogue(place: Path, name: str) -> dict[str, str]:
    """The translations of the package or a room, by the English, without those still to be mended (fuzzy)."""
    file = place / f"locale/{name}.po"
    if not file.is_file():
        return {}
    from polib import pofile  # here, as who reads English needs none

    return {entry.msgid: entry.msgstr for entry in pofile(str(file), encoding="utf-8").translated_entries()}
