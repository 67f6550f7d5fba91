"""Index maps: what an answer did to the pixels is read off as it was done."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlearn.data.augment import crop, shift
from nnlearn.exercises.images import batches
from nnlearn.exercises.index_maps import BORDERS, NOTHING, ORDERS, Law, Moved, Reading, named, origins, read_map, unique

STEPS = [(0, 1), (0, -1), (1, 1), (-1, 2), (2, -1), (1, 0), (0, 0), (1, -1), (-2, 1), (0, -1), (3, -2)]


def cases(answer):
    """An answer to every batch, with steps of all directions."""
    for images, (dy, dx) in zip(batches(np.random.default_rng(0)), STEPS, strict=True):
        yield Moved(np.asarray(images, float), np.asarray(answer(images, dy, dx), float), {"dy": dy, "dx": dx})


@given(st.permutations(range(7)), st.lists(st.integers(-1, 6), min_size=1, max_size=9))
def test_origins_are_where_the_entries_stand(order, wanted):
    given = np.array(order) / 3 - 1
    answer = np.array([99.0 if place < 0 else given[place] for place in wanted])
    assert origins(given, answer).tolist() == wanted


def test_entries_of_lower_precision_are_found_and_others_are_not():
    given = np.array([0.1, 0.2, 1.7])
    assert origins(given, given.astype(np.float32)).tolist() == [0, 1, 2]
    assert origins(given, given + 1e-3).tolist() == [NOTHING] * 3
    assert origins(np.array([5.0]), np.array([5.0, 6.0])).tolist() == [0, NOTHING]
    assert unique(given) and not unique(np.zeros(2)) and not unique(np.zeros(0))


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("step", [-6, -2, -1, 0, 1, 2, 6])
@pytest.mark.parametrize("border", BORDERS)
def test_every_law_shows_places_of_the_image_or_nothing(border, step, size):
    for backwards in (False, True):
        places = Law(backwards, "step", border).places(size, size, {"step": step})
        assert places.shape == (size,) and places.min() >= NOTHING and places.max() < size
        if border == "wrap":
            straight = np.arange(size)[::-1] if backwards else np.arange(size)
            assert places.tolist() == np.roll(straight, step).tolist()


@pytest.mark.parametrize("fill", ["nearest", "reflect", "mirror"])
def test_borders_continue_as_the_course_does(fill):
    reading = read_map(list(cases(lambda images, dy, dx: shift(images, dy, dx, fill))))
    assert reading is not None and {law.border for law in reading.laws if law.step != "0"} == {fill}


@pytest.mark.parametrize("columns", ["dx", "-dy", "2 * dx"])
@pytest.mark.parametrize("rows", ["dy", "-dy", "dx", "abs(dx)", "0"])
@pytest.mark.parametrize("border", ["nothing", "wrap"])
def test_a_shift_is_read_as_it_was_made(rows, columns, border):
    made = Reading("straight", (Law(), Law(False, rows, border), Law(False, columns, border), Law()))
    assert_read(made)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("backwards", list(itertools.product([False, True], repeat=4)))
def test_turns_and_mirrors_are_read_as_they_were_made(order, backwards):
    assert_read(Reading(order, tuple(Law(each) for each in backwards)))


def assert_read(made):
    """An answer that is made by a reading is read as one that makes the same."""
    made_cases = []
    for case in cases(lambda images, dy, dx: images):
        if not ORDERS[made.order](case.given.ndim):  # there is no such order of so few axes
            continue
        shape = made.natural(case.given.shape)
        places = made.places(case, shape)
        answer = np.where(places == NOTHING, 0.0, case.given.ravel()[places])
        made_cases.append(Moved(case.given, answer, case.steps))
    reading = read_map(made_cases)
    assert reading is not None
    for case in made_cases:
        assert np.array_equal(reading.places(case, case.answer.shape), made.places(case, case.answer.shape))


def test_the_reading_that_is_expected_comes_first():
    expected = Reading("straight", (Law(), Law(False, "dy"), Law(False, "dx"), Law()))
    read = read_map(list(cases(lambda images, dy, dx: shift(images, dy, 0))), expected)
    assert read is not None and [law.differs(other) for law, other in zip(read.laws, expected.laws, strict=True)] == [
        0, 0, 1, 0,
    ]  # fmt: skip


def test_a_crop_is_read_from_its_first_place():
    read = read_map([Moved(np.asarray(images, float), crop(images, 0, 1, 1, 1).astype(float), {})
                     for images in batches(np.random.default_rng(1)) if images.shape[2] > 1])  # fmt: skip
    assert read is not None and read.laws[2].step == "-1"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_pixels_in_no_order_have_no_reading(seed):
    random = np.random.default_rng(seed)

    def shuffled(images, dy, dx):
        return random.permutation(images.ravel()).reshape(images.shape)

    assert read_map([case for case in cases(shuffled) if case.given.size > 20]) is None


def test_what_is_not_among_the_pixels_is_nothing():
    read = read_map(list(cases(lambda images, dy, dx: 0 * images)))
    assert read is None or all(np.all(case.places == NOTHING) for case in cases(lambda images, dy, dx: 0 * images))
    assert named({"dy": -2}) == {"0": 0, "1": 1, "-1": -1, "dy": -2, "-dy": 2, "abs(dy)": 2, "-abs(dy)": -2,
                                 "2 * dy": -4, "dy + 1": -1, "dy - 1": -3}  # fmt: skip
