"""Small slips in the learner's own function, found by undoing them: with one undone every answer is right."""

import ast
from collections.abc import Callable, Iterator

from nnlearn.exercises.moved_lines import moved, said_of_moves
from nnlearn.exercises.other_names import going_on, other_names, said_of_going_on, said_of_names
from nnlearn.exercises.regrouped import groupings, said_of_brackets
from nnlearn.exercises.task import Function
from nnlearn.exercises.trying import Trying
from nnlearn.exercises.variants import Exchange, Written, curing, written
from nnlearn.exercises.whole_values import of_fractions, rounded_up, said_of_arrays, said_of_one_more
from nnlearn.language import mark, say

STRICT = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
OVERWRITTEN = mark("A loop overwrites {names} in each round. All is right where it adds up.")
EDGE = mark("All is right but the edge: what is {part} where both sides are equal?")
WHOLE = mark("// divides and rounds down: in {part} the fraction is needed, which / keeps.")
SPECTRAL = mark("{part} of a matrix is its largest singular value, not the root of the sum of its squares.")
ROUNDINGS = ("round", "int", "np.round", "np.rint", "np.floor", "np.ceil", "np.trunc", "math.floor", "math.ceil",
             "math.trunc")  # fmt: skip
ROUNDED = mark("All is right without a rounding on the way: {part}")
JOINED = mark("All is right but for one word: is it {joint} in {part}?")
ENDS = ("max", "min", "np.maximum", "np.minimum", "np.fmax", "np.fmin", "np.clip", "abs", "np.abs", "np.absolute")
CUT_OFF = mark("All is right without this: {part}. What does it change that was right?")
POWER = mark("** takes a power, * multiplies. All is right with the other one in {part}.")


def of_repairs(trying: Trying, function: Function) -> str:
    """What to say of the first slip that, undone, makes every answer right; "" if none does."""
    definitions = written(function)
    for undone, said in UNDONE:
        for exchange in curing(trying, function, definitions, undone(definitions)):
            return said(exchange)
    return ""


def nodes(definitions: Written, kind: type[ast.AST]) -> Iterator[ast.AST]:
    """All nodes of a kind."""
    return (node for tree in definitions for node in ast.walk(tree) if isinstance(node, kind))


def adding_up(definitions: Written) -> Iterator[Exchange]:
    """In loops, += for = where nothing of the old value is used: for one name everywhere, and for all of them."""
    found: dict[str, dict[ast.AST, ast.AST]] = {}
    for loop in (*nodes(definitions, ast.For), *nodes(definitions, ast.While)):
        for node in ast.walk(loop):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if all(each.id != name for each in ast.walk(node.value) if isinstance(each, ast.Name)):
                    found.setdefault(name, {})[node] = ast.AugAssign(node.targets[0], ast.Add(), node.value)
    yield from found.values()
    names = list(found)
    for k, one in enumerate(names):
        yield from ({**found[one], **found[other]} for other in names[k + 1 :])


def said_of_sums(exchange: Exchange) -> str:
    """That a loop overwrites what should add up."""
    names = dict.fromkeys(node.targets[0].id for node in exchange)  # type: ignore[attr-defined]
    return say(OVERWRITTEN, names=", ".join(names))


def other_edges(definitions: Written) -> Iterator[Exchange]:
    """Each comparison with the other answer where both sides are equal."""
    for node in nodes(definitions, ast.Compare):
        assert isinstance(node, ast.Compare)
        for k, sign in enumerate(node.ops):
            if type(sign) in STRICT:
                ops = [*node.ops[:k], STRICT[type(sign)](), *node.ops[k + 1 :]]
                yield {node: ast.Compare(node.left, ops, node.comparators)}


def said_of_edges(exchange: Exchange) -> str:
    """That a comparison is wrong where both sides are equal."""
    return say(EDGE, part=ast.unparse(next(iter(exchange))))


def other_joints(definitions: Written) -> Iterator[Exchange]:
    """Each and as or, each or as and."""
    for node in nodes(definitions, ast.BoolOp):
        assert isinstance(node, ast.BoolOp)
        yield {node: ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)}


def said_of_joints(exchange: Exchange) -> str:
    """That and stands for or, or the other way round."""
    node = next(iter(exchange))
    assert isinstance(node, ast.BoolOp)
    return say(JOINED, part=ast.unparse(node), joint="and" if isinstance(node.op, ast.And) else "or")


def with_fractions(definitions: Written) -> Iterator[Exchange]:
    """Each // as /."""
    for node in nodes(definitions, ast.BinOp):
        assert isinstance(node, ast.BinOp)
        if isinstance(node.op, ast.FloorDiv):
            yield {node: ast.BinOp(node.left, ast.Div(), node.right)}


def said_of_fractions(exchange: Exchange) -> str:
    """That a division drops the fraction."""
    return say(WHOLE, part=ast.unparse(next(iter(exchange))))


def whole_norms(definitions: Written) -> Iterator[Exchange]:
    """Each norm that names 2 as its kind without it, then all of them: of a matrix that is another one."""
    found: dict[ast.AST, ast.AST] = {}
    for node in nodes(definitions, ast.Call):
        assert isinstance(node, ast.Call)
        kinds = [*node.args[1:], *(each.value for each in node.keywords if each.arg == "ord")]
        others = [each for each in node.keywords if each.arg != "ord"]
        if ast.unparse(node.func).endswith("linalg.norm") and [ast.unparse(kind) for kind in kinds] == ["2"]:
            found[node] = ast.Call(node.func, node.args[:1], others)
    yield from ({node: without} for node, without in found.items())
    if len(found) > 1:
        yield found


def said_of_norms(exchange: Exchange) -> str:
    """That the norm of a matrix is another one."""
    return say(SPECTRAL, part=ast.unparse(next(iter(exchange))))


def unrounded(definitions: Written) -> Iterator[Exchange]:
    """What is rounded as it is: each alone, then all of them."""
    calls = [node for node in nodes(definitions, ast.Call) if isinstance(node, ast.Call)]
    rounding: dict[ast.AST, ast.AST] = {
        node: node.args[0] for node in calls if node.args and ast.unparse(node.func) in ROUNDINGS
    }
    yield from ({node: whole} for node, whole in rounding.items())
    if len(rounding) > 1:
        yield rounding


def said_of_rounding(exchange: Exchange) -> str:
    """That something is rounded before it is used."""
    return say(ROUNDED, part=", ".join(dict.fromkeys(map(ast.unparse, exchange))))


def without_ends(definitions: Written) -> Iterator[Exchange]:
    """What is cut off at a number, or loses its sign, as it is: each alone, then all of them."""
    found: dict[ast.AST, ast.AST] = {}
    for node in nodes(definitions, ast.Call):
        assert isinstance(node, ast.Call)
        varying = [each for each in node.args if any(isinstance(inner, ast.Name) for inner in ast.walk(each))]
        if ast.unparse(node.func) in ENDS and len(varying) == 1 and not isinstance(varying[0], ast.Starred):
            found[node] = varying[0]
    yield from ({node: inner} for node, inner in found.items())
    if len(found) > 1:
        yield found


def said_of_ends(exchange: Exchange) -> str:
    """That something is cut off, or loses its sign."""
    return say(CUT_OFF, part=", ".join(dict.fromkeys(map(ast.unparse, exchange))))


def other_powers(definitions: Written) -> Iterator[Exchange]:
    """Each product as a power, each power as a product; then all products, or all powers, of one number."""
    found: dict[tuple[type, str], dict[ast.AST, ast.AST]] = {}
    for node in nodes(definitions, ast.BinOp):
        assert isinstance(node, ast.BinOp)
        if isinstance(node.op, ast.Mult | ast.Pow):
            other = ast.Pow() if isinstance(node.op, ast.Mult) else ast.Mult()
            exchanged = ast.BinOp(node.left, other, node.right)
            found.setdefault((type(node.op), ast.unparse(node.right)), {})[node] = exchanged
            yield {node: exchanged}
    yield from (each for each in found.values() if len(each) > 1)


def said_of_powers(exchange: Exchange) -> str:
    """That a power stands for a product, or the other way round."""
    return say(POWER, part=", ".join(dict.fromkeys(map(ast.unparse, exchange))))


UNDONE: tuple[tuple[Callable[[Written], Iterator[Exchange]], Callable[[Exchange], str]], ...] = (
    (groupings, said_of_brackets),
    (adding_up, said_of_sums),
    (going_on, said_of_going_on),
    (of_fractions, said_of_arrays),
    (rounded_up, said_of_one_more),
    (other_edges, said_of_edges),
    (other_joints, said_of_joints),
    (with_fractions, said_of_fractions),
    (whole_norms, said_of_norms),
    (unrounded, said_of_rounding),
    (moved, said_of_moves),
    (without_ends, said_of_ends),
    (other_powers, said_of_powers),
    (other_names, said_of_names),
)
