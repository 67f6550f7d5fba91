"""The equations of an update rule, read from the source of its ``step``: what is shown is what runs."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nnlearn.language import say
from nnlearn.notation import ATOM, LATEX, PLAIN, Notation, Part
from nnlearn.schedules import Schedule

if TYPE_CHECKING:
    from nnlearn.optimizers.optimizer import Optimizer

# One symbol for one meaning in the whole course; a name without an entry is written out.
SYMBOLS = {
    "theta": r"\theta", "gradient": "g", "hessian": "H", "direction": "d", "velocity": "u",
    "m": "m", "v": "v", "m_hat": r"\hat{m}", "v_hat": r"\hat{v}",
    "learning_rate": r"\eta", "momentum": r"\beta", "beta_1": r"\beta_1", "beta_2": r"\beta_2",
    "epsilon": r"\epsilon", "damping": r"\delta", "t": "t", "step": "(t-1)",
    "initial_learning_rate": r"\eta_0", "decay_steps": "T", "decay_rate": r"\gamma",
}  # fmt: skip


@dataclass(frozen=True)
class Equation:
    """``name = expression``, one line of ``step``; ``owner`` is what ``self`` means in it."""

    name: str
    expression: ast.expr
    owner: Any


def equations(optimizer: "Optimizer") -> list[Equation]:
    """The lines of ``optimizer.step`` in order, branches on hyper-parameters resolved; first those of its schedules.

    Raises ValueError, showing the line, for what is not ``name = expression``, ``if`` on a hyper-parameter, or
    ``return``.
    """
    schedules = [(n, v) for n, v in optimizer.hyperparameters.items() if isinstance(v, Schedule)]
    lines = [Equation(name, one_expression(schedule), schedule) for name, schedule in schedules]
    return lines + list(assignments(body(optimizer.step), optimizer))


def body(method: Callable) -> list[ast.stmt]:
    """The statements of a method, without its docstring."""
    function = ast.parse(textwrap.dedent(inspect.getsource(method))).body[0]
    assert isinstance(function, ast.FunctionDef)
    return function.body[ast.get_docstring(function) is not None :]


def one_expression(schedule: Schedule) -> ast.expr:
    """What a schedule returns: its ``__call__`` is one line."""
    (statement,) = body(schedule.__call__)
    assert isinstance(statement, ast.Return) and statement.value is not None
    return statement.value


def assignments(statements: list[ast.stmt], owner: Any) -> Generator[Equation, None, bool]:
    """Yields an Equation a line until ``return``; True is the generator's value if it met one."""
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id="t")]):
                continue  # the number of this step has its own symbol
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield Equation(name, value, owner)
            case ast.If(test=test, body=then, orelse=otherwise) if names(test) == {"self"}:
                chosen = then if eval(compile(ast.Expression(test), "step", "eval"), {"self": owner}) else otherwise
                if (yield from assignments(chosen, owner)):
                    return True
            case ast.Return():
                return True
            case _:
                code = ast.unparse(statement)
                raise ValueError(say("The equations can't show this line of step: {code}", code=code))
    return False


def names(node: ast.expr) -> set[str]:
    """The variables that an expression reads."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def is_question(node: ast.AST) -> bool:
    """Whether the node asks the objective: ``J.gradient(...)``, ``J.hessian(...)``, ``J.loss(...)``."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and names(node.func) == {"J"}


def latex_symbol(name: str, time: str = "") -> str:
    """The symbol of a name, with its time as the index; a name without a symbol is written upright."""
    symbol = SYMBOLS.get(name) or rf"\mathrm{{{name}}}".replace("_", r"\_")
    return f"{symbol}_{{{time}}}" if time else symbol


@dataclass(frozen=True)
class Symbols:
    """Writes the leaves of an equation as symbols."""

    notation: Notation
    scheduled: frozenset[str] = frozenset()  # hyper-parameters that differ from step to step
    sampled: bool = False  # whether each step has its own batch
    lit: ast.expr | None = None  # a part to underline (and colour)

    def __call__(self, node: ast.expr) -> Part | None:
        latex = self.notation is LATEX
        if node is self.lit:
            text = self.notation.write(node, replace(self, lit=None))[0]
            return (rf"\textcolor{{#d55e00}}{{\underline{{{text}}}}}" if latex else f">>{text}<<"), ATOM
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                text = latex_symbol(name, "t" if name in self.scheduled else "") if latex else name
            case ast.Attribute(value=ast.Name(id="row"), attr=name):
                text = latex_symbol(name, "t-1") if latex else f"previous_{name}"
            case ast.Name(id="t" | "step" as name):
                text = SYMBOLS[name] if latex else name
            case ast.Name(id=name):
                text = latex_symbol(name, "t") if latex else name
            case ast.Call(func=ast.Attribute(attr=asked), args=[point]) if is_question(node):
                inner = self.notation.write(point, self)[0]
                objective = "J_t" if self.sampled else "J"
                sign = {"gradient": r"\nabla ", "hessian": r"\nabla^2 ", "loss": ""}.get(asked, "")
                text = f"{sign}{objective}({inner})" if latex else f"J.{asked}({inner})"
            case _:
                return None
        return text, ATOM

    def equation(self, equation: Equation) -> str:
        right = self.notation.write(equation.expression, self)[0]
        left = latex_symbol(equation.name, "t") if self.notation is LATEX else equation.name
        return f"{left} = {right}" if equation.name else right


def latex_symbols(optimizer: "Optimizer", sampled: bool = False) -> Symbols:
    """Writes the optimiser's equations as LaTeX; ``sampled`` if each step sees its own batch."""
    scheduled = (name for name, value in optimizer.hyperparameters.items() if callable(value))
    return Symbols(LATEX, frozenset(scheduled), sampled)


def plain_symbols() -> Symbols:
    """Writes equations as plain text that Python can read; ``previous_`` marks the row before."""
    return Symbols(PLAIN)


@dataclass(frozen=True)
class Formulas:
    """The update rule of an optimiser: LaTeX in a notebook, plain text for a screen reader (and ``print``)."""

    optimizer: "Optimizer"

    def _repr_markdown_(self) -> str:
        symbols = latex_symbols(self.optimizer)
        lines = [symbols.equation(equation).replace(" = ", " &= ", 1) for equation in equations(self.optimizer)]
        return "$$\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}$$"

    def __repr__(self) -> str:
        return "\n".join(plain_symbols().equation(equation) for equation in equations(self.optimizer))
