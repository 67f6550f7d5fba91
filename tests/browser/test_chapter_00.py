"""Chapter 00 as a learner meets it."""

from explorer_page import ERRORS, View, opened, until

CHAPTER = "notebooks/00_start_here.ipynb"
TITLES = [
    "A first descent",
    "One run, step by step",
    "Every pixel is a training run: which valley?",
    "Two clocks: loss and accuracy",
]


def test_from_zero_to_a_slider(open_notebook, run_all):
    page = opened(open_notebook, run_all, CHAPTER, TITLES)
    assert page.evaluate(ERRORS) == ["NotRightYet"]  # the check at work
    assert page.locator(".jp-OutputArea img").count() > page.locator(".nnlearn-explorer").count()
    assert page.locator(".jp-OutputArea img:not([alt])").count() == 0  # JupyterLab's own pictures have none

    first = View(page, TITLES[0])
    told = first.answer(lambda: first.click(0.36, 0.3))  # about the shallow valley: the mark stays on its line
    assert told.startswith("You predicted: 0.") and "Measured: -1.088, the deep valley" in told
    until(page, lambda: "Settled at -1.088 after 5 steps" in first.status)
    first.type("learning rate", 0.55)
    until(page, lambda: "Goal reached: from 1.8 into the deep valley" in first.heard())

    valleys = View(page, TITLES[2])
    field = valleys.root.get_by_role("spinbutton", name="intervals")
    told = valleys.answer(lambda: (field.fill("2"), field.press("Enter")))
    assert told.startswith("You predicted: 2. Measured: 3")
    valleys.changes(lambda: valleys.press(0.03, 0.05))  # high up on the left, where runs diverge
    until(page, lambda: "left the finite numbers at step" in valleys.status)

    clocks = View(page, TITLES[3])

    def by_keyboard():
        clocks.slider("accuracy").focus()
        page.keyboard.press("End")

    assert clocks.answer(by_keyboard) == "You predicted: 100 %. Measured: 88.4%."
    clocks.type("learning rate", 10)
    until(page, lambda: "Goal reached: a rate that ends" in clocks.heard())


def test_one_key_from_opening_the_chapter_to_its_first_slider(open_notebook):
    page = open_notebook(CHAPTER)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_timeout(1000)
    page.keyboard.press("Shift+Enter")
    explorer = page.locator(".nnlearn-explorer")
    explorer.locator("img[src^=blob]").wait_for()
    page.wait_for_timeout(2000)
    bottom = page.locator("#jp-main-statusbar").bounding_box()["y"]
    for part in (".handle", ".asks input", ".commit", ".picture"):  # all of it in sight, without a scroll
        box = explorer.locator(part).first.bounding_box()
        assert box["y"] > 0 and box["y"] + box["height"] <= bottom, (part, box)
    handle = explorer.get_by_role("slider")
    before = handle.get_attribute("aria-valuetext")
    area = explorer.locator(".area").bounding_box()
    page.mouse.click(area["x"] + 0.2 * area["width"], area["y"] + 0.5 * area["height"])
    until(page, lambda: handle.get_attribute("aria-valuetext") != before)
    until(page, explorer.locator(".commit").is_enabled)
