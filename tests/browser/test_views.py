"""One explorer seen twice, a kernel that does not answer, and what is typed: in JupyterLab."""

import inspect
import json

import nbformat
import pytest
from test_explorer import Descent
from thorough import mostly_thorough

IMPORTS = """\
import os
import time
import numpy as np
from matplotlib.figure import Figure
from nnlearn.explorers import Choice, Explorer, Goal, Linear, Log, Point, Prediction, Result, Switch, Whole
from nnlearn.language import mark, say
os.environ["NNLEARN_PROGRESS"] = "off"
"""
ASKING = """\
class Asking(Descent):
    title = "Asking"
    prediction = Prediction(
        "How large?", Point((-3, 3), (2, 2), start=(0, 2), label="size", axes="path"), lambda: "It is 7.", {"steps": 9}
    )
"""
EXECUTE = """code => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({code}); }"""
WAIT = "while not os.path.exists('{}'): time.sleep(0.05)"
RESTART = "() => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }"
IDLE = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
SCROLLED = "() => document.querySelector('.jp-WindowedPanel-outer').scrollTop"


@pytest.fixture
def show(lab, open_notebook, run_all):
    """A function of expressions that gives a page of JupyterLab on which each of them has shown an explorer."""

    def show(*expressions):
        cells = [IMPORTS + inspect.getsource(Descent) + ASKING, *expressions]
        kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        notebook = nbformat.v4.new_notebook(metadata=kernel)
        notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
        nbformat.write(notebook, lab.root / "views.ipynb")
        page = open_notebook("views.ipynb")
        run_all(page)
        page.locator(".nnlearn-explorer").nth(len(expressions) - 1).locator("img[src^=blob]").wait_for()
        page.wait_for_timeout(800)  # the picture for this density
        return page

    return show


def until(page, condition, seconds=120):
    """Waits for a condition that Python tests; the page goes on meanwhile."""
    for _ in range(int(seconds * 50)):
        if condition():
            return
        page.wait_for_timeout(20)
    assert condition()


def slider(explorer, name):
    return explorer.get_by_role("slider", name=name, exact=True)


def press(explorer, name, *keys):
    slider(explorer, name).focus()
    for key in keys:
        explorer.page.keyboard.press(key)


def status(explorer):
    return explorer.locator(".status").inner_text()


def source(explorer):
    return explorer.locator(".picture img").get_attribute("src")


def test_every_view_follows_and_shows_the_same(show):
    page = show("explorer = Descent(steps=20)\nexplorer", "explorer")
    first, second = page.locator(".nnlearn-explorer").all()
    for explorer, key, steps in ((second, "ArrowRight", 21), (first, "ArrowRight", 22), (second, "ArrowLeft", 21)):
        pictures = [source(each) for each in (first, second)]
        press(explorer, "steps", key)
        for each, before in zip((first, second), pictures, strict=True):
            until(page, lambda each=each, steps=steps: status(each).startswith(f"After {steps} steps"), 20)
            until(page, lambda each=each, before=before: source(each) != before)
            assert slider(each, "steps").get_attribute("aria-valuetext") == str(steps)


def test_after_a_reload_the_first_key_moves_the_picture(show):
    page = show("explorer = Descent(steps=20)\nexplorer")
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_timeout(1000)
    page.reload()
    explorer = page.locator(".nnlearn-explorer")
    explorer.locator("img[src^=blob]").wait_for()
    page.wait_for_timeout(800)
    picture = source(explorer)
    press(explorer, "steps", "ArrowRight")
    until(page, lambda: status(explorer).startswith("After 21 steps"), 4)
    until(page, lambda: source(explorer) != picture)
    press(explorer, "steps", "ArrowRight")
    until(page, lambda: status(explorer).startswith("After 22 steps"))
    page.wait_for_timeout(1000)
    assert slider(explorer, "steps").get_attribute("aria-valuetext") == "22"


def test_python_that_does_not_answer_is_told(show, lab, open_notebook):
    page = show("Descent(steps=20)", "Asking()")
    explorer, asking = page.locator(".nnlearn-explorer").all()
    page.evaluate(EXECUTE, "while not os.path.exists('go on'): time.sleep(0.05)")
    press(explorer, "steps", "ArrowRight")
    until(page, lambda: "Waiting for Python" in status(explorer))
    assert explorer.get_attribute("data-silent") is not None
    press(asking, "size", "ArrowRight")  # meanwhile the learner goes on
    asking.get_by_role("button", name="Commit").click(timeout=3000)
    assert asking.locator(".asks").is_visible()

    (lab.root / "go on").touch()
    until(page, lambda: status(explorer).startswith("After 21 steps"))
    until(page, lambda: explorer.get_attribute("data-silent") is None)
    assert "Waiting" not in status(explorer)
    until(page, lambda: asking.locator(".told p").inner_text().startswith("You predicted: 0.06"))

    page.evaluate(RESTART)
    press(explorer, "steps", "ArrowRight")
    until(page, lambda: "run this cell again" in status(explorer))
    until(page, lambda: "run this cell again" in explorer.get_by_role("status").inner_text())
    assert explorer.get_attribute("data-silent") is not None
    assert explorer.locator("img").get_attribute("src")  # the picture stays
    page.wait_for_function(IDLE)  # a server ends no kernel that is just being restarted
    open_notebook.troubles[:] = [trouble for trouble in open_notebook.troubles if "console" not in trouble]


def test_an_answer_is_not_overtaken_by_its_commit(show, lab):
    """The kernel hands a message to the thread that last wrote to the page, and at first to the one that runs cells."""
    page = show("asking = Asking()\nasking")
    asking = page.locator(".nnlearn-explorer")
    for name in ("first", "second"):
        page.evaluate(EXECUTE, "asking.set(steps=20)\n" + WAIT.format(name))
        press(asking, "size", "ArrowRight")
        page.wait_for_timeout(500)  # each key in a message of its own
    asking.get_by_role("button", name="Commit").click()  # leaves when the first key is answered
    (lab.root / "first").touch()
    until(page, lambda: slider(asking, "size").get_attribute("aria-valuetext") == "0.06")
    page.wait_for_timeout(500)
    (lab.root / "second").touch()
    until(page, lambda: asking.locator(".told p").inner_text().startswith("You predicted: 0.12"), 10)


def test_what_is_typed_is_read_as_a_number_or_told(show):
    page = show("Descent(steps=20)")
    explorer = page.locator(".nnlearn-explorer")
    note = explorer.locator(".note")

    def types(name, text, shown):
        field = explorer.get_by_role("spinbutton", name=name)
        field.click()
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        until(page, lambda: field.input_value() == shown)

    types("start: horizontal", "1,5", "1.5")
    until(page, lambda: slider(explorer, "start").get_attribute("aria-valuetext") == "(1.5, 2)")
    types("start: horizontal", "−2，5", "-2.5")
    types("steps: number", "999", "200")
    until(page, lambda: note.inner_text() == "steps: 999 is not possible; the nearest value, 200, is set.")
    types("steps: number", "a few", "200")
    assert note.inner_text() == "“a few” is not a number; the value stays."
    press(explorer, "momentum", "ArrowRight")
    until(page, lambda: note.inner_text() == "")


def test_the_keys_of_a_slider_move_a_point_and_scroll_nothing(show):
    page = show("Descent(steps=20)", "print('far below\\n' * 100)\nDescent()")
    explorer = page.locator(".nnlearn-explorer").first
    handle = slider(explorer, "start")
    handle.scroll_into_view_if_needed()
    handle.focus()
    scrolled = page.evaluate(SCROLLED)
    for key, place in (
        ("Home", "(-3, 2)"),
        ("End", "(3, 2)"),
        ("PageDown", "(3, 1.4)"),
        ("PageUp", "(3, 2)"),
        ("Space", "(3, 2)"),
    ):
        page.keyboard.press(key)
        until(page, lambda place=place: handle.get_attribute("aria-valuetext") == place)
    slider(explorer, "steps").focus()
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    assert page.evaluate(SCROLLED) == scrolled


def test_a_notebook_whose_kernel_is_gone_shows_the_stored_picture(show, lab, open_notebook):
    page = show("explorer = Descent(steps=20)\nexplorer")
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_timeout(1000)
    page.reload()
    page.locator(".nnlearn-explorer img[src^=blob]").wait_for()  # its kernel still runs

    page.context.close()
    for session in json.loads(lab.ask("/api/sessions")):
        lab.ask(f"/api/sessions/{session['id']}", method="DELETE")
    page = open_notebook("views.ipynb")
    page.locator(".jp-OutputArea img[src^='data:image/png']").wait_for()
    page.get_by_text("This is a stored picture. Run the cell (Shift+Enter) to move it.").wait_for()
    page.wait_for_timeout(3000)  # ipywidgets looks for a model for two seconds
    assert page.get_by_text("Error displaying widget").count() == 0


@pytest.mark.parametrize(
    ("width", "scrolls"), mostly_thorough([(700, False), (420, False), (340, True)], [(340, True)])
)
def test_nothing_leaves_a_narrow_card(show, width, scrolls):
    """A formula has no place to break: on the narrowest the panel that holds it is scrolled, and nothing else."""
    page = show(
        "from nnlearn.explorers.step_view import step_view\n"
        "from nnlearn.objectives import Quadratic\n"
        "from nnlearn.optimizers import Momentum\n"
        "from nnlearn.trace import run\n"
        "step_view(run(Momentum(0.1234), Quadratic(10), [1.2345678, 2.3456789], 5))",
        "Descent()",
    )
    page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(500)
    for explorer in page.locator(".nnlearn-explorer").all():
        card = explorer.bounding_box()
        panel = explorer.locator(".shows")
        assert panel.evaluate("panel => panel.scrollWidth > panel.clientWidth") == (
            scrolls and bool(panel.inner_text())
        )
        for part in explorer.locator(f"input, select, caption, .axis, .shows{'' if scrolls else ', td, th'}").all():
            box = part.bounding_box()
            assert box["x"] + box["width"] <= card["x"] + card["width"], part.inner_text()
