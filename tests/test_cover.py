"""What is hidden until the prediction is answered looks hidden, the same way in every chapter."""

import matplotlib
import numpy as np
import pytest
from explorer_moves import of_the_course, positions
from matplotlib.figure import Figure

from nnlearn import lettering
from nnlearn.explorers import training_map
from nnlearn.explorers.cover import HIDDEN, Cover
from nnlearn.explorers.picture import Picture
from nnlearn.palette import PALETTES, palette, style

OPEN = (
    "FirstDescent",
    "Parabola",
    "OneMistake",
    "Hover",
)  # they show another run while they ask: nothing of it is the answer
COVERED = [cls for cls in of_the_course() if cls.prediction and cls.__name__ not in OPEN]


def covers(explorer):
    """All covers of an explorer's picture: one, or one a panel."""
    kept = [value if isinstance(value, list) else [value] for value in vars(explorer).values()]
    return [value for values in kept for value in values if isinstance(value, Cover)]


def pixels_of(theme, image, bottom=0.0):
    """A covered image as it is drawn, cut to its axes."""
    with matplotlib.rc_context(style(theme)):
        figure = Figure(figsize=(4, 3))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.imshow(image, extent=(0, 1, 0, 1), aspect="auto", animated=True)
        Cover(axes, palette(theme), bottom)
        return np.array(Picture(figure).pixels())[..., :3]


@pytest.mark.parametrize("theme", PALETTES)
def test_nothing_shines_through_and_the_hatching_is_no_colour_of_a_result(theme):
    dark, light = np.zeros((2, 2, 3)), np.ones((2, 2, 3))
    drawn = pixels_of(theme, dark)
    assert (drawn == pixels_of(theme, light)).all()
    paper = np.array(matplotlib.colors.to_rgb(palette(theme).paper)) * 255
    share = np.mean((np.abs(drawn - paper) > 60).any(axis=-1))
    assert 0.05 < share < 0.4  # lines on paper: neither one colour nor a second one
    rows = (np.abs(drawn[:40] - paper) > 60).any(axis=-1)
    assert rows.any(axis=0).mean() > 0.9  # they cross all of it


def test_what_is_known_stays_to_be_seen():
    drawn = pixels_of("light", np.ones((2, 2, 3)) * [1, 0, 0], bottom=0.25)
    red = (drawn == [255, 0, 0]).all(axis=-1)
    assert red[-74:].all() and not red[:-76].any()


@pytest.mark.parametrize("cls", COVERED, ids=lambda cls: cls.__name__)
def test_every_explorer_that_hides_its_answer_says_so(cls, no_pixels, monkeypatch):
    monkeypatch.setattr(training_map, "RESOLUTIONS", (6,))  # what is on a map plays no part
    explorer = cls()
    assert {cover.hides for cover in covers(explorer)} == {True}
    (patch, words) = covers(explorer)[0].parts
    assert words.get_text() == HIDDEN and patch.get_hatch()
    assert explorer.page_width and words.get_zorder() > patch.get_zorder() > 5
    explorer.predict(positions(explorer.prediction.answer)[1])
    assert {cover.hides for cover in covers(explorer)} == {False}
    explorer.predict(None)
    assert {cover.hides for cover in covers(explorer)} == {True}


def test_the_words_are_the_learners(monkeypatch):
    monkeypatch.setenv("NNLEARN_LANG", "zh")
    monkeypatch.setattr(lettering, "translated", lambda text, language: {HIDDEN: "verdeckt"}.get(text, text))
    figure = Figure()
    _, words = Cover(figure.subplots(), palette("light")).parts
    lettering.dress(figure)
    assert words.get_text() == "verdeckt"
