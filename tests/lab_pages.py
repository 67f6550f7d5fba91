"""Notebooks in a JupyterLab, each in a page of a browser."""

import json
import uuid
from urllib.parse import quote, urlsplit

START_SECONDS = 300  # like all limits here: only what hangs takes longer, also where much else runs
RUN_SECONDS = 600  # a whole notebook

VIEWPORT = {"width": 1280, "height": 900}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}

READY = """() => {
    const panel = window.jupyterapp?.shell?.currentWidget;
    return panel?.content?.widgets?.length > 0 && panel.sessionContext?.session?.kernel?.status === "idle";
}"""

DONE = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    const cells = panel.content.widgets.filter(cell => cell.model.type === "code");
    return panel.sessionContext.session.kernel.status === "idle" && cells.every(cell => cell.prompt !== "*");
}"""


class Pages:
    """Notebooks of a JupyterLab in pages of a browser: ``pages(path, theme)`` opens one.

    troubles: what would fail the test that is going on.
    """

    def __init__(self, lab, browser):
        self.lab, self.browser = lab, browser
        self.troubles, self.paths, self.contexts = [], [], []

    def __call__(self, path, theme="light"):
        body = {"raw": json.dumps({"theme": THEMES[theme]})}
        self.lab.ask("/lab/api/settings/@jupyterlab/apputils-extension:themes", method="PUT", body=body)
        context = self.browser.new_context(color_scheme=theme, viewport=VIEWPORT)
        context.set_default_timeout(START_SECONDS * 1000)
        self.contexts.append(context)
        self.paths.append(path)
        page = context.new_page()
        watch(page, self.troubles)
        workspace = uuid.uuid4().hex
        page.goto(f"{self.lab.url}/lab/workspaces/{workspace}/tree/{quote(path)}?token={self.lab.token}")
        page.wait_for_function(READY, timeout=START_SECONDS * 1000)
        return page

    def close(self):
        """Closes the pages and ends their kernels."""
        for context in self.contexts:
            context.close()
        for session in json.loads(self.lab.ask("/api/sessions")):
            if session["path"] in self.paths:
                self.lab.ask(f"/api/sessions/{session['id']}", method="DELETE")  # and its kernel
        self.contexts, self.paths = [], []

    def expect_no_trouble(self):
        """Fails if there was any; what came before is forgotten."""
        troubles, self.troubles[:] = "\n".join(self.troubles), []
        assert not troubles, troubles


def watch(page, troubles):
    """Writes down errors, and requests that leave this machine."""

    def local_only(url):
        parts = urlsplit(url)
        if parts.scheme not in ("blob", "data") and parts.hostname != "127.0.0.1":
            troubles.append(f"request to {url}")

    page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
    page.on("console", lambda line: line.type == "error" and troubles.append(f"console: {line.text}"))
    page.on("request", lambda request: local_only(request.url))
    page.on("websocket", lambda websocket: local_only(websocket.url))


def run_all(page):
    """Runs all cells of the notebook in a page and waits until none is left to run."""
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(DONE, timeout=RUN_SECONDS * 1000)


def change_theme(page, theme):
    """The page as somebody sees it who prefers a theme."""
    page.emulate_media(color_scheme=theme)
    page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", THEMES[theme])
    page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=THEMES[theme])
