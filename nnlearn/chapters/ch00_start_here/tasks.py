"""The tasks of chapter 00: one step, the slope, a whole path, and what became of it.

Each task stands on its own: the right answer, an input in general position, random inputs, and below them the known
mistakes, each a hint and the formula or loop that it belongs to.
"""
# mypy: allow-untyped-defs

import math
from itertools import pairwise

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark
from nnlearn.objectives import TwoValleys

VALLEYS = TwoValleys()

# --- 00.1 ------------------------------------------------------------------------------------------------------------


def one_step(theta, slope, rate):
    """The right answer."""
    return theta - rate * slope


def standpoints(random):
    """Places to the left and the right, slopes that fall and rise."""
    for theta_sign in (1, -1):
        for slope_sign in (1, -1):
            for _ in range(2):
                theta, slope = random.uniform(0.3, 2), random.uniform(0.3, 4)
                yield round(theta_sign * theta, 1), round(slope_sign * slope, 1), round(random.uniform(0.05, 0.9), 2)


FALLING = (0.5, -1.2, 0.3)

ONE_STEP_MISTAKES = (
    Misconception(
        mark(
            "This walks uphill: where the curve rises to the right you go right. The step goes against the slope, "
            "with a minus."
        ),
        lambda theta, slope, rate: theta + rate * slope,
    ),
    Misconception(
        mark("This is how long the step is. Where does it end? Begin at theta and subtract the step from it."),
        lambda theta, slope, rate: rate * slope,
    ),
    Misconception(
        mark("This is the step alone, with its direction. The place where it ends is asked for: add theta."),
        lambda theta, slope, rate: -rate * slope,
    ),
    Misconception(
        mark("The rate is missing: the step is rate times slope, so that you can choose how far to go."),
        lambda theta, slope, rate: theta - slope,
    ),
    Misconception(
        mark(
            "Two things: the rate is missing (the step is rate times slope), and the plus walks uphill. The step goes "
            "against the slope, with a minus."
        ),
        lambda theta, slope, rate: theta + slope,
    ),
    Misconception(
        mark("The slope is missing: the step is rate times slope, long where it is steep, to the left where it rises."),
        lambda theta, slope, rate: theta - rate,
    ),
    Misconception(
        mark("The slope is missing: the step is rate times slope, long where it is steep, to the left where it rises."),
        lambda theta, slope, rate: theta + rate,
    ),
    Misconception(
        mark("You use only the sign of the slope, so that all steps are equally long. The step is rate times slope."),
        lambda theta, slope, rate: theta - rate * math.copysign(1, slope),
    ),
    Misconception(
        mark(
            "This always steps to the left. Where the curve falls to the right its slope is negative, and the step "
            "must go right: keep the sign, without abs."
        ),
        lambda theta, slope, rate: theta - rate * abs(slope),
        witness=FALLING,
    ),
    Misconception(
        mark(
            "This always steps to the right. Where the curve rises to the right its slope is positive, and the step "
            "must go left: keep the sign, without abs."
        ),
        lambda theta, slope, rate: theta + rate * abs(slope),
    ),
    Misconception(
        mark("You divide by the rate, so that a small rate makes a huge step. Multiply: rate times slope."),
        lambda theta, slope, rate: theta - slope / rate,
    ),
    Misconception(
        mark("You divide the rate by the slope, so that the step is longest where it is flat. Multiply: rate * slope."),
        lambda theta, slope, rate: theta - rate / slope,
    ),
    Misconception(
        mark("theta comes in as a factor of the step. The step is rate times slope, wherever you stand."),
        lambda theta, slope, rate: theta - rate * slope * theta,
    ),
    Misconception(
        mark("theta stands where the slope belongs: the step is rate times slope."),
        lambda theta, slope, rate: theta - rate * theta,
    ),
    Misconception(
        mark("Place and slope are exchanged: begin at theta and subtract rate times slope."),
        lambda theta, slope, rate: slope - rate * theta,
    ),
    Misconception(
        mark("The difference is turned round: it is theta minus the step, not the step minus theta."),
        lambda theta, slope, rate: rate * slope - theta,
    ),
    Misconception(
        mark("Mind the brackets: the rate multiplies the slope alone, and theta stands outside."),
        lambda theta, slope, rate: (theta - slope) * rate,
    ),
    Misconception(
        mark("Mind the brackets: the rate multiplies the slope alone, and theta stands outside."),
        lambda theta, slope, rate: (theta - rate) * slope,
    ),
    Misconception(
        mark("You subtract the rate and the slope one after the other. Multiply them: the step is rate times slope."),
        lambda theta, slope, rate: theta - rate - slope,
    ),
    Misconception(
        mark("You keep the share 1 - rate of the place. That is an average of two numbers, not a step downhill."),
        lambda theta, slope, rate: (1 - rate) * theta - rate * slope,
    ),
    Misconception(
        mark("This is theta as it was. Has the step been made, and is its result returned?"),
        lambda theta, slope, rate: theta,
    ),
)

ONE_STEP = Task(
    id="00.1",
    title=mark("One step downhill"),
    text=mark(
        "Write one_step(theta, slope, rate): the place where one step of gradient descent ends. It begins at the place "
        "theta, where the curve has this slope, and goes downhill, rate times slope far. All of these are numbers."
    ),
    asks=Question(
        points=1,
        reference=one_step,
        example=(1.7, 2.3, 0.4),
        inputs=standpoints,
        advice=mark("From theta = 3, where the slope is 2, with rate 0.5: the step is 1 long, and it ends at 2."),
        made_of=lambda theta, slope, rate: {"theta": theta, "slope": slope, "rate": rate, "rate * slope": rate * slope},
        misconceptions=ONE_STEP_MISTAKES,
    ),
)

# --- 00.2 ------------------------------------------------------------------------------------------------------------


def slope(theta):
    """The right answer: of theta**4 / 4 - theta**2 / 2 + 0.2 * theta."""
    return theta**3 - theta + 0.2


def height(theta):
    """The curve itself."""
    return theta**4 / 4 - theta**2 / 2 + 0.2 * theta


def downwards(theta):
    """The slope with the wrong sign."""
    return -slope(theta)


STEEP_PLACES = (-1.9, -1.6, -1.3, -0.9, -0.6, -0.3, 0.5, 0.6, 0.7, 1.1, 1.4, 1.7, 2.1)


def steep_places(random):
    """Where the curve is far from flat: there a carefully measured slope is right too."""
    yield (0.0,)
    for theta in random.choice(STEEP_PLACES, 9, replace=False):
        yield (float(theta),)


STRETCHES = (0.1, 0.01, 0.001, 0.0001, 0.00001)  # to each side


def measured(right, left=0.0):
    """A slope as rise over run, between a place to the right and one to the left."""
    return lambda theta: (height(theta + right) - height(theta - left)) / (right + left)


TILT = mark("The tilt is forgotten: 0.2 * theta rises by 0.2 for each step of 1 to the right, everywhere.")
NOT_IN_FRONT = mark(
    "The exponents are one lower, as they should be, but they have not come down in front (to divide f by theta gives "
    "the same): the slope of theta**4 is 4 * theta**3."
)
NOT_LOWERED = mark(
    "The exponents came down in front, but they have not become one less: the slope of theta**4 is 4 * theta**3."
)
ONE_SIDED = mark(
    "You measure the slope between theta and a place to its right, so it belongs to a place half-way between. Measure "
    "as far to the left as to the right, or use the rule."
)
TOO_WIDE = mark("You measure over too wide a stretch, on which the curve bends. Go closer, or use the rule.")
TOO_NARROW = mark(
    "The formula is right, the stretch is too small: the two heights agree in nearly all their digits, and what is "
    "left of the difference is rounding. Go 0.0001 to each side."
)
NO_RUN = mark("You have the rise. Divide it by the run, the distance between the two places.")
NO_BRACKETS = mark(
    "Mind the brackets: the division comes before the minus. Put the difference of the two heights in brackets, and "
    "the whole run below it as well."
)
TIMES = mark("theta * 3 is three times theta. The power, theta times theta times theta, is theta**3.")

RULE_MISTAKES = (
    Misconception(
        mark("This is the height f(theta). The slope says how fast the height changes when theta grows."),
        height,
    ),
    Misconception(TILT, lambda theta: theta**3 - theta),
    Misconception(NOT_IN_FRONT, lambda theta: theta**3 / 4 - theta / 2 + 0.2),
    Misconception(
        mark(
            "The exponents are one lower, but they have not come down in front (the slope of theta**4 is "
            "4 * theta**3), and the tilt is forgotten: the slope of 0.2 * theta is 0.2."
        ),
        lambda theta: theta**3 / 4 - theta / 2,
    ),
    Misconception(NOT_LOWERED, lambda theta: theta**4 - theta**2 + 0.2),
    Misconception(NOT_LOWERED, lambda theta: theta**4 - theta**2 + 0.2 * theta),
    Misconception(
        mark(
            "Two things are still wrong: the exponents have not become one less (the slope of theta**4 is "
            "4 * theta**3), and the tilt is forgotten: the slope of 0.2 * theta is 0.2."
        ),
        lambda theta: theta**4 - theta**2,
    ),
    Misconception(
        mark("0.2 * theta has kept its theta. It is a straight line: its slope is 0.2, everywhere."),
        lambda theta: theta**3 - theta + 0.2 * theta,
    ),
    Misconception(
        mark("The slope of 0.2 * theta is 0.2, not 1: a factor in front stays."),
        lambda theta: theta**3 - theta + 1,
    ),
    Misconception(
        mark("The sign is turned round: where the curve rises to the right, the slope is positive."),
        downwards,
    ),
    Misconception(
        mark("The sign of the middle part got lost: f has a minus before theta**2 / 2, and so has its slope."),
        lambda theta: theta**3 + theta + 0.2,
    ),
    Misconception(
        mark("The tilt has the wrong sign: 0.2 * theta rises to the right."),
        lambda theta: theta**3 - theta - 0.2,
    ),
    Misconception(
        mark(
            "By the rule: the middle part is forgotten, the slope of -theta**2 / 2 is -theta. Or, if you measured 1 to "
            "each side, that is too wide a stretch, on which the curve bends: go closer."
        ),
        lambda theta: theta**3 + 0.2,
    ),
    Misconception(
        mark("The slope of -theta**2 / 2 is -theta: the theta is still in it, and the 2 and the half cancel."),
        lambda theta: theta**3 - 1 + 0.2,
    ),
    Misconception(
        mark("The divisions by 4 and by 2 got lost: the slope of theta**4 / 4 is 4 * theta**3 / 4."),
        lambda theta: 4 * theta**3 - 2 * theta + 0.2,
    ),
    Misconception(
        mark(
            "You lowered the 4 and the 2 in the denominators as well. The factors 1/4 and 1/2 stay, and the exponents "
            "come down as factors: 4 * theta**3 / 4."
        ),
        lambda theta: theta**3 / 3 - theta + 0.2,
    ),
    Misconception(
        mark("Each exponent has to become one less, not two: the slope of theta**4 is 4 * theta**3."),
        lambda theta: theta**2 - 1 + 0.2,
    ),
    Misconception(
        mark("This is how the slope itself changes, its own slope (the curvature). You took the slope once too often."),
        lambda theta: 3 * theta**2 - 1,
    ),
    Misconception(
        mark("You went the other way, from slope to height: the exponents grew. They have to become one less."),
        lambda theta: theta**5 / 20 - theta**3 / 6 + 0.1 * theta**2,
    ),
    Misconception(
        mark("Only how steep it is, without the direction: a curve that falls to the right has a negative slope."),
        lambda theta: abs(slope(theta)),
        witness=(0.6,),
    ),
    Misconception(
        mark("This is theta after a step of rate 1. Only the slope is asked for."),
        lambda theta: theta - slope(theta),
    ),
    Misconception(TIMES, lambda theta: theta * 3 - theta + 0.2),
    Misconception(TIMES, lambda theta: theta * 3 - theta),
)

MEASURING_MISTAKES = (
    Misconception(ONE_SIDED, measured(1.0)),
    Misconception(ONE_SIDED, measured(0.1)),
    Misconception(ONE_SIDED, measured(0.01)),
    Misconception(ONE_SIDED, measured(0.001)),
    Misconception(ONE_SIDED, measured(0.0001)),
    Misconception(TOO_WIDE, measured(0.5, 0.5)),
    Misconception(TOO_WIDE, measured(0.1, 0.1)),
    Misconception(TOO_WIDE, measured(0.01, 0.01)),
    *(Misconception(TOO_NARROW, measured(h, h)) for h in (1e-12, 1e-13, 1e-14, 1e-15)),
    *(Misconception(TOO_NARROW, measured(h)) for h in (1e-12, 1e-13, 1e-14, 1e-15)),
    *(
        Misconception(NO_BRACKETS, lambda theta, h=h: height(theta + h) - height(theta - h) / (2 * h))
        for h in STRETCHES
    ),
    *(Misconception(NO_BRACKETS, lambda theta, h=h: height(theta + h) - height(theta) / h) for h in STRETCHES),
    *(
        Misconception(NO_BRACKETS, lambda theta, h=h: (height(theta + h) - height(theta - h)) / 2 * h)
        for h in STRETCHES
    ),
    Misconception(
        mark(
            "This is twice the slope. If you measure it, divide by the whole stretch between the two places, which is "
            "twice as long as the way to each side."
        ),
        lambda theta: 2 * slope(theta),
    ),
    *(Misconception(NO_RUN, lambda theta, h=h: height(theta + h) - height(theta - h)) for h in STRETCHES),
)

SLOPE = Task(
    id="00.2",
    title=mark("The slope of the two valleys"),
    text=mark(
        "Write slope(theta): the slope of the curve f(theta) = theta**4 / 4 - theta**2 / 2 + 0.2 * theta at the place "
        "theta. Both are numbers."
    ),
    asks=Question(
        points=2,
        reference=slope,
        example=(1.3,),
        inputs=steep_places,
        advice=mark("At theta = 2 the three parts of f have the slopes 8, -2 and 0.2: together 6.2."),
        made_of=lambda theta: {"theta": theta, "theta**3": theta**3, "f(theta)": height(theta)},
        misconceptions=RULE_MISTAKES + MEASURING_MISTAKES,
    ),
)

# --- 00.3 ------------------------------------------------------------------------------------------------------------


def path(start, rate, steps):
    """The right answer."""
    theta = start
    places = [theta]
    for _ in range(steps):
        theta = theta - rate * slope(theta)
        places.append(theta)
    return np.array(places)


def short_runs(random):
    """Few steps and moderate rates, so that no mistake leaves the finite numbers."""
    for steps in (1, 2, 3, 4, 5, 5):
        start = random.uniform(0.4, 1.9) * random.choice([-1, 1])
        yield round(float(start), 1), round(random.uniform(0.05, 0.5), 2), steps


def walk(step):
    """A run with another step, which knows the place, the rate and the start."""

    def answer(start, rate, steps):
        places = [start]
        for _ in range(steps):
            places.append(step(places[-1], rate, start))
        return places

    return answer


frozen = walk(lambda theta, rate, start: theta - rate * slope(start))


def not_written(theta, rate, start):
    """A step that calls a function which is still as the exercise left it."""
    raise NotImplementedError()


FALLING_RUN = (-1.6, 0.1, 2)

WRONG_SLOPE = mark(
    "The loop is right, the slope that it uses is not. Bring 00.2 in order first: check says what to do."
)
LOSSES = mark("These are the heights, not the places. What is asked for are the values of theta along the way.")
SLOPES = mark("These are the slopes, not the places. What is asked for are the values of theta along the way.")
STEPS = mark("These are the steps, not the places. Each place is the one before minus the step.")
LAST_ALONE = mark(
    "The list holds the last place alone. Does append stand below the loop, or is the list made anew in every step? "
    "Make the list before the loop, and append inside it."
)

PATH_MISTAKES = (
    Misconception(
        mark("The start is missing: it is the first place of the list."),
        lambda start, rate, steps: path(start, rate, steps)[1:],
    ),
    Misconception(
        mark("The slope is measured once, at the start. Ask for slope(theta) again in every step."),
        frozen,
    ),
    Misconception(
        mark(
            "Two things are still wrong: the start is missing, the first place of the list; and the slope is measured "
            "only once. Ask for slope(theta) again in every step."
        ),
        lambda start, rate, steps: frozen(start, rate, steps)[1:],
    ),
    Misconception(LOSSES, lambda start, rate, steps: height(path(start, rate, steps))),
    Misconception(LOSSES, lambda start, rate, steps: height(path(start, rate, steps))[1:]),
    Misconception(SLOPES, lambda start, rate, steps: [slope(theta) for theta in path(start, rate, steps)]),
    Misconception(SLOPES, lambda start, rate, steps: [slope(theta) for theta in path(start, rate, steps)][:-1]),
    Misconception(STEPS, lambda start, rate, steps: -np.diff(path(start, rate, steps))),
    Misconception(STEPS, lambda start, rate, steps: np.diff(path(start, rate, steps))),
    Misconception(STEPS, lambda start, rate, steps: [start, *-np.diff(path(start, rate, steps))]),
    Misconception(
        mark("The last place is missing: a list of the start and one place for each step has steps + 1 numbers."),
        lambda start, rate, steps: path(start, rate, steps)[:-1],
    ),
    Misconception(
        mark("One step too many: the start and one place for each step make steps + 1 numbers."),
        lambda start, rate, steps: path(start, rate, steps + 1),
    ),
    Misconception(
        mark("The start is there twice, and the last place is missing: make the step first, then append."),
        lambda start, rate, steps: [start, *path(start, rate, steps)[:-1]],
    ),
    Misconception(
        mark("The start is there twice: once before the loop is enough."),
        lambda start, rate, steps: [start, *path(start, rate, steps)],
    ),
    Misconception(
        mark("This is the last place alone. All of them are asked for, in a list, the start first."),
        lambda start, rate, steps: path(start, rate, steps)[-1],
    ),
    Misconception(
        mark("Only one step was made. Does return stand inside the loop? Move it to the left, below the for."),
        lambda start, rate, steps: path(start, rate, 1),
    ),
    Misconception(LAST_ALONE, lambda start, rate, steps: path(start, rate, steps)[-1:]),
    Misconception(LAST_ALONE, lambda start, rate, steps: frozen(start, rate, steps)[-1:]),
    Misconception(
        mark(
            "The list holds the start and the last place alone. Does append stand below the loop, or is the list made "
            "anew in every step? Make the list before the loop, and append inside it."
        ),
        lambda start, rate, steps: path(start, rate, steps)[[0, -1]],
    ),
    Misconception(
        mark("The list holds the start alone. Inside the loop, put each new place at its end: append."),
        lambda start, rate, steps: [start],
    ),
    Misconception(
        mark("The start stands at the end of the list. It comes first: put it into the list before the loop."),
        lambda start, rate, steps: np.roll(path(start, rate, steps), -1),
    ),
    Misconception(
        mark("Every step begins at the start again. Give theta its new value, so that the next step begins there."),
        walk(lambda theta, rate, start: start - rate * slope(start)),
    ),
    Misconception(
        mark("theta never moves: is the result of the step assigned to theta, theta = ...?"),
        walk(lambda theta, rate, start: theta),
    ),
    Misconception(
        mark("There are two steps from each place to the next. Is the step made twice in the loop?"),
        lambda start, rate, steps: path(start, rate, 2 * steps)[::2],
    ),
    Misconception(
        mark("This walks uphill: the step goes against the slope, with a minus."),
        walk(lambda theta, rate, start: theta + rate * slope(theta)),
    ),
    Misconception(
        mark("The rate is missing: the step is rate times slope."),
        walk(lambda theta, rate, start: theta - slope(theta)),
    ),
    Misconception(
        mark("You divide by the rate; the step is rate times slope."),
        walk(lambda theta, rate, start: theta - slope(theta) / rate),
    ),
    Misconception(
        mark("The slope is missing: the step is rate times slope."),
        walk(lambda theta, rate, start: theta - rate),
    ),
    Misconception(
        mark("theta stands where the slope belongs: the step is rate times slope(theta)."),
        walk(lambda theta, rate, start: theta - rate * theta),
    ),
    Misconception(
        mark("The height f(theta) stands where the slope belongs: the step is rate times slope(theta)."),
        walk(lambda theta, rate, start: theta - rate * height(theta)),
    ),
    Misconception(
        mark("Each step is subtracted from the start. Subtract it from the place where it begins."),
        walk(lambda theta, rate, start: start - rate * slope(theta)),
    ),
    Misconception(
        mark("Only the steps are kept: the new place is theta minus the step, not the step alone."),
        walk(lambda theta, rate, start: rate * slope(theta)),
    ),
    *(
        Misconception(
            WRONG_SLOPE,
            walk(lambda theta, rate, start, wrong=each.wrong: theta - rate * wrong(theta)),
            witness=FALLING_RUN,
        )
        for each in RULE_MISTAKES
        if each.wrong not in (height, downwards)
    ),
    Misconception(
        mark("A function that you call is not written yet. Do 00.1 (one_step) and 00.2 (slope) first."),
        walk(not_written),
    ),
)

PATH = Task(
    id="00.3",
    title=mark("The path of a run"),
    text=mark(
        "Write path(start, rate, steps): the list of all places of a run of gradient descent on f(theta) = "
        "theta**4 / 4 - theta**2 / 2 + 0.2 * theta. First comes the start, then the place where each step ended: "
        "steps + 1 numbers."
    ),
    asks=Question(
        points=2,
        reference=path,
        example=(1.8, 0.1, 3),
        inputs=short_runs,
        advice=mark("From 1.0, where the slope is 0.2, with rate 0.5 the first step leads to 0.9: [1.0, 0.9, ...]."),
        made_of=lambda start, rate, steps: {"steps": steps},
        misconceptions=PATH_MISTAKES,
    ),
)

# --- 00.4 ------------------------------------------------------------------------------------------------------------

FAR = 1000  # farther from 0 than this, a run is lost
CLOSE = 0.001  # two places nearer to each other than this are one


def lost(path):
    """Whether the last place is no finite number, or far away. Put so that NaN, which is never <= anything, is lost."""
    return not abs(path[-1]) <= FAR


def still(path):
    """Whether the run no longer moves."""
    return abs(path[-1] - path[-2]) < CLOSE


def near_valley(path, distance):
    """Whether the last place is near the bottom of a valley, which is not asked for."""
    return np.abs(VALLEYS.minima[:, 0] - path[-1]).min() < distance


def judged(lost=lost, still=still):
    """A verdict with other tests."""

    def answer(path):
        if lost(path):
            return "diverged"
        return "settled" if still(path) else "cycling"

    return answer


def verdict(path):
    """The right answer."""
    last = path[-1]
    before = path[-2]
    if not abs(last) <= 1000:  # NaN is not either
        return "diverged"
    if abs(last - before) < 0.001:
        return "settled"
    return "cycling"


def places(start, rate, steps):
    """A run in plain numbers, which become infinite and NaN without complaint."""
    found = [start]
    for _ in range(steps):
        theta = found[-1]
        found.append(theta - rate * (theta * theta * theta - theta + 0.2))
    return [round(theta, 4) for theta in found]


def ends_of_runs(random):
    """Both sides of either limit; the last places of long runs at moderate rates, and of runs that diverge."""
    for path in ([1.0, 900.0], [1.0, -900.0], [1.0, 1100.0], [1.0, -1100.0], [0.5, 0.5008], [0.5, 0.5012]):
        yield (path,)
    for low, high, kept in [(0.1, 0.7, 2), (0.1, 0.7, 3), (0.79, 0.8, 2), (0.79, 0.8, 3), (0.79, 0.8, 4)]:
        yield (places(random.uniform(-1.5, 1.5), random.uniform(low, high), 300)[-kept:],)
    for steps in (5, 6, 7, 8, 10, 12):
        yield (places(random.uniform(1.8, 2.1), random.uniform(0.9, 1.2), steps)[-4:],)


ROUND = ([-1.1365, -1.0327, -1.1365, -1.0327],)  # rate 0.79, for ever
ROUND_AGAIN = ([-1.1365, -1.0327, -1.1365],)
ROUND_NEAR = ([0.8639, 0.8935, 0.8635, 0.8939],)
ACROSS = ([-0.2, 0.3, -0.2, 0.3],)
BY_THE_BOTTOM = ([0.6, -0.5, 0.6, 0.8789],)
FROM_THE_TOP = ([0.2088, 0.2092, 0.2496, 0.3371],)
THROUGH_ZERO = ([-0.4, 0.0004],)
RESTING = ([1.8, -0.316, -1.0882, -1.0879],)
RESTING_LATE = ([0.8784, 0.8787, 0.8789],)
FROM_AFAR = ([0.4992, 0.8789, 0.8789],)
ALMOST_AT_REST = ([0.8788, 0.87885],)
AT_REST = ([0.8789, 0.8789],)
NO_NUMBER = ([1.0, math.inf, math.nan],)
FAR_LEFT = ([2.1048, -4.3506, 63.3325, -220884.8268],)
FAR_RIGHT = ([3.2987, -26.2186, 16170.8076],)
MINUS_INFINITY = ([-2.8e47, 1.9e142, -math.inf],)

NAN_FALLS_THROUGH = mark(
    "After infinity comes NaN, not a number, as in [1, inf, nan]. It is neither larger nor smaller than anything: "
    "every comparison with it is false. Ask np.isfinite first."
)
BOTH_SIDES = mark(
    "A run can diverge to the other side too: -220884.8 is not larger than 1000, and yet far away. Take the size, "
    "abs(path[-1])."
)
LARGE = mark(
    "A number can be finite and still far away, such as -220884.8: farther than 1000 from 0 counts as diverged too."
)
NEAR_ZERO = mark(
    "You ask whether the place is near 0. Settled means that the run no longer moves, wherever it is: the bottoms of "
    "these valleys lie at -1.088 and 0.879."
)
NO_ABS = mark(
    "The difference of the last two places is negative when theta falls, and then it is below 0.001, however far the "
    "step was. Take its size, abs(...)."
)
BY_VALLEY = mark(
    "You ask whether the last place is the bottom of a valley. A run that jumps to and fro can pass there as well. "
    "Settled means that it no longer moves: compare the last two places."
)
TOO_GENEROUS = mark("You let too much pass for standing still: the last two places must be less than 0.001 apart.")
TOO_STRICT = mark(
    "You ask for more than was agreed: last places that are less than 0.001 apart count as settled. A run that settles "
    "gets closer and closer, and may never be quite there."
)
OLD_PLACES = mark("You look at the beginning of the path. What became of the run is told by the last two places.")
CROSSING = mark(
    "You ask whether theta changes its sign. A run can go round and round on one side of 0. Compare the last two "
    "places."
)

VERDICT_MISTAKES = (
    Misconception(NAN_FALLS_THROUGH, judged(lambda path: abs(path[-1]) > FAR), witness=NO_NUMBER),
    Misconception(
        NAN_FALLS_THROUGH,
        judged(lambda path: abs(path[-1]) > FAR, lambda path: not abs(path[-1] - path[-2]) >= CLOSE),
        witness=NO_NUMBER,
    ),
    Misconception(
        BOTH_SIDES,
        judged(lambda path: not math.isfinite(path[-1]) or path[-1] > FAR),
        witness=FAR_LEFT,
    ),
    Misconception(BOTH_SIDES, judged(lambda path: not path[-1] <= FAR), witness=MINUS_INFINITY),
    Misconception(
        mark(
            "Two things: a run can diverge to the other side too, so take the size, abs(path[-1]); and every "
            "comparison with NaN is false, so ask np.isfinite first."
        ),
        judged(lambda path: path[-1] > FAR),
        witness=FAR_LEFT,
    ),
    Misconception(LARGE, judged(lambda path: not math.isfinite(path[-1])), witness=FAR_RIGHT),
    Misconception(
        mark(
            "Infinity is not the only sign: NaN, and numbers farther than 1000 from 0, count as diverged too. If you "
            "ask for both, join the two with or: one of them is enough."
        ),
        judged(lambda path: math.isinf(path[-1])),
        witness=FAR_RIGHT,
    ),
    Misconception(
        mark("NaN is not the only sign: infinity, and numbers farther than 1000 from 0, count as diverged too."),
        judged(lambda path: math.isnan(path[-1])),
        witness=FAR_RIGHT,
    ),
    Misconception(
        mark("Your function never says 'diverged'. Ask first whether the last place is finite and not beyond 1000."),
        judged(lambda path: False),
        witness=FAR_RIGHT,
    ),
    Misconception(
        mark("The test for 'diverged' is turned round: it is the places that are finite and near that are fine."),
        judged(lambda path: not lost(path)),
    ),
    Misconception(NEAR_ZERO, judged(still=lambda path: abs(path[-1]) < CLOSE), witness=THROUGH_ZERO),
    Misconception(
        mark(
            "Neither test has changed yet: path[-1] > 1000 overlooks NaN and the left side, and settled means that "
            "the run no longer moves, not that it is near 0."
        ),
        judged(lambda path: path[-1] > FAR, lambda path: abs(path[-1]) < CLOSE),
        witness=FAR_LEFT,
    ),
    Misconception(
        mark(
            "Half done: the first test knows both sides now, but NaN falls through it, since every comparison with NaN "
            "is false: ask np.isfinite first. And settled means that the run no longer moves, not that it is near 0."
        ),
        judged(lambda path: abs(path[-1]) > FAR, lambda path: abs(path[-1]) < CLOSE),
        witness=NO_NUMBER,
    ),
    Misconception(
        mark(
            "Half done: the first test knows NaN now, but a run can diverge to the left side too: take the size, "
            "abs(path[-1]). And settled means that the run no longer moves, not that it is near 0."
        ),
        judged(lambda path: not math.isfinite(path[-1]) or path[-1] > FAR, lambda path: abs(path[-1]) < CLOSE),
        witness=FAR_LEFT,
    ),
    Misconception(
        mark(
            "Half done: the first test knows NaN and infinity now, but finite numbers farther than 1000 from 0 count "
            "as diverged too. And settled means that the run no longer moves, not that it is near 0."
        ),
        judged(lambda path: not math.isfinite(path[-1]), lambda path: abs(path[-1]) < CLOSE),
        witness=FAR_RIGHT,
    ),
    *(
        Misconception(
            mark(
                "Two things: 'diverged' needs both np.isfinite and the size, abs(path[-1]); and the difference of the "
                "last two places needs its size too, abs(...), or a long step to the left counts as settled."
            ),
            judged(first, lambda path: path[-1] - path[-2] < CLOSE),
            witness=ROUND_AGAIN,
        )
        for first in (
            lambda path: path[-1] > FAR,
            lambda path: abs(path[-1]) > FAR,
            lambda path: not math.isfinite(path[-1]),
            lambda path: not math.isfinite(path[-1]) or path[-1] > FAR,
        )
    ),
    Misconception(
        mark(
            "np.isfinite says True where the number is fine. 'diverged' needs the opposite: not np.isfinite(path[-1])."
        ),
        judged(lambda path: math.isfinite(path[-1]) or abs(path[-1]) > FAR),
    ),
    Misconception(
        mark("abs belongs around the difference: abs(path[-1] - path[-2]), not around each place."),
        judged(still=lambda path: abs(path[-1]) - abs(path[-2]) < CLOSE),
    ),
    Misconception(NO_ABS, judged(still=lambda path: path[-1] - path[-2] < CLOSE), witness=ROUND_AGAIN),
    Misconception(
        mark(
            "The difference of the last two places is negative when theta grows, and then it is below 0.001, however "
            "far the step was. Take its size, abs(...)."
        ),
        judged(still=lambda path: path[-2] - path[-1] < CLOSE),
    ),
    Misconception(
        mark("You compare the sizes of the last two places: -0.5 and 0.5 have the same, and lie far apart."),
        judged(still=lambda path: abs(abs(path[-1]) - abs(path[-2])) < CLOSE),
        witness=([-0.6, 0.5, -0.5],),
    ),
    Misconception(TOO_STRICT, judged(still=lambda path: path[-1] == path[-2]), witness=ALMOST_AT_REST),
    Misconception(TOO_STRICT, judged(still=lambda path: abs(path[-1] - path[-2]) < 1e-4), witness=RESTING),
    Misconception(
        mark(
            "You ask that all places of the path are close together. A run that settles comes from far away: compare "
            "the last two alone."
        ),
        judged(still=lambda path: max(path) - min(path) < CLOSE),
        witness=FROM_AFAR,
    ),
    Misconception(TOO_GENEROUS, judged(still=lambda path: abs(path[-1] - path[-2]) < 0.01), witness=([0.872, 0.876],)),
    Misconception(TOO_GENEROUS, judged(still=lambda path: abs(path[-1] - path[-2]) < 0.1), witness=ROUND_NEAR),
    Misconception(
        mark(
            "One pair of neighbours that is close is enough for you. A run can creep away from the hilltop at first: "
            "compare the last two places alone."
        ),
        judged(still=lambda path: any(abs(a - b) < CLOSE for a, b in pairwise(path))),
        witness=FROM_THE_TOP,
    ),
    Misconception(OLD_PLACES, judged(still=lambda path: abs(path[1] - path[0]) < CLOSE), witness=RESTING),
    Misconception(
        mark(
            "You compare the last place with the first. A run that goes round comes back there: compare the last two."
        ),
        judged(still=lambda path: abs(path[-1] - path[0]) < CLOSE),
        witness=ROUND_AGAIN,
    ),
    Misconception(BY_VALLEY, judged(still=lambda path: near_valley(path, 0.001)), witness=BY_THE_BOTTOM),
    Misconception(BY_VALLEY, judged(still=lambda path: near_valley(path, 0.01)), witness=([0.6, 0.876],)),
    Misconception(
        mark("Small steps are settled, large ones go round: in your answer these two are exchanged."),
        judged(still=lambda path: not still(path)),
    ),
    Misconception(
        mark("Your function never says 'cycling'. A run that doesn't settle need not diverge."),
        judged(lambda path: not still(path)),
    ),
    Misconception(
        mark("Your function never says 'cycling'. A run that stays finite need not settle."),
        judged(still=lambda path: True),
        witness=ACROSS,
    ),
    Misconception(
        mark("Your function never says 'settled': when are the last two places less than 0.001 apart?"),
        judged(still=lambda path: False),
        witness=AT_REST,
    ),
    Misconception(
        mark("A place farther out than the one before is no sign yet: a run that jumps to and fro does that too."),
        judged(lambda path: lost(path) or abs(path[-1]) > abs(path[-2])),
        witness=ROUND_AGAIN,
    ),
    Misconception(CROSSING, judged(still=lambda path: path[-1] * path[-2] > 0)),
)


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
        example=ROUND,
        inputs=ends_of_runs,
        advice=mark("Write down the last two places of the path below, and go through the three definitions by hand."),
        misconceptions=VERDICT_MISTAKES,
    ),
)

TASKS = (ONE_STEP, SLOPE, PATH, VERDICT)
