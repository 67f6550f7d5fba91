"""The explorers of chapter 17: each control over its whole range, each number against plain NumPy, each goal."""

import re
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from explorer_moves import move_everything, reused
from matplotlib.colors import to_rgb
from numpy.lib.stride_tricks import sliding_window_view

from nnlearn import models
from nnlearn.chapters.ch17_quantisation import bits as chapter_17
from nnlearn.chapters.ch17_quantisation.bits import LAYERS, Bits, LayerBits, in_bits, staircase
from nnlearn.chapters.ch17_quantisation.signs import Signs
from nnlearn.compression import quantize
from nnlearn.data import datasets
from nnlearn.models import flipped, signed
from nnlearn.palette import PALETTES, palette

WEIGHTS = models.trained()
KERNELS = [f"{name}/kernel" for name in LAYERS]
SIZES = {"conv1": 144, "conv2": 4608, "dense": 16384, "output": 320}
CHANNELS = {"conv1": 16, "conv2": 32, "dense": 32, "output": 10}
BIASES = 4 * sum(CHANNELS.values())  # bytes


def by_hand(kernel, bits, scheme="symmetric", axis="tensor"):
    """What is computed with instead of the kernel, and the distance of its levels; in float64, the scale in float32."""
    x = np.asarray(kernel, np.float64)
    within = tuple(range(x.ndim - (axis == "channel")))
    low, high = (end(x, axis=within, keepdims=True, initial=0) for end in (np.min, np.max))
    if scheme == "affine":
        step = np.float32((high - low) / (2**bits - 1)).astype(float)
        zero = np.round(-low / step)
        return (np.clip(np.round(x / step) + zero, 0, 2**bits - 1) - zero) * step, step
    if bits == 1:
        step = np.abs(x).mean(axis=within, keepdims=True)
        return np.where(x < 0, -step, step), 2 * step
    step = np.float32(np.maximum(-low, high) / (2 ** (bits - 1) - 1)).astype(float)
    return np.round(x / step) * step, step


def read(weights, images):
    """The digits that the network reads in images, (n, 64): two convolutions, the largest of four, two dense layers."""
    K1, b1, K2, b2, W, b, V, c = (np.asarray(array, np.float64) for array in weights.values())
    x = np.asarray(images, np.float64).reshape(-1, 8, 8, 1)
    for kernel, bias in ((K1, b1), (K2, b2)):
        windows = sliding_window_view(np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0))), (3, 3), axis=(1, 2))
        x = np.maximum(np.einsum("nijcpq,pqco->nijo", windows, kernel, optimize=True) + bias, 0)
    x = x.reshape(len(x), 4, 2, 4, 2, -1).max(axis=(2, 4)).reshape(len(x), -1)
    return (np.maximum(x @ W + b, 0) @ V + c).argmax(axis=1)


def share_read(weights):
    data = datasets.digits()
    return np.mean(read(weights, data.X_test) == data.y_test)


def damaged_kernel(outlier):
    """The dense layer's kernel with its largest weight so many times as large."""
    kernel = WEIGHTS["dense/kernel"].copy()
    kernel.flat[np.abs(kernel).argmax()] *= outlier
    return kernel


def stored_bytes(layer, bits, scheme="symmetric", axis="tensor"):
    scales = CHANNELS[layer] if axis == "channel" else 1
    zero_points = scales * (1 if bits <= 8 else 2) if scheme == "affine" else 0
    return -(-SIZES[layer] * bits // 8) + 4 * scales + zero_points


@pytest.fixture
def few(monkeypatch):
    """Forty test images and a curve of four points."""
    data = datasets.digits()
    fewer = SimpleNamespace(X_test=data.X_test[:40], y_test=data.y_test[:40])
    monkeypatch.setattr(chapter_17, "digits", lambda: fewer)
    monkeypatch.setattr(chapter_17, "in_bits", cache(in_bits.__wrapped__))
    monkeypatch.setattr(chapter_17, "BITS", (16, 8, 4, 1))


@pytest.fixture
def no_curve(monkeypatch):
    """No other bits than those chosen."""
    monkeypatch.setattr(chapter_17, "BITS", ())


def answered(**values):
    explorer = Bits()
    explorer.predict("8")
    explorer.set(**values)
    assert explorer.error is None
    return explorer


before, without_goals, bits_of_layers = reused(Bits), reused(answered), reused(LayerBits)


@cache
def one_bit(axis=None):
    return models.quantize_weights(WEIGHTS, 1, axis=axis)


@cache
def epochs(axis=None):
    """Stands for 15 epochs of training: from one to the next, ever more signs change."""
    return [flipped(one_bit(axis), percent, draw=99) for percent in range(16)]


EXPLORERS = {
    "bits before the prediction": Bits,
    "bits": answered,
    "bits of each layer": LayerBits,
    "signs": lambda: Signs(epochs()),
    "signs, a scale a channel": lambda: Signs(epochs(-1)),
}


@pytest.mark.parametrize("name", EXPLORERS)
def test_every_control_moves_over_its_whole_range(few, name):
    move_everything(EXPLORERS[name](), never="nan|inf")


# --- Bits ---


@pytest.mark.parametrize("axis", ["tensor", "channel"])
@pytest.mark.parametrize(
    ("scheme", "bits"),
    [
        ("symmetric", 16),
        ("symmetric", 5),
        ("symmetric", 2),
        ("symmetric", 1),
        ("affine", 9),
        ("affine", 4),
        ("affine", 1),
    ],
)
def test_the_status_is_what_numpy_computes(scheme, bits, axis):
    explorer = before(scheme=scheme, axis=axis, bits=bits)
    rounded = {name: by_hand(array, bits, scheme, axis)[0] if name in KERNELS else array
               for name, array in WEIGHTS.items()}  # fmt: skip
    accuracy = share_read(rounded)
    assert explorer.result.accuracy == pytest.approx(accuracy, abs=1.5 / 450)  # a score may be next to another
    nbytes = sum(stored_bytes(name, bits, scheme, axis) for name in LAYERS) + BIASES
    for layer in LAYERS:
        explorer.layer = layer
        x, after = WEIGHTS[f"{layer}/kernel"].astype(float), rounded[f"{layer}/kernel"]
        np.testing.assert_allclose(explorer.result.rounded, after, rtol=1e-5, atol=1e-7)
        snr = 10 * np.log10(np.mean(x**2) / np.mean((x - after) ** 2))
        told = re.fullmatch(
            r"Bits: (\d+); accuracy ([\d.]+)%, ([\d,]+) bytes of weights instead of 86,184\. In the ([\w ]+) the "
            r"signal is ([\d.-]+) dB above the error, and (\d+)% of the weights are 0\."
            r"( With 1 bit the scheme [^.]*\.)?( Drawn are the codes of one channel, whose scale is in the middle\.)?",
            explorer.status,
        )
        assert told and told[1] == str(bits) and told[3] == f"{nbytes:,}" and told[4] == LAYERS[layer]
        assert float(told[2]) == pytest.approx(100 * accuracy, abs=0.4)
        assert float(told[5]) == pytest.approx(snr, abs=0.06)
        assert int(told[6]) == pytest.approx(100 * np.mean(after == 0), abs=0.51)
        assert bool(told[7]) == (bits == 1 and scheme == "symmetric")
        assert bool(told[8]) == (axis == "channel")


@pytest.mark.parametrize("rounding", ["nearest", "stochastic"])
@pytest.mark.parametrize("range", ["max", "least error"])
def test_bytes_are_those_of_the_models(range, rounding):
    explorer = before(bits=3, range=range, rounding=rounding, axis="channel", outlier=4)
    rng = np.random.default_rng(0)
    plain = {**WEIGHTS, "dense/kernel": damaged_kernel(4)}
    stored = models.quantize_weights(plain, 3, "symmetric", -1, range, rounding, rng)
    assert explorer.result.nbytes == stored.nbytes
    assert explorer.result.accuracy == models.accuracy(stored, datasets.digits().X_test, datasets.digits().y_test)
    np.testing.assert_array_equal(explorer.result.rounded, stored.arrays["dense/kernel"].dequantize())


def test_the_outlier_is_the_largest_weight_of_the_dense_layer_alone():
    explorer = before(bits=4, outlier=8)
    for layer in LAYERS:
        explorer.layer = layer
        kernel = damaged_kernel(8) if layer == "dense" else WEIGHTS[f"{layer}/kernel"]
        np.testing.assert_allclose(explorer.result.rounded, by_hand(kernel, 4)[0], rtol=1e-5, atol=1e-7)
    explorer.outlier = 1  # and it is gone again
    np.testing.assert_allclose(explorer.result.rounded, by_hand(WEIGHTS["output/kernel"], 4)[0], rtol=1e-5, atol=1e-7)


def shown_channel(stored):
    """The weights for which the staircase stands: of several channels one with as many finer as coarser ones."""
    if stored.axis is None:
        return ...
    scales = sorted(enumerate(stored.scale.tolist()), key=lambda pair: pair[1])
    return ..., scales[len(scales) // 2][0]


@pytest.mark.parametrize("axis", [None, -1])
@pytest.mark.parametrize(("layer", "outlier"), [("conv1", 1), ("dense", 1), ("dense", 6), ("output", 1)])
@pytest.mark.parametrize(
    ("scheme", "bits", "range"),
    [("symmetric", 8, "max"), ("symmetric", 2, "max"), ("binary", 1, "max"), ("symmetric", 3, "least error"),
     ("affine", 4, "max"), ("affine", 1, "max"), ("affine", 2, "least error")],
)  # fmt: skip
def test_the_staircase_is_what_happens_to_each_weight(scheme, bits, range, layer, outlier, axis):
    kernel = damaged_kernel(outlier) if layer == "dense" else WEIGHTS[f"{layer}/kernel"]
    stored = quantize(kernel, bits, scheme, axis, range=range)
    shown = shown_channel(stored)
    before, after = np.ravel(kernel[shown]), np.ravel(stored.dequantize()[shown])
    x, y = staircase(stored, 1.05 * np.abs(kernel).max())
    assert np.all(np.diff(x) > 0) and np.all(np.diff(y) >= 0)
    right = np.searchsorted(x, before)  # the weight lies between the points before and after it
    slack = 1e-6 * x[-1]
    assert np.all((y[right - 1] <= after + slack) & (after <= y[right] + slack))
    levels = np.unique(y)
    if len(levels) < 2 or x[1] - x[0] < np.diff(levels).min() / 2:  # else the points skip some
        assert (
            np.abs(after[:, np.newaxis] - levels).min(axis=1).max() <= slack
        )  # every weight becomes one of the levels


@pytest.mark.parametrize("axis", [None, -1])
@pytest.mark.parametrize(("scheme", "bits"), [("symmetric", 6), ("symmetric", 3), ("affine", 5), ("affine", 2)])
def test_the_staircase_at_every_point(scheme, bits, axis):
    kernel = WEIGHTS["dense/kernel"]
    stored = quantize(kernel, bits, scheme, axis)
    channel = np.ravel(kernel[shown_channel(stored)])
    x, y = staircase(stored, 1.0)
    within = (x >= channel.min()) & (x <= channel.max())  # such numbers leave the range as it is
    longer = np.concatenate([channel.astype(float), x[within]])
    np.testing.assert_allclose(y[within], by_hand(longer, bits, scheme)[0][len(channel) :], rtol=1e-5, atol=1e-7)
    levels = by_hand(channel, bits, scheme)[0]
    low, high = (levels.min(), levels.max()) if scheme == "affine" else np.abs(levels).max() * np.array([-1, 1])
    np.testing.assert_allclose([y[0], y[-1]], [low, high], rtol=1e-5)  # beyond, it is cut off


@pytest.mark.parametrize("layer", ["conv2", "dense"])
def test_the_staircase_is_drawn(layer):
    explorer = before(bits=3, axis="channel", scheme="affine", layer=layer, outlier=2)
    kernel = damaged_kernel(2) if layer == "dense" else WEIGHTS[f"{layer}/kernel"]
    end = explorer.axes_of_weights[1].get_xlim()[1]
    x, y = staircase(quantize(kernel, 3, "affine", -1), end)
    np.testing.assert_allclose(explorer.stairs.get_xydata(), np.stack([x, y], axis=1))
    np.testing.assert_allclose(explorer.even.get_xydata(), [[-end, -end], [end, end]])


def test_the_picture_says_which_layer_and_how_many_bits():
    explorer = Bits(bits=3)
    assert explorer.shown.get_text() == "dense layer\nbits: 3"
    explorer.set(bits=5, layer="conv2")
    assert explorer.shown.get_text() == "second convolution\nbits: 5"


def test_a_scale_a_channel_is_seen_beside_an_outlier():
    """With one scale the step is so large that all but the outlier become 0; in a channel it is not."""
    steps = []
    for axis in ("tensor", "channel"):
        levels = np.unique(before(bits=4, outlier=8, axis=axis).stairs.get_ydata())
        steps.append(levels[1] - levels[0])
    assert steps[0] > 5 * steps[1]


def test_stochastic_rounding_stays_within_a_step_of_the_staircase():
    explorer = before(bits=4, rounding="stochastic")
    kernel, after = WEIGHTS["dense/kernel"], explorer.result.rounded
    nearest, step = by_hand(kernel, 4)
    far = np.abs(after - nearest)
    assert far.max() == pytest.approx(step.item(), rel=1e-5) and np.mean(far > step / 2) > 0.1
    lower, upper = (explorer.stairs.get_xydata()[part] for part in (slice(0, 801), slice(802, None)))
    assert np.isnan(explorer.stairs.get_ydata()[801]) and "the lower or the upper staircase." in explorer.status
    assert np.all(lower[:, 1] <= upper[:, 1]) and np.all(lower[:, 0] == upper[:, 0])
    within = np.abs(lower[:, 0]) <= np.abs(nearest).max()
    assert np.all((lower[:, 1] <= lower[:, 0] + 1e-6)[within]) and np.all((upper[:, 0] <= upper[:, 1] + 1e-6)[within])
    at = np.clip(np.searchsorted(lower[:, 0], kernel), 1, 800)  # each weight went to one of them
    between = (lower[at - 1, 1] - 1e-6 <= after) & (after <= upper[at, 1] + 1e-6)
    assert np.all(between)


@pytest.mark.parametrize(("values", "reach"), [({}, 1), ({"outlier": 1.5}, 8), ({"outlier": 8, "layer": "conv2"}, 1)])
def test_the_weights_are_counted(values, reach):
    explorer = before(**values)
    layer = explorer.layer
    kernel = WEIGHTS[f"{layer}/kernel"] if layer != "dense" else damaged_kernel(explorer.outlier)
    end = 1.05 * reach * np.abs(WEIGHTS[f"{layer}/kernel"]).max()
    counts, edges = np.histogram(kernel, 81, (-end, end))
    assert counts.sum() == kernel.size
    middles, drawn = explorer.weights.get_xydata().T
    np.testing.assert_allclose(middles, (edges[:-1] + edges[1:]) / 2, rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(np.where(drawn == 0.5, 0, drawn), counts)
    for axes in explorer.axes_of_weights:
        assert axes.get_xlim() == pytest.approx((-end, end))


@pytest.mark.parametrize(("scheme", "bits", "count"), [("symmetric", 1, 2), ("symmetric", 2, 3), ("symmetric", 4, 15),
                                                      ("symmetric", 5, 31), ("symmetric", 6, 0), ("affine", 5, 32),
                                                      ("affine", 1, 2), ("symmetric", 16, 0)])  # fmt: skip
def test_the_codes_are_drawn_where_they_can_be_told_apart(scheme, bits, count):
    explorer = before(scheme=scheme, bits=bits)
    places = [segment[0][0] for segment in explorer.codes.get_segments()]
    assert len(places) == count
    if count:
        used = np.unique(explorer.result.rounded)
        assert np.abs(used[:, np.newaxis] - places).min(axis=1).max() < 1e-6


def test_the_curve_has_every_number_of_bits():
    explorer = answered(bits=3)
    bits, percents = explorer.curve.get_xydata().T
    np.testing.assert_array_equal(bits, np.arange(1, 17))
    for i in (0, 1, 2, 3, 7):
        rounded = {name: by_hand(array, i + 1)[0] if name in KERNELS else array for name, array in WEIGHTS.items()}
        assert percents[i] == pytest.approx(100 * share_read(rounded), abs=0.4)
    assert explorer.here.get_xydata().tolist() == [[3, percents[2]]]
    assert explorer.status.startswith(f"Bits: 3; accuracy {percents[2]:.1f}%,")


def test_the_truth_of_the_bits():
    assert Bits.prediction.truth().startswith("Measured: 4 bits are enough. float32 98.0%; 4 bits")
    told = re.findall(r"(\d+) bits? ([\d.]+)%", Bits.prediction.truth())
    assert [int(bits) for bits, _ in told] == [4, 3, 2, 1]
    for bits, percent in told:
        rounded = {name: by_hand(array, int(bits))[0] if name in KERNELS else array for name, array in WEIGHTS.items()}
        assert float(percent) == pytest.approx(100 * share_read(rounded), abs=0.4)
    plain = share_read(WEIGHTS)
    assert plain == pytest.approx(0.98, abs=0.0005)  # as the question says
    accuracy = {int(bits): float(percent) / 100 for bits, percent in told}
    assert accuracy[4] > plain - 0.01 > accuracy[3] > accuracy[2]  # the answer is 4
    assert [int(bits) for bits in Bits.prediction.answer.options] == list(chapter_17.CHOICES)


def test_the_truth_says_which_levels_need_fewer():
    explorer = Bits(bits=3, scheme="affine", axis="channel", range="least error")
    assert explorer.result.accuracy > 0.97
    assert Bits.prediction.truth().endswith(f"keep {explorer.result.accuracy:.1%} in 3 bits.")


def test_the_bits_show_no_point_of_the_curve_while_asking():
    explorer = Bits()
    assert explorer.asking and len(explorer.curve.get_xdata()) == 0
    assert explorer.here.get_xdata() == [16]


LEAST = {"range": "least error"}
AFFINE_LEAST = {"scheme": "affine", **LEAST}


@pytest.mark.parametrize(
    ("values", "goals"),
    [
        ({"bits": 2, **AFFINE_LEAST}, [0]),
        ({"bits": 4, "outlier": 8, **LEAST}, [1]),
        ({"bits": 4, "outlier": 8, "scheme": "affine", "axis": "channel"}, [1]),
    ],
)
def test_goals_tick_when_reached(no_curve, values, goals):
    explorer = answered()
    assert explorer.reached == ()
    explorer.set(**values)
    assert [number for number, goal in enumerate(explorer.goals) if goal in explorer.reached] == goals


@pytest.mark.parametrize(
    "values",
    [
        {"bits": 2, "scheme": "affine"},
        {"bits": 2, **LEAST},
        {"bits": 2},
        {"bits": 2, **LEAST, "axis": "channel"},
        {"bits": 2, **AFFINE_LEAST, "axis": "channel"},
        {"bits": 2, **AFFINE_LEAST, "rounding": "stochastic"},
        {"bits": 2, **AFFINE_LEAST, "outlier": 1.5},
        {"bits": 3, **AFFINE_LEAST},
        {"bits": 1, **AFFINE_LEAST},
        {"bits": 4, "outlier": 8, "axis": "channel"},
        {"bits": 4, "outlier": 8},
        {"bits": 4, "outlier": 7.5, **LEAST},
        {"bits": 5, "outlier": 8, **LEAST},
    ],
    ids=str,
)
def test_goals_tick_nowhere_else(no_curve, values):
    assert without_goals(**values).reached == ()


@pytest.mark.parametrize(
    ("values", "percent"),
    [({"bits": 2, **AFFINE_LEAST}, 84.0), ({"bits": 2, **AFFINE_LEAST, "axis": "channel"}, 67.8), ({"bits": 2}, 14.9),
     ({"bits": 2, **LEAST, "axis": "channel"}, 72.2), ({"bits": 1}, 64.4), ({"bits": 4, "outlier": 8}, 24.0),
     ({"bits": 4, "outlier": 8, **LEAST}, 97.8), ({"bits": 4, "outlier": 8, "axis": "channel"}, 93.6)],
)  # fmt: skip
def test_the_numbers_that_the_chapter_tells(values, percent):
    assert 100 * before(**values).result.accuracy == pytest.approx(percent, abs=0.3)


# --- Bits of each layer ---


def layers(conv1, conv2, dense, output):
    return {"conv1": conv1, "conv2": conv2, "dense": dense, "output": output}


@pytest.mark.parametrize("each", [(8, 8, 8, 8), (8, 4, 3, 8), (1, 8, 2, 5), (8, 1, 8, 1), (1, 1, 1, 1), (7, 6, 5, 4)])
def test_each_layer_has_its_own_bits(each):
    bits = layers(*each)
    explorer = bits_of_layers(**bits)
    rounded = {
        name: by_hand(array, bits[name.split("/")[0]], axis="channel")[0] if name in KERNELS else array
        for name, array in WEIGHTS.items()
    }
    sizes = [stored_bytes(name, bits[name], axis="channel") for name in LAYERS]
    assert [bar.get_width() for bar in explorer.bars] == list(explorer.result.sizes) == sizes
    assert [text.get_text() for text in explorer.sizes] == [f"{size:,}" for size in sizes]
    assert explorer.result.nbytes == sum(sizes) + BIASES
    stored = models.quantize_weights(WEIGHTS, axis=-1, per_layer_bits=bits)
    assert explorer.result.nbytes == stored.nbytes
    accuracy = explorer.result.accuracy
    assert accuracy == pytest.approx(share_read(rounded), abs=1.5 / 450)
    wrong = round(450 * (1 - accuracy))
    assert explorer.bar.get_width() == wrong
    assert explorer.status == (
        f"Accuracy {accuracy:.1%}, {wrong} of 450 digits misread, in {sum(sizes) + BIASES:,} bytes; float32 has 98.0% "
        "in 86,184."
    )


@pytest.mark.parametrize(
    ("each", "nbytes", "reached"),
    [
        ((4, 3, 3, 3), 8_784, True),
        ((3, 3, 3, 3), None, False),
        ((8, 8, 8, 8), 22_176, False),
        ((8, 5, 3, 8), 10_208, False),  # right, and too large
        ((8, 3, 3, 8), 9_056, False),  # two digits lost
        ((8, 2, 2, 8), 6_432, False),  # small, and worse
        ((8, 8, 1, 1), None, False),
        ((1, 1, 1, 1), None, False),
    ],
)
def test_bytes_saved_where_it_does_not_matter(each, nbytes, reached):
    explorer = LayerBits(**layers(*each))
    assert nbytes in (None, explorer.result.nbytes)
    assert bool(explorer.reached) == reached


def test_the_goal_allows_no_loss():
    (goal,) = LayerBits.goals
    plain = share_read(WEIGHTS)
    for nbytes, accuracy, met in [(9_400, plain, True), (9_401, plain, False), (9_400, plain - 1 / 450, False)]:
        assert goal.met(SimpleNamespace(nbytes=nbytes, accuracy=accuracy, plain=plain)) == met


# --- Signs ---


AXIS = pytest.mark.parametrize("axis", [None, -1])


def signs_of(network):
    return np.concatenate([np.ravel(network.arrays[name].codes) for name in KERNELS])


@AXIS
def test_without_damage_the_network_stays_as_it_is(axis):
    explorer = Signs(epochs(axis))
    for name, array in explorer.damaged().weights.items():
        np.testing.assert_allclose(array, one_bit(axis).weights[name], rtol=1e-6)
    rounded = {name: by_hand(array, 1, axis="channel" if axis else "tensor")[0] if name in KERNELS else array
               for name, array in WEIGHTS.items()}  # fmt: skip
    assert explorer.result.accuracy == pytest.approx(share_read(rounded), abs=1.5 / 450)


@cache
def damaged_signs(axis):
    return reused(lambda: Signs([one_bit(axis)] * 16))


@AXIS
@pytest.mark.parametrize("draw_number", [0, 7, 20])
@pytest.mark.parametrize("damage", [0.5, 10, 30])
def test_so_many_signs_are_flipped(axis, draw_number, damage):
    network = one_bit(axis)
    explorer = damaged_signs(axis)(damage=damage, draw_number=draw_number)
    damaged, share = explorer.damaged(), damage / 100
    for name in KERNELS:
        before, after = network.arrays[name], damaged.arrays[name]
        flipped, spread = np.sum(before.codes != after.codes), np.sqrt(before.codes.size * share * (1 - share))
        assert abs(flipped - share * before.codes.size) <= 5 * spread
        np.testing.assert_allclose(after.scale, before.scale, rtol=1e-6)
        assert (after.scheme, after.bits, after.axis) == ("binary", 1, before.axis)
    for name in WEIGHTS.keys() - set(KERNELS):
        np.testing.assert_array_equal(damaged.arrays[name], network.arrays[name])
    assert explorer.result.nbytes == network.nbytes
    accuracy = explorer.result.accuracy
    assert accuracy == pytest.approx(share_read(damaged.weights), abs=1.5 / 450)
    assert explorer.status == (
        f"Epoch 0: of 21,456 signs ({network.nbytes:,} bytes in all) training has changed 0, that is 0.0%. "
        f"{damage:g}% are flipped; accuracy {accuracy:.1%}."
    )


def test_more_damage_flips_the_same_signs_and_others():
    explorer = Signs(epochs())
    whole, each = signs_of(one_bit()), []
    for damage in (5, 10, 30):
        explorer.damage = damage
        each.append(signs_of(explorer.damaged()) != whole)
    assert np.all(each[0] <= each[1]) and np.all(each[1] <= each[2])
    explorer.draw_number = 1
    again = signs_of(explorer.damaged()) != whole
    assert np.mean(again & each[2]) == pytest.approx(0.09, abs=0.01)  # drawn anew


def test_layers_can_be_kept():
    whole = one_bit()
    for keep in ((), ("output",), ("conv1", "dense")):
        damaged = flipped(whole, 10, 3, keep=keep)
        for name in LAYERS:
            same = damaged.arrays[f"{name}/kernel"].codes == whole.arrays[f"{name}/kernel"].codes
            expected = flipped(whole, 10, 3).arrays[f"{name}/kernel"].codes
            assert same.all() if name in keep else np.array_equal(damaged.arrays[f"{name}/kernel"].codes, expected)


def test_training_goes_on_from_the_signs_of_a_network():
    damaged = flipped(one_bit(), 20, 0)
    for (name, before), after in zip(WEIGHTS.items(), signed([*WEIGHTS.values()], damaged), strict=True):
        np.testing.assert_array_equal(np.abs(after), np.abs(before))
        if name in KERNELS:
            np.testing.assert_array_equal(after > 0, damaged.arrays[name].codes > 0)
        else:
            np.testing.assert_array_equal(after, before)


def test_each_sign_is_a_pixel():
    explorer = Signs(epochs(), damage=3)
    before, after = signs_of(one_bit()), signs_of(explorer.damaged())
    for theme in ("light", "dark"):
        explorer.look(theme, 1)
        image = np.asarray(explorer.signs.get_array())
        assert image.shape == (146, 147, 3)
        pixels, rest = np.split(image.reshape(-1, 3), [len(after)])
        whole = before == after
        np.testing.assert_array_equal(pixels[whole & (after > 0)], 1)
        np.testing.assert_array_equal(pixels[whole & (after < 0)], 0)
        np.testing.assert_allclose(pixels[~whole] - to_rgb(PALETTES["light"].orange), 0, atol=1e-9)
        np.testing.assert_allclose(rest - to_rgb(explorer.colours.grid), 0, atol=1e-9)
        assert len(rest) == 6 and 0.02 < np.mean(~whole) < 0.04


def test_the_layers_are_named_beside_their_signs():
    axes = Signs(epochs()).signs.axes
    names = {text.get_text(): row for text, row in zip(axes.get_yticklabels(), axes.get_yticks(), strict=True)}
    assert list(names) == list(LAYERS)
    ends = np.cumsum([0, *SIZES.values()]) / 147
    np.testing.assert_allclose(axes.get_yticks(minor=True), ends)
    for i, row in enumerate(names.values()):
        assert row == pytest.approx((ends[i] + ends[i + 1]) / 2)


@AXIS
@pytest.mark.parametrize("epoch", [1, 15])
def test_what_training_changed_is_seen(axis, epoch):
    explorer = Signs(epochs(axis), epoch=epoch, damage=5)
    first, trained = (signs_of(epochs(axis)[k]) for k in (0, epoch))
    shown = signs_of(explorer.damaged())
    pixels = np.asarray(explorer.signs.get_array()).reshape(-1, 3)[: len(first)]
    colours = palette("light")  # in the dark as well: it is a picture of data
    kinds = {
        (False, False): np.where(shown[:, np.newaxis] > 0, 1.0, 0.0) * np.ones(3),
        (True, False): np.where(shown[:, np.newaxis] > 0, to_rgb(colours.sky), to_rgb(colours.blue)),
        (False, True): np.tile(to_rgb(colours.orange), (len(first), 1)),
        (True, True): np.tile(to_rgb(colours.orange), (len(first), 1)),
    }
    for (changed, hit), expected in kinds.items():
        rows = ((first != trained) == changed) & ((trained != shown) == hit)
        assert rows.any()
        np.testing.assert_allclose(pixels[rows], expected[rows], atol=1e-9)
    count = np.sum(first != trained)
    assert f"Epoch {epoch}: of 21,456 signs" in explorer.status
    assert f"training has changed {count:,}, that is {count / 21456:.1%}. 5% are flipped" in explorer.status
    assert explorer.result.accuracy == pytest.approx(share_read(explorer.damaged().weights), abs=1.5 / 450)


def brightness(colour):
    """The relative luminance of a colour (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


def test_the_inks_of_the_signs_are_told_apart_on_light_and_on_dark_paper():
    explorer = Signs(epochs(), epoch=15, damage=5)
    light = np.asarray(explorer.signs.get_array())
    explorer.look("dark", 1.0)
    dark = np.asarray(explorer.signs.get_array())
    same = light[:145]  # the last row has places that hold no sign
    np.testing.assert_array_equal(dark[:145], same)
    colours = np.unique(same.reshape(-1, 3), axis=0)
    assert len(colours) == 5  # black, white, two blues and orange
    levels = sorted(brightness(colour) for colour in colours)
    ratios = [(b + 0.05) / (a + 0.05) for a, b in zip(levels, levels[1:], strict=False)]
    assert levels[-1] == 1 and ratios[-1] >= 3  # the lightest ink beside white
    names = [text.get_text() for text in explorer._picture.figure.axes[0].get_legend().get_texts()]
    assert len(names) == 5


@pytest.mark.parametrize(
    ("networks", "message"),
    [
        ([], "Signs shows 16 networks, after 0 to 15 epochs; there are 0."),
        (lambda: epochs() * 2, "there are 32."),
        (lambda: [*epochs()[:15], models.quantize_weights(WEIGHTS, 4)],
         "Signs shows networks of 1 bit, scheme binary; one has 4 bits, scheme symmetric."),
        (lambda: [models.quantize_weights(WEIGHTS, 1, "affine")] * 16, "one has 1 bits, scheme affine."),
    ],
)  # fmt: skip
def test_other_networks_are_refused(networks, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Signs(networks() if callable(networks) else networks)


@pytest.mark.parametrize("damage", [0, 20])
def test_what_is_read_wrong_is_written_at_its_digit(damage):
    explorer = Signs(epochs(), damage=damage)
    data = datasets.digits()
    named = read(explorer.damaged().weights, data.X_test[:40])
    expected = [
        "" if digit == right else f"{right} → {digit}" for digit, right in zip(named, data.y_test[:40], strict=True)
    ]
    assert [text.get_text() for text in explorer.labels] == expected and any(expected)
    tiles = explorer.labels[0].axes.images[0].get_array()
    for i in (0, 7, 8, 39):
        (x, y), digit = explorer.labels[i].get_position(), data.X_test[i].reshape(8, 8)
        top, left = 11 * (i // 8), 11 * (i % 8)
        assert x == left + 3 + 4 and top < y < top + 3  # above the middle of the digit
        np.testing.assert_array_equal(tiles[top + 3 : top + 11, left + 3 : left + 11], digit)
