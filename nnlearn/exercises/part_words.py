"""Parts of a learner's function in words: shortened, and in the line in which they stand."""

from collections.abc import Iterable
from typing import Any

from nnlearn.exercises.answers import shown
from nnlearn.exercises.opened import Part
from nnlearn.language import mark, say

LONGEST = 80  # letters of a part in a sentence, and of what stands before and after it in its line
LINE = mark("The line: {line}")


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
