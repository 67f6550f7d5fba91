"""The tasks of chapter 15; the two about whole units are beside this file."""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.chapters.ch15_pruning.unit_tasks import ROWS_OF_FILTER, WITHOUT_DEAD
from nnlearn.exercises.slots import ROUNDING, half_up
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 15.1 ------------------------------------------------------------------------------------------------------------


def one_cut(first, second, share, *, size=np.abs, held=None, count=lambda part: round(part),
            goes=lambda share: share):  # fmt: skip
    """The right answer: the size of the smallest weight that stays, in both kernels."""
    held = held or size
    sizes = np.sort(np.concatenate([size(first).ravel(), size(second).ravel()]))
    gone = count(goes(share) * len(sizes))
    smallest = np.append(sizes, np.inf)[gone]
    return np.where(held(first) >= smallest, first, 0), np.where(held(second) >= smallest, second, 0)


def kernels(random):
    """Small weights beside large ones, several shapes; shares that aren't a whole number of weights, too."""
    for rows, columns, others, scale, share in [
        (2, 3, 4, 1.0, 0.3), (3, 2, 2, 5.0, 0.5), (4, 4, 3, 0.1, 0.62), (1, 5, 5, 3.0, 0.0), (5, 2, 6, 10.0, 0.88),
    ]:  # fmt: skip
        first = random.uniform(0.1, 1, (rows, columns)) * random.choice([-1, 1], (rows, columns))
        second = scale * random.uniform(0.1, 1, (columns, others)) * random.choice([-1, 1], (columns, others))
        yield first.round(4), second.round(4), share


ONE_CUT = Task(
    id="15.1", title=mark("One cut for two kernels"),
    text=mark("Write one_cut(first, second, share): two kernels. Return both with 0 in place of the weights that go: "
              "the smallest in size of both kernels together, round(share * n) of all n weights. No two sizes are "
              "equal, and fewer than all go."),
    asks=Question(
        points=2, reference=one_cut, returns=("first", "second"), inputs=kernels,
        example=(np.array([[0.5, -9.0], [0.2, -0.1]]), np.array([[3.0, -0.3], [-2.0, 0.7], [0.05, 4.0]]), 0.45),
        witnesses=(
            (np.array([[-9.0, 0.4]]), np.array([[2.0], [-3.0]]), 0.5),
            (np.array([[1.0, -2.0, 3.0]]), np.array([[-40.0], [50.0], [60.0]]), 0.4),
            (np.array([[-1.0, 2.0]]), np.array([[3.0, -4.0], [5.0, 6.0]]), 0.25),  # 1.5 weights: 2 go
            (np.array([[1.0, -2.0]]), np.array([[4.0], [3.0]]), 0.75),  # one is left
            (np.array([[-1.0, 0.5]]), np.array([[2.0], [-3.0]]), 0.0),
        ),
        advice=mark("Of [[-9, 0.4]] and [[2], [-3]] half goes: 0.4 and 2. What is the size of the smallest that "
                    "stays?"),
        slots={
            "size": {
                np.asarray: mark("You sort the weights with their signs, so that -9 goes first. Small means near 0."),
                np.square: "",
                lambda w: -np.abs(w): mark("You delete the largest. Those are the ones the network needs most."),
            },
            "held": {np.asarray: mark("You cut at a size, but compare the weights with their signs: all below 0 go.")},
            "count": {
                lambda part: int(part): mark("You round the number down: of 2.8 weights 3 go."),
                lambda part: int(np.ceil(part)): mark("You round the number up: of 2.3 weights 2 go."),
                lambda part: int(part + 0.5): ROUNDING[half_up],
                lambda part: round(part) + 1: mark("One too many goes. Counted from 0, place k has k before it."),
            },
            "goes": {lambda share: 1 - share: mark("You keep the share that should go.")},
        },
        misconceptions=(
            Misconception(mark("You cut each kernel by itself. The cut is one for both: of a kernel of small weights "
                               "more go."),
                          lambda a, b, share, **choices: (one_cut(a, a[:0], share, **choices)[0],
                                                          one_cut(b, b[:0], share, **choices)[0])),
            Misconception(mark("Only one weight goes, however many should: what you have made 0 is the smallest again. "
                               "Leave it out of the search."),
                          lambda a, b, s: one_cut(a, b, min(1, round(s * (a.size + b.size))) / (a.size + b.size))),
            Misconception(mark("A quantile lies between two sizes: one weight more may go, or one less, than the text "
                               "says. Count them."),
                          lambda a, b, s: tuple(w * (abs(w) > np.quantile(abs(np.append(a, b)), s)) for w in (a, b))),
            Misconception(mark("Where none goes, all go: place -1 is the last, the largest of all."),
                          lambda a, b, share: one_cut(a, b, share if round(share * (a.size + b.size)) else 1)),
            Misconception(mark("These are masks, True where a weight stays. The kernels themselves are asked for."),
                          lambda *case: tuple(1.0 * (part != 0) for part in one_cut(*case))),
            Misconception(mark("You take share for a size: everything below it goes. It says how many go."),
                          lambda a, b, share: tuple(w * (np.abs(w) >= share) for w in (a, b))),
        ),
    ),
)  # fmt: skip

# --- 15.3 ------------------------------------------------------------------------------------------------------------


def shrink_both(weights, gradient, rate, l1, l2, *, pull=np.multiply, longer=lambda rate, l2: 1 + rate * l2):
    """The right answer: where the slope of the three parts is 0, or the weight 0."""
    moved = weights - rate * gradient
    left = np.abs(moved) - pull(rate, l1)
    shrunk = np.sign(moved) * np.maximum(left, 0)
    return shrunk / longer(rate, l2)


def steps(random):
    """Some weights stop at 0, some cross it by the gradient, some stay; one penalty alone, and neither."""
    for d, l1, l2 in [(4, 0.5, 0.0), (5, 0.0, 2.0), (3, 0.0, 0.0), (6, 1.0, 1.5), (8, 0.3, 0.7), (1, 2.0, 0.5)]:
        yield random.normal(size=d), random.normal(size=d), round(random.uniform(0.2, 1.6), 3), l1, l2


SHRINK_BOTH = Task(
    id="15.3", title=mark("A step with both penalties"),
    text=mark("Write shrink_both(weights, gradient, rate, l1, l2): arrays of one shape and three numbers. First the "
              "step of gradient descent leads to z. Return, for each weight, the w that makes (w - z)**2 / 2 + "
              "rate * (l1 * |w| + l2 * w**2 / 2) least."),
    asks=Question(
        points=2, reference=shrink_both, inputs=steps,
        example=(np.array([1.0, -0.4, 0.3, -2.0, 0.05]), np.array([0.5, 0.6, 1.9, -1.0, 2.5]), 0.4, 0.6, 1.5),
        witnesses=(
            (np.array([2.0, -1.0]), np.array([0.0, 0.0]), 0.5, 1.0, 0.0),
            (np.array([2.0, -1.0]), np.array([0.0, 0.0]), 0.5, 0.0, 3.0),
            (np.array([0.2, -0.2, 0.9]), np.array([1.0, -1.5, 0.2]), 0.3, 0.5, 0.8),
        ),
        made_of=lambda *case: dict(zip(("weights", "gradient", "rate", "l1", "l2", "(1 + rate * l2)"),
                                       (*case, 1 + case[2] * case[4]), strict=True)),
        advice=mark("z = 2, rate 0.5, l1 = 1, l2 = 0: 1.5. And l1 = 0, l2 = 2: 1. Where w is above 0, set the slope to "
                    "0; below 0 likewise; and if neither fits?"),
        slots={"pull": {
            lambda rate, l1: l1: mark("The pull towards 0 is as long as the penalty, however short the step. It is "
                                      "meant to be a part of the step."),
        }, "longer": {
            lambda rate, l2: 1: mark("You leave l2 out."),
            lambda rate, l2: 1 + l2: mark("l2 acts as much, however short the step: it needs the rate, too."),
            lambda rate, l2: 1 + 2 * rate * l2: mark("l2 acts doubly. What is the slope of w**2 / 2?"),
        }},
        misconceptions=(
            Misconception(mark("You pull before the gradient's step. Then what the gradient does comes last, and no "
                               "weight ends at 0."),
                          lambda w, g, rate, l1, l2: shrink_both(w, 0 * g, rate, l1, l2) - rate * g),
            Misconception(mark("A step against the slope of the penalty jumps over 0. Find where the sum is least, and "
                               "not in which direction it falls."),
                          lambda w, g, rate, l1, l2: w - rate * (g + l1 * np.sign(w) + l2 * w)),
            Misconception(mark("You leave out the gradient's step: z is where it leads."),
                          lambda weights, gradient, *numbers: shrink_both(weights, 0 * gradient, *numbers)),
            Misconception(mark("1 - rate * l2 is a step of decay from z. The least sum has l2's slope at its own w, "
                               "not at z."),
                          lambda w, g, rate, l1, l2: shrink_both(w, g, rate, l1, 0.0) * (1 - rate * l2)),
            Misconception(mark("You multiply by 1 - rate * l2, a step of decay, and take the l1 part off afterwards. "
                               "Set the slope of the sum to 0: w comes out divided, and last."),
                          lambda w, g, r, l1, l2: shrink_both((w - r * g) * (1 - r * l2), 0, r, l1, 0.0)),
            Misconception(mark("You let the weights decay before the gradient's step. l2 is in the sum that w makes "
                               "least, and z is where the gradient alone leads."),
                          lambda w, g, r, l1, l2: shrink_both(w * (1 - r * l2), g, r, l1, 0.0)),
            Misconception(mark("You shrink first and take the l1 part off afterwards. Set the slope to 0: what is "
                               "divided then?"),
                          lambda w, g, rate, l1, l2: shrink_both((w - rate * g) / (1 + rate * l2), 0, rate, l1, 0)),
            Misconception(mark("You cut off what is shorter than the pull, but leave the rest as long as it was. The "
                               "pull shortens that, too."),
                          lambda w, g, r, l1, l2: np.where(np.abs(w - r * g) > r * l1, w - r * g, 0) / (1 + r * l2)),
            Misconception(mark("The pull is towards 0: below 0 it leads up."),
                          lambda w, g, r, l1, l2: (w - r * g - r * l1) * (abs(w - r * g) > r * l1) / (1 + r * l2)),
            Misconception(mark("A weight that the pull leads past 0 is meant to stop there: at 0 the pull ends."),
                          lambda w, g, r, l1, l2: (w - r * g - r * l1 * np.sign(w - r * g)) / (1 + r * l2)),
        ),
    ),
)  # fmt: skip

# --- 15.5 ------------------------------------------------------------------------------------------------------------


def zeros_needed(rows, columns, value_bytes, index_bytes, *, begun=lambda rows, columns: rows + 1, fewer=1,
                 each=lambda value, index: value + index, asked=lambda zeros, numbers: zeros):  # fmt: skip
    """The right answer: numbers, less the most survivors with which all parts take fewer bytes."""
    numbers = rows * columns
    dense = numbers * value_bytes
    starts = begun(rows, columns) * index_bytes
    survivor = each(value_bytes, index_bytes)
    survivors = (dense - starts - fewer) // survivor
    return asked(numbers - survivors, numbers)


def matrices(random):
    """Tall and wide ones; where the sum comes out even, and where not."""
    for value_bytes, index_bytes in [(4, 4), (4, 2), (2, 2), (1, 2), (8, 4), (4, 1)]:
        rows = int(random.integers(2, 60))
        yield rows, int(random.integers(8, 90)), value_bytes, index_bytes
        yield int(random.integers(60, 600)), int(random.integers(8, 40)), value_bytes, index_bytes


ZEROS_NEEDED = Task(
    id="15.5", title=mark("When sparse rows pay"),
    text=mark("A matrix of rows times columns numbers is stored in compressed sparse rows (CSR): each number that "
              "isn't 0 with its value and its column; and for each row where it starts, and at last where all end. "
              "Values take value_bytes each, columns and starts index_bytes. Write zeros_needed(rows, columns, "
              "value_bytes, index_bytes): the smallest number of zeros with which that takes fewer bytes than the "
              "whole matrix."),
    asks=Question(
        points=2, reference=zeros_needed, example=(512, 32, 4, 4), inputs=matrices,
        witnesses=((3, 10, 4, 4), (4, 10, 4, 2), (7, 16, 1, 2), (7, 18, 1, 2), (20, 9, 2, 2), (5, 12, 8, 4)),
        made_of=lambda rows, columns, value_bytes, index_bytes: {
            "rows": rows, "columns": columns, "value_bytes": value_bytes, "index_bytes": index_bytes,
            "rows * columns": rows * columns, "value_bytes + index_bytes": value_bytes + index_bytes,
        },
        advice=mark("3 rows of 10 numbers, 4 bytes for everything: 120 bytes whole. 12 survivors take 96 bytes, and 4 "
                    "starts 16: 112, fewer. And 13?"),
        misconceptions=(  # no slots: another count of starts would leave little of them
            Misconception(mark("You give each survivor a row and a column. In sparse rows it has a column alone; rows "
                               "have starts."),
                          lambda *case: zeros_needed(*case, begun=lambda r, c: 0, each=lambda v, i: v + 2 * i)),
        ),
        slots={
            "begun": {
                lambda rows, columns: rows: mark("You count a start for each row. The last row needs an end, too."),
                lambda rows, columns: 0: mark("You leave out the starts of the rows."),
                lambda rows, columns: columns + 1: mark("You count starts for columns. Rows have starts here."),
            },
            "fewer": {0: mark("With so many the bytes are equal, at best. They are meant to be fewer.")},
            "each": {lambda value, index: value: mark("A survivor is stored with its column, which takes bytes, too.")},
            "asked": {
                lambda zeros, numbers: zeros / numbers: mark("That is the share of zeros. How many are they?"),
                lambda zeros, numbers: numbers - zeros: mark("That is how many may survive. How many zeros does that "
                                                             "leave?"),
            },
        },
    ),
)  # fmt: skip

# --- 15.6 ------------------------------------------------------------------------------------------------------------


def kept_signs(before, after):
    """The share of the weights that are 0 in neither whose sign is as it was."""
    both = (before != 0) & (after != 0)
    return np.mean(np.sign(before[both]) == np.sign(after[both]))


def verdict(before, after, *, equal=np.array_equal, signs=kept_signs, few=lambda kept: kept < 0.75,
            lost=lambda before, after: np.any((before == 0) & (after != 0)),
            same=lambda before, after: np.all((before == after)[after != 0])):  # fmt: skip
    """The right answer: what is 0 now, what was, and what became of the others."""
    if equal(before, after):
        return "untouched"
    if few(signs(before, after)):
        return "new"
    if lost(before, after):
        return "mask lost"
    return "pruned" if same(before, after) else "trained on"


def pair(random, what, gone=0.5, more=0.0, shift=0.05):
    """Weights before and after: ``gone`` were 0 before, ``more`` of the rest are after."""
    before = random.uniform(0.3, 1, 24) * random.choice([-1, 1], 24) * (random.permutation(24) >= 24 * gone)
    alive = np.flatnonzero(before)
    after = before.copy()
    if what in ("pruned", "both"):
        after[alive[: max(1, round(more * len(alive)))]] = 0
    if what in ("trained", "both", "lost"):
        after += shift * (after != 0) * random.choice([-1, 1], 24)
    if what == "lost":
        after[np.flatnonzero(before == 0)[:3]] = 0.01
    if what == "new":
        after = random.uniform(0.3, 1, 24) * random.choice([-1, 1], 24) * (random.permutation(24) >= 24 * gone)
        after[alive] = np.where(np.arange(len(alive)) % 2, -1, 1) * np.sign(before[alive]) * np.abs(after[alive] + 1.5)
    return before.round(3), after.round(3)


def pairs(random):
    """Each kind of pair."""
    for what, gone, more in [
        ("same", 0.5, 0), ("pruned", 0.0, 0.5), ("pruned", 0.4, 0.4), ("trained", 0.5, 0), ("trained", 0.0, 0),
        ("both", 0.3, 0.5), ("lost", 0.5, 0), ("new", 0.5, 0), ("new", 0.0, 0), ("new", 0.25, 0),
    ]:  # fmt: skip
        yield pair(random, what, gone, more)


FIXED = (
    *pairs(np.random.default_rng(15)),
    *((np.array(before), np.array(after)) for before, after in [
        ([1.0, -2.0, 0.5, -0.7], [1.1, -2.1, 0.6, 0.7]), ([1.0, -2.0, 0.5], [1.1, 2.1, 0.0]),  # three of four: not new
        (np.arange(1.0, 8), [1.0, 2.0, 3.0, 4.0, 5.5, -6.0, -7.0]), (np.arange(1.0, 6), [1.0, 2.0, 3.0, 4.5, -5.0]),
        ([1.0, -2.0, 0.5, 0.0], [-1.1, 2.1, 0.6, 0.2]), ([1.0, -2.0, 0.5, 0.7], [1.1, -2.1, 0.0, 0.7]),
        ([1.0, -2.0, 0.5, -0.7, 0.0], [1.1, -2.1, 0.6, 0.7, 0.2]), ([1.0, -2.0, 0.0, 0.0], [0.0, -2.0, 0.3, 0.0]),
        ([1.0, -2.0, 0.0, 0.0], [0.0, -2.0, 0.0, 0.0]), ([1.0, -2.0, 0.5, 0.0], [1.0, -2.0, 0.5, 0.1]),
        ([0.3, -0.4, 0.2, 0.9], [-0.3, 0.4, -0.2, -0.9]), ([1.0, -2.0, 0.3], [1.0, -2.0, 0.4]),
        (np.arange(1.0, 6), [1.0, 2.0, 3.0, -0.4, -0.3]),
        ([1.0, -2.0, 0.5, 0.7], [1.0, -2.0, 0.5, 0.7 + 1e-9]), ([1.0, -2.0, 0.5, 0.7], [0.0, -2.0, 0.5, 0.7 + 1e-9]),
    ]),
)  # fmt: skip


ALL_BUT_TINY = mark("As it was means equal to the last digit. np.allclose lets small steps pass.")
VERDICT = Task(
    id="15.6", title=mark("What was done to this network"),
    text=mark("Write verdict(before, after): two arrays of the same weights. Return 'untouched' if all are as they "
              "were. Otherwise 'new' if, of the weights that are 0 in neither, fewer than three quarters have kept "
              "their sign. Otherwise 'mask lost' if a weight was 0 and is not any more; 'pruned' if what is not 0 is "
              "as it was; and else 'trained on'."),
    asks=Question(
        points=2, reference=verdict, example=FIXED[5], inputs=pairs, witnesses=FIXED,
        advice=mark("Ask in the order of the text. Three masks are enough: was 0, is 0, and 0 in neither."),
        slots={"equal": {
            np.allclose: ALL_BUT_TINY,
            lambda before, after: np.array_equal(before == 0, after == 0):
                mark("You compare zeros alone. 'untouched' says that every weight is as it was."),
        }, "signs": {
            lambda before, after: 1.0: mark("You never say 'new': a network trained from the start has zeros, too."),
            lambda before, after: np.mean(np.sign(before) == np.sign(after)):
                mark("You compare all signs. Those of weights that are 0 before or after say nothing: leave them out."),
            lambda before, after: 1 - kept_signs(before, after):
                mark("You ask how many signs have changed. Fewer than three quarters *kept* make it new."),
            lambda before, after: np.sum(np.sign(before) * np.sign(after) > 0) / before.size:
                mark("You divide by all weights. Of those that are 0 in neither a share is asked for."),
            lambda before, after: np.mean((before == after)[(before != 0) & (after != 0)]):
                mark("You ask how many are as they were. How many have kept their *sign*? Training moves them all."),
        }, "few": {
            lambda kept: kept <= 0.75: mark("Three quarters exactly aren't fewer than three quarters."),
            lambda kept: kept < 0.25: mark("You ask for three quarters that have *changed* their sign."),
            lambda kept: kept < 0.5: mark("You say 'new' below a half. Where does the text put the border?"),
        }, "lost": {
            lambda before, after: np.sum(before == 0) > np.sum(after == 0):
                mark("You count zeros. Some may go while others come back: look at each weight."),
            lambda was, now: False: mark("You never say 'mask lost': training without a mask brings weights back."),
            lambda was, now: np.any((was != 0) & (now == 0)): mark("You ask what has become 0, not what was."),
        }, "same": {
            lambda before, after: np.allclose(before[after != 0], after[after != 0]): ALL_BUT_TINY,
            lambda was, now: False: mark("You never say 'pruned'. Ask of those that are not 0 *now*."),
            lambda before, after: np.any((before != 0) & (after == 0)):
                mark("Zeros alone don't make it 'pruned': is what is left as it was?"),
            lambda before, after: True: mark("You don't ask whether what is left is as it was: pruned and trained on "
                                             "look alike by their zeros."),
        }},
        misconceptions=(
            Misconception(mark("You ask for the mask before the signs. In the text 'new' comes first."),
                          lambda before, after: "mask lost" if any(after[before == 0]) else verdict(before, after)),
        ),
    ),
)  # fmt: skip

TASKS = (ONE_CUT, ROWS_OF_FILTER, SHRINK_BOTH, WITHOUT_DEAD, ZEROS_NEEDED, VERDICT)
