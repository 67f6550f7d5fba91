"""Softmax regression on the digits: mini-batches of 32, Adam, a few epochs."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import nnlearn as nn
from benchmarks.harness import Result, interleaved, speed_up
from benchmarks.peers import load
from nnlearn.checks import Array
from nnlearn.objectives import SoftmaxRegression

EPOCHS = 3
SIZE = 32
RATE = 0.01


def digits_torch(rounds: int) -> Iterator[Result]:
    """Three epochs from zero weights: nnlearn.run in float64, every quantity of every step recorded, and the loss
    after each epoch, against a plain PyTorch loop over tensors (no DataLoader) in float32, which keeps the mean
    loss of each epoch."""
    X, y = training_data()
    sides = interleaved([recorded(X, y, EPOCHS), with_torch(X, y, EPOCHS)], rounds)
    yield speed_up("digits, batches: torch", *sides, at_least=3)


def digits_keras(rounds: int) -> Iterator[Result]:
    """The same against model.fit of Keras (float32, compiled beforehand in the warm-up), which keeps the mean loss
    of each epoch."""
    X, y = training_data()
    sides = interleaved([recorded(X, y, EPOCHS), with_keras(X, y, EPOCHS)], rounds)
    yield speed_up("digits, batches: Keras fit", *sides, at_least=10)


def training_data() -> tuple[Array, Any]:
    data = nn.data.digits()
    return data.X_train, data.y_train


def recorded(X: Array, y: Any, epochs: int) -> Callable[[], tuple[nn.Trace, Array]]:
    J = nn.MiniBatches(SIZE, seed=0).of(SoftmaxRegression(X, y))
    batches = -(-len(X) // SIZE)

    def train() -> tuple[nn.Trace, Array]:
        trace = nn.run(nn.Adam(RATE), J, J.start, epochs * batches)
        return trace, J.loss(trace.theta[batches::batches])

    return train


def with_torch(X: Array, y: Any, epochs: int, shuffle: bool = True) -> Callable[[], tuple[Array, list[float]]]:
    torch = load("torch")
    functional = torch.nn.functional
    inputs, labels = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
    n, classes = len(inputs), int(labels.max()) + 1

    def train() -> tuple[Array, list[float]]:
        model = torch.nn.Linear(inputs.shape[1], classes)
        for parameter in model.parameters():
            torch.nn.init.zeros_(parameter)
        optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
        losses = []
        for _ in range(epochs):
            total = 0.0
            for batch in (torch.randperm(n) if shuffle else torch.arange(n)).split(SIZE):
                optimizer.zero_grad()
                loss = functional.cross_entropy(model(inputs[batch]), labels[batch])
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
            losses.append(total / n)
        return np.vstack([model.weight.detach().numpy().T, model.bias.detach().numpy()]), losses

    return train


def with_keras(X: Array, y: Any, epochs: int, shuffle: bool = True) -> Callable[[], tuple[Array, list[float]]]:
    keras = load("nnlearn.interop.quiet").keras
    inputs = X.astype("float32")
    dense = keras.layers.Dense(int(y.max()) + 1, activation="softmax", kernel_initializer="zeros")
    model = keras.Sequential([keras.Input(X.shape[1:]), dense])
    model.compile(keras.optimizers.Adam(RATE, epsilon=1e-8), "sparse_categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)
    variables = model.weights + model.optimizer.variables
    start = [variable.numpy() for variable in variables]

    def train() -> tuple[Array, list[float]]:
        for variable, value in zip(variables, start, strict=True):  # a model made anew would be compiled anew
            variable.assign(value)
        history = model.fit(inputs, y, batch_size=SIZE, epochs=epochs, shuffle=shuffle, verbose=0)
        return np.vstack(dense.get_weights()), history.history["loss"]

    return train
