"""A learner's function may do anything: check says what, in a sentence, and the kernel goes on as it was."""

import builtins
import contextlib
import itertools
import os
import re
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import psutil
import pytest
import specimens  # noqa: F401  # tasks 98.1 to 98.3

from nnlearn.exercises import check
from nnlearn.exercises.result import NotRightYet
from nnlearn.sandbox import limits, process
from nnlearn.sandbox.limits import Allowance
from nnlearn.sandbox.outcome import Raised
from nnlearn.sandbox.plain import MOST, Foreign, plain
from nnlearn.sandbox.process import Ended, Keeper, Unavailable, keeper
from nnlearn.sandbox.sending import dumps
from nnlearn.sandbox.wire import pack

HANG = 120  # seconds after which a test that hangs is given up; no test depends on speed


def report(answer, task_id="98.1", **options):
    try:
        return str(check(task_id, answer, **options))
    except NotRightYet as error:
        return str(error)


def right(rate, beta):
    return (1 - beta) * rate


@pytest.fixture
def short(monkeypatch):
    """Little patience on the clock, for functions that only wait."""
    monkeypatch.setattr(limits, "START", 0.5)


@pytest.fixture
def little_memory(monkeypatch):
    monkeypatch.setattr(process, "MEMORY", 400 << 20)


# --- What a function may do, and what the learner reads ---


class Unprintable:
    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


class NoText(Exception):
    __str__ = Unprintable.__str__


class Oops(Exception):
    pass


class NoArray:
    def __array__(self, *_, **__):
        raise RuntimeError("no array")


class ForeverArray:
    def __array__(self, *_, **__):
        return np.array(sum(itertools.count()))


class EndlessList(list):
    def __len__(self):
        return 1

    def __iter__(self):
        return itertools.count()


def nested(depth):
    value = 1.0
    for _ in range(depth):
        value = [value]
    return value


def in_itself():
    value = []
    value.append(value)
    return value


def raises(error):
    raise error


def growing():
    rows = [0.0]
    while True:
        rows += rows


def run_down():
    ctypes = __import__("ctypes")
    ctypes.string_at(0)


def catches_everything():
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


def deep():
    return deep()


def overwrites_its_pipe():
    for number in range(3, 20):
        with contextlib.suppress(OSError):
            os.write(number, (8).to_bytes(8) + b"\0" * 8)


def announces_too_much():
    for number in range(3, 20):
        with contextlib.suppress(OSError):
            os.write(number, (1 << 40).to_bytes(8))
    time.sleep(1e6)


ENDLESS = "It took more than 0.5 seconds. Does a loop never end?"
NUMBERS = "Numbers are needed; this is"
ENDED = "It ended Python itself (exit code {}), as os._exit does"

STOPPED = {
    "a loop": (catches_everything, ENDLESS),
    "an endless iterator of C code": (lambda: sum(itertools.count()), ENDLESS),
    "a huge matrix": (lambda: np.linalg.svd(np.random.default_rng(0).normal(size=(2500, 2500))), ENDLESS),
    "a regular expression that backtracks": (lambda: re.match("(a+)+$", "a" * 40 + "b"), ENDLESS),
    "an answer that is never read to its end": (lambda: ForeverArray(), ENDLESS),
    "an endless list": (lambda: EndlessList(), ENDLESS),
    "os._exit": (lambda: os._exit(0), ENDED.format(0)),
    "os.abort": (lambda: os.abort(), "It ended Python itself"),
    "a crash": (run_down, "It ended Python itself"),
    "writing where only the answer belongs": (overwrites_its_pipe, "What came back can't be read"),
}

SAID = {
    "400 MB": (lambda: np.zeros(50_000_000), f"It holds more than {MOST} numbers, which is too much to look at."),
    "a long list": (lambda: [0.0] * 10**7, f"It holds more than {MOST} numbers"),
    "a range without end": (lambda: range(10**15), f"It holds more than {MOST} numbers"),
    "a long text": (lambda: "a" * 10**7, f"It holds more than {MOST} numbers"),
    "8 TB": (lambda: np.zeros(10**12), "Error"),  # where the system refuses it at once
    "input": (lambda: input("rate? "), "Nobody answers input() here"),
    "reading from the keyboard": (lambda: sys.stdin.read(), f"{NUMBERS} ''"),
    "a text that can't be made": (Unprintable, f"{NUMBERS} <Unprintable"),
    "an array that can't be made": (NoArray, f"{NUMBERS} <"),
    "an error without a text": (lambda: raises(NoText()), "It raised NoText: . The line: raise error"),
    "an error with a long text": (lambda: raises(ValueError("a" * 10**8)), "It raised ValueError: aaa"),
    "10**5000": (lambda: 10**5000, f"{NUMBERS} 10**5000"),
    "-10**5000": (lambda: [-(10**5000)], f"{NUMBERS} [-10**5000]"),
    "complex": (lambda: [1 + 2j], f"{NUMBERS} [(1+2j)]"),
    "objects": (lambda: np.array([object()]), f"{NUMBERS} [<object"),
    "a dict": (lambda: {"a": 1}, f"{NUMBERS} {{'a': 1}}"),
    "dates": (lambda: np.array(["2024-01-01"], "datetime64[D]"), f"{NUMBERS} array(["),
    "a structure": (lambda: np.zeros(2, [("a", float)]), f"{NUMBERS} array(["),
    "bytes": (lambda: b"0.1", f"{NUMBERS} b'0.1'"),
    "True": (lambda: True, f"{NUMBERS} True"),
    "a text that spells a number": (lambda: "0.1", f"{NUMBERS} '0.1', a text. Take the quotes away, or put float(...)"),
    "texts that spell numbers": (lambda: ["1", "2e3"], f"{NUMBERS} ['1', '2e3'], a text. Take the quotes away"),
    "a text": (lambda: "a lot", f"{NUMBERS} 'a lot'."),
    "lists deep in lists": (lambda: nested(10_000), f"{NUMBERS} [[[["),
    "a list in itself": (in_itself, f"{NUMBERS} [[[["),
    "a generator": (lambda: (i for i in range(3)), "Put list(...) around it."),
    "a map": (lambda: map(float, range(3)), "Put list(...) around it."),
    "an endless iterator": (lambda: itertools.count(), "Put list(...) around it."),
    "a function": (lambda: print, "It returned a function"),
    "a masked array": (lambda: np.ma.array([1.0, 2.0], mask=[0, 1]), "This is a masked array, and its mask"),
    "masked": (lambda: np.ma.masked, "its mask would be lost"),
    "a masked array in a list": (lambda: [np.ma.array([1.0], mask=[1])], NUMBERS),
    "sys.exit": (lambda: sys.exit(3), "It raised SystemExit: 3. The line: "),
    "KeyboardInterrupt": (lambda: raises(KeyboardInterrupt), "It raised KeyboardInterrupt: . The line: raise error"),
    "an exception of its own": (lambda: raises(Oops("so")), "It raised Oops: so. The line: raise error"),
    "recursion": (deep, "It raised RecursionError: maximum recursion depth exceeded"),
    "warnings as errors": (
        lambda: [warnings.simplefilter("error"), warnings.warn("careful", stacklevel=1)],
        "It raised UserWarning: careful",
    ),
}  # fmt: skip


def of_two(function):
    """The function as an answer to the task."""

    def answer(rate, beta):
        return function()

    return answer


@pytest.mark.parametrize("name", STOPPED)
def test_what_never_comes_back_is_stopped_and_the_limit_named(name):
    function, sentence = STOPPED[name]
    assert sentence in report(of_two(function), seconds=0.5)
    assert check("98.1", right).right


@pytest.mark.parametrize("name", SAID)
def test_what_comes_back_is_explained_in_the_same_process(name):
    function, sentence = SAID[name]
    check("98.1", right)
    worker = keeper.worker
    assert sentence in report(of_two(function), seconds=60)
    assert keeper.worker is worker and worker.alive


def test_what_waits_is_told_so(short):
    text = report(of_two(lambda: time.sleep(1e6)), seconds=0.2)
    assert "It did not come back within 1.1 seconds, and hardly computed" in text and "time.sleep" in text


def test_what_grows_is_stopped(little_memory):
    assert "It took more than 0.390625 GB of memory. Does something grow" in report(of_two(growing), seconds=60)
    assert check("98.1", right).right


def test_an_answer_is_refused_before_it_is_read():
    assert "too large to be looked at" in report(of_two(announces_too_much), seconds=60)


def test_all_inputs_together_have_a_limit_too():
    def busy(rate, beta):
        end = time.process_time() + 0.4
        while time.process_time() < end:
            pass
        return right(rate, beta)

    text = report(busy, seconds=0.5)
    assert "All inputs together took more than 1 seconds. What takes so long in each call?" in text


def test_only_processor_time_counts():
    def waits(rate, beta):
        time.sleep(0.11)
        return right(rate, beta)

    assert check("98.1", waits, seconds=0.1).right  # 11 inputs: more than a second on the clock


# --- What stays as it was ---


def test_the_kernel_is_as_before(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)

    def vandal(rate, beta):
        print("a" * 10**6)
        os.write(1, b"b" * 10**6)
        os.write(2, b"b" * 10**6)
        os.chdir("/")
        os.environ["HOME"] = "gone"
        np.sum = np.mean = np.array = None
        builtins.sum = builtins.len = None
        np.seterr(all="raise")
        sys.path.clear()
        sys.modules.clear()
        threading.Thread(target=time.sleep, args=(1e6,)).start()
        return right(rate, beta)

    before = np.sum, builtins.len, os.environ["HOME"], list(sys.path), np.geterr(), threading.active_count()
    report(vandal)
    after = np.sum, builtins.len, os.environ["HOME"], list(sys.path), np.geterr(), threading.active_count()
    assert before == after and Path.cwd() == tmp_path
    assert capfd.readouterr() == ("", "")
    assert check("98.1", lambda rate, beta: np.sum([rate, -beta * rate]) + 0 * len([])).right


@pytest.mark.parametrize("untidy", [
    lambda: setattr(np, "mean", None),
    lambda: setattr(np.linalg, "norm", None),
    lambda: setattr(builtins, "sum", None),
    lambda: threading.Thread(target=time.sleep, args=(1e6,)).start(),
])  # fmt: skip
def test_a_process_that_is_no_longer_as_it_was_is_replaced(untidy):
    assert check("98.1", lambda rate, beta: [untidy(), right(rate, beta)][1]).right
    worker = keeper.worker
    assert check("98.1", lambda rate, beta: float(np.mean(right(rate, beta))) + 0 * np.linalg.norm([sum([0])])).right
    assert keeper.worker is not worker and not worker.alive


def test_a_process_is_kept_for_the_next_function():
    assert check("98.1", right).right
    worker = keeper.worker
    assert check("98.1", lambda rate, beta: rate - rate * beta).right
    assert "ZeroDivisionError" in report(of_two(lambda: 1 / 0))
    assert keeper.worker is worker


def gone(number):
    """Waits until a process has ended."""
    deadline = time.monotonic() + HANG
    while psutil.pid_exists(number) and psutil.Process(number).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return True


def test_what_a_process_started_ends_with_it(tmp_path):
    place = str(tmp_path / "pid")

    def starts(rate, beta):
        other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1e6)"])
        Path(place).write_text(str(other.pid))
        while True:
            pass

    assert "Does a loop never end" in report(starts, seconds=0.5)
    assert gone(int(Path(place).read_text()))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system copies no processes")
def test_a_copy_of_the_process_says_nothing_and_ends(own_keeper):
    key, data = object(), dumps(lambda x: [os.fork(), x])
    for x in range(3):
        copy, value = own_keeper.call(key, data, dumps((x,)), Allowance(HANG)).value
        assert value == x and copy > 0 and gone(copy)


def test_the_process_ends_with_the_kernel():
    code = "from nnlearn.sandbox.process import keeper; w = keeper.warm(); w.greet(); print(w.process.pid)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=HANG)
    assert done.stderr == "" and gone(int(done.stdout))


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_an_idle_process_ends_with_a_kernel_that_is_killed():
    code = (
        "import os, signal; from nnlearn.sandbox.process import keeper; w = keeper.warm(); w.greet()\n"
        "print(w.process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=HANG)
    assert gone(int(done.stdout))


@pytest.fixture
def interruptible():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_stop_button_ends_the_call_and_the_process(interruptible):
    import _thread

    check("98.1", right)
    worker = keeper.worker
    timer = threading.Timer(0.5, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        check("98.1", of_two(lambda: sum(itertools.count())), seconds=HANG)
    timer.join()
    assert not worker.alive
    assert check("98.1", right).right


# --- The process itself ---


@pytest.fixture
def own_keeper():
    """A process of this test alone."""
    keeper = Keeper()
    yield keeper
    keeper.close()


def test_a_function_keeps_its_state_between_calls_but_not_for_the_next_check(own_keeper):
    def grows(x, seen=[]):  # noqa: B006  (what learners write)
        seen.append(x)
        return len(seen)

    for _ in range(2):
        key, data, allowance = object(), dumps(grows), Allowance(HANG)
        values = [own_keeper.call(key, data, dumps((0,)), allowance).value for _ in range(3)]
        assert values == [1, 2, 3]


def test_what_a_function_sets_lasts_for_its_call(own_keeper):
    def strict():
        np.seterr(all="raise")
        warnings.simplefilter("error")

    def careless():
        warnings.warn("careful", stacklevel=1)
        return np.ones(1) / np.zeros(1)

    for function in (strict, careless):
        outcome = own_keeper.call(object(), dumps(function), dumps(()), Allowance(HANG))
        assert outcome.error is None
    assert outcome.value.tolist() == [np.inf]


def test_processor_time_does_not_hang_on_the_number_of_processors(own_keeper, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    threads = own_keeper.call(object(), dumps(lambda: os.environ["OMP_NUM_THREADS"]), dumps(()), Allowance(HANG))
    assert threads.value == "1"


@pytest.mark.skipif(sys.platform == "win32", reason="the stop button of Jupyter reaches the kernel alone there")
def test_the_stop_button_leaves_an_idle_process_alone(own_keeper):
    worker = own_keeper.load(object(), dumps(abs))
    worker.process.send_signal(signal.SIGINT)
    assert own_keeper.load(object(), dumps(abs)) is worker and worker.alive


def test_two_functions_may_take_turns(own_keeper):
    one, two = object(), object()
    calls = [(one, abs), (two, str), (one, abs), (two, str)]
    values = [own_keeper.call(key, dumps(f), dumps((-1,)), Allowance(HANG)).value for key, f in calls]
    assert values == [1, "-1", 1, "-1"]


@pytest.mark.parametrize("function, arguments, changed", [
    (lambda x, y: y.fill(0), (np.ones(2), np.ones(2)), (1,)),
    (lambda x, y: x.append([1]), ([1.0], 2.0), (0,)),
    (lambda x, y: x.sort(), ([2.0, 1.0], [np.nan]), (0,)),
    (lambda x, y: y.setflags(write=False), (np.float64(1), np.array([np.nan])), ()),
    (lambda x, y: setattr(x, "seen", 1), (lambda: 1, 2), ()),
])  # fmt: skip
def test_the_arguments_that_it_changes_are_known_and_stay_as_they_are_here(own_keeper, function, arguments, changed):
    before = repr(arguments[1:])
    assert own_keeper.call(object(), dumps(function), dumps(arguments), Allowance(HANG)).changed == changed
    assert repr(arguments[1:]) == before


def test_an_error_comes_back_as_data_with_its_calls(own_keeper):
    def outer(x):
        return inner(x)

    def inner(x):
        raise KeyError(x)

    error = own_keeper.call(object(), dumps(outer), dumps(("k",)), Allowance(HANG)).error
    assert isinstance(error, Raised) and (error.kind, error.message) == ("KeyError", "'k'")
    assert [(frame.name, frame.line) for frame in error.frames] == [
        ("outer", "return inner(x)"), ("inner", "raise KeyError(x)"),
    ]  # fmt: skip


def test_an_endless_recursion_comes_back_with_few_of_its_calls(own_keeper):
    error = own_keeper.call(object(), dumps(deep), dumps(()), Allowance(HANG)).error
    assert error.kind == "RecursionError" and 2 < len(error.frames) <= 100


@pytest.mark.parametrize("why", ["no such program", "a Python that can't start", "it would start within another"])
def test_where_no_process_can_be_started_that_is_found_once(monkeypatch, why, own_keeper):
    if why == "no such program":
        monkeypatch.setattr(sys, "executable", "")
    elif why == "a Python that can't start":
        monkeypatch.setenv("PYTHONHOME", "nowhere")
    else:
        monkeypatch.setenv(process.INSIDE, "1")
        own_keeper.__init__()
    for _ in range(2):
        with pytest.raises(Unavailable):
            own_keeper.load(object(), dumps(abs))
        assert not own_keeper.works


@pytest.mark.parametrize("forged", [
    {},
    {"tidy": True},
    {"tidy": True, "seconds": 0.0},
    {"tidy": True, "seconds": "long", "value": 1, "changed": []},
    {"tidy": True, "seconds": 0.0, "value": 1, "changed": 3},
    {"tidy": True, "seconds": 0.0, "kind": "E", "message": "m", "frames": [["file", "x", "name"]]},
    {"tidy": True, "seconds": 0.0, "kind": "E", "message": "m", "frames": [["file"]]},
])  # fmt: skip
def test_an_answer_that_lacks_something_is_refused_and_the_process_ended(own_keeper, forged):
    key = object()
    worker = own_keeper.load(key, dumps(abs))
    worker.replies.put(pack(forged))
    with pytest.raises(Ended, match="What came back can't be read"):
        own_keeper.call(key, dumps(abs), dumps((1,)), Allowance(HANG))
    assert not worker.alive


def test_a_process_that_died_while_nobody_looked_is_replaced():
    check("98.1", right)
    worker = keeper.worker
    worker.process.kill()
    worker.process.wait()
    assert check("98.1", right).right
    assert keeper.worker is not worker and keeper.worker.alive


def test_importing_the_exercises_starts_the_process_in_the_background():
    code = "import nnlearn.exercises; from nnlearn.sandbox.process import keeper; print(keeper.worker.alive)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=HANG)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_the_process_loads_numpy_and_the_course_alone(own_keeper):
    loaded = own_keeper.call(object(), dumps(lambda: list(sys.modules)), dumps(()), Allowance(HANG)).value
    heavy = {"IPython", "nnlearn.exercises", "matplotlib", "scipy", "sklearn", "tensorflow", "pytest"}
    assert "numpy" in loaded and not heavy & set(loaded)


# --- The learner's own files ---


OWN_FILE = """
import numpy as np

FACTOR = 1

def helper(rate, beta):
    return FACTOR * (1 - beta) * rate

def answer(rate, beta):
    return helper(rate, beta)
"""


@pytest.fixture
def own_file(tmp_path, monkeypatch):
    """A module that stands beside a notebook."""
    (tmp_path / "mine_beside_the_notebook.py").write_text(OWN_FILE)
    monkeypatch.syspath_prepend(tmp_path)
    import mine_beside_the_notebook

    yield mine_beside_the_notebook
    del sys.modules["mine_beside_the_notebook"]


def test_functions_of_the_learners_own_files_are_sent_as_they_are_here(own_file):
    assert check("98.1", own_file.answer).right
    assert check("98.1", lambda rate, beta: own_file.helper(rate, beta)).right
    Path(own_file.__file__).write_text("broken(")  # what is loaded here counts
    assert check("98.1", own_file.answer).right
    own_file.FACTOR = 2
    assert "2 times the right one" in report(own_file.answer) or "Hint" in report(own_file.answer)


def test_sending_leaves_cloudpickle_as_it_was(own_file):
    import cloudpickle

    before = cloudpickle.list_registry_pickle_by_value()
    dumps(own_file.answer)
    assert cloudpickle.list_registry_pickle_by_value() == before


def test_the_process_finds_files_and_modules_where_the_notebook_does(tmp_path, monkeypatch):
    (tmp_path / "rates.txt").write_text("1.0")
    (tmp_path / "imported_in_the_function.py").write_text("one = 1")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)

    def answer(rate, beta):
        import imported_in_the_function

        return float(open("rates.txt").read()) * imported_in_the_function.one * (1 - beta) * rate  # noqa: PTH123

    assert check("98.1", answer).right


def test_a_list_that_holds_itself_has_an_end():
    endless = [1.0]
    endless += [endless] * 6
    assert all(isinstance(each, Foreign) for each in plain(endless)[1:])
    assert plain([[2.0], [2.0]]) == [[2.0], [2.0]] and plain([inside := [3], inside]) == [[3], [3]]
