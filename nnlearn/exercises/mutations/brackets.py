"""Forgotten brackets: the formula as it reads without them."""

import ast
from collections.abc import Iterator

from nnlearn.exercises.mutations import sentences as said
from nnlearn.exercises.mutations.mutation import Change, Place
from nnlearn.exercises.mutations.sums import is_sum

HOLE = "a_sum_without_brackets_"


def lost_brackets(node: ast.BinOp, place: Place) -> Iterator[Change]:
    """rate / 1 - beta * g for rate / (1 - beta) * g."""
    if is_sum(node):
        return
    sums = list(sums_within(node))
    for each in sums:
        yield read_without_brackets(node, [each]), said.NO_BRACKETS, {"part": each}
    if len(sums) > 1:
        yield read_without_brackets(node, sums), said.NO_BRACKETS, {"part": node}


def sums_within(node: ast.BinOp) -> Iterator[ast.BinOp]:
    """The sums that stand in brackets in a chain of products, fractions and powers."""
    for side in (node.left, node.right):
        if isinstance(side, ast.BinOp):
            if is_sum(side):
                yield side
            else:
                yield from sums_within(side)


def read_without_brackets(node: ast.BinOp, sums: list[ast.BinOp]) -> ast.expr:
    """What Python reads where the chain is written without the brackets around these sums."""
    text = ast.unparse(with_holes(node, sums))
    for number, each in enumerate(sums):
        text = text.replace(f"{HOLE}{number}", ast.unparse(each))
    return ast.parse(text, mode="eval").body


def with_holes(node: ast.expr, sums: list[ast.BinOp]) -> ast.expr:
    """The chain with a name in place of each of these sums."""
    if node in sums:
        return ast.Name(f"{HOLE}{sums.index(node)}", ast.Load())
    if isinstance(node, ast.BinOp) and not is_sum(node):
        return ast.BinOp(with_holes(node.left, sums), node.op, with_holes(node.right, sums))
    return node
