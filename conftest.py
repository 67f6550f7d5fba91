"""Settings of all tests, of notebooks too: their language, their options, and how two workers share them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nnlearn.language import notebook_language

os.environ["NNLEARN_PROGRESS"] = "off"  # kernels inherit it: what a learner did must not change what a test sees
os.environ["NNLEARN_FONT"] = "none"  # as notebooks are stored: this machine's fonts must not, either
os.environ.setdefault("OMP_NUM_THREADS", "1")  # workers and kernels share the processors; a thread that waits spins
SPARED = str(Path(__file__).parent / "tests" / "spared")  # stands in for what takes long and isn't needed
collect_ignore = [SPARED]
if SPARED not in os.environ.get("PYTHONPATH", ""):  # workers, kernels and servers inherit it
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (SPARED, os.environ.get("PYTHONPATH"))))

LOOSE = ("test_exercises.py",)  # files whose tests are many, have nothing in common, and may be run by any worker


def pytest_addoption(parser: pytest.Parser) -> None:
    """What ``python course.py test`` knows besides pytest's own."""
    parser.addoption("--thorough", action="store_true", help="try all that is tried, not a part: before a release")


def pytest_configure(config: pytest.Config) -> None:
    """``@pytest.mark.thorough``: what costs much and seldom breaks where what is run always does not; and others."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Failures(config))
    config.addinivalue_line("markers", "thorough: run with --thorough alone")
    config.addinivalue_line("markers", "pixels: looks at an explorer's picture (tests/chapters)")


class Failures:
    """Says what failed, and where, when it fails: a run that is ended from outside has no summary."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl(trylast=True)  # after the dots
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            terminal = self.config.pluginmanager.getplugin("terminalreporter")
            terminal.ensure_newline()
            terminal.write_line(f"{report.when} of {report.nodeid} failed: {str(report.longrepr)[-1000:]}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """A notebook is tested in its own language: nbval starts its kernel when the first cell is set up.

    HTML is not compared: a picture's is not stored, and all else that has HTML is text as well.
    """
    with pytest.MonkeyPatch.context() as patch:
        if item.path.suffix == ".ipynb":
            item.parent.skip_compare = {*item.parent.skip_compare, "text/html"}
            patch.setenv("NNLEARN_LANG", notebook_language(str(item.path)))
        return (yield)


# --- Workers ---


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes long in one piece comes first, what can be handed out singly last: so no worker waits at the end."""
    items.sort(key=lambda item: turn(item.path))
    left_out = [item for item in items if item.get_closest_marker("thorough") and not config.getoption("thorough")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def turn(path: Path) -> int:
    """When a file's tests are run: 0 first."""
    if waits(path):
        return 0
    return 2 if path.name in LOOSE else 1


def waits(path: Path) -> bool:
    """Whether its tests wait most of the time: for a browser, a kernel."""
    return path.suffix == ".ipynb" or path.parent.name in ("browser", "notebooks")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file is one piece of work: cells of a notebook share a kernel, tests what a fixture made for all of them.

    Every second worker begins with what computes, the others with what waits: so there are more workers than
    processors, and none of these is idle.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Pieces(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return nodeid if file.endswith(LOOSE) else file

        def remove_node(self, node: Any) -> str | None:
            """The test that ended its worker, if one did: no other worker is given it, as xdist would."""
            units = self.assigned_work[node].values()
            at_work = next((test for unit in units for test, done in unit.items() if not done), None)
            for unit in units:
                unit.update({at_work: True} if at_work in unit else {})
            super().remove_node(node)
            return at_work

        def _reschedule(self, node: Any) -> None:
            if node in self.registered_collections:  # one that stands in for a worker that ended may not have its tests
                super()._reschedule(node)

        def _assign_work_unit(self, node: Any) -> None:
            if self.nodes.index(node) % 2:
                computes = (piece for piece in self.workqueue if not waits(Path(piece.partition("::")[0])))
                self.workqueue.move_to_end(next(computes, next(iter(self.workqueue))), last=False)
            super()._assign_work_unit(node)

    config.option.loadscopereorder = False  # the order is that of pytest_collection_modifyitems
    return Pieces(config, log)
