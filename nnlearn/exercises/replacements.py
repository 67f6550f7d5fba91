"""Which part of the learner's function is to blame: with other values in its place the answer is right everywhere.

Where one part is wrong, in whatever way, values that the right answer computes on its way often belong there. So the
learner's function is run with one of its parts replaced by such values, for each part and all that fit; then with one
of its conditions turned over; then with two parts replaced. What makes the answer right on every input is where the
fault lies. Jeffrey, Gupta and Gupta 2008, Fault localization using value replacement (ISSTA); of conditions: Zhang,
Gupta and Gupta 2006, Locating faults through automated predicate switching (ICSE).
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from nnlearn.exercises.answers import TOLERANCE, Answer, same, shown
from nnlearn.exercises.opened import MOST_ROUNDS, Opened, Part, Watch, copied, is_numbers, opened, opened_reference
from nnlearn.exercises.source import Endless
from nnlearn.exercises.task import Arguments, Function, Question
from nnlearn.exercises.trying import OutOfTime, Trying
from nnlearn.language import mark, say, together

MOST_PLANS = 2000  # other values for one part, and for two, that are tried on the first input that fails
MOST_SURVIVORS = 60  # of them, those that are tried on all inputs
MOST_TURNS = 20  # of a condition, in one run
MOST_SHOWN = 6  # numbers of an array in a sentence
LONGEST = 80  # letters of a part in a sentence, and of what stands before and after it in its line

ONE = mark("All is right but one part.")
TWO = mark("All is right but two parts.")
GIVES = mark("{part} gives {value} on the input below, where {needed} is needed.")
GIVES_FIRST = mark("The first wrong number of {part} is {value} on the input below, where {needed} is needed.")
GOES_WRONG = mark("{part} first goes wrong where it gives {value} on the input below, and {needed} is needed.")
WRITTEN = mark("In place of the number {part}, {needed} is needed on the input below.")
ARGUMENT = mark("What is needed there is the argument {name}.")
NAMED = mark("What is needed there is {name}.")
LINE = mark("The line: {line}")
TURNED = mark(
    "All hangs on {part}, which is {value} on the input below: were it {other}, your answer would be right. So it is "
    "on every input that fails."
)

Values = Sequence[Any]  # of a part in one run, one after the other
Others = Sequence[Values]  # what a part of the right answer gives on each input
Plan = Mapping[int, Mapping[int, Any]]  # of each part, by its place, the values that come instead, by their number


def of_replacements(
    question: Question,
    cases: Sequence[Arguments],
    right: Sequence[Answer],
    got: Sequence[Answer],
    answer: Function,
    two: bool = False,
) -> str:
    """What to say of the part of the learner's function that is to blame alone; "" if none is, or none is found.

    cases: all inputs, first one that fails, which the learner is shown. answer: the learner's function. two: whether
    two parts are looked for that are to blame together.
    """
    function, reference = opened(answer), opened_reference(question.reference)
    if function is None or reference is None:
        return ""
    try:
        search = Search(Trying(question, cases, right, got, function), function.parts)
        needed = values_of(reference, cases, right)
        return search.two_replaced(needed) if two else search.replaced(needed) or search.turned()
    except (OutOfTime, Endless):
        return ""


class Search:
    """A learner's function, opened, and what its parts give on the first input."""

    def __init__(self, trying: Trying, parts: Sequence[Part]) -> None:
        self.trying, self.parts = trying, parts
        answer, kept = trying.ran(None, 0)
        if not trying.is_answer(answer, trying.got[0], 0):  # it keeps or draws something
            raise OutOfTime
        self.values = by_place(kept)

    def candidates(self, needed: Sequence[Others]) -> list[tuple[int, Others]]:
        """For each part, the first that ran first, the values that can stand for its own on the first input."""
        return [
            (place, others)
            for place, values in self.values.items()
            if not self.parts[place].is_whole and not is_truth(values[0])
            for others in needed
            if fit(values, others[0])
        ]

    def replaced(self, needed: Sequence[Others]) -> str:
        """What to say of the first part that other values make good, and of the outermost around it that is as good."""
        pairs = self.candidates(needed)[:MOST_PLANS]
        cured = self.trying.cured([plan([pair], 0) for pair in pairs], 0)
        survivors = [pair for pair, right in zip(pairs, cured, strict=True) if right][:MOST_SURVIVORS]
        for place, others in survivors:
            if self.cures((place, others)):
                around = [p for p, the_same in survivors if the_same is others and self.parts[p].first <= place < p]
                outermost = max([place, *(p for p in around if self.cures((p, others)))])
                return self.told(ONE, (outermost, others))
        return ""

    def two_replaced(self, needed: Sequence[Others]) -> str:
        """What to say of the first two parts that other values make good only together."""
        twos = list(islice(self.pairs(self.candidates(needed)), MOST_PLANS))
        cured = self.trying.cured([plan(two, 0) for two in twos], 0)
        survivors = [two for two, right in zip(twos, cured, strict=True) if right]
        for two in survivors[:MOST_SURVIVORS]:
            if self.cures(*two):
                return self.told(TWO, *two)
        return ""

    def pairs(self, candidates: Sequence[tuple[int, Others]]) -> Iterator[list[tuple[int, Others]]]:
        """Two parts, neither within the other, with values for each; the likeliest first: the sum of their places in
        the list grows."""
        for total in range(1, 2 * len(candidates) - 2):
            for j in range(total // 2 + 1, min(total, len(candidates) - 1) + 1):
                first, second = sorted((candidates[total - j], candidates[j]), key=lambda pair: pair[0])
                if first[0] < self.parts[second[0]].first:
                    yield [first, second]

    def cures(self, *pairs: tuple[int, Others]) -> bool:
        """Whether parts with other values make the answer right on every input but the first."""
        return self.trying.cures(lambda k: plan(pairs, k))

    def told(self, head: str, *pairs: tuple[int, Others]) -> str:
        """What to say of parts that need other values, and the lines in which they stand, each on one of its own."""
        return with_lines(together(say(head), *(self.said(*pair) for pair in pairs)), [self.parts[p] for p, _ in pairs])

    def said(self, place: int, others: Others) -> str:
        """What to say of a part that needs other values."""
        part, values = self.parts[place], self.values[place]
        n = next(n for n, value in enumerate(values) if not alike(value, nth(others[0], n)))
        value, needed = np.asarray(values[n]), np.asarray(nth(others[0], n))
        sentence = WRITTEN if part.is_number else GIVES if len(values) == 1 else GOES_WRONG
        if value.size > MOST_SHOWN:
            wrong = np.abs(value - needed) > TOLERANCE * np.abs(needed).max()
            value, needed, sentence = value[wrong][0], needed[wrong][0], GIVES_FIRST
        told = say(sentence, part=shortened(part.text), value=one_line(value), needed=one_line(needed))
        return together(told, self.named(others))

    def named(self, others: Others) -> str:
        """What learners call these values, if they are an argument or something that answers are made of."""
        question, cases = self.trying.question, self.trying.cases
        made_of = question.made_of
        arguments = [dict(zip(question.names, case, strict=True)) for case in cases]
        parts = [made_of(*case) for case in cases] if made_of is not None else [{} for _ in cases]
        for sentence, columns in ((ARGUMENT, arguments), (NAMED, parts)):
            for name in columns[0]:
                if all(
                    alike(value, each[name]) for each, values in zip(columns, others, strict=True) for value in values
                ):
                    return say(sentence, name=name)
        return ""

    def turned(self) -> str:
        """What to say of the first condition that, turned over once, makes the answer to every failing input right."""
        for place, values in self.values.items():
            if all(map(is_truth, values)) and all(self.turns(place, k) for k in self.trying.failing):
                part, value = self.parts[place], bool(self.turns(place, 0)[0])
                told = say(TURNED, part=shortened(part.text), value=value, other=not value)
                return with_lines(told, [part])
        return ""

    def turns(self, place: int, k: int) -> list[bool]:
        """The values of a condition on input k whose other value makes the answer right."""
        values = by_place(self.trying.ran(None, k)[1]).get(place, [])[:MOST_TURNS]
        cured = self.trying.cured([{place: {n: not value}} for n, value in enumerate(values)], k)
        return [value for value, right in zip(values, cured, strict=True) if right]


def values_of(reference: Opened, cases: Sequence[Arguments], right: Sequence[Answer]) -> list[Others]:
    """What the parts of the right answer give, on every input: all that differ from each other and from the answer."""
    runs = [by_place(reference(None, *copied(case))[1]) for case in cases]
    found: dict[str, Others] = {}
    for place in runs[0]:
        others = [run.get(place, []) for run in runs]
        if not is_truth(others[0][0]) and not all(map(is_answer, others, right)):
            found.setdefault(repr([[rounded(value) for value in values] for values in others]), others)
    return list(found.values())


def is_answer(values: Values, answer: Answer) -> bool:
    """Whether a part gives the right answer itself: that belongs nowhere but where the learner's own is returned."""
    return len(values) == 1 and same(as_answer(values[0]), answer)


def by_place(kept: Sequence[tuple[int, Any]]) -> dict[int, list[Any]]:
    """The values of each part, in the order in which the parts first came; without those that came too often."""
    found: dict[int, list[Any]] = {}
    for place, value in kept:
        found.setdefault(place, []).append(value)
    return {place: values for place, values in found.items() if len(values) < MOST_ROUNDS}


def fit(values: Values, others: Values) -> bool:
    """Whether others can stand for these values, and differ from them."""
    if len(others) not in (1, len(values)):
        return False
    pairs = [(value, nth(others, n)) for n, value in enumerate(values)]
    return all(np.shape(a) == np.shape(b) for a, b in pairs) and not all(alike(a, b) for a, b in pairs)


def plan(pairs: Sequence[tuple[int, Others]], k: int) -> Plan:
    """The values that come instead, on input k, as the watch takes them."""
    return {
        place: {Watch.every: others[k][0]} if len(others[k]) == 1 else dict(enumerate(others[k]))
        for place, others in pairs
    }


def nth(others: Values, n: int) -> Any:
    """One of the values, or the only one."""
    return others[0] if len(others) == 1 else others[n]


def alike(a: Any, b: Any) -> bool:
    """Whether two values are the same numbers."""
    return is_numbers(a) and is_numbers(b) and same(as_answer(a), as_answer(b))


def as_answer(value: Any) -> Answer:
    """The value of a part as answers are compared."""
    return np.asarray(value, np.float64)


def rounded(value: Any) -> Any:
    """A value to nine digits, as a key: rounding alone makes no new value."""
    return [f"{number:.9g}" for number in np.ravel(as_answer(value))], np.shape(value)


def is_truth(value: Any) -> bool:
    """Whether it is True or False."""
    return np.asarray(value).dtype.kind == "b" and np.ndim(value) == 0


def one_line(value: Any) -> str:
    """A value within a sentence."""
    return " ".join(shown(value).split())


def shortened(text: str) -> str:
    """The beginning of a part of a program, within a sentence."""
    return text if len(text) <= LONGEST else text[:LONGEST] + " ..."


def with_lines(told: str, parts: Sequence[Part]) -> str:
    """What was said, and below it the lines in which these parts stand, where they say more than the parts."""
    lines = [marked(part) for part in parts if part.before + part.after and len(part.text) <= LONGEST]
    return "\n".join([told, *(f"    {say(LINE, line=line)}" for line in dict.fromkeys(lines))])


def marked(part: Part) -> str:
    """The line of a part, the part in marks if it stands there more than once."""
    before = part.before if len(part.before) <= LONGEST else "... " + part.before[-LONGEST:]
    text = f"»{part.text}«" if part.text in part.before + part.after else part.text
    return before + text + shortened(part.after)
