"""The bundled data: how they are split, scaled and described, and the facts the chapters build on."""

import difflib
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from sklearn import datasets as theirs
from sklearn.linear_model import LogisticRegression as Classifier

from nnlearn import data
from nnlearn.data.datasets import FORMS
from nnlearn.objectives import LinearRegression

SHAPES = {
    data.digits: (1797, 64, 10),
    data.breast_cancer: (569, 30, 2),
    data.wine: (178, 13, 3),
    data.diabetes: (442, 10, 1),
}
CLASSES = [data.digits, data.breast_cancer, data.wine]
STANDARDISED = [data.breast_cancer, data.wine, data.diabetes]
EVERY = [*SHAPES, lambda **options: data.digits(split="writer", **options)]


@pytest.mark.parametrize("load", SHAPES)
def test_shapes_names_and_types(load):
    rows, features, targets = SHAPES[load]
    d = load()
    assert len(d.X_train) + len(d.X_test) == rows
    assert len(d.X_test) == pytest.approx(rows / 4, abs=1)
    assert d.X_train.shape[1] == d.X_test.shape[1] == len(d.feature_names) == len(d.centre) == features
    assert len(d.y_train) == len(d.X_train) and len(d.y_test) == len(d.X_test)
    assert len(d.target_names) == targets
    assert d.X_train.dtype == d.X_test.dtype == np.float64
    assert all(isinstance(name, str) for name in (*d.feature_names, *d.target_names))


@pytest.mark.parametrize("load", EVERY)
def test_training_and_test_rows_are_all_rows_once(load):
    d = load(scaled=False)
    sources = {
        "digits": theirs.load_digits,
        "breast cancer": theirs.load_breast_cancer,
        "wine": theirs.load_wine,
    }
    source = sources[d.name]() if d.name in sources else theirs.load_diabetes(scaled=False)
    ours = [
        *zip(map(tuple, d.X_train), d.y_train, strict=True),
        *zip(map(tuple, d.X_test), d.y_test, strict=True),
    ]
    assert Counter(ours) == Counter(zip(map(tuple, source.data), source.target, strict=True))


@pytest.mark.parametrize("load", CLASSES)
def test_random_splits_are_stratified(load):
    d = load()
    in_training, in_test = np.bincount(d.y_train), np.bincount(d.y_test)
    np.testing.assert_allclose(in_test / (in_training + in_test), 0.25, atol=0.02)


@pytest.mark.parametrize("load", EVERY)
def test_the_seed_alone_decides_the_split(load):
    first, again, other = load(seed=1), load(seed=1), load(seed=2)
    np.testing.assert_array_equal(first.X_test, again.X_test)
    assert len(first.y_test) != len(other.y_test) or not np.array_equal(first.X_test, other.X_test)


@pytest.mark.parametrize("load", STANDARDISED)
def test_scaling_uses_the_statistics_of_the_training_rows(load):
    d, raw = load(seed=3), load(seed=3, scaled=False)
    np.testing.assert_allclose(d.X_train.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(d.X_train.std(axis=0), 1, rtol=1e-12)
    assert np.abs(d.X_test.mean(axis=0)).max() > 1e-3
    np.testing.assert_allclose(d.X_test, (raw.X_test - raw.X_train.mean(axis=0)) / raw.X_train.std(axis=0))
    np.testing.assert_array_equal(d.y_train, raw.y_train)


@pytest.mark.parametrize("load", EVERY)
@pytest.mark.parametrize("scaled", [True, False])
def test_scaling_can_be_undone(load, scaled):
    d, raw = load(scaled=scaled), load(scaled=False)
    np.testing.assert_allclose(d.measured(d.X_test), raw.X_test, rtol=1e-12, atol=1e-10)


def test_pixels_are_divided_by_sixteen():
    assert data.digits().X_train.max() == 1
    assert set(np.unique(data.digits(scaled=False).X_train)) == set(range(17))


def test_diabetes_is_in_its_own_units():
    d = data.diabetes(scaled=False)
    age = np.concatenate([d.X_train, d.X_test])[:, d.feature_names.index("age")]
    assert (age.min(), age.max()) == (19, 79)
    y = np.concatenate([d.y_train, d.y_test])
    assert (y.min(), y.max()) == (25, 346)


def test_photographs():
    pictures = data.photographs()
    assert list(pictures) == ["china", "flower"]
    for picture in pictures.values():
        assert (picture.shape, picture.dtype) == ((427, 640, 3), np.uint8)
        assert picture.std() > 20
        picture[0, 0] = 0  # it is the caller's own


def test_a_data_set_says_what_it_is():
    assert repr(data.wine()) == "Dataset(wine: 133 rows to train, 45 to test, 13 features)"


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: data.digits(split="forms"), ValueError, "split = 'forms' is not one of 'random', 'writer'"),
        (lambda: data.digits(seed=-1), ValueError, "seed = -1 is too small"),
        (lambda: data.digits(split="writer", seed=0.5), TypeError, "seed must be a whole number"),
        (lambda: data.wine(seed=None), TypeError, "seed must be a whole number"),
        (lambda: data.digits(scaled="no"), TypeError, "scaled must be True or False; it is 'no'"),
        (lambda: data.diabetes(scaled=2), TypeError, "scaled must be True or False; it is 2"),
        (lambda: data.wine(scaled=0), TypeError, "scaled must be True or False"),
        (lambda: data.wine().measured(np.ones((2, 3))), ValueError, "X has 3 features; wine has 13"),
    ],
)
def test_arguments_are_checked(ask, error, message):
    with pytest.raises(error, match=message):
        ask()


# --- writers --------------------------------------------------------------------------------------


def test_the_digits_consist_of_fourteen_repetitions_of_one_sequence_of_labels():
    labels = "".join(map(str, theirs.load_digits().target))
    first = labels[: FORMS[1]]
    for start, end in zip(FORMS, (*FORMS[1:], None), strict=True):
        form = labels[start:end]
        assert difflib.SequenceMatcher(None, first, form, autojunk=False).ratio() > 0.96
        assert form[:16] in ("0123456789012345", "1234567890123456")


@pytest.mark.parametrize("seed", range(5))
def test_no_form_is_on_both_sides_of_the_split_by_writer(seed):
    d = data.digits(split="writer", seed=seed, scaled=False)
    tested = {tuple(row) for row in d.X_test}
    of_form = np.split(theirs.load_digits().data, FORMS[1:])
    shares = [np.mean([tuple(row) in tested for row in form]) for form in of_form]
    assert sorted(shares) == [0] * 11 + [1] * 3


# --- facts the chapters build on ------------------------------------------------------------------


@pytest.mark.thorough
def test_new_writers_are_harder_than_new_images():
    accuracy = {"random": [], "writer": []}
    for split, values in accuracy.items():
        for seed in range(6):
            d = data.digits(split, seed)
            model = Classifier(max_iter=1000).fit(d.X_train, d.y_train)
            values.append(model.score(d.X_test, d.y_test))
    assert np.median(accuracy["random"]) == pytest.approx(0.968, abs=0.01)
    assert np.median(accuracy["writer"]) == pytest.approx(0.935, abs=0.015)


def test_scaling_the_diabetes_data_makes_them_a_hundred_thousand_times_better_conditioned():
    measured = {}
    for scaled in (True, False):
        models = [data.diabetes(seed, scaled) for seed in range(10)]
        models = [LinearRegression(d.X_train, d.y_train) for d in models]
        measured[scaled] = np.median([(J.condition_number, 2 / J.largest_curvature) for J in models], axis=0)
    np.testing.assert_allclose(measured[True], [443, 0.249], rtol=0.05)
    np.testing.assert_allclose(measured[False], [5.2e7, 1.37e-5], rtol=0.05)


def test_importing_the_data_module_does_not_load_scikit_learn():
    code = "import sys, nnlearn.data; print('sklearn' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "False"
