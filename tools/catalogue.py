"""Brings the catalogues of translations up to date with the code: ``python course.py catalogue``.

Every sentence in ``say(...)`` and ``mark(...)`` gets its entry in nnlearn.po, in the folder of each language
under nnlearn/locale, for a translator to fill in; nnlearn.mo beside it is what nnlearn.language reads. A
sentence that was reworded is a new sentence: no translation is guessed.
"""

import io
import sys
from pathlib import Path
from string import Formatter

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools.environment import ROOT

LANGUAGES = ("zh",)


def main(package: Path) -> int:
    """Renews the catalogues of a package; 1 if a translation can't be used."""
    problems = []
    for language in LANGUAGES:
        folder = package / "locale" / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        catalogue = updated(folder / "nnlearn.po", sentences(package), language)
        (folder / "nnlearn.po").write_bytes(written(catalogue))
        (folder / "nnlearn.mo").write_bytes(compiled(catalogue))
        missing = sum(not message.string for message in catalogue if message.id)
        print(f"{language}: {len(catalogue)} sentences, {missing} not translated yet")
        problems += broken_fields(catalogue)
    for problem in problems:
        print(problem)
    return int(len(problems) > 0)


def sentences(package: Path) -> Catalog:
    """All sentences of a package that a learner may read."""
    template = Catalog()
    found = extract_from_dir(package, [("**.py", "python")], keywords={"say": None, "mark": None})
    for file, line, sentence, _, _ in sorted(found, key=lambda each: each[:2]):
        template.add(sentence, locations=[(f"{package.name}/{file}", line)])
    return template


def updated(path: Path, template: Catalog, language: str) -> Catalog:
    """The catalogue in this file, or a new one, with the sentences of the template and no others."""
    purpose = "# The sentences of nnlearn, in step with the code by: python course.py catalogue"
    catalogue = opened(path, language, purpose)
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
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


def written(catalogue: Catalog) -> bytes:
    """The text of a .po file; without line numbers, which would change with every edit of the code."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, ignore_obsolete=True, include_lineno=False, sort_by_file=True)
    return buffer.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The .mo file of a catalogue."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def broken_fields(catalogue: Catalog) -> list[str]:
    """A sentence for each translation whose {fields} are not those of the original."""
    return [
        f"{catalogue.locale}: other fields than in the original: {message.string}"
        for message in catalogue
        if message.id and message.string and fields(str(message.id)) != fields(str(message.string))
    ]


def fields(template: str) -> set[str]:
    """The names in a template's curly brackets."""
    return {name for text, name, form, conversion in Formatter().parse(template) if name is not None}


if __name__ == "__main__":
    sys.exit(main(ROOT / "nnlearn"))
