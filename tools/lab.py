"""A JupyterLab of its own, with the course's configuration, and pages of it in a real browser.

    with serving(place) as lab, browsing() as browser:
        pages = Pages(lab, browser)
        page = pages("notebooks/00_start-here.ipynb", theme="dark")

``page`` is Playwright's. Nothing here touches what belongs to the user.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from tools.browsers import chromium
from tools.environment import ROOT

START_SECONDS = 300  # like all limits here: only what hangs takes longer, also where much else runs
RUN_SECONDS = 600  # a whole notebook

VIEWPORT = {"width": 1280, "height": 900}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}

READY = """path => {
    const panel = window.jupyterapp?.shell?.currentWidget;
    return panel?.context?.path === path && panel.content.widgets?.length > 0
        && panel.sessionContext?.session?.kernel?.status === "idle";
}"""

TURN = """async path => {
    const { commands, shell } = window.jupyterapp;
    shell.expandLeft(); // as on a new page
    const last = shell.currentWidget;
    if (last.context.path === path) return;
    last.context.model.dirty = false; // what it shows needs no saving, and saving asks where the file was written anew
    await commands.execute("docmanager:open", { path, factory: "Notebook" });
    last.close();
}"""

RUN = """async ids => {
    const { commands, shell } = window.jupyterapp;
    const notebook = shell.currentWidget.content;
    await commands.execute("notebook:clear-all-cell-outputs");
    for (const id of ids) {
        const index = notebook.widgets.findIndex(cell => cell.model.id === id);
        if (index < 0) throw new Error(`no cell ${id}`);
        notebook.activeCellIndex = index;
        await commands.execute("notebook:run-cell");
    }
}"""

DONE = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    const cells = panel.content.widgets.filter(cell => cell.model.type === "code");
    return panel.sessionContext.session.kernel.status === "idle" && cells.every(cell => cell.prompt !== "*");
}"""


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its files are in root, its messages in log."""

    url: str
    token: str
    root: Path
    log: Path

    def ask(self, path: str, method: str = "GET", body: object = None) -> bytes:
        """The answer of the server's own interface at this path."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        request = Request(self.url + path, data=data, headers=headers, method=method)
        with urlopen(request, timeout=START_SECONDS) as answer:
            content: bytes = answer.read()
            return content


@contextmanager
def serving(place: Path, **variables: str) -> Iterator[Lab]:
    """A JupyterLab of the files in place/files, with these environment variables; RuntimeError if it can't start."""
    lab = Lab(f"http://127.0.0.1:{free_port()}", secrets.token_hex(16), place / "files", place / "log.txt")
    lab.root.mkdir(exist_ok=True)
    with lab.log.open("wb") as log:
        server = subprocess.Popen(command(lab), env=surroundings(place) | variables, stdout=log, stderr=log)
        try:
            wait_until_ready(lab, server)
            yield lab
        finally:
            end(lab, server)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def command(lab: Lab) -> list[str]:
    """What starts it."""
    port = urlsplit(lab.url).port
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={lab.root}"),
        *(f"--IdentityProvider.token={lab.token}", "--LabApp.expose_app_in_browser=True"),
    ]


def surroundings(place: Path) -> dict[str, str]:
    """The environment variables: Jupyter's folders lie in place, its configuration is the course's."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    own = {f"JUPYTER_{kind}_DIR": str(place / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    return {**inherited, **own, "JUPYTER_CONFIG_PATH": str(ROOT / "jupyter"), "IPYTHONDIR": str(place / "ipython")}


def wait_until_ready(lab: Lab, server: subprocess.Popen[bytes]) -> None:
    """Until it answers; RuntimeError with what it wrote if it ends before."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            lab.ask("/api/status")
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("JupyterLab did not start:\n" + lab.log.read_text(encoding="utf-8", errors="replace"))


def end(lab: Lab, server: subprocess.Popen[bytes]) -> None:
    """Ends it, kernels and all."""
    try:
        lab.ask("/api/shutdown", method="POST")
        server.wait(20)
    except (OSError, subprocess.TimeoutExpired):
        server.kill()
        server.wait()


@contextmanager
def browsing() -> Iterator[Any]:
    """The system's Chromium, Chrome or Edge, driven by Playwright; there must be one."""
    from playwright.sync_api import sync_playwright

    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"] if is_root else [])
        yield browser
        browser.close()


class Pages:
    """Notebooks of a JupyterLab in pages of a browser: ``pages(path, theme)`` opens one.

    troubles: what would fail the test that is going on.
    """

    def __init__(self, lab: Lab, browser: Any) -> None:
        self.lab, self.browser = lab, browser
        self.troubles: list[str] = []
        self.paths: list[str] = []
        self.contexts: list[Any] = []

    def __call__(self, path: str, theme: str = "light", pixel_ratio: float = 1.0) -> Any:
        """The page of the notebook at this path below the lab's root, when its kernel is ready."""
        self.put_on(theme)
        context = self.browser.new_context(color_scheme=theme, viewport=VIEWPORT, device_scale_factor=pixel_ratio)
        context.set_default_timeout(START_SECONDS * 1000)
        self.contexts.append(context)
        self.paths.append(path)
        page = context.new_page()
        watch(page, self.troubles)
        workspace = uuid.uuid4().hex
        page.goto(f"{self.lab.url}/lab/workspaces/{workspace}/tree/{quote(path)}?token={self.lab.token}")
        page.wait_for_function(READY, arg=path, timeout=START_SECONDS * 1000)
        return page

    def turn(self, path: str, theme: str = "light") -> Any:
        """The page that was opened first, turned to another notebook: a tenth of the work that a new page makes.

        The kernel of the notebook that it leaves is ended.
        """
        if not self.contexts:
            return self(path, theme)
        page = self.contexts[0].pages[0]
        left = [each for each in self.paths if each != path]
        self.paths.append(path)
        page.set_viewport_size(VIEWPORT)
        page.emulate_media(reduced_motion="no-preference")
        act(page, TURN, path)
        page.wait_for_function(READY, arg=path, timeout=START_SECONDS * 1000)
        change_theme(page, theme)
        self.end(*left)
        return page

    def put_on(self, theme: str) -> None:
        """Makes it the theme of new pages."""
        body = {"raw": json.dumps({"theme": THEMES[theme]})}
        self.lab.ask("/lab/api/settings/@jupyterlab/apputils-extension:themes", method="PUT", body=body)

    def close(self) -> None:
        """Closes the pages and ends their kernels."""
        for context in self.contexts:
            context.close()
        self.end(*self.paths)
        self.contexts = []

    def end(self, *paths: str) -> None:
        """Ends the kernels of notebooks."""
        for session in json.loads(self.lab.ask("/api/sessions")):
            if session["path"] in paths:
                self.end_session(session["id"])
        self.paths = [path for path in self.paths if path not in paths]

    def end_session(self, name: str) -> None:
        """Ends a notebook's session and its kernel; one that is just being restarted can't be ended yet."""
        for wait in (0.5, 1, 2, 4, 8, 16, 0):
            try:
                self.lab.ask(f"/api/sessions/{name}", method="DELETE")
                return
            except HTTPError:
                if not wait:
                    raise
                time.sleep(wait)

    def expect_no_trouble(self) -> None:
        """Fails if there was any; what came before is forgotten."""
        troubles, self.troubles[:] = "\n".join(self.troubles), []
        assert not troubles, troubles


def watch(page: Any, troubles: list[str]) -> None:
    """Writes down errors, and requests that leave this machine."""

    def local_only(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("blob", "data") and parts.hostname != "127.0.0.1":
            troubles.append(f"request to {url}")

    def complain(line: Any) -> None:
        if line.type == "error":
            troubles.append(f"console: {line.text}")

    page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
    page.on("console", complain)
    page.on("request", lambda request: local_only(request.url))
    page.on("websocket", lambda websocket: local_only(websocket.url))


def act(page: Any, deed: str, argument: Any = None, seconds: float = RUN_SECONDS) -> Any:
    """The value that a function in the page promises; an error if it never comes, for which ``evaluate`` would wait.

    The error tells what the page asks: a question that nobody answers is why most promises are not kept.
    """
    asked = "[...document.querySelectorAll('.jp-Dialog')].map(each => each.textContent).join(' ') || 'nothing'"
    late = f"() => fail(new Error('not done within {seconds:g} seconds; the page asks: ' + ({asked})))"
    limit = f"new Promise((_, fail) => setTimeout({late}, {seconds * 1000:g}))"
    return page.evaluate(f"argument => Promise.race([({deed})(argument), {limit}])", argument)


def run_all(page: Any) -> None:
    """Runs all cells of the notebook in a page and waits until none is left to run."""
    act(page, "() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(DONE, timeout=RUN_SECONDS * 1000)


def run_cells(page: Any, *ids: str) -> None:
    """Runs these cells of the notebook in a page, one after the other; what others have shown goes away."""
    act(page, RUN, ids)


def change_theme(page: Any, theme: str) -> None:
    """The page as somebody sees it who prefers a theme."""
    page.emulate_media(color_scheme=theme)
    act(page, "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", THEMES[theme])
    page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=THEMES[theme])
