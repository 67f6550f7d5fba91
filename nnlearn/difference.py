"""Two rules side by side: the first step, equation and term at which their runs differ."""

import ast
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnlearn.explanation import DIGITS, Line, Numbers, lines, symbols_for
from nnlearn.language import say
from nnlearn.notation import LATEX, PLAIN, Notation
from nnlearn.trace import Trace

# A difference of roundings is no difference of rules: what counts is more than TOLERANCE of the numbers themselves
# and more than ROUNDING of the largest that the quantity has had.
TOLERANCE, ROUNDING = 1e-9, 1e-12


def compare(a: Trace, b: Trace) -> "Difference | None":
    """Where two runs part: None if they never do.

    An equation is compared where both rules have one of its name; of two parting equations the smallest parts whose
    values differ are the term. Raises ValueError if the runs are sweeps or share no quantity in steps made one by one.
    """
    for name, trace in (("a", a), ("b", b)):
        if trace.batch:
            message = say("{name} is a sweep of shape {shape}; compare two of its members: trace.member(i).",
                          name=name, shape=trace.batch)  # fmt: skip
            raise ValueError(message)
    for k in differing_steps(a, b):
        ours = {line.equation.name: line for line in lines(a, k, a.before(k))}
        theirs = {line.equation.name: line for line in lines(b, k, b.before(k))}
        for name, line in ours.items():
            if name in theirs and not same(line.value, theirs[name].value):
                term = parting(line, theirs[name], line.equation.expression, theirs[name].equation.expression)
                return Difference(a, b, k, line, theirs[name], *term)
    return None


def differing_steps(a: Trace, b: Trace) -> list[int]:
    """The steps, after the first row that both have, in which a quantity of both differs by more than rounding."""
    steps = np.intersect1d(a.t, b.t)
    shared = [
        name for name in a.columns if name in b.columns and a.columns[name].shape[1:] == b.columns[name].shape[1:]
    ]
    if "theta" not in shared or len(steps) < 2 or len(steps) != steps[-1] - steps[0] + 1:
        message = say("The two runs have nothing to compare: both must record theta, of the same shape, in steps "
                      "that they share, every one of them.")  # fmt: skip
        raise ValueError(message)
    differ = np.zeros(len(steps), dtype=bool)
    for name in shared:
        x, y = (trace.columns[name][np.searchsorted(trace.t, steps)].reshape(len(steps), -1) for trace in (a, b))
        with np.errstate(all="ignore"):
            size = np.fmax(np.abs(x), np.abs(y))
            largest = np.fmax.accumulate(np.where(np.isfinite(size), size, 0).max(axis=1, keepdims=True))
            apart = np.abs(x - y) > TOLERANCE * size + ROUNDING * largest
        differ |= (apart | (np.isfinite(x) != np.isfinite(y))).any(axis=1)
    return [int(k) for k in steps[1:][differ[1:]]]


def same(x: Any, y: Any) -> bool:
    """Whether two values agree but for rounding; NaN agrees with NaN."""
    with np.errstate(all="ignore"):
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

    def sides(self, notation: Notation) -> list[tuple[str, str, str]]:
        """Of each run: the equation with its term lit, the term, and the term's number."""
        return [
            (
                replace(symbols, lit=term).equation(line.equation),
                notation.write(term, symbols)[0],
                Numbers(line, self.coordinate, notation, DIGITS).number(line.evaluate(term))[0],
            )
            for symbols, line, term in (
                (symbols_for(self.a, self.step, notation), self.line_a, self.term_a),
                (symbols_for(self.b, self.step, notation), self.line_b, self.term_b),
            )
        ]

    @property
    def title(self) -> str:
        return say("The two runs part at step {step}, in {name}[{i}].",
                   step=self.step, name=self.line_a.equation.name, i=self.coordinate)  # fmt: skip

    def _repr_markdown_(self) -> str:
        rows = [f"{equation} & {term} = {number}" for equation, term, number in self.sides(LATEX)]
        table = " \\\\\n".join(rows)
        return f"{self.title}\n\n$$\\begin{{array}}{{ll}}\n{table}\n\\end{{array}}$$"

    def __repr__(self) -> str:
        return "\n".join([self.title] + [f"{e}    {t} is {n}" for e, t, n in self.sides(PLAIN)])
