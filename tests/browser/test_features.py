"""In JupyterLab: an explorer plays, pins, zooms, copies, follows the text, and keeps its picture in sight."""

import json
from types import SimpleNamespace

import nbformat
import pytest
from explorer_page import until
from thorough import mostly_thorough

MAKE = """\
import os
os.environ["NNLEARN_PROGRESS"] = "off"
import nnlearn as nn
from nnlearn.chapters.ch03_gradient_descent.explorers import Bowl, StartPlane
from nnlearn.explorers.step_view import step_view
trace = nn.run(nn.GradientDescent(0.05), nn.objectives.Quadratic(10), [-2.0, 1.0], 40)
explorer = {expression}
explorer
"""
TEXT = "[rate 0.18](#Bowl?learning_rate=0.18&start=-1,0.5) and [steps 7](#Bowl?steps=7)"


@pytest.fixture
def show(lab, open_notebook, run_all):
    """A function of an expression that shows the explorer in JupyterLab, with a text that moves a bowl below it."""

    def show(expression, **media):
        for session in json.loads(lab.ask("/api/sessions")):
            lab.ask(f"/api/sessions/{session['id']}", method="DELETE")
        kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        notebook = nbformat.v4.new_notebook(metadata=kernel)
        code = nbformat.v4.new_code_cell(MAKE.format(expression=expression))
        notebook.cells = [code, nbformat.v4.new_markdown_cell(TEXT)]
        nbformat.write(notebook, lab.root / "features.ipynb")
        page = open_notebook("features.ipynb")
        page.emulate_media(**media)
        page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
        run_all(page)
        root = page.locator(".nnlearn-explorer")
        root.locator("img[src^=blob]").wait_for()
        page.wait_for_timeout(1000)
        root.evaluate("element => element.scrollIntoView()")
        return SimpleNamespace(
            page=page,
            root=root,
            status=lambda: root.locator(".status").inner_text(),
            heard=lambda: root.get_by_role("status").text_content(),
            line=lambda: root.locator(".line").inner_text(),
            slider=lambda name: root.get_by_role("slider", name=name, exact=True),
            button=lambda name: root.get_by_role("button", name=name, exact=True),
            value=lambda name: float(root.get_by_role("slider", name=name, exact=True).get_attribute("aria-valuetext")),
            source=lambda: root.locator(".picture img").get_attribute("src"),
        )

    return show


def test_play_pause_pin_copy_and_links_by_keyboard(show):
    view = show("Bowl(steps=480)")
    page = view.page

    view.button("Play: steps").focus()
    page.keyboard.press("Enter")
    until(page, lambda: view.value("steps") == 500)  # steps of 8, and the end
    until(page, lambda: view.button("Play: steps").count() == 1)  # at the end it rests
    until(page, lambda: "from step 142 on" in view.heard())
    page.keyboard.press("Space")  # and begins anew
    until(page, lambda: 20 < view.value("steps") < 480)
    assert view.button("Pause: steps").evaluate("button => button === document.activeElement")
    page.keyboard.press("Space")
    until(page, lambda: view.button("Play: steps").count() == 1)
    page.wait_for_timeout(1000)
    rested = view.value("steps")
    page.wait_for_timeout(800)
    assert view.value("steps") == rested < 480
    page.keyboard.press("Enter")
    view.slider("learning rate").focus()
    page.keyboard.press("ArrowRight")  # the hand takes over
    until(page, lambda: view.button("Play: steps").count() == 1)

    view.button("Reset").press("Enter")
    until(page, lambda: view.line() == "Bowl()")
    view.button("Pin, to compare").press("Enter")
    pinned = view.root.locator(".pinned")
    until(page, lambda: pinned.inner_text() == "Pinned: Bowl() The loss at step 100 is 7.01e-05.")
    with_one = view.source()
    link = page.get_by_role("link", name="rate 0.18")
    link.focus()
    page.keyboard.press("Enter")
    until(page, lambda: view.line() == "Bowl(learning_rate=0.18, start=(-1.0, 0.5))")
    until(page, lambda: "stays below 1e-6" in view.heard() and view.source() != with_one)
    assert link.evaluate("link => link === document.activeElement")
    page.get_by_role("link", name="steps 7").press("Enter")
    until(page, lambda: view.line() == "Bowl(learning_rate=0.18, steps=7, start=(-1.0, 0.5))")
    assert pinned.inner_text().startswith("Pinned: Bowl()")
    view.button("Unpin").press("Enter")
    until(page, lambda: not pinned.is_visible())

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    view.slider("steps").focus()
    page.keyboard.press("Alt+c")
    until(page, lambda: view.heard() == "Copied")
    line = page.evaluate("() => navigator.clipboard.readText()")
    assert line == "Bowl(learning_rate=0.18, steps=7, start=(-1.0, 0.5))"
    view.button("Copy picture").press("Enter")
    until(page, lambda: page.evaluate("async () => (await navigator.clipboard.read())[0].types") == ["image/png"])


def test_who_wants_less_motion_goes_step_by_step(show):
    view = show("Bowl(steps=10)", reduced_motion="reduce")
    for last in (11, 12):
        view.button("One step on: steps").press("Enter")
        until(view.page, lambda last=last: view.value("steps") == last)
        view.page.wait_for_timeout(600)
        assert view.value("steps") == last


def test_a_map_is_zoomed_into_and_read_off(show):
    view = show("StartPlane(learning_rate=0.5)")
    page = view.page
    assert view.button("Zoom out").is_disabled()
    handle = view.slider("start of the chosen run")
    handle.focus()
    page.keyboard.press("+")
    until(page, lambda: "view=(0.6, 3.2, " not in view.line() and "view=" in view.line())
    view.button("Zoom in").press("Enter")
    first = view.line()
    until(page, lambda: view.line() != first)
    handle.focus()
    page.keyboard.press("-")
    page.keyboard.press("-")
    until(page, lambda: "view" not in view.line())
    page.keyboard.press("ArrowRight")
    until(page, lambda: "pixel=" in view.line())
    told = view.status()
    view.slider("step of the chosen run").press("ArrowRight")
    until(page, lambda: view.status() != told and "At its step 2" in view.heard())  # what changes below is told

    box = view.root.locator(".area").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    readout = view.root.locator(".readout")
    until(page, readout.is_visible)
    across, up = (float(number) for number in readout.inner_text().strip("()").split(", "))
    assert abs(across) < 0.05 and abs(up) < 0.05
    page.mouse.move(5, 5)
    until(page, lambda: not readout.is_visible())


def test_by_waits_for_what_is_changed(show):
    view = show("step_view(trace)")
    fields = view.root.locator(".control").filter(has_text="by").locator("input")
    assert fields.count() == 2 and all(field.is_disabled() for field in fields.all())
    view.root.get_by_role("combobox").select_option("theta[0]")
    until(view.page, lambda: all(field.is_enabled() for field in fields.all()))
    view.slider("by").press("End")
    until(view.page, lambda: view.status().startswith("Branch at step 1"))
    assert view.line() == "step_view(trace, change='theta[0]', by=1.0)"


INSIDE = "element => element.scrollWidth <= element.clientWidth + 1"
BOXES = """root => Object.fromEntries(["picture img", "controls", "tools"].map(name => {
    const {x, y, right, bottom} = root.querySelector("." + name).getBoundingClientRect();
    return [name, {x, y, right, bottom}];
}))"""


def drawn_for_its_place(view):
    """The picture has a pixel for each of the screen's: neither shrunk nor blurred."""
    return view.root.locator(".picture img").evaluate("image => image.naturalWidth === image.clientWidth")


PLACES = [(1280, 900, False), (853, 533, False), (1280, 660, True), (700, 900, False), (390, 844, False)]


@pytest.mark.parametrize(("width", "height", "beside"), mostly_thorough(PLACES, [(1280, 660, True), (700, 900, False)]))
def test_the_picture_is_drawn_for_its_place(show, width, height, beside):
    view = show("Bowl()")
    view.page.set_viewport_size({"width": width, "height": height})
    until(view.page, lambda: drawn_for_its_place(view))
    view.page.wait_for_timeout(500)
    assert view.root.evaluate(INSIDE)
    boxes = view.root.evaluate(BOXES)
    image, controls = boxes["picture img"], boxes["controls"]
    assert (controls["right"] <= image["x"] and controls["y"] < image["bottom"]) == beside
    assert image["right"] - image["x"] >= 240


@pytest.mark.parametrize(("width", "height"), [(853, 533), (390, 844)])
def test_the_picture_stays_in_sight_while_a_control_moves(show, width, height):
    view = show("Bowl()")
    view.page.set_viewport_size({"width": width, "height": height})
    until(view.page, lambda: drawn_for_its_place(view))
    last = view.root.get_by_role("combobox")
    last.scroll_into_view_if_needed()
    view.page.wait_for_timeout(500)
    shown = view.root.locator(".picture").evaluate("""picture => {
        const {top, bottom, left} = picture.parentElement.getBoundingClientRect();
        const middle = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
        return picture.contains(document.elementFromPoint(left + 60, middle));
    }""")
    assert shown and last.is_visible()


def test_a_picture_that_scrolls_is_reached_by_keys(show):
    view = show("Bowl()")
    stage = view.root.locator(".stage")
    for height, scrolls in ((1200, False), (700, True), (1200, False)):  # 62 in 100 of it are the picture's
        view.page.set_viewport_size({"width": 390, "height": height})
        until(view.page, lambda: drawn_for_its_place(view))
        until(view.page, lambda s=scrolls: stage.evaluate("stage => stage.scrollHeight > stage.clientHeight") == s)
        until(view.page, lambda s=scrolls: (stage.get_attribute("tabindex") == "0") == s)


def test_the_room_gets_the_whole_screen(show):
    view = show("Bowl()")
    view.button("Full screen").press("Enter")
    until(view.page, lambda: view.page.evaluate("() => document.fullscreenElement?.className") == "nnlearn-explorer")
    view.page.wait_for_timeout(800)
    boxes = view.root.evaluate(BOXES)
    assert boxes["picture img"]["bottom"] <= 900 and boxes["controls"]["bottom"] <= boxes["picture img"]["y"]
    view.slider("learning rate").press("ArrowRight")
    until(view.page, lambda: "learning_rate" in view.line())
    view.button("Full screen").press("Enter")
    until(view.page, lambda: view.page.evaluate("() => document.fullscreenElement") is None)
