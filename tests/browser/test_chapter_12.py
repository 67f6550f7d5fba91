"""Chapter 12 as a learner meets it."""

import re

from explorer_page import ERRORS, ran
from playwright.sync_api import expect

TITLES = ["The dial: what does a turn do to a label?", "Who gains?"]
CELLS = ["dial", "gains", "gains-table", "shifted-gains", "directions", "bug-stack"]


def test_the_dial_and_who_gains(turn):
    page = turn("notebooks/12_augmentation.ipynb")
    dial, gains = ran(page, TITLES, *CELLS)
    assert page.evaluate(ERRORS) == ["ValueError"]  # a list is turned as if it were a picture

    told = dial.answer(lambda: dial.slider("degrees").press("ArrowLeft"))
    expect(told).to_contain_text("You predicted: 85 °. Measured: 160 degrees.")
    expect(dial.status).to_have_text(re.compile(r"0% are read as 6, 100% as 4\.$"))  # it opens at 90 degrees
    dial.changes(lambda: dial.type("angle: number", 160))
    expect(dial.spoken).to_contain_text("Goal reached: turned to the left")
    dial.changes(lambda: dial.type("angle: number", 0))
    dial.changes(lambda: dial.type("digit: number", 3))
    dial.changes(lambda: dial.root.get_by_role("combobox", name="flip").select_option(label="top and bottom"))
    expect(dial.spoken).to_contain_text("Goal reached: a flip after which most threes")

    told = gains.answer(gains.root.get_by_role("radio", name="both").check)
    expect(told).to_contain_text(
        "You predicted: both. Measured: CNN +3.7 points, a gain in 10 of 10 seeds; MLP 64 -1.9 points, a gain in 0 of "
        "10 seeds."
    )
    gains.changes(lambda: gains.root.get_by_role("combobox", name="test digits").select_option(index=1))
    expect(gains.status).to_contain_text("40.8% without, 89.2% with, gain +47.0 (above 0 in 10 of 10)")
    expect(gains.spoken).to_contain_text("Goal reached: with 10 images a class")
    table = page.locator(".jp-RenderedMarkdown table").filter(has_text="rotate 180, grid-constant")
    expect(table).to_have_count(1)
