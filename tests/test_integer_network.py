"""Networks in whole numbers: codes of activations, requantisation, and the whole network beside LiteRT's."""

from fractions import Fraction

import numpy as np
import pytest

from nnlearn import models
from nnlearn.compression.activations import Grid, observed
from nnlearn.compression.requantization import rounded_once, rounded_twice
from nnlearn.data import digits
from nnlearn.models.integer_network import integer_network
from nnlearn.networks import Conv2D, Dense, Flatten, Network, ReLU, Tanh

DATA = digits()
WEIGHTS = models.trained()
TAUGHT = ("conv1", "conv2", "dense", "output")
LAST_CODES = {"conv1": "relu", "conv2": "relu_1", "dense": "relu_2", "output": "output"}  # after its relu


# --- Ranges ---


@pytest.mark.parametrize(
    ("x", "percent", "scale", "zero_point"),
    [
        ([0, 0.2, 5.1], 100, 0.02, 0),
        ([-1, 4.1], 100, 0.02, 50),
        ([3, 5.1], 100, 0.02, 0),  # it holds 0
        ([-5.1, -3], 100, 0.02, 255),
        (np.append(np.linspace(0, 1, 1001), 900), 99.9, 1 / 255, 0),
        (np.append(np.linspace(0, 1, 1001), 900), 100, 900 / 255, 0),
    ],
)
def test_the_range_is_that_of_the_examples(x, percent, scale, zero_point):
    grid = observed(x, percent)
    assert grid.scale == pytest.approx(scale, rel=2e-3) and grid.zero_point == zero_point


def test_codes_are_the_nearest_and_cut_off():
    grid = Grid(0.5, 10)
    assert grid.codes([-9, -5, 0, 0.2, 0.3, 1, 500]).tolist() == [0, 0, 10, 10, 11, 12, 255]
    assert grid.codes(3.0).dtype == np.uint8
    assert grid.numbers(np.array([0, 10, 255], np.uint8)).tolist() == [-5, 0, 122.5]


@pytest.mark.parametrize(
    ("x", "percent", "message"),
    [([1.0], 50, "percent"), ([1.0], 101, "percent"), ([], 100, "at least one number"), ([np.nan], 100, "x")],
)
def test_a_range_of_nothing_is_refused(x, percent, message):
    with pytest.raises(ValueError, match=message):
        observed(x, percent)


# --- Requantisation ---


def halves(x, up):
    """To the nearest whole number, exactly; a tie upwards, or away from 0."""
    whole = x.__floor__()
    rest = x - whole
    return whole + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (up or x > 0)))


@pytest.mark.parametrize("multiplier", [0.75, 0.5, 0.0123, 3e-5, 1.0, 2.9, 0.999999])
def test_rounding_twice_is_what_jacob_et_al_write(multiplier):
    sums = np.random.default_rng(0).integers(-(2**24), 2**24, 300).astype(np.int32)
    sums[:4] = [0, 1, -1, -3]
    n = int(np.floor(np.log2(multiplier))) + 1  # multiplier = 2**n M0
    mantissa = Fraction(round(multiplier * 2.0 ** (31 - n)), 2**31)
    first = [halves(int(each) * 2 ** max(n, 0) * mantissa, up=True) for each in sums]
    expected = [halves(Fraction(each, 2 ** max(-n, 0)), up=False) for each in first]
    np.testing.assert_array_equal(rounded_twice(sums, multiplier), expected)


def test_two_roundings_may_differ_from_one_by_one():
    sums = np.arange(-3000, 3000, dtype=np.int32)
    once, twice = rounded_once(sums, 0.01), rounded_twice(sums, 0.01)
    assert 0 < np.sum(once != twice) < 100 and np.abs(once - twice).max() == 1
    assert rounded_once(np.array([5, 15], np.int32), 0.1).tolist() == [0, 2]  # ties to the even one
    assert rounded_twice(np.array([1, 3, -1, -3], np.int32), 0.25).tolist() == [1, 1, 0, -1]  # 0.25: to 0.5, then 1


def test_each_channel_has_its_multiplier():
    sums, multipliers = np.array([[10, 10], [-7, 20]], np.int32), np.array([0.5, 0.2])
    for rounded in (rounded_once, rounded_twice):
        columns = [rounded(sums[:, j], multipliers[j]) for j in range(2)]
        np.testing.assert_array_equal(rounded(sums, multipliers), np.stack(columns, axis=1))


# --- The network ---


@pytest.fixture(scope="module")
def content():
    pytest.importorskip("ai_edge_litert.interpreter")
    model = models.convolutional()
    model.set_weights([*WEIGHTS.values()])
    return models.to_litert(model, "int8", DATA.X_train)


def test_it_gives_what_litert_gives(content):
    """0 of 4,500 codes differ where it was measured; on another processor the ranges may differ in a last digit."""
    ours = integer_network(WEIGHTS, DATA.X_train[:100])
    step = ours.grids["output"].scale
    difference = np.rint((ours(DATA.X_test) - models.run_litert(content, DATA.X_test)) / step)
    assert np.mean(difference != 0) <= 0.001 and np.abs(difference).max() <= 1


def litert_s_parts(content):
    """Scales, zero points, codes and biases from LiteRT's own file, and what each of its reference kernels gives."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    from nnlearn.models.litert import silence

    with silence():
        interpreter = Interpreter(
            model_content=content,
            experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
            experimental_preserve_all_tensors=True,
        )
        interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], (450, 8, 8, 1))
        interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], DATA.X_test.reshape(-1, 8, 8, 1).astype("f"))
    interpreter.invoke()
    details = {each["index"]: each for each in interpreter.get_tensor_details()}
    ops = [op for op in interpreter._get_ops_details() if op["op_name"] in ("CONV_2D", "FULLY_CONNECTED")]
    return [[(details[i], interpreter.get_tensor(i)) for i in (*op["inputs"], *op["outputs"])] for op in ops]


def test_each_layer_gives_the_codes_of_litert_s_reference_kernels(content):
    ours = integer_network(WEIGHTS, DATA.X_train[:100], requantize=rounded_twice)
    codes = ours.codes(DATA.X_test)
    sums, found = ours.parameters, dict(zip(TAUGHT, litert_s_parts(content), strict=True))
    for name, (_, (kernel, weights), (_, bias), (after, given)) in found.items():
        i = [layer.name for layer in ours.network.layers].index(name)
        np.testing.assert_array_equal(sums[i].kernel, np.moveaxis(weights, 0, -1))
        np.testing.assert_array_equal(sums[i].bias.ravel(), bias)
        np.testing.assert_array_equal(ours.kernels[name].scale, kernel["quantization_parameters"]["scales"])
        for details, grid in ((after, ours.grids[name]),):
            assert grid.scale == pytest.approx(details["quantization_parameters"]["scales"][0], rel=1e-6)
            assert grid.zero_point == details["quantization_parameters"]["zero_points"][0] + 128
        difference = codes[LAST_CODES[name]].astype(int) - 128 - given
        # Convolutions agree exactly; behind them a range that differs in a last digit moves a few ties.
        assert np.abs(difference).max() <= 1
        assert np.count_nonzero(difference) <= (0 if name.startswith("conv") else 30)


def test_it_computes_what_the_floats_do_but_for_rounding():
    scores = models.forward(WEIGHTS, DATA.X_test)
    ours = integer_network(WEIGHTS, DATA.X_train[:100])
    assert np.abs(ours(DATA.X_test) - scores).max() < 0.05 * np.abs(scores).max()
    for name, codes in ours.codes(DATA.X_test[:3]).items():
        assert codes.dtype == np.uint8, name
    assert all(p.kernel.dtype == p.bias.dtype == np.int32 for p in ours.parameters if hasattr(p, "kernel"))


def test_a_layer_by_hand():
    network = Network((2,), [Dense(1, name="only")])
    weights = {"only/kernel": np.array([[1.27], [-0.5]], np.float32), "only/bias": np.array([0.1], np.float32)}
    ours = integer_network(weights, [[0, 0], [2.55, 0], [0, 2.55]], network=network)
    # scales 0.01 and 0.01: the bias is 0.1 / 0.0001; the output reaches from -1.175 to 3.3385
    assert ours.parameters[0].bias.ravel().tolist() == [1000]
    scale = (3.3385 + 1.175) / 255
    assert ours.grids["only"].scale == pytest.approx(scale, rel=1e-5)
    sums = 100 * 127 - 200 * 50 + 1000
    code = round(sums * 1e-4 / scale) + round(1.175 / scale)
    assert ours.codes([[1, 2]])["only"].tolist() == [[code]]


def test_an_outlier_among_the_examples_ruins_the_range_unless_it_is_cut_off():
    examples = DATA.X_train[:100].copy()
    examples[7] *= 255
    right = {percent: np.mean(integer_network(WEIGHTS, examples, percent)(DATA.X_test).argmax(1) == DATA.y_test)
             for percent in (100, 99)}  # fmt: skip
    assert right[100] < 0.75 and right[99] > 0.97


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([Flatten(), Dense(3), Tanh()], "tanh can't be computed in whole numbers here"),
        ([Conv2D(2, 3, bias=False), ReLU(), Flatten(), Dense(3)], "conv2d can't be computed"),
    ],
)
def test_other_layers_are_refused(layers, message):
    network = Network((4, 4, 1), layers)
    with pytest.raises(ValueError, match=message):
        integer_network(network.begin(0), np.zeros((2, 4, 4, 1)), network=network)


def test_sums_that_could_leave_32_bits_are_refused():
    network = Network((2,), [Dense(1, name="only")])
    weights = {"only/kernel": np.ones((2, 1), np.float32), "only/bias": np.array([1e9], np.float32)}
    with pytest.raises(ValueError, match="In only a sum could reach"):
        integer_network(weights, [[0.001, 0.001]], network=network)([[0, 0]])
