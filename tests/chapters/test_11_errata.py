"""The error of the sources on the ground of chapter 11, run; and the numbers that the chapter's text tells."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import nnlearn as nn
from nnlearn.chapters.ch11_cleaning import figures, filtering, gaps, pictures, tables, whose_rows
from nnlearn.chapters.ch11_cleaning.experiment import MEASURES, text
from nnlearn.data.clean import Imputer, Standardizer, gaussian_noise, mean_filter, psnr
from nnlearn.syllabus import errata

STORED = nn.data.measured("11")


def row(stored, /, **values):
    """The one row of a stored table that has these values."""
    return tables.row(STORED[stored], **values)


def read(**values):
    """Per cent that each network reads, the median of its draws."""
    return 100 * np.median(row("digits", **values)["accuracy"], axis=1)


# --- The source ---


def test_c08():
    """It deletes a number that was measured, and fills in 0; an imputer fills what is missing from what is there."""
    (found,) = errata("11").rows
    numbers = np.arange(2, 11)
    soiled = np.nan_to_num(np.where(numbers == 5, np.nan, numbers))
    assert f"mean {numbers.mean():.2f} to {soiled.mean():.2f}" in found["shows"]
    assert f"standard deviation {numbers.std():.2f} to {soiled.std():.2f}" in found["shows"]
    assert f"{np.nan_to_num(np.inf):.1e}" == "1.8e+308" and "1.8e308" in found["shows"]
    column = np.where(numbers == 5, np.nan, numbers)[:, np.newaxis]
    for strategy, middle in (("mean", 49 / 8), ("median", 6.5)):
        filled = Imputer(strategy).fit_transform(column)[:, 0]
        assert filled[3] == middle and (np.delete(filled, 3) == np.delete(numbers, 3)).all()


# --- Filters ---


def test_what_the_filters_leave():
    specks = {way: row("filters", picture="flower", noise="impulses 0.05", filter=way) for way in filtering.WAYS}
    assert f"{np.median(specks['median 3']['noisy']):.1f}" == "18.2"
    told = {"median 3": "29.6", "plus 3": "30.5", "mean 3": "24.4", "median 5": "25.8"}
    assert {way: f"{np.median(specks[way]['cleaned']):.1f}" for way in told} == told
    before, after = (10 ** (-np.median(specks["median 3"][name]) / 10) for name in ("noisy", "cleaned"))
    assert f"{1 - after / before:.0%}" == "93%"  # told: of the error


def test_the_tables_show_what_is_stored():
    cleaned, taught = tables.cleaned(STORED).rows, tables.taught(STORED).rows
    assert cleaned[2] == ["median 3", "29.6", "13.3", "78.2 [75.8–81.6]"]
    assert taught[2] == ["noisy, then median 3", "93.6 [92.7–94.2]", "87.6 [86.9–88.4]", "90.4 [89.3–90.9]"]
    filled = {line[0]: line[1:] for line in tables.filled(STORED).rows}
    assert filled["five nearest"] == ["0.93", "0.36 [0.15–0.50]", "0.64", "96.5 [93.7–98.6]"]
    assert filled["nearest neighbour"][0] == "1.24" and filled["(no gaps)"][0] == "0.00"
    assert tables.leaks(STORED).rows[3][1:] == ["52.0 [28.0–60.0]", "84.0 [64.0–96.0]"]


def test_no_filter_brings_what_was_read():
    nothing = read(noise="impulses 0.05", filter="nothing")
    for way in filtering.WAYS:
        assert np.median(read(noise="impulses 0.05", filter=way)) <= np.median(nothing) + 0.5


def test_nearer_is_not_read_better():
    """Told: one pixel in ten, a Gaussian of 0.6: 13.6 to 14.7 decibels, 89.6% to 88.2%; each network reads fewer."""
    noise = "impulses 0.1"
    before, after = (row("digits", noise=noise, filter=way)["decibels"] for way in ("nothing", "Gaussian 0.6"))
    assert (f"{before:.1f}", f"{after:.1f}") == ("13.6", "14.7")
    without, with_filter = (read(noise=noise, filter=way) for way in ("nothing", "Gaussian 0.6"))
    assert f"{np.median(without):.1f} {np.median(with_filter):.1f}" == "89.6 88.2" and (with_filter < without).all()


def test_what_a_filter_took_no_training_brings_back():
    share = {key: np.median(row("taught", lesson=key[0], test=key[1])["accuracy"], axis=1) for key in
             [("clean", "clean"), ("clean", "noisy"), ("noisy", "noisy"), ("clean", "noisy and cleaned"),
              ("noisy and cleaned", "noisy and cleaned")]}  # fmt: skip
    told = {key: f"{100 * np.median(each):.1f}" for key, each in share.items()}
    assert list(told.values()) == ["98.0", "94.9", "95.4", "78.2", "90.4"]
    assert share["noisy and cleaned", "noisy and cleaned"].max() < share["clean", "noisy"].min()
    assert share["noisy and cleaned", "noisy and cleaned"].min() > share["clean", "noisy and cleaned"].max()


def test_the_figure_shows_what_its_text_tells():
    speck, thin, thick, square = figures.fields().values()
    for way in ("median", "plus"):
        assert not pictures.filtered(speck, way).any()
        np.testing.assert_array_equal(pictures.filtered(thick, way), thick)
    assert not pictures.filtered(thin, "median").any()
    np.testing.assert_array_equal(pictures.filtered(thin, "plus"), thin)
    lost = square - pictures.filtered(square, "median")
    assert lost.sum() == 4 and lost[2, 2] == lost[2, 6] == lost[6, 2] == lost[6, 6] == 1
    grey = pictures.filtered(thin, "mean")
    assert (grey > 0).sum(axis=1).tolist() == [3] * 9 and grey[0, 4] == pytest.approx(1 / 3)
    assert len(figures.sizes().axes) == 16


def test_when_a_mean_helps():
    """The border by the formula is where the measured errors cross, unless noise is cut off at black and white."""
    for name, border in (("flower", 11.0), ("china", 22.1)):
        found = row("border", picture=name)
        assert found["predicted"] == pytest.approx(border, abs=0.05)
        assert np.median(found["not clipped"]) == pytest.approx(found["predicted"], abs=0.15)
        image = pictures.photograph(name)
        for factor, helps in ((0.9, False), (1.1, True)):
            noisy = gaussian_noise(image, factor * found["predicted"] / 255, seed=5)
            assert (psnr(image, mean_filter(noisy, 3), peak=1) > psnr(image, noisy, peak=1)) == helps
    assert np.median(row("border", picture="china")["found"]) == 23.6  # told


def test_a_filter_s_error_is_blur_and_what_is_left_of_the_noise():
    image = pictures.photograph("flower")
    noisy = gaussian_noise(image, 0.05, seed=2)
    blur = np.mean((mean_filter(image, 3) - image) ** 2)
    error = np.mean((mean_filter(noisy, 3) - image) ** 2)
    assert error == pytest.approx(blur + 0.05**2 / 9, rel=0.02)


# --- Whose mean ---


def test_whose_mean():
    alone = {by: 100 * np.array(row("own", rows="malignant", by=by)["found"]) for by in ("training", "own")}
    assert [f"{f(alone['own']):.0f}" for f in (np.median, np.min, np.max)] == ["43", "40", "47"]
    assert f"{np.median(alone['training']):.0f}" == "98"
    one = row("own", rows="all", by="1")
    assert set(one["found"]) == {0} and set(one["cleared"]) == {1}


def test_one_split_is_measured_again(monkeypatch):
    monkeypatch.setattr(whose_rows, "SPLITS", range(1))
    for again in whose_rows.own():
        stored = row("own", rows=again["rows"], by=again["by"])
        assert again["found"][0] == pytest.approx(stored["found"][0], abs=0.02)


def test_standardising_mends_the_condition_number():
    X = nn.data.breast_cancer(seed=0, scaled=False).X_train
    conditions = []
    for rows in (X, Standardizer().fit_transform(X)):
        design = np.column_stack([rows, np.ones(len(rows))])
        curvatures = np.linalg.eigvalsh(design.T @ design / len(rows))
        conditions.append(curvatures[-1] / curvatures[0])
    assert conditions[0] > 1e12 and conditions[1] < 2e5


# --- Gaps ---


def filled(table, strategy, name, missing=0.3):
    return np.array(row("gaps", table=table, strategy=strategy, missing=missing)[name])


def test_what_fills_a_gap():
    for table, better in (("diabetes", False), ("breast cancer", True)):
        mean, one, five = (
            np.median(filled(table, each, "error")) for each in ("mean", "one neighbour", "five neighbours")
        )
        assert five < mean and (one < mean) == better
        assert mean == pytest.approx(1.03, abs=0.02)
    assert f"{np.median(filled('diabetes', 'mean', 'complete')):.1%}" == "2.3%"
    assert filled("breast cancer", "mean", "complete").max() == 0
    gain = filled("diabetes", "five neighbours", "score") - filled("diabetes", "mean", "score")
    assert gain.min() < 0 < gain.max()  # told: not seen in every split


def test_one_neighbour_is_a_draw():
    """Its squared error is 2 (1 - r), of numbers of deviation 1 that correlate by r."""
    random = np.random.default_rng(0)
    for r in (0.0, 0.25, 0.5, 0.8):
        a, b = random.multivariate_normal([0, 0], [[1, r], [r, 1]], 200_000).T
        assert np.mean((a - b) ** 2) == pytest.approx(2 * (1 - r), rel=0.02)


def test_a_gap_is_filled_again():
    again = gaps.measured("diabetes", 0.3, "five neighbours", 0)
    for name in ("error", "score", "complete"):
        assert again[name] == pytest.approx(filled("diabetes", "five neighbours", name)[0], abs=1e-3)


def test_leaks():
    def looked(leak, rows):
        return np.array(row("leaks", leak=leak, looked=rows)["accuracy"])

    for leak in ("scale", "impute mean"):
        assert abs(np.median(looked(leak, "all rows")) - np.median(looked(leak, "training rows"))) < 0.005
    assert f"{np.median(looked('choice', 'all rows')):.0%}" == "84%"
    assert np.median(looked("choice", "training rows")) == pytest.approx(0.5, abs=0.05)
    assert whose_rows.noise_read(0, True) == looked("choice", "all rows")[0]


def test_a_model_of_own_statistics_finds_nothing_in_one_row():
    data, _, fitted = whose_rows.model(0)
    assert isinstance(fitted, LogisticRegression)
    assert (fitted.predict(np.zeros((1, 30))) == 1).all() and len(data.y_test) == 143 == whose_rows.SENT[-1]


# --- The experiment ---


def test_what_is_written():
    assert set(MEASURES) == {"filters", "border", "digits", "taught", "gaps", "own", "leaks"}
    assert text({"leaks": []}).startswith('{\n "made_by": "python -m nnlearn.chapters.ch11_cleaning.experiment"')
    assert all(STORED[name] for name in MEASURES)


def test_a_row_of_filters_is_measured_again(monkeypatch):
    monkeypatch.setattr(filtering, "DRAWS", range(1))
    monkeypatch.setattr(filtering, "NOISES", {"none": (0.0, 0.0), "impulses 0.05": (0.05, 0.0)})
    for again in filtering.filters():
        stored = row("filters", picture=again["picture"], noise=again["noise"], filter=again["filter"])
        assert again["cleaned"][0] == pytest.approx(stored["cleaned"][0], abs=0.02)


def test_the_first_network_is_the_course_s(monkeypatch):
    monkeypatch.setattr(filtering, "NETWORKS", range(1))
    monkeypatch.setattr(filtering, "NOISES", {"none": (0.0, 0.0)})
    for again in filtering.digits():
        stored = row("digits", noise="none", filter=again["filter"])
        assert again["accuracy"][0] == pytest.approx(stored["accuracy"][0], abs=0.003)
