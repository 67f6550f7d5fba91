"""Codes in their real number of bits, in memory and in files: what went in comes out, or an error says why not."""

import json
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnlearn import container
from nnlearn.compression import Quantized, load, pack, packed_size, quantize, save, unpack
from nnlearn.compression.quantized import unpacked

SCHEMES = {"symmetric": range(2, 17), "affine": range(1, 17), "binary": [1]}
ALL = [(scheme, bits) for scheme, each in SCHEMES.items() for bits in each]

# --- pack and unpack ---


@given(bits=st.integers(1, 16), signed=st.booleans(), data=st.data())
def test_integers_come_back(bits, signed, data):
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    numbers = data.draw(st.lists(st.integers(low, high), max_size=40))
    packed = pack(np.array(numbers, np.int64), bits)
    assert len(packed) == packed_size(len(numbers), bits) == (len(numbers) * bits + 7) // 8
    back = unpack(packed, bits, len(numbers), signed)
    assert back.tolist() == numbers
    assert back.dtype == np.dtype(f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}")


@given(bits=st.integers(1, 16), data=st.data())
def test_the_bits_are_one_long_number(bits, data):
    """Number i counts 2**(i * bits)."""
    numbers = data.draw(st.lists(st.integers(0, 2**bits - 1), max_size=40))
    total = sum(number << i * bits for i, number in enumerate(numbers))
    assert pack(np.array(numbers, np.int64), bits) == total.to_bytes(packed_size(len(numbers), bits), "little")


def test_one_bit_is_numpy_s_packbits():
    bits = np.random.default_rng(0).integers(0, 2, 101)
    assert pack(bits, 1) == np.packbits(bits, bitorder="little").tobytes()


@pytest.mark.parametrize("bits, kind", [(8, "<i1"), (8, "<u1"), (16, "<i2"), (16, "<u2")])
def test_whole_bytes_are_numpy_s_integers(bits, kind):
    about = np.iinfo(kind)
    codes = np.random.default_rng(0).integers(about.min, about.max, 50, endpoint=True).astype(kind)
    assert pack(codes, bits) == codes.tobytes()


def test_any_shape_and_order_of_memory_is_packed_in_c_order():
    codes = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    assert pack(np.asfortranarray(codes), 5) == pack(codes.ravel(), 5)
    assert pack(codes.T, 5) == pack(codes.T.copy(), 5)


REFUSED = {
    "too large": (lambda: pack([0, 4], 2), ValueError, "go from 0 to 4; 2 bits hold 0 to 3"),
    "too small": (lambda: pack([-3, 0], 2), ValueError, "go from -3 to 0; 2 bits hold -2 to 1"),
    "mixed": (lambda: pack([-1, 2], 2), ValueError, "go from -1 to 2; 2 bits hold -2 to 1"),
    "real": (lambda: pack([0.5], 2), TypeError, "codes must hold integers; they hold float64"),
    "0 bits": (lambda: pack([0], 0), ValueError, "bits = 0 is too small"),
    "17 bits": (lambda: pack([0], 17), ValueError, "bits = 17 is too large: it must be at most 16"),
    "real bits": (lambda: unpack(b"", 1.5, 0), TypeError, "bits must be a whole number"),
    "too few": (lambda: unpack(b"abc", 4, 7), ValueError, "7 numbers of 4 bits are 4 bytes; there are 3"),
    "too many": (lambda: unpack(b"abcd", 4, 6), ValueError, "6 numbers of 4 bits are 3 bytes; there are 4"),
    "ragged": (lambda: pack([[1], [1, 2]], 4), TypeError, "rows of equal length"),
    "a text for bytes": (
        lambda: unpack("abcd", 8, 4),
        TypeError,
        "data must be bytes, as pack gives them; .* type str",
    ),
    "negative": (lambda: packed_size(-1, 4), ValueError, "count = -1 is too small"),
}


def test_nothing_is_packed_in_no_bytes():
    assert pack([], 4) == pack(np.zeros((0, 3)), 4) == b""
    assert unpack(b"", 4, 0).shape == (0,)


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_packed_is_refused(case):
    ask, kind, words = REFUSED[case]
    with pytest.raises(kind, match=words):
        ask()


@given(
    x=hnp.arrays(np.float32, hnp.array_shapes(min_dims=0, max_side=4), elements=st.floats(-8, 8, width=32)),
    kind=st.sampled_from(ALL),
)
def test_the_codes_of_each_scheme_come_back(x, kind):
    scheme, bits = kind
    q = quantize(x, bits, scheme)
    assert len(q.packed) == packed_size(x.size, bits)
    np.testing.assert_array_equal(unpacked(q.packed, q.shape, scheme, bits), q.codes)
    assert unpacked(q.packed, q.shape, scheme, bits).dtype == q.codes.dtype


# --- Files ---


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a model 模型.nnq"


def model():
    generator = np.random.default_rng(0)
    kernel, dense = generator.normal(size=(3, 3, 4, 5)).astype(np.float32), generator.normal(size=(20, 7))
    return {
        "conv/kernel": quantize(kernel, 3, axis=3),
        "conv/bias": generator.normal(size=5).astype(np.float32),
        "密": quantize(dense, 12, "affine", axis=1),
        "signs": quantize(dense.astype(np.float32), 1, "binary", axis=-1),
        "two axes": quantize(kernel, 4, "affine", axis=(2, 3)),
        "one scale": quantize(kernel, 8, "affine"),
        "a number": quantize(np.float32(3.5), 2),
        "float": np.array(np.nan, np.float32),
        "none": np.zeros((0, 3), np.float32),
    }


def assert_same(one, other):
    assert list(one) == list(other)
    for name, array in one.items():
        assert type(other[name]) is type(array)
        if not isinstance(array, Quantized):
            np.testing.assert_array_equal(other[name], array)
            assert other[name].dtype == np.float32 and other[name].shape == array.shape
            continue
        for field in ("codes", "scale", "zero_point"):
            ours, theirs = getattr(array, field), getattr(other[name], field)
            np.testing.assert_array_equal(theirs, ours)
            assert (theirs.dtype, theirs.shape) == (ours.dtype, ours.shape)
        for field in ("bits", "scheme", "axis", "shape", "nbytes"):
            assert getattr(other[name], field) == getattr(array, field)
        for field in ("error", "signal"):  # six digits are written
            assert getattr(other[name], field) == pytest.approx(getattr(array, field), rel=1e-5, abs=0)


def test_a_model_comes_back(path):
    save(path, model())
    back = load(path)
    assert_same(model(), back)
    back["float"][...] = 1  # its own memory, free to be written to
    save(str(path), {})
    assert load(str(path)) == {}


NAMES = st.text(max_size=8)
FLOATS = hnp.arrays(
    np.float32, hnp.array_shapes(min_dims=0, max_dims=3, max_side=4), elements=st.floats(-9, 9, width=32)
)
QUANTIZED = st.tuples(FLOATS, st.sampled_from(ALL), st.booleans()).map(
    lambda made: quantize(made[0], made[1][1], made[1][0], axis=-1 if made[2] and made[0].ndim else None)
)


@given(arrays=st.dictionaries(NAMES, FLOATS | QUANTIZED, max_size=5))
def test_any_arrays_come_back(arrays, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.nnq"
    save(path, arrays)
    assert_same(arrays, load(path))


def test_the_file_is_as_large_as_it_says(path):
    arrays = model()
    save(path, arrays)
    content = path.read_bytes()
    header = int.from_bytes(content[8:12], "little")
    held = sum(array.nbytes for array in arrays.values())
    assert len(content) == held + header + 16
    for name, array in arrays.items():
        save(path, {})
        empty = path.stat().st_size
        save(path, {name: array})
        assert path.stat().st_size - empty - array.nbytes <= (200 if isinstance(array, Quantized) else 60)
    assert empty <= 16 + 60


def test_a_known_file_is_read(path):
    """Written by hand from the description of the format."""
    header = (
        b'{"format":"nnlearn arrays","version":1,"arrays":[{"name":"w","shape":[3],"quantized":{"scheme":"affine",'
        b'"bits":4,"axis":null,"scale":"float32","error":0.25,"signal":2.5}},{"name":"b","shape":[2]}]}'
    )
    data = np.array(0.5, "<f4").tobytes() + bytes([2]) + bytes([0xF1, 0x02]) + np.array([1, -2], "<f4").tobytes()
    content = b"nnarrays" + len(header).to_bytes(4, "little") + header + data
    path.write_bytes(content + zlib.crc32(content).to_bytes(4, "little"))
    back = load(path)
    assert back["w"].codes.tolist() == [1, 15, 2]
    assert back["w"].dequantize().tolist() == [-0.5, 6.5, 0]
    assert (back["w"].error, back["w"].signal) == (0.25, 2.5)
    assert back["b"].tolist() == [1, -2]
    again = path.with_name("again")
    save(again, back)
    assert again.read_bytes() == path.read_bytes()


# --- Files that are not right ---


@pytest.fixture(scope="module")
def right(tmp_path_factory):
    """The bytes of a file, and a path to write others to."""
    path = tmp_path_factory.mktemp("damaged") / "模型.nnq"
    save(path, model())
    return path.read_bytes(), path


NO_FILE = "模型.nnq is not a file of saved arrays"
DAMAGED = "模型.nnq is damaged"


def assert_refused(path, content, words):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=words):
        load(path)


@given(data=st.data())
def test_a_changed_byte_is_noticed(right, data):
    content, path = right
    place, flip = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(1, 255))
    changed = bytearray(content)
    changed[place] ^= flip
    assert_refused(path, bytes(changed), NO_FILE if place < 8 else DAMAGED)


@given(data=st.data())
def test_a_file_cut_short_or_with_an_appendix_is_noticed(right, data):
    content, path = right
    length = data.draw(st.integers(0, len(content) - 1))
    assert_refused(path, content[:length], NO_FILE if length < 8 else DAMAGED)
    assert_refused(path, content + data.draw(st.binary(min_size=1, max_size=9)), DAMAGED)


@given(content=st.binary(max_size=200), begun=st.booleans())
def test_any_other_file_is_refused(right, content, begun):
    _, path = right
    content = b"nnarrays" * begun + content
    assert_refused(path, content, DAMAGED if content.startswith((b"nnarrays", b"nns")) else NO_FILE)


def test_an_npz_is_called_foreign(right):
    _, path = right
    with path.open("wb") as file:
        np.savez(file, w=np.zeros(3))
    assert_refused(path, path.read_bytes(), NO_FILE)


def test_a_missing_file_is_called_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load(tmp_path / "nowhere")


def with_header(header, data=b""):
    """A file whose checksum is right."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    content = b"nnarrays" + len(text).to_bytes(4, "little") + text + data
    return content + zlib.crc32(content).to_bytes(4, "little")


def entry(**changed):
    described = {"scheme": "symmetric", "bits": 4, "axis": None, "scale": "float32", "error": 0.0, "signal": 1.0}
    shape = changed.pop("shape", [2])
    return {"name": "w", "shape": shape, "quantized": {**described, **changed}}


def document(*entries, **changed):
    return {"format": "nnlearn arrays", "version": 1, "arrays": list(entries), **changed}


ONE = np.float32(1).tobytes() + b"\x21"
FORGED = {
    "no JSON": b"{",
    "no text": b"\xff\xff",
    "no object": b"[1, 2]",
    "deep": b"[" * 100_000,
    "no arrays": {"format": "nnlearn arrays", "version": 1},
    "no version": document(version="one"),
    "arrays a number": document(arrays=3),
    "entry a number": document(3),
    "no shape": document({"name": "w"}),
    "negative shape": document({"name": "w", "shape": [-1]}),
    "real shape": document({"name": "w", "shape": [0.5]}),
    "huge shape": document({"name": "w", "shape": [10**30]}),
    "empty and huge shape": document({"name": "w", "shape": [0, 10**30]}),
    "many axes": document({"name": "w", "shape": [1] * 100}),
    "more bytes needed": document(entry(shape=[3])),
    "bytes left over": document({"name": "w", "shape": [1]}),
    "0 bits": document(entry(bits=0)),
    "bits a text": document(entry(bits="4")),
    "no scheme": document(entry(scheme="none")),
    "no axis": document(entry(axis=1)),
    "axis a text": document(entry(axis="0")),
    "scale of another type": document(entry(scale="float16")),
    "scale an object": document(entry(scale="object")),
    "unknown field": document(entry(codec="zip")),
    "error a list": document(entry(error=[])),
    "error beyond floats": document(entry(error=10**400)),
}


@pytest.mark.parametrize("case", FORGED)
def test_a_wrong_header_is_refused_although_the_checksum_is_right(case, right):
    _, path = right
    path.write_bytes(with_header(document(entry()), ONE))
    assert load(path)["w"].codes.tolist() == [1, 2]
    assert_refused(path, with_header(FORGED[case], ONE), DAMAGED)


def test_the_error_says_what_is_wrong_with_the_header(right):
    _, path = right
    assert_refused(path, with_header(FORGED["more bytes needed"], ONE), "5 bytes where 6 are needed")
    assert_refused(path, with_header(FORGED["bytes left over"], ONE), "1 bytes are left over")
    assert_refused(path, with_header(FORGED["negative shape"], ONE), r"the shape \[-1\]")
    assert_refused(path, with_header(document(format="nnlearn trace")), "nnlearn trace")
    assert_refused(
        path, with_header(document(entry(scale="float16")), ONE[:2] + ONE[4:]), "scale = 'float16' is not one"
    )


def test_codes_outside_the_narrow_range_are_refused(right):
    _, path = right
    assert_refused(path, with_header(document(entry()), ONE[:4] + b"\x28"), "codes must be from -7 to 7")
    assert_refused(path, with_header(document(entry()), np.float32(np.nan).tobytes() + b"\x21"), "scale must hold")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 20) | st.floats() | st.sampled_from(["w", "affine", "float32", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "shape", "bits"]), inner),
    max_leaves=6,
)


@given(data=st.data())
def test_any_wrong_field_gives_a_clear_error_or_an_array(right, data):
    _, path = right
    changed = entry()
    part = data.draw(st.sampled_from([changed, changed["quantized"]]))
    part[data.draw(st.sampled_from(sorted(part)))] = data.draw(JSON)
    path.write_bytes(with_header(document(changed), data.draw(st.just(ONE) | st.binary(max_size=30))))
    try:
        arrays = load(path)
    except ValueError as error:
        assert str(path) in str(error)
    else:
        assert all(isinstance(array, Quantized | np.ndarray) for array in arrays.values())


def test_a_newer_format_says_to_update(right):
    _, path = right
    newer = with_header({"format": "nnlearn arrays", "version": 4, "tensors": []})
    assert_refused(path, newer, "format version 4; this nnlearn reads up to 3. Update nnlearn")


# --- Saving that fails ---

UNFIT = {
    "float64": ({"w": np.zeros(3)}, "'w' must be Quantized, Shared, a mask of .* or a float32 array; it is float64"),
    "a list": ({"w": [1.0]}, "'w' must be Quantized, Shared, a mask .* or a float32 array; it is list"),
    "no names": ([np.zeros(3, np.float32)], "{name: array}; this is of type list"),
    "a number for a name": ({3: np.zeros(3, np.float32)}, "names of arrays must be texts; one is 3"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_what_cannot_be_saved_leaves_the_old_file(case, path):
    save(path, model())
    arrays, words = UNFIT[case]
    with pytest.raises(TypeError, match=words):
        save(path, arrays)
    assert_same(model(), load(path))


def test_a_failed_save_leaves_the_old_file(path, monkeypatch):
    save(path, model())

    def full(array):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(container, "little_endian", full)
    with pytest.raises(OSError, match="No space left"):
        save(path, {"w": np.zeros(3, np.float32)})
    assert_same(model(), load(path))
