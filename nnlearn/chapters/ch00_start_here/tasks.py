"""The tasks of chapter 00: one step, the slope, and a whole path. What became of it is asked beside this file.

Slots hold the choices that beginners make wrongly, by hand stand the mistakes that need a why; all others (a sign, a
factor, an exchange) are derived from the right answer's source.
"""
# mypy: allow-untyped-defs

from itertools import product
from typing import Any

import numpy as np

from nnlearn.chapters.ch00_start_here.verdict_tasks import VERDICT
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 00.1 ------------------------------------------------------------------------------------------------------------


def one_step(theta, slope, rate):
    """The right answer."""
    return theta - rate * slope


def standpoints(random):
    """Places to the left and the right, slopes that fall and rise."""
    for theta_sign, slope_sign, _ in product((1, -1), (1, -1), range(2)):
        theta, slope = random.uniform(0.3, 2), random.uniform(0.3, 4)
        yield round(theta_sign * theta, 1), round(slope_sign * slope, 1), round(random.uniform(0.05, 0.9), 2)


ONE_STEP_MISTAKES = (
    Misconception(mark("This walks uphill: where the curve rises to the right you go right. The step goes against the "
                       "slope, with a minus."),
                  lambda theta, slope, rate: theta + rate * slope),
    Misconception(mark("Two things: this goes uphill, and as far as the slope is large. The rate says how far."),
                  lambda theta, slope, rate: theta + slope),
    Misconception(mark("The rate is missing: the step is rate times slope, so that you can choose how far to go."),
                  lambda theta, slope, rate: theta - slope),
    Misconception(mark("This is how long the step is. Where does it end? Begin at theta and subtract the step."),
                  lambda theta, slope, rate: rate * slope),
    Misconception(mark("This always steps to the left. Where the curve falls to the right its slope is negative, and "
                       "the step must go right: keep the sign, without abs."),
                  lambda theta, slope, rate: theta - rate * abs(slope)),
    Misconception(mark("theta comes in as a factor of the step. The step is rate times slope, wherever you stand."),
                  lambda theta, slope, rate: theta - rate * slope * theta),
    Misconception(mark("This is theta as it was. Has the step been made, and is its result returned?"),
                  lambda theta, slope, rate: theta),
)  # fmt: skip

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
        witnesses=((0.5, -1.2, 0.3),),
        inputs=standpoints,
        advice=mark("From theta = 3, where the slope is 2, with rate 0.5: the step is 1 long, and it ends at 2."),
        made_of=lambda theta, slope, rate: {"theta": theta, "slope": slope, "rate": rate},
        misconceptions=ONE_STEP_MISTAKES,
    ),
)

# --- 00.2 ------------------------------------------------------------------------------------------------------------


def height(theta):
    """The curve itself."""
    return theta**4 / 4 - theta**2 / 2 + 0.2 * theta


def in_front(n):
    """What comes down in front of a power."""
    return n


def lowered(theta, n):
    """The power with an exponent that is one less."""
    return theta ** (n - 1)


def rise(theta):
    """Of 0.2 * theta, a straight line."""
    return 0.2


def slope(theta, *, front=in_front, power=lowered, tilt=rise):
    """The right answer, by the rule, power by power."""
    return front(4) * power(theta, 4) / 4 - front(2) * power(theta, 2) / 2 + tilt(theta)


STEEP_PLACES = (-1.9, -1.6, -1.3, -0.9, -0.6, -0.3, 0.5, 0.6, 0.7, 1.1, 1.4, 1.7, 2.1)


def steep_places(random):
    """Where the curve is far from flat: there a carefully measured slope is right too."""
    yield (0.0,)
    for theta in random.choice(STEEP_PLACES, 9, replace=False):
        yield (float(theta),)


RULE: dict[str, dict[Any, str]] = {
    "front": {
        lambda n: 1: mark("The exponents have not come down in front (to divide f by theta looks the same)."),
        lambda n: n * n: mark("The divisions by 4 and by 2 got lost: the slope of theta**4 / 4 is 4 * theta**3 / 4."),
        lambda n: n / (n - 1): mark("You lowered the 4 and the 2 in the denominators as well. The factors 1/4 and 1/2 "
                                    "stay, and the exponents come down as factors: 4 * theta**3 / 4."),
    },
    "power": {
        lambda theta, n: theta**n: mark("The exponents have not become one less: theta**4 has the slope 4 * theta**3."),
        lambda theta, n: theta ** (n - 2):
            mark("Each exponent has to become one less, not two: the slope of theta**4 is 4 * theta**3."),
        lambda theta, n: theta * (n - 1):
            mark("theta * 3 is three times theta. The power, theta times theta times theta, is theta**3."),
    },
    "tilt": {
        lambda theta: 0: mark("The tilt is forgotten: 0.2 * theta rises by 0.2 for each step of 1 to the right."),
        lambda theta: 0.2 * theta: mark("0.2 * theta has kept its theta: a straight line is equally steep everywhere."),
        lambda theta: 1: mark("The slope of 0.2 * theta is 0.2, not 1: a factor in front stays."),
        lambda theta: -0.2: mark("The tilt has the wrong sign: 0.2 * theta rises to the right."),
    },
}  # fmt: skip

RULE_MISTAKES = (
    Misconception(mark("f has a minus before theta**2 / 2, and so has its slope: in your answer it got lost."),
                  lambda theta: theta**3 + theta + 0.2),
    Misconception(mark("By the rule: the middle part is forgotten, the slope of -theta**2 / 2 is -theta. Or, if you "
                       "measured 1 to each side, that is too wide a stretch, on which the curve bends: go closer."),
                  lambda theta: theta**3 + 0.2),
    Misconception(mark("The slope of -theta**2 / 2 is -theta: theta is still in it, the 2 and the half cancel."),
                  lambda theta: theta**3 - 1 + 0.2),
    Misconception(mark("This is the slope of the slope (the curvature). You took the slope once too often."),
                  lambda theta: 3 * theta**2 - 1),
    Misconception(mark("You went the other way, from slope to height: the exponents grew. They have to get less."),
                  lambda theta: theta**5 / 20 - theta**3 / 6 + 0.1 * theta**2),
)  # fmt: skip

STRETCHES, TINY = (0.1, 0.01, 0.001, 0.0001, 0.00001), (1e-12, 1e-13, 1e-14, 1e-15)  # to each side


def measured(hint, *sides, formula=lambda up, down, run: (up - down) / run):
    """A slope as rise over run, between places so far to the right and to the left, with another formula."""
    for right, left in sides:
        yield Misconception(hint, lambda theta, right=right, left=left:
                            formula(height(theta + right), height(theta - left), right + left))  # fmt: skip


to_the_right, to_both_sides = [(h, 0.0) for h in STRETCHES], [(h, h) for h in STRETCHES]

ONE_SIDED = mark("You measure the slope between theta and a place to its right, so it belongs to a place half-way "
                 "between. Measure as far to the left as to the right, or use the rule.")  # fmt: skip
TOO_WIDE = mark("You measure over too wide a stretch, on which the curve bends. Go closer, or use the rule.")
TOO_NARROW = mark("The formula is right, the stretch is too small: the two heights agree in nearly all their digits, "
                  "and what is left of the difference is rounding. Go 0.0001 to each side.")  # fmt: skip
NO_RUN = mark("You have the rise. Divide it by the run, the distance between the two places.")
NO_BRACKETS = mark("Mind the brackets: the division comes before the minus. Put the difference of the two heights in "
                   "brackets, and the whole run below it as well.")  # fmt: skip
HALF_THE_RUN = mark("This is twice the slope. If you measure it, divide by the whole stretch between the two places, "
                    "which is twice as long as the way to each side.")  # fmt: skip

MEASURING_MISTAKES = (
    *measured(ONE_SIDED, (1.0, 0.0), *to_the_right[:4]),
    *measured(TOO_WIDE, (0.5, 0.5), *to_both_sides[:2]),
    *measured(TOO_NARROW, *[(h, h) for h in TINY], *[(h, 0.0) for h in TINY]),
    *measured(NO_BRACKETS, *to_both_sides, *to_the_right, formula=lambda up, down, run: up - down / run),
    *measured(NO_BRACKETS, *to_both_sides, formula=lambda up, down, run: (up - down) / 2 * (run / 2)),
    *measured(NO_RUN, *to_both_sides, formula=lambda up, down, run: up - down),
    Misconception(HALF_THE_RUN, lambda theta: 2 * slope(theta)),
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
        witnesses=((0.6,), (-1.6,)),
        inputs=steep_places,
        slots=RULE,
        advice=mark("At theta = 2 the three parts of f have the slopes 8, -2 and 0.2: together 6.2."),
        made_of=lambda theta: {"theta": theta, "f(theta)": height(theta)},
        misconceptions=RULE_MISTAKES + MEASURING_MISTAKES,
    ),
)

# --- 00.3 ------------------------------------------------------------------------------------------------------------


def path(start, rate, steps, *, begin=-1, at=-1, slope=slope, kept=np.array):
    """The right answer: each step begins at the last place, and the slope is taken there."""
    places = [start]
    for _ in range(steps):
        places.append(one_step(places[begin], slope(places[at]), rate))
    return kept(places)


PATHS = (
    (0.6, 0.2, 0), (2, 0.1, 0),  # no step at all
    (-1, 0.2, 3), (2, 0.1, 2),  # from whole numbers
    (-1.9, 0.01, 150),  # many small steps: a loop that gives up, or stops where they get small, stops too early
    (0.2091499, 0.5, 5),  # beside the hilltop: a tiny step, and then longer ones
    (-1.08, 0.8, 6),  # to and fro across a valley, uphill too
    (2.2, 0.5, 3), (2.0, 1.1, 4),  # beyond -2, and away for good
)  # fmt: skip


def runs(random):
    """Few steps at moderate rates; and a long run, in which a loop that ends where it gets flat ends too early."""
    for steps, side in zip((1, 1, 2, 3, 4, 5), random.choice([-1, 1], 6), strict=True):
        yield round(float(side * random.uniform(0.4, 1.9)), 1), round(random.uniform(0.05, 0.5), 2), steps
    yield round(random.uniform(0.5, 0.8), 2), 0.6, 60


def not_written(theta):
    """A slope that is still as the exercise left it."""
    raise NotImplementedError()


WRONG_SLOPE = mark("The loop is right, the slope that it uses is not. Bring 00.2 in order first: check says how.")
WRONG_SLOPES = (
    *(each.wrong for each in SLOPE.questions[""].misconceptions if each.slot or each in RULE_MISTAKES),
    lambda theta: theta**4 - theta**2, lambda theta: theta**4 - theta**2 + 0.2 * theta,
    lambda theta: theta**3 / 4 - theta / 2, lambda theta: theta * 3 - theta,
    lambda theta: theta - slope(theta), lambda theta: abs(slope(theta)), lambda theta: 2 * slope(theta),
)  # fmt: skip
LOSSES = mark("These are the heights, not the places. What is asked for are the values of theta along the way.")
SLOPES = mark("These are the slopes, not the places. What is asked for are the values of theta along the way.")
STEPS = mark("These are the steps, not the places. Each place is the one before minus the step.")
LOOP: dict[str, dict[Any, str]] = {
    "slope": {
        **dict.fromkeys(WRONG_SLOPES, WRONG_SLOPE),
        lambda theta: theta: mark("theta stands where the slope belongs: the step is rate times slope(theta)."),
        height: mark("The height f(theta) stands where the slope belongs: the step is rate times slope(theta)."),
    },
    "at": {0: mark("The slope is measured once, at the start. Ask for slope(theta) again in every step.")},
    "begin": {0: mark("Each step is subtracted from the start, not from the last place. Give theta its new value.")},
    "kept": {
        lambda places: places[1:]: mark("The start is missing: it is the first place of the list."),
        lambda places: places[:-1]: mark("The last place is missing: append after the step, and put the start into the "
                                         "list before the loop."),
        lambda places: places[-1]: mark("This is the last place alone. All of them are asked for, the start first."),
        lambda places: places[-1:]: mark("The list holds the last place alone. Does append stand below the loop, or is "
                                         "the list made anew in every step? Make the list before the loop, and append "
                                         "inside it."),
        lambda places: [places[0], places[-1]]:
            mark("The list holds the start and the last place alone. Does append stand below the loop, or is the list "
                 "made anew in every step? Make the list before the loop, and append inside it."),
        lambda places: places[:1]: mark("The list holds the start alone. Append each new place inside the loop."),
        lambda places: [places[0], *places[:-1]]:
            mark("The start is there twice, and the last place is missing: make the step first, then append."),
        lambda places: [*places[:-1], 0] if len(places) > 1 else places:
            mark("The last place was never filled: it still holds the 0 of np.zeros."),
        lambda places: [places[0], *places]: mark("The start is there twice: once before the loop is enough."),
        lambda places: np.roll(places, -1): mark("The start stands at the end. Put it into the list before the loop."),
        lambda places: [height(theta) for theta in places]: LOSSES,
        lambda places: [height(theta) for theta in places[1:]]: LOSSES,
        lambda places: [slope(theta) for theta in places]: SLOPES,
        lambda places: [slope(theta) for theta in places[:-1]]: SLOPES,
        np.diff: STEPS,
        lambda places: -np.diff(places): STEPS,
        lambda places: [places[0], *-np.diff(places)]: STEPS,
    },
}  # fmt: skip


def smaller_uphill(start, rate, steps):
    """A run that halves its rate where a step would lead uphill."""
    places = [start]
    for _ in range(steps):
        while height(one_step(places[-1], slope(places[-1]), rate)) > height(places[-1]):
            rate /= 2
        places.append(one_step(places[-1], slope(places[-1]), rate))
    return places


def in_whole_numbers(start, rate, steps):
    """A run in an array that takes its type from the start."""
    places = np.full(steps + 1, start)
    for k in range(steps):
        places[k + 1] = one_step(places[k], slope(places[k]), rate)
    return places


def bounded(start, rate, steps):
    """A run that is held between -2 and 2."""
    places = [start]
    for _ in range(steps):
        places.append(np.clip(one_step(places[-1], slope(places[-1]), rate), -2, 2))
    return places


def late(start, rate, steps):
    """A run whose slopes are those of the place before."""
    places = [start]
    for _ in range(steps):
        places.append(one_step(places[-1], slope(places[-2:][0]), rate))
    return places


NO_STEP = mark("With 0 steps the list holds the start alone. A step ahead of the loop, or a loop that counts after its "
               "step, makes one too many there.")  # fmt: skip
LAST_STEP = mark("The last step is missing. range(steps) makes as many rounds as there are steps; range(1, steps) and "
                 "range(steps - 1) make one less.")  # fmt: skip

ENDS_ALONE = mark("The start and the last place are right, those between them are not. Each is a step from the one "
                  "before.")  # fmt: skip

PATH_MISTAKES = (
    Misconception(ENDS_ALONE, lambda start, rate, steps: np.linspace(start, path(start, rate, steps)[-1], steps + 1)),
    Misconception(ENDS_ALONE, lambda start, rate, steps: [*[start] * steps, path(start, rate, steps)[-1]]),
    Misconception(NO_STEP, lambda start, rate, steps: path(start, rate, max(steps, 1))),
    Misconception(LAST_STEP, lambda start, rate, steps: path(start, rate, max(steps - 1, 0))),
    Misconception(mark("The slope is one step late: it is that of the place before. Ask for it where the step begins."),
                  late),
    Misconception(mark("You hold the places between two bounds. A place is where the step ends, however far away."),
                  bounded),
    Misconception(mark("With 0 steps there is a list, too: it holds the start."),
                  lambda start, rate, steps: path(start, rate, steps) if steps else []),
    Misconception(mark("The start is missing, and there is a step too many at the end: put the start into the list "
                       "before the loop."),
                  lambda start, rate, steps: path(start, rate, steps + 1)[1:]),
    Misconception(mark("Where start is a whole number, np.full(steps + 1, start) is an array of whole numbers and cuts "
                       "fractions off. Give it dtype=float."),
                  in_whole_numbers),
    Misconception(mark("Your rate gets smaller where a step would lead uphill. Here it stays as it was given, whatever "
                       "comes of it."),
                  smaller_uphill),
    Misconception(mark("Only one step was made. Does return stand inside the loop? Put it to the left, below the for."),
                  lambda start, rate, steps: path(start, rate, 1)),
    Misconception(mark("theta never moves: is the result of the step assigned to theta, theta = ...?"),
                  lambda start, rate, steps: [start] * (steps + 1)),
    Misconception(mark("There are two steps from each place to the next. Is the step made twice in the loop?"),
                  lambda start, rate, steps: path(start, rate, 2 * steps)[::2]),
    Misconception(mark("Only the steps are kept: the new place is theta minus the step, not the step alone."),
                  lambda start, rate, steps: path(start, rate, steps, slope=lambda theta: theta / rate - slope(theta))),
    Misconception(mark("A function that you call is not written yet. Do 00.1 (one_step) and 00.2 (slope) first."),
                  lambda start, rate, steps: path(start, rate, steps, slope=not_written)),
)  # fmt: skip

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
        example=(-1.6, 0.1, 3),
        witnesses=PATHS,
        inputs=runs,
        slots=LOOP,
        advice=mark("From 1.0, where the slope is 0.2, with rate 0.5 the first step leads to 0.9: [1.0, 0.9, ...]."),
        made_of=lambda start, rate, steps: {"rate": rate, "steps": steps},
        misconceptions=PATH_MISTAKES,
    ),
)

TASKS = (ONE_STEP, SLOPE, PATH, VERDICT)
