"""The loss around a point along two directions, and what stands at the point."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array, OneOf, Range, finite_array, number, whole_number
from nnlearn.directions import (
    extreme_curvatures,
    hessian_times,
    is_network,
    point_of,
    random_directions,
    unit_directions,
    without_wrappers_of_gradients,
)
from nnlearn.language import mark, say

if TYPE_CHECKING:
    from nnlearn.plots import Figure

UNITS, RANDOM, CURVATURE, GIVEN = "units", "random", "curvature", "given"
NAMES = OneOf(UNITS, RANDOM, CURVATURE)
FLAT = 0.01  # a direction is flat if slope and curvature change the loss by this share of it at most, within reach
MIDDLE = 0.1  # it is level if its parabola turns within this share of the reach
PARALLEL = 1e-6  # the sine of the angle between two directions from which on they span a plane
TINY = 1e-9  # a slope below it is told as such: its digits are rounding
BLOCK = 2**22  # numbers in the places asked about at once: 32 MB

UP, DOWN, LEVEL, SLOPE = "up", "down", "flat", "slope"
KINDS = {  # by what the loss does along two lines, in this order of the letters
    (UP, UP): "minimum", (DOWN, DOWN): "maximum", (DOWN, UP): "saddle", (LEVEL, LEVEL): "plateau",
    (LEVEL, UP): "valley", (DOWN, LEVEL): "ridge",
}  # fmt: skip
SENTENCES = {
    "minimum": mark("By slopes and curvatures it rises on all sides: a minimum in this picture."),
    "maximum": mark("By slopes and curvatures it falls on all sides: a maximum in this picture."),
    "saddle": mark("By slopes and curvatures it rises on two sides and falls on two: a saddle in this picture."),
    "plateau": mark("By slopes and curvatures it stays level on all sides: a plateau in this picture."),
    "valley": mark("By slopes and curvatures it rises on two sides and stays level on two: a valley's floor in this "
                   "picture."),
    "ridge": mark("By slopes and curvatures it falls on two sides and stays level on two: a ridge in this picture."),
    "slope": mark("It is not level here: to one side it falls."),
}  # fmt: skip
OTHERS = mark("These are two of {d} directions; what the loss does along the others isn't seen.")
NO_OTHER = mark("No direction was found with less curvature than the first, and none with more than the second.")


@dataclass(frozen=True, eq=False, repr=False)
class LossSurface:
    """What ``loss_surface`` gives: losses along two directions, and what stands in their middle, at theta.

    positions: shape (n,), from -reach to reach, 0 in the middle. losses: shape (n, n), ``losses[i, j]`` at
    theta + positions[i] * directions[0] + positions[j] * directions[1]. directions: (2, d). chosen: how these were,
    "units", "random", "curvature" or "given".

    At theta: loss; gradient_norm, the gradient's length; slopes and curvatures, (2,), the first and the second
    derivative in the position along each direction; twist, the mixed one, by both.
    """

    positions: Array
    losses: Array
    directions: Array
    chosen: str
    loss: float
    gradient_norm: float
    slopes: Array
    curvatures: Array
    twist: float

    @property
    def lengths(self) -> Array:
        """Of the two directions, (2,): how far theta moves from position 0 to position 1."""
        return np.linalg.norm(self.directions, axis=1)

    @property
    def along(self) -> tuple[str, str]:
        """What the loss does along the line of the picture where it is curved least, and along that where it is curved
        most: "up" or "down" to both sides, "flat", or a "slope". The two cross at right angles; if ``twist`` is 0, they
        are the axes.

        By the parabola that slope s and curvature c make out to the reach r. Flat: abs(s) r + abs(c) r^2 / 2 is at most
        1% of the loss in the middle. A slope: the parabola turns further out than a tenth of the reach, abs(s / c) >
        r / 10. Else the sign of the curvature says up or down.
        """
        reach, flat = self.positions[-1], FLAT * abs(self.loss)
        (c0, c1), t = self.curvatures, self.twist
        curvatures, lines = np.linalg.eigh([[c0, t], [t, c1]])
        first, second = (self.line(s, c, reach, flat) for s, c in zip(self.slopes @ lines, curvatures, strict=True))
        return first, second

    @staticmethod
    def line(s: float, c: float, reach: float, flat: float) -> str:
        """Along one line, of slope s and curvature c."""
        with np.errstate(over="ignore"):
            change, turn = abs(s) * reach + abs(c) * np.square(reach) / 2, MIDDLE * reach * abs(c)
        if change <= flat:
            return LEVEL
        if not abs(s) <= turn:
            return SLOPE
        return UP if c > 0 else DOWN

    @property
    def kind(self) -> str:
        """What stands in the middle of the picture: "minimum" (up along both lines), "maximum", "saddle" (up and down),
        "plateau" (flat along both), "valley" (up and flat), "ridge" (down and flat), or "slope".
        """
        first, second = sorted(self.along)
        return KINDS.get((first, second), SLOPE)

    @property
    def sentences(self) -> list[str]:
        """What stands in the middle, in words, and what these directions can't tell."""
        (s0, s1), (c0, c1) = self.slopes, self.curvatures
        found = [
            say("Loss {loss:.3g}, gradient's length {norm}; slopes {s0} and {s1}, curvatures {c0} and {c1}.",
                loss=self.loss, norm=short(self.gradient_norm), s0=short(s0), s1=short(s1), c0=short(c0, 2),
                c1=short(c1, 2)),
            say(SENTENCES[self.kind]),
        ]  # fmt: skip
        if self.chosen == CURVATURE:
            return [*found, say(NO_OTHER)]
        return [*found, say(OTHERS, d=f"{self.directions.shape[1]:,}")] if self.directions.shape[1] > 2 else found

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def plot(self) -> "Figure":
        """Level lines of the loss. Several side by side: ``nnlearn.landscape_plot.side_by_side``."""
        from nnlearn.landscape_plot import side_by_side

        return side_by_side({"": self})


def short(number: float, digits: int = 1) -> str:
    """A number of so few digits; of one that is hardly more than rounding, that it is."""
    return "<1e-9" if 0 < abs(number) < TINY else f"{number + 0.0:.{digits}g}"


def loss_surface(
    J: Any, theta: ArrayLike, directions: Any = None, reach: float = 1.0, points: int = 41, seed: int = 0
) -> LossSurface:
    """The loss of J around theta along two directions, on a grid of points x points places, and what stands at theta.

    directions, each of which is one unit of position long: "units", two random ones in the scale of a network's
    weights, so that position 1 moves each unit's by as much as they are long (Li et al. 2018, arXiv:1712.09913; all but
    kernels stays); "random", two of length 1 at right angles; "curvature", those of the least and the greatest
    curvature of all, of length 1 (``extreme_curvatures``); or an array, shape (2, d). None: "units" for a network, else
    "curvature". reach: how far each goes, above 0. points: along each, an odd number, so that theta is one of them.
    seed: of the random ones, and of the search for the extremes.

    A picture of two directions of thousands proves no minimum: where it rises on all sides, "curvature" tells whether
    it falls along a third. How flat it looks hangs on the directions' lengths; only "units" stay the same where
    a whole layer of relus, biases too, is times a number and the next one's kernel divided by it.

    theta: shape (d,), d at least 2. Around an objective, what changes the gradient alone (``Clipped``, ``Noisy``,
    batches) has no part. Losses may be infinite or NaN away from theta.

    Raises TypeError or ValueError, naming the argument, if one can't be used; ValueError if loss, slopes or curvatures
    at theta are not finite.

    >>> import nnlearn as nn
    >>> print(nn.loss_surface(nn.objectives.Saddle(), [0.0, 0.0]))
    Loss 0, gradient's length 0; slopes 0 and 0, curvatures -1 and 1.
    By slopes and curvatures it rises on two sides and falls on two: a saddle in this picture.
    No direction was found with less curvature than the first, and none with more than the second.
    """
    J = without_wrappers_of_gradients(J)
    theta = point_of(J, theta)
    r = number("reach", reach, Range("(0, inf)"))
    whole_number("points", points, at_least=3)
    if points % 2 == 0:
        raise ValueError(say("points = {points} must be odd, so that theta is one of them.", points=points))
    whole_number("seed", seed, at_least=0)
    chosen, pair = two_directions(J, theta, directions, seed)
    positions = np.linspace(-r, r, points)
    positions[points // 2] = 0.0
    with np.errstate(all="ignore"):  # what lies far away may overflow
        gradient = J.gradient(theta)
        (c0, t), (_, c1) = pair @ np.transpose([hessian_times(J, theta, direction) for direction in pair])
        losses = on_a_grid(J.loss, theta, pair, positions)
    slopes, loss = pair @ gradient, float(losses[points // 2, points // 2])
    if not np.isfinite([loss, *slopes, c0, c1, t]).all():
        raise ValueError(say("Loss, slopes or curvatures at theta are not finite."))
    length, curvatures = float(np.linalg.norm(gradient)), np.array([c0, c1])
    return LossSurface(positions, losses, pair, chosen, loss, length, slopes, curvatures, float(t))


def two_directions(J: Any, theta: Array, directions: Any, seed: int) -> tuple[str, Array]:
    """How they were chosen, and the two, (2, d). TypeError, ValueError if they can't be used."""
    if directions is None:
        directions = UNITS if is_network(J) else CURVATURE
    if isinstance(directions, str):
        NAMES("directions", directions)
        if directions == UNITS:
            return UNITS, unit_directions(J, theta, seed)
        return directions, random_directions(theta, seed) if directions == RANDOM else extreme_curvatures(
            J, theta, seed
        )[1]
    pair = finite_array("directions", directions)
    if pair.shape != (2, len(theta)):
        message = say("directions have shape {found}; two as long as theta are needed, {needed}.",
                      found=pair.shape, needed=(2, len(theta)))  # fmt: skip
        raise ValueError(message)
    lengths = np.linalg.norm(pair, axis=1, keepdims=True)
    if not lengths.all() or np.linalg.svd(pair / lengths, compute_uv=False)[-1] < PARALLEL:
        raise ValueError(say("directions must point two ways: one is 0, or a multiple of the other."))
    return GIVEN, pair


def on_a_grid(loss: Callable[[Array], Array], theta: Array, pair: Array, positions: Array) -> Array:
    """The losses, (n, n): all places of some rows at a time, as a sweep."""
    n = len(positions)
    rows = max(1, BLOCK // (n * len(theta)))
    along = positions[:, np.newaxis] * pair[1]
    blocks = [
        loss(theta + along + positions[i : i + rows, np.newaxis, np.newaxis] * pair[0]) for i in range(0, n, rows)
    ]
    return np.concatenate(blocks)
