"""Chapter 00 as a learner meets it."""

from explorer_page import ERRORS, View, place, ran
from playwright.sync_api import expect

CHAPTER = "notebooks/00_start_here.ipynb"
TITLES = [
    "A first descent",
    "One run, step by step",
    "Every pixel is a training run: which valley?",
    "Two clocks: loss and accuracy",
]


def test_one_key_from_opening_the_chapter_to_its_first_slider(turn):
    page = turn(CHAPTER)
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.locator(".jp-Notebook.jp-mod-commandMode, .jp-Notebook.jp-mod-editMode")).to_be_visible()
    page.keyboard.press("Shift+Enter")
    view = View(page, page.locator(".nnlearn-explorer"))
    parts = [view.root.locator(part).first for part in (".handle", ".asks input", ".commit", ".picture")]
    for part in parts:  # all of it in sight, without a scroll
        expect(part).to_be_in_viewport(ratio=1)
    bottom = place(page.locator("#jp-main-statusbar"), 0, 0)[1]
    for part in parts:
        assert place(part, 0, 1)[1] <= bottom
    handle = view.root.get_by_role("slider")
    before = handle.get_attribute("aria-valuetext")
    page.mouse.click(*place(view.area, 0.2, 0.5))
    expect(handle).not_to_have_attribute("aria-valuetext", before)
    expect(view.commit).to_be_enabled()


def test_from_zero_to_a_slider(turn):
    page = turn(CHAPTER)
    first, _, valleys, clocks = ran(page, TITLES)
    assert page.evaluate(ERRORS) == ["NotRightYet"]  # the check at work; what has run stays as it is
    assert page.locator(".jp-OutputArea img").count() > page.locator(".nnlearn-explorer").count()
    expect(page.locator(".jp-OutputArea img:not([alt])")).to_have_count(0)  # JupyterLab's own pictures have none

    first.scroll()
    told = first.answer(lambda: page.mouse.click(*place(first.picture, 0.36, 0.3)))  # about the shallow valley
    expect(told).to_contain_text("You predicted: 0.")
    expect(told).to_contain_text("Measured: -1.088, the deep valley")
    expect(first.status).to_contain_text("Settled at -1.088 after 5 steps")
    first.type("learning rate", 0.55)
    expect(first.spoken).to_contain_text("Goal reached: from 1.8 into the deep valley")

    told = valleys.answer(lambda: valleys.type("intervals", 2))
    expect(told).to_contain_text("You predicted: 2. Measured: 3")
    valleys.changes(lambda: valleys.press(0.03, 0.05))  # high up on the left, where runs diverge
    expect(valleys.status).to_contain_text("left the finite numbers at step")

    told = clocks.answer(lambda: clocks.slider("accuracy").press("End"))
    expect(told).to_have_text("You predicted: 100 %. Measured: 88.4%.")
    clocks.type("learning rate", 10)
    expect(clocks.spoken).to_contain_text("Goal reached: a rate that ends")
