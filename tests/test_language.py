"""One catalogue for every sentence that a learner reads, switched while running."""

import ast
import os
import subprocess
import sys
from pathlib import Path
from string import Formatter

import pytest
from polib import pofile

import nnlearn as nn
from nnlearn.language import language, say
from tools.catalogue import updated, written

PACKAGE = Path(nn.__file__).parent
FILES = sorted([*PACKAGE.glob("locale/*.po"), *PACKAGE.glob("chapters/*/locale/*.po")])


def test_the_stored_catalogues_are_those_of_the_code():
    renewed = {path: written(catalogue) for path, catalogue in updated(PACKAGE, "zh").items()}
    assert sorted(renewed) == FILES, "run: python course.py catalogue"
    for path in FILES:
        assert path.read_bytes() == renewed[path], f"{path}: run: python course.py catalogue"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_every_sentence_has_a_translation_with_the_same_fields(path):
    for entry in pofile(str(path), encoding="utf-8"):
        assert entry.translated(), (entry.msgid, entry.flags)
        fields = [
            sorted(field for _, field, _, _ in Formatter().parse(text) if field) for text in (entry.msgid, entry.msgstr)
        ]
        assert fields[0] == fields[1]


def printed(code, name):
    """What a new process prints that speaks this language."""
    command = [sys.executable, "-X", "utf8", "-c", code]
    env = {**os.environ, "NNLEARN_LANG": name}
    return subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=True).stdout.split()


def test_a_chapters_translations_are_read_with_its_room():
    code = """
from nnlearn.exercises.loader import load
from nnlearn.language import catalogue, say
print(say("Reset"), catalogue.cache_info().misses)
title = load("05.1").title
print(say(title), catalogue.cache_info().misses)
"""
    assert printed(code, "zh") == ["重置", "1", "动量法的一步", "2"]


def test_english_reads_no_catalogue():
    code = "import sys; from nnlearn.language import say; print(say('Reset'), 'polib' in sys.modules)"
    assert printed(code, "") == ["Reset", "False"]


def test_the_language_switches_while_running(monkeypatch):
    def message():
        with pytest.raises(ValueError) as caught:
            nn.GradientDescent(-1)
        return str(caught.value)

    monkeypatch.delenv("NNLEARN_LANG", raising=False)
    english = message()
    monkeypatch.setenv("NNLEARN_LANG", "zh_CN.UTF-8")
    chinese = message()
    monkeypatch.setenv("NNLEARN_LANG", "tlh")  # no catalogue: English
    assert message() == english == "learning_rate = -1 is not in [0, inf)."
    assert chinese != english and "learning_rate" in chinese and any(c > "\u4e00" for c in chinese)


@pytest.mark.parametrize(
    "named, notebook, expected",
    [
        (None, None, "en"),
        (None, "/home/ann/course/notebooks/05_momentum.ipynb", "en"),
        (None, "/home/ann/course/notebooks/zh/05_momentum.ipynb", "zh"),
        (None, r"C:\Users\ann\notebooks\zh\05_momentum.ipynb", "zh"),
        (None, r"C:\Users\ann\notebooks\ZH\05_momentum.ipynb", "zh"),
        (None, "notebooks/zh/05_momentum.ipynb", "zh"),
        (None, "zh/05_momentum.ipynb", "zh"),
        (None, "/home/zh/notebooks/05_momentum.ipynb", "en"),  # a user's name
        (None, "/home/zh/05_zh.ipynb/05_momentum.ipynb", "en"),
        (None, "notebooks/tlh/05_momentum.ipynb", "en"),  # no catalogue
        (None, "../zh.ipynb", "en"),
        (None, "05_momentum.ipynb", "en"),
        (None, "8f3c5f0e-0c5e-4d3a", "en"),  # a console's session
        (None, "", "en"),
        ("", "notebooks/zh/05_momentum.ipynb", "zh"),
        ("en", "notebooks/zh/05_momentum.ipynb", "en"),
        ("zh-Hans", "notebooks/05_momentum.ipynb", "zh"),
        ("ZH_CN.UTF-8", None, "zh"),
    ],
)
def test_a_notebook_speaks_the_language_of_its_folder(named, notebook, expected, monkeypatch):
    for variable, value in (("NNLEARN_LANG", named), ("JPY_SESSION_NAME", notebook)):
        if value is None:
            monkeypatch.delenv(variable, raising=False)
        else:
            monkeypatch.setenv(variable, value)
    assert language() == expected


def test_fields_may_hold_braces():
    assert say("{name} is here.", name="{x}") == "{x} is here."


# Where a sentence could bypass the catalogue.

READ_BY_LEARNERS = {"title", "sentence"}  # class attributes
CONTROLS = {"Log", "Linear", "Whole", "Choice", "Switch", "Point", "Goal"}


def bypasses(source: str) -> list[str]:
    """Literal sentences that a learner would read and that no ``say`` or ``mark`` surrounds."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Raise(exc=ast.Call(args=[ast.Constant(value=str()) | ast.JoinedStr(), *_])):
                found.append(ast.unparse(node))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if name in CONTROLS:
                found += [ast.unparse(each) for each in args + [k.value for k in keywords] if is_sentence(each)]
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in READ_BY_LEARNERS and is_sentence(
                value
            ):
                found.append(ast.unparse(node))
            case ast.JoinedStr():  # what stands inside an f-string is not extracted
                calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
                found += [ast.unparse(c) for c in calls if c.args and is_sentence(c.args[0])]
            case ast.FunctionDef(name="says"):
                found += [ast.unparse(r) for r in ast.walk(node) if isinstance(r, ast.Return) and is_sentence(r.value)]
    return found


def is_sentence(node: ast.expr | None) -> bool:
    """Text with a space between words: not a symbol, a number or a code name."""
    if isinstance(node, ast.JoinedStr):
        return any(is_sentence(part) for part in node.values)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip()


BYPASSING = {
    "in an f-string": "text = f'{first} {say(\"A sentence.\")}'",
    "error": "raise ValueError('this is wrong')",
    "error with fields": "raise ValueError(f'{x} is wrong')",
    "label": "Log(0, 1, label='learning rate')",
    "title": "class A:\n    title = 'a fine title'",
    "status": "class A:\n    def says(self, r):\n        return f'at step {r}'",
}


@pytest.mark.parametrize("name", BYPASSING)
def test_the_search_finds_what_bypasses(name):
    assert bypasses(BYPASSING[name])


# A programmer's error, never a learner's: Python's own wording for a missing attribute.
EXCEPTIONS = {
    f"raise AttributeError(f'module {{{module}!r}} has no attribute {{name!r}}')" for module in ("__name__", "package")
}


# An experiment speaks to whoever runs it, in the shell.
SPEAKING = [path for path in sorted(PACKAGE.rglob("*.py")) if path.name != "experiment.py"]


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_sentence_bypasses_the_catalogue(path):
    assert set(bypasses(path.read_text(encoding="utf-8"))) <= EXCEPTIONS
