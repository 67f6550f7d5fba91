"""What a check of a gradient saw, in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from nnlearn.language import say

if TYPE_CHECKING:
    from nnlearn.gradient_check import Flags, GradientCheck

NAMED = 3  # coordinates in a sentence
SAME = 1e-4  # how far a ratio may be from another to count as the same
WIDE = 40  # times the rounding: a gap between two sides that is more than theirs


def sentences(check: "GradientCheck") -> list[str]:
    """Most important first."""
    if not check.repeats:
        return [say("The loss is another when it is asked again at the same place: {one:.6g}, then {other:.6g}. Let it "
                    "draw the same numbers each time.", one=check.losses.here, other=check.losses.again)]  # fmt: skip
    parts = (of_finite_numbers, of_agreement, of_scale, of_kinks, of_what_is_not_seen)
    return [sentence for part in parts for sentence in part(check)]


def of_finite_numbers(check: "GradientCheck") -> Iterator[str]:
    """Where there are none."""
    if not np.isfinite(check.analytic).all():
        yield say("The gradient is not finite in {where}.", where=where(check, ~np.isfinite(check.analytic)))
    if not check.finite.all():
        yield say("The loss is not finite near theta in {where}: nothing can be said there.",
                  where=where(check, ~check.finite))  # fmt: skip


def of_agreement(check: "GradientCheck") -> Iterator[str]:
    """Whether the gradient is right."""
    count, wrong = len(check.coordinates), np.count_nonzero(check.wrong & np.isfinite(check.analytic))
    if wrong:
        yield say("The gradient is not the slope of the loss: in {wrong} of {count} coordinates they differ, with "
                  "h = {h}.", wrong=wrong, count=count, h=step(check))  # fmt: skip
    elif check.agrees:
        yield say("The gradient is the slope of the loss. Digits that agree: {digits}; coordinates: {count}; h = {h}; "
                  "relative error {error:.1e}.",
                  digits=digits(check.error), count=count, h=step(check), error=check.error)  # fmt: skip
    elif check.silent.all():
        yield say("Gradient and slope are both zero here. That proves nothing: a gradient of zeros would pass, too. "
                  "Check at a place where the loss slopes, such as a random one.")  # fmt: skip


def of_scale(check: "GradientCheck") -> Iterator[str]:
    """A factor that is the same in all wrong coordinates, and what it may come from."""
    wrong = check.wrong & check.checked & np.isfinite(check.analytic)
    if not wrong.any():
        return
    analytic, numeric = check.analytic[wrong], check.numeric[wrong]
    factor = float(np.vdot(analytic, numeric) / np.vdot(numeric, numeric))
    room = check.tolerance[wrong] * max(1, abs(factor)) + SAME * np.abs(factor * numeric)
    if (np.abs(analytic - factor * numeric) > room).any():
        return
    everywhere = not (check.checked & ~check.wrong).any()
    known = known_factor(factor, check.examples)
    length = float(np.linalg.norm(check.analytic))
    if not analytic.any():
        yield say("It is zero there, where the loss slopes.")
    elif known and everywhere:
        yield say("It is {factor:.4g} times the slope everywhere.", factor=factor)
        yield known
    elif known:
        yield say("Where it is wrong, it is {factor:.4g} times the slope.", factor=factor)
        yield known
    elif everywhere and len(analytic) > 1 and abs(length - 1) < SAME:
        yield say("Its direction is right, its length is not: it is 1, as of a gradient divided by its own length.")
    elif everywhere and len(analytic) > 1:
        yield say("Its direction is right, its length is not: it is {factor:.4g} times the slope, as of a gradient "
                  "that is clipped or divided by something.", factor=factor)  # fmt: skip


def known_factor(factor: float, examples: int | None) -> str:
    """Where a factor may come from; "" if that isn't known. examples: of the loss, whose mean or sum it may be."""
    causes = {
        -1.0: say("Its sign is turned round."),
        2.0: say("A factor of 2 is too much, as where the loss halves a square and the gradient does not."),
        0.5: say("A factor of 2 is missing, as of the derivative of a square."),
        -2.0: say("Its sign is turned round, and a factor of 2 is too much."),
        -0.5: say("Its sign is turned round, and a factor of 2 is missing."),
    }
    if examples is not None and examples > 2:
        causes[float(examples)] = say("That is the number of examples: a sum stands for a mean.")
        causes[1 / examples] = say("That is one over the number of examples: it was divided by them once too often.")
    return next((why for known, why in causes.items() if abs(factor - known) <= SAME * abs(known)), "")


def of_kinks(check: "GradientCheck") -> Iterator[str]:
    """Where the slope jumps."""
    for k in np.flatnonzero(check.kinked)[:NAMED]:
        name = f"theta[{check.coordinates[k]}]"
        left, right, gradient = (x[k] + 0.0 for x in (check.quarter.left, check.quarter.right, check.analytic))  # no -0
        if abs(right - left) > WIDE * check.rounding[k]:
            yield say("The loss has a kink at {name}, or within {h:.1e} of it: the slope is {left:.4g} on the left and "
                      "{right:.4g} on the right; a central difference is neither. The gradient says {gradient:.4g}.",
                      name=name, h=check.h[k] / 4, left=left, right=right, gradient=gradient)  # fmt: skip
        else:
            yield say("Within h = {h:.1e} of {name} the slope of the loss jumps (a kink). A smaller h stays on one "
                      "side, where the slope is {left:.4g}. The gradient says {gradient:.4g}.",
                      h=check.h[k], name=name, left=left, gradient=gradient)  # fmt: skip
    more = np.count_nonzero(check.kinked) - NAMED
    if more > 0:
        yield say("More coordinates with kinks: {more}.", more=more)


def of_what_is_not_seen(check: "GradientCheck") -> Iterator[str]:
    """Where, and why, the differences tell nothing or little."""
    if check.blurred.any():
        yield blur(check)
    elif check.checked.any() and small(check) and noise(check) > 1e3 * check.losses.rounding ** (2 / 3):
        yield say("h = {h} is so small that rounding spoils the differences: about {digits} of their digits are right.",
                  h=step(check), digits=digits(noise(check)))  # fmt: skip
    if check.losses.kind != "float64":
        yield say("The loss comes in {kind}: a difference of two has {digits} digits at best.", kind=check.losses.kind,
                  digits=digits(check.losses.rounding ** (2 / 3)))  # fmt: skip
    if check.silent.any() and not check.silent.all():
        yield say("Both are zero in {where}: nothing was checked there.", where=where(check, check.silent))
    if len(check.theta) > 1 and np.ptp(check.theta) == 0 and not check.silent.all():
        yield say("All coordinates of theta are equal. Check at a random place, too: at special ones a wrong gradient "
                  "can be right, or point the right way.")  # fmt: skip


def blur(check: "GradientCheck") -> str:
    """Why a slope can't be told from errors: the step is too small or too large, or the slope is too small."""
    there, h = where(check, check.blurred), step(check)
    if (check.cut_off > check.rounding)[check.blurred].any():
        return say(
            "In {where} nothing can be said: h = {h} is so large that the loss bends within it.", where=there, h=h
        )
    if small(check):
        return say("In {where} nothing can be said: h = {h} is so small that the rounding of two nearly equal losses "
                   "covers the slope.", where=there, h=h)  # fmt: skip
    return say("In {where} nothing can be said: the slope is so small that the rounding of the losses covers it.",
               where=there)  # fmt: skip


def small(check: "GradientCheck") -> bool:
    """Whether the step is far below the best."""
    return bool((check.h < check.best / 10).any())


def noise(check: "GradientCheck") -> float:
    """What rounding may cost the checked slopes, relative to their length."""
    return float(np.linalg.norm(check.rounding[check.checked]) / np.linalg.norm(check.numeric[check.checked]))


def where(check: "GradientCheck", flags: "Flags") -> str:
    """The first coordinates that are marked, and how many more there are."""
    found = check.coordinates[flags]
    names = ", ".join(f"theta[{i}]" for i in found[:NAMED])
    more = len(found) - NAMED
    return say("{names} and {more} more", names=names, more=more) if more > 0 else names


def step(check: "GradientCheck") -> str:
    """The step, or the smallest and the largest."""
    low, high = check.h.min(), check.h.max()
    return f"{low:.1e}" if high <= low * 1.05 else f"{low:.1e} … {high:.1e}"


def digits(error: float) -> int:
    """How many decimal digits are right at a relative error."""
    return int(np.clip(np.floor(-np.log10(max(error, 1e-16))), 0, 16))
