"""The real data of the course: it comes with scikit-learn and is split and scaled the same way everywhere."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import Array, OneOf, true_or_false, whole_number
from nnlearn.data_checks import feature_matrix
from nnlearn.language import say

TEST_SHARE = 0.25

# Where each form begins in scikit-learn's digits: from there on the labels repeat the same sequence of about
# 130, which begins 0 1 2 3 4 5 6 7 8 9 three times over. (One form lacks its first 0.)
FORMS = (0, 130, 256, 386, 516, 646, 776, 906, 1029, 1157, 1287, 1415, 1545, 1667)
TEST_FORMS = 3


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set, split for training and testing.

    X_train, X_test: shape (n, features), float64. y_train, y_test: shape (n,); labels 0 to K - 1 (int64), or
    numbers (float64) for regression. feature_names; target_names: one per label, or one for regression.
    centre, scale: shape (features,); what the columns hold is (measured - centre) / scale.
    """

    name: str
    X_train: Array
    y_train: NDArray[Any]
    X_test: Array
    y_test: NDArray[Any]
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    centre: Array
    scale: Array

    def measured(self, X: ArrayLike) -> Array:
        """Rows of this data set in the units in which they were measured. TypeError or ValueError for others."""
        X = feature_matrix(X)
        if X.shape[1] != len(self.scale):
            message = say("X has {found} features; {data} has {needed}.",
                          found=X.shape[1], data=self.name, needed=len(self.scale))  # fmt: skip
            raise ValueError(message)
        return X * self.scale + self.centre

    def __repr__(self) -> str:
        rows = f"{len(self.X_train)} rows to train, {len(self.X_test)} to test"
        return f"Dataset({self.name}: {rows}, {len(self.scale)} features)"


def digits(split: str = "random", seed: int = 0, scaled: bool = True) -> Dataset:
    """1,797 handwritten digits of 8 x 8 pixels, labels 0 to 9.

    Pixels are whole numbers from 0 to 16, divided by 16 unless ``scaled`` is false. ``X.reshape(-1, 8, 8)``
    gives images.

    split: "random" tests on a random quarter of each class. "writer" tests on 3 of 14 forms, chosen by
    ``seed``: about a fifth of the images, by writers that the model has (as far as is known) not seen. That
    is what a model meets in use, and it scores a few per cent less there.

    What is known of the writers: the images are the test set of the UCI data set "Optical Recognition of
    Handwritten Digits", whose documentation says that 13 people wrote it, but not who wrote which image.
    Their labels repeat one sequence of about 130 digits 14 times; each repetition is taken for a form that
    one person filled in. If so, some writer filled in two, and may be on both sides of the split.

    Raises ValueError for another split, ValueError or TypeError for a seed that is no whole number from 0.
    """
    from sklearn.datasets import load_digits

    OneOf("random", "writer")("split", split)
    true_or_false("scaled", scaled)
    source = load_digits()
    n = len(source.target)
    train, test = random_split(n, seed, source.target) if split == "random" else form_split(n, seed)
    scale = np.full(64, 16.0 if scaled else 1.0)
    return dataset("digits", source, train, test, np.zeros(64), scale, source.target_names)


def breast_cancer(seed: int = 0, scaled: bool = True) -> Dataset:
    """569 breast tumours, 30 measurements each; label 0 malignant, 1 benign."""
    from sklearn.datasets import load_breast_cancer

    source = load_breast_cancer()
    return classification("breast cancer", source, seed, scaled)


def wine(seed: int = 0, scaled: bool = True) -> Dataset:
    """178 wines of three growers, 13 chemical measurements each; labels 0 to 2, the grower."""
    from sklearn.datasets import load_wine

    return classification("wine", load_wine(), seed, scaled)


def diabetes(seed: int = 0, scaled: bool = True) -> Dataset:
    """442 diabetes patients, 10 measurements each; to predict: the progression after a year (25 to 346).

    The measurements start from their own units (age in years, ...), not from scikit-learn's scaled version.
    The target is never scaled. A random quarter is tested on.
    """
    from sklearn.datasets import load_diabetes

    true_or_false("scaled", scaled)
    source = load_diabetes(scaled=False)
    train, test = random_split(len(source.target), seed, None)
    centre, scale = standardisation(source.data[train], scaled)
    return dataset("diabetes", source, train, test, centre, scale, ["disease progression"])


def photographs() -> dict[str, NDArray[np.uint8]]:
    """Two colour photographs, "china" (a temple) and "flower": uint8, shape (427, 640, 3), last axis RGB."""
    from sklearn.datasets import load_sample_image

    return {name: np.array(load_sample_image(f"{name}.jpg")) for name in ("china", "flower")}


def classification(name: str, source: Any, seed: int, scaled: bool) -> Dataset:
    """A scikit-learn data set of labelled rows, split by class and standardised."""
    true_or_false("scaled", scaled)
    train, test = random_split(len(source.target), seed, source.target)
    centre, scale = standardisation(source.data[train], scaled)
    return dataset(name, source, train, test, centre, scale, source.target_names)


def random_split(n: int, seed: int, labels: NDArray[Any] | None) -> tuple[NDArray[Any], NDArray[Any]]:
    """The rows to train and to test on: the share of each label is the same in both, if labels are given."""
    from sklearn.model_selection import train_test_split

    whole_number("seed", seed, at_least=0)
    train, test = train_test_split(np.arange(n), test_size=TEST_SHARE, random_state=seed, stratify=labels)
    return train, test


def form_split(n: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """The rows of the digits to train and to test on, whole forms each."""
    whole_number("seed", seed, at_least=0)
    form = np.searchsorted(FORMS, np.arange(n), side="right") - 1
    tested = np.isin(form, np.random.default_rng(seed).permutation(len(FORMS))[:TEST_FORMS])
    return np.flatnonzero(~tested), np.flatnonzero(tested)


def standardisation(X_train: Array, scaled: bool) -> tuple[Array, Array]:
    """Mean and standard deviation of each column of the training data (never the test data); else 0 and 1."""
    if scaled:
        return X_train.mean(axis=0), X_train.std(axis=0)
    return np.zeros(X_train.shape[1]), np.ones(X_train.shape[1])


def dataset(
    name: str,
    source: Any,
    train: NDArray[Any],
    test: NDArray[Any],
    centre: Array,
    scale: Array,
    target_names: Any,
) -> Dataset:
    """The rows of a scikit-learn data set, split and scaled."""
    X = (source.data - centre) / scale
    names = tuple(map(str, source.feature_names)), tuple(map(str, target_names))
    return Dataset(name, X[train], source.target[train], X[test], source.target[test], *names, centre, scale)
