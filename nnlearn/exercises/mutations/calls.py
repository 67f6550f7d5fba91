"""Calls, indices and conditions: what is left out, exchanged, turned round."""

import ast
from collections.abc import Iterator

from nnlearn.exercises.mutations import sentences as said
from nnlearn.exercises.mutations.mutation import Change, Place, last_name
from nnlearn.exercises.mutations.sums import binary, is_sum
from nnlearn.exercises.source import ROUND, with_fields

SIBLINGS = (
    ("sum", "mean", "max", "min", "median", "std"),
    ("max", "min", "maximum", "minimum"),
    ("maximum", "minimum"),
    ("round", "rint", "floor", "ceil", "trunc"),
    ("argmax", "argmin"),
    ("log", "log2", "log10"),
    ("any", "all"),
    ("repeat", "tile"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("sum", "prod"),
    ("abs", "sign"),
    ("std", "var"),
    ("floor", "ceil", "round"),
    ("eigvalsh", "norm", "cond"),
)
BOUNDS = ("min", "max", "minimum", "maximum")  # which argument is the bound nobody can tell
MODULES = ("np", "math", "linalg")


def calls(node: ast.Call, place: Place) -> Iterator[Change]:
    """a for f(a); f(b, a) for f(a, b); f(a) + f(b) for f(a + b); mean for sum."""
    name = last_name(node.func)
    if name in (ROUND, ""):
        return
    fields = {"name": name}
    if len(node.args) >= 1 and name not in ("range", "len", "zip", "enumerate"):
        for argument in node.args if name in BOUNDS else node.args[:1]:
            yield argument, said.LEFT_OUT, {"part": name}
    for other in dict.fromkeys(each for family in SIBLINGS if name in family for each in family if each != name):
        yield (with_fields(node, func=renamed(node.func, other)), said.OTHER,
               {"other": other, "name": name})  # fmt: skip
    for k in range(len(node.args) - 1):
        args = [*node.args[:k], node.args[k + 1], node.args[k], *node.args[k + 2 :]]
        yield with_fields(node, args=args), said.ARGUMENTS, fields
    for keyword in node.keywords:
        rest = [each for each in node.keywords if each is not keyword]
        yield (with_fields(node, keywords=rest), said.KEYWORD,
               {**fields, "keyword": keyword.arg})  # fmt: skip
    if name == "range":
        for change, sentence in ((ast.Add, said.ROUND_MORE),
                                 (ast.Sub, said.ROUND_LESS)):  # fmt: skip
            end = binary(node.args[-1] if len(node.args) == 1 else node.args[1], change, ast.Constant(1))
            args = [end] if len(node.args) == 1 else [node.args[0], end, *node.args[2:]]
            yield with_fields(node, args=args), sentence, {}
    if len(node.args) == 1 and is_sum(node.args[0]):
        parts = node.args[0]
        apart = [with_fields(node, args=[part]) for part in (parts.left, parts.right)]  # type: ignore[attr-defined]
        summed = ast.BinOp(apart[0], parts.op, apart[1])  # type: ignore[attr-defined]
        yield summed, said.EACH_ALONE, fields


def methods(node: ast.Call | ast.Attribute, place: Place) -> Iterator[Change]:
    """a for a.f() or a.T."""
    function = node.func if isinstance(node, ast.Call) else node
    if not isinstance(function, ast.Attribute):
        return
    if isinstance(function.value, ast.Name) and function.value.id in MODULES:
        return
    if isinstance(function.value, ast.Attribute) and function.value.attr in MODULES:
        return
    if isinstance(node, ast.Call) or node.attr in ("T", "real"):
        yield function.value, said.LEFT_OUT, {"part": function.attr}


def renamed(function: ast.expr, name: str) -> ast.expr:
    """The same with another last name."""
    changed: ast.expr = with_fields(function, **{"attr" if isinstance(function, ast.Attribute) else "id": name})
    return changed


def indices(node: ast.Subscript, place: Place) -> Iterator[Change]:
    """a for a[k]; a[0] for a[-1]; one place more or less."""
    if isinstance(node.ctx, ast.Load):
        yield node.value, said.WHOLE, {"part": node.value}


def slices(node: ast.Slice, place: Place) -> Iterator[Change]:
    """a[:] for a[1:]."""
    for name, sentence in (("lower", said.FROM_START),
                           ("upper", said.TO_END),
                           ("step", said.NO_STEPS)):  # fmt: skip
        if getattr(node, name) is not None:
            yield with_fields(node, **{name: None}), sentence, {}


EQUAL = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
OPPOSITE = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
            ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In}  # fmt: skip


def comparisons(node: ast.Compare, place: Place) -> Iterator[Change]:
    """<= for <, >= for <."""
    part = {"part": node}
    if len(node.ops) == 1:
        kind = type(node.ops[0])
        if kind in EQUAL:
            yield (with_fields(node, ops=[EQUAL[kind]()]),
                   said.LIMIT, part)  # fmt: skip
        yield with_fields(node, ops=[OPPOSITE[kind]()]), said.TURNED, part


def conditions(node: ast.BoolOp, place: Place) -> Iterator[Change]:
    """or for and; one condition less."""
    if isinstance(node.op, ast.And):
        yield with_fields(node, op=ast.Or()), said.ONE_ENOUGH, {}
    else:
        yield with_fields(node, op=ast.And()), said.ALL_ASKED, {}
    for value in node.values:
        rest = [each for each in node.values if each is not value]
        yield (rest[0] if len(rest) == 1 else with_fields(node, values=rest), said.NO_CONDITION,
               {"part": value})  # fmt: skip


def branches(node: ast.IfExp | ast.If, place: Place) -> Iterator[Change]:
    """Always the one, or always the other."""
    test = {"part": node.test}
    sentence = said.ONE_WAY
    for always in (True, False):
        yield with_fields(node, test=ast.Constant(always)), sentence, test
