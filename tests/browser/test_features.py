"""In JupyterLab: an explorer plays, pins, zooms, copies, follows the text, and keeps its picture in sight."""

import re

import pytest
from explorer_page import FITS, place, until
from playwright.sync_api import expect
from thorough import mostly_thorough

from tools.lab import act

DEFINITIONS = """\
import nnlearn as nn
from nnlearn.chapters.ch03_gradient_descent.explorers import Bowl, StartPlane
from nnlearn.explorers.step_view import step_view
trace = nn.run(nn.GradientDescent(0.05), nn.objectives.Quadratic(10), [-2.0, 1.0], 40)
"""
TEXT = "[rate 0.18](#Bowl?learning_rate=0.18&start=-1,0.5) and [steps 7](#Bowl?steps=7)"


def stays(view, name):
    """Whether a control keeps its value for a second."""
    before = view.value(name)
    view.page.wait_for_timeout(1000)
    return view.value(name) == before


def test_play_pause_pin_copy_and_links_by_keyboard(show):
    view = show("Bowl(steps=480)", text=TEXT).scroll()
    page, keyboard = view.page, view.page.keyboard

    view.button("Play: steps").press("Enter")
    expect(view.slider("steps")).to_have_attribute("aria-valuetext", "500")  # steps of 8, and the end
    expect(view.button("Play: steps")).to_be_visible()  # at the end it rests
    expect(view.spoken).to_contain_text("from step 142 on")
    view.button("Play: steps").press("Space")  # and begins anew
    until(page, lambda: 20 < view.value("steps") < 480)
    expect(view.button("Pause: steps")).to_be_focused()
    keyboard.press("Space")
    expect(view.button("Play: steps")).to_be_visible()
    until(page, lambda: stays(view, "steps"))  # what is under way comes
    assert stays(view, "steps") and view.value("steps") < 480
    keyboard.press("Enter")
    expect(view.button("Pause: steps")).to_be_focused()
    view.slider("learning rate").press("ArrowRight")  # the hand takes over
    expect(view.button("Play: steps")).to_be_visible()

    view.button("Reset").press("Enter")
    expect(view.line).to_have_text("Bowl()")
    view.button("Pin, to compare").press("Enter")
    pinned = view.root.locator(".pinned")
    expect(pinned).to_have_text("Pinned: Bowl() The loss at step 100 is 7.01e-05.")
    with_one = view.picture.get_attribute("src")
    link = page.get_by_role("link", name="rate 0.18")
    link.press("Enter")
    expect(view.line).to_have_text("Bowl(learning_rate=0.18, start=(-1.0, 0.5))")
    expect(view.spoken).to_contain_text("stays below 1e-6")
    expect(view.picture).not_to_have_attribute("src", with_one)
    expect(link).to_be_focused()
    page.get_by_role("link", name="steps 7").press("Enter")
    expect(view.line).to_have_text("Bowl(learning_rate=0.18, steps=7, start=(-1.0, 0.5))")
    expect(pinned).to_contain_text("Pinned: Bowl()")
    view.button("Unpin").press("Enter")
    expect(pinned).to_be_hidden()

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    view.slider("steps").press("Alt+c")
    expect(view.spoken).to_have_text("Copied")
    line = act(page, "() => navigator.clipboard.readText()")
    assert line == "Bowl(learning_rate=0.18, steps=7, start=(-1.0, 0.5))"
    view.button("Copy picture").press("Enter")
    until(page, lambda: act(page, "async () => (await navigator.clipboard.read())[0].types") == ["image/png"])


def test_who_wants_less_motion_goes_step_by_step(show):
    view = show("Bowl(steps=10)", reduced_motion="reduce")
    for last in ("11", "12"):
        view.button("One step on: steps").press("Enter")
        expect(view.slider("steps")).to_have_attribute("aria-valuetext", last)
        view.page.wait_for_timeout(600)
        assert view.slider("steps").get_attribute("aria-valuetext") == last  # no step more


def test_a_map_is_zoomed_into_and_read_off(show):
    view = show("StartPlane(learning_rate=0.5)").scroll()
    mouse, handle = view.page.mouse, view.slider("start of the chosen run")
    expect(view.button("Zoom out")).to_be_disabled()
    handle.press("+")
    expect(view.line).to_contain_text(re.compile(r"view=\((?!0\.6, 3\.2, )"))
    first = view.line.inner_text()
    view.button("Zoom in").press("Enter")
    expect(view.line).not_to_have_text(first)
    handle.press("-")
    handle.press("-")
    expect(view.line).not_to_contain_text("view")
    handle.press("ArrowRight")
    expect(view.line).to_contain_text("pixel=")
    told = view.status.inner_text()
    view.slider("step of the chosen run").press("ArrowRight")
    expect(view.status).not_to_have_text(told)
    expect(view.spoken).to_contain_text("At its step 2")  # what changes below is told

    readout = view.root.locator(".readout")
    mouse.move(*place(view.area, 0.5, 0.5))
    expect(readout).to_be_visible()
    across, up = (float(number) for number in readout.inner_text().strip("()").split(", "))
    assert abs(across) < 0.05 and abs(up) < 0.05
    mouse.move(5, 5)
    expect(readout).to_be_hidden()


def test_by_waits_for_what_is_changed(show):
    view = show("step_view(trace)")
    fields = view.root.locator(".control").filter(has_text="by").locator("input")
    expect(fields).to_have_count(2)
    for field in fields.all():
        expect(field).to_be_disabled()
    view.root.get_by_role("combobox").select_option("theta[0]")
    for field in fields.all():
        expect(field).to_be_enabled()
    view.slider("by").press("End")
    expect(view.status).to_contain_text("Branch at step 1")
    expect(view.line).to_have_text("step_view(trace, change='theta[0]', by=1.0)")


INSIDE = "element => element.scrollWidth <= element.clientWidth + 1"
BOXES = """root => Object.fromEntries(["picture img", "controls", "tools"].map(name => {
    const {x, y, right, bottom} = root.querySelector("." + name).getBoundingClientRect();
    return [name, {x, y, right, bottom}];
}))"""
IN_SIGHT = """picture => {
    const {top, bottom, left} = picture.parentElement.getBoundingClientRect();
    const middle = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
    return picture.contains(document.elementFromPoint(left + 60, middle));
}"""
PLACES = [(1280, 900, False), (853, 533, False), (1280, 660, True), (700, 900, False), (390, 844, False)]


@pytest.mark.parametrize(("width", "height", "beside"), mostly_thorough(PLACES, [(1280, 660, True), (700, 900, False)]))
def test_the_picture_is_drawn_for_its_place(show, width, height, beside):
    view = show("Bowl()")
    view.page.set_viewport_size({"width": width, "height": height})
    until(view.page, lambda: is_beside(view) == beside)
    view.is_drawn(FITS)
    assert view.root.evaluate(INSIDE)
    image = view.picture.bounding_box()
    assert image["width"] >= 240


def is_beside(view):
    """Whether the controls stand at the picture's left."""
    boxes = view.root.evaluate(BOXES)
    image, controls = boxes["picture img"], boxes["controls"]
    return controls["right"] <= image["x"] and controls["y"] < image["bottom"]


@pytest.mark.parametrize(("width", "height"), [(853, 533), (390, 844)])
def test_the_picture_stays_in_sight_while_a_control_moves(show, width, height):
    view = show("Bowl()", width=width, height=height).scroll()
    last = view.root.get_by_role("combobox")
    last.scroll_into_view_if_needed()
    until(view.page, lambda: view.root.locator(".picture").evaluate(IN_SIGHT))
    expect(last).to_be_in_viewport()


def test_a_picture_that_scrolls_is_reached_by_keys(show):
    view = show("Bowl()")
    stage = view.root.locator(".stage")
    for height, scrolls in ((1200, False), (700, True), (1200, False)):  # 62 in 100 of it are the picture's
        view.page.set_viewport_size({"width": 390, "height": height})
        view.is_drawn(FITS)
        until(view.page, lambda s=scrolls: stage.evaluate("stage => stage.scrollHeight > stage.clientHeight") == s)
        if scrolls:
            expect(stage).to_have_attribute("tabindex", "0")
        else:
            expect(stage).not_to_have_attribute("tabindex", "0")


def test_the_room_gets_the_whole_screen(show):
    view = show("Bowl()")
    view.button("Full screen").press("Enter")
    until(view.page, lambda: view.root.evaluate("element => element === document.fullscreenElement"))
    until(view.page, lambda: view.root.evaluate(BOXES)["picture img"]["bottom"] <= 900)
    boxes = view.root.evaluate(BOXES)
    assert boxes["controls"]["bottom"] <= boxes["picture img"]["y"]
    view.slider("learning rate").press("ArrowRight")
    expect(view.line).to_contain_text("learning_rate")
    view.button("Full screen").press("Enter")
    until(view.page, lambda: view.page.evaluate("() => document.fullscreenElement") is None)
