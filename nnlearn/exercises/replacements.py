"""Which part of the learner's function is to blame: with other values in its place the answer is right everywhere.

Where one part is wrong, in whatever way, values that the right answer computes on its way often belong there. So the
learner's function is run with one of its parts replaced by such values, for each part and all that fit; then with two
parts replaced. What makes the answer right on every input is where the fault lies; of several, the one that comes first
on the way of the values: a name, wherever it is used, before what is made of it. Jeffrey, Gupta and Gupta 2008, Fault
localization using value replacement (ISSTA).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice, product
from typing import Any

import numpy as np

from nnlearn.exercises.answers import Answer, part_of
from nnlearn.exercises.opened import Opened, Part, Watch, is_numbers, opened, opened_reference
from nnlearn.exercises.part_values import (
    Others,
    Values,
    alike,
    argument_of,
    by_place,
    changing,
    fit,
    in_a_row,
    in_other_orders,
    is_length,
    is_truth,
    nth,
    same_in,
    same_values,
    truths_of,
    values_of,
)
from nnlearn.exercises.part_words import LONGEST, marked, one_line, shortened, with_lines
from nnlearn.exercises.source import Endless
from nnlearn.exercises.task import Arguments, Function, Question
from nnlearn.exercises.trying import BATCH, OutOfTime, Trying
from nnlearn.exercises.turned import turned
from nnlearn.language import mark, say, together

MOST_PLANS = 2000  # other values for one part, and for two, that are tried on the first input that fails
MOST_SURVIVORS = 60  # of them, those that are tried on all inputs
MOST_SHOWN = 6  # numbers of an array in a sentence
EMPTY = ("np.zeros", "np.empty")  # what makes an array that is filled later: whatever is wrong, its place isn't here
MOST_LINES = 3  # that give one name its values

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
INSTEAD = mark("In place of {part}, {needed} is needed on the input below.")
WRITTEN = mark("In place of the number {part}, {needed} is needed on the input below.")
ARGUMENT = mark("What is needed there is the argument {name}.")
LACKS = {  # what makes of a part what is needed: what to say of the name that it lacks
    np.multiply: mark("The factor {name} is missing there."),
    np.divide: mark("It isn't divided by {name} there."),
    np.add: mark("{name} isn't added there."),
    np.subtract: mark("{name} isn't subtracted there."),
}
NAMED = mark("What is needed there is {name}.")
ALONE = mark("What is needed there is {part} alone, which goes into it.")
FIRST = mark("Look first whether {names} is what it should be; if so, the part itself is wrong.")

Plan = Mapping[int, Mapping[int, Any]]  # of each part, by its place, the values that come instead, by their number
Candidate = tuple[tuple[int, ...], Others]  # the place of a part, or of all uses of a name, and values for it


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
        needed += in_other_orders(needed, cases)
        truths = truths_of(reference, cases)
        return Search(Trying(question, cases, right, got, function, place), function, needed, truths)
    except (OutOfTime, Endless):
        return None


def of_one_part(search: "Search | None") -> str:
    """What to say of the one part, or the one condition, that is to blame; "" if there is none, or time is up."""
    return "" if search is None else search.found(lambda: search.replaced() or turned(search))


def of_two_parts(search: "Search | None") -> str:
    """What to say of two parts that are to blame together; "" if there are none, or time is up."""
    return "" if search is None else search.found(search.two_replaced)


class Search:
    """A learner's function, opened, and what its parts give on the first input.

    needed: what the parts of the right answer give, truths: its conditions. own: the names of further functions that
    the learner wrote.
    """

    def __init__(self, trying: Trying, function: Opened, needed: Sequence[Others], truths: Sequence[Others]) -> None:
        self.trying, self.needed, self.truths = trying, needed, truths
        self.parts, self.givings, self.own = function.parts, function.givings, function.own
        answer, kept = trying.ran(None, 0)
        if not trying.is_answer(answer, trying.got[0], 0):  # it keeps or draws something
            raise OutOfTime
        self.kept, self.values = kept, by_place(kept)

    def found(self, look: Callable[[], str]) -> str:
        """What a way of looking says; "" if time is up."""
        try:
            return look()
        except OutOfTime:
            return ""

    def candidates(self) -> list[Candidate]:
        """For each part, the first that ran first, the values that can stand for its own on the first input.

        Last come one value for many that differ, and another one for a number that is written down or a name that is
        right: much is mended so.
        """
        found = [
            (places, others)
            for places in self.places()
            for others in map(partial(self.as_needed, places[0]), self.needed)
            if others and fit(self.values[places[0]], others[0]) and not self.is_one_for_many(places[0], others)
        ]
        return sorted(found, key=lambda each: self.is_unlikely(*each))

    def is_unlikely(self, places: Sequence[int], others: Others) -> bool:
        """Whether one value is to stand for many that differ, or for a written number, or for a name that is right."""
        part, values = self.parts[places[0]], self.values[places[0]]
        differ = not all(alike(value, values[0]) for value in values)
        return part.is_number or (differ and len(others[0]) == 1) or (part.is_name and self.is_known(places[0]))

    def is_one_for_many(self, place: int, others: Others) -> bool:
        """Whether one value is to stand for a name that a learner's own function is called with, each time another."""
        values = self.values[place]
        helper = self.parts[place].is_name and self.parts[place].scope > 0
        return helper and len(others[0]) == 1 < len(changing(values))

    def places(self) -> Iterator[tuple[int, ...]]:
        """The parts that may be wrong, those that ran first first; a name that is used more than once, always with the
        same values, as one part and as each of its uses."""
        single = [p for p, values in self.values.items() if not self.parts[p].is_whole and not is_truth(values[0])
                  and not self.parts[p].text.startswith(EMPTY)]  # fmt: skip
        uses: dict[tuple[int, str], list[int]] = {}
        for place in single:
            if self.parts[place].is_name:
                uses.setdefault(self.name_of(place), []).append(place)
        for place in single:
            of_name = uses.get(self.name_of(place), [place])
            if of_name[0] == place and self.are_alike(of_name) and not self.is_known(place):
                yield tuple(of_name)
            if len(of_name) == 1 or not isinstance(self.trying.right[0], str):  # a word is right by chance too easily
                yield (place,)

    def name_of(self, place: int) -> tuple[int, str]:
        """Of a part that is a name, this and the definition in which it stands."""
        return self.parts[place].scope, self.parts[place].text

    def are_alike(self, places: Sequence[int]) -> bool:
        """Whether parts have the same values, one after the other."""
        first, *rest = (self.values[place] for place in places)
        return all(len(each) == len(first) and all(map(alike, each, first)) for each in rest)

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
        pairs, tried = self.candidates()[:MOST_PLANS], 0
        for start in range(0, len(pairs), BATCH):
            some = pairs[start : start + BATCH]
            cured = self.trying.cured([plan([pair], 0) for pair in some], 0)
            for places, others in (pair for pair, right in zip(some, cured, strict=True) if right):
                tried += 1
                if self.cures((places, others)) and not self.is_forgotten(places, others):
                    return self.told((self.outermost(places, others), others))
                if tried == MOST_SURVIVORS:
                    return ""
        return ""

    def outermost(self, places: tuple[int, ...], others: Others) -> tuple[int, ...]:
        """The outermost part around one that the same values make good; the uses of a name stay as they are."""
        (place, *more), first = places, self.parts[places[0]].first
        around = [] if more else [p for p, values in self.values.items() if self.parts[p].first <= first < place < p
                                  and not self.parts[p].is_whole and fit(values, others[0])]  # fmt: skip
        for p in sorted(around, reverse=True):
            if self.trying.cured([plan([((p,), others)], 0)], 0)[0] and self.cures(((p,), others)):
                return (p,)
        return places

    def two_replaced(self) -> str:
        """What to say of the first two parts that other values make good only together.

        Parts whose values the right answer computes too are left: with two there are many ways to mend an answer.
        """
        wrong = [pair for pair in self.candidates() if len(pair[0]) == 1 and not self.is_right(self.values[pair[0][0]])]
        twos = list(islice(self.pairs(wrong), MOST_PLANS))
        cured = self.trying.cured([plan(two, 0) for two in twos], 0)
        survivors = [two for two, right in zip(twos, cured, strict=True) if right]
        for two in survivors[:MOST_SURVIVORS]:
            if self.cures(*two):
                return self.told(*two)
        return ""

    def pairs(self, candidates: Sequence[Candidate]) -> Iterator[list[Candidate]]:
        """Two parts, neither within the other, with values for each; the likeliest first: the sum of their places in
        the list grows."""
        for total in range(1, 2 * len(candidates) - 2):
            for j in range(total // 2 + 1, min(total, len(candidates) - 1) + 1):
                first, second = sorted((candidates[total - j], candidates[j]), key=lambda pair: pair[0])
                if first[0][0] < self.parts[second[0][0]].first and not (self.is_unlikely(*first) and
                                                                         self.is_unlikely(*second)):  # fmt: skip
                    yield [first, second]

    def cures(self, *pairs: Candidate) -> bool:
        """Whether just these values in place of parts make the answer right on every input; the first was tried.

        If others did it as well, what the parts give would not matter: one of them may stand in a condition that no
        input needs, or lend its shape alone.
        """
        if not self.trying.cures(lambda k: plan(pairs, k)):
            return False
        return not any(self.any_will_do(pair, [other for other in pairs if other is not pair]) for pair in pairs)

    def any_will_do(self, pair: Candidate, rest: Sequence[Candidate]) -> bool:
        """Whether values beside those given make the answer right too; where it is a word, those of other inputs."""
        places, others = pair
        if isinstance(self.trying.right[0], str):
            besides = [[*others[1:], others[0]]]
        else:
            besides = [[[way(value) for value in values] for values in others] for way in ways_aside(others[0][0])]
        return any(self.trying.all_right(partial(plan, [(places, each), *rest])) for each in besides)

    def is_forgotten(self, places: tuple[int, ...], others: Others) -> bool:
        """Whether a part is but the start of what a loop goes on with until the start plays no part any more, on all
        inputs that pass: then the end in its place mends the others, and tells nothing of the fault."""
        part = self.parts[places[0]]
        of_line = [(name, givings) for (scope, name), givings in self.givings.items() if scope == part.scope
                   and any(giving.number == part.line for giving in givings)]  # fmt: skip
        if not any(name in giving.names and giving.number > part.line for name, each in of_line for giving in each):
            return False
        beside: list[Candidate] = [(places, [[aside(value) for value in values] for values in others])]
        passing = [k for k in range(len(self.trying.cases)) if k not in self.trying.failing]
        return bool(passing) and all(self.trying.cured([plan(beside, k)], k)[0] for k in passing)

    def told(self, *pairs: Candidate) -> str:
        """What to say of parts that need other values, and lines of the learner's, each on one of its own.

        Where what goes into a part isn't known to be right, the first of it on the way of the values comes first.
        """
        head, unsure = (HEADS if self.trying.place is None else HEADS_OF_ONE)[len(pairs)]
        firsts = list(dict.fromkeys(first for (place, *_), others in pairs for first in self.doubtful(place, others)))
        sentences = [self.said(places[0], others) for places, others in pairs]
        if len(pairs) == 1 and (alone := self.alone(*pairs[0])):
            firsts = []
            sentences.append(say(ALONE, part=shortened(alone)))
        elif len(pairs) == 1:
            sentences += self.lacking(*pairs[0])
        if firsts:
            sentences.append(say(FIRST, names=", ".join(dict.fromkeys(text for _, text in firsts))))
        blamed = [self.parts[place] for (place, *_), _ in pairs]
        sure = not firsts and not any(part.is_name or self.calls_own(part) for part in blamed)
        lines = chain(*map(self.lines_of, firsts), *(self.lines_with(places, others) for places, others in pairs))
        return with_lines(together(say(head if sure else unsure), *sentences), lines)

    def alone(self, places: Sequence[int], others: Others) -> str:
        """Of what goes into a part the outermost that is, on every input, what is needed in its place; "" if none."""
        runs = [by_place(self.trying.ran(None, k)[1]) for k in range(len(self.trying.cases))]
        for place in range(places[0] - 1, self.parts[places[0]].first - 1, -1):
            values = [run.get(place, []) for run in runs]
            if all(len(each) == len(wanted) and all(map(alike, each, wanted))
                   for each, wanted in zip(values, others, strict=True)):  # fmt: skip
                return self.parts[place].text
        return ""

    def lacking(self, places: Sequence[int], others: Others) -> list[str]:
        """That a part lacks an argument, or another of what answers are made of, to be what is needed on all inputs."""
        runs = [by_place(self.trying.ran(None, k)[1]).get(places[0], []) for k in range(len(self.trying.cases))]
        if not all(len(values) == len(wanted) == 1 for values, wanted in zip(runs, others, strict=True)):
            return []
        for (name, values), (change, sentence) in product(self.named_columns().items(), LACKS.items()):
            triples = zip(runs, values, others, strict=True)
            if all(alike(changed(change, run[0], value), wanted[0]) for run, value, wanted in triples):
                return [say(sentence, name=name)]
        return []

    def named_columns(self) -> Mapping[str, Sequence[Any]]:
        """What answers are made of, and the arguments, by name, each with its values on the inputs; numbers alone."""
        question, cases = self.trying.question, self.trying.cases
        made_of = [question.made_of(*case) if question.made_of is not None else {} for case in cases]
        rows = [
            {**dict(zip(question.names, case, strict=True)), **made} for case, made in zip(cases, made_of, strict=True)
        ]
        return {name: [row[name] for row in rows] for name in rows[0] if all(is_numbers(row[name]) for row in rows)}

    def lines_with(self, places: Sequence[int], others: Others) -> list[str]:
        """The lines to show for a part: where it stands, and before it, of a name whose values are wrong, those that
        give it them; these alone where the name is to blame in all its uses."""
        name, here = self.name_of(places[0]), marked(self.parts[places[0]])
        n = self.first_wrong(places[0], others)
        last = self.given_last(places[0], n)
        given = [] if self.is_known(places[0]) and not last else self.lines_of(name, last)
        uses = [p for p in self.values if self.name_of(p) == name]
        return given if given and len(uses) == len(places) else [*given, here]

    def given_last(self, place: int, n: int) -> list[int]:
        """The lines, by number, that gave a name its value when it was used for the n-th time: the last before that,
        and where this goes on with the value before, the last that doesn't; none if that can't be seen."""
        name, part = self.name_of(place), self.parts[place]
        givings = {giving.number: giving for giving in self.givings.get(name, ())}
        seen = {each.line for each in self.parts if each.scope == part.scope}
        if not givings.keys() <= seen:
            return []
        ran = list[int]()  # the lines that were run up to this use, each once where its parts follow each other
        for k, _ in self.kept:
            n -= k == place
            if n < 0:
                break
            if self.parts[k].scope == part.scope and ran[-1:] != [self.parts[k].line]:
                ran.append(self.parts[k].line)
        if ran and ran[-1] == part.line:  # in which it is used before it is given
            ran.pop()
        numbers = [number for number in reversed(ran) if number in givings]
        starts = [number for number in numbers if name[1] not in givings[number].names]
        return [*dict.fromkeys((*starts[:1], *numbers[:1]))]

    def lines_of(self, name: tuple[int, str], numbers: Sequence[int] = ()) -> list[str]:
        """The lines that give a name its values; of these numbers, if any."""
        givings = sorted(self.givings.get(name, ()), key=lambda giving: giving.number)
        givings = [giving for giving in givings if giving.number in numbers] or givings
        return [shortened(giving.line, 2 * LONGEST) for giving in givings][:MOST_LINES]

    def doubtful(self, place: int, others: Others) -> list[tuple[int, str]]:
        """Of the names that go into a part, those first on the way to it that the right answer doesn't compute."""
        n = self.first_wrong(place, others)
        inside = [p for p in range(self.parts[place].first, place) if p in self.values and not self.is_known(p, n)]
        return list(dict.fromkeys(first for p in inside for first in self.beginnings(self.name_of(p))))

    def beginnings(self, name: tuple[int, str]) -> list[tuple[int, str]]:
        """Where the values of a name that may be wrong begin: with those that go into it from lines above, or here."""
        givings = self.givings.get(name, ())
        if len(givings) != 1:
            return [name]
        (giving,) = givings
        above = [p for p in self.values if self.parts[p].scope == name[0] and self.parts[p].text in giving.names]
        above = [p for p in above if self.last_line(p) < giving.number and not self.is_known(p)]
        return list(dict.fromkeys(first for p in above for first in self.beginnings(self.name_of(p)))) or [name]

    def last_line(self, place: int) -> int:
        """The number of the last line that gives a name its value."""
        return max((giving.number for giving in self.givings.get(self.name_of(place), ())), default=0)

    def is_known(self, place: int, n: int | None = None) -> bool:
        """Whether a part is no name, or an argument's, or has values that the right answer computes too: those up to
        number n, if it has so many. A whole number that a loop gives counts its rounds; a sum may begin with 0."""
        if not self.parts[place].is_name:
            return True
        values, givings = self.values[place], self.givings.get(self.name_of(place), ())
        if is_length(values, self.trying.cases[0]):
            return True
        if all(giving.in_loop for giving in givings) and all(isinstance(value, int) for value in values):
            return True
        if n is not None and n < len(values) and (not np.any(values[n]) or self.begins_right(values, n)):
            return True
        return self.is_right(values)

    def calls_own(self, part: Part) -> bool:
        """Whether a part calls a function that the learner wrote as well: what that uses isn't seen in the call."""
        return any(f"{name}(" in part.text for name in self.own)

    def is_right(self, values: Values) -> bool:
        """Whether these are an argument, or what is asked for, or values on the way to it, on the first input, however
        often each."""
        given = [[each] for each in (*self.trying.cases[0], self.trying.right[0]) if is_numbers(each)]
        changes = changing(values)
        if len(changes) == 1 and in_a_row(changes[0], self.trying.cases[0]):
            return True
        return any(len(each) == len(changes) and all(map(alike, each, changes))
                   for each in (*given, *(changing(others[0]) for others in self.needed)))  # fmt: skip

    def begins_right(self, values: Values, n: int) -> bool:
        """Whether values, up to number n, are those of the right answer's on the first input."""
        return any(n < len(others[0]) and all(map(alike, values[: n + 1], others[0])) for others in self.needed)

    def first_wrong(self, place: int, others: Others) -> int:
        """The number of the first value of a part that isn't the one that is needed."""
        return next(n for n, value in enumerate(self.values[place]) if not alike(value, nth(others[0], n)))

    def said(self, place: int, others: Others) -> str:
        """What to say of a part that needs other values."""
        part, values, n = self.parts[place], self.values[place], self.first_wrong(place, others)
        value, needed = np.asarray(values[n]), np.asarray(nth(others[0], n))
        sentence = WRITTEN if part.is_number else GIVES if len(values) == 1 else GOES_WRONG
        if part.is_name and not part.scope and self.name_of(place) not in self.givings:  # the input itself isn't wrong
            sentence = INSTEAD
        if value.size > MOST_SHOWN and value.shape == needed.shape:
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


def changed(change: Callable[[Any, Any], Any], part: Any, by: Any) -> Any:
    """A part changed by a number, or by as many; None where they don't fit."""
    try:
        return change(np.asarray(part, np.float64), np.asarray(by, np.float64))
    except ValueError:
        return None


def plan(pairs: Iterable[Candidate], k: int) -> Plan:
    """The values that come instead, on input k, as the watch takes them."""
    return {
        place: {Watch.every: others[k][0]} if len(others[k]) == 1 else dict(enumerate(others[k]))
        for places, others in pairs
        for place in places
    }


def ways_aside(value: Any) -> Sequence[Callable[[Any], Any]]:
    """What makes other values of one like this: of truths all False and all True, a number beside it else."""
    return (np.zeros_like, np.ones_like) if np.asarray(value).dtype.kind == "b" else (aside,)


def aside(value: Any) -> Any:
    """A value a hundredth beside, in an array as it was; a whole number becomes none."""
    beside = np.asarray(value) * 1.01 + 0.01
    return np.asarray(beside) if isinstance(value, np.ndarray) else beside
