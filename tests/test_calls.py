"""Functions are called in a process where that can be, else in a thread, else where they stand."""

import _thread
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import specimens  # noqa: F401  # tasks 98.1 to 98.3
from nbclient import NotebookClient
from nbformat import v4

from nnlearn.exercises import calls, check
from nnlearn.exercises.calls import Stopped, direct, in_process, in_thread, limited
from nnlearn.exercises.loader import load
from nnlearn.objectives import TwoValleys
from nnlearn.sandbox.process import Unavailable, keeper

HANG = 120  # seconds after which a test that hangs is given up; no test depends on speed


def forever():
    while True:
        pass


def stubborn():
    for _ in range(4):
        try:
            forever()
        except:  # noqa: E722  (what a learner may write)
            pass


def raises(error):
    raise error


def in_place(function, seconds):
    """As in a browser's Python, which has no threads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", lambda thread: raises(RuntimeError("can't start new thread")))
        patch.setattr(calls.Thread, "is_alive", lambda thread: False)
        caller = in_thread(function, seconds)

        def call(arguments):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(calls.Thread, "start", lambda thread: raises(RuntimeError("can't start new thread")))
                return caller(arguments)

        return call


WAYS = {"process": in_process, "thread": in_thread, "in place": in_place, "direct": lambda f, seconds: direct(f)}
EVERY_WAY = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
IN_PLACE_OR_NOT = pytest.mark.parametrize("way", [in_process, in_thread, in_place])


# --- Every way gives the same ---


@EVERY_WAY
def test_a_value_comes_back(way):
    call = way(lambda x, y: x * y, HANG)
    assert call((2.0, np.arange(3))).value.tolist() == [0, 2, 4]
    assert call((2, "a")).value == "aa"


@EVERY_WAY
def test_arguments_are_copied_and_changes_seen(way):
    given = [np.array([2.0, 1.0]), np.zeros(2)]
    outcome = way(lambda x, y: x.sort(), HANG)(tuple(given))
    assert outcome.changed == (0,) and outcome.value is None
    assert given[0].tolist() == [2, 1]


@EVERY_WAY
@pytest.mark.parametrize("value, change", [
    ([1.0, 2.0], lambda x: x.append(3.0)),
    ([1.0, 2.0], lambda x: x.__setitem__(0, 1)),  # of another kind, and equal
    ([True, 2.0], lambda x: x.__setitem__(0, 1)),
    ([1.0, float("nan")], lambda x: x.__setitem__(1, 0.0)),
    ([[1.0], [2.0]], lambda x: x[1].append(3.0)),
    ((1, [2.0, "a"]), lambda x: x[1].pop()),
    ([np.zeros(2)], lambda x: x[0].fill(1)),
    ({"m": [np.zeros(2), 1]}, lambda x: x["m"][0].fill(1)),
])  # fmt: skip
def test_lists_and_what_is_in_them_are_copied_and_changes_seen(way, value, change):
    given, before = (value, [7, float("nan"), None, "a"]), str(value)
    assert way(change, HANG)((value,)).changed == (0,)
    assert way(lambda x, y: change(x), HANG)(given).changed == (0,) and str(value) == before
    assert way(lambda x, y: None, HANG)(given).changed == ()


@EVERY_WAY
def test_an_argument_may_be_a_function(way):
    gradient = TwoValleys().gradient
    theta = np.array([1.8])
    np.testing.assert_array_equal(way(lambda g, theta: g(theta), HANG)((gradient, theta)).value, gradient(theta))
    assert way(lambda f, x: f(f(x)), HANG)((lambda x: x + 1, 1)).value == 3


@EVERY_WAY
def test_state_lasts_from_call_to_call(way):
    def counted(x, seen=[]):  # noqa: B006  (what learners write)
        seen.append(x)
        return len(seen)

    call = way(counted, HANG)
    assert [call((0,)).value for _ in range(3)] == [1, 2, 3]


@EVERY_WAY
def test_an_error_comes_back_with_its_lines(way):
    def outer(x):
        return inner(x)

    def inner(x):
        return x["key"]

    error = way(outer, HANG)(({},)).error
    assert (error.kind, error.message) == ("KeyError", "'key'")
    assert [frame.line for frame in error.frames] == ["return inner(x)", 'return x["key"]']


@IN_PLACE_OR_NOT
def test_a_way_out_is_an_error(way):
    assert way(lambda: sys.exit(), HANG)(()).error.kind == "SystemExit"


@IN_PLACE_OR_NOT
def test_the_folder_and_the_output_are_as_before(way, capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def moves():
        print("here")
        os.chdir("..")
        return str(Path.cwd())

    assert Path(way(moves, HANG)(()).value) == tmp_path.parent
    assert Path.cwd() == tmp_path and capfd.readouterr() == ("", "")


# --- The process, and when it is not taken ---


def test_a_function_that_holds_what_can_not_be_sent_is_called_in_a_thread():
    lock = threading.Lock()

    def locked(rate, beta):
        with lock:
            return (1 - beta) * rate

    assert in_process(locked, HANG) is None
    assert check("98.1", locked).right


def test_an_argument_that_can_not_be_sent_goes_to_a_thread():
    lock = threading.Lock()
    assert limited(lambda each: each(), HANG)((lambda: lock.locked(),)).value is False


class Unloadable:
    """What is sent, and can't be loaded."""

    def __reduce__(self):
        return raises, (ImportError("not there"),)

    def __deepcopy__(self, memo):
        return self

    def __call__(self):
        return 1


def test_what_can_not_be_loaded_is_called_in_a_thread():
    unloadable = Unloadable()
    assert in_process(lambda: unloadable(), HANG) is None
    assert limited(lambda: unloadable(), HANG)(()).value == 1
    assert limited(lambda f: f(), HANG)((unloadable,)).value == 1


def test_without_processes_a_thread_does_it(monkeypatch):
    def unavailable(*_):
        raise Unavailable

    monkeypatch.setattr(keeper, "load", unavailable)
    assert check("98.1", lambda rate, beta: (1 - beta) * rate).right
    error = limited(lambda: forever(), 0.2)(()).error
    assert error == Stopped("It took more than 0.2 seconds. Does a loop never end?")


def test_a_browser_that_lacks_the_packages_and_threads_checks_too():
    code = (
        "import sys, threading\n"
        "sys.modules['psutil'] = sys.modules['cloudpickle'] = None\n"
        "def start(thread): raise RuntimeError('no threads')\n"
        "threading.Thread.start = start\n"
        "from nnlearn.exercises import check\n"
        "print(check('00.1', lambda theta, slope, rate: theta - rate * slope))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=HANG)
    assert (done.stdout, done.stderr) == (
        "00.1 One step downhill: right. Points: 1 of 1.\n",
        "",
    )


@pytest.mark.parametrize("task_id", ["00.3", "03.1", "03.2", "05.1", "05.3", "12.2", "17.4", "17.7"])
def test_the_inputs_of_tasks_can_be_sent(task_id):
    question = load(task_id).asks
    call = in_process(question.reference, HANG)
    for case in question.cases(0):
        found, right = call(case), direct(question.reference)(case)
        assert found.error is None and found.changed == ()
        np.testing.assert_equal(found.value, right.value)


def test_a_check_within_a_check_is_no_trouble():
    def checks(theta, slope, rate):
        from nnlearn.exercises import check

        def step(theta, slope, rate):
            return theta - rate * slope

        return step(theta, slope, rate) if check("00.1", step).right else None

    assert check("00.1", checks, seconds=HANG).right


def test_a_dict_of_functions_that_a_function_makes_keeps_its_functions():
    def borders():
        return {"classical": lambda L, beta: 2 * (1 + beta) / L}

    assert check("98.3", borders).points == 1


def test_a_dict_of_texts_is_made_in_a_process():
    with pytest.raises(Exception, match=r"It ended Python itself \(exit code 4\)"):
        check("03.5", lambda: os._exit(4))


# --- The thread ---


@pytest.mark.parametrize("function", [forever, stubborn])
def test_a_loop_in_a_thread_is_ended_and_leaves_none(function):
    before = set(threading.enumerate())
    error = in_thread(function, 0.2)(()).error
    assert error == Stopped("It took more than 0.2 seconds. Does a loop never end?")
    assert set(threading.enumerate()) <= before


def test_a_thread_that_waits_can_not_be_stopped_and_is_named_so():
    over = threading.Event()
    error = in_thread(lambda: over.wait(HANG), 0.1)(()).error
    over.set()
    assert isinstance(error, Stopped) and "can't be stopped: restart the kernel" in error.sentence


def test_what_comes_back_too_late_is_too_slow():
    late = in_thread(lambda n: sum(range(n)), 0.05)((20_000_000,))  # a loop in C, which no thread can stop
    assert late.error == Stopped("It took more than 0.05 seconds. Does a loop never end?")


def test_all_inputs_together_have_one_time_limit_in_a_thread():
    call = in_thread(time.sleep, 1.0)
    assert call((0.01,)).error is None
    assert isinstance(call((1.1,)).error, Stopped) and isinstance(call((0,)).error, Stopped)


def test_the_stop_button_ends_a_thread():
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    before = set(threading.enumerate())

    def interrupted():
        _thread.interrupt_main()
        forever()

    try:
        with pytest.raises(KeyboardInterrupt):
            in_thread(interrupted, HANG)(())
    finally:
        signal.signal(signal.SIGINT, handler)
    assert set(threading.enumerate()) <= before


# --- In a notebook ---


CELLS = [
    "import os, itertools, time\nfrom nnlearn.exercises import check\nkernel, folder = os.getpid(), os.getcwd()",
    "factor = 1\ndef answer(theta, slope, rate):\n    return factor * (theta - rate * slope)\n"
    "print(check('00.1', answer))",
    "def answer(theta, slope, rate):\n    nothing = theta\n    return nothing[0]\ncheck('00.1', answer)",
    "check('00.1', lambda theta, slope, rate: os._exit(0))",
    "check('00.1', lambda theta, slope, rate: sum(itertools.count()), seconds=0.5)",
    "check('00.1', lambda theta, slope, rate: os.chdir('/') or input())",
    "class Momentum:\n    def __call__(self, theta, slope, rate):\n        return answer(theta, slope, rate)\n"
    "    def __init__(self, f):\n        self.f = f\n"
    "def answer(theta, slope, rate):\n    return theta - rate * slope\nprint(check('00.1', Momentum(answer)))",
    "print(kernel == os.getpid() and folder == os.getcwd())",
]


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """What each cell shows."""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in CELLS])
    folder = str(tmp_path_factory.mktemp("notebook"))
    NotebookClient(
        notebook, timeout=HANG, startup_timeout=HANG, allow_errors=True, resources={"metadata": {"path": folder}}
    ).execute()

    def text(output):
        return output.get("text") or "\n".join(output.get("traceback", []))

    return ["".join(map(text, cell.outputs)) for cell in notebook.cells]


@pytest.mark.parametrize("cell, sentence", [
    (1, "right. Points: 1 of 1."),
    (2, "float' object is not subscriptable. The line: return nothing[0]"),
    (3, "It ended Python itself (exit code 0)"),
    (4, "It took more than 0.5 seconds. Does a loop never end?"),
    (5, "Nobody answers input() here"),
    (6, "right. Points: 1 of 1."),
    (7, "True"),
])  # fmt: skip
def test_a_notebook_goes_on_whatever_its_functions_do(shown, cell, sentence):
    assert sentence in shown[cell]


def test_the_stop_button_of_a_notebook_ends_a_check():
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(startup_timeout=HANG)
    try:
        client.execute_interactive(CELLS[0], timeout=HANG)
        client.execute("check('00.1', lambda theta, slope, rate: time.sleep(1e6), seconds=1e6)")
        time.sleep(1)
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=HANG)["content"]
        assert (reply["status"], reply["ename"]) == ("error", "KeyboardInterrupt")
        reply = {"status": "aborted"}  # as the kernel answers what was waiting behind the cell that failed
        while reply["status"] == "aborted":
            reply = client.execute_interactive(CELLS[1], timeout=HANG)["content"]
        assert reply["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_dictionary_with_nan_is_as_it_was_and_a_changed_one_is_not():
    given = {"losses": [0.1, float("nan")], "place": np.array([np.nan, 1.0])}
    assert direct(lambda table: 1)((given,)).changed == ()
    assert direct(lambda table: table["losses"].append(2.0))((given,)).changed == (0,)
    assert direct(lambda table: table.pop("place"))((given,)).changed == (0,)


def test_what_lies_within_lists_is_compared_one_by_one():
    def doubles_the_last(rows):
        rows[-1]["x"] *= 2

    rows = [{"x": np.ones(2)}, {"x": np.arange(3.0)}]
    assert direct(doubles_the_last)((rows,)).changed == (0,)
    assert direct(lambda rows: None)((rows,)).changed == ()
    assert direct(lambda rows: rows.append(1))(([np.ones(2)],)).changed == (0,)
