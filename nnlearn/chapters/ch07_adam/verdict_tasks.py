"""Tasks 07.5 and 07.6: which rule made these steps, and whether a race has a winner.

They stand on their own, as those in tasks.py.
"""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 07.5 ------------------------------------------------------------------------------------------------------------


def scaled(one, ten):
    """Whether ten times the gradient made longer steps."""
    return abs(ten[0]) > 3 * abs(one[0])


def first_two(one):
    """The steps that tell."""
    return one[0], one[1]


def growth(before, after):
    """How much longer a step is than another."""
    return abs(after) / abs(before)


def of_scaled(more):
    """Which of the rules it is that don't."""
    return "momentum" if more > 1.001 else "SGD"


def of_equal_size(grow, shrink):
    """Which of the rules it is that divide by the gradient's size."""
    return "uncorrected" if grow else "RMSprop" if shrink else "Adam"


def whodunit(one, ten, *, scaled=scaled, taken=first_two, growth=growth, of_scaled=of_scaled,
             of_equal_size=of_equal_size):  # fmt: skip
    """The right answer: does the gradient's size count, and do the steps grow or shrink?"""
    before, after = taken(one)
    more = growth(before, after)
    if scaled(one, ten):
        return of_scaled(more)
    return of_equal_size(more > 1.001, more < 0.999)


RULES = ("SGD", "momentum", "RMSprop", "Adam", "uncorrected")


def steps(rule, rate, gradient, beta1, beta2, count):
    """The first steps of a rule along a constant gradient, to four digits."""
    t = np.arange(1, count + 1)
    lengths = {
        "SGD": 0 * t + abs(gradient),
        "momentum": abs(gradient) * (1 - beta1**t) / (1 - beta1),
        "RMSprop": 1 / np.sqrt(1 - beta2**t),
        "Adam": 0 * t + 1.0,
        "uncorrected": (1 - beta1**t) / np.sqrt(1 - beta2**t),
    }[rule]
    return [float(f"{-np.sign(gradient) * rate * length:.4g}") for length in lengths]


def suspects(random):
    """Each rule twice: uphill and downhill, long and short."""
    for rule in RULES:
        for sign in (1, -1):
            rate, gradient = random.uniform(0.001, 0.5), sign * random.uniform(0.05, 5)
            beta1, beta2, count = random.uniform(0.6, 0.95), random.uniform(0.9, 0.999), int(random.integers(3, 30))
            yield tuple(steps(rule, rate, size * gradient, beta1, beta2, count) for size in (1, 10))


SUSPECTS = tuple(
    tuple(steps(rule, rate, size * gradient, beta1, beta2, count) for size in (1, 10))
    for rule in RULES
    for rate, gradient, beta1, beta2, count in ((0.1, 2.0, 0.9, 0.999, 6), (0.01, -0.3, 0.6, 0.9, 40),
                                                (0.23, 1.1, 0.6, 0.999, 2), (2.0, -0.01, 0.9, 0.99, 1000),
                                                (1e-4, 0.5, 0.9, 0.99, 3), (3e-3, 0.7, 0.7, 0.95, 4))
)  # fmt: skip

SIZE = mark("You don't use that the second run has ten times the gradient: it tells whether the rule divides by its "
            "size.")  # fmt: skip
LONG = mark("You look whether steps are long. How long they are depends on the rate: hold the two runs against each "
            "other.")  # fmt: skip
SIGNED = mark("The steps may point either way. Compare lengths, not numbers with a sign.")
LATE = mark("You look at the last step. In a long run all means are full, and rules look alike: the first steps tell.")
ENDS = mark("You compare the first step with the last. What grows at first may shrink later: take the first two.")
MEAN = mark("You take all steps together. What grows at first may shrink later: the first two steps tell.")
EVERY = mark("You ask this of all steps. Some grow at first and shrink later, and in a long run they stay as they are: "
             "the first two steps tell.")  # fmt: skip
EXCHANGED = mark("It is SGD and momentum whose steps grow with the gradient.")
MARGIN = mark("You let too much pass as equal: steps of the uncorrected rule may grow by no more than an eighth.")
DIFFERENCE = mark("You look at a difference of two steps. How large it is depends on the rate: take their ratio.")
EXACTLY = mark("You ask whether numbers are exactly ten times as large. Floats rarely are: ask whether nearly.")
TOO_MUCH = mark("You ask that momentum's steps grow by more than they do where beta1 is small.")
COLLECTS = mark("SGD and momentum are exchanged: which of them collects, so that its steps grow?")
GROWING = mark("Growing and shrinking are exchanged: m fills up, and steps along it grow.")
NEVER_NAMED = mark("Three rules divide by the gradient's size: the steps of one grow, those of one shrink, those of "
                   "one stay as they are. You name two of them.")  # fmt: skip
SHRINKS = mark("You exchange RMSprop and the uncorrected rule: which has a mean of squares alone, begun at 0, so that "
               "its first step is too long?")  # fmt: skip


def of_all(rising, falling, else_):
    """Two steps, the second so much longer where all rise or all fall, else by another factor."""

    def taken(one):
        differences = np.diff(np.abs(one))
        all_rise, all_fall = rising(differences, 0).all(), falling(differences, 0).all()
        still = (differences == 0).all()
        return one[0], one[0] * (1 if still else 2 if all_rise else 0.5 if all_fall else else_)

    return taken


def named(**words):
    """Other words for some rules that divide by the gradient's size."""

    def answer(grow, shrink):
        word = of_equal_size(grow, shrink)
        return words.get(word, word)

    return answer


turned = named(RMSprop="uncorrected", uncorrected="RMSprop")
WHODUNIT = Task(
    id="07.5",
    title=mark("Which rule was it"),
    text=mark(
        "Write whodunit(one, ten): two lists hold the first steps of one coordinate (two or more, signed, to four "
        "significant digits), from runs with the same settings and a constant gradient, ten times as large in the "
        "second. Return 'SGD', 'momentum' (classical), 'RMSprop', 'Adam' or 'uncorrected' (Adam without correction). "
        "The rates are any; beta1 is 0.6 to 0.95, beta2 (RMSprop's rho) 0.9 to 0.999, and epsilon 0."
    ),
    asks=Question(
        points=2,
        reference=whodunit,
        example=SUSPECTS[-4],
        inputs=suspects,
        witnesses=SUSPECTS,
        slots={
            "scaled": {
                lambda one, ten: False: SIZE,
                lambda one, ten: True: SIZE,
                lambda one, ten: abs(ten[0]) > 1: LONG,
                lambda one, ten: abs(one[0]) > 0.5: LONG,
                lambda one, ten: ten[0] > 3 * one[0]: SIGNED,
                lambda one, ten: abs(ten[0]) <= 3 * abs(one[0]): EXCHANGED,
                lambda one, ten: ten[0] == 10 * one[0]: EXACTLY,
                lambda one, ten: ten[0] / one[0] == 10: EXACTLY,
                lambda one, ten: all(b == 10 * a for a, b in zip(one, ten, strict=True)): EXACTLY,
            },
            "taken": {
                lambda one: (one[-2], one[-1]): LATE,
                lambda one: (one[0], one[-1]): ENDS,
                lambda one: (one[0], max(one, key=abs)): NEVER_NAMED,
                lambda one: (one[0], np.mean(one)): MEAN,
                **{of_all(*way): EVERY for way in ((np.greater, np.less, 1), (np.greater, np.less_equal, 0.5),
                                                   (np.greater_equal, np.less_equal, 1),
                                                   (np.greater_equal, np.less_equal, 0.5))},
                lambda one: (one[1], one[2]): mark("Counting begins at 0: the first two steps are one[0] and one[1]."),
            },
            "growth": {
                lambda before, after: growth(before, after) if before > 0 else 2 - growth(before, after): SIGNED,
                lambda before, after: after - before + 1: SIGNED,
                **{lambda before, after, e=e: growth(before, after) if abs(growth(before, after) - 1) > e else 1.0:
                   MARGIN for e in (0.2, 0.3)},
                **{lambda before, after, e=e: growth(before, after) if abs(abs(after) - abs(before)) > e else 1.0:
                   DIFFERENCE for e in (0.1, 0.01, 1e-3, 1e-4)},
                lambda before, after: 1.0: mark("You don't ask whether the steps grow, stay or shrink."),
            },
            "of_scaled": {
                lambda more: "momentum" if abs(more - 1) > 0.001 else "SGD": "",
                **{lambda more, e=e: "momentum" if more > e else "SGD": TOO_MUCH for e in (1.65, 1.8, 2)},
                lambda more: "SGD" if more > 1.001 else "momentum": COLLECTS,
            },
            "of_equal_size": {
                turned: SHRINKS,
                named(uncorrected="Adam"): mark("Adam's first steps, corrected, are all as long as the rate. These "
                                                "grow."),
                named(RMSprop="Adam", Adam="RMSprop"): mark("You exchange RMSprop and Adam: which of them corrects its "
                                                            "means?"),
                named(uncorrected="Adam", Adam="uncorrected"): mark("You exchange Adam and the uncorrected rule: whose "
                                                                    "first steps are all equally long?"),
                **{named(**{word: other}): NEVER_NAMED for word, other in (("Adam", "RMSprop"), ("Adam", "uncorrected"),
                                                                           ("RMSprop", "uncorrected"),
                                                                           ("uncorrected", "RMSprop"))},
                named(RMSprop="Adam", uncorrected="RMSprop", Adam="uncorrected"): mark(
                    "Three words stand in each other's places. Which rule corrects both means, so that its first steps "
                    "are equally long? Whose root alone is too small at first?"
                ),
            },
        },
        misconceptions=(
            Misconception(GROWING, lambda one, ten: whodunit(one, ten, growth=lambda a, b: growth(b, a))),
        ),
        advice=mark("Two questions: are the steps of ten longer than those of one, and is the second step of one "
                    "longer than its first?"),
    ),
)  # fmt: skip

# --- 07.6 ------------------------------------------------------------------------------------------------------------


def best_place(tuning):
    """The number of the best rate; a run that is no number is never the best."""
    return int(np.nanargmin(tuning))


def inside(place, count):
    """Whether the grid goes on to both sides of a place."""
    return 0 < place < count - 1


def wins(one, other):
    """From how many seeds the one has the smaller loss; what is no number has lost."""
    return int(np.sum(np.nan_to_num(one, nan=np.inf) < np.nan_to_num(other, nan=np.inf)))


def both(one, other, word):
    """The rules that must be tuned."""
    return one, other


def winner(one, other, *, asked=both, spoilt=any, best_place=best_place, inside=inside, wins=wins):
    """The right answer: both are tuned inside their grids, and one is better from every seed."""
    word, seeds = "tie", len(one["fresh"])
    if wins(one["fresh"], other["fresh"]) == seeds:
        word = "one"
    elif wins(other["fresh"], one["fresh"]) == seeds:
        word = "other"
    if spoilt([not inside(best_place(rule["tuning"]), len(rule["tuning"])) for rule in asked(one, other, word)]):
        return "not tuned"
    return word


NAN = float("nan")
INSIDE, LEFT, RIGHT = [0.5, 0.2, 0.3, 0.9], [0.1, 0.2, 0.3, 0.9], [0.9, 0.5, 0.3, 0.1]


def race(tuning, fresh):
    """What is known of a rule."""
    return {"tuning": tuning, "fresh": fresh}


def pairs(random):
    """Clear cases, narrow ones, a lucky seed, a run that is no number, a grid that ends at its winner."""
    for shift in (-1.0, 1.0, -0.02, 0.02):
        for tuning in (INSIDE, LEFT, RIGHT):
            fresh = random.uniform(1.2, 1.3, 5).round(4)
            noise = random.uniform(-0.015, 0.015, 5).round(4)
            given = [race(tuning, fresh.tolist()), race(INSIDE, (fresh + shift + noise).round(4).tolist())]
            yield tuple(given)
            yield tuple(given[::-1])
    lucky = random.uniform(1.2, 1.3, 6).round(4)
    yield race(INSIDE, lucky.tolist()), race(INSIDE, [0.01, *(lucky[1:] + 0.05).round(4).tolist()])


TIMES_4 = [0.4, 0.3, 0.35, 0.5]
RACES = (
    (race(INSIDE, [0.1, 0.2, 0.3, 0.4]), race(INSIDE, [0.2, 0.3, 0.4, 0.5])),
    (race(LEFT, [0.1, 0.5, 0.3]), race(INSIDE, [0.6, 0.2, 0.4])),
    (race(INSIDE, [0.1, 0.5, 0.3]), race(RIGHT, [0.6, 0.2, 0.4])),
    (race([NAN, 0.4, 0.3, 0.2], [0.1, 0.2]), race(INSIDE, [0.2, 0.3])),
    (race(INSIDE, [0.2, 0.3, 0.4, 0.5]), race(INSIDE, [0.1, 0.2, 0.3, 0.4])),
    (race(INSIDE, [0.1, 0.2, 0.3, 0.6]), race(INSIDE, [0.2, 0.3, 0.4, 0.5])),
    (race(INSIDE, [0.01, 0.4, 0.45, 0.6]), race(INSIDE, TIMES_4)),
    (race(INSIDE, [0.1, 0.5, 0.3]), race(INSIDE, [0.6, 0.2, 0.4])),
    *((race(grid, [0.1, 0.2]), race(grid, [0.2, 0.3])) for grid in ([0.9, 0.5, 0.2, 0.3, 0.8], LEFT, RIGHT)),
    (race(LEFT, TIMES_4), race(INSIDE, [0.1, 0.1, 0.1, 0.1])),
    (race(INSIDE, TIMES_4), race(INSIDE, [0.01, 0.4, 0.45, 0.6])),
    (race(INSIDE, [0.4, 0.3, 0.3, 0.5]), race(INSIDE, TIMES_4)),
    (race(LEFT, [0.1, 0.1, 0.1, 0.1]), race(INSIDE, TIMES_4)),
    (race(INSIDE, [0.1, 0.1, 0.1, 0.1]), race(RIGHT, TIMES_4)),
    (race(LEFT, [0.1, 0.1, 0.1, 0.1]), race(RIGHT, TIMES_4)),
    (race(INSIDE, [0.1, 0.1, 0.1, 0.1]), race(LEFT, TIMES_4)),
    (race([NAN, 0.2, 0.1, 0.3], [0.1, 0.1, 0.1, 0.1]), race(INSIDE, TIMES_4)),
    (race([0.4, 0.2, 0.3, NAN], [0.9, 0.9, 0.9, 0.9]), race(INSIDE, TIMES_4)),
    (race([0.2, 0.4, NAN, NAN], [0.1, 0.1, 0.1, 0.1]), race(INSIDE, TIMES_4)),
    (race([NAN, 0.2, 0.4, 0.5], [0.1, 0.1, 0.1, 0.1]), race(INSIDE, TIMES_4)),
    (race(INSIDE, [0.1, 0.1, NAN, 0.1]), race(INSIDE, TIMES_4)),
    (race(INSIDE, TIMES_4), race(INSIDE, [0.1, 0.1, NAN, 0.1])),
    (race(INSIDE, [0.1, 0.1, 0.1, 0.1]), race(INSIDE, [0.2, NAN, 0.2, 0.2])),
    (race(INSIDE, [0.3, NAN, 0.2, 0.2]), race(INSIDE, [0.1, 0.1, 0.1, 0.1])),
    (race(INSIDE, [0.1, 0.5, 0.1]), race(INSIDE, [0.2, 0.4, NAN])),
    (race(INSIDE, [NAN, 0.1, 0.1, 0.1]), race(INSIDE, [NAN, 0.2, 0.2, 0.2])),
    (race(INSIDE, [0.2, 0.2, 0.2, 0.2]), race(INSIDE, [0.2, 0.2, 0.2, 0.2])),
    (race(INSIDE, [0.1, 0.2]), race([0.9, 0.8, 0.5, 0.2, 0.3], [0.15, 0.3])),
    (race([0.9, 0.8, 0.5, 0.2, 0.3], [0.1, 0.2]), race(INSIDE, [0.15, 0.3])),
    (race(INSIDE, [0.1, 0.2]), race([0.5, 0.3, 0.2], [0.15, 0.3])),
    (race([0.5, 0.3, 0.2], [0.1, 0.2]), race(INSIDE, [0.15, 0.3])),
    (race([0.3, 0.2, 0.25], [0.9]), race([0.3, 0.2, 0.25], [0.2])),
)  # fmt: skip

LUCKY = mark("One lucky seed, or a few large losses, decide a mean. The text asks for every seed, pair by pair.")
PAIRED = mark(
    "The runs are paired: each seed's two losses belong together. Sorting them, or best against worst, parts them."
)
ONE_SEED = mark("You look at one seed. The text asks for all of them.")
ANY_SEED = mark("One seed won is enough for you. The text asks for every one.")
MOST = mark("Most of the seeds are not all of them.")
DROPPED = mark("A run that is no number has failed. You leave its seed out, which rewards the rule that failed.")
NAN_BEST = mark("In a grid with NaN your least loss is wrong: argmin gives the place of NaN, min may give NaN. That "
                "rate is the worst.")  # fmt: skip
NAN_UNDECIDED = mark("Where one run of a seed is NaN, nobody has won it in your answer. A diverged run has lost, to "
                     "any number; all comparisons with NaN are false.")  # fmt: skip
BOTH_FAILED = mark("Where both runs diverged nobody has won that seed, and so nobody has won from every one.")
AS_ZERO = mark("np.nan_to_num makes a 0 of NaN: the smallest loss of all, for a run that failed.")
EQUAL = mark("Equal losses have no winner.")
END = mark("If the least loss is at an end of the grid, a better rate may lie beyond: that rule is not tuned.")
NO_RIGHT_END = mark(
    "You miss the right end: a least loss at the last rate counts as tuned. The last place of n is n - 1."
)
NO_LEFT_END = mark("You miss the left end: a least loss at the first rate, place 0, counts as tuned.")
BOTH_RULES = mark("Ask both rules whether they are tuned.")
ONE_IS_ENOUGH = mark("You ask that both be badly tuned. One whose least loss is at an end is enough to spoil the race.")
OF_THE_GRIDS = mark("You compare the best losses of the grids. These were chosen as the least: the fresh seeds decide.")
OF_THE_WINNER = mark("You ask only the winner of the seeds whether it is tuned. The other, if it isn't, might have won "
                     "with a better rate.")  # fmt: skip
TIE_FIRST = mark("Where the seeds name no winner you don't look at the grids. 'not tuned' comes before 'tie'.")
SMALLER = mark("You name the loser: these are losses, and the smaller one wins a seed.")


def filled(losses):
    """Losses in which what is no number is infinite."""
    return np.nan_to_num(losses, nan=np.inf)


def stands(losses):
    """Whether no run diverged."""
    return not np.isnan(losses).any()


def without_nan(one, other):
    """The grids without the rates at which a run diverged."""
    return winner(*(race([loss for loss in rule["tuning"] if loss == loss], rule["fresh"]) for rule in (one, other)))


def whole_grids(one, other):
    """A grid with a rate at which a run diverged counts as not tuned."""
    return winner(one, other) if stands(one["tuning"]) and stands(other["tuning"]) else "not tuned"


def by_the_grids(one, other):
    """The losses of the tuning decide."""
    return winner(*(race(rule["tuning"], [np.nanmin(rule["tuning"])]) for rule in (one, other)))


def by_most(losses):
    """The winner of more than half of the seeds; the other, if it is fewer."""

    def answer(one, other):
        if winner(one, other) == "not tuned":
            return "not tuned"
        share = np.mean(np.less(losses(one["fresh"]), losses(other["fresh"])))
        return "one" if share > 0.5 else "other" if share < 0.5 else "tie"

    return answer


WINNER = Task(
    id="07.6",
    title=mark("Is there a winner"),
    text=mark(
        "Write winner(one, other): two dictionaries, each of a rule in a race. 'tuning' lists the loss at each rate of "
        "its grid, in order, 'fresh' the losses from fresh seeds, the same seeds for both; NaN, in either, diverged. "
        "Return 'not tuned' if either rule's least loss in 'tuning' is at an end of its grid. Otherwise 'one' or "
        "'other', if that rule has the smaller loss from every seed (a diverged run has lost to any number; two of "
        "them have no winner), and else 'tie'."
    ),
    asks=Question(
        points=2,
        reference=winner,
        example=(race([0.6, 0.3, 0.4, 0.8], [0.21, 0.35, 0.28]), race([0.7, 0.5, 0.2, 0.9], [0.22, 0.36, 0.31])),
        inputs=pairs,
        witnesses=RACES,
        slots={
            "spoilt": {all: ONE_IS_ENOUGH},
            "asked": {
                lambda one, other, word: (one,): BOTH_RULES,
                lambda one, other, word: (other,): BOTH_RULES,
                lambda one, other, word: {"one": (one,), "other": (other,)}.get(word, ()): OF_THE_WINNER,
                lambda one, other, word: () if word == "tie" else (one, other): TIE_FIRST,
            },
            "best_place": {
                lambda tuning: int(np.argmin(tuning)): NAN_BEST,
                lambda tuning: tuning.index(min(tuning)): NAN_BEST,
                lambda tuning: tuning.index(min(tuning)) if min(tuning) == min(tuning) else 1: NAN_BEST,
                lambda tuning: int(np.nanargmax(tuning)): mark("The best rate is the one of the least loss."),
            },
            "inside": {
                lambda place, count: True: END,
                lambda place, count: place < count - 1: NO_LEFT_END,
                lambda place, count: place > 0: NO_RIGHT_END,
                lambda place, count: 1 < place < count - 2: mark("The ends of a grid are its first and its last rate, "
                                                                 "not their neighbours."),
            },
            "wins": {
                lambda one, other: len(one) * int(np.mean(filled(one)) < np.mean(filled(other))): LUCKY,
                lambda one, other: len(one) * int(
                    np.mean(np.nan_to_num(one, nan=1e9)) < np.mean(np.nan_to_num(other, nan=1e9))
                ): LUCKY,
                lambda one, other: len(one) * int(np.nanmean(one) < np.nanmean(other)): LUCKY,
                lambda one, other: len(one) * int(np.median(filled(one)) < np.median(filled(other))): MOST,
                lambda one, other: len(one) * int(min(filled(one)) < min(filled(other))): LUCKY,
                lambda one, other: len(one) * int(max(filled(one)) < min(filled(other))): PAIRED,
                lambda one, other: int(np.sum(np.sort(filled(one)) < np.sort(filled(other)))): PAIRED,
                lambda one, other: len(one) * int(2 * wins(one, other) > len(one)): MOST,
                lambda one, other: len(one) * int(wins(one, other) >= len(one) - 1): MOST,
                lambda one, other: len(one) * int(wins(one, other) > 0): ANY_SEED,
                lambda one, other: len(one) * int(stands(one) and (wins(one, other) == len(one) or not stands(other))):
                    mark("A diverged run has lost its seed, not the whole race."),
                lambda one, other: len(one) * wins(one[:1], other[:1]): ONE_SEED,
                lambda one, other: len(one) * wins(one[-1:], other[-1:]): ONE_SEED,
                lambda one, other: int(np.sum(np.less(one, other))): NAN_UNDECIDED,
                lambda one, other: int(np.sum(np.less(one, other) | np.isnan(one) | np.isnan(other))): DROPPED,
                lambda one, other: len(one) - int(np.sum(filled(one) > filled(other))): EQUAL,
                lambda one, other: wins(one, other) + int(np.sum(np.isnan(one) & np.isnan(other))): BOTH_FAILED,
                lambda one, other: wins(other, one): SMALLER,
                lambda one, other: wins(-np.array(one), -np.array(other)): SMALLER,
                lambda one, other: int(np.sum(np.nan_to_num(one) < np.nan_to_num(other))): AS_ZERO,
            },
        },
        misconceptions=(
            Misconception(mark("Dropping NaN makes an end of the rate beside it. But that rate was tried."),
                          without_nan),
            Misconception(mark("A rate at which a run diverged doesn't spoil its grid: the least loss of the others "
                               "counts."), whole_grids),
            *(Misconception(MOST, by_most(losses)) for losses in (filled, np.array)),
            Misconception(OF_THE_GRIDS, by_the_grids),
        ),
        advice=mark("First the grids, then the seeds, one pair at a time. What do you do with NaN in each?"),
    ),
)  # fmt: skip
