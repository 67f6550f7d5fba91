"""Lines and loops: left out, in the wrong order or place, and the old value for the new one."""

import ast
from collections.abc import Iterator
from typing import Any

from nnlearn.exercises.mutations import sentences as said
from nnlearn.exercises.mutations.mutation import Change, Place, assigned, last_name
from nnlearn.exercises.source import ROUND, below, loaded, names_in, placed, with_fields

Body = ast.FunctionDef | ast.For | ast.While | ast.If


def lines(node: Body, place: Place) -> Iterator[Change]:
    """A line left out, two lines exchanged, the old value for the new one."""
    body = node.body
    for k, line in enumerate(body):
        if is_count(line):
            continue
        if isinstance(line, ast.Expr | ast.Assign) and len(body) > 1:
            rest = [*body[:k], *body[k + 1 :]]
            if isinstance(line, ast.Expr):
                yield with_fields(node, body=rest), said.LINE_OUT, {"part": line}
            elif (name := target(line)) in place.arguments or not isinstance(node, ast.FunctionDef):
                yield with_fields(node, body=rest), said.NOT_UPDATED, {"name": name}
        if k + 1 < len(body) and depends(line, body[k + 1]):
            both = {"first": done(body[k + 1]), "second": done(line)}
            swapped = [*body[:k], body[k + 1], line, *body[k + 2 :]]
            yield with_fields(node, body=swapped), said.LINES, both
        if isinstance(line, ast.Assign) and (name := target(line)) in names_before(node, k, place):
            yield from old_values(node, k, name)


def depends(line: ast.stmt, later: ast.stmt) -> bool:
    """Whether the order of two lines matters: one gives a name that the other uses, and none ends the function."""
    if any(isinstance(node, ast.Return) for node in ast.walk(later)):
        return False
    given, used = ({*assigned(line)}, {*names_in(line)}), ({*assigned(later)}, {*names_in(later)})
    return bool(given[0] & used[1] or used[0] & given[1])


def old_values(node: Body, k: int, name: str) -> Iterator[Change]:
    """The value that a name had before line k, used once in a later line."""
    old = f"old_{name}"
    for later in range(k + 1, len(node.body)):
        for use, path in below(node.body[later]):
            if isinstance(use, ast.Name) and use.id == name and isinstance(use.ctx, ast.Load):
                changed = placed(node.body[later], path, loaded(old))
                kept = ast.Assign([ast.Name(old, ast.Store())], loaded(name))
                body = [*node.body[:k], kept, *node.body[k:later], changed, *node.body[later + 1 :]]
                yield (with_fields(node, body=body), said.OLD,
                       {"name": name})  # fmt: skip


def names_before(node: Body, k: int, place: Place) -> set[str]:
    """The names that have a value before line k; inside a loop all may have one."""
    if not isinstance(node, ast.FunctionDef):
        return set(place.made_of)
    return {*place.arguments, *(name for line in node.body[:k] for name in assigned(line))}


def loops(node: Body, place: Place) -> Iterator[Change]:
    """The last line below the loop, the first above it, one round only."""
    for k, loop in enumerate(node.body):
        if not isinstance(loop, ast.For | ast.While):
            continue
        count, *inside = loop.body
        before, after = node.body[:k], node.body[k + 1 :]
        if len(inside) > 1:
            shorter = with_fields(loop, body=[count, *inside[:-1]])
            yield (with_fields(node, body=[*before, shorter, inside[-1], *after]),
                   said.BELOW, {"line": done(inside[-1])})  # fmt: skip
            shorter = with_fields(loop, body=[count, *inside[1:]])
            yield (with_fields(node, body=[*before, inside[0], shorter, *after]),
                   said.ABOVE, {"line": done(inside[0])})  # fmt: skip
        one_round = with_fields(loop, body=[*loop.body, ast.Break()])
        yield with_fields(node, body=[*before, one_round, *after]), said.ONE_ROUND, {}


def returned(node: ast.Return, place: Place) -> Iterator[Change]:
    """One thing for several; the wrong sign."""
    if isinstance(node.value, ast.Tuple):
        for value in node.value.elts:
            yield with_fields(node, value=value), said.ONLY, {"part": value}


def is_count(line: ast.stmt) -> bool:
    """Whether a line is the count that Source puts into a loop."""
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Call) and last_name(line.value.func) == ROUND


def target(line: ast.Assign) -> str:
    """The name that a line gives to its value; "" if it is none."""
    return line.targets[0].id if isinstance(line.targets[0], ast.Name) else ""


def done(line: ast.stmt) -> Any:
    """What a line does, in short: the name that it gives, or what it uses."""
    return target(line) or line if isinstance(line, ast.Assign) else line
