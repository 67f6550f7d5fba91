"""One catalogue for every sentence that a learner reads.

Write whole sentences with named fields, so that a translator can move the words around::

    say("The run stopped at step {step}.", step=3)

``NNLEARN_LANG=zh`` chooses Chinese; it is read at every call, so it can be switched while a notebook runs. Without
it, a notebook in a folder called zh speaks Chinese: Jupyter tells the kernel in ``JPY_SESSION_NAME`` which notebook
it was started for.
"""

import gettext
import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path, PureWindowsPath

CATALOGUES = Path(__file__).parent / "locale"


def mark(template: str) -> str:
    """Marks a text for the catalogue where it is declared; ``say`` translates it where it is shown."""
    return template


def say(template: str, /, **fields: object) -> str:
    """The template in the learner's language, its fields filled in."""
    text = translations(language()).gettext(template) if template else ""  # "" is the catalogue's own header
    return text.format(**fields)


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
    return folder if (CATALOGUES / folder / "LC_MESSAGES").is_dir() else "en"


@cache
def translations(name: str) -> gettext.NullTranslations:
    """The catalogue of a language; an empty one, which leaves the English text, if there is none."""
    return gettext.translation("nnlearn", CATALOGUES, languages=[name], fallback=True)
