"""Whole numbers in the learner's own function: arrays that hold no fractions, and 1 added where nothing is cut off."""

import ast
from collections.abc import Iterator
from copy import deepcopy

from nnlearn.exercises.variants import Exchange, Written
from nnlearn.language import mark, say

MAKE_ARRAYS = ("array", "asarray", "zeros", "ones", "full", "empty", "arange",
               "zeros_like", "ones_like", "full_like", "empty_like")  # fmt: skip
CUT = ("int", "np.floor", "math.floor", "np.trunc", "math.trunc")
HOLDS = mark(
    "All is right where this array holds fractions: {part}. One of whole numbers cuts them off, without a word."
)
ONE_MORE = mark("{part} rounds up only what isn't whole. Where nothing is cut off, it gives one too many.")


def of_fractions(definitions: Written) -> Iterator[Exchange]:
    """Each array that is made, as one of floats; then all of them."""
    found: dict[ast.AST, ast.AST] = {}
    for node in calls(definitions):
        module, _, name = ast.unparse(node.func).rpartition(".")
        if module in ("np", "numpy") and name in MAKE_ARRAYS:
            floats = ast.Attribute(deepcopy(node), "astype", ast.Load())
            found[node] = ast.Call(floats, [ast.Name("float", ast.Load())], [])
    yield from ({node: other} for node, other in found.items())
    if len(found) > 1:
        yield found


def said_of_arrays(exchange: Exchange) -> str:
    """That an array holds no fractions."""
    return say(HOLDS, part=", ".join(dict.fromkeys(map(ast.unparse, exchange))))


def rounded_up(definitions: Written) -> Iterator[Exchange]:
    """Each number that is cut off, and 1 more, as the next whole number that isn't below it."""
    for node in (each for tree in definitions for each in ast.walk(tree)):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and ast.unparse(node.right) == "1":
            cut = node.left
            is_cut = isinstance(cut, ast.Call) and ast.unparse(cut.func) in CUT and len(cut.args) == 1
            inner = cut.args[0] if is_cut and isinstance(cut, ast.Call) else cut
            if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.FloorDiv):
                yield {node: next_whole(inner.left, inner.right)}
            elif is_cut:
                yield {node: next_whole(inner, ast.Constant(1))}


def next_whole(part: ast.expr, of: ast.expr) -> ast.expr:
    """-(-part // of): the quotient rounded up."""
    minus = ast.BinOp(ast.UnaryOp(ast.USub(), part), ast.FloorDiv(), of)
    return ast.UnaryOp(ast.USub(), minus)


def said_of_one_more(exchange: Exchange) -> str:
    """That 1 is added to whole numbers, too."""
    return say(ONE_MORE, part=ast.unparse(next(iter(exchange))))


def calls(definitions: Written) -> list[ast.Call]:
    """All calls."""
    return [node for tree in definitions for node in ast.walk(tree) if isinstance(node, ast.Call)]
