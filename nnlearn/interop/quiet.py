"""TensorFlow and Keras, loaded without the log lines that TensorFlow's C++ part writes to stderr.

    from nnlearn.interop.quiet import keras, tf

The lines of the import come at any log level, so stderr is muted meanwhile; the level keeps later lines away.
Errors are raised in Python as ever. To see the later lines, set TF_CPP_MIN_LOG_LEVEL=0 before. No device is
set up yet: a notebook can still divide the CPU into logical devices. Where TensorFlow is not installed, importing
this raises ModuleNotFoundError with a sentence: all that needs it comes by here.

Keras begins with its own defaults, whatever KERAS_BACKEND and the user's keras.json say; what is set once it is loaded
stays. Where another backend has been loaded before, this raises ImportError.
"""

import os
import sys
from pathlib import Path

from nnlearn.language import say
from nnlearn.needs import needs
from nnlearn.stderr import stderr_muted

__all__ = ["keras", "tf"]

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
fresh = "keras" not in sys.modules
if fresh:
    os.environ["KERAS_BACKEND"] = "tensorflow"
with needs("TensorFlow", "tensorflow>=2.20", "keras>=3.10"), stderr_muted():
    import keras
    import tensorflow as tf

if keras.config.backend() != "tensorflow":
    settings = Path(os.environ.get("KERAS_HOME") or "~/.keras") / "keras.json"
    message = say("Keras was loaded with the backend {backend}, as KERAS_BACKEND or {file} says; nnlearn needs "
                  "tensorflow: restart, and import nnlearn.interop first.",
                  backend=keras.config.backend(), file=settings)  # fmt: skip
    raise ImportError(message)
if fresh:
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
