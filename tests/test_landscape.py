"""Losses along two directions: kinds of points that are known, the losses, the directions, the words, the picture."""

from functools import cache

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.directions import hessian_times, without
from nnlearn.landscape_plot import level_lines, side_by_side
from nnlearn.networks import (
    BatchNorm,
    Conv2D,
    Dense,
    Flatten,
    Network,
    ReLU,
    Residual,
    Sigmoid,
    he,
    mlp,
)
from nnlearn.objectives import Clipped, Noisy, Objective, Penalised, Quadratic, Rosenbrock, Saddle

DATA = nn.data.digits(seed=0)
X, Y = DATA.X_train[:300], DATA.y_train[:300]
PLANE = np.eye(2)


def parabola(*curvatures, slope=0.0, height=1.0):
    """height + slope * theta[0] + the sum of curvature * theta^2 / 2."""
    c = np.array(curvatures)
    return Objective(
        lambda theta: height + slope * theta[..., 0] + theta**2 @ c / 2,
        gradient=lambda theta: theta * c + slope * np.eye(len(c))[0],
        hessian=lambda theta: np.broadcast_to(np.diag(c), (*theta.shape, len(c))),
    )


# --- What stands in the middle, where it is known ---

KINDS = {  # curvatures, the slope along the first, what is there
    "bowl": ((2.0, 1.0), 0.0, "minimum"),
    "top": ((-2.0, -1.0), 0.0, "maximum"),
    "saddle": ((-1.0, 1.0), 0.0, "saddle"),
    "saddle, turned": ((1.0, -1.0), 0.0, "saddle"),
    "level": ((0.0, 0.0), 0.0, "plateau"),
    "gutter": ((0.0, 1.0), 0.0, "valley"),
    "crest": ((-1.0, 0.0), 0.0, "ridge"),
    "hillside": ((0.0, 0.0), 1.0, "slope"),
    "hillside of a gutter": ((0.0, 1.0), 1.0, "slope"),
    "nearly a bowl": ((2.0, 1.0), 0.19, "minimum"),  # it turns at 0.095
    "no longer a bowl": ((2.0, 1.0), 0.21, "slope"),  # at 0.105
    "nearly level": ((0.01, 0.01), 0.0049, "plateau"),  # 0.0099 of the loss 1
    "no longer level": ((0.01, 0.01), 0.0051, "slope"),  # 0.0101
    "level along one": ((0.0199, 1.0), 0.0, "valley"),
    "up along both": ((0.0201, 1.0), 0.0, "minimum"),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_stands_in_the_middle(name):
    curvatures, slope, kind = KINDS[name]
    J = parabola(*curvatures, slope=slope)
    surface = nn.loss_surface(J, [0.0, 0.0], PLANE)
    assert surface.kind == kind
    np.testing.assert_allclose(surface.curvatures, curvatures, atol=1e-9)
    np.testing.assert_allclose(surface.slopes, [slope, 0])
    swapped = nn.loss_surface(J, [0.0, 0.0], PLANE[::-1])
    assert swapped.kind == kind and sorted(swapped.along) == sorted(surface.along)


@pytest.mark.parametrize("degrees", [0, 30, 45, 100])
@pytest.mark.parametrize("name", [name for name in KINDS if "long" not in name and "nearly" not in name])
def test_the_kind_is_that_of_the_plane_not_of_its_axes(name, degrees):
    """Along the diagonals a saddle is as level as a plateau."""
    curvatures, slope, kind = KINDS[name]
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned = nn.loss_surface(parabola(*curvatures, slope=slope), [0.0, 0.0], [[c, s], [-s, c]], points=3)
    assert turned.kind == kind


def test_between_two_rising_directions_a_saddle_is_seen():
    diagonals = nn.loss_surface(Saddle(), [0.0, 0.0], [[1.0, 1.0], [1.0, -1.0]], points=3)
    assert diagonals.kind == "saddle" and diagonals.twist == pytest.approx(2)
    np.testing.assert_allclose(diagonals.curvatures, 0, atol=1e-9)
    rising = nn.loss_surface(Saddle(), [0.0, 0.0], [[1.0, 0.5], [1.0, -0.5]], points=3)
    assert (rising.curvatures > 0).all() and rising.kind == "saddle"


@pytest.mark.parametrize("factor", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("name", KINDS)
def test_the_kind_is_the_same_in_other_units(name, factor):
    """Of theta, if the picture is as large in them; and of the loss."""
    curvatures, slope, kind = KINDS[name]
    longer = parabola(*(c / factor**2 for c in curvatures), slope=slope / factor)
    assert nn.loss_surface(longer, [0.0, 0.0], factor * PLANE, points=3).kind == kind
    assert nn.loss_surface(longer, [0.0, 0.0], PLANE, reach=factor, points=3).kind == kind
    higher = parabola(*(c * factor for c in curvatures), slope=slope * factor, height=factor)
    assert nn.loss_surface(higher, [0.0, 0.0], PLANE, points=3).kind == kind


def test_a_loss_of_0_has_no_share_that_would_be_flat():
    assert nn.loss_surface(Quadratic(curvatures=[1e-12, 1e-12]), [0.0, 0.0], PLANE).kind == "minimum"
    assert nn.loss_surface(parabola(0.0, 0.0, height=0.0), [0.0, 0.0], PLANE).kind == "plateau"


def test_surfaces_of_the_course():
    assert nn.loss_surface(Saddle(), [0.0, 0.0]).kind == "saddle"
    assert nn.loss_surface(Saddle(), [0.0, 1.0]).kind == "minimum"
    assert nn.loss_surface(Rosenbrock(), [1.0, 1.0]).kind == "minimum"
    assert nn.loss_surface(Rosenbrock(), [-1.0, 1.0]).kind == "slope"


# --- A network on digits: plateau, saddle, minimum ---


@cache
def sigmoids():
    """Three layers of sigmoids after 50 steps, on their plateau."""
    J = mlp(64, 32, 32, 32, 10, activation=Sigmoid).on(X, Y)
    return J, nn.run(nn.Momentum(0.2, 0.9), J, J.initial(0), 50, keep=["theta"], every=50).theta[-1]


@cache
def one_layer(start):
    """One layer of tanh after 400 steps, from zeros or from usual weights."""
    J = mlp(64, 8, 10).on(X, Y)
    theta = np.zeros(J.dimension) if start == "zeros" else J.initial(0)
    return J, nn.run(nn.Momentum(0.5, 0.9), J, theta, 400, keep=["theta"], every=400).theta[-1]


def test_deep_sigmoids_begin_on_a_plateau():
    J, theta = sigmoids()
    surface = nn.loss_surface(J, theta, "random", points=5)
    assert surface.kind == "plateau" and surface.loss == pytest.approx(np.log(10), abs=0.03)
    assert np.ptp(surface.losses) < 0.01 * surface.loss
    # not so in the scale of the weights: those of the output can but make it worse
    assert nn.loss_surface(J, theta, "units", points=5).kind == "minimum"


def test_zero_weights_are_a_saddle_that_random_directions_do_not_show():
    J, theta = one_layer("zeros")
    surface = nn.loss_surface(J, theta, "curvature", reach=3, points=5)
    assert surface.kind == "saddle" and surface.gradient_norm < 1e-6
    assert surface.curvatures[0] < -0.2 and surface.curvatures[1] > 0.2
    middle = surface.loss
    assert (surface.losses[[0, 1, 3, 4], 2] < middle).all() and (surface.losses[2, [0, 1, 3, 4]] > middle).all()
    random = nn.loss_surface(J, theta, "random", reach=3, points=5)
    assert np.abs([*random.curvatures, random.twist]).max() < 0.1 * surface.curvatures[1]
    with pytest.raises(ValueError, match="All kernels are 0"):
        nn.loss_surface(J, theta)


def test_after_training_two_random_directions_show_a_minimum():
    J, theta = one_layer("usual")
    for seed in range(3):
        surface = nn.loss_surface(J, theta, points=9, seed=seed)
        assert surface.kind == "minimum" and surface.chosen == "units" and surface.loss < 0.05
        assert (np.delete(surface.losses, 40) > surface.loss).all()
    least, _ = nn.extreme_curvatures(J, theta)[0]
    assert least < 0  # and yet it is none


# --- The losses ---


@pytest.mark.parametrize("block", [1, 7000, 2**22])
def test_the_losses_are_those_at_the_places(monkeypatch, block):
    monkeypatch.setattr(nn.landscape, "BLOCK", block)
    J, asked = mlp(64, 5, 10).on(X[:40], Y[:40]), []
    theta, loss = J.initial(0), J.loss
    monkeypatch.setattr(J, "loss", lambda theta: asked.append(theta.size) or loss(theta), raising=False)
    surface = nn.loss_surface(J, theta, reach=0.5, points=7)
    assert sum(asked) == 49 * len(theta) and max(asked) <= max(block, 7 * len(theta))
    np.testing.assert_allclose(surface.positions, [-0.5, -1 / 3, -1 / 6, 0, 1 / 6, 1 / 3, 0.5])
    first, second = surface.directions
    for i, j in ((0, 0), (0, 6), (2, 5), (3, 3)):
        place = theta + surface.positions[i] * first + surface.positions[j] * second
        assert surface.losses[i, j] == pytest.approx(J.loss(place), rel=1e-12)
    assert surface.losses[3, 3] == surface.loss == pytest.approx(J.loss(theta), rel=1e-12)


def test_slopes_and_curvatures_are_those_of_the_losses():
    J = mlp(64, 5, 10).on(X[:40], Y[:40], l2=0.1)
    surface = nn.loss_surface(J, J.initial(0), reach=1e-3, points=3)
    h, along = 1e-3, (surface.losses[:, 1], surface.losses[1, :])
    np.testing.assert_allclose(surface.slopes, [(each[2] - each[0]) / (2 * h) for each in along], rtol=1e-4)
    bends = [(each[2] - 2 * each[1] + each[0]) / h**2 for each in along]
    np.testing.assert_allclose(surface.curvatures, bends, rtol=1e-4)
    assert surface.gradient_norm == pytest.approx(np.linalg.norm(J.gradient(J.initial(0))))


def test_what_changes_the_gradient_alone_has_no_part():
    J = mlp(64, 5, 10).on(X[:40], Y[:40])
    theta = J.initial(0)
    plain = nn.loss_surface(J, theta, points=3)
    around = nn.loss_surface(Noisy(Clipped(nn.MiniBatches(8).of(J), norm=1e-3), scale=1.0), theta, points=3)
    for name in ("losses", "slopes", "curvatures", "gradient_norm"):
        np.testing.assert_array_equal(getattr(around, name), getattr(plain, name))
    extremes = nn.extreme_curvatures(J, theta)[0]
    np.testing.assert_array_equal(nn.extreme_curvatures(Clipped(J, norm=1e-3), theta)[0], extremes)
    priced = nn.loss_surface(Penalised(J, l2=2.0), theta, points=3)
    inside = nn.loss_surface(mlp(64, 5, 10).on(X[:40], Y[:40], l2=2.0), theta, points=3)
    np.testing.assert_allclose(priced.losses, inside.losses)
    np.testing.assert_allclose(priced.curvatures, inside.curvatures, rtol=1e-6)  # by two gradients


def test_losses_that_overflow_are_no_hindrance():
    surface = nn.loss_surface(parabola(2.0, 2.0), [0.0, 0.0], PLANE, reach=1e200, points=3)
    assert np.isinf(surface.losses[0, 0]) and surface.losses[1, 1] == 1 and surface.kind == "minimum"


# --- Directions ---


def test_random_directions_are_of_length_1_and_at_right_angles():
    J = Quadratic(curvatures=np.ones(50))
    pairs = [nn.loss_surface(J, np.zeros(50), "random", points=3, seed=seed).directions for seed in (0, 0, 1)]
    np.testing.assert_allclose(pairs[0] @ pairs[0].T, PLANE, atol=1e-12)
    assert (pairs[0] == pairs[1]).all() and not np.isclose(pairs[0], pairs[2]).any(axis=1).all()


def test_the_units_directions_have_the_lengths_of_the_units_weights():
    layers = [Conv2D(3, 3, name="conv"), BatchNorm(name="norm"), Residual([Conv2D(3, 1, name="within")], name="around"),
              Flatten(), Dense(10, name="out")]  # fmt: skip
    J = Network((8, 8, 1), layers).on(X[:20].reshape(-1, 8, 8, 1), Y[:20])
    theta = J.initial(0)
    weights = J.unpack(theta)
    weights["out/kernel"][:, 4] = 0
    surface = nn.loss_surface(J, theta, points=3)
    for direction in surface.directions:
        for name, moved in J.unpack(direction).items():
            if name.endswith("kernel"):
                lengths = [np.linalg.norm(each.reshape(-1, each.shape[-1]), axis=0) for each in (moved, weights[name])]
                np.testing.assert_allclose(*lengths)
            else:
                assert not moved.any()
    first, second = surface.directions
    cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
    assert abs(cosine) < 0.2 and surface.lengths == pytest.approx([np.linalg.norm(first), np.linalg.norm(second)])


def test_the_same_function_by_other_weights_looks_the_same_along_the_units_alone():
    """Relus times 10, and the next layer divided by 10."""
    J = mlp(64, 8, 10, activation=ReLU, initial=he).on(X, Y)
    theta = nn.run(nn.Momentum(0.1, 0.9), J, J.initial(0), 200, keep=["theta"], every=200).theta[-1]
    other = theta.copy()
    weights = J.unpack(other)
    for name, factor in (("hidden/kernel", 10), ("hidden/bias", 10), ("output/kernel", 0.1)):
        weights[name] *= factor
    assert J.loss(other) == pytest.approx(J.loss(theta))
    units = [nn.loss_surface(J, each, "units", points=5) for each in (theta, other)]
    np.testing.assert_allclose(units[0].losses, units[1].losses, rtol=1e-9)
    np.testing.assert_allclose(units[0].curvatures, units[1].curvatures, rtol=1e-9)
    plain = [nn.loss_surface(J, each, "random", points=5) for each in (theta, other)]
    assert (plain[1].curvatures > 10 * plain[0].curvatures).all()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("d", [2, 3, 30, 300])
def test_extreme_curvatures_are_the_hessian_s_extreme_eigenvalues(d, seed):
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(d, d))
    matrix = (matrix + matrix.T) / 2 + np.diag(random.normal(size=d))
    J = Objective(lambda theta: (theta @ matrix * theta).sum(axis=-1) / 2, gradient=lambda theta: theta @ matrix,
                  hessian=lambda theta: np.broadcast_to(matrix, (*theta.shape, d)))  # fmt: skip
    curvatures, directions = nn.extreme_curvatures(J, random.normal(size=d), seed=seed)
    values, vectors = np.linalg.eigh(matrix)
    largest = np.abs(values).max()
    np.testing.assert_allclose(curvatures, values[[0, -1]], atol=1e-6 * largest)
    np.testing.assert_allclose(directions @ directions.T, PLANE, atol=1e-9)
    np.testing.assert_allclose(directions @ matrix, curvatures[:, np.newaxis] * directions, atol=3e-6 * largest)


def test_extremes_far_from_the_rest_take_few_products():
    c, products = np.array([-5.0, *np.linspace(-1, 1, 300), 5.0]), []
    J = parabola(*c)
    J.hessian_product = lambda theta, vector: products.append(1) or c * vector
    curvatures, _ = nn.extreme_curvatures(J, np.zeros(302))
    np.testing.assert_allclose(curvatures, [-5, 5], atol=5e-6)
    assert 5 < len(products) < 50


def test_what_is_left_is_at_right_angles_even_if_it_is_little():
    basis = np.linalg.qr(np.random.default_rng(0).normal(size=(40, 5)))[0].T
    left = without(basis, basis.sum(axis=0) + 1e-12 * np.random.default_rng(1).normal(size=40))
    assert np.abs(basis @ left).max() < 1e-14 * np.linalg.norm(left)


SPECIAL = {
    "nothing": np.zeros(5),
    "one for all": np.full(5, 3.0),
    "two values": np.array([2.0, 2.0, 2.0, -1.0, -1.0]),
    "one alone": np.array([0.0, 0.0, 7.0, 0.0, 0.0]),
    "one below": np.array([0.0, 0.0, -7.0, 0.0, 0.0]),
    "tiny": 1e-100 * np.arange(5.0),
    "huge": 1e150 * np.arange(-2, 3.0),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_extreme_curvatures_where_many_are_the_same(name):
    c = SPECIAL[name]
    curvatures, directions = nn.extreme_curvatures(parabola(*c), np.zeros(5))
    np.testing.assert_allclose(curvatures, [c.min(), c.max()], atol=1e-6 * np.abs(c).max())
    np.testing.assert_allclose(directions @ directions.T, PLANE, atol=1e-9)


def test_extreme_curvatures_of_a_network_are_those_of_its_whole_hessian():
    J, theta = one_layer("usual")
    H = np.array([J.hessian_product(theta, direction) for direction in np.eye(J.dimension)])
    values = np.linalg.eigvalsh((H + H.T) / 2)
    np.testing.assert_allclose(nn.extreme_curvatures(J, theta)[0], values[[0, -1]], atol=2e-6 * values[-1])


def test_where_no_product_is_known_two_gradients_make_it():
    J, theta = one_layer("usual")
    vector = np.random.default_rng(0).normal(size=J.dimension)
    without = Objective(J.loss, gradient=J.gradient)
    np.testing.assert_allclose(hessian_times(without, theta, vector), J.hessian_product(theta, vector),
                               atol=1e-7 * np.linalg.norm(vector))  # fmt: skip
    within = Network((64,), [Dense(16), Residual([Dense(16), Sigmoid()]), Dense(10)]).on(X[:50], Y[:50])
    theta = within.initial(0)
    surface = nn.loss_surface(within, theta, reach=1e-3, points=3)
    bend = (surface.losses[2, 1] - 2 * surface.loss + surface.losses[0, 1]) / 1e-6
    assert surface.curvatures[0] == pytest.approx(bend, rel=1e-3)


# --- Words and picture ---


def test_the_words_have_the_numbers_and_what_they_cannot_tell():
    bowl = nn.loss_surface(parabola(2.0, 1.0, 0.5, slope=0.01), np.zeros(3), np.eye(3)[:2])
    assert bowl.sentences == [
        "Loss 1, gradient's length 0.01; slopes 0.01 and 0, curvatures 2 and 1.",
        "By slopes and curvatures it rises on all sides: a minimum in this picture.",
        "These are two of 3 directions; what the loss does along the others isn't seen.",
    ]
    assert repr(bowl) == "\n".join(bowl.sentences)
    assert len(nn.loss_surface(parabola(2.0, 1.0), np.zeros(2), PLANE).sentences) == 2  # there is no other
    ends = nn.loss_surface(parabola(2.0, -1.0, 0.5), np.zeros(3))
    assert ends.sentences[2] == (
        "No direction was found with less curvature than the first, and none with more than the second."
    )
    assert "curvatures -1 and 2" in ends.sentences[0]


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_has_its_sentence(name):
    curvatures, slope, kind = KINDS[name]
    sentence = nn.loss_surface(parabola(*curvatures, slope=slope), [0.0, 0.0], PLANE, points=3).sentences[1]
    assert {"slope": "to one side it falls"}.get(kind, kind if kind != "valley" else "valley's floor") in sentence


def test_digits_of_rounding_are_not_told():
    J = parabola(1.0, 1.0, slope=1e-13)
    assert (
        "gradient's length <1e-9; slopes <1e-9 and 0," in nn.loss_surface(J, [0.0, 0.0], PLANE, points=3).sentences[0]
    )


def test_the_picture_has_a_panel_for_each_and_one_scale():
    J, theta = one_layer("usual")
    surfaces = {"narrow": nn.loss_surface(J, theta, reach=0.2, points=9), "wide": nn.loss_surface(J, theta, points=9)}
    figure = side_by_side(surfaces)
    narrow, wide, bar = figure.axes
    assert [axes.get_title(loc="left") for axes in (narrow, wide)] == ["narrow", "wide"]
    assert narrow.get_xlim() == (-0.2, 0.2) and wide.get_ylim() == (-1, 1)
    assert narrow.collections[0].get_clim() == wide.collections[0].get_clim()
    low, high = wide.collections[0].get_clim()
    assert low <= surfaces["narrow"].loss and high >= surfaces["wide"].losses.max()
    for name, surface in surfaces.items():
        assert f"{name}: {surface.sentences[0]}" in figure.alt
    assert figure.alt.startswith("Level lines of the loss along two directions around a point; panels: 2.")
    cut = side_by_side(surfaces, highest=2.0)
    assert cut.axes[1].collections[0].get_clim()[1] <= 2.5 and cut.axes[1].collections[0].extend == "max"


@pytest.mark.pixels
def test_the_first_direction_goes_to_the_right():
    """The loss rises along the first alone: columns of one colour, rows of many."""
    figure = nn.loss_surface(parabola(0.0, 0.0, slope=1.0), [0.0, 0.0], PLANE).plot()
    shades = np.asarray(figure.axes[0].collections[0].get_paths()[0].vertices)
    assert np.ptp(shades[:, 1]) == pytest.approx(2) and np.ptp(shades[:, 0]) < 0.5
    assert len(figure._repr_png_()) > 3000


@pytest.mark.pixels
@pytest.mark.parametrize("J", [parabola(0.0, 0.0), parabola(2e300, 1.0), parabola(1.0, -1.0)])
def test_any_picture_can_be_drawn(J):
    assert len(nn.loss_surface(J, [0.0, 0.0], PLANE, reach=1e4).plot()._repr_png_()) > 3000


def test_levels_are_round_and_hold_all_losses():
    levels = level_lines(np.array([0.013, np.nan, 7.9]), None)
    assert levels[0] <= 0.013 and levels[-1] >= 7.9 and len(levels) < 30
    np.testing.assert_allclose(np.diff(levels), levels[1] - levels[0])
    assert level_lines(np.array([2.0, 2.0]), None)[0] < 2 < level_lines(np.array([2.0, 2.0]), None)[-1]


# --- What can't be used ---

SMALL = mlp(4, 3, 2).on(np.eye(4), [0, 1, 0, 1])
THETA = SMALL.initial(0)
SWEEP = Penalised(Quadratic(curvatures=[1.0, 1.0]), l2=np.array([[0.1], [0.2]]))


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: nn.loss_surface(SMALL.network, THETA), TypeError, "J must be an objective"),
        (lambda: nn.loss_surface(lambda theta: 0.0, [0.0, 0.0]), TypeError, "J must be an objective"),
        (lambda: nn.extreme_curvatures(None, [0.0, 0.0]), TypeError, "J must be an objective"),
        (lambda: nn.loss_surface(SMALL, THETA[:-1]), ValueError, "theta has shape"),
        (lambda: nn.loss_surface(SMALL, np.stack([THETA] * 2)), ValueError, "theta has shape .2, 23.; one point"),
        (lambda: nn.loss_surface(Quadratic(curvatures=[1.0]), [0.0]), ValueError, "one point of at least two"),
        (lambda: nn.extreme_curvatures(Quadratic(curvatures=[1.0]), [0.0]), ValueError, "one point of at least two"),
        (lambda: nn.loss_surface(SMALL, THETA * np.nan), ValueError, "theta must be finite"),
        (lambda: nn.loss_surface(SMALL, np.ma.masked_less(THETA, 0)), TypeError, "theta is a masked array"),
        (lambda: nn.loss_surface(SMALL, ["a"] * len(THETA)), TypeError, "theta must hold real numbers"),
        (lambda: nn.loss_surface(SWEEP, [0.0, 0.0]), ValueError, "is a sweep: take one of its members"),
        (lambda: nn.loss_surface(SMALL, THETA, "hessian"), ValueError, "directions = 'hessian' is not one of 'units'"),
        (lambda: nn.loss_surface(Saddle(), [0.0, 0.0], "units"), TypeError, "Saddle.* has none: take 'random'"),
        (lambda: nn.loss_surface(SMALL, 0 * THETA, "units"), ValueError, "All kernels are 0 at theta"),
        (lambda: nn.loss_surface(SMALL, THETA, np.eye(3)), ValueError, "directions have shape .3, 3.; .*, .2, 23"),
        (lambda: nn.loss_surface(SMALL, THETA, 3.0), ValueError, "directions have shape"),
        (lambda: nn.loss_surface(SMALL, THETA, [THETA, -2 * THETA]), ValueError, "directions must point two ways"),
        (lambda: nn.loss_surface(SMALL, THETA, [THETA, 0 * THETA]), ValueError, "directions must point two ways"),
        (lambda: nn.loss_surface(SMALL, THETA, [THETA, THETA + np.inf]), ValueError, "directions must be finite"),
        (lambda: nn.loss_surface(SMALL, THETA, reach=0.0), ValueError, "reach = 0 is not in"),
        (lambda: nn.loss_surface(SMALL, THETA, reach=np.inf), ValueError, "reach = inf is not in"),
        (lambda: nn.loss_surface(SMALL, THETA, reach=[1.0, 2.0]), TypeError, "reach must be one number"),
        (lambda: nn.loss_surface(SMALL, THETA, points=10), ValueError, "points = 10 must be odd"),
        (lambda: nn.loss_surface(SMALL, THETA, points=1), ValueError, "points = 1 is too small"),
        (lambda: nn.loss_surface(SMALL, THETA, points=5.0), TypeError, "points must be a whole number"),
        (lambda: nn.loss_surface(SMALL, THETA, seed=-1), ValueError, "seed = -1 is too small"),
        (lambda: nn.extreme_curvatures(SMALL, THETA, seed=0.5), TypeError, "seed must be a whole number"),
        (lambda: nn.loss_surface(parabola(np.nan, 1.0), [0.0, 0.0], PLANE), ValueError, "are not finite"),
        (lambda: nn.extreme_curvatures(parabola(np.inf, 1.0), [0.0, 0.0]), ValueError, "curvatures at theta are not"),
        (lambda: side_by_side({}), TypeError, "surfaces must be what loss_surface gives"),
        (lambda: side_by_side({"a": 3}), TypeError, "surfaces must be what loss_surface gives"),
        (lambda: side_by_side({"": nn.loss_surface(Saddle(), [0.0, 0.0])}, highest=np.nan), ValueError, "highest = n"),
    ],
)  # fmt: skip
def test_what_can_t_be_used_is_named(call, error, match):
    with pytest.raises(error, match=match):
        call()
