"""JupyterLab as the course configures it, in a browser."""

import pytest
from explorer_page import until, write
from playwright.sync_api import expect

from tools.lab import act, run_all

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


def test_a_page_turns_away_from_a_notebook_that_was_written_anew(tiny, lab, turn):
    turn(tiny)
    write(lab, tiny, *TWO[:1])
    turn(write(lab, "another.ipynb", *TWO))
    page = turn(tiny)
    assert page.locator(".jp-CodeCell").count() == 1


def test_an_act_that_never_ends_says_what_the_page_asks(tiny, turn):
    page = turn(tiny)
    with pytest.raises(Exception, match=r"not done within 0\.1 seconds; the page asks: nothing"):
        act(page, "() => new Promise(() => {})", seconds=0.1)
    with pytest.raises(Exception, match="the page asks: .*Name"):
        act(page, "() => window.jupyterapp.commands.execute('docmanager:rename')", seconds=5)
    page.keyboard.press("Escape")
    assert act(page, "value => Promise.resolve(value + 1)", 6) == 7


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
