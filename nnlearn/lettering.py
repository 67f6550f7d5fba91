"""Words in figures, in the learner's language, if this machine has a font for them.

A figure is made in English: its words are marked for the catalogue (``mark("learning rate")``, or ``word`` where a text
is put together), and ``dress`` translates the finished figure. Explorers are dressed, and what
``nnlearn.plots.new_figure`` makes when it is shown.

matplotlib's own font has no Chinese characters: it would print boxes. So only what some font here can write is
translated; what none can stays English, and ``legend`` says what the English words of a figure mean.

``NNLEARN_FONT`` names a font to take instead of the first of FONTS; "none" is as if there were none: so are notebooks
stored, which must be the same wherever they are made.
"""

import logging
import os
import re
from collections.abc import Iterator
from functools import cache

from matplotlib.axis import Axis
from matplotlib.cbook import is_math_text
from matplotlib.figure import FigureBase
from matplotlib.font_manager import FontProperties, findfont, fontManager
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from nnlearn.language import language, listed, say, together, translated

SAMPLE = "学习率，步；损失"  # what a font must be able to write
FONTS = (  # matplotlib knows the first face alone of a collection (.ttc), so JP stands for all of Noto's
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans CJK JP",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "AR PL UMing CN", "AR PL UKai CN",
    "PingFang SC", "PingFang HK", "Hiragino Sans GB", "Heiti SC", "Heiti TC", "STHeiti", "Songti SC",  # macOS
    "Microsoft YaHei", "DengXian", "SimHei", "SimSun", "NSimSun", "FangSong", "KaiTi", "Arial Unicode MS",  # Windows
)  # fmt: skip
CODE = "code"  # the gid of a text that is a name of code: it stays as it is
PUT_TOGETHER: dict[tuple[str, str], str] = {}  # by language and English: what ``word`` was asked for


def meaning(english: str) -> str:
    """A text of a figure in the learner's language; itself, in English, if no catalogue has it."""
    return PUT_TOGETHER.get((language(), english)) or translated(english, language())


def written(english: str) -> str:
    """A text of a figure as it is shown: in English where no font here can write the translation."""
    translation = meaning(english)
    return translation if can_write(translation) else english


def word(template: str, /, **fields: object) -> str:
    """A text of a figure that is put together, as by ``say``; as it is shown."""
    english = template.format(**fields)
    PUT_TOGETHER[language(), english] = say(template, **fields)
    return written(english)


def families() -> list[str]:
    """The fonts of a figure, as matplotlib takes them: its own and, beside English, one for what that can't write."""
    return ["sans-serif", font()] if language() != "en" and font() else ["sans-serif"]


def dress(figure: FigureBase) -> None:
    """Gives every text of a figure the learner's language and its fonts."""
    if language() == "en":
        return
    for axis, places, names in named_ticks(figure):
        axis.set_ticks(places, labels=[written(name) for name in names])
    for text in figure.findobj(Text):
        if text.get_gid() != CODE:
            text.set_text(written(text.get_text()))
        if len(families()) > 1:
            text.set_fontfamily(families())


def legend(figure: FigureBase) -> str:
    """What the English words in a figure mean, in one sentence; "" where none is left that has another meaning."""
    if language() == "en":
        return ""
    texts = [text.get_text() for text in figure.findobj(Text) if text.get_gid() != CODE]
    ticks = [name for _, _, names in named_ticks(figure) for name in names]
    left = [text for text in dict.fromkeys(texts + ticks) if text == written(text) != meaning(text)]
    pairs = [f"{plain(english)} = {in_one_line(meaning(english))}" for english in left]
    return say("Words in the picture: {words}.", words=listed(pairs)) if pairs else ""


def plain(text: str) -> str:
    """An English label in one line, without the marks of its mathematics."""
    return " ".join(re.sub(r"[$\\]", "", text).split())


def in_one_line(text: str) -> str:
    """A label in the learner's language in one line."""
    return together(*text.split("\n"))


def named_ticks(figure: FigureBase) -> Iterator[tuple[Axis, list[float], list[str]]]:
    """Each axis whose ticks have names that the catalogue has: the axis, the places and the names of its ticks.

    Those that are names of code, as of layers, are left out: one of them may be a word that the catalogue has, too.
    """
    for axis in figure.findobj(Axis):
        if any(label.get_gid() == CODE for label in axis.get_majorticklabels()):
            continue
        places = [float(place) for place in axis.get_ticklocs()]
        names = axis.get_major_formatter().format_ticks(places)
        if any(meaning(name) != name for name in names):
            yield axis, places, names


def font() -> str:
    """The font that writes what matplotlib's own can't: the first of FONTS that is here; "" if there is none."""
    named = os.environ.get("NNLEARN_FONT", "")
    return "" if named == "none" else first_of((named,) if named else FONTS)


def worth_saying(record: logging.LogRecord) -> bool:
    """Whether a message of matplotlib says more than that the font for Chinese has no bold face: few have one."""
    name, message = font(), record.getMessage()
    return not (name and name in message and message.startswith("findfont: Failed to find font weight"))


logging.getLogger("matplotlib.font_manager").addFilter(worth_saying)


@cache
def first_of(names: tuple[str, ...]) -> str:
    """The first of these fonts that is installed and can write the sample; "" if there is none."""
    installed = {entry.name for entry in fontManager.ttflist}
    return next((name for name in names if name in installed and set(map(ord, SAMPLE)) <= characters(name)), "")


def can_write(text: str) -> bool:
    """Whether the fonts of a figure have every character of the text; beside mathematics they stay matplotlib's own."""
    if text.isascii():
        return True
    line = text.replace("\n", "")
    return not is_math_text(text) and all(any(ord(each) in characters(name) for name in families()) for each in line)


@cache
def characters(name: str) -> frozenset[int]:
    """The characters that a font has."""
    return frozenset(FT2Font(findfont(FontProperties(family=[name]))).get_charmap())
