"""The network and the images that the explorers of chapter 15 prune and test."""

from functools import cache
from typing import Any

from nnlearn.compression import importance, magnitude
from nnlearn.data import datasets
from nnlearn.language import mark
from nnlearn.models import digits_cnn, trained
from nnlearn.models.inputs import inputs
from nnlearn.networks import Network

LAYERS = {"conv1": mark("first convolution"), "conv2": mark("second convolution"),  # the names stand at an axis, too
          mark("dense"): mark("dense layer"), mark("output"): mark("output layer")}  # fmt: skip
NETWORK = digits_cnn()


@cache
def weights() -> Any:
    """The stored network's."""
    return trained()


@cache
def test_images() -> tuple[Any, Any]:
    """The 450 test images in the network's shape, and their labels."""
    data = datasets.digits()
    return inputs(data.X_test, NETWORK.shape), data.y_test


def misread(arrays: Any, network: Network = NETWORK) -> int:
    """How many of the test images the network reads wrong with these weights."""
    images, labels = test_images()
    return int((network.forward(arrays, images).argmax(axis=1) != labels).sum())


def share_read(arrays: Any, network: Network = NETWORK) -> float:
    """The accuracy on the test images."""
    return 1 - misread(arrays, network) / len(test_images()[1])


@cache
def sizes() -> dict[str, Any]:
    """The size of each weight."""
    return magnitude(weights())


@cache
def squares() -> dict[str, Any]:
    """The importance of each weight on the training images."""
    data = datasets.digits()
    return importance(NETWORK, weights(), inputs(data.X_train, NETWORK.shape), data.y_train)
