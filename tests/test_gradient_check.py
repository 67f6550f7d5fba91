"""check_gradient: right gradients pass with the digits there are, wrong ones are told with what is wrong with them."""

import re

import numpy as np
import pytest
from problems import PROBLEMS

import nnlearn as nn
from nnlearn.data import breast_cancer
from nnlearn.networks import Dense, Network, ReLU, mlp
from nnlearn.objectives import Beale, LinearRegression, LogisticRegression, Objective, Quadratic, Rosenbrock

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 4)), (RNG.normal(size=40) > 0).astype(int)
MODEL = LogisticRegression(X, Y)
AT = RNG.normal(size=5)


def own(gradient, loss=MODEL.loss):
    return Objective(loss, gradient)


def said(J, theta=AT, **options):
    return " ".join(nn.check_gradient(J, theta, **options).sentences)


# --- Right gradients ---

RIGHT = PROBLEMS | {
    "mlp": mlp(4, 6, 2).on(X, Y),
    "relu": Network((4,), [Dense(6), ReLU(), Dense(2)]).on(X, Y),
    "regression": LinearRegression(X, Y),
    "own": Objective(lambda t: np.sin(t[0]) * t[1] ** 3,
                     lambda t: [np.cos(t[0]) * t[1] ** 3, 3 * np.sin(t[0]) * t[1] ** 2]),
    "one coordinate": Objective(lambda theta: theta[0] ** 4, lambda theta: 4 * theta**3),
}  # fmt: skip


@pytest.mark.parametrize("scale", [0.01, 1.0, 30.0])
@pytest.mark.parametrize("name", RIGHT)
def test_right_gradients_pass(name, scale):
    J = RIGHT[name]
    d = {"own": 2, "one coordinate": 1}.get(name, J.dimension)
    if "Clipped" in repr(J):
        pytest.skip("it is no slope where it is clipped")
    for seed in range(3):
        check = nn.check_gradient(J, scale * np.random.default_rng(seed).normal(size=d))
        assert check.agrees and not check.wrong.any(), check
        assert scale < 1 or check.error < 1e-6  # at 0.01 some slopes are 1e-8
        assert check.sentences[0].startswith("The gradient is the slope of the loss. Digits that agree: ")
        np.testing.assert_array_equal(check.coordinates, np.arange(d))


CANCER = breast_cancer()
SPREAD = {  # the step, and the relative error of the chapter, which is another theta's
    1e-2: 9.6e-6,
    1e-5: 2.9e-11,
    1e-8: 2.3e-8,
    1e-12: 2.0e-4,
}


@pytest.mark.parametrize("h", SPREAD)
def test_what_a_step_is_worth(h):
    J = LogisticRegression(CANCER.X_train, CANCER.y_train)
    thetas = np.random.default_rng(1).normal(size=(9, 31)) * np.array([0.1, 0.3, 1.0]).repeat(3)[:, None]
    errors = [nn.check_gradient(J, theta, h).error for theta in thetas]
    assert SPREAD[h] / 8 < np.median(errors) < SPREAD[h] * 8, errors


def test_single_precision_has_four_digits_and_is_found_out():
    J = LogisticRegression(CANCER.X_train, CANCER.y_train)
    single = own(J.gradient, lambda theta: np.float32(J.loss(theta)))
    theta = 0.3 * np.random.default_rng(1).normal(size=31)
    errors = {h: nn.check_gradient(single, theta, h).error for h in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)}
    assert min(errors, key=errors.get) == 1e-2 and 2e-6 < errors[1e-2] < 2e-4
    check = nn.check_gradient(single, theta)
    assert check.losses.kind == "float32" and check.agrees
    np.testing.assert_allclose(check.h, 4.9e-3 * np.maximum(1, np.abs(theta)), rtol=0.01)
    assert "The loss comes in float32: a difference of two has 4 digits at best." in check.sentences


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
def test_how_the_loss_is_computed_shows_in_its_values(kind):
    coarse = own(MODEL.gradient, lambda theta: MODEL.loss(theta).astype(kind))
    check = nn.check_gradient(coarse, AT)
    assert check.losses.kind == kind and check.agrees is not False
    assert nn.check_gradient(Objective(lambda t: 7.0, np.zeros_like), AT).losses.kind == "float64"  # it tells nothing


# --- Wrong ones, in words ---

SUM = LinearRegression(X, X @ [1.0, -2, 0.5, 3] + 1)


class Summed(LinearRegression):
    def gradient(self, theta):
        return super().gradient(theta) * len(X)


class DividedTwice(LinearRegression):
    def gradient(self, theta):
        return super().gradient(theta) / len(X)


class ForgottenIntercept(LinearRegression):
    def gradient(self, theta):
        return super().gradient(theta) * [1, 1, 1, 1, len(X)]


def swapped(theta):
    g = MODEL.gradient(theta)
    g[[0, 1]] = g[[1, 0]]
    return g


def normalised(theta):
    return MODEL.gradient(theta) / np.linalg.norm(MODEL.gradient(theta))


WRONG = {
    "twice": (own(lambda t: 2 * MODEL.gradient(t)), "It is 2 times the slope everywhere. A factor of 2 is too"),
    "half": (own(lambda t: MODEL.gradient(t) / 2), "It is 0.5 times the slope everywhere. A factor of 2 is missing"),
    "turned round": (own(lambda t: -MODEL.gradient(t)), "It is -1 times the slope everywhere. Its sign is"),
    "turned and twice": (own(lambda t: -2 * MODEL.gradient(t)), "turned round, and a factor of 2 is too much"),
    "turned and half": (own(lambda t: MODEL.gradient(t) / -2), "turned round, and a factor of 2 is missing"),
    "a sum": (Summed(X, Y), "It is 40 times the slope everywhere. That is the number of"),
    "divided twice": (DividedTwice(X, Y), "It is 0.025 times the slope everywhere. That is one over"),
    "a sum in one": (ForgottenIntercept(X, Y), "in 1 of 5 co.*Where it is wrong, it is 40 times"),
    "normalised": (own(normalised), "direction is right, its length is not: it is 1, as of a gradient"),
    "clipped": (nn.objectives.Clipped(MODEL, norm=0.05), r"direction is right, .* it is 0\.\d+ times the slope"),
    "zeros": (own(np.zeros_like), "in 5 of 5 coordinates they differ.* It is zero there, where the loss slopes."),
    "swapped": (own(swapped), "in 2 of 5 coordinates they differ"),
    "by a thousandth": (own(lambda t: MODEL.gradient(t) * 1.001), "it is 1.001 times the slope"),
    "by a millionth": (own(lambda t: MODEL.gradient(t) * (1 + 1e-6)), "in 5 of 5 coordinates they differ"),
    "one coordinate": (own(lambda t: MODEL.gradient(t) + [0, 0, 1e-5, 0, 0]), "in 1 of 5 coordinates they differ"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_gradients_are_told(name):
    J, words = WRONG[name]
    check = nn.check_gradient(J, AT)
    assert check.agrees is False
    assert check.sentences[0].startswith("The gradient is not the slope of the loss: in ")
    assert re.search(words, " ".join(check.sentences)), check.sentences


def test_what_differs_comes_first():
    check = nn.check_gradient(own(lambda t: MODEL.gradient(t) + [0, 0, 0, 1e-5, 0]), AT)
    assert [row[0] for row in check.table.rows][0] == "theta[3]" and len(check.table.rows) == 5
    assert check.errors[3] == pytest.approx(1e-5 / abs(MODEL.gradient(AT)[3] + 1e-5), rel=1e-3)
    few = nn.check_gradient(own(lambda t: MODEL.gradient(t) + [0, 0, 0, 1e-5, 0]), AT, coordinates=[0, 4])
    assert few.agrees and list(few.coordinates) == [0, 4] and len(few.analytic) == 2


# --- Kinks ---


def bent(at, left=0.0, right=1.0):
    """A loss with a kink in its first coordinate, and its gradient: at the kink, that of the left side."""
    return Objective(
        lambda t: np.where(t[0] > at, right, left) * (t[0] - at) + np.sin(t[1]) + t[0] ** 2,
        lambda t: [np.where(t[0] > at, right, left) + 2 * t[0], np.cos(t[1])],
    )


def test_a_kink_is_named_and_is_no_fault_of_the_gradient():
    check = nn.check_gradient(bent(0.25), [0.25, 1.0])
    assert check.agrees and list(check.kinked) == [True, False]
    assert (
        "kink at theta[0], or within 1.5e-06 of it: the slope is 0.5 on the left and 1.5 on the right"
        in check.sentences[1]
    )
    assert "The gradient says 0.5." in check.sentences[1] and check.error < 1e-9


@pytest.mark.parametrize("slope", [0.4, 1.7])
def test_at_a_kink_a_gradient_beyond_both_sides_is_wrong(slope):
    J = bent(0.25)
    wrong = Objective(J.functions["loss"], lambda t: [slope, np.cos(t[1])])
    assert nn.check_gradient(wrong, [0.25, 1.0]).agrees is False
    within = Objective(J.functions["loss"], lambda t: [1.0, np.cos(t[1])])  # any slope between the two is one
    assert nn.check_gradient(within, [0.25, 1.0]).agrees


@pytest.mark.parametrize("share", [-0.9, -0.6, -0.4, -0.1, 0.1, 0.3, 0.7, 0.95])
def test_a_kink_that_the_step_crosses_is_seen(share):
    h = 1e-4
    check = nn.check_gradient(bent(0.25), [0.25 + share * h, 1.0], h)
    assert check.kinked[0] and not check.kinked[1] and check.agrees
    assert "kink" in " ".join(check.sentences)
    beside = nn.check_gradient(bent(0.25), [0.25 + np.sign(share) * 1.1 * h, 1.0], h)
    assert beside.agrees and not beside.kinked.any()


@pytest.mark.parametrize("J", [Rosenbrock(), Beale(), Quadratic(1e6), mlp(4, 6, 2).on(X, Y)], ids=str)
@pytest.mark.parametrize("h", [None, 1e-2, 1e-4, 1e-6, 1e-9])
def test_what_is_only_curved_has_no_kink(J, h):
    for seed in range(5):
        theta = np.random.default_rng(seed).normal(size=J.dimension)
        assert not nn.check_gradient(J, theta, h).kinked.any()


def test_of_many_kinks_some_are_named():
    J = Objective(lambda t: np.abs(t).sum(), np.sign)
    words = said(J, np.zeros(9))
    assert words.count("kink at theta") == 3 and "More coordinates with kinks: 6." in words


# --- What a check can't tell ---


def test_where_both_vanish_nothing_is_proved():
    flat = own(np.zeros_like, lambda theta: 3.0)
    for J, theta in ((Quadratic(), [0.0, 0.0]), (Rosenbrock(), [1.0, 1.0]), (flat, AT)):
        check = nn.check_gradient(J, theta)
        assert check.agrees is None and check.silent.all()
        (sentence,) = check.sentences
        assert sentence.startswith("Gradient and slope are both zero here. That proves nothing: a gradient of zeros")


def test_coordinates_in_which_both_vanish_are_named():
    dead = Network((4,), [Dense(3), ReLU(), Dense(2)]).on(X, Y)
    theta = dead.initial(0)
    bias = [*dead.unpack(theta)][1]
    dead.unpack(theta)[bias][0] = -50  # a unit that is silent on all examples
    check = nn.check_gradient(dead, theta)
    assert check.agrees and 5 <= check.silent.sum() < len(theta)
    assert "Both are zero in theta[0]" in check.sentences[-1] and "nothing was checked there" in check.sentences[-1]


def test_at_zeros_another_place_is_asked_for():
    assert "All coordinates of theta are equal. Check at a random place, too" in said(MODEL, np.zeros(5))
    assert "equal" not in said(MODEL, AT)
    assert "equal" not in said(RIGHT["one coordinate"], [2.0])


def test_steps_that_are_too_small_or_too_large_are_told():
    assert re.search(r"h = 1.0e-09 is so small that .*: about [4-6] of their digits are right", said(MODEL, h=1e-9))
    blurred = nn.check_gradient(MODEL, AT, h=1e-14)
    assert blurred.agrees is None and blurred.blurred.all()
    assert (
        "theta[0], theta[1], theta[2] and 2 more nothing can be said: h = 1.0e-14 is so small" in blurred.sentences[0]
    )
    waves = Objective(lambda t: np.sin(300 * t[0]) + t[1], lambda t: [300 * np.cos(300 * t[0]), 1.0])
    assert nn.check_gradient(waves, [0.3, 0.1]).agrees
    assert not nn.check_gradient(waves, [0.3, 0.1], h=0.01).checked[0]  # neither right nor wrong


def test_a_loss_that_changes_by_itself_is_told():
    noise = np.random.default_rng(0)
    check = nn.check_gradient(Objective(lambda t: t @ t + 0.1 * noise.normal(), lambda t: 2 * t), AT)
    assert check.agrees is None and len(check.sentences) == 1
    assert check.sentences[0].startswith("The loss is another when it is asked again at the same place: ")


def test_what_is_not_finite_is_told():
    check = nn.check_gradient(own(lambda t: MODEL.gradient(t) * [1, np.nan, 1, np.inf, 1]), AT)
    assert check.agrees is False
    assert check.sentences[0] == "The gradient is not finite in theta[1], theta[3]."
    edge = Objective(lambda t: np.log(t[0]) + t[1], lambda t: [1 / t[0], 1.0])
    check = nn.check_gradient(edge, [1e-7, 1.0])
    assert "The loss is not finite near theta in theta[0]: nothing can be said there." in check.sentences
    assert check.agrees and not check.checked[0]


# --- What is refused ---


class InPlace(Quadratic):
    def loss(self, theta):
        theta -= 1
        return super().loss(theta)


class GradientInPlace(Quadratic):
    def gradient(self, theta):
        theta *= 2
        return theta


BAD = {
    "loss in place": (lambda: nn.check_gradient(InPlace(), [1, 2]), ValueError, "loss changed theta in place; leave"),
    "in place": (lambda: nn.check_gradient(GradientInPlace(), [1, 2]), ValueError, "gradient changed theta in place"),
    "in place, own": (
        lambda: nn.check_gradient(own(lambda t: np.multiply(t, 2, out=t)), AT), ValueError, "gradient changed theta"
    ),
    "a function": (lambda: nn.check_gradient(np.sin, [1.0]), TypeError, "needs an objective, such as nn.Objective"),
    "two places": (lambda: nn.check_gradient(Quadratic(), [[1, 2]]), ValueError, r"shape \(1, 2\); a gradient is"),
    "nowhere": (lambda: nn.check_gradient(Quadratic(), [1, np.nan]), ValueError, "theta must be finite"),
    "nothing": (lambda: nn.check_gradient(Quadratic(), []), ValueError, r"theta has shape \(0,\)"),
    "masked": (lambda: nn.check_gradient(Quadratic(), np.ma.masked_array([1, 2], [0, 1])), TypeError, "masked array"),
    "no step": (lambda: nn.check_gradient(Quadratic(), [1, 2], h=0), ValueError, r"h = 0 is not in \(0, inf\)"),
    "two steps": (lambda: nn.check_gradient(Quadratic(), [1, 2], h=[1, 2]), TypeError, "h must be one number"),
    "no coordinate": (lambda: nn.check_gradient(Quadratic(), [1, 2], coordinates=[]), ValueError, "is empty"),
    "coordinate": (lambda: nn.check_gradient(Quadratic(), [1, 2], coordinates=[2]), IndexError, "coordinates 0 to 1"),
    "shape": (
        lambda: nn.check_gradient(own(lambda t: t[:2]), AT), ValueError, "gradient returned shape|gradient gives shape"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_can_t_be_checked_is_refused(name):
    make, error, words = BAD[name]
    with pytest.raises(error, match=words):
        make()


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.int64])
def test_theta_of_any_kind_is_a_place(kind):
    theta = np.array([1, -2, 3, 1, 2], kind)
    before = theta.copy()
    check = nn.check_gradient(MODEL, theta)
    assert check.agrees and check.losses.kind == "float64"
    np.testing.assert_array_equal(theta, before)


def test_many_coordinates_are_asked_about_in_pieces(monkeypatch):
    whole = nn.check_gradient(MODEL, AT)
    monkeypatch.setattr("nnlearn.finite_differences.BLOCK", 10)
    pieces = nn.check_gradient(MODEL, AT)
    np.testing.assert_allclose(pieces.numeric, whole.numeric, rtol=1e-8)


# --- As it is shown ---


def test_text_and_markdown_say_the_same():
    check = nn.check_gradient(WRONG["a sum in one"][0], AT)
    text, markdown = str(check), check._repr_markdown_()
    for sentence in check.sentences:
        assert sentence in text and sentence in markdown
    assert "| coordinate | gradient | central difference | relative error |" in markdown
    assert markdown.count("\n| theta[") == text.count("\ntheta[") == 5
