"""The other side: a process that reads functions and arguments from its input, and writes what calling them gave.

It is started by ``process``. What it reads comes from the course and the notebook, and is unpickled; what it writes is
plain data.
"""

import builtins
import faulthandler
import math
import os
import pickle
import signal
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nnlearn.sandbox.outcome import Arguments, Function, changes, raised
from nnlearn.sandbox.plain import plain
from nnlearn.sandbox.wire import pack, receive, send

WATCHED = (builtins, math, np, np.linalg)  # modules whose functions a learner's code might replace
FAREWELL = 60.0  # seconds after which a call ends by itself, in case that the kernel is gone


def main() -> None:
    """Serves the process that started this one, until its input ends."""
    requests, answers = taken_over()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the stop button is the kernel's: it ends this process if it must
    warnings.simplefilter("ignore")
    original = [dict(vars(module)) for module in WATCHED]
    function: Function | None = None
    send(answers, pack({"tidy": True}))  # it has started
    while True:
        try:
            task, *details = pickle.loads(receive(requests))
        except EOFError:  # the kernel is gone
            return
        if task == "load":
            function, answer = loaded(*details)
        else:
            answer = called(function, *details)
        send(answers, pack(answer | {"tidy": tidy(original)}))


def taken_over() -> tuple[BinaryIO, BinaryIO]:
    """The input and the output, for this module alone: what a function reads there is empty, what it prints is lost."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = Path(os.devnull).open("r+b", buffering=0)
    for number in (0, 1):
        os.dup2(nothing.fileno(), number)
    sys.stdin = Path(os.devnull).open(encoding="utf-8")
    sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")
    return requests, answers


def loaded(path: list[str], folder: str, recursion: int, data: bytes) -> tuple[Function | None, dict[str, Any]]:
    """The function out of these bytes, in the surroundings that the notebook has, and what to answer."""
    try:
        sys.path[:] = path
        os.chdir(folder)
        sys.setrecursionlimit(recursion)
        return pickle.loads(data), {}
    except BaseException as error:
        return None, {"unloaded": type(error).__name__}


def called(function: Function | None, data: bytes, seconds: float) -> dict[str, Any]:
    """What calling the function gave, as plain data, and the processor time that it took."""
    began = time.process_time()
    faulthandler.dump_traceback_later(seconds + FAREWELL, exit=True, file=sys.__stderr__ or sys.stderr)
    me = os.getpid()
    try:
        answer = tried(function, pickle.loads(data), pickle.loads(data))
        if os.getpid() != me:  # a copy that the function made of this process: it has nothing to say
            os._exit(0)
    except Exception as error:  # of loading the arguments
        answer = {"unloaded": type(error).__name__}
    finally:
        faulthandler.cancel_dump_traceback_later()
    return answer | {"seconds": time.process_time() - began}


def tried(function: Any, before: Arguments, given: Arguments) -> dict[str, Any]:
    """The value of a function as plain data, and the arguments that it changed; or its error."""
    try:
        with warnings.catch_warnings(), np.errstate():  # what it sets lasts for this call
            value = plain(function(*given))
            return {"value": value, "changed": changes(before, given)}
    except BaseException as error:  # sys.exit() too is an error of the function
        failure = raised(error)
        frames = [(frame.filename, frame.lineno or 0, frame.name) for frame in failure.frames]
        return {"kind": failure.kind, "message": failure.message, "frames": frames}


def tidy(original: list[dict[str, Any]]) -> bool:
    """Whether the process is fit for another function: no thread is left, nothing that all use was replaced."""
    alone = threading.active_count() == 1
    return alone and all(
        vars(module).get(name) is value
        for module, names in zip(WATCHED, original, strict=True)
        for name, value in names.items()
    )
