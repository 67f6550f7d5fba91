"""Which part of the learner's function is to blame: with other values in its place the answer is right everywhere.

Where one part is wrong, in whatever way, values that the right answer computes on its way often belong there. So the
learner's function is run with one of its parts replaced by such values, for each part and all that fit; then with one
of its conditions turned over; then with two parts replaced. What makes the answer right on every input is where the
fault lies. Jeffrey, Gupta and Gupta 2008, Fault localization using value replacement (ISSTA); of conditions: Zhang,
Gupta and Gupta 2006, Locating faults through automated predicate switching (ICSE).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice, permutations
from typing import Any

import numpy as np

from nnlearn.exercises.answers import Answer, part_of, same, shown
from nnlearn.exercises.opened import MOST_ROUNDS, Opened, Part, Watch, copied, is_numbers, opened, opened_reference
from nnlearn.exercises.source import Endless
from nnlearn.exercises.task import Arguments, Function, Question
from nnlearn.exercises.trying import OutOfTime, Trying
from nnlearn.language import mark, say, together

MOST_PLANS = 2000  # other values for one part, and for two, that are tried on the first input that fails
MOST_SURVIVORS = 60  # of them, those that are tried on all inputs
MOST_SHOWN = 6  # numbers of an array in a sentence
LONGEST = 80  # letters of a part in a sentence, and of what stands before and after it in its line

HEADS = {  # of how many parts: what to say first, and what where it isn't known that what goes into them is right
    1: (
        mark("All is right but one part."),
        mark("The fault lies in one part, or in what goes into it. All else is right."),
    ),
    2: (
        mark("All is right but two parts."),
        mark("The faults lie in two parts, or in what goes into them. All else is right."),
    ),
}
HEADS_OF_ONE = {  # where the answer is several things, of one of them
    1: (mark("But for one part it is right."), mark("The fault lies in one part, or in what goes into it.")),
    2: (mark("But for two parts it is right."), mark("The faults lie in two parts, or in what goes into them.")),
}
GIVES = mark("{part} gives {value} on the input below, where {needed} is needed.")
GIVES_ONE = mark("One number of {part} is {value} on the input below, where {needed} is needed.")
GOES_WRONG = mark("{part} first goes wrong where it gives {value} on the input below, and {needed} is needed.")
WRITTEN = mark("In place of the number {part}, {needed} is needed on the input below.")
ARGUMENT = mark("What is needed there is the argument {name}.")
NAMED = mark("What is needed there is {name}.")
LINE = mark("The line: {line}")
TURNED = mark(
    "All hangs on {part}, which is {value} on the input below: were it {other}, your answer would be right. So it is "
    "on every input that fails."
)
TURNED_HERE = mark(
    "On the input below all hangs on {part}, which is {value}: were it {other}, your answer would be right there. On "
    "others that fail it hangs on {second}, which is {second_value} and should be {second_other}."
)
EXCHANGED = mark("The two branches of {part} are exchanged. All else is right.")

Values = Sequence[Any]  # of a part in one run, one after the other
Others = Sequence[Values]  # what a part of the right answer gives on each input
Plan = Mapping[int, Mapping[int, Any]]  # of each part, by its place, the values that come instead, by their number


def search_of(
    question: Question,
    cases: Sequence[Arguments],
    right: Sequence[Answer],
    got: Sequence[Answer],
    answer: Function,
    place: int | None = None,
) -> "Search | None":
    """What looks for the parts of the learner's function that are to blame alone; None where that can't be.

    cases: all inputs, first one that fails, which the learner is shown. answer: the learner's function. place: of
    answers that are several things the one to be looked at, as if it were all.
    """
    function, reference = opened(answer), opened_reference(question.reference)
    if function is None or reference is None:
        return None
    try:
        needed = values_of(reference, cases, [part_of(each, place) for each in right])
        if isinstance(
            part_of(right[0], place), str
        ):  # an argument beside itself makes a comparison true that says nothing
            needed = [others for others in needed if not argument_of(question.names, cases, others)]
        return Search(Trying(question, cases, right, got, function, place), function.parts, needed, function.own)
    except (OutOfTime, Endless):
        return None


def of_one_part(search: "Search | None") -> str:
    """What to say of the one part, or the one condition, that is to blame; "" if there is none, or time is up."""
    return "" if search is None else search.found(lambda: search.replaced() or search.turned())


def of_two_parts(search: "Search | None") -> str:
    """What to say of two parts that are to blame together; "" if there are none, or time is up."""
    return "" if search is None else search.found(search.two_replaced)


class Search:
    """A learner's function, opened, and what its parts give on the first input.

    needed: what the parts of the right answer give. own: the names of further functions that the learner wrote.
    """

    def __init__(
        self, trying: Trying, parts: Sequence[Part], needed: Sequence[Others], own: Sequence[str] = ()
    ) -> None:
        self.trying, self.parts, self.needed, self.own = trying, parts, needed, own
        answer, kept = trying.ran(None, 0)
        if not trying.is_answer(answer, trying.got[0], 0):  # it keeps or draws something
            raise OutOfTime
        self.values = by_place(kept)

    def found(self, look: Callable[[], str]) -> str:
        """What a way of looking says; "" if time is up."""
        try:
            return look()
        except OutOfTime:
            return ""

    def candidates(self) -> list[tuple[int, Others]]:
        """For each part, the first that ran first, the values that can stand for its own on the first input."""
        return [
            (place, others)
            for place, values in self.values.items()
            if not self.parts[place].is_whole and not is_truth(values[0])
            for others in map(partial(self.as_needed, place), self.needed)
            if others and fit(values, others[0])
        ]

    def as_needed(self, place: int, others: Others) -> Others:
        """Values that can stand for a part on all inputs: one number for one that is written, on every input.

        Where the answer is a word, no number for what is computed, and the other way round: it would pass a limit by
        chance.
        """
        is_one = all(map(partial(same_values, others[0]), others))
        if self.parts[place].is_number and is_one:
            return [others[0]] * len(others)
        return () if isinstance(self.trying.right[0], str) and self.parts[place].is_number != is_one else others

    def replaced(self) -> str:
        """What to say of the first part that other values make good, and of the outermost around it that is as good."""
        pairs = self.candidates()[:MOST_PLANS]
        cured = self.trying.cured([plan([pair], 0) for pair in pairs], 0)
        survivors = [pair for pair, right in zip(pairs, cured, strict=True) if right][:MOST_SURVIVORS]
        for place, others in survivors:
            if self.cures((place, others)):
                around = [p for p, the_same in survivors if the_same is others and self.parts[p].first <= place < p]
                outermost = max([place, *(p for p in around if self.cures((p, others)))])
                return self.told((outermost, others))
        return ""

    def two_replaced(self) -> str:
        """What to say of the first two parts that other values make good only together.

        Parts whose values the right answer computes too are left: with two there are many ways to mend an answer.
        """
        wrong = [pair for pair in self.candidates() if not self.is_right(self.values[pair[0]])]
        twos = list(islice(self.pairs(wrong), MOST_PLANS))
        cured = self.trying.cured([plan(two, 0) for two in twos], 0)
        survivors = [two for two, right in zip(twos, cured, strict=True) if right]
        for two in survivors[:MOST_SURVIVORS]:
            if self.cures(*two):
                return self.told(*two)
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
        """Whether just these values in place of parts make the answer right on every input; the first was tried.

        If others did it as well, what the parts give would not matter: one of them may stand in a condition that no
        input needs, or lend its shape alone.
        """
        if not self.trying.cures(lambda k: plan(pairs, k)):
            return False
        return not any(self.any_will_do(pair, [other for other in pairs if other is not pair]) for pair in pairs)

    def any_will_do(self, pair: tuple[int, Others], rest: Sequence[tuple[int, Others]]) -> bool:
        """Whether values beside those given make the answer right too; where it is a word, those of other inputs."""
        place, others = pair
        if isinstance(self.trying.right[0], str):
            besides = [[*others[1:], others[0]]]
        else:
            besides = [[[way(value) for value in values] for values in others] for way in ways_aside(others[0][0])]
        return any(self.trying.all_right(partial(plan, [(place, each), *rest])) for each in besides)

    def told(self, *pairs: tuple[int, Others]) -> str:
        """What to say of parts that need other values, and the lines in which they stand, each on one of its own."""
        head, unsure = (HEADS if self.trying.place is None else HEADS_OF_ONE)[len(pairs)]
        sure = all(self.has_right_inputs(place) for place, _ in pairs)
        sentences = [self.said(*pair) for pair in pairs]
        return with_lines(together(say(head if sure else unsure), *sentences), [self.parts[p] for p, _ in pairs])

    def has_right_inputs(self, place: int) -> bool:
        """Whether every name in a part has values that the right answer computes too, or counts with."""
        part = self.parts[place]
        names = [p for p in range(part.first, place) if self.parts[p].text.isidentifier() and p in self.values]
        sure = not part.text.isidentifier() and not self.calls_own(part)
        return sure and all(self.is_right(self.values[p]) for p in names)

    def calls_own(self, part: Part) -> bool:
        """Whether a part calls a function that the learner wrote as well: what that uses isn't seen in the call."""
        return any(f"{name}(" in part.text for name in self.own)

    def is_right(self, values: Values) -> bool:
        """Whether these are whole numbers, or values of the right answer's on the first input."""
        if all(isinstance(value, int) for value in values):
            return True
        return any(len(others[0]) in (1, len(values)) and all(alike(value, nth(others[0], n)) for n, value in
                   enumerate(values)) for others in self.needed)  # fmt: skip

    def said(self, place: int, others: Others) -> str:
        """What to say of a part that needs other values."""
        part, values = self.parts[place], self.values[place]
        n = next(n for n, value in enumerate(values) if not alike(value, nth(others[0], n)))
        value, needed = np.asarray(values[n]), np.asarray(nth(others[0], n))
        sentence = WRITTEN if part.is_number else GIVES if len(values) == 1 else GOES_WRONG
        if value.size > MOST_SHOWN:
            farthest = np.argmax(np.abs(value.astype(np.float64) - needed.astype(np.float64)))
            value, needed, sentence = value.flat[farthest], needed.flat[farthest], GIVES_ONE
        told = say(sentence, part=shortened(part.text), value=one_line(value), needed=one_line(needed))
        return together(told, self.named(others))

    def named(self, others: Others) -> str:
        """What learners call these values, if they are an argument or something that answers are made of."""
        question, cases = self.trying.question, self.trying.cases
        made_of = question.made_of
        if name := argument_of(question.names, cases, others):
            return say(ARGUMENT, name=name)
        name = same_in([made_of(*case) for case in cases] if made_of is not None else [{}], others)
        return say(NAMED, name=name) if name else ""

    def turned(self) -> str:
        """What to say of the first condition, or of the first two, that turned over make all answers right.

        Where there are but two words to answer with, the last condition always does so.
        """
        trying = self.trying
        if isinstance(trying.right[0], str) and len(set(trying.right)) <= 2:
            return ""
        found = self.turns()
        for place, values in found.items():
            part, told = self.parts[place], ""
            if len(values) < len(trying.failing):
                continue
            if len(set(values.values())) == 1:
                told = say(TURNED, part=shortened(part.text), value=values[0], other=not values[0])
            elif all(self.turned_on(k, [place]) for k in range(len(trying.cases))):
                told = say(EXCHANGED, part=shortened(part.text))
            if told:
                return with_lines(told, [part])
        return self.two_turned(found)

    def two_turned(self, found: Mapping[int, Mapping[int, bool]]) -> str:
        """What to say of the first two conditions of which one is to blame on the first input, and on the others that
        fail the same, the other, or both."""
        for one, other in permutations(found, 2):
            here, there = found[one], {k: value for k, value in found[other].items() if k not in found[one]}
            if self.trying.failing[0] in here and len(set(here.values())) == len(set(there.values())) == 1:
                value, second = next(iter(here.values())), next(iter(there.values()))
                both = {one: {0: not value}, other: {0: not second}}
                if all(all(self.trying.cured([both], k)) for k in self.trying.failing if k not in {*here, *there}):
                    parts = [self.parts[one], self.parts[other]]
                    texts = dict(zip(("part", "second"), (shortened(part.text) for part in parts), strict=True))
                    values = {"value": value, "other": not value, "second_value": second, "second_other": not second}
                    return with_lines(say(TURNED_HERE, **texts, **values), parts)
        return ""

    def turns(self) -> dict[int, dict[int, bool]]:
        """Of each condition its values on the inputs that fail and that are cured where it has the other."""
        found: dict[int, dict[int, bool]] = {}
        for k in self.trying.failing:
            for place, value in self.turned_on(k).items():
                found.setdefault(place, {})[k] = value
        return found

    def turned_on(self, k: int, places: Sequence[int] | None = None) -> dict[int, bool]:
        """On input k, of the conditions that are asked once those which, turned over, make the answer right, and their
        values; of these places alone, if given."""
        asked = {place: bool(values[0]) for place, values in by_place(self.trying.ran(None, k)[1]).items()
                 if len(values) == 1 and is_truth(values[0]) and (places is None or place in places)}  # fmt: skip
        cured = self.trying.cured([{place: {0: not value}} for place, value in asked.items()], k)
        return {place: value for (place, value), right in zip(asked.items(), cured, strict=True) if right}


def values_of(reference: Opened, cases: Sequence[Arguments], right: Sequence[Answer]) -> list[Others]:
    """What the parts of the right answer give, on every input: all that differ from each other and from the answer."""
    runs = [by_place(reference(None, *copied(case))[1]) for case in cases]
    found: dict[str, Others] = {}
    for place in runs[0]:
        others = [run.get(place, []) for run in runs]
        if not is_truth(others[0][0]) and not all(map(is_answer, others, right)):
            found.setdefault(repr([[rounded(value) for value in values] for values in others]), others)
    return list(found.values())


def argument_of(names: Sequence[str], cases: Sequence[Arguments], others: Others) -> str:
    """The argument that these values are, on every input; "" if they are none."""
    return same_in([dict(zip(names, case, strict=True)) for case in cases], others)


def same_in(columns: Sequence[Mapping[str, Any]], others: Others) -> str:
    """The name under which these values stand on every input; "" if under none."""
    for name in columns[0]:
        if all(alike(value, each[name]) for each, values in zip(columns, others, strict=True) for value in values):
            return name
    return ""


def is_answer(values: Values, answer: Answer) -> bool:
    """Whether a part gives the right answer itself: that belongs nowhere but where the learner's own is returned."""
    return len(values) == 1 and same(as_answer(values[0]), answer)


def by_place(kept: Sequence[tuple[int, Any]]) -> dict[int, list[Any]]:
    """The values of each part, in the order in which the parts first came; without those that came too often."""
    found: dict[int, list[Any]] = {}
    for place, value in kept:
        found.setdefault(place, []).append(value)
    return {place: values for place, values in found.items() if len(values) < MOST_ROUNDS}


def same_values(values: Values, others: Values) -> bool:
    """Whether two runs gave a part the same value, or the second none."""
    return not others or (len(values) == len(others) == 1 and alike(values[0], others[0]))


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


def ways_aside(value: Any) -> Sequence[Callable[[Any], Any]]:
    """What makes other values of one like this: of truths all False and all True, a number beside it else."""
    return (np.zeros_like, np.ones_like) if np.asarray(value).dtype.kind == "b" else (aside,)


def aside(value: Any) -> Any:
    """A value a hundredth beside, in an array as it was; a whole number becomes none."""
    beside = np.asarray(value) * 1.01 + 0.01
    return np.asarray(beside) if isinstance(value, np.ndarray) else beside


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
