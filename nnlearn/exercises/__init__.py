"""Exercises that recognise your mistake.

>>> from nnlearn.exercises import check
>>> check("05.2", lambda rate, beta: (1 - beta) * rate)
05.2 From the averaged form to the classical: right. Points: 1 of 1.
>>> check("05.2", lambda rate, beta: rate)  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
nnlearn.exercises.result.NotRightYet: 05.2 From the averaged form to the classical: not right yet. Points: 0 of 1.
Hint: The same rate makes other steps: with beta = 0.9 the averaged form takes a tenth of each gradient, ...

A chapter's tasks are in the ``tasks.py`` of its room: what is asked, the right answer, and the known mistakes, each
with its hint.
"""

from nnlearn.exercises.checking import check, material

__all__ = ["check", "material"]
