"""A JupyterLab of its own, with the course's configuration, and pages of it in a real browser.

    def test_it(lab, open_notebook, run_all):
        page = open_notebook("notebooks/00_start-here.ipynb", theme="dark")
        run_all(page)

``page`` is Playwright's. When the test ends, an error in the page or its console, or a request to anywhere
but this machine, fails it.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from lab_pages import START_SECONDS, Pages, run_all

from tools.browsers import GET_CHROMIUM, chromium
from tools.environment import ROOT


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its files are in root, its messages in log."""

    url: str
    token: str
    root: Path
    log: Path
    nodelay: Path  # a line for each kernel's websocket: 1 if it sends at once

    def ask(self, path, method="GET", body=None):
        """The answer of the server's own interface at this path."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        request = Request(self.url + path, data=data, headers=headers, method=method)
        with urlopen(request, timeout=START_SECONDS) as answer:
            return answer.read()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """JupyterLab on a copy of the notebooks, apart from everything that belongs to the user."""
    place = tmp_path_factory.mktemp("lab")
    served = Lab(
        url=f"http://127.0.0.1:{free_port()}",
        token=secrets.token_hex(16),
        root=place / "files",
        log=place / "log.txt",
        nodelay=place / "nodelay.txt",
    )
    served.root.mkdir()
    if (ROOT / "notebooks").is_dir():
        shutil.copytree(ROOT / "notebooks", served.root / "notebooks")
    extensions = place / "config" / "jupyter_server_config.d"
    extensions.mkdir(parents=True)
    probe = {"ServerApp": {"jpserver_extensions": {"nodelay_probe": True}}}
    (extensions / "probe.json").write_text(json.dumps(probe), encoding="utf-8")

    with served.log.open("wb") as log:
        server = subprocess.Popen(command(served), env=surroundings(place, served), stdout=log, stderr=log)
        try:
            wait_until_ready(served, server)
            yield served
        finally:
            end(served, server)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(served):
    port = urlsplit(served.url).port
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={served.root}"),
        *(f"--IdentityProvider.token={served.token}", "--LabApp.expose_app_in_browser=True"),
    ]


def surroundings(place, served):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    own = {f"JUPYTER_{kind}_DIR": str(place / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    return {
        **inherited,
        **own,
        "JUPYTER_CONFIG_PATH": str(ROOT / "jupyter"),
        "IPYTHONDIR": str(place / "ipython"),
        "NODELAY_PROBE": str(served.nodelay),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]),
    }


def wait_until_ready(served, server):
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            served.ask("/api/status")
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail("JupyterLab did not start:\n" + served.log.read_text(encoding="utf-8", errors="replace"))


def end(served, server):
    try:
        served.ask("/api/shutdown", method="POST")
        server.wait(20)
    except (OSError, subprocess.TimeoutExpired):
        server.kill()
        server.wait()


@pytest.fixture(scope="module")  # not longer: while Playwright is there, no other test can run an event loop
def browser():
    """The system's Chromium, Chrome or Edge, driven by Playwright."""
    path = chromium()
    if path is None:
        pytest.skip(f"no browser to test with. {GET_CHROMIUM}")
    from playwright.sync_api import sync_playwright

    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if is_root else [])
        yield browser
        browser.close()


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
