"""Linear regression."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array
from nnlearn.data_checks import target_vector
from nnlearn.objectives.base import ConstantHessian
from nnlearn.objectives.data import DataObjective, in_blocks


class LinearRegression(DataObjective, ConstantHessian):
    r"""The mean squared error of a linear model, without a factor 1/2.

    .. math:: f(w, b) = \frac1n \sum_{i=1}^n (x_i^\top w + b - y_i)^2

    X: shape (n, features). y: shape (n,). theta: the weights w, then the intercept b, if there is one.
    Raises TypeError or ValueError, naming the argument, if X or y can't be used.

    >>> J = LinearRegression([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    >>> J.gradient([0.0, 0.0])
    array([-8.66666667, -6.        ])
    >>> J.solution().round(6)
    array([2., 1.])
    """

    def __init__(self, X: ArrayLike, y: ArrayLike, intercept: bool = True):
        self.intercept = bool(intercept)
        super().__init__(X)
        self.targets = target_vector(y, len(self.design))
        self.dimension = self.design.shape[1]
        self.penalised = np.ones(self.dimension)
        self.penalised[self.features :] = 0

    def residuals(self, theta: Array) -> Array:
        """Prediction minus target: (..., d) -> (..., n)."""
        return self.check(theta) @ self.design.T - self.targets

    def losses(self, theta: Array) -> Array:
        residuals = self.residuals(theta)
        return residuals * residuals

    def gradient(self, theta: Array) -> Array:
        return 2 / self.examples * (self.residuals(theta) @ self.design)

    def hessian(self, theta: Array) -> Array:
        hessian = 2 / self.examples * (self.design.T @ self.design)
        return np.broadcast_to(hessian, (*self.check(theta).shape, self.dimension)).copy()

    @property
    def curvatures(self) -> Array:
        """The Hessian's eigenvalues, largest first, shape (d,)."""
        # from the design's singular values: multiplying it with itself first would lose half the digits
        singular = np.linalg.svd(self.design, compute_uv=False)
        curvatures = np.zeros(self.dimension)  # with fewer examples than coordinates the others are 0
        curvatures[: len(singular)] = 2 / self.examples * singular * singular
        return curvatures

    def solution(self) -> Array:
        """The theta of least loss in closed form (of several, the shortest), shape (d,)."""
        solution = np.linalg.lstsq(self.design, self.targets, rcond=None)[0]
        return np.asarray(solution, dtype=np.float64)

    def unpack(self, theta: Array) -> tuple[Array, Array]:
        """The weights, shape (..., features), and the intercept, shape (...,); 0 if the model has none."""
        theta = self.check(theta)
        intercept = theta[..., -1] if self.intercept else np.zeros(theta.shape[:-1])
        return theta[..., : self.features], intercept

    def predict(self, theta: Array, X: ArrayLike) -> Array:
        """The prediction for each row of X, shape (..., n)."""
        return self.check(theta) @ self.design_matrix(X).T

    def error(self, theta: Array, X: ArrayLike, y: ArrayLike) -> Array:
        """The mean squared error on other data, shape (...,)."""
        theta, design = self.check(theta), self.design_matrix(X)
        y = target_vector(y, len(design))
        with np.errstate(all="ignore"):  # divergence is a result, not a warning
            return in_blocks(lambda runs: np.mean((runs @ design.T - y) ** 2, axis=-1), theta, len(y))

    def parameters(self) -> dict[str, Any]:
        return {"intercept": self.intercept}
