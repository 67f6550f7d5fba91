"""The mistakes that can be made in any formula, derived from its source: one change of the tree each, and its sentence.

A sentence says what holds of the changed formula, in the names of the right one, and never what belongs there.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from nnlearn.exercises.source import ROUND, Path, Source, below, loaded, names_in, placed, with_fields
from nnlearn.language import mark, say


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

    def said(self) -> str:
        """The sentence in the learner's language."""
        return say(self.sentence, **{name: described(value) for name, value in self.fields.items()})


@dataclass(frozen=True)
class Place:
    """What the names mean where a node stands.

    arguments: what the learner calls the same. made_of: all names that can be used, and of those that the learner need
    not know, from which arguments they are made.
    """

    arguments: tuple[str, ...]
    made_of: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.made_of)

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


Change = tuple[ast.AST, str, dict[str, Any]]  # the new node, the sentence and its fields
Rule = Callable[[Any, Place], Iterator[Change]]


def mutations(source: Source) -> list[Mutation]:
    """All single changes of a source, the likeliest first."""
    found = []
    for k, definition in enumerate(source.tree.body):
        assert isinstance(definition, ast.FunctionDef)
        place = place_of(definition)
        for node, path in below(definition, ("body", k)):
            for rank, (kind, rule) in enumerate(RULES):
                if isinstance(node, kind):
                    for new, sentence, fields in rule(node, place):
                        parts = {name: place.part(value) for name, value in fields.items()}
                        found.append(Mutation(path, node, located(new), sentence, parts, rank))
    return sorted(found, key=lambda mutation: mutation.rank)


def located(new: ast.AST) -> ast.AST:
    """A node that Python can compile: each part needs a line number, which nobody reads."""
    return ast.fix_missing_locations(with_fields(new))


def assigned(definition: ast.AST) -> list[str]:
    """The names that a definition gives to values, in order."""
    return [each.id for each in ast.walk(definition) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]


def place_of(definition: ast.FunctionDef) -> Place:
    """The names of a definition: its arguments, and what is made of them; a name that is made of none stands for itself."""
    arguments = tuple(argument.arg for argument in definition.args.args)
    made_of: dict[str, tuple[str, ...]] = {name: (name,) for name in arguments}
    for node in ast.walk(definition):
        if isinstance(node, ast.Assign | ast.For):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            value = node.value if isinstance(node, ast.Assign) else node.iter
            parts = tuple(dict.fromkeys(known for name in names_in(value) for known in made_of.get(name, ())))
            for name in (name for each in targets for name in assigned(each)):
                made_of.setdefault(name, parts or (name,))
    return Place(arguments, made_of)


def described(value: str | tuple[str, ...]) -> str:
    """A field as it is shown: of a part of a formula only the names, not the formula."""
    return value if isinstance(value, str) else say("the part with {names}", names=", ".join(value))


# --- Sums and products ---


def binary(left: ast.AST, kind: type[ast.operator], right: ast.AST) -> ast.BinOp:
    return ast.BinOp(left, kind(), right)  # type: ignore[arg-type]


def negative(node: ast.AST) -> ast.UnaryOp:
    return ast.UnaryOp(ast.USub(), node)  # type: ignore[arg-type]


def root(node: ast.AST) -> ast.BinOp:
    return binary(node, ast.Pow, ast.Constant(0.5))


def is_sum(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)


def is_product(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)


def is_fraction(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)


def signs(node: ast.BinOp, place: Place) -> Iterator[Change]:
    """a + b for a - b."""
    if isinstance(node.op, ast.Add):
        yield binary(node.left, ast.Sub, node.right), mark("In your answer {part} has the wrong sign."), {"part": node.right}
        yield binary(node.right, ast.Sub, node.left), mark("In your answer {part} has the wrong sign."), {"part": node.left}
    elif isinstance(node.op, ast.Sub):
        yield binary(node.left, ast.Add, node.right), mark("In your answer {part} has the wrong sign."), {"part": node.right}
        yield binary(node.right, ast.Sub, node.left), mark("In your answer {part} has the wrong sign."), {"part": node}
        yield binary(negative(node.left), ast.Sub, node.right), mark("In your answer {part} has the wrong sign."), {"part": node.left}


def missing_terms(node: ast.BinOp, place: Place) -> Iterator[Change]:
    """a for a + b."""
    if not is_sum(node):
        return
    yield node.left, mark("In your answer {part} is left out."), {"part": node.right}
    minus = isinstance(node.op, ast.Sub)
    yield negative(node.right) if minus else node.right, mark("In your answer {part} is left out."), {"part": node.left}
    if minus and isinstance(node.left, ast.Constant):
        yield node.right, mark("In your answer {part} itself stands where something else made of it belongs."), {"part": node.right}


def missing_factors(node: ast.BinOp, place: Place) -> Iterator[Change]:
    """a for a * b."""
    if is_product(node):
        yield node.left, mark("In your answer {part} is left out."), {"part": node.right}
        yield node.right, mark("In your answer {part} is left out."), {"part": node.left}
    elif is_fraction(node):
        yield node.left, mark("In your answer the division by {part} is left out."), {"part": node.right}
        yield binary(ast.Constant(1), ast.Div, node.right), mark("In your answer {part} is left out."), {"part": node.left}
    elif isinstance(node.op, ast.Pow):
        yield node.left, mark("In your answer {part} is not raised to a power."), {"part": node.left}


def wrong_way_up(node: ast.BinOp, place: Place) -> Iterator[Change]:
    """a / b for a * b or b / a."""
    if is_product(node):
        yield binary(node.left, ast.Div, node.right), mark("In your answer {part} is upside down."), {"part": node.right}
        yield binary(node.right, ast.Div, node.left), mark("In your answer {part} is upside down."), {"part": node.left}
    elif is_fraction(node):
        yield binary(node.left, ast.Mult, node.right), mark("In your answer {part} is upside down."), {"part": node.right}
        yield binary(node.right, ast.Div, node.left), mark("In your answer {part} is upside down."), {"part": node}


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
                yield whole, mark("In your answer {factor} multiplies everything, {part} too."), {"factor": factor, "part": outer}
                moved = ordered(rest, binary(factor, ast.Mult, outer))
                yield moved, mark("In your answer {factor} stands at {part}, not where it belongs."), {"factor": factor, "part": outer}
        elif is_sum(node) and is_fraction(inner):
            whole = binary(ordered(inner.left, outer), ast.Div, inner.right)
            yield whole, mark("In your answer {factor} divides everything, {part} too."), {"factor": inner.right, "part": outer}
        elif (is_product(node) or (is_fraction(node) and first)) and is_sum(inner):
            of_one = ast.BinOp(ordered(inner.left, outer), inner.op, inner.right)  # type: ignore[arg-type]
            of_other = ast.BinOp(inner.left, inner.op, ordered(inner.right, outer))  # type: ignore[arg-type]
            sentence = mark("In your answer {factor} multiplies only {part}.")
            if is_fraction(node):
                sentence = mark("In your answer {factor} divides only {part}.")
            yield of_one, sentence, {"factor": outer, "part": inner.left}
            yield of_other, sentence, {"factor": outer, "part": inner.right}
        elif is_fraction(node) and is_product(inner) and not first:
            for factor, rest in ((inner.left, inner.right), (inner.right, inner.left)):
                above = binary(binary(outer, ast.Div, rest), ast.Mult, factor)
                yield above, mark("In your answer {factor} is upside down."), {"factor": factor}
        elif is_fraction(node) and is_sum(inner) and not first and is_product(inner.right):
            yield binary(node.left, ast.Div, inner.left), mark("In your answer {part} is left out."), {"part": inner.right}


def twice(node: ast.BinOp, place: Place) -> Iterator[Change]:
    """a * b * b or a * sqrt(b) for a * b; a + 2 * b or a + b / 2 for a + b."""
    if is_sum(node):
        sides = (("left", node.left), ("right", node.right))
        for name, side in sides:
            double, half = binary(ast.Constant(2), ast.Mult, side), binary(side, ast.Div, ast.Constant(2))
            yield with_fields(node, **{name: double}), mark("In your answer {part} comes in twice."), {"part": side}
            yield with_fields(node, **{name: half}), mark("In your answer {part} comes in by half."), {"part": side}
    elif is_product(node) or is_fraction(node):
        for name, side in (("left", node.left), ("right", node.right)):
            if not isinstance(side, ast.Constant):
                squared = binary(side, ast.Mult, side)
                yield with_fields(node, **{name: squared}), mark("In your answer {part} comes in twice, as a square."), {"part": side}
                yield with_fields(node, **{name: root(side)}), mark("In your answer the root of {part} is taken."), {"part": side}


def other_operators(node: ast.BinOp, place: Place) -> Iterator[Change]:
    """a + b for a * b, a ** b for a * b, a // b for a / b."""
    both = {"left": node.left, "right": node.right}
    if is_product(node):
        yield binary(node.left, ast.Add, node.right), mark("In your answer {left} and {right} are added."), both
        yield binary(node.left, ast.Sub, node.right), mark("In your answer {right} is subtracted from {left}."), both
        yield binary(node.left, ast.Pow, node.right), mark("In your answer {right} is taken as a power."), both
        yield binary(node.right, ast.Pow, node.left), mark("In your answer {left} is taken as a power."), both
    elif is_fraction(node):
        yield binary(node.left, ast.FloorDiv, node.right), mark("In your answer the division cuts to a whole number."), {}
        yield binary(node.left, ast.Sub, node.right), mark("In your answer {right} is subtracted from {left}."), both
    elif isinstance(node.op, ast.FloorDiv):
        yield binary(node.left, ast.Div, node.right), mark("In your answer the division keeps a fraction."), {}
    elif is_sum(node):
        yield binary(node.left, ast.Mult, node.right), mark("In your answer {left} and {right} are multiplied."), both
        yield binary(node.left, ast.Div, node.right), mark("In your answer {left} is divided by {right}."), both
    elif isinstance(node.op, ast.Pow):
        yield binary(node.left, ast.Mult, node.right), mark("In your answer {left} is multiplied by {right}."), both
        yield binary(node.right, ast.Pow, node.left), mark("In your answer the base and the power are exchanged."), {}
        yield root(node.left), mark("In your answer the root of {left} is taken."), both
    elif isinstance(node.op, ast.MatMult):
        yield binary(node.right, ast.MatMult, node.left), mark("In your answer the two sides of @ are exchanged."), {}
        yield binary(node.left, ast.Mult, node.right), mark("In your answer @ is taken number by number, without a sum."), {}


# --- Numbers and names ---


def other_numbers(node: ast.Constant, place: Place) -> Iterator[Change]:
    """2 for 1."""
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        return
    value = node.value
    others = {value + 1, value - 1, 2 * value, value / 2} if isinstance(value, int) else {2 * value, value / 2, 0}
    for other in sorted(others - {value}, key=lambda each: abs(each - value)):
        whole = int(other) if other == int(other) and isinstance(value, int) else other
        new = negative(ast.Constant(-whole)) if whole < 0 else ast.Constant(whole)
        yield new, mark("In your answer {number} stands where another number belongs."), {"number": f"{whole:g}"}


def other_sign(node: ast.UnaryOp, place: Place) -> Iterator[Change]:
    """a for -a."""
    if isinstance(node.op, ast.USub):
        if isinstance(node.operand, ast.Constant) and node.operand.value == 1:
            yield ast.Constant(0), mark("In your answer {number} stands where another number belongs."), {"number": "0"}
        yield node.operand, mark("In your answer a minus at {part} is left out."), {"part": node.operand}
    elif isinstance(node.op, ast.Not):
        yield node.operand, mark("In your answer a condition is turned round: that on {part}."), {"part": node.operand}


def other_names(node: ast.Name, place: Place) -> Iterator[Change]:
    """b for a."""
    if isinstance(node.ctx, ast.Load) and node.id in place.names:
        for other in place.names:
            if other != node.id:
                yield loaded(other), mark("In your answer {other} stands where {name} belongs."), {"other": other, "name": node.id}


def other_forms(node: ast.Name, place: Place) -> Iterator[Change]:
    """1 - a, -a, a * a for a."""
    if not isinstance(node.ctx, ast.Load) or node.id not in place.names:
        return
    one, name = ast.Constant(1), {"name": node.id}
    yield binary(one, ast.Sub, node), mark("In your answer 1 - {name} stands where {name} belongs."), name
    yield negative(node), mark("In your answer {name} has the wrong sign."), name
    yield binary(node, ast.Mult, node), mark("In your answer {name} comes in squared."), name
    yield binary(one, ast.Add, node), mark("In your answer 1 + {name} stands where {name} belongs."), name
    yield binary(node, ast.Add, one), mark("In your answer {name} is one too large."), name
    yield binary(node, ast.Sub, one), mark("In your answer {name} is one too small."), name
    yield binary(one, ast.Div, node), mark("In your answer 1 / {name} stands where {name} belongs."), name
    yield root(node), mark("In your answer the root of {name} is taken."), name


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
)


def wrapped(node: ast.expr, place: Place) -> Iterator[Change]:
    """abs(a), sum(a), a / norm(a) for a."""
    if (isinstance(node, ast.Name) and node.id in place.arguments and isinstance(node.ctx, ast.Load)) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in place.arguments
    ):
        for pattern, sentence in WRAPPERS:
            yield ast.parse(pattern.format(ast.unparse(node)), mode="eval").body, sentence, {"part": node}


def exchanged_names(node: ast.FunctionDef, place: Place) -> Iterator[Change]:
    """f(b, a) for f(a, b)."""
    for one, other in combinations(place.arguments, 2):
        arguments = [{one: other, other: one}.get(name, name) for name in place.arguments]
        inner = ast.Tuple([loaded(name) for name in arguments], ast.Load())
        outer = ast.Tuple([ast.Name(name, ast.Store()) for name in place.arguments], ast.Store())
        body = [ast.Assign([outer], inner), *node.body]
        yield with_fields(node, body=body), mark("In your answer {one} and {other} are exchanged."), {"one": one, "other": other}


# --- Calls, indices and conditions ---

SIBLINGS = (
    ("sum", "mean", "max", "min", "median", "std"),
    ("max", "min", "maximum", "minimum"),
    ("maximum", "minimum"),
    ("round", "rint", "floor", "ceil", "trunc"),
    ("argmax", "argmin"),
    ("log", "log2", "log10"),
    ("any", "all"),
    ("repeat", "tile"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("sum", "prod"),
    ("abs", "sign"),
    ("std", "var"),
    ("floor", "ceil", "round"),
)
MODULES = ("np", "math", "linalg")


def calls(node: ast.Call, place: Place) -> Iterator[Change]:
    """a for f(a); f(b, a) for f(a, b); f(a) + f(b) for f(a + b); mean for sum."""
    name = called(node.func)
    if name in (ROUND, ""):
        return
    fields = {"name": name}
    if len(node.args) >= 1 and name not in ("range", "len", "zip", "enumerate"):
        yield node.args[0], mark("In your answer {name} is left out."), fields
    for other in dict.fromkeys(each for family in SIBLINGS if name in family for each in family if each != name):
        yield (with_fields(node, func=renamed(node.func, other)), mark("In your answer {other} stands where {name} belongs."),
               {"other": other, "name": name})  # fmt: skip
    for k in range(len(node.args) - 1):
        args = [*node.args[:k], node.args[k + 1], node.args[k], *node.args[k + 2 :]]
        yield with_fields(node, args=args), mark("In your answer two arguments of {name} are exchanged."), fields
    for keyword in node.keywords:
        rest = [each for each in node.keywords if each is not keyword]
        yield (with_fields(node, keywords=rest), mark("In your answer {keyword} is left out where {name} is called."),
               {**fields, "keyword": keyword.arg})  # fmt: skip
    if name == "range":
        for change, sentence in ((ast.Add, mark("In your answer there is one round too many.")),
                                 (ast.Sub, mark("In your answer there is one round too few."))):  # fmt: skip
            end = binary(node.args[-1] if len(node.args) == 1 else node.args[1], change, ast.Constant(1))
            args = [end] if len(node.args) == 1 else [node.args[0], end, *node.args[2:]]
            yield with_fields(node, args=args), sentence, {}
    if len(node.args) == 1 and is_sum(node.args[0]):
        parts = node.args[0]
        apart = [with_fields(node, args=[part]) for part in (parts.left, parts.right)]  # type: ignore[attr-defined]
        summed = ast.BinOp(apart[0], parts.op, apart[1])  # type: ignore[attr-defined]
        yield summed, mark("In your answer {name} is taken of each part alone, not of the whole."), fields


def methods(node: ast.Call | ast.Attribute, place: Place) -> Iterator[Change]:
    """a for a.f() or a.T."""
    function = node.func if isinstance(node, ast.Call) else node
    if not isinstance(function, ast.Attribute):
        return
    if isinstance(function.value, ast.Name) and function.value.id in MODULES:
        return
    if isinstance(function.value, ast.Attribute) and function.value.attr in MODULES:
        return
    if isinstance(node, ast.Call) or node.attr in ("T", "real"):
        yield function.value, mark("In your answer {name} is left out."), {"name": function.attr}


def called(function: ast.expr) -> str:
    """The last name of what is called: mean, of np.mean."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def renamed(function: ast.expr, name: str) -> ast.expr:
    """The same with another last name."""
    changed: ast.expr = with_fields(function, **{"attr" if isinstance(function, ast.Attribute) else "id": name})
    return changed


def indices(node: ast.Subscript, place: Place) -> Iterator[Change]:
    """a for a[k]; a[0] for a[-1]; one place more or less."""
    if isinstance(node.ctx, ast.Load):
        yield node.value, mark("In your answer {part} is taken whole."), {"part": node.value}


def slices(node: ast.Slice, place: Place) -> Iterator[Change]:
    """a[:] for a[1:]."""
    for name, sentence in (("lower", mark("In your answer a slice begins too early, at the start.")),
                           ("upper", mark("In your answer a slice goes on to the end.")),
                           ("step", mark("In your answer a slice is not taken in its steps or order."))):  # fmt: skip
        if getattr(node, name) is not None:
            yield with_fields(node, **{name: None}), sentence, {}


EQUAL = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
OPPOSITE = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
            ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In}  # fmt: skip


def comparisons(node: ast.Compare, place: Place) -> Iterator[Change]:
    """<= for <, >= for <."""
    part = {"part": node}
    if len(node.ops) == 1:
        kind = type(node.ops[0])
        if kind in EQUAL:
            yield (with_fields(node, ops=[EQUAL[kind]()]),
                   mark("In your answer the limit itself counts to the wrong side, in the condition on {part}."), part)  # fmt: skip
        yield with_fields(node, ops=[OPPOSITE[kind]()]), mark("In your answer a condition is turned round: that on {part}."), part


def conditions(node: ast.BoolOp, place: Place) -> Iterator[Change]:
    """or for and; one condition less."""
    if isinstance(node.op, ast.And):
        yield with_fields(node, op=ast.Or()), mark("In your answer one condition is enough where all are needed."), {}
    else:
        yield with_fields(node, op=ast.And()), mark("In your answer all conditions are asked for where one is enough."), {}
    for value in node.values:
        rest = [each for each in node.values if each is not value]
        yield (rest[0] if len(rest) == 1 else with_fields(node, values=rest), mark("In your answer the condition on {part} is left out."),
               {"part": value})  # fmt: skip


def branches(node: ast.IfExp | ast.If, place: Place) -> Iterator[Change]:
    """Always the one, or always the other."""
    test = {"part": node.test}
    sentence = mark("In your answer the condition on {part} makes no difference: always the same way is taken.")
    for always in (True, False):
        yield with_fields(node, test=ast.Constant(always)), sentence, test


# --- Lines ---

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
                yield with_fields(node, body=rest), mark("In your answer a line is left out: the one with {part}."), {"part": line}
            elif (name := target(line)) in place.arguments or not isinstance(node, ast.FunctionDef):
                yield with_fields(node, body=rest), mark("In your answer {name} is not updated."), {"name": name}
        if k + 1 < len(body) and not isinstance(body[k + 1], ast.Return):
            both = {"first": done(body[k + 1]), "second": done(line)}
            swapped = [*body[:k], body[k + 1], line, *body[k + 2 :]]
            yield with_fields(node, body=swapped), mark("In your answer the line for {first} comes before that for {second}."), both
        if isinstance(line, ast.Assign) and (name := target(line)) in names_before(node, k, place):
            yield from old_values(node, k, name)


def old_values(node: Body, k: int, name: str) -> Iterator[Change]:
    """The value that a name had before line k, used once in a later line."""
    old = f"old_{name}"
    for later in range(k + 1, len(node.body)):
        for use, path in below(node.body[later]):
            if isinstance(use, ast.Name) and use.id == name and isinstance(use.ctx, ast.Load):
                changed = placed(node.body[later], path, loaded(old))
                kept = ast.Assign([ast.Name(old, ast.Store())], loaded(name))
                body = [*node.body[:k], kept, *node.body[k:later], changed, *node.body[later + 1 :]]
                yield (with_fields(node, body=body), mark("In your answer the old value of {name} is used where the new one belongs."),
                       {"name": name})  # fmt: skip


def names_before(node: Body, k: int, place: Place) -> set[str]:
    """The names that have a value before line k; inside a loop all may have one."""
    if not isinstance(node, ast.FunctionDef):
        return set(place.names)
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
                   mark("In your answer {line} comes once, below the loop."), {"line": done(inside[-1])})  # fmt: skip
            shorter = with_fields(loop, body=[count, *inside[1:]])
            yield (with_fields(node, body=[*before, inside[0], shorter, *after]),
                   mark("In your answer {line} comes once, before the loop."), {"line": done(inside[0])})  # fmt: skip
        one_round = with_fields(loop, body=[*loop.body, ast.Break()])
        yield with_fields(node, body=[*before, one_round, *after]), mark("In your answer the loop ends after its first round."), {}


def returned(node: ast.Return, place: Place) -> Iterator[Change]:
    """One thing for several; the wrong sign."""
    if isinstance(node.value, ast.Tuple):
        for value in node.value.elts:
            yield with_fields(node, value=value), mark("In your answer only {part} comes back."), {"part": value}


def is_count(line: ast.stmt) -> bool:
    """Whether a line is the count that Source puts into a loop."""
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Call) and called(line.value.func) == ROUND


def target(line: ast.Assign) -> str:
    """The name that a line gives to its value; "" if it is none."""
    return line.targets[0].id if isinstance(line.targets[0], ast.Name) else ""


def done(line: ast.stmt) -> Any:
    """What a line does, in short: the name that it gives, or what it uses."""
    return target(line) or line if isinstance(line, ast.Assign) else line


RULES: tuple[tuple[Any, Rule], ...] = (
    (ast.FunctionDef, exchanged_names),
    (ast.BinOp, signs),
    (ast.UnaryOp, other_sign),
    (ast.BinOp, missing_factors),
    (ast.BinOp, missing_terms),
    (ast.BinOp, wrong_way_up),
    (ast.BinOp, everything),
    (ast.FunctionDef | ast.For | ast.While | ast.If, lines),
    (ast.FunctionDef | ast.For | ast.While | ast.If, loops),
    (ast.Call, calls),
    (ast.Call | ast.Attribute, methods),
    (ast.Compare, comparisons),
    (ast.BoolOp, conditions),
    (ast.IfExp | ast.If, branches),
    (ast.Subscript, indices),
    (ast.Slice, slices),
    (ast.BinOp, twice),
    (ast.Name, other_names),
    (ast.Name, other_forms),
    (ast.Constant, other_numbers),
    (ast.BinOp, other_operators),
    (ast.Return, returned),
    (ast.Name | ast.Call, wrapped),
)
