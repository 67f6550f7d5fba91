"""Chapter 12 as a learner meets it."""

from explorer_page import ERRORS, View, opened, until

TITLES = ["The dial: what does a turn do to a label?", "Who gains?"]


def test_the_dial_and_who_gains(open_notebook, run_all):
    page = opened(open_notebook, run_all, "notebooks/12_augmentation.ipynb", TITLES)
    assert page.evaluate(ERRORS) == ["ValueError"]  # a list is turned as if it were a picture

    dial = View(page, TITLES[0])
    told = dial.answer(lambda: dial.slider("degrees").press("ArrowLeft"))
    assert told.startswith("You predicted: 85 °. Measured: 160 degrees.")
    until(page, lambda: dial.status.endswith("0% are read as 6, 100% as 4."))  # it opens at 90 degrees
    dial.changes(lambda: dial.type("angle: number", 160))
    until(page, lambda: "Goal reached: turned to the left" in dial.heard())
    dial.changes(lambda: dial.type("angle: number", 0))
    dial.changes(lambda: dial.type("digit: number", 3))
    dial.changes(lambda: dial.root.get_by_role("combobox", name="flip").select_option(label="top and bottom"))
    until(page, lambda: "Goal reached: a flip after which most threes" in dial.heard())

    gains = View(page, TITLES[1])
    told = gains.answer(lambda: gains.root.get_by_role("radio", name="both").check())
    assert told.startswith(
        "You predicted: both. Measured: CNN +3.7 points, a gain in 10 of 10 seeds; MLP 64 -1.9 points, a gain in 0 of "
        "10 seeds."
    )
    gains.changes(lambda: gains.root.get_by_role("combobox", name="test digits").select_option(index=1))
    until(page, lambda: "40.8% without, 89.2% with, gain +47.0 (above 0 in 10 of 10)" in gains.status)
    until(page, lambda: "Goal reached: with 10 images a class" in gains.heard())
    assert page.locator(".jp-RenderedMarkdown table").filter(has_text="rotate 180, grid-constant").count() == 1
