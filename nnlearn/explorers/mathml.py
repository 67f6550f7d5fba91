"""Equations for the panel of an explorer, as MathML: browsers draw it and screen readers read it."""

from collections.abc import Sequence
from functools import lru_cache
from html import escape

from latex2mathml.converter import convert

from nnlearn.difference import Difference
from nnlearn.explanation import Explanation
from nnlearn.language import say
from nnlearn.notation import LATEX


@lru_cache(maxsize=2000)  # the symbols are the same at every step
def math(latex: str) -> str:
    """One formula as MathML."""
    return convert(latex) if latex else ""


def table(title: str, rows: Sequence[Sequence[str]], head: Sequence[str] = ()) -> str:
    """An HTML table of LaTeX cells; the first column names its row, and head, HTML, names the columns."""
    html = [f"<table class='equations'><caption>{escape(title)}</caption>"]
    if head:
        html += ["<tr>", *(f"<th scope='col'>{cell}</th>" for cell in head), "</tr>"]
    for first, *cells in rows:
        html.append(f"<tr><th scope='row'>{math(first)}</th>")
        html += [f"<td>{math(cell)}</td>" for cell in cells]
        html.append("</tr>")
    return "".join([*html, "</table>"])


def explanation_table(explanation: Explanation) -> str:
    """A step, opened, as an HTML table."""
    (_, *coordinates), *rows = explanation.table()
    return table(explanation.title, rows, head=[say("equation"), *map(math, coordinates)])


def difference_table(difference: Difference) -> str:
    """Where two runs part, as an HTML table with the terms lit."""
    sides = difference.sides(LATEX)
    return table(difference.title, [(equation, f"{term} = {value}") for equation, term, value in sides])
