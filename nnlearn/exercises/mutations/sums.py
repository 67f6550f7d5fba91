"""Sums, products, fractions and powers: signs, factors and terms that are missing, moved, upside down or twice."""

import ast
from collections.abc import Iterator

from nnlearn.exercises.mutations import sentences as said
from nnlearn.exercises.mutations.mutation import Change, Place
from nnlearn.exercises.source import with_fields


def binary(left: ast.AST, kind: type[ast.operator], right: ast.AST) -> ast.BinOp:
    """left + right, or another operator."""
    return ast.BinOp(left, kind(), right)  # type: ignore[arg-type]


def negative(node: ast.AST) -> ast.UnaryOp:
    """-node."""
    return ast.UnaryOp(ast.USub(), node)  # type: ignore[arg-type]


def root(node: ast.AST) -> ast.BinOp:
    """node**0.5."""
    return binary(node, ast.Pow, ast.Constant(0.5))


def power(base: ast.AST, exponent: ast.AST) -> ast.BinOp:
    """base**exponent in floats, which overflow; whole numbers would grow until nothing else runs."""
    return binary(binary(base, ast.Mult, ast.Constant(1.0)), ast.Pow, exponent)


def is_sum(node: ast.AST) -> bool:
    """Whether a node is a sum or a difference."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)


def is_product(node: ast.AST) -> bool:
    """Whether a node is a product."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)


def is_fraction(node: ast.AST) -> bool:
    """Whether a node is a division."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)


def signs(node: ast.BinOp, place: Place) -> Iterator[Change]:
    """a + b for a - b."""
    if isinstance(node.op, ast.Add):
        yield binary(node.left, ast.Sub, node.right), said.WRONG_SIGN, {"part": node.right}
        yield binary(node.right, ast.Sub, node.left), said.WRONG_SIGN, {"part": node.left}
    elif isinstance(node.op, ast.Sub):
        yield binary(node.left, ast.Add, node.right), said.WRONG_SIGN, {"part": node.right}
        yield binary(node.right, ast.Sub, node.left), said.WRONG_SIGN, {"part": node}
        yield binary(negative(node.left), ast.Sub, node.right), said.WRONG_SIGN, {"part": node.left}


def missing_terms(node: ast.BinOp, place: Place) -> Iterator[Change]:
    """a for a + b."""
    if not is_sum(node):
        return
    yield node.left, said.LEFT_OUT, {"part": node.right}
    minus = isinstance(node.op, ast.Sub)
    yield negative(node.right) if minus else node.right, said.LEFT_OUT, {"part": node.left}
    if minus and isinstance(node.left, ast.Constant):
        yield node.right, said.ITSELF, {"part": node.right}


def missing_factors(node: ast.BinOp, place: Place) -> Iterator[Change]:
    """a for a * b."""
    if is_product(node):
        yield node.left, said.LEFT_OUT, {"part": node.right}
        yield node.right, said.LEFT_OUT, {"part": node.left}
    elif is_fraction(node):
        yield node.left, said.NOT_DIVIDED, {"part": node.right}
        yield binary(ast.Constant(1), ast.Div, node.right), said.LEFT_OUT, {"part": node.left}
    elif isinstance(node.op, ast.Pow):
        yield node.left, said.NO_POWER, {"part": node.left}


def wrong_way_up(node: ast.BinOp, place: Place) -> Iterator[Change]:
    """a / b for a * b or b / a."""
    if is_product(node):
        yield binary(node.left, ast.Div, node.right), said.UPSIDE_DOWN, {"part": node.right}
        yield binary(node.right, ast.Div, node.left), said.UPSIDE_DOWN, {"part": node.left}
    elif is_fraction(node):
        yield binary(node.left, ast.Mult, node.right), said.UPSIDE_DOWN, {"part": node.right}
        yield binary(node.right, ast.Div, node.left), said.UPSIDE_DOWN, {"part": node}


def everything(node: ast.BinOp, place: Place) -> Iterator[Change]:
    """a * (b + c) for a * b + c, and the other way round."""
    for inner, outer in ((node.left, node.right), (node.right, node.left)):
        if not isinstance(inner, ast.BinOp):
            continue
        first = inner is node.left

        def ordered(a: ast.AST, b: ast.AST, first: bool = first, op: ast.operator = node.op) -> ast.BinOp:
            return ast.BinOp(a, op, b) if first else ast.BinOp(b, op, a)  # type: ignore[arg-type]

        if is_sum(node) and is_product(inner):
            for factor, rest in ((inner.left, inner.right), (inner.right, inner.left)):
                whole = binary(factor, ast.Mult, ordered(rest, outer))
                yield whole, said.TIMES_ALL, {"factor": factor, "part": outer}
                moved = ordered(rest, binary(factor, ast.Mult, outer))
                yield moved, said.MOVED, {"factor": factor, "part": outer}
        elif is_sum(node) and is_fraction(inner):
            whole = binary(ordered(inner.left, outer), ast.Div, inner.right)
            yield whole, said.DIVIDES_ALL, {"factor": inner.right, "part": outer}
        elif (is_product(node) or (is_fraction(node) and first)) and is_sum(inner):
            of_one = ast.BinOp(ordered(inner.left, outer), inner.op, inner.right)
            of_other = ast.BinOp(inner.left, inner.op, ordered(inner.right, outer))
            sentence = said.TIMES_ONLY
            if is_fraction(node):
                sentence = said.DIVIDES_ONLY
            yield of_one, sentence, {"factor": outer, "part": inner.left}
            yield of_other, sentence, {"factor": outer, "part": inner.right}
        elif is_fraction(node) and is_product(inner) and not first:
            for factor, rest in ((inner.left, inner.right), (inner.right, inner.left)):
                above = binary(binary(outer, ast.Div, rest), ast.Mult, factor)
                yield above, said.UPSIDE_DOWN, {"part": factor}
        elif is_fraction(node) and is_sum(inner) and not first and is_product(inner.right):
            yield binary(node.left, ast.Div, inner.left), said.LEFT_OUT, {"part": inner.right}


def twice(node: ast.BinOp, place: Place) -> Iterator[Change]:
    """a * b * b or a * sqrt(b) for a * b; a + 2 * b or a + b / 2 for a + b."""
    if is_sum(node):
        sides = (("left", node.left), ("right", node.right))
        for name, side in sides:
            double, half = binary(ast.Constant(2), ast.Mult, side), binary(side, ast.Div, ast.Constant(2))
            yield with_fields(node, **{name: double}), said.TWICE, {"part": side}
            yield with_fields(node, **{name: half}), said.HALF, {"part": side}
    elif is_product(node) or is_fraction(node):
        for name, side in (("left", node.left), ("right", node.right)):
            if not isinstance(side, ast.Constant):
                squared = binary(side, ast.Mult, side)
                yield with_fields(node, **{name: squared}), said.SQUARE, {"part": side}
                yield with_fields(node, **{name: root(side)}), said.ROOT, {"part": side}


def other_operators(node: ast.BinOp, place: Place) -> Iterator[Change]:
    """a + b for a * b, a ** b for a * b, a // b for a / b."""
    both = {"left": node.left, "right": node.right}
    if is_product(node):
        yield binary(node.left, ast.Add, node.right), said.ADDED, both
        yield binary(node.left, ast.Sub, node.right), said.SUBTRACTED, both
        yield power(node.left, node.right), said.POWER_RIGHT, both
        yield power(node.right, node.left), said.POWER_LEFT, both
    elif is_fraction(node):
        yield binary(node.left, ast.FloorDiv, node.right), said.CUT, {}
        yield binary(node.left, ast.Sub, node.right), said.SUBTRACTED, both
    elif isinstance(node.op, ast.FloorDiv):
        yield binary(node.left, ast.Div, node.right), said.NOT_CUT, {}
    elif is_sum(node):
        yield binary(node.left, ast.Mult, node.right), said.MULTIPLIED, both
        yield binary(node.left, ast.Div, node.right), said.DIVIDED, both
    elif isinstance(node.op, ast.Pow):
        yield binary(node.left, ast.Mult, node.right), said.TIMES, both
        yield power(node.right, node.left), said.BASE, {}
        yield root(node.left), said.ROOT, {"part": node.left}
    elif isinstance(node.op, ast.MatMult):
        yield binary(node.right, ast.MatMult, node.left), said.SIDES, {}
        yield binary(node.left, ast.Mult, node.right), said.BY_NUMBER, {}
