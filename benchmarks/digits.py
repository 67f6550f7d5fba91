"""Softmax regression and a network on the digits: mini-batches of 32, Adam, a few epochs."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np

import nnlearn as nn
from benchmarks.harness import Result, interleaved, speed_up
from benchmarks.peers import load
from nnlearn.checks import Array
from nnlearn.networks import mlp
from nnlearn.objectives import SoftmaxRegression

EPOCHS = 3
SIZE = 32
RATE = 0.01
HIDDEN = 64

Trained = tuple[Array, list[float]]  # weights above the row of intercepts, (features + 1, classes); losses


def digits_torch(rounds: int) -> Iterator[Result]:
    """Three epochs on 1,347 digits from zero weights: nnlearn.run in float64, which records every quantity of
    every step, and the loss on all data after each epoch, against a plain PyTorch loop over tensors (no
    DataLoader) in float32, which keeps the mean loss of each epoch."""
    data = training_data()
    sides = interleaved([recorded(*data, EPOCHS), with_torch(*data, EPOCHS)], rounds)
    yield speed_up("digits, batches: torch", sides, at_least=3)


def digits_keras(rounds: int) -> Iterator[Result]:
    """The same against model.fit of Keras in float32, which keeps the mean loss of each epoch. The model was
    compiled and traced in the warm-up."""
    data = training_data()
    sides = interleaved([recorded(*data, EPOCHS), with_keras(*data, EPOCHS)], rounds)
    yield speed_up("digits, batches: Keras fit", sides, at_least=10)


def network_torch(rounds: int) -> Iterator[Result]:
    """Three epochs of a network with 64 hidden units and tanh, from the same weights: nnlearn.rows in float64, which
    names every quantity of every step and keeps the last, against a plain PyTorch loop over tensors in float32. Neither
    looks at the loss."""
    data = training_data()
    sides = interleaved([stepped_network(*data, EPOCHS), network_with_torch(*data, EPOCHS)], rounds)
    yield speed_up("network, batches: torch", sides, at_least=3)


def training_data() -> tuple[Array, Any]:
    """The images, shape (n, 64), and labels to train on."""
    data = nn.data.digits()
    return data.X_train, data.y_train


def recorded(X: Array, y: Any, epochs: int) -> Callable[[], tuple[nn.Trace, Array]]:
    """nnlearn's side: the trace, and the loss after each epoch."""
    J = nn.MiniBatches(SIZE, seed=0).of(SoftmaxRegression(X, y))
    batches = -(-len(X) // SIZE)

    def train() -> tuple[nn.Trace, Array]:
        trace = nn.run(nn.Adam(RATE), J, J.start, epochs * batches)
        return trace, J.loss(trace.theta[batches::batches])

    return train


def stepped_network(X: Array, y: Any, epochs: int) -> Callable[[], Array]:
    """nnlearn's side of the network: theta after the last step."""
    network = mlp(X.shape[1], HIDDEN, int(y.max()) + 1).on(X, y)
    J, adam, steps = nn.MiniBatches(SIZE, seed=0).of(network), nn.Adam(RATE), epochs * -(-len(X) // SIZE)

    def train() -> Array:
        (row,) = deque(islice(nn.rows(adam, J, adam.start(network.start)), steps), maxlen=1)
        return row.theta

    return train


def network_with_torch(X: Array, y: Any, epochs: int, shuffle: bool = True) -> Callable[[], Array]:
    """The same in PyTorch, its weights as theta has them."""
    torch = load("torch")
    inputs, labels = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
    network = mlp(X.shape[1], HIDDEN, int(y.max()) + 1)
    start = [torch.tensor(leaf.T, dtype=torch.float32) for leaf in network.unpack(network.initial(0)).values()]

    def train() -> Array:
        first, last = torch.nn.Linear(X.shape[1], HIDDEN), torch.nn.Linear(HIDDEN, int(y.max()) + 1)
        model = torch.nn.Sequential(first, torch.nn.Tanh(), last)
        with torch.no_grad():
            for parameter, value in zip(model.parameters(), start, strict=True):
                parameter.copy_(value)
        optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
        for _ in range(epochs):
            order = torch.randperm(len(inputs)) if shuffle else torch.arange(len(inputs))
            for batch in order.split(SIZE):
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(model(inputs[batch]), labels[batch]).backward()
                optimizer.step()
        return np.concatenate([parameter.detach().numpy().T.ravel() for parameter in model.parameters()])

    return train


def with_torch(X: Array, y: Any, epochs: int, shuffle: bool = True) -> Callable[[], Trained]:
    """The same in PyTorch."""
    torch = load("torch")
    inputs, labels = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
    n, classes = len(inputs), int(labels.max()) + 1

    def train() -> Trained:
        model = torch.nn.Linear(inputs.shape[1], classes)
        for parameter in model.parameters():
            torch.nn.init.zeros_(parameter)
        optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
        losses = []
        for _ in range(epochs):
            total = 0.0
            order = torch.randperm(n) if shuffle else torch.arange(n)
            for batch in order.split(SIZE):
                optimizer.zero_grad()
                loss = torch.nn.functional.cross_entropy(model(inputs[batch]), labels[batch])
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
            losses.append(total / n)
        return np.vstack([model.weight.detach().numpy().T, model.bias.detach().numpy()]), losses

    return train


def with_keras(X: Array, y: Any, epochs: int, shuffle: bool = True) -> Callable[[], Trained]:
    """The same in Keras."""
    keras = load("nnlearn.interop.quiet").keras
    inputs = X.astype("float32")
    dense = keras.layers.Dense(int(y.max()) + 1, activation="softmax", kernel_initializer="zeros")
    model = keras.Sequential([keras.Input(X.shape[1:]), dense])
    model.compile(keras.optimizers.Adam(RATE, epsilon=1e-8), "sparse_categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)
    variables = model.weights + model.optimizer.variables
    start = [variable.numpy() for variable in variables]

    def train() -> Trained:
        for variable, value in zip(variables, start, strict=True):  # a new model would be traced anew
            variable.assign(value)
        history = model.fit(inputs, y, batch_size=SIZE, epochs=epochs, shuffle=shuffle, verbose=0)
        return np.vstack(dense.get_weights()), history.history["loss"]

    return train
