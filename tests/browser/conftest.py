"""A JupyterLab of its own, with the course's configuration, and pages of it in a real browser.

    def test_it(lab, open_notebook, run_all):
        page = open_notebook("notebooks/00_start-here.ipynb", theme="dark")
        run_all(page)

``page`` is Playwright's. When the test ends, an error in the page or its console, or a request to anywhere
but this machine, fails it.
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from tools.browsers import GET_CHROMIUM, chromium
from tools.environment import ROOT
from tools.lab import Pages, browsing, run_all, serving


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


@pytest.fixture(scope="module")  # not longer: while Playwright is there, no other test can run an event loop
def browser():
    """The system's Chromium, Chrome or Edge, driven by Playwright."""
    if chromium() is None:
        pytest.skip(f"no browser to test with. {GET_CHROMIUM}")
    with browsing() as browser:
        yield browser


@pytest.fixture
def open_notebook(lab, browser):
    """Pages of the test's own: a function of a path below ``lab.root`` and a theme."""
    pages = Pages(lab, browser)
    yield pages
    pages.close()
    pages.expect_no_trouble()


@pytest.fixture(name="run_all")
def running_all():
    """A function that runs all cells of the notebook in a page and waits until none is left to run."""
    return run_all
