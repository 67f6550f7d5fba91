"""What ails a network: each illness on a network that has it, the numbers of the table, sweeps, the picture."""

import re

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.interop.layers import to_keras
from nnlearn.interop.quiet import tf
from nnlearn.networks import (
    MSE,
    BatchNorm,
    BinaryCrossEntropy,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    MaxPool2D,
    Network,
    ReLU,
    Residual,
    Scaled,
    Sigmoid,
    Tanh,
    diagnose,
    glorot,
    he,
    mlp,
    zeros,
)

DATA = nn.data.digits(seed=0)
X, Y = DATA.X_train[:200] - DATA.X_train.mean(axis=0), DATA.y_train[:200]
KINDS = ["not finite", "vanishing", "exploding", "dead", "saturated", "plateau"]


def deep(depth, kind=ReLU, initial=he):
    return mlp(64, *[32] * depth, 10, activation=kind, initial=initial).on(X, Y)


def begun(J, **leaves):
    """theta at the start, some leaves replaced by a number."""
    theta = J.initial(0)
    for name, value in leaves.items():
        J.unpack(theta)[name.replace("__", "/")][...] = value
    return theta


def ran(J, rate, steps):
    trace = nn.run(nn.Momentum(rate, 0.9), J, J.initial(0), steps)
    return diagnose(J, trace.theta[-1], trace.update[-1], trace.loss)


def found(diagnosis):
    return {kind for kind, has in diagnosis.findings.items() if has}


ILL = {  # by name: a diagnosis, what is found, and the sentence
    "he": (lambda: ran(deep(4), 0.02, 40), set(), "No slopes that vanish or explode, and no layer of dead or"),
    "glorot": (lambda: ran(deep(4, Tanh, glorot), 0.02, 40), set(), "No slopes that vanish or explode"),
    "small": (lambda: diagnose(J := deep(8, initial=Scaled(he, 0.5)), J.initial(0)), {"vanishing"},
              "The loss's slope vanishes on its way back: in hidden_1 it is 0.0.* times that in hidden_8. Values "
              r"shrink on their way in, too \(0.0.* times\): the gradients of all kernels are small."),
    "sigmoid": (lambda: diagnose(J := deep(6, Sigmoid, glorot), J.initial(0)), {"vanishing"},
                r"vanishes .* hidden_1 .* Values don't, on their way in \(.* times\): the first layers' gradients"),
    "large": (lambda: diagnose(J := deep(8, initial=Scaled(he, 1.68)), J.initial(0)), {"exploding"},
              "The loss's slope explodes on its way back: in hidden_1 it is .* times that in hidden_8."),
    "dead": (lambda: diagnose(J := deep(3), begun(J, hidden_2__bias=-100)), {"dead", "vanishing"},
             "All units of relu_1 are dead, 0 for every example: nothing passes, and no slope comes back."),
    "half dead": (lambda: diagnose(J := deep(3), begun(J, hidden_2__bias=np.repeat([0, -100], 16))), {"dead"},
                  "5.% of the units of relu_1 are dead: 0 for every example, so that no slope comes back through"),
    "not quite": (lambda: diagnose(J := deep(3), begun(J, hidden_2__bias=np.repeat([0, -100], [22, 10]))), set(), "No"),
    "saturated": (lambda: diagnose(J := deep(2, Tanh, Scaled(glorot, 10)), J.initial(0)), {"saturated"},
                  "of what tanh_1 gives is saturated: there its slope is below a twentieth of its steepest."),
    "sigmoid, saturated": (lambda: diagnose(J := deep(1, Sigmoid), begun(J, hidden__bias=8)), {"saturated"},
                           "100% of what sigmoid gives is saturated"),
    "plateau": (lambda: ran(deep(4, Sigmoid, glorot), 0.2, 60), {"vanishing", "plateau"},
                "The loss has stood still for 30 steps at 2..*, no better than the same answer for every example, "
                "which costs 2..*"),
    "zeros": (lambda: diagnose(J := deep(2, Tanh, zeros), J.initial(0)), {"vanishing"},
              "No slope of the loss reaches hidden_1: its weights stay as they are."),
    "nan": (lambda: diagnose(J := deep(2), begun(J, hidden_2__kernel=np.nan)), {"not finite"},
            "Numbers are not finite in layer hidden_2: nothing can be said here. Look at a step before."),
    "overflow": (lambda: diagnose(J := deep(2), begun(J, hidden_1__kernel=1e200, hidden_2__kernel=1e200)),
                 {"not finite"}, "Numbers are not finite in layer hidden_"),
}  # fmt: skip


@pytest.mark.parametrize("name", ILL)
def test_each_illness_is_found_where_it_is_and_no_other(name):
    make, kinds, sentence = ILL[name]
    diagnosis = make()
    assert found(diagnosis) == kinds
    assert list(diagnosis.findings) == KINDS and diagnosis.healthy == (not kinds)
    matched = [each for each in diagnosis.sentences if re.search(sentence, each)]
    assert len(matched) == 1 and len(diagnosis.sentences) == max(1, len(kinds))
    assert matched[0] in repr(diagnosis) and f"{matched[0]}\n" in diagnosis._repr_markdown_()


@pytest.mark.parametrize("kind, times, all_small", [(ReLU, 0.25, True), (ReLU, 0.5, True), (Tanh, 0.5, True),
                                                    (Sigmoid, 0.5, False), (Sigmoid, 1.41, False)])  # fmt: skip
@pytest.mark.parametrize("depth", [8, 16])
def test_where_slopes_vanish_kernels_gradients_are_told_apart(depth, kind, times, all_small):
    """All small, or the first by far the smallest: held against the gradients themselves."""
    J = deep(depth, kind, Scaled(he if kind is ReLU else glorot, times))
    theta = J.initial(0)
    (sentence,) = diagnose(J, theta).sentences
    gradient = J.unpack(J.gradient(theta))
    first, last = (np.linalg.norm(gradient[f"hidden_{k}/kernel"]) for k in (2, depth))
    assert (first / last > 1 / 20) == all_small == ("of all kernels" in sentence) != ("are the smallest" in sentence)


def test_where_nothing_goes_in_nothing_is_said_of_the_way_in():
    J = deep(6, Tanh, Scaled(glorot, 0.3))
    (sentence,) = diagnose(J, begun(J, hidden_1__kernel=0)).sentences
    assert sentence.endswith("times that in hidden_6.") and "hidden_1" in sentence


@pytest.mark.parametrize("kind, initial", [(ReLU, he), (Tanh, glorot)])
@pytest.mark.parametrize("depth", [1, 4, 8, 16])
def test_networks_as_they_should_begin_are_healthy(depth, kind, initial):
    J = deep(depth, kind, initial)
    assert diagnose(J, np.stack([J.initial(seed) for seed in range(20)])).healthy.all()


def test_a_loss_that_stands_still_where_something_was_learned_is_no_plateau():
    J = deep(1)
    trace = nn.run(nn.Momentum(0.2, 0.9), J, J.initial(0), 300)
    at_the_end = diagnose(J, trace.theta[-1], losses=trace.loss)
    assert at_the_end.stands_still and found(at_the_end) == set()
    sigmoids = deep(4, Sigmoid, glorot)
    losses = nn.run(nn.Momentum(0.2, 0.9), sigmoids, sigmoids.initial(0), 60).loss
    assert "plateau" in found(diagnose(sigmoids, sigmoids.initial(0), losses=losses))
    assert "plateau" not in found(diagnose(sigmoids, sigmoids.initial(0), losses=losses[-9:]))  # too few to tell
    assert "plateau" not in found(diagnose(sigmoids, sigmoids.initial(0), losses=losses - np.linspace(0, 0.1, 61)))
    assert "plateau" not in found(diagnose(sigmoids, sigmoids.initial(0)))


@pytest.mark.parametrize("level, still", [(30, True), (21, True), (20, False), (10, False)])
def test_a_loss_stands_still_if_its_last_half_does(level, still):
    """41 losses that fall until so many are left; the last 21 are what counts."""
    J = deep(4, Sigmoid, glorot)
    losses = np.concatenate([np.linspace(5, 2.4, 41 - level), np.full(level, 2.31)])
    losses[-20:] += np.linspace(0, 0.02, 20)  # within 1% of 2.30
    assert diagnose(J, J.initial(0), losses=losses).stands_still == still
    assert not diagnose(J, J.initial(0), losses=losses * [*np.ones(40), 1.01]).stands_still


def test_the_numbers_are_those_of_the_opened_network():
    J = Network((8, 8, 1), [
        Conv2D(3, 3, name="conv"), BatchNorm(name="norm"), ReLU(name="relu"), MaxPool2D(name="pool"), Flatten(name="f"),
        Dense(6, name="hidden"), Tanh(name="tanh"), Dense(10, name="out")]).on(X.reshape(-1, 8, 8, 1), Y)  # fmt: skip
    theta = J.initial(0)
    J.unpack(theta)["norm/beta"][1] = -9
    update = 1e-3 * np.random.default_rng(0).normal(size=theta.shape)
    seen, opened = diagnose(J, theta, update), J.open(theta)
    assert seen.layers == ("conv", "norm", "relu", "pool", "f", "hidden", "tanh", "out")
    of = {name: i for i, name in enumerate(seen.layers)}
    for name, i in of.items():
        y = opened.activations[name]
        assert seen.slope[i] == pytest.approx(opened.sizes(opened.slopes)[name])
        assert (seen.mean[i], seen.spread[i]) == (pytest.approx(y.mean()), pytest.approx(y.std()))
    flat = np.concatenate([opened.gradients["hidden/kernel"].ravel(), opened.gradients["hidden/bias"]])
    assert seen.gradient[of["hidden"]] == pytest.approx(np.linalg.norm(flat))
    assert np.nansum(seen.gradient**2) == pytest.approx(np.sum(J.gradient(theta) ** 2))
    assert seen.dead[of["relu"]] == pytest.approx(1 / 3) and np.isfinite(seen.dead).sum() == 1
    assert seen.saturated[of["tanh"]] == pytest.approx(np.mean(1 - opened.activations["tanh"] ** 2 < 0.05))
    assert np.isfinite(seen.saturated).sum() == 1
    moved, weights = J.unpack(update)["conv/kernel"], J.unpack(theta)["conv/kernel"]
    assert seen.ratio[of["conv"]] == pytest.approx(np.linalg.norm(moved) / np.linalg.norm(weights))
    norm = [np.concatenate([J.unpack(each)["norm/gamma"], J.unpack(each)["norm/beta"]]) for each in (update, theta)]
    assert seen.ratio[of["norm"]] == pytest.approx(np.linalg.norm(norm[0]) / np.linalg.norm(norm[1]))
    assert seen.reach[of["conv"]] == pytest.approx(seen.slope[of["conv"]] / seen.slope[of["hidden"]])
    assert seen.reach[of["hidden"]] == 1 and np.isfinite(seen.reach).sum() == 2
    assert seen.loss == pytest.approx(J.loss(theta))
    assert np.isnan(diagnose(J, theta).ratio).all()


def test_the_gradient_s_lengths_are_tensorflows():
    J = deep(3)
    theta = J.initial(1)
    model = to_keras(J.network, J.weights(theta), dtype="float64")
    with tf.GradientTape() as tape:
        scores = model(X, training=True)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(Y, scores))
    slopes = tape.gradient(loss, [weight.value for weight in model.trainable_weights])
    lengths = [float(tf.linalg.global_norm(slopes[i : i + 2])) for i in range(0, 8, 2)]
    np.testing.assert_allclose(diagnose(J, theta).gradient[::2], lengths, rtol=1e-10)


def test_the_chapters_numbers_a_factor_a_layer_becomes_a_power():
    """Of relus alone every slope is a product: 0.9 in each of 20 layers is 0.9^19 in the first layer's gradient."""
    J = mlp(64, *[32] * 20, 10, activation=ReLU, initial=he).on(X, Y)
    theta = J.initial(0)
    leaves = J.unpack(small := theta.copy())
    for name in leaves:
        if name.startswith("hidden") and name.endswith("kernel"):
            leaves[name] *= 0.9
    one, other = diagnose(J, theta), diagnose(J, small)
    np.testing.assert_allclose(other.reach[::2][:20] / one.reach[::2][:20], 0.9 ** np.arange(19, -1, -1), rtol=0.2)


@pytest.mark.parametrize("loss, targets, constant", [
    (nn.networks.SoftmaxCrossEntropy(), [0, 0, 0, 1], -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))),
    (BinaryCrossEntropy(), [[0, 1], [0, 1], [0, 1], [1, 1]], -(0.75 * np.log(0.75) + 0.25 * np.log(0.25)) / 2),
    (MSE(), [[0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [4.0, 1.0]], 1.5),
])  # fmt: skip
def test_the_best_constant_answer_is_known(loss, targets, constant):
    J = mlp(3, 2).on(np.ones((4, 3)), targets, loss)
    assert diagnose(J, J.initial(0)).constant == pytest.approx(constant)
    lowest = nn.run(nn.GradientDescent(0.3), J, J.initial(0), 2000).loss[-1]  # all examples are the same
    assert lowest == pytest.approx(constant, abs=2e-3)


def test_a_sweep_is_its_networks(monkeypatch):
    monkeypatch.setattr(nn.networks.diagnosis, "BLOCK", 200 * 500)  # some networks at a time
    J = deep(8)
    scales = [0.4, 0.5, 1, 1.68, 2, np.nan]
    theta = np.stack([[J.initial(seed) * scale for scale in scales] for seed in (0, 1)])
    update, losses = 1e-3 * theta, 9 - np.arange(12)[:, None, None] / np.arange(1, 7) * np.ones((2, 1))
    swept = diagnose(J, theta, update, losses)
    assert swept.sweep == (2, 6) and swept.slope.shape == (2, 6, 17)
    for place in np.ndindex(2, 6):
        alone, member = diagnose(J, theta[place], update[place], losses[(slice(None), *place)]), swept.member(place)
        assert found(member) == found(alone) and member.sentences == alone.sentences
        for name in ("slope", "gradient", "mean", "spread", "dead", "ratio", "reach", "loss", "losses"):
            np.testing.assert_allclose(getattr(member, name), getattr(alone, name), rtol=1e-9, atol=1e-15)
    words = swept.sentences
    assert words[0] == "Numbers are not finite in 2 of 12 networks."
    assert words[1:3] == [
        "The loss's slope vanishes on its way back in 4 of 12 networks, mostly towards hidden_1.",
        "The loss's slope explodes on its way back in 4 of 12 networks, mostly towards hidden_1.",
    ]
    assert words[-1] == "Nothing of this kind was found in 2 of 12 networks."
    first = repr(swept).splitlines()[len(words) + 1].split()
    assert first[1] == f"{np.nanmedian(swept.slope[..., 0]):.2g}"
    with pytest.raises(IndexError, match="member needs 2 indices"):
        swept.member(0)


def test_the_layer_that_a_sweep_names_is_that_of_the_networks_that_have_it():
    J = deep(3)
    theta = np.stack([J.initial(0), J.initial(1), J.initial(2), begun(J, hidden_3__bias=-100)])
    assert (
        "Half of a layer's units or more are dead in 1 of 4 networks, mostly in relu_2." in diagnose(J, theta).sentences
    )


def test_the_table_has_the_numbers_in_their_columns():
    J = deep(1, Tanh)
    seen = diagnose(J, J.initial(0), 1e-3 * J.initial(1))
    head, rows = seen.cells()
    assert head == ["layer", "slope", "gradient's length", "mean", "spread", "dead", "saturated", "update / weights"]
    numbers = [f"{each[0]:.2g}" for each in (seen.slope, seen.gradient, seen.mean, seen.spread)]
    assert rows[0] == ["hidden", *numbers, "", "", f"{seen.ratio[0]:.1e}"]
    assert rows[1][5:] == ["", f"{seen.saturated[1]:.0%}", ""]
    relu = deep(1)
    assert diagnose(relu, begun(relu, hidden__bias=-100)).cells()[1][1][5:] == ["100%", "", ""]


def test_what_is_around_an_objective_has_no_part():
    J = deep(2)
    theta = J.initial(0)
    around = nn.objectives.Clipped(nn.objectives.Penalised(nn.MiniBatches(20).of(J), l2=1.0), norm=1e-3)
    np.testing.assert_array_equal(diagnose(around, theta).gradient, diagnose(J, theta).gradient)


def test_layers_of_other_kinds_are_no_hindrance():
    layers = [Dense(8), LeakyReLU(), Residual([Dense(8), Tanh()]), Dropout(0.5), Dense(10)]
    J = Network((64,), layers).on(X, Y)
    seen = diagnose(J, J.initial(0), J.initial(1))
    assert seen.layers == ("dense", "leakyrelu", "residual/dense", "residual/tanh", "residual", "dropout", "dense_1")
    assert np.isnan(seen.dead).all() and seen.healthy
    assert np.flatnonzero(np.isfinite(seen.saturated)).tolist() == [3]
    assert np.flatnonzero(np.isfinite(seen.ratio)).tolist() == [0, 2, 6]
    assert np.flatnonzero(np.isfinite(seen.reach)).tolist() == [0, 2]
    alone = mlp(64, 10).on(X, Y)
    assert np.isnan(diagnose(alone, alone.initial(0)).reach).all() and diagnose(alone, alone.initial(0)).healthy
    frozen = deep(2).network.freeze("hidden_1").on(X, Y, statistics=deep(2).network.begin(0))
    assert np.isnan(diagnose(frozen, frozen.initial(0)).gradient[0])


# --- Layers within others ---


def nested(examples=slice(None)):
    """A shortcut round two layers, within another shortcut."""
    inner = Residual([Dense(16, initial=he), ReLU()], name="inner")
    outer = Residual([Dense(16), BatchNorm(), inner, Tanh()], name="outer")
    return Network((64,), [Dense(16, name="first"), outer, Dense(10, name="last")]).on(X[examples], Y[examples])


def test_layers_within_others_have_names_and_numbers():
    J = nested()
    theta = J.initial(0)
    seen = diagnose(J, theta, J.initial(1))
    within = ("outer/dense", "outer/batchnorm", "outer/inner/dense", "outer/inner/relu", "outer/inner", "outer/tanh")
    assert seen.layers == ("first", *within, "outer", "last")
    of, gradients = {name: i for i, name in enumerate(seen.layers)}, J.open(theta).gradients
    assert np.nansum(seen.gradient**2) == pytest.approx(np.sum(J.gradient(theta) ** 2))
    for name in ("first", "outer/dense", "outer/inner/dense", "last"):
        length = np.hypot(*(np.linalg.norm(gradients[f"{name}/{leaf}"]) for leaf in ("kernel", "bias")))
        assert seen.gradient[of[name]] == pytest.approx(length)
    assert np.isnan(seen.gradient[[of["outer"], of["outer/inner"]]]).all()
    x, p = J.open(theta).activations, J.unpack(theta)
    given = x["first"] @ p["outer/dense/kernel"] + p["outer/dense/bias"]
    assert (seen.mean[1], seen.spread[1]) == (pytest.approx(given.mean()), pytest.approx(given.std()))
    after = (given - given.mean(axis=0)) / np.sqrt(given.var(axis=0) + 1e-3)
    gated = after @ p["outer/inner/dense/kernel"] + p["outer/inner/dense/bias"]
    assert seen.mean[of["outer/inner"]] == pytest.approx((after + np.maximum(gated, 0)).mean())
    assert seen.dead[of["outer/inner/relu"]] == pytest.approx((gated <= 0).all(axis=0).mean())
    assert seen.saturated[of["outer/tanh"]] > 0 and np.isfinite(seen.dead).sum() == 1


@pytest.mark.parametrize("name", ["outer/dense", "outer/inner/dense", "last"])
def test_the_slope_within_is_that_of_the_loss(name):
    """Of one example the slope in what a dense layer gives is that in its bias."""
    J = Network((64,), [Dense(16), Residual([Dense(16), Residual([Dense(16), ReLU()], name="inner"), Tanh()],
                                            name="outer"), Dense(10, name="last")]).on(X[:1], Y[:1])  # fmt: skip
    theta = J.initial(3)
    seen, slope = diagnose(J, theta), J.unpack(J.gradient(theta))[f"{name}/bias"]
    assert seen.slope[seen.layers.index(name)] == pytest.approx(np.sqrt(np.mean(slope**2)))


def test_an_illness_within_is_found_and_its_layer_named():
    J = nested()
    theta = J.initial(0)
    J.unpack(theta)["outer/inner/dense/bias"][...] = -100
    (sentence,) = [each for each in diagnose(J, theta).sentences if "dead" in each]
    assert sentence.startswith("All units of outer/inner/relu are dead")
    swept = diagnose(J, np.stack([J.initial(0), theta]))
    assert swept.findings["dead"].tolist() == [False, True] and swept.member(0).layers == swept.layers
    blocks = [Residual([Dense(16, initial=Scaled(he, 4)), Sigmoid(), Dense(16, initial=Scaled(he, 0.01))])] * 2
    steep = Network((64,), [Dense(16), *blocks, Dense(10)]).on(X, Y)
    found = diagnose(steep, steep.initial(0))
    assert found.findings["vanishing"] and re.search("in residual(_1)?/dense it is", found.sentences[0])


# --- The picture ---


@pytest.mark.pixels
@pytest.mark.parametrize("name", ["he", "small", "zeros", "nan", "saturated"])
def test_the_picture_can_be_drawn(name):
    diagnosis = ILL[name][0]()
    figure = diagnosis.plot()
    assert diagnosis.sentences[0] in figure.alt and len(figure._repr_png_()) > 5000


def test_the_picture_shows_the_numbers():
    J = deep(3)
    theta = np.stack([J.initial(seed) for seed in range(4)])
    seen = diagnose(J, theta)
    sizes, shares = seen.plot().axes
    slope = [line for line in sizes.lines if line.get_label() == "slope of the loss"][0]
    np.testing.assert_array_equal(slope.get_xdata(), [1, 3, 5, 7])
    np.testing.assert_allclose(slope.get_ydata(), seen.slope[0, ::2])
    dead = [line for line in shares.lines if line.get_label() == "dead"][0]
    np.testing.assert_allclose(dead.get_ydata(), seen.dead[0, 1::2])
    assert len(sizes.lines) == 8 and sizes.get_yscale() == "log"
    assert [label.get_text() for label in sizes.get_xticklabels()] == list(seen.layers)
    many = deep(8)
    assert "hidden_1" not in [
        label.get_text() for label in diagnose(many, many.initial(0)).plot().axes[0].get_xticklabels()
    ]


SMALL = mlp(4, 3, 2).on(np.eye(4), [0, 1, 0, 1])
THETA = SMALL.initial(0)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: diagnose(nn.objectives.Rosenbrock(), [0.0, 0.0]), TypeError, "J must be the objective of a network"),
        (lambda: diagnose(SMALL.network, THETA), TypeError, "J must be the objective of a network"),
        (lambda: diagnose(SMALL, THETA[:-1]), ValueError, "theta has shape"),
        (lambda: diagnose(SMALL, ["a"] * len(THETA)), TypeError, "theta must hold real numbers"),
        (lambda: diagnose(SMALL, np.ma.masked_less(THETA, 0)), TypeError, "theta is a masked array"),
        (lambda: diagnose(SMALL, np.zeros((0, len(THETA)))), ValueError, "theta holds no network"),
        (lambda: diagnose(SMALL, THETA, THETA[:-1]), ValueError, "update has shape .*; it needs the shape of theta"),
        (lambda: diagnose(SMALL, THETA, np.ma.masked_less(THETA, 0)), TypeError, "update is a masked array"),
        (lambda: diagnose(SMALL, THETA, losses=3.0), ValueError, "losses have shape .*a row for each step"),
        (lambda: diagnose(SMALL, THETA, losses=np.ones((5, 1))), ValueError, "losses have shape .5, 1."),
        (lambda: diagnose(SMALL, np.stack([THETA] * 3), losses=np.ones(5)), ValueError, "losses have shape .5,."),
        (lambda: diagnose(SMALL, THETA).member(0), IndexError, "member needs 0 indices"),
    ],
)  # fmt: skip
def test_what_can_t_be_used_is_named(call, error, match):
    with pytest.raises(error, match=match):
        call()
