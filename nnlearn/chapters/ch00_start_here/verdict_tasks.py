"""Task 00.4: what became of a run, told by the last two places of its path."""
# mypy: allow-untyped-defs

import math
from itertools import pairwise

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark
from nnlearn.objectives import TwoValleys


def lost(path):
    """Whether the last place is no finite number, or far away. Put so that NaN, which is never <= anything, is lost."""
    return not abs(path[-1]) <= 1000


def still(path):
    """Whether the run no longer moves."""
    return abs(path[-1] - path[-2]) < 0.001


def verdict(path, *, lost=lost, still=still):
    """The right answer."""
    if lost(path):
        return "diverged"
    if still(path):
        return "settled"
    return "cycling"


def far(path):
    """Whether the last place is far away; NaN is not larger than anything."""
    return abs(path[-1]) > 1000


def near_valley(distance):
    """Whether the last place is near the bottom of a valley, which is not asked for."""
    return lambda path: np.abs(TwoValleys().minima[:, 0] - path[-1]).min() < distance


def places(start, rate, steps):
    """A run in plain numbers, which become infinite and NaN without complaint."""
    found = [start]
    for _ in range(steps):
        theta = found[-1]
        found.append(theta - rate * (theta * theta * theta - theta + 0.2))
    return [round(theta, 4) for theta in found]


def ends_of_runs(random):
    """Long runs at moderate rates, their last places or all, the start too; and runs that diverge."""
    for low, high, kept in [
        *[(0.1, 0.7, 2), (0.1, 0.7, 61), (0.1, 0.7, 301), (0.79, 0.8, 2), (0.79, 0.8, 61), (0.79, 0.8, 4)],
        (0.79, 0.8, 301),
    ]:
        yield (places(random.uniform(-1.5, 1.5), random.uniform(low, high), 300)[-kept:],)
    for steps in (5, 6, 7, 8, 10, 12):
        yield (places(random.uniform(1.8, 2.1), random.uniform(0.9, 1.2), steps)[-4:],)


ROUND = [-1.1365, -1.0327, -1.1365, -1.0327]  # rate 0.79, for ever
ENDS = (
    ROUND[:3], [0.8639, 0.8935, 0.8635, 0.8939], [-0.2, 0.3, -0.2, 0.3], [-0.6, 0.5, -0.5],  # round and round
    [0.6, -0.5, 0.6, 0.8789], [0.6, 0.876], [0.872, 0.876],  # by the bottom of a valley, and on
    [0.2088, 0.2092, 0.2496, 0.3371], [-0.4, 0.0004],  # away from the hilltop, and by 0
    [1.8, -0.316, -1.0882, -1.0879], [0.8784, 0.8787, 0.8789], [0.4992, 0.8789, 0.8789],  # at rest
    [0.8788, 0.87885], [0.8789, 0.8789],
    [1.0, math.inf, math.nan], [-2.8e47, 1.9e142, -math.inf],  # lost
    [2.1048, -4.3506, 63.3325, -220884.8268], [3.2987, -26.2186, 16170.8076], [2000.0, 0.8789, 0.8789],
    [1.0, 999.5], [1.0, -999.5], [1.0, 1000.5], [1.0, -1000.5], [0.5, 0.50098], [0.5, 0.50102],  # close to a limit
    [900.0, -900.0], [1500.0, 0.5], [900.0, 900.005],  # not lost, and not at rest
)  # fmt: skip

BOTH_SIDES = mark("A run can diverge to the other side too: -220884.8 is not larger than 1000, and yet far away. Take "
                  "the size, abs(path[-1]).")  # fmt: skip
NAN = mark("After infinity comes NaN, not a number, as in [1, inf, nan]. It is neither larger nor smaller than "
           "anything: every comparison with it is false. Ask np.isfinite first.")  # fmt: skip
NO_ABS = mark("The difference of the last two places may be negative, and then it is below 0.001, however far the step "
              "was. Take its size, abs(...).")  # fmt: skip
TOO_GENEROUS = mark("You let too much pass for standing still: the last two places must be less than 0.001 apart.")
TOO_STRICT = mark("You ask for more than was agreed: last places that are less than 0.001 apart count as settled. A "
                  "run that settles gets closer and closer, and may never be quite there.")  # fmt: skip
BY_VALLEY = mark("You ask whether the last place is the bottom of a valley. A run that jumps to and fro can pass there "
                 "as well. Settled means that it no longer moves: compare the last two places.")  # fmt: skip
SWAPPED = mark("Small steps are settled, large ones go round: in your answer these two are exchanged.")
NO_ROUND = mark("Your function never says 'cycling'. A run that doesn't settle need not diverge.")
OTHER_LIMIT = mark("Your limit for 'diverged' is another one. It lies at 1000, on either side of 0.")
TESTS = {
    "lost": {
        lambda path: not abs(path[-1]) <= 950: OTHER_LIMIT,
        lambda path: not abs(path[-1]) <= 1050: OTHER_LIMIT,
        lambda path: not abs(path[-1] - path[-2]) <= 1000:
            mark("You ask how long the last step was. Far away means far from 0: look at the last place alone."),
        lambda path: lost(path) or abs(path[-2]) > 1000:
            mark("You ask the place before the last as well. A run that came back from afar is not lost."),
        far: NAN,
        lambda path: not math.isfinite(path[-1]) or path[-1] > 1000: BOTH_SIDES,
        lambda path: not path[-1] <= 1000: BOTH_SIDES,
        lambda path: path[-1] > 1000: mark("path[-1] > 1000 overlooks the left side, and NaN, with which every "
                                           "comparison is false: take the size, abs(path[-1]), and ask np.isfinite "
                                           "first."),
        lambda path: not math.isfinite(path[-1]):
            mark("A number can be finite and still far away, such as -220884.8: beyond 1000 it is diverged too."),
        lambda path: math.isinf(path[-1]):
            mark("Infinity is not the only sign: NaN, and numbers farther than 1000 from 0, count as diverged too. If "
                 "you ask for both, join the two with or: one of them is enough."),
        lambda path: math.isnan(path[-1]):
            mark("NaN is not the only sign: infinity, and numbers farther than 1000 from 0, count as diverged too."),
        lambda path: False: mark("Your function never says 'diverged'. Is the last place finite, not beyond 1000?"),
        lambda path: not lost(path): mark("The test for 'diverged' is turned round: finite and near places are fine."),
        lambda path: math.isfinite(path[-1]) or abs(path[-1]) > 1000:
            mark("np.isfinite says True where the number is fine. 'diverged' needs the opposite: put not before it."),
        lambda path: lost(path) or abs(path[-1]) > abs(path[-2]):
            mark("A place farther out than the one before is no sign yet: a run that jumps to and fro does that too."),
    },
    "still": {
        lambda path: abs(path[-1]) < 0.001:
            mark("You ask whether the place is near 0. Settled means that the run no longer moves, wherever it is."),
        lambda path: path[-1] - path[-2] < 0.001: NO_ABS,
        lambda path: path[-2] - path[-1] < 0.001: NO_ABS,
        lambda path: abs(path[-1]) - abs(path[-2]) < 0.001:
            mark("abs belongs around the difference: abs(path[-1] - path[-2]), not around each place."),
        lambda path: abs(abs(path[-1]) - abs(path[-2])) < 0.001:
            mark("You compare the sizes of the last two places: -0.5 and 0.5 have the same, and lie far apart."),
        lambda path: path[-1] == path[-2]: TOO_STRICT,
        lambda path: abs(path[-1] - path[-2]) < 1e-4: TOO_STRICT,
        lambda path: abs(path[-1] - path[-2]) < 0.0009: TOO_STRICT,
        lambda path: abs(path[-1] - path[-2]) < 0.0011: TOO_GENEROUS,
        lambda path: abs(path[-1] - path[-2]) < 0.001 + 1e-5 * abs(path[-2]):
            mark("Your distance grows with the place, as that of np.isclose does unless you say rtol=0: far from 0 you "
                 "let more than 0.001 pass."),
        lambda path: abs(path[-1] - path[-2]) < 0.01: TOO_GENEROUS,
        lambda path: abs(path[-1] - path[-2]) < 0.1: TOO_GENEROUS,
        lambda path: max(path) - min(path) < 0.001:
            mark("You ask that all places are close together. A run that settles comes from afar: compare the last "
                 "two."),
        lambda path: any(abs(a - b) < 0.001 for a, b in pairwise(path)):
            mark("One close pair is enough for you. A run creeps away from the hilltop at first: compare the last "
                 "two."),
        lambda path: abs(path[1] - path[0]) < 0.001:
            mark("You look at the beginning of the path. What became of the run is told by the last two places."),
        lambda path: abs(path[-1] - path[0]) < 0.001:
            mark("You compare the last place with the first. A run that goes round comes back: compare the last two."),
        near_valley(0.001): BY_VALLEY,
        near_valley(0.01): BY_VALLEY,
        lambda path: True: mark("Your function never says 'cycling'. A run that stays finite need not settle."),
        lambda path: False: mark("Your function never says 'settled'. When are the last two places close?"),
        lambda path: path[-1] * path[-2] > 0:
            mark("You ask whether theta changes its sign. A run can go round on one side of 0: compare the last two."),
    },
}  # fmt: skip

VERDICT = Task(
    id="00.4",
    title=mark("What became of the run"),
    text=mark(
        "Write verdict(path), which looks at the end of a path, a list of at least two places, and returns a word. "
        "'diverged': the last place is not a finite number, or it is farther than 1000 from 0. 'settled': the last two "
        "places are less than 0.001 apart. 'cycling': neither of these; the runs are long enough that what still "
        "moves will go round for ever."
    ),
    asks=Question(
        points=2,
        reference=verdict,
        example=(ROUND,),
        witnesses=tuple((path,) for path in ENDS),
        inputs=ends_of_runs,
        slots=TESTS,
        misconceptions=(  # NaN falls through both tests
            Misconception(NAN, lambda path: verdict(path, lost=far, still=lambda p: not abs(p[-1] - p[-2]) >= 0.001)),
            Misconception(SWAPPED, lambda path: verdict(path, still=lambda path: not still(path))),
            Misconception(NO_ROUND, lambda path: verdict(path, lost=lambda path: not still(path))),
        ),
        advice=mark("Write down the last two places of the path below, and go through the three definitions by hand."),
    ),
)
