"""Explaining update rules and single steps: equations from the code, with the numbers of the record put in."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlearn.equations import Equation, equations, is_question, latex_symbols, plain_symbols
from nnlearn.language import say
from nnlearn.notation import ATOM, LATEX_NUMBERS, PLAIN, Notation, Part

if TYPE_CHECKING:
    from nnlearn.trace import Row, Trace

MOST_COORDINATES = 3  # more columns than this don't fit a page
DIGITS = 4


def explain(
    trace: "Trace",
    k: int,
    coordinates: Sequence[int] | None = None,
    member: int | tuple[int, ...] | None = None,
) -> "Explanation":
    """Step k of a trace: each equation of the rule with its numbers.

    coordinates: which entries of theta to show, 0 being the first; the first three if not given.
    member: which run of a sweep; needed for a sweep.
    Raises IndexError for a step, coordinate or member that isn't there.
    """
    if trace.batch:
        if member is None:
            message = say("This trace is a sweep of shape {shape}: give member=, the run to explain.",
                          shape=trace.batch)  # fmt: skip
            raise IndexError(message)
        trace = trace.member(member)
    previous = trace.before(k)
    d = len(previous.theta)
    chosen = tuple(range(min(d, MOST_COORDINATES)) if coordinates is None else coordinates)
    if not all(0 <= i < d for i in chosen):
        message = say("theta has the coordinates 0 to {last}; coordinates = {given} asks for others.",
                      last=d - 1, given=list(chosen))  # fmt: skip
        raise IndexError(message)
    return Explanation(trace, k, tuple(lines(trace, k, previous)), chosen)


@dataclass(frozen=True)
class Line:
    """One equation of one step: the names its code sees, and its value, evaluated again from the row before."""

    equation: Equation
    scope: dict[str, Any]
    value: Any

    def evaluate(self, node: ast.expr) -> Any:
        return evaluate(node, self.scope)

    def point(self) -> "Line | None":
        """Where the objective is asked, as a line of its own, if that is not a quantity already on the page."""
        node = self.equation.expression
        if is_question(node) and not isinstance(node.args[0], ast.Attribute | ast.Name):  # type: ignore[attr-defined]
            argument = node.args[0]  # type: ignore[attr-defined]
            return Line(Equation("", argument, self.equation.owner), self.scope, self.evaluate(argument))
        return None


def evaluate(node: ast.expr, scope: dict[str, Any]) -> Any:
    """The value of an expression of ``step``, run as Python runs it."""
    with np.errstate(all="ignore"):
        return eval(compile(ast.Expression(node), "step", "eval"), scope)


def lines(trace: "Trace", k: int, previous: "Row") -> Iterator[Line]:
    """The equations of step k, evaluated one after the other as ``step`` does."""
    optimizer = trace.optimizer.at(k)
    known = {"row": previous, "J": trace.objective.at(k), "t": k, "step": k - 1}
    for equation in equations(trace.optimizer):
        owner = optimizer if equation.owner is trace.optimizer else equation.owner
        scope = {**trace.optimizer.step.__globals__, **known, "self": owner}
        known[equation.name] = evaluate(equation.expression, scope)
        yield Line(equation, scope, known[equation.name])


@dataclass(frozen=True)
class Numbers:
    """Writes the leaves of an equation as the numbers of one coordinate."""

    line: Line
    coordinate: int
    notation: Notation
    digits: int | None = DIGITS

    def __call__(self, node: ast.expr) -> Part | None:
        if isinstance(node, ast.Attribute | ast.Name | ast.Call):
            return self.number(self.line.evaluate(node))
        return None

    def number(self, value: Any) -> Part:
        entry = np.asarray(value)
        if entry.ndim:
            entry = entry[self.coordinate if len(entry) > 1 else 0]
        if entry.ndim:  # a row of a matrix
            shown = ", ".join(self.notation.number(float(x), self.digits)[0] for x in entry[:MOST_COORDINATES])
            return f"({shown}{', ...' if len(entry) > MOST_COORDINATES else ''})", ATOM
        return self.notation.number(float(entry), self.digits)

    def write(self) -> str:
        """``0.9 * 0 + (1 - 0.9) * (-2) = -0.2``, or the value alone where there is nothing to work out."""
        node, value = self.line.equation.expression, self.number(self.line.value)[0]
        return value if self(node) else f"{self.notation.write(node, self)[0]} = {value}"


@dataclass(frozen=True)
class Explanation:
    """One step, opened: LaTeX in a notebook, plain text for a screen reader (and ``print``)."""

    trace: "Trace"
    k: int
    lines: tuple[Line, ...]
    coordinates: tuple[int, ...]

    @property
    def title(self) -> str:
        optimizer, objective = self.trace.optimizer, self.trace.objective
        return say("Step {k} of {optimizer} on {objective}", k=self.k, optimizer=optimizer, objective=objective)

    def shown(self) -> Iterator[Line]:
        for line in self.lines:
            point = line.point()
            if point:
                yield point
            yield line

    def numbers(self, line: Line, notation: Notation, digits: int | None = DIGITS) -> list[str]:
        return [Numbers(line, i, notation, digits).write() for i in self.coordinates]

    def table(self) -> list[list[str]]:
        """LaTeX: a row an equation; first the symbols, then a column of numbers for each coordinate."""
        symbols = latex_symbols(
            self.trace.optimizer, sampled=self.trace.objective.at(self.k) is not self.trace.objective
        )
        head = ["", *(rf"\theta[{i}]" for i in self.coordinates)]
        return [head] + [[symbols.equation(x.equation), *self.numbers(x, LATEX_NUMBERS)] for x in self.shown()]

    def _repr_markdown_(self) -> str:
        rows = " \\\\\n".join(" & ".join(row) for row in self.table())
        columns = "l" * (1 + len(self.coordinates))
        return f"{self.title}\n\n$$\\begin{{array}}{{{columns}}}\n{rows}\n\\end{{array}}$$"

    def __repr__(self) -> str:
        symbols = plain_symbols()
        text = [self.title]
        for line in self.shown():
            text.append(symbols.equation(line.equation))
            numbers = self.numbers(line, PLAIN)
            text += [f"    theta[{i}]: {number}" for i, number in zip(self.coordinates, numbers, strict=True)]
        return "\n".join(text)
