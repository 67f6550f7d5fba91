"""How a wrong answer that nobody foresaw relates to the right one: its sign, a factor, the shape, the order."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from nnlearn.checks import Array
from nnlearn.exercises.answers import TOLERANCE, Answer, close, same
from nnlearn.exercises.task import Arguments
from nnlearn.language import mark, say

NEAR = 0.05  # what counts as close, of the largest number
POWERS: dict[str, Callable[[Array], Array]] = {
    "{}": lambda q: q,
    "1 / {}": lambda q: 1 / q,
    "{}**2": lambda q: q * q,
    "1 / {}**2": lambda q: 1 / (q * q),
    "sqrt({})": lambda q: np.sqrt(q),
    "1 / sqrt({})": lambda q: 1 / np.sqrt(q),
}
TIMES = mark("On every input your answer is {factor} times the right one.")
RELATIONS: tuple[tuple[Callable[[Array, Array], bool], str], ...] = (
    (lambda a, b: not b.any(), mark("Your answer is 0 on every input.")),
    (lambda a, b: same(-a, b), mark("Every number has the wrong sign; the sizes are right.")),
    (lambda a, b: same(abs(a), abs(b)), mark("The sizes are right, some signs are not.")),
    (lambda a, b: same(a * b, np.ones_like(a)), mark("Your answer is 1 divided by the right one.")),
    (lambda a, b: same(a * a, b), mark("Your answer is the square of the right one.")),
    (lambda a, b: same(abs(a), b * b), mark("Your answer is the square root of the right one.")),
)
COMBINATIONS: tuple[tuple[Callable[[Array, Array], Array], str], ...] = (
    (lambda a, given: given, mark("Your answer is {name}, just as it was given.")),
    (lambda a, given: given + a, mark("Your answer is {name} plus the right one.")),
    (lambda a, given: given - a, mark("Your answer is {name} minus the right one.")),
    (lambda a, given: a - given, mark("Your answer is the right one minus {name}.")),
)


def resemblances(
    names: Sequence[str], cases: Sequence[Arguments], right: Sequence[Answer], got: Sequence[Answer]
) -> Iterator[str]:
    """Sentences that are true of all these inputs; none, if nothing simple can be said.

    names: of the arguments; cases: the inputs; right, got: the right answer and the learner's for each of them.
    """
    if all(isinstance(answer, tuple) for answer in (*right, *got)):
        yield from of_tuples(names, cases, right, got)
    elif all(isinstance(answer, np.ndarray) for answer in (*right, *got)):
        yield from of_arrays(names, cases, right, got)


def of_tuples(
    names: Sequence[str], cases: Sequence[Arguments], right: Sequence[Answer], got: Sequence[Answer]
) -> Iterator[str]:
    """The order, then thing by thing."""
    n = len(right[0])
    if any(len(answer) != n for answer in got):
        yield say("It returns {n} things; {needed} are needed.", n=len(got[0]), needed=n)
    elif all(map(same, got, [answer[::-1] for answer in right])):
        yield say("All numbers are right, but you return them in the other order.")
    else:
        columns = [([answer[k] for answer in right], [answer[k] for answer in got]) for k in range(n)]
        wrong = [k for k, (rights, gots) in enumerate(columns) if not all(map(same, rights, gots))]
        for k in wrong if len(wrong) < n else ():
            yield say("Of the {n} things that you return only number {k} is wrong.", n=n, k=k + 1)
            yield from of_arrays(names, cases, *columns[k])


def of_arrays(
    names: Sequence[str], cases: Sequence[Arguments], right: Sequence[Array], got: Sequence[Array]
) -> Iterator[str]:
    """The first relation that holds."""
    pairs = list(zip(right, got, strict=True))
    if any(a.shape != b.shape for a, b in pairs):
        yield of_shapes(pairs)
        return
    for relation, sentence in RELATIONS:
        if all(relation(a, b) for a, b in pairs):
            yield say(sentence)
            return
    for name, values in argument_columns(names, cases, right):
        for combination, sentence in COMBINATIONS:
            if all(same(combination(a, value), b) for (a, b), value in zip(pairs, values, strict=True)):
                yield say(sentence, name=name)
                return
    factors = common_factors(pairs)
    if factors is not None:
        yield of_factors(factors, [quantities(names, case) for case in cases])
    elif (offset := constant(np.concatenate([(b - a).ravel() for a, b in pairs]))) is not None:
        yield say("On every input your answer is the right one plus {offset}.", offset=f"{offset:.4g}")
    elif all(close(a, b, NEAR) for a, b in pairs):
        yield say("Close, but not equal: is something rounded, or only nearly the right formula?")


def of_shapes(pairs: Sequence[tuple[Array, Array]]) -> str:
    """What can be said of answers whose shape is wrong."""
    needed, shape = next((a.shape, b.shape) for a, b in pairs if a.shape != b.shape)
    if all(a.size == b.size and same(a.ravel(), b.ravel()) for a, b in pairs):
        return say("The numbers are right, but they come in shape {shape}; shape {needed} is needed.",
                   shape=shape, needed=needed)  # fmt: skip
    if all(same(a, b.T) for a, b in pairs):
        return say("The numbers are right, but rows and columns are exchanged.")
    return say("Your answer has shape {shape}; shape {needed} is needed.", shape=shape, needed=needed)


def argument_columns(
    names: Sequence[str], cases: Sequence[Arguments], right: Sequence[Array]
) -> Iterator[tuple[str, list[Array]]]:
    """The arguments that have the right answer's shape, each with its values."""
    for name, column in zip(names, zip(*cases, strict=True), strict=True):
        if not any(map(callable, column)) and all(np.shape(v) == a.shape for v, a in zip(column, right, strict=True)):
            yield name, [np.asarray(value, float) for value in column]


def common_factors(pairs: Sequence[tuple[Array, Array]]) -> Array | None:
    """For each input the number by which the right answer must be multiplied; None if there is no such number."""
    factors = []
    for right, got in pairs:
        size = np.vdot(right, right)
        factor = np.vdot(right, got) / size if size > 0 and np.isfinite(size) else np.nan
        if not np.isfinite(factor) or factor == 0 or not close(factor * right, got, TOLERANCE):
            return None
        factors.append(factor)
    return np.array(factors)


def of_factors(factors: Array, known: Sequence[dict[str, float]]) -> str:
    """What the factor is, or what it has to do with the arguments."""
    factor = constant(factors)
    if factor is not None:
        return say(TIMES, factor=f"{factor:.4g}")
    for name in known[0]:
        quantity = np.array([each.get(name, np.nan) for each in known])
        if np.all(quantity > 0) and constant(quantity) is None:
            for form, power in POWERS.items():
                rest = constant(factors / power(quantity))
                if rest is not None:
                    text = form.format(name) if np.isclose(rest, 1) else f"{rest:.4g} * " + form.format(name)
                    return say(TIMES, factor=text)
    return say("The direction is right on every input, the length is not.") if known else ""


def quantities(names: Sequence[str], case: Arguments) -> dict[str, float]:
    """The numbers among the arguments, and the arrays' lengths, as a learner would write them."""
    found: dict[str, float] = {}
    for name, value in zip(names, case, strict=True):
        if callable(value):
            continue
        array = np.asarray(value)
        if array.ndim == 0:
            found |= {name: float(array), f"(1 - {name})": 1 - float(array), f"(1 + {name})": 1 + float(array)}
        else:
            found |= {f"len({name})": len(array)}
        if array.ndim > 1:
            found |= {f"len({name}[0])": array.shape[1]}
    return found


def constant(values: Array) -> float | None:
    """The value that all have, or None."""
    first = float(values[0])
    return first if len(values) > 1 and np.allclose(values, first, rtol=TOLERANCE, atol=0) else None
