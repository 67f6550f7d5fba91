"""The equations of an update rule, read from the source of its ``step``: what is shown is what runs."""

import ast
import inspect
import textwrap
from collections import Counter
from collections.abc import Callable, Generator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlearn.algebra import ATOM, POWER
from nnlearn.language import say
from nnlearn.notation import LATEX, PLAIN, Notation, Part, function_name, writing_of
from nnlearn.schedules.schedule import Schedule

if TYPE_CHECKING:
    from nnlearn.optimizers.optimizer import Optimizer

# One symbol for one meaning in the whole course; a name without an entry is written out.
SYMBOLS = {
    "theta": r"\theta", "gradient": "g", "hessian": "H", "direction": "d", "velocity": "u",
    "m": "m", "v": "v", "m_hat": r"\hat{m}", "v_hat": r"\hat{v}", "c": "c", "accumulator": "G",
    "mu": r"\mu", "next_mu": r"\mu^+", "mu_product": r"\Pi", "momentum_decay": r"\psi",
    "v_max": r"v^{\max}", "variance": r"\sigma^2", "move": "s", "change": "y", "pairs": "P",
    "inverse": r"\tilde{H}^{-1}", "rate": r"\alpha",
    "learning_rate": r"\eta", "momentum": r"\beta", "beta_1": r"\beta_1", "beta_2": r"\beta_2",
    "beta": r"\beta", "rho": r"\rho", "weight_decay": r"\lambda", "l1": r"\lambda", "z": "z",
    "epsilon": r"\epsilon", "damping": r"\delta", "t": "t", "step": "(t-1)",
    "initial_learning_rate": r"\eta_0", "decay_steps": "T", "decay_rate": r"\gamma", "begin": "B",
    "end_learning_rate": r"\eta_{\mathrm{end}}", "start_learning_rate": r"\eta_{\mathrm{start}}", "warmup_steps": "W",
    "peak_learning_rate": r"\eta_{\max}", "total_steps": "T", "warmup_share": "p", "start_share": "a", "end_share": "b",
    "pi": r"\pi",
}  # fmt: skip


RESERVED = {"t", "step", "row", "J", "self", "pi"}  # what these mean in an equation is fixed


@dataclass(frozen=True)
class Equation:
    """``name = expression``, one line of ``step``; ``owner`` is what ``self`` means in it."""

    name: str
    expression: ast.expr
    owner: Any


def equations(optimizer: "Optimizer", t: int = 1) -> list[Equation]:
    """The lines of ``optimizer.step`` in order, first those of its schedules; branches resolved as in step t.

    Raises ValueError, showing the code, for what is not ``name = expression`` (each name once), ``if`` on a
    hyper-parameter, or ``return Row(...)``.
    """
    schedules = [(name, value) for name, value in optimizer.scheduled.items() if isinstance(value, Schedule)]
    lines = [Equation(name, one_expression(schedule), schedule) for name, schedule in schedules]
    lines += assignments(definition(optimizer.step).body, optimizer.at(t))
    twice = [name for name, count in Counter(line.name for line in lines).items() if count > 1]
    if twice:
        raise ValueError(say("The equations can't show {name}, which has two meanings: name each quantity of step, and "
                             "each schedule, once.", name=twice[0]))  # fmt: skip
    for line in lines:
        check_calls(line)
    return lines


def names_seen(owner: Any) -> dict[str, Any]:
    """The names that the code of a rule or schedule sees besides its arguments: globals, and those around it."""
    seen = inspect.getclosurevars(owner.__call__ if callable(owner) else owner.step)
    own = {**seen.builtins, **seen.globals, **seen.nonlocals}
    asked = [value for value in vars(owner).values() if isinstance(value, Schedule)] if callable(owner) else []
    return {name: value for each in asked for name, value in names_seen(each).items()} | own


def check_calls(line: Equation) -> None:
    """ValueError if a function in the line is not the one whose notation would be shown."""
    seen = names_seen(line.owner)
    for node in ast.walk(line.expression):
        writing = writing_of(node) if isinstance(node, ast.Call) else None
        if writing is None:
            continue
        name = function_name(node)  # type: ignore[arg-type]
        called = seen.get(name) if isinstance(node.func, ast.Name) else getattr(np, name)  # type: ignore[attr-defined]
        declared = called is writing.function or getattr(called, "writing", None) == writing
        if not (declared or (writing.elementwise and called is getattr(np, name, None))):
            message = say("The equations can't show {name}: it is not the function of nnlearn.algebra. Give it another "
                          "name and declare how it is written, with nnlearn.algebra.written.", name=name)  # fmt: skip
            raise ValueError(message)


def definition(method: Callable) -> ast.FunctionDef:
    """A method as it is written, without its docstring."""
    try:
        source = inspect.getsource(method)
        (function,) = ast.parse("if True:\n" + textwrap.indent(source, " ")).body[0].body  # type: ignore[attr-defined]
        if not isinstance(function, ast.FunctionDef):
            raise SyntaxError(source)
    except (OSError, SyntaxError, ValueError) as error:
        message = say("The source of {name} can't be read: write it with def, in a file or a notebook cell.",
                      name=method.__qualname__)  # fmt: skip
        raise ValueError(message) from error
    del function.body[: ast.get_docstring(function) is not None]
    return function


def one_expression(schedule: Schedule) -> ast.expr:
    """What a schedule returns: its ``__call__(self, step)`` is one line. What it asks of another stands written out."""
    match definition(schedule.__call__):
        case ast.FunctionDef(
            args=ast.arguments(args=[_, ast.arg(arg="step")]), body=[ast.Return(value=ast.expr() as value)]
        ):
            return ast.fix_missing_locations(WrittenOut(schedule).visit(value))
    message = say("The equations can't show {schedule}: write def __call__(self, step) with one line, return and an "
                  "expression.", schedule=schedule)  # fmt: skip
    raise ValueError(message)


class WrittenOut(ast.NodeTransformer):
    """``self.then(x)``, where ``then`` is a schedule, as what that returns for the step x."""

    def __init__(self, schedule: Schedule):
        self.schedule = schedule

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name) as asked, args=[step]):
                inner = getattr(self.schedule, name, None)
                if isinstance(inner, Schedule):
                    return Renamed({"self": asked, "step": step}).visit(one_expression(inner))
        return node


class Renamed(ast.NodeTransformer):
    """An expression with another in the place of each of these names."""

    def __init__(self, names: dict[str, ast.expr]):
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return deepcopy(self.names.get(node.id, node))


def assignments(statements: list[ast.stmt], owner: Any) -> Generator[Equation, None, bool]:
    """Yields an Equation a line until ``return``; True is the generator's value if it met one."""
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id="t")], value=value) if ast.unparse(value) == "row.t + 1":
                continue  # the number of this step has its own symbol
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name not in RESERVED:
                yield Equation(name, value, owner)
            case ast.If(test=test, body=then, orelse=otherwise) if names(test) == {"self"}:
                chosen = then if eval(compile(ast.Expression(test), "step", "eval"), {"self": owner}) else otherwise
                if (yield from assignments(chosen, owner)):
                    return True
            case ast.Return(
                value=ast.Call(func=ast.Name(id="Row") | ast.Attribute(attr="Row"), args=[], keywords=keywords)
            ):
                for keyword in keywords:  # a quantity may be worked out in the call
                    if not (isinstance(keyword.value, ast.Name) and keyword.value.id == keyword.arg):
                        yield Equation(keyword.arg or "", keyword.value, owner)
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


def is_of_self(node: ast.expr) -> bool:
    """Whether the node is ``self``, or a field of it: a schedule that another one asks."""
    return (
        is_of_self(node.value) if isinstance(node, ast.Attribute) else isinstance(node, ast.Name) and node.id == "self"
    )


def latex_symbol(name: str, time: str = "") -> str:
    """The symbol of a name, with its time as the index; a name without a symbol is written upright."""
    symbol = SYMBOLS.get(name) or rf"\mathrm{{{name}}}".replace("_", r"\_")
    if not time:
        return symbol
    base, _, index = symbol.partition("_") if name in SYMBOLS else (symbol, "", "")
    return f"{base}_{{{index},{time}}}" if index else f"{symbol}_{{{time}}}"  # TeX refuses a second index


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
            case ast.Attribute(value=owner, attr=name) if is_of_self(owner):
                text = latex_symbol(name, "t" if name in self.scheduled else "") if latex else name
            case ast.Attribute(value=ast.Name(id="row"), attr="t"):
                text = "(t-1)" if latex else "previous_t"
            case ast.Attribute(value=ast.Name(id="row"), attr=name):
                text = latex_symbol(name, "t-1") if latex else f"previous_{name}"
            case ast.Name(id="J"):
                text = "J_t" if latex and self.sampled else "J"
            case ast.Name(id="t" | "step" | "pi" as name):
                text = SYMBOLS[name] if latex else name
            case ast.Name(id=name):
                text = latex_symbol(name, "t") if latex else name
            case ast.Call(func=ast.Attribute(attr=asked), args=[point]) if is_question(node):
                inner = self.notation.write(point, self)[0]
                objective = "J_t" if self.sampled else "J"
                sign = {"gradient": r"\nabla ", "hessian": r"\nabla^2 ", "loss": ""}.get(asked, "")
                return (f"{sign}{objective}({inner})", POWER) if latex else (f"J.{asked}({inner})", ATOM)
            case _:
                return None
        return text, ATOM

    def equation(self, equation: Equation) -> str:
        right = self.notation.write(equation.expression, self)[0]
        left = latex_symbol(equation.name, "t") if self.notation is LATEX else equation.name
        return f"{left} = {right}" if equation.name else right


@dataclass(frozen=True)
class Formulas:
    """The update rule of an optimiser: LaTeX in a notebook, plain text for a screen reader (and ``print``)."""

    optimizer: "Optimizer"

    def _repr_markdown_(self) -> str:
        symbols = Symbols(LATEX, frozenset(self.optimizer.scheduled))
        lines = [symbols.equation(equation).replace(" = ", " &= ", 1) for equation in equations(self.optimizer)]
        return "$$\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}$$"

    def __repr__(self) -> str:
        return "\n".join(Symbols(PLAIN).equation(equation) for equation in equations(self.optimizer))
