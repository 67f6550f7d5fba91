"""Brings the catalogues of translations up to date with the code: ``python course.py catalogue``.

Every sentence in ``say(...)``, ``mark(...)`` and ``word(...)`` gets its entry, for a translator to fill in: in
locale/zh.po of its chapter's room, or of nnlearn. A translation follows its sentence to another module. If a sentence
was reworded, its translation stays, marked as fuzzy, with the English that it is of: until it is mended, the learner
reads the new English. What else was translated and is no longer said stays at the end of its file, as obsolete, until
all of the file is translated.
"""

import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from string import Formatter

from babel.messages.extract import extract_from_dir
from polib import POEntry, POFile, pofile

from tools.environment import ROOT

LANGUAGES = ("zh",)
PURPOSE = "The sentences of {package}, in step with the code by: python course.py catalogue"
HEADER = {"MIME-Version": "1.0", "Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit"}


def main(package: Path) -> int:
    """Renews the catalogues of a package; 1 if a translation can't be used."""
    problems: list[str] = []
    for language in LANGUAGES:
        entries: list[POEntry] = []
        for path, catalogue in updated(package, language).items():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(written(catalogue))
            entries += [entry for entry in catalogue if not entry.obsolete]
        missing, fuzzy = sum(not entry.msgstr for entry in entries), sum(entry.fuzzy for entry in entries)
        print(f"{language}: {len(entries)} sentences, {missing} not translated yet, {fuzzy} to be mended (fuzzy)")
        problems += [f"{language}: {problem}" for problem in broken_fields(entries)]
    for problem in problems:
        print(problem)
    return int(len(problems) > 0)


# --- What is said, and where ---


def sentences(package: Path) -> dict[Path, dict[str, list[str]]]:
    """All sentences that a learner may read, by the folder, a chapter's room or the package, that has their catalogue.

    With each stand the files that say it. What the package says is in its catalogue alone, also if a chapter says it.
    """
    said: dict[Path, dict[str, list[str]]] = defaultdict(dict)
    found = extract_from_dir(package, [("**.py", "python")], keywords={"say": None, "mark": None, "word": None})
    for name, _, sentence, _, _ in sorted(found, key=lambda each: each[:2]):
        files = said[home(package, Path(name))].setdefault(str(sentence), [])
        files += [] if name in files else [name]
    for room in said.keys() - {package}:
        said[room] = {sentence: files for sentence, files in said[room].items() if sentence not in said[package]}
    return dict(said)


def home(package: Path, module: Path) -> Path:
    """The room of the chapter to which a module belongs, or the package."""
    return package.joinpath(*module.parts[:2]) if module.parts[0] == "chapters" and len(module.parts) > 2 else package


# --- Catalogues ---


def updated(package: Path, language: str) -> dict[Path, POFile]:
    """The catalogues with all that is said, by their files, and with what is known of its translation."""
    said = sentences(package)
    paths = {folder: folder / f"locale/{language}.po" for folder in sorted(said)}
    stored = {folder: translations(path) for folder, path in paths.items() if path.exists()}
    every = {sentence: text for known in stored.values() for sentence, text in known.items()}
    gone = every.keys() - {sentence for domain in said.values() for sentence in domain}
    catalogues = {}
    for folder, path in paths.items():
        own = stored.get(folder, {})
        catalogue = empty(".".join((package.name, *folder.relative_to(package).parts)), language)
        catalogue.extend(
            renewed(sentence, [f"{package.name}/{file}" for file in files], {**every, **own}, gone)
            for sentence, files in said[folder].items()
        )
        catalogues[path] = catalogue
    used = {entry.previous_msgid for catalogue in catalogues.values() for entry in catalogue}
    for folder, path in paths.items():
        if not all(entry.translated() for entry in catalogues[path]):
            left = [sentence for sentence in stored.get(folder, {}) if sentence in gone - used]
            catalogues[path].extend(POEntry(msgid=each, msgstr=stored[folder][each], obsolete=True) for each in left)
    return catalogues


def translations(path: Path) -> dict[str, str]:
    """Every translation in a file, by the sentence that it is of: of a fuzzy one the sentence before."""
    return {
        entry.previous_msgid if entry.fuzzy and entry.previous_msgid else entry.msgid: entry.msgstr
        for entry in pofile(str(path), encoding="utf-8")
        if entry.msgstr
    }


def renewed(sentence: str, files: Iterable[str], known: Mapping[str, str], gone: Collection[str]) -> POEntry:
    """The entry of a sentence: its translation, or as a fuzzy one that of the most similar sentence that is gone."""
    before = None if sentence in known else next(iter(get_close_matches(sentence, sorted(gone), n=1)), None)
    return POEntry(
        msgid=sentence,
        msgstr=known.get(before or sentence, ""),
        previous_msgid=before,
        occurrences=[(file, "") for file in files],
        flags=["fuzzy"] * (before is not None) + ["python-brace-format"] * bool(fields(sentence)),
    )


def empty(package: str, language: str) -> POFile:
    """A catalogue that says on top what it is for. One line a sentence, so that branches merge."""
    catalogue = POFile(wrapwidth=0)
    catalogue.header = PURPOSE.format(package=package)
    catalogue.metadata = {"Project-Id-Version": package, "Language": language, **HEADER}
    return catalogue


def written(catalogue: POFile) -> bytes:
    """The text of a .po file; without line numbers, which would change with every edit of the code."""
    return str(catalogue).encode()


def broken_fields(entries: Iterable[POEntry]) -> list[str]:
    """A sentence for each finished translation whose {fields} are not those of the original."""
    return [
        f"other fields than in the original: {entry.msgstr}"
        for entry in entries
        if entry.translated() and fields(entry.msgid) != fields(entry.msgstr)
    ]


def fields(template: str) -> set[str]:
    """The names in a template's curly brackets."""
    return {name for text, name, form, conversion in Formatter().parse(template) if name is not None}


if __name__ == "__main__":
    sys.exit(main(ROOT / "nnlearn"))
