"""Which tests a change touches: ``python course.py test --changed``.

A test is touched if it imports, over however many modules, what has changed; if it belongs to the chapter of what has
changed, or of a notebook that is touched; or if it looks at the whole course. Where a change may touch anything, all
tests are.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from tools.environment import ROOT, Trouble

CODE = ("nnlearn", "tools", "experiments", "benchmarks", "tests", "notebooks")
WHOLE = (
    "tests/test_house.py",
    "tests/test_import.py",
    "tests/test_without_tensorflow.py",
    "tests/notebooks/test_hygiene.py",
)
EVERYTHING = ("pyproject.toml", "constraints.txt", "conftest.py")  # files, wherever they are
CHAPTER = re.compile(r"(?:^|[/_]|ch)([0-9]{2})(?=[_./])")  # the number in a path: 05_momentum.ipynb, tasks_05.py
LAZY = ("nnlearn", "nnlearn.rooms")  # they name what others import, which is seen where it is asked for: nn.plots
FINDERS = ("nnlearn.rooms.module", "nnlearn.rooms.rooms")  # who takes one of these may import any room


class Choice(NamedTuple):
    """The files to give to pytest, none for all of them, and a sentence that says why."""

    files: list[str]
    reason: str


def touched() -> Choice:
    """What is touched by the work since the main branch (on it: by the last commit) and by what is not committed."""
    return choose(changes(), sources(ROOT))


def changes() -> list[str]:
    """The paths that have changed, from the project's root."""
    head = git("rev-parse", "HEAD")
    known = [name for name in ("main", "origin/main") if git("rev-parse", "--verify", "--quiet", name)]
    base = git("merge-base", "HEAD", known[0]) if known else head
    if base == head:
        base = git("rev-parse", "--verify", "--quiet", "HEAD~1")
    if not head or not base:
        raise Trouble("git doesn't say what has changed here: run the tests without --changed.")
    listed = [git("diff", "--name-only", "-z", base), git("ls-files", "--others", "--exclude-standard", "-z")]
    return sorted({path for text in listed for path in text.split("\0") if path})


def git(*arguments: str) -> str:
    """What git answers in the project's root; nothing if it can't."""
    try:
        done = subprocess.run(["git", *arguments], cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return ""
    return done.stdout.decode("utf-8").strip() if done.returncode == 0 else ""


def sources(root: Path) -> dict[str, str]:
    """The code of every module, test and notebook, by path from the root."""
    paths = [path for folder in CODE for kind in ("py", "ipynb") for path in sorted((root / folder).rglob("*." + kind))]
    return {path.relative_to(root).as_posix(): code(path) for path in [root / "course.py", *paths] if path.is_file()}


def code(path: Path) -> str:
    """The Python in a file; of a notebook, that of its cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    cells = ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    return "\n".join(cell for cell in cells if parses(cell))


def parses(source: str) -> bool:
    """Whether it is Python: a cell may show an error, or call IPython."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def choose(changed: Iterable[str], files: dict[str, str]) -> Choice:
    """The tests among these files that are touched by what has changed."""
    start: set[str] = set()
    for path in changed:
        reached = first(path, files)
        if reached is None:
            return Choice([], f"All tests: {path} may touch any.")
        start |= reached
    if not start:
        return Choice([], "")
    all_touched = reach(start, files)
    settings = [path[: -len("conftest.py")] for path in all_touched if path.endswith("/conftest.py")]
    all_touched |= {path for path in files if path.startswith(tuple(settings))}
    numbers = {number for path in {*changed, *filter(is_notebook, all_touched)} for number in CHAPTER.findall(path)}
    chapters = {path for path in files if numbers & set(CHAPTER.findall(path))}
    tests = {path for path, text in files.items() if has_tests(path, text)}
    chosen = sorted(tests & {*all_touched, *chapters, *WHOLE})
    return Choice(chosen, f"{len(chosen)} of {len(tests)} files: {' '.join(chosen)}")


def first(path: str, files: dict[str, str]) -> set[str] | None:
    """The files of code that a change of this one touches at once; None if that can't be said."""
    folder, _, name = path.rpartition("/")
    top = path.split("/")[0]
    language = re.search(r"locale/(\w+)/", path)
    if name in EVERYTHING:
        return None
    if path in files and not is_notebook(path):
        return {path}
    if language:  # a catalogue: tests and notebooks that speak the language
        readers = {file for file, text in files.items() if file.startswith("tests/") and f'"{language[1]}"' in text}
        return readers | {file for file in files if f"/{language[1]}/" in file}
    if top == "nnlearn":  # data: a module beside them that names them
        readers = {file for file, text in files.items() if file.rpartition("/")[0] == folder and f'"{name}"' in text}
    else:
        readers = {file for file, text in files.items() if file.startswith(("tests/", "tools/")) and f'"{top}' in text}
    if path in files or CHAPTER.search(path):  # choose adds what has the chapter's number
        readers |= {path, *WHOLE}
    return readers or None


def reach(start: set[str], files: dict[str, str]) -> set[str]:
    """These files, and all that import them, over however many others."""
    modules = {module_of(path): path for path in files}
    users: dict[str, set[str]] = {}
    for path, text in files.items():
        for module in imported(text, module_of(path), modules):
            if module in modules:
                users.setdefault(modules[module], set()).add(path)
    found, todo = set(), list(start)
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo += users.get(path, ())
    return found


def module_of(path: str) -> str:
    """ "nnlearn.models" of "nnlearn/models/__init__.py"; tests import each other by their last name."""
    name = re.sub(r"(/__init__)?\.\w+$", "", path)
    return name[len("tests/") :] if name.startswith("tests/") else name.replace("/", ".")


def imported(source: str, name: str, modules: Iterable[str]) -> Iterator[str]:
    """The modules that this one may import, anywhere in its code: those that it names."""
    stands_for = {}  # names in the code, what for
    tree = list(ast.walk(ast.parse(source)))
    for node in tree:
        if isinstance(node, ast.Import):
            for each in node.names:
                stands_for[each.asname or each.name.split(".")[0]] = (
                    each.name if each.asname else each.name.split(".")[0]
                )
                yield each.name
        elif isinstance(node, ast.ImportFrom):
            for each in node.names:
                whole = stands_for[each.asname or each.name] = f"{node.module}.{each.name}"
                yield whole if whole in modules else str(node.module)
                if whole in FINDERS:
                    yield from (module for module in modules if module.startswith("nnlearn.chapters."))
    for node in tree:
        if isinstance(node, ast.Attribute):  # nn.plots.paths
            first, *others = names(node)
            yield ".".join([stands_for.get(first, ""), *others])
        elif isinstance(node, ast.JoinedStr) and name not in LAZY:  # import_module(f"nnlearn.models.{name}")
            pattern = "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
            if re.match(r"nnlearn\.|\*\.\w", pattern):
                yield from (module for module in modules if fnmatchcase(module, pattern))
        elif isinstance(node, ast.Constant) and str(node.value).endswith(".py"):  # a script that a test starts
            yield str(node.value)[: -len(".py")]


def names(node: ast.expr) -> list[str]:
    """nn, plots and paths of nn.plots.paths; "" first where that is no name."""
    if isinstance(node, ast.Attribute):
        return [*names(node.value), node.attr]
    return [node.id if isinstance(node, ast.Name) else ""]


def is_notebook(path: str) -> bool:
    """Whether it is a notebook."""
    return path.endswith(".ipynb")


def has_tests(path: str, text: str) -> bool:
    """Whether pytest finds tests in it; the examples in docstrings of the package are tests too."""
    examples = path.startswith("nnlearn/") and ">>>" in text
    return examples or is_notebook(path) or path.rpartition("/")[2].startswith("test_")
