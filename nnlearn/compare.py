"""Two rules side by side: the first step, equation and term at which their runs differ."""

import ast
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnlearn.equations import Symbols, latex_symbols, plain_symbols
from nnlearn.explain import DIGITS, Line, Numbers, lines
from nnlearn.language import say
from nnlearn.trace import Trace

TOLERANCE = 1e-9  # relative: a difference of roundings is no difference of rules


def compare(a: Trace, b: Trace) -> "Difference | None":
    """Where two runs from the same start part: None if they never do. Both must be single runs of every step.

    An equation is compared where both rules have one of its name; of two parting equations the smallest parts whose
    values differ are the term.
    """
    for name, trace in (("a", a), ("b", b)):
        if trace.batch:
            message = say("{name} is a sweep of shape {shape}; compare two of its members: trace.member(i).",
                          name=name, shape=trace.batch)  # fmt: skip
            raise ValueError(message)
    for k in range(max(a.t[0], b.t[0]) + 1, min(a.t[-1], b.t[-1]) + 1):
        if all(same(getattr(a[k], name), getattr(b[k], name)) for name in a.columns if name in b.columns):
            continue
        ours = {line.equation.name: line for line in lines(a, k, a.before(k))}
        theirs = {line.equation.name: line for line in lines(b, k, b.before(k))}
        for name, line in ours.items():
            if name in theirs and not same(line.value, theirs[name].value):
                term = parting(line, theirs[name], line.equation.expression, theirs[name].equation.expression)
                return Difference(a, b, k, line, theirs[name], *term)
    return None


def same(x: Any, y: Any) -> bool:
    """Whether two values agree but for rounding; NaN agrees with NaN."""
    return np.shape(x) == np.shape(y) and bool(np.allclose(x, y, rtol=TOLERANCE, atol=0, equal_nan=True))


def parting(a: Line, b: Line, x: ast.expr, y: ast.expr) -> tuple[ast.expr, ast.expr]:
    """The smallest pair of parts, in the same place of both expressions, that holds the whole difference."""
    if type(x) is not type(y) or (isinstance(x, ast.BinOp) and type(x.op) is not type(y.op)):  # type: ignore[attr-defined]
        return x, y
    pairs = list(zip(parts(x), parts(y), strict=False))
    differing = [(p, q) for p, q in pairs if not same(a.evaluate(p), b.evaluate(q))]
    if len(parts(x)) != len(parts(y)) or len(differing) != 1:
        return x, y
    return parting(a, b, *differing[0])


def parts(node: ast.expr) -> list[ast.expr]:
    """The parts of an expression one level down."""
    match node:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.Call(args=args):
            return args
    return []


@dataclass(frozen=True)
class Difference:
    """Where two runs part: ``step``, and of each run the equation (``line``) and the term in it."""

    a: Trace
    b: Trace
    step: int
    line_a: Line
    line_b: Line
    term_a: ast.expr
    term_b: ast.expr

    @property
    def coordinate(self) -> int:
        """The first coordinate of theta in which the equation's values differ."""
        x, y = np.atleast_1d(self.line_a.value), np.atleast_1d(self.line_b.value)
        return next(i for i in range(len(x)) if not same(x[i], y[i]))

    def sides(self, symbols: Symbols) -> list[tuple[str, str, str]]:
        """Of each run: the equation with its term lit, the term, and the term's number."""
        return [
            (
                replace(symbols, lit=term).equation(line.equation),
                symbols.notation.write(term, symbols)[0],
                Numbers(line, self.coordinate, symbols.notation, DIGITS).number(line.evaluate(term))[0],
            )
            for line, term in ((self.line_a, self.term_a), (self.line_b, self.term_b))
        ]

    @property
    def title(self) -> str:
        return say("The two runs part at step {step}, in {name}[{i}].",
                   step=self.step, name=self.line_a.equation.name, i=self.coordinate)  # fmt: skip

    def _repr_markdown_(self) -> str:
        rows = [
            f"{equation} & {term} = {number}" for equation, term, number in self.sides(latex_symbols(self.a.optimizer))
        ]
        table = " \\\\\n".join(rows)
        return f"{self.title}\n\n$$\\begin{{array}}{{ll}}\n{table}\n\\end{{array}}$$"

    def __repr__(self) -> str:
        return "\n".join([self.title] + [f"{e}    {t} is {n}" for e, t, n in self.sides(plain_symbols())])
