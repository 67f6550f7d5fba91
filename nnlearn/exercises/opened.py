"""A function whose every part can be watched while it runs, and given another value."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache, partial
from inspect import findsource, getsource
from textwrap import dedent
from types import FunctionType
from typing import Any

import numpy as np

from nnlearn.exercises.source import ROUND, Endless, compiled, names_in, source, with_helpers
from nnlearn.exercises.task import Function
from nnlearn.sandbox.outcome import copied

MOST_LOOKS = 100_000  # values of all parts in one run: a loop whose condition gets another value may never end
MOST_ROUNDS = 200  # values of one part that are kept; a part that has more in a run is left out
MOST_NUMBERS = 2_000  # of one value
WATCH = "watch_the_part"  # what is called with the value of each part
UNTOUCHED = ("targets", "target", "optional_vars", "decorator_list", "annotation", "returns", "type", "pattern")
NEVER_PARTS = (ast.Lambda, ast.GeneratorExp, ast.Starred, ast.Slice, ast.Yield, ast.YieldFrom, ast.Await, ast.Tuple)


@dataclass(frozen=True)
class Part:
    """A part of a function as its author wrote it, and the line in which it begins, before and after it.

    first: the first place of what is within it, which ends before its own. is_whole: whether it is what a return gives
    back, or the name of one of several things. is_number, is_name: whether it is written as a number, or is a
    name alone. scope: the number of the definition in which it stands. line: the number of its line there.
    """

    text: str
    before: str
    after: str
    first: int
    is_whole: bool
    is_number: bool
    is_name: bool
    scope: int
    line: int


@dataclass(frozen=True)
class Giving:
    """A line that gives a name its value, its number, and the names that go into it, with += the name itself, too.
    in_loop: whether a loop does."""

    line: str
    number: int
    names: Sequence[str]
    in_loop: bool


Givings = Mapping[tuple[int, str], Sequence[Giving]]  # by the scope and the name


class Watch:
    """Sees the value of each part, keeps it if asked to, and gives another in its place.

    others: by the part's place, values that come instead, by their number in the run; ``every`` instead of a number
    stands for all.
    """

    every = -1

    def start(self, others: Mapping[int, Mapping[int, Any]], keep: bool = False) -> None:
        """Before a run."""
        self.others, self.keep = others, keep
        self.counts: dict[int, int] = {}
        self.kept: list[tuple[int, Any]] = []
        self.looks = 0

    def __call__(self, place: int, value: Any) -> Any:
        self.looks += 1
        if self.looks > MOST_LOOKS:
            raise Endless
        n = self.counts[place] = self.counts.get(place, -1) + 1
        if place in self.others:
            others = self.others[place]
            return dressed(others.get(n, others.get(self.every, value)), value)
        if self.keep and n <= MOST_ROUNDS and is_numbers(value):
            self.kept.append((place, np.array(value) if isinstance(value, np.ndarray) else value))
        return value


def is_numbers(value: Any) -> bool:
    """Whether it is a number, a truth, an array or a list of numbers, and not too large."""
    if isinstance(value, bool | int | float | np.generic):
        return np.asarray(value).dtype.kind in "biuf"
    if isinstance(value, list | tuple):
        return 0 < len(value) <= MOST_NUMBERS and all(map(is_one, value))
    return isinstance(value, np.ndarray) and value.dtype.kind in "biuf" and value.size <= MOST_NUMBERS


def is_one(item: Any) -> bool:
    """Whether it is one number, be it an array without axes."""
    return isinstance(item, int | float | np.generic) or (isinstance(item, np.ndarray) and item.ndim == 0)


def dressed(other: Any, value: Any) -> Any:
    """Another value in the type of the one that it replaces: a list for a list, an own copy of an array."""
    if other is value:
        return value
    if isinstance(value, list | tuple):
        return type(value)(np.asarray(other).tolist())
    return other.copy() if isinstance(other, np.ndarray) else other


@dataclass(frozen=True, eq=False)
class Opened:
    """A function whose parts are watched. It can be sent to another process.

    parts: by place, in no order. givings: what gives each name its value. function: the same function, which hands each
    value to ``watch``. own: the names of the other functions that were written for it.
    """

    function: Function
    watch: Watch
    parts: Sequence[Part] = field(repr=False)
    givings: Givings = field(repr=False)
    own: tuple[str, ...] = ()

    def __call__(self, plans: Sequence[Mapping[int, Mapping[int, Any]]] | None, *arguments: Any) -> Any:
        """Its answer and what each part gave, or, for each plan of other values, its answer (None where it fails)."""
        if plans is None:
            self.watch.start({}, keep=True)
            answer = self.function(*arguments)
            return answer, [list(each) for each in self.watch.kept]
        return [self.answer(plan, arguments) for plan in plans]

    def answer(self, plan: Mapping[int, Mapping[int, Any]], arguments: Sequence[Any]) -> Any:
        """The answer with other values; None if it fails with them."""
        self.watch.start(plan)
        try:
            return self.function(*copies(arguments))
        except Exception:
            return None


def copies(arguments: Sequence[Any]) -> list[Any]:
    """The arguments, arrays and lists as copies: the function may change them, and is called again. Objects of classes
    stay, as a copy of each for each of many calls takes long."""
    return [copied(each) if isinstance(each, np.ndarray | list | dict | tuple) else each for each in arguments]


def opened(function: Function) -> Opened | None:
    """A learner's function opened; None if its source can't be had, as of one that was typed into a bare session."""
    if not isinstance(function, FunctionType):
        return None
    try:
        written = [definition(each) for each in dict.fromkeys((function, *with_helpers(function)))]
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
    except (OSError, SyntaxError, ValueError):
        return None
    enclosed = dict(zip(function.__code__.co_freevars, cells, strict=True))
    try:
        return made(written, written[0][0].name, {**function.__globals__, **enclosed})
    except Exception:  # defined anew, it may need what is gone, or a nonlocal name
        return None


@lru_cache(maxsize=64)
def opened_reference(reference: Function) -> Opened | None:
    """A right answer opened; None if its source can't be read."""
    own = source(reference)
    if own is None:
        return None
    written = [(each, "") for each in own.tree.body if isinstance(each, ast.FunctionDef)]
    found = made(written, own.name, {"np": np, **own.known, ROUND: lambda: None})
    return Opened(partial(found.function, **own.choices), found.watch, found.parts, found.givings)


def made(written: Sequence[tuple[ast.FunctionDef, str]], name: str, known: Mapping[str, Any]) -> Opened:
    """The function of this name, watched, of these definitions, each with the text that it was read from."""
    watch, parts, givings = Watch(), list[Part](), dict[tuple[int, str], list[Giving]]()
    names = {**known, WATCH: watch}
    for scope, (tree, text) in enumerate(written):
        for each, giving in given_in(tree, text.splitlines()):
            givings.setdefault((scope, each), []).append(giving)
        exec(compiled(Opening(text, parts, scope).opened(tree), f"<{name}>"), names)
    own = {each.name for tree, _ in written for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)} - {name}
    return Opened(names[name], watch, parts, givings, tuple(own))


def given_in(tree: ast.FunctionDef, lines: Sequence[str]) -> Iterator[tuple[str, Giving]]:
    """The names that a definition gives values to, beside its arguments, each with what gives it one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AugAssign | ast.For | ast.comprehension):
            targets, value = [node.target], node.value if isinstance(node, ast.AugAssign) else node.iter
        else:
            continue
        in_loop = isinstance(node, ast.For | ast.comprehension)
        line = lines[targets[0].lineno - 1].strip() if lines else ""
        for each in (each for target in targets for each in ast.walk(target)):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                before = [each.id] if isinstance(node, ast.AugAssign) else []
                yield each.id, Giving(line, targets[0].lineno, [*before, *names_in(value)], in_loop)


def text_of(function: Any) -> str:
    """A learner's function as a text, spaced as Python spaces it; "" if it can't be read."""
    try:
        return ast.unparse(definition(function)[0])
    except (OSError, TypeError, AttributeError, SyntaxError):
        return ""


def definition(function: FunctionType) -> tuple[ast.FunctionDef, str]:
    """The definition of a function, and the text that holds it; SyntaxError if there is none.

    A lambda's is made one with a return. Several may stand in a line: it is the one that holds all that the code came
    from, and the innermost of these.
    """
    if function.__name__ != "<lambda>":
        text = dedent(getsource(function))
        found = ast.parse(text).body[0]
        if not isinstance(found, ast.FunctionDef):
            raise SyntaxError(function.__name__)
        return found, text
    lines, _ = findsource(function)
    text = "".join(lines)
    starts = [(line, column) for line, _, column, end in function.__code__.co_positions() if line and end]
    lambdas = lambdas_in(text) if starts else ()
    around = [node for node in lambdas if ends_of(node.body)[0] <= min(starts) and max(starts) < ends_of(node.body)[1]]
    if not around:
        raise SyntaxError(function.__name__)
    node = deepcopy(max(around, key=lambda node: ends_of(node)[0]))
    return named("answer", node.args, [ast.copy_location(ast.Return(node.body), node.body)]), text


@lru_cache(maxsize=8)
def lambdas_in(text: str) -> tuple[ast.Lambda, ...]:
    """Those of a cell or file, which may be long and hold many of them."""
    return tuple(node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Lambda))


def ends_of(node: ast.expr) -> tuple[tuple[int, int], tuple[int, int]]:
    """Line and column where a node begins, and where what follows it would."""
    return (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)


def named(name: str, arguments: ast.arguments, body: list[ast.stmt]) -> ast.FunctionDef:
    """A definition without decorators."""
    tree = ast.FunctionDef(name=name, args=arguments, body=body, decorator_list=[])
    return ast.fix_missing_locations(tree)


class Opening:
    """Puts a call of the watch around each part of a function."""

    def __init__(self, text: str, parts: list[Part], scope: int) -> None:
        self.lines, self.parts, self.scope = text.encode().splitlines(), parts, scope  # columns of a node count bytes

    def opened(self, tree: ast.FunctionDef) -> ast.FunctionDef:
        """The definition with its parts watched, without decorators."""
        return named(tree.name, tree.args, [self.visit(each) for each in tree.body])

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.ClassDef | ast.JoinedStr | ast.arguments | ast.Raise | ast.Import | ast.ImportFrom):
            return node
        if isinstance(node, ast.expr):
            return self.part(node)
        return self.below(node, is_return=isinstance(node, ast.Return))

    def part(self, node: ast.expr, is_whole: bool = False) -> ast.expr:
        """A part, watched with all that is below it."""
        if not isinstance(getattr(node, "ctx", None) or ast.Load(), ast.Load):
            return node
        if isinstance(node, ast.Constant) and type(node.value) not in (int, float):
            return node
        first = len(self.parts)
        several = is_whole and isinstance(node, ast.Tuple | ast.Dict)
        new = self.called(node) if isinstance(node, ast.Call) else self.below(node, is_return=several)
        if isinstance(node, NEVER_PARTS):
            return new
        place = len(self.parts)
        kinds = isinstance(node, ast.Constant), isinstance(node, ast.Name)
        self.parts.append(Part(*self.written(node), first, is_whole, *kinds, self.scope, node.lineno))
        return ast.Call(ast.Name(WATCH, ast.Load()), [ast.Constant(place), new], [])

    def called(self, node: ast.Call) -> ast.expr:
        """A call, of which the function itself is no part; what a method belongs to is."""
        func: ast.expr = node.func
        if isinstance(func, ast.Attribute):
            func = ast.Attribute(self.visit(func.value), func.attr, func.ctx)
        keywords = [ast.keyword(each.arg, self.visit(each.value)) for each in node.keywords]
        return ast.Call(func, [self.visit(each) for each in node.args], keywords)

    def below(self, node: Any, is_return: bool = False) -> Any:
        """A copy of a node with its parts watched."""
        fields = {}
        for name, value in ast.iter_fields(node):
            if name in UNTOUCHED:
                fields[name] = value
            elif isinstance(value, list):
                fields[name] = [self.visited(each, is_return) for each in value]
            elif is_return and isinstance(value, ast.expr):
                fields[name] = self.part(value, is_whole=True)
            else:
                fields[name] = self.visit(value) if isinstance(value, ast.AST) else value
        return ast.copy_location(type(node)(**fields), node)

    def visited(self, item: Any, is_return: bool) -> Any:
        """One of several below a node."""
        if is_return and isinstance(item, ast.Name):
            return self.part(item, is_whole=True)
        return self.visit(item) if isinstance(item, ast.AST) else item

    def written(self, node: ast.expr) -> tuple[str, str, str]:
        """The text of a node as it was written, and what stands before and after it in its lines."""
        if not self.lines:  # of a right answer, which is shown to nobody
            return "", "", ""
        (first, begin), (last, end) = ends_of(node)
        within = self.lines[first - 1 : last]
        before, after = within[0][:begin], within[-1][end:]
        whole = b" ".join(line.strip() for line in within)
        text = whole[len(before.lstrip()) : len(whole) - len(after.rstrip())]
        return text.decode().strip(), before.decode().lstrip(), after.decode().rstrip()
