"""Wrong answers to questions about images that are on no list: what they did to the pixels is said as it is."""

import numpy as np
import pytest

from nnlearn.data.augment import shift
from nnlearn.exercises.calls import direct
from nnlearn.exercises.images import batches
from nnlearn.exercises.judge import judge
from nnlearn.exercises.loader import load
from nnlearn.exercises.task import Question


def turn(k, axes=(1, 2)):
    """np.rot90 by k(clockwise) quarter turns."""
    return lambda images, clockwise: np.rot90(images, k(clockwise), axes)


def right_way(clockwise):
    return -1 if clockwise else 1


def wrong_way(clockwise):
    return -right_way(clockwise)


quarter = turn(right_way)


def moved(images, steps, axes):
    """Moved by whole steps along some axes; zeros come in."""
    for step, axis in zip(steps, axes, strict=True):
        source = np.arange(images.shape[axis]) - step
        shape = np.ones(images.ndim, int)
        shape[axis] = -1
        inside = (0 <= source) & (source < images.shape[axis])
        images = np.where(inside.reshape(shape), np.roll(images, step, axis), 0)
    return images


def copied_within(columns):
    """A loop that copies columns within one array, in the order of ``columns``."""

    def answer(images):
        flipped, width = images.copy(), images.shape[2]
        for column in columns(range(width)):
            flipped[:, :, column] = flipped[:, :, width - 1 - column]
        return flipped

    return answer


def empty(place):
    """Flipped, but for a part that stays empty."""

    def answer(images):
        flipped = images[:, :, ::-1].copy()
        flipped[place] = 0
        return flipped

    return answer


def left_behind(images, dy, dx):
    inside = shift(np.ones(images.shape), dy, dx)
    return np.where(inside == 1, shift(images, dy, dx), images)


def beyond(images, dy, dx):
    return abs(dy) >= images.shape[1] or abs(dx) >= images.shape[2]


def never_beyond(images, dy, dx):
    height, width = images.shape[1:3]
    return shift(images, int(np.clip(dy, 1 - height, height - 1)), int(np.clip(dx, 1 - width, width - 1)))


def blanked(slices):
    """Rolled; then the rows and columns are blanked that ``slices`` gives for a step."""

    def answer(images, dy, dx):
        result = np.roll(images, (dy, dx), (1, 2))
        result[:, slices(dy)] = 0
        result[:, :, slices(dx)] = 0
        return result

    return answer


def came_in(more):
    """What came in, and so many more."""
    return lambda step: slice(step + more) if step > 0 else slice(step - more, None) if step < 0 else slice(0)


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


def pushed(y, x, dy, dx):
    return (y + dy, x + dx), (y, x)


def pulled(y, x, dy, dx):
    return (y, x), (y - dy, x - dx)


def by_elif(images, dy, dx):
    return moved(np.roll(images, dx, 2), [dy], [1]) if dy else moved(images, [dx], [2])


STAYS = "The pixels of each image stay where they are: nothing is turned or mirrored."
HEAD = "Top and bottom are exchanged: each image stands on its head."
HALF = "Each image makes half a turn"
SWAPPED = "Rows and columns are exchanged: each image is mirrored along its diagonal."
WRAPS = "What leaves on one side comes back on the other, as with np.roll"
SAME = "clockwise plays no part in your answer."
STACK = "You turned the stack, not the images"
FAR = "That is so where nothing of the image is left"


def first_alone(images):
    return np.concatenate([images[:1, :, ::-1], images[1:]])


FLIPS = [
    (first_alone, "Hint: Only the first image is right; the others are as they came."),
    (lambda images: images[::-1], f"Two things. {STAYS} The images are in reverse order."),
    (lambda images: images[:, ::-1, ::-1], HALF),
    (lambda images: images[::-1, :, ::-1], "Hint: The images are in reverse order."),
    (lambda images: images.swapaxes(1, 2), SWAPPED),
    (lambda images: images.T, "You reversed the order of the axes, as .T does"),
    (lambda images: images, STAYS),
    (lambda images: images[0][:, ::-1], "Only the first of all comes back"),
    (lambda images: images[-1][:, ::-1], "Only the last of all comes back"),
    (empty(slice(1, None)), "Only the first is filled, the others are empty (images)."),
    (empty((slice(None), slice(None), -1)), "The last place stays empty (columns)."),
    (empty((slice(None), slice(None), 0)), "The first place, 0, stays empty (columns)."),
    (copied_within(iter), "One half is the mirror of the other (columns)."),
    (copied_within(reversed), "One half is the mirror of the other (columns)."),
    (lambda images: np.roll(images[:, :, ::-1], 1, axis=2), "off by one (columns): everything stands one"),
    (lambda images: np.roll(images[:, :, ::-1], -1, axis=2), "everything stands one place too early"),
    (lambda images: images[:, :, :0:-1], "Hint: The last of the columns is missing."),
    (lambda images: images[:, :, -2::-1], "Hint: The first of the columns is missing."),
    (lambda images: np.flip(images, -2), f"Right for colour images. Not right for grey images. {HEAD}"),
    (
        lambda images: images[:, :, ::-1] if images.ndim == 3 else images[:, :, ::-1, ::-1],
        "Hint: The channels are in reverse order: blue comes before red.",
    ),
    (
        lambda images: images[:, :, ::-1] if images.ndim == 3 else images,
        f"Right for grey images. Not right for colour images. {STAYS}",
    ),
    (lambda images: images[:, :, ::-1].astype(int), "The fractions are cut off"),
    (lambda images: images[:, :, ::-1].astype(np.uint8), "a type of whole numbers that can't hold them all"),
    (lambda images: np.concatenate([images, images[:, :, ::-1]]), "something else stands before it, along axis 0"),
    (lambda images: np.moveaxis(images[:, :, ::-1], -1, 1) if images.ndim == 4 else images[:, :, ::-1],
     "Right for grey images. Not right for colour images. The channels have moved before"),
    (lambda images: 0 * images, "Your answer is 0 on every input."),
]  # fmt: skip
TURNS = [
    (turn(wrong_way, (0, 1)), f"Two things. {STACK}"),
    (turn(lambda clockwise: 1, (0, 1)), f"Two things. {STACK}"),
    (turn(lambda clockwise: 2, (0, 1)), f"Two things. {STACK}"),
    (turn(right_way, (0, 2)), "The images and the columns change places: these are the axes 0 and 2."),
    (
        turn(lambda clockwise: -1 if clockwise else 0),
        f"Right for clockwise=True. Not right for clockwise=False. {STAYS}",
    ),
    (
        turn(lambda clockwise: 0 if clockwise else 1),
        f"Right for clockwise=False. Not right for clockwise=True. {STAYS}",
    ),
    (turn(lambda clockwise: 0), f"{STAYS} {SAME}"),
    (lambda images, clockwise: images.swapaxes(1, 2), f"{SWAPPED} {SAME}"),
    (lambda images, clockwise: images[:, ::-1, ::-1].swapaxes(1, 2), "mirrored along its other diagonal"),
    (lambda images, clockwise: images.T, "You reversed the order of the axes, as .T does"),
    (lambda images, clockwise: np.array([image.T for image in images]), "The axes of each image are reversed"),
    (
        lambda images, clockwise: images.reshape(len(images), images.shape[2], images.shape[1], *images.shape[3:]),
        "All pixels are still in the order in which they were: a reshape",
    ),
    (
        lambda images, clockwise: images[:, :, ::-1] if clockwise else images[:, ::-1],
        "Not right for clockwise=True. Left and right are exchanged in each image, as in a mirror on the wall. Not "
        f"right for clockwise=False. {HEAD}",
    ),
    (lambda images, clockwise: images[:, ::-1], f"{HEAD} {SAME}"),
    (turn(wrong_way, (-2, -1)), "Two things. You turned the last two axes."),
    (lambda images, clockwise: quarter(images[:1], clockwise)[0], "Only the first of all comes back"),
    (
        lambda images, clockwise: images.swapaxes(1, 2) if clockwise else quarter(images, clockwise),
        f"Right for clockwise=False. Not right for clockwise=True. {SWAPPED}",
    ),
    (
        lambda images, clockwise: np.roll(quarter(images, clockwise), -1, axis=2 if clockwise else 1),
        "You are off by one (columns): everything stands one place too early.",
    ),
    (lambda images, clockwise: quarter(images, clockwise)[::-1], "Hint: The images are in reverse order."),
    (lambda images, clockwise: 0 * quarter(images, clockwise), "Your answer is 0 on every input."),
]
SHIFTS = [
    (lambda images, dy, dx: np.roll(images, (dy, dx), (1, 2)), f"Hint: {WRAPS} (rows, columns)."),
    (lambda images, dy, dx: np.roll(images, (dx, dy), (1, 2)), f"Two things. dy and dx are exchanged. {WRAPS}"),
    (lambda images, dy, dx: np.roll(images, (-dy, -dx), (1, 2)), f"move the wrong way, in both directions. {WRAPS}"),
    (lambda images, dy, dx: shift(images, dx, dy), "Hint: dy and dx are exchanged."),
    (lambda images, dy, dx: shift(images, -dy, -dx), "Hint: The images move the wrong way, in both directions."),
    (lambda images, dy, dx: shift(images, -dy, dx), "Hint: dy moves the wrong way."),
    (lambda images, dy, dx: shift(images, dy, -dx), "Hint: dx moves the wrong way."),
    (lambda images, dy, dx: shift(images, -dx, -dy), "dy and dx are exchanged. The images move the wrong way"),
    (lambda images, dy, dx: shift(images, abs(dy), abs(dx)), "Hint: The signs get lost"),
    (lambda images, dy, dx: shift(images, abs(dy), dx), "Hint: The sign of dy gets lost"),
    (lambda images, dy, dx: shift(images, dy, dx)[0], "Only the first of all comes back"),
    (lambda images, dy, dx: images if beyond(images, dy, dx) else shift(images, dy, dx), FAR),
    (never_beyond, FAR),
    (lambda images, dy, dx: shift(images, dy, 0), "Hint: dx plays no part in your answer."),
    (lambda images, dy, dx: shift(images, 0, dx), "Hint: dy plays no part in your answer."),
    (lambda images, dy, dx: np.roll(images, dy, 1), f"Two things. dx plays no part in your answer. {WRAPS} (rows)."),
    (lambda images, dy, dx: images, "Hint: Nothing moves."),
    (lambda images, dy, dx: shift(images, dy, dx, "nearest"), "What comes in repeats the outermost pixels"),
    (lambda images, dy, dx: shift(images, dy, dx, "reflect"), "the image again, mirrored at its border"),
    (lambda images, dy, dx: shift(images, dy, dx, "mirror"), "the image again, mirrored at its outermost pixels"),
    (lambda images, dy, dx: shift(images - 255.5, dy, dx) + 255.5, "Hint: What comes in is 255.5."),
    (left_behind, "Hint: Where nothing of an image is, the pixels are as they were before."),
    (lambda images, dy, dx: moved(images, (dy, dx), (0, 1)), "dy moves along the images (axis 0). dx moves along the"),
    (lambda images, dy, dx: np.roll(images, (dy, dx), (0, 1)), f"dx moves along the rows (axis 1). {WRAPS} (images"),
    (lambda images, dy, dx: moved(images, (dy, dx), (-2, -1)), "Right for grey images. Not right for colour images."),
    (lambda images, dy, dx: np.roll(images, (dy, dx), (-2, -1)), f"{WRAPS} (columns, channels)"),
    (lambda images, dy, dx: np.roll(images, (dy, dx), None), "The pixels move along one long row"),
    (lambda images, dy, dx: np.roll(images, (-dy, dx), (1, 2)), f"Two things. dy moves the wrong way. {WRAPS}"),
    (lambda images, dy, dx: np.roll(moved(images, [dy], [1]), dx, 2), f"Hint: {WRAPS} (columns)."),
    (looped(pushed, lambda to, origin, size: to < size), "at the bottom, on the right alone; elsewhere it is right."),
    (looped(pulled, lambda to, origin, size: origin < size), "at the top, on the left alone; elsewhere it is right."),
    (looped(pulled, lambda to, origin, size: 0 < origin < size), "What stands at the first place, 0, never arrives"),
    (looped(pulled, lambda to, origin, size: 0 < to and 0 <= origin < size), "The first place, 0, stays empty"),
    (looped(pulled, lambda to, origin, size: 0 <= origin < size - 1), "What stands at the last place never arrives"),
    (looped(pulled, lambda to, origin, size: to < size - 1 and 0 <= origin < size), "The last place stays empty"),
    (blanked(lambda step: slice(step)), "you blank the wrong part: [:step] is then all but the last"),
    (blanked(lambda step: slice(max(step, 0))), "That is so at the bottom, on the right alone"),
    (blanked(came_in(-1)), "You blank one too few where something comes in"),
    (blanked(came_in(1)), "You blank one too many where something comes in"),
    (blanked(lambda step: slice(step) if step > 0 else slice(step, None)), "Where the step is 0 everything is blanked"),
    (by_elif, f"{WRAPS} (columns). That is so on some inputs, not on all."),
    (lambda images, dy, dx: images[:, max(-dy, 0) :, max(-dx, 0) :], "A piece of each image comes back"),
    (lambda images, dy, dx: shift(images, 2 * dy, 2 * dx), "Along the rows all moves by 2 * dy."),
    (lambda images, dy, dx: np.pad(images, [(0, 0), (1, 1), (1, 1), *[(0, 0)] * (images.ndim - 3)]),
     "Your answer has another size along some axes (rows, columns)."),
]  # fmt: skip
HELD_OUT = [
    (task_id, *pair) for task_id, pairs in (("12.1", FLIPS), ("12.2", TURNS), ("12.3", SHIFTS)) for pair in pairs
]


@pytest.mark.parametrize("task_id, answer, sentence", HELD_OUT)
def test_what_became_of_the_pixels_is_said(task_id, answer, sentence):
    for seed in (0, "ada"):
        verdict = judge(load(task_id).asks, direct(answer), seed)
        assert not verdict.right and len(verdict.hints) == 1
        assert sentence in f"Hint: {verdict.hints[0]}", verdict.hints


@pytest.mark.parametrize("task_id", ["12.1", "12.2", "12.3"])
def test_noise_gets_no_sentence_about_pixels(task_id):
    question = load(task_id).asks

    def shuffled(images, *others):
        right = np.asarray(question.reference(images, *others))
        return np.random.default_rng(right.size).permutation(right.ravel()).reshape(right.shape)

    assert judge(question, direct(shuffled)).hints == ()


CROP = Question(
    reference=lambda images, top, left: images[:, top : top + 1, left : left + 2],
    example=(np.arange(1, 13).reshape(1, 3, 4), 1, 2),
    inputs=lambda random: (
        (images, images.shape[1] - 1 - k % 2, images.shape[2] - 2)
        for k, images in enumerate(batches(random))
        if images.shape[1] > 1 and images.shape[2] > 2
    ),
    moves="images",
)


@pytest.mark.parametrize("answer, hint", [
    (lambda images, top, left: images[:, top : top + 1, :2], "left plays no part in your answer."),
    (lambda images, top, left: images[:, top : top + 1, left : left + 1], "The last of the columns is missing."),
    (lambda images, top, left: images[:, top : top + 1, 1 - left : 3 - left], ""),
])  # fmt: skip
def test_a_question_about_crops_is_read_without_a_list(answer, hint):
    hints = judge(CROP, direct(answer)).hints
    assert hints == (hint,) if hint else not any("half" in said for said in hints)


def test_images_that_are_none_of_the_arguments_are_refused():
    with pytest.raises(ValueError, match="moves = 'pixels' is none of the arguments: images"):
        Question(reference=lambda images: images, moves="pixels")
