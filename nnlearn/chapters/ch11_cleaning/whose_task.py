"""The task of chapter 11 that tells whose mean and deviation were used."""
# mypy: allow-untyped-defs

from functools import partial

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

TRAIN = np.array([[1.0, 30.0], [4.0, 10.0], [2.5, 70.0], [7.0, 25.0]])
ROWS = np.array([[3.0, 50.0], [9.0, 20.0], [5.0, 90.0]])


def both(train, rows):
    """All rows."""
    return np.concatenate([train, rows])


def whose(train, rows, seen, *, same=np.allclose, known=(lambda train, rows: train, both, lambda train, rows: rows),
          centre=np.mean, spread=np.std):  # fmt: skip
    """The right answer: the rows are standardised in each way, and compared with what was made of them."""
    for name, those in zip(("training", "all", "own"), known, strict=True):
        numbers = those(train, rows)
        made = (rows - centre(numbers, axis=0)) / spread(numbers, axis=0)
        if same(made, seen):
            return name
    return "none"


def made_by(train, rows, by):
    """The rows standardised by some rows, or by the training rows' mean and their own deviation."""
    numbers = {"training": train, "all": both(train, rows), "own": rows}.get(by, train)
    deviation = rows.std(axis=0) if by == "mixed" else numbers.std(axis=0)
    mean = rows.mean(axis=0) if by == "means" else numbers.mean(axis=0)
    return (rows - mean) / deviation


def prepared(random):
    """Each way at least twice; more rows than training rows; rows whose mean is the training rows'."""
    for by in ("training", "all", "own", "mixed", "means", "training", "all", "own"):
        n, count, features = (int(each) for each in random.integers([4, 3, 1], [9, 12, 4]))
        train = random.normal(3, 2, (n, features)).round(3)
        rows = random.normal(4, 3, (count, features)).round(3)
        yield train, rows, made_by(train, rows, by)


AROUND = np.array([[2.0, 40.0], [5.25, 27.5]])  # their mean is that of the training rows
WHOSE = Task(
    id="11.5", title=mark("Whose mean was it?"),
    text=mark("Somebody standardised rows, shape (m, d), and handed over seen, the result. train, shape (n, d), are "
              "the training rows. Write whose(train, rows, seen): the rows whose mean and deviation were used, "
              "'training', 'all' (training rows and rows together), 'own' (rows), or 'none' of these. No deviation is "
              "0; numbers may differ by rounding."),
    asks=Question(
        points=2, reference=whose, inputs=prepared, example=(TRAIN, ROWS, made_by(TRAIN, ROWS, "training")),
        witnesses=(
            *((TRAIN, ROWS, made_by(TRAIN, ROWS, by)) for by in ("all", "own", "mixed", "means")),
            *((TRAIN, AROUND, made_by(TRAIN, AROUND, by)) for by in ("training", "all", "own", "mixed")),
            *((TRAIN, TRAIN + 1, made_by(TRAIN, TRAIN + 1, by)) for by in ("training", "own", "all")),
            *((TRAIN, ROWS, (1 + 1e-14) * made_by(TRAIN, ROWS, by)) for by in ("training", "all", "own")),
            (TRAIN, ROWS, ROWS), (TRAIN, ROWS, made_by(TRAIN, ROWS, "training") + [0, 1]),
            (TRAIN, ROWS, made_by(TRAIN, ROWS, "training") + [[0], [1], [0]]),
            (TRAIN, ROWS, made_by(TRAIN, ROWS, "own") + [[1], [-1], [0]]),
            (TRAIN, ROWS, made_by(TRAIN, ROWS, "own") * [1, 2]), (TRAIN, ROWS, made_by(TRAIN, ROWS, "own")[::-1]),
        ),
        advice={
            mark("Standardise the rows yourself in each of the three ways, and compare all numbers."):
                (TRAIN, ROWS, made_by(TRAIN, ROWS, "all")),
            mark("Rows whose mean happens to be that of the training rows have mean 0 afterwards, though their own "
                 "deviation was not used."): (TRAIN, AROUND, made_by(TRAIN, AROUND, "training")),
            mark("The mean of one and the deviation of another is 'none'."):
                (TRAIN, ROWS, made_by(TRAIN, ROWS, "mixed")),
        },
        slots={
            "spread": {
                partial(np.std, ddof=1): mark("You divide by n - 1, as PyTorch and pandas do: then hardly anything "
                                              "fits. np.std divides by n."),
            },
            "same": {
                lambda a, b: np.allclose(a.mean(axis=0), b.mean(axis=0)): mark(
                    "You compare the means alone. Rows with the same mean can differ."),
                lambda a, b: np.allclose(a[0], b[0]): mark("You compare the first row alone."),
                np.array_equal: mark("You ask for equality to the last digit. The same numbers, computed in another "
                                     "order, differ there: np.allclose lets them."),
                lambda a, b: np.allclose(a[:, 0], b[:, 0]): mark("You compare the first column alone."),
                lambda a, b: bool(np.isclose(a, b).any()): mark("You are content with one number that agrees. All "
                                                                "must."),
                lambda a, b: np.allclose(a.std(axis=0), b.std(axis=0)): mark(
                    "You compare the deviations alone. Rows that are moved have the same."),
            },
        },
        misconceptions=(
            Misconception(mark("You say 'own' of all whose mean is 0. The deviation must be 1, too, and each number "
                               "must fit."),
                          lambda train, rows, seen: "own" if np.allclose(seen.mean(axis=0), 0)
                          else whose(train, rows, seen)),
            Misconception(mark("You say 'own' of all whose mean is 0 and whose deviation is 1. Each number must fit."),
                          lambda train, rows, seen: "own" if np.allclose(seen.mean(axis=0), 0)
                          and np.allclose(seen.std(axis=0), 1) else whose(train, rows, seen)),
            Misconception(mark("You never say 'none': what isn't the one needn't be the other."),
                          lambda train, rows, seen: whose(train, rows, seen).replace("none", "training")),
            Misconception(mark("You never say 'none': what isn't the one needn't be the other."),
                          lambda train, rows, seen: whose(train, rows, seen).replace("none", "all")),
            Misconception(mark("You never say 'none': what isn't the one needn't be the other."),
                          lambda train, rows, seen: whose(train, rows, seen).replace("none", "own")),
        ),
    ),
)  # fmt: skip
