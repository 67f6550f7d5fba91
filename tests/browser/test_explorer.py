"""An explorer in JupyterLab: by keyboard, by mouse, for a screen reader, in the dark, and how fast."""

import inspect
import re
from types import SimpleNamespace

import nbformat
import pytest
from test_explorer import Descent

from tools.lab import VIEWPORT, Pages, change_theme, run_all

IMPORTS = """\
import os
import time
import numpy as np
from matplotlib.figure import Figure
from nnlearn.explorers import Choice, Explorer, Goal, Linear, Log, Point, Prediction, Result, Switch, Whole
from nnlearn.language import mark, say
os.environ["NNLEARN_PROGRESS"] = {progress!r}
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


NAME = "explorer.ipynb"
SHOW = """async source => {
    const {commands, shell} = window.jupyterapp;
    const notebook = shell.currentWidget.content;
    notebook.activeCellIndex = notebook.widgets.length - 1;
    await commands.execute("notebook:clear-cell-output");
    notebook.activeCell.model.sharedModel.setSource(source);
    await commands.execute("notebook:run-cell");
}"""


def definitions(progress):
    """The path of a notebook that defines the explorers of this file and has an empty cell to show one in."""
    imports = IMPORTS.format(progress=str(progress)) + inspect.getsource(Descent)
    cells = [imports, FRAGILE + HEAVY + SLICED + ASKING, ""]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = nbformat.v4.new_notebook(metadata=kernel)
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    return notebook


@pytest.fixture(scope="module")
def desk(lab, browser):
    """A page with the explorers' definitions, which the tests of this file use one after the other."""
    nbformat.write(definitions("off"), lab.root / NAME)
    pages = Pages(lab, browser)
    page = pages(NAME)
    run_all(page)
    yield SimpleNamespace(page=page, pages=pages)
    pages.close()


@pytest.fixture
def show(lab, desk, open_notebook):
    """A function of an expression and a theme that shows the explorer in JupyterLab.

    progress: the file in which a kernel of its own keeps it.
    """

    def show(expression="Descent()", theme="light", progress="off", settled=True):
        page = desk.page
        if progress != "off":
            open_notebook.close()
            nbformat.write(definitions(progress), lab.root / f"own {NAME}")
            page = open_notebook(f"own {NAME}")
            run_all(page)
        page.set_viewport_size(VIEWPORT)
        change_theme(page, theme)
        page.evaluate(SHOW, f"explorer = {expression}\nexplorer")
        explorer = page.locator(".nnlearn-explorer")
        explorer.locator("img[src^=blob]").wait_for()
        page.wait_for_timeout(800)  # the picture for this theme and density
        if settled:
            until(page, lambda: "…" not in explorer.locator(".status").inner_text())  # computing …, waiting …
        explorer.evaluate("element => element.scrollIntoView()")
        return SimpleNamespace(
            page=page,
            explorer=explorer,
            status=explorer.locator(".status"),
            picture=explorer.locator(".picture img"),
            slider=lambda name: explorer.get_by_role("slider", name=name, exact=True),
            source=lambda: explorer.locator(".picture img").get_attribute("src"),
        )

    yield show
    desk.pages.expect_no_trouble()


def until(page, condition, seconds=120):
    """Waits for a condition that Python tests; the page goes on meanwhile."""
    for _ in range(int(seconds * 50)):
        if condition():
            return
        page.wait_for_timeout(20)
    assert condition()


def place(box, across, down):
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


KEYS = {"ArrowRight": "0.102", "ArrowDown": "0.1", "Home": "0.001", "End": "0.3", "ArrowLeft": "0.295"}


def test_the_keyboard_reaches_everything(show):
    view = show()
    page, rate = view.page, view.slider("learning rate")
    rate.focus()
    for key, value in KEYS.items():
        status, picture = view.status.inner_text(), view.source()
        page.keyboard.press(key)
        until(page, lambda picture=picture: view.source() != picture)
        assert rate.get_attribute("aria-valuetext") == value
        assert view.explorer.get_by_label("learning rate: number").input_value() == value
        assert view.status.inner_text() != status
    assert page.evaluate("() => document.activeElement.type") == "range"  # JupyterLab went to no other cell

    typed = view.explorer.get_by_label("steps: number")
    typed.fill("999")
    page.keyboard.press("Enter")
    until(page, lambda: typed.input_value() == "200")
    note = "steps: 999 is not possible; the nearest value, 200, is set."
    assert view.explorer.locator(".note").inner_text() == note
    page.keyboard.press("ArrowDown")
    until(page, lambda: "After 199 steps" in view.status.inner_text())
    assert typed.input_value() == "199"

    view.explorer.get_by_label("form").select_option("averaged")
    view.explorer.get_by_label("noisy gradient").check()
    handle = view.slider("start")
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    until(page, lambda: handle.get_attribute("aria-valuetext") == "(-1.94, 1.4)")
    assert view.explorer.get_by_label("start: horizontal").input_value() == "-1.94"

    view.explorer.get_by_role("button", name="Reset").press("Enter")
    until(page, lambda: view.status.inner_text().startswith("After 100 steps"))
    assert rate.get_attribute("aria-valuetext") == "0.1"
    assert not view.explorer.get_by_label("noisy gradient").is_checked()
    assert handle.get_attribute("aria-valuetext") == "(-2, 2)"


def test_the_mouse_drags_a_slider_and_a_point(show):
    view = show()
    page, mouse = view.page, view.page.mouse
    track = view.slider("momentum").bounding_box()
    mouse.move(*place(track, 0.5, 0.5))
    mouse.down()
    for share in (0.6, 0.8, 2):
        mouse.move(*place(track, share, 0.5))
    mouse.up()
    until(page, lambda: view.slider("momentum").get_attribute("aria-valuetext") == "0.99")
    last = Descent(momentum=0.99).status
    until(page, lambda: view.status.inner_text() == last)

    area = view.explorer.locator(".area").bounding_box()
    mouse.click(*place(area, 0.75, 0.25))  # of axes from -3 to 3
    until(page, lambda: view.slider("start").get_attribute("aria-valuetext") == "(1.5, 1.5)")
    mouse.move(*place(area, 0.75, 0.25))
    mouse.down()
    mouse.move(*place(area, 0.5, 0.5))
    mouse.move(*place(area, 0.25, 3))
    mouse.up()
    until(page, lambda: view.slider("start").get_attribute("aria-valuetext") == "(-1.5, -3)")
    handle = view.slider("start").bounding_box()
    assert handle["x"] + handle["width"] / 2 == pytest.approx(place(area, 0.25, 1)[0], abs=1)
    assert handle["y"] + handle["height"] / 2 == pytest.approx(place(area, 0.25, 1)[1], abs=1)


def test_keys_pressed_faster_than_the_kernel_computes_all_count(show):
    view = show("Heavy()")
    for slider, key, end in (("steps", "ArrowLeft", "92"), ("start", "ArrowRight", "(-1.52, 2)")):
        view.slider(slider).focus()
        for _ in range(8):
            view.page.keyboard.press(key)
            view.page.wait_for_timeout(60)
        view.page.wait_for_timeout(500)
        until(view.page, lambda slider=slider, end=end: view.slider(slider).get_attribute("aria-valuetext") == end)
    assert view.status.inner_text().startswith("After 92 steps")


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
    loss = view.status.inner_text().removesuffix(".").split()[-1]
    tree = re.sub(r"(slider .*): .*", r"\1", view.explorer.aria_snapshot())  # it gives counts for their texts
    assert tree.replace("'", "") == TREE.format(loss=loss).strip()
    marks = view.slider("learning rate").get_attribute("aria-describedby")
    assert "2/L 0.2" in view.page.locator(f"[id='{marks}']").text_content()

    spoken = view.explorer.get_by_role("status")
    view.slider("learning rate").focus()
    view.page.keyboard.press("End")
    view.explorer.get_by_label("momentum: number").fill("0")
    view.page.keyboard.press("Enter")
    until(view.page, lambda: not view.status.inner_text().endswith(f"{loss}."))
    assert spoken.inner_text().endswith(f"{loss}.")  # silent until the hand rests
    until(view.page, lambda: spoken.inner_text().endswith("Goal reached: the loss grows"))
    view.page.keyboard.press("ArrowUp")
    until(view.page, lambda: "Goal" not in spoken.inner_text())  # said once
    assert view.explorer.get_by_role("listitem").last.inner_text().split() == "✓ the loss grows reached".split()


def test_an_error_is_shown_and_recovered_from(show):
    view = show("Fragile()")
    picture, alert = view.source(), view.explorer.get_by_role("alert")
    view.slider("steps").focus()
    view.page.keyboard.press("End")
    until(view.page, lambda: "ValueError: no more than 150 steps, please" in alert.inner_text())
    alert.locator("summary").click()
    assert "in compute" in alert.locator("pre").inner_text()
    view.slider("steps").focus()
    view.page.keyboard.press("Home")
    until(view.page, lambda: alert.inner_text() == "")
    assert view.status.inner_text().startswith("After 1 steps") and view.source() != picture
    assert view.explorer.locator("td").inner_text() == view.status.inner_text().removesuffix(".").split()[-1]


def test_slices_come_in_and_a_move_starts_them_anew(show):
    view = show("Sliced()", settled=False)
    busy = view.explorer.locator(".picture[aria-busy=true]")
    view.slider("momentum").focus()
    view.page.keyboard.press("Home")
    until(view.page, lambda: view.status.inner_text() == "rows: 2, momentum: 0 computing …")
    assert busy.count() == 1
    view.page.keyboard.press("End")
    until(view.page, lambda: view.status.inner_text() == "rows: 2, momentum: 0.99 computing …")
    until(view.page, lambda: view.status.inner_text() == "rows: 40, momentum: 0.99")
    assert busy.count() == 0


BRIGHTNESS = """image => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d");
    canvas.drawImage(image, 0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data[0];
}"""


def test_the_picture_follows_the_theme(show):
    view = show(theme="dark")
    until(view.page, lambda: view.picture.evaluate(BRIGHTNESS) < 60)
    picture = view.source()
    change_theme(view.page, "light")
    until(view.page, lambda: view.source() != picture)
    until(view.page, lambda: view.picture.evaluate(BRIGHTNESS) > 200)
    assert view.explorer.get_attribute("data-theme") == "light"
    assert view.status.inner_text().startswith("After 100 steps")


def test_python_moves_the_page(show, lab):
    view = show("Descent(steps=3)")
    assert view.slider("steps").get_attribute("aria-valuetext") == "3"
    page = view.page
    page.evaluate(
        """() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
            {code: "explorer.set(steps=9, momentum=0.25)"}).done"""
    )
    until(page, lambda: view.slider("steps").get_attribute("aria-valuetext") == "9")
    assert view.explorer.get_by_label("momentum: number").input_value() == "0.25"
    assert view.status.inner_text().startswith("After 9 steps")


@pytest.mark.parametrize(("width", "columns"), [(1280, 2), (480, 1)])
def test_nothing_is_cut_or_jumps(show, width, columns):
    view = show()
    page = view.page
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("() => jupyterapp.shell.collapseLeft()")
    page.wait_for_timeout(500)
    assert view.explorer.evaluate("element => element.scrollWidth <= element.clientWidth")
    left = {round(control.bounding_box()["x"]) for control in view.explorer.locator(".control").all()}
    assert len(left) == columns
    assert view.slider("learning rate").bounding_box()["width"] > 150
    image, frame = view.picture.bounding_box(), view.explorer.bounding_box()
    assert image["width"] / image["height"] == pytest.approx(9 / 4, rel=0.01)
    assert image["x"] >= frame["x"] and image["x"] + image["width"] <= frame["x"] + frame["width"]
    view.slider("learning rate").focus()
    page.keyboard.press("End")
    page.wait_for_timeout(500)
    assert view.picture.bounding_box() == image
    cut = view.explorer.locator("label, .title, button, option, li, .tick > span").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.getBoundingClientRect().width + 2).map(one => one.textContent)"
    )
    assert cut == []


# --- Predictions ---

HIDDEN = ".controls, .reset, .aims, .shows, .told"  # while the question is open
OPEN = ".controls, .reset, .aims, .told"


def seen(view, parts):
    return [part.is_visible() for part in view.explorer.locator(parts).all()]


def is_asking(view):
    return (
        view.explorer.locator(".asks").is_visible() and seen(view, HIDDEN) == [False] * 5 and view.commit.is_disabled()
    )


def is_open(view, verdict):
    return (
        not view.explorer.locator(".asks").is_visible()
        and seen(view, OPEN) == [True] * 4
        and view.explorer.locator(".told p").inner_text() == verdict
        and view.status.inner_text().startswith("After 9 steps")
    )


def focused(view):
    return view.page.evaluate(
        "() => [document.activeElement.type, document.activeElement.labels?.[0]?.textContent].join(' ')"
    )


@pytest.fixture
def ask(show):
    """As ``show``, of an explorer that asks for this answer."""

    def ask(answer, **options):
        view = show(f"Asking({answer})", **options)
        view.commit = view.explorer.get_by_role("button", name="Commit, and open the explorer")
        return view

    return ask


def by_radio_buttons(view):
    view.explorer.get_by_role("radio", name="less than 5").focus()
    view.page.keyboard.press("ArrowDown")  # the browser moves the choice within the group
    return "more than 5"


def by_number_field(view):
    view.explorer.get_by_label("size: number").focus()
    view.page.keyboard.press("Control+a")
    view.page.keyboard.type("7.5")
    view.page.keyboard.press("Enter")
    return "7.5"


def by_arrows_in_the_picture(view):
    handle = view.slider("size")
    handle.focus()
    for key in ("ArrowUp", "ArrowRight", "Shift+ArrowRight"):  # the mark moves along a line: not up
        view.page.keyboard.press(key)
    until(view.page, lambda: handle.get_attribute("aria-valuetext") == "0.66")
    field = view.explorer.get_by_label("size: horizontal")
    assert field.input_value() == "0.66"
    field.focus()
    return "0.66"


@pytest.mark.parametrize(
    ("answer", "give"),
    [("words", by_radio_buttons), ("number", by_number_field), ("place", by_arrows_in_the_picture)],
)
def test_a_prediction_by_keyboard_alone(ask, answer, give):
    view = ask(answer)
    page, spoken = view.page, view.explorer.get_by_role("status")
    assert is_asking(view) and "Predict first How large is it?" in view.explorer.inner_text()
    sliders = {handle.get_attribute("aria-label") for handle in view.explorer.locator(".handle:visible").all()}
    assert sliders == ({"size"} if answer == "place" else set())
    yours = give(view)
    until(page, view.commit.is_enabled)
    assert view.explorer.locator(".asks").is_visible() and seen(view, HIDDEN) == [False] * 5
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    verdict = f"You predicted: {yours}. It is 7."
    until(page, lambda: is_open(view, verdict))
    assert focused(view) == "range learning rate"
    until(page, lambda: verdict in spoken.text_content())
    assert spoken.text_content().startswith("After 9 steps")
    assert view.slider("start").is_visible()

    view.explorer.get_by_role("button", name="Predict again").focus()
    page.keyboard.press("Enter")
    until(page, lambda: is_asking(view))
    first = view.explorer.locator(".asks input").first
    assert first.evaluate("input => input === document.activeElement")
    assert view.explorer.locator(".asks input:checked").count() == 0
    until(page, lambda: verdict not in view.explorer.text_content())


def test_a_prediction_by_mouse(ask):
    view = ask("place")
    page, mouse = view.page, view.page.mouse
    assert is_asking(view)
    assert view.explorer.locator(".area").count() == 1
    area = view.explorer.locator(".area").bounding_box()
    mouse.move(*place(area, 0.5, 0.2))
    mouse.down()
    mouse.move(*place(area, 0.6, 0.9))
    mouse.move(*place(area, 0.75, 0.9))
    mouse.up()
    until(page, lambda: view.slider("size").get_attribute("aria-valuetext") == "1.5")
    handle = view.slider("size").bounding_box()
    assert handle["y"] + handle["height"] / 2 == pytest.approx(place(area, 0, 1 / 6)[1], abs=2)  # on its line
    view.commit.click()
    until(page, lambda: is_open(view, "You predicted: 1.5. It is 7."))
    until(page, lambda: view.slider("start").get_attribute("aria-valuetext") == "(-2, 2)")
    assert not view.slider("size").is_visible()
    view.explorer.get_by_role("button", name="Predict again").click()
    until(page, lambda: is_asking(view))
    assert view.slider("size").get_attribute("aria-valuetext") == "0"


def test_an_answer_is_there_on_another_day(ask, tmp_path):
    view = ask("words", progress=tmp_path / "notes.jsonl")
    view.explorer.get_by_role("radio", name="more than 5").check()
    view.commit.click()
    verdict = "You predicted: more than 5. It is 7."
    until(view.page, lambda: is_open(view, verdict))
    view.explorer.get_by_label("steps: number").fill("100")
    view.page.keyboard.press("Enter")
    goal = "Goal reached: loss below 1e-6 after 50 steps"
    until(view.page, lambda: goal in view.explorer.get_by_role("status").text_content())
    view.page.context.close()

    view = ask("words", progress=tmp_path / "notes.jsonl")
    assert seen(view, OPEN) == [True] * 4 and not view.explorer.locator(".asks").is_visible()
    assert view.explorer.locator(".told p").inner_text() == verdict
    assert view.explorer.get_by_role("listitem").first.inner_text().endswith("reached")
    assert focused(view) != "range learning rate"  # nobody was there


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
    drag = view.page.evaluate(DRAG, 15)  # ends when the picture has followed so often
    record_property("frames_per_second", drag["rate"])
    print(f"{expression}: {drag['rate']:.0f} frames a second")
    assert drag["drawn"] >= 15
    assert drag["late"] <= 3  # the two that were under way when the hand stopped, and where it stopped
    value = view.slider("learning rate").get_attribute("aria-valuetext")
    assert view.explorer.get_by_label("learning rate: number").input_value() == value
