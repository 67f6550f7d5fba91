"""Writing an expression of code as mathematics (LaTeX) or as plain text.

The expression is the ``ast`` of the code that runs. What stands at its leaves is up to the caller: symbols, or numbers.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass, replace

from nnlearn.algebra import ATOM, FUNCTIONS, POWER, PRODUCT, SIGN, SUM, Writing
from nnlearn.language import say

Part = tuple[str, int]  # the text and how tightly it binds
Leaf = Callable[[ast.expr], Part | None]  # None: not a leaf, look inside


@dataclass(frozen=True)
class Notation:
    """One way of writing: a template and how tightly it binds, for each operation; and numbers and functions."""

    operations: dict[type, tuple[str, int, int, int]]  # template, own binding, least binding of left and right
    times: str
    brackets: str
    negative: str
    root: str
    function: Callable[[str, Writing, int], Writing]  # from its name, its LaTeX and the number of its arguments
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
                if isinstance(op, ast.Mult) and second.removeprefix(r"\frac{")[0].isdigit():
                    template = self.times  # side by side, two numbers would read as one, 3 and 4/5 as 3 4/5
                text = template.format(first, second)
                return text, SIGN if text.startswith("-") and binding > SIGN else binding
            case ast.Call(args=args) if writing := writing_of(node):
                form = self.function(function_name(node), writing, len(args))
                return form.latex.format(*map(self.inside, args, [leaf] * len(args), form.needs)), form.binding
        code = ast.unparse(node)
        raise ValueError(say("The equations can't show {code}: write it with + - * / **, functions of nnlearn.algebra "
                             "and named steps.", code=code))  # fmt: skip

    def inside(self, node: ast.expr, leaf: Leaf, least: int) -> str:
        text, binding = self.write(node, leaf)
        return text if binding >= least else self.brackets.format(text)


def function_name(call: ast.Call) -> str:
    """The name of what is called: ``sign(...)``, or ``np.sign(...)``; "" for anything else."""
    match call.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="np" | "numpy"), attr=name) if is_elementwise(name):
            return name
    return ""


def is_elementwise(name: str) -> bool:
    """Whether NumPy means the same by this name as ``nnlearn.algebra``: so it is where coordinates stay apart."""
    return name in FUNCTIONS and FUNCTIONS[name].elementwise


def writing_of(node: ast.expr) -> Writing | None:
    """How a call is written, if its function is declared in ``nnlearn.algebra`` or by ``written``."""
    if isinstance(node, ast.Call) and not node.keywords:
        writing = FUNCTIONS.get(function_name(node))
        return writing if writing and len(node.args) == len(writing.needs) else None  # one left out would be lost
    return None


def as_in_python(name: str, writing: Writing, count: int) -> Writing:
    """``name(a, b)``."""
    return replace(writing, latex=f"{name}({', '.join(['{}'] * count)})", binding=ATOM, needs=(SUM,) * count)


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
    function=as_in_python,
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
    function=lambda name, writing, count: writing,
    number=latex_number,
)

# Between numbers a product needs its dot.
LATEX_NUMBERS = replace(LATEX, operations={**LATEX.operations, ast.Mult: (r"{} \cdot {}", PRODUCT, SIGN, POWER)})
