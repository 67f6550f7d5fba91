"""TensorFlow and Keras, loaded without the log lines that TensorFlow's C++ part writes to stderr.

    from nnlearn.interop.quiet import keras, tf

The lines of the import come at any log level, so stderr is muted meanwhile; the level keeps later lines away.
Errors are raised in Python as ever. To see the later lines, set TF_CPP_MIN_LOG_LEVEL=0 before. No device is
set up yet: a notebook can still divide the CPU into logical devices. Where TensorFlow is not installed, importing
this raises ModuleNotFoundError with a sentence: all that needs it comes by here.
"""

import os

from nnlearn.needs import needs
from nnlearn.stderr import stderr_muted

__all__ = ["keras", "tf"]

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with needs("TensorFlow", "tensorflow>=2.20", "keras>=3.10"), stderr_muted():
    import keras
    import tensorflow as tf
