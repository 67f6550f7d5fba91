"""The errors of the sources on the ground of chapter 06, each run; and the numbers that the chapter's text tells."""

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.chapters.ch06_adaptive import EpsilonInside, FullAdaGrad, Ravine, tables, turned_start
from nnlearn.chapters.ch06_adaptive.ravine import arrivals
from nnlearn.chapters.ch06_adaptive.turn import method, rates_of_each
from nnlearn.syllabus import errata

PARABOLA = nn.Objective(lambda theta: np.sum(theta**2, axis=-1), lambda theta: 2 * theta)


def shows(name):
    """What running the fault shows, by the table."""
    return next(row["shows"] for row in errata("06").rows if row["id"] == name)


def test_c16():
    """The function takes no beta, and its v is overwritten by a number before anything reads it."""
    assert shows("C16") == "NameError at the first step"
    code = """
def adaptive(gradient, theta, learning_rate, epochs):
    v = np.zeros(len(theta))
    for epoch in range(epochs):
        v = learning_rate / (1 + beta * np.linalg.norm(gradient(theta)) ** 2)
        theta = theta - v * gradient(theta)
    return theta
"""
    names = {"np": np}
    exec(code, names)
    with pytest.raises(NameError, match="beta"):
        names["adaptive"](lambda theta: 2 * theta, np.ones(2), 0.1, 5)
    names["beta"] = 0.5
    mended = nn.run(nn.NormScaled(0.1, beta=0.5), PARABOLA, [1.0, 1.0], 5).theta[-1]
    np.testing.assert_allclose(names["adaptive"](lambda theta: 2 * theta, np.ones(2), 0.1, 5), mended, rtol=1e-12)


@pytest.mark.parametrize("curvature", [0.02, 1.0, 200.0])
@pytest.mark.parametrize("rho", [0.5, 0.9, 0.99])
def test_c27(curvature, rho):
    assert shows("C27") == "ends jumping half the rate to each side, for curvatures 0.02, 1 and 200"
    bowl, rate = nn.objectives.Quadratic(curvatures=[curvature]), 0.05
    path = nn.run(nn.RMSprop(rate, rho), bowl, [1.0], 20_000, keep=["theta"]).theta[-4:, 0]
    np.testing.assert_allclose(np.abs(path), rate / 2, rtol=1e-3)
    assert (np.sign(path[1:]) == -np.sign(path[:-1])).all()


def test_c27_mended():
    rate = nn.ExponentialDecay(0.01, decay_steps=100, decay_rate=0.5)
    assert abs(nn.run(nn.RMSprop(rate), PARABOLA, [1.0], 1000).theta[-1, 0]) < 1e-5
    assert abs(nn.run(nn.RMSprop(0.01), PARABOLA, [1.0], 1000).theta[-1, 0]) == pytest.approx(0.005, rel=1e-4)


def leaky(theta, epsilon, steps, beta=0.9, rate=0.01):
    """The source's loop: epsilon comes into the mean in each step."""
    r = 0.0
    for _ in range(steps):
        g = 2 * theta
        r = beta * r + (1 - beta) * g**2 + epsilon
        theta = theta - rate * g / np.sqrt(r)
    return theta, r


def test_c28():
    assert shows("C28") == "v is never read; epsilon adds up to 1e-7, under the root"
    assert leaky(0.0, 1e-8, 1000)[1] == pytest.approx(1e-7)
    inside = nn.run(EpsilonInside(0.01, 0.9, 1e-3), PARABOLA, [1.0], 400).theta[-1, 0]
    assert leaky(1.0, 1e-4, 400)[0] == pytest.approx(inside, abs=2e-4)


def test_c30():
    """What the text breaks off before: the loop."""
    assert shows("C30") == "the code ends before its loop"
    theta, g = 1.0, 0.0
    for _ in range(1000):
        gradient = 2 * theta
        g = g + gradient**2
        theta = theta - 0.5 * gradient / (np.sqrt(g) + 1e-8)
    ours = nn.run(nn.AdaGrad(0.5, 0.0), PARABOLA, [1.0], 1000).theta[-1, 0]
    assert theta == pytest.approx(ours, rel=1e-10, abs=1e-300) and abs(theta) < 1e-6


def test_m02():
    assert shows("M02") == "from 1 the first step ends at -1,999,999, and it is at -1,979,998 after 3,000"
    theta, total, path = 1.0, 0.0, []
    for _ in range(3000):
        gradient = 2 * theta
        theta = theta - 0.01 * gradient / (np.sqrt(total) + 1e-8)
        total = total + gradient**2
        path.append(theta)
    assert path[0] == pytest.approx(-1_999_999) and path[-1] == pytest.approx(-1_979_998, abs=1)
    mended = nn.run(nn.AdaGrad(0.01, 0.0), PARABOLA, [1.0], 3000, keep=["theta"]).theta[:, 0]
    assert mended[1] == pytest.approx(0.99) and 0 < mended[-1] < 0.2


def test_m03():
    assert "the same 9 steps at 0, 10 and 45 degrees" in shows("M03")
    rates = np.geomspace(0.3, 10, 60)[:, np.newaxis]
    for angle in (0, 10, 45):
        whole = nn.run(FullAdaGrad(rates), Ravine(100, angle), turned_start(angle), 100, keep=["theta"]).loss
        assert arrivals(whole).min() == 9
    row = nn.run(nn.AdaGrad(1.0, 0.0), Ravine(100, 45), turned_start(45), 1)[-1]
    assert row.accumulator.shape == (2,)


def test_the_whole_matrix_turns_and_the_diagonal_does_not():
    R = np.array([[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]])
    for rule, turns in ((FullAdaGrad(1.0), True), (nn.AdaGrad(1.0, 0.0), False)):
        upright = nn.run(rule, Ravine(30), turned_start(0), 20).theta
        turned = nn.run(rule, Ravine(30, np.rad2deg(0.5)), turned_start(np.rad2deg(0.5)), 20).theta
        assert np.allclose(turned, upright @ R.T, atol=1e-5) == turns


@pytest.mark.parametrize(("start", "steps"), [(1, 3), (10, 56), (100, 5010), (1000, 500_013)])
def test_m04(start, steps):
    assert "from 1, 10, 100 and 1000 it takes 3, 56, 5,010 and 500,013 steps" in shows("M04")
    theta, needed = float(start), 0
    while abs(theta) > 0.001:
        theta -= theta / (1 + theta * theta)
        needed += 1
    assert needed == steps
    if start >= 10:
        assert needed == pytest.approx(start**2 / 2, rel=0.15)  # told: about half the start's square
    square = nn.objectives.Quadratic(curvatures=[1.0, 1.0])
    row = nn.run(nn.NormScaled(1.0), square, [3.0, 4.0], 1)[-1]
    assert row.rate.shape == (1,) and row.rate[0] == pytest.approx(1 / 26)


def test_too_large_a_norm_scaled_rate_ends_in_a_cycle():
    square = nn.objectives.Quadratic(curvatures=[1.0])
    ends = nn.run(nn.NormScaled(3.0), square, [1.0], 1000, keep=["theta"]).theta[-2:, 0]
    np.testing.assert_allclose(np.abs(ends), np.sqrt(3 / 2 - 1))
    assert np.ptp(np.abs(nn.run(nn.NormScaled(5.0), square, [1.0], 1000, keep=["theta"]).theta[-2:])) > 0.5
    far = [nn.run(nn.NormScaled(rate), square, [1.0], 1000, keep=["theta"]).theta for rate in (5.0, 60.0, 1000.0)]
    assert all(np.abs(path).max() <= rate / 2 + 1 for path, rate in zip(far, (5.0, 60.0, 1000.0), strict=True))
    slopes = np.linspace(0, 20, 2001)
    assert np.max(3 * slopes / (1 + 0.25 * slopes**2)) == pytest.approx(3 / (2 * np.sqrt(0.25)))  # the longest step


def test_m05():
    assert shows("M05") == "of (3, 4) the 2-norm is 5, its square 25"
    square = nn.objectives.Quadratic(curvatures=[1.0, 1.0])
    row = nn.run(nn.NormScaled(1.0, beta=2.0), square, [3.0, 4.0], 1)[-1]
    assert row.rate[0] == pytest.approx(1 / (1 + 2 * 25)) and np.linalg.norm([3, 4]) == 5


def with_the_old_mean(under_root):
    """Where the first step from 1 on theta^2 ends, rate 0.01: the mean, as AdaGrad's sum, is still 0."""
    return 1 - 0.01 * 2 / np.sqrt(0 + under_root)


def test_m10():
    assert shows("M10").startswith("as written the first step is 1.05 times plain descent's; with epsilon 1e-8")
    assert (1 - with_the_old_mean(0.9)) / 0.02 == pytest.approx(1.05, abs=0.005)
    assert with_the_old_mean(1e-8) == pytest.approx(-199)
    assert nn.run(nn.RMSprop(0.01), PARABOLA, [1.0], 1).theta[-1, 0] == pytest.approx(1 - 0.01 / np.sqrt(0.1))


def test_m12():
    assert (
        shows("M12")
        == "as written it is plain descent at first, 1.05 times its step; with epsilon 1e-8 it ends at -199"
    )
    assert (1 - with_the_old_mean(0.9)) / 0.02 == pytest.approx(1.05, abs=0.005)
    assert with_the_old_mean(1e-8) == pytest.approx(-199)
    assert nn.run(nn.AdaGrad(0.01, 0.0), PARABOLA, [1.0], 1).theta[-1, 0] == pytest.approx(0.99)


def test_m11():
    """Where the gradient is 0 both stand still: nothing rolls on."""
    assert shows("M11") == "in neither rule does a velocity change a step"
    flat = nn.Objective(lambda theta: 0.0, lambda theta: np.where(theta > 0.995, 1.0, 0.0))
    for rule in (nn.RMSprop(0.01), nn.AdaGrad(0.01, 0.0)):
        path = nn.run(rule, flat, [1.0], 5, keep=["theta"]).theta[:, 0]
        assert path[1] < 0.995 and (path[1:] == path[1]).all()
    rolling = nn.run(nn.Momentum(0.01, 0.9), flat, [1.0], 5, keep=["theta"]).theta[:, 0]
    assert (np.diff(rolling) < 0).all()


def test_m16():
    assert shows("M16") == "of the gradients 3 and -3 the mean is 0, the sum of squares 18"
    row = nn.AdaGrad(0.1, 0.0).start(np.array([0.0]))
    for gradient in (3.0, -3.0):
        row = nn.AdaGrad(0.1, 0.0).step(row, nn.Objective(lambda theta: 0.0, lambda theta, g=gradient: np.array([g])))
    assert row.accumulator[0] == 18


def test_m17():
    assert shows("M17") == "its state is a mean of squares; no step goes on without a gradient"
    assert nn.RMSprop(0.01).state == ("v",) and nn.Momentum(0.01, 0.9).state == ("velocity",)
    row = nn.run(nn.RMSprop(0.01, 0.8), PARABOLA, [1.0], 1)[-1]
    assert row.v[0] == pytest.approx(0.2 * 2**2)


# --- What the text tells ---


@pytest.mark.parametrize(("angle", "ratio"), [(0, 50), (5, 9.3), (45, 1)])
def test_the_arms_of_the_cross(angle, ratio):
    trace = nn.run(method("adagrad", 1.5), Ravine(100, angle), turned_start(angle), 60)
    rates = rates_of_each("adagrad", trace)
    assert rates[0, 0] / rates[0, 1] == pytest.approx(ratio, rel=0.05)
    assert rates[-1, 0] / rates[-1, 1] == pytest.approx(ratio, rel=0.11)
    assert (np.diff(rates, axis=0) <= 0).all()


def test_at_45_degrees_adagrad_is_plain_descent_with_its_last_rate():
    for rate in (0.8, 1.23, 5.0, 40.0):
        last = tables.last_rate(rate)
        assert tables.steps_at_45("descent", last) == pytest.approx(tables.steps_at_45("adagrad", rate), abs=2)
    ends = [tables.last_rate(rate) for rate in np.geomspace(0.2, 40, 60)]
    assert 0.0134 < max(ends) < 0.0136 and 365 * 0.0197 / max(ends) == pytest.approx(535, rel=0.01)
    assert [row[2] for row in tables.last_rates().rows] == ["650", "535", "562", "637", "712"]


def test_the_large_rate_overshoots_and_comes_back():
    path = nn.run(method("adagrad", 31.6), Ravine(100), turned_start(0), 5).theta
    assert np.abs(path[1]).min() > 29
    np.testing.assert_allclose(path[2], [-2.0, 1.0], rtol=0.04)  # told: nearly at the start again
    np.testing.assert_allclose(np.abs(path[3:] / path[2:-1]), [[0.063, 0.032]] * 3, atol=0.001)  # told: 3% or 6%
    rates = rates_of_each("adagrad", nn.run(method("adagrad", 31.6), Ravine(100), turned_start(0), 5))
    np.testing.assert_allclose(rates[2] * [1, 100], 1, rtol=0.1)  # told: near 1 over the curvature


def test_scaling_the_loss_leaves_the_path():
    for rule in (nn.RMSprop(0.01, epsilon=0.0), nn.AdaGrad(0.1, 0.0, 0.0)):
        paths = [nn.run(rule, nn.Objective(lambda theta: 0.0, lambda theta, c=c: c * Ravine(100, 20).gradient(theta)),
                        turned_start(20), 30).theta for c in (1.0, 1e-6)]  # fmt: skip
        np.testing.assert_allclose(*paths, rtol=1e-7)


def test_the_library_s_steps():
    keras = pytest.importorskip("keras")
    for ours, theirs in (
        (nn.AdaGrad(0.5, 0.125 + 2**-23, epsilon=0), keras.optimizers.Adagrad(0.5, 0.125, epsilon=2**-23)),
        (EpsilonInside(1 / 128, 0.875, 2**-23), keras.optimizers.RMSprop(1 / 128, 0.875, epsilon=2**-23)),
    ):
        weight, J = keras.Variable(turned_start(20), dtype="float64"), Ravine(100, 20)
        theirs.build([weight])
        for _ in range(50):
            theirs.apply([keras.ops.convert_to_tensor(J.gradient(weight.numpy()))])
        np.testing.assert_allclose(nn.run(ours, J, turned_start(20), 50).theta[-1], weight.numpy(), atol=1e-12)
