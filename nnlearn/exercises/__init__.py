"""Exercises that recognise your mistake.

>>> from nnlearn.exercises import check
>>> check("00.1", lambda theta, slope, rate: theta - rate * slope)
00.1 One step downhill: right. Points: 1 of 1.
>>> check("00.1", lambda theta, slope, rate: theta + rate * slope)  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
nnlearn.exercises.result.NotRightYet: 00.1 One step downhill: not right yet. Points: 0 of 1.
Hint: This walks uphill: where the curve rises to the right you go right. ...

A chapter's tasks are in the ``tasks.py`` of its room: what is asked, the right answer, and the known mistakes, each
with its hint.
"""

from nnlearn.exercises.checking import check, material

__all__ = ["check", "material"]
