"""What a model gives and costs as it runs: accuracy, bytes, waiting time. Models of every form side by side."""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import whole_number
from nnlearn.data_checks import label_vector
from nnlearn.language import say
from nnlearn.models.architectures import forward
from nnlearn.models.inputs import input_shape, inputs, output_shape, scores_of
from nnlearn.models.quantized_weights import QuantizedWeights, file_size
from nnlearn.models.weights import weights_of
from nnlearn.networks import Network
from nnlearn.networks.inputs import plain_array
from nnlearn.tables import Shown

TURN = 10  # calls in a row, and one before them that is not counted: it fills the caches
Predict = Callable[[ArrayLike], NDArray[Any]]


@dataclass(frozen=True)
class Measurement:
    """A model's accuracy, 0 to 1; its bytes on disk; the seconds that one example takes, median and 95th percentile.

    The seconds are None where they were not asked for.
    """

    name: str
    accuracy: float
    bytes: int
    median: float | None = None
    p95: float | None = None


@dataclass(frozen=True, repr=False)
class Comparison(Shown):
    """Several models: a table in a notebook, columns as text. Sizes are compared with the first model's."""

    rows: tuple[Measurement, ...]

    def __getitem__(self, name: str) -> Measurement:
        return {row.name: row for row in self.rows}[name]

    def cells(self) -> tuple[list[str], list[list[str]]]:
        """The head and the rows of the table."""
        timed = any(row.median is not None for row in self.rows)
        head = [say("model"), say("accuracy"), say("bytes"), say("times smaller")]
        head += [say("time, median"), say("time, 95% within")] if timed else []
        rows = []
        for row in self.rows:
            cells = [row.name, f"{row.accuracy:.1%}", f"{row.bytes:,}", f"{self.rows[0].bytes / row.bytes:.1f}"]
            rows.append(cells + ([duration(row.median), duration(row.p95)] if timed else []))
        return head, rows


def compare_models(models: Mapping[str, Any], X: ArrayLike, y: ArrayLike, rounds: int = 20) -> Comparison:
    """Measures models of the same task on the same test data.

    models: by the name to show, each a Keras model, the bytes of a LiteRT model, or weights, which run in NumPy: a
        dict or ``QuantizedWeights``, of ``digits_cnn()`` or ``digits_mlp()``; of another network, a pair
        (network, weights).
    X: shape (n, ...), n inputs. y: shape (n,), their labels.
    rounds: in each, every model is called 10 times with one example. Their order is drawn anew, so that a busy
        moment of the computer hits them all alike. 0 leaves the times out.

    The bytes are those of a file: LiteRT's own, else that of ``nnlearn.compression.save``. Only the first holds
    the architecture too. Raises TypeError for a model of another kind; TypeError or ValueError if there is no model, X
    has another shape than a model takes, y doesn't hold n labels, or rounds is below 0.
    """
    whole_number("rounds", rounds, at_least=0)
    if not isinstance(models, Mapping):
        message = say("models are given by the name to show, {{name: model}}; this is of type {kind}.",
                      kind=type(models).__name__)  # fmt: skip
        raise TypeError(message)
    if not models:
        raise ValueError(say("There is no model to compare."))
    ready = {name: predictor(model) for name, model in models.items()}
    shares = [share_right(predict, X, y) for predict in ready.values()]
    seconds: list[tuple[Any, Any]] = [(None, None)] * len(ready)
    if rounds:
        seconds = latencies(list(ready.values()), plain_array("X", X).astype(np.float32), rounds)
    rows = (
        Measurement(name, share, stored_bytes(models[name]), *times)
        for name, share, times in zip(ready, shares, seconds, strict=True)
    )
    return Comparison(tuple(rows))


def measure(model: Any, X: ArrayLike, y: ArrayLike, rounds: int = 20) -> Measurement:
    """``compare_models`` of one model."""
    (row,) = compare_models({say("model"): model}, X, y, rounds).rows
    return row


def accuracy(model: Any, X: ArrayLike, y: ArrayLike) -> float:
    """The share of the n inputs whose highest score is that of their label. The others are as in ``compare_models``.

    Scores that are NaN are right of none: they are those of a network that diverged.
    """
    return share_right(predictor(model), X, y)


def share_right(predict: Predict, X: ArrayLike, y: ArrayLike) -> float:
    """``accuracy`` of a model that is ready to run."""
    scores = np.asarray(predict(X))
    if scores.ndim != 2 or scores.shape[1] < 2:
        message = say("The model gives shape {shape}; accuracy needs (n, classes), a score for each of 2 classes or "
                      "more.", shape=scores.shape)  # fmt: skip
        raise ValueError(message)
    right = scores.argmax(axis=1) == label_vector(y, *scores.shape)
    return float(np.mean(right & ~np.isnan(scores).any(axis=1)))


def predictor(model: Any) -> Predict:
    """The model as a function of inputs to scores; TypeError if it is of no known kind."""
    network, weights = parts(model)
    if isinstance(weights, QuantizedWeights):
        return partial(forward, weights.weights, network=network)
    if isinstance(weights, Mapping):
        return partial(forward, weights, network=network)
    if isinstance(model, bytes):
        from nnlearn.models.litert import LiteRT

        return LiteRT(model)
    if is_keras(model):
        return compiled(model)
    message = say("A model is a Keras model, the bytes of a LiteRT model, a dict of weights, QuantizedWeights, or a "
                  "pair (network, weights); this is of type {kind}.", kind=type(model).__name__)  # fmt: skip
    raise TypeError(message)


def parts(model: Any) -> tuple[Network | None, Any]:
    """The network that weights are of, if it stands beside them, and the weights or whatever the model is."""
    return model if isinstance(model, tuple) and len(model) == 2 else (None, model)


def is_keras(model: Any) -> bool:
    """Whether it is a Keras model; without loading Keras, which made it if it is one."""
    return "keras" in sys.modules and isinstance(model, sys.modules["keras"].Model)


def compiled(model: Any) -> Predict:
    """A Keras model as one graph."""
    from nnlearn.interop.quiet import tf

    shape, _ = input_shape(model), output_shape(model)  # both must be one
    graph = tf.function(partial(model, training=False), reduce_retracing=True)

    def predict(X: ArrayLike) -> NDArray[Any]:
        return scores_of(graph(tf.constant(inputs(X, shape)))).numpy()

    return predict


def stored_bytes(model: Any) -> int:
    """The size of the model's file."""
    if isinstance(model, bytes):
        return len(model)
    _, weights = parts(model)
    return file_size(weights.arrays if isinstance(weights, QuantizedWeights) else weights_of(weights))


def latencies(predictors: list[Predict], X: NDArray[np.float32], rounds: int) -> list[tuple[float, float]]:
    """Median and 95th percentile of the seconds that each needs for one example."""
    generator = np.random.default_rng(0)
    seconds = np.empty((len(predictors), rounds, TURN))
    for turn in range(rounds):
        for i in generator.permutation(len(predictors)):
            predictors[i](X[:1])
            for call in range(TURN):
                example = X[[(turn * TURN + call) % len(X)]]
                began = time.perf_counter()
                predictors[i](example)
                seconds[i, turn, call] = time.perf_counter() - began
    each = seconds.reshape(len(predictors), -1)
    return list(zip(np.median(each, axis=1).tolist(), np.percentile(each, 95, axis=1).tolist(), strict=True))


def duration(seconds: float | None) -> str:
    """In microseconds, three digits of it."""
    return "" if seconds is None else f"{float(f'{seconds * 1e6:.3g}'):,g} µs"
