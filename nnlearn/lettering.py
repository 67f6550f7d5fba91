"""Words in figures, in the learner's language, if this machine has a font for them.

matplotlib's own font has no Chinese characters: it would print boxes. So ``word`` translates only what some font here
can write; what none can stays English, and ``legend`` says what the English words of a figure mean.

``NNLEARN_FONT`` names a font to take instead of the first of FONTS; "none" is as if there were none: so are notebooks
stored, which must be the same wherever they are made.
"""

import os
from functools import cache

from matplotlib.figure import Figure, FigureBase
from matplotlib.font_manager import FontProperties, findfont, fontManager
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from nnlearn.language import language, listed, say

SAMPLE = "学习率，步；损失"  # what a font must be able to write
FONTS = (  # matplotlib knows the first face alone of a collection (.ttc), so JP stands for all of Noto's
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans CJK JP",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "AR PL UMing CN", "AR PL UKai CN",
    "PingFang SC", "PingFang HK", "Hiragino Sans GB", "Heiti SC", "Heiti TC", "STHeiti", "Songti SC",  # macOS
    "Microsoft YaHei", "DengXian", "SimHei", "SimSun", "NSimSun", "FangSong", "KaiTi", "Arial Unicode MS",  # Windows
)  # fmt: skip
MEANINGS: dict[tuple[str, str], str] = {}  # by language and English word: all that figures were asked to show


def word(template: str, /, **fields: object) -> str:
    """A word or a phrase in a figure: as ``say``, but in English where no font here can write the translation."""
    english, translation = template.format(**fields), say(template, **fields)
    MEANINGS[language(), english] = translation
    return translation if can_write(translation) else english


def families() -> list[str]:
    """The fonts of a figure, as matplotlib takes them: its own and, beside English, one for what that can't write."""
    return ["sans-serif", font()] if language() != "en" and font() else ["sans-serif"]


def dress(figure: Figure) -> None:
    """Gives every text of a figure the fonts of the language, those too that were added outside the course's style."""
    if len(families()) > 1:
        for text in figure.findobj(Text):
            text.set_fontfamily(families())


def legend(figure: FigureBase) -> str:
    """What the English words in a figure mean, in one sentence; "" where none of them has another meaning."""
    shown = dict.fromkeys(text.get_text() for text in figure.findobj(Text))
    meant = {english: MEANINGS.get((language(), english), english) for english in shown}
    pairs = [f"{english} = {meaning}" for english, meaning in meant.items() if meaning != english]
    return say("Words in the picture: {words}.", words=listed(pairs)) if pairs else ""


def font() -> str:
    """The font that writes what matplotlib's own can't: the first of FONTS that is here; "" if there is none."""
    named = os.environ.get("NNLEARN_FONT", "")
    return "" if named == "none" else first_of((named,) if named else FONTS)


@cache
def first_of(names: tuple[str, ...]) -> str:
    """The first of these fonts that is installed and can write the sample; "" if there is none."""
    installed = {entry.name for entry in fontManager.ttflist}
    return next((name for name in names if name in installed and set(map(ord, SAMPLE)) <= characters(name)), "")


def can_write(text: str) -> bool:
    """Whether the fonts of a figure have every character of the text."""
    return text.isascii() or all(any(ord(each) in characters(name) for name in families()) for each in text)


@cache
def characters(name: str) -> frozenset[int]:
    """The characters that a font has."""
    return frozenset(FT2Font(findfont(FontProperties(family=[name]))).get_charmap())
