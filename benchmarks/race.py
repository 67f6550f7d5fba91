"""The race of chapter 07: a rule at 21 learning rates as one batched sweep, and rate after rate in Keras."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.harness import Result, interleaved, speed_up
from benchmarks.peers import load
from nnlearn.chapters.ch07_adam.experiment import HIDDEN, RULES, SIZE, Problem, Rule, grid
from nnlearn.checks import Array

EPOCHS = 2
ADAM = next(rule for rule in RULES if rule.name == "Adam")


def race_keras(rounds: int) -> Iterator[Result]:
    """A part of chapter 07's race: Adam at 21 rates, digits, 32 hidden units, batches of 32, two epochs from one seed;
    then the loss on all training data. nnlearn: one batched sweep in float64. Keras: model.fit in float32 for one rate
    after the other, compiled and traced once, in the warm-up; a rate is assigned, weights and state are set back."""
    problem = Problem("digits", 0)
    rates = grid(ADAM.lowest["digits"])
    sides = interleaved([swept(problem, ADAM, rates), rate_by_rate(problem, rates)], rounds)
    yield speed_up("race, 21 rates: Keras fit", sides, at_least=10)


def swept(problem: Problem, rule: Rule, rates: Array, epochs: int = EPOCHS) -> Callable[[], Array]:
    """nnlearn's side: the losses, shape (rates,)."""
    sweep = rule.make(rates[:, np.newaxis])
    return lambda: problem.loss(problem.run(sweep, epochs))


def rate_by_rate(problem: Problem, rates: Array, epochs: int = EPOCHS, shuffle: bool = True) -> Callable[[], Array]:
    """The same in Keras, from the same weights."""
    keras = load("nnlearn.interop.quiet").keras
    inputs, labels = problem.data.X_train.astype("float32"), problem.data.y_train
    layers: list[Any] = [keras.layers.Dense(HIDDEN, activation="tanh"), keras.layers.Dense(10)]
    model = keras.Sequential([keras.Input(inputs.shape[1:]), *layers])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(epsilon=1e-8), loss)
    model.optimizer.build(model.trainable_variables)
    weights = [leaf.astype("float32") for leaf in problem.objective.network.unpack(problem.start).values()]
    state = [variable.numpy() for variable in model.optimizer.variables]

    def train() -> Array:
        losses = []
        for rate in rates:
            model.set_weights(weights)
            for variable, value in zip(model.optimizer.variables, state, strict=True):
                variable.assign(value)
            model.optimizer.learning_rate.assign(rate)
            model.fit(inputs, labels, batch_size=SIZE, epochs=epochs, shuffle=shuffle, verbose=0)
            losses.append(model.evaluate(inputs, labels, batch_size=len(inputs), verbose=0))
        return np.array(losses)

    return train
