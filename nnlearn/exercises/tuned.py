"""A number that is written in the learner's own function and is too small, or too large: with others all is right."""

import ast
from collections.abc import Iterator

from nnlearn.exercises.task import Function
from nnlearn.exercises.trying import Trying
from nnlearn.exercises.variants import Exchange, Written, curing, written
from nnlearn.language import mark, say

LARGEST_POWER = 100  # whole numbers to higher powers have so many digits that they end the search
FACTORS = (1.01, 1.1, 1.5, 2, 4, 10, 100, 1e3, 1e5, 1e7, 1e9)  # how much larger or smaller it may have to be
TOO_SMALL = mark("All hangs on a number: {number} is too small. The line: {line}")
TOO_LARGE = mark("All hangs on a number: {number} is too large. The line: {line}")


def of_numbers(trying: Trying, function: Function) -> str:
    """Which number has the wrong size, if another in its place makes every answer right; else ""."""
    definitions = written(function)
    for exchange in curing(trying, function, definitions, other_numbers(definitions)):
        ((old, new),) = exchange.items()
        text = ast.unparse(old)
        sentence = TOO_SMALL if float(ast.unparse(new)) > float(text) else TOO_LARGE
        return say(sentence, number=text, line=line_of(old, definitions))
    return ""


def other_numbers(definitions: Written) -> Iterator[Exchange]:
    """Each number, larger and smaller; a whole number stays one."""
    powers = {node.right for tree in definitions for node in ast.walk(tree)
              if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)}  # fmt: skip
    for node, number in (each for tree in definitions for each in numbers_in(tree)):
        for factor in FACTORS:
            for value in (number * factor, number / factor):
                if node in powers and value > LARGEST_POWER:
                    continue
                if isinstance(number, float):
                    yield {node: ast.Constant(value)}
                elif abs(value - number) > 1 and value > 1:
                    yield {node: ast.Constant(round(value))}


def numbers_in(tree: ast.AST) -> Iterator[tuple[ast.AST, int | float]]:
    """The numbers that are written, other than 0, 1 and those in an index."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Subscript):
            yield from numbers_in(node.value)
        elif isinstance(node, ast.Constant):
            if type(node.value) in (int, float) and node.value not in (0, 1):
                yield node, node.value  # type: ignore[misc]
        else:
            yield from numbers_in(node)


def line_of(node: ast.AST, definitions: Written) -> str:
    """The statement in which a number stands, the first line of it, as Python writes it."""
    holds = [each for tree in definitions for each in ast.walk(tree) if isinstance(each, ast.stmt) and
             any(node is inner for inner in ast.walk(each))]  # fmt: skip
    return ast.unparse(holds[-1]).splitlines()[0]  # from outside inwards
