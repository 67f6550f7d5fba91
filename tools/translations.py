"""Makes notebooks in full Chinese from the English ones and their translations: ``python course.py zh [NAME ...]``.

translations/zh/notebooks/05_momentum.po holds the text of notebooks/05_momentum.ipynb: for each Markdown cell its id
(msgctxt), the English (msgid) and the Chinese (msgstr). When every cell is translated, notebooks/zh/05_momentum.ipynb
is made of it, with the same code, and run in Chinese. In the same way solutions/zh is made, and exercises/zh from it.
"""

import io
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.pofile import read_po, write_po

from tools import exercises, notebooks
from tools.environment import ROOT
from tools.hygiene import CODE_OR_MATHS, without_code

KINDS = ("notebooks", "solutions")  # what is translated; exercises are made from solutions
LINK = r'(?<=\]\()[^)\s]+|(?<=\shref=")[^"]+|(?<=\ssrc=")[^"]+'
MARKUP = re.compile(f"{CODE_OR_MATHS.pattern}|(?P<link>{LINK})", re.DOTALL)
EMPHASIS = re.compile(r"(\*{1,2})(?![\s*])(.+?)(?<![\s*])\1(?!\*)")
EXEMPT = "other markup:"  # begins the comment of a translation whose markup differs with good reason


@dataclass(frozen=True)
class Translation:
    """A notebook in another language: the files it is made of, and its own."""

    original: Path
    language: str

    @property
    def root(self) -> Path:
        """The folder of the whole course."""
        return self.original.parent.parent

    @property
    def catalogue(self) -> Path:
        """The texts."""
        folder = self.root / "translations" / self.language / self.original.parent.name
        return folder / f"{self.original.stem}.po"

    @property
    def notebook(self) -> Path:
        """What is made."""
        return self.original.parent / self.language / self.original.name

    @property
    def results(self) -> tuple[Path, ...]:
        """Everything that is made: of a solution its exercise too."""
        if self.original.parent.name == "notebooks":
            return (self.notebook,)
        return self.notebook, self.root / "exercises" / self.language / self.original.name

    def __str__(self) -> str:
        return self.notebook.relative_to(self.root).as_posix()


def main(names: list[str], language: str = "zh", root: Path = ROOT) -> int:
    """Renews the catalogues and the notebooks named, or all that have been begun; 1 if there is something to mend."""
    troubles = 0
    complete = {}
    for translation in chosen(names, language, root):
        catalogue = renewed(translation)
        left = untranslated(catalogue)
        print(f"{translation}: {'to translate: ' + ', '.join(left) if left else 'all is translated'}")
        if not left:
            complete[translation] = catalogue
        elif translation.notebook.exists():
            print("  It was made before and is out of date now.")
            troubles += 1
        for problem in problems(catalogue):
            print(f"  {problem}")
            troubles += 1
    coming = {path for translation in complete for path in translation.results}
    for translation, catalogue in complete.items():
        notebook = made(translation, catalogue, lambda path: path in coming or path.exists())
        if translation.original.parent.name == "solutions":
            notebooks.write(notebook, translation.notebook)
        elif not is_stored(notebook, translation.notebook):
            troubles += notebooks.store(notebook, translation.notebook)
    exercises.renew(root, language)
    return int(troubles > 0)


def chosen(names: list[str], language: str, root: Path) -> list[Translation]:
    """The notebooks with these names in their paths; without names, those that have a catalogue."""
    paths = [path for kind in KINDS for path in sorted((root / kind).glob("*.ipynb"))]
    every = {path.relative_to(root).as_posix(): Translation(path, language) for path in paths}
    if not names:
        return [translation for translation in every.values() if translation.catalogue.exists()]
    found = {name: [each for path, each in every.items() if Path(name).as_posix() in path] for name in names}
    for name in names:
        if not found[name]:
            sys.exit(f"No notebook is called {name}.")
    return list(dict.fromkeys(each for name in names for each in found[name]))


# --- Catalogues ---


def renewed(translation: Translation) -> Catalog:
    """The catalogue in step with the English notebook, also on disk."""
    name = translation.original.relative_to(translation.root).as_posix()
    purpose = f"# The text of {name}, in step with it by: python course.py {translation.language}"
    catalogue = opened(translation.catalogue, translation.language, purpose)
    update(catalogue, nbformat.read(translation.original, as_version=4))
    translation.catalogue.parent.mkdir(parents=True, exist_ok=True)
    translation.catalogue.write_bytes(written(catalogue))
    return catalogue


def opened(path: Path, language: str, purpose: str) -> Catalog:
    """The catalogue in this file, or a new one that says on top what it is for."""
    if path.exists():
        return read_po(io.BytesIO(path.read_bytes()), locale=language, abort_invalid=True)
    return Catalog(
        locale=language,
        header_comment=purpose,
        project="nnlearn",
        version="course",
        msgid_bugs_address="see CONTRIBUTING.md",
        last_translator="the nnlearn authors",
        language_team="the nnlearn authors",
        fuzzy=False,
    )


def update(catalogue: Catalog, notebook: Any) -> None:
    """Gives a catalogue, in place, the Markdown cells of a notebook.

    Where the English has changed, the last translation stays, marked as fuzzy: it is to be translated again. What
    it was the translation of stays at the end of the file, as obsolete, until every cell is translated.
    """
    last = {message.context: message for message in messages(catalogue)}
    done: dict[Any, Message] = {
        key(message): message for message in [*catalogue.obsolete.values(), *last.values()] if is_done(message)
    }
    for message in last.values():
        catalogue.delete(message.id, message.context)
    for cell in markdown_cells(notebook):
        message = Message(cell.source, context=cell.id)
        before = done.pop(key(message), None) or last.get(cell.id)
        if before:
            message.string = before.string
            message.user_comments = before.user_comments
        message.flags = {"fuzzy"} if before and before.string and not is_done(before, cell.source) else set()
        catalogue[message.id] = message
    catalogue.obsolete = done if untranslated(catalogue) else {}


def messages(catalogue: Catalog) -> list[Message]:
    """Its entries without the header."""
    return [message for message in catalogue if message.id]


def key(message: Message) -> tuple[str, str]:
    """What a translation belongs to: a cell with this text."""
    return str(message.id), str(message.context)


def is_done(message: Message, text: str | None = None) -> bool:
    """Whether this is a finished translation (of the given text)."""
    return bool(str(message.string).strip()) and not message.fuzzy and text in (None, message.id)


def untranslated(catalogue: Catalog) -> list[str]:
    """The ids of the cells that a translator has to look at."""
    return [
        f"{message.context} (changed)" if message.fuzzy else str(message.context)
        for message in messages(catalogue)
        if not is_done(message)
    ]


def written(catalogue: Catalog) -> bytes:
    """The text of a .po file: line by line as in the notebook."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=0)
    return buffer.getvalue()


# --- Notebooks ---


def made(translation: Translation, catalogue: Catalog, exists: Callable[[Path], bool]) -> Any:
    """The notebook with its text translated, not yet run; links lead to translated files where those exist."""
    texts = {message.context: str(message.string) for message in messages(catalogue)}
    notebook = without_outputs(nbformat.read(translation.original, as_version=4))
    for cell in markdown_cells(notebook):
        cell.source = relinked(texts[cell.id], translation, exists)
    notebooks.tidy(notebook)
    return notebook


def markdown_cells(notebook: Any) -> list[Any]:
    """The cells that hold text."""
    return [cell for cell in notebook.cells if cell.cell_type == "markdown" and cell.source.strip()]


def without_outputs(notebook: Any) -> Any:
    """The notebook as it is before it is run (it is changed in place)."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def is_stored(notebook: Any, path: Path) -> bool:
    """Whether the file holds this notebook, apart from outputs."""
    return path.exists() and without_outputs(nbformat.read(path, as_version=4)) == notebook


def relinked(markdown: str, translation: Translation, exists: Callable[[Path], bool]) -> str:
    """Text that was written for the folder of the original, for the folder of its translation below."""

    def target(match: re.Match[str]) -> str:
        link = match["link"]
        if link is None or not is_relative(link):
            return match.group()
        place, anchor = aim(link, translation.original)
        twin = place.parent / translation.language / place.name
        path = os.path.relpath(twin if exists(twin) else place, translation.notebook.parent)
        return Path(path).as_posix() + anchor

    return MARKUP.sub(target, markdown)


def relative_links(markdown: str) -> list[str]:
    """The targets of links and images that are files of the course."""
    links = [match["link"] for match in MARKUP.finditer(markdown)]
    return [link for link in links if link and is_relative(link)]


def is_relative(link: str) -> bool:
    """Whether a link leads to a file beside the notebook or near it."""
    return not urlsplit(link).scheme and not link.startswith(("#", "/"))


def aim(link: str, notebook: Path) -> tuple[Path, str]:
    """The file that a relative link in a notebook leads to, and the anchor in it: "#..." or nothing."""
    path, mark, anchor = link.partition("#")
    return Path(os.path.normpath(notebook.parent / path)), mark + anchor


# --- What translators get wrong ---


def problems(catalogue: Catalog) -> Iterator[str]:
    """A sentence for each finished translation whose markup is not that of the original, or isn't seen."""
    for message in filter(is_done, messages(catalogue)):
        english, chinese = markup(str(message.id)), markup(str(message.string))
        if english != chinese and not any(comment.startswith(EXEMPT) for comment in message.user_comments):
            lacking, added = " ".join((english - chinese).elements()), " ".join((chinese - english).elements())
            yield f"{message.context}: other markup than in English: lacks [{lacking}], adds [{added}]"
        for text in lost_emphasis(str(message.string)):
            yield f"{message.context}: not seen as bold or italic: {text}; put the punctuation outside, or a space"


def markup(markdown: str) -> Counter[str]:
    """Code, formulas, targets of links, headings and HTML tags, and how often each of them stands there."""
    prose = without_code(markdown)
    pieces = [match.group() for match in MARKUP.finditer(markdown)]
    return Counter([*pieces, *re.findall(r"^#{1,6}(?= )", prose, re.MULTILINE), *re.findall(r"</?[a-z]\w*", prose)])


def lost_emphasis(markdown: str) -> Iterator[str]:
    """Text between asterisks that stay asterisks: those with punctuation inside and a letter or digit outside.

    CommonMark 0.31, section 6.2, left- and right-flanking delimiter runs; in Chinese no space makes up for it.
    """
    prose = CODE_OR_MATHS.sub("$", markdown)
    for match in EMPHASIS.finditer(prose):
        sides = ((match[2][0], prose[: match.start()][-1:]), (match[2][-1], prose[match.end() :][:1]))
        if any(outside.isalnum() and not inside.isalnum() for inside, outside in sides):
            yield match.group()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
