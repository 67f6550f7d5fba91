"""The task of chapter 11 on the median of 3 x 3 pixels."""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark


def median3(image, *, beyond="edge", middle=np.median, seen=lambda window: window):
    """The right answer: each pixel becomes the fifth of the nine around it."""
    height, width = image.shape
    padded = np.pad(image, 1, mode=beyond)
    result = np.zeros((height, width))
    for y in range(height):
        for x in range(width):
            window = padded[y : y + 3, x : x + 3]
            result[y, x] = middle(seen(window))
    return result


def in_place(image):
    """Reads what it has written."""
    result = np.array(image, float)
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            result[y, x] = np.median(np.pad(result, 1, mode="edge")[y : y + 3, x : x + 3])
    return result


def of_medians(image, axis):
    """The median of medians: first along one axis, then along the other."""
    padded = np.pad(image, 1, mode="edge")
    for way in (axis, 1 - axis):
        parts = [padded[step : len(padded) - 2 + step] if way == 0 else padded[:, step : padded.shape[1] - 2 + step]
                 for step in range(3)]  # fmt: skip
        padded = np.median(parts, axis=0)
    return padded


def inner_alone(image):
    """The border stays."""
    result = np.array(image, float)
    result[1:-1, 1:-1] = median3(image)[1:-1, 1:-1]
    return result


def pictures(random):
    """Squares and stripes, with specks; one row, one pixel; whole numbers."""
    for shape in [(4, 5), (3, 3), (1, 6), (5, 2), (1, 1), (6, 6)]:
        image = random.normal(5, 2, shape).round(2)
        image[random.random(shape) < 0.2] = 20
        yield (image,)
    yield (random.permutation(20).reshape(4, 5),)


PICTURE = np.array([[1.0, 4, 2, 9, 3], [7, 30, 5, 6, 8], [2.5, 3.5, -20, 11, 10], [12, 6.5, 13, 4.5, 1.5]])
MEDIAN3 = Task(
    id="11.3", title=mark("Mend the median"),
    text=mark("Write median3(image): a picture, shape (height, width), after the median filter of 3 x 3 pixels. "
              "Beyond its border the picture goes on with its outermost pixels. The result has the picture's shape; "
              "the picture itself stays as it is."),
    asks=Question(
        points=2, reference=median3, inputs=pictures, example=(PICTURE,),
        witnesses=((PICTURE[:3, :3],), (PICTURE[:1],), (PICTURE[:, :2],), (PICTURE.T,), (PICTURE[::-1] - 15,),
                   (np.arange(12).reshape(3, 4) ** 2 % 13,)),
        advice={
            mark("A speck of 9 in zeros goes: no window holds more than one. A whole column of nines goes as well, "
                 "two columns stay."): (np.array([[0.0, 9, 0, 0], [0, 9, 0, 0], [0, 9, 0, 0]]),),
            mark("[[1, 2, 9]] is one row: beyond it the same numbers stand above and below, so it becomes "
                 "[[1, 2, 9]]."): (np.array([[1.0, 2, 9]]),),
        },
        made_of=lambda image: {"image": image},
        slots={
            "beyond": {
                "constant": mark("You put zeros beyond the border: bright corners get dark. The outermost pixels go "
                                 "on."),
                "reflect": mark("You mirror the picture at the middle of its outermost pixels (NumPy's 'reflect'): "
                                "these are left out. They go on themselves (NumPy's 'edge')."),
                "wrap": mark("Beyond the border you take the other side of the picture."),
            },
            "middle": {
                np.mean: mark("This is the mean of the window. A speck is spread by it, not removed."),
                lambda window: np.sort(np.ravel(window))[len(np.ravel(window)) // 2 - 1]: mark(
                    "You take the fourth of the nine. Sorted and counted from 0 the middle is number 4."),
                lambda window: np.sort(np.ravel(window))[len(np.ravel(window)) // 2 + 1]: mark(
                    "You take the sixth of the nine. Sorted and counted from 0 the middle is number 4."),
                lambda window: np.ravel(window)[len(np.ravel(window)) // 2]: mark(
                    "You take the pixel in the middle of the window, which was there before. Sort first."),
                np.max: mark("You take the largest of the window."), np.min: mark("You take the smallest."),
            },
            "seen": {
                lambda window: window[[0, 1, 1, 1, 2], [1, 0, 1, 2, 1]]: mark(
                    "You look at a plus of five pixels. The window has nine."),
                lambda window: np.delete(np.ravel(window), 4): mark(
                    "You leave out the pixel itself: eight numbers are left. It counts like the others."),
                lambda window: window[:2, :2]: mark("Your windows have two rows and two columns. A slice ends before "
                                                    "its second number."),
                lambda window: window[1]: mark("You look along the row alone."),
                lambda window: window[:, 1]: mark("You look along the column alone."),
            },
        },
        misconceptions=(
            Misconception(mark("You write into the picture that you read from: later windows hold medians already."),
                          in_place),
            Misconception(mark("You take the median of medians: first along the rows, then along the columns. For the "
                               "mean that is the same; the fifth of nine it isn't."),
                          lambda image: of_medians(image, 1)),
            Misconception(mark("You take the median of medians: first along the columns, then along the rows. For the "
                               "mean that is the same; the fifth of nine it isn't."),
                          lambda image: of_medians(image, 0)),
            Misconception(mark("You leave the border as it was. It has windows, too, with the outermost pixels beyond "
                               "it."), inner_alone),
            Misconception(mark("You give back only the pixels whose windows lie inside: the picture gets smaller."),
                          lambda image: median3(image)[1:-1, 1:-1]),
        ),
    ),
)  # fmt: skip
