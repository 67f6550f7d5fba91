"""Functions of one or two coordinates that are drawn as a curve or a contour map.

They use + - * / alone, so that a run in a sweep equals the same run alone bit for bit: a power or an
exponential may end in another digit for an array than for a number.

Moré, Garbow & Hillstrom, "Testing unconstrained optimization software", ACM Trans. Math. Software 7 (1981)
17-41, collects the classical test functions.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array, Range, number
from nnlearn.language import say
from nnlearn.objectives.base import BaseObjective, ConstantHessian

REAL, POSITIVE, AT_LEAST_ONE = Range("(-inf, inf)"), Range("(0, inf)"), Range("[1, inf)")


def fixed(values: ArrayLike) -> Array:
    """The values as an array that nobody can change."""
    array = np.array(values, dtype=float)
    array.flags.writeable = False
    return array


def vector(theta: Array, *entries: Array) -> Array:
    """One gradient per point of theta, from its entries."""
    gradient = np.empty_like(theta)  # in theta's own memory order, which is the fastest
    for i, entry in enumerate(entries):
        gradient[..., i] = entry
    return gradient


def symmetric(theta: Array, xx: ArrayLike, xy: ArrayLike, yy: ArrayLike) -> Array:
    """One Hessian [[xx, xy], [xy, yy]] per point of theta."""
    hessian = np.empty((*theta.shape, 2))
    hessian[..., 0, 0] = xx
    hessian[..., 0, 1] = hessian[..., 1, 0] = xy
    hessian[..., 1, 1] = yy
    return hessian


class Surface(BaseObjective):
    """A function whose minima are known."""

    minima: Array
    """Every local minimum, shape (n, d)."""
    view: tuple[float, float, float, float]
    """What a picture should show: x_min, x_max, y_min, y_max. In one dimension y is the loss."""
    start: Array
    """A point to start from, shape (d,)."""

    def coordinates(self, theta: Array) -> tuple[Array, Array, Array]:
        """theta, checked, and its two coordinates."""
        theta = self.check(theta)
        return theta, theta[..., 0], theta[..., 1]

    def describe(self) -> dict[str, Any]:
        """``class`` and ``parameters``, ready for JSON; class(**parameters) is the surface again."""
        return {"class": type(self).__name__, "parameters": self.parameters()}


class TwoValleys(Surface):
    r"""A curve with a shallow valley on the right and a deep one on the left.

    .. math:: f(\theta) = \theta^4 / 4 - \theta^2 / 2 + 0.2\,\theta

    The valleys lie at 0.879 (loss -0.061) and -1.088 (loss -0.459), the hilltop between them at 0.209.

    >>> TwoValleys().loss([[0.0], [1.0]])
    array([ 0.  , -0.05])
    """

    dimension = 1
    minima = fixed([[-1.0880339146912894], [0.87888506624997283]])
    view = (-2.2, 2.2, -0.6, 3.0)
    start = fixed([1.8])

    def loss(self, theta: Array) -> Array:
        x = self.check(theta)[..., 0]
        return x * x * (x * x - 2) / 4 + 0.2 * x

    def gradient(self, theta: Array) -> Array:
        x = self.check(theta)
        return x * x * x - x + 0.2

    def hessian(self, theta: Array) -> Array:
        x = self.check(theta)[..., np.newaxis]
        return 3 * x * x - 1


class Quadratic(Surface, ConstantHessian):
    r"""A bowl; the larger its condition number, the narrower.

    .. math:: f(x, y) = (x^2 + \kappa y^2) / 2,
              \qquad \text{generally } f(\theta) = \tfrac12 \sum_i \lambda_i \theta_i^2

    condition_number: kappa, at least 1.
    curvatures: the lambda_i, positive, shape (d,), in place of (1, kappa).

    Raises ValueError or TypeError for other values.

    >>> bowl = Quadratic(10)
    >>> bowl.gradient([1.0, 1.0])
    array([ 1., 10.])
    >>> Quadratic(curvatures=[1, 4, 9]).loss([1.0, 1.0, 1.0])
    np.float64(7.0)
    """

    dimension: int
    view = (-2.5, 2.5, -1.5, 1.5)

    def __init__(self, condition_number: float = 10.0, *, curvatures: ArrayLike | None = None):
        if curvatures is None:
            curvatures = [1.0, number("condition_number", condition_number, AT_LEAST_ONE)]
        POSITIVE("curvatures", curvatures)
        self._curvatures = fixed(curvatures)
        if self._curvatures.ndim != 1 or self._curvatures.size == 0:
            message = say(
                "curvatures must hold one number per coordinate, shape (d,); it has shape {shape}.",
                shape=self._curvatures.shape,
            )
            raise ValueError(message)
        self.dimension = self._curvatures.size
        self.minima = fixed(np.zeros((1, self.dimension)))
        self.start = fixed([-2.0, 1.0]) if self.dimension == 2 else fixed(np.ones(self.dimension))

    @property
    def curvatures(self) -> Array:
        """The lambda_i, shape (d,)."""
        return self._curvatures

    def loss(self, theta: Array) -> Array:
        theta = self.check(theta)
        # C order: NumPy adds eight or more numbers in an order that depends on how they lie in memory
        return 0.5 * np.sum(np.multiply(self.curvatures * theta, theta, order="C"), axis=-1)

    def gradient(self, theta: Array) -> Array:
        return self.curvatures * self.check(theta)

    def hessian(self, theta: Array) -> Array:
        shape = (*self.check(theta).shape, self.dimension)
        return np.broadcast_to(np.diag(self.curvatures), shape).copy()

    def parameters(self) -> dict[str, Any]:
        return {"curvatures": self.curvatures.tolist()}


class Rosenbrock(Surface):
    r"""A curved, nearly flat valley: easy to reach, slow to follow.

    .. math:: f(x, y) = (a - x)^2 + b\,(y - x^2)^2

    H. H. Rosenbrock, "An automatic method for finding the greatest or least value of a function", The
    Computer Journal 3 (1960) 175-184, with a = 1 and b = 100. Its only minimum is (a, a^2), with loss 0.

    Raises ValueError or TypeError if a or b is not one finite number or b is not positive.

    >>> Rosenbrock().gradient([-1.2, 1.0])
    array([-215.6,  -88. ])
    """

    dimension = 2
    view = (-2.0, 2.0, -1.0, 3.0)
    start = fixed([-1.2, 1.0])

    def __init__(self, a: float = 1.0, b: float = 100.0):
        self.a, self.b = number("a", a, REAL), number("b", b, POSITIVE)
        self.minima = fixed([[self.a, self.a * self.a]])

    def loss(self, theta: Array) -> Array:
        _, x, y = self.coordinates(theta)
        u, v = self.a - x, y - x * x
        return u * u + self.b * v * v

    def gradient(self, theta: Array) -> Array:
        theta, x, y = self.coordinates(theta)
        u, v = self.a - x, y - x * x
        return vector(theta, -2 * u - 4 * self.b * x * v, 2 * self.b * v)

    def hessian(self, theta: Array) -> Array:
        theta, x, y = self.coordinates(theta)
        v = y - x * x
        return symmetric(theta, 2 - 4 * self.b * v + 8 * self.b * x * x, -4 * self.b * x, 2 * self.b)

    def parameters(self) -> dict[str, Any]:
        return {"a": self.a, "b": self.b}


class Beale(Surface):
    r"""A flat valley between sharp rising corners.

    .. math:: f(x, y) = (1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2

    E. M. L. Beale (1958); problem 5 of Moré, Garbow & Hillstrom (1981). Its only minimum is (3, 0.5), with
    loss 0.

    >>> Beale().loss([3.0, 0.5])
    np.float64(0.0)
    """

    dimension = 2
    minima = fixed([[3.0, 0.5]])
    view = (-4.5, 4.5, -4.5, 4.5)
    start = fixed([1.0, 1.0])

    def residuals(self, x: Array, y: Array) -> tuple[Array, Array, Array]:
        y2 = y * y
        return 1.5 - x + x * y, 2.25 - x + x * y2, 2.625 - x + x * y2 * y

    def loss(self, theta: Array) -> Array:
        _, x, y = self.coordinates(theta)
        r1, r2, r3 = self.residuals(x, y)
        return r1 * r1 + r2 * r2 + r3 * r3

    def gradient(self, theta: Array) -> Array:
        theta, x, y = self.coordinates(theta)
        r1, r2, r3 = self.residuals(x, y)
        y2 = y * y
        by_x = r1 * (y - 1) + r2 * (y2 - 1) + r3 * (y2 * y - 1)
        by_y = r1 * x + r2 * 2 * x * y + r3 * 3 * x * y2
        return vector(theta, 2 * by_x, 2 * by_y)

    def hessian(self, theta: Array) -> Array:
        theta, x, y = self.coordinates(theta)
        r1, r2, r3 = self.residuals(x, y)
        y2 = y * y
        x1, x2, x3 = y - 1, y2 - 1, y2 * y - 1  # the residuals' derivatives by x
        y1, y2, y3 = x, 2 * x * y, 3 * x * y2  # and by y
        xx = x1 * x1 + x2 * x2 + x3 * x3
        xy = x1 * y1 + x2 * y2 + x3 * y3 + r1 + r2 * 2 * y + r3 * 3 * y * y
        yy = y1 * y1 + y2 * y2 + y3 * y3 + r2 * 2 * x + r3 * 6 * x * y
        return symmetric(theta, 2 * xx, 2 * xy, 2 * yy)


class Himmelblau(Surface):
    r"""Four minima, all with loss 0: which one is found depends on the start.

    .. math:: f(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2

    D. M. Himmelblau, "Applied Nonlinear Programming", McGraw-Hill, 1972.

    >>> Himmelblau().loss([[3.0, 2.0], [0.0, 0.0]])
    array([  0., 170.])
    """

    dimension = 2
    minima = fixed(
        [
            [3.0, 2.0],
            [-2.8051180869527449, 3.1313125182505730],
            [-3.7793102533777469, -3.2831859912861694],
            [3.5844283403304917, -1.8481265269644036],
        ]
    )
    view = (-5.0, 5.0, -5.0, 5.0)
    start = fixed([0.0, 0.0])

    def loss(self, theta: Array) -> Array:
        _, x, y = self.coordinates(theta)
        u, v = x * x + y - 11, x + y * y - 7
        return u * u + v * v

    def gradient(self, theta: Array) -> Array:
        theta, x, y = self.coordinates(theta)
        u, v = x * x + y - 11, x + y * y - 7
        return vector(theta, 4 * x * u + 2 * v, 2 * u + 4 * y * v)

    def hessian(self, theta: Array) -> Array:
        theta, x, y = self.coordinates(theta)
        u, v = x * x + y - 11, x + y * y - 7
        return symmetric(theta, 4 * u + 8 * x * x + 2, 4 * x + 4 * y, 4 * v + 8 * y * y + 2)


class Saddle(Surface):
    r"""A pass between two valleys. It is bounded: near the origin (x^2 - y^2) / 2, further out it bends up.

    .. math:: f(x, y) = (x^2 - y^2) / 2 + y^4 / 4

    The saddle is the origin (loss 0), the minima are (0, 1) and (0, -1) (loss -1/4). The default start lies
    almost on the line y = 0, which leads plain descent to the saddle and holds it there for a while.

    >>> Saddle().hessian([0.0, 0.0])
    array([[ 1.,  0.],
           [ 0., -1.]])
    """

    dimension = 2
    minima = fixed([[0.0, -1.0], [0.0, 1.0]])
    view = (-2.0, 2.0, -2.0, 2.0)
    start = fixed([-1.5, 0.001])

    def loss(self, theta: Array) -> Array:
        _, x, y = self.coordinates(theta)
        return x * x / 2 + y * y * (y * y - 2) / 4

    def gradient(self, theta: Array) -> Array:
        theta, x, y = self.coordinates(theta)
        return vector(theta, x, y * y * y - y)

    def hessian(self, theta: Array) -> Array:
        theta, _, y = self.coordinates(theta)
        return symmetric(theta, 1.0, 0.0, 3 * y * y - 1)


class Plateau(Surface):
    r"""A hole in a plain that rises towards loss 1 and grows ever flatter: far away the gradient vanishes.

    .. math:: f(x, y) = r^2 / (1 + r^2), \qquad r^2 = x^2 + y^2

    The gradient's length is 2 r / (1 + r^2)^2: at most 0.65, at r = 0.58; 0.015 at r = 5; 0.002 at r = 10.
    Its only minimum is the origin, with loss 0; beyond r = 0.58 it curves downwards along the way out.

    >>> Plateau().gradient([[0.0, 1.0], [0.0, 10.0]]).round(4)
    array([[0.   , 0.5  ],
           [0.   , 0.002]])
    """

    dimension = 2
    minima = fixed([[0.0, 0.0]])
    view = (-6.0, 6.0, -6.0, 6.0)
    start = fixed([4.0, 3.0])

    def loss(self, theta: Array) -> Array:
        _, x, y = self.coordinates(theta)
        r2 = x * x + y * y
        return r2 / (1 + r2)

    def gradient(self, theta: Array) -> Array:
        theta, x, y = self.coordinates(theta)
        q = 1 + x * x + y * y
        return vector(theta, 2 * x / (q * q), 2 * y / (q * q))

    def hessian(self, theta: Array) -> Array:
        theta, x, y = self.coordinates(theta)
        q = 1 + x * x + y * y
        bowl, bend = 2 / (q * q), 8 / (q * q * q)
        return symmetric(theta, bowl - bend * x * x, -bend * x * y, bowl - bend * y * y)
