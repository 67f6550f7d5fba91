"""quantize, its counterparts in TensorFlow, PyTorch and LiteRT, and products of codes."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from benchmarks import quantize as benchmark
from nnlearn.compression import Quantized, float_formats, integer_matmul, quantize
from nnlearn.compression.quantized import code_range
from nnlearn.interop.quiet import keras, tf
from nnlearn.models import quantize_weights

SCHEMES = {"symmetric": range(2, 17), "affine": range(1, 17), "binary": [1]}
ALL = [(scheme, bits) for scheme, each in SCHEMES.items() for bits in each]


def weights(shape=(3, 3, 5, 8), seed=0, dtype=np.float32):
    """As a layer's, with channels of different size and mean on the last axis."""
    generator = np.random.default_rng(seed)
    channels = shape[-1]
    return (generator.normal(size=shape) * np.geomspace(0.01, 3, channels) + np.linspace(-1, 1, channels)).astype(dtype)


# --- The definition ---

# scheme, bits, x, codes, scale, zero point: computed by hand.
BY_HAND = [
    ("symmetric", 8, [-1.27, 0, 0.3, 1], [-127, 0, 30, 100], 0.01, 0),
    ("symmetric", 4, [-4.5, 7, 3.4], [-4, 7, 3], 1, 0),  # 4.5 is a tie: to the even 4
    ("symmetric", 4, [-7, -3.5, 2.5, 3.5], [-7, -4, 2, 4], 1, 0),
    ("symmetric", 2, [-2, -1.1, 0.9, 2], [-1, -1, 0, 1], 2, 0),
    ("symmetric", 8, [0, 0], [0, 0], np.finfo(float).tiny, 0),
    ("symmetric", 3, [3, 3], [3, 3], 1, 0),
    ("symmetric", 8, 12.7, 127, 0.1, 0),
    ("affine", 8, [-1, 0, 1.55], [0, 100, 255], 0.01, 100),
    ("affine", 4, [3, 7.5], [6, 15], 0.5, 0),  # all positive: the range starts at 0
    ("affine", 4, [-3, -7.5], [9, 0], 0.5, 15),
    ("affine", 2, [-1, 0, 2], [0, 1, 3], 1, 1),
    ("affine", 1, [0, 5, 2], [0, 1, 0], 5, 0),
    ("affine", 8, [4, 4], [255, 255], 4 / 255, 0),
    ("affine", 8, [0, 0], [0, 0], np.finfo(float).tiny, 0),
    ("binary", 1, [-3, 0, 1, 4], [-1, 1, 1, 1], 2, 0),
    ("binary", 1, [0, -0.0], [1, 1], 0, 0),
]


@pytest.mark.parametrize("scheme, bits, x, codes, scale, zero_point", BY_HAND)
def test_codes_computed_by_hand(scheme, bits, x, codes, scale, zero_point):
    q = quantize(x, bits, scheme)
    assert q.codes.tolist() == codes
    assert q.scale == pytest.approx(scale, rel=1e-12)
    assert q.zero_point == zero_point
    np.testing.assert_allclose(q.dequantize(), (np.array(codes) - zero_point) * scale, rtol=1e-12)


@pytest.mark.parametrize("scheme, bits", ALL)
def test_all_codes_of_the_range_are_used_and_no_others(scheme, bits):
    x = np.linspace(-0.5 if scheme == "affine" else -1, 1, 2**17 + 1)
    q = quantize(x, bits, scheme)
    low, high = code_range(scheme, bits)
    assert (q.codes.min(), q.codes.max()) == (low, high)
    assert len(np.unique(q.codes)) == {"symmetric": 2**bits - 1, "affine": 2**bits, "binary": 2}[scheme]
    assert q.codes.dtype.itemsize == (1 if bits <= 8 else 2)


@pytest.mark.parametrize("axis", [None, 0, 1, 2, 3, -1])
@pytest.mark.parametrize("scheme, bits", [("symmetric", 4), ("affine", 5), ("binary", 1)])
def test_a_channel_is_quantised_as_by_itself(scheme, bits, axis):
    x = weights()
    q = quantize(x, bits, scheme, axis)
    if axis is None:
        assert q.scale.shape == q.zero_point.shape == ()
        return
    assert q.scale.shape == q.zero_point.shape == (x.shape[axis],)
    assert q.axis == axis % 4
    for i in range(x.shape[axis]):
        alone = quantize(x.take(i, axis), bits, scheme)
        np.testing.assert_array_equal(q.codes.take(i, axis), alone.codes)
        assert (q.scale[i], q.zero_point[i]) == (alone.scale, alone.zero_point)
        np.testing.assert_array_equal(q.dequantize().take(i, axis), alone.dequantize())


@pytest.mark.parametrize("dtype, scale", [
    (np.float16, np.float32), (np.float32, np.float32), (np.float64, np.float64), (np.int8, np.float64),
])  # fmt: skip
@pytest.mark.parametrize("scheme, bits", [("symmetric", 8), ("affine", 8), ("binary", 1)])
def test_the_type_follows_that_of_x(scheme, bits, dtype, scale):
    q = quantize(np.array([-3, 0, 5], dtype=dtype), bits, scheme, axis=0)
    assert q.scale.dtype == q.dequantize().dtype == scale
    assert q.zero_point.dtype == np.int32


@pytest.mark.parametrize("axes", [(2, 3), (3, 0), (-1, -2), (0, 1, 2, 3)])
@pytest.mark.parametrize("scheme, bits", [("symmetric", 4), ("affine", 5), ("binary", 1)])
def test_several_axes_make_a_channel_of_each_combination(scheme, bits, axes):
    x, places = weights(), tuple(sorted(axis % 4 for axis in axes))
    q = quantize(x, bits, scheme, axes)
    shape = tuple(x.shape[place] for place in places)
    assert q.axis == places
    assert q.scale.shape == q.zero_point.shape == shape
    for index in np.ndindex(shape):
        alone = quantize(np.moveaxis(x, places, range(len(places)))[index], bits, scheme)
        np.testing.assert_array_equal(np.moveaxis(q.codes, places, range(len(places)))[index], alone.codes)
        assert (q.scale[index], q.zero_point[index]) == (alone.scale, alone.zero_point)


def test_one_axis_in_a_tuple_is_that_axis():
    assert quantize(weights(), 4, axis=(2,)).axis == 2


LARGEST = {32: 2.0**126, 64: 2.0**498}
ARRAYS = st.sampled_from([32, 64]).flatmap(
    lambda width: hnp.arrays(
        np.dtype(f"f{width // 8}"),
        hnp.array_shapes(min_dims=0, max_dims=3, max_side=5),
        elements=st.floats(-LARGEST[width], LARGEST[width], width=width),
    )
)


@given(x=ARRAYS, kind=st.sampled_from([one for one in ALL if one[0] != "binary"]), data=st.data())
def test_nothing_is_further_from_its_code_than_half_a_step(x, kind, data):
    scheme, bits = kind
    axis = data.draw(st.sampled_from([None, *range(x.ndim)]))
    q = quantize(x, bits, scheme, axis)
    back = np.asarray(q.dequantize())
    scale = q.scale if axis is None else q.scale.reshape([-1 if i == axis else 1 for i in range(x.ndim)])
    slack = 2 * np.finfo(x.dtype).eps * np.abs(x).max()
    assert np.all(np.abs(x.astype(float) - back) <= scale * (0.5 + 1e-6) + slack)
    assert np.all(back[x == 0] == 0)
    assert back.shape == q.shape == x.shape
    assert q.error == pytest.approx(np.mean(np.square(x - back.astype(float))), rel=1e-9)
    assert q.signal == pytest.approx(np.mean(np.square(x.astype(float))), rel=1e-9)
    assert q.error <= q.signal or q.error < 1e-70


@pytest.mark.parametrize("scheme", ["symmetric", "affine"])
def test_the_nearest_code_is_found_in_float64(scheme):
    x = weights((100, 100))
    q = quantize(x, 16, scheme)
    np.testing.assert_array_equal(q.codes, np.rint(x.astype(float) / float(q.scale)) + q.zero_point)


@given(x=ARRAYS, bits=st.integers(2, 16))
def test_the_symmetric_scheme_is_symmetric(x, bits):
    np.testing.assert_array_equal(quantize(-x, bits).codes, -quantize(x, bits).codes)


@given(x=ARRAYS, bits=st.integers(2, 16))
def test_what_was_quantised_stays_as_it_is(x, bits):
    q = quantize(x, bits)
    if q.scale > 1e-30:  # below, the smallest scale interferes
        np.testing.assert_array_equal(quantize(q.dequantize(), bits).codes, q.codes)


def test_the_smallest_scale_is_a_normal_number():
    tiny = np.finfo(np.float32).tiny
    x = np.float32([[0, 1e-45, -1e-44], [0, 5e-37, -1e-36]])
    for scheme in ("symmetric", "affine"):
        q = quantize(x, 8, scheme, axis=0)
        assert q.scale[0] == tiny
        assert not q.dequantize()[0].any()
        assert np.abs(q.dequantize()[1] - x[1]).max() <= tiny


def test_a_channel_of_zeros_comes_back_beside_others():
    x = np.float32([[0, 0, 0], [1, -2, 3]])
    for scheme, bits in (("symmetric", 8), ("affine", 8), ("binary", 1)):
        back = quantize(x, bits, scheme, axis=0).dequantize()
        assert not back[0].any() and back[1].any()


def test_error_and_signal_are_mean_squares():
    x = np.array([-1.0, 0.2, 0.6, 1.0])
    q = quantize(x, 2)
    np.testing.assert_array_equal(q.dequantize(), [-1, 0, 1, 1])
    assert q.error == pytest.approx((0.2**2 + 0.4**2) / 4)
    assert q.signal == pytest.approx((1 + 0.04 + 0.36 + 1) / 4)
    assert q.snr == pytest.approx(10 * math.log10(2.4 / 0.2))
    assert quantize([1.0, 0.0], 2).snr == math.inf
    assert quantize([0.0], 2).snr == math.inf


def test_a_bit_is_worth_six_decibels():
    """Twice as many steps, each half as large."""
    x = np.random.default_rng(0).uniform(-1, 1, 20_000)
    bits = np.arange(4, 13)
    snr = [quantize(x, each, "affine").snr for each in bits]
    np.testing.assert_allclose(np.diff(snr), np.diff(20 * np.log10(2.0**bits - 1)), atol=0.15)
    assert np.diff(snr)[-1] == pytest.approx(6.02, abs=0.1)


def test_bytes_are_those_of_codes_scales_and_zero_points():
    x = weights((3, 3, 5, 7))  # 315 numbers
    assert quantize(x, 8).nbytes == 315 + 4
    assert quantize(x, 3, axis=3).nbytes == math.ceil(315 * 3 / 8) + 7 * 4
    assert quantize(x, 1, "binary", axis=3).nbytes == 40 + 7 * 4
    assert quantize(x, 4, "affine", axis=3).nbytes == 158 + 7 * (4 + 1)
    assert quantize(x, 12, "affine", axis=3).nbytes == 473 + 7 * (4 + 2)
    assert quantize(x.astype(float), 8).nbytes == 315 + 8


def test_a_quantised_array_cannot_be_written_to():
    q = quantize(weights(), 4, axis=3)
    for array in (q.codes, q.scale, q.zero_point):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_it_says_what_it_is():
    assert repr(quantize(np.float32([-1, 0, 0.5, 1]), 4, axis=0)) == (
        "Quantized(symmetric, 4 bits, axis 0, shape (4,): 18 bytes, inf dB)"
    )


# --- Binary ---


def test_the_mean_magnitude_is_the_scale_of_least_squares():
    x = weights(dtype=np.float64)
    q = quantize(x, 1, "binary")
    fitted = np.linalg.lstsq(q.codes.reshape(-1, 1).astype(float), x.ravel())[0]
    assert q.scale == pytest.approx(fitted[0], rel=1e-12)
    for other in (0.9, 0.99, 1.01, 1.1):
        assert np.mean(np.square(x - other * q.dequantize())) > q.error


def test_no_other_signs_are_better():
    x = np.random.default_rng(1).normal(size=8)
    errors = []
    for signs in itertools.product([-1, 1], repeat=8):
        best = max(0, np.mean(x * signs))  # the scale of least squares for these signs
        errors.append(np.mean(np.square(x - best * np.array(signs))))
    assert quantize(x, 1, "binary").error == pytest.approx(min(errors), rel=1e-12)


# --- Rounding ---


@pytest.mark.parametrize("scheme", ["symmetric", "affine"])
def test_stochastic_rounding_is_right_on_average(scheme):
    x = np.append(np.linspace(-0.8, 0.9, 40), [-1, 0, 1])
    rng, draws = np.random.default_rng(0), 4000
    many = np.stack([quantize(x, 3, scheme, rounding="stochastic", rng=rng).dequantize() for _ in range(draws)])
    nearest = quantize(x, 3, scheme)
    step = float(nearest.scale)
    within = (x >= nearest.dequantize().min()) & (x <= nearest.dequantize().max())
    assert within.sum() >= 41
    standard_error = step / 2 / math.sqrt(draws)
    assert np.abs(many.mean(axis=0) - x)[within].max() < 5 * standard_error
    assert np.abs(nearest.dequantize() - x)[within].max() > 20 * standard_error
    assert np.all(many[:, x == 0] == 0)
    assert np.all(np.abs(many - x) < step * (1 + 1e-9))


def test_the_generator_decides():
    x = weights()
    one, same, other = (
        quantize(x, 4, rounding="stochastic", rng=np.random.default_rng(seed)).codes for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


# --- Range ---


def best_share(x, bits, scheme):
    """The error of each share of the range from 1 % to 100 %, computed by the definition."""
    low, high = min(x.min(), 0), max(x.max(), 0)
    errors = []
    for share in np.linspace(0.01, 1, 200):
        if scheme == "symmetric":
            last = 2 ** (bits - 1) - 1
            scale = share * np.abs(x).max() / last
            back = np.clip(np.round(x / scale), -last, last) * scale
        else:
            scale = share * (high - low) / (2**bits - 1)
            zero_point = np.round(-share * low / scale)
            back = (np.clip(np.round(x / scale) + zero_point, 0, 2**bits - 1) - zero_point) * scale
        errors.append(np.mean(np.square(x - back)))
    return min(errors)


@pytest.mark.parametrize("outlier", [1, 8])
@pytest.mark.parametrize("scheme", ["symmetric", "affine"])
@pytest.mark.parametrize("bits", [2, 3, 4, 6, 8])
def test_the_range_of_least_error_is_about_the_best(scheme, bits, outlier):
    x = np.random.default_rng(0).normal(size=2000)
    x[7] = outlier * np.abs(x).max()
    widest, least = (quantize(x, bits, scheme, range=name).error for name in ("max", "least error"))
    assert least <= widest
    assert least <= 1.05 * best_share(x, bits, scheme)
    if bits in (3, 4) and outlier == 8:
        assert least < 0.6 * widest


def test_each_channel_gets_its_own_range_of_least_error():
    x = weights((200, 6), dtype=np.float64)
    x[0, 2] = 50
    q = quantize(x, 4, "affine", axis=1, range="least error")
    for i in range(6):
        alone = quantize(x[:, i], 4, "affine", range="least error")
        assert q.scale[i] == alone.scale
        np.testing.assert_array_equal(q.codes[:, i], alone.codes)


def test_many_bits_keep_the_whole_range():
    x = weights()
    assert quantize(x, 16, axis=3, range="least error").scale.tolist() == quantize(x, 16, axis=3).scale.tolist()


# --- What is refused ---

REFUSED = {
    "NaN": (lambda: quantize([0, np.nan], 8), ValueError, "x must be finite; 1 of its 2 entries"),
    "infinity": (lambda: quantize([0, -np.inf], 8), ValueError, "x must be finite; 1 of its 2 entries"),
    "empty": (lambda: quantize(np.zeros((3, 0)), 8), ValueError, r"at least one number; it has shape \(3, 0\)"),
    "text": (lambda: quantize(["a"], 8), TypeError, "x must hold real numbers"),
    "huge": (lambda: quantize(np.float32([2e38]), 8), ValueError, r"magnitude 2e\+38; .* float32 goes up to 1e\+38"),
    "huge64": (lambda: quantize([-2e150], 8), ValueError, r"magnitude 2e\+150; .* float64 goes up to 1e\+150"),
    "0 bits": (lambda: quantize([1.0], 0), ValueError, "bits = 0 is too small"),
    "17 bits": (lambda: quantize([1.0], 17), ValueError, "bits = 17: the symmetric scheme takes 2 to 16"),
    "17 affine": (lambda: quantize([1.0], 17, "affine"), ValueError, "the affine scheme takes 1 to 16"),
    "1 symmetric": (lambda: quantize([1.0], 1), ValueError, "bits = 1: the symmetric .* 2 to 16. .1 bit is binary"),
    "2 binary": (lambda: quantize([1.0], 2, "binary"), ValueError, "bits = 2: the binary scheme takes 1 to 1"),
    "half a bit": (lambda: quantize([1.0], 2.5), TypeError, "bits must be a whole number; it is 2.5"),
    "True bits": (lambda: quantize([1.0], True), TypeError, "bits must be a whole number; it is True"),
    "scheme": (lambda: quantize([1.0], 8, "random"), ValueError, "scheme = 'random' is not one of 'symmetric', 'aff"),
    "axis 1": (lambda: quantize([1.0], 8, axis=1), ValueError, r"axis = 1 is no axis of an array of shape \(1,\)"),
    "axis -2": (lambda: quantize([1.0], 8, axis=-2), ValueError, "axis = -2 is no axis"),
    "no axes": (lambda: quantize(1.0, 8, axis=0), ValueError, r"axis = 0 is no axis of an array of shape \(\)"),
    "axis twice": (lambda: quantize([[1.0]], 8, axis=(1, -1)), ValueError, r"axis = \(1, -1\) must name .* each once"),
    "no axis": (lambda: quantize([1.0], 8, axis=()), ValueError, r"axis = \(\) must name at least one axis"),
    "axis 0.5": (lambda: quantize([1.0], 8, axis=0.5), TypeError, "axis must be a whole number, a tuple of them"),
    "rounding": (lambda: quantize([1.0], 8, rounding="up"), ValueError, "rounding = 'up' is not one of 'nearest', 's"),
    "no rng": (lambda: quantize([1.0], 8, rounding="stochastic"), TypeError, "Stochastic rounding needs rng"),
    "seed": (lambda: quantize([1.0], 8, rounding="stochastic", rng=0), TypeError, "default_rng.0.; it is 0"),
    "random signs": (
        lambda: quantize([1.0], 1, "binary", rounding="stochastic", rng=np.random.default_rng()),
        ValueError, "The binary scheme takes the sign",
    ),
    "range": (lambda: quantize([1.0], 8, range="min"), ValueError, "range = 'min' is not one of 'max', 'least error'"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_quantised_is_refused(case):
    ask, kind, words = REFUSED[case]
    with pytest.raises(kind, match=words):
        ask()


PARTS = {"codes": np.int8([1]), "scale": np.array(1.0), "zero_point": np.int32(0), "bits": 4, "scheme": "symmetric",
         "axis": None, "error": 0.0, "signal": 1.0}  # fmt: skip
MISFITS = {
    "code too large": ({"codes": np.int8([8])}, ValueError, "codes must be from -7 to 7"),
    "not narrow": ({"codes": np.int8([-8])}, ValueError, "codes must be from -7 to 7"),
    "real codes": ({"codes": np.array([1.0])}, TypeError, "codes must hold integers; it holds float64"),
    "scales without axis": ({"scale": np.ones(1)}, ValueError, r"scale has shape \(1,\); it needs \(\)"),
    "scale without channels": ({"axis": 0}, ValueError, r"scale has shape \(\); it needs \(1,\)"),
    "zero points": ({"zero_point": np.zeros(2, int)}, ValueError, r"zero_point has shape \(2,\); it needs \(\)"),
    "no scheme": ({"scheme": "none"}, ValueError, "scheme = 'none'"),
    "infinite scale": ({"scale": np.array(np.inf)}, ValueError, "scale must hold finite numbers from 0"),
    "whole scale": ({"scale": np.array(1)}, TypeError, "scale must hold float32 or float64; it holds int64"),
    "masked codes": ({"codes": np.ma.masked_equal(np.int8([1]), 1)}, TypeError, "codes is a masked array"),
    "negative scale": ({"scale": np.array(-0.1)}, ValueError, "scale must hold finite numbers from 0"),
    "NaN scale": ({"scale": np.array(np.nan)}, ValueError, "scale must hold finite numbers from 0"),
}


@pytest.mark.parametrize("case", MISFITS)
def test_parts_that_do_not_fit_are_refused(case):
    changed, kind, words = MISFITS[case]
    Quantized(**PARTS)
    with pytest.raises(kind, match=words):
        Quantized(**{**PARTS, **changed})


# --- Counterparts ---


def assert_same_codes(ours, theirs, x, scale):
    """The codes are equal, but where float32 arithmetic can't tell which side of a tie x / scale lies on."""
    differ = np.flatnonzero(ours != theirs)
    steps = (x.astype(float) / scale).ravel()[differ]
    from_tie = np.abs(np.abs(steps - np.trunc(steps)) - 0.5)
    assert np.all(from_tie <= 2**-21 * (1 + np.abs(ours.astype(int)).max()))
    assert np.abs(np.subtract(ours, theirs, dtype=np.int64)).max() <= 1


@pytest.mark.parametrize("bits", [2, 3, 4, 8, 12, 16])
def test_affine_is_tensorflow_s_fake_quant(bits):
    x = weights(seed=bits)
    q = quantize(x, bits, "affine")
    faked = tf.quantization.fake_quant_with_min_max_vars(x, x.min(), x.max(), num_bits=bits).numpy()
    codes = np.rint(faked / float(q.scale)) + q.zero_point
    assert_same_codes(q.codes, codes.astype(int), x, q.scale)
    same = codes == q.codes
    np.testing.assert_allclose(q.dequantize()[same], faked[same], atol=4 * np.spacing(np.abs(x).max()))


@pytest.mark.parametrize("bits", [4, 8])
def test_affine_per_channel_is_tensorflow_s(bits):
    x = weights(seed=bits)
    q = quantize(x, bits, "affine", axis=3)
    low, high = np.minimum(x.min(axis=(0, 1, 2)), 0), np.maximum(x.max(axis=(0, 1, 2)), 0)
    faked = tf.quantization.fake_quant_with_min_max_vars_per_channel(x, low, high, num_bits=bits).numpy()
    np.testing.assert_allclose(q.dequantize(), faked, atol=4 * np.spacing(np.abs(x).max()))


@pytest.mark.parametrize("axis", [None, 0, 3])
@pytest.mark.parametrize("bits", [2, 4, 8, 12])
def test_symmetric_is_tensorflow_s_quantize_and_dequantize(bits, axis):
    x = weights(seed=bits)
    q = quantize(x, bits, axis=axis)
    back = tf.quantization.quantize_and_dequantize_v2(
        x, 0.0, 0.0, num_bits=bits, narrow_range=True, range_given=False, round_mode="HALF_TO_EVEN", axis=axis
    )
    np.testing.assert_allclose(q.dequantize(), back.numpy(), atol=4 * np.spacing(np.abs(x).max()))


@pytest.mark.parametrize("axis", [None, 0, 3])
@pytest.mark.parametrize("bits, kind", [(8, tf.qint8), (16, tf.qint16)])
def test_symmetric_codes_are_those_of_tensorflow_s_quantize(bits, kind, axis):
    x = weights()
    q = quantize(x, bits, axis=axis)
    most = np.abs(x).max(axis=None if axis is None else tuple(i for i in range(4) if i != axis))
    theirs = tf.quantization.quantize(
        x, -most, most, kind, mode="SCALED", round_mode="HALF_TO_EVEN", narrow_range=True, axis=axis
    )
    codes = tf.bitcast(theirs.output, tf.as_dtype(f"int{bits}")).numpy()
    shape = [1, 1, 1, 1]
    if axis is not None:
        shape[axis] = -1
    assert_same_codes(q.codes, codes, x, q.scale.reshape(shape))


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor:UserWarning")
@pytest.mark.parametrize("axis", [None, 0, 3])
@pytest.mark.parametrize("scheme, kind", [("symmetric", "qint8"), ("affine", "quint8")])
def test_codes_are_pytorch_s(scheme, kind, axis):
    torch = pytest.importorskip("torch")
    x, kind = weights(), getattr(torch, kind)
    q = quantize(x, 8, scheme, axis)
    tensor = torch.from_numpy(x)
    if axis is None:
        theirs = torch.quantize_per_tensor(tensor, float(q.scale), int(q.zero_point), kind)
    else:
        scale, zero_point = (torch.from_numpy(array.copy()) for array in (q.scale, q.zero_point))
        theirs = torch.quantize_per_channel(tensor, scale, zero_point, axis, kind)
    np.testing.assert_array_equal(q.codes, theirs.int_repr().numpy())
    np.testing.assert_array_equal(q.dequantize(), theirs.dequantize().numpy())


def lite_tensors(model, inputs):
    """The weights of a Keras model as LiteRT stores them in int8: name, codes, scales, zero points, axis."""
    interpreter = pytest.importorskip("ai_edge_litert.interpreter")
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.representative_dataset = lambda: ([row[np.newaxis]] for row in inputs)
    lite = interpreter.Interpreter(model_content=converter.convert())
    lite.allocate_tensors()
    for detail in lite.get_tensor_details():
        if detail["dtype"] == np.int8 and "pseudo_qconst" not in detail["name"] and len(detail["shape"]) in (2, 4):
            yield lite, detail


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_int8_weights_are_bit_identical_to_litert_s():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([
        keras.Input((8, 8, 1)),
        keras.layers.Conv2D(6, 3, activation="relu"),
        keras.layers.Conv2D(8, 3, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(10),
    ])  # fmt: skip
    inputs = np.random.default_rng(0).normal(size=(8, 8, 8, 1)).astype(np.float32)
    expected = {}
    for layer in model.layers:
        if layer.weights:
            kernel = layer.get_weights()[0]
            outputs_first = kernel.T if kernel.ndim == 2 else kernel.transpose(3, 0, 1, 2)
            expected[outputs_first.shape] = quantize(outputs_first, 8, axis=0)
    assert len(expected) == 4

    found = set()
    for lite, detail in lite_tensors(model, inputs):
        shape, parameters = tuple(detail["shape"]), detail["quantization_parameters"]
        if shape not in expected:  # an activation
            continue
        ours = expected[shape]
        np.testing.assert_array_equal(lite.get_tensor(detail["index"]), ours.codes)
        np.testing.assert_array_equal(parameters["scales"], ours.scale)
        np.testing.assert_array_equal(parameters["zero_points"], ours.zero_point)
        assert parameters["quantized_dimension"] == 0
        found.add(shape)
    assert found == set(expected)


def test_exact_ties_go_to_the_even_code_and_in_fake_quant_up():
    ties = np.float32([0.5, 1.5, 2.5, 3.5, 255])
    assert quantize(ties, 8, "affine").codes.tolist() == [0, 2, 2, 4, 255]
    theirs = tf.quantization.fake_quant_with_min_max_vars(ties, 0.0, 255.0, num_bits=8)
    assert theirs.numpy().tolist() == [1, 2, 3, 4, 255]
    kept = tf.quantization.quantize_and_dequantize_v2(ties, 0.0, 255.0, signed_input=False, num_bits=8,
                                                      range_given=True, round_mode="HALF_TO_EVEN")  # fmt: skip
    assert kept.numpy().tolist() == [0, 2, 2, 4, 255]


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor:UserWarning")
def test_pytorch_takes_exact_ties_to_the_even_code():
    torch = pytest.importorskip("torch")
    ties = torch.tensor([0.5, 1.5, 2.5, 3.5])
    assert torch.quantize_per_tensor(ties, 1.0, 0, torch.quint8).int_repr().tolist() == [0, 2, 2, 4]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_the_channels_of_every_layer_are_litert_s():
    """Its kernels are (outputs, height, width, inputs); a depthwise one is (1, height, width, outputs)."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([
        keras.Input((8, 8, 3)),
        keras.layers.DepthwiseConv2D(3, depth_multiplier=2, name="depthwise"),
        keras.layers.Conv2DTranspose(5, 3, name="transposed"),
        keras.layers.SeparableConv2D(4, 3, name="separable"),
        keras.layers.Flatten(),
        keras.layers.Dense(2, name="dense"),
    ])  # fmt: skip
    arrays = quantize_weights(model, 8, axis=-1).arrays
    expected = {
        (1, 3, 3, 6): arrays["depthwise/kernel"].codes.reshape(1, 3, 3, 6),
        (5, 3, 3, 6): arrays["transposed/kernel"].codes.transpose(2, 0, 1, 3),
        (1, 3, 3, 5): arrays["separable/depthwise_kernel"].codes.reshape(1, 3, 3, 5),
        (4, 1, 1, 5): arrays["separable/pointwise_kernel"].codes.transpose(3, 0, 1, 2),
        (2, 144): arrays["dense/kernel"].codes.T,
    }
    inputs = np.random.default_rng(0).normal(size=(8, 8, 8, 3)).astype(np.float32)
    found = set()
    for lite, detail in lite_tensors(model, inputs):
        shape, parameters = tuple(detail["shape"]), detail["quantization_parameters"]
        if shape in expected and len(parameters["scales"]) > 1:  # an activation has one
            np.testing.assert_array_equal(lite.get_tensor(detail["index"]), expected[shape])
            found.add(shape)
    assert found == set(expected)


# --- The product of codes ---


@pytest.mark.parametrize("places", [{"a": np.eye(2)}, {"b": [[1, 2]]}])
def test_a_product_of_what_is_not_quantised_is_refused(places):
    operands = {"a": quantize(np.eye(2), 8), "b": quantize(np.eye(2), 8)} | places
    (name,) = places
    with pytest.raises(TypeError, match=f"{name} must be Quantized, such as quantize"):
        integer_matmul(**operands)


@pytest.mark.parametrize("shapes", [((0, 2), (2, 3)), ((2, 2), (2, 0))])
def test_a_product_of_no_rows_or_columns_is_empty(shapes):
    a, b = (Quantized(np.zeros(shape, np.int8), np.array(1.0), np.int32(0), 8, "symmetric", None, 0.0, 0.0)
            for shape in shapes)  # fmt: skip
    assert integer_matmul(a, b).shape == (shapes[0][0], shapes[1][1])


@pytest.mark.parametrize("left", [("symmetric", 8), ("affine", 8), ("affine", 3), ("binary", 1)])
@pytest.mark.parametrize("right, axis", [
    (("symmetric", 8), None), (("symmetric", 4), 1), (("affine", 8), 1), (("binary", 1), 1),
])  # fmt: skip
def test_the_product_is_exact(left, right, axis):
    a = quantize(weights((5, 30), seed=1), left[1], left[0])
    b = quantize(weights((30, 7), seed=2), right[1], right[0], axis)
    product = integer_matmul(a, b)
    assert product.dtype == np.int32 and product.shape == (5, 7)

    def steps(q):
        zero_points = np.broadcast_to(q.zero_point, q.shape[1:])
        return [[int(c) - int(z) for c, z in zip(row, zero_points, strict=True)] for row in q.codes]

    columns = list(zip(*steps(b), strict=True))
    exact = [[sum(p * q for p, q in zip(row, column, strict=True)) for column in columns] for row in steps(a)]
    assert product.tolist() == exact
    real = a.dequantize().astype(float) @ b.dequantize()
    np.testing.assert_allclose(product * (a.scale.astype(float) * b.scale), real, atol=1e-5 * np.abs(real).max())


def codes_only(codes, bits, scheme):
    return Quantized(codes, np.array(1.0), np.int32(0), bits, scheme, None, 0.0, 1.0)


@pytest.mark.parametrize("last, fits", [(32767, True), (32768, False)])
def test_a_sum_may_reach_the_end_of_int32_and_no_further(last, fits):
    a = codes_only(np.array([[65535] * 32768 + [last]], np.uint16), 16, "affine")  # 65535 * 32768 + 32767 = 2**31 - 1
    b = codes_only(np.ones((32769, 1), np.int8), 2, "symmetric")
    if fits:
        assert integer_matmul(a, b).tolist() == [[2**31 - 1]]
    else:
        with pytest.raises(ValueError, match="32769 products of 16 and 2 bits could reach 2,147,483,648; int32 ends"):
            integer_matmul(a, b)


def test_only_matrices_that_fit_are_multiplied():
    a, b = quantize(weights((3, 4)), 8), quantize(weights((4, 2)), 8)
    with pytest.raises(ValueError, match=r"shapes \(m, k\) and \(k, n\); they have \(4, 2\) and \(3, 4\)"):
        integer_matmul(b, a)
    with pytest.raises(ValueError, match=r"they have \(3, 4\) and \(3, 2\)"):
        integer_matmul(a, quantize(weights((3, 2)), 8))
    with pytest.raises(ValueError, match=r"they have \(4,\) and \(4, 2\)"):
        integer_matmul(quantize(np.ones(4), 8), b)
    for left, right in ((quantize(weights((3, 4)), 8, axis=0), b), (a, quantize(weights((4, 2)), 8, axis=0))):
        with pytest.raises(ValueError, match="a must have one scale"):
            integer_matmul(left, right)


# --- Floats ---


@pytest.mark.parametrize("format", float_formats(), ids=lambda each: each.name)
def test_float_formats_are_those_in_use(format):
    if format.name == "bfloat16":
        ml_dtypes = pytest.importorskip("ml_dtypes")
        kind, about = np.dtype(ml_dtypes.bfloat16), ml_dtypes.finfo(ml_dtypes.bfloat16)
    else:
        kind, about = np.dtype(format.name), np.finfo(format.name)
    assert format.bytes == kind.itemsize
    assert format.largest == float(about.max)
    assert format.smallest_normal == float(about.smallest_normal)
    assert format.epsilon == float(about.eps)
    x = np.random.default_rng(0).uniform(1, 2, 100_000)
    if format.name != "float64":
        worst = np.max(np.abs(x.astype(kind).astype(float) - x) / x)
        assert 0.97 * format.rounding_error < worst <= format.rounding_error


# --- What the benchmarks compare ---


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor:UserWarning")
def test_the_benchmarks_compare_the_same_work():
    torch = pytest.importorskip("torch")
    x = weights()
    theirs = benchmark.with_torch(torch, x)()
    np.testing.assert_array_equal(benchmark.codes_alone(x)(), theirs.int_repr().numpy())
    np.testing.assert_array_equal(quantize(x, 8, axis=3).dequantize(), theirs.dequantize().numpy())
