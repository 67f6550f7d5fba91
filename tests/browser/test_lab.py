"""JupyterLab as the course configures it, in a browser."""

import nbformat
import pytest


@pytest.fixture
def tiny(lab):
    """The path of a notebook with two cells, the second waiting for the first."""
    cells = [
        nbformat.v4.new_code_cell("import time; time.sleep(0.5); answer = 6 * 7", id="compute"),
        nbformat.v4.new_code_cell("print('the answer is', answer)", id="show"),
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), lab.root / "tiny 数.ipynb")
    return "tiny 数.ipynb"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_notebook_runs(tiny, open_notebook, run_all, theme):
    page = open_notebook(tiny, theme)
    run_all(page)
    assert page.locator(".jp-OutputArea-output").all_inner_texts() == ["the answer is 42\n"]
    assert page.locator("body").get_attribute("data-jp-theme-light") == str(theme == "light").lower()


def test_messages_of_a_kernel_are_sent_at_once(tiny, lab, open_notebook):
    open_notebook(tiny)
    assert set((lab.root.parent / "nodelay.txt").read_text(encoding="utf-8").split()) == {"1"}


def test_nothing_is_asked_about_news(tiny, open_notebook):
    page = open_notebook(tiny)
    page.wait_for_timeout(1000)  # the question would appear soon after the start
    assert page.locator(".Toastify__toast").count() == 0


def test_errors_and_requests_to_elsewhere_are_noticed(tiny, open_notebook):
    page = open_notebook(tiny)
    page.evaluate("() => fetch('http://elsewhere.invalid/').catch(() => null)")
    page.evaluate("() => { setTimeout(() => { throw new Error('planned') }) }")
    page.evaluate("() => console.error('also planned')")
    page.wait_for_timeout(500)
    noticed = "\n".join(open_notebook.troubles)
    open_notebook.troubles.clear()
    for trouble in ("request to http://elsewhere.invalid/", "page error: planned", "console: also planned"):
        assert trouble in noticed
