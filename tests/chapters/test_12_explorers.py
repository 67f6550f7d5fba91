"""The dial of chapter 12: each control over its whole range, the grid against the images, each share and goal."""

import itertools
import re
from functools import cache

import numpy as np
import pytest
from explorer_moves import move_everything, reused

from nnlearn import models
from nnlearn.chapters.ch12_augmentation import dial as chapter_12
from nnlearn.chapters.ch12_augmentation.dial import GRID, Dial, came_from, changed, share_called, turning_point
from nnlearn.data import augment, datasets

FLIPS = {"none": lambda image: image, "horizontal": np.fliplr, "vertical": np.flipud}


@cache
def weights():
    return models.trained()


@cache
def of_class(digit):
    data = datasets.digits()
    return data.X_test[data.y_test == digit].reshape(-1, 8, 8)


def shares(images):
    """The share of the images that the network names as each digit."""
    named = models.forward(weights(), images).argmax(axis=1)
    return np.array([np.mean(named == digit) for digit in range(10)])


def turned(digit, angle):
    return shares(augment.rotate(of_class(digit), np.full(len(of_class(digit)), float(angle))))


def answered(**values):
    explorer = Dial()
    explorer.predict(90)
    explorer.reset()
    explorer.set(**values)
    assert explorer.error is None
    return explorer


moved, without_goals = reused(answered), reused(answered)


@pytest.mark.parametrize("make", [Dial, answered], ids=["before the prediction", "after"])
def test_every_control_moves_over_its_whole_range(make):
    move_everything(make())


# --- The change, and where pixels come from ---

SETTINGS = [  # flip, angle, factor, across, down
    ("none", 0, 1, 0, 0),
    ("none", 90, 1, 0, 0),
    ("none", -90, 1, 0, 0),
    ("none", 0, 1, 2, -1),
    ("horizontal", 90, 1, 0, 0),
    ("vertical", 90, 1, 0, 1),
    ("horizontal", 0, 1, 3, 0),
    ("vertical", -90, 1, -2, 3),
    ("none", 180, 1, 1, 0),
    ("none", 90, 1, 0, 2),
    ("none", 30, 1, 0, 0),
    ("none", 0, 1.5, 0, 0),
    ("none", 0, 0.5, 1, 0),
    ("horizontal", 20, 1.2, 1, -1),
    ("vertical", -45, 0.8, 0, 2),
]
EACH = pytest.mark.parametrize("settings", SETTINGS, ids=str)


def pixel_places(settings):
    """Where on the source the centre of each pixel of the result comes from: (8, 8, 2), row and column.

    Each is the middle of where two neighbouring lines of the grid, across and down, come from.
    """
    lines = np.array([came_from(line, *settings) for line in GRID])
    assert lines.shape == (18, 2, 2)
    rows, columns = lines[:9], lines[9:]  # the upper border of row 0 first, the left border of column 0
    corner = rows[0, 0]
    down, right = rows[1, 0] - corner, columns[1, 0] - corner
    np.testing.assert_allclose(rows, [[corner + i * down, corner + i * down + 8 * right] for i in range(9)], atol=1e-9)
    np.testing.assert_allclose(
        columns, [[corner + i * right, corner + i * right + 8 * down] for i in range(9)], atol=1e-9
    )
    i, j = np.mgrid[:8, :8][..., np.newaxis] + 0.5
    places = corner + i * down + j * right  # x to the right, y down, from the centre
    return places[..., ::-1] + 3.5


@pytest.mark.parametrize("settings", [each for each in SETTINGS if each[1] % 90 == 0 or each[2] == 1], ids=str)
def test_a_marked_pixel_is_seen_where_the_grid_says(settings):
    places = pixel_places(settings)
    flip, angle, factor, across, down = settings
    seen = np.zeros((8, 8))  # 1 but where a shift brings in what lies beyond the border
    seen[max(down, 0) : 8 + min(down, 0), max(across, 0) : 8 + min(across, 0)] = 1
    inside = np.all((places > -1e-9) & (places < 7 + 1e-9), axis=-1)
    at_edge = inside & np.any((places < 1e-9) | (places > 7 - 1e-9), axis=-1)  # rounding decides on which side
    for marked in itertools.product(range(8), range(8)):
        image = np.zeros((1, 8, 8))
        image[(0, *marked)] = 1
        result = changed(image, flip, angle, factor, across, down, "constant")[0]
        share = np.prod(np.clip(1 - np.abs(places - marked), 0, None), axis=-1)  # bilinear interpolation
        expected = np.where(inside, share, 0) * seen
        is_right = np.isclose(result, expected, atol=1e-9)
        assert np.all(is_right | (at_edge & (result == 0)))


@EACH
def test_pixels_come_from_where_the_grid_says(settings):
    ramps = np.stack([np.ones((8, 8)), *np.mgrid[:8.0, :8]])  # interpolation, even twice, leaves them what they are
    ones, row, column = changed(ramps, *settings, "constant")
    inside = np.isclose(ones, 1, atol=1e-9)
    assert inside.sum() >= 12
    np.testing.assert_allclose(np.stack([row, column], axis=-1)[inside], pixel_places(settings)[inside], atol=1e-9)


@pytest.mark.parametrize("flip", FLIPS)
@pytest.mark.parametrize("quarter", [0, 1, 2, -1])
def test_a_quarter_turn_moves_every_pixel(flip, quarter):
    images = of_class(6)[:5]
    result = changed(images, flip, 90 * quarter, 1, 0, 0, "nearest")
    expected = [np.rot90(FLIPS[flip](image), quarter) for image in images]  # counter-clockwise
    np.testing.assert_allclose(result, expected, atol=1e-9)


@EACH
@pytest.mark.parametrize("fill", ["constant", "grid-constant", "nearest", "reflect", "wrap"])
def test_the_changes_are_made_in_this_order(settings, fill):
    flip, angle, factor, across, down = settings
    images = of_class(3)[:4]
    expected = np.array([FLIPS[flip](image) for image in images])
    expected = augment.rotate(expected, np.full(4, float(angle)), fill)
    expected = augment.shift(augment.scale(expected, factor, fill), down, across, fill)
    np.testing.assert_array_equal(changed(images, *settings, fill), expected)


@EACH
def test_all_of_it_is_drawn(settings):
    flip, angle, factor, across, down = settings
    explorer = moved(
        flip=flip, angle=angle, factor=factor, across=across, down=down, fill="reflect", digit=3, example=7
    )
    source = of_class(3)[7]
    result = changed(source[np.newaxis], *settings, "reflect")
    np.testing.assert_array_equal(explorer.source.get_array(), source)
    np.testing.assert_array_equal(explorer.digit_image.get_array(), result[0])
    lines = [came_from(line, *settings) for line in GRID]
    np.testing.assert_allclose(explorer.grid.get_segments(), lines, atol=1e-9)
    np.testing.assert_allclose(
        np.ravel(explorer.corner.get_data()), pixel_places(settings)[0, 0][::-1] - 3.5, atol=1e-9
    )
    scores = models.forward(weights(), result)[0].astype(float)
    chances = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
    np.testing.assert_allclose([bar.get_width() for bar in explorer.bars], chances, rtol=1e-4, atol=1e-9)
    photograph = datasets.photographs()["china"][60:380:2, 150:470:2][np.newaxis]
    shifts = (20 * across, 20 * down)  # the same share of its side
    expected = changed(np.ascontiguousarray(photograph), flip, angle, factor, *shifts, "reflect")[0]
    assert expected.shape == (160, 160, 3)
    np.testing.assert_array_equal(explorer.photo.get_array(), expected)


def test_every_example_is_one_of_the_test_images():
    explorer = moved()
    for digit in range(10):
        explorer.digit = digit
        for example in (0, 1, 39):
            explorer.example = example
            images = of_class(digit)
            np.testing.assert_array_equal(explorer.source.get_array(), images[example % len(images)])


# --- What is read ---


@pytest.mark.parametrize(
    "values",
    [{}, {"angle": 45}, {"angle": 180}, {"angle": -95, "digit": 9}, {"flip": "vertical", "digit": 3},
     {"factor": 0.5, "digit": 8}, {"across": 3, "down": -3, "digit": 1, "fill": "wrap"}],
    ids=str,
)  # fmt: skip
def test_the_shares_are_those_of_all_test_images(values):
    explorer = moved(**values)
    settings = {name: getattr(explorer, name) for name in ("flip", "angle", "factor", "across", "down", "fill")}
    images = of_class(explorer.digit)
    expected = shares(changed(images, **settings))
    np.testing.assert_allclose(explorer.result.named, expected, atol=1e-12)
    right = expected[explorer.digit]
    wrong, other = max((expected[digit], -digit) for digit in range(10) if digit != explorer.digit)
    told = f"{right:.0%} are read as {explorer.digit}, {wrong:.0%} as {-other}."
    assert explorer.status == f"Of {len(images)} test images of the digit {explorer.digit}, {told}"


def test_where_all_are_read_rightly_no_other_digit_is_named():
    explorer = moved(digit=0)
    assert explorer.status == f"All {len(of_class(0))} test images of the digit 0 are read as 0."


@pytest.mark.parametrize(("digit", "as_digit", "angle"), [(6, 9, 180), (6, 4, 90), (9, 6, 180), (2, 2, -30), (5, 5, 0)])
def test_shares_computed_directly(digit, as_digit, angle):
    assert share_called(digit, as_digit, angle=float(angle)) == pytest.approx(turned(digit, angle)[as_digit], abs=1e-12)


def test_the_turning_point_is_the_smallest():
    nines = {angle: turned(6, angle)[9] for angle in range(0, 181, 5)}
    assert turning_point() == 160 and nines[160] > 0.5
    assert all(share <= 0.5 for angle, share in nines.items() if angle < 160)


def test_the_truth_of_the_dial():
    told = re.findall(r"(\d+) degrees|(\d+)%", Dial.prediction.truth())
    assert [int(degrees or percent) for degrees, percent in told] == [
        160, 45, round(100 * turned(6, 45)[6]), 90, round(100 * turned(6, 90)[4]),
    ]  # fmt: skip


# --- While asking ---


@pytest.mark.pixels
def test_while_asking_no_reading_is_shown(monkeypatch):
    def covered(explorer):
        seen = explorer.get_state()["_shown"]
        return seen["picture"], seen["status"], seen["panel"], explorer.alternative_text()

    explorer = Dial(angle=90)
    assert explorer.asking and explorer.status == f"{len(of_class(6))} test images of the digit 6."
    assert not any(bar.get_width() for bar in explorer.bars)
    monkeypatch.setattr(chapter_12, "probabilities", lambda images: np.tile(np.eye(10)[3], (len(images), 1)))
    other = Dial(angle=90)  # had the network read threes everywhere
    assert covered(other) == covered(explorer)
    other.predict(90)
    assert "0% are read as 6, 100% as 3" in other.status and other.bars[3].get_width() == 1


# --- Goals ---


@pytest.mark.parametrize(
    ("values", "goals"),
    [
        ({"angle": 160}, [0]),
        ({"digit": 3, "flip": "vertical"}, [1]),
    ],
)
def test_goals_tick_when_reached(values, goals):
    explorer = answered()
    assert explorer.reached == ()
    explorer.set(**values)
    assert [number for number, goal in enumerate(explorer.goals) if goal in explorer.reached] == goals


@pytest.mark.parametrize(
    "values",
    [
        {"angle": 155},
        {"angle": 165},
        {"angle": 180},
        {"angle": 160, "digit": 9},
        {"angle": 160, "flip": "horizontal"},
        {"angle": 160, "across": 1},
        {"angle": 160, "down": -1},
        {"angle": 160, "factor": 1.1},
        {"digit": 3, "flip": "horizontal"},
        {"digit": 3},
        {"digit": 3, "flip": "vertical", "angle": 5},
        {"digit": 8, "flip": "vertical"},
    ],
    ids=str,
)
def test_goals_tick_nowhere_else(values):
    assert without_goals(**values).reached == ()


def test_a_flip_top_to_bottom_keeps_most_threes_and_the_other_one_none():
    threes = {flip: shares(np.array([FLIPS[flip](image) for image in of_class(3)]))[3] for flip in FLIPS}
    assert threes["vertical"] == pytest.approx(0.67, abs=0.01) and threes["horizontal"] == 0
