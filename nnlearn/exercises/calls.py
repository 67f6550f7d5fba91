"""Calling a function that may do anything: fail, change its arguments, or never come back."""

import ctypes
import os
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np

from nnlearn.exercises.task import Arguments, Function

POLL = 0.05  # seconds; so that Ctrl-C is noticed on Windows too
GRACE = 1.0  # seconds; how long a function is asked to stop


class TimeUp(SystemExit):
    """Raised inside a function whose time is up. No ``except Exception`` catches it, and no thread reports it."""


class TooSlow(Exception):
    """A call took longer than allowed. ``stopped`` says whether it could be ended."""

    def __init__(self, seconds: float, stopped: bool):
        super().__init__(seconds)
        self.seconds, self.stopped = seconds, stopped


@dataclass(frozen=True)
class Outcome:
    """What a call gave: a value, or an error. ``changed`` tells which arguments (by place) it changed."""

    value: Any = None
    error: BaseException | None = None
    changed: tuple[int, ...] = ()


Caller = Callable[[Arguments], Outcome]


def direct(function: Function) -> Caller:
    """Calls a function that is known to come back, on a copy of the arguments."""

    def call(arguments: Arguments) -> Outcome:
        given = deepcopy(arguments)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = function(*given)
        except Exception as error:
            return Outcome(error=error)
        return Outcome(value=value, changed=changes(arguments, given))

    return call


def limited(function: Function, seconds: float) -> Caller:
    """Calls any function, on a copy of the arguments; all calls together may take so many seconds.

    It runs in a thread of its own, where an exception can be raised from outside: that ends a loop of Python
    lines, on every system. A call that waits, or a loop inside a compiled library, can't be ended in this way; what
    comes back too late counts as too slow. What the function prints, and its warnings, are not shown.
    """
    left = seconds

    def call(arguments: Arguments) -> Outcome:
        nonlocal left
        given = deepcopy(arguments)
        outcome: list[Outcome] = []

        def work() -> None:
            try:
                value = function(*given)
                outcome.append(Outcome(value=value, changed=changes(arguments, given)))
            except TimeUp:
                pass
            except BaseException as error:  # sys.exit() too is an error of the function
                outcome.append(Outcome(error=error))

        thread = Thread(target=work, daemon=True)
        began = time.monotonic()
        with quiet():
            try:
                thread.start()
            except RuntimeError:  # a browser's Python has no threads: there nothing can limit a call
                return direct(function)(arguments)
            try:
                wait(thread, left)
            finally:  # also when the learner presses the stop button
                stopped = end(thread)
        left -= time.monotonic() - began
        if left < 0 or not outcome:
            return Outcome(error=TooSlow(seconds, stopped))
        return outcome[0]

    return call


def wait(thread: Thread, seconds: float) -> None:
    """Waits until the thread has ended or the time is up."""
    deadline = time.monotonic() + seconds
    while thread.is_alive() and time.monotonic() < deadline:
        thread.join(POLL)


def end(thread: Thread) -> bool:
    """Ends the thread if it runs, asking again where the function catches everything; False if it goes on."""
    deadline = time.monotonic() + GRACE
    while thread.is_alive() and time.monotonic() < deadline:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TimeUp))
        thread.join(POLL)
    return not thread.is_alive()


@contextmanager
def quiet() -> Iterator[None]:
    """While it lasts nothing is printed and no warning is shown: a line on stderr would cost marks in nbgrader."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield


def changes(before: Arguments, after: Arguments) -> tuple[int, ...]:
    """The places of the arrays that are no longer what they were."""
    pairs = enumerate(zip(before, after, strict=True))
    return tuple(place for place, (old, new) in pairs if not unchanged(old, new))


def unchanged(old: Any, new: Any) -> bool:
    """Whether an argument is as it was; functions are not looked into."""
    if callable(old):
        return True
    old, new = np.asarray(old), np.asarray(new)
    return old.dtype == new.dtype and np.array_equal(old, new, equal_nan=old.dtype.kind == "f")
