"""One explorer seen twice, a kernel that does not answer, and what is typed: in JupyterLab."""

import inspect
import json
from contextlib import contextmanager

import psutil
import pytest
from explorer_page import Desk, execute, shown, until, write
from playwright.sync_api import expect
from test_explorer import Descent
from thorough import mostly_thorough

from tools.lab import act

IMPORTS = """\
import os
import time
import numpy as np
from matplotlib.figure import Figure
from nnlearn.explorers import Choice, Explorer, Goal, Linear, Log, Point, Prediction, Result, Switch, Whole
from nnlearn.explorers.step_view import step_view
from nnlearn.language import mark, say
from nnlearn.objectives import Quadratic
from nnlearn.optimizers import Momentum
from nnlearn.trace import run
"""
ASKING = """\
class Asking(Descent):
    title = "Asking"
    prediction = Prediction(
        "How large?", Point((-3, 3), (2, 2), start=(0, 2), label="size", axes="path"), lambda: "It is 7.", {"steps": 9}
    )
"""
DEFINITIONS = IMPORTS + inspect.getsource(Descent) + ASKING

SAVE = "() => window.jupyterapp.shell.currentWidget.context.save()"
RESTART = "() => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }"
SCROLLED = "() => document.querySelector('.jp-WindowedPanel-outer').scrollTop"


@pytest.fixture
def show_alone(lab, open_notebook):
    """As ``show``, on a page of the test's own, which may be reloaded and whose kernel may be ended."""

    def show(*cells):
        return Desk(open_notebook(write(lab, "alone.ipynb", DEFINITIONS))).show(*cells)

    return show


def expect_steps(view, steps):
    expect(view.status).to_contain_text(f"After {steps} steps")
    expect(view.slider("steps")).to_have_attribute("aria-valuetext", str(steps))


def test_every_view_follows_and_shows_the_same(show):
    views = first, second = show("explorer = Descent(steps=20)\nexplorer", "explorer")
    for view, key, steps in ((second, "ArrowRight", 21), (first, "ArrowRight", 22), (second, "ArrowLeft", 21)):
        pictures = [each.picture.get_attribute("src") for each in views]
        view.slider("steps").press(key)
        for each, before in zip(views, pictures, strict=True):
            expect_steps(each, steps)
            expect(each.picture).not_to_have_attribute("src", before)


def test_a_reloaded_page_goes_on_and_one_without_its_kernel_shows_the_stored_picture(show_alone, lab, open_notebook):
    page = show_alone("explorer = Descent(steps=20)\nexplorer").page
    act(page, SAVE)
    page.reload()
    view = shown(page)  # its kernel still runs
    picture = view.picture.get_attribute("src")
    for steps in (21, 22):  # the first key, too
        view.slider("steps").press("ArrowRight")
        expect_steps(view, steps)
    expect(view.picture).not_to_have_attribute("src", picture)
    page.wait_for_timeout(1000)
    expect_steps(view, 22)

    for session in json.loads(lab.ask("/api/sessions")):
        if session["path"] == "alone.ipynb":
            lab.ask(f"/api/sessions/{session['id']}", method="DELETE")
    page.context.close()
    page = open_notebook("alone.ipynb")
    expect(page.locator(".jp-OutputArea img[src^='data:image/png']")).to_be_visible()
    expect(page.get_by_text("This is a stored picture. Run the cell (Shift+Enter) to move it.")).to_be_visible()
    page.wait_for_timeout(3000)  # ipywidgets looks for a model for two seconds
    assert page.get_by_text("Error displaying widget").count() == 0


@contextmanager
def suspended(process):
    """A process that does nothing meanwhile."""
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def kernel(page, lab):
    """The process of the page's kernel."""
    place = lab.root / "kernel"
    place.unlink(missing_ok=True)
    execute(page, f"import pathlib; pathlib.Path({str(place)!r}).write_text(str(os.getpid()))")
    until(page, lambda: place.exists() and place.read_text())
    return psutil.Process(int(place.read_text()))


def test_python_that_does_not_answer_is_told(show_alone, lab, open_notebook):
    view, asking = show_alone("Descent(steps=20)", "Asking()")
    page = view.page
    with suspended(kernel(page, lab)):  # as if it were busy: a cell that runs leaves explorers a thread of their own
        view.slider("steps").press("ArrowRight")
        expect(view.status).to_contain_text("Waiting for Python")
        expect(view.root).to_have_attribute("data-silent", "")
        asking.slider("size").press("ArrowRight")  # meanwhile the learner goes on
        asking.commit.click()
        expect(asking.root.locator(".asks")).to_be_visible()
    expect_steps(view, 21)
    expect(view.root).not_to_have_attribute("data-silent", "")
    expect(view.status).not_to_contain_text("Waiting")
    expect(asking.told).to_contain_text("You predicted: 0.06")

    page.evaluate(RESTART)
    view.slider("steps").press("ArrowRight")
    expect(view.status).to_contain_text("run this cell again")
    expect(view.spoken).to_contain_text("run this cell again")
    expect(view.root).to_have_attribute("data-silent", "")
    expect(view.picture).to_be_visible()  # it stays
    open_notebook.troubles[:] = [trouble for trouble in open_notebook.troubles if "console" not in trouble]


@pytest.fixture
def hold(lab):
    """Runs code in the kernel of a page and keeps it at work until what ``hold`` gave is called, or the test has ended:
    a kernel that is left waiting would hold up the tests that share it."""
    signs = []

    def hold(page, code=""):
        signs.append(lab.root / f"{len(signs)} may end")
        signs[-1].unlink(missing_ok=True)
        execute(page, f"{code}\nwhile not os.path.exists({str(signs[-1])!r}): time.sleep(0.05)")
        return signs[-1].touch

    yield hold
    for sign in signs:
        sign.touch()


def test_a_commit_holds_all_that_was_moved_while_python_was_busy(show, hold):
    """That no message overtakes another is tested without a page, where their order can be chosen."""
    asking = show("asking = Asking()\nasking")
    size, let_go = asking.slider("size"), []
    for _ in range(2):
        let_go.append(hold(asking.page, "asking.set(steps=20)"))
        size.press("ArrowRight")
        asking.page.wait_for_timeout(500)  # each key in a message of its own
    asking.commit.click()  # leaves when the first key is answered, or has waited long
    let_go[0]()
    asking.page.wait_for_timeout(500)  # on its way while the second still waits; or it was answered with the first
    let_go[1]()
    expect(asking.told).to_contain_text("You predicted: 0.12")


def test_what_is_typed_is_read_as_a_number_or_told(show):
    view = show("Descent(steps=20)")

    def types(name, text, becomes):
        field = view.root.get_by_role("spinbutton", name=name)
        field.click()
        view.page.keyboard.press("Control+a")
        view.page.keyboard.type(text)
        view.page.keyboard.press("Enter")
        expect(field).to_have_value(becomes)

    types("start: horizontal", "1,5", "1.5")
    expect(view.slider("start")).to_have_attribute("aria-valuetext", "(1.5, 2)")
    types("start: horizontal", "−2，5", "-2.5")
    types("steps: number", "999", "200")
    expect(view.note).to_have_text("steps: 999 is not possible; the nearest value, 200, is set.")
    types("steps: number", "a few", "200")
    expect(view.note).to_have_text("“a few” is not a number; the value stays.")
    view.slider("momentum").press("ArrowRight")
    expect(view.note).to_have_text("")


def test_both_coordinates_count_that_are_typed_while_python_is_busy(show, hold):
    view = show("Descent(steps=20)")
    let_go = hold(view.page)
    view.type("start: horizontal", 1)
    view.type("start: vertical", -1)
    let_go()
    expect(view.slider("start")).to_have_attribute("aria-valuetext", "(1, -1)")


def test_the_keys_of_a_slider_move_a_point_and_scroll_nothing(show):
    view, _ = show("Descent(steps=20)", "print('far below\\n' * 100)\nDescent()")
    page, handle = view.page, view.slider("start")
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
        expect(handle).to_have_attribute("aria-valuetext", place)
    view.slider("steps").press("Space")
    page.wait_for_timeout(300)
    assert page.evaluate(SCROLLED) == scrolled


@pytest.mark.parametrize(
    ("width", "scrolls"), mostly_thorough([(700, False), (420, False), (340, True)], [(340, True)])
)
def test_nothing_leaves_a_narrow_card(show, width, scrolls):
    """A formula has no place to break: on the narrowest the panel that holds it is scrolled, and nothing else."""
    views = show("step_view(run(Momentum(0.1234), Quadratic(10), [1.2345678, 2.3456789], 5))", "Descent()")
    page = views[0].page
    page.set_viewport_size({"width": width, "height": 900})
    until(page, lambda: views[0].root.bounding_box()["width"] < width)
    page.wait_for_timeout(500)  # and is drawn anew
    for explorer in (view.root for view in views):
        card = explorer.bounding_box()
        panel = explorer.locator(".shows")
        assert panel.evaluate("panel => panel.scrollWidth > panel.clientWidth") == (
            scrolls and bool(panel.inner_text())
        )
        for part in explorer.locator(f"input, select, caption, .axis, .shows{'' if scrolls else ', td, th'}").all():
            box = part.bounding_box()
            assert box["x"] + box["width"] <= card["x"] + card["width"], part.inner_text()
