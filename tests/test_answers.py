"""Answers of any kind are read as numbers where they hold numbers, and named where they hold none."""

import itertools
import json
from array import array
from collections import OrderedDict, UserList, deque, namedtuple
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import specimens  # noqa: F401  # tasks 98.1 to 98.3
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nnlearn.exercises import check
from nnlearn.exercises.answers import read, shown
from nnlearn.exercises.result import NotRightYet
from nnlearn.sandbox.plain import DEEPEST, MOST, Foreign, plain
from nnlearn.sandbox.wire import WIDTH, pack, unpack

Pair = namedtuple("Pair", "a b")


class HasFloat:
    """A number of another library, such as SymPy's."""

    def __float__(self):
        return 0.5


class HasArray:
    """An array of another library."""

    def __array__(self, dtype=None, copy=None):
        return np.array([0.5, 1.5])


class Hidden:
    def __repr__(self):
        raise RuntimeError


# --- Numbers, however they are written ---


NUMBERS = {
    "a decimal": (Decimal("0.5"), 0.5),
    "a fraction": (Fraction(1, 2), 0.5),
    "decimals in a list": ([Decimal("0.5"), Fraction(3, 2)], [0.5, 1.5]),
    "an array of objects": (np.array([Fraction(1, 2), 1.5], dtype=object), [0.5, 1.5]),
    "a number of another library": (HasFloat(), 0.5),
    "an array of another library": (HasArray(), [0.5, 1.5]),
    "arrays in a list": ([HasArray(), HasArray()], [[0.5, 1.5]] * 2),
    "no axes": (np.array(0.5), 0.5),
    "a NumPy number": (np.float32(0.5), 0.5),
    "NumPy numbers in a list": ([np.float16(0.5), np.array(1.5)], [0.5, 1.5]),
    "long doubles": (np.array([0.5], np.longdouble), [0.5]),
    "the other byte order": (np.array([0.5], ">f4"), [0.5]),
    "every second": (np.arange(6.0)[::-2], [5.0, 3.0, 1.0]),
    "no imaginary part": (0.5 + 0j, 0.5),
    "complex of NumPy": (np.complex64(0.5), 0.5),
    "an imaginary part of rounding": (np.fft.ifft(np.fft.fft([0.5, 1.5, 7.0])), [0.5, 1.5, 7.0]),
    "an infinite real part": (complex(np.inf, 0), np.inf),
    "a large whole number": (2**70, 2.0**70),
    "the largest of int64": ([2**63 - 1, -(2**63) + 1], [2.0**63, -(2.0**63)]),
    "uint64": (np.array([2**64 - 1], np.uint64), [2.0**64]),
    "a range": (range(3), [0, 1, 2]),
    "a deque": (deque([0.5, 1.5]), [0.5, 1.5]),
    "a list by another name": (UserList([0.5]), [0.5]),
    "array.array": (array("d", [0.5, 1.5]), [0.5, 1.5]),
    "a memoryview": (memoryview(array("d", [0.5, 1.5])), [0.5, 1.5]),
    "a masked array that hides nothing": (np.ma.array([0.5, 1.5]), [0.5, 1.5]),
    "labels in a column": (np.array([[7], [2]]), [[7.0], [2.0]]),
    "nothing": ([], []),
    "the deepest": (np.ones((1,) * 20).tolist(), np.ones((1,) * 20)),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_read_however_they_are_written(name):
    value, numbers = NUMBERS[name]
    found = read(value, like=np.asarray(numbers, float))
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, np.asarray(numbers, float), rtol=1e-6, strict=True)


def test_a_number_in_brackets_is_taken_out_where_one_is_needed():
    assert read([[Decimal("0.5")]], like=np.array(0.0)) == 0.5
    assert read([[0.5]], like=np.array([0.0])).shape == (1, 1)


@pytest.mark.parametrize("value", [
    (1.0, [2.0, 3.0]),
    [Fraction(1), np.array([2, 3])],
    Pair(1, (2.0, 3.0)),
    deque([1, [2, 3]]),
])  # fmt: skip
def test_several_things_are_read_one_by_one(value):
    like = (np.array(1.0), np.array([2.0, 3.0]))
    one, two = read(value, like=like)
    assert one == 1 and two.tolist() == [2, 3]


def test_rows_of_an_array_are_several_things():
    assert [part.tolist() for part in read(np.eye(2), like=(np.zeros(2), np.zeros(2)))] == [[1, 0], [0, 1]]
    assert len(read(np.eye(3), like=(np.zeros(2), np.zeros(2)))) == 3


@pytest.mark.parametrize("value", [np.str_(" Fine  LINE"), "fine line", type("Word", (str,), {})("FINE line")])
def test_texts_are_read_without_regard_to_case_and_spaces(value):
    assert read(value, like="any") == "fine line"


# --- Tensors of other libraries ---


def check_right(answer):
    assert check("98.1", answer).right


@pytest.mark.parametrize("kind", ["float32", "float64", "bfloat16", "requires_grad"])
def test_tensors_of_pytorch(kind):
    torch = pytest.importorskip("torch", reason="an extra: pip install .[peers]")
    options = {"requires_grad": True} if kind == "requires_grad" else {"dtype": getattr(torch, kind)}
    like = np.zeros(2)
    assert read(torch.tensor([0.5, 1.5], **options), like=like).tolist() == [0.5, 1.5]
    assert read([torch.tensor(0.5, **options), torch.tensor(1.5)], like=like).tolist() == [0.5, 1.5]
    one, two = read((torch.tensor(0.5, **options), torch.ones(2)), like=(np.array(0.0), like))
    assert one == 0.5 and two.tolist() == [1, 1]


def test_a_tensor_of_pytorch_with_a_gradient_is_an_answer():
    torch = pytest.importorskip("torch", reason="an extra: pip install .[peers]")
    check_right(lambda rate, beta: (1 - beta) * torch.tensor(rate, requires_grad=True, dtype=torch.float64))


@pytest.mark.parametrize("kind", ["float32", "bfloat16", "int32"])
def test_arrays_of_jax(kind):
    jnp = pytest.importorskip("jax.numpy", reason="an extra: pip install .[peers]")
    assert read(jnp.asarray([1, 2], dtype=kind), like=np.zeros(2)).tolist() == [1, 2]
    check_right(lambda rate, beta: (1 - beta) * jnp.asarray(rate))


@pytest.mark.parametrize("kind", ["float32", "float64", "bfloat16", "int32"])
def test_tensors_and_variables_of_tensorflow(kind):
    tf = pytest.importorskip("tensorflow", reason="not everywhere")
    for make in (tf.constant, tf.Variable):
        assert read(make([1, 2], dtype=kind), like=np.zeros(2)).tolist() == [1, 2]


def test_tables_of_pandas():
    pandas = pytest.importorskip("pandas", reason="not needed by the course")
    assert read(pandas.Series([1, 2]), like=np.zeros(2)).tolist() == [1, 2]
    assert read(pandas.DataFrame({"a": [1.5]}), like=np.zeros((1, 1))).tolist() == [[1.5]]


# --- What holds no numbers ---


NONE = {
    "nothing": (None, "It returned nothing (None)"),
    "a function": (len, "It returned a function. Are the brackets of a call missing?"),
    "a class": (dict, "It returned a function"),
    "a text": ("much", "Numbers are needed; this is 'much'."),
    "a number as a text": ("1e-3", "this is '1e-3', a text. Take the quotes away"),
    "numbers as texts": (np.array(["1", "2"]), "this is ['1', '2'], a text. Take the quotes away"),
    "a number among texts": ([1, "x"], "Numbers are needed; this is [1, 'x']."),
    "a long text": ("no" * 1000, "nono..."),
    "a truth value": (np.True_, "Numbers are needed; this is True."),
    "truth values": ([True, False], "Numbers are needed; this is [ True, False]."),
    "an imaginary part": ([1 + 1e-6j, 1], "Numbers are needed; this is [(1+1e-06j), 1]."),
    "a large number": (10**400, "Numbers are needed; this is 10**400."),
    "a set": ({1}, "Numbers are needed; this is {1}."),
    "something without a text": (Hidden(), "Numbers are needed; this is <Hidden insta"),
    "something among numbers": ([1, Hidden()], "Numbers are needed; this is [1, <Hidden insta"),
    "rows of different lengths": ([[1], [1, 2]], "Numbers are needed; this is [[1], [1, 2]]."),
    "two things": ((1, 2), None),
    "things of different lengths": (([1], [1, 2]), "One thing is needed; these are 2: [1], [1, 2]."),
    "a dict": (OrderedDict(a=1), "Numbers are needed; this is {'a': 1}."),
    "a generator": ((i for i in ()), "Put list(...) around it."),
    "a mask": (np.ma.array([1, 2], mask=[0, 1]), "This is a masked array, and its mask would be lost."),
    "too many numbers": (np.zeros(MOST + 1), f"It holds more than {MOST} numbers"),
    "too deep": (np.ones((1,) * (DEEPEST + 5)).tolist(), "Numbers are needed; this is [[[["),
}


@pytest.mark.parametrize("name", NONE)
def test_what_holds_no_numbers_is_named(name):
    value, sentence = NONE[name]
    if sentence is None:
        assert read(value, like=np.zeros(2)).tolist() == [1, 2]
        return
    with pytest.raises(TypeError) as caught:
        read(value, like=np.zeros(2))
    assert sentence in str(caught.value)


@pytest.mark.parametrize("value", [1.0, ["fine"], len, np.array(["fine"]), {"a": 1}])
def test_a_text_is_a_text(value):
    with pytest.raises(TypeError, match="The answer is a text in quotes|It returned a function"):
        read(value, like="fine")


@pytest.mark.parametrize("value", [Hidden(), {Hidden(): 1}, {"classical": Hidden()}, [Hidden()]])
def test_what_can_not_be_written_is_no_trouble_where_it_is_handed_in(value):
    with pytest.raises(NotRightYet, match="not right yet"):
        check("98.3", value)


@pytest.mark.parametrize("value, text", [
    (0.1 + 0.2, "0.3"),
    ("a" * 1000, "'" + "a" * 200 + "...'"),
    (Hidden(), "<Hidden insta"),
    ([10**5000], "[10**5000]"),
    (np.array([1.0, 2.0]), "[1., 2.]"),
    (True, "True"),
])  # fmt: skip
def test_any_value_can_be_shown(value, text):
    assert shown(value).startswith(text)


# --- Plain data, there and back ---


def equal(a, b):
    """Whether two values are the same in all: types, NaN, shapes."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(equal(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(equal, a, b))
    return type(a) is type(b) and repr(a) == repr(b)


numbers = st.integers() | st.floats() | st.complex_numbers() | st.booleans()
leaves = numbers | st.none() | st.just(...) | st.text() | st.just(Foreign("text", "masked"))
leaves |= arrays.arrays(
    arrays.integer_dtypes() | arrays.floating_dtypes(endianness="<") | arrays.complex_number_dtypes() | st.just("bool"),
    arrays.array_shapes(min_dims=0, min_side=0),
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(value=values)
def test_plain_data_comes_back_as_it_was_sent(value):
    value = plain(value)
    assert equal(plain(value), value)
    assert equal(unpack(pack({"value": value}))["value"], value)


@pytest.mark.parametrize("data", [
    b"", b"\0" * 8, b"\0" * 7 + b"\2[]", b"\0" * 7 + b"\1x", b"\xff" * 20,
    *(len(text).to_bytes(WIDTH) + text for text in (
        b'{"array": ["|O", [1]]}', b'{"array": ["<f8", [1]]}', b'{"array": ["<f8", [-1]]}', b'{"array": ["<U3", [1]]}',
        b'{"array": ["<f8", [99999999999999999999]]}', b'{"array": 3}', b'{"other": 1}', b'{"a": 1, "b": 2}', b"{}",
        b'{"complex": [1]}', b'{"dict": 3}', b"[" * 100_000, b'"' + b"\xff" + b'"', json.dumps([1] * 3).encode(),
    )),
])  # fmt: skip
def test_bytes_that_are_no_message_are_refused(data):
    with pytest.raises(ValueError):
        unpack(data)


def test_nothing_is_read_to_find_that_it_is_too_much():
    assert plain(range(10**15)).kind == "large"
    assert plain([[0.0] * MOST, 0.0]).kind == "large"
    assert plain(itertools.count()).kind == "iterator"
