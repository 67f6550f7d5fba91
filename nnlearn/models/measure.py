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
from nnlearn.language import say
from nnlearn.models import tables
from nnlearn.models.forward import forward
from nnlearn.models.quantized import QuantizedWeights, file_size
from nnlearn.models.weights import weights_of

WARM_UP = 10  # calls that are not counted: caches fill, buffers are made
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
class Comparison:
    """Several models: a table in a notebook, columns as text. Sizes are compared with the first model's."""

    rows: tuple[Measurement, ...]

    def __getitem__(self, name: str) -> Measurement:
        return {row.name: row for row in self.rows}[name]

    def _repr_markdown_(self) -> str:
        return tables.markdown(*self.cells())

    def __repr__(self) -> str:
        return tables.text(*self.cells())

    def cells(self) -> tuple[list[str], list[list[str]]]:
        """The head and the rows of the table."""
        timed = any(row.median is not None for row in self.rows)
        head = [say("model"), say("accuracy"), say("bytes"), say("times smaller")]
        head += [say("median"), say("95 % within")] if timed else []
        rows = []
        for row in self.rows:
            cells = [row.name, f"{row.accuracy:.1%}", f"{row.bytes:,}", f"{self.rows[0].bytes / row.bytes:.1f}"]
            rows.append(cells + ([duration(row.median), duration(row.p95)] if timed else []))
        return head, rows


def compare_models(models: Mapping[str, Any], X: ArrayLike, y: ArrayLike, calls: int = 200) -> Comparison:
    """Measures models of the same task on the same test data.

    models: by the name to show, each a Keras model, the bytes of a LiteRT model, or (of ``convolutional()``) a dict
        of weights or ``QuantizedWeights``, which run in NumPy.
    X: shape (n, ...), n inputs. y: shape (n,), their labels.
    calls: how often each model is timed, on one example at a time. The models take turns, so that a busy moment of
        the computer hits them all alike. 0 leaves the times out.

    The bytes are those of a file: LiteRT's own, else that of ``nnlearn.compression.save``. Only the first holds
    the architecture too. Raises TypeError for a model of another kind, ValueError if there is none, or calls is
    below 0.
    """
    whole_number("calls", calls, at_least=0)
    if not models:
        raise ValueError(say("There is no model to compare."))
    X, y = np.asarray(X, np.float32), np.asarray(y)
    ready = {name: predictor(model) for name, model in models.items()}
    seconds = latencies(list(ready.values()), X, calls) if calls else [(None, None)] * len(ready)
    rows = (
        Measurement(name, share_right(predict, X, y), stored_bytes(models[name]), *times)
        for (name, predict), times in zip(ready.items(), seconds, strict=True)
    )
    return Comparison(tuple(rows))


def measure(model: Any, X: ArrayLike, y: ArrayLike, calls: int = 200) -> Measurement:
    """``compare_models`` of one model."""
    (row,) = compare_models({say("model"): model}, X, y, calls).rows
    return row


def accuracy(model: Any, X: ArrayLike, y: ArrayLike) -> float:
    """The share of the n inputs whose highest score is that of their label. model: as in ``compare_models``."""
    return share_right(predictor(model), X, y)


def share_right(predict: Predict, X: ArrayLike, y: ArrayLike) -> float:
    """``accuracy`` of a model that is ready to run."""
    return float(np.mean(predict(X).argmax(axis=-1) == np.asarray(y)))


def predictor(model: Any) -> Predict:
    """The model as a function of inputs to scores; TypeError if it is of no known kind."""
    if isinstance(model, QuantizedWeights):
        return partial(forward, model.weights)
    if isinstance(model, Mapping):
        return partial(forward, model)
    if isinstance(model, bytes):
        from nnlearn.models.litert import runner

        return runner(model)
    if is_keras(model):
        return compiled(model)
    message = say("A model is a Keras model, the bytes of a LiteRT model, a dict of weights or QuantizedWeights; this "
                  "is of type {kind}.", kind=type(model).__name__)  # fmt: skip
    raise TypeError(message)


def is_keras(model: Any) -> bool:
    """Whether it is a Keras model; without loading Keras, which made it if it is one."""
    return "keras" in sys.modules and isinstance(model, sys.modules["keras"].Model)


def compiled(model: Any) -> Predict:
    """A Keras model as one graph."""
    from nnlearn.interop.quiet import tf

    graph = tf.function(partial(model, training=False), reduce_retracing=True)

    def predict(X: ArrayLike) -> NDArray[Any]:
        x = np.asarray(X, np.float32)
        return graph(tf.constant(x.reshape(len(x), *model.input_shape[1:]))).numpy()

    return predict


def stored_bytes(model: Any) -> int:
    """The size of the model's file."""
    if isinstance(model, bytes):
        return len(model)
    return file_size(model.arrays if isinstance(model, QuantizedWeights) else weights_of(model))


def latencies(predictors: list[Predict], X: NDArray[np.float32], calls: int) -> list[tuple[float, float]]:
    """Median and 95th percentile of the seconds that each needs for one example; they take turns."""
    seconds = np.empty((WARM_UP + calls, len(predictors)))
    for i in range(WARM_UP + calls):
        example = X[i % len(X)][np.newaxis]
        for j, predict in enumerate(predictors):
            began = time.perf_counter()
            predict(example)
            seconds[i, j] = time.perf_counter() - began
    counted = seconds[WARM_UP:]
    return list(zip(np.median(counted, axis=0).tolist(), np.percentile(counted, 95, axis=0).tolist(), strict=True))


def duration(seconds: float | None) -> str:
    """In microseconds, three digits of it."""
    return "" if seconds is None else f"{float(f'{seconds * 1e6:.3g}'):,g} µs"
