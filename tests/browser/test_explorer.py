"""An explorer in JupyterLab: by keyboard, by mouse, for a screen reader, in the dark, and how fast."""

import inspect
import re

import pytest
from explorer_page import CORNER, Desk, execute, place, until, write
from playwright.sync_api import expect
from test_explorer import Descent

from tools.lab import act, change_theme

IMPORTS = """\
import os
import time
import numpy as np
from matplotlib.figure import Figure
from nnlearn.explorers import Choice, Explorer, Goal, Linear, Log, Point, Prediction, Result, Switch, Whole
from nnlearn.language import mark, say
"""
FRAGILE = """\
class Fragile(Descent):
    title = "Fragile"
    def compute(self):
        if self.steps > 150:
            raise ValueError("no more than 150 steps, please")
        return super().compute()
    def shows(self, result):
        return "<table><tr><th>loss</th><td>{:.2g}</td></tr></table>".format(result.loss[-1])
"""
HEAVY = """\
class Heavy(Descent):
    def compute(self):
        time.sleep(0.15)
        return super().compute()
"""
SLICED = """\
class Sliced(Descent):
    title = "Sliced"
    def compute(self):
        for n in (2, 20, 40):
            time.sleep(0.3)
            yield Result(**{name: rows[:n] for name, rows in vars(super().compute()).items()})
    def says(self, result):
        return "rows: {}, momentum: {:g}".format(len(result.loss), result.momentum)
"""
ASKING = """\
class Asking(Descent):
    title = "Asking"
    chapter = "99"
    def __init__(self, answer):
        type(self).prediction = Prediction("How large is it?", answer, lambda: "It is 7.", {"steps": 9})
        super().__init__()
words = Choice({"less": "less than 5", "more": "more than 5"}, start="less", label="size")
number = Linear(0, 10, start=5, step=0.1, label="size")
place = Point((-3, 3), (2, 2), start=(0, 2), label="size", axes="path")
"""
DEFINITIONS = IMPORTS + inspect.getsource(Descent) + FRAGILE + HEAVY + SLICED + ASKING

AFTER = "After {} steps"


KEYS = {"ArrowRight": "0.102", "ArrowDown": "0.1", "Home": "0.001", "End": "0.3", "ArrowLeft": "0.295"}


def test_the_keyboard_reaches_everything(show):
    view = show("Descent()")
    keyboard, rate = view.page.keyboard, view.slider("learning rate")
    rate.focus()
    expect(view.status).to_contain_text(AFTER.format(100))  # the first may come late
    for key, value in KEYS.items():
        status, picture = view.status.inner_text(), view.picture.get_attribute("src")
        keyboard.press(key)
        expect(rate).to_have_attribute("aria-valuetext", value)
        expect(view.root.get_by_label("learning rate: number")).to_have_value(value)
        expect(view.status).not_to_have_text(status)
        expect(view.picture).not_to_have_attribute("src", picture)
    expect(rate).to_be_focused()  # JupyterLab went to no other cell

    typed = view.root.get_by_label("steps: number")
    typed.fill("999")
    keyboard.press("Enter")
    expect(typed).to_have_value("200")
    expect(view.note).to_have_text("steps: 999 is not possible; the nearest value, 200, is set.")
    keyboard.press("ArrowDown")
    expect(view.status).to_contain_text(AFTER.format(199))
    expect(typed).to_have_value("199")

    view.root.get_by_label("form").select_option("averaged")
    noisy = view.root.get_by_label("noisy gradient")
    noisy.check()
    handle = view.slider("start")
    handle.focus()
    keyboard.press("ArrowRight")
    keyboard.press("Shift+ArrowDown")
    expect(handle).to_have_attribute("aria-valuetext", "(-1.94, 1.4)")
    expect(view.root.get_by_label("start: horizontal")).to_have_value("-1.94")

    view.button("Reset").press("Enter")
    expect(view.status).to_contain_text(AFTER.format(100))
    expect(rate).to_have_attribute("aria-valuetext", "0.1")
    expect(noisy).not_to_be_checked()
    expect(handle).to_have_attribute("aria-valuetext", "(-2, 2)")


def test_the_mouse_drags_a_slider_and_a_point(show):
    view = show("Descent()").scroll()
    mouse, momentum, start = view.page.mouse, view.slider("momentum"), view.slider("start")
    mouse.move(*place(momentum, 0.5, 0.5))
    mouse.down()
    for share in (0.6, 0.8, 2):
        mouse.move(*place(momentum, share, 0.5))
    mouse.up()
    expect(momentum).to_have_attribute("aria-valuetext", "0.99")
    expect(view.status).to_have_text(Descent(momentum=0.99).status)

    mouse.click(*place(view.area, 0.75, 0.25))  # of axes from -3 to 3
    expect(start).to_have_attribute("aria-valuetext", "(1.5, 1.5)")
    mouse.move(*place(view.area, 0.75, 0.25))
    mouse.down()
    mouse.move(*place(view.area, 0.5, 0.5))
    mouse.move(*place(view.area, 0.25, 3))
    mouse.up()
    expect(start).to_have_attribute("aria-valuetext", "(-1.5, -3)")
    until(view.page, lambda: place(start, 0.5, 0.5) == pytest.approx(place(view.area, 0.25, 1), abs=1))


def test_keys_pressed_faster_than_the_kernel_computes_all_count(show):
    view = show("Heavy()")
    for slider, key, end in (("steps", "ArrowLeft", "92"), ("start", "ArrowRight", "(-1.52, 2)")):
        view.slider(slider).focus()
        for _ in range(8):
            view.page.keyboard.press(key)
            view.page.wait_for_timeout(60)
        expect(view.slider(slider)).to_have_attribute("aria-valuetext", end)
    expect(view.status).to_contain_text(AFTER.format(92))


TREE = """\
- region "Gradient descent on a bowl":
  - paragraph: Gradient descent on a bowl
  - button "Reset"
  - text: learning rate
  - slider "learning rate"
  - spinbutton "learning rate: number": "0.1"
  - text: 1/L 0.1, 2/(L+μ) 0.1818, 2/L 0.2, steps
  - slider "steps"
  - spinbutton "steps: number": "40"
  - text: momentum
  - slider "momentum"
  - spinbutton "momentum: number": "0.5"
  - text: form
  - combobox "form":
    - option "averaged"
    - option "classical" [selected]
  - text: noisy gradient
  - checkbox "noisy gradient"
  - group "start":
    - text: start
    - spinbutton "start: horizontal": "-2"
    - spinbutton "start: vertical": "2"
  - img "Gradient descent on a bowl: After 40 steps the loss is {loss}."
  - slider "start"
  - status: After 40 steps the loss is {loss}.
  - code: Descent(steps=40)
  - button "Copy code"
  - button "Copy picture"
  - button "Full screen"
  - alert
  - paragraph: Try this
  - list:
    - listitem: loss below 1e-6 after 50 steps not yet
    - listitem: the loss grows not yet
"""


def test_a_screen_reader_finds_names_values_and_news(show):
    view = show("Descent(steps=40)")  # too short for a goal
    expect(view.status).to_contain_text(AFTER.format(40))
    loss = view.status.inner_text().removesuffix(".").split()[-1]
    tree = re.sub(r"(slider .*): .*", r"\1", view.root.aria_snapshot())  # it gives counts for their texts
    assert tree.replace("'", "") == TREE.format(loss=loss).strip()
    marks = view.slider("learning rate").get_attribute("aria-describedby")
    expect(view.page.locator(f"[id='{marks}']")).to_contain_text("2/L 0.2")

    view.record()
    view.slider("learning rate").focus()
    view.page.keyboard.press("End")
    view.type("momentum: number", 0)
    expect(view.spoken).to_contain_text("Goal reached: the loss grows")
    assert view.recorded()[0][1].endswith(f"{loss}.")  # silent until the hand rests
    view.page.keyboard.press("ArrowUp")
    expect(view.spoken).not_to_contain_text("Goal")  # said once
    expect(view.root.get_by_role("listitem").last).to_have_text("✓the loss growsreached")


def test_an_error_is_shown_and_recovered_from(show):
    view = show("Fragile()")
    picture, steps = view.picture.get_attribute("src"), view.slider("steps")
    steps.press("End")
    expect(view.alert).to_contain_text("ValueError: no more than 150 steps, please")
    view.alert.locator("summary").click()
    expect(view.alert.locator("pre")).to_contain_text("in compute")
    steps.press("Home")
    expect(view.alert).to_have_text("")
    expect(view.status).to_contain_text(AFTER.format(1))
    expect(view.picture).not_to_have_attribute("src", picture)
    expect(view.root.locator("td")).to_have_text(view.status.inner_text().removesuffix(".").split()[-1])


MOVE_AT = """(range, text) => {
    const status = range.closest(".nnlearn-explorer").querySelector(".status");
    new MutationObserver((_, observer) => {
        if (status.textContent !== text) return;
        observer.disconnect();
        range.value = range.max;
        range.dispatchEvent(new Event("input"));
    }).observe(status, {childList: true, characterData: true, subtree: true});
}"""


def test_slices_come_in_and_a_move_starts_them_anew(show):
    view = show("Sliced()")
    momentum = view.slider("momentum")
    view.record()
    momentum.evaluate(MOVE_AT, "rows: 2, momentum: 0 computing …")
    momentum.press("Home")
    expect(view.status).to_have_text("rows: 40, momentum: 0.99")
    seen = [(status, busy) for status, _, busy in view.recorded()]
    assert ("rows: 2, momentum: 0 computing …", True) in seen
    assert ("rows: 2, momentum: 0.99 computing …", True) in seen
    assert seen[-1] == ("rows: 40, momentum: 0.99", False)
    assert "rows: 40, momentum: 0" not in [status for status, _ in seen]


def test_the_picture_follows_the_theme(show):
    view = show("Descent()", theme="dark")
    until(view.page, lambda: max(view.picture.evaluate(CORNER)) < 60)  # red, green and blue
    change_theme(view.page, "light")
    until(view.page, lambda: min(view.picture.evaluate(CORNER)) > 200)
    expect(view.root).to_have_attribute("data-theme", "light")
    expect(view.status).to_contain_text(AFTER.format(100))


def test_python_moves_the_page(show):
    view = show("explorer = Descent(steps=3)\nexplorer")
    expect(view.slider("steps")).to_have_attribute("aria-valuetext", "3")
    execute(view.page, "explorer.set(steps=9, momentum=0.25)")
    expect(view.slider("steps")).to_have_attribute("aria-valuetext", "9")
    expect(view.root.get_by_label("momentum: number")).to_have_value("0.25")
    expect(view.status).to_contain_text(AFTER.format(9))


@pytest.mark.parametrize(("width", "columns"), [(1280, 2), (480, 1)])
def test_nothing_is_cut_or_jumps(show, width, columns):
    view = show("Descent()", width=width)
    assert view.root.evaluate("element => element.scrollWidth <= element.clientWidth")
    left = {round(control.bounding_box()["x"]) for control in view.root.locator(".control").all()}
    assert len(left) == columns
    assert view.slider("learning rate").bounding_box()["width"] > 150
    image, frame = view.picture.bounding_box(), view.root.bounding_box()
    assert image["width"] / image["height"] == pytest.approx(9 / 4, rel=0.01)
    assert image["x"] >= frame["x"] and image["x"] + image["width"] <= frame["x"] + frame["width"]
    view.slider("learning rate").focus()
    image = view.picture.bounding_box()
    view.changes(lambda: view.page.keyboard.press("End"))
    assert view.picture.bounding_box() == image
    cut = view.root.locator("label, .title, button, option, li, .tick > span").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.getBoundingClientRect().width + 2).map(one => one.textContent)"
    )
    assert cut == []


# --- Predictions ---

HIDDEN = ".controls, .reset, .aims, .shows, .told"  # while the question is open
OPEN = ".controls, .reset, .aims, .told"


def expect_asking(view):
    expect(view.root.locator(".asks")).to_be_visible()
    for part in view.root.locator(HIDDEN).all():
        expect(part).to_be_hidden()


def expect_open(view, verdict, steps=9):
    expect(view.root.locator(".asks")).to_be_hidden()
    for part in view.root.locator(OPEN).all():
        expect(part).to_be_visible()
    expect(view.told).to_have_text(verdict)
    expect(view.status).to_contain_text(AFTER.format(steps))


def by_radio_buttons(view):
    view.root.get_by_role("radio", name="less than 5").focus()
    view.page.keyboard.press("ArrowDown")  # the browser moves the choice within the group
    return "more than 5"


def by_number_field(view):
    view.root.get_by_label("size: number").focus()
    view.page.keyboard.press("Control+a")
    view.page.keyboard.type("7.5")
    view.page.keyboard.press("Enter")
    return "7.5"


def by_arrows_in_the_picture(view):
    view.slider("size").focus()
    for key in ("ArrowUp", "ArrowRight", "Shift+ArrowRight"):  # the mark moves along a line: not up
        view.page.keyboard.press(key)
    expect(view.slider("size")).to_have_attribute("aria-valuetext", "0.66")
    field = view.root.get_by_label("size: horizontal")
    expect(field).to_have_value("0.66")
    field.focus()
    return "0.66"


@pytest.mark.parametrize(
    ("answer", "give"),
    [("words", by_radio_buttons), ("number", by_number_field), ("place", by_arrows_in_the_picture)],
)
def test_a_prediction_by_keyboard_alone(show, answer, give):
    view = show(f"Asking({answer})")
    keyboard = view.page.keyboard
    expect_asking(view)
    expect(view.commit).to_be_disabled()
    expect(view.root).to_contain_text("Predict first How large is it?")
    sliders = {handle.get_attribute("aria-label") for handle in view.root.locator(".handle:visible").all()}
    assert sliders == ({"size"} if answer == "place" else set())
    yours = give(view)
    expect(view.commit).to_be_enabled()
    expect_asking(view)
    keyboard.press("Tab")
    keyboard.press("Enter")
    verdict = f"You predicted: {yours}. It is 7."
    expect_open(view, verdict)
    expect(view.slider("learning rate")).to_be_focused()
    expect(view.spoken).to_contain_text(verdict)
    expect(view.spoken).to_contain_text(AFTER.format(9))
    expect(view.slider("start")).to_be_visible()

    view.button("Predict again").press("Enter")
    expect_asking(view)
    expect(view.commit).to_be_disabled()
    expect(view.root.locator(".asks input").first).to_be_focused()
    expect(view.root.locator(".asks input:checked")).to_have_count(0)
    expect(view.root).not_to_contain_text(verdict)


def test_a_prediction_by_mouse(show):
    view = show("Asking(place)").scroll()
    mouse, mark = view.page.mouse, view.slider("size")
    expect_asking(view)
    expect(view.root.locator(".area")).to_have_count(1)
    mouse.move(*place(view.area, 0.5, 0.2))
    mouse.down()
    mouse.move(*place(view.area, 0.6, 0.9))
    mouse.move(*place(view.area, 0.75, 0.9))
    mouse.up()
    expect(mark).to_have_attribute("aria-valuetext", "1.5")
    until(view.page, lambda: place(mark, 0, 0.5)[1] == pytest.approx(place(view.area, 0, 1 / 6)[1], abs=2))  # its line
    view.commit.click()
    expect_open(view, "You predicted: 1.5. It is 7.")
    expect(view.slider("start")).to_have_attribute("aria-valuetext", "(-2, 2)")
    expect(mark).to_be_hidden()
    view.button("Predict again").click()
    expect_asking(view)
    expect(mark).to_have_attribute("aria-valuetext", "0")


def test_an_answer_is_there_on_another_day(lab, open_notebook, tmp_path):
    keep = f"import os\nos.environ['NNLEARN_PROGRESS'] = {str(tmp_path / 'notes.jsonl')!r}\n"
    view = Desk(open_notebook.turn(write(lab, "one day.ipynb", keep + DEFINITIONS))).show("Asking(words)")
    view.root.get_by_role("radio", name="more than 5").check()
    view.commit.click()
    verdict = "You predicted: more than 5. It is 7."
    expect_open(view, verdict)
    view.type("steps: number", 100)
    expect(view.spoken).to_contain_text("Goal reached: loss below 1e-6 after 50 steps")

    page = open_notebook.turn(write(lab, "another day.ipynb", keep + DEFINITIONS))  # and another kernel
    view = Desk(page).show("Asking(words)")
    expect_open(view, verdict, steps=100)
    expect(view.root.get_by_role("listitem").first).to_contain_text("reached")
    assert not view.root.evaluate("element => element.contains(document.activeElement)")  # nobody was there


DRAG = """async least => {
    const explorer = document.querySelector(".nnlearn-explorer");
    const [range, image] = [explorer.querySelector("input[type=range]"), explorer.querySelector(".picture img")];
    const frames = [];
    const observer = new MutationObserver(() => frames.push(performance.now()));
    observer.observe(image, {attributeFilter: ["src"]});
    const start = performance.now();
    for (let input = 0; frames.length < least && performance.now() - start < 300_000; input++) {
        range.value = input % 248;
        range.dispatchEvent(new Event("input"));
        await new Promise(requestAnimationFrame);
    }
    const [drawn, seconds] = [frames.length, (performance.now() - start) / 1000];
    const slowest = Math.max(...frames.map((at, i) => at - (frames[i - 1] ?? start)));
    await new Promise(done => setTimeout(done, 1000 + 5 * slowest));
    return {drawn, rate: drawn / seconds, late: frames.length - drawn};
}"""


@pytest.mark.parametrize("expression", ["Descent()", "Heavy()"])
def test_a_drag_is_followed_while_it_lasts_and_leaves_no_queue(show, record_property, expression):
    view = show(expression)
    drag = act(view.page, DRAG, 15)  # ends when the picture has followed so often
    record_property("frames_per_second", drag["rate"])
    print(f"{expression}: {drag['rate']:.0f} frames a second")
    assert drag["drawn"] >= 15
    assert drag["late"] <= 3  # the two that were under way when the hand stopped, and where it stopped
    value = view.slider("learning rate").get_attribute("aria-valuetext")
    expect(view.root.get_by_label("learning rate: number")).to_have_value(value)
