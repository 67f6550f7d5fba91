"""Wrong answers that the inputs of an exercise let pass: ``python -m tools.survivors [chapter ...]``.

Every mistake that can be derived from a right answer's source is tried on its question's inputs. One that gives the
right answer on all of them has survived: either it is no mistake, and the reason is written down in
tests/test_derived_mistakes.py, or the question needs an input that betrays it.
"""

import ast
from collections.abc import Iterator

import numpy as np

from nnlearn.exercises.answers import read, same
from nnlearn.exercises.calls import direct
from nnlearn.exercises.derived import mutants
from nnlearn.exercises.loader import of_chapter
from nnlearn.exercises.mutations import Mutation
from nnlearn.exercises.mutations.mutation import last_name
from nnlearn.exercises.source import Path, Source, below, source
from nnlearn.exercises.task import Arguments, Function, Question
from tools.graded import command_line

SEEDS = (0, 1)
MEANINGLESS = {  # a piece of the sentence, and what arguments must be for the mistake to be none
    "entries of": "a single number",
    "largest entry of": "a single number",
    "first entry of": "a single number",
    "without its sign": "never negative",
    "is rounded": "whole",
    "is cut to": "whole",
    "is clipped": "between -1 and 1",
}


def survivors(question: Question) -> Iterator[Mutation]:
    """The derived mistakes that all inputs let pass, without those that the arguments or the choices make meaningless.

    A choice may be handed what only a wrong one in its place looks at: a change of that is no mistake.
    """
    cases = [case for seed in SEEDS for case in question.cases(seed)]
    right = [direct(question.reference)(case).value for case in cases]

    def passes(wrong: Function) -> bool:
        return all(gives(wrong, case, value, question.tolerance) for case, value in zip(cases, right, strict=True))

    own = source(question.reference)
    unread = [] if own is None else [path for path, other in handed(own) if passes(own.changed(path, other).function())]
    for mutation, wrong in mutants(question):
        if any(mutation.path[: len(path)] == path for path in unread):
            continue
        if passes(wrong) and not meaningless(mutation, question, cases):
            yield mutation


NAN = ast.parse("np.nan", mode="eval").body


def handed(own: Source) -> list[tuple[Path, ast.AST]]:
    """The paths to what the choices of a right answer are given, and beside each the same filled with NaN."""
    definitions = [node for node in own.tree.body if isinstance(node, ast.FunctionDef)]
    choices = {argument.arg for definition in definitions for argument in definition.args.kwonlyargs}
    return [
        ((*path, "args", place), ast.fix_missing_locations(ast.BinOp(argument, ast.Mult(), NAN)))
        for node, path in below(own.tree)
        if isinstance(node, ast.Call) and last_name(node.func) in choices
        for place, argument in enumerate(node.args)
    ]


def gives(function: Function, case: Arguments, right: object, tolerance: float) -> bool:
    """Whether a function gives the right answer to an input."""
    outcome = direct(function)(case)
    try:
        return outcome.error is None and same(read(outcome.value, like=right), read(right, like=right), tolerance)
    except (TypeError, ValueError):
        return False


def meaningless(mutation: Mutation, question: Question, cases: list[Arguments]) -> bool:
    """Whether it is a sum over a single number, the size of what is never negative, or what is whole made whole."""
    name = mutation.fields.get("part")
    if name not in question.names:
        return False
    numbers = [np.asarray(case[question.names.index(name)]) for case in cases]
    numbers = [value for value in numbers if value.dtype.kind in "biuf"]
    tests = {"a single number": lambda x: x.size == 1, "never negative": lambda x: (x >= 0).all(),
             "whole": lambda x: (x == np.round(x)).all(),
             "between -1 and 1": lambda x: (abs(x) <= 1).all()}  # fmt: skip
    return any(
        piece in mutation.sentence and all(tests[of](value) for value in numbers) for piece, of in MEANINGLESS.items()
    )


def main(chapters: list[str]) -> None:
    """Prints the survivors of each question."""
    for chapter in chapters:
        for task in of_chapter(chapter):
            for name, question in task.questions.items():
                for mutation in survivors(question):
                    before, after = (" ".join(ast.unparse(node).split()) for node in (mutation.old, mutation.new))
                    print(f"{task.id} {name}: {mutation.said()}\n    {before}\n    {after}")


if __name__ == "__main__":
    main(command_line("survivors", __doc__).parse_args().chapters)
