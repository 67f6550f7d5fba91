"""The tasks of chapter 12: augmenting data.

Each task stands on its own: the right answer, an input in general position, random inputs, and below them the known
mistakes, each a hint and the lines that it belongs to. Images are (n, height, width), or with a last axis of channels.
"""
# mypy: allow-untyped-defs

from functools import partial
from typing import NamedTuple

import numpy as np

from nnlearn.data import augment, digits
from nnlearn.data.augment import Pipeline, RandomRotation, RandomShift
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark


def batch(random, shape, dtype):
    """Images without two equal pixels and without a 0; fractions, in tenths, are of both signs."""
    pixels = random.permutation(np.prod(shape)).reshape(shape) + 1
    return ((2 * pixels - pixels.size - 1.5) / 5).astype(dtype) if dtype is float else pixels.astype(dtype)


def batches(random):
    """Small ones first: grey and colour, one image and several, with unequal sides and with equal ones.

    Among the grey ones some have 3 or 4 columns, as others have channels; one is stored column by column.
    """
    for shape, dtype in [
        ((1, 1, 2), int),
        ((2, 1, 3), np.uint8),
        ((1, 3, 2), float),
        ((3, 2, 4), np.uint8),
        ((2, 3, 3), float),
        ((4, 3, 1), int),
        ((1, 1, 2, 3), np.uint8),
        ((2, 2, 3, 1), float),
        ((1, 3, 2, 4), float),
        ((3, 2, 2, 3), int),
    ]:
        yield batch(random, shape, dtype)
    yield np.asfortranarray(batch(random, (2, 4, 3), np.uint8))


def whole(kind, answer):
    """The right answer, put into an array of whole numbers."""
    return lambda *case: answer(*case).astype(kind)


FRACTIONS_LOST = mark(
    "Fractions and negative numbers get lost: your array is made for whole numbers. np.zeros(shape, images.dtype) "
    "makes one of the type of the images."
)
FIRST_IMAGE = mark("Only the first image comes back. Does return stand inside a loop, or did you take images[0]?")
FRACTIONS = batch(np.random.default_rng(1), (2, 3, 5, 3), float)
GREY = batch(np.random.default_rng(0), (2, 2, 3), np.uint8)
COLOUR = batch(np.random.default_rng(0), (2, 2, 3, 3), np.uint8)

# --- 12.1 ------------------------------------------------------------------------------------------------------------


def flip_horizontal(images):
    """The right answer: as the course flips."""
    return augment.flip_horizontal(images)


def copied_within(columns):
    """A loop that copies columns within one array, in the order of ``columns``."""

    def answer(images):
        flipped, width = images.copy(), images.shape[2]
        for column in columns(range(width)):
            flipped[:, :, column] = flipped[:, :, width - 1 - column]
        return flipped

    return answer


def last_column_empty(images):
    """A loop that leaves out the last column."""
    flipped = images[:, :, ::-1].copy()
    flipped[:, :, -1] = 0
    return flipped


def others_empty(images):
    """A loop that ends after the first image."""
    flipped = np.zeros_like(images)
    flipped[0] = images[0][:, ::-1]
    return flipped


OVERWRITTEN = mark(
    "One half of each image has become the mirror of the other: the loop overwrites columns that it still needs. Read "
    "from the images as they were given, and write into another array."
)

FLIP_MISTAKES = (
    Misconception(
        mark(
            "The images are in reverse order, and none is mirrored: the first axis counts the images. Left and right "
            "are the two ends of a row of pixels."
        ),
        lambda images: images[::-1],
    ),
    Misconception(
        mark(
            "The images stand on their heads: the rows are in reverse order. The columns are one axis further. "
            "(np.fliplr is made for a single image: it turns axis 1, where a batch has its rows.)"
        ),
        lambda images: images[:, ::-1],
    ),
    Misconception(
        mark(
            "It is right for grey images. In a colour batch the last axis holds the channels: there you put blue "
            "before red, and left every pixel in its place. Count the axes from the front."
        ),
        lambda images: images[..., ::-1],
    ),
    Misconception(
        mark(
            "You reverse the fourth axis. Colour images have their channels there, so blue comes before red; grey ones "
            "have no such axis. Count from the front: images, rows, columns."
        ),
        lambda images: images[:, :, :, ::-1],
        witness=(GREY,),
    ),
    Misconception(
        mark("Left and right are exchanged, but top and bottom as well: that is half a turn. Reverse one axis only."),
        lambda images: images[:, ::-1, ::-1],
    ),
    Misconception(
        mark("Left and right are exchanged, but the images are in reverse order as well. Reverse one axis only."),
        lambda images: images[::-1, :, ::-1],
    ),
    Misconception(
        mark("All axes are reversed, that of the images too. (np.flip does that if you name no axis.) One is enough."),
        lambda images: np.flip(images),
    ),
    Misconception(
        mark("Rows and columns are exchanged: a mirror along the diagonal. Left and right change places within a row."),
        lambda images: images.swapaxes(1, 2),
    ),
    Misconception(
        mark(
            "You reversed the order of the axes, as .T does, so that the shape is another. The axes stay as they are."
        ),
        lambda images: images.T,
    ),
    Misconception(
        mark("Nothing has moved. Is it the flipped array that you return?"),
        lambda images: images,
    ),
    Misconception(FIRST_IMAGE, lambda images: images[0][:, ::-1]),
    Misconception(
        mark("Only the last image comes back. Does the loop overwrite its result, where it should collect them?"),
        lambda images: images[-1][:, ::-1],
    ),
    Misconception(
        mark("Only the first image is flipped, the others are empty. Does return stand inside the loop?"),
        others_empty,
    ),
    Misconception(OVERWRITTEN, copied_within(lambda columns: columns)),
    Misconception(OVERWRITTEN, copied_within(reversed)),
    Misconception(
        mark("You are off by one: column 0 has stayed where it was, and the last one stands beside it. It goes last."),
        lambda images: np.roll(images[:, :, ::-1], 1, axis=2),
    ),
    Misconception(
        mark("You are off by one: the last column has stayed where it was. It goes first."),
        lambda images: np.roll(images[:, :, ::-1], -1, axis=2),
    ),
    Misconception(
        mark("The last column is empty: the loop ends one column too early. range does not include its end."),
        last_column_empty,
    ),
    Misconception(
        mark("A column got lost, the one that should come last: a slice does not include its end."),
        lambda images: images[:, :, :0:-1],
    ),
    Misconception(
        mark("A column got lost, the one that should come first: the last column has the place -1, not -2."),
        lambda images: images[:, :, -2::-1],
    ),
    Misconception(
        mark(
            "It is right for colour images. A grey batch has one axis less, so that axis -2 is that of the rows. Count "
            "the axes from the front: images, rows, columns."
        ),
        lambda images: np.flip(images, -2),
        witness=(GREY,),
    ),
    Misconception(
        mark("It is right for grey images. In colour images the channels are reversed as well: blue comes before red."),
        lambda images: images[:, :, ::-1] if images.ndim == 3 else images[:, :, ::-1, ::-1],
    ),
    Misconception(
        mark("It is right for grey images. Colour images come back as they were; their columns are on axis 2 as well."),
        lambda images: images[:, :, ::-1] if images.ndim == 3 else images,
    ),
    Misconception(FRACTIONS_LOST, whole(int, flip_horizontal), witness=(FRACTIONS,)),
    Misconception(FRACTIONS_LOST, whole(np.uint8, flip_horizontal), witness=(FRACTIONS,)),
    Misconception(
        mark("You return the images as they were as well. The flipped ones alone are asked for."),
        lambda images: np.concatenate([images, images[:, :, ::-1]]),
    ),
)

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
        moves="images",
        reference=flip_horizontal,
        example=(COLOUR,),
        inputs=lambda random: ((images,) for images in batches(random)),
        advice=mark(
            "The batch [[[1, 2, 3], [4, 5, 6]]] is one image of two rows. Flipped its rows are 3 2 1 and 6 5 4."
        ),
        misconceptions=FLIP_MISTAKES,
    ),
)

# --- 12.2 ------------------------------------------------------------------------------------------------------------


def rotate90(images, clockwise):
    """The right answer; the tests hold it against the course's rotate."""
    return np.rot90(images, -1 if clockwise else 1, axes=(1, 2))


def turns(random):
    """Every batch both ways, so that no answer is right by a lucky guess."""
    for images in batches(random):
        yield images, True
        yield images, False


def turned(k, axes):
    """np.rot90 by k(clockwise) quarter turns in the plane of two axes."""
    return lambda images, clockwise: np.rot90(images, k(clockwise), axes)


def turned_stack(k):
    """The same in the plane of the first two axes."""
    return turned(k, (0, 1))


def right_way(clockwise):
    """The k that is right, if the axes are."""
    return -1 if clockwise else 1


def wrong_way(clockwise):
    """Its opposite."""
    return 1 if clockwise else -1


def into_the_same_shape(images, clockwise):
    """Turned images written into an array in which height and width have not changed places."""
    result = np.zeros_like(images)
    for n, image in enumerate(images):
        result[n] = np.rot90(image, right_way(clockwise))
    return result


def into_the_same_shape_by_pixels(images, clockwise):
    """The same, pixel by pixel, which fails in another way."""
    result = np.zeros_like(images)
    turned_images = rotate90(images, clockwise)
    for row in range(turned_images.shape[1]):
        for column in range(turned_images.shape[2]):
            result[:, row, column] = turned_images[:, row, column]
    return result


SAME_SHAPE = mark(
    "It is right for square images. The others don't fit into an array of the shape of images: its height must be "
    "their width, and its width their height."
)
STACK = mark(
    "You turned the stack, not the images: these are the first two axes, and the first one counts the images. "
    "(np.rot90 takes them if you name no axes.) Which two are the rows and the columns?"
)
MIRRORED = mark(
    "This is a mirror image. No turn can make one: write an F on paper and turn it. A quarter turn moves a row into a "
    "column, so that height and width change places."
)
LAST_AXES = mark(
    "You turned the last two axes. In a colour batch these are the columns and the channels: count the axes from the "
    "front."
)
ONE_WAY = mark(
    "clockwise makes no difference: your images always turn the same way round. Look at its value before you turn."
)

ROTATE_MISTAKES = (
    Misconception(
        mark(
            "Every turn goes the wrong way round. Clockwise the pixel at the top left comes to the top right. "
            "(np.rot90 with axes=(1, 2) turns counter-clockwise if k is positive.)"
        ),
        turned(wrong_way, (1, 2)),
    ),
    Misconception(ONE_WAY, turned(lambda clockwise: 1, (1, 2))),
    Misconception(ONE_WAY, turned(lambda clockwise: -1, (1, 2)), witness=(COLOUR, False)),
    Misconception(STACK, turned_stack(right_way)),
    Misconception(
        mark(
            "Two things. You turned the stack: these are the first two axes, and the first one counts the images "
            "(np.rot90 takes them if you name no axes). And the direction: a positive k turns counter-clockwise."
        ),
        turned_stack(wrong_way),
    ),
    Misconception(STACK, turned_stack(lambda clockwise: 1), witness=(GREY, False)),
    Misconception(STACK, turned_stack(lambda clockwise: -1), witness=(GREY, True)),
    Misconception(STACK, turned_stack(lambda clockwise: 2)),
    Misconception(
        mark(
            "This is half a turn, whichever way. A quarter turn moves the top left pixel to the next corner. (np.rot90 "
            "counts quarter turns, not degrees: k = 90 are so many that half a turn is left.)"
        ),
        turned(lambda clockwise: 2, (1, 2)),
    ),
    Misconception(
        mark("With clockwise=True it is right; with clockwise=False nothing turns. It should turn the other way then."),
        turned(lambda clockwise: -1 if clockwise else 0, (1, 2)),
        witness=(COLOUR, False),
    ),
    Misconception(
        mark("With clockwise=False it is right; with clockwise=True nothing turns. It should turn the other way then."),
        turned(lambda clockwise: 0 if clockwise else 1, (1, 2)),
    ),
    Misconception(
        mark(
            "Two things: with clockwise=False nothing turns, where it should turn counter-clockwise; and with "
            "clockwise=True the images turn counter-clockwise."
        ),
        turned(lambda clockwise: 1 if clockwise else 0, (1, 2)),
    ),
    Misconception(
        mark("Nothing has turned. Is it the turned array that you return?"),
        turned(lambda clockwise: 0, (1, 2)),
    ),
    Misconception(
        mark(
            "Rows and columns are exchanged: that is a mirror along the diagonal, the same for both directions. A flip "
            "makes a turn of it: which flip belongs to which direction?"
        ),
        lambda images, clockwise: images.swapaxes(1, 2),
    ),
    Misconception(
        mark(
            "This is a mirror along the other diagonal, the same for both directions. One flip less or more is needed."
        ),
        lambda images, clockwise: images[:, ::-1, ::-1].swapaxes(1, 2),
    ),
    Misconception(
        mark("You reversed the order of the axes, as .T does. The images must stay on the first axis, channels last."),
        lambda images, clockwise: images.T,
    ),
    Misconception(
        mark(
            "Each image was transposed by .T, which in a colour image moves the channels to the front. And no turn yet."
        ),
        lambda images, clockwise: np.array([image.T for image in images]),
    ),
    Misconception(
        mark(
            "The shape is right, the pixels are still in the order in which they were: reshape breaks the rows at "
            "other places and turns nothing."
        ),
        lambda images, clockwise: images.reshape(len(images), images.shape[2], images.shape[1], *images.shape[3:]),
    ),
    Misconception(MIRRORED, lambda images, clockwise: images[:, :, ::-1] if clockwise else images[:, ::-1]),
    Misconception(MIRRORED, lambda images, clockwise: images[:, ::-1] if clockwise else images[:, :, ::-1]),
    Misconception(MIRRORED, lambda images, clockwise: images[:, :, ::-1], witness=(COLOUR, False)),
    Misconception(MIRRORED, lambda images, clockwise: images[:, ::-1]),
    Misconception(LAST_AXES, turned(right_way, (-2, -1))),
    Misconception(
        mark(
            "Two things. You turned the last two axes, which in a colour batch are the columns and the channels: count "
            "the axes from the front. And the direction: clockwise the pixel at the top left comes to the top right."
        ),
        turned(wrong_way, (-2, -1)),
    ),
    Misconception(LAST_AXES, turned(lambda clockwise: 1, (-2, -1))),
    Misconception(FIRST_IMAGE, lambda images, clockwise: np.rot90(images[0], right_way(clockwise))),
    Misconception(
        mark(
            "With clockwise=False it is right. With clockwise=True rows and columns are exchanged, but that is a "
            "mirror along the diagonal: a flip is missing."
        ),
        lambda images, clockwise: images.swapaxes(1, 2) if clockwise else rotate90(images, clockwise),
    ),
    Misconception(
        mark(
            "With clockwise=True it is right. With clockwise=False rows and columns are exchanged, but that is a "
            "mirror along the diagonal: a flip is missing."
        ),
        lambda images, clockwise: rotate90(images, clockwise) if clockwise else images.swapaxes(1, 2),
        witness=(COLOUR, False),
    ),
    Misconception(
        mark(
            "You are off by one: what should come to the last row or column stands one before it, and what should come "
            "to the first is last. Places are counted from 0, so that the last is height - 1 or width - 1."
        ),
        lambda images, clockwise: np.roll(rotate90(images, clockwise), -1, axis=2 if clockwise else 1),
    ),
    Misconception(SAME_SHAPE, into_the_same_shape),
    Misconception(SAME_SHAPE, into_the_same_shape_by_pixels),
    Misconception(FRACTIONS_LOST, whole(int, rotate90), witness=(FRACTIONS, True)),
    Misconception(FRACTIONS_LOST, whole(np.uint8, rotate90), witness=(FRACTIONS, True)),
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
        moves="images",
        reference=rotate90,
        example=(COLOUR, True),
        inputs=turns,
        advice=mark(
            "The batch [[[1, 2, 3], [4, 5, 6]]] is one image of two rows. Turned clockwise its rows are 4 1, 5 2 and 6 "
            "3: what was below comes to the left."
        ),
        misconceptions=ROTATE_MISTAKES,
    ),
)

# --- 12.3 ------------------------------------------------------------------------------------------------------------


def shift(images, dy, dx):
    """The right answer: as the course shifts."""
    return augment.shift(images, dy, dx)


def moves(random):
    """All directions, a direction alone, none, and farther than the image is wide."""
    steps = [(0, 1), (0, -1), (1, 1), (-1, 2), (2, -1), (1, 0), (0, 0), (1, -1), (-2, 1), (0, -1), (3, -2)]
    for images, (dy, dx) in zip(batches(random), steps, strict=True):
        yield images, dy, dx
    for dy, dx in [(5, 1), (-6, 0), (1, 6), (0, -5)]:
        yield batch(random, (1, 4, 3), float), dy, dx


def moved(images, steps, axes):
    """Moved by whole steps along some axes; zeros come in."""
    for step, axis in zip(steps, axes, strict=True):
        source = np.arange(images.shape[axis]) - step
        shape = np.ones(images.ndim, int)
        shape[axis] = -1
        inside = (0 <= source) & (source < images.shape[axis])
        images = np.where(inside.reshape(shape), np.roll(images, step, axis), 0)
    return images


def rolled(images, steps, axes=(1, 2)):
    """Moved; what leaves on one side comes back on the other."""
    return np.roll(images, steps, axes)


def left_behind(images, dy, dx):
    """The pixels at the border stay as they were."""
    inside = augment.shift(np.ones(images.shape), dy, dx)
    return np.where(inside == 1, augment.shift(images, dy, dx), images)


def sliced(images, dy, dx):
    """Right for shifts down and to the right."""
    height, width = images.shape[1:3]
    result = np.zeros_like(images)
    result[:, dy:, dx:] = images[:, : height - dy, : width - dx]
    return result


def sliced_from_the_end(images, dy, dx):
    """As ``sliced``, but for 0 as well."""
    result = np.zeros_like(images)
    result[:, dy:, dx:] = images[:, :-dy, :-dx]
    return result


def sliced_but_for_zero(images, dy, dx):
    """Right for all shifts but 0."""
    result, rows = np.zeros_like(images), np.zeros_like(images)
    if dy >= 0:
        rows[:, dy:] = images[:, :-dy]
    else:
        rows[:, :dy] = images[:, -dy:]
    if dx >= 0:
        result[:, :, dx:] = rows[:, :, :-dx]
    else:
        result[:, :, :dx] = rows[:, :, -dx:]
    return result


def sliced_but_for_far(images, dy, dx):
    """Right as long as something of the image is left."""
    height, width = images.shape[1:3]
    top, bottom = max(dy, 0), min(height, height + dy)
    left, right = max(dx, 0), min(width, width + dx)
    result = np.zeros_like(images)
    result[:, top:bottom, left:right] = images[:, top - dy : bottom - dy, left - dx : right - dx]
    return result


def blanked_at_the_start(images, dy, dx):
    """Right for shifts down and to the right, and for 0."""
    result = rolled(images, (dy, dx))
    result[:, :dy] = 0
    result[:, :, :dx] = 0
    return result


def blanked_with_else(images, dy, dx):
    """Right for all shifts but 0."""
    result = rolled(images, (dy, dx))
    result[:, slice(dy) if dy > 0 else slice(dy, None)] = 0
    result[:, :, slice(dx) if dx > 0 else slice(dx, None)] = 0
    return result


def blanked(images, dy, dx, more):
    """As many rows and columns as come in are blanked, and so many more."""
    result = rolled(images, (dy, dx))
    if dy > 0:
        result[:, : dy + more] = 0
    if dy < 0:
        result[:, dy - more :] = 0
    if dx > 0:
        result[:, :, : dx + more] = 0
    if dx < 0:
        result[:, :, dx - more :] = 0
    return result


def blanked_above_and_left(images, dy, dx):
    """Right for shifts down and to the right, and for 0; what leaves above or on the left comes back."""
    result = rolled(images, (dy, dx))
    result[:, : max(dy, 0)] = 0
    result[:, :, : max(dx, 0)] = 0
    return result


def blanked_along_one_axis(images, dy, dx):
    """A chain of elif: columns are blanked only if no rows are."""
    return moved(rolled(images, (0, dx)), [dy], [1]) if dy else moved(images, [dx], [2])


def blanked_one_way(images, dy, dx, axis):
    """Zeros come in along one axis, on the other what leaves comes back."""
    along = [(dy, dx)[axis - 1]], [axis]
    across = [(dx, dy)[axis - 1]], [3 - axis]
    return rolled(moved(images, *along), *across)


def looped(place, allowed):
    """A loop over the pixels of an image with a test that allows too much, or too little."""

    def answer(images, dy, dx):
        result = np.zeros_like(images)
        height, width = images.shape[1:3]
        for y in range(height):
            for x in range(width):
                (to_y, to_x), (from_y, from_x) = place(y, x, dy, dx)
                if allowed(to_y, from_y, height) and allowed(to_x, from_x, width):
                    result[:, to_y, to_x] = images[:, from_y, from_x]
        return result

    return answer


def beyond(images, dy, dx):
    """Whether nothing of the images is left."""
    return abs(dy) >= images.shape[1] or abs(dx) >= images.shape[2]


def never_beyond(images, dy, dx):
    """Shifts that are cut off, so that something of the image is left."""
    height, width = images.shape[1:3]
    return shift(images, int(np.clip(dy, 1 - height, height - 1)), int(np.clip(dx, 1 - width, width - 1)))


UP_LEFT = (FRACTIONS, -1, -2)
DOWN_RIGHT = (UP_LEFT[0], 1, 2)
DOWN_LEFT = (UP_LEFT[0], 1, -2)
DOWN = (UP_LEFT[0], 1, 0)
SIDEWAYS = (UP_LEFT[0], 0, 2)
TOO_FAR = (batch(np.random.default_rng(2), (1, 4, 2), np.uint8), -6, 1)

WRAPPED = mark(
    "What leaves on one side comes back on the other (np.roll does that). Zeros should come in: on which sides, if dy "
    "is positive, and if it is negative?"
)
OTHER_FILL = mark(
    "What comes in is a copy of pixels of the image, continued beyond its border. Here nothing is known of what lies "
    "there: zeros come in."
)
STACK_MOVED = mark(
    "You moved along the first two axes, so that rows wandered from one image to another. The first axis counts the "
    "images; which are the rows and the columns?"
)
LAST_MOVED = mark(
    "You moved along the last two axes. In a colour batch these are the columns and the channels: count the axes from "
    "the front."
)
NEGATIVE_PLACES = mark(
    "Your test overlooks places before the first row or column. They are negative, and -1 is no error in Python but "
    "the last one: test both ends."
)
ONE_WAY_ROLLED = mark(
    "Zeros come in along one axis only. On the other what leaves on one side comes back on the other."
)
ROLLED_AND_TURNED = mark(
    "Two things: one of dy and dx moves the wrong way, and what leaves on one side comes back on the other, where "
    "zeros should come in."
)
FIRST_PLACES = mark("Your test leaves out the first row and the first column. Place 0 counts too: is it < or <= ?")
LAST_PLACES = mark(
    "Your test leaves out the last row and the last column. Their places are height - 1 and width - 1, which < height "
    "and < width let in."
)
NOTHING_LEFT = mark(
    "It is right as long as something of the image is left. A shift by the whole height or width, or by more, leaves "
    "nothing but zeros."
)
NEGATIVE_SLICES = mark(
    "It fails where dy or dx is negative: a negative number in a slice is counted from the end. A shift up needs "
    "slices of its own."
)

SHIFT_MISTAKES = (
    Misconception(WRAPPED, lambda images, dy, dx: rolled(images, (dy, dx))),
    Misconception(
        mark(
            "Two things: dy and dx are exchanged (dy moves the rows, axis 1), and what leaves on one side comes back "
            "on the other, where zeros should come in."
        ),
        lambda images, dy, dx: rolled(images, (dx, dy)),
    ),
    Misconception(
        mark(
            "Two things: the images move the wrong way, in both directions, and what leaves on one side comes back on "
            "the other, where zeros should come in."
        ),
        lambda images, dy, dx: rolled(images, (-dy, -dx)),
    ),
    Misconception(
        mark("dy and dx are exchanged: dy moves the rows, axis 1, and dx the columns, axis 2."),
        lambda images, dy, dx: shift(images, dx, dy),
    ),
    Misconception(
        mark(
            "The images move the wrong way, in both directions. A positive dy moves down: what was in row 0 comes to "
            "row dy."
        ),
        lambda images, dy, dx: shift(images, -dy, -dx),
    ),
    Misconception(
        mark(
            "A positive dy moves up in your answer. Rows are counted from the top, so that downwards they grow: a "
            "positive dy moves down."
        ),
        lambda images, dy, dx: shift(images, -dy, dx),
    ),
    Misconception(
        mark("dy is right. A positive dx moves to the left in your answer; it should move to the right."),
        lambda images, dy, dx: shift(images, dy, -dx),
    ),
    Misconception(
        mark("Two things: dy and dx are exchanged, and the images move the wrong way, in both directions."),
        lambda images, dy, dx: shift(images, -dx, -dy),
    ),
    Misconception(
        mark("The signs got lost: negative numbers, too, move the images down and to the right."),
        lambda images, dy, dx: shift(images, abs(dy), abs(dx)),
    ),
    Misconception(FIRST_IMAGE, lambda images, dy, dx: shift(images, dy, dx)[0]),
    Misconception(
        NOTHING_LEFT,
        lambda images, dy, dx: images if beyond(images, dy, dx) else shift(images, dy, dx),
        witness=TOO_FAR,
    ),
    Misconception(NOTHING_LEFT, never_beyond, witness=TOO_FAR),
    Misconception(
        mark("The images move up and down only. What became of dx?"),
        lambda images, dy, dx: shift(images, dy, 0),
    ),
    Misconception(
        mark("The images move to the sides only. What became of dy?"),
        lambda images, dy, dx: shift(images, 0, dx),
        witness=DOWN_RIGHT,
    ),
    Misconception(
        mark("The images move up and down only, and what leaves comes back on the other side. Zeros should come in."),
        lambda images, dy, dx: rolled(images, (dy, 0)),
    ),
    Misconception(
        mark("Nothing has moved. Is it the shifted array that you return?"),
        lambda images, dy, dx: images,
    ),
    *(
        Misconception(OTHER_FILL, partial(augment.shift, fill=fill), witness=DOWN_RIGHT)
        for fill in ("nearest", "reflect", "mirror")
    ),
    Misconception(
        mark(
            "Where zeros should come in, the old pixels are still there. Begin with an array of zeros, not with a copy "
            "of the images."
        ),
        left_behind,
    ),
    Misconception(STACK_MOVED, lambda images, dy, dx: moved(images, (dy, dx), (0, 1)), witness=DOWN_RIGHT),
    Misconception(STACK_MOVED, lambda images, dy, dx: rolled(images, (dy, dx), (0, 1)), witness=DOWN_RIGHT),
    Misconception(LAST_MOVED, lambda images, dy, dx: moved(images, (dy, dx), (-2, -1)), witness=DOWN_RIGHT),
    Misconception(
        mark(
            "Two things: you moved along the last two axes, which in a colour batch are the columns and the channels, "
            "and what leaves on one side comes back on the other, where zeros should come in."
        ),
        lambda images, dy, dx: rolled(images, (dy, dx), (-2, -1)),
    ),
    Misconception(
        mark(
            "The pixels moved along one long row, from line to line and from image to image: np.roll does that if you "
            "name no axis."
        ),
        lambda images, dy, dx: rolled(images, (dy, dx), None),
        witness=DOWN_RIGHT,
    ),
    Misconception(ROLLED_AND_TURNED, lambda images, dy, dx: rolled(images, (-dy, dx))),
    Misconception(ROLLED_AND_TURNED, lambda images, dy, dx: rolled(images, (dy, -dx)), witness=DOWN_RIGHT),
    Misconception(ONE_WAY_ROLLED, partial(blanked_one_way, axis=1), witness=SIDEWAYS),
    Misconception(ONE_WAY_ROLLED, partial(blanked_one_way, axis=2)),
    Misconception(
        NEGATIVE_PLACES,
        looped(lambda y, x, dy, dx: ((y + dy, x + dx), (y, x)), lambda to, origin, size: to < size),
    ),
    Misconception(
        NEGATIVE_PLACES,
        looped(lambda y, x, dy, dx: ((y, x), (y - dy, x - dx)), lambda to, origin, size: origin < size),
        witness=DOWN_RIGHT,
    ),
    *(
        Misconception(hint, looped(lambda y, x, dy, dx: ((y, x), (y - dy, x - dx)), allowed), witness=witness)
        for hint, witness, allowed in (
            (FIRST_PLACES, DOWN_RIGHT, lambda to, origin, size: 0 < origin < size),
            (FIRST_PLACES, UP_LEFT, lambda to, origin, size: 0 < to and 0 <= origin < size),
            (LAST_PLACES, UP_LEFT, lambda to, origin, size: 0 <= origin < size - 1),
            (LAST_PLACES, DOWN_RIGHT, lambda to, origin, size: to < size - 1 and 0 <= origin < size),
        )
    ),
    Misconception(FRACTIONS_LOST, whole(int, shift)),
    Misconception(FRACTIONS_LOST, whole(np.uint8, shift)),
    Misconception(NEGATIVE_SLICES, sliced, witness=UP_LEFT),
    Misconception(
        mark(
            "It is right only where dy and dx are both positive. A negative number in a slice is counted from the end, "
            "and [:-0] is empty: there is no -0. Count how many rows and columns are left instead."
        ),
        sliced_from_the_end,
        witness=DOWN,
    ),
    Misconception(
        mark("It fails where dy or dx is 0: [:-0] is not everything but nothing, since -0 is 0."),
        sliced_but_for_zero,
        witness=DOWN,
    ),
    Misconception(
        mark(
            "It fails where the shift is larger than the image: a border of your slices becomes negative there, and is "
            "counted from the end. Nothing of the image is left then."
        ),
        sliced_but_for_far,
        witness=TOO_FAR,
    ),
    Misconception(
        mark(
            "For shifts up or to the left you blank the wrong part: with a negative dy, [:dy] is all but the last "
            "rows. Where do the pixels stand that came back on the other side?"
        ),
        blanked_at_the_start,
        witness=UP_LEFT,
    ),
    Misconception(
        mark(
            "It is right for shifts down and to the right. After a shift up or to the left, what left above or on the "
            "left comes back on the other side: zeros must come in there too."
        ),
        blanked_above_and_left,
    ),
    Misconception(
        mark(
            "Where both dy and dx are different from 0, zeros come in along one axis only: an elif is skipped if a "
            "condition before it was true. Rows and columns need an if each."
        ),
        blanked_along_one_axis,
    ),
    Misconception(
        mark("You blank one row or column too few: for dy = 1 it is row 0, which is [:1]."),
        partial(blanked, more=-1),
    ),
    Misconception(
        mark("You blank one row or column too many: for dy = 1 it is row 0 alone, which is [:1]."),
        partial(blanked, more=1),
    ),
    Misconception(
        mark("Where dy or dx is 0 you blank everything: [0:] is the whole. Nothing comes in there."),
        blanked_with_else,
        witness=DOWN,
    ),
    Misconception(
        mark("The images have become smaller: you cut off a part. They keep their size, and zeros come in."),
        lambda images, dy, dx: images[:, max(-dy, 0) : images.shape[1] - max(dy, 0)][
            :, :, max(-dx, 0) : images.shape[2] - max(dx, 0)
        ],
        witness=DOWN_LEFT,
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
        moves="images",
        reference=shift,
        example=UP_LEFT,
        inputs=moves,
        advice=mark(
            "The batch [[[1, 2, 3], [4, 5, 6]]] is one image of two rows. For dy = 1, dx = -1 its rows are 0 0 0 and 2 "
            "3 0."
        ),
        made_of=lambda images, dy, dx: {"dy": dy, "dx": dx},
        misconceptions=SHIFT_MISTAKES,
    ),
)

# --- 12.4 ------------------------------------------------------------------------------------------------------------


def image_by_image(labels, k):
    """The right answer where all copies of an image stand together."""
    return np.repeat(labels, k, axis=0)


def round_by_round(labels, k):
    """The right answer where the whole set comes k times."""
    return np.concatenate([labels] * k)


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


PLAIN_LABELS = (np.array([7, 2, 5, 2]), 3)
ONE_HOT = (one_hot([1, 0, 2]), 2)
ROUNDS = mark(
    "These labels go round: all of them, then all again. In this batch the copies of one image stand beside each "
    "other: write down for k = 2 which image each place holds."
)
TOGETHER = mark(
    "Equal labels stand together here. In this batch all images come once, then all again: write down for k = 2 which "
    "image each place holds."
)
AS_THEY_WERE = mark("These are the labels as they were. There are k images now for each of them.")
ONE_TOO_MANY = mark("One copy too many: the originals are not in the batch, only k changed copies of each.")
ONE_TOO_FEW = mark("One copy is missing: the originals are not in the batch, all k are copies.")
TIMES_K = mark(
    "You multiplied the labels by k: class 7 became another class. A list times k is repeated, an array is multiplied."
)
FLATTENED = mark(
    "It is right for plain labels. One-hot labels have a row for each image: the rows must stay whole, and there must "
    "be k times as many. Along which axis do you repeat?"
)
TILED_COLUMNS = mark(
    "It is right for plain labels. With one-hot labels, a row for each image, np.tile(labels, k) makes the rows "
    "longer: there must be more rows."
)
SORTED = mark("You sorted the labels. The images were not sorted, so the labels must stay in the order of the images.")
NUMBERS = mark("These are the numbers of the images in the batch, not their labels. Use them to look the labels up.")
ALWAYS_TWO = mark("You always make 2 copies. How many there are is in k.")
EXCHANGED = mark(
    "The number of images and the number of copies are exchanged: it is right only where there are as many images as "
    "copies."
)
FIRST_ONLY = mark("Every place has the label of the first image.")


def copies(reference, *own):
    """The question for one order of the copies, with the mistakes that belong to it and those that all share."""
    shared = (
        Misconception(AS_THEY_WERE, lambda labels, k: labels),
        Misconception(ONE_TOO_MANY, lambda labels, k: reference(labels, k + 1)),
        Misconception(ONE_TOO_FEW, lambda labels, k: reference(labels, k - 1) if k > 1 else labels[:0]),
        Misconception(ALWAYS_TWO, lambda labels, k: reference(labels, 2)),
        Misconception(TIMES_K, lambda labels, k: labels * k),
        Misconception(SORTED, lambda labels, k: np.sort(np.repeat(labels, k, axis=0), axis=0)),
        Misconception(NUMBERS, lambda labels, k: reference(np.arange(len(labels)), k)),
        Misconception(FIRST_ONLY, lambda labels, k: np.repeat(labels[:1], k * len(labels), axis=0)),
    )
    return Question(
        reference=reference,
        example=PLAIN_LABELS,
        inputs=label_sets,
        advice=mark(
            "Take two images, a 7 and a 2, and k = 3. Go through the lines that make the batch by hand: which image is "
            "copied first, which second?"
        ),
        made_of=lambda labels, k: {"k": k},
        misconceptions=(*shared, *own),
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
            image_by_image,
            Misconception(ROUNDS, round_by_round),
            Misconception(ONE_TOO_MANY, lambda labels, k: np.concatenate([labels, image_by_image(labels, k)])),
            Misconception(EXCHANGED, lambda labels, k: labels[np.arange(k * len(labels)) // len(labels)]),
            Misconception(FLATTENED, lambda labels, k: np.repeat(labels, k), witness=ONE_HOT),
            Misconception(FLATTENED, lambda labels, k: np.repeat(labels, k, axis=-1), witness=ONE_HOT),
            Misconception(ROUNDS, lambda labels, k: np.tile(labels, k), witness=ONE_HOT),
        ),
        "round_by_round": copies(
            round_by_round,
            Misconception(TOGETHER, image_by_image),
            Misconception(EXCHANGED, lambda labels, k: labels[np.arange(k * len(labels)) % k]),
            Misconception(TILED_COLUMNS, lambda labels, k: np.tile(labels, k), witness=ONE_HOT),
            Misconception(TOGETHER, lambda labels, k: np.repeat(labels, k), witness=ONE_HOT),
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

TASKS = (FLIP, ROTATE, SHIFT, COPIED_LABELS, DIAGNOSE)
