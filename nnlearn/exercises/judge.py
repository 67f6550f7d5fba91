"""Holds an answer against the right one and the known mistakes, on all inputs."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np

from nnlearn.exercises.answers import TOLERANCE, Answer, finite, in_whole_numbers, part_of, read, same
from nnlearn.exercises.calls import Caller, Outcome, Raised, Stopped, direct
from nnlearn.exercises.conditions import where
from nnlearn.exercises.derived import Fits, derived, derived_pairs
from nnlearn.exercises.limits import of_limits
from nnlearn.exercises.moves import of_moves
from nnlearn.exercises.opened import text_of
from nnlearn.exercises.origins import of_origin
from nnlearn.exercises.probes import FEWEST, kept, of_beginnings, of_counts, unused
from nnlearn.exercises.repairs import of_repairs
from nnlearn.exercises.replacements import Search, of_one_part, of_turned_conditions, of_two_parts, search_of
from nnlearn.exercises.resemblance import EXACT, FORMULAS, PLAIN, ROUGH, Rules, resemblance
from nnlearn.exercises.slots import COUNTED, Fault, gives, of_slots, pairs, triples, twos
from nnlearn.exercises.task import Arguments, Function, Question
from nnlearn.exercises.trying import Trying
from nnlearn.exercises.tuned import of_numbers
from nnlearn.exercises.unending import of_unending
from nnlearn.exercises.variants import written
from nnlearn.language import mark, say, together
from nnlearn.sandbox.plain import plain

POWER = mark("A power is written ** in Python, as in x**3; ^ is something else.")
INFINITE = mark(
    "It is infinite, or not a number (NaN). Does something overflow on the way, as np.exp(1000), or is 0 divided by 0?"
)
INFINITY = re.compile(r"\b(inf|infty|infinity)\b", re.IGNORECASE)  # in the learner's own text
BESIDES = mark("Besides, on some inputs it gives no answer. {problem}")
MOST_OTHERS = 0.1  # of the inputs: where a mistake that is said to explain an answer may give another one
OF_ALL_INPUTS = ("", "kind", "known", "division", "origin", "unending")  # ways that look at errors as well
CAUSES = (  # a piece of a message of Python, and what a beginner needs to know then; the first that fits
    ("for ^", POWER),
    ("bitwise_xor", POWER),
    ("has no attribute 'append'", mark("append changes the list and gives back nothing (None): no = before it.")),
    ("NoneType", mark("None is what a function gives back that has no return yet: is one that you call unfinished?")),
    (
        "truth value of an array",
        mark("if, and, or need one True or False; an array has one for each number. np.where looks at each of them."),
    ),
    ("recursion depth", mark("Python allows about 1000 calls within one another, a loop as many rounds as you like.")),
    ("EOF when reading a line", mark("Nobody answers input() here: what the function needs comes in its arguments.")),
    ("'function'", mark("A function stands where a number is needed: call it, with brackets, as in f(x).")),
)
NEARLY_ALL = 0.75  # of the inputs that fail: where a mistake must explain the answer
MOSTLY = mark("On {n} of the {failed} inputs that fail your answer is what this leads to: {hint} On the others there "
              "is something else as well.")  # fmt: skip
DRAWN = mark("Your function draws random numbers. A mean of what is drawn comes near, but never to all digits: the "
             "mean itself can be computed.")  # fmt: skip
ONE_NUMBER = mark(
    "On {n} of {total} inputs your answer is {value}, where the right ones differ: does a loop go on until a limit of "
    "its own, or is a condition never, or always, true?"
)
WHERE = mark("Where {name} is {values}: {sentence}")
ELSE = mark("Where {name} is {values}, it is something else.")


@dataclass(frozen=True)
class Trial:
    """One input, the right answer, and what the learner's function gave: an answer, or a problem that says why not.

    floats: of several things those, by name, that are right but for being floats, not of a type of whole numbers.
    """

    arguments: Arguments
    right: Answer
    outcome: Outcome
    answer: Answer | None = None
    problem: str = ""
    tolerance: float = TOLERANCE
    floats: tuple[str, ...] = ()

    @property
    def right_value(self) -> bool:
        return self.answer is not None and same(self.answer, self.right, self.tolerance)

    @property
    def passed(self) -> bool:
        return self.right_value and not self.outcome.changed and not self.floats


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


def troubled(one: Trial) -> tuple[bool, bool, int, int, float]:
    """The order in which inputs that fail are shown: first where an error came, then where no answer did, by size."""
    return one.outcome.error is None, not one.problem, *telling(one)


def telling(one: Trial) -> tuple[int, int, float]:
    """The order in which inputs are looked at: of answers that are several things, where most are wrong; by size."""
    right = sum(part_right(place, one) for place in range(len(one.right))) if isinstance(one.right, tuple) else 0
    return right, *size(one)


def trial(arguments: Arguments, right: Answer, call: Caller, tolerance: float = TOLERANCE) -> Trial:
    """One input tried."""
    outcome = call(arguments)
    if outcome.error is not None:
        return Trial(arguments, right, outcome, problem=described(outcome.error))
    try:
        answer = read(outcome.value, like=right)
    except TypeError as error:
        return Trial(arguments, right, outcome, problem=str(error))
    if finite(right) and not finite(answer):
        return Trial(arguments, right, outcome, answer, say(INFINITE))
    return Trial(arguments, right, outcome, answer, tolerance=tolerance)


def taken_at_its_word(one: Trial, tolerance: float) -> Trial:
    """Infinity, from a function that has it written down, is an answer as another number is."""
    is_meant = one.outcome.error is None and isinstance(one.answer, np.ndarray) and np.isinf(one.answer).any()
    return replace(one, problem="", tolerance=tolerance) if is_meant else one


def floats(question: Question, tried: Trial) -> tuple[str, ...]:
    """Of several things those, by name, that must be whole numbers and are right but for being floats."""
    if not question.whole or not isinstance(tried.answer, tuple) or len(tried.answer) != len(question.returns):
        return ()
    values = plain(tried.outcome.value)
    places = [place for place, name in enumerate(question.returns) if name in question.whole]
    right = [place for place in places if part_alike(place, tried, tried.right, tried.tolerance)]
    return tuple(question.returns[place] for place in right if not in_whole_numbers(values[place]))


def described(error: Raised | Stopped) -> str:
    """An error of the learner's function in a sentence, with the line that raised it."""
    if isinstance(error, Stopped):
        return error.sentence
    frames = error.frames
    if error.kind == "NotImplementedError" and len(frames) > 1:
        return say("It calls {name}, which is not written yet. Write {name} first.", name=frames[-1].name)
    line = next((frame.line for frame in reversed(frames) if frame.filename == frames[0].filename), "")
    fields = {"kind": error.kind, "message": error.message.rstrip(" ."), "line": line}
    cause = next((say(sentence) + " " for piece, sentence in CAUSES if piece in error.message), "")
    if line:
        return cause + say("It raised {kind}: {message}. The line: {line}", **fields)
    return cause + say("It raised {kind}: {message}.", **fields)


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
        "exact": lambda: some(seen(EXACT)),
        "nearly": lambda: some(nearly(question, trials)) if is_text else [],
        "drawn": lambda: some(say(DRAWN) if "random" in text_of(function) else ""),
        "mostly known": lambda: [] if is_text else some(mostly_known(question, trials)),
        "one number": lambda: some(one_number(trials)),
        "turned either way": lambda: some(of_turned_conditions(search())) if is_text else [],
        "unused": lambda: some(unused(question, cases, got, call)),
        "two derived": lambda: [] if is_text else derived_pairs(question, fits(), text_of(function)),
        "two replaced": lambda: some(of_two_parts(search())),
        "some parts": lambda: in_parts(question, failing_first, found_in, all_of_them=False),
        "rough": lambda: some(together(seen(ROUGH), *divided(question, trials))),
    }
    return next(((way, hints) for way, say_it in ways.items() if (hints := say_it())), ("", []))


def known_of(question: Question, trials: Sequence[Trial], answers: Sequence[Answer]) -> str:
    """What the list says of other answers to the same inputs; "" if nothing."""
    others = [replace(each, answer=answer) for each, answer in zip(trials, answers, strict=True)]
    return next(iter(recognised(question, others)), "")


def columns(trials: Sequence[Trial], place: int | None = None) -> list[tuple[Arguments, Answer, Answer]]:
    """Of each input the arguments, the right answer and the learner's; of answers that are several things, one."""
    return [(each.arguments, part_of(each.right, place), part_of(each.answer, place)) for each in trials
            if each.answer is not None]  # fmt: skip


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


def right_places(trials: Sequence[Trial]) -> list[int]:
    """Of answers that are several things those that are right on every input, by place."""
    n = min(len(each.right) if isinstance(each.right, tuple) else 0 for each in trials)
    return [place for place in range(n) if all(part_right(place, each) for each in trials)]


def some(sentence: str) -> list[str]:
    """The sentence, if there is one."""
    return [sentence] if sentence else []


def fit(trials: Sequence[Trial], gives: Callable[[int], Trial], place: int | None) -> bool:
    """Whether what a function gives on each input is what the learner's gave; of several things, the one there."""
    try:
        return all(alike(each, gives(k), place) for k, each in enumerate(trials))
    except ValueError:  # a number too long to be shown
        return False


def divided(question: Question, trials: Sequence[Trial]) -> list[str]:
    """What tells the inputs that pass from those that fail."""
    if not question.names:
        return []
    cases = [each.arguments for each in trials]
    made_of = question.made_of
    measures = [scalars(made_of(*case)) if made_of is not None else {} for case in cases]
    errors = [each.outcome.error.kind if isinstance(each.outcome.error, Raised) else "" for each in trials]
    return some(where(question.names, cases, [each.right_value for each in trials], errors, measures))


def scalars(parts: Mapping[str, Any]) -> dict[str, float]:
    """Of what answers are made of, the numbers."""
    return {name: float(part) for name, part in parts.items() if np.ndim(part) == 0}


def recognised(question: Question, trials: Sequence[Trial]) -> list[str]:
    """The hints of the misconceptions that give just this on all these inputs."""
    fitting = [
        say(misconception.hint)
        for misconception in question.misconceptions
        if all(alike(each, trial(each.arguments, each.right, direct(misconception.wrong))) for each in trials)
    ]
    return list(dict.fromkeys(fitting))


def recognised_where_it_fails(question: Question, trials: Sequence[Trial]) -> list[str]:
    """Of the misconceptions that give just this wherever it fails the one that spoils least elsewhere, and where it
    fails, if a property tells that."""
    failed = [each for each in trials if not each.right_value]
    hint = known_nearest(question, failed, trials) if len(failed) >= FEWEST else ""
    return some(together(say("Where it fails: {hint}", hint=hint), *divided(question, trials))) if hint else []


def nearly(question: Question, trials: Sequence[Trial]) -> str:
    """Of answers that are words: what gives just this wherever it fails, and seldom anything else elsewhere; one known
    mistake, or two wrong choices."""
    failed, passed = (columns([each for each in trials if each.right_value is good]) for good in (False, True))
    found: tuple[str, ...] = ()
    fewest = MOST_OTHERS * len(trials)
    singles = (((each.hint,), each.wrong) for each in question.misconceptions)
    for hints, wrong in (*singles, *twos(question)) if len(failed) > FEWEST else ():
        if all(gives(wrong, case, got, question.tolerance) for case, _, got in failed):
            others = sum(not gives(wrong, case, got, question.tolerance) for case, _, got in passed)
            if others < fewest:
                found, fewest = hints, others
    sentences = dict.fromkeys(found)
    hint = together(say(COUNTED[len(sentences)]), *map(say, sentences))
    return say("Where it fails: {hint}", hint=hint) if found else ""


def mostly_known(question: Question, trials: Sequence[Trial]) -> str:
    """What known mistake, or which two wrong choices, explain nearly all answers that fail, and how many they do.

    Where others explain as many, what is common to all of them.
    """
    failed = columns([each for each in trials if not each.right_value])
    singles = (((each.hint,), each.wrong) for each in question.misconceptions)
    best: list[tuple[str, ...]] = []
    most = max(FEWEST, int(NEARLY_ALL * len(failed)))
    for hints, wrong in (*singles, *twos(question)):
        explained = sum(gives(wrong, case, got, question.tolerance) for case, _, got in failed)
        if explained > most:
            best, most = [], explained
        if explained == most > FEWEST:
            best.append(hints)
    common = [hint for hint in dict.fromkeys(best[0]) if all(hint in hints for hints in best)] if best else []
    hint = together(say(COUNTED[len(common)]), *map(say, common))
    return say(MOSTLY, n=most, failed=len(failed), hint=hint) if common else ""


def one_number(trials: Sequence[Trial]) -> str:
    """That nearly all answers are one number, where the right ones differ; "" if they aren't."""
    pairs = [(each.answer.item(), each.right.item()) for each in trials
             if isinstance(each.answer, np.ndarray) and isinstance(each.right, np.ndarray)
             and each.answer.size == each.right.size == 1]  # fmt: skip
    answers = [answer for answer, _ in pairs]
    usual = max(answers, key=answers.count, default=0.0)
    n = answers.count(usual)
    if n < max(1, NEARLY_ALL * len(trials)) or len({right for answer, right in pairs if answer == usual}) <= FEWEST:
        return ""
    return say(ONE_NUMBER, value=f"{usual:g}", n=n, total=len(trials))


def case_by_case(question: Question, trials: Sequence[Trial]) -> str:
    """What to say of each value of an argument that is a word or a truth, where the mistakes are others for each."""
    for place, name in enumerate(question.names):
        values = [each.arguments[place] for each in trials]
        if not all(isinstance(value, str | bool) for value in values):
            continue
        told: dict[str, list[str]] = {}
        if len(set(values)) < 2:
            continue
        for value in dict.fromkeys(values):
            here = [each for each in trials if each.arguments[place] == value]
            if not all(each.right_value for each in here):
                told.setdefault(nearest_known(question, here, trials), []).append(repr(value))
        if any(told):
            unknown = told.pop("", [])
            sentences = [say(WHERE, name=name, values=one_of(each), sentence=hint) for hint, each in told.items()]
            sentences += [say(ELSE, name=name, values=one_of(unknown))] if unknown else []
            return "\n".join(sentences)
    return ""


def one_of(values: Sequence[str]) -> str:
    """Some values as alternatives."""
    *most, last = values
    return say("{one} or {other}", one=", ".join(most), other=last) if most else last


def nearest_known(question: Question, here: Sequence[Trial], trials: Sequence[Trial]) -> str:
    """What explains the answers to some inputs, a known mistake, or what is true of the numbers; "" if nothing does."""
    if len(here) > 1 and (known := known_nearest(question, here, trials)):
        return known
    cases, right, got = zip(*columns(here), strict=True)
    return resemblance(question, cases, right, got, PLAIN) or resemblance(question, cases, right, got, FORMULAS)


def known_nearest(question: Question, here: Sequence[Trial], trials: Sequence[Trial]) -> str:
    """Of the misconceptions that give just this on some inputs the one that spoils least of all: its hint."""
    fitting = [
        each
        for each in question.misconceptions
        if all(alike(one, trial(one.arguments, one.right, direct(each.wrong))) for one in here)
    ]
    spoilt = [sum(question.tells(each, one.arguments) for one in trials) for each in fitting]
    return say(fitting[int(np.argmin(spoilt))].hint) if fitting else ""


def alike(one: Trial, other: Trial, place: int | None = None) -> bool:
    """Whether two functions gave the same on an input: equal answers (or one thing of several), or the same error."""
    if one.answer is not None and other.answer is not None:
        if place is None:
            return same(one.answer, other.answer, one.tolerance)
        return part_alike(place, one, other.answer, one.tolerance)
    errors = one.outcome.error, other.outcome.error
    return isinstance(errors[0], Raised) and isinstance(errors[1], Raised) and errors[0].kind == errors[1].kind


def part_alike(place: int, one: Trial, other: Answer, tolerance: float) -> bool:
    """Whether one thing of several is the same in two answers."""
    a, b = one.answer, other
    return isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b) and same(a[place], b[place], tolerance)


def part_right(place: int, one: Trial) -> bool:
    """Whether one thing of several is right."""
    return part_alike(place, one, one.right, one.tolerance)


def size(one: Trial) -> tuple[int, float]:
    """How many numbers the learner would have to read; then, where the input is one number, how large it is."""
    read = [argument for argument in one.arguments if not callable(argument)]
    right = one.right if isinstance(one.right, tuple) else (one.right,)
    alone = abs(float(read[0])) if len(read) == 1 and np.ndim(read[0]) == 0 else 0.0
    return sum(map(np.size, (*read, *right))), alone
