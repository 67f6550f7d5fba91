"""Which condition of the learner's function is to blame: turned over, it makes the answer right.

Zhang, Gupta and Gupta 2006, Locating faults through automated predicate switching (ICSE).
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import permutations, product
from typing import TYPE_CHECKING

from nnlearn.exercises.opened import Watch
from nnlearn.exercises.part_values import by_place, is_truth
from nnlearn.exercises.part_words import marked, shortened, with_lines
from nnlearn.language import mark, say

if TYPE_CHECKING:
    from nnlearn.exercises.replacements import Search

FEWEST_FAILING = 2  # inputs that show a condition to be wrong: on one alone its other branch is right by chance
FEWEST = 2  # inputs that must hang on each of two conditions

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


def of_turned_conditions(search: "Search | None") -> str:
    """What to say of one condition, or two, that must be turned over, now one way and now the other; "" if there are
    none, or time is up."""
    return "" if search is None else search.found(partial(turned_either_way, search))


def turned(search: "Search") -> str:
    """What to say of the first condition, or of the first two, that turned over make all answers right: those that
    are the right answer's may have their branches exchanged, else they are not to blame.

    Where there are but two words to answer with, the last condition always does so.
    """
    trying = search.trying
    if isinstance(trying.right[0], str) and len(set(trying.right)) <= 2:
        return ""
    if len(trying.failing) < FEWEST_FAILING:
        return ""
    found = turns(search)
    right = {place for place in found if is_right_condition(search, place)}
    for place, values in found.items():
        part, told = search.parts[place], ""
        if len(values) < len(trying.failing):
            continue
        if len(set(values.values())) == 1 and place not in right:
            told = say(TURNED, part=shortened(part.text), value=values[0], other=not values[0])
        elif all(turned_on(search, k, [place]) for k in range(len(trying.cases))):
            told = say(EXCHANGED, part=shortened(part.text))
        if told:
            return with_lines(told, [marked(part)])
    return two_turned(search, {place: values for place, values in found.items() if place not in right})


def two_turned(search: "Search", found: Mapping[int, Mapping[int, bool]]) -> str:
    """What to say of the first two conditions of which one is to blame on the first input, and on the others that
    fail the same, the other, or both."""
    for one, other in permutations(found, 2):
        here, there = found[one], {k: value for k, value in found[other].items() if k not in found[one]}
        if min(len(here), len(there)) < FEWEST:  # one input alone is right by chance
            continue
        if search.trying.failing[0] in here and len(set(here.values())) == len(set(there.values())) == 1:
            value, second = next(iter(here.values())), next(iter(there.values()))
            both = {one: {0: not value}, other: {0: not second}}
            if all(all(search.trying.cured([both], k)) for k in search.trying.failing if k not in {*here, *there}):
                parts = [search.parts[one], search.parts[other]]
                texts = dict(zip(("part", "second"), (shortened(part.text) for part in parts), strict=True))
                values = {"value": value, "other": not value, "second_value": second, "second_other": not second}
                return with_lines(say(TURNED_HERE, **texts, **values), map(marked, parts))
    return ""


def turned_either_way(search: "Search") -> str:
    """What to say of the condition, or the first two, that make all answers right where they have the value that
    each input needs; those that are the right answer's are not to blame.

    Where there are but two words to answer with, the last condition always does so.
    """
    if len(set(search.trying.right)) <= 2:
        return ""
    failing = {*search.trying.failing}
    first = search.trying.failing[0]
    found = {place: values for place, values in turns(search).items() if not is_right_condition(search, place)}
    for place, values in found.items():
        if {*values} == failing:
            part = search.parts[place]
            told = say(EITHER_WAY, part=shortened(part.text), value=values[first], other=not values[first])
            return with_lines(told, [marked(part)])
    for one, other in permutations(found, 2):
        if first not in found[one] or {*found[other]} <= {*found[one]}:
            continue
        if all(cured_by_both(search, one, other, k) for k in failing - {*found[one]} - {*found[other]}):
            parts = [search.parts[one], search.parts[other]]
            texts = dict(zip(("part", "second"), (shortened(part.text) for part in parts), strict=True))
            value = found[one][first]
            told = say(TWO_EITHER_WAY, **texts, value=value, other=not value)
            return with_lines(told, map(marked, parts))
    return ""


def cured_by_both(search: "Search", one: int, other: int, k: int) -> bool:
    """Whether two conditions, with some values, make the answer to input k right."""
    values = product((False, True), repeat=2)
    return any(search.trying.cured([{one: {Watch.every: a}, other: {Watch.every: b}} for a, b in values], k))


def turns(search: "Search") -> dict[int, dict[int, bool]]:
    """Of each condition its values on the inputs that fail and that are cured where it has the other."""
    found: dict[int, dict[int, bool]] = {}
    for k in search.trying.failing:
        for place, value in turned_on(search, k).items():
            found.setdefault(place, {})[k] = value
    return found


def is_right_condition(search: "Search", place: int) -> bool:
    """Whether a condition is one of the right answer's: both hold on the same inputs, of those where both are asked
    once, and not on all of these. It may be asked in a wrong place, but no other truth belongs to it."""
    runs = [by_place(search.trying.ran(None, k)[1]).get(place, []) for k in range(len(search.trying.cases))]
    for others in search.truths:
        both = [(bool(mine[0]), bool(its[0])) for mine, its in zip(runs, others, strict=True)
                if len(mine) == len(its) == 1]  # fmt: skip
        if {*both} == {(True, True), (False, False)}:
            return True
    return False


def uses_of(search: "Search", place: int) -> list[int]:
    """All places of a name, asked or not; of another part this alone."""
    if not search.parts[place].is_name:
        return [place]
    return [p for p, part in enumerate(search.parts) if part.is_name and search.name_of(p) == search.name_of(place)]


def turned_on(search: "Search", k: int, places: Sequence[int] | None = None) -> dict[int, bool]:
    """On input k, of the conditions that are asked once those which, turned over, make the answer right, and their
    values; of these places alone, if given."""
    asked = {place: bool(values[0]) for place, values in by_place(search.trying.ran(None, k)[1]).items()
             if len(values) == 1 and is_truth(values[0]) and (places is None or place in places)}  # fmt: skip
    turns = [{use: {Watch.every: not value} for use in uses_of(search, place)} for place, value in asked.items()]
    cured = search.trying.cured(turns, k)
    return {place: value for (place, value), right in zip(asked.items(), cured, strict=True) if right}
