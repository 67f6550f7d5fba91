"""One change of a formula, and what it says of the answers that it explains."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nnlearn.exercises.mutations.sentences import ONE_MINUS, ONE_OVER, ONE_PLUS, OTHER
from nnlearn.exercises.source import Path, below, names_in
from nnlearn.language import say

QUOTING = (ONE_MINUS, ONE_PLUS, ONE_OVER)


@dataclass(frozen=True, eq=False)
class Mutation:
    """One node in another's place, and what is to say of it.

    path: to the old node. fields: of the sentence; several names stand for a part of the formula. rank: how rare it is,
    by its rule.
    """

    path: Path
    old: ast.AST
    new: ast.AST
    sentence: str
    fields: Mapping[str, str | tuple[str, ...]]
    rank: int

    @cached_property
    def places(self) -> Mapping[int, list[Path]]:
        """Where each node (by id) stands below the new one."""
        found: dict[int, list[Path]] = {}
        for node, path in below(self.new):
            found.setdefault(id(node), []).append(path)
        return found

    @property
    def is_named(self) -> bool:
        """Whether all that it speaks of has a name."""
        return all(isinstance(value, str) for value in self.fields.values())

    @property
    def is_vague(self) -> bool:
        """Whether it holds one part against another, neither of which has a name: nobody can find these."""
        described = not any(isinstance(value, str) for value in self.fields.values())
        return described and (self.sentence == OTHER or self.sentence in QUOTING)

    @property
    def claimed(self) -> str:
        """The text that it says stands in the learner's answer, such as 1 - rho; "" if it quotes none."""
        return ast.unparse(self.new) if self.is_named and self.sentence in QUOTING else ""

    def said(self) -> str:
        """The sentence in the learner's language."""
        return say(self.sentence, **{name: described(value) for name, value in self.fields.items()})


@dataclass(frozen=True)
class Place:
    """What the names mean where a node stands.

    arguments: what the learner calls the same. made_of: all names that can be used, and of those that the learner need
    not know, from which arguments they are made. functions: names that are called. measured: nodes (by id) of which
    only the size is used. choices: keyword-only arguments, which the learner's function doesn't have. handed: nodes
    that a choice of the right answer is given, which the learner need not write.
    """

    arguments: tuple[str, ...]
    made_of: Mapping[str, tuple[str, ...]]
    functions: frozenset[str]
    measured: frozenset[int]
    choices: frozenset[str] = frozenset()
    handed: frozenset[int] = frozenset()

    def is_value(self, node: ast.AST) -> bool:
        """Whether a node is the use of a name whose value can be computed with."""
        return (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and (node.id in self.values and id(node) not in self.measured)
        )

    def is_unknown(self, value: Any) -> bool:
        """Whether a field is a call, such as front(4), in which nothing stands that the learner knows."""
        return isinstance(value, ast.Call) and not any(map(self.made_of.get, names_in(value)))

    @property
    def values(self) -> tuple[str, ...]:
        """The names that can be computed with."""
        return tuple(name for name in self.made_of if name not in self.functions)

    def part(self, value: Any) -> str | tuple[str, ...]:
        """A field of a sentence: a text; or of a node, which is not shown, the names that the learner knows."""
        if isinstance(value, ast.Name):
            value = value.id
        if isinstance(value, str) and value in self.made_of:
            return value if self.made_of[value] == (value,) else self.made_of[value]
        if not isinstance(value, ast.AST):
            return str(value)
        names = [known for name in names_in(value) for known in self.made_of.get(name, ())]
        return tuple(dict.fromkeys(names)) or ast.unparse(value)

    def shows_choices(self, parts: Iterable[str | tuple[str, ...]]) -> bool:
        """Whether one of the fields of a sentence names a choice, of which the learner has never heard."""
        words = {word for part in parts if isinstance(part, str) for word in re.findall(r"\w+", part)}
        return not self.choices.isdisjoint(words)


SIZES = ("shape", "ndim", "size", "len", "zeros_like", "ones_like")  # what tells nothing of the numbers in an array
Change = tuple[ast.AST, str, dict[str, Any]]  # the new node, the sentence and its fields
Rule = Callable[[Any, Place], Iterator[Change]]


def assigned(definition: ast.AST) -> list[str]:
    """The names that a definition gives to values, in order."""
    return [each.id for each in ast.walk(definition) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]


def place_of(definition: ast.FunctionDef) -> Place:
    """The names of a definition: its arguments, and those made of them. One that is made of none stands for itself."""
    arguments = tuple(argument.arg for argument in definition.args.args)
    made_of: dict[str, tuple[str, ...]] = {name: (name,) for name in arguments}
    computed: dict[str, tuple[str, ...]] = {}  # a sum may begin with 0 and be made of arguments only later
    for node in ast.walk(definition):
        if isinstance(node, ast.Assign | ast.For):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            value = node.value if isinstance(node, ast.Assign) else node.iter
            known = made_of | computed
            parts = [part for name in names_in(value) for part in known.get(name, ())]
            for name in (name for each in targets for name in assigned(each) if name not in made_of):
                computed[name] = tuple(dict.fromkeys((*computed.get(name, ()), *parts)))
    made_of |= {name: parts or (name,) for name, parts in computed.items()}
    calls = [node for node in ast.walk(definition) if isinstance(node, ast.Call)]
    functions = frozenset(node.func.id for node in calls if isinstance(node.func, ast.Name))
    sizes = [node.value for node in ast.walk(definition) if isinstance(node, ast.Attribute) and node.attr in SIZES]
    sizes += [node.args[0] for node in calls if node.args and last_name(node.func) in SIZES]
    choices = frozenset(argument.arg for argument in definition.args.kwonlyargs)
    handed = [each for node in calls if last_name(node.func) in choices for each in node.args]
    return Place(
        arguments, made_of, functions, frozenset(map(id, sizes)), choices=choices, handed=frozenset(map(id, handed))
    )


def last_name(function: ast.expr) -> str:
    """The last name of what is called: mean, of np.mean."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def described(value: str | tuple[str, ...]) -> str:
    """A field as it is shown: of a part of a formula only the names, not the formula."""
    return value if isinstance(value, str) else say("the part with {names}", names=", ".join(value))
