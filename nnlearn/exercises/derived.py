"""Which mistakes, derived from the source of the right answer, give just what the learner's function gives."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from itertools import count, islice, takewhile

from nnlearn.exercises.mutations import Mutation, mutations
from nnlearn.exercises.slots import COUNTED, wrong_choices
from nnlearn.exercises.source import Source, placed, source
from nnlearn.exercises.task import Function, Question
from nnlearn.language import mark, say, together

MOST_HINTS = 2  # more readings of one answer help nobody
MOST_PAIRS = 1500  # of two mistakes that are tried, half a millisecond each: a check takes no longer than a breath

Fits = Callable[[Function], bool]
Pair = tuple[Mutation, Mutation, Function]


def derived(question: Question, fits: Fits, named: bool = False, text: str = "") -> list[str]:
    """What to say of the single mistakes that fit: of the likeliest, and of one other if it is as likely.

    named: only if all that the likeliest speaks of has a name in the text; where it has to be described ("the part with
    rho, gap"), there may be more to say of the learner's own function. text: the learner's own, where answers are alike
    by chance: then no mistake is named that puts in what doesn't stand there.
    """
    likely = (each for each in mutants(question) if not text or stands_in(text, each[0].new, each[0].old))
    fitting = (mutation for mutation, wrong in likely if not mutation.is_vague and fits(wrong))
    first = next(fitting, None)
    if first is None or (named and not first.is_named):
        return []
    equals = takewhile(lambda mutation: mutation.rank == first.rank, fitting)
    return list(dict.fromkeys(mutation.said() for mutation in (first, *equals)))[:MOST_HINTS]


def stands_in(text: str, new: ast.AST, old: ast.AST) -> bool:
    """Whether all names and numbers stand in a text that one node has and another has not."""
    here, there, its = ({*re.findall(r"\w+", each)} for each in (ast.unparse(new), ast.unparse(old), text))
    return here - there <= its


def derived_pairs(question: Question, fits: Fits, text: str = "") -> list[str]:
    """What to say of the first two mistakes that fit only together.

    text: the learner's own, if it is known. With two mistakes there are many ways to the same answer: none is said that
    quotes what doesn't stand there.
    """
    for first, second, wrong in islice(pairs(question), MOST_PAIRS):
        quoted = first.claimed in text and second.claimed in text
        if (quoted or not text) and fits(wrong):
            sentences = dict.fromkeys((first.said(), second.said()))
            return [together(say(TWO) if len(sentences) == 2 else "", *sentences)]
    return []


TWO = mark("Two things together explain all that you return.")


def derived_beside(question: Question, fits: Fits, text: str = "") -> list[str]:
    """What to say of the first mistake that fits together with a wrong choice of the question's; text as above."""
    for slot, choice, hint in wrong_choices(question):
        for mutation, wrong in mutants(question):
            quoted = mutation.claimed in text or not text
            if quoted and not mutation.is_vague and fits(partial(wrong, **{slot: choice})):
                return [together(say(COUNTED[2]), say(hint), mutation.said())]
    return []


@lru_cache(maxsize=64)
def mutants(question: Question) -> tuple[tuple[Mutation, Function], ...]:
    """Every single mistake in the reference, as a function; none if its source can't be read."""
    right = source(question.reference)
    return tuple(functions(right)) if right is not None else ()


def functions(right: Source) -> Iterator[tuple[Mutation, Function]]:
    """The mutations of a source that are functions at all."""
    for mutation in mutations(right):
        try:
            yield mutation, right.changed(mutation.path, mutation.new).function()
        except (SyntaxError, ValueError, TypeError, RecursionError):  # a tree that is no Python
            continue


class Kept:
    """Pairs of mistakes, each made when it is first asked for, and kept: most of the time goes into making them."""

    def __init__(self, pairs: Iterator[Pair]) -> None:
        self.coming = pairs
        self.made: list[Pair] = []

    def __iter__(self) -> Iterator[Pair]:
        for place in count():
            if place == len(self.made):
                self.made += islice(self.coming, 1)
            if place == len(self.made):  # there are no more
                return
            yield self.made[place]


@lru_cache(maxsize=1)  # 1500 functions take some 20 MB, and a learner mends the answer to one question at a time
def pairs(question: Question) -> Kept:
    """Two mistakes at once, the likeliest first: the sum of their places in the list of mutations grows."""
    right = source(question.reference)
    return Kept(iter(()) if right is None else functions_of_pairs(right))


def functions_of_pairs(right: Source) -> Iterator[Pair]:
    """The pairs of mutations of a source that are functions at all."""
    found = mutations(right)
    for total in range(1, 2 * len(found) - 2):
        for j in range(total // 2 + 1, min(total, len(found) - 1) + 1):
            first, second = found[total - j], found[j]
            try:
                yield first, second, both(right, first, second).function()
            except (SyntaxError, ValueError, TypeError, RecursionError):
                continue


def both(right: Source, first: Mutation, second: Mutation) -> Source:
    """A source with two changes; ValueError if they are of one node, or the outer doesn't leave the inner once."""
    outer, inner = sorted((first, second), key=lambda mutation: len(mutation.path))
    if inner.path[: len(outer.path)] != outer.path:
        return right.changed(outer.path, outer.new).changed(inner.path, inner.new)
    paths = outer.places.get(id(inner.old), ())
    if len(paths) != 1 or outer.path == inner.path:  # in one of two copies it would be another mistake
        raise ValueError
    return right.changed(outer.path, placed(outer.new, paths[0], inner.new))
