"""What the course finds on this computer: what is there, what is missing, and how to mend it."""

import importlib.metadata as metadata
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nnlearn import progress
from nnlearn.language import mark, say

OK, NOTE, MEND = mark("ok"), mark("note"), mark("MEND")
PACKAGE = "nnlearn"


@dataclass(frozen=True)
class Finding:
    """One thing: a verdict (OK, NOTE or MEND) and a sentence, which says how to mend it where that is needed.

    details: what few readers want to see, such as versions; folded away in a notebook.
    """

    verdict: str
    sentence: str
    details: str = ""

    def __str__(self) -> str:
        return f"{self.sentence} {self.details}".rstrip()

    @property
    def folded(self) -> str:
        """The sentence, as HTML, with the details under a triangle, if there are any."""
        if not self.details:
            return self.sentence
        return f"<details><summary>{self.sentence}</summary>{self.details}</details>"


@dataclass(frozen=True)
class Findings:
    """All of them: a table in a notebook, lines as text."""

    findings: tuple[Finding, ...]

    @property
    def summary(self) -> str:
        """One sentence: whether the course can run here."""
        missing = sum(each.verdict == MEND for each in self.findings)
        if missing:
            return say("To be mended: {missing}; see the lines marked MEND.", missing=missing)
        return say("The course can run here.")

    def __repr__(self) -> str:
        return "\n".join([*(f"{say(each.verdict):5} {each}" for each in self.findings), self.summary])

    def _repr_markdown_(self) -> str:
        rows = [f"| {say(each.verdict)} | {each.folded} |" for each in self.findings]
        return "\n".join(["| | |", "|---|---|", *rows, "", f"**{self.summary}**"])


def examine() -> Findings:
    """Looks at Python, the packages, the page's part of the explorers, and the place for your progress."""
    try:
        metadata.metadata(PACKAGE)
    except metadata.PackageNotFoundError:
        advice = say("nnlearn can be imported here, but is not installed: start with python course.py lab")
        return Findings((Finding(MEND, advice),))
    version = platform.python_version().rstrip("+")  # between two versions it ends so
    return Findings((python(version), *packages(), explorers(), notes()))


def python(version: str) -> Finding:
    """Whether this version of Python suits."""
    from packaging.specifiers import SpecifierSet

    needed = metadata.metadata(PACKAGE)["Requires-Python"]
    if version in SpecifierSet(needed, prereleases=True):
        return Finding(OK, say("Python {version}", version=version))
    return Finding(MEND, say("Python {version} does not suit: install one that is {needed}, then start "
                             "with it: python course.py lab", version=version, needed=needed))  # fmt: skip


def packages() -> Iterator[Finding]:
    """Whether each package that the course needs is there, in a version that suits; those that are, in one finding."""
    from packaging.requirements import Requirement

    there = []
    for line in metadata.requires(PACKAGE) or ():
        needed = Requirement(line)
        if needed.marker and not needed.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(needed.name)
        except metadata.PackageNotFoundError:
            yield Finding(MEND, say('{package} is missing: pip install "{line}", or start with python course.py lab',
                                    package=needed.name, line=needed))  # fmt: skip
            continue
        if needed.specifier.contains(version, prereleases=True):
            there.append(f"{needed.name} {version}")
        else:
            yield Finding(MEND, say('{package} {version} is too old: pip install "{line}"',
                                    package=needed.name, version=version, line=needed))  # fmt: skip
    if there:
        yield Finding(OK, say("Packages that are there: {count}.", count=len(there)), ", ".join(there))


def explorers() -> Finding:
    """Whether JupyterLab has what lets the explorers move."""
    from jupyter_core.paths import jupyter_path

    if any(Path(place, "anywidget").is_dir() for place in jupyter_path("labextensions")):
        return Finding(OK, say("The explorers' part of the page is there."))
    advice = say("This kernel does not see the explorers' part of JupyterLab's page. If explorers show no sliders, "
                 "install anywidget where JupyterLab runs and load the page again.")  # fmt: skip
    return Finding(NOTE, advice)


def notes() -> Finding:
    """Whether your progress can be kept."""
    trouble = progress.report().trouble
    return Finding(NOTE, trouble) if trouble else Finding(OK, say("Your progress is kept, on this computer alone."))
