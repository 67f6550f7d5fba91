"""Which part of the learner's function is to blame: with other values in its place the answer is right everywhere.

Where one part is wrong, in whatever way, values that the right answer computes on its way often belong there. So the
learner's function is run with one of its parts replaced by such values, for each part and all that fit; then with one
of its conditions turned over; then with two parts replaced. What makes the answer right on every input is where the
fault lies; of several, the one that comes first on the way of the values: a name, wherever it is used, before what is
made of it. Jeffrey, Gupta and Gupta 2008, Fault localization using value replacement (ISSTA); of conditions: Zhang,
Gupta and Gupta 2006, Locating faults through automated predicate switching (ICSE).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice, permutations, product
from typing import Any

import numpy as np

from nnlearn.exercises.answers import Answer, part_of, same, shown
from nnlearn.exercises.opened import MOST_ROUNDS, Opened, Part, Watch, copied, is_numbers, opened, opened_reference
from nnlearn.exercises.source import Endless
from nnlearn.exercises.task import Arguments, Function, Question
from nnlearn.exercises.trying import BATCH, OutOfTime, Trying
from nnlearn.language import mark, say, together

MOST_PLANS = 2000  # other values for one part, and for two, that are tried on the first input that fails
MOST_SURVIVORS = 60  # of them, those that are tried on all inputs
FEWEST_FAILING = 2  # inputs that show a condition to be wrong: on one alone its other branch is right by chance
MOST_SHOWN = 6  # numbers of an array in a sentence
FEWEST = 2  # inputs that must hang on each of two conditions
EMPTY = ("np.zeros", "np.empty")  # what makes an array that is filled later: whatever is wrong, its place isn't here
MOST_JOINED = 4  # arguments in one list
MOST_LINES = 3  # that give one name its values
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
INSTEAD = mark("In place of {part}, {needed} is needed on the input below.")
WRITTEN = mark("In place of the number {part}, {needed} is needed on the input below.")
ARGUMENT = mark("What is needed there is the argument {name}.")
NAMED = mark("What is needed there is {name}.")
ALONE = mark("What is needed there is {part} alone, which goes into it.")
LINE = mark("The line: {line}")
FIRST = mark("Look first whether {names} is what it should be; if so, the part itself is wrong.")
TURNED = mark(
    "All hangs on {part}, which is {value} on the input below: were it {other}, your answer would be right. So it is "
    "on every input that fails."
)
TURNED_HERE = mark(
    "On the input below all hangs on {part}, which is {value}: were it {other}, your answer would be right there. On "
    "others that fail it hangs on {second}, which is {second_value}: were it {second_other}, they would be."
)
EITHER_WAY = mark(
    "All hangs on {part}, or on what you answer behind it: it is {value} on the input below, where {other} is needed, "
    "and the other way round on others that fail. All else is right."
)
TWO_EITHER_WAY = mark(
    "All hangs on two conditions, or on what you answer behind them: {part}, which is {value} on the input below, "
    "where {other} is needed, and {second} on others that fail. All else is right."
)
EXCHANGED = mark("The two branches of {part} are exchanged. All else is right.")

Values = Sequence[Any]  # of a part in one run, one after the other
Others = Sequence[Values]  # what a part of the right answer gives on each input
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
    return "" if search is None else search.found(lambda: search.replaced() or search.turned())


def of_two_parts(search: "Search | None") -> str:
    """What to say of two parts that are to blame together; "" if there are none, or time is up."""
    return "" if search is None else search.found(search.two_replaced)


def of_turned_conditions(search: "Search | None") -> str:
    """What to say of one condition, or two, that must be turned over, now one way and now the other; "" if there are
    none, or time is up."""
    return "" if search is None else search.found(search.turned_either_way)


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

    def turned(self) -> str:
        """What to say of the first condition, or of the first two, that turned over make all answers right: those that
        are the right answer's may have their branches exchanged, else they are not to blame.

        Where there are but two words to answer with, the last condition always does so.
        """
        trying = self.trying
        if isinstance(trying.right[0], str) and len(set(trying.right)) <= 2:
            return ""
        if len(trying.failing) < FEWEST_FAILING:
            return ""
        found = self.turns()
        right = {place for place in found if self.is_right_condition(place)}
        for place, values in found.items():
            part, told = self.parts[place], ""
            if len(values) < len(trying.failing):
                continue
            if len(set(values.values())) == 1 and place not in right:
                told = say(TURNED, part=shortened(part.text), value=values[0], other=not values[0])
            elif all(self.turned_on(k, [place]) for k in range(len(trying.cases))):
                told = say(EXCHANGED, part=shortened(part.text))
            if told:
                return with_lines(told, [marked(part)])
        return self.two_turned({place: values for place, values in found.items() if place not in right})

    def two_turned(self, found: Mapping[int, Mapping[int, bool]]) -> str:
        """What to say of the first two conditions of which one is to blame on the first input, and on the others that
        fail the same, the other, or both."""
        for one, other in permutations(found, 2):
            here, there = found[one], {k: value for k, value in found[other].items() if k not in found[one]}
            if min(len(here), len(there)) < FEWEST:  # one input alone is right by chance
                continue
            if self.trying.failing[0] in here and len(set(here.values())) == len(set(there.values())) == 1:
                value, second = next(iter(here.values())), next(iter(there.values()))
                both = {one: {0: not value}, other: {0: not second}}
                if all(all(self.trying.cured([both], k)) for k in self.trying.failing if k not in {*here, *there}):
                    parts = [self.parts[one], self.parts[other]]
                    texts = dict(zip(("part", "second"), (shortened(part.text) for part in parts), strict=True))
                    values = {"value": value, "other": not value, "second_value": second, "second_other": not second}
                    return with_lines(say(TURNED_HERE, **texts, **values), map(marked, parts))
        return ""

    def turned_either_way(self) -> str:
        """What to say of the condition, or the first two, that make all answers right where they have the value that
        each input needs; those that are the right answer's are not to blame.

        Where there are but two words to answer with, the last condition always does so.
        """
        if len(set(self.trying.right)) <= 2:
            return ""
        failing = {*self.trying.failing}
        first = self.trying.failing[0]
        found = {place: values for place, values in self.turns().items() if not self.is_right_condition(place)}
        for place, values in found.items():
            if {*values} == failing:
                part = self.parts[place]
                told = say(EITHER_WAY, part=shortened(part.text), value=values[first], other=not values[first])
                return with_lines(told, [marked(part)])
        for one, other in permutations(found, 2):
            if first not in found[one] or {*found[other]} <= {*found[one]}:
                continue
            if all(self.cured_by_both(one, other, k) for k in failing - {*found[one]} - {*found[other]}):
                parts = [self.parts[one], self.parts[other]]
                texts = dict(zip(("part", "second"), (shortened(part.text) for part in parts), strict=True))
                value = found[one][first]
                told = say(TWO_EITHER_WAY, **texts, value=value, other=not value)
                return with_lines(told, map(marked, parts))
        return ""

    def cured_by_both(self, one: int, other: int, k: int) -> bool:
        """Whether two conditions, with some values, make the answer to input k right."""
        values = product((False, True), repeat=2)
        return any(self.trying.cured([{one: {Watch.every: a}, other: {Watch.every: b}} for a, b in values], k))

    def turns(self) -> dict[int, dict[int, bool]]:
        """Of each condition its values on the inputs that fail and that are cured where it has the other."""
        found: dict[int, dict[int, bool]] = {}
        for k in self.trying.failing:
            for place, value in self.turned_on(k).items():
                found.setdefault(place, {})[k] = value
        return found

    def is_right_condition(self, place: int) -> bool:
        """Whether a condition is one of the right answer's: both hold on the same inputs, of those where both are asked
        once, and not on all of these. It may be asked in a wrong place, but no other truth belongs to it."""
        runs = [by_place(self.trying.ran(None, k)[1]).get(place, []) for k in range(len(self.trying.cases))]
        for others in self.truths:
            both = [(bool(mine[0]), bool(its[0])) for mine, its in zip(runs, others, strict=True)
                    if len(mine) == len(its) == 1]  # fmt: skip
            if {*both} == {(True, True), (False, False)}:
                return True
        return False

    def uses_of(self, place: int) -> list[int]:
        """All places of a name, asked or not; of another part this alone."""
        if not self.parts[place].is_name:
            return [place]
        return [p for p, part in enumerate(self.parts) if part.is_name and self.name_of(p) == self.name_of(place)]

    def turned_on(self, k: int, places: Sequence[int] | None = None) -> dict[int, bool]:
        """On input k, of the conditions that are asked once those which, turned over, make the answer right, and their
        values; of these places alone, if given."""
        asked = {place: bool(values[0]) for place, values in by_place(self.trying.ran(None, k)[1]).items()
                 if len(values) == 1 and is_truth(values[0]) and (places is None or place in places)}  # fmt: skip
        turns = [{use: {Watch.every: not value} for use in self.uses_of(place)} for place, value in asked.items()]
        cured = self.trying.cured(turns, k)
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


def truths_of(reference: Opened, cases: Sequence[Arguments]) -> list[Others]:
    """What the conditions of the right answer are, on every input."""
    runs = [by_place(reference(None, *copied(case))[1]) for case in cases]
    conditions = {place for run in runs for place, values in run.items() if is_truth(values[0])}
    return [each for place in sorted(conditions) for each in one_by_one([run.get(place, []) for run in runs])]


def one_by_one(others: Others) -> Sequence[Others]:
    """Of a condition that is asked equally often on every input, as of each of three, what it is each time."""
    (times, *differ) = {len(values) for values in others}
    return [others] if differ else [[values[n : n + 1] for values in others] for n in range(times)]


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


def in_a_row(value: Any, case: Arguments) -> bool:
    """Whether a list holds just the numbers of some arrays among the arguments, in their order."""
    arrays = [np.ravel(each) for each in case if is_numbers(each) and np.ndim(each) > 0]
    rows = chain.from_iterable(permutations(arrays, n) for n in range(1, min(len(arrays), MOST_JOINED) + 1))
    return np.ndim(value) == 1 and any(alike(value, np.concatenate(row)) for row in rows)


def in_other_orders(needed: Sequence[Others], cases: Sequence[Arguments]) -> Sequence[Others]:
    """Values of a loop over a list, for one that goes through it from its least number on, or from its largest."""
    found = []
    for lists in zip(*cases, strict=True):
        if not all(is_numbers(each) and np.ndim(each) == 1 for each in lists):
            continue
        for sign in (1, -1):
            orders = [np.argsort(sign * np.asarray(each), kind="stable") for each in lists]
            found += [
                [[values[k] for k in order] for values, order in zip(others, orders, strict=True)]
                for others in needed
                if all(len(values) == len(order) for values, order in zip(others, orders, strict=True))
            ]
    return found


def same_values(values: Values, others: Values) -> bool:
    """Whether two runs gave a part the same value, or the second none."""
    return not others or (len(values) == len(others) == 1 and alike(values[0], others[0]))


def fit(values: Values, others: Values) -> bool:
    """Whether others can stand for these values, and differ from them. Places in a list may be more, or fewer."""
    if len(others) not in (1, len(values)):
        return False
    pairs = [(value, nth(others, n)) for n, value in enumerate(values)]
    shapes = all(np.shape(a) == np.shape(b) or (are_places(a) and are_places(b)) for a, b in pairs)
    return shapes and not all(alike(a, b) for a, b in pairs)


def is_length(values: Values, case: Arguments) -> bool:
    """Whether all are one whole number that says how long an argument is, along one of its axes."""
    lengths = {length for each in case if is_numbers(each) for length in np.shape(each)}
    return all(type(value) is int and value in lengths for value in values) and len({*values}) == 1


def changing(values: Values) -> Values:
    """The values without those that repeat the one before."""
    return [value for n, value in enumerate(values) if n == 0 or not alike(value, values[n - 1])]


def are_places(value: Any) -> bool:
    """Whether it is a list of whole numbers, which may be places in another."""
    return np.ndim(value) == 1 and np.asarray(value).dtype.kind in "iu"


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


def shortened(text: str, most: int = LONGEST) -> str:
    """The beginning of a part of a program, within a sentence."""
    return text if len(text) <= most else text[:most] + " ..."


def with_lines(told: str, lines: Iterable[str]) -> str:
    """What was said, and below it lines of the learner's, each once."""
    return "\n".join([told, *(f"    {say(LINE, line=line)}" for line in dict.fromkeys(lines) if line)])


def marked(part: Part) -> str:
    """The line of a part, the part in marks if it stands there more than once; "" if it says no more than the part."""
    if not part.before + part.after or len(part.text) > LONGEST:
        return ""
    before = part.before if len(part.before) <= LONGEST else "... " + part.before[-LONGEST:]
    text = f"»{part.text}«" if part.text in part.before + part.after else part.text
    return before + text + shortened(part.after)
