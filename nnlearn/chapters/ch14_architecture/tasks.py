"""The tasks of chapter 14: what layers cost, which one to shrink, what is handed over, the loss of two heads.

Each task stands on its own: the right answer, fixed and random inputs, and the mistakes that need a why. All others (a
sign, a factor, a part left out) are derived from the right answer's source. Two tasks are in decision_tasks.py.
"""
# mypy: allow-untyped-defs

import math
from typing import Any

import numpy as np

from nnlearn.chapters.ch14_architecture.decision_tasks import BETTER, FIRST_TO_SHRINK
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 14.1 ------------------------------------------------------------------------------------------------------------


def one_each(channels, filters):
    """The biases: one for each channel that comes out."""
    return filters


def separable_cost(height, width, channels, filters, kernel, *, biases=one_each,
                   places=lambda height, width, kernel: height * width, twice=2,
                   counted=lambda weights, parameters: weights):  # fmt: skip
    """The right answer: a window for each channel, then a mixture of the channels for each filter."""
    windows = kernel**2 * channels
    mixing = channels * filters
    parameters = windows + mixing + biases(channels, filters)
    flops = twice * places(height, width, kernel) * counted(windows + mixing, parameters)
    return parameters, flops


def usual_cost(height, width, channels, filters, kernel):
    """Of a convolution that does both at once."""
    return kernel**2 * channels * filters + filters, 2 * height * width * kernel**2 * channels * filters


def seen_by(part):
    """The right answer, but for what is changed in its two results."""
    return lambda *case, **choices: part(*separable_cost(*case, **choices), *case)


def shared(parameters, flops, height, width, channels, filters, kernel):
    """One window for all channels."""
    saved = kernel**2 * (channels - 1)
    return parameters - saved, flops - 2 * height * width * saved


def shared_in_parameters(parameters, flops, *case):
    """One window for all channels, used by each."""
    return shared(parameters, flops, *case)[0], flops


SHARED = mark("Each channel has a window of its own: not one for all channels.")
SEPARABLE = Task(
    id="14.1",
    title=mark("What a separable convolution costs"),
    text=mark(
        "A separable convolution works in two steps. Each channel gets one window of kernel x kernel weights of its "
        "own, without a bias. Then each filter mixes the channels at a place: a weight for each channel, and a "
        "bias. The image keeps its height and width in both. Write separable_cost(height, width, channels, filters, "
        "kernel), which returns two things: parameters, and flops for one image (2 for each weight at each place; "
        "biases cost none)."
    ),
    asks=Question(
        points=2,
        reference=separable_cost,
        returns=("parameters", "flops"),
        example=(6, 5, 4, 7, 3),
        inputs=lambda random: (tuple(int(n) for n in random.integers((2, 2, 1, 1, 1), (12, 12, 20, 20, 6)))
                               for _ in range(8)),
        witnesses=((8, 8, 16, 32, 3), (1, 1, 3, 5, 1), (10, 3, 1, 1, 2)),
        made_of=lambda height, width, channels, filters, kernel: {
            "height": height, "width": width, "channels": channels, "filters": filters, "kernel": kernel,
        },
        advice=mark("With height 8, width 8, 16 channels, 32 filters and kernel 3 it is 688 parameters and 83,968 "
                    "operations; the usual convolution has 4,640 and 589,824."),
        misconceptions=(
            Misconception(mark("This is the usual convolution: a window for each pair of channel and filter. Here the "
                               "windows belong to channels alone."), usual_cost),
            Misconception(mark("Parameters don't grow with the image: the same weights are used at every place."),
                          seen_by(lambda parameters, flops, height, width, *_: (parameters * height * width, flops))),
            *(Misconception(SHARED, seen_by(wrong)) for wrong in (shared, shared_in_parameters)),
        ),
        slots={
            "biases": {
                lambda channels, filters: channels + filters: mark("The first step has no bias: only the filters "
                                                                   "have."),
                lambda channels, filters: 0: mark("Each filter has a bias: a parameter, too."),
                lambda channels, filters: 1: mark("Not one bias in all: each filter has its own."),
                lambda channels, filters: channels: mark("The biases belong to what comes out: one for each filter."),
            },
            "places": {
                lambda height, width, kernel: 1: mark("Each weight is used at every place of the image: height times "
                                                      "width times."),
                lambda height, width, kernel: (height - kernel + 1) * (width - kernel + 1): mark(
                    "The zeros around the image keep its height and width: the weights are used at all height times "
                    "width places."),
            },
            "twice": {1: mark("A multiply-add counts as 2 here: a multiplication and an addition.")},
            "counted": dict.fromkeys((lambda weights, parameters: parameters,
                                      lambda weights, parameters: (weights + parameters) / 2),
                                     mark("Biases cost no operations here.")),
        },
    ),
)  # fmt: skip

# --- 14.2 ------------------------------------------------------------------------------------------------------------


WIDTHS = np.arange(1, 2_000)  # a loop would never end in some of the mistakes that are derived from it


def parameters_of(width, depth):
    """Weights and biases: 64 pixels, so many hidden layers, 10 scores."""
    first = 64 * width + width
    between = (depth - 1) * (width * width + width)
    last = width * 10 + 10
    return first + between + last


def width_for(parameters, depth, *, count=parameters_of):
    """The right answer: as many widths as fit, from 1 on."""
    return np.count_nonzero(count(WIDTHS, depth) <= parameters)


def counted(first=65, own=1, layers=-1, last=11, ends=10):
    """Another count: the parts of a unit, and what is counted apart."""
    return lambda width, depth: (
        first * width + max(depth + layers, 0) * (width**2 + own * width) + (last - 1) * width + ends
    )


def least_that_is_not_below(parameters, depth):
    """The smallest width with so many parameters, or more."""
    return width_for(parameters - 1, depth) + 1 if parameters > 10 else 0


def nearest(parameters, depth):
    """The root of the quadratic equation, rounded; none below 0."""
    a, b, c = depth - 1, depth + 74, 10 - parameters
    root = (np.sqrt(b**2 - 4 * a * c) - b) / (2 * a) if a else -c / b
    return max(0, int(np.round(root)))


ALL_ALIKE = mark("You count the first layer as one from width to width. It sees the 64 pixels.")
WIDTH_FOR = Task(
    id="14.2",
    title=mark("As wide as the budget allows"),
    text=mark(
        "A network of dense layers for the digits: 64 pixels, depth hidden layers of the same width, 10 scores; every "
        "layer has biases. Write width_for(parameters, depth): the largest width with at most so many parameters. 0 if "
        "not even a width of 1 fits."
    ),
    asks=Question(
        points=2,
        reference=width_for,
        example=(2000, 3),
        inputs=lambda random: ((int(random.integers(100, 20_000)), int(random.integers(1, 6))) for _ in range(10)),
        witnesses=((4810, 1), (4809, 1), (4810, 4), (4795, 4), (4794, 4), (84, 1), (85, 1), (86, 2), (87, 2), (860, 2),
                   (226, 1), (4750, 1),
                   (5000, 2), (50, 3), (9000, 5), (1, 1), (0, 2), (2, 3),
                   (20_000, 1), (20_000, 2)),
        made_of=lambda parameters, depth: {"parameters": parameters, "depth": depth},
        advice=mark("4,810 parameters are 64 units in one hidden layer: 64 x 64 + 64, and 64 x 10 + 10. With one less "
                    "it is 63."),
        misconceptions=(
            Misconception(mark("One too wide: it must not have more parameters than the budget."),
                          lambda parameters, depth: width_for(parameters, depth) + 1),
            Misconception(mark("You stop one short of the budget: it may be used up exactly."),
                          lambda parameters, depth: width_for(parameters - 1, depth)),
            Misconception(mark("Depth has no part in it: there are depth - 1 layers from width to width."),
                          lambda parameters, depth: width_for(parameters, 1)),
            Misconception(mark("You share the width of a single layer out. From width to width the parameters grow "
                               "with its square."),
                          lambda parameters, depth: width_for(parameters, 1) // depth),
            Misconception(mark("You round to the nearest width. It may be above the budget: round down."), nearest),
            Misconception(mark("Where not even a width of 1 fits, the answer is 0."),
                          lambda parameters, depth: max(1, width_for(parameters, depth))),
            Misconception(mark("You round up. The width above the budget has too many parameters: round down."),
                          least_that_is_not_below),
        ),
        slots={"count": {
            counted(first=64, own=0, ends=0): mark("The biases are missing: one for each unit, and 10 for the scores."),
            counted(ends=0): mark("The 10 scores have biases, too."),
            counted(first=64): mark("The first hidden layer has biases, too."),
            counted(own=0): mark("The layers between have biases, too."),
            counted(layers=0): mark("You count a layer from width to width too many: the first hidden layer sees the "
                                    "pixels, depth - 1 are left."),
            counted(layers=-2): mark("You count a layer from width to width too few: the layer of the scores isn't one "
                                     "of the depth hidden ones."),
            counted(first=0, layers=0): ALL_ALIKE,
            counted(first=0): mark("The layer that sees the pixels is missing."),
            counted(last=1, ends=0): mark("The layer that gives the scores is missing."),
        }},
    ),
)  # fmt: skip

# --- 14.4 ------------------------------------------------------------------------------------------------------------


def layer_of(name):
    """conv1 of conv1/kernel."""
    return name.split("/")[0]


def is_listed(name, layers):
    """Whether the layer of this weight is wanted."""
    return layer_of(name) in layers


def fits(old, name, shape):
    """Whether the old network has this weight, in this shape."""
    return name in old and old[name] == shape


def handed_over(old, fresh, layers, *, is_listed=is_listed, fits=fits, told=int):
    """The right answer: by name, where it is wanted and fits."""
    taken = []
    for name, shape in fresh.items():
        listed = is_listed(name, layers)
        taken.append(told(listed and fits(old, name, shape)))
    return taken


SMALL = {"conv1/kernel": (3, 3, 1, 4), "conv1/bias": (4,), "conv10/kernel": (3, 3, 4, 4), "conv10/bias": (4,),
         "output/kernel": (16, 5), "output/bias": (5,)}  # fmt: skip
WIDER = {**SMALL, "output/kernel": (16, 10), "output/bias": (10,)}
NEW_LAYER = {"conv1/kernel": (3, 3, 1, 4), "conv1/bias": (4,), "extra/kernel": (16, 16), "output/kernel": (16, 5),
             "output/bias": (5,)}  # fmt: skip
TURNED = dict(reversed(SMALL.items()))
REBUILT = {"a/kernel": (2, 6), "b/kernel": (3, 5), "c/kernel": (3, 2, 4), "d/kernel": (4, 4), "e/bias": (4,)}
AS_MANY = {"a/kernel": (3, 4), "b/kernel": (5, 3), "c/kernel": (3, 4, 4), "d/kernel": (2, 2, 4), "e/bias": (4,)}
HANDOVERS: tuple[Any, ...] = (
    (SMALL, SMALL, ["conv1"]), (SMALL, WIDER, ["conv1", "output"]), (TURNED, SMALL, ["conv1", "conv10"]),
    (SMALL, NEW_LAYER, ["conv1", "extra"]), (SMALL, SMALL, []), (SMALL, WIDER, ["conv1"]),
    (NEW_LAYER, SMALL, ["output", "conv10"]),
    (TURNED, WIDER, ["output", "conv10"]), (SMALL, SMALL, ["conv1", "conv10", "output"]),
    (WIDER, NEW_LAYER, ["output"]), (REBUILT, AS_MANY, ["a", "b", "c", "d", "e"]),
)  # fmt: skip


def handovers(random):
    """Networks in any order, of any width, without some weights."""
    for count in (1, 2, 3, 1, 2):
        old, fresh = ({name: tuple(int(n) for n in random.integers(2, 4, len(shape)))
                       for name, shape in SMALL.items() if random.random() < 0.8} for _ in range(2))  # fmt: skip
        shared = {name: fresh.get(name, shape) for name, shape in old.items() if random.random() < 0.8}
        names = random.permutation([*{**old, **shared}]).tolist()
        layers = random.permutation(["conv1", "conv10", "output"]).tolist()[:count]
        yield {name: {**old, **shared}[name] for name in names}, {**fresh, "last/bias": (2,)}, layers


def by_place(old, fresh, layers):
    """The shape at the same place."""
    return [int(layer_of(name) in layers and shape == other)
            for (name, shape), other in zip(fresh.items(), [*old.values(), *fresh.values()])]  # noqa: B905  # fmt: skip


def as_it_is(old, fresh, layers):
    """The draft."""
    pairs = zip(fresh, old.values())  # noqa: B905
    return [int(name.startswith(tuple(layers)) and shape == fresh[name]) for name, shape in pairs]


BY_PLACE = mark("You go by the place in the dictionary. The old network may have its layers in another order, or "
                "others: go by the name.")  # fmt: skip
BY_PREFIX = mark("conv10 begins with conv1, but it is another layer: compare the whole name, up to the slash.")


def left_out(old, fresh, layers):
    """Nothing for layers that aren't listed."""
    return [int(old.get(name) == shape) for name, shape in fresh.items() if layer_of(name) in layers]


def left_out_if_lacking(old, fresh, layers):
    """Nor for what the old network lacks."""
    return left_out(old, {name: shape for name, shape in fresh.items() if name in old}, layers)


AS_LARGE = mark("(2, 6) and (3, 4) hold as many numbers, but they are different shapes: compare the shapes themselves.")
PART_OF_SHAPE = mark("You compare a part of the two shapes. All their sides must agree, in order.")
LEFT_OUT = mark("You leave some out. Each array of fresh gets a number: 0 where it isn't taken over.")
OLD_ORDER = mark("The list is in the order of the old network. The fresh one's is asked for.")
HANDED_OVER = Task(
    id="14.4",
    title=mark("Mend the handing over"),
    text=mark(
        "Write handed_over(old, fresh, layers): old and fresh are dictionaries of shapes, called 'layer/kernel' and "
        "'layer/bias'; layers lists names of layers. Return a list of 1 and 0 in the order of fresh: 1 where the old "
        "network's array is taken over (its layer is listed, and the old network has an array of the same name and "
        "shape), else 0."
    ),
    asks=Question(
        points=2,
        reference=handed_over,
        example=(WIDER, NEW_LAYER, ["conv1", "output"]),
        inputs=handovers,
        witnesses=HANDOVERS,
        advice=mark("Take one name of fresh at a time, and ask three things: is its layer listed, does the old network "
                    "have it, has it the same shape there?"),
        misconceptions=(
            Misconception(mark("Two things. You go by the place in the dictionary: go by the name. And conv10 begins "
                               "with conv1, but it is another layer."), as_it_is),
            Misconception(BY_PLACE, by_place),
            Misconception(mark("Kernels alone are taken over. The biases belong to the layer, too."),
                          lambda old, fresh, layers: handed_over(
                              {name: shape for name, shape in old.items() if name.endswith("kernel")}, fresh, layers)),
            Misconception(OLD_ORDER, lambda old, fresh, layers: [
                int(layer_of(name) in layers and fresh.get(name) == shape) for name, shape in old.items()]),
            Misconception(OLD_ORDER, lambda old, fresh, layers: [
                int(layer_of(name) in layers and fresh[name] == old[name]) for name in old if name in fresh]),
            *(Misconception(LEFT_OUT, wrong) for wrong in (left_out, left_out_if_lacking)),
            Misconception(mark("1 comes nowhere. Do you look for 'conv1/kernel', an array, among the names of layers?"),
                          lambda old, fresh, layers: [0] * len(fresh)),
        ),
        slots={
            "is_listed": {
                lambda name, layers: True: mark("You take over every layer that fits. Only those listed are asked "
                                                "for."),
                lambda name, layers: not is_listed(name, layers): mark("You keep the listed layers fresh and take over "
                                                                       "the others."),
                lambda name, layers: name.startswith(tuple(layers)): BY_PREFIX,
            },
            "fits": {
                lambda old, name, shape: name in old: mark("Where the shape differs, as in a head with other classes, "
                                                           "the fresh array stays."),
                lambda old, name, shape: shape in old.values(): mark("You look for the shape anywhere in the old "
                                                                     "network. The array of the same name must have "
                                                                     "it."),
                lambda old, name, shape: old.get(name, shape) == shape: mark("What the old network lacks can't be "
                                                                             "taken over."),
                lambda old, name, shape: True: mark("You don't ask whether the old network has such an array, of the "
                                                    "same shape."),
                lambda old, name, shape: math.prod(old.get(name, ())) == math.prod(shape): AS_LARGE,
                lambda old, name, shape: sorted(old.get(name, ())) == sorted(shape): mark(
                    "(3, 5) and (5, 3) have the same sides, but they are different shapes: compare them in order."),
                **dict.fromkeys((lambda old, name, shape: old.get(name, ())[-1:] == shape[-1:],
                                 lambda old, name, shape: old.get(name, ())[:1] == shape[:1],
                                 lambda old, name, shape: len(old.get(name, ())) == len(shape)), PART_OF_SHAPE),
            },
            "told": {lambda taken: int(not taken): mark("1 and 0 are exchanged: 1 where the old array is taken.")},
        },
    ),
)  # fmt: skip

# --- 14.6 ------------------------------------------------------------------------------------------------------------


def cross_entropy(scores, label, row=None):
    """Of one head and one example. row: the scores of both, which a mistake lets compete."""
    shifted = scores - np.max(scores)
    return np.log(np.sum(np.exp(shifted))) - shifted[label]


def known(label):
    """Whether the example tells something about the task."""
    return label >= 0


def all_examples(total, labels):
    """The mean over the examples."""
    return total / len(labels)


def two_heads(scores, labels, first, *, known=known, mean=all_examples, loss=cross_entropy, joined=1):
    """The right answer: each head's loss from its own slice, where the label is known."""
    total = 0.0
    for row, (one, other) in zip(scores, labels):  # noqa: B905
        if known(one):
            total += loss(row[:first], one, row)
        if known(other):
            total += loss(row[first:], other, row)
    return mean(joined * total, labels)


def examples_of_two(random):
    """Heads of equal and of other sizes; labels known, unknown, and both unknown."""
    for n, first, second in ((1, 2, 2), (3, 2, 4), (5, 3, 2), (4, 5, 5), (6, 2, 3)):
        scores = random.normal(scale=2, size=(n, first + second)).round(2)
        labels = np.array([random.integers(-1, first, n), random.integers(-1, second, n)]).T
        yield scores, labels, first


ONE_SOFTMAX = mark("You let all scores compete in one softmax. Each head has its own: only its scores add up to 1.")
SCORES = np.array([[1.0, -0.5, 2.0, 0.3, -1.0], [0.2, 0.9, -0.4, 1.5, 0.1], [-1.2, 0.4, 0.6, 0.0, 2.2]])


def mean_of_each(scores, labels, first, **choices):
    """Each head's mean is over the labels that are known."""
    shares = [np.mean(column >= 0) or 1 for column in labels.T]
    alone = (labels * [1, 0] - [0, 1], labels * [0, 1] - [1, 0])
    return sum(two_heads(scores, own, first, **choices) / share for own, share in zip(alone, shares))  # noqa: B905


TWO_HEADS = Task(
    id="14.6",
    title=mark("The loss of two heads"),
    text=mark(
        "One trunk, two heads: of each row of scores, shape (n, K), the first columns (first of them) are the first "
        "head's, the others the second's. labels, shape (n, 2), has the label for each head, counted from 0 within the "
        "head; -1 where nobody knows it. Write two_heads(scores, labels, first): the mean over all n examples of the "
        "summed softmax cross-entropies of the two heads. A label that isn't known adds nothing."
    ),
    asks=Question(
        points=2,
        reference=two_heads,
        example=(SCORES, np.array([[1, 2], [0, -1], [-1, 0]]), 2),
        inputs=examples_of_two,
        witnesses=((SCORES, np.array([[1, 2], [0, 0], [1, 1]]), 2), (SCORES, np.array([[2, 1], [-1, -1], [0, 1]]), 3),
                   (SCORES + 800, np.array([[2, 1], [1, 0], [0, -1]]), 3),
                   (SCORES + [0, 0, 900, 900, 900], np.array([[1, 2], [0, -1], [-1, 0]]), 2),
                   (SCORES - [0, 0, 0, 900, 900], np.array([[2, 1], [-1, 0], [0, -1]]), 3)),
        advice=mark("One example, scores [0, 0, 0, 0, 0], first 2, labels [0, -1]: log 2 = 0.693. Labels [0, 1]: "
                    "log 2 + log 3 = 1.792."),
        misconceptions=(
            Misconception(mark("Each head's mean is over its known labels here, as in libraries that ignore a label. "
                               "Asked is the mean over all n examples."), mean_of_each),
            Misconception(mark("This is the loss of the last example alone: add up, then take the mean."),
                          lambda scores, labels, first: two_heads(scores[-1:], labels[-1:], first)),
            Misconception(mark("Only the first head counts in your answer. The second has a loss, too."),
                          lambda scores, labels, first: two_heads(scores, labels * [1, 0] - [0, 1], first)),
            Misconception(mark("Only the second head counts in your answer. The first has a loss, too."),
                          lambda scores, labels, first: two_heads(scores, labels * [0, 1] - [1, 0], first)),
            Misconception(mark("An example with one label that is not known still tells about the other task."),
                          lambda scores, labels, first: two_heads(
                              scores, np.where((labels < 0).any(axis=1, keepdims=True), -1, labels), first)),
        ),
        slots={
            "known": {
                lambda label: True: mark("A label of -1 is taken as the last class: Python counts it from the end. "
                                         "Leave it out."),
                lambda label: label > 0: mark("You leave out label 0, too. It is a class; only -1 is unknown."),
            },
            "loss": {
                lambda scores, label, row: np.log(np.sum(np.exp(row - np.max(row)))) + np.max(row) - scores[label]:
                    ONE_SOFTMAX,
                lambda scores, label, row: np.log(np.sum(np.exp(scores - np.max(row)))) + np.max(row) - scores[label]:
                    mark("You subtract the largest score of the whole row. Where a head lies far below the other, all "
                         "its exp are 0, and log 0 is infinite: each head has a largest of its own."),
                lambda scores, label, row: 1 - np.exp(-cross_entropy(scores, label)): mark(
                    "You add up what is missing of a probability of 1. A cross-entropy is a logarithm."),
            },
            "mean": {
                lambda total, labels: total: mark("This is the sum over the examples. Asked is their mean."),
                lambda total, labels: total / max(np.sum(labels >= 0), 1): mark(
                    "You divide by the number of labels that are known. Asked is the mean over all n examples."),
                lambda total, labels: total / max(np.sum(np.max(labels, axis=1) >= 0), 1): mark(
                    "You don't count the examples of which no label is known. Asked is the mean over all n examples."),
            },
            "joined": {1 / 2: mark("You take the mean of the two heads. Their losses are summed.")},
        },
    ),
)  # fmt: skip

TASKS = (SEPARABLE, WIDTH_FOR, FIRST_TO_SHRINK, HANDED_OVER, BETTER, TWO_HEADS)
