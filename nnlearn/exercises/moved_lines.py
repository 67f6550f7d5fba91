"""Lines of the learner's own function that stand in or out of a loop, or before their neighbour, where they shouldn't:
in their place every answer is right."""

import ast
from collections.abc import Iterator, Sequence

from nnlearn.exercises.source import names_in, with_fields
from nnlearn.exercises.variants import Exchange, Written
from nnlearn.language import mark, say

Block = ast.FunctionDef | ast.For | ast.While | ast.If
MOST_BETWEEN = 4  # lines that one may have to pass on its way to its loop

CARRIED = mark(
    "{line} is done once, before the loop {loop}: each round goes on with what the one before has left. All is right "
    "where it is done anew in each round."
)
ANEW = mark("{line} is done anew in each round of the loop {loop}: what the rounds before have left is lost. All is "
            "right where it is done once, before the loop.")  # fmt: skip
LATER = mark("{line} is reached in each round of the loop {loop}. All is right where it comes once, after the loop.")
SOONER = mark("{line} comes after the loop {loop}. All is right where it comes in each round.")
NEIGHBOURS = mark("Two lines stand in the wrong order. All is right where {second} comes before {first}.")


def moved(definitions: Written) -> Iterator[Exchange]:
    """Each line before a loop at its start, the first ones of a loop before it, its last one after it, the line after
    it at its end, and each two neighbours exchanged of which one needs what the other gives."""
    for node in (node for tree in definitions for node in ast.walk(tree)):
        for field in ("body", "orelse"):
            lines = getattr(node, field, None)
            if isinstance(lines, list) and lines and isinstance(lines[0], ast.stmt):
                yield from ({node: with_fields(node, **{field: new})} for new in orders(lines))


def orders(lines: Sequence[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """The other orders of the lines of a block."""
    for k, loop in enumerate(lines):
        if isinstance(loop, ast.For | ast.While):
            before, after, body = lines[:k], lines[k + 1 :], loop.body
            for n in range(max(0, k - MOST_BETWEEN), k):
                if isinstance(lines[n], ast.Assign):
                    yield [*lines[:n], *lines[n + 1 : k], with_fields(loop, body=[lines[n], *body]), *after]
            if len(body) > 1:
                for n, line in enumerate(body):
                    rest = with_fields(loop, body=[*body[:n], *body[n + 1 :]])
                    if isinstance(line, ast.Assign) and n <= MOST_BETWEEN:
                        yield [*before, line, rest, *after]
                yield [*before, with_fields(loop, body=body[:-1]), body[-1], *after]
            if after and isinstance(after[0], ast.Assign | ast.Expr | ast.AugAssign):
                yield [*before, with_fields(loop, body=[*body, after[0]]), *after[1:]]
    for k, (one, other) in enumerate(zip(lines, lines[1:], strict=False)):
        if {*given(one)} & {*used(other)} or {*used(one)} & {*given(other)}:
            yield [*lines[:k], other, one, *lines[k + 2 :]]


def given(line: ast.stmt) -> list[str]:
    """The names that a line gives values to, or to which it appends."""
    stored = [node.id for node in ast.walk(line) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    calls = [node.func.value for node in ast.walk(line) if isinstance(node, ast.Call)
             and isinstance(node.func, ast.Attribute) and isinstance(line, ast.Expr)]  # fmt: skip
    return [*stored, *(name for each in calls for name in names_in(each))]


def used(line: ast.stmt) -> list[str]:
    """The names whose values a line uses."""
    return names_in(line)


def said_of_moves(exchange: Exchange) -> str:
    """Where the line stands that has to move."""
    ((old, new),) = exchange.items()
    field = "body" if ids(old, "body") != ids(new, "body") else "orelse"
    before, after = getattr(old, field), getattr(new, field)
    if {*map(id, before)} == {*map(id, after)}:
        k = next(k for k, (one, other) in enumerate(zip(before, after, strict=True)) if one is not other)
        return say(NEIGHBOURS, first=text(before[k]), second=text(before[k + 1]))
    (loop,) = (each for each in before if id(each) not in {*map(id, after)} and isinstance(each, ast.For | ast.While)
               and changed(each, after) is not None)  # fmt: skip
    other = changed(loop, after)
    assert isinstance(other, ast.For | ast.While)
    (line,) = {id(each): each for each in (*loop.body, *other.body) if (each in loop.body) != (each in other.body)
               }.values()  # fmt: skip
    if line in other.body:
        sentence = CARRIED if before.index(line) < before.index(loop) else SOONER
    else:
        sentence = ANEW if after.index(line) < after.index(other) else LATER
    return say(sentence, line=text(line), loop=text(loop))


def changed(loop: ast.stmt, lines: Sequence[ast.stmt]) -> ast.stmt | None:
    """Among the lines the loop that this one has become; None if none has."""
    header = text(loop)
    return next(
        (each for each in lines if type(each) is type(loop) and each is not loop and text(each) == header), None
    )


def ids(node: ast.AST, field: str) -> list[int]:
    """The lines of a block, as they are told apart."""
    return [id(each) for each in getattr(node, field, None) or ()]


def text(line: ast.stmt) -> str:
    """The first line of a statement, without the colon of a loop."""
    return ast.unparse(line).splitlines()[0].rstrip(":")
