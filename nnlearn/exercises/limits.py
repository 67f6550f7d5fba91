"""Whether the learner's function stops too early, or takes for equal what isn't: it is run with other such numbers.

How often a loop goes round, and how near two numbers must be, are numbers that the learner has chosen. Where others
make the answer right, or better on every input, the method may well be right, and these numbers are to blame.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnlearn.exercises.answers import Answer, read
from nnlearn.exercises.task import Arguments, Function, Question
from nnlearn.exercises.trying import OutOfTime, Trying
from nnlearn.exercises.variants import Variants, Written, known_to, made, written
from nnlearn.language import mark, say

FEWEST_ROUNDS = 5  # a smaller whole number counts something else
MORE = (10, 100)  # times as many rounds
LARGEST_LIMIT = 0.05  # a larger number is no difference that may be overlooked
SHARES = (1e-2, 1e-3, 1e-4, 1e-6, 1e-9)  # of a number's size, beside the limit itself
SIZES = ("abs", "np.abs", "np.absolute", "math.fabs", "max", "np.max", "sum", "np.sum", "np.linalg.norm")
OTHER_LIMITS = (1e3, 1e6, 1e9, 1e-3, 1e-6)  # times the limit
GRIDS = ("linspace", "arange", "geomspace", "logspace")
FINER = (10, 30)  # times, the steps of a grid
SECONDS = 1  # of the processor, for one call of all, twice as long for all calls: with more rounds it takes longer
NEARER = 0.999  # of the error that it had
MUCH_NEARER = 0.9  # where no answer is right even then

LONGER = mark("You stop too early: with {more} in place of {number} your answer is right on every input.")
CREEPS = mark(
    "You stop too early: with {more} in place of {number} your answer comes nearer to the right one on every input "
    "that fails. Go on until nothing changes any more, or find the end without a loop."
)
POINTS = mark(
    "You try too few numbers: with {more} in place of {number} your answer comes nearer to the right one on every "
    "input that fails. What is asked need not be among those that you try: solve for it."
)
LIMIT = mark("{number} is no good limit for what counts as equal, or as small: {other} does better.")
AS_IT_IS = mark(
    "With {part} you hold a difference against one number: where what you compare is far smaller all passes for "
    "equal, where far larger nothing does. Compare the difference with a share of its size."
)
TOO_FEW = mark("You stop too early: {number} is too few for the digits that are asked for.")
IN_STEPS = mark(
    "You go in steps, of which {number} says how small they are: with smaller ones your answer comes nearer to the "
    "right one on every input that fails. Halve the interval that holds it, or compute it, in place of trying all in "
    "turn."
)
BELOW = mark("{name} takes all numbers below 1e-8 for equal: give it atol=0.")
DIGITS = mark(
    "{name} takes numbers for different from the ninth digit on. The numbers here aren't so exact: set rel_tol."
)


@dataclass(frozen=True)
class Changed:
    """The learner's definitions with another number, what to say where all is right then, and where all is better."""

    definitions: Written
    said: str
    better: str = ""
    beside: str = ""  # where another mistake is left


def of_limits(
    question: Question,
    cases: Sequence[Arguments],
    right: Sequence[Answer],
    got: Sequence[Answer],
    function: Function,
    known: Callable[[Sequence[Answer]], str],
) -> str:
    """What to say of a number by which the learner's function stops too early, or compares; "" if none is to blame.

    cases: all inputs, first one that fails. known: what is known of other answers to these inputs: beside such a number
    there may be a mistake.
    """
    found, better = changes_of(function), ""
    is_text = isinstance(right[0], str)  # a word has no digits that are too few
    if not found:
        return ""
    try:
        names = known_to(function)
        functions = [made(each.definitions, {}, names) for each in found]
        trying = Trying(replace(question, seconds=SECONDS), cases, right, got, Variants(functions))
        for number, each in enumerate(found):
            first = in_time(trying, number, may_fail=each.better == each.said)
            if not better and each.better and is_better(trying, first):  # known even if the time ends with the others
                better = each.better
            if len(first) < len(trying.failing):
                continue
            answers = [first[k] if k in first else trying.ran([number], k)[0] for k in range(len(cases))]
            if all(trying.is_answer(answer, right[k], k) for k, answer in enumerate(answers)):
                return each.said
            if (
                not better
                and not (is_text and each.better)
                and each.beside
                and (hint := besides(right, answers, known))
            ):
                better = say("Two things. {one} {other}", one=each.beside, other=hint)
    except (OutOfTime, NameError, SyntaxError, ValueError, TypeError):
        pass
    return better


def in_time(trying: Trying, number: int, may_fail: bool) -> dict[int, Any]:
    """What a change gives for the inputs that fail; may_fail: with a narrower limit some may take too long."""
    found = {}
    for k in trying.failing:
        try:
            found[k] = trying.ran([number], k)[0]
        except OutOfTime:
            if not may_fail:
                raise
    if not found:
        raise OutOfTime
    return found


def is_better(trying: Trying, answers: Mapping[int, Any]) -> bool:
    """Whether every answer that failed is nearer to the right one: some so near that it is right, or all by much."""
    better = [distance(answer, trying.right[k]) for k, answer in answers.items()]
    before = [distance(trying.got[k], trying.right[k]) for k in answers]
    mended = any(trying.is_answer(answer, trying.right[k], k) for k, answer in answers.items())
    share = NEARER if mended else MUCH_NEARER
    return all(new < share * old for new, old in zip(better, before, strict=True))


def distance(answer: Any, right: Answer) -> float:
    """How far an answer is from the right one; infinitely far where that can't be said."""
    try:
        return float(np.abs(np.asarray(answer, float) - np.asarray(right, float)).max())
    except (TypeError, ValueError):
        return np.inf


def besides(right: Sequence[Answer], answers: Sequence[Any], known: Callable[[Sequence[Answer]], str]) -> str:
    """What is known of answers that are still wrong."""
    return known([read(answer, like=needed) for answer, needed in zip(answers, right, strict=True)])


def changes_of(function: Function) -> list[Changed]:
    """The learner's function with other numbers; none if its source can't be had."""
    trees = written(function)
    return [*of_calls(trees), *of_numbers(trees), *of_differences(trees), *of_steps(trees)]


def of_calls(trees: Written) -> Iterator[Changed]:
    """All calls that compare with a limit of their own, with another."""
    for module, names, limit, value, sentence in (
        ("np", ("allclose", "isclose"), "atol", 0, BELOW),
        ("math", ("isclose",), "rel_tol", 1e-4, DIGITS),
    ):
        copies = deepcopy(list(trees))
        calls = [
            node
            for tree in copies
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
            and ast.unparse(node.func.value) == module and len(node.args) < 4 and limit not in
            [each.arg for each in node.keywords]
        ]  # fmt: skip
        for call in calls:
            call.keywords.append(ast.keyword(limit, ast.Constant(value)))
        if calls:
            said = say(sentence, name=ast.unparse(calls[0].func))
            yield Changed(copies, said, beside=said)


def of_numbers(trees: Written) -> Iterator[Changed]:
    """Each number of rounds larger, each limit wider and narrower."""
    for k, tree in enumerate(trees):
        for place, node in enumerate(ast.walk(tree)):
            value = node.value if isinstance(node, ast.Constant) else None
            if type(value) is int and value >= FEWEST_ROUNDS and decides(tree, node) and not scales(tree, node):
                for times in MORE:
                    fields = {"number": value, "more": times * value}
                    longer, creeps, too_few = (say(sentence, **fields) for sentence in (LONGER, CREEPS, TOO_FEW))
                    yield Changed(with_number(trees, k, place, times * value), longer, creeps, too_few)
            if type(value) is float and 0 < value <= LARGEST_LIMIT and decides(tree, node):
                for factor in OTHER_LIMITS:
                    other = f"{factor * value:.6g}"
                    said = say(LIMIT, number=f"{value:g}", other=other)
                    yield Changed(with_number(trees, k, place, float(other)), said, said, said)


def of_differences(trees: Written) -> Iterator[Changed]:
    """Each size of a difference that is held against a number, held against a share of what is subtracted."""
    for k, tree in enumerate(trees):
        for place, node in enumerate(ast.walk(tree)):
            limit = limit_of(node)
            if limit is None:
                continue
            said = say(AS_IT_IS, part=ast.unparse(node))
            for share in dict.fromkeys((limit, *SHARES)):
                copies = deepcopy(list(trees))
                compared = list(ast.walk(copies[k]))[place]
                assert isinstance(compared, ast.Compare)
                size = Subtracted().visit(deepcopy(compared.left))
                compared.comparators = [ast.BinOp(ast.Constant(share), ast.Mult(), size)]
                yield Changed(copies, said, beside=said)


def of_steps(trees: Written) -> Iterator[Changed]:
    """Each step in which a number grows or shrinks in a loop, or a grid is made, finer."""
    for k, tree in enumerate(trees):
        steps = set(map(id, steps_in(tree)))
        for place, node in enumerate(ast.walk(tree)):
            value = node.value if isinstance(node, ast.Constant) else None
            if id(node) in steps and isinstance(value, int | float) and value > 1e-9:
                for times in FINER:
                    other = finer(value, times)
                    said = say(POINTS if type(value) is int else IN_STEPS, number=value, more=other)
                    yield Changed(with_number(trees, k, place, other), said, said, said)


def steps_in(tree: ast.FunctionDef) -> Iterator[ast.AST]:
    """The numbers that are the step of a grid: added to a name or multiplied with it, or in the call that makes it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AugAssign):
            step: ast.AST = node.value
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and is_of(node.value, node.targets[0]):
            step = node.value.right
        else:
            step = node
        if step is not node and isinstance(step, ast.Constant) and type(step.value) is float:
            yield step
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(GRIDS):
            yield from (*node.args[2:3], *(each.value for each in node.keywords if each.arg == "num"))


def is_of(changed: ast.BinOp, target: ast.AST) -> bool:
    """Whether a name gets its own value with something added to it, or times something."""
    return ast.unparse(changed.left) == ast.unparse(target)


def finer(step: float, times: int) -> float:
    """A step so many times smaller: a number of points, a factor near 1, or what is added."""
    if isinstance(step, int):
        return times * step
    return 1 + (step - 1) / times if 0.5 < step < 2 else step / times


def limit_of(node: ast.AST) -> float | None:
    """The number against which a condition holds the size of one difference; None if it does something else."""
    if not isinstance(node, ast.Compare) or len(node.ops) > 1 or not isinstance(node.comparators[0], ast.Constant):
        return None
    parts = list(ast.walk(node.left))
    calls = [ast.unparse(each.func) for each in parts if isinstance(each, ast.Call)]
    differences = [each for each in parts if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Sub)]
    value = node.comparators[0].value
    if len(differences) != 1 or not calls or calls[0] not in SIZES or type(value) is not float:
        return None
    return value if 0 < value <= LARGEST_LIMIT else None


class Subtracted(ast.NodeTransformer):
    """A difference gives way to what is subtracted in it."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        return node.right if isinstance(node.op, ast.Sub) else self.generic_visit(node)


def decides(tree: ast.FunctionDef, number: ast.AST) -> bool:
    """Whether a number stands where it decides: in a range, a condition, as a limit of a call, or alone for a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare | ast.While):
            within: list[ast.AST] = [node.test if isinstance(node, ast.While) else node]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "range":
            within = [*node.args]
        elif isinstance(node, ast.keyword | ast.Assign):
            if node.value is number:
                return True
            continue
        else:
            continue
        if any(each is number for part in within for each in ast.walk(part)):
            return True
    return False


def scales(tree: ast.FunctionDef, number: ast.AST) -> bool:
    """Whether a number is a factor, or what is divided by, within a comparison: then it counts no rounds."""
    return any(
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div) and number in (node.left, node.right)
        for compare in ast.walk(tree) if isinstance(compare, ast.Compare) for node in ast.walk(compare)
    )  # fmt: skip


def with_number(trees: Written, k: int, place: int, value: float) -> list[ast.FunctionDef]:
    """Copies of the definitions, in one of which a number, by its place in a walk, is another."""
    copies = deepcopy(list(trees))
    node = list(ast.walk(copies[k]))[place]
    assert isinstance(node, ast.Constant)
    node.value = value
    return copies
