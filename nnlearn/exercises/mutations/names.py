"""Numbers and names: another number, another name, a name in another form."""

import ast
from collections.abc import Iterator
from itertools import combinations

from nnlearn.exercises.mutations import sentences as said
from nnlearn.exercises.mutations import sums
from nnlearn.exercises.mutations.mutation import Change, Place
from nnlearn.exercises.source import loaded, with_fields
from nnlearn.language import mark


def other_numbers(node: ast.Constant, place: Place) -> Iterator[Change]:
    """2 for 1."""
    if isinstance(node.value, bool) or not isinstance(node.value, int | float) or id(node) in place.handed:
        return
    value = node.value
    others = {value + 1, value - 1, 2 * value, value / 2} if isinstance(value, int) else {2 * value, value / 2, 0}
    for other in sorted(others - {value}, key=lambda each: abs(each - value)):
        whole = int(other) if other == int(other) and isinstance(value, int) else other
        new = sums.negative(ast.Constant(-whole)) if whole < 0 else ast.Constant(whole)
        yield new, said.NUMBER, {"number": f"{whole:g}"}


def other_sign(node: ast.UnaryOp, place: Place) -> Iterator[Change]:
    """a for -a."""
    if isinstance(node.op, ast.USub):
        if isinstance(node.operand, ast.Constant) and node.operand.value == 1:
            yield ast.Constant(0), said.NUMBER, {"number": "0"}
        yield node.operand, said.NO_MINUS, {"part": node.operand}
    elif isinstance(node.op, ast.Not):
        yield node.operand, said.TURNED, {"part": node.operand}


def other_names(node: ast.Name, place: Place) -> Iterator[Change]:
    """b for a."""
    if place.is_value(node):
        for other in place.values:
            if other != node.id:
                yield loaded(other), said.OTHER, {"other": other, "name": node.id}


def other_forms(node: ast.Name, place: Place) -> Iterator[Change]:
    """1 - a, -a, a * a for a."""
    if not place.is_value(node):
        return
    one, name = ast.Constant(1), {"name": node.id}
    yield sums.binary(one, ast.Sub, node), said.ONE_MINUS, name
    yield sums.negative(node), said.WRONG_SIGN, {"part": node.id}
    yield sums.binary(node, ast.Mult, node), said.NAME_SQUARED, name
    yield sums.binary(one, ast.Add, node), said.ONE_PLUS, name
    yield sums.binary(node, ast.Add, one), said.ONE_MORE, name
    yield sums.binary(node, ast.Sub, one), said.ONE_LESS, name
    yield sums.binary(one, ast.Div, node), said.ONE_OVER, name
    yield sums.root(node), said.ROOT, {"part": node.id}


def other_arguments(node: ast.FunctionDef, place: Place) -> Iterator[Change]:
    """f(1 - a), f(-a), f(abs(a)) for f(a): the same change wherever the argument is used."""
    for argument in (name for name in place.arguments if name not in place.functions):
        name = loaded(argument)
        for new, sentence, fields in (*other_forms(name, place), *wrapped(name, place)):
            line = ast.Assign([ast.Name(argument, ast.Store())], new)  # type: ignore[arg-type]
            yield with_fields(node, body=[line, *node.body]), sentence, fields


WRAPPERS = (
    ("abs({})", mark("In your answer {part} comes in without its sign.")),
    ("np.sign({})", mark("In your answer only the sign of {part} comes in.")),
    ("np.sum({})", mark("In your answer the entries of {part} are added up.")),
    ("np.mean({})", mark("In your answer the mean of the entries of {part} is taken.")),
    ("({0}) / np.linalg.norm({0})", mark("In your answer {part} is divided by its length.")),
    ("np.max({})", mark("In your answer only the largest entry of {part} is used.")),
    ("np.ravel({})[0]", mark("In your answer only the first entry of {part} is used.")),
    ("np.round({})", mark("In your answer {part} is rounded.")),
    ("np.trunc({})", mark("In your answer {part} is cut to a whole number.")),
    ("np.clip({}, -1, 1)", mark("In your answer {part} is clipped to what lies between -1 and 1.")),
)
OF_ROWS = (
    ("({0}) - np.mean({0}, axis=0)", mark("In your answer the mean of {part} is subtracted first.")),
    ("({0})[:1]", mark("In your answer only the first of {part} counts.")),
    ("({0})[-1:]", mark("In your answer only the last of {part} counts.")),
    ("({0})[1:]", mark("In your answer the first of {part} is left out.")),
    ("({0})[:-1]", mark("In your answer the last of {part} is left out.")),
)


def wrapped(node: ast.expr, place: Place) -> Iterator[Change]:
    """abs(a), sum(a), a / norm(a) for an argument, or for what a function that is an argument gives; a[1:] for all."""
    called = node.func if isinstance(node, ast.Call) else node
    if isinstance(called, ast.Name) and (called is not node or place.is_value(node)):
        patterns = (*WRAPPERS, *OF_ROWS) if called.id in place.arguments else OF_ROWS if called is node else ()
        for pattern, sentence in patterns:
            yield ast.parse(pattern.format(ast.unparse(node)), mode="eval").body, sentence, {"part": node}


def exchanged_names(node: ast.FunctionDef, place: Place) -> Iterator[Change]:
    """f(b, a) for f(a, b)."""
    for one, other in combinations(place.arguments, 2):
        arguments = [{one: other, other: one}.get(name, name) for name in place.arguments]
        inner = ast.Tuple([loaded(name) for name in arguments], ast.Load())
        outer = ast.Tuple([ast.Name(name, ast.Store()) for name in place.arguments], ast.Store())
        body = [ast.Assign([outer], inner), *node.body]
        yield with_fields(node, body=body), said.EXCHANGED, {"one": one, "other": other}
