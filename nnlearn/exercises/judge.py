"""Holds an answer against the right one and the known mistakes, on all inputs."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from nnlearn.exercises.answers import read
from nnlearn.exercises.calls import Caller, Raised, Stopped, direct
from nnlearn.exercises.derived import Fits, derived, derived_beside, derived_pairs
from nnlearn.exercises.known import (
    case_by_case,
    divided,
    known_of,
    mostly_known,
    nearly,
    one_number,
    recognised,
    recognised_where_it_fails,
    some,
)
from nnlearn.exercises.limits import of_limits
from nnlearn.exercises.moves import of_moves
from nnlearn.exercises.opened import text_of
from nnlearn.exercises.origins import of_origin
from nnlearn.exercises.probes import kept, of_beginnings, of_counts, unused
from nnlearn.exercises.repairs import of_repairs
from nnlearn.exercises.replacements import Search, of_one_part, of_two_parts, search_of
from nnlearn.exercises.resemblance import EXACT, FORMULAS, PLAIN, ROUGH, Rules, resemblance
from nnlearn.exercises.slots import Fault, of_slots, pairs, triples
from nnlearn.exercises.task import Function, Question
from nnlearn.exercises.trials import (
    Trial,
    columns,
    fit,
    floats,
    part_right,
    right_places,
    telling,
    trial,
    troubled,
)
from nnlearn.exercises.trying import Trying
from nnlearn.exercises.tuned import of_numbers
from nnlearn.exercises.turned import of_turned_conditions
from nnlearn.exercises.unending import of_unending
from nnlearn.exercises.variants import written
from nnlearn.language import mark, say, together

INFINITY = re.compile(r"\b(inf|infty|infinity)\b", re.IGNORECASE)  # in the learner's own text
BESIDES = mark("Besides, on some inputs it gives no answer. {problem}")
OF_ALL_INPUTS = ("", "kind", "known", "division", "origin", "unending")  # ways that look at errors as well
DRAWN = mark("Your function draws random numbers. A mean of what is drawn comes near, but never to all digits: the "
             "mean itself can be computed.")  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What came of a question: how many inputs passed, the smallest that failed, what there is to say, the points.

    names: of the arguments. hints: each explains the answer; several where the inputs can't tell them apart.
    way: how the hints were found, "known" or one of the ways below. notes: what is true besides. unwritten: there is no
    answer yet.
    """

    passed: int = 0
    total: int = 0
    points: float = 0
    names: tuple[str, ...] = ()
    failure: Trial | None = None
    hints: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unwritten: bool = False
    way: str = ""

    @property
    def right(self) -> bool:
        return 0 < self.passed == self.total


@np.errstate(all="ignore")  # a warning would cost marks in nbgrader
def judge(question: Question, call: Caller, seed: int | str = 0, function: Function | None = None) -> Verdict:
    """The verdict on what ``call`` calls, wherever that runs: in this process or in another.

    function: what is called, if it is the learner's own, whose parts can be looked at.
    """
    cases = question.cases(seed)
    trials: list[Trial] = []
    for arguments in cases:
        right = direct(question.reference)(arguments).value
        tried = trial(arguments, read(right, like=right), call, question.tolerance)
        trials.append(replace(tried, floats=floats(question, tried)))
        error = trials[-1].outcome.error
        if isinstance(error, Stopped):
            break
        # itself, and not what it calls
        itself = isinstance(error, Raised) and error.kind == "NotImplementedError" and len(error.frames) <= 1
        if itself or trials[-1].outcome.value is Ellipsis:
            return Verdict(unwritten=True)
    failed = [each for each in trials if not each.passed]
    if not failed:
        return Verdict(len(cases), len(cases), question.points)
    if function is not None and INFINITY.search(text_of(function)) and not all(each.problem for each in trials):
        trials = [taken_at_its_word(each, question.tolerance) for each in trials]
        failed = [each for each in trials if not each.passed]
    way, hints, notes = explanation(question, trials, call, function)
    smallest = min(failed, key=troubled)
    if smallest.problem and speaks_of_answers(way, smallest, failed):
        notes += (say(BESIDES, problem=smallest.problem),)
        smallest = min((each for each in failed if not each.problem), key=troubled)
    return Verdict(len(trials) - len(failed), len(cases), 0, tuple(question.names), smallest, hints, notes, way=way)


def speaks_of_answers(way: str, smallest: Trial, failed: Sequence[Trial]) -> bool:
    """Whether hints that were found in this way are about inputs to which there is an answer, though not to all."""
    if isinstance(smallest.outcome.error, Stopped):
        return False
    known = way == "known" and smallest.outcome.error is not None
    return way not in OF_ALL_INPUTS or (known and 2 * sum(not each.problem for each in failed) > len(failed))


def taken_at_its_word(one: Trial, tolerance: float) -> Trial:
    """Infinity, from a function that has it written down, is an answer as another number is."""
    is_meant = one.outcome.error is None and isinstance(one.answer, np.ndarray) and np.isinf(one.answer).any()
    return replace(one, problem="", tolerance=tolerance) if is_meant else one


def explanation(
    question: Question, trials: Sequence[Trial], call: Caller, function: Function | None
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """How the hints were found, the hints that fit, and notes: what is true besides.

    Where every number is right, they can but be of the wrong kind. Else a mistake on the question's list comes first;
    then what is true of the numbers, and the mistakes that are derived from the right answer's source; last, where the
    answer is right and where it is not.
    """
    changed = sorted({place for each in trials for place in each.outcome.changed})
    notes = [
        say("Your function changes {name}, which belongs to its caller. Work on a copy.", name=question.names[place])
        for place in changed
    ]
    kinds = [say(why) for name, why in question.whole.items() if any(name in each.floats for each in trials)]
    if all(each.right_value for each in trials):
        return "kind" if kinds else "", tuple(kinds), tuple(notes)
    notes += kinds
    way, hints = "known", recognised(question, trials)
    answered = [each for each in trials if not each.problem]
    if not hints and any(not each.right_value for each in answered) and 2 * len(answered) > len(trials):
        way, hints = "known where it answers", recognised(question, answered)  # elsewhere it may fail otherwise
        if not hints:
            shown = all(each.passed or not (each.problem or each.right_value) for each in trials)
            way, hints = unforeseen(question, answered, call, function if shown else None)
            advice = advised(question, call)
            notes += [say("Try this: {advice}", advice=say(advice))] if advice else []
    if not hints and function is not None and isinstance(trials[-1].outcome.error, Stopped):
        way, hints = "unending", some(of_unending(question, trials[-1].arguments, function))
    if not hints and function is not None:
        way, hints = "origin", origin(question, trials, function)
    if not hints:
        way, hints = "division", divided(question, trials)
    return way if hints else "", tuple(hints), tuple(notes)


def advised(question: Question, call: Caller) -> str:
    """What to try: of several examples the first that the learner's function gets wrong; "" if there is none."""
    if isinstance(question.advice, str):
        return question.advice
    for text, case in question.advice.items():
        right = direct(question.reference)(case).value
        if not trial(case, read(right, like=right), call, question.tolerance).passed:
            return text
    return ""


def origin(question: Question, trials: Sequence[Trial], function: Function) -> list[str]:
    """Where the infinity comes from on the input that is shown, if there is one."""
    smallest = min((each for each in trials if not each.passed), key=troubled)
    if smallest.answer is None or not smallest.problem:
        return []
    return some(of_origin(question, smallest.arguments, smallest.right, function))


def unforeseen(
    question: Question, trials: Sequence[Trial], call: Caller, function: Function | None
) -> tuple[str, list[str]]:
    """What can be said of answers that no mistake on the list gives: the first way that says something, and what.

    What the question declares says most; what one sees at once needs no guess; then come the mistakes that can be
    derived from the source of the right answer, the part of the learner's function that is to blame, and what is known
    of the numbers alone.
    """
    cases, right, got = zip(*columns(trials), strict=True)
    failing_first = sorted(trials, key=lambda each: (each.right_value, *telling(each)))  # what tells most, soonest
    is_text = isinstance(right[0], str)  # a few words are the same by chance too easily
    own_text = "\n".join(map(ast.unparse, written(function))) if is_text and function is not None else ""

    def slots(faults: Callable[[Question], Iterator[Fault]]) -> str:
        asked, _, given = zip(*columns(failing_first), strict=True)  # most faults fail on the first
        return of_slots(question, asked, given, faults)

    def seen(rules: Rules) -> str:
        return resemblance(question, cases, right, got, rules)

    @cache
    def search(place: int | None = None) -> Search | None:
        order = failing_first if place is None else sorted(failing_first, key=partial(part_right, place))
        if function is None or order[0] is not failing_first[0]:  # it speaks of the input that is shown
            return None
        asked, needed, given = zip(*columns(order), strict=True)
        return search_of(question, asked, needed, given, function, place)

    @cache
    def gives(wrong: Function, k: int) -> Trial:
        return trial(failing_first[k].arguments, failing_first[k].right, direct(wrong))

    def varied(look: Callable[[Trying, Function], str]) -> list[str]:
        asked, needed, given = zip(*columns(failing_first), strict=True)
        return [] if function is None else some(look(Trying(question, asked, needed, given, function), function))

    def fits(place: int | None = None) -> Fits:
        """Whether a function gives just what the learner's gave, on all inputs; of several things, the one there, and
        those that are right: what explains one alone by chance spoils these."""
        good = [] if place is None else right_places(failing_first)
        return lambda wrong: all(fit(failing_first, partial(gives, wrong), each) for each in (place, *good))

    @cache
    def known_in(place: int) -> list[str]:
        asked, needed, given = zip(*columns(failing_first, place), strict=True)
        seen_there = some(resemblance(question, asked, needed, given, PLAIN))
        named = seen_there or derived(question, fits(place), named=function is not None)
        return named or some(resemblance(question, asked, needed, given, FORMULAS))

    @cache
    def found_in(place: int) -> list[str]:
        replaced = known_in(place) or some(of_one_part(search(place)))
        return replaced or derived(question, fits(place)) or some(of_two_parts(search(place)))

    def limits() -> str:
        if function is None:
            return ""
        asked, needed, given = zip(*columns(failing_first), strict=True)
        known = partial(known_of, question, failing_first)
        return of_limits(question, asked, needed, given, function, known)

    def with_division(sentence: str) -> list[str]:
        return some(together(sentence, *divided(question, trials))) if sentence else []

    ways: Mapping[str, Callable[[], list[str]]] = {
        "kept": lambda: some(kept(question, cases, got, call)),
        "declared": lambda: some(slots(pairs) or of_moves(question, cases, right, got)),
        "plain": lambda: some(seen(PLAIN)),
        "three declared": lambda: some(slots(triples)),
        "limits": lambda: some(limits()),
        "derived": lambda: derived(question, fits(), named=function is not None, text=own_text),
        "case by case": lambda: some(case_by_case(question, trials)),
        "repaired": lambda: varied(of_repairs),
        "known where it fails": lambda: [] if is_text else recognised_where_it_fails(question, trials),
        "another count": lambda: some(of_counts(question, cases, right, got)),
        "beginnings": lambda: some(of_beginnings(question, cases, got)),
        "formula": lambda: some(seen(FORMULAS)),
        "in parts": lambda: in_parts(question, failing_first, known_in),
        "limit": lambda: varied(of_numbers) if is_text else [],
        "replaced": lambda: some(of_one_part(search())),
        "number": lambda: [] if is_text else varied(of_numbers),
        "derived in part": lambda: [] if function is None else derived(question, fits(), text=own_text),
        "replaced in parts": lambda: in_parts(question, failing_first, found_in),
        "exact": lambda: with_division(seen(EXACT)),
        "nearly": lambda: some(nearly(question, trials)) if is_text else [],
        "drawn": lambda: some(say(DRAWN) if draws(function) and not is_text else ""),
        "mostly known": lambda: [] if is_text else some(mostly_known(question, trials)),
        "one number": lambda: some(one_number(trials)),
        "turned either way": lambda: some(of_turned_conditions(search())) if is_text else [],
        "unused": lambda: some(unused(question, cases, got, call)),
        "derived beside": lambda: [] if is_text else derived_beside(question, fits(), text_of(function)),
        "two derived": lambda: [] if is_text else derived_pairs(question, fits(), text_of(function)),
        "two replaced": lambda: some(of_two_parts(search())),
        "some parts": lambda: in_parts(question, failing_first, found_in, all_of_them=False),
        "rough": lambda: with_division(seen(ROUGH)) or divided(question, trials),
    }
    return next(((way, hints) for way, say_it in ways.items() if (hints := say_it())), ("", []))


def draws(function: Function | None) -> bool:
    """Whether a learner's function, or a helper of it, draws random numbers."""
    nodes = [node for tree in written(function) for node in ast.walk(tree)] if function is not None else []
    return any(getattr(node, "attr", getattr(node, "id", "")) in ("random", "default_rng") for node in nodes)


def in_parts(
    question: Question, trials: Sequence[Trial], explained: Callable[[int], list[str]], all_of_them: bool = True
) -> list[str]:
    """What to say of each thing of several: whether it is right, else what explains it, by its place.

    all_of_them: whether each that is wrong must be explained; else one.
    """
    if not all(isinstance(each.answer, tuple) and len(each.answer) == len(question.returns) for each in trials):
        return []
    wrong: dict[str, list[str]] = {}  # the names of things by what there is to say of them
    for place, name in enumerate(question.returns):
        if not all(part_right(place, each) for each in trials):
            found = explained(place)
            if not found and all_of_them:
                return []
            wrong.setdefault(found[0] if found else "", []).append(name)
    known = any(wrong)
    right = [name for name in question.returns if not any(name in names for names in wrong.values())]
    sentences = [say("Right: {name}.", name=name) for name in right]
    sentences += [say("Not right: {names}. {sentence}", names=", ".join(names), sentence=sentence).rstrip()
                  for sentence, names in wrong.items()]  # fmt: skip
    several_lines = any("\n" in each for each in sentences)
    return some("\n".join(sentences) if several_lines else together(*sentences)) if known else []
