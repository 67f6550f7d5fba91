"""A function as a tree of its source, which can be changed in one place and made a function again."""

import ast
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from inspect import getsource
from textwrap import dedent
from time import process_time
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from nnlearn.exercises.task import Function

MOST_ROUNDS = 5_000  # of all loops in a call: a changed loop may never end
MOST_SECONDS = 0.1  # of the processor, for its rounds: its numbers may double their digits in each
Path = tuple[str | int, ...]  # from the top of a tree to a node: fields, and places in lists
ROUND = "one_more_round"  # what is called at the start of each round


class Endless(Exception):
    """A changed loop did not end."""


@dataclass(frozen=True, eq=False)
class Source:
    """A function and what it calls of its own module, as one tree.

    tree: the definitions. name: of the function. known: what its names mean. choices: keyword arguments that are
    already bound.
    """

    tree: ast.Module
    name: str
    known: Mapping[str, Any] = field(repr=False)
    choices: Mapping[str, Any] = field(default_factory=dict)

    def changed(self, path: Path, new: ast.AST) -> "Source":
        """The same with another node at the end of a path."""
        return replace(self, tree=placed(self.tree, path, new))

    def function(self) -> Function:
        """The tree as a function, which takes further choices; one of its loops that does not end raises Endless."""
        rounds, end = 0, 0.0

        def one_more_round() -> None:
            nonlocal rounds
            rounds += 1
            if rounds > MOST_ROUNDS or process_time() > end:
                raise Endless

        def function(*arguments: Any, **choices: Any) -> Any:
            nonlocal rounds, end
            rounds, end = 0, process_time() + MOST_SECONDS
            return inner(*arguments, **{**self.choices, **choices})

        names = {"np": np, **self.known, ROUND: one_more_round}
        for definition in self.tree.body:
            exec(compiled(definition, f"<{self.name}>"), names)
        inner = names[self.name]
        return function


@lru_cache(maxsize=64)  # of a function with helpers, a mutation changes one: the others need not be compiled again
def compiled(definition: ast.stmt, file: str) -> CodeType:
    """The code that makes a function of its definition."""
    return compile(ast.Module([definition], type_ignores=[]), file, "exec")


def source(function: Function) -> Source | None:
    """The source of a function that was written with def, also of one whose choices are bound (a partial).

    None of any other, such as a lambda or a compiled one.
    """
    if isinstance(function, partial):
        bare = None if function.args else source(function.func)
        return replace(bare, choices={**bare.choices, **function.keywords}) if bare is not None else None
    if not isinstance(function, FunctionType) or function.__name__ == "<lambda>" or function.__closure__:
        return None
    try:
        definitions: list[ast.stmt] = [parsed(each) for each in with_helpers(function)]
    except (OSError, SyntaxError):  # typed into a session that keeps no source
        return None
    tree = ast.fix_missing_locations(ast.Module(definitions, type_ignores=[]))
    return Source(tree, function.__name__, function.__globals__)


@lru_cache(maxsize=64)
def ending(function: Function) -> Function:
    """The function, which gives up where a loop of its does not end; as it is, if its source can't be read."""
    own = source(function)
    return function if own is None else own.function()


def counts(function: Function) -> list[str]:
    """The arguments that say how often a loop of the function goes round, as n in ``for _ in range(n)``."""
    own = source(function)
    if own is None:
        return []
    definition = own.tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    ranges = {ast.unparse(node.iter) for node in ast.walk(definition) if isinstance(node, ast.For)}
    return [argument.arg for argument in definition.args.args if f"range({argument.arg})" in ranges]


def with_helpers(function: FunctionType) -> list[FunctionType]:
    """The function and, once each, all that it calls of its own module, directly or not."""
    found = [function]
    for each in found:  # it grows on the way
        for name in each.__code__.co_names:
            helper = each.__globals__.get(name)
            if isinstance(helper, FunctionType) and helper.__module__ == function.__module__ and helper not in found:
                found.append(helper)
    return [each for each in found if each.__name__ != "<lambda>" and not each.__closure__]


def parsed(function: FunctionType) -> ast.FunctionDef:
    """The definition of a function, without its docstring, in the plain form that mutations expect."""
    definition = ast.parse(dedent(getsource(function))).body[0]
    if not isinstance(definition, ast.FunctionDef):
        raise SyntaxError(function.__name__)  # no def: a lambda
    if ast.get_docstring(definition) is not None:
        definition.body = definition.body[1:]
    definition.decorator_list = []
    plain: ast.FunctionDef = Plain().visit(definition)
    return plain


class Plain(ast.NodeTransformer):
    """``x += y`` as ``x = x + y``, and a count at the start of each round of a loop."""

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.target, ast.Name):
            return node
        return ast.Assign([node.target], ast.BinOp(loaded(node.target.id), node.op, node.value))

    def visit_For(self, node: ast.For) -> ast.AST:
        return self.counted(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self.counted(node)

    def counted(self, node: ast.For | ast.While) -> ast.AST:
        self.generic_visit(node)
        node.body.insert(0, ast.Expr(ast.Call(loaded(ROUND), [], [])))
        return node


def loaded(name: str) -> ast.Name:
    """A name where its value is used."""
    return ast.Name(name, ast.Load())


def below(node: Any, path: Path = ()) -> Iterator[tuple[ast.AST, Path]]:
    """All nodes of a tree, each with the path to it."""
    if isinstance(node, list):
        for place, item in enumerate(node):
            yield from below(item, (*path, place))
    elif isinstance(node, ast.AST):
        yield node, path
        for name, value in ast.iter_fields(node):
            yield from below(value, (*path, name))


def placed(node: Any, path: Path, new: ast.AST) -> Any:
    """A tree with another node at the end of a path. All that is off the path is shared, not copied: that is fast."""
    if not path:
        return new
    step, *rest = path
    if isinstance(step, int):
        return [*node[:step], placed(node[step], tuple(rest), new), *node[step + 1 :]]
    return with_fields(node, **{step: placed(getattr(node, step), tuple(rest), new)})


def with_fields(node: ast.AST, **fields: Any) -> Any:
    """A copy of a node with other fields."""
    result = copy(node)
    for name, value in fields.items():
        setattr(result, name, value)
    return result


def names_in(node: ast.AST) -> list[str]:
    """The names whose values are used below a node, in order, once each."""
    if isinstance(node, ast.Name):
        return [node.id] if isinstance(node.ctx, ast.Load) else []
    return list(dict.fromkeys(name for child in ast.iter_child_nodes(node) for name in names_in(child)))
