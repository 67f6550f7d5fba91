"""Exercises that recognise your mistake.

>>> from nnlearn.exercises import check
>>> check("03.3", lambda X: 2 / np.linalg.eigvalsh(X.T @ X).max())
Traceback (most recent call last):
...
"""

from nnlearn.exercises.checking import check, material

__all__ = ["check", "material"]
