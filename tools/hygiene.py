"""What every stored chapter keeps to: each rule yields a sentence for each place that breaks it."""

import base64
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from tools.environment import ROOT

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
CHINESE = re.compile("[\u4e00-\u9fff]")  # a character
CODE_OR_MATHS = re.compile(r"```.*?```|~~~.*?~~~|\$\$.*?\$\$|`[^`\n]*`|\$[^$\n]+\$", re.DOTALL)
MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|(?<=\])\([^()\s]*\)")  # HTML's tags, the address of a link


@dataclass(frozen=True)
class Limits:
    """How large a chapter may grow, and whether its title is in two languages."""

    code_lines: int = 20
    cells: int = 40
    words: int = 2000
    alternative_text: int = 20  # characters
    bilingual_title: bool = True


Rule = Callable[[Any, Limits], Iterator[str]]


def complaints(notebook: Any, limits: Limits = Limits()) -> list[str]:
    """What is to be mended in a notebook, as nbformat reads it."""
    return [sentence for rule in RULES for sentence in rule(notebook, limits)]


def runs_in_order(notebook: Any, limits: Limits) -> Iterator[str]:
    """Every code cell was run, in order, by a fresh kernel."""
    counts = [cell.execution_count for cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"was not run from 1 to {len(counts)} in a fresh kernel: {counts}"


def no_errors(notebook: Any, limits: Limits) -> Iterator[str]:
    """An error is shown only where the lesson is the error."""
    for cell, output in outputs(notebook):
        if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
            yield f"{cell.id}: error {output.ename} without the tag raises-exception"


def no_stderr(notebook: Any, limits: Limits) -> Iterator[str]:
    """No warning, log line or progress bar."""
    for cell, output in outputs(notebook):
        if output.get("name") == "stderr":
            yield f"{cell.id}: stderr: {output.text.strip()[:80]}"


def no_widget_state(notebook: Any, limits: Limits) -> Iterator[str]:
    """A picture stands where a widget was: widgets need a kernel."""
    if "widgets" in notebook.metadata:
        yield "holds widget state"
    for cell, output in outputs(notebook):
        if WIDGET_VIEW in output.get("data", {}):
            yield f"{cell.id}: a widget's view is stored: a reader without a kernel sees an error there"


def pictures_show_something(notebook: Any, limits: Limits) -> Iterator[str]:
    """Each picture decodes and isn't of one colour."""
    for cell, output in pictures(notebook):
        try:
            with Image.open(io.BytesIO(base64.b64decode(output.data["image/png"]))) as image:
                pixels = np.asarray(image.convert("RGB"))
        except (ValueError, OSError, SyntaxError, UnidentifiedImageError):  # as Pillow finds damage
            yield f"{cell.id}: a picture can't be decoded"
        else:
            if is_blank(pixels):
                yield f"{cell.id}: a picture is blank"


def is_blank(pixels: np.ndarray) -> bool:
    """Whether less than a thousandth of the pixels, (h, w, 3), differs visibly from the commonest colour."""
    colours, counts = np.unique(pixels.reshape(-1, 3) @ [1 << 16, 1 << 8, 1], return_counts=True)
    channels = colours[:, None] >> [16, 8, 0] & 255
    away = np.abs(channels - channels[counts.argmax()]).max(axis=1)
    return bool(counts[away > 8].sum() < counts.sum() / 1000)


def pictures_have_alternative_text(notebook: Any, limits: Limits) -> Iterator[str]:
    """The text/plain beside each picture says what it shows; so does the text in brackets in Markdown."""
    for cell, output in pictures(notebook):
        text = "".join(output.data.get("text/plain", "")).strip()
        if len(text) < limits.alternative_text or re.fullmatch(r"<.*>", text, re.DOTALL):
            yield f"{cell.id}: a picture's text/plain is no alternative text: {text!r}"
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            prose = without_code(cell.source)
            images = re.findall(r"!\[\s*\]\(|<img(?![^>]*\salt\s*=\s*[\"'][^\"']+)[^>]*>", prose)
            yield from (f"{cell.id}: an image without alternative text" for image in images)


def short_cells(notebook: Any, limits: Limits) -> Iterator[str]:
    """A code cell fits a small screen; blank lines are free."""
    for cell in code_cells(notebook):
        lines = sum(bool(line.strip()) for line in cell.source.splitlines())
        if lines > limits.code_lines:
            yield f"{cell.id}: {lines} lines of code, {limits.code_lines} are the limit"


def short_chapter(notebook: Any, limits: Limits) -> Iterator[str]:
    """A chapter is an hour's work. Texts that follow each other count as one cell: cut a long one where it breathes."""
    kinds = [cell.cell_type for cell in notebook.cells]
    cells = len(kinds) - sum(before == kind == "markdown" for before, kind in pairwise(kinds))
    if cells > limits.cells:
        yield f"{cells} cells, {limits.cells} are the limit"
    words = sum(number_of_words(cell.source) for cell in notebook.cells if cell.cell_type == "markdown")
    if words > limits.words:
        yield f"{words} words, {limits.words} are the limit"


def stable_ids(notebook: Any, limits: Limits) -> Iterator[str]:
    """Cell ids are words, written by hand and kept: translations hang on them."""
    ids = [cell.get("id", "") for cell in notebook.cells]
    for name in ids:
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) or re.fullmatch(r"[0-9a-f]{8}(-.*)?", name):
            yield f"the cell id {name!r} is no slug such as first-descent"
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"the cell id {name!r} stands more than once"


def titled(notebook: Any, limits: Limits) -> Iterator[str]:
    """One title, in the first cell that is text, in English and Chinese; an explorer may open the notebook above it."""
    titles = [
        (cell.id, line)
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in re.findall(r"^# .*", without_code(cell.source), re.MULTILINE)
    ]
    texts = [cell.id for cell in notebook.cells[:2] if cell.cell_type == "markdown"]
    if not titles or [where for where, title in titles] != texts[:1]:
        yield f"must have one title, in its first cell of text; it has {len(titles)}"
    for where, title in titles if limits.bilingual_title else []:
        if not (re.search("[A-Za-z]", title) and CHINESE.search(title)):
            yield f"{where}: the title must be in English and Chinese: {title}"


def no_foreign_imports(notebook: Any, limits: Limits) -> Iterator[str]:
    """No cell needs a library that a learner doesn't have: one that is there for comparisons in tests alone."""
    for cell in code_cells(notebook):
        for module in FOREIGN.findall(cell.source):
            yield f"{cell.id}: imports {module}, which the course doesn't install"


FOREIGN = re.compile(r"^\s*(?:import|from) (torch|optax|skimage|jax)\b", re.MULTILINE)


def no_machine_paths(notebook: Any, limits: Limits) -> Iterator[str]:
    """Nothing names a place on one machine."""
    for cell in notebook.cells:
        texts = [cell.source, *(text for output in cell.get("outputs", []) for text in output_texts(output))]
        for place in sorted({found.group() for text in texts for found in MACHINE_PATH.finditer(text)}):
            yield f"{cell.id}: names a place on one machine: {place}"


MACHINE_PATH = re.compile(
    "|".join(
        [
            r"(?<![\w.:/~-])/(?:home|Users|root|tmp|var|opt|usr|etc|mnt|srv|private|content)/[\w.-]+",
            r"(?<!\w)[A-Za-z]:\\{1,2}(?=\w)[\w.-]+",
            r"(?<![\w/])~/[\w.-]+",
            *(re.escape(str(place)) for place in (ROOT, Path.home()) if len(place.parts) > 2),
        ]
    )
)

RULES: tuple[Rule, ...] = (
    runs_in_order,
    no_errors,
    no_stderr,
    no_widget_state,
    pictures_show_something,
    pictures_have_alternative_text,
    short_cells,
    short_chapter,
    stable_ids,
    titled,
    no_foreign_imports,
    no_machine_paths,
)


def code_cells(notebook: Any) -> list[Any]:
    """The cells of code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook: Any) -> list[tuple[Any, Any]]:
    """(cell, output) of every stored output."""
    return [(cell, output) for cell in code_cells(notebook) for output in cell.outputs]


def pictures(notebook: Any) -> list[tuple[Any, Any]]:
    """(cell, output) of every output that is a picture."""
    return [(cell, output) for cell, output in outputs(notebook) if "image/png" in output.get("data", {})]


def output_texts(output: Any) -> list[str]:
    """The readable parts of an output."""
    data = output.get("data", {})
    texts = [data[kind] for kind in data if kind.startswith("text/")]
    return ["".join(text) for text in [*texts, output.get("text", ""), output.get("traceback", "")]]


def without_code(markdown: str) -> str:
    """Prose alone: no code and no mathematics."""
    return CODE_OR_MATHS.sub(" ", markdown)


def number_of_words(markdown: str) -> int:
    """Words of prose, as a reader sees them; two Chinese characters count as one."""
    latin, characters = CHINESE.subn(" ", MARKUP.sub(" ", without_code(markdown)))
    return len(re.findall(r"[^\W\d_][\w'’-]*", latin)) + characters // 2
