"""Keras models in LiteRT's format (TensorFlow Lite), which phones run, and LiteRT itself to run them here."""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import OneOf
from nnlearn.language import say
from nnlearn.models.inputs import input_shape, inputs
from nnlearn.needs import needs
from nnlearn.stderr import stderr_muted

IDENTIFIER = b"TFL3"  # bytes 4 to 7 of every model
EXAMPLES = 100  # LiteRT's guide asks for 100 to 500


def to_litert(
    model: Any,
    kind: Literal["float32", "float16", "dynamic", "int8"] = "float32",
    examples: ArrayLike | None = None,
) -> bytes:
    """The model as a file of LiteRT. It takes and gives float32 in every kind.

    kind: how weights are stored and what is computed with.
        "float32": as in Keras. "float16": stored in half the bytes, computed with in float32.
        "dynamic": kernels of 1,024 weights or more in 8 bits; what their layers get is quantised as it comes.
        "int8": all in whole numbers, with ranges fixed beforehand; biases in 32 bits.
    examples: inputs, shape (n, ...), for "int8" alone: the ranges are those that the layers give on the first 100.

    Raises TypeError if it is no Keras model; ValueError for another kind, and for "int8" without examples or with some
    of another shape; ModuleNotFoundError where TensorFlow is not installed.
    """
    from nnlearn.interop.quiet import keras, tf

    if not isinstance(model, keras.Model):
        raise TypeError(say("to_litert needs a Keras model; this is of type {kind}.", kind=type(model).__name__))
    OneOf("float32", "float16", "dynamic", "int8")("kind", kind)
    with silence():
        converter = tf.lite.TFLiteConverter.from_keras_model(model)
        if kind != "float32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if kind == "float16":
            converter.target_spec.supported_types = [tf.float16]
        if kind == "int8":
            first = calibration(model, examples)
            converter.representative_dataset = lambda: ([example[np.newaxis]] for example in first)
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        return bytes(converter.convert())


def calibration(model: Any, examples: ArrayLike | None) -> NDArray[np.float32]:
    """The first of the examples; ValueError if there is none, or they have another shape."""
    if examples is None:
        raise ValueError(say("int8 needs examples, such as X_train: they tell the ranges of what the layers give."))
    return inputs(examples, input_shape(model))[:EXAMPLES]


def run_litert(content: bytes, X: ArrayLike) -> NDArray[np.float32]:
    """The scores that LiteRT computes, shape (n, 10) for the digits, from a model of ``to_litert`` and n inputs.

    Raises ModuleNotFoundError where LiteRT is not installed; ValueError if content is no model of LiteRT, or one of
    several inputs or outputs; TypeError or ValueError if X can't be its input.
    """
    return LiteRT(content)(X)


class LiteRT:
    """A model, loaded, to be run on one thread: a function of n inputs to their scores."""

    def __init__(self, content: bytes):
        with needs("LiteRT", "ai-edge-litert>=2.0"):
            from ai_edge_litert.interpreter import Interpreter
        if not isinstance(content, bytes) or content[4:8] != IDENTIFIER:
            raise ValueError(say("This is no model of LiteRT: to_litert makes one of a Keras model."))
        with silence():
            self.interpreter = Interpreter(model_content=content, num_threads=1)
        entries, ends = self.interpreter.get_input_details(), self.interpreter.get_output_details()
        if [each["dtype"] for each in (*entries, *ends)] != [np.float32, np.float32]:
            message = say("run_litert runs models with one input and one output, both float32; this one takes {inputs} "
                          "and gives {outputs}.", inputs=described(entries), outputs=described(ends))  # fmt: skip
            raise ValueError(message)
        (entry,), (end,) = entries, ends
        self.entry, self.end = entry["index"], end["index"]
        self.shape = tuple(None if length < 0 else int(length) for length in entry["shape_signature"][1:])
        self.prepared: tuple[int, ...] = ()  # for inputs of this shape

    def __call__(self, X: ArrayLike) -> NDArray[np.float32]:
        x = inputs(X, self.shape)
        if x.shape != self.prepared:
            with silence():
                self.interpreter.resize_tensor_input(self.entry, x.shape)
                self.interpreter.allocate_tensors()
            self.prepared = x.shape
        self.interpreter.set_tensor(self.entry, x)
        self.interpreter.invoke()
        return self.interpreter.get_tensor(self.end)


def described(details: Any) -> str:
    """The shape and type of each input or output."""
    return ", ".join(f"{each['dtype'].__name__} {tuple(map(int, each['shape']))}" for each in details)


@contextmanager
def silence() -> Iterator[None]:
    """Nothing comes out meanwhile: no print, warning, log or line of a C++ part. Errors are raised as ever."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), stderr_muted(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
