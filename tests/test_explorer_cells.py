"""A cell that shows an explorer and runs again: the old one is closed, unless something still uses it."""

import gc
from types import SimpleNamespace
from weakref import ref

import pytest
from jupyter_client.manager import start_new_kernel

from nnlearn.explorers import Explorer, cells


class Bare(Explorer):
    """Shows nothing."""


@pytest.fixture
def notebook(monkeypatch):
    """A function that runs a cell: its id, and the value that it shows."""
    shell = SimpleNamespace(
        user_ns={"_oh": {}}, user_ns_hidden={}, displayhook=SimpleNamespace(_="", __="", ___=""), runs=0
    )
    shell.get_parent = lambda: {"header": {"msg_id": f"run {shell.runs}"}, "metadata": {"cellId": shell.cell}}
    monkeypatch.setattr(cells, "get_ipython", lambda: shell)
    monkeypatch.setattr(cells, "_shown", {})

    def run(cell, value):
        shell.cell, shell.runs = cell, shell.runs + 1
        value._repr_mimebundle_()
        shell.user_ns["_oh"][shell.runs] = shell.user_ns[f"_{shell.runs}"] = shell.user_ns["_"] = value
        shell.displayhook._ = value

    run.names = shell.user_ns
    return run


def is_open(explorer):
    return explorer.comm is not None


def test_a_cell_that_runs_again_closes_and_frees_what_it_showed(notebook):
    old, new = Bare(), Bare()
    notebook("a", old)
    assert is_open(old)
    notebook("a", new)
    assert not is_open(old) and is_open(new)
    old = ref(old)
    gc.collect()
    assert old() is None


def test_a_run_that_shows_two_keeps_both(notebook):
    first, second = Bare(), Bare()
    notebook("a", first)
    second._repr_mimebundle_()  # in the same run
    assert is_open(first)
    notebook("a", Bare())
    assert not is_open(first) and not is_open(second)


def test_what_is_used_stays(notebook):
    named, elsewhere, same = Bare(), Bare(), Bare()
    notebook.names["bowl"] = named
    notebook("a", named)
    notebook("b", elsewhere)
    notebook("c", elsewhere)
    notebook("d", same)
    for cell in ("a", "b"):
        notebook(cell, Bare())
    notebook("d", same)
    assert is_open(named) and is_open(elsewhere) and is_open(same)
    notebook("c", Bare())
    assert not is_open(elsewhere)


CELLS = {
    "define": "import gc, ipywidgets\nfrom nnlearn.explorers import Explorer\nclass Bare(Explorer):\n    pass",
    "show": "Bare()",
    "count": "gc.collect()\nwidgets = len(ipywidgets.widgets.widget._instances)\n"
    "assert widgets == sum(isinstance(each, Bare) for each in gc.get_objects()) + 1 == 2, widgets  # a layout",
}


def test_a_kernel_keeps_the_last_one_alone():
    manager, client = start_new_kernel(startup_timeout=120)
    try:
        for cell in ["define", "show", "show", "show", "count"]:
            content = {"code": CELLS[cell], "silent": False, "store_history": True, "allow_stdin": False}
            message = client.session.msg("execute_request", content, metadata={"cellId": cell})
            client.shell_channel.send(message)
            reply = client.get_shell_msg(timeout=120)
            assert reply["content"]["status"] == "ok", reply["content"]["evalue"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
