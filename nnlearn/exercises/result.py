"""What the learner reads: one result, shown as a text, as an error without a traceback, or as points."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from nnlearn.exercises.answers import shown, shown_apart
from nnlearn.exercises.judge import Verdict
from nnlearn.exercises.task import Task
from nnlearn.exercises.trials import Trial
from nnlearn.language import say


@dataclass(frozen=True)
class Result:
    """The verdicts on a task's questions, by name. As text it is a report.

    In an nbgrader run its value as a cell's output is the points alone, which is how nbgrader takes partial credit.
    """

    task: Task
    verdicts: Mapping[str, Verdict]

    @property
    def points(self) -> float:
        """What was earned, of ``task.points``."""
        return sum(verdict.points for verdict in self.verdicts.values())

    @property
    def right(self) -> bool:
        return all(verdict.right for verdict in self.verdicts.values())

    @property
    def unwritten(self) -> bool:
        return all(verdict.unwritten for verdict in self.verdicts.values())

    def __str__(self) -> str:
        task, several = self.task, len(self.verdicts) > 1
        fields = {"id": task.id, "title": say(task.title), "points": self.points, "out_of": task.points}
        if self.unwritten:
            return say("{id} {title}: waiting for your answer.", **fields) + "\n" + say(task.text)
        if self.right:
            return say("{id} {title}: right. Points: {points:g} of {out_of:g}.", **fields)
        head = say("{id} {title}: not right yet. Points: {points:g} of {out_of:g}.", **fields)
        parts = [explained(verdict, name if several else "") for name, verdict in self.verdicts.items()]
        return "\n".join([head, *(line for lines in parts for line in lines)])

    def __repr__(self) -> str:
        return f"{self.points:g}" if graded() else str(self)

    def _repr_markdown_(self) -> str | None:
        return f"```text\n{self}\n```" if graded() else None  # beside the points, for nbgrader's feedback


class NotRightYet(Exception):
    """An answer that is not right. A notebook shows its text alone; nbgrader gives no points for the cell."""

    def __init__(self, result: Result):
        super().__init__(str(result))
        self.result = result

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def graded() -> bool:
    """Whether nbgrader runs the notebook."""
    return "NBGRADER_EXECUTION" in os.environ


def explained(verdict: Verdict, name: str) -> list[str]:
    """How it stands with one question (by name, if there are several), the hints, and the smallest input that fails."""
    if verdict.right:
        return [say("{name}: right.", name=name)]
    if verdict.unwritten:
        return [say("{name}: waiting for your answer.", name=name)]
    lines = [say("{name}: not right yet.", name=name)] if name else []
    lines += [say("Hint: {hint}", hint=hint) for hint in verdict.hints[:1]]
    lines += [say("Or: {hint}", hint=hint) for hint in verdict.hints[1:]]
    lines += verdict.notes
    if verdict.failure is not None and verdict.names:
        lines.append(say("{passed} of {total} inputs pass. The smallest that fails:",
                         passed=verdict.passed, total=verdict.total))  # fmt: skip
        lines += failing(verdict.names, verdict.failure)
    elif verdict.failure is not None and verdict.failure.problem:
        lines.append(verdict.failure.problem)
    return lines


def failing(names: Sequence[str], trial: Trial) -> list[str]:
    """An input, the right answer to it, and the learner's."""
    right, yours = shown_apart(trial.right, trial.answer)
    if trial.problem:
        yours = trial.problem if trial.answer is None else f"{yours}\n{trial.problem}"
    elif trial.right_value:
        yours = f"{yours}\n{reason(names, trial)}"
    return [
        *(aligned(name, shown(value)) for name, value in zip(names, trial.arguments, strict=True)),
        aligned(say("right"), right),
        aligned(say("yours"), yours),
    ]


def reason(names: Sequence[str], trial: Trial) -> str:
    """Why an answer fails whose numbers are right."""
    if trial.floats:
        return say("The numbers are right: it fails because these are floats: {names}.", names=", ".join(trial.floats))
    changed = ", ".join(names[place] for place in trial.outcome.changed)
    return say("The answer is right: it fails because it changes {names}.", names=changed)


def aligned(name: str, text: str) -> str:
    """A name and its value, further lines below the first."""
    wide = sum(east_asian_width(letter) in "WF" for letter in name)  # these take two columns
    head = f"    {name:<{9 - wide}} "
    return head + text.replace("\n", "\n" + " " * (len(head) + wide))
