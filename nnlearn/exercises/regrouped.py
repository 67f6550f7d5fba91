"""Brackets that are missing in the learner's own function: with them every answer is right.

Each chain of sums, products and powers is read anew with brackets around each run of its terms, in all chains of the
same form at once and in each alone.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence

from nnlearn.exercises.variants import Exchange, Written
from nnlearn.language import mark, say

MOST_TERMS = 7  # of a chain; longer ones are left as they are
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.FloorDiv: "//", ast.Mod: "%",
         ast.Pow: "**"}  # fmt: skip
BINDS = {**dict.fromkeys(SIGNS, 2), ast.Add: 1, ast.Sub: 1, ast.Pow: 3}
BRACKETS = mark("Brackets are missing. Python reads {part} as {read}.")
BRACKETS_TWICE = mark("Brackets are missing, in {n} places alike. Python reads {part} as {read}.")

Chain = tuple[list[ast.expr], list[ast.operator]]  # the terms, and what stands between them


def said_of_brackets(chains: Exchange) -> str:
    """That brackets are missing in chains of one form, and how Python reads the first."""
    part = next(iter(chains))
    sentence = BRACKETS if len(chains) == 1 else BRACKETS_TWICE
    return say(sentence, part=ast.unparse(part), read=with_all_brackets(part), n=len(chains))


def with_all_brackets(node: ast.AST, outermost: bool = True) -> str:
    """A chain with all the brackets that Python adds in thought."""
    if not isinstance(node, ast.BinOp):
        return ast.unparse(node)
    left, right = (with_all_brackets(side, False) for side in (node.left, node.right))
    text = f"{left} {SIGNS[type(node.op)]} {right}"
    return text if outermost else f"({text})"


def groupings(definitions: Written) -> Iterator[Exchange]:
    """All ways to put brackets into chains of the same form, into all of them at once first."""
    forms: dict[tuple[type, ...], list[tuple[ast.BinOp, Chain]]] = {}
    for node, chain in chains_of(definitions):
        forms.setdefault(tuple(map(type, chain[1])), []).append((node, chain))
    for form, alike in forms.items():
        for first in range(len(form)):
            for last in range(first + 1, len(form) + (first > 0)):
                new: dict[ast.AST, ast.AST] = {node: grouped(chain, first, last) for node, chain in alike}
                if any(ast.dump(node) == ast.dump(read) for node, read in new.items()):
                    continue
                yield new
                if len(new) > 1:
                    yield from ({node: read} for node, read in new.items())


def chains_of(definitions: Written) -> Iterator[tuple[ast.BinOp, Chain]]:
    """Every chain of three terms or more, each as long as it is."""
    within: set[ast.AST] = set()
    for tree in definitions:
        for node in ast.walk(tree):  # from outside inwards
            if isinstance(node, ast.BinOp) and type(node.op) in BINDS and node not in within:
                chain, links = flat(node)
                within.update(links)
                if 3 <= len(chain[0]) <= MOST_TERMS:
                    yield node, chain


def flat(node: ast.expr, least: int = 1) -> tuple[Chain, Sequence[ast.AST]]:
    """A chain as it is written, and the nodes that make it; what binds less than ``least`` stands in brackets."""
    binds = BINDS.get(type(node.op), 0) if isinstance(node, ast.BinOp) else 0
    if not isinstance(node, ast.BinOp) or binds < least:
        return ([node], []), []
    from_right = isinstance(node.op, ast.Pow)
    (left, signs), links = flat(node.left, binds + from_right)
    (right, more), others = flat(node.right, binds + (not from_right))
    return ([*left, *right], [*signs, node.op, *more]), [node, *links, *others]


def grouped(chain: Chain, first: int, last: int) -> ast.expr:
    """A chain as it reads with brackets from one term to another."""
    terms, signs = chain
    words = [f"term_{k}_" for k in range(len(terms))]
    of_term = dict(zip(words, terms, strict=True))
    words[first], words[last] = "(" + words[first], words[last] + ")"
    text = words[0] + "".join(f" {SIGNS[type(sign)]} {word}" for sign, word in zip(signs, words[1:], strict=True))
    read: ast.expr = Filled(of_term).visit(ast.parse(text, mode="eval").body)
    return read


class Filled(ast.NodeTransformer):
    """Terms in place of the names that stand for them."""

    def __init__(self, terms: Mapping[str, ast.expr]) -> None:
        self.terms = terms

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.terms[node.id]
