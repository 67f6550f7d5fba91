"""A JupyterLab of its own, with the course's configuration, and pages of it in a real browser.

    def test_it(show):
        view = show("Bowl()")

shows an explorer; the file's DEFINITIONS are the first cell of its notebook. Chapters are opened as they are:
``turn("notebooks/05_momentum.ipynb")``. All of these share one page, which turns from one notebook to the next. A test
about pages or kernels has its own by ``open_notebook``: each costs ten processor seconds.

Pages are Playwright's. When a test ends, an error in its page or console, or a request to anywhere but this machine,
fails it.
"""

import json
import os
import shutil
from pathlib import Path

import pytest
from explorer_page import Desk, write

from tools.browsers import GET_CHROMIUM, chromium
from tools.environment import ROOT
from tools.lab import Pages, browsing, serving

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """JupyterLab on a copy of the notebooks, apart from everything that belongs to the user."""
    place = tmp_path_factory.mktemp("lab")
    if (ROOT / "notebooks").is_dir():
        shutil.copytree(ROOT / "notebooks", place / "files" / "notebooks")
    extensions = place / "config" / "jupyter_server_config.d"
    extensions.mkdir(parents=True)
    probe = {"ServerApp": {"jpserver_extensions": {"nodelay_probe": True}}}
    (extensions / "probe.json").write_text(json.dumps(probe), encoding="utf-8")
    write_settings(place / "config")
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    with serving(place, NODELAY_PROBE=str(place / "nodelay.txt"), PYTHONPATH=path) as served:
        yield served


def write_settings(config):
    """Pages are left sooner than anybody leaves them: the debugger's questions would be cut off, which it complains of.
    And only a test saves a notebook: of two savings at once the second asks whether to."""
    pages = {"disabledExtensions": {"@jupyterlab/debugger-extension": True}}
    documents = {"autosave": False}
    files = {
        config / "labconfig" / "page_config.json": pages,
        config
        / "lab"
        / "user-settings"
        / "@jupyterlab"
        / "docmanager-extension"
        / "plugin.jupyterlab-settings": documents,
    }
    for file, content in files.items():
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture(scope="package")  # not longer: while Playwright is there, no other test can run an event loop
def browser():
    """The system's Chromium, Chrome or Edge, driven by Playwright."""
    if chromium() is None:
        pytest.skip(f"no browser to test with. {GET_CHROMIUM}")
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="package")
def pages(lab, browser):
    """The page that tests share."""
    pages = Pages(lab, browser)
    yield pages
    pages.close()


@pytest.fixture(scope="package")
def desks():
    """The notebooks on that page in which files show explorers, by the file's name."""
    return {}


@pytest.fixture
def shared(request, pages, desks):
    """The page that tests share. One that fails leaves it to no other: its kernel may be at work for ever."""
    yield pages
    if request.node.stash.get(FAILED, False):
        pages.close()
        desks.clear()
    pages.expect_no_trouble()


@pytest.fixture
def show(request, lab, shared, desks):
    """``Desk.show``."""
    file = request.path.stem
    if file not in desks:
        desks[file] = Desk(shared.turn(write(lab, f"{file}.ipynb", request.module.DEFINITIONS)))
    return desks[file].show


@pytest.fixture
def turn(shared):
    """A function of a path below ``lab.root`` and a theme that turns the page which tests share to it."""
    return shared.turn


@pytest.fixture
def open_notebook(lab, browser):
    """Pages of the test's own: a function of a path below ``lab.root`` and a theme."""
    pages = Pages(lab, browser)
    yield pages
    pages.close()
    pages.expect_no_trouble()
