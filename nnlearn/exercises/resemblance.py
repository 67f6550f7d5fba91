"""How a wrong answer that nobody foresaw relates to the right one: a factor, a shape, an order, a part of a sum."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, combinations, permutations
from typing import Any

import numpy as np

from nnlearn.checks import Array
from nnlearn.exercises.answers import TOLERANCE, Answer, Word, close, finite, same
from nnlearn.exercises.calls import direct
from nnlearn.exercises.formulas import product, weights
from nnlearn.exercises.regions import of_regions
from nnlearn.exercises.residuals import of_products, of_residuals
from nnlearn.exercises.shapes import of_shape
from nnlearn.exercises.task import Arguments, Question
from nnlearn.language import mark, say, together

NEAR = 0.05  # what counts as close, of the largest number
TINY = 1e-3  # what counts as nearly 0, of the largest number
STEP = 1e-3  # how far off a step may be, of its length: it is a difference, which rounding spoils first
Pairs = Sequence[tuple[Array, Array]]  # the right answer and the learner's, for each input
Parts = Sequence[Mapping[str, Any]]  # what the answer is made of, for each input
SMALL = (np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32)  # types that hold whole numbers, not all of them

RELATIONS: tuple[tuple[Callable[[Array, Array], bool], str], ...] = (
    (lambda right, got: not got.any(), mark("Your answer is 0 on every input.")),
    (lambda right, got: same(-right, got), mark("Every number has the wrong sign; the sizes are right.")),
    (lambda right, got: same(abs(right), abs(got)), mark("The sizes are right, some signs are not.")),
    (lambda right, got: same(right * got, np.ones_like(got)), mark("Your answer is 1 divided by the right one.")),
    (lambda right, got: same(1 - right, got), mark("Your answer is 1 minus the right one.")),
    (lambda right, got: same(right * right, got), mark("Your answer is the square of the right one.")),
    (lambda right, got: same(abs(right), got * got), mark("Your answer is the square root of the right one.")),
    (lambda right, got: any(same(np.round(right, n), got) for n in range(5)), mark("You round. Give all digits.")),
    (lambda right, got: same(np.ceil(right), got) or same(np.floor(right), got),
     mark("You round to a whole number. Give all digits.")),
    (lambda right, got: same(right, np.ceil(got)), mark("Rounded up, your answer is right.")),
    (lambda right, got: same(right, np.floor(got)), mark("Rounded down, your answer is right.")),
    (lambda right, got: same(np.trunc(right), got),
     mark("The fractions are cut off: an array of whole numbers, or int, drops them.")),
    (lambda right, got: any(same(right.astype(dtype), got) for dtype in SMALL),
     mark("Your numbers are the right ones squeezed into a type of whole numbers that can't hold them all: fractions "
          "are cut off, and what is too large, or negative, becomes another number.")),
    (lambda right, got: same(right[::-1], got), mark("The numbers are right, but in reverse order.")),
    (lambda right, got: any(same(np.sort(right, axis), got) for axis in range(right.ndim)),
     mark("The numbers are right, but sorted.")),
    (lambda right, got: got.ndim > 1 and same(right[1:], got[:-1]),
     mark("Each row stands one too early: your row 0 is the right row 1.")),
    (lambda right, got: got.ndim > 1 and same(right[:-1], got[1:]),
     mark("Each row stands one too late: your row 1 is the right row 0.")),
    (lambda right, got: got.ndim > 1 and same(np.broadcast_to(right[-1], got.shape), got),
     mark("Each row is the last one: the rows are one array, which changes in place (+=, -=). Keep a copy of each.")),
)  # fmt: skip
COMBINATIONS: tuple[tuple[Callable[[Array, Array], Array], str], ...] = (
    (lambda right, part: part + right, mark("Your answer is {part} plus the right one.")),
    (lambda right, part: part - right, mark("Your answer is {part} minus the right one.")),
    (lambda right, part: right - part, mark("Your answer is the right one minus {part}.")),
)


def resemblance(
    question: Question, cases: Sequence[Arguments], right: Sequence[Answer], got: Sequence[Answer], rules: "Rules"
) -> str:
    """What is true of the answers to all these inputs; "" if nothing simple can be said.

    rules: PLAIN says what one sees at once, FORMULAS what the answers are, EXACT what determines them, ROUGH whatever
    can be said.
    """
    made_of = question.made_of
    parts: Parts = [made_of(*case) if made_of is not None else {} for case in cases]
    if any(finite(needed) and not finite(given) for needed, given in zip(right, got, strict=True)):
        return ""  # infinity is no multiple of anything
    if all(isinstance(answer, tuple) for answer in (*right, *got)):
        sentences = of_tuples(question.returns, right, got, parts, rules)
    elif all(isinstance(answer, np.ndarray) for answer in (*right, *got)):
        sentences = of_arrays(list(zip(right, got, strict=True)), parts, rules)  # type: ignore[arg-type]
    elif rules is PLAIN:
        sentences = of_foreign_texts(question, cases, list(map(Word, right)), list(map(Word, got)))
        sentences = chain(sentences, of_missing_texts(list(map(Word, right)), list(map(Word, got))))
    elif rules is not ROUGH:
        return ""
    else:
        sentences = of_texts(list(map(Word, right)), list(map(Word, got)))
    return together(*sentences)


def of_missing_texts(right: Sequence[str], got: Sequence[str]) -> Iterator[str]:
    """Two texts exchanged; one alone, or some that never come, where all else is right."""
    for one, other in combinations(sorted({*right}), 2):
        exchanged = {one: other, other: one}
        if all(exchanged.get(needed, needed) == yours for yours, needed in zip(got, right, strict=True)):
            yield say("You exchange {one!r} and {other!r}. All else is right.", one=one, other=other)
            return
    missing = sorted({*right} - {*got})
    if not missing or not {*got} <= {*right}:
        return
    if fixed(got):
        yield say("You say {yours!r} on every input.", yours=got[0])
    elif all(yours == needed for yours, needed in zip(got, right, strict=True) if needed not in missing):
        yield say("You never say {texts}. Where something else is right, you are right.",
                  texts=", ".join(map(repr, missing)))  # fmt: skip


def of_foreign_texts(
    question: Question, cases: Sequence[Arguments], right: Sequence[str], got: Sequence[str]
) -> Iterator[str]:
    """Something else than the answers to choose from, where these are known; what it means where all else is right."""
    outcomes = [direct(misconception.wrong)(case) for misconception in question.misconceptions for case in cases]
    choices = {*right, *(Word(outcome.value) for outcome in outcomes if isinstance(outcome.value, str))}
    foreign = {*got} - choices
    if len(choices) < 2 or not foreign:
        return
    left_over = [needed for yours, needed in zip(got, right, strict=True) if yours in foreign]
    wrong = sum(yours not in (needed, *foreign) for yours, needed in zip(got, right, strict=True))
    if len(foreign) == 1 and len({*left_over}) > 1 and MOST_BESIDES * wrong <= len(got):  # else it is a word misnamed
        yield say(LEFT_OVER, word=next(iter(foreign)))
    else:
        yield say(
            "This is none of the answers to choose from: {choices}.", choices=", ".join(map(repr, sorted(choices)))
        )


MOST_BESIDES = 5  # of so many answers one may be wrong otherwise
LEFT_OVER = mark(
    "Where your function says {word!r}, which is none of the answers to choose from, none of your conditions was true: "
    "do they ask for too much? Nearly all else is right."
)


def of_texts(right: Sequence[str], got: Sequence[str]) -> Iterator[str]:
    """Which text stands where another is right, if there is more than one."""
    if len({*right}) < 2:  # nothing to choose from but the right one, which may not be told
        return
    for yours, needed in sorted({(yours, needed) for yours, needed in zip(got, right, strict=True) if yours != needed}):
        yield say("You say {yours!r} where {right!r} is right.", yours=yours, right=needed)


def of_tuples(
    names: Sequence[str], right: Sequence[Any], got: Sequence[Any], parts: Parts, rules: "Rules"
) -> Iterator[str]:
    """The order, then thing by thing."""
    names = names or [say("thing {n}", n=n) for n in range(1, len(right[0]) + 1)]
    lengths = {len(answer) for answer in got} - {len(names)}
    if lengths:
        yield say("Return {needed} things: {names}. You return {n}.",
                  needed=len(names), names=", ".join(names), n=max(lengths))  # fmt: skip
        return
    for order in permutations(range(len(names))):
        if all(map(same, got, [tuple(answer[place] for place in order) for answer in right])):
            yield say("All numbers are right, but you return them in another order: {names}.",
                      names=", ".join(names[place] for place in order))  # fmt: skip
            return
    right_names: list[str] = []
    told: dict[str, list[str]] = {}  # the wrong ones, by what there is to say of them
    for name, rights, gots in zip(names, zip(*right, strict=True), zip(*got, strict=True), strict=True):
        if all(map(same, rights, gots)):
            right_names.append(name)
        else:
            sentence = together(*of_arrays(list(zip(rights, gots, strict=True)), parts, rules))
            told.setdefault(sentence, []).append(name)
    if rules is not ROUGH and "" in told:
        return
    for name in right_names:
        yield say("Right: {name}.", name=name)
    for sentence, wrong in told.items():
        if sentence:
            yield say("Not right: {names}. {sentence}", names=", ".join(wrong), sentence=sentence)
        elif right_names or len(told) > 1:
            yield say("Not right: {names}.", names=", ".join(wrong))


def of_arrays(pairs: Pairs, parts: Parts, rules: "Rules") -> Iterator[str]:
    """The first of these that can be said."""
    if any(right.shape != got.shape for right, got in pairs):
        yield of_products(pairs, parts) if rules is FORMULAS else of_shape(pairs, rough=rules is not PLAIN)
        if rules is ROUGH and all(np.squeeze(got).shape == np.squeeze(right).shape for right, got in pairs):
            yield from of_arrays([(right, got.reshape(right.shape)) for right, got in pairs], parts, EXACT)
        return
    pairs = [(np.atleast_1d(right), np.atleast_1d(got)) for right, got in pairs]
    numbers = [{name: part for name, part in each.items() if np.ndim(part) == 0} for each in parts]
    alike = [name for name in parts[0] if all(np.shape(each[name]) == right.shape for each, (right, _) in
             zip(parts, pairs, strict=True)) and name not in numbers[0]]  # fmt: skip
    vectors = [{name: each[name] for name in alike} for each in parts]
    for say_it in rules:
        if say_it in (of_products, of_residuals, of_regions):
            sentence = say_it(pairs, parts)
        else:
            sentence = say_it(pairs, numbers, vectors)
        if sentence:
            yield sentence
            return


def of_relations(pairs: Pairs, numbers: Parts, vectors: Parts) -> str:
    """That nothing changes the answer, what holds of each alone, or that it is a part."""
    rights, gots = zip(*pairs, strict=True)
    if fixed(gots) and not fixed(rights) and gots[0].any():
        return say("Your answer is the same on every input.")
    for relation, sentence in RELATIONS:
        if all(relation(right, got) for right, got in pairs):
            return say(sentence)
    if cut := of_ends(rights, gots):
        return cut
    for name, values in columns(numbers, vectors):
        if all(same(value, got) for (_, got), value in zip(pairs, values, strict=True)):
            return say("Your answer is {part} itself.", part=name)
    return ""


def of_ends(rights: Sequence[Array], gots: Sequence[Array]) -> str:
    """Numbers cut off at -1, at 1, or at both; where all are 0 or 1 they are but truths."""
    right, got = (np.concatenate([each.ravel() for each in some]) for some in (rights, gots))
    if not same(np.clip(right, -1, 1), got) or np.isin(got, (0, 1)).all():
        return ""
    if (right < -1).any() and (right > 1).any():
        return say("Your numbers are cut off at -1 and 1.")
    return say("Your numbers are cut off at {end}.", end=1 if (right > 1).any() else -1)


def fixed(answers: Sequence[Answer]) -> bool:
    """Whether several answers are all the same."""
    return len(answers) > 1 and all(same(answer, answers[0]) for answer in answers)


def of_combinations(pairs: Pairs, numbers: Parts, vectors: Parts) -> str:
    """The right answer and a part, added or subtracted."""
    for name, values in columns(numbers, vectors):
        for combination, sentence in COMBINATIONS:
            if all(same(combination(right, value), got) for (right, got), value in zip(pairs, values, strict=True)):
                return say(sentence, part=name)
    return ""


def columns(numbers: Parts, vectors: Parts) -> Iterator[tuple[str, list[Array]]]:
    """Each part by its name, with its value on every input."""
    for name in (*numbers[0], *vectors[0]):
        yield name, [np.atleast_1d({**some, **others}[name]) for some, others in zip(numbers, vectors, strict=True)]


def of_missing(pairs: Pairs, numbers: Parts, vectors: Parts) -> str:
    """A product in which an argument does not occur, though it does in the right one."""
    if len(pairs) < 2 or any(right.size > 1 for right, _ in pairs):
        return ""
    right, got = (product([float(pair[side][0]) for pair in pairs], numbers) for side in (0, 1))
    names = [name for name in numbers[0] if name.isidentifier() and occurs(name, right) and not occurs(name, got)]
    if not got or not names:
        return ""
    return say("Your answer is {formula} on every input: {name} plays no part in it.", formula=got, name=names[0])


def occurs(name: str, formula: str) -> bool:
    """Whether a formula holds a name, alone or in brackets."""
    return re.search(rf"\b{name}\b", formula) is not None


def of_factors(pairs: Pairs, numbers: Parts, vectors: Parts) -> str:
    """The right answer times a product of known numbers."""
    factor = common_factor(pairs, numbers)
    if factor in (None, "", "1", "-1"):  # 1 to the digits that are shown
        return ""
    return say("On every input your answer is {factor} times the right one.", factor=factor)


def of_number(pairs: Pairs, numbers: Parts, vectors: Parts) -> str:
    """The right answer times the same number on every input."""
    return of_factors(pairs, [{} for _ in pairs], vectors)


def of_direction(pairs: Pairs, numbers: Parts, vectors: Parts) -> str:
    """The right answer times some number, another on each input; none is so small that no direction is left."""
    if all(right.ndim == 2 and row_directions(right, got) for right, got in pairs):
        lengths = np.concatenate([np.linalg.norm(got, axis=1) for _, got in pairs])
        if np.allclose(lengths, 1):
            return say("Each row has the right direction, and the length 1.")
        return say("Each row has the right direction on every input, some lengths are wrong.")
    left = all(np.abs(got).max(initial=0) >= TOLERANCE * np.abs(right).max(initial=0) for right, got in pairs)
    if left and common_factor(pairs, numbers) == "" and any(right.size > 1 for right, _ in pairs):
        return say("The direction is right on every input, the length is not.")
    return ""


def row_directions(right: Array, got: Array) -> bool:
    """Whether each row is a positive number times the right one, of more than one number."""
    if right.shape != got.shape or right.shape[1] < 2:
        return right.shape == got.shape and bool(np.all(right * got > 0))
    sizes = np.linalg.norm(right, axis=1, keepdims=True), np.linalg.norm(got, axis=1, keepdims=True)
    return bool(np.all(sizes[0] > 0) and np.all(sizes[1] > 0)) and same(right / sizes[0], got / sizes[1])


def common_factor(pairs: Pairs, numbers: Parts) -> str | None:
    """What the right answers are multiplied by, as a formula of the numbers; "" if none is found, None if no factor."""
    factors = []
    for right, got in pairs:
        size = np.vdot(right, right)
        factor = float(np.vdot(right, got) / size) if size > 0 else np.nan
        if not np.isfinite(factor) or factor == 0 or not close(factor * right, got, TOLERANCE):
            return None
        factors.append(factor)
    return product(factors, numbers) if len(factors) > 1 else None


def of_sums(pairs: Pairs, numbers: Parts, vectors: Parts) -> str:
    """A sum of the parts, some of which have a wrong weight."""
    chosen = [k for k, (right, _) in enumerate(pairs) if right.ndim == 1 and right.size > len(vectors[k]) > 0]
    if len(chosen) < 2:
        return ""
    right, got = (weights([pairs[k][side] for k in chosen], [vectors[k] for k in chosen]) for side in (0, 1))
    if right is None or got is None:
        return ""
    return together(
        *(of_weight(name, right[name], got[name], [numbers[k] for k in chosen])
        for name in right
        if not np.allclose(right[name], got[name], rtol=TOLERANCE, atol=TOLERANCE))
    )  # fmt: skip


def of_weight(name: str, right: Array, got: Array, numbers: Parts) -> str:
    """One part of a sum whose weight is wrong."""
    formula = product(list(got), numbers)
    if np.allclose(got, 0, atol=TOLERANCE):
        return say("{part} is missing.", part=name)
    if np.allclose(got, -right, rtol=TOLERANCE):
        return say("{part} has the wrong sign.", part=name)
    if np.allclose(right, 0, atol=TOLERANCE):
        return say("{part} should not be in it.", part=name)
    if formula:
        return say("{part} comes in times {factor}.", part=name, factor=formula)
    return say("{part} has a wrong weight.", part=name)


def of_rest(pairs: Pairs, numbers: Parts, vectors: Parts) -> str:
    """The rows, or numbers, of a run that are right up to one that stands there until the end."""
    if not all(rests(right, got) for right, got in pairs):
        return ""
    if all(right.ndim == 1 for right, _ in pairs):
        return say("From some place of the list on your numbers are all the same. Those before are right. Does a loop "
                   "end before its time?")  # fmt: skip
    return say("From some row on nothing changes any more in your answer, too early. The rows above are right.")


def rests(right: Array, got: Array) -> bool:
    """Whether the first row that is wrong, and all that follow, repeat the row above."""
    right, got = (rows.reshape(len(rows), -1) for rows in (right, got))  # a list has a number in each row
    wrong = next((k for k, rows in enumerate(zip(right, got, strict=True)) if not same(*rows)), len(got))
    return wrong > 0 and all(same(got[wrong - 1], row) for row in got[wrong:])


def of_rows(pairs: Pairs, numbers: Parts, vectors: Parts) -> str:
    """The rows of a run: the first that is wrong, and the step that leads to it."""
    if any(right.ndim < 2 for right, _ in pairs):
        return ""
    firsts = [first_wrong(*pair) for pair in pairs]
    k = min(first for first in firsts if first is not None)
    if k == 0 or any(first not in (k, None) for first in firsts):
        return ""
    chosen = [i for i, first in enumerate(firsts) if first == k]
    steps = [tuple(rows[k] - rows[k - 1] for rows in pairs[i]) for i in chosen]
    factor = common_factor(steps, [numbers[i] for i in chosen])
    if factor:
        return say(
            "Row {k} is the first that is wrong: the step to it is {factor} times the right one.", k=k, factor=factor
        )
    return say("Row {k} is the first that is wrong, on every input that fails.", k=k)


def first_wrong(right: Array, got: Array) -> int | None:
    """The first row that is wrong, or, where a run creeps and rows tell it late, to which the step is."""
    size = np.abs(right[0]).max(initial=0) or 1.0  # a run may begin at 1e-30
    row = next((k for k, (a, b) in enumerate(zip(right / size, got / size, strict=True)) if not same(a, b)), None)
    if not row:
        return row
    steps = zip(np.diff(right[: row + 1], axis=0), np.diff(got[: row + 1], axis=0), strict=True)
    return next((k for k, (a, b) in enumerate(steps, start=1) if not close(a, b, STEP)), row)


def of_offsets(pairs: Pairs, numbers: Parts, vectors: Parts) -> str:
    """The right answer plus a number."""
    offsets = np.concatenate([(got - right).ravel() for right, got in pairs])
    if len(pairs) < 2 or not np.allclose(offsets, offsets[0], rtol=TOLERANCE, atol=0):
        return ""
    if offsets[0] < 0:
        return say("On every input your answer is the right one minus {offset}.", offset=f"{-offsets[0]:.4g}")
    return say("On every input your answer is the right one plus {offset}.", offset=f"{offsets[0]:.4g}")


def of_nearness(pairs: Pairs, numbers: Parts, vectors: Parts) -> str:
    """Almost the right answer, or almost 0."""
    if all(np.abs(got).max(initial=0) <= TINY * (np.abs(right).max(initial=0) or 1) for right, got in pairs):
        return say("Your answer is nearly 0 on every input. Do numbers cancel, on this side and on the other?")
    if all(close(right, got, NEAR) for right, got in pairs):
        return say("Close, but not equal: is this only nearly the right formula, or does rounding spoil it on the way?")
    return ""


def of_sizes(pairs: Pairs, numbers: Parts, vectors: Parts) -> str:
    """Numbers that are always too large, or always too small."""
    if all(right.size == 1 and right < got for right, got in pairs):
        return say("Your answer is too large on every input.")
    if all(right.size == 1 and right > got for right, got in pairs):
        return say("Your answer is too small on every input.")
    return ""


Rules = tuple[Callable[..., str], ...]
PLAIN: Rules = (of_relations, of_number)
FORMULAS: Rules = (of_combinations, of_missing, of_factors, of_products)
EXACT: Rules = (of_relations, *FORMULAS, of_direction, of_sums, of_residuals, of_offsets, of_regions, of_rest)
ROUGH: Rules = (*EXACT, of_rows, of_nearness, of_sizes)
