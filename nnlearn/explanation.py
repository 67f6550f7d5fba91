"""Explaining update rules and single steps: equations from the code, with the numbers of the record put in."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlearn.algebra import ATOM
from nnlearn.equations import Equation, Symbols, equations, is_question, names_seen
from nnlearn.language import say
from nnlearn.notation import LATEX, LATEX_NUMBERS, PLAIN, Notation, Part, writing_of

if TYPE_CHECKING:
    from nnlearn.row import Row
    from nnlearn.trace import Trace

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
    shown = tuple(lines(trace, k, previous))
    if k in trace.t:
        _, kept = trace.optimizer.in_force(previous, trace.objective.at(k))
        check_against(trace[k], shown, kept)
    return Explanation(trace, k, shown, chosen)


def check_against(row: "Row", shown: Sequence["Line"], kept: dict[str, Any]) -> None:
    """ValueError if the equations are not what made the row: the code was edited after the run, say."""
    values = {**{line.equation.name: line.value for line in shown}, **kept}
    for name, recorded in vars(row).items():
        if name != "t" and not (name in values and np.allclose(values[name], recorded, rtol=1e-6, equal_nan=True)):
            message = say("The equations of step {step} do not give the recorded {name}: run again, if the code of the "
                          "rule was changed after the run.", step=row.t, name=name)  # fmt: skip
            raise ValueError(message)


@dataclass(frozen=True)
class Line:
    """One equation of one step: the names its code sees, and its value, evaluated again from the row before."""

    equation: Equation
    scope: dict[str, Any]
    values: dict[ast.expr, Any] = field(default_factory=dict)  # of its parts, each evaluated once

    def evaluate(self, node: ast.expr) -> Any:
        """The value of a part of the equation, run as Python runs it."""
        if node not in self.values:
            with np.errstate(all="ignore"):
                self.values[node] = eval(compile(ast.Expression(node), "step", "eval"), self.scope)
        return self.values[node]

    @property
    def value(self) -> Any:
        return self.evaluate(self.equation.expression)

    def point(self) -> "Line | None":
        """Where the objective is asked, as a line of its own, if that is not a quantity already on the page."""
        match self.equation.expression:
            case ast.Call(args=[argument]) as node if is_question(node):
                if not isinstance(argument, ast.Attribute | ast.Name):
                    return Line(Equation("", argument, self.equation.owner), self.scope)
        return None


def lines(trace: "Trace", k: int, previous: "Row") -> Iterator[Line]:
    """The equations of step k, evaluated one after the other as ``step`` does."""
    J = trace.objective.at(k)
    known = {"row": previous, "J": J, "t": k, "step": k - 1}
    rule, _ = trace.optimizer.in_force(previous, J)
    for equation in equations(rule, k):
        line = Line(equation, {**names_seen(equation.owner), **known, "self": equation.owner})
        known[equation.name] = line.value
        yield line


def symbols_for(trace: "Trace", k: int, notation: Notation) -> Symbols:
    """Writes the equations of step k of a trace; an index marks what is the step's own: a rate, a batch."""
    sampled = trace.objective.at(k) is not trace.objective
    return Symbols(notation, frozenset(trace.optimizer.scheduled), sampled)


@dataclass(frozen=True)
class Numbers:
    """Writes the leaves of an equation as the numbers of one coordinate."""

    line: Line
    coordinate: int
    notation: Notation
    digits: int | None = DIGITS

    def __call__(self, node: ast.expr) -> Part | None:
        writing = writing_of(node)
        if isinstance(node, ast.Attribute | ast.Name | ast.Call) and not (writing and writing.elementwise):
            return self.number(self.line.evaluate(node))
        return None

    def number(self, value: Any) -> Part:
        if isinstance(value, int):
            return self.notation.number(value, None)
        entry = np.asarray(value)
        if entry.ndim:
            entry = entry[..., self.coordinate if entry.shape[-1] > 1 else 0]
        if entry.ndim:
            return self.several(entry), ATOM
        return self.notation.number(float(entry), self.digits)

    def several(self, entries: Any) -> str:
        """A coordinate's column of a matrix; of a memory the newest of what it holds, which stands last."""
        newest = entries[-1] if entries.ndim > 1 else entries[:MOST_COORDINATES]
        texts = [self.notation.number(float(x), self.digits)[0] for x in newest.flat]
        rest = ["..."] if newest.size < entries.size else []
        return f"({', '.join([*rest, *texts] if entries.ndim > 1 else [*texts, *rest])})"

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
        symbols = symbols_for(self.trace, self.k, LATEX)
        head = ["", *(rf"\theta[{i}]" for i in self.coordinates)]
        return [head] + [[symbols.equation(x.equation), *self.numbers(x, LATEX_NUMBERS)] for x in self.shown()]

    def _repr_markdown_(self) -> str:
        rows = " \\\\\n".join(" & ".join(row) for row in self.table())
        columns = "l" * (1 + len(self.coordinates))
        return f"{self.title}\n\n$$\\begin{{array}}{{{columns}}}\n{rows}\n\\end{{array}}$$"

    def __repr__(self) -> str:
        symbols = symbols_for(self.trace, self.k, PLAIN)
        text = [self.title]
        for line in self.shown():
            text.append(symbols.equation(line.equation))
            numbers = self.numbers(line, PLAIN)
            text += [f"    theta[{i}]: {number}" for i, number in zip(self.coordinates, numbers, strict=True)]
        return "\n".join(text)
