"""Writing an expression of code as mathematics (LaTeX) or as plain text.

The expression is the ``ast`` of the code that runs. What stands at its leaves is up to the caller: symbols, or numbers.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace

from nnlearn.language import say

# How tightly each form binds; a part that binds less tightly than its place demands gets brackets.
SUM, SIGN, PRODUCT, POWER, ATOM = range(5)

Part = tuple[str, int]  # the text and how tightly it binds
Leaf = Callable[[ast.expr], Part | None]  # None: not a leaf, look inside


@dataclass(frozen=True)
class Notation:
    """One way of writing: a template and how tightly it binds, for each operation, and of numbers and functions."""

    operations: dict[type, tuple[str, int, int, int]]  # template, own binding, least binding of left and right
    times: str
    brackets: str
    negative: str
    root: str
    functions: dict[str, tuple[str, int, tuple[int, ...]]]
    number: Callable[[float, int | None], Part]

    def write(self, node: ast.expr, leaf: Leaf) -> Part:
        """The node as text. Raises ValueError, showing the code, for what it does not know."""
        found = leaf(node)
        if found:
            return found
        match node:
            case ast.Constant(value=int() | float() as value):
                return self.number(value, None)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.negative.format(self.inside(operand, leaf, PRODUCT)), SIGN
            case ast.BinOp(op=ast.Pow(), left=left, right=ast.Constant(value=0.5)) if self.root:
                return self.root.format(self.write(left, leaf)[0]), ATOM
            case ast.BinOp(op=op, left=left, right=right) if type(op) in self.operations:
                template, binding, at_left, at_right = self.operations[type(op)]
                first, second = self.inside(left, leaf, at_left), self.inside(right, leaf, at_right)
                if isinstance(op, ast.Mult) and second[0].isdigit():
                    template = self.times  # side by side, two numbers would read as one
                text = template.format(first, second)
                return text, SIGN if text.startswith("-") and binding > SIGN else binding
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in self.functions:
                template, binding, needs = self.functions[name]
                return template.format(*map(self.inside, args, [leaf] * len(args), needs)), binding
        code = ast.unparse(node)
        raise ValueError(say("The equations can't show {code}: write it with + - * / ** and named steps.", code=code))

    def inside(self, node: ast.expr, leaf: Leaf, least: int) -> str:
        text, binding = self.write(node, leaf)
        return text if binding >= least else self.brackets.format(text)


def plain_number(value: float, digits: int | None) -> Part:
    """A number as Python writes it; with all its digits if ``digits`` is None."""
    text = repr(float(value)) if digits is None else f"{value:.{digits}g}"
    if digits is None and float(value).is_integer() and abs(value) < 1e15:
        text = str(int(value))
    return text, SIGN if text.startswith("-") else ATOM


def latex_number(value: float, digits: int | None) -> Part:
    """A number with its power of ten written out."""
    text, binding = plain_number(value, digits)
    words = {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\text{NaN}"}
    mantissa, _, exponent = text.partition("e")
    if exponent:
        return rf"{mantissa} \times 10^{{{int(exponent)}}}", min(binding, PRODUCT)
    return words.get(text, text), binding


PLAIN = Notation(
    operations={
        ast.Add: ("{} + {}", SUM, SUM, PRODUCT),
        ast.Sub: ("{} - {}", SUM, SUM, PRODUCT),
        ast.Mult: ("{} * {}", PRODUCT, SIGN, POWER),
        ast.Div: ("{} / {}", PRODUCT, SIGN, POWER),
        ast.Pow: ("{}**{}", POWER, ATOM, ATOM),
    },
    times="{} * {}",
    brackets="({})",
    negative="-{}",
    root="",
    functions={
        "solve": ("solve({}, {})", ATOM, (SUM, SUM)),
        "add_diagonal": ("add_diagonal({}, {})", ATOM, (SUM, SUM)),
    },
    number=plain_number,
)

LATEX = Notation(
    operations={
        ast.Add: ("{} + {}", SUM, SUM, PRODUCT),
        ast.Sub: ("{} - {}", SUM, SUM, PRODUCT),
        ast.Mult: (r"{} \, {}", PRODUCT, SIGN, POWER),
        ast.Div: (r"\frac{{{}}}{{{}}}", POWER, SUM, SUM),
        ast.Pow: ("{}^{{{}}}", POWER, ATOM, SUM),
    },
    times=r"{} \cdot {}",
    brackets=r"\left({}\right)",
    negative="-{}",
    root=r"\sqrt{{{}}}",
    functions={
        "solve": ("{}^{{-1}} {}", PRODUCT, (ATOM, ATOM)),
        "add_diagonal": ("{} + {} I", SUM, (SUM, PRODUCT)),
    },
    number=latex_number,
)

# Between numbers a product needs its dot.
LATEX_NUMBERS = replace(LATEX, operations={**LATEX.operations, ast.Mult: (r"{} \cdot {}", PRODUCT, SIGN, POWER)})
