"""Predict first: a question that the learner answers before an explorer opens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nnlearn import progress
from nnlearn.explorers.controls import Choice, Control
from nnlearn.language import mark, say, together

WORDS = {  # the page's own
    "predict": mark("Predict first"),
    "commit": mark("Commit, and open the explorer"),
    "again": mark("Predict again"),
}


@dataclass(frozen=True)
class Prediction:
    """A question about what an explorer will show; until it is answered, the explorer's controls stay away.

    question: whole sentences.
    answer: the control in which the learner answers: a Choice, a number (Linear, Log, Whole), or a Point in the
        picture. It belongs to the question alone and is no control of the explorer.
    truth: gives the sentence that says what is right, measured when it is called.
    thought: gives, to an answer, how far off it is and which thought leads there; nothing if not given.
    opens_at: the settings that the question is about; the explorer moves there as soon as the answer is given.
    """

    question: str
    answer: Control
    truth: Callable[[], str]
    opens_at: Mapping[str, Any] = field(default_factory=dict)
    thought: Callable[[Any], str] = lambda answer: ""


class Guess:
    """A learner's way through one prediction: first a draft, then the answer.

    name: under which the answer is kept from one session to the next; an empty one keeps none.
    """

    def __init__(self, prediction: Prediction, name: str) -> None:
        self.prediction, self.name = prediction, name
        self.draft: Any = None
        self.value = self._kept()
        self._verdict = ""

    def _kept(self) -> Any:
        kept = progress.latest("prediction", self.name) if self.name else None
        if kept is None or kept.value is None:
            return None
        try:
            return self.prediction.answer.checked(self.name, kept.value)
        except (TypeError, ValueError):  # of an earlier version of the question
            return None

    def commit(self, value: Any) -> None:
        """Takes an answer, or, with None, takes it back; TypeError or ValueError if it is none of the question's."""
        self.value = None if value is None else self.prediction.answer.checked("prediction", value)
        self.draft, self._verdict = None, ""
        if self.name:
            progress.note("prediction", self.name, self.value)

    def verdict(self) -> str:
        """The answer beside the truth; empty before the answer."""
        if self.value is not None and not self._verdict:
            yours, prediction = self.prediction.answer.text(self.value), self.prediction
            truth = together(prediction.truth(), prediction.thought(self.value))
            self._verdict = say("You predicted: {yours}. {truth}", yours=yours, truth=truth)
        return self._verdict

    def page(self) -> dict[str, Any]:
        """What the page needs to ask."""
        question = say(self.prediction.question)
        words = {name: say(word) for name, word in WORDS.items()}
        return {"question": question, "answer": {"name": "prediction"} | self.prediction.answer.page(), "words": words}

    def shown(self) -> dict[str, Any]:
        """What changes on the page."""
        none = None if isinstance(self.prediction.answer, Choice) else self.prediction.answer.start
        value = none if self.draft is None else self.draft
        return {"open": self.value is not None, "ready": self.draft is not None, "value": value,
                "verdict": self.verdict()}  # fmt: skip
