"""Which of the question's known mistakes explain answers: all, those of one case, or nearly all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nnlearn.exercises.answers import Answer
from nnlearn.exercises.calls import Raised, direct
from nnlearn.exercises.conditions import where
from nnlearn.exercises.probes import FEWEST
from nnlearn.exercises.resemblance import FORMULAS, PLAIN, resemblance
from nnlearn.exercises.slots import COUNTED, gives, twos
from nnlearn.exercises.task import Misconception, Question
from nnlearn.exercises.trials import Trial, alike, columns, trial
from nnlearn.language import mark, say, together

MOST_OTHERS = 0.1  # of the inputs: where a mistake that is said to explain an answer may give another one
NEARLY_ALL = 0.75  # of the inputs that fail: where a mistake must explain the answer
MOSTLY = mark("On {n} of the {failed} inputs that fail your answer is what this leads to: {hint} On the others there "
              "is something else as well.")  # fmt: skip
ONE_NUMBER = mark(
    "On {n} of {total} inputs your answer is {value}, where the right ones differ: does a loop go on until a limit of "
    "its own, or is a condition never, or always, true?"
)
WHERE = mark("Where {name} is {values}: {sentence}")
ELSE = mark("Where {name} is {values}, it is something else.")


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
    fails, if a property tells that. If none does, few may be right by chance: one that would spoil more of those that
    are right than half as many as fail explains these by chance."""
    failed = [each for each in trials if not each.right_value]
    nearest = nearest_of(question, failed, trials) if len(failed) >= FEWEST else None
    if nearest is None:
        return []
    place = divided(question, trials)
    spoilt = sum(question.tells(nearest, each.arguments) for each in trials if each.right_value)
    seldom = 2 * spoilt <= len(failed)
    return [together(say("Where it fails: {hint}", hint=say(nearest.hint)), *place)] if place or seldom else []


def known_of(question: Question, trials: Sequence[Trial], answers: Sequence[Answer]) -> str:
    """What the list says of other answers to the same inputs; "" if nothing."""
    others = [replace(each, answer=answer) for each, answer in zip(trials, answers, strict=True)]
    return next(iter(recognised(question, others)), "")


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
    if len(here) > 1 and (known := nearest_of(question, here, trials)):
        return say(known.hint)
    cases, right, got = zip(*columns(here), strict=True)
    return resemblance(question, cases, right, got, PLAIN) or resemblance(question, cases, right, got, FORMULAS)


def nearest_of(question: Question, here: Sequence[Trial], trials: Sequence[Trial]) -> Misconception | None:
    """Of the misconceptions that give just this on some inputs the one that spoils least of all."""
    fitting = [
        each
        for each in question.misconceptions
        if all(alike(one, trial(one.arguments, one.right, direct(each.wrong))) for one in here)
    ]
    return min(fitting, key=lambda each: sum(question.tells(each, one.arguments) for one in trials), default=None)


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


def some(sentence: str) -> list[str]:
    """The sentence, if there is one."""
    return [sentence] if sentence else []
