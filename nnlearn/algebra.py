"""The functions that update rules may use: what computes one also says how it is written on the page.

A function of your own shows in equations when it is declared in the same way::

    @written(r"\\sigma\\left({}\\right)", elementwise=True)
    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

They work on one run and on a sweep alike: the last axis holds the coordinates, the axes before it are the runs.
"""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce, wraps
from inspect import Parameter, signature
from string import Formatter
from typing import Any

import numpy as np

from nnlearn.checks import Array
from nnlearn.language import say

# How tightly a form binds; a part that binds less tightly than its place demands gets brackets.
SUM, SIGN, PRODUCT, POWER, ATOM = range(5)
FEW = 4  # numbers along the last axes, up to which each is taken by itself


@dataclass(frozen=True)
class Writing:
    """How a function is written: a template of its arguments, how tightly it binds, and how tightly they must.

    function: what is called. elementwise: whether each coordinate of the value is made of that coordinate of the
    arguments alone, so that the numbers of one coordinate can be put in.
    """

    function: Callable[..., Any] = field(compare=False)  # the same cell, run again, makes another
    latex: str
    binding: int = ATOM
    needs: tuple[int, ...] = (SUM,)
    elementwise: bool = False


FUNCTIONS: dict[str, Writing] = {"abs": Writing(abs, r"\left|{}\right|", elementwise=True)}  # Python's own


def written(
    latex: str,
    binding: int = ATOM,
    needs: tuple[int, ...] | None = None,
    elementwise: bool = False,
    tensor: Callable[[Any], Callable[..., Any]] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    r"""Declares how a function is written: ``@written(r"\sqrt{{{}}}")``; as plain text it stands as in Python.

    latex, binding, needs, elementwise: as in ``Writing``; needs are SUM for each argument, if not given. tensor:
    TensorFlow's function, taken from its module (``lambda tf: tf.sign``), for rules that train Keras models.

    Raises TypeError if it is used without a template; ValueError for a template that hasn't one {} for each argument of
    the function, for a lambda, which has no name to be known by, and for a name that a function of nnlearn has; one of
    your own is replaced, so that a cell can be run again.
    """
    if not isinstance(latex, str):
        message = say(
            'written needs a template: @written(r"\\sigma\\left({{}}\\right)"); it was given {value!r}.', value=latex
        )
        raise TypeError(message)

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__
        if not name.isidentifier():
            raise ValueError(say("A function without a name can't be written: define it with def."))
        count = arguments(function)
        if places(latex) != [""] * count or len(needs or range(count)) != count:
            message = say("The arguments of {name} are {count}: its template needs as many {{}}, and doubles braces of "
                          "LaTeX's own, {{{{ }}}}; it is {latex}.", name=name, count=count, latex=latex)  # fmt: skip
            raise ValueError(message)
        owner = FUNCTIONS[name].function.__module__ if name in FUNCTIONS else function.__module__
        if owner != function.__module__ and owner.startswith(("nnlearn.", "builtins")):
            message = say("There is a function called {name} already, in {owner}: give yours another name.",
                          name=name, owner=owner)  # fmt: skip
            raise ValueError(message)

        @wraps(function)
        def either(*arguments: Any) -> Any:
            if tensor is not None and any(is_tensor(argument) for argument in arguments):
                return tensor(sys.modules["tensorflow"])(*arguments)
            return function(*arguments)

        FUNCTIONS[name] = either.writing = Writing(either, latex, binding, needs or (SUM,) * count, elementwise)  # type: ignore[attr-defined]
        return either

    return declare


def places(latex: str) -> list[str]:
    """What stands in the braces of a template, nothing if it is well made; of braces that don't close, themselves."""
    try:
        return [name for _, name, _, _ in Formatter().parse(latex) if name is not None]
    except ValueError:
        return [latex]


def arguments(function: Callable[..., Any]) -> int:
    """How many arguments a function needs: those with a default stay off the page."""
    return sum(each.default is Parameter.empty for each in signature(function).parameters.values())


def is_tensor(value: Any) -> bool:
    """Whether this is a tensor (or variable) of TensorFlow, which is then loaded."""
    return type(value).__module__.startswith(("tensorflow", "keras"))


@written(r"\operatorname{{sign}}\left({}\right)", elementwise=True, tensor=lambda tf: tf.sign)
def sign(x: Any) -> Any:
    """-1, 0 or 1, as x is negative, zero or positive."""
    return np.sign(x)


@written(r"\max\left({}, {}\right)", elementwise=True, tensor=lambda tf: tf.maximum)
def maximum(x: Any, y: Any) -> Any:
    """The larger of two, coordinate by coordinate."""
    return np.maximum(x, y)


@written(r"\min\left({}, {}\right)", elementwise=True, tensor=lambda tf: tf.minimum)
def minimum(x: Any, y: Any) -> Any:
    """The smaller of two, coordinate by coordinate."""
    return np.minimum(x, y)


@written(r"\sqrt{{{}}}", elementwise=True, tensor=lambda tf: tf.sqrt)
def sqrt(x: Any) -> Any:
    """The square root; ``x**0.5`` is the same."""
    return np.sqrt(x)


@written("e^{{{}}}", POWER, elementwise=True, tensor=lambda tf: tf.exp)
def exp(x: Any) -> Any:
    """e to the power of x."""
    return np.exp(x)


@written(r"\log\left({}\right)", elementwise=True, tensor=lambda tf: tf.math.log)
def log(x: Any) -> Any:
    """The natural logarithm."""
    return np.log(x)


@written(r"\cos\left({}\right)", elementwise=True, tensor=lambda tf: tf.cos)
def cos(x: Any) -> Any:
    """The cosine of an angle in radians."""
    return np.cos(x)


@written(r"\left\lfloor {} \right\rfloor", elementwise=True, tensor=lambda tf: tf.floor)
def floor(x: Any) -> Any:
    """The largest whole number that is not above x."""
    return np.floor(x)


@written(r"{}^\top {}", PRODUCT, (ATOM, ATOM), tensor=lambda tf: lambda x, y: tf.reduce_sum(x * y, -1, keepdims=True))
def dot(x: Any, y: Any) -> Any:
    """The dot product of two vectors: (..., d) and (..., d) -> (..., 1), to be multiplied with vectors again."""
    return np.sum(x * y, axis=-1, keepdims=True)


@written(r"\left\lVert {} \right\rVert", tensor=lambda tf: lambda x: tf.norm(x, axis=-1, keepdims=True))
def norm(x: Any) -> Any:
    """The Euclidean length of a vector: (..., d) -> (..., 1)."""
    return np.sqrt((x * x).sum(axis=-1, keepdims=True))


@written("{} + {} I", SUM, (SUM, PRODUCT))
def add_diagonal(matrix: Array, number: float | Array) -> Array:
    """matrix + number * identity. matrix: (..., d, d); number: one, or (..., 1) for a sweep."""
    return matrix + np.asarray(number)[..., np.newaxis] * np.eye(matrix.shape[-1])


@written(r"\left|{}\right|")
def absolute(matrix: Array) -> Array:
    """The symmetric matrix with the same eigenvectors whose eigenvalues are the sizes of these: (..., d, d).

    NaN where the matrix holds anything but finite numbers.
    """
    if matrix.shape[-1] == 2:
        return absolute_of_two(matrix)
    finite = np.isfinite(matrix).all(axis=(-2, -1), keepdims=True)
    values, vectors = np.linalg.eigh(np.where(finite, matrix, 0))
    sizes = (vectors * np.abs(values)[..., np.newaxis, :]) @ np.swapaxes(vectors, -1, -2)
    return np.where(finite, sizes, np.nan)


@written("{}^{{-1}} {}", PRODUCT, (ATOM, ATOM))
def solve(matrix: Array, vector: Array) -> Array:
    """The x with ``matrix @ x = vector``; NaN for a singular matrix. matrix: (..., d, d); vector: (..., d).

    A matrix counts as singular, too, if rounding alone makes up the vector: if x is so long that the last digit of
    each product is as large as what is solved for.
    """
    if matrix.shape[-1] == 2:
        x = solve_two(matrix, vector)
    else:
        try:  # NumPy 2 takes a 2-D right-hand side for one matrix, not for a batch of vectors
            x = np.asarray(np.linalg.solve(matrix, vector[..., np.newaxis])[..., 0], np.float64)
        except np.linalg.LinAlgError:
            x = np.vectorize(solve_one, signature="(d,d),(d)->(d)")(matrix, vector)
    length = largest(vector, 1)
    lost = np.finfo(np.float64).eps * largest(matrix, 2) * largest(x, 1) >= length
    return np.where((lost & (length != 0))[..., np.newaxis], np.nan, x)


def largest(array: Array, axes: int) -> Array:
    """The largest size of the numbers along the last axes, (...): of a few numbers, one by one, so that the arithmetic
    of a map of runs goes along memory."""
    sizes = np.abs(array)
    if math.prod(array.shape[-axes:]) > FEW:
        return np.asarray(sizes.max(axis=tuple(range(-axes, 0))))
    return reduce(np.maximum, (sizes[..., *place] for place in np.ndindex(array.shape[-axes:])))


def solve_one(matrix: Array, vector: Array) -> Array:
    """As ``solve``, for one matrix of shape (d, d)."""
    try:
        return np.asarray(np.linalg.solve(matrix, vector), np.float64)
    except np.linalg.LinAlgError:
        return np.full_like(vector, np.nan)


def solve_two(matrix: Array, vector: Array) -> Array:
    """As ``solve``, of two coordinates, by Cramer's rule: ten times as fast for a map of runs."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = largest(matrix, 2)  # so that no product underflows
        a, b, c, d = (matrix[..., i, j] / scale for i in (0, 1) for j in (0, 1))
        determinant = (a * d - b * c) * scale
        x = np.empty(np.broadcast_shapes(vector.shape, (*scale.shape, 2)))
        x[..., 0] = (d * vector[..., 0] - b * vector[..., 1]) / determinant
        x[..., 1] = (a * vector[..., 1] - c * vector[..., 0]) / determinant
        return np.where(np.asarray(determinant != 0)[..., np.newaxis], x, np.nan)


def absolute_of_two(matrix: Array) -> Array:
    """As ``absolute``, of two coordinates: |H| is the root of H^2, by Cayley and Hamilton (H^2 + |det H| I) / trace."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = largest(matrix, 2)  # so that no product underflows or overflows
        unit = np.where(scale > 0, scale, 1)
        a, b, d = (matrix[..., i, j] / unit for i, j in ((0, 0), (0, 1), (1, 1)))
        size = np.abs(a * d - b * b)  # the product of both sizes
        trace = np.sqrt(a * a + 2 * b * b + d * d + 2 * size)  # their sum
        share = np.divide(unit, trace, out=np.zeros_like(trace), where=trace != 0)
        root = np.empty(matrix.shape)
        root[..., 0, 0], root[..., 1, 1] = (a * a + b * b + size) * share, (d * d + b * b + size) * share
        root[..., 0, 1] = root[..., 1, 0] = b * (a + d) * share
        return root
