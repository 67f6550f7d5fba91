"""The errata of chapter 12: each fault, made again, shows what the table says; mended, it is right."""

import re

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

import nnlearn as nn
from nnlearn.data.augment import RandomFlip, RandomRotation, flip_horizontal, flip_vertical, rotate
from nnlearn.syllabus import errata

F = np.array([[1, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0]])
COUNTER_CLOCKWISE = np.array([[1, 0, 0, 0], [1, 0, 1, 0], [1, 1, 1, 1]])  # the stem lies below, the top on the left
CLOCKWISE = np.array([[1, 1, 1, 1], [0, 1, 0, 1], [0, 0, 0, 1]])


def shows(name):
    """What running the fault shows, by the table."""
    return next(row["shows"] for row in errata("12").rows if row["id"] == name)


def test_c06():
    with pytest.raises(ValueError, match=re.escape("Axes must be different")) as error:
        np.rot90([1, 2, 3])
    assert shows("C06") == f"{error.typename}: Axes must be different"

    np.testing.assert_array_equal(np.flip([1, 2, 3]), [3, 2, 1])
    np.testing.assert_array_equal(np.rot90(F), COUNTER_CLOCKWISE)
    for change in (flip_horizontal, lambda images: rotate(images, 90)):
        with pytest.raises(ValueError, match=re.escape("images has shape (3,); it must be (n, height, width)")):
            change([1, 2, 3])


def test_c07():
    assert shows("C07") == "k=1 turns counter-clockwise"
    np.testing.assert_array_equal(np.rot90(F, k=1), COUNTER_CLOCKWISE)
    np.testing.assert_array_equal(np.rot90(F, k=-1), CLOCKWISE)

    image = F[np.newaxis]
    np.testing.assert_array_equal(rotate(image, 90)[0], COUNTER_CLOCKWISE)
    np.testing.assert_array_equal(rotate(image, -90)[0], CLOCKWISE)
    for k in range(4):  # no turn gives what a flip gives
        for flip in (flip_horizontal, flip_vertical):
            assert not np.array_equal(rotate(image, 90 * k), flip(image))


def test_k12():
    d = nn.data.digits()
    model = KNeighborsClassifier(n_neighbors=1).fit(d.X_train, d.y_train)
    sixes = d.X_test[d.y_test == 6]

    def seen(degrees):
        turned = rotate(sixes.reshape(-1, 8, 8), degrees)
        return np.bincount(model.predict(turned.reshape(-1, 64)), minlength=10) / len(sixes)

    assert shows("K12") == "a 6 turned by 180 degrees is a 9"
    assert seen(0)[6] > 0.95
    assert seen(180)[9] > 0.75 and seen(180)[6] == 0

    assert seen(15)[6] > 0.9
    for step, kept in ((RandomRotation(180), False), (RandomFlip(), False), (RandomRotation(15), True)):
        (digits,) = (judgement for judgement in step.labels if judgement.data == "Digits")
        assert digits.kept is kept
    assert "A 6 turned by 180 degrees is a 9" in str(RandomRotation(180).labels[1])
