"""How many wrong answers ``check`` recognises: ``python -m tools.recognition [chapter ...] [--show]``.

Every mistake on a question's list, and every wrong answer in tests/wrong_answers.py, is handed in twice: to the
question as it is, and to one whose list is empty, so that only what the question declares (slots, pixels that move)
and what the engine derives can explain it. Below the shares stands in which ways that happened, and how much of the
processor the dearest answer took. ``--show`` prints what the engine says beside what the list says: whether it is true
and helps is for a reader to judge.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import Verdict, judge
from nnlearn.exercises.loader import of_chapter
from nnlearn.exercises.task import Function, Question
from tools.environment import ROOT
from tools.graded import command_line

sys.path.insert(0, str(ROOT / "tests"))
from wrong_answers import UNNOTICED, WRONG  # type: ignore[import-not-found]

PARTS = {"05.5": "ahead", "12.4": "image_by_image", "12.6": "chance"}  # the question that WRONG is tried on


@dataclass(frozen=True)
class Case:
    """A wrong answer, where it comes from, and the hint written for it, if there is one."""

    source: str
    question: str
    name: str
    wrong: Function
    hint: str = ""


def cases(chapter: str) -> Iterator[tuple[Question, Case]]:
    """All wrong answers to a chapter's questions."""
    for task in of_chapter(chapter):
        for name, question in task.questions.items():
            label = f"{task.id} {name}".strip()
            for known in question.misconceptions:
                yield question, Case("listed", label, known.hint, known.wrong, known.hint)
        parts = PARTS.get(task.id, next(iter(task.questions)))
        for name, wrong in WRONG.get(task.id, {}).items():
            yield task.questions[parts], Case("unforeseen", task.id, name, wrong)
        for name, (task_id, answer, piece) in UNNOTICED.items():
            if task_id == task.id:
                by_part = answer if isinstance(answer, dict) else {parts: answer}
                for part, wrong in by_part.items():
                    yield task.questions[part], Case("special", task.id, name, wrong, piece)


def emptied(question: Question) -> Question:
    """The question without its list of mistakes, but with all its inputs."""
    witnesses = list(map(question.witness, question.misconceptions))
    return replace(question, misconceptions=(), inputs=lambda random: [*witnesses, *question.inputs(random)])


def explained(verdict: Verdict) -> bool:
    """Whether the learner reads more than that it is wrong."""
    return bool(verdict.hints or (verdict.failure is not None and verdict.failure.problem))


def main(chapters: list[str], show: bool) -> None:
    """Prints one line for each chapter and source of answers."""
    print(
        f"{'chapter':10}{'answers':12}{'number':>7}{'rejected':>10}{'explained':>11}{'engine alone':>14}{'most ms':>9}"
    )
    for chapter in chapters:
        without = {id(question): emptied(question) for question, _ in cases(chapter)}
        tried: dict[str, list[tuple[bool, bool, bool, float]]] = {}
        ways: Counter[str] = Counter()
        for question, case in cases(chapter):
            verdict = judge(question, direct(case.wrong))
            began = time.process_time()
            own = case.wrong if case.source == "unforeseen" else None  # the others are made of the right answer
            alone = judge(without[id(question)], direct(case.wrong), function=own)
            seconds = time.process_time() - began
            tried.setdefault(case.source, []).append((not verdict.right, explained(verdict), explained(alone), seconds))
            ways[alone.way or ("problem" if explained(alone) else "-")] += 1
            if show:
                print(f"\n{case.question} | {case.source} | {case.name}\n    engine: {' / '.join(alone.hints) or '-'}")
        for source, results in tried.items():
            n = len(results)
            *columns, times = zip(*results, strict=True)
            rejected, by_all, by_engine = map(sum, columns)
            print(f"{chapter:10}{source:12}{n:7}{rejected / n:10.0%}{by_all / n:11.0%}{by_engine / n:14.0%}"
                  f"{1000 * max(times):9.0f}")  # fmt: skip
        print("  engine alone:", ", ".join(f"{way} {n}" for way, n in ways.most_common()))


if __name__ == "__main__":
    parser = command_line("recognition", __doc__)
    parser.add_argument("--show", action="store_true", help="print what the engine says beside what the list says")
    options = parser.parse_args()
    main(options.chapters, options.show)
