"""JupyterLab as the course configures it, in a browser."""

import pytest
from explorer_page import until, write
from playwright.sync_api import expect

from tools.lab import run_all

TWO = [
    "import time; time.sleep(0.5); answer = 6 * 7",
    "print('the answer is', answer)",
]  # the second waits for the first


@pytest.fixture
def tiny(lab):
    """The path of a notebook with two cells."""
    return write(lab, "tiny 数.ipynb", *TWO)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_notebook_runs(tiny, open_notebook, theme):
    page = open_notebook(tiny, theme)
    run_all(page)
    expect(page.locator(".jp-OutputArea-output")).to_have_text(["the answer is 42"])
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", str(theme == "light").lower())
    page.wait_for_timeout(1000)  # a question about news would appear soon after the start
    assert page.locator(".Toastify__toast").count() == 0


def test_messages_of_a_kernel_are_sent_at_once(tiny, lab, turn):
    turn(tiny)
    assert set((lab.root.parent / "nodelay.txt").read_text(encoding="utf-8").split()) == {"1"}


def test_errors_and_requests_to_elsewhere_are_noticed(tiny, pages, turn):
    page = turn(tiny)
    page.evaluate("() => fetch('http://elsewhere.invalid/').catch(() => null)")
    page.evaluate("() => { setTimeout(() => { throw new Error('planned') }) }")
    page.evaluate("() => console.error('also planned')")
    for trouble in ("request to http://elsewhere.invalid/", "page error: planned", "console: also planned"):
        until(page, lambda trouble=trouble: any(trouble in noticed for noticed in pages.troubles))
    page.wait_for_timeout(500)  # the failed request is an error in the console, too
    pages.troubles.clear()
