"""The learner's own function with some nodes of its source exchanged: which of these variants gives right answers."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from types import FunctionType
from typing import Any

from nnlearn.exercises.calls import limited
from nnlearn.exercises.opened import copies, definition
from nnlearn.exercises.source import with_helpers
from nnlearn.exercises.task import Function
from nnlearn.exercises.trying import OutOfTime, Trying

MOST_VARIANTS = 250  # that are tried

Exchange = Mapping[ast.AST, ast.AST]  # for some nodes, what comes in their place
Written = Sequence[ast.FunctionDef]


@dataclass(frozen=True)
class Variants:
    """Functions, which can be sent to another process together."""

    functions: Sequence[Function] = field(repr=False)

    def __call__(self, chosen: Sequence[int], *arguments: Any) -> list[Any]:
        """The answers of the functions of these numbers, None where one fails."""
        return [self.answer(self.functions[k], arguments) for k in chosen]

    def answer(self, function: Function, arguments: Sequence[Any]) -> Any:
        """What a function gives, None where it fails."""
        try:
            return function(*copies(arguments))
        except Exception:
            return None


def written(function: Function) -> Written:
    """The definitions of a learner's function, first, and of its helpers; none if they can't be read."""
    if not isinstance(function, FunctionType):
        return []
    try:
        return [definition(each)[0] for each in dict.fromkeys((function, *with_helpers(function)))]
    except (OSError, SyntaxError, ValueError):
        return []


def curing(trying: Trying, own: Function, definitions: Written, exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    """The exchanges, of nodes of these definitions of the learner's own function, that make every answer right.

    trying: what holds the inputs and the right answers; the first is one that fails.
    """
    ways = list(islice(exchanges, MOST_VARIANTS))
    try:
        known = known_to(own)
        trying.call = limited(Variants([made(definitions, each, known) for each in ways]), trying.question.seconds)
        for k, cured in enumerate(trying.cured(range(len(ways)), 0)):
            if cured and all(trying.cured([k], n) == [True] for n in range(1, len(trying.cases))):
                yield ways[k]
    except (OutOfTime, NameError, SyntaxError, ValueError):  # defined anew, it may need what is gone
        return


def known_to(own: Function) -> Mapping[str, Any]:
    """What the names in a function mean; ValueError if one that it has from around it has no value yet."""
    cells = zip(own.__code__.co_freevars, own.__closure__ or (), strict=True)
    return {**own.__globals__, **{name: cell.cell_contents for name, cell in cells}}


class Exchanged(ast.NodeTransformer):
    """Other nodes in place of some; the tree itself stays as it was."""

    def __init__(self, new: Exchange) -> None:
        self.new = new

    def visit(self, node: ast.AST) -> Any:
        node = self.new.get(node, node)
        fields = {name: self.within(value) for name, value in ast.iter_fields(node)}
        return ast.copy_location(type(node)(**fields), node)

    def within(self, value: Any) -> Any:
        """A field of a node, or what stands in it."""
        if isinstance(value, list):
            return [self.within(each) for each in value]
        return self.visit(value) if isinstance(value, ast.AST) else value


def made(definitions: Written, new: Exchange, known: Mapping[str, Any]) -> Function:
    """The first of these definitions as a function, with some nodes exchanged, without decorators."""
    names = dict(known)
    for tree in definitions:
        other = Exchanged(new).visit(tree)
        other.decorator_list = []
        module = ast.fix_missing_locations(ast.Module([other], type_ignores=[]))
        exec(compile(module, f"<{tree.name}>", "exec"), names)
    function: Function = names[definitions[0].name]
    return function
