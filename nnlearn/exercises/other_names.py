"""Uses of names in the learner's own function: another of its names belongs there, or the name that a loop gives."""

import ast
from collections.abc import Iterator
from functools import partial

from nnlearn.exercises.variants import Exchange, Written
from nnlearn.language import mark, say

OTHER = mark("All is right but a name: in {part} it isn't {name} that is needed, but another of yours.")
ANEW = mark("Each round begins anew with {start}, so that only the last one counts. All is right where {name} goes on "
            "from the round before.")  # fmt: skip


def other_names(definitions: Written) -> Iterator[Exchange]:
    """Each operation with another of the names that the same function gives in place of one of its two sides."""
    for tree in definitions:
        names = dict.fromkeys((*(each.arg for each in tree.args.args), *sorted(names_stored(tree))))
        for part in (each for each in ast.walk(tree) if isinstance(each, ast.BinOp)):
            for name in map(partial(ast.Name, ctx=ast.Load()), names):
                if isinstance(part.left, ast.Name) and part.left.id in names.keys() - {name.id}:
                    yield {part: ast.BinOp(name, part.op, part.right)}
                if isinstance(part.right, ast.Name) and part.right.id in names.keys() - {name.id}:
                    yield {part: ast.BinOp(part.left, part.op, name)}


def said_of_names(exchange: Exchange) -> str:
    """That another name is needed in an operation."""
    ((old, new),) = exchange.items()
    assert isinstance(old, ast.BinOp) and isinstance(new, ast.BinOp)
    return say(OTHER, part=ast.unparse(old), name=ast.unparse(old.right if new.left is old.left else old.left))


def going_on(definitions: Written) -> Iterator[Exchange]:
    """In loops that give a name a value made of another name alone: the name itself in place of the other."""
    for tree in definitions:
        for loop in (each for each in ast.walk(tree) if isinstance(each, ast.For | ast.While)):
            inside = names_stored(loop)
            for node in ast.walk(loop):
                if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                    yield from anew(node.targets[0].id, node.value, inside)


def anew(name: str, value: ast.AST, inside: set[str]) -> Iterator[Exchange]:
    """For each name from before the loop all its uses in a value as those of the name that this is given to."""
    found: dict[str, dict[ast.AST, ast.AST]] = {}
    for use in (each for each in ast.walk(value) if isinstance(each, ast.Name)):
        if use.id == name:
            return
        if use.id not in inside:
            found.setdefault(use.id, {})[use] = ast.Name(name, ast.Load())
    yield from found.values()


def names_stored(tree: ast.AST) -> set[str]:
    """The names to which something is given within."""
    return {each.id for each in ast.walk(tree) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}


def said_of_going_on(exchange: Exchange) -> str:
    """That each round of a loop begins with the same value."""
    ((old, new), *_) = exchange.items()
    assert isinstance(old, ast.Name) and isinstance(new, ast.Name)
    return say(ANEW, start=old.id, name=new.id)
