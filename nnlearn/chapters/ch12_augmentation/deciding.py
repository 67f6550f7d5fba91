"""Task 12.6: which of two methods is better, by how much, and whether pairs of runs make it clear."""
# mypy: allow-untyped-defs

import math
from functools import partial

import numpy as np

from nnlearn.data import measured
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- The gain --------------------------------------------------------------------------------------------------------


def gain(before, after):
    """The right answer: the median of what is gained, pair by pair."""
    gains = after - before
    return np.median(gains)


def pairs(random):
    """Accuracies in percent, in steps of a test image of 450: some seeds are kinder than others, to both methods."""
    for n in (10, 9, 5, 4, 12, 3, 1, 2):
        before = random.permutation(np.linspace(380, 430, n).round()) + random.integers(0, 4, n)
        yield before / 4.5, (before + random.integers(-4, 9, n)) / 4.5


PAIRS = (
    np.array([90.2, 93.1, 87.1, 90.9, 91.6, 90.7]),
    np.array([94.4, 87.9, 93.6, 94.7, 91.8, 95.5]),
)

GAIN = Question(
    reference=gain,
    example=PAIRS,
    inputs=pairs,
    advice=mark("Three seeds, before 90, 91, 92 and after 93, 92, 94: the pairs gain 3, 1 and 2, so the gain is 2."),
    made_of=lambda before, after: {"before": before, "after": after},
    misconceptions=(
        Misconception(
            mark(
                "This is the difference of two medians. The middle seed of one method is not the middle seed of the "
                "other: subtract seed by seed first, and take the median of that."
            ),
            lambda before, after: np.median(after) - np.median(before),
        ),
        Misconception(
            mark(
                "This is the mean of the pairs. A single lucky seed moves it; the median asks the seeds in the middle."
            ),
            lambda before, after: np.mean(after - before),
        ),
        Misconception(
            mark("This compares the best seed of one method with the best of the other: two lucky draws, and no pair."),
            lambda before, after: np.max(after) - np.max(before),
        ),
        Misconception(
            mark("You sorted both before you subtracted. That tears the pairs apart: entry i of both is of seed i."),
            lambda before, after: np.median(np.sort(after) - np.sort(before)),
        ),
        Misconception(
            mark("This is the pair that stands in the middle of the list. A median is the middle of what is sorted."),
            lambda before, after: (after - before)[len(before) // 2],
        ),
        Misconception(
            mark("With an even number of seeds two stand in the middle: the median is half way between them."),
            lambda before, after: np.sort(after - before)[len(before) // 2],
        ),
        Misconception(
            mark("With an even number of seeds two stand in the middle: the median is half way between them."),
            lambda before, after: np.sort(after - before)[(len(before) - 1) // 2],
        ),
        Misconception(
            mark("You leave out the pairs that are equal. They gain 0, and stand among the others."),
            lambda before, after: np.median((after - before)[after != before]),
            witness=(np.array([90.0, 91.0, 92.0, 93.0]), np.array([91.0, 91.0, 94.0, 96.0])),
        ),
        Misconception(
            mark("This is in how many pairs after is higher. Asked is by how much, in points."),
            lambda before, after: np.sum(after > before),
        ),
        Misconception(
            mark("You left out the signs: a loss becomes a gain."),
            lambda before, after: np.median(np.abs(after - before)),
        ),
        Misconception(
            mark("This is the mean in units of the spread. Asked is the median, in points."),
            lambda before, after: np.mean(after - before) / (np.std(after - before) or math.inf),
        ),
        Misconception(
            mark("This is a share of what there was before. Points are percent less percent."),
            lambda before, after: 100 * np.median((after - before) / before),
        ),
    ),
)

# --- The chance ------------------------------------------------------------------------------------------------------


def chance(wins, losses):
    """The right answer: how often fair tosses are as one-sided (the sign test)."""
    n = wins + losses
    ways = 0
    for k in range(min(wins, losses) + 1):
        ways = ways + math.comb(n, k)
    return min(1.0, 2 * ways / 2**n)


def tail(wins, losses, *, rarer=min, first=0, more=1, sides=2, most=1.0, cases=lambda n: 2**n):
    """The chance with other ends, of other sides, or of other cases."""
    n = wins + losses
    ways = sum(math.comb(n, k) for k in range(first, rarer(wins, losses) + more))
    return min(most, sides * ways / cases(n))


ONE_SIDE = mark(
    "This counts one side alone. Nobody said beforehand which method would win: luck the other way round must be "
    "counted, too."
)
TEN = mark("Ten are tossed here, always. n is the number of pairs that differ: wins and losses together.")
CASES = mark("How many cases are there in all? Every toss doubles them: one toss 2, two tosses 4, three tosses 8.")


def counts(random):
    """Few and many, one-sided and balanced, either way round; also no pair that differs."""
    yield from [(10, 0), (0, 10), (8, 1), (2, 8), (5, 5), (1, 0), (0, 0), (6, 0), (7, 4), (3, 4), (0, 1)]
    for _ in range(6):
        yield int(random.integers(0, 9)), int(random.integers(0, 9))


CHANCE = Question(
    reference=chance,
    example=(2, 7),
    inputs=counts,
    witnesses=((9, 1), (4, 4), (3, 4), (0, 0)),
    advice=mark(
        "Two wins and no loss: two tosses fall so, or both the other way, in 2 of 4 cases, so chance is 0.5. Three "
        "wins and a loss: write down all 16 cases."
    ),
    misconceptions=(
        Misconception(
            ONE_SIDE,
            partial(tail, sides=1),
        ),
        Misconception(
            ONE_SIDE,
            lambda wins, losses: 1 - tail(wins, losses, rarer=lambda wins, losses: wins, more=0, sides=1),
        ),
        Misconception(CASES, partial(tail, cases=lambda n: max(n, 1), most=math.inf)),
        Misconception(CASES, partial(tail, cases=lambda n: max(2 * n, 1))),
        Misconception(
            mark("The very number that was seen is left out: so few or fewer includes so few."),
            partial(tail, more=0),
        ),
        Misconception(
            mark(
                "This is the chance of exactly this number, on either side. Of many tosses every single number is "
                "rare: add up those that are rarer still."
            ),
            lambda wins, losses: min(1.0, 2 * math.comb(wins + losses, wins) / 2 ** (wins + losses)),
        ),
        Misconception(
            mark("This is twice the chance of exactly this number. Add up those that are rarer still; at most 1."),
            lambda wins, losses: 2 * math.comb(wins + losses, wins) / 2 ** (wins + losses),
        ),
        Misconception(
            mark(
                "This counts what was seen on one side, what is rarer on both. Both sides count alike, and the middle, "
                "if the two meet there, at most once."
            ),
            lambda wins, losses: min(
                1.0, tail(wins, losses, most=math.inf) - math.comb(wins + losses, wins) / 2 ** (wins + losses)
            ),
        ),
        Misconception(
            mark("This is how large the lead is, as a share. Asked is how often tosses of a coin have such a lead."),
            lambda wins, losses: abs(wins - losses) / max(wins + losses, 1),
        ),
        Misconception(
            mark("This is the chance of exactly this number. Add up those that are rarer still, on both sides."),
            lambda wins, losses: math.comb(wins + losses, wins) / 2 ** (wins + losses),
        ),
        Misconception(
            mark("This always looks at the wins. If they are the many, the few losses are what is rare."),
            partial(tail, rarer=lambda wins, losses: wins),
        ),
        Misconception(
            mark("This always looks at the losses. If they are the many, the few wins are what is rare."),
            partial(tail, rarer=lambda wins, losses: losses),
        ),
        Misconception(
            mark("With as many wins as losses this is above 1: both sides count the middle. A chance is at most 1."),
            partial(tail, most=math.inf),
        ),
        Misconception(
            mark(
                "This is how often luck would not do it. Asked is how often it would: the smaller, the surer the gain."
            ),
            lambda wins, losses: 1 - chance(wins, losses),
        ),
        Misconception(
            mark(
                "This is the share of the rarer side. Tosses of a fair coin come in: how often are they so one-sided?"
            ),
            lambda wins, losses: min(wins, losses) / max(wins + losses, 1),
        ),
        Misconception(
            mark("This is the share of the wins. A fair coin comes in: how often are its tosses as one-sided?"),
            lambda wins, losses: wins / max(wins + losses, 1),
        ),
        Misconception(
            mark("Only the wins are tossed here. A loss is a toss, too: n is both together."),
            lambda wins, losses: 2 * sum(math.comb(wins, k) for k in range(min(wins, losses) + 1)) / 2**wins,
        ),
        Misconception(
            mark("This lets the many fall on one side, and forgets the few: in how many ways can they fall?"),
            lambda wins, losses: 2 * 0.5 ** max(wins, losses),
        ),
        Misconception(
            mark("This counts orders. Which of the few falls first makes no new case: count choices, n over k."),
            lambda wins, losses: min(
                1.0,
                2 * sum(math.perm(wins + losses, k) for k in range(min(wins, losses) + 1)) / 2 ** (wins + losses),
            ),
        ),
        Misconception(
            TEN,
            lambda wins, losses: tail(10 - min(wins, losses), min(wins, losses)),
        ),
        Misconception(
            TEN,
            lambda wins, losses: min(1.0, 2 * sum(math.comb(10, k) for k in range(max(wins, losses), 11)) / 2**10),
        ),
        Misconception(
            mark("All on one side are left out. They are the most one-sided of all: the few may be none."),
            partial(tail, first=1),
        ),
        Misconception(
            mark("Where no pair differs, nothing speaks for either: every outcome is as one-sided as that."),
            lambda wins, losses: chance(wins, losses) if wins + losses else 0.0,
            witness=(0, 0),
        ),
        Misconception(
            mark("A normal curve stands here for the tosses: near if there are many, not equal. Count the ways."),
            lambda wins, losses: math.erfc(abs(wins - losses) / math.sqrt(2 * max(wins + losses, 1))),
        ),
        Misconception(
            mark("This is right where all fall on one side. If some fall on the other, there are more ways."),
            lambda wins, losses: min(1.0, 2 / 2 ** (wins + losses)),
        ),
    ),
)

# --- The verdicts ----------------------------------------------------------------------------------------------------


def four_pairs():
    """Four pairs of ten runs each, as the experiment of the chapter measured them, in percent."""
    stored = measured("12")

    def pair(table, augmentation, **entries):
        rows = [row for row in stored[table] if all(row[name] == value for name, value in entries.items())]
        found = {row["augmentation"]: 100 * np.array(row["accuracies"]) for row in rows}
        return found["none"], found[augmentation]

    return {
        "a": pair("capacity", "shift 1", network="MLP 1024", per_class=10, steps=6000),
        "b": pair("gain", "rotate 15, grid-constant", network="MLP 64", per_class=100),
        "c": pair("gain", "shift 1", network="CNN", per_class=10),
        "d": pair("capacity", "shift 1", network="MLP 1024", per_class=100, steps=6000),
    }


def verdict(right, **hints):
    """The question who is better, and what is said to each wrong answer."""
    wrong = [Misconception(hint, partial(str, word.replace("_", " "))) for word, hint in hints.items()]
    return Question(reference=lambda: right, misconceptions=tuple(wrong), points=0.5)


ROUND = mark("It is the other way round: count in how many pairs the second array is higher.")
AS_LUCK = mark("Most pairs are on one side, but how often would tosses be so one-sided, to whichever side? Count, and "
               "hold your chance against 0.05.")  # fmt: skip
EQUAL = mark("Most pairs are on one side. Count them, leave the equal pair out, which is no loss and no toss, and hold "
             "your chance against 0.05.")  # fmt: skip

DECIDE = Task(
    id="12.6",
    title=mark("Decide from pairs"),
    text=mark(
        "Write two functions. gain(before, after): the median, over the seeds, of what after has more than before; "
        "entry i of both is the accuracy of seed i, in percent. chance(wins, losses), of two whole numbers: how often "
        "as many tosses of a fair coin are as one-sided, or more, whichever side it is; at most 1. Then say for each "
        "of the pairs a to d which is better: 'before', 'after' or 'not clear'. It is clear if chance is at most 0.05. "
        "Equal pairs are no toss."
    ),
    asks={
        "gain": GAIN,
        "chance": CHANCE,
        "a": verdict("not clear", after=AS_LUCK, before=ROUND),
        "b": verdict(
            "before",
            after=ROUND,
            not_clear=mark("Small is not unsure. The gain is a third of a point, but on which side are the pairs?"),
        ),
        "c": verdict("after", before=ROUND, not_clear=mark("Here no pair is on the other side. Ask your chance.")),
        "d": verdict(
            "after",
            before=ROUND,
            not_clear=EQUAL,
        ),
    },
    material=four_pairs,
)
