"""The layers, a file each."""

from nnlearn.networks.layers.activations import Activation, LeakyReLU, ReLU, Sigmoid, Tanh
from nnlearn.networks.layers.batch_norm import BatchNorm
from nnlearn.networks.layers.conv2d import Conv2D
from nnlearn.networks.layers.dense import Dense
from nnlearn.networks.layers.dropout import Dropout
from nnlearn.networks.layers.flatten import Flatten
from nnlearn.networks.layers.max_pool2d import MaxPool2D
from nnlearn.networks.layers.residual import Residual

__all__ = [
    "Activation", "BatchNorm", "Conv2D", "Dense", "Dropout", "Flatten", "LeakyReLU", "MaxPool2D", "ReLU",
    "Residual", "Sigmoid", "Tanh",
]  # fmt: skip
