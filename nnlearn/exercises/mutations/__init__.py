"""The mistakes that can be made in any formula, derived from the source of the right one.

Each rule looks at one kind of node of the tree and gives the wrong nodes that learners write in its place.
"""

import ast
from typing import Any

from nnlearn.exercises.mutations import brackets, calls, lines, names, sums
from nnlearn.exercises.mutations.mutation import Mutation, Rule, place_of
from nnlearn.exercises.source import Source, below

__all__ = ["Mutation", "mutations"]

RULES: tuple[tuple[Any, Rule], ...] = (
    (ast.FunctionDef, names.exchanged_names),
    (ast.BinOp, sums.signs),
    (ast.UnaryOp, names.other_sign),
    (ast.BinOp, sums.missing_factors),
    (ast.BinOp, sums.missing_terms),
    (ast.BinOp, sums.wrong_way_up),
    (ast.BinOp, sums.everything),
    (ast.BinOp, brackets.lost_brackets),
    (ast.FunctionDef | ast.For | ast.While | ast.If, lines.lines),
    (ast.FunctionDef | ast.For | ast.While | ast.If, lines.loops),
    (ast.Call, calls.calls),
    (ast.Call | ast.Attribute, calls.methods),
    (ast.Compare, calls.comparisons),
    (ast.BoolOp, calls.conditions),
    (ast.IfExp | ast.If, calls.branches),
    (ast.Subscript, calls.indices),
    (ast.Slice, calls.slices),
    (ast.BinOp, sums.twice),
    (ast.Name, names.other_names),
    (ast.Name, names.other_forms),
    (ast.Constant, names.other_numbers),
    (ast.BinOp, sums.other_operators),
    (ast.Return, lines.returned),
    (ast.FunctionDef, names.other_arguments),
    (ast.Name | ast.Call, names.wrapped),
)


def mutations(source: Source) -> list[Mutation]:
    """All single changes of a source, the likeliest first; its choices stay as they are: what is wrong is declared."""
    found = []
    for k, definition in enumerate(source.tree.body):
        assert isinstance(definition, ast.FunctionDef)
        place = place_of(definition)
        top = ("body", k)
        for node, path in ((definition, top), *below(definition.body, (*top, "body"))):
            for rank, (kind, rule) in enumerate(RULES):
                if isinstance(node, kind):
                    for new, sentence, fields in rule(node, place):
                        if any(map(place.is_unknown, fields.values())):
                            continue
                        parts = {name: place.part(value) for name, value in fields.items()}
                        if not place.shows_choices(parts.values()):
                            found.append(Mutation(path, node, located(new), sentence, parts, rank))
    return sorted(found, key=lambda mutation: mutation.rank)


def located(new: ast.AST) -> ast.AST:
    """A node that Python can compile: each part needs a line number, which nobody reads."""
    return ast.fix_missing_locations(new)
