"""The explorers of chapter 11: each control over its whole range, each told number true."""

import numpy as np
import pytest
from explorer_moves import answering, goals_met, move_everything, verdicts

import nnlearn as nn
from nnlearn.chapters.ch11_cleaning import Clinic, Sieve
from nnlearn.chapters.ch11_cleaning.clinic import LARGEST, SIZES, rows_and_model, scores, sent, shares
from nnlearn.chapters.ch11_cleaning.pictures import SIDE, clean, digits, filtered, photograph, plus, read, spoiled
from nnlearn.chapters.ch11_cleaning.sieve import GREYS, SHOWN, SIGNED, frames, mosaic, noisy, painted
from nnlearn.chapters.ch11_cleaning.whose_rows import by_own
from nnlearn.data.clean import Standardizer, psnr
from nnlearn.explorers.cover import Cover

ANSWERS = {Sieve: "98", Clinic: "98"}
answered = answering(ANSWERS)


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_control_moves_over_its_whole_range(kind):
    move_everything(answered(kind))


@pytest.mark.parametrize("kind", ANSWERS)
def test_before_the_prediction_nothing_gives_the_answer_away(kind):
    explorer = kind()
    covers = [each for each in explorer.covers if isinstance(each, Cover)]
    assert explorer.asking and len(covers) == 2 and all(cover.hides for cover in covers)
    for told in ("78", "81", "43", "reads", "found", "dB"):
        assert told not in explorer.status
    explorer.predict(ANSWERS[kind])
    explorer.finish()
    assert not any(cover.hides for cover in covers)


@pytest.mark.parametrize(("kind", "answers"), [(Sieve, ["98", "97", "95", "78"]), (Clinic, ["98", "90", "40", "0"])])
def test_each_answer_has_a_thought_of_its_own(kind, answers):
    assert len(verdicts(kind, answers)) == 4


# --- What does a filter take away? ---


def test_the_pictures():
    assert photograph("flower").shape == photograph("china").shape == (SIDE, SIDE)
    whole = nn.data.photographs()["china"][85 : 85 + SIDE, 192 : 192 + SIDE] / 255
    np.testing.assert_allclose(photograph("china"), whole @ [0.299, 0.587, 0.114])
    images, labels = digits()
    data = nn.data.digits()
    np.testing.assert_array_equal(images.reshape(-1, 64), data.X_test)
    np.testing.assert_array_equal(labels, data.y_test)
    assert f"{np.mean(read(images) == labels):.3f}" == "0.980"


def test_the_noise():
    image = photograph("flower")
    specks = spoiled(image, 0.2, 0, seed=1)
    hit = specks != image
    assert hit.mean() == pytest.approx(0.2, abs=0.01) and set(specks[hit]) == {0, 1}
    grainy = spoiled(image, 0, 0.3, seed=1)
    assert grainy.min() == 0 and grainy.max() == 1
    flat = np.full((50, 50), 0.5)
    assert np.std(spoiled(flat, 0, 0.1, seed=1)) == pytest.approx(0.1, abs=0.005)


def test_the_filters():
    image = noisy("flower", 0.1, 0.0)
    np.testing.assert_array_equal(filtered(image, "none", 7, 2.0), image)
    np.testing.assert_allclose(filtered(image, "mean", 5, 2.0)[10, 20], image[8:13, 18:23].mean())
    np.testing.assert_allclose(filtered(image, "median", 5, 2.0)[10, 20], np.median(image[8:13, 18:23]))
    cross = [*image[8:13, 20], *image[10, 18:20], *image[10, 21:23]]
    np.testing.assert_allclose(filtered(image, "plus", 5, 2.0)[10, 20], np.median(cross))
    np.testing.assert_array_equal(plus(3), [[0, 1, 0], [1, 1, 1], [0, 1, 0]])
    assert filtered(image, "gaussian", 3, 2.0).std() < filtered(image, "gaussian", 3, 0.5).std() < image.std()


def test_what_is_drawn():
    images, labels = digits()
    explorer = answered(Sieve, impulses=0.05, way="median", size="3")
    result = explorer.result
    after = filtered(noisy("digits", 0.05, 0.0), "median")
    assert result.read_after == np.mean(read(after) == labels) and result.after == psnr(images, after, peak=1)
    shown = mosaic(after, 0.4)
    assert shown.shape == (30, 30) and (shown[0] == 0.4).all() and (shown[:, 10] == 0.4).all()
    np.testing.assert_array_equal(shown[11:19, 21:29], after[5])
    np.testing.assert_array_equal(result.images[2], painted(shown, GREYS, 0, 1))
    wrong = np.flatnonzero(read(after)[:9] != labels[:9])
    assert len(result.frames[1]) == len(wrong) == len(explorer.wrong[2].get_segments()) > 0
    square = frames(np.arange(9) == 5)
    assert len(square) == 1 and (square[0] > [2 / 3, 1 / 3]).all() and (square[0] < [1, 2 / 3]).all()
    middle = mosaic(photograph("china"), 0)
    assert middle.shape == (SHOWN, SHOWN) and middle[0, 0] == photograph("china")[80, 80]


def test_the_colours_of_a_picture():
    grey = painted(np.array([[0.0, 0.5, 1.0]]), GREYS, 0, 1)[0]
    assert grey[0, 0] == 0 and grey[2, 0] == 255 and 120 < grey[1, 0] < 135 and (grey[:, 3] == 255).all()
    dark, none, bright = painted(np.array([[-0.9, 0.0, 0.9]]), SIGNED, -0.5, 0.5)[0].astype(int)
    assert dark[0] > dark[2] and bright[2] > bright[0] and none.min() > 240  # orange, nearly white, purple


def test_what_the_sieve_says():
    explorer = answered(Sieve, picture="flower", impulses=0.05, sigma=0, way="median", size="3")
    assert explorer.status == "PSNR with noise 18.3 dB, after the filter 29.5 dB."
    explorer.set(picture="digits")
    explorer.finish()
    before, after = explorer.result.read_before, explorer.result.read_after
    assert f"The network reads {before:.1%} of the noisy digits, {after:.1%} of the filtered ones." in explorer.status
    explorer.set(impulses=0, way="none", picture="china")
    explorer.finish()
    assert explorer.status == "No noise, and nothing is changed."
    explorer.set(way="mean")
    explorer.finish()
    assert explorer.status.startswith("No noise. The filter leaves 2")


def test_the_first_two_goals_of_the_sieve():
    explorer = answered(Sieve, picture="flower", impulses=0.05, sigma=0, size="3")
    assert goals_met(explorer, way="plus") == [True, False, False]
    told = {("mean", "3"): "24.5", ("median", "5"): "25.8", ("median", "3"): "29.5", ("plus", "3"): "30.5"}
    for (way, size), decibels in told.items():
        assert goals_met(explorer, way=way, size=size)[0] == (decibels > "30")
        assert f"{explorer.result.after:.1f}" == decibels
    explorer.set(impulses=0, way="mean", size="3")
    met = {sigma: goals_met(explorer, sigma=sigma)[1] for sigma in (10, 11, 11.5, 12, 12.5, 20)}
    assert met == {10: False, 11: False, 11.5: True, 12: True, 12.5: False, 20: False}
    explorer.set(picture="china", sigma=20)  # told: it does harm at 20 still
    assert explorer.result.after < explorer.result.before


def test_no_filter_helps_to_read_the_digits(thorough):
    """The third goal can't be reached, by no filter at no level of its noise; what comes nearest is told."""
    images, labels = digits()
    gains = {}
    for impulses in np.array(range(5, 21) if thorough else (5, 9, 13, 17)) / 100:
        soiled = noisy("digits", impulses, 0.0)
        before = np.mean(read(soiled) == labels)
        ways = [(way, size, 0.6) for way in ("mean", "median", "plus") for size in (3, 5)]
        ways += [("gaussian", 3, width / 100) for width in range(30, 85, 5)]
        for way in ways:
            gains[impulses, way] = np.mean(read(filtered(soiled, *way)) == labels) - before
    best = max(gains, key=gains.get)
    assert best == (0.13, ("gaussian", 3, 0.55)) and f"{gains[best]:.1%}" == "1.3%"
    explorer = answered(Sieve)
    assert goals_met(explorer, way="median") == [False, False, False]
    assert goals_met(explorer, claim="impossible") == [False, False, True]
    assert not goals_met(explorer, claim="possible", picture="flower", way="plus")[2]
    assert clean("digits") is images


# --- Whose mean? ---


def test_the_model_is_the_library_s():
    malignant, benign, scale, fitted = rows_and_model()
    rows = np.concatenate([malignant, benign])
    found = scores(rows, "training")
    np.testing.assert_allclose(found, -fitted.decision_function(scale.transform(rows)), atol=1e-9)
    assert (found[: len(malignant)] > 0).mean() > 0.9 > 0.1 > (found[len(malignant) :] > 0).mean()


def test_own_statistics_are_a_standardizer_of_the_rows():
    malignant, *_ = rows_and_model()
    np.testing.assert_allclose(by_own(malignant[:7]), Standardizer().fit_transform(malignant[:7]), atol=1e-9)
    np.testing.assert_array_equal(by_own(malignant[:1]), np.zeros((1, 30)))
    parcels = np.stack([malignant[:5], malignant[5:10]])
    np.testing.assert_allclose(by_own(parcels)[1], by_own(malignant[5:10]))


def test_the_rows_sent():
    rows, ill = sent(10, 0.3)
    assert rows.shape == (100, 10, 30) and ill.mean() == pytest.approx(0.3, abs=0.05)
    malignant, benign, *_ = rows_and_model()
    assert all(any((row == each).all() for each in (malignant if sick else benign))
               for row, sick in zip(rows[0], ill[0], strict=True))  # fmt: skip
    assert sent(1, 1.0)[1].all() and not sent(1, 0.0)[1].any()


def test_the_goals_of_the_clinic():
    explorer = answered(Clinic, by="own", rows=LARGEST)
    assert goals_met(explorer, malignant=20) == [False, False, False]
    reached = [share for share in range(0, 101, 5) if goals_met(explorer, malignant=share)[0]]
    assert reached == [35]  # told
    assert goals_met(explorer, malignant=0) == [False, True, False]
    assert goals_met(explorer, malignant=40, rows=1) == [False, False, False]  # it can't be done
    assert goals_met(explorer, claim="impossible")[2]
    explorer = answered(Clinic, by="training")
    assert goals_met(explorer, malignant=35) == [False, False, False]


def test_what_the_clinic_says_and_draws():
    explorer = answered(Clinic, by="own", malignant=100, rows=50)
    found, cleared = shares(50, 1.0, "own")
    assert cleared is None and explorer.status == f"1000 malignant rows: {found:.1%} are found."
    assert found == pytest.approx(0.45, abs=0.05)
    explorer.set(malignant=0)
    assert explorer.status.startswith("1000 benign rows: 5")
    explorer.set(malignant=40, rows=8)
    found, cleared = shares(8, 0.4, "own")
    assert f"{found:.1%} are found" in explorer.status and f"{cleared:.1%} are called benign" in explorer.status
    place = SIZES.index(8)
    assert explorer.found.get_ydata()[place] == 100 * found and explorer.cleared.get_ydata()[place] == 100 * cleared
    rows, ill = sent(8, 0.4)
    assert sum(explorer.result.counts[0]) == (~ill).sum() and sum(explorer.result.counts[1]) == ill.sum()
