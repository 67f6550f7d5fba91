"""Directions from a point of a loss: at random, in the scale of a network's weights, and of extreme curvature."""

from typing import Any

import numpy as np

from nnlearn.checks import Array, finite_array, whole_number
from nnlearn.language import say
from nnlearn.objectives.base import BaseObjective
from nnlearn.objectives.wrapped import Wrapped

SETTLED = 1e-6  # an extreme curvature is found when its error is below this share of the largest in size
PRODUCTS = 200  # of the Hessian with a vector, at most
NONE = 1e-10  # of the largest curvature in size: what is shorter is rounding
STEP = 6e-6  # the cube root of float64's rounding: where the errors of a central difference are least


def point_of(J: Any, theta: Any) -> Array:
    """theta, shape (d,), for d of 2 or more; TypeError, ValueError for anything else, or for no objective."""
    if not isinstance(J, BaseObjective):
        message = say("J must be an objective, such as nn.objectives.Rosenbrock(); it is {value!r}.", value=J)
        raise TypeError(message)
    theta = finite_array("theta", J.check(theta))
    if theta.ndim != 1 or len(theta) < 2:
        message = say("theta has shape {shape}; one point of at least two coordinates is needed, shape (d,).",
                      shape=theta.shape)  # fmt: skip
        raise ValueError(message)
    if J.swept(theta.shape) != theta.shape:
        raise ValueError(say("{objective} is a sweep: take one of its members.", objective=J))
    return theta


def without_wrappers_of_gradients(J: Any) -> Any:
    """The objective whose loss J has: what around it changes the gradient alone is left out."""
    while isinstance(J, Wrapped) and type(J).loss is Wrapped.loss:
        J = J.objective
    return J


def random_directions(theta: Array, seed: int) -> Array:
    """Two directions of length 1 at right angles, all equally likely, (2, d)."""
    drawn = np.random.default_rng(seed).normal(size=(len(theta), 2))
    return np.asarray(np.linalg.qr(drawn)[0].T)


def unit_directions(J: Any, theta: Array, seed: int) -> Array:
    """Two random directions in which the weights of each unit are as long as they are in theta, (2, d).

    A unit's weights are those from all inputs (in a convolution: the window) to one output. All else, such as biases,
    stays: Li, Xu, Taylor, Studer and Goldstein, "Visualizing the Loss Landscape of Neural Nets" (2018),
    arXiv:1712.09913, section 4 ("filter normalization"). A relu layer times 10 and the next one divided by 10 are the
    same function; so is the surface along such directions. Raises TypeError if J is no network's objective;
    ValueError if all kernels are 0.
    """
    if not is_network(J):
        message = say("The directions 'units' are those of a network's units, and {objective} has none: take 'random' "
                      "or 'curvature'.", objective=J)  # fmt: skip
        raise TypeError(message)
    random = np.random.default_rng(seed)
    directions = np.zeros((2, len(theta)))
    for direction in directions:
        weights = J.unpack(theta)
        for name, moved in J.unpack(direction).items():  # views: written into the direction
            if name.endswith("kernel"):
                drawn, inputs = random.normal(size=moved.shape), tuple(range(moved.ndim - 1))
                moved[...] = drawn * (length(weights[name], inputs) / length(drawn, inputs))
    if not directions.any(axis=1).all():
        message = say("All kernels are 0 at theta, so random directions have no scale there: take 'random' or "
                      "'curvature'.")  # fmt: skip
        raise ValueError(message)
    return directions


def is_network(J: Any) -> bool:
    """Whether J is the objective of a network, or one around it: theta has names there."""
    return hasattr(J, "network") and hasattr(J, "unpack")


def length(array: Array, axes: tuple[int, ...]) -> Array:
    """Euclidean, over some axes, which are kept."""
    return np.sqrt(np.sum(np.square(array), axis=axes, keepdims=True))


def extreme_curvatures(J: Any, theta: Any, seed: int = 0) -> tuple[Array, Array]:
    """The least and the greatest curvature of all directions from theta, (2,), and these directions, (2, d).

    They are the smallest and the largest eigenvalue of the Hessian, and eigenvectors of length 1 at right angles, by
    products of the Hessian with vectors (Lanczos 1950, with all vectors kept at right angles; Golub and Van Loan,
    "Matrix Computations", 4th edition, chapter 10): the matrix is never made. Each of the two is exact to a millionth
    of the larger, or the best that 200 products give. Products come from ``J.hessian_product``; where J has none, from
    two gradients. What around J changes the gradient alone, as ``Clipped`` does, has no part.

    theta: shape (d,), d at least 2. Raises TypeError or ValueError, naming the argument, if one can't be used;
    ValueError if curvatures at theta are not finite.

    >>> from nnlearn.objectives import Saddle
    >>> curvatures, directions = extreme_curvatures(Saddle(), [0.0, 0.0])
    >>> curvatures.round(6), np.abs(directions).round(6)
    (array([-1.,  1.]), array([[0., 1.],
           [1., 0.]]))
    """
    J = without_wrappers_of_gradients(J)
    theta = point_of(J, theta)
    whole_number("seed", seed, at_least=0)
    random, d = np.random.default_rng(seed), len(theta)
    basis = np.empty((min(d, PRODUCTS), d))  # in it the Hessian is a matrix of three diagonals
    diagonal, beside = np.zeros(len(basis)), np.zeros(len(basis))
    rest, beside_last = random.normal(size=d), 0.0
    for i in range(len(basis)):
        basis[i] = rest / np.linalg.norm(rest)
        rest = hessian_times(J, theta, basis[i])
        if not np.isfinite(rest).all():
            raise ValueError(say("The curvatures at theta are not finite."))
        diagonal[i] = rest @ basis[i]
        rest = without(basis[: i + 1], rest)
        beside_last = float(np.linalg.norm(rest))
        values, turns = tridiagonal(diagonal[: i + 1], beside[:i])
        largest = np.abs(values).max()
        errors = beside_last * np.abs(turns[-1, [0, -1]])
        if i and beside_last > NONE * largest and (errors <= SETTLED * largest).all():
            break
        if beside_last <= NONE * largest:  # these vectors have nothing to do with the others: go on with a new one
            rest, beside_last = without(basis[: i + 1], random.normal(size=d)), 0.0
        beside[i] = beside_last
    found = turns[:, [0, -1]].T @ basis[: len(values)]
    return values[[0, -1]], found / np.linalg.norm(found, axis=1, keepdims=True)


def tridiagonal(diagonal: Array, beside: Array) -> tuple[Array, Array]:
    """Eigenvalues, rising, and eigenvectors, in columns, of a symmetric matrix by its diagonals."""
    return np.linalg.eigh(np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1))


def without(basis: Array, vector: Array) -> Array:
    """What is left of a vector at right angles to the basis; twice, as rounding leaves some of it."""
    for _ in range(2):
        vector = vector - (basis @ vector) @ basis
    return vector


def hessian_times(J: Any, theta: Array, vector: Array) -> Array:
    """The Hessian times a vector, (d,): exactly, or by the difference of two gradients where J knows no product."""
    try:
        return np.asarray(J.hessian_product(theta, vector))
    except (NotImplementedError, TypeError):  # no Hessian, or a layer whose product isn't known
        h = STEP * max(1.0, float(np.linalg.norm(theta))) / float(np.linalg.norm(vector))
        return np.asarray((J.gradient(theta + h * vector) - J.gradient(theta - h * vector)) / (2 * h))
