"""Equations for the panel of an explorer, as MathML: browsers draw it and screen readers read it."""

from collections.abc import Sequence
from functools import lru_cache
from html import escape

from latex2mathml.converter import convert

from nnlearn.difference import Difference
from nnlearn.explanation import Explanation
from nnlearn.notation import LATEX


@lru_cache(maxsize=2000)  # the symbols are the same at every step
def math(latex: str) -> str:
    """One formula as MathML."""
    return convert(latex) if latex else ""


def table(title: str, rows: Sequence[Sequence[str]], head: bool = True) -> str:
    """An HTML table of LaTeX cells; the first column names its row."""
    html = [f"<table class='equations'><caption>{escape(title)}</caption>"]
    for number, (first, *cells) in enumerate(rows):
        kind = "th scope='col'" if head and number == 0 else "td"
        name = "td" if head and number == 0 else "th scope='row'"
        html.append(f"<tr><{name}>{math(first)}</{name.split()[0]}>")
        html += [f"<{kind}>{math(cell)}</{kind.split()[0]}>" for cell in cells]
        html.append("</tr>")
    return "".join([*html, "</table>"])


def explanation_table(explanation: Explanation) -> str:
    """A step, opened, as an HTML table."""
    return table(explanation.title, explanation.table())


def difference_table(difference: Difference) -> str:
    """Where two runs part, as an HTML table with the terms lit."""
    sides = difference.sides(LATEX)
    return table(difference.title, [(equation, f"{term} = {value}") for equation, term, value in sides], head=False)
