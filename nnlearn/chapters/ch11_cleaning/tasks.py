"""The tasks of chapter 11; those on the median and on whose mean it was are beside this file."""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.chapters.ch11_cleaning.median_task import MEDIAN3
from nnlearn.chapters.ch11_cleaning.whose_task import ROWS, TRAIN, WHOSE, both
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 11.1 ------------------------------------------------------------------------------------------------------------


def standardise(train, rows, *, known=lambda train, rows: train, spread=np.std, axis=0,
                usable=lambda deviation: np.where(deviation == 0, 1.0, deviation)):  # fmt: skip
    """The right answer: the training rows' mean and deviation, for all rows; a constant column is only centred."""
    seen = known(train, rows)
    mean = np.mean(seen, axis=axis)
    deviation = spread(seen, axis=axis)
    scale = usable(deviation)
    return (rows - mean) / scale


def tables(random):
    """Columns of different units, some constant in the training rows; one row; as many rows as columns."""
    for n, count, features in [(5, 3, 2), (4, 1, 3), (3, 3, 3), (6, 4, 1), (8, 2, 4), (2, 5, 2)]:
        units = 10.0 ** random.integers(-2, 3, features)
        train = (units * random.normal(2, 1, (n, features))).round(4)
        yield train, (units * random.normal(3, 1, (count, features))).round(4)
        if features > 1:
            constant = train.copy()
            constant[:, -1] = random.integers(1, 90)  # whole, so that its deviation is 0 without rounding
            yield constant, (units * random.normal(3, 1, (count, features))).round(4)


SAME = np.array([[1.0, 30.0], [4.0, 30.0], [2.5, 30.0]])

STANDARDISE = Task(
    id="11.1", title=mark("Mend the standardisation"),
    text=mark("train, shape (n, d), holds the training rows, rows, shape (m, d), others that come later. Write "
              "standardise(train, rows): rows as the model needs them that learned from the standardised training "
              "rows. The deviation is the root of the mean square, as np.std gives it. A column whose deviation is 0 "
              "is only centred. There may be one row alone."),
    asks=Question(
        points=2, reference=standardise, inputs=tables, example=(TRAIN, ROWS),
        witnesses=(
            (TRAIN, ROWS[:1]), (SAME, ROWS), (SAME, ROWS[1:2]), (TRAIN[:2], ROWS[:2]), (TRAIN, TRAIN[:3] + 1),
            (np.array([[2, 5], [4, 5], [9, 6]]), np.array([[3, 5], [7, 8]])),
            (SAME[:, ::-1], ROWS), (0.01 * TRAIN, 0.01 * ROWS),
        ),
        advice={
            mark("Training rows [1], [3] have mean 2 and deviation 1: a row [5] becomes [3], alone and in any "
                 "company."): (np.array([[1.0], [3.0]]), np.array([[5.0]])),
            mark("Training rows [4], [4] have deviation 0: a row [6] becomes [2]."):
                (np.array([[4.0], [4.0]]), np.array([[6.0]])),
        },
        made_of=lambda train, rows: {"train": train, "rows": rows},
        slots={
            "known": {
                lambda train, rows: rows: mark("You take mean and deviation of the rows themselves. One row alone "
                                               "becomes 0 then, whatever it says."),
                both: mark("You take mean and deviation of both together. What a row becomes would hang on which "
                           "others come with it."),
            },
            "spread": {
                np.var: mark("You divide by the variance. The deviation is its root."),
                lambda seen, axis: np.std(seen, axis=axis, ddof=1): mark(
                    "Your deviation divides by n - 1, as pandas' std does. np.std divides by n, and so do "
                    "scikit-learn and Keras."),
                np.ptp: mark("You divide by the range, largest less smallest: that is another scaling."),
                lambda seen, axis: np.sqrt(np.mean(seen**2, axis=axis)): mark(
                    "You take the root of the mean square of the numbers themselves. First their mean must go off."),
            },
            "axis": {
                1: mark("You take each row's mean. The columns have different units: each needs its own."),
                None: mark("You take one mean and one deviation for all columns. Each has its own unit."),
            },
            "usable": {
                lambda deviation: deviation + 1e-8: mark(
                    "You keep the deviation above 0 by a small number. A column that was constant in training "
                    "becomes millions as soon as a row differs."),
                lambda deviation: deviation + 1: mark("You add 1 to every deviation. Only one that is 0 must become "
                                                      "1."),
                lambda deviation: np.maximum(deviation, 1): mark("You make every deviation at least 1. Only one that "
                                                                 "is 0 must become 1."),
                lambda deviation: np.where(deviation == 0, np.inf, deviation): mark(
                    "You make a constant column 0. It should only be centred: a row that differs stays different."),
            },
        },
        misconceptions=(
            Misconception(mark("You give back the training rows. The other rows are asked for."),
                          lambda train, rows: standardise(train, train)),
            Misconception(mark("You centre with the training rows, but scale by the deviation of the rows "
                               "themselves."),
                          lambda train, rows: (rows - train.mean(axis=0))
                          / np.where(rows.std(axis=0) == 0, 1, rows.std(axis=0))),
            Misconception(mark("You leave a constant column as it was. Its mean goes off like the others'."),
                          lambda train, rows: np.where(train.std(axis=0) == 0, rows, standardise(train, rows))),
            Misconception(mark("You go back: this makes rows of standardised ones."),
                          lambda train, rows: rows * train.std(axis=0) + train.mean(axis=0)),
        ),
    ),
)  # fmt: skip

# --- 11.2 ------------------------------------------------------------------------------------------------------------


def impute(train, rows, *, known=lambda train, rows: train, middle=np.median, missing=np.isnan):
    """The right answer: column by column, the median of what the training rows have there."""
    filled = np.array(rows, float)
    for column in range(rows.shape[1]):
        seen = known(train, rows)[:, column]
        there = seen[~np.isnan(seen)]
        gap = missing(filled[:, column])
        filled[gap, column] = middle(there)
    return filled


def from_the_row(train, rows):
    """The median of what stands beside it."""
    filled = np.array(rows, float)
    for row in filled:
        there = row[~np.isnan(row)]
        row[np.isnan(row)] = np.median(there) if len(there) else 0
    return filled


def complete(train):
    """The rows without a gap; all if there is none."""
    there = ~np.isnan(train).any(axis=1)
    return train[there] if there.any() else train


def gappy(random):
    """Gaps in both; zeros that were measured; rows without a gap, and one that has nothing else."""
    for n, count, features in [(5, 3, 2), (4, 4, 3), (7, 2, 1), (6, 1, 3), (8, 5, 2)]:
        train = random.normal(2, 3, (n, features)).round(2)
        rows = random.normal(5, 3, (count, features)).round(2)
        train[random.integers(n), random.integers(features)] = np.nan
        rows[random.integers(count)] = np.nan
        rows[0, 0] = 0 if count > 1 else np.nan
        yield train, rows


GAPS = np.array([[1.0, np.nan], [2.0, 40.0], [9.0, 10.0], [np.nan, 5.0], [0.0, 30.0]])
HOLES = np.array([[np.nan, 7.0], [6.0, np.nan], [0.0, 60.0], [8.0, np.nan]])

IMPUTE = Task(
    id="11.2", title=mark("Fill in the gaps"),
    text=mark("Where a number is missing stands NaN. train, shape (n, d), are the training rows, rows, shape (m, d), "
              "others; both may have gaps. Write impute(train, rows): rows in which each gap holds the median of what "
              "the training rows have in that column. Numbers that are there stay, and so do train and rows "
              "themselves."),
    asks=Question(
        points=2, reference=impute, inputs=gappy, example=(GAPS, HOLES),
        witnesses=((GAPS, HOLES[1:2]), (GAPS, np.array([[np.nan, np.nan]])), (GAPS[:4], HOLES),
                   (HOLES, GAPS), (GAPS, np.array([[3.0, 4.0], [0.0, 0.0]])),
                   (np.array([[1.0], [1.0], [1.0], [2.0], [9.0]]), np.array([[np.nan], [4.0]]))),
        advice={
            mark("Training rows [1], [2], [9] have the median 2: a gap in rows becomes 2, whatever else stands "
                 "there."): (np.array([[1.0], [2.0], [9.0]]), np.array([[np.nan], [7.0], [8.0]])),
            mark("A 0 that stands in rows is a number, and stays."):
                (np.array([[1.0], [2.0], [9.0]]), np.array([[0.0], [7.0], [np.nan]])),
        },
        made_of=lambda train, rows: {"train": train, "rows": rows},
        slots={
            "known": {
                lambda train, rows: rows if not np.isnan(rows).all(axis=0).any() else both(train, rows): mark(
                    "You take the middle of the rows themselves. What a gap becomes would hang on which rows come "
                    "with it, and of one row alone there is none."),
                both: mark("You take the middle of both together. What a gap becomes would hang on which rows come "
                           "with it, and a test would look at itself."),
            },
            "middle": {
                np.mean: mark("This is the mean. The median is asked for: one large number moves the mean."),
                lambda there: np.sort(there)[len(there) // 2]: mark(
                    "Of an even count you take the upper of the two in the middle. The median lies half-way."),
                lambda there: np.sort(there)[(len(there) - 1) // 2]: mark(
                    "Of an even count you take the lower of the two in the middle. The median lies half-way."),
                lambda there: there[len(there) // 2]: mark("You take the number in the middle of the column as it "
                                                           "stands. It must be sorted first."),
                lambda there: np.median(np.unique(there)): mark(
                    "You count a number that comes several times only once. Each counts as often as it comes."),
                lambda there: 0.0: mark("You fill in 0. In most units 0 is a measurement, and an unusual one."),
                np.min: mark("You fill in the smallest number."), np.max: mark("You fill in the largest number."),
            },
            "missing": {
                lambda numbers: np.isnan(numbers) | (numbers == 0): mark(
                    "You fill in zeros, too. A 0 that was measured is no gap."),
            },
        },
        misconceptions=(
            Misconception(mark("You take the median of the row. Its columns are different things in different units."),
                          from_the_row),
            Misconception(mark("You take gaps for 0 when you look for the median: it moves towards 0."),
                          lambda train, rows: impute(np.nan_to_num(train), rows)),
            Misconception(mark("You look at the complete training rows alone. Each column's median is of all that is "
                               "there."),
                          lambda train, rows: impute(complete(train), rows)),
            Misconception(mark("np.median of a column with a gap is NaN, and so the gaps remain. Leave out what is "
                               "missing first, or take np.nanmedian."),
                          lambda train, rows: np.where(np.isnan(rows), np.median(train, axis=0), rows)),
            Misconception(mark("The gaps are still there."), lambda train, rows: rows.copy()),
            Misconception(mark("You replace every number of the column, not the gaps alone."),
                          lambda train, rows: np.tile(np.nanmedian(train, axis=0), (len(rows), 1))),
            Misconception(mark("You fill all gaps with one number. Each column has its own median."),
                          lambda train, rows: np.where(np.isnan(rows), np.nanmedian(train), rows)),
            Misconception(mark("You leave out the rows with gaps: there must be as many as came."),
                          lambda train, rows: rows[~np.isnan(rows).any(axis=1)]),
        ),
    ),
)  # fmt: skip

# --- 11.4 ------------------------------------------------------------------------------------------------------------


def helps_from(blur, weights, *, left=lambda weights: np.sum(weights**2), root=np.sqrt,
               taken=lambda left: 1 - left):  # fmt: skip
    """The right answer: sigma^2 = blur + sigma^2 times the sum of squared weights, solved for sigma."""
    share = left(weights)
    gain = taken(share)
    return root(blur / gain)


def windows(random):
    """Weights that sum to 1: even ones, uneven ones, rows and squares, with a negative one."""
    for shape in [(3,), (5,), (2, 2), (3, 3), (1, 7), (5, 5)]:
        weights = random.uniform(0.2, 2, shape)
        yield round(float(random.uniform(0.5, 300)), 2), (weights / weights.sum()).round(6)
    yield 40.0, np.full((5, 5), 1 / 25)
    sharp = np.array([-0.1, 0.25, 0.7, 0.25, -0.1])
    yield 9.0, sharp


HELPS_FROM = Task(
    id="11.4", title=mark("When any filter begins to help"),
    text=mark("A filter makes each pixel a sum of those around it, times weights that sum to 1. On the clean picture "
              "it makes a mean squared error `blur`. Then noise is added: in each pixel another number, independent, "
              "of mean 0 and deviation sigma. Write helps_from(blur, weights): the sigma from which the filtered noisy "
              "picture is nearer to the clean one than the noisy picture is. weights is an array of any shape."),
    asks=Question(
        points=2, reference=helps_from, inputs=windows, example=(12.0, np.array([0.2, 0.5, 0.3])),
        witnesses=((30.0, np.array([[0.1, 0.2], [0.4, 0.3]])), (5.0, np.full((3, 3), 1 / 9)), (0.0, np.full(4, 0.25)),
                   (100.0, np.array([0.05, 0.9, 0.05]))),
        advice=mark("Two pixels, weights 1/2 each: of the noise's variance half is left. With blur 8 it helps from a "
                    "variance of 16, sigma 4, on."),
        made_of=lambda blur, weights: {"blur": blur, "weights": weights},
        slots={
            "left": {
                lambda weights: np.sum(weights) / weights.size: mark(
                    "You share the noise out evenly, 1/n. That is so for a mean; uneven weights leave more."),
                lambda weights: np.max(weights): mark("You take the largest weight. Of the variance each weight "
                                                      "leaves its square."),
                lambda weights: np.max(weights) ** 2: mark("You take the largest weight's square. All weights leave "
                                                           "something."),
                lambda weights: np.sqrt(np.sum(weights**2)): mark(
                    "You take off what is left of the deviation. Squared errors add, so it is the variance that "
                    "counts."),
                lambda weights: np.mean(weights**2): mark("You take the mean of the squared weights. Variances of "
                                                          "independent parts add."),
                lambda weights: 1 / np.sqrt(weights.size): mark(
                    "1 over the root of n is what is left of the deviation, and for even weights. Squared errors "
                    "add."),
            },
            "root": {lambda variance: variance: mark("This is the variance. sigma is its root.")},
            "taken": {
                lambda left: left: mark("You divide by what is left of the noise. What is *taken* must outweigh the "
                                        "blur."),
                lambda left: 1 + left: mark("What is left of the noise stands on the filtered side, with the blur: it "
                                            "goes over to the other side with a minus."),
                lambda left: (1 - left) ** 2: mark("You square what is taken, or take the root of the blur alone. "
                                                          "Blur and variance stand under one root."),
            },
        },
        misconceptions=(
            Misconception(mark("You let the filter take all of the noise. A part is left."),
                          lambda blur, weights: np.sqrt(blur)),
            Misconception(mark("You multiply by what is taken. The less the filter takes, the more noise there must "
                               "be."),
                          lambda blur, weights: np.sqrt(blur * (1 - np.sum(weights**2)))),
        ),
    ),
)  # fmt: skip

# --- 11.6 ------------------------------------------------------------------------------------------------------------


def noisy_psnr(image, share, *, black=lambda grey: grey**2, white=lambda grey: (255 - grey) ** 2,
               logarithm=np.log10, halves=2, peak=lambda grey: 255.0,
               exact=lambda image: np.asarray(image, float)):  # fmt: skip
    """The right answer: of the pixels that turn, half turn black and half white."""
    grey = exact(image)
    turned = np.mean(black(grey) + white(grey)) / halves
    error = share * turned
    return 10 * logarithm(peak(grey) ** 2 / error)


def of_two_logarithms(image, share):
    """The mean of the decibels of black pixels and white ones."""
    both = [noisy_psnr(image, share, **{side: lambda grey: 0.0}, halves=1) for side in ("black", "white")]
    return np.mean(both)


def greys(random):
    """Bytes and real numbers, dark pictures and bright ones."""
    for low, high, share in [(0, 256, 0.05), (0, 60, 0.3), (190, 256, 0.02), (100, 160, 0.5), (0, 256, 1.0)]:
        image = random.integers(low, high, tuple(random.integers(2, 6, 2)))
        yield image.astype(np.uint8), share
        yield image.astype(float), round(share * random.uniform(0.5, 1), 3)


SQUARE = np.array([[10, 200, 90], [30, 250, 120]], np.uint8)
NOISY_PSNR = Task(
    id="11.6", title=mark("How noisy will it be?"),
    text=mark("image, shape (height, width), holds grey levels from 0 to 255, as bytes (np.uint8) or as real numbers. "
              "Each pixel turns with probability `share`, above 0; half of those that turn become 0, half 255. Write "
              "noisy_psnr(image, share): the PSNR in decibels that belongs to the mean squared error to be expected, "
              "with a peak of 255."),
    asks=Question(
        points=2, reference=noisy_psnr, inputs=greys, example=(SQUARE.astype(float), 0.1),
        witnesses=((SQUARE, 0.1), (SQUARE[:, :1], 0.3), (np.full((2, 2), 255.0), 0.2), (np.full((2, 2), 20.0), 0.5),
                   (np.full((1, 1), 17, np.uint8), 1.0)),
        advice={
            mark("A black picture of which 20% turn: half of those stay black, half become white. The mean squared "
                 "error is 0.1 * 255^2, so 10 dB."): (np.zeros((2, 2)), 0.2),
            mark("Bytes count from 0 to 255 and begin again at 0: 20^2 is 144 in np.uint8."):
                (np.full((2, 2), 20, np.uint8), 0.2),
        },
        made_of=lambda image, share: {"image": image.astype(float), "share": share},
        slots={
            "black": {lambda grey: 0.0: mark("You leave out the pixels that turn black."),
                      lambda grey: grey: mark("You leave the distance to black as it is. The error is its square."),
                      lambda grey: np.mean(grey) ** 2: mark("You square a mean. Square each pixel's distance, then "
                                                            "take the mean.")},
            "white": {lambda grey: 0.0: mark("You leave out the pixels that turn white."),
                      lambda grey: 255.0**2: mark("You let each pixel that turns white be wrong by 255: so it is where "
                                                  "it was black."),
                      lambda grey: 255 - grey: mark("You leave the distance to white as it is. The error is its "
                                                    "square.")},
            "logarithm": {np.log: mark("You take the natural logarithm. Decibels count powers of ten."),
                          np.log2: mark("You take the logarithm to base 2. Decibels count powers of ten."),
                          lambda ratio: 2 * np.log10(ratio): mark(
                              "You take 20 times the logarithm. So it is of a ratio of amplitudes; this one is of "
                              "squares."),
                          lambda ratio: -np.log10(ratio): mark("You have the ratio upside down: less error is more "
                                                               "decibels."),
                          lambda ratio: np.log10(ratio) / 2: mark("You take the root of the mean squared error, "
                                                                  "beside the square of the peak.")},
            "peak": {lambda grey: float(np.max(grey)): mark("You take the picture's brightest pixel for the peak. The "
                                                            "peak is 255, what the scale holds.")},
            "halves": {1: mark("Each pixel that turns becomes black or white, not both: half of them each.")},
        },
        misconceptions=(
            Misconception(mark("With bytes your squares begin again at 0 after 255. Make the image real numbers "
                               "first."),
                          lambda *case, **choices: noisy_psnr(*case, exact=lambda image: image, **choices)),
            Misconception(mark("You leave out the peak: 255 squared stands above the error."),
                          lambda image, share: noisy_psnr(image, share) - 20 * np.log10(255)),
            Misconception(mark("You leave the share out: only so many pixels turn."),
                          lambda image, share: noisy_psnr(image, 1.0)),
            Misconception(mark("You square the share. Each pixel that turns counts once."),
                          lambda image, share: noisy_psnr(image, share**2)),
            Misconception(mark("You take the mean of what a pixel becomes, 127.5, and then its error. Square both "
                               "errors first, then take the mean."),
                          lambda image, share: 10 * np.log10(255**2 / share / np.mean((image - 127.5) ** 2))),
            Misconception(mark("You take the mean of two numbers of decibels. Take that of the squared errors first, "
                               "the logarithm last."),
                          of_two_logarithms),
        ),
    ),
)  # fmt: skip

TASKS = (STANDARDISE, IMPUTE, MEDIAN3, HELPS_FROM, WHOSE, NOISY_PSNR)
