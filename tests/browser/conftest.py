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
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    with serving(place, NODELAY_PROBE=str(place / "nodelay.txt"), PYTHONPATH=path) as served:
        yield served


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


@pytest.fixture(scope="module")
def desk(request, lab, pages):
    """The notebook in which the tests of a file show explorers, one after the other."""
    return Desk(pages.turn(write(lab, f"{request.path.stem}.ipynb", request.module.DEFINITIONS)))


@pytest.fixture
def show(desk, pages):
    """``Desk.show``."""
    yield desk.show
    pages.expect_no_trouble()


@pytest.fixture
def turn(pages):
    """A function of a path below ``lab.root`` and a theme that turns the page which tests share to it."""
    yield pages.turn
    pages.expect_no_trouble()


@pytest.fixture
def open_notebook(lab, browser):
    """Pages of the test's own: a function of a path below ``lab.root`` and a theme."""
    pages = Pages(lab, browser)
    yield pages
    pages.close()
    pages.expect_no_trouble()
