"""Networks out of layers, in NumPy: to be read, trained, run, counted and opened.

>>> import nnlearn as nn
>>> from nnlearn.networks import Dense, Network, ReLU
>>> network = Network((2,), [Dense(3, name="hidden"), ReLU(), Dense(1)])
>>> network.count()
layer   output  parameters  FLOPs  bytes
hidden       3           9     12     36
relu         3           0      0      0
dense        1           4      6     16
total                   13     18     52
"""

from nnlearn.networks.counting import Counts, LayerCount
from nnlearn.networks.diagnosis import Diagnosis, diagnose
from nnlearn.networks.initial import Normal, Scaled, glorot, he, lecun, ones, orthogonal, small, zeros
from nnlearn.networks.layer import Layer, Leaf, Parameters
from nnlearn.networks.layers import (
    Activation,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    MaxPool2D,
    ReLU,
    Residual,
    Sigmoid,
    Tanh,
)
from nnlearn.networks.leaves import Leaves, Weights
from nnlearn.networks.losses import MSE, BinaryCrossEntropy, Loss, SoftmaxCrossEntropy
from nnlearn.networks.mlp import mlp
from nnlearn.networks.network import Network
from nnlearn.networks.objective import NetworkObjective
from nnlearn.networks.opened import Opened
from nnlearn.networks.saliency import Saliency, rank_correlation, saliency

__all__ = [
    "MSE", "Activation", "BatchNorm", "BinaryCrossEntropy", "Conv2D", "Counts", "Dense", "Diagnosis", "Dropout",
    "Flatten", "Layer", "LayerCount", "Leaf", "LeakyReLU", "Leaves", "Loss", "MaxPool2D", "Network", "NetworkObjective",
    "Normal", "Opened", "Parameters", "ReLU", "Residual", "Saliency", "Scaled", "Sigmoid", "SoftmaxCrossEntropy",
    "Tanh", "Weights", "diagnose", "glorot", "he", "lecun", "mlp", "ones", "orthogonal", "rank_correlation",
    "saliency", "small", "zeros",
]  # fmt: skip
