"""This side: a process that calls functions, kept warm for the next, and ended when a limit is met."""

import atexit
import os
import pickle
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from traceback import FrameSummary
from typing import Any, BinaryIO, cast

import psutil

from nnlearn.language import mark, say
from nnlearn.sandbox.limits import Allowance, patience
from nnlearn.sandbox.outcome import Outcome, Raised
from nnlearn.sandbox.wire import MOST_BYTES, TooLong, receive, send, unpack

POLL = 0.05  # seconds between two looks at the limits; also, how late Ctrl-C is noticed on Windows
MEMORY = 2 << 30  # bytes that the process may hold
LOADING = 120.0  # seconds on the clock, to start and to load what a function needs: some libraries are large
INSIDE = "NNLEARN_SANDBOX"  # in the environment of the process, which starts no other
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")  # for BLAS:
# processor time is counted over all threads, and must not depend on how many there are

UNREADABLE = mark("What came back can't be read. Does it write into files that it didn't open, as os.write can?")


class Unavailable(Exception):
    """No process can be started here, or it can't load the function."""


class Ended(Exception):
    """The process was ended, or ended itself, during a call: why, in a sentence."""


class Worker:
    """A process of Python that holds one function and calls it."""

    def __init__(self) -> None:
        code = f"import sys; sys.path[:] = {path()!r}; from nnlearn.sandbox.worker import main; main()"
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-c", code],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=os.environ | dict.fromkeys(ONE_THREAD, "1") | {INSIDE: "1"},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            self.usage = psutil.Process(self.process.pid)
        except (OSError, ValueError, psutil.Error) as error:  # there are no processes here, or no sys.executable
            raise Unavailable(str(error)) from error
        self.requests = cast(BinaryIO, self.process.stdin)
        self.replies: SimpleQueue[bytes | Exception] = SimpleQueue()
        self.owner = os.getpid()
        try:
            threading.Thread(target=listen, args=(self.process.stdout, self.replies), daemon=True).start()
        except RuntimeError as error:  # a browser's Python has no threads
            cast(BinaryIO, self.process.stdout).close()
            self.end()
            raise Unavailable(str(error)) from error
        self.started = False
        self.tidy = True
        self.holds: object = None

    @property
    def alive(self) -> bool:
        """Whether it runs and is ours, not that of a process that this one was copied from."""
        return self.owner == os.getpid() and self.process.poll() is None

    @property
    def fit(self) -> bool:
        """Whether it can take another function."""
        return self.tidy and self.alive

    def greet(self) -> None:
        """Waits until it has started; Unavailable if it does not."""
        if not self.started:
            try:
                self.started = bool(self.reply(Allowance(LOADING)))
            except Ended as error:
                raise Unavailable(str(error)) from error

    def load(self, key: object, function: bytes) -> None:
        """Gives it a function; Unavailable if it can't load it."""
        free = Allowance(LOADING)
        try:
            answer = self.ask(("load", path(), str(Path.cwd()), sys.getrecursionlimit(), function), free)
        except Ended as error:
            raise Unavailable(str(error)) from error
        if "unloaded" in answer:
            raise Unavailable(answer["unloaded"])
        self.holds = key

    def call(self, arguments: bytes, allowance: Allowance) -> Outcome:
        """What calling the function gave. Ended, if it had to be ended, or ended itself; Unavailable, if it can't load
        the arguments."""
        began = time.monotonic()
        answer = self.ask(("call", arguments, patience(allowance.seconds)), allowance)
        waited = time.monotonic() - began
        if "unloaded" in answer:
            raise Unavailable(answer["unloaded"])
        try:
            spent, outcome = float(answer["seconds"]), as_outcome(answer)
        except (KeyError, TypeError, ValueError) as error:
            self.end()
            raise Ended(say(UNREADABLE)) from error
        objection = allowance.objection(spent, waited)
        allowance.add(spent, waited)
        if objection:  # it came back just now, too late
            raise Ended(objection)
        return outcome

    def ask(self, request: tuple[Any, ...], allowance: Allowance) -> dict[str, Any]:
        """Its answer to a request; whatever goes wrong meanwhile, even the stop button, ends it."""
        try:
            with suppress(OSError):  # it has ended: the reply says so
                send(self.requests, pickle.dumps(request))
            return self.reply(allowance)
        except BaseException:
            self.end()
            raise

    def reply(self, allowance: Allowance) -> dict[str, Any]:
        """What it answers next; Ended if that takes too long or too much memory, or if it has ended."""
        began, spent_before = time.monotonic(), self.spent()
        while True:
            try:
                data = self.replies.get(timeout=POLL)
            except Empty:
                spent, waited = self.spent() - spent_before, time.monotonic() - began
                objection = allowance.objection(spent, waited) or self.too_much_memory()
                if objection:
                    allowance.add(spent, waited)
                    raise Ended(objection) from None
            else:
                return self.read(data)

    def read(self, data: bytes | Exception) -> dict[str, Any]:
        """The answer in what came from the process. Ended, if it is none."""
        if isinstance(data, TooLong):
            raise Ended(say("Your answer is too large to be looked at."))
        if isinstance(data, Exception):
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=1)
            raise Ended(say("It ended Python itself (exit code {code}), as os._exit does, or a crash in compiled code.",
                            code=self.process.poll()))  # fmt: skip
        try:
            answer = unpack(data)
            self.tidy = bool(answer["tidy"])
        except (KeyError, ValueError) as error:
            raise Ended(say(UNREADABLE)) from error
        return answer

    def spent(self) -> float:
        """The processor time that it has taken so far, in seconds."""
        try:
            times = self.usage.cpu_times()
        except psutil.Error:  # it has ended
            return 0.0
        return times.user + times.system

    def too_much_memory(self) -> str:
        """What to say if it holds more memory than it may."""
        try:
            if self.usage.memory_info().rss <= MEMORY:
                return ""
        except psutil.Error:  # it has ended
            return ""
        return say("It took more than {size:g} GB of memory. Does something grow without end?", size=MEMORY / 2**30)

    def end(self) -> None:
        """Ends it and what it started, at once."""
        with suppress(psutil.Error):
            for child in self.usage.children(recursive=True):
                child.kill()
        self.process.kill()
        self.process.wait()
        with suppress(OSError):
            self.requests.close()


def path() -> list[str]:
    """Where this process finds its modules."""
    return list(map(str, sys.path))


def listen(stream: BinaryIO, replies: "SimpleQueue[bytes | Exception]") -> None:
    """Hands on what a process writes, until it ends or writes too much. It runs in a thread: on Windows nothing else
    can wait for a pipe and a time limit at once."""
    with stream:
        try:
            while True:
                replies.put(receive(stream, MOST_BYTES))
        except (EOFError, OSError, TooLong) as error:
            replies.put(error)


def as_outcome(answer: dict[str, Any]) -> Outcome:
    """An answer of the process as what a call gave; KeyError, TypeError or ValueError if it is none."""
    if "kind" not in answer:
        return Outcome(value=answer["value"], changed=tuple(map(int, answer["changed"])))
    frames = tuple(FrameSummary(str(file), int(line), str(name), lookup_line=False)
                   for file, line, name in answer["frames"])  # fmt: skip
    return Outcome(error=Raised(str(answer["kind"]), str(answer["message"]), frames))


class Keeper:
    """Keeps one process warm, and puts another in its place when it is ended or no longer fit."""

    def __init__(self) -> None:
        self.worker: Worker | None = None
        self.lock = threading.RLock()  # a call at a time
        self.works = INSIDE not in os.environ  # until a process was seen not to start

    def warm(self) -> Worker:
        """A process that is fit, started if there is none; that takes as long as importing NumPy, in the background."""
        with self.lock:
            if not self.works:
                raise Unavailable
            if self.worker is None or not self.worker.fit:
                self.close()
                self.worker = Worker()
            return self.worker

    def call(self, key: object, function: bytes, arguments: bytes, allowance: Allowance) -> Outcome:
        """Calls the function that is known by this key, where it was called before if that is still there."""
        with self.lock:
            worker = self.worker
            if worker is None or worker.holds is not key or not worker.alive:
                worker = self.load(key, function)
            try:
                return worker.call(arguments, allowance)
            except Ended:
                with suppress(Unavailable):
                    self.warm()  # for the next function
                raise

    def load(self, key: object, function: bytes) -> Worker:
        """A process that holds the function; Unavailable if none can."""
        with self.lock:
            try:
                worker = self.warm()
                worker.greet()
            except Unavailable:
                self.works = False
                raise
            worker.load(key, function)
            return worker

    def close(self) -> None:
        """Ends the process that is kept."""
        if self.worker is not None and self.worker.owner == os.getpid():
            self.worker.end()
        self.worker = None


keeper = Keeper()
atexit.register(keeper.close)
