"""Compressed arrays and whole networks on disk: as large as claimed, read anywhere, and damage is noticed."""

import json
import subprocess
import sys
import zlib
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nnlearn as nn
from nnlearn import compression, container
from nnlearn.compression import Quantized, Shared, load, quantize, save, share
from nnlearn.models import (
    QuantizedWeights,
    accuracy,
    digits_cnn,
    forward,
    load_network,
    quantize_weights,
    save_network,
    share_weights,
    trained,
)
from nnlearn.networks import (
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    MaxPool2D,
    Network,
    ReLU,
    Residual,
    Sigmoid,
    Tanh,
    he,
)

RNG = np.random.default_rng(0)
DENSE = trained()["dense/kernel"]
HOLES = np.where(np.abs(DENSE) < np.quantile(np.abs(DENSE), 0.8), 0, DENSE)
BELL = RNG.normal(size=(30, 21))
ARRAYS = {
    "shared": share(DENSE, 8),
    "shared, with holes": share(HOLES, 4, holes=True),
    "shared, many": share(BELL, 300),
    "shared, one": share(np.ones((3, 2)), 4),
    "mask": HOLES != 0,
    "mask, even": RNG.random((5, 7)) < 0.5,
    "mask, empty": np.zeros((0, 3), bool),
    "symmetric": quantize(BELL, 4),
    "symmetric, float32": quantize(DENSE, 4, axis=-1),
    "affine": quantize(DENSE, 5, "affine", axis=0),
    "binary": quantize(DENSE, 1, "binary"),
    "binary, uneven": quantize(np.where(RNG.random((70, 20)) < 0.03, -1.0, 1.0), 1, "binary"),
    "16 bits": quantize(BELL, 16, axis=(0, 1)),
    "float32": DENSE,
    "a number": np.array(2, np.float32),
}


def the_same(found, array):
    """Whether two arrays hold the same; what is for the eye alone may be lost."""
    assert type(found) is type(array)
    if isinstance(array, np.ndarray):
        np.testing.assert_array_equal(found, array, strict=True)
        return
    for field in fields(array):
        if field.name not in ("error", "signal"):
            np.testing.assert_array_equal(getattr(found, field.name), getattr(array, field.name), strict=False)
    assert found.codes.dtype == array.codes.dtype
    np.testing.assert_array_equal(found.dequantize(), array.dequantize(), strict=True)


@pytest.mark.parametrize("smallest", [False, True])
@pytest.mark.parametrize("name", ARRAYS)
def test_every_form_comes_back(name, smallest, tmp_path):
    save(tmp_path / "file", {name: ARRAYS[name], "密": BELL.astype(np.float32)}, smallest)
    found = load(tmp_path / "file")
    assert [*found] == [name, "密"]
    the_same(found[name], ARRAYS[name])


def held(array):
    """The bytes that a form says it takes, packed."""
    return -(-array.size // 8) if isinstance(array, np.ndarray) and array.dtype == bool else array.nbytes


@pytest.mark.parametrize("name", ARRAYS)
def test_files_are_as_large_as_they_say(name, tmp_path):
    array = ARRAYS[name]
    sizes = {}
    for smallest in (False, True):
        save(tmp_path / "file", {name: array}, smallest)
        content = (tmp_path / "file").read_bytes()
        start, length = (3, 2) if smallest else (8, 4)
        header = int.from_bytes(content[start : start + length], "little")
        sizes[smallest] = len(content) - start - length - header - 4
        assert not smallest or header <= len(name) + 35
    assert sizes[False] == held(array) and sizes[True] <= held(array)
    if isinstance(array, Shared):
        assert sizes[True] in (array.smallest, array.nbytes) and sizes[True] <= array.smallest + len(',"coded":123')


def test_what_has_a_skew_is_stored_by_its_entropy(tmp_path):
    for name in ("shared", "shared, with holes", "mask", "symmetric, float32", "binary, uneven"):
        save(tmp_path / "file", {name: ARRAYS[name]}, smallest=True)
        assert (tmp_path / "file").stat().st_size < 0.97 * held(ARRAYS[name]), name


def test_a_known_short_file_is_read(tmp_path):
    """Written by hand from the description of the format: -1 and 2, the codes 1, 0, 1 packed, then by their entropy."""
    words = {word: bytes([128 + i]) for i, word in enumerate(container.SHORT)}
    shape = words['{"name":"'] + b"w" + words['","shape":['] + b"3" + words['],"shared":{"values":'] + b"2"
    book = np.array([-1, 2], "<f4").tobytes()
    for end, codes in ((words["}}"], bytes([0b101])), (words[',"coded":'] + b"3" + words["}}"], bytes([4, 181, 26]))):
        header = words['{"format":"nnlearn arrays","version":2,"arrays":['] + shape + end + words["]}"]
        content = b"nns" + len(header).to_bytes(2, "little") + header + book + codes
        (tmp_path / "file").write_bytes(content + zlib.crc32(content).to_bytes(4, "little"))
        assert load(tmp_path / "file")["w"].dequantize().tolist() == [2, -1, 2]


def test_files_of_before_are_written_and_read_as_before(tmp_path):
    """A file of the first version, its bytes known by their checksum."""
    arrays = {"w": quantize([-1.6, 0, 1, 3], 4), "b": np.arange(3, dtype=np.float32)}
    save(tmp_path / "file", arrays)
    content = (tmp_path / "file").read_bytes()
    assert b'"version":1' in content and (len(content), zlib.crc32(content[:-4])) == (245, 3423315820)
    the_same(load(tmp_path / "file")["w"], arrays["w"])


def rows(unit):
    """Arrays whose codes mean the same, others between them, and such of a book."""
    whole = [quantize(BELL[:k], 3) for k in (4, 1, 9)]  # 21 codes a row
    alike = [replace(array, scale=np.float32(unit).reshape(())) for array in whole]
    book = np.array([-1, 0, 2], np.float32)
    shared = [Shared(RNG.choice(3, (5, k), p=[0.1, 0.8, 0.1]).astype(np.uint8), book) for k in (40, 50)]
    return dict(zip("abcdefg", [*alike, ARRAYS["a number"], *shared, alike[0]], strict=True))


@pytest.mark.parametrize("unit", [1, 0.5])
def test_arrays_that_are_alike_are_one_row_of_codes(unit, tmp_path):
    arrays = rows(unit)
    save(tmp_path / "together", arrays, smallest=True)
    found = load(tmp_path / "together")
    assert [*found] == [*arrays]
    for name, array in arrays.items():
        the_same(found[name], array)
    apart = 0
    for name, array in arrays.items():
        save(tmp_path / "file", {name: array}, smallest=True)
        apart += (tmp_path / "file").stat().st_size - 12
    content = (tmp_path / "together").read_bytes()
    assert len(content) < apart - 10
    header, _ = container.read(tmp_path / "together", "nnlearn arrays", 3)
    assert ["alike" in entry for entry in header["arrays"]] == [False, True, True, False, False, True, False]
    scales = [entry["quantized"]["scale"] for entry in header["arrays"] if "quantized" in entry]
    assert scales == [1 if unit == 1 else "float32"] * 2


def test_only_files_that_need_it_ask_for_a_newer_nnlearn(tmp_path):
    for name, version in (("float32", 2), ("16 bits", 2), ("shared, with holes", 3)):
        save(tmp_path / "file", {name: ARRAYS[name]}, smallest=True)
        container.read(tmp_path / "file", "nnlearn arrays", version)
        if version == 3:
            with pytest.raises(ValueError, match="has format version 3; this nnlearn reads up to 2"):
                container.read(tmp_path / "file", "nnlearn arrays", 2)


def test_what_has_no_codes_is_like_nothing(tmp_path):
    entries = [{"name": "a", "shape": [2]}, {"name": "b", "shape": [1], "alike": 1}]
    container.write(tmp_path / "file", {"format": "nnlearn arrays", "version": 3, "arrays": entries}, [bytes(12)])
    with pytest.raises(ValueError, match="does not describe what it holds"):
        load(tmp_path / "file")


def test_a_known_short_file_of_the_second_version_is_read(tmp_path):
    """As nnlearn wrote it before arrays could be alike: its words keep their places."""
    content = bytes.fromhex(
        "6e6e731400819e779f323030a1329b35a89e769f32a132a7ad000080bf0000004004f15e7a2c000080bf00000040028a78e01b"
    )
    (tmp_path / "file").write_bytes(content)
    found = load(tmp_path / "file")
    assert [array.dequantize().tolist() for array in found.values()] == [[2] * 197 + [-1] * 3, [-1, 2]]


def test_no_word_of_the_short_form_can_be_mistaken():
    assert len(container.SHORT) == len(set(container.SHORT)) <= 128 and all(map(str.isascii, container.SHORT))
    for text in (*container.SHORT, "".join(container.SHORT), json.dumps("密\x80 \\u0081")):
        assert container.header_of(container.beginning(text, short=True))[0] == text


NAMES = st.sampled_from(sorted(ARRAYS))


@given(name=NAMES, place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255), cut=st.booleans())
def test_damage_is_noticed(tmp_path_factory, name, place, flip, cut):
    path = tmp_path_factory.getbasetemp() / "damaged"
    save(path, {name: ARRAYS[name]}, smallest=True)
    content = bytearray(path.read_bytes())
    at = int(place * len(content))
    content[at] ^= flip
    path.write_bytes(content[:at] if cut else content)
    with pytest.raises(ValueError, match="damaged is (damaged|not a file of saved arrays)"):
        load(path)


@given(name=NAMES, place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_damage_with_a_right_checksum_gives_an_error_or_other_numbers(tmp_path_factory, name, place, flip):
    path = tmp_path_factory.getbasetemp() / "forged"
    save(path, {name: ARRAYS[name]}, smallest=True)
    content = bytearray(path.read_bytes()[:-4])
    content[int(place * len(content))] ^= flip
    path.write_bytes(content + zlib.crc32(content).to_bytes(4, "little"))
    try:
        found = load(path)
    except ValueError as error:
        assert "forged" in str(error)
    else:
        assert all(isinstance(array, Quantized | Shared | np.ndarray) for array in found.values())


def test_a_header_cannot_ask_for_any_memory(tmp_path):
    save(tmp_path / "file", {"w": Shared(np.zeros((2, 3), np.uint8), np.ones(1, np.float32))})
    content = (tmp_path / "file").read_bytes()
    start = len(container.MAGIC) + container.LENGTH
    header = json.loads(content[start : start + container.number(content[len(container.MAGIC) : start])])
    header["arrays"][0]["shape"] = [2**20, 2**20]
    container.write(tmp_path / "forged", header, [content[-8:-4]])
    with pytest.raises(ValueError, match=r"forged is damaged: .*the shape \(1048576, 1048576\)"):
        load(tmp_path / "forged")


# --- Whole networks ---

NETWORKS = {
    "cnn": digits_cnn(4),
    "unnamed": Network((8, 8, 1), [Conv2D(3, 3), ReLU(), MaxPool2D(), Flatten(), Dense(10)]),
    "all": Network((6, 7, 2), [
        Conv2D(3, 3, "valid", 2, initial=he), BatchNorm(epsilon=0.01), LeakyReLU(0.2), Dropout(0.25),
        Residual([Conv2D(3, 1, bias=False, name="inside"), Tanh(), Residual([BatchNorm()])], name="block"),
        Tanh(), MaxPool2D(name="pool"), Flatten(), Sigmoid(), Dense(4, bias=False)]),
    "no weights": Network((3,), [ReLU()]),
}  # fmt: skip


def in_float32(network, seed=0):
    return {name: array.astype(np.float32) for name, array in network.begin(seed).items()}


@pytest.mark.parametrize("smallest", [False, True])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_comes_back(name, smallest, tmp_path):
    network = NETWORKS[name]
    shared = share_weights(in_float32(network), 4)
    save_network(tmp_path / "file", network, shared, smallest)
    found, weights = load_network(tmp_path / "file")
    assert repr(found).replace(", initial=he", "") == repr(network).replace(", initial=he", "")
    X = np.random.default_rng(1).normal(size=(5, *network.shape)).astype(np.float32)
    np.testing.assert_array_equal(forward(weights.weights, X, found), network.forward(shared.weights, X))
    assert [*weights.arrays] == [*network.leaves.declared]


def test_every_layer_of_the_course_can_be_stored():
    stored = {type(layer).__name__ for network in NETWORKS.values() for layer in network.layers} | {"BatchNorm"}
    assert stored == {*nn.networks.layers.__all__} - {"Activation"}


def test_a_small_network_costs_hardly_more_than_its_weights(tmp_path):
    layers = [Conv2D(6, 3), ReLU(), MaxPool2D(), Conv2D(8, 3, stride=2), ReLU(), Flatten(), Dense(10)]
    network = Network((8, 8, 1), layers)
    arrays = {name: quantize(array + 0.01, 4) for name, array in in_float32(network).items()}
    save_network(tmp_path / "file", network, arrays)
    assert (tmp_path / "file").stat().st_size <= QuantizedWeights(arrays).nbytes + 70


def test_a_fresh_process_reads_it_with_numpy_alone(tmp_path):
    data = nn.data.digits()
    weights = share_weights(trained(), 8)
    save_network(tmp_path / "file", digits_cnn(), weights)
    code = (
        "import sys; blocked = ('tensorflow', 'keras', 'sklearn', 'scipy', 'pandas', 'matplotlib');"
        "sys.meta_path.insert(0, type('No', (), {'find_spec': staticmethod(lambda name, *_: exec('raise ImportError')"
        " if name.partition('.')[0] in blocked else None)}));"
        "from nnlearn.models import forward, load_network; import numpy as np;"
        f"network, weights = load_network({str(tmp_path / 'file')!r});"
        f"print(*forward(weights.weights, np.load({str(tmp_path / 'X.npy')!r}), network).argmax(axis=1))"
    )
    np.save(tmp_path / "X.npy", data.X_test)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    predicted = np.array(done.stdout.split(), int)
    assert np.mean(predicted == data.y_test) == accuracy(weights, data.X_test, data.y_test)


class Mine(ReLU):
    """A layer that nobody else has."""


CNN = in_float32(NETWORKS["cnn"])


@pytest.mark.parametrize(
    "network, weights, error, message",
    [
        ("cnn", [1], TypeError, "weights are arrays by name, or QuantizedWeights; this is of type list"),
        ("cnn", {}, ValueError, r"conv1/kernel has shape None; the network needs \(3, 3, 1, 4\)"),
        ("cnn", {**CNN, "more": CNN["conv1/bias"]}, ValueError, "more has shape .*; the network needs None"),
        ("cnn", {**CNN, "conv1/bias": np.zeros(5, np.float32)}, ValueError, r"conv1/bias has shape \(5,\)"),
        ("cnn", {**CNN, "conv1/bias": np.zeros(4)}, TypeError, "'conv1/bias' must be Quantized, Shared"),
        ("cnn", {**CNN, "conv1/bias": np.ma.zeros(4)}, TypeError, "conv1/bias is a masked array"),
        (None, CNN, TypeError, "A Network is needed, and its weights; this is of type NoneType"),
        (Network((3,), [Mine()]), {}, TypeError, "is no layer of nnlearn.networks"),
    ],
)
def test_what_cannot_be_stored_is_refused(network, weights, error, message, tmp_path):
    with pytest.raises(error, match=message):
        save_network(tmp_path / "file", NETWORKS.get(network, network), weights)
    assert not [*tmp_path.iterdir()]


def test_a_header_that_asks_for_more_codes_than_it_has_bytes_is_refused_at_once(tmp_path):
    header = {"format": "nnlearn arrays", "version": 2}
    for form in ({"mask": {"coded": 3}}, {"shared": {"values": 2, "coded": 3}}):
        entry = {"name": "a", "shape": [10**12]} | form
        container.write(tmp_path / "file", header | {"arrays": [entry]}, [bytes([0] * 8 * ("shared" in form)),
                        compression.encode([0], 2)[:3] + b"\0"], short=True)  # fmt: skip
        with pytest.raises(ValueError, match="file is damaged"):
            load(tmp_path / "file")


def test_files_of_another_kind_are_told_apart(tmp_path):
    save_network(tmp_path / "network", NETWORKS["cnn"], CNN)
    save(tmp_path / "arrays", CNN)
    with pytest.raises(ValueError, match="is no file of the kind that is needed, 'nnlearn arrays'"):
        load(tmp_path / "network")
    with pytest.raises(ValueError, match="is no file of the kind that is needed, 'nnlearn network'"):
        load_network(tmp_path / "arrays")
    with pytest.raises(FileNotFoundError):
        load_network(tmp_path / "nothing")


@pytest.mark.parametrize(
    "network",
    [
        {"shape": [3], "layers": [{"class": "Exploit"}]},
        {"shape": [3], "layers": [{"class": "Activation"}]},
        {"shape": [3], "layers": [{"class": "Dense", "units": -1}]},
        {"shape": [3], "layers": [{"class": "Dense", "units": 2, "colour": "red"}]},
        {"shape": [-3], "layers": [{"class": "ReLU"}]},
        {"shape": [3], "layers": []},
        {"shape": [3], "layers": [{"class": "Dense", "units": 2}]},
        {"layers": []},
        [],
    ],
)
def test_a_header_that_describes_no_network_is_called_damaged(network, tmp_path):
    header = {"format": "nnlearn network", "version": 2, "network": network, "arrays": []}
    container.write(tmp_path / "file", header, [], short=True)
    with pytest.raises(ValueError, match="is damaged: its header does not describe what it holds"):
        load_network(tmp_path / "file")


def test_a_header_too_long_for_the_short_form_is_refused(tmp_path):
    with pytest.raises(ValueError, match="is too long for the short form"):
        save(tmp_path / "file", {"n" * 70_000: DENSE}, smallest=True)


def test_weights_that_are_quantised_come_back_as_such(tmp_path):
    quantized = quantize_weights(trained(), 4, axis=-1)
    save_network(tmp_path / "file", digits_cnn(), quantized)
    _, found = load_network(tmp_path / "file")
    for name, array in quantized.arrays.items():
        the_same(found.arrays[name], array)
