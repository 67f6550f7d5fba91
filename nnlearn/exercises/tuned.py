"""A number that is written in the learner's own function and is too small, or too large: with others all is right."""

import ast
from collections.abc import Iterator

from nnlearn.exercises.task import Function
from nnlearn.exercises.trying import Trying
from nnlearn.exercises.variants import Exchange, Written, curing, written
from nnlearn.language import mark, say

FACTORS = (1.01, 1.1, 1.5, 2, 4, 10, 100, 1e3, 1e5, 1e7, 1e9)  # how much larger or smaller it may have to be
TOO_SMALL = mark("All hangs on a number: {number} is too small. The line: {line}")
TOO_LARGE = mark("All hangs on a number: {number} is too large. The line: {line}")


def of_numbers(trying: Trying, function: Function) -> str:
    """Which number has the wrong size, if another in its place makes every answer right; else ""."""
    definitions = written(function)
    for exchange in curing(trying, function, definitions, other_numbers(definitions)):
        ((old, new),) = exchange.items()
        assert isinstance(old, ast.Constant) and isinstance(new, ast.Constant)
        sentence = TOO_SMALL if new.value > old.value else TOO_LARGE
        return say(sentence, number=ast.unparse(old), line=line_of(old, definitions))
    return ""


def other_numbers(definitions: Written) -> Iterator[Exchange]:
    """Each number, larger and smaller; a whole number stays one, and the one in an index as it is."""
    for node in (node for tree in definitions for node in numbers_in(tree)):
        for factor in FACTORS:
            for value in (node.value * factor, node.value / factor):
                if isinstance(node.value, float):
                    yield {node: ast.Constant(value)}
                elif abs(value - node.value) > 1 and value > 1:
                    yield {node: ast.Constant(round(value))}


def numbers_in(tree: ast.AST) -> Iterator[ast.Constant]:
    """The numbers other than 0, 1 and those in an index."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Subscript):
            yield from numbers_in(node.value)
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value not in (0, 1, -1):
            yield node
        else:
            yield from numbers_in(node)


def line_of(node: ast.expr, definitions: Written) -> str:
    """The statement in which a number stands, the first line of it, as Python writes it."""
    holds = [each for tree in definitions for each in ast.walk(tree) if isinstance(each, ast.stmt) and
             any(node is inner for inner in ast.walk(each))]  # fmt: skip
    return ast.unparse(holds[-1]).splitlines()[0]  # from outside inwards
