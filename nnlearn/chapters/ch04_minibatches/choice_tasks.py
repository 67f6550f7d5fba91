"""Tasks 04.5 and 04.6: in which order a run saw its examples, and which batch arrives first.

Each stands on its own, as those in tasks.py.
"""
# mypy: allow-untyped-defs

from functools import partial

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 04.5 ------------------------------------------------------------------------------------------------------------


def twice(epoch):
    """Whether an example comes twice."""
    return len(set(epoch)) < len(epoch)


def as_stored(epoch):
    """Whether the examples come as they are numbered."""
    return list(epoch) == list(range(len(epoch)))


def repeats(epochs):
    """Whether an example comes twice in an epoch."""
    return any(twice(epoch) for epoch in epochs)


def stored(epochs):
    """Whether every epoch goes as they are numbered."""
    return all(as_stored(epoch) for epoch in epochs)


def equal(epochs):
    """Whether all epochs are one and the same."""
    return all(list(epoch) == list(epochs[0]) for epoch in epochs)


def which_order(epochs, *, drawn=repeats, kept=stored, once=equal):
    """The right answer."""
    if drawn(epochs):
        return "drawn"
    if kept(epochs):
        return "kept"
    if once(epochs):
        return "once"
    return "shuffled"


def orders(random):
    """Every order, a few times, on few and many examples."""
    for n, epochs in [(5, 2), (6, 3), (9, 2), (4, 4)]:
        yield (np.array([random.permutation(n) for _ in range(epochs)]),)
        yield (np.array([random.integers(n, size=n) for _ in range(epochs)]),)
        yield (np.tile(random.permutation(n), (epochs, 1)),)
        yield (np.tile(np.arange(n), (epochs, 1)),)


ORDERS = tuple(
    (np.array(epochs),)
    for epochs in (
        [[0, 1, 2], [1, 0, 2], [0, 1, 2]], [[1, 0, 3, 2], [0, 2, 1, 2], [0, 1, 2, 3]], [[0, 1, 0, 1]], [[0, 1, 2, 3]],
        [[0, 1, 2, 3], [0, 1, 2, 3], [2, 3, 0, 1]], [[1, 0], [1, 1]], [[2, 0, 1], [2, 0, 1]], [[1, 0], [0, 1]],
        [[1, 0, 0], [1, 0, 2]], [[1, 2, 3, 0], [3, 0, 1, 2]], [[1, 1, 0, 3], [1, 1, 0, 3]], [[0, 1], [0, 1]],
        [[2, 0, 3, 1], [1, 3, 0, 2], [2, 0, 3, 1]], [[0, 2, 1, 3], [0, 2, 1, 3]],
        [[1, 0, 2]], [[2, 1, 0], [2, 1, 0]], [[1, 0, 2], [0, 2, 1], [0, 2, 1]], [[0, 0, 3, 3], [2, 1, 0, 3]],
        [[1, 0, 1], [2, 2, 0]],
    )
)  # fmt: skip

ONE_TWICE = mark("You look for a repeated example in one epoch alone. It may come in any of them.")
ONE_KEPT = mark("You look at one epoch alone. 'kept' is the stored order in every one.")
TWO_EQUAL = mark("You compare two epochs alone. 'once' means that all of them are the same.")

ORDER = Task(
    id="04.5",
    title=mark("In which order were the examples seen"),
    text=mark(
        "trace.samples says which examples each step saw. Joined epoch by epoch they make epochs, shape (epochs, n), "
        "whole numbers from 0 to n - 1. Write which_order(epochs), which returns a word. 'drawn': an example comes "
        "twice in an epoch. Otherwise 'kept': every epoch goes 0, 1, 2, ... Otherwise 'once': every epoch has the same "
        "order as the first, also if there is but one. Otherwise 'shuffled'."
    ),
    asks=Question(
        points=2,
        reference=which_order,
        example=(np.array([[3, 0, 4, 1, 2], [1, 4, 0, 2, 3], [0, 3, 2, 4, 1]]),),
        inputs=orders,
        witnesses=ORDERS,
        slots={
            "drawn": {
                lambda epochs: twice(epochs[0]): ONE_TWICE,
                lambda epochs: twice(epochs[-1]): ONE_TWICE,
                lambda epochs: all(twice(epoch) for epoch in epochs): mark(
                    "You ask that every epoch repeats an example. One is enough: a permutation never does."),
                lambda epochs: twice([number for epoch in epochs for number in epoch]): mark(
                    "You look for repeats across epochs. Each sees every example again: look within one epoch."),
                lambda epochs: len({number for epoch in epochs for number in epoch}) < len(epochs[0]): mark(
                    "You ask which examples are missing from all epochs together. Ask within each epoch."),
                lambda epochs: any(np.any(np.diff(epoch) == 0) for epoch in epochs): mark(
                    "You look for an example that comes twice in a row. The other one may come later."),
                lambda epochs: any(np.sum(epoch) != sum(range(len(epoch))) for epoch in epochs): mark(
                    "You compare sums. [0, 0, 3, 3] has that of [0, 1, 2, 3]."),
                lambda epochs: any(np.max(epoch) < len(epoch) - 1 for epoch in epochs): mark(
                    "You ask whether the last example is missing. Any may be, where another comes twice."),
                lambda epochs: any(twice(column) for column in np.transpose(epochs)): mark(
                    "You look down the columns. An epoch is a row."),
                lambda epochs: False: mark("Your function never says 'drawn'."),
            },
            "kept": {
                lambda epochs: as_stored(epochs[0]): ONE_KEPT,
                lambda epochs: as_stored(epochs[-1]): ONE_KEPT,
                lambda epochs: any(as_stored(epoch) for epoch in epochs): ONE_KEPT,
                lambda epochs: all(as_stored(np.sort(epoch)) for epoch in epochs): mark(
                    "You sort the numbers before you look, and lose their order."),
                lambda epochs: False: mark(
                    "You never say 'kept'. It begins with 0, and is asked for before 'once', which it is as well."),
            },
            "once": {
                lambda epochs: list(epochs[0]) == list(epochs[min(1, len(epochs) - 1)]): TWO_EQUAL,
                lambda epochs: list(epochs[0]) == list(epochs[-1]): TWO_EQUAL,
                lambda epochs: len({tuple(epoch) for epoch in epochs}) < max(2, len(epochs)): TWO_EQUAL,
                lambda epochs: len(epochs) == 1 or any(map(np.array_equal, epochs, epochs[1:])): TWO_EQUAL,
                lambda epochs: list(epochs[-1]) == list(epochs[max(-2, -len(epochs))]): TWO_EQUAL,
                lambda epochs: any(list(epochs[0]) == list(epoch) for epoch in epochs[1:]): TWO_EQUAL,
                lambda epochs: len({tuple(epoch) for epoch in epochs}) < len(epochs): mark(
                    "You say 'once' as soon as two epochs agree. All must have the order of the first, and a single "
                    "one has it."),
                lambda epochs: all(set(epoch) == set(epochs[0]) for epoch in epochs): mark(
                    "What you ask for 'once' is true of all that are left, as that they hold the same examples. Ask "
                    "whether their whole order is the same."),
                lambda epochs: len(epochs) > 1 and equal(epochs): mark(
                    "You ask for two epochs. A single one has the order of the first: it is the first."),
                lambda epochs: False: mark("Your function never says 'once'."),
            },
        },
        misconceptions=(
            Misconception(mark("Equal epochs that repeat an example get another word from you. They are 'drawn'."),
                          lambda epochs: "once" if equal(epochs) and twice(epochs[0]) else which_order(epochs)),
        ),
        advice=mark("Go through the definitions, in their order, with the smallest input that fails."),
    ),
)  # fmt: skip

# --- 04.6 ------------------------------------------------------------------------------------------------------------


def cheapest(
    batches, steps, price, width, *,
    rounds=lambda batch, width: -(-batch // width), begins=lambda rounds, price: price + rounds,
    total=lambda step, count, price: count * step, soonest=min, of_equals=min,
):  # fmt: skip
    """The right answer: steps times what a step takes; between equals the smaller batch."""
    each = [begins(rounds(batch, width), price) for batch in batches]
    times = [total(step, count, price) for step, count in zip(each, steps)]  # noqa: B905
    time = soonest(times)
    batch = of_equals([batch for batch, arrival in zip(batches, times) if arrival == time])  # noqa: B905
    return batch, time


def first_valley(times):
    """The time before the first that is not shorter."""
    return next((time for time, later in zip(times, times[1:]) if later >= time), times[-1])  # noqa: B905


CHEAP = (
    ([4, 33, 2], [39, 36, 39], 3, 8), ([33, 8, 12], [29, 6, 5], 4, 8), ([1, 2, 4], [100, 50, 25], 0, 1),
    ([4, 2, 1], [25, 50, 100], 0, 1), ([17, 16], [90, 100], 3, 8), ([5], [10], 2, 4), ([64, 4], [60, 100], 50, 1),
    ([16, 9, 4], [70, 90, 100], 3, 8), ([3], [10], 2, 8),
)  # fmt: skip


def machines(random):
    """Larger batches need fewer steps, but not in proportion; prices and widths small and large."""
    for price, width in [(0, 1), (2, 1), (5, 4), (1, 16), (20, 8), (100, 3), (3, 64)]:
        batches = random.permutation([1, 3, 8, 20, 50, 130]).tolist()
        steps = [int(random.integers(80, 120) + random.integers(300, 900) / batch) for batch in batches]
        yield batches, steps, price, width


PARTS = mark("You count parts of a round. A machine that is half empty takes as long as a full one.")
CHEAPEST = Task(
    id="04.6",
    title=mark("Which batch arrives first"),
    text=mark(
        "batches lists sizes of batches, steps the whole numbers of steps that each took to the target. On a machine "
        "that works on width examples at the same time, a step of batch B takes price + ceil(B / width): price is what "
        "a step costs however small its batch. Write cheapest(batches, steps, price, width), which returns two things, "
        "batch and time: the batch that arrives first, and when. Between equals, the smaller batch."
    ),
    asks=Question(
        points=2,
        reference=cheapest,
        returns=("batch", "time"),
        example=([2, 128, 16], [3300, 190, 420], 3, 16),
        inputs=machines,
        witnesses=CHEAP,
        slots={
            "rounds": {
                **dict.fromkeys([lambda batch, width: batch // width, lambda batch, width: max(1, batch // width)],
                                mark("You round down. A batch of 9 on a machine 8 wide takes two rounds.")),
                lambda batch, width: -(-width // batch): mark(
                    "You divide the width by the batch. Rounds are batch over width."),
                lambda batch, width: batch / width: PARTS,
                lambda batch, width: max(1, batch / width): PARTS,
                lambda batch, width: round(batch / width): mark(
                    "You round to the nearest. A round that is begun takes its whole time."),
                lambda batch, width: batch // width + 1: mark(
                    "A batch that fills its rounds exactly needs no further one."),
                lambda batch, width: batch: mark("You forget that the machine works on width examples at once."),
                lambda batch, width: 0: mark("You count the price of the steps alone: their examples take time too."),
            },
            "begins": {
                lambda rounds, price: rounds: mark("The price that every step has is missing."),
                lambda rounds, price: price * rounds: mark(
                    "You pay the price for every round. A step has it once, however large its batch."),
                lambda rounds, price: max(price, rounds): mark(
                    "You take the longer of the two. A step takes both, one after the other."),
            },
            "total": {
                lambda step, count, price: count: mark("The fewest steps win in your answer. Steps take time."),
                lambda step, count, price: step: mark("You compare one step of each. They need so many of them."),
                lambda step, count, price: count * (step - price) + price: mark(
                    "You pay the price once in all. Every step has it."),
            },
            "of_equals": {
                lambda equals: equals[0]: mark("Between equals you take the first: the smaller batch is asked for."),
                lambda equals: max(equals): mark("Between equals you take the larger batch."),
            },
            "soonest": {lambda times: max(times): mark("You return the batch that arrives last.")},
        },
        misconceptions=(  # no slot: without the price it would be the fewest steps
            Misconception(mark("You let any batch fit into one round. One larger than width needs more."),
                          partial(cheapest, rounds=lambda batch, width: 1)),
            Misconception(mark("You count the examples seen, as epochs do. The clock asks how long a step takes."),
                          lambda batches, steps, price, width: cheapest(batches, steps, 0, 1)),
            Misconception(mark("You stop at the first batch whose time is longer. A later one may be sooner still."),
                          lambda batches, steps, price, width: cheapest(
                              sorted(batches), [count for _, count in sorted(zip(batches, steps))],  # noqa: B905
                              price, width, soonest=first_valley)),
            Misconception(mark("You choose the batch with the fewest steps, whatever a step takes."),
                          lambda batches, steps, price, width: cheapest(
                              [batches[steps.index(min(steps))]], [min(steps)], price, width)),
            Misconception(mark("Your time is that of one step. The batch needs so many of them."),
                          lambda *case: cheapest([cheapest(*case)[0]], [1], *case[2:])),
            Misconception(mark("You return the place in the list. The batch that stands there is asked for."),
                          lambda *case: (case[0].index(cheapest(*case)[0]), cheapest(*case)[1])),
        ),
        advice={
            mark("With price 3 and width 16 batches of 128 take 11 a step, 190 steps 2,090."): ([128], [190], 3, 16),
            mark("With price 3 and width 16 batches of 17 take 5 a step, as two rounds are needed, and batches of 16 "
                 "take 4: 10 steps with 17 are done at 50, 13 with 16 at 52."): ([17, 16], [10, 13], 3, 16),
            mark("With price 3 and width 16 five steps take 20 with batches of 16, and of 4: the answer is 4, 20."):
            ([16, 4], [5, 5], 3, 16),
        },
    ),
)  # fmt: skip
