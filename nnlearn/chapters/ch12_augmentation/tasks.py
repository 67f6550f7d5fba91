"""The tasks of chapter 12: augmenting data.

Each task stands on its own: the right answer, an input in general position, random inputs, and the mistakes that need
a why. What becomes of the pixels otherwise is read off the answers (``moves``). Images are (n, height, width), or with
a last axis of channels.
"""
# mypy: allow-untyped-defs

from functools import partial
from typing import NamedTuple

import numpy as np

from nnlearn.chapters.ch12_augmentation.deciding import DECIDE
from nnlearn.data import digits
from nnlearn.data.augment import Pipeline, RandomRotation, RandomShift
from nnlearn.exercises.images import batch, batches
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

FRACTIONS = batch(np.random.default_rng(1), (2, 3, 5, 3), float)
GREY = batch(np.random.default_rng(0), (2, 2, 3), np.uint8)
COLOUR = batch(np.random.default_rng(0), (2, 2, 3, 3), np.uint8)

# --- 12.1 ------------------------------------------------------------------------------------------------------------


def flip_horizontal(images, *, axis=2):
    """The right answer; the tests hold it against the course's flip."""
    return np.flip(images, axis)


def flips(random):
    """Batches, but no grey one of a single row: the smallest that fails would hide which axis was reversed."""
    return ((images,) for images in batches(random) if images.ndim == 4 or images.shape[1] > 1)


FLIP = Task(
    id="12.1",
    title=mark("Flip a batch"),
    text=mark(
        "Write flip_horizontal(images): each image with left and right exchanged, as in a mirror on the wall. images "
        "is a batch of grey images, shape (n, height, width), or of colour images, shape (n, height, width, channels); "
        "the answer has the same shape."
    ),
    asks=Question(
        points=1,
        reference=flip_horizontal,
        example=(COLOUR,),
        inputs=flips,
        witnesses=((GREY,), (FRACTIONS,)),
        moves="images",
        advice=mark("The batch [[[1, 2, 3], [4, 5, 6]]] is one image of two rows. Flipped, they are 3 2 1 and 6 5 4."),
        slots={
            "axis": {
                1: mark(
                    "The images stand on their heads: the rows are in reverse order. The columns are one axis further. "
                    "(np.fliplr is made for a single image: it turns axis 1, where a batch has its rows.)"
                ),
                -1: mark(
                    "It is right for grey images. In a colour batch the last axis holds the channels: there you put "
                    "blue before red, and left every pixel in its place. Count the axes from the front."
                ),
                None: mark(
                    "All axes are reversed, that of the images too. (np.flip does that if you name no axis.) One is "
                    "enough."
                ),
            },
        },
        misconceptions=(
            Misconception(
                mark(
                    "You reverse the fourth axis. Colour images have their channels there, so blue comes before red; "
                    "grey ones have no such axis. Count from the front: images, rows, columns."
                ),
                lambda images: images[:, :, :, ::-1],
            ),
        ),
    ),
)

# --- 12.2 ------------------------------------------------------------------------------------------------------------


def quarters(clockwise):
    """How many quarter turns np.rot90 makes, counter-clockwise."""
    return -1 if clockwise else 1


def rotate90(images, clockwise, *, axes=(1, 2), turns=quarters):
    """The right answer; the tests hold it against the course's rotate."""
    return np.rot90(images, turns(clockwise), axes)


def into_the_same_shape(images, clockwise):
    """Turned images written into an array in which height and width have not changed places."""
    result = np.zeros_like(images)
    result[:] = rotate90(images, clockwise)
    return result


ONE_WAY = mark(
    "clockwise makes no difference: your images always turn the same way round. Look at its value before you turn."
)

ROTATE = Task(
    id="12.2",
    title=mark("Turn a batch by a quarter"),
    text=mark(
        "Write rotate90(images, clockwise): each image turned by 90 degrees, clockwise if clockwise is True, "
        "counter-clockwise if it is False. images is a batch of grey images, shape (n, height, width), or of colour "
        "images, shape (n, height, width, channels). Height and width change places."
    ),
    asks=Question(
        points=2,
        reference=rotate90,
        example=(COLOUR, True),
        inputs=lambda random: ((images, way) for images in batches(random) for way in (True, False)),
        witnesses=((COLOUR, False), (FRACTIONS, True)),
        moves="images",
        slots={
            "axes": {
                (0, 1): mark(
                    "You turned the stack, not the images: these are the first two axes, and the first one counts the "
                    "images. (np.rot90 takes them if you name no axes.) Which two are the rows and the columns?"
                ),
                (-2, -1): mark(
                    "You turned the last two axes. In a colour batch these are the columns and the channels: count "
                    "the axes from the front."
                ),
            },
            "turns": {
                lambda clockwise: -quarters(clockwise): mark(
                    "Every turn goes the wrong way round. Clockwise the pixel at the top left comes to the top right. "
                    "(np.rot90 with axes=(1, 2) turns counter-clockwise if k is positive.)"
                ),
                lambda clockwise: 1: ONE_WAY,
                lambda clockwise: -1: ONE_WAY,
                lambda clockwise: 2: mark(
                    "This is half a turn, whichever way. A quarter turn moves the top left pixel to the next corner. "
                    "(np.rot90 counts quarter turns, not degrees: k = 90 are so many that half a turn is left.)"
                ),
            },
        },
        advice=mark(
            "The batch [[[1, 2, 3], [4, 5, 6]]] is one image of two rows. Turned clockwise its rows are 4 1, 5 2 and 6 "
            "3: what was below comes to the left."
        ),
        misconceptions=(
            Misconception(
                mark(
                    "It is right for square images. The others don't fit into an array of the shape of images: its "
                    "height must be their width, and its width their height."
                ),
                into_the_same_shape,
            ),
        ),
    ),
)

# --- 12.3 ------------------------------------------------------------------------------------------------------------


def shift(images, dy, dx):
    """The right answer: each pixel comes from dy rows above and dx columns to the left, if there is one."""
    height = images.shape[1]
    width = images.shape[2]
    result = np.zeros_like(images)
    for y in range(height):
        for x in range(width):
            if 0 <= y - dy < height and 0 <= x - dx < width:
                result[:, y, x] = images[:, y - dy, x - dx]
    return result


def moves(random):
    """All directions, a direction alone, none, and farther than the image is wide."""
    steps = [(0, 1), (0, -1), (1, 1), (-1, 2), (2, -1), (1, 0), (0, 0), (1, -1), (-2, 1), (0, -1), (3, -2)]
    for images, (dy, dx) in zip(batches(random), steps, strict=True):
        yield images, dy, dx
    for dy, dx in [(5, 1), (-6, 0), (1, 6), (0, -5)]:
        yield batch(random, (1, 4, 3), float), dy, dx


TOO_FAR = (batch(np.random.default_rng(2), (1, 4, 2), np.uint8), -6, 1)


def sliced(images, dy, dx, to, source):
    """A shift by slices, which ``to`` and ``source`` make of a step and a size."""
    height, width = images.shape[1:3]
    result = np.zeros_like(images)
    result[:, to(dy, height), to(dx, width)] = images[:, source(dy, height), source(dx, width)]
    return result


# Slices that are right for some steps alone, and why.
SLICES = (
    (
        lambda step, size: slice(step, None),
        lambda step, size: slice(size - step),
        mark(
            "It fails where dy or dx is negative: a negative number in a slice is counted from the end. A shift up "
            "needs slices of its own."
        ),
    ),
    (
        lambda step, size: slice(step, None),
        lambda step, size: slice(-step),
        mark(
            "It is right only where dy and dx are both positive. A negative number in a slice is counted from the end, "
            "and [:-0] is empty: there is no -0. Count how many rows and columns are left instead."
        ),
    ),
    (
        lambda step, size: slice(step, None) if step >= 0 else slice(step),
        lambda step, size: slice(-step) if step >= 0 else slice(-step, None),
        mark("It fails where dy or dx is 0: [:-0] is not everything but nothing, since -0 is 0."),
    ),
    (
        lambda step, size: slice(max(step, 0), min(size, size + step)),
        lambda step, size: slice(max(-step, 0), min(size - step, size)),
        mark(
            "It fails where the shift is larger than the image: a border of your slices becomes negative there, and is "
            "counted from the end. Nothing of the image is left then."
        ),
    ),
)

SHIFT = Task(
    id="12.3",
    title=mark("Shift a batch"),
    text=mark(
        "Write shift(images, dy, dx): each image moved by dy pixels down and dx to the right, whole numbers; negative "
        "ones move up and to the left. The size stays, what is moved out is lost, and zeros come in. images is a batch "
        "of grey images, shape (n, height, width), or of colour images, shape (n, height, width, channels). A shift "
        "may be larger than the image: then only zeros are left."
    ),
    asks=Question(
        points=2,
        reference=shift,
        example=(FRACTIONS, -1, -2),
        inputs=moves,
        witnesses=((FRACTIONS, 1, 2), (FRACTIONS, 1, -2), (FRACTIONS, 1, 0), (FRACTIONS, 0, 2), TOO_FAR),
        moves="images",
        advice=mark("One image, [[[1, 2, 3], [4, 5, 6]]], has two rows. For dy = 1, dx = -1 they are 0 0 0 and 2 3 0."),
        misconceptions=tuple(Misconception(why, partial(sliced, to=to, source=source)) for to, source, why in SLICES),
    ),
)

# --- 12.4 ------------------------------------------------------------------------------------------------------------


def together(rows, k):
    """All copies of a row beside each other."""
    return np.repeat(rows, k, axis=0)


def in_rounds(rows, k):
    """All rows, then all again."""
    return np.concatenate([rows] * k) if k else rows[:0]


def copied(labels, k, *, of=np.asarray, copies=int, order=together):
    """The right answer; in the order of the copies the two questions differ."""
    return order(of(labels), copies(k))


def one_hot(labels):
    """One row for each label, with a 1 in the column of the class."""
    return np.eye(max(labels) + 1, dtype=int)[labels]


def label_sets(random):
    """Labels in no order, plain and one-hot; one copy, one image; a class whose number is too large for 8 bits."""
    for n, k in [(1, 2), (2, 1), (2, 3), (3, 2), (4, 4), (5, 2)]:
        yield random.choice(10, n, replace=False), k
    for n, k in [(1, 3), (3, 2), (4, 1)]:
        yield one_hot(random.permutation(n)), k
    yield np.array([3, 3, 512, 0]), int(random.integers(2, 5))


# Wrong choices, by what becomes of the labels, how many copies there are, and in which order they stand.
OF = {
    partial(np.sort, axis=0): mark(
        "You sorted the labels. The images were not sorted, so the labels must stay in the order of the images."
    ),
    lambda labels: np.arange(len(labels)): mark(
        "These are the numbers of the images in the batch, not their labels. Use them to look the labels up."
    ),
    lambda labels: np.repeat(labels[:1], len(labels), axis=0): mark("Every place has the label of the first image."),
}
NUMBER = {
    lambda k: 1: mark("These are the labels as they were. There are k images now for each of them."),
    lambda k: k + 1: mark("One copy too many: the originals are not in the batch, only k changed copies of each."),
    lambda k: k - 1: mark("One copy is missing: the originals are not in the batch, all k are copies."),
    lambda k: 2: mark("You always make 2 copies. How many there are is in k."),
}
FLATTENED = mark("It is right for plain labels. One-hot labels have a row for each image: the rows must stay whole, "
                 "and there must be k times as many. Along which axis do you repeat?")  # fmt: skip
ROUNDS = mark("These labels go round: all of them, then all again. In this batch the copies of one image stand beside "
              "each other: write down for k = 2 which image each place holds.")  # fmt: skip
TOGETHER = mark("Equal labels stand together here. In this batch all images come once, then all again: write down for "
                "k = 2 which image each place holds.")  # fmt: skip
EXCHANGED = mark("The number of images and the number of copies are exchanged: it is right only where there are as "
                 "many images as copies.")  # fmt: skip


def copies(order, wrong):
    """The question for one order of the copies, with the orders that are wrong."""
    return Question(
        reference=partial(copied, order=order),
        example=(np.array([7, 2, 5, 2]), 3),
        inputs=label_sets,
        witnesses=((one_hot([1, 0, 2]), 2),),
        slots={"of": OF, "copies": NUMBER, "order": wrong},
        advice=mark(
            "Take two images, a 7 and a 2, and k = 3. Go through the lines that make the batch by hand: which image is "
            "copied first, which second?"
        ),
        made_of=lambda labels, k: {"k": k, "labels": labels},
    )


COPIED_LABELS = Task(
    id="12.4",
    title=mark("Labels for the copies"),
    text=mark(
        "Two pieces of code make k changed copies of every image, image by image or round by round. Write for each of "
        "them the function of (labels, k) that gives the labels of its batch, and return both in a dict. labels has "
        "shape (n,), or (n, classes) if they are one-hot; the answer has k * n rows."
    ),
    asks={
        "image_by_image": copies(
            together,
            {
                in_rounds: ROUNDS,
                np.tile: ROUNDS,
                lambda rows, k: rows[np.arange(k * len(rows)) // len(rows)]: EXCHANGED,
                np.repeat: FLATTENED,
                partial(np.repeat, axis=-1): FLATTENED,
            },
        ),
        "round_by_round": copies(
            in_rounds,
            {
                together: TOGETHER,
                np.repeat: TOGETHER,
                lambda rows, k: rows[np.arange(k * len(rows)) % k]: EXCHANGED,
                np.tile: FLATTENED,
            },
        ),
    },
)

# --- 12.5 ------------------------------------------------------------------------------------------------------------


class Prepared(NamedTuple):
    """What a model would be trained and tested on: images (n, 8, 8), labels (n,)."""

    train: np.ndarray
    train_labels: np.ndarray
    test: np.ndarray
    test_labels: np.ndarray


TRAIN, TEST, COPIES = 30, 10, 3


def six_preparations():
    """Six ways to make ready the same 40 digits, three copies of each training image; most have a fault."""
    data = digits()
    images, labels = data.X_train[: TRAIN + TEST].reshape(-1, 8, 8), data.y_train[: TRAIN + TEST]
    train, test = images[:TRAIN], images[TRAIN:]
    train_labels, test_labels = labels[:TRAIN], labels[TRAIN:]
    moving, turning = Pipeline(RandomShift(1), seed=0), Pipeline(RandomRotation(180), seed=0)

    def prepared(pipeline, epochs=range(COPIES), order=np.tile, test=test):
        made = np.concatenate([pipeline(train, epoch) for epoch in epochs])
        return Prepared(made, order(train_labels, COPIES), test, test_labels)

    every = np.concatenate([moving(images, epoch) for epoch in range(COPIES)])
    shuffled = np.random.default_rng(0).permutation(len(every))
    first, last = shuffled[: TRAIN * COPIES], shuffled[-TEST:]
    mixed = np.tile(labels, COPIES)
    return {
        "a": prepared(turning),
        "b": prepared(moving, epochs=[0] * COPIES),
        "c": Prepared(every[first], mixed[first], every[last], mixed[last]),
        "d": prepared(moving),
        "e": prepared(moving, order=np.repeat),
        "f": prepared(moving, test=moving(test, epoch=COPIES)),
    }


# What each cause would show: said to the learner who names it where it is not.
CAUSES = {
    "fine": mark(
        "If all were fine, every training image would show what its label says, the copies would differ, and the test "
        "images would be new and untouched. One of these is not so here."
    ),
    "label lost": mark(
        "If the change destroyed the labels, you would see digits upside down or lying on their sides, a 6 that reads "
        "9. Look how the training digits stand."
    ),
    "labels out of step": mark(
        "If the labels were out of step, upright training digits would stand under the numbers of other digits. "
        "Compare them one by one."
    ),
    "copies alike": mark(
        "If the copies were alike, there would be no more different training images than there were originals. Count "
        "the different ones."
    ),
    "test leaked": mark(
        "If the test had leaked, test images would be found among the training images too, moved by a pixel or two. "
        "Look how many there are."
    ),
    "test changed": mark(
        "If the test images had been changed, they would stand elsewhere than in the data set, but none of them would "
        "be among the training images. Look how many are untouched, and how many are found in training."
    ),
}


def diagnosis(cause):
    """The question what is wrong with a preparation, and what is said to each wrong answer."""
    wrong = [Misconception(hint, partial(str, other)) for other, hint in CAUSES.items() if other != cause]
    return Question(reference=lambda: cause, misconceptions=tuple(wrong), points=0.5)


DIAGNOSE = Task(
    id="12.5",
    title=mark("Diagnose six preparations"),
    text=mark(
        "Write faults(): a dict that names the cause for each of the preparations a to f. The causes are 'fine', "
        "'label lost', 'labels out of step', 'copies alike', 'test leaked' and 'test changed'."
    ),
    asks={
        "a": diagnosis("label lost"),
        "b": diagnosis("copies alike"),
        "c": diagnosis("test leaked"),
        "d": diagnosis("fine"),
        "e": diagnosis("labels out of step"),
        "f": diagnosis("test changed"),
    },
    material=six_preparations,
)

TASKS = (FLIP, ROTATE, SHIFT, COPIED_LABELS, DIAGNOSE, DECIDE)
