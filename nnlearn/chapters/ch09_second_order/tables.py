"""The tables of chapter 09: a step in its directions, how errors shrink, and what its experiment measured."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlearn.chapters.ch09_second_order.surfaces import LEVEL_POINTS, SURFACE
from nnlearn.checks import Array
from nnlearn.language import mark, say
from nnlearn.optimizers import Newton
from nnlearn.tables import Table
from nnlearn.trace import run

METHODS = {"newton": mark("Newton"), "searched": mark("Newton, line search"), "lbfgs": "L-BFGS", "bfgs": "BFGS",
           "descent": mark("plain descent")}  # fmt: skip
PROBLEMS = {
    "rosenbrock": mark("Rosenbrock's valley"),
    "cancer": mark("tumours"),
    "softmax, digits": mark("digits, softmax regression"),
    "network, digits": mark("digits, network"),
}


def directions(theta: Any) -> Table:
    """Newton's step on Himmelblau's surface, apart for each eigenvector of the Hessian."""
    place = np.array(theta, float)
    values, vectors = np.linalg.eigh(SURFACE.hessian(place))
    vectors = vectors * np.sign(SURFACE.gradient(place) @ vectors)  # each points up the slope
    slopes = SURFACE.gradient(place) @ vectors
    rows = [[f"({x:.2f}, {y:.2f})", f"{value:.1f}", f"{slope:.1f}", f"{-slope / value:.3f}",
             say("downhill") if value > 0 else say("uphill")]
            for (x, y), value, slope in zip(vectors.T, values, slopes, strict=True)]  # fmt: skip
    return Table([say("direction"), say("λ, curvature"), say("g, slope"), say("-g / λ, step"), ""], rows)


def errors(damping: float, absolute: bool = False, start: Any = (3.5, 2.5), steps: int = 8) -> Array:
    """The distance from the minimum (3, 2) after each step, shape (steps + 1,)."""
    theta = run(Newton(damping=damping, absolute=absolute), SURFACE, np.array(start), steps, keep=["theta"]).theta
    return np.asarray(np.linalg.norm(theta - LEVEL_POINTS[0], axis=-1))


def shrinking() -> Table:
    """How far from the minimum each step ends, undamped and with damping 30."""
    plain, damped = errors(0.0), errors(30.0)
    rows = [[f"{step}", f"{plain[step]:.0e}" if plain[step] else "0", f"{damped[step]:.0e}"] for step in range(7)]
    return Table([say("step"), say("no damping"), say("damping 30")], rows)


def of(stored: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """The rows of one kind."""
    return [row for row in stored["rows"] if row["kind"] == kind]


def span(numbers: Any) -> str:
    """From where to where whole numbers go, and how many are missing."""
    known = sorted(number for number in numbers if number is not None)
    low, high = (known[0], known[-1]) if known else (0, 0)
    text = f"{low:,}" if low == high else f"{low:,}–{high:,}"
    if len(known) == len(numbers):
        return text
    return say("{count} of {all} arrive", count=len(known), all=len(numbers))


def settling(stored: Mapping[str, Any]) -> Table:
    """Newton's steps from zeros on the tumours, for each penalty."""
    rows = [[f"{row['l2']:g}", span(row["steps"])] for row in of(stored, "settle")]
    return Table([say("L2 penalty"), say("steps until the gradient is below 1e-10")], rows)


def arriving(stored: Mapping[str, Any]) -> Table:
    """Steps to within 1e-6 of the lowest loss, from zeros (five splits) and from far away (ten starts)."""
    near = {row["method"]: row["steps"] for row in of(stored, "arrive")}
    far = {row["method"]: row["steps"] for row in of(stored, "far")}
    rows = [[say(METHODS[name]), span(near[name]) if name in near else "", span(far[name]) if name in far else ""]
            for name in ("newton", "searched", "lbfgs", "descent")]  # fmt: skip
    return Table(["", say("from zeros"), say("from random starts")], rows)


def beside_scipy(stored: Mapping[str, Any]) -> Table:
    """Steps to the same loss, ours and SciPy's."""
    rows = [[say(PROBLEMS[row["problem"]]), f"{row['d']:,}", say(METHODS[row["method"]]), f"{row['steps']}",
             row["peer"], f"{row['peer_steps']}"] for row in of(stored, "scipy")]  # fmt: skip
    return Table(["", "d", say("ours"), say("steps"), "SciPy", say("steps")], rows)
