"""Borders to other libraries. Importing this loads TensorFlow and Keras; importing nnlearn does not."""

from nnlearn.interop.keras import as_keras

__all__ = ["as_keras"]
