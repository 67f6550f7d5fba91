"""Calling a function that may do anything: fail, change its arguments, or never come back."""

import contextlib
import ctypes
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from nnlearn.exercises.task import Arguments, Function
from nnlearn.language import say
from nnlearn.sandbox.outcome import Outcome, Raised, Stopped, changes, copied, quiet, raised

__all__ = ["Caller", "Outcome", "Raised", "Stopped", "direct", "in_process", "in_thread", "limited", "warm"]

POLL = 0.05  # seconds; so that Ctrl-C is noticed on Windows too
GRACE = 1.0  # seconds; how long a function is asked to stop

Caller = Callable[[Arguments], Outcome]


def direct(function: Function) -> Caller:
    """Calls a function that is known to come back, on a copy of the arguments."""

    def call(arguments: Arguments) -> Outcome:
        given = copied(arguments)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = function(*given)
        except Exception as error:
            return Outcome(error=raised(error))
        return Outcome(value=value, changed=changes(arguments, given))

    return call


def limited(function: Function, seconds: float) -> Caller:
    """Calls any function, on a copy of the arguments. A call may take so many seconds, all together twice as many.

    It runs in a process of its own, which is ended when its time is up, whatever it does (``nnlearn.sandbox``). Where
    there are no processes, or for a function that can't be sent to one, it runs in a thread. What it prints, and its
    warnings, are not shown.
    """
    return in_process(function, seconds) or in_thread(function, seconds)


def in_process(function: Function, seconds: float) -> Caller | None:
    """Calls the function in another process; None if that can't be."""
    try:
        from nnlearn.sandbox.limits import Allowance
        from nnlearn.sandbox.process import Ended, Unavailable, keeper
        from nnlearn.sandbox.sending import Unsendable, dumps, dumps_arguments
    except ImportError:  # a browser's Python has no psutil
        return None
    key, allowance = object(), Allowance(seconds)
    try:
        data = dumps(function)
        keeper.load(key, data)
    except (Unsendable, Unavailable):
        return None

    def call(arguments: Arguments) -> Outcome:
        try:
            return keeper.call(key, data, dumps_arguments(arguments), allowance)
        except Ended as error:
            return Outcome(error=Stopped(str(error)))
        except (Unsendable, Unavailable):
            return in_thread(function, seconds)(arguments)

    return call


def warm() -> None:
    """Starts the process that will call functions, so that the first check need not wait for it."""
    with contextlib.suppress(Exception):  # limited will see to it
        from nnlearn.sandbox.process import keeper

        keeper.warm()


class TimeUp(SystemExit):
    """Raised inside a function whose time is up. No ``except Exception`` catches it, and no thread reports it."""


def in_thread(function: Function, seconds: float) -> Caller:
    """Calls the function in a thread; all calls together may take so many seconds on the clock.

    An exception is raised in the thread from outside: that ends a loop of Python lines, on every system. A call that
    waits, or a loop inside a compiled library, can't be ended in this way; what comes back too late counts as too slow.
    """
    left = seconds

    def call(arguments: Arguments) -> Outcome:
        nonlocal left
        given = copied(arguments)
        outcome: list[Outcome] = []

        def work() -> None:
            try:
                value = function(*given)
                outcome.append(Outcome(value=value, changed=changes(arguments, given)))
            except TimeUp:
                pass
            except BaseException as error:  # sys.exit() too is an error of the function
                outcome.append(Outcome(error=raised(error)))

        thread = Thread(target=work, daemon=True)
        began = time.monotonic()
        with quiet(), contextlib.chdir(Path.cwd()):
            try:
                start(thread, work)
                wait(thread, left)
            finally:  # also when the learner presses the stop button
                stopped = end(thread)
        left -= time.monotonic() - began
        if left < 0 or not outcome:
            return Outcome(error=Stopped(too_slow(seconds, stopped)))
        return outcome[0]

    return call


def too_slow(seconds: float, stopped: bool) -> str:
    """What to say when the time in a thread is up."""
    if stopped:
        return say("It took more than {seconds:g} seconds. Does a loop never end?", seconds=seconds)
    return say("It took more than {seconds:g} seconds and can't be stopped: restart the kernel (Kernel > Restart).",
               seconds=seconds)  # fmt: skip


def start(thread: Thread, work: Callable[[], None]) -> None:
    """Starts the thread, or does its work here."""
    try:
        thread.start()
    except RuntimeError:  # a browser's Python has no threads: there nothing can limit a call
        work()


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
