"""What is minimised: surfaces to look at, models on data, and functions of your own."""

from nnlearn.objectives.custom import Objective
from nnlearn.objectives.linear import LinearRegression
from nnlearn.objectives.logistic import LogisticRegression
from nnlearn.objectives.softmax import SoftmaxRegression
from nnlearn.objectives.surfaces import Beale, Himmelblau, Plateau, Quadratic, Rosenbrock, Saddle, TwoValleys
from nnlearn.objectives.two_weights import TwoWeights
from nnlearn.objectives.wrapped import Clipped, Masked, Noisy, Penalised

__all__ = [
    "Beale", "Clipped", "Himmelblau", "LinearRegression", "LogisticRegression", "Masked", "Noisy", "Objective",
    "Penalised", "Plateau", "Quadratic", "Rosenbrock", "Saddle", "SoftmaxRegression", "TwoValleys", "TwoWeights",
]  # fmt: skip
