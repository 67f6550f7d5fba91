"""The task of chapter 17 about calibration: what went wrong as the ranges of five layers were observed?"""
# mypy: allow-untyped-defs

from functools import partial

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

NUMBERS = 2000  # of each layer


def in_codes(x, low, high):
    """Codes of numbers whose range was taken to go from low to high."""
    scale = (high - low) / 255
    zero_point = round(-low / scale)
    return {"scale": scale, "zero_point": zero_point, "codes": np.clip(np.round(x / scale) + zero_point, 0, 255)}


def five_layers():
    """What five layers a to e gave at work, in 8 bits: scale, zero_point and codes, shape (2000,)."""
    random = np.random.default_rng(17)
    a, c, d = np.maximum(random.normal(1, 1, (3, NUMBERS)), 0)  # behind a relu
    b, e = random.normal(0.5, 1.5, NUMBERS), random.normal(7, 0.5, NUMBERS)
    return {
        "a": in_codes(a, 0, 20 * a.max()),
        "b": in_codes(b, b.min(), b.max()),
        "c": in_codes(c, -c.max(), c.max()),
        "d": in_codes(d, 0, d.max() / 4),
        "e": in_codes(e, e.min(), e.max()),
    }


# What each cause would show: said to the learner who names it where it is not.
CAUSES = {
    "fine": mark(
        "If all were fine, the codes would use all of 0 to 255, few of them the ends, and the zero point would be one "
        "of them. One of these is not so here."
    ),
    "outlier": mark(
        "With an outlier among the examples the range is far too wide: all codes crowd on a few of the 256. Look at "
        "the largest."
    ),
    "range too small": mark(
        "With too small a range many numbers lie beyond it and get the last code. Count those at 0 and at 255."
    ),
    "half unused": mark(
        "With a range as far down as up, numbers of one sign use half of the codes: none would lie on one side of a "
        "zero point in the middle. Look at the smallest."
    ),
    "no code for 0": mark("Without a code for 0 the zero point would lie outside of 0 to 255. Look at it."),
}


def diagnosis(cause):
    """The question what is wrong with a layer's range, and what is said to each wrong answer."""
    wrong = [Misconception(hint, partial(str, other)) for other, hint in CAUSES.items() if other != cause]
    return Question(reference=lambda: cause, misconceptions=tuple(wrong), points=0.5)


CALIBRATIONS = Task(
    id="17.8",
    title=mark("Diagnose five ranges"),
    text=mark(
        "Write ranges(): a dict that names the cause for each of the layers a to e. The causes are 'fine', 'outlier', "
        "'range too small', 'half unused' and 'no code for 0'."
    ),
    asks={
        "a": diagnosis("outlier"),
        "b": diagnosis("fine"),
        "c": diagnosis("half unused"),
        "d": diagnosis("range too small"),
        "e": diagnosis("no code for 0"),
    },
    material=five_layers,
)
