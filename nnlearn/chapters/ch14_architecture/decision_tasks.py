"""Tasks 14.3 and 14.5: which layer to shrink first, and whether one network is better than another.

They stand on their own, as those in tasks.py.
"""
# mypy: allow-untyped-defs

from operator import floordiv

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 14.3 ------------------------------------------------------------------------------------------------------------


def over(total, budget):
    """How many times the budget it is."""
    return total / budget


def keeps(too_large, too_slow):
    """Whether both budgets are kept."""
    return too_large <= 1 and too_slow <= 1


def decides(too_large, too_slow):
    """Whether parameters are the cost that counts."""
    return too_large >= too_slow


def first_to_shrink(layers, most_parameters, most_flops, *, total=sum, over=over, keeps=keeps, decides=decides):
    """The right answer: the layer with most of what is most over its budget."""
    parameters = {name: count for name, count, _ in layers}
    flops = {name: count for name, _, count in layers}
    too_large = over(total(parameters.values()), most_parameters)
    too_slow = over(total(flops.values()), most_flops)
    if keeps(too_large, too_slow):
        return "none"
    costs = parameters if decides(too_large, too_slow) else flops
    return max(costs, key=lambda name: costs[name])


CNN = [("conv1", 160, 18_432), ("conv2", 4_640, 589_824), ("dense", 16_416, 32_768), ("output", 330, 640)]
EARLY = [("conv1", 160, 18_432), ("conv2", 4_640, 147_456), ("dense", 16_416, 32_768), ("output", 330, 640)]
SPREAD = [("a", 900, 5_000), ("b", 800, 9_000), ("c", 850, 8_000), ("d", 700, 9_500)]
BUDGETS = (
    (CNN, 10_000, 1_000_000), (CNN, 30_000, 300_000), (CNN, 10_000, 100_000), (CNN, 2_000, 500_000),
    (CNN, 21_546, 641_664), (CNN, 21_545, 641_664), (CNN, 21_546, 641_663), (EARLY, 20_000, 100_000),
    (EARLY, 9_000, 190_000), (SPREAD, 3_000, 40_000), (SPREAD, 5_000, 20_000), (SPREAD, 1_000, 20_000),
    (CNN, 15_000, 600_000), (CNN, 20_000, 400_000), (CNN, 10_773, 320_832), (CNN, 30_000, 700_000),
    (CNN, 10_773, 213_888), (CNN[::-1], 10_000, 300_000),
)  # fmt: skip


def budgets(random):
    """Random layers, budgets below and above what they cost."""
    for share, part in ((0.5, 2.0), (2.0, 0.5), (0.3, 0.6), (0.6, 0.3), (1.5, 1.2), (0.9, 0.95), (0.95, 0.9)):
        names = random.permutation(["conv1", "conv2", "conv3", "dense", "output"]).tolist()
        layers = [(name, int(random.integers(50, 9_000)), int(random.integers(500, 90_000))) for name in names]
        yield (layers, int(share * sum(layer[1] for layer in layers)), int(part * sum(layer[2] for layer in layers)))


def by_itself(layers, most_parameters, most_flops):
    """The first layer that is over a budget by itself."""
    return next((name for name, large, slow in layers if large > most_parameters or slow > most_flops), "none")


WHOLE_TIMES = mark("// cuts off what stands behind the point: 2.1 and 2.9 times the budget are not the same.")


def largest_share(layers, most_parameters, most_flops):
    """The layer that has most of either budget."""
    if first_to_shrink(layers, most_parameters, most_flops) == "none":
        return "none"
    return max(layers, key=lambda layer: max(layer[1] / most_parameters, layer[2] / most_flops))[0]


def in_whole_times(layers, most_parameters, most_flops):
    """How many whole times the budget it is."""
    if first_to_shrink(layers, most_parameters, most_flops) == "none":
        return "none"
    return first_to_shrink(layers, most_parameters, most_flops, over=floordiv, keeps=lambda *times: False)


FIRST_TO_SHRINK = Task(
    id="14.3",
    title=mark("Which layer to shrink first"),
    text=mark(
        "layers lists (name, parameters, flops) of each layer. The whole network may have at most most_parameters and "
        "at most most_flops. Write first_to_shrink(layers, most_parameters, most_flops): 'none' if both are kept. Else "
        "take the cost that is the larger multiple of its budget (parameters, if both are equal), and name the "
        "layer that has most of it."
    ),
    asks=Question(
        points=1,
        reference=first_to_shrink,
        example=(CNN, 10_000, 300_000),
        inputs=budgets,
        witnesses=BUDGETS,
        advice=mark("The chapter's network has 21,546 parameters and 641,664 operations. With at most 10,000 and "
                    "300,000 it is 2.15 and 2.14 times over: parameters, so the dense layer."),
        misconceptions=(
            Misconception(mark("You hold each layer against the budgets by itself. They are for all layers together: "
                               "add up first."), by_itself),
            Misconception(mark("You look for the layer with the largest share of a budget. First ask which of the two "
                               "the whole network is further above."), largest_share),
            Misconception(WHOLE_TIMES, in_whole_times),
        ),
        slots={
            "over": {
                lambda total, budget: 1 + total - budget: mark(
                    "You compare differences. Operations are large numbers: ask how many times the budget, not how far "
                    "above it."),
                lambda total, budget: budget / total: mark(
                    "You divide the budget by the cost: the fraction is upside down."),
                floordiv: WHOLE_TIMES,
            },
            "total": {
                max: mark("You hold the largest layer against the budget. It is for all layers together: add up."),
            },
            "keeps": {
                lambda large, slow: large <= 1 or slow <= 1: mark(
                    "'none' is right only if both budgets are kept, not one of the two."),
                lambda large, slow: large < 1 and slow < 1: mark("A budget that is used up exactly is kept."),
                lambda large, slow: False: mark("If the whole network keeps both budgets, there is nothing to shrink: "
                                                "'none'."),
            },
            "decides": {
                lambda large, slow: large > slow: mark("Where both are equally far over, parameters decide."),
                lambda large, slow: large < slow: mark("The currencies are exchanged: you name the layer with most of "
                                                       "what is not the trouble."),
                lambda large, slow: True: mark("You always name the layer with most parameters. Where operations are "
                                               "the trouble, it is another one."),
                lambda large, slow: False: mark("You always name the layer with most operations. Where parameters are "
                                                "the trouble, it is another one."),
                lambda large, slow: large > 1: mark("You look at parameters first, and at operations only if those "
                                                    "fit. Which of the two is more times its budget?"),
                lambda large, slow: slow <= 1: mark("You look at operations first, and at parameters only if those "
                                                    "fit. Which of the two is more times its budget?"),
            },
        },
    ),
)  # fmt: skip

# --- 14.5 ------------------------------------------------------------------------------------------------------------

ENOUGH = 5
TINY = 1e-9


def wins(one, other):
    """From how many seeds one is above the other."""
    return sum(x > y for x, y in zip(one, other))  # noqa: B905


def decided(won, lost, seeds):
    """Whether every seed in which they differ says the same, and there are enough."""
    return won >= ENOUGH and lost == 0


def better(a, b, *, wins=wins, decided=decided):
    """The right answer: from every seed in which they differ, and in at least five."""
    won = wins(a, b)
    lost = wins(b, a)
    if decided(won, lost, len(a)):
        return "a"
    if decided(lost, won, len(a)):
        return "b"
    return "undecided"


PAIRS = (
    ([0.96, 0.97, 0.95, 0.98, 0.97], [0.95, 0.96, 0.94, 0.97, 0.96]),
    ([0.95, 0.96, 0.94, 0.97, 0.96], [0.96, 0.97, 0.95, 0.98, 0.97]),
    ([0.96, 0.97, 0.95, 0.98], [0.95, 0.96, 0.94, 0.97]),
    ([0.96, 0.97, 0.95, 0.98, 0.97], [0.95, 0.96, 0.94, 0.97, 0.97]),
    ([0.96, 0.97, 0.95, 0.98, 0.97, 0.9], [0.95, 0.96, 0.94, 0.97, 0.97, 0.89]),
    ([0.99, 0.99, 0.99, 0.99, 0.94], [0.95, 0.95, 0.95, 0.95, 0.95]),
    ([0.96, 0.91, 0.93, 0.98, 0.95, 0.97], [0.95, 0.90, 0.92, 0.97, 0.94, 0.96]),
    ([0.90, 0.91, 0.92, 0.93, 0.94], [0.95, 0.96, 0.97, 0.98, 0.99]),
    ([0.90, 0.91, 0.92, 0.93, 0.94, 0.96], [0.95, 0.96, 0.97, 0.98, 0.99, 0.95]),
    ([0.95, 0.95, 0.95], [0.95, 0.95, 0.95]),
    ([0.95, 0.95, 0.95, 0.95, 0.95], [0.95, 0.95, 0.95, 0.95, 0.95]),
    ([0.5, 0.6, 0.7, 0.8, 0.9], [0.6, 0.7, 0.8, 0.9, 0.4]),
    ([0.9, 0.9, 0.9, 0.9], [0.8, 0.8, 0.8, 0.8]),
    ([0.99], [0.5]),
    ([0.91, 0.92, 0.93, 0.94, 0.98], [0.909, 0.919, 0.929, 0.939, 0.90]),
    ([0.909, 0.919, 0.929, 0.939, 0.90, 0.9], [0.91, 0.92, 0.93, 0.94, 0.98, 0.9]),
    ([0.9, 0.91, 0.92, 0.93, 0.94, 0.90], [0.95, 0.96, 0.97, 0.98, 0.99, 0.901]),
    ([0.9, 0.95, 0.95, 0.95, 0.95, 0.95], [0.95, 0.9, 0.9, 0.9, 0.9, 0.9]),
    ([0.9, 0.95, 0.9, 0.95, 0.9, 0.95, 0.9], [0.89, 0.95, 0.89, 0.95, 0.89, 0.94, 0.89]),
)  # fmt: skip


def pairs(random):
    """Small differences that always point one way, large ones that don't, ties, few seeds."""
    for count, shift, noise in ((5, 0.01, 0.004), (8, -0.01, 0.004), (6, 0.02, 0.05), (4, 0.05, 0.0), (10, 0.0, 0.01)):
        base = random.uniform(0.8, 0.9, count)
        other = base + shift + noise * random.uniform(-1, 1, count)
        yield other.round(3).tolist(), base.round(3).tolist()
    tied = random.uniform(0.8, 0.95, 7).round(3)
    yield (tied + [0.01, 0, 0.01, 0.01, 0, 0.01, 0.01]).round(3).tolist(), tied.tolist()
    yield tied.tolist(), (tied + [0.01, 0, 0.01, 0.01, 0, 0, 0.01]).round(3).tolist()


def by_number(of):
    """By one number of each."""
    return lambda a, b: "a" if of(a) > of(b) else "b" if of(b) > of(a) else "undecided"


def mean(values):
    """Their mean."""
    return sum(values) / len(values)


def apart(a, b):
    """The worst of the one above the best of the other."""
    enough = len(a) >= ENOUGH
    return "a" if enough and min(a) > max(b) else "b" if enough and min(b) > max(a) else "undecided"


ALL_SEEDS = mark("You ask for five seeds in all. Those in which they differ count: at least five of these.")


def the_first(a, b):
    """What the first seed says in which they differ, if there are five."""
    differing = [x > y for x, y in zip(a, b) if x != y]  # noqa: B905
    return "undecided" if len(differing) < ENOUGH else "a" if differing[0] else "b"


def by_t_test(enough):
    """The mean difference held against its spread, if there are so many seeds: significant at 5%, both sides."""

    def answer(a, b):
        differences = np.subtract(a, b)
        if len(differences) < enough or np.ptp(differences) + abs(differences[0]) == 0:
            return "undecided"
        t = differences.mean() / max(differences.std(ddof=1), TINY) * np.sqrt(len(differences))
        return "undecided" if abs(t) < CRITICAL[len(differences) - 2] else "a" if t > 0 else "b"

    return answer


CRITICAL = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)  # of t, from two differences on
T_TEST = mark("A t-test holds the mean difference against its spread. Asked is whether every seed says the same.")
MOST = mark("You go by the majority. One seed against it is enough for 'undecided'.")
BETTER = Task(
    id="14.5",
    title=mark("Is it better?"),
    text=mark(
        "a and b list the accuracies of two networks from the same seeds, in the same order. Write better(a, b): "
        "'a' if a is the more accurate from every seed in which they differ, and they differ in at least five; 'b' the "
        "other way round; else 'undecided'."
    ),
    asks=Question(
        points=1,
        reference=better,
        example=([0.97, 0.95, 0.96, 0.98, 0.94, 0.96], [0.96, 0.95, 0.95, 0.96, 0.93, 0.95]),
        inputs=pairs,
        witnesses=PAIRS,
        advice=mark("Go through the seeds, pair by pair, and count twice: how often is a above b, how often below?"),
        misconceptions=(
            Misconception(mark("You compare means. One seed with a large difference may decide a mean; the text asks "
                               "for every seed."), by_number(mean)),
            Misconception(mark("You compare the best seed of each: one lucky run decides."), by_number(max)),
            Misconception(mark("You compare the worst seed of each: one unlucky run decides."), by_number(min)),
            Misconception(mark("You ask whether all of one are above all of the other. The runs are paired: hold each "
                               "seed's two numbers against each other."), apart),
            Misconception(mark("You sort both lists. The two numbers of a seed no longer stand side by side then."),
                          lambda a, b: better(sorted(a), sorted(b))),
            Misconception(mark("The first seed in which they differ decides: does a return within the loop end it too "
                               "early?"), the_first),
            *(Misconception(T_TEST, by_t_test(enough)) for enough in (ENOUGH, 2)),
            Misconception(mark("You exchange the names: these are accuracies, and larger is better."),
                          lambda a, b: better(b, a)),
            Misconception(mark("You count the seeds in which they are equal for b. They count for neither."),
                          lambda a, b: better([x - TINY for x in a], b)),
            Misconception(mark("You count the seeds in which they are equal for a. They count for neither."),
                          lambda a, b: better([x + TINY for x in a], b)),
        ),
        slots={
            "decided": {
                lambda won, lost, seeds: won > lost: MOST,
                lambda won, lost, seeds: won > lost and won + lost >= ENOUGH: MOST,
                lambda won, lost, seeds: won > lost and seeds >= ENOUGH: MOST,
                lambda won, lost, seeds: lost == 0 and won > 0: mark("Fewer than five seeds in which they differ "
                                                              "decide nothing here."),
                lambda won, lost, seeds: seeds >= ENOUGH and lost == 0 and won > 0: ALL_SEEDS,
                lambda won, lost, seeds: seeds >= ENOUGH and lost == 0: ALL_SEEDS,
                lambda won, lost, seeds: won >= ENOUGH: mark(
                    "A single seed that says the opposite leaves it undecided."),
                lambda won, lost, seeds: won > ENOUGH and lost == 0: mark("Five are enough: at least five."),
                lambda won, lost, seeds: won > ENOUGH - 2 and lost == 0: mark("Four are not enough: at least five."),
            },
            "wins": {
                lambda one, other: sum(x >= y for x, y in zip(one, other)): mark(  # noqa: B905
                    "Seeds in which they are equal count for neither."),
            },
        },
    ),
)  # fmt: skip
